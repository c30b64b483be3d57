//! `cargo bench --bench repositories -- KIND COUNT FOLDER`: makes a repository to measure with (`peers/run.py` calls it).
//!
//! `project 100000` has so many files, a fifth as many commits, merges and planted tokens; `blobs 1000000` so many small
//! blobs in its history; `flat 200000` so many files in one commit.

#[path = "../tests/common/mod.rs"]
mod common;
mod repository;

use std::path::Path;
use std::process::ExitCode;

const SEED: u64 = 7;

fn main() -> ExitCode {
    // cargo adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [kind, count, folder] = arguments.as_slice() else {
        say("repositories: nothing to make without KIND COUNT FOLDER");
        return ExitCode::SUCCESS;
    };
    let root = Path::new(folder);
    let made = match (kind.as_str(), count.parse::<usize>()) {
        ("project", Ok(count)) => repository::project(root, count, (count / 5).max(1), SEED),
        ("blobs", Ok(count)) => repository::blobs(root, count, SEED),
        ("flat", Ok(count)) => repository::flat(root, count, SEED),
        _ => Err(std::io::Error::other("KIND is project, blobs or flat, COUNT a number")),
    };
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("{folder}: {error}"));
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr)]
fn say(line: &str) {
    eprintln!("{line}");
}
