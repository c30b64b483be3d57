//! What a range of commits brings: its last state against the one that it starts from.

use std::path::{Path, PathBuf};

use super::compare::Comparison;
use super::{Options, Report};
use crate::source::SourceError;
use crate::source::git;
use crate::source::range::{Range, Wanted};
use crate::{baseline, config};

/// Lints what a range of commits brings. `paths` restrict what is reported.
///
/// # Errors
/// When there is no repository, the range can't be told or is not all here, git fails, or the configuration can't be
/// read.
pub fn lint_range(wanted: &Wanted, paths: &[PathBuf], cwd: &Path, options: &Options) -> Result<Report, SourceError> {
    let range = Range::open(&git::Options::default(), wanted, paths, cwd)?;
    let states = range.states()?;
    let after = &states.after;
    let config = config::load(&options.config, &after.snapshot, after, cwd)?;
    let baseline = baseline::load(&options.baseline, &config, &after.snapshot, after, cwd)?;
    let comparison =
        Comparison { changes: &range.changes, config: &config, baseline: baseline.as_ref(), options, everything: true };
    let mut report = comparison.compare(comparison.judge(after), &states).report;
    report.coverage.range = Some(range.linted.clone());
    Ok(report)
}
