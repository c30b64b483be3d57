//! What is no plain file: pipes, sockets, devices, links out of the tree and in circles, and `.git` that is none.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use super::common::machine::skipped;
use super::common::repo::Repo;
use super::tools::{fifo, is_administrator};
use super::{IGNORE, USUAL, bounded, bounded_with, failures, in_launcher, key, keylint, launcher, leaky, lint};
use serde_json::json;

/// Names that keylint looks for.
const WANTED: [&str; 8] = [
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".env",
    ".gitignore",
    ".mcp.json",
    "Dockerfile",
    "keylint-baseline.txt",
    "keylint.toml",
];

/// Every command that looks at a repository ends, and says what it says of the rest.
#[track_caller]
fn every_command_ends(repo: &Repo, key: &str, note: &str) {
    let found = "run.sh:1:26: error[secret-in-launcher]: ";
    let nothing = "nothing to report\n";
    for (arguments, code, begins, ends) in [
        (&["lint", "--format", "concise"][..], 1, found, note),
        (&["lint", "--format", "concise", "run.sh"], 1, found, note),
        (&["lint", "--staged"], 0, nothing, ""),
        (&["lint", "--range", "HEAD..HEAD"], 0, nothing, ""),
        (&["lint", "--history", "--format", "concise"], 1, found, ""),
        (&["lint", "--history", "--all-files", "--format", "concise"], 1, found, ""),
        (&["lint", "--fix", "--unsafe-fixes", "--format", "concise"], 1, found, note),
        (&["lint", "--diff", "--unsafe-fixes"], 1, "", ""),
        (&["route"], 0, "", ""),
        (&["hook", "install"], 0, "installed: ", ""),
        (&["hook", "uninstall"], 0, "uninstalled: ", ""),
    ] {
        let (ended, out, err) = keylint(repo, arguments, key);
        assert_eq!((ended, err.as_str()), (Some(code), ""), "{arguments:?}: {out}");
        assert!(out.starts_with(begins) && out.ends_with(ends), "{arguments:?}: {out}");
    }
}

#[test]
fn pipes_in_the_place_of_files() {
    let key = key();
    let repo = Repo::committed(&[("run.sh", &launcher(&key))]);
    for name in WANTED {
        fifo(&repo.path(name));
    }
    every_command_ends(
        &repo,
        &key,
        "note: neither a file nor a folder, never opened: .claude/settings.json and 7 more\n",
    );
    // Those that write, too, and leave them as they are.
    let key_of = "ANTHROPIC_API_KEY";
    for (arguments, expected) in [
        (&["baseline"][..], "error: ROOT/keylint-baseline.txt: this is no regular file; nothing was written\n"),
        (
            &["allow", "secret-in-launcher", "run.sh", key_of, "--reason", "x"],
            "error: ROOT/keylint.toml: this is no regular file; nothing was written\n",
        ),
    ] {
        assert_eq!(keylint(&repo, arguments, &key), (Some(2), String::new(), expected.to_owned()));
    }
    for name in WANTED {
        assert!(fs::symlink_metadata(repo.path(name)).unwrap().file_type().is_fifo(), "{name}");
    }
    // A tool that would write there.
    let event = json!({
        "hook_event_name": "PreToolUse", "tool_name": "Write", "cwd": repo.root,
        "tool_input": {"file_path": ".claude/settings.json", "content": "{}"},
    });
    let ended = bounded_with(&repo.keylint(&["claude-hook"]), USUAL, event.to_string().as_bytes());
    let said = "keylint claude-hook: ROOT/.claude/settings.json: no regular file of at most 67108864 bytes\n";
    assert_eq!(ended.told(&repo), (Some(1), String::new(), said.to_owned()));
}

#[test]
fn sockets_and_devices() {
    let (repo, key) = leaky();
    let _socket = UnixListener::bind(repo.path("socket.sh")).unwrap();
    let mut note = "note: neither a file nor a folder, never opened: socket.sh\n";
    if is_administrator(&repo) {
        // `/dev/zero`, which has no end.
        let made = Command::new("mknod").arg(repo.path(".env.shared")).args(["c", "1", "5"]).status().unwrap();
        assert!(made.success());
        note = "note: neither a file nor a folder, never opened: .env.shared and 1 more\n";
    } else {
        skipped("only the administrator makes devices");
    }
    every_command_ends(&repo, &key, note);
}

