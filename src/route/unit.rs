//! Units: the variables that end up in one process.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use super::arguments::Arguments;
use super::include::{Joined, joined};
use super::machine::Machine;
use super::session::{ENVIRONMENT, Person};
use super::{Provider, Source, SourceKind};
use crate::path::RepoPath;
use crate::surface::table::is_template;
use crate::surface::{Assignment, Client, Command, Document, Settings, Slot, Surface, Value};
use crate::text::trimmed;

/// One assignment in effect, and the document that holds it.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The document.
    pub document: &'a Document,
    /// The assignment.
    pub assignment: &'a Assignment,
}

impl<'a> Member<'a> {
    /// The value as the client trims it, where the text is the value.
    pub fn text(&self) -> Option<&'a str> {
        self.is_fixed().then(|| trimmed(self.assignment.decoded.text.expose()))
    }

    /// Whether the text is the value, and not something that supplies it when it runs.
    pub fn is_fixed(&self) -> bool {
        match &self.assignment.value {
            Value::Reference(reference) => !reference.expanded,
            Value::Unknown => false,
            _ => true,
        }
    }

    /// Whether it stands in a settings file of the project, which is read after the first decisions are made.
    pub fn is_of_the_project(&self) -> bool {
        matches!(self.document.surface, Some(Surface::Settings(Settings::Shared | Settings::Local)))
            && !self.document.path.as_str().starts_with("~/")
    }
}

/// What kind of process a unit describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// A session started in a folder with these settings files.
    Settings,
    /// Whatever loads this dotenv file.
    Dotenv,
    /// One path through a script.
    Script,
    /// A stage of a Dockerfile.
    Stage,
    /// A service, a container or a unit of a service manager.
    Service,
    /// A step of a pipeline.
    Step,
    /// A task of a task runner, or a script of a package.
    Task,
    /// What an editor starts, or a development container.
    Editor,
    /// A program in a language with an SDK.
    Program,
}

impl UnitKind {
    /// What the launches of a file are.
    pub fn of(surface: Surface) -> Self {
        match surface {
            Surface::Dotenv => Self::Dotenv,
            Surface::Settings(_)
            | Surface::Mcp(_)
            | Surface::Keylint
            | Surface::Shell
            | Surface::Fish
            | Surface::PowerShell
            | Surface::Batch => Self::Script,
            Surface::Dockerfile => Self::Stage,
            Surface::Compose | Surface::Service(_) => Self::Service,
            Surface::Pipeline(_) => Self::Step,
            Surface::Package | Surface::Tasks(_) => Self::Task,
            Surface::DevContainer | Surface::Editor(_) => Self::Editor,
            Surface::Code(_) => Self::Program,
        }
    }

    /// The word in `route`'s output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Dotenv => "dotenv",
            Self::Script => "script",
            Self::Stage => "stage",
            Self::Service => "service",
            Self::Step => "step",
            Self::Task => "task",
            Self::Editor => "editor",
            Self::Program => "program",
        }
    }
}

impl UnitKind {
    /// Where a client is that gets the variables, in messages: `started with this file`.
    pub fn place(self) -> &'static str {
        match self {
            Self::Settings | Self::Dotenv | Self::Script => "with this file",
            Self::Stage => "in this stage",
            Self::Service => "in this service",
            Self::Step => "in this step",
            Self::Task => "by this task",
            Self::Editor => "by this editor",
            Self::Program => "by this program",
        }
    }
}

