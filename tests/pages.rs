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
    files: Vec<Written>,
    /// Whether other users of the machine get at the files.
    open: bool,
    /// Line numbers of the `output` fence: its first line and the one behind its last.
    output: Option<(usize, usize)>,
    /// What `--fix` makes of the files, and whether it takes `--unsafe-fixes`.
    fixed: Vec<(String, String)>,
    is_unsafe: bool,
}

/// A file of an example, in one of its commits.
struct Written {
    path: String,
    body: String,
    /// The number of its commit; 0 where the example has no history.
    commit: usize,
    untracked: bool,
    deleted: bool,
}

impl Example {
    /// How many commits its history has; 0 if it is about the files as they are.
    fn commits(&self) -> usize {
        self.files.iter().map(|file| file.commit).max().unwrap_or(0)
    }
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
                    fixed: Vec::new(),
                    is_unsafe: false,
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
                ["fixed", path, ref flags @ ..] => {
                    assert!(matches!(flags, [] | ["unsafe"]), "{info}");
                    let body: String = lines[start..at].iter().map(|line| format!("{line}\n")).collect();
                    example.fixed.push((path.to_owned(), body));
                    example.is_unsafe |= !flags.is_empty();
                }
                [_, path, ref flags @ ..] => {
                    let body: String = lines[start..at].iter().map(|line| format!("{line}\n")).collect();
                    let (path, has) = (path.to_owned(), |flag| flags.contains(&flag));
                    let commit = flags.iter().find_map(|flag| flag.strip_prefix("commit="));
                    let commit = commit.map_or(0, |commit| commit.parse().expect(info));
                    let known = |flag: &str| matches!(flag, "untracked" | "readable" | "deleted");
                    assert!(flags.iter().all(|flag| known(flag) || flag.starts_with("commit=")), "{info}");
                    example.open |= has("readable");
                    let (untracked, deleted) = (has("untracked"), has("deleted"));
                    example.files.push(Written { path, body, commit, untracked, deleted });
                }
                _ => panic!("a fence without a path: {info}"),
            }
            at += 1;
        }
    }
    examples
}

/// The example as a repository, the texts of the `fixed` fences, and the names of its commits.
fn made(example: &Example) -> (Repo, Vec<String>, Vec<String>) {
    // The same seed for every run, so that lengths in messages stay the same.
    let mut rng = Rng::new(1);
    let repo = Repo::new();
    repo.open_to_others(example.open);
    if !example.files.iter().any(|file| file.path == ".gitignore") {
        repo.write(".gitignore", "**/.claude/settings.local.json\n");
    }
    // Expanded together, so that a marker is one value throughout an example.
    let fixed = example.fixed.iter().map(|(_, body)| body.as_str());
    let bodies: Vec<&str> = example.files.iter().map(|file| file.body.as_str()).chain(fixed).collect();
    let bodies = expand(&bodies.join("\0"), &mut rng);
    assert!(!bodies.contains("@@"), "an unknown marker: {bodies}");
    let mut commits = Vec::new();
    for commit in example.commits().min(1)..=example.commits() {
        for untracked in [false, true] {
            for (file, body) in example.files.iter().zip(bodies.split('\0')) {
                if file.commit != commit || file.untracked != untracked {
                } else if file.deleted {
                    std::fs::remove_file(repo.path(&file.path)).unwrap();
                } else {
                    repo.write(&file.path, body);
                }
            }
            if !untracked {
                commits.push(repo.commit_on(&format!("2026-01-{:02}T12:00:00Z", commit.max(1))));
            }
        }
    }
    let fixed = bodies.split('\0').skip(example.files.len()).map(str::to_owned).collect();
    (repo, fixed, commits)
}

/// Everything keylint says of the example, a line a finding.
fn lint(example: &Example) -> Vec<String> {
    let (repo, _, commits) = made(example);
    let history: &[&str] = if example.commits() > 0 { &["--history"] } else { &[] };
    let arguments = [&["lint", ".", "--format", "concise", "--min-severity", "note"], history].concat();
    let output = run(repo.keylint(&arguments));
    assert_eq!(text(&output.stderr), "");
    // Names of commits change with every random token.
    let plain = |line: &str| {
        let mut line = line.to_owned();
        for (place, id) in commits.iter().enumerate() {
            line = line.replace(&id[..12], &format!("<commit {}>", place + 1));
        }
        line
    };
    text(&output.stdout).lines().filter(|line| line.contains("]: ")).map(plain).collect()
}

