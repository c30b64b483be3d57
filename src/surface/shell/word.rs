//! Words: quotes, escapes and expansions.

use std::ops::Range;

use super::decode::{Builder, part};
use super::layout::{Close, Layout};
use crate::credential::{Dialect, classify};
use crate::surface::{Decoded, Origin, Reference, Value, Word};

/// Defaults inside defaults are read so deep.
const MAX_DEFAULTS: usize = 8;
/// A longer substitution stands in its word as a stump.
const MAX_SUBSTITUTION: usize = 16 * 1024;

/// A word as read.
#[derive(Clone, Debug)]
pub(in crate::surface) struct ShellWord {
    /// Where it stands in the text.
    pub(in crate::surface) range: Range<usize>,
    /// Quotes removed, expansions as written.
    pub(in crate::surface) decoded: Decoded,
    /// Where in the decoded text live expansions begin.
    pub(in crate::surface) live: Vec<usize>,
    /// The first live expansion of a parameter.
    pub(super) reference: Option<(Option<String>, Option<Decoded>)>,
    /// Whether a command or a calculation is part of the word.
    pub(super) computed: bool,
    /// The commands of its substitutions.
    pub(in crate::surface) substitutions: Vec<Range<usize>>,
    /// Names and defaults of `${X:=default}`.
    pub(in crate::surface) assigned: Vec<(Range<usize>, Option<Decoded>)>,
}

impl ShellWord {
    /// A word without expansions.
    pub(in crate::surface) fn new(range: Range<usize>, decoded: Decoded) -> Self {
        Self {
            range,
            decoded,
            live: Vec::new(),
            reference: None,
            computed: false,
            substitutions: Vec::new(),
            assigned: Vec::new(),
        }
    }

    /// A word that no shell expands: only what the `dialect` of its place replaces is live.
    pub(super) fn given(decoded: &Decoded, dialect: Dialect) -> Self {
        let text = decoded.text.expose();
        let length = name_length(text);
        let from = if length > 0 && text[length..].starts_with('=') { length + 1 } else { 0 };
        let reference = match classify(&part(decoded, from, text.len()), dialect) {
            Value::Reference(Reference { name, expanded: true, default }) => Some((name, default)),
            _ => None,
        };
        let live = reference.iter().map(|_| from + text[from..].find('$').unwrap_or(0)).collect();
        Self {
            range: 0..0,
            decoded: decoded.clone(),
            live,
            reference,
            computed: false,
            substitutions: Vec::new(),
            assigned: Vec::new(),
        }
    }

    /// Notes that a live expansion of a variable begins at byte `at` of the decoded text.
    pub(in crate::surface) fn refer(&mut self, at: usize, name: Option<String>) {
        self.live.push(at);
        self.reference.get_or_insert((name, None));
    }

    /// Notes that what begins at byte `at` of the decoded text is computed.
    pub(in crate::surface) fn compute(&mut self, at: usize) {
        self.live.push(at);
        self.computed = true;
    }

    /// Gives the word's reference a default.
    pub(in crate::surface) fn or_else(&mut self, default: Decoded) {
        if let Some((_, given)) = &mut self.reference {
            given.get_or_insert(default);
        }
    }

    /// The word's text.
    pub(in crate::surface) fn text(&self) -> &str {
        self.decoded.text.expose()
    }

    /// The text, unless an expansion is part of it.
    pub(in crate::surface) fn literal(&self) -> Option<&str> {
        self.live.is_empty().then(|| self.text())
    }

    /// Whether the word as an exit status means success, if it is known.
    pub(super) fn succeeds(&self) -> Option<bool> {
        self.literal().map(|text| text == "0")
    }

    /// The default, if the word is nothing but `${X:-default}`.
    pub(in crate::surface) fn sole_default(&self) -> Option<&Decoded> {
        let (_, default) = self.reference.as_ref()?;
        let text = self.text();
        let sole = self.live == [0] && text.starts_with("${") && text.ends_with('}');
        default.as_ref().filter(|_| sole)
    }

