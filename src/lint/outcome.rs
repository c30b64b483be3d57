//! What a run found, and what it looked at.

use super::sort;
use crate::accept::Accepted;
use crate::finding::{Finding, Severity};
use crate::path::RepoPath;
use crate::rules::{self, Chosen, File};
use crate::source::change::Change;
use crate::source::range::Linted;
use crate::source::{ReadError, Snapshot};

/// What a run found, and what it looked at.
#[derive(Debug)]
pub struct Report {
    /// Findings by place, each once.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub coverage: Coverage,
    /// What was found and accepted before.
    pub accepted: Accepted,
}

impl Report {
    /// Leaves what concerns the rules and the paths that were asked for.
    pub(super) fn select(&mut self, snapshot: &Snapshot, rules: &Chosen) {
        self.findings.retain(|finding| rules.has(finding.rule));
        self.findings.retain(|finding| {
            // What is wrong with the configuration concerns every file.
            finding.rule.slug == rules::CONFIGURATION_INVALID
                || snapshot.selects(&finding.primary.path)
                || finding.related.iter().any(|location| snapshot.selects(&location.path))
        });
        sort(&mut self.findings);
    }

    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The exit code: 2 when something could not be read, 1 when a finding reaches `threshold`, else 0. Without a
    /// threshold no finding fails the run.
    pub fn exit_code(&self, threshold: Option<Severity>) -> u8 {
        if !self.coverage.failures.is_empty() {
            2
        } else {
            let fails = |finding: &Finding| threshold.is_some_and(|threshold| finding.severity >= threshold);
            u8::from(self.findings.iter().any(fails))
        }
    }
}

/// What was looked at and what was not, so that silence can be told from blindness.
#[derive(Debug, Default)]
pub struct Coverage {
    /// Configuration files that were read and understood.
    pub configuration: usize,
    /// Other files that were searched for tokens.
    pub searched: usize,
    /// Files that the configuration excludes.
    pub excluded: usize,
    /// What was left out on purpose, in words.
    pub skipped: Vec<String>,
    /// The range whose commits were looked at, and how many it has, where one was asked for.
    pub range: Option<(Linted, usize)>,
    /// What should have been read and was not.
    pub failures: Vec<Failure>,
    /// How much of the past was looked at, where that was asked.
    pub past: Option<Past>,
}

/// How much of the past was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Commits that were walked.
    pub commits: usize,
    /// Versions of files that were judged: a content at a path.
    pub versions: usize,
    /// Contents that were read.
    pub blobs: usize,
    /// How many bytes they have.
    pub bytes: u64,
}

impl Coverage {
    /// Says that files were left out because the configuration says so.
    pub(super) fn exclude(&mut self, files: usize) {
        self.excluded = files;
        match files {
            0 => {}
            1 => self.skipped.push("1 file is excluded by the configuration".to_owned()),
            count => self.skipped.push(format!("{count} files are excluded by the configuration")),
        }
    }

    /// Counts changed files only, and not what was read to understand them.
    pub(super) fn count<'c>(&mut self, changes: impl Iterator<Item = &'c Change>, files: &[File]) {
        let file = |change: &Change| {
            let place = files.binary_search_by(|file| file.entry.path.cmp(&change.path)).ok()?;
            files[place].document.surface
        };
        let all: Vec<bool> = changes.map(|change| file(change).is_some()).collect();
        self.configuration = all.iter().filter(|is_configuration| **is_configuration).count();
        self.searched = all.len() - self.configuration;
    }

    /// Adds what could not be read, each file once.
    pub(super) fn add(&mut self, failures: Vec<Failure>) {
        self.failures.extend(failures);
        self.failures.sort_by(|one, other| one.path.cmp(&other.path));
        self.failures.dedup_by(|later, first| later.path == first.path);
    }
}

/// A file that could not be read.
#[derive(Debug)]
pub struct Failure {
    /// The file.
    pub path: RepoPath,
    /// Why not.
    pub reason: ReadError,
}
