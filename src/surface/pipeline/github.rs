//! GitHub workflows and composite actions.
//!
//! A step's `env` overrides the job's, the job's overrides the workflow's (GitHub documentation, workflow syntax, `env`,
//! 2026-08). What a step writes to the file `$GITHUB_ENV` is in effect in the steps behind it (GitHub documentation,
//! workflow commands, 2026-08).

use super::{Node, Reader, Shell, action, below, strings};
use crate::credential::classify;
use crate::surface::command::live_value;
use crate::surface::shell::word::name_length;
use crate::surface::{Assignment, Slot};

pub(super) fn read(reader: &mut Reader<'_>, tree: &Node) {
    let first = reader.document.launches.len();
    let own = tree.get("env").map(|env| reader.variables(env, "env")).unwrap_or_default();
    let shell = default_shell(tree).map(Shell::named);
    for member in tree.members() {
        match member.name.as_str() {
            "jobs" => {
                for job in member.value.members() {
                    read_job(reader, &job.value, &below("jobs", &job.name), &own, shell);
                }
            }
            "runs" => read_job(reader, &member.value, "runs", &own, shell),
            // `id-token: write` is no credential.
            "env" | "permissions" => {}
            name => reader.settings(member, &below("", name)),
        }
    }
    reader.rest(first, "env", &own, &[&own]);
}

fn read_job(reader: &mut Reader<'_>, job: &Node, key: &str, workflow: &[usize], shell: Option<Shell>) {
    let first = reader.document.launches.len();
    let own = job.get("env").map(|env| reader.variables(env, &format!("{key}.env"))).unwrap_or_default();
    let container = job.get("container");
    let inside = container.map(|node| container_env(reader, node, &format!("{key}.container"))).unwrap_or_default();
    let windows = job.get("runs-on").and_then(Node::as_string).is_some_and(|on| on.text.expose().contains("windows"));
    let shell = default_shell(job).map(Shell::named).or(shell);
    let shell = shell.unwrap_or(if windows { Shell::Pwsh } else { Shell::Posix });
    for member in job.members() {
        let key = below(key, &member.name);
        match member.name.as_str() {
            "steps" => {
                // What earlier steps wrote to $GITHUB_ENV.
                let mut written = Vec::new();
                for (index, step) in member.value.elements().iter().enumerate() {
                    let outer: [&[usize]; 3] = [&inside, workflow, &own];
                    read_step(reader, step, &format!("{key}[{index}]"), outer, &mut written, shell);
                }
            }
            "services" => {
                for service in member.value.members() {
                    let key = below(&key, &service.name);
                    let before = reader.document.launches.len();
                    let env = container_env(reader, &service.value, &key);
                    reader.rest(before, &key, &env, &[&env]);
                }
            }
            "env" | "container" | "permissions" => {}
            _ => reader.settings(member, &key),
        }
    }
    let layers: [&[usize]; 3] = [&inside, workflow, &own];
    let own: Vec<usize> = inside.iter().chain(&own).copied().collect();
    reader.rest(first, key, &own, &layers);
}

/// The `env` of a container; its other keys are settings.
fn container_env(reader: &mut Reader<'_>, node: &Node, key: &str) -> Vec<usize> {
    let mut env = Vec::new();
    for member in node.members() {
        let key = below(key, &member.name);
        match member.name.as_str() {
            "env" => env = reader.variables(&member.value, &key),
            _ => reader.settings(member, &key),
        }
    }
    env
}

fn read_step(
    reader: &mut Reader<'_>,
    step: &Node,
    key: &str,
    [inside, workflow, job]: [&[usize]; 3],
    written: &mut Vec<usize>,
    shell: Shell,
) {
    let own = step.get("env").map(|env| reader.variables(env, &format!("{key}.env"))).unwrap_or_default();
    let earlier = written.clone();
    let outer: [&[usize]; 4] = [inside, workflow, job, &earlier];
    let first = reader.document.launches.len();
    let uses = step.get("uses").and_then(Node::as_string);
    if let Some(uses) = uses.filter(|uses| action::is_client(uses.text.expose())) {
        let layers = [&outer[..], &[&own]].concat();
        action::read(reader, uses, step.get("with"), key, &layers);
    }
    for member in step.members() {
        let key_of = below(key, &member.name);
        match member.name.as_str() {
            "run" => {
                let named = step.get("shell").and_then(Node::as_string).map(|shell| Shell::named(shell.text.expose()));
                let lines = reader.lines(&member.value, &key_of);
                let document = &reader.document;
                let before = (document.commands.len(), document.assignments.len(), document.launches.len());
                reader.step(&lines, named.unwrap_or(shell), &key_of, key, &own, &outer);
                carried(reader, before, &key_of, written);
            }
            "with" if uses.is_none_or(|uses| !action::is_client(uses.text.expose())) => {
                for input in member.value.members() {
                    let key_of = below(&key_of, &input.name);
                    // Actions that run a command again and again until it succeeds.
                    if matches!(input.name.as_str(), "command" | "run") {
                        let lines = reader.lines(&input.value, &key_of);
                        reader.step(&lines, Shell::Posix, &key_of, key, &own, &outer);
                    } else {
                        reader.settings(input, &key_of);
                    }
                }
            }
            "env" | "with" => {}
            _ => strings(reader.document, &member.value, &key_of),
        }
    }
    reader.rest(first, key, &own, &[&outer[..], &[&own]].concat());
}

