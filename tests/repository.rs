//! One repository full of random credentials, each to be found as what it is, where it is; and the same repository
//! done right, with nothing to report.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, place, position};

const SETTINGS: &str = "secret-in-settings";
const PERMISSION: &str = "secret-in-permission";
const MCP: &str = "secret-in-mcp";
const DOTENV: &str = "secret-in-env-file";
const LAUNCHER: &str = "secret-in-launcher";
const TEXT: &str = "secret-in-text";

/// Path, the rule that every marker in it is to be found by, and the content.
const LEAKY: &[(&str, &str, &str)] = &[
    (
        ".claude/settings.json",
        SETTINGS,
        r#"{
  "apiKeyHelper": "printf %s @@anthropic-api-key@@",
  "awsCredentialExport": "echo '{\"Credentials\":{\"SecretAccessKey\":\"@@base62-key@@\"}}'",
  "env": {
    "ANTHROPIC_AUTH_TOKEN": "@@zai-key@@", "NAME": "ünï",  "GITHUB_TOKEN": "@@github-pat@@",
    "ANTHROPIC_CUSTOM_HEADERS": "X-Team: web\nx-portkey-api-key: @@base62-key:3@@",
    "MY_SECRET": "@@hex-key@@",
    "ESCAPED_KEY": "@@openrouter-key@@"
  },
  "hooks": {
    "Stop": [{ "hooks": [
      { "type": "command", "command": "curl -H \"Authorization: Bearer @@base62-key:4@@\" https://h.example.net" },
      { "type": "http", "url": "https://u:@@base62-key:5@@@h.example.net", "headers": { "X-Api-Key": "@@hex-key:2@@" } }
    ] }]
  },
  "statusLine": { "type": "command", "command": "OPENAI_API_KEY=@@openai-project-key@@ ./status.sh" },
  "mcpServers": { "x": { "env": { "LINEAR_API_KEY": "@@linear-key@@" } } }
}
"#,
    ),
    (
        "apps/web/.claude/settings.json",
        PERMISSION,
        r#"{
  "permissions": {
    "allow": [
      "Bash(export OPENAI_API_KEY=\"@@openai-project-key@@\")",
      "Bash(GITLAB_TOKEN=@@gitlab-pat@@ glab mr list:*)",
      "Bash(curl -s -H \"Authorization: Bearer @@jwt@@\" https://h.example.net/v1)",
      "WebFetch(https://h.example.net/x?api_key=@@hex-key@@)",
      "Bash(echo @@anthropic-oauth-token@@)"
    ],
    "deny": ["Bash(psql postgres://app:@@base62-key@@@db.example.net/x)"]
  }
}
"#,
    ),
    (
        ".mcp.json",
        MCP,
        r#"{
  "mcpServers": {
    "github": { "command": "github-mcp", "env": { "GITHUB_TOKEN": "@@github-pat@@", "OTHER_PASSWORD": "@@base62-key@@" } },
    "http": { "type": "http", "url": "https://mcp.example.net/sse?token=@@hex-key@@", "headers": { "Authorization": "Bearer @@base62-key:2@@" } },
    "args": { "command": "npx", "args": ["mcp", "--api-key", "@@hex-key:2@@", "--header", "X-API-Key: @@base62-key:3@@", "--token=@@base62-key:4@@"] },
    "default": { "type": "http", "url": "https://mcp.example.net", "headers": { "X-API-Key": "${KEY:-@@hex-key:3@@}" } },
    "oauth": { "type": "http", "url": "https://mcp.example.net", "oauth": { "clientId": "web", "clientSecret": "@@base62-key:5@@" } },
    "shell": { "command": "sh", "args": ["-c", "API_TOKEN=@@base62-key:6@@ exec server"] }
  }
}
"#,
    ),
    ("broken/.mcp.json", MCP, "\"mcpServers\": {\n  \"x\": { \"env\": { \"SOME_TOKEN\": \"@@base62-key@@\", } }\n}\n"),
    (
        "deploy/.env",
        DOTENV,
        "# key\nexport ANTHROPIC_API_KEY=\"@@anthropic-api-key@@\"\n#OPENROUTER_API_KEY='@@openrouter-key@@'\nAPP_TOKEN = @@base62-key@@ # note\nDATABASE_URL=postgres://app:@@base62-key:2@@@db.example.net:5432/app\r\nEMPTY=\nREFRESH=@@anthropic-refresh-token@@\n",
    ),
    (".env.example", DOTENV, "SLACK_TOKEN=@@slack-token@@\n"),
    (
        ".envrc",
        LAUNCHER,
        "source_up\nexport ANTHROPIC_AUTH_TOKEN=@@relay-key@@\nexport ANTHROPIC_BASE_URL=https://relay.example.net\n",
    ),
    (
        "bin/claude-glm",
        LAUNCHER,
        "#!/usr/bin/env bash\nANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic \\\nANTHROPIC_AUTH_TOKEN='@@zai-key@@' \\\n  exec claude \"$@\"\n",
    ),
    (
        "bin/openrouter.sh",
        LAUNCHER,
        "export ANTHROPIC_BASE_URL=\"https://openrouter.ai/api\"\nexport ANTHROPIC_AUTH_TOKEN=\"@@openrouter-key@@\"\nexport ANTHROPIC_API_KEY=\"\"\nbash -c 'HF_TOKEN=@@huggingface-token@@ run'\ncat > .env <<'END'\nSTRIPE_SECRET_KEY=@@stripe-secret-key@@\nEND\ncurl -u admin:@@base62-key@@ https://h.example.net\nclaude\n",
    ),
    ("src/app.py", LAUNCHER, "client = Anthropic(api_key='@@anthropic-api-key@@')\n"),
    ("src/log.py", TEXT, "import anthropic  # not (@@anthropic-admin-key@@),\n"),
    ("CLAUDE.md", TEXT, "| token | @@anthropic-session-key@@ |\n"),
];

