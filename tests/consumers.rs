//! Who reads a dotenv file, from the manifest to the finding and to `route`.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::Mutex;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, run, text};
use keylint::config::Config;
use keylint::lint;
use keylint::source::memory::Memory;
use keylint::source::{Entry, ReadError, Source};
use serde_json::{Value, json};

const IGNORE: (&str, &str) = (".gitignore", ".env\n.envrc\n**/.claude/settings.local.json\n");
const KEY: &str = "ANTHROPIC_API_KEY=@@base62-key@@\n";
const TOKEN: &str = "ANTHROPIC_AUTH_TOKEN=@@base62-key:2@@\n";
const URL: &str = "ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\n";

/// A repository in memory; whatever `.gitignore` names is private.
fn memory(files: &[(&str, &str)]) -> Memory {
    let mut rng = Rng::new(1);
    let files: Vec<_> = files.iter().map(|(path, body)| (*path, expand(body, &mut rng))).collect();
    Memory::repository(files.iter().map(|(path, body)| (*path, body.as_str())).chain([IGNORE]))
}

/// Every finding, as `path:line:column severity[rule]: message`.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let memory = memory(files);
    let report = lint::check(&memory.snapshot, &memory, &Config::default());
    assert!(report.coverage.failures.is_empty(), "{:?}", report.coverage.failures);
    let line = |finding: &keylint::finding::Finding| {
        let place = &finding.primary;
        let (path, start) = (place.path.as_str(), place.start);
        let message = finding.message.as_str();
        format!("{path}:{}:{} {}[{}]: {message}", start.line, start.column, finding.severity, finding.rule.slug)
    };
    report.findings.iter().map(line).collect()
}

fn check(files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(findings(files), expected, "{files:#?}");
}

#[test]
fn every_generation_says_what_it_does_with_both() {
    let both = [KEY, TOKEN].concat();
    let gateway = [KEY, TOKEN, URL].concat();
    let set = "both credentials are set";
    let anthropic = "api.anthropic.com";
    for (version, at_home, elsewhere) in [
        (
            "0.49.0",
            "note|sends ANTHROPIC_API_KEY to HOST as `x-api-key` and drops ANTHROPIC_AUTH_TOKEN without a word",
            "error",
        ),
        ("0.50.0", "error|sends both headers to HOST", "error"),
        ("1.17.0", "error|sends both headers to HOST", "error"),
        (
            "2.11.0",
            "note|sends ANTHROPIC_API_KEY to HOST as `Authorization: Bearer` and drops ANTHROPIC_AUTH_TOKEN",
            "error",
        ),
    ] {
        let requirement = format!("anthropic=={version}\n");
        let (severity, what) = at_home.split_once('|').unwrap();
        for (dotenv, severity, host) in [(&both, severity, anthropic), (&gateway, elsewhere, "api.z.ai")] {
            let what = what.replace("HOST", host);
            let expected = format!(
                ".env:1:19 {severity}[both-credentials]: {set}: anthropic {version} (requirements.txt:1) {what}"
            );
            check(&[(".env", dotenv), ("requirements.txt", &requirement)], &[&expected]);
        }
    }
    for (manifest, text, first) in [
        (
            "requirements.txt",
            "anthropic\n",
            "anthropic (requirements.txt:1) sends both headers to HOST, or from version 2.0.0",
        ),
        (
            "package.json",
            r#"{"dependencies": {"@anthropic-ai/sdk": "*"}}"#,
            "@anthropic-ai/sdk * (package.json:1) sends both headers to HOST, or from version 1.0.0",
        ),
    ] {
        for (dotenv, severity, host) in [(&both, "warning", anthropic), (&gateway, "error", "api.z.ai")] {
            let first = first.replace("HOST", host);
            let expected = format!(
                ".env:1:19 {severity}[both-credentials]: {set}: {first} only ANTHROPIC_API_KEY, as `Authorization: Bearer`"
            );
            check(&[(".env", dotenv), (manifest, text)], &[&expected]);
        }
    }
}

