//! The rules, one a file, and what a rule may look at.
//!
//! A rule sees documents, what was found in them, units and the snapshot. It never sees a terminal, a format or git.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::config::Config;
use crate::credential::mask::{mask, mask_text};
use crate::credential::sight::{Sighting, sightings};
use crate::credential::{Certainty, Lexicon};
use crate::finding::{Excerpt, Finding, Location, Message, Say, Severity};
use crate::message;
use crate::path::RepoPath;
use crate::route::consumer::Consumers;
use crate::route::consumer::readers::Readers;
use crate::route::gateway::Gateway;
use crate::route::unit::{Member, Unit};
use crate::route::url::Host;
use crate::source::{Entry, IgnoreRule, Snapshot, State};
use crate::surface::table::is_template;
use crate::surface::{Document, Settings, Surface};
use crate::text::{Span, nearest};
use crate::threads::side_by_side;

mod address;
mod anthropic_key_to_third_party;
mod bare_ignores_credential;
mod base_url_insecure;
mod base_url_lookalike;
mod base_url_malformed;
mod base_url_with_api_key;
mod base_url_without_token;
mod both_credentials;
mod compromised_package;
mod configuration_invalid;
mod credential_malformed;
mod duplicate_variable;
mod gitignore_names_variable;
mod helper_conflict;
mod helper_not_runnable;
mod helper_static;
mod inherited_credential;
mod leak;
mod local;
mod misspelled_variable;
mod model_shadowed;
mod no_effect_key;
mod oauth_token_shadowed;
mod oauth_token_to_third_party;
mod personal;
mod personal_file_not_ignored;
mod personal_file_tracked;
mod placeholder_credential;
mod provider_conflict;
mod provider_incomplete;
mod provider_shadows_credential;
mod sdk;
mod secret_in_env_file;
pub(crate) mod secret_in_history;
mod secret_in_launcher;
mod secret_in_mcp;
mod secret_in_permission;
mod secret_in_settings;
mod secret_in_text;
mod secret_on_command_line;
mod secret_printed;
mod secret_published;
mod secret_readable_by_others;
mod settings_dropped;
mod shared_redirect;
mod suppression_unused;
mod tls_verification_off;
mod token_without_base_url;
mod unexpanded_reference;
mod wrong_auth_header;
mod wrong_variable;

/// A rule: its name for ever, its page, and its check.
pub struct Rule {
    /// The slug, `kebab-case`; never changed, never given to another rule.
    pub slug: &'static str,
    /// The severity it usually has; a finding may be milder where the page says so.
    pub severity: Severity,
    /// One line: what it reports.
    pub summary: &'static str,
    /// Its page in Markdown: documentation, help text and executed examples.
    pub page: &'static str,
    check: fn(&Repository<'_>, &mut Vec<Finding>),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.slug)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.slug == other.slug
    }
}

/// The rule about what is wrong with keylint's own configuration, which that can neither turn off nor lower.
pub const CONFIGURATION_INVALID: &str = "configuration-invalid";

/// Every rule, sorted by slug.
pub static RULES: [&Rule; 47] = [
    &anthropic_key_to_third_party::RULE,
    &bare_ignores_credential::RULE,
    &base_url_insecure::RULE,
    &base_url_lookalike::RULE,
    &base_url_malformed::RULE,
    &base_url_with_api_key::RULE,
    &base_url_without_token::RULE,
    &both_credentials::RULE,
    &compromised_package::RULE,
    &configuration_invalid::RULE,
    &credential_malformed::RULE,
    &duplicate_variable::RULE,
    &gitignore_names_variable::RULE,
    &helper_conflict::RULE,
    &helper_not_runnable::RULE,
    &helper_static::RULE,
    &inherited_credential::RULE,
    &misspelled_variable::RULE,
    &model_shadowed::RULE,
    &no_effect_key::RULE,
    &oauth_token_shadowed::RULE,
    &oauth_token_to_third_party::RULE,
    &personal_file_not_ignored::RULE,
    &personal_file_tracked::RULE,
    &placeholder_credential::RULE,
    &provider_conflict::RULE,
    &provider_incomplete::RULE,
    &provider_shadows_credential::RULE,
    &secret_in_env_file::RULE,
    &secret_in_history::RULE,
    &secret_in_launcher::RULE,
    &secret_in_mcp::RULE,
    &secret_in_permission::RULE,
    &secret_in_settings::RULE,
    &secret_in_text::RULE,
    &secret_on_command_line::RULE,
    &secret_printed::RULE,
    &secret_published::RULE,
    &secret_readable_by_others::RULE,
    &settings_dropped::RULE,
    &shared_redirect::RULE,
    &suppression_unused::RULE,
    &tls_verification_off::RULE,
    &token_without_base_url::RULE,
    &unexpanded_reference::RULE,
    &wrong_auth_header::RULE,
    &wrong_variable::RULE,
];

