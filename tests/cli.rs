//! What the program says and how it ends.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod common;

use std::io::Write as _;
use std::process::Stdio;

use common::repo::Repo;
use common::{machine, package, run, share_environment, text};
use keylint::rules::RULES;

/// Files, arguments, exit code, standard output, standard error.
type Scenario =
    (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str], i32, &'static str, &'static str);

const IGNORE: (&str, &str) = (".gitignore", "**/.claude/settings.local.json\n");
const CLEAN: &[(&str, &str)] = &[IGNORE, (".claude/settings.json", "{}"), ("README.md", "# hi\n")];
const BOTH: &[(&str, &str)] = &[
    IGNORE,
    (
        "start.sh",
        "export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\nANTHROPIC_API_KEY=$A ANTHROPIC_AUTH_TOKEN=$B claude\n",
    ),
    ("sub/.env", "ANTHROPIC_BASE_URL=https://gw.example.net\n"),
    ("note.sh", "export ANTHROPIC_BASE_URL=https://gw.example.net ANTHROPIC_API_KEY=$A\nclaude\n"),
];
const BOTH_LINE: &str =
    "start.sh:2:19: error[both-credentials]: both credentials are set: Claude Code sends both headers to api.z.ai\n";
const URL_LINE: &str = "sub/.env:1:20: warning[base-url-without-token]: nothing here supplies a credential for gw.example.net: whoever is logged in to Claude sends the login's token there\n";
/// One rule reports twice, another once.
const TWICE: &[(&str, &str)] = &[IGNORE, BOTH[1], BOTH[2], ("z/.env", BOTH[2].1)];
const NOTE_LINE: &str =
    "note.sh:1:50: note[base-url-with-api-key]: the credential goes to gw.example.net as `x-api-key`\n";

