//! What a commit brings, however it is made.

use std::fs;

use super::{CONCISE, each, found, nothing, said, secret, with_secret};
use crate::common::run;

/// Staged, and then changed back in the work tree, or gone from it: blocked. Only in the work tree: passes.
#[test]
fn what_is_staged_counts_and_nothing_else() {
    each("keylint", CONCISE, &[("a.py", "a\n")], |hooked| {
        let repo = &hooked.repo;
        repo.write("a.py", with_secret());
        repo.git(&["add", "a.py"]);
        assert_eq!(hooked.commit(&[]), found("a.py"), "{}: staged", hooked.program);
        repo.write("a.py", "a\n");
        assert_eq!(hooked.commit(&[]), found("a.py"), "{}: taken back in the work tree", hooked.program);
        fs::remove_file(repo.path("a.py")).unwrap();
        assert_eq!(hooked.commit(&[]), found("a.py"), "{}: gone from the work tree", hooked.program);
        assert!(!repo.path("a.py").exists());
        repo.git(&["reset", "-q"]);
        repo.write("a.py", with_secret());
        repo.write("b.py", "b\n");
        repo.git(&["add", "b.py"]);
        assert_eq!(hooked.commit(&[]), nothing(), "{}: not staged", hooked.program);
        assert_eq!(hooked.commits(), 2);
        // Lines of one file: one staged, one not.
        repo.write("b.py", "b\nc\n");
        repo.git(&["add", "b.py"]);
        repo.write("b.py", format!("{}b\nc\n", with_secret()));
        assert_eq!(hooked.commit(&[]), nothing(), "{}: partly staged", hooked.program);
        assert_eq!(hooked.commits(), 3);
    });
}

/// What a person reads: the file, the line, the reason and what to do, and never the token.
#[test]
fn a_blocked_commit_says_why() {
    each("keylint", "", &[], |hooked| {
        let secret = secret();
        hooked.repo.write("a.py", format!("TOKEN = {secret}\n"));
        hooked.repo.git(&["add", "."]);
        let output = run(hooked.clean("git", &["commit", "-m", "x"], &hooked.repo.root));
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1));
        for part in [
            "keylint.....",
            "Failed\n",
            "error[secret-in-text]: this line holds an Anthropic API key (sk-ant-api03-…, 108 characters); the file is staged",
            "a.py:1:9",
            "help: if it was ever committed or shared, revoke it first",
        ] {
            assert!(said.contains(part), "{}: {part}: {said}", hooked.program);
        }
        assert!(!said.contains(&secret[20..]), "{}", hooked.program);
        assert!(!hooked.repo.git_can(&["cat-file", "-e", "HEAD:a.py"]));
    });
}

#[test]
fn all_at_once_and_by_path() {
    each("keylint", CONCISE, &[("a.py", "a\n"), ("b.py", "b\n")], |hooked| {
        hooked.repo.write("a.py", with_secret());
        hooked.repo.write("b.py", "c\n");
        assert_eq!(hooked.commit(&["-a"]), found("a.py"), "{}", hooked.program);
        assert_eq!(hooked.commit(&["--", "a.py"]), found("a.py"), "{}", hooked.program);
        assert_eq!(hooked.commit(&["--", "b.py"]), nothing(), "{}", hooked.program);
        assert_eq!(hooked.commits(), 2);
    });
}

