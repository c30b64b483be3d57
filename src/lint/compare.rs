//! What one change brings: the findings of the state that it makes, without those of the state that it starts from.
//!
//! Two findings are the same if rule, file, logical key and value are: neither lines that move nor a file that is
//! renamed make a finding new. What is old, in a file that the change touches, stays as a note.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::outcome::Report;
use super::{Options, found_in, read_some, sort};
use crate::accept::Accepting;
use crate::baseline::{self, Baseline};
use crate::config::{self, Config};
use crate::finding::{Finding, Message, Severity};
use crate::identity::{Place, Salt, digest};
use crate::message;
use crate::path::RepoPath;
use crate::rules::{self, File};
use crate::source::change::Change;
use crate::source::git;
use crate::source::index::IndexMode;
use crate::source::revision::{Revision, States};
use crate::source::staged::Staged;
use crate::source::{Entry, Mode, SourceError};
use crate::surface::table::{OWN, may_be_script, surface_of};
use crate::surface::{Document, Surface};

/// Lints what is staged. `paths` restrict what is reported.
///
/// # Errors
/// When there is no repository, git fails, or the configuration can't be read.
pub fn lint_staged(paths: &[PathBuf], cwd: &Path, options: &Options) -> Result<Report, SourceError> {
    lint_change(&Staged::open(&git::Options::default(), paths, cwd)?, cwd, options)
}

/// [`lint_staged`], when git has been asked.
pub(super) fn lint_change(staged: &Staged, cwd: &Path, options: &Options) -> Result<Report, SourceError> {
    let mut own: Vec<RepoPath> = OWN.iter().map(|&name| name.into()).collect();
    let after = staged.narrow(&own).after;
    let config = config::load(&options.config, &after.snapshot, &after, cwd)?;
    own.push(baseline::path(&config));
    let states = staged.narrow(&own);
    let baseline = baseline::load(&options.baseline, &config, &states.after.snapshot, &states.after, cwd)?;
    let comparison = Comparison {
        changes: &staged.changes,
        config: &config,
        baseline: baseline.as_ref(),
        options,
        everything: false,
    };
    let after = comparison.judge(&states.after);
    if comparison.reaches_further(&after.files, &states.before) {
        let near = Near::of(&comparison, &after.files);
        let states = staged.wide(&|path| near.keeps(path))?;
        return Ok(comparison.compare(comparison.judge(&states.after), &states).report);
    }
    Ok(comparison.compare(after, &states).report)
}

/// One change, and what decides about its findings.
pub(super) struct Comparison<'a> {
    /// What changes.
    pub(super) changes: &'a [Change],
    pub(super) config: &'a Config,
    pub(super) baseline: Option<&'a (RepoPath, Baseline)>,
    pub(super) options: &'a Options,
    /// Whether all configuration is read, and not only what lies near the change.
    pub(super) everything: bool,
}

/// What was read of a state, and what is found in it.
pub(super) struct Judged {
    pub(super) files: Vec<File>,
    pub(super) report: Report,
}

