//! Commands: what runs after what, and what may be skipped.
//!
//! Tolerant: a quote ends with its line, an open parenthesis with the next label.

use std::rc::Rc;

use super::variable::Line;
use super::word::{Extent, Reader};
use crate::surface::shell::language::Language;
use crate::surface::shell::layout::Layout;
use crate::surface::shell::meaning::{Action, Collector, Simple, Step};
use crate::surface::shell::tree::{Joint, Node, RawCommand};
use crate::surface::shell::word::ShellWord;
use crate::surface::{Origin, Output};
use crate::text::first_length;

/// Constructs nested deeper are not looked into.
const MAX_DEPTH: usize = 150;

/// Reads commands.
pub(super) struct Parser<'a, 'c> {
    pub(super) reader: Reader<'a>,
    pub(super) at: usize,
    pub(super) end: usize,
    /// Inside how many parentheses.
    pub(super) blocks: usize,
    /// Deeper than anything is looked into: the parentheses around are given up with the line.
    lost: bool,
    pub(super) collector: &'c mut Collector,
    pub(super) lines: Vec<Line>,
    /// Nothing of the POSIX grammar is in these texts.
    pub(super) none: Layout,
}

impl<'a, 'c> Parser<'a, 'c> {
    pub(super) fn new(text: &'a str, origin: &'a Origin, collector: &'c mut Collector) -> Self {
        let delayed = contains(text, "enabledelayedexpansion");
        let reader = Reader { text, origin, delayed, loops: 0 };
        Self {
            reader,
            at: 0,
            end: text.len(),
            blocks: 0,
            lost: false,
            collector,
            lines: Vec::new(),
            none: Layout::default(),
        }
    }

    /// The whole text: each label is a function.
    pub(super) fn program(&mut self) -> Node {
        let mut parts: Vec<(String, Vec<Node>)> = vec![(String::new(), Vec::new())];
        while self.at < self.end {
            self.skip_space();
            if self.byte() == b':' {
                let label = self.label();
                if !label.is_empty() {
                    parts.push((label, Vec::new()));
                }
                continue;
            }
            if self.at >= self.end {
                break;
            }
            let before = self.at;
            let node = self.line();
            self.lost = false;
            if let Some((_, nodes)) = parts.last_mut() {
                nodes.push(node);
            }
            if self.at == before {
                self.skip_char();
            }
        }
        self.write_files();
        // Each part goes on with the next one.
        let mut next: Option<String> = None;
        for (label, nodes) in parts.iter_mut().rev() {
            nodes.extend(next.take().map(|next| self.called(next)));
            next = Some(label.clone());
        }
        let mut parts = parts.into_iter();
        let main = parts.next().map(|(_, nodes)| nodes).unwrap_or_default();
        let first = self.collector.functions.len();
        self.collector.functions.extend(parts.map(|(label, nodes)| (label, Rc::new(Node::Sequence(nodes)))));
        // Of labels with the same name the first counts, and is defined last here.
        let mut nodes: Vec<Node> = (first..self.collector.functions.len()).rev().map(Node::Function).collect();
        nodes.extend(main);
        Node::Sequence(nodes)
    }

