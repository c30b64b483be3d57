//! Shell scripts (sh, bash, zsh, fish) and the command strings that other files hold.
//!
//! What a command means and how paths run through a script is the same for all languages of `language`.
//! `layout` finds which quote closes which, `word` decodes words, `syntax` reads statements, `meaning`
//! and `builtins` say what a simple command does, and `run` follows the paths through the script. Nothing is executed.

mod builtins;
pub(super) mod decode;
mod fish;
mod heredoc;
pub(super) mod includes;
pub(super) mod language;
pub(super) mod layout;
pub(super) mod meaning;
mod output;
mod run;
mod scope;
mod simple;
mod start;
mod state;
mod syntax;
pub(super) mod tree;
pub(super) mod windows;
pub(super) mod word;

#[cfg(test)]
mod tests;

use super::command::is_cmdlet;
use super::{Assignment, Command, Decoded, Document, Launch, Output};
use crate::credential::Dialect;
use language::Language;
use meaning::Collector;
pub(super) use meaning::is_relevant;
pub(super) use start::is_shell;
use word::ShellWord;

/// What a string that a shell runs holds.
#[derive(Debug, Default)]
pub struct Fragment {
    /// Assignments, and what the commands' words carry, in order of the text.
    pub assignments: Vec<Assignment>,
    /// Every simple command, also those in substitutions and in nested programs, in order of the text.
    pub commands: Vec<Command>,
    /// Starts of the client; indices into [`assignments`](Self::assignments).
    pub launches: Vec<Launch>,
}

/// Reads a script, or a file that shells source.
pub fn read(document: &mut Document) {
    read_file(document, Language::Posix);
}

/// Reads a script in the language.
pub(super) fn read_file(document: &mut Document, language: Language) {
    let text = Decoded::direct(document.text.as_str(), 0);
    let found = run::interpret(&text, Collector { language, ..Collector::default() }, true);
    for assignment in &found.assignments {
        document.note(&assignment.decoded, &assignment.key);
    }
    document.keys.sort_by_key(|&(span, _)| span);
    document.escaped.extend(found.escaped);
    document.commands.extend(found.commands);
    add(document, found.assignments, found.launches);
}

/// Reads a string of a file that hands it to a shell; `key` names its place in the file.
pub(super) fn read_string(document: &mut Document, text: &Decoded, language: Language, key: &str) {
    let Fragment { assignments, commands, launches } = fragment(text, language, key);
    document.commands.extend(commands);
    add(document, assignments, launches);
}

/// Reads a script that starts where assignments of the document are in effect, one list for each way that leads there.
/// A script that starts no client yields what its programs find, if it sets any of that itself.
pub(super) fn read_script(
    document: &mut Document,
    text: &Decoded,
    language: Language,
    key: &str,
    environments: &[Vec<usize>],
) {
    let collector = Collector { language, ..collector(document, key, environments) };
    let mut found = run::interpret(text, collector, true);
    let is_program = |command: &Command| command.output != Output::Captured && !is_builtin(command.program());
    if !found.commands.iter().any(is_program) {
        found.launches.retain(|launch| launch.command.is_some());
    }
    take(document, found);
}

/// Reads a command that is given word by word and started there without a shell.
pub(super) fn read_words(
    document: &mut Document,
    words: &[Decoded],
    dialect: Dialect,
    key: &str,
    environments: &[Vec<usize>],
) {
    let words = words.iter().map(|word| ShellWord::given(word, dialect)).collect();
    let found = run::start(words, collector(document, key, environments));
    take(document, found);
}

/// Whether a shell runs it itself.
fn is_builtin(program: &str) -> bool {
    let variables = ["export", "unset", "set", "readonly", "declare", "typeset", "local", "read", "alias"];
    let others = [":", ".", "source", "eval", "cd", "echo", "printf", "test", "[", "true", "false", "exit", "return"];
    variables.iter().chain(&others).any(|name| *name == program) || is_cmdlet(program)
}

fn collector(document: &Document, key: &str, environments: &[Vec<usize>]) -> Collector {
    let mut collector = Collector::new(if key.is_empty() { String::new() } else { format!("{key}.") });
    for environment in environments {
        collector.inherit(environment.iter().map(|&index| (index, &document.assignments[index])));
    }
    collector
}

fn take(document: &mut Document, found: run::Found) {
    document.commands.extend(found.commands);
    document.escaped.extend(found.escaped);
    let first = document.launches.len();
    add(document, found.assignments, found.launches);
    for launch in &mut document.launches[first..] {
        let outside = |index: usize| index.checked_sub(meaning::INHERITED).unwrap_or(index);
        *launch = std::mem::take(launch).renumbered(outside);
        launch.environment.sort_unstable();
    }
}

/// Launches count from the first assignment that comes with them.
fn add(document: &mut Document, assignments: Vec<Assignment>, launches: Vec<Launch>) {
    let base = document.assignments.len();
    document.assignments.extend(assignments);
    let place = |index: usize| if index < meaning::INHERITED { base + index } else { index };
    document.launches.extend(launches.into_iter().map(|launch| launch.renumbered(place)));
}

/// Reads a command string found elsewhere; `key` names its place in the outer file.
pub(super) fn fragment(text: &Decoded, language: Language, key: &str) -> Fragment {
    let prefix = if key.is_empty() { String::new() } else { format!("{key}.") };
    let found = run::interpret(text, Collector { language, ..Collector::new(prefix) }, false);
    Fragment { assignments: found.assignments, commands: found.commands, launches: found.launches }
}
