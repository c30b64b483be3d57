//! What the last state of a range is compared with.

use super::common::repo::Repo;
use super::{IN_SETTINGS, SETTINGS, commit, id, keylint, quiet, range, refused, settings};

fn found(repo: &Repo, written: &str) -> (Vec<String>, i32) {
    let (found, code) = range(repo, written);
    // Which commit it was is asked elsewhere.
    let plain = found.iter().map(|finding| finding.splitn(4, ' ').take(3).collect::<Vec<_>>().join(" "));
    (plain.collect(), code)
}

fn branch(repo: &Repo) {
    repo.git(&["checkout", "-q", "-b", "topic"]);
}

fn with(findings: &[&str], code: i32) -> (Vec<String>, i32) {
    (findings.iter().map(|&finding| finding.to_owned()).collect(), code)
}

#[test]
fn what_is_new() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, SETTINGS, &settings(1));
    commit(&repo, "README", "2\n");
    assert_eq!(found(&repo, "main..topic"), with(&[IN_SETTINGS], 1));
    assert_eq!(found(&repo, "topic~1..topic"), with(&[], 0), "an old one in a file that is not touched");
}

#[test]
fn what_is_old() {
    let repo = quiet();
    commit(&repo, SETTINGS, &settings(1));
    branch(&repo);
    commit(&repo, SETTINGS, &settings(1).replace("{\n  \"env\"", "{\n  \"model\": \"opus\",\n  \"env\""));
    let note = "note secret-in-settings .claude/settings.json:4:27";
    assert_eq!(found(&repo, "main..topic"), with(&[note], 0), "an edited file with an old key");
    repo.git(&["mv", SETTINGS, "moved.json"]);
    repo.git(&["mv", "moved.json", SETTINGS]);
    commit(&repo, SETTINGS, &settings(2));
    assert_eq!(found(&repo, "main..topic"), with(&[IN_SETTINGS], 1), "another key");
}

#[test]
fn a_file_that_moves() {
    let repo = quiet();
    commit(&repo, SETTINGS, &settings(1));
    branch(&repo);
    std::fs::create_dir_all(repo.path("web/.claude")).unwrap();
    repo.git(&["mv", SETTINGS, "web/.claude/settings.json"]);
    repo.commit();
    assert_eq!(found(&repo, "main..topic"), with(&["note secret-in-settings web/.claude/settings.json:3:27"], 0));
}

/// What the main branch got after the fork is not what the branch brings.
#[test]
fn the_base_moves_on() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, "a", "1\n");
    repo.git(&["checkout", "-q", "main"]);
    commit(&repo, SETTINGS, &settings(1));
    assert_eq!(found(&repo, "main..topic"), with(&[], 0));
    assert_eq!(found(&repo, "topic..main"), with(&[IN_SETTINGS], 1));
    // Nor once it is merged into the branch.
    repo.git(&["checkout", "-q", "topic"]);
    repo.git(&["merge", "-q", "-m", "x", "main"]);
    assert_eq!(found(&repo, "main..topic"), with(&[], 0));
}

#[test]
fn a_revert_of_the_removal() {
    let repo = quiet();
    commit(&repo, SETTINGS, &settings(1));
    let removal = commit(&repo, SETTINGS, "{}\n");
    branch(&repo);
    repo.git(&["revert", "--no-edit", &removal]);
    assert_eq!(found(&repo, "main..topic"), with(&[IN_SETTINGS], 1));
}

/// A merge that has what none of its parents has.
#[test]
fn an_evil_merge() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, "a", "1\n");
    repo.git(&["checkout", "-q", "-b", "side", "main"]);
    commit(&repo, "b", "1\n");
    repo.git(&["checkout", "-q", "topic"]);
    repo.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    repo.write(SETTINGS, settings(1));
    repo.commit();
    assert_eq!(found(&repo, "main..topic"), with(&[IN_SETTINGS], 1));
}

#[test]
fn an_octopus() {
    let repo = quiet();
    for (side, number) in [("one", 1), ("two", 2), ("three", 3)] {
        repo.git(&["checkout", "-q", "-b", side, "main"]);
        let path = format!("{side}/.claude/settings.json");
        commit(&repo, &path, &settings(number));
    }
    repo.git(&["checkout", "-q", "-b", "topic", "main"]);
    repo.git(&["merge", "-q", "-m", "x", "one", "two", "three"]);
    let each = |side: &str| format!("error secret-in-settings {side}/.claude/settings.json:3:27");
    assert_eq!(found(&repo, "main..topic").0, ["one", "three", "two"].map(each));
    assert_eq!(found(&repo, "two..topic").0, ["one", "three"].map(each));
}

