//! The configuration: each setting with what it does and a near miss that it leaves alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::repo::Repo;
use common::sample::{Rng, sample};
use common::{expand, package, place, run, text};
use serde_json::Value;

const TOKEN: &str = "corp_[A-Za-z0-9]{32}";

/// A committed repository whose markers are expanded; `@@corp@@` is a token of the shape that the tests configure.
fn repo(files: &[(&str, &str)]) -> Repo {
    let repo = Repo::new();
    let mut rng = Rng::new(7);
    let bodies: Vec<&str> = files.iter().map(|(_, body)| *body).collect();
    let joined = bodies.join("\0").replace("@@corp@@", &sample(TOKEN, &mut rng));
    for ((path, _), body) in files.iter().zip(expand(&joined, &mut rng).split('\0')) {
        repo.write(path, body);
    }
    repo.write(".gitignore", "**/.claude/settings.local.json\n.env.local\n");
    repo.commit();
    repo
}

/// `path:line:column rule severity` of each finding.
fn found(repo: &Repo, arguments: &[&str]) -> Vec<String> {
    let (findings, _) = repo.findings(arguments);
    findings.iter().map(|one| format!("{} {}", place(one), one["severity"].as_str().unwrap())).collect()
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(found(&repo(files), &[]), expected);
}

fn summary(repo: &Repo, arguments: &[&str]) -> String {
    text(&run(repo.keylint(&[&["lint", "--format", "concise"], arguments].concat())).stdout)
}

const BOTH: &str = "ANTHROPIC_API_KEY=$KEY\nANTHROPIC_AUTH_TOKEN=$TOKEN\nANTHROPIC_BASE_URL=https://api.z.ai\n";

#[test]
fn exclude() {
    let files = [
        ("keylint.toml", "exclude = ['vendor/**', '!vendor/ours.env']\n"),
        ("vendor/a.env", BOTH),
        ("vendor/ours.env", BOTH),
        ("xvendor/a.env", BOTH),
        ("vendor/deep/leak.md", "@@anthropic-api-key@@\n"),
    ];
    let both = ["vendor/ours.env:1:19 both-credentials error", "xvendor/a.env:1:19 both-credentials error"];
    let repo = repo(&files);
    assert_eq!(found(&repo, &[]), both);
    assert!(summary(&repo, &[]).ends_with("note: 2 files are excluded by the configuration\n"));
    // What a hook passes by name stays excluded.
    assert_eq!(found(&repo, &["vendor/a.env"]), [""; 0]);
    assert!(summary(&repo, &["vendor/a.env"]).ends_with("note: 1 file is excluded by the configuration\n"));
    assert_eq!(found(&repo, &["--no-config"]).len(), 4);
    assert!(!summary(&repo, &["--no-config"]).contains("excluded"));
}

#[test]
fn an_excluded_file_exists_all_the_same() {
    let settings = r#"{"apiKeyHelper": "./bin/token.sh"}"#;
    let helper = "#!/bin/sh\nvault read token\n";
    let repo = repo(&[("keylint.toml", "exclude = ['bin/']\n"), (".claude/settings.json", settings)]);
    repo.write("bin/token.sh", helper);
    repo.git(&["add", "-A"]);
    repo.git(&["update-index", "--chmod=+x", "bin/token.sh"]);
    repo.git(&["commit", "-q", "-m", "x"]);
    assert_eq!(found(&repo, &[]), [""; 0]);
}

#[test]
fn the_configuration_can_not_hide_itself() {
    check(
        &[("keylint.toml", "exclude = ['*.toml']\ntxt = 1\n# @@anthropic-api-key@@\n")],
        &["keylint.toml:2:1 configuration-invalid error", "keylint.toml:3:3 secret-in-text error"],
    );
}

