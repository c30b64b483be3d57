//! What a simple command does to the environment, and what it starts.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use super::layout::HereDoc;
use super::syntax::parse;
use super::tree::{Node, RawCommand};
use super::word::{Reader, ShellWord, name_length};
use super::{heredoc, run};
use crate::surface::command::{Unwrapped, basename, credentials, is_client, live_value, unwrap};
use crate::surface::{Assignment, Command, Decoded, Launch, Origin, Output, Slot, Value, Word};
use crate::text::Span;

/// Programs inside the strings of programs are read so deep.
const MAX_NESTING: usize = 6;

/// Whether a variable matters to where the client sends what, so that a launch has to know it.
pub(in crate::surface) fn is_relevant(name: &str) -> bool {
    ["ANTHROPIC_", "CLAUDE_", "VERTEX_", "NODE_"].iter().any(|prefix| name.starts_with(prefix))
        || matches!(
            name.to_ascii_uppercase().as_str(),
            "AWS_BEARER_TOKEN_BEDROCK" | "CLOUD_ML_REGION" | "HTTP_PROXY" | "HTTPS_PROXY" | "ALL_PROXY" | "NO_PROXY"
        )
}

/// A change of the environment; variables and assignments are numbers in the [`Collector`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Set {
        variable: usize,
        assignment: usize,
        export: bool,
    },
    Unset {
        variable: usize,
        assignment: usize,
    },
    Export {
        variable: usize,
    },
    /// `export -n`: children get nothing, the shell keeps the value.
    Withdraw {
        variable: usize,
        assignment: usize,
    },
    /// `set -a`, `set +a`.
    ExportAll(bool),
    /// The function's end restores the variable.
    Local {
        variable: usize,
    },
    /// `env -i`.
    Clear,
}

/// What a simple command does besides changing variables.
#[derive(Debug, Default)]
pub(super) enum Action {
    #[default]
    Nothing,
    /// Starts the client: a number in [`Collector::starts`].
    Launch(usize),
    /// `eval '…'`.
    Eval(Node),
    /// `sh -c '…'`.
    Child(Node),
    Exit(Option<bool>),
    Return(Option<bool>),
    Break,
    Continue,
}

/// A simple command, understood.
#[derive(Debug, Default)]
pub(super) struct Simple {
    /// Changes in the shell itself.
    pub(super) steps: Vec<Step>,
    /// Changes for this command only.
    pub(super) own: Vec<Step>,
    /// The function that it calls, if there is one of that name.
    pub(super) call: Option<String>,
    pub(super) action: Action,
    /// `exec`: nothing of the script comes after.
    pub(super) replaces: bool,
    /// The exit status, if it is known.
    pub(super) succeeds: Option<bool>,
}

/// Gathers what the text holds while it is parsed.
#[derive(Debug, Default)]
pub(super) struct Collector {
    /// What goes before names in keys.
    pub(super) prefix: String,
    pub(super) assignments: Vec<Assignment>,
    pub(super) commands: Vec<Command>,
    /// Starts of the client, from the client's word on.
    pub(super) starts: Vec<Command>,
    /// Launches of scripts that this one writes.
    pub(super) foreign: Vec<Launch>,
    pub(super) functions: Vec<(String, Rc<Node>)>,
    /// Bodies of aliases, which run when the user says so.
    pub(super) aliases: Vec<Node>,
    /// Names of all commands, to know which functions are never called.
    pub(super) called: HashSet<String>,
    pub(super) escaped: Vec<Decoded>,
    pub(super) depth: usize,
    pub(super) nesting: usize,
    variables: HashMap<String, usize>,
    /// The last assignment of each name in order of the text, and the names that are exported.
    pub(super) last: HashMap<String, usize>,
    pub(super) exported: HashSet<String>,
    pub(super) export_all: bool,
}

impl Collector {
    /// A collector that puts `prefix` before the names in keys.
    pub(super) fn new(prefix: String) -> Self {
        Self { prefix, ..Self::default() }
    }

