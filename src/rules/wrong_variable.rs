//! `wrong-variable`: a token of one kind in the variable of another.

use super::address::destination;
use super::sdk::subject;
use super::{Repository, Rule, in_effect};
use crate::credential::Kind;
use crate::credential::shape::{Family, Shape};
use crate::credential::sight::Sighting;
use crate::finding::{Finding, Message, Name, Severity};
use crate::fix::{Fix, Sends, variable};
use crate::message;
use crate::route::consumer::Generation;
use crate::route::consumer::readers::Readers;
use crate::route::unit::{Member, Unit, UnitKind};
use crate::route::url::Reach;
use crate::route::{Endpoint, Provider, Route, SourceKind, predict};

pub(super) static RULE: Rule = Rule {
    slug: "wrong-variable",
    severity: Severity::Error,
    summary: "a token of one kind in the variable of another",
    page: include_str!("../../rules/wrong-variable.md"),
    check,
};

const KEY: &str = "ANTHROPIC_API_KEY";
const TOKEN: &str = "ANTHROPIC_AUTH_TOKEN";
const OAUTH: &str = "CLAUDE_CODE_OAUTH_TOKEN";

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let route = predict(unit);
        let readers = repository.readers(unit);
        for name in [KEY, TOKEN, OAUTH] {
            let Some(member) = unit.set(name) else { continue };
            let text = member.assignment.decoded.text.expose().trim_start();
            let mistake = if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer ")) {
                Some(scheme(name, &route, &readers))
            } else {
                token(repository, member).and_then(|(sighting, shape)| {
                    by_kind(name, sighting, shape, unit, &route, &readers)
                        .or_else(|| foreign(name, sighting, shape, unit, &route))
                })
            };
            let Some(Mistake { severity, message, label, help, remedy }) = mistake else { continue };
            let fix = remedy.and_then(|remedy| match remedy {
                Remedy::NoWord => without_word(member),
                Remedy::Rename(name) => rename(unit, member, &route, name),
            });
            findings.push(
                Finding::new(
                    &RULE,
                    in_effect(unit, severity),
                    message,
                    &member.assignment.key,
                    repository.locate(member).labelled(label),
                )
                .request(&route)
                .help(help)
                .fix(fix),
            );
        }
    }
}

struct Mistake {
    severity: Severity,
    message: Message,
    label: Message,
    help: Message,
    remedy: Option<Remedy>,
}

/// What can be done about it here.
enum Remedy {
    /// Take the word `Bearer` away.
    NoWord,
    /// Rename the variable.
    Rename(&'static str),
}

/// The value without the word in front of it.
fn without_word(member: Member<'_>) -> Option<Fix> {
    let Member { document, assignment } = member;
    let text = assignment.decoded.text.expose();
    let start = text.len() - text.trim_start().len();
    let end = text.len() - text[start..].get("bearer ".len()..)?.trim_start().len();
    let place = variable::part(document, &assignment.decoded, 0, end)?;
    let fix = Fix::safe(message!["remove the word `Bearer` from `", Name(&assignment.key), "`"]);
    // Something else may need the word.
    let is_sure = variable::is_plain(document, assignment) && variable::is_only_set(document, &assignment.name);
    is_sure.then(|| fix.put(&document.path, place, ""))
}

/// Whoever is asked here is Anthropic, who wants each kind of token in its own way; of other hosts that is not known.
fn rename(unit: &Unit<'_>, member: Member<'_>, route: &Route<'_>, name: &'static str) -> Option<Fix> {
    // In a project's settings that one is not read (observed 2026-11-21).
    if !is_direct(route) || name == OAUTH && member.is_of_the_project() {
        return None;
    }
    let is_sent = [route.x_api_key, route.authorization]
        .into_iter()
        .flatten()
        .any(|source| source.member.is_some_and(|sent| std::ptr::eq(sent.assignment, member.assignment)));
    let fix = variable::rename(unit, member, name)?;
    Some(fix.sends(if is_sent { Sends::InAnotherHeader } else { Sends::Also(name) }))
}

/// `Bearer ` in front of the value.
fn scheme(name: &'static str, route: &Route<'_>, readers: &Readers<'_>) -> Mistake {
    let (who, host) = (subject(readers), destination(route));
    let message = match (name, readers.client) {
        (KEY, true) => message![who, " sends `x-api-key: Bearer …` to ", host, ": the header has no scheme word"],
        (KEY, false) => message![who, " sends the word `Bearer` to ", host, " as a part of the key"],
        _ => message![who, " sends `Authorization: Bearer Bearer …` to ", host, ": it adds the word itself"],
    };
    Mistake {
        severity: Severity::Error,
        message,
        label: message!["begins with `Bearer `"],
        help: if name == KEY {
            message!["remove the word; a bearer token belongs in ", Name(TOKEN)]
        } else {
            message!["remove the word"]
        },
        remedy: (name != KEY).then_some(Remedy::NoWord),
    }
}

/// The token of a known form that the value holds.
fn token<'r>(repository: &'r Repository<'_>, member: Member<'_>) -> Option<(&'r Sighting, &'static Shape)> {
    let value = member.assignment.decoded.span();
    let sightings = &repository.file(&member.document.path)?.sightings;
    sightings.iter().filter(|sighting| value.contains(sighting.span)).find_map(|sighting| match sighting.kind {
        Kind::Token(shape) => Some((sighting, shape)),
        Kind::Opaque | Kind::Password => None,
    })
}

