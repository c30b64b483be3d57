//! Source code as words, strings and signs: as much of six grammars as it takes to know what stands in a string and what
//! in a comment.

use super::literal::{Quote, quote_at};
use super::{Flavour, Source};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// A string, with its prefix and quotes.
    Text,
    /// Any other character. `0` separates what does not belong together.
    Sign(u8),
}

/// A token. Strings are decoded when somebody asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Whether it is the first of its line.
    pub(super) first: bool,
    start: u32,
    end: u32,
}

impl Token {
    pub(super) fn start(&self) -> usize {
        self.start as usize
    }

    pub(super) fn end(&self) -> usize {
        self.end as usize
    }
}

/// The tokens of the program, and those of what is commented out.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) live: Vec<Token>,
    pub(super) commented: Vec<Token>,
}

/// Reads the tokens of a text.
pub(super) fn tokens(source: &Source<'_>) -> Tokens {
    let mut found = Tokens::default();
    // Places are kept in four bytes.
    if u32::try_from(source.text.len()).is_err() {
        return found;
    }
    let mut lexer = Lexer { source, end: source.text.len(), in_comment: false, tokens: Vec::new(), dead: [0; 6] };
    let mut last_comment = 0;
    let comments = lexer.run(0);
    found.live = std::mem::take(&mut lexer.tokens);
    for (start, end) in comments {
        // Comments with nothing but white space between them are read as one.
        if !source.text[last_comment..start].trim().trim_matches(['/', '#']).trim().is_empty() {
            found.commented.push(Token { kind: Kind::Sign(0), first: true, start: start as u32, end: start as u32 });
        }
        last_comment = end;
        let mut inner = Lexer { source, end, in_comment: true, tokens: found.commented, dead: [0; 6] };
        inner.run(start);
        found.commented = inner.tokens;
    }
    found
}

struct Lexer<'s, 't> {
    source: &'s Source<'t>,
    end: usize,
    /// Strings end with their line there, and comments have none inside.
    in_comment: bool,
    tokens: Vec<Token>,
    /// For each kind of quote the place up to which no other one closes it.
    dead: [usize; 6],
}

impl Lexer<'_, '_> {
    /// Reads to the end, and returns the places of the comments, without what marks them.
    fn run(&mut self, from: usize) -> Vec<(usize, usize)> {
        let text = self.source.text;
        let bytes = &text.as_bytes()[..self.end];
        let mut comments = Vec::new();
        let (mut at, mut first) = (from, true);
        while let Some(&byte) = bytes.get(at) {
            if byte == b'\n' {
                first = true;
                at += 1;
                continue;
            }
            if byte.is_ascii_whitespace() || self.in_comment && first && byte == b'*' {
                at += 1;
                continue;
            }
            if let Some((inner, end)) = self.comment(at) {
                comments.push(inner);
                at = end;
                continue;
            }
            let start = at;
            let kind = if let Some(end) = self.string(at) {
                at = end;
                Kind::Text
            } else if is_name(byte) {
                at += bytes[at..].iter().take_while(|&&byte| is_name(byte)).count();
                Kind::Word
            } else if let Some(end) = self.pattern(at) {
                at = end;
                first = false;
                continue;
            } else {
                at += 1;
                Kind::Sign(byte)
            };
            self.tokens.push(Token { kind, first, start: start as u32, end: at as u32 });
            first = false;
        }
        comments
    }

    /// The comment that begins here: its inside, and where it ends.
    fn comment(&self, at: usize) -> Option<((usize, usize), usize)> {
        if self.in_comment {
            return None;
        }
        let rest = &self.source.text[at..self.end];
        let hashes = matches!(self.source.flavour, Flavour::Python | Flavour::Ruby);
        let line = rest.starts_with('#') && (hashes || at == 0) || rest.starts_with("//") && !hashes;
        if line {
            let end = at + rest.find('\n').unwrap_or(rest.len());
            let marks = rest.bytes().take_while(|&byte| matches!(byte, b'#' | b'/' | b'!')).count();
            return Some(((at + marks, end), end));
        }
        if !hashes && rest.starts_with("/*") {
            let length = rest[2..].find("*/").unwrap_or(rest.len() - 2);
            return Some(((at + 2, at + 2 + length), (at + 4 + length).min(self.end)));
        }
        None
    }

    /// Where the string ends that begins here. One that nothing closes is none, so that what follows is still read.
    fn string(&mut self, at: usize) -> Option<usize> {
        let quote = quote_at(self.source, at)?;
        let dead = &mut self.dead[quote.kind()];
        if at < *dead {
            return None;
        }
        let one_line = self.in_comment || !quote.spans_lines();
        quote.end(&self.source.text[..self.end], at, one_line).map_err(|limit| *dead = limit).ok()
    }

    /// Where the regular expression ends that begins here: its quotes open no string.
    fn pattern(&mut self, at: usize) -> Option<usize> {
        let text = &self.source.text[..self.end];
        let dead = self.dead[Quote::PATTERN];
        let has_patterns = matches!(self.source.flavour, Flavour::TypeScript | Flavour::Ruby);
        if !has_patterns || self.in_comment || !text[at..].starts_with('/') || at < dead || !self.begins_expression() {
            return None;
        }
        let (mut in_class, mut escaped) = (false, false);
        for (offset, byte) in text.as_bytes()[at + 1..].iter().enumerate() {
            match byte {
                b'\n' => {
                    self.dead[Quote::PATTERN] = at + 1 + offset;
                    return None;
                }
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => return Some(at + 2 + offset),
                _ => {}
            }
        }
        self.dead[Quote::PATTERN] = self.end;
        None
    }

    /// Whether what was read last can't be the left side of a division, nor the `<` of a tag's end.
    fn begins_expression(&self) -> bool {
        let Some(token) = self.tokens.last() else { return true };
        match token.kind {
            Kind::Sign(sign) => !matches!(sign, b')' | b']' | b'}' | b'<'),
            Kind::Text => false,
            Kind::Word => matches!(
                &self.source.text[token.start()..token.end()],
                "return" | "typeof" | "case" | "in" | "of" | "and" | "or" | "not" | "if" | "unless" | "when" | "else"
            ),
        }
    }
}

/// Whether the byte belongs to a name; all that is not ASCII does.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}
