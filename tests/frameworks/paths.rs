//! The names of files for which the hook `keylint-configuration` is asked: those that matter, and no others.

use keylint::lint::pattern::{may_matter, pattern};
use keylint::path::RepoPath;
use regex::Regex;

use super::{CONCISE, each, found, nothing, with_secret};
use crate::common::package;
use crate::common::sample::{Rng, sample};

/// What names are made of: every word that the table knows, and near misses.
const WORDS: [&str; 97] = [
    "settings",
    "managed-settings",
    "managed-mcp",
    "claude",
    "CLAUDE",
    "Claude",
    ".claude",
    "dot_claude",
    "dot_env",
    "dot_",
    "claude-settings",
    "claude_settings",
    "claude_desktop_config",
    "mcp",
    ".mcp",
    "plugin",
    "marketplace",
    ".claude-plugin",
    "local",
    ".local",
    "-",
    "_",
    ".",
    "x",
    "sh",
    "bash",
    "zsh",
    "ksh",
    "dash",
    "fish",
    "fish_variables",
    "ps1",
    "psm1",
    "bat",
    "cmd",
    ".env",
    ".envrc",
    "env",
    "env.list",
    ".dev.vars",
    ".flaskenv",
    "keys",
    "development",
    "json",
    "jsonc",
    "yml",
    "yaml",
    "toml",
    "md",
    "rs",
    "txt",
    "in",
    "xml",
    "conf",
    "service",
    "plist",
    "tf",
    "tfvars",
    "nix",
    "mk",
    "just",
    "jenkinsfile",
    "code-workspace",
    "Dockerfile",
    "dockerfile",
    "Containerfile",
    "Makefile",
    "justfile",
    "mise",
    ".mise",
    "Taskfile",
    "Procfile",
    "Jenkinsfile",
    "package",
    "deno",
    "composer",
    "devcontainer",
    "launch",
    "tasks",
    "py",
    "pyi",
    "ts",
    "jsx",
    "mjs",
    "java",
    "kts",
    "rb",
    "cs",
    "go",
    "bak",
    "example",
    "orig",
    "dist",
    "requirements",
    "constraints",
    "pyproject",
    "lock",
];

/// Folders that say what a file is, and others.
const FOLDERS: [&str; 28] = [
    ".claude",
    "dot_claude",
    "claude",
    "my-Claude-files",
    ".claude-x",
    ".Claude",
    ".cursor",
    ".vscode",
    ".idea",
    ".run",
    "mise",
    "x.service.d",
    "managed-settings.d",
    "xmanaged-settings.d",
    ".claude-plugin",
    "requirements",
    ".github",
    "workflows",
    "src",
    ".config",
    "anthropic",
    "credentials",
    "backups",
    "projects",
    "worktrees",
    "statsig",
    "a b",
    "...",
];

/// Whole names that stand for themselves.
const NAMES: [&str; 42] = [
    "keylint.toml",
    ".keylint.toml",
    "keylint-baseline.txt",
    "CLAUDE.local.md",
    "CLAUDE.md",
    ".gitignore",
    ".npmignore",
    ".dockerignore",
    "x.dockerignore",
    "Cargo.toml",
    "Cargo.lock",
    "MANIFEST.in",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "Pipfile.lock",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
    "pylock.toml",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "history.jsonl",
    "x.jsonl",
    ".credentials.json",
    ".claude.json",
    ".claude.json.backup",
    "settings.local.json",
    "config.toml",
    "config.local.toml",
    "README.md",
    "LICENSE",
    "main.rs",
    "logo.png",
    "index.html",
    "style.css",
    "data.csv",
    "notes.txt",
];

fn random_path(rng: &mut Rng) -> String {
    let mut path = String::new();
    for _ in 0..rng.below(4) {
        path.push_str(FOLDERS[rng.below(FOLDERS.len())]);
        path.push('/');
    }
    if rng.below(4) == 0 {
        return path + NAMES[rng.below(NAMES.len())];
    }
    for part in 0..1 + rng.below(4) {
        if part > 0 && rng.below(5) > 0 {
            path.push('.');
        }
        path.push_str(WORDS[rng.below(WORDS.len())]);
    }
    path
}

/// What is passed although it does not matter. A regular expression can't say "not", and what is below a folder
/// `.claude` in another one is nobody's.
fn is_passed_all_the_same(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap().to_ascii_lowercase();
    let code = [".md", ".rs", ".toml", ".json", ".php", ".html", ".vue"];
    let is_code = code.iter().any(|ending| name.contains(ending));
    is_code && (name.contains("dockerfile") || name.contains("containerfile"))
        || name.starts_with(".env")
        || name.starts_with(".dev.vars..")
        || path.matches(".claude/").count() + path.matches("dot_claude/").count() > 1
}

