//! Compose files.
//!
//! Compose specification (2026-08), held against `docker compose config`: `environment` outweighs `env_file`,
//! `$$` is a dollar, a name without a value is handed on from outside.

use std::collections::HashMap;

use super::entries::{json_key, merged, strings};
use super::process::Process;
use super::script::Script;
use super::shell::decode::Builder;
use super::tree::{Kind, Member, Node};
use super::{Assignment, Decoded, Document, Include, Reference, Slot, Value, Word, dotenv, embedded, yaml};
use crate::credential::{Dialect, classify};
use crate::text::Span;

/// So many services at most extend each other in a row.
const MAX_EXTENDS: usize = 16;

/// Reads the file.
pub fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let (roots, _) = yaml::parse(&text);
    let mut reader = Reader { document, known: HashMap::new() };
    for root in &roots {
        reader.root(root);
    }
    for (name, value) in yaml::commented(&text) {
        reader.push(&name, Some(value), "", true);
    }
}

struct Reader<'a> {
    document: &'a mut Document,
    /// What was read already, by the places of name and value: an anchored block serves several services.
    known: HashMap<(Span, Span), usize>,
}

/// What a service starts, and in what, with what it takes over from the service that it extends.
#[derive(Clone, Default)]
struct Service<'n> {
    environment: Vec<usize>,
    includes: Vec<Include>,
    entrypoint: Option<&'n Node>,
    command: Option<&'n Node>,
}

