//! GitLab CI.
//!
//! A job's variables override the global ones, `extends` merges mappings and replaces lists, and `before_script` runs in
//! one shell with `script` while `after_script` has its own (GitLab documentation, CI/CD YAML syntax reference and CI/CD
//! variable precedence, 2026-08). Jobs whose name begins with a dot are never run.

use std::collections::HashMap;

use super::{Decoded, Kind, Node, Reader, Shell, below, size};

/// Top-level keys that are no jobs.
const NOT_JOBS: [&str; 11] = [
    "variables",
    "default",
    "before_script",
    "after_script",
    "include",
    "workflow",
    "stages",
    "image",
    "services",
    "cache",
    "spec",
];
/// So many jobs deep at most (GitLab allows eleven).
const MAX_EXTENDS: usize = 11;

/// The scripts that jobs without their own share.
const SHARED: [&str; 3] = ["before_script", "script", "after_script"];

struct Jobs<'t> {
    /// Who shares each of the scripts, and what it is.
    shared: HashMap<&'static str, (String, &'t Node)>,
    jobs: HashMap<&'t str, &'t Node>,
    /// The variables of each job, read once.
    variables: HashMap<&'t str, Vec<usize>>,
}

pub(super) fn read(reader: &mut Reader<'_>, tree: &Node) {
    let first = reader.document.launches.len();
    let global = tree.get("variables").map(|node| reader.variables(node, "variables")).unwrap_or_default();
    let default = tree.get("default");
    let shared = SHARED.iter().filter_map(|&part| {
        let default = default.and_then(|default| Some((below("", "default"), default.get(part)?)));
        Some((part, default.or_else(|| Some((String::new(), tree.get(part)?)))?))
    });
    let mut jobs = Jobs { shared: shared.collect(), jobs: HashMap::new(), variables: HashMap::new() };
    for member in tree.members() {
        if NOT_JOBS.contains(&member.name.as_str()) {
            if member.name == "default" || member.name.ends_with("_script") {
                shared_script(reader, &member.name, &member.value);
            } else if member.name != "variables" {
                reader.settings(member, &below("", &member.name));
            }
            continue;
        }
        jobs.jobs.insert(&member.name, &member.value);
    }
    for member in tree.members().iter().filter(|member| !NOT_JOBS.contains(&member.name.as_str())) {
        let key = below("", &member.name);
        let mut own = Vec::new();
        for part in member.value.members() {
            let key = below(&key, &part.name);
            match part.name.as_str() {
                "variables" => own.extend(reader.variables(&part.value, &key)),
                // Values from a secret manager.
                "secrets" => {
                    for secret in part.value.members() {
                        let key = below(&key, &secret.name);
                        own.push(reader.supplied(&secret.name, secret.name_span, secret.value.span.start, &key, None));
                    }
                }
                "script" | "before_script" | "after_script" => {}
                _ => reader.settings(part, &key),
            }
        }
        jobs.variables.insert(&member.name, own);
    }
    for member in tree.members().iter().filter(|member| !NOT_JOBS.contains(&member.name.as_str())) {
        job(reader, &jobs, &member.name, &global);
    }
    reader.rest(first, "variables", &global, &[&global]);
}

/// Reads scripts that jobs without their own share; what they start is started by the jobs.
fn shared_script(reader: &mut Reader<'_>, name: &str, node: &Node) {
    if name != "default" {
        let lines = reader.lines(node, name);
        return without_launches(reader, &lines, name);
    }
    for member in node.members() {
        let key = below("default", &member.name);
        if member.name.ends_with("_script") {
            let lines = reader.lines(&member.value, &key);
            without_launches(reader, &lines, &key);
        } else {
            reader.settings(member, &key);
        }
    }
}

fn without_launches(reader: &mut Reader<'_>, lines: &[Decoded], key: &str) {
    let first = reader.document.launches.len();
    reader.script(lines, Shell::Posix, key, key, &[]);
    reader.document.launches.truncate(first);
}

