//! `base-url-malformed`: a base URL from which no usable request address results.

use super::address::{Written, base_urls, written};
use super::sdk::subject;
use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Message, Name, Severity};
use crate::fix::{Fix, Sends, variable};
use crate::message;
use crate::route::predict;
use crate::route::unit::Member;
use crate::route::url::Url;
use crate::surface::{Assignment, Value};

pub(super) static RULE: Rule = Rule {
    slug: "base-url-malformed",
    severity: Severity::Error,
    summary: "a base URL from which no usable request address results",
    page: include_str!("../../rules/base-url-malformed.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for (unit, member) in base_urls(repository) {
        let Some(defect) = defect(member.assignment) else { continue };
        let readers = repository.readers(unit);
        let defect = match defect {
            Defect::Here if !readers.client => Defect::NoScheme,
            defect => defect,
        };
        let severity = match (defect, &member.assignment.value) {
            // Until the rest is filled in, this is advice.
            (_, Value::Placeholder) | (Defect::Here, _) => Severity::Note,
            (Defect::Version, _) => Severity::Warning,
            _ => Severity::Error,
        };
        let who = subject(&readers);
        let (message, label, help) = defect.say(&member.assignment.name, &who);
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, severity),
                message,
                &member.assignment.key,
                repository.locate(member).labelled(label),
            )
            .request(&predict(unit))
            .help(help)
            .fix(defect.mend(member)),
        );
    }
}

/// What is wrong with an address.
#[derive(Clone, Copy)]
enum Defect {
    Quotes,
    Blank,
    NoScheme,
    /// `localhost:4000`, which Claude Code completes.
    Here,
    Query,
    Fragment,
    /// It ends in a part of the request's path.
    Path(&'static str),
    /// It ends in `/v1`.
    Version,
}

/// Ends of addresses to which the client's own path was already added, or another API's.
const PATHS: [&str; 3] = ["/v1/messages", "/messages", "/chat/completions"];

/// Hosts that document an address ending in `/v1` for Claude Code (their own pages, 2026-08).
const VERSIONED: [&str; 1] = ["portkey.ai"];

fn defect(assignment: &Assignment) -> Option<Defect> {
    let written = written(assignment)?;
    // The client trims the value (observed 2026-11-20).
    let text = written.text().trim();
    // Observed 2026-11-21; any other name without a scheme is an invalid URL.
    let is_completed = assignment.name == "ANTHROPIC_BASE_URL" && text.starts_with("localhost:");
    if let Written::Whole(_) = written {
        if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
            return Some(Defect::Quotes);
        }
        if text.contains(char::is_whitespace) {
            return Some(Defect::Blank);
        }
        if !text.contains("://") && !is_completed {
            return Some(Defect::NoScheme);
        }
    }
    // How the other addresses are continued depends on the provider.
    if assignment.name != "ANTHROPIC_BASE_URL" {
        return None;
    }
    if let Written::Whole(_) = written {
        match text.find(['?', '#']).map(|at| text.as_bytes()[at]) {
            Some(b'?') => return Some(Defect::Query),
            Some(_) => return Some(Defect::Fragment),
            None => {}
        }
    }
    let root = text.trim_end_matches('/');
    if let Some(path) = PATHS.into_iter().find(|path| root.ends_with(path)) {
        return Some(Defect::Path(path));
    }
    let documented = |url: Url| VERSIONED.iter().any(|domain| url.host.is_below(domain));
    if root.ends_with("/v1") && !Url::parse(text).is_some_and(documented) {
        return Some(Defect::Version);
    }
    is_completed.then_some(Defect::Here)
}

/// Quotes that somebody may have typed around a value.
const QUOTES: [char; 7] = ['"', '\'', '`', '\u{201C}', '\u{201D}', '\u{2018}', '\u{2019}'];

