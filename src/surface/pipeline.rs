//! Continuous-integration pipelines: what the systems share. One module a system says where its variables and scripts
//! stand, and which of them meet in one step.

mod action;
mod azure;
mod bitbucket;
mod buildkite;
mod circleci;
mod comment;
mod drone;
mod github;
mod gitlab;
mod jenkins;
mod travis;

use super::entries::{json_key, merged, pair, pair_in_string, push, strings};
use super::process::Process;
use super::script::Script;
use super::shell::decode::Builder;
use super::shell::language::Language;
use super::shell::meaning::is_relevant;
use super::tree::{Kind, Member, Node};
use super::{Assignment, Decoded, Document, Launch, Origin, Pipeline, Reference, Slot, Value, yaml};
use crate::credential::{self, Dialect};
use crate::text::Span;

/// Reads the file.
pub fn read(document: &mut Document, pipeline: Pipeline) {
    let text = document.text.as_str().to_owned();
    let dialect = match pipeline {
        Pipeline::GitHub => Dialect::GitHub,
        Pipeline::Azure => Dialect::Azure,
        Pipeline::CircleCi => Dialect::CircleCi,
        Pipeline::GitLab
        | Pipeline::Bitbucket
        | Pipeline::Buildkite
        | Pipeline::Drone
        | Pipeline::Travis
        | Pipeline::Jenkins => Dialect::Braces,
    };
    let mut reader = Reader { document, dialect, windows: false, budget: BUDGET };
    if pipeline == Pipeline::Jenkins {
        return jenkins::read(&mut reader, &text);
    }
    for tree in &yaml::parse(&text).0 {
        match pipeline {
            Pipeline::GitHub => github::read(&mut reader, tree),
            Pipeline::GitLab => gitlab::read(&mut reader, tree),
            Pipeline::CircleCi => circleci::read(&mut reader, tree),
            Pipeline::Azure => azure::read(&mut reader, tree),
            Pipeline::Bitbucket => bitbucket::read(&mut reader, tree),
            Pipeline::Buildkite => buildkite::read(&mut reader, tree),
            Pipeline::Drone => drone::read(&mut reader, tree),
            Pipeline::Travis => travis::read(&mut reader, tree),
            Pipeline::Jenkins => {}
        }
    }
    comment::read(&mut reader, &text);
    for assignment in &mut reader.document.assignments {
        qualify(assignment, dialect);
    }
}

/// What a pipeline's store supplies under a variable's own name is a value, and not the variable handed on: the
/// reference's name says where it comes from.
fn qualify(assignment: &mut Assignment, dialect: Dialect) {
    let Value::Reference(Reference { name: Some(name), expanded: true, default }) = &mut assignment.value else {
        return;
    };
    let text = assignment.decoded.text.expose();
    if dialect == Dialect::GitHub && default.is_none() && may_be_empty(text) {
        assignment.name.clone_into(name);
        return;
    }
    let store = match dialect {
        Dialect::GitHub => ["secrets", "vars", "github", "matrix"].into_iter().find(|store| {
            text.match_indices(store).any(|(at, _)| {
                text[at + store.len()..].strip_prefix('.').is_some_and(|rest| rest.starts_with(name.as_str()))
            })
        }),
        Dialect::Azure => text.contains("$(").then_some("variables"),
        _ => None,
    };
    if let Some(store) = store {
        *name = format!("{store}.{name}");
    }
}

/// Whether an expression of GitHub is written so that nothing may come of it: the caller's input, another variable, a
/// condition. Such a variable is handed on, if it is there.
fn may_be_empty(expression: &str) -> bool {
    ["inputs.", "env.", "&&", "==", "!=", "|| ''"].iter().any(|part| expression.contains(part))
}

/// What all steps together may cost, in variables that they inherit and bytes of scripts that they share.
const BUDGET: usize = 4_000_000;
/// What one variable costs.
const VARIABLE: usize = 16;

/// Who runs a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shell {
    Posix,
    Pwsh,
    Batch,
    /// Python, perl, …
    Other,
}

impl Shell {
    /// The shell that a name or a command line such as `bash -e {0}` says.
    fn named(name: &str) -> Self {
        match super::command::basename(name.split_whitespace().next().unwrap_or("")) {
            "" | "bash" | "sh" | "zsh" | "dash" | "ksh" | "ash" => Self::Posix,
            "pwsh" | "powershell" | "pwsh.exe" | "powershell.exe" => Self::Pwsh,
            "cmd" | "cmd.exe" => Self::Batch,
            _ => Self::Other,
        }
    }
}

/// A pipeline that is being read.
struct Reader<'d> {
    document: &'d mut Document,
    dialect: Dialect,
    /// The job runs on Windows.
    windows: bool,
    budget: usize,
}

