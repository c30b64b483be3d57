//! `inherited-credential`: a launcher sets token and address, and leaves an inherited ANTHROPIC_API_KEY in place.

use super::{Repository, Rule};
use crate::finding::{Finding, Message, Severity};
use crate::fix::{Fix, launch};
use crate::message;
use crate::route::unit::UnitKind;
use crate::route::url::Reach;
use crate::route::{Endpoint, Provider, SourceKind, predict};
use crate::surface::Surface;

pub(super) static RULE: Rule = Rule {
    slug: "inherited-credential",
    severity: Severity::Note,
    summary: "a launcher sets token and address, and leaves an inherited ANTHROPIC_API_KEY in place",
    page: include_str!("../../rules/inherited-credential.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for (at, unit) in repository.units.iter().enumerate() {
        // Containers and services inherit nothing of a person's shell.
        if unit.command.is_none() || !matches!(unit.kind, UnitKind::Script | UnitKind::Task) || unit.isolated {
            continue;
        }
        let route = predict(unit);
        let (Provider::Messages, Endpoint::Other(host)) = (route.provider, &route.endpoint) else { continue };
        let token = route.authorization.filter(|source| source.kind == SourceKind::AuthToken);
        let Some(token) = token.and_then(|source| source.member) else { continue };
        let mentioned = unit.members.iter().any(|member| member.assignment.name == "ANTHROPIC_API_KEY");
        if mentioned || route.x_api_key.is_some() || host.reach() == Reach::Loopback {
            continue;
        }
        let Some(command) = unit.command else { continue };
        let Some(file) = repository.file(&unit.document.path) else { continue };
        findings.push(
            Finding::new(
                &RULE,
                super::in_effect(unit, Severity::Note),
                message![
                    "an ANTHROPIC_API_KEY from the shell that starts this goes to ",
                    *host,
                    " as `x-api-key`, beside the token"
                ],
                &token.assignment.key,
                file.locate(command.span).labelled(message!["started with whatever else the shell exports"]),
            )
            .related(repository.locate_name(token).labelled(message!["sent as `Authorization: Bearer`"]))
            .help(remedy(unit.document.surface))
            .fix(launch::unset(&repository.units, at, "ANTHROPIC_API_KEY").map(|edit| {
                Fix::risky(message!["take ANTHROPIC_API_KEY away before the client starts"])
                    .edit(&unit.document.path, edit)
            })),
        );
    }
}

fn remedy(surface: Option<Surface>) -> Message {
    match surface {
        Some(Surface::PowerShell) => {
            message!["`Remove-Item Env:ANTHROPIC_API_KEY -ErrorAction Ignore` before this line"]
        }
        Some(Surface::Batch) => message!["`set \"ANTHROPIC_API_KEY=\"` before this line"],
        _ => message!["`unset ANTHROPIC_API_KEY` before this line, or `env -u ANTHROPIC_API_KEY` in front of it"],
    }
}