    /// The variable's name, if the word is nothing but `$X`, `${X}` or `${X[@]}`.
    pub(in crate::surface) fn sole_reference(&self) -> Option<&str> {
        let name = self.reference.as_ref()?.0.as_deref()?;
        let rest = self.text().strip_prefix("${").or(self.text().strip_prefix('$'))?.strip_prefix(name)?;
        (self.live == [0] && !self.computed && matches!(rest, "" | "}" | "[@]}" | "[*]}")).then_some(name)
    }

    /// The word as a value from byte `from` of the decoded text on.
    pub(in crate::surface) fn value(&self, from: usize) -> (Value, Decoded) {
        let decoded = part(&self.decoded, from, self.text().len());
        let value = if self.live.is_empty() {
            literal(&decoded)
        } else if self.computed {
            Value::Unknown
        } else {
            let (name, default) = self.reference.clone().unwrap_or_default();
            Value::Reference(Reference { name, expanded: true, default })
        };
        (value, decoded)
    }

    /// The word without its first `from` bytes.
    pub(super) fn part(&self, from: usize) -> Self {
        Self {
            range: self.range.clone(),
            decoded: part(&self.decoded, from, self.text().len()),
            live: self.live.iter().filter_map(|at| at.checked_sub(from)).collect(),
            reference: self.reference.clone(),
            computed: self.computed,
            substitutions: Vec::new(),
            assigned: Vec::new(),
        }
    }

    /// The name's length if the word has the form `NAME=value`, its name without expansions.
    pub(in crate::surface) fn assignment(&self) -> Option<usize> {
        let text = self.text();
        let length = name_length(text);
        let assigns = length > 0 && text[length..].starts_with('=');
        (assigns && self.live.first().is_none_or(|&live| live > length)).then_some(length)
    }

    /// Notes that an array follows the word `NAME=`.
    pub(in crate::surface) fn make_array(&mut self) {
        self.live.push(self.text().len());
        self.computed = true;
    }

    /// The word in the vocabulary of all readers.
    pub(in crate::surface) fn to_word(&self) -> Word {
        Word { decoded: self.decoded.clone(), dynamic: !self.live.is_empty() }
    }
}

/// A value without live expansions.
pub(in crate::surface) fn literal(decoded: &Decoded) -> Value {
    if decoded.text.expose().trim().is_empty() { Value::Empty } else { classify(decoded, Dialect::Literal) }
}

/// The length of the variable name with which a text begins.
pub(in crate::surface) fn name_length(text: &str) -> usize {
    match text.as_bytes().first() {
        Some(first) if first.is_ascii_alphabetic() || *first == b'_' => {
            text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count()
        }
        _ => 0,
    }
}

/// Reads words out of a text whose layout is known.
#[derive(Clone, Copy, Debug)]
pub(in crate::surface) struct Reader<'a> {
    pub(in crate::surface) text: &'a str,
    pub(in crate::surface) layout: &'a Layout,
    pub(in crate::surface) origin: &'a Origin,
}

impl<'a> Reader<'a> {
    pub(in crate::surface) fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The close of a bracket, if it lies in front of `end`.
    pub(in crate::surface) fn close(&self, open: usize, end: usize) -> Option<Close> {
        self.layout.close(open).filter(|close| close.next <= end)
    }

    /// The word that begins at `start`.
    pub(in crate::surface) fn word(&self, start: usize, end: usize) -> ShellWord {
        let mut scan = WordScan::new(*self, start, 0);
        let stop = scan.plain(start, end, Stop::Word, false);
        scan.finish(start..stop)
    }
}

/// What ends a stretch of unquoted text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// Blanks and operators.
    Word,
    /// Nothing but its end.
    Range,
}

