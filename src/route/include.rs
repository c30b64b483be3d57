//! Dotenv files that a launch reads, found among the documents of the repository.

use super::unit::{Member, in_effect};
use crate::path::RepoPath;
use crate::surface::table::surface_of;
use crate::surface::{Document, Include, Slot, Surface, Value};

/// What a launch has, with the dotenv files that it reads.
#[derive(Debug, Default)]
pub(super) struct Joined<'a> {
    /// One assignment for each variable.
    pub(super) members: Vec<Member<'a>>,
    /// `apiKeyHelper`, where a launch brings settings along.
    pub(super) helper: Option<Member<'a>>,
    /// The dotenv files, in order.
    pub(super) files: Vec<&'a Document>,
    /// Whether a file that would be read is not there: what it says is not known.
    pub(super) open: bool,
}

/// Joins the launch of that number with the files that it includes.
pub(super) fn joined<'a>(document: &'a Document, launch: usize, documents: &[&'a Document]) -> Joined<'a> {
    let (helper, mut members): (Vec<Member<'_>>, Vec<Member<'_>>) =
        in_effect(document, launch).partition(|member| member.assignment.slot == Slot::Command);
    let mut joined = Joined { helper: helper.last().copied(), ..Joined::default() };
    let Some(launch) = document.launches.get(launch) else { return joined };
    for include in &launch.includes {
        match resolved(document, include, documents) {
            Some(file) => {
                read(document, include, file, &mut members);
                if !joined.files.iter().any(|known| known.path == file.path) && file.path != document.path {
                    joined.files.push(file);
                }
            }
            None => joined.open |= may_hold_variables(include),
        }
    }
    joined.members = members;
    joined
}

/// Puts the file's assignments into effect, as far as the launch gets them.
fn read<'a>(document: &'a Document, include: &Include, file: &'a Document, members: &mut Vec<Member<'a>>) {
    let is_replaced = |member: &Member<'_>| {
        let own = |&index: &usize| std::ptr::eq(&raw const document.assignments[index], member.assignment);
        // What an earlier file says, a later one replaces.
        member.document.path != document.path || include.replaces.iter().any(own)
    };
    for member in in_effect(file, 0) {
        let assignment = member.assignment;
        let exported = include.exports || is_exported(file, assignment.name_span.start);
        match members.iter_mut().find(|own| own.assignment.name == assignment.name) {
            Some(own) if !is_replaced(own) => {}
            // A variable that is exported already stays so when it gets another value.
            Some(own) if exported || !matches!(own.assignment.value, Value::Unset) => *own = member,
            None if exported => members.push(member),
            Some(_) | None => {}
        }
    }
}

/// Whether `export` stands in front of the name that begins at `at`.
fn is_exported(file: &Document, at: usize) -> bool {
    let before = file.text.as_str().get(..at).unwrap_or("");
    before.rsplit('\n').next().is_some_and(|line| line.trim() == "export")
}

/// The dotenv file that an include names: from the folder of the file that reads it, then from the root. What stands
/// in front of the last variable of a path is the folder of the script or the root in all but a few scripts.
fn resolved<'a>(document: &Document, include: &Include, documents: &[&'a Document]) -> Option<&'a Document> {
    let path = include.path.text.expose();
    let plain = match path.rfind(['$', '`']) {
        _ if path.starts_with(['/', '~', '\\']) => return None,
        Some(_) if is_elsewhere(path) => return None,
        Some(variable) => {
            // Quotes and slashes inside a substitution are none of the path.
            let end = path.rfind([')', '}', '`']).map_or(variable, |close| close.max(variable));
            &path[end + path[end..].find('/')? + 1..]
        }
        None => path,
    };
    let find = |folder: &str| {
        let wanted = normal(folder, plain)?;
        documents.iter().copied().find(|other| other.surface == Some(Surface::Dotenv) && other.path.as_str() == wanted)
    };
    find(document.path.folder()).or_else(|| find(""))
}

/// Whether a path begins outside of the repository.
fn is_elsewhere(path: &str) -> bool {
    let name = path.trim_start_matches(['$', '{']);
    ["HOME", "XDG_", "USERPROFILE", "TMPDIR", "CLAUDE_CONFIG_DIR"].iter().any(|folder| name.starts_with(folder))
}

/// `folder/path` without `.` and `..`; nothing if it leads out of the repository.
fn normal(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether a file that isn't there may set what the client reads: by its name, or because nobody knows its name.
fn may_hold_variables(include: &Include) -> bool {
    let path = include.path.text.expose();
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    name.contains('$')
        || surface_of(&RepoPath::from(name), &|_| false) == Some(Surface::Dotenv)
        || ["env", "secret", "key", "token", "credential"].iter().any(|word| lower.contains(word))
}