    pub(super) fn byte(&self) -> u8 {
        if self.at < self.end { self.reader.byte(self.at) } else { 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.reader.text[self.at.min(self.end)..self.end]
    }

    pub(super) fn skip_char(&mut self) {
        self.at += first_length(self.rest());
    }

    /// Skips blanks, and what else separates words in front of a command.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.byte() {
                b' ' | b'\t' => self.at += 1,
                b'\r' if self.reader.byte(self.at + 1) != b'\n' => self.at += 1,
                b'^' => match self.reader.line_break(self.at + 1) {
                    Some(length) => self.at = (self.at + 1 + length).min(self.end),
                    None => break,
                },
                0xEF if self.rest().starts_with('\u{feff}') => self.at += 3,
                _ => break,
            }
        }
    }

    /// Skips everything in front of the next command.
    fn skip_space(&mut self) {
        loop {
            self.skip_blanks();
            match self.byte() {
                b'\n' | b'\r' | b'@' | b'&' | b'|' | b';' | b',' | b'=' => self.at += 1,
                b')' if self.blocks == 0 => self.at += 1,
                _ => break,
            }
            if self.at >= self.end {
                break;
            }
        }
    }

    fn at_line_start(&self) -> bool {
        let before = self.reader.text[..self.at].bytes().rev().take(256);
        before.into_iter().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| byte == b'\n')
    }

    /// Whether a label stands here, which no parenthesis can hold.
    fn at_label(&self) -> bool {
        self.byte() == b':' && self.reader.byte(self.at + 1) != b':' && self.at_line_start()
    }

    /// Takes a label, or a comment `::`, which has no name.
    fn label(&mut self) -> String {
        let range = self.at + 1..self.line_end();
        self.at = range.end;
        if self.reader.byte(range.start) == b':' {
            self.comment(range.start + 1..range.end);
            return String::new();
        }
        name(&self.reader.text[range])
    }

    fn line_end(&self) -> usize {
        let rest = self.rest();
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at + rest[..length].trim_end_matches('\r').len()
    }

    /// The name of the command that stands here, in lower case.
    pub(super) fn keyword(&self) -> String {
        let rest = self.rest();
        let length = rest.bytes().take(12).take_while(u8::is_ascii_alphabetic).count();
        let ends = rest.as_bytes().get(length).is_none_or(|byte| b" \t\r\n&|<>()/;,=\".:+[]\\".contains(byte));
        if length > 0 && ends { rest[..length].to_ascii_lowercase() } else { String::new() }
    }

    pub(super) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.keyword() == keyword;
        if found {
            self.at += keyword.len();
        }
        found
    }

    /// The commands of a line, up to its end or that of the block.
    pub(super) fn line(&mut self) -> Node {
        let mut nodes = Vec::new();
        loop {
            self.skip_blanks();
            let first = self.pipeline();
            let mut rest = Vec::new();
            loop {
                self.skip_blanks();
                let joint = match (self.byte(), self.reader.byte(self.at + 1)) {
                    (b'&', b'&') => Joint::And,
                    (b'|', b'|') => Joint::Or,
                    _ => break,
                };
                self.at += 2;
                self.skip_blanks();
                rest.push((joint, self.pipeline()));
            }
            nodes.push(if rest.is_empty() { first } else { Node::AndOr(Box::new(first), rest) });
            self.skip_blanks();
            if self.byte() != b'&' {
                break;
            }
            self.at += 1;
        }
        if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) }
    }

    fn pipeline(&mut self) -> Node {
        let mut first = self.collector.commands.len();
        let mut stages = vec![self.command()];
        loop {
            self.skip_blanks();
            if self.byte() != b'|' || self.reader.byte(self.at + 1) == b'|' {
                break;
            }
            self.collector.send(first, Some(Output::Piped));
            first = self.collector.commands.len();
            self.at += 1;
            stages.push(self.command());
        }
        match stages.pop() {
            Some(node) if stages.is_empty() => node,
            Some(node) => {
                stages.push(node);
                Node::Isolated(stages)
            }
            None => Node::Opaque,
        }
    }

    fn command(&mut self) -> Node {
        loop {
            self.skip_blanks();
            match self.byte() {
                b'@' | b';' | b',' | b'=' => self.at += 1,
                _ => break,
            }
        }
        if self.collector.depth >= MAX_DEPTH {
            self.at = self.line_end();
            self.lost = true;
            return Node::Opaque;
        }
        self.collector.depth += 1;
        let node = if self.byte() == b'(' { self.block() } else { self.statement() };
        self.collector.depth -= 1;
        node
    }

    /// `( … )`
    fn block(&mut self) -> Node {
        self.at += 1;
        let (first, lines) = (self.collector.commands.len(), self.lines.len());
        self.blocks += 1;
        let mut nodes = Vec::new();
        loop {
            self.skip_space();
            if self.at >= self.end || self.byte() == b')' || self.lost || self.at_label() {
                break;
            }
            let before = self.at;
            if self.byte() == b':' {
                // A comment `::`, or a label that stands behind something.
                self.label();
            } else {
                nodes.push(self.line());
            }
            if self.at == before {
                self.skip_char();
            }
        }
        self.blocks -= 1;
        if self.byte() == b')' {
            self.at += 1;
            let mut raw = RawCommand::default();
            self.redirections(&mut raw);
            self.collector.send(first, raw.output);
            if let Some(target) = raw.targets.last() {
                for line in self.lines[lines..].iter_mut().filter(|line| line.target.is_none()) {
                    line.target = Some(target.text().to_owned());
                }
            }
        }
        Node::Sequence(nodes)
    }

    fn statement(&mut self) -> Node {
        let start = self.at;
        let keyword = self.keyword();
        self.at += keyword.len();
        match keyword.as_str() {
            "if" => self.conditional(),
            "for" => self.for_each(),
            "rem" if !matches!(self.byte(), b'.' | b':' | b'\\') => {
                let end = self.line_end();
                self.comment(self.at..end);
                self.at = end;
                Node::Sequence(Vec::new())
            }
            "set" if matches!(self.byte(), b' ' | b'\t' | b'/' | b'"') => self.set(start),
            "setlocal" | "endlocal" => {
                let _ = self.raw_words(start);
                steps(vec![if keyword == "setlocal" { Step::Keep } else { Step::Restore }])
            }
            "goto" => {
                let word = self.target();
                let leave = acts(Action::Return(Some(true)));
                if word == "eof" || word.is_empty() {
                    return leave;
                }
                Node::Sequence(vec![self.called(word), leave])
            }
            "exit" => {
                let words = self.raw_words(start);
                let mut texts = words.words.iter().skip(1).map(ShellWord::text).peekable();
                let leaves = texts.next_if(|text| text.eq_ignore_ascii_case("/b")).is_some();
                let status = match texts.next() {
                    None => None,
                    Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => Some(text == "0"),
                    Some(_) => None,
                };
                acts(if leaves { Action::Return(status) } else { Action::Exit(status) })
            }
            "call" if !matches!(self.byte(), b'.' | b'\\' | b':') => {
                self.skip_blanks();
                if self.byte() == b':' {
                    let label = self.target();
                    let words = self.raw_words(start);
                    self.note(words);
                    return self.called(label);
                }
                if matches!(self.keyword().as_str(), "set" | "echo" | "if" | "for" | "start") {
                    return self.statement();
                }
                self.simple(start)
            }
            "echo" => self.echo(start),
            _ => {
                self.at = start;
                self.simple(start)
            }
        }
    }

    /// The label that `goto` and `call` name.
    fn target(&mut self) -> String {
        self.skip_blanks();
        let word = self.reader.read(self.at, self.end, Extent::Word, self.blocks > 0);
        self.at = word.range.end;
        name(word.text().trim_start_matches(':'))
    }

    fn called(&mut self, label: String) -> Node {
        self.collector.called.insert(label.clone());
        Node::Simple(Box::new(Simple { call: Some(label), ..Simple::default() }))
    }
}

/// A label's name, as `goto` looks for it.
fn name(text: &str) -> String {
    let text = text.trim_start();
    let end = text.find(|end: char| end.is_whitespace() || "&|<>():;,=+".contains(end)).unwrap_or(text.len());
    let name = Language::Batch.folded(&text[..end]);
    if name.is_empty() || name == "eof" { name } else { format!(":{name}") }
}

pub(super) fn steps(steps: Vec<Step>) -> Node {
    Node::Simple(Box::new(Simple { steps, ..Simple::default() }))
}

fn acts(action: Action) -> Node {
    Node::Simple(Box::new(Simple { action, ..Simple::default() }))
}

/// Whether a text holds a word, in any case.
pub(super) fn contains(text: &str, lower: &str) -> bool {
    text.as_bytes().windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower.as_bytes()))
}
