//! `cargo bench --bench tree`: a whole work tree, against `git grep` as the floor.
//!
//! Makes a repository of 50,000 files (`KEYLINT_BENCH_FILES` overrides it) in the temporary folder and runs both
//! programs in turn, warm, nine times each. Prints medians and their ratio.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let files = std::env::var("KEYLINT_BENCH_FILES").ok().and_then(|count| count.parse().ok()).unwrap_or(50_000);
    let root = std::env::temp_dir().join(format!("keylint-bench-{}", std::process::id()));
    make(&root, files);
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

/// Source-like files of 0.5 to 8 KB in folders of 25, some settings among them, and dotenv files with the manifests
/// and lock files that say who reads them.
fn make(root: &PathBuf, files: usize) {
    let mut state = 7_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let words =
        ["let", "value", "=", "task-list", "return", "if", "(x)", "{", "}", "const", "\n", "\n    ", "sk", "fn"];
    for number in 0..files {
        let folder = root.join(format!("d{}/s{}", number / 500, number / 25));
        let (name, mut text) = match number % 1000 {
            0 => (".claude/settings.json".to_owned(), "{\"permissions\":{\"allow\":[\"Bash(ls)\"]}}".to_owned()),
            1 => (".env.example".to_owned(), "ANTHROPIC_API_KEY=\n".to_owned()),
            2 => ("package.json".to_owned(), "{\"dependencies\":{\"@anthropic-ai/sdk\":\"^1.0.0\"}}".to_owned()),
            3 => ("package-lock.json".to_owned(), lock()),
            _ => (format!("f{number}.rs"), String::new()),
        };
        if text.is_empty() {
            let length = 512 + next() % 7_680;
            while text.len() < length {
                text.push_str(words[next() % words.len()]);
                text.push(' ');
            }
        }
        let path = folder.join(name);
        let written = std::fs::create_dir_all(path.parent().unwrap_or(root)).and_then(|()| std::fs::write(&path, text));
        assert!(written.is_ok(), "{}: {written:?}", path.display());
    }
    for arguments in [
        &["init", "-q"][..],
        &["add", "-A"],
        &["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "files"],
    ] {
        let status = Command::new("git").args(arguments).current_dir(root).status();
        assert!(status.is_ok_and(|status| status.success()), "git {arguments:?}");
    }
}

/// A lock file of 400 KB that names the SDK at its end.
fn lock() -> String {
    let mut text = "{\"packages\": {\n".to_owned();
    for number in 0..2_000 {
        text.push_str(&format!(
            "  \"node_modules/package-{number}\": {{\n    \"version\": \"1.{number}.0\",\n    \"resolved\": \
             \"https://registry.example.org/package-{number}/-/package-{number}-1.{number}.0.tgz\",\n    \
             \"integrity\": \"sha512-{number:088}\"\n  }},\n"
        ));
    }
    text.push_str("  \"node_modules/@anthropic-ai/sdk\": { \"version\": \"1.11.0\" }\n}}\n");
    text
}

fn size(root: &Path) -> u64 {
    let listing = Command::new("git").args(["ls-tree", "-r", "-l", "HEAD"]).current_dir(root).output();
    let listing = listing.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    listing.lines().filter_map(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok()).sum()
}
