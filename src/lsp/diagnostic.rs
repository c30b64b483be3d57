//! Findings as a client shows them.

use serde_json::{Value, json};

use super::position::{Lines, Range};
use crate::finding::{Finding, Location, Severity};
use crate::report::clean;
use crate::text::Span;

/// A finding and where it stands in a document.
#[derive(Debug)]
pub(super) struct Placed<'f> {
    pub(super) finding: &'f Finding,
    pub(super) range: Range,
}

/// The range of a place in a text. A byte-order mark, which a reader takes away, is part of what an editor has.
pub(super) fn range(location: &Location, lines: &Lines<'_>) -> Range {
    match &location.excerpt {
        Some(excerpt) => {
            let mark = if lines.text().starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            lines.range(Span::new(excerpt.span.start + mark, excerpt.span.end + mark))
        }
        // About the file as a whole, or a line of it.
        None => lines.whole(location.start.line.saturating_sub(1)),
    }
}

/// The finding for a client; `related` are its other places, if the client wants them.
pub(super) fn json(placed: &Placed<'_>, related: Vec<Value>) -> Value {
    let finding = placed.finding;
    let mut diagnostic = json!({
        "range": placed.range.json(),
        "severity": match finding.severity {
            Severity::Error => 1,
            Severity::Warning => 2,
            Severity::Note => 3,
        },
        "code": finding.rule.slug,
        "source": "keylint",
        "message": words(finding),
    });
    if let Some(address) = crate::page_url(finding.rule) {
        diagnostic["codeDescription"] = json!({"href": address});
    }
    if !related.is_empty() {
        diagnostic["relatedInformation"] = Value::Array(related);
    }
    diagnostic
}

/// One of the other places of a finding.
pub(super) fn related(location: &Location, uri: &str, range: Range) -> Value {
    let label = location.label.as_str();
    let words = if label.is_empty() { "takes part in it" } else { label };
    json!({"location": {"uri": uri, "range": range.json()}, "message": clean(words)})
}

/// What happens, and below it what helps.
fn words(finding: &Finding) -> String {
    let mut words = clean(finding.message.as_str());
    for help in &finding.help {
        words.push_str("\nhelp: ");
        words.push_str(&clean(help.as_str()));
    }
    words
}

/// The page of a rule without its examples.
pub(super) fn page(slug: &str, page: &str) -> String {
    let head = page.split("\n## bad").next().unwrap_or(page);
    let head = head.split("\n## good").next().unwrap_or(head);
    format!("{}\n\n`keylint explain {slug}` shows examples.", crate::without_markers(head).trim_end())
}
