//! Assignments: of environment variables, of the script's own, of members.

use std::ops::Range;

use super::expression::Target;
use super::pipeline::{Handed, contains};
use super::syntax::{MAX_DEPTH, Parser};
use super::table::{Kind, Within};
use super::word::Variable;
use crate::surface::shell::decode::placed;
use crate::surface::shell::meaning::{Collector, Simple, Step};
use crate::surface::shell::tree::Node;
use crate::surface::shell::windows::{self, variable_name};
use crate::surface::shell::word::ShellWord;
use crate::surface::{Assignment, Decoded, Origin, Output, Reference, Secret, Slot, Value};
use crate::text::Span;

impl Parser<'_, '_> {
    /// Reads the value that is assigned, and notes the assignment.
    pub(super) fn assigned(&mut self, nodes: &mut Vec<Node>, target: &Target, operator: Range<usize>) -> Handed {
        self.skip_blanks();
        while self.byte() == b'\n' {
            self.at += 1;
            self.skip_blanks();
        }
        if self.collector.depth >= MAX_DEPTH {
            return None;
        }
        let start = self.at;
        let first = self.collector.commands.len();
        let within = self.holds(target);
        let outer = std::mem::replace(&mut self.within, within);
        self.collector.depth += 1;
        let (node, value) = self.valued_statement();
        self.collector.depth -= 1;
        self.within = outer;
        self.collector.send(first, Some(Output::Captured));
        nodes.push(node);
        let operator = &self.reader.text[operator];
        let value = value.unwrap_or_else(|| self.reader.computed(start..self.at));
        match target {
            Target::Variable(variable) if variable.is_environment => {
                let name = variable.name.clone();
                let decoded = Decoded { text: Secret::new(&self.reader.text[name.clone()]), origin: self.origin(name) };
                let simple = self.set_variable(&decoded, &value, operator);
                nodes.push(Node::Simple(Box::new(simple)));
            }
            Target::Variable(variable) => self.local(variable, &value, operator, first),
            Target::Member(object, name) => self.member(object.clone(), name, true, &value),
            Target::Other => {}
        }
        Some(value)
    }

    fn origin(&self, range: Range<usize>) -> Origin {
        placed(self.reader.origin, range.start, &self.reader.text[range])
    }

    /// A variable of the script, which programs don't inherit.
    fn local(&mut self, variable: &Variable, word: &ShellWord, operator: &str, first: usize) {
        let name = self.reader.text[variable.name.clone()].to_owned();
        if name.is_empty() {
            return;
        }
        let (value, decoded) = written(word);
        self.texts.remove(&name);
        let commands = &self.collector.commands[first.min(self.collector.commands.len())..];
        let named = commands.iter().find_map(|command| {
            let finds = ["get-command", "gcm", "join-path", "resolve-path", "where.exe", "get-item"];
            let program = command.program().to_ascii_lowercase();
            let last = command.words.iter().skip(1).rev().find(|word| !word.decoded.text.expose().starts_with('-'));
            last.filter(|word| finds.contains(&program.as_str()) && !word.dynamic).map(|word| word.decoded.clone())
        });
        if operator == "="
            && word.range.len() > 1
            && (decoded.text.expose().contains(['{', '\n', '=']) || !word.live.is_empty())
        {
            self.texts.insert(name.clone(), word.clone());
        }
        if !matches!(value, Value::Unknown | Value::Unset) && operator != "+=" {
            let (start, end) = (variable.name.start, variable.name.end);
            self.collector.add(&name, self.reader.origin.span(start, end), value, decoded, false);
        } else {
            self.collector.last.remove(&name);
        }
        let listed = self.elements(word.range.clone());
        if listed.len() > 1 {
            self.collector.lists.insert(name, listed);
        } else if let Some(path) = named {
            self.collector.lists.insert(name, vec![path]);
        } else {
            self.collector.lists.remove(&name);
        }
    }

