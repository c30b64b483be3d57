//! With the lines of the file, for people.
//!
//! The only place that touches annotate-snippets, which panics on a span outside its text, prints paths, labels and
//! ids as they come, and takes time with the size of the text: all three are dealt with here.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::{Style, clean, shown, summary};
use crate::finding::{Finding, Location, Severity};
use crate::lint::Report;

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if style.color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let renderer = match style.width {
        Some(width) => renderer.term_width(width),
        None => renderer,
    };
    for finding in shown(report, style) {
        writeln!(out, "{}\n", render(finding, &renderer))?;
    }
    summary(report, style, out)
}

fn render(finding: &Finding, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let places: Vec<Place<'_>> = std::iter::once((&finding.primary, true))
        .chain(finding.related.iter().map(|place| (place, false)))
        .map(|(place, primary)| Place::new(place, primary))
        .collect();
    let help: Vec<String> = finding.help.iter().map(|help| clean(help.as_str())).collect();
    let message = clean(finding.message.as_str());
    let title = level.primary_title(message.as_str()).id(finding.rule.slug);
    let elements = places.iter().map(Place::element);
    let help = help.iter().map(|text| Element::from(Level::HELP.message(text.as_str())));
    renderer.render(&[Group::with_title(title).elements(elements.chain(help))])
}

/// A location whose texts are clean and whose span lies inside its lines.
struct Place<'a> {
    location: &'a Location,
    path: String,
    label: String,
    primary: bool,
}

impl<'a> Place<'a> {
    fn new(location: &'a Location, primary: bool) -> Self {
        Self { location, path: clean(location.path.as_str()), label: clean(location.label.as_str()), primary }
    }

    fn element(&self) -> Element<'_> {
        let Some(excerpt) = &self.location.excerpt else {
            return Origin::path(self.path.as_str()).into();
        };
        let text = excerpt.text.as_str();
        let boundary = |mut at: usize| {
            at = at.min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = boundary(excerpt.span.start);
        let end = boundary(excerpt.span.end).max(start);
        let kind = if self.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(start..end);
        let annotation = if self.label.is_empty() { annotation } else { annotation.label(self.label.as_str()) };
        Snippet::source(text)
            .path(self.path.as_str())
            .line_start(excerpt.first_line)
            .fold(true)
            .annotation(annotation)
            .into()
    }
}
