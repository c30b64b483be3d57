//! Dockerfiles: stages, and what their processes find.
//!
//! `ENV` reaches every process of the stage, of the stages made from it, and of the container; `ARG` reaches `RUN`
//! alone (Dockerfile reference, 2026-08).

pub(crate) mod syntax;

use std::collections::HashMap;
use std::rc::Rc;

use super::entries::{json_key, merged};
use super::json::{self, Kind};
use super::process::{Process, decides};
use super::script::Script;
use super::shell::decode::Builder;
use super::shell::language::Language;
use super::shell::{is_relevant, is_shell};
use super::{Assignment, Command, Decoded, Document, Launch, Origin, Reference, Secret, Slot, Value, command, dotenv};
use crate::credential::{Dialect, classify};
use syntax::{Comment, HereDoc, Instruction, Item, Pair, is_name, items, pairs, words};

/// So many stages back a reference is looked up.
const MAX_LOOKUP: usize = 32;
/// Of so many stages what they start is handed on, and only if it is so short.
const MAX_STAGES: usize = 1000;
const MAX_INHERITED: usize = 16 * 1024;

/// So many variables of the client a stage sets at most.
const MAX_VARIABLES: usize = 256;

/// Reads the file.
pub fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let (items, escape) = items(&text);
    let mut reader = Reader { document, text: &text, escape, stages: vec![Stage::default()], names: HashMap::new() };
    for item in &items {
        match item {
            Item::Comment(comment) => reader.comment(comment),
            Item::Instruction(instruction) => reader.instruction(instruction, false),
        }
    }
    reader.finish();
}

/// How a process is written.
#[derive(Clone, Debug)]
enum Form {
    Words(Vec<Decoded>),
    Shell(Decoded),
}

impl Form {
    fn length(&self) -> usize {
        match self {
            Self::Words(words) => words.iter().map(|word| word.text.expose().len()).sum(),
            Self::Shell(text) => text.text.expose().len(),
        }
    }
}

#[derive(Debug, Default)]
struct Stage {
    /// The logical place: the stage's name and a dot; empty without a name.
    prefix: String,
    /// The stage that it is made from.
    base: Option<usize>,
    /// What `ENV` sets, in order; only what the client reads.
    environment: Vec<usize>,
    /// What `ARG` sets, in order.
    arguments: Vec<usize>,
    /// The assignment of a name in effect; `ENV` outweighs `ARG`.
    places: HashMap<String, Place>,
    entrypoint: Option<Rc<Form>>,
    command: Option<Rc<Form>>,
    /// What the container starts, if it is the client.
    starts: Option<Rc<Command>>,
    /// What `SHELL` runs, and whether that is not known.
    language: Language,
    foreign_shell: bool,
}

/// The assignment of a name.
#[derive(Clone, Copy, Debug)]
struct Place {
    index: usize,
    is_argument: bool,
}

struct Reader<'a> {
    document: &'a mut Document,
    text: &'a str,
    escape: char,
    /// The first one stands for what precedes the first `FROM`.
    stages: Vec<Stage>,
    names: HashMap<String, usize>,
}

