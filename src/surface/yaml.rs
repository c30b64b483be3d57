//! YAML as a tree with places.
//!
//! A syntax error costs the rest of its top-level block: reading goes on at the next line that begins in column one.
//! Lines of a template language (`{{- if … }}`) are taken for comments.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as CharSpan};

use super::tree::{Kind, Member, Node};
use super::{Decoded, Fault, FaultKind, Origin, Secret};
use crate::text::Span;

/// So many values at most come from aliases: what they stand for is copied, and copies can be copied.
const MAX_COPIES: usize = 20_000;
/// So deep at most.
const MAX_DEPTH: usize = 200;
/// So often at most reading starts anew behind an error.
const MAX_RESTARTS: usize = 50;

/// Reads all documents of a text.
pub fn parse(text: &str) -> (Vec<Node>, Vec<Fault>) {
    let tame = without_templates(text);
    let mut documents = Vec::new();
    let mut faults = Vec::new();
    let mut start = 0;
    for _ in 0..MAX_RESTARTS {
        let mut builder = Builder::new(text, &tame, start);
        let error = builder.run();
        documents.append(&mut builder.documents);
        let Some((at, info)) = error else { break };
        let at = crate::text::floor(text, at.min(text.len()));
        faults.push(Fault { kind: FaultKind::Syntax(info), span: Span::new(at, at) });
        let Some(next) = next_block(&tame, at) else { break };
        start = next;
    }
    (documents, faults)
}

/// `# NAME: value` and `# - NAME=value` on lines of their own: names of variables alone, since the rest is prose.
pub fn commented(text: &str) -> Vec<(Decoded, Decoded)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let Some(rest) = line.trim_start().strip_prefix('#') else { continue };
        let rest = rest.trim_start_matches(['#', ' ', '\t']);
        let rest = rest.strip_prefix("- ").unwrap_or(rest).trim_start_matches(['"', '\'']);
        let length = rest.bytes().take_while(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')).count();
        let (name, rest) = rest.split_at(length);
        let Some(value) = rest.strip_prefix('=').or_else(|| rest.strip_prefix(": ")) else { continue };
        let from = at + line.len() - value.len();
        let value = value.trim_start();
        let from = from + (line.len() - (from - at)) - value.len();
        let end = value.find(" #").unwrap_or(value.len());
        let value = value[..end].trim_end();
        let quoted = value.strip_prefix(['"', '\'']).map_or(value, |rest| rest.trim_end_matches(['"', '\'']));
        let from = from + usize::from(value.starts_with(['"', '\'']));
        let value = quoted.trim_end_matches(['"', '\'']);
        if name.contains('_') && !value.contains(' ') {
            let name_at = at + (line.len() - rest.len()) - name.len();
            found.push((Decoded::direct(name, name_at), Decoded::direct(value, from)));
        }
    }
    found
}

/// The next line behind `at` that begins in column one with something else than a comment or a closing bracket.
fn next_block(text: &str, at: usize) -> Option<usize> {
    let starts = text[at..].match_indices('\n').map(|(offset, _)| at + offset + 1);
    starts
        .into_iter()
        .find(|&start| text[start..].starts_with(|c: char| !c.is_whitespace() && !matches!(c, '#' | ']' | '}' | '-')))
}

/// The text with everything between `{{` and `}}` replaced by what YAML takes for a plain word, byte for byte.
fn without_templates(text: &str) -> Cow<'_, str> {
    if !text.contains("{{") {
        return text.into();
    }
    let mut bytes = text.as_bytes().to_vec();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.starts_with("{{") && trimmed.ends_with("}}") && trimmed.matches("{{").count() == 1 {
            let first = line_start + line.len() - line.trim_start().len();
            bytes[first] = b'#';
            bytes[first + 1] = b' ';
        } else {
            let mut rest = line;
            while let Some(open) = rest.find("{{") {
                let from = line_start + line.len() - rest.len() + open;
                // One that does not close is none.
                let Some(length) = rest[open..].find("}}").map(|end| end + 2) else { break };
                // Quotes pair up in a template; where they do not, the brackets are text and YAML's own.
                let odd = |quote: char| rest[open..open + length].matches(quote).count() % 2 == 1;
                if odd('"') || odd('\'') {
                    rest = &rest[open + 2..];
                    continue;
                }
                let inner = &mut bytes[from..from + length];
                for byte in inner.iter_mut().filter(|byte| !matches!(**byte, b'\n' | b'\r' | 0x80..)) {
                    *byte = b'~';
                }
                rest = &rest[open + length..];
            }
        }
        line_start += line.len();
    }
    // Only ASCII bytes were replaced by ASCII bytes.
    String::from_utf8(bytes).map_or(text.into(), Into::into)
}

