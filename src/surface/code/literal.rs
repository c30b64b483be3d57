//! The strings of six languages.

use super::{Flavour, Source};
use crate::surface::Decoded;
use crate::surface::shell::decode::Builder;

/// What a string may contain that is replaced when the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parts {
    None,
    /// `{x}`, and `{{` for a brace: Python's f-strings, C#.
    Braces,
    /// `${x}`
    DollarBraces,
    /// `#{x}`
    Hash,
    /// `$x` and `${x}`
    Dollar,
}

/// How a backslash, or a second quote, is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escapes {
    /// A backslash is a character.
    None,
    /// It keeps the quote behind it from closing, and stays.
    Quote,
    /// It takes what follows along.
    All,
    /// Two quotes stand for one.
    Doubled,
}

/// How a string begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    /// The length of prefix and quote.
    open: usize,
    /// What closes it.
    close: &'static str,
    escapes: Escapes,
    parts: Parts,
}

/// The string that begins at a place.
pub(super) fn quote_at(source: &Source<'_>, at: usize) -> Option<Quote> {
    let rest = &source.text[at..];
    let prefix = prefix(source, at)?;
    let behind = &rest[prefix.len()..];
    let mark = *behind.as_bytes().first()?;
    let has = |letters: [char; 2]| prefix.contains(letters);
    let triple = match mark {
        b'"' if behind.starts_with("\"\"\"") => Some("\"\"\""),
        b'\'' if behind.starts_with("'''") => Some("'''"),
        _ => None,
    };
    let single = match mark {
        b'"' => "\"",
        b'\'' => "'",
        _ => "`",
    };
    let long = !matches!(source.flavour, Flavour::TypeScript | Flavour::Go | Flavour::Ruby);
    let close =
        triple.filter(|close| long && (source.flavour == Flavour::Python || *close == "\"\"\"")).unwrap_or(single);
    let is_long = close.len() == 3;
    let (escapes, parts) = match (source.flavour, mark) {
        (Flavour::Python, b'"' | b'\'') => (
            if has(['r', 'R']) { Escapes::Quote } else { Escapes::All },
            if has(['f', 'F']) || has(['t', 'T']) { Parts::Braces } else { Parts::None },
        ),
        (Flavour::TypeScript, b'`') => (Escapes::All, Parts::DollarBraces),
        (Flavour::Go, b'`') => (Escapes::None, Parts::None),
        (Flavour::Ruby, b'\'') => (Escapes::Quote, Parts::None),
        (Flavour::Ruby, b'"') => (Escapes::All, Parts::Hash),
        (Flavour::Kotlin, b'"') => (if is_long { Escapes::None } else { Escapes::All }, Parts::Dollar),
        (Flavour::CSharp, b'"') => (
            match (is_long, prefix.contains('@')) {
                (true, _) => Escapes::None,
                (false, true) => Escapes::Doubled,
                (false, false) => Escapes::All,
            },
            if prefix.contains('$') { Parts::Braces } else { Parts::None },
        ),
        (_, b'"' | b'\'') => (Escapes::All, Parts::None),
        _ => return None,
    };
    Some(Quote { open: prefix.len() + close.len(), close, escapes, parts })
}

/// The letters or signs in front of a quote.
fn prefix<'t>(source: &Source<'t>, at: usize) -> Option<&'t str> {
    let rest = &source.text[at..];
    let letters: &[u8] = match source.flavour {
        Flavour::Python => b"rRbBuUfFtT",
        Flavour::CSharp => b"@$",
        _ => b"",
    };
    let length = rest.bytes().take(3).take_while(|byte| letters.contains(byte)).count();
    matches!(rest.as_bytes().get(length), Some(b'"' | b'\'' | b'`')).then(|| &rest[..length])
}

impl Quote {
    /// The place of regular expressions among the kinds.
    pub(super) const PATTERN: usize = 5;

    /// A number for what closes it.
    pub(super) fn kind(&self) -> usize {
        match self.close {
            "\"" => 0,
            "'" => 1,
            "`" => 2,
            "\"\"\"" => 3,
            _ => 4,
        }
    }

    pub(super) fn spans_lines(&self) -> bool {
        self.close.len() == 3 || self.close == "`" || self.escapes == Escapes::Doubled
    }

