//! `if` and `for`.

use std::ops::Range;

use super::syntax::{Parser, contains, steps};
use super::word::{Extent, bit};
use crate::surface::shell::decode::with_slashes;
use crate::surface::shell::includes::is_dotenv;
use crate::surface::shell::meaning::{Reads, Simple, Step};
use crate::surface::shell::tree::Node;
use crate::surface::shell::word::ShellWord;
use crate::surface::{Decoded, Output};

/// Longer lists are no lists of variables.
const MAX_ELEMENTS: usize = 64;

impl Parser<'_, '_> {
    fn operand(&mut self) -> ShellWord {
        self.skip_blanks();
        let word = self.reader.read(self.at, self.end, Extent::Operand, false);
        self.at = word.range.end;
        word
    }

    pub(super) fn conditional(&mut self) -> Node {
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
    pub(super) fn for_each(&mut self) -> Node {
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
        let letter = name.as_bytes().get(2).copied().unwrap_or(0);
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
                return Some(with_slashes(&word.decoded));
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
