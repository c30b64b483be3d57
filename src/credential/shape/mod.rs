//! Token shapes and the search for them.
//!
//! One automaton over short literals reads the text; a shape's own pattern is compiled and run only after one of
//! its literals was seen in a run of characters long enough for a token.

mod check;
pub mod own;
mod table;

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, Input, MatchKind};
use regex::bytes::Regex;

pub use table::SHAPES;

/// A kind of token that can be told by its form.
#[derive(Debug)]
pub struct Shape {
    /// A stable name, for example `anthropic-api-key`.
    pub id: &'static str,
    /// What it is, for messages, without an article: `Anthropic API key`.
    pub what: &'static str,
    /// Whose it is.
    pub family: Family,
    /// Literals of which every token contains one. Empty: the form is too common to be searched for, and only
    /// the value of a credential name is compared with it.
    pub needles: &'static [&'static str],
    /// Without needles: parts of which the name must contain one, in upper case. Empty: any credential name.
    pub names: &'static [&'static str],
    /// A regular expression over bytes, without look-around; the whole match is the token.
    pub pattern: &'static str,
    /// The characters that may not stand next to the token. Without needles nothing stands there.
    pub alphabet: Alphabet,
    /// The public beginning, which may be shown. Empty: nothing may.
    pub prefix: &'static str,
    /// Where the token is revoked: a page, or a few words.
    pub revoke: &'static str,
    /// What the token has to pass after its pattern.
    check: Check,
}

/// Whose token it is. The order is the table's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Anthropic's own.
    Anthropic,
    /// A model provider, a gateway, or a service that agents call.
    Ai,
    /// Everything else.
    Other,
}

/// The characters of which a token's surroundings must be free, so that a part of a longer word is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// `[A-Za-z0-9_]`
    Alnum,
    /// `[A-Za-z0-9_-]`
    Dash,
    /// `[A-Za-z0-9_.-]`; a dot at the end of a sentence is no part of it.
    Dotted,
    /// `[A-Za-z0-9_.~-]`
    Tilde,
    /// `[A-Za-z0-9+/]`
    Base64,
}

impl Alphabet {
    /// Whether the byte belongs to the alphabet.
    pub fn contains(self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric()
            || match self {
                Self::Alnum => byte == b'_',
                Self::Dash => matches!(byte, b'_' | b'-'),
                Self::Dotted => matches!(byte, b'_' | b'-' | b'.'),
                Self::Tilde => matches!(byte, b'_' | b'-' | b'.' | b'~'),
                Self::Base64 => matches!(byte, b'+' | b'/'),
            }
    }
}

/// What a token has to pass after its pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    /// It is no filled-in example: no runs, no counting up, no placeholder words.
    Body,
    /// The same, but of one without its last line the beginning has to be none: the form takes along what follows.
    Beginning,
    /// It looks random as well, because the form alone says little.
    Random,
    /// The payload decodes, and it is no token that is public by design.
    Jwt,
    /// What it encodes is an Anthropic token.
    Encoded,
}

/// Which shapes are searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    All,
    /// Those of [`Family::Anthropic`] and [`Family::Ai`].
    Ai,
}

impl Scope {
    fn needles(self) -> &'static Needles {
        match self {
            Self::All => &ALL,
            Self::Ai => &AI,
        }
    }
}

/// A token and its place in the searched bytes.
#[derive(Clone, Debug)]
pub struct Match {
    /// What it is.
    pub shape: &'static Shape,
    /// Where it stands.
    pub range: Range<usize>,
}

/// The literals of a scope, with the shapes (by index into [`SHAPES`]) that each of them announces.
struct Needles {
    automaton: Option<AhoCorasick>,
    shapes: Vec<Vec<usize>>,
}

static ALL: LazyLock<Needles> = LazyLock::new(|| Needles::new(Family::Other));
static AI: LazyLock<Needles> = LazyLock::new(|| Needles::new(Family::Ai));