impl Reader<'_> {
    /// Variables in one of the forms `{A: b}`, `{A: {value: b}}`, `[A=b]`, `[{name: A, value: b}]`.
    fn variables(&mut self, node: &Node, key: &str) -> Vec<usize> {
        let first = self.document.assignments.len();
        for member in node.members() {
            self.variable(member, &format!("{key}.{}", json_key(&member.name)));
        }
        for element in node.elements() {
            match (&element.kind, element.get("name").and_then(Node::as_string)) {
                (Kind::String(text), _) => {
                    pair_in_string(self.document, text, key, self.dialect);
                }
                (_, Some(name)) => {
                    let value = element.get("value").or(element.get("default"));
                    let value = value.cloned().unwrap_or(Node { kind: Kind::Null, span: element.span });
                    let named = Member { name: name.text.expose().to_owned(), name_span: name.span(), value };
                    self.variable(&named, &format!("{key}.{}", json_key(&named.name)));
                }
                (Kind::Object(_), None) => {
                    self.variables(element, key);
                }
                _ => {}
            }
        }
        (first..self.document.assignments.len()).collect()
    }

    /// One variable.
    fn variable(&mut self, member: &Member, key: &str) {
        self.assignment(member, &member.name, Slot::Variable, key);
    }

    /// One member as an assignment to `name`.
    fn assignment(&mut self, member: &Member, name: &str, slot: Slot, key: &str) {
        let value = member.value.get("value").or(member.value.get("default")).unwrap_or(&member.value);
        // Supplied when it runs, or encrypted: `{from_secret: x}`, `{secure: …}`, `{vault: …}`.
        let supplied = matches!(value.kind, Kind::Object(_)).then(|| {
            let name = value
                .get("from_secret")
                .and_then(Node::as_string)
                .map(|name| format!("secrets.{}", name.text.expose()));
            Value::Reference(Reference { name, expanded: true, default: None })
        });
        match (&value.kind, supplied) {
            (Kind::Null, _) => {
                let empty = Decoded::direct("", value.span.start);
                push(self.document, name, member.name_span, slot, empty, key, self.dialect);
            }
            (_, Some(supplied)) => {
                let empty = Decoded::direct("", value.span.start);
                push(self.document, name, member.name_span, slot, empty, key, self.dialect);
                if let Some(assignment) = self.document.assignments.last_mut() {
                    assignment.value = supplied;
                }
            }
            _ => {
                let named = Member { name: name.to_owned(), name_span: member.name_span, value: value.clone() };
                pair(self.document, &named, key, slot, self.dialect);
            }
        }
    }

    /// What has no meaning of its own here: strings are noted, and those named like a credential are judged.
    fn settings(&mut self, member: &Member, key: &str) {
        match &member.value.kind {
            // The key of a cache or of a step.
            Kind::String(_) if member.name == "key" => strings(self.document, &member.value, key),
            Kind::String(text) => {
                let slot = if text.text.expose().contains("://") { Slot::Url } else { Slot::Setting };
                pair(self.document, member, key, slot, self.dialect);
            }
            Kind::Object(_) => self.all_settings(&member.value, key),
            Kind::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    let key = format!("{key}[{index}]");
                    match &element.kind {
                        Kind::Object(_) => self.all_settings(element, &key),
                        _ => strings(self.document, element, &key),
                    }
                }
            }
            Kind::Scalar(_) | Kind::Null => {}
        }
    }

    fn all_settings(&mut self, node: &Node, key: &str) {
        for member in node.members() {
            self.settings(member, &below(key, &member.name));
        }
    }

    /// The lines of a script, which may be one string, a list, or lists in lists.
    fn lines(&mut self, node: &Node, key: &str) -> Vec<Decoded> {
        strings(self.document, node, key);
        let mut lines = Vec::new();
        collect(node, &mut lines);
        lines
    }

    /// The variables that a step finds: of a name the last layer's. Only those that the client reads.
    fn environment(&mut self, layers: &[&[usize]]) -> Vec<usize> {
        let size: usize = layers.iter().map(|layer| layer.len()).sum();
        let layers = match (self.budget.checked_sub(size * VARIABLE), layers.last()) {
            (Some(rest), _) => {
                self.budget = rest;
                layers
            }
            (None, Some(last)) => &[*last][..],
            (None, None) => &[],
        };
        let mut environment = merged(self.document, layers);
        environment.retain(|&index| is_relevant(&self.document.assignments[index].name));
        environment
    }

    /// Reads a script that starts in an environment. Its lines run in one shell.
    fn script(&mut self, lines: &[Decoded], shell: Shell, key: &str, step: &str, environment: &[usize]) {
        if lines.is_empty() {
            return;
        }
        let first = (self.document.assignments.len(), self.document.commands.len());
        let process = Process::new(self.document, step, environment, Vec::new());
        let language = match shell {
            Shell::Posix => Some(Language::Posix),
            Shell::Pwsh => Some(Language::PowerShell),
            Shell::Batch => Some(Language::Batch),
            Shell::Other => None,
        };
        if let Some(language) = language {
            process.script(self.document, &Script::plain(joined(lines)).written_in(language), key);
        }
        if self.dialect == Dialect::CircleCi {
            self.restore(first.0, first.1);
        }
        // `${{ … }}` is replaced before the shell sees it, in quotes or not.
        if matches!(self.dialect, Dialect::GitHub | Dialect::Azure) {
            for assignment in &mut self.document.assignments[first.0..] {
                if assignment.decoded.text.expose().contains("${{") {
                    assignment.value = credential::classify(&assignment.decoded, self.dialect);
                }
            }
            for word in self.document.commands[first.1..].iter_mut().flat_map(|command| &mut command.words) {
                word.dynamic |= word.decoded.text.expose().contains("${{");
            }
        }
    }

    /// Puts `<< … >>` back in what was read of a script without it.
    fn restore(&mut self, assignment: usize, command: usize) {
        let document = &mut *self.document;
        for assignment in &mut document.assignments[assignment..] {
            if circleci::restore(&mut assignment.decoded, document.text.as_str()) {
                assignment.value = credential::classify(&assignment.decoded, self.dialect);
            }
        }
        for word in document.commands[command..].iter_mut().flat_map(|command| &mut command.words) {
            circleci::restore(&mut word.decoded, document.text.as_str());
        }
    }

    /// Adds a launch without a client for variables that no launch since `first` has taken up, if `own` has any that
    /// matter.
    fn rest(&mut self, first: usize, key: &str, own: &[usize], layers: &[&[usize]]) {
        let matters = |&index: &usize| {
            let assignment = &self.document.assignments[index];
            assignment.value.is_set() && is_relevant(&assignment.name)
        };
        if self.document.launches.len() > first || !own.iter().any(matters) {
            return;
        }
        let environment = self.environment(layers);
        self.document.launches.push(Launch { key: key.to_owned(), environment, ..Launch::default() });
    }

    /// A step with a script and variables of its own.
    fn step(
        &mut self,
        lines: &[Decoded],
        shell: Shell,
        script_key: &str,
        key: &str,
        own: &[usize],
        outer: &[&[usize]],
    ) {
        let first = self.document.launches.len();
        let layers = [outer, &[own]].concat();
        let environment = self.environment(&layers);
        self.script(lines, shell, script_key, key, &environment);
        self.rest(first, key, own, &layers);
    }

    /// Whether as many bytes that were read before may be read again, in another context.
    fn affords(&mut self, bytes: usize) -> bool {
        let rest = self.budget.checked_sub(bytes + 1);
        self.budget = rest.unwrap_or(self.budget);
        rest.is_some()
    }

    /// Adds one variable whose value is supplied from elsewhere, as what stands at `place` says.
    fn supplied(&mut self, name: &str, name_span: Span, place: usize, key: &str, from: Option<String>) -> usize {
        push(self.document, name, name_span, Slot::Variable, Decoded::direct("", place), key, self.dialect);
        let index = self.document.assignments.len() - 1;
        self.document.assignments[index].value =
            Value::Reference(Reference { name: from, expanded: true, default: None });
        index
    }
}

