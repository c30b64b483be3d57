//! Simple commands: their assignments, words and redirections.

use std::ops::Range;

use super::includes::is_file_test;
use super::output::redirected;
use super::syntax::Parser;
use super::tree::{Node, Prefix, RawCommand};
use super::word::name_length;
use crate::surface::Decoded;

/// Longer arrays are no lists of variables.
const MAX_ELEMENTS: usize = 64;

impl Parser<'_, '_> {
    /// Assignments, words and redirections up to the next operator.
    pub(super) fn simple(&mut self) -> Node {
        let mut raw = RawCommand { heredocs: std::mem::take(&mut self.piped), ..RawCommand::default() };
        let mut nodes = Vec::new();
        let start = self.at;
        let mut last = start;
        loop {
            self.skip_blanks();
            if self.at >= self.end {
                break;
            }
            if self.redirection(&mut raw) {
                last = self.at;
                continue;
            }
            match self.byte() {
                b'\n' | b';' | b'&' | b'|' | b')' | b'#' => break,
                b'(' => {
                    let Some(close) = self.reader.close(self.at, self.end) else {
                        self.at += 1;
                        continue;
                    };
                    let body = self.at + 1..close.end;
                    let adjoins = raw.words.last().is_some_and(|word| word.range.end == self.at);
                    self.at = close.next;
                    if let Some(word) = raw.words.last_mut().filter(|word| adjoins && word.text().ends_with('=')) {
                        word.make_array();
                        continue;
                    }
                    let empty = self.reader.text[body.clone()].trim().is_empty();
                    if let ([name], true, true) = (&raw.words[..], empty, raw.prefixes.is_empty()) {
                        let name = name.text().to_owned();
                        return self.function_body(name);
                    }
                    // Not POSIX: fish substitutes commands this way.
                    nodes.push(Node::Isolated(vec![self.sub(body)]));
                }
                _ => {
                    let prefix = if raw.words.is_empty() { self.prefix() } else { None };
                    match prefix {
                        Some(prefix) => raw.prefixes.push(prefix),
                        None => {
                            let word = self.word();
                            if word.range.is_empty() {
                                break;
                            }
                            raw.words.push(word);
                        }
                    }
                }
            }
            last = self.at;
        }
        raw.range = start..last;
        let words = raw.prefixes.iter().filter_map(|prefix| prefix.value.as_ref());
        let words = words.chain(&raw.words).chain(&raw.targets).chain(&raw.sources);
        let ranges: Vec<Range<usize>> = words.flat_map(|word| word.substitutions.iter().cloned()).collect();
        if !ranges.is_empty() {
            nodes.push(Node::Isolated(ranges.into_iter().map(|range| self.captured(range)).collect()));
        }
        let exists = matches!(&raw.words[..], [test, words @ ..]
            if matches!(test.text(), "[" | "test") && is_file_test(words));
        let (simple, unclaimed) = self.collector.simple(self.reader, raw);
        self.unclaimed = unclaimed;
        let simple = if exists { Node::Exists } else { Node::Simple(Box::new(simple)) };
        if nodes.is_empty() {
            return simple;
        }
        nodes.push(simple);
        Node::Sequence(nodes)
    }

    /// `NAME=value`, `NAME+=value`, `NAME[index]=value`, `NAME=(…)`.
    fn prefix(&mut self) -> Option<Prefix> {
        let rest = self.rest();
        let length = name_length(rest);
        if length == 0 {
            return None;
        }
        let mut operator = length;
        if rest[operator..].starts_with('[') {
            let index = rest[operator..].bytes().take(256).position(|byte| matches!(byte, b']' | b'\n'))?;
            operator += index + 1;
        }
        let appends = rest[operator..].starts_with('+');
        operator += usize::from(appends);
        if !rest.is_char_boundary(operator) || !rest[operator..].starts_with('=') {
            return None;
        }
        let name = self.at..self.at + length;
        let start = self.at + operator + 1;
        let partial = operator > length;
        if self.reader.byte(start) == b'('
            && let Some(close) = self.reader.close(start, self.end)
        {
            self.at = close.next;
            let elements = self.elements(start + 1..close.end);
            return Some(Prefix { name, value: None, elements, range: start..close.next, partial });
        }
        let value = self.reader.word(start, self.end);
        self.at = value.range.end;
        Some(Prefix { name, range: value.range.clone(), elements: Vec::new(), value: Some(value), partial })
    }

    /// The words of an array; none if not all of them are literal.
    fn elements(&self, range: Range<usize>) -> Vec<Decoded> {
        let (mut elements, mut at) = (Vec::new(), range.start);
        while at < range.end {
            let blanks = self.reader.text[at..range.end].bytes().take_while(u8::is_ascii_whitespace).count();
            at += blanks;
            let word = self.reader.word(at, range.end);
            if at >= range.end {
                break;
            }
            if word.range.is_empty() || word.literal().is_none() || elements.len() >= MAX_ELEMENTS {
                return Vec::new();
            }
            at = word.range.end;
            elements.push(word.decoded);
        }
        elements
    }

    /// Reads one redirection, if one stands here.
    pub(super) fn redirection(&mut self, raw: &mut RawCommand) -> bool {
        let rest = self.rest();
        let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
        let operator = &rest[digits..];
        let (length, writes) = match operator.as_bytes() {
            [b'<' | b'>', b'(', ..] if digits == 0 => return false,
            [b'<', b'<', b'<', ..] => (3, false),
            [b'<', b'<', ..] => {
                self.at += digits;
                match self.reader.layout.heredoc(self.at).filter(|heredoc| heredoc.next <= self.end) {
                    Some(heredoc) => {
                        self.at = heredoc.next;
                        raw.heredocs.push(heredoc.clone());
                    }
                    None => self.at += 2,
                }
                return true;
            }
            [b'&', b'>', b'>', ..] if digits == 0 => (3, true),
            [b'&', b'>', ..] if digits == 0 => (2, true),
            [b'>', b'>' | b'|', ..] => (2, true),
            [b'<', b'>' | b'&', ..] | [b'>', b'&', ..] => (2, false),
            [b'>', ..] => (1, true),
            [b'<', ..] => (1, false),
            _ => return false,
        };
        let standard = matches!(&rest[..digits], "" | "1");
        let writes = writes && standard;
        let duplicates = operator.starts_with(">&");
        self.at += digits + length;
        self.skip_blanks();
        let word = self.word();
        if standard && (writes || duplicates) {
            raw.output = redirected(&word, duplicates).or(raw.output);
        }
        if writes {
            raw.targets.push(word);
        } else {
            raw.sources.push(word);
        }
        true
    }
}
