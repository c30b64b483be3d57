//! Processes that a file starts: a command, and the environment around it.

use super::entries::merged;
use super::{Assignment, Command, Decoded, Document, Include, Launch, Output, Slot, Value, Word, command, shell};
use crate::credential::{Dialect, classify};
use crate::text::Span;

/// So many launches of a file at most get what surrounds them: each has its own copy.
pub(super) const MAX_LAUNCHES: usize = 1024;

/// Where a process is started.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Around<'a> {
    /// The logical place of the unit: `services.web`.
    pub(super) key: &'a str,
    /// What is set there, one assignment for each name.
    pub(super) environment: &'a [usize],
    /// Dotenv files that are read there; what is set outweighs them.
    pub(super) includes: &'a [Include],
}

/// Whether one of the assignments decides about a session: it is named like a variable of the client.
pub(super) fn matters(document: &Document, environment: &[usize]) -> bool {
    let names = ["ANTHROPIC_", "CLAUDE_", "AWS_BEARER_TOKEN_BEDROCK", "VERTEX_REGION_"];
    let decides = |assignment: &Assignment| names.iter().any(|start| assignment.name.starts_with(start));
    environment.iter().any(|&index| decides(&document.assignments[index]))
}

/// Adds a launch of which only the environment is known, where it can matter.
pub(super) fn prepared(document: &mut Document, around: &Around<'_>) {
    if document.launches.len() < MAX_LAUNCHES && (!around.includes.is_empty() || matters(document, around.environment))
    {
        document.launches.push(Launch {
            key: around.key.to_owned(),
            environment: around.environment.to_vec(),
            includes: around.includes.to_vec(),
            ..Launch::default()
        });
    }
}

/// Reads a string that a shell runs there, and says whether it starts the client.
pub(super) fn script(document: &mut Document, text: &Decoded, key: &str, around: &Around<'_>) -> bool {
    let first = document.launches.len();
    shell::read_string(document, text, key);
    surround(document, first, around)
}

/// Gives the client's starts from the one at `first` what surrounds them; false if there are none. What a script
/// sets or takes away itself outweighs it.
pub(super) fn surround(document: &mut Document, first: usize, around: &Around<'_>) -> bool {
    let mut starts = false;
    for index in first..document.launches.len() {
        if document.launches[index].command.is_none() {
            continue;
        }
        starts = true;
        if index < MAX_LAUNCHES {
            let environment = merged(document, &[around.environment, &document.launches[index].environment]);
            let launch = &mut document.launches[index];
            launch.environment = environment;
            launch.includes.splice(0..0, around.includes.iter().cloned());
            around.key.clone_into(&mut launch.key);
        }
    }
    starts
}

/// Reads a command that is given word by word, without a shell, and says whether it starts the client.
pub(super) fn words(
    document: &mut Document,
    words: &[Decoded],
    key: &str,
    dialect: Dialect,
    around: &Around<'_>,
) -> bool {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let span = Span::new(first.span().start, last.span().end);
    let words = words.iter().map(|decoded| Word { decoded: decoded.clone(), dynamic: is_live(decoded, dialect) });
    let command = Command { words: words.collect(), span, key: key.to_owned(), output: Output::Shown };
    let at = command::unwrap(&command.words);
    let base = document.assignments.len();
    let script = script_of(&command.words[at.program.min(command.words.len())..]);
    let outside = |found: &Assignment| script.is_none_or(|script| !script.span().contains(found.name_span));
    document.assignments.extend(command::credentials(&command, key).into_iter().filter(outside));
    let mut own: Vec<usize> = (base..document.assignments.len())
        .filter(|&index| document.assignments[index].exported && document.assignments[index].slot == Slot::Variable)
        .collect();
    for &(index, from) in &at.unsets {
        let decoded = &command.words[index].decoded;
        let name = decoded.part(from, decoded.text.expose().len());
        own.push(document.assignments.len());
        document.assignments.push(unset(&name, key));
    }
    let outer = if at.clears { &[][..] } else { around.environment };
    let environment = merged(document, &[outer, &own]);
    let around = Around { environment: &environment, ..*around };
    if let Some(script) = script {
        let script = script.clone();
        document.commands.push(command);
        return self::script(document, &script, key, &around);
    }
    let program = command.words.get(at.program).map_or("", |word| word.decoded.text.expose());
    let starts = command::is_client(program) && !at.asks;
    if starts && document.launches.len() < MAX_LAUNCHES {
        document.launches.push(Launch {
            key: around.key.to_owned(),
            command: Some(command.clone()),
            includes: around.includes.to_vec(),
            environment,
            ..Launch::default()
        });
    }
    document.commands.push(command);
    starts
}

/// A variable that is taken away.
pub(super) fn unset(name: &Decoded, key: &str) -> Assignment {
    let text = name.text.expose();
    Assignment {
        name: text.to_owned(),
        name_span: name.span(),
        slot: Slot::Variable,
        value: Value::Unset,
        decoded: Decoded::direct("", name.span().end),
        key: if key.is_empty() { text.to_owned() } else { format!("{key}.{text}") },
        exported: true,
        commented: false,
    }
}

fn is_live(decoded: &Decoded, dialect: Dialect) -> bool {
    matches!(classify(decoded, dialect), Value::Reference(reference) if reference.expanded)
}

/// The program in `sh -c program`.
fn script_of(words: &[Word]) -> Option<&Decoded> {
    let (shell, options) = words.split_first()?;
    let shell = command::basename(shell.decoded.text.expose());
    if !is_shell(shell) {
        return None;
    }
    let at = options.iter().position(|word| {
        let text = word.decoded.text.expose();
        text.starts_with('-') && !text.starts_with("--") && text.ends_with('c')
    })?;
    options.get(at + 1).map(|word| &word.decoded)
}

/// Whether a program is a POSIX shell, by its name without a folder.
pub(super) fn is_shell(name: &str) -> bool {
    matches!(name, "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash")
}
