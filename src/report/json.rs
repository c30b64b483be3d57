//! One JSON object; every severity, whatever the threshold.
//!
//! Lines and columns are 1-based, columns count code points, `path` is relative to the repository's root with `/`;
//! bytes of a path that are no UTF-8 stand as U+FFFD.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::json_text;
use crate::finding::{Finding, Severity};
use crate::lint::Report;
use crate::request::{Header, Origin, Request};
use crate::source::range::Linted;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let coverage = &report.coverage;
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let failures: Vec<Value> = coverage
        .failures
        .iter()
        .map(|failure| json!({"path": failure.path.as_str(), "reason": failure.reason.to_string()}))
        .collect();
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &report.findings {
        *rules.entry(finding.rule.slug).or_default() += 1;
    }
    let object = json!({
        "version": 1,
        "findings": findings,
        "summary": {
            "files": coverage.configuration + coverage.searched,
            "configuration": coverage.configuration,
            "errors": report.count(Severity::Error),
            "warnings": report.count(Severity::Warning),
            "notes": report.count(Severity::Note),
            "rules": rules,
            "suppressed": report.accepted.suppressed,
            "baselined": report.accepted.baselined,
            "range": coverage.range.as_ref().map(|(linted, commits)| range(linted, *commits)),
            "past": coverage.past.map(|past| json!({
                "commits": past.commits,
                "versions": past.versions,
                "blobs": past.blobs,
                "bytes": past.bytes,
            })),
            "skipped": coverage.skipped,
            "failures": failures,
        },
    });
    json_text::print(&object, out)
}

/// Which commits were looked at.
fn range(range: &Linted, commits: usize) -> Value {
    json!({
        "before": range.base.map(|commit| commit.to_string()),
        "after": range.after.to_string(),
        "commits": commits,
        "named": range.ends.to_string(),
        "named_by": range.named_by,
    })
}

/// What is sent, without values.
pub(super) fn request(request: &Request) -> Value {
    json!({
        "url": request.url,
        "x_api_key": header(request.x_api_key.as_ref(), false),
        "authorization": header(request.authorization.as_ref(), true),
        "outcome": request.outcome.as_str(),
    })
}

/// A header without its value.
pub(super) fn header(header: Option<&Header>, with_scheme: bool) -> Value {
    let Some(header) = header else { return Value::Null };
    let mut shown = origin(&header.origin);
    if with_scheme {
        shown["scheme"] = json!(header.scheme);
    }
    shown
}

/// What supplies a value, and where it stands.
pub(super) fn origin(origin: &Origin) -> Value {
    let (path, line) = origin.at.clone().unzip();
    json!({"from": origin.from, "path": path, "line": line})
}

fn finding(finding: &Finding) -> Value {
    let place = &finding.primary;
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|place| {
            json!({
                "path": place.path.as_str(),
                "line": place.start.line,
                "column": place.start.column,
                "message": place.label.as_str(),
                "commit": place.commit.map(|commit| commit.to_string()),
            })
        })
        .collect();
    json!({
        "rule": finding.rule.slug,
        "severity": finding.severity.as_str(),
        "message": finding.message.as_str(),
        "path": place.path.as_str(),
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
        "key": finding.key,
        "related": related,
        "help": finding.help.iter().map(|help| help.as_str()).collect::<Vec<_>>(),
        "request": finding.request.as_ref().map(request),
        "commit": finding.commit.map(|commit| commit.to_string()),
        "place_commit": place.commit.map(|commit| commit.to_string()),
        "fix": finding.fix.as_ref().map(|fix| fix.applicability.as_str()),
        "url": crate::page_url(finding.rule),
    })
}
