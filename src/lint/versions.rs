//! Judging versions of files: which secrets the past holds, each once for a path.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::outcome::Failure;
use super::read::file_of;
use super::sweep::named;
use crate::accept::Accepting;
use crate::config::Config;
use crate::finding::{Excerpt, Finding, Location};
use crate::identity::without_indices;
use crate::path::RepoPath;
use crate::progress::Progress;
use crate::route::consumer::Consumers;
use crate::rules::secret_in_history::{self, Words};
use crate::rules::{self, File, Repository};
use crate::source::git;
use crate::source::git::blobs::{Kind, Listed};
use crate::source::history::{Past, Version};
use crate::source::object::ObjectId;
use crate::source::{Entry, Mode, ReadError, Snapshot, SourceError, State};
use crate::surface::Surface;
use crate::surface::table::{launcher_in, surface_of};
use crate::text::{Span, floor};

/// The folder of a plugin has a file of this name.
const PLUGIN: &str = ".claude-plugin/plugin.json";

/// What judges versions.
pub(crate) struct Judge<'a> {
    pub(crate) repository: &'a git::Repository,
    pub(crate) past: &'a Past,
    pub(crate) config: &'a Config,
    pub(crate) accepting: &'a Accepting<'a>,
    pub(crate) progress: Option<&'a Progress>,
    /// Tells values apart without keeping them. Its key is random and lives as long as the run.
    values: RandomState,
    plugins: BTreeSet<&'a str>,
    snapshot: Snapshot,
    consumers: Consumers,
}

/// Who accepted a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Accepted {
    /// Nobody.
    No,
    /// A comment or the configuration.
    Suppressed,
    /// The baseline.
    Baselined,
}

/// A value in a file, by whatever version.
#[derive(Debug)]
pub(crate) struct Secret {
    /// The place of its path.
    pub(crate) path: u32,
    /// A number that stands for its value in this run.
    pub(crate) value: u64,
    /// Whether somebody accepted it, in the version that the last commit wrote.
    pub(crate) accepted: Accepted,
    /// Whether it is accepted once it is gone from the branches.
    pub(crate) accepted_as_history: bool,
    /// The contents that hold it: places in [`Past::objects`].
    pub(crate) objects: BTreeSet<u32>,
    /// The first commit that wrote it.
    pub(crate) first: u32,
    /// The last commit that wrote it.
    pub(crate) last: u32,
    /// The finding in the version that the last commit wrote.
    pub(crate) finding: Finding,
    /// What to say about it as a thing of the past.
    pub(crate) words: Words,
}

/// A value in an object that is no version of any file.
#[derive(Debug)]
pub(crate) struct Lost {
    /// What the object is.
    pub(crate) kind: Kind,
    /// A number that stands for the value in this run.
    pub(crate) value: u64,
    /// Whether somebody accepted it.
    pub(crate) accepted: bool,
    /// The finding; its path is the object's name.
    pub(crate) finding: Finding,
    /// What to say about it.
    pub(crate) words: Words,
}

/// What makes two sightings in different versions the same secret.
type Identity = (u32, &'static str, String, u64);

/// Everything that versions hold.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// The secrets, by path and place.
    pub(crate) list: Vec<Secret>,
    /// What could not be read.
    pub(crate) failures: Vec<Failure>,
    /// Contents that a partial clone has left out.
    pub(crate) missing: usize,
    /// How many contents were read.
    pub(crate) blobs: usize,
    /// How many bytes they have.
    pub(crate) bytes: u64,
}

/// What one thread has found.
#[derive(Default)]
struct Found {
    secrets: HashMap<Identity, Secret>,
    failures: Vec<Failure>,
    missing: Vec<usize>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(
        repository: &'a git::Repository,
        past: &'a Past,
        config: &'a Config,
        accepting: &'a Accepting<'a>,
        progress: Option<&'a Progress>,
    ) -> Self {
        let plugins = past.paths.iter().filter_map(|path| folder_of_plugin(path)).collect();
        let (snapshot, consumers) = (Snapshot::default(), Consumers::new(Vec::new()));
        let values = RandomState::new();
        Self { repository, past, config, accepting, progress, values, plugins, snapshot, consumers }
    }

