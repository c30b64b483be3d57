//! Statements: what runs after what, and what may be skipped.
//!
//! Tolerant: a stray closing word is ignored, a construct that is never closed ends with its text.

use std::ops::Range;
use std::rc::Rc;

use super::includes::is_file_test;
use super::language::Language;
use super::layout::{HereDoc, Layout};
use super::meaning::Collector;
use super::tree::{Arm, Joint, Node, RawCommand};
use super::word::{Reader, ShellWord, name_length};
use crate::surface::{Origin, Output};
use crate::text::first_length;

/// Constructs nested deeper are not looked into.
const MAX_DEPTH: usize = 150;

/// Reads a program.
pub(super) fn parse(text: &str, origin: &Origin, collector: &mut Collector) -> Node {
    let layout = Layout::new(text, Language::Posix);
    let reader = Reader { text, layout: &layout, origin };
    let mut parser =
        Parser { reader, at: 0, end: text.len(), expected: 0, piped: Vec::new(), unclaimed: Vec::new(), collector };
    parser.list(0)
}

// Words that end a list of statements.
const THEN: u8 = 1;
const ELSE: u8 = 1 << 1;
const FI: u8 = 1 << 2;
const DO: u8 = 1 << 3;
const DONE: u8 = 1 << 4;
const ESAC: u8 = 1 << 5;
const BRACE: u8 = 1 << 6;
const ARM: u8 = 1 << 7;

/// Reads statements.
pub(super) struct Parser<'a, 'c> {
    pub(super) reader: Reader<'a>,
    pub(super) at: usize,
    pub(super) end: usize,
    /// The closing words for which this list and those around it wait.
    expected: u8,
    /// Here-documents of the previous part of the pipeline.
    pub(super) piped: Vec<HereDoc>,
    pub(super) unclaimed: Vec<HereDoc>,
    pub(super) collector: &'c mut Collector,
}

impl Parser<'_, '_> {
    pub(super) fn byte(&self) -> u8 {
        if self.at < self.end { self.reader.byte(self.at) } else { 0 }
    }

    pub(super) fn rest(&self) -> &str {
        &self.reader.text[self.at.min(self.end)..self.end]
    }

    pub(super) fn starts_with(&self, prefix: &str) -> bool {
        self.rest().starts_with(prefix)
    }

