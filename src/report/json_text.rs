//! JSON as text, with codes for characters that a terminal would act upon: a name in it does nothing where it is only
//! looked at, and a parser reads what is meant.

use std::io::{self, Write};

use serde_json::Value;

use super::is_acted_upon;

/// Prints a value, indented.
///
/// # Errors
/// When writing fails.
pub(super) fn print(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    let mut rest = text.as_str();
    // Such a character stands in strings alone, where a code may take its place; line breaks stand between them.
    while let Some((at, character)) = rest.char_indices().find(|&(_, c)| c != '\n' && is_acted_upon(c)) {
        let (before, behind) = rest.split_at(at);
        write!(out, "{before}\\u{:04x}", u32::from(character))?;
        rest = &behind[character.len_utf8()..];
    }
    writeln!(out, "{rest}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_printed_is_harmless_and_the_same() {
        let value = json!({"a\u{202e}\u{9b}": ["\u{1b}[31m\u{7f}\u{85}\n", "é🦀\u{2028}\\u202e"], "b": 1});
        let mut out = Vec::new();
        print(&value, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("\"a\\u202e\\u009b\": [\n"), "{text}");
        assert!(!text.contains(|c| c != '\n' && is_acted_upon(c)), "{text:?}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
