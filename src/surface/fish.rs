//! fish scripts, and the file in which fish keeps universal variables.

#[cfg(test)]
mod tests;
mod universal;

use super::Document;
use super::shell;
use super::shell::language::Language;

/// Reads the file.
pub fn read(document: &mut Document) {
    if document.path.name().ends_with("fish_variables") {
        universal::read(document);
    } else {
        shell::read_file(document, Language::Fish);
    }
}
