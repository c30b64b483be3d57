//! What a range of commits brings: its last state against those that it starts from, and secrets that one of its
//! commits has and a later one takes back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::cite::cite;
use super::compare::{Comparison, Judged};
use super::{Introduced, Options, Report, introduced};
use crate::config::{Choice, Config};
use crate::finding::Finding;
use crate::path::RepoPath;
use crate::source::SourceError;
use crate::source::git;
use crate::source::range::{Range, Wanted};
use crate::surface::table::OWN;
use crate::{baseline, config};

/// Lints what a range of commits brings. `paths` restrict what is reported.
///
/// # Errors
/// When there is no repository, the range can't be told or is not all here, git fails, or the configuration can't be
/// read.
pub fn lint_range(wanted: &Wanted, paths: &[PathBuf], cwd: &Path, options: &Options) -> Result<Report, SourceError> {
    lint_commits(&Range::open(&git::Options::default(), wanted, paths, cwd)?, cwd, options)
}

/// [`lint_range`], when git has been asked.
pub(super) fn lint_commits(range: &Range, cwd: &Path, options: &Options) -> Result<Report, SourceError> {
    let states = range.states()?;
    let after = &states.after;
    let config = config::load(&options.config, &after.snapshot, after, cwd)?;
    let baseline = baseline::load(&options.baseline, &config, &after.snapshot, after, cwd)?;
    let comparison =
        Comparison { changes: &range.changes, config: &config, baseline: baseline.as_ref(), options, everything: true };
    let Judged { files, mut report } = comparison.compare(comparison.judge(after), &states);
    let accepting = comparison.accepting();
    let progress = options.progress.as_deref();
    let brought = introduced(&range.repository, &range.revisions(), &config, &accepting, progress)?;
    if brought.missing > 0 {
        return Err(range.lacks(brought.missing));
    }
    cite(&mut report.findings, range, &brought.past, &files);
    report.findings.extend(gone(range, &brought));
    report.select(&after.snapshot, &options.rules);
    report.coverage.range = Some((range.linted.clone(), brought.commits));
    report.coverage.add(brought.failures);
    report.coverage.skipped.extend(own_say(range, &config, options));
    Ok(report)
}

/// Files with which the authors of the range decide what is reported of it: a reviewer should know.
fn own_say(range: &Range, config: &Config, options: &Options) -> Vec<String> {
    let configuration = OWN.iter().map(|&name| (RepoPath::from(name), &options.config, "--config"));
    let baseline = (baseline::path(config), &options.baseline, "--baseline");
    let deciding = configuration.chain([baseline]).filter(|(path, choice, _)| {
        **choice == Choice::Found && range.changes.iter().any(|change| change.path == *path)
    });
    let said = deciding.map(|(path, _, option)| {
        format!(
            "{path} counts as these commits leave it; {option} takes one that they can't change",
            path = path.as_str()
        )
    });
    said.collect()
}

/// What commits of the range have and its last one has nowhere any more; each value once.
fn gone(range: &Range, brought: &Introduced) -> Vec<Finding> {
    let is_there = |path, contents: &[_]| range.content(path).is_some_and(|content| contents.contains(&content));
    let (there, gone): (Vec<_>, Vec<_>) =
        brought.secrets.iter().partition(|secret| is_there(&secret.finding.primary.path, &secret.contents));
    let mut told: BTreeSet<u64> = there.iter().filter_map(|secret| secret.value).collect();
    let mut is_new = |value: Option<u64>| value.is_none_or(|value| told.insert(value));
    let new: Vec<_> = gone.into_iter().filter(|secret| is_new(secret.value)).collect();
    new.into_iter().filter_map(|secret| secret.gone.clone()).collect()
}
