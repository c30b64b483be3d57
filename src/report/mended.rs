//! What was mended, what was not and why, and what would be.

use std::io::{self, Write};

use super::{Style, clean};
use crate::fix::Mode;
use crate::fix::diff::{Line, hunks};
use crate::lint::mend::{Mended, Refused};
use crate::path::RepoPath;

/// Says what was done, and what it leaves to people.
///
/// # Errors
/// When writing fails.
pub fn done(mended: &Mended, staged: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut left: Vec<String> = Vec::new();
    for done in &mended.done {
        let (path, title) = (clean(done.finding.primary.path.as_str()), clean(done.fix.title.as_str()));
        writeln!(out, "fixed: {path}: {title} [{}]", done.finding.rule.slug)?;
        for message in &done.fix.left {
            let message = clean(message.as_str());
            // What is said of several comes once, behind what is said of each.
            left.retain(|known| *known != message);
            left.push(message);
        }
    }
    if staged && !mended.plan.texts.is_empty() {
        left.push("the index has what it had: `git add` what was fixed".to_owned());
    }
    for message in left {
        writeln!(out, "left to do: {message}")?;
    }
    Ok(())
}

/// Says what was not done, and why.
///
/// # Errors
/// When writing fails.
pub fn refused(refused: &[Refused], out: &mut dyn Write) -> io::Result<()> {
    for Refused { finding, reason } in refused {
        let place = &finding.primary;
        let (path, reason) = (clean(place.path.as_str()), clean(reason.as_str()));
        let (line, column) = (place.start.line, place.start.column);
        writeln!(out, "not fixed: {path}:{line}:{column}: {reason} [{}]", finding.rule.slug)?;
    }
    Ok(())
}

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const CYAN: &str = "\x1b[36m";
const BOLD: &str = "\x1b[1m";
const RESET: &str = "\x1b[0m";

/// Shows what would be changed in some of the files, as `diff -u` does. Secrets are masked on both sides: it is to be
/// read, and no patch.
///
/// # Errors
/// When writing fails.
pub fn diff(mended: &Mended, style: &Style, shows: &dyn Fn(&RepoPath) -> bool, out: &mut dyn Write) -> io::Result<()> {
    let mut line = |color: &str, text: &str| {
        let text = text.trim_end_matches(['\n', '\r']);
        let (mark, rest) = text.split_at(text.len().min(1));
        let text = format!("{mark}{}", clean(rest));
        if style.color && !color.is_empty() { writeln!(out, "{color}{text}{RESET}") } else { writeln!(out, "{text}") }
    };
    for (path, before, after) in mended.masked.iter().filter(|(path, ..)| shows(path)) {
        let name = path.as_str();
        let old = if before.is_some() { format!("--- a/{name}") } else { "--- /dev/null".to_owned() };
        line(BOLD, &old)?;
        line(BOLD, &format!("+++ b/{name}"))?;
        for hunk in hunks(before.as_deref().unwrap_or_default(), after) {
            let ((old, old_count), (new, new_count)) = (hunk.old, hunk.new);
            line(CYAN, &format!("@@ -{old},{old_count} +{new},{new_count} @@"))?;
            for one in hunk.lines {
                match one {
                    Line::Same(text) => line("", &format!(" {text}"))?,
                    Line::Old(text) => line(RED, &format!("-{text}"))?,
                    Line::New(text) => line(GREEN, &format!("+{text}"))?,
                }
                let (Line::Same(text) | Line::Old(text) | Line::New(text)) = one;
                if !text.ends_with('\n') {
                    line("", "\\ No newline at end of file")?;
                }
            }
        }
    }
    for (path, mode) in mended.plan.modes.iter().filter(|(path, _)| shows(path)) {
        let command = match mode {
            Mode::Private => "chmod go=",
            Mode::Runnable => "chmod +x",
        };
        line(BOLD, &format!("{command} {}", path.as_str()))?;
    }
    Ok(())
}
