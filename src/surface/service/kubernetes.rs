//! Kubernetes manifests: environments of containers, Secrets and ConfigMaps. All else in them is silent.

use std::collections::HashMap;

use crate::credential::{Dialect, classify};
use crate::surface::entries::{json_key, merged, push, strings, variable};
use crate::surface::process::Process;
use crate::surface::tree::{Kind, Member, Node};
use crate::surface::{Decoded, Document, Origin, Reference, Secret, Slot, Value, yaml};

/// So deep at most containers are looked for.
const MAX_DEPTH: usize = 24;

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let holds = ["containers", "kind: Secret", "kind: \"Secret\"", "kind: ConfigMap", "stringData"];
    if !holds.iter().any(|word| text.contains(word)) {
        return;
    }
    let (documents, _) = yaml::parse(&text);
    let mut objects: Vec<&Node> = Vec::new();
    for root in &documents {
        // `kind: List`
        let items = root.get("items").map_or(&[][..], Node::elements);
        objects.extend(if items.is_empty() { std::slice::from_ref(root) } else { items });
    }
    let mut maps = HashMap::new();
    for object in &objects {
        let name = object.get("metadata").and_then(|meta| text_of(meta.get("name")));
        let found = match text_of(object.get("kind")) {
            Some("Secret") => secret(document, object),
            Some("ConfigMap") => object.get("data").map_or_else(Vec::new, |data| plain(document, data, "data")),
            _ => continue,
        };
        if let Some(name) = name {
            maps.insert((text_of(object.get("kind")).unwrap_or(""), name), found);
        }
    }
    for object in objects {
        if !matches!(text_of(object.get("kind")), Some("Secret" | "ConfigMap" | "CustomResourceDefinition")) {
            containers(document, object, &maps, "", 0);
        }
    }
}

type Maps<'t> = HashMap<(&'t str, &'t str), Vec<usize>>;

fn text_of(node: Option<&Node>) -> Option<&str> {
    node?.as_string().map(|text| text.text.expose())
}

/// Finds the lists of containers, however deep a controller wraps its pods.
fn containers(document: &mut Document, node: &Node, maps: &Maps<'_>, key: &str, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    for member in node.members() {
        let inner = if key.is_empty() { json_key(&member.name) } else { format!("{key}.{}", json_key(&member.name)) };
        if matches!(member.name.as_str(), "containers" | "initContainers" | "ephemeralContainers") {
            for (index, one) in member.value.elements().iter().enumerate() {
                // Named, so that one more container in front of it changes nothing.
                let key = match text_of(one.get("name")) {
                    Some(name) => format!("{inner}.{}", json_key(name)),
                    None => format!("{inner}[{index}]"),
                };
                container(document, one, maps, &key);
            }
        } else {
            containers(document, &member.value, maps, &inner, depth + 1);
        }
    }
    for (index, element) in node.elements().iter().enumerate() {
        containers(document, element, maps, &format!("{key}[{index}]"), depth + 1);
    }
}

fn container(document: &mut Document, node: &Node, maps: &Maps<'_>, key: &str) {
    let mut layers: Vec<&[usize]> = Vec::new();
    for source in node.get("envFrom").map_or(&[][..], Node::elements) {
        for (kind, reference) in [("Secret", "secretRef"), ("ConfigMap", "configMapRef")] {
            let name = source.get(reference).and_then(|reference| text_of(reference.get("name")));
            layers.extend(name.and_then(|name| maps.get(&(kind, name))).map(Vec::as_slice));
        }
    }
    let own = node.get("env").map_or_else(Vec::new, |env| list(document, env, &format!("{key}.env")));
    layers.push(&own);
    let environment = merged(document, &layers);
    let process = Process::new(document, key, &environment, Vec::new());
    let parts = ["command", "args"].map(|part| node.get(part).map_or(&[][..], Node::elements));
    let words: Vec<Decoded> = parts.into_iter().flatten().filter_map(Node::as_string).cloned().collect();
    // `$(X)` is a variable of the container.
    process.words(document, &words, Dialect::Make, &format!("{key}.command"));
    process.finish(document);
}

