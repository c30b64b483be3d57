//! Who the client is without key, token and helper: the identity of a workload, or a profile of the `ant` program.
//!
//! Observed with Claude Code 2.1.329 on 2026-11-21. All of it is read before the settings of the project are.

use std::path::PathBuf;

use serde_json::Value as Json;

use super::machine::{self, Machine};
use super::unit::{Member, Unit};
use super::url::normalised;
use super::{Source, SourceKind};
use crate::text::trimmed;

/// An identity that the client tries, and what is known of it.
#[derive(Debug)]
pub(super) struct Identity<'a> {
    /// What supplies the token.
    pub(super) source: Source<'a>,
    /// Whether it goes before a saved login.
    pub(super) outranks_login: bool,
    /// The address of the profile, which is used where no other is set.
    pub(super) base_url: Option<String>,
    /// Whether something is missing or wrong, so that the client fails.
    pub(super) broken: bool,
    /// Whether the token has to be fetched first.
    exchange: bool,
}

/// Finds it: the profile that is named, else a federation of variables, else the profile that is active. Where the
/// named one is none, nothing else is tried.
pub(super) fn find<'a>(unit: &Unit<'a>) -> Option<Identity<'a>> {
    // A program that starts the client or relays its requests leaves none to it.
    if unit.is_bare() || unit.person.is_some_and(|person| person.is_hosted() || person.has_socket()) {
        return None;
    }
    let named = unit.early("ANTHROPIC_PROFILE");
    if named.is_some() { profile(unit, named) } else { federation(unit).or_else(|| profile(unit, None)) }
}

/// A federation that only variables describe: rule, organization and a token of the workload.
fn federation<'a>(unit: &Unit<'a>) -> Option<Identity<'a>> {
    let rule = unit.early("ANTHROPIC_FEDERATION_RULE_ID")?;
    unit.early("ANTHROPIC_ORGANIZATION_ID")?;
    let token = token(unit);
    Some(Identity {
        source: Source::of(SourceKind::Federation, rule),
        outranks_login: true,
        base_url: None,
        broken: token != Token::There,
        exchange: token != Token::Unnamed,
    })
}

/// The token of a workload. One that is not even named ends the client before it looks at the address to exchange it
/// at; one that is missing, behind that (observed 2026-11-22).
#[derive(Clone, Copy, PartialEq)]
enum Token {
    Unnamed,
    Missing,
    There,
}

impl Token {
    fn at(is_there: bool) -> Self {
        if is_there { Self::There } else { Self::Missing }
    }
}

/// The token that the variables name.
fn token(unit: &Unit<'_>) -> Token {
    match unit.early("ANTHROPIC_IDENTITY_TOKEN_FILE") {
        Some(file) => Token::at(file.text().is_none_or(|path| is_there(unit.machine(), path))),
        None if unit.early("ANTHROPIC_IDENTITY_TOKEN").is_some() => Token::There,
        None => Token::Unnamed,
    }
}

/// Whether a token's file is there. Where no home counts, the machine is not the one that the client starts on.
fn is_there(machine: Option<&dyn Machine>, path: &str) -> bool {
    let machine = machine.filter(|machine| machine.home().is_some());
    machine.is_none_or(|machine| machine.has_credential(path.as_ref()))
}

