//! What a file is, and the one vocabulary into which every reader turns it.
//!
//! A reader knows a grammar and no rule. Whatever it reads — a settings `env` entry, a dotenv line, `export`,
//! a header inside a hook's command — becomes an [`Assignment`]; the environments in which a program is started
//! become [`Launch`]es. All spans are byte offsets into [`Document::text`].

pub mod batch;
pub mod code;
pub mod command;
pub mod compose;
pub mod devcontainer;
pub mod dockerfile;
pub mod dotenv;
pub mod editor;
mod embedded;
mod entries;
pub mod expansion;
pub mod fish;
pub mod json;
mod keylint;
#[cfg(test)]
mod listing;
pub mod mcp;
pub mod package;
pub mod pipeline;
pub mod powershell;
mod process;
mod script;
pub mod service;
pub mod settings;
pub mod shell;
#[cfg(test)]
mod show;
pub mod table;
pub mod tasks;
pub mod toml;
pub mod tree;
mod types;
mod wrapper;
pub mod yaml;

use std::fmt;
use std::sync::Arc;

use crate::path::RepoPath;
use crate::text::{Span, Text};

/// Text that may be a credential. It can be looked at with [`expose`](Self::expose), but neither displayed nor
/// serialised, and its `Debug` form shows the length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Nothing that leaves the program may be made of it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// Where the bytes of a decoded value stand in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Byte `i` of the value is byte `start + i` of the document: nothing was escaped.
    Direct(usize),
    /// Byte `i` of the value comes from document offset `map[i]`; one entry more than the value has bytes.
    Mapped(Arc<[usize]>),
}

impl Origin {
    /// The place of a part of the value in the document.
    pub fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.at(start), self.at(end))
    }

    fn at(&self, index: usize) -> usize {
        match self {
            Self::Direct(base) => base + index,
            Self::Mapped(map) => map.get(index).or(map.last()).copied().unwrap_or(0),
        }
    }

    /// The origin of the part `start..end` of the value.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Self {
        match self {
            Self::Direct(base) => Self::Direct(base + start),
            Self::Mapped(map) => {
                let last = map.len().saturating_sub(1);
                Self::Mapped(map[start.min(last)..=end.min(last)].into())
            }
        }
    }

    /// The origin of a value that was decoded from a value that was itself decoded: `inner` maps into the outer
    /// value, `self` maps the outer value into the document. `length` is the inner value's in bytes.
    #[must_use]
    pub fn through(&self, inner: &Self, length: usize) -> Self {
        match (self, inner) {
            (Self::Direct(base), Self::Direct(start)) => Self::Direct(base + start),
            _ => Self::Mapped((0..=length).map(|index| self.at(inner.at(index))).collect()),
        }
    }
}

/// A text as the program that reads the file would see it, and where it stands.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The decoded text: quotes and escapes are gone, references are still there.
    pub text: Secret,
    /// Where its bytes stand in the document.
    pub origin: Origin,
}

impl Decoded {
    /// A text that stands in the document as it is, from byte `start`.
    pub fn direct(text: impl Into<String>, start: usize) -> Self {
        Self { text: Secret::new(text), origin: Origin::Direct(start) }
    }

    /// The place of the whole text.
    pub fn span(&self) -> Span {
        self.origin.span(0, self.text.expose().len())
    }

    /// A part of the text, by byte offsets into it.
    #[must_use]
    pub fn part(&self, start: usize, end: usize) -> Self {
        Self { text: Secret::new(&self.text.expose()[start..end]), origin: self.origin.part(start, end) }
    }
}

/// What stands on the right-hand side, judged by the grammar of the place where it stands.
#[derive(Clone, Debug)]
pub enum Value {
    /// The variable is taken away: `unset X`, `env -u X`.
    Unset,
    /// Nothing, or nothing but white space.
    Empty,
    /// Something else supplies the value, or is meant to.
    Reference(Reference),
    /// A word that stands for a value which the reader has to fill in.
    Placeholder,
    /// The value itself.
    Literal,
    /// Computed in a way that can't be known without running it.
    Unknown,
}

