//! Sessions and their requests, for people and for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{clean, json as lint_json, json_text, readers};
use crate::finding::{Message, Say, Severity};
use crate::message;
use crate::request::{Header, Request};
use crate::route::Outcome;
use crate::routes::{Model, Session};

/// What was taken into account beside the repository.
#[derive(Clone, Copy, Debug)]
pub struct Assumed {
    /// An environment was given.
    pub environment: bool,
    /// A home folder was given.
    pub home: bool,
}

/// Prints a block for each session.
///
/// # Errors
/// When writing fails.
pub fn print(sessions: &[Session], assumed: Assumed, color: bool, out: &mut dyn Write) -> io::Result<()> {
    let ink = Ink { color };
    let mut paths: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for session in sessions {
        paths.entry((session.kind, &session.path, session.line)).or_default().1 += 1;
    }
    for session in sessions {
        let (number, all) = paths.entry((session.kind, &session.path, session.line)).or_default();
        *number += 1;
        title(session, (*number, *all), ink, out)?;
        block(session, assumed, ink, out)?;
        writeln!(out)?;
    }
    if sessions.is_empty() {
        writeln!(out, "no session starts from here")?;
    }
    if !assumed.environment {
        writeln!(out, "assumed: an empty environment (--process-env or --env NAME=VALUE gives one)")?;
    }
    if !assumed.home {
        writeln!(out, "assumed: no user settings and no saved login (--home DIR gives them)")?;
    }
    Ok(())
}

/// Colours, or none.
#[derive(Clone, Copy)]
pub(super) struct Ink {
    color: bool,
}

const BOLD: &str = "1";
const FAINT: &str = "2";
const GREEN: &str = "32";

impl Ink {
    /// Text from outside, harmless and in a colour.
    fn paint(self, code: &str, text: &str) -> String {
        let text = clean(text);
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text }
    }
}

/// The colours of findings, as `lint` prints them.
fn color_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "1;91",
        Severity::Warning => "1;33",
        Severity::Note => "1;92",
    }
}

/// What starts the session; of several paths through a script that lead there, which one.
fn title(session: &Session, (number, all): (usize, usize), ink: Ink, out: &mut dyn Write) -> io::Result<()> {
    let mut title = format!("{} {}", session.kind, session.path);
    if let Some(line) = session.line {
        title.push_str(&format!(":{line}"));
    }
    if all > 1 {
        title.push_str(&format!(", path {number} of {all}"));
    }
    writeln!(out, "{}", ink.paint(BOLD, &title))
}

fn block(session: &Session, assumed: Assumed, ink: Ink, out: &mut dyn Write) -> io::Result<()> {
    let others: Vec<&str> = session.files.iter().map(String::as_str).filter(|file| *file != session.path).collect();
    if !others.is_empty() {
        writeln!(out, "  with {}", clean(&others.join(", ")))?;
    }
    readers::print(session, ink, out)?;
    request(&session.request, assumed, ink, out)?;
    if let Some(model) = &session.model {
        writeln!(out, "  {}", clean(chosen(model).as_str()))?;
    }
    for note in &session.notes {
        writeln!(out, "  {}", clean(note.as_str()))?;
    }
    writeln!(out, "  credentials, in the client's order")?;
    for rung in &session.ladder {
        let (mark, code) = if rung.fate.sent { ('>', GREEN) } else { (' ', FAINT) };
        let place = rung.place.as_ref().map(|place| format!(" ({})", place.as_str())).unwrap_or_default();
        let line = format!("{mark} {:<24} {}{place}", rung.name.as_str(), rung.fate.words.as_str());
        writeln!(out, "  {}", ink.paint(code, &line))?;
    }
    for warning in &session.warnings {
        let mark = ink.paint(color_of(warning.severity), &format!("! {}", warning.severity));
        let place = warning.at.as_ref().map(|(path, line)| format!(", {path}:{line}")).unwrap_or_default();
        writeln!(out, "  {mark}: {} [{}{}]", clean(warning.message.as_str()), warning.rule.slug, clean(&place))?;
    }
    Ok(())
}

