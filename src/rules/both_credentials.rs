//! `both-credentials`: ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN both set: both headers go to one host.

use super::address::destination;
use super::sdk::Fate;
use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Message, Name, Severity};
use crate::fix::{Fix, Sends, launch, variable};
use crate::message;
use crate::route::consumer::readers::{Readers, Sdk};
use crate::route::consumer::request::Request;
use crate::route::consumer::{Consumer, Generation};
use crate::route::gateway::{Gateways, Wants};
use crate::route::unit::{Member, Unit, UnitKind};
use crate::route::url::Reach;
use crate::route::{Endpoint, Provider, Route, SourceKind, predict};
use crate::surface::{Secret, Value};

pub(super) static RULE: Rule = Rule {
    slug: "both-credentials",
    severity: Severity::Error,
    summary: "ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN both set: both headers go to one host",
    page: include_str!("../../rules/both-credentials.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let gateways = &repository.config.gateways;
    for (at, unit) in repository.units.iter().enumerate() {
        let (Some(key), Some(token)) = (unit.set("ANTHROPIC_API_KEY"), unit.set("ANTHROPIC_AUTH_TOKEN")) else {
            continue;
        };
        let route = predict(unit);
        let same = same_value(key, token);
        if is_documented(&route, key, token, same, gateways) || same && is_input(key) {
            continue;
        }
        let readers = repository.readers(unit);
        let apart = key.document.path != token.document.path;
        let usual = if apart || same { Severity::Warning } else { Severity::Error };
        // What comes of both in a constructor depends on the version more than on anything else: some refuse.
        if unit.is_constructor() && readers.sdks().any(|sdk| sdk.generation == Generation::Unknown) {
            continue;
        }
        let Some(severity) = severity(unit, &readers, same, usual, gateways) else { continue };

        let mut message = message!["both credentials are set"];
        let mut mark = ": ";
        if readers.client {
            message = message![message, mark, client(unit, &readers), " sends both headers to ", destination(&route)];
            mark = "; ";
        }
        for sdk in readers.sdks() {
            message = message![message, mark, what_it_does(&sdk, &sdk.requests(unit))];
            mark = "; ";
        }
        let (key_label, token_label) = if readers.client {
            (message!["goes out as ", Fate::KEY], message!["goes out as ", Fate::BEARER])
        } else {
            let requests = readers.requests(unit);
            (message![Fate::of(SourceKind::ApiKey, &requests)], message![Fate::of(SourceKind::AuthToken, &requests)])
        };
        let mut finding = Finding::new(
            &RULE,
            in_effect(unit, severity),
            message,
            &key.assignment.key,
            repository.locate(key).labelled(message![key_label, origin(key, token)]),
        )
        .related(repository.locate(token).labelled(message![token_label, origin(token, key)]))
        .request(&route)
        .help(advice(&route, unit, &readers, gateways))
        .fix(loser(&route, &readers, key, token, gateways).and_then(|loser| loser.mend(&repository.units, at)));
        if let Some(sdk) = readers.sdks().find(|sdk| sdk.generation == Generation::Unknown) {
            finding = finding.help(message![
                "a lock file, or an exact version in ",
                *sdk.reader.path,
                ", would tell which of the two it is"
            ]);
        }
        findings.push(finding);
    }
}

/// How bad it is; `None` where it does no harm.
fn severity(
    unit: &Unit<'_>,
    readers: &Readers<'_>,
    same: bool,
    usual: Severity,
    gateways: &Gateways,
) -> Option<Severity> {
    if readers.client {
        return Some(usual);
    }
    let of_one = |sdk: Sdk<'_>| {
        let harms: Vec<_> = sdk.requests(unit).iter().map(|request| harm(request, same, usual, gateways)).collect();
        let worst = harms.iter().max().copied().flatten();
        // Where it depends on the version it is no more than likely.
        if harms.iter().all(|&one| one == worst) { worst } else { worst.map(|worst| worst.min(Severity::Warning)) }
    };
    readers.sdks().filter_map(of_one).max()
}

