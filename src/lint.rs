//! The pipeline, from paths to findings.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::accept::{Accepted, Accepting};
use crate::baseline;
use crate::config::{self, Config};
use crate::finding::{Finding, Severity};
use crate::path::RepoPath;
use crate::progress::{Counted, Progress};
use crate::route::consumer::readers::is_for_anybody;
use crate::route::consumer::{self, Consumers};
use crate::route::unit::{Unit, units};
use crate::rules::{self, Chosen, File, Repository};
use crate::source::overlay::Overlay;
use crate::source::{self, Entry, Mode, ReadError, Snapshot, Source, SourceError, State, worktree};
use crate::surface::table::{is_own_configuration, is_template, launcher_in, surface_in, surface_of};
use crate::surface::{self, Document, Settings, Surface};
use crate::text::{Encoding, Text};

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
    fn select(&mut self, snapshot: &Snapshot, rules: &Chosen) {
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
    /// What should have been read and was not.
    pub failures: Vec<Failure>,
}

impl Coverage {
    /// Adds what could not be read, each file once.
    fn add(&mut self, failures: Vec<Failure>) {
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
    let overlay = Overlay::open(file, bytes, cwd, &is_wanted)?;
    let mut report = report(&overlay.snapshot, &overlay, cwd, options)?;
    report.findings.retain(|finding| finding.primary.path == overlay.path);
    Ok(report)
}

fn report(snapshot: &Snapshot, source: &dyn Source, cwd: &Path, options: &Options) -> Result<Report, SourceError> {
    let counted = options.progress.as_deref().map(|progress| Counted { source, progress });
    let source = counted.as_ref().map_or(source, |counted| counted);
    let config = config::load(&options.config, snapshot, source, cwd)?;
    let baseline = baseline::load(&options.baseline, &config, snapshot, source, cwd)?;
    let (files, mut report) = found(snapshot, source, &config);
    let baseline = baseline.as_ref().map(|(path, baseline)| (path, baseline));
    let accepting = Accepting { config: &config, inline: !options.no_inline, baseline, rules: &options.rules };
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
    let accepting = Accepting { config: &config, inline: !options.no_inline, baseline: None, rules: &options.rules };
    accepting.apply(&mut findings, &files, &worktree.snapshot);
    let about_itself = [rules::suppression_unused(), rules::configuration_invalid()];
    findings.retain(|finding| !about_itself.contains(&finding.rule));
    sort(&mut findings);
    Ok(Survey { snapshot: worktree.snapshot, config, files, findings })
}

/// Lints what a source holds; nothing but the configuration accepts anything.
pub fn check(snapshot: &Snapshot, source: &dyn Source, config: &Config) -> Report {
    let (files, mut report) = found(snapshot, source, config);
    let rules = Chosen::default();
    let accepting = Accepting { config, inline: true, baseline: None, rules: &rules };
    report.accepted = accepting.apply(&mut report.findings, &files, snapshot);
    report.select(snapshot, &rules);
    report
}

/// Everything that the rules report, and the files.
fn found(snapshot: &Snapshot, source: &dyn Source, config: &Config) -> (Vec<File>, Report) {
    let (files, mut coverage) = read(snapshot, source, config);
    let documents: Vec<&Document> = files.iter().map(|file| &file.document).collect();
    let units = units(&documents);
    let (consumers, failures) =
        consumers(snapshot, source, config, units.iter().filter(|unit| asks(unit)).map(|unit| &unit.document.path));
    coverage.add(failures);
    let repository = Repository { snapshot, files: &files, units, consumers: &consumers, config };
    let mut findings = rules::apply(&repository);
    config.adjust(&mut findings);
    sort(&mut findings);
    (files, Report { findings, coverage, accepted: Accepted::default() })
}

/// Whether it matters who reads a unit: it has a variable of Anthropic's, and no command says who gets it.
fn asks(unit: &Unit<'_>) -> bool {
    let is_theirs = |name: &str| name.starts_with("ANTHROPIC_") || name.starts_with("CLAUDE_CODE_");
    is_for_anybody(unit) && unit.members.iter().any(|member| is_theirs(&member.assignment.name))
}

/// What is declared in the folders of some files, and above. Only their manifests are read, selected or not: a tree
/// may have thousands, and lock files are long.
pub(crate) fn consumers<'a>(
    snapshot: &Snapshot,
    source: &dyn Source,
    config: &Config,
    paths: impl Iterator<Item = &'a RepoPath>,
) -> (Consumers, Vec<Failure>) {
    let folders: BTreeSet<RepoPath> = paths.flat_map(consumer::above).collect();
    let (mut manifests, mut failures) = (Vec::new(), Vec::new());
    let mut bytes = Vec::new();
    for entry in snapshot.entries.iter().filter(|_| !folders.is_empty()) {
        let is_asked = consumer::speaks_of(&entry.path).is_some_and(|folder| folders.contains(&folder));
        if !is_asked || matches!(entry.state, State::Private { .. }) || config.excludes(&entry.path) {
            continue;
        }
        match source.read_into(entry, &mut bytes) {
            Ok(()) => {
                // Nearly all are UTF-8, and some are megabytes long.
                let declared = match std::str::from_utf8(&bytes) {
                    Ok(text) => consumer::declarations(&entry.path, text),
                    Err(_) => consumer::declarations(&entry.path, Text::decode(&bytes).as_str()),
                };
                manifests.push((entry.path.clone(), declared));
            }
            Err(ReadError::LinkNotFollowed) => {}
            Err(reason) => failures.push(Failure { path: entry.path.clone(), reason }),
        }
    }
    (Consumers::new(manifests), failures)
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

/// Private files whose content matters: routes are decided by them too.
pub(crate) fn is_wanted(path: &RepoPath) -> bool {
    match surface_of(path, &|_| false) {
        Some(Surface::Settings(Settings::Shared | Settings::Local) | Surface::Dotenv) => !is_template(path),
        _ => path.name() == ".mcp.json" || is_own_configuration(path) || rules::is_wanted(path),
    }
}

/// Reads every configuration file, and searches all other files that git has or would take.
pub(crate) fn read(snapshot: &Snapshot, source: &dyn Source, config: &Config) -> (Vec<File>, Coverage) {
    let is_plugin = |folder: &RepoPath| snapshot.entry(&folder.join(".claude-plugin").join("plugin.json")).is_some();
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let batches: Vec<(Vec<File>, Coverage)> = std::thread::scope(|scope| {
        let work = || {
            let mut batch = Batch {
                snapshot,
                source,
                config,
                files: Vec::new(),
                coverage: Coverage::default(),
                buffer: Vec::new(),
            };
            // Handing out runs of entries keeps neighbours of one folder together and the counter cold.
            loop {
                let start = next.fetch_add(RUN, Ordering::Relaxed);
                let Some(rest) = snapshot.entries.get(start..) else { break };
                if rest.is_empty() {
                    break;
                }
                for entry in &rest[..rest.len().min(RUN)] {
                    batch.visit(entry, surface_of(&entry.path, &is_plugin));
                }
            }
            (batch.files, batch.coverage)
        };
        let handles: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut all = vec![work()];
        // A panic in a worker is a defect of this program: let it surface.
        all.extend(handles.into_iter().map(|handle| match handle.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        }));
        all.into_iter().collect()
    });
    let mut files = Vec::new();
    let mut coverage = Coverage { skipped: skipped(&snapshot.coverage), ..Coverage::default() };
    let mut utf16 = 0;
    for (read, part) in batches {
        files.extend(read);
        coverage.configuration += part.configuration;
        coverage.searched += part.searched;
        coverage.excluded += part.excluded;
        coverage.failures.extend(part.failures);
    }
    files.sort_by(|one, other| one.entry.path.cmp(&other.entry.path));
    for file in &files {
        utf16 += usize::from(file.document.surface.is_some() && file.document.text.encoding() == Encoding::Utf16);
    }
    match utf16 {
        0 => {}
        1 => coverage
            .skipped
            .push("1 configuration file is UTF-16; it was read, but other programs may not read it".to_owned()),
        _ => coverage.skipped.push(format!(
            "{utf16} configuration files are UTF-16; they were read, but other programs may not read them"
        )),
    }
    coverage.failures.extend(
        snapshot
            .coverage
            .unreadable
            .iter()
            .map(|(path, reason)| Failure { path: path.clone(), reason: ReadError::Io(reason.clone()) }),
    );
    match coverage.excluded {
        0 => {}
        1 => coverage.skipped.push("1 file is excluded by the configuration".to_owned()),
        count => coverage.skipped.push(format!("{count} files are excluded by the configuration")),
    }
    coverage.skipped.sort();
    coverage.failures.sort_by(|one, other| one.path.cmp(&other.path));
    (files, coverage)
}