/// The profile that is named, or the one that is active.
fn profile<'a>(unit: &Unit<'a>, named: Option<Member<'a>>) -> Option<Identity<'a>> {
    let machine = unit.machine()?;
    let folder = folder(unit)?;
    let name = match named {
        Some(member) => member.text()?.to_owned(),
        None => active(machine, &folder),
    };
    let path = folder.join("configs").join(format!("{name}.json"));
    let profile: Json = serde_json::from_slice(&machine.read(&path)?).ok()?;
    let authentication = &profile["authentication"];
    let word = |json: &Json| json.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let own = folder.join("credentials").join(format!("{name}.json"));
    let cached = machine.has_credential(&authentication["credentials_path"].as_str().map_or(own, PathBuf::from));
    let (complete, exchange) = match authentication["type"].as_str()? {
        "user_oauth" => (cached.then_some(true)?, false),
        "oidc_federation" => {
            let token = profiles_token(unit, &profile, cached);
            (token == Token::There, !cached && token != Token::Unnamed)
        }
        _ => return None,
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let is_name = name != "." && name != ".." && name.chars().all(allowed);
    Some(Identity {
        source: Source { kind: SourceKind::Profile, member: named },
        outranks_login: named.is_some() || authentication["type"] == "oidc_federation",
        base_url: word(&profile["base_url"]),
        broken: !complete || !is_name || is_odd(&profile["base_url"]),
        exchange,
    })
}

/// Where the profiles are.
fn folder(unit: &Unit<'_>) -> Option<PathBuf> {
    let home = unit.home()?;
    let early = |name: &str| unit.early(name).and_then(|member| member.text());
    if let Some(folder) = early("ANTHROPIC_CONFIG_DIR") {
        return Some(PathBuf::from(folder));
    }
    if let Some(folder) = early("XDG_CONFIG_HOME") {
        return Some(PathBuf::from(folder).join("anthropic"));
    }
    Some(home.join(".config/anthropic"))
}

/// The name of the active profile.
fn active(machine: &dyn Machine, folder: &std::path::Path) -> String {
    let named = machine::text(machine, &folder.join("active_config")).unwrap_or_default();
    let name = trimmed(&named);
    if name.is_empty() { "default".to_owned() } else { name.to_owned() }
}

/// The token of a federation profile that has what the exchange needs; variables fill in what its file leaves out.
fn profiles_token(unit: &Unit<'_>, profile: &Json, cached: bool) -> Token {
    let authentication = &profile["authentication"];
    let has = |json: &Json, variable: &str| {
        json.as_str().is_some_and(|text| !text.is_empty()) || unit.early(variable).is_some()
    };
    let is_complete = has(&authentication["federation_rule_id"], "ANTHROPIC_FEDERATION_RULE_ID")
        && has(&profile["organization_id"], "ANTHROPIC_ORGANIZATION_ID");
    // What was exchanged before needs no file.
    match &authentication["identity_token"] {
        _ if !is_complete => Token::Unnamed,
        Json::Null if cached && unit.early("ANTHROPIC_IDENTITY_TOKEN_FILE").is_some() => Token::There,
        Json::Null => token(unit),
        token => match token["path"].as_str().filter(|path| !path.is_empty() && token["source"] == "file") {
            Some(path) => Token::at(cached || is_there(unit.machine(), path)),
            None => Token::Unnamed,
        },
    }
}

/// An address that is no text.
fn is_odd(base_url: &Json) -> bool {
    !matches!(base_url, Json::Null | Json::String(_))
}

/// What comes of fetching the token.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Exchange {
    /// It works, or is not needed.
    Fine,
    /// Its address is none.
    Invalid,
    /// It fails: without encryption the client sends the workload's token only to this machine, and behind a fragment
    /// there is no path.
    Fails,
}

impl Identity<'_> {
    /// Whether the token can be fetched. It is asked for at the base URL where one was set before the project's
    /// settings are read, else at the profile's own or at Anthropic: what only the project sets does not count.
    pub(super) fn exchange(&self, unit: &Unit<'_>) -> Exchange {
        let variable = unit.early("ANTHROPIC_BASE_URL").and_then(|_| unit.set("ANTHROPIC_BASE_URL"));
        let address = match variable {
            Some(member) => member.text(),
            None => self.base_url.as_deref(),
        };
        let Some(address) = address.filter(|_| self.exchange) else { return Exchange::Fine };
        let Some(address) = normalised(address) else { return Exchange::Invalid };
        let is_here = matches!(address.host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let is_safe = address.scheme == "https" || address.scheme == "http" && is_here;
        if is_safe && !address.tail.contains('#') { Exchange::Fine } else { Exchange::Fails }
    }
}