#[test]
fn levels() {
    let env = |rules: &str| {
        found(&repo(&[("keylint.toml", rules), (".env.example", BOTH), ("a/x.env", BOTH), ("b/x.env", BOTH)]), &[])
    };
    // In a template it is a note, and stays one.
    let at = |template: &str, a: &str, b: &str| {
        let line = |path: &str, level: &str| format!("{path}:1:19 both-credentials {level}");
        let all = [(".env.example", template), ("a/x.env", a), ("b/x.env", b)];
        all.iter().filter(|(_, level)| *level != "off").map(|(path, level)| line(path, level)).collect::<Vec<_>>()
    };
    assert_eq!(env(""), at("note", "error", "error"));
    assert_eq!(env("[rules]\nboth-credentials = 'off'\n"), at("off", "off", "off"));
    assert_eq!(env("[rules]\nboth-credentials = 'warning'\n"), at("note", "warning", "warning"));
    assert_eq!(env("[rules]\nall = 'note'\n"), at("note", "note", "note"));
    assert_eq!(env("[rules]\nall = 'off'\nboth-credentials = 'error'\n"), at("note", "error", "error"));
    assert_eq!(env("[rules]\nhelper-static = 'off'\n"), at("note", "error", "error"));
    let paths = "[[paths]]\nmatch = ['a/']\nrules.all = 'warning'\n[[paths]]\nmatch = ['*.env']\nrules.both-credentials = 'note'\n";
    assert_eq!(env(paths), at("note", "note", "note"));
    let paths = "[[paths]]\nmatch = ['*.env']\nrules.both-credentials = 'note'\n[[paths]]\nmatch = ['a/']\nrules.all = 'warning'\n";
    assert_eq!(env(paths), at("note", "warning", "note"));
}

