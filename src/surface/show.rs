//! What tests compare: a document in short lines.

use super::{Document, Origin, Surface, Value, read};
use crate::path::RepoPath;

/// Reads a text, checks its spans, and tells what was found: `key=value` of each assignment (`#` before one in a comment,
/// `+` before an exported one) and `key: program {key key} <file>` of each launch.
pub(super) fn show(surface: Surface, text: &str) -> Vec<String> {
    let document = read(RepoPath::from("x"), Some(surface), text.as_bytes());
    let mut lines: Vec<String> = document.assignments.iter().map(|one| assignment(one, text)).collect();
    lines.extend(launches(&document));
    lines
}

/// What the client finds at each of its starts, or what a script leaves behind: `NAME=value`, unset ones left out.
pub(super) fn starts(surface: Surface, text: &str) -> Vec<String> {
    let document = read(RepoPath::from("x"), Some(surface), text.as_bytes());
    let launch = |launch: &super::Launch| {
        let members = launch.environment.iter().map(|&at| &document.assignments[at]);
        let set = members.filter(|member| member.value.is_set());
        let names = set.map(|member| format!("{}={}", member.name, member.decoded.text.expose()));
        let files = launch.includes.iter().map(|file| format!("<{}>", file.path.text.expose()));
        let mark = if launch.command.is_some() { "claude" } else { "-" };
        std::iter::once(mark.to_owned()).chain(names).chain(files).collect::<Vec<_>>().join(" ")
    };
    document.launches.iter().map(launch).collect()
}

/// The commands, their words joined, with `!` in front of those whose output is shown.
pub(super) fn commands(surface: Surface, text: &str, joint: &str) -> Vec<String> {
    let document = read(RepoPath::from("x"), Some(surface), text.as_bytes());
    let command = |command: &super::Command| {
        let words: Vec<&str> = command.words.iter().map(|word| word.decoded.text.expose()).collect();
        format!("{}{}", if command.output == super::Output::Shown { "!" } else { "" }, words.join(joint))
    };
    document.commands.iter().map(command).collect()
}

fn assignment(one: &super::Assignment, text: &str) -> String {
    let name = &text[one.name_span.range()];
    assert!(
        name.eq_ignore_ascii_case(&one.name) || !one.name.is_ascii() || one.slot == super::Slot::Url,
        "{name} is not {}",
        one.name
    );
    let value = one.decoded.text.expose();
    if matches!(one.decoded.origin, Origin::Direct(_)) {
        assert_eq!(&text[one.decoded.span().range()], value, "{}", one.key);
    }
    let mark = match (one.commented, one.exported) {
        (true, _) => "#",
        (_, true) => "+",
        _ => "",
    };
    let value = match &one.value {
        Value::Unset => "unset".to_owned(),
        Value::Empty => String::new(),
        Value::Literal | Value::Placeholder => value.to_owned(),
        Value::Unknown => "?".to_owned(),
        Value::Reference(reference) => {
            let name = reference.name.as_deref().unwrap_or("?");
            let default = reference.default.as_ref().map_or("", |default| default.text.expose());
            let live = if reference.expanded { "$" } else { "dead $" };
            format!("{live}{name}{}{default}", if default.is_empty() { "" } else { ":" })
        }
    };
    format!("{mark}{}={value}", one.key)
}

fn launches(document: &Document) -> impl Iterator<Item = String> {
    document.launches.iter().map(|launch| {
        let keys: Vec<&str> = launch.environment.iter().map(|&at| document.assignments[at].key.as_str()).collect();
        let program = launch.command.as_ref().map_or("-", |command| command.program());
        let files: String = launch.includes.iter().map(|file| format!(" <{}>", file.path.text.expose())).collect();
        format!("{}: {program} {{{}}}{files}", launch.key, keys.join(" "))
    })
}
