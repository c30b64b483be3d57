//! The shell's own commands that change variables.

use super::language::Language;
use super::meaning::{Action, Collector, Reads, Simple, Step};
use super::tree::RawCommand;
use super::word::{ShellWord, name_length};
use crate::surface::command::Unwrapped;
use crate::surface::{Decoded, Value};

impl Collector {
    /// A command of the shell's own; false if it is none.
    pub(super) fn builtin(
        &mut self,
        name: &str,
        raw: &RawCommand,
        at: &Unwrapped,
        simple: &mut Simple,
        nested: &mut Vec<usize>,
    ) -> bool {
        simple.succeeds = match name {
            "export" | "unset" | "declare" | "typeset" | "local" | "readonly" | "set" | "echo" | "printf" | ":"
            | "true" | "alias" | "trap" | "shopt" | "setopt" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let arguments = &raw.words[at.program + 1..];
        let steps = &mut simple.steps;
        let status = |word: Option<&ShellWord>| word.and_then(ShellWord::succeeds);
        match name {
            "." | "source" => {
                if let Some(path) = arguments.first() {
                    self.source(path, steps);
                }
            }
            // direnv's.
            "dotenv" | "dotenv_if_exists" => self.dotenv(raw, at.program, steps),
            "export" | "declare" | "typeset" | "local" | "readonly" | "integer" => {
                self.declare(name, arguments, steps);
            }
            "unset" => self.unset_all(arguments, steps),
            "set" => self.set_options(arguments, steps),
            "setopt" if arguments.iter().any(|word| matches!(word.text(), "allexport" | "all_export")) => {
                self.export_all = true;
                steps.push(Step::ExportAll(true));
            }
            "read" => self.read_into(arguments, "adinNptu", steps),
            "printf" => {
                if let [option, name, ..] = arguments
                    && option.text() == "-v"
                {
                    self.unknown(name, steps);
                }
            }
            "alias" => {
                for word in arguments {
                    self.alias(word, nested, raw);
                }
            }
            "eval" => {
                for word in arguments {
                    self.evaluated(word, steps);
                }
                if let [_] = arguments {
                    nested.push(at.program + 1);
                    simple.succeeds = None;
                    simple.action = self.nested(&arguments[0], Language::Posix).map_or(Action::Nothing, Action::Eval);
                } else if arguments.len() > 1 {
                    self.eval_words(arguments, &mut simple.steps);
                }
            }
            "trap" => {
                if let [handler, ..] = arguments
                    && handler.text().contains(' ')
                {
                    nested.push(at.program + 1);
                    // Runs at an unknown time: only what it assigns is noted.
                    let _ = self.nested(handler, Language::Posix);
                }
            }
            "exit" => simple.action = Action::Exit(status(arguments.first())),
            "return" => simple.action = Action::Return(status(arguments.first())),
            "break" => simple.action = Action::Break,
            "continue" => simple.action = Action::Continue,
            _ => return false,
        }
        true
    }

    /// `export`, `declare`, `local` and their kin.
    pub(super) fn declare(&mut self, builtin: &str, arguments: &[ShellWord], steps: &mut Vec<Step>) {
        let (mut export, mut withdraw) = (builtin == "export", false);
        let mut local = matches!(builtin, "local" | "declare" | "typeset" | "integer");
        for word in arguments {
            let text = word.text();
            // `export $(grep -v '^#' .env | xargs)`
            if export && !word.substitutions.is_empty() && word.live.first() == Some(&0) {
                self.include_read(word, Reads::Exported, steps);
                continue;
            }
            if let Some(flags) = text.strip_prefix('-') {
                if matches!(flags.bytes().next(), Some(b'p' | b'f')) {
                    return;
                }
                export |= builtin != "export" && flags.contains('x');
                withdraw |= builtin == "export" && flags.contains('n');
                local &= !flags.contains('g');
                continue;
            }
            if let Some(flags) = text.strip_prefix('+') {
                withdraw |= flags.contains('x');
                continue;
            }
            let length = name_length(text);
            let variable = self.variable(&text[..length]);
            if let Some(variable) = variable.filter(|_| local && length > 0) {
                steps.push(Step::Local { variable });
            }
            if let Some(length) = word.assignment() {
                self.assign(steps, word, 0..length, export && !withdraw);
            } else if text[length..].starts_with("+=") || text[length..].starts_with('[') {
                let index = self.add(
                    &text[..length],
                    word.decoded.origin.span(0, length),
                    Value::Unknown,
                    word.value(length).1,
                    export,
                );
                self.set(steps, &text[..length], index, export);
            }
            if length == 0 || word.literal().is_none() && word.assignment().is_none() {
                continue;
            }
            let name = text[..length].to_owned();
            if withdraw {
                self.exported.remove(&name);
                let span = word.decoded.origin.span(0, length);
                let index = self.add(&name, span, Value::Unset, Decoded::direct("", span.end), false);
                if let Some(variable) = variable {
                    steps.push(Step::Withdraw { variable, assignment: index });
                }
            } else if export {
                if let Some(&last) = self.last.get(&name)
                    && !matches!(self.assignments[last].value, Value::Unset)
                {
                    self.assignments[last].exported = true;
                }
                let span = word.decoded.origin.span(0, length);
                let has_value = length < text.len();
                let passed = variable.filter(|_| !has_value).map(|_| self.add_passed(&name, span));
                self.exported.insert(name);
                steps.extend(variable.map(|variable| Step::Export { variable, passed }));
            }
        }
    }

    /// `unset`.
    pub(super) fn unset_all(&mut self, arguments: &[ShellWord], steps: &mut Vec<Step>) {
        for word in arguments {
            if word.text() == "-f" {
                return;
            }
            if word.text().starts_with('-') {
                continue;
            }
            let names = self.values(word);
            if names.is_empty() && word.literal().is_none() {
                // Any of them may be gone: none counts as set.
                steps.push(Step::Clear);
                self.clears += 1;
            }
            for name in names {
                if let Some((variable, assignment)) = self.unset(&name) {
                    steps.push(Step::Unset { variable, assignment });
                }
            }
        }
    }

    /// `set -a`, `set +a`, `set -o allexport`, alone or among other options.
    pub(super) fn set_options(&mut self, arguments: &[ShellWord], steps: &mut Vec<Step>) {
        let mut words = arguments.iter().map(ShellWord::text);
        while let Some(word) = words.next() {
            let on = word.starts_with('-');
            if word.len() < 2 || word.starts_with("--") || !(on || word.starts_with('+')) {
                break;
            }
            let mut all = word[1..].contains('a');
            if word.ends_with('o') {
                all |= words.next() == Some("allexport");
            }
            if all {
                self.export_all = on;
                steps.push(Step::ExportAll(on));
            }
        }
    }

    /// `read [options] name…`; the options in `valued` take a value.
    pub(super) fn read_into(&mut self, arguments: &[ShellWord], valued: &str, steps: &mut Vec<Step>) {
        let mut index = 0;
        while let Some(word) = arguments.get(index) {
            match word.text().strip_prefix('-') {
                Some(flags) if !flags.is_empty() => {
                    let takes_next = flags.find(|flag| valued.contains(flag)) == Some(flags.len() - 1);
                    index += if takes_next && !flags.ends_with('a') { 2 } else { 1 };
                }
                _ => {
                    self.unknown(word, steps);
                    index += 1;
                }
            }
        }
    }

    /// Notes that the variable that a word names gets a value which can't be known.
    pub(super) fn unknown(&mut self, word: &ShellWord, steps: &mut Vec<Step>) {
        let Some(name) = word.literal() else { return };
        // zsh: `read "name?prompt"`
        let length = name_length(name);
        if length == 0 || !(name.len() == length || name[length..].starts_with('?')) {
            return;
        }
        let name = &name[..length];
        let span = word.decoded.origin.span(0, length);
        let index = self.add(name, span, Value::Unknown, Decoded::direct("", span.end), false);
        self.set(steps, name, index, false);
    }

    /// `eval export X=v`: the words make up the command.
    pub(super) fn eval_words(&mut self, words: &[ShellWord], steps: &mut Vec<Step>) {
        let [name, arguments @ ..] = words else { return };
        match name.literal() {
            Some(name @ ("export" | "declare" | "typeset" | "local" | "readonly")) => {
                self.declare(name, arguments, steps);
            }
            Some("unset") => self.unset_all(arguments, steps),
            _ => {
                for word in words {
                    let Some(length) = word.assignment() else { break };
                    self.assign(steps, word, 0..length, false);
                }
            }
        }
    }
}
