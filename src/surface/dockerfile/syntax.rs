//! Lines, instructions and words of a Dockerfile.
//!
//! Dockerfile reference (2026-08) and BuildKit's parser: continuations, comments between them, here-documents,
//! `# escape=`; `ENV` takes pairs, or one name and the rest of the line.

use std::collections::HashMap;

use super::super::shell::decode::Builder;
use super::super::{Decoded, Origin};
use crate::text::{Span, first_length};

/// A part of a file.
#[derive(Debug)]
pub(crate) enum Item {
    Instruction(Instruction),
    Comment(Comment),
}

/// An instruction with its arguments.
#[derive(Debug)]
pub(crate) struct Instruction {
    /// In capitals.
    pub(crate) keyword: String,
    /// What follows, in one line.
    pub(crate) arguments: Decoded,
    pub(crate) heredocs: Vec<HereDoc>,
}

/// A here-document.
#[derive(Debug)]
pub(crate) struct HereDoc {
    pub(crate) quoted: bool,
    pub(crate) body: Decoded,
    /// The body and the line that ends it.
    pub(crate) whole: Span,
}

/// A comment on a line of its own.
#[derive(Debug)]
pub(crate) struct Comment {
    /// What follows the hash.
    pub(crate) text: Decoded,
    /// Whether it stands between the lines of an `ENV` or `ARG`.
    pub(crate) among_pairs: bool,
}

/// Reads a file, and the character that escapes in it.
pub(crate) fn items(text: &str) -> (Vec<Item>, char) {
    let mut lines = Lines { text, at: 0, escape: '\\', ends: None };
    lines.directives();
    let mut items = Vec::new();
    while lines.at < text.len() {
        lines.item(&mut items);
    }
    (items, lines.escape)
}

struct Lines<'t> {
    text: &'t str,
    at: usize,
    escape: char,
    /// Where each line stands that may end a here-document.
    ends: Option<HashMap<&'t str, Vec<usize>>>,
}

impl<'t> Lines<'t> {
    /// The next line without its break, and where it begins.
    fn line(&mut self) -> (usize, &'t str) {
        let start = self.at;
        let rest = &self.text[start..];
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at = (start + length + 1).min(self.text.len());
        let line = &rest[..length];
        (start, line.strip_suffix('\r').unwrap_or(line))
    }

    /// `# name=value` lines count only at the top.
    fn directives(&mut self) {
        loop {
            let start = self.at;
            let (_, line) = self.line();
            let directive = line.trim_start().strip_prefix('#').and_then(|rest| rest.split_once('='));
            let Some((name, value)) =
                directive.filter(|(name, _)| name.trim().bytes().all(|b| b.is_ascii_alphanumeric()))
            else {
                self.at = start;
                return;
            };
            if name.trim().eq_ignore_ascii_case("escape") && matches!(value.trim(), "`" | "\\") {
                self.escape = if value.trim() == "`" { '`' } else { '\\' };
            }
            if self.at >= self.text.len() {
                return;
            }
        }
    }

