//! TOML as a tree with places.

use std::ops::Range;

use ::toml::de::{DeTable, DeValue};

use super::shell::decode::Builder;
use super::tree::{Kind, Member, Node, Parsed};
use super::{Decoded, Fault, FaultKind, Origin, Secret};
use crate::text::{Span, floor};

/// Reads a text; behind an error reading goes on with the next line.
pub fn parse(text: &str) -> Parsed {
    let (table, errors) = DeTable::parse_recoverable(text);
    let faults = errors.iter().map(|error| {
        let span = error.span().unwrap_or(0..0);
        Fault {
            // The parser's messages quote nothing of the text.
            kind: FaultKind::Syntax(error.message().to_owned()),
            span: Span::new(floor(text, span.start), floor(text, span.end)),
        }
    });
    let faults = faults.collect();
    let span = Span::new(0, text.len());
    (Some(Node { kind: object(table.get_ref(), text), span }), faults)
}

fn object(table: &DeTable<'_>, text: &str) -> Kind {
    let mut members: Vec<Member> = table
        .iter()
        .map(|(name, value)| {
            let span = name.span();
            let quoted = text[span.clone()].starts_with(['"', '\'']) && span.len() > 1;
            let inset = usize::from(quoted);
            Member {
                name: name.get_ref().to_string(),
                name_span: Span::new(span.start + inset, span.end - inset),
                value: node(value.get_ref(), value.span(), text),
            }
        })
        .collect();
    members.sort_by_key(|member| member.name_span);
    Kind::Object(members)
}

fn node(value: &DeValue<'_>, span: Range<usize>, text: &str) -> Node {
    let span = Span::new(span.start, span.end);
    let kind = match value {
        DeValue::String(value) => Kind::String(decode(value, span, text)),
        DeValue::Array(elements) => {
            Kind::Array(elements.iter().map(|element| node(element.get_ref(), element.span(), text)).collect())
        }
        DeValue::Table(table) => object(table, text),
        _ => Kind::Scalar(text[span.range()].to_owned()),
    };
    Node { kind, span }
}

/// The text of a string and where it stands.
fn decode(value: &str, span: Span, text: &str) -> Decoded {
    let raw = &text[span.range()];
    let quotes = ["\"\"\"", "'''", "\"", "'"];
    let quote = quotes.into_iter().find(|quote| raw.starts_with(quote)).unwrap_or("");
    let mut start = quote.len();
    if quote.len() == 3 {
        // The first line break is not part of the text.
        let rest = &raw[start..];
        start += if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
    }
    if raw[start..].strip_suffix(quote) == Some(value) && !(quote.starts_with('"') && value.contains('\\')) {
        return Decoded::direct(value, span.start + start);
    }
    // One without an end goes up to the end of its line.
    let end = raw[start..].strip_suffix(quote).map_or(raw.len(), |inside| start + inside.len());
    let decoded = unescaped(raw, start, end).finish(&Origin::Direct(span.start));
    if decoded.text.expose() == value {
        return decoded;
    }
    // Broken in a way that was read differently: all of it stands where the string does.
    let mut map = vec![span.start; value.len()];
    map.push(span.end);
    Decoded { text: Secret::new(value), origin: Origin::Mapped(map.into()) }
}

