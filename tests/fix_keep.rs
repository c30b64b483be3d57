//! What `--fix --unsafe-fixes` takes out of files that are shared, byte by byte, where it puts it, and what it leaves
//! alone. The rules' pages show the rest.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, run, text};

const SHARED: &str = ".claude/settings.json";
const LOCAL: &str = ".claude/settings.local.json";
const MCP: &str = ".mcp.json";
const IGNORED: (&str, &str) = (".gitignore", "**/.claude/settings.local.json\n");

type Files<'a> = &'a [(&'a str, &'a str)];

/// A repository with these files, and the texts of others; a marker is one value in all of them.
fn repo(files: Files<'_>, others: Files<'_>) -> (Repo, Vec<String>) {
    let bodies: Vec<&str> = files.iter().chain(others).map(|(_, body)| *body).collect();
    let bodies = expand(&bodies.join("\u{1}"), &mut Rng::from_entropy());
    assert!(!bodies.contains("@@"), "an unknown marker: {bodies}");
    let mut bodies: Vec<String> = bodies.split('\u{1}').map(str::to_owned).collect();
    let others = bodies.split_off(files.len());
    let repo = Repo::new();
    if !files.iter().any(|(path, _)| *path == IGNORED.0) {
        repo.write(IGNORED.0, IGNORED.1);
    }
    for ((path, _), body) in files.iter().zip(bodies) {
        repo.write(path, body);
    }
    repo.commit();
    (repo, others)
}

/// What a run says, and every file of the work tree then.
fn fixed(repo: &Repo, arguments: &[&str]) -> (String, BTreeMap<String, String>) {
    let usual = ["lint", ".", "--fix", "--min-severity", "note", "--format", "concise"];
    let output = run(repo.keylint(&[&usual, arguments].concat()));
    (format!("{}{}", text(&output.stdout), text(&output.stderr)), tree(repo))
}

/// Every file of the work tree.
fn tree(repo: &Repo) -> BTreeMap<String, String> {
    let listed = repo.git(&["ls-files", "-z", "--cached", "--others"]);
    let listed = text(&listed);
    let names = listed.split('\0').filter(|name| !name.is_empty());
    let read = |name: &str| std::fs::read(repo.path(name)).map(|bytes| text(&bytes)).unwrap_or_default();
    names.map(|name| (name.to_owned(), read(name))).collect()
}

/// Runs with these arguments: some files become others, all else stays. Says what was said.
fn becomes(arguments: &[&str], files: Files<'_>, after: Files<'_>) -> String {
    let (repo, bodies) = repo(files, after);
    let mut expected = tree(&repo);
    expected.extend(after.iter().zip(bodies).map(|((path, _), body)| ((*path).to_owned(), body)));
    let (said, found) = fixed(&repo, arguments);
    assert_eq!(found, expected, "{said}");
    said
}

/// The same for a rule, all fixes allowed.
fn mends(slug: &str, files: Files<'_>, after: Files<'_>) -> String {
    becomes(&["--unsafe-fixes", "--rule", slug], files, after)
}

/// A rule changes nothing, and says why.
fn refuses(slug: &str, files: Files<'_>, why: &str) {
    let said = mends(slug, files, &[]);
    assert!(said.contains("not fixed: ") && said.contains(why), "{why}: {said}");
}

/// A rule finds something, and proposes nothing.
fn leaves(slug: &str, files: Files<'_>) {
    let said = mends(slug, files, &[]);
    assert!(said.contains(slug) && !said.contains("not fixed") && !said.contains("fixed:"), "{said}");
}

/// The lines that say what is left to do.
/// What is left to people, but for the past, of which one line speaks.
fn left(said: &str) -> Vec<&str> {
    let left = said.lines().filter_map(|line| line.strip_prefix("left to do: "));
    left.filter(|line| !line.starts_with("once it is revoked it may stay; ")).collect()
}

fn in_windows(text: &str) -> String {
    format!("\u{FEFF}{}", text.trim_end().replace("  ", "\t").replace('\n', "\r\n"))
}