/// A collection that is being read.
enum Open {
    Object { members: Vec<Member>, name: Option<(String, Span)>, anchor: usize, start: usize },
    Array { elements: Vec<Node>, anchor: usize, start: usize },
}

struct Builder<'t> {
    text: &'t str,
    tame: &'t str,
    /// Where in the text this reading starts, in bytes.
    start: usize,
    /// Bytes for characters, where they differ.
    offsets: Vec<usize>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    copies: usize,
    documents: Vec<Node>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, tame: &'t str, start: usize) -> Self {
        let offsets = if tame[start..].is_ascii() {
            Vec::new()
        } else {
            let mut offsets: Vec<usize> = tame[start..].char_indices().map(|(at, _)| at).collect();
            offsets.push(tame.len() - start);
            offsets
        };
        Self { text, tame, start, offsets, open: Vec::new(), anchors: HashMap::new(), copies: 0, documents: Vec::new() }
    }

    fn byte(&self, character: usize) -> usize {
        let offset = if self.offsets.is_empty() {
            character
        } else {
            self.offsets.get(character).or(self.offsets.last()).copied().unwrap_or(0)
        };
        (self.start + offset).min(self.text.len())
    }

    fn span(&self, span: CharSpan) -> Span {
        Span::new(self.byte(span.start.index()), self.byte(span.end.index()))
    }

    /// Reads up to the end or to the first error, whose place and kind are returned.
    fn run(&mut self) -> Option<(usize, String)> {
        let tame = self.tame;
        for event in Parser::new_from_str(&tame[self.start..]) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    let at = self.byte(error.marker().index());
                    while self.close(at) {}
                    return Some((at, error.info().to_owned()));
                }
            };
            let place = self.span(span);
            match event {
                Event::Scalar(value, style, anchor, tag) => {
                    let node = self.scalar(&value, style, tag.is_some(), place);
                    self.anchor(anchor, &node);
                    self.add(node);
                }
                Event::MappingStart(anchor, _) => {
                    self.open.push(Open::Object { members: Vec::new(), name: None, anchor, start: place.start });
                }
                Event::SequenceStart(anchor, _) => {
                    self.open.push(Open::Array { elements: Vec::new(), anchor, start: place.start });
                }
                Event::MappingEnd | Event::SequenceEnd => {
                    self.close(place.end);
                }
                Event::Alias(anchor) => {
                    let node = match self.anchors.get(&anchor) {
                        Some(node) if self.copies < MAX_COPIES => node.clone(),
                        _ => Node { kind: Kind::Null, span: place },
                    };
                    self.copies += size(&node);
                    self.add(node);
                }
                Event::Nothing
                | Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(_)
                | Event::DocumentEnd => {}
            }
            if self.open.len() > MAX_DEPTH {
                let at = place.start;
                while self.close(at) {}
                return Some((at, "nested too deeply".to_owned()));
            }
        }
        None
    }

    fn anchor(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
    }

    /// Ends the innermost collection; false if there is none.
    fn close(&mut self, end: usize) -> bool {
        let (kind, anchor, start) = match self.open.pop() {
            Some(Open::Object { members, anchor, start, .. }) => (Kind::Object(members), anchor, start),
            Some(Open::Array { elements, anchor, start }) => (Kind::Array(elements), anchor, start),
            None => return false,
        };
        let node = Node { kind, span: Span::new(start, end.max(start)) };
        self.anchor(anchor, &node);
        self.add(node);
        true
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open::Array { elements, .. }) => elements.push(node),
            Some(Open::Object { members, name, .. }) => match name.take() {
                None => {
                    let text = node.as_string().map_or(String::new(), |decoded| decoded.text.expose().to_owned());
                    let span = node.as_string().map_or(node.span, Decoded::span);
                    *name = Some((text, span));
                }
                Some((name, _)) if name == "<<" => merge(members, node),
                Some((name, name_span)) => members.push(Member { name, name_span, value: node }),
            },
        }
    }

    fn scalar(&self, value: &str, style: ScalarStyle, tagged: bool, place: Span) -> Node {
        let raw = &self.text[place.range()];
        let kind = match (style, value) {
            (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") if !tagged => Kind::Null,
            _ => Kind::String(decode(raw, &self.tame[place.range()], value, style, place.start)),
        };
        Node { kind, span: place }
    }
}

