//! launchd property lists (launchd.plist(5)): `EnvironmentVariables` and `ProgramArguments`. Binary ones are not read.

use crate::credential::Dialect;
use crate::surface::entries::{json_key, push};
use crate::surface::process::Process;
use crate::surface::shell::decode::Builder;
use crate::surface::{Decoded, Document, Origin, Slot};

/// So deep at most.
const MAX_DEPTH: usize = 64;

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    if !text.contains("EnvironmentVariables") && !text.contains("ProgramArguments") {
        return;
    }
    let mut environment = Vec::new();
    let mut words = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut reader = Xml { text: &text, at: 0 };
    while let Some(tag) = reader.tag() {
        match tag {
            Tag::Start("key") => {
                let name = reader.content("key");
                if let Some(dict) = open.last_mut() {
                    dict.key = Some(name);
                }
            }
            Tag::Start("string") => {
                let value = reader.content("string");
                let name = open.last_mut().and_then(|dict| dict.key.take());
                let holder = open.iter().rev().nth(usize::from(name.is_some())).and_then(|it| it.key.as_ref());
                match (holder.map(|key| key.text.expose()), name) {
                    (Some("EnvironmentVariables"), Some(name)) => {
                        let key = format!("EnvironmentVariables.{}", json_key(name.text.expose()));
                        document.note(&value, &key);
                        let text = name.text.expose();
                        push(document, text, name.span(), Slot::Variable, value, &key, Dialect::Literal);
                        environment.push(document.assignments.len() - 1);
                    }
                    (_, None) if open.iter().rev().nth(1).is_some_and(|it| it.is("ProgramArguments")) => {
                        words.push(value);
                    }
                    (_, Some(name)) if name.text.expose() == "Program" && words.is_empty() => {
                        words.push(value);
                    }
                    _ => {}
                }
            }
            Tag::Start("dict" | "array") if open.len() < MAX_DEPTH => open.push(Open { key: None }),
            Tag::Start("dict" | "array") => return,
            Tag::End("dict" | "array") => {
                open.pop();
                if let Some(dict) = open.last_mut() {
                    dict.key = None;
                }
            }
            _ => {}
        }
    }
    let environment = crate::surface::entries::merged(document, &[&environment]);
    let process = Process::new(document, "", &environment, Vec::new());
    process.words(document, &words, Dialect::Literal, "ProgramArguments");
    process.finish(document);
}

/// A dictionary or a list, and the key whose value comes next.
struct Open {
    key: Option<Decoded>,
}

impl Open {
    fn is(&self, name: &str) -> bool {
        self.key.as_ref().is_some_and(|key| key.text.expose() == name)
    }
}

enum Tag<'t> {
    Start(&'t str),
    End(&'t str),
}

struct Xml<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Xml<'t> {
    /// The next tag; comments, instructions and declarations are skipped, `<x/>` has no content.
    fn tag(&mut self) -> Option<Tag<'t>> {
        loop {
            let rest = &self.text[self.at..];
            let open = rest.find('<')?;
            let inner = &rest[open + 1..];
            let skipped = [("!--", "-->"), ("?", "?>"), ("![CDATA[", "]]>"), ("!", ">")];
            if let Some((_, end)) = skipped.iter().find(|(start, _)| inner.starts_with(start)) {
                self.at += open + 1 + inner.find(end)? + end.len();
                continue;
            }
            let close = inner.find('>')?;
            self.at += open + close + 2;
            let inner = &inner[..close];
            if let Some(name) = inner.strip_prefix('/') {
                return Some(Tag::End(name.trim()));
            }
            if !inner.ends_with('/') {
                return Some(Tag::Start(inner.split_whitespace().next().unwrap_or("")));
            }
            if matches!(inner.trim_end_matches('/').trim(), "string") {
                // An empty value still takes up its key.
                self.at -= 2;
                return Some(Tag::Start("string"));
            }
        }
    }

    /// The text up to the end of the element.
    fn content(&mut self, name: &str) -> Decoded {
        let start = self.at;
        if self.text[start..].starts_with("/>") {
            self.at += 2;
            return Decoded::direct("", start);
        }
        let mut builder = Builder::new(start);
        while let Some(special) = self.text[self.at..].find(['<', '&']) {
            let at = self.at + special;
            builder.push(&self.text[self.at..at], self.at);
            let rest = &self.text[at..];
            self.at = at + 1;
            if let Some(inner) = rest.strip_prefix("<![CDATA[") {
                let length = inner.find("]]>").unwrap_or(inner.len());
                builder.push(&inner[..length], at + 9);
                self.at = (at + 9 + length + 3).min(self.text.len());
            } else if let Some(inner) = rest.strip_prefix("<!--") {
                self.at = at + 4 + inner.find("-->").map_or(inner.len(), |end| end + 3);
            } else if rest.starts_with('<') {
                let is_end = rest.strip_prefix("</").is_some_and(|end| end.starts_with(name));
                // Any other tag ends a text that was not closed.
                self.at = if is_end { at + rest.find('>').map_or(rest.len(), |end| end + 1) } else { at };
                return builder.finish(&Origin::Direct(0));
            } else if let Some((character, length)) = entity(rest) {
                builder.push_escaped(character, at, at + length);
                self.at = at + length;
            } else {
                builder.push("&", at);
            }
        }
        let rest = &self.text[self.at..];
        let length = rest.find('\n').unwrap_or(rest.len());
        builder.push(&rest[..length], self.at);
        self.at = self.text.len();
        builder.finish(&Origin::Direct(0))
    }
}

fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((character, end + 1))
}
