//! keylint's own configuration, as a file that may hold a secret. What it says is read in `config`.

use super::Document;
use super::toml;
use super::tree::{Kind, Node};

/// Names the strings, so that what is found in them can be named.
pub(super) fn read(document: &mut Document) {
    let (tree, _) = toml::parse(document.text.as_str());
    for member in tree.iter().flat_map(Node::members) {
        note(document, &member.value, &member.name);
    }
}

fn note(document: &mut Document, node: &Node, key: &str) {
    match &node.kind {
        Kind::Object(members) => {
            members.iter().for_each(|member| note(document, &member.value, &format!("{key}.{}", member.name)));
        }
        Kind::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, one)| note(document, one, &format!("{key}[{index}]")));
        }
        Kind::String(decoded) => document.note(decoded, key),
        Kind::Scalar(_) | Kind::Null => {}
    }
}
