//! Claude Code's settings files.
//!
//! Keys and their meaning: Claude Code documentation, settings reference (2026-08). `env` values are taken as they
//! stand, nothing in them is expanded, and a number becomes its text (observed with 2.1.329, 2026-11-20).

use super::json::{self, Kind, Node};
use super::{Assignment, Decoded, Document, Launch, Mcp, Origin, Reference, Secret, Slot, Value, mcp, shell, types};
use crate::credential::{self, Dialect};
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
    let mut environment: Vec<usize> = Vec::new();
    for (index, assignment) in document.assignments.iter().enumerate() {
        // A value with U+0000 is none to the client (observed 2026-11-21).
        let fits = !assignment.decoded.text.expose().contains('\0');
        if fits && assignment.slot == Slot::Variable && env.contains(assignment.name_span) {
            environment.retain(|&earlier| document.assignments[earlier].name != assignment.name);
            environment.push(index);
        }
    }
    document.launches.insert(0, Launch { command: None, environment });
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
                    self.command_line(value, name);
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
                    "Bash" | "PowerShell" => self.fragment(&inner, &key),
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
        for member in node.members() {
            let key = format!("{key}.{}", json_key(&member.name));
            match (member.name.as_str(), &member.value.kind) {
                ("command", Kind::String(_)) => self.command_line(&member.value, &key),
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
                self.command_line(&member.value, &key);
            } else {
                generic(self.document, member, &key);
            }
        }
    }

    /// A string that the client hands to the shell.
    fn command_line(&mut self, node: &Node, key: &str) {
        strings(self.document, node, key);
        if let Some(line) = node.as_string() {
            self.fragment(line, key);
        }
    }

    fn fragment(&mut self, line: &Decoded, key: &str) {
        shell::read_string(self.document, line, key);
    }
}

/// Notes every string at and below `node`, so that a token found in it can be named, and so that escaped ones are
/// searched in decoded form.
pub(super) fn strings(document: &mut Document, node: &Node, key: &str) {
    match &node.kind {
        Kind::String(decoded) => {
            document.keys.push((node.span, key.to_owned()));
            if matches!(decoded.origin, super::Origin::Mapped(_)) {
                document.escaped.push(decoded.clone());
            }
        }
        Kind::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                strings(document, element, &format!("{key}[{index}]"));
            }
        }
        Kind::Object(members) => {
            for member in members {
                strings(document, &member.value, &format!("{key}.{}", json_key(&member.name)));
            }
        }
        Kind::Scalar(_) | Kind::Null => {}
    }
}

/// A key without a meaning of its own: its strings are noted, and any that is named like a credential is judged.
pub(super) fn generic(document: &mut Document, member: &json::Member, key: &str) {
    match &member.value.kind {
        Kind::String(decoded) if decoded.text.expose().contains("://") => {
            strings(document, &member.value, key);
            push(document, &member.name, member.name_span, Slot::Url, decoded.clone(), key, Dialect::Mcp);
        }
        Kind::String(_) => setting(document, member, key, Dialect::Mcp),
        Kind::Object(members) => {
            for member in members {
                generic(document, member, &format!("{key}.{}", json_key(&member.name)));
            }
        }
        Kind::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                let key = format!("{key}[{index}]");
                if element.members().is_empty() {
                    strings(document, element, &key);
                }
                for member in element.members() {
                    generic(document, member, &format!("{key}.{}", json_key(&member.name)));
                }
            }
        }
        Kind::Scalar(_) | Kind::Null => {}
    }
}

/// One member that sets an environment variable.
pub(super) fn variable(document: &mut Document, member: &json::Member, key: &str, dialect: Dialect) {
    pair(document, member, key, Slot::Variable, dialect);
}

/// One member whose name and value are a setting.
pub(super) fn setting(document: &mut Document, member: &json::Member, key: &str, dialect: Dialect) {
    pair(document, member, key, Slot::Setting, dialect);
}

/// One member as an assignment.
pub(super) fn pair(document: &mut Document, member: &json::Member, key: &str, slot: Slot, dialect: Dialect) {
    strings(document, &member.value, key);
    let decoded = match &member.value.kind {
        Kind::String(decoded) => decoded.clone(),
        _ => as_text(&member.value),
    };
    push(document, &member.name, member.name_span, slot, decoded, key, dialect);
}

/// What the client makes of a value that is no string: `1`, `null`, `a,b`, `[object Object]` (observed 2026-11-20 and
/// 2026-11-21). All of the text stands where the value does.
fn as_text(node: &Node) -> Decoded {
    let text = js_text(node);
    let mut map = vec![node.span.start; text.len()];
    map.push(node.span.end);
    Decoded { text: Secret::new(text), origin: Origin::Mapped(map.into()) }
}

fn js_text(node: &Node) -> String {
    match &node.kind {
        Kind::String(decoded) => decoded.text.expose().to_owned(),
        Kind::Scalar(text) => match text.parse::<f64>() {
            Ok(number) if number.fract() == 0.0 && number.abs() < 1e21 => format!("{number:.0}"),
            Ok(number) => number.to_string(),
            Err(_) => text.clone(),
        },
        Kind::Null => "null".to_owned(),
        Kind::Object(_) => "[object Object]".to_owned(),
        Kind::Array(elements) => {
            let parts: Vec<String> = elements
                .iter()
                .map(|element| if matches!(element.kind, Kind::Null) { String::new() } else { js_text(element) })
                .collect();
            parts.join(",")
        }
    }
}

/// Adds one assignment.
pub(super) fn push(
    document: &mut Document,
    name: &str,
    name_span: Span,
    slot: Slot,
    decoded: Decoded,
    key: &str,
    dialect: Dialect,
) {
    document.assignments.push(Assignment {
        name: name.to_owned(),
        name_span,
        slot,
        value: credential::classify(&decoded, dialect),
        decoded,
        key: key.to_owned(),
        exported: true,
        commented: false,
    });
}

/// A name as it stands in a logical key: quoted when it would be ambiguous.
pub(super) fn json_key(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_$@/-".contains(c);
    if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { format!("\"{name}\"") }
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
