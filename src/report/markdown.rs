//! Markdown: what a job shows as its summary.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Style, clean, counted, shown};
use crate::finding::{Finding, Severity};
use crate::lint::{Failure, Report};

/// More rows than anybody reads.
const ROWS: usize = 200;

/// A summary may have a megabyte (docs.github.com, "Workflow commands", read 2026-11-21): so much of it is for rows, for
/// what could not be read, and for what was left out.
const BYTES: usize = 300_000;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
    let counts = counts.into_iter().filter_map(|(severity, what)| {
        let count = shown(report, style).filter(|finding| finding.severity == severity).count();
        (count > 0).then(|| counted(count, what))
    });
    let found: Vec<String> = counts.collect();
    let title = if found.is_empty() { "nothing to report".to_owned() } else { found.join(", ") };
    writeln!(out, "### keylint: {title}\n")?;
    if !found.is_empty() {
        writeln!(out, "| | rule | place | what happens |\n|---|---|---|---|")?;
        some(shown(report, style), row, out)?;
    }
    some(report.coverage.failures.iter(), not_read, out)?;
    for line in super::looked_at(report).lines() {
        writeln!(out, "{}<br>", plain(line))?;
    }
    writeln!(out)?;
    some(report.coverage.skipped.iter(), |skipped| format!("- {}", plain(skipped)), out)
}

/// A line for each, as far as there is room, how many were left out, and an empty line.
fn some<T>(all: impl Iterator<Item = T>, line: impl Fn(T) -> String, out: &mut dyn Write) -> io::Result<()> {
    let (mut rows, mut bytes, mut more) = (0, 0, 0);
    for one in all {
        if rows == ROWS || bytes > BYTES {
            more += 1;
            continue;
        }
        let line = line(one);
        rows += 1;
        bytes += line.len() + 1;
        if bytes > BYTES {
            more += 1;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    match more {
        0 if rows == 0 => Ok(()),
        0 => writeln!(out),
        more => writeln!(out, "\n{more} more are not listed here.\n"),
    }
}

fn not_read(failure: &Failure) -> String {
    format!("- **not read:** {}: {}", code(failure.path.as_str()), plain(&failure.reason.to_string()))
}

fn row(finding: &Finding) -> String {
    let place = &finding.primary;
    let at = format!("{}:{}:{}", place.path.as_str(), place.start.line, place.start.column);
    let rule = match crate::page_url(finding.rule) {
        Some(address) => format!("[{}]({address})", finding.rule.slug),
        None => finding.rule.slug.to_owned(),
    };
    let mut row = format!("| {} | {rule} | {} | {}", finding.severity, code(&at), plain(finding.message.as_str()));
    for help in &finding.help {
        let _ = write!(row, "<br>help: {}", plain(help.as_str()));
    }
    row + " |"
}

/// Text from outside as code, in a cell.
fn code(text: &str) -> String {
    format!("<code>{}</code>", html(&clean(text)))
}

/// A sentence of ours, whose backticks are code.
fn plain(text: &str) -> String {
    let mut shown = String::new();
    for (index, part) in clean(text).split('`').enumerate() {
        if index % 2 == 1 {
            shown.push_str(&format!("<code>{}</code>", html(part)));
        } else {
            shown.push_str(&html(part));
        }
    }
    shown
}

/// Text that neither HTML nor Markdown takes for anything else.
fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            // A place to break a line also keeps addresses of mail and of the web from being taken for links.
            '@' => escaped.push_str("&#64;<wbr>"),
            '.' if ends_with_www(&escaped) => escaped.push_str("<wbr>."),
            '&' | '<' | '>' | '"' | '|' | '*' | '_' | '[' | ']' | '`' | '\\' | '~' | '#' | ':' | '$' | '!' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

fn ends_with_www(text: &str) -> bool {
    let last = text.len().checked_sub(3).and_then(|from| text.get(from..));
    last.is_some_and(|last| last.eq_ignore_ascii_case("www"))
}
