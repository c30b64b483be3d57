//! What was written from the command line's definition: `tests/assets.rs` writes it and holds it equal.

use crate::cli::Shell;

/// The man page.
pub(crate) const MAN: &str = include_str!("../assets/keylint.1");

/// What a shell needs to complete words.
pub(crate) fn completions(shell: Shell) -> &'static str {
    match shell {
        Shell::Bash => include_str!("../assets/completions/keylint.bash"),
        Shell::Zsh => include_str!("../assets/completions/_keylint"),
        Shell::Fish => include_str!("../assets/completions/keylint.fish"),
        Shell::PowerShell => include_str!("../assets/completions/_keylint.ps1"),
        Shell::Elvish => include_str!("../assets/completions/keylint.elv"),
    }
}