    /// Statements up to one of the closing words.
    fn list(&mut self, closers: u8) -> Node {
        if self.collector.depth >= MAX_DEPTH {
            self.at = self.end;
            return Node::Opaque;
        }
        self.collector.depth += 1;
        let outer = self.expected;
        self.expected |= closers;
        let mut nodes = Vec::new();
        loop {
            self.skip_space();
            if self.at >= self.end {
                break;
            }
            if self.starts_with(";;") || self.starts_with(";&") {
                if self.expected & ARM != 0 {
                    break;
                }
                self.at += 2;
            } else if matches!(self.byte(), b';' | b'&' | b'|' | b')') {
                self.at += 1;
            } else if let (closer, length @ 1..) = self.closer() {
                if self.expected & closer != 0 {
                    break;
                }
                self.at += length;
            } else {
                let before = self.at;
                nodes.push(self.and_or());
                if self.at == before {
                    self.at += first_length(self.rest());
                }
            }
        }
        self.expected = outer;
        self.collector.depth -= 1;
        if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) }
    }

    /// The program in a part of the text.
    pub(super) fn sub(&mut self, range: Range<usize>) -> Node {
        let (at, end, expected) = (self.at, self.end, self.expected);
        let piped = std::mem::take(&mut self.piped);
        let unclaimed = std::mem::take(&mut self.unclaimed);
        (self.at, self.end, self.expected) = (range.start, range.end, 0);
        let node = self.list(0);
        (self.at, self.end, self.expected) = (at, end, expected);
        (self.piped, self.unclaimed) = (piped, unclaimed);
        node
    }

    /// The unquoted word that stands here, if it is as short as reserved words are.
    fn keyword(&self) -> &str {
        let rest = self.rest();
        let is_end = |byte: u8| b" \t\r\n;&|()<>".contains(&byte);
        let length = rest.bytes().take(9).take_while(|&byte| !is_end(byte)).count();
        if length < 9 && rest.is_char_boundary(length) { &rest[..length] } else { "" }
    }

    /// Which closing word stands here, and its length.
    fn closer(&self) -> (u8, usize) {
        match self.keyword() {
            "then" => (THEN, 4),
            "elif" | "else" => (ELSE, 4),
            "fi" => (FI, 2),
            "do" => (DO, 2),
            "done" => (DONE, 4),
            "esac" => (ESAC, 4),
            "}" => (BRACE, 1),
            _ => (0, 0),
        }
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.keyword() == keyword;
        if found {
            self.at += keyword.len();
        }
        found
    }

    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.byte() {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.starts_with("\\\n") => self.at += 2,
                b'\\' if self.starts_with("\\\r\n") => self.at += 3,
                _ => break,
            }
        }
    }

    /// Skips blanks, line breaks and comments.
    fn skip_space(&mut self) {
        loop {
            self.skip_blanks();
            match self.byte() {
                b'\n' => self.newline(),
                b'#' => self.comment(),
                _ => break,
            }
        }
    }

    fn newline(&mut self) {
        self.at = self.reader.layout.after_bodies(self.at + 1).min(self.end);
    }

    fn comment(&mut self) {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.find('\n').unwrap_or(rest.len());
        let before = self.reader.text[..start].bytes().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        if before.is_none_or(|byte| byte == b'\n') {
            self.collector.comment(self.reader, start..self.at);
        }
    }

    fn and_or(&mut self) -> Node {
        let first = self.pipeline();
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let joint = if self.starts_with("&&") {
                Joint::And
            } else if self.starts_with("||") {
                Joint::Or
            } else {
                break;
            };
            self.at += 2;
            self.skip_space();
            rest.push((joint, self.pipeline()));
        }
        let node = if rest.is_empty() { first } else { Node::AndOr(Box::new(first), rest) };
        if self.byte() == b'&' {
            self.at += 1;
            return Node::Isolated(vec![node]);
        }
        node
    }

    fn pipeline(&mut self) -> Node {
        let mut negated = false;
        loop {
            self.skip_blanks();
            if self.take_keyword("!") {
                negated = !negated;
            } else if self.take_keyword("time") {
                self.skip_blanks();
                self.take_keyword("-p");
            } else {
                break;
            }
        }
        let mut first = self.collector.commands.len();
        let mut stages = vec![self.command()];
        loop {
            self.skip_blanks();
            if self.byte() != b'|' || self.starts_with("||") {
                break;
            }
            self.collector.send(first, Some(Output::Piped));
            first = self.collector.commands.len();
            self.at += if self.starts_with("|&") { 2 } else { 1 };
            self.piped = std::mem::take(&mut self.unclaimed);
            self.skip_space();
            stages.push(self.command());
        }
        self.unclaimed.clear();
        let node = match stages.pop() {
            Some(node) if stages.is_empty() => node,
            Some(node) => {
                stages.push(node);
                Node::Isolated(stages)
            }
            None => Node::Opaque,
        };
        if negated { Node::Not(Box::new(node)) } else { node }
    }

    fn command(&mut self) -> Node {
        self.skip_blanks();
        let (first, start, clears) = (self.collector.commands.len(), self.at, self.collector.clears);
        if self.byte() == b'(' {
            let Some(close) = self.reader.close(self.at, self.end) else {
                self.at += 1;
                return Node::Opaque;
            };
            let arithmetic = self.starts_with("((");
            let body = self.at + 1..close.end;
            self.at = close.next;
            let node = if arithmetic { Node::Opaque } else { Node::Isolated(vec![self.sub(body)]) };
            return self.with_redirections(first, start, node);
        }
        let node = match self.keyword() {
            _ if self.collector.depth + 1 >= MAX_DEPTH => return self.simple(),
            "if" => self.conditional(),
            "while" | "until" => {
                let node = self.loop_while();
                self.collector.clearing(clears, node)
            }
            "for" | "select" => {
                let node = self.loop_over();
                self.collector.clearing(clears, node)
            }
            "case" => self.case(),
            "function" => return self.function(),
            "{" => self.group(),
            "[[" => self.test(),
            _ => return self.simple(),
        };
        self.with_redirections(first, start, node)
    }

    /// Reads the redirections behind a compound command, whose own commands are those from number `first` on.
    fn with_redirections(&mut self, first: usize, start: usize, node: Node) -> Node {
        let mut raw = RawCommand::default();
        let redirections = self.at;
        loop {
            self.skip_blanks();
            if !self.redirection(&mut raw) {
                break;
            }
        }
        self.collector.send(first, raw.output);
        let node = self.fed(node, start..redirections, &raw);
        let mut nodes: Vec<Node> =
            raw.targets.iter().chain(&raw.sources).filter_map(|word| self.substitutions(word)).collect();
        if nodes.is_empty() {
            return node;
        }
        nodes.push(node);
        Node::Sequence(nodes)
    }

    /// What a word's substitutions run.
    pub(super) fn substitutions(&mut self, word: &ShellWord) -> Option<Node> {
        if word.substitutions.is_empty() {
            return None;
        }
        Some(Node::Isolated(word.substitutions.iter().map(|range| self.captured(range.clone())).collect()))
    }

    /// The program of a substitution.
    pub(super) fn captured(&mut self, range: Range<usize>) -> Node {
        let first = self.collector.commands.len();
        let writes = self.reader.text[..range.start].ends_with(">(");
        let node = self.sub(range);
        self.collector.send(first, (!writes).then_some(Output::Captured));
        node
    }

    fn group(&mut self) -> Node {
        self.at += 1;
        let body = self.list(BRACE);
        self.take_keyword("}");
        body
    }

    fn conditional(&mut self) -> Node {
        self.at += "if".len();
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.list(THEN | ELSE | FI);
            let body = if self.take_keyword("then") { self.list(ELSE | FI) } else { Node::Opaque };
            arms.push((condition, body));
            if self.take_keyword("elif") {
                continue;
            }
            if self.take_keyword("else") {
                otherwise = Some(Box::new(self.list(FI)));
            }
            self.take_keyword("fi");
            return Node::If { arms, otherwise };
        }
    }

    fn loop_while(&mut self) -> Node {
        let until = self.keyword() == "until";
        self.at += "while".len();
        let condition = self.list(DO | DONE);
        let body = if self.take_keyword("do") { self.list(DONE) } else { Node::Opaque };
        self.take_keyword("done");
        Node::Loop { condition: Some(Box::new(condition)), until, at_least_once: false, body: Box::new(body) }
    }

    fn loop_over(&mut self) -> Node {
        self.at += self.keyword().len();
        let mut before = Vec::new();
        let mut at_least_once = false;
        self.skip_blanks();
        if let Some(close) = self.reader.close(self.at, self.end) {
            self.at = close.next;
        } else {
            let name = self.rest()[..name_length(self.rest())].to_owned();
            self.at += name.len();
            self.skip_space();
            self.collector.lists.remove(&name);
            if self.take_keyword("in") {
                self.skip_blanks();
                let (mut values, mut known) = (Vec::new(), true);
                loop {
                    let word = self.word();
                    if word.range.is_empty() {
                        break;
                    }
                    before.extend(self.substitutions(&word));
                    let these = self.collector.values(&word);
                    at_least_once |= !these.is_empty();
                    known &= !these.is_empty();
                    values.extend(these);
                    self.skip_blanks();
                }
                if known {
                    self.collector.lists.insert(name, values);
                }
            }
        }
        self.skip_space();
        if self.byte() == b';' {
            self.at += 1;
            self.skip_space();
        }
        if !self.take_keyword("do") {
            return Node::Sequence(before);
        }
        let body = Box::new(self.list(DONE));
        self.take_keyword("done");
        before.push(Node::Loop { condition: None, until: false, at_least_once, body });
        Node::Sequence(before)
    }

    fn case(&mut self) -> Node {
        self.at += "case".len();
        self.skip_blanks();
        let subject = self.word();
        let mut nodes: Vec<Node> = self.substitutions(&subject).into_iter().collect();
        self.skip_space();
        let (mut arms, mut total) = (Vec::new(), false);
        if self.take_keyword("in") {
            loop {
                self.skip_space();
                if self.at >= self.end || self.take_keyword("esac") || !self.pattern(&mut total) {
                    break;
                }
                let body = self.list(ARM | ESAC);
                let falls_through = self.starts_with(";&") || self.starts_with(";;&");
                self.at += if self.starts_with(";;&") { 3 } else { 2 * usize::from(self.byte() == b';') };
                arms.push(Arm { body, falls_through });
            }
        }
        nodes.push(Node::Case { arms, total });
        Node::Sequence(nodes)
    }

    /// Reads the patterns of an arm up to their parenthesis; false if there are none.
    fn pattern(&mut self, total: &mut bool) -> bool {
        if self.byte() == b'(' {
            if let Some(close) = self.reader.close(self.at, self.end) {
                *total |= self.reader.text[self.at + 1..close.end].split('|').any(|pattern| pattern.trim() == "*");
                self.at = close.next;
                return true;
            }
            self.at += 1;
        }
        loop {
            self.skip_blanks();
            let word = self.word();
            *total |= &self.reader.text[word.range.clone()] == "*";
            self.skip_blanks();
            match self.byte() {
                b'|' => self.at += 1,
                b')' => {
                    self.at += 1;
                    return true;
                }
                _ => return false,
            }
        }
    }

    /// `function name`, `function name()`.
    fn function(&mut self) -> Node {
        self.at += "function".len();
        self.skip_blanks();
        let name = self.word();
        self.skip_blanks();
        if let Some(close) = self.reader.close(self.at, self.end).filter(|_| self.byte() == b'(') {
            self.at = close.next;
        }
        self.function_body(name.text().to_owned())
    }

    pub(super) fn function_body(&mut self, name: String) -> Node {
        self.skip_space();
        // Elsewhere (fish) the body follows without a bracket: it is read as what comes next.
        if !matches!(self.keyword(), "{" | "if" | "while" | "until" | "for" | "case" | "[[") && self.byte() != b'(' {
            return Node::Opaque;
        }
        let first = self.collector.commands.len();
        let body = Rc::new(self.command());
        self.collector.bodies.push((name.clone(), first..self.collector.commands.len()));
        self.collector.functions.push((name, body));
        Node::Function(self.collector.functions.len() - 1)
    }

    /// `[[ … ]]`, which may go on after an operator at the end of a line.
    fn test(&mut self) -> Node {
        self.at += 2;
        let (mut nodes, mut words) = (Vec::new(), Vec::new());
        let mut open = true;
        loop {
            self.skip_blanks();
            if self.at >= self.end || self.take_keyword("]]") {
                break;
            }
            match self.byte() {
                b'\n' if open => self.newline(),
                b'\n' | b';' => break,
                b'&' | b'|' | b'<' | b'>' | b'(' | b')' => {
                    open = matches!(self.byte(), b'&' | b'|' | b'(');
                    self.at += 1;
                }
                _ => {
                    open = false;
                    let word = self.word();
                    nodes.extend(self.substitutions(&word));
                    words.push(word);
                }
            }
        }
        nodes.push(if is_file_test(&words) { Node::Exists } else { Node::Opaque });
        Node::Sequence(nodes)
    }

    /// The word here; at least one character long.
    pub(super) fn word(&mut self) -> ShellWord {
        let word = self.reader.word(self.at, self.end);
        self.at = word.range.end;
        word
    }
}
