//! Every file in git's object database, whoever leads to it, searched for tokens; commits and tags, too.

use std::collections::HashSet;

use super::outcome::Failure;
use super::read::may_be_in;
use super::versions::{Judge, Lost};
use crate::config::Config;
use crate::credential::sight::sightings;
use crate::path::RepoPath;
use crate::progress::Progress;
use crate::source::git::Repository;
use crate::source::git::blobs::{Kind, Listed};
use crate::source::object::ObjectId;
use crate::source::{ReadError, SourceError};
use crate::surface;

/// What the object database holds.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    /// Objects with a token.
    hits: Vec<Listed>,
    /// What could not be read.
    pub(super) failures: Vec<Failure>,
    /// How many contents of files were read.
    pub(super) blobs: usize,
    /// How many bytes they have.
    pub(super) bytes: u64,
}

impl Sweep {
    /// Reads all objects but trees.
    pub(super) fn new(
        repository: &Repository,
        config: &Config,
        progress: Option<&Progress>,
    ) -> Result<Self, SourceError> {
        let listed = repository.all_objects()?;
        let names: Vec<ObjectId> = listed.iter().map(|one| one.object).collect();
        let lexicon = &config.lexicon;
        let parts = repository.read_objects(&names, Self::default, |part, place, content| {
            progress.iter().for_each(|progress| progress.more());
            let one = listed[place];
            match content {
                Ok(content) => {
                    part.blobs += usize::from(one.kind == Kind::Blob);
                    part.bytes += content.len() as u64;
                    let nowhere = RepoPath::from("");
                    let holds = || !sightings(&surface::read(nowhere, None, content), lexicon).is_empty();
                    if may_be_in(content, lexicon) && holds() {
                        part.hits.push(one);
                    }
                }
                // It was listed, so it is damaged, or too large.
                Err(reason) => {
                    let reason = if reason == ReadError::NotHere { ReadError::NoObject } else { reason };
                    part.failures.push(Failure { path: named(&one.object), reason });
                }
            }
        })?;
        let mut all = Self::default();
        for part in parts {
            all.hits.extend(part.hits);
            all.failures.extend(part.failures);
            all.blobs += part.blobs;
            all.bytes += part.bytes;
        }
        Ok(all)
    }

    /// The contents of files that hold a token.
    pub(super) fn contents(&self) -> HashSet<ObjectId> {
        self.hits.iter().filter(|hit| hit.kind == Kind::Blob).map(|hit| hit.object).collect()
    }

    /// What stands in no file of any commit that was walked: in messages, and in files that no commit has.
    pub(super) fn elsewhere(&self, judge: &Judge<'_>) -> Result<Vec<Lost>, SourceError> {
        let is_in_past = |hit: &Listed| judge.past.objects.binary_search(&hit.object).is_ok();
        let hits: Vec<Listed> = self.hits.iter().filter(|hit| !is_in_past(hit)).copied().collect();
        judge.lost(&hits)
    }
}

/// An object as a path: its name, which `git cat-file -p` takes.
pub(super) fn named(object: &ObjectId) -> RepoPath {
    RepoPath::from(object.to_string().as_str())
}
