//! What `--fix` makes of credentials and addresses, byte by byte, and what it leaves alone. The rules' pages show the rest.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, machine, put_program, run, text};

const LOCAL: &str = ".claude/settings.local.json";

/// A repository whose personal files are ignored, with these files; markers of all of them are expanded together.
fn repo(files: &[(&str, &str)], rng: &mut Rng) -> (Repo, Vec<String>) {
    let bodies: Vec<&str> = files.iter().map(|(_, body)| *body).collect();
    let bodies = expand(&bodies.join("\u{1}"), rng);
    assert!(!bodies.contains("@@"), "an unknown marker: {bodies}");
    let bodies: Vec<String> = bodies.split('\u{1}').map(str::to_owned).collect();
    let repo = Repo::new();
    repo.write(".gitignore", "**/.claude/settings.local.json\n.env\n");
    for ((path, _), body) in files.iter().zip(&bodies) {
        repo.write(path, body);
    }
    repo.commit();
    (repo, bodies)
}

/// What one run says that mends all findings of a rule.
fn mend(repo: &Repo, slug: &str) -> String {
    let arguments = ["lint", ".", "--fix", "--unsafe-fixes", "--rule", slug, "--min-severity", "note"];
    let output = run(repo.keylint(&arguments));
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

/// One file before and after, with all others as they were. Returns what was said.
fn becomes(slug: &str, files: &[(&str, &str)], path: &str, after: &str) -> String {
    let mut rng = Rng::from_entropy();
    let all: Vec<(&str, &str)> = files.iter().copied().chain([("expected", after)]).collect();
    let (repo, bodies) = repo(&all, &mut rng);
    let said = mend(&repo, slug);
    for ((name, _), body) in files.iter().zip(&bodies) {
        let expected = if *name == path { bodies.last().unwrap() } else { body };
        let found = std::fs::read_to_string(repo.path(name)).unwrap();
        assert_eq!(&found, expected, "{name}\n{said}");
    }
    said
}

/// The rule finds something, and nothing is changed.
fn stays(slug: &str, files: &[(&str, &str)]) {
    let (path, body) = files[0];
    let said = becomes(slug, files, path, body);
    assert!(said.contains(&format!("[{slug}]")), "{body}\n{said}");
}

/// With the ends of lines that Windows has, and the mark that some of its editors write.
fn windows(body: &str) -> String {
    format!("\u{FEFF}{}", body.replace('\n', "\r\n"))
}

#[test]
fn a_credential_is_trimmed_where_it_stands() {
    let pretty = "{\n\t\"env\": {\n\t\t\"ANTHROPIC_API_KEY\": \"VALUE\",\n\t\t\"A\": \"1\"\n\t}\n}";
    let line = r#"{"env": {"ANTHROPIC_API_KEY": "VALUE"}}"#;
    for (path, body, value) in [
        (LOCAL, line, r" @@anthropic-api-key@@\n"),
        (LOCAL, line, r#"\"@@anthropic-api-key@@\""#),
        (LOCAL, pretty, r"\u201c@@anthropic-api-key@@\u200B”"),
        (".env", "export ANTHROPIC_API_KEY=VALUE # mine", "“@@anthropic-api-key@@”"),
        (".env", "ANTHROPIC_API_KEY=\"VALUE\"\nA=1\n", "@@anthropic-api-key@@\n"),
        ("run.sh", "export ANTHROPIC_API_KEY='VALUE'\nclaude\n", "\"@@anthropic-api-key@@\""),
        ("run.sh", "export ANTHROPIC_API_KEY=$'VALUE'\nclaude", r"@@anthropic-api-key@@\n"),
        ("run.fish", "set -gx ANTHROPIC_API_KEY 'VALUE'\nclaude\n", "@@anthropic-api-key@@ "),
        ("run.ps1", "$env:ANTHROPIC_API_KEY = 'VALUE'\nclaude\n", "\"@@anthropic-api-key@@\""),
    ] {
        let (before, after) = (body.replace("VALUE", value), body.replace("VALUE", "@@anthropic-api-key@@"));
        becomes("credential-malformed", &[(path, &before)], path, &after);
        if !path.ends_with("sh") {
            becomes("credential-malformed", &[(path, &windows(&before))], path, &windows(&after));
        }
    }
}

#[test]
fn what_stands_inside_a_credential_stays() {
    for (path, body) in [
        (LOCAL, r#"{"env": {"ANTHROPIC_API_KEY": "@@anthropic-api-key@@ x"}}"#),
        (LOCAL, r#"{"env": {"ANTHROPIC_API_KEY": "@@anthropic-api-key@@\u200b@@anthropic-api-key:2@@"}}"#),
        (
            LOCAL,
            r#"{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "ANTHROPIC_API_KEY='@@anthropic-api-key@@ ' x"}]}]}}"#,
        ),
        // A part of it would be left.
        ("run.sh", "export ANTHROPIC_API_KEY='\"'@@anthropic-api-key@@'\"'\nclaude\n"),
        ("run.sh", "export ANTHROPIC_API_KEY=\\\"@@anthropic-api-key@@\\\"\nclaude\n"),
        (".env.example", "ANTHROPIC_API_KEY='\"@@anthropic-api-key@@\"'\n"),
        ("compose.yaml", "services:\n  a:\n    environment:\n      ANTHROPIC_API_KEY: '\"@@anthropic-api-key@@\"'\n"),
    ] {
        stays("credential-malformed", &[(path, body)]);
    }
}

#[test]
fn an_address_loses_what_is_too_much() {
    let line = r#"{"env": {"ANTHROPIC_BASE_URL": "VALUE", "ANTHROPIC_AUTH_TOKEN": "@@relay-key@@"}}"#;
    let dotenv = "ANTHROPIC_BASE_URL=VALUE # x\nANTHROPIC_AUTH_TOKEN=@@relay-key@@";
    for (path, body, before, after) in [
        (LOCAL, line, r#" \"https:\/\/llm.acme.dev\" "#, r"https:\/\/llm.acme.dev"),
        (LOCAL, line, r"https://llm.acme.dev\/v1\/messages\/ ", "https://llm.acme.dev "),
        (".env", dotenv, "https://llm.acme.dev/x/v1/chat/completions", "https://llm.acme.dev/x"),
        // One after the other.
        (".env", dotenv, "'\"https://llm.acme.dev/v1/messages\"'", "'https://llm.acme.dev'"),
    ] {
        let (before, after) = (body.replace("VALUE", before), body.replace("VALUE", after));
        becomes("base-url-malformed", &[(path, &before)], path, &after);
        becomes("base-url-malformed", &[(path, &windows(&before))], path, &windows(&after));
    }
}

#[test]
fn an_address_that_says_too_little_stays() {
    for address in [
        "llm.acme.dev:4000",
        "https://llm.acme.dev/x?tenant=a",
        "https://llm.acme.dev/#x",
        "https://llm.acme.dev /x",
        "https://v1/messages",
        r#"\"llm.acme.dev\""#,
    ] {
        let body = r#"{"env": {"ANTHROPIC_BASE_URL": "VALUE", "ANTHROPIC_AUTH_TOKEN": "@@relay-key@@"}}"#;
        stays("base-url-malformed", &[(LOCAL, &body.replace("VALUE", address))]);
    }
    let script = "export ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL='https://llm.acme.dev/v'1\nclaude\n";
    stays("base-url-malformed", &[("run.sh", script)]);
    // Something else asks there.
    let script = "export ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.acme.dev/v1/messages\ncurl $ANTHROPIC_BASE_URL\nclaude\n";
    stays("base-url-malformed", &[("run.sh", script)]);
    let service =
        "services:\n  a:\n    command: claude\n    environment: {ANTHROPIC_BASE_URL: https://llm.acme.dev/v1}\n";
    stays("base-url-malformed", &[("compose.yaml", service)]);
}

/// The bit of the file is set once; the rest is git's.
#[cfg(unix)]
#[test]
fn a_script_of_a_helper_becomes_executable() {
    use std::os::unix::fs::PermissionsExt as _;
    for recorded in ["true", "false"] {
        let mut rng = Rng::from_entropy();
        let files =
            [(".claude/settings.json", "{\"apiKeyHelper\": \"./bin/key.sh\"}\n"), ("bin/key.sh", "#!/bin/sh\necho\n")];
        let (repo, _) = repo(&files, &mut rng);
        repo.git(&["config", "core.fileMode", recorded]);
        let said = mend(&repo, "helper-not-runnable");
        let mode = std::fs::metadata(repo.path("bin/key.sh")).unwrap().permissions().mode();
        assert_eq!(mode & 0o100, 0o100, "{said}");
        let order = "git update-index --chmod=+x bin/key.sh";
        assert!(said.contains("fixed: ") && said.contains(order), "{said}");
        let again = mend(&repo, "helper-not-runnable");
        assert!(!again.contains("fixed: ") && again.contains(order), "{again}");
        repo.git(&["update-index", "--chmod=+x", "bin/key.sh"]);
        assert_eq!(repo.findings(&["."]).0, Vec::<serde_json::Value>::new());
        assert_eq!(text(&repo.git(&["diff"])), "", "the file is as git records it");
    }
}

#[test]
fn a_variable_gets_the_name_that_is_read() {
    for (path, before, after) in [
        (
            LOCAL,
            "{\"x\": [1,2],\n\t\"env\": { \"anthropic_model\" : \"opus\", \"CLAUDE_API_KEY\":\"@@anthropic-api-key@@\"}}",
            "{\"x\": [1,2],\n\t\"env\": { \"ANTHROPIC_MODEL\" : \"opus\", \"ANTHROPIC_API_KEY\":\"@@anthropic-api-key@@\"}}",
        ),
        (
            LOCAL,
            r#"{"env": {"ANTHROPIC_BASE_URL": "https://api.z.ai/api/anthropic", "ANTHROPIC_API_TOKEN": "@@zai-key@@"}}"#,
            r#"{"env": {"ANTHROPIC_BASE_URL": "https://api.z.ai/api/anthropic", "ANTHROPIC_AUTH_TOKEN": "@@zai-key@@"}}"#,
        ),
        (".env", "export ANTHROPC_API_KEY=\"@@hex-key@@\" # mine", "export ANTHROPIC_API_KEY=\"@@hex-key@@\" # mine"),
        (
            "run.sh",
            "#!/bin/sh\nexport ANTHROPIC_MODLE=opus\nANTHROPIC_API_BASE=\"$URL\" ANTHROPIC_AUTH_TOKEN=\"$T\" exec claude\n",
            "#!/bin/sh\nexport ANTHROPIC_MODEL=opus\nANTHROPIC_BASE_URL=\"$URL\" ANTHROPIC_AUTH_TOKEN=\"$T\" exec claude\n",
        ),
        ("run.ps1", "$env:CLAUDE_API_KEY = $key\nclaude\n", "$env:ANTHROPIC_API_KEY = $key\nclaude\n"),
        ("run.cmd", "set \"CLAUDE_API_KEY=%KEY%\"\nclaude\n", "set \"ANTHROPIC_API_KEY=%KEY%\"\nclaude\n"),
    ] {
        becomes("misspelled-variable", &[(path, before)], path, after);
        if path != "run.sh" {
            becomes("misspelled-variable", &[(path, &windows(before))], path, &windows(after));
        }
    }
}

#[test]
fn a_name_that_means_something_else_as_well_stays() {
    for (path, body) in [
        (LOCAL, r#"{"env": {"ANTHROPIC_API_TOKEN": "@@relay-key@@"}}"#),
        (LOCAL, r#"{"env": {"ANTHROPIC_API_TOKEN": "@@relay-key@@", "ANTHROPIC_BASE_URL": "https://llm.acme.dev"}}"#),
        (LOCAL, r#"{"env": {"CLAUDE_API_KEY": "@@relay-key@@", "ANTHROPIC_API_KEY": ""}}"#),
        (LOCAL, r#"{"env": {"CLAUDE_API_KEY": "@@relay-key@@", "ANTHROPIC_KEY": "@@relay-key@@"}}"#),
        (LOCAL, r#"{"env": {"CLAUDE_API_KEY": "@@relay-key@@", "CLAUDE_API_KEY": "@@relay-key@@"}}"#),
        (
            LOCAL,
            r#"{"env": {"CLAUDE_API_KEY": "@@relay-key@@"}, "statusLine": {"type": "command", "command": "x $CLAUDE_API_KEY"}}"#,
        ),
        // An Anthropic key is not for another host, nor is whoever is logged in.
        (LOCAL, r#"{"env": {"CLAUDE_API_KEY": "@@anthropic-api-key@@", "ANTHROPIC_BASEURL": "https://llm.acme.dev"}}"#),
        (LOCAL, r#"{"env": {"ANTHROPIC_BASEURL": "https://llm.acme.dev"}}"#),
        ("run.sh", "# not CLAUDE_API_KEY\nexport CLAUDE_API_KEY=\"$K\"\nclaude\n"),
        ("run.sh", "unset ANTHROPIC_API_KEY\nexport CLAUDE_API_KEY=\"$K\"\nclaude\n"),
        (".env.example", "ANTHROPC_API_KEY=your-key\n"),
    ] {
        stays("misspelled-variable", &[(path, body)]);
    }
}

#[test]
fn a_token_gets_its_own_variable() {
    for (path, before, after) in [
        (
            "run.sh",
            "export ANTHROPIC_API_KEY='@@anthropic-oauth-token@@'\r\nclaude\r\n",
            "export CLAUDE_CODE_OAUTH_TOKEN='@@anthropic-oauth-token@@'\r\nclaude\r\n",
        ),
        (
            "run.fish",
            "set -gx CLAUDE_CODE_OAUTH_TOKEN @@anthropic-api-key@@\nclaude",
            "set -gx ANTHROPIC_API_KEY @@anthropic-api-key@@\nclaude",
        ),
        (
            LOCAL,
            r#"{"env": {"ANTHROPIC_AUTH_TOKEN": " bearer  @@relay-key@@", "ANTHROPIC_BASE_URL": "https://llm.acme.dev"}}"#,
            r#"{"env": {"ANTHROPIC_AUTH_TOKEN": "@@relay-key@@", "ANTHROPIC_BASE_URL": "https://llm.acme.dev"}}"#,
        ),
    ] {
        becomes("wrong-variable", &[(path, before)], path, after);
    }
}

#[test]
fn a_token_stays_where_it_is_not_sure_what_it_is_for() {
    for (path, body) in [
        // The client does not look for it there.
        (LOCAL, r#"{"env": {"ANTHROPIC_API_KEY": "@@anthropic-oauth-token@@"}}"#),
        (LOCAL, r#"{"env": {"ANTHROPIC_API_KEY": "@@anthropic-admin-key@@"}}"#),
        // Something else needs the word.
        (
            "run.sh",
            "export ANTHROPIC_AUTH_TOKEN=\"Bearer $T\"\ncurl -H \"Authorization: $ANTHROPIC_AUTH_TOKEN\" x\nclaude\n",
        ),
        (LOCAL, r#"{"env": {"ANTHROPIC_API_KEY": "@@openrouter-key@@"}}"#),
        (
            LOCAL,
            r#"{"env": {"ANTHROPIC_API_KEY": "Bearer @@relay-key@@", "ANTHROPIC_BASE_URL": "https://llm.acme.dev"}}"#,
        ),
        (LOCAL, r#"{"env": {"CLAUDE_CODE_OAUTH_TOKEN": "@@anthropic-api-key@@", "ANTHROPIC_API_KEY": ""}}"#),
        (
            LOCAL,
            r#"{"env": {"CLAUDE_CODE_OAUTH_TOKEN": "@@anthropic-api-key@@", "ANTHROPIC_BASE_URL": "http://localhost:1"}}"#,
        ),
        (
            "run.sh",
            "export ANTHROPIC_API_KEY=@@anthropic-oauth-token@@\ncurl -H \"x-api-key: $ANTHROPIC_API_KEY\" x\nclaude\n",
        ),
    ] {
        stays("wrong-variable", &[(path, body)]);
    }
}

#[test]
fn a_key_becomes_a_token_for_a_host_that_wants_one() {
    let rule = "base-url-with-api-key";
    let url = "https://api.z.ai/api/anthropic";
    let before = format!("$env:ANTHROPIC_BASE_URL = '{url}'\r\n$env:ANTHROPIC_API_KEY = $key\r\nclaude");
    // From then on a key of the shell would be sent, too.
    let unset = "Remove-Item Env:ANTHROPIC_API_KEY -ErrorAction SilentlyContinue\r\nclaude";
    let after = before.replace("API_KEY", "AUTH_TOKEN").replace("claude", unset);
    becomes(rule, &[("run.ps1", &before)], "run.ps1", &after);
    for (path, body) in [
        // Nobody knows what that host wants.
        (
            LOCAL,
            r#"{"env": {"ANTHROPIC_API_KEY": "@@relay-key@@", "ANTHROPIC_BASE_URL": "https://llm.acme.dev"}}"#
                .to_owned(),
        ),
        (
            LOCAL,
            format!(
                r#"{{"env": {{"ANTHROPIC_API_KEY": "@@zai-key@@", "ANTHROPIC_BASE_URL": "{url}", "ANTHROPIC_AUTH_TOKEN": ""}}}}"#
            ),
        ),
        ("run.sh", format!("export ANTHROPIC_BASE_URL={url}\nANTHROPIC_API_KEY=\"$ANTHROPIC_API_KEY\" claude\n")),
        (
            "run.sh",
            format!("export ANTHROPIC_API_KEY=\"$K\"\nANTHROPIC_BASE_URL={url} claude\nunset ANTHROPIC_API_KEY\n"),
        ),
        // The key is meant for both.
        ("run.sh", format!("export ANTHROPIC_API_KEY=\"$K\"\nANTHROPIC_BASE_URL={url} claude\nclaude\n")),
        (
            "compose.yaml",
            format!(
                "services:\n  a:\n    command: claude\n    environment: {{ANTHROPIC_BASE_URL: '{url}', ANTHROPIC_API_KEY: $K}}\n"
            ),
        ),
    ] {
        stays(rule, &[(path, &body)]);
    }
}

/// The line that takes a key away in front of the client's start, in every language of a launcher.
#[test]
fn an_inherited_key_is_taken_away() {
    let url = "https://api.z.ai/api/anthropic";
    let posix = format!("export ANTHROPIC_BASE_URL={url}\nexport ANTHROPIC_AUTH_TOKEN=\"$ZAI\"\n");
    for (path, before, after) in [
        ("a.sh", format!("{posix}exec claude \"$@\""), format!("{posix}unset ANTHROPIC_API_KEY\nexec claude \"$@\"")),
        (
            "b.sh",
            format!("ANTHROPIC_BASE_URL={url} ANTHROPIC_AUTH_TOKEN=\"$ZAI\" claude\r\n"),
            format!("unset ANTHROPIC_API_KEY\r\nANTHROPIC_BASE_URL={url} ANTHROPIC_AUTH_TOKEN=\"$ZAI\" claude\r\n"),
        ),
        (
            "c.sh",
            format!("#!/bin/sh\n{posix}if [ \"$1\" ]; then\n\tclaude \"$1\" | cat\nfi\n"),
            format!("#!/bin/sh\n{posix}if [ \"$1\" ]; then\n\tunset ANTHROPIC_API_KEY\n\tclaude \"$1\" | cat\nfi\n"),
        ),
        (
            "d.fish",
            format!("set -gx ANTHROPIC_BASE_URL {url}\nset -gx ANTHROPIC_AUTH_TOKEN $ZAI\nclaude $argv\n"),
            format!(
                "set -gx ANTHROPIC_BASE_URL {url}\nset -gx ANTHROPIC_AUTH_TOKEN $ZAI\nset -e ANTHROPIC_API_KEY\nclaude $argv\n"
            ),
        ),
        (
            "e.ps1",
            format!("$env:ANTHROPIC_BASE_URL = '{url}'\r\n$env:ANTHROPIC_AUTH_TOKEN = $zai\r\n& claude @args\r\n"),
            format!(
                "$env:ANTHROPIC_BASE_URL = '{url}'\r\n$env:ANTHROPIC_AUTH_TOKEN = $zai\r\nRemove-Item Env:ANTHROPIC_API_KEY -ErrorAction SilentlyContinue\r\n& claude @args\r\n"
            ),
        ),
        (
            "f.cmd",
            format!(
                "@echo off\r\nset ANTHROPIC_BASE_URL={url}\r\nset \"ANTHROPIC_AUTH_TOKEN=%ZAI%\"\r\n  call claude %*\r\n"
            ),
            format!(
                "@echo off\r\nset ANTHROPIC_BASE_URL={url}\r\nset \"ANTHROPIC_AUTH_TOKEN=%ZAI%\"\r\n  set \"ANTHROPIC_API_KEY=\"\r\n  call claude %*\r\n"
            ),
        ),
    ] {
        becomes("inherited-credential", &[(path, &before)], path, &after);
    }
}

/// One line for each branch, of which none concerns another.
#[test]
fn branches_of_a_launcher_are_mended_one_by_one() {
    let before = "#!/bin/sh\ncase \"$1\" in\n  glm)\n    ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN=\"$ZAI\" claude\n    ;;\n  kimi)\n    ANTHROPIC_BASE_URL=https://api.moonshot.ai/anthropic ANTHROPIC_AUTH_TOKEN=\"$KIMI\" claude\n    ;;\n  *)\n    export ANTHROPIC_API_KEY=\"$WORK\"\n    claude\n    ;;\nesac\n";
    let after = before.replace("    ANTHROPIC_BASE_URL", "    unset ANTHROPIC_API_KEY\n    ANTHROPIC_BASE_URL");
    becomes("inherited-credential", &[("claude-any", before)], "claude-any", &after);
}

#[test]
fn a_key_that_may_be_wanted_is_not_taken_away() {
    let posix = "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\nexport ANTHROPIC_AUTH_TOKEN=\"$ZAI\"\n";
    let one = "ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN=\"$ZAI\" claude";
    for body in [
        format!("{posix}cd x && claude\n"),
        format!("{posix}if x; then claude; fi\n"),
        format!("{posix}echo x |\nclaude\n"),
        format!("{posix}x \\\n  && claude\n"),
        format!("{posix}x=$(claude -p y)\n"),
        format!("{posix}! claude\n"),
        // It would be gone from the shell that sources this.
        format!("#!/bin/sh\nglm() {{\n  {one}\n}}\n"),
        // The next one may want it.
        format!("{one}\nclaude\n"),
        format!("{one}\ncurl -H \"x-api-key: $ANTHROPIC_API_KEY\" https://api.anthropic.com\n"),
    ] {
        stays("inherited-credential", &[("run.sh", &body)]);
    }
    let make = "run:\n\tANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN=$(ZAI) claude\n";
    stays("inherited-credential", &[("Makefile", make)]);
}

#[test]
fn the_credential_that_is_not_read_is_emptied() {
    let rule = "both-credentials";
    let openrouter = r#""ANTHROPIC_BASE_URL": "https://openrouter.ai/api""#;
    for (path, before, after) in [
        // One is but a word, or both are one.
        (
            LOCAL,
            format!("\u{FEFF}{{\"env\":{{\"ANTHROPIC_API_KEY\":\"your-api-key\",\r\n\t{openrouter}, \"ANTHROPIC_AUTH_TOKEN\": \"@@openrouter-key@@\"}}}}"),
            format!("\u{FEFF}{{\"env\":{{\"ANTHROPIC_API_KEY\":\"\",\r\n\t{openrouter}, \"ANTHROPIC_AUTH_TOKEN\": \"@@openrouter-key@@\"}}}}"),
        ),
        (
            LOCAL,
            r#"{"env": {"ANTHROPIC_API_KEY": "@@anthropic-api-key@@", "ANTHROPIC_AUTH_TOKEN": "your-token"}}"#.to_owned(),
            r#"{"env": {"ANTHROPIC_API_KEY": "@@anthropic-api-key@@", "ANTHROPIC_AUTH_TOKEN": ""}}"#.to_owned(),
        ),
        (
            ".env",
            "ANTHROPIC_BASE_URL=https://openrouter.ai/api\r\nANTHROPIC_API_KEY=\"@@openrouter-key@@\" # x\r\nANTHROPIC_AUTH_TOKEN='@@openrouter-key@@'".to_owned(),
            "ANTHROPIC_BASE_URL=https://openrouter.ai/api\r\nANTHROPIC_API_KEY=\"\" # x\r\nANTHROPIC_AUTH_TOKEN='@@openrouter-key@@'".to_owned(),
        ),
    ] {
        becomes(rule, &[(path, &before)], path, &after);
    }
    // Both in the shared file: the local one has nothing to do with it.
    let shared = format!(
        r#"{{"env": {{{openrouter}, "ANTHROPIC_API_KEY": "@@relay-key@@", "ANTHROPIC_AUTH_TOKEN": "@@openrouter-key@@"}}}}"#
    );
    let files = [(".claude/settings.json", shared.as_str()), (LOCAL, "{\"model\": \"opus\"}")];
    let after = shared.replace("@@relay-key@@", "");
    becomes(rule, &files, ".claude/settings.json", &after);
}

#[test]
fn both_credentials_stay_where_nobody_knows_which_is_read() {
    let rule = "both-credentials";
    let both = "ANTHROPIC_API_KEY=@@relay-key@@\nANTHROPIC_AUTH_TOKEN=@@gateway-key@@\n";
    let env = format!("ANTHROPIC_BASE_URL=https://openrouter.ai/api\n{both}");
    // These don't send the token beside an empty key.
    stays(rule, &[(".env", &env), ("requirements.txt", "anthropic==0.49.0\n")]);
    // These send either as a bearer token.
    stays(rule, &[(".env", &env), ("requirements.txt", "anthropic==2.11.0\n")]);
    let export = "export ANTHROPIC_BASE_URL=https://openrouter.ai/api\nexport ANTHROPIC_AUTH_TOKEN=\"$T\"\n";
    for body in [
        format!("{export}export ANTHROPIC_API_KEY=\"$K\"\n"),
        format!("{export}ANTHROPIC_API_KEY=\"$K\" claude\n"),
        format!("{export}export ANTHROPIC_API_KEY=\"$K\"\nx && claude\n"),
        format!("{export}export ANTHROPIC_API_KEY=\"$K\"\nx \"$ANTHROPIC_API_KEY\"\nclaude\n"),
        // The second start wants the key.
        "export ANTHROPIC_API_KEY=\"$K\"\nANTHROPIC_BASE_URL=https://openrouter.ai/api ANTHROPIC_AUTH_TOKEN=\"$T\" claude\nclaude\n".to_owned(),
    ] {
        stays(rule, &[("run.sh", &body)]);
    }
    stays(
        rule,
        &[(
            "compose.yaml",
            "services:\n  a:\n    command: claude\n    environment:\n      ANTHROPIC_API_KEY: $K\n      ANTHROPIC_AUTH_TOKEN: $T\n",
        )],
    );
}

/// What a client gets that a launcher starts, with a key in the shell.
#[cfg(unix)]
#[test]
fn a_mended_launcher_keeps_the_key_away() {
    let export = "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\nexport ANTHROPIC_AUTH_TOKEN=\"$ZAI\"\n";
    let once = "ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_AUTH_TOKEN=\"$ZAI\" exec claude -p x\n";
    for (shell, rule, body) in [
        ("sh", "inherited-credential", format!("set -eu\n{export}exec claude\n")),
        ("bash", "inherited-credential", format!("set -euo pipefail\n{once}")),
        (
            "bash",
            "inherited-credential",
            format!("#!/bin/bash\n{export}for x in 1 2; do\n  claude -p \"$x\" | cat\ndone\n"),
        ),
        ("zsh", "inherited-credential", format!("{export}claude | cat\n")),
        ("dash", "inherited-credential", format!("x() {{ :; }}\nx\n{}", once.replace(' ', " \\\n  "))),
        ("sh", "both-credentials", format!("{export}export ANTHROPIC_API_KEY=\"$WORK\"\nclaude || true\n")),
        (
            "fish",
            "inherited-credential",
            "set -gx ANTHROPIC_BASE_URL https://api.z.ai/api/anthropic\nset -gx ANTHROPIC_AUTH_TOKEN $ZAI\nclaude\n"
                .to_owned(),
        ),
    ] {
        let mut rng = Rng::from_entropy();
        let (name, client) =
            (format!("run.{shell}"), "#!/bin/sh\necho \"key=${ANTHROPIC_API_KEY-none} token=$ANTHROPIC_AUTH_TOKEN\"\n");
        let (repo, _) = repo(&[(&name, &body)], &mut rng);
        put_program(&repo.path("bin/claude"), client);
        let said = mend(&repo, rule);
        assert!(said.contains("fixed: "), "{shell}: {said}");
        let path = format!("{}:{}", repo.path("bin").display(), std::env::var("PATH").unwrap());
        let mut command = std::process::Command::new(shell);
        command.arg(repo.path(&name)).env("PATH", path).env("ZAI", "z").env("WORK", "w").env("ANTHROPIC_API_KEY", "k");
        match command.output() {
            Ok(output) => {
                let lines = text(&output.stdout);
                assert!(!lines.is_empty() && lines.lines().all(|line| line == "key=none token=z"), "{shell}: {lines}");
                assert_eq!(text(&output.stderr), "", "{shell}");
            }
            Err(_) => machine::lacks(shell),
        }
    }
}
