//! What is asked by hand and in CI: named files, all files, a range.

use std::fs;

use super::{CONCISE, each, found, nothing, with_secret};

/// Commits without asking the hook.
fn commit(hooked: &super::Hooked) {
    hooked.repo.git(&["add", "-A"]);
    hooked.repo.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "x"]);
}

/// Nothing is staged in CI; the files are linted as they are.
#[test]
fn all_files() {
    each("keylint", CONCISE, &[("b.py", "b\n")], |hooked| {
        assert_eq!(hooked.run(&["--all-files"]), nothing(), "{}", hooked.program);
        hooked.repo.write("a.py", with_secret());
        commit(hooked);
        assert_eq!(hooked.run(&[]), nothing(), "{}: nothing is staged", hooked.program);
        assert_eq!(hooked.run(&["--all-files"]), found("a.py"), "{}", hooked.program);
        // Something else is staged.
        hooked.repo.write("b.py", "c\n");
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.run(&[]), nothing(), "{}: what is staged is fine", hooked.program);
        assert_eq!(hooked.run(&["--all-files"]), found("a.py"), "{}", hooked.program);
        assert_eq!(hooked.run(&["--files", "a.py"]), found("a.py"), "{}", hooked.program);
        assert_eq!(hooked.run(&["--files", "b.py"]), nothing(), "{}", hooked.program);
    });
}

/// A range is linted as it was committed, what it takes back included, and the rest is nobody's business.
#[test]
fn a_range() {
    each("keylint", CONCISE, &[("b.py", "b\n")], |hooked| {
        hooked.repo.write("before.py", with_secret());
        commit(hooked);
        let refs = |hooked: &super::Hooked, from: &str| hooked.run(&["--from-ref", from, "--to-ref", "HEAD"]);
        hooked.repo.write("b.py", "c\n");
        commit(hooked);
        assert_eq!(refs(hooked, "HEAD^"), nothing(), "{}", hooked.program);
        hooked.repo.write("a.py", with_secret());
        commit(hooked);
        assert_eq!(refs(hooked, "HEAD^"), found("a.py"), "{}", hooked.program);
        fs::remove_file(hooked.repo.path("a.py")).unwrap();
        hooked.repo.write("b.py", "d\n");
        commit(hooked);
        let (findings, failed) = refs(hooked, "HEAD~2");
        assert_eq!((findings, failed), (vec!["a.py:1:9 secret-in-history".to_owned()], true), "{}", hooked.program);
    });
}

/// What a push brings, when the hook is installed for that as well.
#[test]
fn a_push() {
    each("keylint", CONCISE, &[("b.py", "b\n")], |hooked| {
        let remote = hooked.repo.home().join("remote.git");
        hooked.repo.git(&["init", "-q", "--bare", remote.to_str().unwrap()]);
        hooked.repo.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
        assert!(hooked.framework(&["install", "--hook-type=pre-push"]).status.success());
        let push = || hooked.git(&["push", "-q", "origin", "HEAD:main"]);
        assert_eq!(push(), nothing(), "{}: everything is new", hooked.program);
        hooked.repo.write("a.py", with_secret());
        commit(hooked);
        fs::remove_file(hooked.repo.path("a.py")).unwrap();
        hooked.repo.write("b.py", "c\n");
        commit(hooked);
        assert_eq!(push(), (vec!["a.py:1:9 secret-in-history".to_owned()], true), "{}", hooked.program);
        hooked.repo.git(&["reset", "-q", "--hard", "HEAD~2"]);
        hooked.repo.write("b.py", "d\n");
        commit(hooked);
        assert_eq!(push(), nothing(), "{}", hooked.program);
    });
}

/// Files that the hook's configuration leaves out stay out, in a commit and in a range.
#[test]
fn what_the_configuration_excludes() {
    let more = format!("{CONCISE}exclude: ^fixtures/\n");
    each("keylint", &more, &[("b.py", "b\n")], |hooked| {
        hooked.repo.write("fixtures/a.py", with_secret());
        hooked.repo.write("b.py", "c\n");
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), nothing(), "{}", hooked.program);
        assert_eq!(hooked.run(&["--from-ref", "HEAD^", "--to-ref", "HEAD"]), nothing(), "{}", hooked.program);
        assert_eq!(hooked.run(&["--all-files"]), nothing(), "{}", hooked.program);
        hooked.repo.write("a.py", with_secret());
        hooked.repo.write("fixtures/c.py", with_secret());
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), found("a.py"), "{}", hooked.program);
    });
}

/// A file may be named like an option, and like nothing else.
#[cfg(unix)]
#[test]
fn names_of_files() {
    each("keylint", CONCISE, &[], |hooked| {
        let odd = ["--fail-on=never", "--output=json=x", "a b", "a'b\"c", "$(id)", "ü.py"];
        for name in odd {
            hooked.repo.write(name, "a\n");
        }
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), nothing(), "{}", hooked.program);
        hooked.repo.write("a b", with_secret());
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), found("a b"), "{}", hooked.program);
        hooked.repo.write("--fail-on=never", "b\n");
        commit(hooked);
        assert_eq!(hooked.run(&["--all-files"]), found("a b"), "{}", hooked.program);
        assert!(!hooked.repo.path("x").exists());
    });
}

/// git has the text of a symbolic link.
#[cfg(unix)]
#[test]
fn links() {
    each("keylint", CONCISE, &[], |hooked| {
        let to = with_secret().trim().to_owned();
        std::os::unix::fs::symlink(to, hooked.repo.path("link")).unwrap();
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), found("link"), "{}", hooked.program);
    });
}

/// More names than one process takes: each finding is reported once.
#[test]
fn many_names() {
    each("keylint", CONCISE, &[], |hooked| {
        let long = "x".repeat(200);
        for number in 0..800 {
            hooked.repo.write(format!("{long}/{number}"), "a\n");
        }
        hooked.repo.write(format!("{long}/secret"), with_secret());
        hooked.repo.git(&["add", "-A"]);
        assert_eq!(hooked.commit(&[]), found(&format!("{long}/secret")), "{}", hooked.program);
    });
}

/// The other hook looks at everything, whatever is staged.
#[test]
fn the_whole_repository() {
    each("keylint-repo", "args: [--format, concise]\n", &[("b.py", "b\n")], |hooked| {
        assert_eq!(hooked.run(&["--all-files"]), nothing(), "{}", hooked.program);
        hooked.repo.write("a.py", with_secret());
        commit(hooked);
        assert_eq!(hooked.run(&["--all-files"]), found("a.py"), "{}", hooked.program);
        assert_eq!(hooked.run(&[]), found("a.py"), "{}", hooked.program);
    });
}
