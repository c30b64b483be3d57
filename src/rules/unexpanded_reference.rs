//! `unexpanded-reference`: a reference where nothing expands it: its text is sent as it stands.

use super::{File, Repository, Rule};
use crate::credential::name::Standing;
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::surface::{Assignment, Mcp, Reference, Slot, Surface, Value};

pub(super) static RULE: Rule = Rule {
    slug: "unexpanded-reference",
    severity: Severity::Error,
    summary: "a reference where nothing expands it: its text is sent as it stands",
    page: include_str!("../../rules/unexpanded-reference.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        // What is replaced before the client sees the file is none of its syntax.
        if file.is_template() || !file.document.faults.is_empty() {
            continue;
        }
        for assignment in file.document.assignments.iter().filter(|assignment| !assignment.commented) {
            if is_unexpanded(file, assignment) {
                findings.push(finding(file, assignment));
            }
        }
    }
}

fn is_unexpanded(file: &File, assignment: &Assignment) -> bool {
    let Value::Reference(Reference { expanded: false, .. }) = &assignment.value else { return false };
    let here = match file.document.surface {
        Some(Surface::Settings(_)) => {
            assignment.key.starts_with("env.") && assignment.slot == Slot::Variable
                || assignment.key.starts_with("hooks") && assignment.slot == Slot::Header
        }
        // What is said about the servers is not handed to any.
        Some(Surface::Mcp(Mcp::ClaudeCode)) => assignment.key.contains('.') && !is_remark(&assignment.name),
        _ => false,
    };
    // One report says that PATH is special; it is no credential, so silence costs nothing.
    here && assignment.name != "PATH" && looks_like_a_variable(assignment.decoded.text.expose())
}

/// Keys in which people write what JSON has no comments for.
fn is_remark(name: &str) -> bool {
    name.starts_with(['_', '/', '$']) || matches!(name, "comment" | "description")
}

/// Syntaxes that people expect to be expanded; markers of a build step are not among them.
fn looks_like_a_variable(text: &str) -> bool {
    text.contains('$') || text.contains("{{") || (text.starts_with('%') && text.ends_with('%'))
}

fn finding(file: &File, assignment: &Assignment) -> Finding {
    let critical = file.lexicon.standing(assignment.slot, &assignment.name) != Standing::No
        || assignment.name.ends_with("_URL")
        || assignment.slot == Slot::Url;
    let severity = if critical { Severity::Error } else { Severity::Warning };
    let (message, help) = match (file.document.surface, assignment.slot) {
        (Some(Surface::Settings(_)), Slot::Header) => (
            message!["`", Name(&assignment.name), "` goes out without its variable: `allowedEnvVars` does not name it"],
            message!["add the variable to this hook's `allowedEnvVars`"],
        ),
        (Some(Surface::Settings(_)), _) => (
            message!["`", Name(&assignment.name), "` gets the text of the reference: a settings file expands nothing"],
            message![
                "set the variable itself in the environment that starts Claude Code and remove this entry; for a key, \
                 `apiKeyHelper` can run a command"
            ],
        ),
        _ => (
            message![
                "`",
                Name(&assignment.key),
                "` keeps the text of the reference: only `${NAME}` and `${NAME:-default}` are expanded here"
            ],
            message!["write `${NAME}`"],
        ),
    };
    Finding::new(
        &RULE,
        severity,
        message,
        &assignment.key,
        file.locate(assignment.decoded.span()).labelled(message!["not expanded"]),
    )
    .help(help)
}
