//! Work grows no faster than what is read: instructions are counted, not time, for hostile texts of doubling sizes.
//!
//! valgrind's callgrind counts for the targets that `fuzz/build.sh` has built. Without either the test is skipped, with
//! words; with `KEYLINT_REQUIRE_TOOLS=1` it fails. `KEYLINT_LINEAR_SIZE` is the smallest size, `KEYLINT_LINEAR_TARGET` the
//! only target.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use crate::family::FAMILIES;
use crate::hostile::{Case, cases};

/// The smallest size: twice and four times as much follow.
const SIZE: usize = 1024;

/// So many times longer are the texts with which a suspicion is looked into.
const LONGER: usize = 16;

/// How much more work the second doubling may add than the first. Twice as much is linear, four times is quadratic.
const MOST: f64 = 2.6;

/// So many instructions more are no matter, whatever the ratio: what is done once has its turns.
const NOISE: u64 = 150_000;

const TARGETS: [&str; 17] = [
    "json",
    "posix",
    "pipelines",
    "containers",
    "windows",
    "code",
    "services",
    "tasks",
    "dotenv",
    "fish",
    "configuration",
    "mask",
    "ignore",
    "fix",
    "reports",
    "manifests",
    "wire",
];

#[test]
fn work_is_linear() {
    let Some(program) = valgrind() else { return };
    let size = std::env::var("KEYLINT_LINEAR_SIZE").ok().map_or(SIZE, |size| size.parse().unwrap());
    let only = std::env::var("KEYLINT_LINEAR_TARGET").ok();
    let targets = TARGETS.into_iter().filter(|target| only.as_deref().is_none_or(|only| only == *target));
    // Runs of cases, so that two cores have something to do until the end.
    let mut runs: Vec<(&str, Vec<Case>)> = Vec::new();
    for target in targets {
        let mut cases = cases(target);
        assert!(!cases.is_empty(), "{target}");
        // All of them take ten minutes: every third, unless one target is asked for.
        let mut number = 0;
        cases.retain(|_| {
            number += 1;
            only.is_some() || cases_are_few(target) || number % 3 == 0
        });
        while !cases.is_empty() {
            let rest = cases.split_off(cases.len().min(24));
            runs.push((target, std::mem::replace(&mut cases, rest)));
        }
    }
    let runs = Mutex::new(runs.into_iter().enumerate());
    let failures = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some((number, (target, cases))) = runs.lock().unwrap().next() else { break };
            let suspects = superlinear(&program, number, target, cases, size);
            // What grows up to a bound, such as the depth of brackets, no longer does where texts are long.
            let cases: Vec<Case> = suspects.into_iter().map(|(case, _)| case).collect();
            let failed = superlinear(&program, number, target, cases, LONGER * size);
            failures.lock().unwrap().extend(failed.into_iter().map(|(_, words)| words));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} texts take more than linear work:\n{}", failures.len(), failures.join("\n"));
}

/// Whether a target has no rows that repeat its texts.
fn cases_are_few(target: &str) -> bool {
    !FAMILIES.iter().any(|family| family.name == target) && target != "manifests"
}

/// The program, if everything is there.
fn valgrind() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let program = std::env::split_paths(&path).map(|folder| folder.join("valgrind")).find(|program| program.is_file());
    let lacking = match &program {
        None => "valgrind",
        Some(_) if !binary("json").is_file() => "what fuzz/build.sh builds",
        Some(_) => return program,
    };
    super::machine::lacks(lacking);
    None
}

/// Where `fuzz/build.sh` puts a target.
fn binary(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/fuzz/built").join(target)
}

/// The cases for which work grows faster than the text.
fn superlinear(program: &Path, number: usize, target: &str, cases: Vec<Case>, size: usize) -> Vec<(Case, String)> {
    if cases.is_empty() {
        return Vec::new();
    }
    let folder = std::env::temp_dir().join(format!("keylint-linear-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut files = Vec::new();
    for (place, case) in cases.iter().enumerate() {
        // The first run compiles patterns and fills caches, and does not count.
        for (turn, size) in [size, size, 2 * size, 4 * size].into_iter().enumerate() {
            let file = folder.join(format!("{place}-{turn}"));
            std::fs::write(&file, (case.make)(size)).unwrap();
            files.push(file);
        }
    }
    let output = Command::new(program)
        .args(["--tool=callgrind", "--collect-atstart=no", "--combine-dumps=no", "--dump-line=no"])
        .args(["--toggle-collect=rust_fuzzer_test_input", "--dump-after=rust_fuzzer_test_input"])
        .arg(format!("--callgrind-out-file={}", folder.join("out").display()))
        .arg(binary(target))
        .args(["-rss_limit_mb=0", "-timeout=0"])
        .args(&files)
        // No program is started.
        .env("PATH", &folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{target}: {}", String::from_utf8_lossy(&output.stderr));
    let counts: Vec<u64> = (1..=files.len()).map(|dump| counted(&folder.join(format!("out.{dump}")))).collect();
    let millions = counts.iter().sum::<u64>() / 1_000_000;
    eprintln!("{target}: {} texts, {millions} million instructions", cases.len());
    let mut failed = Vec::new();
    for (case, counts) in cases.into_iter().zip(counts.chunks_exact(4)) {
        let [_, one, two, four] = counts else { continue };
        // Where the longer text takes less, because it is given up, nothing grows.
        let first = two.checked_sub(*one).unwrap_or(*one);
        let second = four.saturating_sub(*two);
        if second > NOISE && second as f64 > MOST * first as f64 {
            let words = format!("{target}: {}: {one}, {two}, {four} instructions from {size} bytes on", case.name);
            eprintln!("{words}");
            failed.push((case, words));
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    failed
}

/// The instructions of a dump.
fn counted(dump: &Path) -> u64 {
    let text = std::fs::read_to_string(dump).unwrap_or_else(|error| panic!("{}: {error}", dump.display()));
    let count = text.lines().find_map(|line| line.strip_prefix("summary: "));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or_else(|| panic!("{} counts nothing", dump.display()))
}
