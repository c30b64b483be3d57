//! Sessions: units with everything else that a client reads when it starts.
//!
//! A unit of the linter is what one repository says. A session adds what the person at the machine has: user
//! settings, the environment of the process, a saved login, the words behind `claude`.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::arguments::Arguments;
use super::include::{Joined, joined};
use super::machine::Machine;
use super::unit::{Member, Unit, UnitKind, fits_a_header, helper, in_effect, is_truthy, merged};
use crate::path::RepoPath;
use crate::surface::table::is_template;
use crate::surface::{self, Assignment, Decoded, Document, FaultKind, Launch, Settings, Slot, Surface, Value};
use crate::text::{Span, Text, trimmed};

/// The path that stands for the environment of the process.
pub const ENVIRONMENT: &str = "";

/// What the person has beside the repository.
#[derive(Debug)]
pub struct Person<'m> {
    /// The environment of the process, as a document.
    environment: Document,
    /// `~/.claude.json`, whose `env` counts like that of a settings file below all others (observed 2026-11-21).
    global: Option<Document>,
    /// `~/.claude/settings.json`.
    user: Option<Document>,
    /// Where the first ones or `--settings` set `CLAUDE_CONFIG_DIR`: the user's settings in that folder, if any.
    moved: Option<Option<Document>>,
    /// The file or the text behind `--settings`.
    flag: Option<Document>,
    /// Whether a program that starts the client says where requests go.
    hosted: bool,
    /// Whether requests go to a socket of the machine: `ANTHROPIC_UNIX_SOCKET`, which only the environment sets.
    socket: bool,
    /// Whether a login is saved.
    login: bool,
    /// The login to the Console that is saved.
    console: Console,
    /// What the client is started with.
    arguments: Arguments,
    machine: &'m dyn Machine,
}

/// The environment of a process, in the one vocabulary.
pub fn environment(variables: impl IntoIterator<Item = (String, String)>) -> Document {
    let mut document = Document::new(RepoPath::from(ENVIRONMENT), None, Text::decode(b""));
    for (name, value) in variables {
        document.assignments.push(Assignment {
            key: name.clone(),
            name,
            name_span: Span::new(0, 0),
            slot: Slot::Variable,
            value: if value.trim().is_empty() { Value::Empty } else { Value::Literal },
            decoded: Decoded::direct(value, 0),
            exported: true,
            commented: false,
        });
    }
    let environment = (0..document.assignments.len()).collect();
    document.launches.push(Launch { environment, ..Launch::default() });
    document
}

/// What the project's settings set too late or not at all (observed 2026-11-21).
const EARLY: [&str; 10] = [
    "CLAUDE_CODE_CUSTOM_OAUTH_URL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CONFIG_DIR",
    "ANTHROPIC_CONFIG_DIR",
    "ANTHROPIC_PROFILE",
    "CLAUDE_CODE_SIMPLE",
    "ANTHROPIC_FEDERATION_RULE_ID",
    "ANTHROPIC_ORGANIZATION_ID",
    "ANTHROPIC_IDENTITY_TOKEN",
    "ANTHROPIC_IDENTITY_TOKEN_FILE",
];

fn is_too_late(member: &Member<'_>) -> bool {
    member.is_of_the_project() && EARLY.contains(&member.assignment.name.as_str())
}

/// The variables that settings files of the project set too late: they have no effect there.
pub fn too_late<'u, 'a>(unit: &'u Unit<'a>) -> impl Iterator<Item = Member<'a>> + use<'u, 'a> {
    unit.files.iter().flat_map(|document| in_effect(document, 0)).filter(is_too_late)
}

/// Whether it is `~/.claude.json`, which is no settings file but for its `env`.
fn is_global(document: &Document) -> bool {
    document.path.as_str() == "~/.claude.json"
}

/// What settings files say for nothing where a program that hosts the client says it (observed 2026-11-21).
pub fn is_about_routes(name: &str) -> bool {
    let exact = ["CLAUDE_CODE_OAUTH_TOKEN", "CLOUD_ML_REGION", CONFIG_DIR];
    let starts = ["ANTHROPIC_", "AWS_", "CLAUDE_CODE_USE_", "CLAUDE_CODE_SKIP_", "VERTEX_REGION_"];
    exact.contains(&name) || starts.iter().any(|start| name.starts_with(start))
}

const CONFIG_DIR: &str = "CLAUDE_CONFIG_DIR";

const SETTINGS: Option<Surface> = Some(Surface::Settings(Settings::Profile));

