//! Measures large repositories beside git itself:
//! `cargo test --release --test source_speed -- --ignored --nocapture`
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::semicolon_if_nothing_returned
)]

use std::time::{Duration, Instant};

use keylint::source::Source;
use keylint::source::git::Options;
use keylint::source::worktree::open_with;

#[path = "common/repo.rs"]
mod repo;
use repo::Repo;

const IGNORE: &str = "*.o\n*.log\n*.tmp\nnode_modules/\n/build/\ntarget\n.env\n.env.*\n!.env.example\n*.py[co]\n\
                      .claude/settings.local.json\n__pycache__/\n.idea\n*.swp\ndist/\ncoverage\n.DS_Store\n";

/// The fastest and the median of several runs.
fn measure(name: &str, mut run: impl FnMut()) {
    let mut times: Vec<Duration> = (0..15)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    eprintln!(
        "{name:40} fastest {:8.1?} median {:8.1?}",
        times[0], times[7]
    );
}

#[test]
#[ignore = "a measurement"]
fn fifty_thousand_files() {
    let repo = Repo::new();
    repo.write(".gitignore", IGNORE);
    for folder in 0..2000 {
        let (top, folder) = (folder % 40, folder / 40);
        for file in 0..25 {
            let path = format!("package-{top}/source/part-{folder}/component_{file}.ts");
            repo.write(path, format!("export const value = {file};\n").repeat(20));
        }
    }
    repo.commit();
    let options = Options {
        env: repo.env(),
        ..Options::default()
    };
    let open = || open_with(&options, &[], &repo.root, &|path| path.name() == ".env").unwrap();
    assert_eq!(open().snapshot.entries.len(), 50_001);
    measure("open", || drop(open()));
    let worktree = open();
    let mut bytes = Vec::new();
    measure("read all, one thread", || {
        for entry in &worktree.snapshot.entries {
            worktree.read_into(entry, &mut bytes).unwrap();
        }
    });
    measure("git status", || drop(repo.git(&["status", "--porcelain"])));
    measure("git ls-files -s", || {
        drop(repo.git(&["ls-files", "-s", "-z"]))
    });
    measure("git ls-files -co --exclude-standard", || {
        drop(repo.git(&["ls-files", "-co", "--exclude-standard", "-z"]));
    });
    measure("git diff --cached", || {
        drop(repo.git(&["diff", "--cached", "--raw", "-z", "--no-renames"]));
    });
    let small = Repo::committed(&[("a", "")]);
    let options = Options {
        env: small.env(),
        ..Options::default()
    };
    measure("open, one file", || {
        drop(open_with(&options, &[], &small.root, &|_| false).unwrap());
    });
    measure("git status, one file", || {
        drop(small.git(&["status", "--porcelain"]))
    });
}
