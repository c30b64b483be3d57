//! The language server: over its wire, and with a client library that is not ours.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "../common/mod.rs"]
mod common;

mod again;
mod editor;
mod wire;

use common::repo::Repo;

/// The address of a file in a repository.
fn uri(repo: &Repo, path: &str) -> String {
    let path = repo.path(path);
    let path = path.to_str().unwrap().replace('\\', "/");
    format!("file://{}{path}", if path.starts_with('/') { "" } else { "/" })
}
