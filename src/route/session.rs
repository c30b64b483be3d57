//! Sessions: units with everything else that a client reads when it starts.
//!
//! A unit of the linter is what one repository says. A session adds what the person at the machine has: user
//! settings, the environment of the process, a saved login, the words behind `claude`.

use super::arguments::Arguments;
use super::include::{Joined, joined};
use super::unit::{Member, Unit, UnitKind, helper, in_effect, merged};
use crate::path::RepoPath;
use crate::surface::table::is_template;
use crate::surface::{Assignment, Decoded, Document, Launch, Settings, Slot, Surface, Value};
use crate::text::{Span, Text};

/// The path that stands for the environment of the process.
pub const ENVIRONMENT: &str = "";

/// What the person has beside the repository.
#[derive(Debug)]
pub struct Person {
    /// The environment of the process, as a document.
    pub environment: Document,
    /// `~/.claude/settings.json`.
    pub user: Option<Document>,
    /// `~/.claude.json`, whose `env` counts like that of a settings file below all others (observed 2026-11-21).
    pub global: Option<Document>,
    /// The file or the text behind `--settings`.
    pub flag: Option<Document>,
    /// Whether a login is saved.
    pub login: bool,
    /// Whether a login to the Console is saved.
    pub console: bool,
    /// What the client is started with.
    pub arguments: Arguments,
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

/// What the client has read before it looks at the settings files of the project (observed 2026-11-21).
const EARLY: [&str; 9] = [
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

/// `CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST` (Claude Code documentation, environment variables, 2026-08).
fn is_host_flag(assignment: &Assignment) -> bool {
    assignment.name == "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"
        && matches!(assignment.decoded.text.expose().trim().to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on")
}

/// Whether it is `~/.claude.json`, which is no settings file but for its `env`.
pub(super) fn is_global(document: &Document) -> bool {
    document.path.as_str() == "~/.claude.json"
}

/// Whether a variable decides what is sent, and where.
pub fn is_about_routes(name: &str) -> bool {
    let exact = [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_CUSTOM_HEADERS",
        "ANTHROPIC_MODEL",
        "CLAUDE_CODE_OAUTH_TOKEN",
    ];
    exact.contains(&name)
        || name.ends_with("_BASE_URL")
        || name.starts_with("CLAUDE_CODE_USE_")
        || name.starts_with("CLAUDE_CODE_SKIP_")
}

impl Person {
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
        let user = self.user.iter().filter(|_| arguments.reads("user"));
        let layers: Vec<&Document> = flag
            .into_iter()
            .chain(in_project)
            .chain(user)
            .chain(&self.global)
            .filter(|document| document.faults.is_empty())
            .collect();
        let mut members = merged(&layers, |member| !is_too_late(member));
        let hosted = in_effect(&self.environment, 0).any(|member| is_host_flag(member.assignment));
        if hosted {
            // The host owns the route; what settings say about it does not count.
            members.retain(|member| !is_about_routes(&member.assignment.name));
        }
        for member in started.members.iter().copied().chain(in_effect(&self.environment, 0)) {
            if !members.iter().any(|higher| higher.assignment.name == member.assignment.name) {
                members.push(member);
            }
        }
        let mut files: Vec<&Document> = layers.clone();
        if kind != UnitKind::Settings {
            files.push(document);
            files.extend(&started.files);
        }
        let mut unit = Unit {
            kind,
            document,
            template: is_template(&document.path),
            files,
            isolated: false,
            command: None,
            arguments: arguments.clone(),
            login: self.login,
            console: self.console,
            open: started.open,
            members,
            // `~/.claude.json` has none (observed 2026-11-21).
            helper: started.helper.or_else(|| {
                helper(&layers.iter().copied().filter(|document| !is_global(document)).collect::<Vec<_>>())
            }),
        };
        if hosted {
            unit.helper = None;
        }
        if unit.is_bare() {
            unit.helper = helper(&flag.into_iter().filter(|document| document.faults.is_empty()).collect::<Vec<_>>());
        }
        unit
    }
}
