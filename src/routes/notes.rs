//! What else is good to know of a session.

use crate::finding::Message;
use crate::message;
use crate::request::Origin;
use crate::route::session::is_about_routes;
use crate::route::unit::{Member, Unit, in_effect};
use crate::route::{Endpoint, Provider, Route, SourceKind, predict};
use crate::surface::{Command, Document};

/// The notes on a session: `outside` is the same without the project's settings, `launch` the launch of the unit's
/// document, `flag` what is passed with `--settings`.
pub(super) fn notes(
    unit: &Unit<'_>,
    outside: &Unit<'_>,
    launch: Option<usize>,
    flag: Option<&Document>,
    environment: &Document,
) -> Vec<Message> {
    let single = [early_key(unit, outside), not_followed(unit, flag), sourced(unit)];
    single.into_iter().flatten().chain(outranked(unit, launch, environment)).collect()
}

/// The key that the client uses before it has read the project's address or provider, if that is another host: its
/// first requests, for settings and policy, go to api.anthropic.com (observed 2026-11-21; no token and no helper does).
fn early_key(unit: &Unit<'_>, outside: &Unit<'_>) -> Option<Message> {
    let (late, early) = (predict(unit), predict(outside));
    let at_home = |route: &Route<'_>| route.provider == Provider::Messages && route.endpoint == Endpoint::Anthropic;
    let key = early.x_api_key.filter(|source| source.kind == SourceKind::ApiKey)?.member?;
    (at_home(&early) && !at_home(&late)).then(|| {
        message![
            "first, ",
            Origin::of(key),
            " goes to api.anthropic.com: the client asks for settings and policy before it reads the project's settings"
        ]
    })
}

/// Variables that something of higher precedence takes the effect from. Settings files beat the environment, and with
/// it what a script exports.
fn outranked(unit: &Unit<'_>, launch: Option<usize>, environment: &Document) -> Vec<Message> {
    let documents = unit.files.iter().copied().chain([environment]);
    let set = documents.flat_map(|document| {
        let is_script = std::ptr::eq(document, unit.document);
        in_effect(document, launch.filter(|_| is_script).unwrap_or(0))
    });
    // What the client's own words say is in the document behind `--settings`.
    let words = unit.command.map(|command| command.span);
    let is_word = |member: &Member<'_>| {
        std::ptr::eq(member.document, unit.document)
            && words.is_some_and(|words| words.contains(member.assignment.name_span))
    };
    let of_routes = set.filter(|member| is_about_routes(&member.assignment.name) && !is_word(member));
    let lost = of_routes.filter_map(|member| {
        let winner = unit.members.iter().find(|winner| winner.assignment.name == member.assignment.name)?;
        let is_it = std::ptr::eq(winner.assignment, member.assignment);
        (!is_it)
            .then(|| message![Origin::of(member), " is not in effect: ", Origin::of(*winner).place(), " outranks it"])
    });
    lost.collect()
}

/// That nobody has seen what is passed with `--settings`, or that the client drops it.
fn not_followed(unit: &Unit<'_>, flag: Option<&Document>) -> Option<Message> {
    let _ = unit.arguments.settings.as_ref()?;
    match flag {
        None => {
            Some(message!["what `--settings` passes is not known: it is no file of this repository that can be read"])
        }
        Some(flag) if !flag.faults.is_empty() => {
            Some(message!["the client drops the settings in ", flag.path, ", which `--settings` passes"])
        }
        Some(_) => None,
    }
}

/// That a script has read other files into its environment before the client starts.
fn sourced(unit: &Unit<'_>) -> Option<Message> {
    let start = unit.command?.span.start;
    let text = &unit.document.text;
    let is_source = |command: &&Command| matches!(command.program(), "." | "source") && command.span.start < start;
    // A dotenv file of the repository is read, and takes part.
    let is_read = |command: &&Command| {
        let path = command.words.get(1).map_or("", |word| word.decoded.text.expose());
        unit.files.iter().any(|file| path.ends_with(file.path.name()))
    };
    let first = unit.document.commands.iter().find(|command| is_source(command) && !is_read(command))?;
    let place = message![unit.document.path, ":", text.position(first.span.start).line];
    Some(message![place, " sources another file: what that sets is not known here"])
}
