//! What a range of commits brings: two commits, by the names of objects. The disk is not touched, and nothing is fetched.
//!
//! A range starts where its ends parted: what the other side got in the meantime is not its doing.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::change::{Change, Version, in_all};
use super::git::{self, Objects, Options, Repository};
use super::object::ObjectId;
use super::request::Request;
use super::revision::{Revision, States, tracked};
use super::worktree::personal_rules;
use super::{ReadError, SourceError, State};
use crate::credential::mask::mask_text;
use crate::path::RepoPath;
use crate::threads::joined;

/// The ends of a range, in words that git understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// What is known already; `None` if nothing is, and the range is all that leads to its other end.
    pub before: Option<String>,
    /// What is new.
    pub after: String,
}

/// Which range is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The first of these whose ends are here.
    pub ranges: Vec<Ends>,
    /// What stands in for a range without commits, the first whose ends are here.
    pub if_empty: Vec<Ends>,
    /// Who named it, if nobody typed it: `GitHub Actions, push`.
    pub named_by: Option<String>,
    /// How to get a clone with all commits.
    pub remedy: &'static str,
}

/// The range that is linted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linted {
    /// Its ends as they were named.
    pub ends: Ends,
    /// Who named it, if nobody typed it.
    pub named_by: Option<String>,
    /// The commit that it starts from: where its ends parted, the first if they did several times. `None` if it starts
    /// from nothing.
    pub base: Option<ObjectId>,
    /// The commit that it leads to.
    pub after: ObjectId,
}

/// A range of commits.
#[derive(Debug)]
pub struct Range {
    /// Which one.
    pub linted: Linted,
    /// What it adds, changes and removes, by path: what differs from all states in which its ends parted.
    pub changes: Vec<Change>,
    /// What differs from each of those.
    starts: Vec<Vec<Change>>,
    /// The commit whose past is not part of it.
    before: Option<ObjectId>,
    /// All files of its last commit, by path.
    files: Vec<(RepoPath, Version)>,
    /// What the report is restricted to, sorted; `None` means everything.
    pub selection: Option<Vec<RepoPath>>,
    /// Where it is.
    pub repository: Repository,
    objects: Mutex<Objects>,
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.before.as_deref().map(shown).unwrap_or_default(), shown(&self.after))
    }
}

/// A revision, or words about one, as it may be printed.
fn shown(text: &str) -> String {
    // `<commit>^1`, too.
    let end = text.find(|character: char| !character.is_ascii_hexdigit()).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match ObjectId::parse(name.as_bytes()) {
        Some(id) => id.short() + &shown(rest),
        None => mask_text(text).replace(char::is_control, "␊"),
    }
}

impl Wanted {
    /// Reads `A..B`, `A...B` or `A..`.
    ///
    /// # Errors
    /// Says what to write instead.
    pub fn typed(text: &str, remedy: &'static str) -> Result<Self, SourceError> {
        let wrong = |reason: String| SourceError::Range { range: shown(text), reason };
        let Some((before, after)) = text.split_once("...").or_else(|| text.split_once("..")) else {
            let example = if text.is_empty() { "main".into() } else { shown(text) };
            return Err(wrong(format!("a range has two ends: write `{example}..HEAD`, or `auto`")));
        };
        if before.is_empty() && after.is_empty() {
            return Err(wrong("a range has two ends: write `main..HEAD`, or `auto`".to_owned()));
        }
        let end = |name: &str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
        let ends = Ends { before: Some(end(before)), after: end(after) };
        Ok(Self { ranges: vec![ends], if_empty: Vec::new(), named_by: None, remedy })
    }
}

impl Range {
    /// Looks up a range in the repository that the paths belong to, which may be bare, or `cwd` if there are none: then
    /// all of it is reported.
    ///
    /// # Errors
    /// If there is no repository, if the range can't be told, or not all of it is here.
    pub fn open(options: &Options, wanted: &Wanted, paths: &[PathBuf], cwd: &Path) -> Result<Self, SourceError> {
        let request = Request::new(paths, cwd)?;
        let repository = git::discover_past(options, request.folder(), request.cwd())?;
        // What a build brings is asked as a whole, wherever it is asked.
        let selection = if paths.is_empty() { None } else { request.selection(&repository.root)? };
        let lookup = Lookup { repository: &repository, objects: Mutex::new(repository.objects()?), wanted };
        let found = lookup.range()?;
        let Found { ends, after, .. } = &found;
        let (starts, files, whole) = thread::scope(|scope| {
            let files = scope.spawn(|| repository.tree(*after));
            let whole = scope.spawn(|| lookup.whole(&found));
            let starts = found.bases.iter().map(|&base| repository.changes_between(base, *after));
            let starts: Result<Vec<_>, _> = starts.collect();
            (starts, joined(files), joined(whole))
        });
        whole?;
        let (mut starts, mut files) = (starts?, files?);
        files.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        if ends.before.is_none() {
            let new = |(path, version): &(RepoPath, Version)| Change {
                path: path.clone(),
                old: None,
                new: Some(*version),
                unmerged: false,
            };
            starts.push(files.iter().map(new).collect());
        }
        let linted = Linted {
            ends: Ends::clone(ends),
            named_by: wanted.named_by.clone(),
            base: found.bases.first().copied(),
            after: *after,
        };
        let objects = lookup.objects;
        let (before, changes) = (found.before, in_all(&starts));
        Ok(Self { linted, changes, starts, before, files, selection, objects, repository })
    }