    /// Reads versions, each content once, and says what they hold. They are sorted by object.
    ///
    /// # Errors
    /// If git fails.
    pub(crate) fn secrets(&self, versions: &[Version]) -> Result<Secrets, SourceError> {
        let mut groups: Vec<&[Version]> = versions.chunk_by(|one, other| one.object == other.object).collect();
        // What was written at about the same time lies together in a pack, the newest first.
        let last = |group: &&[Version]| group.iter().map(|version| version.last).max();
        groups.sort_by_cached_key(|group| std::cmp::Reverse(last(group)));
        let object = |group: &&[Version]| group.first().map(|version| self.past.objects[version.object as usize]);
        let objects: Vec<ObjectId> = groups.iter().filter_map(object).collect();
        let (blobs, bytes) = (AtomicUsize::new(0), AtomicU64::new(0));
        let parts = self.repository.read_objects(&objects, Found::default, |found, place, content| {
            let group = groups[place];
            let Some(path) = group.first().map(|version| self.past.path(version)) else { return };
            self.progress.iter().for_each(|progress| progress.read(path));
            match content {
                Ok(content) => {
                    blobs.fetch_add(1, Ordering::Relaxed);
                    bytes.fetch_add(content.len() as u64, Ordering::Relaxed);
                    group.iter().for_each(|version| self.judge(found, version, content));
                }
                Err(ReadError::NotHere) => found.missing.push(place),
                Err(reason) => found.failures.push(Failure { path: path.clone(), reason }),
            }
        })?;
        let mut secrets = Secrets { blobs: blobs.into_inner(), bytes: bytes.into_inner(), ..Secrets::default() };
        let mut all: HashMap<Identity, Secret> = HashMap::new();
        let mut missing = Vec::new();
        for part in parts {
            for (identity, secret) in part.secrets {
                add(&mut all, identity, secret);
            }
            secrets.failures.extend(part.failures);
            missing.extend(part.missing);
        }
        if !missing.is_empty() {
            if self.repository.is_partial()? {
                secrets.missing = missing.len();
            } else {
                let path = |place: usize| groups[place].first().map(|version| self.past.path(version).clone());
                let gone = missing.into_iter().filter_map(path);
                secrets.failures.extend(gone.map(|path| Failure { path, reason: ReadError::NoObject }));
            }
        }
        secrets.list = all.into_values().collect();
        secrets.list.sort_by(|one, other| {
            let place = |secret: &Secret| (secret.path, secret.finding.primary.start, secret.finding.rule.slug);
            place(one).cmp(&place(other)).then(other.last.cmp(&one.last)).then(other.first.cmp(&one.first))
        });
        Ok(secrets)
    }

    /// Reads objects that are no version of any file, and says what they hold.
    ///
    /// # Errors
    /// If git fails.
    pub(crate) fn lost(&self, objects: &[Listed]) -> Result<Vec<Lost>, SourceError> {
        let names: Vec<ObjectId> = objects.iter().map(|one| one.object).collect();
        let version = Version { object: 0, path: 0, first: 0, last: 0, link: false };
        let parts = self.repository.read_objects(&names, Vec::new, |found: &mut Vec<Lost>, place, content| {
            let one = objects[place];
            let file = content.ok().and_then(|content| self.file(&named(&one.object), false, content));
            for secret in file.iter().flat_map(|file| self.secrets_of(file, &version)) {
                let Secret { accepted, accepted_as_history, value, finding, words, .. } = secret;
                let accepted = accepted_as_history || accepted != Accepted::No;
                found.push(Lost { kind: one.kind, value, accepted, finding, words });
            }
        })?;
        let mut all: Vec<Lost> = parts.into_iter().flatten().collect();
        let place = |lost: &Lost| (lost.finding.primary.path.clone(), lost.finding.primary.start);
        all.sort_by_cached_key(place);
        Ok(all)
    }

    fn judge(&self, found: &mut Found, version: &Version, content: &[u8]) {
        let path = self.past.path(version);
        let Some(file) = self.file(path, version.link, content) else { return };
        if file.sightings.is_empty() {
            return;
        }
        for secret in self.secrets_of(&file, version) {
            let key = without_indices(&secret.finding.key);
            let identity = (version.path, secret.finding.rule.slug, key, secret.value);
            add(&mut found.secrets, identity, secret);
        }
    }

    /// The file that one version of a path was; `None` if there can be nothing in it.
    fn file(&self, path: &RepoPath, link: bool, content: &[u8]) -> Option<File> {
        let lexicon = &self.config.lexicon;
        let mode = if link { Mode::Symlink } else { Mode::File };
        let entry = Entry { path: path.clone(), state: State::Tracked, mode };
        if link {
            let document = crate::surface::read(path.clone(), None, content);
            return Some(File::new(entry, document, lexicon));
        }
        let is_plugin = |folder: &RepoPath| self.plugins.contains(folder.as_str());
        let surface = self.config.surface_of(path, surface_of(path, &is_plugin));
        if surface.is_none() && self.config.is_launcher(path) {
            return file_of(&entry, launcher_in(path, content), content, lexicon, false);
        }
        file_of(&entry, surface, content, lexicon, false)
    }

