//! JSON as the settings and MCP readers see it: a tree with places, read leniently, judged strictly.
//!
//! Claude Code reads strict JSON and drops the whole file otherwise (observed with 2.1.329, 2026-11-20). A secret in
//! a broken file is still in git, so the tree is built from broken text too, and what is broken becomes a [`Fault`].

use std::sync::Arc;

use jsonc_parser::ast::{ObjectPropName, Value as Ast};
use jsonc_parser::tokens::Token;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

pub use super::tree::{Kind, Member, Node};
use super::{Decoded, Fault, FaultKind, Origin, Secret, tree::Parsed};
use crate::text::{Span, floor};

/// Reads a text. The tree is missing only where there is no value at all.
pub fn parse(text: &str) -> Parsed {
    // `JSON.parse` takes lone surrogates (observed 2026-11-21), the parsers here do not. The stand-in has the same
    // length, so every place stays what it was; values are decoded from the text itself.
    let tame = without_surrogates(text);
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let collect = CollectOptions { comments: CommentCollectionStrategy::AsTokens, tokens: true };
    match parse_to_ast(&tame, &collect, &options) {
        Ok(result) => {
            let mut faults = leniencies(result.tokens.as_deref().unwrap_or(&[]));
            faults.extend(strict_fault(&blanked(&tame, &faults)));
            faults.sort_by_key(|fault| fault.span);
            (result.value.map(|value| from_ast(&value, text)), faults)
        }
        Err(error) => {
            let range = error.range();
            let fault = Fault {
                kind: FaultKind::Syntax(error.kind().to_string().to_ascii_lowercase()),
                span: Span::new(floor(text, range.start), floor(text, range.end)),
            };
            (Loose { text, at: 0 }.document(), vec![fault])
        }
    }
}

/// Comments and trailing commas among the tokens.
fn leniencies(tokens: &[jsonc_parser::tokens::TokenAndRange<'_>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut comma = None;
    for token in tokens {
        let span = Span::new(token.range.start, token.range.end);
        match token.token {
            Token::CommentLine(_) | Token::CommentBlock(_) => {
                faults.push(Fault { kind: FaultKind::Comment, span });
                continue;
            }
            Token::CloseBrace | Token::CloseBracket => {
                if let Some(span) = comma {
                    faults.push(Fault { kind: FaultKind::TrailingComma, span });
                }
            }
            _ => {}
        }
        comma = matches!(token.token, Token::Comma).then_some(span);
    }
    faults
}

/// The text with blanks in the places of faults, so that a strict parser sees what else is wrong.
fn blanked<'t>(text: &'t str, faults: &[Fault]) -> std::borrow::Cow<'t, str> {
    if faults.is_empty() {
        return text.into();
    }
    let mut bytes = text.as_bytes().to_vec();
    for fault in faults {
        bytes[fault.span.range()].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }
    // Whole characters were replaced by ASCII bytes.
    String::from_utf8(bytes).map_or(text.into(), Into::into)
}

/// What a strict parser refuses although the lenient one took it: raw control characters in strings.
fn strict_fault(text: &str) -> Option<Fault> {
    if text.trim().is_empty() {
        return None;
    }
    let error = serde_json::from_str::<serde_json::Value>(text).err()?;
    let reason = error.to_string();
    // Limits of this parser, not of JSON.parse.
    if reason.contains("recursion limit") || reason.contains("out of range") {
        return None;
    }
    let line_start = match error.line() {
        0 | 1 => 0,
        line => text.match_indices('\n').nth(line - 2).map_or(0, |(at, _)| at + 1),
    };
    let at = (line_start + error.column().saturating_sub(1)).min(text.len());
    let reason = reason.split(" at line ").next().unwrap_or("not JSON").to_owned();
    Some(Fault { kind: FaultKind::Syntax(reason), span: Span::new(floor(text, at), floor(text, at + 1)) })
}

