//! The files of a work tree, and what git has of them.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use super::git::{self, Discovery, Objects, Options, Repository};
use super::ignored::{IgnoreRules, too_large};
use super::index::Index;
use super::link::{self, Target, has_real_folders};
use super::merge::{Disk, Listed, Place, merge};
use super::request::Request;
use super::walk::{Found, Walk, read_ignore_file};
use super::{Entry, MAX_BYTES, Mode, ReadError, Snapshot, Source, SourceError, State};
use crate::path::RepoPath;
use crate::threads::joined;

/// Which ignored files are of interest.
pub type Wanted<'a> = &'a (dyn Fn(&RepoPath) -> bool + Sync);

/// A work tree, with or without git.
#[derive(Debug)]
pub struct Worktree {
    /// What it holds.
    pub snapshot: Snapshot,
    /// Where each entry's bytes are, in the same order.
    places: Vec<Place>,
    /// What stands before the paths when they are opened.
    base: PathBuf,
    index: Index,
    repository: Option<Repository>,
    objects: Mutex<Option<Objects>>,
    /// The paths that the current commit lacks, once somebody has asked; git's words if it failed.
    staged: OnceLock<Result<Vec<Vec<u8>>, String>>,
}

/// Opens the repository, or the folder, that the paths belong to (none means `cwd`).
///
/// The entries are the tracked files, the files that are not ignored, and of the ignored ones those
/// that are `wanted` or named.
///
/// # Errors
/// If a path does not exist, if the paths belong to several repositories, or if git can't tell what
/// is tracked.
pub fn open(paths: &[PathBuf], cwd: &Path, wanted: Wanted<'_>) -> Result<Worktree, SourceError> {
    open_with(&Options::default(), paths, cwd, wanted)
}

/// [`open`] for one file, which need not be there.
///
/// # Errors
/// As [`open`], but for the missing file.
pub fn open_for(file: PathBuf, cwd: &Path, wanted: Wanted<'_>) -> Result<Worktree, SourceError> {
    open_request(&Options::default(), &Request::new(&[file], cwd)?, wanted)
}

/// [`open`] with a given git and environment.
///
/// # Errors
/// As [`open`].
pub fn open_with(
    options: &Options,
    paths: &[PathBuf],
    cwd: &Path,
    wanted: Wanted<'_>,
) -> Result<Worktree, SourceError> {
    let request = Request::new(paths, cwd)?;
    let worktree = open_request(options, &request, wanted)?;
    request.check(&worktree.snapshot)?;
    Ok(worktree)
}

fn open_request(options: &Options, request: &Request, wanted: Wanted<'_>) -> Result<Worktree, SourceError> {
    let discovery = git::discover(options, request.folder(), request.cwd())?;
    let git_missing = matches!(discovery, Discovery::NoGit);
    let repository = match discovery {
        Discovery::Found(repository) => Some(repository),
        Discovery::Nothing | Discovery::NoGit => None,
    };
    let root = repository.as_ref().map_or(request.folder(), |repository| &repository.root).to_owned();
    let selection = request.selection(&root)?;

    let base = base_of(&root);

    let (listed, mut found, rules) = match &repository {
        Some(repository) => list(repository, &base, selection.as_deref(), wanted)?,
        None => {
            let rules = IgnoreRules::new(false);
            let walk = Walk { base: &base, rules: &rules, selection: selection.as_deref(), wanted };
            (Listed::default(), walk.run(), rules)
        }
    };
    let mut coverage = std::mem::take(&mut found.coverage);
    coverage.git_missing = git_missing;
    let mut snapshot = Snapshot { root, git: repository.is_some(), selection, coverage, rules, ..Snapshot::default() };
    let places = merge(&mut snapshot, &listed, &found);
    for list in [&mut snapshot.coverage.nested, &mut snapshot.coverage.special, &mut snapshot.coverage.links] {
        list.sort();
        list.dedup();
    }
    snapshot.coverage.unreadable.sort();
    let (index, objects, staged) = (listed.index, Mutex::default(), OnceLock::new());
    Ok(Worktree { snapshot, places, base, index, repository, objects, staged })
}

/// What stands before the paths of a root: nothing if the process stands there, which spares the system to look up the
/// folders above for every file.
fn base_of(root: &Path) -> PathBuf {
    if env::current_dir().is_ok_and(|here| here == root) { PathBuf::new() } else { root.to_owned() }
}

