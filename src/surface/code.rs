//! Source code that sets a credential.

use super::Document;

/// Reads the file.
pub fn read(_document: &mut Document, _code: super::Language) {}
