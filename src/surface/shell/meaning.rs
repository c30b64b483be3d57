//! What a simple command does to the environment, and what it starts.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use super::decode::{placed, verbatim};
use super::heredoc;
use super::language::Language;
use super::layout::HereDoc;
use super::scope::{Change, Scope};
use super::start::MAX_NESTING;
use super::tree::{Node, RawCommand};
use super::word::{Reader, ShellWord, name_length};
use crate::surface::command::{Unwrapped, credentials, live_value, unwrap};
use crate::surface::{Assignment, Command, Decoded, Launch, Origin, Output, Reference, Slot, Value, Word};
use crate::text::Span;

/// Numbers from here on are assignments of the document that were in effect before the text: see
/// [`Collector::inherit`].
pub(super) const INHERITED: usize = usize::MAX / 2;

/// Whether a variable matters to where the client sends what, so that a launch has to know it.
pub(in crate::surface) fn is_relevant(name: &str) -> bool {
    ["ANTHROPIC_", "CLAUDE_", "VERTEX_", "NODE_", "AWS_", "GOOGLE_"].iter().any(|prefix| name.starts_with(prefix))
        || matches!(
            name.to_ascii_uppercase().as_str(),
            "CLOUD_ML_REGION" | "HTTP_PROXY" | "HTTPS_PROXY" | "ALL_PROXY" | "NO_PROXY"
        )
}

/// A change of the environment; variables and assignments are numbers in the [`Collector`].
#[derive(Clone, Copy, Debug)]
pub(in crate::surface) enum Step {
    Set {
        variable: usize,
        assignment: usize,
        export: bool,
    },
    Unset {
        variable: usize,
        assignment: usize,
    },
    /// `passed` stands for the value if none is known but a file that is read, before or later, may give one.
    Export {
        variable: usize,
        passed: Option<usize>,
    },
    /// Set, or taken away, for the processes that the user starts later: `setx`.
    Later {
        variable: usize,
        assignment: usize,
        set: bool,
    },
    /// A dotenv file is read.
    Include {
        file: usize,
        reads: Reads,
    },
    /// `docker run -e NAME`: what the shell has is handed on.
    Pass {
        variable: usize,
        assignment: usize,
    },
    /// `export -n`: children get nothing, the shell keeps the value.
    Withdraw {
        variable: usize,
        assignment: usize,
    },
    /// `set -a`, `set +a`.
    ExportAll(bool),
    /// `setlocal`: what is set is kept for the `endlocal` to come.
    Keep,
    /// `endlocal`.
    Restore,
    /// The function's end restores the variable.
    Local {
        variable: usize,
    },
    /// fish's `set`.
    Scoped {
        scope: Scope,
        variable: usize,
        change: Change,
    },
    /// `env -i`; also where any variable may have been taken away.
    Clear,
}

impl Step {
    /// The same for the processes that the user starts later.
    pub(in crate::surface) fn later(self) -> Option<Self> {
        match self {
            Self::Set { variable, assignment, .. } => Some(Self::Later { variable, assignment, set: true }),
            Self::Unset { variable, assignment } => Some(Self::Later { variable, assignment, set: false }),
            _ => None,
        }
    }

    /// What the step does in a script that starts the client itself, or prepares what others start.
    pub(super) fn in_effect(self, starts: bool) -> Option<Self> {
        match self {
            Self::Later { .. } if starts => None,
            Self::Later { variable, assignment, set: true } => Some(Self::Set { variable, assignment, export: true }),
            Self::Later { variable, assignment, set: false } => Some(Self::Unset { variable, assignment }),
            step => Some(step),
        }
    }
}

/// How a dotenv file gets into an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::surface) enum Reads {
    /// `. .env`: plain assignments are the shell's own; children get them under `set -a` only.
    Sourced,
    /// `export $(cat .env)`: children get everything.
    Exported,
    /// `dotenv -- claude`, `docker run --env-file`: as above, but what is set already stays.
    Behind,
}

