//! Carries out what rules propose, on texts in memory.
//!
//! One fix at a time is tried: the finding has to go, no other may come, what Claude Code sends has to be what the fix
//! says, and a file that gets a credential has to be private. What does not pass is taken back and said.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::workspace::Workspace;
use super::{Options, SourceError};
use crate::credential::mask::{mask, mask_text};
use crate::finding::{Finding, Message, Severity};
use crate::fix::json::{self, Obstacle};
use crate::fix::write::{NewText, Plan};
use crate::fix::{Applicability, Change, Fix, Mode, Sends};
use crate::message;
use crate::path::RepoPath;
use crate::replace::is_runnable;
use crate::rules::{Chosen, File};
use crate::source::{self, Entry, State};
use crate::text::{Encoding, Text};

mod sent;

use sent::Sent;

/// Which findings are to be mended.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The least sure of the fixes that are carried out.
    pub applicability: Applicability,
    /// The least severity.
    pub min_severity: Severity,
    /// Which findings.
    pub finding: &'a dyn Fn(&Finding) -> bool,
    /// Which files may be changed.
    pub change: &'a dyn Fn(&RepoPath) -> bool,
}

impl std::fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { applicability, min_severity, .. } = self;
        f.debug_struct("Wanted").field("applicability", applicability).field("min_severity", min_severity).finish()
    }
}

/// What became of the proposals.
#[derive(Debug)]
pub struct Mended {
    /// What was carried out, in order.
    pub done: Vec<Done>,
    /// What was not, and why.
    pub refused: Vec<Refused>,
    /// What there is to write.
    pub plan: Plan,
    /// Every changed file with all secrets masked: before, if it was there, and after.
    pub masked: Vec<(RepoPath, Option<String>, String)>,
}

/// A finding that is gone.
#[derive(Debug)]
pub struct Done {
    /// The finding.
    pub finding: Finding,
    /// What took it away.
    pub fix: Fix,
}

/// A finding that stays, though there is a fix.
#[derive(Debug)]
pub struct Refused {
    /// The finding.
    pub finding: Finding,
    /// Why.
    pub reason: Message,
}

/// How often what was refused is tried again after something else was done.
const ROUNDS: usize = 10;

/// Tries all fixes that are wanted. Nothing is written.
///
/// # Errors
/// As [`lint`](super::lint); also if the configuration is not understood.
pub fn mend(paths: &[PathBuf], cwd: &Path, options: &Options, wanted: Wanted<'_>) -> Result<Mended, SourceError> {
    // What comes in place of a finding counts, whichever rule says so.
    let every = Options { rules: Chosen::default(), ..options.clone() };
    let mut workspace = Workspace::open_for(paths, cwd, &every)?;
    if let Some(complaint) = workspace.complaint() {
        return Err(complaint.clone());
    }
    Ok(Mender::new(&mut workspace, wanted.applicability).run(wanted))
}

/// Whether a fix, which changes the text of one file alone, does what it says. The file is left as it was.
pub fn holds(workspace: &mut Workspace, finding: &Finding, fix: &Fix) -> bool {
    let [Change::Text { path, .. } | Change::Without { path, .. }, ..] = fix.changes.as_slice() else { return false };
    let is_there = |change: &Change| match change {
        Change::Text { path: other, .. } | Change::Without { path: other, .. } => other == path,
        Change::Keep { .. } | Change::Ignore { .. } | Change::Mode { .. } => false,
    };
    let Ok(Some(before)) = workspace.bytes(path) else { return false };
    if !fix.changes.iter().all(is_there) {
        return false;
    }
    let mut mender = Mender::new(workspace, Applicability::Unsafe);
    let held = mender.texts(fix).and_then(|texts| mender.put(finding, fix, texts));
    workspace.put(path, Some(before));
    held.is_ok()
}

/// A file that was changed.
struct Changed {
    before: Option<Vec<u8>>,
    masked: Option<String>,
    after: Vec<u8>,
    /// Where it is written among the others.
    turn: Turn,
}