fn unescaped(raw: &str, start: usize, end: usize) -> Builder {
    let mut builder = Builder::new(start);
    let mut at = start;
    while at < end {
        let rest = &raw[at..end];
        let plain = rest.find('\\').unwrap_or(rest.len());
        builder.push(&rest[..plain], at);
        at += plain;
        let Some(escape) = rest.get(plain + 1..).filter(|_| plain < rest.len()) else { break };
        let (character, length) = match escape.chars().next() {
            Some('b') => (Some('\u{8}'), 2),
            Some('t') => (Some('\t'), 2),
            Some('n') => (Some('\n'), 2),
            Some('f') => (Some('\u{c}'), 2),
            Some('r') => (Some('\r'), 2),
            Some('e') => (Some('\u{1b}'), 2),
            Some(kind @ ('x' | 'u' | 'U')) => {
                let digits = [('x', 2), ('u', 4), ('U', 8)].iter().find(|(name, _)| *name == kind).map_or(2, |it| it.1);
                let code = escape.get(1..=digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                (code.and_then(char::from_u32), digits + 2)
            }
            Some(other) if !other.is_whitespace() => (Some(other), 1 + other.len_utf8()),
            // A backslash at the end of a line swallows the white space up to the next word.
            _ => (None, 1 + escape.len() - escape.trim_start().len()),
        };
        let to = floor(raw, at + length).min(end);
        if let Some(character) = character {
            builder.push_escaped(character, at, to);
        }
        at = to.max(at + 1);
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(node: &Node, path: &str, found: &mut Vec<(String, String)>, text: &str) {
        for member in node.members() {
            assert_eq!(text[member.name_span.range()], member.name);
            leaves(&member.value, &format!("{path}.{}", member.name), found, text);
        }
        for (index, element) in node.elements().iter().enumerate() {
            leaves(element, &format!("{path}[{index}]"), found, text);
        }
        if let Some(decoded) = node.as_string() {
            if matches!(decoded.origin, Origin::Direct(_)) {
                assert_eq!(&text[decoded.span().range()], decoded.text.expose());
            }
            found.push((path.to_owned(), decoded.text.expose().to_owned()));
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) -> usize {
        let (tree, faults) = parse(text);
        let mut found = Vec::new();
        leaves(&tree.unwrap(), "", &mut found, text);
        let found: Vec<(&str, &str)> = found.iter().map(|(path, value)| (path.as_str(), value.as_str())).collect();
        assert_eq!(found, expected, "{text}");
        faults.len()
    }

    #[test]
    fn forms_of_a_value() {
        let faults = check(
            "b = \"x\"\na = 'y\\n'\nn = 1\n[t.u]\n\"q r\" = \"\"\"\none\n two\"\"\"\nl = [\"é\", {k = 'v'}]\nd.e = '''\nz'''\n",
            &[
                (".b", "x"),
                (".a", "y\\n"),
                (".t.u.q r", "one\n two"),
                (".t.u.l[0]", "é"),
                (".t.u.l[1].k", "v"),
                (".t.u.d.e", "z"),
            ],
        );
        assert_eq!(faults, 0);
    }

    /// Every letter of a value is one of the file's, at the place that the map names.
    #[test]
    fn places_of_escaped_strings() {
        let text = "a = \"é\\tb\\u00e9c\\\\\\\"d\"\nm = \"\"\"one \\\n   two\r\n three\"\"\"\n";
        let (tree, _) = parse(text);
        let tree = tree.unwrap();
        assert_eq!(tree.get("a").unwrap().as_string().unwrap().text.expose(), "é\tbéc\\\"d");
        for name in ["a", "m"] {
            let decoded = tree.get(name).unwrap().as_string().unwrap();
            for (index, character) in decoded.text.expose().char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
                let span = decoded.origin.span(index, index + 1);
                assert!(text[span.start..].starts_with(character), "{name} {index} {character:?}");
            }
        }
    }

    #[test]
    fn an_error_costs_its_line() {
        let faults = check(
            "a = \"open\nb = 'c'\n[t]\nx = \nd = \"e\"\nf = [1, \n",
            &[(".a", "open"), (".b", "c"), (".t.x", ""), (".t.d", "e")],
        );
        assert!(faults >= 3);
    }

    /// Found by fuzzing: the last letter was taken for the quote that is missing.
    #[test]
    fn a_string_without_an_end_may_end_in_any_letter() {
        assert!(check("a = \"oé\nb = \"\\té", &[(".a", "oé"), (".b", "\té")]) >= 2);
    }

    #[test]
    fn nothing_is_too_deep() {
        parse(&format!("a = {}", "[".repeat(10_000)));
        parse(&format!("a = {}", "{a=".repeat(10_000)));
        parse(&format!("a = \"{}", "\\".repeat(100_000)));
        parse(&format!("{}x = 1", "a.".repeat(10_000)));
    }
}