    /// The commits of the range, in words that `rev-list` understands.
    pub fn revisions(&self) -> Vec<String> {
        let before = self.before.map(|before| format!("^{before}"));
        before.into_iter().chain([self.linted.after.to_string()]).collect()
    }

    /// What its last commit has at a path.
    pub fn content(&self, path: &RepoPath) -> Option<ObjectId> {
        let place = self.files.binary_search_by(|(known, _)| known.cmp(path)).ok()?;
        self.files.get(place).map(|(_, version)| version.object)
    }

    /// What the states that it starts from have at a path.
    pub fn old(&self, path: &RepoPath) -> Vec<ObjectId> {
        let changes = self.starts.iter().flatten().filter(|change| change.path == *path);
        changes.filter_map(|change| change.old.map(|old| old.object)).collect()
    }

    /// Reads an object.
    ///
    /// # Errors
    /// Says why it can't be read.
    pub fn read(&self, object: ObjectId) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.read(object.to_string().as_bytes(), &mut bytes).map(|_| bytes)
    }

    /// Says that a partial clone lacks contents of the range.
    pub fn lacks(&self, contents: usize) -> SourceError {
        let contents = if contents == 1 { "1 file".to_owned() } else { format!("{contents} files") };
        let reason = format!("{contents} of its commits are not in this clone, which is partial: fetch all objects");
        SourceError::Range { range: self.linted.ends.to_string(), reason }
    }

    /// The states that the range starts from, and the one that it leads to.
    ///
    /// # Errors
    /// If an ignore file can't be read.
    pub fn states(&self) -> Result<States<'_>, SourceError> {
        let before = |changes: &Vec<Change>| {
            let changed: BTreeSet<&RepoPath> = changes.iter().map(|change| &change.path).collect();
            let old = changes.iter().filter_map(|change| Some((change.path.clone(), change.old?, State::Tracked)));
            let same = tracked(&self.files).filter(|(path, ..)| !changed.contains(path));
            Revision::new(old.chain(same), &self.objects)
        };
        let before = self.starts.iter().map(before).collect();
        let mut states = States { before, after: Revision::new(tracked(&self.files), &self.objects) };
        for revision in states.before.iter_mut().chain([&mut states.after]) {
            revision.snapshot.root.clone_from(&self.repository.root);
            revision.snapshot.selection.clone_from(&self.selection);
        }
        states.with_rules(&personal_rules(&self.repository))
    }
}

/// Looks for a range.
struct Lookup<'a> {
    repository: &'a Repository,
    objects: Mutex<Objects>,
    wanted: &'a Wanted,
}

/// A range whose ends are here.
struct Found<'a> {
    ends: &'a Ends,
    before: Option<ObjectId>,
    /// Where its ends parted; several if each has merged the other in between.
    bases: Vec<ObjectId>,
    after: ObjectId,
}

