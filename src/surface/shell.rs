//! Shell scripts (sh, bash, zsh) and the command strings that other files hold.
//!
//! What a command means and how paths run through a script is the same for all languages of `language`.
//! `layout` finds which quote closes which, `word` decodes words, `syntax` reads statements, `meaning`
//! and `builtins` say what a simple command does, and `run` follows the paths through the script. Nothing is executed.

mod builtins;
pub(super) mod decode;
mod heredoc;
pub(super) mod includes;
pub(super) mod language;
pub(super) mod layout;
pub(super) mod meaning;
mod output;
mod run;
mod simple;
mod start;
mod state;
mod syntax;
pub(super) mod tree;
pub(super) mod windows;
pub(super) mod word;

#[cfg(test)]
mod tests;

pub(super) use start::MAX_NESTING;

use super::{Assignment, Command, Decoded, Document, Launch, Origin};
use language::Language;
use meaning::Collector;
pub(super) use meaning::is_relevant;

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
        document.keys.push((assignment.decoded.span(), assignment.key.clone()));
        if matches!(assignment.decoded.origin, Origin::Mapped(_)) {
            document.escaped.push(assignment.decoded.clone());
        }
    }
    document.keys.sort_by_key(|&(span, _)| span);
    document.escaped.extend(found.escaped);
    document.commands.extend(found.commands);
    add(document, found.assignments, found.launches);
}

/// Reads a string of a file that hands it to a shell; `key` names its place in the file.
pub fn read_string(document: &mut Document, text: &Decoded, key: &str) {
    let Fragment { assignments, commands, launches } = fragment(text, key);
    document.commands.extend(commands);
    add(document, assignments, launches);
}

/// Reads a script that starts where the `outer` assignments of the document are in effect. A script that starts no
/// client yields what it leaves to the programs behind it, if it sets any of that itself.
pub(super) fn read_string_in(document: &mut Document, text: &Decoded, key: &str, outer: &[usize], language: Language) {
    let prefix = if key.is_empty() { String::new() } else { format!("{key}.") };
    let mut collector = Collector { language, ..Collector::new(prefix) };
    for (place, &index) in outer.iter().enumerate() {
        collector.inherit(&document.assignments[index].name, place);
    }
    let run::Found { assignments, commands, launches, escaped } = run::interpret(text, collector, true);
    document.commands.extend(commands);
    document.escaped.extend(escaped);
    let first = document.launches.len();
    add(document, assignments, launches);
    for launch in &mut document.launches[first..] {
        let outside = |index: usize| index.checked_sub(meaning::INHERITED).and_then(|place| outer.get(place));
        *launch = std::mem::take(launch).renumbered(|index| outside(index).copied().unwrap_or(index));
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
pub fn fragment(text: &Decoded, key: &str) -> Fragment {
    let prefix = if key.is_empty() { String::new() } else { format!("{key}.") };
    let found = run::interpret(text, Collector::new(prefix), false);
    Fragment { assignments: found.assignments, commands: found.commands, launches: found.launches }
}
