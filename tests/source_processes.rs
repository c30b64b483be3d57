//! How many processes a run costs. Alone in its file: the counter is the process's.
#![allow(clippy::unwrap_used)]

use keylint::lint::{Options as LintOptions, lint_range, lint_staged};
use keylint::source::git::{Options, processes_started};
use keylint::source::range::Wanted;
use keylint::source::worktree::open_with;
use keylint::source::{Source, State};

#[path = "common/repo.rs"]
mod repo;
use repo::Repo;

#[test]
fn processes() {
    let repo = Repo::committed(&[("a", "1"), ("b", "2"), ("c", "3")]);
    let options = Options { env: repo.env(), ..Options::default() };
    let worktree = open_with(&options, &[], &repo.root, &|_| false).unwrap();
    assert_eq!(processes_started(), 3, "rev-parse, ls-files, config");
    for entry in &worktree.snapshot.entries {
        worktree.read(entry).unwrap();
    }
    assert_eq!(processes_started(), 3, "files are read from the disk");
    for entry in &worktree.snapshot.entries {
        assert_eq!(worktree.state(entry), Ok(State::Tracked));
    }
    assert_eq!(processes_started(), 4, "one diff says what the current commit lacks");
    for entry in &worktree.snapshot.entries {
        std::fs::remove_file(repo.path(entry.path.as_str())).unwrap();
        worktree.read(entry).unwrap();
    }
    assert_eq!(processes_started(), 5, "one reader for all objects");

    // What a hook pays for.
    let staged = |expected: usize, why: &str| {
        let before = processes_started();
        lint_staged(&[], &repo.root, &LintOptions::default()).unwrap();
        assert_eq!(processes_started() - before, expected, "{why}");
    };
    repo.git(&["reset", "-q", "--hard"]);
    repo.write("a", "11");
    repo.write("b", "22");
    repo.git(&["add", "-A"]);
    staged(3, "rev-parse, diff, cat-file");
    repo.write("run.sh", "#!/bin/sh\nexport TOKEN=x\n");
    repo.git(&["add", "-A"]);
    staged(3, "a script that has nothing to do with Claude Code");
    repo.write(".claude/settings.json", "{}");
    repo.git(&["add", "-A"]);
    staged(5, "also ls-files and config, for files that belong together");

    // What a CI build pays for.
    repo.commit();
    let before = processes_started();
    let wanted = Wanted::typed("HEAD~1..HEAD", "").unwrap();
    lint_range(&wanted, &[], &repo.root, &LintOptions::default()).unwrap();
    let why = "rev-parse for the place, each end and whether all is here, config, cat-file, merge-base, diff-tree, \
               ls-tree; to walk rev-list, diff-tree and one that reads";
    assert_eq!(processes_started() - before, 12, "{why}");
}
