//! Reading many objects: several `cat-file`, each fed runs of the list in the order given.

use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::pack::{Pack, Searched, Wanted};
use super::process::Process;
use super::walk::workers;
use super::{MAX_BYTES, ReadError, Repository, SourceError, to_path};
use crate::source::object::ObjectId;
use crate::threads::joined;

/// How many objects a process is handed at a time: neighbours in a pack are built from each other.
const RUN: usize = 1024;

impl Repository {
    /// Reads objects, several at a time, those that lie together best one behind the other. Each thread has a state,
    /// made by `start`; `visit` gets it with the place of an object in the list and its content, and what the threads
    /// have made of it is returned.
    ///
    /// # Errors
    /// If git fails, for instance over an object that is damaged. One that is not there, or is too large, is the
    /// visitor's business.
    pub fn read_objects<T: Send>(
        &self,
        objects: &[ObjectId],
        start: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, usize, Result<&[u8], ReadError>) + Sync,
    ) -> Result<Vec<T>, SourceError> {
        let run = RUN.min(objects.len().div_ceil(workers()).max(64));
        let reading = Reading { repository: self, objects, run, next: AtomicUsize::new(0) };
        let work = || {
            let mut state = start();
            reading.work(|place, content| visit(&mut state, place, content)).map(|()| state)
        };
        let count = workers().min(objects.len().div_ceil(run));
        thread::scope(|scope| {
            let handles: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
            handles.into_iter().map(joined).collect::<Vec<_>>().into_iter().collect()
        })
    }
}

struct Reading<'a> {
    repository: &'a Repository,
    objects: &'a [ObjectId],
    run: usize,
    next: AtomicUsize,
}

impl Reading<'_> {
    fn work(&self, mut visit: impl FnMut(usize, Result<&[u8], ReadError>)) -> Result<(), SourceError> {
        let (process, stdin, stdout) = Process::start(self.repository, "cat-file", &["--batch", "--buffer"])?;
        let (told, runs) = channel();
        let done = thread::scope(|scope| {
            scope.spawn(move || self.write(stdin, &told));
            self.read(stdout, &runs, &mut visit)
        });
        match done {
            Ok(()) => process.end(),
            Err(_) => Err(process.broken()),
        }
    }

    /// Writes names as fast as git takes them, which is not much faster than it answers.
    fn write(&self, stdin: ChildStdin, told: &Sender<usize>) {
        let mut stdin = BufWriter::new(stdin);
        loop {
            let start = self.next.fetch_add(self.run, Ordering::Relaxed);
            let Some(objects) = self.objects.get(start..).filter(|rest| !rest.is_empty()) else { break };
            if told.send(start).is_err() {
                break;
            }
            for object in objects.iter().take(self.run) {
                if writeln!(stdin, "{object}").is_err() {
                    return;
                }
            }
        }
        // What was not written finds no answer, which the reader sees.
        let _ = stdin.flush();
    }

    fn read(
        &self,
        stdout: ChildStdout,
        runs: &Receiver<usize>,
        visit: &mut impl FnMut(usize, Result<&[u8], ReadError>),
    ) -> io::Result<()> {
        let mut answers = BufReader::with_capacity(1 << 17, stdout);
        let (mut head, mut content) = (Vec::new(), Vec::new());
        for start in runs {
            let objects = self.objects.iter().enumerate().skip(start).take(self.run);
            for (place, object) in objects {
                head.clear();
                answers.read_until(b'\n', &mut head)?;
                let Some(answer) = Answer::parse(&head).filter(|answer| answer.object == *object) else {
                    return Err(io::ErrorKind::InvalidData.into());
                };
                let Some(size) = answer.size else {
                    visit(place, Err(ReadError::NotHere));
                    continue;
                };
                if size > MAX_BYTES {
                    io::copy(&mut (&mut answers).take(size + 1), &mut io::sink())?;
                    visit(place, Err(ReadError::TooLarge(size)));
                    continue;
                }
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                // Grows to the largest object and is not cleared between.
                if content.len() <= size {
                    content.resize(size + 1, 0);
                }
                let bytes = &mut content[..=size];
                answers.read_exact(bytes)?;
                visit(place, Ok(&bytes[..size]));
            }
        }
        Ok(())
    }
}