    fn item(&mut self, items: &mut Vec<Item>) {
        let (start, line) = self.line();
        let trimmed = line.trim_start();
        let begin = start + line.len() - trimmed.len();
        if let Some(comment) = comment(trimmed, begin, false) {
            items.push(Item::Comment(comment));
            return;
        }
        let length = trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
        let keyword = trimmed[..length].to_ascii_uppercase();
        if keyword.is_empty() || !keyword.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return;
        }
        let rest = &trimmed[length..];
        let first = begin + length + (rest.len() - rest.trim_start().len());
        let arguments = self.logical(rest.trim_start(), first, matches!(keyword.as_str(), "ENV" | "ARG"), items);
        let may =
            matches!(keyword.as_str(), "RUN" | "COPY" | "ADD" | "ONBUILD") && arguments.text.expose().contains("<<");
        let heredocs = if may { self.heredocs(&arguments) } else { Vec::new() };
        items.push(Item::Instruction(Instruction { keyword, arguments, heredocs }));
    }

    /// Joins the lines of an instruction. Comments and empty lines between them are no part of it.
    fn logical(&mut self, first: &str, start: usize, pairs: bool, items: &mut Vec<Item>) -> Decoded {
        let mut builder = Builder::new(start);
        let (mut line, mut at) = (first, start);
        loop {
            let Some(kept) = continued(line, self.escape) else {
                builder.push(line, at);
                break;
            };
            builder.push(kept, at);
            loop {
                if self.at >= self.text.len() {
                    return builder.finish(&Origin::Direct(0));
                }
                (at, line) = self.line();
                let trimmed = line.trim_start();
                match comment(trimmed, at + line.len() - trimmed.len(), pairs) {
                    Some(comment) => items.push(Item::Comment(comment)),
                    None if trimmed.is_empty() => {}
                    None => break,
                }
            }
        }
        builder.finish(&Origin::Direct(0))
    }

    /// Takes the bodies of the here-documents that the line opens.
    fn heredocs(&mut self, arguments: &Decoded) -> Vec<HereDoc> {
        let mut found = Vec::new();
        for (name, strips_tabs, quoted) in openings(arguments.text.expose()) {
            let Some(end) = self.end_of(&name, strips_tabs) else { break };
            let start = self.at;
            let mut builder = Builder::new(start);
            while self.at < end {
                let (line_start, line) = self.line();
                let tabs = if strips_tabs { line.len() - line.trim_start_matches('\t').len() } else { 0 };
                builder.push(&self.text[line_start + tabs..self.at], line_start + tabs);
            }
            self.line();
            let body = builder.finish(&Origin::Direct(0));
            found.push(HereDoc { quoted, body, whole: Span::new(start, self.at) });
        }
        found
    }

    /// Where the line begins that ends a here-document opened above.
    fn end_of(&mut self, name: &str, strips_tabs: bool) -> Option<usize> {
        let text = self.text;
        let ends = self.ends.get_or_insert_with(|| {
            let mut ends: HashMap<&str, Vec<usize>> = HashMap::new();
            let mut at = 0;
            for line in text.split_inclusive('\n') {
                let bare = line.trim_end_matches(['\n', '\r']).trim_start_matches('\t');
                if !bare.is_empty() && !bare.contains([' ', '\t']) {
                    ends.entry(bare).or_default().push(at);
                }
                at += line.len();
            }
            ends
        });
        let places = ends.get(name)?;
        let behind = &places[places.partition_point(|&place| place < self.at)..];
        behind.iter().copied().find(|&place| strips_tabs || text[place..].starts_with(name))
    }
}

fn comment(line: &str, start: usize, among_pairs: bool) -> Option<Comment> {
    let rest = line.strip_prefix('#')?;
    let text = rest.trim_start_matches('#').trim_start();
    let at = start + line.len() - text.len();
    Some(Comment { text: Decoded::direct(text.trim_end(), at), among_pairs })
}

/// The line without the escape at its end that goes on with the next one.
fn continued(line: &str, escape: char) -> Option<&str> {
    let kept = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!kept.ends_with(escape)).then_some(kept)
}

/// The here-documents that a line opens: name, `<<-`, whether the name is quoted.
fn openings(text: &str) -> Vec<(String, bool, bool)> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        at += character.len_utf8();
        match (character, quote) {
            ('\\', None | Some('"')) => at += first_length(&text[at..]),
            ('\'' | '"', None) => quote = Some(character),
            (_, Some(open)) if open == character => quote = None,
            ('<', None) if text[at..].starts_with('<') => {
                let run = text[at..].bytes().take_while(|&byte| byte == b'<').count();
                at += run;
                if run > 1 {
                    continue;
                }
                let rest = &text[at..];
                let strips_tabs = rest.starts_with('-');
                let rest = rest.strip_prefix('-').unwrap_or(rest);
                let word = rest.split(|c: char| c.is_whitespace() || ";|&<>()".contains(c)).next().unwrap_or("");
                let name = word.trim_matches(['"', '\'']);
                if !name.is_empty() {
                    found.push((name.to_owned(), strips_tabs, name.len() < word.len()));
                }
                at += word.len() + usize::from(strips_tabs);
            }
            _ => {}
        }
    }
    found
}

