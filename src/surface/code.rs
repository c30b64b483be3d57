//! Source code that sets a credential: constructors of SDKs, environments of processes, variables, headers.
//!
//! Only what stands there as a literal is read. A program decides the rest when it runs, and nobody can know it from here.

mod draft;
mod lexer;
mod literal;
mod names;
mod notebook;
mod pairs;
mod scan;
#[cfg(test)]
mod tests;
mod value;

use super::{Document, Language, Origin};
use crate::path::RepoPath;

/// How strings and comments are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flavour {
    Python,
    TypeScript,
    Go,
    Java,
    Kotlin,
    Ruby,
    CSharp,
}

/// A text in a language, and where it stands in the document.
#[derive(Debug)]
struct Source<'t> {
    text: &'t str,
    origin: Origin,
    flavour: Flavour,
    language: Language,
}

/// Reads the file.
pub fn read(document: &mut Document, language: Language) {
    let text = document.text.as_str().to_owned();
    let flavour = match language {
        Language::Python => Flavour::Python,
        Language::TypeScript => Flavour::TypeScript,
        Language::Go => Flavour::Go,
        Language::Java if document.path.name().contains(".kt") => Flavour::Kotlin,
        Language::Java => Flavour::Java,
        Language::Ruby => Flavour::Ruby,
        Language::CSharp => Flavour::CSharp,
    };
    if document.path.name().ends_with(".ipynb") {
        for cell in notebook::cells(&text) {
            let source = Source { text: cell.text.expose(), origin: cell.origin.clone(), flavour, language };
            notebook::magic(document, &cell);
            program(document, &source);
        }
    } else {
        program(document, &Source { text: &text, origin: Origin::Direct(0), flavour, language });
    }
    in_order(document);
}

fn program(document: &mut Document, source: &Source<'_>) {
    // In a test nothing is sent anywhere.
    let may_launch = !is_test(&document.path);
    let tokens = lexer::tokens(source);
    for (tokens, commented) in [(&tokens.live, false), (&tokens.commented, true)] {
        let found = scan::scan(value::Cursor { source, tokens }, commented);
        document.assignments.extend(found.assignments);
        for draft in found.drafts {
            draft.settle(document, may_launch && !commented);
        }
    }
}

/// Sorts the assignments by place.
fn in_order(document: &mut Document) {
    let mut order: Vec<usize> = (0..document.assignments.len()).collect();
    order.sort_by_key(|&index| document.assignments[index].name_span);
    let mut numbers = vec![0; order.len()];
    for (number, &index) in order.iter().enumerate() {
        numbers[index] = number;
    }
    let mut assignments: Vec<_> = std::mem::take(&mut document.assignments).into_iter().zip(&numbers).collect();
    assignments.sort_by_key(|&(_, &number)| number);
    document.assignments = assignments.into_iter().map(|(assignment, _)| assignment).collect();
    let launches = std::mem::take(&mut document.launches);
    document.launches = launches.into_iter().map(|launch| launch.renumbered(|index| numbers[index])).collect();
}

/// Whether the file is a test by its name, or stands in a folder of tests.
pub(crate) fn is_test(path: &RepoPath) -> bool {
    const FOLDERS: [&str; 16] = [
        "test",
        "tests",
        "__tests__",
        "spec",
        "specs",
        "testing",
        "testdata",
        "fixtures",
        "__fixtures__",
        "e2e",
        "mocks",
        "__mocks__",
        "testutil",
        "testutils",
        "cypress",
        "androidTest",
    ];
    let name = path.name();
    let stem = name.split('.').next().unwrap_or(name);
    let in_folder = path.folder().split('/').any(|part| FOLDERS.contains(&part));
    in_folder
        || ["test_", "conftest", "vitest", "jest", "Test"].iter().any(|start| stem.starts_with(start))
        || ["_test", "_tests", "_spec", "Test", "Tests", "Spec"].iter().any(|end| stem.ends_with(end))
        || name.contains(".test.")
        || name.contains(".spec.")
}