/// `<object> <type> <size>`, or `<object> missing`.
struct Answer {
    object: ObjectId,
    size: Option<u64>,
}

impl Answer {
    fn parse(line: &[u8]) -> Option<Self> {
        let line = line.strip_suffix(b"\n")?;
        let (name, rest) = line.split_at(line.iter().position(|&byte| byte == b' ')?);
        let object = ObjectId::parse(name)?;
        if rest == b" missing" {
            return Some(Self { object, size: None });
        }
        let size = rest.rsplit(|&byte| byte == b' ').next()?;
        Some(Self { object, size: Some(std::str::from_utf8(size).ok()?.parse().ok()?) })
    }
}

/// An object of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub object: ObjectId,
    /// What it is.
    pub kind: Kind,
}

/// What an object is, of those that hold text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The content of a file.
    Blob,
    /// A commit, with its message.
    Commit,
    /// An annotated tag, with its message.
    Tag,
}

impl Repository {
    /// Searches objects, several at a time: those in packs as they lie there, the others through git. Each thread has a
    /// state, made by `start`; `visit` gets it with an object and what it says, where what is wanted may be in it.
    ///
    /// # Errors
    /// As [`read_objects`](Self::read_objects).
    pub fn search_objects<T: Send>(
        &self,
        mut listed: Vec<Listed>,
        wanted: &Wanted<'_>,
        start: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, Listed, Result<Searched<'_>, ReadError>) + Sync,
    ) -> Result<Vec<T>, SourceError> {
        let Some(first) = listed.first() else { return Ok(Vec::new()) };
        let folder = self.output("rev-parse", &["--git-path", "objects"])?;
        let folder = self.root.join(to_path(folder.strip_suffix(b"\n").unwrap_or(&folder)));
        let mut states = Vec::new();
        let mut done: Vec<ObjectId> = Vec::new();
        for pack in Pack::all(&folder, first.object.as_bytes().len()) {
            let begin = || (start(), Vec::new());
            let parts = pack.search(wanted, begin, |(state, searched), found| {
                // Some objects lie in several packs.
                if done.binary_search(&found.listed.object).is_err() {
                    searched.push(found.listed.object);
                    visit(state, found.listed, Ok(found));
                }
            });
            for (state, searched) in parts {
                states.push(state);
                done.extend(searched);
            }
            done.sort_unstable();
        }
        listed.retain(|one| done.binary_search(&one.object).is_err());
        drop(done);
        let names: Vec<ObjectId> = listed.iter().map(|one| one.object).collect();
        let rest = self.read_objects(&names, start, |state, place, content| {
            let one = listed[place];
            let found = content.map(|content| Searched {
                listed: one,
                size: content.len(),
                content: wanted.may_be_in(content).then_some(content),
            });
            visit(state, one, found);
        })?;
        states.extend(rest);
        Ok(states)
    }

    /// Every object but trees, also what nothing leads to; in the order of the packs, in which it is read fastest.
    ///
    /// # Errors
    /// If git fails.
    pub fn all_objects(&self) -> Result<Vec<Listed>, SourceError> {
        let arguments = ["--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectname)", "--buffer"];
        let (process, _, stdout) = Process::start(self, "cat-file", &arguments)?;
        let (mut lines, mut line, mut listed) = (BufReader::with_capacity(1 << 16, stdout), Vec::new(), Vec::new());
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line).is_err() {
                return Err(process.broken());
            }
            let Some(text) = line.strip_suffix(b"\n") else { break };
            let kind = match text.first() {
                Some(b'b') => Kind::Blob,
                Some(b'c') => Kind::Commit,
                Some(b't') if text.starts_with(b"tag ") => Kind::Tag,
                _ => continue,
            };
            let name = text.rsplit(|&byte| byte == b' ').next().and_then(ObjectId::parse);
            listed.extend(name.map(|object| Listed { object, kind }));
        }
        process.end().map(|()| listed)
    }
}
