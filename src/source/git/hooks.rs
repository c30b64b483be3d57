//! Where git looks for hooks.

use std::path::PathBuf;

use super::{HOOKS_OFF, Repository, SETTINGS, run, to_path};
use crate::source::{SourceError, real_place};

/// Where git looks for hooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooks {
    /// The folder: `core.hooksPath`, or `hooks` in git's own.
    pub folder: PathBuf,
    /// The folder that git keeps for this repository alone, shared by its work trees.
    pub common: PathBuf,
}

impl Repository {
    /// Asks git where it looks for hooks. No hook is run by the question.
    ///
    /// # Errors
    /// If git fails.
    pub fn hooks(&self) -> Result<Hooks, SourceError> {
        let ask = |arguments: &[&str]| {
            let settings = SETTINGS.iter().filter(|setting| **setting != HOOKS_OFF);
            let mut command = self.options.command_with(&self.root, "rev-parse", settings);
            let output = run(command.args(arguments)).map_err(|error| self.failed("rev-parse", error.to_string()))?;
            if !output.success() {
                return Err(self.failed("rev-parse", output.reason));
            }
            // A path may end with a line break of its own.
            let path = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
            let path = self.root.join(to_path(path));
            // What is not there yet has the real path of what it will be in.
            Ok(real_place(&path).unwrap_or(path))
        };
        Ok(Hooks { folder: ask(&["--git-path", "hooks"])?, common: ask(&["--git-common-dir"])? })
    }
}