/// Variables that end up in one process.
#[derive(Debug)]
pub struct Unit<'a> {
    /// What kind of process.
    pub kind: UnitKind,
    /// The document that makes the unit; for settings the file of highest precedence.
    pub document: &'a Document,
    /// Whether a file of the unit is a pattern to be filled in: what it says is advice, not effect.
    pub template: bool,
    /// The files that take part, highest precedence first.
    pub files: Vec<&'a Document>,
    /// Whether it inherits nothing: `env -i`, a container.
    pub isolated: bool,
    /// The client's start, in scripts.
    pub command: Option<&'a Command>,
    /// Who gets it, where source code says so without a command.
    pub client: Option<Client>,
    /// What the client's command line says.
    pub arguments: Arguments,
    /// Whether somebody is logged in. Of a repository alone nobody knows, and most people are.
    pub login: bool,
    /// Whether that login is one to the Console, which is a key.
    pub console: bool,
    /// Whether what is missing here may be elsewhere: in a file that it reads and that is not in the repository, or,
    /// for a dotenv file, in the launches that read it.
    pub open: bool,
    /// One assignment for each variable.
    pub members: Vec<Member<'a>>,
    /// What counts before the project's settings are read; `None` where all of `members` does.
    pub early: Option<Vec<Member<'a>>>,
    /// `apiKeyHelper`.
    pub helper: Option<Member<'a>>,
    /// Who starts it, where that is known.
    pub person: Option<&'a Person<'a>>,
}

