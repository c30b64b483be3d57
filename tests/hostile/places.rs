//! Where and how a program may be started: without a home, without a folder, in any language, on any terminal.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Command;

use super::common::repo::Repo;
use super::{IGNORE, USUAL, bounded, bounded_with, failures, in_launcher, launcher, leaky, places};

const FOUND: &str = "run.sh:1:26: error[secret-in-launcher]: ";

/// What most variables say, or that they are not there, changes nothing.
#[test]
fn any_environment() {
    let (repo, key) = leaky();
    let usual = bounded(&repo.keylint(&["lint"]), USUAL);
    for (name, value) in [
        ("HOME", None),
        ("HOME", Some("")),
        ("HOME", Some("/no/such/folder")),
        ("HOME", Some("/dev/null")),
        ("HOME", Some("relative")),
        ("XDG_CONFIG_HOME", Some("/dev/null")),
        ("XDG_CONFIG_HOME", Some("")),
        ("TERM", Some("")),
        ("TERM", Some("dumb")),
        ("TERM", Some("no-such-terminal\u{1b}[2J")),
        ("COLUMNS", Some("0")),
        ("COLUMNS", Some("1")),
        ("COLUMNS", Some("-1")),
        ("COLUMNS", Some("99999999999999999999999")),
        ("COLUMNS", Some("4294967296")),
        ("COLUMNS", Some("x")),
        ("LC_ALL", Some("C")),
        ("LC_ALL", Some("no_SUCH.locale")),
        ("LANG", None),
        ("LANGUAGE", Some("de:fr")),
        ("TMPDIR", Some("/no/such/folder")),
        ("RUST_BACKTRACE", Some("full")),
        ("GITHUB_ACTIONS", Some("\u{1b}[2J")),
        ("GIT_CEILING_DIRECTORIES", Some("::/no/such/folder:relative")),
        ("GIT_DISCOVERY_ACROSS_FILESYSTEM", Some("1")),
        ("GIT_FLUSH", Some("0")),
        ("GIT_LITERAL_PATHSPECS", Some("1")),
        ("GIT_ICASE_PATHSPECS", Some("1")),
        ("GIT_OPTIONAL_LOCKS", Some("1")),
        ("GIT_NO_LAZY_FETCH", Some("0")),
        ("GIT_TEST_SPLIT_INDEX", Some("1")),
    ] {
        let mut command = repo.keylint(&["lint"]);
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
        let ended = bounded(&command, USUAL);
        ended.hides(&key);
        let told = (ended.code, ended.out.as_str(), ended.err.as_str());
        assert_eq!(told, (usual.code, usual.out.as_str(), usual.err.as_str()), "{name}={value:?}");
    }
    // Bytes that are no text.
    for name in ["HOME", "COLUMNS", "TERM", "LANG", "GITHUB_ACTIONS", "XDG_CONFIG_HOME"] {
        let mut command = repo.keylint(&["lint"]);
        let ended = bounded(command.env(name, OsStr::from_bytes(b"/\xff\xfe")), USUAL);
        assert_eq!((ended.code, ended.out, ended.err.as_str()), (usual.code, usual.out.clone(), ""), "{name}");
    }
    // Nothing at all but a way to git.
    let mut command = Command::new(env!("CARGO_BIN_EXE_keylint"));
    command.args(["lint"]).current_dir(&repo.root).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    let output = command.output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (usual.code, &b""[..]));
    assert_eq!(String::from_utf8_lossy(&output.stdout), usual.out);
}

