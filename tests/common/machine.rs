//! What a test needs of the machine, and what is said where that is missing.
#![allow(dead_code, unreachable_pub)]

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Says that a test, or a part of it, was not done: where people see it, and not in the output of a test that passed.
pub fn skipped(why: &str) {
    let thread = std::thread::current();
    _ = writeln!(std::io::stderr(), "skipped {}: {why}", thread.name().unwrap_or("a test"));
}

/// Whether everything that can be installed has to be here: `KEYLINT_REQUIRE_TOOLS=1`.
pub fn is_complete() -> bool {
    std::env::var_os("KEYLINT_REQUIRE_TOOLS").is_some()
}

/// Says of a test that it lacks something which everybody who has to run it can install; fails where that is required.
#[track_caller]
pub fn lacks(what: &str) {
    assert!(!is_complete(), "{what} is missing, and required here");
    skipped(&format!("{what} is missing"));
}

/// Whether a program can be run like that and ends well; says so, as above, if not.
#[track_caller]
pub fn has(program: &str, arguments: &[&str]) -> bool {
    let has = answers(program, arguments);
    if !has {
        lacks(&[&[program], arguments].concat().join(" "));
    }
    has
}

/// Whether a program can be run like that and ends well.
pub fn answers(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
