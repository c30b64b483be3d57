//! Where files come from.

use std::fmt;

use crate::path::RepoPath;

pub mod change;
mod error;
pub mod git;
pub mod history;
pub mod ignored;
pub mod index;
mod link;
pub mod memory;
mod merge;
pub mod object;
pub mod overlay;
pub mod past;
pub mod patterns;
pub mod range;
mod request;
pub mod revision;
mod snapshot;
pub mod staged;
mod walk;
mod wildmatch;
pub mod worktree;

/// Whether a text matches a pattern with wildcards. With `slashes`, only `**` between slashes matches those.
#[doc(hidden)]
pub fn wildcards(pattern: &str, text: &str, slashes: bool) -> bool {
    wildmatch::matches(pattern.as_bytes(), text.as_bytes(), wildmatch::Syntax { pathname: slashes, ignore_case: false })
}

pub use error::SourceError;
pub(crate) use request::real_place;
pub(crate) use snapshot::is_selected;
pub use snapshot::{Coverage, Snapshot};

/// One path of the repository.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it stands.
    pub path: RepoPath,
    /// What git has, or would take, of it.
    pub state: State,
    /// What kind of entry it is.
    pub mode: Mode,
}

/// What kind of entry a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A regular file.
    File,
    /// A regular file with the executable bit, as git records it.
    Executable,
    /// A symbolic link.
    Symlink,
}

/// What git has, or would take, of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// In the index and, where [`Source::state`] says so, in the current commit.
    Tracked,
    /// In the index, not in the current commit.
    Staged,
    /// Not in the index, and no rule of the repository ignores it: `git add .` would take it.
    WouldBeCommitted,
    /// Not in the index, and ignored by a rule that the repository carries.
    Private {
        /// The deciding rule.
        by: IgnoreRule,
    },
    /// Not in the index, and ignored only by `.git/info/exclude` or the user's own excludes file:
    /// a teammate's git would take it.
    PrivateOnlyHere {
        /// The deciding rule.
        by: IgnoreRule,
    },
    /// There is no git repository.
    NoGit,
}

impl State {
    /// Whether git has the file or a teammate's `git add .` would take it. `None` without git.
    pub fn is_exposed(&self) -> Option<bool> {
        match self {
            Self::Tracked | Self::Staged | Self::WouldBeCommitted | Self::PrivateOnlyHere { .. } => Some(true),
            Self::Private { .. } => Some(false),
            Self::NoGit => None,
        }
    }
}

/// The ignore pattern that decides about a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreRule {
    /// The file that holds it: a repository path, `.git/info/exclude`, or the user's excludes file.
    pub file: String,
    /// 1-based line.
    pub line: usize,
    /// The pattern as written.
    pub pattern: String,
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The operating system refused; its own words.
    Io(String),
    /// More bytes than [`MAX_BYTES`].
    TooLarge(u64),
    /// A symbolic link that leads out of the repository, to a folder or nowhere. It is not followed.
    LinkNotFollowed,
    /// git has no object of this name here, or a damaged one.
    NoObject,
    /// The file is in the index, not in the work tree, and git has no object for it here.
    NotHere,
}

/// The largest file that is read whole, in bytes.
pub const MAX_BYTES: u64 = 64 << 20;

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(reason) => f.write_str(reason),
            Self::TooLarge(bytes) => {
                write!(f, "{bytes} bytes, more than the {MAX_BYTES} that are read")
            }
            Self::LinkNotFollowed => f.write_str("a symbolic link that leads out of the repository"),
            Self::NoObject => f.write_str("git's object is missing or damaged: `git fsck` tells"),
            Self::NotHere => f.write_str("neither in the work tree nor among git's objects"),
        }
    }
}

/// Where the bytes of an entry come from.
pub trait Source: Sync {
    /// Reads one entry.
    ///
    /// # Errors
    /// Says why the entry can't be read.
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError>;

    /// Reads one entry into a buffer, whose former content goes.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn read_into(&self, entry: &Entry, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        *bytes = self.read(entry)?;
        Ok(())
    }

    /// What git has of an entry, with [`State::Staged`] told from [`State::Tracked`] where the list of entries leaves
    /// that open.
    ///
    /// # Errors
    /// If git fails.
    fn state(&self, entry: &Entry) -> Result<State, ReadError> {
        Ok(entry.state.clone())
    }

    /// Whether other users of the machine can read the file: by its mode and those of all folders above it (Unix).
    fn is_readable_by_others(&self, entry: &Entry) -> bool {
        let _ = entry;
        false
    }

    /// Where a symbolic link says it leads, which is text that git has; `None` for anything else.
    fn link_text(&self, entry: &Entry) -> Option<Vec<u8>> {
        let _ = entry;
        None
    }
}