    /// Where the string that begins at `at` ends; if nothing closes it, the place up to which that is known.
    pub(super) fn end(&self, text: &str, at: usize, one_line: bool) -> Result<usize, usize> {
        let mut at = at + self.open;
        if self.parts == Parts::DollarBraces {
            return template_end(text, at, one_line);
        }
        let mark = self.close.as_bytes()[0];
        let backslash = if matches!(self.escapes, Escapes::All | Escapes::Quote) { b'\\' } else { mark };
        let line = if one_line { b'\n' } else { mark };
        loop {
            let rest = text.as_bytes().get(at..).unwrap_or_default();
            at += memchr::memchr3(mark, backslash, line, rest).ok_or(text.len())?;
            let here = &text.as_bytes()[at..];
            if here[0] == b'\\' {
                at += 1 + here.get(1).map_or(0, |_| 1);
            } else if here[0] == b'\n' {
                return Err(at);
            } else if !here.starts_with(self.close.as_bytes()) {
                at += 1;
            } else if self.escapes == Escapes::Doubled && here.get(1) == Some(&mark) {
                at += 2;
            } else {
                return Ok(at + self.close.len());
            }
        }
    }
}

/// Where a template literal ends: `${…}` may hold others.
fn template_end(text: &str, from: usize, one_line: bool) -> Result<usize, usize> {
    // What is open around: a template (`None`), or a `${…}` with so many braces open in it.
    let mut open: Vec<Option<usize>> = vec![None];
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match (byte, open.last_mut().ok_or(at)?) {
            (b'\n', _) if one_line => return Err(at),
            (b'\\', _) => at += 1,
            (b'`', None) => {
                open.pop();
                if open.is_empty() {
                    return Ok(at);
                }
            }
            (b'`', Some(_)) => open.push(None),
            (b'$', None) if bytes.get(at) == Some(&b'{') => {
                at += 1;
                open.push(Some(0));
            }
            (b'{', Some(depth)) => *depth += 1,
            (b'}', Some(0)) => drop(open.pop()),
            (b'}', Some(depth)) => *depth -= 1,
            _ => {}
        }
    }
    Err(text.len())
}

/// A string, and whether a part of it is computed.
pub(super) struct Literal {
    pub(super) decoded: Decoded,
    pub(super) live: bool,
}

/// Decodes the string at a place.
pub(super) fn decode(source: &Source<'_>, start: usize, end: usize) -> Option<Literal> {
    let quote = quote_at(source, start)?;
    let (from, to) = (start + quote.open, end.checked_sub(quote.close.len())?);
    let inner = source.text.get(from..to)?;
    let live = quote.is_live(inner);
    let mut builder = Builder::new(from);
    builder.open_quote(from);
    let mut at = from;
    let marks: &[char] = match quote.escapes {
        Escapes::All => &['\\'],
        Escapes::Doubled => &['"'],
        Escapes::None | Escapes::Quote => &[],
    };
    while let Some(run) = source.text[at..to].find(marks) {
        builder.push(&source.text[at..at + run], at);
        at += run;
        let (character, length) = escape(&source.text[at..to]);
        match character {
            Some(character) => builder.push_escaped(character, at, at + length),
            None if length == 0 => break,
            None => {}
        }
        at += length;
    }
    builder.push(&source.text[at..to], at);
    Some(Literal { decoded: builder.finish(&source.origin), live })
}

impl Quote {
    fn is_live(&self, inner: &str) -> bool {
        match self.parts {
            Parts::None => false,
            Parts::Braces => inner.replace("{{", "").contains('{'),
            Parts::DollarBraces => inner.contains("${"),
            Parts::Hash => inner.contains("#{"),
            Parts::Dollar => inner.match_indices('$').any(|(at, _)| {
                inner[at + 1..].starts_with(|next: char| next.is_alphabetic() || matches!(next, '_' | '{'))
            }),
        }
    }
}

/// The character that the escape at the beginning stands for, if any, and its length. `""` of C# is one too.
fn escape(text: &str) -> (Option<char>, usize) {
    let mut characters = text.chars();
    let (Some(mark), Some(letter)) = (characters.next(), characters.next()) else { return (None, text.len()) };
    if mark == '"' {
        return (Some('"'), 2);
    }
    let digits = |from: usize, most: usize| {
        let digits = text.get(from..)?;
        let length = digits.bytes().take(most).take_while(u8::is_ascii_hexdigit).count();
        let number = u32::from_str_radix(digits.get(..length)?, 16).ok()?;
        Some((char::from_u32(number)?, from + length))
    };
    let found = match letter {
        'n' => Some(('\n', 2)),
        't' => Some(('\t', 2)),
        'r' => Some(('\r', 2)),
        '\n' => return (None, 2),
        'x' => digits(2, 2),
        'u' if text[2..].starts_with('{') => {
            digits(3, 6).filter(|&(_, end)| text[end..].starts_with('}')).map(|(character, end)| (character, end + 1))
        }
        'u' => digits(2, 4),
        'U' => digits(2, 8),
        _ => None,
    };
    match found {
        Some((character, length)) => (Some(character), length),
        None => (Some(letter), 1 + letter.len_utf8()),
    }
}
