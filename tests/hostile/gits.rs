//! A git that is missing, too old, stopped, or says what makes no sense.

use std::fs;
use std::process::Command;

use super::common::put_program;
use super::common::repo::Repo;
use super::tools::git;
use super::{USUAL, bounded, in_launcher, key, launcher, leaky, places};

/// keylint with a git that is a script, in which `$git` is the real one.
fn with_git(repo: &Repo, script: &str, arguments: &[&str]) -> Command {
    let folder = repo.home().join("bin");
    put_program(&folder.join("git"), format!("#!/bin/sh\ngit={}\n{script}\n", git().display()));
    let mut command = repo.keylint(arguments);
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    command
}

/// A script that is the real git but for some commands.
fn but_for(commands: &str, does: &str) -> String {
    format!("for word; do case $word in {commands}) {does};; esac; done\nexec \"$git\" \"$@\"")
}

/// Exit code, what is printed, and the error.
#[track_caller]
fn told(repo: &Repo, key: &str, script: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let ended = bounded(&with_git(repo, script, arguments), USUAL);
    ended.hides(key);
    ended.is_harmless();
    ended.told(repo)
}

#[test]
fn missing() {
    let (repo, key) = leaky();
    let without = |arguments: &[&str]| {
        let mut command = repo.keylint(arguments);
        let ended = bounded(command.env("PATH", repo.home().join("nothing")), USUAL);
        ended.hides(&key);
        ended.told(&repo)
    };
    let (code, out, err) = without(&["lint", "--format", "concise"]);
    assert_eq!((code, err.as_str()), (Some(1), ""));
    assert!(out.starts_with("run.sh:1:26: error[secret-in-launcher]: "), "{out}");
    assert!(out.ends_with("note: git is not installed: nobody knows which files are tracked\n"), "{out}");
    let said = "error: git is not installed, and nobody else knows what was or will be committed\n".to_owned();
    for arguments in [
        &["lint", "--staged"][..],
        &["lint", "--history"],
        &["lint", "--range", "HEAD~1..HEAD"],
        &["lint", "--staged", "--fix"],
        &["hook", "install"],
    ] {
        assert_eq!(without(arguments), (Some(2), String::new(), said.clone()), "{arguments:?}");
    }
}

/// CentOS 7 had 1.8.3.1, which takes words that it does not know for names.
#[test]
fn too_old() {
    let (repo, key) = leaky();
    let script = "case \"$*\" in\n\
        *rev-parse*info/exclude*) echo true; echo false; echo --git-path; echo info/exclude; pwd; exit 0;;\n\
        *rev-parse*) echo --is-shallow-repository; exit 0;;\n\
        *) echo \"error: unknown option \\`x'\" >&2; echo 'usage: git x [options]' >&2; exit 129;;\n\
        esac";
    for (arguments, command) in [
        (&["lint"][..], "config"),
        (&["lint", "--staged"], "diff"),
        (&["lint", "--history"], "config"),
        (&["lint", "--range", "HEAD~1..HEAD"], "config"),
        (&["route"], "config"),
        (&["baseline"], "config"),
    ] {
        let expected = format!(
            "error: `git {command}` does not understand what it is asked (error: unknown option `x'): keylint needs git \
             2.28 or later, and `git --version` says which one this is\n"
        );
        assert_eq!(told(&repo, &key, script, arguments), (Some(2), String::new(), expected), "{arguments:?}");
    }
}

const REPAIR: &str = "Repair the repository until `git status` works";