/// In a merge neither side's old secrets are new, what is typed while it is resolved is.
#[test]
fn merges() {
    each("keylint", CONCISE, &[("a.py", "a\n"), ("c.py", "c\n")], |hooked| {
        let repo = &hooked.repo;
        let past = |arguments: &[&str]| repo.git(&[&["-c", "core.hooksPath=/dev/null"], arguments].concat());
        past(&["checkout", "-q", "-b", "side"]);
        repo.write("a.py", "side\n");
        repo.write("old.py", with_secret());
        past(&["add", "-A"]);
        past(&["commit", "-q", "-m", "side"]);
        past(&["checkout", "-q", "main"]);
        repo.write("a.py", "main\n");
        past(&["commit", "-q", "-a", "-m", "main"]);
        // In conflict: resolved with a new secret beside it.
        assert!(!repo.git_can(&["merge", "-q", "side"]));
        repo.write("a.py", "both\n");
        repo.write("c.py", with_secret());
        repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), found("c.py"), "{}", hooked.program);
        assert_eq!(hooked.run(&[]), found("c.py"), "{}", hooked.program);
        // As one side has it.
        repo.write("a.py", "main\n");
        repo.write("c.py", "c\n");
        repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), nothing(), "{}", hooked.program);
        // Without a conflict another hook is asked.
        past(&["checkout", "-q", "-b", "more", "HEAD^1"]);
        repo.write("more.py", with_secret());
        past(&["add", "-A"]);
        past(&["commit", "-q", "-m", "more"]);
        past(&["checkout", "-q", "main"]);
        let merged = hooked.git(&["merge", "--no-edit", "more"]);
        assert_eq!(merged, nothing(), "{}: what a side has is not new", hooked.program);
    });
}

/// A work tree beside the first shares its hooks.
#[test]
fn worktrees() {
    each("keylint", CONCISE, &[], |hooked| {
        hooked.repo.git(&["worktree", "add", "-q", "-b", "other", "../other tree"]);
        let other = hooked.repo.root.parent().unwrap().join("other tree");
        fs::write(other.join("a.py"), with_secret()).unwrap();
        let git = |arguments: &[&str]| hooked.judged(&run(hooked.clean("git", arguments, &other)));
        assert_eq!(git(&["add", "a.py"]), nothing());
        assert_eq!(git(&["commit", "-q", "-m", "x"]), found("a.py"), "{}", hooked.program);
        assert_eq!(git(&["rm", "-q", "--cached", "a.py"]), nothing());
        fs::write(other.join("b.py"), "b\n").unwrap();
        assert_eq!(git(&["add", "b.py"]), nothing());
        assert_eq!(git(&["commit", "-q", "-m", "x"]), nothing(), "{}", hooked.program);
    });
}

/// What a commit makes wrong in a file that it does not touch is its doing.
#[test]
fn elsewhere() {
    let files = [(".gitignore", ""), (".claude/settings.json", "{}\n"), ("b.py", "b\n")];
    each("keylint", CONCISE, &files, |hooked| {
        hooked.repo.write(".claude/settings.local.json", "{}\n");
        hooked.repo.write(".gitignore", "# nothing\n");
        hooked.repo.git(&["add", ".gitignore"]);
        let (findings, failed) = hooked.commit(&[]);
        let rules: Vec<&str> = findings.iter().filter_map(|finding| finding.split(' ').nth(1)).collect();
        assert_eq!((rules, failed), (vec!["personal-file-not-ignored"], true), "{}", hooked.program);
    });
}

/// With `--fix` a commit stops, and the one after it has what was mended.
#[test]
fn what_is_mended_is_for_the_next_commit() {
    let dropped = "{\n  // why\n  \"model\": \"opus\"\n}\n";
    each("keylint", "args: [--fix, --format, concise, --]\n", &[("b.py", "b\n")], |hooked| {
        let path = ".claude/settings.json";
        hooked.repo.write(path, dropped);
        hooked.repo.git(&["add", "-A"]);
        let before = hooked.commits();
        assert_eq!(hooked.commit(&[]), (Vec::new(), true), "{}: it stops", hooked.program);
        assert_eq!(hooked.commits(), before, "{}", hooked.program);
        let text = fs::read_to_string(hooked.repo.path(path)).unwrap();
        assert_eq!(text, "{\n  \"model\": \"opus\"\n}\n", "{}", hooked.program);
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), nothing(), "{}", hooked.program);
        assert_eq!(hooked.commits(), before + 1, "{}", hooked.program);
        // A part of the file is staged: the framework puts the rest away while the hook runs, and brings it back.
        hooked.repo.write(path, dropped);
        hooked.repo.git(&["add", "-A"]);
        hooked.repo.write(path, dropped.replace("}\n", "}\n\n"));
        assert_eq!(hooked.commit(&[]), (Vec::new(), true), "{}", hooked.program);
        let text = fs::read_to_string(hooked.repo.path(path)).unwrap();
        assert!(text.ends_with("}\n\n"), "{}: what was not staged is there again", hooked.program);
    });
}
