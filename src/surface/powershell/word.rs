//! Words: quotes, escapes and expansions.

use std::ops::Range;

use super::layout::{Layout, Quote, here_string, quote};
use crate::surface::Origin;
use crate::surface::shell::decode::Builder;
use crate::surface::shell::layout::Close;
use crate::surface::shell::word::{ShellWord, name_length};

/// Of what stands in brackets, so much is part of its word's text.
const MAX_BRACKET: usize = 256;
/// Of a hash table, whose entries are looked at behind `-Headers`.
const MAX_TABLE: usize = 16 * 1024;

/// A variable: `$name`, `${name}`, `$env:NAME`, `$script:name`.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// Of the process, so that programs inherit it.
    pub(super) is_environment: bool,
    /// Where its name stands.
    pub(super) name: Range<usize>,
    /// Behind it.
    pub(super) next: usize,
}

/// Reads words out of a text whose layout is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) layout: &'a Layout,
    pub(super) origin: &'a Origin,
}

impl<'a> Reader<'a> {
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The close of what opens at `open`, if it lies in front of `end`.
    pub(super) fn close(&self, open: usize, end: usize) -> Option<Close> {
        self.layout.close(open).filter(|close| close.next <= end)
    }

    /// The variable at a `$` or `@`, if one of these stands there.
    pub(super) fn variable(&self, at: usize, end: usize) -> Option<Variable> {
        if !matches!(self.byte(at), b'$' | b'@') {
            return None;
        }
        let braced = self.byte(at + 1) == b'{';
        if braced && self.byte(at + 2) == b'{' {
            let window = &self.text[at..crate::text::floor(self.text, end.min(at + 512))];
            let next = at + window.find("}}")? + 2;
            return Some(Variable { is_environment: false, name: at..at, next });
        }
        let start = at + 1 + usize::from(braced);
        let window = start.min(end)..crate::text::floor(self.text, end.min(start + 128)).max(start.min(end));
        let inner = &self.text[window];
        let (inner, next) = match inner.find('}').filter(|_| braced) {
            Some(length) => (&inner[..length], Some(start + length + 1)),
            None if braced => return None,
            None => (inner, None),
        };
        let length = name_length(inner);
        let scope =
            inner[length..].strip_prefix(':').filter(|rest| name_length(rest) > 0 || braced && !rest.is_empty());
        let (from, name) = match scope {
            Some(rest) => (start + length + 1, if braced { rest.len() } else { name_length(rest) }),
            None => (start, if braced { inner.len() } else { length }),
        };
        if name == 0 {
            // `$_`, `$?`, `$1`
            let special = inner.bytes().next().filter(|byte| byte.is_ascii_digit() || b"?^$".contains(byte))?;
            let length =
                if special.is_ascii_digit() { inner.bytes().take_while(u8::is_ascii_digit).count() } else { 1 };
            return Some(Variable { is_environment: false, name: start..start, next: start + length });
        }
        let is_environment = scope.is_some() && inner[..length].eq_ignore_ascii_case("env");
        Some(Variable { is_environment, name: from..from + name, next: next.unwrap_or(from + name) })
    }

    /// The string that begins at `at`: `'…'`, `"…"` or a here-string.
    pub(super) fn string(&self, at: usize, end: usize) -> Option<ShellWord> {
        let mut scan = Scan::new(*self, at);
        let next = scan.string(at, end)?;
        Some(scan.finish(at..next))
    }

    /// The argument of a command that begins at `start`: one word, or what stands in brackets.
    pub(super) fn argument(&self, start: usize, end: usize) -> ShellWord {
        let mut scan = Scan::new(*self, start);
        let stop = scan.argument(start, end);
        scan.finish(start..stop)
    }

    /// A word that stands for what is computed in a range.
    pub(super) fn computed(&self, range: Range<usize>) -> ShellWord {
        let mut scan = Scan::new(*self, range.start);
        scan.push(range.start, crate::text::floor(self.text, range.end.min(range.start + MAX_BRACKET)));
        scan.word.compute(0);
        scan.finish(range)
    }
}

