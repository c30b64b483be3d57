//! `misspelled-variable`: a name close to one that Claude Code reads, but not that one.

use super::address::{BASE_URLS, written};
use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Message, Name, Severity};
use crate::fix::{Fix, Sends, variable};
use crate::message;
use crate::route::gateway::Wants;
use crate::route::unit::{Member, Presence, Unit, UnitKind};
use crate::route::url::Url;
use crate::route::{Endpoint, predict};
use crate::text::is_one_edit;

pub(super) static RULE: Rule = Rule {
    slug: "misspelled-variable",
    severity: Severity::Warning,
    summary: "a name close to one that Claude Code reads, but not that one",
    page: include_str!("../../rules/misspelled-variable.md"),
    check,
};

/// Variables of credentials and routes (Claude Code documentation, environment variables, 2026-08).
const NAMES: [&str; 26] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_AWS_API_KEY",
    "ANTHROPIC_AWS_BASE_URL",
    "ANTHROPIC_AWS_WORKSPACE_ID",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_BEDROCK_BASE_URL",
    "ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
    "ANTHROPIC_CUSTOM_HEADERS",
    "ANTHROPIC_FOUNDRY_API_KEY",
    "ANTHROPIC_FOUNDRY_AUTH_TOKEN",
    "ANTHROPIC_FOUNDRY_BASE_URL",
    "ANTHROPIC_FOUNDRY_RESOURCE",
    "ANTHROPIC_MODEL",
    "ANTHROPIC_VERTEX_BASE_URL",
    "ANTHROPIC_VERTEX_PROJECT_ID",
    "AWS_BEARER_TOKEN_BEDROCK",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
    "CLAUDE_CODE_SKIP_FOUNDRY_AUTH",
    "CLAUDE_CODE_SKIP_VERTEX_AUTH",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_VERTEX",
];

/// Those of them that hold a credential.
const CREDENTIALS: [&str; 7] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_AWS_API_KEY",
    "ANTHROPIC_FOUNDRY_API_KEY",
    "ANTHROPIC_FOUNDRY_AUTH_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "CLAUDE_CODE_OAUTH_TOKEN",
];

/// Names that people write instead, what they mean, and whether other programs do read the name.
const INSTEAD: [(&str, &[&str], bool); 13] = [
    ("ANTHROPIC_API_BASE", &["ANTHROPIC_BASE_URL"], true),
    ("ANTHROPIC_API_BASE_URL", &["ANTHROPIC_BASE_URL"], true),
    ("ANTHROPIC_API_TOKEN", &["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"], false),
    ("ANTHROPIC_API_URL", &["ANTHROPIC_BASE_URL"], true),
    ("ANTHROPIC_AUTH_KEY", &["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"], false),
    ("ANTHROPIC_KEY", &["ANTHROPIC_API_KEY"], true),
    ("ANTHROPIC_TOKEN", &["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"], true),
    ("ANTHROPIC_URL", &["ANTHROPIC_BASE_URL"], true),
    ("CLAUDE_API_KEY", &["ANTHROPIC_API_KEY"], true),
    ("CLAUDE_AUTH_TOKEN", &["ANTHROPIC_AUTH_TOKEN"], true),
    ("CLAUDE_BASE_URL", &["ANTHROPIC_BASE_URL"], true),
    ("CLAUDE_CODE_API_KEY", &["ANTHROPIC_API_KEY"], true),
    ("CLAUDE_OAUTH_TOKEN", &["CLAUDE_CODE_OAUTH_TOKEN"], true),
];

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        // Its variables are the client's own.
        let is_client = unit.kind == UnitKind::Settings || unit.command.is_some();
        let mistakes: Vec<Mistake<'_>> =
            unit.members.iter().filter_map(|&member| mistake(member, unit, is_client)).collect();
        for mistake in &mistakes {
            let member = mistake.member;
            let severity = if is_client { Severity::Warning } else { Severity::Note };
            let names = either(mistake.meant);
            findings.push(
                Finding::new(
                    &RULE,
                    in_effect(unit, severity),
                    message!["Claude Code does not read `", Name(&member.assignment.name), "`; it reads ", names],
                    &member.assignment.key,
                    repository.locate_name(member).labelled(message!["has no effect on the client"]),
                )
                .help(message![
                    "rename it to ",
                    names,
                    "; where another program is to read it, set it for that program alone"
                ])
                .fix(rename(repository, unit, mistake, &mistakes)),
            );
        }
    }
}

/// A variable that is not read, and what it may stand for.
struct Mistake<'a> {
    member: Member<'a>,
    meant: &'static [&'static str],
}

