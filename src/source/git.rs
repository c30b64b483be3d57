//! The git program: the only place that starts a process.
//!
//! Nothing that a repository's configuration names is run, nothing is written, nothing is fetched.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::change::{self, Change};
use super::index::Index;
use super::link::real_path;
use super::object::ObjectId;
use super::{MAX_BYTES, ReadError, SourceError};
use crate::threads::joined;

pub mod blobs;
pub mod hooks;
pub mod pack;
pub mod past;
mod process;
mod program;
pub mod range;
pub mod walk;

/// Nothing that the configuration names is run.
const SETTINGS: [&str; 4] = [
    "core.fsmonitor=false",
    HOOKS_OFF,
    "core.quotePath=false",
    // The file of grafts is named in the environment.
    "advice.graftFileDeprecated=false",
];

const HOOKS_OFF: &str = "core.hooksPath=/dev/null";

static STARTED: AtomicUsize = AtomicUsize::new(0);

/// How many processes this program has started.
pub fn processes_started() -> usize {
    STARTED.load(Ordering::Relaxed)
}

/// Which git is run, and in which environment.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program; by default the one of the first absolute folder in `PATH` that has one. An empty name is none.
    pub program: OsString,
    /// What differs from the environment of this process; `None` removes a variable.
    pub env: Vec<(OsString, Option<OsString>)>,
}

impl Default for Options {
    fn default() -> Self {
        Self { program: program::git(), env: Vec::new() }
    }
}

impl Options {
    /// A variable as git sees it.
    pub(super) fn var(&self, name: &str) -> Option<OsString> {
        match self.env.iter().rfind(|(key, _)| key == name) {
            Some((_, value)) => value.clone(),
            None => std::env::var_os(name),
        }
    }
}

/// What git finds at a folder.
#[derive(Debug)]
pub enum Discovery {
    /// The work tree of a repository.
    Found(Repository),
    /// No repository.
    Nothing,
    /// No git program.
    NoGit,
}

/// A repository.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The top of the work tree, canonical; of a bare repository git's own folder.
    pub root: PathBuf,
    /// The file of ignore rules that is this clone's own.
    pub info_exclude: PathBuf,
    /// What its configuration says.
    pub config: Config,
    options: Options,
}

/// What the linter needs of git's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The user's excludes file, set or by default; relative to the root.
    pub excludes_file: Option<PathBuf>,
    /// `core.ignoreCase`
    pub ignore_case: bool,
    /// `core.symlinks`: whether the work tree can hold symbolic links.
    pub symlinks: bool,
}

/// Variables that lead git to a repository: `true` for those that hold a path.
const LOCATION: &[(&str, bool)] = &[
    ("GIT_DIR", true),
    ("GIT_WORK_TREE", true),
    ("GIT_INDEX_FILE", true),
    ("GIT_COMMON_DIR", true),
    ("GIT_OBJECT_DIRECTORY", true),
    ("GIT_ALTERNATE_OBJECT_DIRECTORIES", false),
    ("GIT_CONFIG", false),
    ("GIT_CONFIG_COUNT", false),
    ("GIT_CONFIG_PARAMETERS", false),
    ("GIT_GRAFT_FILE", true),
    ("GIT_IMPLICIT_WORK_TREE", false),
    ("GIT_INTERNAL_SUPER_PREFIX", false),
    ("GIT_NAMESPACE", false),
    ("GIT_NO_REPLACE_OBJECTS", false),
    ("GIT_PREFIX", false),
    ("GIT_QUARANTINE_PATH", false),
    ("GIT_REPLACE_REF_BASE", false),
    ("GIT_SHALLOW_FILE", true),
];

/// Finds the repository that `folder` belongs to, seen from a process in `cwd`.
///
/// git tells a hook by variables which repository and which index it runs for. They hold for that
/// repository only.
///
/// # Errors
/// If there is a repository that git can't use, or that has no work tree.
pub fn discover(options: &Options, folder: &Path, cwd: &Path) -> Result<Discovery, SourceError> {
    discover_by(options, folder, cwd, find)
}

/// [`discover`] without a question for the configuration, which is that of an empty one.
///
/// # Errors
/// As [`discover`].
pub fn locate(options: &Options, folder: &Path, cwd: &Path) -> Result<Discovery, SourceError> {
    discover_by(options, folder, cwd, rev_parse)
}