    pub(super) fn variable(&mut self, name: &str) -> Option<usize> {
        if !is_relevant(name) {
            return None;
        }
        let next = self.variables.len();
        Some(*self.variables.entry(name.to_owned()).or_insert(next))
    }

    pub(super) fn add(&mut self, name: &str, name_span: Span, value: Value, decoded: Decoded, exported: bool) -> usize {
        let exported = exported || self.export_all || self.exported.contains(name);
        if matches!(value, Value::Unset) {
            self.exported.remove(name);
        }
        self.last.insert(name.to_owned(), self.assignments.len());
        self.assignments.push(Assignment {
            name: name.to_owned(),
            name_span,
            slot: Slot::Variable,
            exported: exported && !matches!(value, Value::Unset),
            value,
            decoded,
            key: format!("{}{name}", self.prefix),
            commented: false,
        });
        self.assignments.len() - 1
    }

    pub(super) fn set(&mut self, steps: &mut Vec<Step>, name: &str, assignment: usize, export: bool) {
        if let Some(variable) = self.variable(name) {
            steps.push(Step::Set { variable, assignment, export });
        }
    }

    /// Notes that the part of `word` behind `NAME=` is assigned; `length` is the name's.
    pub(super) fn assign(&mut self, steps: &mut Vec<Step>, word: &ShellWord, length: usize, exported: bool) {
        let name = &word.text()[..length];
        let (value, decoded) = word.value(length + 1);
        let index = self.add(name, word.decoded.origin.span(0, length), value, decoded, exported);
        self.set(steps, name, index, exported);
    }

    /// Notes that the variable named in `word` from byte `from` on is taken away.
    pub(super) fn unset(&mut self, word: &ShellWord, from: usize) -> Option<(usize, usize)> {
        let name = word.literal()?.get(from..)?;
        if name.is_empty() || name_length(name) != name.len() {
            return None;
        }
        let span = word.decoded.origin.span(from, word.text().len());
        let index = self.add(name, span, Value::Unset, Decoded::direct("", span.end), false);
        self.variable(name).map(|variable| (variable, index))
    }

    /// Notes an assignment in a comment.
    pub(super) fn comment(&mut self, reader: Reader<'_>, range: Range<usize>) {
        let comment = &reader.text[range.clone()];
        let mut start = range.start + comment.bytes().take_while(|byte| matches!(byte, b'#' | b' ' | b'\t')).count();
        if let Some(rest) = reader.text[start..range.end].strip_prefix("export ") {
            start = range.end - rest.trim_start().len();
        }
        let text = &reader.text[start..range.end];
        let length = name_length(text);
        let is_name = text[..length].bytes().all(|byte| !byte.is_ascii_lowercase()) && length > 1;
        if !is_name || !text[length..].starts_with('=') || self.nesting >= MAX_NESTING {
            return;
        }
        // The line on its own, since quotes in comments close nothing.
        let line = Decoded::direct(text, 0);
        let layout = super::layout::Layout::new(text);
        let origin = super::decode::placed(reader.origin, start, text.len());
        let inner = Reader { text, layout: &layout, origin: &origin };
        let word = inner.word(length + 1, line.text.expose().len());
        let (value, decoded) = word.value(0);
        self.assignments.push(Assignment {
            name: text[..length].to_owned(),
            name_span: origin.span(0, length),
            slot: Slot::Variable,
            value,
            decoded,
            key: format!("{}{}", self.prefix, &text[..length]),
            exported: false,
            commented: true,
        });
    }

