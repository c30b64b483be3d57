//! `base-url-insecure`: plain http to another machine, with a credential.

use super::address::{base_urls, written};
use super::{File, Repository, Rule, in_effect};
use crate::credential::name::{Standing, standing};
use crate::finding::{Finding, Location, Message, Severity};
use crate::message;
use crate::route::predict;
use crate::route::url::{Host, Reach, Url};
use crate::surface::{Assignment, Slot, Surface, Value};

pub(super) static RULE: Rule = Rule {
    slug: "base-url-insecure",
    severity: Severity::Error,
    summary: "plain http to another machine, with a credential",
    page: include_str!("../../rules/base-url-insecure.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for (unit, member) in base_urls(repository) {
        let Some((host, severity)) = insecure(member.assignment) else { continue };
        let message = message!["credential and prompts travel to ", host, " unencrypted"];
        let found = finding(message, in_effect(unit, severity), member.assignment, repository.locate(member));
        findings.push(found.request(&predict(unit)));
    }
    for file in repository.files {
        if !matches!(file.document.surface, Some(Surface::Settings(_) | Surface::Mcp(_))) {
            continue;
        }
        for assignment in &file.document.assignments {
            let Some((host, severity)) = insecure(assignment).filter(|_| carries_credential(file, assignment)) else {
                continue;
            };
            let severity = if file.is_template() { Severity::Note } else { severity };
            let message = message!["the credential of this address travels to ", host, " unencrypted"];
            findings.push(finding(message, severity, assignment, file.locate(assignment.decoded.span())));
        }
    }
}

fn finding(message: Message, severity: Severity, assignment: &Assignment, location: Location) -> Finding {
    let location = location.labelled(message!["anyone on the way can read it"]);
    Finding::new(&RULE, severity, message, &assignment.key, location).help(message![
        "use `https://`; where the server speaks http only, reach it through a tunnel that ends on this machine"
    ])
}

/// Where the address leads, if it is plain http to another machine.
fn insecure(assignment: &Assignment) -> Option<(Host, Severity)> {
    if matches!(assignment.value, Value::Placeholder) {
        return None;
    }
    let url = Url::parse(written(assignment)?.text()).filter(|url| url.scheme == "http")?;
    let severity = match url.host.reach() {
        Reach::Loopback => return None,
        Reach::Private => Severity::Note,
        Reach::Public => Severity::Error,
    };
    Some((url.host, severity))
}

/// Whether an MCP server's or a hook's address comes with a credential: in the address, or in a header beside it.
fn carries_credential(file: &File, url: &Assignment) -> bool {
    let Some(owner) = url.key.strip_suffix(".url").filter(|_| url.slot == Slot::Url && !url.commented) else {
        return false;
    };
    let inside = file.sightings.iter().any(|sighting| url.decoded.span().contains(sighting.span));
    let beside = |header: &Assignment| {
        header.slot == Slot::Header
            && header.value.is_set()
            && header.key.strip_prefix(owner).is_some_and(|rest| rest.starts_with(".headers."))
            && standing(Slot::Header, &header.name) != Standing::No
    };
    inside || file.document.assignments.iter().any(beside)
}
