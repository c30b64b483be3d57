//! Findings that somebody has accepted are taken out: by comments, by the configuration, by a baseline.

use crate::baseline::Baseline;
use crate::config::Config;
use crate::config::date::Date;
use crate::finding::{Finding, Location, Message, Name, Severity};
use crate::identity::{tag, without_indices};
use crate::path::RepoPath;
use crate::rules::{self, Chosen, File, secret_in_history};
use crate::source::Snapshot;
use crate::{message, suppress};

mod write;

pub use write::{Wanted, with_entry, write_allow, write_baseline};

/// What was taken out.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// How many by comments and by the configuration.
    pub suppressed: usize,
    /// How many by the baseline.
    pub baselined: usize,
    /// Which, and by what, where the state of files was linted and not their past.
    pub taken: Vec<(Finding, By)>,
}

/// What accepts a finding, and the reason that somebody wrote there.
#[derive(Clone, Debug)]
pub enum By {
    /// A comment in the file.
    Comment(Message),
    /// `[[allow]]` of the configuration.
    Configuration(Message),
    /// The baseline.
    Baseline,
}

/// Findings that were taken out.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// By comments and by the configuration.
    pub(crate) suppressed: Vec<Finding>,
    /// By the baseline.
    pub(crate) baselined: Vec<Finding>,
}

/// What accepts findings.
#[derive(Debug)]
pub struct Accepting<'a> {
    /// The configuration with its `[[allow]]`.
    pub config: &'a Config,
    /// Whether comments count.
    pub inline: bool,
    /// The baseline and its path.
    pub baseline: Option<(&'a RepoPath, &'a Baseline)>,
    /// Which rules are counted; the others accept all the same.
    pub rules: &'a Chosen,
    /// Whether only a part of the repository was read, so that nobody knows what accepts nothing.
    pub partial: bool,
}

/// More entries of a baseline that accept nothing than anybody reads of.
const MOST_STALE: usize = 1000;

impl Accepting<'_> {
    /// Takes accepted findings out, and adds what accepts nothing. Counts only what `snapshot` and `rules` select.
    pub fn apply(&self, findings: &mut Vec<Finding>, files: &[File], snapshot: &Snapshot) -> Accepted {
        let mut accepted = Accepted::default();
        let mut complaints = Vec::new();
        let mut taken = Vec::new();
        let counts = |finding: &Finding| self.rules.has(finding.rule) && snapshot.selects(&finding.primary.path);
        if self.inline {
            suppress::apply(findings, files, &mut taken, &mut complaints);
        }
        self.allowed(findings, files, &mut taken, &mut complaints);
        taken.retain(|(finding, _)| counts(finding));
        for (_, by) in &mut taken {
            if let By::Comment(reason) | By::Configuration(reason) = by {
                reason.hide(&self.config.lexicon);
            }
        }
        accepted.suppressed = taken.len();
        if let Some((path, baseline)) = self.baseline {
            let mut known = Vec::new();
            let mut stale = baseline.apply(findings, files, &mut known);
            // Of a part of the repository nobody knows whether the rest is still there.
            stale.retain(|entry| !self.partial && snapshot.selects(&RepoPath::from(entry.place.path.as_str())));
            for (index, entry) in stale.iter().take(MOST_STALE).enumerate() {
                let mut place = Location::file(path);
                (place.start.line, place.end.line) = (entry.line, entry.line);
                let message = match stale.len().saturating_sub(MOST_STALE) {
                    more if more > 0 && index + 1 == MOST_STALE => {
                        message!["nothing is found any more where this entry and ", more, " behind it speak of"]
                    }
                    _ => message!["nothing is found any more where this entry speaks of"],
                };
                complaints.push(
                    Finding::new(rules::suppression_unused(), Severity::Note, message, &entry.place.rule, place)
                        .help(message!["`keylint baseline` writes the file anew"]),
                );
            }
            known.retain(counts);
            accepted.baselined = known.len();
            taken.extend(known.into_iter().map(|finding| (finding, By::Baseline)));
        }
        accepted.taken = taken;
        self.config.adjust(&mut complaints);
        findings.append(&mut complaints);
        accepted
    }

    /// Takes accepted findings of a version of the past out. What accepts none of them may be meant for another one.
    pub(crate) fn take(&self, findings: &mut Vec<Finding>, files: &[File]) -> Taken {
        let (mut suppressed, mut complaints) = (Vec::new(), Vec::new());
        if self.inline {
            suppress::apply(findings, files, &mut suppressed, &mut complaints);
        }
        self.allowed(findings, files, &mut suppressed, &mut complaints);
        let suppressed = suppressed.into_iter().map(|(finding, _)| finding).collect();
        let mut taken = Taken { suppressed, ..Taken::default() };
        if let Some((_, baseline)) = self.baseline {
            baseline.apply(findings, files, &mut taken.baselined);
        }
        taken
    }

    /// Entries of `[[allow]]`.
    fn allowed(
        &self,
        findings: &mut Vec<Finding>,
        files: &[File],
        taken: &mut Vec<(Finding, By)>,
        complaints: &mut Vec<Finding>,
    ) {
        let (config, today) = (self.config, Date::today());
        let Some(file) = &config.file else { return };
        for allow in &config.allow {
            let matches = |finding: &Finding| {
                finding.rule == allow.rule
                    && allow.path.choose(&finding.primary.path)
                    && allow.key.as_ref().is_none_or(|key| without_indices(key) == without_indices(&finding.key))
                    && allow.tag.is_none_or(|salted| tag(finding, files, salted.salt) == Some(salted.tag))
            };
            let expired = allow.expires.filter(|expires| expires.value < today);
            let before = taken.len();
            if expired.is_none() {
                let by = By::Configuration(message![Name(&allow.reason)]);
                taken.extend(findings.extract_if(.., |finding| matches(finding)).map(|finding| (finding, by.clone())));
            }
            if taken.len() > before || self.partial {
                continue;
            }
            // The past may have what it speaks of, whatever of it this run looks at.
            if expired.is_none() && allow.rule == secret_in_history::rule() {
                continue;
            }
            let (place, message, help) = match expired {
                Some(expires) => (
                    expires.span,
                    message!["this entry has expired, and allows nothing any more"],
                    message!["take it out, or give it another day"],
                ),
                None => (
                    allow.span,
                    message!["this entry allows nothing: there is no such finding"],
                    message!["take it out"],
                ),
            };
            let key = format!("allow[{}]", allow.index);
            complaints.push(
                Finding::new(rules::suppression_unused(), Severity::Warning, message, &key, file.locate(place))
                    .help(help),
            );
        }
    }
}
