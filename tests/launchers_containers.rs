//! Findings in Dockerfiles, compose files, development containers and settings of editors: each row is one file; the
//! marker in it, if there is one, is all that is reported.
#![allow(clippy::unwrap_used)]

mod common;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, place, position};

const LEAKS: &[(&str, &str)] = &[
    ("Dockerfile", "FROM x\nENV GITHUB_TOKEN=@@github-pat@@\n"),
    ("Dockerfile", "FROM x\nENV GITHUB_TOKEN $TOKEN\nARG TOKEN\n"),
    ("Dockerfile", "FROM x\nARG MY_SECRET=@@base62-key@@\nENV MY_SECRET=$MY_SECRET\n"),
    ("Dockerfile", "FROM x\n# ENV MY_SECRET=@@base62-key@@\n"),
    ("Dockerfile", "FROM x\n# the secret is set with ENV\n"),
    ("Dockerfile", "FROM x\nRUN a \\\n  && curl -H 'x-api-key: @@base62-key@@' https://h.example.net\n"),
    (
        "Dockerfile",
        "FROM x\nRUN --mount=type=secret,id=key curl -H \"x-api-key: $(cat /run/secrets/key)\" https://h.example.net\n",
    ),
    ("Dockerfile", "FROM x\nRUN <<EOF\nexport MY_SECRET=@@base62-key@@\nEOF\n"),
    ("Dockerfile", "FROM x\nCMD [\"app\", \"--api-key\", \"@@base62-key@@\"]\n"),
    ("compose.yml", "services:\n  a:\n    environment:\n      MY_SECRET: ${X:-@@base62-key@@}\n"),
    ("compose.yml", "services:\n  a:\n    environment:\n      MY_SECRET: ${X:?set it}\n      # MY_TOKEN: your-token\n"),
    ("compose.yml", "services:\n  a:\n    environment:\n      # MY_SECRET: @@base62-key@@\n      A: b\n"),
    (
        "compose.yml",
        "x-e: &e\n  MY_SECRET: @@base62-key@@\nservices:\n  a:\n    environment: *e\n  b:\n    environment:\n      <<: *e\n",
    ),
    ("compose.yml", "services:\n  a:\n    build:\n      args:\n        - MY_SECRET=@@base62-key@@\n"),
    ("compose.yml", "services:\n  a:\n    secrets: [key]\nsecrets:\n  key:\n    environment: MY_SECRET\n"),
    ("compose.yml", "services:\n  a:\n    image: x\n    command: [\"--api-key\", \"x\", \"--token=@@base62-key@@\"]\n"),
    ("stack.yml", "services:\n  a:\n    image: x\n    environment:\n      MY_SECRET: @@base62-key@@\n"),
    ("compose.yml", "configs:\n  a:\n    content: |\n      MY_SECRET=@@base62-key@@\n"),
    (".devcontainer/devcontainer.json", "{ // x\n \"containerEnv\": {\"MY_SECRET\": \"@@base62-key@@\",},\n}"),
    (".devcontainer/devcontainer.json", "{\"containerEnv\": {\"MY_SECRET\": \"${localEnv:MY_SECRET}\"}}"),
    (".devcontainer/devcontainer.json", "{\"remoteEnv\": {\"MY_SECRET\": \"${localEnv:X:@@base62-key@@}\"}}"),
    (".devcontainer/devcontainer.json", "{\"runArgs\": [\"-e\", \"MY_SECRET=@@base62-key@@\"]}"),
    (".devcontainer/devcontainer.json", "{\"postCreateCommand\": {\"a\": \"export MY_SECRET=@@base62-key@@\"}}"),
    (
        ".vscode/settings.json",
        "{\"claudeCode.environmentVariables\": [{\"name\": \"MY_SECRET\", \"value\": \"@@base62-key@@\"}]}",
    ),
    (
        ".vscode/settings.json",
        "{\"claudeCode.environmentVariables\": [{\"name\": \"MY_SECRET\", \"value\": \"${env:X}\"}], \"x.apiKey\": \"short\"}",
    ),
    (".vscode/launch.json", "{\"configurations\": [{\"env\": {\"MY_SECRET\": \"@@base62-key@@\"}}]}"),
    (".vscode/tasks.json", "{\"tasks\": [{\"command\": \"MY_SECRET=@@base62-key@@ run\"}]}"),
    (".idea/x.xml", "<env name=\"MY_SECRET\" value=\"@@base62-key@@\" />"),
    (
        ".idea/x.xml",
        "<option name=\"myToken\" value=\"x\" /><component name=\"PropertiesComponent\">{\"a.token\": \"b\"}</component>",
    ),
];

#[test]
fn leaks_stand_where_they_are() {
    let mut rng = Rng::from_entropy();
    for (path, body) in LEAKS {
        let repo = Repo::new();
        repo.write(path, expand(body, &mut rng));
        repo.commit();
        let found: Vec<String> = repo.findings(&["."]).0.iter().map(place).collect();
        let marker = body.find("@@").map(|at| position(body, at));
        let expected: Vec<String> =
            marker.iter().map(|(line, column)| format!("{path}:{line}:{column} secret-in-launcher")).collect();
        assert_eq!(found, expected, "{body}");
    }
}

/// What meets in one process, and what does not.
#[test]
fn routes_of_containers() {
    for (path, body, expected) in [
        (
            "compose.yml",
            "services:\n  a:\n    environment:\n      ANTHROPIC_API_KEY: $A\n      ANTHROPIC_AUTH_TOKEN: $B\n    command: claude\n",
            &["compose.yml:4:26 both-credentials"][..],
        ),
        (
            "compose.yml",
            "services:\n  a:\n    environment: {ANTHROPIC_API_KEY: $A}\n    command: claude\n  b:\n    environment: {ANTHROPIC_AUTH_TOKEN: $B}\n    command: claude\n",
            &[],
        ),
        (
            "Dockerfile",
            "FROM x AS a\nENV ANTHROPIC_API_KEY=$A\nFROM a\nENV ANTHROPIC_AUTH_TOKEN=$B\nCMD [\"claude\"]\n",
            &["Dockerfile:2:23 both-credentials"],
        ),
        (
            "Dockerfile",
            "FROM x AS a\nENV ANTHROPIC_API_KEY=$A\nFROM x\nENV ANTHROPIC_AUTH_TOKEN=$B\nCMD [\"claude\"]\n",
            &[],
        ),
    ] {
        let repo = Repo::committed(&[(path, body)]);
        let found: Vec<String> =
            repo.findings(&["."]).0.iter().map(place).filter(|place| place.contains("both-credentials")).collect();
        assert_eq!(found, expected, "{body}");
    }
}
