//! Changes of JSON that leave everything else as it is written.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};

use crate::surface::json::{self, Kind, Member, Node};
use crate::text::Span;

/// What stands in the way of a new value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The variable has another value there.
    OtherValue,
    /// The text is no JSON, or no object where one has to be.
    NoObject,
}

/// The edit that takes away the member, or the element, that holds a byte of the text; an object that is empty then
/// goes with it. `None` where the text is no strict JSON.
pub fn without(text: &str, at: usize) -> Option<(Span, String)> {
    let (tree, faults) = json::parse(text);
    if !faults.is_empty() {
        return None;
    }
    let mut node = &tree?;
    let mut cut = None;
    let mut is_of_a_member = false;
    loop {
        let parts = parts(node);
        let Some(number) = parts.iter().position(|part| part.start <= at && at < part.end) else { break };
        let is_object = matches!(node.kind, Kind::Object(_));
        // The value of a member that would be left without anything goes with the member.
        if !(is_object && is_of_a_member && parts.len() == 1) {
            cut = Some(part_of(node, &parts, number));
        }
        is_of_a_member = is_object;
        node = below(node, number)?;
    }
    cut.map(|span| (span, String::new()))
}

/// The members or elements, each from its first byte to behind its last.
fn parts(node: &Node) -> Vec<Span> {
    match &node.kind {
        // A name stands in quotes, which its span leaves out.
        Kind::Object(members) => {
            let whole = |member: &Member| Span::new(member.name_span.start.saturating_sub(1), member.value.span.end);
            members.iter().map(whole).collect()
        }
        Kind::Array(elements) => elements.iter().map(|element| element.span).collect(),
        _ => Vec::new(),
    }
}

/// The value of the member, or the element, with a number.
fn below(node: &Node, number: usize) -> Option<&Node> {
    match &node.kind {
        Kind::Object(members) => members.get(number).map(|member| &member.value),
        _ => node.elements().get(number),
    }
}

/// A part with the comma and the blanks that belong to it.
fn part_of(node: &Node, parts: &[Span], number: usize) -> Span {
    let part = parts[number];
    match (number.checked_sub(1), parts.get(number + 1)) {
        (Some(before), _) => Span::new(parts[before].end, part.end),
        (None, Some(next)) => Span::new(part.start, next.start),
        (None, None) => Span::new(node.span.start + 1, node.span.end - 1),
    }
}

/// A text in which a variable has a value in `env`. An empty text becomes an object, and ends with its line.
///
/// # Errors
/// If it has another value there, or the text has no place for one.
pub fn with_variable(text: &str, name: &str, value: &str) -> Result<String, Obstacle> {
    let (tree, faults) = json::parse(text);
    if !faults.is_empty() || !text.trim().is_empty() && tree.is_none() {
        return Err(Obstacle::NoObject);
    }
    let known = tree.as_ref().and_then(|tree| tree.get("env")).and_then(|env| env.get(name));
    match known.map(Node::as_string) {
        Some(Some(known)) if known.text.expose() == value => return Ok(text.to_owned()),
        Some(_) => return Err(Obstacle::OtherValue),
        None => {}
    }
    let root = parsed(text).ok_or(Obstacle::NoObject)?;
    let top = root.object_value_or_create().ok_or(Obstacle::NoObject)?;
    top.ensure_multiline();
    let env = top.object_value_or_create("env").ok_or(Obstacle::NoObject)?;
    env.ensure_multiline();
    append(&env, name, value);
    let is_new = text.trim().is_empty();
    let mut text = root.to_string();
    if is_new && !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text)
}

fn append(object: &CstObject, name: &str, value: &str) {
    object.append(name, CstInputValue::String(value.to_owned()));
}

