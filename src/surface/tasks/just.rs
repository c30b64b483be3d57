//! justfiles: `export X := "v"`, `set dotenv-load`, recipes of one shell a line or of one script (held against just 1.59).

use super::commented;
use crate::credential::{Dialect, classify};
use crate::surface::entries::{json_key, merged};
use crate::surface::process::Process;
use crate::surface::script::Script;
use crate::surface::shell::decode::Builder;
use crate::surface::table::has_shell_shebang;
use crate::surface::{Assignment, Decoded, Document, Include, Origin, Reference, Slot, Value};
use crate::text::Span;

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let mut file = File::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        file.line(document, &text, Span::new(at, at + line.trim_end_matches(['\n', '\r']).len()));
        at += line.len();
    }
    file.run(document, &text);
}

/// What the file says outside of recipes, and the recipes.
#[derive(Default)]
struct File {
    variables: Vec<usize>,
    export_all: bool,
    /// The dotenv file, and whether the file says its name.
    dotenv: Option<(Decoded, bool)>,
    recipes: Vec<Recipe>,
    /// Whether indented lines belong to the last recipe.
    open: bool,
}

#[derive(Default)]
struct Recipe {
    name: String,
    /// Parameters that are exported: `$X="default"`.
    parameters: Vec<usize>,
    lines: Vec<Span>,
}

impl File {
    fn line(&mut self, document: &mut Document, text: &str, span: Span) {
        let line = &text[span.range()];
        if line.trim().is_empty() {
            // A blank line may stand in the middle of a script.
            if let Some(recipe) = self.recipes.last_mut().filter(|_| self.open) {
                recipe.lines.push(span);
            }
            return;
        }
        if line.starts_with([' ', '\t']) {
            if let Some(recipe) = self.recipes.last_mut().filter(|_| self.open) {
                recipe.lines.push(span);
            }
            return;
        }
        self.open = false;
        if line.starts_with('#') {
            document.assignments.extend(commented(text, span, &[":="], Dialect::Template));
            return;
        }
        if let Some(setting) = line.strip_prefix("set ") {
            return self.setting(text, setting, span);
        }
        if line.starts_with(['[', '@']) && line.ends_with(']') {
            return;
        }
        let (exported, start) = match line.strip_prefix("export ") {
            Some(rest) => (true, span.end - rest.trim_start().len()),
            None => (false, span.start),
        };
        let rest = &text[start..span.end];
        let length = rest.bytes().take_while(|&byte| is_name_byte(byte)).count();
        let behind = rest[length..].trim_start();
        if length > 0 && behind.starts_with(":=") {
            let value = Span::new(span.end - behind[2..].trim_start().len(), span.end);
            let index = push(document, text, Span::new(start, start + length), value, "");
            document.assignments[index].exported = exported;
            self.variables.push(index);
            return;
        }
        if line.starts_with("alias ") || line.starts_with("import") || line.starts_with("mod ") {
            return;
        }
        self.header(document, text, span);
    }

    fn setting(&mut self, text: &str, setting: &str, span: Span) {
        let (name, value) = setting.split_once(":=").unwrap_or((setting, ""));
        let on = !value.trim().starts_with("false");
        let start = span.end - setting.len();
        match name.trim() {
            "export" => self.export_all |= on,
            "dotenv-load" if on && self.dotenv.is_none() => {
                let place = Origin::Mapped(vec![start, start, start, start, start + name.trim_end().len()].into());
                let path = Decoded { text: crate::surface::Secret::new(".env"), origin: place };
                self.dotenv = Some((path, false));
            }
            "dotenv-path" | "dotenv-filename" => {
                let value = Span::new(span.end - value.trim_start().len(), span.end);
                let (path, _) = literal(text, value);
                if self.dotenv.as_ref().is_none_or(|(_, named)| !named) {
                    self.dotenv = Some((path, true));
                }
            }
            _ => {}
        }
    }

    /// `name parameter $exported="default": dependencies`
    fn header(&mut self, document: &mut Document, text: &str, span: Span) {
        let line = &text[span.range()];
        let trimmed = line.strip_prefix('@').unwrap_or(line);
        let length = trimmed.bytes().take_while(|&byte| is_name_byte(byte)).count();
        if length == 0 || !line.contains(':') {
            return;
        }
        let name = trimmed[..length].to_owned();
        let mut parameters = Vec::new();
        let mut at = span.start + line.len() - trimmed.len() + length;
        while let Some(dollar) = text[at..span.end].find(['$', ':', '"', '\'']) {
            at += dollar + 1;
            let mark = text.as_bytes()[at - 1];
            if mark == b':' {
                break;
            }
            if mark != b'$' {
                // A default in quotes.
                at += text[at..span.end].find(char::from(mark)).map_or(span.end - at, |end| end + 1);
                continue;
            }
            let length = text[at..span.end].bytes().take_while(|&byte| is_name_byte(byte)).count();
            let (place, behind) = (Span::new(at, at + length), at + length);
            at = behind;
            if length > 0 && text[behind..span.end].starts_with("=") {
                let start = behind + 1;
                let quoted = text[start..span.end].chars().next().filter(|quote| matches!(quote, '"' | '\''));
                let end = match quoted {
                    Some(quote) => text[start + 1..span.end].find(quote).map(|length| start + 1 + length + 1),
                    None => text[start..span.end].find([' ', ':']).map(|length| start + length),
                };
                let value = Span::new(start, end.unwrap_or(span.end));
                parameters.push(push(document, text, place, value, &json_key(&name)));
                at = value.end;
            }
        }
        for &index in &parameters {
            document.assignments[index].exported = true;
        }
        self.open = true;
        self.recipes.push(Recipe { name, parameters, lines: Vec::new() });
    }

