//! The walk through commits: `rev-list` names them, several `diff-tree` say what each changed.
//!
//! Only names of objects are read, never the text of a patch, so that no attribute, filter or setting of the
//! repository hides anything. Paths are chosen here and not by pathspecs: most of ours are names in any folder, which
//! git looks for more slowly.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use super::process::{Fields, Process};
use super::{Repository, SourceError};
use crate::path::RepoPath;
use crate::source::change::{self, Change};
use crate::source::history::{Past, Seen, Walked, number};
use crate::source::object::ObjectId;
use crate::threads::joined;

/// Which commits are walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revisions {
    /// Those that any ref leads to, and the current one; with these besides, if they are there.
    All {
        /// Other commits.
        besides: Vec<ObjectId>,
    },
    /// Those that git understands by these words: `main`, `v1..HEAD`, `^old`.
    Given(Vec<String>),
}

/// With which of its parents a commit is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parents {
    /// The first. What a commit holds is then what its first parent holds, but for what it changed, so that a walk
    /// over a whole history sees every version of every path.
    First,
    /// All. What a merge wrote is what differs from each of its parents; what it took from one of them was written
    /// elsewhere.
    All,
}

/// A walk through commits.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "functions have none")]
pub struct Walk<'a> {
    /// Which commits.
    pub revisions: &'a Revisions,
    /// What they are compared with.
    pub parents: Parents,
    /// Which paths count.
    pub wanted: &'a (dyn Fn(&RepoPath) -> bool + Sync),
    /// Contents that count at whatever path, and what takes their place.
    pub contents: &'a HashSet<ObjectId>,
    /// Is told now and then how many commits were walked.
    pub on_commits: &'a (dyn Fn(usize) + Sync),
}

/// How many commits one `diff-tree` is handed at a time: enough to keep it busy, and neighbours together.
const CHUNK: usize = 512;

/// How many paths a thread remembers at most.
const REMEMBERED: usize = 1 << 16;

/// How many processes work side by side.
pub(super) fn workers() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(4)
}

impl Repository {
    /// Walks through commits.
    ///
    /// # Errors
    /// If git does not know the commits, or fails over one.
    pub fn walk(&self, walk: &Walk<'_>) -> Result<Past, SourceError> {
        let (list, mut stdin, stdout) = Process::start(self, "rev-list", &walk.revisions.arguments())?;
        // git that has stopped says why when it is asked below.
        let _ = stdin.write_all(&walk.revisions.words());
        drop(stdin);
        let (send, chunks) = sync_channel(workers());
        let shared = Shared {
            repository: self,
            walk,
            chunks: Mutex::new(chunks),
            paths: Mutex::default(),
            submodules: Mutex::default(),
            failed: AtomicBool::new(false),
        };
        let (walked, parts) = thread::scope(|scope| {
            let mut handles: Vec<ScopedJoinHandle<'_, _>> = Vec::new();
            let start = || {
                if handles.len() < workers() {
                    handles.push(scope.spawn(|| shared.work()));
                }
            };
            let walked = shared.feed(BufReader::new(stdout), &send, start);
            drop(send);
            // All are waited for before one that failed is looked at.
            let parts: Vec<Result<Parts, SourceError>> = handles.into_iter().map(joined).collect();
            (walked, parts)
        });
        let parts = parts.into_iter().collect::<Result<Vec<Parts>, _>>()?;
        let Some(walked) = walked else { return Err(walk.revisions.explained(list.broken())) };
        list.end().map_err(|error| walk.revisions.explained(error))?;
        let (mut wrote, mut replaced) = (Vec::new(), Vec::new());
        for part in parts {
            wrote.extend(part.wrote);
            replaced.extend(part.replaced);
        }
        let paths = shared.paths.into_inner().unwrap_or_else(PoisonError::into_inner).list;
        let replaced = (walk.parents == Parents::All).then_some(replaced);
        let mut past = Past::new(walked, paths, wrote, replaced);
        past.submodules = shared.submodules.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(past)
    }
}

impl Revisions {
    fn arguments(&self) -> Vec<&'static str> {
        let mut arguments = vec!["--parents", "--timestamp", "--stdin"];
        if matches!(self, Self::All { .. }) {
            arguments.push("--all");
        }
        arguments
    }

    /// What `rev-list` is told on its standard input.
    fn words(&self) -> Vec<u8> {
        let line = |word: String| word + "\n";
        let lines: String = match self {
            Self::All { besides } => besides.iter().map(|id| line(id.to_string())).collect(),
            Self::Given(words) => words.iter().cloned().map(line).collect(),
        };
        lines.into_bytes()
    }

    /// Tells a word that git does not know from a repository that it can't use.
    fn explained(&self, error: SourceError) -> SourceError {
        match (self, error) {
            (Self::Given(words), SourceError::Git { reason, .. })
                if ["bad revision", "nvalid revision", "unknown revision", "ambiguous argument"]
                    .iter()
                    .any(|words| reason.contains(words)) =>
            {
                SourceError::Revision { revision: words.join(" "), reason }
            }
            (_, error) => error,
        }
    }
}