/// Whose turn it is to be written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// Ignore files: they make others private.
    Ignores,
    /// Private files that get a credential.
    Keeps,
    /// All others: they may lose one.
    Others,
}

struct Mender<'w> {
    workspace: &'w mut Workspace,
    findings: Vec<Finding>,
    sent: Sent,
    changed: BTreeMap<RepoPath, Changed>,
    modes: Vec<(RepoPath, Mode)>,
    done: Vec<Done>,
    /// The least sure of the fixes that are carried out.
    least: Applicability,
}

/// New texts, by file, and whether each is one that gets a credential.
type Texts = BTreeMap<RepoPath, (String, Turn)>;

impl<'w> Mender<'w> {
    fn new(workspace: &'w mut Workspace, least: Applicability) -> Self {
        let findings = workspace.report().findings;
        let sent = Sent::of(workspace.files());
        let (changed, modes, done) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { workspace, findings, sent, changed, modes, done, least }
    }

    fn run(mut self, wanted: Wanted<'_>) -> Mended {
        let mut refused = Vec::new();
        for _ in 0..ROUNDS {
            let before = self.done.len();
            refused = self.round(wanted);
            if self.done.len() == before || refused.is_empty() {
                break;
            }
        }
        let lexicon = self.workspace.lexicon();
        let masked = self.changed.iter().map(|(path, changed)| {
            let after = self.workspace.file(path).map(masked);
            let after = after.unwrap_or_else(|| lexicon.hide(&mask_text(Text::decode(&changed.after).as_str())));
            (path.clone(), changed.masked.clone(), after)
        });
        let masked = masked.collect();
        let root = self.workspace.root().to_owned();
        let mut turns: Vec<(Turn, NewText)> = Vec::new();
        for (path, changed) in self.changed {
            let private = !is_shared(&self.workspace.snapshot().state_if_created(&path));
            let Changed { before, after, turn, .. } = changed;
            let narrowed = turn == Turn::Keeps;
            turns.push((turn, NewText { path, before, after, private, narrowed }));
        }
        turns.sort_by_key(|(turn, _)| *turn);
        let texts = turns.into_iter().map(|(_, text)| text).collect();
        let plan = Plan { root, git: self.workspace.git_folder(), texts, modes: self.modes };
        Mended { done: self.done, refused, plan, masked }
    }

    /// Tries every fix once, the sure ones first: they may make way for the others.
    fn round(&mut self, wanted: Wanted<'_>) -> Vec<Refused> {
        let mut refused: Vec<Refused> = Vec::new();
        let mut tried = HashSet::new();
        while let Some((finding, fix)) = self.next(wanted, &tried) {
            let others = self.with_the_same_changes(&finding, &fix, wanted);
            match self.attempt(&finding, &fix, wanted) {
                Ok(()) => {
                    self.done.push(Done { finding, fix });
                    let gone = |done: &Done| !self.findings.iter().any(|found| is_same(found, &done.finding));
                    let others: Vec<Done> = others.into_iter().filter(gone).collect();
                    self.done.extend(others);
                }
                Err(reason) => {
                    tried.insert(name(&finding));
                    refused.push(Refused { finding, reason });
                }
            }
        }
        refused
    }

    /// The other findings that the same changes are to take away: each has something of its own to say about it.
    fn with_the_same_changes(&self, finding: &Finding, fix: &Fix, wanted: Wanted<'_>) -> Vec<Done> {
        let others = self.findings.iter().filter(|other| name(other) != name(finding) && is_wanted(other, wanted));
        let done = others.filter_map(|other| Some(Done { finding: other.clone(), fix: other.fix.clone()? }));
        done.filter(|done| done.fix.changes == fix.changes && done.fix.applicability >= wanted.applicability).collect()
    }

