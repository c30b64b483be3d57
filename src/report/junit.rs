//! `JUnit`'s XML: a failed test for each finding, or one test that passed.

use std::io::{self, Write};

use super::xml::escaped;
use super::{Style, shown};
use crate::lint::Report;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let failures = shown(report, style).count();
    let errors = report.coverage.failures.len();
    let tests = (failures + errors).max(1);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"keylint\" {counts}>")?;
    writeln!(out, "  <testsuite name=\"keylint\" {counts}>")?;
    for finding in shown(report, style) {
        let place = &finding.primary;
        let path = escaped(place.path.as_str());
        writeln!(
            out,
            "    <testcase classname=\"{path}\" name=\"{} at {}:{}\" file=\"{path}\" line=\"{}\">",
            finding.rule.slug, place.start.line, place.start.column, place.start.line,
        )?;
        let help: String = finding.help.iter().map(|help| format!("\nhelp: {}", help.as_str())).collect();
        writeln!(
            out,
            "      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>",
            finding.severity,
            escaped(finding.message.as_str()),
            escaped(&format!("{}{help}", finding.message.as_str())),
        )?;
    }
    for failure in &report.coverage.failures {
        let path = escaped(failure.path.as_str());
        writeln!(
            out,
            "    <testcase classname=\"{path}\" name=\"is read\" file=\"{path}\">\n      <error message=\"{}\"/>\n    \
             </testcase>",
            escaped(&failure.reason.to_string()),
        )?;
    }
    if failures + errors == 0 {
        writeln!(out, "    <testcase classname=\"keylint\" name=\"nothing to report\"/>")?;
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}
