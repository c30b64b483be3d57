//! `base-url-with-api-key`: a custom base URL with only ANTHROPIC_API_KEY: the key goes there as x-api-key.

use super::sdk::Fate;
use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Message, Severity};
use crate::fix::{Fix, Sends, launch, variable};
use crate::message;
use crate::route::consumer::readers::Readers;
use crate::route::gateway::Wants;
use crate::route::unit::{Member, Unit, UnitKind};
use crate::route::url::Reach;
use crate::route::{Endpoint, Provider, SourceKind, predict};
use crate::surface::Value;

pub(super) static RULE: Rule = Rule {
    slug: "base-url-with-api-key",
    severity: Severity::Warning,
    summary: "a custom base URL with only ANTHROPIC_API_KEY: the key goes there as x-api-key",
    page: include_str!("../../rules/base-url-with-api-key.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for (at, unit) in repository.units.iter().enumerate() {
        // Whoever wrote a program has seen it run.
        if unit.kind == UnitKind::Program && !unit.starts_the_client() {
            continue;
        }
        let route = predict(unit);
        let (Provider::Messages, Endpoint::Other(host)) = (route.provider, &route.endpoint) else { continue };
        let Some(source) = route.x_api_key.filter(|source| source.kind == SourceKind::ApiKey) else { continue };
        let (Some(key), Some(base_url)) = (source.member, route.base_url) else { continue };
        if route.authorization.is_some()
            || host.reach() == Reach::Loopback
            || super::anthropic_key_to_third_party::is_anthropic_token(repository, key)
            || matches!(key.assignment.value, Value::Placeholder) && unit.template
        {
            continue;
        }
        let Some(Senders { words, certain }) = senders(&repository.readers(unit), unit) else { continue };
        let (severity, message, help, fix) = match repository
            .gateway(host)
            .map_or(Wants::Unknown, |gateway| gateway.wants)
        {
            Wants::Bearer => (
                if certain { Severity::Warning } else { Severity::Note },
                message![*host, " documents `Authorization: Bearer`, but gets the credential as `x-api-key`", words],
                message!["rename ANTHROPIC_API_KEY to ANTHROPIC_AUTH_TOKEN"],
                rename(&repository.units, at, key),
            ),
            // A host that is not known, and a version that is not: that says nothing.
            Wants::Unknown if !certain => continue,
            Wants::Unknown => (
                Severity::Note,
                message!["the credential goes to ", *host, " as `x-api-key`", words],
                message!["if the host answers 401, it wants ANTHROPIC_AUTH_TOKEN (`Authorization: Bearer`) instead"],
                None,
            ),
            Wants::ApiKey | Wants::Both | Wants::OwnHeader | Wants::Either => continue,
        };
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, severity),
                message,
                &key.assignment.key,
                repository.locate_name(key).labelled(message!["sent as `x-api-key`"]),
            )
            .related(repository.locate(base_url).labelled(message!["to this address"]))
            .request(&route)
            .help(help)
            .fix(fix),
        );
    }
}

/// The credential in the variable of the token. A launcher then has to keep a key of the shell away, which it took the
/// place of before.
fn rename(units: &[Unit<'_>], at: usize, key: Member<'_>) -> Option<Fix> {
    let unit = units.get(at)?;
    let fix = variable::rename(unit, key, "ANTHROPIC_AUTH_TOKEN")?.sends(Sends::InAnotherHeader);
    let unset = launch::unset(units, at, "ANTHROPIC_API_KEY");
    Some(unset.into_iter().fold(fix, |fix, edit| fix.edit(&unit.document.path, edit)))
}

/// Who sends the key as `x-api-key`.
struct Senders {
    /// What to add to the sentence.
    words: Message,
    /// Whether it does not depend on a version.
    certain: bool,
}

/// `None` where all that read the unit send the key as bearer.
fn senders(readers: &Readers<'_>, unit: &Unit<'_>) -> Option<Senders> {
    let fates: Vec<_> = readers.sdks().map(|sdk| (sdk, Fate::of(SourceKind::ApiKey, &sdk.requests(unit)))).collect();
    if readers.client {
        let mut words = message![];
        for (sdk, _) in fates.iter().filter(|(_, fate)| fate.is_only(Fate::BEARER)) {
            let start = if words.is_empty() { message![" from Claude Code"] } else { words };
            words = message![start, "; ", sdk.reader, " sends it as ", Fate::BEARER];
        }
        return Some(Senders { words, certain: true });
    }
    let certain = fates.iter().find(|(_, fate)| fate.is_only(Fate::KEY));
    let (sdk, _) = certain.or(fates.iter().find(|(_, fate)| fate.may_be(Fate::KEY)))?;
    let version = if certain.is_some() { message![] } else { message![" below version ", sdk.language.first_new()] };
    Some(Senders { words: message![" from ", sdk.reader, version], certain: certain.is_some() })
}