const DROPPED: &str = "settings-dropped";

#[test]
fn comments_and_commas_go() {
    let before = "{\n  // why\n  \"a\": \"// no\", // yes\n  \"model\": \"opus\", /* x */\n}\n";
    let after = "{\n  \"a\": \"// no\",\n  \"model\": \"opus\"\n}\n";
    for path in [SHARED, LOCAL, ".claude/settings.glm.json", "managed-settings.json"] {
        becomes(&["--rule", DROPPED], &[(path, before)], &[(path, after)]);
        becomes(&["--rule", DROPPED], &[(path, &in_windows(before))], &[(path, &in_windows(after))]);
    }
    let template = ".claude/settings.json.example";
    becomes(&["--rule", DROPPED], &[(template, before)], &[]);
    assert!(!mends(DROPPED, &[(template, before)], &[(template, after)]).contains("left to do"));
    becomes(&["--rule", DROPPED], &[(template, "{ \"a\": 1, }\n")], &[(template, "{ \"a\": 1 }\n")]);
    let one = "{/* a */\"model\":\"opus\"/* b */,}";
    becomes(&["--rule", DROPPED], &[(SHARED, one)], &[(SHARED, "{\"model\":\"opus\"}")]);
    let servers = "{\"mcpServers\": {\"x\": {\"command\": \"x\"}, }} // x";
    becomes(&["--rule", DROPPED], &[(MCP, servers)], &[(MCP, "{\"mcpServers\": {\"x\": {\"command\": \"x\"} }}")]);
}

#[test]
fn what_else_is_wrong_stays() {
    for (path, text) in [
        (SHARED, "{\n  // x\n  \"permissions\": { \"deny\": \"Read(x)\" }\n}\n"),
        (SHARED, "{\n  // x\n  \"model\": \"a\tb\"\n}\n"),
        (SHARED, "{\n  // x\n  \"model\": \"opus\"\n"),
        (SHARED, "{\n  // x\n  'model': \"opus\"\n}\n"),
        (SHARED, "{ \"env\": [] }\n"),
        (SHARED, "// nothing else\n"),
        (MCP, "{ \"mcpServers\": {,} } // x\n"),
    ] {
        leaves(DROPPED, &[(path, text)]);
    }
    // Another client's comments are nobody's fault.
    assert!(mends(DROPPED, &[(".vscode/mcp.json", "{ // x\n\"servers\": {} }\n")], &[]).contains("nothing to report"));
}

#[test]
fn a_commented_credential_goes_where_git_has_it() {
    let before = "{\n  // @@github-pat@@\n  \"model\": \"opus\" // \"X_TOKEN\": \"@@openai-project-key@@\"\n}\n";
    let after = "{\n  \"model\": \"opus\"\n}\n";
    let said = becomes(&["--rule", DROPPED], &[(SHARED, before)], &[(SHARED, after)]);
    let left = left(&said);
    assert_eq!(left.len(), 2, "{said}");
    assert_eq!(
        said.matches("\nleft to do: once it is revoked it may stay; to take it out, `git filter-repo").count(),
        1
    );
    for (line, place) in left.iter().zip(["line 2 of `.claude/settings.json`", "line 3 of `.claude/settings.json`"]) {
        assert!(line.starts_with(&format!("revoke what {place} held (https://")), "{said}");
        assert!(line.ends_with("whoever has a clone has it, and git's history keeps it"), "{said}");
    }
    // Nobody else has it: taking it away is not safe, and there is nothing to revoke.
    becomes(&["--rule", DROPPED], &[(LOCAL, before)], &[]);
    assert!(!mends(DROPPED, &[(LOCAL, before)], &[(LOCAL, after)]).contains("left to do"));
}

