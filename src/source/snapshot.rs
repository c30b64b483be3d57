//! What a source holds, at one moment.

use std::path::PathBuf;
use std::ptr;

use super::ignored::IgnoreRules;
use super::{Entry, State};
use crate::path::RepoPath;

/// What a source holds, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The top of the repository; without git, the folder that was asked for.
    pub root: PathBuf,
    /// Whether git was asked.
    pub git: bool,
    /// All paths, sorted and unique.
    pub entries: Vec<Entry>,
    /// What the report is restricted to, sorted; `None` means everything.
    pub selection: Option<Vec<RepoPath>>,
    /// What is not among the entries.
    pub coverage: Coverage,
    /// The ignore rules that decided.
    pub rules: IgnoreRules,
}

/// What was left out, so that nothing is skipped in silence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// There is no git program: nobody knows what is tracked.
    pub git_missing: bool,
    /// Folders that are repositories of their own, submodules included.
    pub nested: Vec<RepoPath>,
    /// Symbolic links that lead to a folder or out of the repository.
    pub links: Vec<RepoPath>,
    /// Pipes, sockets and devices. They are never opened.
    pub special: Vec<RepoPath>,
    /// What the operating system refused to open, in its words.
    pub unreadable: Vec<(RepoPath, String)>,
}

impl Snapshot {
    /// The entry at a path.
    pub fn entry(&self, path: &RepoPath) -> Option<&Entry> {
        self.position(path).map(|place| &self.entries[place])
    }

    /// The state of a path, or the one that a file created there would have.
    pub fn state_if_created(&self, path: &RepoPath) -> State {
        match self.entry(path) {
            Some(entry) => entry.state.clone(),
            None if self.git => self.rules.state(path, false),
            None => State::NoGit,
        }
    }

    /// Whether an entry lies below this folder.
    pub fn is_folder_known(&self, folder: &RepoPath) -> bool {
        let below = if folder.as_bytes().is_empty() { folder.clone() } else { folder.join("") };
        let first = self.entries.partition_point(|entry| entry.path < below);
        self.entries.get(first).is_some_and(|entry| entry.path.is_within(folder))
    }

    /// Whether the report is to speak of a path.
    pub fn selects(&self, path: &RepoPath) -> bool {
        is_selected(self.selection.as_deref(), path)
    }

    /// Where an entry stands: one of this snapshot's own by where it lies in memory, a copy by its path.
    pub(super) fn place(&self, entry: &Entry) -> Option<usize> {
        let distance = ptr::from_ref(entry).addr().wrapping_sub(self.entries.as_ptr().addr());
        let place = distance / size_of::<Entry>();
        match self.entries.get(place) {
            Some(own) if ptr::eq(own, entry) => Some(place),
            _ => self.position(&entry.path),
        }
    }

    pub(super) fn position(&self, path: &RepoPath) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.path.cmp(path)).ok()
    }
}

/// Whether a path, or a folder above it, is in a sorted selection.
pub(crate) fn is_selected(selection: Option<&[RepoPath]>, path: &RepoPath) -> bool {
    let Some(selection) = selection else {
        return true;
    };
    let mut path = Some(path.clone());
    while let Some(part) = path {
        if selection.binary_search(&part).is_ok() {
            return true;
        }
        path = part.parent();
    }
    false
}

/// Whether a sorted selection has something below a folder.
pub(super) fn leads_to_selected(selection: Option<&[RepoPath]>, folder: &RepoPath) -> bool {
    let Some(selection) = selection else {
        return false;
    };
    let below = folder.join("");
    let first = selection.partition_point(|path| path < &below);
    selection.get(first).is_some_and(|path| path.is_within(folder))
}
