//! Claude Code's settings files.
//!
//! Keys and their meaning: Claude Code documentation, settings reference (2026-08). `env` values are taken as they
//! stand, nothing in them is expanded, and a number becomes its text (observed with 2.1.329, 2026-11-20).

use std::collections::HashSet;

use super::entries::{generic, json_key, pair, push, strings, variable};
use super::json::{self, Kind, Node};
use super::shell::language::Language;
use super::{Assignment, Decoded, Document, Launch, Mcp, Output, Reference, Slot, Value, mcp, shell, types};
use crate::credential::Dialect;
use crate::text::Span;

/// Top-level keys whose value is a command line for the shell.
const HELPERS: [&str; 5] =
    ["apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "gcpAuthRefresh", "otelHeadersHelper"];

/// Reads a settings file.
pub fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let (tree, mut faults) = json::parse(&text);
    if let Some(tree) = tree {
        if faults.is_empty() {
            faults.extend(types::wrong(&tree));
        }
        let mut reader = Reader { document };
        reader.root(&tree);
        set_launch(document, &tree);
    }
    document.faults = faults;
}

/// The first launch is the session's own: of a variable given twice the last one is in effect, of an `env` given
/// twice only the last. Those behind it are of commands in the file that start a client themselves.
fn set_launch(document: &mut Document, tree: &Node) {
    let env = tree.get("env").map_or(Span::new(0, 0), |env| env.span);
    let mut names = HashSet::new();
    let is_set = |(_, assignment): &(usize, &Assignment)| {
        // A value with U+0000 is none to the client (observed 2026-11-21).
        let fits = !assignment.decoded.text.expose().contains('\0');
        fits && assignment.slot == Slot::Variable && env.contains(assignment.name_span)
    };
    let from_the_end = document.assignments.iter().enumerate().rev().filter(is_set);
    let last = from_the_end.filter(|(_, assignment)| names.insert(assignment.name.as_str()));
    let mut environment: Vec<usize> = last.map(|(index, _)| index).collect();
    environment.reverse();
    document.launches.insert(0, Launch { environment, ..Launch::default() });
}

struct Reader<'a> {
    document: &'a mut Document,
}

