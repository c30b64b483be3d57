//! What the markers of pages and tests stand for. Fuzzing plants the same tokens.
#![allow(dead_code, unreachable_pub)]

use keylint::credential::random::looks_random;
use keylint::credential::shape::SHAPES;

use super::sample::{self, Rng};

/// A random value for a marker's name: a token shape's id, or one of a few without a shape.
pub fn token(name: &str, rng: &mut Rng) -> Option<String> {
    let pattern = match name {
        "hex-key" => "[0-9a-f]{40}",
        "base62-key" => "[A-Za-z0-9]{32}",
        "uuid-key" => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        "anthropic-base64" => return Some(base64(token("anthropic-api-key", rng)?.as_bytes())),
        _ => SHAPES.iter().find(|shape| shape.id == name)?.pattern,
    };
    let mut drawn = sample::sample(pattern, rng);
    // Of random keys without a form of their own one in 6,000 reads like words, and is only a note (measured with
    // 200,000 of 32 letters and digits). What is tested with these is where a value stands.
    for _ in 0..100 {
        if !matches!(name, "hex-key" | "base62-key") || looks_random(&drawn) {
            break;
        }
        drawn = sample::sample(pattern, rng);
    }
    Some(drawn)
}

/// Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().chain([&0, &0]).take(3).fold(0_usize, |bits, &byte| bits << 8 | usize::from(byte));
        for place in 0..4 {
            let digit = alphabet[bits >> (18 - 6 * place) & 63];
            encoded.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    encoded
}

/// Replaces the markers of a text by random tokens.
pub fn expand(text: &str, rng: &mut Rng) -> String {
    sample::expand(text, &mut |name| token(name, rng))
}