/// The shortest run of token characters in which a literal counts.
const MIN_RUN: usize = 16;

/// How far from a byte a literal that it makes count can begin: no literal is half as long, and no more of a run counts.
pub(super) const REACH: usize = 64 + MIN_RUN;

impl Needles {
    fn new(last: Family) -> Self {
        let mut needles: Vec<(&str, Vec<usize>)> = Vec::new();
        for (index, shape) in SHAPES.iter().enumerate().filter(|(_, shape)| shape.family <= last) {
            for &needle in shape.needles {
                match needles.iter_mut().find(|(known, _)| *known == needle) {
                    Some((_, shapes)) => shapes.push(index),
                    None => needles.push((needle, vec![index])),
                }
            }
        }
        // The same beginning makes the automaton report one of the two only: a table test forbids it.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(needles.iter().map(|(needle, _)| needle))
            .ok();
        Self { automaton, shapes: needles.into_iter().map(|(_, shapes)| shapes).collect() }
    }

    /// Calls `found` with the shapes of every literal that stands in a long enough run, until it returns `true`.
    fn search(&self, text: &[u8], mut found: impl FnMut(&[usize]) -> bool) {
        let Some(automaton) = &self.automaton else { return };
        let mut from = 0;
        while let Some(hit) = automaton.find(Input::new(text).range(from..)) {
            if run_length(text, hit.range()) >= MIN_RUN && found(&self.shapes[hit.pattern().as_usize()]) {
                return;
            }
            from = hit.start() + 1;
        }
    }
}

/// The length of the run of token characters around `range`, as far as it matters.
fn run_length(text: &[u8], range: Range<usize>) -> usize {
    let in_run = |byte: &&u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/' | b'=' | b'~' | b':' | b'%')
    };
    let after = text[range.end..].iter().take(MIN_RUN).take_while(in_run).count();
    let before = text[..range.start].iter().rev().take(MIN_RUN).take_while(in_run).count();
    before + range.len() + after
}

/// Whether the bytes may contain a token of the scope. A quick test without patterns: `false` is certain, `true` is
/// not.
pub fn may_contain(bytes: &[u8], scope: Scope) -> bool {
    let mut may = false;
    scope.needles().search(bytes, |_| {
        may = true;
        true
    });
    may
}

/// Finds tokens. They are sorted by place and don't overlap: the earlier wins over the later, then the longer
/// over the shorter, then the more specific.
pub fn find(text: &[u8], scope: Scope) -> Vec<Match> {
    search(text, scope, &|shape, range| {
        stands_alone(text, range, shape.alphabet) && passes(shape, &text[range.clone()])
    })
}

/// Finds whatever has the form of a token, glued to other text or not, random or not, but for filled-in examples:
/// to hide it, the form is reason enough.
pub(super) fn find_forms(text: &[u8]) -> Vec<Match> {
    search(text, Scope::All, &|shape, range| is_genuine(shape, &text[range.clone()]))
}

fn search(text: &[u8], scope: Scope, accepts: &dyn Fn(&Shape, &Range<usize>) -> bool) -> Vec<Match> {
    let mut candidates = vec![false; SHAPES.len()];
    scope.needles().search(text, |shapes| {
        shapes.iter().for_each(|&index| candidates[index] = true);
        false
    });
    let mut matches: Vec<(usize, Range<usize>)> = Vec::new();
    for (index, shape) in SHAPES.iter().enumerate().filter(|(index, _)| candidates[*index]) {
        let Some(regex) = regex(index) else { continue };
        let tokens = regex.find_iter(text).map(|token| token.range());
        matches.extend(tokens.filter(|range| accepts(shape, range)).map(|range| (index, range)));
    }
    matches.sort_by_key(|(index, range)| (range.start, Reverse(range.end), *index));
    let mut end = 0;
    matches.retain(|(_, range)| {
        let free = range.start >= end;
        end = if free { range.end } else { end };
        free
    });
    matches.into_iter().map(|(index, range)| Match { shape: &SHAPES[index], range }).collect()
}

