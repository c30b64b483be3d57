//! PowerShell scripts, and the command strings for PowerShell that other files hold.
//!
//! `layout` finds which bracket closes which, `word` decodes words, `syntax` reads statements, `expression` what is no
//! command, `cmdlet` says what the commands of PowerShell's own do. What comes of it is the tree of the shell's reader.
//!
//! Facts are from PowerShell's documentation (about_Parsing, about_Quoting_Rules, about_Special_Characters,
//! about_Environment_Variables, about_Redirection, about_Scopes; 2026-08).

mod assign;
mod block;
mod cmdlet;
mod expression;
mod layout;
mod pipeline;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod word;

pub(super) use cmdlet::builtin;
pub(super) use table::entries;

use super::shell::language::Language;
use super::shell::meaning::Collector;
use super::shell::tree::Node;
use super::{Document, Origin, shell};

/// Reads the file.
pub fn read(document: &mut Document) {
    shell::read_file(document, Language::PowerShell);
}

/// Reads a program.
pub(super) fn parse(text: &str, origin: &Origin, collector: &mut Collector) -> Node {
    let layout = layout::Layout::new(text);
    let reader = word::Reader { text, layout: &layout, origin };
    syntax::Parser::new(reader, collector).list()
}