/// The rule with this slug.
pub fn find(slug: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.slug == slug)
}

/// The rule that somebody typed.
///
/// # Errors
/// In words, with the rule that may have been meant.
pub fn typed(slug: &str) -> Result<&'static Rule, String> {
    find(slug).ok_or_else(|| {
        let help = match nearest(slug, RULES.iter().map(|rule| rule.slug)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`keylint rules` lists them".to_owned(),
        };
        format!("there is no rule {:?}: {help}", mask_text(slug))
    })
}

/// Which rules are reported. All of them run, so that what accepts findings of the others counts as used.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// Only these; empty means all.
    pub only: Vec<&'static Rule>,
    /// But none of these.
    pub without: Vec<&'static Rule>,
}

impl Chosen {
    /// Whether a rule is reported. What is wrong with the configuration concerns those that were asked for, too.
    pub fn has(&self, rule: &Rule) -> bool {
        let named = |rules: &[&Rule]| rules.contains(&rule);
        (self.only.is_empty() || named(&self.only) || rule.slug == CONFIGURATION_INVALID) && !named(&self.without)
    }
}

/// Whether a rule looks at the text of a file that is no configuration.
pub fn needs(path: &RepoPath, bytes: &[u8]) -> bool {
    compromised_package::needs(path, bytes) || secret_published::needs(path)
}

/// Whether a rule asks for a private file's place, though not for what it says.
pub fn is_wanted(path: &RepoPath) -> bool {
    matches!(path.name(), "CLAUDE.local.md" | ".env.keys")
}

/// Whether a file at this path, by being there or by what it says, decides what a rule reports about others.
pub fn asks_for_others(path: &RepoPath) -> bool {
    path.name() == ".gitignore"
        || path.name() == "plugin.json"
        || is_wanted(path)
        || secret_published::needs(path)
        || personal::personal(path).is_some()
}

/// Whether a rule looks at a file although nothing is to be reported about it: it decides about others.
pub fn decides(path: &RepoPath, snapshot: &Snapshot) -> bool {
    secret_published::decides(path, snapshot)
}

/// The rule about accepting what is not there.
pub fn suppression_unused() -> &'static Rule {
    &suppression_unused::RULE
}

/// The rule about what keylint does not understand of what is meant for it.
pub fn configuration_invalid() -> &'static Rule {
    &configuration_invalid::RULE
}

/// Whether a rule is about what is meant for keylint itself, and can't be accepted.
pub fn is_about_keylint(rule: &Rule) -> bool {
    [suppression_unused(), configuration_invalid()].contains(&rule)
}

/// Applies every rule.
pub fn apply(repository: &Repository<'_>) -> Vec<Finding> {
    apply_all(&RULES, repository)
}

/// Rules about what is sent, and where.
static ROUTES: [&Rule; 21] = [
    &anthropic_key_to_third_party::RULE,
    &bare_ignores_credential::RULE,
    &base_url_insecure::RULE,
    &base_url_lookalike::RULE,
    &base_url_malformed::RULE,
    &base_url_with_api_key::RULE,
    &base_url_without_token::RULE,
    &both_credentials::RULE,
    &helper_conflict::RULE,
    &helper_static::RULE,
    &inherited_credential::RULE,
    &model_shadowed::RULE,
    &no_effect_key::RULE,
    &oauth_token_shadowed::RULE,
    &oauth_token_to_third_party::RULE,
    &provider_conflict::RULE,
    &provider_incomplete::RULE,
    &provider_shadows_credential::RULE,
    &tls_verification_off::RULE,
    &token_without_base_url::RULE,
    &wrong_variable::RULE,
];

/// Rules about what of a file takes effect, whatever is started.
static EFFECTS: [&Rule; 2] = [&settings_dropped::RULE, &unexpanded_reference::RULE];

/// Rules about what others get to see.
static EXPOSURES: [&Rule; 6] = [
    &secret_in_env_file::RULE,
    &secret_in_launcher::RULE,
    &secret_in_mcp::RULE,
    &secret_in_permission::RULE,
    &secret_in_settings::RULE,
    &secret_in_text::RULE,
];

