//! `keylint claude-hook`: a hook of Claude Code, which asks before it writes a file and tells what it has written.
//!
//! A write that would put a credential into a file that git has, or would take, is denied with a reason. Everything else
//! is let through; what it brings besides is told afterwards. Only what the write brings counts, never what was there.
//!
//! Exit codes (documentation, hooks reference, 2026-10; Claude Code 2.1.329): 0 with JSON on standard output is an
//! answer, 1 shows standard error to the user and goes on, 2 would block. This program never ends with 2.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use serde_json::Value;

use crate::finding::{Finding, Severity};
use crate::lint::{Options, lint_write};
use crate::rules;
use crate::source::{MAX_BYTES, SourceError, git, real_place};

mod answer;
mod edit;
mod event;

use event::{Event, Moment};

/// What the process ends with where the question can't be answered: the client says so and goes on.
pub const FAILED: u8 = 1;

/// Answers the event on standard input.
///
/// # Errors
/// When writing fails.
pub fn run(input: &[u8], options: &Options, out: &mut dyn Write) -> io::Result<u8> {
    match answer(input, options) {
        Ok(None) => Ok(0),
        Ok(Some(answer)) => {
            writeln!(out, "{answer}")?;
            Ok(0)
        }
        Err(reason) => fail(&reason),
    }
}

/// Says on standard error why there is no answer.
///
/// # Errors
/// When writing fails.
pub fn fail(reason: &str) -> io::Result<u8> {
    let reason = crate::report::disarmed(&crate::report::clean(reason));
    let _ = writeln!(io::stderr(), "keylint claude-hook: {reason}");
    Ok(FAILED)
}

/// The answer, or nothing where there is nothing to say.
fn answer(input: &[u8], options: &Options) -> Result<Option<Value>, String> {
    let Some(event) = Event::parse(input)? else { return Ok(None) };
    let Some(place) = real_place(&event.cwd.join(&event.file)) else { return Ok(None) };
    if !is_in_git(&place)? {
        return Ok(None);
    }
    let on_disk = read(&place)?;
    let (old, new) = match &event.moment {
        Moment::Before(change) => match change.apply(on_disk.as_deref()) {
            Some(new) => (on_disk, new.into_bytes()),
            None => return Ok(None),
        },
        // What the tool says of the file before; without it, all that the file has is new.
        Moment::After(before) => (before.clone().map(String::into_bytes), on_disk.unwrap_or_default()),
        Moment::Settings => (None, on_disk.unwrap_or_default()),
    };
    if new.len() as u64 > MAX_BYTES {
        return Err(format!("more than the {MAX_BYTES} bytes that are read would be written"));
    }
    let folder = place.parent().unwrap_or(&place).to_owned();
    let folder = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(&event.cwd).to_owned();
    let brought = match lint_write(place, old, new, &folder, options) {
        Ok(written) => written,
        // git's own folder is nobody's to lint.
        Err(SourceError::InsideGitFolder(_)) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let findings: Vec<&Finding> = brought.iter().filter(|finding| finding.severity >= Severity::Warning).collect();
    Ok(match event.moment {
        Moment::Before(_) => {
            let exposed: Vec<&Finding> = findings.into_iter().filter(|finding| exposes(finding)).collect();
            (!exposed.is_empty()).then(|| answer::deny(&exposed))
        }
        _ if findings.is_empty() => None,
        Moment::After(_) => Some(answer::tell(&findings)),
        Moment::Settings => Some(answer::warn(&findings)),
    })
}

/// What the tool of an event would make of a file that holds some bytes, without a look at the disk; `None` where it is
/// about no change, or the tool would refuse. For fuzzing.
///
/// # Errors
/// As [`run`] says of an event.
#[doc(hidden)]
pub fn text_after(input: &[u8], before: Option<&[u8]>) -> Result<Option<String>, String> {
    Ok(Event::parse(input)?.and_then(|event| match event.moment {
        Moment::Before(change) => change.apply(before),
        Moment::After(_) | Moment::Settings => None,
    }))
}

/// Whether a finding is a credential in a file that others get.
fn exposes(finding: &Finding) -> bool {
    finding.severity == Severity::Error && rules::is_about_exposure(finding.rule)
}

/// Whether git has a repository there: elsewhere nothing is committed, and a folder without one may be a whole disk.
fn is_in_git(place: &Path) -> Result<bool, String> {
    let Some(folder) = place.ancestors().skip(1).find(|folder| folder.is_dir()) else { return Ok(false) };
    match git::locate(&git::Options::default(), folder, folder) {
        Ok(git::Discovery::Found(_)) => Ok(true),
        Ok(git::Discovery::Nothing) | Err(SourceError::Bare(_) | SourceError::InsideGitFolder(_)) => Ok(false),
        Ok(git::Discovery::NoGit) => Err(SourceError::NoGit.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// What the disk has; `None` where there is no file.
fn read(place: &Path) -> Result<Option<Vec<u8>>, String> {
    let failed = |error: io::Error| format!("{}: {error}", place.display());
    match fs::metadata(place) {
        Ok(found) if found.len() > MAX_BYTES || !found.is_file() => {
            Err(format!("{}: no regular file of at most {MAX_BYTES} bytes", place.display()))
        }
        Ok(_) => fs::read(place).map(Some).map_err(failed),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}
