//! The paths of the table as a regular expression, for what starts keylint by the names of files.
//!
//! It holds for Python, Rust and JavaScript alike. A test holds it equal to [`may_matter`] in both directions, with random
//! paths.

use crate::path::RepoPath;
use crate::surface::table::{COPIES, TEMPLATE_PARTS, may_be_told_by_content, surface_of};
use crate::{baseline, route, rules};

/// Whether a file at this path can matter in another way than by a token that stands in it: as configuration, or because
/// it decides what is reported about others. What is special in a repository (`keylint.toml`) is not known here.
pub fn may_matter(path: &RepoPath) -> bool {
    // Whether a folder is a plugin's is not a matter of one path.
    surface_of(path, &|_| true).is_some()
        || may_be_told_by_content(path)
        || rules::asks_for_others(path)
        || route::consumer::speaks_of(path).is_some()
        || path.as_str() == baseline::NAME
}

/// Names that a copy or a template can have, too.
const NAMES: [&str; 23] = [
    // Settings, MCP servers, plugins.
    r"managed-(settings|mcp)\.json",
    r"settings\.json",
    r"claude[-_]settings[^/]*\.json",
    r"\.claude\.json",
    r"claude_desktop_config\.json",
    r"\.?(managed-)?mcp([._-][^/]*)?\.json",
    // Shells.
    r"[^/]+\.(sh|bash|zsh|ksh|ash|dash)",
    r"[^/]*\.(fish|ps1|psm1|bat|cmd)",
    r"[^/]*fish_variables",
    // Dotenv files.
    r"\.env([._-][^/]*)?",
    r"dot_env\.[^/]*",
    r"\.dev\.vars(\.[^/]+)?",
    r"env\.list",
    r"[^/]+\.env",
    // What else starts programs.
    r"[^/]*\.(code-workspace|service|plist|tf|tfvars|nix|mk|just|jenkinsfile)",
    r"([Dd][Oo][Cc][Kk][Ee][Rr]|[Cc][Oo][Nn][Tt][Aa][Ii][Nn][Ee][Rr])[Ff][Ii][Ll][Ee]([._-][^/]*)?",
    r"[^/]*\.([Dd][Oo][Cc][Kk][Ee][Rr]|[Cc][Oo][Nn][Tt][Aa][Ii][Nn][Ee][Rr])[Ff][Ii][Ll][Ee]",
    r"Makefile\.local|Procfile\.[^/]*|Jenkinsfile\.[^/]*",
    r"\.?mise\.([^/]*\.)?toml",
    r"(package|deno|composer|\.?devcontainer)\.json|deno\.jsonc",
    // What is told by what it says: manifests, source code, and scripts without an ending.
    r"[^/]*\.(yml|yaml)",
    r"[^/]*\.(pyi?|ipynb|[cm]?[jt]s|[jt]sx|go|java|kts?|rb|cs)",
    r"\.+[^/.]+|[^/.]{2,}",
];

/// Names that count as they are, and not in a copy.
const EXACT: [&str; 7] = [
    r"[^/.]|\.+",
    r"plugin\.json|dot_claude\.json|CLAUDE\.local\.md",
    r"Cargo\.toml|MANIFEST\.in|[^/]*\.dockerignore",
    r"pyproject\.toml|setup\.(py|cfg)|Pipfile\.lock|(uv|poetry|pdm|yarn|bun)\.lock|pylock\.toml",
    r"package-lock\.json|npm-shrinkwrap\.json",
    r"(requirements|constraints)[^/]*\.(txt|in)",
    r"requirements/[^/]*\.(txt|in)",
];

/// Names in certain folders that a copy or a template can have, too.
const PLACES: [&str; 8] = [
    r"(^|/)managed-settings\.d/[^/]*\.json",
    r"(^|/)\.claude-plugin/(plugin|marketplace)\.json",
    r"\.service\.d/[^/]*\.conf",
    r"(^|/)\.(idea|run)/(.*/)?[^/]*\.xml",
    r"(^|/)mise/config(\.local)?\.toml",
    r"(^|/)\.vscode/(launch|tasks)\.json",
    // Profiles, in a folder that is about Claude and not another tool's own.
    r"(^|/)([^/]*claude[^/]*|([^/.][^/]*)?CLAUDE[^/]*)/settings[._-][^/]*\.json",
    r"CLAUDE[^/]*/([^/]+/)*[^/.][^/]*/settings[._-][^/]*\.json",
];

/// What belongs to one person, by its place.
const PERSONAL: [&str; 5] = [
    r"(^|/)(\.claude|dot_claude)/(settings\.local\.json|\.credentials\.json|history\.jsonl|backups/\.claude\.json.*)",
    r"(^|/)(\.claude|dot_claude)/(agent-memory-local|worktrees)/.+",
    r"(^|/)(\.claude|dot_claude)/(shell-snapshots|file-history|paste-cache|session-env|statsig)/.+",
    r"(^|/)(\.claude|dot_claude)/projects/.*\.jsonl",
    r"\.config/anthropic/credentials/[^/]*",
];

/// A regular expression that is found in the paths that [may matter](may_matter), and in few others: source code and
/// documents named like a dotenv file or a Dockerfile (`.env.md`).
pub fn pattern() -> String {
    let endings: Vec<&str> = COPIES.iter().map(|ending| ending.trim_start_matches('.')).chain(TEMPLATE_PARTS).collect();
    let copy = format!(r"(\.({}))*", endings.join("|"));
    let any = "[Cc][Ll][Aa][Uu][Dd][Ee]";
    let places = PLACES.join("|").replace("CLAUDE", any);
    let (names, exact, personal) = (NAMES.join("|"), EXACT.join("|"), PERSONAL.join("|"));
    let own = format!(r"^(\.?keylint\.toml|{})", baseline::NAME.replace('.', r"\."));
    let folded = format!(r"((^|/)({names})|{places}){copy}|(^|/)({exact})|{personal}|{own}");
    format!("({folded})$")
}
