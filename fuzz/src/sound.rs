//! What holds of every report.

use std::collections::BTreeMap;

use keylint::config::Config;
use keylint::finding::{Excerpt, Finding};
use keylint::lint::{Report, check};
use keylint::path::RepoPath;
use keylint::source::memory::Memory;
use keylint::source::{Mode, State};
use keylint::text::Text;

use crate::placed::inside;
use crate::plant::Token;

/// Lints files, all of them tracked but those that a `.gitignore` among them covers, and holds that the report is sound.
pub fn lint(files: &[(RepoPath, Vec<u8>)], config: &Config, tokens: &[Token]) -> Report {
    let memory = repository(files);
    let report = check(&memory.snapshot, &memory, config);
    report_of(&report, files, tokens);
    report
}

/// A repository of files.
pub fn repository(files: &[(RepoPath, Vec<u8>)]) -> Memory {
    let files = files.iter().map(|(path, bytes)| (path.clone(), bytes.clone(), State::Tracked, Mode::File));
    let mut memory = Memory::new(files);
    for entry in &mut memory.snapshot.entries {
        if let state @ State::Private { .. } = memory.snapshot.rules.state(&entry.path, false) {
            entry.state = state;
        }
    }
    memory
}

/// Holds that a report points at places of the files, and shows no token.
pub fn report_of(report: &Report, files: &[(RepoPath, Vec<u8>)], tokens: &[Token]) {
    // Of two files at one path the first counts.
    let texts: BTreeMap<&RepoPath, Read> = files.iter().rev().map(|(path, bytes)| (path, Read::of(bytes))).collect();
    let known: Vec<&str> = texts.iter().flat_map(|(path, read)| [path.as_str(), read.text.as_str()]).collect();
    let mut masked: BTreeMap<*const u8, &Excerpt> = BTreeMap::new();
    for finding in report.findings.iter().chain(report.accepted.taken.iter().map(|(finding, _)| finding)) {
        for place in [&finding.primary].into_iter().chain(&finding.related) {
            assert!(place.start.line >= 1 && place.start.column >= 1, "{place:?}");
            assert!(place.start <= place.end, "{place:?}");
            let Some(read) = texts.get(&place.path) else { continue };
            assert!(place.end.line <= read.lines, "{place:?} of {} lines", read.lines);
            let Some(excerpt) = &place.excerpt else { continue };
            inside(read.text.as_str(), excerpt.span);
            assert_eq!(place.start, read.text.position(excerpt.span.start));
            assert_eq!(place.end, read.text.position(excerpt.span.end));
            // All places of a file share one.
            if masked.insert(excerpt.masked.as_ptr(), excerpt).is_none() {
                same_form(read.text.as_str(), &excerpt.masked);
                tokens.iter().for_each(|token| token.assert_hidden(read.text.as_str(), &excerpt.masked));
            }
        }
        let said = said(finding);
        tokens.iter().for_each(|token| token.assert_absent(&known, &said));
    }
}

/// A file's text.
struct Read {
    text: Text,
    lines: usize,
}

impl Read {
    fn of(bytes: &[u8]) -> Self {
        let text = Text::decode(bytes);
        let lines = text.as_str().matches('\n').count() + 1;
        Self { text, lines }
    }
}

/// Holds that a masked text has the bytes, the characters and the lines of the original.
pub fn same_form(text: &str, masked: &str) {
    assert_eq!(text.len(), masked.len());
    let starts = |text: &str| text.char_indices().map(|(at, c)| (at, matches!(c, '\n' | '\r'))).collect::<Vec<_>>();
    assert_eq!(starts(text), starts(masked));
}

/// All texts of a finding.
fn said(finding: &Finding) -> String {
    let mut said = format!("{}\n{}\n", finding.message.as_str(), finding.key);
    let labels = [&finding.primary].into_iter().chain(&finding.related).map(|place| &place.label);
    let fix = finding.fix.iter().flat_map(|fix| fix.left.iter().chain([&fix.title]));
    for message in finding.help.iter().chain(labels).chain(fix) {
        said.push_str(message.as_str());
        said.push('\n');
    }
    said
}