/// What the source left out, in words.
fn skipped(coverage: &source::Coverage) -> Vec<String> {
    let mut words = Vec::new();
    if coverage.git_missing {
        words.push("git is not installed: nobody knows which files are tracked".to_owned());
    }
    let mut list = |paths: &[RepoPath], what: &str| {
        if let Some(first) = paths.first() {
            let more = if paths.len() > 1 { format!(" and {} more", paths.len() - 1) } else { String::new() };
            words.push(format!("{what}: {first}{more}", first = first.as_str()));
        }
    };
    list(&coverage.nested, "a repository of its own is not entered");
    list(&coverage.links, "a symbolic link out of the repository or to a folder is not followed");
    list(&coverage.special, "neither a file nor a folder, never opened");
    words
}

/// How many entries a worker takes at a time.
const RUN: usize = 64;

/// What one worker has read.
struct Batch<'a> {
    snapshot: &'a Snapshot,
    source: &'a dyn Source,
    config: &'a Config,
    files: Vec<File>,
    coverage: Coverage,
    buffer: Vec<u8>,
}

impl Batch<'_> {
    fn visit(&mut self, entry: &Entry, surface: Option<Surface>) {
        if self.config.excludes(&entry.path) {
            self.coverage.excluded += usize::from(self.snapshot.selects(&entry.path));
            return;
        }
        let surface = self.config.surface_of(&entry.path, surface);
        let launcher = surface.is_none() && self.config.is_launcher(&entry.path);
        let private = matches!(entry.state, State::Private { .. });
        // A file that is only searched for tokens matters where git has it and the report covers it.
        if surface.is_none()
            && !launcher
            && (private || !self.snapshot.selects(&entry.path) && !rules::decides(&entry.path, self.snapshot))
        {
            return;
        }
        let mut bytes = std::mem::take(&mut self.buffer);
        match self.source.read_into(entry, &mut bytes) {
            Ok(()) if launcher => self.take(entry, launcher_in(&entry.path, &bytes), &bytes),
            Ok(()) => self.take(entry, surface, &bytes),
            // git has the text of a link and nothing of what it leads to.
            Err(ReadError::LinkNotFollowed) if entry.mode == Mode::Symlink => {
                if let Some(text) = self.source.link_text(entry) {
                    self.take(entry, None, &text);
                }
            }
            Err(reason) => self.coverage.failures.push(Failure { path: entry.path.clone(), reason }),
        }
        self.buffer = bytes;
    }

    fn take(&mut self, entry: &Entry, surface: Option<Surface>, bytes: &[u8]) {
        let surface = surface.or_else(|| surface_in(&entry.path, bytes));
        let lexicon = &self.config.lexicon;
        if surface.is_some() {
            let document = surface::read(entry.path.clone(), surface, bytes);
            // Source code that sets nothing is a text like any other.
            let is_text = matches!(surface, Some(Surface::Code(_)))
                && document.assignments.is_empty()
                && document.commands.is_empty();
            if !is_text {
                self.coverage.configuration += 1;
                let mut file = File::new(entry.clone(), document, lexicon);
                let is_asked = !file.exposure().is_exposed() && !file.sightings.is_empty();
                file.is_readable_by_others = is_asked && self.source.is_readable_by_others(entry);
                self.files.push(file);
                return;
            }
        }
        self.coverage.searched += usize::from(self.snapshot.selects(&entry.path));
        // UTF-16 hides every token from a search over bytes.
        let hit = match bytes {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => lexicon.may_be_in(Text::decode(bytes).as_str().as_bytes()),
            _ => lexicon.may_be_in(bytes),
        };
        let is_kept = rules::needs(&entry.path, bytes);
        if hit || is_kept {
            let file = File::new(entry.clone(), surface::read(entry.path.clone(), None, bytes), lexicon);
            if is_kept || !file.sightings.is_empty() {
                self.files.push(file);
            }
        }
    }
}
