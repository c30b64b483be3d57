//! `anthropic-key-to-third-party`: an Anthropic credential with a base URL of somebody else.

use super::sdk::Fate;
use super::{Repository, Rule, in_effect};
use crate::credential::{Kind, shape::Family};
use crate::finding::{Finding, Message, Name, Severity};
use crate::message;
use crate::route::unit::{Member, Unit};
use crate::route::url::Reach;
use crate::route::{Endpoint, Provider, Route, Source, SourceKind, predict};
use crate::surface::Assignment;

pub(super) static RULE: Rule = Rule {
    slug: "anthropic-key-to-third-party",
    severity: Severity::Error,
    summary: "an Anthropic credential with a base URL of somebody else",
    page: include_str!("../../rules/anthropic-key-to-third-party.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let route = predict(unit);
        let (Provider::Messages, Endpoint::Other(host)) = (route.provider, &route.endpoint) else { continue };
        if host.reach() == Reach::Loopback {
            continue;
        }
        let Some(base_url) = route.base_url else { continue };
        if repository.takes_anthropic_keys(host) {
            continue;
        }
        // A gateway that documents one's own key, or one inside the house, may be meant to get it.
        let expected =
            host.reach() == Reach::Private || repository.gateway(host).is_some_and(|gateway| gateway.own_key);
        let severity = if expected { Severity::Warning } else { Severity::Error };
        for (source, header) in sent(repository, unit, &route) {
            let Some(member) = source.member else { continue };
            if !is_anthropic_token(repository, member) {
                continue;
            }
            let message = message!["an Anthropic credential goes to ", *host, header];
            findings.push(
                Finding::new(
                    &RULE,
                    in_effect(unit, severity),
                    message,
                    &member.assignment.key,
                    repository.locate(member).labelled(message![
                        "`",
                        Name(name(unit, member)),
                        "` holds a token that Anthropic issued"
                    ]),
                )
                .related(repository.locate(base_url).labelled(message!["and this is where it goes"]))
                .request(&route)
                .help(message![
                    "revoke the key if a session ever ran like this, then use a token that ",
                    *host,
                    " issued"
                ]),
            );
        }
    }
}

/// The credentials that are sent, each with its header. What Claude Code sends is all that an SDK could.
fn sent<'a>(repository: &Repository<'_>, unit: &Unit<'a>, route: &Route<'a>) -> Vec<(Source<'a>, Message)> {
    let readers = repository.readers(unit);
    if readers.client {
        let headers = [(route.x_api_key, Fate::KEY), (route.authorization, Fate::BEARER)];
        return headers.into_iter().filter_map(|(source, header)| Some((source?, message![" as ", header]))).collect();
    }
    // Of an SDK whose version is not declared, or for another language, the header is not known.
    if unit.is_constructor() && readers.declared.is_empty() {
        let sources = [route.x_api_key, route.authorization].into_iter().flatten();
        return sources.map(|source| (source, message![])).collect();
    }
    let requests = readers.requests(unit);
    [SourceKind::ApiKey, SourceKind::AuthToken, SourceKind::CustomHeader]
        .into_iter()
        .filter_map(|kind| {
            let sources = requests.iter().flat_map(|request| [request.x_api_key, request.authorization]);
            let source = sources.flatten().find(|source| source.kind == kind)?;
            Some((source, message![" as ", Fate::of(kind, &requests).headers()]))
        })
        .collect()
}

/// The variable's name, or that of the argument which stands in for it.
fn name<'a>(unit: &Unit<'_>, member: Member<'a>) -> &'a str {
    let Assignment { name, key, .. } = member.assignment;
    if unit.is_constructor() { key.rsplit('.').next().unwrap_or(name) } else { name }
}

/// Whether the value holds a token of Anthropic's own shapes.
pub(super) fn is_anthropic_token(repository: &Repository<'_>, member: Member<'_>) -> bool {
    let Some(file) = repository.file(&member.document.path) else { return false };
    let value = member.assignment.decoded.span();
    file.sightings.iter().any(|sighting| {
        matches!(sighting.kind, Kind::Token(shape) if shape.family == Family::Anthropic)
            && value.contains(sighting.span)
    })
}