/// Commits the files with their markers expanded, and returns where each marker has to be found.
fn plant(repo: &Repo, files: &[(&str, &str, &str)], rng: &mut Rng) -> BTreeSet<String> {
    let mut expected = BTreeSet::new();
    for (path, rule, body) in files {
        let text = expand(body, rng);
        // Walk both texts in step: what differs are the markers.
        let (mut from, mut to) = (0, 0);
        while let Some(start) = body[from..].find("@@") {
            let marker = body[from + start + 2..].find("@@").unwrap() + 4;
            to += start;
            let rest = &body[from + start + marker..];
            let next = &rest[..rest.find("@@").unwrap_or(rest.len())];
            let length = text[to..].find(next).unwrap();
            let (line, column) = position(&text, to);
            expected.insert(format!("{path}:{line}:{column} {rule}"));
            to += length;
            from += start + marker;
        }
        repo.write(path, &text);
    }
    repo.git(&["add", "-A", "-f"]);
    repo.git(&["commit", "-q", "-m", "x"]);
    expected
}

#[test]
fn every_planted_credential_is_found_where_it_is() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let expected = plant(&repo, LEAKY, &mut rng);
    let (findings, code) = repo.findings(&["."]);
    assert_eq!(code, 1);
    let found: BTreeSet<String> = findings.iter().map(place).filter(|place| place.contains(" secret-")).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    let surplus: Vec<_> = found.difference(&expected).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}\nsurplus {surplus:#?}");
    // The end lies behind the last character of the credential, and the length is in the message.
    for finding in findings.iter().filter(|finding| finding["rule"].as_str().unwrap().starts_with("secret-")) {
        assert_eq!(finding["line"], finding["end_line"]);
        let length = finding["end_column"].as_u64().unwrap() - finding["column"].as_u64().unwrap();
        assert!(finding["message"].as_str().unwrap().contains(&format!("{length} characters")), "{finding}");
    }
}