#[test]
fn a_file_that_takes_effect_brings_nothing_new() {
    let redirects = "{\n  // x\n  \"env\": { \"ANTHROPIC_BASE_URL\": \"https://llm.example.org\" }\n}\n";
    refuses(DROPPED, &[(SHARED, redirects)], " would be found then: ");
    // First the comment, then the credential.
    let said = becomes(
        &["--unsafe-fixes"],
        &[(SHARED, "{\n  // x\n  \"env\": { \"GITHUB_TOKEN\": \"@@github-pat@@\" },\n  \"model\": \"opus\"\n}\n")],
        &[
            (SHARED, "{\n  \"model\": \"opus\"\n}\n"),
            (LOCAL, "{\n  \"env\": {\n    \"GITHUB_TOKEN\": \"@@github-pat@@\"\n  }\n}\n"),
        ],
    );
    assert_eq!(said.matches("fixed: ").count(), 2, "{said}");
}

const SETTINGS: &str = "secret-in-settings";

#[test]
fn a_gateway_moves_as_a_whole() {
    let before = "{\n  \"env\": {\n    \"ANTHROPIC_BASE_URL\": \"https://api.z.ai/api/anthropic\",\n    \
                  \"ANTHROPIC_AUTH_TOKEN\": \"@@zai-key@@\"\n  }\n}\n";
    for local in [None, Some("{\n  \"permissions\": {\n    \"allow\": [\"Bash(ls)\"]\n  }\n}\n")] {
        let after = match local {
            None => before.to_owned(),
            Some(local) => local.replace("  }\n}\n", "  },\n") + &before[2..],
        };
        let files: Vec<_> = [(SHARED, before)].into_iter().chain(local.map(|local| (LOCAL, local))).collect();
        for arguments in [
            &["--unsafe-fixes"][..],
            &["--unsafe-fixes", "--rule", SETTINGS],
            &["--unsafe-fixes", "--rule", "shared-redirect"],
        ] {
            let said = becomes(arguments, &files, &[(SHARED, "{}\n"), (LOCAL, &after)]);
            let (both, revoked) = (arguments.len() == 1, arguments.last() != Some(&"shared-redirect"));
            assert_eq!(said.matches("fixed: ").count(), if both { 2 } else { 1 }, "{said}");
            assert_eq!(left(&said).len(), usize::from(revoked), "{said}");
            assert!(said.contains("nothing to report"), "{said}");
        }
    }
    // The file becomes private in the same run; without that rule it is not, and nothing moves.
    let all = (".gitignore", "/target\n**/.claude/settings.local.json\n");
    let public = (".gitignore", "/target\n");
    becomes(&["--unsafe-fixes"], &[(SHARED, before), public], &[(SHARED, "{}\n"), (LOCAL, before), all]);
    refuses(SETTINGS, &[(SHARED, before), public], "no rule of the repository ignores `.claude/settings.local.json`");
}

