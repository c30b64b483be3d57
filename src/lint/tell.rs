//! Telling what the past holds: what a branch still has, then what is gone, each value once.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::versions::{Accepted, Judge, Lost, Secret};
use crate::accept;
use crate::config::date::Date;
use crate::finding::{Finding, Location, Message};
use crate::message;
use crate::path::RepoPath;
use crate::rules::secret_in_history::Stay;
use crate::source::git::blobs::Kind;
use crate::source::git::past::Ref;
use crate::source::history::Past;
use crate::source::is_selected;
use crate::source::object::ObjectId;

/// What is told, and of what.
pub(super) struct Told<'a> {
    pub(super) judge: &'a Judge<'a>,
    pub(super) past: &'a Past,
    pub(super) refs: &'a [Ref],
    /// Whether somebody said which commits: then those count like branches, whatever their names.
    pub(super) given: bool,
    /// What the report is restricted to.
    pub(super) selection: Option<&'a [RepoPath]>,
}

/// A name of a commit that was walked.
struct Tip {
    name: String,
    commit: u32,
    /// Whether work goes on there.
    is_branch: bool,
}

/// What was told so far.
#[derive(Default)]
struct Telling {
    findings: Vec<Finding>,
    accepted: accept::Accepted,
    /// The finding about each value, but for those that may be no credential.
    by_value: HashMap<u64, usize>,
}

impl Telling {
    /// Adds a place with a value that is told of already.
    fn add_place(&mut self, value: u64, place: impl FnOnce() -> Location) -> bool {
        let known = self.by_value.get(&value).and_then(|&known| self.findings.get_mut(known));
        known.map(|known| known.related.push(place())).is_some()
    }
}

