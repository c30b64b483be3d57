//! What the integration tests share.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)]

pub mod repo;
pub mod sample;

use std::path::Path;
use std::process::{Command, Output};

use keylint::credential::random::looks_random;
use keylint::credential::shape::SHAPES;
use keylint::finding::Severity;
use keylint::fix::Applicability;
use keylint::lint::Options;
use keylint::lint::mend::{Mended, Wanted, mend};
use repo::Repo;
use sample::Rng;
use serde_json::Value;

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

impl Repo {
    /// keylint in this repository, in a clean environment.
    pub fn keylint(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_keylint"), arguments);
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "GITHUB_ACTIONS"] {
            command.env_remove(name);
        }
        command
    }

    /// The findings of `keylint lint` in JSON, and the exit code.
    pub fn findings(&self, arguments: &[&str]) -> (Vec<Value>, i32) {
        let output = run(self.keylint(&[&["lint", "--format", "json"], arguments].concat()));
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", text(&output.stdout), text(&output.stderr)));
        (report["findings"].as_array().unwrap().clone(), output.status.code().unwrap())
    }
}

/// What there is to mend in a folder, everything wanted from a severity on. Nothing is written.
pub fn mended(root: &Path, min_severity: Severity) -> Mended {
    let wanted = Wanted { applicability: Applicability::Unsafe, min_severity, finding: &|_| true, change: &|_| true };
    mend(&[], root, &Options::default(), wanted).unwrap()
}

/// Runs a command that must start.
pub fn run(mut command: Command) -> Output {
    command.output().unwrap()
}

/// Output as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `path:line:column rule` of a finding.
pub fn place(finding: &Value) -> String {
    let get = |name: &str| finding[name].to_string().trim_matches('"').to_owned();
    format!("{}:{}:{} {}", get("path"), get("line"), get("column"), get("rule"))
}

/// The 1-based line and column, in code points, of byte `at`.
pub fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |line| line + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The folder of this package.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
