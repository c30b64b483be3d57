//! `keylint lint --history`: every secret that any version of a configuration file ever had.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::Options;
use super::outcome::{Coverage, Past as Covered, Report};
use super::versions::{Accepted, Judge, Secret, Secrets, is_configuration};
use crate::accept::{self, Accepting};
use crate::baseline::{self, Baseline};
use crate::config::date::Date;
use crate::config::{self, Config};
use crate::finding::{Finding, Location};
use crate::message;
use crate::path::RepoPath;
use crate::rules::secret_in_history::Stay;
use crate::source::git::past::Ref;
use crate::source::git::walk::{Parents, Revisions, Walk};
use crate::source::git::{self, Repository};
use crate::source::history::Past;
use crate::source::object::ObjectId;
use crate::source::past::{Files, Opened, open};
use crate::source::{SourceError, is_selected};
use crate::surface::table::OWN;

/// What of the past is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Commits as git understands them (`main`, `v1..HEAD`, `^old`); none means all that a ref leads to.
    pub revisions: Vec<String>,
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
    let excluded = Mutex::new(BTreeSet::new());
    let wanted = |path: &RepoPath, _: Option<ObjectId>| {
        let is_wanted = is_configuration(path, &config);
        if is_wanted && config.excludes(path) {
            excluded.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
            return false;
        }
        is_wanted
    };
    let progress = options.progress.as_deref();
    let on_commits = |count| progress.into_iter().for_each(|progress| progress.walked(count));
    let walk = Walk { revisions: &revisions, parents: Parents::First, wanted: &wanted, on_commits: &on_commits };
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
    let told = Told { judge: &judge, past: &past, refs: &refs, given: !asked.revisions.is_empty() };
    let (findings, accepted) = told.tell(secrets.list, selection.as_deref());
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

/// Tells what the past holds.
struct Told<'a> {
    judge: &'a Judge<'a>,
    past: &'a Past,
    refs: &'a [Ref],
    /// Whether somebody said which commits: then those count as tips, whatever their names.
    given: bool,
}

/// A name of a commit that was walked.
struct Tip<'a> {
    name: String,
    commit: u32,
    from: Option<&'a Ref>,
}

