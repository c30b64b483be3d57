//! `keylint route`: what the client would send, session by session.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::credential::mask::mask_text;
use crate::finding::{Message, Name};
use crate::lint;
use crate::message;
use crate::path::RepoPath;
use crate::route::arguments::Arguments;
use crate::route::machine::Machine;
use crate::route::session::{ENVIRONMENT, Person};
use crate::route::unit::{Member, Presence, Unit, UnitKind};
use crate::route::{Outcome, Route, Source, SourceKind, predict};
use crate::rules::{self, File, Repository};
use crate::source::{Snapshot, SourceError, worktree};
use crate::surface::{self, Document, Settings, Surface, Value};

/// What to explain, and what to assume.
#[derive(Debug, Default)]
pub struct Options {
    /// A folder, or one launcher, dotenv or settings file.
    pub path: PathBuf,
    /// The user's home folder, where it is to count.
    pub home: Option<PathBuf>,
    /// The environment of the process.
    pub variables: Vec<(String, String)>,
    /// Words for the client.
    pub arguments: Vec<String>,
}

/// One session and its request.
#[derive(Debug)]
pub struct Session {
    /// `settings`, `dotenv` or `script`.
    pub kind: &'static str,
    /// The file that makes the unit, or the folder of a session without settings.
    pub path: String,
    /// Where in a script the client starts, 1-based.
    pub line: Option<usize>,
    /// Every file that takes part.
    pub files: Vec<String>,
    /// What comes of it.
    pub outcome: Outcome,
    /// The request, where one is sent: its address with everything secret masked.
    pub url: Option<String>,
    /// The `x-api-key` header.
    pub x_api_key: Option<Header>,
    /// The `Authorization` header.
    pub authorization: Option<Header>,
    /// Every credential that could be used, in order of precedence.
    pub ladder: Vec<Rung>,
    /// What is wrong with it.
    pub warnings: Vec<Message>,
}

/// A header and where its value comes from.
#[derive(Debug)]
pub struct Header {
    /// `Bearer` or `Basic`, for `Authorization`.
    pub scheme: &'static str,
    /// The variable or key that supplies the value; `login` for a saved login.
    pub from: String,
    /// The file; `None` for the environment of the process and for a login.
    pub place: Option<(String, usize)>,
    /// The value, described.
    pub value: Message,
}

/// A credential that could be used.
#[derive(Debug)]
pub struct Rung {
    /// The variable or key.
    pub name: &'static str,
    /// Where it is set.
    pub place: Option<Message>,
    /// What becomes of it.
    pub fate: Message,
    /// Whether its value is sent.
    pub sent: bool,
}

/// Finds the sessions of a folder, or of one file.
///
/// # Errors
/// As [`worktree::open`]; also when a file behind `--settings` or below the home folder can't be read.
pub fn sessions(options: &Options, cwd: &Path) -> Result<Vec<Session>, SourceError> {
    let worktree = worktree::open(std::slice::from_ref(&options.path), cwd, &lint::is_wanted)?;
    let snapshot = &worktree.snapshot;
    let (files, _) = lint::read(snapshot, &worktree);
    let home = options.home.as_ref().map(|home| cwd.join(home));
    let disk = Disk { home, cwd, failures: RefCell::default() };
    let arguments = Arguments::parse(options.arguments.iter().map(String::as_str));
    let flag = flag(&arguments, cwd)?;
    let person = Person::find(options.variables.clone(), arguments, flag, &disk);
    let folder = start_folder(options, cwd, snapshot);
    let none = Document::new(folder.join(".claude").join("settings.json"), shared(), crate::text::Text::decode(b""));

    let mut found = Vec::new();
    let whole = cwd.join(&options.path).is_dir();
    let project = project(&files, &folder);
    let mut show = |unit: Unit<'_>| found.push(session(snapshot, &files, unit));
    if whole {
        show(person.settings(project.first().copied().unwrap_or(&none), &project));
    }
    for file in files.iter().filter(|file| snapshot.selects(&file.entry.path)) {
        let document = &file.document;
        match document.surface {
            Some(Surface::Settings(which)) => {
                let own = settings_folder(&document.path);
                if whole && project.iter().any(|one| one.path == document.path) {
                    continue;
                }
                let layers = match which {
                    Settings::Shared | Settings::Local => self::project(&files, &own),
                    Settings::Profile | Settings::Managed => vec![document],
                    Settings::Plugin => continue,
                };
                // The shared and the local file of a folder make one session.
                if !whole || layers.first().is_some_and(|first| first.path == document.path) {
                    show(person.settings(document, &layers));
                }
            }
            Some(Surface::Dotenv | Surface::Shell) => {
                let is_script = document.surface == Some(Surface::Shell);
                // What reads a dotenv file by itself reads no settings.
                let layers = if is_script { project.clone() } else { Vec::new() };
                for index in 0..document.launches.len() {
                    show(person.launch(document, index, &layers));
                }
            }
            Some(Surface::Mcp(_)) | None => {}
        }
    }
    disk.failures.take().into_iter().next().map_or(Ok(found), Err)
}

