//! Shell scripts in small repositories: exact findings, and what joins which `.env`.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, place, run, text};
use serde_json::Value;

/// `path:line:column rule` of every finding, with the markers in the files filled in.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let mut rng = Rng::new(7);
    let whole: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), expand(text, &mut rng))).collect();
    let files: Vec<(&str, &str)> = whole.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let repo =
        Repo::committed(&[&[(".gitignore", "**/.claude/settings.local.json\n.env\n.env.*\n")], &files[..]].concat());
    let (findings, _) = repo.findings(&[]);
    findings.iter().map(place).collect()
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(findings(files), expected, "{files:?}");
}

const KEY: &str = "ANTHROPIC_API_KEY=$(pass api)\n";
const BOTH: &str = "both-credentials";

#[test]
fn a_script_meets_the_dotenv_file_that_it_reads() {
    let token = "export ANTHROPIC_AUTH_TOKEN=$(pass token)\nexport ANTHROPIC_BASE_URL=https://gateway.example.org\n";
    for (reads, line) in [
        ("set -a\n. ./.env\nset +a\nclaude\n", ".env:1:19"),
        ("set -a; source .env; set +a; claude\n", ".env:1:19"),
        ("set -o allexport\nsource \"$(dirname \"$0\")/.env\"\nclaude\n", ".env:1:19"),
        ("DIR=$(cd \"$(dirname \"$0\")\" && pwd)\nset -a; . \"$DIR/.env\"\nclaude\n", ".env:1:19"),
        ("set -a; [ -f \"${BASH_SOURCE%/*}/.env\" ] && . \"${BASH_SOURCE%/*}/.env\"; set +a; claude\n", ".env:1:19"),
        ("if [ -f .env ]; then\nexport $(grep -v '^#' .env | xargs)\nfi\nclaude\n", ".env:1:19"),
        ("export $(cat .env)\nclaude\n", ".env:1:19"),
        ("env $(cat .env | xargs) claude -p hi\n", ".env:1:19"),
        ("eval \"$(sed 's/^/export /' .env)\"; claude\n", ".env:1:19"),
        ("set -a; source <(grep -v '^#' .env); claude\n", ".env:1:19"),
        ("for f in .env.local .env; do set -a; . \"$f\"; done; claude\n", ".env:1:19"),
        ("while IFS= read -r line; do export \"$line\"; done < .env\nclaude\n", ".env:1:19"),
        ("dotenv -- claude\n", ".env:1:19"),
        ("dotenv -f .env run -- claude\n", ".env:1:19"),
        ("npx dotenv-cli -e .env -- claude || dotenv -e .env -- claude\n", ".env:1:19"),
        ("dotenvx run -f .env -- claude\n", ".env:1:19"),
        ("op run --env-file=.env -- claude\n", ".env:1:19"),
        ("op run --env-file .env --no-masking -- env X=y claude\n", ".env:1:19"),
        ("uv run --env-file .env claude\n", ".env:1:19"),
        (". ./.env\nexport ANTHROPIC_API_KEY\nclaude\n", ".env:1:19"),
    ] {
        check(&[("start.sh", &format!("{token}{reads}")), (".env", KEY)], &[&format!("{line} {BOTH}")]);
    }
    // The dotenv file's own `export` needs no `set -a`.
    check(
        &[("start.sh", &format!("{token}. ./.env\nclaude\n")), (".env", &format!("export {KEY}"))],
        &[&format!(".env:1:26 {BOTH}")],
    );
    // From the script's folder, then from the root.
    let script = format!("{token}set -a; . ./.env; claude\n");
    check(&[("bin/start.sh", &script), (".env", KEY)], &[&format!(".env:1:19 {BOTH}")]);
    check(&[("bin/start.sh", &script), ("bin/.env", KEY), (".env", "X=y\n")], &[&format!("bin/.env:1:19 {BOTH}")]);
    check(
        &[("bin/start.sh", &format!("{token}set -a; . \"$ROOT/conf/../.env\"; claude\n")), (".env", KEY)],
        &[&format!(".env:1:19 {BOTH}")],
    );
    // direnv reads one too.
    check(&[(".envrc", &format!("{token}dotenv\n")), (".env", KEY)], &[&format!(".env:1:19 {BOTH}")]);
}

