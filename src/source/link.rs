//! Where symbolic links lead, found out without ever leaving the repository.

use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::path::RepoPath;

/// What a symbolic link leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A regular file inside the root: its full path, free of links.
    File(PathBuf),
    /// A folder inside the root.
    Folder,
    /// Out of the root, into git's own folder, nowhere, in circles, or to a special file.
    Elsewhere,
}

/// More hops than any system allows.
const MAX_HOPS: usize = 40;

/// Follows a link that the walk has seen, so in real folders, part by part. Opening it, or asking the system where it
/// leads, would already touch what is outside: a network share, a device.
pub(super) fn resolve(root: &Path, link: &RepoPath) -> Target {
    try_resolve(root, &link.to_path()).unwrap_or(Target::Elsewhere)
}

/// Whether the folders above a path are real folders.
pub(super) fn has_real_folders(root: &Path, path: &RepoPath) -> bool {
    let path = path.to_path();
    let mut folders: Vec<&Path> = path.ancestors().skip(1).collect();
    folders.reverse();
    folders.into_iter().all(|folder| fs::symlink_metadata(root.join(folder)).is_ok_and(|found| found.is_dir()))
}

fn try_resolve(root: &Path, path: &Path) -> Option<Target> {
    let mut done: Vec<OsString> = path.parent().map(|folder| folder.iter().map(Into::into).collect())?;
    let mut todo = vec![path.file_name()?.to_owned()];
    let mut hops = 0;
    let mut found = None;
    while let Some(part) = todo.pop() {
        if part == ".." {
            done.pop()?;
            found = None;
            continue;
        }
        if part.eq_ignore_ascii_case(".git") {
            return None;
        }
        done.push(part);
        let place = root.join(done.iter().collect::<PathBuf>());
        let metadata = fs::symlink_metadata(&place).ok()?;
        if !metadata.is_symlink() {
            // Only a folder leads on.
            if !metadata.is_dir() && !todo.is_empty() {
                return None;
            }
            found = Some((metadata, place));
            continue;
        }
        hops += 1;
        if hops > MAX_HOPS {
            return None;
        }
        done.pop();
        let target = fs::read_link(&place).ok()?;
        if target.has_root() || target.is_absolute() {
            todo.extend(parts(target.strip_prefix(root).ok()?)?);
            done.clear();
        } else {
            todo.extend(parts(&target)?);
        }
        found = None;
    }
    match found {
        Some((metadata, place)) if metadata.is_file() => Some(Target::File(place)),
        Some((metadata, _)) if metadata.is_dir() => Some(Target::Folder),
        None => Some(Target::Folder),
        Some(_) => None,
    }
}

/// The parts of a relative path, last first.
fn parts(path: &Path) -> Option<Vec<OsString>> {
    let parts = path.components().rev().filter(|part| *part != Component::CurDir);
    parts
        .map(|part| match part {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some("..".into()),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => None,
        })
        .collect()
}

/// The path without links and dots, in the form that other programs take.
pub(super) fn real_path(path: &Path) -> std::io::Result<PathBuf> {
    let real = path.canonicalize()?;
    // Windows answers `\\?\C:\...`, which git can't start in.
    let plain = real.to_str().and_then(|text| text.strip_prefix(r"\\?\")).filter(|text| !text.starts_with("UNC"));
    Ok(match plain {
        Some(plain) if cfg!(windows) => PathBuf::from(plain),
        _ => real,
    })
}