/// The repository that `folder` belongs to if it belongs to one, for questions that can be asked before that is known.
/// `None` where a hook's variables may lead elsewhere.
pub(super) fn presumed(options: &Options, folder: &Path, cwd: &Path) -> Option<Repository> {
    let led = LOCATION.iter().any(|(name, _)| options.var(name).is_some());
    let options = as_hook(options, cwd);
    let known = !led || folder == cwd;
    known.then(|| Repository { root: folder.into(), info_exclude: PathBuf::new(), config: Config::default(), options })
}

type Find = fn(&Options, &Path) -> Result<Discovery, SourceError>;

fn discover_by(options: &Options, folder: &Path, cwd: &Path, find: Find) -> Result<Discovery, SourceError> {
    let led = LOCATION.iter().any(|(name, _)| options.var(name).is_some());
    if !led || folder == cwd {
        return find(&as_hook(options, cwd), folder);
    }
    std::thread::scope(|scope| {
        let hooks = scope.spawn(|| find(&as_hook(options, cwd), cwd));
        let own = find(&as_stranger(options), folder);
        let Ok(Ok(Discovery::Found(hooks))) = hooks.join() else {
            return own;
        };
        match own {
            Ok(Discovery::Found(own)) if own.root != hooks.root => Ok(Discovery::Found(own)),
            _ if folder.starts_with(&hooks.root) => Ok(Discovery::Found(hooks)),
            own => own,
        }
    })
}

/// Finds the repository that `folder` belongs to, for those who only ask for its past: it may be bare.
///
/// # Errors
/// As [`discover`]; also if there is no repository, or no git.
pub fn discover_past(options: &Options, folder: &Path, cwd: &Path) -> Result<Repository, SourceError> {
    match discover(options, folder, cwd) {
        Ok(Discovery::Found(repository)) => Ok(repository),
        Ok(Discovery::Nothing) => Err(SourceError::NoRepository(folder.into())),
        Ok(Discovery::NoGit) => Err(SourceError::NoGit),
        Err(SourceError::Bare(root)) => {
            let info_exclude = root.join("info/exclude");
            Ok(Repository { root, info_exclude, config: Config::default(), options: as_hook(options, cwd) })
        }
        Err(error) => Err(error),
    }
}

/// The options of a hook: its paths are relative to where it was started.
fn as_hook(options: &Options, cwd: &Path) -> Options {
    let mut options = options.clone();
    for (name, _) in LOCATION.iter().filter(|(_, is_path)| *is_path) {
        if let Some(value) = options.var(name).filter(|value| !value.is_empty()) {
            options.env.push((name.into(), Some(cwd.join(value).into())));
        }
    }
    options
}

fn as_stranger(options: &Options) -> Options {
    let mut options = options.clone();
    options.env.extend(LOCATION.iter().map(|(name, _)| (name.into(), None)));
    options
}

/// Asks where the repository is, and at the same time for the configuration.
fn find(options: &Options, folder: &Path) -> Result<Discovery, SourceError> {
    std::thread::scope(|scope| {
        let config = scope.spawn(|| read_config(options, folder));
        let mut discovery = rev_parse(options, folder)?;
        if let Discovery::Found(repository) = &mut discovery {
            repository.config = joined(config).map_err(|reason| repository.failed("config", reason))?;
        }
        Ok(discovery)
    })
}

