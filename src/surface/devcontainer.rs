//! Development containers.
//!
//! Reference of devcontainer.json (2026-08): `containerEnv` reaches every process of the container, `remoteEnv` those
//! that tools start in it, `initializeCommand` runs on the host.

use super::editor::{environment, settings};
use super::entries::{json_key, merged, strings};
use super::json::{self, Kind, Node};
use super::process::Process;
use super::script::Script;
use super::{Decoded, Document, Include, entries};
use crate::credential::Dialect;

/// Commands of the life cycle, in order.
const COMMANDS: [&str; 6] = [
    "initializeCommand",
    "onCreateCommand",
    "updateContentCommand",
    "postCreateCommand",
    "postStartCommand",
    "postAttachCommand",
];

/// Reads the file.
pub fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let (Some(tree), _) = json::parse(&text) else { return };
    let container = variables(document, &tree, "containerEnv", Dialect::DevContainer);
    let (options, includes) = tree.get("runArgs").map_or_else(Default::default, |node| run_options(document, node));
    let remote = variables(document, &tree, "remoteEnv", Dialect::DevContainer);
    let environment = merged(document, &[&container, &options, &remote]);
    Process::new(document, "", &environment, includes.clone()).finish(document);
    let inside = Inside { environment, includes };
    for member in tree.members() {
        let (key, value) = (json_key(&member.name), &member.value);
        match member.name.as_str() {
            "containerEnv" | "remoteEnv" | "runArgs" => {}
            "build" => build(document, value, &key),
            "customizations" => customizations(document, value, &key),
            "settings" => settings(document, value, &key),
            name if COMMANDS.contains(&name) => {
                let outside = Inside::default();
                command(document, value, &key, if name == "initializeCommand" { &outside } else { &inside }, 0);
            }
            _ => strings(document, value, &key),
        }
    }
}

/// What commands find in the container; nothing on the host.
#[derive(Default)]
struct Inside {
    environment: Vec<usize>,
    includes: Vec<Include>,
}

fn variables(document: &mut Document, root: &Node, name: &str, dialect: Dialect) -> Vec<usize> {
    root.get(name).map_or_else(Vec::new, |node| environment(document, node, name, dialect))
}

fn build(document: &mut Document, node: &Node, key: &str) {
    for member in node.members() {
        let key = format!("{key}.{}", json_key(&member.name));
        match member.name.as_str() {
            "args" => _ = environment(document, &member.value, &key, Dialect::DevContainer),
            "options" => {
                strings(document, &member.value, &key);
                words(document, "docker", &member.value, &key);
            }
            _ => strings(document, &member.value, &key),
        }
    }
}

/// The options of `docker run`: variables and dotenv files.
fn run_options(document: &mut Document, node: &Node) -> (Vec<usize>, Vec<Include>) {
    strings(document, node, "runArgs");
    let mut environment = Vec::new();
    let mut includes = Vec::new();
    let texts: Vec<Decoded> = node.elements().iter().filter_map(Node::as_string).cloned().collect();
    let mut rest = texts.iter();
    while let Some(word) = rest.next() {
        let text = word.text.expose();
        let glued =
            |option: &str| text.strip_prefix(option).map(|value| word.part(text.len() - value.len(), text.len()));
        let variable = match text {
            "-e" | "--env" => rest.next().cloned(),
            _ => glued("--env=").or_else(|| glued("-e").filter(|_| !text.starts_with("--"))),
        };
        let file = if text == "--env-file" { rest.next().cloned() } else { glued("--env-file=") };
        if let Some(variable) = variable {
            environment.extend(entries::pair_in_string(document, &variable, "runArgs", Dialect::DevContainer));
        }
        includes.extend(file.map(|path| Include { path, exports: true, replaces: Vec::new() }));
    }
    (environment, includes)
}

/// Options of a program, for the credentials among them.
fn words(document: &mut Document, program: &str, node: &Node, key: &str) {
    let mut words = vec![Decoded::direct(program, node.span.start)];
    words.extend(node.elements().iter().filter_map(Node::as_string).cloned());
    Process::new(document, key, &[], Vec::new()).words(document, &words, Dialect::DevContainer, key);
}

/// A string for the shell, words, or several of both by name.
fn command(document: &mut Document, node: &Node, key: &str, inside: &Inside, depth: usize) {
    let process = |document: &Document| Process::new(document, key, &inside.environment, inside.includes.clone());
    match &node.kind {
        Kind::String(text) => {
            strings(document, node, key);
            process(document).script(document, &Script::plain(text.clone()), key);
        }
        Kind::Array(elements) => {
            strings(document, node, key);
            let words: Vec<Decoded> = elements.iter().filter_map(Node::as_string).cloned().collect();
            process(document).words(document, &words, Dialect::DevContainer, key);
        }
        Kind::Object(members) if depth == 0 => {
            for member in members {
                let key = format!("{key}.{}", json_key(&member.name));
                command(document, &member.value, &key, inside, 1);
            }
        }
        _ => {}
    }
}

fn customizations(document: &mut Document, node: &Node, key: &str) {
    for tool in node.members() {
        let key = format!("{key}.{}", json_key(&tool.name));
        for member in tool.value.members() {
            let key = format!("{key}.{}", json_key(&member.name));
            if member.name == "settings" {
                settings(document, &member.value, &key);
            } else {
                strings(document, &member.value, &key);
            }
        }
    }
}

#[cfg(test)]
mod tests;
