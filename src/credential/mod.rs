//! What a credential looks like: names, token shapes, placeholders and references.

pub mod judge;
pub mod lexicon;
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
pub use lexicon::Lexicon;
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
    /// `$X`, `${X}`, `${X:-default}`, and no commands (compose files, Dockerfiles, GitLab, Bitbucket, Buildkite).
    Braces,
    /// `${localEnv:X}`, `${env:X}`, `${containerEnv:X:default}` (development containers).
    DevContainer,
    /// `${{ … }}` (GitHub workflows).
    GitHub,
    /// `$(X)`, `$[ … ]`, `${{ … }}` (Azure Pipelines).
    Azure,
    /// `<< … >>`, `${X}` (`CircleCI`).
    CircleCi,
    /// `$(X)`, `${X}` (make).
    Make,
    /// `{{ … }}` (just, Taskfile, mise, Helm).
    Template,
    /// `$env:X`, `$X`, `${X}`, `$(…)` (double-quoted strings of PowerShell).
    PowerShell,
    /// `%X%`, `!X!` (batch files).
    Batch,
    /// `var.x`, `env.X`, `credentials('id')`, `${…}`, calls (Terraform, Nix, Jenkins: expressions that are not strings).
    Expression,
}

/// How a reference is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    /// `$X`
    Dollar,
    /// `${X}`
    Brace,
    /// `${user_config.KEY}` of a plugin, `${var.x}` of Terraform
    Path,
    /// `${X:-default}`
    Default,
    /// `${X-default}`, `${X:=default}`, `${X:?message}`
    Shell,
    /// `` `command` ``
    Backtick,
    /// `$(command)`, `$(X)`
    Parentheses,
    /// `$[ … ]`
    Bracket,
    /// `${{ … }}`
    Workflow,
    /// `{{ … }}`
    Mustache,
    /// `<< … >>`
    Angle,
    /// `%X%`, `!X!`
    Percent,
    /// `$env:X`
    EnvColon,
    /// `${env:X}`, `${localEnv:X}`
    Provider,
    /// `var.x`, `credentials('id')`
    Call,
}

impl Dialect {
    /// Whether what is written so is replaced by the program that reads the place.
    fn expands(self, syntax: Syntax) -> bool {
        use Syntax::{
            Angle, Backtick, Brace, Bracket, Call, Default, Dollar, EnvColon, Mustache, Parentheses, Path, Percent,
            Provider, Shell, Workflow,
        };
        match self {
            Self::Literal => false,
            Self::Mcp => matches!(syntax, Brace | Path | Default),
            Self::Editor => matches!(syntax, Brace | Path | Default | Provider),
            Self::DevContainer => syntax == Provider,
            // A dotenv file may be sourced by a shell, and some libraries run commands in it: claiming that nothing
            // does would be wrong too often.
            Self::Posix | Self::Dotenv => matches!(syntax, Dollar | Brace | Default | Shell | Backtick | Parentheses),
            Self::Braces => matches!(syntax, Dollar | Brace | Default | Shell),
            Self::GitHub => syntax == Workflow,
            Self::Azure => matches!(syntax, Parentheses | Bracket | Workflow),
            Self::CircleCi => matches!(syntax, Angle | Brace | Dollar),
            Self::Make => matches!(syntax, Parentheses | Brace | Dollar),
            Self::Template => syntax == Mustache,
            Self::PowerShell => matches!(syntax, Dollar | Brace | Parentheses | EnvColon),
            Self::Batch => syntax == Percent,
            Self::Expression => matches!(syntax, Brace | Path | Call),
        }
    }
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