    fn next(&self, wanted: Wanted<'_>, tried: &HashSet<FindingName>) -> Option<(Finding, Fix)> {
        let is_wanted = |finding: &&Finding| is_wanted(finding, wanted) && !tried.contains(&name(finding));
        for applicability in [Applicability::Safe, Applicability::Unsafe] {
            if applicability < wanted.applicability {
                break;
            }
            let of_this = |finding: &Finding| {
                let fix = finding.fix.as_ref().filter(|fix| fix.applicability == applicability)?;
                let is_done = fix.changes.iter().all(|change| match change {
                    Change::Mode { path, mode } => {
                        self.modes.contains(&(path.clone(), *mode))
                            // What git records may differ, which is nothing that can be written.
                            || *mode == Mode::Runnable && is_runnable(&self.workspace.root().join(path.to_path()))
                    }
                    _ => false,
                });
                (!is_done).then(|| (finding.clone(), fix.clone()))
            };
            if let Some(found) = self.findings.iter().filter(is_wanted).find_map(of_this) {
                return Some(found);
            }
        }
        None
    }

    /// Carries out one fix, or says why not.
    fn attempt(&mut self, finding: &Finding, fix: &Fix, wanted: Wanted<'_>) -> Result<(), Message> {
        let texts = self.texts(fix)?;
        if let Some(path) = texts.keys().find(|path| !(wanted.change)(path)) {
            return Err(message!["`", *path, "` has changes that are not staged"]);
        }
        let modes = fix.changes.iter().filter_map(|change| match change {
            Change::Mode { path, mode } => Some((path.clone(), *mode)),
            _ => None,
        });
        let modes: Vec<_> = modes.collect();
        if !texts.is_empty() {
            self.put(finding, fix, texts)?;
        }
        self.modes.extend(modes);
        Ok(())
    }

    fn put(&mut self, finding: &Finding, fix: &Fix, texts: Texts) -> Result<(), Message> {
        let mut before = Vec::new();
        let mut after = Vec::new();
        for (path, (text, turn)) in texts {
            let old = self.workspace.bytes(&path).map_err(|reason| unreadable(&path, &reason))?;
            let bytes = encoded(&path, old.as_deref(), &text)?;
            let masked = self.workspace.file(&path).map(masked);
            let masked = masked.or_else(|| {
                let text = Text::decode(old.as_deref()?);
                Some(self.workspace.lexicon().hide(&mask_text(text.as_str())))
            });
            before.push((path.clone(), old, masked));
            after.push((path, bytes, turn));
        }
        for (path, bytes, _) in &after {
            self.workspace.put(path, Some(bytes.clone()));
        }
        let mut findings = self.workspace.report().findings;
        // Who gets a credential is written for its owner alone.
        let keeps = |path: &RepoPath| after.iter().any(|(other, _, turn)| other == path && *turn == Turn::Keeps);
        findings.retain(|finding| !is_only_of_mode(finding, &keeps));
        let sent = Sent::of(self.workspace.files());
        let verdict = self.judge(finding, fix, &findings, &sent, &after);
        if let Err(reason) = verdict {
            for (path, old, _) in before {
                // What an earlier fix made of it, or what the work tree has.
                let text = self.changed.contains_key(&path).then_some(old).flatten();
                self.workspace.put(&path, text);
            }
            return Err(reason);
        }
        for ((path, old, masked), (_, bytes, turn)) in before.into_iter().zip(after) {
            let changed = self.changed.entry(path).or_insert(Changed { before: old, masked, after: Vec::new(), turn });
            changed.after = bytes;
            changed.turn = changed.turn.min(turn);
        }
        (self.findings, self.sent) = (findings, sent);
        Ok(())
    }