impl Comparison<'_> {
    /// Reads what matters of a state, and applies the rules.
    pub(super) fn judge(&self, revision: &Revision<'_>) -> Judged {
        let snapshot = &revision.snapshot;
        let near = Near::of(self, &[]);
        let (files, mut report) = found_in(snapshot, revision, self.config, &|entry| near.reads(entry, revision));
        // Whether something is used somewhere is not known here.
        if !self.everything {
            report.findings.retain(|finding| finding.rule != rules::suppression_unused());
        }
        report.accepted = self.accepting().apply(&mut report.findings, &files, snapshot);
        sort(&mut report.findings);
        Judged { files, report }
    }

    /// What accepts findings.
    pub(super) fn accepting(&self) -> Accepting<'_> {
        Accepting {
            config: self.config,
            inline: !self.options.no_inline,
            baseline: self.baseline.map(|(path, baseline)| (path, baseline)),
            rules: &self.options.rules,
            partial: !self.everything,
        }
    }

    /// Leaves what is new in the state after the change, and notes what is old in changed files.
    pub(super) fn compare(&self, after: Judged, states: &States<'_>) -> Judged {
        let Judged { files, mut report } = after;
        let is_read = |change: &&Change| {
            change.new.is_some_and(|new| new.mode != IndexMode::Submodule) && !self.config.excludes(&change.path)
        };
        report.coverage.count(self.changes.iter().filter(is_read), &files);
        match self.changes.iter().filter(|change| change.unmerged).count() {
            0 => {}
            1 => report.coverage.skipped.push("1 file is in conflict, and can't be committed yet".to_owned()),
            count => report.coverage.skipped.push(format!("{count} files are in conflict, and can't be committed yet")),
        }
        // Most commits have no finding, and then nobody asks what was there before.
        if !report.findings.is_empty() {
            let salt = Salt::random();
            let before = states.before.iter().map(|before| Known::of(&self.judge(before), self.changes, salt));
            let mut before: Vec<Known> = before.collect();
            let changed: BTreeSet<&RepoPath> = self.changes.iter().map(|change| &change.path).collect();
            report.findings.retain_mut(|finding| {
                if finding.rule == rules::configuration_invalid() || !was_known(&mut before, finding, &files, salt) {
                    return true;
                }
                finding.severity = Severity::Note;
                finding.help.insert(0, was_there());
                changed.contains(&finding.primary.path)
            });
        }
        report.select(&states.after.snapshot, &self.options.rules);
        Judged { files, report }
    }

    /// Whether the change may matter for files that it does not touch.
    fn reaches_further(&self, after: &[File], before: &[Revision<'_>]) -> bool {
        let by_path = self.changes.iter().any(|change| {
            let lost = change.old.is_some_and(|old| old.mode == IndexMode::Executable)
                && !change.new.is_some_and(|new| new.mode == IndexMode::Executable);
            lost || rules::asks_for_others(&change.path)
                || matches!(
                    surface_of(&change.path, &|_| true),
                    Some(
                        Surface::Settings(_)
                            | Surface::Mcp(_)
                            | Surface::Keylint
                            | Surface::Package
                            | Surface::Dockerfile
                    )
                )
        });
        let is_configuration = |entry: &Entry| surface_of(&entry.path, &|_| false).is_some();
        by_path
            || after.iter().any(|file| is_about_claude(&file.document))
            || before.iter().any(|before| {
                let (files, _) = read_some(&before.snapshot, before, self.config, &is_configuration);
                files.iter().any(|file| is_about_claude(&file.document))
            })
    }
}

/// Whether a file takes part in what Claude Code sends.
fn is_about_claude(document: &Document) -> bool {
    let is_theirs = |name: &str| name.starts_with("ANTHROPIC_") || name.starts_with("CLAUDE_");
    document.assignments.iter().any(|assignment| is_theirs(&assignment.name))
        || document
            .launches
            .iter()
            .any(|launch| launch.command.is_some() || launch.client.is_some() || !launch.includes.is_empty())
}

/// Which files are read besides the changed ones: configuration in their folders, in the folders above, and in the
/// usual places of those.
struct Near<'a> {
    everything: bool,
    changed: BTreeSet<&'a RepoPath>,
    /// The folders that the changed files belong to, and all above.
    folders: BTreeSet<&'a str>,
    /// The words in the changed configuration: one may be the name of a script.
    words: HashSet<&'a [u8]>,
}

impl<'a> Near<'a> {
    fn of(comparison: &Comparison<'a>, files: &'a [File]) -> Self {
        let changed: BTreeSet<&RepoPath> = comparison.changes.iter().map(|change| &change.path).collect();
        let mut folders = BTreeSet::from([""]);
        for path in &changed {
            let mut folder = home(path.folder());
            while folders.insert(folder) {
                folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            }
        }
        let configuration = files.iter().filter(|file| file.document.surface.is_some());
        let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"/\\\"'`(){}[];,=:".contains(byte);
        let words = configuration.flat_map(|file| file.document.text.as_str().as_bytes().split(is_end)).collect();
        Self { everything: comparison.everything, changed, folders, words }
    }

