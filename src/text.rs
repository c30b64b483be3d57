//! Decoded text, and the places in it.

use std::sync::OnceLock;

/// A half-open range of byte offsets into a document's *decoded* text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte; never smaller than `start`.
    pub end: usize,
}

impl Span {
    /// The span of `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// Whether the two spans share at least one byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies inside this span.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span as a range, for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

/// The last character boundary at or before `at`, inside the text.
pub fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// How many bytes the first character of the text has; 0 where no text is left: a step over the end would panic at the
/// next slice.
pub fn first_length(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// The text without the blanks around it, as the client sees them: JavaScript's `trim` takes a byte-order mark, but no
/// U+0085 (observed 2026-11-21).
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() && c != '\u{85}' || c == '\u{FEFF}')
}

/// A line and a column, both 1-based; columns count Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: usize,
    /// 1-based column in code points.
    pub column: usize,
}

/// How the bytes of a file became text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte-order mark.
    Utf8,
    /// UTF-8 behind a byte-order mark, which the text does not contain.
    Utf8Bom,
    /// UTF-16, little or big endian, recognised by its mark or by its zero bytes.
    Utf16,
    /// Neither: bytes that are no UTF-8 stand as U+FFFD in the text.
    Other,
}

/// The text of one file with an index of its lines.
#[derive(Debug)]
pub struct Text {
    text: String,
    line_starts: Vec<usize>,
    /// How many characters begin before each block, once somebody asks about a long line.
    characters: OnceLock<Vec<usize>>,
    encoding: Encoding,
}

/// How many bytes are counted anew for each place: lines that are longer have an index of characters.
const BLOCK: usize = 1024;

impl Text {
    /// Decodes a file. Never fails: what is not UTF-8 or UTF-16 is replaced, so that the rest can still be read.
    pub fn decode(bytes: &[u8]) -> Self {
        let (text, encoding) = if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
            (String::from_utf8_lossy(rest).into_owned(), Encoding::Utf8Bom)
        } else if let Some(big_endian) = utf16_byte_order(bytes) {
            (decode_utf16(bytes, big_endian), Encoding::Utf16)
        } else {
            match std::str::from_utf8(bytes) {
                Ok(text) => (text.to_owned(), Encoding::Utf8),
                Err(_) => (String::from_utf8_lossy(bytes).into_owned(), Encoding::Other),
            }
        };
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, line_starts, characters: OnceLock::new(), encoding }
    }

    /// The decoded text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How the file was encoded.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The place of a byte offset; an offset behind the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = floor(&self.text, offset);
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_starts[line - 1];
        let before = if offset - start <= BLOCK {
            characters(&self.text.as_bytes()[start..offset])
        } else {
            self.characters_before(offset) - self.characters_before(start)
        };
        Position { line, column: before + 1 }
    }

    /// How many characters begin before a byte. A line of thousands of findings is not counted once for each.
    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let blocks = self.characters.get_or_init(|| {
            let counts = bytes.chunks(BLOCK).scan(0, |before, block| {
                let counted = *before;
                *before += characters(block);
                Some(counted)
            });
            counts.collect()
        });
        let block = offset / BLOCK;
        match blocks.get(block) {
            Some(before) => before + characters(&bytes[block * BLOCK..offset]),
            // Behind the last block, which is full.
            None => blocks.last().map_or(0, |before| before + characters(&bytes[(block - 1) * BLOCK..offset])),
        }
    }
}

/// How many characters begin in some bytes of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

/// Whether one text becomes the other by one letter more, less, other, or two that change places.
pub fn is_one_edit(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let Some(at) = (0..long.len()).find(|&at| short.get(at) != Some(&long[at])) else { return false };
    match long.len() - short.len() {
        0 => {
            let swapped = at + 1 < long.len()
                && short[at] == long[at + 1]
                && short[at + 1] == long[at]
                && short[at + 2..] == long[at + 2..];
            swapped || short[at + 1..] == long[at + 1..]
        }
        1 => short[at..] == long[at + 1..],
        _ => false,
    }
}

/// The one of several words that somebody may have meant: it differs by few letters, or only in case and signs.
pub fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let letters = |word: &str| -> Vec<char> {
        word.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).take(MAX_LETTERS).collect()
    };
    let word = letters(word);
    let apart = known.map(|known| (edits(&word, &letters(known)), known));
    let (edits, known) = apart.min_by_key(|(edits, _)| *edits)?;
    (edits <= known.len().min(word.len()) / 4).then_some(known)
}

/// Longer words are nobody's mistake.
const MAX_LETTERS: usize = 64;

