//! Unites what git lists with what the walk found.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use super::ignored::IgnoreRules;
use super::index::Indexed;
use super::link::{self, Target};
use super::walk::Found;
use super::{Coverage, Entry, Mode, Snapshot, State};
use crate::path::RepoPath;

/// What git says.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) listing: Vec<u8>,
    /// Sorted.
    pub(super) staged: Vec<Vec<u8>>,
    pub(super) symlinks: bool,
}

/// Where the bytes of an entry are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) disk: Disk,
    /// The object's name, as a range of the listing.
    pub(super) object: Option<(usize, usize)>,
}

/// What the walk saw at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disk {
    File,
    Link,
    /// It was not seen: absent, of another kind, or in an ignored folder.
    Unknown,
}

/// Unites what git lists with what the walk found.
pub(super) fn merge(snapshot: &mut Snapshot, listed: &Listed, found: Found) -> Vec<Place> {
    let ignore_case = snapshot.rules.ignore_case();
    let mut tracked: Vec<(Indexed<'_>, Disk)> = Vec::new();
    for indexed in Indexed::parse(&listed.listing) {
        if indexed.mode == b"160000" {
            snapshot
                .coverage
                .nested
                .push(RepoPath::from_bytes(indexed.path));
        } else if tracked
            .last()
            .is_none_or(|(last, _)| last.path != indexed.path)
        {
            tracked.push((indexed, Disk::Unknown));
        }
    }
    let mut positions = HashMap::with_capacity(tracked.len());
    for (position, (indexed, _)) in tracked.iter().enumerate() {
        positions.insert(key(indexed.path, ignore_case), position);
    }
    let mut others = Vec::new();
    for &seen in &found.seen {
        match positions.get(&*key(found.path(seen), ignore_case)) {
            Some(&position) => {
                tracked[position].1 = if seen.is_link { Disk::Link } else { Disk::File }
            }
            None => others.push(seen),
        }
    }
    mark_personal(&mut snapshot.rules, |path| {
        positions.contains_key(&*key(path, ignore_case))
    });

    let mut entries = Vec::with_capacity(tracked.len() + others.len());
    for (indexed, disk) in tracked {
        let is_staged = listed
            .staged
            .binary_search_by(|path| path.as_slice().cmp(indexed.path))
            .is_ok();
        let mode = match disk {
            Disk::Link if listed.symlinks => Mode::Symlink,
            Disk::File if listed.symlinks && indexed.mode == b"120000" => Mode::File,
            _ if indexed.mode == b"120000" => Mode::Symlink,
            _ if indexed.mode == b"100755" => Mode::Executable,
            _ => Mode::File,
        };
        let entry = Entry {
            path: RepoPath::from_bytes(indexed.path),
            state: if is_staged {
                State::Staged
            } else {
                State::Tracked
            },
            mode,
        };
        let start = indexed.object_at;
        entries.push((
            entry,
            Place {
                disk,
                object: Some((start, start + indexed.object.len())),
            },
        ));
    }
    for seen in others {
        let path = RepoPath::from_bytes(found.path(seen));
        let state = match (snapshot.git, seen.ignored) {
            (false, _) => State::NoGit,
            (true, true) => snapshot.rules.state(&path, false),
            (true, false) => State::WouldBeCommitted,
        };
        let (mode, disk) = if seen.is_link {
            (Mode::Symlink, Disk::Link)
        } else {
            (file_mode(&snapshot.root.join(path.to_path())), Disk::File)
        };
        entries.push((Entry { path, state, mode }, Place { disk, object: None }));
    }
    // Mostly sorted already: git lists in this order.
    entries.sort_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    let (entries, places): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
    snapshot.entries = entries;
    note_links(
        &snapshot.root,
        &snapshot.entries,
        &places,
        &mut snapshot.coverage,
    );
    places
}

/// What tells two paths apart.
fn key(path: &[u8], ignore_case: bool) -> Cow<'_, [u8]> {
    if ignore_case {
        path.to_ascii_lowercase().into()
    } else {
        path.into()
    }
}

/// An ignore file that is itself ignored, as tools write them into their caches, stays on this machine.
fn mark_personal(rules: &mut IgnoreRules, is_tracked: impl Fn(&[u8]) -> bool) {
    let folders: Vec<_> = rules.folders().collect();
    for folder in folders {
        let file = folder.join(".gitignore");
        if !is_tracked(file.as_bytes())
            && rules
                .check_ignore(&file, false)
                .is_some_and(|decision| decision.ignored)
        {
            rules.mark_personal(&folder);
        }
    }
}

fn note_links(root: &Path, entries: &[Entry], places: &[Place], coverage: &mut Coverage) {
    for (entry, place) in entries.iter().zip(places) {
        if place.disk == Disk::Link && !matches!(link::resolve(root, &entry.path), Target::File(_))
        {
            coverage.links.push(entry.path.clone());
        }
    }
}

#[cfg(unix)]
fn file_mode(path: &Path) -> Mode {
    use std::os::unix::fs::PermissionsExt;
    let executable = path
        .symlink_metadata()
        .is_ok_and(|found| found.permissions().mode() & 0o100 != 0);
    if executable {
        Mode::Executable
    } else {
        Mode::File
    }
}

#[cfg(not(unix))]
fn file_mode(_: &Path) -> Mode {
    Mode::File
}
