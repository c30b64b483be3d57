//! What a credential looks like: names, token shapes, placeholders and references.

pub mod random;
#[cfg(test)]
#[path = "../../tests/common/sample.rs"]
mod sample;

use crate::surface::{Decoded, Value};

/// Which references the place expands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// None: the text is taken as it stands (settings `env`, a shell word without live expansions).
    Literal,
    /// `${X}` and `${X:-default}` (MCP configuration of Claude Code).
    Mcp,
    /// `${env:X}`, `${input:x}`, `${X}` and kin (MCP configuration of other clients).
    Editor,
    /// `$X`, `${X}`, `${X:-default}`, `$(command)`, `` `command` `` (strings that a shell runs).
    Posix,
    /// `$X`, `${X}`, `${X:-default}` (dotenv values that are not in single quotes).
    Dotenv,
}

/// Judges a value by the references that its place expands.
pub fn classify(decoded: &Decoded, dialect: Dialect) -> Value {
    let _ = dialect;
    if decoded.text.expose().trim().is_empty() { Value::Empty } else { Value::Literal }
}
