//! fish's own commands that change variables.

use std::ops::Range;

use super::word::{joined, name_length};
use crate::surface::command::Unwrapped;
use crate::surface::shell::decode::part;
use crate::surface::shell::language::Language;
use crate::surface::shell::meaning::{Action, Collector, Reads, Simple, Step, is_relevant};
use crate::surface::shell::scope::{Change, Scope};
use crate::surface::shell::tree::RawCommand;
use crate::surface::shell::word::{Reader, ShellWord};
use crate::surface::{Assignment, Decoded, Slot, Value};

/// What a `set` or a `read` does to its variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Assign,
    /// `-a`, `-p`: only part of what the variable holds.
    Extend,
    Erase,
    /// `-q`, `-n`, `-S`: nothing.
    Ask,
}

/// The options of `set` and `read`.
#[derive(Clone, Copy, Debug)]
struct Options {
    verb: Verb,
    scope: Scope,
    export: Option<bool>,
}

impl Options {
    /// Reads the options in front of the names, and says how many words they take; those in `valued` take a word along.
    fn read(words: &[ShellWord], valued: &str) -> (Self, usize) {
        let mut options = Self { verb: Verb::Assign, scope: Scope::Nearest, export: None };
        let mut index = 0;
        while let Some(text) =
            words.get(index).map(ShellWord::text).filter(|text| text.len() > 1 && text.starts_with('-'))
        {
            index += 1;
            match text.strip_prefix("--") {
                Some("") => break,
                Some(name) => {
                    let letter = match name {
                        "append" | "prepend" => 'a',
                        "export" => 'x',
                        "show" => 'S',
                        "universal" => 'U',
                        "prompt-str" => 'P',
                        "right-prompt" => 'R',
                        // Each of the others begins with its letter.
                        "local" | "function" | "global" | "unexport" | "erase" | "query" | "names" | "command"
                        | "delimiter" | "nchars" | "prompt" => name.chars().next().unwrap_or('-'),
                        _ => '-',
                    };
                    options.flag(letter);
                    index += usize::from(valued.contains(letter));
                }
                None => {
                    for (place, letter) in text.char_indices().skip(1) {
                        if valued.contains(letter) {
                            index += usize::from(place + 1 == text.len());
                            break;
                        }
                        options.flag(letter);
                    }
                }
            }
        }
        (options, index.min(words.len()))
    }

    fn flag(&mut self, letter: char) {
        match letter {
            'l' => self.scope = Scope::Block,
            'f' => self.scope = Scope::Function,
            'g' => self.scope = Scope::Global,
            'U' => self.scope = Scope::Universal,
            'x' => self.export = Some(true),
            'u' => self.export = Some(false),
            'a' | 'p' => self.verb = Verb::Extend,
            'e' => self.verb = Verb::Erase,
            'q' | 'n' | 'S' | 'h' => self.verb = Verb::Ask,
            _ => {}
        }
    }
}

