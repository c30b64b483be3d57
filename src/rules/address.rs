//! What the rules about addresses share: which variables hold one, and what is written there.

use super::Repository;
use crate::finding::Message;
use crate::message;
use crate::route::unit::{Member, Unit};
use crate::route::url::Url;
use crate::route::{Endpoint, Route};
use crate::surface::{Assignment, Value};

/// The client's variables that hold the address of an API (Claude Code documentation, environment variables, 2026-08).
pub(super) const BASE_URLS: [&str; 6] = [
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_BEDROCK_BASE_URL",
    "ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
    "ANTHROPIC_VERTEX_BASE_URL",
    "ANTHROPIC_FOUNDRY_BASE_URL",
    "ANTHROPIC_AWS_BASE_URL",
];

/// Where a request goes, in words: its host, and of a cloud provider its name.
pub(super) fn destination(route: &Route<'_>) -> Message {
    let name = route.provider.name();
    match (&route.endpoint, route.url.as_deref().and_then(Url::parse)) {
        (_, Some(url)) if route.provider.is_cloud() => message![url.host, " (", name, ")"],
        _ if route.provider.is_cloud() => message![name],
        (Endpoint::Anthropic, _) => message!["api.anthropic.com"],
        (Endpoint::Other(host), _) => message![*host],
        (Endpoint::Unknown, _) => message!["the host in ANTHROPIC_BASE_URL"],
    }
}

/// Every base URL that a unit sets.
pub(super) fn base_urls<'r, 'a>(
    repository: &'r Repository<'a>,
) -> impl Iterator<Item = (&'r Unit<'a>, Member<'a>)> + use<'r, 'a> {
    repository.units.iter().flat_map(|unit| {
        let members = unit.members.iter().filter(|member| BASE_URLS.contains(&member.assignment.name.as_str()));
        members.map(move |&member| (unit, member))
    })
}

/// The address as far as the file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written<'a> {
    /// All of it.
    Whole(&'a str),
    /// A part of it is for the reader to fill in, or comes from somewhere else.
    Partly(&'a str),
}

impl<'a> Written<'a> {
    /// The text.
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Whole(text) | Self::Partly(text) => text,
        }
    }
}

/// What is written as an address; of `${X:-address}` the default. `None` where nothing can be said about it.
pub(super) fn written(assignment: &Assignment) -> Option<Written<'_>> {
    let text = assignment.decoded.text.expose();
    match &assignment.value {
        Value::Literal => Some(Written::Whole(text)),
        Value::Placeholder => Some(Written::Partly(text)),
        Value::Reference(reference) if reference.expanded => match assignment.default() {
            Some(default) => {
                let default = default.text.expose();
                Some(if default.contains('$') { Written::Partly(default) } else { Written::Whole(default) })
            }
            None => Some(Written::Partly(text)),
        },
        Value::Reference(_) | Value::Unknown | Value::Unset | Value::Empty => None,
    }
}