/// Whether a unit supplies a variable.
#[derive(Clone, Copy, Debug)]
pub enum Presence<'a> {
    /// It has a value here.
    Set(Member<'a>),
    /// It is handed on from the environment, if it is there (`X=${X:-}`), or a template leaves it to be filled in.
    Passed(Member<'a>),
    /// It is not mentioned, empty or taken away.
    Absent,
}

impl<'a> Unit<'a> {
    /// Whether the unit supplies the variable `name`.
    pub fn presence(&self, name: &str) -> Presence<'a> {
        self.presence_in(&self.members, name)
    }

    fn presence_in(&self, members: &[Member<'a>], name: &str) -> Presence<'a> {
        let Some(&member) = members.iter().find(|member| member.assignment.name == name) else {
            return Presence::Absent;
        };
        match &member.assignment.value {
            _ if member.text() == Some("") => Presence::Absent,
            Value::Reference(reference)
                if reference.expanded && reference.default.is_none() && reference.name.as_deref() == Some(name) =>
            {
                Presence::Passed(member)
            }
            Value::Placeholder if self.template && !is_switch(member) => Presence::Passed(member),
            _ => Presence::Set(member),
        }
    }

    /// The variable as the source of a header, whether it is set here or handed on.
    pub(super) fn source(&self, kind: SourceKind, name: &str) -> Option<Source<'a>> {
        match self.presence(name) {
            Presence::Set(member) | Presence::Passed(member) => Some(Source { kind, member: Some(member) }),
            Presence::Absent => None,
        }
    }

    /// The assignment that gives the variable a value here.
    pub fn set(&self, name: &str) -> Option<Member<'a>> {
        match self.presence(name) {
            Presence::Set(member) => Some(member),
            Presence::Passed(_) | Presence::Absent => None,
        }
    }

    /// Whether it is known that Claude Code gets these variables, and not only likely.
    pub fn starts_the_client(&self) -> bool {
        self.kind == UnitKind::Settings || self.command.is_some() || self.client == Some(Client::AgentSdk)
    }

    /// Whether these are the arguments of an SDK's constructor, and no variables.
    pub fn is_constructor(&self) -> bool {
        matches!(self.client, Some(Client::Sdk(_)))
    }

    /// The value of a variable, where a file or the environment says it.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.set(name)?.text()
    }

    /// The value of a variable as it stands, blanks included.
    pub(super) fn raw(&self, name: &str) -> Option<&'a str> {
        let member = self.members.iter().find(|member| member.assignment.name == name && member.is_fixed())?;
        Some(member.assignment.decoded.text.expose()).filter(|text| !text.is_empty())
    }

    /// The home folder: settings may set it, else it is that of the machine.
    pub(super) fn home(&self) -> Option<PathBuf> {
        let home = self.machine()?.home()?;
        let set = self
            .early("HOME")
            .filter(|member| member.document.path.as_str() != ENVIRONMENT)
            .and_then(|member| member.text());
        Some(set.map_or_else(|| home.to_owned(), PathBuf::from))
    }

    /// The assignment that gives the variable a value before the project's settings are read.
    pub(super) fn early(&self, name: &str) -> Option<Member<'a>> {
        match self.presence_in(self.early.as_ref().unwrap_or(&self.members), name) {
            Presence::Set(member) => Some(member),
            Presence::Passed(_) | Presence::Absent => None,
        }
    }

    /// The files outside the repository, where they are to count.
    pub(super) fn machine(&self) -> Option<&'a dyn Machine> {
        self.person.map(Person::machine)
    }

    /// Whether a flag is on: `1`, `true`, `yes`, `on` and nothing else (observed 2026-11-21). A value that something
    /// else supplies counts as on, one that is only handed on does not.
    pub fn is_on(&self, flag: &str) -> bool {
        self.set(flag).is_some_and(|member| member.text().is_none_or(is_truthy))
    }

    /// Whether the client is started with `--bare`, or with the variable that says the same.
    pub fn is_bare(&self) -> bool {
        // In a settings file of the project the variable comes too late (observed 2026-11-21).
        let simple = self.set("CLAUDE_CODE_SIMPLE").filter(|member| !member.is_of_the_project());
        self.arguments.bare || simple.is_some() && self.is_on("CLAUDE_CODE_SIMPLE")
    }

    /// Whether `ANTHROPIC_CUSTOM_HEADERS` has a line that is no header: the client then sends nothing (observed
    /// 2026-11-21). Lines without a colon are skipped, those without a name by one of the providers.
    pub(super) fn has_broken_headers(&self, provider: Provider) -> bool {
        let name_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        let nameless = provider != Provider::AnthropicAws;
        self.set(CUSTOM_HEADERS).is_some_and(|member| member.is_fixed())
            && self.custom_headers().iter().any(|(name, value)| {
                name.is_empty() && nameless || !name.chars().all(name_char) || !fits_a_header(value)
            })
    }

    /// The line of `ANTHROPIC_CUSTOM_HEADERS` that sets the header, even if it sets it to nothing.
    pub fn custom_header(&self, header: &str) -> Option<(Member<'a>, &'a str)> {
        let headers = self.custom_headers();
        let &(_, value) = headers.iter().rfind(|(name, _)| name.eq_ignore_ascii_case(header))?;
        Some((self.set(CUSTOM_HEADERS)?, value))
    }

    /// Who the client is without key, token and helper, where that is neither an OAuth token nor a login.
    pub fn identity(&self) -> Option<Source<'a>> {
        super::identity::find(self).map(|identity| identity.source)
    }

    /// What a gateway reads in `Authorization`: the token, else what the helper prints. It takes the place of a line
    /// `Authorization: …`, so that a line behind that one, in another case, comes later and wins (observed 2026-11-21).
    pub(super) fn bearer(&self) -> Option<Source<'a>> {
        let helper = self.helper.map(|member| Source { kind: SourceKind::Helper, member: Some(member) });
        let own = self.source(SourceKind::AuthToken, "ANTHROPIC_AUTH_TOKEN").or(helper)?;
        let headers = self.custom_headers();
        let lines = headers.iter().map(|(name, _)| *name).filter(|name| name.eq_ignore_ascii_case("authorization"));
        let lines: Vec<&str> = lines.collect();
        let outlasted = lines.contains(&"Authorization") && lines.last() != Some(&"Authorization");
        let custom = self.set(CUSTOM_HEADERS).filter(|_| outlasted);
        Some(custom.map_or(own, |member| Source { kind: SourceKind::CustomHeader, member: Some(member) }))
    }

    /// Whether a header carries a credential. A custom one that sets nothing takes a credential's place, and a user in the
    /// address is no login (observed 2026-11-21).
    pub(super) fn carries(&self, source: Option<Source<'a>>, header: &str) -> bool {
        source.is_some_and(|source| match source.kind {
            SourceKind::CustomHeader => self.custom_header(header).is_some_and(|(_, value)| !value.is_empty()),
            SourceKind::Userinfo => false,
            _ => true,
        })
    }

    /// The names and values of `ANTHROPIC_CUSTOM_HEADERS`. Of a name written the same way the first line has the place
    /// and the last one the value; written another way it is another one (observed 2026-11-21).
    fn custom_headers(&self) -> Vec<(&'a str, &'a str)> {
        let text = self.set(CUSTOM_HEADERS).map_or("", |member| member.assignment.decoded.text.expose());
        let mut headers: Vec<(&str, &str)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
            let (name, value) = (trimmed(name), trimmed(value));
            match places.get(name) {
                Some(&place) => headers[place].1 = value,
                None => {
                    places.insert(name, headers.len());
                    headers.push((name, value));
                }
            }
        }
        headers
    }
}