fn shared() -> Option<Surface> {
    Some(Surface::Settings(Settings::Shared))
}

/// The disk, as the client would see it.
#[derive(Debug)]
struct Disk<'o> {
    home: Option<PathBuf>,
    cwd: &'o Path,
    /// What could not be read though it is there.
    failures: RefCell<Vec<SourceError>>,
}

impl Machine for Disk<'_> {
    fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        let path = self.cwd.join(path);
        match std::fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let missing = [ErrorKind::NotFound, ErrorKind::NotADirectory, ErrorKind::IsADirectory];
                if !missing.contains(&error.kind()) {
                    self.failures.borrow_mut().push(SourceError::Io { path, reason: error.to_string() });
                }
                None
            }
        }
    }

    fn has_credential(&self, path: &Path) -> bool {
        // Only that it is there counts; its content is nobody's business.
        self.cwd.join(path).is_file()
    }
}

/// The file or the text behind `--settings`.
fn flag(arguments: &Arguments, cwd: &Path) -> Result<Option<Document>, SourceError> {
    let profile = Some(Surface::Settings(Settings::Profile));
    let (name, bytes) = match (arguments.inline_settings(), &arguments.settings) {
        (Some(text), _) => ("--settings", text.as_bytes().to_vec()),
        (None, Some(name)) => {
            let path = cwd.join(name);
            let bytes = std::fs::read(&path);
            (name.as_str(), bytes.map_err(|error| SourceError::Io { path, reason: error.to_string() })?)
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(surface::read(RepoPath::from(name), profile, &bytes)))
}

/// The folder in which the session starts, relative to the root.
fn start_folder(options: &Options, cwd: &Path, snapshot: &Snapshot) -> RepoPath {
    let path = cwd.join(&options.path);
    if !path.is_dir() {
        return RepoPath::from("");
    }
    let path = path.canonicalize().unwrap_or(path);
    path.strip_prefix(&snapshot.root).map_or(RepoPath::from(""), RepoPath::from_path)
}

fn settings_folder(path: &RepoPath) -> RepoPath {
    path.parent().and_then(|claude| claude.parent()).unwrap_or(RepoPath::from(""))
}

/// The settings files that a session in a folder reads, highest precedence first. The local file of the root counts
/// everywhere (Claude Code documentation, settings, 2026-08).
fn project<'a>(files: &'a [File], folder: &RepoPath) -> Vec<&'a Document> {
    let at = |folder: &RepoPath, which: Settings| {
        files.iter().map(|file| &file.document).find(move |document| {
            document.surface == Some(Surface::Settings(which)) && settings_folder(&document.path) == *folder
        })
    };
    let root = RepoPath::from("");
    let own = at(folder, Settings::Local);
    let of_root = if *folder == root { None } else { at(&root, Settings::Local) };
    [own, of_root, at(folder, Settings::Shared)].into_iter().flatten().collect()
}

fn session(snapshot: &Snapshot, files: &[File], unit: Unit<'_>) -> Session {
    let route = predict(&unit);
    let kind = match unit.kind {
        UnitKind::Settings => "settings",
        UnitKind::Dotenv => "dotenv",
        UnitKind::Script => "script",
    };
    let line = unit.command.map(|command| unit.document.text.position(command.span.start).line);
    let header = |source: Option<Source<'_>>| source.map(|source| header(&source));
    let mut shown = Session {
        kind,
        path: unit.document.path.as_str().to_owned(),
        line,
        files: unit.files.iter().map(|document| document.path.as_str().to_owned()).collect(),
        outcome: route.outcome,
        url: route.url.as_deref().map(mask_text),
        x_api_key: header(route.x_api_key),
        authorization: header(route.authorization),
        ladder: ladder(&unit, &route),
        warnings: Vec::new(),
    };
    let repository = Repository { snapshot, files, units: vec![unit] };
    for finding in rules::about_routes(&repository) {
        if !shown.warnings.contains(&finding.message) {
            shown.warnings.push(finding.message);
        }
    }
    shown
}

