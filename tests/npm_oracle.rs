//! Which files npm packs: our verdict against the program's own list, for random packages.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod common;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use common::machine;
use common::repo::Repo;
use common::sample::Rng;
use keylint::publish::npm::{Entry, Package};

const FILES: [&str; 14] = [
    "index.js",
    "dist/a.js",
    "dist/b/c.js",
    ".env",
    ".env.local",
    "CLAUDE.local.md",
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".claude/agent-memory-local/x/MEMORY.md",
    "sub/.env",
    "sub/.claude/settings.local.json",
    "sub/README.md",
    "README.md",
    ".npmrc",
];

const PATTERNS: [&str; 40] = [
    "*",
    "**",
    ".env",
    "/.env",
    "*.local.*",
    ".claude",
    ".claude/",
    "/.claude",
    ".claude/*",
    ".claude/**",
    "**/.claude",
    "**/.claude/settings.local.json",
    ".claude/settings.local.json",
    "!.claude/settings.json",
    "settings.local.json",
    "sub",
    "sub/",
    "sub/*",
    "!sub",
    "dist",
    "dist/",
    "dist/**",
    "dist/*.js",
    "!dist",
    "**/*.md",
    "*.{md,js}",
    "!README.md",
    "# .env",
    "",
    "CLAUDE.local.md",
    "!CLAUDE.local.md",
    ".*",
    "!.env",
    ".env*",
    "agent-memory-local",
    "**/x/**",
    "./dist",
    "./.env",
    "*.js",
    "/sub/.env",
];

/// Some lines of an ignore file, or entries of `files`.
fn some(rng: &mut Rng, most: usize) -> Vec<&'static str> {
    (0..rng.below(most) + 1).map(|_| PATTERNS[rng.below(PATTERNS.len())]).collect()
}

/// What npm packs.
fn packed(repo: &Repo) -> BTreeSet<String> {
    let mut command = Command::new("npm");
    command.args(["pack", "--dry-run", "--json", "--ignore-scripts", "--offline"]).current_dir(&repo.root);
    command.env("npm_config_cache", repo.home().join("cache")).env("npm_config_update_notifier", "false");
    let output = command.stderr(Stdio::null()).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = report.get(0).or_else(|| report.as_object()?.values().next()).unwrap();
    let files = package["files"].as_array().unwrap();
    files.iter().map(|file| file["path"].as_str().unwrap().to_owned()).collect()
}

fn entry(root: &Path, path: &str) -> Entry {
    match root.join(path) {
        path if path.is_dir() => Entry::Folder,
        path if path.is_file() => Entry::File,
        _ => Entry::Nothing,
    }
}

#[test]
fn as_npm_packs() {
    if !machine::has("npm", &["--version"]) {
        return;
    }
    let seed = std::env::var("KEYLINT_SEED").ok().and_then(|seed| seed.parse().ok());
    let mut rng = seed.map_or_else(Rng::from_entropy, Rng::new);
    let rounds = std::env::var("KEYLINT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(12);
    let (mut compared, mut unknown) = (0, 0);
    for _ in 0..rounds {
        let repo = Repo::plain();
        let mut written = String::new();
        for path in FILES.iter().filter(|_| rng.below(5) > 0) {
            repo.write(path, "x\n");
        }
        let files = (rng.below(2) == 0).then(|| some(&mut rng, 3));
        let main = if rng.below(3) == 0 { Some("dist/a.js") } else { None };
        for name in [".npmignore", ".gitignore", "sub/.npmignore", ".claude/.gitignore", "dist/.npmignore"] {
            if rng.below(3) == 0 {
                let text = some(&mut rng, 4).join("\n");
                written += &format!("{name}: {text:?}\n");
                repo.write(name, text);
            }
        }
        let mut json = serde_json::json!({"name": "x", "version": "1.0.0"});
        if let Some(files) = &files {
            json["files"] = serde_json::json!(files);
        }
        if let Some(main) = main {
            json["main"] = main.into();
        }
        repo.write("package.json", json.to_string());
        let list = packed(&repo);
        let text = |path: &str| std::fs::read_to_string(repo.path(path)).ok();
        let package = Package {
            files: files.as_ref().map(|files| files.iter().map(|&file| file.to_owned()).collect()),
            required: main.iter().map(|&main| main.to_owned()).collect(),
            text: &text,
            entry: &|path| entry(&repo.root, path),
        };
        for path in FILES.iter().filter(|path| repo.path(path).exists()) {
            match package.ships(path) {
                Some(ships) => {
                    compared += 1;
                    assert_eq!(ships, list.contains(*path), "{path}\n{json}\n{written}");
                }
                None => unknown += 1,
            }
        }
    }
    assert!(compared > rounds * 3, "{compared} compared, {unknown} unknown");
}