fn without_surrogates(text: &str) -> std::borrow::Cow<'_, str> {
    if !(text.contains("\\ud") || text.contains("\\uD")) {
        return text.into();
    }
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        if bytes[at + 1] == b'u'
            && bytes.get(at + 2).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'd'))
            && bytes.get(at + 3).is_some_and(|byte| b"89abcdefABCDEF".contains(byte))
        {
            bytes[at + 2] = b'0';
        }
        at += 2;
    }
    // Only ASCII bytes were replaced by ASCII bytes.
    String::from_utf8(bytes).map_or(text.into(), Into::into)
}

fn from_ast(value: &Ast<'_>, text: &str) -> Node {
    let (kind, range) = match value {
        Ast::StringLit(string) => (Kind::String(decode(text, string.range.start, string.range.end)), &string.range),
        Ast::NumberLit(number) => (Kind::Scalar(number.value.to_owned()), &number.range),
        Ast::BooleanLit(boolean) => (Kind::Scalar(boolean.value.to_string()), &boolean.range),
        Ast::NullKeyword(null) => (Kind::Null, &null.range),
        Ast::Array(array) => {
            (Kind::Array(array.elements.iter().map(|element| from_ast(element, text)).collect()), &array.range)
        }
        Ast::Object(object) => {
            let members = object.properties.iter().map(|property| {
                let (name, name_span) = match &property.name {
                    ObjectPropName::String(name) => {
                        let name = decode(text, name.range.start, name.range.end);
                        (name.text.expose().to_owned(), name.span())
                    }
                    ObjectPropName::Word(word) => (word.value.to_owned(), Span::new(word.range.start, word.range.end)),
                };
                Member { name, name_span, value: from_ast(&property.value, text) }
            });
            (Kind::Object(members.collect()), &object.range)
        }
    };
    Node { kind, span: Span::new(range.start, range.end) }
}

/// Decodes the string literal at `start..end`, quotes included where they are there.
fn decode(text: &str, start: usize, end: usize) -> Decoded {
    let raw = &text[start..end];
    let inner = raw.strip_prefix('"').unwrap_or(raw);
    let base = end - inner.len();
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if !inner.contains('\\') {
        return Decoded::direct(inner, base);
    }
    let mut decoded = String::with_capacity(inner.len());
    let mut map = Vec::with_capacity(inner.len() + 1);
    let mut rest = inner;
    while let Some(first) = rest.chars().next() {
        let at = base + inner.len() - rest.len();
        let (character, width) = if first == '\\' { unescape(rest) } else { (first, first.len_utf8()) };
        decoded.push(character);
        map.resize(decoded.len(), at);
        rest = &rest[width..];
    }
    map.push(base + inner.len());
    Decoded { text: Secret::new(decoded), origin: Origin::Mapped(Arc::from(map)) }
}

/// The character that the escape at the start of `text` stands for, and the escape's length in bytes.
fn unescape(text: &str) -> (char, usize) {
    let unit = |at: usize| text.get(at..at + 4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
    let mut characters = text.chars();
    characters.next();
    let Some(kind) = characters.next() else { return ('\\', 1) };
    let plain = match kind {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let Some(high) = unit(2) else { return ('u', 2) };
            if let Some(character) = char::from_u32(high) {
                return (character, 6);
            }
            let low = (text.get(6..8) == Some("\\u")).then(|| unit(8)).flatten();
            return match low {
                Some(low @ 0xDC00..=0xDFFF) if high < 0xDC00 => {
                    let point = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                    (char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER), 12)
                }
                _ => (char::REPLACEMENT_CHARACTER, 6),
            };
        }
        other => other,
    };
    (plain, 1 + kind.len_utf8())
}

/// Reads what it can of broken JSON: strings, `name: value` pairs and nesting, whatever else stands between them.
struct Loose<'a> {
    text: &'a str,
    at: usize,
}

/// Deeper nesting is read as if it were flat.
const LOOSE_DEPTH: usize = 200;

