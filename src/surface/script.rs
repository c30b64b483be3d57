//! Strings for a shell that stand in another language, whose references are replaced first.

use super::shell::decode::Builder;
use super::shell::language::Language;
use super::shell::word::name_length;
use super::{Decoded, Document, Reference, Value};
use crate::text::{Span, first_length};

/// No `{{ … }}` is longer; a bound keeps the search linear.
const MAX_TEMPLATE: usize = 512;

/// A string for the shell in which the language around it has references of its own.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) text: Decoded,
    /// Whose shell's.
    pub(super) language: Language,
    /// Their places in the document, and the variables that they name.
    references: Vec<(Span, Option<String>)>,
}

/// What stands for a reference of the outer language while the shell's grammar is read.
pub(super) enum Outer {
    /// A variable, as far as the shell is concerned.
    Variable(String),
    /// Text that is known.
    Text(String),
    /// Whatever it may be.
    Computed,
    /// A command whose output it is: the part of the text where it stands.
    Output(std::ops::Range<usize>),
}

impl Script {
    /// A string without references of another language.
    pub(super) fn plain(text: Decoded) -> Self {
        Self { text, language: Language::Posix, references: Vec::new() }
    }

    /// The same string for a shell of another language.
    pub(super) fn written_in(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// A string with `{{ name }}`, which the outer language replaces.
    pub(super) fn mustache(text: &Decoded) -> Self {
        Self::templated(text, &['{'], |text, at| {
            let rest = text[at..].strip_prefix("{{")?;
            let window = crate::text::floor(rest, MAX_TEMPLATE);
            let length = rest[..window].find("}}")?;
            let inner = rest[..length].trim().trim_matches('-').trim();
            let name = inner.strip_prefix("env.").or(inner.strip_prefix('.')).unwrap_or(inner);
            let is_name = name_length(name) == name.len() && !name.is_empty();
            let outer = if is_name { Outer::Variable(name.to_owned()) } else { Outer::Computed };
            Some((length + 4, outer))
        })
    }

    /// A string in which `find` recognises the outer language's references, which begin with one of `marks`: the length of
    /// the one at a byte offset, and what stands for it.
    pub(super) fn templated(
        text: &Decoded,
        marks: &[char],
        find: impl Fn(&str, usize) -> Option<(usize, Outer)>,
    ) -> Self {
        let raw = text.text.expose();
        let mut builder = Builder::new(0);
        let mut references = Vec::new();
        let (mut at, mut copied) = (0, 0);
        while let Some(mark) = raw[at..].find(marks) {
            at += mark;
            let Some((length, outer)) = find(raw, at) else {
                at += first_length(&raw[at..]);
                continue;
            };
            builder.push(&raw[copied..at], copied);
            let end = at + length;
            let mut insert = |text: &str| text.chars().for_each(|character| builder.push_escaped(character, at, end));
            let place = text.origin.span(at, end);
            match outer {
                Outer::Variable(name) => {
                    insert(&format!("${{{name}}}"));
                    references.push((place, Some(name)));
                }
                Outer::Text(text) => insert(&text),
                Outer::Computed => {
                    insert("$(:)");
                    references.push((place, None));
                }
                Outer::Output(command) => {
                    insert("$(");
                    builder.push(&raw[command.clone()], command.start);
                    builder.push_escaped(')', end - 1, end);
                    references.push((place, None));
                }
            }
            (at, copied) = (end, end);
        }
        builder.push(&raw[copied..], copied);
        Self { text: builder.finish(&text.origin), language: Language::Posix, references }
    }

    /// Corrects what was read of the script: the assignments and commands of the document from these numbers on.
    pub(super) fn settle(&self, document: &mut Document, assignment: usize, command: usize) {
        if self.references.is_empty() {
            return;
        }
        for assignment in &mut document.assignments[assignment..] {
            // Also in single quotes, since the outer language is done before the shell begins.
            let replaced = matches!(&assignment.value, Value::Reference(reference) if !reference.expanded)
                || matches!(assignment.value, Value::Literal | Value::Placeholder);
            if let Some(name) = self.reference_in(assignment.decoded.span()).filter(|_| replaced) {
                assignment.value = Value::Reference(Reference { name, expanded: true, default: None });
            }
        }
        for word in document.commands[command..].iter_mut().flat_map(|command| &mut command.words) {
            word.dynamic |= self.reference_in(word.decoded.span()).is_some();
        }
    }

    /// The first reference inside a span, if there is one.
    fn reference_in(&self, span: Span) -> Option<Option<String>> {
        let at = self.references.partition_point(|(place, _)| place.end <= span.start);
        self.references.get(at).filter(|(place, _)| place.overlaps(span)).map(|(_, name)| name.clone())
    }
}
