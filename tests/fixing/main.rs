//! Fixes on many generated repositories: what has to go is gone, nothing has come, everything else is as it was, and the
//! client gets what was meant.
//!
//! `KEYLINT_SEED` repeats a run, `KEYLINT_CASES` says how many repositories it has. With `KEYLINT_SCENARIOS` a file gets
//! what the real client is asked afterwards (`check.sh`).
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs, unreachable_pub)]

#[path = "../common/mod.rs"]
mod common;
mod generate;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::repo::Repo;
use common::sample::Rng;
use common::{machine, mended, package, put_program, text};
use generate::{Case, Draw, KINDS};
use keylint::finding::Severity;
use keylint::fix::Mode;
use keylint::lint::mend::Mended;
use keylint::lint::{Options, lint};
use serde_json::{Value, json};

/// How many repositories there are, if nobody says so.
const CASES: usize = 540;

/// How many of them the real client is asked about.
const OBSERVED: usize = 60;

/// How many findings each rule has.
fn counts(repo: &Repo) -> BTreeMap<&'static str, usize> {
    let report = lint(&[], &repo.root, &Options::default()).unwrap();
    assert!(report.coverage.failures.is_empty());
    let mut counts = BTreeMap::new();
    for finding in report.findings {
        *counts.entry(finding.rule.slug).or_default() += 1;
    }
    counts
}

fn made(case: &Case) -> Repo {
    let repo = Repo::new();
    repo.open_to_others(true);
    for tracked in [true, false] {
        for file in case.files.iter().filter(|file| file.tracked == tracked) {
            repo.write(&file.path, &file.text);
            fs::set_permissions(repo.path(&file.path), fs::Permissions::from_mode(file.mode)).unwrap();
        }
        if tracked {
            repo.commit();
        }
    }
    repo
}

/// Every file that git has or would take, and every file.
fn texts(repo: &Repo) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let list = |arguments: &[&str]| {
        let listed = text(&repo.git(&[&["ls-files", "-z", "--cached", "--others"], arguments].concat()));
        let listed = listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned);
        listed.map(|path| (path.clone(), text(&fs::read(repo.path(&path)).unwrap()))).collect::<BTreeMap<_, _>>()
    };
    (list(&["--exclude-standard"]), list(&[]))
}

/// What is wrong with what the fixes make of a repository.
fn wrong(case: &Case, repo: &Repo, stub: &Path) -> Result<(), String> {
    let before = counts(repo);
    if let Some(rule) = case.rules.iter().find(|rule| !before.contains_key(*rule)) {
        return Err(format!("no finding of {rule}: {before:?}"));
    }
    let first = mended(&repo.root, Severity::Note);
    let refused: Vec<_> = first.refused.iter().map(|one| (one.finding.rule.slug, one.reason.as_str())).collect();
    first.plan.write(&mut |_| {}).map_err(|failure| format!("{failure:?}"))?;
    // A mode counts when git has it.
    repo.git(&["add", "-u"]);
    let after = counts(repo);
    for (rule, count) in &after {
        let old = before.get(rule).copied().unwrap_or(0);
        if case.rules.contains(rule) || *count > old {
            return Err(format!("{rule}: {old} findings became {count}; refused {refused:?}"));
        }
    }
    let (exposed, all) = texts(repo);
    for (path, text) in &all {
        let old = case.files.iter().find(|file| file.path == *path);
        if path.ends_with(".json")
            && let Err(error) = serde_json::from_str::<Value>(text.trim_start_matches('\u{FEFF}'))
        {
            return Err(format!("{path}: {error}"));
        }
        if path.ends_with(".sh") && !runs("bash", &["-n", &repo.path(path).to_string_lossy()]) {
            return Err(format!("{path}: bash does not take it"));
        }
        if let Some(old) = old
            && !old.style.is_kept(text)
        {
            return Err(format!("{path}: {:?} is not kept in {text:?}", old.style));
        }
        let mode = fs::metadata(repo.path(path)).unwrap().permissions().mode() & 0o777;
        let expected = match old {
            Some(old) if is_narrowed(&first, path) => old.mode & 0o700,
            Some(old) if first.plan.modes.iter().any(|(changed, _)| changed.as_str() == path) => old.mode | 0o111,
            Some(old) => old.mode,
            None => 0o600,
        };
        if mode != expected {
            return Err(format!("{path}: mode {mode:o}, not {expected:o}"));
        }
    }
    if let Some(lost) = case.kept.iter().find(|secret| !all.values().any(|text| text.contains(*secret))) {
        return Err(format!("lost: {} characters", lost.len()));
    }
    if let Some((path, _)) = exposed.iter().find(|(_, text)| case.hidden.iter().any(|secret| text.contains(secret))) {
        return Err(format!("{path} still has a secret"));
    }
    let again = mended(&repo.root, Severity::Note);
    if !again.plan.is_empty() {
        return Err(format!("a second run would change {:?}", again.done));
    }
    match &case.script {
        Some((script, meant)) => started(repo, stub, script, meant),
        None => Ok(()),
    }
}

/// Whether a file is its owner's alone by what was mended.
fn is_narrowed(mended: &Mended, path: &str) -> bool {
    let plan = &mended.plan;
    plan.modes.iter().any(|(changed, mode)| changed.as_str() == path && *mode == Mode::Private)
        || plan.texts.iter().any(|text| text.path.as_str() == path && text.narrowed)
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).stderr(Stdio::null()).status().unwrap().success()
}

