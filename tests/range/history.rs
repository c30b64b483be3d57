//! What the commits of a range bring, each of them: also what a later one takes back, and what only a merge has.

use super::common::repo::Repo;
use super::{IN_SETTINGS, SETTINGS, by, commit, common, id, keylint, quiet, range, settings};

/// The finding about a key that is gone again.
const GONE: &str = "error secret-in-history .claude/settings.json:3:27";

fn branch(repo: &Repo) {
    repo.git(&["checkout", "-q", "-b", "topic"]);
}

#[test]
fn a_plain_one() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, "README", "2\n");
    let key = commit(&repo, SETTINGS, &settings(1));
    commit(&repo, SETTINGS, &settings(1).replace("{\n  \"env\"", "{\n  \"model\": \"opus\",\n  \"env\""));
    let finding = by(&IN_SETTINGS.replace(":3:", ":4:"), &key);
    assert_eq!(range(&repo, "main..topic"), (vec![finding], 1), "the commit that brought it, not the last one");
}

#[test]
fn added_and_removed() {
    let repo = quiet();
    branch(&repo);
    let key = commit(&repo, SETTINGS, &settings(1));
    commit(&repo, SETTINGS, "{}\n");
    assert_eq!(range(&repo, "main..topic"), (vec![by(GONE, &key)], 1));
    repo.git(&["rm", "-q", SETTINGS]);
    repo.commit();
    assert_eq!(range(&repo, "main..topic"), (vec![by(GONE, &key)], 1), "with its file");
    assert_eq!(range(&repo, "topic~1..topic"), (vec![], 0), "but not by this commit");
    let output = common::run(keylint(&repo, &["--range", "main..", "--format", "concise"]));
    let said = common::text(&output.stdout);
    let message =
        format!("held an Anthropic API key (sk-ant-api03-…, 108 characters), in 1 version of {} (", &key[..12]);
    assert!(said.contains(&message) && said.contains("); the end of the range has it no more\n"), "{said}");
}

/// Neither what was there before the range, nor what comes with it from the other side, is of its doing.
#[test]
fn an_old_one() {
    let repo = quiet();
    commit(&repo, SETTINGS, &settings(1));
    branch(&repo);
    commit(&repo, SETTINGS, "{}\n");
    assert_eq!(range(&repo, "main..topic"), (vec![], 0), "taken out");
    commit(&repo, "a", "1\n");
    repo.git(&["checkout", "-q", "main"]);
    commit(&repo, "web/.claude/settings.json", &settings(2));
    repo.git(&["rm", "-q", "web/.claude/settings.json"]);
    repo.commit();
    repo.git(&["checkout", "-q", "topic"]);
    repo.git(&["merge", "-q", "-m", "x", "main"]);
    assert_eq!(range(&repo, "main..topic"), (vec![], 0), "came and went on the main branch");
}

#[test]
fn by_a_merge_alone() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, "a", "1\n");
    repo.git(&["checkout", "-q", "-b", "side", "main"]);
    commit(&repo, "b", "1\n");
    repo.git(&["checkout", "-q", "topic"]);
    repo.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    let merge = commit(&repo, SETTINGS, &settings(1));
    assert_eq!(range(&repo, "main..topic"), (vec![by(IN_SETTINGS, &merge)], 1), "an evil merge");
    commit(&repo, SETTINGS, "{}\n");
    assert_eq!(range(&repo, "main..topic"), (vec![by(GONE, &merge)], 1), "taken back");
}

#[test]
fn by_a_merge_that_resolves_a_conflict() {
    let repo = quiet();
    commit(&repo, SETTINGS, "{}\n");
    branch(&repo);
    commit(&repo, SETTINGS, "{\"model\": \"opus\"}\n");
    repo.git(&["checkout", "-q", "-b", "side", "main"]);
    commit(&repo, SETTINGS, "{\"model\": \"haiku\"}\n");
    repo.git(&["checkout", "-q", "topic"]);
    assert!(!repo.git_can(&["merge", "-q", "side"]));
    let merge = commit(&repo, SETTINGS, &settings(1));
    assert_eq!(range(&repo, "main..topic"), (vec![by(IN_SETTINGS, &merge)], 1));
    repo.git(&["rm", "-q", SETTINGS]);
    repo.commit();
    assert_eq!(range(&repo, "main..topic"), (vec![by(GONE, &merge)], 1));
}

/// A merge that takes what a side branch has: that one brought it.
#[test]
fn through_a_merge() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, "a", "1\n");
    repo.git(&["checkout", "-q", "-b", "side", "main"]);
    let key = commit(&repo, SETTINGS, &settings(1));
    commit(&repo, "b", "1\n");
    repo.git(&["checkout", "-q", "topic"]);
    repo.git(&["merge", "-q", "-m", "x", "side"]);
    assert_eq!(range(&repo, "main..topic"), (vec![by(IN_SETTINGS, &key)], 1));
    // What the branch had when it came from there stays out.
    commit(&repo, SETTINGS, "{}\n");
    assert_eq!(range(&repo, "main..topic"), (vec![by(GONE, &key)], 1));
    assert_eq!(range(&repo, "side..topic"), (vec![], 0));
}