impl Reader<'_> {
    fn stage(&mut self) -> &mut Stage {
        if self.stages.is_empty() {
            self.stages.push(Stage::default());
        }
        let last = self.stages.len() - 1;
        &mut self.stages[last]
    }

    /// `deferred`: behind `ONBUILD`, so that it concerns images made from this one.
    fn instruction(&mut self, instruction: &Instruction, deferred: bool) {
        let arguments = &instruction.arguments;
        match instruction.keyword.as_str() {
            "FROM" => self.from(arguments),
            "ENV" | "ARG" => self.assign(&instruction.keyword, arguments, deferred),
            "RUN" => self.run(arguments, &instruction.heredocs),
            "COPY" | "ADD" => self.copy(arguments, &instruction.heredocs),
            "CMD" | "ENTRYPOINT" if !deferred => {
                let form = Rc::new(form(arguments));
                let stage = self.stage();
                if instruction.keyword == "CMD" {
                    stage.command = Some(form);
                } else {
                    stage.entrypoint = Some(form);
                }
            }
            "HEALTHCHECK" => {
                let arguments = without_flags(arguments);
                let text = arguments.text.expose();
                if text.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("CMD")) {
                    let start = text.len() - text[3..].trim_start().len();
                    let form = form(&arguments.part(start, text.len()));
                    self.process(&form, "HEALTHCHECK", false);
                }
            }
            "SHELL" => {
                if let Form::Words(words) = form(arguments) {
                    let shell = words.first().map_or("", |word| command::basename(word.text.expose()));
                    let language = Language::of(shell);
                    let stage = self.stage();
                    (stage.language, stage.foreign_shell) = (language.unwrap_or_default(), language.is_none());
                }
            }
            "ONBUILD" if !deferred => {
                let text = arguments.text.expose();
                let length = text.find(char::is_whitespace).unwrap_or(text.len());
                let start = text.len() - text[length..].trim_start().len();
                let inner = Instruction {
                    keyword: text[..length].to_ascii_uppercase(),
                    arguments: arguments.part(start, text.len()),
                    heredocs: Vec::new(),
                };
                if inner.keyword != "FROM" {
                    self.instruction(&inner, true);
                }
            }
            _ => {}
        }
    }

    /// `FROM image AS name`
    fn from(&mut self, arguments: &Decoded) {
        self.finish();
        let arguments = without_flags(arguments);
        let text = arguments.text.expose();
        let words: Vec<&str> = text.split_whitespace().collect();
        let base = words.first().and_then(|image| self.names.get(&image.to_ascii_lowercase()).copied());
        let shell = base.map(|base| (self.stages[base].language, self.stages[base].foreign_shell));
        let (language, foreign_shell) = shell.unwrap_or_default();
        let mut stage = Stage { base, language, foreign_shell, ..Stage::default() };
        if let [_, r#as, name, ..] = words[..]
            && r#as.eq_ignore_ascii_case("as")
        {
            stage.prefix = format!("{}.", json_key(name));
            self.names.insert(name.to_ascii_lowercase(), self.stages.len());
        }
        self.stages.push(stage);
    }

    fn assign(&mut self, keyword: &str, arguments: &Decoded, deferred: bool) {
        for pair in pairs(arguments, self.escape, keyword == "ENV") {
            let name = pair.name.text.expose().to_owned();
            let Some(index) = self.pair(keyword, pair, false) else { continue };
            if deferred {
                continue;
            }
            let is_argument = keyword == "ARG";
            let stage = self.stage();
            let list = if is_argument { &mut stage.arguments } else { &mut stage.environment };
            if is_relevant(&name) && list.len() < MAX_VARIABLES {
                list.push(index);
            }
            // An `ARG` does not hide an `ENV` of the same name.
            let hidden = is_argument && stage.places.get(&name).is_some_and(|place| !place.is_argument);
            if !hidden {
                stage.places.insert(name, Place { index, is_argument });
            }
        }
    }

    /// Adds one assignment. An `ENV` without a value is none.
    fn pair(&mut self, keyword: &str, pair: Pair, commented: bool) -> Option<usize> {
        let name = pair.name.text.expose();
        let key = format!("{}{keyword}.{}", self.stage().prefix, json_key(name));
        let passed = || Value::Reference(Reference { name: Some(name.to_owned()), expanded: true, default: None });
        let (value, decoded) = match pair.value {
            Some(quoted) => {
                let dialect = if quoted.live { Dialect::Braces } else { Dialect::Literal };
                (self.resolved(classify(&quoted.decoded, dialect), &quoted.decoded), quoted.decoded)
            }
            // In a stage it takes the default that was given above all stages.
            None if keyword == "ARG" => {
                let global = self.stages.first().and_then(|top| top.places.get(name)).map(|place| place.index);
                let end = pair.name.span().end;
                let value =
                    match global.filter(|_| self.stages.len() > 1).map(|index| &self.document.assignments[index]) {
                        Some(global) if matches!(global.value, Value::Literal | Value::Placeholder) => {
                            Value::Reference(Reference {
                                name: Some(name.to_owned()),
                                expanded: true,
                                default: Some(global.decoded.clone()),
                            })
                        }
                        _ => passed(),
                    };
                (value, Decoded::direct("", end))
            }
            None => return None,
        };
        self.document.note(&decoded, &key);
        self.document.assignments.push(Assignment {
            name: name.to_owned(),
            name_span: pair.name.span(),
            slot: Slot::Variable,
            value,
            decoded,
            key,
            exported: !commented,
            commented,
        });
        Some(self.document.assignments.len() - 1)
    }

    /// `$NAME` of something that the file sets: that is its value, unless the build is told another one.
    fn resolved(&self, value: Value, decoded: &Decoded) -> Value {
        let Value::Reference(Reference { name: Some(name), expanded: true, default: None }) = &value else {
            return value;
        };
        let text = decoded.text.expose();
        let alone = text.strip_prefix('$').is_some_and(|rest| {
            rest == name
                || rest.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(|rest| rest == name)
        });
        let Some(earlier) = self.lookup(name).filter(|_| alone).map(|index| &self.document.assignments[index]) else {
            return value;
        };
        match &earlier.value {
            Value::Literal | Value::Placeholder => {
                let default = Some(earlier.decoded.clone());
                Value::Reference(Reference { name: Some(name.clone()), expanded: true, default })
            }
            Value::Reference(reference) => Value::Reference(reference.clone()),
            _ => value,
        }
    }

    fn lookup(&self, name: &str) -> Option<usize> {
        let mut stage = self.stages.last();
        for _ in 0..MAX_LOOKUP {
            let found = stage?.places.get(name);
            if found.is_some() {
                return found.map(|place| place.index);
            }
            stage = stage?.base.and_then(|base| self.stages.get(base));
        }
        None
    }

    /// What is in effect in the current stage.
    fn environment(&self, with_arguments: bool) -> Vec<usize> {
        let mut chain = Vec::new();
        let mut stage = self.stages.last();
        while let Some(one) = stage.filter(|_| chain.len() < MAX_LOOKUP) {
            chain.push(one.environment.as_slice());
            stage = one.base.and_then(|base| self.stages.get(base));
        }
        if let Some(stage) = self.stages.last().filter(|_| with_arguments) {
            chain.push(&stage.arguments);
        }
        chain.reverse();
        merged(self.document, &chain)
    }

    fn run(&mut self, arguments: &Decoded, heredocs: &[HereDoc]) {
        let arguments = without_flags(arguments);
        let Some(first) = heredocs.first() else {
            self.process(&form(&arguments), "RUN", true);
            return;
        };
        let body = first.body.text.expose();
        if arguments.text.expose().starts_with("<<") {
            // The document is the script.
            let shebang = body.lines().next().and_then(|line| line.trim_start().strip_prefix("#!"));
            let names_a_shell = |line: &str| line.split([' ', '/', '\t']).any(is_shell);
            if shebang.is_none_or(names_a_shell) {
                self.process(&Form::Shell(first.body.clone()), "RUN", true);
            }
            return;
        }
        // The shell reads the document itself, as it stands.
        let mut builder = Builder::new(0);
        let (text, origin) = (arguments.text.expose(), &arguments.origin);
        let plain = matches!(origin, Origin::Direct(_));
        for (at, character) in text.char_indices() {
            let start = origin.span(at, at).start;
            if plain {
                builder.push(text, start);
                break;
            }
            let mut buffer = [0; 4];
            builder.push(character.encode_utf8(&mut buffer), start);
        }
        builder.push("\n", first.whole.start.saturating_sub(1));
        for heredoc in heredocs {
            builder.push(&self.text[heredoc.whole.range()], heredoc.whole.start);
        }
        self.process(&Form::Shell(builder.finish(&Origin::Direct(0))), "RUN", true);
    }

    /// A file that is written in place.
    fn copy(&mut self, arguments: &Decoded, heredocs: &[HereDoc]) {
        let target = arguments.text.expose().split_whitespace().last().unwrap_or("");
        let name = command::basename(target);
        for heredoc in heredocs {
            let body = heredoc.body.text.expose();
            let prefix = format!("{}COPY.{}", self.stage().prefix, json_key(name));
            if name.starts_with(".env") || name.ends_with(".env") {
                let mut found = dotenv::assignments(body, &heredoc.body.origin, &format!("{prefix}."));
                for assignment in &mut found {
                    if !heredoc.quoted && matches!(assignment.value, Value::Reference(_)) {
                        assignment.value = classify(&assignment.decoded, Dialect::Braces);
                    }
                }
                let launch = dotenv::launch(&found, self.document.assignments.len());
                self.document.assignments.extend(found);
                self.document.launches.extend(launch.map(|launch| Launch { key: prefix, ..launch }));
            } else if name.ends_with(".sh")
                || body.starts_with("#!") && body.lines().next().is_some_and(|l| l.ends_with("sh"))
            {
                let environment = self.environment(false);
                let process = Process::new(self.document, &prefix, &environment, Vec::new());
                process.script(self.document, &Script::plain(heredoc.body.clone()), &prefix);
            }
        }
    }

    /// Reads what a process runs.
    fn process(&mut self, form: &Form, keyword: &str, with_arguments: bool) {
        let stage = self.stage();
        let (key, foreign) = (format!("{}{keyword}", stage.prefix), stage.foreign_shell);
        let language = stage.language;
        let process = Process::new(self.document, &key, &self.environment(with_arguments), Vec::new());
        match form {
            Form::Shell(_) if foreign => {}
            Form::Shell(text) => {
                process.script(self.document, &Script::plain(text.clone()).written_in(language), &key);
            }
            Form::Words(words) => process.words(self.document, words, Dialect::Literal, &key),
        }
    }

    /// The end of a stage: what its container starts.
    fn finish(&mut self) {
        let Some(stage) = self.stages.last() else { return };
        let few = self.stages.len() < MAX_STAGES;
        let base = stage.base.and_then(|base| self.stages.get(base)).filter(|_| few);
        let own = stage.entrypoint.is_some() || stage.command.is_some();
        let key = stage.prefix.trim_end_matches('.').to_owned();
        let short = |form: &Rc<Form>| form.length() < MAX_INHERITED;
        let entrypoint = stage.entrypoint.clone().or_else(|| base?.entrypoint.clone().filter(short));
        // An entry point of its own drops the base's command.
        let inheriting = base.filter(|_| stage.entrypoint.is_none());
        let command = stage.command.clone().or_else(|| inheriting?.command.clone().filter(short));
        let inherited = if own { None } else { base.and_then(|base| base.starts.clone()) };
        let says = stage.environment.iter().any(|&index| decides(&self.document.assignments[index]));
        let first = self.document.launches.len();
        if own {
            for (form, keyword) in started(entrypoint.as_deref(), command.as_deref()) {
                self.process(&form, keyword, false);
            }
        }
        let starts = self.document.launches[first..].iter().find_map(|launch| launch.command.clone()).map(Rc::new);
        if starts.is_none() && says && first < MAX_STAGES {
            let (command, environment) = (inherited.as_deref().cloned(), self.environment(false));
            self.document.launches.push(Launch { key, command, environment, isolated: true, ..Launch::default() });
        }
        let stage = self.stage();
        stage.starts = starts.or(inherited);
        stage.entrypoint = entrypoint;
        stage.command = command;
    }

    /// `# ENV NAME=value`, and `# NAME=value` between the lines of an `ENV`.
    fn comment(&mut self, comment: &Comment) {
        let text = comment.text.text.expose();
        let length = text.find(char::is_whitespace).unwrap_or(text.len());
        let keyword = text[..length].to_ascii_uppercase();
        let (keyword, start) = match keyword.as_str() {
            "ENV" | "ARG" => (keyword.as_str(), text.len() - text[length..].trim_start().len()),
            _ if comment.among_pairs => ("ENV", 0),
            _ => return,
        };
        let end = text.len() - usize::from(text.ends_with(self.escape));
        if start >= end {
            return;
        }
        let arguments = comment.text.part(start, end);
        let text = arguments.text.expose();
        let words = words(text, self.escape);
        // Prose has other words, too.
        let tight = words.iter().all(|word| text[word.range()].split_once('=').is_some_and(|(name, _)| is_name(name)));
        let legacy = words.len() == 2 && !text.contains('=') && text[words[0].range()].contains('_');
        if tight || legacy {
            for pair in pairs(&arguments, self.escape, legacy) {
                self.pair(keyword, pair, true);
            }
        }
    }
}