#[test]
fn a_variable_moves_as_it_is() {
    let before = "{\n  \"model\": \"opus\",\n  \"env\": {\n    \"A\": \"1\",\n    \"GITHUB_TOKEN\": \"@@github-pat@@\",\n    \
                  \"B\": \"2\"\n  }\n}\n";
    let after = "{\n  \"model\": \"opus\",\n  \"env\": {\n    \"A\": \"1\",\n    \"B\": \"2\"\n  }\n}\n";
    let local = "{\n  \"env\": {\n    \"C\": \"3\"\n  }\n}\n";
    let with = "{\n  \"env\": {\n    \"C\": \"3\",\n    \"GITHUB_TOKEN\": \"@@github-pat@@\"\n  }\n}\n";
    let said = mends(SETTINGS, &[(SHARED, before), (LOCAL, local)], &[(SHARED, after), (LOCAL, with)]);
    assert!(said.contains("move `env.GITHUB_TOKEN` to `.claude/settings.local.json`"), "{said}");
    let in_windows = [before, local, after, with].map(in_windows);
    let [before, local, after, with] = in_windows.each_ref().map(String::as_str);
    mends(SETTINGS, &[(SHARED, before), (LOCAL, local)], &[(SHARED, after), (LOCAL, with)]);
    for (before, after, kept) in [
        (
            "{\"env\":{\"GITHUB_TOKEN\":\"@@github-pat@@\"},\"model\":\"opus\"}",
            "{\"model\":\"opus\"}",
            "@@github-pat@@",
        ),
        ("{\"env\":{\"GITHUB_TOKEN\":\"@@github-pat@@\",\"A\":\"1\"}}", "{\"env\":{\"A\":\"1\"}}", "@@github-pat@@"),
        (
            "{ \"env\": { \"A\": \"1\", \"GITHUB_TOKEN\": \"@@github-pat@@\" } }\n",
            "{ \"env\": { \"A\": \"1\" } }\n",
            "@@github-pat@@",
        ),
        // Escapes are decoded, and written again as they have to be.
        ("{\"env\":{\"GITHUB_TOKEN\":\"\\u0020@@github-pat@@\\\"\\n\"}}", "{}", " @@github-pat@@\\\"\\n"),
        // A part of the value is the credential.
        (
            "{\"env\":{\"GITHUB_TOKEN\":\"https://app:@@hex-key@@@db.example.com/0\"}}",
            "{}",
            "https://app:@@hex-key@@@db.example.com/0",
        ),
    ] {
        let local = format!("{{\n  \"env\": {{\n    \"GITHUB_TOKEN\": \"{kept}\"\n  }}\n}}\n");
        mends(SETTINGS, &[(SHARED, before)], &[(SHARED, after), (LOCAL, &local)]);
    }
    // The folder of the session decides, and a login that no session uses is as secret as any.
    let oauth = "{\n  \"env\": {\n    \"CLAUDE_CODE_OAUTH_TOKEN\": \"@@anthropic-oauth-token@@\"\n  }\n}\n";
    let local = ("a/b/.claude/settings.local.json", oauth);
    mends(SETTINGS, &[("a/b/.claude/settings.json", oauth)], &[("a/b/.claude/settings.json", "{}\n"), local]);
}

#[test]
fn headers_move_with_their_variable() {
    let headers = "X-Team: web\\nAuthorization: Bearer @@hex-key@@\\nX-Api-Key: @@hex-key:2@@";
    let before = format!("{{\n  \"env\": {{\n    \"ANTHROPIC_CUSTOM_HEADERS\": \"{headers}\"\n  }}\n}}\n");
    let said = mends(SETTINGS, &[(SHARED, &before)], &[(SHARED, "{}\n"), (LOCAL, &before)]);
    assert_eq!((said.matches("fixed: ").count(), left(&said).len()), (2, 2), "{said}");
}

#[test]
fn of_a_name_that_is_given_twice_the_last_moves() {
    let before = "{\n  \"env\": {\n    \"X_TOKEN\": \"@@hex-key@@\",\n    \"X_TOKEN\": \"@@hex-key:2@@\"\n  }\n}\n";
    let after = "{\n  \"env\": {\n    \"X_TOKEN\": \"@@hex-key@@\"\n  }\n}\n";
    let local = "{\n  \"env\": {\n    \"X_TOKEN\": \"@@hex-key:2@@\"\n  }\n}\n";
    let said = mends(SETTINGS, &[(SHARED, before)], &[(SHARED, after), (LOCAL, local)]);
    assert!(said.contains("has another value for X_TOKEN: decide which one is right"), "{said}");
    let same = before.replace(":2", "");
    mends(SETTINGS, &[(SHARED, &same)], &[(SHARED, "{}\n"), (LOCAL, &local.replace(":2", ""))]);
    // The same for a whole `env`.
    let before = "{\"env\": {\"X_TOKEN\": \"@@hex-key@@\"}, \"env\": {\"Y_TOKEN\": \"@@hex-key:2@@\"}}";
    let said = mends(
        SETTINGS,
        &[(SHARED, before)],
        &[
            (SHARED, "{}"),
            (LOCAL, "{\n  \"env\": {\n    \"Y_TOKEN\": \"@@hex-key:2@@\",\n    \"X_TOKEN\": \"@@hex-key@@\"\n  }\n}\n"),
        ],
    );
    assert!(said.contains("nothing to report"), "{said}");
}

