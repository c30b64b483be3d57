//! SARIF 2.1.0, for code scanning. No text of a file is part of it.
//!
//! Columns count code points. A path is a relative URI below `SRCROOT`; a finding that was accepted is listed with its
//! suppression, so that a service closes what it knew of it.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::fingerprint::Fingerprints;
use super::{Style, clean, json_text, shown};
use crate::accept::By;
use crate::finding::{Finding, Location, Severity};
use crate::lint::Report;
use crate::path::RepoPath;
use crate::rules::{RULES, Rule};

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let accepted = report.accepted.taken.iter().map(|(finding, by)| (finding, Some(by)));
    let accepted = accepted.filter(|(finding, _)| finding.severity >= style.min_severity);
    let mut findings: Vec<_> = shown(report, style).map(|finding| (finding, None)).chain(accepted).collect();
    // Accepting one changes the fingerprint of no other.
    findings.sort_by(|(one, _), (other, _)| {
        let place = |finding: &Finding| (finding.primary.path.clone(), finding.primary.start);
        place(one).cmp(&place(other))
    });
    let mut fingerprints = Fingerprints::default();
    let results: Vec<Value> =
        findings.into_iter().map(|(finding, by)| result(finding, by, &mut fingerprints)).collect();
    let failures = report.coverage.failures.iter().map(|failure| {
        json!({
            "level": "error",
            "message": {"text": format!("not read: {}", clean(&failure.reason.to_string()))},
            "locations": [{"physicalLocation": {"artifactLocation": artifact(&failure.path)}}],
        })
    });
    let skipped = report.coverage.skipped.iter().map(|text| json!({"level": "note", "message": {"text": clean(text)}}));
    let notifications: Vec<Value> = failures.chain(skipped).collect();
    let mut driver = json!({
        "name": "keylint",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": RULES.iter().map(|rule| description(rule)).collect::<Vec<_>>(),
    });
    if let Some(address) = crate::repository() {
        driver["informationUri"] = json!(address);
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": driver},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the root of the repository"}}},
            "invocations": [{
                "executionSuccessful": report.coverage.failures.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    json_text::print(&log, out)
}

fn description(rule: &Rule) -> Value {
    let page = crate::without_markers(rule.page);
    let mut described = json!({
        "id": rule.slug,
        "shortDescription": {"text": rule.summary},
        // Code scanning wants both.
        "fullDescription": {"text": rule.summary},
        "help": {"text": format!("`keylint explain {}` shows the page.", rule.slug), "markdown": page},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {
            "tags": ["security"],
            // The scale of code scanning: high, medium, low.
            "security-severity": match rule.severity {
                Severity::Error => "8.0",
                Severity::Warning => "5.0",
                Severity::Note => "2.0",
            },
        },
    });
    if let Some(address) = crate::page_url(rule) {
        described["helpUri"] = json!(address);
    }
    described
}

fn result(finding: &Finding, accepted: Option<&By>, fingerprints: &mut Fingerprints) -> Value {
    let index = RULES.iter().position(|rule| rule.slug == finding.rule.slug);
    let mut said = finding.message.as_str().to_owned();
    for help in &finding.help {
        said.push_str("\n\nhelp: ");
        said.push_str(help.as_str());
    }
    let mut primary = location(&finding.primary);
    if !finding.key.is_empty() {
        primary["logicalLocations"] = json!([{"fullyQualifiedName": finding.key}]);
    }
    let mut result = json!({
        "ruleId": finding.rule.slug,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": text(&said),
        "locations": [primary],
        "partialFingerprints": {"keylint/v1": fingerprints.of(finding)},
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(index, place)| {
            let mut location = location(place);
            location["id"] = json!(index + 1);
            if !place.label.is_empty() {
                location["message"] = text(place.label.as_str());
            }
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(commit) = finding.commit {
        result["properties"] = json!({"commit": commit.to_string()});
    }
    if let Some(by) = accepted {
        let (kind, why) = match by {
            By::Comment(reason) => ("inSource", reason.as_str()),
            By::Configuration(reason) => ("external", reason.as_str()),
            By::Baseline => ("external", "it is in the baseline"),
        };
        result["suppressions"] = json!([{"kind": kind, "justification": why}]);
    }
    result
}

/// A message in which a name is no link, as `[…](…)` would be.
fn text(said: &str) -> Value {
    json!({"text": said.replace("](", "] (")})
}

fn location(place: &Location) -> Value {
    // A region ends behind its first character.
    let region = if place.excerpt.is_some() && place.end > place.start {
        json!({
            "startLine": place.start.line,
            "startColumn": place.start.column,
            "endLine": place.end.line,
            "endColumn": place.end.column,
        })
    } else {
        // Services want a line, also where a finding is about the file as a whole.
        json!({"startLine": place.start.line, "startColumn": place.start.column})
    };
    json!({"physicalLocation": {"artifactLocation": artifact(&place.path), "region": region}})
}

fn artifact(path: &RepoPath) -> Value {
    json!({"uri": uri(path), "uriBaseId": "SRCROOT"})
}

/// A relative reference: what may not stand in one is written with percent signs, byte by byte.
fn uri(path: &RepoPath) -> String {
    let mut uri = String::new();
    for &byte in path.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        for (path, expected) in
            [(".claude/settings.json", ".claude/settings.json"), ("a b%:é\n", "a%20b%25%3A%C3%A9%0A"), ("x:y", "x%3Ay")]
        {
            assert_eq!(uri(&path.into()), expected);
        }
        assert_eq!(uri(&RepoPath::from_bytes(b"\xff")), "%FF");
    }
}