const CUSTOM_HEADERS: &str = "ANTHROPIC_CUSTOM_HEADERS";

/// What turns a flag on.
pub(super) fn is_truthy(text: &str) -> bool {
    ["1", "true", "yes", "on"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether the client takes the value for a header: no line break, and nothing behind U+00FF (observed 2026-11-21).
pub(crate) fn fits_a_header(value: &str) -> bool {
    value.chars().all(|c| !matches!(c, '\r' | '\n' | '\0') && c <= '\u{FF}')
}

/// Finds the units of a repository's documents.
///
/// A settings folder gives two: what the shared file says to everyone, and what it says together with the local
/// file of this machine. A file that the client drops whole gives none.
pub fn units<'a>(documents: &[&'a Document]) -> Vec<Unit<'a>> {
    let mut units = Vec::new();
    for &document in documents {
        match document.surface {
            Some(Surface::Settings(which)) => {
                let shared = |other: &&Document| {
                    other.surface == Some(Surface::Settings(Settings::Shared))
                        && other.path.folder() == document.path.folder()
                };
                let below = (which == Settings::Local).then(|| documents.iter().copied().find(shared)).flatten();
                units.extend(settings_unit(document, below));
                if document.faults.is_empty() {
                    units.extend(launch_units(document, UnitKind::Script, 1, documents));
                }
            }
            Some(surface) => units.extend(launch_units(document, UnitKind::of(surface), 0, documents)),
            None => {}
        }
    }
    let read: HashSet<&RepoPath> =
        units.iter().flat_map(|unit| unit.files.iter().skip(1)).map(|file| &file.path).collect();
    for unit in units.iter_mut().filter(|unit| unit.kind == UnitKind::Dotenv) {
        unit.open |= read.contains(&unit.document.path);
    }
    units
}

fn settings_unit<'a>(document: &'a Document, below: Option<&'a Document>) -> Option<Unit<'a>> {
    let layers: Vec<&Document> =
        [Some(document), below].into_iter().flatten().filter(|document| document.faults.is_empty()).collect();
    let first = layers.first()?;
    Some(Unit {
        kind: UnitKind::Settings,
        document: first,
        template: is_template(&first.path),
        files: layers.clone(),
        isolated: false,
        command: None,
        client: None,
        arguments: Arguments::default(),
        login: true,
        console: false,
        open: false,
        members: merged(&layers, |_| true),
        early: None,
        helper: helper(&layers),
        person: None,
    })
}

