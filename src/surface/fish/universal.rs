//! `fish_variables`: `SETUVAR --export NAME:value`, a variable a line, written by `set -U` (fish 3.0 and later;
//! before, `SET_EXPORT NAME:value`).

use crate::surface::shell::decode::Builder;
use crate::surface::shell::word::literal;
use crate::surface::{Assignment, Decoded, Document, Launch, Origin, Slot, Value};
use crate::text::Span;

/// What separates the elements of a list.
const SEPARATOR: char = '\x1e';

/// Reads the file. Every session of fish has these variables.
pub(super) fn read(document: &mut Document) {
    let mut found: Vec<Assignment> = Vec::new();
    let mut at = 0;
    for line in document.text.as_str().split_inclusive('\n') {
        found.extend(assignment(line.trim_end(), at));
        at += line.len();
    }
    let environment: Vec<usize> = (0..found.len()).filter(|&index| found[index].exported).collect();
    if !environment.is_empty() {
        document.launches.push(Launch { environment, ..Launch::default() });
    }
    for assignment in &found {
        document.note(&assignment.decoded, &assignment.key);
    }
    document.assignments.extend(found);
}

/// What the line at `start` says.
fn assignment(line: &str, start: usize) -> Option<Assignment> {
    let (verb, rest) = line.split_once(' ')?;
    let mut exported = verb == "SET_EXPORT";
    if !exported && !matches!(verb, "SETUVAR" | "SET") {
        return None;
    }
    let mut rest = rest;
    while let Some((option, behind)) = rest.split_once(' ').filter(|(option, _)| option.starts_with("--")) {
        exported |= option == "--export";
        rest = behind;
    }
    let (name, value) = rest.split_once(':')?;
    let value_at = start + line.len() - value.len();
    let name_at = value_at - 1 - name.len();
    let decoded = decoded(value, value_at);
    let value = if decoded.text.expose().trim().is_empty() { Value::Empty } else { literal(&decoded) };
    Some(Assignment {
        name: name.to_owned(),
        name_span: Span::new(name_at, name_at + name.len()),
        slot: Slot::Variable,
        value,
        decoded,
        key: name.to_owned(),
        exported,
        commented: false,
    })
}

/// The value, whose odd characters are escaped (`\x2d`, `\u00e9`); a list has blanks between its elements.
fn decoded(text: &str, start: usize) -> Decoded {
    let mut builder = Builder::new(start);
    let mut at = 0;
    while at < text.len() {
        let run = text[at..].find('\\').unwrap_or(text.len() - at);
        builder.push(&text[at..at + run], start + at);
        at += run;
        let Some(code) = text[at..].chars().nth(1) else {
            builder.push(&text[at..], start + at);
            break;
        };
        let most = match code {
            'x' | 'X' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let digits = text[at + 1 + code.len_utf8()..].chars().take(most).take_while(char::is_ascii_hexdigit).count();
        let next = at + 1 + code.len_utf8() + digits;
        let number = text.get(at + 2..next).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match number.and_then(char::from_u32).or(match code {
            'n' => Some('\n'),
            't' => Some('\t'),
            _ => Some(code),
        }) {
            Some(SEPARATOR) => builder.push_escaped(' ', start + at, start + next),
            Some(character) => builder.push_escaped(character, start + at, start + next),
            None => {}
        }
        at = next;
    }
    builder.finish(&Origin::Direct(0))
}
