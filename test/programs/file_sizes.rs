// Prints the name and size of every file of the directory named by the first
// argument.
use std::{env, fs, process};

fn sizes(directory: &str) -> std::io::Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push((name, entry.metadata()?.len()));
    }
    found.sort();
    Ok(found)
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if arguments.len() != 2 {
        eprintln!("usage: {} <directory>", arguments[0]);
        process::exit(2);
    }
    match sizes(&arguments[1]) {
        Ok(found) => {
            for (name, size) in found {
                println!("filename: {:?}, filesize: {} bytes", name, size);
            }
        }
        Err(error) => {
            eprintln!("{}: {}", arguments[1], error);
            process::exit(1);
        }
    }
}
