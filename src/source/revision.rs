//! The files of one state that git has, an index or a commit: their bytes are objects, and the disk is not touched.

use std::sync::{Mutex, PoisonError};

use super::change::Version;
use super::git::Objects;
use super::ignored::{IgnoreRules, too_large};
use super::index::IndexMode;
use super::object::ObjectId;
use super::{Entry, Mode, ReadError, Snapshot, Source, SourceError, State};
use crate::path::RepoPath;

/// The files of one state.
#[derive(Debug)]
pub struct Revision<'a> {
    /// What it holds.
    pub snapshot: Snapshot,
    /// The content of each entry, in the same order.
    contents: Vec<ObjectId>,
    objects: &'a Mutex<Objects>,
}

/// More links than anybody chains.
const MAX_HOPS: usize = 8;

impl<'a> Revision<'a> {
    /// Files, in any order. Submodules are none, and listed as what is not entered.
    pub fn new(files: impl IntoIterator<Item = (RepoPath, Version, State)>, objects: &'a Mutex<Objects>) -> Self {
        let mut snapshot = Snapshot { git: true, ..Snapshot::default() };
        let mut all: Vec<(Entry, ObjectId)> = Vec::new();
        for (path, version, state) in files {
            let mode = match version.mode {
                IndexMode::File => Mode::File,
                IndexMode::Executable => Mode::Executable,
                IndexMode::Symlink => Mode::Symlink,
                IndexMode::Submodule => {
                    snapshot.coverage.nested.push(path);
                    continue;
                }
            };
            all.push((Entry { path, state, mode }, version.object));
        }
        all.sort_by(|one, other| one.0.path.cmp(&other.0.path));
        all.dedup_by(|later, first| later.0.path == first.0.path);
        let (entries, contents) = all.into_iter().unzip();
        snapshot.entries = entries;
        Self { snapshot, contents, objects }
    }

    /// With the ignore rules that it holds, and those of this machine.
    fn with_rules(mut self, mut rules: IgnoreRules) -> Result<Self, SourceError> {
        let is_rules = |entry: &&Entry| entry.path.name() == ".gitignore" && entry.mode != Mode::Symlink;
        for entry in self.snapshot.entries.iter().filter(is_rules) {
            let failed = |reason| SourceError::Io { path: self.snapshot.root.join(entry.path.to_path()), reason };
            let text = self.read(entry).map_err(|error| failed(error.to_string()))?;
            too_large(text.len()).map_or(Ok(()), |reason| Err(failed(reason)))?;
            rules.add(&entry.path.parent().unwrap_or_else(|| "".into()), &text);
        }
        self.snapshot.rules = rules;
        Ok(self)
    }

    fn content(&self, path: &RepoPath) -> Option<(&Entry, ObjectId)> {
        let position = self.snapshot.position(path)?;
        Some((self.snapshot.entries.get(position)?, *self.contents.get(position)?))
    }

    fn fetch(&self, object: ObjectId, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.read(object.to_string().as_bytes(), bytes).map(|_| ())
    }

    /// The content that a link leads to, through links to files inside the same state.
    fn follow(&self, link: &RepoPath) -> Result<ObjectId, ReadError> {
        let mut path = link.clone();
        for _ in 0..MAX_HOPS {
            let Some((entry, object)) = self.content(&path) else { break };
            if entry.mode != Mode::Symlink {
                return Ok(object);
            }
            let mut text = Vec::new();
            self.fetch(object, &mut text)?;
            let Some(target) = target(&path, &text) else { break };
            path = target;
        }
        Err(ReadError::LinkNotFollowed)
    }
}

/// The states that a change starts from, several for a merge, and the one that it makes.
#[derive(Debug)]
pub struct States<'a> {
    /// Before.
    pub before: Vec<Revision<'a>>,
    /// After.
    pub after: Revision<'a>,
}

impl States<'_> {
    /// With the ignore rules that each holds, and those of this machine.
    ///
    /// # Errors
    /// Names the ignore file that can't be read.
    pub fn with_rules(self, personal: &IgnoreRules) -> Result<Self, SourceError> {
        let before: Result<_, _> = self.before.into_iter().map(|before| before.with_rules(personal.clone())).collect();
        Ok(Self { before: before?, after: self.after.with_rules(personal.clone())? })
    }
}

/// Files that git has, and had.
pub(super) fn tracked(files: &[(RepoPath, Version)]) -> impl Iterator<Item = (RepoPath, Version, State)> {
    files.iter().map(|(path, version)| (path.clone(), *version, State::Tracked))
}

/// The path that the text of a link names; `None` if it leads out of the repository.
fn target(link: &RepoPath, text: &[u8]) -> Option<RepoPath> {
    if text.starts_with(b"/") {
        return None;
    }
    let folder = link.parent();
    let mut parts: Vec<&[u8]> = Vec::new();
    let above = folder.as_ref().map_or(&b""[..], RepoPath::as_bytes);
    for part in above.split(|&byte| byte == b'/').chain(text.split(|&byte| byte == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => _ = parts.pop()?,
            _ => parts.push(part),
        }
    }
    Some(RepoPath::from_bytes(&parts.join(&b'/')))
}

impl Source for Revision<'_> {
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        self.read_into(entry, &mut bytes)?;
        Ok(bytes)
    }

    fn read_into(&self, entry: &Entry, bytes: &mut Vec<u8>) -> Result<(), ReadError> {
        bytes.clear();
        let object = match entry.mode {
            Mode::Symlink => self.follow(&entry.path)?,
            Mode::File | Mode::Executable => self.content(&entry.path).ok_or(ReadError::NotHere)?.1,
        };
        self.fetch(object, bytes)
    }

    fn link_text(&self, entry: &Entry) -> Option<Vec<u8>> {
        if entry.mode != Mode::Symlink {
            return None;
        }
        let mut text = Vec::new();
        self.fetch(self.content(&entry.path)?.1, &mut text).ok()?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        for (link, text, expected) in [
            ("a/b/link", "../c", Some("a/c")),
            ("link", "./x//y", Some("x/y")),
            ("link", "../out", None),
            ("a/link", "/etc/passwd", None),
        ] {
            assert_eq!(target(&link.into(), text.as_bytes()), expected.map(RepoPath::from), "{link} {text}");
        }
    }
}
