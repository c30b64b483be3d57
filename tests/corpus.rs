//! Labelled real files, where `KEYLINT_CORPUS` names their folder: `MANIFEST.tsv` (file, repository, path, …) and
//! `labels.tsv` (file, line, class, why, debatable).
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;

use common::machine;
use common::repo::Repo;
use serde_json::Value;

/// Which rules say what a label's class says.
fn rules(class: &str) -> &'static [&'static str] {
    match class {
        "secret-in-shared-file" => &["secret-in-settings", "secret-in-env-file", "secret-in-mcp"],
        "secret-in-mcp" => &["secret-in-mcp", "secret-in-settings"],
        "secret-in-permission-rule" => &["secret-in-permission"],
        "base-url-without-credential" => &["base-url-without-token"],
        "base-url-with-api-key" => &["base-url-with-api-key"],
        other => panic!("unknown class {other}"),
    }
}

fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect())
}

#[test]
fn labels_are_met() {
    let Some(corpus) = std::env::var_os("KEYLINT_CORPUS").map(PathBuf::from) else {
        return machine::skipped("KEYLINT_CORPUS is not set");
    };
    let manifest = std::fs::read_to_string(corpus.join("MANIFEST.tsv")).unwrap();
    let labels = std::fs::read_to_string(corpus.join("labels.tsv")).unwrap();

    // One folder for each file, below which it has the path it had.
    let repo = Repo::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for row in rows(&manifest) {
        let (file, path) = (row[0], row[2]);
        let place = format!("{}/{path}", file.replace(['/', '.'], "-"));
        repo.write(&place, std::fs::read(corpus.join(file)).unwrap());
        places.insert(place, file.to_owned());
    }
    repo.git(&["add", "-A", "-f"]);
    repo.git(&["commit", "-q", "-m", "files"]);
    let (findings, code) = repo.findings(&["."]);
    assert_ne!(code, 2, "every file can be read");

    let mut by_file: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for finding in &findings {
        if let Some(file) = places.get(finding["path"].as_str().unwrap()) {
            by_file.entry(file).or_default().push(finding);
        }
    }
    let found = |file: &str| by_file.get(file).map_or(&[][..], Vec::as_slice);
    let line = |finding: &Value| finding["line"].as_u64().unwrap();
    let rule = |finding: &Value| finding["rule"].as_str().unwrap().to_owned();
    let is_secret = |finding: &Value| rule(finding).starts_with("secret-");
    let show = |finding: &Value| format!("{} {} {}", common::place(finding), finding["severity"], finding["message"]);

    let (mut positives, mut negatives, mut wrong) = (0, 0, Vec::new());
    for row in rows(&labels) {
        let (file, at, class, why, debatable) = (row[0], row[1].parse::<u64>().unwrap(), row[2], row[3], row[4]);
        if debatable == "yes" {
            continue;
        }
        match class {
            "none" | "placeholder-only" => {
                negatives += 1;
                for finding in found(file) {
                    if is_secret(finding) && (class == "none" || line(finding) == at) {
                        wrong.push(format!("{file}: nothing is expected ({why}): {}", show(finding)));
                    }
                }
            }
            _ => {
                positives += 1;
                let met = found(file).iter().any(|finding| {
                    line(finding) == at
                        && finding["severity"] != "note"
                        && rules(class).contains(&rule(finding).as_str())
                });
                if !met {
                    wrong.push(format!("{file}:{at}: {class} is expected ({why})"));
                }
            }
        }
    }
    let labelled: Vec<&str> = rows(&labels).map(|row| row[0]).collect();
    for (file, findings) in &by_file {
        for finding in findings.iter().filter(|_| !labelled.contains(file)) {
            println!("unlabelled {file}: {}", show(finding));
        }
    }
    println!(
        "{} files, {positives} expected findings, {negatives} places without, {} wrong; {} findings in all",
        places.len(),
        wrong.len(),
        findings.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(positives > 0 && negatives > 0);
}
