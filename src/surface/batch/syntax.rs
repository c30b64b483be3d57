//! Commands: what runs after what, and what may be skipped.
//!
//! Tolerant: a quote ends with its line, an open parenthesis with the next label.

use std::ops::Range;
use std::rc::Rc;

use super::variable::Line;
use super::word::{Extent, Reader, bit};
use crate::surface::shell::includes::is_dotenv;
use crate::surface::shell::language::Language;
use crate::surface::shell::layout::Layout;
use crate::surface::shell::meaning::{Action, Collector, Reads, Simple, Step};
use crate::surface::shell::tree::{Joint, Node, RawCommand};
use crate::surface::shell::word::{self as shell_word, ShellWord};
use crate::surface::{Command, Decoded, Origin, Output, Secret};

/// Constructs nested deeper are not looked into.
const MAX_DEPTH: usize = 150;
/// Longer lists are no lists of variables.
const MAX_ELEMENTS: usize = 64;

/// Reads commands.
pub(super) struct Parser<'a, 'c> {
    pub(super) reader: Reader<'a>,
    pub(super) at: usize,
    pub(super) end: usize,
    /// Inside how many parentheses.
    blocks: usize,
    pub(super) collector: &'c mut Collector,
    pub(super) lines: Vec<Line>,
    /// Nothing of the POSIX grammar is in these texts.
    none: Layout,
}