#[test]
fn what_does_not_meet() {
    let token = "export ANTHROPIC_AUTH_TOKEN=$(pass token)\nexport ANTHROPIC_BASE_URL=https://gateway.example.org\n";
    for (reads, dotenv) in [
        // Sourced without export: the shell has the key, the client does not.
        (". ./.env\nclaude\n", KEY),
        ("set -a; set +a; . .env; claude\n", KEY),
        ("(set -a; . .env); claude\n", KEY),
        ("set -a; . .env; unset ANTHROPIC_API_KEY; claude\n", KEY),
        ("set -a; . .env; ANTHROPIC_API_KEY= claude\n", KEY),
        ("set -a; . .env; env -u ANTHROPIC_API_KEY claude\n", KEY),
        ("set -a; . .env; for v in ANTHROPIC_API_KEY X; do unset \"$v\"; done; claude\n", KEY),
        ("set -a; . .env; for v in $(env | cut -d= -f1 | grep ANTHROPIC); do unset $v; done; claude\n", KEY),
        ("set -a; . .env; env -i PATH=\"$PATH\" claude\n", KEY),
        // Not this file.
        ("set -a; . ~/.env; claude\n", KEY),
        ("set -a; . \"$HOME/.env\"; claude\n", KEY),
        ("set -a; . /etc/.env; claude\n", KEY),
        ("set -a; . .env.local; claude\n", KEY),
        ("set -a; . ../../.env; claude\n", KEY),
        ("export $(jq -r .env config.json); claude\n", KEY),
        // What is set already stays.
        ("export ANTHROPIC_API_KEY=''; dotenv -- claude\n", KEY),
        // An empty value in the file takes the key away.
        ("export ANTHROPIC_API_KEY=$(pass x); set -a; . .env; claude\n", "ANTHROPIC_API_KEY=\n"),
    ] {
        check(&[("start.sh", &format!("{token}{reads}")), (".env", dotenv)], &[]);
    }
}

/// What only half of a unit says is nobody's fault while the other half may be in the file that it reads.
#[test]
fn a_half_is_judged_with_its_other_half() {
    let script = "set -a; . ./.env; set +a\nexport ANTHROPIC_BASE_URL=https://llm.example.org\nclaude\n";
    let token = "ANTHROPIC_AUTH_TOKEN=$(pass token)\n";
    check(&[("start.sh", script), (".env", token)], &["start.sh:3:1 inherited-credential"]);
    check(&[(".env", token)], &[".env:1:1 token-without-base-url"]);
    // The file is not in the repository: it may hold the token.
    check(&[("start.sh", script)], &[]);
    let repo = Repo::committed(&[("start.sh", &script[25..]), ("reads.sh", script)]);
    let (notes, _) = repo.findings(&["--min-severity", "note"]);
    let about = notes.iter().map(place).filter(|place| place.ends_with("token"));
    assert_eq!(about.collect::<Vec<_>>(), ["start.sh:1:27 base-url-without-token"]);
}

#[test]
fn route_shows_the_file_too() {
    let repo = Repo::committed(&[
        ("start.sh", "export ANTHROPIC_BASE_URL=https://gateway.example.org\nset -a; . ./.env\nclaude\n"),
        (".env", "ANTHROPIC_AUTH_TOKEN=$(pass token)\n"),
    ]);
    let output = run(repo.keylint(&["route", "--format", "json", "start.sh"]));
    let shown: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", text(&output.stdout), text(&output.stderr)));
    let session = &shown["sessions"][0];
    assert_eq!(session["files"], serde_json::json!(["start.sh", ".env"]), "{shown}");
    assert_eq!(session["requests"][0]["authorization"]["from"], "ANTHROPIC_AUTH_TOKEN", "{shown}");
}

#[test]
fn containers_and_other_machines_have_environments_of_their_own() {
    let outer = "export ANTHROPIC_API_KEY=$(pass api)\n";
    let inner = "-e ANTHROPIC_AUTH_TOKEN=\"$(pass token)\" -e ANTHROPIC_BASE_URL=https://gateway.example.org";
    for start in [
        format!("docker run --rm -it {inner} image claude -p hi"),
        format!("docker run {inner} image"),
        format!("docker compose run {inner} service claude"),
        format!("docker exec -it {inner} box bash -c 'claude'"),
        format!("docker run {inner} --env-file .env image claude"),
        "ssh host 'ANTHROPIC_AUTH_TOKEN=$(pass token) ANTHROPIC_BASE_URL=https://g.example.org claude'".to_owned(),
        "ssh -p 22 host ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://g.example.org claude".to_owned(),
    ] {
        check(&[("start.sh", &format!("{outer}{start}\n"))], &[]);
    }
    let url = "ANTHROPIC_BASE_URL=https://gateway.example.org";
    for (start, file, expected) in [
        (format!("docker run -e ANTHROPIC_API_KEY {inner} image claude"), "X=y\n", "start.sh:1:26"),
        (format!("docker run -v a:b {inner} -eANTHROPIC_API_KEY=$K image"), "X=y\n", ""),
        (format!("docker run --env-file .env {inner} image claude"), KEY, ".env:1:19"),
        (format!("docker run {inner} i sh -c 'export ANTHROPIC_API_KEY=$K; claude'"), "", ""),
        (format!("kubectl exec -it pod -- env {url} ANTHROPIC_API_KEY=$K ANTHROPIC_AUTH_TOKEN=$T claude"), "", ""),
        (format!("ssh h 'export {url} ANTHROPIC_API_KEY=$K ANTHROPIC_AUTH_TOKEN=$T; claude'"), "", ""),
        (format!("ssh h <<'E'\nexport {url} ANTHROPIC_API_KEY=$K\nANTHROPIC_AUTH_TOKEN=$T claude\nE"), "", ""),
        (format!("su me -c 'export {url} ANTHROPIC_API_KEY=$K ANTHROPIC_AUTH_TOKEN=$T; claude'"), "", ""),
        (format!("tmux new -d -s x '{url} ANTHROPIC_API_KEY=$K ANTHROPIC_AUTH_TOKEN=$T claude'"), "", ""),
    ] {
        let text = format!("{outer}{start}\n");
        let here = text
            .find("$K")
            .map(|at| common::position(&text, at))
            .map(|(line, column)| format!("start.sh:{line}:{column}"));
        let expected = if expected.is_empty() { here.unwrap() } else { expected.to_owned() };
        let mut found = findings(&[("start.sh", &text), (".env", file)]);
        // That the arguments of `docker run` are shown is another matter.
        found.retain(|one| !one.ends_with("secret-on-command-line"));
        assert_eq!(found, [format!("{expected} both-credentials")], "{text}");
    }
}

