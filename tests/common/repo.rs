//! A throwaway git repository in a clean environment.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that goes away with the value. Holds `home` and, beside it, `work`.
pub struct Repo {
    base: PathBuf,
    /// The folder to lint.
    pub root: PathBuf,
}

impl Repo {
    /// Two empty folders, no repository.
    pub fn plain() -> Self {
        Self::plain_in(&std::env::temp_dir())
    }

    /// [`plain`](Self::plain) below a folder, such as one with room for much.
    pub fn plain_in(folder: &Path) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("keylint-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let base = folder.join(name);
        std::fs::create_dir_all(base.join("home/.config")).unwrap();
        std::fs::create_dir_all(base.join("work")).unwrap();
        let base = base.canonicalize().unwrap();
        // Windows adds a prefix that git does not take.
        let plain = base.to_str().and_then(|base| base.strip_prefix(r"\\?\")).map(PathBuf::from);
        let base = plain.unwrap_or(base);
        let repo = Self { root: base.join("work"), base };
        repo.open_to_others(false);
        repo
    }

    /// Whether other users of the machine get at what is inside, as far as this folder decides.
    pub fn open_to_others(&self, open: bool) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(if open { 0o755 } else { 0o700 });
            std::fs::set_permissions(&self.base, mode).unwrap();
        }
        let _ = open;
    }

    /// An empty repository.
    pub fn new() -> Self {
        let repo = Self::plain();
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// A repository with these files in its first commit.
    pub fn committed(files: &[(&str, &str)]) -> Self {
        let repo = Self::new();
        repo.write_all(files);
        repo.commit();
        repo
    }

    /// The user's home folder.
    pub fn home(&self) -> PathBuf {
        self.base.join("home")
    }

    /// A path in the folder.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// Writes a file and the folders above it.
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes several files.
    pub fn write_all(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            self.write(path, text);
        }
    }

    /// Adds everything that is not ignored and commits it.
    pub fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    }

    /// [`commit`](Self::commit) at a time, in git's form. Returns the commit's name.
    pub fn commit_on(&self, time: &str) -> String {
        self.git(&["add", "-A"]);
        let mut command = self.command(&["commit", "-q", "--allow-empty", "-m", "x"]);
        let dated = command.env("GIT_AUTHOR_DATE", time).env("GIT_COMMITTER_DATE", time).status().unwrap();
        assert!(dated.success());
        self.commit_of("HEAD")
    }

    /// The name of the commit that a word stands for.
    pub fn commit_of(&self, word: &str) -> String {
        let name = self.git(&["rev-parse", "--verify", &format!("{word}^{{commit}}")]);
        String::from_utf8_lossy(&name).trim().to_owned()
    }

    /// What differs from the environment of the test process: no variable of git's, an empty home.
    pub fn env(&self) -> Vec<(OsString, Option<OsString>)> {
        let inherited = std::env::vars_os().map(|(name, _)| name);
        let git = inherited.filter(|name| name.to_string_lossy().starts_with("GIT_"));
        let mut env: Vec<_> = git.map(|name| (name, None)).collect();
        let mut set = |name: &str, value: OsString| env.push((name.into(), Some(value)));
        set("HOME", self.home().into());
        set("XDG_CONFIG_HOME", self.home().join(".config").into());
        set("GIT_CONFIG_NOSYSTEM", "1".into());
        set("GIT_CEILING_DIRECTORIES", self.base.clone().into());
        for role in ["AUTHOR", "COMMITTER"] {
            set(&format!("GIT_{role}_NAME"), "a".into());
            set(&format!("GIT_{role}_EMAIL"), "a@example.com".into());
        }
        env
    }

    /// A git command in this environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.program("git", arguments)
    }

    /// Any program in this environment.
    pub fn program(&self, program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root);
        for (name, value) in self.env() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// Runs git, which must succeed, and returns what it prints.
    pub fn git(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Whether git succeeds.
    pub fn git_can(&self, arguments: &[&str]) -> bool {
        self.command(arguments).output().unwrap().status.success()
    }

    /// Runs git with input, whatever its exit code.
    pub fn git_with(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || stdin.write_all(&input).unwrap());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output.stdout
    }
}

impl Drop for Repo {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.base);
    }
}
