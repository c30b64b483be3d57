//! JSON inside a word of a command: `--settings '{"env": {…}}'`, `echo '{"Credentials": {…}}'`.

use super::json::{self, Kind, Node};
use super::{Assignment, Decoded, Slot, Word};
use crate::credential::{Dialect, classify};
use crate::text::Span;

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
