//! A repository written through `git fast-import`, which takes a hundred thousand objects in a second or two.

use std::fmt::Display;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// An object that was written, by its number in the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(u64);

/// What a commit does to one path.
#[derive(Clone, Debug)]
pub enum Change {
    Write(String, Mark),
    Delete(String),
}

#[derive(Debug)]
pub struct Stream {
    child: Child,
    input: BufWriter<ChildStdin>,
    marks: u64,
    commits: u64,
}

impl Stream {
    /// A new repository at `root`, whose branch is `main`.
    pub fn open(root: &Path) -> io::Result<Self> {
        git(root.parent().unwrap_or(root), &["init", "--quiet", "--initial-branch=main", &root.to_string_lossy()])?;
        let mut child = Command::new("git")
            .args(["-c", "pack.compression=1", "fast-import", "--quiet", "--done"])
            .current_dir(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        let input = child.stdin.take().ok_or_else(|| io::Error::other("git fast-import has no input"))?;
        Ok(Self { child, input: BufWriter::with_capacity(1 << 20, input), marks: 0, commits: 0 })
    }

    /// Versions of one file that are written one after the other become deltas, as in a repository in use.
    pub fn blob(&mut self, text: &[u8]) -> io::Result<Mark> {
        let mark = self.mark();
        write!(self.input, "blob\nmark :{}\n", mark.0)?;
        self.data(text)?;
        Ok(mark)
    }

    /// One commit, ten minutes after the one before.
    pub fn commit(&mut self, branch: &str, parents: &[Mark], changes: &[Change]) -> io::Result<Mark> {
        let mark = self.mark();
        let time = 1_600_000_000 + 600 * self.commits;
        self.commits += 1;
        write!(self.input, "commit refs/heads/{branch}\nmark :{}\n", mark.0)?;
        writeln!(self.input, "committer Bench <bench@example.org> {time} +0000")?;
        let message = format!("Change {}", self.commits);
        self.data(message.as_bytes())?;
        for (number, parent) in parents.iter().enumerate() {
            writeln!(self.input, "{} :{}", if number == 0 { "from" } else { "merge" }, parent.0)?;
        }
        for change in changes {
            match change {
                Change::Write(path, Mark(blob)) => writeln!(self.input, "M 100644 :{blob} {path}")?,
                Change::Delete(path) => writeln!(self.input, "D {path}")?,
            }
        }
        Ok(mark)
    }

    pub fn close(mut self) -> io::Result<()> {
        self.input.write_all(b"done\n")?;
        self.input.flush()?;
        drop(self.input);
        succeeded("git fast-import", self.child.wait()?.success())
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        writeln!(self.input, "data {}", bytes.len())?;
        self.input.write_all(bytes)?;
        self.input.write_all(b"\n")
    }

    fn mark(&mut self) -> Mark {
        self.marks += 1;
        Mark(self.marks)
    }
}

pub fn git(folder: &Path, arguments: &[&str]) -> io::Result<()> {
    let status = Command::new("git").args(arguments).current_dir(folder).status()?;
    succeeded(format!("git {arguments:?}"), status.success())
}

fn succeeded(what: impl Display, success: bool) -> io::Result<()> {
    if success { Ok(()) } else { Err(io::Error::other(format!("{what} failed"))) }
}
