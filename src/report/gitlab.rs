//! GitLab's code quality report: what a merge request shows beside its lines.
//!
//! Form: docs.gitlab.com, "Code Quality", "Code Quality report format", read 2026-11-21.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::{Style, shown};
use crate::finding::Severity;
use crate::lint::Report;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut fingerprints = Fingerprints::default();
    let findings: Vec<Value> = shown(report, style)
        .map(|finding| {
            let place = &finding.primary;
            let severity = match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "major",
                Severity::Note => "info",
            };
            json!({
                "description": finding.message.as_str(),
                "check_name": finding.rule.slug,
                "fingerprint": fingerprints.of(finding),
                "severity": severity,
                "location": {
                    "path": place.path.as_str(),
                    "lines": {"begin": place.start.line, "end": place.end.line},
                },
            })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &findings)?;
    writeln!(out)
}
