//! One line a finding: `path:line:column: severity[rule]: message`.

use std::io::{self, Write};

use super::{Style, clean, end, shown};
use crate::finding::Finding;
use crate::lint::Report;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in shown(report, style) {
        writeln!(out, "{}", line(finding))?;
    }
    end(report, style, out)
}

/// One finding.
pub(super) fn line(finding: &Finding) -> String {
    let place = &finding.primary;
    format!(
        "{}:{}:{}: {}[{}]: {}",
        clean(place.path.as_str()),
        place.start.line,
        place.start.column,
        finding.severity,
        finding.rule.slug,
        clean(finding.message.as_str()),
    )
}
