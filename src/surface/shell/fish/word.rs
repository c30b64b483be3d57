//! Words of fish. A substitution is spelled `$(…)` and a variable in braces `${X}`, as POSIX shells do, so that all
//! who judge words know them.

use std::ops::Range;

use crate::surface::shell::decode::Builder;
use crate::surface::shell::word::{Reader, ShellWord};
use crate::surface::{Decoded, Origin, Secret};

/// A longer substitution stands in its word as a stump.
const MAX_SUBSTITUTION: usize = 16 * 1024;
/// Braces and indices further apart are none.
const MAX_BRACKET: usize = 512;

/// The word that begins at `start`; empty if none does.
pub(super) fn word(reader: Reader<'_>, start: usize, end: usize) -> ShellWord {
    let mut scan = Scan {
        reader,
        builder: Builder::new(start),
        live: Vec::new(),
        reference: None,
        computed: false,
        substitutions: Vec::new(),
    };
    let stop = scan.plain(start, end);
    ShellWord {
        range: start..stop,
        decoded: scan.builder.finish(reader.origin),
        live: scan.live,
        reference: scan.reference.map(|name| (name, None)),
        computed: scan.computed,
        substitutions: scan.substitutions,
        assigned: Vec::new(),
    }
}

/// Several words as one, a blank between each two: a list as programs see it, the program that `eval` runs.
pub(super) fn joined(words: &[ShellWord]) -> Option<ShellWord> {
    if let [word] = words {
        return Some(word.clone());
    }
    let (first, last) = (words.first()?, words.last()?);
    let (mut text, mut map, mut live) = (String::new(), Vec::new(), Vec::new());
    for word in words {
        if !map.is_empty() {
            text.push(' ');
        }
        live.extend(word.live.iter().map(|at| at + text.len()));
        text.push_str(word.text());
        // The blank behind the word comes with it.
        map.extend((0..=word.text().len()).map(|index| word.decoded.origin.span(index, index).start));
    }
    Some(ShellWord {
        range: first.range.start..last.range.end,
        decoded: Decoded { text: Secret::new(text), origin: Origin::Mapped(map.into()) },
        live,
        reference: words.iter().find_map(|word| word.reference.clone()),
        computed: words.iter().any(|word| word.computed),
        substitutions: Vec::new(),
        assigned: Vec::new(),
    })
}

/// The length of the variable name with which a text begins.
pub(super) fn name_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
}

/// Whether an ampersand at `at` stands in a word: only in front of a separator it ends the command (since fish 3.5).
pub(super) fn is_plain_ampersand(reader: Reader<'_>, at: usize, end: usize) -> bool {
    let next = if at + 1 < end { reader.byte(at + 1) } else { 0 };
    !matches!(next, 0 | b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b')')
}

struct Scan<'a> {
    reader: Reader<'a>,
    builder: Builder,
    live: Vec<usize>,
    /// The name in the first live expansion of a variable.
    reference: Option<Option<String>>,
    computed: bool,
    substitutions: Vec<Range<usize>>,
}

