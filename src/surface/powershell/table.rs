//! Hash tables: `@{ 'x-api-key' = $key; Accept = 'application/json' }`.

use std::ops::Range;

use super::assign::written;
use super::layout::Layout;
use super::syntax::{MAX_DEPTH, Parser};
use super::word::Reader;
use crate::surface::shell::meaning::is_relevant;
use crate::surface::shell::tree::Node;
use crate::surface::shell::word::{ShellWord, name_length};
use crate::surface::{Decoded, Origin, Output, Slot};

/// What the pairs of a hash table are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of a request.
    Headers,
    /// Of a request as well, but what looks at the command's words sees them.
    Seen,
    /// Variables of a process.
    Environment,
    #[default]
    Other,
}

impl Kind {
    /// What a name says about the table that it stands for.
    pub(super) fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        if name.contains("header") {
            Self::Headers
        } else if name.contains("environment") || name == "env" {
            Self::Environment
        } else {
            Self::Other
        }
    }

    /// What a pair of that name is.
    pub(super) fn slot(self, name: &str) -> Slot {
        match self {
            Self::Headers | Self::Seen => Slot::Header,
            Self::Environment => Slot::Variable,
            Self::Other if is_relevant(name) => Slot::Variable,
            Self::Other => Slot::Setting,
        }
    }
}

/// What holds a hash table.
#[derive(Clone, Debug, Default)]
pub(super) struct Within {
    pub(super) kind: Kind,
    /// The names of the tables around, with a dot behind each.
    pub(super) path: String,
}

impl Parser<'_, '_> {
    /// The hash table in a range, as what holds it says.
    pub(super) fn table(&mut self, inner: Range<usize>) -> Node {
        let Within { kind, path } = self.within.clone();
        self.table_in(inner, kind, &path)
    }

    pub(super) fn table_in(&mut self, inner: Range<usize>, kind: Kind, path: &str) -> Node {
        let mut nodes = Vec::new();
        if self.collector.depth >= MAX_DEPTH {
            return Node::Opaque;
        }
        self.collector.depth += 1;
        self.part(inner, |parser| {
            loop {
                parser.skip_space();
                if parser.at >= parser.end {
                    break;
                }
                let before = parser.at;
                let name = key(&parser.reader, parser.at, parser.end);
                parser.at = name.as_ref().map_or(parser.at, |name| name.range.end);
                parser.skip_blanks();
                if parser.byte() != b'=' {
                    parser.at = parser.at.max(before);
                    if parser.at == before {
                        parser.skip_char();
                    }
                    continue;
                }
                parser.at += 1;
                parser.skip_blanks();
                let Some(name) = name else { continue };
                let below = Within {
                    kind: match Kind::of(name.text()) {
                        Kind::Other if kind == Kind::Headers => Kind::Headers,
                        below => below,
                    },
                    path: format!("{path}{}.", name.text()),
                };
                let outer = std::mem::replace(&mut parser.within, below);
                let first = parser.collector.commands.len();
                let start = parser.at;
                let (node, value) = parser.valued_chain();
                parser.collector.send(first, Some(Output::Captured));
                parser.within = outer;
                nodes.push(node);
                let Some(value) = value.filter(|_| name.literal().is_some()) else { continue };
                let is_table = parser.reader.text[start..].starts_with('@');
                // `@{ Key = 'Theme'; Value = … }` is a pair of anything.
                let is_pair = kind == Kind::Other && name.text().eq_ignore_ascii_case("key");
                if !is_table && !is_pair && kind != Kind::Seen {
                    let (value, decoded) = written(&value);
                    parser.entry(&name.decoded, kind, path, value, decoded);
                }
            }
        });
        self.collector.depth -= 1;
        Node::Sequence(nodes)
    }
}

/// The name of an entry.
fn key(reader: &Reader<'_>, at: usize, end: usize) -> Option<ShellWord> {
    if let Some(name) = reader.string(at, end) {
        return Some(name);
    }
    let rest = &reader.text[at..end];
    let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
    if length == 0 && rest.starts_with('$') {
        let word = reader.argument(at, end);
        return Some(word);
    }
    let name = reader.argument(at, at + length);
    (length > 0 && name_length(&rest[..length]) > 0).then_some(name)
}

/// The places of the names and values of a table in a word, those that are strings or variables:
/// `@{ 'x-api-key' = $key }`.
pub(in crate::surface) fn entries(text: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let Some(inner) = text.strip_prefix("@{") else { return Vec::new() };
    let layout = Layout::new(text);
    let origin = Origin::Direct(0);
    let reader = Reader { text, layout: &layout, origin: &origin };
    let end = text.len() - usize::from(inner.ends_with('}'));
    let place = |decoded: &Decoded| decoded.span().start..decoded.span().end;
    let (mut found, mut at) = (Vec::new(), 2);
    while at < end {
        let skipped = |byte: u8| byte.is_ascii_whitespace() || byte == b';';
        at += text.as_bytes()[at..end].iter().take_while(|byte| skipped(**byte)).count();
        let Some(name) = key(&reader, at, end).filter(|name| !name.range.is_empty()) else {
            at += text[at..].find(['\n', ';']).map_or(text.len(), |length| length + 1);
            continue;
        };
        let rest = &text[name.range.end..end];
        let blanks = rest.len() - rest.trim_start().len();
        let Some(value) = rest[blanks..].strip_prefix('=') else {
            at = name.range.end;
            continue;
        };
        at = end - value.trim_start().len();
        let value = reader.argument(at, end);
        at = value.range.end.max(at + 1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
        found.push((place(&name.decoded), place(&value.decoded)));
        // The rest of the value.
        at += text[at..].bytes().take_while(|byte| !matches!(byte, b'\n' | b';')).count();
    }
    found
}
