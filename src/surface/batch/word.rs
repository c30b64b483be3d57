//! What stands between two operators: escapes, quotes and expansions.

use crate::surface::Origin;
use crate::surface::shell::decode::Builder;
use crate::surface::shell::word::ShellWord;

/// No variable's name is longer; a bound keeps the search linear.
const MAX_NAME: usize = 256;

/// Text with its place, and how it is expanded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) origin: &'a Origin,
    /// `setlocal enabledelayedexpansion` stands somewhere: `!X!` is a reference.
    pub(super) delayed: bool,
    /// The variables of the `for`s around, one bit each: elsewhere `%%i` is text.
    pub(super) loops: u128,
}

/// What is read, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// One word, as a program is given it: quotes removed.
    Word,
    /// One operand of a comparison: likewise, but an equals sign ends it.
    Operand,
    /// All up to the next operator, as it stands.
    Rest,
}

impl<'a> Reader<'a> {
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The length of the line break at `at`, if one stands there.
    pub(super) fn line_break(&self, at: usize) -> Option<usize> {
        match (self.byte(at), self.byte(at + 1)) {
            (b'\n', _) => Some(1),
            (b'\r', b'\n') => Some(2),
            _ => None,
        }
    }

    /// Whether a redirection stands here: `>`, `2>`, `<`. A digit counts if nothing adjoins it.
    pub(super) fn redirects(&self, at: usize) -> bool {
        let alone = at == 0 || self.byte(at - 1).is_ascii_whitespace() || self.byte(at - 1) == b')';
        match self.byte(at) {
            b'<' | b'>' => true,
            byte => byte.is_ascii_digit() && alone && matches!(self.byte(at + 1), b'<' | b'>'),
        }
    }

    /// Reads from `start` on; in a `block`, a closing parenthesis ends it.
    pub(super) fn read(&self, start: usize, end: usize, extent: Extent, block: bool) -> ShellWord {
        let mut scan = Scan { reader: *self, builder: Builder::new(start), word: None };
        let stop = scan.run(start, end, extent, block);
        let mut word = scan.word.take().unwrap_or_else(|| scan.fresh(start));
        (word.range, word.decoded) = (start..stop, scan.builder.finish(self.origin));
        word
    }
}

/// The bit of a `for`'s variable: a letter, and the few behind it that its options may name as well.
pub(super) fn bit(name: u8) -> u128 {
    if name.is_ascii_graphic() { 1 << name } else { 0 }
}

struct Scan<'a> {
    reader: Reader<'a>,
    builder: Builder,
    /// Gathers the expansions.
    word: Option<ShellWord>,
}

