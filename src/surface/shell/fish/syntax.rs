//! Statements of fish. All of them run in the shell's own process, those in pipelines and substitutions too.
//!
//! Tolerant: a stray `end` is ignored, a block that is never closed ends with its text.

use std::ops::Range;

use super::word::{name_length, word};
use crate::surface::shell::decode::{placed, verbatim};
use crate::surface::shell::language::Language;
use crate::surface::shell::layout::Layout;
use crate::surface::shell::meaning::{Collector, Reads, Simple};
use crate::surface::shell::tree::{Joint, Node};
use crate::surface::shell::word::{Reader, ShellWord};
use crate::surface::{Origin, Output};
use crate::text::first_length;

/// Blocks nested deeper are read as if they were none.
pub(super) const MAX_DEPTH: usize = 150;

/// What lines say that hand on what they read from a file.
const EXPORTS: [&str; 7] = ["set -gx", "set -x", "set -Ux", "set -xg", "set -lx", "--export", "export "];

/// Reads a program.
pub(in crate::surface::shell) fn parse(text: &str, origin: &Origin, collector: &mut Collector) -> Node {
    let layout = Layout::new(text, Language::Fish);
    let reader = Reader { text, layout: &layout, origin };
    let mut parser = Parser { reader, at: 0, end: text.len(), flat: 0, collector };
    let file = parser.collector.nesting == 0;
    let body = parser.list(&[]);
    if file { block(body) } else { body }
}

/// Whether commands hand on what they read.
pub(super) fn exports(commands: &str) -> bool {
    EXPORTS.iter().any(|export| commands.contains(export))
}

/// A block with local variables of its own.
pub(super) fn block(body: Node) -> Node {
    Node::Scope { function: false, body: Box::new(body) }
}

pub(super) struct Parser<'a, 'c> {
    pub(super) reader: Reader<'a>,
    pub(super) at: usize,
    pub(super) end: usize,
    /// How many blocks are open that were nested too deep.
    pub(super) flat: usize,
    pub(super) collector: &'c mut Collector,
}

