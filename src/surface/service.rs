//! What machines and clusters start.

use super::Document;

/// Reads the file.
pub fn read(_document: &mut Document, _service: super::Service) {}
