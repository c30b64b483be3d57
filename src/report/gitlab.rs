//! GitLab's code quality report: what a merge request shows beside its lines.
//!
//! Form: docs.gitlab.com, "Code Quality", "Code Quality report format", read 2026-11-21.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::{NOT_READ, Style, json_text, shown};
use crate::finding::Severity;
use crate::lint::Report;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut fingerprints = Fingerprints::default();
    let mut findings: Vec<Value> = shown(report, style)
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
    findings.extend(report.coverage.failures.iter().map(|failure| {
        json!({
            "description": format!("not read: {}", failure.reason),
            "check_name": NOT_READ,
            "fingerprint": fingerprints.of_failure(failure),
            "severity": "blocker",
            "location": {"path": failure.path.as_str(), "lines": {"begin": 1}},
        })
    }));
    json_text::print(&Value::Array(findings), out)
}