impl Told<'_> {
    /// Findings about what a branch still has, then those about what is gone; and how many were accepted.
    pub(super) fn tell(&self, secrets: Vec<Secret>, lost: Vec<Lost>) -> (Vec<Finding>, accept::Accepted) {
        let mut telling = Telling::default();
        let tips = self.tips();
        let mut states: (u32, Vec<Option<u32>>) = (u32::MAX, Vec::new());
        let mut gone = Vec::new();
        let mut present = Vec::new();
        for secret in secrets {
            if secret.accepted != Accepted::No {
                let counts = usize::from(self.is_asked(&secret.finding) && self.selects(&secret.finding.primary));
                match secret.accepted {
                    Accepted::Baselined => telling.accepted.baselined += counts,
                    _ => telling.accepted.suppressed += counts,
                }
                continue;
            }
            if states.0 != secret.path {
                states = (secret.path, self.past.states(secret.path));
            }
            let has = |tip: &&Tip| {
                let state = states.1.get(tip.commit as usize).copied().flatten();
                state.is_some_and(|object| secret.objects.contains(&object))
            };
            match tips.iter().find(has) {
                Some(tip) if tip.is_branch => present.push((secret, tip.name.as_str())),
                elsewhere => gone.push((secret, elsewhere.map(|tip| tip.name.as_str()))),
            }
        }
        present.sort_by(|(one, _), (other, _)| order(&one.finding).cmp(&order(&other.finding)));
        for (secret, branch) in present {
            self.tell_present(&mut telling, secret, branch);
        }
        let count = telling.findings.len();
        // The newest comes first, and takes what else has the same value along.
        gone.sort_by(|(one, _), (other, _)| {
            let age = |secret: &Secret| Reverse(secret.last);
            (age(one), &one.finding.primary.path).cmp(&(age(other), &other.finding.primary.path))
        });
        for (secret, elsewhere) in gone {
            self.tell_gone(&mut telling, secret, elsewhere);
        }
        for lost in lost {
            self.tell_lost(&mut telling, lost);
        }
        let Telling { mut findings, accepted, .. } = telling;
        if let Some(gone) = findings.get_mut(count..) {
            gone.sort_by(|one, other| order(one).cmp(&order(other)));
        }
        let is_selected = |finding: &Finding| {
            self.selects(&finding.primary) || finding.related.iter().any(|place| self.selects(place))
        };
        findings.retain(is_selected);
        (findings, accepted)
    }

    fn tell_present(&self, telling: &mut Telling, secret: Secret, branch: &str) {
        let message = secret.words.present(&self.stay(&secret), branch);
        let (value, weak) = (secret.value, secret.words.weak);
        let mut finding = Finding { message, ..self.placed(secret) };
        finding.hide(&self.judge.config.lexicon);
        if self.is_asked(&finding) {
            if !weak {
                telling.by_value.entry(value).or_insert(telling.findings.len());
            }
            telling.findings.push(finding);
        }
    }

    fn tell_gone(&self, telling: &mut Telling, secret: Secret, elsewhere: Option<&str>) {
        let stay = self.stay(&secret);
        let (value, weak) = (secret.value, secret.words.weak);
        if secret.accepted_as_history {
            telling.accepted.suppressed += usize::from(self.selects(&secret.finding.primary));
            return;
        }
        let (message, help) = (secret.words.gone(&stay, elsewhere), secret.words.help());
        let finding = self.placed(secret);
        let label = || finding.primary.clone().labelled(message!["the same value, ", stay.words()]);
        if weak || !telling.add_place(value, label) {
            self.tell_past(telling, finding, message, help, (!weak).then_some(value));
        }
    }

    fn tell_lost(&self, telling: &mut Telling, lost: Lost) {
        let Lost { kind, value, accepted, mut finding, words } = lost;
        if accepted {
            telling.accepted.suppressed += usize::from(self.selects(&finding.primary));
            return;
        }
        if kind == Kind::Commit {
            finding.commit = ObjectId::parse(finding.primary.path.as_bytes());
        }
        let label = || finding.primary.clone().labelled(message!["the same value, in an object of its own"]);
        if !telling.add_place(value, label) {
            self.tell_past(telling, finding, words.elsewhere(kind), words.help(), Some(value));
        }
    }

    /// A finding by the rule about the past, if that is asked for and not turned off.
    fn tell_past(
        &self,
        telling: &mut Telling,
        finding: Finding,
        message: Message,
        help: Vec<Message>,
        value: Option<u64>,
    ) {
        let finding = self.judge.as_history(Finding { message, help, ..finding });
        if let Some(finding) = finding.filter(|finding| self.is_asked(finding)) {
            telling.by_value.extend(value.map(|value| (value, telling.findings.len())));
            telling.findings.push(finding);
        }
    }

    fn is_asked(&self, finding: &Finding) -> bool {
        self.judge.accepting.rules.has(finding.rule)
    }

    fn selects(&self, place: &Location) -> bool {
        is_selected(self.selection, &place.path)
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

    /// The commits that have names, each once: branches, then tags and the like.
    fn tips(&self) -> Vec<Tip> {
        let places = self.past.find(self.refs.iter().map(|one| one.object));
        let branch = |object| self.refs.iter().find(|one| one.object == object && one.name.starts_with("refs/heads/"));
        let named = self.refs.iter().zip(places).filter_map(|(one, place)| {
            // The current commit is best known by its branch.
            let said = branch(one.object).filter(|_| one.name == "HEAD").unwrap_or(one);
            Some(Tip { name: said.short().to_owned(), commit: place?, is_branch: one.is_tip() })
        });
        let mut tips: Vec<Tip> = named.collect();
        if self.given {
            let heads: HashSet<u32> = self.past.heads.iter().copied().collect();
            tips.iter_mut().for_each(|tip| tip.is_branch |= heads.contains(&tip.commit));
            let known: HashSet<u32> = tips.iter().map(|tip| tip.commit).collect();
            let unnamed = self.past.heads.iter().filter(|head| !known.contains(head));
            let name = |commit| self.past.commit(commit).id.short();
            tips.extend(unnamed.map(|&commit| Tip { name: name(commit), commit, is_branch: true }));
        }
        tips.sort_by_key(|tip| !tip.is_branch);
        let mut seen = HashSet::new();
        tips.retain(|tip| seen.insert(tip.commit));
        tips
    }
}

/// By place; what stood at the same one stays as it comes, the newest first.
fn order(finding: &Finding) -> (&RepoPath, usize, usize, &'static str, &str) {
    let place = &finding.primary;
    (&place.path, place.start.line, place.start.column, finding.rule.slug, &finding.key)
}
