//! What the next commit takes: the current commit and the index, two states of one repository, by the names of objects.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::change::{Change, Version};
use super::git::{self, Discovery, Objects, Options, Repository};
use super::index::{Index, IndexMode};
use super::object::ObjectId;
use super::request::Request;
use super::revision::States;
use super::worktree::personal_rules;
use super::{SourceError, State};
use crate::path::RepoPath;

/// What the next commit takes.
#[derive(Debug)]
pub struct Staged {
    /// The top of the work tree.
    pub root: PathBuf,
    /// What the commit adds, changes and removes, by path.
    pub changes: Vec<Change>,
    /// What the report is restricted to, sorted; `None` means everything.
    pub selection: Option<Vec<RepoPath>>,
    repository: Repository,
    objects: Mutex<Objects>,
}

impl Staged {
    /// Asks git what is staged in the repository that the paths belong to (none means `cwd`). A hook's own index
    /// counts.
    ///
    /// # Errors
    /// If there is no repository, or git can't use it.
    pub fn open(options: &Options, paths: &[PathBuf], cwd: &Path) -> Result<Self, SourceError> {
        let request = Request::new(paths, cwd)?;
        let repository = match git::locate(options, request.folder(), request.cwd())? {
            Discovery::Found(repository) => repository,
            Discovery::Nothing => return Err(SourceError::NoRepository(request.folder().to_owned())),
            Discovery::NoGit => return Err(SourceError::NoGit),
        };
        let selection = request.selection(&repository.root)?;
        let (changes, objects) = thread::scope(|scope| {
            let objects = scope.spawn(|| repository.objects());
            let changes = repository.staged_changes();
            (changes, objects.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let root = repository.root.clone();
        Ok(Self { root, changes: changes?, selection, objects: Mutex::new(objects?), repository })
    }

    /// The changed files alone, and of the files at `known` paths what is there.
    pub fn narrow(&self, known: &[RepoPath]) -> States<'_> {
        let unchanged = known.iter().filter_map(|path| {
            let is_changed = self.changes.iter().any(|change| change.path == *path);
            let version = Version { object: self.committed(path)?, mode: IndexMode::File };
            (!is_changed).then(|| (path.clone(), version))
        });
        self.states(unchanged.collect())
    }

    /// All files, with the ignore rules.
    ///
    /// # Errors
    /// If git fails.
    pub fn whole(&self) -> Result<States<'_>, SourceError> {
        let index = self.repository.index()?;
        let states = self.states(self.unchanged(&index));
        let rules = personal_rules(&self.repository.configured()?);
        states.with_rules(&rules)
    }

    /// What the commit leaves as it is.
    fn unchanged(&self, index: &Index) -> Vec<(RepoPath, Version)> {
        let mut changed: Vec<&[u8]> = self.changes.iter().map(|change| change.path.as_bytes()).collect();
        changed.sort_unstable();
        let same = index.iter().filter(|indexed| changed.binary_search(&indexed.path).is_err());
        same.filter_map(|indexed| {
            let version = Version { object: ObjectId::parse(indexed.object)?, mode: indexed.mode };
            Some((RepoPath::from_bytes(indexed.path), version))
        })
        .collect()
    }

    fn states(&self, unchanged: Vec<(RepoPath, Version)>) -> States<'_> {
        let mut states = States::new(&self.changes, &unchanged, State::Staged, &self.objects);
        for revision in [&mut states.before, &mut states.after] {
            revision.snapshot.root.clone_from(&self.root);
            revision.snapshot.selection.clone_from(&self.selection);
        }
        states
    }

    /// The object that the current commit has at a path.
    fn committed(&self, path: &RepoPath) -> Option<ObjectId> {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.read(&[b"HEAD:", path.as_bytes()].concat(), &mut Vec::new()).ok()
    }
}
