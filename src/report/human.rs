//! With the lines of the file, for people.
//!
//! The only place that touches annotate-snippets, which panics on a span outside its text, prints paths, labels and
//! ids as they come, and takes time with the size of the text: all three are dealt with here.

use std::io::{self, Write};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use super::{Style, clean, end, is_acted_upon, shown};
use crate::finding::{Finding, Location, Severity};
use crate::lint::Report;
use crate::text::{Span, floor};

/// Prints a report.
///
/// # Errors
/// When writing fails.
pub(super) fn print(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if style.color { Renderer::styled().hyperlink(false) } else { Renderer::plain() };
    let renderer = match style.width {
        Some(width) => renderer.term_width(width),
        None => renderer,
    };
    // The lines of a file: annotate-snippets leaves in them what it does not know. The escape sequences are its own.
    let is_left = |character| is_acted_upon(character) && !matches!(character, '\n' | '\u{1b}');
    for finding in shown(report, style) {
        writeln!(out, "{}\n", render(finding, &renderer).replace(is_left, "\u{fffd}"))?;
    }
    end(report, style, out)
}

fn render(finding: &Finding, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let help: Vec<String> = finding.help.iter().map(|help| clean(help.as_str())).collect();
    let message = clean(finding.message.as_str());
    let views = views(finding);
    let title = level.primary_title(message.as_str()).id(finding.rule.slug);
    let elements = views.iter().map(View::element);
    let help = help.iter().map(|text| Element::from(Level::HELP.message(text.as_str())));
    renderer.render(&[Group::with_title(title).elements(elements.chain(help))])
}

/// Places that are closer than this are shown together.
const NEAR: usize = 6;

/// Lines of one file, and the places in them.
struct View {
    path: String,
    /// Whole lines; `None` where the finding is about the file as a whole.
    lines: Option<Lines>,
    marks: Vec<Mark>,
}

struct Lines {
    masked: Arc<str>,
    span: Span,
    first: usize,
    last: usize,
}

struct Mark {
    span: Span,
    label: String,
    primary: bool,
}

fn views(finding: &Finding) -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    let places = std::iter::once((&finding.primary, true)).chain(finding.related.iter().map(|place| (place, false)));
    for (location, primary) in places {
        // As git takes it: `git show <commit>:<path>`.
        let commit = location.commit.map(|commit| commit.short() + ":").unwrap_or_default();
        let path = commit + &clean(location.path.as_str());
        let Some(excerpt) = &location.excerpt else {
            views.push(View { path, lines: None, marks: Vec::new() });
            continue;
        };
        let new = lines_around(location, &excerpt.masked, excerpt.span);
        let mark =
            Mark { span: boundaries(&excerpt.masked, excerpt.span), label: clean(location.label.as_str()), primary };
        let near = views.iter_mut().find_map(|view| {
            let lines = view.lines.as_mut()?;
            let apart = new.first.saturating_sub(lines.last).max(lines.first.saturating_sub(new.last));
            (view.path == path && apart <= NEAR).then_some((lines, &mut view.marks))
        });
        match near {
            Some((lines, marks)) => {
                lines.span = Span::new(lines.span.start.min(new.span.start), lines.span.end.max(new.span.end));
                lines.first = lines.first.min(new.first);
                lines.last = lines.last.max(new.last);
                marks.push(mark);
            }
            None => views.push(View { path, lines: Some(new), marks: vec![mark] }),
        }
    }
    views
}

/// The whole lines that a place touches, at most [`NEAR`] of them.
fn lines_around(location: &Location, masked: &Arc<str>, span: Span) -> Lines {
    let span = boundaries(masked, span);
    let start = masked[..span.start].rfind('\n').map_or(0, |line| line + 1);
    let inside = masked[start..].match_indices('\n').map(|(at, _)| start + at).take(NEAR);
    let end = inside.take_while(|&at| at < span.end).last().unwrap_or(span.start).max(span.start);
    let end = masked[end..].find('\n').map_or(masked.len(), |line| end + line);
    let last = location.start.line + masked[start..end].matches('\n').count();
    Lines { masked: Arc::clone(masked), span: Span::new(start, end), first: location.start.line, last }
}

/// The span on character boundaries inside the text: annotate-snippets panics on any other.
fn boundaries(text: &str, span: Span) -> Span {
    Span::new(floor(text, span.start), floor(text, span.end))
}

impl View {
    fn element(&self) -> Element<'_> {
        let Some(lines) = &self.lines else {
            return Origin::path(self.path.as_str()).into();
        };
        let text = &lines.masked[lines.span.range()];
        let annotations = self.marks.iter().map(|mark| {
            let within = |at: usize| at.clamp(lines.span.start, lines.span.end) - lines.span.start;
            let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(within(mark.span.start)..within(mark.span.end));
            if mark.label.is_empty() { annotation } else { annotation.label(mark.label.as_str()) }
        });
        Snippet::source(text)
            .path(self.path.as_str())
            .line_start(lines.first)
            .fold(true)
            .annotations(annotations)
            .into()
    }
}