fn mistake<'a>(member: Member<'a>, unit: &Unit<'a>, is_client: bool) -> Option<Mistake<'a>> {
    let (meant, others_read) = meant(&member.assignment.name, unit.kind)?;
    let given = meant.iter().any(|meant| !matches!(unit.presence(meant), Presence::Absent));
    let is_one = member.assignment.value.is_set() && !given && (is_client || !others_read) && !is_used(member, unit);
    is_one.then_some(Mistake { member, meant })
}

/// More wrong names in one place are no slips.
const SLIPS: usize = 10;

/// Gives a variable the name that is read. An address and what is meant for it take effect together: one without the
/// other sends a credential where it does not belong.
fn rename<'a>(repository: &Repository<'_>, unit: &Unit<'a>, mistake: &Mistake<'a>, all: &[Mistake<'a>]) -> Option<Fix> {
    if all.len() > SLIPS {
        return None;
    }
    let edit = |one: &Mistake<'a>| {
        let name = match one.meant {
            &[name] => name,
            names => read_by_the_host(repository, unit).filter(|name| names.contains(name))?,
        };
        let is_alone = all.iter().filter(|other| other.meant.contains(&name)).nth(1).is_none();
        let edit = variable::renamed(unit, one.member, name)?;
        is_alone.then_some((one.member, name, edit))
    };
    let (_, name, _) = edit(mistake)?;
    let edits: Vec<_> = all.iter().filter_map(edit).collect();
    let base_url = edits.iter().find(|(_, name, _)| BASE_URLS.contains(name));
    let is_joint = base_url.is_some() && edits.len() > 1;
    let sends = match base_url.filter(|(_, url, _)| is_joint || *url == name) {
        Some((member, ..)) => {
            let address = Url::parse(written(member.assignment)?.text());
            Sends::To(address.map(|address| address.host.name().to_owned()).unwrap_or_default())
        }
        None if CREDENTIALS.contains(&name) => Sends::Also(name),
        None => Sends::Same,
    };
    let mut title = message!["rename "];
    let mut changes = Vec::new();
    for (member, meant, edit) in edits.into_iter().filter(|(_, meant, _)| is_joint || *meant == name) {
        let Member { document, assignment } = member;
        let mark = if changes.is_empty() { "" } else { ", " };
        title = message![title, mark, "`", Name(&assignment.name), "` to ", meant];
        changes.push((&document.path, edit));
    }
    let fix = changes.into_iter().fold(Fix::risky(title), |fix, (path, edit)| fix.edit(path, edit));
    Some(fix.sends(sends))
}

/// The variable whose header the host is known to read.
fn read_by_the_host(repository: &Repository<'_>, unit: &Unit<'_>) -> Option<&'static str> {
    let Endpoint::Other(host) = predict(unit).endpoint else { return None };
    match repository.gateway(&host)?.wants {
        Wants::Bearer => Some("ANTHROPIC_AUTH_TOKEN"),
        Wants::ApiKey => Some("ANTHROPIC_API_KEY"),
        Wants::Both | Wants::OwnHeader | Wants::Either | Wants::Unknown => None,
    }
}

/// What the name stands for, if it is a near miss, and whether other programs read it.
fn meant(name: &str, kind: UnitKind) -> Option<(&'static [&'static str], bool)> {
    if NAMES.contains(&name) {
        return None;
    }
    if let Some(&(_, meant, others_read)) = INSTEAD.iter().find(|(instead, ..)| *instead == name) {
        return Some((meant, others_read));
    }
    let place = NAMES.iter().position(|known| {
        let lower = kind == UnitKind::Settings && known.eq_ignore_ascii_case(name);
        // `ANTHROPIC_API_KEY2` and `_ANTHROPIC_API_KEY` are names of their own.
        let longer = name.starts_with(known) || name.ends_with(known);
        lower || !longer && is_one_edit(name, known)
    })?;
    Some((&NAMES[place..=place], false))
}

/// Whether a script reads the variable itself: then the name is its own.
fn is_used(member: Member<'_>, unit: &Unit<'_>) -> bool {
    let name = member.assignment.name.as_str();
    unit.kind != UnitKind::Settings
        && member.document.text.as_str().match_indices('$').any(|(at, _)| {
            let rest = &member.document.text.as_str()[at + 1..];
            let rest = rest.strip_prefix('{').unwrap_or(rest);
            rest.strip_prefix(name)
                .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_'))
        })
}

fn either(names: &'static [&'static str]) -> Message {
    match names {
        [one, other] => message![*one, " (as `Authorization: Bearer`) or ", *other, " (as `x-api-key`)"],
        [one, ..] => message![*one],
        [] => message![],
    }
}