/// A git that is stopped, by the system or by hand, before or in the middle of its answer.
#[test]
fn stopped() {
    let (repo, key) = leaky();
    let failed = |command: &str| {
        format!("error: `git {command}` failed in ROOT: it ended without a word (signal: 9 (SIGKILL)). {REPAIR}\n")
    };
    let killed = |commands: &str| but_for(commands, "kill -9 $$");
    let halved = |commands: &str| but_for(commands, "\"$git\" \"$@\" | head -c 30; kill -9 $$");
    // It is asked one object after the other, and has said half of the first.
    let speechless = |commands: &str| but_for(commands, "read line; printf '%s blob 99\\nex' 0123; kill -9 $$");
    for script in [&killed as &dyn Fn(&str) -> String, &halved] {
        for (of, arguments, expected) in [
            ("ls-files", &["lint"][..], failed("ls-files")),
            ("config", &["lint"], failed("config")),
            ("diff", &["lint", "--staged"], failed("diff")),
            ("merge-base", &["lint", "--range", "HEAD..HEAD"], failed("merge-base")),
            ("ls-tree", &["lint", "--range", "HEAD..HEAD"], failed("ls-tree")),
        ] {
            assert_eq!(told(&repo, &key, &script(of), arguments), (Some(2), String::new(), expected), "{of}");
        }
        let script = |of: &str| if of == "cat-file" { speechless(of) } else { script(of) };
        for (of, arguments) in [
            ("rev-list", &["lint", "--history"][..]),
            ("diff-tree", &["lint", "--history"]),
            ("for-each-ref", &["lint", "--history"]),
            ("cat-file", &["lint", "--history"]),
            ("cat-file", &["lint", "--history", "--all-files"]),
            ("cat-file", &["lint", "--range", "HEAD..HEAD"]),
            ("rev-parse", &["lint"]),
        ] {
            let (code, out, err) = told(&repo, &key, &script(of), arguments);
            assert_eq!((code, out.as_str()), (Some(2), ""), "{of} {arguments:?}: {err}");
            assert!(err.starts_with("error: ") && err.lines().count() == 1 && err.len() > 40, "{of}: {err}");
        }
    }
    // The state of a file, where a finding needs it.
    let (_, out, _) = told(&repo, &key, &killed("diff"), &["lint", "--format", "concise"]);
    let line = format!("error: not read: run.sh: {}", failed("diff").strip_prefix("error: ").unwrap());
    assert!(out.ends_with(&line.replace("in ROOT", &format!("in {}", "ROOT"))), "{out}");
}

/// A git that prints something else than its answer: never is that taken for "nothing".
#[test]
fn garbage() {
    let (repo, key) = leaky();
    let printed = ["hello\\n", "\\000\\000\\000", "\\033[2J\\233", ":100644 x\\000", "H 100644 a\\000", ""];
    for text in printed {
        let prints = |commands: &str| but_for(commands, &format!("printf '{text}'; exit 0"));
        for (of, arguments) in [
            ("rev-parse", &["lint"][..]),
            ("rev-parse", &["lint", "--staged"]),
            ("cat-file", &["lint", "--history"]),
            ("cat-file", &["lint", "--range", "HEAD..HEAD"]),
            ("rev-list", &["lint", "--history"]),
            ("diff-tree", &["lint", "--history"]),
            ("ls-files", &["lint"]),
            ("diff", &["lint", "--staged"]),
            ("ls-tree", &["lint", "--range", "HEAD..HEAD"]),
        ] {
            // No file, no change and no commit is an answer, too.
            if text.is_empty() && matches!(of, "ls-files" | "diff" | "ls-tree" | "rev-list") {
                continue;
            }
            let (code, out, err) = told(&repo, &key, &prints(of), arguments);
            assert_eq!((code, out.as_str()), (Some(2), ""), "{of} {text}: {err}");
            assert!(err.starts_with("error: ") && err.lines().count() == 1, "{of} {text}: {err}");
        }
    }
    let prints = |commands: &str| but_for(commands, "echo hello; exit 0");
    for (of, arguments, what) in [
        ("ls-files", &["lint"][..], "files"),
        ("diff", &["lint", "--staged"], "changes"),
        ("diff-tree", &["lint", "--range", "HEAD~0..HEAD"], "changes"),
        ("ls-tree", &["lint", "--range", "HEAD..HEAD"], "files"),
    ] {
        let expected = format!("error: `git {of}` failed in ROOT: it printed what is no list of {what}. {REPAIR}\n");
        assert_eq!(told(&repo, &key, &prints(of), arguments), (Some(2), String::new(), expected), "{of}");
    }
}

/// git without an end: keylint waits for it, as git's own commands would, and ends when it is told to. See `streams.rs`
/// for what is left then.
#[test]
fn endless() {
    let (repo, key) = leaky();
    let script = but_for("ls-files", "exec sleep 1");
    let (code, _, err) = told(&repo, &key, &script, &["lint"]);
    // Nothing is a list without files.
    assert_eq!((code, err.as_str()), (Some(1), ""));
}

