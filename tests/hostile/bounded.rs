//! A run within bounds: of memory, by the system's own limit, which stops whoever wants more; and of time, by a watchdog
//! that no machine should ever meet.

use std::io::{Read, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::common::repo::Repo;
use crate::common::share_environment;

/// Nothing here takes a tenth of it.
const WATCHDOG: Duration = Duration::from_secs(120);

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// The exit code; `None` after a signal.
    pub(super) code: Option<i32>,
    /// The signal that stopped it.
    pub(super) signal: Option<i32>,
    /// Standard output.
    pub(super) out: String,
    /// Standard error.
    pub(super) err: String,
}

impl Ended {
    /// Nothing that was printed holds eight characters in a row of a key, but for its public beginning.
    #[track_caller]
    pub(super) fn hides(&self, key: &str) {
        let body = &key[key.len() / 3..];
        for at in 0..body.len().saturating_sub(7) {
            let trace = &body[at..at + 8];
            assert!(!self.out.contains(trace) && !self.err.contains(trace), "{}\n{}", self.out, self.err);
        }
    }

    /// A terminal that shows the output does nothing else.
    #[track_caller]
    pub(super) fn is_harmless(&self) {
        let is_harmful = |character: char| {
            character.is_control() && character != '\n'
                || ('\u{202a}'..='\u{202e}').contains(&character)
                || ('\u{2066}'..='\u{2069}').contains(&character)
        };
        assert!(!self.out.contains(is_harmful) && !self.err.contains(is_harmful), "{:?}\n{:?}", self.out, self.err);
    }

    /// Exit code, standard output and standard error, with the folder that was linted as `ROOT`.
    pub(super) fn told(self, repo: &Repo) -> (Option<i32>, String, String) {
        let root = repo.root.display().to_string();
        (self.code, self.out.replace(&root, "ROOT"), self.err.replace(&root, "ROOT"))
    }
}

/// Runs a command within so many megabytes of address space.
#[track_caller]
pub(super) fn bounded(command: &Command, megabytes: u64) -> Ended {
    bounded_with(command, megabytes, b"")
}

/// [`bounded`] with something on standard input.
#[track_caller]
pub(super) fn bounded_with(command: &Command, megabytes: u64, input: &[u8]) -> Ended {
    let mut child = limited(command, megabytes).spawn().unwrap();
    // Whoever refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input);
    let (out, err) = (reader(child.stdout.take().unwrap()), reader(child.stderr.take().unwrap()));
    let (status, seen) = watched(&mut child);
    let ended =
        Ended { code: status.code(), signal: status.signal(), out: out.join().unwrap(), err: err.join().unwrap() };
    row(command, &ended, seen, megabytes);
    ended
}

/// The command below a shell that sets the limit. What git takes is held to it, too.
fn limited(command: &Command, megabytes: u64) -> Command {
    let limit = if cfg!(target_os = "linux") { "ulimit -v \"$0\" && exec \"$@\"" } else { "exec \"$@\"" };
    let mut limited = Command::new("/bin/sh");
    limited.arg("-c").arg(limit).arg((megabytes << 10).to_string());
    limited.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        limited.current_dir(folder);
    }
    share_environment(command, &mut limited);
    // glibc sets addresses aside for every thread, of which most are never used.
    limited.env("MALLOC_ARENA_MAX", "1");
    limited.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    limited
}

fn reader(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits for the end. Also returns the most of its address space that was seen, in megabytes: it may have been more.
#[track_caller]
fn watched(child: &mut Child) -> (std::process::ExitStatus, u64) {
    let (start, mut seen) = (Instant::now(), 0);
    loop {
        seen = seen.max(peak(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            return (status, seen);
        }
        if start.elapsed() > WATCHDOG {
            child.kill().unwrap();
            panic!("it does not come to an end");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// `VmPeak` of a running process, in megabytes.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmPeak:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? >> 10)
}

/// A row of the table: input, mode, outcome, memory.
fn row(command: &Command, ended: &Ended, seen: u64, megabytes: u64) {
    let input = thread::current().name().unwrap_or_default().to_owned();
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    let mode: String = words.join(" ").chars().filter(|c| !c.is_control()).take(44).collect();
    let outcome = match (ended.code, ended.signal) {
        (Some(code), _) => format!("exit {code}"),
        (None, signal) => format!("signal {}", signal.unwrap_or_default()),
    };
    println!("{input:58} {mode:44} {outcome:9} {seen:4} of {megabytes} MB");
}