impl Reader<'_> {
    fn root(&mut self, tree: &Node) {
        for member in tree.members() {
            let (name, value) = (member.name.as_str(), &member.value);
            self.document.sections.push((name.to_owned(), member.name_span));
            match name {
                "env" => self.environment(value),
                "permissions" => self.permissions(value),
                "hooks" => self.hooks(value, "hooks"),
                "mcpServers" => mcp::servers(self.document, value, Mcp::ClaudeCode, "mcpServers"),
                "statusLine" | "subagentStatusLine" | "fileSuggestion" => self.commands(value, name),
                // Names of credentials to hide from the sandbox, never values.
                "sandbox" => strings(self.document, value, name),
                _ if HELPERS.contains(&name) => {
                    pair(self.document, member, name, Slot::Command, Dialect::Posix);
                    let first = self.document.commands.len();
                    self.command_line(value, Language::Posix, name);
                    // What a helper prints is for the client alone.
                    for command in self.document.commands.iter_mut().skip(first) {
                        if command.output == Output::Shown {
                            command.output = Output::Captured;
                        }
                    }
                }
                _ => generic(self.document, member, name),
            }
        }
    }

    fn environment(&mut self, env: &Node) {
        for member in env.members() {
            let key = format!("env.{}", json_key(&member.name));
            variable(self.document, member, &key, Dialect::Literal);
        }
    }

    /// `allow`, `ask` and `deny`: every rule is a saved command line, or a tool with one argument.
    fn permissions(&mut self, permissions: &Node) {
        for member in permissions.members() {
            let list = format!("permissions.{}", json_key(&member.name));
            for (index, rule) in member.value.elements().iter().enumerate() {
                let key = format!("{list}[{index}]");
                strings(self.document, rule, &key);
                let Some(rule) = rule.as_string() else { continue };
                let text = rule.text.expose();
                let Some((tool, rest)) = text.split_once('(') else { continue };
                let inner = rest.strip_suffix(')').unwrap_or(rest);
                let inner = inner.strip_suffix(":*").unwrap_or(inner);
                let start = tool.len() + 1;
                let inner = rule.part(start, start + inner.len());
                match tool.trim() {
                    "Bash" => self.fragment(&inner, Language::Posix, &key),
                    "PowerShell" => self.fragment(&inner, Language::PowerShell, &key),
                    _ if inner.text.expose().contains("://") => {
                        push(self.document, "url", inner.span(), Slot::Url, inner, &key, Dialect::Literal);
                    }
                    _ => {}
                }
            }
            if member.value.elements().is_empty() {
                strings(self.document, &member.value, &list);
            }
        }
    }

    /// Every object below `hooks` that has a `command` or a `url` is a hook.
    fn hooks(&mut self, node: &Node, key: &str) {
        for (index, element) in node.elements().iter().enumerate() {
            self.hooks(element, &format!("{key}[{index}]"));
        }
        let allowed: Vec<&str> = node
            .get("allowedEnvVars")
            .map(|list| list.elements().iter().filter_map(Node::as_string).map(|name| name.text.expose()).collect())
            .unwrap_or_default();
        let shell = node.get("shell").and_then(Node::as_string).map(|shell| shell.text.expose());
        let language = if shell == Some("powershell") { Language::PowerShell } else { Language::Posix };
        for member in node.members() {
            let key = format!("{key}.{}", json_key(&member.name));
            match (member.name.as_str(), &member.value.kind) {
                ("command", Kind::String(_)) => self.command_line(&member.value, language, &key),
                ("headers", Kind::Object(headers)) => {
                    for header in headers {
                        let key = format!("{key}.{}", json_key(&header.name));
                        let first = self.document.assignments.len();
                        pair(self.document, header, &key, Slot::Header, Dialect::Posix);
                        for assignment in &mut self.document.assignments[first..] {
                            // Only the listed variables reach a header, all others become empty
                            // (Claude Code documentation, hooks, 2026-08).
                            if let Value::Reference(Reference { name: Some(name), expanded, .. }) =
                                &mut assignment.value
                            {
                                *expanded = *expanded && allowed.contains(&name.as_str());
                            }
                        }
                    }
                }
                (_, Kind::String(_)) => generic(self.document, member, &key),
                _ => self.hooks(&member.value, &key),
            }
        }
    }

    fn commands(&mut self, node: &Node, key: &str) {
        for member in node.members() {
            let key = format!("{key}.{}", json_key(&member.name));
            if member.name == "command" {
                self.command_line(&member.value, Language::Posix, &key);
            } else {
                generic(self.document, member, &key);
            }
        }
    }

    /// A string that the client hands to the shell.
    fn command_line(&mut self, node: &Node, language: Language, key: &str) {
        strings(self.document, node, key);
        if let Some(line) = node.as_string() {
            self.fragment(line, language, key);
        }
    }

    fn fragment(&mut self, line: &Decoded, language: Language, key: &str) {
        shell::read_string(self.document, line, language, key);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Settings, Surface, read};
    use super::*;
    use crate::path::RepoPath;

    fn document(text: &str) -> Document {
        read(RepoPath::from(".claude/settings.json"), Some(Surface::Settings(Settings::Shared)), text.as_bytes())
    }

    fn pairs(document: &Document) -> Vec<(String, String)> {
        document
            .assignments
            .iter()
            .map(|assignment| {
                let span = assignment.decoded.span();
                (assignment.key.clone(), document.text.as_str()[span.range()].to_owned())
            })
            .collect()
    }

    #[test]
    fn environment_entries_with_their_places() {
        let document = document(r#"{"env": {"A": "x", "N": 1, "B": "", "O": {}, "a.b": "y"}}"#);
        let pairs = pairs(&document);
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("env.A", "x"), ("env.N", "1"), ("env.B", ""), ("env.O", "{}"), ("env.\"a.b\"", "y")]);
        assert!(matches!(document.assignments[2].value, Value::Empty));
        assert_eq!(document.assignments[3].decoded.text.expose(), "[object Object]");
        assert_eq!(document.launches[0].environment, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn of_duplicates_the_last_is_in_effect() {
        let doubled = document(r#"{"env": {"A": "1", "A": "2"}}"#);
        assert_eq!(doubled.launches[0].environment, [1]);
        let two = document(r#"{"env": {"A": "1"}, "env": {"B": "2"}}"#);
        assert_eq!(two.launches[0].environment, [1]);
    }

    #[test]
    fn http_hook_headers_reach_only_allowed_variables() {
        let text = r#"{"hooks": {"Stop": [{"hooks": [{"type": "http", "url": "https://h/x",
            "headers": {"Authorization": "Bearer $ALLOWED", "X-Token": "$OTHER"}, "allowedEnvVars": ["ALLOWED"]}]}]}}"#;
        let document = document(text);
        let header = |name: &str| document.assignments.iter().find(|a| a.name == name && a.slot == Slot::Header);
        assert_eq!(header("Authorization").unwrap().key, "hooks.Stop[0].hooks[0].headers.Authorization");
        assert!(header("X-Token").is_some());
    }

    #[test]
    fn every_string_has_a_key() {
        let document = document(r#"{"permissions": {"allow": ["Bash(ls)", "Read(x)"]}, "x": {"y": ["z"]}}"#);
        let keys: Vec<_> = document.keys.iter().map(|(_, key)| key.as_str()).collect();
        assert_eq!(keys, ["permissions.allow[0]", "permissions.allow[1]", "x.y[0]"]);
    }
}