impl Told<'_> {
    /// Findings about what a branch still has, then those about what is gone.
    fn tell(&self, secrets: Vec<Secret>, selection: Option<&[RepoPath]>) -> (Vec<Finding>, accept::Accepted) {
        let mut accepted = accept::Accepted::default();
        let tips = self.tips();
        let is_asked = |finding: &Finding| self.judge.accepting.rules.has(finding.rule);
        let selects = |path: &RepoPath| is_selected(selection, path);
        let mut states: (u32, Vec<Option<u32>>) = (u32::MAX, Vec::new());
        let (mut present, mut gone) = (Vec::new(), Vec::new());
        for secret in secrets {
            if secret.accepted != Accepted::No {
                let counts = is_asked(&secret.finding) && selects(&secret.finding.primary.path);
                let count = if secret.accepted == Accepted::Baselined {
                    &mut accepted.baselined
                } else {
                    &mut accepted.suppressed
                };
                *count += usize::from(counts);
                continue;
            }
            if states.0 != secret.path {
                states = (secret.path, self.past.states(secret.path));
            }
            let has = |tip: &&Tip<'_>| {
                let state = states.1.get(tip.commit as usize).copied().flatten();
                state.is_some_and(|object| secret.objects.contains(&object))
            };
            match tips.iter().find(has) {
                Some(tip) if tip.from.is_none_or(Ref::is_tip) => present.push((secret, tip.name.as_str())),
                elsewhere => gone.push((secret, elsewhere.map(|tip| tip.name.as_str()))),
            }
        }
        let mut findings: Vec<(u64, Finding)> = Vec::new();
        for (secret, branch) in present {
            let message = secret.words.present(&self.stay(&secret), branch);
            let (value, weak) = (secret.value, secret.words.weak);
            let mut finding = Finding { message, ..self.placed(secret) };
            finding.hide(&self.judge.config.lexicon);
            if is_asked(&finding) {
                findings.push((if weak { 0 } else { value }, finding));
            }
        }
        findings.sort_by(|one, other| order(&one.1).cmp(&order(&other.1)));
        let mut by_value: HashMap<u64, usize> = HashMap::new();
        for (place, (value, _)) in findings.iter().enumerate().filter(|(_, (value, _))| *value != 0) {
            by_value.entry(*value).or_insert(place);
        }
        let count = findings.len();
        // The newest of what is gone comes first, and takes what else has the same value along.
        gone.sort_by(|(one, _), (other, _)| {
            let path = |secret: &Secret| secret.finding.primary.path.clone();
            other.last.cmp(&one.last).then_with(|| path(one).cmp(&path(other)))
        });
        for (secret, elsewhere) in gone {
            let stay = self.stay(&secret);
            let (value, weak) = (secret.value, secret.words.weak);
            if secret.accepted_as_history {
                accepted.suppressed += usize::from(selects(&secret.finding.primary.path));
                continue;
            }
            if let Some((_, known)) = by_value.get(&value).filter(|_| !weak).and_then(|&place| findings.get_mut(place))
            {
                let label = message!["the same value, ", stay.words()];
                known.related.push(self.placed(secret).primary.labelled(label));
                continue;
            }
            let (message, help) = (secret.words.gone(&stay, elsewhere), secret.words.help());
            let finding = Finding { message, help, ..self.placed(secret) };
            let Some(mut finding) = self.judge.as_history(finding).filter(is_asked) else { continue };
            finding.primary.label = message!["a literal credential"];
            if weak {
                finding.primary.label = message!["a word or a short value under a credential's name"];
            } else {
                by_value.insert(value, findings.len());
            }
            findings.push((value, finding));
        }
        if let Some(gone) = findings.get_mut(count..) {
            gone.sort_by(|one, other| order(&one.1).cmp(&order(&other.1)));
        }
        let mut findings: Vec<Finding> = findings.into_iter().map(|(_, finding)| finding).collect();
        let is_selected = |place: &Location| selects(&place.path);
        findings.retain(|finding| is_selected(&finding.primary) || finding.related.iter().any(is_selected));
        (findings, accepted)
    }

    /// The finding with the commit that brought the secret, and with the one whose version it shows.
    fn placed(&self, secret: Secret) -> Finding {
        let mut finding = secret.finding;
        finding.commit = Some(self.past.commit(secret.first).id);
        finding.primary.commit = Some(self.past.commit(secret.last).id);
        finding
    }

    fn stay(&self, secret: &Secret) -> Stay {
        let commit = |place: u32| {
            let commit = self.past.commit(place);
            (commit.id, Date::of_time(commit.time))
        };
        Stay { versions: secret.objects.len(), first: commit(secret.first), last: commit(secret.last) }
    }

    /// The commits that have names, each once: branches, then commits that were asked for, then tags and the like.
    fn tips(&self) -> Vec<Tip<'_>> {
        let places = self.past.find(self.refs.iter().map(|one| one.object));
        let branch = |object| self.refs.iter().find(|one| one.object == object && one.name.starts_with("refs/heads/"));
        let named = self.refs.iter().zip(places).filter_map(|(one, place)| {
            // The current commit is best known by its branch.
            let said = branch(one.object).filter(|_| one.name == "HEAD").unwrap_or(one);
            Some(Tip { name: said.short().to_owned(), commit: place?, from: Some(one) })
        });
        let mut tips: Vec<Tip<'_>> = named.collect();
        if self.given {
            let unnamed = self.past.heads.iter().filter(|&&head| !tips.iter().any(|tip| tip.commit == head));
            let unnamed = unnamed.map(|&commit| Tip { name: self.past.commit(commit).id.short(), commit, from: None });
            let unnamed: Vec<_> = unnamed.collect();
            tips.splice(0..0, unnamed);
        }
        let mut seen = BTreeMap::new();
        tips.retain(|tip| seen.insert(tip.commit, ()).is_none());
        tips
    }
}

/// By place; what stood at the same one stays as it comes, the newest first.
fn order(finding: &Finding) -> (&RepoPath, usize, usize, &'static str, &str) {
    let place = &finding.primary;
    (&place.path, place.start.line, place.start.column, finding.rule.slug, &finding.key)
}
