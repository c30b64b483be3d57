//! Files in memory, for tests.

use std::collections::BTreeMap;

use super::ignored::IgnoreRules;
use super::{Entry, Mode, ReadError, Snapshot, Source, State};
use crate::path::RepoPath;

/// A repository, or a folder without git, in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// What it holds. Its `.gitignore` files are the ignore rules.
    pub snapshot: Snapshot,
    contents: BTreeMap<RepoPath, Vec<u8>>,
}

impl Memory {
    /// Files with their states. It counts as a repository unless all of them are [`State::NoGit`].
    pub fn new(files: impl IntoIterator<Item = (RepoPath, Vec<u8>, State, Mode)>) -> Self {
        let mut memory = Self::default();
        memory.snapshot.rules = IgnoreRules::new(false);
        for (path, bytes, state, mode) in files {
            if path.name() == ".gitignore" {
                let folder = path.parent().unwrap_or_else(|| "".into());
                memory.snapshot.rules.add(&folder, &bytes);
            }
            memory.snapshot.entries.push(Entry { path: path.clone(), state, mode });
            memory.contents.insert(path, bytes);
        }
        let entries = &mut memory.snapshot.entries;
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        memory.snapshot.git = entries.is_empty() || entries.iter().any(|entry| entry.state != State::NoGit);
        memory
    }

    /// A repository whose files are private if its `.gitignore` files ignore them, else tracked.
    pub fn repository<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into(), State::Tracked, Mode::File));
        let mut memory = Self::new(files);
        for entry in &mut memory.snapshot.entries {
            if let state @ State::Private { .. } = memory.snapshot.rules.state(&entry.path, false) {
                entry.state = state;
            }
        }
        memory
    }

    /// The same with another state for one path.
    #[must_use]
    pub fn with_state(mut self, path: &str, state: State) -> Self {
        let path = RepoPath::from(path);
        for entry in self.snapshot.entries.iter_mut().filter(|entry| entry.path == path) {
            entry.state = state.clone();
        }
        self
    }
}

impl Source for Memory {
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        match (self.contents.get(&entry.path), entry.mode) {
            (None, _) => Err(ReadError::NotHere),
            (Some(_), Mode::Symlink) => Err(ReadError::LinkNotFollowed),
            (Some(bytes), _) => Ok(bytes.clone()),
        }
    }

    fn link_text(&self, entry: &Entry) -> Option<Vec<u8>> {
        let text = self.contents.get(&entry.path)?;
        (entry.mode == Mode::Symlink).then(|| text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignore_files_decide() {
        let memory = Memory::repository([(".gitignore", ".env\n"), (".env", "A=1\n"), ("a/b", "")]);
        let state = |path: &str| memory.snapshot.state_if_created(&path.into());
        assert!(matches!(state(".env"), State::Private { .. }));
        assert!(matches!(state("x/.env"), State::Private { .. }));
        assert_eq!((state("a/b"), state("a/c")), (State::Tracked, State::WouldBeCommitted));
        let entry = memory.snapshot.entry(&".env".into()).unwrap();
        assert_eq!(memory.read(entry), Ok(b"A=1\n".to_vec()));
        assert!(memory.snapshot.is_folder_known(&"a".into()));
        assert!(!memory.snapshot.is_folder_known(&"a/b".into()));
    }
}
