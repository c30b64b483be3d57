//! Which credentials go where, before and after a change.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::finding::Message;
use crate::fix::Sends;
use crate::message;
use crate::route::unit::units;
use crate::route::{Endpoint, Outcome, Route, Source, SourceKind, predict};
use crate::rules::File;
use crate::surface::Document;

/// One credential in one header to one host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Parcel {
    credential: u64,
    header: &'static str,
    host: String,
    /// Whether it is a person's login on its way to Anthropic, as from any folder without a configuration.
    is_usual: bool,
}

/// All that the units of a repository send, each with the name of what supplies it.
#[derive(Debug, Default)]
pub(super) struct Sent(BTreeMap<Parcel, String>);

impl Sent {
    /// What some files make Claude Code send.
    pub(super) fn of(files: &[File]) -> Self {
        let documents: Vec<&Document> = files.iter().map(|file| &file.document).collect();
        let mut sent = Self::default();
        for unit in units(&documents).iter().filter(|unit| !unit.template) {
            let route = predict(unit);
            if route.outcome == Outcome::Sent {
                sent.add(&route);
            }
        }
        sent
    }

    fn add(&mut self, route: &Route<'_>) {
        let host = match &route.endpoint {
            Endpoint::Anthropic => "api.anthropic.com".to_owned(),
            Endpoint::Other(host) => format!("{}:{}", host.name(), host.port().unwrap_or_default()),
            Endpoint::Unknown => String::new(),
        };
        let host = format!("{} {host}", route.provider.name());
        for (header, source) in [("x-api-key", route.x_api_key), ("authorization", route.authorization)] {
            if let Some(source) = source {
                let name = source.member.map(|member| member.assignment.name.clone()).unwrap_or_default();
                let is_usual = source.kind == SourceKind::Login && matches!(route.endpoint, Endpoint::Anthropic);
                self.0.insert(Parcel { credential: identity(&source), header, host: host.clone(), is_usual }, name);
            }
        }
    }

    /// Whether this may become that by a fix which says so.
    pub(super) fn becomes(&self, after: &Self, sends: &Sends) -> Result<(), Message> {
        let mut gone = self.0.iter().filter(|(parcel, _)| !after.0.contains_key(parcel));
        let mut come = after.0.iter().filter(|(parcel, _)| !parcel.is_usual && !self.0.contains_key(parcel));
        let lost = || message!["a credential that is used would not be sent any more"];
        let misled = || message!["a credential would go to another host, or in another header"];
        let in_another_header = |one: &BTreeMap<Parcel, String>, parcel: &Parcel| {
            one.keys().any(|other| (other.credential, &other.host) == (parcel.credential, &parcel.host))
        };
        match sends {
            Sends::WhatIsWritten => Ok(()),
            Sends::Same => match (gone.next(), come.next()) {
                (None, None) => Ok(()),
                (_, Some(_)) => Err(misled()),
                (Some(_), None) => Err(lost()),
            },
            Sends::Without(name) => {
                if come.next().is_some() {
                    return Err(misled());
                }
                if gone.all(|(_, from)| from == name) { Ok(()) } else { Err(lost()) }
            }
            Sends::Also(name) => {
                if !come.all(|(_, from)| from == name) {
                    return Err(misled());
                }
                // What no file holds is a login.
                if gone.all(|(_, from)| from.is_empty()) { Ok(()) } else { Err(lost()) }
            }
            Sends::InAnotherHeader => {
                if !come.all(|(parcel, _)| in_another_header(&self.0, parcel)) {
                    return Err(misled());
                }
                if gone.all(|(parcel, _)| in_another_header(&after.0, parcel)) { Ok(()) } else { Err(lost()) }
            }
            Sends::To(host) => {
                let there = |parcel: &Parcel| {
                    let name = parcel.host.rsplit(' ').next().unwrap_or_default();
                    name.rsplit_once(':').map_or(name, |(name, _)| name) == host
                };
                if come.all(|(parcel, _)| there(parcel)) { Ok(()) } else { Err(misled()) }
            }
        }
    }
}

/// What tells one credential from another, whatever quotes or blanks were kept around it.
fn identity(source: &Source<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    match source.member {
        Some(member) => {
            let text = member.assignment.decoded.text.expose();
            let text = without_scheme(text.trim());
            for letter in text.chars().filter(|letter| letter.is_ascii_graphic() && !matches!(letter, '"' | '\'' | '`'))
            {
                letter.hash(&mut hasher);
            }
        }
        None => source.kind.hash(&mut hasher),
    }
    hasher.finish()
}

fn without_scheme(text: &str) -> &str {
    let scheme = "bearer ";
    match text.get(..scheme.len()) {
        Some(start) if start.eq_ignore_ascii_case(scheme) => &text[scheme.len()..],
        _ => text,
    }
}