/// Clones that lack something, by `--depth` and `--filter`: nothing is fetched, though the origin is there, and what is
/// not here is said.
#[test]
fn clones_that_lack_something() {
    let (origin, key) = leaky();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    origin.write("run.sh", "claude\n");
    origin.write("new.sh", format!("{}# another file\n", launcher(&key)));
    origin.commit();
    let clone = |name: &str, options: &[&str]| {
        let repo = Repo::plain();
        let (from, to) = (format!("file://{}", origin.root.display()), repo.home().join(name));
        repo.git(&[&["clone", "-q"], options, &[&from, to.to_str().unwrap()]].concat());
        (repo, to)
    };
    let count = |folder: &std::path::Path| {
        let objects = fs::read_dir(folder.join(".git/objects")).unwrap().count();
        objects + fs::read_dir(folder.join(".git/objects/pack")).unwrap().count()
    };
    let run = |repo: &Repo, folder: &std::path::Path, arguments: &[&str]| {
        let mut command = repo.keylint(&[&["lint", "--format", "json"], arguments].concat());
        let ended = bounded(command.current_dir(folder), USUAL);
        ended.hides(&key);
        ended
    };
    let (shallow, folder) = clone("shallow", &["--depth=1"]);
    let before = count(&folder);
    let ended = run(&shallow, &folder, &["--history"]);
    assert_eq!((ended.code, places(&ended)), (Some(1), vec![in_launcher("new.sh")]));
    assert!(ended.out.contains("shallow"), "{}", ended.out);
    assert_eq!(count(&folder), before);

    let (partial, folder) = clone("partial", &["--filter=blob:none"]);
    let before = count(&folder);
    let ended = run(&partial, &folder, &[]);
    assert_eq!((ended.code, places(&ended)), (Some(1), vec![in_launcher("new.sh")]), "what is checked out is here");
    let note = "1 version was not read: this is a partial clone, and nothing is fetched";
    for arguments in [&["--history"][..], &["--history", "--all-files"]] {
        let ended = run(&partial, &folder, arguments);
        assert_eq!((ended.code, places(&ended)), (Some(1), vec![in_launcher("new.sh")]), "{arguments:?}");
        assert!(ended.out.contains(note), "{}", ended.out);
    }
    let said = "error: --range HEAD~1..HEAD: 1 file of its commits are not in this clone, which is partial: fetch all \
                objects\n";
    let ended = run(&partial, &folder, &["--range", "HEAD~1..HEAD"]);
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(2), "", said));
    assert_eq!(count(&folder), before);
}

/// Another user's repository, and what that one writes into it to be trusted.
#[test]
fn of_somebody_else() {
    let (repo, _) = leaky();
    repo.git(&["config", "safe.directory", "*"]);
    let expected = "error: git refuses ROOT because it belongs to another user: if you trust it, run `git config --global \
                    --add safe.directory 'ROOT'`\n";
    for arguments in [&["lint"][..], &["lint", "--staged"], &["lint", "--history"], &["route"], &["baseline"]] {
        let mut command = repo.keylint(arguments);
        let ended = bounded(command.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1"), USUAL);
        assert_eq!(ended.told(&repo), (Some(2), String::new(), expected.to_owned()), "{arguments:?}");
    }
}

/// A `.gitmodules` that git refuses stops git itself, and is said.
#[test]
fn submodules_that_git_refuses() {
    let (repo, key) = (Repo::committed(&[("x", "")]), key());
    let evil = "[submodule \"lib\"]\n\tpath = lib\n\turl = ext::sh\n\tupdate = !sh\n";
    repo.write_all(&[(".gitmodules", evil), ("run.sh", &launcher(&key))]);
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},lib", repo.commit_of("HEAD"))]);
    repo.git(&["add", "run.sh"]);
    let _ = repo.command(&["add", ".gitmodules"]).output().unwrap();
    let ended = bounded(&repo.keylint(&["lint", "--staged"]), USUAL);
    let expected =
        format!("error: `git diff` failed in ROOT: fatal: invalid value for 'submodule.lib.update'. {REPAIR}\n");
    assert_eq!(ended.told(&repo), (Some(2), String::new(), expected));
}
