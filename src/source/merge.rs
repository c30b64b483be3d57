//! Unites what git lists with what the walk found.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use super::ignored::IgnoreRules;
use super::index::{Index, IndexMode, Indexed};
use super::link::{self, Target};
use super::walk::{Found, Seen};
use super::{Coverage, Entry, Mode, Snapshot, State};
use crate::path::RepoPath;

/// What git says.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) index: Index,
    pub(super) symlinks: bool,
}

/// Where the bytes of an entry are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) disk: Disk,
    /// Its position in the index.
    pub(super) index: Option<usize>,
}

/// What the walk saw at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disk {
    File,
    Link,
    /// A link that leads to no file of the repository.
    LinkAway,
    /// It was not seen: absent, of another kind, or in an ignored folder.
    Unknown,
}

impl Disk {
    fn of(seen: Seen) -> Self {
        if seen.is_link { Self::Link } else { Self::File }
    }
}

/// Unites what git lists with what the walk found.
pub(super) fn merge(snapshot: &mut Snapshot, listed: &Listed, found: &Found) -> Vec<Place> {
    let ignore_case = snapshot.rules.ignore_case();
    let index = &listed.index;
    let mut positions = HashMap::with_capacity(index.len());
    for (position, indexed) in index.iter().enumerate() {
        positions.insert(key(indexed.path, ignore_case), position);
    }
    let mut disk = vec![Disk::Unknown; index.len()];
    let mut others = Vec::new();
    for &seen in &found.seen {
        match positions.get(&*key(found.path(seen), ignore_case)) {
            Some(&position) => disk[position] = Disk::of(seen),
            None => others.push(seen),
        }
    }
    others.sort_unstable_by_key(|&seen| found.path(seen));
    mark_personal(&mut snapshot.rules, |path| positions.contains_key(&*key(path, ignore_case)));
    drop(positions);

    let mut entries = Vec::with_capacity(index.len() + others.len());
    let mut places = Vec::with_capacity(index.len() + others.len());
    let mut others = others.into_iter().peekable();
    for (position, (indexed, disk)) in index.iter().zip(disk).enumerate() {
        while let Some(seen) = others.next_if(|&seen| found.path(seen) < indexed.path) {
            entries.push(untracked(snapshot, found, seen));
            places.push(Place { disk: Disk::of(seen), index: None });
        }
        if indexed.mode == IndexMode::Submodule {
            let path = RepoPath::from_bytes(indexed.path);
            snapshot.coverage.nested.push(path);
            continue;
        }
        entries.push(tracked(listed, indexed, disk));
        places.push(Place { disk, index: Some(position) });
    }
    for seen in others {
        entries.push(untracked(snapshot, found, seen));
        places.push(Place { disk: Disk::of(seen), index: None });
    }
    note_links(&snapshot.root, &entries, &mut places, &mut snapshot.coverage);
    snapshot.entries = entries;
    places
}

fn tracked(listed: &Listed, indexed: Indexed<'_>, disk: Disk) -> Entry {
    // Where links can't be made, only the index knows them.
    let mode = match (indexed.mode, disk) {
        (_, Disk::Link | Disk::LinkAway) if listed.symlinks => Mode::Symlink,
        (IndexMode::Symlink, Disk::File) if listed.symlinks => Mode::File,
        (IndexMode::Symlink, _) => Mode::Symlink,
        (IndexMode::Executable, _) => Mode::Executable,
        (IndexMode::File | IndexMode::Submodule, _) => Mode::File,
    };
    Entry { path: RepoPath::from_bytes(indexed.path), state: State::Tracked, mode }
}

fn untracked(snapshot: &Snapshot, found: &Found, seen: Seen) -> Entry {
    let path = RepoPath::from_bytes(found.path(seen));
    let state = match (snapshot.git, seen.ignored) {
        (false, _) => State::NoGit,
        (true, true) => snapshot.rules.state(&path, false),
        (true, false) => State::WouldBeCommitted,
    };
    let mode = if seen.is_link { Mode::Symlink } else { file_mode(&snapshot.root.join(path.to_path())) };
    Entry { path, state, mode }
}

/// What tells two paths apart.
fn key(path: &[u8], ignore_case: bool) -> Cow<'_, [u8]> {
    if ignore_case { path.to_ascii_lowercase().into() } else { path.into() }
}

/// An ignore file that is itself ignored, as tools write them into their caches, stays on this machine.
fn mark_personal(rules: &mut IgnoreRules, is_tracked: impl Fn(&[u8]) -> bool) {
    let folders: Vec<_> = rules.folders().collect();
    for folder in folders {
        let file = folder.join(".gitignore");
        if !is_tracked(file.as_bytes()) && rules.check_ignore(&file, false).is_some_and(|decision| decision.ignored) {
            rules.mark_personal(&folder);
        }
    }
}

/// Tells the links that lead away: nobody needs to follow them again.
fn note_links(root: &Path, entries: &[Entry], places: &mut [Place], coverage: &mut Coverage) {
    for (entry, place) in entries.iter().zip(places) {
        if place.disk == Disk::Link && !matches!(link::resolve(root, &entry.path), Target::File(_)) {
            place.disk = Disk::LinkAway;
            coverage.links.push(entry.path.clone());
        }
    }
}

#[cfg(unix)]
fn file_mode(path: &Path) -> Mode {
    use std::os::unix::fs::PermissionsExt;
    let executable = path.symlink_metadata().is_ok_and(|found| found.permissions().mode() & 0o100 != 0);
    if executable { Mode::Executable } else { Mode::File }
}

#[cfg(not(unix))]
fn file_mode(_: &Path) -> Mode {
    Mode::File
}
