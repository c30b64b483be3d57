//! A git that runs beside this program, with pipes.

use std::io::{self, BufRead, Read};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use super::{Reason, Repository, STARTED, one_line};
use crate::source::SourceError;

/// A running git. Dropped before its end it is stopped.
pub(super) struct Process {
    name: &'static str,
    repository: Repository,
    child: Child,
    words: Option<JoinHandle<String>>,
}

impl Process {
    /// Starts a command: what it reads and what it prints are pipes.
    pub(super) fn start(
        repository: &Repository,
        name: &'static str,
        arguments: &[&str],
    ) -> Result<(Self, ChildStdin, ChildStdout), SourceError> {
        let mut command = repository.options.command(&repository.root, name);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        STARTED.fetch_add(1, Ordering::Relaxed);
        let mut child = command.spawn().map_err(|error| repository.failed(name, error.to_string()))?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let mut process = Self { name, repository: repository.clone(), child, words: None };
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(process.failed("no pipe"));
        };
        process.words = Some(std::thread::spawn(move || words(stderr)));
        Ok((process, stdin, stdout))
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// If it failed, with git's own words.
    pub(super) fn end(mut self) -> Result<(), SourceError> {
        let status = self.child.wait().map_err(|error| self.failed(error.to_string()))?;
        if status.success() { Ok(()) } else { Err(self.broken()) }
    }

    /// What to say when its output is not what it should be: git's own words, where it has some.
    pub(super) fn broken(mut self) -> SourceError {
        let _ = self.child.kill();
        let words = self.words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        match self.child.wait() {
            Ok(status) if !words.is_empty() => self.failed(Reason::of(status, words)),
            _ => self.failed("it ended too early"),
        }
    }

    fn failed(&self, reason: impl Into<Reason>) -> SourceError {
        self.repository.failed(self.name, reason)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What git says, on one line. It is read to its end, because a git that can't speak stops.
fn words(mut stderr: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = (&mut stderr).take(1 << 16).read_to_end(&mut bytes);
    let _ = io::copy(&mut stderr, &mut io::sink());
    one_line(&bytes)
}

/// Reads what git prints with a zero byte behind every field.
pub(super) struct Fields<R> {
    from: R,
    joined: Vec<u8>,
}

impl<R: BufRead> Fields<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, joined: Vec::new() }
    }

    /// The next field; `None` at the end. One without its zero byte is an error: git was stopped.
    pub(super) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.joined.clear();
        self.from.read_until(0, &mut self.joined)?;
        match self.joined.split_last() {
            None => Ok(None),
            Some((0, field)) => Ok(Some(field)),
            Some(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}
