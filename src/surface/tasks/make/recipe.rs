//! Recipes: what make hands to the shell.

use super::state::States;
use crate::surface::script::{Outer, Script};
use crate::surface::shell::decode::Builder;
use crate::surface::{Decoded, Origin};
use crate::text::Span;

/// The commands of a rule, a logical line each.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) targets: Vec<String>,
    pub(super) lines: Vec<Span>,
}

impl Recipe {
    /// What a shell gets at once: each line, or all of them under `.ONESHELL`.
    pub(super) fn scripts(&self, text: &str, states: &States) -> Vec<Script> {
        if !states.one_shell {
            return self.lines.iter().map(|&line| script(&command(text, &[line]), states)).collect();
        }
        vec![script(&command(text, &self.lines), states)]
    }
}

/// The lines without the tabs and the marks before them.
fn command(text: &str, lines: &[Span]) -> Decoded {
    let mut builder = Builder::new(lines.first().map_or(0, |line| line.start));
    for (number, line) in lines.iter().enumerate() {
        let raw = &text[line.range()];
        let marks = if number == 0 { &[' ', '\t', '@', '-', '+'][..] } else { &['\t'] };
        let mut at = line.start + raw.len() - raw.trim_start_matches(marks).len();
        if number > 0 {
            builder.push_escaped('\n', line.start - 1, line.start);
        }
        // A tab behind a backslash and a line break belongs to the makefile.
        while let Some(length) = text[at..line.end].find("\n\t") {
            builder.push(&text[at..=at + length], at);
            at += length + 2;
        }
        builder.push(&text[at..line.end], at);
    }
    builder.finish(&Origin::Direct(0))
}

/// Text for the shell, in which `$$` is a dollar sign and everything else behind one is make's.
pub(super) fn script(text: &Decoded, states: &States) -> Script {
    Script::templated(text, &['$'], |text, at| reference(text, at, states))
}

fn reference(text: &str, at: usize, states: &States) -> Option<(usize, Outer)> {
    let rest = text[at..].strip_prefix('$')?;
    let first = rest.chars().next()?;
    if first == '$' {
        return Some((2, Outer::Text("$".to_owned())));
    }
    let close = match first {
        '(' => b')',
        '{' => b'}',
        name if name.is_ascii_alphabetic() || name == '_' => return Some((2, Outer::Variable(name.to_string()))),
        name if name.is_whitespace() => return None,
        name => return Some((1 + name.len_utf8(), Outer::Computed)),
    };
    let open = rest.as_bytes()[0];
    let mut depth = 0usize;
    let end = rest.bytes().take(MAX_REFERENCE).position(|byte| {
        depth += usize::from(byte == open);
        depth -= usize::from(byte == close);
        depth == 0
    })?;
    let inner = &rest[1..end];
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    let outer = if is_name(inner) {
        match states.client(inner) {
            Some(value) => Outer::Text(value.to_owned()),
            None => Outer::Variable(inner.to_owned()),
        }
    } else if let Some(command) = inner.strip_prefix("shell ") {
        let start = at + 2 + inner.len() - command.len();
        Outer::Output(start..at + 1 + end)
    } else {
        Outer::Computed
    };
    Some((end + 2, outer))
}

/// No reference is longer; a bound keeps the search linear.
const MAX_REFERENCE: usize = 2048;