impl Scan<'_> {
    fn fresh(&self, at: usize) -> ShellWord {
        ShellWord::new(at..at, Builder::new(at).finish(self.reader.origin))
    }

    fn run(&mut self, start: usize, end: usize, extent: Extent, block: bool) -> usize {
        let text = self.reader.text;
        // What cmd.exe takes for quoted, and what the program that it starts does.
        let (mut quoted, mut grouped) = (false, false);
        let words = extent != Extent::Rest;
        let mut at = start;
        while at < end {
            if self.reader.line_break(at).is_some() {
                break;
            }
            match text.as_bytes()[at] {
                b'&' | b'|' if !quoted => break,
                b')' if !quoted && block => break,
                _ if !quoted && self.reader.redirects(at) => break,
                b' ' | b'\t' if words && !grouped => break,
                b'=' if extent == Extent::Operand && !grouped => break,
                b'^' if !quoted => {
                    // A line that goes on: its first character counts for nothing but itself.
                    let next = at + 1 + self.reader.line_break(at + 1).unwrap_or(0);
                    at = self.push_char(next.min(end), end);
                }
                b'\\' if words && self.escapes_quote(at) => {
                    quoted = !quoted;
                    at = self.push_char(at + 1, end);
                }
                b'"' => {
                    quoted = !quoted;
                    grouped = !grouped;
                    if words {
                        at += 1;
                        self.builder.open_quote(at);
                    } else {
                        at = self.push_char(at, end);
                    }
                }
                // What a workflow replaces before cmd.exe sees it.
                b'$' if text[at..end].starts_with("${{") => {
                    let window = &text[at..crate::text::floor(text, end.min(at + 512))];
                    let next = at + window.find("}}").map_or(1, |length| length + 2);
                    self.push(at, next);
                    at = next;
                }
                b'%' => at = self.percent(at, end),
                b'!' if self.reader.delayed => at = self.named(at, end, b'!'),
                _ => at = self.push_char(at, end),
            }
        }
        at
    }

    /// Whether an odd number of backslashes stands in front of a quote, here the last of them.
    fn escapes_quote(&self, at: usize) -> bool {
        let bytes = &self.reader.text.as_bytes()[..at];
        let before = bytes.iter().rev().take(64).take_while(|byte| **byte == b'\\').count();
        self.reader.byte(at + 1) == b'"' && before % 2 == 0
    }

    fn push(&mut self, start: usize, end: usize) {
        self.builder.push(&self.reader.text[start..end], start);
    }

    fn push_char(&mut self, at: usize, end: usize) -> usize {
        self.builder.push_char(self.reader.text, at, end)
    }

    fn refer(&mut self, name: Option<&str>) {
        let at = self.builder.len();
        let mut word = self.word.take().unwrap_or_else(|| self.fresh(0));
        word.refer(at, name.map(str::to_owned));
        self.word = Some(word);
    }

    /// `%X%`, `%1`, `%~dp0`, `%%i`, `%%`.
    fn percent(&mut self, at: usize, end: usize) -> usize {
        let rest = &self.reader.text.as_bytes()[at + 1..end];
        let tilde = |bytes: &[u8]| {
            let modifiers = bytes.iter().skip(1).take_while(|byte| byte.is_ascii_alphabetic() || b"$:".contains(byte));
            1 + modifiers.count()
        };
        match rest {
            // The variable of a `for`.
            [b'%', b'~', after @ ..]
                if self.reader.loops != 0 && after.first().is_some_and(u8::is_ascii_alphabetic) =>
            {
                let next = at + 2 + tilde(&rest[1..]);
                self.refer(None);
                self.push(at, next);
                next
            }
            [b'%', name, ..] if self.reader.loops & bit(*name) != 0 => {
                self.refer(None);
                self.push(at, at + 3);
                at + 3
            }
            [b'%', ..] => {
                self.push(at + 1, at + 2);
                at + 2
            }
            [b'*' | b'0'..=b'9', ..] => {
                self.refer(None);
                self.push(at, at + 2);
                at + 2
            }
            [b'~', ..] => {
                let next = at + 1 + tilde(rest);
                let digit = usize::from(self.reader.byte(next).is_ascii_digit());
                self.refer(None);
                self.push(at, next + digit);
                next + digit
            }
            _ => self.named(at, end, b'%'),
        }
    }

    /// `%X%`, `%X:~0,8%`, `!X!`.
    fn named(&mut self, at: usize, end: usize, mark: u8) -> usize {
        let window = &self.reader.text.as_bytes()[at + 1..end.min(at + 1 + MAX_NAME)];
        let close = window.iter().position(|byte| *byte == mark || matches!(byte, b'\n' | b'\r'));
        let Some(close) = close.filter(|&close| close > 0 && window[close] == mark) else {
            return self.push_char(at, end);
        };
        let inner = &self.reader.text[at + 1..at + 1 + close];
        let (name, changed) = inner.split_once(':').map_or((inner, false), |(name, _)| (name, true));
        self.refer(Some(name).filter(|name| !changed && !name.contains(['"', '&', '|'])));
        self.push(at, at + close + 2);
        at + close + 2
    }
}
