//! Batch files of cmd.exe.

use super::Document;

/// Reads the file.
pub fn read(_document: &mut Document) {}