impl Reader<'_> {
    fn root(&mut self, root: &Node) {
        let oldest = root.get("services").is_none();
        for member in root.members() {
            let key = json_key(&member.name);
            match member.name.as_str() {
                "services" => self.services(&member.value, &key),
                "configs" => self.configs(&member.value, &key),
                _ if oldest && ["image", "build"].iter().any(|name| member.value.get(name).is_some()) => {
                    self.service(member, root, &key);
                }
                _ => strings(self.document, &member.value, &key),
            }
        }
    }

    fn services(&mut self, services: &Node, key: &str) {
        for member in services.members() {
            self.service(member, services, &format!("{key}.{}", json_key(&member.name)));
        }
    }

    fn service(&mut self, member: &Member, services: &Node, key: &str) {
        let service = &member.value;
        for member in service.members() {
            let key = format!("{key}.{}", json_key(&member.name));
            match member.name.as_str() {
                "environment" | "command" | "entrypoint" | "env_file" => {}
                "build" => {
                    for part in member.value.members() {
                        let key = format!("{key}.{}", json_key(&part.name));
                        if part.name == "args" {
                            self.environment(&part.value, &key);
                        } else {
                            strings(self.document, &part.value, &key);
                        }
                    }
                }
                "healthcheck" => self.healthcheck(&member.value, &key),
                _ => strings(self.document, &member.value, &key),
            }
        }
        let whole = self.inherited(service, services, key, 0);
        let process = Process::new(self.document, key, &whole.environment, whole.includes);
        let (entrypoint, command) = (whole.entrypoint, whole.command);
        // `entrypoint: [claude]` with `command: [-p, hi]` is one command.
        let program = entrypoint.and_then(|node| node.elements().last()).and_then(Node::as_string);
        if let (Some(Kind::Array(first)), Some(Kind::Array(rest))) =
            (entrypoint.map(|n| &n.kind), command.map(|n| &n.kind))
            && program.is_some_and(|word| super::command::is_client(word.text.expose()))
        {
            let words: Vec<&Node> = first.iter().chain(rest).collect();
            self.words(&words, &format!("{key}.entrypoint"), &process);
        } else {
            for (node, name) in [(entrypoint, "entrypoint"), (command, "command")] {
                let Some(node) = node else { continue };
                self.command(node, &format!("{key}.{name}"), &process);
            }
        }
        process.finish(self.document);
    }

    /// The service with what it extends in the same file.
    fn inherited<'n>(&mut self, service: &'n Node, services: &'n Node, key: &str, depth: usize) -> Service<'n> {
        let mut whole = Service::default();
        if let Some(extends) = service.get("extends").filter(|extends| extends.get("file").is_none()) {
            let name = extends.as_string().or_else(|| extends.get("service")?.as_string());
            let base = name.and_then(|name| services.get(name.text.expose()));
            if let Some((base, name)) = base.zip(name).filter(|_| depth < MAX_EXTENDS) {
                let outer = key.rsplit_once('.').map_or("", |(outer, _)| outer);
                let key = format!("{outer}.{}", json_key(name.text.expose()));
                whole = self.inherited(base, services, &key, depth + 1);
            }
        }
        if let Some(environment) = service.get("environment") {
            let own = self.environment(environment, &format!("{key}.environment"));
            whole.environment = merged(self.document, &[&whole.environment, &own]);
        }
        if let Some(files) = service.get("env_file") {
            strings(self.document, files, &format!("{key}.env_file"));
            // A file that is named again keeps its place.
            for include in includes(files) {
                let path = include.path.text.expose();
                if !whole.includes.iter().any(|known| known.path.text.expose() == path) {
                    whole.includes.push(include);
                }
            }
        }
        whole.entrypoint = service.get("entrypoint").or(whole.entrypoint);
        whole.command = service.get("command").or(whole.command);
        whole
    }

    /// A map of variables, or a list of `NAME=value`.
    fn environment(&mut self, node: &Node, key: &str) -> Vec<usize> {
        let mut found = Vec::new();
        for member in node.members() {
            let name = Decoded::direct(member.name.as_str(), member.name_span.start);
            match &member.value.kind {
                Kind::String(value) => found.push(self.push(&name, Some(value.clone()), key, false)),
                Kind::Null => found.push(self.push(&name, None, key, false)),
                _ => strings(self.document, &member.value, &format!("{key}.{}", json_key(&member.name))),
            }
        }
        for element in node.elements() {
            let Some(text) = element.as_string() else {
                // `- NAME: value` is a slip, but what it holds is in the file.
                found.extend(self.environment(element, key));
                continue;
            };
            let whole = text.text.expose();
            let name = whole.split('=').next().unwrap_or(whole);
            let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || "${}".contains(c));
            if !is_name {
                strings(self.document, element, key);
                continue;
            }
            let value = (name.len() < whole.len()).then(|| text.part(name.len() + 1, whole.len()));
            found.push(self.push(&text.part(0, name.len()), value, key, false));
        }
        found
    }

    fn push(&mut self, name: &Decoded, value: Option<Decoded>, key: &str, commented: bool) -> usize {
        let end = name.span().end;
        let place = (name.span(), value.as_ref().map_or(Span::new(end, end), Decoded::span));
        if let Some(&index) = self.known.get(&place) {
            return index;
        }
        let text = name.text.expose();
        let key = if key.is_empty() { json_key(text) } else { format!("{key}.{}", json_key(text)) };
        let (value, decoded) = match value {
            Some(value) => {
                let (decoded, live) = dollars(&value);
                (classify(&decoded, if live { Dialect::Braces } else { Dialect::Literal }), decoded)
            }
            None => {
                let reference = Reference { name: Some(text.to_owned()), expanded: true, default: None };
                (Value::Reference(reference), Decoded::direct("", end))
            }
        };
        self.document.note(&decoded, &key);
        self.document.assignments.push(Assignment {
            name: text.to_owned(),
            name_span: name.span(),
            slot: Slot::Variable,
            value,
            decoded,
            key,
            exported: !commented,
            commented,
        });
        let index = self.document.assignments.len() - 1;
        self.known.insert(place, index);
        index
    }

    /// A command as a string or as words.
    fn command(&mut self, node: &Node, key: &str, process: &Process) {
        strings(self.document, node, key);
        match &node.kind {
            Kind::String(text) => process.script(self.document, &Script::plain(dollars(text).0), key),
            Kind::Array(words) => self.words(&words.iter().collect::<Vec<_>>(), key, process),
            _ => {}
        }
    }

    fn words(&mut self, words: &[&Node], key: &str, process: &Process) {
        let words: Vec<Decoded> = words.iter().filter_map(|word| Some(dollars(word.as_string()?).0)).collect();
        process.words(self.document, &words, Dialect::Braces, key);
    }

    fn healthcheck(&mut self, node: &Node, key: &str) {
        let Some(test) = node.get("test") else { return };
        let key = format!("{key}.test");
        let process = Process::new(self.document, &key, &[], Vec::new());
        match test.elements() {
            [] => self.command(test, &key, &process),
            [kind, rest @ ..] => match kind.as_string().map_or("", |kind| kind.text.expose()) {
                "CMD" => self.words(&rest.iter().collect::<Vec<_>>(), &key, &process),
                "CMD-SHELL" => rest.iter().for_each(|text| self.command(text, &key, &process)),
                _ => {}
            },
        }
    }

    /// Files whose content stands in this one.
    fn configs(&mut self, configs: &Node, key: &str) {
        for member in configs.members() {
            let key = format!("{key}.{}.content", json_key(&member.name));
            let Some(content) = member.value.get("content").and_then(Node::as_string) else { continue };
            let (content, _) = dollars(content);
            let found = if content.text.expose().trim_start().starts_with('{') {
                embedded::pairs(&Word { decoded: content, dynamic: false }, &key)
            } else {
                dotenv::assignments(content.text.expose(), &content.origin, &format!("{key}."))
            };
            self.document.assignments.extend(found);
        }
    }
}

/// `env_file` as a name, a list of names, or a list of objects.
fn includes(node: &Node) -> Vec<Include> {
    let files = if node.elements().is_empty() { std::slice::from_ref(node) } else { node.elements() };
    let path = |file: &Node| file.as_string().or_else(|| file.get("path")?.as_string()).cloned();
    files.iter().filter_map(path).map(|path| Include { path, exports: true, replaces: Vec::new() }).collect()
}

/// The text with `$$` as a dollar, and whether other dollars are in it.
fn dollars(text: &Decoded) -> (Decoded, bool) {
    let whole = text.text.expose();
    if !whole.contains("$$") {
        return (text.clone(), whole.contains('$'));
    }
    let mut builder = Builder::new(0);
    let (mut live, mut at) = (false, 0);
    while let Some(next) = whole[at..].find('$').map(|length| at + length) {
        builder.push(&whole[at..next], at);
        if whole[next + 1..].starts_with('$') {
            builder.push_escaped('$', next, next + 2);
            at = next + 2;
        } else {
            live = true;
            builder.push("$", next);
            at = next + 1;
        }
    }
    builder.push(&whole[at..], at);
    (builder.finish(&text.origin), live)
}

#[cfg(test)]
mod tests;
