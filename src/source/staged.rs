//! What the next commit takes: the current commit and the index, two states of one repository, by the names of objects.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::change::{Change, Version, in_all};
use super::git::{self, Discovery, Objects, Options, Repository};
use super::index::{Index, IndexMode};
use super::object::ObjectId;
use super::request::Request;
use super::revision::{Revision, States, tracked};
use super::worktree::personal_rules;
use super::{ReadError, SourceError, State};
use crate::path::RepoPath;
use crate::threads::joined;

/// What the next commit takes.
#[derive(Debug)]
pub struct Staged {
    /// The top of the work tree.
    pub root: PathBuf,
    /// What the commit adds, changes and removes, by path. What a merge takes as one of its parents has it is none.
    pub changes: Vec<Change>,
    /// What the report is restricted to, sorted; `None` means everything.
    pub selection: Option<Vec<RepoPath>>,
    /// How the index differs from each parent of the commit.
    parents: Vec<Vec<Change>>,
    repository: Repository,
    objects: Mutex<Objects>,
}

impl Staged {
    /// Asks git what is staged in the repository that the paths belong to, or `cwd` if there are none: then all of it
    /// is reported. A hook's own index counts.
    ///
    /// # Errors
    /// If there is no repository, or git can't use it.
    pub fn open(options: &Options, paths: &[PathBuf], cwd: &Path) -> Result<Self, SourceError> {
        let request = Request::new(paths, cwd)?;
        let (folder, cwd) = (request.folder(), request.cwd());
        // Somebody waits for a hook: git is asked everything at once.
        let presumed = git::presumed(options, folder, cwd);
        let (discovery, asked) = thread::scope(|scope| {
            let asked = scope.spawn(|| presumed.as_ref().map(ask));
            let discovery = git::locate(options, folder, cwd);
            (discovery, joined(asked))
        });
        let repository = match discovery? {
            Discovery::Found(repository) => repository,
            Discovery::Nothing => return Err(SourceError::NoRepository(folder.to_owned())),
            Discovery::NoGit => return Err(SourceError::NoGit),
        };
        let (changes, mut objects) = match asked {
            Some(Ok(asked)) => asked,
            _ => ask(&repository)?,
        };
        // A hook that is started in a folder is about the whole commit.
        let selection = if paths.is_empty() { None } else { request.selection(&repository.root)? };
        let mut parents = vec![changes];
        if objects.read(b"MERGE_HEAD", &mut Vec::new()).is_ok() {
            parents.push(repository.staged_changes(Some("MERGE_HEAD"))?);
        } else {
            for commit in being_merged() {
                parents.push(repository.staged_changes(Some(&commit))?);
            }
        }
        let changes = in_all(&parents);
        Ok(Self {
            root: repository.root.clone(),
            changes,
            selection,
            parents,
            objects: Mutex::new(objects),
            repository,
        })
    }