    /// `$object.Name = value`
    pub(super) fn member(&mut self, object: Range<usize>, name: &Decoded, known: bool, word: &ShellWord) {
        let text = &self.reader.text[object];
        let kind = Kind::of(&text[..crate::text::floor(text, 256)]);
        if !known || !word.live.is_empty() && kind != Kind::Headers {
            return;
        }
        let (value, decoded) = written(word);
        self.entry(name, kind, "", value, decoded);
    }

    /// Adds one pair of a hash table or an object.
    pub(super) fn entry(&mut self, name: &Decoded, kind: Kind, path: &str, value: Value, decoded: Decoded) -> usize {
        let text = name.text.expose();
        let slot = kind.slot(text);
        self.collector.assignments.push(Assignment {
            name: if slot == Slot::Variable { variable_name(text) } else { text.to_owned() },
            name_span: name.span(),
            slot,
            value,
            decoded,
            key: format!("{}{path}{text}", self.collector.prefix),
            exported: kind == Kind::Environment,
            commented: false,
        });
        self.collector.assignments.len() - 1
    }

    /// `[Environment]::SetEnvironmentVariable(name, value, scope)`.
    pub(super) fn set_environment(&mut self, name: &ShellWord, value: &ShellWord, persists: bool) -> Simple {
        let mut simple = Simple { succeeds: Some(true), ..Simple::default() };
        let names = self.collector.values(name);
        let unset = matches!(written(value).0, Value::Unset);
        if names.is_empty() && unset && !persists {
            simple.steps.push(Step::Clear);
            self.collector.clears += 1;
        }
        for name in names {
            let mut one = self.set_variable(&name, value, "=");
            if persists {
                one.steps = one.steps.into_iter().filter_map(Step::later).collect();
            }
            simple.steps.append(&mut one.steps);
        }
        simple
    }

    /// Sets an environment variable of this process.
    pub(super) fn set_variable(&mut self, name: &Decoded, word: &ShellWord, operator: &str) -> Simple {
        let mut simple = Simple { succeeds: Some(true), ..Simple::default() };
        set_variable(self.collector, name, word, operator, &mut simple.steps);
        simple
    }

    /// What a hash table that is assigned to the target would hold.
    fn holds(&self, target: &Target) -> Within {
        let text = match target {
            Target::Variable(variable) => &self.reader.text[variable.name.clone()],
            Target::Member(_, name) => name.text.expose(),
            Target::Other => "",
        };
        Within { kind: Kind::of(text), path: String::new() }
    }
}

/// Sets an environment variable, or takes it away.
pub(super) fn set_variable(
    collector: &mut Collector,
    name: &Decoded,
    word: &ShellWord,
    operator: &str,
    steps: &mut Vec<Step>,
) {
    let (mut value, decoded) = written(word);
    match operator {
        "=" => {}
        "??=" => {
            let default = word.live.is_empty().then(|| decoded.clone());
            let name = Some(variable_name(name.text.expose()));
            value = Value::Reference(Reference { name, expanded: true, default });
        }
        _ => value = Value::Unknown,
    }
    windows::set_variable(collector, name, value, decoded, steps);
}

/// A value as it is written: `$null` takes a variable away, `$true` is a word.
pub(super) fn written(word: &ShellWord) -> (Value, Decoded) {
    let fixed = |text: &'static str| {
        let Span { start, end } = word.decoded.span();
        let mut places = vec![start; text.len()];
        places.push(end);
        Decoded { text: Secret::new(text), origin: Origin::Mapped(places.into()) }
    };
    match word.text().to_ascii_lowercase().as_str() {
        "$null" if !word.live.is_empty() => (Value::Unset, Decoded::direct("", word.decoded.span().end)),
        "$true" if !word.live.is_empty() => (Value::Literal, fixed("True")),
        "$false" if !word.live.is_empty() => (Value::Literal, fixed("False")),
        _ => word.value(0),
    }
}

/// Whether a scope is that of the user or the machine.
pub(super) fn is_persistent(scope: Option<&str>) -> bool {
    scope.is_some_and(|scope| contains(scope, "user") || contains(scope, "machine"))
}
