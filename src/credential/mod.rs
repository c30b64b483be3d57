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
#[cfg(test)]
mod written;

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

#[cfg(test)]
mod tests {
    use super::sample::{Rng, expand};

    #[test]
    fn markers_stand_for_values() {
        let mut rng = Rng::from_entropy();
        let mut lookup = |name: &str| (name == "key").then(|| format!("k{}", rng.below(2)));
        let text = expand("@@key@@ @@key@@ @@key:2@@ @@other@@ a@@b @@", &mut lookup);
        let words: Vec<&str> = text.split(' ').collect();
        assert_eq!(words[0], words[1]);
        assert_ne!(words[0], words[2]);
        assert_eq!(words[3..], ["@@other@@", "a@@b", "@@"]);
    }
}
