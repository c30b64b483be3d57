//! With pygls' client (`client.py`), which counts columns and applies edits by its own reckoning.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::common;
use crate::common::expand;
use crate::common::machine;
use crate::common::repo::Repo;
use crate::common::sample::Rng;
use crate::uri;

/// What the editor knew at the start, after each step, and at the end. `None` without the library.
fn edited(repo: &Repo, mode: [&str; 2], folders: &[&str], steps: &[Value]) -> Option<Vec<Value>> {
    if !machine::has("python3", &["-c", "import pygls.lsp.client"]) {
        return None;
    }
    let folders: Vec<String> = folders.iter().map(|folder| uri(repo, folder)).collect();
    let input: Vec<Value> = [json!(folders)].into_iter().chain(steps.iter().cloned()).collect();
    let mut command = Command::new("python3");
    command.arg(common::package().join("tests/lsp/client.py")).arg(env!("CARGO_BIN_EXE_keylint")).args(mode);
    for (name, value) in repo.env() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(json!(input).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let log: Option<Vec<Value>> = serde_json::from_slice(&output.stdout).ok();
    let log = log.unwrap_or_else(|| panic!("{}", common::text(&output.stderr)));
    assert_eq!(log.last().unwrap()["exit"], 0);
    Some(log)
}

/// `line:character rule "text"` of each finding in a file after a step.
fn found(state: &Value, uri: &str) -> Vec<String> {
    let findings = state["findings"][uri].as_array().unwrap_or_else(|| panic!("{uri} is not open: {state}"));
    let one = |found: &Value| {
        format!("{}:{} {} {}", found["line"], found["character"], found["rule"].as_str().unwrap(), found["text"])
    };
    findings.iter().map(one).collect()
}

fn open(uri: &str, text: &str) -> Value {
    json!({"do": "open", "uri": uri, "text": text})
}

fn change(uri: &str, old: &str, new: &str) -> Value {
    json!({"do": "change", "uri": uri, "old": old, "new": new})
}

#[test]
fn places_are_right_in_every_encoding() {
    let repo = Repo::new();
    let mut rng = Rng::from_entropy();
    let key = expand("@@anthropic-api-key@@", &mut rng);
    let script = uri(&repo, "a b/é.sh");
    for (encoding, column) in [("utf-8", 31), ("utf-16", 26), ("utf-32", 24)] {
        let text = format!("#!/bin/sh\r\n# 中\r\nA=𝄞🦀é ANTHROPIC_API_KEY={key} claude\r\n");
        let steps = [open(&script, &text), change(&script, "𝄞🦀", ""), change(&script, &key, "$KEY")];
        let Some(log) = edited(&repo, [encoding, "push"], &["."], &steps) else { return };
        assert_eq!(log[0]["encoding"], encoding);
        assert_eq!(log[0]["registered"], json!(["workspace/didChangeWatchedFiles"]));
        let expected = |column: usize| vec![format!("2:{column} secret-in-launcher \"{key}\"")];
        assert_eq!(found(&log[1], &script), expected(column));
        assert_eq!(found(&log[2], &script), expected(if encoding == "utf-8" { 23 } else { 22 }));
        assert_eq!(found(&log[3], &script), Vec::<String>::new());
    }
}

#[test]
fn open_files_see_each_other() {
    let repo = Repo::committed(&[(".gitignore", ".env\n")]);
    let (script, env, own) = (uri(&repo, "run.sh"), uri(&repo, ".env"), uri(&repo, "keylint.toml"));
    let steps = [
        open(&script, "set -a\n. ./.env\nexport ANTHROPIC_API_KEY=$KEY\nclaude\n"),
        open(&env, "ANTHROPIC_MODEL=opus\n"),
        change(
            &env,
            "ANTHROPIC_MODEL=opus",
            "ANTHROPIC_AUTH_TOKEN=$TOKEN\nANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic",
        ),
        open(&own, "exclude = [\"/run.sh\"]\n"),
        change(&own, "/run.sh", "/other.sh"),
        change(&own, "[\"/other", "[[[\"/other"),
        json!({"do": "close", "uri": own}),
        json!({"do": "close", "uri": env}),
    ];
    let Some(log) = edited(&repo, ["utf-16", "push"], &["."], &steps) else { return };
    let rules = |state: &Value| -> Vec<String> {
        found(state, &script).into_iter().filter(|found| found.contains("both-credentials")).collect()
    };
    assert_eq!(rules(&log[1]), Vec::<String>::new());
    assert_eq!(rules(&log[2]), Vec::<String>::new());
    let seen = rules(&log[3]);
    assert_eq!(seen.len(), 1, "{seen:?}");
    let related = &log[3]["findings"][&script][0]["related"];
    assert!(related.to_string().contains(&env), "{related}");
    assert_eq!(rules(&log[4]), Vec::<String>::new(), "excluded by what is typed");
    assert_eq!(rules(&log[5]), seen);
    assert_eq!(rules(&log[6]), seen, "the last configuration that could be read stays");
    assert_eq!(found(&log[6], &own).len(), 1, "{:?}", found(&log[6], &own));
    assert!(found(&log[6], &own)[0].starts_with("0:0 configuration-invalid "), "{:?}", found(&log[6], &own));
    assert_eq!(rules(&log[8]), Vec::<String>::new(), "what was typed is gone with the document");
}

#[test]
fn what_changes_on_the_disk_is_seen() {
    let repo = Repo::committed(&[("README.md", "x\n")]);
    let mut rng = Rng::from_entropy();
    let key = expand("@@anthropic-api-key@@", &mut rng);
    let (env, ignore) = (uri(&repo, ".env"), uri(&repo, ".gitignore"));
    let write = |text: &str| json!({"do": "write", "uri": ignore, "path": repo.path(".gitignore"), "text": text});
    for mode in ["push", "pull"] {
        let steps = [open(&env, &format!("ANTHROPIC_API_KEY={key}\n")), write(".env\n"), write("\n")];
        let Some(log) = edited(&repo, ["utf-16", mode], &["."], &steps) else { return };
        assert_eq!(log[0]["pull"], mode == "pull");
        let whole = format!("0:0 personal-file-not-ignored \"ANTHROPIC_API_KEY={key}\"");
        let leak = vec![whole, format!("0:18 secret-in-env-file \"{key}\"")];
        assert_eq!([found(&log[1], &env), found(&log[2], &env), found(&log[3], &env)], [leak.clone(), vec![], leak]);
        assert_eq!(log[3]["refreshed"].as_u64() > Some(1), mode == "pull");
        std::fs::remove_file(repo.path(".gitignore")).unwrap();
    }
}

#[test]
fn documents_in_many_places() {
    let repo = Repo::plain();
    let mut rng = Rng::from_entropy();
    let key = expand("@@anthropic-api-key@@", &mut rng);
    for inner in ["one", "two"] {
        std::fs::create_dir_all(repo.path(inner)).unwrap();
        repo.git(&["-C", inner, "init", "-q"]);
    }
    std::fs::create_dir_all(repo.path("three")).unwrap();
    repo.write("one/.gitignore", ".env\n");
    let text = format!("ANTHROPIC_API_KEY={key}\n");
    let settings = format!("{{\"env\": {{\"ANTHROPIC_API_KEY\": \"{key}\", \"ANTHROPIC_AUTH_TOKEN\": \"${{T}}\",}}}}");
    let home = uri(&repo, "../home/.claude/settings.json");
    let [one, two] = ["one/.env", "two/.env"].map(|path| uri(&repo, path));
    let three = uri(&repo, "three/.claude/settings.json");
    let git = uri(&repo, "two/.git/.env");
    let steps = [
        open(&one, &text),
        open(&two, &text),
        open(&three, &settings),
        open(&home, &settings),
        open("untitled:Untitled-1", &text),
        open("untitled:/x/.env", "ANTHROPIC_MODEL=opus\nANTHROPIC_MODEL=sonnet\n"),
        open("git:/x/.env?ref", &text),
        open(&git, &text),
        json!({"do": "folders", "added": [], "removed": [uri(&repo, "three")]}),
    ];
    let Some(log) = edited(&repo, ["utf-16", "push"], &["one", "three"], &steps) else { return };
    let state = &log[8];
    let rules = |uri: &str| -> Vec<String> {
        let all = found(state, uri);
        all.iter().map(|found| found.split(' ').nth(1).unwrap().to_owned()).collect()
    };
    assert_eq!(rules(&one), Vec::<String>::new(), "ignored");
    assert_eq!(
        rules(&two),
        ["personal-file-not-ignored", "secret-in-env-file"],
        "a repository that the client does not work in"
    );
    assert_eq!(rules(&three), ["secret-in-settings", "settings-dropped"], "a folder without git, shared by its name");
    assert_eq!(rules(&home), ["settings-dropped"], "nobody gets what lies outside of a repository");
    assert_eq!(rules("untitled:Untitled-1"), Vec::<String>::new());
    assert_eq!(rules("untitled:/x/.env"), ["duplicate-variable"]);
    assert_eq!(rules("git:/x/.env?ref"), Vec::<String>::new());
    assert_eq!(rules(&git), Vec::<String>::new());
    assert_eq!(found(&log[9], &three).len(), 1, "the folder is no longer one that somebody works in");
}

/// The titles of what is offered, and the files that each would leave.
fn offered(state: &Value) -> Vec<(String, Value)> {
    let actions = state["answer"].as_array().unwrap();
    actions.iter().map(|action| (action[0].as_str().unwrap().to_owned(), action[2].clone())).collect()
}

#[test]
fn a_finding_can_be_accepted() {
    let repo = Repo::committed(&[(".gitignore", ".claude/settings.local.json\n")]);
    let mut rng = Rng::from_entropy();
    let key = expand("@@anthropic-api-key@@", &mut rng);
    let (script, settings, own) =
        (uri(&repo, "run.sh"), uri(&repo, ".claude/settings.json"), uri(&repo, "keylint.toml"));
    let actions = |uri: &str, line: usize, character: usize| json!({"do": "actions", "uri": uri, "line": line, "character": character});
    let text = format!(
        "if true; then\n    ANTHROPIC_API_KEY={key} claude\nfi\nenv A=1 \\\n  ANTHROPIC_API_KEY={key} claude\n"
    );
    let json_text = format!("{{\"env\": {{\"ANTHROPIC_API_KEY\": \"{key}\"}}}}\n");
    let steps = [
        open(&script, &text),
        actions(&script, 1, 30),
        actions(&script, 4, 30),
        open(&settings, &json_text),
        actions(&settings, 0, 40),
        actions(&settings, 0, 0),
        json!({"do": "hover", "uri": settings, "line": 0, "character": 40}),
    ];
    let Some(log) = edited(&repo, ["utf-16", "push"], &["."], &steps) else { return };
    let [(comment, commented), (entry, allowed)] = &offered(&log[2])[..] else { panic!("{}", log[2]["answer"]) };
    assert_eq!(comment, "Accept secret-in-launcher here: a comment, whose reason is yours");
    assert_eq!(entry, "Accept secret-in-launcher in keylint.toml: an entry, whose reason is yours");
    let commented = commented[&script].as_str().unwrap();
    assert_eq!(
        commented.lines().nth(1).unwrap().trim_end(),
        "    # keylint: ignore[secret-in-launcher]",
        "the reason is still to be written"
    );
    let titles: Vec<String> = offered(&log[3]).into_iter().map(|(title, _)| title).collect();
    assert_eq!(titles, [entry.as_str()], "a comment would take the command apart");
    let [(title, settings_allowed)] = &offered(&log[5])[..] else { panic!("{}", log[5]["answer"]) };
    assert_eq!(title, "Accept secret-in-settings in keylint.toml: an entry, whose reason is yours");
    assert_eq!(offered(&log[6]), []);
    assert!(log[7]["answer"][0].as_str().unwrap().starts_with("# secret-in-settings\n"));
    assert_eq!(log[7]["answer"][1], key.as_str());

    // With a reason each of them accepts, and without one it says what is missing.
    let allowed = allowed[&own].as_str().unwrap();
    let settings_allowed = settings_allowed[&own].as_str().unwrap();
    let steps = [
        open(&script, commented),
        change(&script, "ignore[secret-in-launcher] ", "ignore[secret-in-launcher] a demo"),
        open(&settings, &json_text),
        open(&own, settings_allowed),
        change(&own, "reason = \"\"", "reason = \"a demo\""),
        json!({"do": "change", "uri": own, "new": allowed.replace("reason = \"\"", "reason = \"a demo\"")}),
    ];
    let Some(log) = edited(&repo, ["utf-16", "push"], &["."], &steps) else { return };
    let rules = |state: &Value, uri: &str| -> Vec<String> {
        found(state, uri).iter().map(|found| found.split(' ').nth(1).unwrap().to_owned()).collect()
    };
    assert_eq!(rules(&log[1], &script), ["configuration-invalid", "secret-in-launcher", "secret-in-launcher"]);
    assert_eq!(rules(&log[2], &script), ["secret-in-launcher"]);
    assert_eq!(rules(&log[4], &settings), ["secret-in-settings"]);
    assert_eq!(rules(&log[4], &own), ["configuration-invalid"]);
    assert_eq!(rules(&log[5], &settings), Vec::<String>::new());
    assert_eq!(rules(&log[5], &own), Vec::<String>::new());
    assert_eq!(rules(&log[6], &settings), ["secret-in-settings"]);
    assert_eq!(rules(&log[6], &script), Vec::<String>::new(), "both have the same key and the same value");
}
