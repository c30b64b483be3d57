//! Checkstyle's XML, which many programs read.

use std::io::{self, Write};

use super::xml::escaped;
use super::{NOT_READ, Style, shown};
use crate::finding::{Finding, Severity};
use crate::lint::Report;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">")?;
    let mut findings: Vec<&Finding> = shown(report, style).collect();
    // A history is in another order, and a file is to stand there once.
    findings.sort_by(|one, other| one.primary.path.cmp(&other.primary.path));
    for file in findings.chunk_by(|one, other| one.primary.path == other.primary.path) {
        let Some(first) = file.first() else { continue };
        writeln!(out, "  <file name=\"{}\">", escaped(first.primary.path.as_str()))?;
        for finding in file {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "info",
            };
            writeln!(
                out,
                "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"keylint.{}\"/>",
                finding.primary.start.line,
                finding.primary.start.column,
                escaped(finding.message.as_str()),
                finding.rule.slug,
            )?;
        }
        writeln!(out, "  </file>")?;
    }
    for failure in &report.coverage.failures {
        writeln!(
            out,
            "  <file name=\"{}\">\n    <error line=\"1\" severity=\"error\" message=\"{}\" source=\"keylint.{NOT_READ}\"/>\n  \
             </file>",
            escaped(failure.path.as_str()),
            escaped(&format!("not read: {}", failure.reason)),
        )?;
    }
    writeln!(out, "</checkstyle>")
}
