//! Whatever a document speaks of stands in its text.

use keylint::surface::{Decoded, Document, Origin};
use keylint::text::Span;

/// Holds that every place of a document lies in its text, on the borders of characters.
pub fn document(document: &Document) {
    let text = document.text.as_str();
    for assignment in &document.assignments {
        inside(text, assignment.name_span);
        decoded(text, &assignment.decoded);
        if let keylint::surface::Value::Reference(reference) = &assignment.value {
            reference.default.iter().for_each(|default| decoded(text, default));
        }
    }
    for launch in &document.launches {
        let replaced = launch.includes.iter().flat_map(|include| &include.replaces);
        for &index in launch.environment.iter().chain(replaced) {
            assert!(index < document.assignments.len(), "assignment {index} of {}", document.assignments.len());
        }
        launch.includes.iter().for_each(|include| decoded(text, &include.path));
    }
    let started = document.launches.iter().filter_map(|launch| launch.command.as_ref());
    for command in document.commands.iter().chain(started) {
        inside(text, command.span);
        command.words.iter().for_each(|word| decoded(text, &word.decoded));
    }
    document.escaped.iter().for_each(|escaped| decoded(text, escaped));
    document.keys.iter().for_each(|(span, _)| inside(text, *span));
    document.sections.iter().for_each(|(_, span)| inside(text, *span));
    document.faults.iter().for_each(|fault| inside(text, fault.span));
}

/// Holds that a place lies in a text, on the borders of characters.
pub fn inside(text: &str, span: Span) {
    assert!(span.start <= span.end, "{span:?} ends before it begins");
    assert!(text.get(span.range()).is_some(), "{span:?} is no part of {} bytes: {text:?}", text.len());
}

/// Holds that a value stands where it says.
fn decoded(text: &str, value: &Decoded) {
    let length = value.text.expose().len();
    inside(text, value.span());
    match &value.origin {
        Origin::Direct(start) => {
            assert_eq!(text.get(*start..start + length), Some(value.text.expose()), "not what stands at {start}");
        }
        Origin::Mapped(map) => {
            assert_eq!(map.len(), length + 1, "one entry more than the value has bytes");
            assert!(map.iter().all(|&at| at <= text.len()), "{map:?} leads out of {} bytes", text.len());
        }
    }
}
