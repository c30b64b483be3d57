//! Drone and Woodpecker.
//!
//! A step's `environment` overrides the pipeline's; `from_secret` is supplied by the server, and so are the variables
//! that Woodpecker's older `secrets` lists (Drone documentation, environment; Woodpecker documentation, secrets, 2026-08).

use super::{Kind, Node, Reader, Shell, below};

pub(super) fn read(reader: &mut Reader<'_>, tree: &Node) {
    let first = reader.document.launches.len();
    let own = tree.get("environment").map(|env| reader.variables(env, "environment")).unwrap_or_default();
    for member in tree.members() {
        let key = below("", &member.name);
        match member.name.as_str() {
            "steps" | "pipeline" | "services" => {
                for (index, step) in member.value.elements().iter().enumerate() {
                    read_step(reader, step, &format!("{key}[{index}]"), &own);
                }
                for step in member.value.members() {
                    read_step(reader, &step.value, &below(&key, &step.name), &own);
                }
            }
            "environment" => {}
            _ => reader.settings(member, &key),
        }
    }
    reader.rest(first, "environment", &own, &[&own]);
}

fn read_step(reader: &mut Reader<'_>, step: &Node, key: &str, outer: &[usize]) {
    let first = reader.document.launches.len();
    let mut own = Vec::new();
    for member in step.members() {
        let key = below(key, &member.name);
        match (member.name.as_str(), &member.value.kind) {
            ("environment", _) => own.extend(reader.variables(&member.value, &key)),
            ("secrets", Kind::Array(elements)) => {
                for element in elements {
                    let (source, target) = (element.get("source"), element.get("target"));
                    let Some(name) = target.or(source).unwrap_or(element).as_string() else { continue };
                    let from = source.and_then(Node::as_string).map_or(name, |from| from).text.expose();
                    let from = format!("secrets.{from}");
                    let variable = name.text.expose().to_ascii_uppercase();
                    let key = below(&key, &variable);
                    own.push(reader.supplied(&variable, name.span(), name.span().end, &key, Some(from)));
                }
            }
            ("commands", _) => {}
            _ => reader.settings(member, &key),
        }
    }
    if let Some(commands) = step.get("commands") {
        let key_of = below(key, "commands");
        let lines = reader.lines(commands, &key_of);
        reader.step(&lines, Shell::Posix, &key_of, key, &own, &[outer]);
    }
    reader.rest(first, key, &own, &[outer, &own]);
}
