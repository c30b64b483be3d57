//! `set`, what `echo` writes into files, and assignments in comments.

use std::collections::HashMap;
use std::ops::Range;

use super::syntax::Parser;
use crate::surface::shell::decode::{Builder, part, placed};
use crate::surface::shell::meaning::{Simple, Step};
use crate::surface::shell::windows::{commented, set_variable};
use crate::surface::shell::word::ShellWord;
use crate::surface::{Decoded, Origin, Value, shell};

/// A line that an `echo` writes.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) target: Option<String>,
    pub(super) word: ShellWord,
}

impl Parser<'_, '_> {
    /// `set NAME=value`, `set "NAME=value"`, `set /p NAME=question`; false if it sets nothing.
    pub(super) fn assign(&mut self, word: &ShellWord, simple: &mut Simple) -> bool {
        let text = word.text();
        let option = text.get(..2).map(str::to_ascii_lowercase);
        let computes = matches!(option.as_deref(), Some("/a" | "/p"));
        let mut from = if computes { 2 } else { 0 };
        from += blanks(&text[from..]);
        let mut end = text.len();
        if text[from..].starts_with('"') {
            from += 1;
            // What stands behind the last quote is dropped.
            end = text[from..].rfind('"').map_or(end, |last| from + last);
        }
        let Some(equals) = text[from..end].find('=').map(|length| from + length).filter(|&equals| equals > from) else {
            return false;
        };
        let name = text[from..equals].trim();
        let name_start = from + blanks(&text[from..equals]);
        // A blank in front of the equals sign is part of the name: another variable than it seems.
        let exact = text[from..equals].len() == name_start - from + name.len();
        let name = part(&word.decoded, name_start, name_start + name.len());
        let mut value = word.clone();
        value.live.retain(|&live| live >= equals && live < end);
        value.decoded = part(&word.decoded, equals + 1, end);
        let (mut kind, decoded) = value.value(0);
        if value.live.is_empty() && decoded.text.expose().is_empty() {
            kind = Value::Unset;
        }
        if computes || name.text.expose().ends_with(['+', '-', '*', '/']) {
            kind = Value::Unknown;
        }
        let names = if word.live.iter().any(|&live| live < equals) {
            let listed = self.collector.lists.get(name.text.expose()).cloned();
            if listed.is_none() && matches!(kind, Value::Unset) {
                // Any of them may be gone: none counts as set.
                simple.steps.push(Step::Clear);
                self.collector.clears += 1;
            }
            listed.unwrap_or_default()
        } else {
            vec![name]
        };
        let mut steps = Vec::new();
        for name in names {
            set_variable(self.collector, &name, kind.clone(), decoded.clone(), &mut steps);
        }
        simple.steps.extend(steps.into_iter().filter(|_| exact));
        true
    }

    /// Notes an assignment in the comment whose text stands in a range.
    pub(super) fn comment(&mut self, range: Range<usize>) {
        let text = self.reader.text[range.clone()].trim();
        let start = range.end - self.reader.text[range].trim_start().len();
        let begins = |prefix: &str| text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        if !["set ", "setx ", "@set "].iter().any(|prefix| begins(prefix)) {
            return;
        }
        commented(self.collector, text, &placed(self.reader.origin, start, text));
    }

    /// Reads the files that `echo`s write line by line.
    pub(super) fn write_files(&mut self) {
        let mut files: Vec<(String, Vec<ShellWord>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for line in std::mem::take(&mut self.lines) {
            let Some(target) = line.target else { continue };
            let place = *places.entry(target.clone()).or_insert(files.len());
            if place == files.len() {
                files.push((target, Vec::new()));
            }
            files[place].1.push(line.word);
        }
        for (target, lines) in files {
            let live: Vec<usize> = lines.iter().flat_map(shell::meaning::live_offsets).collect();
            self.collector.write_file(&target, &joined(&lines), &live);
        }
    }
}

/// Lines as one text.
fn joined(lines: &[ShellWord]) -> Decoded {
    let start = lines.first().map_or(0, |line| line.decoded.span().start);
    let mut builder = Builder::new(start);
    for line in lines {
        match &line.decoded.origin {
            Origin::Direct(start) => builder.push(line.text(), *start),
            Origin::Mapped(_) => {
                for (at, character) in line.text().char_indices() {
                    let place = line.decoded.origin.span(at, at + character.len_utf8());
                    builder.push_escaped(character, place.start, place.end);
                }
            }
        }
        let end = line.decoded.span().end;
        builder.push_escaped('\n', end, end);
    }
    builder.finish(&Origin::Direct(0))
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}