/// Where the request goes, and its headers.
fn request(request: &Request, assumed: Assumed, ink: Ink, out: &mut dyn Write) -> io::Result<()> {
    let nothing = match request.outcome {
        Outcome::Sent => {
            let url = request.url.as_deref().unwrap_or("an address that is known only when it runs");
            let set_by = request.base_url.as_ref().map(|origin| message![" from ", *origin]).unwrap_or_default();
            writeln!(out, "  POST {}{}", ink.paint(BOLD, url), clean(set_by.as_str()))?;
            for (name, header) in [("x-api-key", &request.x_api_key), ("Authorization", &request.authorization)] {
                if let Some(header) = header {
                    line(name, header, ink, out)?;
                }
            }
            return Ok(());
        }
        Outcome::NotLoggedIn if assumed.home => message!["not logged in"],
        Outcome::NotLoggedIn => message!["there is no credential, and no saved login is assumed"],
        Outcome::InvalidUrl => match &request.base_url {
            Some(origin) => message![*origin, " is no address"],
            None => message!["the base URL is no address"],
        },
        Outcome::Rejected => message!["a credential or a custom header is not one"],
        Outcome::IncompleteProvider => message!["the cloud provider needs more settings"],
    };
    writeln!(out, "  {}", ink.paint(BOLD, message!["nothing is sent: ", nothing].as_str()))
}

pub(super) fn line(name: &str, header: &Header, ink: Ink, out: &mut dyn Write) -> io::Result<()> {
    let scheme = if name == "Authorization" { format!("{} ", header.scheme) } else { String::new() };
    let mut source = Message::default();
    if !header.origin.is_saved() {
        source = message![" from ", header.origin];
    }
    let value = format!("{name}: {scheme}<{}>", header.value.as_str());
    writeln!(out, "    {}{}", ink.paint(GREEN, &value), clean(source.as_str()))
}

/// Which model the request asks for, and why.
fn chosen(model: &Model) -> Message {
    let mut words = match model.name.as_deref() {
        Some(name) => message!["model: ", Shown(name), " from ", model.origin],
        None => message!["model: known only when it runs, from ", model.origin],
    };
    match &model.pin {
        Some((name, origin)) => words = message![words, ", that is ", Shown(name), " by ", *origin],
        None if model.is_alias => words = message![words, ", an alias: the client's version decides"],
        None => {}
    }
    for (index, shadowed) in model.shadowed.iter().enumerate() {
        words = message![words, if index == 0 { "; shadows " } else { ", " }, *shadowed];
    }
    words
}

/// A name that was masked before.
struct Shown<'a>(&'a str);

impl Say for Shown<'_> {
    fn say(&self, out: &mut String) {
        out.push_str(if self.0.is_empty() { "an empty name" } else { self.0 });
    }
}

/// Prints one JSON object; the contract is in the README.
///
/// # Errors
/// When writing fails.
pub fn print_json(sessions: &[Session], out: &mut dyn Write) -> io::Result<()> {
    let sessions: Vec<Value> = sessions.iter().map(session_json).collect();
    json_text::print(&json!({"version": 1, "sessions": sessions}), out)
}

fn session_json(session: &Session) -> Value {
    let mut clients = session.readers.iter().map(readers::json);
    let is_sent = session.request.outcome == Outcome::Sent;
    let requests: Vec<Value> = is_sent.then(|| lint_json::request(&session.request)).into_iter().collect();
    let model = session.model.as_ref().map(|model| {
        let mut shown = lint_json::origin(&model.origin);
        shown["name"] = json!(model.name);
        shown
    });
    json!({
        "unit": {"kind": session.kind, "path": session.path},
        "line": session.line,
        "files": session.files,
        "outcome": session.request.outcome.as_str(),
        "requests": requests,
        "model": model,
        "notes": session.notes.iter().map(Message::as_str).collect::<Vec<_>>(),
        "warnings": session.warnings.iter().map(|warning| warning.message.as_str()).collect::<Vec<_>>(),
        "consumer": clients.next(),
        "other_consumers": clients.collect::<Vec<_>>(),
    })
}
