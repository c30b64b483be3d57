//! `personal-file-tracked`: a file that belongs to one person is in git.

use std::collections::BTreeMap;

use super::personal::{Personal, is_real_dotenv, personal};
use super::{File, Repository, Rule};
use crate::finding::{Finding, Location, Message, Name, Severity};
use crate::message;
use crate::path::RepoPath;
use crate::source::State;
use crate::surface::{Slot, Value};

pub(super) static RULE: Rule = Rule {
    slug: "personal-file-tracked",
    severity: Severity::Error,
    summary: "a file that belongs to one person is in git",
    page: include_str!("../../rules/personal-file-tracked.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let mut found: BTreeMap<Personal, usize> = BTreeMap::new();
    for entry in &repository.snapshot.entries {
        if is_in_git(&entry.state)
            && let Some(personal) = personal(&entry.path)
        {
            *found.entry(personal).or_default() += 1;
        }
    }
    for (Personal { path, kind }, files) in &found {
        let count = if *files > 1 { message![" (", *files, " files)"] } else { message![] };
        let message = message!["git tracks ", kind.what(), count];
        let finding = Finding::new(&RULE, Severity::Error, message, "", Location::file(path));
        findings.push(finding.help(untrack(path, *files > 1)).help(message![
            "then ignore it: add `",
            kind.pattern(),
            "` to `.gitignore`"
        ]));
    }
    for file in repository.files {
        dotenv(file, findings);
        private_keys(repository, file, findings);
    }
}

fn is_in_git(state: &State) -> bool {
    matches!(state, State::Tracked | State::Staged)
}

fn untrack(path: &RepoPath, folder: bool) -> Message {
    let quoted = if path.as_str().contains([' ', '\'', '"', '$', '\\']) { "\"" } else { "" };
    let option = if folder { "-r " } else { "" };
    message!["take it out of git and keep it on disk: `git rm --cached ", option, "-- ", quoted, *path, quoted, "`"]
}

/// A real `.env` is only a finding for what it holds: some frameworks commit theirs on purpose.
fn dotenv(file: &File, findings: &mut Vec<Finding>) {
    if is_in_git(&file.entry.state)
        && file.holds_credential()
        && is_real_dotenv(&file.entry.path)
        && personal(&file.entry.path).is_none()
    {
        let message = message!["git tracks a dotenv file that holds a credential"];
        findings.push(
            Finding::new(&RULE, Severity::Error, message, "", Location::file(&file.entry.path))
                .help(untrack(&file.entry.path, false))
                .help(message!["then ignore it, and commit a `.env.example` with empty values"]),
        );
    }
}

/// A private key in the repository, named by the variable that reads it.
fn private_keys(repository: &Repository<'_>, file: &File, findings: &mut Vec<Finding>) {
    for assignment in &file.document.assignments {
        let is_key = assignment.name == "CLAUDE_CODE_CLIENT_KEY"
            || assignment.name.starts_with("OTEL_EXPORTER_OTLP_") && assignment.name.ends_with("_CLIENT_KEY");
        if !is_key || assignment.slot != Slot::Variable || !matches!(assignment.value, Value::Literal) {
            continue;
        }
        let path = assignment.decoded.text.expose().trim().trim_start_matches("./");
        let path = RepoPath::from(path);
        let tracked = repository.snapshot.entry(&path).is_some_and(|entry| is_in_git(&entry.state));
        if tracked {
            let message = message!["git tracks the private key that `", Name(&assignment.name), "` names"];
            findings.push(
                Finding::new(&RULE, Severity::Error, message, &assignment.key, Location::file(&path))
                    .related(file.locate(assignment.decoded.span()).labelled(message!["named here"]))
                    .help(message!["replace the key and its certificate: whoever has a clone has it"])
                    .help(untrack(&path, false)),
            );
        }
    }
}
