//! Jenkinsfiles, by a scanner of their own: Groovy is looked at for `environment { X = 'v' }`, `withEnv(['X=v'])`,
//! `withCredentials([string(…, variable: 'X')])`, `env.X = 'v'` and `sh '…'`, and for nothing else.
//!
//! What a block sets is in effect in the blocks inside it (Jenkins documentation, pipeline syntax, `environment`, 2026-08).

use super::{Reader, Shell, json_key, push, strings};
use crate::credential::Dialect;
use crate::surface::shell::decode::Builder;
use crate::surface::tree::{Kind, Node};
use crate::surface::{Decoded, Origin, Slot, Value};
use crate::text::{Span, first_length};

/// A token of a statement.
#[derive(Debug)]
enum Token {
    Word(Span),
    /// A string, and whether Groovy replaces `${…}` in it.
    Text(Decoded, bool),
    Sign(u8),
}

/// An open `{`.
#[derive(Debug, Default)]
struct Block {
    /// `environment { … }`: its assignments count for what surrounds it.
    sets: bool,
    /// What is in effect from here on.
    variables: Vec<usize>,
    /// The key of the stage.
    key: Option<String>,
    /// Launches before it.
    first: usize,
}

/// More than that is no pipeline; what is deeper counts for the last one.
const MAX_DEPTH: usize = 200;

pub(super) fn read(reader: &mut Reader<'_>, text: &str) {
    let mut scanner = Scanner { reader, text, statement: Vec::new(), blocks: vec![Block::default()], deeper: 0 };
    scanner.run();
    while scanner.blocks.len() > 1 {
        scanner.close();
    }
    let Some(root) = scanner.blocks.pop() else { return };
    reader.rest(root.first, "environment", &root.variables, &[&root.variables]);
}

struct Scanner<'r, 'd> {
    reader: &'r mut Reader<'d>,
    text: &'r str,
    statement: Vec<Token>,
    blocks: Vec<Block>,
    /// Blocks that are not told apart.
    deeper: usize,
}

