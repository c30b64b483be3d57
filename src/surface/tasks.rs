//! Files of task runners.

mod just;
mod make;
mod mise;
mod procfile;
mod taskfile;
#[cfg(test)]
mod tests;

use super::entries::{json_key, variable};
use super::tree::{Kind, Member, Node};
use super::{Assignment, Decoded, Document, Slot, Tasks, Value};
use crate::credential::{Dialect, classify};
use crate::text::Span;

/// Reads the file.
pub fn read(document: &mut Document, tasks: Tasks) {
    match tasks {
        Tasks::Make => make::read(document),
        Tasks::Just => just::read(document),
        Tasks::Taskfile => taskfile::read(document),
        Tasks::Mise => mise::read(document),
        Tasks::Procfile => procfile::read(document),
    }
}

/// An assignment in a comment: `# export NAME := value`, with one of these operators, the longer ones first.
///
/// Only names in capitals count, all else may be prose.
fn commented(text: &str, line: Span, operators: &[&str], dialect: Dialect) -> Option<Assignment> {
    let blank = [' ', '\t'];
    let comment = text[line.range()].trim_end();
    // All that is left of it ends where it ends.
    let place = |rest: &str| line.start + comment.len() - rest.len();
    let inner = comment.trim_start_matches(['#', ' ', '\t']);
    let inner = inner.strip_prefix("export ").unwrap_or(inner).trim_start_matches(blank);
    let length = inner.bytes().take_while(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')).count();
    let behind = inner[length..].trim_start_matches(blank);
    let operator = operators.iter().find(|operator| behind.starts_with(**operator)).filter(|_| length > 1)?;
    let value = behind[operator.len()..].trim_start_matches(blank);
    let quoted = ['"', '\''].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote));
    let decoded = match quoted {
        Some(inner) => Decoded::direct(inner, place(value) + 1),
        None => Decoded::direct(value, place(value)),
    };
    Some(Assignment {
        name: inner[..length].to_owned(),
        name_span: Span::new(place(inner), place(inner) + length),
        slot: Slot::Variable,
        value: classify(&decoded, dialect),
        decoded,
        key: inner[..length].to_owned(),
        exported: false,
        commented: true,
    })
}

/// The members of a table as variables, and the assignments made of them. `false` takes a variable away, and what an
/// object says (`{sh: …}`, `{file: …}`) is known when it runs.
fn environment(document: &mut Document, node: &Node, key: &str, dialect: Dialect) -> Vec<usize> {
    let first = document.assignments.len();
    for member in node.members().iter().filter(|member| member.name != "_") {
        let key = format!("{key}.{}", json_key(&member.name));
        let plain = match member.value.get("value") {
            Some(value) => Member { value: value.clone(), ..member.clone() },
            None => member.clone(),
        };
        variable(document, &plain, &key, dialect);
        let Some(last) = document.assignments.last_mut() else { continue };
        match &plain.value.kind {
            Kind::Object(_) | Kind::Array(_) => last.value = Value::Unknown,
            Kind::Scalar(text) if text == "false" => last.unset(),
            _ => {}
        }
    }
    (first..document.assignments.len()).collect()
}