struct WordScan<'a> {
    reader: Reader<'a>,
    builder: Builder,
    live: Vec<usize>,
    reference: Option<(Option<String>, Option<Decoded>)>,
    computed: bool,
    substitutions: Vec<Range<usize>>,
    assigned: Vec<(Range<usize>, Option<Decoded>)>,
    depth: usize,
}

impl<'a> WordScan<'a> {
    fn new(reader: Reader<'a>, start: usize, depth: usize) -> Self {
        Self {
            reader,
            builder: Builder::new(start),
            live: Vec::new(),
            reference: None,
            computed: false,
            substitutions: Vec::new(),
            assigned: Vec::new(),
            depth,
        }
    }

    fn finish(self, range: Range<usize>) -> ShellWord {
        ShellWord {
            range,
            decoded: self.builder.finish(self.reader.origin),
            live: self.live,
            reference: self.reference,
            computed: self.computed,
            substitutions: self.substitutions,
            assigned: self.assigned,
        }
    }

    fn push(&mut self, start: usize, end: usize) {
        self.builder.push(&self.reader.text[start..end], start);
    }

    /// Adds the character at `at` as it stands and says where the next one begins.
    fn push_char(&mut self, at: usize, end: usize) -> usize {
        self.builder.push_char(self.reader.text, at, end)
    }

    /// Unquoted text. Inside double quotes (of a default), single quotes are ordinary characters.
    fn plain(&mut self, start: usize, end: usize, stop: Stop, quoted: bool) -> usize {
        let text = self.reader.text;
        let mut at = start;
        while at < end {
            let rest = &text[at..end];
            let run = rest.bytes().position(|byte| is_special(byte, stop)).unwrap_or(rest.len());
            self.push(at, at + run);
            at += run;
            if at >= end {
                break;
            }
            let close = self.reader.close(at, end);
            match text.as_bytes()[at] {
                b'\\' => at = self.escape(at, end),
                b'\'' if !quoted && close.is_some() => {
                    let Close { end: closing, next } = close.unwrap_or(Close { end, next: end });
                    self.builder.open_quote(at + 1);
                    self.push(at + 1, closing);
                    at = next;
                }
                b'"' if close.is_some() => {
                    let Close { end: closing, next } = close.unwrap_or(Close { end, next: end });
                    self.builder.open_quote(at + 1);
                    self.double(at + 1, closing);
                    at = next;
                }
                b'`' => at = self.backtick(at, end),
                b'$' => at = self.dollar(at, end, quoted),
                b'<' | b'>' if self.reader.byte(at + 1) == b'(' && stop == Stop::Word => {
                    match self.reader.close(at + 1, end) {
                        Some(close) => at = self.substitution(at, at + 2..close.end, close.next),
                        None => break,
                    }
                }
                // Extended patterns and glob qualifiers belong to the word.
                b'(' if stop == Stop::Word && at > start && close.is_some() => {
                    let before = text.as_bytes()[at - 1];
                    if !matches!(before, b'?' | b'*' | b'+' | b'@' | b'!' | b'~') {
                        break;
                    }
                    let Close { next, .. } = close.unwrap_or(Close { end, next: end });
                    self.push(at, if next - at <= MAX_SUBSTITUTION { next } else { at });
                    at = next;
                }
                b'\'' | b'"' => at = self.push_char(at, end),
                b'\r' if self.reader.byte(at + 1) != b'\n' => at = self.push_char(at, end),
                _ if stop == Stop::Word => break,
                _ => at = self.push_char(at, end),
            }
        }
        at
    }

    /// A backslash outside quotes.
    fn escape(&mut self, at: usize, end: usize) -> usize {
        match self.reader.text[at + 1..end].bytes().next() {
            Some(b'\n') => at + 2,
            Some(b'\r') if self.reader.byte(at + 2) == b'\n' => (at + 3).min(end),
            Some(_) => self.push_char(at + 1, end),
            None => self.push_char(at, end),
        }
    }

