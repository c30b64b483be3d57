//! Documents as lists of short lines, for the tests of readers.

use super::{Document, Origin, Slot, Surface, Value, read};
use crate::path::RepoPath;

/// Key, whether the client is started, what is in effect.
pub(super) type Row<'a> = (&'a str, bool, &'a [&'a str]);

/// Reads a text, and holds the places of its assignments against it.
#[track_caller]
pub(super) fn document(path: &str, surface: Surface, text: &str) -> Document {
    let document = read(RepoPath::from(path), Some(surface), text.as_bytes());
    for assignment in document.assignments.iter().filter(|assignment| assignment.slot == Slot::Variable) {
        assert_eq!(&text[assignment.name_span.range()], assignment.name, "{text}");
        if matches!(assignment.decoded.origin, Origin::Direct(_)) {
            assert_eq!(&text[assignment.decoded.span().range()], assignment.decoded.text.expose(), "{text}");
        }
    }
    document
}

/// `key=value`; a reference as `$NAME:-default`, with an exclamation mark where nothing expands it.
pub(super) fn shown(document: &Document, index: usize) -> String {
    let assignment = &document.assignments[index];
    let mark = if assignment.commented { " #" } else { "" };
    let key = &assignment.key;
    match &assignment.value {
        Value::Empty => format!("{key} empty{mark}"),
        Value::Unset => format!("{key} unset"),
        Value::Reference(reference) => {
            let default = reference.default.as_ref().map(|default| format!(":-{}", default.text.expose()));
            let name = reference.name.as_deref().unwrap_or("?");
            format!("{key}=${name}{}{}", default.unwrap_or_default(), if reference.expanded { "" } else { "!" })
        }
        _ => format!("{key}={}{mark}", assignment.decoded.text.expose()),
    }
}

/// Holds the assignments against what is expected.
#[track_caller]
pub(super) fn check(path: &str, surface: Surface, text: &str, expected: &[&str]) {
    let document = document(path, surface, text);
    let found: Vec<String> = (0..document.assignments.len()).map(|index| shown(&document, index)).collect();
    assert_eq!(found, expected, "{text}");
}

/// Holds the launches against what is expected; an included file stands in angle brackets.
#[track_caller]
pub(super) fn launches(path: &str, surface: Surface, text: &str, expected: &[Row<'_>]) {
    let document = document(path, surface, text);
    let found: Vec<(&str, bool, Vec<String>)> = document
        .launches
        .iter()
        .map(|launch| {
            let files = launch.includes.iter().map(|include| format!("<{}>", include.path.text.expose()));
            let variables = launch.environment.iter().map(|&index| shown(&document, index));
            (launch.key.as_str(), launch.command.is_some(), files.chain(variables).collect())
        })
        .collect();
    let lines = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
    let expected: Vec<(&str, bool, Vec<String>)> =
        expected.iter().map(|&(key, starts, rows)| (key, starts, lines(rows))).collect();
    assert_eq!(found, expected, "{text}");
}
