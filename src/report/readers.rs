//! The clients that a repository declares for a session's file, for people and for programs.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::clean;
use super::route::{header_json, line};
use crate::route::Outcome;
use crate::routes::{Header, Reader, Sent, Session};

/// Prints who reads a session's file, and what of it differs from what Claude Code sends.
pub(super) fn print(session: &Session, out: &mut dyn Write) -> io::Result<()> {
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
                    request(sent, out)?;
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

fn request(sent: &Sent, out: &mut dyn Write) -> io::Result<()> {
    let versions = sent.versions.as_ref().map(|versions| format!("version {versions}: ")).unwrap_or_default();
    let nothing = match sent.outcome {
        Outcome::Sent => {
            let url = sent.url.as_deref().unwrap_or("an address that is known only when it runs");
            writeln!(out, "    {versions}POST {}", clean(url))?;
            for (name, header) in [("x-api-key", &sent.x_api_key), ("Authorization", &sent.authorization)] {
                if let Some(header) = header {
                    line(name, header, out)?;
                }
            }
            if let Some(dropped) = &sent.dropped {
                writeln!(out, "    {} is not sent", clean(&dropped.from))?;
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
    let place = |header: &Option<Header>| header.as_ref().map(|it| (it.scheme, it.from.clone(), it.place.clone()));
    let url = session.url.as_deref().map(|url| url.strip_suffix("?beta=true").unwrap_or(url));
    sent.outcome == session.outcome
        && (sent.outcome != Outcome::Sent || url == sent.url.as_deref())
        && place(&session.x_api_key) == place(&sent.x_api_key)
        && place(&session.authorization) == place(&sent.authorization)
}

/// A client and its requests.
pub(super) fn json(reader: &Reader) -> Value {
    let requests = reader.sends.iter().map(|sent| {
        json!({
            "versions": sent.versions,
            "outcome": sent.outcome.as_str(),
            "url": sent.url.as_ref().filter(|_| sent.outcome == Outcome::Sent),
            "x_api_key": header_json(&sent.x_api_key, false),
            "authorization": header_json(&sent.authorization, true),
            "dropped": header_json(&sent.dropped, false),
        })
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
