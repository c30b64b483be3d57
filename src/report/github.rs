//! Workflow commands of GitHub Actions: the runner turns each into an annotation at its line.
//!
//! Escaping is that of the runner's own toolkit (`@actions/core`, `command.ts`, read 2026-11-21). A step shows ten
//! annotations of a kind (docs.github.com, "Workflow commands", read 2026-11-21), errors first; what is more than that is
//! printed as a plain line, so that the log has it.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::{Style, clean, concise, is_acted_upon, last_words, not_read, shown};
use crate::finding::{Finding, Severity};
use crate::lint::{Failure, Report};

/// How many annotations of a kind a step shows.
const SHOWN: usize = 10;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = shown(report, style).collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    let failures = report.coverage.failures.iter().map(|failure| (Severity::Error, Entry::Failure(failure)));
    let findings = findings.into_iter().map(|finding| (finding.severity, Entry::Finding(finding)));
    let mut counts = [0; 3];
    let mut more = Vec::new();
    for (severity, entry) in failures.chain(findings) {
        let count = &mut counts[severity as usize];
        *count += 1;
        if *count > SHOWN {
            more.push(entry);
        } else {
            writeln!(out, "{}", entry.command())?;
        }
    }
    for entry in &more {
        writeln!(out, "{}", disarmed(&entry.line()))?;
    }
    match more.len() {
        0 => {}
        1 => writeln!(out, "1 more has no annotation: a step shows {SHOWN} of a kind")?,
        count => writeln!(out, "{count} more have no annotation: a step shows {SHOWN} of a kind")?,
    }
    let mut words = Vec::new();
    last_words(report, style, &mut words)?;
    for line in String::from_utf8_lossy(&words).lines() {
        writeln!(out, "{}", disarmed(line))?;
    }
    Ok(())
}

/// A line that the runner takes for no command: neither for one that begins with `::`, nor for one of the older form,
/// `##[`, which can stand anywhere in a line (`ActionCommand.cs` of actions/runner, read 2026-11-21). It compares as the
/// machine's culture does, which may pass over characters without a width.
pub(crate) fn disarmed(line: &str) -> String {
    let is_seen = |c: char| c.is_ascii_graphic() || c.is_alphanumeric();
    let mut disarmed = String::with_capacity(line.len());
    if line.chars().find(|&c| is_seen(c)) == Some(':') {
        disarmed.push('\\');
    }
    let mut hashes = 0;
    for character in line.chars() {
        match character {
            '#' => hashes += 1,
            '[' if hashes > 1 => disarmed.push(' '),
            other if other.is_ascii() || is_seen(other) => hashes = 0,
            _ => {}
        }
        disarmed.push(character);
    }
    disarmed
}

/// What gets an annotation.
enum Entry<'a> {
    Failure(&'a Failure),
    Finding(&'a Finding),
}

impl Entry<'_> {
    fn line(&self) -> String {
        match self {
            Self::Failure(failure) => not_read(failure),
            Self::Finding(finding) => concise::line(finding),
        }
    }

    fn command(&self) -> String {
        match self {
            Self::Failure(failure) => {
                let reason = format!("not read: {}", clean(&failure.reason.to_string()));
                format!("::error file={},title=keylint::{}", file(failure.path.as_str()), data(&reason))
            }
            Self::Finding(finding) => command(finding),
        }
    }
}

fn command(finding: &Finding) -> String {
    let place = &finding.primary;
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut command = format!("::{kind} file={},line={}", file(place.path.as_str()), place.start.line);
    if place.excerpt.is_some() {
        command.push_str(&format!(",endLine={}", place.end.line));
        // The runner takes columns only within one line.
        if place.start.line == place.end.line {
            command.push_str(&format!(",col={},endColumn={}", place.start.column, place.end.column));
        }
    }
    let mut text = clean(finding.message.as_str());
    for help in &finding.help {
        text.push_str("\nhelp: ");
        text.push_str(&clean(help.as_str()));
    }
    command.push_str(&format!(",title={}::{}", property(&format!("keylint: {}", finding.rule.slug)), data(&text)));
    command
}

/// A path as a property. One that begins with `=` would lose it. Characters that a terminal acts upon have no code here
/// and give way: the annotation of such a file is read all the same.
fn file(path: &str) -> String {
    let prefix = if path.starts_with('=') { "./" } else { "" };
    let is_coded = |character| matches!(character, '\n' | '\r' | '\t');
    let path = path.replace(|character| is_acted_upon(character) && !is_coded(character), "\u{fffd}");
    format!("{prefix}{}", property(&path))
}

/// What stands behind the last `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
