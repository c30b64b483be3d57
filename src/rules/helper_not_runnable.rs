//! `helper-not-runnable`: a helper that names a script of the repository which is missing or not executable.

use super::{File, Repository, Rule};
use crate::finding::{Finding, Message, Severity};
use crate::fix::{self, Fix};
use crate::message;
use crate::path::RepoPath;
use crate::source::{Mode, State};
use crate::surface::{Assignment, Settings, Slot, Surface};

pub(super) static RULE: Rule = Rule {
    slug: "helper-not-runnable",
    severity: Severity::Warning,
    summary: "a helper names a script of the repository that is missing or not executable",
    page: include_str!("../../rules/helper-not-runnable.md"),
    check,
};

/// Settings that hold a command which the client runs by itself.
const HELPERS: [&str; 5] =
    ["apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "gcpAuthRefresh", "otelHeadersHelper"];

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        if !matches!(file.document.surface, Some(Surface::Settings(Settings::Shared | Settings::Local))) {
            continue;
        }
        for helper in &file.document.assignments {
            if helper.slot != Slot::Command || !HELPERS.contains(&helper.key.as_str()) {
                continue;
            }
            let Some(script) = script(file, helper) else { continue };
            let Some(Problem { message, help, fix }) = problem(repository, &script) else { continue };
            findings.push(
                Finding::new(&RULE, Severity::Warning, message, &helper.key, file.locate(helper.decoded.span()))
                    .help(help)
                    .fix(fix),
            );
        }
    }
}

/// A script of the repository that a helper runs.
struct Script {
    path: RepoPath,
    /// It is the program itself, and not an argument of `bash` or `python`.
    is_program: bool,
}

/// The script, where the helper is one command that names it: `./bin/key.sh`, `bash .claude/key.sh`.
fn script(file: &File, helper: &Assignment) -> Option<Script> {
    let mut commands = file.document.commands.iter().filter(|command| helper.decoded.span().contains(command.span));
    let command = commands.next()?;
    if commands.next().is_some() {
        return None;
    }
    let mut words = command.words.iter();
    let first = words.next()?.decoded.text.expose();
    let interpreter =
        matches!(first.rsplit('/').next().unwrap_or(first), "sh" | "bash" | "zsh" | "python" | "python3" | "node");
    let word = if interpreter { words.next()?.decoded.text.expose() } else { first };
    // The client runs it in the folder in which the session started.
    let root = file.document.path.parent()?.parent().unwrap_or(RepoPath::from(""));
    let from_root =
        ["$CLAUDE_PROJECT_DIR/", "${CLAUDE_PROJECT_DIR}/", "./"].iter().find_map(|start| word.strip_prefix(start));
    let relative = match from_root {
        Some(rest) => rest,
        // A word without a folder is looked for in PATH.
        None if word.contains('/') || interpreter => word,
        None => return None,
    };
    let plain = !relative.is_empty()
        && !relative.starts_with(['/', '~', '-'])
        && !relative.contains(['$', '`', '\\', '*'])
        && relative.split('/').all(|part| part != "..");
    plain.then(|| Script { path: root.join(relative), is_program: !interpreter })
}

struct Problem {
    message: Message,
    help: Message,
    fix: Option<Fix>,
}

fn problem(repository: &Repository<'_>, script: &Script) -> Option<Problem> {
    let Some(entry) = repository.snapshot.entry(&script.path) else {
        // An ignored file may well be there, on each machine its own.
        if matches!(
            repository.snapshot.state_if_created(&script.path),
            State::Private { .. } | State::PrivateOnlyHere { .. }
        ) {
            return None;
        }
        return Some(Problem {
            message: message![
                "the helper runs ",
                script.path,
                ", which the repository doesn't have: nobody gets a credential from it"
            ],
            help: message!["commit the script, or name one that is in PATH"],
            fix: None,
        });
    };
    // Without git nobody records the bit, and on some systems there is none.
    let recorded = matches!(entry.state, State::Tracked | State::Staged);
    (script.is_program && recorded && entry.mode == Mode::File).then(|| {
        // Even with `core.fileMode` git records the bit of a file no sooner than it is told; without, only so.
        let record = message!["`git update-index --chmod=+x ", script.path, "`"];
        let fix = Fix::safe(message!["make `", script.path, "` executable"])
            .mode(&script.path, fix::Mode::Runnable)
            .left(message![record, " and a commit, so that every clone has it so"]);
        Problem {
            message: message![
                "the helper runs ",
                script.path,
                ", which git records as not executable: the client gets nothing from it"
            ],
            help: record,
            fix: Some(fix),
        }
    })
}
