//! `oauth-token-to-third-party`: CLAUDE_CODE_OAUTH_TOKEN with a base URL of somebody else.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::route::unit::{Member, Unit};
use crate::route::url::{Host, Reach};
use crate::route::{Endpoint, Provider, SourceKind, predict};

pub(super) static RULE: Rule = Rule {
    slug: "oauth-token-to-third-party",
    severity: Severity::Error,
    summary: "CLAUDE_CODE_OAUTH_TOKEN, or a workload's identity, with a base URL of somebody else",
    page: include_str!("../../rules/oauth-token-to-third-party.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let route = predict(unit);
        let (Provider::Messages, Endpoint::Other(host)) = (route.provider, &route.endpoint) else { continue };
        let (Some(source), Some(base_url)) = (route.authorization, route.base_url) else { continue };
        let Some(finding) = (match source.kind {
            _ if host.reach() == Reach::Loopback || repository.takes_anthropic_keys(host) => None,
            SourceKind::OauthToken => source.member.map(|token| of_token(repository, unit, token, host)),
            SourceKind::Federation => of_identity(repository, unit, base_url, host),
            _ => None,
        }) else {
            continue;
        };
        let place = repository.locate(base_url).labelled(message!["and this is where it goes"]);
        findings.push(finding.related(place).request(&route));
    }
}

fn of_token(repository: &Repository<'_>, unit: &Unit<'_>, token: Member<'_>, host: &Host) -> Finding {
    Finding::new(
        &RULE,
        in_effect(unit, Severity::Error),
        message!["the OAuth token of a subscription goes to ", *host, " as `Authorization: Bearer`"],
        &token.assignment.key,
        repository.locate_name(token).labelled(message!["an account's token, good for a year"]),
    )
    .help(message![
        "revoke the token if a session ever ran like this, then use ANTHROPIC_AUTH_TOKEN with a token that ",
        *host,
        " issued"
    ])
}

/// Workload identity: the client asks for an access token at the address that it has when it starts, so the proof of
/// the identity goes there; the access token goes where the requests go (observed 2026-11-21).
fn of_identity(repository: &Repository<'_>, unit: &Unit<'_>, base_url: Member<'_>, host: &Host) -> Option<Finding> {
    let identity = unit.set("ANTHROPIC_IDENTITY_TOKEN").or(unit.set("ANTHROPIC_IDENTITY_TOKEN_FILE"))?;
    let message = if base_url.is_of_the_project() {
        message!["the access token of the workload goes to ", *host, " as `Authorization: Bearer`"]
    } else {
        message!["the identity token of the workload goes to ", *host, ", in exchange for an access token"]
    };
    // A gateway of the house may be the one that exchanges it.
    let severity = if host.reach() == Reach::Private { Severity::Note } else { Severity::Warning };
    let finding = Finding::new(
        &RULE,
        in_effect(unit, severity),
        message,
        &identity.assignment.key,
        repository.locate_name(identity).labelled(message!["proves to Anthropic who this is"]),
    );
    Some(finding.help(message![
        "set ANTHROPIC_AUTH_TOKEN with a token that ",
        *host,
        " issued, or leave out the base URL"
    ]))
}
