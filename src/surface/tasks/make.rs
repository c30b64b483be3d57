//! Makefiles.
//!
//! What a recipe finds in its environment: the variables that the file exports, and those of its own target (held
//! against GNU make 4.3, 2026-11-21). All of the file is
//! read before any recipe runs. What a prerequisite inherits from its target is not followed.

mod line;
mod recipe;
mod state;
#[cfg(test)]
mod tests;

use line::{Assign, Directive, Logical, directive, logical};
use recipe::Recipe;
use state::States;

use super::commented;
use crate::credential::{Dialect, classify};
use crate::surface::entries::json_key;
use crate::surface::process::Process;
use crate::surface::{Assignment, Decoded, Document, Slot, Value};
use crate::text::Span;

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let mut reader = Reader { document, text: &text, states: States::default(), open: None, recipes: Vec::new() };
    let mut at = 0;
    while at < text.len() {
        at = reader.line(at);
    }
    reader.run();
}

struct Reader<'a> {
    document: &'a mut Document,
    text: &'a str,
    states: States,
    /// The rule to which a line that begins with a tab belongs: an index of `recipes`.
    open: Option<usize>,
    recipes: Vec<Recipe>,
}

impl Reader<'_> {
    /// Reads the line at `start` and says where the next one begins.
    fn line(&mut self, start: usize) -> usize {
        let Logical { span, next } = logical(self.text, start);
        let line = &self.text[span.range()];
        if let Some(open) = self.open.filter(|_| line.starts_with('\t')) {
            self.recipes[open].lines.push(span);
            return next;
        }
        let begin = start + line.len() - line.trim_start().len();
        let line = Span::new(begin, span.end);
        match directive(&self.text[line.range()]) {
            Directive::Nothing => {}
            Directive::Comment => {
                // A comment goes on behind a backslash, but an assignment in it ends with its line.
                let end = self.text[begin..span.end].find('\n').map_or(span.end, |length| begin + length);
                let found = commented(self.text, Span::new(begin, end), &[":=", "::=", "?=", "="], Dialect::Make);
                self.document.assignments.extend(found);
            }
            Directive::If => self.states.fork(),
            Directive::Else(conditional) => self.states.other(conditional),
            Directive::Endif => self.states.join(),
            Directive::Define { name, export } => {
                return self.define(name, export, next);
            }
            Directive::Include(files) => {
                for (at, path) in files.into_iter().filter(|(_, path)| is_dotenv(path)) {
                    self.states.include(Decoded::direct(path, begin + at));
                }
            }
            Directive::Export(names) => self.states.all().for_each(|state| state.export(&names)),
            Directive::Unexport(names) => {
                for (at, name) in names {
                    let place = Span::new(begin + at, begin + at + name.len());
                    let none = Decoded::direct("", place.end);
                    let index = self.push(name, place, (Value::Unset, none), false, name);
                    self.states.all().for_each(|state| state.unexport(name, index));
                }
            }
            Directive::Assign(assign) => self.assign(&assign, begin, line.end),
            Directive::Rule { targets, rest, command } => {
                let command = command.map(|at| Span::new(begin + at, line.end));
                self.rule(targets, Span::new(begin + rest, line.end), command);
                return next;
            }
        }
        self.open = None;
        next
    }

    fn push(&mut self, name: &str, name_span: Span, value: (Value, Decoded), exported: bool, key: &str) -> usize {
        let (value, decoded) = value;
        self.document.note(&decoded, key);
        self.document.assignments.push(Assignment {
            name: name.to_owned(),
            name_span,
            slot: Slot::Variable,
            value,
            decoded,
            key: key.to_owned(),
            exported,
            commented: false,
        });
        self.document.assignments.len() - 1
    }

    fn value(&self, assign: &Assign<'_>, begin: usize, end: usize) -> (Value, Decoded) {
        let (decoded, literal) = line::value(self.text, Span::new(begin + assign.value, end));
        let value = match assign.operator {
            "!=" | "+=" => Value::Unknown,
            _ => classify(&decoded, if literal { Dialect::Literal } else { Dialect::Make }),
        };
        (value, decoded)
    }

    fn assign(&mut self, assign: &Assign<'_>, begin: usize, end: usize) {
        let (value, decoded) = self.value(assign, begin, end);
        let name = assign.name;
        if assign.operator == "!=" {
            let script = recipe::script(&decoded, &self.states);
            Process::new(self.document, name, &[], Vec::new()).script(self.document, &script, name);
        }
        let known = matches!(value, Value::Literal | Value::Placeholder);
        self.states.know(name, Some(decoded.text.expose()).filter(|_| known));
        let place = Span::new(begin + assign.start, begin + assign.start + name.len());
        let index = self.push(name, place, (value, decoded), assign.export, name);
        self.states.all().for_each(|state| state.set(assign, index));
    }

    /// `define NAME` … `endef`: read as commands, since that is what such a variable mostly holds.
    fn define(&mut self, name: &str, export: bool, start: usize) -> usize {
        let mut at = start;
        let mut lines = Vec::new();
        while at < self.text.len() {
            let Logical { span, next } = logical(self.text, at);
            at = next;
            if self.text[span.range()].trim_start().starts_with("endef") {
                break;
            }
            lines.push(span);
        }
        let place = Span::new(start, lines.last().map_or(start, |line| line.end));
        if export {
            let decoded = Decoded::direct(&self.text[place.range()], place.start);
            let index = self.push(name, place, (Value::Unknown, decoded), true, name);
            let assign = Assign { start: 0, name, operator: "=", value: 0, export: true, overrides: false };
            self.states.all().for_each(|state| state.set(&assign, index));
        } else {
            self.recipes.push(Recipe { targets: vec![name.to_owned()], lines });
        }
        at
    }

    /// `targets: prerequisites ; command` or `targets: NAME = value`.
    fn rule(&mut self, targets: Vec<String>, rest: Span, command: Option<Span>) {
        if let Some(assign) = line::assign(&self.text[rest.range()]) {
            self.open = None;
            let value = self.value(&assign, rest.start, rest.end);
            let place = Span::new(rest.start + assign.start, rest.start + assign.start + assign.name.len());
            let key = format!("{}.{}", json_key(targets.first().map_or("", String::as_str)), assign.name);
            let index = self.push(assign.name, place, value, assign.export, &key);
            return self.states.all().for_each(|state| state.add(&targets, assign.name, index, assign.export));
        }
        if targets.iter().any(|target| target == ".EXPORT_ALL_VARIABLES") {
            self.states.all().for_each(|state| state.export(&[]));
        }
        self.states.one_shell |= targets.iter().any(|target| target == ".ONESHELL");
        self.open = Some(self.recipes.len());
        self.recipes.push(Recipe { targets, lines: command.into_iter().collect() });
    }

    /// All recipes, with what the whole file exports.
    fn run(self) {
        let Self { document, text, mut states, recipes, .. } = self;
        states.close();
        let all: Vec<Vec<usize>> = states.iter().map(|state| state.environment(&[])).collect();
        for &index in all.iter().flatten() {
            let assignment = &mut document.assignments[index];
            assignment.exported = !matches!(assignment.value, Value::Unset);
        }
        for recipe in &recipes {
            let environments: Vec<Vec<usize>> = states.iter().map(|state| state.environment(&recipe.targets)).collect();
            let key = recipe.targets.first().map_or(String::new(), |target| json_key(target));
            let process = Process::with_all(document, &key, &environments, states.includes());
            for script in recipe.scripts(text, &states) {
                process.script(document, &script, &key);
            }
            if environments != all {
                process.finish(document);
            }
        }
        if document.launches.is_empty() {
            Process::with_all(document, "", &all, states.includes()).finish(document);
        }
    }
}

/// Whether an included file holds plain `NAME=value` lines: `.env`, `config.env`, `.env.local`.
fn is_dotenv(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with(".env") || name.ends_with(".env")
}
