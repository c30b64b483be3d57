//! A process that a file describes: the environment around its commands, and what they start in it.

use std::collections::HashSet;

use super::command::{basename, credentials, is_client, unwrap};
use super::shell::decode::Builder;
use super::shell::word::name_length;
use super::shell::{self, Fragment, is_relevant};
use super::{Command, Decoded, Document, Include, Launch, Origin, Output, Reference, Value, Word};
use crate::text::Span;

/// More launches of a document than that are not told apart.
const MAX_LAUNCHES: usize = 1024;
/// More variables of the client than that nobody sets.
const MAX_VARIABLES: usize = 256;

/// No `{{ … }}` is longer; a bound keeps the search linear.
const MAX_TEMPLATE: usize = 512;

/// A process, its key, and what is in effect before its own commands change it.
#[derive(Debug)]
pub(super) struct Process {
    key: String,
    /// One environment for each way in which the file can be read: arms of a conditional never meet.
    environments: Vec<Vec<usize>>,
    includes: Vec<Include>,
    /// The document's launches before this process.
    first: usize,
}

/// A string for the shell in which the language around it has references of its own.
#[derive(Debug)]
pub(super) struct Script {
    text: Decoded,
    /// Their places in the document, and the variables that they name.
    references: Vec<(Span, Option<String>)>,
}

/// What stands for a reference of the outer language while the shell's grammar is read.
pub(super) enum Outer {
    /// A variable, as far as the shell is concerned.
    Variable(String),
    /// Text that is known.
    Text(String),
    /// Whatever it may be.
    Computed,
    /// A command whose output it is: the part of the text where it stands.
    Output(std::ops::Range<usize>),
}

impl Process {
    /// A process with one environment: indices of the document's assignments, one for each name.
    pub(super) fn new(document: &Document, key: &str, environment: &[usize], includes: Vec<Include>) -> Self {
        Self::with_all(document, key, &[environment.to_vec()], includes)
    }

    /// A process with several possible environments.
    pub(super) fn with_all(
        document: &Document,
        key: &str,
        environments: &[Vec<usize>],
        includes: Vec<Include>,
    ) -> Self {
        let matters = |index: &usize| is_relevant(&document.assignments[*index].name);
        let relevant = |all: &Vec<usize>| all.iter().copied().filter(matters).take(MAX_VARIABLES).collect();
        Self {
            key: key.to_owned(),
            environments: environments.iter().map(relevant).collect(),
            includes,
            first: document.launches.len(),
        }
    }

    /// Reads a string that a shell runs in this process; `key` names its place.
    pub(super) fn script(&self, document: &mut Document, script: &Script, key: &str) {
        let Fragment { mut assignments, mut commands, launches } = shell::fragment(&script.text, key);
        document.keys.push((script.text.span(), key.to_owned()));
        if matches!(script.text.origin, Origin::Mapped(_)) {
            document.escaped.push(script.text.clone());
        }
        for assignment in &mut assignments {
            // Also in single quotes, since the outer language is done before the shell begins.
            let replaced = matches!(&assignment.value, Value::Reference(reference) if !reference.expanded)
                || matches!(assignment.value, Value::Literal | Value::Placeholder);
            if let Some(name) = script.reference_in(assignment.decoded.span()).filter(|_| replaced) {
                assignment.value = Value::Reference(Reference { name, expanded: true, default: None });
            }
        }
        for word in commands.iter_mut().flat_map(|command| &mut command.words) {
            word.dynamic |= script.reference_in(word.decoded.span()).is_some();
        }
        let base = document.assignments.len();
        document.assignments.extend(assignments);
        for launch in launches {
            let start = launch.command.as_ref().map_or(Span::new(0, 0), |command| command.span);
            let whole = commands.iter().find(|command| command.span.contains(start));
            let clears = whole.is_some_and(|command| unwrap(&command.words).clears);
            let own: Vec<usize> = launch.environment.iter().map(|index| base + index).collect();
            self.start(document, launch, &own, clears);
        }
        document.commands.extend(commands);
    }

    /// A command that is started without a shell, as its words.
    pub(super) fn command(&self, document: &mut Document, words: Vec<Word>, key: &str) {
        let (Some(first), Some(last)) = (words.first(), words.last()) else { return };
        let span = Span::new(first.decoded.span().start, last.decoded.span().end);
        let command = Command { words, span, key: key.to_owned(), output: Output::Shown };
        let at = unwrap(&command.words);
        let program = command.words.get(at.program).map_or("", |word| word.decoded.text.expose());
        if matches!(basename(program), "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh")
            && let Some(text) = script_argument(&command.words, at.program + 1)
        {
            self.script(document, &Script::plain(text.clone()), key);
        }
        let base = document.assignments.len();
        document.assignments.extend(credentials(&command, key));
        if is_client(program) {
            let sets: HashSet<usize> = at.sets.iter().map(|&index| command.words[index].decoded.span().start).collect();
            let own: Vec<usize> = (base..document.assignments.len())
                .filter(|&index| sets.contains(&document.assignments[index].name_span.start))
                .collect();
            let client = Command { words: command.words[at.program..].to_vec(), ..command.clone() };
            self.start(document, Launch { command: Some(client), ..Launch::default() }, &own, at.clears);
        }
        document.commands.push(command);
    }

