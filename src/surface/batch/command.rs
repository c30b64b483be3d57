//! Commands: `set`, `echo`, and all that have words.

use super::syntax::Parser;
use super::variable::Line;
use super::word::Extent;
use crate::surface::shell::decode::{part, with_slashes};
use crate::surface::shell::meaning::{Reads, Simple};
use crate::surface::shell::tree::{Node, RawCommand};
use crate::surface::shell::word::{self as shell_word, ShellWord};
use crate::surface::{Command, Output};

impl Parser<'_, '_> {
    pub(super) fn set(&mut self, start: usize) -> Node {
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
    pub(super) fn echo(&mut self, start: usize) -> Node {
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
        word.decoded = part(&word.decoded, 0, text.len());
        let target = raw.targets.last().map(|target| target.text().to_owned());
        self.lines.push(Line { target, word: word.clone() });
        raw.words = vec![program, word];
        self.note(raw);
        Node::Sequence(Vec::new())
    }

    /// Adds a command that changes nothing.
    pub(super) fn note(&mut self, raw: RawCommand) {
        let span = self.reader.origin.span(raw.range.start, raw.range.end);
        let key = self.collector.prefix.trim_end_matches('.').to_owned();
        let words: Vec<_> = raw.words.iter().map(ShellWord::to_word).collect();
        if !words.is_empty() {
            let output = raw.output.unwrap_or(Output::Shown);
            self.collector.commands.push(Command { words, span, key, output });
        }
    }

    /// The words up to the next operator.
    pub(super) fn raw_words(&mut self, start: usize) -> RawCommand {
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

    pub(super) fn simple(&mut self, start: usize) -> Node {
        let mut raw = self.raw_words(start);
        self.started(&mut raw);
        let script = raw.words.first().filter(|word| {
            let name = word.text().to_ascii_lowercase();
            name.ends_with(".bat") || name.ends_with(".cmd") && !matches!(&*name, "claude.cmd" | "npx.cmd" | "npm.cmd")
        });
        let path = script.map(|word| with_slashes(&word.decoded));
        let reader = shell_word::Reader { text: self.reader.text, layout: &self.none, origin: self.reader.origin };
        let (mut simple, _) = self.collector.simple(reader, raw);
        if let Some(path) = path {
            // Its variables are those of this file.
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
    pub(super) fn redirections(&mut self, raw: &mut RawCommand) -> bool {
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
}
