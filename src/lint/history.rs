//! `keylint lint --history`: every secret that any version of a configuration file ever had.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::Options;
use super::outcome::{Coverage, Past as Covered, Report};
use super::sweep::Sweep;
use super::tell::Told;
use super::versions::{Judge, Secrets, is_configuration};
use crate::accept::Accepting;
use crate::baseline::{self, Baseline};
use crate::config::date::Date;
use crate::config::{self, Config};
use crate::path::RepoPath;
use crate::source::git::past::Ref;
use crate::source::git::walk::{Parents, Revisions, Walk};
use crate::source::git::{self, Repository};
use crate::source::history::Past;
use crate::source::past::{Files, Opened, open};
use crate::source::{SourceError, is_selected};
use crate::surface::table::OWN;

/// What of the past is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Commits as git understands them (`main`, `v1..HEAD`, `^old`); none means all that a ref leads to.
    pub revisions: Vec<String>,
    /// Whether everything in the object database is searched for tokens, too.
    pub all_files: bool,
}

/// Lints the past of the repository that the paths belong to. They restrict what is reported.
///
/// # Errors
/// If there is no repository, git fails, or the configuration can't be read.
pub fn history(paths: &[PathBuf], cwd: &Path, asked: &Asked, options: &Options) -> Result<Report, SourceError> {
    history_with(&git::Options::default(), paths, cwd, asked, options)
}

/// [`history`] with a given git and environment.
///
/// # Errors
/// As [`history`].
pub fn history_with(
    git: &git::Options,
    paths: &[PathBuf],
    cwd: &Path,
    asked: &Asked,
    options: &Options,
) -> Result<Report, SourceError> {
    let Opened { repository, selection } = open(git, paths, cwd)?;
    let (config, baseline) = own_files(&repository, cwd, options)?;
    let (shallow, head) = repository.head()?;
    let mut refs = repository.refs()?;
    refs.splice(0..0, head.map(|object| Ref { name: "HEAD".to_owned(), object }));
    let revisions = if asked.revisions.is_empty() {
        let has_stash = refs.iter().any(|one| one.name == "refs/stash");
        Revisions::All { besides: if has_stash { repository.stashes()? } else { Vec::new() } }
    } else {
        Revisions::Given(asked.revisions.clone())
    };
    let progress = options.progress.as_deref();
    let sweep = if asked.all_files { Some(Sweep::new(&repository, &config, progress)?) } else { None };
    let contents = sweep.as_ref().map(Sweep::contents).unwrap_or_default();
    let excluded = Mutex::new(BTreeSet::new());
    let wanted = |path: &RepoPath| {
        let is_wanted = is_configuration(path, &config);
        if is_wanted && config.excludes(path) {
            excluded.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
            return false;
        }
        is_wanted
    };
    let on_commits = |count| progress.into_iter().for_each(|progress| progress.walked(count));
    let walk = Walk {
        revisions: &revisions,
        parents: Parents::First,
        wanted: &wanted,
        contents: &contents,
        on_commits: &on_commits,
    };
    let past = repository.walk(&walk)?;
    let baseline = baseline.as_ref().map(|(path, baseline)| (path, baseline));
    let accepting =
        Accepting { config: &config, inline: !options.no_inline, baseline, rules: &options.rules, partial: true };
    let judge = Judge::new(&repository, &past, &config, &accepting, progress);
    let secrets = judge.secrets(&past.versions)?;

    let mut coverage = covered(&past, &secrets, shallow);
    let excluded = excluded.into_inner().unwrap_or_else(PoisonError::into_inner);
    coverage.exclude(excluded.iter().filter(|path| is_selected(selection.as_deref(), path)).count());
    coverage.skipped.sort();
    coverage.add(secrets.failures);
    let mut lost = Vec::new();
    if let Some(sweep) = sweep {
        lost = sweep.elsewhere(&judge)?;
        coverage.past.iter_mut().for_each(|past| (past.blobs, past.bytes) = (sweep.blobs, sweep.bytes));
        coverage.add(sweep.failures);
        if repository.is_partial()? {
            coverage.skipped.push("what this partial clone has not fetched was not searched".to_owned());
        }
    }
    let (given, selection) = (!asked.revisions.is_empty(), selection.as_deref());
    let told = Told { judge: &judge, past: &past, refs: &refs, given, selection };
    let (findings, accepted) = told.tell(secrets.list, lost);
    Ok(Report { findings, coverage, accepted })
}

/// The configuration and the baseline that count: those of the current commit, because the past has no work tree.
pub(super) fn own_files(
    repository: &Repository,
    cwd: &Path,
    options: &Options,
) -> Result<(Config, Option<(RepoPath, Baseline)>), SourceError> {
    let mut files = Files::of(repository, "HEAD")?;
    for name in OWN {
        files.read(&name.into())?;
    }
    let memory = files.memory();
    let config = config::load(&options.config, &memory.snapshot, &memory, cwd)?;
    files.read(&baseline::path(&config))?;
    let memory = files.memory();
    let baseline = baseline::load(&options.baseline, &config, &memory.snapshot, &memory, cwd)?;
    Ok((config, baseline))
}

/// What was looked at, and what was not.
fn covered(past: &Past, secrets: &Secrets, shallow: bool) -> Coverage {
    let mut coverage = Coverage {
        configuration: past.paths.len(),
        past: Some(Covered {
            commits: past.commits.len(),
            versions: past.versions.len(),
            blobs: secrets.blobs,
            bytes: secrets.bytes,
        }),
        ..Coverage::default()
    };
    let mut say = |words: String| coverage.skipped.push(words);
    if past.commits.is_empty() {
        say("there are no commits".to_owned());
    }
    if shallow {
        let first = past.commits.first().map(|commit| format!(" before {}", Date::of_time(commit.time)));
        let first = first.unwrap_or_default();
        say(format!(
            "the past{first} is not here, because this is a shallow clone: `git fetch --unshallow` brings it \
             (`fetch-depth: 0` in a workflow)"
        ));
    }
    match secrets.missing {
        0 => {}
        1 => say("1 version was not read: this is a partial clone, and nothing is fetched".to_owned()),
        count => say(format!("{count} versions were not read: this is a partial clone, and nothing is fetched")),
    }
    if let Some(first) = past.submodules.first() {
        let more = past.submodules.len() - 1;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        say(format!("a repository of its own is not entered: {first}{more}", first = first.as_str()));
    }
    coverage
}
