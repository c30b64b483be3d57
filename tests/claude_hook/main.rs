//! The hook of Claude Code: by its documented events, and in a session of the real client.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[path = "../common/mod.rs"]
mod common;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, machine, text};
use serde_json::{Value, json};

/// A repository with something in it that was there before.
fn repository() -> (Repo, String) {
    let repo = Repo::committed(&[(".gitignore", ".env\n.claude/settings.local.json\n"), ("README.md", "hello\n")]);
    (repo, expand("@@anthropic-api-key@@", &mut Rng::from_entropy()))
}

fn hook(repo: &Repo, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = repo.keylint(&[&["claude-hook"], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that refuses its arguments does not read.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// What is said about an event; `Null` for nothing. Never a secret.
#[track_caller]
fn said(repo: &Repo, secret: &str, event: Value) -> Value {
    let mut event = event;
    event["cwd"] = json!(repo.root);
    let output = hook(repo, &[], event.to_string().as_bytes());
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{event}");
    assert!(!stdout.contains(secret));
    if stdout.is_empty() { Value::Null } else { serde_json::from_str(&stdout).unwrap() }
}

fn before(tool: &str, input: Value) -> Value {
    json!({"hook_event_name": "PreToolUse", "tool_name": tool, "tool_input": input})
}

fn write(file: impl AsRef<Path>, content: &str) -> Value {
    before("Write", json!({"file_path": file.as_ref(), "content": content}))
}

/// The lines of a denial that name findings.
#[track_caller]
fn denied(said: &Value) -> Vec<String> {
    let output = &said["hookSpecificOutput"];
    assert_eq!(
        (&output["hookEventName"], &output["permissionDecision"]),
        (&json!("PreToolUse"), &json!("deny")),
        "{said}"
    );
    let reason = output["permissionDecisionReason"].as_str().unwrap();
    let lines = reason.lines().filter(|line| line.contains("]") && !line.starts_with(' '));
    lines.map(|line| line.split("] ").next().unwrap().to_owned() + "]").collect()
}

#[test]
fn a_write_that_would_expose_a_credential_is_denied() {
    let (repo, key) = repository();
    let settings = json!({"env": {"ANTHROPIC_API_KEY": key}}).to_string();
    for (file, content, expected) in [
        (".claude/settings.json", &settings, ".claude/settings.json:1: error[secret-in-settings]"),
        ("new/folder/run.sh", &format!("\nX={key} claude\n"), "new/folder/run.sh:2: error[secret-in-launcher]"),
        ("README.md", &format!("hello\n{key}\n"), "README.md:2: error[secret-in-text]"),
    ] {
        // Absolute, as the client says it, and relative.
        for file in [repo.path(file), PathBuf::from(file)] {
            assert_eq!(denied(&said(&repo, &key, write(&file, content))), [expected]);
        }
    }
    // What stays on this machine, and what is no credential.
    for (file, content) in [
        (".env", format!("ANTHROPIC_API_KEY={key}\n")),
        (".claude/settings.local.json", settings),
        ("README.md", "ANTHROPIC_API_KEY=your-key-here\n".to_owned()),
        (".claude/settings.json", "{\"env\": {\"ANTHROPIC_API_KEY\": \"dummy\"}}".to_owned()),
        (".git/config", key.clone()),
        ("../outside.md", key.clone()),
    ] {
        assert_eq!(said(&repo, &key, write(repo.path(file), &content)), Value::Null, "{file}");
    }
}

#[test]
fn an_edit_is_judged_by_what_it_brings() {
    let (repo, key) = repository();
    let other = expand("@@anthropic-api-key@@", &mut Rng::from_entropy());
    repo.write("run.sh", format!("#!/bin/sh\r\nOLD={key} claude\r\n"));
    let edit = |old: &str, new: &str| json!({"file_path": repo.path("run.sh"), "old_string": old, "new_string": new});
    for (input, expected) in [
        (edit("#!/bin/sh\nOLD", "#!/bin/sh\n\n\nOLD"), None),
        (edit(&key, &other), Some("run.sh:2: error[secret-in-launcher]")),
        (edit("claude", &format!("claude\nNEW={other} claude")), Some("run.sh:3: error[secret-in-launcher]")),
        (edit("there is no such text", "x"), None),
        (edit(&key, "$KEY"), None),
    ] {
        let answer = said(&repo, &other, before("Edit", input.clone()));
        match expected {
            Some(expected) => assert_eq!(denied(&answer), [expected]),
            None => assert_eq!(answer, Value::Null, "{input}"),
        }
    }
    let edits = json!([{"old_string": "claude", "new_string": "MARK"}, {"old_string": "MARK", "new_string": other}]);
    let several = before("MultiEdit", json!({"file_path": repo.path("run.sh"), "edits": edits}));
    assert_eq!(denied(&said(&repo, &other, several)), ["run.sh:2: error[secret-in-launcher]"]);

    repo.write("a.ipynb", json!({"cells": [{"id": "one", "cell_type": "code", "source": ["x = 1\n"]}]}).to_string());
    let cell = |source: &str| json!({"notebook_path": repo.path("a.ipynb"), "cell_id": "one", "new_source": source});
    let line = denied(&said(&repo, &key, before("NotebookEdit", cell(&format!("key = \"{key}\"")))));
    assert_eq!(line.len(), 1);
    assert!(line[0].ends_with("error[secret-in-text]"), "{line:?}");
    assert_eq!(said(&repo, &key, before("NotebookEdit", cell("x = 2"))), Value::Null);
}

#[test]
fn what_somebody_has_accepted_is_let_through() {
    let (repo, key) = repository();
    let content = format!("X={key} claude # keylint: ignore[secret-in-launcher] revoked\n");
    assert_eq!(said(&repo, &key, write(repo.path("run.sh"), &content)), Value::Null);
    repo.write("keylint.toml", "exclude = [\"/fixtures/\"]\n");
    assert_eq!(said(&repo, &key, write(repo.path("fixtures/run.sh"), &format!("X={key}\n"))), Value::Null);
    let output =
        hook(&repo, &["--no-config", "--no-inline"], write(repo.path("run.sh"), &content).to_string().as_bytes());
    assert_eq!(denied(&serde_json::from_slice(&output.stdout).unwrap()), ["run.sh:1: error[secret-in-launcher]"]);
}

#[test]
fn links_lead_to_what_is_written() {
    let (repo, key) = repository();
    repo.write(".env", "A=1\n");
    std::os::unix::fs::symlink(".env", repo.path("tracked.env")).unwrap();
    std::os::unix::fs::symlink(&repo.root, repo.home().join("link")).unwrap();
    let content = format!("ANTHROPIC_API_KEY={key}\n");
    assert_eq!(said(&repo, &key, write(repo.path("tracked.env"), &content)), Value::Null, "it writes the ignored file");
    let through = repo.home().join("link/notes.md");
    assert_eq!(denied(&said(&repo, &key, write(through, &content))), ["notes.md:1: error[secret-in-text]"]);
}

#[test]
fn afterwards_it_tells_what_else_a_write_has_brought() {
    let (repo, key) = repository();
    let text = "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\nexport ANTHROPIC_AUTH_TOKEN=$T\n";
    let script = format!("{text}export ANTHROPIC_API_KEY=$K\nclaude\n");
    let after = |response: Value| {
        let input = json!({"file_path": repo.path("run.sh"), "content": "x"});
        let (event, tool) = ("PostToolUse", "Write");
        json!({"hook_event_name": event, "tool_name": tool, "tool_input": input, "tool_response": response})
    };
    // It is an error, but no credential that others get: nothing is denied.
    assert_eq!(said(&repo, &key, write(repo.path("run.sh"), &script)), Value::Null);
    repo.write("run.sh", &script);
    let told = said(&repo, &key, after(json!({"originalFile": text})));
    let output = &told["hookSpecificOutput"];
    assert_eq!(output["hookEventName"], "PostToolUse");
    let context = output["additionalContext"].as_str().unwrap();
    assert!(context.contains("\nrun.sh:3: error[both-credentials] "), "{context}");
    assert_eq!(said(&repo, &key, after(json!({"originalFile": script}))), Value::Null, "it was there before");
    let told = said(&repo, &key, after(json!({"originalFile": null})));
    assert!(told.to_string().contains("both-credentials"), "the file is new: {told}");

    repo.write(".claude/settings.json", json!({"env": {"ANTHROPIC_API_KEY": key}}).to_string());
    let path = repo.path(".claude/settings.json");
    let changed = json!({"hook_event_name": "ConfigChange", "source": "project_settings", "file_path": path});
    let shown = said(&repo, &key, changed);
    let message = shown["systemMessage"].as_str().unwrap();
    assert!(message.contains("\n.claude/settings.json:1: error[secret-in-settings] "), "{message}");
    assert_eq!(said(&repo, &key, json!({"hook_event_name": "ConfigChange", "source": "skills"})), Value::Null);
}

#[test]
fn nothing_that_it_does_not_understand_stops_a_session() {
    let (repo, key) = repository();
    for event in [
        before("Bash", json!({"command": "echo"})),
        before("mcp__x__write", json!({"file_path": "a", "content": key})),
        before("Write", json!({"file_path": repo.path("a")})),
        before("Edit", json!({})),
        json!({"hook_event_name": "PostToolUse", "tool_name": "Bash", "tool_input": {}}),
    ] {
        assert_eq!(said(&repo, &key, event), Value::Null);
    }
    let failed = |arguments: &[&str], input: &[u8]| -> String {
        let output = hook(&repo, arguments, input);
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "2 would be a veto");
        text(&output.stderr)
    };
    assert!(failed(&[], b"").contains("no JSON"));
    assert!(failed(&[], b"{}").contains("hook_event_name"));
    assert!(failed(&[], b"{\"hook_event_name\": \"Stop\"}").contains("take it out of other events"));
    assert!(
        failed(
            &[],
            json!({"hook_event_name": "PreToolUse", "tool_name": "Write", "tool_input": {"content": "x"}})
                .to_string()
                .as_bytes()
        )
        .contains("names no file")
    );
    assert!(failed(&["--unknown"], b"{}").contains("--unknown"));
    assert!(
        failed(&["--config", "nowhere.toml"], write(repo.path("a"), "x").to_string().as_bytes())
            .contains("nowhere.toml")
    );
    repo.write("keylint.toml", "[[[");
    assert!(failed(&[], write(repo.path("a"), "x").to_string().as_bytes()).contains("keylint.toml"));
}

/// The real client with the plugin, against a server that asks for these tool calls.
fn session(client: &Path, repo: &Repo, calls: &Value) -> Value {
    let folder = common::package();
    let mut command = Command::new("python3");
    command.arg(folder.join("tests/claude_hook/session.py")).arg(client).arg(folder.join("editors/claude-code"));
    command.arg(&repo.root).arg(Path::new(env!("CARGO_BIN_EXE_keylint")).parent().unwrap());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(calls.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `check.sh` installs the client and sets the variable.
#[test]
fn the_real_client_heeds_it() {
    let Some(client) = std::env::var_os("KEYLINT_CLIENT") else {
        return machine::skipped("KEYLINT_CLIENT is not set; tests/claude_hook/check.sh sets it");
    };
    let (repo, key) = repository();
    let at = |path: &str| repo.path(path);
    let route = "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_API_KEY=$K\nclaude\n";
    let calls = json!([
        {"name": "Write", "input": {"file_path": at("notes.md"), "content": key}},
        {"name": "Write", "input": {"file_path": at(".env"), "content": format!("ANTHROPIC_API_KEY={key}\n")}},
        {"name": "Write", "input": {"file_path": at("ok.md"), "content": "hello\n"}},
        {"name": "Edit", "input": {"file_path": at("ok.md"), "old_string": "hello", "new_string": format!("hello {key}")}},
        {"name": "Edit", "input": {"file_path": at("ok.md"), "old_string": "hello", "new_string": "goodbye"}},
        {"name": "Write", "input": {"file_path": at("run.sh"), "content": route}},
        // What was there before is not told again: the tool says what it was.
        {"name": "Edit", "input": {"file_path": at("run.sh"), "old_string": "claude\n", "new_string": "claude -p hi\n"}},
    ]);
    let log = session(Path::new(&client), &repo, &calls);
    let results = log["results"].as_array().unwrap();
    let refused: Vec<bool> = results.iter().map(|result| result["error"].as_bool().unwrap()).collect();
    assert_eq!(refused, [true, false, false, true, false, false, false], "{log}");
    for (index, place) in [(0, "notes.md:1: error[secret-in-text]"), (3, "ok.md:1: error[secret-in-text]")] {
        assert!(results[index]["text"].as_str().unwrap().contains(place), "{}", results[index]);
    }
    assert!(!at("notes.md").exists());
    assert_eq!(std::fs::read_to_string(at("ok.md")).unwrap(), "goodbye\n");
    assert!(std::fs::read_to_string(at(".env")).unwrap().contains(&key));
    let told = log["texts"].as_array().unwrap().iter().filter_map(Value::as_str);
    let told: Vec<&str> = told.filter(|text| text.contains("keylint, about what this write brought")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("run.sh:1: error[both-credentials]"), "{told:?}");
    assert!(!log["results"].to_string().contains(&key) && !told[0].contains(&key));
}

#[test]
fn the_plugin_has_the_version_of_the_program() {
    let manifest = std::fs::read(common::package().join("editors/claude-code/.claude-plugin/plugin.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
}
