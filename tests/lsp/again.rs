//! A repository that is linted again and again says what one says that is opened now, and what the disk would say.
//! `KEYLINT_SEED` repeats a run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use keylint::finding::Finding;
use keylint::lint::workspace::Workspace;
use keylint::lint::{Options, lint};
use keylint::path::RepoPath;

use crate::common::expand;
use crate::common::repo::Repo;
use crate::common::sample::Rng;

/// Files that decide about each other, and texts of each.
const FILES: [(&str, &[&str]); 9] = [
    (".env", &["ANTHROPIC_AUTH_TOKEN=$T\n", "ANTHROPIC_API_KEY=@@anthropic-api-key@@\n", ""]),
    (
        "run.sh",
        &["set -a\n. ./.env\nexport ANTHROPIC_API_KEY=$K\nclaude\n", "claude --settings other.json\n", "#!/bin/sh\n"],
    ),
    (".claude/settings.json", &["{\"env\": {\"ANTHROPIC_BASE_URL\": \"https://api.z.ai/api/anthropic\"}}", "{", "{}"]),
    ("keylint.toml", &["exclude = [\"/.env\"]\n", "[rules]\nsecret-in-env-file = \"note\"\n", "", "[["]),
    ("sub/.mcp.json", &["{\"mcpServers\": {\"a\": {\"command\": \"x\", \"env\": {\"K\": \"@@github-pat@@\"}}}}", "{}"]),
    ("sub/.claude-plugin/plugin.json", &["{\"name\": \"x\"}", "{}"]),
    ("sub/settings.json", &["{\"env\": {\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}}"]),
    ("notes.md", &["nothing\n", "@@github-pat@@\n", "# keylint: ignore[secret-in-text] x\n@@github-pat@@\n"]),
    ("package.json", &["{\"scripts\": {\"a\": \"ANTHROPIC_API_KEY=@@anthropic-api-key@@ claude\"}}", "{}"]),
];

fn told(findings: &[Finding]) -> Vec<String> {
    let one = |finding: &Finding| {
        let place = &finding.primary;
        format!(
            "{}:{}:{} {} {}",
            place.path.as_str(),
            place.start.line,
            place.start.column,
            finding.rule.slug,
            finding.severity
        )
    };
    findings.iter().map(one).collect()
}

#[test]
fn a_change_leaves_what_opening_anew_would() {
    let seed = std::env::var("KEYLINT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| Rng::from_entropy().draw());
    println!("KEYLINT_SEED={seed}");
    let mut rng = Rng::new(seed);
    for round in 0..6 {
        let repo = Repo::new();
        for (path, texts) in FILES {
            if rng.below(2) == 0 {
                repo.write(path, expand(texts[rng.below(texts.len())], &mut rng));
            }
        }
        repo.write("keylint.toml", "");
        repo.commit();
        let mut texts: BTreeMap<RepoPath, Vec<u8>> = BTreeMap::new();
        let options = Options::default();
        let mut workspace = Workspace::open(&repo.root, &options, Vec::new()).unwrap();
        for step in 0..15 {
            let (path, choices) = FILES[rng.below(FILES.len())];
            let path = RepoPath::from(path);
            if rng.below(4) == 0 {
                texts.remove(&path);
                workspace.put(&path, None);
            } else {
                let text = expand(choices[rng.below(choices.len())], &mut rng).into_bytes();
                texts.insert(path.clone(), text.clone());
                workspace.put(&path, Some(text));
            }
            // One that can't be read leaves the last one in effect, which a new workspace does not know.
            if workspace.complaint().is_none() {
                let all: Vec<_> = texts.iter().map(|(path, text)| (path.clone(), text.clone())).collect();
                let anew = Workspace::open(&repo.root, &options, all).unwrap();
                let (again, anew) = (workspace.report().findings, anew.report().findings);
                assert_eq!(told(&again), told(&anew), "round {round}, step {step}, {}", path.as_str());
            }
        }
        if workspace.complaint().is_none() {
            for (path, text) in &texts {
                repo.write(path.to_path(), text);
            }
            let disk = lint(&[] as &[PathBuf], &repo.root, &options).unwrap().findings;
            assert_eq!(told(&workspace.report().findings), told(&disk), "round {round}");
        }
    }
}