    /// Text between double quotes.
    fn double(&mut self, start: usize, end: usize) {
        let text = self.reader.text;
        let mut at = start;
        while at < end {
            let rest = &text[at..end];
            let run = rest.find(['\\', '$', '`']).unwrap_or(rest.len());
            self.push(at, at + run);
            at += run;
            at = match rest.as_bytes().get(run) {
                None => break,
                Some(b'$') => self.dollar(at, end, true),
                Some(b'`') => self.backtick(at, end),
                Some(_) => match rest.as_bytes().get(run + 1) {
                    Some(b'\n') => at + 2,
                    Some(b'$' | b'`' | b'"' | b'\\') => self.push_char(at + 1, end),
                    _ => self.push_char(at, end),
                },
            };
        }
    }

    fn backtick(&mut self, at: usize, end: usize) -> usize {
        match self.reader.close(at, end) {
            Some(close) => self.substitution(at, at + 1..close.end, close.next),
            None => self.push_char(at, end),
        }
    }

    /// A command substitution: `commands` stand inside `at..next`.
    fn substitution(&mut self, at: usize, commands: Range<usize>, next: usize) -> usize {
        self.live.push(self.builder.len());
        self.computed = true;
        if next - at <= MAX_SUBSTITUTION {
            self.push(at, next);
        } else {
            self.push(at, commands.start);
            self.push(commands.end, next);
        }
        self.substitutions.push(commands);
        next
    }

    fn dollar(&mut self, at: usize, end: usize, quoted: bool) -> usize {
        let rest = &self.reader.text[at + 1..end];
        let close = self.reader.close(at + 1, end);
        match (rest.bytes().next(), close) {
            (Some(b'\''), Some(close)) if !quoted => {
                self.builder.open_quote(at + 2);
                self.ansi(at + 2, close.end);
                close.next
            }
            (Some(b'"'), _) if !quoted => at + 1,
            (Some(b'('), Some(close)) if self.reader.byte(at + 2) == b'(' => {
                let next = self.substitution(at, at + 2..close.end, close.next);
                // A calculation has no commands.
                self.substitutions.pop();
                next
            }
            (Some(b'('), Some(close)) => self.substitution(at, at + 2..close.end, close.next),
            (Some(b'{'), Some(close)) => self.brace(at, close, quoted),
            (Some(b'(' | b'{'), None) => {
                self.live.push(self.builder.len());
                self.computed = true;
                self.push_char(at, end)
            }
            (Some(first), _) if first.is_ascii_alphabetic() || first == b'_' => {
                let name = &rest[..name_length(rest)];
                self.refer(Some(name.to_owned()), None);
                self.push(at, at + 1 + name.len());
                at + 1 + name.len()
            }
            (Some(first), _) if first.is_ascii_digit() || b"@*#?-$!".contains(&first) => {
                self.refer(None, None);
                self.push(at, at + 2);
                at + 2
            }
            _ => self.push_char(at, end),
        }
    }

    fn refer(&mut self, name: Option<String>, default: Option<Decoded>) {
        self.live.push(self.builder.len());
        self.reference.get_or_insert((name, default));
    }

