//! What people really write and no linter may stumble over: by the number that each trap has in a survey of public
//! repositories, one file for each kind of launcher.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod containers;
mod pipelines;
mod posix;
mod tasks;
mod windows;
