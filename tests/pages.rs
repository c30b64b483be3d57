//! Every rule's page is executed: its bad examples report exactly what their `output` says, its good ones nothing.
//! CONTRIBUTING.md describes the format.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, package, run, text};
use keylint::rules::RULES;

/// A `## bad: …` or `## good: …` section.
struct Example {
    title: String,
    good: bool,
    files: Vec<(String, bool, String)>,
    /// Whether other users of the machine get at the files.
    open: bool,
    /// Line numbers of the `output` fence: its first line and the one behind its last.
    output: Option<(usize, usize)>,
}

fn examples(page: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let lines: Vec<&str> = page.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        at += 1;
        if let Some(heading) = line.strip_prefix("## ") {
            if let Some((kind @ ("bad" | "good"), title)) = heading.split_once(": ") {
                examples.push(Example {
                    title: title.to_owned(),
                    good: kind == "good",
                    files: Vec::new(),
                    open: false,
                    output: None,
                });
            }
        } else if let Some(info) = line.strip_prefix("```") {
            let start = at;
            while lines[at] != "```" {
                at += 1;
            }
            let example = examples.last_mut().expect("a fence belongs to an example");
            let words: Vec<&str> = info.split(' ').collect();
            match words[..] {
                ["output"] => example.output = Some((start, at)),
                [_, path, ref flags @ ..] => {
                    assert!(flags.iter().all(|flag| matches!(*flag, "untracked" | "readable")), "{info}");
                    example.open |= flags.contains(&"readable");
                    let body: String = lines[start..at].iter().map(|line| format!("{line}\n")).collect();
                    example.files.push((path.to_owned(), flags.contains(&"untracked"), body));
                }
                _ => panic!("a fence without a path: {info}"),
            }
            at += 1;
        }
    }
    examples
}

/// Everything keylint says of the example, a line a finding.
fn lint(example: &Example) -> Vec<String> {
    // The same seed for every run, so that lengths in messages stay the same.
    let mut rng = Rng::new(1);
    let repo = Repo::new();
    repo.open_to_others(example.open);
    if !example.files.iter().any(|(path, ..)| path == ".gitignore") {
        repo.write(".gitignore", "**/.claude/settings.local.json\n");
    }
    // Expanded together, so that a marker is one value throughout an example.
    let bodies: Vec<&str> = example.files.iter().map(|(.., body)| body.as_str()).collect();
    let bodies = expand(&bodies.join("\0"), &mut rng);
    assert!(!bodies.contains("@@"), "an unknown marker: {bodies}");
    for untracked in [false, true] {
        for ((path, later, _), body) in example.files.iter().zip(bodies.split('\0')) {
            if *later == untracked {
                repo.write(path, body);
            }
        }
        if !untracked {
            repo.commit();
        }
    }
    let output = run(repo.keylint(&["lint", ".", "--format", "concise", "--min-severity", "note"]));
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout).lines().filter(|line| line.contains("]: ")).map(str::to_owned).collect()
}

