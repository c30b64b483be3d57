//! JSON inside a word of a command: `--settings '{"env": {…}}'`, `echo '{"Credentials": {…}}'`.

use super::json::{self, Kind, Node};
use super::{Assignment, Decoded, Document, Reference, Slot, Surface, Value, Word};
use crate::credential::{Dialect, classify};
use crate::path::RepoPath;
use crate::text::Span;

/// Reads a text as a file of that surface, with all places in the outer document; `prefix` goes before every key.
pub(super) fn read(text: &Decoded, surface: Surface, prefix: &str) -> Document {
    let mut inner = super::read(RepoPath::from(""), Some(surface), text.text.expose().as_bytes());
    let span = |at: Span| text.origin.span(at.start, at.end);
    let outer = |decoded: &mut Decoded| {
        decoded.origin = text.origin.through(&decoded.origin, decoded.text.expose().len());
    };
    for assignment in &mut inner.assignments {
        assignment.name_span = span(assignment.name_span);
        outer(&mut assignment.decoded);
        if let Value::Reference(Reference { default: Some(default), .. }) = &mut assignment.value {
            outer(default);
        }
        assignment.key = format!("{prefix}{}", assignment.key);
    }
    let starts = inner.launches.iter_mut().filter_map(|launch| launch.command.as_mut());
    for command in inner.commands.iter_mut().chain(starts) {
        command.span = span(command.span);
        command.key = format!("{prefix}{}", command.key);
        command.words.iter_mut().for_each(|word| outer(&mut word.decoded));
    }
    let paths = inner.launches.iter_mut().flat_map(|launch| &mut launch.includes).map(|include| &mut include.path);
    inner.escaped.iter_mut().chain(paths).for_each(outer);
    inner
}

/// The pairs of a word that is a JSON object, strings only, as settings named like their key.
pub(super) fn pairs(word: &Word, key: &str) -> Vec<Assignment> {
    let text = word.decoded.text.expose();
    let mut found = Vec::new();
    // A word with live parts is not JSON until it runs.
    if !word.dynamic
        && text.trim_start().starts_with('{')
        && let (Some(tree), _) = json::parse(text)
    {
        collect(&tree, &word.decoded, key, &mut found);
    }
    found
}

fn collect(node: &Node, outer: &Decoded, key: &str, found: &mut Vec<Assignment>) {
    for element in node.elements() {
        collect(element, outer, key, found);
    }
    for member in node.members() {
        let Kind::String(inner) = &member.value.kind else {
            collect(&member.value, outer, key, found);
            continue;
        };
        let decoded = Decoded {
            text: inner.text.clone(),
            origin: outer.origin.through(&inner.origin, inner.text.expose().len()),
        };
        let Span { start, end } = member.name_span;
        found.push(Assignment {
            name: member.name.clone(),
            name_span: outer.origin.span(start, end),
            slot: Slot::Setting,
            value: classify(&decoded, Dialect::Literal),
            decoded,
            key: if key.is_empty() { member.name.clone() } else { format!("{key}.{}", member.name) },
            exported: false,
            commented: false,
        });
    }
}
