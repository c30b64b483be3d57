//! Batch files of cmd.exe.

use super::shell::language::Language;
use super::shell::meaning::Collector;
use super::shell::tree::Node;
use super::{Document, Origin, shell};

/// Reads the file.
pub fn read(document: &mut Document) {
    shell::read_file(document, Language::Batch);
}

/// Reads a program.
pub(super) fn parse(_text: &str, _origin: &Origin, _collector: &mut Collector) -> Node {
    Node::Opaque
}