#[test]
fn where_it_can_not_be_kept_it_stays() {
    let shared = (SHARED, "{\"env\": {\"GITHUB_TOKEN\": \"@@github-pat@@\"}}\n");
    let is = |text| [shared, (LOCAL, text)];
    refuses(
        SETTINGS,
        &is("{\"env\": {\"GITHUB_TOKEN\": \"@@github-pat:2@@\"}}\n"),
        "has another value for GITHUB_TOKEN",
    );
    refuses(SETTINGS, &is("{\"env\": {\"GITHUB_TOKEN\": \"\"}}\n"), "has another value for GITHUB_TOKEN");
    refuses(SETTINGS, &is("{\n  // x\n}\n"), "is no JSON object: mend it first");
    refuses(SETTINGS, &is("[]\n"), "is no JSON object: mend it first");
    let tracked = [shared, (LOCAL, "{}\n"), (".gitignore", "/target\n")];
    refuses(SETTINGS, &tracked, "git tracks `.claude/settings.local.json`: take it out first");
    let known = "{\"env\": {\"GITHUB_TOKEN\": \"@@github-pat@@\"}}\n";
    mends(SETTINGS, &is(known), &[(SHARED, "{}\n")]);
    #[cfg(unix)]
    {
        let (repo, _) = repo(&[shared], &[]);
        repo.write("elsewhere", "{}\n");
        std::os::unix::fs::symlink("../elsewhere", repo.path(LOCAL)).unwrap();
        let before = tree(&repo);
        let (said, after) = fixed(&repo, &["--unsafe-fixes", "--rule", SETTINGS]);
        assert_eq!(before, after);
        assert!(said.contains("`.claude/settings.local.json` is a symbolic link"), "{said}");
    }
}

#[test]
fn settings_that_are_read_elsewhere_keep_it() {
    let text = "{\"env\": {\"GITHUB_TOKEN\": \"@@github-pat@@\"}}\n";
    for path in [
        ".claude/settings.glm.json",
        ".claude/settings.json.example",
        ".claude/settings.example.json",
        "dot_claude/settings.json",
        "managed-settings.json",
        "claude-settings.json",
    ] {
        leaves(SETTINGS, &[(path, text)]);
    }
    for text in [
        "{\"env\": {\"GITHUB_TOKEN\": \"@@github-pat@@\"}\n",
        "{\"env\": {\"GITHUB_TOKEN\": \"@@github-pat@@\"}, \"permissions\": []}\n",
        "{\"apiKeyHelper\": \"echo @@anthropic-api-key@@\"}\n",
        "{\"mcpServers\": {\"x\": {\"command\": \"x\", \"env\": {\"GITHUB_TOKEN\": \"@@github-pat@@\"}}}}\n",
        "{\"statusLine\": {\"type\": \"command\", \"command\": \"GITHUB_TOKEN=@@github-pat@@ x\"}}\n",
        "{\"env\": {\"X_TOKEN\": \"${X:-@@github-pat@@}\"}}\n",
    ] {
        leaves(SETTINGS, &[(SHARED, text)]);
    }
}

const REDIRECT: &str = "shared-redirect";

