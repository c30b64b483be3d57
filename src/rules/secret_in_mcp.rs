//! `secret-in-mcp`: a literal credential in an MCP server's configuration.

use super::{File, Repository, Rule, leak};
use crate::credential::sight::Sighting;
use crate::finding::{Finding, Name, Severity};
use crate::fix::Fix;
use crate::message;
use crate::path::RepoPath;
use crate::surface::{Assignment, Document, Mcp, Origin, Reference, Secret, Slot, Surface, Value};
use crate::text::Span;

pub(super) static RULE: Rule = Rule {
    slug: "secret-in-mcp",
    severity: Severity::Error,
    summary: "a literal credential in an MCP server's configuration",
    page: include_str!("../../rules/secret-in-mcp.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    leak::report(
        repository,
        findings,
        &RULE,
        None,
        |file, _| matches!(file.document.surface, Some(Surface::Mcp(_))),
        |file, _| match file.document.surface {
            Some(Surface::Mcp(Mcp::Other)) => {
                message!["then refer to a variable or a prompted input in this client's syntax, such as `${env:NAME}`"]
            }
            _ => {
                message!["then write `${NAME}` in its place and set NAME outside: Claude Code expands it in MCP files"]
            }
        },
        |file, sighting| mend(repository, file, sighting),
    );
}

/// Moves it to the local settings beside the file, where the server still gets it: a program that the client starts
/// inherits their `env`, and a header takes it by `${NAME}`. In a server's own `env` a `${NAME}` is replaced from there
/// in a terminal, but with `-p` it stays as it is (observed with 2.1.329 on 2026-11-22).
fn mend(repository: &Repository<'_>, file: &File, sighting: &Sighting) -> Option<Fix> {
    let (document, path) = (&file.document, &file.entry.path);
    let local = beside(repository, path).filter(|_| document.faults.is_empty())?;
    let assignment = document.assignments.get(sighting.assignment?)?;
    let is_literal = matches!(assignment.value, Value::Literal);
    let key = Name(&assignment.key);
    let (fix, name, value) = match place(assignment)? {
        Place::Environment if is_literal => {
            let fix = Fix::risky(message!["move `", key, "` to `", local, "`"]);
            let value = assignment.decoded.text.clone();
            (fix.without(path, assignment.name_span.start), assignment.name.clone(), value)
        }
        Place::Environment => {
            let default = default(document, assignment)?;
            // What is inherited has the name of the variable outside.
            if (default.span, default.name) != (assignment.decoded.span(), &assignment.name) {
                return None;
            }
            let fix = Fix::risky(message!["move the default of `", key, "` to `", local, "`"]);
            (fix.without(path, assignment.name_span.start), default.name.to_owned(), default.value.clone())
        }
        Place::Header { server } if is_literal => {
            let name = variable(server)?;
            // A part of the file is the part of the value only where nothing is escaped.
            let is_plain = matches!(assignment.decoded.origin, Origin::Direct(_));
            let value = document.text.as_str().get(sighting.span.range()).filter(|_| is_plain)?;
            let fix = Fix::risky(message!["move the credential in `", key, "` to `", local, "`"]);
            (fix.put(path, sighting.span, format!("${{{name}}}")), name, Secret::new(value))
        }
        Place::Header { .. } => {
            let default = default(document, assignment)?;
            let fix = Fix::risky(message!["move the default of `", key, "` to `", local, "`"]);
            let reference = format!("${{{}}}", default.name);
            (fix.put(path, default.span, reference), default.name.to_owned(), default.value.clone())
        }
    };
    let others = message!["whoever else uses the server sets `", Name(&name), "`, in their own local settings"];
    Some(fix.keep(local, &name, &value).left(others))
}

/// The local settings for a session that starts where the file is. A plugin's servers start elsewhere.
fn beside(repository: &Repository<'_>, path: &RepoPath) -> Option<RepoPath> {
    let folder = path.parent().unwrap_or(RepoPath::from(""));
    let plugin = folder.join(".claude-plugin").join("plugin.json");
    let is_read_here = path.name() == ".mcp.json" && folder.name() != ".claude";
    (is_read_here && repository.snapshot.entry(&plugin).is_none())
        .then(|| folder.join(".claude").join("settings.local.json"))
}

/// Where in a server's configuration something stands.
enum Place<'a> {
    Environment,
    Header { server: &'a str },
}

fn place(assignment: &Assignment) -> Option<Place<'_>> {
    let unquoted = |text| -> &str { str::strip_suffix(text, '"').unwrap_or(text) };
    let key = unquoted(assignment.key.strip_prefix("mcpServers.")?).strip_suffix(&assignment.name)?;
    let key = unquoted(key);
    match assignment.slot {
        Slot::Variable if key.ends_with(".env.") => Some(Place::Environment),
        Slot::Header => Some(Place::Header { server: key.strip_suffix(".headers.")? }),
        _ => None,
    }
}

/// A name for the credential of a server that no other program knows: everybody's own `GITHUB_TOKEN` would go to
/// whatever is called "github" here.
fn variable(server: &str) -> Option<String> {
    let upper = server.to_ascii_uppercase();
    let words = upper.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<&str> = words.collect();
    if !words.first()?.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return None;
    }
    if !words.contains(&"MCP") {
        words.push("MCP");
    }
    words.push("TOKEN");
    Some(words.join("_"))
}

/// `${NAME:-value}`
struct Default<'a> {
    name: &'a str,
    value: &'a Secret,
    /// The whole reference.
    span: Span,
}

fn default<'a>(document: &Document, assignment: &'a Assignment) -> Option<Default<'a>> {
    let Value::Reference(Reference { name: Some(name), expanded: true, default: Some(value) }) = &assignment.value
    else {
        return None;
    };
    let is_plain = matches!(value.origin, Origin::Direct(_)) && !value.text.expose().contains('$');
    let inner = value.span();
    let (before, text) = (format!("${{{name}:-"), document.text.as_str());
    let fits = text.get(..inner.start)?.ends_with(&before) && text.get(inner.end..)?.starts_with('}');
    let span = Span::new(inner.start.checked_sub(before.len())?, inner.end + 1);
    (is_plain && fits).then_some(Default { name, value: &value.text, span })
}