/// The folder for the client's files that a document names.
fn folder_in(document: Option<&Document>) -> Option<PathBuf> {
    let document = document.filter(|document| document.faults.is_empty())?;
    let member = in_effect(document, 0).find(|member| member.assignment.name == CONFIG_DIR)?;
    Some(PathBuf::from(member.assignment.decoded.text.expose()))
}

/// `~/.claude.json`, or what stands in for it. Nothing in it has a type that matters.
fn global(own: Option<&Path>, machine: &dyn Machine) -> Option<Document> {
    let own = own.filter(|folder| !folder.as_os_str().is_empty());
    let folder = own.map(Path::to_owned).or_else(|| Some(machine.home()?.join(".claude")))?;
    let beside = own.or_else(|| machine.home())?;
    let bytes = machine.read(&folder.join(".config.json")).or_else(|| machine.read(&beside.join(".claude.json")))?;
    let mut document = surface::read(RepoPath::from("~/.claude.json"), SETTINGS, &bytes);
    document.faults.retain(|fault| !matches!(fault.kind, FaultKind::WrongType { .. }));
    Some(document)
}

/// What `primaryApiKey` in `~/.claude.json` makes of a Console login. Its value is nobody's business beyond that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Console {
    /// There is none.
    Absent,
    /// It is a key.
    Key,
    /// It stands in the way of other accounts, but there is nothing to send: it is no text, or blank.
    Blank,
    /// The client stops: it can't stand in a header.
    Broken,
}

impl Console {
    /// Reads `~/.claude.json`.
    fn of(text: &[u8]) -> Self {
        let file: Option<Json> = serde_json::from_slice(text).ok();
        match file.as_ref().and_then(|file| file.get("primaryApiKey")) {
            Some(Json::String(key)) if key.is_empty() => Self::Absent,
            Some(Json::String(key)) => match trimmed(key) {
                "" => Self::Blank,
                key if fits_a_header(key) => Self::Key,
                _ => Self::Broken,
            },
            None | Some(Json::Null | Json::Bool(false)) => Self::Absent,
            Some(Json::Number(number)) if number.as_f64() == Some(0.0) => Self::Absent,
            Some(_) => Self::Blank,
        }
    }
}

impl<'m> Person<'m> {
    /// Finds the person's files, in the order in which the client does (observed 2026-11-21): the environment says
    /// where `~/.claude.json` is; together they say where the user's settings are; with those and `--settings` it is
    /// known where the user's settings are read again, and where the login is. An empty `CLAUDE_CONFIG_DIR` is the
    /// folder where the client starts.
    pub fn find(
        variables: Vec<(String, String)>,
        arguments: Arguments,
        flag: Option<Document>,
        machine: &'m dyn Machine,
    ) -> Self {
        let environment = environment(variables);
        let value = |name: &str| in_effect(&environment, 0).find(|member| member.assignment.name == name)?.text();
        let hosted = value("CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST").is_some_and(is_truthy);
        let socket = value("ANTHROPIC_UNIX_SOCKET").is_some_and(|path| !path.is_empty());
        let own = folder_in(Some(&environment));
        let global = global(own.as_deref(), machine);
        let console = global.as_ref().map_or(Console::Absent, |global| Console::of(global.text.as_str().as_bytes()));
        let read = |folder: &PathBuf| {
            let bytes = machine.read(&folder.join("settings.json"))?;
            Some(surface::read(RepoPath::from("~/.claude/settings.json"), SETTINGS, &bytes))
        };
        let named = |document: &Option<Document>| folder_in(document.as_ref()).filter(|_| !hosted);
        let first = named(&global).or(own).or_else(|| Some(machine.home()?.join(".claude")));
        let user = first.as_ref().and_then(read);
        let moves = |user: &Option<Document>| named(user).filter(|_| arguments.reads("user"));
        let second = named(&flag).or_else(|| moves(&user));
        let moved = second.as_ref().map(read);
        // What is set last: by `--settings`, by the user's settings as they are read again, by `~/.claude.json`.
        let third = named(&flag).or_else(|| moves(moved.as_ref()?)).or_else(|| named(&global));
        let login = third.or(second).or(first).map(|folder| folder.join(".credentials.json"));
        Self {
            login: !hosted && !socket && login.is_some_and(|path| machine.has_credential(&path)),
            console: if hosted { Console::Absent } else { console },
            environment,
            global,
            user,
            moved,
            flag,
            hosted,
            socket,
            arguments,
            machine,
        }
    }

    /// The environment of the process.
    pub fn environment(&self) -> &Document {
        &self.environment
    }

    /// What is behind `--settings`.
    pub fn flag(&self) -> Option<&Document> {
        self.flag.as_ref()
    }

