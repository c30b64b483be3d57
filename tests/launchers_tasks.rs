//! Task runners and services: exact findings, and environments held against the real thing.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use common::repo::Repo;
use common::sample::Rng;
use common::{base64, expand, package, place, position, text, token};
use keylint::path::RepoPath;
use keylint::surface::{Document, Launch, Service, Surface, Tasks, Value, read};

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

/// What a launch gives to the client; an empty variable counts as unset.
fn environment(document: &Document, launch: &Launch) -> BTreeMap<String, String> {
    let set = launch.environment.iter().map(|&index| &document.assignments[index]);
    set.filter(|one| !matches!(one.value, Value::Unset))
        .map(|one| (one.name.clone(), one.decoded.text.expose().to_owned()))
        .filter(|(name, value)| name.starts_with("ANTHROPIC_") && !value.is_empty())
        .collect()
}

/// Whether the tool is there; if not, says so, or fails where it has to be.
fn has(tool: &str) -> bool {
    let there = Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(there || std::env::var_os("KEYLINT_REQUIRE_TOOLS").is_none(), "{tool} is missing");
    if !there {
        println!("skipped: {tool} is missing");
    }
    there
}

fn seed() -> u64 {
    let seed = std::env::var("KEYLINT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| Rng::from_entropy().next() >> 1);
    println!("KEYLINT_SEED={seed}");
    seed
}

fn modelled(kind: &str, surface: Surface) {
    if !has("python3") {
        return;
    }
    let script = package().join("tests/models/units.py");
    let output = Command::new("python3").arg(script).args([kind, &seed().to_string(), "400"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let cases: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    for case in &cases {
        let text = case["text"].as_str().unwrap();
        let mut expected: BTreeMap<String, String> = serde_json::from_value(case["env"].clone()).unwrap();
        expected.retain(|_, value| !value.is_empty());
        let document = read(RepoPath::from("x"), Some(surface), text.as_bytes());
        assert_eq!(document.launches.len(), 1, "{text}");
        assert_eq!(environment(&document, &document.launches[0]), expected, "{text}");
    }
    println!("{} files of {kind}", cases.len());
}

#[test]
fn units_of_systemd() {
    modelled("systemd", Surface::Service(Service::Systemd));
}

#[test]
fn property_lists() {
    modelled("plist", Surface::Service(Service::Launchd));
}

const NAMES: [&str; 4] = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL"];

fn makefile(rng: &mut Rng) -> String {
    let values = ["a", "b c", "d # note", "e\\#f", "$$g", "h\\\n   i", "", "'j'", "\"k\"", "l:m=n", "o ", "p$$$$q"];
    let mut text = String::new();
    let mut open = 0;
    for _ in 0..rng.below(8) + 1 {
        let name = NAMES[rng.below(4)];
        let value = values[rng.below(values.len())];
        let operator = [":=", "=", "?=", "::="][rng.below(4)];
        let start = ["", "export ", "export ", "override export "][rng.below(4)];
        match rng.below(12) {
            0 => writeln!(text, "export {name}"),
            1 => writeln!(text, "unexport {name}"),
            2 if rng.below(3) == 0 => writeln!(text, "export"),
            3 => {
                open += 1;
                writeln!(text, "ifeq (1,{})", rng.below(2) + 1)
            }
            4 if open > 0 => writeln!(text, "else"),
            5 if open > 0 => {
                open -= 1;
                writeln!(text, "endif")
            }
            6 => writeln!(text, "run: export {name} = {value}"),
            7 => writeln!(text, "ot%: {name} := {value}"),
            8 => writeln!(text, "# export {name} := no"),
            _ => writeln!(text, "{start}{name} {operator} {value}"),
        }
        .unwrap();
    }
    for _ in 0..open {
        text.push_str("endif\n");
    }
    let prefix = ["", "ANTHROPIC_MODEL='own $$x' ", "env -u ANTHROPIC_MODEL "][rng.below(3)];
    let mark = ["", "@", "-@ "][rng.below(3)];
    write!(text, "run:\n\techo no\n\t{mark}{prefix}claude -p \\\n\t  hi\n").unwrap();
    // A second `else` of one conditional is an error.
    let mut seen = Vec::new();
    text.lines()
        .filter(|line| {
            match *line {
                line if line.starts_with("ifeq") => seen.push(false),
                "endif" => drop(seen.pop()),
                "else" => return !std::mem::replace(seen.last_mut().unwrap(), true),
                _ => {}
            }
            true
        })
        .fold(String::new(), |all, line| all + line + "\n")
}

/// What make hands to the recipe of `run`.
fn observed(folder: &Path) -> Option<BTreeMap<String, String>> {
    let mut command = Command::new("make");
    command.args(["-s", "run"]).current_dir(folder).env_clear();
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.display())).env("DUMP", folder.join("dump"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let dump = std::fs::read(folder.join("dump")).ok()?;
    let pairs = dump.split(|&byte| byte == 0).map(text);
    Some(
        pairs
            .filter_map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
            .filter(|(name, value)| name.starts_with("ANTHROPIC_") && !value.is_empty())
            .collect(),
    )
}

/// What make gives the client is one of the predicted environments, and the only one without conditionals.
#[cfg(unix)]
#[test]
fn recipes_of_make() {
    use std::os::unix::fs::PermissionsExt as _;
    if !has("make") {
        return;
    }
    let mut rng = Rng::new(seed());
    let repo = Repo::plain();
    repo.write("claude", "#!/bin/sh\nenv -0 > \"$DUMP\"\n");
    std::fs::set_permissions(repo.path("claude"), std::fs::Permissions::from_mode(0o755)).unwrap();
    for _ in 0..300 {
        let body = makefile(&mut rng);
        repo.write("Makefile", &body);
        let expected = observed(&repo.root).unwrap();
        let document = read(RepoPath::from("Makefile"), Some(Surface::Tasks(Tasks::Make)), body.as_bytes());
        let launches: Vec<_> =
            document.launches.iter().filter(|launch| launch.key == "run" && launch.command.is_some()).collect();
        let predicted: Vec<_> = launches.iter().map(|launch| environment(&document, launch)).collect();
        assert!(predicted.contains(&expected), "{body}\nobserved {expected:?}\npredicted {predicted:?}");
        assert!(body.contains("ifeq") || predicted.len() == 1, "{body}\n{predicted:?}");
    }
}