#[test]
fn examples_do_what_their_pages_say() {
    let update = std::env::var_os("KEYLINT_UPDATE_PAGES").is_some();
    let mut failures = String::new();
    for rule in RULES {
        let file = package().join(format!("rules/{}.md", rule.slug));
        let page = std::fs::read_to_string(&file).unwrap();
        let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
        let mark = format!("[{}]: ", rule.slug);
        // From the end, so that places stay right while the page is updated.
        for example in examples(&page).iter().rev() {
            let found = lint(example);
            let what = format!("{}: {}", rule.slug, example.title);
            if example.good {
                let wrong: Vec<_> = found
                    .iter()
                    .filter(|line| line.contains(&mark) || line.contains(": warning[") || line.contains(": error["))
                    .collect();
                if !wrong.is_empty() {
                    writeln!(failures, "{what}\n  a good example has findings: {wrong:#?}").unwrap();
                }
                continue;
            }
            if !found.iter().any(|line| line.contains(&mark)) {
                writeln!(failures, "{what}\n  no finding of the rule; found {found:#?}").unwrap();
            }
            let Some((start, end)) = example.output else { panic!("{what}: no output fence") };
            if update {
                lines.splice(start..end, found);
            } else if lines[start..end] != found[..] {
                writeln!(failures, "{what}\n  expected {:#?}\n  found {found:#?}", &lines[start..end]).unwrap();
            }
        }
        if update {
            std::fs::write(&file, lines.join("\n") + "\n").unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn every_rule_has_a_page_a_file_and_a_row() {
    let slugs: Vec<&str> = RULES.iter().map(|rule| rule.slug).collect();
    assert!(slugs.is_sorted(), "the table is sorted by slug");
    let names = |folder: &str, ending: &str| -> BTreeSet<String> {
        std::fs::read_dir(package().join(folder))
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().to_str()?.strip_suffix(ending).map(str::to_owned))
            .collect()
    };
    let expected: BTreeSet<String> = slugs.iter().map(|&slug| slug.to_owned()).collect();
    assert_eq!(names("rules", ".md"), expected);
    let mut modules: BTreeSet<String> =
        names("src/rules", ".rs").into_iter().map(|name| name.replace('_', "-")).collect();
    for shared in ["mod", "address", "leak", "personal", "sdk"] {
        assert!(modules.remove(shared));
    }
    assert_eq!(modules, expected);
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| [`")).collect();
    let table: Vec<String> = RULES
        .iter()
        .map(|rule| format!("| [`{0}`](rules/{0}.md) | {1} | {2} |", rule.slug, rule.severity, rule.summary))
        .collect();
    assert_eq!(rows, table);
}

/// The value of a field of a page's header.
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    page.lines().find_map(|line| line.strip_prefix("- ")?.strip_prefix(name)?.strip_prefix(": ")).unwrap_or("")
}

#[test]
fn every_page_has_its_parts() {
    for rule in RULES {
        let parts: Vec<&str> = rule
            .page
            .lines()
            .filter(|line| line.starts_with('#') || line.starts_with("- "))
            .map(|line| line.split(": ").next().unwrap())
            .filter(|line| !line.starts_with("- In "))
            .collect();
        let title = format!("# {}", rule.slug);
        let head = [
            title.as_str(),
            "- severity",
            "- since",
            "- evidence",
            "## What",
            "## Why",
            "## How to fix",
            "## When it is fine",
        ];
        assert_eq!(parts[..head.len()], head, "{}", rule.slug);
        for heading in &head[4..] {
            let text = rule.page.split(&format!("\n{heading}\n")).nth(1).unwrap().split("\n## ").next().unwrap();
            assert!(!text.trim().is_empty(), "{}: {heading} says something", rule.slug);
        }
        let severity = field(rule.page, "severity");
        assert!(severity.starts_with(rule.severity.as_str()), "{}: {severity}", rule.slug);
        assert_eq!(field(rule.page, "since"), "0.1.0", "{}", rule.slug);
        let evidence = field(rule.page, "evidence");
        let dated = evidence.split([' ', ',', ')', ':', ';']).any(is_date);
        assert!(dated || evidence.starts_with("keylint's own"), "{}: {evidence}", rule.slug);
        let examples = examples(rule.page);
        assert!(examples.iter().any(|example| example.good), "{}: a good example", rule.slug);
        assert!(examples.iter().any(|example| !example.good), "{}: a bad example", rule.slug);
    }
}

/// `2026-08` or `2026-08-31`.
fn is_date(word: &str) -> bool {
    let form: String = word.chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
    matches!(form.as_str(), "0000-00" | "0000-00-00")
}

/// The severities that a page's header names are those that its examples show.
#[test]
fn headers_name_the_severities_that_examples_show() {
    for rule in RULES {
        let shown = |severity: &str| rule.page.contains(&format!(": {severity}[{}]: ", rule.slug));
        let header = field(rule.page, "severity");
        let named = |severity: &str| header.split([' ', ';', ',']).any(|word| word == severity);
        for severity in ["note", "warning", "error"] {
            assert_eq!(named(severity), shown(severity), "{}: {severity}: {header}", rule.slug);
        }
    }
}

#[test]
fn markers_expand_to_one_value_in_one_text() {
    let mut rng = Rng::from_entropy();
    let expanded = expand("@@hex-key@@ @@hex-key@@ @@hex-key:2@@", &mut rng);
    let parts: Vec<&str> = expanded.split(' ').collect();
    assert_eq!(parts[0], parts[1]);
    assert_ne!(parts[0], parts[2]);
}
