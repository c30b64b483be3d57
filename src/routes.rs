//! `keylint route`: what the client would send, session by session.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::config;
use crate::credential::Lexicon;
use crate::credential::mask::mask_text;
use crate::finding::{Finding, Message, Severity};
use crate::lint;
use crate::path::RepoPath;
use crate::request::{Origin, Request};
use crate::route::arguments::Arguments;
use crate::route::machine::Machine;
use crate::route::model::{Named, choose};
use crate::route::predict;
use crate::route::session::{ENVIRONMENT, Person};
use crate::route::unit::Unit;
use crate::rules::{self, File, Repository, Rule};
use crate::source::worktree::{self, Worktree};
use crate::source::{Snapshot, Source as _, SourceError};
use crate::surface::{self, Client, Command, Document, Settings, Surface, Word};

mod ladder;
mod notes;

use ladder::ladder;
pub use ladder::{Fate, Rung};
use notes::notes;

mod readers;

pub use readers::{Reader, Sent};

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
    /// Which configuration counts.
    pub config: config::Choice,
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
    /// What is sent.
    pub request: Request,
    /// What chooses the model; `None` where it is the client's default.
    pub model: Option<Model>,
    /// Every credential that could be used, in order of precedence.
    pub ladder: Vec<Rung>,
    /// What else is good to know.
    pub notes: Vec<Message>,
    /// What is wrong with it.
    pub warnings: Vec<Warning>,
    /// The clients that the repository declares for a file that names none, the SDKs first.
    pub readers: Vec<Reader>,
}

/// What a rule says of a session.
#[derive(Debug)]
pub struct Warning {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it matters.
    pub severity: Severity,
    /// What happens.
    pub message: Message,
    /// Where; `None` for what stands in no file.
    pub at: Option<(String, usize)>,
}

/// What chooses a session's model.
#[derive(Debug)]
pub struct Model {
    /// Its name, masked; `None` where it is known only when the client runs.
    pub name: Option<String>,
    /// What names it.
    pub origin: Origin,
    /// What says which model the alias is, and which.
    pub pin: Option<(String, Origin)>,
    /// Whether the client's version decides which model the name stands for.
    pub is_alias: bool,
    /// What else names one, for nothing.
    pub shadowed: Vec<Origin>,
}

/// Finds the sessions of a folder, or of one file.
///
/// # Errors
/// As [`worktree::open`]; also when a file behind `--settings` or below the home folder can't be read.
pub fn sessions(options: &Options, cwd: &Path) -> Result<Vec<Session>, SourceError> {
    let worktree = worktree::open(std::slice::from_ref(&options.path), cwd, &lint::is_wanted)?;
    let snapshot = &worktree.snapshot;
    let config = config::load(&options.config, snapshot, &worktree, cwd)?;
    let (files, _) = lint::read(snapshot, &worktree, &config);
    let home = options.home.as_ref().map(|home| cwd.join(home));
    let disk = Disk { home, cwd, failures: Mutex::default() };
    let arguments = Arguments::parse(options.arguments.iter().map(String::as_str));
    let flag = flag(&arguments, cwd)?;
    let person = Person::find(options.variables.clone(), arguments, flag, &disk);
    let folder = start_folder(options, cwd, snapshot);
    let none = Document::new(folder.join(".claude").join("settings.json"), shared(), crate::text::Text::decode(b""));

    let mut sessions = Vec::new();
    let documents: Vec<&Document> = files.iter().map(|file| &file.document).collect();
    let whole = cwd.join(&options.path).is_dir();
    let project = project(&files, &folder);
    let (consumers, _) = lint::consumers(snapshot, &worktree, &config, readers::asking(snapshot, &files));
    let program = readers::program(options);
    // Once for all sessions: what the files say does not depend on them.
    let effects = rules::about_effects(&Repository {
        snapshot,
        files: &files,
        units: Vec::new(),
        consumers: &consumers,
        config: &config,
    });
    let mut show = |document, launch, layers: &[&Document], flag: Option<&Document>| {
        let unit = start(&person, document, launch, layers, flag, &documents);
        let is_late =
            |layer: &&Document| matches!(layer.surface, Some(Surface::Settings(Settings::Shared | Settings::Local)));
        let outside: Vec<&Document> = layers.iter().copied().filter(|layer| !is_late(layer)).collect();
        // Only what starts no client by itself may be read by another.
        let readers = match (launch, unit.command) {
            (Some(index), None) => readers::of(&program.launch(document, index, &[], None, &documents), &consumers),
            _ => Vec::new(),
        };
        let outside = start(&person, document, launch, &outside, flag, &documents);
        let notes = notes(&unit, &outside, launch, flag.or(person.flag()), person.environment());
        let mut shown = Session { readers, ..Session::of(&unit, notes) };
        let repository =
            Repository { snapshot, files: &files, units: vec![unit], consumers: &consumers, config: &config };
        let mut findings: Vec<Finding> = effects.iter().cloned().chain(rules::about_routes(&repository)).collect();
        config.adjust(&mut findings);
        for finding in findings {
            // What stands in other files is no matter of this session.
            let path = &finding.primary.path;
            if shown.has_part(path) || layers.iter().any(|layer| layer.path == *path) {
                shown.warn(finding);
            }
        }
        if !config.lexicon.shapes.is_empty() {
            shown.hide(&config.lexicon);
        }
        sessions.push(shown);
    };
    if whole {
        show(project.first().copied().unwrap_or(&none), None, &project, None);
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
                    show(document, None, &layers, None);
                }
            }
            Some(Surface::Mcp(_)) | None => {}
            Some(surface) => {
                let is_script = surface != Surface::Dotenv;
                // What reads a dotenv file by itself reads no settings.
                let layers = if is_script { project.clone() } else { Vec::new() };
                // Those in functions are found last.
                let mut launches: Vec<_> = document.launches.iter().enumerate().collect();
                // An SDK's client is no session.
                launches.retain(|(_, launch)| !matches!(launch.client, Some(Client::Sdk(_))));
                launches.sort_by_key(|(_, launch)| launch.command.as_ref().map(|command| command.span.start));
                for (index, launch) in launches {
                    let flag = launch.command.as_ref().and_then(|command| passed(command, &folder, &worktree));
                    show(document, Some(index), &layers, flag.as_ref());
                }
            }
        }
    }
    disk.failures.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().next().map_or(Ok(sessions), Err)
}