/// The shape of a credential name's whole value, among those that are too common to be searched for.
pub fn of_value(name: &str, value: &str) -> Option<&'static Shape> {
    let name = name.to_ascii_uppercase().replace('-', "_");
    let is_named = |shape: &Shape| shape.names.iter().any(|part| name.contains(part));
    let fits = |(index, shape): &(usize, &Shape)| {
        let whole = |regex: &Regex| regex.find(value.as_bytes()).is_some_and(|token| token.len() == value.len());
        regex(*index).is_some_and(whole) && passes(shape, value.as_bytes())
    };
    let keyed = || SHAPES.iter().enumerate().filter(|(_, shape)| shape.needles.is_empty());
    // A form that belongs to the name says more than one that fits any name.
    keyed()
        .filter(|(_, shape)| is_named(shape))
        .find(fits)
        .or_else(|| keyed().filter(|(_, shape)| shape.names.is_empty()).find(fits))
        .map(|(_, shape)| shape)
}

/// The beginning of a known service's tokens that the value has, `sk-` apart: that one many services share.
pub(super) fn known_prefix(value: &str) -> Option<&'static str> {
    SHAPES
        .iter()
        .filter(|shape| !shape.needles.is_empty() && shape.prefix.len() >= 3)
        .map(|shape| shape.prefix)
        .filter(|prefix| *prefix != "sk-" && value.starts_with(prefix))
        .max_by_key(|prefix| prefix.len())
}

/// The shortest private key without its last line, in bytes: what stands behind so many may be no part of it.
const BEGINNING: usize = "-----BEGIN PRIVATE KEY-----".len() + 64;

/// No filled-in example.
fn is_genuine(shape: &Shape, token: &[u8]) -> bool {
    let is_open = shape.check == Check::Beginning && !token.ends_with(b"-----");
    let end = if is_open { token.len().min(BEGINNING) } else { token.len() };
    check::is_genuine(shape.prefix, &token[..end])
}

fn passes(shape: &Shape, token: &[u8]) -> bool {
    match shape.check {
        Check::Body | Check::Beginning => is_genuine(shape, token),
        Check::Random => is_genuine(shape, token) && check::is_random(shape.prefix, token),
        Check::Jwt => check::is_secret_jwt(token),
        Check::Encoded => check::encodes_anthropic_token(token),
    }
}

/// Whether the token is not a part of something longer. Looking at the neighbours, not at a list of delimiters,
/// lets `\"`, `)`, `,`, `&` and the end of the file all end a token.
fn stands_alone(text: &[u8], range: &Range<usize>, alphabet: Alphabet) -> bool {
    let before = &text[..range.start];
    let begins = match before {
        // `\n` in a string literal and `%20` in a URL end in a letter or a digit of their own.
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => true,
        // The default half of `${NAME:-token}`.
        [.., b':', b'-'] => true,
        [.., last] => !alphabet.contains(*last),
        [] => true,
    };
    let ends = match &text[range.end..] {
        // A dot ends a sentence unless the word goes on.
        [b'.', next, ..] => !alphabet.contains(b'.') || !next.is_ascii_alphanumeric(),
        [b'.'] | [] => true,
        [next, ..] => !alphabet.contains(*next),
    };
    begins && ends
}

static COMPILED: AtomicUsize = AtomicUsize::new(0);

/// How many patterns this process has compiled so far.
pub fn compiled_count() -> usize {
    COMPILED.load(Ordering::Relaxed)
}

/// The pattern of a shape; a table test holds that each compiles.
fn regex(index: usize) -> Option<&'static Regex> {
    static REGEXES: [OnceLock<Option<Regex>>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];
    let compile = || {
        COMPILED.fetch_add(1, Ordering::Relaxed);
        regex::bytes::RegexBuilder::new(SHAPES[index].pattern).unicode(false).build().ok()
    };
    REGEXES[index].get_or_init(compile).as_ref()
}

#[cfg(test)]
mod tests;
