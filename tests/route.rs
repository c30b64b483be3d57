//! What `keylint route` says of a session, and that `keylint lint` reports it at its place.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::repo::Repo;
use common::{run, text};
use serde_json::{Value, json};

type Files = &'static [(&'static str, &'static str)];

const IGNORE: (&str, &str) = (".gitignore", "**/.claude/settings.local.json\n");
const NO_ENVIRONMENT: &str = "assumed: an empty environment (--process-env or --env NAME=VALUE gives one)\n";
const NO_HOME: &str = "assumed: no user settings and no saved login (--home DIR gives them)\n";

/// A repository with these files, and a home folder with those.
fn repo(files: Files, home: Files) -> Repo {
    let repo = Repo::new();
    repo.write(IGNORE.0, IGNORE.1);
    repo.write_all(files);
    repo.commit();
    for (path, text) in home {
        repo.write(repo.home().join(path), text);
    }
    repo
}

/// The blocks of `route`, without what is assumed beside them.
fn route(repo: &Repo, arguments: &[&str]) -> String {
    let output = run(repo.keylint(&[&["route"], arguments].concat()));
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
    let printed = text(&output.stdout).replace(NO_ENVIRONMENT, "").replace(NO_HOME, "");
    printed.trim_end().to_owned()
}

fn route_json(repo: &Repo, arguments: &[&str]) -> Value {
    let output = run(repo.keylint(&[&["route", "--format", "json"], arguments].concat()));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The findings, a line each.
fn lint(repo: &Repo) -> Vec<String> {
    let output = run(repo.keylint(&["lint", "--format", "concise", "--min-severity", "note"]));
    text(&output.stdout).lines().filter(|line| line.contains("]: ")).map(str::to_owned).collect()
}

#[test]
fn both_headers() {
    let repo = repo(
        &[(
            "start.sh",
            "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\nexport ANTHROPIC_AUTH_TOKEN=\"$ZAI_KEY\"\n\
             ANTHROPIC_API_KEY=\"$WORK_KEY\" claude --model glm-4.6\n",
        )],
        &[],
    );
    let said = "\
script start.sh:3
  POST https://api.z.ai/api/anthropic/v1/messages?beta=true from ANTHROPIC_BASE_URL in start.sh:1
    x-api-key: <the value of WORK_KEY> from ANTHROPIC_API_KEY in start.sh:3
    Authorization: Bearer <the value of ZAI_KEY> from ANTHROPIC_AUTH_TOKEN in start.sh:2
  model: glm-4.6 from --model in start.sh:3
  credentials, in the client's order
  > ANTHROPIC_AUTH_TOKEN     sent as `Authorization` (start.sh:2)
  > ANTHROPIC_API_KEY        sent as `x-api-key` (start.sh:3)
    apiKeyHelper             not set
    CLAUDE_CODE_OAUTH_TOKEN  not set
    saved login              none
  ! error: both credentials are set: Claude Code sends both headers to api.z.ai [both-credentials, start.sh:3]";
    assert_eq!(route(&repo, &["start.sh"]), said);
    assert_eq!(
        lint(&repo),
        [
            "start.sh:3:20: error[both-credentials]: both credentials are set: Claude Code sends both headers to api.z.ai"
        ]
    );
}

#[test]
fn both_headers_of_a_helper() {
    let repo = repo(
        &[(
            ".claude/settings.json",
            "{\n  \"apiKeyHelper\": \"./bin/token\",\n  \"env\": { \"ANTHROPIC_BASE_URL\": \"https://gw.example.net\" }\n}\n",
        )],
        &[(".claude/settings.json", "{ \"env\": { \"ANTHROPIC_API_KEY\": \"key-of-mine\" } }")],
    );
    let alone = "\
settings .claude/settings.json
  POST https://gw.example.net/v1/messages?beta=true from ANTHROPIC_BASE_URL in .claude/settings.json:3
    x-api-key: <what the helper prints> from apiKeyHelper in .claude/settings.json:2
    Authorization: Bearer <what the helper prints> from apiKeyHelper in .claude/settings.json:2
  credentials, in the client's order
    ANTHROPIC_AUTH_TOKEN     not set
    ANTHROPIC_API_KEY        not set
  > apiKeyHelper             sent in both headers (.claude/settings.json:2)
    CLAUDE_CODE_OAUTH_TOKEN  not set
    saved login              none";
    assert_eq!(route(&repo, &[]), alone);
    // A key of one's own takes one of the two headers, and goes to Anthropic before that.
    let home = repo.home();
    let with_key = "\
settings .claude/settings.json
  with ~/.claude/settings.json
  POST https://gw.example.net/v1/messages?beta=true from ANTHROPIC_BASE_URL in .claude/settings.json:3
    x-api-key: <********, 11 characters> from ANTHROPIC_API_KEY in ~/.claude/settings.json:1
    Authorization: Bearer <what the helper prints> from apiKeyHelper in .claude/settings.json:2
  first, ANTHROPIC_API_KEY in ~/.claude/settings.json:1 goes to api.anthropic.com: the client asks for settings and policy before it reads the project's settings
  credentials, in the client's order
    ANTHROPIC_AUTH_TOKEN     not set
  > ANTHROPIC_API_KEY        sent as `x-api-key` (~/.claude/settings.json:1)
  > apiKeyHelper             sent as `Authorization` (.claude/settings.json:2)
    CLAUDE_CODE_OAUTH_TOKEN  not set
    saved login              none
  ! warning: both are sent to gw.example.net: what the helper prints as `Authorization: Bearer`, and ANTHROPIC_API_KEY as `x-api-key` [helper-conflict, .claude/settings.json:2]";
    assert_eq!(route(&repo, &["--home", home.to_str().unwrap()]), with_key);
    assert_eq!(
        lint(&repo),
        [
            ".claude/settings.json:2:20: warning[helper-not-runnable]: the helper runs bin/token, which the repository \
             doesn't have: nobody gets a credential from it",
            ".claude/settings.json:3:35: warning[shared-redirect]: everyone who works here sends their own key or login \
             to gw.example.net, unless something of theirs outranks it"
        ]
    );
    repo.write(".claude/settings.local.json", "{ \"env\": { \"ANTHROPIC_AUTH_TOKEN\": \"${TOKEN}\" } }");
    let found = lint(&repo);
    assert_eq!(
        found[0],
        ".claude/settings.json:2:4: warning[helper-conflict]: both are sent to gw.example.net: what the helper prints \
         as `x-api-key`, and ANTHROPIC_AUTH_TOKEN as `Authorization: Bearer`"
    );
}

#[test]
fn a_login_goes_to_a_third_party() {
    let repo = repo(
        &[(".claude/settings.json", "{\n  \"env\": { \"ANTHROPIC_BASE_URL\": \"https://llm.example.org\" }\n}\n")],
        &[(".claude/.credentials.json", "{}")],
    );
    let home = repo.home();
    let said = "\
settings .claude/settings.json
  POST https://llm.example.org/v1/messages?beta=true from ANTHROPIC_BASE_URL in .claude/settings.json:2
    Authorization: Bearer <the token of a saved login>
  credentials, in the client's order
    ANTHROPIC_AUTH_TOKEN     not set
    ANTHROPIC_API_KEY        not set
    apiKeyHelper             not set
    CLAUDE_CODE_OAUTH_TOKEN  not set
  > saved login              sent as `Authorization`
  ! warning: nothing here supplies a credential for llm.example.org: whoever is logged in to Claude sends the login's token there [base-url-without-token, .claude/settings.json:2]";
    assert_eq!(route(&repo, &["--home", home.to_str().unwrap()]), said);
    let found = lint(&repo);
    assert_eq!(
        found[0],
        ".claude/settings.json:2:35: warning[base-url-without-token]: nothing here supplies a credential for \
         llm.example.org: whoever is logged in to Claude sends the login's token there"
    );
    // `--bare` knows no login.
    let bare = route(&repo, &["--home", home.to_str().unwrap(), "--", "--bare"]);
    assert!(bare.contains("\n  nothing is sent: not logged in\n"), "{bare}");
    assert!(bare.contains("\n    saved login              ignored: `--bare`"), "{bare}");
}

#[test]
fn vertex_gets_the_key() {
    let repo = repo(
        &[(
            "start.sh",
            "export CLAUDE_CODE_USE_VERTEX=1 CLAUDE_CODE_SKIP_VERTEX_AUTH=1 ANTHROPIC_VERTEX_PROJECT_ID=web\n\
             export ANTHROPIC_VERTEX_BASE_URL=https://vertex.example.net/v1\nexport ANTHROPIC_MODEL=sonnet\n\
             ANTHROPIC_API_KEY=\"$WORK_KEY\" claude\n",
        )],
        &[],
    );
    let said = "\
script start.sh:4
  POST https://vertex.example.net/v1/projects/web/locations/us-east5/publishers/anthropic/models/{model}:streamRawPredict from ANTHROPIC_VERTEX_BASE_URL in start.sh:2
    x-api-key: <the value of WORK_KEY> from ANTHROPIC_API_KEY in start.sh:4
  model: sonnet from ANTHROPIC_MODEL in start.sh:3, an alias: the client's version decides
  credentials, in the client's order
    ANTHROPIC_AUTH_TOKEN     not set
  > ANTHROPIC_API_KEY        sent as `x-api-key` (start.sh:4)
    apiKeyHelper             not set
    CLAUDE_CODE_OAUTH_TOKEN  not set
    saved login              none
  ! note: with CLAUDE_CODE_USE_VERTEX the client's version decides which model `sonnet` is [model-shadowed, start.sh:3]
  ! warning: `ANTHROPIC_API_KEY` goes out as `x-api-key` to vertex.example.net (Google Vertex AI), which did not issue it [provider-shadows-credential, start.sh:4]";
    assert_eq!(route(&repo, &["start.sh"]), said);
    assert_eq!(
        lint(&repo),
        [
            "start.sh:3:24: note[model-shadowed]: with CLAUDE_CODE_USE_VERTEX the client's version decides which model \
          `sonnet` is",
            "start.sh:4:1: warning[provider-shadows-credential]: `ANTHROPIC_API_KEY` goes out as `x-api-key` to \
          vertex.example.net (Google Vertex AI), which did not issue it"
        ]
    );
}

#[test]
fn a_reference_is_sent_as_it_stands() {
    let repo = repo(
        &[(
            ".claude/settings.json",
            "{\n  \"env\": {\n    \"ANTHROPIC_BASE_URL\": \"https://gw.example.net\",\n    \
             \"ANTHROPIC_AUTH_TOKEN\": \"${GATEWAY_TOKEN}\"\n  }\n}\n",
        )],
        &[],
    );
    let said = "\
settings .claude/settings.json
  POST https://gw.example.net/v1/messages?beta=true from ANTHROPIC_BASE_URL in .claude/settings.json:3
    Authorization: Bearer <the text of a reference to GATEWAY_TOKEN: nothing expands it> from ANTHROPIC_AUTH_TOKEN in .claude/settings.json:4
  credentials, in the client's order
  > ANTHROPIC_AUTH_TOKEN     sent as `Authorization` (.claude/settings.json:4)
    ANTHROPIC_API_KEY        not set
    apiKeyHelper             not set
    CLAUDE_CODE_OAUTH_TOKEN  not set
    saved login              none
  ! error: `ANTHROPIC_AUTH_TOKEN` gets the text of the reference: a settings file expands nothing [unexpanded-reference, .claude/settings.json:4]";
    assert_eq!(route(&repo, &[]), said);
    assert_eq!(
        lint(&repo)[1],
        ".claude/settings.json:4:30: error[unexpanded-reference]: `ANTHROPIC_AUTH_TOKEN` gets the text of the \
         reference: a settings file expands nothing"
    );
}

/// One line a path through a launcher: where it goes, and with which credential.
#[test]
fn a_launcher_with_settings_of_its_own() {
    let repo = repo(
        &[
            (
                "bin/any.sh",
                "case \"$1\" in\n  glm) claude --settings cfg/glm.json ;;\n  raw) claude --settings \
                 '{\"env\": {\"ANTHROPIC_AUTH_TOKEN\": \"$T\"}}' ;;\n  far) claude --settings \"$HOME/x.json\" ;;\nesac\n\
                 . ./more.sh\nAWS_REGION=eu-west-1 CLAUDE_CODE_USE_BEDROCK=1 claude\n",
            ),
            (
                "cfg/glm.json",
                "{\n  \"apiKeyHelper\": \"./bin/token\",\n  \"model\": \"glm-4.6\",\n  \"env\": { \
                 \"ANTHROPIC_BASE_URL\": \"https://api.z.ai/api/anthropic\" }\n}\n",
            ),
            (".claude/settings.json", "{ \"model\": \"opus\", \"env\": { \"ANTHROPIC_AUTH_TOKEN\": \"\" } }"),
        ],
        &[],
    );
    let printed = route(&repo, &["bin/any.sh"]);
    let lines: Vec<&str> = printed.lines().filter(|line| !line.contains("not set") && !line.contains("none")).collect();
    let said = "\
script bin/any.sh:2
  with cfg/glm.json, .claude/settings.json
  POST https://api.z.ai/api/anthropic/v1/messages?beta=true from ANTHROPIC_BASE_URL in cfg/glm.json:4
    x-api-key: <what the helper prints> from apiKeyHelper in cfg/glm.json:2
    Authorization: Bearer <what the helper prints> from apiKeyHelper in cfg/glm.json:2
  model: glm-4.6 from `model` in cfg/glm.json:3; shadows `model` in .claude/settings.json:1
  credentials, in the client's order
  > apiKeyHelper             sent in both headers (cfg/glm.json:2)

script bin/any.sh:3
  with --settings, .claude/settings.json
  POST https://api.anthropic.com/v1/messages?beta=true
    Authorization: Bearer <the text of a reference to T: nothing expands it> from ANTHROPIC_AUTH_TOKEN in --settings:1
  model: opus from `model` in .claude/settings.json:1, an alias: the client's version decides
  ANTHROPIC_AUTH_TOKEN in .claude/settings.json:1 is not in effect: --settings:1 outranks it
  credentials, in the client's order
  > ANTHROPIC_AUTH_TOKEN     sent as `Authorization` (--settings:1)
  ! warning: the token goes to api.anthropic.com: no ANTHROPIC_BASE_URL is set beside it [token-without-base-url, --settings:1]

script bin/any.sh:4
  with .claude/settings.json
  nothing is sent: there is no credential, and no saved login is assumed
  model: opus from `model` in .claude/settings.json:1, an alias: the client's version decides
  what `--settings` passes is not known: it is no file of this repository that can be read
  credentials, in the client's order

script bin/any.sh:7
  with .claude/settings.json
  POST https://bedrock-runtime.eu-west-1.amazonaws.com/model/{model}/invoke-with-response-stream
    Authorization: AWS4-HMAC-SHA256 <what the provider's own tools find on the machine>
  model: opus from `model` in .claude/settings.json:1, an alias: the client's version decides
  bin/any.sh:6 sources another file: what that sets is not known here
  credentials, in the client's order
  > the provider's tools     sent as `Authorization`
  ! note: with CLAUDE_CODE_USE_BEDROCK the client's version decides which model `opus` is [model-shadowed, .claude/settings.json:1]";
    assert_eq!(lines.join("\n"), said);
}

#[test]
fn settings_beat_what_a_script_exports() {
    let repo = repo(
        &[
            (
                "start.sh",
                "if [ \"$1\" ]; then export ANTHROPIC_BASE_URL=\"http://localhost:${PORT:-4000}\"; fi\n\
                 unset ANTHROPIC_API_KEY\nclaude\n",
            ),
            (".claude/settings.local.json", "{ \"env\": { \"ANTHROPIC_API_KEY\": \"key-of-mine\" } }"),
        ],
        &[],
    );
    let printed = route(&repo, &["start.sh"]);
    let lines: Vec<&str> = printed.lines().filter(|line| line.contains("start.sh")).collect();
    assert_eq!(
        lines,
        [
            "script start.sh:3, path 1 of 2",
            "  POST an address that is known only when it runs from ANTHROPIC_BASE_URL in start.sh:1",
            "  ANTHROPIC_API_KEY in start.sh:2 is not in effect: .claude/settings.local.json:1 outranks it",
            "script start.sh:3, path 2 of 2",
            "  ANTHROPIC_API_KEY in start.sh:2 is not in effect: .claude/settings.local.json:1 outranks it",
        ]
    );
}

#[test]
fn the_model_and_the_request_in_json() {
    let repo = repo(
        &[
            (
                ".claude/settings.json",
                "{\n  \"model\": \"opus\",\n  \"env\": {\n    \"ANTHROPIC_MODEL\": \"claude-x\",\n    \
                 \"ANTHROPIC_API_KEY\": \"${KEY}\",\n    \"ANTHROPIC_AUTH_TOKEN\": \"${TOKEN}\"\n  }\n}\n",
            ),
            ("web/.claude/settings.json", "{ \"env\": { \"ANTHROPIC_BASE_URL\": \"api.z.ai/anthropic\" } }"),
        ],
        &[],
    );
    let place = |from: &str, line: usize| json!({"from": from, "path": ".claude/settings.json", "line": line});
    let mut bearer = place("ANTHROPIC_AUTH_TOKEN", 6);
    bearer["scheme"] = json!("Bearer");
    let request = json!({
        "url": "https://api.anthropic.com/v1/messages?beta=true",
        "x_api_key": place("ANTHROPIC_API_KEY", 5),
        "authorization": bearer,
        "outcome": "sent",
    });
    let session = &route_json(&repo, &[])["sessions"][0];
    assert_eq!(session["requests"], json!([request]));
    let mut model = place("ANTHROPIC_MODEL", 4);
    model["name"] = json!("claude-x");
    assert_eq!(session["model"], model);
    let of_option = json!({"from": "--model", "path": null, "line": null, "name": "sonnet[1m]"});
    assert_eq!(route_json(&repo, &["--", "--model", "sonnet[1m]"])["sessions"][0]["model"], of_option);
    assert_eq!(route_json(&repo, &["web"])["sessions"][0]["model"], Value::Null);

    let (findings, _) = repo.findings(&[]);
    let of = |rule: &str| {
        let found = findings.iter().find(|finding| finding["rule"] == rule);
        found.unwrap_or_else(|| panic!("{findings:#?}"))["request"].clone()
    };
    assert_eq!(of("both-credentials"), request, "as `route` has it");
    assert_eq!(of("model-shadowed"), request);
    assert_eq!(
        of("base-url-malformed"),
        json!({"url": null, "x_api_key": null, "authorization": null, "outcome": "invalid-url"})
    );
    assert_eq!(of("unexpanded-reference"), Value::Null, "it is about the file");
}

#[test]
fn colours_mark_what_is_sent() {
    let repo = repo(&[("start.sh", "ANTHROPIC_API_KEY=\"$KEY\" claude\n")], &[]);
    let coloured = route(&repo, &["start.sh", "--color", "always"]);
    assert!(coloured.contains("\u{1b}[32m> ANTHROPIC_API_KEY        sent as `x-api-key` (start.sh:1)\u{1b}[0m"));
    assert!(coloured.contains("\u{1b}[2m  ANTHROPIC_AUTH_TOKEN     not set\u{1b}[0m"));
    assert!(!route(&repo, &["start.sh"]).contains('\u{1b}'), "a pipe is no terminal");
}

/// What a dropped file, a late variable and a bare helper say; what other files say is no matter of the session.
#[test]
fn what_has_no_effect_is_said() {
    let repo = repo(
        &[
            (".claude/settings.json", "{\n  // mine\n  \"apiKeyHelper\": \"./bin/token\"\n}\n"),
            (".mcp.json", "{ \"mcpServers\": { \"a\": { \"url\": \"http://example.org/x?api_key=$KEY\" } } }"),
            ("other/.claude/settings.json", "{ \"mcpServers\": { \"a\": { \"command\": \"a\" } } }"),
        ],
        &[],
    );
    repo.write(".claude/settings.local.json", "{ \"env\": { \"CLAUDE_CODE_OAUTH_TOKEN\": \"${TOKEN}\" } }");
    let said = "\
settings .claude/settings.local.json
  nothing is sent: there is no credential, and no saved login is assumed
  credentials, in the client's order
    ANTHROPIC_AUTH_TOKEN     not set
    ANTHROPIC_API_KEY        not set
    apiKeyHelper             not set
    CLAUDE_CODE_OAUTH_TOKEN  not read from the project's settings (.claude/settings.local.json:1)
    saved login              none
  ! error: Claude Code drops the whole file, since it has a comment: nothing in the file is in effect [settings-dropped, .claude/settings.json:2]
  ! error: `CLAUDE_CODE_OAUTH_TOKEN` gets the text of the reference: a settings file expands nothing [unexpanded-reference, .claude/settings.local.json:1]
  ! note: `CLAUDE_CODE_OAUTH_TOKEN` has no effect here: the client looks for it before it reads the settings of a project [no-effect-key, .claude/settings.local.json:1]";
    let printed = route(&repo, &[]);
    assert_eq!(printed.split("\n\n").next().unwrap(), said);
    repo.write(".claude/settings.json", "{ \"apiKeyHelper\": \"./bin/token\" }");
    let bare = route(&repo, &["--", "--bare"]);
    assert!(bare.contains("\n    apiKeyHelper             ignored: `--bare` (.claude/settings.json:1)\n"), "{bare}");
}
