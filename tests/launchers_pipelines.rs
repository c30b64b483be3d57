//! Pipelines in whole repositories, and held against tools that read workflows too.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use common::actionlint::actionlint;
use common::repo::Repo;
use common::sample::Rng;
use common::{expand, machine, place, run, text};
use keylint::path::RepoPath;
use keylint::surface::{Pipeline, Surface, read};
use serde_json::Value;

/// Path, content, and `line:column rule severity` of every finding.
const EXAMPLES: &[(&str, &str, &[&str])] = &[
    (
        ".github/workflows/leak.yml",
        "on: push
env:
  ANTHROPIC_API_KEY: @@anthropic-api-key@@
jobs:
  ask:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@08eba0b27e820071cde6df949e0beb9ba4906955
      - run: |
          export ANTHROPIC_API_KEY=@@anthropic-api-key:2@@
          claude -p hi
      - uses: anthropics/claude-code-action@v1
        with:
          claude_code_oauth_token: ${{ secrets.T || '@@anthropic-oauth-token@@' }}
          settings: '{\"env\": {\"MY_TOKEN\": \"@@base62-key@@\"}}'
",
        &[
            "3:22 secret-in-launcher error",
            "10:36 secret-in-launcher error",
            "14:11 oauth-token-shadowed warning",
            "14:54 secret-in-launcher error",
            "15:44 secret-in-launcher error",
        ],
    ),
    (
        ".github/workflows/both.yml",
        "on: push
env:
  ANTHROPIC_BASE_URL: https://api.z.ai/api/anthropic
jobs:
  ask:
    runs-on: ubuntu-latest
    env:
      ANTHROPIC_AUTH_TOKEN: ${{ secrets.ZAI }}
    steps:
      - run: claude -p hi
        env:
          ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}
      - run: npm test
        env:
          ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}
",
        &["12:30 both-credentials error", "15:30 both-credentials error"],
    ),
    (
        ".github/workflows/recipe.yml",
        "on: issue_comment
jobs:
  claude:
    runs-on: ubuntu-latest
    steps:
      - uses: anthropics/claude-code-action@v1
        env:
          ANTHROPIC_BASE_URL: https://gateway.example.net
          ANTHROPIC_AUTH_TOKEN: ${{ secrets.GATEWAY }}
        with:
          anthropic_api_key: ${{ secrets.GATEWAY }}
",
        &[],
    ),
    (
        ".github/workflows/other-secret.yml",
        "on: issue_comment
jobs:
  claude:
    runs-on: ubuntu-latest
    steps:
      - uses: anthropics/claude-code-action@v1
        env:
          ANTHROPIC_BASE_URL: https://gateway.example.net
          ANTHROPIC_AUTH_TOKEN: ${{ secrets.GATEWAY }}
        with:
          anthropic_api_key: ${{ secrets.ANTHROPIC_API_KEY }}
",
        &["11:30 both-credentials error"],
    ),
    (
        ".github/workflows/fine.yml",
        "on: push
jobs:
  key:
    runs-on: ubuntu-latest
    env:
      ANTHROPIC_API_KEY: ${{ secrets.ANTHROPIC_API_KEY }}
    steps:
      - run: claude -p hi
      - run: |
          echo \"ANTHROPIC_API_KEY=${{ secrets.OTHER }}\" >> \"$GITHUB_ENV\"
  token:
    runs-on: ubuntu-latest
    env:
      ANTHROPIC_AUTH_TOKEN: ${{ secrets.GATEWAY }}
      ANTHROPIC_BASE_URL: ${{ vars.GATEWAY_URL }}
      ANTHROPIC_API_KEY: ''
    steps:
      - run: claude -p hi
",
        &[],
    ),
    (
        ".gitlab-ci.yml",
        "variables:
  ANTHROPIC_API_KEY: @@anthropic-api-key@@
ask:
  variables:
    GITLAB_TOKEN: $PROJECT_TOKEN
  script:
    - claude -p hi
",
        &["2:22 secret-in-launcher error"],
    ),
    (
        "Jenkinsfile",
        "pipeline {
  environment {
    ANTHROPIC_AUTH_TOKEN = '@@zai-key@@'
    ANTHROPIC_API_KEY = credentials('anthropic')
  }
  stages { stage('x') { steps { sh 'make' } } }
}
",
        &["3:29 secret-in-launcher error", "4:25 both-credentials error"],
    ),
    (
        ".circleci/config.yml",
        "version: 2.1
jobs:
  a:
    docker: [{image: x}]
    environment:
      # OPENAI_API_KEY: @@openai-project-key@@
      ANTHROPIC_API_KEY: << pipeline.parameters.key >>
    steps: [{run: claude}]
",
        &["6:25 secret-in-launcher error"],
    ),
    (
        ".travis.yml",
        "env:
  global:
    - secure: \"aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQ=\"
    - ANTHROPIC_AUTH_TOKEN=@@zai-key@@ ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic
script: claude
",
        &["4:28 secret-in-launcher error"],
    ),
    (
        "azure-pipelines.yml",
        "steps:
  - script: claude
    env:
      ANTHROPIC_API_KEY: $(ANTHROPIC_API_KEY)
      NPM_TOKEN: @@npm-token@@
",
        &["5:18 secret-in-launcher error"],
    ),
    (
        ".buildkite/pipeline.yml",
        "steps:
  - command: claude
    env: {ANTHROPIC_API_KEY: '@@anthropic-api-key@@'}
",
        &["3:31 secret-in-launcher error"],
    ),
    (
        ".drone.yml",
        "kind: pipeline
steps:
  - name: a
    environment:
      ANTHROPIC_API_KEY: {from_secret: key}
      MY_TOKEN: @@base62-key@@
    commands: [claude]
",
        &["6:17 secret-in-launcher error"],
    ),
    (
        "bitbucket-pipelines.yml",
        "pipelines:
  default:
    - step:
        script:
          - export ANTHROPIC_API_KEY=@@anthropic-api-key@@
          - claude
",
        &["5:38 secret-in-launcher error"],
    ),
];