    /// Whether all is well with the new texts.
    fn judge(
        &self,
        finding: &Finding,
        fix: &Fix,
        after: &[Finding],
        sent: &Sent,
        texts: &[(RepoPath, Vec<u8>, Turn)],
    ) -> Result<(), Message> {
        if self.workspace.complaint().is_some() {
            return Err(message!["keylint's configuration would not be understood any more"]);
        }
        let same = |found: &&Finding| is_same(found, finding);
        if after.iter().filter(same).count() >= self.findings.iter().filter(same).count() {
            return Err(message!["it would not take the finding away"]);
        }
        for (path, _, turn) in texts {
            let state = self.workspace.snapshot().state_if_created(path);
            if *turn == Turn::Keeps && is_shared(&state) {
                return Err(not_private(path, &state));
            }
        }
        // What a file says that was dropped is found only now; it is mended next.
        let is_next = |found: &Finding| {
            fix.sends == Sends::WhatIsWritten
                && found.primary.path == finding.primary.path
                && found.fix.as_ref().is_some_and(|fix| fix.applicability >= self.least)
        };
        let counted = after.iter().filter(|found| !is_next(found));
        if let Some(new) = newcomer(&self.findings, counted) {
            return Err(message!["`", new.rule.slug, "` would be found then: ", new.message]);
        }
        self.sent.becomes(sent, &fix.sends)
    }

    /// The texts that a fix makes.
    fn texts(&self, fix: &Fix) -> Result<Texts, Message> {
        let mut texts = Texts::new();
        let mut edits: BTreeMap<&RepoPath, Vec<(usize, &Change)>> = BTreeMap::new();
        for change in &fix.changes {
            match change {
                Change::Text { path, span, .. } => edits.entry(path).or_default().push((span.start, change)),
                Change::Without { path, at } => edits.entry(path).or_default().push((*at, change)),
                Change::Keep { path, name, value } => {
                    let earlier = texts.remove(path).map(|(text, _)| text);
                    let text = match earlier {
                        Some(text) => text,
                        None => self.text(path)?.unwrap_or_default(),
                    };
                    let text = json::with_variable(&text, name, value.expose()).map_err(|obstacle| match obstacle {
                        Obstacle::OtherValue => message![
                            "`",
                            *path,
                            "` has another value for ",
                            crate::finding::Name(name),
                            ": decide which one is right"
                        ],
                        Obstacle::NoObject => message!["`", *path, "` is no JSON object: mend it first"],
                    })?;
                    texts.insert(path.clone(), (text, Turn::Keeps));
                }
                Change::Ignore { pattern } => {
                    let path = RepoPath::from(".gitignore");
                    let text = self.text(&path)?.unwrap_or_default();
                    texts.insert(path, (with_line(&text, pattern), Turn::Ignores));
                }
                Change::Mode { .. } => {}
            }
        }
        for (path, mut edits) in edits {
            let mut text = self.text(path)?.unwrap_or_default();
            // From the end, so that what is before stays where it was.
            edits.sort_by_key(|(at, _)| Reverse(*at));
            for (_, edit) in edits {
                carry_out(edit, path, &mut text)?;
            }
            texts.insert(path.clone(), (text, Turn::Others));
        }
        Ok(texts)
    }

    /// The text of a file that can be changed; `None` if there is no file.
    fn text(&self, path: &RepoPath) -> Result<Option<String>, Message> {
        if let Some(Entry { mode: source::Mode::Symlink, .. }) = self.workspace.snapshot().entry(path) {
            return Err(message!["`", *path, "` is a symbolic link: change what it leads to"]);
        }
        let bytes = self.workspace.bytes(path).map_err(|reason| unreadable(path, &reason))?;
        Ok(bytes.map(|bytes| Text::decode(&bytes).as_str().to_owned()))
    }
}

/// Makes one edit of a text.
fn carry_out(edit: &Change, path: &RepoPath, text: &mut String) -> Result<(), Message> {
    let (span, new) = match edit {
        Change::Text { span, text, .. } => (*span, text.expose().to_owned()),
        Change::Without { at, .. } => {
            let no_json = || message!["`", *path, "` is no JSON that can be changed: mend it first"];
            json::without(text, *at).ok_or_else(no_json)?
        }
        _ => return Ok(()),
    };
    if !(text.is_char_boundary(span.start) && text.is_char_boundary(span.end)) {
        return Err(message!["the place is not in the text"]);
    }
    text.replace_range(span.range(), &new);
    Ok(())
}

