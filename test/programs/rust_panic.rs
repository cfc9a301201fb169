fn main() {
    println!("about to panic");
    let empty: Vec<i32> = Vec::new();
    let index = std::env::args().count() + 5;
    println!("{}", empty[index]);
}
