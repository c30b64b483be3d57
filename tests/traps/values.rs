//! Traps that lie in the value, wherever it stands.

use super::{reported, silent};

/// One value in a settings file, a dotenv file, a script, a compose file and a workflow.
fn everywhere(name: &str, value: &str) -> [(&'static str, String); 5] {
    [
        (".claude/settings.json", format!("{{\"env\": {{\"{name}\": \"{value}\"}}}}\n")),
        (".env.example", format!("{name}={value}\n")),
        ("start.sh", format!("export {name}='{value}'\nmake\n")),
        ("compose.yml", format!("services:\n  a:\n    image: x\n    environment:\n      {name}: \"{value}\"\n")),
        (
            ".github/workflows/a.yml",
            format!(
                "on: push\njobs:\n  a:\n    runs-on: x\n    env: {{{name}: \"{value}\"}}\n    steps: [{{run: make}}]\n"
            ),
        ),
    ]
}

fn borrowed<'a>(files: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    files.iter().map(|(path, text)| (*path, text.as_str())).collect()
}

#[track_caller]
fn harmless(name: &str, values: &[&str]) {
    for value in values {
        silent(&borrowed(&everywhere(name, value)));
    }
}

/// A credential in the same five places is found in each of them.
#[track_caller]
fn found(name: &str, value: &str) {
    let files = everywhere(name, value);
    let paths: Vec<String> = reported(&borrowed(&files))
        .iter()
        .filter(|found| found.contains(" secret-in-"))
        .map(|found| found.split(':').next().unwrap().to_owned())
        .collect();
    let mut expected: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    expected.sort_unstable();
    assert_eq!(paths, expected, "{name}");
}

/// Dummy words for servers on this machine.
#[test]
fn trap_09_dummy_words() {
    for word in [
        "ollama",
        "lmstudio",
        "dummy",
        "local",
        "stub",
        "NOT_NEEDED",
        "litellm-proxy",
        "router-key",
        "sk-dummy",
        "sk-litellm-local",
        "sk-ant-dummy",
    ] {
        silent(&[
            (
                ".claude/settings.json",
                &format!(
                    "{{\"env\": {{\"ANTHROPIC_BASE_URL\": \"http://localhost:4000\", \"ANTHROPIC_AUTH_TOKEN\": \"{word}\"}}}}\n"
                ),
            ),
            (
                "start.sh",
                &format!(
                    "unset ANTHROPIC_API_KEY\nANTHROPIC_BASE_URL=http://127.0.0.1:4000 ANTHROPIC_AUTH_TOKEN={word} claude\n"
                ),
            ),
        ]);
    }
    found("ANTHROPIC_AUTH_TOKEN", "@@zai-key@@");
}

/// Public by design.
#[test]
fn trap_10_public_by_design() {
    harmless("STRIPE_KEY", &["pk_live_51H8xQ2eZvKYlo2C0aBcDeFgH", "pk_test_51H8xQ2eZvKYlo2C0aBcDeFgH"]);
    harmless("SUPABASE_KEY", &["sb_publishable_Zq8xT4mW2nB7vK5cR9yL3p"]);
    harmless("OAUTH_CLIENT_ID", &["123456789012-a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6.apps.googleusercontent.com"]);
    silent(&[(
        ".mcp.json",
        "{\"mcpServers\": {\"db\": {\"type\": \"http\", \"url\": \"https://mcp.supabase.com/mcp?project_ref=qzxkvbnmtrwpldhgfyjc\"}}}\n",
    )]);
    found("STRIPE_KEY", "@@stripe-secret-key@@");
}

/// Long random strings that are ids.
#[test]
fn trap_11_ids() {
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    silent(&[
        ("compose.yml", &format!("services:\n  a:\n    image: x@sha256:{digest}\n")),
        (
            ".mcp.json",
            &format!(
                "{{\"mcpServers\": {{\"a\": {{\"command\": \"uvx\", \"args\": [\"--from\", \"git+https://git.example.org/a/b@{}\", \"b\"]}}}}}}\n",
                &digest[..40]
            ),
        ),
        ("start.sh", "claude --resume 0b3c1f9e-6f5d-4c0e-9a51-2f6d1f7a9c33 --model claude-opus-4-5-20251101\n"),
    ]);
}

/// `sk-` inside words.
#[test]
fn trap_12_sk_inside_words() {
    silent(&[
        (
            "start.sh",
            "cat logs/task-history-of-the-whole-long-week-in-november-2026.log disk-free-space-report-of-every-machine.txt\n",
        ),
        (
            ".claude/settings.json",
            "{\"permissions\": {\"allow\": [\"Bash(flask-migrate-the-database-to-its-newest-version:*)\"]}}\n",
        ),
    ]);
}

/// Deny rules and sudoers lines.
#[test]
fn trap_13_rules_about_secrets() {
    silent(&[
        (
            ".claude/settings.json",
            "{\"permissions\": {\"deny\": [\"Read(**/passwd)\", \"Read(./secrets/credentials.json)\", \"Read(**/*.key)\", \"Bash(export ANTHROPIC_API_KEY=*)\"]}}\n",
        ),
        (
            "Dockerfile",
            "FROM debian\nRUN echo 'dev ALL=(root) NOPASSWD: /usr/local/bin/init-firewall.sh' > /etc/sudoers.d/dev\n",
        ),
    ]);
}

/// The same well-known word twice, on this machine.
#[test]
fn trap_19_passwords_of_development() {
    harmless(
        "DATABASE_URL",
        &["postgres://postgres:postgres@localhost:5432/app", "mongodb://root:root@127.0.0.1:27017"],
    );
    let real = "postgres://app:Zq8xT4mW2nB7vK5cR9yL@db.example.org:5432/app";
    found("DATABASE_URL", real);
}

/// Words behind Bearer, and quotes inside strings.
#[test]
fn trap_20_bearers_in_rules() {
    let settings = |token: &str| {
        format!(
            "{{\"permissions\": {{\"allow\": [\"Bash(curl -H \\\"Authorization: Bearer {token}\\\" http://localhost:3000/me)\"]}}}}\n"
        )
    };
    for token in ["test", "notoken", "badtoken"] {
        silent(&[(".claude/settings.json", &settings(token))]);
    }
    assert_eq!(
        reported(&[(".claude/settings.json", &settings("@@anthropic-api-key@@"))]),
        [".claude/settings.json:1:66 secret-in-permission"]
    );
}