/// What a simple command does besides changing variables.
#[derive(Debug, Default)]
pub(in crate::surface) enum Action {
    #[default]
    Nothing,
    /// Starts the client: a number in [`Collector::starts`].
    Launch(usize),
    /// Starts something else in an environment made for it, as `docker run -e NAME=value image` does.
    Prepare,
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
pub(in crate::surface) struct Simple {
    /// Changes in the shell itself.
    pub(in crate::surface) steps: Vec<Step>,
    /// Changes for this command only.
    pub(in crate::surface) own: Vec<Step>,
    /// What a container or another machine gets instead of the shell's environment.
    pub(in crate::surface) inside: Option<Vec<Step>>,
    /// The function that it calls, if there is one of that name.
    pub(in crate::surface) call: Option<String>,
    pub(in crate::surface) action: Action,
    /// `exec`: nothing of the script comes after.
    pub(in crate::surface) replaces: bool,
    /// The exit status, if it is known.
    pub(in crate::surface) succeeds: Option<bool>,
    /// The exit status is that of what ran before.
    pub(in crate::surface) keeps_status: bool,
}

/// Gathers what the text holds while it is parsed.
#[derive(Debug, Default)]
pub(in crate::surface) struct Collector {
    /// What the text that is read just now is written in.
    pub(in crate::surface) language: Language,
    /// What goes before names in keys.
    pub(in crate::surface) prefix: String,
    pub(in crate::surface) assignments: Vec<Assignment>,
    pub(in crate::surface) commands: Vec<Command>,
    /// Starts of the client, from the client's word on.
    pub(in crate::surface) starts: Vec<Command>,
    /// Launches of scripts that this one writes.
    pub(in crate::surface) foreign: Vec<Launch>,
    /// Commands whose output is shown wherever that of the commands around them goes: `>&2`.
    pub(in crate::surface) settled: HashSet<usize>,
    pub(in crate::surface) functions: Vec<(String, Rc<Node>)>,
    /// Which commands stand in the functions' bodies.
    pub(in crate::surface) bodies: Vec<(String, Range<usize>)>,
    /// Bodies of aliases, which run when the user says so.
    pub(in crate::surface) aliases: Vec<Node>,
    /// Names of all commands, to know which functions are never called.
    pub(in crate::surface) called: HashSet<String>,
    pub(in crate::surface) escaped: Vec<Decoded>,
    /// Paths of the dotenv files that are read.
    pub(in crate::surface) includes: Vec<Decoded>,
    /// The words that loop variables stand for, and the elements of arrays.
    pub(in crate::surface) lists: HashMap<String, Vec<Decoded>>,
    /// How often a variable is taken away whose name is not known.
    pub(in crate::surface) clears: usize,
    pub(in crate::surface) depth: usize,
    pub(in crate::surface) nesting: usize,
    /// What is in effect before the text, on each of the ways that lead there.
    pub(super) inherited: Vec<Vec<Step>>,
    pub(in crate::surface) variables: HashMap<String, usize>,
    /// The last assignment of each name in order of the text, and the names that are exported.
    pub(in crate::surface) last: HashMap<String, usize>,
    pub(in crate::surface) exported: HashSet<String>,
    pub(in crate::surface) export_all: bool,
}

impl Collector {
    /// A collector that puts `prefix` before the names in keys.
    pub(in crate::surface) fn new(prefix: String) -> Self {
        Self { prefix, ..Self::default() }
    }