/// Behind the second of two quotes, which may be of another form, and is missing where a bracket in the string has no end.
fn behind_second(bytes: &[u8], at: usize, end: usize) -> usize {
    quote(bytes, at).map_or(at, |(_, length)| at + length).min(end)
}

struct Scan<'a> {
    reader: Reader<'a>,
    builder: Builder,
    /// Gathers the expansions.
    word: ShellWord,
}

impl<'a> Scan<'a> {
    fn new(reader: Reader<'a>, start: usize) -> Self {
        let empty = Builder::new(start).finish(reader.origin);
        Self { reader, builder: Builder::new(start), word: ShellWord::new(start..start, empty) }
    }

    fn finish(self, range: Range<usize>) -> ShellWord {
        let mut word = self.word;
        (word.range, word.decoded) = (range, self.builder.finish(self.reader.origin));
        word
    }

    fn push(&mut self, start: usize, end: usize) {
        self.builder.push(&self.reader.text[start..end], start);
    }

    /// Adds the character at `at` as it stands and says where the next one begins.
    fn push_char(&mut self, at: usize, end: usize) -> usize {
        self.builder.push_char(self.reader.text, at, end)
    }

    fn single(&mut self, start: usize, end: usize, here: bool) {
        let bytes = self.reader.text.as_bytes();
        let (mut at, mut from) = (start, start);
        while at < end && !here {
            match quote(bytes, at) {
                Some((Quote::Single, length)) => {
                    self.push(from, at + length);
                    at = behind_second(bytes, at + length, end);
                    from = at;
                }
                _ => at += 1,
            }
        }
        self.push(from, end);
    }

    fn double(&mut self, start: usize, end: usize, here: bool) {
        let text = self.reader.text;
        let mut at = start;
        while at < end {
            let special = |byte: u8| matches!(byte, b'`' | b'$' | b'"' | 0xE2);
            let run = text.as_bytes()[at..end].iter().position(|&byte| special(byte)).unwrap_or(end - at);
            self.push(at, at + run);
            at += run;
            at = match text.as_bytes().get(at).filter(|_| at < end) {
                None => break,
                Some(b'`') => self.escape(at, end),
                Some(b'$') => self.dollar(at, end),
                Some(_) => match quote(text.as_bytes(), at) {
                    Some((Quote::Double, length)) if !here => {
                        self.push(at, at + length);
                        behind_second(text.as_bytes(), at + length, end)
                    }
                    _ => self.push_char(at, end),
                },
            };
        }
    }