    /// Understands a simple command; what it leaves of its here-documents is for the next in the pipeline.
    pub(super) fn simple(&mut self, reader: Reader<'_>, raw: RawCommand) -> (Simple, Vec<HereDoc>) {
        let first = self.assignments.len();
        let mut simple = Simple::default();
        self.note_escaped(&raw);
        let words: Vec<Word> = raw.words.iter().map(ShellWord::to_word).collect();
        let at = unwrap(&words);
        self.defaults(reader, &raw, &mut simple.steps);
        self.prefixes(reader, &raw, &mut simple);
        let mut nested: Vec<usize> = Vec::new();
        if words.is_empty() {
            let computed = raw
                .prefixes
                .iter()
                .any(|prefix| prefix.value.as_ref().is_some_and(|value| !value.substitutions.is_empty()));
            simple.succeeds = (!computed).then_some(true);
        } else {
            self.environment(&raw, &at, &mut simple);
            self.command(&raw, &words, &at, &mut simple, &mut nested);
        }
        let unclaimed = heredoc::read(self, reader, &raw, &words, &at);
        if !words.is_empty() {
            let span = reader.origin.span(raw.range.start, raw.range.end);
            let key = self.prefix.strip_suffix('.').unwrap_or(&self.prefix);
            let command = Command { words, span, key: key.to_owned(), output: Output::Shown };
            self.credentials(&command, &raw, first, &nested);
            self.commands.push(command);
        }
        (simple, unclaimed)
    }

    fn note_escaped(&mut self, raw: &RawCommand) {
        let values = raw.prefixes.iter().filter_map(|prefix| prefix.value.as_ref());
        for word in values.chain(&raw.words) {
            if matches!(word.decoded.origin, Origin::Mapped(_)) && word.text().len() >= 16 {
                self.escaped.push(word.decoded.clone());
            }
        }
    }

    /// `${X:=default}` anywhere in the command.
    fn defaults(&mut self, reader: Reader<'_>, raw: &RawCommand, steps: &mut Vec<Step>) {
        let values = raw.prefixes.iter().filter_map(|prefix| prefix.value.as_ref());
        for word in values.chain(&raw.words).chain(&raw.sources) {
            for (range, default) in &word.assigned {
                let name = &reader.text[range.clone()];
                let span = reader.origin.span(range.start, range.end);
                let decoded = default.clone().unwrap_or_else(|| Decoded::direct("", span.end));
                let value = Value::Reference(crate::surface::Reference {
                    name: Some(name.to_owned()),
                    expanded: true,
                    default: default.clone(),
                });
                let index = self.add(name, span, value, decoded, false);
                self.set(steps, name, index, false);
            }
        }
    }

    /// `NAME=value` in front of the command, or alone.
    fn prefixes(&mut self, reader: Reader<'_>, raw: &RawCommand, simple: &mut Simple) {
        let for_command = !raw.words.is_empty();
        for prefix in &raw.prefixes {
            let name = &reader.text[prefix.name.clone()];
            let (mut value, decoded) = match &prefix.value {
                Some(word) => word.value(0),
                None => {
                    let span = reader.origin.span(prefix.range.start, prefix.range.end);
                    (Value::Unknown, Decoded::direct(&reader.text[prefix.range.clone()], span.start))
                }
            };
            if prefix.partial {
                value = Value::Unknown;
            }
            let span = reader.origin.span(prefix.name.start, prefix.name.end);
            // A command's own variables leave no trace in the shell.
            let before = (self.last.get(name).copied(), self.exported.contains(name));
            let index = self.add(name, span, value, decoded, for_command);
            if for_command {
                if let Some(before) = before.0 {
                    self.last.insert(name.to_owned(), before);
                }
                self.set(&mut simple.own, name, index, true);
            } else {
                self.set(&mut simple.steps, name, index, false);
            }
        }
    }

    /// What `env`, `sudo` and their kin change for the program behind them.
    fn environment(&mut self, raw: &RawCommand, at: &Unwrapped, simple: &mut Simple) {
        if at.clears {
            simple.own.push(Step::Clear);
        }
        for &(index, from) in &at.unsets {
            if let Some((variable, assignment)) = self.unset(&raw.words[index], from) {
                simple.own.push(Step::Unset { variable, assignment });
            }
        }
        for &index in &at.sets {
            let word = &raw.words[index];
            if let Some(length) = word.assignment() {
                let mut own = std::mem::take(&mut simple.own);
                self.assign(&mut own, word, length, true);
                simple.own = own;
            }
        }
    }