/// Runs a script with a `claude` that says what it got, where the shell of the person exports a key.
fn started(repo: &Repo, stub: &Path, script: &str, meant: &[(String, String)]) -> Result<(), String> {
    let path = format!("{}:{}", stub.display(), std::env::var("PATH").unwrap());
    let mut bash = repo.program("bash", &[&repo.path(script).to_string_lossy(), "hi"]);
    bash.env("PATH", path).env("GATEWAY_TOKEN", "from outside").env("GATEWAY_TOKEN_2", "another");
    let output = bash.env("ANTHROPIC_API_KEY", "inherited").output().unwrap();
    if !output.status.success() {
        return Err(format!("{script} fails: {}", text(&output.stderr)));
    }
    let got = text(&fs::read(repo.home().join("got")).unwrap());
    for (name, value) in meant {
        let found = got.split('\0').find_map(|pair| pair.strip_prefix(name.as_str())?.strip_prefix('='));
        if found.unwrap_or_default() != value {
            return Err(format!("{script}: {name} is {}", found.map_or("not set", |_| "another")));
        }
    }
    Ok(())
}

/// Two scenarios that the real client must not tell apart: what was meant, and what the fixes made.
fn scenarios(number: usize, case: &Case, repo: &Repo) -> Option<String> {
    let (shared, local) = case.meant.as_ref()?;
    let settings = |env: &[(String, String)]| json!({"env": env.iter().cloned().collect::<BTreeMap<_, _>>()});
    let mut meant = json!({"name": format!("{number}-meant"), "kind": case.kind});
    for (name, env) in [("shared", shared), ("local", local)] {
        if !env.is_empty() {
            meant[name] = settings(env);
        }
    }
    let mut fixed = json!({"name": format!("{number}-fixed"), "kind": case.kind});
    for (name, path) in [("shared", ".claude/settings.json"), ("local", ".claude/settings.local.json")] {
        if let Ok(text) = fs::read_to_string(repo.path(path)) {
            fixed[name] = text.into();
        }
    }
    Some(format!("{meant}\n{fixed}\n"))
}

#[test]
fn what_fixes_make_of_many_repositories() {
    let number = |name: &str| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let seed = number("KEYLINT_SEED").unwrap_or_else(|| Rng::from_entropy().draw());
    let cases = number("KEYLINT_CASES").map_or(CASES, |cases| usize::try_from(cases).unwrap());
    println!("KEYLINT_SEED={seed}, {cases} repositories");
    let stub = Repo::plain();
    put_program(&stub.path("claude"), "#!/bin/sh\nenv -0 >\"$HOME/got\"\n");
    let (next, failures, asked) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, std::num::NonZero::get) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= cases {
                        break;
                    }
                    let mut draw = Draw { rng: Rng::new(seed.wrapping_add(number as u64 * 7919)) };
                    let case = KINDS[number % KINDS.len()](&mut draw);
                    let repo = made(&case);
                    if let Err(wrong) = wrong(&case, &repo, &stub.root) {
                        failures.lock().unwrap().push(format!("{number}: {}: {wrong}", case.kind));
                    }
                    if let Some(pair) = scenarios(number, &case, &repo) {
                        asked.lock().unwrap().insert(number, pair);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {cases}, KEYLINT_SEED={seed}\n{}", failures.len(), failures.join("\n"));
    if let Some(file) = std::env::var_os("KEYLINT_SCENARIOS") {
        let asked: String = asked.into_inner().unwrap().into_values().take(OBSERVED).collect();
        fs::write(Path::new(&file), asked).unwrap();
    }
}

/// The comparison with the real client has to fail where the two are not alike.
#[test]
fn the_comparison_tells_what_differs() {
    if !machine::has("python3", &["--version"]) {
        return;
    }
    let folder = Repo::plain();
    let observed = |key: &str| {
        let request = json!([{"url": "https://x/v1/messages", "x-api-key": key, "authorization": null}]);
        let one = json!({"name": "1-meant", "outcome": "sent", "requests": [{"url": "https://x/v1/messages", "x-api-key": "a", "authorization": null}]});
        let other = json!({"name": "1-fixed", "outcome": "sent", "requests": request});
        format!("{{\"client\": \"1\"}}\n{one}\n{other}\n")
    };
    let compare = |text: &str| {
        folder.write("observed.jsonl", text);
        let mut python = Command::new("python3");
        let output =
            python.arg(package().join("tests/fixing/alike.py")).arg(folder.path("observed.jsonl")).arg("1").output();
        let output = output.unwrap();
        (output.status.code().unwrap(), text_of(&output.stdout))
    };
    assert_eq!(compare(&observed("a")), (0, "1 pairs alike: 1 sent\n".to_owned()));
    let (code, said) = compare(&observed("b"));
    assert_eq!((code, said.starts_with("1: requests\n")), (1, true), "{said}");
    assert_eq!(compare("{\"client\": \"1\"}\n").0, 1, "nothing was observed");
    let single: String = observed("a").lines().take(2).map(|line| format!("{line}\n")).collect();
    assert_eq!(compare(&single).0, 1, "one of the pair is missing");
}

fn text_of(bytes: &[u8]) -> String {
    text(bytes)
}
