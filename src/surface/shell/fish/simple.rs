//! Simple commands: their words, redirections and substitutions.

use std::ops::Range;

use super::syntax::{MAX_DEPTH, Parser, block};
use super::word::{is_plain_ampersand, joined, word};
use crate::surface::Output;
use crate::surface::shell::includes::is_file_test;
use crate::surface::shell::language::Language;
use crate::surface::shell::output::redirected;
use crate::surface::shell::tree::{Node, RawCommand};
use crate::surface::shell::word::ShellWord;

impl Parser<'_, '_> {
    /// Reads one redirection, if one stands here.
    pub(super) fn redirection(&mut self, raw: &mut RawCommand) -> bool {
        let rest = self.rest();
        let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
        let (length, writes, duplicates) = match &rest.as_bytes()[digits..] {
            [b'&', b'>', b'>', ..] if digits == 0 => (3, true, false),
            [b'&', b'>', ..] if digits == 0 => (2, true, false),
            [b'>', b'|', ..] => return false,
            [b'>', b'&', ..] => (2, false, true),
            [b'<', b'&', ..] => (2, false, false),
            [b'>', b'>' | b'?', ..] => (2, true, false),
            [b'<', b'?', ..] => (2, false, false),
            [b'>', ..] => (1, true, false),
            [b'<', ..] => (1, false, false),
            _ => return false,
        };
        let standard = matches!(&rest[..digits], "" | "1");
        self.at += digits + length;
        self.skip_blanks();
        let target = word(self.reader, self.at, self.end);
        self.at = target.range.end;
        if standard && (writes || duplicates) {
            raw.output = redirected(&target, duplicates).or(raw.output);
        }
        if writes && standard {
            raw.targets.push(target);
        } else {
            raw.sources.push(target);
        }
        true
    }

    /// What a word's substitutions run.
    pub(super) fn substitutions(&mut self, word: &ShellWord) -> Vec<Node> {
        word.substitutions.iter().map(|range| self.captured(range.clone())).collect()
    }

    /// The commands of a substitution.
    pub(super) fn captured(&mut self, range: Range<usize>) -> Node {
        if self.collector.depth >= MAX_DEPTH {
            return Node::Opaque;
        }
        let first = self.collector.commands.len();
        let (at, end) = (self.at, self.end);
        (self.at, self.end) = (range.start, range.end);
        let node = self.list(&[]);
        (self.at, self.end) = (at, end);
        self.collector.send(first, Some(Output::Captured));
        block(node)
    }

    /// Words and redirections up to the end of the command.
    pub(super) fn simple(&mut self) -> Node {
        let mut raw = RawCommand::default();
        let start = self.at;
        let mut last = start;
        loop {
            self.skip_blanks();
            if !self.redirection(&mut raw) {
                let ends = match self.byte() {
                    0 | b'\n' | b';' | b'|' | b')' | b'#' => true,
                    b'&' => !is_plain_ampersand(self.reader, self.at, self.end),
                    _ => false,
                };
                let next = if ends { break } else { word(self.reader, self.at, self.end) };
                if next.range.is_empty() {
                    break;
                }
                self.at = next.range.end;
                raw.words.push(next);
            }
            last = self.at;
        }
        raw.range = start..last;
        let mut nodes = Vec::new();
        for word in raw.words.iter().chain(&raw.targets).chain(&raw.sources) {
            nodes.extend(self.substitutions(word));
        }
        if let [test, words @ ..] = &raw.words[..]
            && matches!(test.text(), "[" | "test")
            && is_file_test(words)
        {
            nodes.push(Node::Exists);
        }
        let alias = raw.words.first().filter(|word| word.text() == "alias").and_then(|_| self.alias(&raw.words[1..]));
        let (simple, _) = self.collector.simple(self.reader, raw);
        if !matches!(nodes.last(), Some(Node::Exists)) {
            nodes.push(Node::Simple(Box::new(simple)));
        }
        nodes.extend(alias);
        if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) }
    }

    /// `alias NAME BODY`, `alias NAME=BODY`: a function.
    pub(super) fn alias(&mut self, words: &[ShellWord]) -> Option<Node> {
        let words: Vec<ShellWord> = words.iter().skip_while(|word| word.text().starts_with('-')).cloned().collect();
        let (name, body) = match &words[..] {
            [name, body @ ..] if !body.is_empty() => (name.text().to_owned(), joined(body)?),
            [both] => {
                let equals = both.text().find('=')?;
                (both.text()[..equals].to_owned(), both.part(equals + 1))
            }
            _ => return None,
        };
        let first = self.collector.commands.len();
        let node = self.collector.nested(&body, Language::Fish)?;
        self.collector.bodies.push((name.clone(), first..self.collector.commands.len()));
        Some(self.define(name, Node::Scope { function: true, body: Box::new(node) }))
    }
}