    /// Whether an unchanged path can matter for a finding that the change brings. There may be very many.
    fn keeps(&self, path: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(path) else { return true };
        let (folder, name) = text.rsplit_once('/').unwrap_or(("", text));
        self.folders.contains(home(folder))
            || self.words.contains(name.as_bytes())
            || matches!(name, ".gitignore" | ".mcp.json")
            || memchr::memmem::find(path, b".claude").is_some()
            || name.starts_with("CLAUDE")
    }

    fn reads(&self, entry: &Entry, revision: &Revision<'_>) -> bool {
        let path = &entry.path;
        if self.changed.contains(path) {
            return true;
        }
        let is_near = self.everything || self.folders.contains(home(path.folder()));
        is_near
            && (surface_of(path, &|_| true).is_some()
                || may_be_script(path) && entry.mode == Mode::Executable
                || rules::asks_for_others(path)
                || rules::decides(path, &revision.snapshot))
    }
}

/// Folders in which a project keeps its configuration and launchers.
const USUAL: [&str; 11] =
    ["bin", "script", "scripts", "tools", "hack", "docker", "deploy", "ci", "workflows", "conf.d", "hooks"];

/// The folder that the files of a folder are about: the one above `.claude`, `.github/workflows`, `scripts` and the like.
fn home(mut folder: &str) -> &str {
    loop {
        let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        if name.is_empty() || !name.starts_with('.') && !USUAL.contains(&name) {
            return folder;
        }
        folder = above;
    }
}

/// What is said of a finding that is not new.
fn was_there() -> Message {
    message!["it was there before, and this change leaves it as it is"]
}

/// Whether a finding is not new.
pub(super) fn is_old(finding: &Finding) -> bool {
    finding.help.first() == Some(&was_there())
}

/// Whether one of the states before had a finding. All are asked: each counts what is used up.
fn was_known(before: &mut [Known], finding: &Finding, files: &[File], salt: Salt) -> bool {
    let known: Vec<bool> = before.iter_mut().map(|state| state.has(finding, files, salt)).collect();
    known.contains(&true)
}

/// What is found in the state before a change.
pub(super) struct Known {
    /// How often each is found, and how much it matters at most.
    places: BTreeMap<(Place, Option<u64>), (usize, Severity)>,
    /// The same of files that the change removes, whatever their path was.
    moved: BTreeMap<(&'static str, String, Option<u64>), (usize, Severity)>,
}

impl Known {
    pub(super) fn of(before: &Judged, changes: &[Change], salt: Salt) -> Self {
        let removed: BTreeSet<&RepoPath> =
            changes.iter().filter(|change| change.new.is_none()).map(|change| &change.path).collect();
        let mut known = Self { places: BTreeMap::new(), moved: BTreeMap::new() };
        for finding in &before.report.findings {
            let digest = digest(finding, &before.files, salt);
            let place = Place::of(finding);
            let count = if removed.contains(&finding.primary.path) {
                known.moved.entry((finding.rule.slug, place.key, digest)).or_insert((0, finding.severity))
            } else {
                known.places.entry((place, digest)).or_insert((0, finding.severity))
            };
            *count = (count.0 + 1, count.1.max(finding.severity));
        }
        known
    }

    /// Whether a finding was there before and mattered as much; each one that was stands for one that is.
    pub(super) fn has(&mut self, finding: &Finding, files: &[File], salt: Salt) -> bool {
        let (place, digest) = (Place::of(finding), digest(finding, files, salt));
        let moved = (finding.rule.slug, place.key.clone(), digest);
        let take = |count: Option<&mut (usize, Severity)>| match count {
            Some((count, severity)) if *count > 0 && *severity >= finding.severity => {
                *count -= 1;
                true
            }
            _ => false,
        };
        take(self.places.get_mut(&(place, digest))) || take(self.moved.get_mut(&moved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes() {
        for (path, expected) in [
            ("", ""),
            ("a/b", "a/b"),
            ("a/.claude", "a"),
            (".github/workflows", ""),
            ("web/scripts", "web"),
            (".claude/hooks", ""),
        ] {
            assert_eq!(home(path), expected, "{path}");
        }
    }
}
