//! `keylint.toml`: what a repository says about itself.
//!
//! Found at the root, read through the same source as every other file, checked against one description of what may
//! stand in it. What is wrong becomes a complaint, which the rule `configuration-invalid` reports; the rest counts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::credential::Lexicon;
use crate::finding::{Finding, Message};
use crate::identity::SaltedTag;
use crate::path::RepoPath;
use crate::route::gateway::{Gateways, Hosts};
use crate::rules::{CONFIGURATION_INVALID, File, Rule};
use crate::source::patterns::Patterns;
use crate::source::{Entry, MAX_BYTES, Mode, ReadError, Snapshot, Source, SourceError, State};
use crate::surface::table::OWN;
use crate::surface::tree::Node;
use crate::surface::{self, FaultKind, Settings, Surface, toml};
use crate::text::Span;

mod check;
pub mod date;
mod levels;
mod read;
pub mod schema;
#[cfg(test)]
mod tests;

use date::Date;
use levels::AllLevels;

/// Which of keylint's own files counts: which configuration, which baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The one in its usual place, if there is one.
    #[default]
    Found,
    /// This file, wherever it lies.
    File(PathBuf),
    /// None.
    Nothing,
}

/// The largest configuration, in bytes.
const MAX_CONFIGURATION: usize = 1 << 20;

/// What a repository says about itself; by default nothing.
#[derive(Debug, Default)]
pub struct Config {
    /// The file, for places in it.
    pub file: Option<File>,
    /// What is wrong with it.
    pub complaints: Vec<Complaint>,
    /// A second configuration, which does not count.
    pub second: Option<RepoPath>,
    /// Names and shapes of credentials.
    pub lexicon: Arc<Lexicon>,
    /// Gateways.
    pub gateways: Gateways,
    /// Findings that are fine.
    pub allow: Vec<Allow>,
    /// The path of the baseline, relative to the root.
    pub baseline: Option<Placed<String>>,
    /// Patterns, each with what it is for: one that matches nothing is reported.
    pub watched: Vec<Watched>,
    /// The hosts of gateways, for the same purpose: where they stand, and their keys.
    pub hosts: Vec<(Hosts, Span, String)>,
    exclude: Patterns,
    launchers: Patterns,
    settings: Patterns,
    levels: AllLevels,
}

/// Something that is wrong with a configuration.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// Where.
    pub span: Span,
    /// The logical place: `gateways[0].host`.
    pub key: String,
    /// What is wrong, as a sentence whose subject is the key. It quotes no value.
    pub message: Message,
    /// What to do.
    pub help: Option<Message>,
}

/// A value and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place in the configuration.
    pub span: Span,
}

impl Placed<&str> {
    fn owned(self) -> Placed<String> {
        Placed { value: self.value.to_owned(), span: self.span }
    }
}

/// A finding that is fine: an entry of `[[allow]]`.
#[derive(Debug)]
pub struct Allow {
    /// The rule.
    pub rule: &'static Rule,
    /// The files.
    pub path: Patterns,
    /// The logical place; `None` is any.
    pub key: Option<String>,
    /// Why it is fine, as it was written.
    pub reason: String,
    /// The last day on which it counts.
    pub expires: Option<Placed<Date>>,
    /// The tag of the only value for which it counts.
    pub tag: Option<SaltedTag>,
    /// Its number in the list, from 0.
    pub index: usize,
    /// Where its rule stands.
    pub span: Span,
}

/// A pattern that should match something.
#[derive(Debug)]
pub struct Watched {
    /// Where it stands.
    pub span: Span,
    /// The logical place: `exclude[2]`.
    pub key: String,
    /// The pattern by itself.
    pub alone: Patterns,
    /// What it is for: one of the constants.
    pub what: &'static str,
}

impl Watched {
    /// A pattern of `exclude`.
    pub const EXCLUDE: &'static str = "exclude";
    /// A pattern of `launchers` or `settings`.
    pub const READ: &'static str = "read";
    /// A pattern of an entry of `paths`.
    pub const PATHS: &'static str = "paths";
}