/// Asks git and walks the tree, at the same time.
fn list(
    repository: &Repository,
    base: &Path,
    selection: Option<&[RepoPath]>,
    wanted: Wanted<'_>,
) -> Result<(Listed, Found, IgnoreRules), SourceError> {
    thread::scope(|scope| {
        let index = scope.spawn(|| repository.index());
        let mut rules = personal_rules(repository);
        let walk = |rules: &IgnoreRules| Walk { base, rules, selection, wanted }.run();
        let mut found = walk(&rules);
        let index = joined(index)?;
        if add_skipped(&mut rules, repository, &index)? {
            found = walk(&rules);
        }
        for file in &found.ignore_files {
            rules.add_file(Arc::clone(file));
        }
        Ok((Listed { index, symlinks: repository.config.symlinks }, found, rules))
    })
}

/// The rules of this machine. Without them a path only counts as new instead of private here: what
/// can't be read is left out.
pub(super) fn personal_rules(repository: &Repository) -> IgnoreRules {
    let config = &repository.config;
    let mut rules = IgnoreRules::new(config.ignore_case);
    let users = config.excludes_file.as_ref();
    let users = users.map(|path| (repository.root.join(path), path.display().to_string()));
    let clones = (repository.info_exclude.clone(), ".git/info/exclude".into());
    for (path, name) in users.into_iter().chain([clones]) {
        if path.is_file()
            && let Ok(text) = read_ignore_file(&path)
        {
            rules.add_personal(&name, &text);
        }
    }
    rules
}

/// Adds the ignore files that a sparse checkout leaves in the index, as git does.
/// Whether there are any where files may lie.
fn add_skipped(rules: &mut IgnoreRules, repository: &Repository, index: &Index) -> Result<bool, SourceError> {
    let skipped = index
        .iter()
        .filter(|indexed| indexed.skipped && matches!(indexed.path.strip_suffix(b".gitignore"), Some([] | [.., b'/'])));
    let mut objects = None;
    for indexed in skipped {
        let path = RepoPath::from_bytes(indexed.path);
        let on_disk = repository.root.join(path.to_path());
        if on_disk.symlink_metadata().is_ok() || !on_disk.parent().is_some_and(Path::is_dir) {
            continue;
        }
        let objects = match &mut objects {
            Some(objects) => objects,
            empty => empty.insert(repository.objects()?),
        };
        let mut text = Vec::new();
        let read = objects.read(indexed.object, &mut text).map_err(|error| error.to_string());
        match read.and_then(|_| too_large(text.len()).map_or(Ok(()), Err)) {
            Ok(()) => rules.add(&path.parent().unwrap_or_else(|| "".into()), &text),
            Err(reason) => return Err(SourceError::Io { path: on_disk, reason }),
        }
    }
    Ok(objects.is_some())
}

impl Source for Worktree {
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        self.read_into(entry, &mut bytes)?;
        Ok(bytes)
    }

    fn read_into(&self, entry: &Entry, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        bytes.clear();
        let Some((place, path)) = self.locate(entry) else {
            return Err(ReadError::NotHere);
        };
        match self.current(entry, place, &path)? {
            Disk::LinkAway => Err(ReadError::LinkNotFollowed),
            Disk::Link => match link::resolve(&self.snapshot.root, &entry.path) {
                Target::File(path) => read_file(&path, bytes),
                Target::Folder | Target::Elsewhere => Err(ReadError::LinkNotFollowed),
            },
            _ if entry.mode == Mode::Symlink => Err(ReadError::LinkNotFollowed),
            Disk::File => match (read_file(&path, bytes), place.index) {
                (Err(ReadError::NotHere), Some(_)) => self.read_object(place, bytes),
                (Err(ReadError::NotHere), None) => Err(ReadError::Io("it is gone".into())),
                (result, _) => result,
            },
            Disk::Unknown => self.read_object(place, bytes),
        }
    }

    fn state(&self, entry: &Entry) -> Result<State, ReadError> {
        let (State::Tracked, Some(repository)) = (&entry.state, &self.repository) else {
            return Ok(entry.state.clone());
        };
        // Few files need it, and git takes as long for it as for the index.
        let staged = self.staged.get_or_init(|| repository.staged().map_err(|error| error.to_string()));
        let staged = staged.as_ref().map_err(|reason| ReadError::Io(reason.clone()))?;
        let is_staged = staged.binary_search_by(|path| path.as_slice().cmp(entry.path.as_bytes())).is_ok();
        Ok(if is_staged { State::Staged } else { State::Tracked })
    }

    fn is_readable_by_others(&self, entry: &Entry) -> bool {
        is_readable_by_others(&self.snapshot.root.join(entry.path.to_path()))
    }

    fn link_text(&self, entry: &Entry) -> Option<Vec<u8>> {
        if entry.mode != Mode::Symlink {
            return None;
        }
        let (place, path) = self.locate(entry)?;
        let mut bytes = Vec::new();
        match self.current(entry, place, &path).ok()? {
            Disk::Link | Disk::LinkAway => {
                let target = fs::read_link(&path).ok()?;
                return Some(target.into_os_string().into_encoded_bytes());
            }
            // Where links can't be made, git writes their text into a file.
            Disk::File => read_file(&path, &mut bytes).ok()?,
            Disk::Unknown => self.read_object(place, &mut bytes).ok()?,
        }
        Some(bytes)
    }
}

