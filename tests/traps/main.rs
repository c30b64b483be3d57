//! What people really write and no linter may stumble over: by the number that each trap has in a survey of public
//! repositories, one file for each kind of launcher. Beside what raises nothing stands what differs from it by one
//! thing and is a finding.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod containers;
mod pipelines;
mod posix;
mod read_by_eye;
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
