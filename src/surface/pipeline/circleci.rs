//! `CircleCI`.
//!
//! A step's `environment` overrides the job's, which overrides that of its executor and of its containers (CircleCI
//! documentation, environment variables, order of precedence, 2026-08). `<< … >>` is replaced before the shell sees it.

use super::{Decoded, Node, Reader, Shell, below};
use crate::surface::Secret;

/// Commands in commands are read so deep.
const MAX_DEPTH: usize = 8;

pub(super) fn read(reader: &mut Reader<'_>, tree: &Node) {
    scope(reader, tree, tree, "", 0);
}

/// A configuration, or an orb in it, which has the same keys.
fn scope(reader: &mut Reader<'_>, root: &Node, node: &Node, key: &str, depth: usize) {
    for member in node.members() {
        let key = below(key, &member.name);
        match member.name.as_str() {
            "jobs" => {
                for job in member.value.members() {
                    read_job(reader, root, &job.value, &below(&key, &job.name));
                }
            }
            "commands" => {
                // Without a job nobody knows what surrounds them: the jobs that use them say what is started.
                let first = reader.document.launches.len();
                for command in member.value.members() {
                    let key = below(&key, &command.name);
                    if let Some(list) = command.value.get("steps") {
                        steps(reader, &Node { kind: super::Kind::Null, span: root.span }, list, &key, &key, &[], 0);
                    }
                    if let Some(parameters) = command.value.get("parameters") {
                        reader.all_settings(parameters, &format!("{key}.parameters"));
                    }
                }
                reader.document.launches.truncate(first);
            }
            "executors" => {
                for executor in member.value.members() {
                    let key = below(&key, &executor.name);
                    let first = reader.document.launches.len();
                    surroundings(reader, &executor.value, &key);
                    reader.document.launches.truncate(first);
                }
            }
            "orbs" if depth < MAX_DEPTH => {
                for orb in member.value.members() {
                    scope(reader, &orb.value, &orb.value, &below(&key, &orb.name), depth + 1);
                }
            }
            _ => reader.settings(member, &key),
        }
    }
}

fn read_job(reader: &mut Reader<'_>, root: &Node, job: &Node, key: &str) {
    let first = reader.document.launches.len();
    let executor = job.get("executor");
    let executor = executor.and_then(|executor| executor.get("name").or(Some(executor))).and_then(Node::as_string);
    let executor = executor.and_then(|name| Some((name, root.get("executors")?.get(name.text.expose())?)));
    // Small, and the same assignments again: only the first reading is reported.
    let mut own = match executor {
        Some((name, node)) if reader.affords(length(node)) => {
            surroundings(reader, node, &below("executors", name.text.expose()))
        }
        _ => Vec::new(),
    };
    own.extend(surroundings(reader, job, key));
    if let Some(list) = job.get("steps") {
        steps(reader, root, list, &format!("{key}.steps"), key, &own, 0);
    }
    reader.rest(first, key, &own, &[&own]);
}

/// The variables of the first container and of the job or the executor itself.
fn surroundings(reader: &mut Reader<'_>, node: &Node, key: &str) -> Vec<usize> {
    let mut containers = Vec::new();
    let mut own = Vec::new();
    for member in node.members() {
        let key = below(key, &member.name);
        match member.name.as_str() {
            "environment" => own = reader.variables(&member.value, &key),
            "docker" => {
                for (index, container) in member.value.elements().iter().enumerate() {
                    let key = format!("{key}[{index}]");
                    let mut env = Vec::new();
                    for member in container.members() {
                        let key = below(&key, &member.name);
                        match member.name.as_str() {
                            "environment" => env = reader.variables(&member.value, &key),
                            _ => reader.settings(member, &key),
                        }
                    }
                    if index == 0 {
                        containers = env;
                    } else {
                        reader.rest(reader.document.launches.len(), &key, &env, &[&env]);
                    }
                }
            }
            "steps" => {}
            _ => reader.settings(member, &key),
        }
    }
    containers.extend(own);
    containers
}