#[test]
fn scenarios() {
    let scenarios: &[Scenario] = &[
        (
            "nothing to report",
            CLEAN,
            &["lint"],
            0,
            "nothing to report\n1 configuration file read, 2 other files searched for tokens\n",
            "",
        ),
        (
            "no configuration at all",
            &[("a.txt", "hello\n")],
            &["lint", ".", "--format", "concise"],
            0,
            "nothing to report\nno configuration file found, 1 other file searched for tokens\n",
            "",
        ),
        (
            "an empty repository",
            &[],
            &["lint", "."],
            0,
            "nothing to report\nno configuration file found, 0 other files searched for tokens\n",
            "",
        ),
        (
            "findings by place, notes counted",
            BOTH,
            &["lint", "--format", "concise"],
            1,
            &[BOTH_LINE, URL_LINE, "1 error, 1 warning, 1 note; notes are not shown (--min-severity note)\n3 configuration files read, 1 other file searched for tokens\n"].concat().leak()[..],
            "",
        ),
        (
            "arguments restrict the report, not the sight",
            BOTH,
            &["lint", "--format", "concise", "sub"],
            1,
            &[URL_LINE, "1 warning\n3 configuration files read, 0 other files searched for tokens\n"].concat().leak()[..],
            "",
        ),
        (
            "warnings pass where only errors count",
            BOTH,
            &["lint", "--format", "concise", "--min-severity", "error", "sub/.env"],
            0,
            "1 warning; 1 not shown (--min-severity note)\n3 configuration files read, 0 other files searched for tokens\n",
            "",
        ),
        (
            "notes alone do not fail a run",
            BOTH,
            &["lint", "--format", "concise", "--min-severity", "note", "note.sh"],
            0,
            "note.sh:1:50: note[base-url-with-api-key]: the credential goes to gw.example.net as `x-api-key`\n1 note\n3 configuration files read, 0 other files searched for tokens\n",
            "",
        ),
        ("a path that does not exist", CLEAN, &["lint", "nowhere"], 2, "", "error: ROOT/nowhere: no such file or folder\n"),
        (
            "a rule that does not exist",
            CLEAN,
            &["explain", "both-credential"],
            2,
            "",
            "error: there is no rule \"both-credential\": did you mean `both-credentials`?\n",
        ),
        ("a rule like no other", CLEAN, &["explain", "nothing"], 2, "", "error: there is no rule \"nothing\": `keylint rules` lists them\n"),
        (
            "only one rule",
            BOTH,
            &["lint", "--format", "concise", "--rule", "base-url-without-token"],
            1,
            &[URL_LINE, "1 warning\n3 configuration files read, 1 other file searched for tokens\n"].concat().leak()[..],
            "",
        ),
        (
            "several rules, with commas and one by one",
            BOTH,
            &["lint", "-q", "--format", "concise", "--rule", "secret-in-text,both-credentials", "--rule", "base-url-without-token"],
            1,
            &[BOTH_LINE, URL_LINE].concat().leak()[..],
            "",
        ),
        (
            "without some rules",
            BOTH,
            &["lint", "-q", "--format", "concise", "--ignore", "both-credentials,base-url-with-api-key"],
            1,
            URL_LINE,
            "",
        ),
        (
            "what is left out is left out of what was chosen",
            BOTH,
            &["lint", "--quiet", "--rule", "both-credentials", "--ignore", "both-credentials"],
            0,
            "",
            "",
        ),
        (
            "a mistyped rule to choose",
            BOTH,
            &["lint", "--rule", "both-credentials,both_credential"],
            2,
            "",
            "error: there is no rule \"both_credential\": did you mean `both-credentials`?\n",
        ),
        (
            "a mistyped rule to leave out",
            BOTH,
            &["lint", "--ignore", "secret-in-tetx"],
            2,
            "",
            "error: there is no rule \"secret-in-tetx\": did you mean `secret-in-text`?\n",
        ),
        (
            "notes fail a run that asks for it, and are shown",
            BOTH,
            &["lint", "-q", "--format", "concise", "--fail-on", "note", "note.sh"],
            1,
            NOTE_LINE,
            "",
        ),
        (
            "what fails a run may be hidden by who wants so",
            BOTH,
            &["lint", "--format", "concise", "--fail-on", "warning", "--min-severity", "error", "sub/.env"],
            1,
            "1 warning; 1 not shown (--min-severity note)\n3 configuration files read, 0 other files searched for tokens\n",
            "",
        ),
        ("warnings pass", BOTH, &["lint", "-q", "--format", "concise", "--fail-on", "error", "sub"], 0, URL_LINE, ""),
        ("errors do not", BOTH, &["lint", "-q", "--format", "concise", "--fail-on", "error", "start.sh"], 1, BOTH_LINE, ""),
        (
            "nothing fails",
            BOTH,
            &["lint", "-q", "--format", "concise", "--fail-on", "never"],
            0,
            &[BOTH_LINE, URL_LINE].concat().leak()[..],
            "",
        ),
        ("quiet and clean", CLEAN, &["lint", "-q"], 0, "", ""),
        ("nothing to count", CLEAN, &["lint", "-q", "--statistics"], 0, "", ""),
        (
            "the rules by how often they report",
            TWICE,
            &["lint", "--format", "concise", "--statistics"],
            1,
            &[
                BOTH_LINE,
                URL_LINE,
                &URL_LINE.replace("sub/", "z/"),
                "base-url-without-token  warning  2\nboth-credentials        error    1\n\
                 1 error, 2 warnings\n3 configuration files read, 1 other file searched for tokens\n",
            ].concat().leak()[..],
            "",
        ),
        (
            "only what is shown is counted",
            BOTH,
            &["lint", "--format", "concise", "-q", "--statistics", "--min-severity", "error"],
            1,
            &[BOTH_LINE, "both-credentials  error    1\n"].concat().leak()[..],
            "",
        ),
    ];
    for (name, files, arguments, code, stdout, stderr) in scenarios {
        let repo = Repo::committed(files);
        let output = run(repo.keylint(arguments));
        let errors = text(&output.stderr).replace(&repo.root.display().to_string(), "ROOT");
        let got = (output.status.code().unwrap(), text(&output.stdout), errors);
        assert_eq!(got, (*code, (*stdout).to_owned(), (*stderr).to_owned()), "{name}");
    }
}

