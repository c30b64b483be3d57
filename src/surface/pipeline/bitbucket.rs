//! Bitbucket Pipelines.
//!
//! Variables come from the repository's settings; the file itself holds scripts, variables of pipes and of services
//! (Bitbucket documentation, configure your first pipeline, 2026-08). All lines of a `script` run in one shell.

use super::{Kind, Node, Reader, Shell, below};

/// Pipelines hold stages, stages hold steps; more is a mistake.
const MAX_DEPTH: usize = 16;

pub(super) fn read(reader: &mut Reader<'_>, tree: &Node) {
    node(reader, tree, "", 0);
}

fn node(reader: &mut Reader<'_>, tree: &Node, key: &str, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    for (index, element) in tree.elements().iter().enumerate() {
        node(reader, element, &format!("{key}[{index}]"), depth + 1);
    }
    for member in tree.members() {
        let key = below(key, &member.name);
        match (member.name.as_str(), &member.value.kind) {
            ("step", Kind::Object(_)) => step(reader, &member.value, &key),
            ("variables", _) => {
                let first = reader.document.launches.len();
                let own = reader.variables(&member.value, &key);
                // Those of a service; those of a custom pipeline are asked for when it starts.
                if key.contains("services") {
                    reader.rest(first, key.trim_end_matches(".variables"), &own, &[&own]);
                }
            }
            (_, Kind::Object(_) | Kind::Array(_)) => node(reader, &member.value, &key, depth + 1),
            _ => reader.settings(member, &key),
        }
    }
}

fn step(reader: &mut Reader<'_>, tree: &Node, key: &str) {
    for member in tree.members() {
        let key_of = below(key, &member.name);
        if !matches!(member.name.as_str(), "script" | "after-script") {
            reader.settings(member, &key_of);
            continue;
        }
        let mut lines = Vec::new();
        for (index, element) in member.value.elements().iter().enumerate() {
            let key_of = format!("{key_of}[{index}]");
            match &element.kind {
                Kind::Object(_) => pipe(reader, element, &key_of),
                _ => lines.extend(reader.lines(element, &key_of)),
            }
        }
        reader.step(&lines, Shell::Posix, &key_of, key, &[], &[]);
    }
}

/// A program in a container of its own.
fn pipe(reader: &mut Reader<'_>, tree: &Node, key: &str) {
    let first = reader.document.launches.len();
    for member in tree.members() {
        let key_of = below(key, &member.name);
        if member.name == "variables" {
            let own = reader.variables(&member.value, &key_of);
            reader.rest(first, key, &own, &[&own]);
        } else {
            reader.settings(member, &key_of);
        }
    }
}
