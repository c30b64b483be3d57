//! Node's manifests and lock files, and `Pipfile.lock`, which is JSON too.

use super::version::Dialect;
use super::{API_ANTHROPIC, Declared, Language, Package, package};

/// `package.json`.
pub(super) fn package_json(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    strings(text, |keys, value, line| {
        let [group, name] = keys else { return };
        if matches!(*group, "dependencies" | "devDependencies" | "peerDependencies" | "optionalDependencies") {
            let value = value.strip_prefix("workspace:").unwrap_or(value);
            found.extend(node(name).map(|package| declared(package, line, value)));
        }
    });
    found
}

/// `package-lock.json` and `npm-shrinkwrap.json`. A client below another package's `node_modules` serves that one; what is
/// compromised is so wherever it lies.
pub(super) fn package_lock(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    strings(text, |keys, value, line| {
        let name = match keys {
            ["packages", place, "version"] => match place.split_once("node_modules/") {
                Some((_, name)) => match name.rsplit_once("node_modules/") {
                    Some((_, inner)) if inner == API_ANTHROPIC => inner,
                    _ => name,
                },
                None => return,
            },
            ["dependencies", name, "version"] => name,
            _ => return,
        };
        found.extend(node(name).map(|package| declared(package, line, value)));
    });
    found
}

/// `bun.lock`: `"packages": { "name": ["name@1.2.3", …] }`.
pub(super) fn bun_lock(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    strings(text, |keys, value, line| {
        let ["packages", name, ""] = keys else { return };
        if let Some(package) = node(name)
            && let Some(version) = value.strip_prefix(package.name).and_then(|rest| rest.strip_prefix('@'))
        {
            found.push(declared(package, line, version));
        }
    });
    found
}

/// `Pipfile.lock`.
pub(super) fn pipfile_lock(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    strings(text, |keys, value, line| {
        if let ["default" | "develop", name, "version"] = keys
            && let Some(package) = package(Language::Python, name)
        {
            found.push(Declared::new(package, line, value, Dialect::Pip));
        }
    });
    found
}

/// `yarn.lock`, both forms: a line of `name@range` without indentation, `version` below it.
pub(super) fn yarn_lock(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    let mut block: Option<(&'static Package, usize)> = None;
    for (index, raw) in text.lines().enumerate() {
        if !raw.starts_with([' ', '\t']) {
            let head = raw.trim_start_matches('"');
            let name = head.get(1..).and_then(|rest| rest.find('@')).and_then(|at| head.get(..=at)).unwrap_or("");
            block = node(name).filter(|_| !head.contains("@workspace:")).map(|package| (package, index + 1));
        } else if let Some(rest) = raw.trim().strip_prefix("version")
            && rest.starts_with([' ', ':'])
            && let Some((package, line)) = block.take()
        {
            found.push(declared(package, line, rest.trim_start_matches(':').trim().trim_matches('"')));
        }
    }
    found
}

/// `pnpm-lock.yaml`: the keys below `packages:`, `'@scope/name@1.2.3(peer@1)':` or, before version 6 of the form,
/// `/@scope/name/1.2.3_peer@1:`.
pub(super) fn pnpm_lock(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    let mut inside = false;
    for (index, raw) in text.lines().enumerate() {
        if !raw.starts_with([' ', '#']) && !raw.is_empty() {
            inside = raw.trim_end() == "packages:";
        }
        let Some(key) = raw.strip_prefix("  ").filter(|key| inside && !key.starts_with(' ')) else { continue };
        let key = key.trim_end().trim_end_matches(':').trim_matches(['\'', '"']);
        let key = key.strip_prefix('/').unwrap_or(key);
        let cut = key.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1);
        let cut = cut.filter(|&at| node(&key[..at]).is_some()).or_else(|| key.rfind('/'));
        let Some((name, version)) = cut.and_then(|at| Some((key.get(..at)?, key.get(at + 1..)?))) else { continue };
        let version = version.split(['(', '_']).next().unwrap_or("");
        found.extend(node(name).map(|package| declared(package, index + 1, version)));
    }
    found
}

fn node(name: &str) -> Option<&'static Package> {
    package(Language::TypeScript, name)
}

fn declared(package: &'static Package, line: usize, version: &str) -> Declared {
    Declared::new(package, line, version, Dialect::Npm)
}

/// Every string in a JSON text, with the keys that lead to it (`""` for a place in an array) and its line.
///
/// Reads what is broken as well as what is whole, in one pass and without recursion. Escapes stay as written: no
/// package name and no version has any.
fn strings<'t>(text: &'t str, mut visit: impl FnMut(&[&'t str], &'t str, usize)) {
    let bytes = text.as_bytes();
    // One key for each open bracket; an object's is set by the string before its colon.
    let mut keys: Vec<&'t str> = Vec::new();
    let mut pending: Option<(&'t str, usize)> = None;
    let (mut at, mut line) = (0, 1);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'\n' => line += 1,
            b'"' => {
                let start = at;
                loop {
                    let rest = bytes.get(at..).unwrap_or_default();
                    at += rest.iter().position(|byte| matches!(byte, b'"' | b'\n' | b'\\')).unwrap_or(rest.len());
                    if bytes.get(at) != Some(&b'\\') {
                        break;
                    }
                    at += 2;
                }
                pending = text.get(start..at.min(text.len())).map(|string| (string, line));
                at += usize::from(bytes.get(at) == Some(&b'"'));
            }
            b':' => {
                if let (Some((name, _)), Some(key)) = (pending.take(), keys.last_mut()) {
                    *key = name;
                }
            }
            b'{' | b'[' => keys.push(""),
            b',' | b'}' | b']' => {
                if let Some((string, line)) = pending.take() {
                    visit(&keys, string, line);
                }
                if byte != b',' {
                    keys.pop();
                }
            }
            _ => {}
        }
    }
}