    /// `${…}`; `at` is the dollar sign's place.
    fn brace(&mut self, at: usize, close: Close, quoted: bool) -> usize {
        let text = self.reader.text;
        let mut start = at + 2;
        let content = &text[start..close.end];
        let length_of = content.len() > 1 && content.starts_with('#');
        let indirect = content.starts_with('!');
        if length_of || indirect {
            start += 1;
        }
        let name = start..start + name_length(&text[start..close.end]);
        let mut operator = name.end;
        if text[operator..close.end].starts_with('[') {
            operator += text[operator..close.end].find(']').map_or(0, |index| index + 1);
        }
        let rest = &text[operator..close.end];
        let (assigns, replaces) =
            (rest.starts_with(":=") || rest.starts_with('='), rest.starts_with(":-") || rest.starts_with('-'));
        let mut default = None;
        if !rest.is_empty() && self.depth < MAX_DEFAULTS {
            let body = operator
                + match rest.as_bytes() {
                    [b':', b'-' | b'=' | b'?' | b'+', ..] => 2,
                    [b'-' | b'=' | b'?' | b'+', ..] => 1,
                    _ => 0,
                };
            let mut inner = WordScan::new(self.reader, body, self.depth + 1);
            inner.plain(body, close.end, Stop::Range, quoted);
            let inner = inner.finish(body..close.end);
            if assigns || replaces {
                default = inner.default();
            }
            self.substitutions.extend(inner.substitutions);
            self.assigned.extend(inner.assigned);
        }
        if assigns && !name.is_empty() {
            self.assigned.push((name.clone(), default.clone()));
        }
        if length_of {
            self.live.push(self.builder.len());
            self.computed = true;
        } else {
            let known = !indirect && !name.is_empty();
            self.refer(known.then(|| text[name].to_owned()), default);
        }
        let stop = if close.next - at <= MAX_SUBSTITUTION { close.next } else { operator };
        self.push(at, stop);
        if stop < close.next {
            self.push(close.end, close.next);
        }
        close.next
    }

    /// Text inside `$'…'`.
    fn ansi(&mut self, start: usize, end: usize) {
        let text = self.reader.text;
        let mut at = start;
        while at < end {
            let rest = &text[at..end];
            let run = rest.find('\\').unwrap_or(rest.len());
            self.push(at, at + run);
            at += run;
            if at + 1 >= end {
                self.push(at, end);
                break;
            }
            let code = text[at + 1..end].chars().next().unwrap_or('\\');
            let digits = |from: usize, radix: u32, most: usize| {
                text[from..end].chars().take(most).take_while(|digit| digit.is_digit(radix)).count()
            };
            let number = |from: usize, radix: u32, count: usize| {
                u32::from_str_radix(&text[from..from + count], radix).ok().and_then(char::from_u32)
            };
            let (character, next) = match code {
                'n' => (Some('\n'), at + 2),
                't' => (Some('\t'), at + 2),
                'r' => (Some('\r'), at + 2),
                'a' => (Some('\x07'), at + 2),
                'b' => (Some('\x08'), at + 2),
                'e' | 'E' => (Some('\x1b'), at + 2),
                'f' => (Some('\x0c'), at + 2),
                'v' => (Some('\x0b'), at + 2),
                '\\' | '\'' | '"' | '?' => (Some(code), at + 2),
                'x' | 'u' | 'U' => {
                    let count = digits(
                        at + 2,
                        16,
                        match code {
                            'x' => 2,
                            'u' => 4,
                            _ => 8,
                        },
                    );
                    (number(at + 2, 16, count), at + 2 + count)
                }
                '0'..='7' => {
                    let count = digits(at + 1, 8, 3);
                    (number(at + 1, 8, count), at + 1 + count)
                }
                _ => (None, at + 1 + code.len_utf8()),
            };
            match character {
                Some(character) => self.builder.push_escaped(character, at, next),
                None => self.push(at, next),
            }
            at = next;
        }
    }
}

impl ShellWord {
    /// The word as the default half of an expansion: what of it stands in the file.
    fn default(&self) -> Option<Decoded> {
        if self.computed || self.text().is_empty() {
            return None;
        }
        let sole =
            self.live == [0] && (self.text().ends_with('}') || name_length(&self.text()[1..]) + 1 == self.text().len());
        if sole { self.sole_default().cloned() } else { Some(self.decoded.clone()) }
    }
}

fn is_special(byte: u8, stop: Stop) -> bool {
    match byte {
        b'\\' | b'\'' | b'"' | b'`' | b'$' => true,
        b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => stop == Stop::Word,
        _ => false,
    }
}