fn header(source: &Source<'_>) -> Header {
    let scheme = if source.kind == SourceKind::Userinfo { "Basic" } else { "Bearer" };
    let Some(member) = source.member else {
        let (from, value) = match source.kind {
            SourceKind::Provider => ("provider", message!["what the provider's own tools find on the machine"]),
            SourceKind::Profile => ("login", message!["the token of the active profile"]),
            _ => ("login", message!["the token of a saved login"]),
        };
        return Header { scheme, from: from.to_owned(), place: None, value };
    };
    Header { scheme, from: mask_text(&member.assignment.name), place: place(member), value: value(source, member) }
}

fn place(member: Member<'_>) -> Option<(String, usize)> {
    let path = member.document.path.as_str();
    let at = member.assignment.name_span.start;
    (path != ENVIRONMENT).then(|| (path.to_owned(), member.document.text.position(at).line))
}

/// A value in words: its kind and its length, never itself.
fn value(source: &Source<'_>, member: Member<'_>) -> Message {
    let length = member.assignment.decoded.text.expose().trim().chars().count();
    match (&source.kind, &member.assignment.value) {
        (SourceKind::Helper, _) => message!["what the helper prints"],
        (SourceKind::Profile, _) => message!["the token of that profile"],
        (SourceKind::Federation, _) => message!["a token for the identity of the workload"],
        (SourceKind::CustomHeader, _) => message!["the value in that header"],
        (SourceKind::Userinfo, _) => message!["user and password of the address"],
        (_, Value::Reference(reference)) if reference.expanded => match &reference.name {
            Some(name) => message!["the value of ", Name(name)],
            None => message!["a value from elsewhere"],
        },
        (_, Value::Reference(_)) => message!["the text of the reference itself, ", length, " characters"],
        (_, Value::Placeholder) => message!["a placeholder, ", length, " characters"],
        (_, Value::Unknown) => message!["a value computed when it runs"],
        _ => message!["********, ", length, " characters"],
    }
}

/// The credentials in the client's own order (Claude Code documentation, authentication, 2026-08).
fn ladder(unit: &Unit<'_>, route: &Route<'_>) -> Vec<Rung> {
    let sent = |kind| {
        [route.x_api_key, route.authorization].into_iter().flatten().any(|source: Source<'_>| source.kind == kind)
    };
    let headers = |kind| match (
        route.x_api_key.is_some_and(|source| source.kind == kind),
        route.authorization.is_some_and(|source| source.kind == kind),
    ) {
        (true, true) => message!["sent in both headers"],
        (true, false) => message!["sent as `x-api-key`"],
        (false, true) => message!["sent as `Authorization`"],
        (false, false) => message!["not sent: something above outranks it"],
    };
    let rung = |name, kind, member: Option<Member<'_>>| Rung {
        name,
        place: member.map(|member| match place(member) {
            Some((path, line)) => message![RepoPath::from(path.as_str()), ":", line],
            None => message!["the environment"],
        }),
        fate: match member {
            Some(_) if route.outcome != Outcome::Sent => message!["nothing is sent"],
            Some(_) => headers(kind),
            None => message!["not set"],
        },
        sent: member.is_some() && sent(kind) && route.outcome == Outcome::Sent,
    };
    let set = |name: &str| match unit.presence(name) {
        Presence::Set(member) | Presence::Passed(member) => Some(member),
        Presence::Absent => None,
    };
    let mut ladder = vec![
        rung("ANTHROPIC_AUTH_TOKEN", SourceKind::AuthToken, set("ANTHROPIC_AUTH_TOKEN")),
        rung("ANTHROPIC_API_KEY", SourceKind::ApiKey, set("ANTHROPIC_API_KEY")),
        rung("apiKeyHelper", SourceKind::Helper, unit.helper),
        rung("CLAUDE_CODE_OAUTH_TOKEN", SourceKind::OauthToken, set("CLAUDE_CODE_OAUTH_TOKEN")),
    ];
    if let Some(headers) = set("ANTHROPIC_CUSTOM_HEADERS") {
        ladder.insert(0, rung("ANTHROPIC_CUSTOM_HEADERS", SourceKind::CustomHeader, Some(headers)));
    }
    ladder.push(Rung {
        name: "saved login",
        place: None,
        fate: if !unit.login {
            message!["none"]
        } else if route.outcome == Outcome::Sent {
            headers(SourceKind::Login)
        } else {
            message!["nothing is sent"]
        },
        sent: unit.login && sent(SourceKind::Login),
    });
    ladder
}
