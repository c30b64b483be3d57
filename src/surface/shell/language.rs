//! In which language a program is written, and how an interpreter is handed one.
//!
//! All languages become the same tree of commands, which `run` follows.

use super::meaning::Collector;
use super::tree::{Node, RawCommand};
use super::word::ShellWord;
use crate::surface::command::basename;
use crate::surface::{Origin, batch, powershell};

/// The language of a program that a shell runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::surface) enum Language {
    /// sh, bash, zsh and their kin.
    #[default]
    Posix,
    Fish,
    PowerShell,
    /// cmd.exe.
    Batch,
}

impl Language {
    /// What an interpreter of that name reads.
    pub(in crate::surface) fn of(program: &str) -> Option<Self> {
        let name = basename(program);
        let is = |names: &[&str]| names.iter().any(|other| name.eq_ignore_ascii_case(other));
        if matches!(name, "sh" | "bash" | "zsh" | "dash" | "ksh" | "ash") {
            Some(Self::Posix)
        } else if name == "fish" {
            Some(Self::Fish)
        } else if is(&["pwsh", "powershell"]) {
            Some(Self::PowerShell)
        } else if is(&["cmd"]) {
            Some(Self::Batch)
        } else {
            None
        }
    }

    /// Reads a program.
    pub(super) fn parse(self, text: &str, origin: &Origin, collector: &mut Collector) -> Node {
        let outer = std::mem::replace(&mut collector.language, self);
        let node = match self {
            Self::Posix => super::syntax::parse(text, origin, collector),
            Self::Fish => super::fish::syntax::parse(text, origin, collector),
            Self::PowerShell => powershell::parse(text, origin, collector),
            Self::Batch => batch::parse(text, origin, collector),
        };
        collector.language = outer;
        node
    }

    /// A name of a command as functions are known by it.
    pub(in crate::surface) fn folded(self, name: &str) -> String {
        if matches!(self, Self::Posix | Self::Fish) { name.to_owned() } else { name.to_ascii_lowercase() }
    }

    /// The word that is a program, among those from `index` on behind the interpreter's name.
    pub(super) fn program(self, raw: &RawCommand, index: usize) -> Option<usize> {
        let texts: Vec<&str> = raw.words.iter().map(ShellWord::text).collect();
        self.program_in(&texts, index)
    }

    /// The same for words as texts.
    pub(in crate::surface) fn program_in(self, words: &[&str], mut index: usize) -> Option<usize> {
        while let Some(text) = words.get(index) {
            index += 1;
            let given = (index < words.len()).then_some(index);
            match self {
                Self::Posix | Self::Fish => {
                    let flags = text.strip_prefix(['-', '+'])?;
                    if text.starts_with('-') && !text.starts_with("--") && flags.contains('c') {
                        return given;
                    }
                    index += usize::from(flags.ends_with('o'));
                }
                Self::PowerShell => {
                    let name = text.trim_start_matches(['-', '/']).to_ascii_lowercase();
                    if !text.starts_with(['-', '/']) {
                        // Without an option in front, a file or a program.
                        return text.contains([' ', '$', ';']).then_some(index - 1);
                    }
                    if !name.is_empty() && "command".starts_with(&name) {
                        return given;
                    }
                    let valued = ["executionpolicy", "ep", "ex", "version", "windowstyle", "w", "workingdirectory"];
                    if matches!(name.as_str(), "file" | "f" | "encodedcommand" | "enc" | "e" | "ec") {
                        return None;
                    }
                    index += usize::from(valued.contains(&name.as_str()));
                }
                Self::Batch => {
                    // From another shell's command line it may be `//c`.
                    match text.trim_start_matches('/').to_ascii_lowercase().as_str() {
                        _ if !text.starts_with('/') => return None,
                        "c" | "k" | "r" => return given,
                        _ => {}
                    }
                }
            }
        }
        None
    }
}
