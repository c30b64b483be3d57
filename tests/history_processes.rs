//! How many processes a look at the past costs. Alone in its file: the counter is the process's.
#![allow(clippy::unwrap_used)]

use keylint::lint::Options;
use keylint::lint::history::{Asked, history_with};
use keylint::source::git;
use keylint::source::git::processes_started;

#[path = "common/repo.rs"]
mod repo;
use repo::Repo;

#[test]
fn processes() {
    let repo = Repo::committed(&[(".env", "A=1\n"), ("b", "2")]);
    let git = git::Options { env: repo.env(), ..git::Options::default() };
    let mut before = 0;
    let mut started = |asked: &Asked| {
        let report = history_with(&git, &[], &repo.root, asked, &Options::default()).unwrap();
        assert_eq!(report.coverage.past.unwrap().versions, 1);
        let started = processes_started() - before;
        before += started;
        started
    };
    let asked = Asked::default();
    assert_eq!(started(&asked), 8, "rev-parse twice, config, for-each-ref, rev-list, diff-tree, cat-file twice");
    repo.write("b", "3");
    for _ in 0..20 {
        repo.commit();
    }
    assert_eq!(started(&asked), 8, "whatever the length");
    let asked = Asked { all_files: true, ..asked };
    assert_eq!(started(&asked), 12, "a list, a reader, where the packs are, and whether it is all here");
}
