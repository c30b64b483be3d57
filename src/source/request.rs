//! The paths that the user names.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use super::link::real_path;
use super::{Snapshot, SourceError};
use crate::path::RepoPath;

/// The paths that the user names, made absolute and free of links.
pub(super) struct Request {
    cwd: PathBuf,
    named: Vec<Named>,
    /// Where the first path is, or what it is.
    folder: PathBuf,
}

struct Named {
    path: PathBuf,
    /// It may still be in the index if not.
    exists: bool,
    is_folder: bool,
}

impl Request {
    pub(super) fn new(paths: &[PathBuf], cwd: &Path) -> Result<Self, SourceError> {
        let cwd = real_path(cwd).map_err(|error| SourceError::Io { path: cwd.into(), reason: error.to_string() })?;
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here } else { paths };
        // One link to a folder asks for the folder. Among several, as a wildcard lists them, it is an entry.
        let follow = paths.len() == 1;
        let named: Result<Vec<_>, _> = paths.iter().map(|path| Named::new(&cwd.join(path), follow)).collect();
        let named = named?;
        let folder = match named.first() {
            Some(first) if first.is_folder => first.path.clone(),
            Some(first) => {
                let folder = first.path.ancestors().skip(1).find(|folder| folder.is_dir());
                folder.unwrap_or(&cwd).to_owned()
            }
            None => cwd.clone(),
        };
        Ok(Self { cwd, named, folder })
    }

    pub(super) fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The folder that tells which repository is meant.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the report is restricted to: `None` if the whole root is among the paths.
    pub(super) fn selection(&self, root: &Path) -> Result<Option<Vec<RepoPath>>, SourceError> {
        let mut selection = Vec::with_capacity(self.named.len());
        let mut own = HashSet::from([root]);
        for named in &self.named {
            let path = named.path.as_path();
            let Ok(relative) = path.strip_prefix(root) else {
                return Err(two_roots(root, path));
            };
            if relative.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git")) {
                return Err(SourceError::InsideGitFolder(path.into()));
            }
            let skipped = if named.is_folder { 0 } else { 1 };
            for folder in path.ancestors().skip(skipped) {
                if !own.insert(folder) {
                    break;
                }
                if folder.join(".git").symlink_metadata().is_ok() {
                    return Err(two_roots(root, path));
                }
            }
            selection.push(RepoPath::from_path(relative));
        }
        if selection.iter().any(|path| path.as_bytes().is_empty()) {
            return Ok(None);
        }
        selection.sort();
        selection.dedup();
        Ok(Some(selection))
    }

    /// Whether the paths that the disk does not have are at least known to git.
    pub(super) fn check(&self, snapshot: &Snapshot) -> Result<(), SourceError> {
        for named in self.named.iter().filter(|named| !named.exists) {
            let relative = named.path.strip_prefix(&snapshot.root).map(RepoPath::from_path);
            let known = relative.is_ok_and(|path| snapshot.entry(&path).is_some() || snapshot.is_folder_known(&path));
            if !known {
                return Err(SourceError::NoSuchPath(named.path.clone()));
            }
        }
        Ok(())
    }
}

impl Named {
    fn new(path: &Path, follow: bool) -> Result<Self, SourceError> {
        let failed = |error: std::io::Error| SourceError::Io { path: path.into(), reason: error.to_string() };
        match path.symlink_metadata() {
            Ok(found) => {
                let is_folder = found.is_dir() || follow && found.is_symlink() && path.is_dir();
                let path = if is_folder { real_path(path).map_err(failed)? } else { beside(path).map_err(failed)? };
                Ok(Self { path, exists: true, is_folder })
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                let path = absent(path).ok_or_else(|| SourceError::NoSuchPath(path.into()))?;
                Ok(Self { path, exists: false, is_folder: false })
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// The real path of a file, which need not be there.
pub(crate) fn real_place(path: &Path) -> Option<PathBuf> {
    real_path(path).ok().or_else(|| absent(path))
}

/// The real path of an entry that may itself be a link.
fn beside(path: &Path) -> std::io::Result<PathBuf> {
    match (path.parent(), path.file_name()) {
        (Some(folder), Some(name)) => Ok(real_path(folder)?.join(name)),
        _ => real_path(path),
    }
}

/// The path of something that is not there, below the real path of what is.
fn absent(path: &Path) -> Option<PathBuf> {
    let folder = path.ancestors().skip(1).find(|folder| fs::metadata(folder).is_ok_and(|found| found.is_dir()))?;
    let rest = path.strip_prefix(folder).ok()?;
    let plain = rest.components().all(|part| matches!(part, Component::Normal(_)));
    plain.then(|| real_path(folder).ok())?.map(|folder| folder.join(rest))
}

fn two_roots(root: &Path, other: &Path) -> SourceError {
    SourceError::TwoRoots { root: root.into(), other: other.into() }
}
