//! Changes of a variable that leave the line around it as it is written.

use super::Fix;
use crate::finding::Name;
use crate::message;
use crate::route::unit::{Member, Unit};
use crate::surface::table::is_template;
use crate::surface::{Assignment, Decoded, Document, Slot, Surface};
use crate::text::Span;

/// A file that starts more is no launcher of a few lines, and would be searched once more for each.
pub(super) const STARTS: usize = 40;

/// Whether an edit of the assignment is read as it is meant: it is a line of its own, or a string in `env`, in a file
/// that is read without a fault and is in effect.
pub fn is_plain(document: &Document, assignment: &Assignment) -> bool {
    let in_place = match document.surface {
        // Not what the text of a command says.
        Some(Surface::Settings(_)) => assignment.key.strip_prefix("env.") == Some(&assignment.name),
        Some(Surface::Dotenv | Surface::Shell | Surface::Fish | Surface::PowerShell | Surface::Batch) => true,
        _ => false,
    };
    in_place
        && assignment.slot == Slot::Variable
        && !assignment.commented
        && document.faults.is_empty()
        && document.launches.len() <= STARTS
        && !is_template(&document.path)
}

/// The place of a part of a value, by byte offsets into it, if nothing else stands there: every character is written as
/// itself or behind a backslash. Where a word is put together of pieces, a quote may stand in between.
pub fn part(document: &Document, value: &Decoded, start: usize, end: usize) -> Option<Span> {
    let (text, source) = (value.text.expose(), document.text.as_str());
    for (at, letter) in text.get(start..end)?.char_indices() {
        let at = start + at;
        let written = source.get(value.origin.span(at, at + letter.len_utf8()).range())?;
        let mut letters = written.chars();
        match (letters.next()?, letters.next()) {
            (one, None) if one == letter => {}
            ('\\', Some(_)) => {}
            // The line of a file of Windows ends in two.
            ('\r', Some('\n')) if letter == '\n' => {}
            _ => return None,
        }
    }
    let span = value.origin.span(start, end);
    // A shell's word has the character behind it alone.
    (!source[..span.start].ends_with('\\')).then_some(span)
}

/// The edit that empties the value.
pub fn emptied(document: &Document, assignment: &Assignment) -> Option<(Span, String)> {
    let value = &assignment.decoded;
    let place = part(document, value, 0, value.text.expose().len())?;
    is_plain(document, assignment).then(|| (place, String::new()))
}

/// The edit that gives the variable another name; `None` where the file says anything else of either name, or where the
/// unit has a variable of the new one.
pub fn renamed(unit: &Unit<'_>, member: Member<'_>, name: &str) -> Option<(Span, String)> {
    let Member { document, assignment } = member;
    if !is_plain(document, assignment) {
        return None;
    }
    let text = document.text.as_str();
    let is_there = text.get(assignment.name_span.range()) == Some(&assignment.name);
    let is_alone = words(text, &assignment.name).nth(1).is_none() && words(text, name).next().is_none();
    let is_taken = unit.members.iter().any(|member| member.assignment.name == name);
    (is_there && is_alone && !is_taken).then(|| (assignment.name_span, name.to_owned()))
}

/// The fix that is nothing but that.
pub fn rename(unit: &Unit<'_>, member: Member<'_>, name: &'static str) -> Option<Fix> {
    let edit = renamed(unit, member, name)?;
    let title = message!["rename `", Name(&member.assignment.key), "` to ", name];
    Some(Fix::risky(title).edit(&member.document.path, edit))
}

/// Whether the file says the variable's name only where that gets or loses its value, and in comments: nothing in it uses
/// the value as it is.
pub fn is_only_set(document: &Document, name: &str) -> bool {
    let mut places: Vec<Span> =
        document.assignments.iter().filter(|one| one.name == name).map(|one| one.name_span).collect();
    places.sort_unstable();
    let mut start = 0;
    document.text.as_str().split_inclusive('\n').all(|line| {
        let at = start;
        start += line.len();
        let is_place = |word: Span| places.binary_search(&Span::new(at + word.start, at + word.end)).is_ok();
        line.trim_start().starts_with('#') || words(line, name).all(is_place)
    })
}

/// Where a name stands in a text as a word of its own.
pub fn words<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = Span> + use<'t> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    text.match_indices(name)
        .map(|(at, name)| Span::new(at, at + name.len()))
        .filter(move |span| !text[..span.start].ends_with(is_letter) && !text[span.end..].starts_with(is_letter))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::path::RepoPath;
    use crate::route::unit::units;
    use crate::surface::{Settings, read};

    fn document(path: &str, surface: Surface, text: &str) -> Document {
        read(RepoPath::from(path), Some(surface), text.as_bytes())
    }

    fn emptied_text(surface: Surface, text: &str) -> Option<String> {
        let document = document("x", surface, text);
        let (span, new) = emptied(&document, document.assignments.first()?)?;
        Some(format!("{}{new}{}", &text[..span.start], &text[span.end..]))
    }

    #[test]
    fn a_value_is_emptied_where_it_stands_in_one_piece() {
        for (surface, text, expected) in [
            (Surface::Dotenv, "A=\"b\" # c\r\n", Some("A=\"\" # c\r\n")),
            (Surface::Dotenv, "A=$B", Some("A=")),
            (Surface::Dotenv, "# A=b", None),
            (Surface::Settings(Settings::Local), r#"{"env":{"A":"b\n\u0041"}}"#, Some(r#"{"env":{"A":""}}"#)),
            (Surface::Settings(Settings::Local), r#"{"apiKeyHelper":"A=b c"}"#, None),
            (Surface::Settings(Settings::Local), r#"{"env":{"A":"b",}}"#, None),
            (Surface::Shell, "export A='b'\n", Some("export A=''\n")),
            (Surface::Shell, "export A='b'\"c\"\n", None),
            (Surface::Shell, "export A=\\'b\n", None),
            (Surface::Shell, "export A=b\\'\n", None),
        ] {
            assert_eq!(emptied_text(surface, text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_uses_a_variable() {
        for (text, expected) in [
            ("# A is for x\nexport A=1\nAB=$AB\nunset A\n", true),
            ("export A=1\nx $A\n", false),
            ("export A=1\nexport A=${A}2\n", false),
        ] {
            assert_eq!(is_only_set(&document("x", Surface::Shell, text), "A"), expected, "{text}");
        }
    }

    #[test]
    fn a_name_is_changed_where_nothing_else_says_it() {
        for (text, expected) in [
            ("A=1\n", true),
            ("A=1\nAB=2\nA_=3\n", true),
            ("A=1\nC=$A\n", false),
            ("A=1\n# B is better\n", false),
            ("A=1\nA=2\n", false),
        ] {
            let document = document("x", Surface::Dotenv, text);
            let units = units(&[&document]);
            let assignment = document.assignments.first().unwrap();
            let renamed = renamed(&units[0], Member { document: &document, assignment }, "B");
            assert_eq!(renamed, expected.then(|| (Span::new(0, 1), "B".to_owned())), "{text}");
        }
    }
}