/// A key below another.
fn below(key: &str, name: &str) -> String {
    if key.is_empty() { json_key(name) } else { format!("{key}.{}", json_key(name)) }
}

fn collect(node: &Node, lines: &mut Vec<Decoded>) {
    match &node.kind {
        Kind::String(line) => lines.push(line.clone()),
        Kind::Array(elements) => elements.iter().for_each(|element| collect(element, lines)),
        _ => {}
    }
}

/// The bytes of all lines.
fn size(lines: &[Decoded]) -> usize {
    lines.iter().map(|line| line.text.expose().len() + 1).sum()
}

/// Lines as one text.
fn joined(lines: &[Decoded]) -> Decoded {
    let [first, rest @ ..] = lines else { return Decoded::direct("", 0) };
    if rest.is_empty() {
        return first.clone();
    }
    let mut builder = Builder::new(first.span().start);
    for line in lines {
        let text = line.text.expose();
        for (at, character) in text.char_indices() {
            let place = line.origin.span(at, at + character.len_utf8());
            if place.end == place.start + character.len_utf8() {
                builder.push(&text[at..at + character.len_utf8()], place.start);
            } else {
                builder.push_escaped(character, place.start, place.end);
            }
        }
        let end = line.span().end;
        builder.push_escaped('\n', end, end);
    }
    builder.finish(&Origin::Direct(0))
}

#[cfg(test)]
mod tests;
