//! `secret-on-command-line`: a credential is passed as an argument, where every process list shows it.

use super::{Repository, Rule};
use crate::credential::Lexicon;
use crate::credential::name::Standing;
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::surface::command::{credentials, is_cmdlet};
use crate::surface::{Assignment, Command, Slot, Value};

pub(super) static RULE: Rule = Rule {
    slug: "secret-on-command-line",
    severity: Severity::Note,
    summary: "a credential is passed as an argument, where process lists show it",
    page: include_str!("../../rules/secret-on-command-line.md"),
    check,
};

/// Commands of the shell itself, beside those of PowerShell: nothing is started, no process list shows their words.
const BUILTINS: [&str; 14] = [
    "echo", "printf", "export", "set", "unset", "local", "declare", "typeset", "readonly", "eval", "test", "[", "[[",
    "read",
];

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        for command in &file.document.commands {
            let Some((program, _)) = command.proper() else { continue };
            if BUILTINS.contains(&program) || is_cmdlet(program) {
                continue;
            }
            // What is written out is reported as a secret already.
            let shown =
                credentials(command, &command.key).into_iter().find(|found| is_shown(program, found, &file.lexicon));
            let Some(found) = shown else { continue };
            let what = match found.slot {
                Slot::Header => message!["the header ", Name(&found.name)],
                Slot::Variable => message!["the variable ", Name(&found.name)],
                _ => message!["the option `", Name(&found.name), "`"],
            };
            findings.push(
                Finding::new(
                    &RULE,
                    Severity::Note,
                    message![what, " carries a credential as an argument of `", Name(program), "`"],
                    &found.key,
                    file.locate(found.decoded.span()).labelled(message!["every process list of the machine shows it"]),
                )
                .help(remedy(program, command)),
            );
        }
    }
}

fn is_shown(program: &str, found: &Assignment, lexicon: &Lexicon) -> bool {
    let supplied = matches!(&found.value, Value::Reference(reference) if reference.expanded);
    let slot = match found.slot {
        Slot::Header | Slot::Option => true,
        // `env NAME=value program` is over before anybody looks; these keep running, or keep it.
        Slot::Variable => matches!(program, "docker" | "podman" | "nerdctl" | "claude") && !found.exported,
        _ => false,
    };
    supplied && slot && lexicon.standing(found.slot, &found.name) != Standing::No
}

fn remedy(program: &str, command: &Command) -> crate::finding::Message {
    let has = |text: &str| command.words.iter().any(|word| word.decoded.text.expose() == text);
    match program {
        "curl" => message!["`curl -H @file` and `curl --config -` read it from where only this user can"],
        "claude" if has("mcp") => message!["`${NAME}` in .mcp.json lets the client read it from its own environment"],
        "docker" | "podman" | "nerdctl" => message!["`-e NAME` without a value hands it on, unseen"],
        _ => message!["the environment, a file or standard input is not shown"],
    }
}
