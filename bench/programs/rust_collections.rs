// B-trees, vectors of strings, iterators and checked indexing, as safe Rust
// compiles them. Prints what kernel.h describes.
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Instant;

fn next_random(state: &mut u64) -> u64 {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    state.wrapping_mul(0x2545f4914f6cdd1d)
}

fn fold(checksum: u64, value: u64) -> u64 {
    (checksum ^ value)
        .wrapping_mul(0x9e3779b97f4a7c15)
        .wrapping_add(checksum >> 29)
}

fn shortest_paths(edges: &[Vec<(usize, u64)>], start: usize) -> Vec<u64> {
    let mut distances = vec![u64::MAX; edges.len()];
    let mut queue = BinaryHeap::new();
    distances[start] = 0;
    queue.push((std::cmp::Reverse(0), start));
    while let Some((std::cmp::Reverse(distance), node)) = queue.pop() {
        if distance > distances[node] {
            continue;
        }
        for &(next, length) in &edges[node] {
            if distance + length < distances[next] {
                distances[next] = distance + length;
                queue.push((std::cmp::Reverse(distance + length), next));
            }
        }
    }
    distances
}

fn run(rounds: u32) -> u64 {
    let mut checksum = 0;
    for round in 0..rounds {
        let mut state = u64::from(round) + 1;
        let mut map = BTreeMap::new();
        for i in 0..20000u64 {
            map.insert((next_random(&mut state) >> 40) as u32, i);
        }
        let sum: u64 = map.range(1000..9_000_000).map(|(_, value)| value).sum();
        let mut words: Vec<String> = (0..5000)
            .map(|_| format!("{:x}", next_random(&mut state) >> 44))
            .collect();
        words.sort_unstable();
        let edges: Vec<Vec<(usize, u64)>> = (0..4000)
            .map(|_| {
                (0..6)
                    .map(|_| next_random(&mut state))
                    .map(|r| ((r % 4000) as usize, r >> 50))
                    .collect()
            })
            .collect();
        let farthest = shortest_paths(&edges, 0)
            .into_iter()
            .filter(|&distance| distance != u64::MAX)
            .max();
        checksum = fold(checksum, sum);
        checksum = fold(checksum, words[2500].len() as u64);
        checksum = fold(checksum, farthest.unwrap_or(0));
    }
    checksum
}

fn main() {
    let rounds = std::env::args()
        .nth(1)
        .and_then(|argument| argument.parse().ok())
        .unwrap_or(180);
    let start = Instant::now();
    let checksum = run(rounds);
    let elapsed = start.elapsed();
    println!("{:016x}", checksum);
    eprintln!("seconds={:.6}", elapsed.as_secs_f64());
}
