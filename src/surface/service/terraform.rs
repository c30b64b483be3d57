//! Terraform: environments, defaults of variables, and `.tfvars`. A tolerant scan over lines, no parser of HCL.

use std::collections::HashMap;

use crate::credential::{Dialect, classify};
use crate::surface::entries::{json_key, merged};
use crate::surface::process::Process;
use crate::surface::shell::decode::Builder;
use crate::surface::{Assignment, Decoded, Document, Origin, Slot, Value};
use crate::text::first_length;

/// So deep at most.
const MAX_DEPTH: usize = 64;

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let variables = document.path.name().contains(".tfvars");
    let mut scan = Scan { text: &text, at: 0, line_end: 0, open: Vec::new(), variables, lines: None };
    scan.file(document);
}

/// A block or a map that is open.
struct Block {
    /// `resource.aws_lambda_function.x`, `environment`.
    key: String,
    environment: bool,
    /// The name of a declared variable, and where it stands.
    variable: Option<Decoded>,
    members: Vec<usize>,
    /// `{ name = "X" … value = "y" }`
    name: Option<Decoded>,
    value: Option<(Decoded, bool)>,
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// Where the line ends that was asked about last.
    line_end: usize,
    open: Vec<Block>,
    variables: bool,
    /// Where lines with a given text begin, once a here-document was seen.
    lines: Option<HashMap<&'t str, Vec<usize>>>,
}

impl<'t> Scan<'t> {
    fn file(&mut self, document: &mut Document) {
        // Words and strings since the last line, bracket or comma: what a block is called.
        let mut head: Vec<Decoded> = Vec::new();
        while let Some(byte) = self.text.as_bytes().get(self.at).copied() {
            match byte {
                b'#' => self.skip_line(),
                b'/' if self.text[self.at..].starts_with("//") => self.skip_line(),
                b'/' if self.text[self.at..].starts_with("/*") => {
                    self.at += self.text[self.at..].find("*/").map_or(self.text.len() - self.at, |end| end + 2);
                }
                b'"' => {
                    let (text, _) = self.string();
                    head.push(text);
                }
                b'{' => {
                    self.at += 1;
                    self.enter(&head);
                    head.clear();
                }
                b'}' => {
                    self.at += 1;
                    self.leave(document);
                    head.clear();
                }
                b'=' | b':' if !self.text[self.at + 1..].starts_with(['=', '>']) => {
                    self.at += 1;
                    self.assigned(document, &mut head);
                }
                b'<' if self.text[self.at..].starts_with("<<") => {
                    self.heredoc();
                    head.clear();
                }
                b'\n' | b',' | b'[' | b']' | b'(' | b')' => {
                    self.at += 1;
                    head.clear();
                }
                _ if byte.is_ascii_alphabetic() || byte == b'_' => head.push(self.word()),
                _ => self.at += first_length(&self.text[self.at..]),
            }
            if head.len() > 4 {
                head.remove(0);
            }
        }
    }

