//! Changes of JSON that leave everything else as it is written.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstRootNode};

use crate::surface::json::{self, Kind, Node};
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
    let (root, steps) = found(text, at)?;
    let mut node = root.value()?;
    let mut nodes = Vec::new();
    for &step in &steps {
        node = child(&node, step)?;
        nodes.push(node.clone());
    }
    // Up to an object that has more than what is taken away.
    while nodes.len() > 1 {
        let above = &nodes[nodes.len() - 2];
        let object = above.as_object_prop().and_then(|member| member.object_value());
        match object {
            Some(object) if object.properties().len() == 1 => nodes.pop(),
            _ => break,
        };
    }
    nodes.pop()?.remove();
    let (mut span, new) = difference(text, &root.to_string());
    // What was first on its line leaves the blank that stood before the second.
    if new.is_empty() && text[..span.start].ends_with(['{', '[']) {
        let rest = &text[span.end..];
        span.end += rest.len() - rest.trim_start_matches(' ').len();
    }
    Some((span, new))
}

/// A text in which a variable has a value in `env`. An empty text becomes an object.
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
    let mut text = root.to_string();
    if !text.ends_with('\n') {
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

/// The tree, and the way to the innermost member or element that holds a byte: at each level its number.
fn found(text: &str, at: usize) -> Option<(CstRootNode, Vec<usize>)> {
    let (tree, faults) = json::parse(text);
    if !faults.is_empty() {
        return None;
    }
    let mut steps = Vec::new();
    let mut node = &tree?;
    loop {
        let next = match &node.kind {
            Kind::Object(members) => {
                // The quote before the name belongs to the member.
                let holds = |member: &json::Member| member.name_span.start <= at + 1 && at < member.value.span.end;
                members.iter().position(holds).map(|place| (place, &members[place].value))
            }
            Kind::Array(elements) => {
                let holds = |element: &Node| element.span.start <= at && at < element.span.end;
                elements.iter().position(holds).map(|place| (place, &elements[place]))
            }
            _ => None,
        };
        let Some((place, below)) = next else { break };
        steps.push(place);
        node = below;
    }
    (!steps.is_empty()).then_some(())?;
    Some((parsed(text)?, steps))
}

/// The member or element with a number, of an object, an array, or a member that has one as its value.
fn child(node: &CstNode, number: usize) -> Option<CstNode> {
    let value = match node.as_object_prop() {
        Some(member) => member.value()?,
        None => node.clone(),
    };
    if let Some(object) = value.as_object() {
        return object.properties().into_iter().nth(number).map(Into::into);
    }
    value.as_array()?.elements().into_iter().nth(number)
}

/// The smallest edit that makes one text of another.
fn difference(before: &str, after: &str) -> (Span, String) {
    let start = before.char_indices().zip(after.chars()).take_while(|((_, one), other)| one == other);
    let start = start.last().map_or(0, |((at, letter), _)| at + letter.len_utf8());
    let same = before[start..].chars().rev().zip(after[start..].chars().rev()).take_while(|(one, other)| one == other);
    let end: usize = same.map(|(letter, _)| letter.len_utf8()).sum();
    (Span::new(start, before.len() - end), after[start..after.len() - end].to_owned())
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
        assert_eq!(removed("{\"a\": [\"y\"]}", "\"y\"").as_deref(), Some("{\"a\": []}"), "an empty list stays");
        assert_eq!(removed("{\"A\": 1, \"A\": 2}", "2").as_deref(), Some("{\"A\": 1}"), "not the first of the name");
        assert_eq!(removed("{\"A\": 1, // x\n}", "1"), None, "a comment is no JSON");
    }

    #[test]
    fn a_variable_finds_its_place() {
        let expected = "{\n  \"env\": {\n    \"A\": \"1\"\n  }\n}\n";
        assert_eq!(with_variable("", "A", "1").as_deref(), Ok(expected));
        assert_eq!(with_variable("{}", "A", "1").as_deref(), Ok(expected));
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
