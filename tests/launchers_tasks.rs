//! Task runners and services: exact findings.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use common::repo::Repo;
use common::sample::Rng;
use common::{base64, expand, place, position, token};

/// Path and content; every marker in it is to be found by `secret-in-launcher`.
const LEAKY: &[(&str, &str)] = &[
    (
        "Makefile",
        "export ANTHROPIC_AUTH_TOKEN := @@zai-key@@\n# OLD_TOKEN = @@github-pat@@\nrun: export OPENAI_API_KEY = @@openai-project-key@@\nrun:\n\t@GITHUB_TOKEN='@@github-pat:2@@' claude -p \\\n\t  hi\n\tcurl -H \"x-api-key: @@anthropic-api-key@@\" https://h.example.net\n",
    ),
    (
        "justfile",
        "export MY_SECRET := '@@hex-key@@'\nrun $TOKEN=\"@@base62-key@@\":\n  LINEAR_API_KEY=@@linear-key@@ x\n",
    ),
    (
        "Taskfile.yml",
        "env:\n  API_TOKEN: @@hex-key@@\ntasks:\n  x:\n    cmds:\n      - GITHUB_TOKEN=@@github-pat@@ ./x\n",
    ),
    ("mise.toml", "[env]\nAPI_TOKEN = \"@@hex-key@@\"\n[tasks.x]\nrun = 'GITHUB_TOKEN=@@github-pat@@ ./x'\n"),
    ("Procfile", "web: API_TOKEN=@@hex-key@@ ./web\n"),
    ("package.json", "{\"scripts\": {\"x\": \"cross-env API_TOKEN=@@hex-key@@ node x\"}}\n"),
    ("deno.json", "{\"tasks\": {\"x\": \"API_TOKEN=@@hex-key@@ deno run x\"}}\n"),
    (
        "etc/x.service",
        "[Service]\nEnvironment=A=b \"API_TOKEN=@@hex-key@@\"\n#Environment=OTHER_TOKEN=@@hex-key:2@@\nExecStart=/bin/x --token @@base62-key@@\n",
    ),
    (
        "x.plist",
        "<plist><dict><key>EnvironmentVariables</key><dict><key>API_TOKEN</key><string>@@hex-key@@</string></dict></dict></plist>\n",
    ),
    (
        "k8s/web.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  API_TOKEN: @@hex-key@@\n---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: web\n      env:\n        - name: OTHER_TOKEN\n          value: \"@@hex-key:2@@\"\n",
    ),
    ("chart/values.yaml", "web:\n  env:\n    API_TOKEN: @@hex-key@@\n"),
    (
        "main.tf",
        "variable \"anthropic_api_key\" {\n  default = \"@@base62-key@@\"\n}\nresource \"x\" \"y\" {\n  environment {\n    variables = {\n      API_TOKEN = \"@@hex-key@@\"\n    }\n  }\n}\n",
    ),
    (
        "shell.nix",
        "mkShell {\n  API_TOKEN = \"@@hex-key@@\";\n  shellHook = ''\n    export OTHER_TOKEN=@@hex-key:2@@\n  '';\n}\n",
    ),
];

