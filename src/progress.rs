//! A line on the terminal for runs that take long: what is being read. It goes before anything else is printed.

use std::ffi::OsStr;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::path::RepoPath;
use crate::report::clean;
use crate::source::{Entry, ReadError, Source, State};

/// How long a run takes before anything is shown.
pub const DELAY: Duration = Duration::from_secs(1);
/// How often the line changes.
const INTERVAL: Duration = Duration::from_millis(100);
/// To the start of the line, and nothing behind it.
const CLEAR: &str = "\r\u{1b}[K";

/// Whether somebody is there to see it, on a terminal that can take a line back. Consoles that don't say what they
/// are may not.
pub fn is_wanted(is_terminal: bool, term: Option<&OsStr>, quiet: bool) -> bool {
    is_terminal && !quiet && term.is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// How far a run has come.
#[derive(Debug, Default)]
pub struct Progress {
    commits: AtomicUsize,
    count: AtomicUsize,
    current: Mutex<Option<RepoPath>>,
    ended: Mutex<bool>,
    end: Condvar,
}

impl Progress {
    /// Does something, and shows from `delay` on how far it has come. When this returns, the line is gone.
    pub fn during<T>(
        &self,
        out: &mut (dyn Write + Send),
        delay: Duration,
        columns: usize,
        work: impl FnOnce() -> T,
    ) -> T {
        /// Ends the line also where the work panics.
        struct End<'a>(&'a Progress);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                *self.0.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
                self.0.end.notify_all();
            }
        }
        std::thread::scope(|scope| {
            scope.spawn(|| self.show(out, delay, columns));
            let _end = End(self);
            work()
        })
    }

    fn show(&self, out: &mut dyn Write, delay: Duration, columns: usize) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut wait, mut shown) = (delay, false);
        loop {
            ended = match self.end.wait_timeout_while(ended, wait, |ended| !*ended) {
                Ok((ended, _)) => ended,
                Err(poisoned) => poisoned.into_inner().0,
            };
            if *ended {
                break;
            }
            // A terminal that has gone is no reason to stop.
            let _ = write!(out, "{CLEAR}{}", self.line(columns)).and_then(|()| out.flush());
            (wait, shown) = (INTERVAL, true);
        }
        if shown {
            let _ = write!(out, "{CLEAR}").and_then(|()| out.flush());
        }
    }

    /// What is being done, in less than a line: one that wraps could not be taken back.
    fn line(&self, columns: usize) -> String {
        let (commits, count) = (self.commits.load(Ordering::Relaxed), self.count.load(Ordering::Relaxed));
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let line = match current {
            None if count > 0 && commits == 0 => format!("{count} read"),
            None if commits > 0 => format!("{commits} commits walked"),
            None => "looking for files".to_owned(),
            Some(path) => format!("{count} read: {}", clean(path.as_str())),
        };
        // Some characters are two columns wide.
        let mut used = 0;
        let fits = |c: &char| {
            used += if c.is_ascii() { 1 } else { 2 };
            used < columns
        };
        line.chars().take_while(fits).collect()
    }
}

/// A source that tells what is read of it.
pub(crate) struct Counted<'a> {
    pub(crate) source: &'a dyn Source,
    pub(crate) progress: &'a Progress,
}

impl Progress {
    /// Something is being read.
    pub fn read(&self, path: &RepoPath) {
        self.count.fetch_add(1, Ordering::Relaxed);
        // Whoever comes second need not wait to be shown.
        if let Ok(mut current) = self.current.try_lock() {
            *current = Some(path.clone());
        }
    }

    /// One more was read, of which nobody knows the path.
    pub fn more(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// So many commits were walked.
    pub fn walked(&self, commits: usize) {
        self.commits.store(commits, Ordering::Relaxed);
    }
}

impl Source for Counted<'_> {
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        self.progress.read(&entry.path);
        self.source.read(entry)
    }

    fn read_into(&self, entry: &Entry, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        self.progress.read(&entry.path);
        self.source.read_into(entry, bytes)
    }

    fn state(&self, entry: &Entry) -> Result<State, ReadError> {
        self.source.state(entry)
    }

    fn is_readable_by_others(&self, entry: &Entry) -> bool {
        self.source.is_readable_by_others(entry)
    }

    fn link_text(&self, entry: &Entry) -> Option<Vec<u8>> {
        self.source.link_text(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::memory::Memory;

    #[test]
    fn only_who_sees_it_gets_it() {
        let xterm = Some(OsStr::new("xterm-256color"));
        assert!(is_wanted(true, xterm, false));
        assert!(!is_wanted(false, xterm, false), "a pipe");
        assert!(!is_wanted(true, xterm, true), "--quiet");
        assert!(!is_wanted(true, Some(OsStr::new("dumb")), false));
        assert!(!is_wanted(true, Some(OsStr::new("")), false));
        assert!(!is_wanted(true, None, false));
    }

    #[test]
    fn a_short_run_shows_nothing() {
        let mut out = Vec::new();
        assert_eq!(Progress::default().during(&mut out, Duration::from_secs(600), 80, || 7), 7);
        assert_eq!(out, b"");
    }

    #[test]
    fn a_long_run_shows_what_is_read_and_takes_it_back() {
        let memory = Memory::repository([("a\n/b\u{1b}.txt", "x"), ("c", "y")]);
        let progress = Progress::default();
        let counted = Counted { source: &memory, progress: &progress };
        assert_eq!(progress.line(80), "looking for files");
        for entry in &memory.snapshot.entries {
            assert_eq!(counted.read(entry), memory.read(entry));
        }
        assert_eq!(progress.line(80), "2 read: c");
        assert_eq!(progress.line(6), "2 rea", "one column is left");
        assert!(counted.read(&memory.snapshot.entries[0]).is_ok());
        assert!(!progress.line(80).contains(['\n', '\u{1b}']), "{:?}", progress.line(80));
        assert!(counted.read(&memory.snapshot.entries[1]).is_ok());
        let mut out = Vec::new();
        progress.during(&mut out, Duration::ZERO, 80, || std::thread::sleep(INTERVAL));
        let shown = String::from_utf8_lossy(&out).into_owned();
        assert!(shown.starts_with("\r\u{1b}[K4 read: c") && shown.ends_with("c\r\u{1b}[K"), "{shown:?}");
    }
}
