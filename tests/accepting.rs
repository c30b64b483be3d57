//! What accepts findings: comments, `[[allow]]`, a baseline.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, run, text, token};

/// `path:line:column severity[rule]` of all findings, and the numbers of those that were accepted.
#[track_caller]
fn lint(repo: &Repo, options: &[&str]) -> (Vec<String>, [u64; 2]) {
    let arguments = [&["lint", ".", "--format", "json"], options].concat();
    let output = run(repo.keylint(&arguments));
    assert_ne!(output.status.code(), Some(2), "{}", text(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = report["findings"].as_array().unwrap().iter().map(|one| {
        format!(
            "{}:{}:{} {}[{}]",
            one["path"].as_str().unwrap(),
            one["line"],
            one["column"],
            one["severity"].as_str().unwrap(),
            one["rule"].as_str().unwrap()
        )
    });
    let count = |name: &str| report["summary"][name].as_u64().unwrap();
    (found.collect(), [count("suppressed"), count("baselined")])
}

#[track_caller]
fn keylint(repo: &Repo, arguments: &[&str], code: i32) -> String {
    let output = run(repo.keylint(arguments));
    assert_eq!(output.status.code(), Some(code), "{}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout) + &text(&output.stderr)
}

fn repository(files: &[(&str, &str)]) -> Repo {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    repo.write(".gitignore", "**/.claude/settings.local.json\n");
    for (path, body) in files {
        repo.write(path, expand(body, &mut rng));
    }
    repo.commit();
    repo
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn comments_accept_the_line_that_they_mean() {
    for (path, body) in [
        (
            "start.sh",
            "export ANTHROPIC_API_KEY=@@anthropic-api-key@@ # keylint: ignore[secret-in-launcher] a revoked key\n",
        ),
        (
            "start.sh",
            "# keylint: ignore[secret-in-launcher] a revoked key\nexport ANTHROPIC_API_KEY=@@anthropic-api-key@@\n",
        ),
        (
            "start.sh",
            "# keylint: ignore[secret-printed] to be seen\n# keylint: ignore[secret-in-launcher] a revoked key\nexport ANTHROPIC_API_KEY=@@anthropic-api-key@@; echo $ANTHROPIC_API_KEY; claude\n",
        ),
        (
            "start.sh",
            "export ANTHROPIC_API_KEY=@@anthropic-api-key@@\n# keylint: ignore-file[secret-in-launcher] revoked\n",
        ),
        (
            "Dockerfile",
            "FROM x\n# keylint: ignore[secret-in-launcher] revoked\nENV ANTHROPIC_API_KEY=@@anthropic-api-key@@\n",
        ),
        (
            "compose.yml",
            "services:\n  a:\n    image: x\n    environment:\n      K_TOKEN: @@github-pat@@ # keylint: ignore[secret-in-launcher] revoked\n",
        ),
        (
            "start.bat",
            "rem keylint: ignore[secret-in-launcher] revoked\r\nset \"ANTHROPIC_API_KEY=@@anthropic-api-key@@\"\r\n",
        ),
        (
            "start.ps1",
            "$env:ANTHROPIC_API_KEY = '@@anthropic-api-key@@' # keylint: ignore[secret-in-launcher] revoked\n",
        ),
        (
            "a.ts",
            "const key = '@@anthropic-api-key@@'; // keylint: ignore[secret-in-text, secret-in-launcher] revoked\n",
        ),
        ("notes.md", "<!-- keylint: ignore[secret-in-text] revoked -->\n@@anthropic-api-key@@\n"),
        (
            "etc/a.service",
            "[Service]\n; keylint: ignore[secret-in-launcher] revoked\nEnvironment=A_TOKEN=@@github-pat@@\n",
        ),
        (
            ".devcontainer/devcontainer.json",
            "{\"containerEnv\": {\n// keylint: ignore[secret-in-launcher] revoked\n\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}}\n",
        ),
        ("run.xml", "<a/>\n<!-- keylint: ignore[secret-in-text] revoked -->\n<b>@@anthropic-api-key@@</b>\n"),
    ] {
        let repo = repository(&[(path, body)]);
        let (found, [suppressed, _]) = lint(&repo, &[]);
        let errors: Vec<&String> = found.iter().filter(|found| !found.contains(" note[")).collect();
        let unused = path == "a.ts";
        assert_eq!(errors.len(), usize::from(unused), "{path}: {found:?}\n{body}");
        assert!(suppressed >= 1, "{path}");
        let (found, [suppressed, _]) = lint(&repo, &["--no-inline"]);
        assert!(found.iter().any(|found| found.contains(" error[secret-in-")), "{path}: {found:?}");
        assert_eq!(suppressed, 0);
    }
}

#[test]
fn comments_that_accept_nothing_are_reported() {
    for (body, expected) in [
        (
            "# keylint: ignore[secret-in-launcher] nothing is here\nclaude\n",
            &["start.sh:1:19 warning[suppression-unused]"][..],
        ),
        (
            "export ANTHROPIC_API_KEY=@@anthropic-api-key@@ # keylint: ignore[secret-in-launcher]\n",
            &["start.sh:1:26 error[secret-in-launcher]", "start.sh:1:137 error[configuration-invalid]"],
        ),
        (
            "export ANTHROPIC_API_KEY=@@anthropic-api-key@@ # keylint: ignore it is fine\n",
            &["start.sh:1:26 error[secret-in-launcher]", "start.sh:1:137 error[configuration-invalid]"],
        ),
        (
            "# keylint: ignore[secret-in-launchers] fine\nexport ANTHROPIC_API_KEY=@@anthropic-api-key@@\n",
            &["start.sh:1:19 error[configuration-invalid]", "start.sh:2:26 error[secret-in-launcher]"],
        ),
        // Neither a comment nor for this program.
        ("echo keylint: ignore[secret-in-launcher] x\n# keylint: see README\n", &[]),
    ] {
        let (found, _) = lint(&repository(&[("start.sh", body)]), &[]);
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn settings_have_no_comments() {
    let repo = repository(&[(
        ".claude/settings.json",
        "{\"env\": {\n// keylint: ignore[secret-in-settings] fine\n\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}}\n",
    )]);
    let (found, [suppressed, _]) = lint(&repo, &[]);
    assert!(found.contains(&".claude/settings.json:3:23 error[secret-in-settings]".to_owned()), "{found:?}");
    assert_eq!(suppressed, 0);
}

const SETTINGS: &str = "{\n  \"permissions\": {\n    \"allow\": [\n      \"Bash(ls)\",\n      \"Bash(T=@@github-pat@@ ls)\"\n    ]\n  },\n  \"env\": {\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}\n}\n";

/// A repository with a baseline, and the two findings in it.
fn baselined() -> (Repo, String) {
    let repo = repository(&[(".claude/settings.json", SETTINGS)]);
    let (found, _) = lint(&repo, &[]);
    assert_eq!(found.len(), 2, "{found:?}");
    let said = keylint(&repo, &["baseline"], 0);
    assert!(said.starts_with("2 findings are accepted in ") && said.ends_with("keylint-baseline.txt\n"), "{said}");
    assert_eq!(lint(&repo, &[]), (none(), [0, 2]));
    let settings = std::fs::read_to_string(repo.path(".claude/settings.json")).unwrap();
    (repo, settings)
}

#[test]
fn a_baseline_holds_no_secret_and_no_line() {
    let (repo, settings) = baselined();
    let text = std::fs::read_to_string(repo.path("keylint-baseline.txt")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[0].starts_with("# ") && lines[1].starts_with("salt "), "{text}");
    assert!(lines[2].starts_with("secret-in-permission\t.claude/settings.json\tpermissions.allow[].T\t"), "{text}");
    assert!(lines[3].starts_with("secret-in-settings\t.claude/settings.json\tenv.ANTHROPIC_API_KEY\t"), "{text}");
    for word in settings.split(['"', '=', ' ']).filter(|word| word.len() > 20) {
        assert!(!text.contains(&word[12..]), "{text}");
    }
    // Written again it is the same, byte for byte.
    keylint(&repo, &["baseline"], 0);
    assert_eq!(std::fs::read_to_string(repo.path("keylint-baseline.txt")).unwrap(), text);
    assert_eq!(lint(&repo, &["--no-baseline"]).0.len(), 2);
}

/// The cases that scanners were measured with.
#[test]
fn what_changes_under_a_baseline() {
    // Nothing, a line above, other line ends, another indentation.
    for change in [
        |text: &str| text.to_owned(),
        |text: &str| text.replacen("{\n", "{\n  \"model\": \"opus\",\n", 1),
        |text: &str| text.replacen("\"Bash(ls)\",", "\"Bash(ls)\",\n      \"Bash(pwd)\",", 1),
        |text: &str| text.replace('\n', "\r\n"),
        |text: &str| text.replace("  ", "\t\t"),
    ] {
        let (repo, settings) = baselined();
        repo.write(".claude/settings.json", change(&settings));
        assert_eq!(lint(&repo, &[]), (none(), [0, 2]), "{}", change(&settings));
    }
    let mut rng = Rng::from_entropy();
    // Another value under the same key.
    let (repo, settings) = baselined();
    let key = settings.split("API_KEY\": \"").nth(1).unwrap().split('"').next().unwrap();
    repo.write(".claude/settings.json", settings.replace(key, &token("anthropic-api-key", &mut rng).unwrap()));
    let (found, accepted) = lint(&repo, &[]);
    assert_eq!(
        found,
        [".claude/settings.json:8:33 error[secret-in-settings]", "keylint-baseline.txt:4:1 note[suppression-unused]"]
    );
    assert_eq!(accepted, [0, 1]);
    // One more value beside it.
    let (repo, settings) = baselined();
    let more = format!("\"Bash(ls)\",\n      \"Bash(T={} ls)\",", token("github-pat", &mut rng).unwrap());
    repo.write(".claude/settings.json", settings.replacen("\"Bash(ls)\",", &more, 1));
    assert_eq!(lint(&repo, &[]), (vec![".claude/settings.json:5:15 error[secret-in-permission]".to_owned()], [0, 2]));
    // The same value in a second file.
    let (repo, settings) = baselined();
    repo.write("copy/.claude/settings.json", &settings);
    let (found, accepted) = lint(&repo, &[]);
    assert_eq!(
        found,
        [
            "copy/.claude/settings.json:5:15 error[secret-in-permission]",
            "copy/.claude/settings.json:8:33 error[secret-in-settings]"
        ]
    );
    assert_eq!(accepted, [0, 2]);
    // Gone.
    let (repo, _) = baselined();
    repo.write(".claude/settings.json", "{}\n");
    assert_eq!(
        lint(&repo, &[]).0,
        ["keylint-baseline.txt:3:1 note[suppression-unused]", "keylint-baseline.txt:4:1 note[suppression-unused]"]
    );
    // Of a part nobody says that the rest is gone.
    repo.write("x.sh", "claude\n");
    let output = run(repo.keylint(&["lint", "x.sh", "--format", "concise", "--min-severity", "note"]));
    assert!(text(&output.stdout).starts_with("nothing to report\n"), "{}", text(&output.stdout));
}

#[test]
fn a_baseline_that_is_none_ends_the_run() {
    for (text, reason) in [
        ("", "line 1: there is no salt"),
        ("salt 12\n", "line 1: the salt has to be 16 hexadecimal digits"),
        ("salt 0123456789abcdef\n<<<<<<< ours\n", "line 2: an entry has four fields"),
        ("salt 0123456789abcdef\na\tb\tc\txyzw\n", "line 2: a tag has four hexadecimal digits"),
        ("salt 0123456789abcdef\nsalt 0123456789abcdef\n", "line 2: a second salt"),
    ] {
        let repo = repository(&[("keylint-baseline.txt", text)]);
        let said = keylint(&repo, &["lint", "."], 2);
        assert!(said.contains("keylint-baseline.txt") && said.contains(reason), "{said}");
        keylint(&repo, &["lint", ".", "--no-baseline"], 0);
        keylint(&repo, &["baseline"], 0);
        keylint(&repo, &["lint", "."], 0);
    }
    let repo = repository(&[("keylint.toml", "baseline = \"accepted.txt\"\n")]);
    assert_eq!(lint(&repo, &[]).0, ["keylint.toml:1:12 note[suppression-unused]"]);
    keylint(&repo, &["baseline"], 0);
    assert!(repo.path("accepted.txt").exists());
    keylint(&repo, &["lint", "."], 0);
    keylint(&repo, &["lint", ".", "--baseline", "nowhere.txt"], 2);
}

#[test]
fn one_finding_is_allowed() {
    let repo = repository(&[(".claude/settings.json", SETTINGS)]);
    let allow =
        ["allow", "secret-in-settings", ".claude/settings.json", "env.ANTHROPIC_API_KEY", "--reason", "a \"demo\" key"];
    keylint(&repo, &allow, 0);
    let (found, accepted) = lint(&repo, &[]);
    assert_eq!((found, accepted), (vec![".claude/settings.json:5:15 error[secret-in-permission]".to_owned()], [1, 0]));
    keylint(
        &repo,
        &[
            "allow",
            "secret-in-permission",
            ".claude/settings.json",
            "permissions.allow[1].T",
            "--reason",
            "x",
            "--expires",
            "2099-01-31",
        ],
        0,
    );
    assert_eq!(lint(&repo, &[]), (none(), [2, 0]));
    // A second time there is nothing to allow.
    assert!(keylint(&repo, &allow, 2).contains("secret-in-settings reports nothing at env.ANTHROPIC_API_KEY"));
    assert_eq!(lint(&repo, &["--no-config"]).0.len(), 2);
    // Another value is another finding, and the entry allows nothing.
    let mut rng = Rng::from_entropy();
    repo.write(".claude/settings.json", expand(SETTINGS, &mut rng));
    let (found, _) = lint(&repo, &[]);
    assert_eq!(
        found,
        [
            ".claude/settings.json:5:15 error[secret-in-permission]",
            ".claude/settings.json:8:33 error[secret-in-settings]",
            "keylint.toml:2:8 warning[suppression-unused]",
            "keylint.toml:9:8 warning[suppression-unused]"
        ]
    );
}

#[test]
fn an_allowance_ends_with_its_day() {
    let repo = repository(&[
        (".claude/settings.json", "{\"env\": {\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}}\n"),
        (
            "keylint.toml",
            "[[allow]]\nrule = 'secret-in-settings'\npath = '.claude/*'\nreason = 'until the move'\nexpires = 2020-01-31\n",
        ),
    ]);
    assert_eq!(
        lint(&repo, &[]).0,
        [".claude/settings.json:1:32 error[secret-in-settings]", "keylint.toml:5:11 warning[suppression-unused]"]
    );
}

/// A run over the files can't tell whether the past has what is allowed; that the day has come, it can.
#[test]
fn what_is_allowed_of_the_past_is_not_unused() {
    let allow = "[[allow]]\nrule = 'secret-in-history'\npath = 'old.env'\nreason = 'revoked'\n";
    let repo = repository(&[("keylint.toml", allow)]);
    assert_eq!(lint(&repo, &[]).0, none());
    repo.write("keylint.toml", format!("{allow}expires = 2020-01-31\n"));
    assert_eq!(lint(&repo, &[]).0, ["keylint.toml:5:11 warning[suppression-unused]"]);
}

#[test]
fn what_can_not_be_allowed() {
    let repo = repository(&[(".claude/settings.json", SETTINGS), ("keylint.toml", "allow = []\n")]);
    let base = ["allow", "secret-in-settings", ".claude/settings.json", "env.ANTHROPIC_API_KEY"];
    let with = |more: &[&'static str]| [&base[..], more].concat();
    assert!(keylint(&repo, &with(&["--reason", " "]), 2).contains("why the finding is fine"));
    assert!(keylint(&repo, &with(&["--reason", "x", "--expires", "tomorrow"]), 2).contains("2027-01-31"));
    // A list that is written on one line can't be added to from behind.
    assert!(keylint(&repo, &with(&["--reason", "x"]), 2).contains("by hand"));
    assert_eq!(std::fs::read_to_string(repo.path("keylint.toml")).unwrap(), "allow = []\n");
}

/// A mature repository: baseline, and the first new finding is caught.
#[test]
fn adoption() {
    let repo = repository(&[
        (".claude/settings.json", SETTINGS),
        (
            "deploy.sh",
            "export ANTHROPIC_BASE_URL=https://gw.corp-llm.net ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_API_KEY=$K\nclaude\n",
        ),
    ]);
    keylint(&repo, &["lint", "."], 1);
    keylint(&repo, &["baseline"], 0);
    keylint(&repo, &["lint", "."], 0);
    let mut rng = Rng::from_entropy();
    repo.write(".env", format!("OPENAI_API_KEY={}\n", token("openai-project-key", &mut rng).unwrap()));
    keylint(&repo, &["lint", "."], 1);
    assert_eq!(
        lint(&repo, &[]).0,
        [".env:1:1 error[personal-file-not-ignored]", ".env:1:16 error[secret-in-env-file]"]
    );
}