/// The session of a script's or dotenv file's launch, or of settings alone.
fn start<'a>(
    person: &'a Person<'a>,
    document: &'a Document,
    launch: Option<usize>,
    layers: &[&'a Document],
    flag: Option<&'a Document>,
    documents: &[&'a Document],
) -> Unit<'a> {
    match launch {
        Some(index) => person.launch(document, index, layers, flag, documents),
        None => person.settings(document, layers),
    }
}

/// What a launch passes with `--settings`: the text itself, or a file of the repository. No other file is read for the
/// sake of a script.
fn passed(command: &Command, folder: &RepoPath, worktree: &Worktree) -> Option<Document> {
    let arguments = Arguments::of(command);
    let given = arguments.settings.as_deref()?;
    let is_given = |word: &&Word| word.decoded.text.expose().ends_with(given);
    if command.words.iter().rfind(is_given).is_none_or(|word| word.dynamic) {
        return None;
    }
    let profile = Some(Surface::Settings(Settings::Profile));
    if let Some(text) = arguments.inline_settings() {
        return Some(surface::read(RepoPath::from("--settings"), profile, text.as_bytes()));
    }
    let path = folder.join(given.trim_start_matches("./"));
    let bytes = worktree.read(worktree.snapshot.entry(&path)?).ok()?;
    Some(surface::read(path, profile, &bytes))
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
    failures: Mutex<Vec<SourceError>>,
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
                    self.failures
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(SourceError::Io { path, reason: error.to_string() });
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

impl Session {
    fn of(unit: &Unit<'_>, notes: Vec<Message>) -> Self {
        let route = predict(unit);
        let kind = unit.kind.as_str();
        let line = unit.command.map(|command| unit.document.text.position(command.span.start).line);
        Self {
            kind,
            path: unit.document.path.as_str().to_owned(),
            line,
            files: unit.files.iter().map(|document| document.path.as_str().to_owned()).collect(),
            request: Request::of(&route),
            model: model(unit),
            ladder: ladder(unit, &route),
            notes,
            warnings: Vec::new(),
            readers: Vec::new(),
        }
    }

    /// Hides tokens of a configuration's own shapes.
    fn hide(&mut self, lexicon: &Lexicon) {
        self.request.hide(lexicon);
        self.notes.iter_mut().for_each(|note| note.hide(lexicon));
        self.ladder.iter_mut().for_each(|rung| rung.hide(lexicon));
        self.readers.iter_mut().for_each(|reader| reader.hide(lexicon));
        if let Some(model) = &mut self.model {
            model.name = model.name.as_deref().map(|name| lexicon.hide(name));
            model.pin = model.pin.take().map(|(name, origin)| (lexicon.hide(&name), origin));
        }
    }

    fn has_part(&self, path: &RepoPath) -> bool {
        path.as_str() == ENVIRONMENT || self.files.iter().any(|file| file == path.as_str())
    }

    /// Takes what a rule says, once.
    fn warn(&mut self, finding: Finding) {
        let Finding { rule, severity, message, primary, .. } = finding;
        let path = primary.path.as_str();
        let at = (path != ENVIRONMENT).then(|| (path.to_owned(), primary.start.line));
        if !self.warnings.iter().any(|known| known.message == message && known.at == at) {
            self.warnings.push(Warning { rule, severity, message, at });
        }
    }
}

/// What chooses the model, as it may be shown.
fn model(unit: &Unit<'_>) -> Option<Model> {
    let choice = choose(unit)?;
    let origin = |named: &Named<'_>| match *named {
        Named::Variable(member) | Named::Setting(member) => Origin::of(member),
        Named::Option { word, .. } => {
            let line = |word: &Word, document: &Document| document.text.position(word.decoded.span().start).line;
            let at = word.map(|(document, word)| (document.path.as_str().to_owned(), line(word, document)));
            Origin { from: named.by().to_owned(), at }
        }
    };
    Some(Model {
        name: choice.chosen.name().map(mask_text),
        origin: origin(&choice.chosen),
        pin: choice.pin.and_then(|pin| Some((mask_text(choice.requested()?), Origin::of(pin)))),
        is_alias: choice.chosen.alias().is_some(),
        shadowed: choice.shadowed.iter().map(origin).collect(),
    })
}
