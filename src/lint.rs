//! The pipeline, from paths to findings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::accept::{Accepted, Accepting};
use crate::baseline;
use crate::config::{self, Config};
use crate::finding::Finding;
use crate::progress::{Counted, Progress};
use crate::route::consumer::readers::is_for_anybody;
use crate::route::unit::{Unit, units};
use crate::rules::{self, Chosen, File, Repository};
use crate::source::overlay::Overlay;
use crate::source::{Snapshot, Source, SourceError, worktree};
use crate::surface::Document;

mod cite;
mod compare;
pub mod framework;
pub mod history;
mod introduced;
pub mod mend;
mod outcome;
pub mod pattern;
mod range;
mod read;
mod sweep;
mod tell;
mod versions;
pub mod workspace;
mod write;

pub use compare::lint_staged;
pub use introduced::{Brought, Introduced, introduced};
pub use outcome::{Coverage, Failure, Past, Report};
pub use range::lint_range;
use read::{Reads, read_one, read_some};
pub(crate) use read::{consumers, is_wanted, read};
pub use write::lint_write;

/// What a run is to mind, besides paths.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which configuration counts.
    pub config: config::Choice,
    /// Comments don't count.
    pub no_inline: bool,
    /// Which baseline counts.
    pub baseline: config::Choice,
    /// Which rules are reported.
    pub rules: Chosen,
    /// Who is to know how far the run has come.
    pub progress: Option<Arc<Progress>>,
}

/// Lints a work tree. `paths` restrict what is reported, not what is seen; none means the current folder.
///
/// # Errors
/// When a path does not exist, git fails, the paths do not belong together, or the configuration can't be read.
pub fn lint(paths: &[PathBuf], cwd: &Path, options: &Options) -> Result<Report, SourceError> {
    let worktree = worktree::open(paths, cwd, &is_wanted)?;
    report(&worktree.snapshot, &worktree, cwd, options)
}

/// Lints a text as if a file of the work tree had it. The rest of the repository is seen as it lies there; what is
/// found in other files is left out.
///
/// # Errors
/// As [`lint`], but the file need not exist.
pub fn lint_text(file: PathBuf, bytes: Vec<u8>, cwd: &Path, options: &Options) -> Result<Report, SourceError> {
    let (overlay, path) = Overlay::open(file, bytes, cwd, &is_wanted)?;
    let mut report = report(&overlay.snapshot, &overlay, cwd, options)?;
    report.findings.retain(|finding| finding.primary.path == path);
    Ok(report)
}

fn report(snapshot: &Snapshot, source: &dyn Source, cwd: &Path, options: &Options) -> Result<Report, SourceError> {
    let counted = options.progress.as_deref().map(|progress| Counted { source, progress });
    let source = counted.as_ref().map_or(source, |counted| counted);
    let config = config::load(&options.config, snapshot, source, cwd)?;
    let baseline = baseline::load(&options.baseline, &config, snapshot, source, cwd)?;
    let (files, mut report) = found(snapshot, source, &config);
    let baseline = baseline.as_ref().map(|(path, baseline)| (path, baseline));
    let accepting =
        Accepting { config: &config, inline: !options.no_inline, baseline, rules: &options.rules, partial: false };
    report.accepted = accepting.apply(&mut report.findings, &files, snapshot);
    report.select(snapshot, &options.rules);
    Ok(report)
}

/// A repository with everything that is found in it and not accepted in another way.
#[derive(Debug)]
pub struct Survey {
    /// The files and the root.
    pub snapshot: Snapshot,
    /// The configuration.
    pub config: Config,
    /// What was read.
    pub files: Vec<File>,
    /// Findings, but none about keylint's own files.
    pub findings: Vec<Finding>,
}

/// Looks for what a baseline, or an entry of the configuration, could accept.
///
/// # Errors
/// As [`lint`].
pub fn survey(path: &Path, cwd: &Path, options: &Options) -> Result<Survey, SourceError> {
    let worktree = worktree::open(&[path.to_owned()], cwd, &is_wanted)?;
    let config = config::load(&options.config, &worktree.snapshot, &worktree, cwd)?;
    let (files, report) = found(&worktree.snapshot, &worktree, &config);
    let mut findings = report.findings;
    let accepting = Accepting {
        config: &config,
        inline: !options.no_inline,
        baseline: None,
        rules: &options.rules,
        partial: false,
    };
    accepting.apply(&mut findings, &files, &worktree.snapshot);
    findings.retain(|finding| !rules::is_about_keylint(finding.rule));
    sort(&mut findings);
    Ok(Survey { snapshot: worktree.snapshot, config, files, findings })
}

/// Lints what a source holds; nothing but the configuration accepts anything.
pub fn check(snapshot: &Snapshot, source: &dyn Source, config: &Config) -> Report {
    let (files, mut report) = found(snapshot, source, config);
    let rules = Chosen::default();
    let accepting = Accepting { config, inline: true, baseline: None, rules: &rules, partial: false };
    report.accepted = accepting.apply(&mut report.findings, &files, snapshot);
    report.select(snapshot, &rules);
    report
}

/// Everything that the rules report, and the files.
fn found(snapshot: &Snapshot, source: &dyn Source, config: &Config) -> (Vec<File>, Report) {
    found_in(snapshot, source, config, &|_| true)
}

/// Everything that the rules report of the files that are to be read, and these.
fn found_in(snapshot: &Snapshot, source: &dyn Source, config: &Config, reads: Reads<'_>) -> (Vec<File>, Report) {
    let (files, coverage) = read_some(snapshot, source, config, reads);
    let report = judged(snapshot, source, config, &files, coverage);
    (files, report)
}

/// Everything that the rules report of some files.
fn judged(snapshot: &Snapshot, source: &dyn Source, config: &Config, files: &[File], mut coverage: Coverage) -> Report {
    let documents: Vec<&Document> = files.iter().map(|file| &file.document).collect();
    let units = units(&documents);
    let (consumers, failures) =
        consumers(snapshot, source, config, units.iter().filter(|unit| asks(unit)).map(|unit| &unit.document.path));
    coverage.add(failures);
    let repository = Repository { snapshot, files, units, consumers: &consumers, config };
    let mut findings = rules::apply(&repository);
    config.adjust(&mut findings);
    sort(&mut findings);
    Report { findings, coverage, accepted: Accepted::default() }
}

/// Whether it matters who reads a unit: it has a variable of Anthropic's, and no command says who gets it.
fn asks(unit: &Unit<'_>) -> bool {
    let is_theirs = |name: &str| name.starts_with("ANTHROPIC_") || name.starts_with("CLAUDE_CODE_");
    is_for_anybody(unit) && unit.members.iter().any(|member| is_theirs(&member.assignment.name))
}

/// By place, then by weight; several paths through a script that come to the same say it once.
fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|one, other| {
        let place = |finding: &Finding| (finding.primary.path.clone(), finding.primary.start, finding.rule.slug);
        place(one).cmp(&place(other)).then(other.severity.cmp(&one.severity))
    });
    findings.dedup_by(|later, first| {
        later.rule == first.rule
            && later.primary.path == first.primary.path
            && later.primary.start == first.primary.start
            && later.key == first.key
    });
}
