//! `keylint hook` with the real git: what is written, what it does at a commit, and that nothing is lost.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod common;

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::repo::Repo;
use common::sample::Rng;
use common::{machine, put_keylint, put_program, run, text, token};

/// What was said, errors behind, and the exit code.
fn told(command: Command) -> (String, i32) {
    let output = run(command);
    (text(&output.stdout) + &text(&output.stderr), output.status.code().unwrap())
}

fn hook(repo: &Repo, action: &str) -> (String, i32) {
    told(repo.keylint(&["hook", action]))
}

/// A command in another folder.
fn at(mut command: Command, folder: &Path) -> Command {
    command.current_dir(folder);
    command
}

fn installs(repo: &Repo) {
    let (said, code) = hook(repo, "install");
    assert_eq!(code, 0, "{said}");
}

/// The hook of a repository with a folder of its own.
fn file(repo: &Repo) -> PathBuf {
    repo.path(".git/hooks/pre-commit")
}

fn before(repo: &Repo) -> PathBuf {
    repo.path(".git/hooks/pre-commit.before-keylint")
}

/// A hook of somebody else's.
fn write_hook(path: &Path, text: &str, mode: u32) {
    put_program(path, text);
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Everything in a folder: names, modes and bytes.
fn all(folder: &Path) -> Vec<(PathBuf, u32, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), mode(&path), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

/// A repository with one commit and hooks as git makes them.
fn repo() -> Repo {
    Repo::committed(&[("a.py", "a\n")])
}

/// A commit of a file: what git says, and the exit code.
fn commit(repo: &Repo, content: &str) -> (String, i32) {
    commit_at(repo, &repo.root, content)
}

fn commit_at(repo: &Repo, folder: &Path, content: &str) -> (String, i32) {
    fs::write(folder.join("a.py"), content).unwrap();
    told(at(repo.command(&["commit", "-a", "-q", "-m", "x"]), folder))
}

fn with_secret() -> String {
    format!("TOKEN = {}\n", token("anthropic-api-key", &mut Rng::from_entropy()).unwrap())
}

/// A commit with a secret is blocked by keylint, one without is made.
#[track_caller]
fn assert_works(repo: &Repo, folder: &Path) {
    let (said, code) = commit_at(repo, folder, &with_secret());
    assert!(code == 1 && said.contains("error[secret-in-text]") && said.contains("a.py:1:9"), "{code}: {said}");
    let fine = format!("{}\n", Rng::from_entropy().draw());
    assert_eq!(commit_at(repo, folder, &fine), (String::new(), 0));
}

#[test]
fn installed_and_taken_away() {
    let repo = repo();
    let untouched = all(&repo.path(".git/hooks"));
    let hook_file = file(&repo).display().to_string();
    let (said, code) = hook(&repo, "install");
    assert_eq!(
        (said, code),
        (format!("installed: {hook_file} runs `keylint lint --staged --quiet` at each commit\n"), 0)
    );
    assert_eq!(mode(&file(&repo)) & 0o700, 0o700);
    assert_works(&repo, &repo.root);
    // From a folder below, and a second time.
    fs::create_dir(repo.path("below")).unwrap();
    let written = all(&repo.path(".git/hooks"));
    let again = told(at(repo.keylint(&["hook", "install"]), &repo.path("below")));
    assert_eq!(
        again,
        (format!("already installed: {hook_file} runs `keylint lint --staged --quiet` at each commit\n"), 0)
    );
    assert_eq!(all(&repo.path(".git/hooks")), written);
    fs::set_permissions(file(&repo), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(hook(&repo, "install").0.starts_with("installed again: "), "git ignored it");
    assert_eq!(all(&repo.path(".git/hooks")), written);
    assert_eq!(hook(&repo, "uninstall"), (format!("uninstalled: {hook_file} is gone\n"), 0));
    assert_eq!(all(&repo.path(".git/hooks")), untouched);
    let nothing = "there is no hook that `keylint hook install` wrote; nothing was changed\n";
    assert_eq!(hook(&repo, "uninstall"), (nothing.to_owned(), 0));
    // Without templates there is no folder.
    fs::remove_dir_all(repo.path(".git/hooks")).unwrap();
    assert_eq!(hook(&repo, "uninstall"), (nothing.to_owned(), 0));
    installs(&repo);
    assert_works(&repo, &repo.root);
}

/// The hook that was there runs first, decides first, and comes back byte for byte.
#[test]
fn a_hook_that_is_there() {
    let repo = repo();
    write_hook(&file(&repo), "#!/bin/sh\n[ $# = 0 ] || exit 8\necho first \"$GIT_INDEX_FILE\"\n", 0o710);
    let untouched = all(&repo.path(".git/hooks"));
    let (said, code) = hook(&repo, "install");
    let expected = "at each commit, after the hook that was there, now pre-commit.before-keylint\n";
    assert!(code == 0 && said.ends_with(expected), "{said}");
    assert_eq!(mode(&before(&repo)), 0o710);
    let (said, code) = commit(&repo, &with_secret());
    assert!(code == 1 && said.contains("first ") && said.contains("error[secret-in-text]"), "{said}");
    let (said, code) = commit(&repo, "b\n");
    assert!(code == 0 && said.contains("first ") && said.starts_with("first ") && said.lines().count() == 1, "{said}");
    assert_eq!(hook(&repo, "install").0.split(':').next(), Some("already installed"));
    assert_eq!(
        hook(&repo, "uninstall"),
        (format!("uninstalled: {} is again the hook that was there before\n", file(&repo).display()), 0)
    );
    assert_eq!(all(&repo.path(".git/hooks")), untouched);
    // One that fails: keylint is not asked.
    write_hook(&file(&repo), "#!/bin/sh\necho no\nexit 7\n", 0o755);
    installs(&repo);
    assert_eq!(commit(&repo, &with_secret()), ("no\n".to_owned(), 1));
    assert_eq!(told(repo.program(".git/hooks/pre-commit", &[])), ("no\n".to_owned(), 7), "its own code");
    // One that git ignores, because it can't be run, is ignored still.
    hook(&repo, "uninstall");
    write_hook(&file(&repo), "#!/bin/sh\nexit 7\n", 0o644);
    installs(&repo);
    assert_works(&repo, &repo.root);
    hook(&repo, "uninstall");
    assert_eq!(mode(&file(&repo)), 0o644);
}

/// A link to a tracked script stays the link that it is.
#[test]
fn a_link_that_is_there() {
    let repo = repo();
    write_hook(&repo.path("tools/check.sh"), "#!/bin/sh\necho linked\n", 0o755);
    fs::remove_file(file(&repo)).ok();
    std::os::unix::fs::symlink("../../tools/check.sh", file(&repo)).unwrap();
    installs(&repo);
    assert_eq!(fs::read_to_string(repo.path("tools/check.sh")).unwrap(), "#!/bin/sh\necho linked\n");
    assert!(commit(&repo, "b\n").0.contains("linked\n"));
    hook(&repo, "uninstall");
    assert_eq!(fs::read_link(file(&repo)).unwrap(), Path::new("../../tools/check.sh"));
}

/// Nothing that somebody wrote is overwritten or deleted.
#[test]
fn what_is_not_ours() {
    let repo = repo();
    write_hook(&file(&repo), "#!/bin/sh\n", 0o755);
    write_hook(&before(&repo), "#!/bin/sh\n", 0o755);
    let untouched = all(&repo.path(".git/hooks"));
    let (said, code) = hook(&repo, "install");
    assert!(code == 2 && said.contains("which of them is to run?"), "{said}");
    assert_eq!(hook(&repo, "uninstall").1, 0);
    assert_eq!(all(&repo.path(".git/hooks")), untouched);
    fs::remove_file(before(&repo)).unwrap();
    installs(&repo);
    let mut edited = fs::read_to_string(file(&repo)).unwrap();
    edited.push_str("echo more\n");
    fs::write(file(&repo), edited).unwrap();
    let untouched = all(&repo.path(".git/hooks"));
    for action in ["install", "uninstall"] {
        let (said, code) = hook(&repo, action);
        let expected =
            format!("edited since, and is left as it is. To do without it, rename {}", before(&repo).display());
        assert!(code == 2 && said.contains(&expected), "{action}: {said}");
    }
    assert_eq!(all(&repo.path(".git/hooks")), untouched);
    fs::remove_file(before(&repo)).unwrap();
    assert!(hook(&repo, "uninstall").0.ends_with("To do without it, delete it by hand\n"));
    // A folder, and a file where the folder of hooks belongs.
    fs::remove_file(file(&repo)).unwrap();
    fs::create_dir(file(&repo)).unwrap();
    let (said, code) = hook(&repo, "install");
    assert!(code == 2 && said.contains("; nothing was changed"), "{said}");
    fs::remove_dir_all(repo.path(".git/hooks")).unwrap();
    fs::write(repo.path(".git/hooks"), "").unwrap();
    let (said, code) = hook(&repo, "install");
    assert!(code == 2 && said.contains("; nothing was changed"), "{said}");
    assert_eq!(hook(&repo, "uninstall").1, 0);
}

/// Where the folder of hooks can't be written the hook that is there stays as it is.
#[test]
fn a_folder_that_is_read_only() {
    let repo = repo();
    write_hook(&file(&repo), "#!/bin/sh\n", 0o755);
    let untouched = all(&repo.path(".git/hooks"));
    let folder = repo.path(".git/hooks");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.join("probe"), "").is_ok() {
        fs::remove_file(folder.join("probe")).unwrap();
        machine::skipped("this user may write everywhere");
    } else {
        let (said, code) = hook(&repo, "install");
        assert!(code == 2 && said.contains("; nothing was changed"), "{said}");
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    if hook(&repo, "uninstall").0.starts_with("there is no hook") {
        assert_eq!(all(&folder), untouched);
    }
}

/// Hooks that are files of the repository, or of everybody, are for their owners to change.
#[test]
fn a_folder_of_somebody_else() {
    let repo = repo();
    let refused = |folder: &str, file: &str, whose: &str| {
        let (said, code) = hook(&repo, "install");
        let root = repo.root.display();
        let expected = format!(
            "error: git takes its hooks from {folder} (core.hooksPath), {whose}; nothing was written. \
             Add this line to {file}: keylint lint --staged --quiet\n"
        );
        assert_eq!((said.replace(&format!("{root}/"), ""), code), (expected, 2));
    };
    let of_tree = "a part of the work tree";
    repo.git(&["config", "core.hooksPath", ".githooks"]);
    refused(".githooks", ".githooks/pre-commit", of_tree);
    assert!(!repo.path(".githooks").exists());
    repo.git(&["config", "core.hooksPath", ".husky/_"]);
    fs::create_dir_all(repo.path(".husky/_")).unwrap();
    refused(".husky/_", ".husky/pre-commit", of_tree);
    let home = repo.home().display().to_string();
    let of_all = "which other repositories may use, too";
    repo.git(&["config", "--unset", "core.hooksPath"]);
    repo.git(&["config", "--global", "core.hooksPath", "~/hooks"]);
    refused(&format!("{home}/hooks"), &format!("{home}/hooks/pre-commit"), of_all);
    repo.git(&["config", "core.hooksPath", "/dev/null"]);
    refused("/dev/null", "/dev/null/pre-commit", of_all);
    assert_eq!(hook(&repo, "uninstall").1, 0);
    // Set to what it is without a setting.
    repo.git(&["config", "core.hooksPath", repo.path(".git/hooks").to_str().unwrap()]);
    installs(&repo);
    assert_works(&repo, &repo.root);
    // Set to something else afterwards: it is still taken away.
    repo.git(&["config", "core.hooksPath", ".githooks"]);
    assert!(hook(&repo, "uninstall").0.starts_with("uninstalled: "));
    assert!(!file(&repo).exists());
}

/// Work trees have one hook together, a submodule has its own.
#[test]
fn work_trees_and_submodules() {
    let repo = repo();
    repo.git(&["worktree", "add", "-q", "-b", "other", "../other tree"]);
    let other = repo.root.parent().unwrap().join("other tree");
    let (said, code) = told(at(repo.keylint(&["hook", "install"]), &other));
    assert!(code == 0 && said.contains(file(&repo).to_str().unwrap()), "{said}");
    assert_works(&repo, &other);
    assert_works(&repo, &repo.root);
    assert!(hook(&repo, "install").0.starts_with("already installed: "));
    assert!(told(at(repo.keylint(&["hook", "uninstall"]), &other)).0.starts_with("uninstalled: "));
    let inner = Repo::committed(&[("a.py", "a\n")]);
    let from = inner.root.to_str().unwrap();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", from, "sub"]);
    let sub = repo.path("sub");
    let (said, code) = told(at(repo.keylint(&["hook", "install"]), &sub));
    assert!(code == 0 && said.contains(".git/modules/sub/hooks/pre-commit runs"), "{said}");
    assert_works(&repo, &sub);
    assert!(!file(&repo).exists());
}

#[test]
fn no_place_for_a_hook() {
    let plain = Repo::plain();
    let (said, code) = hook(&plain, "install");
    assert!(code == 2 && said.ends_with("belongs to no git repository, which could have a hook\n"), "{said}");
    plain.git(&["init", "-q", "--bare", "."]);
    let (said, code) = hook(&plain, "install");
    assert!(code == 2 && said.contains("is a bare repository without files"), "{said}");
    assert!(!plain.path("hooks/pre-commit").exists());
    let repo = repo();
    let (said, code) = told(at(repo.keylint(&["hook", "install"]), &repo.path(".git")));
    assert!(code == 2 && said.contains("lies in git's own folder"), "{said}");
    assert_eq!(told(repo.keylint(&["hook"])).1, 2);
}

/// The hook runs the program that wrote it, under any path and in any shell; when that is gone, the one on the path; and
/// when there is none it says how to get by.
#[test]
fn where_keylint_is() {
    for shell in ["sh", "dash", "bash", "zsh", "busybox"] {
        let shell_words: &[&str] = if shell == "busybox" { &["busybox", "sh"] } else { &[shell] };
        if !machine::answers(shell_words[0], &[&shell_words[1..], &["-c", ":"]].concat()) {
            machine::skipped(&format!("there is no {shell}"));
            continue;
        }
        let repo = repo();
        let folder = repo.home().join(std::ffi::OsStr::from_bytes(b"it's \"a\"\n$(exit 3) \\ `x` \xff\xc3\xa9/bin"));
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("keylint");
        put_keylint(&program);
        let (said, code) = told(repo.program(&program, &["hook", "install"]));
        assert_eq!(code, 0, "{said}");
        let hook = |path: &str| {
            let words = [&shell_words[1..], &[".git/hooks/pre-commit"]].concat();
            let mut command = repo.program(shell_words[0], &words);
            command.env("PATH", path);
            told(command)
        };
        let usual = std::env::var("PATH").unwrap();
        repo.write("a.py", with_secret());
        repo.git(&["add", "a.py"]);
        let (said, code) = hook(&usual);
        assert!(code == 1 && said.contains("error[secret-in-text]"), "{shell}: {said}");
        fs::remove_file(&program).unwrap();
        let keylint = Path::new(env!("CARGO_BIN_EXE_keylint")).parent().unwrap().display();
        let (said, code) = hook(&format!("{keylint}:{usual}"));
        assert!(code == 1 && said.contains("error[secret-in-text]"), "{shell}: {said}");
        assert_eq!(
            hook("/usr/bin:/bin"),
            (
                "keylint is not installed any more, and nobody looks at what this commit brings.\n\
                 To commit all the same: git commit --no-verify\n\
                 To do without keylint: delete .git/hooks/pre-commit\n"
                    .to_owned(),
                1
            ),
            "{shell}"
        );
        // Another keylint takes its place in the hook.
        assert!(self::hook(&repo, "install").0.starts_with("installed again: "), "{shell}");
        assert!(self::hook(&repo, "uninstall").0.starts_with("uninstalled: "), "{shell}");
    }
}
