//! Places in a document, as the protocol counts them.

use serde_json::{Value, json};

use crate::text::{Span, floor};

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 units: what is meant where nothing was agreed.
    #[default]
    Utf16,
    /// Code points.
    Utf32,
}

impl Encoding {
    /// The first of a client's that is known here.
    pub(super) fn agreed(offered: &Value) -> Self {
        let names = offered.as_array().into_iter().flatten().filter_map(Value::as_str);
        let known = [Self::Utf8, Self::Utf16, Self::Utf32];
        names.filter_map(|name| known.into_iter().find(|known| known.name() == name)).next().unwrap_or_default()
    }

    /// Its name in the protocol.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf32 => "utf-32",
        }
    }

    fn units(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// A place: both count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) character: usize,
}

impl Position {
    /// Reads a position of the client's.
    pub(super) fn parse(value: &Value) -> Option<Self> {
        let number = |name: &str| value[name].as_u64().map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        Some(Self { line: number("line")?, character: number("character")? })
    }

    pub(super) fn json(self) -> Value {
        json!({"line": self.line, "character": self.character})
    }
}

/// From one place to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: Position,
    pub(super) end: Position,
}

impl Range {
    /// Reads a range of the client's.
    pub(super) fn parse(value: &Value) -> Option<Self> {
        Some(Self { start: Position::parse(&value["start"])?, end: Position::parse(&value["end"])? })
    }

    pub(super) fn json(self) -> Value {
        json!({"start": self.start.json(), "end": self.end.json()})
    }