    /// Adds a launch with what is in effect around it.
    fn start(&self, document: &mut Document, launch: Launch, own: &[usize], clears: bool) {
        let names: HashSet<&str> = own.iter().map(|&index| document.assignments[index].name.as_str()).collect();
        let mut launches: Vec<Launch> = Vec::new();
        for outer in &self.environments {
            let outer = outer.iter().filter(|&&index| !clears && !names.contains(&*document.assignments[index].name));
            let environment: Vec<usize> = outer.chain(own).copied().collect();
            if launches.iter().all(|other| other.environment != environment) {
                let mut includes = self.includes.clone();
                includes.extend(launch.includes.iter().cloned());
                launches.push(Launch {
                    key: self.key.clone(),
                    environment,
                    includes,
                    command: launch.command.clone(),
                    isolated: clears || launch.isolated,
                    client: launch.client,
                });
            }
        }
        let room = MAX_LAUNCHES.saturating_sub(document.launches.len());
        document.launches.extend(launches.into_iter().take(room));
    }

    /// Ends the process. If its commands started no client, its environment is a launch where it sets something that
    /// the client reads.
    pub(super) fn finish(mut self, document: &mut Document) {
        if document.launches[self.first..].iter().any(|launch| launch.command.is_some()) {
            return;
        }
        let sets = |environment: &Vec<usize>| environment.iter().any(|&at| document.assignments[at].value.is_set());
        self.environments.retain(sets);
        self.start(document, Launch::default(), &[], false);
    }
}

/// The argument of `-c` behind a shell's name.
pub(super) fn script_argument(words: &[Word], from: usize) -> Option<&Decoded> {
    let options = words.get(from..)?.iter().take_while(|word| word.decoded.text.expose().starts_with('-'));
    let flag = options.take(8).position(|word| {
        let text = word.decoded.text.expose();
        !text.starts_with("--") && text.ends_with('c')
    })?;
    words.get(from + flag + 1).map(|word| &word.decoded)
}

impl Script {
    /// A string without references of another language.
    pub(super) fn plain(text: Decoded) -> Self {
        Self { text, references: Vec::new() }
    }

    /// A string with `{{ name }}`, which the outer language replaces.
    pub(super) fn mustache(text: &Decoded) -> Self {
        Self::templated(text, &['{'], |text, at| {
            let rest = text[at..].strip_prefix("{{")?;
            let window = crate::text::floor(rest, MAX_TEMPLATE);
            let length = rest[..window].find("}}")?;
            let inner = rest[..length].trim().trim_matches('-').trim();
            let name = inner.strip_prefix("env.").or(inner.strip_prefix('.')).unwrap_or(inner);
            let is_name = name_length(name) == name.len() && !name.is_empty();
            let outer = if is_name { Outer::Variable(name.to_owned()) } else { Outer::Computed };
            Some((length + 4, outer))
        })
    }

    /// A string in which `find` recognises the outer language's references, which begin with one of `marks`: the length of
    /// the one at a byte offset, and what stands for it.
    pub(super) fn templated(
        text: &Decoded,
        marks: &[char],
        find: impl Fn(&str, usize) -> Option<(usize, Outer)>,
    ) -> Self {
        let raw = text.text.expose();
        let mut builder = Builder::new(0);
        let mut references = Vec::new();
        let (mut at, mut copied) = (0, 0);
        while let Some(mark) = raw[at..].find(marks) {
            at += mark;
            let Some((length, outer)) = find(raw, at) else {
                at += raw[at..].chars().next().map_or(1, char::len_utf8);
                continue;
            };
            builder.push(&raw[copied..at], copied);
            let end = at + length;
            let mut insert = |text: &str| text.chars().for_each(|character| builder.push_escaped(character, at, end));
            let place = text.origin.span(at, end);
            match outer {
                Outer::Variable(name) => {
                    insert(&format!("${{{name}}}"));
                    references.push((place, Some(name)));
                }
                Outer::Text(text) => insert(&text),
                Outer::Computed => {
                    insert("$(:)");
                    references.push((place, None));
                }
                Outer::Output(command) => {
                    insert("$(");
                    builder.push(&raw[command.clone()], command.start);
                    builder.push_escaped(')', end - 1, end);
                    references.push((place, None));
                }
            }
            (at, copied) = (end, end);
        }
        builder.push(&raw[copied..], copied);
        Self { text: builder.finish(&text.origin), references }
    }

    /// The first reference inside a span, if there is one.
    fn reference_in(&self, span: Span) -> Option<Option<String>> {
        let at = self.references.partition_point(|(place, _)| place.end <= span.start);
        self.references.get(at).filter(|(place, _)| place.overlaps(span)).map(|(_, name)| name.clone())
    }
}
