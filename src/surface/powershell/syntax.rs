//! Statements: what runs after what, and what may be skipped.
//!
//! Tolerant: a stray closing bracket is ignored, a construct that is never closed ends with its text.

use std::collections::HashMap;
use std::ops::Range;

use super::layout::before_comment;
use super::table::Within;
use super::word::Reader;
use crate::surface::Output;
use crate::surface::shell::decode::placed;
use crate::surface::shell::layout::Layout;
use crate::surface::shell::meaning::{Action, Collector, Simple};
use crate::surface::shell::tree::Node;
use crate::surface::shell::windows::commented;
use crate::surface::shell::word::ShellWord;
use crate::text::first_length;

/// Constructs nested deeper are not looked into.
pub(super) const MAX_DEPTH: usize = 60;

/// Reads statements.
pub(super) struct Parser<'a, 'c> {
    pub(super) reader: Reader<'a>,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) collector: &'c mut Collector,
    /// A comma ends a statement: between parameters and arguments.
    pub(super) commas: bool,
    /// In the block of a cmdlet that runs it for each object: `return` goes on with the next.
    pub(super) each: bool,
    /// In a `switch` and in no loop inside of it: `break` ends the arm.
    pub(super) switch: bool,
    /// What holds the hash table that is read.
    pub(super) within: Within,
    /// Texts in variables that may become files.
    pub(super) texts: HashMap<String, ShellWord>,
    /// Nothing of the POSIX grammar is in these texts.
    pub(super) none: Layout,
}

impl<'a, 'c> Parser<'a, 'c> {
    pub(super) fn new(reader: Reader<'a>, collector: &'c mut Collector) -> Self {
        Self {
            reader,
            at: 0,
            end: reader.text.len(),
            collector,
            commas: false,
            each: false,
            switch: false,
            within: Within::default(),
            texts: HashMap::new(),
            none: Layout::default(),
        }
    }

