//! The parallel walk through a work tree.

use std::ffi::OsStr;
use std::fs::{self, File, FileType};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::Coverage;
use super::ignored::{IgnoreFile, IgnoreRules, MAX_IGNORE_BYTES, too_large};
use super::snapshot::leads_to_selected;
use crate::path::RepoPath;
use crate::threads::side_by_side;

/// How deep an ignored `.claude` is searched.
const LEVELS: usize = 2;

/// What is walked.
pub(super) struct Walk<'a> {
    /// What stands before every path; empty means that the process stands at the root.
    pub(super) base: &'a Path,
    /// Rules that are known beforehand; `.gitignore` files join as their folders are visited.
    pub(super) rules: &'a IgnoreRules,
    /// The sorted paths that the user named. They are found even if they are ignored.
    pub(super) selection: Option<&'a [RepoPath]>,
    /// Which ignored files are of interest.
    pub(super) wanted: &'a (dyn Fn(&RepoPath) -> bool + Sync),
}

/// What the walk found, in no order.
#[derive(Default)]
pub(super) struct Found {
    /// All paths in one piece; [`Seen`] cuts it.
    paths: Vec<u8>,
    pub(super) seen: Vec<Seen>,
    pub(super) ignore_files: Vec<Arc<IgnoreFile>>,
    pub(super) coverage: Coverage,
}

/// A regular file or a symbolic link.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    start: usize,
    end: usize,
    pub(super) is_link: bool,
    pub(super) ignored: bool,
}

impl Found {
    pub(super) fn path(&self, seen: Seen) -> &[u8] {
        &self.paths[seen.start..seen.end]
    }

    fn push(&mut self, path: &[u8], is_link: bool, ignored: bool) {
        let start = self.paths.len();
        self.paths.extend_from_slice(path);
        self.seen.push(Seen { start, end: self.paths.len(), is_link, ignored });
    }

    fn append(&mut self, other: Self) {
        let shift = self.paths.len();
        self.paths.extend(other.paths);
        let shifted = |seen: Seen| Seen { start: seen.start + shift, end: seen.end + shift, ..seen };
        self.seen.extend(other.seen.into_iter().map(shifted));
        self.ignore_files.extend(other.ignore_files);
        self.coverage.nested.extend(other.coverage.nested);
        self.coverage.special.extend(other.coverage.special);
        self.coverage.unreadable.extend(other.coverage.unreadable);
    }
}

/// The ignore files that hold for a folder, the deepest first.
struct Layer {
    file: Arc<IgnoreFile>,
    above: Layers,
}

type Layers = Option<Arc<Layer>>;

/// What is taken of a folder.
#[derive(Clone, Copy)]
enum Take {
    /// It is not ignored: the files that aren't either, and the wanted ones.
    Shared,
    /// An ignored folder that was named: everything.
    All,
    /// An ignored folder above something that was named: that.
    Named,
    /// An ignored `.claude`: the wanted files, down to so many levels.
    Wanted(usize),
}

struct Job {
    folder: Vec<u8>,
    path: PathBuf,
    layers: Layers,
    take: Take,
}

/// Folders that anybody may take. Each thread has folders of its own besides, and gives of them where another waits:
/// a lock for every folder would cost more than the folder.
#[derive(Default)]
struct Queue {
    state: Mutex<Shared>,
    changed: Condvar,
    waiting: AtomicUsize,
}

#[derive(Default)]
struct Shared {
    jobs: Vec<Job>,
    busy: usize,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A folder, as soon as there is one; `None` when all are done.
    fn take(&self) -> Option<Busy<'_>> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop() {
                state.busy += 1;
                return Some(Busy { queue: self, jobs: vec![job] });
            }
            if state.busy == 0 {
                return None;
            }
            self.waiting.fetch_add(1, Ordering::Relaxed);
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// A thread at work, and its own folders. Also after a panic the others must not wait for it.
struct Busy<'a> {
    queue: &'a Queue,
    jobs: Vec<Job>,
}

impl Busy<'_> {
    /// Gives half of the folders, those nearest to the root, to who waits.
    fn share(&mut self) {
        if self.jobs.len() > 1 && self.queue.waiting.load(Ordering::Relaxed) > 0 {
            let half = self.jobs.len() / 2;
            self.queue.lock().jobs.extend(self.jobs.drain(..half));
            self.queue.changed.notify_all();
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.busy -= 1;
        state.jobs.append(&mut self.jobs);
        if !state.jobs.is_empty() || state.busy == 0 {
            self.queue.changed.notify_all();
        }
    }
}