#[test]
fn bad_usage_is_two() {
    let repo = Repo::committed(CLEAN);
    for arguments in [&["lint", "--format", "xml"][..], &["lnt"], &[], &["lint", "--no-such-flag"]] {
        let output = run(repo.keylint(arguments));
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(text(&output.stderr).contains("--help"), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["lint", "--help"], &["--version"]] {
        let output = run(repo.keylint(arguments));
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn without_git_names_decide() {
    let repo = Repo::plain();
    repo.write(".env", "X_PASSWORD=hunter2hunter\n");
    repo.write(".env.example", "OPENAI_PASSWORD=q8Zk31vTy7PfWm05\n");
    let output = run(repo.keylint(&["lint", ".", "--format", "concise"]));
    assert_eq!(
        text(&output.stdout),
        ".env.example:1:17: error[secret-in-env-file]: `OPENAI_PASSWORD` holds a password (16 characters); a file of this name is shared\n\
         1 error\n2 configuration files read, 0 other files searched for tokens\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_could_not_be_read_is_said_and_ends_with_two() {
    let repo = Repo::committed(CLEAN);
    // A tracked file whose place a folder has taken, and whose object is gone, too.
    std::fs::remove_file(repo.path("README.md")).unwrap();
    let id = text(&repo.git(&["rev-parse", "HEAD:README.md"]));
    let (folder, file) = id.trim().split_at(2);
    std::fs::remove_file(repo.path(format!(".git/objects/{folder}/{file}"))).unwrap();
    let output = run(repo.keylint(&["lint"]));
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(
        text(&output.stdout).contains("error: not read: README.md: neither in the work tree nor among git's objects\n"),
        "{}",
        text(&output.stdout)
    );
    let (_, code) = repo.findings(&["--fail-on", "never"]);
    assert_eq!(code, 2);
    let quiet = run(repo.keylint(&["lint", "-q"]));
    let said = "error: not read: README.md: neither in the work tree nor among git's objects\n";
    assert_eq!((quiet.status.code(), text(&quiet.stdout)), (Some(2), said.to_owned()));
}

#[test]
fn a_deleted_file_that_git_still_has_is_read_from_the_index() {
    let repo = Repo::committed(&[IGNORE, (".env", "APP_TOKEN=q8Zk31vTy7PfWm05q8Zk31vTy7\n")]);
    std::fs::remove_file(repo.path(".env")).unwrap();
    let (findings, _) = repo.findings(&[]);
    let places: Vec<_> = findings.iter().map(common::place).collect();
    assert_eq!(places, [".env:1:1 personal-file-tracked", ".env:1:11 secret-in-env-file"]);
}

#[test]
fn utf16_is_read_and_said() {
    let repo = Repo::committed(&[IGNORE]);
    let text16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    repo.write(".env", text16("\u{feff}A=é\r\nAPP_TOKEN=q8Zk31vTy7PfWm05q8Zk31vTy7\r\n"));
    repo.write("notes.txt", text16("x = q8Zk31vTy7PfWm05\n"));
    let output = text(&run(repo.keylint(&["lint", "--format", "concise"])).stdout);
    assert!(output.contains("\n.env:2:11: error[secret-in-env-file]: `APP_TOKEN` holds"), "{output}");
    assert!(
        output.contains("note: 1 configuration file is UTF-16; it was read, but other programs may not read it\n"),
        "{output}"
    );
}

#[test]
fn names_cannot_forge_a_line_or_reach_the_terminal() {
    if cfg!(windows) {
        return;
    }
    let repo = Repo::new();
    repo.write("a\nb\u{1b}[31m\u{202e}.env", "APP_TOKEN=q8Zk31vTy7PfWm05q8Zk31vTy7\n");
    repo.commit();
    for format in ["human", "concise"] {
        let output = text(&run(repo.keylint(&["lint", "--format", format])).stdout);
        assert!(!output.contains(['\u{1b}', '\u{202e}']) && !output.contains("a\nb"), "{output:?}");
        assert!(output.contains("secret-in-env-file"), "{output:?}");
    }
    let (findings, _) = repo.findings(&[]);
    assert_eq!(findings[0]["path"], "a\nb\u{1b}[31m\u{202e}.env", "JSON escapes what it has to");
}

#[test]
fn colour_follows_the_terminal_and_the_environment() {
    let repo = Repo::committed(BOTH);
    let colours = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = repo.keylint(arguments);
        command.envs(variables.iter().copied());
        text(&run(command).stdout).contains("\u{1b}[")
    };
    assert!(!colours(&["lint"], &[]), "a pipe is no terminal");
    assert!(colours(&["lint", "--color", "always"], &[]));
    assert!(colours(&["lint", "--color", "always"], &[("NO_COLOR", "1")]), "what was typed wins");
    assert!(colours(&["lint"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colours(&["lint"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colours(&["lint", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn json_keeps_its_contract() {
    let repo = Repo::committed(BOTH);
    let output = run(repo.keylint(&["lint", "--format", "json", "--min-severity", "error"]));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["version"], 1);
    let severities: Vec<_> = report["findings"].as_array().unwrap().iter().map(|one| one["severity"].clone()).collect();
    assert_eq!(severities, ["note", "error", "warning"], "every severity, whatever the threshold");
    let first = report["findings"][1].as_object().unwrap();
    for field in [
        "rule",
        "severity",
        "message",
        "path",
        "line",
        "column",
        "end_line",
        "end_column",
        "key",
        "commit",
        "fix",
        "url",
    ] {
        assert!(first.contains_key(field), "{field}");
    }
    assert_eq!((&first["key"], &first["commit"], &first["fix"]), (&"ANTHROPIC_API_KEY".into(), &().into(), &().into()));
    let summary = report["summary"].as_object().unwrap();
    for (field, value) in
        [("files", 4), ("errors", 1), ("warnings", 1), ("notes", 1), ("suppressed", 0), ("baselined", 0)]
    {
        assert_eq!(summary[field], value, "{field}");
    }
    let rules = serde_json::json!({"base-url-with-api-key": 1, "base-url-without-token": 1, "both-credentials": 1});
    assert_eq!(summary["rules"], rules);
    let quiet = run(repo.keylint(&["lint", "--format", "json", "--quiet", "--statistics"]));
    assert_eq!(text(&quiet.stdout), text(&output.stdout), "for programs nothing is left out");
}

/// What accepts findings of rules that are not asked for has done its work.
#[test]
fn a_choice_of_rules_makes_no_suppression_unused() {
    let repo = Repo::committed(&[
        IGNORE,
        ("keylint.toml", "[[allow]]\nrule = \"base-url-without-token\"\npath = \"sub/.env\"\nreason = \"x\"\n"),
        BOTH[2],
        ("a.sh", &format!("# keylint: ignore-file[both-credentials] x\n{}", BOTH[1].1)),
        BOTH[1],
    ]);
    run(repo.keylint(&["baseline"]));
    let lint = |arguments: &[&str]| {
        let output = run(repo.keylint(&[&["lint", "--format", "json"], arguments].concat()));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let found: Vec<_> = report["findings"].as_array().unwrap().iter().map(common::place).collect();
        let count = |name: &str| report["summary"][name].as_u64().unwrap();
        (found, count("suppressed"), count("baselined"))
    };
    assert_eq!(lint(&[]), (vec![], 2, 1));
    for arguments in [&["--rule", "suppression-unused"][..], &["--ignore", "both-credentials,base-url-without-token"]] {
        assert_eq!(lint(arguments), (vec![], 0, 0), "{arguments:?}");
    }
    assert_eq!(lint(&["--rule", "both-credentials,suppression-unused"]), (vec![], 1, 1));
    repo.write("start.sh", "claude\n");
    repo.write("sub/.env", "");
    let unused = ["keylint-baseline.txt:3:1 suppression-unused", "keylint.toml:2:8 suppression-unused"];
    assert_eq!(lint(&["--rule", "suppression-unused"]), (unused.map(str::to_owned).to_vec(), 0, 0));
    assert_eq!(lint(&["--rule", "both-credentials"]), (vec![], 1, 0));
}

/// `keylint lint --stdin-filename` with a text on standard input: exit code, standard output, standard error.
fn lint_text(repo: &Repo, folder: &str, words: &[&str], input: &str) -> (i32, String, String) {
    let mut command = repo.keylint(&[&["lint", "--format", "concise", "-q", "--stdin-filename"], words].concat());
    command.current_dir(repo.path(folder)).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A run that is refused does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let errors = text(&output.stderr).replace(&repo.root.display().to_string(), "ROOT");
    (output.status.code().unwrap(), text(&output.stdout), errors)
}

#[test]
fn a_text_on_standard_input_stands_for_a_file() {
    let repo = Repo::committed(BOTH);
    let said = |line: &str| (1, line.to_owned(), String::new());
    let nothing = (0, String::new(), String::new());
    let start = BOTH[1].1;
    // Instead of what lies there, and only this file.
    assert_eq!(lint_text(&repo, ".", &["start.sh"], "claude\n"), nothing);
    assert_eq!(lint_text(&repo, ".", &["start.sh"], start), said(BOTH_LINE));
    assert_eq!(
        lint_text(&repo, "sub", &["../start.sh"], &format!("\n{start}")),
        said(&BOTH_LINE.replace(":2:", ":3:"))
    );
    assert_eq!(lint_text(&repo, ".", &["sub/.env"], BOTH[2].1), said(URL_LINE));
    // What does not exist yet, in a folder that does not, and what git would not take.
    assert_eq!(
        lint_text(&repo, ".", &["new/deep/go.sh"], start),
        said(&BOTH_LINE.replace("start.sh", "new/deep/go.sh"))
    );
    let key = "A_TOKEN=q8Zk31vTy7PfWm05q8Zk31vTy7\n";
    let (code, output, _) = lint_text(&repo, ".", &["b/.env", "--rule", "secret-in-env-file"], key);
    assert_eq!(code, 1);
    assert!(output.starts_with("b/.env:1:9: error[secret-in-env-file]: `A_TOKEN` holds"), "{output}");
    repo.write(".gitignore", "b/\n");
    assert_eq!(lint_text(&repo, ".", &["b/.env"], key), nothing);
    assert!(!repo.path("b").exists() && !repo.path("new").exists(), "nothing is written");
    // The rest of the repository counts: its configuration, and what lies beside the file.
    repo.write("keylint.toml", "[rules]\nboth-credentials = \"off\"\n");
    assert_eq!(lint_text(&repo, ".", &["start.sh"], start), nothing);
    assert_eq!(lint_text(&repo, ".", &["start.sh", "--no-config"], start), said(BOTH_LINE));
    assert_eq!(
        lint_text(&repo, ".", &["keylint.toml"], "exlude = []\n"),
        said("keylint.toml:1:1: error[configuration-invalid]: `exlude` is no setting, and is ignored\n")
    );
    repo.write("keylint.toml", "");
    let local = r#"{"env": {"ANTHROPIC_BASE_URL": "https://api.z.ai/api/anthropic", "ANTHROPIC_AUTH_TOKEN": "${B}"}}"#;
    let both = || {
        let words = [".claude/settings.json", "--rule", "both-credentials"];
        lint_text(&repo, ".", &words, r#"{"env": {"ANTHROPIC_API_KEY": "${A}"}}"#)
    };
    assert_eq!(both(), nothing);
    repo.write(".claude/settings.local.json", local);
    let line = ".claude/settings.json:1:32: warning[both-credentials]: both credentials are set: Claude Code sends both headers to api.z.ai\n";
    assert_eq!(both(), said(line));
}

#[test]
fn a_text_without_a_place_is_an_error() {
    let repo = Repo::committed(BOTH);
    let refused = |reason: &str| (2, String::new(), format!("error: {reason}\n"));
    assert_eq!(lint_text(&repo, ".", &["sub"], ""), refused("ROOT/sub: is a directory"));
    assert_eq!(
        lint_text(&repo, ".", &[".git/x"], ""),
        refused("ROOT/.git lies in git's own folder: run keylint in the work tree")
    );
    let (code, output, errors) = lint_text(&repo, ".", &["a", "start.sh"], "");
    assert_eq!((code, output.as_str()), (2, ""));
    assert!(errors.contains("cannot be used with"), "{errors}");
}

#[test]
fn without_git_a_text_stands_for_a_file_too() {
    let repo = Repo::plain();
    let said = (1, BOTH_LINE.to_owned(), String::new());
    assert_eq!(lint_text(&repo, ".", &["start.sh"], BOTH[1].1), said);
}

/// What a terminal shows of a line of shell, through script(1); `None` where that is missing.
#[cfg(target_os = "linux")]
fn on_a_terminal(repo: &Repo, line: &str) -> Option<String> {
    let mut keylint = repo.keylint(&[]);
    keylint.env("TERM", "xterm").env("KEYLINT", env!("CARGO_BIN_EXE_keylint"));
    let mut command = std::process::Command::new("script");
    command.args(["-qefc", line, "/dev/null"]).current_dir(&repo.root).stdin(Stdio::null());
    share_environment(&keylint, &mut command);
    match command.output() {
        Ok(output) => Some(text(&output.stdout).replace("\r\n", "\n")),
        Err(_) => {
            machine::lacks("script");
            None
        }
    }
}

/// A run that waits for its configuration is a long one.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_sees_how_far_a_long_run_has_come() {
    let repo = Repo::committed(CLEAN);
    std::process::Command::new("mkfifo").arg(repo.path(".git/slow")).status().unwrap();
    let slow = |line: &str| on_a_terminal(&repo, &format!("(sleep 1.5; : > .git/slow) & {line}; wait"));
    let Some(long) = slow("\"$KEYLINT\" lint --config .git/slow") else { return };
    let report = "nothing to report\n1 configuration file read, 2 other files searched for tokens\n";
    let (progress, rest) = long.rsplit_once("\r\u{1b}[K").unwrap();
    assert_eq!(rest, report);
    assert!(progress.starts_with("\r\u{1b}[Klooking for files"), "{long:?}");
    assert_eq!(slow("\"$KEYLINT\" lint --quiet --config .git/slow").as_deref(), Some(""));
    assert_eq!(slow("\"$KEYLINT\" lint --config .git/slow 2> .git/errors").as_deref(), Some(report));
    assert_eq!(std::fs::read(repo.path(".git/errors")).unwrap(), b"");
    let short = on_a_terminal(&repo, "\"$KEYLINT\" lint --color never");
    assert_eq!(short.as_deref(), Some(report), "a short run");
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_types_a_file() {
    let repo = Repo::committed(CLEAN);
    let said = "error: --stdin-filename: standard input is a terminal, and has no text\n";
    let shown = on_a_terminal(&repo, "\"$KEYLINT\" lint --stdin-filename .env");
    assert!(shown.is_none_or(|shown| shown == said));
}

#[test]
fn mistyped_words_are_recognised() {
    let repo = Repo::committed(CLEAN);
    for (arguments, meant) in [
        (&["lnt"][..], "a similar subcommand exists: 'lint'"),
        (&["lint", "--statistic"], "a similar argument exists: '--statistics'"),
        (&["lint", "--format", "jsn"], "a similar value exists: 'json'"),
        (&["lint", "--fail-on", "warnings"], "a similar value exists: 'warning'"),
    ] {
        let errors = text(&run(repo.keylint(arguments)).stderr);
        assert!(errors.contains(meant), "{errors}");
    }
}

/// A credential that was pasted in a rule's place is not printed.
#[test]
fn a_rule_that_is_a_credential_is_masked() {
    let repo = Repo::committed(CLEAN);
    let key = common::token("anthropic-api-key", &mut common::sample::Rng::from_entropy()).unwrap();
    for arguments in [&["explain", &key][..], &["lint", "--rule", &key], &["lint", "--ignore", &key]] {
        let output = run(repo.keylint(arguments));
        assert_eq!(output.status.code(), Some(2));
        assert!(!text(&output.stderr).contains(&key[20..]), "{}", text(&output.stderr));
    }
}

#[test]
fn every_rule_can_be_explained() {
    let repo = Repo::plain();
    let list = text(&run(repo.keylint(&["rules"])).stdout);
    let rows: Vec<String> = list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected: Vec<String> =
        RULES.iter().map(|rule| format!("{} {} {}", rule.slug, rule.severity, rule.summary)).collect();
    assert_eq!(rows, expected);
    for rule in RULES {
        let page = text(&run(repo.keylint(&["explain", rule.slug])).stdout);
        let file = std::fs::read_to_string(package().join(format!("rules/{}.md", rule.slug))).unwrap();
        assert!(!page.contains("@@"), "markers are for tests");
        assert_eq!(page.lines().count(), file.lines().count(), "{}", rule.slug);
        for (shown, written) in page.lines().zip(file.lines()).filter(|(_, written)| !written.contains("@@")) {
            assert_eq!(shown, written, "{}", rule.slug);
        }
    }
}

#[test]
fn a_reader_that_stops_is_no_failure() {
    let repo = Repo::committed(BOTH);
    let mut command = repo.keylint(&["explain", "both-credentials"]);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

/// What a home folder holds decides, and only where it is given; a credential's content is not looked at.
#[test]
fn a_home_folder_counts_where_it_is_given() {
    let (repo, home) = (Repo::new(), Repo::new());
    repo.write(".claude/settings.json", "{}");
    let folder = home.root.to_str().unwrap();
    let route = |words: &[&str]| {
        let printed = text(&run(repo.keylint(&[&["route"], words].concat())).stdout);
        let is_request =
            |line: &&str| ["POST", "Authorization:", "nothing is sent:"].iter().any(|it| line.starts_with(it));
        printed.lines().map(str::trim).filter(is_request).collect::<Vec<_>>().join(" | ")
    };
    assert_eq!(route(&["--home", folder]), "nothing is sent: not logged in");
    home.write(".config/anthropic/configs/default.json", r#"{"authentication": {"type": "user_oauth"}}"#);
    home.write(".config/anthropic/credentials/default.json", "");
    let sent = "POST https://api.anthropic.com/v1/messages?beta=true";
    let profile = format!("{sent} | Authorization: Bearer <the token of the active profile>");
    assert_eq!(route(&["--home", folder]), profile);
    assert_eq!(route(&[]), "nothing is sent: there is no credential, and no saved login is assumed");
    home.write("cfg/.credentials.json", "");
    home.write(".claude.json", r#"{"env": {"CLAUDE_CONFIG_DIR": "@/cfg"}}"#.replace('@', folder).as_str());
    let login = format!("{sent} | Authorization: Bearer <the token of a saved login>");
    assert_eq!(route(&["--home", folder]), login);
    home.write(".aws/config", "[default]\nregion = eu-central-1\n");
    let bedrock = route(&["--home", folder, "--env", "CLAUDE_CODE_USE_BEDROCK=1"]);
    assert!(bedrock.starts_with("POST https://bedrock-runtime.eu-central-1.amazonaws.com/model/"), "{bedrock}");
    home.write(".claude.json", "{broken");
    assert!(route(&["--home", folder]).starts_with("nothing is sent: a credential"));
}

/// The README shows what `route` prints for the second example of the rule's page.
#[test]
fn the_readme_shows_a_real_route() {
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let shown = readme.split("explains one launcher.\n\n```text\n").nth(1).unwrap().split("```").next().unwrap();
    let page = std::fs::read_to_string(package().join("rules/both-credentials.md")).unwrap();
    let example = page.split("## bad: across").nth(1).unwrap();
    let repo = Repo::new();
    for name in [".claude/settings.json", ".claude/settings.local.json"] {
        let body = example.split(&format!("```json {name}\n")).nth(1).unwrap().split("```").next().unwrap();
        repo.write(name, common::expand(body, &mut common::sample::Rng::new(1)));
    }
    let printed = text(&run(repo.keylint(&["route"])).stdout);
    assert_eq!(shown.trim_end(), printed.split("\n\n").next().unwrap().trim_end(), "\n{printed}\n");
}

/// The README's example of a reader is one of the rule's page.
#[test]
fn the_readme_names_a_real_reader() {
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let section = readme.split("## Who reads a dotenv file\n").nth(1).unwrap();
    let shown = section.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let page = std::fs::read_to_string(package().join("rules/both-credentials.md")).unwrap();
    assert!(page.contains(&format!("```output\n{shown}```")), "{shown}");
}

/// The first example in the README is what keylint prints for the first example of the rule's page.
#[test]
fn the_readme_shows_real_output() {
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let page = std::fs::read_to_string(package().join("rules/both-credentials.md")).unwrap();
    let body = page.split("```json .claude/settings.local.json\n").nth(1).unwrap().split("```").next().unwrap();
    let repo = Repo::new();
    repo.write(IGNORE.0, IGNORE.1);
    repo.write(".claude/settings.local.json", common::expand(body, &mut common::sample::Rng::new(1)));
    repo.commit();
    let printed = text(&run(repo.keylint(&["lint", "."])).stdout);
    let finding = printed.split("\n\n").next().unwrap();
    assert_eq!(shown.trim_end(), finding.trim_end(), "\n{finding}\n");
}
