//! Repositories whose owner means harm, and machines on which something goes wrong: the real program beside the real git,
//! each run within bounds. What was tried, how it ended and what it took is printed by
//! `cargo test --test hostile -- --nocapture`.
//!
//! What harms readers of single formats is in `fuzz/` and in their own tests; here is what reaches the program as a whole.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

#[path = "../common/mod.rs"]
mod common;

mod bounded;
mod configuration;
mod disk;
mod gits;
mod kinds;
mod names;
mod places;
mod programs;
mod sizes;
mod streams;
mod tools;
mod windows;

use bounded::{Ended, bounded, bounded_with};
use common::repo::Repo;
use common::sample::Rng;
use common::token;
use serde_json::Value;

/// What most runs may take of address space, in megabytes: the program, its libraries, threads of 2 each. Seen with two
/// processors, in a debug build, as all figures here: 24 to 31.
const USUAL: u64 = 96;

/// A random key.
fn key() -> String {
    token("anthropic-api-key", &mut Rng::from_entropy()).unwrap()
}

/// A launcher with a key, which is found in column 26 of its first line.
fn launcher(key: &str) -> String {
    format!("export ANTHROPIC_API_KEY={key}\nclaude\n")
}

/// What is found in a launcher of this name.
fn in_launcher(name: &str) -> String {
    format!("{name}:1:26 secret-in-launcher")
}

const IGNORE: (&str, &str) = (".gitignore", "**/.claude/settings.local.json\n");

/// A repository with a key in `run.sh`, and the key.
fn leaky() -> (Repo, String) {
    let key = key();
    (Repo::committed(&[IGNORE, ("run.sh", &launcher(&key))]), key)
}

/// The findings of a run with `--format json` that are no notes, as `path:line:column rule`.
fn places(ended: &Ended) -> Vec<String> {
    let report: Value =
        serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}{}", ended.out, ended.err));
    let findings = report["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] != "note");
    findings.map(common::place).collect()
}

/// `keylint lint` in JSON within bounds: its findings, and how it ended. The key is nowhere in what it printed.
fn lint(repo: &Repo, arguments: &[&str], key: &str, megabytes: u64) -> (Vec<String>, Ended) {
    let ended = bounded(&repo.keylint(&[&["lint", "--format", "json"], arguments].concat()), megabytes);
    ended.hides(key);
    (places(&ended), ended)
}

/// What could not be read, as `path: reason`.
fn failures(ended: &Ended) -> Vec<String> {
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    let failures = report["summary"]["failures"].as_array().unwrap().iter();
    failures.map(|one| format!("{}: {}", one["path"].as_str().unwrap(), one["reason"].as_str().unwrap())).collect()
}

/// Any command of keylint within usual bounds: exit code, standard output and standard error, with the folder as `ROOT`.
fn keylint(repo: &Repo, arguments: &[&str], key: &str) -> (Option<i32>, String, String) {
    let ended = bounded(&repo.keylint(arguments), USUAL);
    ended.hides(key);
    ended.told(repo)
}