/// How many letters have to be added, taken away, replaced, or swapped with their neighbour.
fn edits(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, &letter) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &against) in other.iter().enumerate() {
            let replaced = last[column] + usize::from(letter != against);
            let mut least = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && letter == other[column - 1] && one[row - 1] == against {
                least = least.min(before[column - 1] + 1);
            }
            current.push(least);
        }
        before = std::mem::replace(&mut last, current);
    }
    last[other.len()]
}

/// Whether bytes begin with the mark of UTF-16, in which nothing is found byte by byte.
pub(crate) fn is_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..])
}

/// `Some(big_endian)` when the bytes are UTF-16: a byte-order mark, or ASCII with every other byte zero.
fn utf16_byte_order(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some(false),
        [0xFE, 0xFF, ..] => return Some(true),
        _ => {}
    }
    let sample = &bytes[..bytes.len().min(512) & !1];
    if sample.len() < 8 {
        return None;
    }
    let zeros = |at: usize| sample.iter().skip(at).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    match (even, odd) {
        (0, odd) if odd * 10 >= half * 9 => Some(false),
        (even, 0) if even * 10 >= half * 9 => Some(true),
        _ => None,
    }
}

fn decode_utf16(bytes: &[u8], big_endian: bool) -> String {
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    match text.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_code_points_and_survive_any_offset() {
        let text = Text::decode("a\né𝄞x\n".as_bytes());
        let at = |offset| {
            let Position { line, column } = text.position(offset);
            (line, column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(1), (1, 2));
        assert_eq!(at(2), (2, 1));
        assert_eq!(at(3), (2, 1), "an offset inside a character is that character's");
        assert_eq!(at(8), (2, 3));
        assert_eq!(at(10), (3, 1));
        assert_eq!(at(99), (3, 1));
    }

    #[test]
    fn positions_in_long_lines() {
        for character in ["a", "é", "密", "𝄞"] {
            // The last block is full, or lacks some bytes.
            for count in [BLOCK / character.len() * 3, BLOCK * 3 + 7] {
                let line = character.repeat(count);
                let text = Text::decode(format!("x\n{line}\n{line}").as_bytes());
                for column in [1, 2, BLOCK / 4, count / 2, count, count + 1] {
                    for (line, start) in [(2, 2), (3, 3 + line.len())] {
                        let found = text.position(start + (column - 1) * character.len());
                        assert_eq!(found, Position { line, column }, "{character} {count}");
                    }
                }
            }
        }
    }

    #[test]
    fn one_edit() {
        for (one, other) in [("abc", "abx"), ("abc", "ab"), ("bc", "abc"), ("abc", "acb"), ("abc", "axc"), ("a", "")] {
            assert!(is_one_edit(one, other) && is_one_edit(other, one), "{one} {other}");
        }
        for (one, other) in [("abc", "abc"), ("abc", "cba"), ("abc", "a"), ("abcd", "badc"), ("", "")] {
            assert!(!is_one_edit(one, other), "{one} {other}");
        }
    }

    #[test]
    fn the_word_that_was_meant() {
        let known = ["exclude", "both-credentials", "shared-redirect", "text", "all"];
        for (word, expected) in [
            ("exlude", Some("exclude")),
            ("Exclude", Some("exclude")),
            ("both_credentials", Some("both-credentials")),
            ("both-credential", Some("both-credentials")),
            ("shared-rediretc", Some("shared-redirect")),
            ("txet", Some("text")),
            ("al", None),
            ("", None),
            ("include", None),
        ] {
            assert_eq!(nearest(word, known.into_iter()), expected, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(1 << 20), known.into_iter()), None);
        assert_eq!(nearest("x", std::iter::empty()), None);
    }

    #[test]
    fn encodings() {
        let utf16: Vec<u8> = "A=1\r\nB=2".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "A=1\r\nB=2".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked: Vec<u8> = [&[0xFF, 0xFE], utf16.as_slice()].concat();
        for (bytes, encoding) in [
            (b"A=1\r\nB=2".to_vec(), Encoding::Utf8),
            (b"\xEF\xBB\xBFA=1\r\nB=2".to_vec(), Encoding::Utf8Bom),
            (utf16, Encoding::Utf16),
            (big, Encoding::Utf16),
            (marked, Encoding::Utf16),
        ] {
            let text = Text::decode(&bytes);
            assert_eq!((text.as_str(), text.encoding()), ("A=1\r\nB=2", encoding));
        }
        assert_eq!(Text::decode(b"\xFFA").encoding(), Encoding::Other);
        assert_eq!(Text::decode(b"").position(0), Position { line: 1, column: 1 });
    }
}