/// Each of two branches has merged the other: there are two places where they parted.
#[test]
fn criss_cross() {
    let repo = quiet();
    branch(&repo);
    let topic = commit(&repo, "a", "1\n");
    repo.git(&["checkout", "-q", "main"]);
    let main = commit(&repo, "b", "1\n");
    repo.git(&["merge", "-q", "-m", "x", &topic]);
    repo.git(&["checkout", "-q", "topic"]);
    repo.git(&["merge", "-q", "-m", "x", &main]);
    commit(&repo, SETTINGS, &settings(1));
    let bases = repo.git(&["merge-base", "--all", "main", "topic"]);
    assert_eq!(bases.iter().filter(|&&byte| byte == b'\n').count(), 2);
    assert_eq!(found(&repo, "main..topic"), with(&[IN_SETTINGS], 1));
    assert_eq!(found(&repo, "topic..main"), with(&[], 0));
}

/// What one of the places where they parted has is old, whichever git names first.
#[test]
fn criss_cross_with_an_old_key() {
    for side in ["main", "topic"] {
        let repo = quiet();
        branch(&repo);
        let brings = |here: &str| if side == here { commit(&repo, SETTINGS, &settings(1)) } else { String::new() };
        commit(&repo, "a", "1\n");
        brings("topic");
        repo.git(&["checkout", "-q", "main"]);
        commit(&repo, "b", "1\n");
        brings("main");
        let (main, topic) = (id(&repo, "main"), id(&repo, "topic"));
        repo.git(&["merge", "-q", "-m", "x", &topic]);
        repo.git(&["checkout", "-q", "topic"]);
        repo.git(&["merge", "-q", "-m", "x", &main]);
        commit(&repo, "a", "2\n");
        assert_eq!(found(&repo, "main..topic"), with(&[], 0), "{side}");
        assert_eq!(found(&repo, "topic..main"), with(&[], 0), "{side}");
    }
}

#[test]
fn unrelated() {
    let repo = quiet();
    repo.git(&["checkout", "-q", "--orphan", "other"]);
    commit(&repo, "a", "1\n");
    let expected = "error: --range main..other: its ends have no commit in common, so that nothing says what is new: \
                    name another range, or lint the files as they are with `keylint lint .`\n";
    assert_eq!(refused(keylint(&repo, &["--range", "main..other"])), expected);
}

#[test]
fn a_submodule() {
    let repo = quiet();
    branch(&repo);
    let other = id(&repo, "HEAD");
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{other},vendor/lib")]);
    repo.git(&["commit", "-q", "-m", "x"]);
    let output = super::common::run(keylint(&repo, &["--range", "main..topic"]));
    let said = super::common::text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("note: a repository of its own is not entered: vendor/lib\n"), "{said}");
}

#[cfg(unix)]
#[test]
fn names_with_line_breaks() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, "a\n\"b\tc\u{e9}/.claude/settings.json", &settings(1));
    let expected = "error secret-in-settings a\n\"b\tc\u{e9}/.claude/settings.json:3:27".to_owned();
    assert_eq!(found(&repo, "main..topic"), (vec![expected], 1));
}

/// A change may matter because of a file that it does not touch.
#[test]
fn together_with_what_stays() {
    let repo = quiet();
    commit(&repo, SETTINGS, "{}\n");
    branch(&repo);
    commit(&repo, ".gitignore", "target\n");
    let expected = "warning personal-file-not-ignored .gitignore:1:1";
    assert_eq!(found(&repo, "main..topic"), with(&[expected], 1));
    assert_eq!(found(&repo, "topic..topic"), with(&[], 0));
}

#[test]
fn paths_restrict_the_report() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, SETTINGS, &settings(1));
    commit(&repo, "web/.claude/settings.json", &settings(2));
    for (path, count) in [("web", 1), (".", 2), (".claude/settings.json", 1), ("README", 0)] {
        let found = super::ranged(keylint(&repo, &["--format", "json", "--range", "main..topic", path]));
        assert_eq!(found.0.len(), count, "{path}");
    }
}

/// Without paths all of it is reported, wherever that is asked.
#[test]
fn from_a_folder() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, SETTINGS, &settings(1));
    commit(&repo, "web/a", "1\n");
    for (paths, count) in [(&[][..], 1), (&["."], 0)] {
        let mut command = keylint(&repo, &[&["--format", "json", "--range", "main..topic"], paths].concat());
        command.current_dir(repo.path("web"));
        assert_eq!(super::ranged(command).0.len(), count, "{paths:?}");
    }
}
