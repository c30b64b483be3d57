//! Files that belong to one person: what they are, whatever git thinks of them.
//!
//! The list is Claude Code's own (documentation, "the .claude directory" and settings, 2026-08), with dotenvx's
//! private keys.

use crate::path::RepoPath;
use crate::surface::Surface;
use crate::surface::table::{is_template, surface_of};

/// A personal file or folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Personal {
    /// What to put out of git: the file, or the folder that is personal as a whole.
    pub(super) path: RepoPath,
    /// What it is.
    pub(super) kind: Kind,
}

/// Kinds of [`Personal`] files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    LocalSettings,
    LocalMemory,
    AgentMemory,
    Worktrees,
    Login,
    State,
    DotenvKeys,
}

impl Kind {
    /// What the file is, for messages.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::LocalSettings => "one person's settings and saved permission rules",
            Self::LocalMemory => "one person's instructions",
            Self::AgentMemory => "the private memory of agents",
            Self::Worktrees => "whole checkouts that Claude Code makes, private files included",
            Self::Login => "a login to Claude, its tokens included",
            Self::State => "the history of one person's sessions, which repeats what was typed and printed",
            Self::DotenvKeys => "the private keys that decrypt dotenv files",
        }
    }

    /// The pattern that keeps all files of this kind out of git.
    pub(super) fn pattern(self) -> &'static str {
        match self {
            Self::LocalSettings => "**/.claude/settings.local.json",
            Self::LocalMemory => "CLAUDE.local.md",
            Self::AgentMemory => "**/.claude/agent-memory-local/",
            Self::Worktrees => "**/.claude/worktrees/",
            Self::Login => ".credentials.json",
            Self::State => "**/.claude/projects/",
            Self::DotenvKeys => ".env.keys",
        }
    }
}

/// What of a path is personal by its name.
pub(super) fn personal(path: &RepoPath) -> Option<Personal> {
    let file = |kind| Some(Personal { path: path.clone(), kind });
    match path.name() {
        "CLAUDE.local.md" => return file(Kind::LocalMemory),
        ".env.keys" => return file(Kind::DotenvKeys),
        ".claude.json" | "dot_claude.json" => return file(Kind::Login),
        _ => {}
    }
    if path.folder().ends_with(".config/anthropic/credentials") {
        return file(Kind::Login);
    }
    let (before, below) = below_claude(path)?;
    let folder = |name: &str, kind| Some(Personal { path: RepoPath::from(format!("{before}/{name}").as_str()), kind });
    let (first, rest) = below.split_once('/').unwrap_or((below, ""));
    match (first, rest) {
        ("settings.local.json", "") => file(Kind::LocalSettings),
        (".credentials.json", "") => file(Kind::Login),
        ("history.jsonl", "") => file(Kind::State),
        ("backups", rest) if rest.starts_with(".claude.json") => file(Kind::Login),
        ("agent-memory-local", rest) if !rest.is_empty() => folder(first, Kind::AgentMemory),
        ("worktrees", rest) if !rest.is_empty() => folder(first, Kind::Worktrees),
        ("projects", rest) if rest.ends_with(".jsonl") => folder(first, Kind::State),
        ("shell-snapshots" | "file-history" | "paste-cache" | "session-env" | "statsig", rest) if !rest.is_empty() => {
            folder(first, Kind::State)
        }
        _ => None,
    }
}

/// The path up to `.claude` or `dot_claude`, and what follows.
fn below_claude(path: &RepoPath) -> Option<(&str, &str)> {
    let text = path.as_str();
    if !text.contains("claude") {
        return None;
    }
    let mut at = 0;
    for part in text.split('/') {
        let end = at + part.len();
        if matches!(part, ".claude" | "dot_claude") && end < text.len() {
            return Some((&text[..end], &text[end + 1..]));
        }
        at = end + 1;
    }
    None
}

/// Whether a dotenv file is one that people fill in for themselves.
pub(super) fn is_real_dotenv(path: &RepoPath) -> bool {
    surface_of(path, &|_| false) == Some(Surface::Dotenv) && !is_template(path)
}

/// Whether the name alone says that a file stays on one machine.
pub(super) fn is_personal_by_name(path: &RepoPath) -> bool {
    personal(path).is_some() || is_real_dotenv(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_files_and_their_unit() {
        for (path, expected) in [
            (".claude/settings.local.json", Some((".claude/settings.local.json", Kind::LocalSettings))),
            ("a/.claude/settings.local.json", Some(("a/.claude/settings.local.json", Kind::LocalSettings))),
            ("a/CLAUDE.local.md", Some(("a/CLAUDE.local.md", Kind::LocalMemory))),
            (".claude/agent-memory-local/x/MEMORY.md", Some((".claude/agent-memory-local", Kind::AgentMemory))),
            (".claude/worktrees/feature/src/main.rs", Some((".claude/worktrees", Kind::Worktrees))),
            ("home/.claude/.credentials.json", Some(("home/.claude/.credentials.json", Kind::Login))),
            (".claude/projects/-home-x/1.jsonl", Some((".claude/projects", Kind::State))),
            (".env.keys", Some((".env.keys", Kind::DotenvKeys))),
            ("dot_claude.json", Some(("dot_claude.json", Kind::Login))),
            (".claude/settings.json", None),
            (".claude/settings.local.json.example", None),
            (".claude/agent-memory/x/MEMORY.md", None),
            (".claude/projects/plan.md", None),
            ("settings.local.json", None),
            ("CLAUDE.md", None),
        ] {
            let found = personal(&RepoPath::from(path));
            let found = found.as_ref().map(|personal| (personal.path.as_str(), personal.kind));
            assert_eq!(found, expected, "{path}");
        }
    }
}