    pub(super) fn machine(&self) -> &'m dyn Machine {
        self.machine
    }

    /// Whether `CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST` is exported.
    pub(super) fn is_hosted(&self) -> bool {
        self.hosted
    }

    /// Whether `ANTHROPIC_UNIX_SOCKET` is exported.
    pub(super) fn has_socket(&self) -> bool {
        self.socket
    }

    /// The login to the Console.
    pub(super) fn console(&self) -> Console {
        self.console
    }

    /// Whether the client does not even start: `~/.claude.json` is no JSON (observed 2026-11-21).
    pub(super) fn is_refused(&self) -> bool {
        self.global.as_ref().is_some_and(|global| !global.faults.is_empty())
    }

    /// Whether a file has no say but for its `env`: `~/.claude.json`, and the user's settings that were read only to find
    /// others (observed 2026-11-21).
    pub(super) fn is_variables_only(&self, document: &Document) -> bool {
        let is_user = || self.user.as_ref().is_some_and(|user| std::ptr::eq(user, document));
        is_global(document) || self.moved.is_some() && is_user()
    }

    /// The session that starts in a folder with these settings files, highest precedence first.
    ///
    /// Precedence: `--settings`, local, shared, user, environment (observed 2026-11-20); `--setting-sources` leaves
    /// files out. A file that the client drops whole takes no part.
    pub fn settings<'a>(&'a self, document: &'a Document, project: &[&'a Document]) -> Unit<'a> {
        self.unit(UnitKind::Settings, document, project, &Joined::default(), &self.arguments, self.flag.as_ref())
    }

    /// The session of one launch of a script or a dotenv file, started where `project` is in effect; `flag` is what the
    /// launch itself passes with `--settings`, and the files that it reads are looked for among `documents`.
    pub fn launch<'a>(
        &'a self,
        document: &'a Document,
        index: usize,
        project: &[&'a Document],
        flag: Option<&'a Document>,
        documents: &[&'a Document],
    ) -> Unit<'a> {
        let launch = document.launches.get(index);
        let command = launch.and_then(|launch| launch.command.as_ref());
        let kind = document.surface.map_or(UnitKind::Script, UnitKind::of);
        let arguments = command.map_or_else(|| self.arguments.clone(), Arguments::of);
        let flag = flag.or(self.flag.as_ref());
        let started = joined(document, index, documents);
        let mut unit = self.unit(kind, document, project, &started, &arguments, flag);
        unit.command = command;
        unit.client = launch.and_then(|launch| launch.client);
        unit.isolated = launch.is_some_and(|launch| launch.isolated);
        unit
    }

    fn unit<'a>(
        &'a self,
        kind: UnitKind,
        document: &'a Document,
        project: &[&'a Document],
        started: &Joined<'a>,
        arguments: &Arguments,
        flag: Option<&'a Document>,
    ) -> Unit<'a> {
        let in_project = project.iter().copied().filter(|document| match document.surface {
            Some(Surface::Settings(Settings::Local)) => arguments.reads("local"),
            Some(Surface::Settings(Settings::Shared)) => arguments.reads("project"),
            _ => true,
        });
        let is_read = |document: &&'a Document| document.faults.is_empty();
        let reads_user = |_: &&'a Document| arguments.reads("user");
        let user = || self.user.iter().filter(reads_user);
        let moved = self.moved.iter().flatten().filter(reads_user);
        let layers = flag.into_iter().chain(in_project).chain(moved).chain(user()).chain(&self.global);
        let layers: Vec<&Document> = layers.filter(is_read).collect();
        let mut members = merged(&layers, |member| !is_too_late(member));
        let early: Vec<&Document> = flag.into_iter().chain(user()).chain(&self.global).filter(is_read).collect();
        let mut early = merged(&early, |_| true);
        if self.hosted || self.socket {
            // The host owns the route; what settings say about it does not count.
            members.retain(|member| !is_about_routes(&member.assignment.name));
        }
        for member in started.members.iter().copied().chain(in_effect(&self.environment, 0)) {
            for members in [&mut members, &mut early] {
                if !members.iter().any(|higher| higher.assignment.name == member.assignment.name) {
                    members.push(member);
                }
            }
        }
        let mut files: Vec<&Document> = layers.clone();
        if kind != UnitKind::Settings {
            files.push(document);
            files.extend(&started.files);
        }
        let mut unit = Unit {
            client: None,
            kind,
            document,
            template: is_template(&document.path),
            files,
            isolated: false,
            command: None,
            arguments: arguments.clone(),
            login: self.login,
            console: self.console != Console::Absent,
            open: started.open,
            members,
            early: Some(early),
            // `~/.claude.json` has none (observed 2026-11-21), nor have the user's settings that others replace.
            helper: started.helper.or_else(|| {
                let whole = layers.iter().copied().filter(|document| !self.is_variables_only(document));
                helper(&whole.collect::<Vec<_>>())
            }),
            person: Some(self),
        };
        if self.hosted {
            unit.helper = None;
        }
        if unit.is_bare() {
            unit.helper = helper(&flag.into_iter().filter(|document| document.faults.is_empty()).collect::<Vec<_>>());
        }
        unit
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Home, document};
    use super::super::{Endpoint, SourceKind, predict};
    use super::*;

    /// As JavaScript judges a value: what is falsy is no login.
    #[test]
    fn a_login_to_the_console() {
        for (value, expected) in [
            (r#""K""#, Console::Key),
            (r#"" K ""#, Console::Key),
            (r#""""#, Console::Absent),
            ("null", Console::Absent),
            ("false", Console::Absent),
            ("0", Console::Absent),
            ("-0.0", Console::Absent),
            (r#"" ""#, Console::Blank),
            ("5", Console::Blank),
            ("true", Console::Blank),
            ("[]", Console::Blank),
            (r#""K\nL""#, Console::Broken),
        ] {
            let text = format!(r#"{{"primaryApiKey": {value}}}"#);
            assert_eq!(Console::of(text.as_bytes()), expected, "{value}");
        }
        assert_eq!(Console::of(b"{}"), Console::Absent);
        assert_eq!(Console::of(b""), Console::Absent);
    }

    fn person(variables: &[(&str, &str)], flag: Option<Document>, home: &'static Home) -> Person<'static> {
        let variables = variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        Person::find(variables, Arguments::default(), flag, home)
    }

    #[test]
    fn settings_on_the_command_line_outrank_the_others() {
        let flag = surface::read(RepoPath::from("x.json"), SETTINGS, br#"{"env": {"ANTHROPIC_API_KEY": "K"}}"#);
        let person = person(&[], Some(flag), &Home(&[]));
        assert_eq!(person.flag().map(|flag| flag.path.as_str()), Some("x.json"));
        let local = document(".claude/settings.local.json", r#"{"env": {"ANTHROPIC_API_KEY": "L"}}"#);
        assert_eq!(person.settings(&local, &[&local]).text("ANTHROPIC_API_KEY"), Some("K"));
    }

    #[test]
    fn a_program_that_relays_requests_says_where_they_go() {
        let text = r#"{"env": {"ANTHROPIC_BASE_URL": "https://h.example.org", "ANTHROPIC_AUTH_TOKEN": "T"}}"#;
        let settings = document(".claude/settings.json", text);
        let key = ("ANTHROPIC_API_KEY", "K");
        let here = Endpoint::Other(super::super::url::Host::parse("h.example.org").unwrap());
        for (variables, endpoint, url, token) in [
            (&[key][..], here, Some("https://h.example.org/v1/messages?beta=true"), Some(SourceKind::AuthToken)),
            (&[key, ("ANTHROPIC_UNIX_SOCKET", "/run/s")], Endpoint::Unknown, None, None),
            (
                &[key, ("CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST", "1")],
                Endpoint::Anthropic,
                Some("https://api.anthropic.com/v1/messages?beta=true"),
                None,
            ),
        ] {
            let person = person(variables, None, &Home(&[]));
            let route = predict(&person.settings(&settings, &[&settings]));
            assert_eq!((route.endpoint, route.url.as_deref()), (endpoint, url), "{variables:?}");
            assert_eq!(route.authorization.map(|source| source.kind), token, "{variables:?}");
            assert_eq!(route.x_api_key.map(|source| source.kind), Some(SourceKind::ApiKey), "{variables:?}");
        }
    }

    /// Nor is a person's identity used where a host or a program in between owns the route.
    #[test]
    fn a_program_that_owns_the_route_has_the_identity() {
        static USER: Home = Home(&[(
            ".claude/settings.json",
            r#"{"env": {"ANTHROPIC_FEDERATION_RULE_ID": "r", "ANTHROPIC_ORGANIZATION_ID": "o", "ANTHROPIC_IDENTITY_TOKEN": "t"}}"#,
        )]);
        let settings = document(".claude/settings.json", "{}");
        for (variable, expected) in [
            (("LANG", "C"), Some(SourceKind::Federation)),
            (("ANTHROPIC_UNIX_SOCKET", "/run/s"), None),
            (("CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST", "1"), None),
        ] {
            let person = person(&[variable], None, &USER);
            let identity = person.settings(&settings, &[&settings]).identity().map(|source| source.kind);
            assert_eq!(identity, expected, "{variable:?}");
        }
    }
}
