//! `no-effect-key`: a key about credentials in a file where the client ignores it.

use super::{File, Repository, Rule};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::predict;
use crate::route::session::too_late;
use crate::route::unit::{Unit, helper};
use crate::surface::{Settings, Surface};

pub(super) static RULE: Rule = Rule {
    slug: "no-effect-key",
    severity: Severity::Note,
    summary: "a key about credentials in a file where the client ignores it",
    page: include_str!("../../rules/no-effect-key.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files.iter().filter(|file| !file.is_template() && file.document.faults.is_empty()) {
        sections(file, findings);
    }
    for unit in repository.units.iter().filter(|unit| !unit.template) {
        variables(repository, unit, findings);
        bare_helper(repository, unit, findings);
    }
}

/// Keys that count in managed settings alone, or in those and a user's own (Claude Code documentation, settings
/// reference, 2026-08).
const MANAGED: [&str; 4] = ["forceLoginGatewayUrl", "forceLoginOrgUUID", "managedMcpServers", "policyHelper"];
const NOT_OF_PROJECTS: [&str; 1] = ["pluginConfigs"];

/// Keys at the top of a settings file.
fn sections(file: &File, findings: &mut Vec<Finding>) {
    let Some(Surface::Settings(which)) = file.document.surface else { return };
    let in_project = matches!(which, Settings::Shared | Settings::Local);
    for (key, span) in &file.document.sections {
        let (message, help) = match key.as_str() {
            // Seen in user, shared, local and `--settings` files alike (observed 2026-11-21).
            "mcpServers" if (in_project || which == Settings::Profile) && has_servers(file) => (
                message!["none of these servers start: settings files have no `mcpServers`"],
                message!["put them into `.mcp.json`, where `${NAME}` is expanded, or use `claude mcp add`"],
            ),
            key if in_project && MANAGED.contains(&key) => (
                message!["`", Name(key), "` has no effect here: the client takes it from managed settings alone"],
                message!["remove it, or deploy it as managed settings"],
            ),
            key if in_project && NOT_OF_PROJECTS.contains(&key) => (
                message!["`", Name(key), "` has no effect here: the client does not take it from a project"],
                message!["put it into `~/.claude/settings.json`"],
            ),
            _ => continue,
        };
        let place = file.locate(*span).labelled(message!["ignored"]);
        findings.push(Finding::new(&RULE, Severity::Note, message, key, place).help(help));
    }
}

fn has_servers(file: &File) -> bool {
    file.document.keys.iter().any(|(_, key)| key.starts_with("mcpServers."))
}

/// Variables that the client has read before it looks at the project's settings.
fn variables(repository: &Repository<'_>, unit: &Unit<'_>, findings: &mut Vec<Finding>) {
    for member in too_late(unit) {
        let name = member.assignment.name.as_str();
        let message = message![
            "`",
            Name(name),
            "` has no effect here: the client looks for it before it reads the settings of a project"
        ];
        let place = repository.locate_name(member).labelled(message!["not read"]);
        let finding = Finding::new(&RULE, Severity::Note, message, &member.assignment.key, place);
        findings.push(finding.request(&predict(unit)).help(message![
            "set it where the client is started, in `~/.claude/settings.json`, or in a file for `--settings`"
        ]));
    }
}

/// A launch with `--bare`, which runs no helper but that of `--settings`.
fn bare_helper(repository: &Repository<'_>, unit: &Unit<'_>, findings: &mut Vec<Finding>) {
    let is_without = unit.is_bare() && unit.helper.is_none() && unit.arguments.settings.is_none();
    let Some(command) = unit.command.filter(|_| is_without) else { return };
    let project = repository.files.iter().map(|file| &file.document).filter(|document| {
        document.path.folder() == ".claude"
            && document.faults.is_empty()
            && matches!(document.surface, Some(Surface::Settings(Settings::Shared | Settings::Local)))
    });
    let Some(ignored) = helper(&project.collect::<Vec<_>>()) else { return };
    let line = unit.document.text.position(command.span.start).line;
    let place = repository.locate_name(ignored).labelled(message!["not run"]);
    findings.push(
        Finding::new(
            &RULE,
            Severity::Note,
            message!["`--bare` in ", unit.document.path, ":", line, " ignores the helper"],
            &ignored.assignment.key,
            place,
        )
        .request(&predict(unit))
        .help(message!["give the helper with `--settings`, or a key in the environment"]),
    );
}
