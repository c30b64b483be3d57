//! `oauth-token-to-third-party`: CLAUDE_CODE_OAUTH_TOKEN with a base URL of somebody else.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::route::url::Reach;
use crate::route::{Endpoint, Provider, SourceKind, predict};

pub(super) static RULE: Rule = Rule {
    slug: "oauth-token-to-third-party",
    severity: Severity::Error,
    summary: "CLAUDE_CODE_OAUTH_TOKEN with a base URL of somebody else",
    page: include_str!("../../rules/oauth-token-to-third-party.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let route = predict(unit);
        let (Provider::Messages, Endpoint::Other(host)) = (route.provider, &route.endpoint) else { continue };
        let sent = route.authorization.filter(|source| source.kind == SourceKind::OauthToken);
        let (Some(token), Some(base_url)) = (sent.and_then(|source| source.member), route.base_url) else { continue };
        if host.reach() == Reach::Loopback {
            continue;
        }
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, Severity::Error),
                message!["the OAuth token of a subscription goes to ", *host, " as `Authorization: Bearer`"],
                &token.assignment.key,
                repository.locate_name(token).labelled(message!["an account's token, good for a year"]),
            )
            .related(repository.locate(base_url).labelled(message!["and this is where it goes"]))
            .help(message![
                "revoke the token if a session ever ran like this, then use ANTHROPIC_AUTH_TOKEN with a token that ",
                *host,
                " issued"
            ]),
        );
    }
}