/// `[{name: X, value: y}]`, as in containers, and in the values of charts.
pub(super) fn list(document: &mut Document, node: &Node, key: &str) -> Vec<usize> {
    let first = document.assignments.len();
    for element in node.elements() {
        let Some(name) = element.get("name").and_then(Node::as_string) else { continue };
        let text = name.text.expose();
        let key = format!("{key}.{}", json_key(text));
        let member = |value: &Node| Member { name: text.to_owned(), name_span: name.span(), value: value.clone() };
        match (element.get("value"), element.get("valueFrom")) {
            (Some(value), _) => value_of(document, &member(value), &key),
            (None, Some(_)) => {
                let at = name.span().end;
                push(document, text, name.span(), Slot::Variable, Decoded::direct("", at), &key, Dialect::Literal);
                if let Some(last) = document.assignments.last_mut() {
                    last.value = Value::Reference(Reference { name: None, expanded: true, default: None });
                }
            }
            (None, None) => {}
        }
    }
    (first..document.assignments.len()).collect()
}

/// One variable; templates of charts and `$(X)` are references.
pub(super) fn value_of(document: &mut Document, member: &Member, key: &str) {
    if matches!(member.value.kind, Kind::Null) {
        let empty = Node { kind: Kind::String(Decoded::direct("", member.value.span.start)), ..member.value.clone() };
        return variable(document, &Member { value: empty, ..member.clone() }, key, Dialect::Template);
    }
    variable(document, member, key, Dialect::Template);
    let Some(last) = document.assignments.last_mut() else { return };
    if matches!(&last.value, Value::Reference(reference) if !reference.expanded) {
        last.value = classify(&last.decoded, Dialect::Make);
    }
}

/// Members as they stand.
fn plain(document: &mut Document, node: &Node, key: &str) -> Vec<usize> {
    let first = document.assignments.len();
    for member in node.members() {
        let key = format!("{key}.{}", json_key(&member.name));
        // A whole file is searched for tokens; its name says nothing about what it holds.
        match member.value.as_string().filter(|text| !text.text.expose().trim().contains('\n')) {
            Some(_) => value_of(document, member, &key),
            None => strings(document, &member.value, &key),
        }
    }
    (first..document.assignments.len()).collect()
}

fn secret(document: &mut Document, object: &Node) -> Vec<usize> {
    let mut data = Vec::new();
    for member in object.get("data").map_or(&[][..], Node::members) {
        let Some(decoded) = member.value.as_string().and_then(base64) else { continue };
        let key = format!("data.{}", json_key(&member.name));
        document.keys.push((member.value.span, key.clone()));
        if decoded.text.expose().trim().contains('\n') {
            document.escaped.push(decoded);
            continue;
        }
        document.escaped.push(decoded.clone());
        push(document, &member.name, member.name_span, Slot::Variable, decoded, &key, Dialect::Template);
        data.push(document.assignments.len() - 1);
    }
    let text = object.get("stringData").map_or_else(Vec::new, |data| plain(document, data, "stringData"));
    merged(document, &[&data, &text])
}

/// The text that a base64 text stands for; each byte stands where its first bits do.
fn base64(text: &Decoded) -> Option<Decoded> {
    let (mut bytes, mut places) = (Vec::new(), Vec::new());
    let (mut bits, mut count) = (0u32, 0u32);
    let raw = text.text.expose();
    for (at, byte) in raw.bytes().enumerate() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => continue,
            _ if byte.is_ascii_whitespace() => continue,
            _ => return None,
        };
        places.push(at);
        (bits, count) = (bits << 6 | u32::from(digit), count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).ok()?);
        }
    }
    // Four digits hold three bytes.
    let place = |index: usize| places.get(index / 3 * 4 + index % 3).copied().unwrap_or(raw.len());
    let mut map: Vec<usize> = (0..bytes.len()).map(place).collect();
    map.push(raw.trim_end().len());
    let decoded = String::from_utf8(bytes).ok().filter(|text| !text.is_empty())?;
    let length = decoded.len();
    Some(Decoded { text: Secret::new(decoded), origin: text.origin.through(&Origin::Mapped(map.into()), length) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_keeps_places() {
        let decoded = base64(&Decoded::direct("YWJjZGU=", 10)).unwrap();
        assert_eq!(decoded.text.expose(), "abcde");
        let starts: Vec<usize> = (0..6).map(|at| decoded.origin.span(at, at).start).collect();
        assert_eq!(starts, [10, 11, 12, 14, 15, 18]);
        for text in ["", "====", "a b", "not base64!", "/////w=="] {
            assert!(base64(&Decoded::direct(text, 0)).is_none_or(|it| !it.text.expose().is_empty()), "{text}");
        }
    }
}