#[test]
fn a_redirection_moves_to_who_wants_it() {
    let env = |entries: &str| format!("{{\n  \"env\": {{\n    {entries}\n  }}\n}}\n");
    for entry in [
        "\"ANTHROPIC_BASE_URL\": \"https://llm.example.org\"",
        "\"ANTHROPIC_BASE_URL\": \"http://localhost:4000\"",
        "\"HTTPS_PROXY\": \"http://10.20.30.40:3128\"",
        "\"NODE_EXTRA_CA_CERTS\": \"./certs/proxy.pem\"",
        "\"ANTHROPIC_BASE_URL\": \"https://llm.example.org\",\n    \"ANTHROPIC_API_KEY\": \"\",\n    \
         \"ANTHROPIC_AUTH_TOKEN\": \"@@hex-key@@\",\n    \"ANTHROPIC_DEFAULT_HAIKU_MODEL\": \"glm-air\"",
    ] {
        let before = env(entry);
        mends(REDIRECT, &[(SHARED, &before)], &[(SHARED, "{}\n"), (LOCAL, &before)]);
    }
    // One entry, two findings.
    let proxy = env("\"HTTPS_PROXY\": \"http://app:@@hex-key@@@proxy.example.com:3128\"");
    let said = becomes(&["--unsafe-fixes"], &[(SHARED, &proxy)], &[(SHARED, "{}\n"), (LOCAL, &proxy)]);
    assert_eq!((said.matches("fixed: ").count(), left(&said).len()), (2, 1), "{said}");
}

#[test]
fn a_redirection_stays_where_a_credential_would_go_astray() {
    let helper = "{\n  \"apiKeyHelper\": \"./token.sh\",\n  \"env\": { \"ANTHROPIC_BASE_URL\": \"https://llm.example.org\" }\n}\n";
    let script = ("token.sh", "#!/bin/sh\ncat \"$HOME/token\"\n");
    refuses(REDIRECT, &[(SHARED, helper), script], "a credential would go to another host, or in another header");
    let url = "{\"env\": {\"ANTHROPIC_BASE_URL\": \"https://llm.example.org\"}}\n";
    let other = "{\"env\": {\"ANTHROPIC_AUTH_TOKEN\": \"@@hex-key@@\", \"ANTHROPIC_BASE_URL\": \"https://other.example.org\"}}\n";
    refuses(REDIRECT, &[(SHARED, url), (LOCAL, other)], "has another value for ANTHROPIC_BASE_URL");
    leaves(REDIRECT, &[(LOCAL, url), (".gitignore", "/target\n")]);
    // What everybody is meant to use stays; its token would leave everybody's login behind.
    let gateway = "[[gateways]]\nhost = \"llm.example.org\"\nshared = true\n";
    let both =
        "{\"env\": {\"ANTHROPIC_BASE_URL\": \"https://llm.example.org\", \"ANTHROPIC_AUTH_TOKEN\": \"@@hex-key@@\"}}\n";
    refuses(SETTINGS, &[(SHARED, both), ("keylint.toml", gateway)], "`base-url-without-token` would be found then");
}

const PERMISSION: &str = "secret-in-permission";

#[test]
fn a_saved_rule_goes() {
    let before = "{\n  \"permissions\": {\n    \"allow\": [\n      \"Bash(ls)\",\n      \
                  \"Bash(A_TOKEN=@@github-pat@@ B_TOKEN=@@gitlab-pat@@ x)\",\n      \"WebFetch(domain:x.org)\"\n    ]\n  }\n}\n";
    let after = "{\n  \"permissions\": {\n    \"allow\": [\n      \"Bash(ls)\",\n      \"WebFetch(domain:x.org)\"\n    ]\n  }\n}\n";
    let said = mends(PERMISSION, &[(SHARED, before)], &[(SHARED, after)]);
    let left = left(&said);
    assert_eq!(left.len(), 2, "{said}");
    assert!(left[0].starts_with("revoke what `permissions.allow[1].A_TOKEN` held (https://"), "{said}");
    assert!(!mends(PERMISSION, &[(LOCAL, before)], &[(LOCAL, after)]).contains("left to do"));
    mends(PERMISSION, &[(LOCAL, &in_windows(before))], &[(LOCAL, &in_windows(after))]);
    for (before, after) in [
        (
            "{\"permissions\":{\"allow\":[\"Bash(T=@@github-pat@@ x)\",\"Bash(ls)\"]}}",
            "{\"permissions\":{\"allow\":[\"Bash(ls)\"]}}",
        ),
        (
            "{\"permissions\":{\"allow\":[\"Bash(ls)\", \"Bash(T=\\\"@@github-pat@@\\\" x)\"]}}",
            "{\"permissions\":{\"allow\":[\"Bash(ls)\"]}}",
        ),
        ("{\"permissions\":{\"allow\":[\"x @@github-pat@@\"]}}", "{\"permissions\":{\"allow\":[]}}"),
    ] {
        mends(PERMISSION, &[(SHARED, before)], &[(SHARED, after)]);
    }
}

