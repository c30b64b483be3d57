//! What the past of a repository holds: which commit wrote what, and where. Contents are read elsewhere.
//!
//! A history may have millions of versions, so everything is a number that leads into one of three tables: commits,
//! paths and objects.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::index::IndexMode;
use super::object::ObjectId;
use crate::path::RepoPath;

/// The number that leads nowhere.
const NONE: u32 = u32::MAX;

/// A commit.
#[derive(Clone, Copy, Debug)]
pub struct Commit {
    /// Its name.
    pub id: ObjectId,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The place of its first parent, if that was walked.
    first_parent: u32,
}

/// A content that stood at a path, in one commit or in many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The place of its content in [`Past::objects`].
    pub object: u32,
    /// The place of its path in [`Past::paths`].
    pub path: u32,
    /// The first commit that wrote it there: a place in [`Past::commits`].
    pub first: u32,
    /// The last commit that wrote it there. Commits behind it that leave it as it is don't count.
    pub last: u32,
    /// Whether it is the text of a symbolic link.
    pub link: bool,
}

/// What a walk through commits has seen of the paths that were wanted.
#[derive(Debug, Default)]
pub struct Past {
    /// The commits that were walked. Parents come before their children; apart from that, by time.
    pub commits: Vec<Commit>,
    /// Every wanted path that a commit changed.
    pub paths: Vec<RepoPath>,
    /// Every content, once.
    pub objects: Vec<ObjectId>,
    /// What the commits wrote, by object and path.
    pub versions: Vec<Version>,
    /// What the commits replaced or deleted, by object and path; only of a walk that looks at all parents.
    pub replaced: Vec<Version>,
    /// The commits that no other one has as a parent: where the walk began.
    pub heads: Vec<u32>,
    /// Paths at which another repository stood.
    pub submodules: BTreeSet<RepoPath>,
    /// Who changed what, by path and commit; only of a walk that looks at first parents.
    writes: Vec<Write>,
}

#[derive(Clone, Copy, Debug)]
struct Write {
    path: u32,
    commit: u32,
    /// [`NONE`] if nothing is left at the path.
    object: u32,
}

/// A change as a walk sees it: of one path, by one commit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// In the order of the walk.
    pub(super) commit: u32,
    pub(super) path: u32,
    /// `None` if nothing is left.
    pub(super) object: Option<ObjectId>,
    pub(super) link: bool,
}

impl Seen {
    pub(super) fn new(commit: u32, path: u32, version: Option<super::change::Version>) -> Self {
        // Of another repository git has no content here.
        let version = version.filter(|version| version.mode != IndexMode::Submodule);
        let link = version.is_some_and(|version| version.mode == IndexMode::Symlink);
        Self { commit, path, object: version.map(|version| version.object), link }
    }
}

/// Commits in the order of a walk, children mostly before their parents.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub(super) ids: Vec<ObjectId>,
    pub(super) times: Vec<i64>,
    /// Of all commits, one behind the other.
    pub(super) parents: Vec<ObjectId>,
    /// Where the parents of each commit end.
    pub(super) ends: Vec<usize>,
}

impl Walked {
    pub(super) fn push(&mut self, id: ObjectId, time: i64, parents: impl Iterator<Item = ObjectId>) {
        self.ids.push(id);
        self.times.push(time);
        self.parents.extend(parents);
        self.ends.push(self.parents.len());
    }

    /// The commits with parents before children, the new place of each, and the places of those without children.
    fn sorted(self) -> (Vec<Commit>, Vec<u32>, Vec<u32>) {
        let count = self.ids.len();
        let mut by_id: Vec<u32> = (0..number(count)).collect();
        by_id.sort_unstable_by_key(|&place| self.ids[place as usize]);
        let find = |id: &ObjectId| {
            let found = by_id.binary_search_by_key(id, |&place| self.ids[place as usize]);
            found.map_or(NONE, |found| by_id[found])
        };
        let parents: Vec<u32> = self.parents.iter().map(find).collect();
        drop(self.parents);
        drop(by_id);
        let of = |commit: usize| {
            let start = commit.checked_sub(1).map_or(0, |before| self.ends[before]);
            &parents[start..self.ends[commit]]
        };
        let mut children = vec![0_u32; count];
        for &parent in parents.iter().filter(|&&parent| parent != NONE) {
            children[parent as usize] += 1;
        }
        // The newest first, of those whose children have all come.
        let entry = |commit: usize| (self.times[commit], Reverse(number(commit)));
        let heads: Vec<usize> = (0..count).filter(|&commit| children[commit] == 0).collect();
        let mut open: BinaryHeap<_> = heads.iter().copied().map(entry).collect();
        let mut order = Vec::with_capacity(count);
        while let Some((_, Reverse(commit))) = open.pop() {
            order.push(commit);
            for &parent in of(commit as usize).iter().filter(|&&parent| parent != NONE) {
                children[parent as usize] -= 1;
                if children[parent as usize] == 0 {
                    open.push(entry(parent as usize));
                }
            }
        }
        order.reverse();
        let mut places = vec![NONE; count];
        for (place, &commit) in order.iter().enumerate() {
            places[commit as usize] = number(place);
        }
        let place_of = |commit: u32| if commit == NONE { NONE } else { places[commit as usize] };
        let commits = order.iter().map(|&commit| {
            let commit = commit as usize;
            let first_parent = of(commit).first().map_or(NONE, |&parent| place_of(parent));
            Commit { id: self.ids[commit], time: self.times[commit], first_parent }
        });
        let commits = commits.collect();
        let heads = heads.into_iter().map(|head| places[head]).collect();
        (commits, places, heads)
    }
}