fn rev_parse(options: &Options, folder: &Path) -> Result<Discovery, SourceError> {
    let questions = ["--is-inside-work-tree", "--is-bare-repository", "--git-path", "info/exclude", "--show-toplevel"];
    let mut command = options.command(folder, "rev-parse");
    let output = match run(command.args(questions)) {
        Ok(output) => output,
        // The folder was just seen, so it is the program that is missing, or has no name.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput) => {
            return Ok(Discovery::NoGit);
        }
        Err(error) => {
            return Err(SourceError::Git { command: "rev-parse", root: folder.into(), reason: error.to_string() });
        }
    };
    let mut lines = output.stdout.splitn(3, |&byte| byte == b'\n');
    let (inside, bare, paths) = (lines.next(), lines.next(), lines.next().unwrap_or_default());
    if !output.success() {
        return match (inside, bare) {
            (Some(b"false"), Some(b"true")) => Err(SourceError::Bare(folder.into())),
            (Some(b"false"), Some(b"false")) => Err(SourceError::InsideGitFolder(folder.into())),
            _ => refused(options, folder, output.reason.words),
        };
    }
    let broken = || SourceError::Broken { folder: folder.into(), reason: "`rev-parse` gave no work tree".into() };
    // A path may hold a line break: the first one ends where its known name ends.
    let name = b"info/exclude\n";
    let end = paths.windows(name.len()).position(|part| part == name).ok_or_else(broken)?;
    let info_exclude = folder.join(to_path(&paths[..end + name.len() - 1]));
    let root = to_path(paths[end + name.len()..].strip_suffix(b"\n").ok_or_else(broken)?);
    let root = real_path(&root).map_err(|error| SourceError::Io { path: root, reason: error.to_string() })?;
    Ok(Discovery::Found(Repository { root, info_exclude, config: Config::default(), options: options.clone() }))
}

/// Tells "there is none" from "there is one, and it is broken".
fn refused(options: &Options, folder: &Path, reason: String) -> Result<Discovery, SourceError> {
    if reason.contains("dubious ownership") {
        let behind = reason.split_once("repository at '").and_then(|(_, behind)| behind.split('\'').next());
        let quoted = behind.map(PathBuf::from);
        return Err(SourceError::DubiousOwnership(quoted.unwrap_or_else(|| folder.into())));
    }
    // Where git does not look further up, neither do we.
    let bounded = options.var("GIT_CEILING_DIRECTORIES").is_some() || reason.contains("mount point");
    let mut folders = folder.ancestors().take(if bounded { 1 } else { usize::MAX });
    let looks_like_one = |folder: &Path| {
        let git = folder.join(".git");
        // What nobody may look into may be one.
        let is_absent = |kind| matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory);
        let has = |name: &str| git.join(name).metadata().map_or_else(|error| !is_absent(error.kind()), |_| true);
        git.is_file() || has("HEAD") || has("objects")
    };
    if reason.contains("not a git repository (or any") && !folders.any(looks_like_one) {
        return Ok(Discovery::Nothing);
    }
    Err(SourceError::Broken { folder: folder.into(), reason })
}

impl Repository {
    /// The same, with its configuration.
    ///
    /// # Errors
    /// If git fails.
    pub fn configured(&self) -> Result<Self, SourceError> {
        let config = read_config(&self.options, &self.root).map_err(|reason| self.failed("config", reason))?;
        Ok(Self { config, ..self.clone() })
    }

    /// The index, with sparse folders spelled out.
    ///
    /// # Errors
    /// If git fails, for instance over a corrupt index.
    pub fn index(&self) -> Result<Index, SourceError> {
        let listing = self.output("ls-files", &["-t", "-s", "-z"])?;
        Index::parse(listing).ok_or_else(|| self.failed("ls-files", "it printed what is no list of files"))
    }

    /// The paths that are in the index and not in the current commit, in git's order.
    ///
    /// # Errors
    /// If git fails.
    pub fn staged(&self) -> Result<Vec<Vec<u8>>, SourceError> {
        let arguments = [
            "--cached",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--ita-visible-in-index",
            "--diff-filter=A",
            // Cancels an order file of the configuration.
            "-O/dev/null",
        ];
        let output = self.output("diff", &arguments)?;
        let changes = change::parse(&output).ok_or_else(|| self.failed("diff", NO_CHANGES))?;
        Ok(changes.iter().map(|change| change.path.as_bytes().to_vec()).collect())
    }

    /// What the index changes of a commit, usually the current one; of nothing, where there is none yet.
    ///
    /// # Errors
    /// If git fails, for instance over a corrupt index.
    pub fn staged_changes(&self, commit: Option<&str>) -> Result<Vec<Change>, SourceError> {
        let mut arguments = vec!["--cached"];
        arguments.extend(commit);
        self.changes("diff", &arguments)
    }

    /// Reads what differs by the names of objects, whatever the configuration says of how to show it.
    fn changes(&self, command: &'static str, arguments: &[&str]) -> Result<Vec<Change>, SourceError> {
        let settled = ["--raw", "-z", "--no-renames", "--no-abbrev", "--no-relative", "--no-color", "-O/dev/null"];
        let output = self.output(command, &[&settled, arguments].concat())?;
        change::parse(&output).ok_or_else(|| self.failed(command, NO_CHANGES))
    }