/// What all threads of one walk see.
struct Shared<'a> {
    repository: &'a Repository,
    walk: &'a Walk<'a>,
    chunks: Mutex<Receiver<Chunk>>,
    paths: Mutex<Paths>,
    submodules: Mutex<BTreeSet<RepoPath>>,
    failed: AtomicBool,
}

/// The paths that were wanted, each once.
#[derive(Default)]
struct Paths {
    list: Vec<RepoPath>,
    places: HashMap<RepoPath, u32>,
}

impl Paths {
    fn place(&mut self, path: &RepoPath) -> u32 {
        if let Some(place) = self.places.get(path) {
            return *place;
        }
        let place = number(self.list.len());
        self.list.push(path.clone());
        self.places.insert(path.clone(), place);
        place
    }
}

/// Work for one `diff-tree`: lines of its input, and what they are.
#[derive(Default)]
struct Chunk {
    text: Vec<u8>,
    lines: Vec<Line>,
}

/// A commit that is compared with one of its parents, or with nothing.
#[derive(Clone, Copy)]
struct Line {
    id: ObjectId,
    commit: u32,
    /// Whether it is the commit's first line.
    first: bool,
    /// Whether it is the commit's last line.
    last: bool,
}

/// What one `diff-tree` has seen.
#[derive(Default)]
struct Parts {
    wrote: Vec<Seen>,
    replaced: Vec<Seen>,
}

impl Shared<'_> {
    /// Reads the list of commits and hands it on in chunks. `None` if it is none, or nobody takes it any more.
    fn feed(
        &self,
        mut list: BufReader<ChildStdout>,
        send: &SyncSender<Chunk>,
        mut start: impl FnMut(),
    ) -> Option<Walked> {
        let (mut walked, mut chunk, mut line) = (Walked::default(), Chunk::default(), Vec::new());
        loop {
            line.clear();
            let length = list.read_until(b'\n', &mut line).ok()?;
            let is_full = chunk.lines.len() >= CHUNK;
            if (length == 0 && !chunk.lines.is_empty()) || is_full {
                start();
                send.send(std::mem::take(&mut chunk)).ok()?;
                (self.walk.on_commits)(walked.ids.len());
            }
            if length == 0 {
                return Some(walked);
            }
            if self.failed.load(Ordering::Relaxed) {
                return None;
            }
            let mut words = line.strip_suffix(b"\n")?.split(|&byte| byte == b' ');
            let time = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
            let names: Vec<&[u8]> = words.collect();
            let ids = names.iter().map(|name| ObjectId::parse(name)).collect::<Option<Vec<_>>>()?;
            let (id, parents) = ids.split_first()?;
            let commit = number(walked.ids.len());
            walked.push(*id, time, parents.iter().copied());
            let (name, parents) = names.split_first()?;
            let compared = match self.walk.parents {
                Parents::First => parents.get(..1).unwrap_or_default(),
                Parents::All => parents,
            };
            let count = compared.len().max(1);
            for place in 0..count {
                chunk.text.extend_from_slice(name);
                if let Some(parent) = compared.get(place) {
                    chunk.text.push(b' ');
                    chunk.text.extend_from_slice(parent);
                }
                chunk.text.push(b'\n');
                chunk.lines.push(Line { id: *id, commit, first: place == 0, last: place + 1 == count });
            }
        }
    }

    /// Compares commits until there are no more.
    fn work(&self) -> Result<Parts, SourceError> {
        let done = self.compare();
        if done.is_err() {
            self.failed.store(true, Ordering::Relaxed);
            // Whoever hands out work must not wait for somebody who does none.
            while self.next_chunk().is_some() {}
        }
        done
    }

    fn next_chunk(&self) -> Option<Chunk> {
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }

    fn compare(&self) -> Result<Parts, SourceError> {
        let arguments =
            ["--stdin", "--always", "--root", "--raw", "-r", "-z", "--no-abbrev", "--no-renames", "-O/dev/null"];
        let (process, stdin, stdout) = Process::start(self.repository, "diff-tree", &arguments)?;
        let (told, lines) = channel();
        let parts = thread::scope(|scope| {
            scope.spawn(move || self.write(stdin, &told));
            Comparing { shared: self, parts: Parts::default(), known: HashMap::new(), merged: Vec::new() }
                .read(stdout, &lines)
        });
        match parts {
            Some(parts) => process.end().map(|()| parts),
            None => Err(process.broken()),
        }
    }

    fn write(&self, stdin: ChildStdin, told: &Sender<Vec<Line>>) {
        let mut stdin = BufWriter::new(stdin);
        while let Some(chunk) = self.next_chunk() {
            // Lines that were told and find no answer are what fails the walk.
            if told.send(chunk.lines).is_err() || stdin.write_all(&chunk.text).is_err() || stdin.flush().is_err() {
                break;
            }
        }
    }
}

