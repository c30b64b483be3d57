//! What people really write and no linter may stumble over: by the number that each trap has in a survey of public
//! repositories, one file for each kind of launcher. Beside what raises nothing stands what differs from it by one
//! thing and is a finding.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod containers;
mod never_hazards;
mod never_routes;
mod never_texts;
mod never_values;
mod pipelines;
mod posix;
mod read_by_eye;
mod surfaces;
mod tasks;
mod values;
mod windows;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, place};
use serde_json::Value;

/// The findings in a repository of these files; markers in them are filled in.
fn findings(files: &[(&str, &str)]) -> Vec<Value> {
    let mut rng = Rng::from_entropy();
    let texts: Vec<String> = files.iter().map(|(_, text)| expand(text, &mut rng)).collect();
    let repo = Repo::committed(&[(".gitignore", "**/.claude/settings.local.json\n")]);
    for ((path, _), text) in files.iter().zip(&texts) {
        repo.write(path, text);
    }
    repo.commit();
    repo.findings(&[]).0
}

/// The places and rules of findings above a note.
fn reported(files: &[(&str, &str)]) -> Vec<String> {
    findings(files).iter().filter(|finding| finding["severity"] != "note").map(place).collect()
}

/// Nothing above a note is reported.
#[track_caller]
fn silent(files: &[(&str, &str)]) {
    assert_eq!(reported(files), Vec::<String>::new(), "{files:?}");
}

/// A path and what stands there.
type File = (String, String);

/// Several sets of files, each in a folder of its own of one repository.
#[derive(Default)]
struct Rows {
    files: Vec<File>,
    count: usize,
}

impl Rows {
    fn add(&mut self, files: impl IntoIterator<Item = File>) {
        self.count += 1;
        self.files.extend(files.into_iter().map(|(path, text)| (format!("{}/{path}", self.count), text)));
    }
}

/// Nothing at all is reported of these files, notes included.
#[track_caller]
fn nothing(files: &[File]) {
    exactly(files, &[]);
}

/// What is reported of these files in one repository: place, rule and severity.
#[track_caller]
fn exactly(files: &[File], expected: &[&str]) {
    let borrowed: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let found: Vec<String> = findings(&borrowed)
        .iter()
        .map(|finding| format!("{} {}", place(finding), finding["severity"].as_str().unwrap()))
        .collect();
    let concerned = borrowed.iter().filter(|(path, _)| found.iter().any(|found| found.starts_with(path)));
    let texts: Vec<String> = concerned.map(|(path, text)| format!("--- {path}\n{text}")).collect();
    assert!(found == expected, "found {found:#?}\nexpected {expected:#?}\n{}", texts.join("\n"));
}
