//! `action.yml`: its steps are run as GitHub's runner would, with inputs, files for outputs, and a server that has
//! releases. Needs bash, curl and tar.
#![cfg(unix)]
#![allow(unreachable_pub, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "../common/mod.rs"]
mod common;
mod install;
mod lint;
mod others;
mod release;
mod runner;
