//! Random strings for tests: credentials are drawn from the patterns of the token shapes, so that no
//! key-shaped text has to stand in the repository.

// Every test binary uses a part of this, and a broken pattern has to stop the test that holds it.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::panic)]

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// SplitMix64: small, seedable and good enough to draw test data.
#[derive(Debug)]
pub struct Rng(u64);

impl Rng {
    /// The same seed draws the same strings.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A seed that differs from run to run; print it where a failure has to be repeated.
    pub fn from_entropy() -> Self {
        Self(RandomState::new().hash_one(0))
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0..bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.draw() % bound.max(1) as u64).unwrap_or(0)
    }
}

/// A random string that matches `pattern` as a whole; look-arounds are ignored.
pub fn sample(pattern: &str, rng: &mut Rng) -> String {
    let parsed = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern);
    let Ok(hir) = parsed else { panic!("not a regex: {pattern}") };
    let mut bytes = Vec::new();
    draw(&hir, rng, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn draw(hir: &Hir, rng: &mut Rng, out: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(Class::Bytes(class)) => {
            let all: Vec<u8> = class.iter().flat_map(|range| range.start()..=range.end()).collect();
            out.push(all[rng.below(all.len())]);
        }
        HirKind::Class(Class::Unicode(class)) => {
            let all: Vec<char> = class.iter().flat_map(|range| range.start()..=range.end()).collect();
            out.extend(all[rng.below(all.len())].to_string().bytes());
        }
        HirKind::Repetition(repetition) => {
            let (min, cap) = (repetition.min, repetition.min + 8);
            let max = repetition.max.unwrap_or(cap).min(cap);
            for _ in 0..min as usize + rng.below((max - min) as usize + 1) {
                draw(&repetition.sub, rng, out);
            }
        }
        HirKind::Capture(capture) => draw(&capture.sub, rng, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| draw(part, rng, out)),
        HirKind::Alternation(branches) => draw(&branches[rng.below(branches.len())], rng, out),
    }
}

/// Replaces the markers `@@name@@` and `@@name:2@@` by what `lookup` makes of the name. One marker stands for
/// one value throughout a text, and markers of one name with different numbers for different values.
/// A marker whose name `lookup` does not know stays.
pub fn expand(text: &str, lookup: &mut dyn FnMut(&str) -> Option<String>) -> String {
    let mut values: HashMap<String, Option<String>> = HashMap::new();
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("@@") {
        let (before, tail) = rest.split_at(start);
        out.push_str(before);
        let marker = tail[2..].find("@@").map(|end| &tail[2..end + 2]).filter(|marker| is_marker(marker));
        let Some(marker) = marker else {
            out.push('@');
            rest = &tail[1..];
            continue;
        };
        if !values.contains_key(marker) {
            let name = marker.split(':').next().unwrap_or(marker);
            let mut value = lookup(name);
            // A second value has to differ from those already drawn for the name.
            for _ in 0..100 {
                if value.is_none() || !values.values().any(|known| *known == value) {
                    break;
                }
                value = lookup(name);
            }
            values.insert(marker.to_owned(), value);
        }
        match &values[marker] {
            Some(value) => out.push_str(value),
            None => out.push_str(&tail[..marker.len() + 4]),
        }
        rest = &tail[marker.len() + 4..];
    }
    out.push_str(rest);
    out
}

fn is_marker(text: &str) -> bool {
    let (name, number) = text.split_once(':').unwrap_or((text, "1"));
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}