    /// Whether two ranges share a place, ends included.
    pub(super) fn touches(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

/// A text with an index of its lines, which end at `\n`, `\r\n` and `\r`.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    /// Where each line begins.
    starts: Vec<usize>,
    /// Bytes in long lines, and the columns there: nobody counts from the beginning of a megabyte.
    marks: Vec<(usize, usize)>,
    encoding: Encoding,
}

/// How many bytes lie between two marks of a long line.
const STEP: usize = 4096;

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let is_end = |at: usize| bytes[at] == b'\n' || bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
        let starts = std::iter::once(0).chain((0..bytes.len()).filter(|&at| is_end(at)).map(|at| at + 1)).collect();
        let mut lines = Self { text, starts, marks: Vec::new(), encoding };
        lines.marks = (0..lines.starts.len()).flat_map(|line| lines.marks_of(line)).collect();
        lines
    }

    /// The marks of a line, if it is long.
    fn marks_of(&self, line: usize) -> Vec<(usize, usize)> {
        let (start, text) = self.line(line).unwrap_or((0, ""));
        let (mut marks, mut last, mut units) = (Vec::new(), 0, 0);
        let text = if text.len() > STEP { text } else { "" };
        for (at, character) in text.char_indices() {
            if at - last >= STEP {
                marks.push((start + at, units));
                last = at;
            }
            units += self.encoding.units(character);
        }
        marks
    }

    /// The last mark of a line for which a condition holds, which must hold for all before it; else its beginning.
    fn mark(&self, start: usize, holds: impl Fn((usize, usize)) -> bool) -> (usize, usize) {
        let first = self.marks.partition_point(|&(at, _)| at < start);
        let rest = self.marks.get(first..).unwrap_or_default();
        let end = self.starts.partition_point(|&other| other <= start);
        let end = self.starts.get(end).copied().unwrap_or(usize::MAX);
        let count = rest.partition_point(|&mark| mark.0 < end && holds(mark));
        count.checked_sub(1).and_then(|last| rest.get(last)).copied().unwrap_or((start, 0))
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// The text of a line without its end, and where it begins.
    pub(super) fn line(&self, line: usize) -> Option<(usize, &'t str)> {
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let line = &self.text[start..end];
        let line = line.strip_suffix('\n').unwrap_or(line);
        Some((start, line.strip_suffix('\r').unwrap_or(line)))
    }

    /// The place of a byte; one inside a character is that character's, one behind the end is the end.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = floor(self.text, offset);
        let line = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let (start, text) = self.line(line).unwrap_or((0, ""));
        // Between `\r` and `\n` nothing can stand.
        let end = offset.min(start + text.len());
        let (from, counted) = self.mark(start, |(at, _)| at <= end);
        let units: usize = self.text[from..end].chars().map(|character| self.encoding.units(character)).sum();
        Position { line, character: counted + units }
    }

    /// The byte of a place. One behind the end of a line is that end, one inside a character is that character's.
    pub(super) fn offset(&self, position: Position) -> usize {
        let Some((start, text)) = self.line(position.line) else { return self.text.len() };
        let end = start + text.len();
        let (from, mut units) = self.mark(start, |(_, units)| units <= position.character);
        for (at, character) in self.text[from..end].char_indices() {
            units += self.encoding.units(character);
            if units > position.character {
                return from + at;
            }
        }
        end
    }

    pub(super) fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start), end: self.position(span.end) }
    }

    /// A whole line; the last one where there are not so many.
    pub(super) fn whole(&self, line: usize) -> Range {
        let line = line.min(self.starts.len() - 1);
        let (start, text) = self.line(line).unwrap_or((0, ""));
        self.range(Span::new(start, start + text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same every time.
    struct Draw(u64);

    impl Draw {
        fn below(&mut self, bound: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % bound
        }
    }

    /// The place of a byte, by walking there character by character.
    fn walked(text: &str, offset: usize, encoding: Encoding) -> Position {
        let (mut line, mut character) = (0, 0);
        let mut rest = text.char_indices().peekable();
        while let Some((at, next)) = rest.next() {
            if at + next.len_utf8() > offset {
                break;
            }
            let ends = match next {
                '\n' => true,
                '\r' => rest.peek().is_none_or(|(_, after)| *after != '\n'),
                _ => false,
            };
            if ends {
                (line, character) = (line + 1, 0);
            } else if next != '\r' {
                character += match encoding {
                    Encoding::Utf8 => next.len_utf8(),
                    Encoding::Utf16 => next.encode_utf16(&mut [0; 2]).len(),
                    Encoding::Utf32 => 1,
                };
            }
        }
        Position { line, character }
    }

    #[test]
    fn places_are_those_that_walking_finds() {
        let pieces = ["a", "é", "中", "𝄞", "🦀", "\n", "\r\n", "\r", "\u{feff}", "\u{2028}", " "];
        let mut draw = Draw(7);
        for round in 0..3000 {
            let text: String = (0..draw.below(12)).map(|_| pieces[draw.below(pieces.len())]).collect();
            let encoding = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32][round % 3];
            let lines = Lines::new(&text, encoding);
            for offset in 0..=text.len() + 2 {
                let found = lines.position(offset);
                assert_eq!(found, walked(&text, offset.min(text.len()), encoding), "{text:?} {offset} {encoding:?}");
                // And back, unless it was inside a character or an end of line.
                let boundary = text.is_char_boundary(offset)
                    && !(text[..offset].ends_with('\r') && text[offset..].starts_with('\n'));
                if boundary {
                    assert_eq!(lines.offset(found), offset, "{text:?} {encoding:?}");
                }
            }
        }
    }

    #[test]
    fn long_lines() {
        let mut draw = Draw(9);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let pieces = ["abcdefg", "é", "𝄞", "中"];
            let mut line = || -> String { (0..5000).map(|_| pieces[draw.below(pieces.len())]).collect() };
            let text = format!("a\n{}\r\n\n{}\rb", line(), line());
            let lines = Lines::new(&text, encoding);
            assert!(lines.marks.len() > 4);
            for offset in (0..=text.len()).step_by(997).filter(|&at| text.is_char_boundary(at)) {
                let found = lines.position(offset);
                assert_eq!(found, walked(&text, offset, encoding), "{offset} {encoding:?}");
                assert_eq!(lines.offset(found), offset, "{offset} {encoding:?}");
            }
        }
    }

    #[test]
    fn places_that_are_not_there() {
        let lines = Lines::new("a𝄞b\r\nc", Encoding::Utf16);
        let at = |line, character| lines.offset(Position { line, character });
        assert_eq!((at(0, 2), at(0, 3)), (1, 5), "inside a pair is its beginning");
        assert_eq!((at(0, 99), at(1, 99), at(9, 0)), (6, 9, 9));
        assert_eq!(Lines::new("", Encoding::Utf8).offset(Position { line: 0, character: 0 }), 0);
        assert_eq!(Encoding::agreed(&json!(["x", "utf-32", "utf-8"])), Encoding::Utf32);
        assert_eq!(Encoding::agreed(&Value::Null), Encoding::Utf16);
    }
}
