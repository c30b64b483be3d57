//! What other programs read: each format is parsed by rules, or by a parser, that are not ours.
//!
//! `KEYLINT_SEED` repeats a run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "../common/mod.rs"]
mod common;

mod documents;
mod github;
mod markdown;
mod output;
mod sarif;

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use common::machine;
use common::repo::Repo;
use common::sample::Rng;
use keylint::accept::Accepted;
use keylint::finding::{Excerpt, Finding, Location, Message, Name, Severity};
use keylint::lint::{Coverage, Failure, Report};
use keylint::message;
use keylint::path::RepoPath;
use keylint::report::{Format, Style, print};
use keylint::rules::RULES;
use keylint::source::ReadError;
use keylint::text::{Position, Span};
use serde_json::{Value, json};

/// Pieces of names and messages that some format or other gives a meaning.
const PIECES: [&str; 46] = [
    "a",
    "b c",
    "é",
    "🦀",
    "%",
    "%25",
    "%0A",
    "%0D%0A",
    "%3A",
    "%2C",
    ",",
    ":",
    "::",
    "=",
    "==",
    " ",
    "]",
    ";",
    "\"",
    "'",
    "&",
    "&amp;",
    "<",
    "<b>",
    "]]>",
    "<!--",
    "|",
    "\\",
    "\\|",
    "`",
    "``",
    "*",
    "_",
    "~~",
    "[x](https://e.example)",
    "https://e.example/",
    "www.e.example",
    "WWW.e.example",
    "a@e.example",
    "@octocat",
    "#1",
    "$x$",
    "::error file=x::y",
    "::stop-commands::t",
    "##[add-mask]t",
    "##[error]t",
];

/// What a name on a disk may hold as well.
const CONTROLS: [&str; 10] =
    ["\n", "\r", "\r\n", "\t", "\u{1b}[31m", "\u{7f}", "\u{85}", "\u{2028}", "\u{200b}", "\u{feff}"];

fn rng(test: &str) -> Rng {
    let seed = std::env::var("KEYLINT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| Rng::from_entropy().draw());
    println!("{test}: KEYLINT_SEED={seed}");
    Rng::new(seed)
}

/// A random text of pieces.
fn words(rng: &mut Rng, with: &[&str]) -> String {
    (0..=rng.below(5))
        .map(|_| match rng.below(PIECES.len() + with.len()) {
            piece if piece < PIECES.len() => PIECES[piece],
            piece => with[piece - PIECES.len()],
        })
        .collect()
}

/// A random name, sometimes of bytes that are no UTF-8.
fn name(rng: &mut Rng) -> RepoPath {
    let mut bytes = words(rng, &CONTROLS).into_bytes();
    if rng.below(4) == 0 {
        bytes.insert(rng.below(bytes.len() + 1), 0xff);
    }
    RepoPath::from_bytes(&bytes)
}

fn said(text: &str) -> Message {
    message![Name(text)]
}

/// A place in a text.
fn place(path: &RepoPath, text: &str, span: Span) -> Location {
    let position = |at: usize| {
        let (line, column) = common::position(text, at);
        Position { line, column }
    };
    let (start, end) = (position(span.start), position(span.end));
    Location { start, end, excerpt: Some(Excerpt { masked: Arc::from(text), span }), ..Location::file(path) }
}

/// A random finding: at a place in a line, in several, between two characters, or about the file as a whole.
fn finding(rng: &mut Rng) -> Finding {
    let path = name(rng);
    let text = "é🦀 one\nzwei é two\nthree\n";
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let (one, other) = (rng.below(ends.len()), rng.below(ends.len()));
    let primary = match rng.below(4) {
        0 => Location::file(&path),
        _ => place(&path, text, Span::new(ends[one.min(other)], ends[one.max(other)])),
    };
    let severity = [Severity::Note, Severity::Warning, Severity::Error][rng.below(3)];
    let rule = RULES[rng.below(RULES.len())];
    let mut finding = Finding::new(rule, severity, said(&words(rng, &["\n"])), &words(rng, &[]), primary);
    for _ in 0..rng.below(3) {
        finding = finding.help(said(&words(rng, &[])));
    }
    if rng.below(3) == 0 {
        let related = Location::file(&name(rng)).labelled(said(&words(rng, &[])));
        finding = finding.related(related);
    }
    finding
}

/// A random report with up to so many findings.
fn report(rng: &mut Rng, most: usize) -> Report {
    let findings = (0..rng.below(most + 1)).map(|_| finding(rng)).collect();
    let failures = (0..rng.below(4)).map(|_| Failure { path: name(rng), reason: ReadError::Io(words(rng, &[])) });
    let mut coverage = Coverage { failures: failures.collect(), ..Coverage::default() };
    coverage.skipped = (0..rng.below(3)).map(|_| words(rng, &["\n", "\r"])).collect();
    Report { findings, coverage, accepted: Accepted::default() }
}

fn style() -> Style {
    Style { min_severity: Severity::Note, color: false, width: None, quiet: false, statistics: false }
}

fn printed(format: Format, report: &Report) -> String {
    let mut out = Vec::new();
    print(format, report, &style(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// So many findings, each with as much to say as the longest that keylint reports.
fn many(count: usize) -> Report {
    let sentence = "both credentials are set: anthropic 2.11.0 (uv.lock:2) sends ANTHROPIC_API_KEY to openrouter.ai";
    let related = Location::file(&RepoPath::from("x")).labelled(said("goes out as `Authorization: Bearer`"));
    let primary = place(&RepoPath::from("x"), "{\"env\": {}}", Span::new(9, 10));
    let one = Finding::new(RULES[0], Severity::Error, said(sentence), "", primary);
    let one = one.help(said(sentence)).help(said(sentence)).related(related);
    let findings = (0..count).map(|index| {
        let mut finding = one.clone();
        let path = format!("services/team-{}/deploy/.claude/settings.json", index / 10);
        finding.primary.path = RepoPath::from(path.as_str());
        finding.key = format!("env.KEY_{index}");
        finding.rule = RULES[index % RULES.len()];
        finding
    });
    Report { findings: findings.collect(), coverage: Coverage::default(), accepted: Accepted::default() }
}

/// Whether Python has these modules; without them a test is skipped, or fails where tools are required.
fn python_has(modules: &str) -> bool {
    machine::has("python3", &["-c", &format!("import {modules}")])
}

/// Runs a Python program that reads a text and writes JSON.
fn python(program: &str, input: &str) -> Value {
    let mut child = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{input}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A repository with these files, markers expanded; none of them is written where git would ignore it.
fn repository(files: &[(&str, &str)], rng: &mut Rng) -> Repo {
    let repo = Repo::new();
    repo.write(".gitignore", "**/.claude/settings.local.json\n");
    for (path, body) in files {
        repo.write(path, common::expand(body, rng));
    }
    repo.commit();
    repo
}