impl<'a> Parser<'a, '_> {
    pub(super) fn byte(&self) -> u8 {
        if self.at < self.end { self.reader.byte(self.at) } else { 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.reader.text[self.at.min(self.end)..self.end]
    }

    /// Statements up to one of the closing words.
    pub(super) fn list(&mut self, closers: &[&str]) -> Node {
        self.collector.depth += 1;
        let flat = std::mem::take(&mut self.flat);
        let mut nodes = Vec::new();
        loop {
            self.skip_space();
            if self.at >= self.end {
                break;
            }
            let keyword = self.keyword();
            if self.flat == 0 && closers.contains(&keyword) {
                break;
            }
            match keyword {
                "end" | "else" | "case" | "}" => {
                    let length = keyword.len();
                    self.flat = self.flat.saturating_sub(usize::from(length == 3));
                    self.at += length;
                }
                _ => self.statement(&mut nodes),
            }
        }
        self.flat = flat;
        self.collector.depth -= 1;
        if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) }
    }

    /// A statement behind those in `nodes`; `and` and `or` go by the outcome of the last of them.
    pub(super) fn statement(&mut self, nodes: &mut Vec<Node>) {
        let before = self.at;
        let joint = self.joint();
        let node = self.conjunction();
        if self.at == before {
            // What begins no statement, such as a parenthesis that nothing closes.
            self.at += first_length(self.rest());
            return;
        }
        match (joint, node) {
            (Some(joint), node) => nodes.push(Node::Joined(joint, Box::new(node))),
            // What decides is what ran before.
            (None, Node::AndOr(first, rest)) if first.keeps_status() => {
                nodes.push(*first);
                nodes.extend(rest.into_iter().map(|(joint, node)| Node::Joined(joint, Box::new(node))));
            }
            (None, node) => nodes.push(node),
        }
    }

    /// A condition: a statement, and those behind it that begin with `and` or `or`.
    pub(super) fn condition(&mut self) -> Node {
        self.collector.depth += 1;
        let mut nodes = Vec::new();
        self.skip_blanks();
        self.statement(&mut nodes);
        loop {
            let at = self.at;
            self.skip_space();
            if !matches!(self.keyword(), "and" | "or") {
                self.at = at;
                break;
            }
            self.statement(&mut nodes);
        }
        self.collector.depth -= 1;
        if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) }
    }

    pub(super) fn joint(&mut self) -> Option<Joint> {
        let joint = match self.keyword() {
            "and" => Joint::And,
            "or" => Joint::Or,
            _ => return None,
        };
        self.at += self.keyword().len();
        self.skip_blanks();
        Some(joint)
    }

    /// The unquoted word that stands here, if it is as short as reserved words are.
    pub(super) fn keyword(&self) -> &'a str {
        let rest = self.rest();
        let is_end = |byte: u8| b" \t\r\n;&|()<>".contains(&byte);
        let length = rest.bytes().take(9).take_while(|&byte| !is_end(byte)).count();
        if length < 9 && rest.is_char_boundary(length) { &rest[..length] } else { "" }
    }

    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.keyword() == keyword;
        if found {
            self.at += keyword.len();
        }
        found
    }

    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.byte() {
                b' ' | b'\t' => self.at += 1,
                b'\r' if self.reader.byte(self.at + 1) == b'\n' => self.at += 1,
                b'\\' if self.rest().starts_with("\\\n") => self.at += 2,
                b'\\' if self.rest().starts_with("\\\r\n") => self.at += 3,
                _ => break,
            }
        }
    }

    /// Skips blanks, ends of statements, comments, and what can begin none.
    pub(super) fn skip_space(&mut self) {
        loop {
            self.skip_blanks();
            match self.byte() {
                b'\n' | b';' | b'&' | b'|' | b')' => self.at += 1,
                b'#' => self.comment(),
                _ => break,
            }
        }
    }

    pub(super) fn comment(&mut self) {
        let start = self.at;
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        let before = self.reader.text[..start].bytes().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        if before.is_some_and(|byte| byte != b'\n') {
            return;
        }
        let hashes = |byte: &u8| matches!(byte, b'#' | b' ' | b'\t');
        let from = start + self.reader.text[start..self.at].bytes().take_while(hashes).count();
        let line = &self.reader.text[from..self.at];
        if !line.starts_with("set ") {
            self.collector.comment(self.reader, start..self.at);
            return;
        }
        // The line on its own, since quotes in comments close nothing.
        let layout = Layout::new(line, Language::Fish);
        let origin = placed(self.reader.origin, from, line);
        let reader = Reader { text: line, layout: &layout, origin: &origin };
        let mut words = Vec::new();
        let mut at = "set ".len();
        while at < line.len() {
            at += line[at..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
            let next = word(reader, at, line.len());
            if next.range.is_empty() || reader.byte(at) == b'#' {
                break;
            }
            at = next.range.end;
            words.push(next);
        }
        self.collector.commented_set(&words);
    }

    pub(super) fn conjunction(&mut self) -> Node {
        let first = self.job();
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let joint = match self.rest().get(..2) {
                Some("&&") => Joint::And,
                Some("||") => Joint::Or,
                _ => break,
            };
            self.at += 2;
            self.skip_lines();
            rest.push((joint, self.job()));
        }
        if rest.is_empty() { first } else { Node::AndOr(Box::new(first), rest) }
    }

    /// Skips blanks, line breaks and comments behind an operator.
    pub(super) fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            match self.byte() {
                b'\n' => self.at += 1,
                b'#' => self.comment(),
                _ => break,
            }
        }
    }

    pub(super) fn job(&mut self) -> Node {
        let mut negated = false;
        loop {
            self.skip_blanks();
            if self.take_keyword("not") || self.take_keyword("!") {
                negated = !negated;
            } else if !self.take_keyword("time") {
                break;
            }
        }
        let (start, mut first) = (self.at, self.collector.commands.len());
        let mut stages = vec![self.stage()];
        let mut last = start;
        while let Some(length) = self.pipe() {
            self.collector.send(first, Some(Output::Piped));
            first = self.collector.commands.len();
            self.at += length;
            self.skip_lines();
            last = self.at;
            stages.push(self.stage());
        }
        if stages.len() > 1 {
            let stage = self.reader.text[last..self.at].trim();
            let reads = match stage {
                "source" | "." | "source -" => Some(Reads::Sourced),
                _ if stage.starts_with("while ") && exports(stage) => Some(Reads::Exported),
                _ => None,
            };
            stages.extend(reads.map(|reads| self.include(start..last, reads)));
        }
        let node = if stages.len() == 1 { stages.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(stages) };
        if negated { Node::Not(Box::new(node)) } else { node }
    }

    /// The length of the pipe that stands here: `|`, `&|`, `2>|`.
    pub(super) fn pipe(&mut self) -> Option<usize> {
        self.skip_blanks();
        let rest = self.rest();
        let before = match rest.as_bytes() {
            [b'|', b'|', ..] => return None,
            [b'|', ..] => 0,
            [b'&', b'|', ..] => 1,
            [b'1'..=b'9', b'>', b'|', ..] => 2,
            _ => return None,
        };
        Some(before + 1)
    }

    /// Notes the dotenv files that the commands in a part of the text print.
    pub(super) fn include(&mut self, commands: Range<usize>, reads: Reads) -> Node {
        let mut simple = Simple { keeps_status: true, ..Simple::default() };
        let reads = if exports(&self.reader.text[commands.clone()]) { Reads::Exported } else { reads };
        let printed = verbatim(self.reader.origin, self.reader.text, commands);
        self.collector.include_printed(&printed, reads, &mut simple.steps);
        Node::Simple(Box::new(simple))
    }

    /// A part of a pipeline: variables of its own, and a block or a command.
    pub(super) fn stage(&mut self) -> Node {
        self.skip_blanks();
        let mut own = Simple { keeps_status: true, ..Simple::default() };
        let mut nodes = Vec::new();
        while let Some((name, value)) = self.prefix() {
            nodes.extend(self.substitutions(&value));
            let before = self.collector.last.get(&self.reader.text[name.clone()]).copied();
            self.skip_blanks();
            let alone = matches!(self.byte(), 0 | b'\n' | b';' | b'#' | b'|' | b')');
            self.collector.own_variable(self.reader, name, &value, before, alone, &mut own.steps);
        }
        if own.steps.is_empty() {
            nodes.push(self.command());
            return if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) };
        }
        nodes.push(Node::Simple(Box::new(own)));
        nodes.push(self.command());
        block(Node::Sequence(nodes))
    }

    /// `NAME=value` in front of a command.
    pub(super) fn prefix(&mut self) -> Option<(Range<usize>, ShellWord)> {
        let length = name_length(self.rest());
        if length == 0 || !self.rest()[length..].starts_with('=') {
            return None;
        }
        let name = self.at..self.at + length;
        let value = word(self.reader, name.end + 1, self.end);
        self.at = value.range.end;
        Some((name, value))
    }

    pub(super) fn command(&mut self) -> Node {
        self.skip_blanks();
        let (first, start) = (self.collector.commands.len(), self.at);
        let keyword = self.keyword();
        let opens = matches!(keyword, "begin" | "if" | "while" | "for" | "switch" | "function");
        // A brace in front of a blank opens a block since fish 4.1.
        let brace = keyword == "{";
        if !opens && !brace {
            return self.simple();
        }
        if self.collector.depth >= MAX_DEPTH {
            self.at += keyword.len();
            self.flat += usize::from(opens);
            return Node::Opaque;
        }
        let clears = self.collector.clears;
        let node = match keyword {
            "if" => self.conditional(),
            "while" => self.loop_while(),
            "for" => self.loop_over(),
            "switch" => self.switch(),
            "function" => return self.function(),
            _ => self.group(),
        };
        let node = if matches!(keyword, "while" | "for") { self.collector.clearing(clears, node) } else { node };
        self.with_redirections(first, start, node)
    }

    /// The words up to the end of the statement.
    pub(super) fn words(&mut self) -> Vec<ShellWord> {
        let mut words = Vec::new();
        loop {
            self.skip_blanks();
            let next = word(self.reader, self.at, self.end);
            if next.range.is_empty() || self.byte() == b'#' {
                return words;
            }
            self.at = next.range.end;
            words.push(next);
        }
    }
}