impl Value {
    /// Whether a program finds a value here: everything but [`Unset`](Self::Unset) and [`Empty`](Self::Empty)
    /// (observed with Claude Code 2.1.329, 2026-11-20: empty and blank count as unset everywhere).
    pub fn is_set(&self) -> bool {
        !matches!(self, Self::Unset | Self::Empty)
    }
}

/// A value supplied by something else: `$X`, `${X:-default}`, `op://…`, `{{ secret }}`.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The variable's name, where the reference names one.
    pub name: Option<String>,
    /// Whether the program that reads this place replaces the reference. If not, the text itself is the value.
    pub expanded: bool,
    /// The default half of `${X:-default}`, when it is not empty.
    pub default: Option<Decoded>,
}

/// What kind of place a value was assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// An environment variable.
    Variable,
    /// An HTTP header.
    Header,
    /// A key of a configuration file that is neither: `oauth.clientSecret`.
    Setting,
    /// A command line that a shell runs: `apiKeyHelper`. What stands in it is read by itself.
    Command,
    /// An option of a command: `--api-key X`, `-p X`.
    Option,
    /// The password of `scheme://user:password@host`.
    Userinfo,
    /// A parameter of a URL's query, or a part of its path: `?api_key=X`.
    Url,
}

/// One name that gets one value at one place.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The variable's, header's or option's name as written.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// What kind of place it is.
    pub slot: Slot,
    /// What the value is.
    pub value: Value,
    /// The value as text, references not yet replaced. Empty for [`Value::Unset`].
    pub decoded: Decoded,
    /// The logical place, stable under edits elsewhere: `env.ANTHROPIC_API_KEY`, `permissions.allow[3]`.
    pub key: String,
    /// Whether programs started later inherit it.
    pub exported: bool,
    /// Whether it stands in a comment: a secret there is still in the file, but nothing is in effect.
    pub commented: bool,
}

impl Assignment {
    /// Makes it one that takes its variable away, whatever stands there.
    fn unset(&mut self) {
        self.value = Value::Unset;
        self.decoded = Decoded::direct("", self.decoded.span().end);
    }

    /// The default of a value that is one reference and nothing else: `${X:-default}`.
    pub fn default(&self) -> Option<&Decoded> {
        let Value::Reference(Reference { expanded: true, default, .. }) = &self.value else { return None };
        let text = self.decoded.text.expose().trim();
        default.as_ref().filter(|_| text.starts_with("${") && text.ends_with('}'))
    }
}

/// A program start (or the end of a file that others source) and the variables in effect there.
///
/// A script has one for each path that leads there: sibling branches never meet in one launch.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// The logical place: `services.web`, `jobs.build.steps[2]`; empty in a file that is one unit.
    pub key: String,
    /// The client's start; `None` where the file only prepares an environment for others.
    pub command: Option<Command>,
    /// Indices into [`Document::assignments`], one per variable name, of what this file puts into effect:
    /// also [`Value::Unset`] ones, since they clear what was inherited.
    pub environment: Vec<usize>,
    /// Whether nothing reaches it but this: `env -i`, a container.
    pub isolated: bool,
    /// Dotenv files that are read into it, in order.
    pub includes: Vec<Include>,
    /// Who gets it, where source code says so without a command.
    pub client: Option<Client>,
}

/// What a program makes, and gives its credentials to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// A client of the API, by an SDK for this language: its arguments are all that counts, and no variables.
    Sdk(Language),
    /// The Agent SDK, which starts Claude Code.
    AgentSdk,
}

impl Launch {
    /// The launch with other numbers for its assignments.
    pub(crate) fn renumbered(mut self, number: impl Fn(usize) -> usize) -> Self {
        let replaced = self.includes.iter_mut().flat_map(|include| &mut include.replaces);
        for index in self.environment.iter_mut().chain(replaced) {
            *index = number(*index);
        }
        self
    }
}

/// A dotenv file that a launch reads: `source .env`, `env_file: .env`, `--env-file .env`.
#[derive(Clone, Debug)]
pub struct Include {
    /// The path as written.
    pub path: Decoded,
    /// Whether plain `NAME=value` lines are exported too; a shell that merely sources the file does not.
    pub exports: bool,
    /// Which of the launch's assignments the file's own replace: those made before a shell reads it.
    pub replaces: Vec<usize>,
}