/// A count as a place. Nobody has four billion commits, paths or objects; who had would be told the first of them.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

impl Past {
    /// Puts together what a walk has seen: what commits wrote and, for a walk that looks at all parents, what they
    /// replaced.
    pub(super) fn new(walked: Walked, paths: Vec<RepoPath>, wrote: Vec<Seen>, replaced: Option<Vec<Seen>>) -> Self {
        let (commits, places, heads) = walked.sorted();
        let mut past = Self { commits, paths, heads, ..Self::default() };
        let sort = |mut seen: Vec<Seen>| {
            seen.iter_mut().for_each(|seen| seen.commit = places[seen.commit as usize]);
            seen.sort_unstable_by_key(|seen| (seen.object, seen.path, seen.link, seen.commit));
            seen
        };
        let first_parents = replaced.is_none();
        let (wrote, replaced) = (sort(wrote), sort(replaced.unwrap_or_default()));
        let mut objects: Vec<ObjectId> = wrote.iter().chain(&replaced).filter_map(|seen| seen.object).collect();
        objects.sort_unstable();
        objects.dedup();
        past.objects = objects;
        past.versions = past.collapse(&wrote);
        past.replaced = past.collapse(&replaced);
        if first_parents {
            let object_of = |seen: &Seen| seen.object.map_or(NONE, |object| past.place(&object));
            let write = |seen: &Seen| Write { path: seen.path, commit: seen.commit, object: object_of(seen) };
            let mut writes: Vec<Write> = wrote.iter().map(write).collect();
            writes.sort_unstable_by_key(|write| (write.path, write.commit));
            past.writes = writes;
        }
        past
    }

    /// The place of an object that is there.
    fn place(&self, object: &ObjectId) -> u32 {
        self.objects.binary_search(object).map_or(NONE, number)
    }

    /// One version for each object and path.
    fn collapse(&self, seen: &[Seen]) -> Vec<Version> {
        let mut versions: Vec<Version> = Vec::new();
        let mut before = None;
        for seen in seen {
            let Some(object) = seen.object else { continue };
            let same = before == Some((object, seen.path, seen.link));
            before = Some((object, seen.path, seen.link));
            match versions.last_mut() {
                Some(version) if same => version.last = seen.commit,
                _ => versions.push(Version {
                    object: self.place(&object),
                    path: seen.path,
                    first: seen.commit,
                    last: seen.commit,
                    link: seen.link,
                }),
            }
        }
        versions
    }

    /// The path of a version.
    pub fn path(&self, version: &Version) -> &RepoPath {
        &self.paths[version.path as usize]
    }

    /// The commit at a place.
    pub fn commit(&self, place: u32) -> &Commit {
        &self.commits[place as usize]
    }

    /// What stands at a path in each commit, by the commit's place: the place of an object, `None` for nothing. Each
    /// commit has what its first parent has, but for what it wrote itself.
    pub fn states(&self, path: u32) -> Vec<Option<u32>> {
        let start = self.writes.partition_point(|write| write.path < path);
        let end = self.writes.partition_point(|write| write.path <= path);
        let mut writes = self.writes[start..end].iter().peekable();
        let mut states: Vec<Option<u32>> = Vec::with_capacity(self.commits.len());
        for (place, commit) in self.commits.iter().enumerate() {
            let mut state = states.get(commit.first_parent as usize).copied().flatten();
            while let Some(write) = writes.next_if(|write| write.commit as usize == place) {
                state = (write.object != NONE).then_some(write.object);
            }
            states.push(state);
        }
        states
    }

    /// The places of commits, as far as they were walked.
    pub fn find(&self, ids: impl Iterator<Item = ObjectId>) -> Vec<Option<u32>> {
        let mut by_id: Vec<u32> = (0..number(self.commits.len())).collect();
        by_id.sort_unstable_by_key(|&place| self.commits[place as usize].id);
        let find = |id| by_id.binary_search_by_key(&id, |&place| self.commits[place as usize].id);
        ids.map(|id| find(id).ok().map(|found| by_id[found])).collect()
    }
}