#[test]
fn without_an_sdk_it_is_about_claude_code() {
    let both = [KEY, TOKEN].concat();
    let client = ".env:1:19 error[both-credentials]: both credentials are set: a Claude Code started with this file sends both \
                  headers to api.anthropic.com";
    check(&[(".env", &both)], &[client]);
    // Other packages, other folders, other languages' files without the package.
    check(&[(".env", &both), ("requirements.txt", "langchain-anthropic==1.0\n")], &[client]);
    check(&[(".env", &both), ("app/requirements.txt", "anthropic==2.11.0\n")], &[client]);
    check(&[(".env", &both), ("package.json", "{}"), ("notes.txt", "anthropic==2.11.0\n")], &[client]);
    // What a repository ignores, a teammate does not have.
    let ignored = (".gitignore", ".env\nuv.lock\n");
    let lock = ("uv.lock", "[[package]]\nname = \"anthropic\"\nversion = \"2.11.0\"\n");
    let mut rng = Rng::new(1);
    let dotenv = expand(&both, &mut rng);
    let memory = Memory::repository([(".env", dotenv.as_str()), lock, ignored]);
    let report = lint::check(&memory.snapshot, &memory, &Config::default());
    let messages: Vec<_> = report.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, [client.split("]: ").nth(1).unwrap()]);
}

#[test]
fn the_nearest_folder_decides_and_a_lock_file_beats_a_range() {
    let both = [KEY, TOKEN, URL].concat();
    let files = [
        ("a/.env", both.as_str()),
        ("b/deep/.env", &both),
        ("a/pyproject.toml", "[project]\ndependencies = [\"anthropic\"]\n"),
        ("requirements.txt", "httpx\nanthropic<2\n"),
        ("uv.lock", "[[package]]\nname = \"x\"\n\n[[package]]\nname = \"anthropic\"\nversion = \"2.11.0\"\n"),
    ];
    check(
        &files,
        &[
            "a/.env:1:19 error[both-credentials]: both credentials are set: anthropic 2.11.0 (uv.lock:5) sends ANTHROPIC_API_KEY \
             to api.z.ai as `Authorization: Bearer` and drops ANTHROPIC_AUTH_TOKEN",
            "b/deep/.env:1:19 error[both-credentials]: both credentials are set: anthropic <2 (requirements.txt:2) sends both \
             headers to api.z.ai",
        ],
    );
}

#[test]
fn one_value_is_as_good_as_the_other() {
    let same = "ANTHROPIC_API_KEY=@@base62-key@@\nANTHROPIC_AUTH_TOKEN=@@base62-key@@\n";
    let gateway = [same, URL].concat();
    for version in ["0.49.0", "2.11.0"] {
        check(&[(".env", same), ("requirements.txt", &format!("anthropic=={version}\n"))], &[]);
    }
    check(&[(".env", &gateway), ("requirements.txt", "anthropic==2.11.0\n")], &[]);
    check(
        &[(".env", &gateway), ("requirements.txt", "anthropic==0.49.0\n")],
        &[
            ".env:1:19 warning[both-credentials]: both credentials are set: anthropic 0.49.0 (requirements.txt:1) sends \
             ANTHROPIC_API_KEY to api.z.ai as `x-api-key` and drops ANTHROPIC_AUTH_TOKEN without a word",
        ],
    );
    check(
        &[(".env", &gateway), ("requirements.txt", "anthropic==1.17.0\n")],
        &[
            ".env:1:19 warning[both-credentials]: both credentials are set: anthropic 1.17.0 (requirements.txt:1) sends both \
             headers to api.z.ai",
        ],
    );
}

