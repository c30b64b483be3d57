//! Taskfiles: `env`, `dotenv`, `cmds`; each command is a shell of its own (held against Task 3.54).

use super::environment;
use crate::credential::Dialect;
use crate::surface::entries::{json_key, merged};
use crate::surface::process::{Process, relevant};
use crate::surface::script::Script;
use crate::surface::tree::{Kind, Node};
use crate::surface::{Decoded, Document, Include, yaml};

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let (documents, _) = yaml::parse(&text);
    for root in &documents {
        let env = root.get("env").map_or_else(Vec::new, |env| variables(document, env, "env"));
        if let Some(vars) = root.get("vars") {
            variables(document, vars, "vars");
        }
        let env = relevant(document, &env);
        let files = includes(root, &[]);
        let tasks = root.get("tasks").map_or(&[][..], Node::members);
        for task in tasks {
            let key = format!("tasks.{}", json_key(&task.name));
            let node = &task.value;
            let own = node.get("env").map_or_else(Vec::new, |env| variables(document, env, &format!("{key}.env")));
            if let Some(vars) = node.get("vars") {
                variables(document, vars, &format!("{key}.vars"));
            }
            let environment = merged(document, &[&env, &own]);
            let mut files = files.clone();
            files.extend(includes(node, &env));
            let process = Process::new(document, &key, &environment, files);
            commands(document, &process, node, &key);
            if !own.is_empty() {
                process.finish(document);
            }
        }
        if document.launches.is_empty() {
            Process::new(document, "", &env, files).finish(document);
        }
    }
}

/// `cmds`, `cmd`, or the task as nothing but its commands.
fn commands(document: &mut Document, process: &Process, node: &Node, key: &str) {
    let mut run = |node: &Node, key: &str| match &node.kind {
        Kind::String(text) => process.script(document, &script(text), key),
        Kind::Object(_) => {
            for name in ["cmd", "defer"] {
                if let Some(text) = node.get(name).and_then(Node::as_string) {
                    process.script(document, &script(text), key);
                }
            }
        }
        _ => {}
    };
    let list = node.get("cmds").or(node.get("cmd"));
    let (list, key) = match (&node.kind, list) {
        (Kind::Object(_), Some(list)) => (list, format!("{key}.cmds")),
        (Kind::Object(_), None) => return,
        _ => (node, key.to_owned()),
    };
    run(list, &key);
    for (index, element) in list.elements().iter().enumerate() {
        run(element, &format!("{key}[{index}]"));
    }
}

/// `NAME: value`, where `{sh: command}` is what a command prints.
fn variables(document: &mut Document, node: &Node, key: &str) -> Vec<usize> {
    let found = environment(document, node, key, Dialect::Template);
    for member in node.members() {
        if let Some(command) = member.value.get("sh").and_then(Node::as_string) {
            let key = format!("{key}.{}", json_key(&member.name));
            Process::new(document, &key, &[], Vec::new()).script(document, &script(command), &key);
        }
    }
    found
}

/// The files of `dotenv`, which count more than the assignments `replaces`.
fn includes(node: &Node, replaces: &[usize]) -> Vec<Include> {
    let files = node.get("dotenv").map_or(&[][..], Node::elements);
    // A variable that is set on the same level is kept, and of two files the first one counts.
    let include = |path: &Decoded| Include { path: path.clone(), exports: true, replaces: replaces.to_vec() };
    files.iter().rev().filter_map(Node::as_string).map(include).collect()
}

fn script(text: &Decoded) -> Script {
    Script::mustache(text)
}
