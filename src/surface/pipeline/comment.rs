//! Commented-out variables: `# NAME: value`, `# - NAME=value`.

use super::Reader;
use crate::credential::classify;
use crate::surface::shell::word::name_length;
use crate::surface::{Assignment, Decoded, Slot};
use crate::text::Span;

/// Reads the comment lines of a YAML file. What a script has commented out was read with the script.
pub(super) fn read(reader: &mut Reader<'_>, text: &str) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') {
            let rest = trimmed.trim_start_matches(['#', ' ', '\t']);
            let begin = start + line.len() - rest.len();
            let rest = rest.trim_end();
            let (dash, rest) = rest.strip_prefix("- ").map_or((0, rest), |rest| (2, rest));
            variable(reader, rest, begin + dash, dash > 0);
        }
        start += line.len();
    }
}

fn variable(reader: &mut Reader<'_>, text: &str, at: usize, in_list: bool) {
    let length = name_length(text);
    let name = &text[..length];
    if length < 2 || name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return;
    }
    let behind = &text[length..];
    let value = match behind.strip_prefix(": ") {
        Some(value) => value,
        None if in_list && behind.starts_with('=') => &behind[1..],
        None => return,
    };
    let value = value.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let start = text.len() - value.len();
    let (start, value) = match quote {
        Some(quote) => (start + 1, value[1..].split(quote).next().unwrap_or("")),
        None => (start, value.split(" #").next().unwrap_or("").trim_end()),
    };
    let span = Span::new(at, at + length);
    let known = |assignment: &Assignment| assignment.name_span == span;
    if value.is_empty() || reader.document.assignments.iter().rev().take(64).any(known) {
        return;
    }
    let decoded = Decoded::direct(value, at + start);
    reader.document.assignments.push(Assignment {
        name: name.to_owned(),
        name_span: span,
        slot: Slot::Variable,
        value: classify(&decoded, reader.dialect),
        decoded,
        key: name.to_owned(),
        exported: false,
        commented: true,
    });
}
