//! A work tree in which some files have another text: what an editor has not saved yet, or what a write would make.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::worktree::{Wanted, Worktree, open_for};
use super::{Entry, Mode, ReadError, Snapshot, Source, SourceError, State};
use crate::path::RepoPath;

/// A work tree in which some files have another text, whether they are there or not.
#[derive(Debug)]
pub struct Overlay {
    /// What the work tree holds, with these files.
    pub snapshot: Snapshot,
    worktree: Worktree,
    texts: BTreeMap<RepoPath, Vec<u8>>,
}

impl Overlay {
    /// A work tree as it is.
    pub fn new(worktree: Worktree) -> Self {
        Self { snapshot: worktree.snapshot.clone(), worktree, texts: BTreeMap::new() }
    }

    /// Opens the repository that a file belongs to, or would, and gives the file a text; only the file is selected.
    ///
    /// # Errors
    /// As [`open`](super::worktree::open), but the file may be missing; also if it is a folder.
    pub fn open(
        file: PathBuf,
        bytes: Vec<u8>,
        cwd: &Path,
        wanted: Wanted<'_>,
    ) -> Result<(Self, RepoPath), SourceError> {
        let full = cwd.join(&file);
        if full.is_dir() {
            return Err(SourceError::Io { path: full, reason: ErrorKind::IsADirectory.to_string() });
        }
        let mut overlay = Self::new(open_for(file, cwd, wanted)?);
        let Some([path]) = overlay.snapshot.selection.as_deref() else {
            return Err(SourceError::NoSuchPath(full));
        };
        let path = path.clone();
        overlay.put(&path, Some(bytes));
        Ok((overlay, path))
    }

    /// Gives a file a text, or the one back that the work tree has.
    pub fn put(&mut self, path: &RepoPath, bytes: Option<Vec<u8>>) {
        if path.name() == ".gitignore" {
            self.ignore(path, bytes.as_deref());
        }
        let known = self.worktree.snapshot.entry(path).cloned();
        let entry = match bytes {
            // The text is that of a file, wherever a link leads.
            Some(bytes) => {
                self.texts.insert(path.clone(), bytes);
                let mode = known.as_ref().map_or(Mode::File, |known| known.mode);
                let state = match &known {
                    Some(known) if matches!(known.state, State::Tracked | State::Staged | State::NoGit) => {
                        known.state.clone()
                    }
                    _ if self.snapshot.git => self.snapshot.rules.state(path, false),
                    _ => State::NoGit,
                };
                let mode = if mode == Mode::Symlink { Mode::File } else { mode };
                Some(Entry { path: path.clone(), state, mode })
            }
            None => {
                self.texts.remove(path);
                known
            }
        };
        self.set(path, entry);
    }

    /// Gives a folder other ignore rules, or those back that the work tree has.
    fn ignore(&mut self, path: &RepoPath, text: Option<&[u8]>) {
        let Snapshot { rules, entries, git, .. } = &mut self.snapshot;
        let folder = path.parent().unwrap_or_else(|| "".into());
        match (text, self.worktree.snapshot.rules.file(folder.as_bytes())) {
            (Some(text), _) => rules.add(&folder, text),
            (None, Some(file)) => rules.add_file(Arc::clone(file)),
            (None, None) => rules.add(&folder, b""),
        }
        for entry in entries.iter_mut().filter(|_| *git) {
            if !matches!(entry.state, State::Tracked | State::Staged | State::NoGit) {
                entry.state = rules.state(&entry.path, false);
            }
        }
    }

    /// The folder in which git keeps what it knows; `None` without git.
    pub fn git_folder(&self) -> Option<PathBuf> {
        self.worktree.git_folder()
    }

    /// Takes a file away, though the work tree has it.
    pub fn remove(&mut self, path: &RepoPath) {
        self.texts.remove(path);
        self.set(path, None);
    }

    fn set(&mut self, path: &RepoPath, entry: Option<Entry>) {
        let entries = &mut self.snapshot.entries;
        match (entries.binary_search_by(|entry| entry.path.cmp(path)), entry) {
            (Ok(place), Some(entry)) => entries[place] = entry,
            (Ok(place), None) => {
                entries.remove(place);
            }
            (Err(place), Some(entry)) => entries.insert(place, entry),
            (Err(_), None) => {}
        }
    }
}

impl Source for Overlay {
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        match self.texts.get(&entry.path) {
            Some(bytes) => Ok(bytes.clone()),
            None => self.worktree.read(entry),
        }
    }

    fn read_into(&self, entry: &Entry, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        match self.texts.get(&entry.path) {
            Some(text) => {
                bytes.clone_from(text);
                Ok(())
            }
            None => self.worktree.read_into(entry, bytes),
        }
    }

    fn state(&self, entry: &Entry) -> Result<State, ReadError> {
        self.worktree.state(entry)
    }

    fn is_readable_by_others(&self, entry: &Entry) -> bool {
        self.worktree.is_readable_by_others(entry)
    }

    fn link_text(&self, entry: &Entry) -> Option<Vec<u8>> {
        if self.texts.contains_key(&entry.path) { None } else { self.worktree.link_text(entry) }
    }
}