#[test]
fn findings_in_pipelines() {
    let mut rng = Rng::from_entropy();
    let mut wrong = String::new();
    for (path, body, expected) in EXAMPLES {
        let repo = Repo::new();
        repo.write(".gitignore", "**/.claude/settings.local.json\n");
        repo.write(path, expand(body, &mut rng));
        repo.commit();
        let (findings, _) = repo.findings(&["."]);
        let found: Vec<String> = findings
            .iter()
            .filter(|finding| finding["severity"] != "note")
            .map(|finding| format!("{} {}", place(finding), finding["severity"].as_str().unwrap()))
            .map(|found| found.trim_start_matches(&format!("{path}:")).to_owned())
            .collect();
        if found != *expected {
            let _ = writeln!(wrong, "{path}: {found:?}, not {expected:?}\n{}", repo_text(&repo));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn repo_text(repo: &Repo) -> String {
    text(&run(repo.keylint(&["lint", "."])).stdout)
}

#[test]
fn a_message_names_the_step() {
    let repo = Repo::committed(&[(EXAMPLES[1].0, EXAMPLES[1].1)]);
    let (findings, _) = repo.findings(&["."]);
    let messages: Vec<&str> = findings
        .iter()
        .filter(|finding| finding["rule"] == "both-credentials")
        .map(|finding| finding["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        messages,
        [
            "both credentials are set: Claude Code sends both headers to api.z.ai",
            "both credentials are set: a Claude Code started in this step sends both headers to api.z.ai",
        ]
    );
}

/// Every workflow of these tests is one for actionlint.
#[test]
fn workflows_are_workflows() {
    let repo = Repo::plain();
    let mut rng = Rng::from_entropy();
    let mut names = Vec::new();
    for (index, (path, body, _)) in EXAMPLES.iter().enumerate() {
        if path.starts_with(".github/workflows") {
            let name = format!(".github/workflows/{index}.yml");
            repo.write(&name, expand(body, &mut rng));
            names.push(name);
        }
    }
    for index in 0..20 {
        let name = format!(".github/workflows/random-{index}.yml");
        repo.write(&name, workflow(&mut rng));
        names.push(name);
    }
    if let Some(mut found) = actionlint(&repo.root, &names) {
        found.retain(|one| one["kind"] == "syntax-check");
        assert_eq!(found, [] as [Value; 0]);
    }
}

const NAMES: [&str; 6] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_MODEL",
    "CLAUDE_CODE_USE_BEDROCK",
    "OTHER",
];

/// A random `env`, in one of YAML's spellings.
fn environment(rng: &mut Rng, indent: &str, out: &mut String) {
    let names: Vec<&str> = NAMES.into_iter().filter(|_| rng.below(3) == 0).collect();
    if names.is_empty() {
        return;
    }
    let flow = rng.below(4) == 0;
    let mut parts = Vec::new();
    for name in names {
        let number = rng.below(1000);
        parts.push(match rng.below(if flow { 3 } else { 6 }) {
            0 => format!("{name}: v{number}"),
            1 => format!("{name}: 'it''s {number}'"),
            2 => format!("\"{name}\": \"x\\t{number}\""),
            3 => format!("{name}: >-\n{indent}    folded\n{indent}    {number}"),
            4 => format!("{name}:"),
            _ => format!("{name}: v{number} # note"),
        });
    }
    if flow {
        let _ = writeln!(out, "{indent}env: {{{}}}", parts.join(", "));
    } else {
        let _ = writeln!(out, "{indent}env:\n{indent}  {}", parts.join(&format!("\n{indent}  ")));
    }
}

/// A random workflow.
fn workflow(rng: &mut Rng) -> String {
    let mut out = "on: push\n".to_owned();
    environment(rng, "", &mut out);
    out += "jobs:\n";
    for job in 0..=rng.below(3) {
        let _ = writeln!(out, "  job{job}:\n    runs-on: ubuntu-latest");
        environment(rng, "    ", &mut out);
        out += "    steps:\n";
        for step in 0..=rng.below(4) {
            let name = NAMES[rng.below(NAMES.len())];
            let body = match rng.below(6) {
                0 => "run: claude -p hi".to_owned(),
                1 => "run: make".to_owned(),
                2 => "run: |\n          make\n          claude --model opus".to_owned(),
                3 => format!("run: echo \"{name}=written{step}\" >> \"$GITHUB_ENV\""),
                4 => format!("run: |\n          echo {name}=w{step} >> $GITHUB_ENV\n          claude -p hi"),
                _ => "uses: actions/checkout@v4".to_owned(),
            };
            let _ = writeln!(out, "      - name: step {step}\n        {body}");
            environment(rng, "        ", &mut out);
        }
    }
    out
}

/// What a program prints; none where it is missing, or a module that its script needs.
fn tool(command: &mut Command, name: &str) -> Option<String> {
    let output = command.output().ok();
    if let Some(output) = &output {
        let said = text(&output.stderr);
        assert!(output.status.success() || said.contains("No module named"), "{name}: {}: {said}", output.status);
    }
    let output = output.filter(|output| output.status.success());
    if output.is_none() {
        machine::lacks(name);
    }
    output.map(|output| text(&output.stdout))
}

/// The steps of random workflows find what a model written in Python, over another YAML reader, says.
#[test]
fn random_workflows_as_the_model_has_them() {
    type Steps = BTreeMap<String, BTreeMap<String, String>>;
    let repo = Repo::plain();
    let mut rng = Rng::from_entropy();
    let texts: BTreeMap<String, String> = (0..400).map(|index| (format!("{index}.yml"), workflow(&mut rng))).collect();
    for (name, text) in &texts {
        repo.write(name, text);
    }
    let mut python = Command::new("python3");
    python.arg(common::package().join("tests/models/workflows.py")).arg(&repo.root);
    let Some(expected) = tool(&mut python, "PyYAML") else { return };
    let expected: BTreeMap<String, Steps> = serde_json::from_str(&expected).unwrap();
    let mut compared = 0;
    for (name, text) in &texts {
        let path = RepoPath::from(name.as_str());
        let document = read(path, Some(Surface::Pipeline(Pipeline::GitHub)), text.as_bytes());
        let mut found = Steps::new();
        for launch in document.launches.iter().filter(|launch| launch.command.is_some()) {
            let environment = launch.environment.iter().map(|&index| &document.assignments[index]);
            let pairs = environment.map(|one| (one.name.clone(), one.decoded.text.expose().to_owned())).collect();
            assert!(found.insert(launch.key.clone(), pairs).is_none(), "{} twice\n{text}", launch.key);
        }
        compared += found.len();
        assert_eq!(found, expected[name], "{text}");
    }
    assert!(compared > 200, "{compared}");
}
