//! How many processes a run costs. Alone in its file: the counter is the process's.
#![allow(clippy::unwrap_used)]

use keylint::source::Source;
use keylint::source::git::{Options, processes_started};
use keylint::source::worktree::open_with;

#[path = "common/repo.rs"]
mod repo;
use repo::Repo;

#[test]
fn processes() {
    let repo = Repo::committed(&[("a", "1"), ("b", "2"), ("c", "3")]);
    let options = Options { env: repo.env(), ..Options::default() };
    let worktree = open_with(&options, &[], &repo.root, &|_| false).unwrap();
    assert_eq!(processes_started(), 4, "rev-parse, ls-files, diff, config");
    for entry in &worktree.snapshot.entries {
        worktree.read(entry).unwrap();
    }
    assert_eq!(processes_started(), 4, "files are read from the disk");
    for entry in &worktree.snapshot.entries {
        std::fs::remove_file(repo.path(entry.path.as_str())).unwrap();
        worktree.read(entry).unwrap();
    }
    assert_eq!(processes_started(), 5, "one reader for all objects");
}
