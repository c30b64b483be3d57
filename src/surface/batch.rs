//! Batch files of cmd.exe, and the command strings for cmd.exe that other files hold.
//!
//! `word` decodes what stands between two operators, `syntax` reads commands, `variable` what `set` and its kin do.
//! What comes of it is the tree of the shell's reader. A label is a function: what follows it up to the next one, which
//! it then calls; `goto` calls and never comes back.
//!
//! Facts are from Microsoft's documentation of the commands (2026-08), and from comparison with the cmd.exe of Wine 8.0.

mod command;
mod control;
mod syntax;
#[cfg(test)]
mod tests;
mod variable;
mod word;

use super::shell::language::Language;
use super::shell::meaning::Collector;
use super::shell::tree::Node;
use super::{Document, Origin, shell};

/// Reads the file.
pub fn read(document: &mut Document) {
    shell::read_file(document, Language::Batch);
}

/// Reads a program.
pub(super) fn parse(text: &str, origin: &Origin, collector: &mut Collector) -> Node {
    syntax::Parser::new(text, origin, collector).program()
}