impl Scan<'_> {
    fn push(&mut self, start: usize, end: usize) {
        self.builder.push(&self.reader.text[start..end], start);
    }

    /// Adds the character at `at` as it stands and says where the next one begins.
    fn push_char(&mut self, at: usize, end: usize) -> usize {
        self.builder.push_char(self.reader.text, at, end).max(at + 1)
    }

    /// Notes that something here is only known when it runs.
    fn compute(&mut self) {
        self.live.push(self.builder.len());
        self.computed = true;
    }

    /// The whole word; says where it ends.
    fn plain(&mut self, start: usize, end: usize) -> usize {
        let text = self.reader.text;
        let mut at = start;
        while at < end {
            let rest = &text[at..end];
            let run = rest.bytes().position(is_special).unwrap_or(rest.len());
            self.push(at, at + run);
            at += run;
            if at >= end {
                break;
            }
            let close = self.reader.close(at, end);
            match (text.as_bytes()[at], close) {
                (b'\\', _) => at = self.escape(at, end),
                (b'\'', Some(close)) => {
                    self.builder.open_quote(at + 1);
                    self.single(at + 1, close.end);
                    at = close.next;
                }
                (b'"', Some(close)) => {
                    self.builder.open_quote(at + 1);
                    self.double(at + 1, close.end);
                    at = close.next;
                }
                (b'(', Some(close)) => {
                    self.compute();
                    self.builder.push_escaped('$', at, at);
                    at = self.substitution(at, at + 1..close.end, close.next);
                    at = self.index(at, end);
                }
                (b'$', _) => at = self.dollar(at, end),
                (b'{', _) => at = self.brace(at, end),
                (b'*', _) => {
                    self.compute();
                    at = self.push_char(at, end);
                }
                (b'&', _) if is_plain_ampersand(self.reader, at, end) && at > start => at = self.push_char(at, end),
                (b'\r', _) if self.reader.byte(at + 1) != b'\n' => at = self.push_char(at, end),
                (b'\'' | b'"', None) => at = self.push_char(at, end),
                _ => break,
            }
        }
        at
    }

    /// A backslash outside quotes.
    fn escape(&mut self, at: usize, end: usize) -> usize {
        let text = self.reader.text;
        let Some(code) = text[at + 1..end].chars().next() else { return self.push_char(at, end) };
        let number = |from: usize, radix: u32, most: usize| {
            let count = text[from..end].chars().take(most).take_while(|digit| digit.is_digit(radix)).count();
            (u32::from_str_radix(&text[from..from + count], radix).ok(), from + count)
        };
        let next = at + 1 + code.len_utf8();
        let (value, next) = match code {
            '\n' => return next,
            '\r' if self.reader.byte(next) == b'\n' => return (next + 1).min(end),
            'a' => (Some(7), next),
            'b' => (Some(8), next),
            'e' => (Some(27), next),
            'f' => (Some(12), next),
            'n' => (Some(10), next),
            'r' => (Some(13), next),
            't' => (Some(9), next),
            'v' => (Some(11), next),
            'c' => {
                let letter = text[next..end].chars().next().filter(char::is_ascii_alphabetic);
                (letter.map(|letter| u32::from(letter) & 31), next + usize::from(letter.is_some()))
            }
            'x' | 'X' => number(next, 16, 2),
            'u' => number(next, 16, 4),
            'U' => number(next, 16, 8),
            '0'..='7' => number(at + 1, 8, 3),
            _ => {
                self.push(at + 1, next);
                return next;
            }
        };
        let is_byte = matches!(code, 'x' | 'X' | '0'..='7') && value.is_some_and(|value| value > 127);
        match value.and_then(char::from_u32) {
            Some(character) if !is_byte => self.builder.push_escaped(character, at, next),
            // A part of a character that other escapes complete.
            _ => {
                self.compute();
                let next = if text.is_char_boundary(next) { next } else { at + 1 + code.len_utf8() };
                self.push(at, next);
                return next;
            }
        }
        next
    }

    /// Text between single quotes, where a backslash shields a quote and itself.
    fn single(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let rest = &self.reader.text[at..end];
            let run = rest.find('\\').unwrap_or(rest.len());
            self.push(at, at + run);
            at += run;
            if at >= end {
                break;
            }
            at += usize::from(matches!(rest.as_bytes().get(run + 1), Some(b'\\' | b'\'')));
            at = self.push_char(at, end);
        }
    }

    /// Text between double quotes.
    fn double(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            let rest = &self.reader.text[at..end];
            let run = rest.find(['\\', '$']).unwrap_or(rest.len());
            self.push(at, at + run);
            at += run;
            at = match (rest.as_bytes().get(run), rest.as_bytes().get(run + 1)) {
                (None, _) => break,
                (Some(b'$'), _) => self.dollar(at, end),
                (_, Some(b'\n')) => at + 2,
                (_, Some(b'$' | b'"' | b'\\')) => self.push_char(at + 1, end),
                _ => self.push_char(at, end),
            };
        }
    }

    /// A command substitution: `commands` stand inside `at..next`.
    fn substitution(&mut self, at: usize, commands: Range<usize>, next: usize) -> usize {
        if next - at <= MAX_SUBSTITUTION {
            self.push(at, next);
        } else {
            self.push(at, commands.start);
            self.push(commands.end, next);
        }
        self.substitutions.push(commands);
        next
    }

    /// `$X`, `$X[1]`, `$$X`, `$(…)`.
    fn dollar(&mut self, at: usize, end: usize) -> usize {
        if let Some(close) = self.reader.close(at + 1, end).filter(|_| self.reader.byte(at + 1) == b'(') {
            self.compute();
            let next = self.substitution(at, at + 2..close.end, close.next);
            return self.index(next, end);
        }
        let dollars = self.reader.text[at..end].bytes().take_while(|&byte| byte == b'$').count();
        let start = at + dollars;
        let length = name_length(&self.reader.text[start..end]);
        if length == 0 {
            self.push(at, start);
            return start;
        }
        if dollars > 1 {
            self.compute();
        } else {
            self.live.push(self.builder.len());
        }
        self.reference.get_or_insert((dollars == 1).then(|| self.reader.text[start..start + length].to_owned()));
        self.push(at, start + length);
        self.index(start + length, end)
    }

    /// `[1]`, `[2..-1]` behind an expansion.
    fn index(&mut self, at: usize, end: usize) -> usize {
        let rest = &self.reader.text.as_bytes()[at..end.min(at + MAX_BRACKET).max(at)];
        if rest.first() != Some(&b'[') {
            return at;
        }
        match rest.iter().position(|&byte| matches!(byte, b']' | b'\n')) {
            Some(length) if rest[length] == b']' => {
                self.push(at, at + length + 1);
                at + length + 1
            }
            _ => at,
        }
    }

    /// `{$X}`, `{a,b}`; anything else in braces stands for itself.
    fn brace(&mut self, at: usize, end: usize) -> usize {
        let text = self.reader.text;
        let Some(close) = self.closing(at, end) else { return self.push_char(at, end) };
        let content = &text[at + 1..close];
        if let Some(name) = content.strip_prefix('$').filter(|name| !name.is_empty() && name_length(name) == name.len())
        {
            self.live.push(self.builder.len());
            self.reference.get_or_insert(Some(name.to_owned()));
            self.builder.push_escaped('$', at, at + 1);
            self.builder.push_escaped('{', at, at + 2);
            self.push(at + 2, close + 1);
            return close + 1;
        }
        if !content.contains([',', '$', '(']) {
            return self.push_char(at, end);
        }
        self.compute();
        let mut inner = at + 1;
        while let Some(open) = text[inner..close].find('(').map(|open| inner + open) {
            let Some(found) = self.reader.close(open, close) else { break };
            self.substitutions.push(open + 1..found.end);
            inner = found.next;
        }
        self.push(at, close + 1);
        close + 1
    }

    /// The brace that closes the one at `open`, if it is near.
    fn closing(&self, open: usize, end: usize) -> Option<usize> {
        let bytes = self.reader.text.as_bytes();
        let (mut at, mut depth) = (open, 0_usize);
        while at < end.min(open + MAX_BRACKET) {
            match bytes[at] {
                b'\n' => return None,
                b'\\' => at += 1,
                b'\'' | b'"' | b'(' => at = self.reader.close(at, end)?.next - 1,
                b'{' => depth += 1,
                b'}' if depth == 1 => return Some(at),
                b'}' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
        None
    }
}

fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'\\'
            | b'\''
            | b'"'
            | b'$'
            | b'{'
            | b'*'
            | b' '
            | b'\t'
            | b'\n'
            | b'\r'
            | b';'
            | b'&'
            | b'|'
            | b'<'
            | b'>'
            | b'('
            | b')'
    )
}