    /// What the rules report about a file.
    fn secrets_of(&self, file: &File, version: &Version) -> Vec<Secret> {
        let files = std::slice::from_ref(file);
        let repository = Repository {
            snapshot: &self.snapshot,
            files,
            units: Vec::new(),
            consumers: &self.consumers,
            config: self.config,
        };
        let mut findings = rules::about_exposure(&repository);
        self.config.adjust(&mut findings);
        let taken = self.accepting.take(&mut findings, files);
        let mut all: Vec<(Finding, Accepted)> = findings.into_iter().map(|finding| (finding, Accepted::No)).collect();
        all.extend(taken.suppressed.into_iter().map(|finding| (finding, Accepted::Suppressed)));
        all.extend(taken.baselined.into_iter().map(|finding| (finding, Accepted::Baselined)));
        let mut windows = BTreeMap::new();
        let text = file.document.text.as_str();
        let secret = |(mut finding, accepted): (Finding, Accepted)| {
            let mut as_history = vec![Finding { rule: secret_in_history::rule(), fix: None, ..finding.clone() }];
            self.accepting.take(&mut as_history, files);
            let span = finding.primary.excerpt.as_ref()?.span;
            let sighting = file.sightings.iter().find(|sighting| sighting.span == span)?;
            let words = Words::of(sighting);
            let value = self.values.hash_one(text.get(span.range())?);
            cut(&mut finding.primary, &mut windows);
            Some(Secret {
                path: version.path,
                value,
                accepted,
                accepted_as_history: as_history.is_empty(),
                objects: BTreeSet::from([version.object]),
                first: version.first,
                last: version.last,
                finding,
                words,
            })
        };
        all.into_iter().filter_map(secret).collect()
    }

    /// The same finding by the rule about what is gone, with the severity that this has there; `None` if it is off.
    pub(crate) fn as_history(&self, finding: Finding) -> Option<Finding> {
        let mut findings = vec![Finding { rule: secret_in_history::rule(), fix: None, ..finding }];
        self.config.adjust(&mut findings);
        findings.pop()
    }
}

/// The folder of the plugin that a file describes.
pub(crate) fn folder_of_plugin(path: &RepoPath) -> Option<&str> {
    let folder = path.as_str().strip_suffix(PLUGIN)?;
    if folder.is_empty() { Some(folder) } else { folder.strip_suffix('/') }
}

/// Whether versions of a file are judged by what they set, and not only searched for tokens.
pub(crate) fn is_configuration(path: &RepoPath, config: &Config) -> bool {
    let surface: Option<Surface> = config.surface_of(path, surface_of(path, &|_| true));
    surface.is_some() || config.is_launcher(path) || folder_of_plugin(path).is_some()
}

/// Adds what one version says about a secret; the newest one is shown.
fn add(secrets: &mut HashMap<Identity, Secret>, identity: Identity, mut secret: Secret) {
    let Some(known) = secrets.get_mut(&identity) else {
        secrets.insert(identity, secret);
        return;
    };
    known.objects.append(&mut secret.objects);
    known.first = known.first.min(secret.first);
    let place = |secret: &Secret| std::cmp::Reverse(secret.finding.primary.start);
    if (secret.last, place(&secret)) > (known.last, place(known)) {
        (known.last, known.finding, known.words) = (secret.last, secret.finding, secret.words);
        (known.accepted, known.accepted_as_history) = (secret.accepted, secret.accepted_as_history);
    }
}

/// How many lines of a version are kept for a finding: what a report shows.
const LINES: usize = 8;

/// Leaves of a location's text only the lines that are shown, so that thousands of findings don't keep thousands of
/// files. Findings on the same lines share them.
fn cut(location: &mut Location, windows: &mut BTreeMap<(usize, usize), Arc<str>>) {
    let Some(Excerpt { masked, span }) = &mut location.excerpt else { return };
    // Offsets of a text that was decoded may not be those of a character.
    *span = Span::new(floor(masked, span.start), floor(masked, span.end));
    let start = masked[..span.start].rfind('\n').map_or(0, |line| line + 1);
    let mut lines = masked[start..].match_indices('\n').map(|(at, _)| start + at);
    let needed = lines.by_ref().take(LINES).find(|&at| at >= span.end);
    let end = needed.or_else(|| masked[start..].match_indices('\n').nth(LINES).map(|(at, _)| start + at));
    let end = end.unwrap_or(masked.len());
    let window = windows.entry((start, end)).or_insert_with(|| masked[start..end].into());
    *span = Span::new(span.start - start, span.end.min(end) - start);
    *masked = Arc::clone(window);
}