#[test]
fn a_rule_that_protects_stays() {
    for text in [
        "{\"permissions\":{\"deny\":[\"Bash(curl -H 'Authorization: Bearer @@github-pat@@' x)\"]}}",
        "{\"permissions\":{\"ask\":[\"Bash(T=@@github-pat@@ x)\"]}}",
        "{\"permissions\":{\"additionalDirectories\":[\"/x/@@github-pat@@\"]}}",
        "{\"permissions\":{\"allow\":\"Bash(T=@@github-pat@@ x)\"}}",
        "{\"permissions\":{\"allow\":[{\"rule\":\"Bash(T=@@github-pat@@ x)\"}]}}",
        "{\"permissions\":{\"allow\":[\"Bash(T=@@github-pat@@ x)\"]} // x\n}",
    ] {
        leaves(PERMISSION, &[(SHARED, text)]);
    }
}

const SERVERS: &str = "secret-in-mcp";

/// A server, and local settings with variables.
fn server(member: &str) -> String {
    format!("{{\n  \"mcpServers\": {{\n    \"my data\": {{ \"url\": \"https://mcp.example.org\"{member} }}\n  }}\n}}\n")
}

fn local(name: &str, value: &str) -> String {
    format!("{{\n  \"env\": {{\n    \"{name}\": \"{value}\"\n  }}\n}}\n")
}

#[test]
fn a_server_gets_its_credential_from_the_local_settings() {
    let header =
        |value: &str| server(&format!(", \"headers\": {{ \"X-Team\": \"web\", \"Authorization\": \"{value}\" }}"));
    let env = |value: &str| server(&format!(", \"env\": {{ \"X_TOKEN\": \"{value}\" }}"));
    for (before, after, name, value) in [
        (header("Bearer @@hex-key@@"), header("Bearer ${MY_DATA_MCP_TOKEN}"), "MY_DATA_MCP_TOKEN", "@@hex-key@@"),
        (header("@@hex-key@@"), header("${MY_DATA_MCP_TOKEN}"), "MY_DATA_MCP_TOKEN", "@@hex-key@@"),
        (header("Bearer ${A_TOKEN:-@@hex-key@@}"), header("Bearer ${A_TOKEN}"), "A_TOKEN", "@@hex-key@@"),
        (env("@@hex-key@@"), server(""), "X_TOKEN", "@@hex-key@@"),
        (env("${X_TOKEN:-@@hex-key@@}"), server(""), "X_TOKEN", "@@hex-key@@"),
        (env("\\u0020@@github-pat@@"), server(""), "X_TOKEN", " @@github-pat@@"),
    ] {
        let local = local(name, value);
        let said = mends(SERVERS, &[(MCP, &before)], &[(MCP, &after), (LOCAL, &local)]);
        let set = format!("whoever else uses the server sets `{name}`, in their own local settings");
        assert!(left(&said).len() == 2 && left(&said).contains(&set.as_str()), "{said}");
        let [before, after] = [before, after].map(|text| in_windows(&text));
        mends(SERVERS, &[(MCP, &before)], &[(MCP, &after), (LOCAL, &local)]);
        let sub = "sub/.claude/settings.local.json";
        mends(SERVERS, &[("sub/.mcp.json", &before)], &[("sub/.mcp.json", &after), (sub, &local)]);
    }
}

