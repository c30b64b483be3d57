//! `helper-static`: an apiKeyHelper that only echoes a fixed value or a variable.

use super::{Repository, Rule};
use crate::credential::placeholder::is_placeholder;
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::url::Reach;
use crate::route::{Endpoint, predict};
use crate::surface::expansion::expansions;
use crate::surface::{Assignment, Command, Slot, Surface};

pub(super) static RULE: Rule = Rule {
    slug: "helper-static",
    severity: Severity::Note,
    summary: "an apiKeyHelper that only echoes a fixed value or a variable",
    page: include_str!("../../rules/helper-static.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        if !matches!(file.document.surface, Some(Surface::Settings(_))) {
            continue;
        }
        let helper = file
            .document
            .assignments
            .iter()
            .rev()
            .find(|assignment| assignment.slot == Slot::Command && assignment.key == "apiKeyHelper");
        let Some(helper) = helper else { continue };
        let commands: Vec<&Command> =
            file.document.commands.iter().filter(|command| helper.decoded.span().contains(command.span)).collect();
        let [command] = commands[..] else { continue };
        // A credential that stands in the command is reported as one.
        if file.sightings.iter().any(|sighting| helper.decoded.span().contains(sighting.span)) {
            continue;
        }
        let Some(("echo" | "printf", arguments)) = command.proper() else { continue };
        let texts = || arguments.iter().map(|word| word.decoded.text.expose());
        if texts().any(|text| text.contains("$(") || text.contains('`')) {
            continue;
        }
        let variable =
            arguments.iter().filter(|word| word.dynamic).flat_map(|word| expansions(word.decoded.text.expose())).next();
        let is_dummy = texts().all(|text| text.starts_with('-') || is_placeholder(text));
        if variable.is_none() && is_dummy && goes_to_this_machine(repository, helper) {
            continue;
        }
        let (message, help) = match variable {
            Some(variable) => (
                message!["the helper only prints ", Name(variable.name), ", and the client sends it in both headers"],
                message!["ANTHROPIC_AUTH_TOKEN or ANTHROPIC_API_KEY in the environment says the same with one header"],
            ),
            None => (
                message!["the helper always prints the same text, and the client sends it in both headers"],
                message!["a helper is for values that change; a fixed one can be ANTHROPIC_AUTH_TOKEN"],
            ),
        };
        findings.push(
            Finding::new(&RULE, Severity::Note, message, &helper.key, file.locate(helper.decoded.span())).help(help),
        );
    }
}

/// Servers on this machine want some word or other, and a helper is one way to send it.
fn goes_to_this_machine(repository: &Repository<'_>, helper: &Assignment) -> bool {
    let units =
        repository.units.iter().filter(|unit| unit.helper.is_some_and(|own| std::ptr::eq(own.assignment, helper)));
    let mut endpoints = units.map(|unit| predict(unit).endpoint).peekable();
    endpoints.peek().is_some()
        && endpoints.all(|endpoint| matches!(endpoint, Endpoint::Other(host) if host.reach() == Reach::Loopback))
}