impl<'r> Scanner<'r, '_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let rest = &self.text[at..];
            let start = at;
            at += 1;
            match byte {
                b'/' if rest.starts_with("//") => at = start + rest.find('\n').unwrap_or(rest.len()),
                b'/' if rest.starts_with("/*") => at = start + rest.find("*/").map_or(rest.len(), |end| end + 2),
                b'#' if start == 0 => at = rest.find('\n').unwrap_or(rest.len()),
                b'\'' | b'"' => {
                    let (token, end) = string(self.text, start);
                    self.statement.push(token);
                    at = end;
                }
                b'{' => {
                    self.open();
                    depth = 0;
                }
                b'}' => {
                    self.end();
                    self.close();
                    depth = 0;
                }
                b'\n' | b';' if depth == 0 || byte == b';' => self.end(),
                b'(' | b'[' => {
                    depth += 1;
                    self.statement.push(Token::Sign(byte));
                }
                b')' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.statement.push(Token::Sign(byte));
                }
                _ if byte.is_ascii_alphabetic() || byte == b'_' => {
                    let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
                    at = start + length;
                    self.statement.push(Token::Word(Span::new(start, at)));
                }
                _ if byte.is_ascii_whitespace() => {}
                _ if byte.is_ascii() => self.statement.push(Token::Sign(byte)),
                _ => at = start + first_length(rest),
            }
        }
        self.end();
    }

    fn word(&self, token: &Token) -> &'r str {
        word(self.text, token)
    }

    /// `{`: what stands in front of it says what it is.
    fn open(&mut self) {
        let statement = std::mem::take(&mut self.statement);
        let mut block = Block { first: self.reader.document.launches.len(), ..Block::default() };
        // A block on the line of another statement, as in `if (sh(…)) {`.
        let words: Vec<&str> = statement.iter().map(|token| self.word(token)).collect();
        let has = |name: &str| words.contains(&name);
        let (sets, with_env, bound, stage) =
            (words == ["environment"], has("withEnv"), has("withCredentials"), has("stage"));
        block.sets = sets;
        if stage {
            let name = statement.iter().find_map(|token| match token {
                Token::Text(name, _) => Some(name.text.expose().to_owned()),
                _ => None,
            });
            block.key = name.map(|name| format!("stages.{}", json_key(&name)));
        }
        let key = self.key();
        if with_env {
            for token in &statement {
                if let Token::Text(text, live) = token
                    && let Some(equals) = text.text.expose().find('=')
                {
                    let name = text.text.expose()[..equals].to_owned();
                    let value = text.part(equals + 1, text.text.expose().len());
                    let span = text.origin.span(0, equals);
                    block.variables.push(self.variable(&name, span, value, *live, &format!("{key}withEnv")));
                }
            }
        }
        if bound {
            for window in statement.windows(3) {
                let [token, Token::Sign(b':'), Token::Text(name, _)] = window else { continue };
                let word = self.word(token).to_ascii_lowercase();
                if word.ends_with("variable") {
                    let variable = name.text.expose();
                    let key = format!("{key}withCredentials.{variable}");
                    block.variables.push(self.reader.supplied(variable, name.span(), name.span().end, &key, None));
                }
            }
        }
        if !with_env && !bound && !sets {
            self.statement = statement;
            self.end();
        }
        if self.blocks.len() >= MAX_DEPTH {
            self.deeper += 1;
        } else {
            self.blocks.push(block);
        }
    }

    /// `}`.
    fn close(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        if self.blocks.len() < 2 {
            return;
        }
        let key = self.key();
        let Some(block) = self.blocks.pop() else { return };
        if block.sets {
            if let Some(around) = self.blocks.last_mut() {
                around.variables.extend(block.variables);
            }
            return;
        }
        let outer: Vec<&[usize]> = self.blocks.iter().map(|block| block.variables.as_slice()).collect();
        let layers = [&outer[..], &[block.variables.as_slice()]].concat();
        self.reader.rest(block.first, key.trim_end_matches('.'), &block.variables, &layers);
    }

    /// The key of the stage, with a dot.
    fn key(&self) -> String {
        let stage = self.blocks.iter().rev().find_map(|block| block.key.as_ref());
        stage.map_or(String::new(), |stage| format!("{stage}."))
    }

    /// A statement is complete.
    fn end(&mut self) {
        let statement = std::mem::take(&mut self.statement);
        if statement.is_empty() {
            return;
        }
        let sets = self.blocks.last().is_some_and(|block| block.sets);
        let key = self.key();
        match &statement[..] {
            [Token::Word(name), Token::Sign(b'='), value @ ..] if sets => {
                let index = self.assign(*name, value, &format!("{key}environment"));
                self.set(index);
            }
            [env, Token::Sign(b'.'), Token::Word(name), Token::Sign(b'='), value @ ..] if self.word(env) == "env" => {
                let index = self.assign(*name, value, &format!("{key}env"));
                self.set(index);
            }
            _ => self.scripts(&statement, &key),
        }
    }

    fn set(&mut self, index: usize) {
        if let Some(block) = self.blocks.last_mut() {
            block.variables.push(index);
        }
    }

    fn assign(&mut self, name: Span, value: &[Token], key: &str) -> usize {
        let text = &self.text[name.range()].to_owned();
        let place = match value {
            [Token::Word(span), ..] => span.start,
            _ => name.end,
        };
        match value {
            [Token::Text(decoded, live)] => self.variable(text, name, decoded.clone(), *live, key),
            // `credentials('id')`
            [call, ..] if self.word(call) == "credentials" => {
                self.reader.supplied(text, name, place, &format!("{key}.{text}"), None)
            }
            _ => {
                let index = self.reader.supplied(text, name, place, &format!("{key}.{text}"), None);
                self.reader.document.assignments[index].value = Value::Unknown;
                index
            }
        }
    }

    fn variable(&mut self, name: &str, span: Span, value: Decoded, live: bool, key: &str) -> usize {
        let dialect = if live { Dialect::Expression } else { Dialect::Literal };
        let key = format!("{key}.{name}");
        strings(self.reader.document, &node(&value), &key);
        push(self.reader.document, name, span, Slot::Variable, value, &key, dialect);
        self.reader.document.assignments.len() - 1
    }

    /// `sh '…'`, `sh(script: '…', returnStdout: true)` and other calls with strings.
    fn scripts(&mut self, statement: &[Token], key: &str) {
        let mut index = 0;
        while index < statement.len() {
            let name = self.word(&statement[index]);
            index += 1;
            let shell = match name {
                "sh" => Shell::Posix,
                "bat" => Shell::Batch,
                "powershell" | "pwsh" => Shell::Pwsh,
                // Any other argument: `url: 'https://…'`, `token: '…'`.
                _ => {
                    if let [Token::Sign(b':' | b'='), Token::Text(value, live), ..] = &statement[index..]
                        && let Some(Token::Word(span)) = statement.get(index - 1)
                    {
                        let dialect = if *live { Dialect::Expression } else { Dialect::Literal };
                        let slot = if value.text.expose().contains("://") { Slot::Url } else { Slot::Setting };
                        let key = format!("{key}{name}");
                        push(self.reader.document, name, *span, slot, value.clone(), &key, dialect);
                    }
                    continue;
                }
            };
            let Some((place, script)) = script(self.text, &statement[index..]) else { continue };
            let script = script.clone();
            index += place + 1;
            let script_key = format!("{key}{name}");
            strings(self.reader.document, &node(&script), &script_key);
            let layers: Vec<&[usize]> = self.blocks.iter().map(|block| block.variables.as_slice()).collect();
            let environment = self.reader.environment(&layers);
            self.reader.script(&[script], shell, &script_key, &script_key, &environment);
        }
    }
}

