//! Pipelines and commands: words, redirections, script blocks.

use std::ops::Range;

use super::syntax::{Parser, cleared};
use super::table::Kind;
use crate::surface::shell::decode::{verbatim, with_slashes};
use crate::surface::shell::includes::is_dotenv;
use crate::surface::shell::meaning::{Reads, Simple};
use crate::surface::shell::tree::{Joint, Node, RawCommand};
use crate::surface::shell::word::{Reader, ShellWord, name_length};
use crate::surface::{Decoded, Output, Secret, Value};

/// Longer lists are no lists of variables.
const MAX_ELEMENTS: usize = 64;

/// What a part of a pipeline hands on, where it is known.
pub(super) type Handed = Option<ShellWord>;

impl Parser<'_, '_> {
    /// Pipelines joined by `&&` and `||`.
    pub(super) fn chain(&mut self) -> Node {
        self.valued_chain().0
    }

    /// The same, with the value that a single expression has.
    pub(super) fn valued_chain(&mut self) -> (Node, Handed) {
        let (first, mut value) = self.pipeline();
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let joint = if self.starts_with("&&") {
                Joint::And
            } else if self.starts_with("||") {
                Joint::Or
            } else {
                break;
            };
            self.at += 2;
            self.skip_space();
            rest.push((joint, self.pipeline().0));
            value = None;
        }
        let node = if rest.is_empty() { first } else { Node::AndOr(Box::new(first), rest) };
        if self.byte() == b'&' {
            // In the background.
            self.at += 1;
            return (Node::Isolated(vec![node]), None);
        }
        (node, value)
    }

    fn pipeline(&mut self) -> (Node, Handed) {
        let whole = (self.at, self.collector.commands.len());
        let clears = self.collector.clears;
        let mut first = whole.1;
        let (node, mut value) = self.element(None);
        let mut nodes = vec![node];
        let mut stages = 1;
        loop {
            self.skip_blanks();
            // A line may also begin with the bar (PowerShell 7).
            let ahead = self.rest().trim_start();
            if ahead.starts_with('|') && !ahead.starts_with("||") && self.byte() != b'|' && self.byte() == b'\n' {
                self.skip_space();
            }
            if self.byte() != b'|' || self.starts_with("||") {
                break;
            }
            self.collector.send(first, Some(Output::Piped));
            first = self.collector.commands.len();
            self.at += 1;
            self.skip_space();
            let (node, handed) = self.element(value.take());
            value = handed;
            nodes.push(node);
            stages += 1;
        }
        if stages == 1 {
            return (nodes.pop().unwrap_or(Node::Opaque), value);
        }
        if self.collector.clears > clears {
            nodes.push(cleared());
        }
        nodes.extend(self.fed(whole.1, whole.0..self.at));
        (Node::Sequence(nodes), None)
    }

    /// `Get-Content .env | ForEach-Object { … }` and loops over such lines: what stands in the file gets into the
    /// environment. The commands are those from number `first` on.
    pub(super) fn fed(&mut self, first: usize, range: Range<usize>) -> Option<Node> {
        let reads =
            |program: &str| ["get-content", "gc", "cat", "type"].iter().any(|name| program.eq_ignore_ascii_case(name));
        let reader = self.collector.commands[first..].iter().find(|command| reads(command.program()))?;
        let path = reader.words.iter().skip(1).find_map(|word| {
            let path = self.held(word.decoded.text.expose().strip_prefix('$')?)?;
            is_dotenv(&slashed(path)).then(|| path.clone())
        });
        let path = path.or_else(|| {
            let word = reader.words.iter().skip(1).find(|word| is_dotenv(&slashed(&word.decoded)))?;
            Some(word.decoded.clone())
        })?;
        let text = &self.reader.text[range];
        if !contains(text, "setenvironmentvariable") && !contains(text, "env:") {
            return None;
        }
        let mut simple = Simple::default();
        self.include(&path, &mut simple);
        Some(Node::Simple(Box::new(simple)))
    }

    /// The text in a variable, as far as it is known.
    fn held(&self, name: &str) -> Option<&Decoded> {
        let listed = self.collector.lists.get(name).and_then(|list| list.first());
        listed.or_else(|| {
            let last = self.collector.last.get(name).and_then(|&index| self.collector.assignments.get(index))?;
            matches!(last.value, Value::Literal | Value::Placeholder).then_some(&last.decoded)
        })
    }

    /// Notes that a file is read into the environment.
    fn include(&mut self, path: &Decoded, simple: &mut Simple) {
        self.collector.include(with_slashes(path), Reads::Exported, &mut simple.steps);
    }

    /// One part of a pipeline.
    fn element(&mut self, handed: Handed) -> (Node, Handed) {
        self.skip_blanks();
        let next = self.reader.byte(self.at + 1);
        match self.byte() {
            b'&' if next != b'&' => {
                self.at += 1;
                self.skip_blanks();
                self.called(handed)
            }
            b'.' if next.is_ascii_whitespace() => {
                self.at += 1;
                self.skip_blanks();
                if self.byte() == b'{' {
                    return self.called(handed);
                }
                let path = self.reader.argument(self.at, self.end);
                let node = self.command(handed);
                let mut simple = Simple::default();
                self.include(&path.decoded, &mut simple);
                (Node::Sequence(vec![node, Node::Simple(Box::new(simple))]), None)
            }
            b'$' | b'(' | b'[' | b'"' | b'\'' | b'!' | b'+' | b',' | b'{' | b'0'..=b'9' | 0xE2 | b'@' => {
                self.redirected()
            }
            b'-' if !next.is_ascii_alphabetic() || self.starts_with("-not") => self.redirected(),
            _ => (self.command(handed), None),
        }
    }

    /// An expression, whose value may go to a file.
    fn redirected(&mut self) -> (Node, Handed) {
        let (node, value) = self.expression();
        let mut raw = RawCommand::default();
        let first = self.collector.commands.len();
        loop {
            self.skip_blanks();
            if !self.redirection(&mut raw) {
                break;
            }
        }
        if let (Some(path), Some(value)) = (raw.targets.last(), &value) {
            self.write(path, value);
            self.collector.send(first.saturating_sub(1), raw.output);
        }
        (node, value)
    }

    /// What stands behind `&`: a command, or a block that runs at once.
    fn called(&mut self, handed: Handed) -> (Node, Handed) {
        match self.reader.close(self.at, self.end).filter(|_| self.byte() == b'{') {
            Some(close) => {
                let inner = self.at + 1..close.end;
                self.at = close.next;
                (self.sub(inner), None)
            }
            None => (self.command(handed), None),
        }
    }

    /// A command with its words.
    fn command(&mut self, handed: Handed) -> Node {
        let start = self.at;
        let mut raw = RawCommand::default();
        let mut last = start;
        while self.at < self.end {
            self.skip_blanks();
            if self.at >= self.end || self.at_comment() {
                break;
            }
            if self.redirection(&mut raw) {
                last = self.at;
                continue;
            }
            match self.byte() {
                b'\n' | b';' | b'|' | b'&' | b')' | b'}' => break,
                b',' if self.commas => break,
                b',' if raw.words.is_empty() => break,
                b',' => {
                    self.at += 1;
                    self.skip_space();
                    continue;
                }
                b'-' if self.starts_with("--% ") => self.verbatim(&mut raw),
                _ => {
                    let word = self.reader.argument(self.at, self.end);
                    if word.range.is_empty() {
                        self.skip_char();
                        continue;
                    }
                    self.at = word.range.end;
                    raw.words.push(word);
                }
            }
            last = self.at;
        }
        raw.range = start..last;
        let first = self.collector.assignments.len();
        let (mut nodes, blocks) = self.inside(&raw);
        let (raw, own) = self.understood(raw, first);
        self.writes(&raw, handed.as_ref());
        let exists = matches!(&raw.words[..], [test, words @ ..]
            if test.text().eq_ignore_ascii_case("test-path") && words.iter().any(|word| is_dotenv(&slashed(&word.decoded))));
        let reader = Reader { text: self.reader.text, layout: &self.none, origin: self.reader.origin };
        let (mut simple, _) = self.collector.simple(reader, raw);
        simple.own.splice(0..0, own);
        nodes.push(if exists { Node::Exists } else { Node::Simple(Box::new(simple)) });
        nodes.extend(blocks);
        if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) }
    }

    /// `--%`: the rest of the line as it stands.
    fn verbatim(&mut self, raw: &mut RawCommand) {
        self.at += 3;
        let length = self.rest().find(['\n', '|']).unwrap_or(self.rest().len());
        let line = self.at..self.at + length;
        let mut at = line.start;
        for word in self.reader.text[line.clone()].split_inclusive(char::is_whitespace) {
            let text = word.trim();
            if !text.is_empty() {
                let range = at..at + text.len();
                raw.words.push(ShellWord::new(range.clone(), verbatim(self.reader.origin, self.reader.text, range)));
            }
            at += word.len();
        }
        self.at = line.end;
    }

    /// `> file`, `2>&1`, `*>> file`.
    fn redirection(&mut self, raw: &mut RawCommand) -> bool {
        let rest = self.rest();
        let stream = rest.bytes().next().filter(|byte| byte.is_ascii_digit() || *byte == b'*');
        let operator = &rest[usize::from(stream.is_some())..];
        if !operator.starts_with('>') {
            return false;
        }
        let length = if operator.starts_with(">>") { 2 } else { 1 };
        self.at += usize::from(stream.is_some()) + length;
        if operator[length..].starts_with('&') {
            self.at += 2.min(self.end - self.at);
            while !self.reader.text.is_char_boundary(self.at) {
                self.at += 1;
            }
            return true;
        }
        self.skip_blanks();
        let word = self.reader.argument(self.at, self.end);
        self.at = word.range.end;
        if matches!(stream, None | Some(b'1' | b'*')) {
            raw.output = Some(Output::Redirected);
            raw.targets.push(word);
        } else {
            raw.sources.push(word);
        }
        true
    }

    /// What stands in the brackets of the words: what runs before the command, and the blocks that it may run.
    fn inside(&mut self, raw: &RawCommand) -> (Vec<Node>, Vec<Node>) {
        let program = raw.words.first().map_or("", ShellWord::text).to_ascii_lowercase();
        let (mut before, mut blocks) = (Vec::new(), Vec::new());
        let mut option = "";
        for word in raw.words.iter().chain(&raw.targets) {
            let first = self.reader.byte(word.range.start);
            let table = first == b'@' && self.reader.byte(word.range.start + 1) == b'{';
            for inner in word.substitutions.iter().cloned() {
                if table {
                    let kind = match option.to_ascii_lowercase().as_str() {
                        "-headers" | "-header" => Kind::Seen,
                        "-environment" => Kind::Environment,
                        _ => Kind::Other,
                    };
                    before.push(self.table_in(inner, kind, ""));
                } else if first == b'{' {
                    blocks.extend(self.script_block(&program, inner));
                } else {
                    before.push(self.captured(inner));
                }
            }
            option = word.text();
        }
        (before, blocks)
    }

    /// The block that a command gets.
    fn script_block(&mut self, program: &str, inner: Range<usize>) -> Option<Node> {
        let each = matches!(program, "foreach-object" | "%" | "foreach" | "where-object" | "?" | "where");
        let outer = std::mem::replace(&mut self.each, each);
        let node = self.sub(inner);
        self.each = outer;
        match program {
            _ if each => Some(Node::Loop { condition: None, until: false, at_least_once: false, body: Box::new(node) }),
            "start-job" | "start-threadjob" | "invoke-command" | "icm" => Some(Node::Isolated(vec![node])),
            "measure-command" => Some(node),
            _ => {
                self.collector.aliases.push(node);
                None
            }
        }
    }

    /// The elements of a list, if all are literal: `'A', 'B'`, `@('A', 'B')`, `$names`.
    pub(super) fn elements(&self, range: Range<usize>) -> Vec<Decoded> {
        let (mut elements, mut at) = (Vec::new(), range.start);
        while at < range.end {
            let byte = self.reader.byte(at);
            if byte.is_ascii_whitespace() || matches!(byte, b',' | b'@' | b'(' | b')') {
                at += 1;
                continue;
            }
            let word = match self.reader.string(at, range.end) {
                Some(word) => word,
                None if byte == b'$' => self.reader.argument(at, range.end),
                None => return Vec::new(),
            };
            let values = self.collector.values(&word);
            if values.is_empty() || elements.len() >= MAX_ELEMENTS || word.range.is_empty() {
                return Vec::new();
            }
            elements.extend(values);
            at = word.range.end;
        }
        elements
    }

    /// A block that prints what it holds: the value of an expression that nothing takes.
    pub(super) fn shown(&mut self, word: &ShellWord) {
        let place = word.decoded.span().start;
        let name = "Write-Output";
        let origin = crate::surface::Origin::Mapped(vec![place; name.len() + 1].into());
        let program = ShellWord::new(word.range.start..word.range.start, Decoded { text: Secret::new(name), origin });
        let span = self.reader.origin.span(word.range.start, word.range.end);
        let words = vec![program.to_word(), word.to_word()];
        let key = self.collector.prefix.trim_end_matches('.').to_owned();
        self.collector.commands.push(crate::surface::Command { words, span, key, output: Output::Shown });
    }
}

/// Whether a text holds a word, in any case.
pub(super) fn contains(text: &str, lower: &str) -> bool {
    text.as_bytes().windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower.as_bytes()))
}

/// A path as the other readers spell it.
pub(super) fn slashed(path: &Decoded) -> String {
    path.text.expose().replace('\\', "/")
}

/// The name of the variable that is all of a word: `$name`.
pub(super) fn sole_variable(word: &ShellWord) -> Option<&str> {
    let name = word.text().strip_prefix('$')?;
    (!word.live.is_empty() && name_length(name) == name.len()).then_some(name)
}