impl Walk<'_> {
    pub(super) fn run(&self) -> Found {
        let first = Job { folder: Vec::new(), path: self.base.into(), layers: None, take: Take::Shared };
        let queue = Queue::default();
        queue.lock().jobs.push(first);
        let mut made = side_by_side(usize::MAX, || self.work(&queue)).into_iter();
        let mut found = made.next().unwrap_or_default();
        made.for_each(|other| found.append(other));
        found
    }

    fn work(&self, queue: &Queue) -> Found {
        let mut found = Found::default();
        while let Some(mut busy) = queue.take() {
            while let Some(job) = busy.jobs.pop() {
                self.visit(job, &mut found, &mut busy.jobs);
                busy.share();
            }
        }
        found
    }

    fn visit(&self, mut job: Job, found: &mut Found, below: &mut Vec<Job>) {
        let here = if job.path.as_os_str().is_empty() { Path::new(".") } else { &job.path };
        let list = fs::read_dir(here).and_then(|list| {
            let entries = list.map(|entry| {
                let entry = entry?;
                Ok((entry.file_type()?, entry.file_name()))
            });
            entries.collect::<Result<Vec<_>, std::io::Error>>()
        });
        let list = match list {
            Ok(list) => list,
            Err(error) => {
                let folder = if job.folder.is_empty() { &b"."[..] } else { &job.folder };
                let unreadable = (RepoPath::from_bytes(folder), error.to_string());
                found.coverage.unreadable.push(unreadable);
                return;
            }
        };
        let is_nested = |(kind, name): &(FileType, _)| {
            name == ".git" && (kind.is_file() || job.path.join(".git/HEAD").symlink_metadata().is_ok())
        };
        if !job.folder.is_empty() && list.iter().any(is_nested) {
            found.coverage.nested.push(RepoPath::from_bytes(&job.folder));
            return;
        }
        if matches!(job.take, Take::Shared) {
            // git does not follow a link here either.
            let text = list.iter().any(|(kind, name)| name == ".gitignore" && kind.is_file());
            self.add_layer(&mut job, text, found);
        }
        let mut path = job.folder.clone();
        if !path.is_empty() {
            path.push(b'/');
        }
        let start = path.len();
        for (kind, name) in list {
            // git takes nothing of this name, whatever it is.
            if name.eq_ignore_ascii_case(".git") {
                continue;
            }
            path.truncate(start);
            path.extend_from_slice(&name_bytes(&name));
            if kind.is_dir() {
                if let Some(take) = self.enter(&job, &path, name == ".claude") {
                    below.push(Job {
                        folder: path.clone(),
                        path: job.path.join(&name),
                        layers: job.layers.clone(),
                        take,
                    });
                }
                continue;
            }
            let ignored = !matches!(job.take, Take::Shared) || self.ignores(&job.layers, &path, false);
            if ignored && !self.takes_ignored(job.take, &path) {
                continue;
            }
            if kind.is_file() || kind.is_symlink() {
                found.push(&path, kind.is_symlink(), ignored);
            } else {
                found.coverage.special.push(RepoPath::from_bytes(&path));
            }
        }
    }

    /// Puts the folder's own ignore file, from the disk or known beforehand, on top.
    fn add_layer(&self, job: &mut Job, on_disk: bool, found: &mut Found) {
        let file = if on_disk {
            match read_ignore_file(&job.path.join(".gitignore")) {
                Ok(text) => {
                    let file = IgnoreFile::of_folder(&job.folder, &text, self.rules.ignore_case());
                    let file = Arc::new(file);
                    found.ignore_files.push(Arc::clone(&file));
                    file
                }
                Err(error) => {
                    let path = RepoPath::from_bytes(&job.folder).join(".gitignore");
                    found.coverage.unreadable.push((path, error.to_string()));
                    return;
                }
            }
        } else if let Some(file) = self.rules.file(&job.folder) {
            Arc::clone(file)
        } else {
            return;
        };
        job.layers = Some(Arc::new(Layer { file, above: job.layers.take() }));
    }

    /// Whether, and for what, a folder is entered.
    fn enter(&self, job: &Job, path: &[u8], is_claude: bool) -> Option<Take> {
        match job.take {
            Take::Shared if !self.ignores(&job.layers, path, true) => return Some(Take::Shared),
            Take::All => return Some(Take::All),
            _ => {}
        }
        if self.selection.is_some() {
            let path = RepoPath::from_bytes(path);
            if self.names(&path) {
                return Some(Take::All);
            }
            if leads_to_selected(self.selection, &path) {
                return Some(Take::Named);
            }
        }
        match job.take {
            Take::Wanted(levels) => levels.checked_sub(1).map(Take::Wanted),
            Take::Shared if is_claude => Some(Take::Wanted(LEVELS)),
            _ => None,
        }
    }

    fn takes_ignored(&self, take: Take, path: &[u8]) -> bool {
        let path = || RepoPath::from_bytes(path);
        match take {
            Take::All => true,
            Take::Named => self.names(&path()),
            Take::Shared | Take::Wanted(_) => {
                let path = path();
                (self.wanted)(&path) || self.names(&path)
            }
        }
    }

    /// Whether the user named exactly this path.
    fn names(&self, path: &RepoPath) -> bool {
        self.selection.is_some_and(|selection| selection.binary_search(path).is_ok())
    }

    /// Whether a path in a folder that is not ignored is.
    fn ignores(&self, layers: &Layers, path: &[u8], is_dir: bool) -> bool {
        let mut layer = layers;
        while let Some(found) = layer {
            if let Some(pattern) = found.file.last_match(path, is_dir) {
                return !pattern.negated;
            }
            layer = &found.above;
        }
        let mut personal = self.rules.personal().iter();
        let pattern = personal.find_map(|file| file.last_match(path, is_dir));
        pattern.is_some_and(|pattern| !pattern.negated)
    }
}

/// Reads an ignore file.
pub(super) fn read_ignore_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(MAX_IGNORE_BYTES as u64 + 1).read_to_end(&mut text)?;
    too_large(text.len()).map_or(Ok(text), |reason| Err(io::Error::other(reason)))
}

#[cfg(unix)]
fn name_bytes(name: &OsStr) -> std::borrow::Cow<'_, [u8]> {
    std::os::unix::ffi::OsStrExt::as_bytes(name).into()
}

#[cfg(not(unix))]
fn name_bytes(name: &OsStr) -> std::borrow::Cow<'_, [u8]> {
    name.to_string_lossy().into_owned().into_bytes().into()
}