    fn command(
        &mut self,
        raw: &RawCommand,
        words: &[Word],
        at: &Unwrapped,
        simple: &mut Simple,
        nested: &mut Vec<usize>,
    ) {
        let program = &raw.words[at.program];
        let arguments = &raw.words[at.program + 1..];
        simple.replaces = at.replaces && words.len() > at.program && basename(program.text()) != "exec";
        let client = match program.literal() {
            Some(text) => is_client(text),
            // `"$HOME/bin/claude"`, `"${CLAUDE:-claude}"`
            None => {
                is_client(program.text()) || program.sole_default().is_some_and(|name| is_client(name.text.expose()))
            }
        };
        if client && !at.asks {
            let start = span_of(words, at.program, words.len());
            simple.action = Action::Launch(self.starts.len());
            self.starts.push(Command {
                words: words[at.program..].to_vec(),
                span: start,
                key: self.prefix.trim_end_matches('.').to_owned(),
                output: Output::Shown,
            });
        }
        let Some(name) = program.literal() else { return };
        if !at.outside {
            self.called.insert(name.to_owned());
            simple.call = Some(name.to_owned());
        }
        if client {
            return;
        }
        let is_shell = matches!(basename(name), "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash");
        if is_shell {
            if let Some(index) = script_argument(raw, at.program + 1) {
                nested.push(index);
                simple.action = self.nested(&raw.words[index]).map_or(Action::Nothing, Action::Child);
            }
            return;
        }
        if at.outside && raw.words[..at.program].iter().any(|word| !matches!(word.text(), "command" | "exec" | "-p")) {
            self.elsewhere(raw, at.program + 1, nested);
            return;
        }
        simple.succeeds = match name {
            "export" | "unset" | "declare" | "typeset" | "local" | "readonly" | "set" | "echo" | "printf" | ":"
            | "true" | "alias" | "trap" | "shopt" | "setopt" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let steps = &mut simple.steps;
        let status = |word: Option<&ShellWord>| match word.map(ShellWord::literal) {
            Some(Some(text)) => Some(text == "0"),
            _ => None,
        };
        match name {
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
                if let [_] = arguments {
                    nested.push(at.program + 1);
                    simple.succeeds = None;
                    simple.action = self.nested(&arguments[0]).map_or(Action::Nothing, Action::Eval);
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
                    let _ = self.nested(handler);
                }
            }
            "exit" => simple.action = Action::Exit(status(arguments.first())),
            "return" => simple.action = Action::Return(status(arguments.first())),
            "break" => simple.action = Action::Break,
            "continue" => simple.action = Action::Continue,
            _ => self.elsewhere(raw, at.program + 1, nested),
        }
    }

    /// `docker exec … sh -c '…'` and the like: a program that runs apart from this one.
    fn elsewhere(&mut self, raw: &RawCommand, from: usize, nested: &mut Vec<usize>) {
        let shell = (from..raw.words.len())
            .find(|&index| matches!(basename(raw.words[index].text()), "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash"));
        let Some(index) = shell.and_then(|shell| script_argument(raw, shell + 1)) else { return };
        nested.push(index);
        let word = &raw.words[index];
        let prefix = self.prefix.clone();
        self.foreign_script(&word.decoded, &live_offsets(word), prefix, false);
    }

    /// `alias name='body'`.
    fn alias(&mut self, word: &ShellWord, nested: &mut Vec<usize>, raw: &RawCommand) {
        let Some(equals) = word.text().find('=').filter(|&at| at > 0) else { return };
        nested.extend(raw.words.iter().position(|other| std::ptr::eq(other, word)));
        let body = super::decode::part(&word.decoded, equals + 1, word.text().len());
        let live: Vec<usize> = live_offsets(word);
        let program = self.program(&body, &live);
        self.aliases.extend(program);
    }

