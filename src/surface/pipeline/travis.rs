//! Travis CI.
//!
//! `env.global` is in effect in every job, each element of `env.jobs` (once `matrix`) makes a job of its own; the phases
//! run in one shell, one behind the other. `secure` is encrypted (Travis CI documentation, environment variables, 2026-08).

use super::{Kind, Node, Reader, Shell, below, size};
use crate::surface::shell::{self, language::Language};

/// The phases in their order (Travis CI documentation, job lifecycle, 2026-08).
const PHASES: [&str; 12] = [
    "before_install",
    "install",
    "before_script",
    "script",
    "before_cache",
    "after_success",
    "after_failure",
    "before_deploy",
    "deploy_script",
    "after_deploy",
    "after_script",
    "run",
];
/// So many jobs of a matrix at most are told apart.
const MAX_JOBS: usize = 20;

pub(super) fn read(reader: &mut Reader<'_>, tree: &Node) {
    job(reader, tree, "", &[]);
}

fn job(reader: &mut Reader<'_>, node: &Node, key: &str, outer: &[usize]) {
    let first = reader.document.launches.len();
    let (global, mut jobs) =
        node.get("env").map(|env| environment(reader, env, &below(key, "env"))).unwrap_or_default();
    if jobs.is_empty() {
        jobs.push(Vec::new());
    }
    let mut lines = Vec::new();
    for phase in PHASES {
        if let Some(script) = node.get(phase) {
            let found = reader.lines(script, &below(key, phase));
            lines.extend(found);
        }
    }
    let script = below(key, "script");
    for (index, own) in jobs.iter().enumerate().take(MAX_JOBS) {
        let own = [&global[..], own].concat();
        // The same script, in another environment.
        if !lines.is_empty() && (index == 0 || reader.affords(size(&lines))) {
            reader.step(&lines, Shell::Posix, &script, if key.is_empty() { "script" } else { key }, &own, &[outer]);
        }
    }
    for member in node.members() {
        let key = below(key, &member.name);
        match (member.name.as_str(), member.value.get("include")) {
            ("jobs" | "matrix", Some(include)) => {
                for (index, element) in include.elements().iter().enumerate() {
                    job(reader, element, &format!("{key}.include[{index}]"), &global);
                }
            }
            ("env", _) => {}
            (name, _) if PHASES.contains(&name) => {}
            _ => reader.settings(member, &key),
        }
    }
    let all: Vec<usize> = jobs.iter().fold(global.clone(), |all, own| [&all[..], own].concat());
    reader.rest(first, if key.is_empty() { "env" } else { key }, &all, &[outer, &global, &jobs[0]]);
}

/// The variables of all jobs, and those of each.
fn environment(reader: &mut Reader<'_>, env: &Node, key: &str) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut global = env.get("global").map(|node| flat(reader, node, &format!("{key}.global"))).unwrap_or_default();
    let mut jobs = Vec::new();
    for name in ["jobs", "matrix"] {
        for (index, element) in env.get(name).map_or(&[][..], Node::elements).iter().enumerate() {
            jobs.push(flat(reader, element, &format!("{key}.{name}[{index}]")));
        }
    }
    let named = env.members().iter().any(|member| matches!(member.name.as_str(), "global" | "jobs" | "matrix"));
    if !named {
        match &env.kind {
            // Each line of a bare list is a job of its own.
            Kind::Array(elements) if elements.len() > 1 => {
                for (index, element) in elements.iter().enumerate() {
                    jobs.push(flat(reader, element, &format!("{key}[{index}]")));
                }
            }
            _ => global = flat(reader, env, key),
        }
    }
    (global, jobs)
}

/// Lines such as `A=1 B="x y"`, mappings, and lists of both.
fn flat(reader: &mut Reader<'_>, node: &Node, key: &str) -> Vec<usize> {
    let mut found = Vec::new();
    match &node.kind {
        Kind::String(line) => {
            super::strings(reader.document, node, key);
            let first = reader.document.assignments.len();
            let mut assignments = shell::fragment(line, Language::Posix, key).assignments;
            for assignment in &mut assignments {
                assignment.exported = true;
            }
            reader.document.assignments.extend(assignments);
            found.extend(first..reader.document.assignments.len());
        }
        Kind::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                found.extend(flat(reader, element, &format!("{key}[{index}]")));
            }
        }
        Kind::Object(members) if members.iter().any(|member| member.name == "secure") => {}
        Kind::Object(_) => found.extend(reader.variables(node, key)),
        Kind::Scalar(_) | Kind::Null => {}
    }
    found
}