impl Collector {
    /// A command of fish's own; false if it is none.
    pub(in crate::surface::shell) fn fish_builtin(
        &mut self,
        name: &str,
        raw: &RawCommand,
        at: &Unwrapped,
        simple: &mut Simple,
        nested: &mut Vec<usize>,
    ) -> bool {
        simple.succeeds = match name {
            "echo" | "printf" | ":" | "true" | "export" | "alias" | "abbr" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let first = at.program + 1;
        let arguments = &raw.words[first..];
        let status = |word: Option<&ShellWord>| word.and_then(ShellWord::succeeds);
        match name {
            "set" => self.fish_set(arguments, simple),
            "export" => self.fish_export(arguments, &mut simple.steps),
            "read" => self.fish_read(arguments, &mut simple.steps),
            "." | "source" => {
                if let Some(word) = arguments.first() {
                    if word.substitutions.is_empty() {
                        self.source(word, &mut simple.steps);
                    } else {
                        self.evaluated(word, &mut simple.steps);
                    }
                }
            }
            "eval" | "bass" | "fenv" | "replay" => {
                let language = if name == "eval" { Language::Fish } else { Language::Posix };
                for word in arguments {
                    self.evaluated(word, &mut simple.steps);
                }
                nested.extend(first..raw.words.len());
                let node = joined(arguments).and_then(|program| self.nested(&program, language));
                simple.action = node.map_or(Action::Nothing, Action::Eval);
            }
            "abbr" => {
                let options = arguments.iter().take_while(|word| word.text().starts_with('-')).count();
                if let Some(program) = arguments.get(options + 1..).and_then(joined) {
                    nested.extend(first + options + 1..raw.words.len());
                    let node = self.nested(&program, Language::Fish);
                    self.aliases.extend(node);
                }
            }
            // The parser has defined its function.
            "alias" => nested.extend(first..raw.words.len()),
            "exit" => simple.action = Action::Exit(status(arguments.first())),
            "return" => simple.action = Action::Return(status(arguments.first())),
            "break" => simple.action = Action::Break,
            "continue" => simple.action = Action::Continue,
            _ => return false,
        }
        true
    }

    fn fish_set(&mut self, words: &[ShellWord], simple: &mut Simple) {
        let (options, first) = Options::read(words, "");
        let arguments = &words[first..];
        match options.verb {
            Verb::Ask => {}
            Verb::Erase => {
                for word in arguments {
                    self.fish_erase(word, options.scope, &mut simple.steps);
                }
            }
            Verb::Assign | Verb::Extend => {
                let [name, values @ ..] = arguments else { return };
                simple.keeps_status = values.iter().all(|word| word.substitutions.is_empty());
                let value = self.fish_value(name, values, options.verb == Verb::Extend);
                for name in self.values(name) {
                    self.fish_assign(&name, value.clone(), options, &mut simple.steps);
                }
            }
        }
    }

    /// What is assigned: a list that programs see with blanks in between.
    fn fish_value(&self, name: &ShellWord, values: &[ShellWord], partial: bool) -> (Value, Decoded) {
        let (value, decoded) = match joined(values) {
            Some(word) => word.value(0),
            None => (Value::Empty, Decoded::direct("", name.decoded.span().end)),
        };
        (if partial { Value::Unknown } else { value }, decoded)
    }

    fn fish_assign(&mut self, name: &Decoded, value: (Value, Decoded), options: Options, steps: &mut Vec<Step>) {
        let Some((length, element)) = variable(name.text.expose()) else { return };
        let (name, span) = (&name.text.expose()[..length], name.part(0, length).span());
        let Options { scope, export, .. } = options;
        let local = matches!(scope, Scope::Block | Scope::Function);
        let hides = is_relevant(name) && (export == Some(false) || local && export.is_none());
        let was_exported = self.exported.contains(name);
        // Programs no longer get what an outer variable of that name holds.
        let hidden = hides.then(|| self.add(name, span, Value::Unset, Decoded::direct("", span.end), false));
        let assigned = if element { Value::Unknown } else { value.0 };
        let assignment = self.add(name, span, assigned, value.1, export == Some(true));
        if was_exported && local || export == Some(true) {
            self.exported.insert(name.to_owned());
        }
        if let Some(variable) = self.variable(name) {
            steps.push(Step::Scoped { scope, variable, change: Change::Set { assignment, export, hidden } });
        }
    }

    fn fish_erase(&mut self, word: &ShellWord, scope: Scope, steps: &mut Vec<Step>) {
        let names = self.values(word);
        if names.is_empty() && word.literal().is_none() {
            // Any of them may be gone: none counts as set.
            steps.push(Step::Clear);
            self.clears += 1;
        }
        for name in names {
            let Some((length, element)) = variable(name.text.expose()) else { continue };
            if element {
                let options = Options { verb: Verb::Extend, scope, export: None };
                let nothing = Decoded::direct("", name.span().end);
                self.fish_assign(&name, (Value::Unknown, nothing), options, steps);
            } else if let Some(variable) = self.variable(&name.text.expose()[..length]) {
                let nothing = Decoded::direct("", name.span().end);
                let assignment = self.add(name.text.expose(), name.span(), Value::Unset, nothing, false);
                steps.push(Step::Scoped { scope, variable, change: Change::Erase { assignment } });
            } else {
                _ = self.unset(&name);
            }
        }
    }

    /// The function of that name: `set -gx` in the clothes of POSIX.
    fn fish_export(&mut self, words: &[ShellWord], steps: &mut Vec<Step>) {
        for word in words {
            if let Some(length) = word.assignment() {
                let options = Options { verb: Verb::Assign, scope: Scope::Global, export: Some(true) };
                let name = part(&word.decoded, 0, length);
                self.fish_assign(&name, word.value(length + 1), options, steps);
            } else if !word.substitutions.is_empty() {
                self.include_read(word, Reads::Exported, steps);
            } else {
                self.declare("export", std::slice::from_ref(word), steps);
            }
        }
    }

    fn fish_read(&mut self, words: &[ShellWord], steps: &mut Vec<Step>) {
        let (options, first) = Options::read(words, "cdnpPR");
        for word in &words[first..] {
            let Some(name) = word.literal().map(|_| word.decoded.clone()) else { continue };
            let nothing = Decoded::direct("", name.span().end);
            let options = Options { verb: Verb::Assign, ..options };
            self.fish_assign(&name, (Value::Unknown, nothing), options, steps);
        }
    }

    /// `NAME=value` in front of a command: a local variable of its own. With nothing behind it, fish refuses the file.
    pub(super) fn own_variable(
        &mut self,
        reader: Reader<'_>,
        name: Range<usize>,
        word: &ShellWord,
        before: Option<usize>,
        alone: bool,
        steps: &mut Vec<Step>,
    ) {
        let span = reader.origin.span(name.start, name.end);
        let name = &reader.text[name];
        let (value, decoded) = word.value(0);
        let assignment = self.add(name, span, value, decoded, !alone);
        // It leaves no trace behind the command.
        match before {
            Some(before) => _ = self.last.insert(name.to_owned(), before),
            None => _ = self.last.remove(name),
        }
        if let Some(variable) = self.variable(name).filter(|_| !alone) {
            let change = Change::Set { assignment, export: Some(true), hidden: None };
            steps.push(Step::Scoped { scope: Scope::Block, variable, change });
        }
    }

    /// A `set` in a comment, by the words behind it.
    pub(super) fn commented_set(&mut self, words: &[ShellWord]) {
        let (options, first) = Options::read(words, "");
        let [name, values @ ..] = &words[first..] else { return };
        let Some((length, false)) = variable(name.text()) else { return };
        let name_text = &name.text()[..length];
        if options.verb != Verb::Assign || values.is_empty() || name_text.bytes().any(|byte| byte.is_ascii_lowercase())
        {
            return;
        }
        let (value, decoded) = self.fish_value(name, values, false);
        self.assignments.push(Assignment {
            name: name_text.to_owned(),
            name_span: name.decoded.span(),
            slot: Slot::Variable,
            value,
            decoded,
            key: format!("{}{name_text}", self.prefix),
            exported: false,
            commented: true,
        });
    }
}

/// The length of the variable name in `NAME` or `NAME[1]`, and whether it is an element that is meant.
fn variable(text: &str) -> Option<(usize, bool)> {
    let length = name_length(text);
    let element = text[length..].starts_with('[');
    (length > 0 && (element || length == text.len())).then_some((length, element))
}