    /// Notes what is exported before the text begins, on one of the ways that lead there: assignments of the document
    /// and their numbers.
    pub(super) fn inherit<'a>(&mut self, outside: impl Iterator<Item = (usize, &'a Assignment)>) {
        let mut steps = Vec::new();
        for (number, Assignment { name, value, .. }) in outside {
            let Some(variable) = self.variable(name) else { continue };
            let assignment = INHERITED + number;
            if matches!(value, Value::Unset) {
                steps.push(Step::Unset { variable, assignment });
            } else {
                self.exported.insert(name.clone());
                steps.push(Step::Set { variable, assignment, export: true });
            }
        }
        self.inherited.push(steps);
    }

    pub(in crate::surface) fn variable(&mut self, name: &str) -> Option<usize> {
        is_relevant(name).then(|| self.number(name))
    }

    pub(in crate::surface) fn number(&mut self, name: &str) -> usize {
        let next = self.variables.len();
        *self.variables.entry(name.to_owned()).or_insert(next)
    }

    pub(in crate::surface) fn add(
        &mut self,
        name: &str,
        name_span: Span,
        value: Value,
        decoded: Decoded,
        exported: bool,
    ) -> usize {
        let exported = exported || self.export_all || self.exported.contains(name);
        if matches!(value, Value::Unset) {
            self.exported.remove(name);
        }
        self.last.insert(name.to_owned(), self.assignments.len());
        self.lists.remove(name);
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

    pub(in crate::surface) fn set(&mut self, steps: &mut Vec<Step>, name: &str, assignment: usize, export: bool) {
        if let Some(variable) = self.variable(name) {
            steps.push(Step::Set { variable, assignment, export });
        }
    }

    /// Notes that the part of `word` behind `NAME=` is assigned; `name` is the name's place.
    pub(in crate::surface) fn assign(
        &mut self,
        steps: &mut Vec<Step>,
        word: &ShellWord,
        name: Range<usize>,
        exported: bool,
    ) {
        let (value, decoded) = word.value(name.end + 1);
        let span = word.decoded.origin.span(name.start, name.end);
        let name = &word.text()[name];
        let index = self.add(name, span, value, decoded, exported);
        self.set(steps, name, index, exported);
    }

    /// Notes that the variable is taken away.
    pub(in crate::surface) fn unset(&mut self, name: &Decoded) -> Option<(usize, usize)> {
        let span = name.span();
        let name = name.text.expose();
        if name.is_empty() || name_length(name) != name.len() {
            return None;
        }
        let index = self.add(name, span, Value::Unset, Decoded::direct("", span.end), false);
        self.variable(name).map(|variable| (variable, index))
    }

    /// Notes that a variable is handed on, whatever it holds; its name stands at `span`.
    pub(in crate::surface) fn add_passed(&mut self, name: &str, span: Span) -> usize {
        let reference = Reference { name: Some(name.to_owned()), expanded: true, default: None };
        let before = self.last.get(name).copied();
        let index = self.add(name, span, Value::Reference(reference), Decoded::direct("", span.end), true);
        if let Some(before) = before {
            self.last.insert(name.to_owned(), before);
        }
        index
    }

    /// Notes an assignment in a comment.
    pub(in crate::surface) fn comment(&mut self, reader: Reader<'_>, range: Range<usize>) {
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
        let layout = super::layout::Layout::new(text, Language::Posix);
        let origin = placed(reader.origin, start, text);
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
    pub(in crate::surface) fn simple(&mut self, reader: Reader<'_>, raw: RawCommand) -> (Simple, Vec<HereDoc>) {
        let (first, first_command) = (self.assignments.len(), self.commands.len());
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
        self.send(first_command, raw.output);
        let unclaimed = heredoc::read(self, reader, &raw, &words, &at);
        heredoc::printed(self, &raw, &at);
        if !words.is_empty() {
            let span = reader.origin.span(raw.range.start, raw.range.end);
            let key = self.prefix.strip_suffix('.').unwrap_or(&self.prefix);
            let command = Command { words, span, key: key.to_owned(), output: Output::Shown };
            self.credentials(&command, &raw, first, &nested);
            self.commands.push(command);
            self.send(self.commands.len() - 1, raw.output);
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
                let value = Value::Reference(Reference {
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
                None => (Value::Unknown, verbatim(reader.origin, reader.text, prefix.range.clone())),
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
            if !prefix.elements.is_empty() && !prefix.partial {
                self.lists.insert(name.to_owned(), prefix.elements.clone());
            }
        }
    }

    /// A loop that takes variables away by computed names, of which there were `clears` before, is written for the
    /// case that there are some.
    pub(super) fn clearing(&self, clears: usize, node: Node) -> Node {
        if self.clears == clears {
            return node;
        }
        let clear = Simple { steps: vec![Step::Clear], ..Simple::default() };
        Node::Sequence(vec![node, Node::Simple(Box::new(clear))])
    }

    /// What `env`, `sudo` and their kin change for the program behind them.
    pub(in crate::surface) fn environment(&mut self, raw: &RawCommand, at: &Unwrapped, simple: &mut Simple) {
        if at.clears {
            simple.own.push(Step::Clear);
        }
        for file in &at.files {
            let reads = if file.replaces { Reads::Exported } else { Reads::Behind };
            self.include_named(raw, file, reads, &mut simple.own);
        }
        for &(index, from) in &at.unsets {
            let word = &raw.words[index];
            let name = word.literal().map(|text| super::decode::part(&word.decoded, from, text.len()));
            if let Some((variable, assignment)) = name.and_then(|name| self.unset(&name)) {
                simple.own.push(Step::Unset { variable, assignment });
            }
        }
        let mut given: Vec<usize> = at.sets.iter().chain(&at.computed).copied().collect();
        given.sort_unstable();
        for index in given {
            let word = &raw.words[index];
            if at.computed.contains(&index) {
                self.include_read(word, Reads::Exported, &mut simple.own);
                continue;
            }
            if let Some(length) = word.assignment() {
                self.assign(&mut simple.own, word, 0..length, true);
            }
        }
    }

    /// Takes over what another reader found in a part of the text.
    pub(in crate::surface) fn adopt(
        &mut self,
        assignments: Vec<Assignment>,
        launches: impl IntoIterator<Item = Launch>,
    ) {
        let base = self.assignments.len();
        self.assignments.extend(assignments);
        self.foreign.extend(launches.into_iter().map(|launch| launch.renumbered(|index| base + index)));
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

/// Where in the document a word's live expansions stand.
pub(in crate::surface) fn live_offsets(word: &ShellWord) -> Vec<usize> {
    word.live.iter().map(|&at| word.decoded.origin.span(at, at).start).collect()
}

/// Corrects values in a program that an outer shell has expanded before: quotes inside don't shield them.
pub(in crate::surface) fn expand_earlier(assignments: &mut [Assignment], live: &[usize]) {
    for assignment in assignments {
        let span = assignment.decoded.span();
        let taken = matches!(assignment.value, Value::Literal | Value::Placeholder)
            || matches!(&assignment.value, Value::Reference(reference) if !reference.expanded);
        if taken && live.iter().any(|&at| span.start <= at && at < span.end) {
            assignment.value = live_value(&assignment.decoded);
        }
    }
}
