//! Every credential that a session could use, in the client's own order (Claude Code documentation, authentication,
//! 2026-08), and what becomes of it.

use crate::credential::Lexicon;
use crate::finding::{Message, Name};
use crate::message;
use crate::request::{Header, Origin};
use crate::route::session::too_late;
use crate::route::unit::{Member, Presence, Unit, helper};
use crate::route::{Outcome, Route, Source, SourceKind};

/// A credential that could be used.
#[derive(Debug)]
pub struct Rung {
    /// The variable or key.
    pub name: Message,
    /// Where it is set.
    pub place: Option<Message>,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a credential.
#[derive(Debug)]
pub struct Fate {
    /// In words.
    pub words: Message,
    /// Whether its value is sent.
    pub sent: bool,
}

/// The credentials of a session, from the one that goes first.
pub(super) fn ladder(unit: &Unit<'_>, route: &Route<'_>) -> Vec<Rung> {
    let variable = |kind, name| match unit.presence(name) {
        Presence::Set(member) | Presence::Passed(member) => Rung::of(name, member, fate(unit, route, kind)),
        Presence::Absent => Rung::without(name, Fate::not(message!["not set"])),
    };
    let mut rungs = Vec::new();
    let provider = sources(route).find(|source| source.kind == SourceKind::Provider);
    rungs.extend(provider.map(|source| match source.member {
        Some(member) => Rung::of(&member.assignment.name, member, fate(unit, route, SourceKind::Provider)),
        None => Rung::without("the provider's tools", fate(unit, route, SourceKind::Provider)),
    }));
    if sources(route).any(|source| source.kind == SourceKind::CustomHeader) {
        rungs.push(variable(SourceKind::CustomHeader, "ANTHROPIC_CUSTOM_HEADERS"));
    }
    rungs.push(variable(SourceKind::AuthToken, "ANTHROPIC_AUTH_TOKEN"));
    rungs.push(variable(SourceKind::ApiKey, "ANTHROPIC_API_KEY"));
    rungs.push(match (unit.helper, helper(&unit.files)) {
        (Some(member), _) => Rung::of("apiKeyHelper", member, fate(unit, route, SourceKind::Helper)),
        (None, Some(member)) if unit.is_bare() => Rung::of("apiKeyHelper", member, Fate::not(message![BARE])),
        (None, Some(member)) => {
            Rung::of("apiKeyHelper", member, Fate::not(message!["ignored: the program around the client decides"]))
        }
        (None, None) => Rung::without("apiKeyHelper", Fate::not(message!["not set"])),
    });
    rungs.push(match too_late(unit).find(|member| member.assignment.name == OAUTH) {
        Some(member) if matches!(unit.presence(OAUTH), Presence::Absent) => {
            Rung::of(OAUTH, member, Fate::not(message!["not read from the project's settings"]))
        }
        _ => variable(SourceKind::OauthToken, OAUTH),
    });
    if let Some(Source { kind, member }) = unit.identity() {
        let name = if kind == SourceKind::Profile { "profile" } else { "workload identity" };
        rungs.push(match member {
            Some(member) => Rung::of(name, member, fate(unit, route, kind)),
            None => Rung::without(name, fate(unit, route, kind)),
        });
    }
    let login =
        if unit.login || unit.console { fate(unit, route, SourceKind::Login) } else { Fate::not(message!["none"]) };
    rungs.push(Rung::without("saved login", login));
    rungs
}

const OAUTH: &str = "CLAUDE_CODE_OAUTH_TOKEN";
const BARE: &str = "ignored: `--bare`";

impl Rung {
    /// Hides tokens of a configuration's own shapes.
    pub(super) fn hide(&mut self, lexicon: &Lexicon) {
        let texts = [Some(&mut self.name), self.place.as_mut(), Some(&mut self.fate.words)];
        texts.into_iter().flatten().for_each(|text| text.hide(lexicon));
    }

    fn of(name: &str, member: Member<'_>, fate: Fate) -> Self {
        let place = Origin::of(member).place();
        Self { name: message![Name(name)], place: Some(place), fate }
    }

    fn without(name: &str, fate: Fate) -> Self {
        Self { name: message![Name(name)], place: None, fate }
    }
}

impl Fate {
    fn not(words: Message) -> Self {
        Self { words, sent: false }
    }
}

fn sources<'a>(route: &Route<'a>) -> impl Iterator<Item = Source<'a>> + use<'a> {
    [route.x_api_key, route.authorization].into_iter().flatten()
}

/// What becomes of a credential that is there.
fn fate(unit: &Unit<'_>, route: &Route<'_>, kind: SourceKind) -> Fate {
    let is = |source: Option<Source<'_>>| source.is_some_and(|source| source.kind == kind);
    let words = match (is(route.x_api_key), is(route.authorization)) {
        (true, true) => message!["sent in both headers"],
        (true, false) => message!["sent as `x-api-key`"],
        (false, true) => message!["sent as `Authorization`"],
        _ if unit.is_bare() && matches!(kind, SourceKind::OauthToken | SourceKind::Federation | SourceKind::Login) => {
            message![BARE]
        }
        _ if route.outcome != Outcome::Sent => message!["not sent: nothing is"],
        _ if route.provider.is_cloud() => message!["not sent: ", route.provider.name(), " is chosen"],
        _ => {
            let mut winners: Vec<String> =
                sources(route).map(|source| Header::of(&source, route.provider).origin.from).collect();
            winners.dedup();
            message!["not sent: outranked by ", Name(&winners.join(" and "))]
        }
    };
    Fate { words, sent: sources(route).any(|source| source.kind == kind) }
}