    fn word(&mut self) -> Decoded {
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|&byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)).count();
        let word = Decoded::direct(&rest[..length], self.at);
        self.at += length;
        word
    }

    fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    fn enter(&mut self, head: &[Decoded]) {
        let words: Vec<&str> = head.iter().map(|word| word.text.expose()).collect();
        let below = self.open.last().is_some_and(|block| block.environment);
        let last = words.last().copied().unwrap_or("");
        let in_list = self.text[..self.at - 1].trim_end().ends_with(['[', ',']);
        let is_environment = |word: &str| {
            matches!(word, "environment" | "env" | "environment_variables" | "env_vars" | "env_variables" | "envs")
        };
        let environment = is_environment(last)
            || words.first().copied().is_some_and(is_environment)
            || below && (last == "variables" || words.is_empty() && in_list);
        let variable = (self.open.is_empty() && words.len() == 2 && words[0] == "variable").then(|| head[1].clone());
        let above = self.open.last().map_or("", |block| block.key.as_str());
        let own: Vec<String> = words.iter().map(|word| json_key(word)).collect();
        let key = match (above, own.join(".")) {
            ("", own) => own,
            (above, own) if own.is_empty() => above.to_owned(),
            (above, own) => format!("{above}.{own}"),
        };
        if self.open.len() < MAX_DEPTH {
            let members = Vec::new();
            self.open.push(Block { key, environment, variable, members, name: None, value: None });
        }
    }

    fn leave(&mut self, document: &mut Document) {
        let Some(mut block) = self.open.pop() else { return };
        if block.environment
            && let (Some(name), Some((value, plain))) = (block.name.take(), block.value.take())
        {
            block.members.push(push(document, &name, value, plain, Slot::Variable, &block.key));
        }
        match self.open.last_mut().filter(|above| above.environment) {
            Some(above) => above.members.append(&mut block.members),
            None if !block.members.is_empty() => {
                let environment = merged(document, &[&block.members]);
                Process::new(document, &block.key, &environment, Vec::new()).finish(document);
            }
            None => {}
        }
    }

    /// What stands behind `=`. An expression is no literal, and what follows it is read like anything else.
    fn assigned(&mut self, document: &mut Document, head: &mut Vec<Decoded>) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let rest = &self.text[self.at..];
        if rest.starts_with(['{', '[']) {
            // The name of the map or list goes on.
            if rest.starts_with('[') && self.open.len() < MAX_DEPTH {
                self.at += 1;
            }
            return;
        }
        let Some(name) = head.pop() else { return };
        head.clear();
        let (value, plain) = if rest.starts_with('"') {
            self.string()
        } else if rest.starts_with("<<") {
            match self.heredoc() {
                Some(text) => (text, true),
                None => return,
            }
        } else {
            let length = rest.find(['\n', ',', '}', '#', '(', '{', '[']).unwrap_or(rest.len());
            let text = rest[..length].trim_end();
            let word = Decoded::direct(text, self.at);
            self.at += length;
            (word, false)
        };
        let variables = self.variables && self.open.is_empty();
        let Some(block) = self.open.last_mut() else {
            if variables {
                push(document, &name, value, plain, Slot::Setting, "");
            }
            return;
        };
        match (name.text.expose(), &block.variable) {
            ("default", Some(variable)) => {
                let variable = variable.clone();
                push(document, &variable, value, plain, Slot::Setting, "variable");
            }
            ("name", _) if block.environment => block.name = Some(value),
            ("value", _) if block.environment => block.value = Some((value, plain)),
            _ if block.environment => {
                let key = block.key.clone();
                let index = push(document, &name, value, plain, Slot::Variable, &key);
                if let Some(block) = self.open.last_mut() {
                    block.members.push(index);
                }
            }
            _ => {}
        }
    }

    /// The string here, and whether nothing in it is replaced. It ends with its line at the latest.
    fn string(&mut self) -> (Decoded, bool) {
        let start = self.at + 1;
        if self.line_end < start {
            let rest = &self.text[start..];
            self.line_end = start + rest.find('\n').unwrap_or(rest.len());
        }
        let limit = self.line_end;
        let mut builder = Builder::new(start);
        let (mut at, mut plain) = (start, true);
        let mut depth = 0usize;
        while at < limit {
            let rest = &self.text[at..limit];
            let Some(special) = rest.find(['"', '\\', '$', '{', '}']) else { break };
            builder.push(&rest[..special], at);
            at += special;
            let rest = &rest[special..];
            let next = rest[1..].chars().next();
            match (rest.as_bytes()[0], next) {
                (b'"', _) if depth == 0 => {
                    self.at = at + 1;
                    return (builder.finish(&Origin::Direct(0)), plain);
                }
                (b'\\', Some(escaped)) => {
                    let character = match escaped {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        other => other,
                    };
                    let end = at + 1 + escaped.len_utf8();
                    builder.push_escaped(character, at, end);
                    at = end;
                    continue;
                }
                (b'$', Some('$')) => {
                    builder.push_escaped('$', at, at + 2);
                    at += 2;
                    continue;
                }
                (b'$', Some('{')) => plain = false,
                (b'{', _) if !plain => depth += 1,
                (b'}', _) => depth = depth.saturating_sub(1),
                _ => {}
            }
            builder.push(&rest[..1], at);
            at += 1;
        }
        builder.push(&self.text[at.min(limit)..limit], at.min(limit));
        self.at = limit;
        (builder.finish(&Origin::Direct(0)), false)
    }

    /// `<<EOT` … `EOT`
    fn heredoc(&mut self) -> Option<Decoded> {
        let rest = &self.text[self.at..];
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let mark = line.trim_start_matches(['<', '-']).trim();
        let start = (self.at + line.len() + 1).min(self.text.len());
        if mark.is_empty() || !mark.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.at += 2;
            return None;
        }
        let text = self.text;
        let lines = self.lines.get_or_insert_with(|| {
            let mut lines: HashMap<&'t str, Vec<usize>> = HashMap::new();
            let mut at = 0;
            for line in text.split_inclusive('\n') {
                lines.entry(line.trim()).or_default().push(at);
                at += line.len();
            }
            lines
        });
        let ends = lines.get(mark).map_or(&[][..], Vec::as_slice);
        if let Some(&end) = ends.get(ends.partition_point(|&line| line < start)) {
            self.at = end + text[end..].find('\n').unwrap_or(text.len() - end);
            return Some(Decoded::direct(&text[start..end], start));
        }
        // Never closed: the line alone.
        self.at = start;
        None
    }
}

fn push(document: &mut Document, name: &Decoded, value: Decoded, plain: bool, slot: Slot, above: &str) -> usize {
    let text = name.text.expose();
    let key = if above.is_empty() { json_key(text) } else { format!("{above}.{}", json_key(text)) };
    document.note(&value, &key);
    let classified = match classify(&value, if plain { Dialect::Literal } else { Dialect::Expression }) {
        Value::Literal | Value::Placeholder if !plain => Value::Unknown,
        other => other,
    };
    document.assignments.push(Assignment {
        name: text.to_owned(),
        name_span: name.span(),
        slot,
        value: classified,
        decoded: value,
        key,
        exported: slot == Slot::Variable,
        commented: false,
    });
    document.assignments.len() - 1
}
