//! Buildkite.
//!
//! A step's `env` overrides the pipeline's (Buildkite documentation, environment variables, 2026-08). The commands of a
//! step run in one shell; a container's plugin gets the variables that its `environment` lists.

use super::{Kind, Node, Reader, Shell, below};

/// Groups are not nested; more is a mistake.
const MAX_DEPTH: usize = 8;

pub(super) fn read(reader: &mut Reader<'_>, tree: &Node) {
    let first = reader.document.launches.len();
    let own = tree.get("env").map(|env| reader.variables(env, "env")).unwrap_or_default();
    // A file may be the bare list of steps.
    steps(reader, tree, "steps", &own, 0);
    for member in tree.members() {
        match member.name.as_str() {
            "steps" => steps(reader, &member.value, "steps", &own, 0),
            "env" => {}
            name => reader.settings(member, &below("", name)),
        }
    }
    reader.rest(first, "env", &own, &[&own]);
}

fn steps(reader: &mut Reader<'_>, list: &Node, key: &str, outer: &[usize], depth: usize) {
    for (index, step) in list.elements().iter().enumerate() {
        let key = format!("{key}[{index}]");
        let first = reader.document.launches.len();
        let mut own = step.get("env").map(|env| reader.variables(env, &format!("{key}.env"))).unwrap_or_default();
        for member in step.members() {
            let key_of = below(&key, &member.name);
            match member.name.as_str() {
                "plugins" => own.extend(plugins(reader, &member.value, &key_of)),
                "steps" if depth < MAX_DEPTH => steps(reader, &member.value, &key_of, outer, depth + 1),
                "env" | "command" | "commands" => {}
                _ => reader.settings(member, &key_of),
            }
        }
        for name in ["command", "commands"] {
            if let Some(script) = step.get(name) {
                let key_of = below(&key, name);
                let lines = reader.lines(script, &key_of);
                reader.step(&lines, Shell::Posix, &key_of, &key, &own, &[outer]);
            }
        }
        reader.rest(first, &key, &own, &[outer, &own]);
    }
}

/// The variables that plugins add.
fn plugins(reader: &mut Reader<'_>, node: &Node, key: &str) -> Vec<usize> {
    let mut own = Vec::new();
    let listed = node.elements().iter().enumerate().map(|(index, element)| (format!("{key}[{index}]"), element));
    for (key, element) in listed.chain([(key.to_owned(), node)]) {
        for plugin in element.members() {
            let key = below(&key, &plugin.name);
            for option in plugin.value.members() {
                let key = below(&key, &option.name);
                match (option.name.as_str(), &option.value.kind) {
                    ("environment" | "env", Kind::Array(_) | Kind::Object(_)) => {
                        own.extend(reader.variables(&option.value, &key));
                    }
                    _ => reader.settings(option, &key),
                }
            }
        }
    }
    own
}