fn expression() -> Regex {
    Regex::new(&pattern()).unwrap()
}

#[track_caller]
fn compare(expression: &Regex, path: &str) {
    if matches!(path.rsplit('/').next(), None | Some("" | "." | "..")) {
        return;
    }
    let (passed, matters) = (expression.is_match(path), may_matter(&RepoPath::from(path)));
    assert!(passed || !matters, "missed: {path:?}");
    assert!(matters || !passed || is_passed_all_the_same(path), "needless: {path:?}");
}

/// Random paths of the table's words, both ways.
#[test]
fn every_path_that_matters_and_no_other() {
    let expression = expression();
    let seed = std::env::var("KEYLINT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| Rng::from_entropy().draw());
    eprintln!("KEYLINT_SEED={seed}");
    let mut rng = Rng::new(seed);
    let mut passed = 0;
    for _ in 0..50_000 {
        let path = random_path(&mut rng);
        compare(&expression, &path);
        passed += usize::from(expression.is_match(&path));
    }
    assert!((10_000..45_000).contains(&passed), "{passed}");
}

/// Whatever the expression itself describes.
#[test]
fn nothing_needless_is_described() {
    let expression = expression();
    let mut rng = Rng::from_entropy();
    for _ in 0..1_000 {
        let path = sample(&pattern(), &mut rng);
        // The samples don't mind where a line begins.
        let path = path.trim_start_matches('/');
        if !path.contains(['\n', '\0']) && !path.contains("//") && !path.is_empty() {
            compare(&expression, path);
        }
    }
}

/// Real names, by hand.
#[test]
fn names_that_people_have() {
    let expression = expression();
    let matters = [
        ".claude/settings.json",
        "web/.claude/settings.local.json",
        ".mcp.json",
        ".env",
        "apps/web/.env.local",
        "run.sh",
        "bin/claude-glm",
        ".github/workflows/ci.yml",
        "docker-compose.yml",
        "Dockerfile.dev",
        "Makefile",
        "k8s/deployment.yaml",
        "package.json",
        "src/client.ts",
        "tests/test_x.py",
        ".gitignore",
        ".envrc",
        "keylint.toml",
        "requirements-dev.txt",
        "ci/entrypoint",
        ".zshrc",
        "profile.ps1",
        ".vscode/settings.json",
        "infra/main.tf",
        "settings.json.bak",
    ];
    let others = [
        "README.md",
        "CLAUDE.md",
        "docs/guide.rst",
        "src/main.rs",
        "lib/x.c",
        "include/x.h",
        "logo.png",
        "index.html",
        "a.css",
        "Cargo.lock",
        "data/x.csv",
        "app/x.swift",
        "config/app.toml",
        ".cursor/settings-x.json",
        "tsconfig.json",
        "ci/keylint.toml",
        "font.woff2",
        "x.sql",
        "translations/de.po",
        ".claude/agents/review.md",
    ];
    for path in matters {
        assert!(expression.is_match(path), "{path}");
    }
    for path in others {
        assert!(!expression.is_match(path), "{path}");
    }
}

/// The manifest has the expression.
#[test]
fn the_manifest_is_up_to_date() {
    let file = package().join(".pre-commit-hooks.yaml");
    let known = std::fs::read_to_string(&file).unwrap();
    let expected = format!("  files: '{}'\n", pattern().replace('\'', "''"));
    let is_files = |line: &&str| line.starts_with("  files: ");
    let lines: Vec<&str> = known.split_inclusive('\n').filter(is_files).collect();
    assert_eq!(lines.len(), 1);
    if std::env::var_os("KEYLINT_UPDATE_PAGES").is_some() {
        std::fs::write(&file, known.replace(lines[0], &expected)).unwrap();
        return;
    }
    let how = "KEYLINT_UPDATE_PAGES=1 cargo test --test frameworks";
    assert!(lines[0] == expected, ".pre-commit-hooks.yaml is not up to date: {how}");
}

/// Under the real frameworks, whose regular expressions are Python's and Rust's.
#[test]
fn only_configuration() {
    each("keylint-configuration", CONCISE, &[], |hooked| {
        hooked.repo.write("notes.md", with_secret());
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), nothing(), "{}: another scanner's", hooked.program);
        hooked.repo.write("notes.md", with_secret());
        hooked.repo.write("bin/start", with_secret());
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), found("bin/start"), "{}", hooked.program);
        assert_eq!(hooked.run(&["--all-files"]), found("bin/start"), "{}", hooked.program);
    });
}