fn is_wanted(finding: &Finding, wanted: Wanted<'_>) -> bool {
    finding.severity >= wanted.min_severity && (wanted.finding)(finding)
}

/// Whether two findings say the same, wherever in the file.
fn is_same(one: &Finding, other: &Finding) -> bool {
    one.rule == other.rule
        && one.primary.path == other.primary.path
        && one.key == other.key
        && one.message == other.message
}

/// What tells a finding from others, as long as nothing changes.
type FindingName = (&'static str, RepoPath, usize, usize, String);

fn name(finding: &Finding) -> FindingName {
    let start = finding.primary.start;
    (finding.rule.slug, finding.primary.path.clone(), start.line, start.column, finding.key.clone())
}

/// Whether nothing is wrong with some files but that others of this machine can read them.
fn is_only_of_mode(finding: &Finding, which: &dyn Fn(&RepoPath) -> bool) -> bool {
    let narrows = |change: &Change| matches!(change, Change::Mode { path, mode: Mode::Private } if which(path));
    finding.fix.as_ref().is_some_and(|fix| fix.changes.iter().all(narrows))
}

/// The first finding of a rule that has more of them than before, or a worse one.
fn newcomer<'f>(before: &[Finding], after: impl Iterator<Item = &'f Finding> + Clone) -> Option<&'f Finding> {
    let old = weights(before.iter());
    let new = weights(after.clone());
    after.into_iter().find(|finding| {
        let rule = finding.rule.slug;
        let (old_count, old_worst) = old.get(rule).copied().unwrap_or_default();
        let (count, worst) = new.get(rule).copied().unwrap_or_default();
        count > old_count || worst > old_worst
    })
}

/// How many findings each rule has, and how bad the worst is.
fn weights<'f>(findings: impl Iterator<Item = &'f Finding>) -> BTreeMap<&'static str, (usize, Option<Severity>)> {
    let mut weights: BTreeMap<_, (usize, Option<Severity>)> = BTreeMap::new();
    for finding in findings {
        let (count, worst) = weights.entry(finding.rule.slug).or_default();
        *count += 1;
        *worst = (*worst).max(Some(finding.severity));
    }
    weights
}

fn masked(file: &File) -> String {
    mask(&file.document, &file.sightings, &file.lexicon)
}

/// Whether others get the file, or may.
fn is_shared(state: &State) -> bool {
    !matches!(state, State::Private { .. } | State::NoGit)
}

fn not_private(path: &RepoPath, state: &State) -> Message {
    match state {
        State::Tracked | State::Staged => message!["git tracks `", *path, "`: take it out first"],
        State::PrivateOnlyHere { by } => {
            message!["only ", *by, " on this machine ignores `", *path, "`: let the repository's `.gitignore` do it"]
        }
        _ => message!["no rule of the repository ignores `", *path, "`: add it to `.gitignore` first"],
    }
}

fn unreadable(path: &RepoPath, _: &source::ReadError) -> Message {
    message!["`", *path, "` can't be read"]
}

/// A text in the encoding that the file had.
fn encoded(path: &RepoPath, before: Option<&[u8]>, text: &str) -> Result<Vec<u8>, Message> {
    match before.map(|bytes| Text::decode(bytes).encoding()) {
        None | Some(Encoding::Utf8) => Ok(text.as_bytes().to_vec()),
        Some(Encoding::Utf8Bom) => Ok([b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        Some(Encoding::Utf16 | Encoding::Other) => Err(message!["`", *path, "` is not UTF-8: save it as that first"]),
    }
}

/// A text with one more line, ended as the others are; the last one as it was.
fn with_line(text: &str, line: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { end };
    let last = if gap.is_empty() { end } else { "" };
    format!("{text}{gap}{line}{last}")
}