/// A command with its words.
#[derive(Clone, Debug)]
pub struct Command {
    /// The words, quotes removed; the first is the program.
    pub words: Vec<Word>,
    /// The whole command.
    pub span: Span,
    /// The logical place of the text that holds it: `hooks.Stop[0].command`; empty in a script.
    pub key: String,
    /// Where what it prints goes.
    pub output: Output,
}

/// Where a command's standard output goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// To whoever looks: a terminal or a log.
    #[default]
    Shown,
    /// Into a variable, or to the program that runs the command for its output.
    Captured,
    /// To the next command of a pipeline.
    Piped,
    /// Into a file, or nowhere.
    Redirected,
}

impl Command {
    /// The program's name without its folder, in the case in which it was written.
    pub fn program(&self) -> &str {
        let word = self.words.first().map_or("", |word| word.decoded.text.expose());
        word.rsplit(['/', '\\']).next().unwrap_or(word)
    }
}

/// One word of a command.
#[derive(Clone, Debug)]
pub struct Word {
    /// The word, quotes removed, references not replaced.
    pub decoded: Decoded,
    /// Whether a live reference (`$X`, `$(…)`) is part of it.
    pub dynamic: bool,
}

/// What the file's own reader would trip over.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Where.
    pub span: Span,
}

/// Kinds of [`Fault`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A comment where the format has none.
    Comment,
    /// A comma before a closing bracket.
    TrailingComma,
    /// Any other syntax error; the text says which, in words that quote nothing of the file.
    Syntax(String),
    /// A key holds a value of a type that makes the reader drop the whole file.
    WrongType {
        /// The key, for example `permissions.allow`.
        key: &'static str,
        /// What it has to be, for example `an array`.
        expected: &'static str,
    },
}

/// One file, read.
#[derive(Debug)]
pub struct Document {
    /// Where it stands.
    pub path: RepoPath,
    /// What it is; `None` for a text that is only searched for tokens.
    pub surface: Option<Surface>,
    /// Its text.
    pub text: Text,
    /// Every assignment in order of the file, commented ones included.
    pub assignments: Vec<Assignment>,
    /// The environments that meet in one process.
    pub launches: Vec<Launch>,
    /// Every command that the file runs or may run, in order.
    pub commands: Vec<Command>,
    /// Strings whose decoded form differs from the bytes in the file, to be searched for tokens in decoded form.
    pub escaped: Vec<Decoded>,
    /// Logical keys of the strings in the file, sorted by place, to name what was found in them.
    pub keys: Vec<(Span, String)>,
    /// The keys at the top of a settings file, and where their names stand.
    pub sections: Vec<(String, Span)>,
    /// What the file's own reader would trip over.
    pub faults: Vec<Fault>,
}

impl Document {
    /// A document with nothing read yet.
    pub fn new(path: RepoPath, surface: Option<Surface>, text: Text) -> Self {
        Self {
            path,
            surface,
            text,
            assignments: Vec::new(),
            launches: Vec::new(),
            commands: Vec::new(),
            escaped: Vec::new(),
            keys: Vec::new(),
            sections: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Notes a string, so that a token found in it can be named, and so that it is searched in decoded form where that
    /// differs from the bytes in the file.
    fn note(&mut self, string: &Decoded, key: &str) {
        self.note_at(string.span(), string, key);
    }

    /// The same for a string with delimiters around it.
    fn note_at(&mut self, place: Span, string: &Decoded, key: &str) {
        self.keys.push((place, key.to_owned()));
        if matches!(string.origin, Origin::Mapped(_)) {
            self.escaped.push(string.clone());
        }
    }
}

/// What kind of configuration a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surface {
    /// A Claude Code settings file.
    Settings(Settings),
    /// An MCP server configuration.
    Mcp(Mcp),
    /// `.env` and its kin.
    Dotenv,
    /// A POSIX shell script or a file that a shell sources.
    Shell,
    /// A fish script.
    Fish,
    /// A PowerShell script.
    PowerShell,
    /// A batch file of cmd.exe.
    Batch,
    /// A Dockerfile.
    Dockerfile,
    /// A compose file.
    Compose,
    /// `devcontainer.json`.
    DevContainer,
    /// The settings of an editor.
    Editor(Editor),
    /// A continuous-integration pipeline.
    Pipeline(Pipeline),
    /// `package.json`: its scripts.
    Package,
    /// A file of a task runner.
    Tasks(Tasks),
    /// What a machine or a cluster starts.
    Service(Service),
    /// Source code that sets a credential.
    Code(Language),
    /// keylint's own configuration.
    Keylint,
}

impl Surface {
    /// Whether the file starts programs, or sets up what they are started in.
    pub fn is_launcher(self) -> bool {
        !matches!(self, Self::Settings(_) | Self::Mcp(_) | Self::Dotenv | Self::Keylint)
    }
}

/// Whose settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Editor {
    /// VS Code: settings, launch configurations, tasks and workspaces.
    VsCode,
    /// JetBrains: run configurations.
    JetBrains,
}