impl<'a, 'c> Parser<'a, 'c> {
    pub(super) fn new(text: &'a str, origin: &'a Origin, collector: &'c mut Collector) -> Self {
        let delayed = contains(text, "enabledelayedexpansion");
        let reader = Reader { text, origin, delayed, loops: 0 };
        Self { reader, at: 0, end: text.len(), blocks: 0, collector, lines: Vec::new(), none: Layout::default() }
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
            if let Some((_, nodes)) = parts.last_mut() {
                nodes.push(node);
            }
            if self.at == before {
                self.skip_char();
            }
        }
        self.write_files();
        let mut next: Option<String> = None;
        let mut functions = Vec::new();
        let mut main = Vec::new();
        for (label, mut nodes) in parts.into_iter().rev() {
            nodes.extend(next.take().map(|next| self.called(next)));
            if label.is_empty() {
                main = nodes;
                break;
            }
            // Of labels with the same name the first counts, and is defined last here.
            self.collector.functions.push((label.clone(), Rc::new(Node::Sequence(nodes))));
            functions.push(Node::Function(self.collector.functions.len() - 1));
            next = Some(label);
        }
        functions.append(&mut main);
        Node::Sequence(functions)
    }

    pub(super) fn byte(&self) -> u8 {
        if self.at < self.end { self.reader.byte(self.at) } else { 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.reader.text[self.at.min(self.end)..self.end]
    }

    fn skip_char(&mut self) {
        self.at += self.rest().chars().next().map_or(1, char::len_utf8);
    }

    /// Skips blanks, and what else separates words in front of a command.
    fn skip_blanks(&mut self) {
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
    fn keyword(&self) -> String {
        let rest = self.rest();
        let length = rest.bytes().take(12).take_while(u8::is_ascii_alphabetic).count();
        let ends = rest.as_bytes().get(length).is_none_or(|byte| b" \t\r\n&|<>()/;,=\".:+[]\\".contains(byte));
        if length > 0 && ends { rest[..length].to_ascii_lowercase() } else { String::new() }
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.keyword() == keyword;
        if found {
            self.at += keyword.len();
        }
        found
    }

    /// The commands of a line, up to its end or that of the block.
    fn line(&mut self) -> Node {
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
            if self.at >= self.end || self.byte() == b')' || self.at_label() {
                break;
            }
            let before = self.at;
            if self.byte() == b':' {
                let end = self.line_end();
                self.comment(self.at + 2..end.max(self.at + 2));
                self.at = end;
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

    fn set(&mut self, start: usize) -> Node {
        self.skip_blanks();
        let word = self.reader.read(self.at, self.end, Extent::Rest, self.blocks > 0);
        self.at = word.range.end;
        let mut raw = RawCommand::default();
        self.redirections(&mut raw);
        let mut simple = Simple { succeeds: Some(true), ..Simple::default() };
        if !self.assign(&word, &mut simple) {
            // `set`, `set NAME`: prints.
            self.at = start;
            return self.simple(start);
        }
        raw.words = vec![self.reader.read(start, start + 3, Extent::Word, false), word];
        raw.range = start..self.at;
        self.note(raw);
        Node::Simple(Box::new(simple))
    }

    /// `echo text`, `echo.text`
    fn echo(&mut self, start: usize) -> Node {
        let program = self.reader.read(start, self.at, Extent::Word, false);
        // What separates the text is none of it.
        self.at += usize::from(matches!(self.byte(), b' ' | b'\t' | b'.' | b':' | b'(' | b'/' | b',' | b';'));
        let mut raw = RawCommand::default();
        self.redirections(&mut raw);
        let mut word = self.reader.read(self.at, self.end, Extent::Rest, self.blocks > 0);
        self.at = word.range.end;
        self.redirections(&mut raw);
        raw.range = start..self.at;
        let text = word.text().trim_end();
        word.decoded = crate::surface::shell::decode::part(&word.decoded, 0, text.len());
        let target = raw.targets.last().map(|target| target.text().to_owned());
        self.lines.push(Line { target, word: word.clone() });
        raw.words = vec![program, word];
        self.note(raw);
        Node::Sequence(Vec::new())
    }

    /// Adds a command that changes nothing.
    fn note(&mut self, raw: RawCommand) {
        let span = self.reader.origin.span(raw.range.start, raw.range.end);
        let key = self.collector.prefix.trim_end_matches('.').to_owned();
        let words: Vec<_> = raw.words.iter().map(ShellWord::to_word).collect();
        if !words.is_empty() {
            let output = raw.output.unwrap_or(Output::Shown);
            self.collector.commands.push(Command { words, span, key, output });
        }
    }

    /// The words up to the next operator.
    fn raw_words(&mut self, start: usize) -> RawCommand {
        self.at = start;
        let mut raw = RawCommand::default();
        let mut last = start;
        while self.at < self.end {
            self.skip_blanks();
            if self.redirections(&mut raw) {
                last = self.at;
                continue;
            }
            let word = self.reader.read(self.at, self.end, Extent::Word, self.blocks > 0);
            if word.range.is_empty() {
                break;
            }
            self.at = word.range.end;
            last = self.at;
            raw.words.push(word);
        }
        raw.range = start..last;
        raw
    }

    fn simple(&mut self, start: usize) -> Node {
        let mut raw = self.raw_words(start);
        self.started(&mut raw);
        let script = raw.words.first().map(ShellWord::text).filter(|name| {
            let name = name.to_ascii_lowercase();
            name.ends_with(".bat") || name.ends_with(".cmd") && !matches!(&*name, "claude.cmd" | "npx.cmd" | "npm.cmd")
        });
        let path = script.map(|path| path.replace('\\', "/"));
        let origin = raw.words.first().map(|word| word.decoded.origin.clone());
        let reader = shell_word::Reader { text: self.reader.text, layout: &self.none, origin: self.reader.origin };
        let (mut simple, _) = self.collector.simple(reader, raw);
        if let (Some(path), Some(origin)) = (path, origin) {
            // Its variables are those of this file.
            let path = Decoded { text: Secret::new(path), origin };
            self.collector.include(path, Reads::Exported, &mut simple.steps);
        }
        Node::Simple(Box::new(simple))
    }

    /// Leaves what `call` and `start "title" /options` start.
    fn started(&self, raw: &mut RawCommand) {
        let is = |word: Option<&ShellWord>, name: &str| word.is_some_and(|word| word.text().eq_ignore_ascii_case(name));
        let mut first = usize::from(is(raw.words.first(), "call"));
        if is(raw.words.get(first), "start") {
            first += 1;
            first += usize::from(raw.words.get(first).is_some_and(|word| self.reader.byte(word.range.start) == b'"'));
            while let Some(option) = raw.words.get(first).filter(|word| word.text().starts_with('/')) {
                first += if option.text().eq_ignore_ascii_case("/d") { 2 } else { 1 };
            }
        }
        if first < raw.words.len() {
            raw.words.drain(..first);
        }
    }

    /// Redirections that stand here; false if there are none.
    fn redirections(&mut self, raw: &mut RawCommand) -> bool {
        let mut found = false;
        loop {
            self.skip_blanks();
            if self.at >= self.end || !self.reader.redirects(self.at) {
                return found;
            }
            found = true;
            let digit = self.byte().is_ascii_digit().then(|| self.byte());
            self.at += usize::from(digit.is_some());
            let writes = self.byte() == b'>';
            self.at += if self.rest().starts_with(">>") { 2 } else { 1 };
            if self.byte() == b'&' {
                self.at += 2;
                self.at = self.at.min(self.end);
                while !self.reader.text.is_char_boundary(self.at) {
                    self.at += 1;
                }
                continue;
            }
            self.skip_blanks();
            let word = self.reader.read(self.at, self.end, Extent::Word, self.blocks > 0);
            self.at = word.range.end;
            if writes && matches!(digit, None | Some(b'1')) {
                raw.output = Some(Output::Redirected);
                raw.targets.push(word);
            } else {
                raw.sources.push(word);
            }
        }
    }

    fn operand(&mut self) -> ShellWord {
        self.skip_blanks();
        let word = self.reader.read(self.at, self.end, Extent::Operand, false);
        self.at = word.range.end;
        word
    }

    fn conditional(&mut self) -> Node {
        let mut exists = false;
        loop {
            self.skip_blanks();
            if self.rest().get(..2).is_some_and(|option| option.eq_ignore_ascii_case("/i")) {
                self.at += 2;
            } else if !self.take_keyword("not") {
                break;
            }
        }
        match self.keyword().as_str() {
            "exist" => {
                self.at += "exist".len();
                let path = self.operand().text().replace('\\', "/");
                exists = is_dotenv(&path);
            }
            keyword @ ("defined" | "errorlevel" | "cmdextversion") => {
                self.at += keyword.len();
                let _ = self.operand();
            }
            _ => {
                let _ = self.operand();
                self.skip_blanks();
                if self.byte() == b'=' {
                    while self.byte() == b'=' {
                        self.at += 1;
                    }
                } else {
                    let _ = self.operand();
                }
                let _ = self.operand();
            }
        }
        self.skip_blanks();
        let body = self.line();
        self.skip_blanks();
        let otherwise = self.take_keyword("else").then(|| {
            self.skip_blanks();
            Box::new(self.line())
        });
        Node::If { arms: vec![(if exists { Node::Exists } else { Node::Opaque }, body)], otherwise }
    }

    /// `for %%v in (A B) do command`, `for /f "options" %%v in (file) do command`.
    fn for_each(&mut self) -> Node {
        let start = self.at;
        let (mut reads, mut name) = (false, String::new());
        loop {
            self.skip_blanks();
            if self.at >= self.end || self.take_keyword("in") || self.reader.line_break(self.at).is_some() {
                break;
            }
            let word = self.reader.read(self.at, self.end, Extent::Word, false);
            if word.range.is_empty() {
                self.skip_char();
                continue;
            }
            self.at = word.range.end;
            reads |= word.text().eq_ignore_ascii_case("/f");
            let written = &self.reader.text[word.range.clone()];
            if written.starts_with("%%") {
                written.clone_into(&mut name);
            }
        }
        self.skip_blanks();
        let mut before = Vec::new();
        let mut file = None;
        let mut values = Vec::new();
        if self.byte() == b'(' {
            let inner = self.set_range();
            self.at = inner.end + usize::from(self.reader.byte(inner.end) == b')');
            if reads {
                let text = self.reader.text[inner.clone()].trim();
                let from = inner.end - self.reader.text[inner.clone()].trim_start().len();
                match text.as_bytes() {
                    [b'\'', middle @ .., b'\''] | [b'`', middle @ .., b'`'] => {
                        before.push(self.captured(from + 1..from + 1 + middle.len()));
                    }
                    _ => {}
                }
                file = self.dotenv(inner);
            } else {
                values = self.values(inner);
            }
        }
        self.skip_blanks();
        let _ = self.take_keyword("do");
        let known = !values.is_empty();
        let letter = name.bytes().nth(2).unwrap_or(0);
        if known {
            self.collector.lists.insert(name, values);
        } else {
            self.collector.lists.remove(&name);
        }
        let clears = self.collector.clears;
        let outer = self.reader.loops;
        // `tokens=1,2` fills the letters behind the first one too.
        let letters = letter..=letter.saturating_add(if reads { 26 } else { 0 });
        self.reader.loops |= letters.fold(0, |bits, letter| bits | bit(letter));
        let body = Box::new(self.line());
        self.reader.loops = outer;
        before.push(Node::Loop { condition: None, until: false, at_least_once: known, body });
        if self.collector.clears > clears {
            before.push(steps(vec![Step::Clear]));
        }
        if let Some(path) = file.filter(|_| contains(&self.reader.text[start..self.at], "set ")) {
            let mut simple = Simple::default();
            self.collector.include(path, Reads::Exported, &mut simple.steps);
            before.push(Node::Simple(Box::new(simple)));
        }
        Node::Sequence(before)
    }

    /// What stands in the parentheses of a `for`.
    fn set_range(&self) -> Range<usize> {
        let bytes = self.reader.text.as_bytes();
        let (mut at, mut quote) = (self.at + 1, 0);
        while at < self.end && bytes[at] != b'\n' {
            match bytes[at] {
                b'^' if quote == 0 => at += 1,
                byte @ (b'"' | b'\'' | b'`') => quote = if quote == byte { 0 } else { quote.max(byte) },
                b')' if quote == 0 => break,
                _ => {}
            }
            at += 1;
        }
        self.at + 1..at.min(self.end)
    }

    /// The dotenv file that a set names, itself or in a command that reads it.
    fn dotenv(&self, inner: Range<usize>) -> Option<Decoded> {
        let outside = |byte: char| byte.is_whitespace() || "'\"`|,;()".contains(byte);
        let mut at = inner.start;
        for token in self.reader.text[inner].split_inclusive(outside) {
            let path = token.trim_end_matches(outside);
            if is_dotenv(&path.replace('\\', "/")) {
                let word = self.reader.read(at, at + path.len(), Extent::Word, false);
                let text = Secret::new(path.replace('\\', "/"));
                return Some(Decoded { text, origin: word.decoded.origin });
            }
            at += token.len();
        }
        None
    }

    /// The words of a set, if all are literal.
    fn values(&self, inner: Range<usize>) -> Vec<Decoded> {
        let (mut values, mut at) = (Vec::new(), inner.start);
        while at < inner.end {
            if matches!(self.reader.byte(at), b' ' | b'\t' | b',' | b';') {
                at += 1;
                continue;
            }
            let length = self.reader.text[at..inner.end].find([',', ';']).unwrap_or(inner.end - at);
            let word = self.reader.read(at, at + length, Extent::Word, false);
            let is_pattern = word.text().contains(['*', '?']);
            if word.range.is_empty() || word.literal().is_none() || is_pattern || values.len() >= MAX_ELEMENTS {
                return Vec::new();
            }
            at = word.range.end;
            values.push(word.decoded);
        }
        values
    }

    /// The command whose output a `for /f` reads.
    fn captured(&mut self, range: Range<usize>) -> Node {
        let first = self.collector.commands.len();
        let (at, end) = (self.at, self.end);
        let blocks = std::mem::take(&mut self.blocks);
        (self.at, self.end) = (range.start, range.end);
        let node = self.line();
        (self.at, self.end, self.blocks) = (at, end, blocks);
        self.collector.send(first, Some(Output::Captured));
        Node::Isolated(vec![node])
    }
}

/// A label's name, as `goto` looks for it.
fn name(text: &str) -> String {
    let text = text.trim_start();
    let end = text.find(|end: char| end.is_whitespace() || "&|<>():;,=+".contains(end)).unwrap_or(text.len());
    let name = Language::Batch.folded(&text[..end]);
    if name.is_empty() || name == "eof" { name } else { format!(":{name}") }
}

fn steps(steps: Vec<Step>) -> Node {
    Node::Simple(Box::new(Simple { steps, ..Simple::default() }))
}

fn acts(action: Action) -> Node {
    Node::Simple(Box::new(Simple { action, ..Simple::default() }))
}

/// Whether a text holds a word, in any case.
fn contains(text: &str, lower: &str) -> bool {
    text.as_bytes().windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower.as_bytes()))
}