    /// The program in a word.
    fn nested(&mut self, word: &ShellWord) -> Option<Node> {
        self.program(&word.decoded, &live_offsets(word))
    }

    /// Reads a string that this shell runs; `live` tells where in the document it was expanded before.
    fn program(&mut self, body: &Decoded, live: &[usize]) -> Option<Node> {
        if self.nesting >= MAX_NESTING {
            return None;
        }
        self.nesting += 1;
        let first = self.assignments.len();
        let node = parse(body.text.expose(), &body.origin, self);
        expand_earlier(&mut self.assignments[first..], live);
        self.nesting -= 1;
        Some(node)
    }

    /// Reads a script that runs apart from this one, in an environment of its own.
    pub(super) fn foreign_script(&mut self, body: &Decoded, live: &[usize], prefix: String, sourced: bool) {
        if self.nesting >= MAX_NESTING {
            return;
        }
        let collector = Collector { nesting: self.nesting + 1, depth: self.depth, ..Collector::new(prefix) };
        let mut found = run::interpret(body, collector, sourced);
        expand_earlier(&mut found.assignments, live);
        self.adopt(found.assignments, found.launches);
        self.commands.extend(found.commands);
        self.escaped.extend(found.escaped);
    }

    /// Takes over what another reader found in a part of the text.
    pub(super) fn adopt(&mut self, assignments: Vec<Assignment>, launches: impl IntoIterator<Item = Launch>) {
        let base = self.assignments.len();
        self.assignments.extend(assignments);
        self.foreign.extend(launches.into_iter().map(|launch| Launch {
            environment: launch.environment.into_iter().map(|index| base + index).collect(),
            ..launch
        }));
    }

    /// Adds the credentials in the command's words, but none twice.
    fn credentials(&mut self, command: &Command, raw: &RawCommand, first: usize, nested: &[usize]) {
        let programs: Vec<Span> = nested.iter().map(|&index| raw.words[index].decoded.span()).collect();
        let known: HashSet<Span> = self.assignments[first..].iter().map(|assignment| assignment.name_span).collect();
        let key = self.prefix.strip_suffix('.').unwrap_or(&self.prefix);
        for assignment in credentials(command, key) {
            let read_already = programs.iter().any(|program| program.contains(assignment.name_span));
            if !read_already && !known.contains(&assignment.name_span) {
                self.assignments.push(assignment);
            }
        }
    }
}

fn span_of(words: &[Word], first: usize, end: usize) -> Span {
    let start = words.get(first).map_or(0, |word| word.decoded.span().start);
    let end = words.get(end.saturating_sub(1)).map_or(start, |word| word.decoded.span().end);
    Span::new(start, end)
}

/// The argument of a shell's `-c`, among the words from `index` on.
fn script_argument(raw: &RawCommand, mut index: usize) -> Option<usize> {
    while let Some(word) = raw.words.get(index) {
        let text = word.text();
        let flags = text.strip_prefix(['-', '+'])?;
        index += 1;
        if text.starts_with('-') && !text.starts_with("--") && flags.contains('c') {
            return (index < raw.words.len()).then_some(index);
        }
        if flags.ends_with('o') {
            index += 1;
        }
    }
    None
}

/// Where in the document a word's live expansions stand.
pub(super) fn live_offsets(word: &ShellWord) -> Vec<usize> {
    word.live.iter().map(|&at| word.decoded.origin.span(at, at).start).collect()
}

/// Corrects values in a program that an outer shell has expanded before: quotes inside don't shield them.
pub(super) fn expand_earlier(assignments: &mut [Assignment], live: &[usize]) {
    for assignment in assignments {
        let span = assignment.decoded.span();
        let taken = matches!(assignment.value, Value::Literal | Value::Placeholder)
            || matches!(&assignment.value, Value::Reference(reference) if !reference.expanded);
        if taken && live.iter().any(|&at| span.start <= at && at < span.end) {
            assignment.value = live_value(&assignment.decoded);
        }
    }
}
