//! Files that can't be read or written, that go away, and disks without room.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use keylint::lint::check;
use keylint::path::RepoPath;
use keylint::source::worktree;
use keylint::source::{Entry, ReadError, Source};

use super::common::machine::{answers, skipped};
use super::common::repo::Repo;
use super::common::{put_keylint, share_environment};
use super::tools::{give, is_administrator};
use super::{Ended, IGNORE, USUAL, bounded, failures, in_launcher, key, launcher, leaky, places};

/// Nobody, whom modes hold back.
const NOBODY: u32 = 65534;

/// A repository and its home that are nobody's, and keylint as nobody: modes don't hold the administrator back.
/// `None` where that can't be.
struct Nobody {
    repo: Repo,
    key: String,
    is_administrator: bool,
}

impl Nobody {
    fn new(files: &[(&str, &str)]) -> Option<Self> {
        let (repo, key) = leaky();
        repo.write_all(files);
        repo.commit();
        let is_administrator = is_administrator(&repo);
        if is_administrator {
            let folder = repo.root.parent().unwrap().to_owned();
            if !answers("setpriv", &["--reuid=65534", "--regid=65534", "--clear-groups", "true"]) {
                skipped("the administrator reads everything, and there is no setpriv to be somebody else");
                return None;
            }
            // The program may lie where nobody gets at it.
            put_keylint(&repo.home().join("keylint"));
            give(&folder, NOBODY);
            repo.open_to_others(true);
        }
        Some(Self { repo, key, is_administrator })
    }

    fn keylint(&self, arguments: &[&str]) -> Ended {
        let plain = self.repo.keylint(arguments);
        let command = if self.is_administrator {
            let keylint = self.repo.home().join("keylint");
            let user = ["--reuid=65534", "--regid=65534", "--clear-groups", keylint.to_str().unwrap()];
            let mut command = self.repo.program("setpriv", &[&user, arguments].concat());
            share_environment(&plain, &mut command);
            command
        } else {
            plain
        };
        let ended = bounded(&command, USUAL);
        ended.hides(&self.key);
        ended
    }

    fn told(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        self.keylint(arguments).told(&self.repo)
    }

    fn mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.repo.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }
}

const DENIED: &str = "Permission denied (os error 13)";

#[test]
fn files_that_can_not_be_read() {
    let Some(nobody) = Nobody::new(&[("closed/.env", "A=1\n"), ("notes.md", "x\n"), ("new.sh", &launcher(&key()))])
    else {
        return;
    };
    for path in ["closed", "run.sh", "notes.md"] {
        nobody.mode(path, 0);
    }
    let json = |arguments: &[&str]| nobody.keylint(&[&["lint", "--format", "json"], arguments].concat());
    let ended = json(&[]);
    assert_eq!((ended.code, places(&ended)), (Some(2), vec![in_launcher("new.sh")]));
    assert_eq!(
        failures(&ended),
        ["closed", "closed/.env", "notes.md", "run.sh"].map(|path| format!("{path}: {DENIED}"))
    );
    let lines: String = ["closed", "closed/.env", "notes.md", "run.sh"]
        .map(|path| format!("error: not read: {path}: {DENIED}\n"))
        .concat();
    for arguments in [
        &["lint", "-q", "--rule", "both-credentials"][..],
        &["lint", "-q", "--fail-on", "never", "--rule", "both-credentials"],
    ] {
        assert_eq!(nobody.told(arguments), (Some(2), lines.clone(), String::new()));
    }
    // git has them all.
    for arguments in [&["--history"][..], &["--range", "HEAD~1..HEAD"], &["--staged"]] {
        let ended = json(arguments);
        assert_eq!(
            (failures(&ended), ended.code),
            (vec![], Some(i32::from(arguments[0] != "--staged"))),
            "{arguments:?}"
        );
    }
    // An ignore file: what it ignores is not known.
    nobody.mode(".gitignore", 0);
    assert!(failures(&json(&[])).contains(&format!(".gitignore: {DENIED}")));
    for path in [".gitignore", "notes.md", "run.sh"] {
        nobody.mode(path, 0o644);
    }
    nobody.mode("closed", 0o755);
    // keylint's own files.
    for name in ["keylint.toml", "keylint-baseline.txt"] {
        nobody.repo.write(name, "");
        nobody.mode(name, 0);
        let (place, remedy) = match name {
            "keylint.toml" => (name.to_owned(), ". Repair the configuration, or leave it out with `--no-config`"),
            _ => (format!("ROOT/{name}"), ""),
        };
        let expected = format!("error: {place}: {DENIED}{remedy}\n");
        // Without it the administrator, who wrote it, would be its owner.
        if nobody.is_administrator {
            give(&nobody.repo.path(name), NOBODY);
        }
        assert_eq!(nobody.told(&["lint"]), (Some(2), String::new(), expected));
        fs::remove_file(nobody.repo.path(name)).unwrap();
    }
}