#[test]
fn both_credentials_wherever_they_meet() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let both = "ANTHROPIC_API_KEY=@@base62-key@@\nANTHROPIC_AUTH_TOKEN=@@base62-key:2@@\n";
    let url = "\"ANTHROPIC_BASE_URL\": \"https://gw.example.net\"";
    let files = [
        (".gitignore", "**/.claude/settings.local.json\n.env\n".to_owned()),
        (
            "one/.claude/settings.local.json",
            format!("{{\"env\": {{{url}, \"ANTHROPIC_API_KEY\": \"a-key\", \"ANTHROPIC_AUTH_TOKEN\": \"@@hex-key@@\"}}}}"),
        ),
        ("two/.claude/settings.json", "{\"env\": {\"ANTHROPIC_API_KEY\": \"work-key-of-us\"}}".to_owned()),
        (
            "two/.claude/settings.local.json",
            format!("{{\"env\": {{{url}, \"ANTHROPIC_AUTH_TOKEN\": \"@@hex-key@@\"}}}}"),
        ),
        ("three/.env", format!("ANTHROPIC_BASE_URL=https://gw.example.net\n{both}")),
        ("five/.claude/settings.json", "{\"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"command\": \"ANTHROPIC_API_KEY=$A ANTHROPIC_AUTH_TOKEN=$B claude -p hi\"}]}]}}".to_owned()),
        ("four/start.sh", "export ANTHROPIC_BASE_URL=https://gw.example.net\nexport ANTHROPIC_AUTH_TOKEN=\"$T\"\nANTHROPIC_API_KEY=$K claude\n".to_owned()),
    ];
    for (path, body) in &files {
        repo.write(path, expand(body, &mut rng));
    }
    repo.commit();
    let (findings, _) = repo.findings(&["."]);
    let both: Vec<String> = findings
        .iter()
        .filter(|finding| finding["rule"] == "both-credentials")
        .map(|finding| {
            let related = &finding["related"][0];
            let other = format!("{}:{}", related["path"].as_str().unwrap(), related["line"]);
            format!("{} {} {other}", place(finding), finding["severity"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        both,
        [
            "five/.claude/settings.json:1:82 both-credentials error five/.claude/settings.json:1",
            "four/start.sh:3:19 both-credentials error four/start.sh:2",
            "one/.claude/settings.local.json:1:80 both-credentials error one/.claude/settings.local.json:1",
            "three/.env:2:19 both-credentials error three/.env:3",
            "two/.claude/settings.json:1:32 both-credentials warning two/.claude/settings.local.json:1",
        ]
    );
}

/// The same repository as its maintainer should have written it.
const CLEAN: &[(&str, &str)] = &[
    (".gitignore", "**/.claude/settings.local.json\nCLAUDE.local.md\n.env\n.env.*\n!.env.example\n"),
    (
        ".claude/settings.json",
        r#"{
  "$schema": "https://json.schemastore.org/claude-code-settings.json",
  "awsCredentialExport": "aws configure export-credentials",
  "env": {
    "ANTHROPIC_API_KEY": "", "NAME": "ünï", "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "32000",
    "CLAUDE_CODE_API_KEY_HELPER_TTL_MS": 3600000, "MAX_THINKING_TOKENS": "8000",
    "ANTHROPIC_MODEL": "claude-sonnet-4-5-20250929"
  },
  "hooks": {
    "Stop": [{ "hooks": [
      { "type": "command", "command": "curl -H \"Authorization: Bearer $HOOK_TOKEN\" https://h.example.net" },
      { "type": "http", "url": "https://h.example.net", "headers": { "X-Api-Key": "$HOOK_KEY" }, "allowedEnvVars": ["HOOK_KEY"] }
    ] }]
  },
  "statusLine": { "type": "command", "command": "./status.sh ${ANTHROPIC_API_KEY:+set}" },
  "permissions": {
    "allow": ["Bash(JAVA_HOME=/opt/jdk mvn test)", "Bash(curl -H \"Authorization: Bearer test\" http://localhost:3000)",
              "Bash(OPENAI_API_KEY=dummy pytest:*)", "Bash(echo sk-ant-...)"],
    "deny": ["Read(./.env)", "Read(**/*.key)", "Bash(cat */credentials)"]
  }
}
"#,
    ),
    ("tools/.claude/settings.json", r#"{ "apiKeyHelper": "security find-generic-password -w -s gateway" }"#),
    (
        ".claude/settings.local.json",
        r#"{ "env": { "ANTHROPIC_BASE_URL": "https://api.z.ai/api/anthropic", "ANTHROPIC_AUTH_TOKEN": "@@zai-key@@" } }"#,
    ),
    (
        ".mcp.json",
        r#"{
  "mcpServers": {
    "github": { "command": "github-mcp", "env": { "GITHUB_TOKEN": "${GITHUB_TOKEN}", "LOG": "debug" } },
    "http": { "type": "http", "url": "${MCP_URL:-https://mcp.example.net}", "headers": { "Authorization": "Bearer ${TOKEN}" } },
    "args": { "command": "npx", "args": ["mcp", "--api-key", "${KEY}", "--token=YOUR_TOKEN"] },
    "oauth": { "type": "http", "url": "https://mcp.example.net?project_ref=abcdefghijklmnopqrst", "oauth": { "clientId": "web" } }
  }
}
"#,
    ),
    (".env", "ANTHROPIC_API_KEY=@@anthropic-api-key@@\n"),
    (
        ".env.example",
        "ANTHROPIC_API_KEY=\nANTHROPIC_AUTH_TOKEN=your-token-here\nOPENAI_API_KEY=sk-...\nSTRIPE_KEY=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx\nSECRET=op://team/app/secret\nDATABASE_URL=postgres://user:password@localhost/app\n",
    ),
    (
        ".envrc",
        "dotenv_if_exists\nexport ANTHROPIC_AUTH_TOKEN=\"$(pass show gateway)\"\nexport ANTHROPIC_BASE_URL=https://relay.example.net\nunset ANTHROPIC_API_KEY\n",
    ),
    (
        "bin/claude-glm",
        "#!/usr/bin/env bash\nANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic \\\nANTHROPIC_AUTH_TOKEN=\"${ZAI_API_KEY:?missing}\" \\\nANTHROPIC_API_KEY= exec claude \"$@\"\n",
    ),
    (
        "bin/switch.sh",
        "case \"$1\" in\n  glm)\n    export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN=\"$ZAI\"\n    unset ANTHROPIC_API_KEY ;;\n  local)\n    export ANTHROPIC_BASE_URL=http://localhost:11434 ANTHROPIC_AUTH_TOKEN=ollama ANTHROPIC_API_KEY=ollama ;;\n  *)\n    export ANTHROPIC_API_KEY=\"$WORK\" ;;\nesac\nclaude\n",
    ),
    (
        "src/app.py",
        "client = Anthropic(api_key=os.environ['ANTHROPIC_API_KEY'])\nRE = r'sk-ant-api\\d{2}-[A-Za-z0-9_-]{20,}'\n",
    ),
    ("CLAUDE.md", "Set `ANTHROPIC_API_KEY=sk-ant-your-key-here`.\n"),
];

#[test]
fn the_same_repository_done_right_has_nothing_to_report() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    for (path, body) in CLEAN {
        repo.write(path, expand(body, &mut rng));
    }
    repo.commit();
    let (findings, code) = repo.findings(&["."]);
    // A hook's `curl` shows its header in process lists, which is but a note.
    let noted = vec![".claude/settings.json:11:65 secret-on-command-line".to_owned()];
    assert_eq!((findings.iter().map(place).collect::<Vec<_>>(), code), (noted, 0));
}
