//! The hooks of `.pre-commit-hooks.yaml` under the real pre-commit and the real prek.
//!
//! Only the language differs from what users get: `system` takes the keylint that was built for the tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

#[path = "../common/mod.rs"]
mod common;

mod asked;
mod commits;
mod installed;
mod paths;

use std::path::Path;
use std::process::{Command, Output};

use common::repo::Repo;
use common::sample::Rng;
use common::{machine, package, run, text, token};

/// The frameworks that are here. Where tools are required both must be.
fn frameworks() -> Vec<&'static str> {
    ["pre-commit", "prek"].into_iter().filter(|program| machine::has(program, &["--version"])).collect()
}

/// Calls a test for each framework, in a repository with a hook and with files in the first commit.
fn each(hook: &str, more: &str, files: &[(&str, &str)], test: impl Fn(&Hooked)) {
    for program in frameworks() {
        let hooked = Hooked { program, repo: Repo::new() };
        hooked.repo.write_all(files);
        hooked.repo.write(".gitignore", "**/.claude/settings.local.json\n");
        hooked.repo.write(".pre-commit-config.yaml", configuration(hook, more));
        hooked.repo.commit();
        let installed = hooked.framework(&["install", "--hook-type=pre-commit", "--hook-type=pre-merge-commit"]);
        assert!(installed.status.success(), "{program}: {}", said(&installed));
        test(&hooked);
    }
}

/// What users of a hook have in their configuration, with more lines for it.
fn configuration(hook: &str, more: &str) -> String {
    let is_kept = |line: &&str| !line.starts_with("  args:") || !more.starts_with("args:");
    let hook: String = one_hook(hook).lines().filter(is_kept).map(|line| format!("  {line}\n")).collect();
    let more: String = more.lines().map(|line| format!("    {line}\n")).collect();
    format!("repos:\n- repo: local\n  hooks:\n{hook}{more}")
}

/// The manifest with `system` for its language.
fn manifest() -> String {
    let manifest = std::fs::read_to_string(package().join(".pre-commit-hooks.yaml")).unwrap();
    assert!(manifest.contains("  language: rust\n"));
    manifest.replace("  language: rust\n", "  language: system\n")
}

/// One hook of the manifest.
fn one_hook(id: &str) -> String {
    let manifest = manifest();
    let start = manifest.find(&format!("- id: {id}\n")).unwrap();
    let hook = &manifest[start..];
    hook[..hook.find("\n\n").unwrap_or(hook.len())].trim_end().to_owned() + "\n"
}

/// A repository with a hook, and who runs it.
struct Hooked {
    program: &'static str,
    repo: Repo,
}

impl Hooked {
    /// A command in the clean environment, with keylint on the path.
    fn clean(&self, program: &str, arguments: &[&str], folder: &Path) -> Command {
        let mut command = self.repo.program(program, arguments);
        command.current_dir(folder);
        let keylint = Path::new(env!("CARGO_BIN_EXE_keylint")).parent().unwrap().to_owned();
        let path = std::env::var_os("PATH").unwrap();
        let path = std::env::join_paths([keylint].into_iter().chain(std::env::split_paths(&path))).unwrap();
        let cache = self.repo.home().join("cache");
        command.env("PATH", path).env("XDG_CACHE_HOME", &cache).env("PRE_COMMIT_HOME", cache.join("pre-commit"));
        for name in ["GITHUB_ACTIONS", "PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF", "SKIP", "PREK_SKIP"] {
            command.env_remove(name);
        }
        command.env("PRE_COMMIT_COLOR", "never").env("PREK_COLOR", "never").env("PREK_HOME", cache.join("prek"));
        command
    }

    fn framework(&self, arguments: &[&str]) -> Output {
        run(self.clean(self.program, arguments, &self.repo.root))
    }

    /// `pre-commit run`: the findings, and whether it failed.
    fn run(&self, arguments: &[&str]) -> (Vec<String>, bool) {
        self.judged(&self.framework(&[&["run"], arguments].concat()))
    }

    /// `git commit`: the findings, and whether it failed.
    fn commit(&self, arguments: &[&str]) -> (Vec<String>, bool) {
        self.git(&[&["commit", "-q", "-m", "x"], arguments].concat())
    }

    /// git, whose hooks may speak: the findings, and whether it failed.
    fn git(&self, arguments: &[&str]) -> (Vec<String>, bool) {
        self.judged(&run(self.clean("git", arguments, &self.repo.root)))
    }

    /// Place and rule of each finding that was printed, and whether the command failed.
    fn judged(&self, output: &Output) -> (Vec<String>, bool) {
        let all = said(output);
        assert!(
            !all.contains("Traceback")
                && !all.lines().any(|line| line.trim_start().starts_with("error: ") && !line.contains("push")),
            "{}: {all}",
            self.program
        );
        // `path:1:2: error[rule]: message`; prek moves it in.
        let place = |line: &str| {
            let (place, rest) = line.trim_start().split_once(": ")?;
            let rule = rest.strip_prefix("error[").or_else(|| rest.strip_prefix("warning["))?.split(']').next()?;
            Some(format!("{place} {rule}"))
        };
        (all.lines().filter_map(place).collect(), !output.status.success())
    }

    /// How many commits there are.
    fn commits(&self) -> usize {
        text(&self.repo.git(&["rev-list", "--count", "HEAD"])).trim().parse().unwrap()
    }
}

/// Everything that a command printed.
fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

/// One line a finding, so that the tests can read them; users' options end with `--` as well.
const CONCISE: &str = "args: [--format, concise, --]\n";

/// A random token.
fn secret() -> String {
    token("anthropic-api-key", &mut Rng::from_entropy()).unwrap()
}

/// A line with a token in column 9.
fn with_secret() -> String {
    format!("TOKEN = {}\n", secret())
}

/// What a file with that line gives.
fn found(path: &str) -> (Vec<String>, bool) {
    (vec![format!("{path}:1:9 secret-in-text")], true)
}

fn nothing() -> (Vec<String>, bool) {
    (Vec::new(), false)
}
