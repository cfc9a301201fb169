// Hash maps, ordered maps, strings, closures and formatting.
use std::collections::{BTreeMap, HashMap, VecDeque};

fn fibonacci() -> impl Iterator<Item = u64> {
    let mut state = (0u64, 1u64);
    std::iter::from_fn(move || {
        let next = state.0;
        state = (state.1, state.0 + state.1);
        Some(next)
    })
}

fn main() {
    let text = "the quick brown fox jumps over the lazy dog and the cat";
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word).or_insert(0) += 1;
    }
    let mut by_length: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for word in counts.keys() {
        by_length.entry(word.len()).or_default().push(word);
    }
    for (length, words) in by_length.iter_mut() {
        words.sort_unstable();
        println!("{:>2}: {}", length, words.join(","));
    }
    println!("the: {}", counts["the"]);
    let recent: VecDeque<u64> = fibonacci().skip(86).take(3).collect();
    println!("{:?}", recent);
    println!("{:.3} {:08.3} {:e}", 2.0f64.sqrt(), -1.5, 12345.678);
    println!("{:?} {:?}", "x1".parse::<i32>().is_err(), 200u8.checked_add(100));
}