    /// Starts a reader of objects.
    ///
    /// # Errors
    /// If git can't be started.
    pub fn objects(&self) -> Result<Objects, SourceError> {
        let failed = |reason: String| self.failed("cat-file", reason);
        let mut command = self.options.command(&self.root, "cat-file");
        command.args(["--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        STARTED.fetch_add(1, Ordering::Relaxed);
        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => Ok(Objects { child, stdin: Some(stdin), stdout: BufReader::new(stdout) }),
            _ => Err(failed("no pipe".into())),
        }
    }

    fn output(&self, name: &'static str, arguments: &[&str]) -> Result<Vec<u8>, SourceError> {
        let mut command = self.options.command(&self.root, name);
        let output = run(command.args(arguments)).map_err(|error| self.failed(name, error.to_string()))?;
        if output.success() { Ok(output.stdout) } else { Err(self.failed(name, output.reason)) }
    }

    fn failed(&self, command: &'static str, reason: impl Into<Reason>) -> SourceError {
        match reason.into() {
            Reason { is_usage: true, words } => SourceError::OldGit { command, reason: words },
            Reason { words, .. } => SourceError::Git { command, root: self.root.clone(), reason: words },
        }
    }
}

impl Options {
    fn command(&self, folder: &Path, name: &str) -> Command {
        self.command_with(folder, name, SETTINGS.iter())
    }