#[test]
fn links_to_what_has_no_end() {
    let (repo, key) = leaky();
    fifo(&repo.home().join("pipe"));
    fs::remove_file(repo.path(IGNORE.0)).unwrap();
    let targets =
        ["/dev/zero", "../home/pipe", "loop", ".", "../../../../../../..", "/", "/proc/self/fd/0", "../chain0"];
    for (number, target) in targets.into_iter().enumerate() {
        for name in WANTED {
            let place = repo.path(format!("{number}/{name}"));
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            let own = place.file_name().unwrap().to_owned();
            symlink(if target == "loop" { own } else { target.into() }, place).unwrap();
        }
    }
    // Longer than any system follows.
    for step in 0..100 {
        symlink(format!("chain{}", step + 1), repo.path(format!("chain{step}"))).unwrap();
    }
    for name in WANTED.iter().filter(|name| !name.contains('/') && !name.starts_with("keylint")) {
        let _ = fs::remove_file(repo.path(name));
        symlink("/dev/zero", repo.path(name)).unwrap();
    }
    let (found, ended) = lint(&repo, &[], &key, USUAL);
    let mut expected: Vec<String> =
        (0..8).map(|number| format!("{number}/.claude/settings.local.json:1:1 personal-file-not-ignored")).collect();
    expected.push(in_launcher("run.sh"));
    assert_eq!((found, ended.code, failures(&ended)), (expected, Some(1), vec![]));
    // git has the text of each.
    repo.git(&["add", "-A"]);
    let mut expected = vec![".gitignore:1:1 personal-file-not-ignored".to_owned()];
    expected.extend((0..8).map(|number| format!("{number}/.claude/settings.local.json:1:1 personal-file-tracked")));
    let (found, ended) = lint(&repo, &["--staged"], &key, USUAL);
    assert_eq!((found, ended.code, failures(&ended)), (expected.clone(), Some(1), vec![]));
    repo.commit();
    let (found, ended) = lint(&repo, &["--range", "HEAD~1..HEAD"], &key, USUAL);
    assert_eq!((found, ended.code, failures(&ended)), (expected, Some(1), vec![]));
    let (found, ended) = lint(&repo, &["--history"], &key, USUAL);
    assert_eq!((found, ended.code, failures(&ended)), (vec![in_launcher("run.sh")], Some(1), vec![]));
    // The configuration and the baseline decide what counts, so that they have to be read.
    for name in ["keylint.toml", "keylint-baseline.txt"] {
        symlink("/dev/zero", repo.path(name)).unwrap();
        let (code, out, err) = keylint(&repo, &["lint"], &key);
        let (place, remedy) = match name {
            "keylint.toml" => (name, ". Repair the configuration, or leave it out with `--no-config`"),
            _ => ("ROOT/keylint-baseline.txt", ""),
        };
        let expected = format!("error: {place}: a symbolic link that leads out of the repository{remedy}\n");
        assert_eq!((code, out.as_str(), err), (Some(2), "", expected));
        fs::remove_file(repo.path(name)).unwrap();
    }
}