/// What a container runs, of its entry point and its command.
fn started(entrypoint: Option<&Form>, command: Option<&Form>) -> Vec<(Form, &'static str)> {
    match (entrypoint, command) {
        (None, None) => Vec::new(),
        (None, Some(command)) => vec![(command.clone(), "CMD")],
        // A string as an entry point takes no arguments.
        (Some(entrypoint @ Form::Shell(_)), _) => vec![(entrypoint.clone(), "ENTRYPOINT")],
        (Some(Form::Words(program)), Some(Form::Words(arguments)))
            if !names_client(arguments) || names_client(program) =>
        {
            vec![(Form::Words(program.iter().chain(arguments).cloned().collect()), "ENTRYPOINT")]
        }
        // `docker-entrypoint.sh claude`: such a program ends in running its arguments.
        (Some(entrypoint), command) => {
            [Some((entrypoint.clone(), "ENTRYPOINT")), command.map(|form| (form.clone(), "CMD"))]
                .into_iter()
                .flatten()
                .collect()
        }
    }
}

fn names_client(words: &[Decoded]) -> bool {
    words.first().is_some_and(|word| command::is_client(word.text.expose()))
}

/// `["words"]`, or else a string for the shell.
fn form(arguments: &Decoded) -> Form {
    let text = arguments.text.expose();
    if text.starts_with('[')
        && let (Some(tree), faults) = json::parse(text)
        && faults.is_empty()
    {
        let words: Vec<Decoded> = tree
            .elements()
            .iter()
            .filter_map(|element| match &element.kind {
                Kind::String(word) => Some(Decoded {
                    text: Secret::new(word.text.expose()),
                    origin: arguments.origin.through(&word.origin, word.text.expose().len()),
                }),
                _ => None,
            })
            .collect();
        if !words.is_empty() && words.len() == tree.elements().len() {
            return Form::Words(words);
        }
    }
    Form::Shell(arguments.clone())
}

/// The arguments behind `--mount=…` and its kin.
fn without_flags(arguments: &Decoded) -> Decoded {
    let text = arguments.text.expose();
    let mut rest = text.trim_start();
    while rest.starts_with("--") {
        rest = rest[rest.find(char::is_whitespace).unwrap_or(rest.len())..].trim_start();
    }
    arguments.part(text.len() - rest.len(), text.len())
}

#[cfg(test)]
mod tests;
