//! MCP server configuration.
//!
//! Claude Code expands `${X}` and `${X:-default}` in `command`, `args`, `env`, `url` and `headers`, and no other
//! syntax (Claude Code documentation, MCP, 2026-08). Other clients have references of their own.

use super::entries::{generic, json_key, pair, push, strings, variable};
use super::json::{self, Kind, Member, Node};
use super::shell::language::Language;
use super::{Command, Document, Mcp, Output, Slot, Value, Word, command, shell};
use crate::credential::{self, Dialect};

/// Names under which clients keep their servers.
const SERVER_KEYS: [&str; 3] = ["mcpServers", "servers", "context_servers"];

/// Reads an MCP configuration file.
pub fn read(document: &mut Document, client: Mcp) {
    let text = document.text.as_str().to_owned();
    let (tree, faults) = json::parse(&text);
    if let Some(tree) = tree {
        if is_server(&tree) {
            server(document, &tree, client, "server");
            document.faults = faults;
            return;
        }
        let named = tree.members().iter().any(|member| SERVER_KEYS.contains(&member.name.as_str()));
        for member in tree.members() {
            let name = json_key(&member.name);
            if SERVER_KEYS.contains(&member.name.as_str()) {
                servers(document, &member.value, client, &name);
            } else if !named && is_server(&member.value) {
                // A plugin's file may be the bare map of servers.
                server(document, &member.value, client, &name);
            } else {
                generic(document, member, &name);
            }
        }
    }
    document.faults = faults;
}

/// Reads a map of servers.
pub(super) fn servers(document: &mut Document, node: &Node, client: Mcp, key: &str) {
    for member in node.members() {
        server(document, &member.value, client, &format!("{key}.{}", json_key(&member.name)));
    }
}

fn is_server(node: &Node) -> bool {
    node.get("command").is_some() || node.get("url").is_some()
}

fn server(document: &mut Document, node: &Node, client: Mcp, key: &str) {
    let dialect = match client {
        Mcp::ClaudeCode => Dialect::Mcp,
        Mcp::Other => Dialect::Editor,
    };
    for member in node.members() {
        let key = format!("{key}.{}", json_key(&member.name));
        match (member.name.as_str(), &member.value.kind) {
            ("env", Kind::Object(members)) => {
                each(members, &key, |member, key| variable(document, member, key, dialect));
            }
            ("headers", Kind::Object(members)) => {
                each(members, &key, |member, key| pair(document, member, key, Slot::Header, dialect));
            }
            ("url", Kind::String(_)) => pair(document, member, &key, Slot::Url, dialect),
            ("headersHelper", Kind::String(line)) => {
                strings(document, &member.value, &key);
                shell::read_string(document, line, Language::Posix, &key);
            }
            ("args", Kind::Array(elements)) => arguments(document, node, elements, &key, dialect),
            _ => generic(document, member, &key),
        }
    }
}

fn each(members: &[Member], key: &str, mut visit: impl FnMut(&Member, &str)) {
    for member in members {
        visit(member, &format!("{key}.{}", json_key(&member.name)));
    }
}

/// `command` and `args` as one command; the argument of `sh -c` as a script.
fn arguments(document: &mut Document, server: &Node, elements: &[Node], key: &str, dialect: Dialect) {
    let program = server.get("command").and_then(Node::as_string);
    let mut words: Vec<Word> =
        program.into_iter().map(|decoded| Word { decoded: decoded.clone(), dynamic: false }).collect();
    let mut unexpanded = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        let key = format!("{key}[{index}]");
        strings(document, element, &key);
        let Some(decoded) = element.as_string() else { continue };
        let value = credential::classify(decoded, dialect);
        let dynamic = matches!(&value, Value::Reference(reference) if reference.expanded);
        let after_flag = words
            .last()
            .is_some_and(|word| matches!(word.decoded.text.expose(), "-c" | "-lc" | "-ec" | "-ic" | "-xc" | "/c"));
        if after_flag {
            shell::read_string(document, decoded, Language::Posix, &key);
            continue;
        }
        if matches!(&value, Value::Reference(reference) if !reference.expanded) {
            unexpanded.push((decoded, key));
        }
        words.push(Word { decoded: decoded.clone(), dynamic });
    }
    let first = document.assignments.len();
    let span = words.last().map_or(server.span, |word| word.decoded.span());
    document
        .assignments
        .extend(command::credentials(&Command { words, span, key: key.to_owned(), output: Output::Shown }, key));
    // What is no option's value is named by its place.
    for (decoded, key) in unexpanded {
        let whole = decoded.span();
        if !document.assignments[first..].iter().any(|assignment| assignment.decoded.span().overlaps(whole)) {
            push(document, "argument", whole, Slot::Setting, decoded.clone(), &key, dialect);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Surface, read};
    use super::*;
    use crate::path::RepoPath;

    fn keys(text: &str) -> Vec<String> {
        let document = read(RepoPath::from(".mcp.json"), Some(Surface::Mcp(Mcp::ClaudeCode)), text.as_bytes());
        document.assignments.iter().map(|assignment| assignment.key.clone()).collect()
    }

    #[test]
    fn servers_yield_env_headers_and_urls() {
        let text = r#"{"mcpServers": {"git hub": {"command": "npx", "env": {"TOKEN": "x"}},
            "web": {"type": "http", "url": "https://h/mcp", "headers": {"Authorization": "Bearer y"},
                    "oauth": {"clientId": "i", "clientSecret": "s"}}}}"#;
        let keys = keys(text);
        for key in [
            "mcpServers.\"git hub\".env.TOKEN",
            "mcpServers.web.url",
            "mcpServers.web.headers.Authorization",
            "mcpServers.web.oauth.clientSecret",
        ] {
            assert!(keys.iter().any(|found| found == key), "{key} in {keys:?}");
        }
    }

    #[test]
    fn a_bare_map_of_servers() {
        assert_eq!(keys(r#"{"db": {"command": "x", "env": {"A": "1"}}}"#), ["db.command", "db.env.A"]);
    }
}