fn job(reader: &mut Reader<'_>, jobs: &Jobs<'_>, name: &str, global: &[usize]) {
    let key = below("", name);
    let chain = ancestors(jobs, name);
    // The nearest one that has the key; a job's own, or that of the defaults.
    let find = |part: &str| {
        let own = chain.iter().find_map(|&(ancestor, node)| Some((below("", ancestor), node.get(part)?)));
        own.or_else(|| jobs.shared.get(part).cloned())
    };
    let mut layers: Vec<&[usize]> = vec![global];
    layers.extend(chain.iter().rev().filter_map(|(ancestor, _)| jobs.variables.get(ancestor)).map(Vec::as_slice));
    let own: Vec<usize> = layers[1..].concat();
    let first = reader.document.launches.len();
    let layers: [&[usize]; 1] = [global];
    let run = |reader: &mut Reader<'_>, parts: &[&str]| {
        let mut lines = Vec::new();
        let mut script_key = below(&key, parts[0]);
        for part in parts {
            let Some((owner, node)) = find(part) else { continue };
            let place = below_key(&owner, part);
            let found = resolved(reader, jobs, node, &place);
            if owner == key || reader.affords(size(&found)) {
                lines.extend(found);
                script_key = place;
            }
        }
        if !lines.is_empty() {
            reader.step(&lines, Shell::Posix, &script_key, &key, &own, &layers);
        }
    };
    run(reader, &["before_script", "script"]);
    run(reader, &["after_script"]);
    reader.rest(first, &key, &own, &[global, &own]);
    if name.starts_with('.') {
        reader.document.launches.truncate(first);
    }
}

fn below_key(owner: &str, part: &str) -> String {
    if owner.is_empty() { part.to_owned() } else { format!("{owner}.{part}") }
}

/// A job and what it extends, nearest first; of several the last one counts most.
fn ancestors<'t>(jobs: &Jobs<'t>, name: &'t str) -> Vec<(&'t str, &'t Node)> {
    let mut chain: Vec<(&str, &Node)> = Vec::new();
    let mut next = vec![(name, 0)];
    while let Some((name, depth)) = next.pop() {
        let Some(&node) = jobs.jobs.get(name) else { continue };
        if depth > MAX_EXTENDS || chain.len() > MAX_EXTENDS * 4 || chain.iter().any(|(known, _)| *known == name) {
            continue;
        }
        chain.push((name, node));
        match node.get("extends").map(|extends| &extends.kind) {
            Some(Kind::String(parent)) => next.push((parent.text.expose(), depth + 1)),
            Some(Kind::Array(parents)) => {
                let names = parents.iter().filter_map(Node::as_string);
                next.extend(names.map(|parent| (parent.text.expose(), depth + 1)));
            }
            _ => {}
        }
    }
    chain
}

/// The lines of a script, with `!reference [job, script]` in its place.
fn resolved(reader: &mut Reader<'_>, jobs: &Jobs<'_>, node: &Node, key: &str) -> Vec<Decoded> {
    let mut lines = Vec::new();
    let elements = match &node.kind {
        Kind::Array(elements) => &elements[..],
        _ => std::slice::from_ref(node),
    };
    let whole = reference(jobs, node);
    if whole.is_some() {
        return whole
            .map(|node| reader.lines(node, key))
            .filter(|lines| reader.affords(size(lines)))
            .unwrap_or_default();
    }
    for (index, element) in elements.iter().enumerate() {
        match reference(jobs, element) {
            Some(node) => {
                let found = reader.lines(node, key);
                if reader.affords(size(&found)) {
                    lines.extend(found);
                }
            }
            // Of a file that is included.
            None if is_foreign_reference(element) => {}
            None => lines.extend(reader.lines(element, &format!("{key}[{index}]"))),
        }
    }
    lines
}

fn reference<'t>(jobs: &Jobs<'t>, node: &Node) -> Option<&'t Node> {
    let names: Vec<&str> = node.elements().iter().filter_map(Node::as_string).map(|name| name.text.expose()).collect();
    let [job, path @ ..] = names.as_slice() else { return None };
    if path.is_empty() || path.len() > MAX_EXTENDS || path.len() + 1 != node.elements().len() {
        return None;
    }
    path.iter().try_fold(*jobs.jobs.get(job)?, |node, part| node.get(part))
}

fn is_foreign_reference(node: &Node) -> bool {
    let is_name = |node: &Node| node.as_string().is_some_and(|name| name.text.expose().starts_with('.'));
    let is_part = |node: &Node| node.as_string().is_some_and(|name| name.text.expose().ends_with("script"));
    matches!(node.elements(), [job, part] if is_name(job) && is_part(part))
}