fn default_shell(node: &Node) -> Option<&str> {
    let shell = node.get("defaults")?.get("run")?.get("shell")?;
    shell.as_string().map(|shell| shell.text.expose())
}

/// Notes what a script, whose commands and assignments begin at `first`, writes to `$GITHUB_ENV`:
/// `echo "NAME=value" >> "$GITHUB_ENV"`, alone, in braces or through `tee`, and here-documents.
fn carried(reader: &mut Reader<'_>, first: (usize, usize, usize), key: &str, written: &mut Vec<usize>) {
    let text = reader.document.text.as_str();
    let here = |assignment: &Assignment| {
        ["$GITHUB_ENV", "${GITHUB_ENV}", "$env:GITHUB_ENV", "%GITHUB_ENV%"]
            .iter()
            .any(|file| assignment.key.contains(&format!("<<{file}.")))
    };
    let documents: Vec<usize> = (first.1..reader.document.assignments.len())
        .filter(|&index| here(&reader.document.assignments[index]))
        .collect();
    let commands = &reader.document.commands[first.0..];
    let span = commands.first().zip(commands.last()).map_or((0, 0), |(one, last)| (one.span.start, last.span.end));
    let (from, to) = (span.0, text[span.1..].find('\n').map_or(text.len(), |end| span.1 + end));
    if documents.is_empty() && !text[from..to].contains(FILE) {
        return;
    }
    let mut found = Vec::new();
    for command in commands.iter().filter(|command| matches!(command.program(), "echo" | "printf")) {
        let start = command.span.start;
        let line = text[start..to].split('\n').next().unwrap_or("");
        let grouped = || {
            let mut lines = text[start..to].lines().take(MAX_GROUP).map(str::trim_start);
            lines
                .find(|line| line.starts_with(['{', '}']))
                .is_some_and(|line| line.starts_with('}') && line.contains(FILE))
        };
        if !line.contains(FILE) && !grouped() {
            continue;
        }
        let Some(word) = command.words.iter().skip(1).find(|word| !word.decoded.text.expose().starts_with('-')) else {
            continue;
        };
        let whole = word.decoded.text.expose();
        let length = name_length(whole);
        if length == 0 || !whole[length..].starts_with('=') {
            continue;
        }
        let end = whole.strip_suffix("\\n").unwrap_or(whole).len();
        let decoded = word.decoded.part(length + 1, end);
        let substituted = decoded.text.expose().contains("${{");
        let value = match (substituted, word.dynamic) {
            (false, true) => live_value(&decoded),
            _ => classify(&decoded, reader.dialect),
        };
        let name = whole[..length].to_owned();
        let place = word.decoded.origin.span(0, length);
        if documents.iter().any(|&index| reader.document.assignments[index].name_span == place) {
            continue;
        }
        found.push(Assignment {
            key: format!("{key}.{name}"),
            name_span: place,
            name,
            slot: Slot::Variable,
            value,
            decoded,
            exported: true,
            commented: false,
        });
    }
    // What a here-document writes there is no launch of its own.
    let mut launches = reader.document.launches.split_off(first.2);
    launches.retain(|launch| {
        launch.environment.is_empty() || launch.environment.iter().any(|index| !documents.contains(index))
    });
    reader.document.launches.append(&mut launches);
    let base = reader.document.assignments.len();
    written.extend(documents);
    written.extend(base..base + found.len());
    reader.document.assignments.extend(found);
}

/// The file whose variables later steps get.
const FILE: &str = "GITHUB_ENV";
/// So many lines at most stand in a group whose output goes there.
const MAX_GROUP: usize = 100;
