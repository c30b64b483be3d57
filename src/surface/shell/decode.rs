//! Decoded text that remembers where its bytes stand.

use std::ops::Range;

use crate::surface::{Decoded, Origin, Secret};
use crate::text::first_length;

/// Puts a text together piece by piece. As long as the pieces adjoin, no map is kept.
#[derive(Debug, Default)]
pub(in crate::surface) struct Builder {
    text: String,
    start: usize,
    end: usize,
    map: Option<Vec<usize>>,
}

impl Builder {
    /// An empty text that stands at `at`.
    pub(in crate::surface) fn new(at: usize) -> Self {
        Self { start: at, end: at, ..Self::default() }
    }

    pub(in crate::surface) fn len(&self) -> usize {
        self.text.len()
    }

    /// Adds a piece that stands verbatim at `at`.
    pub(in crate::surface) fn push(&mut self, piece: &str, at: usize) {
        if piece.is_empty() {
            return;
        }
        if self.text.is_empty() && self.map.is_none() {
            self.start = at;
        } else if self.map.is_none() && at != self.start + self.text.len() {
            self.mapped();
        }
        if let Some(map) = &mut self.map {
            map.extend(at..at + piece.len());
        }
        self.text.push_str(piece);
        self.end = at + piece.len();
    }

    /// Adds the character at `at` as it stands, if there is one in front of `end`, and says where the next one begins.
    pub(in crate::surface) fn push_char(&mut self, text: &str, at: usize, end: usize) -> usize {
        let next = at + first_length(&text[at..end]);
        self.push(&text[at..next], at);
        next
    }

    /// Adds a character that an escape at `from..to` stands for.
    pub(in crate::surface) fn push_escaped(&mut self, character: char, from: usize, to: usize) {
        let map = self.mapped();
        map.extend(std::iter::repeat_n(from, character.len_utf8()));
        self.text.push(character);
        self.end = to;
    }

    /// Notes that a quote opens in front of `at`, so that an empty text stands inside its quotes.
    pub(in crate::surface) fn open_quote(&mut self, at: usize) {
        if self.text.is_empty() {
            self.start = at;
        }
        self.end = at;
    }

    fn mapped(&mut self) -> &mut Vec<usize> {
        self.map.get_or_insert_with(|| (self.start..self.start + self.text.len()).collect())
    }

    /// The finished text; `outer` says where the text from which it was read stands.
    pub(in crate::surface) fn finish(mut self, outer: &Origin) -> Decoded {
        let length = self.text.len();
        if self.end != self.start + length {
            self.mapped();
        }
        let inner = match self.map {
            Some(mut map) => {
                map.push(self.end);
                Origin::Mapped(map.into())
            }
            None => Origin::Direct(self.start),
        };
        let origin = simplified(compose(outer, &inner, length), &self.text);
        Decoded { text: Secret::new(self.text), origin }
    }
}

/// Where a text stands that was decoded from a text standing at `outer`.
fn compose(outer: &Origin, inner: &Origin, length: usize) -> Origin {
    match (outer, inner) {
        (Origin::Direct(base), Origin::Direct(start)) => Origin::Direct(base + start),
        (Origin::Direct(0), inner) => inner.clone(),
        (Origin::Direct(base), Origin::Mapped(map)) => Origin::Mapped(map.iter().map(|at| base + at).collect()),
        (outer, inner) => Origin::Mapped(
            (0..=length)
                .map(|index| {
                    let at = inner.span(index, index).start;
                    outer.span(at, at).start
                })
                .collect(),
        ),
    }
}

/// Drops a map that says no more than a start would. A blank or a line break may have been put where another sign
/// parts words or lines, so that a text with one needs its map.
fn simplified(origin: Origin, text: &str) -> Origin {
    match &origin {
        Origin::Mapped(map) if map.windows(2).all(|pair| pair[1] == pair[0] + 1) && !text.contains([' ', '\n']) => {
            Origin::Direct(map.first().copied().unwrap_or(0))
        }
        _ => origin,
    }
}

/// A part of a text, with a map only if that part needs one.
pub(in crate::surface) fn part(whole: &Decoded, start: usize, end: usize) -> Decoded {
    let Decoded { text, origin } = whole.part(start, end);
    let origin = simplified(origin, text.expose());
    Decoded { text, origin }
}

/// A part of a text that stands at `outer`, as it is written, whatever it means.
pub(in crate::surface) fn verbatim(outer: &Origin, text: &str, range: Range<usize>) -> Decoded {
    let part = &text[range.clone()];
    Decoded { text: Secret::new(part), origin: placed(outer, range.start, part) }
}

/// A path of Windows as the other readers spell it. It is no longer what stands there, byte for byte.
pub(in crate::surface) fn with_slashes(path: &Decoded) -> Decoded {
    let text = path.text.expose();
    if !text.contains('\\') {
        return path.clone();
    }
    let map: Vec<usize> = (0..=text.len()).map(|at| path.origin.span(at, at).start).collect();
    Decoded { text: Secret::new(text.replace('\\', "/")), origin: Origin::Mapped(map.into()) }
}

/// Where a text stands that is a part of another one, from byte `start` on, which itself stands at `outer`.
pub(in crate::surface) fn placed(outer: &Origin, start: usize, text: &str) -> Origin {
    simplified(outer.part(start, start + text.len()), text)
}