/// Applies the rules about credentials that others get to see; they look at nothing but the files.
pub fn about_exposure(repository: &Repository<'_>) -> Vec<Finding> {
    apply_all(&EXPOSURES, repository)
}

/// Whether a rule is about a credential that others get to see.
pub fn is_about_exposure(rule: &Rule) -> bool {
    EXPOSURES.contains(&rule)
}

/// Applies the rules about what is sent, and where.
pub fn about_routes(repository: &Repository<'_>) -> Vec<Finding> {
    apply_all(&ROUTES, repository)
}

/// Applies the rules about what of a file takes effect.
pub fn about_effects(repository: &Repository<'_>) -> Vec<Finding> {
    apply_all(&EFFECTS, repository)
}

/// How many paths a thread for rules pays for.
const WORTHWHILE: usize = 1_000;

fn apply_all(rules: &[&Rule], repository: &Repository<'_>) -> Vec<Finding> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(rule) = rules.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut findings = Vec::new();
            (rule.check)(repository, &mut findings);
            done.push((rule.slug, findings));
        }
        done
    };
    let useful = repository.snapshot.entries.len().div_ceil(WORTHWHILE);
    let mut done: Vec<_> = side_by_side(useful, work).into_iter().flatten().collect();
    done.sort_by_key(|(slug, _)| *slug);
    done.into_iter().flat_map(|(_, findings)| findings).collect()
}

/// A file that was read, and what was found in it.
#[derive(Debug)]
pub struct File {
    /// What git has, or would take, of it.
    pub entry: Entry,
    /// Its content.
    pub document: Document,
    /// Credentials in it, by place.
    pub sightings: Vec<Sighting>,
    /// Whether other users of the machine can read it. Only asked for private files with a credential.
    pub is_readable_by_others: bool,
    /// The names and shapes by which it was searched.
    pub lexicon: Arc<Lexicon>,
    masked: OnceLock<Arc<str>>,
}

impl File {
    /// A file and what was found in it.
    pub fn new(entry: Entry, document: Document, lexicon: &Arc<Lexicon>) -> Self {
        let sightings = sightings(&document, lexicon);
        let lexicon = Arc::clone(lexicon);
        Self { entry, document, sightings, is_readable_by_others: false, lexicon, masked: OnceLock::new() }
    }

    /// A place in the file, with its lines masked.
    pub fn locate(&self, span: Span) -> Location {
        let text = &self.document.text;
        let masked = self.masked.get_or_init(|| mask(&self.document, &self.sightings, &self.lexicon).into());
        let excerpt = Some(Excerpt { masked: Arc::clone(masked), span });
        Location {
            path: self.entry.path.clone(),
            start: text.position(span.start),
            end: text.position(span.end),
            label: Message::default(),
            excerpt,
            commit: None,
        }
    }

    /// Who can get at the file's content.
    pub fn exposure(&self) -> Exposure<'_> {
        Exposure::of(&self.entry)
    }

    /// Whether a credential stands in it, outside of comments, that is more than a word under a credential's name.
    pub fn holds_credential(&self) -> bool {
        self.sightings.iter().any(|sighting| sighting.certainty > Certainty::Weak && !sighting.commented)
    }

    /// Whether it is a pattern to be filled in.
    pub fn is_template(&self) -> bool {
        is_template(&self.entry.path)
    }
}

/// What the rules look at.
#[derive(Debug)]
pub struct Repository<'a> {
    /// Every path and what git has of it.
    pub snapshot: &'a Snapshot,
    /// Files that were read, sorted by path.
    pub files: &'a [File],
    /// The variables that meet in one process.
    pub units: Vec<Unit<'a>>,
    /// What the manifests declare.
    pub consumers: &'a Consumers,
    /// What the repository's own configuration says.
    pub config: &'a Config,
}