/// `NAME` or `NAME=value` of an `ENV` or `ARG`.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) name: Decoded,
    pub(super) value: Option<Quoted>,
}

/// A text without its quotes.
#[derive(Debug)]
pub(super) struct Quoted {
    pub(super) decoded: Decoded,
    /// Whether a `$` in it is replaced.
    pub(super) live: bool,
}

/// The pairs of an `ARG` or of an `ENV`; the latter may also be one name, a blank and its value.
pub(super) fn pairs(arguments: &Decoded, escape: char, legacy: bool) -> Vec<Pair> {
    let text = arguments.text.expose();
    let words = words(text, escape);
    if let Some(first) = words.first().filter(|first| legacy && !text[first.range()].contains('=')) {
        let rest = text[first.end..].trim();
        let start = text.len() - text[first.end..].trim_start().len();
        let name = arguments.part(first.start, first.end);
        let value = unquoted(arguments, Span::new(start, start + rest.len()), escape);
        return if rest.is_empty() { Vec::new() } else { vec![Pair { name, value: Some(value) }] };
    }
    let pair = |word: Span| {
        let equals = text[word.range()].find('=').map(|length| word.start + length);
        let name = arguments.part(word.start, equals.unwrap_or(word.end));
        let value = equals.map(|equals| unquoted(arguments, Span::new(equals + 1, word.end), escape));
        is_name(name.text.expose()).then_some(Pair { name, value })
    };
    words.into_iter().filter_map(pair).collect()
}

/// Whether a text can be a variable's name.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// Words between blanks, quotes kept.
pub(super) fn words(text: &str, escape: char) -> Vec<Span> {
    let mut words = Vec::new();
    let (mut start, mut quote, mut escaped) = (None, None, false);
    for (at, character) in text.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        if quote.is_none() && character.is_whitespace() {
            words.extend(start.take().map(|start| Span::new(start, at)));
            continue;
        }
        start.get_or_insert(at);
        match (character, quote) {
            (_, Some(open)) if character == open => quote = None,
            (character, quote) if character == escape && quote != Some('\'') => escaped = true,
            ('\'' | '"', None) => quote = Some(character),
            _ => {}
        }
    }
    words.extend(start.map(|start| Span::new(start, text.len())));
    words
}

/// Takes quotes and escapes away: in double quotes only a quote, a dollar and the escape itself are escaped.
fn unquoted(outer: &Decoded, span: Span, escape: char) -> Quoted {
    let text = outer.text.expose();
    let mut builder = Builder::new(span.start);
    let (mut quote, mut live, mut at) = (None, false, span.start);
    while let Some(character) = text[at..span.end].chars().next() {
        let next = at + character.len_utf8();
        match (character, quote) {
            (_, Some(open)) if character == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(character);
                builder.open_quote(next);
            }
            (_, quote) if character == escape && quote != Some('\'') => {
                let Some(escaped) = text[next..span.end].chars().next() else { break };
                let kept = quote == Some('"') && !(matches!(escaped, '"' | '$') || escaped == escape);
                let from = if kept { at } else { next };
                builder.push(&text[from..next + escaped.len_utf8()], from);
                at = next + escaped.len_utf8();
                continue;
            }
            _ => {
                live |= character == '$' && quote != Some('\'');
                builder.push(&text[at..next], at);
            }
        }
        at = next;
    }
    Quoted { decoded: builder.finish(&outer.origin), live }
}
