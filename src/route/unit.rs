//! Units: the variables that end up in one process.

use std::collections::HashSet;

use super::arguments::Arguments;
use super::include::{Joined, joined};
use super::{Source, SourceKind};
use crate::path::RepoPath;
use crate::surface::table::is_template;
use crate::surface::{Assignment, Command, Document, Settings, Slot, Surface, Value};

/// One assignment in effect, and the document that holds it.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The document.
    pub document: &'a Document,
    /// The assignment.
    pub assignment: &'a Assignment,
}

impl Member<'_> {
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
    /// `apiKeyHelper`.
    pub helper: Option<Member<'a>>,
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

/// What there is of workload identity federation.
#[derive(Clone, Copy, Debug)]
pub enum Federation<'a> {
    /// Nothing, or too little to be tried.
    None,
    /// Rule and organization, but no token of the identity: the client fails.
    WithoutToken,
    /// All of it.
    Whole(Source<'a>),
}

impl<'a> Unit<'a> {
    /// Whether the unit supplies the variable `name`.
    pub fn presence(&self, name: &str) -> Presence<'a> {
        let Some(&member) = self.members.iter().find(|member| member.assignment.name == name) else {
            return Presence::Absent;
        };
        match &member.assignment.value {
            Value::Unset | Value::Empty => Presence::Absent,
            Value::Reference(reference)
                if reference.expanded && reference.default.is_none() && reference.name.as_deref() == Some(name) =>
            {
                Presence::Passed(member)
            }
            Value::Placeholder if self.template => Presence::Passed(member),
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
        self.kind == UnitKind::Settings || self.command.is_some()
    }

    /// Whether a flag is on: `1`, `true`, `yes`, `on` and nothing else (observed 2026-11-21). A value that something
    /// else supplies counts as on, since nothing can be said about it.
    pub fn is_on(&self, flag: &str) -> bool {
        match self.presence(flag) {
            Presence::Absent => false,
            Presence::Passed(_) => true,
            Presence::Set(member) => match &member.assignment.value {
                Value::Reference(reference) if reference.expanded => true,
                Value::Unknown => true,
                _ => {
                    let text = member.assignment.decoded.text.expose().trim().to_ascii_lowercase();
                    matches!(text.as_str(), "1" | "true" | "yes" | "on")
                }
            },
        }
    }

    /// Whether the client is started with `--bare`, or with the variable that says the same.
    pub fn is_bare(&self) -> bool {
        // In a settings file of the project the variable comes too late (observed 2026-11-21).
        let simple = self.set("CLAUDE_CODE_SIMPLE").filter(|member| !member.is_of_the_project());
        self.arguments.bare || simple.is_some() && self.is_on("CLAUDE_CODE_SIMPLE")
    }

    /// Workload identity federation: rule, organization and a token of the identity, none of them from a settings file
    /// (observed 2026-11-21).
    pub fn federation(&self) -> Federation<'a> {
        let outside = |name: &str| self.set(name).filter(|member| !member.is_of_the_project());
        let (Some(rule), Some(_)) = (outside("ANTHROPIC_FEDERATION_RULE_ID"), outside("ANTHROPIC_ORGANIZATION_ID"))
        else {
            return Federation::None;
        };
        match outside("ANTHROPIC_IDENTITY_TOKEN").or(outside("ANTHROPIC_IDENTITY_TOKEN_FILE")) {
            Some(_) => Federation::Whole(Source { kind: SourceKind::Federation, member: Some(rule) }),
            None => Federation::WithoutToken,
        }
    }

    /// Whether `ANTHROPIC_CUSTOM_HEADERS` has a line that is no header: the client then sends nothing (observed
    /// 2026-11-21). Lines without a colon are skipped.
    pub fn has_broken_headers(&self) -> bool {
        let Some(member) = self.set("ANTHROPIC_CUSTOM_HEADERS") else { return false };
        if matches!(&member.assignment.value, Value::Reference(reference) if reference.expanded) {
            return false;
        }
        // An empty header takes the key's place, and nothing is left.
        let key_alone = self.set("ANTHROPIC_API_KEY").is_some()
            && self.set("ANTHROPIC_AUTH_TOKEN").is_none()
            && self.helper.is_none();
        let name_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        member.assignment.decoded.text.expose().lines().any(|line| {
            line.split_once(':').is_some_and(|(name, value)| {
                let (name, value) = (name.trim(), value.trim());
                let empty_key = name.eq_ignore_ascii_case("x-api-key") && value.is_empty() && key_alone;
                name.is_empty() || !name.chars().all(name_char) || value.chars().any(|c| c > '\u{FF}') || empty_key
            })
        })
    }

    /// The assignment of `ANTHROPIC_CUSTOM_HEADERS`, when one of its lines sets the header.
    pub fn custom_header(&self, header: &str) -> Option<Member<'a>> {
        self.set("ANTHROPIC_CUSTOM_HEADERS").filter(|member| {
            member.assignment.decoded.text.expose().lines().any(|line| {
                line.split_once(':')
                    .is_some_and(|(name, value)| name.trim().eq_ignore_ascii_case(header) && !value.trim().is_empty())
            })
        })
    }
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
        arguments: Arguments::default(),
        login: true,
        console: false,
        open: false,
        members: merged(&layers, |_| true),
        helper: helper(&layers),
    })
}

/// The assignments in effect: each variable from the highest layer that mentions it, so that an empty value there
/// takes it away (observed 2026-11-20).
pub(super) fn merged<'a>(layers: &[&'a Document], counts: impl Fn(&Member<'a>) -> bool) -> Vec<Member<'a>> {
    let mut members: Vec<Member<'a>> = Vec::new();
    for &document in layers {
        for member in in_effect(document, 0).filter(&counts) {
            if !members.iter().any(|higher| higher.assignment.name == member.assignment.name) {
                members.push(member);
            }
        }
    }
    members
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
            arguments: launch.command.as_ref().map(Arguments::of).unwrap_or_default(),
            // Nobody has logged in on the machine of a pipeline.
            login: kind != UnitKind::Step,
            console: false,
            open,
            members,
            helper,
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
    use super::super::{Endpoint, SourceKind, predict};
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
    fn a_dropped_file_is_not_in_effect() {
        let broken = settings("settings.json", Settings::Shared, "{\"env\": {\"ANTHROPIC_API_KEY\": \"K\",}}");
        assert!(units(&[&broken]).is_empty());
    }
}
