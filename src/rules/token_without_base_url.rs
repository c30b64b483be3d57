//! `token-without-base-url`: a bearer token without a base URL: a gateway's token goes to api.anthropic.com.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::route::{Endpoint, Source, SourceKind, predict};
use crate::surface::Value;

pub(super) static RULE: Rule = Rule {
    slug: "token-without-base-url",
    severity: Severity::Warning,
    summary: "a bearer token without a base URL: a gateway's token goes to api.anthropic.com",
    page: include_str!("../../rules/token-without-base-url.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in repository.units.iter().filter(|unit| !unit.open) {
        let route = predict(unit);
        let Some(token) = unit.set("ANTHROPIC_AUTH_TOKEN") else { continue };
        if route.provider.is_cloud() || route.endpoint != Endpoint::Anthropic {
            continue;
        }
        // With a key beside it `both-credentials` says the same and more.
        if unit.set("ANTHROPIC_API_KEY").is_some() {
            continue;
        }
        // An empty key keeps the first SDKs from sending it.
        let readers = repository.readers(unit);
        let is_token = |source: Source<'_>| source.kind == SourceKind::AuthToken;
        if !readers.client && !readers.requests(unit).iter().any(|request| request.authorization.is_some_and(is_token))
        {
            continue;
        }
        // Anthropic's own tokens are at home there, and a provider's address may be meant for another flag.
        if super::anthropic_key_to_third_party::is_anthropic_token(repository, token)
            || unit.members.iter().any(|member| {
                member.assignment.name.starts_with("ANTHROPIC_")
                    && member.assignment.name.ends_with("_BASE_URL")
                    && member.assignment.name != "ANTHROPIC_BASE_URL"
                    && member.assignment.value.is_set()
            })
        {
            continue;
        }
        // Where somebody is asked for the token, the address may be asked for, too.
        let asked =
            matches!(token.assignment.value, Value::Unknown) && token.assignment.decoded.text.expose().is_empty();
        let usual = if asked { Severity::Note } else { Severity::Warning };
        let message = message!["the token goes to api.anthropic.com: no ANTHROPIC_BASE_URL is set beside it"];
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, usual),
                message,
                &token.assignment.key,
                repository.locate_name(token).labelled(message!["sent as `Authorization: Bearer`"]),
            )
            .request(&route)
            .help(message![
                "set ANTHROPIC_BASE_URL in the same place; for Anthropic's own API use ANTHROPIC_API_KEY instead"
            ]),
        );
    }
}
