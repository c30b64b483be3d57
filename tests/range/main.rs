//! `keylint lint --range`: every cell with real git.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;

mod auto;
mod clones;
mod history;
mod names;
mod states;

use std::process::Command;

use common::repo::Repo;
use common::sample::Rng;
use serde_json::Value;

/// By these variables services are known.
const SIGNS: [&str; 9] = [
    "GITHUB_ACTIONS",
    "CI",
    "GITLAB_CI",
    "TF_BUILD",
    "BITBUCKET_BUILD_NUMBER",
    "CIRCLECI",
    "BUILDKITE",
    "DRONE",
    "JENKINS_URL",
];

/// Settings with a key; another number is another key, the same everywhere.
fn settings(number: u64) -> String {
    let key = common::token("anthropic-api-key", &mut Rng::new(number)).unwrap();
    format!("{{\n  \"env\": {{\n    \"ANTHROPIC_API_KEY\": \"{key}\"\n  }}\n}}\n")
}

/// The finding in it.
const IN_SETTINGS: &str = "error secret-in-settings .claude/settings.json:3:27";
const SETTINGS: &str = ".claude/settings.json";

/// A repository whose main branch has a file or two that say nothing.
fn quiet() -> Repo {
    Repo::committed(&[(".gitignore", "**/.claude/settings.local.json\n"), ("README", "1\n")])
}

/// The commit that a revision names.
fn id(repo: &Repo, revision: &str) -> String {
    String::from_utf8(repo.git(&["rev-parse", revision])).unwrap().trim().to_owned()
}

/// Commits one file; what the commit is called.
fn commit(repo: &Repo, path: &str, text: &str) -> String {
    repo.write(path, text);
    repo.commit();
    id(repo, "HEAD")
}

/// keylint outside of any service.
fn keylint(repo: &Repo, arguments: &[&str]) -> Command {
    let mut command = repo.keylint(&[&["lint"], arguments].concat());
    SIGNS.iter().for_each(|name| _ = command.env_remove(name));
    command
}

/// What a range brings: severity, rule and place of each finding with the first digits of its commit; the exit code.
fn range(repo: &Repo, range: &str) -> (Vec<String>, i32) {
    ranged(keylint(repo, &["--format", "json", "--range", range]))
}

fn ranged(command: Command) -> (Vec<String>, i32) {
    let output = common::run(command);
    let stderr = common::text(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
    let findings = report["findings"].as_array().unwrap().iter().map(|finding| {
        let get = |name: &str| finding[name].as_str().unwrap().to_owned();
        let place = format!("{}:{}:{}", get("path"), finding["line"], finding["column"]);
        let commit = finding["commit"].as_str().map(|commit| format!(" {}", &commit[..12])).unwrap_or_default();
        format!("{} {} {place}{commit}", get("severity"), get("rule"))
    });
    (findings.collect(), output.status.code().unwrap())
}

/// What a range that can't be linted says, and that nothing else is printed.
fn refused(command: Command) -> String {
    let output = common::run(command);
    assert_eq!((output.status.code(), common::text(&output.stdout)), (Some(2), String::new()));
    common::text(&output.stderr)
}

/// A finding with the commit that brought it.
fn by(finding: &str, commit: &str) -> String {
    format!("{finding} {}", &commit[..12])
}