/// One of Anthropic's own tokens where another kind of them belongs.
fn by_kind(
    name: &'static str,
    sighting: &Sighting,
    shape: &Shape,
    unit: &Unit<'_>,
    route: &Route<'_>,
    readers: &Readers<'_>,
) -> Option<Mistake> {
    let is_sdk = !readers.client;
    let sends_bearer = is_sdk && readers.sdks().all(|sdk| sdk.generation == Generation::New);
    let mistake = |severity, message, help| {
        let label = message!["a value of another kind"];
        Some(Mistake { severity, message, label, help, remedy: None })
    };
    let renamed =
        |mistake: Option<Mistake>, name| mistake.map(|one| Mistake { remedy: Some(Remedy::Rename(name)), ..one });
    match (shape.id, name) {
        ("anthropic-admin-key" | "anthropic-refresh-token" | "anthropic-session-key" | "anthropic-cloud-token", _) => {
            mistake(
                Severity::Error,
                message![*sighting, " stands where ", subject(readers), " reads a credential for model requests"],
                message![
                    "revoke it if a session ever ran like this, and set an API key",
                    if is_sdk { "" } else { " or an OAuth access token" }
                ],
            )
        }
        ("anthropic-oauth-token", KEY) if is_sdk => mistake(
            // As bearer it may work.
            where_it_goes(route)?.min(if sends_bearer { Severity::Warning } else { Severity::Error }),
            message!["an OAuth access token stands where ", subject(readers), " reads an API key"],
            message!["set an API key: the SDK does not read ", Name(OAUTH)],
        ),
        ("anthropic-oauth-token", KEY) => renamed(
            mistake(
                where_it_goes(route)?,
                message![
                    "an OAuth access token goes to ",
                    destination(route),
                    " as `x-api-key`, which is for API keys"
                ],
                message!["rename the variable to ", Name(OAUTH), ", which goes out as `Authorization: Bearer`"],
            ),
            OAUTH,
        ),
        ("anthropic-api-key" | "anthropic-api-key-other" | "anthropic-compliance-key", OAUTH) => {
            let mistake = mistake(
                where_it_goes(route)?,
                if route.authorization.is_some_and(|source| source.kind == SourceKind::OauthToken) {
                    message![
                        "an API key goes to ",
                        destination(route),
                        " as `Authorization: Bearer`, as an OAuth access token does"
                    ]
                } else {
                    message!["an API key stands where Claude Code reads an OAuth access token"]
                },
                message!["rename the variable to ", Name(KEY)],
            );
            // That one is not for model requests.
            if shape.id == "anthropic-compliance-key" { mistake } else { renamed(mistake, KEY) }
        }
        // It is how the newer SDKs send a key; `both-credentials` says more where there is a key as well.
        ("anthropic-api-key" | "anthropic-api-key-other", TOKEN) if sends_bearer || unit.is_constructor() => None,
        ("anthropic-api-key" | "anthropic-api-key-other", TOKEN) if is_direct(route) && unit.set(KEY).is_none() => {
            let mistake = mistake(
                Severity::Note,
                message!["an API key goes to api.anthropic.com as `Authorization: Bearer`; documented is `x-api-key`"],
                message!["rename the variable to ", Name(KEY), "; current SDKs send the key as bearer, so it may work"],
            );
            renamed(mistake, KEY)
        }
        _ => None,
    }
}

fn is_direct(route: &Route<'_>) -> bool {
    route.provider == Provider::Messages && route.endpoint == Endpoint::Anthropic
}

/// An error at Anthropic's own API; elsewhere the host may want it so. `None` where `anthropic-key-to-third-party`
/// says more.
fn where_it_goes(route: &Route<'_>) -> Option<Severity> {
    match (route.provider, &route.endpoint) {
        (Provider::Messages, Endpoint::Anthropic) => Some(Severity::Error),
        (Provider::Messages, Endpoint::Other(host)) if host.reach() != Reach::Loopback => None,
        _ => Some(Severity::Warning),
    }
}

/// Another provider's token that goes to Anthropic.
fn foreign(
    name: &'static str,
    sighting: &Sighting,
    shape: &Shape,
    unit: &Unit<'_>,
    route: &Route<'_>,
) -> Option<Mistake> {
    // Where only the variable's name told the form, it is not certain whose it is; of a bearer token
    // `token-without-base-url` says the same. A provider's address may be meant for another flag.
    let other_address = unit.members.iter().any(|member| {
        let name = member.assignment.name.as_str();
        name != "ANTHROPIC_BASE_URL" && super::address::BASE_URLS.contains(&name) && member.assignment.value.is_set()
    });
    let is_sent = [route.x_api_key, route.authorization]
        .into_iter()
        .flatten()
        .any(|source| source.member.is_some_and(|member| member.assignment.name == name));
    let is_foreign = shape.family == Family::Ai && !shape.needles.is_empty();
    // What a constructor is not given may be in the environment.
    if !is_foreign || name == TOKEN || !is_sent || !is_direct(route) || other_address || unit.is_constructor() {
        return None;
    }
    // A program that loads a dotenv file, or runs in a container, may set the address by itself.
    let is_open = unit.kind != UnitKind::Script && !unit.starts_the_client();
    let severity = if is_open { Severity::Warning } else { Severity::Error };
    let header = if name == KEY { "`x-api-key`" } else { "`Authorization: Bearer`" };
    let message =
        message![*sighting, " goes to api.anthropic.com as ", header, ": no ANTHROPIC_BASE_URL is set beside it"];
    let help = if shape.id.starts_with("bedrock-") {
        message!["rename the variable to AWS_BEARER_TOKEN_BEDROCK and set CLAUDE_CODE_USE_BEDROCK=1"]
    } else {
        message!["set the provider's ANTHROPIC_BASE_URL in the same place, most often with ", Name(TOKEN), " instead"]
    };
    Some(Mistake { severity, message, label: message!["a token that Anthropic did not issue"], help, remedy: None })
}
