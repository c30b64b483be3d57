//! Reviewdog's diagnostics, which it posts as comments of a review.
//!
//! Columns count bytes of UTF-8 (github.com/reviewdog/reviewdog, `proto/rdf/reviewdog.proto`, read 2026-11-21).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{NOT_READ, Style, json_text, shown};
use crate::finding::{Finding, Location, Severity};
use crate::lint::Report;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let failures = report.coverage.failures.iter().map(|failure| {
        json!({
            "message": format!("not read: {}", failure.reason),
            "location": {"path": failure.path.as_str()},
            "severity": "ERROR",
            "code": {"value": NOT_READ},
        })
    });
    let diagnostics: Vec<Value> = shown(report, style).map(diagnostic).chain(failures).collect();
    let object = json!({"source": {"name": "keylint"}, "diagnostics": diagnostics});
    json_text::print(&object, out)
}

fn diagnostic(finding: &Finding) -> Value {
    let mut code = json!({"value": finding.rule.slug});
    if let Some(address) = crate::page_url(finding.rule) {
        code["url"] = json!(address);
    }
    let severity = match finding.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Note => "INFO",
    };
    json!({
        "message": finding.message.as_str(),
        "location": {"path": finding.primary.path.as_str(), "range": range(&finding.primary)},
        "severity": severity,
        "code": code,
    })
}

fn range(place: &Location) -> Value {
    let Some(excerpt) = &place.excerpt else { return json!({"start": {"line": place.start.line}}) };
    // Masked text is as long as what it hides.
    let column = |at: usize| {
        let before = excerpt.masked.get(..at).unwrap_or_default();
        before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1
    };
    json!({
        "start": {"line": place.start.line, "column": column(excerpt.span.start)},
        "end": {"line": place.end.line, "column": column(excerpt.span.end)},
    })
}
