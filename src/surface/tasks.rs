//! Files of task runners.

use super::Document;

/// Reads the file.
pub fn read(_document: &mut Document, _tasks: super::Tasks) {}
