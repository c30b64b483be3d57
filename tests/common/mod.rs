//! What the integration tests share.
#![allow(dead_code, unreachable_pub, unused_imports, clippy::unwrap_used, clippy::panic)]

pub mod actionlint;
pub mod machine;
pub mod repo;
pub mod sample;
pub mod token;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use keylint::finding::Severity;
use keylint::fix::Applicability;
use keylint::lint::Options;
use keylint::lint::mend::{Mended, Wanted, mend};
use repo::Repo;
use serde_json::Value;
pub use token::{base64, expand, token};

impl Repo {
    /// keylint in this repository, in a clean environment.
    pub fn keylint(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_keylint"), arguments);
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM", "GITHUB_ACTIONS"] {
            command.env_remove(name);
        }
        command
    }

    /// The findings of `keylint lint` in JSON, and the exit code.
    pub fn findings(&self, arguments: &[&str]) -> (Vec<Value>, i32) {
        let output = run(self.keylint(&[&["lint", "--format", "json"], arguments].concat()));
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", text(&output.stdout), text(&output.stderr)));
        (report["findings"].as_array().unwrap().clone(), output.status.code().unwrap())
    }
}

/// What there is to mend in a folder, everything wanted from a severity on. Nothing is written.
pub fn mended(root: &Path, min_severity: Severity) -> Mended {
    let wanted = Wanted { applicability: Applicability::Unsafe, min_severity, finding: &|_| true, change: &|_| true };
    mend(&[], root, &Options::default(), wanted).unwrap()
}

/// Puts a program at a path. By a process of its own: one that a child of another thread still has open for writing can't
/// be started.
pub fn put_program(at: &Path, content: impl AsRef<[u8]>) {
    std::fs::create_dir_all(at.parent().unwrap()).unwrap();
    let mut writer = Command::new("sh");
    writer.args(["-c", "cat >\"$0\" && chmod 755 \"$0\""]).arg(at).stdin(Stdio::piped());
    let mut writer = writer.spawn().unwrap();
    writer.stdin.take().unwrap().write_all(content.as_ref()).unwrap();
    assert!(writer.wait().unwrap().success());
}

/// Puts keylint at a path.
pub fn put_keylint(at: &Path) {
    put_program(at, std::fs::read(env!("CARGO_BIN_EXE_keylint")).unwrap());
}

/// Gives a command the changes to the environment that another one has.
pub fn share_environment(from: &Command, to: &mut Command) {
    for (name, value) in from.get_envs() {
        match value {
            Some(value) => to.env(name, value),
            None => to.env_remove(name),
        };
    }
}

/// Runs a command that must start.
pub fn run(mut command: Command) -> Output {
    command.output().unwrap()
}

/// Output as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `path:line:column rule` of a finding.
pub fn place(finding: &Value) -> String {
    let get = |name: &str| finding[name].to_string().trim_matches('"').to_owned();
    format!("{}:{}:{} {}", get("path"), get("line"), get("column"), get("rule"))
}

/// The 1-based line and column, in code points, of byte `at`.
pub fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |line| line + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The folder of this package.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