/// Whose pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pipeline {
    /// GitHub workflows and composite actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// `CircleCI`.
    CircleCi,
    /// Azure Pipelines.
    Azure,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Buildkite.
    Buildkite,
    /// Jenkins.
    Jenkins,
    /// Drone and Woodpecker.
    Drone,
    /// Travis CI.
    Travis,
}

/// Whose tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tasks {
    /// make.
    Make,
    /// just.
    Just,
    /// Taskfile.
    Taskfile,
    /// mise.
    Mise,
    /// A Procfile.
    Procfile,
}

/// What starts services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// A systemd unit.
    Systemd,
    /// A launchd property list.
    Launchd,
    /// A Kubernetes manifest.
    Kubernetes,
    /// The values of a Helm chart.
    Helm,
    /// Terraform.
    Terraform,
    /// A Nix shell.
    Nix,
}

/// A programming language with an Anthropic SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Python.
    Python,
    /// TypeScript and JavaScript.
    TypeScript,
    /// Go.
    Go,
    /// Java and Kotlin.
    Java,
    /// Ruby.
    Ruby,
    /// C#.
    CSharp,
}

/// Which settings file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settings {
    /// `.claude/settings.json`: read by everyone who opens the repository.
    Shared,
    /// `.claude/settings.local.json`: read on one machine.
    Local,
    /// `settings.<provider>.json`: copied over or passed with `--settings`.
    Profile,
    /// `managed-settings.json` and its drop-ins.
    Managed,
    /// A plugin's `settings.json`.
    Plugin,
}

/// Who reads an MCP configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mcp {
    /// Claude Code: `${X}` and `${X:-default}` are expanded, nothing else.
    ClaudeCode,
    /// Another client, with references of its own (`${env:X}`, `${input:x}`).
    Other,
}

/// Reads a file as what it is. Whatever cannot be understood is still in [`Document::text`].
pub fn read(path: RepoPath, surface: Option<Surface>, bytes: &[u8]) -> Document {
    let mut document = Document::new(path, surface, Text::decode(bytes));
    match surface {
        Some(Surface::Settings(_)) => settings::read(&mut document),
        Some(Surface::Mcp(dialect)) => mcp::read(&mut document, dialect),
        Some(Surface::Dotenv) => dotenv::read(&mut document),
        Some(Surface::Shell) => shell::read(&mut document),
        Some(Surface::Fish) => fish::read(&mut document),
        Some(Surface::PowerShell) => powershell::read(&mut document),
        Some(Surface::Batch) => batch::read(&mut document),
        Some(Surface::Dockerfile) => dockerfile::read(&mut document),
        Some(Surface::Compose) => compose::read(&mut document),
        Some(Surface::DevContainer) => devcontainer::read(&mut document),
        Some(Surface::Editor(editor)) => editor::read(&mut document, editor),
        Some(Surface::Pipeline(pipeline)) => pipeline::read(&mut document, pipeline),
        Some(Surface::Package) => package::read(&mut document),
        Some(Surface::Tasks(tasks)) => tasks::read(&mut document, tasks),
        Some(Surface::Service(service)) => service::read(&mut document, service),
        Some(Surface::Code(language)) => code::read(&mut document, language),
        Some(Surface::Keylint) => keylint::read(&mut document),
        None => {}
    }
    document.keys.sort();
    document
}
