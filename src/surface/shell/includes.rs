//! Dotenv files that a script reads, and words that stand for several.

use std::ops::Range;

use super::decode::part;
use super::meaning::{Collector, Reads, Simple, Step};
use super::syntax::Parser;
use super::tree::{Node, RawCommand};
use super::word::{ShellWord, name_length};
use crate::path::RepoPath;
use crate::surface::table::surface_of;
use crate::surface::wrapper::EnvFile;
use crate::surface::{Decoded, Origin, Secret, Surface};

/// Programs that read a file and print its lines.
const READERS: [&str; 12] =
    ["cat", "grep", "egrep", "sed", "awk", "xargs", "envsubst", "head", "tail", "sort", "tr", "cut"];

impl Collector {
    /// Notes that a file is read.
    pub(in crate::surface) fn include(&mut self, path: Decoded, reads: Reads, steps: &mut Vec<Step>) {
        steps.push(Step::Include { file: self.includes.len(), reads });
        self.includes.push(path);
    }

    /// `. FILE`, `source FILE`, `source <(grep … FILE)`.
    pub(super) fn source(&mut self, path: &ShellWord, steps: &mut Vec<Step>) {
        if !path.substitutions.is_empty() && path.text().starts_with(['<', '=']) {
            self.include_read(path, Reads::Sourced, steps);
            return;
        }
        let mut paths = self.values(path);
        if paths.is_empty() {
            paths = self.listed(path);
        }
        if paths.is_empty() {
            paths.push(path.decoded.clone());
        }
        for path in paths {
            self.include(path, Reads::Sourced, steps);
        }
    }

    /// `eval "$(cat .env)"`.
    pub(super) fn evaluated(&mut self, word: &ShellWord, steps: &mut Vec<Step>) {
        let reads = if word.text().contains("export") { Reads::Exported } else { Reads::Sourced };
        self.include_read(word, reads, steps);
    }

    /// direnv's `dotenv [FILE]`; the command's name is the word at `program`.
    pub(super) fn dotenv(&mut self, raw: &RawCommand, program: usize, steps: &mut Vec<Step>) {
        let file = match raw.words.get(program + 1) {
            Some(_) => EnvFile { word: program + 1, from: 0, replaces: true },
            None => EnvFile { word: program, from: raw.words[program].text().len(), replaces: true },
        };
        self.include_named(raw, &file, Reads::Exported, steps);
    }

    /// A file that an option names, or that is read without being named.
    pub(in crate::surface) fn include_named(
        &mut self,
        raw: &RawCommand,
        file: &EnvFile,
        reads: Reads,
        steps: &mut Vec<Step>,
    ) {
        let Some(word) = raw.words.get(file.word) else { return };
        let mut path = part(&word.decoded, file.from, word.text().len());
        if path.text.expose().is_empty() {
            let (start, end) = (word.decoded.span().start, word.decoded.span().end);
            path =
                Decoded { text: Secret::new(".env"), origin: Origin::Mapped([start, start, start, start, end].into()) };
        }
        self.include(path, reads, steps);
    }

    /// The dotenv files that the commands of a word's substitutions print.
    pub(in crate::surface) fn include_read(&mut self, word: &ShellWord, reads: Reads, steps: &mut Vec<Step>) {
        if !word.substitutions.is_empty() {
            self.include_printed(&word.decoded, reads, steps);
        }
    }

    /// The dotenv files that commands print.
    pub(in crate::surface) fn include_printed(&mut self, commands: &Decoded, reads: Reads, steps: &mut Vec<Step>) {
        let text = commands.text.expose();
        let outside = |character: char| character.is_whitespace() || "|;()<>\"'`".contains(character);
        let first = text.split(outside).map(|token| token.trim_start_matches('$')).find(|token| !token.is_empty());
        let reader = first.is_some_and(|first| READERS.contains(&first) || is_dotenv(first));
        if !reader {
            return;
        }
        let mut at = 0;
        for token in text.split_inclusive(outside) {
            let path = token.strip_suffix(outside).unwrap_or(token);
            if is_dotenv(path) {
                self.include(part(commands, at, at + path.len()), reads, steps);
            }
            at += token.len();
        }
    }

    /// `"$DIR/$f"` for each value of a loop's variable.
    fn listed(&self, word: &ShellWord) -> Vec<Decoded> {
        let (text, whole) = (word.text(), word.decoded.span());
        let Some((at, rest)) = word.live.last().and_then(|&at| Some((at, text.get(at + 1..)?))) else {
            return Vec::new();
        };
        let braced = usize::from(rest.starts_with('{'));
        let name = &rest[braced..braced + name_length(&rest[braced..])];
        let behind = &rest[braced + name.len()..];
        let Some(behind) = (if braced == 1 { behind.strip_prefix('}') } else { Some(behind) }) else {
            return Vec::new();
        };
        let spelled = |value: &Decoded| {
            let path = format!("{}{}{behind}", &text[..at], value.text.expose());
            let mut places = vec![whole.start; path.len()];
            places.push(whole.end);
            Decoded { text: Secret::new(path), origin: Origin::Mapped(places.into()) }
        };
        self.lists.get(name).into_iter().flatten().map(spelled).collect()
    }

    /// What a word stands for: itself, or the values of a loop's variable, of an array, of a list in a variable.
    /// Nothing if that is not known.
    pub(in crate::surface) fn values(&self, word: &ShellWord) -> Vec<Decoded> {
        if word.literal().is_some() {
            return vec![word.decoded.clone()];
        }
        let Some(name) = word.sole_reference() else { return Vec::new() };
        if let Some(list) = self.lists.get(name) {
            return list.clone();
        }
        let Some(assignment) = self.last.get(name).map(|&index| &self.assignments[index]) else { return Vec::new() };
        if !matches!(assignment.value, crate::surface::Value::Literal | crate::surface::Value::Placeholder) {
            return Vec::new();
        }
        let (text, mut at, mut values) = (assignment.decoded.text.expose(), 0, Vec::new());
        for token in text.split_inclusive(char::is_whitespace) {
            let value = token.trim_end();
            if !value.is_empty() {
                values.push(part(&assignment.decoded, at, at + value.len()));
            }
            at += token.len();
        }
        values
    }
}

impl Parser<'_, '_> {
    /// `while read …; do export …; done < .env`; the loop stands in `range`.
    pub(super) fn fed(&mut self, node: Node, range: Range<usize>, raw: &RawCommand) -> Node {
        let file = raw.sources.iter().find(|source| is_dotenv(source.text()));
        let (Node::Loop { .. }, Some(file)) = (&node, file) else { return node };
        if !self.reader.text[range].contains("export ") {
            return node;
        }
        let mut simple = Simple::default();
        self.collector.include(file.decoded.clone(), Reads::Exported, &mut simple.steps);
        Node::Sequence(vec![node, Node::Simple(Box::new(simple))])
    }
}

/// Whether the words behind `[` or `[[` ask for nothing but whether a dotenv file is there.
pub(super) fn is_file_test(words: &[ShellWord]) -> bool {
    let words = match words {
        [words @ .., end] if end.text() == "]" => words,
        words => words,
    };
    matches!(words, [test, file] if matches!(test.text(), "-f" | "-e" | "-r" | "-s") && is_dotenv(file.text()))
}

/// Whether a path names a dotenv file.
pub(in crate::surface) fn is_dotenv(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.contains("env") && surface_of(&RepoPath::from(name), &|_| false) == Some(Surface::Dotenv)
}
