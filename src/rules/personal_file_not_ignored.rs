//! `personal-file-not-ignored`: the next `git add .` would take a file that belongs to one person.

use std::collections::BTreeMap;

use super::personal::{Kind, Personal, is_real_dotenv, personal};
use super::{Exposure, File, Repository, Rule};
use crate::finding::{Finding, Location, Message, Severity};
use crate::fix::Fix;
use crate::message;
use crate::path::RepoPath;
use crate::source::{IgnoreRule, State};

pub(super) static RULE: Rule = Rule {
    slug: "personal-file-not-ignored",
    severity: Severity::Warning,
    summary: "no rule of the repository ignores a file that belongs to one person",
    page: include_str!("../../rules/personal-file-not-ignored.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    if !repository.snapshot.git {
        return;
    }
    let mut found: BTreeMap<Personal, Found<'_>> = BTreeMap::new();
    for entry in &repository.snapshot.entries {
        let exposure = Exposure::of(entry);
        if !matches!(exposure, Exposure::Untracked | Exposure::OnlyHere(_)) {
            continue;
        }
        let holds = repository.file(&entry.path).is_some_and(File::holds_credential);
        let personal = personal(&entry.path);
        if personal.is_none() && holds && is_real_dotenv(&entry.path) {
            findings.push(dotenv(&entry.path, exposure));
        }
        let Some(personal) = personal else { continue };
        let found = found.entry(personal).or_default();
        found.holds |= holds;
        if let Exposure::OnlyHere(rule) = exposure {
            found.only_here = Some(rule);
        }
    }
    for (personal, found) in &found {
        let severity = if found.holds { Severity::Error } else { Severity::Warning };
        let message = match found.only_here {
            Some(rule) => message![
                "only ",
                *rule,
                " on this machine ignores ",
                personal.kind.what(),
                ": a teammate's `git add .` takes theirs"
            ],
            None => message!["no rule ignores ", personal.kind.what(), ": `git add .` takes it"],
        };
        let finding = Finding::new(&RULE, severity, message, "", Location::file(&personal.path));
        findings.push(finding.help(ignore(personal.kind)).fix(mend(personal.kind)));
    }
    let local_exists = found.keys().any(|personal| personal.kind == Kind::LocalSettings);
    if !local_exists {
        findings.extend(before_it_exists(repository));
    }
}

#[derive(Default)]
struct Found<'a> {
    holds: bool,
    only_here: Option<&'a IgnoreRule>,
}

fn ignore(kind: Kind) -> Message {
    message!["add the line `", kind.pattern(), "` to `.gitignore` at the root of the repository"]
}

fn dotenv(path: &RepoPath, exposure: Exposure<'_>) -> Finding {
    Finding::new(
        &RULE,
        Severity::Error,
        message!["this dotenv file holds a credential, and ", exposure],
        "",
        Location::file(path),
    )
    .help(message!["add the lines `.env`, `.env.*` and `!.env.example` to `.gitignore` at the root of the repository"])
}

/// The first saved permission makes the local file; by then the rule has to be there. Claude Code itself only adds
/// one to the personal excludes of whoever it runs for (documentation, settings, 2026-08).
fn before_it_exists(repository: &Repository<'_>) -> Option<Finding> {
    let first = repository.snapshot.entries.iter().find(|entry| {
        Exposure::of(entry).is_exposed()
            && (entry.path.as_str().split('/').any(|part| part == ".claude")
                || matches!(entry.path.name(), "CLAUDE.md" | ".mcp.json"))
    })?;
    let local = RepoPath::from(".claude/settings.local.json");
    if repository.snapshot.entry(&local).is_some() {
        return None;
    }
    let message = match repository.snapshot.state_if_created(&local) {
        State::WouldBeCommitted => message![
            "no rule ignores `.claude/settings.local.json`: the first saved permission creates it, and `git add .` takes it"
        ],
        State::PrivateOnlyHere { by } => message![
            "only ",
            by,
            " on this machine ignores `.claude/settings.local.json`: a teammate's `git add .` takes theirs"
        ],
        State::Tracked | State::Staged | State::Private { .. } | State::NoGit => return None,
    };
    let root = RepoPath::from(".gitignore");
    let place = if repository.snapshot.entry(&root).is_some() { &root } else { &first.path };
    Some(
        Finding::new(&RULE, Severity::Warning, message, ".claude/settings.local.json", Location::file(place))
            .help(ignore(Kind::LocalSettings))
            .fix(mend(Kind::LocalSettings)),
    )
}

fn mend(kind: Kind) -> Fix {
    Fix::safe(message!["ignore `", kind.pattern(), "`"]).ignore(kind.pattern())
}
