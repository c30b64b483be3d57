//! Expressions: assignments, calls of .NET methods, values.

use std::ops::Range;

use super::assign::is_persistent;
use super::pipeline::{Handed, contains};
use super::syntax::{MAX_DEPTH, Parser};
use super::word::Variable;
use crate::surface::shell::tree::Node;
use crate::surface::shell::word::{ShellWord, name_length};
use crate::surface::{Decoded, Output, Value};

/// What an assignment would go to.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Variable(Variable),
    /// `$object.Name`, `$object['Name']`: where the object stands, and the member's name.
    Member(Range<usize>, Decoded),
    /// `$a, $b`, `[Type]::Member`, `$object[$index]`.
    Other,
}

/// An expression while it is read.
#[derive(Default)]
struct Reading {
    nodes: Vec<Node>,
    operands: Vec<ShellWord>,
    operators: usize,
    coalesces: bool,
    target: Option<Target>,
    /// The last thing was an operator: the expression goes on, on the next line too.
    open: bool,
    /// The last thing was an operand, to which members and indices belong.
    object: Option<Range<usize>>,
    /// The type and the member of a call to come.
    class: String,
    member: String,
}

impl Reading {
    fn operand(&mut self, word: ShellWord) {
        self.object = Some(word.range.clone());
        self.operands.push(word);
        self.open = false;
    }

    fn operator(&mut self) {
        self.operators += 1;
        self.object = None;
        self.open = true;
        self.target = None;
    }
}

impl Parser<'_, '_> {
    /// An expression; its value if it is a single one.
    pub(super) fn expression(&mut self) -> (Node, Handed) {
        let start = self.at;
        let mut reading = Reading::default();
        while self.at < self.end {
            self.skip_blanks();
            if self.at >= self.end || self.at_comment() {
                break;
            }
            match self.byte() {
                b'\n' if reading.open => self.skip_space(),
                b'\n' | b';' | b'|' | b')' | b'}' | b'&' | b'>' => break,
                b',' if self.commas => break,
                b'=' if self.starts_with("==") => {
                    self.at += 2;
                    reading.operator();
                }
                _ => {
                    if let Some(length) = self.assignment_operator().filter(|_| !reading.operands.is_empty()) {
                        let target = reading.target.take().filter(|_| reading.operators == 0).unwrap_or(Target::Other);
                        let operator = self.at..self.at + length;
                        self.at += length;
                        let value = self.assigned(&mut reading.nodes, &target, operator);
                        return (sequence(reading.nodes), value);
                    }
                    self.token(&mut reading);
                }
            }
        }
        let whole = start..self.at;
        let value = self.value_of(&mut reading, whole);
        if let Some(word) = &value
            && !word.live.is_empty()
            && contains(word.text(), "env:")
            && matches!(word.value(0).0, Value::Reference(_))
            && self.byte() != b'|'
        {
            self.shown(word);
        }
        (sequence(reading.nodes), value)
    }

    fn value_of(&mut self, reading: &mut Reading, whole: Range<usize>) -> Handed {
        let single = reading.operands.len() == 1 && reading.operators == 0;
        if single {
            return reading.operands.pop();
        }
        // `$env:X ?? 'default'`
        if reading.coalesces
            && reading.operators == 1
            && let [reference, default] = &reading.operands[..]
            && default.literal().is_some()
        {
            let mut word = reference.clone();
            word.or_else(default.decoded.clone());
            return Some(word);
        }
        (!reading.operands.is_empty()).then(|| self.reader.computed(whole))
    }

