//! The clients that a repository declares for a session's file, for people and for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::clean;
use super::json as lint_json;
use super::route::{Ink, line};
use crate::request::{Header, Request};
use crate::route::Outcome;
use crate::routes::{Reader, Sent, Session};

/// Prints who reads a session's file, and what of it differs from what Claude Code sends.
pub(super) fn print(session: &Session, ink: Ink, out: &mut dyn Write) -> io::Result<()> {
    for reader in &session.readers {
        write!(out, "  read by: {}, ", clean(reader.words.as_str()))?;
        match (reader.kind, &reader.sends[..]) {
            ("claude-code", _) => writeln!(out, "which is Claude Code")?,
            ("agent-sdk", _) => writeln!(out, "which runs Claude Code")?,
            (_, [sent]) if is_same(session, sent) => {
                writeln!(out, "an Anthropic SDK, which sends what Claude Code sends")?;
            }
            (_, requests) => {
                writeln!(out, "an Anthropic SDK, which sends")?;
                for sent in requests {
                    request(sent, ink, out)?;
                }
            }
        }
    }
    // What follows is the client's, also where nobody may start it with this file.
    if session.readers.iter().any(|reader| !reader.sends.is_empty()) {
        writeln!(out, "  Claude Code, started with this file:")?;
    }
    Ok(())
}

fn request(sent: &Sent, ink: Ink, out: &mut dyn Write) -> io::Result<()> {
    let versions = sent.versions.as_ref().map(|versions| format!("version {versions}: ")).unwrap_or_default();
    let Request { url, x_api_key, authorization, .. } = &sent.request;
    let nothing = match sent.request.outcome {
        Outcome::Sent => {
            let url = url.as_deref().unwrap_or("an address that is known only when it runs");
            writeln!(out, "    {versions}POST {}", clean(url))?;
            for (name, header) in [("x-api-key", x_api_key), ("Authorization", authorization)] {
                if let Some(header) = header {
                    line(name, header, ink, out)?;
                }
            }
            if let Some(dropped) = &sent.dropped {
                writeln!(out, "    {} is not sent", clean(&dropped.origin.from))?;
            }
            return Ok(());
        }
        Outcome::InvalidUrl => "the base URL is not one",
        Outcome::Rejected => "a credential can't go into a header",
        Outcome::NotLoggedIn | Outcome::IncompleteProvider => {
            "no credential, unless the program or a profile on the machine gives one"
        }
    };
    writeln!(out, "    {versions}nothing is sent: {nothing}")
}

/// Whether both send the same to the same address, but for the query that Claude Code adds.
fn is_same(session: &Session, sent: &Sent) -> bool {
    let (one, other) = (&session.request, &sent.request);
    let place = |header: &Option<Header>| header.as_ref().map(|it| (it.scheme, it.origin.clone()));
    let url = one.url.as_deref().map(|url| url.strip_suffix("?beta=true").unwrap_or(url));
    one.outcome == other.outcome
        && (one.outcome != Outcome::Sent || url == other.url.as_deref())
        && place(&one.x_api_key) == place(&other.x_api_key)
        && place(&one.authorization) == place(&other.authorization)
}

/// A client and its requests.
pub(super) fn json(reader: &Reader) -> Value {
    let requests = reader.sends.iter().map(|sent| {
        let mut shown = lint_json::request(&sent.request);
        shown["versions"] = json!(sent.versions);
        shown["dropped"] = lint_json::header(sent.dropped.as_ref(), false);
        shown
    });
    json!({
        "kind": reader.kind,
        "language": reader.language,
        "package": reader.package,
        "version": reader.version,
        "path": reader.path,
        "line": reader.line,
        "requests": if reader.kind == "anthropic-sdk" { Value::Array(requests.collect()) } else { Value::Null },
    })
}