#[test]
fn by_an_octopus() {
    let repo = quiet();
    for side in ["one", "two"] {
        repo.git(&["checkout", "-q", "-b", side, "main"]);
        commit(&repo, side, "1\n");
    }
    repo.git(&["checkout", "-q", "-b", "topic", "main"]);
    commit(&repo, "a", "1\n");
    repo.git(&["merge", "-q", "--no-commit", "one", "two"]);
    let merge = commit(&repo, SETTINGS, &settings(1));
    assert_eq!(repo.git(&["rev-list", "--parents", "-1", "HEAD"]).iter().filter(|&&byte| byte == b' ').count(), 3);
    assert_eq!(range(&repo, "main..topic"), (vec![by(IN_SETTINGS, &merge)], 1));
    repo.git(&["rm", "-q", SETTINGS]);
    repo.commit();
    assert_eq!(range(&repo, "main..topic"), (vec![by(GONE, &merge)], 1));
}

#[test]
fn what_moves_is_told_once() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, SETTINGS, &settings(1));
    std::fs::create_dir_all(repo.path("web/.claude")).unwrap();
    repo.git(&["mv", SETTINGS, "web/.claude/settings.json"]);
    repo.commit();
    let moved = id(&repo, "HEAD");
    let finding = by(&IN_SETTINGS.replace(".claude", "web/.claude"), &moved);
    assert_eq!(range(&repo, "main..topic"), (vec![finding], 1));
}

/// Two keys at one place, one behind the other: one is gone, the other is there.
#[test]
fn a_key_that_is_replaced() {
    let repo = quiet();
    branch(&repo);
    let first = commit(&repo, SETTINGS, &settings(1));
    let second = commit(&repo, SETTINGS, &settings(2));
    assert_eq!(range(&repo, "main..topic"), (vec![by(GONE, &first), by(IN_SETTINGS, &second)], 1));
}

#[test]
fn a_revert() {
    let repo = quiet();
    let before = commit(&repo, SETTINGS, &settings(1));
    commit(&repo, SETTINGS, "{}\n");
    branch(&repo);
    repo.git(&["revert", "--no-edit", "HEAD"]);
    let revert = id(&repo, "HEAD");
    assert_eq!(range(&repo, "main..topic"), (vec![by(IN_SETTINGS, &revert)], 1), "comes back");
    repo.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(range(&repo, "main..topic"), (vec![by(GONE, &revert)], 1), "and goes again");
    assert_eq!(range(&repo, &format!("{before}..topic")), (vec![], 0), "which the start of the range has");
}

/// A finding about two places is there with the last of them.
#[test]
fn what_takes_two() {
    let repo = quiet();
    branch(&repo);
    commit(&repo, "keys.sh", "export ANTHROPIC_AUTH_TOKEN=\"$T\"\n");
    let second = commit(&repo, "keys.sh", "export ANTHROPIC_AUTH_TOKEN=\"$T\"\nexport ANTHROPIC_API_KEY=\"$K\"\n");
    commit(&repo, "keys.sh", "# keys\nexport ANTHROPIC_AUTH_TOKEN=\"$T\"\nexport ANTHROPIC_API_KEY=\"$K\"\n");
    let finding = by("error both-credentials keys.sh:3:27", &second);
    assert_eq!(range(&repo, "main..topic"), (vec![finding], 1));
}

/// Every kind of file is searched, whatever attributes say of it, and whatever it is called.
#[test]
fn texts() {
    let repo = quiet();
    branch(&repo);
    let key = common::token("anthropic-api-key", &mut common::sample::Rng::new(1)).unwrap();
    repo.write(".gitattributes", "* binary -diff\n");
    let brought = commit(&repo, "a\tb\u{e9}/notes.txt", &format!("see {key}\n"));
    repo.git(&["rm", "-q", "-r", "a\tb\u{e9}"]);
    repo.commit();
    let finding = by("error secret-in-history a\tb\u{e9}/notes.txt:1:5", &brought);
    assert_eq!(range(&repo, "main..topic"), (vec![finding], 1));
}

/// Whoever accepts what is gone accepts it here.
#[test]
fn accepted() {
    let repo = quiet();
    let allow = "[[allow]]\nrule = \"secret-in-history\"\npath = \".claude/settings.json\"\nreason = \"revoked\"\n";
    commit(&repo, "keylint.toml", allow);
    branch(&repo);
    commit(&repo, SETTINGS, &settings(1));
    commit(&repo, SETTINGS, "{}\n");
    assert_eq!(range(&repo, "main..topic").0, Vec::<String>::new());
}

/// Whoever writes a range may write keylint's own files with it: that is said, with what takes this out of their hands.
#[test]
fn own_files_of_a_stranger() {
    let repo = quiet();
    commit(&repo, "keylint.toml", "# ours\n");
    branch(&repo);
    commit(&repo, SETTINGS, &settings(1));
    let skipped = |arguments: &[&str]| {
        let arguments = [&["--format", "json", "--range", "main..topic"], arguments].concat();
        let output = common::run(keylint(&repo, &arguments));
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (report["summary"]["skipped"].clone(), report["findings"].as_array().unwrap().len())
    };
    assert_eq!(skipped(&[]), (serde_json::json!([]), 1));
    commit(&repo, "keylint.toml", "[rules]\nall = \"off\"\n");
    let said = "keylint.toml counts as these commits leave it; --config takes one that they can't change";
    assert_eq!(skipped(&[]), (serde_json::json!([said]), 0));
    let ours = repo.path("ours.toml");
    std::fs::write(&ours, repo.git(&["show", "main:keylint.toml"])).unwrap();
    assert_eq!(skipped(&["--config", ours.to_str().unwrap()]), (serde_json::json!([]), 1));
}