    /// One token of an expression.
    fn token(&mut self, reading: &mut Reading) {
        let next = self.reader.byte(self.at + 1);
        let adjoins = reading.object.as_ref().is_some_and(|object| object.end == self.at);
        match self.byte() {
            b'$' if next == b'(' => self.group(reading, self.at + 1),
            b'$' => match self.reader.variable(self.at, self.end) {
                Some(variable) => {
                    let mut word = self.reader.argument(self.at, variable.next);
                    word.range = self.at..variable.next;
                    self.at = variable.next;
                    let first = reading.operands.is_empty() && reading.operators == 0;
                    reading.target = first.then_some(Target::Variable(variable));
                    reading.operand(word);
                }
                None => self.skip_char(),
            },
            b'@' if next == b'{' => match self.reader.close(self.at + 1, self.end) {
                Some(close) => {
                    let range = self.at..close.next;
                    reading.nodes.push(self.table(self.at + 2..close.end));
                    reading.operand(self.reader.computed(range.clone()));
                    self.at = range.end;
                }
                None => self.skip_char(),
            },
            b'@' if next == b'(' => self.group(reading, self.at + 1),
            b'(' if adjoins && !reading.member.is_empty() => self.call(reading),
            b'(' => self.group(reading, self.at),
            b'{' => match self.reader.close(self.at, self.end) {
                Some(close) => {
                    let body = self.sub(self.at + 1..close.end);
                    self.collector.aliases.push(body);
                    reading.operand(self.reader.computed(self.at..close.next));
                    self.at = close.next;
                }
                None => self.skip_char(),
            },
            b'[' if adjoins => self.index(reading),
            b'[' => {
                let end = self.type_end();
                let text = &self.reader.text[(self.at + 1).min(end)..end];
                reading.class = if text.len() < 64 { text.to_ascii_lowercase() } else { String::new() };
                self.at = (end + 1).min(self.end);
                // `[Type]::Member`; in front of an operand it is a conversion.
                reading.object = self.starts_with("::").then_some(self.at..self.at);
            }
            b'.' | b':' if adjoins && (self.byte() == b'.' || next == b':') => {
                self.at += if self.byte() == b'.' { 1 } else { 2 };
                let length = name_length(self.rest());
                let name = self.at..self.at + length;
                self.at = name.end;
                reading.open = false;
                reading.member = self.reader.text[name.clone()].to_ascii_lowercase();
                let object = reading.object.take().unwrap_or(name.clone());
                let decoded = self.reader.argument(name.start, name.end).decoded;
                let sole = reading.operands.len() == 1 && reading.operators == 0;
                reading.target = sole.then(|| Target::Member(object.clone(), decoded));
                reading.object = Some(object.start..name.end);
                if let Some(word) = reading.operands.last_mut() {
                    *word = self.reader.computed(object.start..name.end);
                } else {
                    reading.operands.push(self.reader.computed(object.start..name.end));
                }
            }
            b'?' if next == b'?' => {
                self.at += 2;
                reading.coalesces = true;
                reading.operator();
            }
            _ => match self.reader.string(self.at, self.end) {
                Some(word) => {
                    self.at = word.range.end;
                    for inner in word.substitutions.iter().cloned() {
                        reading.nodes.push(self.captured(inner));
                    }
                    reading.target = None;
                    reading.operand(word);
                }
                None => self.bare(reading),
            },
        }
    }

    /// The end of `[type]` or `[Attribute(…)]`: where its bracket closes, or else the one that opens it.
    fn type_end(&self) -> usize {
        let (mut at, mut depth) = (self.at, 0);
        for _ in 0..256 {
            match self.reader.byte(at) {
                b'(' => match self.reader.close(at, self.end) {
                    Some(close) => {
                        at = close.next;
                        continue;
                    }
                    None => return self.at,
                },
                b'[' => depth += 1,
                b']' if depth == 1 => return at,
                b']' => depth -= 1,
                b'\n' | 0 => return self.at,
                _ => {}
            }
            at += 1;
            if at >= self.end {
                break;
            }
        }
        self.at
    }

    /// A number, or an operator.
    fn bare(&mut self, reading: &mut Reading) {
        let rest = self.rest();
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = rest.bytes().take_while(is_name).count();
        if length > 0 {
            let mut word =
                ShellWord::new(self.at..self.at + length, self.reader.argument(self.at, self.at + length).decoded);
            word.range = self.at..self.at + length;
            self.at += length;
            reading.operand(word);
            return;
        }
        if rest.starts_with("++") || rest.starts_with("--") {
            self.at += 2;
            return;
        }
        if let Some(rest) = rest.strip_prefix('-') {
            self.at += 1 + rest.bytes().take_while(is_name).count();
        } else {
            self.skip_char();
        }
        reading.operator();
    }

    /// `( … )`, `$( … )`, `@( … )`: the value of what stands in it, if that is one.
    fn group(&mut self, reading: &mut Reading, open: usize) {
        let start = self.at;
        let Some(close) = self.reader.close(open, self.end) else {
            self.at = open + 1;
            return;
        };
        let first = self.collector.commands.len();
        let (node, value) = self.part(open + 1..close.end, |parser| {
            parser.skip_space();
            let begins = parser.at;
            if parser.collector.depth >= MAX_DEPTH {
                return (Node::Opaque, None);
            }
            parser.collector.depth += 1;
            let (node, value) = parser.valued_statement();
            parser.collector.depth -= 1;
            parser.skip_space();
            let whole = parser.at >= parser.end && begins < parser.end;
            if parser.at < parser.end {
                return (Node::Sequence(vec![node, parser.list()]), None);
            }
            (node, value.filter(|_| whole))
        });
        self.collector.send(first, Some(Output::Captured));
        reading.nodes.push(node);
        self.at = close.next;
        let mut word = match value {
            Some(word) if open == start => word,
            _ => self.reader.computed(start..close.next),
        };
        word.range = start..close.next;
        reading.target = None;
        reading.operand(word);
    }

