// Copies a file: the Rust program of the Wasmtime tutorial on WASI.
use std::{env, fs, process};

fn main() {
    let arguments: Vec<_> = env::args_os().collect();
    if arguments.len() != 3 {
        eprintln!("usage: copy_rust <from> <to>");
        process::exit(2);
    }
    if let Err(error) = fs::copy(&arguments[1], &arguments[2]) {
        eprintln!("{}", error);
        process::exit(1);
    }
}
