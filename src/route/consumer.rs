//! Who reads a dotenv file or a script's environment, as far as the repository says: the clients that its manifests
//! and lock files name.
//!
//! The Anthropic SDKs are not Claude Code. They read `ANTHROPIC_API_KEY`, `ANTHROPIC_AUTH_TOKEN`,
//! `ANTHROPIC_BASE_URL` and `ANTHROPIC_CUSTOM_HEADERS`; they read neither `CLAUDE_CODE_OAUTH_TOKEN` nor settings nor
//! a saved login (observed with Python 0.49.0, 1.17.0 and 2.11.0 and TypeScript 0.39.0, 0.137.0 and 1.11.0,
//! 2026-11-21; recorded in `tests/conformance/sdk/`). The Agent SDK runs Claude Code and sends what that sends (observed
//! with 0.3.329, 2026-11-20).
//!
//! From manifest to request: `form` reads one file, [`Consumers`] finds the ones that decide about a path, [`readers`] asks
//! them for a unit, and [`request`] predicts what an SDK sends for it.

use std::collections::BTreeMap;
use std::fmt;

use crate::path::RepoPath;

mod form;
mod node;
mod python;
pub mod readers;
pub mod request;
mod version;

use form::{Form, scope};
pub use form::{declarations, speaks_of};
use version::{Dialect, Range, Version};

/// A program that reads credentials from its environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consumer {
    /// The client itself.
    ClaudeCode,
    /// The Agent SDK, which runs the client.
    AgentSdk,
    /// An Anthropic SDK.
    Sdk {
        /// For which language.
        language: Language,
        /// On which side of the change in what is sent.
        generation: Generation,
    },
    /// Anything else.
    Unknown,
}

/// The language of an SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// `anthropic` on `PyPI`.
    Python,
    /// `@anthropic-ai/sdk` on npm.
    TypeScript,
}

/// What an SDK makes of a key and a token that are both set. The limits were observed with the versions on both
/// sides of them, 2026-11-21.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// The key goes out as `x-api-key`, the token is dropped without a word: Python below 0.50.0, TypeScript below
    /// 0.40.0.
    Early,
    /// Both go out, as `x-api-key` and `Authorization: Bearer`: Python below 2.0.0, TypeScript below 1.0.0.
    Old,
    /// The key goes out as `Authorization: Bearer`, the token is dropped with the warning "Using `ANTHROPIC_API_KEY`":
    /// Python from 2.0.0, TypeScript from 1.0.0.
    New,
    /// The versions that the repository admits lie on both sides of the last change, or are not known.
    Unknown,
}

impl Generation {
    /// The generations that it may be; installers take the newest version, so that an early one is not among them.
    pub fn possible(self) -> &'static [Self] {
        match self {
            Self::Early => &[Self::Early],
            Self::Old => &[Self::Old],
            Self::New => &[Self::New],
            Self::Unknown => &[Self::Old, Self::New],
        }
    }
}

impl Language {
    /// The word in the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::TypeScript => "typescript",
        }
    }

    /// The first version of [`Generation::New`], for messages.
    pub fn first_new(self) -> &'static str {
        match self {
            Self::Python => "2.0.0",
            Self::TypeScript => "1.0.0",
        }
    }

    /// The first versions of [`Generation::Old`] and [`Generation::New`].
    const fn changes(self) -> [Version; 2] {
        match self {
            Self::Python => [[0, 50, 0], [2, 0, 0]],
            Self::TypeScript => [[0, 40, 0], [1, 0, 0]],
        }
    }

    /// The generation of the versions in a range. Of early and old ones the old are meant: installers take the newest.
    fn generation(self, range: &Range) -> Generation {
        let [old, new] = self.changes();
        match (range.is_from(old), range.is_from(new)) {
            (_, Some(true)) => Generation::New,
            (Some(false), Some(false)) => Generation::Early,
            (_, Some(false)) => Generation::Old,
            (_, None) => Generation::Unknown,
        }
    }

    /// What an SDK makes of a credential's value in the environment (observed with all six versions, 2026-11-21):
    /// TypeScript trims it; Python takes it as it is, and can't send what ends in white space or holds a line break.
    /// The first old versions (Python 0.50.0, TypeScript 0.40.0) still sent an empty variable as an empty header.
    pub fn reads(self, value: &str) -> Reading<'_> {
        let value = if self == Self::TypeScript { value.trim() } else { value };
        match value {
            "" => Reading::Unset,
            _ if value.ends_with([' ', '\t']) || value.contains(['\n', '\r']) => Reading::Unsendable,
            _ => Reading::Sent(value),
        }
    }
}

