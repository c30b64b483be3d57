//! Output. A renderer gets findings, whose texts are masked already, and never a file.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use annotate_snippets::normalize_untrusted_str;
use clap::ValueEnum;

use crate::finding::{Finding, Severity};
use crate::fix::Applicability;
use crate::lint::{Failure, Report};
use crate::source::range::Linted;

mod checkstyle;
mod concise;
mod fingerprint;
mod github;
mod gitlab;
mod human;
mod json;
mod json_text;
mod junit;
mod markdown;
pub mod mended;
mod rdjson;
mod readers;
pub mod route;
mod sarif;
mod xml;

pub(crate) use github::disarmed;

/// How to print findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With the lines of the file, credentials masked
    Human,
    /// One line a finding
    Concise,
    /// One JSON object, every severity
    Json,
    /// Annotations of GitHub Actions; what a workflow gets if nothing else is asked for
    Github,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// GitLab's code quality report
    Gitlab,
    /// A failed test for each finding
    Junit,
    /// Checkstyle's XML
    Checkstyle,
    /// Reviewdog's diagnostics
    Rdjson,
    /// A table, for the summary of a job
    Markdown,
}

impl Format {
    /// Whether people read it, and no program.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Concise)
    }
}

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub fn print(format: Format, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::print(report, style, out),
        Format::Concise => concise::print(report, style, out),
        Format::Json => json::print(report, out),
        Format::Github => github::print(report, style, out),
        Format::Sarif => sarif::print(report, style, out),
        Format::Gitlab => gitlab::print(report, style, out),
        Format::Junit => junit::print(report, style, out),
        Format::Checkstyle => checkstyle::print(report, style, out),
        Format::Rdjson => rdjson::print(report, style, out),
        Format::Markdown => markdown::print(report, style, out),
    }
}

/// What to show, and how.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The least severity to show.
    pub min_severity: Severity,
    /// Whether to colour.
    pub color: bool,
    /// The terminal's width in columns, where there is one.
    pub width: Option<usize>,
    /// Whether to leave the summary out; what could not be read is said all the same.
    pub quiet: bool,
    /// Whether to say how many findings each rule has.
    pub statistics: bool,
}

/// The findings that are shown.
fn shown<'a>(report: &'a Report, style: &Style) -> impl Iterator<Item = &'a Finding> {
    let least = style.min_severity;
    report.findings.iter().filter(move |finding| finding.severity >= least)
}

/// What stands behind the findings.
fn end(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    last_words(report, style, out)?;
    for failure in &report.coverage.failures {
        writeln!(out, "{}", not_read(failure))?;
    }
    Ok(())
}

/// The statistics and the summary, as far as they are wanted.
fn last_words(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if style.statistics {
        statistics(report, style, out)?;
    }
    if !style.quiet {
        summary(report, style, out)?;
    }
    Ok(())
}

/// What stands for a rule where a format has nothing but findings.
const NOT_READ: &str = "not-read";

/// The line about what could not be read.
fn not_read(failure: &Failure) -> String {
    format!("error: not read: {}: {}", clean(failure.path.as_str()), clean(&failure.reason.to_string()))
}

/// A line for each rule and severity that is shown, the most frequent first.
fn statistics(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut counts: BTreeMap<(Reverse<Severity>, &str), usize> = BTreeMap::new();
    for finding in shown(report, style) {
        *counts.entry((Reverse(finding.severity), finding.rule.slug)).or_default() += 1;
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(_, count)| Reverse(*count));
    let width = rows.iter().map(|((_, slug), _)| slug.len()).max().unwrap_or(0);
    for ((Reverse(severity), slug), count) in rows {
        writeln!(out, "{slug:width$}  {severity:7}  {count}")?;
    }
    Ok(())
}