/// Reads the configuration that counts.
///
/// # Errors
/// When it can't be read, or is no TOML.
pub fn load(choice: &Choice, snapshot: &Snapshot, source: &dyn Source, cwd: &Path) -> Result<Config, SourceError> {
    match choice {
        Choice::Nothing => Ok(Config::default()),
        Choice::File(path) => {
            let full = cwd.join(path);
            let unreadable = |reason: String| SourceError::Io { path: full.clone(), reason };
            let size = std::fs::metadata(&full).map_err(|error| unreadable(error.to_string()))?.len();
            if size > MAX_BYTES {
                return Err(unreadable(ReadError::TooLarge(size).to_string()));
            }
            let bytes = std::fs::read(&full).map_err(|error| unreadable(error.to_string()))?;
            let real = full.canonicalize().unwrap_or_else(|_| full.clone());
            // Both in the form that the system gives them.
            let root = snapshot.root.canonicalize().unwrap_or_else(|_| snapshot.root.clone());
            let inside = real.strip_prefix(root).map(RepoPath::from_path);
            let path = inside.unwrap_or_else(|_| RepoPath::from_path(path));
            let known = snapshot.entry(&path).cloned();
            parse(known.unwrap_or(Entry { path, state: State::NoGit, mode: Mode::File }), &bytes)
        }
        Choice::Found => {
            let mut found = OWN.iter().filter_map(|&name| snapshot.entry(&RepoPath::from(name)));
            let Some(entry) = found.next() else { return Ok(Config::default()) };
            let second = found.next().map(|entry| entry.path.clone());
            let bytes = source.read(entry).map_err(|error| SourceError::Configuration {
                place: entry.path.as_str().to_owned(),
                reason: error.to_string(),
            })?;
            Ok(Config { second, ..parse(entry.clone(), &bytes)? })
        }
    }
}

/// Whether a text can stand where the configuration has a pattern.
pub(crate) fn is_pattern(text: &str) -> bool {
    schema::Form::Pattern.flaw(text).is_none()
}

/// Reads a configuration.
fn parse(entry: Entry, bytes: &[u8]) -> Result<Config, SourceError> {
    let unusable = |place: String, reason: String| SourceError::Configuration { place, reason };
    let path = entry.path.as_str().to_owned();
    if bytes.len() > MAX_CONFIGURATION {
        let reason = format!("{} bytes, more than the {MAX_CONFIGURATION} that a configuration may have", bytes.len());
        return Err(unusable(path, reason));
    }
    let document = surface::read(entry.path.clone(), Some(Surface::Keylint), bytes);
    let (tree, faults) = toml::parse(document.text.as_str());
    if let Some(fault) = faults.first() {
        let place = document.text.position(fault.span.start);
        let words = if let FaultKind::Syntax(words) = &fault.kind { words.as_str() } else { "" };
        return Err(unusable(format!("{path}:{}:{}", place.line, place.column), format!("this is no TOML: {words}")));
    }
    let empty = Node { kind: surface::tree::Kind::Object(Vec::new()), span: Span::new(0, 0) };
    let tree = tree.unwrap_or(empty);
    let mut checker = check::Checker::default();
    checker.table(&tree, &schema::CONFIGURATION, "");
    let config = read::read(&tree);
    let file = File::new(entry, document, &config.lexicon);
    Ok(Config { file: Some(file), complaints: checker.complaints, ..config })
}

impl Config {
    /// Whether a file is neither read nor reported. The configuration itself always is.
    pub fn excludes(&self, path: &RepoPath) -> bool {
        self.exclude.choose(path) && self.path() != Some(path)
    }

    /// The configuration's own path.
    pub fn path(&self) -> Option<&RepoPath> {
        self.file.as_ref().map(|file| &file.entry.path)
    }

    /// What a file is, where `by_name` is what its name says.
    pub fn surface_of(&self, path: &RepoPath, by_name: Option<Surface>) -> Option<Surface> {
        match by_name {
            Some(Surface::Settings(_)) => by_name,
            _ if self.path() == Some(path) => Some(Surface::Keylint),
            _ if self.settings.choose(path) => Some(Surface::Settings(Settings::Profile)),
            _ => by_name,
        }
    }

    /// Whether a file that its name does not tell is a launcher.
    pub fn is_launcher(&self, path: &RepoPath) -> bool {
        self.launchers.choose(path)
    }

    /// Drops findings in excluded files and of rules that are off, gives the others their levels, and hides tokens of
    /// one's own shapes in all their texts. What is wrong with the configuration stays as it is.
    pub fn adjust(&self, findings: &mut Vec<Finding>) {
        if self.file.is_none() {
            return;
        }
        findings.retain_mut(|finding| {
            if !self.lexicon.shapes.is_empty() {
                finding.hide(&self.lexicon);
            }
            let path = &finding.primary.path;
            if finding.rule.slug == CONFIGURATION_INVALID {
                return true;
            }
            let adjusted = self.levels.adjusted(finding.rule, path, finding.severity);
            finding.severity = adjusted.unwrap_or(finding.severity);
            adjusted.is_some() && !self.excludes(path)
        });
    }
}