    pub(super) fn byte(&self) -> u8 {
        if self.at < self.end { self.reader.byte(self.at) } else { 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.reader.text[self.at.min(self.end)..self.end]
    }

    pub(super) fn starts_with(&self, prefix: &str) -> bool {
        self.rest().starts_with(prefix)
    }

    /// Skips one character.
    pub(super) fn skip_char(&mut self) {
        self.at += first_length(self.rest());
    }

    /// Statements up to the end.
    pub(super) fn list(&mut self) -> Node {
        if self.collector.depth >= MAX_DEPTH {
            self.at = self.end;
            return Node::Opaque;
        }
        self.collector.depth += 1;
        let mut nodes = Vec::new();
        loop {
            self.skip_space();
            if self.at >= self.end {
                break;
            }
            let before = self.at;
            nodes.push(self.statement());
            if self.at == before {
                self.skip_char();
            }
        }
        self.collector.depth -= 1;
        if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) }
    }

    /// The program in a part of the text.
    pub(super) fn sub(&mut self, range: Range<usize>) -> Node {
        self.part(range, Self::list)
    }

    /// Reads a part of the text in some way.
    pub(super) fn part<T>(&mut self, range: Range<usize>, read: impl FnOnce(&mut Self) -> T) -> T {
        let (at, end, commas) = (self.at, self.end, self.commas);
        (self.at, self.end, self.commas) = (range.start, range.end, false);
        let found = read(self);
        (self.at, self.end, self.commas) = (at, end, commas);
        found
    }

    /// The program of a part whose output is a value.
    pub(super) fn captured(&mut self, range: Range<usize>) -> Node {
        let first = self.collector.commands.len();
        let node = self.sub(range);
        self.collector.send(first, Some(Output::Captured));
        node
    }

    /// Skips blanks, continued lines and block comments.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.byte() {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'`' if self.starts_with("`\n") => self.at += 2,
                b'`' if self.starts_with("`\r\n") => self.at += 3,
                // No-break space, a byte-order mark: pasted.
                0xC2 if self.starts_with("\u{a0}") => self.at += 2,
                0xEF if self.starts_with("\u{feff}") => self.at += 3,
                b'<' if self.starts_with("<#") => match self.reader.close(self.at, self.end) {
                    Some(close) => {
                        self.comments(self.at + 2..close.end);
                        self.at = close.next;
                    }
                    None => break,
                },
                _ => break,
            }
        }
    }

    /// Skips blanks, line breaks, semicolons and comments.
    pub(super) fn skip_space(&mut self) {
        loop {
            self.skip_blanks();
            match self.byte() {
                b'\n' | b';' => self.at += 1,
                b',' if self.commas => self.at += 1,
                b'#' => self.comment(),
                _ => break,
            }
        }
    }

    /// Whether a comment up to the end of the line begins here.
    pub(super) fn at_comment(&self) -> bool {
        self.byte() == b'#' && (self.at == 0 || before_comment(self.reader.byte(self.at - 1)))
    }

    fn comment(&mut self) {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.find('\n').unwrap_or(rest.len());
        let before = self.reader.text[..start].bytes().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        if before.is_none_or(|byte| byte == b'\n') {
            self.comments(start..self.at);
        }
    }

    /// Notes assignments in a comment, line by line.
    fn comments(&mut self, range: Range<usize>) {
        let mut at = range.start;
        for line in self.reader.text[range].split_inclusive('\n') {
            let text = line.trim_start_matches(['#', ' ', '\t']).trim_end();
            let start = at + line.len() - line.trim_start_matches(['#', ' ', '\t']).len();
            at += line.len();
            let begins = |prefix: &str| text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
            let assigns = ["$env:", "${env:", "[environment]::set", "[system.environment]::set", "setx "];
            if !assigns.iter().any(|prefix| begins(prefix)) {
                continue;
            }
            commented(self.collector, text, &placed(self.reader.origin, start, text));
        }
    }

    /// The reserved word that may stand here, in lower case.
    fn keyword(&self) -> String {
        let rest = self.rest();
        let length = rest.bytes().take(14).take_while(u8::is_ascii_alphabetic).count();
        let ends = rest.as_bytes().get(length).is_none_or(|byte| b" \t\r\n;(){}|&#,:".contains(byte));
        if length > 0 && ends { rest[..length].to_ascii_lowercase() } else { String::new() }
    }

    /// Takes a word that may follow behind line breaks.
    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let before = (self.at, self.collector.assignments.len());
        self.skip_blanks_and_lines();
        if self.keyword() == keyword {
            self.at += keyword.len();
            return true;
        }
        self.at = before.0;
        self.collector.assignments.truncate(before.1);
        false
    }

    /// Looks over line breaks and comments; what the comments say is noted when they are passed for good.
    pub(super) fn skip_blanks_and_lines(&mut self) {
        loop {
            self.skip_blanks();
            match self.byte() {
                b'\n' => self.at += 1,
                b'#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                _ => break,
            }
        }
    }

    /// One statement.
    pub(super) fn statement(&mut self) -> Node {
        if self.byte() == b':' {
            // A loop's label.
            let rest = &self.rest()[1..];
            self.at += 1 + rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            self.skip_space();
        }
        let keyword = self.keyword();
        self.at += keyword.len();
        match keyword.as_str() {
            "if" => self.conditional(),
            "switch" => self.switch(),
            "while" => {
                let condition = self.condition();
                let body = self.body(true);
                repeated(Some(condition), false, body)
            }
            "do" => {
                let body = self.body(true);
                let _ = self.take_keyword("while") || self.take_keyword("until");
                let condition = self.condition();
                repeated(None, true, Node::Sequence(vec![body, condition]))
            }
            "for" => {
                let first = self.condition();
                let body = self.body(true);
                Node::Sequence(vec![first, repeated(None, false, body)])
            }
            "foreach" => self.for_each(),
            "function" | "filter" | "workflow" => self.function(),
            "try" => self.attempt(),
            "param" => {
                self.skip_blanks_and_lines();
                let Some(close) = self.reader.close(self.at, self.end) else { return Node::Opaque };
                let inner = self.at + 1..close.end;
                self.at = close.next;
                self.part(inner, |parser| {
                    parser.commas = true;
                    parser.list()
                })
            }
            "begin" | "process" | "end" | "clean" | "dynamicparam" | "data" if self.opens_block() => self.block(),
            "trap" | "class" | "enum" => {
                while self.at < self.end && !matches!(self.byte(), b'{' | b'\n' | b';') {
                    self.skip_char();
                }
                let body = self.block();
                self.collector.aliases.push(body);
                Node::Sequence(Vec::new())
            }
            "using" => {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                Node::Sequence(Vec::new())
            }
            "return" => {
                let value = self.value();
                let action = if self.each { Action::Continue } else { Action::Return(None) };
                leaving(Some(value), action)
            }
            "throw" => {
                let value = self.value();
                leaving(Some(value), Action::Exit(Some(false)))
            }
            "exit" => {
                self.skip_blanks();
                let word = self.reader.argument(self.at, self.end);
                self.at = word.range.end;
                let status = word.literal().map(|text| matches!(text, "" | "0"));
                leaving(None, Action::Exit(status))
            }
            "break" | "continue" => {
                self.at += self.rest().find(['\n', ';', '}']).unwrap_or(self.rest().len());
                match keyword.as_str() {
                    _ if self.switch => Node::Opaque,
                    "break" => leaving(None, Action::Break),
                    _ => leaving(None, Action::Continue),
                }
            }
            _ => {
                self.at -= keyword.len();
                self.chain()
            }
        }
    }

    /// What stands behind `return`, if anything.
    fn value(&mut self) -> Node {
        self.skip_blanks();
        if self.at >= self.end || matches!(self.byte(), b'\n' | b';' | b'}' | b')') {
            return Node::Sequence(Vec::new());
        }
        let first = self.collector.commands.len();
        let node = self.chain();
        self.collector.send(first, Some(Output::Captured));
        node
    }

    fn opens_block(&self) -> bool {
        self.rest().trim_start().starts_with('{')
    }

    /// `{ … }`
    pub(super) fn block(&mut self) -> Node {
        self.skip_blanks_and_lines();
        let Some(close) = self.reader.close(self.at, self.end).filter(|_| self.byte() == b'{') else {
            return Node::Opaque;
        };
        let inner = self.at + 1..close.end;
        self.at = close.next;
        self.sub(inner)
    }

    /// The block of a loop or an arm.
    pub(super) fn body(&mut self, loops: bool) -> Node {
        let outer = (self.switch, self.each);
        self.switch = !loops;
        self.each &= !loops;
        let node = self.block();
        (self.switch, self.each) = outer;
        node
    }

    /// `( … )`, whose outcome is not known.
    pub(super) fn condition(&mut self) -> Node {
        self.skip_blanks_and_lines();
        let Some(close) = self.reader.close(self.at, self.end).filter(|_| self.byte() == b'(') else {
            return Node::Opaque;
        };
        let inner = self.at + 1..close.end;
        self.at = close.next;
        let node = self.captured(inner);
        if node.asks_for_a_file() { node } else { Node::Sequence(vec![node, Node::Opaque]) }
    }
}

pub(super) fn repeated(condition: Option<Node>, at_least_once: bool, body: Node) -> Node {
    Node::Loop { condition: condition.map(Box::new), until: false, at_least_once, body: Box::new(body) }
}

/// Any variable may have been taken away.
pub(super) fn cleared() -> Node {
    let steps = vec![crate::surface::shell::meaning::Step::Clear];
    Node::Simple(Box::new(Simple { steps, ..Simple::default() }))
}

fn leaving(before: Option<Node>, action: Action) -> Node {
    let mut nodes: Vec<Node> = before.into_iter().collect();
    nodes.push(Node::Simple(Box::new(Simple { action, ..Simple::default() })));
    Node::Sequence(nodes)
}