    /// Whether the commit is a merge.
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }

    /// Whether a path differs from what one of the commit's parents has, and is there.
    pub fn takes(&self, path: &RepoPath) -> bool {
        self.parents.iter().flatten().any(|change| change.path == *path && change.new.is_some())
    }

    /// Whether a file of the work tree is what the index has, byte by byte, or the index has none.
    pub fn is_as_on_disk(&self, path: &RepoPath) -> bool {
        if path.as_bytes().contains(&b'\n') {
            return false;
        }
        let mut bytes = Vec::new();
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        match objects.read(&[b":", path.as_bytes()].concat(), &mut bytes) {
            Ok(_) => std::fs::read(self.root.join(path.to_path())).is_ok_and(|disk| disk == bytes),
            Err(error) => error == ReadError::NotHere,
        }
    }

    /// The changed files alone, and of the files at `known` paths what is there.
    pub fn narrow(&self, known: &[RepoPath]) -> States<'_> {
        let changed: BTreeSet<&RepoPath> = self.changes.iter().map(|change| &change.path).collect();
        let unchanged: Vec<(RepoPath, Version)> = known
            .iter()
            .filter(|path| !changed.contains(path))
            .filter_map(|path| Some((path.clone(), Version { object: self.indexed(path)?, mode: IndexMode::File })))
            .collect();
        let before = |parent: &Vec<Change>| {
            let old = parent.iter().filter(|change| changed.contains(&change.path));
            let old = old.filter_map(|change| Some((change.path.clone(), change.old?, State::Tracked)));
            Revision::new(old.chain(tracked(&unchanged)), &self.objects)
        };
        self.states(self.parents.iter().map(before).collect(), &unchanged)
    }

    /// The changed files and, of all others, those whose paths `keeps` chooses, with the ignore rules.
    ///
    /// # Errors
    /// If git fails.
    pub fn wide(&self, keeps: &dyn Fn(&[u8]) -> bool) -> Result<States<'_>, SourceError> {
        let index = self.repository.index()?;
        let unchanged = |index: &Index, changes: &[Change]| unchanged(index, changes, keeps);
        let before = |parent: &Vec<Change>| {
            let old = parent.iter().filter_map(|change| Some((change.path.clone(), change.old?, State::Tracked)));
            Revision::new(old.chain(tracked(&unchanged(&index, parent))), &self.objects)
        };
        let states = self.states(self.parents.iter().map(before).collect(), &unchanged(&index, &self.changes));
        states.with_rules(&personal_rules(&self.repository.configured()?))
    }

    fn states<'s>(&'s self, before: Vec<Revision<'s>>, unchanged: &[(RepoPath, Version)]) -> States<'s> {
        let new = self.changes.iter().filter_map(|change| {
            let state = if change.old.is_none() { State::Staged } else { State::Tracked };
            Some((change.path.clone(), change.new?, state))
        });
        let mut states = States { before, after: Revision::new(new.chain(tracked(unchanged)), &self.objects) };
        for revision in states.before.iter_mut().chain([&mut states.after]) {
            revision.snapshot.root.clone_from(&self.root);
            revision.snapshot.selection.clone_from(&self.selection);
        }
        states
    }

    /// The object that the index has at a path that the commit does not change: one of its parents has it.
    fn indexed(&self, path: &RepoPath) -> Option<ObjectId> {
        // The index of a big repository takes long to read.
        let taken = self.parents.iter().flatten().find(|change| change.path == *path);
        if let Some(change) = taken {
            return change.new.map(|new| new.object);
        }
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.read(&[b"HEAD:", path.as_bytes()].concat(), &mut Vec::new()).ok()
    }
}

/// The commits that `git merge` is about to merge. It writes `MERGE_HEAD` only after the hook `pre-merge-commit`, which
/// sees a variable for each of them (git 2.47, `builtin/merge.c`; seen 2026-11-21).
fn being_merged() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let commits = names.filter_map(|name| name.strip_prefix("GITHEAD_").map(str::to_owned));
    commits.filter(|commit| ObjectId::parse(commit.as_bytes()).is_some()).collect()
}

/// What is staged, and a reader of objects.
fn ask(repository: &Repository) -> Result<(Vec<Change>, Objects), SourceError> {
    thread::scope(|scope| {
        let objects = scope.spawn(|| repository.objects());
        let changes = repository.staged_changes(None);
        let objects = joined(objects);
        Ok((changes?, objects?))
    })
}

/// What these changes leave as it is, as far as it is kept.
fn unchanged(index: &Index, changes: &[Change], keeps: &dyn Fn(&[u8]) -> bool) -> Vec<(RepoPath, Version)> {
    let mut changed: Vec<&[u8]> = changes.iter().map(|change| change.path.as_bytes()).collect();
    changed.sort_unstable();
    let same = index.iter().filter(|indexed| keeps(indexed.path) && changed.binary_search(&indexed.path).is_err());
    same.filter_map(|indexed| {
        let version = Version { object: ObjectId::parse(indexed.object)?, mode: indexed.mode };
        Some((RepoPath::from_bytes(indexed.path), version))
    })
    .collect()
}
