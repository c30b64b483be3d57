//! What git says has changed between two states: names of objects, never the text of a patch.

use std::collections::BTreeSet;

use super::index::IndexMode;
use super::object::ObjectId;
use crate::path::RepoPath;

/// What stands at a path in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its content.
    pub object: ObjectId,
    /// What it is.
    pub mode: IndexMode,
}

/// One path whose content or mode differs between two states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path.
    pub path: RepoPath,
    /// What stood there; `None` if nothing did.
    pub old: Option<Version>,
    /// What stands there now; `None` if nothing does.
    pub new: Option<Version>,
    /// Whether the path is in conflict, and has no content yet.
    pub unmerged: bool,
}

/// Reads what git prints with `--raw -z --no-abbrev --no-renames`: `:<mode> <mode> <object> <object> <letter>`, then
/// the path. `None` if that is not what it is.
pub fn parse(raw: &[u8]) -> Option<Vec<Change>> {
    let mut fields = raw.split(|&byte| byte == 0);
    let mut changes = Vec::new();
    loop {
        let head = fields.next()?;
        if head.is_empty() {
            return fields.next().is_none().then_some(changes);
        }
        changes.push(record(head, fields.next()?)?);
    }
}

/// One record.
pub fn record(head: &[u8], path: &[u8]) -> Option<Change> {
    let mut words = head.strip_prefix(b":")?.split(|&byte| byte == b' ');
    let mut next = || words.next();
    let (old_mode, new_mode) = (next()?, next()?);
    let (old, new) = (ObjectId::parse(next()?)?, ObjectId::parse(next()?)?);
    let unmerged = next()?.starts_with(b"U");
    let version = |mode: &[u8], object| IndexMode::parse(mode).map(|mode| Version { object, mode });
    Some(Change {
        path: RepoPath::from_bytes(path),
        old: version(old_mode, old),
        new: version(new_mode, new),
        unmerged,
    })
}

/// What differs from each of several states.
pub(super) fn in_all(states: &[Vec<Change>]) -> Vec<Change> {
    let Some((first, others)) = states.split_first() else { return Vec::new() };
    let paths = |changes: &'_ Vec<Change>| changes.iter().map(|change| change.path.clone()).collect();
    let others: Vec<BTreeSet<RepoPath>> = others.iter().map(paths).collect();
    first.iter().filter(|change| others.iter().all(|other| other.contains(&change.path))).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        let (one, two, none) = ("1".repeat(40), "2".repeat(40), "0".repeat(40));
        let raw = format!(
            ":100644 100755 {one} {two} M\0a\tb\0:000000 120000 {none} {two} A\0l\0:160000 000000 {one} {none} D\0s\0\
             :100644 000000 {one} {none} U\0c\0"
        );
        let changes = parse(raw.as_bytes()).unwrap();
        let version = |object: &str, mode| Some(Version { object: ObjectId::parse(object.as_bytes()).unwrap(), mode });
        let seen: Vec<_> =
            changes.iter().map(|change| (change.path.as_str(), change.old, change.new, change.unmerged)).collect();
        assert_eq!(
            seen,
            [
                ("a\tb", version(&one, IndexMode::File), version(&two, IndexMode::Executable), false),
                ("l", None, version(&two, IndexMode::Symlink), false),
                ("s", version(&one, IndexMode::Submodule), None, false),
                ("c", version(&one, IndexMode::File), None, true),
            ]
        );
        assert_eq!(parse(b""), Some(Vec::new()));
        for broken in [&b"x\0a\0"[..], b":100644 100644 12 12 M\0a\0", b":100644\0"] {
            assert_eq!(parse(broken), None);
        }
    }
}
