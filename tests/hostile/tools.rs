//! What the hostile repositories are made with.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::common::repo::Repo;

/// Makes a pipe with a name.
pub(super) fn fifo(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Whether the test may do everything, whatever modes say.
pub(super) fn is_administrator(repo: &Repo) -> bool {
    fs::metadata(&repo.root).unwrap().uid() == 0
}

/// The real git.
pub(super) fn git() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|folder| folder.join("git")).find(|place| place.is_file()).unwrap()
}

/// Gives everything in the folders of a repository to a user.
pub(super) fn give(folder: &Path, user: u32) {
    std::os::unix::fs::lchown(folder, Some(user), Some(user)).unwrap();
    if fs::symlink_metadata(folder).unwrap().is_dir() {
        for entry in fs::read_dir(folder).unwrap() {
            give(&entry.unwrap().path(), user);
        }
    }
}
