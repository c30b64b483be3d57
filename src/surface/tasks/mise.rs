//! mise: `[env]` and `[tasks]` and what they start (held against mise 2026.9).

use super::environment;
use crate::credential::Dialect;
use crate::surface::entries::{json_key, merged};
use crate::surface::process::{Process, relevant};
use crate::surface::script::Script;
use crate::surface::tree::{Kind, Node};
use crate::surface::{Decoded, Document, Include, Value, toml};

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let (Some(root), _) = toml::parse(&text) else { return };
    let env = root.get("env").map_or_else(Vec::new, |env| environment(document, env, "env", Dialect::Template));
    if let Some(vars) = root.get("vars") {
        environment(document, vars, "vars", Dialect::Template);
    }
    // In order of the file: what `_.file` names replaces what stands above it, but for what is taken away.
    let files = root.get("env").and_then(|node| node.members().iter().find(|member| member.name == "_"));
    let above = files.map_or(0, |files| files.name_span.start);
    let is_above = |index: &usize| {
        let assignment = &document.assignments[*index];
        assignment.name_span.start < above && !matches!(assignment.value, Value::Unset)
    };
    let above = relevant(document, &env).into_iter().filter(is_above).collect();
    let mut files = includes(files.and_then(|files| files.value.get("file")), above);
    files.extend(includes(root.get("env_file"), Vec::new()));
    for task in root.get("tasks").map_or(&[][..], Node::members) {
        let key = format!("tasks.{}", json_key(&task.name));
        let node = &task.value;
        let own = match node.get("env") {
            Some(own) => environment(document, own, &format!("{key}.env"), Dialect::Template),
            None => Vec::new(),
        };
        let all = merged(document, &[&env, &own]);
        let process = Process::new(document, &key, &all, files.clone());
        let (run, key) = match &node.kind {
            Kind::Object(_) => (node.get("run"), format!("{key}.run")),
            _ => (Some(node), key),
        };
        for text in run.into_iter().flat_map(|run| run.elements().iter().chain([run])).filter_map(Node::as_string) {
            process.script(document, &Script::mustache(text), &key);
        }
        if !own.is_empty() {
            process.finish(document);
        }
    }
    if document.launches.is_empty() {
        Process::new(document, "", &env, files).finish(document);
    }
}

/// `_.file`: a path, a table with one, or several of them.
fn includes(files: Option<&Node>, replaces: Vec<usize>) -> Vec<Include> {
    let path = |node: &Node| node.as_string().or(node.get("path").and_then(Node::as_string)).cloned();
    let include = |path: Decoded| Include { path, exports: true, replaces: replaces.clone() };
    files.into_iter().flat_map(|node| node.elements().iter().chain([node])).filter_map(path).map(include).collect()
}