fn word<'t>(text: &'t str, token: &Token) -> &'t str {
    match token {
        Token::Word(span) => &text[span.range()],
        _ => "",
    }
}

/// The text that a call runs: its only argument, or the one named `script`.
fn script<'t>(text: &str, arguments: &'t [Token]) -> Option<(usize, &'t Decoded)> {
    let named = arguments.iter().position(|token| word(text, token) == "script");
    let from = named.unwrap_or(0);
    let near = arguments[from..].iter().take(4).position(|token| matches!(token, Token::Text(..)))?;
    match &arguments[from + near] {
        Token::Text(text, _) => Some((from + near, text)),
        _ => None,
    }
}

fn node(text: &Decoded) -> Node {
    Node { kind: Kind::String(text.clone()), span: text.span() }
}

/// The string that begins at `start`, and where it ends. One that nothing closes ends with its line.
fn string(text: &str, start: usize) -> (Token, usize) {
    let rest = &text[start..];
    let quote = &rest[..1];
    let triple = [quote, quote, quote].concat();
    let long = rest.starts_with(&triple);
    let open = if long { 3 } else { 1 };
    let mut builder = Builder::new(start + open);
    builder.open_quote(start + open);
    let mut at = start + open;
    let mut end = None;
    while let Some(run) = text[at..].find(['\\', '\'', '"', '\n']) {
        builder.push(&text[at..at + run], at);
        at += run;
        let here = &text[at..];
        if here.starts_with(if long { triple.as_str() } else { quote }) {
            end = Some(at + open);
            break;
        }
        if here.starts_with('\n') && !long {
            end = Some(at);
            break;
        }
        let mut characters = here.chars();
        match (characters.next(), characters.next()) {
            (Some('\\'), Some(next)) => {
                let to = at + 1 + next.len_utf8();
                match next {
                    '\n' => {}
                    'n' => builder.push_escaped('\n', at, to),
                    't' => builder.push_escaped('\t', at, to),
                    _ => builder.push_escaped(next, at, to),
                }
                at = to;
            }
            _ => {
                builder.push(&here[..1], at);
                at += 1;
            }
        }
    }
    if end.is_none() {
        builder.push(&text[at..], at);
    }
    (Token::Text(builder.finish(&Origin::Direct(0)), quote == "\""), end.unwrap_or(text.len()))
}