    fn run(self, document: &mut Document, text: &str) {
        let mut environment = Vec::new();
        for &index in &self.variables {
            let assignment = &mut document.assignments[index];
            assignment.exported |= self.export_all;
            if assignment.exported {
                environment.push(index);
            }
        }
        let include = |(path, _)| Include { path, exports: true, replaces: Vec::new() };
        let includes: Vec<Include> = self.dotenv.map(include).into_iter().collect();
        for recipe in &self.recipes {
            let key = json_key(&recipe.name);
            let all = merged(document, &[&environment, &recipe.parameters]);
            let process = Process::new(document, &key, &all, includes.clone());
            for text in recipe.scripts(text) {
                process.script(document, &Script::mustache(&text), &key);
            }
        }
        if document.launches.is_empty() {
            Process::new(document, "", &environment, includes).finish(document);
        }
    }
}

impl Recipe {
    /// What shells get: a line each, or all of them where the first one names a shell.
    fn scripts(&self, text: &str) -> Vec<Decoded> {
        let Some(first) = self.lines.iter().find(|line| !text[line.range()].trim().is_empty()) else {
            return Vec::new();
        };
        let first = &text[first.range()];
        let indent = first.len() - first.trim_start().len();
        if first.trim_start().starts_with("#!") {
            let is_shell = has_shell_shebang(first.trim_start().as_bytes());
            return if is_shell { vec![joined(text, &self.lines, indent)] } else { Vec::new() };
        }
        let mut scripts = Vec::new();
        let mut start = 0;
        for (index, line) in self.lines.iter().enumerate() {
            if !text[line.range()].ends_with('\\') || index + 1 == self.lines.len() {
                scripts.push(joined(text, &self.lines[start..=index], indent));
                start = index + 1;
            }
        }
        scripts
    }
}

/// Lines without their indentation and the marks before the first one.
fn joined(text: &str, lines: &[Span], indent: usize) -> Decoded {
    let mut builder = Builder::new(lines.first().map_or(0, |line| line.start));
    for (number, line) in lines.iter().enumerate() {
        let raw = &text[line.range()];
        let blanks = raw.bytes().take(indent).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let mut at = line.start + blanks;
        if number == 0 {
            let rest = &text[at..line.end];
            at = line.end - rest.trim_start_matches(['@', '-', ' ', '\t']).len();
        } else {
            builder.push("\n", line.start - 1);
        }
        builder.push(&text[at..line.end], at);
    }
    builder.finish(&Origin::Direct(0))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn push(document: &mut Document, text: &str, name_span: Span, place: Span, prefix: &str) -> usize {
    let name = &text[name_span.range()];
    let (decoded, is_literal) = literal(text, place);
    let value = if is_literal { classify(&decoded, Dialect::Literal) } else { expression(&decoded) };
    let key = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
    document.note_at(place, &decoded, &key);
    document.assignments.push(Assignment {
        name: name.to_owned(),
        name_span,
        slot: Slot::Variable,
        value,
        decoded,
        key,
        exported: false,
        commented: false,
    });
    document.assignments.len() - 1
}

/// What is no string is a variable, a call or a command.
fn expression(decoded: &Decoded) -> Value {
    let text = decoded.text.expose();
    let plain = !text.is_empty() && text.bytes().all(is_name_byte);
    // `env("X", "default")`, `env_var_or_default("X", "default")`
    let mut strings = text.split(['"', '\'']).skip(1).step_by(2);
    let (name, default) = (strings.next(), strings.next().filter(|default| !default.is_empty()));
    if text.starts_with("env") && text.contains('(') {
        let default = default.and_then(|default| {
            let start = text.rfind(default)?;
            Some(decoded.part(start, start + default.len()))
        });
        return Value::Reference(Reference { name: name.map(str::to_owned), expanded: true, default });
    }
    if plain {
        let name = Some(text.to_owned());
        return Value::Reference(Reference { name, expanded: true, default: None });
    }
    Value::Unknown
}

/// A string's text, and whether the whole expression is that string.
fn literal(text: &str, place: Span) -> (Decoded, bool) {
    let raw = text[place.range()].trim_end();
    let whole = Decoded::direct(raw, place.start);
    let Some(quote) = raw.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return (whole, false) };
    let mut builder = Builder::new(place.start + 1);
    let mut at = 1;
    while at < raw.len() {
        let rest = &raw[at..];
        let plain = rest.find([quote, '\\']).unwrap_or(rest.len());
        builder.push(&rest[..plain], place.start + at);
        at += plain;
        if rest[plain..].starts_with(quote) {
            let behind = raw[at + 1..].trim_start();
            let ends = behind.is_empty() || behind.starts_with('#');
            return if ends { (builder.finish(&Origin::Direct(0)), true) } else { (whole, false) };
        }
        let Some(escaped) = rest.get(plain + 1..).and_then(|rest| rest.chars().next()) else { break };
        if quote == '\'' {
            builder.push("\\", place.start + at);
            at += 1;
            continue;
        }
        let character = match escaped {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            other => other,
        };
        builder.push_escaped(character, place.start + at, place.start + at + 1 + escaped.len_utf8());
        at += 1 + escaped.len_utf8();
    }
    (whole, false)
}