    fn command_with<'a>(&self, folder: &Path, name: &str, settings: impl Iterator<Item = &'a &'a str>) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(folder).stdin(Stdio::null()).arg("--no-pager");
        for setting in settings {
            command.args(["-c", setting]);
        }
        command.arg(name);
        for (name, value) in &self.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        for (name, value) in [
            ("GIT_OPTIONAL_LOCKS", "0"),
            ("GIT_NO_LAZY_FETCH", "1"),
            // Where git is too old for that. A setting would yield to those of single protocols.
            ("GIT_ALLOW_PROTOCOL", "none"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("LC_ALL", "C"),
            // What stands in for an object or a parent here hides what every clone gets.
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            ("GIT_GRAFT_FILE", "/dev/null"),
        ] {
            command.env(name, value);
        }
        for name in ["LANGUAGE", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS"] {
            command.env_remove(name);
        }
        command
    }
}

/// Reads what the linter needs of the configuration; git's own words if that fails.
fn read_config(options: &Options, folder: &Path) -> Result<Config, Reason> {
    let pattern = "^core\\.(excludesfile|ignorecase|symlinks)$";
    let mut command = options.command(folder, "config");
    let output = run(command.args(["-z", "--type=path", "--get-regexp", pattern]));
    let output = output.map_err(|error| error.to_string())?;
    // One means that nothing is set.
    if !output.success() && output.code != Some(1) {
        return Err(output.reason);
    }
    let mut config = Config { excludes_file: default_excludes_file(options), ignore_case: false, symlinks: true };
    for record in output.stdout.split(|&byte| byte == 0) {
        let mut parts = record.splitn(2, |&byte| byte == b'\n');
        let (key, value) = (parts.next().unwrap_or_default(), parts.next());
        match (key, value) {
            (b"core.excludesfile", None | Some(b"")) => config.excludes_file = None,
            (b"core.excludesfile", Some(path)) => config.excludes_file = Some(to_path(path)),
            (b"core.ignorecase", _) => config.ignore_case = is_true(value),
            (b"core.symlinks", _) => config.symlinks = is_true(value),
            _ => {}
        }
    }
    Ok(config)
}

/// Where git looks if `core.excludesFile` is not set.
fn default_excludes_file(options: &Options) -> Option<PathBuf> {
    let folder = |name| options.var(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = folder("XDG_CONFIG_HOME").or_else(|| {
        let home = folder("HOME").or_else(|| folder("USERPROFILE"))?;
        Some(home.join(".config"))
    });
    Some(config?.join("git").join("ignore"))
}

struct Output {
    /// What it ended with; `None` if it was stopped.
    code: Option<i32>,
    stdout: Vec<u8>,
    /// Why it failed, if it did.
    reason: Reason,
}

impl Output {
    fn success(&self) -> bool {
        self.code == Some(0)
    }
}

fn run(command: &mut Command) -> std::io::Result<Output> {
    STARTED.fetch_add(1, Ordering::Relaxed);
    let output = command.output()?;
    let reason = Reason::of(output.status, one_line(&output.stderr));
    Ok(Output { code: output.status.code(), stdout: output.stdout, reason })
}

/// Why a git failed.
#[derive(Debug)]
struct Reason {
    /// What it said on one line, or how it ended.
    words: String,
    /// Whether it does not understand what it is asked.
    is_usage: bool,
}

impl Reason {
    fn of(status: ExitStatus, words: String) -> Self {
        // git's own code for that, in all commands.
        let is_usage = status.code() == Some(129);
        let words = match words.split("usage: git ").next().map(str::trim_end) {
            None | Some("") => format!("it ended without a word ({status})"),
            Some(complaint) if is_usage => complaint.to_owned(),
            Some(_) => words,
        };
        Self { words, is_usage }
    }
}

impl From<String> for Reason {
    fn from(words: String) -> Self {
        Self { words, is_usage: false }
    }
}

impl From<&str> for Reason {
    fn from(words: &str) -> Self {
        Self { words: words.to_owned(), is_usage: false }
    }
}

const NO_CHANGES: &str = "it printed what is no list of changes";

/// What git says, on one line.
fn one_line(stderr: &[u8]) -> String {
    let stderr = String::from_utf8_lossy(stderr);
    let words: Vec<&str> = stderr.split_whitespace().collect();
    words.join(" ").chars().take(400).collect()
}

/// A path that git prints.
fn to_path(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(OsStr::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    {
        PathBuf::from(OsStr::new(&*String::from_utf8_lossy(bytes)))
    }
}

/// A Boolean as git writes it; a key without a value is true.
fn is_true(value: Option<&[u8]>) -> bool {
    let Some(value) = value else { return true };
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    matches!(text.as_str(), "true" | "yes" | "on") || text.parse().is_ok_and(|number: i64| number != 0)
}

/// A running `git cat-file --batch`.
#[derive(Debug)]
pub struct Objects {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Objects {
    /// Reads an object into an empty buffer. It is called by its name, or by what git understands as one
    /// (`HEAD:keylint.toml`); the answer has the name.
    ///
    /// # Errors
    /// If git does not have it, or it is too large.
    pub fn read(&mut self, object: &[u8], bytes: &mut Vec<u8>) -> Result<ObjectId, ReadError> {
        self.try_read(object, bytes).unwrap_or_else(|error| Err(ReadError::Io(stopped(&error))))
    }

    fn try_read(&mut self, object: &[u8], bytes: &mut Vec<u8>) -> std::io::Result<Result<ObjectId, ReadError>> {
        let Some(stdin) = &mut self.stdin else {
            return Ok(Err(ReadError::NotHere));
        };
        stdin.write_all(&[object, b"\n"].concat())?;
        stdin.flush()?;
        let mut header = Vec::new();
        self.stdout.read_until(b'\n', &mut header)?;
        let header = String::from_utf8_lossy(&header);
        if header.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        // `<object> <type> <size>`, or `<object> missing`
        let mut words = header.split_whitespace();
        let object = words.next().and_then(|word| ObjectId::parse(word.as_bytes()));
        let size = words.nth(1).and_then(|size| size.parse::<u64>().ok());
        let (Some(object), Some(size)) = (object, size) else {
            return Ok(Err(ReadError::NotHere));
        };
        if size > MAX_BYTES {
            std::io::copy(&mut (&mut self.stdout).take(size + 1), &mut std::io::sink())?;
            return Ok(Err(ReadError::TooLarge(size)));
        }
        (&mut self.stdout).take(size).read_to_end(bytes)?;
        self.stdout.read_exact(&mut [0])?;
        Ok(Ok(object))
    }
}

/// Why a reader of objects says nothing more. What git said of it went to nobody.
fn stopped(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof => {
            "`git cat-file` has stopped; `git status` may say why".to_owned()
        }
        _ => format!("`git cat-file`: {error}"),
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // git ends when its input does.
        self.stdin = None;
        let _ = self.child.wait();
    }
}
