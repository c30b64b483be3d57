//! How a range is written, and what is said where that does not help.

use super::common::sample::Rng;
use super::{SETTINGS, commit, common, id, keylint, quiet, range, refused, settings};

#[test]
fn forms() {
    let repo = quiet();
    repo.git(&["checkout", "-q", "-b", "topic"]);
    commit(&repo, SETTINGS, &settings(1));
    repo.git(&["tag", "-a", "v1", "-m", "x"]);
    for written in
        ["main..topic", "main...topic", "main..", "main...", "main..v1", "HEAD~..", "@~1..@", "main^{/x}..HEAD"]
    {
        assert_eq!(range(&repo, written).0.len(), 1, "{written}");
    }
    repo.git(&["checkout", "-q", "main"]);
    assert_eq!(range(&repo, "..topic").0.len(), 1);
}

#[test]
fn refusals() {
    let repo = quiet();
    let key = common::token("anthropic-api-key", &mut Rng::from_entropy()).unwrap();
    let stars = "*".repeat(key.len());
    let blob = id(&repo, "HEAD:README");
    for (written, expected) in [
        ("main", "main: a range has two ends: write `main..HEAD`, or `auto`"),
        ("", ": a range has two ends: write `main..HEAD`, or `auto`"),
        ("..", "..: a range has two ends: write `main..HEAD`, or `auto`"),
        ("mian..HEAD", "mian..HEAD: `mian` is no commit of this clone (Not a valid object name mian)"),
        ("HEAD..mian", "HEAD..mian: `mian` is no commit of this clone (Not a valid object name mian)"),
        ("@{u}..", "@{u}..HEAD: `@{u}` is no commit of this clone (no upstream configured for branch 'main')"),
        ("^main..HEAD", "^main..HEAD: `^main` is no commit of this clone (Not a valid object name ^main)"),
        ("a..b", "a..b: `a`, `b` are no commits of this clone (Not a valid object name a)"),
        ("-x..HEAD", "-x..HEAD: `-x` is no commit of this clone (it begins like an option)"),
        ("--all..HEAD", "--all..HEAD: `--all` is no commit of this clone (it begins like an option)"),
        (
            "HEAD..main..HEAD",
            "HEAD..main..HEAD: `main..HEAD` is no commit of this clone (Not a valid object name main..HEAD)",
        ),
        ("ma\nin..HEAD", "ma␊in..HEAD: `ma␊in` is no commit of this clone (Not a valid object name ma in)"),
        ("\u{1b}[2J..HEAD", "␊[2J..HEAD: `␊[2J` is no commit of this clone (Not a valid object name ?[2J)"),
        (
            &format!("{blob}..HEAD"),
            &format!(
                "{0}..HEAD: `{0}` is no commit of this clone (error: object {1} is a blob, not a commit fatal: Not a valid commit name {1})",
                &blob[..12],
                "*".repeat(40)
            ),
        ),
        (
            &format!("{key}..HEAD"),
            &format!("{stars}..HEAD: `{stars}` is no commit of this clone (Not a valid object name {stars})"),
        ),
        (&key, &format!("{stars}: a range has two ends: write `{stars}..HEAD`, or `auto`")),
    ] {
        let said = refused(keylint(&repo, &[&format!("--range={written}")]));
        assert_eq!(said, format!("error: --range {expected}\n"));
    }
}

#[test]
fn with_what_it_does_not_go() {
    let repo = quiet();
    for other in ["--staged", "--stdin-filename=x"] {
        assert!(refused(keylint(&repo, &["--range", "main..HEAD", other])).contains("cannot be used with"), "{other}");
    }
    let nowhere = super::Repo::plain();
    let said = refused(keylint(&nowhere, &["--range", "main..HEAD"]));
    assert!(said.contains("belongs to no git repository"), "{said}");
}

/// What a person reads.
#[test]
fn words() {
    let repo = quiet();
    let base = id(&repo, "HEAD");
    repo.git(&["checkout", "-q", "-b", "topic"]);
    commit(&repo, "README", "2\n");
    commit(&repo, "README", "3\n");
    let said = |arguments: &[&str]| {
        let output = common::run(keylint(&repo, arguments));
        (common::text(&output.stdout), common::text(&output.stderr), output.status.code().unwrap())
    };
    let nothing = "nothing to report\nno configuration file found, ";
    let line =
        format!("{nothing}1 other file searched for tokens\nrange main..HEAD: 2 commits since {}\n", &base[..12]);
    assert_eq!(said(&["--range", "main.."]), (line, String::new(), 0));
    for empty in ["HEAD..HEAD", "topic..main"] {
        let line = format!(
            "{nothing}0 other files searched for tokens\n\
             note: the range {empty} has no commits, so that nothing was looked at\n"
        );
        assert_eq!(said(&["--range", empty]), (line, String::new(), 0));
    }
    assert_eq!(said(&["--range", "main..", "-q"]), (String::new(), String::new(), 0));
    let json: serde_json::Value = serde_json::from_str(&said(&["--range", "main..", "--format", "json"]).0).unwrap();
    let expected = serde_json::json!({
        "before": base, "after": id(&repo, "HEAD"), "commits": 2, "named": "main..HEAD", "named_by": null,
    });
    assert_eq!(json["summary"]["range"], expected);
    let json: serde_json::Value = serde_json::from_str(&said(&["--format", "json"]).0).unwrap();
    assert_eq!(json["summary"]["range"], serde_json::Value::Null);
}