impl<'a> Repository<'a> {
    /// The file that holds a document.
    pub fn file(&self, path: &RepoPath) -> Option<&'a File> {
        let files: &'a [File] = self.files;
        files.binary_search_by(|file| file.entry.path.cmp(path)).ok().map(|index| &files[index])
    }

    /// Who reads a unit.
    pub fn readers(&self, unit: &Unit<'_>) -> Readers<'a> {
        Readers::of(unit, self.consumers)
    }

    /// What is known of a host.
    pub fn gateway(&self, host: &Host) -> Option<Gateway> {
        self.config.gateways.find(host)
    }

    /// Whether the configuration says that a host is meant to get Anthropic's keys and logins.
    pub fn takes_anthropic_keys(&self, host: &Host) -> bool {
        self.gateway(host).is_some_and(|gateway| gateway.anthropic_keys)
    }

    /// Whether the configuration says that the address of a host may stand in shared settings.
    pub fn may_be_shared(&self, host: &Host) -> bool {
        self.gateway(host).is_some_and(|gateway| gateway.shared)
    }

    /// The place of the value of an assignment.
    pub fn locate(&self, member: Member<'_>) -> Location {
        self.locate_span(member.document, member.assignment.decoded.span())
    }

    /// The place of the name of an assignment.
    pub fn locate_name(&self, member: Member<'_>) -> Location {
        self.locate_span(member.document, member.assignment.name_span)
    }

    fn locate_span(&self, document: &Document, span: Span) -> Location {
        match self.file(&document.path) {
            Some(file) => file.locate(span),
            // A file of the user's: its lines are not shown.
            None => {
                let (start, end) = (document.text.position(span.start), document.text.position(span.end));
                Location { start, end, ..Location::file(&document.path) }
            }
        }
    }

    /// Whether git has the file, or would take it.
    pub fn is_exposed(&self, document: &Document) -> bool {
        self.file(&document.path).is_some_and(|file| file.exposure().is_exposed())
    }
}

/// Who can get at a file's content.
#[derive(Clone, Copy, Debug)]
pub enum Exposure<'a> {
    /// Everyone with a clone.
    Tracked,
    /// Everyone with a clone, after the next commit.
    Staged,
    /// Everyone with a clone, after `git add .`.
    Untracked,
    /// As [`Untracked`](Self::Untracked) for everyone but the person whose machine this is.
    OnlyHere(&'a IgnoreRule),
    /// There is no git here, and a file of this name is one that is shared.
    ByName,
    /// Nobody: the repository's own rules ignore it, or its name says that it is personal.
    Private,
}

impl<'a> Exposure<'a> {
    /// The exposure of an entry. Without git the name decides: files that Claude Code documents as personal, and
    /// dotenv files that are no templates, are private.
    pub fn of(entry: &'a Entry) -> Self {
        match &entry.state {
            State::Tracked => Self::Tracked,
            State::Staged => Self::Staged,
            State::WouldBeCommitted => Self::Untracked,
            State::PrivateOnlyHere { by } => Self::OnlyHere(by),
            State::Private { .. } => Self::Private,
            State::NoGit if personal::is_personal_by_name(&entry.path) => Self::Private,
            State::NoGit => Self::ByName,
        }
    }

    /// Whether anyone else gets the content.
    pub fn is_exposed(self) -> bool {
        !matches!(self, Self::Private)
    }
}

impl Say for Exposure<'_> {
    fn say(&self, out: &mut String) {
        match self {
            Self::Tracked => out.push_str("git tracks the file"),
            Self::Staged => out.push_str("the file is staged for the next commit"),
            Self::Untracked => out.push_str("no rule ignores the file, so `git add .` takes it"),
            Self::OnlyHere(rule) => {
                let place =
                    message!["only ", **rule, " on this machine ignores the file, so a teammate's git takes it"];
                out.push_str(place.as_str());
            }
            Self::ByName => out.push_str("a file of this name is shared"),
            Self::Private => out.push_str("the file stays on this machine"),
        }
    }
}

impl Say for IgnoreRule {
    fn say(&self, out: &mut String) {
        out.push_str(&self.file);
        out.push_str(&format!(":{}", self.line));
    }
}

impl Say for Sighting {
    fn say(&self, out: &mut String) {
        out.push_str(&self.describe());
    }
}

/// The severity of a leaked credential: as the rule says, or a note where it is but a weak one.
fn severity_of(sighting: &Sighting, usual: Severity) -> Severity {
    if sighting.certainty == Certainty::Weak { Severity::Note } else { usual }
}

/// The severity of a finding about what would happen: in a template nothing does yet.
fn in_effect(unit: &Unit<'_>, usual: Severity) -> Severity {
    if unit.template { Severity::Note } else { usual }
}

/// Settings that every session in the folder reads: `.claude/settings.json`, and a local file that git has.
fn is_read_in_place(document: &Document) -> bool {
    matches!(document.surface, Some(Surface::Settings(Settings::Shared | Settings::Local)))
        && !is_template(&document.path)
}