#[test]
fn settings_on_the_command_line_and_in_files_that_a_script_writes() {
    let key = "export ANTHROPIC_API_KEY=$K\n";
    let settings = r#"{"env": {"ANTHROPIC_AUTH_TOKEN": "$T", "ANTHROPIC_BASE_URL": "https://g.example.org"}}"#;
    check(
        &[("a.sh", &format!("{key}claude --settings \"{}\"\n", settings.replace('"', "\\\"")))],
        &["a.sh:1:26 both-credentials"],
    );
    check(
        &[("a.sh", &format!("{key}claude --settings='{}' -p x\n", settings.replace("$T", "@@zai-key@@")))],
        &["a.sh:1:26 both-credentials", "a.sh:2:54 secret-in-launcher"],
    );
    // Its own variables outrank the shell's.
    check(&[("a.sh", &format!("{key}claude --settings '{{\"env\": {{\"ANTHROPIC_API_KEY\": \"\"}}}}'\n"))], &[]);
    check(
        &[("a.sh", &format!("{key}claude --settings '{{\"apiKeyHelper\": \"./key.sh\"}}'\n"))],
        &["a.sh:2:22 helper-conflict"],
    );
    let both = r#"{"env": {"ANTHROPIC_API_KEY": "$K", "ANTHROPIC_AUTH_TOKEN": "$T"}}"#;
    check(&[("a.sh", &format!("cat > ~/.claude/settings.json <<EOF\n{both}\nEOF\n"))], &["a.sh:2:32 both-credentials"]);
    // A profile is not in effect before it is copied.
    check(&[("a.sh", &format!("cat > settings.glm.json <<EOF\n{both}\nEOF\n"))], &[]);
    let secret =
        r#"{"env": {"ANTHROPIC_AUTH_TOKEN": "@@zai-key@@", "ANTHROPIC_BASE_URL": "https://api.z.ai/api/anthropic"}}"#;
    for write in ["cat > .claude/settings.json <<'EOF'\nJ\nEOF\n", "tee \"$D/profile.json\" <<EOF\nJ\nEOF\n"] {
        check(&[("a.sh", &write.replace('J', secret))], &["a.sh:2:35 secret-in-launcher"]);
    }
    check(&[("a.sh", &format!("echo '{secret}' > ~/.claude/settings.json\n"))], &["a.sh:1:41 secret-in-launcher"]);
    // Servers and their credentials.
    let server =
        r#"{"type": "http", "url": "https://h.example.org", "headers": {"Authorization": "Bearer @@github-pat@@"}}"#;
    for (line, column) in [
        (format!("claude mcp add-json x '{server}'"), 110),
        (format!("claude --mcp-config '{{\"mcpServers\": {{\"x\": {server}}}}}' -p hi"), 129),
        ("claude mcp add x --env GITHUB_TOKEN=@@github-pat@@ -- npx y".to_owned(), 37),
        (
            "claude mcp add --transport http x https://h.example.org --header 'Authorization: Bearer @@github-pat@@'"
                .to_owned(),
            89,
        ),
    ] {
        check(&[("a.sh", &format!("{line}\n"))], &[&format!("a.sh:1:{column} secret-in-launcher")]);
    }
}

#[test]
fn bare_is_known() {
    check(&[("a.sh", "CLAUDE_CODE_OAUTH_TOKEN=$T claude --bare -p hi\n")], &["a.sh:1:1 bare-ignores-credential"]);
    check(&[("a.sh", "CLAUDE_CODE_OAUTH_TOKEN=$T claude -p 'not --bare'\n")], &[]);
}
