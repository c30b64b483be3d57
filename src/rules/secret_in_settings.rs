//! `secret-in-settings`: a literal credential in a Claude settings file that git has or would take.

use super::{Repository, Rule, leak, local};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::surface::Surface;

pub(super) static RULE: Rule = Rule {
    slug: "secret-in-settings",
    severity: Severity::Error,
    summary: "a literal credential in a Claude settings file that git has or would take",
    page: include_str!("../../rules/secret-in-settings.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    leak::report(
        repository,
        findings,
        &RULE,
        None,
        |file, sighting| {
            matches!(file.document.surface, Some(Surface::Settings(_)))
                && !super::secret_in_permission::is_in_rule(sighting)
        },
        |_, sighting| {
            if sighting.key.starts_with("env.") {
                message![
                    "then keep it in `.claude/settings.local.json` (ignored), in the environment of the shell, or behind \
                     `apiKeyHelper`; a settings file expands no `${NAME}`"
                ]
            } else if sighting.key.starts_with("mcpServers.") {
                message![
                    "then move the server to `.mcp.json`, where `${NAME}` is expanded: Claude Code does not read servers \
                     from a settings file"
                ]
            } else {
                message!["then let the command read it from a variable or a secret manager when it runs"]
            }
        },
        |file, sighting| {
            let assignment = file.document.assignments.get(sighting.assignment?)?;
            local::moved(repository, &file.document, assignment)
        },
    );
}
