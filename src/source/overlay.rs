//! A work tree in which one file has another text: what an editor has not saved yet.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::worktree::{Wanted, Worktree, open_for};
use super::{Entry, Mode, ReadError, Snapshot, Source, SourceError};
use crate::path::RepoPath;

/// A work tree in which one file has another text, whether it is there or not.
#[derive(Debug)]
pub struct Overlay {
    /// What the work tree holds, with the file; only the file is selected.
    pub snapshot: Snapshot,
    /// The file.
    pub path: RepoPath,
    worktree: Worktree,
    bytes: Vec<u8>,
}

impl Overlay {
    /// Opens the repository that a file belongs to, or would.
    ///
    /// # Errors
    /// As [`open`](super::worktree::open), but the file may be missing; also if it is a folder.
    pub fn open(file: PathBuf, bytes: Vec<u8>, cwd: &Path, wanted: Wanted<'_>) -> Result<Self, SourceError> {
        let full = cwd.join(&file);
        if full.is_dir() {
            return Err(SourceError::Io { path: full, reason: ErrorKind::IsADirectory.to_string() });
        }
        let worktree = open_for(file, cwd, wanted)?;
        let mut snapshot = worktree.snapshot.clone();
        let Some([path]) = snapshot.selection.as_deref() else {
            return Err(SourceError::NoSuchPath(full));
        };
        let path = path.clone();
        let state = snapshot.state_if_created(&path);
        match snapshot.entries.binary_search_by(|entry| entry.path.cmp(&path)) {
            // The text is that of a file, wherever a link leads.
            Ok(place) if snapshot.entries[place].mode == Mode::Symlink => snapshot.entries[place].mode = Mode::File,
            Ok(_) => {}
            Err(place) => snapshot.entries.insert(place, Entry { path: path.clone(), state, mode: Mode::File }),
        }
        Ok(Self { snapshot, path, worktree, bytes })
    }
}

impl Source for Overlay {
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        if entry.path == self.path { Ok(self.bytes.clone()) } else { self.worktree.read(entry) }
    }

    fn read_into(&self, entry: &Entry, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        if entry.path == self.path {
            bytes.clone_from(&self.bytes);
            return Ok(());
        }
        self.worktree.read_into(entry, bytes)
    }

    fn is_readable_by_others(&self, entry: &Entry) -> bool {
        self.worktree.is_readable_by_others(entry)
    }

    fn link_text(&self, entry: &Entry) -> Option<Vec<u8>> {
        if entry.path == self.path { None } else { self.worktree.link_text(entry) }
    }
}
