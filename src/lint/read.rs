//! Reading: every configuration file, and what else git has or would take that may hold a token.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::outcome::{Coverage, Failure};
use crate::config::Config;
use crate::credential::Lexicon;
use crate::path::RepoPath;
use crate::route::consumer::{self, Consumers};
use crate::rules::{self, File};
use crate::source::{self, Entry, Mode, ReadError, Snapshot, Source, State};
use crate::surface::table::{is_own_configuration, is_template, launcher_in, surface_in, surface_of};
use crate::surface::{self, Settings, Surface};
use crate::text::{Encoding, Text, is_wide};
use crate::threads::side_by_side;

/// Private files whose content matters: routes are decided by them too.
pub(crate) fn is_wanted(path: &RepoPath) -> bool {
    match surface_of(path, &|_| false) {
        Some(Surface::Settings(Settings::Shared | Settings::Local) | Surface::Dotenv) => !is_template(path),
        _ => path.name() == ".mcp.json" || is_own_configuration(path) || rules::is_wanted(path),
    }
}

/// Which entries are to be read.
pub(super) type Reads<'a> = &'a (dyn Fn(&Entry) -> bool + Sync);

/// Reads every configuration file, and searches all other files that git has or would take.
pub(crate) fn read(snapshot: &Snapshot, source: &dyn Source, config: &Config) -> (Vec<File>, Coverage) {
    read_some(snapshot, source, config, &|_| true)
}

/// [`read`] for some of the entries.
pub(super) fn read_some(
    snapshot: &Snapshot,
    source: &dyn Source,
    config: &Config,
    reads: Reads<'_>,
) -> (Vec<File>, Coverage) {
    let is_plugin = is_plugin(snapshot);
    let next = AtomicUsize::new(0);
    let useful = snapshot.entries.len().div_ceil(RUN);
    let work = || {
        let mut batch = Batch::new(snapshot, source, config);
        // Handing out runs of entries keeps neighbours of one folder together and the counter cold.
        loop {
            let start = next.fetch_add(RUN, Ordering::Relaxed);
            let Some(rest) = snapshot.entries.get(start..) else { break };
            if rest.is_empty() {
                break;
            }
            for entry in rest[..rest.len().min(RUN)].iter().filter(|entry| reads(entry)) {
                batch.visit(entry, surface_of(&entry.path, &is_plugin));
            }
        }
        (batch.files, batch.coverage)
    };
    let mut files = Vec::new();
    let mut coverage = Coverage { skipped: skipped(&snapshot.coverage), ..Coverage::default() };
    let mut utf16 = 0;
    for (read, part) in side_by_side(useful, work) {
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
    coverage.exclude(coverage.excluded);
    coverage.skipped.sort();
    coverage.failures.sort_by(|one, other| one.path.cmp(&other.path));
    (files, coverage)
}

/// [`read`] for one entry: nothing if it is neither configuration nor holds a token.
pub(super) fn read_one(snapshot: &Snapshot, source: &dyn Source, config: &Config, entry: &Entry) -> Option<File> {
    let is_plugin = is_plugin(snapshot);
    let mut batch = Batch::new(snapshot, source, config);
    batch.visit(entry, surface_of(&entry.path, &is_plugin));
    batch.files.pop()
}

/// Whether a folder is a plugin of Claude Code.
fn is_plugin(snapshot: &Snapshot) -> impl Fn(&RepoPath) -> bool {
    |folder| snapshot.entry(&folder.join(".claude-plugin").join("plugin.json")).is_some()
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

impl<'a> Batch<'a> {
    fn new(snapshot: &'a Snapshot, source: &'a dyn Source, config: &'a Config) -> Self {
        Self { snapshot, source, config, files: Vec::new(), coverage: Coverage::default(), buffer: Vec::new() }
    }

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
        let is_kept = rules::needs(&entry.path, bytes);
        let file = file_of(entry, surface, bytes, &self.config.lexicon, is_kept);
        if file.as_ref().is_none_or(|file| file.document.surface.is_none()) {
            self.coverage.searched += usize::from(self.snapshot.selects(&entry.path));
        } else {
            self.coverage.configuration += 1;
        }
        let Some(mut file) = file else { return };
        // Who gets at a file matters where it holds a credential.
        if !file.sightings.is_empty() {
            match self.source.state(entry) {
                Ok(state) => file.entry.state = state,
                Err(reason) => self.coverage.failures.push(Failure { path: entry.path.clone(), reason }),
            }
            file.is_readable_by_others = !file.exposure().is_exposed() && self.source.is_readable_by_others(entry);
        }
        self.files.push(file);
    }
}

/// Reads a file: as what its path says, else as what its bytes say, else as a text, which is something only if it
/// holds a credential or `is_kept` in any case.
pub(super) fn file_of(
    entry: &Entry,
    surface: Option<Surface>,
    bytes: &[u8],
    lexicon: &Arc<Lexicon>,
    is_kept: bool,
) -> Option<File> {
    let surface = surface.or_else(|| surface_in(&entry.path, bytes));
    if surface.is_some() {
        let document = surface::read(entry.path.clone(), surface, bytes);
        // Source code that sets nothing is a text like any other.
        let is_text = matches!(surface, Some(Surface::Code(_)))
            && document.assignments.is_empty()
            && document.commands.is_empty();
        if !is_text {
            return Some(File::new(entry.clone(), document, lexicon));
        }
    }
    // Most texts that may hold a token hold none, and to search bytes costs less than to decode them.
    if !is_kept && !(may_be_in(bytes, lexicon) && (is_wide(bytes) || lexicon.is_in(bytes))) {
        return None;
    }
    let file = File::new(entry.clone(), surface::read(entry.path.clone(), None, bytes), lexicon);
    (is_kept || !file.sightings.is_empty()).then_some(file)
}

/// Whether a text may contain a token: `false` is certain, `true` is not.
pub(super) fn may_be_in(bytes: &[u8], lexicon: &Lexicon) -> bool {
    match is_wide(bytes) {
        true => lexicon.may_be_in(Text::decode(bytes).as_str().as_bytes()),
        false => lexicon.may_be_in(bytes),
    }
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