fn parsed(text: &str) -> Option<CstRootNode> {
    CstRootNode::parse(text, &ParseOptions::default()).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn removed(text: &str, what: &str) -> Option<String> {
        let (span, new) = without(text, text.find(what).unwrap())?;
        Some(format!("{}{new}{}", &text[..span.start], &text[span.end..]))
    }

    #[test]
    fn what_is_taken_away_leaves_the_rest_as_it_was() {
        let text = "{\n  \"env\": {\n    \"A\": \"1\",\n    \"B\": \"2\"\n  },\n  \"x\": [ 1,2 ]\n}\n";
        for (what, expected) in [
            ("\"A\"", "{\n  \"env\": {\n    \"B\": \"2\"\n  },\n  \"x\": [ 1,2 ]\n}\n"),
            ("\"2\"", "{\n  \"env\": {\n    \"A\": \"1\"\n  },\n  \"x\": [ 1,2 ]\n}\n"),
        ] {
            assert_eq!(removed(text, what).as_deref(), Some(expected), "{what}");
        }
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(removed(&crlf, "\"A\"").unwrap(), removed(text, "\"A\"").unwrap().replace('\n', "\r\n"));
        let one = "{\"env\":{\"A\":\"1\"},\"y\":2}";
        assert_eq!(removed(one, "\"A\"").as_deref(), Some("{\"y\":2}"), "an empty object goes with it");
        assert_eq!(removed("{\"env\":{\"A\":\"1\"}}", "\"A\"").as_deref(), Some("{}"));
        assert_eq!(removed("{\"a\": [\"x\", \"y\"]}", "\"y\"").as_deref(), Some("{\"a\": [\"x\"]}"));
        assert_eq!(removed("{\"a\": [\"x\", \"y\"]}", "\"x\"").as_deref(), Some("{\"a\": [\"y\"]}"));
        assert_eq!(removed("{\"a\": [ \"y\" ]}", "\"y\"").as_deref(), Some("{\"a\": []}"), "an empty list stays");
        assert_eq!(removed("{\"a\": [{\"y\": 1}, 2]}", "1").as_deref(), Some("{\"a\": [{}, 2]}"));
        assert_eq!(removed("{\n  \"a\": {\n    \"b\": {\"y\": 1}\n  }\n}\n", "1").as_deref(), Some("{}\n"));
        let two = "{\n\t\"a\": 1, \"b\": 2,\n\t\"c\": 3\n}";
        assert_eq!(removed(two, "\"a\"").as_deref(), Some("{\n\t\"b\": 2,\n\t\"c\": 3\n}"));
        assert_eq!(removed(two, "\"b\"").as_deref(), Some("{\n\t\"a\": 1,\n\t\"c\": 3\n}"));
        assert_eq!(removed(two, "3").as_deref(), Some("{\n\t\"a\": 1, \"b\": 2\n}"));
        assert_eq!(removed("{\"a\": 1 , \"b\": \"\\ud800\"}", "\"a\"").as_deref(), Some("{\"b\": \"\\ud800\"}"));
        assert_eq!(removed("{\"A\": 1, \"A\": 2}", "2").as_deref(), Some("{\"A\": 1}"), "not the first of the name");
        assert_eq!(removed("{\"A\": 1, // x\n}", "1"), None, "a comment is no JSON");
    }

    #[test]
    fn a_variable_finds_its_place() {
        let expected = "{\n  \"env\": {\n    \"A\": \"1\"\n  }\n}\n";
        assert_eq!(with_variable("", "A", "1").as_deref(), Ok(expected));
        assert_eq!(with_variable("{}", "A", "1").as_deref(), Ok(expected.trim_end()), "no final line end, as before");
        let known = "{\r\n\t\"env\": {\r\n\t\t\"B\": \"2\"\r\n\t}\r\n}\r\n";
        let with = "{\r\n\t\"env\": {\r\n\t\t\"B\": \"2\",\r\n\t\t\"A\": \"1\"\r\n\t}\r\n}\r\n";
        assert_eq!(with_variable(known, "A", "1").as_deref(), Ok(with));
        assert_eq!(with_variable(known, "B", "2").as_deref(), Ok(known));
        assert_eq!(with_variable(known, "B", "3"), Err(Obstacle::OtherValue));
        assert_eq!(with_variable("{\"env\": {\"B\": 2}}", "B", "2"), Err(Obstacle::OtherValue));
        for text in ["[]", "{\"env\": []}", "{", "{} // x", "x"] {
            assert_eq!(with_variable(text, "A", "1"), Err(Obstacle::NoObject), "{text}");
        }
        let value = "a\"b\\c\u{1}é";
        let text = with_variable("{}", "A", value).unwrap();
        let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed["env"]["A"], value);
    }
}
