//! systemd units and their drop-ins.
//!
//! As systemd.exec(5) and systemd.syntax(7) are understood, not held against systemd itself: several assignments on a line, quotes and C escapes in them, an
//! empty `Environment=` forgets those before it, files win over assignments.

use crate::credential::Dialect;
use crate::surface::entries::{merged, pair_in_string};
use crate::surface::process::{Process, relevant};
use crate::surface::shell::decode::Builder;
use crate::surface::{Assignment, Decoded, Document, Include, Origin, Slot, Value};

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let mut unit = Unit::default();
    let mut at = 0;
    while at < text.len() {
        at = unit.line(document, &text, at);
    }
    unit.run(document);
}

#[derive(Default)]
struct Unit {
    section: String,
    passed: Vec<usize>,
    set: Vec<usize>,
    unset: Vec<usize>,
    files: Vec<Decoded>,
    commands: Vec<(String, Decoded)>,
}

impl Unit {
    /// Reads the line at `start`, with those that a backslash adds to it, and says where the next one begins.
    fn line(&mut self, document: &mut Document, text: &str, start: usize) -> usize {
        let end = line_end(text, start);
        let line = text[start..end].trim_end();
        let trimmed = line.trim_start();
        let begin = start + line.len() - trimmed.len();
        if let Some(comment) = trimmed.strip_prefix(['#', ';']) {
            let value = comment.trim_start().strip_prefix("Environment=").unwrap_or("");
            let first = document.assignments.len();
            let place = Decoded::direct(value, start + line.len() - value.len());
            self.assign(document, &place, "Environment");
            for assignment in &mut document.assignments[first..] {
                (assignment.commented, assignment.exported) = (true, false);
            }
            self.set.retain(|&index| index < first);
            return next_line(text, end);
        }
        if let Some(section) = trimmed.strip_prefix('[') {
            section.trim_end_matches(']').clone_into(&mut self.section);
            return next_line(text, end);
        }
        let Some((name, value)) = trimmed.split_once('=') else { return next_line(text, end) };
        let from = begin + name.len() + 1 + value.len() - value.trim_start().len();
        let (value, next) = joined(text, from.min(end), end);
        let name = name.trim_end();
        match name {
            "Environment" | "PassEnvironment" | "UnsetEnvironment" | "EnvironmentFile"
                if value.text.expose().trim().is_empty() =>
            {
                match name {
                    "Environment" => self.set.clear(),
                    "PassEnvironment" => self.passed.clear(),
                    "UnsetEnvironment" => self.unset.clear(),
                    _ => self.files.clear(),
                }
            }
            "Environment" => self.assign(document, &value, name),
            // In the manager's own configuration.
            "DefaultEnvironment" | "ManagerEnvironment" => self.assign(document, &value, name),
            "PassEnvironment" => {
                for word in words(&value, false) {
                    let key = format!("{}.{name}", self.section);
                    let index = pair_in_string(document, &word, &key, Dialect::Literal);
                    self.passed.extend(index.filter(|_| !word.text.expose().contains('=')));
                }
            }
            "UnsetEnvironment" => {
                for word in words(&value, false) {
                    self.take(document, &word);
                }
            }
            "EnvironmentFile" => {
                let skip = usize::from(value.text.expose().starts_with('-'));
                self.files.push(value.part(skip, value.text.expose().trim_end().len()));
            }
            _ if name.starts_with("Exec") && self.section != "Install" => {
                if value.text.expose().trim().is_empty() {
                    self.commands.retain(|(other, _)| other != name);
                } else {
                    self.commands.push((name.to_owned(), value));
                }
            }
            _ => {}
        }
        next
    }

    fn assign(&mut self, document: &mut Document, value: &Decoded, name: &str) {
        for word in words(value, false) {
            if !word.text.expose().contains('=') {
                continue;
            }
            let key = format!("{}.{name}", self.section);
            let Some(index) = pair_in_string(document, &word, &key, Dialect::Literal) else { continue };
            // `%h` and its kin are known when it runs; `%20` of an address is a slip that systemd refuses.
            let assignment = &mut document.assignments[index];
            let text = assignment.decoded.text.expose();
            let specifier = text.split('%').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
            if specifier && matches!(assignment.value, Value::Literal) && text.len() < 200 && !text.contains("://") {
                assignment.value = Value::Unknown;
            }
            if matches!(assignment.decoded.origin, Origin::Mapped(_)) {
                document.escaped.push(assignment.decoded.clone());
            }
            self.set.push(index);
        }
    }

    fn take(&mut self, document: &mut Document, word: &Decoded) {
        let name = word.text.expose().split('=').next().unwrap_or("").to_owned();
        let place = word.origin.span(0, name.len());
        document.assignments.push(Assignment {
            key: format!("{}.UnsetEnvironment.{name}", self.section),
            name,
            name_span: place,
            slot: Slot::Variable,
            value: Value::Unset,
            decoded: Decoded::direct("", place.end),
            exported: false,
            commented: false,
        });
        self.unset.push(document.assignments.len() - 1);
    }