/// `<<: *base`: what the mapping itself says counts, whichever comes first.
fn merge(members: &mut Vec<Member>, node: Node) {
    match node.kind {
        Kind::Object(base) => {
            // In front, since of two members of a name the last one counts.
            members.splice(0..0, base);
        }
        // Of several the first one counts.
        Kind::Array(bases) => bases.into_iter().for_each(|base| merge(members, base)),
        _ => {}
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.kind {
        Kind::Object(members) => members.iter().map(|member| size(&member.value)).sum::<usize>(),
        Kind::Array(elements) => elements.iter().map(size).sum::<usize>(),
        _ => 0,
    }
}

/// The value and where each of its bytes stands: `raw` is what the file holds, `tame` what the parser saw of it.
fn decode(raw: &str, tame: &str, value: &str, style: ScalarStyle, start: usize) -> Decoded {
    if let Some(at) = tame.find(value).filter(|&at| raw.is_char_boundary(at) && raw.is_char_boundary(at + value.len()))
        && !matches!(style, ScalarStyle::DoubleQuoted | ScalarStyle::SingleQuoted if at != 1)
    {
        return Decoded::direct(&raw[at..at + value.len()], start + at);
    }
    let mut map = Vec::with_capacity(value.len() + 1);
    let mut text = String::with_capacity(value.len());
    let quoted = matches!(style, ScalarStyle::DoubleQuoted | ScalarStyle::SingleQuoted);
    let mut at = usize::from(quoted);
    for character in value.chars() {
        let here = place(tame, &mut at, character, style);
        map.extend(std::iter::repeat_n(start + here, character.len_utf8()));
        // What stands there before a template was tamed.
        let original = raw.get(here..).and_then(|raw| raw.chars().next());
        text.push(if character == '~' { original.filter(|c| c.len_utf8() == 1).unwrap_or('~') } else { character });
    }
    map.push(start + at.min(raw.len()));
    Decoded { text: Secret::new(text), origin: Origin::Mapped(map.into()) }
}

/// Where in `raw`, from `at` on, the next character of the value stands; `at` moves behind it.
fn place(raw: &str, at: &mut usize, character: char, style: ScalarStyle) -> usize {
    let bytes = raw.as_bytes();
    // A break that was folded: the white space around it stands for one blank or for nothing.
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    if character == ' ' || character == '\n' {
        let here = *at;
        if style == ScalarStyle::DoubleQuoted && bytes.get(here) == Some(&b'\\') {
            *at = (here + escape_length(&raw[here..])).min(raw.len());
            return here;
        }
        let run = bytes[here.min(bytes.len())..].iter().take_while(|byte| blank(byte)).count();
        let newline = bytes[here.min(bytes.len())..here.min(bytes.len()) + run].iter().position(|&byte| byte == b'\n');
        *at = match newline {
            // One character of the value for one break; the indentation behind it is skipped with the next word.
            Some(offset) => here + offset + 1,
            // A break that stands in front of the text of a block.
            None => here + run.min(1),
        };
        return here.min(raw.len());
    }
    loop {
        let Some(found) = raw.get(*at..).and_then(|rest| rest.chars().next()) else { return raw.len() };
        let here = *at;
        if found == '\\' && style == ScalarStyle::DoubleQuoted {
            let length = escape_length(&raw[here..]);
            *at = (here + length).min(raw.len());
            if length == 2 && bytes.get(here + 1) == Some(&b'\n') {
                continue;
            }
            return here;
        }
        if found == '\'' && style == ScalarStyle::SingleQuoted && character == '\'' {
            *at = (here + 2).min(raw.len());
            return here;
        }
        *at = here + found.len_utf8();
        if found == character {
            return here;
        }
    }
}

fn escape_length(text: &str) -> usize {
    match text.as_bytes().get(1) {
        Some(b'x') => 4,
        Some(b'u') => 6,
        Some(b'U') => 10,
        Some(byte) if byte.is_ascii() => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(node: &Node, key: &str, out: &mut Vec<(String, String)>, text: &str) {
        match &node.kind {
            Kind::Object(members) => {
                for member in members {
                    assert_eq!(&text[member.name_span.range()], member.name);
                    flat(&member.value, &format!("{key}.{}", member.name), out, text);
                }
            }
            Kind::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    flat(element, &format!("{key}[{index}]"), out, text);
                }
            }
            Kind::String(decoded) => out.push((key.to_owned(), decoded.text.expose().to_owned())),
            Kind::Scalar(_) | Kind::Null => out.push((key.to_owned(), String::new())),
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) -> Vec<Fault> {
        let (documents, faults) = parse(text);
        let mut found = Vec::new();
        for document in &documents {
            flat(document, "", &mut found, text);
        }
        let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(found, expected, "{text}");
        faults
    }

    #[test]
    fn scalars_of_every_style() {
        check(
            "a: b c # note\nb: 'it''s'\nc: \"x\\ty é\"\nd: |\n  one\n   two\ne: >-\n  fold\n  ed\nf: ~\ng:\nh: 1\n",
            &[
                (".a", "b c"),
                (".b", "it's"),
                (".c", "x\ty é"),
                (".d", "one\n two\n"),
                (".e", "fold ed"),
                (".f", ""),
                (".g", ""),
                (".h", "1"),
            ],
        );
    }

    /// Every letter of a value is one of the file's, at the place that the map names.
    #[test]
    fn places_of_block_scalars() {
        let text = "é: x\nrun: |\n    export A=b\n      indented\n\n    c\nfold: >\n  some\n  words\n\n  more\nq: \"a \\\n  b\\u00e9c\"\n";
        let (documents, faults) = parse(text);
        assert!(faults.is_empty());
        for name in ["run", "fold", "q"] {
            let decoded = documents[0].get(name).unwrap().as_string().unwrap();
            for (index, character) in decoded.text.expose().char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
                let span = decoded.origin.span(index, index + 1);
                assert!(text[span.start..].starts_with(character), "{name} {index} {character:?}");
            }
        }
    }

    #[test]
    fn anchors_and_merges() {
        check(
            "x: &x {A: one, B: two}\ny:\n  <<: *x\n  B: own\nz: [*x]\n",
            &[
                (".x.A", "one"),
                (".x.B", "two"),
                (".y.A", "one"),
                (".y.B", "two"),
                (".y.B", "own"),
                (".z[0].A", "one"),
                (".z[0].B", "two"),
            ],
        );
    }

    #[test]
    fn an_error_costs_its_block() {
        let faults = check("a: b\nc: [1, 2\nd: e\nf:\n  g: h\n", &[(".a", "b"), (".c[0]", "1"), (".f.g", "h")]);
        assert_eq!(faults.len(), 1);
    }

    #[test]
    fn templates_are_words() {
        let faults = check(
            "{{- if .Values.on }}\na: {{ .Values.x }}\nb: \"{{ y }}\"\nc: x-{{ z }}-y\n{{- end }}\n",
            &[(".a", "{{ .Values.x }}"), (".b", "{{ y }}"), (".c", "x-{{ z }}-y")],
        );
        assert!(faults.is_empty());
    }

    #[test]
    fn bombs_stay_small() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let alias = format!("*a{}", level - 1);
            text += &format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 10].join(", "));
        }
        let (documents, _) = parse(&text);
        assert!(documents.iter().map(size).sum::<usize>() < 60 * MAX_COPIES);
    }
}