/// The same, with values that something else supplies.
const CLEAN: &[(&str, &str)] = &[
    (
        "Makefile",
        "include .env\nexport ANTHROPIC_BASE_URL = https://gw.example.net\nexport ANTHROPIC_AUTH_TOKEN = $(ZAI_KEY)\nexport API_TOKEN := $(shell op read op://a/b/c)\nrun:\n\tGITHUB_TOKEN='$(T)' OTHER_TOKEN=$$T claude\n\t@echo \"set ANTHROPIC_API_KEY=your_api_key\"\n",
    ),
    ("justfile", "export MY_SECRET := env('S')\nrun $TOKEN=\"\":\n  LINEAR_API_KEY='{{ TOKEN }}' x\n"),
    ("Taskfile.yml", "env:\n  API_TOKEN: '{{.T}}'\n  OTHER_TOKEN: {sh: op read x}\n"),
    ("mise.toml", "[env]\nAPI_TOKEN = \"{{ env.T }}\"\n_.file = \".env\"\n"),
    ("package.json", "{\"scripts\": {\"x\": \"cross-env API_TOKEN=$T node x\"}, \"config\": {\"port\": \"80\"}}\n"),
    (
        "etc/x.service",
        "[Service]\nPassEnvironment=API_TOKEN\nEnvironmentFile=/etc/x.env\nExecStart=/bin/x --token ${API_TOKEN}\n",
    ),
    (
        "k8s/web.yaml",
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - env:\n        - name: API_TOKEN\n          valueFrom: {secretKeyRef: {name: s, key: k}}\n        - {name: OTHER_TOKEN, value: $(API_TOKEN)}\n",
    ),
    ("k8s/sealed.yaml", "apiVersion: x/v1\nkind: SealedSecret\nspec: {encryptedData: {API_TOKEN: @@base62-key@@}}\n"),
    ("chart/values.yaml", "env:\n  API_TOKEN: '{{ .Values.t }}'\n  EMPTY_TOKEN: \"\"\n"),
    (
        "main.tf",
        "variable \"api_token\" {\n  sensitive = true\n}\nresource \"x\" \"y\" {\n  environment {\n    API_TOKEN = var.api_token\n    OTHER_TOKEN = \"${data.x.y}\"\n  }\n}\n",
    ),
    (
        "shell.nix",
        "mkShell { API_TOKEN = token; OTHER_TOKEN = \"${token}\"; shellHook = ''export T_TOKEN=''${T}''; }\n",
    ),
];

#[test]
fn every_leak_is_found_at_its_place() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let mut expected = Vec::new();
    for (path, body) in LEAKY {
        let mut text = String::new();
        let mut values: BTreeMap<&str, String> = BTreeMap::new();
        for (index, part) in body.split("@@").enumerate() {
            if index % 2 == 0 {
                text.push_str(part);
                continue;
            }
            let (line, column) = position(&text, text.len());
            expected.push(format!("{path}:{line}:{column} secret-in-launcher"));
            let name = part.split(':').next().unwrap();
            text.push_str(values.entry(part).or_insert_with(|| token(name, &mut rng).unwrap()));
        }
        repo.write(path, text);
    }
    repo.commit();
    let (findings, _) = repo.findings(&["."]);
    let mut found: Vec<String> = findings.iter().map(place).filter(|place| place.contains(" secret-")).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn references_are_silent() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    for (path, body) in CLEAN {
        repo.write(path, expand(body, &mut rng));
    }
    repo.commit();
    let (findings, _) = repo.findings(&["."]);
    let noted = ["Makefile:6:38 inherited-credential", "etc/x.service:4:26 secret-on-command-line"];
    assert_eq!(findings.iter().map(place).collect::<Vec<_>>(), noted);
}

#[test]
fn a_token_in_base64_is_found_where_it_stands() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let key = token("anthropic-api-key", &mut rng).unwrap();
    let body = format!("apiVersion: v1\nkind: Secret\ndata:\n  key: {}\n", base64(key.as_bytes()));
    repo.write("s.yaml", body);
    repo.commit();
    let (findings, _) = repo.findings(&["."]);
    assert_eq!(findings.iter().map(place).collect::<Vec<_>>(), ["s.yaml:4:8 secret-in-launcher"]);
    assert!(findings[0]["message"].as_str().unwrap().contains("an Anthropic API key"), "{}", findings[0]);
}

#[test]
fn both_credentials_meet_in_a_recipe() {
    let repo = Repo::committed(&[(
        "Makefile",
        "export ANTHROPIC_BASE_URL = https://gw.example.net\nexport ANTHROPIC_AUTH_TOKEN = $(T)\nrun:\n\tANTHROPIC_API_KEY=$$K claude\nclean:\n\tANTHROPIC_API_KEY= claude\n",
    )]);
    let (findings, _) = repo.findings(&["."]);
    let found: Vec<String> = findings.iter().map(place).filter(|it| it.ends_with("both-credentials")).collect();
    assert_eq!(found, ["Makefile:4:20 both-credentials"]);
}
