//! `cargo bench --bench tree`: a whole work tree, against `git grep` as the floor.
//!
//! Makes a repository of 50,000 files (`KEYLINT_BENCH_FILES` overrides it) in the temporary folder and runs both
//! programs in turn, warm, nine times each. Prints medians and their ratio. `peers/run.py` measures more, beside others.

#[path = "../tests/common/mod.rs"]
mod common;
mod repository;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let files = std::env::var("KEYLINT_BENCH_FILES").ok().and_then(|count| count.parse().ok()).unwrap_or(50_000);
    let root = std::env::temp_dir().join(format!("keylint-bench-{}", std::process::id()));
    let made = repository::project(&root, files, 1, 7);
    assert!(made.is_ok(), "{}: {made:?}", root.display());
    let bytes = size(&root);
    let keylint = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keylint"));
        command.args(["lint", ".", "--format", "json"]);
        command
    };
    let git_grep = || {
        let mut command = Command::new("git");
        command.args(["grep", "-I", "-l", "sk-ant-"]);
        command
    };
    let git_status = || {
        let mut command = Command::new("git");
        command.args(["status", "--porcelain"]);
        command
    };
    let (mut ours, mut grep, mut status) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..10 {
        for (command, times) in [(keylint(), &mut ours), (git_grep(), &mut grep), (git_status(), &mut status)] {
            let time = run(command, &root);
            // The first round only warms the caches.
            if round > 0 {
                times.push(time);
            }
        }
    }
    let [ours, grep, status] = [ours, grep, status].map(median);
    report(files, bytes, &[("git status", status), ("git grep -I -l sk-ant-", grep), ("keylint lint .", ours)], grep);
    if let Err(error) = std::fs::remove_dir_all(&root) {
        report_line(&format!("left behind: {}: {error}", root.display()));
    }
}

#[allow(clippy::print_stdout)]
fn report_line(line: &str) {
    println!("{line}");
}

fn report(files: usize, bytes: u64, rows: &[(&str, Duration)], floor: Duration) {
    report_line(&format!("{files} files, {:.1} MB", bytes as f64 / 1e6));
    for (name, time) in rows {
        let ratio = time.as_secs_f64() / floor.as_secs_f64();
        report_line(&format!("{name:24} {:7.1} ms  {ratio:.2} of git grep", time.as_secs_f64() * 1e3));
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn run(mut command: Command, root: &Path) -> Duration {
    let start = Instant::now();
    let status = command.current_dir(root).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let time = start.elapsed();
    // git grep says 1 when nothing matched, keylint when there are findings.
    assert!(status.is_ok_and(|status| matches!(status.code(), Some(0 | 1))), "a program failed");
    time
}

fn size(root: &Path) -> u64 {
    let listing = Command::new("git").args(["ls-tree", "-r", "-l", "HEAD"]).current_dir(root).output();
    let listing = listing.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    listing.lines().filter_map(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok()).sum()
}
