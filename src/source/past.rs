//! Opening a repository for its past: which one, what the report is restricted to, and keylint's own files as the
//! current commit has them.

use std::path::{Path, PathBuf};

use super::git::{self, Objects, Options, Repository};
use super::memory::Memory;
use super::request::Request;
use super::{Mode, ReadError, SourceError, State};
use crate::path::RepoPath;

/// A repository whose past is asked about.
#[derive(Debug)]
pub struct Opened {
    /// The repository; it may be bare.
    pub repository: Repository,
    /// What the report is restricted to, sorted; `None` means everything.
    pub selection: Option<Vec<RepoPath>>,
}

/// Opens the repository that the paths belong to (none means `cwd`). They need not be there any more.
///
/// # Errors
/// If there is none, or git can't use it.
pub fn open(options: &Options, paths: &[PathBuf], cwd: &Path) -> Result<Opened, SourceError> {
    let request = Request::new(paths, cwd)?;
    let repository = git::discover_past(options, request.folder(), request.cwd())?;
    let selection = request.selection(&repository.root)?;
    Ok(Opened { repository, selection })
}

/// Files of one commit, read one by one and kept.
#[derive(Debug)]
pub struct Files {
    objects: Objects,
    revision: String,
    root: PathBuf,
    read: Vec<(RepoPath, Vec<u8>)>,
}

impl Files {
    /// Files of a commit that git understands by this word. None has any if there is no such commit.
    ///
    /// # Errors
    /// If git can't be started.
    pub fn of(repository: &Repository, revision: &str) -> Result<Self, SourceError> {
        let (objects, root) = (repository.objects()?, repository.root.clone());
        Ok(Self { objects, revision: revision.to_owned(), root, read: Vec::new() })
    }

    /// Reads a file, if the commit has it.
    ///
    /// # Errors
    /// If it is too large, or git fails.
    pub fn read(&mut self, path: &RepoPath) -> Result<(), SourceError> {
        if path.as_bytes().contains(&b'\n') {
            return Ok(());
        }
        let name = [self.revision.as_bytes(), b":", path.as_bytes()].concat();
        let mut bytes = Vec::new();
        match self.objects.read(&name, &mut bytes) {
            Ok(_) => self.read.push((path.clone(), bytes)),
            Err(ReadError::NotHere) => {}
            Err(reason) => {
                return Err(SourceError::Io { path: self.root.join(path.to_path()), reason: reason.to_string() });
            }
        }
        Ok(())
    }

    /// What was read so far.
    pub fn memory(&self) -> Memory {
        let file = |(path, bytes): &(RepoPath, Vec<u8>)| (path.clone(), bytes.clone(), State::Tracked, Mode::File);
        let mut memory = Memory::new(self.read.iter().map(file));
        memory.snapshot.root.clone_from(&self.root);
        memory
    }
}