/// Names that are no text, in the language of machines.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text() {
    let (repo, key) = leaky();
    for name in [&b"\xff.sh"[..], b"\xc3(\x80/\xfe.sh", b"\xed\xa0\x80.sh"] {
        repo.write(OsStr::from_bytes(name), launcher(&key));
    }
    let expected =
        ["run.sh", "\u{fffd}(\u{fffd}/\u{fffd}.sh", "\u{fffd}\u{fffd}\u{fffd}.sh", "\u{fffd}.sh"].map(in_launcher);
    repo.git(&["add", "-A"]);
    for arguments in [&["lint"][..], &["lint", "--staged"]] {
        let mut command = repo.keylint(&[arguments, &["--format", "json"]].concat());
        let ended = bounded(command.env("LC_ALL", "C"), USUAL);
        ended.hides(&key);
        let skipped = usize::from(arguments.len() > 1);
        assert_eq!((places(&ended), failures(&ended)), (expected[skipped..].to_vec(), vec![]));
    }
    repo.commit();
    let ended = bounded(repo.keylint(&["lint", "--history", "--format", "json"]).env("LC_ALL", "C"), USUAL);
    let (mut found, mut expected) = (places(&ended), expected.to_vec());
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    // Asked for by name, and one that is not there.
    let named = |name: &[u8]| {
        let mut command = repo.keylint(&["lint", "-q", "--format", "concise"]);
        bounded(command.arg(OsStr::from_bytes(name)).env("LC_ALL", "C"), USUAL).told(&repo)
    };
    let (code, out, err) = named(b"\xff.sh");
    assert_eq!((code, out.lines().count(), err.as_str()), (Some(1), 1, ""));
    assert!(out.starts_with("\u{fffd}.sh:1:26: "), "{out}");
    assert_eq!(named(b"\xfe\x9b.sh").2, "error: ROOT/\u{fffd}\u{fffd}.sh: no such file or folder\n");
}

/// A folder that is gone under the feet of the process.
#[test]
fn no_folder() {
    let (repo, _) = leaky();
    let keylint = env!("CARGO_BIN_EXE_keylint");
    let said = "error: the current folder can't be entered: No such file or directory (os error 2)\n";
    for words in ["lint", "lint --staged", "lint --history", "lint --fix", "route", "baseline", "hook install"] {
        let script = format!("mkdir gone && cd gone && rmdir ../gone && exec \"$0\" {words}");
        let ended = bounded(&repo.program("/bin/sh", &["-c", &script, keylint]), USUAL);
        assert_eq!(ended.told(&repo), (Some(2), String::new(), said.to_owned()), "{words}");
    }
    // What looks at no folder does not need one.
    for (words, input, code) in [
        ("rules", "", 0),
        ("explain both-credentials", "", 0),
        ("lsp", "", 1),
        ("claude-hook", "{\"hook_event_name\": \"ConfigChange\", \"cwd\": \"/\", \"file_path\": \"/no/such\"}", 0),
    ] {
        let script = format!("mkdir gone && cd gone && rmdir ../gone && exec \"$0\" {words}");
        let ended = bounded_with(&repo.program("/bin/sh", &["-c", &script, keylint]), USUAL, input.as_bytes());
        assert_eq!((ended.code, ended.err.as_str()), (Some(code), ""), "{words}");
    }
}

/// The folder is deep below one without a name that fits, or is a root.
#[test]
fn odd_folders() {
    let (repo, key) = leaky();
    for (folder, expected) in [("/", 2), ("/proc/self", 2), ("/dev/fd", 2)] {
        let mut command = repo.keylint(&["lint", "--staged"]);
        if !std::path::Path::new(folder).is_dir() {
            continue;
        }
        let ended = bounded(command.current_dir(folder), USUAL);
        assert_eq!((ended.code, ended.out.as_str()), (Some(expected), ""), "{folder}");
        assert!(ended.err.contains("git repository"), "{}", ended.err);
    }
    // A folder by a name with a line break, through a link.
    let link = repo.home().join("a\nb");
    std::os::unix::fs::symlink(&repo.root, &link).unwrap();
    let mut command = repo.keylint(&["lint", "-q", "--format", "concise"]);
    let ended = bounded(command.current_dir(&link), USUAL);
    ended.hides(&key);
    assert!(ended.out.starts_with(FOUND) && ended.code == Some(1), "{}", ended.out);
    // The same repository, bare, and its own folder.
    let empty = Repo::committed(&[IGNORE]);
    fs::rename(empty.path(".git"), empty.path("x.git")).unwrap();
    let mut command = empty.keylint(&["lint", "x.git"]);
    let ended = bounded(&command, USUAL);
    assert_eq!(ended.code, Some(2), "{}{}", ended.out, ended.err);
    let ended = bounded(command.current_dir(empty.path("x.git/refs")), USUAL);
    assert_eq!(ended.code, Some(2), "{}{}", ended.out, ended.err);
}
