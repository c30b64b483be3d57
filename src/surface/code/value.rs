//! What stands on the right-hand side in a program.

use super::lexer::{Kind, Token};
use super::literal::decode;
use super::names::{is_environment, is_nothing, reads};
use super::{Flavour, Source};
use crate::surface::Decoded;
use crate::text::Span;

/// A value, as far as it can be known without running the program.
#[derive(Debug)]
pub(super) enum Parsed {
    /// A string and nothing else.
    Literal(Decoded),
    /// A variable of the environment.
    Read(Read),
    /// A name of the program.
    Name(String),
    /// `None`, `null`: as if it were not given.
    Nothing,
    /// Anything else.
    Unknown,
}

/// A variable of the environment that the program reads.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) name: String,
    /// Where the name stands, without quotes.
    pub(super) place: Span,
    /// What the program takes instead, if that is a string.
    pub(super) default: Option<Decoded>,
}

/// Tokens of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    pub(super) source: &'t Source<'t>,
    pub(super) tokens: &'t [Token],
}

impl<'t> Cursor<'t> {
    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    pub(super) fn is(&self, index: usize, sign: u8) -> bool {
        self.kind(index) == Some(Kind::Sign(sign))
    }

    pub(super) fn word(&self, index: usize) -> &'t str {
        match self.tokens.get(index) {
            Some(token) if token.kind == Kind::Word => &self.source.text[token.start()..token.end()],
            _ => "",
        }
    }

    pub(super) fn is_first(&self, index: usize) -> bool {
        self.tokens.get(index).is_none_or(|token| token.first)
    }

    /// The place of a token in the document.
    pub(super) fn span(&self, index: usize) -> Span {
        let token = self.tokens.get(index).map_or((0, 0), |token| (token.start(), token.end()));
        self.source.origin.span(token.0, token.1)
    }

    /// The string of a token, if no part of it is computed.
    pub(super) fn text(&self, index: usize) -> Option<Decoded> {
        let token = self.tokens.get(index).filter(|token| token.kind == Kind::Text)?;
        let literal = decode(self.source, token.start(), token.end())?;
        (!literal.live).then_some(literal.decoded)
    }

    /// The text of a short string that may be a name, or of a word.
    pub(super) fn name(&self, index: usize) -> Option<(String, Span)> {
        let token = self.tokens.get(index)?;
        match token.kind {
            Kind::Word => Some((self.word(index).to_owned(), self.span(index))),
            Kind::Text if token.end() - token.start() <= LONGEST_NAME => {
                let text = self.text(index)?;
                let name = text.text.expose().to_owned();
                let is_name =
                    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
                is_name.then(|| (name, text.span()))
            }
            _ => None,
        }
    }

    /// Whether an expression ends in front of this token.
    pub(super) fn ends(&self, index: usize) -> bool {
        match self.kind(index) {
            None => true,
            Some(Kind::Sign(b',' | b')' | b']' | b'}' | b';' | 0)) => true,
            Some(Kind::Sign(b'@' | b'*' | b'#' | b'(' | b'[' | b'{')) | Some(Kind::Word) => {
                self.is_first(index) && !matches!(self.word(index), "or" | "and" | "if" | "else" | "in")
            }
            _ => false,
        }
    }

    /// The first token of the dotted path that ends at `index`: `os` of `os.environ`.
    pub(super) fn path_start(&self, index: usize) -> usize {
        let mut start = index;
        while start >= 2 && self.is_dot(start - 1) && self.kind(start - 2) == Some(Kind::Word) && index - start < 12 {
            start -= 2;
        }
        start
    }

    fn is_dot(&self, index: usize) -> bool {
        self.is(index, b'.')
    }

    /// The word in front of the dot in front of a word; `::` of Ruby counts as one.
    pub(super) fn before(&self, index: usize) -> &'t str {
        if index >= 2 && self.is_dot(index - 1) {
            self.word(index - 2)
        } else if index >= 3 && self.is(index - 1, b':') && self.is(index - 2, b':') {
            self.word(index - 3)
        } else {
            ""
        }
    }

    /// The value that begins at a token, and the index behind it.
    pub(super) fn value(&self, index: usize) -> (Parsed, usize) {
        match self.kind(index) {
            Some(Kind::Text) => {
                let behind = self.behind_cast(index + 1);
                match self.text(index).filter(|_| self.ends(behind)) {
                    Some(text) => (Parsed::Literal(text), behind),
                    None => (Parsed::Unknown, index + 1),
                }
            }
            Some(Kind::Word) => {
                if let Some((read, behind)) = self.read(index).filter(|(_, behind)| self.ends(*behind)) {
                    return (Parsed::Read(read), behind);
                }
                if is_nothing(self.word(index)) && self.ends(index + 1) {
                    return (Parsed::Nothing, index + 1);
                }
                if self.ends(index + 1) {
                    return (Parsed::Name(self.word(index).to_owned()), index + 1);
                }
                let wrapped = index + usize::from(self.word(index) == "new");
                self.wrapped(wrapped).unwrap_or((Parsed::Unknown, index + 1))
            }
            _ => (Parsed::Unknown, index),
        }
    }

    /// `"…" as string`, `"…"!`
    fn behind_cast(&self, index: usize) -> usize {
        match self.word(index) {
            "as" | "satisfies" if !self.is_first(index) => index + 2,
            _ if self.is(index, b'!') => index + 1,
            _ => index,
        }
    }

    /// `SecretStr("…")`, `anthropic.String("…")`: a string in other clothes.
    fn wrapped(&self, index: usize) -> Option<(Parsed, usize)> {
        let name = if self.is_dot(index + 1) { index + 2 } else { index };
        let is_wrapper = matches!(self.word(name), "SecretStr" | "String" | "str" | "string" | "URI" | "Uri" | "URL");
        let text = self.text(name + 2)?;
        let fits = is_wrapper && self.is(name + 1, b'(') && self.is(name + 3, b')') && self.ends(name + 4);
        fits.then_some((Parsed::Literal(text), name + 4))
    }

    /// A read of the environment whose path begins at a word: `os.environ["X"]`, `process.env.X || "…"`, `getenv("X", "…")`.
    pub(super) fn read(&self, index: usize) -> Option<(Read, usize)> {
        let mut last = index;
        while self.is_dot(last + 1) && self.kind(last + 2) == Some(Kind::Word) && last - index < 8 {
            // `process.env.X`
            let above = self.word(last);
            if above == "env" && last > index && !reads(above, self.word(last + 2)) {
                let name = self.word(last + 2).to_owned();
                return Some(self.with_default(name, self.span(last + 2), last + 3));
            }
            last += 2;
        }
        // Java's `System.getenv().getOrDefault("X", "…")`
        if self.word(last) == "getenv" && self.is(last + 1, b'(') && self.is(last + 2, b')') && self.is_dot(last + 3) {
            last += 4;
        }
        let is_call = self.is(last + 1, b'(') && reads(self.before(last), self.word(last));
        let is_index = self.is(last + 1, b'[') && is_environment(self.word(last));
        if !is_call && !is_index {
            return None;
        }
        let (name, place) = self.name(last + 2).filter(|_| self.kind(last + 2) == Some(Kind::Text))?;
        if self.is(last + 3, if is_call { b')' } else { b']' }) {
            return Some(self.with_default(name, place, last + 4));
        }
        if !is_call || !self.is(last + 3, b',') {
            return None;
        }
        let named = if self.word(last + 4) == "default" { 2 } else { 0 };
        let default = self.text(last + 4 + named).filter(|_| self.is(last + 5 + named, b')'))?;
        Some((Read { name, place, default: Some(default) }, last + 6 + named))
    }

    /// `… || "x"`, `… ?? "x"`, `… or "x"`, `… ?: "x"`
    fn with_default(&self, name: String, place: Span, index: usize) -> (Read, usize) {
        let index = if self.is(index, b'!') { index + 1 } else { index };
        let sign = |at: usize, sign: u8| self.is(at, sign);
        let length = match () {
            () if self.word(index) == "or" && !self.is_first(index) => 1,
            () if sign(index, b'|') && sign(index + 1, b'|') => 2,
            () if sign(index, b'?') && (sign(index + 1, b'?') || sign(index + 1, b':')) => 2,
            () => 0,
        };
        if length > 0
            && let Some(text) = self.text(index + length).filter(|_| self.ends(index + length + 1))
        {
            return (Read { name, place, default: Some(text) }, index + length + 1);
        }
        (Read { name, place, default: None }, index)
    }

    /// Whether a name is followed by what gives it a value: the index of that value.
    pub(super) fn assigned(&self, name: usize) -> Option<usize> {
        let sign = |at: usize, sign: u8| self.is(at, sign);
        let next = name + 1;
        // `X: str = "…"`, `X string = "…"`
        let typed = || {
            let from = if sign(next, b':') { next + 1 } else { next };
            let is_type = self.kind(from) == Some(Kind::Word) && !self.is_first(from);
            (is_type && sign(from + 1, b'=') && !sign(from + 2, b'=')).then_some(from + 2)
        };
        if let Some(value) = typed() {
            return Some(value);
        }
        if sign(next, b':') {
            let value = if sign(next + 1, b'=') { next + 2 } else { next + 1 };
            // `class X:` with its description below.
            let is_block = self.source.flavour == Flavour::Python && self.is_first(value);
            return (!is_block && !sign(value, b':')).then_some(value);
        }
        if sign(next, b'=') {
            let ruby = self.source.flavour == Flavour::Ruby;
            return match self.kind(next + 1) {
                Some(Kind::Sign(b'>')) if ruby => Some(next + 2),
                Some(Kind::Sign(b'=' | b'>' | b'~')) => None,
                _ => Some(next + 1),
            };
        }
        // `||=`, `??=`
        let twice = |mark| sign(next, mark) && sign(next + 1, mark) && sign(next + 2, b'=');
        (twice(b'|') || twice(b'?')).then_some(next + 3)
    }
}

/// No name of a variable or a header is longer, quotes included.
const LONGEST_NAME: usize = 80;
