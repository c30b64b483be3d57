//! Markdown: what a job shows as its summary.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Style, clean, counted, shown};
use crate::finding::{Finding, Severity};
use crate::lint::Report;

/// More rows than anybody reads; a summary may have a megabyte.
const ROWS: usize = 200;

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
    let count = shown(report, style).count();
    if count > 0 {
        writeln!(out, "| | rule | place | what happens |\n|---|---|---|---|")?;
    }
    for finding in shown(report, style).take(ROWS) {
        writeln!(out, "{}", row(finding))?;
    }
    if count > ROWS {
        writeln!(out, "\n{} more are in the log.", count - ROWS)?;
    }
    if count > 0 {
        writeln!(out)?;
    }
    for failure in &report.coverage.failures {
        writeln!(out, "- **not read:** {}: {}", code(failure.path.as_str()), plain(&failure.reason.to_string()))?;
    }
    for line in super::looked_at(report).lines() {
        writeln!(out, "{}<br>", plain(line))?;
    }
    writeln!(out)?;
    for skipped in &report.coverage.skipped {
        writeln!(out, "- {}", plain(skipped))?;
    }
    Ok(())
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
            '&' | '<' | '>' | '"' | '|' | '*' | '_' | '[' | ']' | '`' | '\\' | '~' | '#' | '@' | ':' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            other => escaped.push(other),
        }
    }
    escaped
}
