//! Nix shells and modules: attributes named like variables, and the strings that a shell runs.

use crate::credential::{Dialect, classify};
use crate::surface::entries::merged;
use crate::surface::process::Process;
use crate::surface::script::{Outer, Script};
use crate::surface::shell::decode::Builder;
use crate::surface::shell::word::name_length;
use crate::surface::{Assignment, Decoded, Document, Origin, Slot, Value};
use crate::text::{Span, first_length};

/// Attributes whose text a shell runs.
const SCRIPTS: [&str; 7] = ["shellHook", "enterShell", "exec", "text", "script", "interactiveShellInit", "shellInit"];

/// Reads the file.
pub(super) fn read(document: &mut Document) {
    let text = document.text.as_str().to_owned();
    let mut nix = Nix { text: &text, at: 0, environment: Vec::new(), scripts: Vec::new() };
    nix.file(document);
    let Nix { environment, scripts, .. } = nix;
    let environment = merged(document, &[&environment]);
    let process = Process::new(document, "", &environment, Vec::new());
    for (key, text) in scripts {
        process.script(document, &antiquoted(&text), &key);
    }
    process.finish(document);
}

struct Nix<'t> {
    text: &'t str,
    at: usize,
    environment: Vec<usize>,
    scripts: Vec<(String, Decoded)>,
}

impl Nix<'_> {
    fn file(&mut self, document: &mut Document) {
        let mut name: Option<Span> = None;
        let mut assigned = false;
        while let Some(byte) = self.text.as_bytes().get(self.at).copied() {
            let rest = &self.text[self.at..];
            match byte {
                b'#' => self.at += rest.find('\n').unwrap_or(rest.len()),
                b'/' if rest.starts_with("/*") => self.at += rest.find("*/").map_or(rest.len(), |end| end + 2),
                b'"' | b'\'' if byte == b'"' || rest.starts_with("''") => {
                    let (value, plain, indented) = if byte == b'"' { self.string() } else { self.indented() };
                    if let Some(name) = name.take() {
                        self.value(document, name, value, plain, indented, assigned);
                    }
                    assigned = false;
                }
                b'=' if !rest.starts_with("==") => {
                    self.at += 1;
                    assigned = true;
                }
                _ if byte.is_ascii_alphabetic() || byte == b'_' => {
                    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
                    let length = rest.bytes().take_while(is_part).count();
                    // `X = y;`: what stands there is no literal.
                    if !assigned {
                        name = Some(Span::new(self.at, self.at + length));
                    }
                    self.at += length;
                }
                b';' | b'{' | b'}' | b'[' | b']' | b'(' | b',' => {
                    self.at += 1;
                    (name, assigned) = (None, false);
                }
                _ => self.at += first_length(rest),
            }
        }
    }

    fn value(&mut self, document: &mut Document, path: Span, value: Decoded, plain: bool, long: bool, assigned: bool) {
        let whole = &self.text[path.range()];
        let name = whole.rsplit('.').next().unwrap_or(whole);
        if long && (SCRIPTS.contains(&name) || name.starts_with("writeShellScript")) {
            self.scripts.push((name.to_owned(), value));
            return;
        }
        let is_variable = name.len() > 2
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        if !assigned || !is_variable {
            return;
        }
        document.note(&value, name);
        document.assignments.push(Assignment {
            name: name.to_owned(),
            name_span: Span::new(path.end - name.len(), path.end),
            slot: Slot::Variable,
            value: match classify(&value, if plain { Dialect::Literal } else { Dialect::Expression }) {
                Value::Literal | Value::Placeholder if !plain => Value::Unknown,
                other => other,
            },
            decoded: value,
            key: name.to_owned(),
            exported: true,
            commented: false,
        });
        self.environment.push(document.assignments.len() - 1);
    }

    /// `"…"`: the text, whether nothing in it is replaced, and that it is no script.
    fn string(&mut self) -> (Decoded, bool, bool) {
        let start = self.at + 1;
        let mut builder = Builder::new(start);
        let (mut at, mut plain) = (start, true);
        while let Some(special) = self.text[at..].find(['"', '\\', '$']) {
            builder.push(&self.text[at..at + special], at);
            at += special;
            let rest = &self.text[at..];
            match (rest.as_bytes()[0], rest[1..].chars().next()) {
                (b'"', _) => {
                    self.at = at + 1;
                    return (builder.finish(&Origin::Direct(0)), plain, false);
                }
                (b'\\', Some(escaped)) => {
                    let character = match escaped {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        other => other,
                    };
                    builder.push_escaped(character, at, at + 1 + escaped.len_utf8());
                    at += 1 + escaped.len_utf8();
                }
                (_, next) => {
                    plain &= next != Some('{');
                    builder.push(&rest[..1], at);
                    at += 1;
                }
            }
        }
        self.slip(start)
    }

    /// `''…''`; in it `'''` is two quotes and `''$` a dollar sign.
    fn indented(&mut self) -> (Decoded, bool, bool) {
        let start = self.at + 2;
        let mut builder = Builder::new(start);
        let (mut at, mut plain) = (start, true);
        while let Some(special) = self.text[at..].find(['\'', '$']) {
            builder.push(&self.text[at..at + special], at);
            at += special;
            let rest = &self.text[at..];
            if rest.starts_with("'''") {
                builder.push("''", at);
                at += 3;
            } else if rest.starts_with("''$") {
                // Kept as it is, to be told from the language's own references.
                builder.push("''$", at);
                at += 3;
            } else if rest.starts_with("''") && !rest.starts_with("''\\") {
                self.at = at + 2;
                return (builder.finish(&Origin::Direct(0)), plain, true);
            } else {
                plain &= !rest.starts_with("${");
                builder.push(&rest[..1], at);
                at += 1;
            }
        }
        self.slip(start)
    }

    /// A string that is not closed ends with its line.
    fn slip(&mut self, start: usize) -> (Decoded, bool, bool) {
        let rest = &self.text[start..];
        let length = rest.find('\n').unwrap_or(rest.len());
        self.at = start + length;
        (Decoded::direct(&rest[..length], start), false, false)
    }
}

/// The script in a string: `${x}` is the language's, `''${x}` the shell's.
fn antiquoted(text: &Decoded) -> Script {
    Script::templated(text, &['$', '\''], |text, at| {
        let rest = &text[at..];
        if rest.starts_with("''$") {
            return Some((3, Outer::Text("$".to_owned())));
        }
        let inner = rest.strip_prefix("${")?;
        let window = crate::text::floor(inner, 512);
        let end = inner[..window].find('}')?;
        let name = &inner[..end];
        let outer = if !name.is_empty() && name_length(name) == name.len() {
            Outer::Variable(name.to_owned())
        } else {
            Outer::Computed
        };
        Some((end + 3, outer))
    })
}
