//! What comes from Windows: ends of lines, backslashes, drives and shares. None of it needs Windows to be looked at.

use std::collections::BTreeSet;

use super::common::expand;
use super::common::repo::Repo;
use super::common::sample::Rng;
use super::{IGNORE, USUAL, bounded, key, keylint, launcher, lint};

/// A file of each family of readers, with a key.
const FAMILIES: [(&str, &str); 33] = [
    (".claude/settings.json", "{\n  \"env\": {\n    \"ANTHROPIC_API_KEY\": \"@K@\"\n  }\n}\n"),
    (
        "permissions/.claude/settings.json",
        "{\n  \"permissions\": {\n    \"allow\": [\n      \"Bash(TOKEN=@K@ x:*)\"\n    ]\n  }\n}\n",
    ),
    (
        ".mcp.json",
        "{\n  \"mcpServers\": {\n    \"a\": {\n      \"command\": \"x\",\n      \"env\": {\"A_TOKEN\": \"@K@\"}\n    }\n  }\n}\n",
    ),
    (".env.shared", "# c\nANTHROPIC_API_KEY=@K@\nB=\"x\n@K@\"\n"),
    ("a.sh", "#!/bin/sh\nif true; then\n  export ANTHROPIC_API_KEY=\"@K@\"\nfi\nclaude\n"),
    ("heredoc.sh", "cat >.env <<EOF\nANTHROPIC_API_KEY=@K@\nEOF\nclaude\n"),
    ("continued.sh", "ANTHROPIC_API_KEY=@K@ \\\n  claude\n"),
    ("a.fish", "if true\n  set -gx ANTHROPIC_API_KEY '@K@'\nend\nclaude\n"),
    ("a.ps1", "if ($true) {\n  $env:ANTHROPIC_API_KEY = \"@K@\"\n}\nclaude\n"),
    ("here.ps1", "@\"\nANTHROPIC_API_KEY=@K@\n\"@ | Set-Content .env\nclaude\n"),
    ("a.bat", "@echo off\nset ANTHROPIC_API_KEY=@K@\nset \"B_TOKEN=@K@\"\ncall claude\n"),
    ("Dockerfile", "FROM x\nENV ANTHROPIC_API_KEY=@K@ \\\n    B=c\nRUN claude\n"),
    (
        "compose.yml",
        "services:\n  a:\n    image: x\n    environment:\n      ANTHROPIC_API_KEY: @K@\n      B_TOKEN: >-\n        @K@\n",
    ),
    (
        ".github/workflows/a.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      ANTHROPIC_API_KEY: \"@K@\"\n    steps:\n      - run: |\n          export B_TOKEN=@K@\n          claude\n",
    ),
    (".gitlab-ci.yml", "a:\n  variables:\n    ANTHROPIC_API_KEY: @K@\n  script:\n    - claude\n"),
    ("k8s.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  ANTHROPIC_API_KEY: @K@\n"),
    (
        ".devcontainer/devcontainer.json",
        "{\n  // c\n  \"containerEnv\": {\n    \"ANTHROPIC_API_KEY\": \"@K@\"\n  }\n}\n",
    ),
    (
        ".vscode/settings.json",
        "{\n  \"claudeCode.environmentVariables\": [\n    {\"name\": \"ANTHROPIC_API_KEY\", \"value\": \"@K@\"}\n  ]\n}\n",
    ),
    ("package.json", "{\n  \"scripts\": {\n    \"a\": \"ANTHROPIC_API_KEY=@K@ claude\"\n  }\n}\n"),
    ("Makefile", "export ANTHROPIC_API_KEY = @K@\na:\n\tclaude\n"),
    ("a.service", "[Service]\nEnvironment=\"ANTHROPIC_API_KEY=@K@\"\nExecStart=/usr/bin/claude\n"),
    ("Procfile", "web: ANTHROPIC_API_KEY=@K@ claude\n"),
    ("justfile", "export ANTHROPIC_API_KEY := \"@K@\"\na:\n  claude\n"),
    ("mise.toml", "[env]\nANTHROPIC_API_KEY = \"@K@\"\n"),
    (".envrc", "export ANTHROPIC_API_KEY=@K@\n"),
    ("a.py", "import os\nos.environ[\"ANTHROPIC_API_KEY\"] = \"@K@\"\n"),
    ("a.ts", "import Anthropic from '@anthropic-ai/sdk';\nconst a = new Anthropic({\n  apiKey: '@K@',\n});\n"),
    ("a.tf", "locals {\n  anthropic_api_key = \"@K@\"\n}\n"),
    ("Jenkinsfile", "pipeline {\n  environment {\n    ANTHROPIC_API_KEY = '@K@'\n  }\n}\n"),
    ("a.xml", "<a>\n  <b>@K@</b>\n</a>\n"),
    ("notes.md", "# a\n\n@K@\n"),
    ("keylint.toml", "text = \"ai\"\n# @K@\n"),
    ("CLAUDE.md", "a\n@K@\n"),
];

