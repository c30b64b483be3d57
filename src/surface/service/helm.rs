//! Values of Helm charts: what they call an environment, and what they name after the client. All else is silent.

use super::kubernetes::{list, value_of};
use crate::surface::entries::json_key;
use crate::surface::process::Process;
use crate::surface::tree::{Kind, Node};
use crate::surface::{Document, yaml};

/// So deep at most environments are looked for.
const MAX_DEPTH: usize = 24;

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let lower = text.to_ascii_lowercase();
    if !["env", "anthropic", "claude"].iter().any(|word| lower.contains(word)) {
        return;
    }
    let (documents, _) = yaml::parse(&text);
    for root in &documents {
        walk(document, root, "", 0);
    }
}

fn walk(document: &mut Document, node: &Node, key: &str, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    for member in node.members() {
        let inner = if key.is_empty() { json_key(&member.name) } else { format!("{key}.{}", json_key(&member.name)) };
        let name = member.name.to_ascii_lowercase();
        let is_environment = matches!(
            name.as_str(),
            "env"
                | "envs"
                | "environment"
                | "envvars"
                | "extraenv"
                | "extraenvs"
                | "extraenvvars"
                | "environmentvariables"
        );
        if is_environment {
            let mut environment = list(document, &member.value, &inner);
            let first = document.assignments.len();
            for variable in member.value.members().iter().filter(|one| is_plain(&one.value)) {
                value_of(document, variable, &format!("{inner}.{}", json_key(&variable.name)));
            }
            environment.extend(first..document.assignments.len());
            Process::new(document, &inner, &environment, Vec::new()).finish(document);
        } else if is_plain(&member.value) && (name.contains("anthropic") || name.contains("claude")) {
            value_of(document, member, &inner);
        } else {
            walk(document, &member.value, &inner, depth + 1);
        }
    }
    for (index, element) in node.elements().iter().enumerate() {
        walk(document, element, &format!("{key}[{index}]"), depth + 1);
    }
}

fn is_plain(node: &Node) -> bool {
    !matches!(node.kind, Kind::Object(_) | Kind::Array(_))
}