/// What keylint writes stays in the repository, and out of git's own folder, whatever the repository says.
#[test]
fn what_is_written_stays_inside() {
    let (repo, key) = leaky();
    let outside = repo.home().join("outside");
    fs::write(&outside, "mine\n").unwrap();
    let hook = repo.path(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\n").unwrap();
    let refused = |name: &str| {
        let why = "this leads out of the repository or into git's own folder; nothing was written";
        (Some(2), String::new(), format!("error: ROOT/{name}: {why}\n"))
    };
    // Links in the place of the file, and above it.
    let baseline = repo.path("keylint-baseline.txt");
    symlink(".git/hooks", repo.path("hooks")).unwrap();
    symlink("../home", repo.path("above")).unwrap();
    for target in [&*outside, Path::new(".git/hooks/pre-commit"), Path::new("hooks/pre-commit")] {
        symlink(target, &baseline).unwrap();
        assert_eq!(keylint(&repo, &["baseline"], &key), refused("keylint-baseline.txt"));
        fs::remove_file(&baseline).unwrap();
    }
    for named in ["hooks/pre-commit", "above/outside", "above/new"] {
        repo.write("keylint.toml", format!("baseline = \"{named}\"\n"));
        assert_eq!(keylint(&repo, &["baseline"], &key), refused(named));
    }
    // What can't be inside by its name is no setting, and the usual file gets the findings.
    for named in
        ["../home/outside", "/tmp/x", "~/x", ".git/hooks/pre-commit", "a/.GIT/x", "C:\\x", "a\\..\\x", "\\\\host\\x"]
    {
        repo.write("keylint.toml", format!("baseline = '{named}'\n"));
        let (code, out, err) = keylint(&repo, &["baseline"], &key);
        let expected = "1 finding is accepted in ROOT/keylint-baseline.txt\n";
        assert_eq!((code, out.as_str(), err.as_str()), (Some(0), expected, ""), "{named}");
        fs::remove_file(&baseline).unwrap();
        assert_eq!(lint(&repo, &[], &key, USUAL).0[0], "keylint.toml:1:12 configuration-invalid", "{named}");
    }
    fs::remove_file(repo.path("keylint.toml")).unwrap();
    // The configuration, where it is not there yet.
    symlink(&outside, repo.path(".keylint.toml")).unwrap();
    let arguments = ["allow", "secret-in-launcher", "run.sh", "ANTHROPIC_API_KEY", "--reason", "x"];
    let (code, _, err) = keylint(&repo, &arguments, &key);
    assert_eq!(code, Some(2), "{err}");
    fs::remove_file(repo.path(".keylint.toml")).unwrap();
    assert_eq!(fs::read_to_string(&outside).unwrap(), "mine\n");
    assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\n");
    assert!(!repo.home().join("new").exists());
}

/// A folder of the repository gives way to a link to one that looks the same.
#[test]
fn fixes_stay_inside() {
    let key = key();
    let settings = format!("{{\"env\": {{\"ANTHROPIC_API_KEY\": \"{key}\"}}}}\n");
    let repo = Repo::committed(&[IGNORE, (".claude/settings.json", &settings)]);
    let outside = repo.home().join("claude");
    fs::rename(repo.path(".claude"), &outside).unwrap();
    symlink(&outside, repo.path(".claude")).unwrap();
    let (code, out, err) = keylint(&repo, &["lint", "--fix", "--unsafe-fixes"], &key);
    let why = "a folder above it is a symbolic link: change what it leads to";
    let named =
        ["settings.local.json", "settings.json"].map(|name| format!("error: not written: .claude/{name}: {why}\n"));
    assert!(code == Some(2) && out.is_empty() && named.contains(&err), "{err}");
    assert_eq!(fs::read_to_string(outside.join("settings.json")).unwrap(), settings);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

/// `.git` that leads elsewhere, or is nothing that git can use.
#[test]
fn git_folders_that_are_none() {
    let (other, key) = leaky();
    let repo = Repo::plain();
    repo.write("x.sh", launcher(&key));
    let git = repo.path(".git");
    // Another repository's: its index counts, as git says.
    for make in [
        &|| fs::write(&git, format!("gitdir: {}\n", other.path(".git").display())).unwrap(),
        &(|| symlink(other.path(".git"), &git).unwrap()) as &dyn Fn(),
    ] {
        make();
        let (found, ended) = lint(&repo, &[], &key, USUAL);
        assert_eq!((found, ended.code), (vec![in_launcher("run.sh"), in_launcher("x.sh")], Some(1)));
        fs::remove_file(&git).unwrap();
    }
    let broken = |reason: &str| format!("error: git can't use the repository at ROOT: {reason}");
    for (text, reason) in [
        ("gitdir: /dev/zero\n", "fatal: not a git repository: /dev/zero"),
        ("gitdir: /no\u{1b}[31m\u{9b}where\n", "fatal: not a git repository: "),
        ("gitdir: .git\n", "fatal: "),
        ("\0\0\0", "fatal: "),
        ("", "fatal: "),
    ] {
        fs::write(&git, text).unwrap();
        for mode in [&[][..], &["--staged"], &["--history"]] {
            let ended = bounded(&repo.keylint(&[&["lint"], mode].concat()), USUAL);
            ended.is_harmless();
            let (code, out, err) = ended.told(&repo);
            assert!(
                (code, out.as_str()) == (Some(2), "") && err.starts_with(&broken(reason)),
                "{text:?} {mode:?}: {err}"
            );
            assert!(err.ends_with(". Repair it until `git status` works\n"), "{err}");
        }
    }
    // Too large for a name of a folder.
    fs::write(&git, format!("gitdir: {}", "x".repeat(64 << 20))).unwrap();
    let (code, _, err) = keylint(&repo, &["lint"], &key);
    assert!(code == Some(2) && err.starts_with(&broken("fatal: ")), "{err}");
    fs::remove_file(&git).unwrap();
    // A loop.
    symlink(".git", &git).unwrap();
    let (code, _, err) = keylint(&repo, &["lint"], &key);
    assert!(code == Some(2) && err.starts_with(&broken("fatal: not a git repository")), "{err}");
    fs::remove_file(&git).unwrap();
    // git takes no other kind for one.
    fifo(&git);
    let (found, ended) = lint(&repo, &[], &key, USUAL);
    assert_eq!((found, ended.code), (vec![in_launcher("x.sh")], Some(1)));
}