#[test]
fn a_level_raises_what_has_the_rules_own_severity() {
    let settings =
        |url: &str| format!(r#"{{"apiKeyHelper": "vault read x", "env": {{"ANTHROPIC_BASE_URL": "{url}"}}}}"#);
    let config = ("keylint.toml", "[rules]\nshared-redirect = 'error'\n");
    for (url, severity) in [("https://gw.example.net", "error"), ("http://localhost:4000", "note")] {
        let expected = format!(".claude/settings.json:1:65 shared-redirect {severity}");
        check(&[config, (".claude/settings.json", &settings(url))], &[&expected]);
    }
}

#[test]
fn levels_decide_the_exit_code() {
    let code = |rules: &str| repo(&[("keylint.toml", rules), ("x.env", BOTH)]).findings(&[]).1;
    assert_eq!(code(""), 1);
    assert_eq!(code("[rules]\nboth-credentials = 'note'\n"), 0);
    assert_eq!(code("[rules]\nboth-credentials = 'off'\n"), 0);
    assert_eq!(code("[rules]\nboth-credentials = 'warning'\n"), 1);
    assert_eq!(
        code("[rules]\nall = 'off'\nxyz = 'off'\n"),
        1,
        "nothing turns off what is wrong with the configuration"
    );
}

#[test]
fn launchers() {
    let start = "ANTHROPIC_API_KEY=$A ANTHROPIC_AUTH_TOKEN=$B ANTHROPIC_BASE_URL=https://api.z.ai exec claude\n";
    let files = [
        ("keylint.toml", "launchers = ['tools/start-*']\n"),
        ("tools/start-claude", start),
        ("tools/start-glm.inc", start),
        ("tools/start-python", &format!("#!/usr/bin/env python3\n{start}")),
        ("tools/start-x.py", start),
        ("tools/other", start),
        ("start-claude", start),
    ];
    check(
        &files,
        &["tools/start-claude:1:19 both-credentials error", "tools/start-glm.inc:1:19 both-credentials error"],
    );
}

#[test]
fn settings() {
    let profile = r#"{"env": {"ANTHROPIC_API_KEY": "$A", "ANTHROPIC_AUTH_TOKEN": "$B"}}"#;
    let files = [
        ("keylint.toml", "settings = ['config/claude-*.json']\n"),
        ("config/claude-glm.json", profile),
        ("config/other.json", profile),
    ];
    check(
        &files,
        &[
            "config/claude-glm.json:1:32 both-credentials error",
            "config/claude-glm.json:1:32 unexpanded-reference error",
            "config/claude-glm.json:1:62 unexpanded-reference error",
        ],
    );
}

#[test]
fn gateways_and_their_header() {
    let key = "ANTHROPIC_API_KEY=$K\nANTHROPIC_BASE_URL=https://gw.corp-llm.net\nCLAUDE_CODE_X=1\n";
    let rule = "x.env:1:1 base-url-with-api-key";
    let gateway = |host: &str, rest: &str| format!("[[gateways]]\nhost = '{host}'\n{rest}\n");
    let of = |config: &str| {
        let all = found(&repo(&[("keylint.toml", config), ("x.env", key)]), &[]);
        all.into_iter().filter(|line| line.starts_with("x.env")).collect::<Vec<_>>()
    };
    let note = [format!("{rule} note")];
    assert_eq!(of(""), note);
    assert_eq!(of(&gateway("gw.corp-llm.net", "header = 'bearer'")), [format!("{rule} warning")]);
    assert_eq!(of(&gateway("gw.corp-llm.net", "header = 'api-key'")), [""; 0]);
    assert_eq!(of(&gateway("*.corp-llm.net", "header = 'either'")), [""; 0]);
    assert_eq!(of(&gateway("gw.corp-llm.net:443", "header = 'either'")), [""; 0]);
    assert_eq!(of(&gateway("gw.corp-llm.net", "")), note, "a host without a header says nothing of it");
    for other in ["corp-llm.net", "x.gw.corp-llm.net", "*.gw.corp-llm.net", "gw.corp-llm.net:8443"] {
        assert_eq!(of(&gateway(other, "header = 'bearer'")), note, "{other}");
    }
}

#[test]
fn gateways_in_shared_settings() {
    let settings = r#"{"apiKeyHelper": "vault read x", "env": {"ANTHROPIC_BASE_URL": "https://gw.corp-llm.net"}}"#;
    let finding = ".claude/settings.json:1:65 shared-redirect warning";
    let gateway = |rest: &str| format!("[[gateways]]\nhost = 'gw.corp-llm.net'\n{rest}\n");
    check(&[(".claude/settings.json", settings)], &[finding]);
    check(&[("keylint.toml", &gateway("shared = true")), (".claude/settings.json", settings)], &[]);
    for rest in ["", "shared = false", "anthropic-keys = true"] {
        check(&[("keylint.toml", &gateway(rest)), (".claude/settings.json", settings)], &[finding]);
    }
}

#[test]
fn gateways_for_anthropic_keys() {
    let gateway = |rest: &str| format!("[[gateways]]\nhost = 'gw.corp-llm.net'\n{rest}\n");
    let url = "ANTHROPIC_BASE_URL=https://gw.corp-llm.net";
    let files = |config: &str| {
        let key = format!("{url}\nANTHROPIC_API_KEY=@@anthropic-api-key@@\n");
        let oauth = format!("{url}\nCLAUDE_CODE_OAUTH_TOKEN=$T\n");
        let all = [(".env.local", key.as_str()), ("keylint.toml", config), ("nothing.env", url), ("oauth.env", &oauth)];
        found(&repo(&all), &[])
    };
    let all = [
        ".env.local:2:19 anthropic-key-to-third-party error",
        "nothing.env:1:20 base-url-without-token warning",
        "oauth.env:2:1 oauth-token-to-third-party error",
    ];
    assert_eq!(files(""), all);
    assert_eq!(files(&gateway("anthropic-keys = true")), [""; 0]);
    assert_eq!(files(&gateway("shared = true")), all);
}

const CORP: &str = "[[tokens]]\nname = 'Corp gateway token'\npattern = 'corp_[A-Za-z0-9]{32}'\nrevoke = 'https://gw.corp.example/tokens'\n";

#[test]
fn tokens_are_found_everywhere() {
    let files = [
        ("keylint.toml", CORP),
        ("docs/a.md", "Use @@corp@@ here.\n"),
        ("run.sh", "curl -H \"X-Y: @@corp@@\" https://x.example\n"),
        (".claude/settings.json", "{\"permissions\": {\"allow\": [\"Bash(x @@corp@@)\"]}}\n"),
        ("glued.md", "x@@corp@@ @@corp@@x corp_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX\n"),
    ];
    let repo = repo(&files);
    assert_eq!(
        found(&repo, &[]),
        [
            ".claude/settings.json:1:36 secret-in-permission error",
            "docs/a.md:1:5 secret-in-text error",
            "run.sh:1:15 secret-in-launcher error",
        ]
    );
    let (findings, _) = repo.findings(&["docs"]);
    let message = findings[0]["message"].as_str().unwrap();
    assert_eq!(message, "this line holds a Corp gateway token (corp_…, 37 characters); git tracks the file");
    assert!(findings[0]["help"][0].as_str().unwrap().contains("(https://gw.corp.example/tokens)"));
    assert_eq!(found(&repo, &["--no-config", "docs"]), [""; 0]);
}

#[test]
fn tokens_are_masked_in_all_output() {
    let mut rng = Rng::new(9);
    // Neither a known shape nor random enough to be hidden by itself.
    let pattern = "house-[a-z]{3}-[a-z]{3}-pass";
    let secret = "house-kix-bol-pass";
    assert_eq!(sample(pattern, &mut rng).len(), secret.len());
    let config = format!("[[tokens]]\nname = 'House word'\npattern = '{pattern}'\n");
    let files = [
        ("keylint.toml", config.as_str()),
        (
            ".env",
            "ANTHROPIC_BASE_URL=http://house-kix-bol-pass.example.com/house-kix-bol-pass\nANTHROPIC_API_KEY=$K\nANTHROPIC_AUTH_TOKEN=$T\nANTHROPIC_MODEL=house-kix-bol-pass\n",
        ),
        (
            "a.sh",
            "export house='house-kix-bol-pass'\nANTHROPIC_AUTH_TOKEN=house-kix-bol-pass ANTHROPIC_API_KEY=b claude --model house-kix-bol-pass\n",
        ),
        ("b.yml", "house-kix-bol-pass:\n  ANTHROPIC_API_KEY: x\n"),
        (
            ".claude/settings.json",
            "{\"env\": {\"house-kix-bol-pass\": \"@@github-pat@@\", \"ANTHROPIC_BASE_URL\": \"http://house-kix-bol-pass.example.com\"}}",
        ),
    ];
    let repo = repo(&files);
    let formats: [&[&str]; 5] = [
        &["lint", "--min-severity", "note"],
        &["lint", "--format", "concise", "--min-severity", "note"],
        &["lint", "--format", "json"],
        &["route"],
        &["route", "--format", "json"],
    ];
    for arguments in formats {
        let output = run(repo.keylint(arguments));
        let shown = text(&output.stdout) + &text(&output.stderr);
        assert!(shown.len() > 200, "{arguments:?}: {shown}");
        assert!(!shown.contains("kix"), "{arguments:?}: {shown}");
        if arguments.contains(&"json") {
            serde_json::from_slice::<Value>(&output.stdout).unwrap();
        }
        let open = run(repo.keylint(&[arguments, &["--no-config"]].concat()));
        assert!(text(&open.stdout).contains("kix"), "{arguments:?}: the test is blind");
    }
}

#[test]
fn variables() {
    let mut rng = Rng::new(3);
    let value = expand("@@hex-key@@", &mut rng);
    let env = format!("CORP_LLM={value}\nCORP_LLM_X={value}\nPASSPORT_KEY={value}\nPASSPORT_KEY_2={value}\n");
    let config = "[variables]\ncredentials = ['CORP_LLM']\nharmless = ['PASSPORT_KEY']\n";
    let secret = |line: usize, column: usize| format!("x.env:{line}:{column} secret-in-env-file error");
    let tracked = "x.env:1:1 personal-file-tracked error".to_owned();
    let with = [tracked.clone(), secret(1, 10), secret(4, 16)];
    let without = [tracked, secret(3, 14), secret(4, 16)];
    assert_eq!(found(&repo(&[("keylint.toml", config), ("x.env", &env)]), &[]), with);
    assert_eq!(found(&repo(&[("x.env", &env)]), &[]), without);
}

#[test]
fn text_is_searched_for_what_is_asked() {
    let of = |config: &str| {
        found(&repo(&[("keylint.toml", config), ("a.md", "@@github-pat@@ @@anthropic-api-key@@\n")]), &[])
    };
    let anthropic = "a.md:1:42 secret-in-text error";
    assert_eq!(of(""), [anthropic]);
    assert_eq!(of("text = 'ai'\n"), [anthropic]);
    assert_eq!(of("text = 'all'\n"), ["a.md:1:1 secret-in-text error", anthropic]);
}

#[test]
fn where_the_configuration_is_looked_for() {
    let off = "[rules]\nboth-credentials = 'off'\n";
    let finding = ["sub/x.env:1:19 both-credentials error"];
    check(&[("keylint.toml", off), ("sub/x.env", BOTH)], &[]);
    check(&[(".keylint.toml", off), ("sub/x.env", BOTH)], &[]);
    // Not in a folder below.
    check(&[("sub/keylint.toml", off), ("sub/x.env", BOTH)], &finding);
    // From a folder below, and for one file.
    let repo = self::repo(&[("keylint.toml", off), ("sub/x.env", BOTH), ("other.toml", "")]);
    assert_eq!(found(&repo, &["sub"]), [""; 0]);
    assert_eq!(found(&repo, &["sub/x.env"]), [""; 0]);
    assert_eq!(found(&repo, &["--no-config"]), finding);
    assert_eq!(found(&repo, &["--config", "other.toml"]), finding);
    assert_eq!(found(&repo, &["--config", "keylint.toml", "sub"]), [""; 0]);
    repo.write("../outside.toml", off);
    repo.write("keylint.toml", "");
    assert_eq!(found(&repo, &[]), finding);
    assert_eq!(found(&repo, &["--config", "../outside.toml"]), [""; 0]);
    // Also where git ignores it.
    repo.write(".gitignore", "keylint.toml\n");
    repo.git(&["rm", "-q", "--cached", "keylint.toml"]);
    repo.write("keylint.toml", off);
    assert_eq!(found(&repo, &[]), [""; 0]);
    // Without git in the folder that is linted.
    let plain = Repo::plain();
    plain.write_all(&[("keylint.toml", off), ("x.env", BOTH), ("sub/x.env", BOTH)]);
    assert_eq!(found(&plain, &["."]), [""; 0]);
    assert_eq!(found(&plain, &["sub"]), ["x.env:1:19 both-credentials error"]);
}

#[test]
fn two_configurations() {
    check(
        &[("keylint.toml", ""), (".keylint.toml", "[rules]\nboth-credentials = 'off'\n"), ("x.env", BOTH)],
        &[".keylint.toml:1:1 configuration-invalid error", "x.env:1:19 both-credentials error"],
    );
}

#[test]
fn complaints_concern_every_file() {
    let repo = repo(&[("keylint.toml", "exlude = []\n"), ("a/x.env", "A=1\n")]);
    let (findings, code) = repo.findings(&["a"]);
    assert_eq!(findings.iter().map(place).collect::<Vec<_>>(), ["keylint.toml:1:1 configuration-invalid"]);
    assert_eq!(findings[0]["key"], "exlude");
    assert_eq!(findings[0]["help"][0], "did you mean `exclude`?");
    assert_eq!(code, 1);
    // One outside of the repository.
    repo.write("../outside.toml", "\n[rules]\nboth-credential = 'off'\n");
    let (findings, _) = repo.findings(&["--config", "../outside.toml"]);
    assert_eq!(findings.iter().map(place).collect::<Vec<_>>(), ["../outside.toml:3:1 configuration-invalid"]);
}

#[test]
fn what_can_not_be_used_at_all() {
    let repair = "Repair the configuration, or leave it out with `--no-config`";
    for (config, expected) in [
        ("a = \n", "keylint.toml:1:5: this is no TOML: "),
        ("text = 'ai'\ntext = 'all'\n", "keylint.toml:2:1: this is no TOML: duplicate key"),
        ("[rules\n", "keylint.toml:1:7: this is no TOML: "),
        (&format!("x = {}", "[".repeat(5000)), "keylint.toml:1:"),
        (&format!("{}x = 1", "a.".repeat(5000)), "keylint.toml:1:"),
        (&format!("x = '{}'\n", "y".repeat(5 << 20)), "keylint.toml: 5242887 bytes, more than the 1048576 that"),
    ] {
        let repo = repo(&[("keylint.toml", config), ("x.env", BOTH)]);
        for command in ["lint", "route"] {
            let output = run(repo.keylint(&[command]));
            let errors = text(&output.stderr);
            assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{errors}");
            assert!(errors.starts_with(&format!("error: {expected}")) && errors.contains(repair), "{errors}");
        }
        assert_eq!(repo.findings(&["--no-config"]).1, 1);
    }
    let repo = repo(&[("x.env", BOTH)]);
    let output = run(repo.keylint(&["lint", "--config", "nowhere.toml"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("nowhere.toml: "), "{}", text(&output.stderr));
    let output = run(repo.keylint(&["lint", "--config", "x.toml", "--no-config"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot be used with"), "{}", text(&output.stderr));
}

#[test]
#[cfg(unix)]
fn a_link_out_of_the_repository_is_not_followed() {
    let repo = repo(&[("x.env", BOTH)]);
    repo.write("../outside.toml", "[rules]\nall = 'off'\n");
    std::os::unix::fs::symlink("../outside.toml", repo.path("keylint.toml")).unwrap();
    let output = run(repo.keylint(&["lint"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("error: keylint.toml: a symbolic link"), "{}", text(&output.stderr));
}

/// Wherever somebody pastes a token, it is found, and no complaint quotes it.
#[test]
fn a_secret_in_the_configuration_is_found_and_never_quoted() {
    let config = "\
text = '@@github-pat@@'
@@openrouter-key@@ = 1
[rules]
\"@@github-pat@@\" = 'off'
shared-redirect = '@@github-pat@@'
[[tokens]]
name = '@@github-pat@@'
pattern = '@@github-pat@@'
revoke = 'https://x.example/@@github-pat@@'
[[allow]]
rule = '@@github-pat@@'
path = '@@github-pat@@'
reason = '@@github-pat@@'
[[gateways]]
host = '@@github-pat@@'
header = '@@github-pat@@'
[variables]
credentials = ['@@github-pat@@ x']
";
    let repo = repo(&[("keylint.toml", config)]);
    let written = std::fs::read_to_string(repo.path("keylint.toml")).unwrap();
    let secret = written.split('\'').nth(1).unwrap();
    let body = &secret[4..];
    for format in ["human", "concise", "json"] {
        let shown = text(&run(repo.keylint(&["lint", "--format", format, "--min-severity", "note"])).stdout);
        for start in 0..body.len() - 6 {
            assert!(!shown.contains(&body[start..start + 6]), "{format}: {shown}");
        }
        assert!(!shown.contains(&written.lines().nth(1).unwrap()[10..20]), "{format}: {shown}");
    }
    let all = found(&repo, &[]);
    let secrets = all.iter().filter(|line| line.contains("secret-in-text")).count();
    assert_eq!(secrets, written.matches(secret).count() + 1, "{all:#?}");
    let (findings, _) = repo.findings(&[]);
    let key = findings.iter().find(|one| one["rule"] == "secret-in-text" && one["line"] == 8).unwrap();
    assert_eq!(key["key"], "tokens[0].pattern");
}

#[test]
fn hostile_configurations_are_bounded() {
    let stars = format!("exclude = ['{}', '{}', '{}']\n", "**/".repeat(80), "*a".repeat(120), "**/a*".repeat(4));
    let many: String = (0..4000).map(|index| format!("'{index}*/**/x',")).collect();
    let tokens: String = (0..3000)
        .map(|index| format!("[[tokens]]\nname = 'a{index}'\npattern = 'tok_(((x{{{index}}}){{90}}){{90}}){{90}}y'\n"))
        .collect();
    let configs = [
        stars,
        format!("exclude = [{many}]\n"),
        tokens,
        format!("[{}]\na1 = 1\n", "k".repeat(400_000)),
        (0..60_000).map(|index| format!("k{index} = 1\n")).collect(),
        format!("[[tokens]]\nname = 'x'\npattern = 'aaa{}'\n", "(a|aa)*".repeat(60)),
        (0..20_000).map(|_| "[[allow]]\nrule = 'x'\n").collect(),
    ];
    for config in &configs {
        let repo = repo(&[("keylint.toml", config), ("a.md", &"a".repeat(1 << 16))]);
        for index in 0..50 {
            repo.write(format!("{}{index}.txt", "a/".repeat(40)), "x");
        }
        let (findings, _) = repo.findings(&[]);
        assert!(findings.len() <= 1000, "{}", findings.len());
    }
}

#[test]
fn routes_know_the_configuration() {
    let config = "settings = ['config/claude-*.json']\n[rules]\nboth-credentials = 'off'\n";
    let profile = r#"{"env": {"ANTHROPIC_API_KEY": "a", "ANTHROPIC_AUTH_TOKEN": "b"}}"#;
    let repo = repo(&[("keylint.toml", config), ("config/claude-x.json", profile)]);
    let route = |arguments: &[&str]| text(&run(repo.keylint(&[&["route"], arguments].concat())).stdout);
    let shown = route(&[]);
    assert!(shown.contains("settings config/claude-x.json") && !shown.contains("both-credentials"), "{shown}");
    assert!(!route(&["--no-config"]).contains("claude-x"));
}

#[test]
fn the_schema_for_editors_is_the_one_of_the_reader() {
    let file = package().join("keylint.schema.json");
    let schema = serde_json::to_string_pretty(&keylint::config::schema::json_schema()).unwrap() + "\n";
    if std::env::var_os("KEYLINT_UPDATE_PAGES").is_some() {
        std::fs::write(&file, &schema).unwrap();
    }
    let message = "KEYLINT_UPDATE_PAGES=1 cargo test --test config writes it";
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), schema, "{message}");
}

#[test]
fn the_example_of_the_readme_is_understood() {
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let section = readme.split("## Configuration").nth(1).unwrap();
    let example = section.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let repo = repo(&[("keylint.toml", example)]);
    let invalid: Vec<String> =
        found(&repo, &[]).into_iter().filter(|line| line.contains("configuration-invalid")).collect();
    assert_eq!(invalid, [""; 0]);
    // Every setting at the top is in it.
    let schema = keylint::config::schema::json_schema();
    for (name, property) in schema["properties"].as_object().unwrap() {
        assert!(example.contains(name), "{name}");
        let inner = property.get("items").unwrap_or(property);
        for inner in inner["properties"].as_object().into_iter().flat_map(|inner| inner.keys()) {
            assert!(name == "rules" || example.contains(inner), "{name}.{inner}");
        }
    }
}