#[test]
fn folders_of_git_that_can_not_be_read() {
    let Some(nobody) = Nobody::new(&[]) else { return };
    for (path, expected) in [
        (
            ".git/index",
            "`git ls-files` failed in ROOT: fatal: .git/index: index file open failed: Permission denied. Repair the repository",
        ),
        (".git/HEAD", "git can't use the repository at ROOT: "),
        (".git/config", "git can't use the repository at ROOT: "),
        (
            ".git",
            "git can't use the repository at ROOT: fatal: not a git repository (or any of the parent directories): .git. Repair it",
        ),
    ] {
        let before = fs::metadata(nobody.repo.path(path)).unwrap().permissions().mode();
        nobody.mode(path, 0);
        let (code, out, err) = nobody.told(&["lint"]);
        nobody.mode(path, before);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{path}: {err}");
        assert!(
            err.starts_with(&format!("error: {expected}")) && err.ends_with(" until `git status` works\n"),
            "{err}"
        );
    }
}

#[test]
fn folders_that_can_not_be_entered_or_listed() {
    let Some(nobody) = Nobody::new(&[]) else { return };
    nobody.mode("", 0o111);
    let (code, out, err) = nobody.told(&["lint", "--format", "concise"]);
    nobody.mode("", 0o755);
    assert_eq!((code, err.as_str()), (Some(2), ""));
    assert!(out.ends_with(&format!("error: not read: .: {DENIED}\n")), "{out}");
    // The folder of the process itself, closed behind it.
    for arguments in [&["lint"][..], &["lint", "--staged"], &["route"]] {
        if !nobody.is_administrator {
            skipped("only the administrator closes a folder that is somebody else's");
            break;
        }
        nobody.mode("", 0o600);
        let (code, out, err) = nobody.told(arguments);
        nobody.mode("", 0o755);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}: {err}");
        assert!(err.contains("Permission denied"), "{arguments:?}: {err}");
    }
    // Home: what is there is nobody's business but git's, which passes over it.
    let home = nobody.repo.home();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o111)).unwrap();
    let (code, out, err) = nobody.told(&["lint", "-q", "--format", "concise"]);
    assert_eq!((code, err.as_str(), out.lines().count()), (Some(1), "", 1), "{out}");
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A checkout that can't be written to is read like any other; what would be written says so, and leaves no part.
#[test]
fn read_only() {
    let key = key();
    let settings = format!("{{\"env\": {{\"ANTHROPIC_API_KEY\": \"{key}\"}}}}\n");
    let Some(nobody) = Nobody::new(&[(".claude/settings.json", &settings)]) else { return };
    let modes = |mode| {
        for path in ["", ".claude", ".git", ".git/hooks", ".git/objects"] {
            fs::create_dir_all(nobody.repo.path(path)).unwrap();
            nobody.mode(path, mode);
        }
    };
    modes(0o555);
    for (arguments, code) in [
        (&["lint"][..], 1),
        (&["lint", "--staged"], 0),
        (&["lint", "--history"], 1),
        (&["lint", "--diff", "--unsafe-fixes"], 1),
    ] {
        let (ended, _, err) = nobody.told(arguments);
        assert_eq!((ended, err.as_str()), (Some(code), ""), "{arguments:?}");
    }
    for (arguments, expected) in [
        (
            &["lint", "--fix", "--unsafe-fixes"][..],
            format!("error: not written: .claude/settings.local.json: {DENIED}\n"),
        ),
        (&["baseline"], format!("error: ROOT/keylint-baseline.txt: {DENIED}\n")),
        (
            &["allow", "secret-in-launcher", "run.sh", "ANTHROPIC_API_KEY", "--reason", "x"],
            format!("error: ROOT/keylint.toml: {DENIED}\n"),
        ),
        (&["hook", "install"], format!("error: ROOT/.git/hooks/pre-commit: {DENIED}; nothing was changed\n")),
    ] {
        assert_eq!(nobody.told(arguments), (Some(2), String::new(), expected), "{arguments:?}");
    }
    let (code, _, err) = nobody.told(&["lint", "-q", "--output", "json=x.json"]);
    assert_eq!((code, err), (Some(2), format!("error: --output: ROOT/x.json: {DENIED}\n")));
    modes(0o755);
    let left = |folder: &str| fs::read_dir(nobody.repo.path(folder)).unwrap().count();
    assert_eq!((left(""), left(".claude")), (4, 1));
    assert_eq!(fs::read_to_string(nobody.repo.path(".claude/settings.json")).unwrap(), settings);
}

