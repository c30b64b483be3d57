//! `both-credentials`: ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN both set: both headers go to one host.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Message, Name, Severity};
use crate::message;
use crate::route::gateway::{Wants, gateway};
use crate::route::unit::{Member, Unit, UnitKind};
use crate::route::url::Reach;
use crate::route::{Endpoint, Provider, Route, predict};
use crate::surface::Value;

pub(super) static RULE: Rule = Rule {
    slug: "both-credentials",
    severity: Severity::Error,
    summary: "ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN both set: both headers go to one host",
    page: include_str!("../../rules/both-credentials.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let (Some(key), Some(token)) = (unit.set("ANTHROPIC_API_KEY"), unit.set("ANTHROPIC_AUTH_TOKEN")) else {
            continue;
        };
        let route = predict(unit);
        let same = same_value(key, token);
        if is_documented(&route, key, token, same) || same && is_input(key) {
            continue;
        }
        let apart = key.document.path != token.document.path;
        let severity = if apart || same { Severity::Warning } else { Severity::Error };
        let host = destination(&route);
        let message = match unit.kind {
            _ if unit.starts_the_client() => {
                message!["both credentials are set: Claude Code sends both headers to ", host]
            }
            _ => {
                let place = unit.kind.place();
                message!["both credentials are set: a Claude Code started ", place, " sends both headers to ", host]
            }
        };
        let token_label = message!["goes out as `Authorization: Bearer`", origin(token, key)];
        let key_label = message!["goes out as `x-api-key`", origin(key, token)];
        let mut finding = Finding::new(
            &RULE,
            in_effect(unit, severity),
            message,
            &key.assignment.key,
            repository.locate(key).labelled(key_label),
        )
        .related(repository.locate(token).labelled(token_label));
        finding = finding.help(advice(&route, unit));
        findings.push(finding);
    }
}

/// Where both come from one file there is nothing to add.
fn origin(one: Member<'_>, other: Member<'_>) -> Message {
    if one.document.path == other.document.path { message![] } else { message![", from ", one.document.path] }
}

fn destination(route: &Route<'_>) -> Message {
    match (route.provider, &route.endpoint) {
        (provider, _) if provider.is_cloud() => message!["the address of ", provider.name()],
        (_, Endpoint::Anthropic) => message!["api.anthropic.com"],
        (_, Endpoint::Other(host)) => message![host.clone()],
        (_, Endpoint::Unknown) => message!["the host in ANTHROPIC_BASE_URL"],
    }
}

fn advice(route: &Route<'_>, unit: &Unit<'_>) -> Message {
    let wants_key = match &route.endpoint {
        Endpoint::Anthropic => route.provider == Provider::Messages,
        Endpoint::Other(host) => gateway(host).is_some_and(|gateway| gateway.wants == Wants::ApiKey),
        Endpoint::Unknown => false,
    };
    let (keep, drop) = if wants_key {
        ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
    } else {
        ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")
    };
    let how = match unit.kind {
        UnitKind::Settings => message!["set ", Name(drop), " to `\"\"` here, which also cancels one from the shell"],
        UnitKind::Dotenv => message!["leave ", Name(drop), " empty"],
        UnitKind::Script => message!["`unset ", Name(drop), "` before the client starts"],
        _ => message!["take ", Name(drop), " out, or leave it empty"],
    };
    let known = match &route.endpoint {
        Endpoint::Other(host) => gateway(host).is_some(),
        Endpoint::Anthropic | Endpoint::Unknown => wants_key,
    };
    let scope = if known { "" } else { " for most gateways" };
    message!["keep the one that the host reads, which is ", Name(keep), scope, ": ", how]
}

/// Whether two assignments get the same value: the same text, or the same variable.
fn same_value(one: Member<'_>, other: Member<'_>) -> bool {
    match (&one.assignment.value, &other.assignment.value) {
        (Value::Reference(one), Value::Reference(other)) => one.name.is_some() && one.name == other.name,
        (Value::Reference(one), _) => one.name.as_deref() == Some(&other.assignment.name),
        (_, Value::Reference(other)) => other.name.as_deref() == Some(&one.assignment.name),
        (Value::Literal | Value::Placeholder, Value::Literal | Value::Placeholder) => {
            one.assignment.decoded.text == other.assignment.decoded.text
        }
        _ => false,
    }
}

/// The input of Anthropic's action, which insists on a key even where a gateway reads only the token: its users are told
/// to give it the token once more.
fn is_input(key: Member<'_>) -> bool {
    key.assignment.key.ends_with(".with.anthropic_api_key")
}

/// Hosts that document both variables with one value, and dummy words for a server on this machine.
fn is_documented(route: &Route<'_>, key: Member<'_>, token: Member<'_>, same: bool) -> bool {
    let Endpoint::Other(host) = &route.endpoint else { return false };
    let dummies = [key, token].iter().all(|member| matches!(member.assignment.value, Value::Placeholder));
    match host.reach() {
        Reach::Loopback => same || dummies,
        _ => same && gateway(host).is_some_and(|gateway| gateway.wants == Wants::Both),
    }
}
