//! Lines of a makefile.

use crate::surface::shell::decode::Builder;
use crate::surface::{Decoded, Origin};
use crate::text::Span;

/// A line together with those that a backslash adds to it.
pub(super) struct Logical {
    pub(super) span: Span,
    /// Where the next one begins.
    pub(super) next: usize,
}

/// What a line says. All places count from its beginning.
#[derive(Debug)]
pub(super) enum Directive<'t> {
    Nothing,
    Comment,
    If,
    /// `true` where another condition follows.
    Else(bool),
    Endif,
    /// `define NAME`
    Define {
        name: &'t str,
        export: bool,
    },
    Include(Vec<(usize, &'t str)>),
    Export(Vec<&'t str>),
    Unexport(Vec<(usize, &'t str)>),
    Assign(Assign<'t>),
    Rule {
        targets: Vec<String>,
        /// Where prerequisites begin.
        rest: usize,
        /// Where a command on the same line begins.
        command: Option<usize>,
    },
}

/// `NAME := value`
#[derive(Debug)]
pub(super) struct Assign<'t> {
    pub(super) start: usize,
    pub(super) name: &'t str,
    pub(super) operator: &'t str,
    pub(super) value: usize,
    pub(super) export: bool,
    pub(super) overrides: bool,
}

/// The line at `start`.
pub(super) fn logical(text: &str, start: usize) -> Logical {
    let mut at = start;
    loop {
        let length = text[at..].find('\n');
        let end = length.map_or(text.len(), |length| at + length);
        let line = text[at..end].strip_suffix('\r').unwrap_or(&text[at..end]);
        let slashes = line.bytes().rev().take_while(|&byte| byte == b'\\').count();
        let next = length.map_or(text.len(), |_| end + 1);
        if slashes % 2 == 0 || next >= text.len() {
            return Logical { span: Span::new(start, at + line.len()), next };
        }
        at = next;
    }
}

/// Understands a line without the white space before it.
pub(super) fn directive(line: &str) -> Directive<'_> {
    if line.is_empty() {
        return Directive::Nothing;
    }
    if line.starts_with('#') {
        return Directive::Comment;
    }
    if let Some(assign) = assign(line) {
        return Directive::Assign(assign);
    }
    let mut words = words(line);
    let (_, first) = words.next().unwrap_or((0, ""));
    match first {
        "ifeq" | "ifneq" | "ifdef" | "ifndef" => return Directive::If,
        "else" => return Directive::Else(words.next().is_some_and(|(_, word)| word.starts_with("if"))),
        "endif" => return Directive::Endif,
        "include" | "-include" | "sinclude" => return Directive::Include(words.collect()),
        "unexport" => return Directive::Unexport(words.collect()),
        "export" | "override" | "private" => {
            let mut names = words.clone().map(|(_, word)| word);
            if names.next() == Some("define") {
                return Directive::Define { name: names.next().unwrap_or(""), export: first == "export" };
            }
            return Directive::Export(words.map(|(_, word)| word).collect());
        }
        "define" => return Directive::Define { name: words.next().map_or("", |(_, word)| word), export: false },
        _ => {}
    }
    let Some(colon) = outside(line, b':') else { return Directive::Nothing };
    let targets = line[..colon].split_whitespace().take(256).map(str::to_owned).collect();
    let rest = colon + line[colon..].bytes().take_while(|&byte| byte == b':').count();
    let command = outside(&line[rest..], b';').map(|at| rest + at + 1);
    Directive::Rule { targets, rest, command }
}

/// `NAME = value`, `export NAME := value`.
pub(super) fn assign(line: &str) -> Option<Assign<'_>> {
    let (mut trimmed, mut export, mut overrides) = (line.trim_start(), false, false);
    // `override export X = v`; `export = v` is a variable of that name.
    for _ in 0..3 {
        let modifier = ["export", "override", "private"].into_iter().find_map(|word| {
            let rest = trimmed.strip_prefix(word).filter(|rest| rest.starts_with([' ', '\t']))?;
            let rest = rest.trim_start();
            (!rest.starts_with(['=', ':', '?', '+', '!'])).then_some((rest, word))
        });
        let Some((rest, word)) = modifier else { break };
        (trimmed, export, overrides) = (rest, export || word == "export", overrides || word == "override");
    }
    let start = line.len() - trimmed.len();
    let length = trimmed.find(|c: char| c.is_whitespace() || "=:?+!#$(){}".contains(c)).unwrap_or(trimmed.len());
    let behind = &trimmed[length..];
    let operator_at = start + length + behind.len() - behind.trim_start_matches([' ', '\t']).len();
    let operators = [":::=", "::=", ":=", "?=", "+=", "!=", "="];
    let operator = operators.into_iter().find(|operator| line[operator_at..].starts_with(operator))?;
    let value = operator_at + operator.len();
    let value = value + line[value..].len() - line[value..].trim_start_matches([' ', '\t']).len();
    (length > 0).then(|| Assign { start, name: &trimmed[..length], operator, value, export, overrides })
}

fn words(line: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    let line = &line[..line.find('#').unwrap_or(line.len())];
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line[at..].len() - line[at..].trim_start().len();
        let length = line[start..].find(char::is_whitespace).unwrap_or(line.len() - start);
        at = start + length;
        (length > 0).then(|| (start, &line[start..at]))
    })
}

/// The first such byte that stands in no reference and in no comment.
fn outside(line: &str, wanted: u8) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'(' | b'{' => depth += 1,
            b')' | b'}' => depth = depth.saturating_sub(1),
            b'#' if depth == 0 => return None,
            _ if byte == wanted && depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// A variable's value, and whether nothing in it is expanded.
///
/// A comment ends it, a backslash at the end of a line joins it with the next one by a blank, `$$` is a dollar sign.
/// White space at its end is kept, as make keeps it.
pub(super) fn value(text: &str, place: Span) -> (Decoded, bool) {
    let raw = &text[place.range()];
    let bytes = raw.as_bytes();
    let mut builder = Builder::new(place.start);
    let (mut at, mut copied, mut live, mut dollars) = (0, 0, false, false);
    while at < bytes.len() {
        let next = bytes.get(at + 1);
        match bytes[at] {
            b'#' => break,
            b'\\' if next == Some(&b'#') => {
                builder.push(&raw[copied..at], place.start + copied);
                (copied, at) = (at + 1, at + 2);
            }
            b'\\' if matches!(next, Some(b'\n' | b'\r')) => {
                let before = raw[copied..at].trim_end_matches([' ', '\t']);
                builder.push(before, place.start + copied);
                let end = raw.len() - raw[at + 1..].trim_start().len();
                builder.push_escaped(' ', place.start + copied + before.len(), place.start + end);
                (copied, at) = (end, end);
            }
            b'$' if next == Some(&b'$') => {
                dollars = true;
                builder.push(&raw[copied..=at], place.start + copied);
                (copied, at) = (at + 2, at + 2);
            }
            byte => {
                live |= byte == b'$';
                at += 1;
            }
        }
    }
    builder.push(&raw[copied..at.min(raw.len())], place.start + copied);
    (builder.finish(&Origin::Direct(0)), dollars && !live)
}
