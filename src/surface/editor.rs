//! Settings of editors.

use super::Document;

/// Reads the file.
pub fn read(_document: &mut Document, _editor: super::Editor) {}