#[cfg(unix)]
fn is_readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let allows = |path: &Path, bits| fs::metadata(path).is_ok_and(|found| found.permissions().mode() & bits != 0);
    allows(path, 0o004) && path.ancestors().skip(1).all(|folder| allows(folder, 0o001))
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}

impl Worktree {
    /// The folder in which git keeps what it knows; `None` without git.
    pub fn git_folder(&self) -> Option<PathBuf> {
        let exclude = &self.repository.as_ref()?.info_exclude;
        exclude.parent()?.parent().map(Path::to_owned)
    }

    fn locate(&self, entry: &Entry) -> Option<(Place, PathBuf)> {
        let position = self.snapshot.place(entry)?;
        Some((self.places[position], self.base.join(entry.path.to_path())))
    }

    /// What is on the disk now, where the walk did not see it; [`Disk::Unknown`] means nothing.
    fn current(&self, entry: &Entry, place: Place, path: &Path) -> Result<Disk, ReadError> {
        if place.disk != Disk::Unknown {
            return Ok(place.disk);
        }
        if !has_real_folders(&self.snapshot.root, &entry.path) {
            return Ok(Disk::Unknown);
        }
        match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => Ok(Disk::Link),
            Ok(found) if found.is_file() => Ok(Disk::File),
            Ok(found) if found.is_dir() => Err(ReadError::Io("a folder has taken its place".into())),
            Ok(_) => Err(ReadError::Io("a special file has taken its place".into())),
            Err(error) if is_absent(&error) => Ok(Disk::Unknown),
            Err(error) => Err(ReadError::Io(error.to_string())),
        }
    }

    /// Reads what the index has, through one git process for all.
    fn read_object(&self, place: Place, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        let indexed = place.index.and_then(|position| self.index.get(position));
        let (Some(repository), Some(indexed)) = (&self.repository, indexed) else {
            return Err(ReadError::NotHere);
        };
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let objects = match &mut *objects {
            Some(objects) => objects,
            empty => empty.insert(repository.objects().map_err(|error| ReadError::Io(error.to_string()))?),
        };
        objects.read(indexed.object, bytes).map(|_| ())
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Most files are smaller than this; bytes.
const USUAL: usize = 64 << 10;

/// Reads a regular file. To find the end of a small one costs less than to ask for its size.
fn read_file(path: &Path, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
    let absent_or = |error: std::io::Error| {
        if is_absent(&error) { ReadError::NotHere } else { ReadError::Io(error.to_string()) }
    };
    let mut file = fs::File::open(path).map_err(absent_or)?;
    bytes.clear();
    bytes.reserve(USUAL);
    let first = file.by_ref().take(USUAL as u64).read_to_end(bytes);
    let read = first.and_then(|first| if first < USUAL { Ok(None) } else { read_rest(&mut file, bytes) });
    match read {
        Ok(None) => Ok(()),
        Ok(Some(size)) => {
            bytes.clear();
            Err(ReadError::TooLarge(size))
        }
        Err(error) => {
            bytes.clear();
            Err(ReadError::Io(error.to_string()))
        }
    }
}

/// Reads what follows the first bytes; the size of a file that is too large instead.
fn read_rest(file: &mut fs::File, bytes: &mut Vec<u8>) -> std::io::Result<Option<u64>> {
    let size = file.metadata()?.len();
    if size > MAX_BYTES {
        return Ok(Some(size));
    }
    bytes.reserve(usize::try_from(size).unwrap_or_default().saturating_sub(bytes.len()));
    file.take(size.saturating_sub(USUAL as u64)).read_to_end(bytes)?;
    Ok(None)
}
