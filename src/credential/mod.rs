//! What a credential looks like: names, token shapes, placeholders and references.

pub mod judge;
pub mod mask;
pub mod name;
mod name_table;
pub mod placeholder;
mod placeholder_words;
pub mod random;
pub mod reference;
#[cfg(test)]
#[path = "../../tests/common/sample.rs"]
mod sample;
pub mod shape;
pub mod sight;
mod url;

pub use judge::{Certainty, Credential, Kind, judge};
pub use reference::classify;

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