/// What is wrong with what `--fix` does to an example.
fn fix(slug: &str, example: &Example) -> Option<String> {
    let (repo, fixed, _) = made(example);
    let arguments = ["lint", ".", "--fix", "--rule", slug, "--min-severity", "note", "--format", "concise"];
    let more: &[&str] = if example.is_unsafe { &["--unsafe-fixes"] } else { &[] };
    let fix = || run(repo.keylint(&[&arguments, more].concat()));
    let before = tree(&repo);
    let first = fix();
    let said = format!("{}{}", text(&first.stdout), text(&first.stderr));
    let mut expected = before;
    for ((path, _), body) in example.fixed.iter().zip(fixed) {
        expected.insert(path.clone(), body);
    }
    let after = tree(&repo);
    for (path, body) in &expected {
        if after.get(path) != Some(body) {
            return Some(format!("{path}\n  expected {body:?}\n  found {:?}\n{said}", after.get(path)));
        }
    }
    if let Some(new) = after.keys().find(|path| !expected.contains_key(*path)) {
        return Some(format!("{new} is new\n{said}"));
    }
    if first.status.code() != Some(1) {
        return Some(format!("it changed files and exits with {:?}\n{said}", first.status.code()));
    }
    if said.contains("not fixed") {
        return Some(said);
    }
    fix();
    (tree(&repo) != after).then(|| "a second run changes something".to_owned())
}

/// Every file of the work tree.
fn tree(repo: &Repo) -> std::collections::BTreeMap<String, String> {
    let mut files = std::collections::BTreeMap::new();
    let mut folders = vec![repo.root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().is_some_and(|name| name == ".git") {
            } else if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&repo.root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned());
            }
        }
    }
    files
}

/// A fix makes of the files what the page says, and nothing of any other.
#[test]
fn fixes_do_what_their_pages_say() {
    let mut failures = String::new();
    let mut count = 0;
    for rule in RULES {
        let page = std::fs::read_to_string(package().join(format!("rules/{}.md", rule.slug))).unwrap();
        for example in examples(&page).iter().filter(|example| !example.fixed.is_empty()) {
            count += 1;
            if let Some(wrong) = fix(rule.slug, example) {
                writeln!(failures, "{}: {}: {wrong}", rule.slug, example.title).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(count > 0);
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
    for shared in ["mod", "address", "leak", "local", "personal", "sdk"] {
        assert!(modules.remove(shared));
    }
    assert_eq!(modules, expected);
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let rows: Vec<&str> = readme.lines().filter(|line| line.starts_with("| [`")).collect();
    let table: Vec<String> = RULES
        .iter()
        .map(|rule| {
            let fix = Some(field(rule.page, "fix")).filter(|fix| *fix != "none").unwrap_or("–");
            format!("| [`{0}`](rules/{0}.md) | {1} | {fix} | {2} |", rule.slug, rule.severity, rule.summary)
        })
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
            "- fix",
            "- since",
            "- evidence",
            "## What",
            "## Why",
            "## How to fix",
            "## When it is fine",
        ];
        assert_eq!(parts[..head.len()], head, "{}", rule.slug);
        for heading in &head[5..] {
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

/// The fixes that a page's header names are those that its examples show.
#[test]
fn headers_name_the_fixes_that_examples_show() {
    for rule in RULES {
        let examples = examples(rule.page);
        let shown =
            |is_unsafe| examples.iter().any(|example| !example.fixed.is_empty() && example.is_unsafe == is_unsafe);
        let expected = match (shown(false), shown(true)) {
            (false, false) => "none",
            (true, false) => "safe",
            (false, true) => "unsafe",
            (true, true) => "safe or unsafe",
        };
        assert_eq!(field(rule.page, "fix"), expected, "{}", rule.slug);
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