/// What one request of an SDK is worth.
fn harm(request: &Request<'_>, same: bool, usual: Severity, gateways: &Gateways) -> Option<Severity> {
    let sent = request.x_api_key.or(request.authorization)?;
    if request.dropped.is_none() {
        return Some(usual);
    }
    let wants_bearer = match &request.endpoint {
        Endpoint::Other(host) => gateways.find(host).is_some_and(|gateway| gateway.wants == Wants::Bearer),
        Endpoint::Anthropic | Endpoint::Unknown => false,
    };
    match &request.endpoint {
        // The one that is sent is as good as the one that is not.
        _ if same => (request.x_api_key.is_some() && wants_bearer).then_some(usual),
        // What goes to Anthropic is at home there; the other is of no use.
        Endpoint::Anthropic if sent.kind == SourceKind::ApiKey => Some(Severity::Note),
        _ => Some(usual),
    }
}

/// Claude Code, as the subject of a sentence.
fn client(unit: &Unit<'_>, readers: &Readers<'_>) -> Message {
    match (unit.kind, readers.declared.iter().find(|reader| reader.consumer == Consumer::AgentSdk)) {
        (_, Some(reader)) => message!["Claude Code, which ", *reader, " runs,"],
        (_, None) if unit.starts_the_client() => message!["Claude Code"],
        (_, None) => message!["a Claude Code started ", unit.kind.place()],
    }
}

/// What an SDK does with the two.
fn what_it_does(sdk: &Sdk<'_>, requests: &[Request<'_>]) -> Message {
    let Some(request) = requests.iter().find(|request| request.x_api_key.or(request.authorization).is_some()) else {
        return message![sdk.reader, " sends nothing"];
    };
    let host = destination_of(&request.endpoint);
    match sdk.generation {
        Generation::Early => message![
            sdk.reader,
            " sends ANTHROPIC_API_KEY to ",
            host,
            " as `x-api-key` and drops ANTHROPIC_AUTH_TOKEN without a word"
        ],
        Generation::Old => message![sdk.reader, " sends both headers to ", host],
        Generation::New => message![
            sdk.reader,
            " sends ANTHROPIC_API_KEY to ",
            host,
            " as `Authorization: Bearer` and drops ANTHROPIC_AUTH_TOKEN"
        ],
        Generation::Unknown => message![
            sdk.reader,
            " sends both headers to ",
            host,
            ", or from version ",
            sdk.language.first_new(),
            " only ANTHROPIC_API_KEY, as `Authorization: Bearer`"
        ],
    }
}

/// Where both come from one file there is nothing to add.
fn origin(one: Member<'_>, other: Member<'_>) -> Message {
    if one.document.path == other.document.path { message![] } else { message![", from ", one.document.path] }
}

fn destination_of(endpoint: &Endpoint) -> Message {
    match endpoint {
        Endpoint::Anthropic => message!["api.anthropic.com"],
        Endpoint::Other(host) => message![*host],
        Endpoint::Unknown => message!["the host in ANTHROPIC_BASE_URL"],
    }
}

fn advice(route: &Route<'_>, unit: &Unit<'_>, readers: &Readers<'_>, gateways: &Gateways) -> Message {
    let is = |generation| move |sdk: Sdk<'_>| sdk.generation == generation;
    if !readers.client && readers.sdks().all(is(Generation::New)) && route.endpoint != Endpoint::Anthropic {
        return message![
            "keep the one that the host issued and leave the other empty: alone, either goes out as \
             `Authorization: Bearer`"
        ];
    }
    let wants_key = match &route.endpoint {
        Endpoint::Anthropic => route.provider == Provider::Messages,
        Endpoint::Other(host) => gateways.find(host).is_some_and(|gateway| gateway.wants == Wants::ApiKey),
        Endpoint::Unknown => false,
    };
    let (keep, drop) = if wants_key {
        ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")
    } else {
        ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")
    };
    let how = match unit.kind {
        UnitKind::Settings => message!["set ", Name(drop), " to `\"\"` here, which also cancels one from the shell"],
        // An empty key keeps them from sending the token (observed 2026-11-21).
        UnitKind::Dotenv if !wants_key && readers.sdks().any(is(Generation::Early)) => {
            message!["remove ", Name(drop), ", which also gets in the way when it is empty"]
        }
        UnitKind::Dotenv => message!["leave ", Name(drop), " empty"],
        UnitKind::Script => message!["`unset ", Name(drop), "` before the client starts"],
        _ if unit.is_constructor() => message!["leave the other argument out"],
        _ => message!["take ", Name(drop), " out, or leave it empty"],
    };
    let known = match &route.endpoint {
        Endpoint::Other(host) => gateways.find(host).is_some_and(|gateway| gateway.wants != Wants::Unknown),
        Endpoint::Anthropic | Endpoint::Unknown => wants_key,
    };
    let scope = if known { "" } else { " for most gateways" };
    message!["keep the one that the host reads, which is ", Name(keep), scope, ": ", how]
}