/// What an SDK makes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading<'a> {
    /// As if the variable were not there.
    Unset,
    /// It goes into a header. With white space in front Python can't send it as `x-api-key`, but as bearer it can.
    Sent(&'a str),
    /// It counts as set, and the request fails before anything is sent, with a connection error.
    Unsendable,
}

/// A credential variable that every client reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// `ANTHROPIC_API_KEY`.
    ApiKey,
    /// `ANTHROPIC_AUTH_TOKEN`.
    AuthToken,
}

/// What an SDK that gets its credentials from the environment does with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SdkRequest {
    /// Which variable is sent as `x-api-key`.
    pub x_api_key: Option<Which>,
    /// Which variable is sent as `Authorization: Bearer`.
    pub authorization: Option<Which>,
    /// Which variable is set and not sent.
    pub dropped: Option<Which>,
    /// Nothing is sent: the SDK has no credential. (A profile on the machine can give it one.)
    pub fails: bool,
}

/// Predicts an SDK's choice of headers (observed with Python 0.49.0, 1.17.0 and 2.11.0, TypeScript 0.39.0, 0.137.0 and
/// 1.11.0, 2026-11-21). `None` for what is no SDK, and where it depends on a generation that is not known.
///
/// An empty variable is not set ([`Language::reads`]); but [`Generation::Early`] fails where an empty key stands beside a token.
pub fn sdk_request(consumer: Consumer, api_key_set: bool, auth_token_set: bool) -> Option<SdkRequest> {
    let Consumer::Sdk { generation, .. } = consumer else { return None };
    let key = api_key_set.then_some(Which::ApiKey);
    let token = auth_token_set.then_some(Which::AuthToken);
    let both = key.and(token);
    let fails = key.or(token).is_none();
    let old = SdkRequest { x_api_key: key, authorization: token, dropped: None, fails };
    let early = SdkRequest { authorization: if api_key_set { None } else { token }, dropped: both, ..old };
    let new = SdkRequest { x_api_key: None, authorization: key.or(token), dropped: both, fails };
    match generation {
        Generation::Early => Some(early),
        Generation::Old => Some(old),
        Generation::New => Some(new),
        Generation::Unknown => (early == old && old == new).then_some(old),
    }
}

/// A package that is a client or runs one.
#[derive(Debug)]
struct Package {
    language: Language,
    name: &'static str,
    consumer: Consumer,
}

const fn sdk(language: Language) -> Consumer {
    Consumer::Sdk { language, generation: Generation::Unknown }
}

static PACKAGES: [Package; 6] = [
    Package { language: Language::Python, name: "anthropic", consumer: sdk(Language::Python) },
    Package { language: Language::Python, name: "claude-agent-sdk", consumer: Consumer::AgentSdk },
    Package { language: Language::Python, name: "claude-code-sdk", consumer: Consumer::AgentSdk },
    Package { language: Language::TypeScript, name: "@anthropic-ai/sdk", consumer: sdk(Language::TypeScript) },
    Package { language: Language::TypeScript, name: "@anthropic-ai/claude-agent-sdk", consumer: Consumer::AgentSdk },
    Package { language: Language::TypeScript, name: "@anthropic-ai/claude-code", consumer: Consumer::ClaudeCode },
];