/// A disk that gets full, small and of its own.
#[test]
fn full() {
    let unshare: &[&str] = &["--mount", "--map-root-user"];
    let mounts = |size: &str, then: &str| format!("mount -t tmpfs -o size={size} none \"$1\" && shift && {then}");
    let (repo, key) = leaky();
    let disk = repo.home().join("disk");
    fs::create_dir(&disk).unwrap();
    let own = disk.to_str().unwrap();
    if !answers("unshare", &[unshare, &["/bin/sh", "-c", &mounts("64k", "true"), "sh", own]].concat()) {
        return skipped("no disk can be mounted here");
    }
    // More than the disk has left, once the repository is on it.
    let settings = format!(
        "{{\n  // a comment\n  \"env\": {{\"ANTHROPIC_API_KEY\": \"{key}\"}},\n  \"model\": \"{}\"\n}}\n",
        "m".repeat(150_000)
    );
    let small = Repo::committed(&[IGNORE, (".claude/settings.json", &settings), ("run.sh", &launcher(&key))]);
    let script = mounts(
        "700k",
        "cp -R \"$1\" \"$0\" && cd \"$0/work\" && shift && { head -c 9999999 /dev/zero >fill; \"$@\"; code=$?; \
         rm fill; ls -A . .claude .git; cat .claude/settings.json; exit $code; }",
    );
    let keylint = env!("CARGO_BIN_EXE_keylint");
    for (arguments, expected) in [
        (&["lint", "--fix"][..], "error: not written: .claude/settings.json: No space left on device (os error 28)\n"),
        (&["baseline"], "error: ROOT/keylint-baseline.txt: No space left on device (os error 28)\n"),
        (&["lint", "-q", "--output", "json=x"], "error: --output: ROOT/x: No space left on device (os error 28)\n"),
    ] {
        let work = small.root.to_str().unwrap();
        let words = [unshare, &["/bin/sh", "-c", &script, own, own, work, keylint], arguments].concat();
        let mut command: Command = repo.program("unshare", &words);
        command.env_remove("GIT_CEILING_DIRECTORIES");
        let output = command.output().unwrap();
        let ended = Ended {
            code: output.status.code(),
            signal: None,
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        let err = ended.err.replace(&format!("{own}/work"), "ROOT");
        let err: String =
            err.lines().filter(|line| line.starts_with("error")).map(|line| format!("{line}\n")).collect();
        assert_eq!((ended.code, err.as_str()), (Some(2), expected), "{arguments:?}");
        assert!(!ended.out.contains(".tmp") && ended.out.ends_with(&settings), "{arguments:?}: nothing is half done");
    }
}

/// A source that lets something happen just before a file is read.
struct Going<'a> {
    worktree: &'a dyn Source,
    first: &'a (dyn Fn(&RepoPath) + Sync),
}

impl Source for Going<'_> {
    fn read(&self, entry: &Entry) -> Result<Vec<u8>, ReadError> {
        (self.first)(&entry.path);
        self.worktree.read(entry)
    }
}

/// Between the list and the look at a file it is gone, or a folder.
#[test]
fn files_that_change_meanwhile() {
    let (repo, _) = leaky();
    repo.write("new.sh", launcher(&key()));
    repo.write("seen.sh", launcher(&key()));
    let report = |path: &str, change: &(dyn Fn(&Path) + Sync)| {
        let own = repo.path(path);
        let text = fs::read(&own).unwrap();
        let worktree = worktree::open(std::slice::from_ref(&repo.root), &repo.root, &|_| false).unwrap();
        let first = |read: &RepoPath| {
            if read.as_str() == path {
                fs::remove_file(&own).unwrap();
                change(&own);
            }
        };
        let report = check(&worktree.snapshot, &Going { worktree: &worktree, first: &first }, &Default::default());
        let _ = fs::remove_dir_all(&own);
        let _ = fs::remove_file(&own);
        fs::write(&own, text).unwrap();
        let found = report.findings.iter().map(|finding| finding.primary.path.as_str().to_owned());
        let failed = report.coverage.failures.iter().map(|one| format!("{}: {}", one.path.as_str(), one.reason));
        (found.collect::<Vec<_>>(), failed.collect::<Vec<_>>())
    };
    let all = ["new.sh", "run.sh", "seen.sh"].map(str::to_owned).to_vec();
    let but = |path: &str| all.iter().filter(|one| *one != path).cloned().collect::<Vec<_>>();
    assert_eq!(report("run.sh", &|_| {}), (all.clone(), vec![]), "git has it");
    assert_eq!(report("new.sh", &|_| {}), (but("new.sh"), vec!["new.sh: it is gone".to_owned()]));
    let is_folder = vec!["new.sh: Is a directory (os error 21)".to_owned()];
    assert_eq!(report("new.sh", &|own| fs::create_dir(own).unwrap()), (but("new.sh"), is_folder));
}
