//! XML of JetBrains: run configurations and options, by a scanner that knows tags and attributes alone.

use super::super::entries::{json_key, merged, push};
use super::super::process::Process;
use super::super::script::Script;
use super::super::shell::decode::Builder;
use super::super::{Decoded, Document, Include, Origin, Slot};
use crate::credential::Dialect;

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let mut unit = Unit::default();
    let mut at = 0;
    while let Some(open) = text[at..].find('<').map(|length| at + length) {
        let rest = &text[open..];
        at = match (rest.strip_prefix("<!--"), rest.strip_prefix("<![CDATA[")) {
            (Some(comment), _) => open + 4 + comment.find("-->").map_or(comment.len(), |length| length + 3),
            (_, Some(data)) => open + 9 + data.find("]]>").map_or(data.len(), |length| length + 3),
            _ => {
                let (tag, end) = tag(&text, open);
                unit.tag(document, &tag);
                end
            }
        };
    }
    unit.finish(document);
}

/// A tag and its attributes.
struct Tag<'t> {
    /// With the slash of a closing one.
    name: &'t str,
    attributes: Vec<(&'t str, Decoded)>,
}

impl Tag<'_> {
    fn get(&self, name: &str) -> Option<&Decoded> {
        self.attributes.iter().find(|(attribute, _)| *attribute == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).map_or("", |value| value.text.expose())
    }
}

/// Reads the tag at `open`, and where the next one may begin. Nothing in a tag holds another one, so that an unclosed
/// quote ends there.
fn tag(text: &str, open: usize) -> (Tag<'_>, usize) {
    let rest = &text[open + 1..];
    let length = rest.find(|c: char| c.is_whitespace() || c == '>' || c == '<').unwrap_or(rest.len());
    let mut tag = Tag { name: rest[..length].trim_end_matches('/'), attributes: Vec::new() };
    let mut at = open + 1 + length;
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/').len();
        let rest = &text[at..];
        match rest.bytes().next() {
            None | Some(b'<') => return (tag, at),
            Some(b'>') => return (tag, at + 1),
            _ => {}
        }
        let length = rest.find(|c: char| c.is_whitespace() || "=>\"'<".contains(c)).unwrap_or(rest.len()).max(1);
        let Some(name) = rest.get(..length) else { return (tag, text.len()) };
        at += length;
        let Some(value) = text[at..].trim_start().strip_prefix('=').map(str::trim_start) else { continue };
        at = text.len() - value.len();
        let Some(quote) = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { continue };
        let length = value[1..].find([quote, '<']).unwrap_or(value.len() - 1);
        tag.attributes.push((name, unescaped(&value[1..=length], at + 1)));
        at += 1 + length + usize::from(value[1 + length..].starts_with(quote));
    }
}

/// The text with its entities replaced.
fn unescaped(text: &str, start: usize) -> Decoded {
    let mut builder = Builder::new(start);
    let mut at = 0;
    while let Some(found) = text[at..].find('&').map(|length| at + length) {
        builder.push(&text[at..found], start + at);
        let entity = text[found + 1..]
            .split(';')
            .next()
            .filter(|entity| entity.len() < 10 && found + 1 + entity.len() < text.len());
        match entity.and_then(character) {
            Some(character) => {
                at = found + 2 + entity.map_or(0, str::len);
                builder.push_escaped(character, start + found, start + at);
            }
            None => {
                builder.push("&", start + found);
                at = found + 1;
            }
        }
    }
    builder.push(&text[at..], start + at);
    builder.finish(&Origin::Direct(0))
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// What is known of the configuration that is open.
#[derive(Default)]
struct Unit {
    key: String,
    variables: Vec<usize>,
    includes: Vec<Include>,
    /// Command lines, read at its end: what surrounds them may stand below.
    scripts: Vec<(Decoded, String)>,
    /// Inside a variable of a container: two options, name and value.
    in_variable: bool,
    name: Option<Decoded>,
}

impl Unit {
    fn tag(&mut self, document: &mut Document, tag: &Tag<'_>) {
        for (name, value) in &tag.attributes {
            if matches!(value.origin, Origin::Mapped(_)) {
                document.escaped.push(value.clone());
            }
            if tag.name == "option" && *name == "value" {
                document.keys.push((value.span(), self.key_of(tag.text("name"))));
            }
        }
        match tag.name {
            "configuration" | "component" => {
                self.finish(document);
                self.key = json_key(tag.text("name"));
            }
            "/configuration" | "/component" => self.finish(document),
            "env" => self.variable(document, tag.get("name"), tag.get("value")),
            "option" => self.option(document, tag),
            "DockerEnvVarImpl" | "/DockerEnvVarImpl" => self.in_variable = !tag.name.starts_with('/'),
            // The EnvFile plugin.
            "ENTRY" if tag.text("IS_ENABLED") != "false" && matches!(tag.text("PARSER"), "env" | "") => {
                let path = tag.get("PATH").filter(|path| !path.text.expose().is_empty()).cloned();
                self.includes.extend(path.map(|path| Include { path, exports: true, replaces: Vec::new() }));
            }
            _ => {}
        }
    }

    fn key_of(&self, name: &str) -> String {
        if self.key.is_empty() { json_key(name) } else { format!("{}.{}", self.key, json_key(name)) }
    }

    fn option(&mut self, document: &mut Document, tag: &Tag<'_>) {
        let Some(value) = tag.get("value") else { return };
        match tag.text("name") {
            "name" if self.in_variable => self.name = Some(value.clone()),
            "value" if self.in_variable => {
                let name = self.name.take();
                self.variable(document, name.as_ref(), Some(value));
            }
            // A shell script, and the line with which the client's plugin starts it.
            name @ ("SCRIPT_TEXT" | "claudeCommand") => self.scripts.push((value.clone(), self.key_of(name))),
            _ => {}
        }
    }

    fn variable(&mut self, document: &mut Document, name: Option<&Decoded>, value: Option<&Decoded>) {
        let (Some(name), Some(value)) = (name, value) else { return };
        let text = name.text.expose();
        if text.is_empty() || text.contains(char::is_whitespace) {
            return;
        }
        let key = self.key_of(text);
        document.keys.push((value.span(), key.clone()));
        self.variables.push(document.assignments.len());
        push(document, text, name.span(), Slot::Variable, value.clone(), &key, Dialect::Braces);
    }

    fn finish(&mut self, document: &mut Document) {
        let unit = std::mem::take(self);
        let environment = merged(document, &[&unit.variables]);
        let process = Process::new(document, &unit.key, &environment, unit.includes);
        for (line, key) in unit.scripts {
            process.script(document, &Script::plain(line), &key);
        }
        process.finish(document);
    }
}