/// What was found, what was looked at, and what was not.
fn summary(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let [errors, warnings, notes] =
        [Severity::Error, Severity::Warning, Severity::Note].map(|severity| report.count(severity));
    let mut parts = Vec::new();
    for (count, what) in [(errors, "error"), (warnings, "warning"), (notes, "note")] {
        if count > 0 {
            parts.push(counted(count, what));
        }
    }
    let found = if parts.is_empty() { "nothing to report".to_owned() } else { parts.join(", ") };
    let hidden: usize = report.findings.len() - shown(report, style).count();
    let hidden = match hidden {
        0 => String::new(),
        _ if style.min_severity == Severity::Error => format!("; {hidden} not shown (--min-severity note)"),
        _ => "; notes are not shown (--min-severity note)".to_owned(),
    };
    let coverage = &report.coverage;
    let mut accepted = String::new();
    for (count, by) in [(report.accepted.suppressed, "suppressed"), (report.accepted.baselined, "in the baseline")] {
        if count > 0 {
            accepted.push_str(&format!("; {count} {by}"));
        }
    }
    writeln!(out, "{found}{accepted}{hidden}")?;
    if let Some(fixable) = fixable(report, style) {
        writeln!(out, "{fixable}")?;
    }
    writeln!(out, "{}", looked_at(report))?;
    for skipped in &coverage.skipped {
        writeln!(out, "note: {}", clean(skipped))?;
    }
    Ok(())
}

/// How many of the shown findings there is a fix for. What lies in commits can't be mended there.
fn fixable(report: &Report, style: &Style) -> Option<String> {
    if report.coverage.range.is_some() || report.coverage.past.is_some() {
        return None;
    }
    let of = |wanted| {
        let fixes = shown(report, style).filter_map(|finding| finding.fix.as_ref());
        fixes.filter(|fix| fix.applicability == wanted).count()
    };
    match (of(Applicability::Safe), of(Applicability::Unsafe)) {
        (0, 0) => None,
        (safe, 0) => Some(format!("{safe} can be fixed with --fix")),
        (0, risky) => Some(format!("{risky} can be fixed with --fix --unsafe-fixes; --diff shows how")),
        (safe, risky) => {
            Some(format!("{safe} can be fixed with --fix, {risky} more with --unsafe-fixes; --diff shows how"))
        }
    }
}

/// What was looked at: a line, and another one about the range that was asked for.
fn looked_at(report: &Report) -> String {
    let coverage = &report.coverage;
    let files = match &coverage.past {
        None => {
            let configuration = match coverage.configuration {
                0 => "no configuration file found".to_owned(),
                count => format!("{} read", counted(count, "configuration file")),
            };
            format!("{configuration}, {} searched for tokens", counted(coverage.searched, "other file"))
        }
        Some(past) => format!(
            "{} walked, {} of {} judged, {} read ({})",
            counted(past.commits, "commit"),
            counted(past.versions, "version"),
            counted(coverage.configuration, "file"),
            counted(past.blobs, "blob"),
            size(past.bytes),
        ),
    };
    match &coverage.range {
        Some((range, commits)) => format!("{files}\n{}", clean(&words(range, *commits))),
        None => files,
    }
}

/// Which commits were looked at, and who named them.
fn words(range: &Linted, commits: usize) -> String {
    let named = match &range.named_by {
        Some(by) => format!("{} ({by})", range.ends),
        None => range.ends.to_string(),
    };
    match range.base {
        _ if commits == 0 => format!("note: the range {named} has no commits, so that nothing was looked at"),
        Some(base) => format!("range {named}: {} since {}", counted(commits, "commit"), base.short()),
        None => format!("range {named}: {}", counted(commits, "commit")),
    }
}

/// A number of bytes, as people say it.
fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    let mut shown = (bytes, "bytes");
    for unit in units {
        if shown.0 >= 10_000 {
            shown = (shown.0.div_ceil(1000), unit);
        }
    }
    format!("{} {}", shown.0, shown.1)
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Text from outside, such as a file's name, made harmless for a terminal.
pub(crate) fn clean(text: &str) -> String {
    // Line breaks in names would let a file forge a line of the report.
    let text = normalize_untrusted_str(text).replace(['\n', '\r'], "␊");
    if text.contains(is_acted_upon) { text.replace(is_acted_upon, "\u{fffd}") } else { text }
}

/// Whether a terminal does something for a character instead of showing it: both sets of control characters (xterm takes
/// U+009B for the beginning of an escape sequence), and what turns the direction of the text behind it.
fn is_acted_upon(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