    /// A backtick and what it escapes (about_Special_Characters, 2026-08).
    fn escape(&mut self, at: usize, end: usize) -> usize {
        let rest = &self.reader.text[at + 1..end];
        let Some(escaped) = rest.chars().next() else { return self.push_char(at, end) };
        let character = match escaped {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' => '\u{1b}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'u' if rest.starts_with("u{") => {
                let digits: &str = rest[2..].split('}').next().unwrap_or("");
                let code = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() <= 6).and_then(char::from_u32);
                let Some(character) = code else { return self.push_char(at + 1, end) };
                let next = at + 1 + 2 + digits.len() + 1;
                self.builder.push_escaped(character, at, next.min(end));
                return next.min(end);
            }
            _ => return self.push_char(at + 1, end),
        };
        self.builder.push_escaped(character, at, at + 2);
        at + 2
    }

    /// `$…` in a double-quoted text or in a word.
    fn dollar(&mut self, at: usize, end: usize) -> usize {
        if self.reader.byte(at + 1) == b'(' {
            let close = self.reader.close(at + 1, end);
            self.word.compute(self.builder.len());
            let Some(close) = close else { return self.push_char(at, end) };
            self.push(at, crate::text::floor(self.reader.text, close.next.min(at + MAX_BRACKET)));
            self.word.substitutions.push(at + 2..close.end);
            return close.next;
        }
        match self.reader.variable(at, end) {
            Some(variable) => {
                let name = Some(self.reader.text[variable.name].to_owned()).filter(|name| !name.is_empty());
                self.word.refer(self.builder.len(), name);
                self.push(at, variable.next);
                variable.next
            }
            None => self.push_char(at, end),
        }
    }

    /// A word of a command, up to a blank or an operator.
    fn argument(&mut self, start: usize, end: usize) -> usize {
        let text = self.reader.text;
        let mut at = start;
        while at < end {
            let first = at == start;
            at = match text.as_bytes()[at] {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'|' | b'&' | b'<' | b'>' | b')' | b'}' => break,
                b'`' if matches!(self.reader.byte(at + 1), b'\n' | b'\r') => break,
                b'`' => self.escape(at, end),
                b'$' => {
                    let next = self.dollar(at, end);
                    self.members(at, next, end)
                }
                b'(' | b'{' => match self.reader.close(at, end) {
                    Some(close) => self.bracket(at, at + 1, close, MAX_BRACKET),
                    None if first => self.push_char(at, end),
                    None => break,
                },
                b'@' if first && matches!(self.reader.byte(at + 1), b'(' | b'{') => {
                    match self.reader.close(at + 1, end) {
                        Some(close) => self.bracket(at, at + 2, close, MAX_TABLE),
                        None => self.push_char(at, end),
                    }
                }
                // `@parameters`: the words that a variable holds.
                b'@' if first && name_length(&text[at + 1..end]) > 0 => {
                    self.word.compute(0);
                    self.push_char(at, end)
                }
                // A list; inside a bare word the comma is part of it.
                b',' if first || self.ends_element(at) => break,
                _ => match self.string(at, end) {
                    Some(next) => next,
                    None => self.push_char(at, end),
                },
            };
        }
        at
    }

    /// Whether what stands in front of a comma is an element of a list: a quote or a bracket ends there, or a blank
    /// follows.
    fn ends_element(&self, at: usize) -> bool {
        let before = self.reader.byte(at.saturating_sub(1));
        let live = self.word.live.last().is_some();
        matches!(before, b'\'' | b'"' | b')' | b'}') || live || self.reader.byte(at + 1).is_ascii_whitespace()
    }

    /// `$x.Name`, `$x[0]` at the start of an argument: computed.
    fn members(&mut self, start: usize, next: usize, end: usize) -> usize {
        let rest = &self.reader.text[next..end];
        let is_member = rest.starts_with('[') || rest.starts_with('.') && name_length(&rest[1..]) > 0;
        if is_member && self.reader.byte(start.saturating_sub(1)).is_ascii_whitespace() {
            self.word.compute(0);
        }
        next
    }

    fn bracket(&mut self, at: usize, inner: usize, close: Close, most: usize) -> usize {
        self.word.compute(self.builder.len());
        self.push(at, crate::text::floor(self.reader.text, close.next.min(at + most)));
        self.word.substitutions.push(inner..close.end);
        close.next
    }

    /// A string, alone or as part of a word.
    fn string(&mut self, at: usize, end: usize) -> Option<usize> {
        let bytes = self.reader.text.as_bytes();
        let here = here_string(bytes, at);
        let (kind, start) = here.or_else(|| quote(bytes, at).map(|(kind, length)| (kind, at + length)))?;
        let close = self.reader.close(at, end)?;
        let mut last = close.end;
        if here.is_some() {
            // The line break in front of the last line is none of the text.
            last = last.saturating_sub(1).max(start);
            last -= usize::from(last > start && self.reader.byte(last - 1) == b'\r');
        }
        self.builder.open_quote(start);
        match kind {
            Quote::Single => self.single(start, last, here.is_some()),
            Quote::Double => self.double(start, last, here.is_some()),
        }
        Some(close.next)
    }
}