fn steps(reader: &mut Reader<'_>, root: &Node, list: &Node, key: &str, job: &str, outer: &[usize], depth: usize) {
    for (index, step) in list.elements().iter().enumerate() {
        let key = format!("{key}[{index}]");
        let name = step.as_string().map(|name| name.text.expose());
        let command = |name: &str| root.get("commands")?.get(name)?.get("steps").filter(|_| depth < MAX_DEPTH);
        if let Some((name, list)) = name.and_then(|name| Some((name, command(name)?))) {
            call(reader, root, list, name, job, outer, depth);
        }
        for member in step.members() {
            match member.name.as_str() {
                "run" => run(reader, &member.value, &format!("{key}.run"), &key, outer),
                "when" | "unless" => {
                    if let Some(list) = member.value.get("steps").filter(|_| depth < MAX_DEPTH) {
                        steps(reader, root, list, &format!("{key}.{}.steps", member.name), job, outer, depth + 1);
                    }
                }
                name => {
                    reader.settings(member, &below(&key, name));
                    if let Some(list) = command(name) {
                        call(reader, root, list, name, job, outer, depth);
                    }
                }
            }
        }
    }
}

/// The steps of a command, in the environment of the job that uses it.
fn call(reader: &mut Reader<'_>, root: &Node, list: &Node, name: &str, job: &str, outer: &[usize], depth: usize) {
    if !reader.affords(length(list)) {
        return;
    }
    let first = reader.document.launches.len();
    steps(reader, root, list, &below("commands", name), job, outer, depth + 1);
    for launch in &mut reader.document.launches[first..] {
        launch.key = format!("{job}.{}", launch.key);
    }
}

fn length(node: &Node) -> usize {
    node.span.end.saturating_sub(node.span.start)
}

fn run(reader: &mut Reader<'_>, node: &Node, key: &str, step: &str, outer: &[usize]) {
    let own =
        node.get("environment").map(|env| reader.variables(env, &format!("{key}.environment"))).unwrap_or_default();
    let (script, key) = match node.get("command") {
        Some(command) => (command, format!("{key}.command")),
        None => (node, key.to_owned()),
    };
    let shell =
        node.get("shell").and_then(Node::as_string).map_or(Shell::Posix, |shell| Shell::named(shell.text.expose()));
    let lines: Vec<Decoded> = reader.lines(script, &key).into_iter().map(tame).collect();
    reader.step(&lines, shell, &key, step, &own, &[outer]);
}

/// The script with `<< … >>` written as a reference of the shell, byte for byte: to a shell it would be a here-document.
fn tame(line: Decoded) -> Decoded {
    let text = line.text.expose();
    if !text.contains("<<") {
        return line;
    }
    let mut bytes = text.as_bytes().to_vec();
    let mut from = 0;
    while let Some(open) = text[from..].find("<<").map(|at| from + at) {
        let inner = text[open + 2..].split('\n').next().unwrap_or("");
        let close = inner
            .find(">>")
            .filter(|&end| inner[..end].bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._-".contains(&byte)));
        let Some(length) = close else {
            from = open + 2;
            continue;
        };
        let end = open + 2 + length + 2;
        bytes[open..end].fill(b'_');
        bytes[open] = b'$';
        bytes[open + 1] = b'{';
        bytes[end - 1] = b'}';
        from = end;
    }
    match String::from_utf8(bytes) {
        Ok(tame) => Decoded { text: Secret::new(tame), origin: line.origin },
        Err(_) => line,
    }
}

/// Undoes it for a part of the script; whether there was anything to undo.
pub(super) fn restore(part: &mut Decoded, document: &str) -> bool {
    let text = part.text.expose();
    if !text.contains("${_") {
        return false;
    }
    let original = |at: usize| document.as_bytes().get(part.origin.span(at, at).start).copied();
    let bytes: Vec<u8> = text
        .bytes()
        .enumerate()
        .map(|(at, byte)| match byte {
            b'$' | b'{' | b'_' | b'}' => original(at).filter(u8::is_ascii).unwrap_or(byte),
            _ => byte,
        })
        .collect();
    let restored = String::from_utf8(bytes).unwrap_or_default();
    let differs = restored.len() == text.len() && restored != text;
    if differs {
        part.text = Secret::new(restored);
    }
    differs
}