#[test]
fn claude_code_may_read_it_as_well() {
    let both = [KEY, TOKEN].concat();
    let sdk = "anthropic 2.11.0 (requirements.txt:1) sends ANTHROPIC_API_KEY to api.anthropic.com as `Authorization: Bearer` \
               and drops ANTHROPIC_AUTH_TOKEN";
    let requirements = ("requirements.txt", "anthropic==2.11.0\n");
    let with_flag = [&both, "CLAUDE_CODE_MAX_OUTPUT_TOKENS=8000\n"].concat();
    let started =
        "both credentials are set: a Claude Code started with this file sends both headers to api.anthropic.com";
    let expected = format!(".env:1:19 error[both-credentials]: {started}; {sdk}");
    check(&[(".env", &with_flag), requirements], &[&expected]);
    let exported = "export ANTHROPIC_API_KEY=\"$A\"\nexport ANTHROPIC_AUTH_TOKEN=\"$B\"\n";
    let expected = format!(".envrc:1:27 error[both-credentials]: {started}; {sdk}");
    check(&[(".envrc", exported), requirements], &[&expected]);
    // A command says who gets them.
    let expected =
        "start.sh:1:27 error[both-credentials]: both credentials are set: Claude Code sends both headers to api.anthropic.com".to_string();
    check(&[("start.sh", &[exported, "claude\n"].concat()), requirements], &[&expected]);
    let two = ("requirements.txt", "anthropic==2.11.0\nclaude-agent-sdk==0.3.329\n");
    let runs = "both credentials are set: Claude Code, which claude-agent-sdk 0.3.329 (requirements.txt:2) runs, sends both \
                headers to api.anthropic.com";
    let expected = format!(".env:1:19 error[both-credentials]: {runs}; {sdk}");
    check(&[(".env", &both), two], &[&expected]);
    // Two SDKs, each with its own way.
    let web = ("package.json", r#"{"dependencies": {"@anthropic-ai/sdk": "0.137.0"}}"#);
    let old = "@anthropic-ai/sdk 0.137.0 (package.json:1) sends both headers to api.anthropic.com";
    let expected = format!(".env:1:19 error[both-credentials]: both credentials are set: {sdk}; {old}");
    check(&[(".env", &both), requirements, web], &[&expected]);
}

#[test]
fn the_other_rules_follow_what_the_sdk_sends() {
    let new = ("requirements.txt", "anthropic==2.11.0\n");
    let old = ("requirements.txt", "anthropic==1.17.0\n");
    let early = ("requirements.txt", "anthropic==0.49.0\n");
    let open = ("requirements.txt", "anthropic\n");
    let host = "https://llm.example.org";
    let unknown = format!("{KEY}ANTHROPIC_BASE_URL={host}\n");
    let gateway = [KEY, URL].concat();
    let from = "api.z.ai documents `Authorization: Bearer`, but gets the credential as `x-api-key` from anthropic";
    for (dotenv, manifest, expected) in [
        (gateway.as_str(), new, String::new()),
        (&gateway, old, format!(".env:1:1 warning[base-url-with-api-key]: {from} 1.17.0 (requirements.txt:1)")),
        (&gateway, open, format!(".env:1:1 note[base-url-with-api-key]: {from} (requirements.txt:1) below version 2.0.0")),
        (&unknown, new, String::new()),
        (&unknown, open, String::new()),
        (
            &unknown,
            old,
            ".env:1:1 note[base-url-with-api-key]: the credential goes to llm.example.org as `x-api-key` from anthropic \
             1.17.0 (requirements.txt:1)"
                .to_owned(),
        ),
        // Without a credential an SDK sends nothing.
        (URL, old, String::new()),
        (
            TOKEN,
            new,
            ".env:1:1 warning[token-without-base-url]: the token goes to api.anthropic.com: no ANTHROPIC_BASE_URL is set \
             beside it"
                .to_owned(),
        ),
        // The empty key keeps the first ones from sending the token.
        (&["ANTHROPIC_API_KEY=\n", TOKEN].concat(), early, String::new()),
        // The class for the provider needs no flag.
        ("ANTHROPIC_VERTEX_BASE_URL=https://llm.example.org/v1\n", new, String::new()),
    ] {
        let expected: Vec<&str> = Some(expected.as_str()).filter(|it| !it.is_empty()).into_iter().collect();
        check(&[(".env", dotenv), manifest], &expected);
    }
    let key = "ANTHROPIC_API_KEY=@@anthropic-api-key@@\nANTHROPIC_BASE_URL=https://llm.example.org\n";
    for (manifest, header) in
        [(new, "`Authorization: Bearer`"), (old, "`x-api-key`"), (open, "`x-api-key` or `Authorization: Bearer`")]
    {
        let expected = format!(
            ".env:1:19 error[anthropic-key-to-third-party]: an Anthropic credential goes to llm.example.org as {header}"
        );
        check(&[(".env", key), manifest], &[&expected]);
    }
    // What is dropped goes nowhere.
    let dropped = "ANTHROPIC_API_KEY=@@base62-key@@\nANTHROPIC_AUTH_TOKEN=@@anthropic-api-key@@\n\
                   ANTHROPIC_BASE_URL=https://llm.example.org\n";
    let rules: Vec<String> =
        findings(&[(".env", dropped), new]).iter().map(|it| it.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(rules, [".env:1:19 error[both-credentials]"]);
    check(&[(".env", "ANTHROPIC_AUTH_TOKEN=@@anthropic-api-key@@\n"), new], &[]);
    let note = ".env:1:22 note[wrong-variable]: an API key goes to api.anthropic.com as `Authorization: Bearer`; documented is \
                `x-api-key`";
    check(&[(".env", "ANTHROPIC_AUTH_TOKEN=@@anthropic-api-key@@\n"), old], &[note]);
}

#[test]
fn what_the_client_alone_knows() {
    let new = ("requirements.txt", "anthropic==2.11.0\n");
    let oauth = "CLAUDE_CODE_OAUTH_TOKEN=@@anthropic-oauth-token@@\n";
    check(
        &[(".env", &[oauth, KEY].concat()), new],
        &[
            ".env:1:1 warning[oauth-token-shadowed]: the OAuth token is never used: ANTHROPIC_API_KEY outranks it, goes to \
           api.anthropic.com as `x-api-key`, and is what gets billed; anthropic 2.11.0 (requirements.txt:1) does not read it at all",
        ],
    );
    // The token is there for Claude Code, and that sends it.
    check(
        &[(".env", &[oauth, URL].concat()), new],
        &[
            ".env:1:1 error[oauth-token-to-third-party]: the OAuth token of a subscription goes to api.z.ai as \
           `Authorization: Bearer`",
            ".env:1:25 error[anthropic-key-to-third-party]: an Anthropic credential goes to api.z.ai as `Authorization: Bearer`",
        ],
    );
    // The flag is Claude Code's, the key the SDK's.
    check(&[(".env", &["CLAUDE_CODE_USE_BEDROCK=1\n", KEY].concat()), new], &[]);
    check(
        &[(".env", &["CLAUDE_CODE_USE_BEDROCK=1\n", KEY].concat())],
        &[".env:2:1 note[provider-shadows-credential]: `ANTHROPIC_API_KEY` is not used: Amazon Bedrock is chosen"],
    );
}

/// A source that counts what is read.
struct Counting {
    memory: Memory,
    read: Mutex<Vec<String>>,
}

impl Source for Counting {
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        self.read.lock().unwrap().push(entry.path.as_str().to_owned());
        self.memory.read(entry)
    }
}

/// What is read of a tree of which only one file is selected.
fn reads(dotenv: &str) -> Vec<String> {
    let files = [
        ("a/.env", dotenv),
        ("a/requirements.txt", ""),
        ("b/requirements.txt", ""),
        ("b/deep/package-lock.json", "{}"),
        ("requirements.txt", "anthropic==2.11.0\n"),
        ("uv.lock", ""),
        ("x.txt", ""),
    ];
    let mut memory = memory(&files);
    memory.snapshot.selection = Some(vec!["x.txt".into()]);
    let counting = Counting { memory, read: Mutex::default() };
    let report = lint::check(&counting.memory.snapshot, &counting, &Config::default());
    assert!(report.findings.is_empty());
    let mut read = counting.read.into_inner().unwrap();
    read.sort();
    read
}

#[test]
fn only_the_manifests_of_a_file_that_asks_are_read() {
    assert_eq!(reads("DATABASE_URL=x\n"), ["a/.env", "x.txt"]);
    let asked = ["a/.env", "a/requirements.txt", "requirements.txt", "uv.lock", "x.txt"];
    assert_eq!(reads("ANTHROPIC_API_KEY=\n"), asked);
}

#[test]
fn a_manifest_that_is_not_selected_counts_and_is_not_reported() {
    let repo = Repo::new();
    repo.write_all(&[IGNORE, ("requirements.txt", "anthropic==1.17.0\n")]);
    repo.write("sub/.env", expand(&[KEY, TOKEN].concat(), &mut Rng::new(1)));
    repo.commit();
    let output = run(repo.keylint(&["lint", "--format", "concise", "sub/.env"]));
    assert_eq!(
        text(&output.stdout),
        "sub/.env:1:19: error[both-credentials]: both credentials are set: anthropic 1.17.0 (requirements.txt:1) sends both \
         headers to api.anthropic.com\n1 error\n1 can be fixed with --fix --unsafe-fixes; --diff shows how\n1 configuration file \
         read, 0 other files searched for tokens\n"
    );
    // What can't be read is said, as with every file that counts.
    std::fs::remove_file(repo.path("requirements.txt")).unwrap();
    std::fs::create_dir(repo.path("requirements.txt")).unwrap();
    let output = run(repo.keylint(&["lint", "--format", "concise", "sub/.env"]));
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("not read: requirements.txt"), "{}", text(&output.stdout));
}