/// The same is found in the same places, whatever ends lines.
#[test]
fn ends_of_lines() {
    let key = key();
    let places = |end: &str| {
        let repo = Repo::committed(&[IGNORE]);
        for (name, text) in FAMILIES {
            repo.write(name, text.replace("@K@", &key).replace('\n', end));
        }
        repo.write(".gitignore", format!("**/.claude/settings.local.json{end}private/{end}"));
        repo.write("private/.env", format!("ANTHROPIC_API_KEY={key}{end}"));
        // What git made of the ends does not count.
        repo.git(&["-c", "core.autocrlf=false", "add", "-A"]);
        let (found, ended) = lint(&repo, &["--min-severity", "note"], &key, USUAL);
        assert_eq!(ended.code, Some(1));
        let (staged, _) = lint(&repo, &["--staged"], &key, USUAL);
        assert_eq!(staged.len(), found.len());
        found
    };
    let plain = places("\n");
    let files: BTreeSet<&str> = plain.iter().map(|place| place.split(':').next().unwrap()).collect();
    let all: BTreeSet<&str> = FAMILIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(files, all, "each family is found to hold a key");
    assert_eq!(places("\r\n"), plain);
}

/// Names in the form of Windows are not those of files of the repository, and lead nowhere.
#[test]
fn backslashes_drives_and_shares() {
    let key = key();
    let names =
        ["a\\b.sh", "C:", "C:\\x.sh", "\\\\host\\share", "\\\\?\\C:\\x", "CON", "aux.sh", "x.sh ", "x.sh.", "x:y.sh"];
    let repo = Repo::committed(&[IGNORE]);
    for name in names {
        repo.write(name, launcher(&key));
    }
    // Here they are names of files like others.
    let found = lint(&repo, &[], &key, USUAL).0;
    assert_eq!(found.len(), names.len(), "{found:#?}");
    for name in names {
        assert!(
            found.iter().any(|place| place.replace("\\\\", "\\").starts_with(&format!("{name}:1:26 "))),
            "{name} {found:#?}"
        );
    }
    // In the configuration a backslash is an escape of patterns, as in a .gitignore.
    for (config, expected) in [
        ("exclude = ['a\\b.sh']\n", names.len()),
        ("exclude = ['a\\\\b.sh']\n", names.len() - 1),
        ("exclude = ['C:\\x.sh', 'C:/x.sh', '\\\\host\\share']\n", names.len()),
        ("exclude = ['*.sh']\n", 6),
    ] {
        repo.write("keylint.toml", config);
        let (found, _) = lint(&repo, &["--rule", "secret-in-launcher,secret-in-text"], &key, USUAL);
        assert_eq!(found.len(), expected, "{config} {found:#?}");
    }
    repo.write("keylint.toml", "");
    for typed in ["C:\\nowhere", "\\\\host\\nowhere", "a/b.sh"] {
        let (code, out, err) = keylint(&repo, &["lint", typed], &key);
        assert_eq!((code, out), (Some(2), String::new()));
        assert_eq!(err, format!("error: ROOT/{typed}: no such file or folder\n"));
    }
    // Settings that name such places are shown as they are, and nothing is looked up.
    let mut rng = Rng::from_entropy();
    let settings = expand(
        "{\"apiKeyHelper\": \"\\\\\\\\host\\\\share\\\\key.exe\", \"env\": {\"CLAUDE_CONFIG_DIR\": \"C:\\\\Users\\\\a\\\\.claude\", \
         \"ANTHROPIC_BASE_URL\": \"file://host/share\"}}",
        &mut rng,
    );
    repo.write(".claude/settings.json", settings);
    let ended = bounded(&repo.keylint(&["route"]), USUAL);
    ended.hides(&key);
    ended.is_harmless();
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}
