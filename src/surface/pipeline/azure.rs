//! Azure Pipelines.
//!
//! Variables of the pipeline, the stage and the job become environment variables, in capitals and with `_` for `.`; a
//! step's `env` overrides them (Azure Pipelines documentation, define variables, 2026-08).

use super::{Kind, Node, Reader, Shell, below};

/// Stages hold jobs, jobs hold steps; more is a mistake.
const MAX_DEPTH: usize = 16;

pub(super) fn read(reader: &mut Reader<'_>, tree: &Node) {
    level(reader, tree, "", &[], 0);
}

/// The pipeline, a stage or a job: variables, and what they surround.
fn level(reader: &mut Reader<'_>, node: &Node, key: &str, outer: &[usize], depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let first = reader.document.launches.len();
    let mut own = Vec::new();
    for member in node.members().iter().filter(|member| member.name == "variables") {
        own = reader.variables(&member.value, &below(key, "variables"));
        for &index in &own {
            let name = &mut reader.document.assignments[index].name;
            *name = name.to_ascii_uppercase().replace('.', "_");
        }
    }
    let all = [outer, &own].concat();
    // A `script` is one for cmd.exe there (Azure Pipelines documentation, `steps.script`, 2026-08).
    let image = node.get("pool").and_then(|pool| pool.get("vmImage")).and_then(Node::as_string);
    let windows = reader.windows;
    reader.windows = image.map_or(windows, |image| image.text.expose().starts_with("windows"));
    for member in node.members() {
        let key = below(key, &member.name);
        match (member.name.as_str(), &member.value.kind) {
            ("stages" | "jobs", Kind::Array(elements)) => each(reader, elements, &key, &all, depth),
            ("steps", Kind::Array(steps)) => {
                for (index, step) in steps.iter().enumerate() {
                    read_step(reader, step, &format!("{key}[{index}]"), &all, depth);
                }
            }
            ("variables", _) => {}
            // `strategy: {runOnce: {deploy: {steps: …}}}`
            (
                "strategy" | "runOnce" | "rolling" | "canary" | "deploy" | "preDeploy" | "postRouteTraffic"
                | "routeTraffic" | "on" | "success" | "failure",
                Kind::Object(_),
            ) => level(reader, &member.value, &key, &all, depth + 1),
            _ => reader.settings(member, &key),
        }
    }
    reader.windows = windows;
    reader.rest(first, if key.is_empty() { "variables" } else { key }, &own, &[outer, &own]);
}

fn each(reader: &mut Reader<'_>, elements: &[Node], key: &str, outer: &[usize], depth: usize) {
    for (index, element) in elements.iter().enumerate() {
        let key = format!("{key}[{index}]");
        match conditional(element) {
            Some(inner) if depth < MAX_DEPTH => each(reader, inner, &key, outer, depth + 1),
            _ => level(reader, element, &key, outer, depth + 1),
        }
    }
}

/// `${{ if … }}: [ … ]`: elements that are there under a condition.
fn conditional(node: &Node) -> Option<&[Node]> {
    match node.members() {
        [only] if only.name.starts_with("${{") => Some(only.value.elements()),
        _ => None,
    }
}

fn read_step(reader: &mut Reader<'_>, step: &Node, key: &str, outer: &[usize], depth: usize) {
    if let Some(inner) = conditional(step) {
        if depth < MAX_DEPTH {
            for (index, step) in inner.iter().enumerate() {
                read_step(reader, step, &format!("{key}[{index}]"), outer, depth + 1);
            }
        }
        return;
    }
    let first = reader.document.launches.len();
    let own = step.get("env").map(|env| reader.variables(env, &format!("{key}.env"))).unwrap_or_default();
    let task = step.get("task").and_then(Node::as_string).map_or("", |task| task.text.expose());
    for member in step.members() {
        let key_of = below(key, &member.name);
        let shell = match member.name.as_str() {
            "script" if reader.windows => Some(Shell::Batch),
            "script" | "bash" => Some(Shell::Posix),
            "pwsh" | "powershell" => Some(Shell::Pwsh),
            _ => None,
        };
        match (member.name.as_str(), shell) {
            (_, Some(shell)) => {
                let lines = reader.lines(&member.value, &key_of);
                reader.step(&lines, shell, &key_of, key, &own, &[outer]);
            }
            ("inputs", None) => {
                for input in member.value.members() {
                    let key_of = below(&key_of, &input.name);
                    if matches!(input.name.as_str(), "script" | "inlineScript") {
                        let windows = task.starts_with("PowerShell") || task.starts_with("AzurePowerShell");
                        let shell = if windows { Shell::Pwsh } else { Shell::Posix };
                        let lines = reader.lines(&input.value, &key_of);
                        reader.step(&lines, shell, &key_of, key, &own, &[outer]);
                    } else {
                        reader.settings(input, &key_of);
                    }
                }
            }
            ("env", None) => {}
            _ => reader.settings(member, &key_of),
        }
    }
    reader.rest(first, key, &own, &[outer, &own]);
}