/// Packages that are no client, and are looked for all the same: they are there to steal credentials.
static COMPROMISED: [Package; 2] = [
    Package { language: Language::Python, name: LITELLM, consumer: Consumer::Unknown },
    Package { language: Language::TypeScript, name: API_ANTHROPIC, consumer: Consumer::Unknown },
];

/// A gateway on `PyPI`, of which two versions were published by thieves.
pub const LITELLM: &str = "litellm";
/// A package on npm that is malicious in every version.
pub const API_ANTHROPIC: &str = "api-anthropic";

fn package(language: Language, name: &str) -> Option<&'static Package> {
    PACKAGES.iter().chain(&COMPROMISED).find(|package| package.language == language && package.name == name)
}

/// A line of a manifest or lock file that names a client.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The client.
    pub consumer: Consumer,
    /// The package's name.
    pub package: &'static str,
    /// 1-based line.
    pub line: usize,
    /// The version or range as written; empty for none, and for anything that is not plainly a version.
    pub version: String,
    language: Language,
    range: Range,
}

impl Declared {
    /// The language of the package.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The version or range without what marks an exact one.
    pub fn version_shown(&self) -> &str {
        self.version.trim_start_matches('=')
    }

    /// The version, where only one is admitted.
    pub fn exact(&self) -> Option<[u64; 3]> {
        self.range.single()
    }

    fn new(package: &'static Package, line: usize, version: &str, dialect: Dialect) -> Self {
        // A URL may hold a password: only what is read as versions is kept.
        let range = Range::parse(version, dialect);
        let is_shown = range.is_some() && version.len() <= LONGEST_SHOWN;
        let version = if is_shown { version.trim().to_owned() } else { String::new() };
        let range = range.unwrap_or(Range::any());
        let consumer = with_generation(package.consumer, package.language.generation(&range));
        Self { consumer, package: package.name, line, version, language: package.language, range }
    }
}

/// The longest version that is shown, in bytes.
const LONGEST_SHOWN: usize = 40;

/// An SDK of this generation; others are what they are.
fn with_generation(consumer: Consumer, generation: Generation) -> Consumer {
    match consumer {
        Consumer::Sdk { language, .. } => Consumer::Sdk { language, generation },
        other => other,
    }
}

fn without_generation(consumer: Consumer) -> Consumer {
    with_generation(consumer, Generation::Unknown)
}

/// What a repository declares.
#[derive(Debug, Default)]
pub struct Consumers {
    /// By the folder that they speak of.
    folders: BTreeMap<RepoPath, Vec<Manifest>>,
}

#[derive(Debug)]
struct Manifest {
    path: RepoPath,
    form: Form,
    declared: Vec<Declared>,
}

/// A client that a folder's manifest names, and the place that decides about its version.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The client. Its generation is that of all places that count.
    pub consumer: Consumer,
    /// The file with the deciding line.
    pub path: &'a RepoPath,
    /// The deciding line.
    pub declared: &'a Declared,
}

impl fmt::Display for Reader<'_> {
    /// `anthropic 0.86.0 (uv.lock:120)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.declared.package)?;
        let version = self.declared.version_shown();
        if !version.is_empty() {
            write!(f, " {version}")?;
        }
        write!(f, " ({}:{})", self.path.as_str(), self.declared.line)
    }
}

impl Consumers {
    /// Takes every manifest of the repository, those without declarations too: they end the search upwards.
    pub fn new(manifests: Vec<(RepoPath, Vec<Declared>)>) -> Self {
        let mut folders: BTreeMap<RepoPath, Vec<Manifest>> = BTreeMap::new();
        for (path, declared) in manifests {
            if let Some(form) = Form::of(&path) {
                folders.entry(scope(&path, form)).or_default().push(Manifest { path, form, declared });
            }
        }
        for manifests in folders.values_mut() {
            manifests.sort_by(|one, other| one.path.cmp(&other.path));
        }
        Self { folders }
    }

