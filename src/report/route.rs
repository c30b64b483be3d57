//! Sessions and their requests, for people and for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{clean, readers};
use crate::route::Outcome;
use crate::routes::{Header, Session};

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
pub fn print(sessions: &[Session], assumed: Assumed, out: &mut dyn Write) -> io::Result<()> {
    for session in sessions {
        block(session, out)?;
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

fn block(session: &Session, out: &mut dyn Write) -> io::Result<()> {
    let place = match session.line {
        Some(line) => format!("{}:{line}", session.path),
        None => session.path.clone(),
    };
    writeln!(out, "{} {}", session.kind, clean(&place))?;
    let others: Vec<&str> = session.files.iter().map(String::as_str).filter(|file| *file != session.path).collect();
    if !others.is_empty() {
        writeln!(out, "  with {}", clean(&others.join(", ")))?;
    }
    readers::print(session, out)?;
    match session.outcome {
        Outcome::Sent => {
            let url = session.url.as_deref().unwrap_or("an address that is known only when it runs");
            writeln!(out, "  POST {}", clean(url))?;
            for (name, header) in [("x-api-key", &session.x_api_key), ("Authorization", &session.authorization)] {
                if let Some(header) = header {
                    line(name, header, out)?;
                }
            }
        }
        Outcome::NotLoggedIn => writeln!(out, "  nothing is sent: not logged in")?,
        Outcome::InvalidUrl => writeln!(out, "  nothing is sent: the base URL is not one")?,
        Outcome::Rejected => writeln!(out, "  nothing is sent: a credential or a custom header is not one")?,
        Outcome::IncompleteProvider => writeln!(out, "  nothing is sent: the cloud provider needs more settings")?,
    }
    writeln!(out, "  credentials, in the client's order")?;
    for rung in &session.ladder {
        let mark = if rung.sent { '>' } else { ' ' };
        let place = rung.place.as_ref().map(|place| format!(" ({})", clean(place.as_str()))).unwrap_or_default();
        writeln!(out, "  {mark} {:<24} {}{place}", rung.name, clean(rung.fate.as_str()))?;
    }
    for warning in &session.warnings {
        writeln!(out, "  ! {}", clean(warning.as_str()))?;
    }
    Ok(())
}

pub(super) fn line(name: &str, header: &Header, out: &mut dyn Write) -> io::Result<()> {
    let scheme = if name == "Authorization" { format!("{} ", header.scheme) } else { String::new() };
    let place = match &header.place {
        Some((path, line)) => format!(", {path}:{line}"),
        None if is_saved(header) => String::new(),
        None => ", the environment".to_owned(),
    };
    let source = if is_saved(header) { String::new() } else { format!("   {}{place}", header.from) };
    writeln!(out, "    {name}: {scheme}<{}>{}", clean(header.value.as_str()), clean(&source))
}

/// What no file and no variable supplies.
fn is_saved(header: &Header) -> bool {
    header.place.is_none() && matches!(header.from.as_str(), "login" | "provider")
}

/// Prints one JSON object; the contract is in the README.
///
/// # Errors
/// When writing fails.
pub fn print_json(sessions: &[Session], out: &mut dyn Write) -> io::Result<()> {
    let sessions: Vec<Value> = sessions.iter().map(session_json).collect();
    serde_json::to_writer_pretty(&mut *out, &json!({"version": 1, "sessions": sessions}))?;
    writeln!(out)
}

fn session_json(session: &Session) -> Value {
    let mut clients = session.readers.iter().map(readers::json);
    let requests = if session.outcome == Outcome::Sent {
        vec![json!({
            "url": session.url,
            "x_api_key": header_json(&session.x_api_key, false),
            "authorization": header_json(&session.authorization, true),
        })]
    } else {
        Vec::new()
    };
    json!({
        "unit": {"kind": session.kind, "path": session.path},
        "line": session.line,
        "files": session.files,
        "outcome": session.outcome.as_str(),
        "requests": requests,
        "warnings": session.warnings.iter().map(|warning| warning.as_str()).collect::<Vec<_>>(),
        "consumer": clients.next(),
        "other_consumers": clients.collect::<Vec<_>>(),
    })
}

pub(super) fn header_json(header: &Option<Header>, with_scheme: bool) -> Value {
    let Some(header) = header else { return Value::Null };
    let (path, line) = match &header.place {
        Some((path, line)) => (json!(path), json!(line)),
        None => (Value::Null, Value::Null),
    };
    let mut shown = json!({"from": header.from, "path": path, "line": line});
    if with_scheme {
        shown["scheme"] = json!(header.scheme);
    }
    shown
}