/// The assignments in effect: each variable from the highest layer that mentions it, so that an empty value there
/// takes it away (observed 2026-11-20).
pub(super) fn merged<'a>(layers: &[&'a Document], counts: impl Fn(&Member<'a>) -> bool) -> Vec<Member<'a>> {
    let mut names = HashSet::new();
    let all = layers.iter().flat_map(|&document| in_effect(document, 0)).filter(counts);
    all.filter(|member| names.insert(member.assignment.name.as_str())).collect()
}

/// Whether the value turns something on or off: nobody fills that in, not even in a template.
fn is_switch(member: Member<'_>) -> bool {
    let switches = ["0", "1", "true", "false", "yes", "no", "on", "off"];
    member.text().is_some_and(|text| switches.iter().any(|switch| text.eq_ignore_ascii_case(switch)))
}

/// The `apiKeyHelper` of the highest layer that mentions one. An empty text there takes it away; a blank one is run,
/// and prints nothing (observed 2026-11-21).
pub fn helper<'a>(layers: &[&'a Document]) -> Option<Member<'a>> {
    let named = layers.iter().find_map(|&document| {
        let is_helper = |assignment: &&Assignment| assignment.slot == Slot::Command && assignment.key == "apiKeyHelper";
        let assignment = document.assignments.iter().rev().find(is_helper)?;
        Some(Member { document, assignment })
    });
    named.filter(|member| !member.assignment.decoded.text.expose().is_empty())
}

/// A unit for each launch from the one at `first`, with the dotenv files that it reads.
fn launch_units<'a>(
    document: &'a Document,
    kind: UnitKind,
    first: usize,
    documents: &[&'a Document],
) -> impl Iterator<Item = Unit<'a>> {
    document.launches.iter().enumerate().skip(first).map(move |(index, launch)| {
        let Joined { members, helper, files, open } = joined(document, index, documents);
        let files: Vec<&Document> = std::iter::once(document).chain(files).collect();
        Unit {
            kind,
            document,
            template: files.iter().any(|file| is_template(&file.path)),
            files,
            isolated: launch.isolated,
            command: launch.command.as_ref(),
            client: launch.client,
            arguments: launch.command.as_ref().map(Arguments::of).unwrap_or_default(),
            // Nobody has logged in on the machine of a pipeline.
            login: kind != UnitKind::Step,
            console: false,
            // A program may set by other means what is missing here.
            open: open || kind == UnitKind::Program,
            members,
            early: None,
            helper,
            person: None,
        }
    })
}