#[test]
fn two_servers_share_what_is_the_same() {
    let servers = |one: &str, other: &str| {
        format!("{{\"mcpServers\": {{\"a\": {{\"command\": \"a\"{one}}}, \"b\": {{\"command\": \"b\"{other}}}}}}}\n")
    };
    let (one, other) = (", \"env\": {\"X_TOKEN\": \"@@hex-key@@\"}", ", \"env\": {\"X_TOKEN\": \"@@hex-key:2@@\"}");
    let local = local("X_TOKEN", "@@hex-key@@");
    mends(SERVERS, &[(MCP, &servers(one, one))], &[(MCP, &servers("", "")), (LOCAL, &local)]);
    let said = mends(SERVERS, &[(MCP, &servers(one, other))], &[(MCP, &servers("", other)), (LOCAL, &local)]);
    assert!(said.contains("has another value for X_TOKEN"), "{said}");
    // Two headers of one server would have one name.
    let headers =
        |one: &str, other: &str| format!(", \"headers\": {{\"X-Api-Key\": \"{one}\", \"X-Auth-Token\": \"{other}\"}}");
    let before = server(&headers("@@hex-key@@", "@@hex-key:2@@"));
    let after = server(&headers("${MY_DATA_MCP_TOKEN}", "@@hex-key:2@@"));
    let local = local_of("MY_DATA_MCP_TOKEN");
    let said = mends(SERVERS, &[(MCP, &before)], &[(MCP, &after), (LOCAL, &local)]);
    assert!(said.contains("has another value for MY_DATA_MCP_TOKEN"), "{said}");
}

fn local_of(name: &str) -> String {
    local(name, "@@hex-key@@")
}

#[test]
fn a_server_keeps_what_it_would_not_get() {
    let env = |value: &str| server(&format!(", \"env\": {{ {value} }}"));
    let token = env("\"X_TOKEN\": \"@@hex-key@@\"");
    for path in ["mcp.json", ".claude/mcp.json", ".vscode/mcp.json", ".mcp.example.json", "managed-mcp.json"] {
        leaves(SERVERS, &[(path, &token)]);
    }
    leaves(SERVERS, &[("p/.mcp.json", &token), ("p/.claude-plugin/plugin.json", "{\"name\": \"p\"}\n")]);
    for text in [
        env("\"X_TOKEN\": \"${OTHER:-@@hex-key@@}\""),
        env("\"X_TOKEN\": \"a${X_TOKEN:-@@hex-key@@}\""),
        env("\"X_TOKEN\": \"${X_TOKEN:-${Y:-@@hex-key@@}}\""),
        server(", \"headers\": { \"X-Api-Key\": \"\\u0020@@hex-key@@\" }"),
        server(", \"args\": [\"--api-key\", \"@@hex-key@@\"], \"command\": \"x\""),
        server(", \"oauth\": { \"clientSecret\": \"@@hex-key@@\" }"),
        token.replace("my data", "x").replace("\"url\"", "\"url\": \"https://x.org\", \"url\"") + "// x",
    ] {
        leaves(SERVERS, &[(MCP, &text)]);
    }
    // The client would take it for its own.
    let own = env("\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"");
    refuses(SERVERS, &[(MCP, &own)], "a credential would go to another host, or in another header");
    refuses(SERVERS, &[(MCP, &token), (".gitignore", "/target\n")], "no rule of the repository ignores");
}

#[cfg(unix)]
#[test]
fn a_file_that_gets_a_credential_is_closed_first() {
    use std::fs::{Permissions, metadata, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let entry = "{\n  \"env\": {\n    \"GITHUB_TOKEN\": \"@@github-pat@@\"\n  }\n}\n";
    let (repo, bodies) = repo(&[(SHARED, entry), (LOCAL, "{}\n")], &[(LOCAL, entry)]);
    repo.open_to_others(true);
    set_permissions(repo.path(LOCAL), Permissions::from_mode(0o644)).unwrap();
    let (said, after) = fixed(&repo, &["--unsafe-fixes", "--rule", SETTINGS]);
    assert_eq!((after[SHARED].as_str(), &after[LOCAL]), ("{}\n", &bodies[0]), "{said}");
    assert_eq!(metadata(repo.path(LOCAL)).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(said.contains("nothing to report"), "{said}");
}
