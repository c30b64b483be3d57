//! What pre-commit and prek ask. They pass the names of files, and say in variables whether a range of commits is
//! meant, but not whether a commit is made or files were named by hand (pre-commit 4.7.0, `commands/run.py`; prek 0.5.11
//! as seen; both 2026-11).
//!
//! Files of the change that were not passed are left out by the hook's `files` and `exclude`. All others count: what a
//! commit makes wrong elsewhere is its doing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::compare::lint_change;
use super::range::lint_commits;
use super::{Options, Report, lint};
use crate::path::RepoPath;
use crate::rules;
use crate::source::SourceError;
use crate::source::change::Change;
use crate::source::git;
use crate::source::range::{Ends, Range, Wanted};
use crate::source::staged::Staged;

/// The range that a framework names, if it names one (`--from-ref` and `--to-ref`, and what a push brings).
pub fn range(env: &dyn Fn(&str) -> Option<String>, remedy: &'static str) -> Option<Wanted> {
    let end = |name: &str| env(name).filter(|value| !value.is_empty());
    let ends = Ends { before: Some(end("PRE_COMMIT_FROM_REF")?), after: end("PRE_COMMIT_TO_REF")? };
    Some(Wanted { ranges: vec![ends], if_empty: Vec::new(), named_by: None, remedy })
}

/// Lints what a framework asks for: the range if there is one; what the next commit brings, if it is the one that has
/// all the names, or there are none; else the files as they lie there.
///
/// # Errors
/// When there is no repository, git fails, or the configuration can't be read.
pub fn lint_named(
    names: &[PathBuf],
    range: Option<&Wanted>,
    cwd: &Path,
    options: &Options,
) -> Result<Report, SourceError> {
    let git = git::Options::default();
    if let Some(wanted) = range {
        let mut range = Range::open(&git, wanted, names, cwd)?;
        let left_out = LeftOut::of(&range.changes, range.selection.take(), &range.repository.root);
        let mut report = lint_commits(&range, cwd, options)?;
        left_out.apply(&mut report);
        return Ok(report);
    }
    let mut staged = Staged::open(&git, names, cwd)?;
    let named = staged.selection.take();
    if named.iter().flatten().any(|path| !staged.takes(path)) {
        return lint(names, cwd, options);
    }
    // Of a merge only what is in conflict is passed.
    let named = named.filter(|_| !staged.is_merge());
    let left_out = LeftOut::of(&staged.changes, named, &staged.root);
    let mut report = lint_change(&staged, cwd, options)?;
    left_out.apply(&mut report);
    Ok(report)
}

/// What a framework leaves out of a change.
struct LeftOut {
    paths: BTreeSet<RepoPath>,
    /// What it passes, sorted.
    named: Vec<RepoPath>,
}

impl LeftOut {
    /// The files of a change that could have been named and were not: the disk has them.
    fn of(changes: &[Change], named: Option<Vec<RepoPath>>, root: &Path) -> Self {
        let Some(named) = named else { return Self { paths: BTreeSet::new(), named: Vec::new() } };
        let could = |change: &&Change| {
            let on_disk = || root.join(change.path.to_path()).symlink_metadata().is_ok_and(|found| !found.is_dir());
            change.new.is_some() && named.binary_search(&change.path).is_err() && on_disk()
        };
        Self { paths: changes.iter().filter(could).map(|change| change.path.clone()).collect(), named }
    }

    fn apply(&self, report: &mut Report) {
        report.findings.retain(|finding| {
            !self.paths.contains(&finding.primary.path)
                || finding.rule == rules::configuration_invalid()
                || finding.related.iter().any(|location| self.named.binary_search(&location.path).is_ok())
        });
        report.coverage.failures.retain(|failure| !self.paths.contains(&failure.path));
        match self.paths.len() {
            0 => {}
            1 => report.coverage.skipped.push("1 changed file is not among those that the hook was given".to_owned()),
            count => report
                .coverage
                .skipped
                .push(format!("{count} changed files are not among those that the hook was given")),
        }
    }
}