/// Reads what one `diff-tree` prints.
struct Comparing<'a> {
    shared: &'a Shared<'a>,
    parts: Parts,
    /// The places of paths, `None` for those that don't count. To ask again takes longer than to remember.
    known: HashMap<Vec<u8>, Option<u32>>,
    /// What the commit at hand wrote in comparison with those parents of it that were looked at.
    merged: Vec<Seen>,
}

impl Comparing<'_> {
    /// `None` if what comes is not what was asked for, or not all of it.
    fn read(mut self, stdout: ChildStdout, lines: &Receiver<Vec<Line>>) -> Option<Parts> {
        let mut fields = Fields::new(BufReader::with_capacity(1 << 16, stdout));
        let mut told = Vec::new().into_iter();
        let mut line: Option<Line> = None;
        let mut changes: Vec<(Change, u32)> = Vec::new();
        let mut head = Vec::new();
        loop {
            let field = fields.next().ok()?;
            match field {
                Some(field) if field.starts_with(b":") => {
                    head.clear();
                    head.extend_from_slice(field);
                    let path = fields.next().ok()??;
                    if let Some(place) = self.place(&head, path) {
                        changes.push((change::record(&head, path)?, place));
                    }
                }
                next => {
                    if let Some(line) = line.take() {
                        self.take(line, &mut changes);
                    }
                    let Some(name) = next.map(ObjectId::parse) else { break };
                    let expected = match told.next() {
                        Some(line) => line,
                        None => {
                            told = lines.recv().ok()?.into_iter();
                            told.next()?
                        }
                    };
                    // Every line that was asked is answered, and in order.
                    if name != Some(expected.id) {
                        return None;
                    }
                    line = Some(expected);
                }
            }
        }
        (told.next().is_none() && lines.recv().is_err()).then_some(self.parts)
    }

    /// The place of a path of which a record speaks, if it counts.
    fn place(&mut self, record: &[u8], path: &[u8]) -> Option<u32> {
        let Shared { walk, paths, submodules, .. } = self.shared;
        let add = |path: &RepoPath| paths.lock().unwrap_or_else(PoisonError::into_inner).place(path);
        // `:<mode> <mode> …`
        if record.get(8..14) == Some(b"160000") {
            submodules.lock().unwrap_or_else(PoisonError::into_inner).insert(RepoPath::from_bytes(path));
        }
        let place = match self.known.get(path) {
            Some(place) => *place,
            None => {
                let full = RepoPath::from_bytes(path);
                let place = (walk.wanted)(&full).then(|| add(&full));
                if self.known.len() >= REMEMBERED {
                    self.known.clear();
                }
                self.known.insert(path.to_vec(), place);
                place
            }
        };
        if place.is_some() || walk.contents.is_empty() {
            return place;
        }
        let Change { path, old, new, .. } = change::record(record, path)?;
        let counts = [old, new].iter().flatten().any(|version| walk.contents.contains(&version.object));
        counts.then(|| add(&path))
    }

    /// Takes in what one line brought.
    fn take(&mut self, line: Line, changes: &mut Vec<(Change, u32)>) {
        let of = |(change, path): &(Change, u32)| Seen::new(line.commit, *path, change.new);
        if self.shared.walk.parents == Parents::First {
            self.parts.wrote.extend(changes.drain(..).map(|change| of(&change)));
            return;
        }
        let old = changes.iter().filter(|(change, _)| change.old.is_some());
        self.parts.replaced.extend(old.map(|(change, path)| Seen::new(line.commit, *path, change.old)));
        let new = changes.drain(..).filter(|(change, _)| change.new.is_some()).map(|change| of(&change));
        if line.first {
            self.merged = new.collect();
        } else {
            let new: HashSet<_> = new.map(|seen| (seen.path, seen.object)).collect();
            self.merged.retain(|seen| new.contains(&(seen.path, seen.object)));
        }
        if line.last {
            self.parts.wrote.append(&mut self.merged);
        }
    }
}