    /// The clients that are declared for a file: in the nearest folder at or above it that has a manifest.
    ///
    /// What only a lock file names is there for another package's sake and is left out, unless there is nothing but
    /// lock files. A lock file here, or in a folder above that it shares, decides about versions.
    pub fn for_file(&self, path: &RepoPath) -> Vec<Reader<'_>> {
        let Some((folder, manifests)) = above(path).find_map(|folder| self.folders.get_key_value(&folder)) else {
            return Vec::new();
        };
        let mut readers: Vec<Reader<'_>> = Vec::new();
        for package in &PACKAGES {
            let wanted = places(manifests, package, |form| !form.is_lock());
            let only_locks = !manifests.iter().any(|it| it.form.language() == package.language && !it.form.is_lock());
            if wanted.is_empty() && !only_locks {
                continue;
            }
            // Constraints want nothing by themselves.
            let is_lock = |form: Form| form.is_lock() && (form != Form::Constraints || !wanted.is_empty());
            let mut locked = places(manifests, package, is_lock);
            if locked.is_empty() && !wanted.is_empty() {
                locked = above(folder)
                    .filter_map(|folder| self.folders.get(&folder))
                    .map(|manifests| places(manifests, package, Form::reaches_below))
                    .find(|places| !places.is_empty())
                    .unwrap_or_default();
            }
            if !wanted.is_empty() {
                locked.retain(|lock| {
                    let version = lock.declared.range.single();
                    version.is_none_or(|version| wanted.iter().any(|place| place.declared.range.admits(version)))
                });
            }
            let Some(reader) = decide(locked, wanted) else { continue };
            let same =
                |other: &&mut Reader<'_>| without_generation(other.consumer) == without_generation(reader.consumer);
            if readers.iter_mut().find(same).is_none() {
                readers.push(reader);
            }
        }
        readers.sort_by_key(|reader| reader.consumer);
        readers
    }
}

/// Every folder above a path, the nearest first, the root last.
pub fn above(path: &RepoPath) -> impl Iterator<Item = RepoPath> + use<> {
    let first = path.parent().or_else(|| (!path.as_bytes().is_empty()).then(|| RepoPath::from("")));
    std::iter::successors(first, |folder| {
        folder.parent().or_else(|| (!folder.as_bytes().is_empty()).then(|| RepoPath::from("")))
    })
}

/// Where manifests of some forms name a package.
fn places<'a>(manifests: &'a [Manifest], package: &Package, is_wanted: impl Fn(Form) -> bool) -> Vec<Reader<'a>> {
    manifests
        .iter()
        .filter(|manifest| is_wanted(manifest.form))
        .flat_map(|manifest| manifest.declared.iter().map(|declared| (&manifest.path, declared)))
        .filter(|(_, declared)| declared.package == package.name && declared.language == package.language)
        .map(|(path, declared)| Reader { consumer: declared.consumer, path, declared })
        .collect()
}

/// One answer of many places: exact versions count before ranges, locked ones before wanted ones.
fn decide<'a>(locked: Vec<Reader<'a>>, wanted: Vec<Reader<'a>>) -> Option<Reader<'a>> {
    let is_exact = |place: &Reader<'a>| place.declared.range.single().is_some();
    let groups = [
        locked.iter().copied().filter(is_exact).collect::<Vec<_>>(),
        wanted.iter().copied().filter(is_exact).collect(),
        [wanted, locked].concat(),
    ];
    let group = groups.into_iter().find(|group| !group.is_empty())?;
    let is_known = |place: &&Reader<'a>| place.consumer != without_generation(place.consumer);
    let first = group.iter().find(is_known).or(group.first())?;
    // Places that say nothing leave it to the others; places that differ leave it open.
    let differs = group.iter().filter(is_known).any(|place| place.consumer != first.consumer);
    Some(if differs { Reader { consumer: without_generation(first.consumer), ..*first } } else { *first })
}

#[cfg(test)]
mod tests;