    fn run(self, document: &mut Document) {
        let environment = merged(document, &[&self.passed, &self.set, &self.unset]);
        let replaces: Vec<usize> =
            relevant(document, &environment).into_iter().filter(|index| !self.unset.contains(index)).collect();
        let include = |path: Decoded| Include { path, exports: true, replaces: replaces.clone() };
        let includes: Vec<Include> = self.files.into_iter().take(64).map(include).collect();
        let process = Process::new(document, "Service", &environment, includes);
        for (name, line) in self.commands {
            let key = format!("Service.{name}");
            let mut command: Vec<Decoded> = Vec::new();
            for word in words(&line, true) {
                if word.text.expose() == ";" {
                    process.words(document, &std::mem::take(&mut command), Dialect::Braces, &key);
                    continue;
                }
                let skip = if command.is_empty() {
                    word.text.expose().len() - word.text.expose().trim_start_matches(['@', '-', ':', '+', '!']).len()
                } else {
                    0
                };
                command.push(word.part(skip, word.text.expose().len()));
            }
            process.words(document, &command, Dialect::Braces, &key);
        }
        process.finish(document);
    }
}

fn line_end(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |length| start + length)
}

fn next_line(text: &str, end: usize) -> usize {
    (end + 1).min(text.len())
}

/// The value from `start` on. A backslash at the end of a line is a blank, and comments between the lines are skipped.
fn joined(text: &str, start: usize, first_end: usize) -> (Decoded, usize) {
    let mut builder = Builder::new(start);
    let (mut at, mut end) = (start, first_end);
    loop {
        let line = text[at..end].strip_suffix('\r').unwrap_or(&text[at..end]);
        let next = next_line(text, end);
        match line.strip_suffix('\\') {
            Some(line) if next < text.len() => {
                builder.push(line, at);
                builder.push_escaped(' ', at + line.len(), next);
                at = next;
                end = line_end(text, at);
                while at < text.len() && text[at..end].trim_start().starts_with(['#', ';']) {
                    at = next_line(text, end);
                    end = line_end(text, at);
                }
            }
            _ => {
                builder.push(line.trim_end(), at);
                return (builder.finish(&Origin::Direct(0)), next);
            }
        }
    }
}

/// The words of a value, quotes and escapes removed. A word with a broken quote is given up together with the rest, as
/// systemd does; in commands an unknown escape is kept.
fn words(value: &Decoded, command: bool) -> Vec<Decoded> {
    let text = value.text.expose();
    let mut words = Vec::new();
    let mut builder: Option<Builder> = None;
    let mut quote = None;
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let next = at + character.len_utf8();
        match character {
            '\\' => {
                let (decoded, length) = escape(&text[next..]);
                let end = next + length;
                let word = builder.get_or_insert_with(|| Builder::new(at));
                match decoded {
                    Some(decoded) => word.push_escaped(decoded, at, end),
                    None if command => word.push(&text[at..end], at),
                    None => return words,
                }
                at = end;
                continue;
            }
            _ if quote == Some(character) => quote = None,
            '"' | '\'' if quote.is_none() => {
                quote = Some(character);
                builder.get_or_insert_with(|| Builder::new(next)).open_quote(next);
            }
            _ if character.is_whitespace() && quote.is_none() => {
                words.extend(builder.take().map(|word| word.finish(&value.origin)));
            }
            // `%%` is a percent sign.
            '%' if text[next..].starts_with('%') => {
                builder.get_or_insert_with(|| Builder::new(at)).push_escaped('%', at, next + 1);
                at = next + 1;
                continue;
            }
            _ => builder.get_or_insert_with(|| Builder::new(at)).push(&text[at..next], at),
        }
        at = next;
    }
    if quote.is_none() || command {
        words.extend(builder.map(|word| word.finish(&value.origin)));
    }
    words
}

/// What the text behind a backslash stands for, and its length.
fn escape(text: &str) -> (Option<char>, usize) {
    let Some(first) = text.chars().next() else { return (None, 0) };
    let number = |digits: usize, radix: u32, skip: usize| {
        let code = text.get(skip..skip + digits).and_then(|digits| u32::from_str_radix(digits, radix).ok());
        let character = code.filter(|code| *code != 0).and_then(char::from_u32);
        (character, character.map_or(first.len_utf8(), |_| skip + digits))
    };
    match first {
        'a' => (Some('\u{7}'), 1),
        'b' => (Some('\u{8}'), 1),
        'f' => (Some('\u{c}'), 1),
        'n' => (Some('\n'), 1),
        'r' => (Some('\r'), 1),
        't' => (Some('\t'), 1),
        'v' => (Some('\u{b}'), 1),
        's' => (Some(' '), 1),
        '\\' | '"' | '\'' => (Some(first), 1),
        'x' => number(2, 16, 1),
        'u' => number(4, 16, 1),
        'U' => number(8, 16, 1),
        '0'..='7' => number(3, 8, 0),
        _ => (None, first.len_utf8()),
    }
}