/// The dotenv session of a repository as JSON.
fn session(files: &[(&str, &str)], arguments: &[&str]) -> Value {
    let repo = Repo::committed(files);
    let output = run(repo.keylint(&[&["route", ".env", "--format", "json"], arguments].concat()));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let [session] = &report["sessions"].as_array().unwrap()[..] else { panic!("{report:#}") };
    session.clone()
}

const NEW: (&str, &str) = ("requirements.txt", "httpx\nanthropic==2.11.0\n");

#[test]
fn route_tells_programs_who_reads_a_file_and_what_is_sent() {
    let dotenv = (".env", "ANTHROPIC_API_KEY=my-own-key-here\nANTHROPIC_AUTH_TOKEN=my-own-token-here\n");
    let source = |from: &str, line: usize| json!({"from": from, "path": ".env", "line": line});
    let bearer = |from: &str, line: usize| json!({"from": from, "path": ".env", "line": line, "scheme": "Bearer"});
    let (key, token) = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN");
    let new = session(&[IGNORE, NEW, dotenv], &[]);
    assert_eq!(
        new["consumer"],
        json!({
            "kind": "anthropic-sdk", "language": "python", "package": "anthropic", "version": "2.11.0",
            "path": "requirements.txt", "line": 2,
            "requests": [{
                "versions": null, "outcome": "sent", "url": "https://api.anthropic.com/v1/messages",
                "x_api_key": null, "authorization": bearer(key, 1), "dropped": source(token, 2),
            }],
        })
    );
    assert_eq!(new["other_consumers"], json!([]));
    // The session's own request is Claude Code's.
    assert_eq!(new["requests"][0]["x_api_key"], source(key, 1));
    assert_eq!(new["requests"][0]["authorization"], bearer(token, 2));

    let open =
        session(&[IGNORE, dotenv, ("package.json", r#"{"dependencies": {"@anthropic-ai/sdk": "latest"}}"#)], &[]);
    let requests = &open["consumer"]["requests"];
    assert_eq!(open["consumer"]["version"], Value::Null);
    assert_eq!(requests.as_array().unwrap().len(), 2);
    assert_eq!((&requests[0]["versions"], &requests[1]["versions"]), (&json!("<1.0.0"), &json!(">=1.0.0")));
    assert_eq!((&requests[0]["x_api_key"], &requests[1]["x_api_key"]), (&source(key, 1), &Value::Null));

    let none = session(&[IGNORE, dotenv], &[]);
    assert_eq!((&none["consumer"], &none["other_consumers"]), (&Value::Null, &json!([])));

    let agent = ("package.json", r#"{"dependencies": {"@anthropic-ai/claude-agent-sdk": "0.3.329"}}"#);
    let both = session(&[IGNORE, NEW, dotenv, agent], &[]);
    assert_eq!(both["consumer"]["kind"], "anthropic-sdk");
    assert_eq!(
        both["other_consumers"],
        json!([{
            "kind": "agent-sdk", "language": "typescript", "package": "@anthropic-ai/claude-agent-sdk",
            "version": "0.3.329", "path": "package.json", "line": 1, "requests": null,
        }])
    );
}

#[test]
fn an_sdk_reads_the_environment_and_no_settings() {
    let dotenv = (".env", "DATABASE_URL=x\n");
    let given = ["--env", "ANTHROPIC_API_KEY=from-the-shell"];
    let found = session(&[IGNORE, NEW, dotenv], &given);
    let authorization = json!({"from": "ANTHROPIC_API_KEY", "path": null, "line": null, "scheme": "Bearer"});
    assert_eq!(found["consumer"]["requests"][0]["authorization"], authorization);
    let empty = session(&[IGNORE, NEW, dotenv], &[]);
    assert_eq!(empty["consumer"]["requests"][0]["outcome"], "not-logged-in");

    let settings = ["--", "--settings", r#"{"env": {"ANTHROPIC_API_KEY": "of-the-settings"}}"#];
    let found = session(&[IGNORE, NEW, dotenv], &settings);
    assert_eq!(found["requests"][0]["x_api_key"]["path"], "--settings");
    assert_eq!(found["consumer"]["requests"][0]["outcome"], "not-logged-in");
    assert_eq!(found["consumer"]["requests"][0]["url"], Value::Null);
}

#[test]
fn route_tells_people_who_reads_a_file() {
    let shown = |manifest: &str| {
        let dotenv = "ANTHROPIC_API_KEY=my-own-key-here\n";
        let repo = Repo::committed(&[IGNORE, (".env", dotenv), ("requirements.txt", manifest)]);
        let output = text(&run(repo.keylint(&["route", ".env"])).stdout);
        output.split("  credentials,").next().unwrap().to_owned()
    };
    let key = "x-api-key: <a placeholder, 15 characters> from ANTHROPIC_API_KEY in .env:1\n";
    let client = format!("  POST https://api.anthropic.com/v1/messages?beta=true\n    {key}");
    let sdk = "an Anthropic SDK, which sends";
    assert_eq!(shown(""), format!("dotenv .env\n{client}"));
    assert_eq!(
        shown("anthropic==1.17.0\n"),
        format!(
            "dotenv .env\n  read by: anthropic 1.17.0 (requirements.txt:1), {sdk} what Claude Code sends\n  Claude Code, started \
             with this file:\n{client}"
        )
    );
    let bearer = "Authorization: Bearer <a placeholder, 15 characters> from ANTHROPIC_API_KEY in .env:1\n";
    assert_eq!(
        shown("anthropic\n"),
        format!(
            "dotenv .env\n  read by: anthropic (requirements.txt:1), {sdk}\n    version <2.0.0: POST \
             https://api.anthropic.com/v1/messages\n    {key}    version >=2.0.0: POST https://api.anthropic.com/v1/messages\n    \
             {bearer}  Claude Code, started with this file:\n{client}"
        )
    );
    assert_eq!(
        shown("claude-agent-sdk\n"),
        format!("dotenv .env\n  read by: claude-agent-sdk (requirements.txt:1), which runs Claude Code\n{client}")
    );
}