/// The assignments of a document's launch.
pub fn in_effect(document: &Document, launch: usize) -> impl Iterator<Item = Member<'_>> {
    let environment = document.launches.get(launch).map_or(&[][..], |launch| &launch.environment);
    environment.iter().map(move |&index| Member { document, assignment: &document.assignments[index] })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, unit};
    use super::super::{Endpoint, Outcome, SourceKind, predict};
    use super::*;
    use crate::path::RepoPath;
    use crate::surface::read;

    fn settings(name: &str, which: Settings, text: &str) -> Document {
        read(RepoPath::from(format!(".claude/{name}").as_str()), Some(Surface::Settings(which)), text.as_bytes())
    }

    fn route(shared: &str, local: &str) -> (String, Option<SourceKind>, Option<SourceKind>) {
        let shared = settings("settings.json", Settings::Shared, shared);
        let local = settings("settings.local.json", Settings::Local, local);
        let units = units(&[&shared, &local]);
        let route = predict(units.last().unwrap());
        let host = match (&route.endpoint, route.provider) {
            (_, provider) if provider.is_cloud() => "cloud".to_owned(),
            (Endpoint::Anthropic, _) => "anthropic".to_owned(),
            (Endpoint::Other(host), _) => host.name().to_owned(),
            (Endpoint::Unknown, _) => "unknown".to_owned(),
        };
        (host, route.x_api_key.map(|source| source.kind), route.authorization.map(|source| source.kind))
    }

    /// Each row repeats one that was observed with the real client on 2026-11-20.
    #[test]
    fn predictions_repeat_what_was_observed() {
        use SourceKind::{ApiKey, AuthToken, CustomHeader, Helper, Login, Userinfo};
        let key = r#""ANTHROPIC_API_KEY": "K""#;
        let token = r#""ANTHROPIC_AUTH_TOKEN": "T""#;
        let url = r#""ANTHROPIC_BASE_URL": "https://h.example.org""#;
        let oauth = r#""CLAUDE_CODE_OAUTH_TOKEN": "O""#;
        let helper = r#""apiKeyHelper": "echo H""#;
        let env = |entries: &[&str]| format!(r#"{{"env": {{{}}}}}"#, entries.join(","));
        let with_helper = |entries: &[&str]| format!(r#"{{{helper}, "env": {{{}}}}}"#, entries.join(","));
        let vertex =
            r#""CLAUDE_CODE_USE_VERTEX": "1", "CLAUDE_CODE_SKIP_VERTEX_AUTH": "1", "ANTHROPIC_VERTEX_PROJECT_ID": "p""#;
        let h = "h.example.org";
        for (shared, local, expected) in [
            (env(&[key, token, url]), env(&[]), (h, Some(ApiKey), Some(AuthToken))),
            (env(&[key, token]), env(&[]), ("anthropic", Some(ApiKey), Some(AuthToken))),
            (env(&[token, url]), env(&[]), (h, None, Some(AuthToken))),
            (env(&[token]), env(&[]), ("anthropic", None, Some(AuthToken))),
            (env(&[key, url]), env(&[]), (h, Some(ApiKey), None)),
            (env(&[url]), env(&[]), (h, None, Some(Login))),
            // The project's files are read too late for it (2026-11-21).
            (env(&[url, oauth]), env(&[]), (h, None, Some(Login))),
            (env(&[oauth, key]), env(&[]), ("anthropic", Some(ApiKey), None)),
            (with_helper(&[url]), env(&[]), (h, Some(Helper), Some(Helper))),
            (with_helper(&[key]), env(&[]), ("anthropic", Some(ApiKey), Some(Helper))),
            (with_helper(&[token]), env(&[]), ("anthropic", Some(Helper), Some(AuthToken))),
            (env(&[url, token]), env(&[key]), (h, Some(ApiKey), Some(AuthToken))),
            (env(&[url, token, key]), env(&[r#""ANTHROPIC_API_KEY": """#]), (h, None, Some(AuthToken))),
            (
                env(&[key, url, r#""ANTHROPIC_CUSTOM_HEADERS": "X-A: 1\nauthorization: Bearer C""#]),
                env(&[]),
                (h, Some(ApiKey), Some(CustomHeader)),
            ),
            (
                env(&[key, r#""ANTHROPIC_BASE_URL": "http://u:p@h.example.org""#]),
                env(&[]),
                (h, Some(ApiKey), Some(Userinfo)),
            ),
            (env(&[vertex, key]), env(&[]), ("cloud", Some(ApiKey), None)),
            (env(&[r#""CLAUDE_CODE_USE_BEDROCK": "0""#, key]), env(&[]), ("anthropic", Some(ApiKey), None)),
            (env(&[r#""CLAUDE_CODE_USE_VERTEX": "banana""#, key]), env(&[]), ("anthropic", Some(ApiKey), None)),
            (with_helper(&[vertex]), env(&[]), ("cloud", None, Some(Helper))),
        ] {
            let (host, x_api_key, authorization) = route(&shared, &local);
            assert_eq!((host.as_str(), x_api_key, authorization), expected, "{shared} {local}");
        }
    }

    #[test]
    fn values_and_what_supplies_them() {
        for (value, text, on) in [
            ("1", Some("1"), true),
            ("0", Some("0"), false),
            ("'$FLAG'", Some("$FLAG"), false),
            ("$FLAG", None, true),
            ("${FLAG:-1}", None, true),
            ("$(flag)", None, true),
            // Handed on, if it is there.
            ("$CLAUDE_CODE_USE_VERTEX", None, false),
            ("${CLAUDE_CODE_USE_VERTEX:-1}", None, true),
        ] {
            let script = document("run.sh", &format!("export CLAUDE_CODE_USE_VERTEX={value}\nclaude\n"));
            let unit = unit(&[&script]);
            let found = (unit.text("CLAUDE_CODE_USE_VERTEX"), unit.is_on("CLAUDE_CODE_USE_VERTEX"));
            assert_eq!(found, (text, on), "{value}");
        }
        // A settings file expands nothing.
        let text = r#"{"env": {"CLAUDE_CODE_USE_VERTEX": "${FLAG}"}}"#;
        let settings = document(".claude/settings.json", text);
        let unit = unit(&[&settings]);
        let found = (unit.text("CLAUDE_CODE_USE_VERTEX"), unit.is_on("CLAUDE_CODE_USE_VERTEX"));
        assert_eq!(found, (Some("${FLAG}"), false));
    }

    /// However a file says it: `false` for mise, `null` for an editor.
    #[test]
    fn what_is_taken_away_is_absent() {
        let mise = "[env]\nANTHROPIC_MODEL = \"m\"\nANTHROPIC_API_KEY = false\nCLAUDE_CODE_CUSTOM_OAUTH_URL = false\n";
        let editor = r#"{"terminal.integrated.env.linux":
            {"ANTHROPIC_MODEL": "m", "ANTHROPIC_API_KEY": null, "CLAUDE_CODE_CUSTOM_OAUTH_URL": null}}"#;
        let shell = "export ANTHROPIC_MODEL=m\nunset ANTHROPIC_API_KEY CLAUDE_CODE_CUSTOM_OAUTH_URL\nclaude\n";
        for (path, text) in [("mise.toml", mise), (".vscode/settings.json", editor), ("run.sh", shell)] {
            let document = document(path, text);
            let unit = unit(&[&document]);
            assert_eq!(unit.members.len(), 3, "{path}");
            let route = predict(&unit);
            let kinds = [route.x_api_key, route.authorization].map(|source| source.map(|source| source.kind));
            assert_eq!((kinds, route.outcome), ([None, Some(SourceKind::Login)], Outcome::Sent), "{path}");
        }
    }

    #[test]
    fn a_template_leaves_values_open_but_not_switches() {
        let text = "CLAUDE_CODE_USE_VERTEX=1\nCLAUDE_CODE_USE_BEDROCK=true\nANTHROPIC_API_KEY=your-key\n";
        for (path, is_open) in [(".env.example", true), (".env", false)] {
            let file = document(path, text);
            let unit = unit(&[&file]);
            assert!(unit.is_on("CLAUDE_CODE_USE_VERTEX") && unit.is_on("CLAUDE_CODE_USE_BEDROCK"), "{path}");
            assert_eq!(matches!(unit.presence("ANTHROPIC_API_KEY"), Presence::Passed(_)), is_open, "{path}");
        }
    }

    #[test]
    fn a_dotenv_file_that_a_script_reads_may_lack_what_the_script_has() {
        let script = document("run.sh", "export ANTHROPIC_AUTH_TOKEN=T\n. ./.env\nclaude\n");
        let read = document(".env", "ANTHROPIC_BASE_URL=https://h.example.org\n");
        let other = document("web/.env", "ANTHROPIC_BASE_URL=https://h.example.org\n");
        let units = units(&[&script, &read, &other]);
        let found: Vec<(&str, bool)> = units.iter().map(|unit| (unit.document.path.as_str(), unit.open)).collect();
        assert_eq!(found, [("run.sh", false), (".env", true), ("web/.env", false)]);
    }

    #[test]
    fn an_identity_of_variables() {
        let federation = "ANTHROPIC_FEDERATION_RULE_ID=r\nANTHROPIC_ORGANIZATION_ID=o\nANTHROPIC_IDENTITY_TOKEN=t\n";
        for (text, expected) in [(federation, Some(SourceKind::Federation)), ("ANTHROPIC_API_KEY=K\n", None)] {
            let file = document(".env", text);
            assert_eq!(unit(&[&file]).identity().map(|source| source.kind), expected, "{text}");
        }
    }

    #[test]
    fn a_dropped_file_is_not_in_effect() {
        let broken = settings("settings.json", Settings::Shared, "{\"env\": {\"ANTHROPIC_API_KEY\": \"K\",}}");
        assert!(units(&[&broken]).is_empty());
    }
}
