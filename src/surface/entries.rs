//! What the members of a tree become: assignments with logical keys.

use super::tree::{Kind, Member, Node};
use super::{Assignment, Decoded, Document, Origin, Secret, Slot};
use crate::credential::{self, Dialect};
use crate::text::Span;

/// Notes every string at and below `node`, so that a token found in it can be named, and so that escaped ones are
/// searched in decoded form.
pub(super) fn strings(document: &mut Document, node: &Node, key: &str) {
    match &node.kind {
        Kind::String(decoded) => {
            document.note_at(node.span, decoded, key);
        }
        Kind::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                strings(document, element, &format!("{key}[{index}]"));
            }
        }
        Kind::Object(members) => {
            for member in members {
                strings(document, &member.value, &format!("{key}.{}", json_key(&member.name)));
            }
        }
        Kind::Scalar(_) | Kind::Null => {}
    }
}

/// A key without a meaning of its own: its strings are noted, and any that is named like a credential is judged.
pub(super) fn generic(document: &mut Document, member: &Member, key: &str) {
    match &member.value.kind {
        Kind::String(decoded) if decoded.text.expose().contains("://") => {
            strings(document, &member.value, key);
            push(document, &member.name, member.name_span, Slot::Url, decoded.clone(), key, Dialect::Mcp);
        }
        Kind::String(_) => setting(document, member, key, Dialect::Mcp),
        Kind::Object(members) => {
            for member in members {
                generic(document, member, &format!("{key}.{}", json_key(&member.name)));
            }
        }
        Kind::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                let key = format!("{key}[{index}]");
                if element.members().is_empty() {
                    strings(document, element, &key);
                }
                for member in element.members() {
                    generic(document, member, &format!("{key}.{}", json_key(&member.name)));
                }
            }
        }
        Kind::Scalar(_) | Kind::Null => {}
    }
}

/// One member that sets an environment variable.
pub(super) fn variable(document: &mut Document, member: &Member, key: &str, dialect: Dialect) {
    pair(document, member, key, Slot::Variable, dialect);
}

/// One member whose name and value are a setting.
pub(super) fn setting(document: &mut Document, member: &Member, key: &str, dialect: Dialect) {
    pair(document, member, key, Slot::Setting, dialect);
}

/// One member as an assignment.
pub(super) fn pair(document: &mut Document, member: &Member, key: &str, slot: Slot, dialect: Dialect) {
    strings(document, &member.value, key);
    let decoded = match &member.value.kind {
        Kind::String(decoded) => decoded.clone(),
        _ => as_text(&member.value),
    };
    push(document, &member.name, member.name_span, slot, decoded, key, dialect);
}

/// What the client makes of a value that is no string: `1`, `null`, `a,b`, `[object Object]` (observed 2026-11-20 and
/// 2026-11-21). All of the text stands where the value does.
fn as_text(node: &Node) -> Decoded {
    let text = js_text(node);
    let mut map = vec![node.span.start; text.len()];
    map.push(node.span.end);
    Decoded { text: Secret::new(text), origin: Origin::Mapped(map.into()) }
}

fn js_text(node: &Node) -> String {
    match &node.kind {
        Kind::String(decoded) => decoded.text.expose().to_owned(),
        Kind::Scalar(text) => match text.parse::<f64>() {
            Ok(number) if number.fract() == 0.0 && number.abs() < 1e21 => format!("{number:.0}"),
            Ok(number) => number.to_string(),
            Err(_) => text.clone(),
        },
        Kind::Null => "null".to_owned(),
        Kind::Object(_) => "[object Object]".to_owned(),
        Kind::Array(elements) => {
            let parts: Vec<String> = elements
                .iter()
                .map(|element| if matches!(element.kind, Kind::Null) { String::new() } else { js_text(element) })
                .collect();
            parts.join(",")
        }
    }
}

/// Adds one assignment.
pub(super) fn push(
    document: &mut Document,
    name: &str,
    name_span: Span,
    slot: Slot,
    decoded: Decoded,
    key: &str,
    dialect: Dialect,
) {
    document.assignments.push(Assignment {
        name: name.to_owned(),
        name_span,
        slot,
        value: credential::classify(&decoded, dialect),
        decoded,
        key: key.to_owned(),
        exported: true,
        commented: false,
    });
}

/// A name as it stands in a logical key: quoted when it would be ambiguous.
pub(super) fn json_key(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_$@/-".contains(c);
    if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { format!("\"{name}\"") }
}

/// The members of `node` as variables, and the assignments made of them: `environment: {A: b}`.
pub(super) fn variables(document: &mut Document, node: &Node, key: &str, dialect: Dialect) -> Vec<usize> {
    let first = document.assignments.len();
    for member in node.members() {
        variable(document, member, &format!("{key}.{}", json_key(&member.name)), dialect);
    }
    (first..document.assignments.len()).collect()
}

/// `NAME=value` in a string of a list, as a variable. `NAME` alone hands it on from outside.
pub(super) fn pair_in_string(document: &mut Document, text: &Decoded, key: &str, dialect: Dialect) -> Option<usize> {
    let (name, value) = match text.text.expose().split_once('=') {
        Some((name, _)) => {
            (name.trim_end(), Some(text.part(text.text.expose().find('=')? + 1, text.text.expose().len())))
        }
        None => (text.text.expose().trim(), None),
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)) {
        return None;
    }
    let name_span = text.origin.span(0, name.len());
    let key = format!("{key}.{}", json_key(name));
    match value {
        Some(value) => {
            document.keys.push((text.span(), key.clone()));
            push(document, name, name_span, Slot::Variable, value, &key, dialect);
        }
        None => document.assignments.push(Assignment {
            name: name.to_owned(),
            name_span,
            slot: Slot::Variable,
            value: super::Value::Reference(super::Reference {
                name: Some(name.to_owned()),
                expanded: true,
                default: None,
            }),
            decoded: Decoded::direct("", name_span.end),
            key,
            exported: true,
            commented: false,
        }),
    }
    Some(document.assignments.len() - 1)
}

/// One assignment for each name: the later list wins. The result is an environment for a [`Launch`](super::Launch).
pub(super) fn merged(document: &Document, layers: &[&[usize]]) -> Vec<usize> {
    let mut environment: Vec<usize> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for &index in layers.iter().copied().flatten() {
        let name = document.assignments[index].name.as_str();
        match places.get(name) {
            Some(&place) => environment[place] = index,
            None => {
                places.insert(name, environment.len());
                environment.push(index);
            }
        }
    }
    environment
}
