//! Workflow commands of GitHub Actions: the runner turns each into an annotation at its line.
//!
//! Escaping is that of the runner's own toolkit (`@actions/core`, `command.ts`, read 2026-11-21). A step shows ten
//! annotations of a kind (docs.github.com, "Workflow commands", read 2026-11-21), errors first; what is more than that is
//! printed as a plain line, so that the log has it.

use std::cmp::Reverse;
use std::io::{self, Write};

use super::{Style, clean, concise, end, shown};
use crate::finding::{Finding, Severity};
use crate::lint::Report;

/// How many annotations of a kind a step shows.
const SHOWN: usize = 10;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = shown(report, style).collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    let mut counts = [0; 3];
    let mut more = Vec::new();
    for finding in findings {
        let count = &mut counts[finding.severity as usize];
        *count += 1;
        if *count > SHOWN {
            more.push(finding);
            continue;
        }
        writeln!(out, "{}", command(finding))?;
    }
    for finding in &more {
        // A line that looks like a command would be one.
        writeln!(out, "{}", concise::line(finding).replace("::", ": :"))?;
    }
    if !more.is_empty() {
        let what = if more.len() == 1 { "1 finding has" } else { "findings have" };
        let count = if more.len() == 1 { String::new() } else { format!("{} ", more.len()) };
        writeln!(out, "{count}{what} no annotation: a step shows {SHOWN} of a kind")?;
    }
    for failure in &report.coverage.failures {
        let reason = format!("not read: {}", clean(&failure.reason.to_string()));
        writeln!(out, "::error file={},title=keylint::{}", property(failure.path.as_str()), data(&reason))?;
    }
    end(report, style, out)
}

fn command(finding: &Finding) -> String {
    let place = &finding.primary;
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut command = format!("::{kind} file={},line={}", property(place.path.as_str()), place.start.line);
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

/// What stands behind the last `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