impl Loose<'_> {
    fn document(mut self) -> Option<Node> {
        let whole = Span::new(0, self.text.len());
        let (members, elements) = self.contents(0);
        if !members.is_empty() {
            // The outer brace is missing: the members are the document's.
            return Some(Node { kind: Kind::Object(members), span: whole });
        }
        // The usual `{…}`, whatever stands before or behind it.
        if let Some(at) = elements.iter().position(|element| !element.members().is_empty()) {
            return elements.into_iter().nth(at);
        }
        (!elements.is_empty()).then_some(Node { kind: Kind::Array(elements), span: whole })
    }

    /// Everything up to the bracket that closes this level: named values, and unnamed ones.
    fn contents(&mut self, depth: usize) -> (Vec<Member>, Vec<Node>) {
        let (mut members, mut elements) = (Vec::new(), Vec::new());
        let mut name: Option<(String, Span)> = None;
        while let Some(byte) = self.text.as_bytes().get(self.at).copied() {
            let start = self.at;
            let value = match byte {
                b'}' | b']' => {
                    self.at += 1;
                    if depth > 0 {
                        break;
                    }
                    continue;
                }
                b'{' | b'[' if depth < LOOSE_DEPTH => {
                    self.at += 1;
                    let (inner, list) = self.contents(depth + 1);
                    let kind = if byte == b'{' { Kind::Object(inner) } else { Kind::Array(list) };
                    Node { kind, span: Span::new(start, self.at) }
                }
                b'"' => {
                    self.at = self.string_end(start);
                    let string = decode(self.text, start, self.at);
                    if self.next_significant() == Some(b':') {
                        name = Some((string.text.expose().to_owned(), string.span()));
                        continue;
                    }
                    Node { kind: Kind::String(string), span: Span::new(start, self.at) }
                }
                b'/' if self.text[start..].starts_with("//") => {
                    self.at = self.text[start..].find('\n').map_or(self.text.len(), |line| start + line);
                    continue;
                }
                byte if byte.is_ascii_alphanumeric() || byte == b'-' => {
                    let rest = &self.text[start..];
                    let word = rest.find(|c: char| !(c.is_alphanumeric() || "+-._".contains(c))).unwrap_or(rest.len());
                    self.at += word.max(1);
                    Node { kind: Kind::Scalar(rest[..word].to_owned()), span: Span::new(start, self.at) }
                }
                b',' => {
                    name = None;
                    self.at += 1;
                    continue;
                }
                _ => {
                    self.at += 1;
                    continue;
                }
            };
            match name.take() {
                Some((name, name_span)) => members.push(Member { name, name_span, value }),
                None => elements.push(value),
            }
        }
        (members, elements)
    }

    /// Behind the closing quote of the string that opens at `start`; an unclosed string ends with its line.
    fn string_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => return at + 1,
                b'\n' => return at,
                b'\\' if bytes.get(at + 1).is_some_and(|next| next.is_ascii() && *next != b'\n') => at += 2,
                _ => at += 1,
            }
        }
        self.text.len()
    }

    fn next_significant(&self) -> Option<u8> {
        self.text.as_bytes()[self.at..].iter().copied().find(|byte| !byte.is_ascii_whitespace())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(FaultKind, &str)> {
        parse(text).1.into_iter().map(|fault| (fault.kind, &text[fault.span.range()])).collect()
    }

    #[test]
    fn strict_json_has_no_faults() {
        for text in ["{}", "", " \n", r#"{"a":[1,2.5e3,true,null,"x"]}"#, r#"{"a":"\ud800"}"#, r#"{"a":1e999}"#] {
            assert_eq!(faults(text), [], "{text}");
        }
        let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
        assert_eq!(faults(&deep), []);
    }

    #[test]
    fn leniencies_are_faults_and_the_tree_is_there() {
        let text = "{\n  // why\n  \"a\": [1, 2,], /* b */\n  \"c\": \"d\",\n}";
        let (tree, _) = parse(text);
        assert_eq!(
            faults(text),
            [
                (FaultKind::Comment, "// why"),
                (FaultKind::TrailingComma, ","),
                (FaultKind::Comment, "/* b */"),
                (FaultKind::TrailingComma, ","),
            ]
        );
        assert_eq!(tree.as_ref().and_then(|tree| tree.get("c")?.as_string()).map(|c| c.text.expose()), Some("d"));
    }

    #[test]
    fn raw_control_characters_are_faults() {
        let found = faults("{\"a\": \"x\ty\"}");
        assert_eq!(found.len(), 1);
        assert!(matches!(&found[0].0, FaultKind::Syntax(reason) if reason.contains("control character")));
        // Behind a comment, too.
        let found = faults("{\n  // é\n  \"a\": \"x\ty\",\n}");
        let [(FaultKind::Comment, "// é"), (FaultKind::Syntax(_), "\t"), (FaultKind::TrailingComma, ",")] = &found[..]
        else {
            panic!("{found:?}")
        };
    }

    #[test]
    fn escapes_map_back_to_their_place() {
        let text = r#"{"k": "a\"b\u0043\ud83d\ude00é"}"#;
        let (tree, _) = parse(text);
        let tree = tree.unwrap();
        let value = tree.get("k").unwrap().as_string().unwrap();
        assert_eq!(value.text.expose(), "a\"bC😀é");
        let at = |needle: &str| {
            let start = value.text.expose().find(needle).unwrap();
            &text[value.origin.span(start, start + needle.len()).range()]
        };
        assert_eq!(at("\"b"), "\\\"b");
        assert_eq!(at("C"), "\\u0043");
        assert_eq!(at("😀"), "\\ud83d\\ude00");
        assert_eq!(at("é"), "é");
        assert_eq!(&text[value.span().range()], r#"a\"b\u0043\ud83d\ude00é"#);
    }

    #[test]
    fn of_duplicates_the_last_counts() {
        let (tree, faults) = parse(r#"{"a": "1", "a": "2"}"#);
        let tree = tree.unwrap();
        assert!(faults.is_empty());
        assert_eq!(tree.get("a").unwrap().as_string().unwrap().text.expose(), "2");
        assert_eq!(tree.members().len(), 2);
    }

    #[test]
    fn broken_json_keeps_its_pairs() {
        for (text, path) in [
            ("\"mcpServers\": {\"x\": {\"env\": {\"TOKEN\": \"value\"}}}\n}", &["mcpServers", "x", "env", "TOKEN"][..]),
            ("{\"env\": {\"A\": \"1\" \"TOKEN\": \"value\"}}", &["env", "TOKEN"]),
            ("{\"env\": {\"A\": \"unclosed,\n \"TOKEN\": \"value\"}}", &["env", "TOKEN"]),
            ("{\"env\": {\"A\": , \"TOKEN\": \"value\"", &["env", "TOKEN"]),
            ("x {\"env\": {\"TOKEN\": \"value\"}} trailing words", &["env", "TOKEN"]),
            ("{\"env\": {# no\n \"TOKEN\": \"value\"}}}", &["env", "TOKEN"]),
        ] {
            let (tree, faults) = parse(text);
            assert_eq!(faults.len(), 1, "{text}");
            let mut node = tree.as_ref().unwrap();
            for name in path {
                node = node.get(name).unwrap_or_else(|| panic!("{name} in {text}: {node:?}"));
            }
            assert_eq!(node.as_string().map(|value| value.text.expose()), Some("value"), "{text}");
        }
    }

    #[test]
    fn nothing_overflows() {
        for text in
            ["[".repeat(100_000), "{\"a\":".repeat(100_000), "\"\\".to_owned(), "\\u".to_owned(), "\"\\ud8".into()]
        {
            let (_, faults) = parse(&text);
            assert_eq!(faults.len(), 1);
        }
    }
}