/// The one of the two that is to go.
struct Loser<'a> {
    member: Member<'a>,
    name: &'static str,
    /// Whether nothing is lost with it.
    is_idle: bool,
    /// Whether the other one stands in another file.
    is_apart: bool,
}

/// `None` where nobody knows which of the two the host reads.
fn loser<'a>(
    route: &Route<'_>,
    readers: &Readers<'_>,
    key: Member<'a>,
    token: Member<'a>,
    gateways: &Gateways,
) -> Option<Loser<'a>> {
    if route.provider != Provider::Messages {
        return None;
    }
    let wants = match &route.endpoint {
        Endpoint::Anthropic => Wants::ApiKey,
        Endpoint::Other(host) => gateways.find(host).map_or(Wants::Unknown, |gateway| gateway.wants),
        Endpoint::Unknown => Wants::Unknown,
    };
    let dummy = |member: Member<'_>| matches!(member.assignment.value, Value::Placeholder);
    let is_of = |generation| readers.sdks().any(|sdk| sdk.generation == generation);
    // Either goes out in the same header.
    let alike = !readers.client && is_of(Generation::New) && route.endpoint != Endpoint::Anthropic;
    let (drops_key, is_idle) = match (dummy(key), dummy(token), wants) {
        (true, false, Wants::Bearer | Wants::Either | Wants::Unknown) => (true, true),
        (false, true, Wants::ApiKey | Wants::Either | Wants::Unknown) => (false, true),
        (_, _, Wants::OwnHeader | Wants::Both) => return None,
        _ if alike => return None,
        (_, _, Wants::Bearer) => (true, same_value(key, token)),
        (_, _, Wants::ApiKey) => (false, same_value(key, token)),
        _ => (true, false),
    };
    // An empty key keeps them from sending the token (observed 2026-11-21).
    if drops_key && is_of(Generation::Early) {
        return None;
    }
    let (member, name) = if drops_key { (key, "ANTHROPIC_API_KEY") } else { (token, "ANTHROPIC_AUTH_TOKEN") };
    Some(Loser { member, name, is_idle, is_apart: key.document.path != token.document.path })
}

impl Loser<'_> {
    fn mend(&self, units: &[Unit<'_>], at: usize) -> Option<Fix> {
        let unit = units.get(at)?;
        let Member { document, assignment } = self.member;
        let is_here = document.path == unit.document.path;
        let fix = |title| if self.is_idle { Fix::safe(title) } else { Fix::risky(title) };
        let fix = match unit.kind {
            UnitKind::Settings if is_here || !self.is_apart => {
                fix(message!["set `", Name(&assignment.key), "` to `\"\"`"])
                    .edit(&document.path, variable::emptied(document, assignment)?)
            }
            // The shared file serves others, too.
            UnitKind::Settings => fix(message!["set `env.", self.name, "` to `\"\"` in `", unit.document.path, "`"])
                .keep(unit.document.path.clone(), self.name, &Secret::new("")),
            UnitKind::Dotenv if is_here => fix(message!["leave `", Name(&assignment.key), "` empty"])
                .edit(&document.path, variable::emptied(document, assignment)?),
            UnitKind::Script => {
                let edit = launch::unset(units, at, self.name)?;
                // What stands in front of the command itself comes later.
                if is_here && assignment.name_span.start >= edit.0.start {
                    return None;
                }
                fix(message!["take ", self.name, " away before the client starts"]).edit(&unit.document.path, edit)
            }
            _ => return None,
        };
        (!unit.template).then(|| fix.sends(Sends::Without(self.name)))
    }
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
fn is_documented(route: &Route<'_>, key: Member<'_>, token: Member<'_>, same: bool, gateways: &Gateways) -> bool {
    let Endpoint::Other(host) = &route.endpoint else { return false };
    let dummies = [key, token].iter().all(|member| matches!(member.assignment.value, Value::Placeholder));
    match host.reach() {
        Reach::Loopback => same || dummies,
        _ => same && gateways.find(host).is_some_and(|gateway| gateway.wants == Wants::Both),
    }
}