    /// `$object['Name']`
    fn index(&mut self, reading: &mut Reading) {
        let start = self.at;
        let end = self.type_end();
        self.at += 1;
        self.skip_blanks();
        let name = self.reader.string(self.at, self.end);
        if let Some(name) = &name {
            self.at = name.range.end;
            let rest = self.rest();
            let window = &rest[..crate::text::floor(rest, 256)];
            self.at += window
                .find([']', '\n'])
                .filter(|&length| window[length..].starts_with(']'))
                .map_or(0, |length| length + 1);
        } else if end > start {
            let inner = self.captured(self.at..end.max(self.at));
            reading.nodes.push(inner);
            self.at = end + 1;
        }
        reading.open = false;
        let object = reading.object.take().unwrap_or(start..start);
        let sole = reading.operands.len() == 1 && reading.operators == 0;
        reading.target = name
            .filter(|name| sole && name.literal().is_some())
            .map(|name| Target::Member(object.clone(), name.decoded));
        let whole = object.start..self.at;
        reading.object = Some(whole.clone());
        if let Some(word) = reading.operands.last_mut() {
            *word = self.reader.computed(whole);
        }
    }

    /// The arguments of a method.
    fn call(&mut self, reading: &mut Reading) {
        let Some(close) = self.reader.close(self.at, self.end) else {
            self.at += 1;
            return;
        };
        let inner = self.at + 1..close.end;
        let object = reading.object.take().unwrap_or(self.at..self.at);
        self.at = close.next;
        let arguments = self.arguments(&mut reading.nodes, inner);
        let whole = object.start..close.next;
        let mut word = self.reader.computed(whole.clone());
        let class = reading.class.rsplit('.').next().unwrap_or("");
        match (reading.member.as_str(), &arguments[..]) {
            ("setenvironmentvariable", [name, value, scope @ ..]) if class == "environment" => {
                let persists =
                    scope.first().is_some_and(|scope| is_persistent(self.reader.text.get(scope.range.clone())));
                let simple = self.set_environment(name, value, persists);
                reading.nodes.push(Node::Simple(Box::new(simple)));
            }
            ("getenvironmentvariable", [name, ..]) if class == "environment" => {
                if let Some(name) = name.literal() {
                    word = ShellWord::new(whole.clone(), word.decoded);
                    word.refer(0, Some(name.to_owned()));
                }
            }
            ("add" | "set" | "tryaddwithoutvalidation" | "set_item", [name, value]) => {
                self.member(object, &name.decoded.clone(), name.literal().is_some(), value);
            }
            ("writealltext" | "writealllines" | "appendalltext", [path, value, ..]) => {
                let (path, value) = (path.clone(), value.clone());
                self.write(&path, &value);
            }
            _ => {}
        }
        reading.member.clear();
        reading.open = false;
        reading.target = None;
        reading.object = Some(whole.clone());
        word.range = whole;
        match reading.operands.last_mut() {
            Some(last) => *last = word,
            None => reading.operands.push(word),
        }
    }

    /// The values between commas.
    fn arguments(&mut self, nodes: &mut Vec<Node>, inner: Range<usize>) -> Vec<ShellWord> {
        let mut found = Vec::new();
        self.part(inner, |parser| {
            parser.commas = true;
            loop {
                parser.skip_space();
                if parser.at >= parser.end {
                    break;
                }
                let before = parser.at;
                let first = parser.collector.commands.len();
                let (node, value) = parser.valued_statement();
                parser.collector.send(first, Some(Output::Captured));
                nodes.push(node);
                if parser.at == before {
                    parser.skip_char();
                }
                found.push(value.unwrap_or_else(|| parser.reader.computed(before..parser.at)));
            }
        });
        found
    }

    /// The length of `=`, `+=`, `??=` and their kin.
    fn assignment_operator(&self) -> Option<usize> {
        let rest = self.rest();
        ["=", "+=", "-=", "*=", "/=", "%=", "??="]
            .iter()
            .find(|operator| rest.starts_with(**operator))
            .map(|found| found.len())
    }

    /// A statement as a value.
    pub(super) fn valued_statement(&mut self) -> (Node, Handed) {
        let rest = self.rest();
        let word = &rest[..rest.bytes().take(8).take_while(u8::is_ascii_alphabetic).count()];
        if ["if", "switch", "foreach", "try", "for", "while", "do"]
            .iter()
            .any(|keyword| word.eq_ignore_ascii_case(keyword))
        {
            return (self.statement(), None);
        }
        self.valued_chain()
    }
}

fn sequence(mut nodes: Vec<Node>) -> Node {
    if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) }
}