impl Defect {
    /// Takes away what is too much, where that is a part of what is written.
    fn mend(self, member: Member<'_>) -> Option<Fix> {
        let Member { document, assignment } = member;
        if !variable::is_plain(document, assignment) {
            return None;
        }
        let value = assignment.default().unwrap_or(&assignment.decoded);
        let text = value.text.expose();
        let end = text.trim_end().len();
        let name = Name(&assignment.key);
        let without = |fix: Fix, start, end| {
            let place = if start < end { Some(variable::part(document, value, start, end)?) } else { None };
            Some(place.into_iter().fold(fix, |fix, place| fix.put(&document.path, place, "")))
        };
        match self {
            Self::Quotes => {
                let around = |letter: char| letter.is_whitespace() || QUOTES.contains(&letter);
                let core = text.trim_matches(around);
                let url = Url::parse(core).filter(|_| !core.contains(around))?;
                let start = text.len() - text.trim_start_matches(around).len();
                let fix = Fix::safe(message!["remove the quotes that are part of `", name, "`"]);
                let fix = without(without(fix, start + core.len(), text.len())?, 0, start)?;
                Some(fix.sends(Sends::To(url.host.name().to_owned())))
            }
            Self::Path(_) | Self::Version => {
                let root = text.trim_end().trim_end_matches('/');
                let (path, fix) = match self {
                    // The client itself appends this and nothing else.
                    Self::Path(path @ "/v1/messages") => (path, Fix::safe as fn(Message) -> Fix),
                    Self::Path(path) => (path, Fix::risky as fn(Message) -> Fix),
                    _ => ("/v1", Fix::risky as fn(Message) -> Fix),
                };
                let rest = root.strip_suffix(path)?;
                let (rest, path) = match rest.strip_suffix("/v1") {
                    Some(rest) if path == "/chat/completions" => (rest, "/v1/chat/completions"),
                    _ => (rest, path),
                };
                // `https://v1/messages`, and what else asks there.
                if !variable::is_only_set(document, &assignment.name) || rest.trim_end_matches('/').ends_with(':') {
                    return None;
                }
                without(fix(message!["leave out `", path, "` in `", name, "`"]), rest.len(), end)
            }
            Self::Blank | Self::NoScheme | Self::Here | Self::Query | Self::Fragment => None,
        }
    }

    /// What happens, what to say at the place, and what to do.
    fn say(self, name: &str, who: &Message) -> (Message, Message, Message) {
        match self {
            Self::Quotes => (
                message!["the quotes are part of `", Name(name), "`: ", *who, " takes it for an invalid URL"],
                message!["nothing is sent"],
                message!["remove the inner quotes"],
            ),
            Self::Blank => (
                message!["`", Name(name), "` has white space inside: it is another address, or none"],
                message!["with white space"],
                message!["remove the white space; only one address can be given"],
            ),
            Self::NoScheme => (
                message!["`", Name(name), "` has no `https://`: ", *who, " takes it for an invalid URL"],
                message!["nothing is sent"],
                message!["write the whole address, `https://` included"],
            ),
            Self::Here => (
                message!["`", Name(name), "` has no `http://`: Claude Code adds it, other programs may not"],
                message!["without a scheme"],
                message!["write the whole address, `http://` included"],
            ),
            Self::Query => (
                message!["`/v1/messages` is appended to the query of `", Name(name), "`: the path is never asked for"],
                message!["ends in a query"],
                message!["leave the query out; what the gateway wants to know may go into ANTHROPIC_CUSTOM_HEADERS"],
            ),
            Self::Fragment => (
                message!["`/v1/messages` is appended behind the `#` of `", Name(name), "`, where no server sees it"],
                message!["ends in a fragment"],
                message!["leave out everything from the `#` on"],
            ),
            Self::Path(path) => (
                message!["requests go to `…", path, "/v1/messages`: ", *who, " appends its own path"],
                message!["the path is added to this"],
                message!["leave out `", path, "`"],
            ),
            Self::Version => (
                message!["requests go to `…/v1/v1/messages`: ", *who, " appends `/v1/messages` itself"],
                message!["the path is added to this"],
                message!["leave out `/v1`, unless the gateway documents it so"],
            ),
        }
    }
}
