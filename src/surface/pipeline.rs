//! Continuous-integration pipelines.

use super::Document;

/// Reads the file.
pub fn read(_document: &mut Document, _pipeline: super::Pipeline) {}