impl<'a> Lookup<'a> {
    fn range(&self) -> Result<Found<'a>, SourceError> {
        let found = self.parted(self.first(&self.wanted.ranges).ok_or_else(|| self.not_here())?)?;
        let stands_in = if found.bases == [found.after] { self.first(&self.wanted.if_empty) } else { None };
        stands_in.map_or(Ok(found), |stands_in| self.parted(stands_in))
    }

    /// The first range whose ends are here.
    fn first(&self, ranges: &'a [Ends]) -> Option<Found<'a>> {
        ranges.iter().find_map(|ends| {
            let before = match &ends.before {
                Some(before) => Some(self.commit(before)?),
                None => None,
            };
            Some(Found { ends, before, bases: Vec::new(), after: self.commit(&ends.after)? })
        })
    }

    /// The commit that a revision names.
    fn commit(&self, revision: &str) -> Option<ObjectId> {
        let named = self.repository.named(revision)?;
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        objects.read(format!("{named}^{{commit}}").as_bytes(), &mut Vec::new()).ok()
    }

    /// With the place where its ends parted.
    fn parted(&self, found: Found<'a>) -> Result<Found<'a>, SourceError> {
        let Found { before: Some(before), after, .. } = found else { return Ok(found) };
        let bases = self.repository.merge_bases(before, after)?;
        if !bases.is_empty() {
            return Ok(Found { bases, ..found });
        }
        let reason = if self.repository.is_shallow()? {
            format!("where its ends parted is not in this clone, which is shallow: {}", self.wanted.remedy)
        } else {
            "its ends have no commit in common, so that nothing says what is new: name another range, or lint the \
             files as they are with `keylint lint .`"
                .to_owned()
        };
        Err(self.error(Some(found.ends), reason))
    }

    /// Whether all commits of the range are here.
    fn whole(&self, found: &Found<'_>) -> Result<(), SourceError> {
        if !self.repository.is_shallow()? {
            return Ok(());
        }
        let cut = |commit: &ObjectId| self.has_parents(*commit);
        let Some(commit) = self.repository.roots(found.before, found.after)?.into_iter().find(cut) else {
            return Ok(());
        };
        let reason = format!(
            "what came before its commit {} is not in this clone, which is shallow: {}",
            commit.short(),
            self.wanted.remedy
        );
        Err(self.error(Some(found.ends), reason))
    }

    /// Whether a commit says that others came before it.
    fn has_parents(&self, commit: ObjectId) -> bool {
        let mut objects = self.objects.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = Vec::new();
        let read = objects.read(commit.to_string().as_bytes(), &mut text);
        let mut head = text.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty());
        read.is_err() || head.any(|line| line.starts_with(b"parent "))
    }

    /// Says which end is not here, and what brings it.
    fn not_here(&self) -> SourceError {
        let ranges = &self.wanted.ranges;
        let named = ranges.iter().flat_map(|ends| ends.before.iter().chain([&ends.after]));
        let mut missing: Vec<&String> = Vec::new();
        for revision in named {
            if !missing.contains(&revision) && self.commit(revision).is_none() {
                missing.push(revision);
            }
        }
        let Some(first) = missing.first() else {
            return self.error(None, "nothing says which commits are new: write `--range A..B`".to_owned());
        };
        let names: Vec<String> = missing.iter().map(|revision| format!("`{}`", shown(revision))).collect();
        let are = if missing.len() > 1 { "are no commits" } else { "is no commit" };
        let what = format!("{} {are} of this clone", names.join(", "));
        let is_shallow = self.repository.is_shallow().unwrap_or(false);
        let reason = match &self.wanted.named_by {
            _ if is_shallow => format!("{what}, which is shallow: {}", self.wanted.remedy),
            Some(_) => format!("{what}: fetch it, or write `--range A..B`"),
            None => match self.repository.why_no_commit(first) {
                Some(reason) => format!("{what} ({})", shown(&reason)),
                None => what,
            },
        };
        self.error(ranges.first().filter(|_| ranges.len() == 1), reason)
    }

    fn error(&self, ends: Option<&Ends>, reason: String) -> SourceError {
        let range = match (&self.wanted.named_by, ends) {
            (None, Some(ends)) => ends.to_string(),
            (None, None) => String::new(),
            (Some(by), Some(ends)) => format!("auto ({by}: {ends})"),
            (Some(by), None) => format!("auto ({by})"),
        };
        SourceError::Range { range, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Result<String, String> {
        let wanted = Wanted::typed(text, "").map_err(|error| error.to_string())?;
        let Ends { before, after } = wanted.ranges[0].clone();
        Ok(format!("{} {after}", before.unwrap()))
    }

    #[test]
    fn ranges() {
        for (text, expected) in [
            ("main..HEAD", "main HEAD"),
            ("main...HEAD", "main HEAD"),
            ("main..", "main HEAD"),
            ("main...", "main HEAD"),
            ("..topic", "HEAD topic"),
            ("v1.0..v1.1", "v1.0 v1.1"),
            ("HEAD~3..HEAD", "HEAD~3 HEAD"),
            ("@{u}..", "@{u} HEAD"),
        ] {
            assert_eq!(typed(text).as_deref(), Ok(expected), "{text}");
        }
        for (text, expected) in [
            ("main", "--range main: a range has two ends: write `main..HEAD`, or `auto`"),
            ("", "--range : a range has two ends: write `main..HEAD`, or `auto`"),
            ("..", "--range ..: a range has two ends: write `main..HEAD`, or `auto`"),
            ("...", "--range ...: a range has two ends: write `main..HEAD`, or `auto`"),
            ("HEAD^!", "--range HEAD^!: a range has two ends: write `HEAD^!..HEAD`, or `auto`"),
        ] {
            assert_eq!(typed(text), Err(expected.to_owned()), "{text}");
        }
    }
}
