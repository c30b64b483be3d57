//! `base-url-without-token`: a custom base URL without a credential: the personal login goes there.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::route::unit::UnitKind;
use crate::route::url::Reach;
use crate::route::{Endpoint, Provider, SourceKind, predict};

pub(super) static RULE: Rule = Rule {
    slug: "base-url-without-token",
    severity: Severity::Warning,
    summary: "a custom base URL without a credential: the personal login goes there",
    page: include_str!("../../rules/base-url-without-token.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in repository.units.iter().filter(|unit| !unit.open) {
        let route = predict(unit);
        let (Provider::Messages, Endpoint::Other(host)) = (route.provider, &route.endpoint) else { continue };
        let login = route.authorization.is_some_and(|source| source.kind == SourceKind::Login);
        let Some(base_url) = route.base_url.filter(|_| login) else { continue };
        // An SDK knows no login: without a credential it sends nothing.
        if !repository.readers(unit).client {
            continue;
        }
        // A header of the gateway's own is a credential too.
        if unit.set("ANTHROPIC_CUSTOM_HEADERS").is_some() || repository.takes_anthropic_keys(host) {
            continue;
        }
        let shared = match unit.kind {
            UnitKind::Settings => super::is_read_in_place(unit.document) && repository.is_exposed(base_url.document),
            UnitKind::Dotenv => true,
            _ => false,
        };
        let severity = match (host.reach(), shared) {
            (Reach::Loopback, true) => Severity::Note,
            (Reach::Loopback, false) => continue,
            (_, true) => Severity::Warning,
            (_, false) => Severity::Note,
        };
        let message = message![
            "nothing here supplies a credential for ",
            *host,
            ": whoever is logged in to Claude sends the login's token there"
        ];
        let help = match unit.kind {
            UnitKind::Settings => message![
                "give the address and its ANTHROPIC_AUTH_TOKEN in the same private place (`.claude/settings.local.json`), \
                 or set `apiKeyHelper`; if the gateway is meant to get the login, nothing is wrong"
            ],
            _ => message![
                "set ANTHROPIC_AUTH_TOKEN beside the address; if the gateway is meant to get the login, nothing is wrong"
            ],
        };
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, severity),
                message,
                &base_url.assignment.key,
                repository.locate(base_url).labelled(message!["a saved login goes here as `Authorization: Bearer`"]),
            )
            .request(&route)
            .help(help),
        );
    }
}
