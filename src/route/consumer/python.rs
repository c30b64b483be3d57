//! Python's manifests and lock files, line by line.

use super::version::Dialect;
use super::{Declared, Language, Package, package};

/// `requirements.txt` and `constraints.txt`.
pub(super) fn requirements(text: &str) -> Vec<Declared> {
    numbered(text).filter_map(|(line, text)| requirement(text, line)).collect()
}

/// One requirement: `anthropic[bedrock]>=1,<2 ; python_version > "3.9"`, `anthropic @ git+https://…`,
/// `-e git+https://…#egg=anthropic`.
fn requirement(text: &str, line: usize) -> Option<Declared> {
    let text = text.trim();
    let text = text.strip_prefix("-e ").or(text.strip_prefix("--editable ")).unwrap_or(text).trim_start();
    let Some((package, rest)) = named(text) else {
        let (_, name) = text.split_once("#egg=").filter(|(url, _)| url.contains("://") && !url.starts_with('#'))?;
        return Some(Declared::new(named(name)?.0, line, "", Dialect::Pip));
    };
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    if rest.starts_with('@') {
        return Some(Declared::new(package, line, "", Dialect::Pip));
    }
    // What follows: a marker, a comment, a hash, a line that goes on.
    let end = rest.find([';', '#', '\\']).unwrap_or(rest.len());
    let rest = &rest[..rest[..end].find("--").unwrap_or(end)];
    let rest = rest.trim().trim_start_matches('(').trim_end_matches(')').trim();
    let is_list = rest.is_empty() || rest.starts_with(['<', '>', '=', '~', '!']);
    is_list.then(|| Declared::new(package, line, rest, Dialect::Pip))
}

/// The package whose name a text begins with, and the rest.
fn named(text: &str) -> Option<(&'static Package, &str)> {
    let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
    Some((python(&text[..end])?, &text[end..]))
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')
}

/// The package of this name; case and the kind of `-_.` make no difference (PEP 503).
fn python(name: &str) -> Option<&'static Package> {
    let mut plain = String::new();
    for c in name.chars() {
        match c {
            '.' | '_' | '-' if plain.ends_with('-') => {}
            '.' | '_' | '-' => plain.push('-'),
            _ => plain.push(c.to_ascii_lowercase()),
        }
    }
    package(Language::Python, &plain)
}

/// Lines with their numbers.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

/// `pyproject.toml` and `Pipfile`: lists of requirements (PEP 621, dependency groups, uv, PDM, Hatch) and tables with
/// a package for each key (Poetry, Pipenv).
pub(super) fn toml(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    let mut section = String::new();
    let mut holds_packages = false;
    // The package whose own table this is: `[tool.poetry.dependencies.anthropic]`.
    let mut table: Option<(&'static Package, usize, &str)> = None;
    let mut list = Brackets::default();
    for (line, raw) in numbered(text) {
        let text = raw.trim();
        if list.is_open() {
            list.read(raw, |item| found.extend(requirement(item, line)));
            continue;
        }
        if text.starts_with('[') {
            found.extend(table.take().map(|(package, line, version)| poetry(package, line, version)));
            let name = text.trim_start_matches('[');
            section = name[..name.find(']').unwrap_or(name.len())].replace(['"', '\'', ' '], "");
            holds_packages = is_table_of_packages(&section);
            if let Some((parent, name)) = section.rsplit_once('.')
                && is_table_of_packages(parent)
            {
                table = python(name).map(|package| (package, line, ""));
            }
            continue;
        }
        let Some((key, value)) = text.split_once('=').filter(|_| !text.starts_with('#')) else { continue };
        let (key, value) = (key.trim().trim_matches(['"', '\'']), value.trim());
        if let Some(table) = &mut table {
            if key == "version" {
                table.2 = quoted(value);
            }
        } else if holds_packages {
            if let Some(package) = python(key) {
                let version = if value.starts_with('{') { inline_version(value) } else { quoted(value) };
                found.push(poetry(package, line, version));
            }
        } else if is_list_of_requirements(&section, key) && value.starts_with(['[', '{']) {
            list = Brackets::default();
            list.read(value, |item| found.extend(requirement(item, line)));
        }
    }
    found.extend(table.map(|(package, line, version)| poetry(package, line, version)));
    found
}

fn poetry(package: &'static Package, line: usize, version: &str) -> Declared {
    Declared::new(package, line, version, Dialect::Poetry)
}

fn is_table_of_packages(section: &str) -> bool {
    let poetry = section.strip_prefix("tool.poetry.").is_some_and(|rest| {
        matches!(rest, "dependencies" | "dev-dependencies")
            || rest
                .strip_prefix("group.")
                .and_then(|rest| rest.strip_suffix(".dependencies"))
                .is_some_and(|group| !group.contains('.'))
    });
    poetry || matches!(section, "packages" | "dev-packages")
}

fn is_list_of_requirements(section: &str, key: &str) -> bool {
    match section {
        "project" => key == "dependencies" || key.starts_with("optional-dependencies"),
        "project.optional-dependencies" | "dependency-groups" | "tool.pdm.dev-dependencies" => true,
        "tool.uv" => matches!(key, "dev-dependencies" | "constraint-dependencies" | "override-dependencies"),
        _ => section.starts_with("tool.hatch.envs.") && matches!(key, "dependencies" | "extra-dependencies"),
    }
}

/// What stands in the quotes that a value begins with.
fn quoted(value: &str) -> &str {
    let Some(quote) = value.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return "" };
    value[1..].split(quote).next().unwrap_or("")
}

