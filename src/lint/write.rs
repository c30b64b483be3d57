//! What one write brings that a program is about to make: the findings with the new text, without those with the old.

use std::path::{Path, PathBuf};

use super::compare::{Judged, Known};
use super::{Options, Report, found, is_wanted, sort};
use crate::accept::Accepting;
use crate::config::Config;
use crate::finding::Finding;
use crate::identity::Salt;
use crate::source::overlay::Overlay;
use crate::source::{Snapshot, SourceError};
use crate::{baseline, config, rules};

/// Lints a file's new text, and leaves what was not there with the `old` one, whatever file it is about; `None` means that
/// there was no file.
///
/// # Errors
/// As [`lint_text`](super::lint_text).
pub fn lint_write(
    file: PathBuf,
    old: Option<Vec<u8>>,
    new: Vec<u8>,
    cwd: &Path,
    options: &Options,
) -> Result<Vec<Finding>, SourceError> {
    let (mut overlay, path) = Overlay::open(file, new, cwd, &is_wanted)?;
    let config = config::load(&options.config, &overlay.snapshot, &overlay, cwd)?;
    let judge = |overlay: &Overlay| judge(overlay, &config, cwd, options);
    let Judged { files, mut report } = judge(&overlay)?;
    // Most writes bring nothing, and then nobody asks what was there before.
    if !report.findings.is_empty() {
        match old {
            Some(old) => overlay.put(&path, Some(old)),
            None => overlay.remove(&path),
        }
        let salt = Salt::random();
        let mut known = Known::of(&judge(&overlay)?, &[], salt);
        report.findings.retain(|finding| !known.has(finding, &files, salt));
    }
    Ok(report.findings)
}

fn judge(overlay: &Overlay, config: &Config, cwd: &Path, options: &Options) -> Result<Judged, SourceError> {
    let snapshot: &Snapshot = &overlay.snapshot;
    let baseline = baseline::load(&options.baseline, config, snapshot, overlay, cwd)?;
    let (files, mut report): (_, Report) = found(snapshot, overlay, config);
    let baseline = baseline.as_ref().map(|(path, baseline)| (path, baseline));
    let accepting = Accepting { config, inline: !options.no_inline, baseline, rules: &options.rules, partial: true };
    report.accepted = accepting.apply(&mut report.findings, &files, snapshot);
    report.findings.retain(|finding| finding.rule != rules::suppression_unused());
    report.select(snapshot, &options.rules);
    sort(&mut report.findings);
    Ok(Judged { files, report })
}
