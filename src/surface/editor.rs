//! Settings of editors: what they start, and in what environment.
//!
//! Most of such a file is about other things; only what is certain is read, the rest is searched for tokens.

mod jetbrains;

use super::entries::{json_key, merged, strings};
use super::json::{self, Kind, Node};
use super::process::Process;
use super::script::Script;
use super::{Decoded, Document, Editor, Include, entries};
use crate::credential::Dialect;

/// Reads the file.
pub fn read(document: &mut Document, editor: Editor) {
    match editor {
        Editor::VsCode => vs_code(document),
        Editor::JetBrains => jetbrains::read(document),
    }
}

fn vs_code(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let (Some(tree), _) = json::parse(&text) else { return };
    let name = document.path.name().to_owned();
    if name.contains(".code-workspace") {
        for member in tree.members() {
            let key = json_key(&member.name);
            match member.name.as_str() {
                "settings" => settings(document, &member.value, &key),
                "launch" => configurations(document, &member.value, "launch."),
                "tasks" => tasks(document, &member.value, "tasks."),
                _ => strings(document, &member.value, &key),
            }
        }
    } else if name.starts_with("launch.json") {
        configurations(document, &tree, "");
    } else if name.starts_with("tasks.json") {
        tasks(document, &tree, "");
    } else {
        settings(document, &tree, "");
    }
}

/// The settings of VS Code; `key` is where they stand.
pub(super) fn settings(document: &mut Document, node: &Node, key: &str) {
    for member in node.members() {
        let name = json_key(&member.name);
        let key = if key.is_empty() { name } else { format!("{key}.{name}") };
        let variables = match member.name.as_str() {
            "claudeCode.environmentVariables" => pairs(document, &member.value, &key),
            name if name.starts_with("terminal.integrated.env.") => {
                environment(document, &member.value, &key, Dialect::Editor)
            }
            _ => {
                strings(document, &member.value, &key);
                continue;
            }
        };
        let variables = merged(document, &[&variables]);
        Process::new(document, &key, &variables, Vec::new()).finish(document);
    }
}

/// The variables of an object; `null` takes one away.
pub(super) fn environment(document: &mut Document, node: &Node, key: &str, dialect: Dialect) -> Vec<usize> {
    let found = entries::variables(document, node, key, dialect);
    for (&index, member) in found.iter().zip(node.members()) {
        if matches!(member.value.kind, Kind::Null) {
            document.assignments[index].unset();
        }
    }
    found
}

/// `[{"name": …, "value": …}]`, the form of the client's extension. Whether it replaces `${env:X}` is not known, so
/// that nothing is said about it.
fn pairs(document: &mut Document, node: &Node, key: &str) -> Vec<usize> {
    let first = document.assignments.len();
    for element in node.elements() {
        let Some(name) = element.get("name").and_then(Node::as_string) else { continue };
        let Some(value) = element.get("value") else { continue };
        let key = format!("{key}.{}", json_key(name.text.expose()));
        let member = json::Member { name: name.text.expose().to_owned(), name_span: name.span(), value: value.clone() };
        entries::variable(document, &member, &key, Dialect::Editor);
    }
    (first..document.assignments.len()).collect()
}

/// launch.json: what a debugger starts.
fn configurations(document: &mut Document, root: &Node, prefix: &str) {
    for member in root.members() {
        if member.name != "configurations" {
            strings(document, &member.value, &format!("{prefix}{}", json_key(&member.name)));
        }
    }
    let Some(list) = root.get("configurations") else { return };
    for (index, configuration) in list.elements().iter().enumerate() {
        let key = format!("{prefix}configurations[{index}]");
        let variables = match configuration.get("env") {
            Some(env) => environment(document, env, &format!("{key}.env"), Dialect::Editor),
            None => Vec::new(),
        };
        let variables = merged(document, &[&variables]);
        let files = configuration.get("envFile").and_then(Node::as_string).cloned();
        let includes: Vec<Include> =
            files.into_iter().map(|path| Include { path, exports: true, replaces: Vec::new() }).collect();
        for member in configuration.members().iter().filter(|member| member.name != "env") {
            strings(document, &member.value, &format!("{key}.{}", json_key(&member.name)));
        }
        let process = Process::new(document, &key, &variables, includes);
        let program = ["program", "runtimeExecutable"].iter().find_map(|name| configuration.get(name)?.as_string());
        let arguments = configuration.get("args").map_or(&[][..], Node::elements);
        let words: Vec<Decoded> =
            program.into_iter().chain(arguments.iter().filter_map(Node::as_string)).cloned().collect();
        if program.is_some() {
            process.words(document, &words, Dialect::Editor, &key);
        }
        if let Some(line) = configuration.get("command").and_then(Node::as_string) {
            process.script(document, &Script::plain(line.clone()), &format!("{key}.command"));
        }
        process.finish(document);
    }
}

/// tasks.json: what the editor runs on demand. What a task says outweighs what the file says for all.
fn tasks(document: &mut Document, root: &Node, prefix: &str) {
    for member in root.members().iter().filter(|member| !matches!(member.name.as_str(), "tasks" | "options")) {
        strings(document, &member.value, &format!("{prefix}{}", json_key(&member.name)));
    }
    let common = options(document, root, prefix);
    let Some(list) = root.get("tasks") else { return };
    for (index, one) in list.elements().iter().enumerate() {
        let key = format!("{prefix}tasks[{index}]");
        let own = options(document, one, &format!("{key}."));
        let variables = merged(document, &[&common, &own]);
        let process = Process::new(document, &key, &variables, Vec::new());
        task(document, one, one, &key, &process);
        for system in ["windows", "linux", "osx"] {
            let Some(part) = one.get(system) else { continue };
            let key = format!("{key}.{system}");
            let own = options(document, part, &format!("{key}."));
            let variables = merged(document, &[&variables, &own]);
            task(document, one, part, &key, &Process::new(document, &key, &variables, Vec::new()));
        }
        process.finish(document);
    }
}

fn options(document: &mut Document, node: &Node, prefix: &str) -> Vec<usize> {
    let Some(env) = node.get("options").and_then(|options| options.get("env")) else { return Vec::new() };
    environment(document, env, &format!("{prefix}options.env"), Dialect::Editor)
}

fn task(document: &mut Document, whole: &Node, node: &Node, key: &str, process: &Process) {
    let text = |node: &Node| node.as_string().or_else(|| node.get("value")?.as_string()).cloned();
    for name in ["command", "args"] {
        if let Some(part) = node.get(name) {
            strings(document, part, &format!("{key}.{name}"));
        }
    }
    let Some(line) = node.get("command").and_then(text) else { return };
    let arguments: Vec<Decoded> = node.get("args").map_or(&[][..], Node::elements).iter().filter_map(text).collect();
    let direct = whole.get("type").and_then(Node::as_string).is_some_and(|kind| kind.text.expose() == "process");
    let key = format!("{key}.command");
    // With arguments of their own the line is a program's name, as a rule.
    if direct || !arguments.is_empty() && !line.text.expose().contains(' ') {
        let words: Vec<Decoded> = std::iter::once(line).chain(arguments).collect();
        process.words(document, &words, Dialect::Editor, &key);
    } else {
        process.script(document, &Script::plain(line), &key);
    }
}

#[cfg(test)]
mod tests;