/// The version in `{ version = "^1.2", extras = ["bedrock"] }`.
fn inline_version(value: &str) -> &str {
    let key = value.match_indices("version").find_map(|(at, key)| {
        let before = value[..at].trim_end();
        let rest = value[at + key.len()..].trim_start_matches(['"', '\'']).trim_start();
        before.trim_end_matches(['"', '\'']).trim_end().ends_with(['{', ',']).then(|| rest.strip_prefix('=')).flatten()
    });
    key.map_or("", |rest| quoted(rest.trim_start()))
}

/// The strings between brackets, over several lines; a TOML array or a Python list.
#[derive(Default)]
struct Brackets {
    depth: usize,
}

impl Brackets {
    fn is_open(&self) -> bool {
        self.depth > 0
    }

    /// Reads one line, or what of it stands behind the `=`; a string does not go on in the next line.
    fn read(&mut self, line: &str, mut item: impl FnMut(&str)) {
        let mut rest = line;
        while let Some(at) = rest.find(['[', ']', '{', '}', '(', ')', '"', '\'', '#']) {
            let (before, from) = rest.split_at(at);
            rest = &from[1..];
            match from.as_bytes()[0] {
                b'#' => return,
                b'[' | b'{' | b'(' => self.depth += 1,
                b']' | b'}' | b')' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return;
                    }
                }
                quote => {
                    let end = rest.find(char::from(quote)).unwrap_or(rest.len());
                    // `{ include-group = "name" }` names no package.
                    if !before.trim_end().ends_with('=') {
                        item(&rest[..end]);
                    }
                    rest = rest.get(end + 1..).unwrap_or("");
                }
            }
            if self.depth == 0 {
                return;
            }
        }
    }
}

/// `uv.lock`, `poetry.lock`, `pdm.lock`, `pylock.toml`: `[[package]]` with `name` and `version`.
pub(super) fn toml_lock(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    let mut block: Option<(&'static Package, usize)> = None;
    let mut inside = false;
    for (line, text) in numbered(text) {
        if text.starts_with('[') {
            inside = matches!(text.trim_end(), "[[package]]" | "[[packages]]");
            block = None;
        } else if !inside {
        } else if let Some(value) = value_of(text, "name") {
            block = python(value).map(|package| (package, line));
        } else if let Some(value) = value_of(text, "version")
            && let Some((package, line)) = block.take()
        {
            found.push(poetry(package, line, value));
        }
    }
    found
}

/// The string in `key = "string"`.
fn value_of<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    Some(quoted(text.strip_prefix(key)?.trim_start().strip_prefix('=')?.trim_start()))
}

/// `setup.cfg`: the indented lines below `install_requires` and below every extra.
pub(super) fn setup_cfg(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    let (mut section, mut wanted) = ("", false);
    for (line, raw) in numbered(text) {
        let text = raw.trim();
        if let Some(name) = raw.strip_prefix('[') {
            (section, wanted) = (name.split(']').next().unwrap_or(""), false);
        } else if raw.starts_with([' ', '\t']) {
            if wanted {
                found.extend(requirement(text, line));
            }
        } else if let Some((key, value)) = raw.split_once('=') {
            wanted = match section {
                "options" => matches!(key.trim(), "install_requires" | "tests_require"),
                "options.extras_require" => true,
                _ => false,
            };
            if wanted {
                found.extend(requirement(value, line));
            }
        }
    }
    found
}

/// `setup.py`: the strings in the brackets behind a name such as `install_requires` or `requirements`.
pub(super) fn setup_py(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    let mut list = Brackets::default();
    for (line, text) in numbered(text) {
        if list.is_open() {
            list.read(text, |item| found.extend(requirement(item, line)));
            continue;
        }
        for (at, _) in text.match_indices('=') {
            let before = text[..at].trim_end();
            let name = before.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or(before);
            let name = name.to_ascii_lowercase();
            let value = text[at + 1..].trim_start();
            if ["require", "dependencies"].iter().any(|part| name.contains(part)) && value.starts_with(['[', '{', '('])
            {
                list.read(value, |item| found.extend(requirement(item, line)));
                break;
            }
        }
    }
    found
}
