//! Makes strict JSON of a text with comments and trailing commas.

use crate::surface::{Fault, FaultKind};
use crate::text::Span;

/// What has to go: of comments and commas alone on their lines the whole lines, behind something else the blanks before
/// them, too. `None` where something else is wrong with the text. The faults are those of its reader, by place.
pub fn superfluous(text: &str, faults: &[Fault]) -> Option<Vec<Span>> {
    let is_leniency = |fault: &Fault| matches!(fault.kind, FaultKind::Comment | FaultKind::TrailingComma);
    if !faults.iter().all(is_leniency) {
        return None;
    }
    let mut groups: Vec<Span> = Vec::new();
    for fault in faults {
        let start = fault.span.start;
        // A comment up to the end of its line may have taken a part of that.
        let end = start + text.get(fault.span.range())?.trim_end_matches('\r').len();
        match groups.last_mut() {
            Some(last) if skip(text, last.end) == start => last.end = end,
            _ => groups.push(Span::new(start, end)),
        }
    }
    Some(groups.into_iter().map(|group| with_surroundings(text, group)).collect())
}

/// A text without some places, which are in order.
pub fn without(text: &str, places: &[Span]) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for place in places {
        rest.push_str(&text[at..place.start]);
        at = place.end;
    }
    rest + &text[at..]
}

/// With what only belongs to it.
fn with_surroundings(text: &str, group: Span) -> Span {
    let before = text[..group.start].trim_end_matches(BLANKS);
    let begins_line = before.is_empty() || before.ends_with('\n');
    let behind = skip(text, group.end);
    let after = &text[behind..];
    let line_end = if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with('\n')) };
    let ends_line = after.is_empty() || line_end > 0;
    if begins_line && ends_line {
        Span::new(before.len(), behind + line_end)
    } else if ends_line {
        Span::new(before.len(), behind)
    } else if begins_line || before.len() < group.start {
        // Blanks before it are enough.
        Span::new(group.start, behind)
    } else {
        group
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

/// Behind the blanks from a place on.
fn skip(text: &str, at: usize) -> usize {
    text.len() - text[at..].trim_start_matches(BLANKS).len()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::surface::json;

    fn strict(text: &str) -> Option<String> {
        let (_, faults) = json::parse(text);
        superfluous(text, &faults).map(|places| without(text, &places))
    }

    #[test]
    fn what_is_superfluous_goes_and_the_rest_stays() {
        for (text, expected) in [
            ("{\n  // why\n  \"a\": 1\n}\n", "{\n  \"a\": 1\n}\n"),
            ("{\n  \"a\": 1, // why\n  \"b\": 2 /* x */ // y\n}", "{\n  \"a\": 1,\n  \"b\": 2\n}"),
            ("{\n\t/* a\n\t b */\n\t\"a\": 1,\t// c\n}\n", "{\n\t\"a\": 1\n}\n"),
            ("{\n  \"a\": [1, 2, ], // x\n}\n", "{\n  \"a\": [1, 2 ]\n}\n"),
            ("{ /* a */ \"a\": /* b */ 1/* c */,\"b\":/* d */ 2 }", "{ \"a\": 1,\"b\": 2 }"),
            ("{/*a*/\"a\":1/*b*/}", "{\"a\":1}"),
            ("// a\n// b\n{}\n// c", "{}\n"),
            ("  /* a */ {} /* b */", "  {}"),
            ("{\n  \"a\": 1\n  ,\n}\n", "{\n  \"a\": 1\n}\n"),
            (
                "{\n  \"a\": \"// no\", // yes \"\n  \"b\": \"é\" // ü\n}\n",
                "{\n  \"a\": \"// no\",\n  \"b\": \"é\"\n}\n",
            ),
            ("{}", "{}"),
        ] {
            assert_eq!(strict(text).as_deref(), Some(expected), "{text}");
            let (text, expected) = (text.replace('\n', "\r\n"), expected.replace('\n', "\r\n"));
            assert_eq!(strict(&text), Some(expected), "{text:?}");
        }
        for text in ["{\"a\": 1 // x", "{a: 1} // x", "{\"a\" 1}", "{\"a\": \"\t\" // x\n}"] {
            assert_eq!(strict(text), None, "{text}");
        }
    }

    #[test]
    fn one_long_line_takes_no_longer_than_many() {
        let text = format!("[{}1]", "1, /* x */ ".repeat(50_000));
        assert_eq!(strict(&text).unwrap(), format!("[{}1]", "1, ".repeat(50_000)));
        let blanks = format!("[1,{}]", " ".repeat(500_000) + "/**/1,");
        assert_eq!(strict(&blanks).unwrap().len(), blanks.len() - 5);
    }
}
