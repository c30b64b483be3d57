//! Scripts of packages: `package.json`, `deno.json`, `composer.json`.

use super::entries::{generic, json_key};
use super::json::{self, Kind, Node};
use super::process::Process;
use super::script::Script;
use super::{Document, tree::Member};

/// Reads the file.
pub fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let (Some(root), _) = json::parse(&text) else { return };
    for member in root.members() {
        match member.name.as_str() {
            "scripts" | "tasks" => member.value.members().iter().for_each(|one| script(document, one, &member.name)),
            // npm hands these on as `npm_package_config_…`.
            "config" => generic(document, member, "config"),
            _ => {}
        }
    }
}

/// A command, several of them, or an object that holds one.
fn script(document: &mut Document, member: &Member, above: &str) {
    let key = format!("{above}.{}", json_key(&member.name));
    let process = Process::new(document, &key, &[], Vec::new());
    let mut run = |node: &Node, key: &str| {
        if let Some(text) = node.as_string() {
            process.script(document, &Script::plain(text.clone()), key);
        }
    };
    match &member.value.kind {
        Kind::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                run(element, &format!("{key}[{index}]"));
            }
        }
        Kind::Object(_) => {
            if let Some(command) = member.value.get("command") {
                run(command, &format!("{key}.command"));
            }
        }
        _ => run(&member.value, &key),
    }
}
