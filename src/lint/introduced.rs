//! What a range of commits brings: secrets of every version that it writes, also of those that it takes back, without
//! the secrets that were there before.

use std::collections::{HashMap, HashSet};

use super::outcome::Failure;
use super::versions::{Accepted, Judge, Secret};
use crate::accept::{self, Accepting};
use crate::config::Config;
use crate::config::date::Date;
use crate::finding::Finding;
use crate::message;
use crate::path::RepoPath;
use crate::progress::Progress;
use crate::rules::secret_in_history::Stay;
use crate::source::SourceError;
use crate::source::git::Repository;
use crate::source::git::walk::{Parents, Revisions, Walk};
use crate::source::history::{Past, Version};
use crate::source::object::ObjectId;

/// What a range of commits brings.
#[derive(Debug, Default)]
pub struct Introduced {
    /// The secrets, by path and place.
    pub secrets: Vec<Brought>,
    /// How many of them were accepted, and are not in the list.
    pub accepted: accept::Accepted,
    /// What could not be read.
    pub failures: Vec<Failure>,
    /// How many commits the range has.
    pub commits: usize,
    /// Contents that a partial clone has left out.
    pub missing: usize,
    /// The walk through the range.
    pub past: Past,
}

/// A secret that a range brings.
#[derive(Debug)]
pub struct Brought {
    /// The finding, in the last version that the range writes; its `commit` is the first that wrote it.
    pub finding: Finding,
    /// The contents that hold it: where one of them is what the end of the range has at the path, it is still there.
    pub contents: Vec<ObjectId>,
    /// What to report where it is not there any more; `None` if nothing is.
    pub gone: Option<Finding>,
    /// A number that stands for its value in this run; `None` for what may be no credential, such as a word.
    pub value: Option<u64>,
}

/// What the commits of a range bring (`A..B`, or whatever git understands), in files of every kind. A merge brings
/// what differs from all its parents. A value that a file had before the range is not brought by it, wherever it
/// goes; one that was gone and comes back is.
///
/// # Errors
/// If git does not know the commits, or fails.
pub fn introduced(
    repository: &Repository,
    revisions: &[String],
    config: &Config,
    accepting: &Accepting<'_>,
    progress: Option<&Progress>,
) -> Result<Introduced, SourceError> {
    let wanted = |path: &RepoPath| !config.excludes(path);
    let on_commits = |count| progress.into_iter().for_each(|progress| progress.walked(count));
    let revisions = Revisions::Given(revisions.to_vec());
    let walk = Walk {
        revisions: &revisions,
        parents: Parents::All,
        wanted: &wanted,
        contents: &HashSet::new(),
        on_commits: &on_commits,
    };
    let past = repository.walk(&walk)?;
    let judge = Judge::new(repository, &past, config, accepting, progress);
    let new = judge.secrets(&past.versions)?;
    let mut introduced = Introduced {
        failures: new.failures,
        commits: past.commits.len(),
        missing: new.missing,
        ..Introduced::default()
    };
    if new.list.is_empty() {
        introduced.past = past;
        return Ok(introduced);
    }
    let old = judge.secrets(&before(&past))?;
    introduced.failures.extend(old.failures);
    introduced.missing += old.missing;
    let known: HashSet<u64> = old.list.iter().map(|secret| secret.value).collect();
    for secret in new.list.into_iter().filter(|secret| !known.contains(&secret.value)) {
        match secret.accepted {
            Accepted::No => introduced.secrets.push(brought(&judge, secret)),
            Accepted::Suppressed => introduced.accepted.suppressed += 1,
            Accepted::Baselined => introduced.accepted.baselined += 1,
        }
    }
    introduced.secrets.sort_by(|one, other| {
        let place = |brought: &Brought| (brought.finding.primary.path.clone(), brought.finding.primary.start);
        place(one).cmp(&place(other))
    });
    introduced.past = past;
    Ok(introduced)
}

/// The versions that were there before the range: those that it replaced before it wrote them itself.
fn before(past: &Past) -> Vec<Version> {
    let wrote: HashMap<_, _> = past.versions.iter().map(|one| ((one.object, one.path), one.first)).collect();
    let is_older = |old: &&Version| wrote.get(&(old.object, old.path)).is_none_or(|&first| old.first <= first);
    past.replaced.iter().filter(is_older).copied().collect()
}

fn brought(judge: &Judge<'_>, secret: Secret) -> Brought {
    let Judge { past, config, .. } = judge;
    let (first, last) = (past.commit(secret.first), past.commit(secret.last));
    let contents = secret.objects.iter().map(|&object| past.objects[object as usize]).collect();
    let value = (!secret.words.weak).then_some(secret.value);
    let (first_day, last_day) = (Date::of_time(first.time), Date::of_time(last.time));
    let stay = Stay { versions: secret.objects.len(), first: (first.id, first_day), last: (last.id, last_day) };
    let mut finding = Finding { commit: Some(first.id), ..secret.finding };
    finding.primary.commit = Some(last.id);
    let gone = Finding {
        message: secret.words.taken_back(&stay),
        help: secret.words.help_before_merging(),
        ..finding.clone()
    };
    let gone = if secret.accepted_as_history { None } else { judge.as_history(gone) };
    finding.message = message![finding.message, "; ", first.id, " (", first_day, ") brought it"];
    finding.hide(&config.lexicon);
    Brought { finding, contents, gone, value }
}
