//! keylint's own configuration, as a file that may hold a secret. What it says is read in `config`.

use super::Document;
use super::toml;
use super::tree::{Kind, Node};

/// Names the strings, so that what is found in them can be named.
pub(super) fn read(document: &mut Document) {
    let (tree, _) = toml::parse(document.text.as_str());
    for member in tree.iter().flat_map(Node::members) {
        let key = if member.name.len() < MAX_KEY { member.name.as_str() } else { "" };
        note(document, &member.value, key);
    }
}

/// The longest key.
const MAX_KEY: usize = 200;

fn note(document: &mut Document, node: &Node, key: &str) {
    match &node.kind {
        Kind::Object(members) => {
            for member in members {
                // Names can be as long as the file, and nest.
                let is_short = key.len() + member.name.len() < MAX_KEY;
                let inner = if is_short { format!("{key}.{}", member.name) } else { key.to_owned() };
                note(document, &member.value, &inner);
            }
        }
        Kind::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, one)| note(document, one, &format!("{key}[{index}]")));
        }
        Kind::String(decoded) => document.note(decoded, key),
        Kind::Scalar(_) | Kind::Null => {}
    }
}
