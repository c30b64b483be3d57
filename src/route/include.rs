//! Dotenv files that a launch reads, found among the documents of the repository.

use std::collections::HashMap;

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
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (place, member) in members.iter().enumerate() {
        places.entry(&member.assignment.name).or_insert(place);
    }
    for member in in_effect(file, 0) {
        let assignment = member.assignment;
        let exported = include.exports || is_exported(file, assignment.name_span.start);
        match places.get(assignment.name.as_str()).and_then(|&place| members.get_mut(place)) {
            Some(own) if !is_replaced(own) => {}
            // A variable that is exported already stays so when it gets another value.
            Some(own) if exported || !matches!(own.assignment.value, Value::Unset) => *own = member,
            None if exported => {
                places.insert(&assignment.name, members.len());
                members.push(member);
            }
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
            path[end..].split_once('/')?.1
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

#[cfg(test)]
mod tests {
    use super::super::tests::{document, unit};
    use super::super::{SourceKind, predict};

    #[test]
    fn what_a_file_sets_counts_as_the_shell_exports_it() {
        for (script, file, key) in [
            (". ./.env", "ANTHROPIC_API_KEY=L", None),
            (". ./.env", "export ANTHROPIC_API_KEY=L", Some("L")),
            ("set -a\n. ./.env", "ANTHROPIC_API_KEY=L", Some("L")),
            // What is exported stays so with another value, what was taken away does not come back.
            ("export ANTHROPIC_API_KEY=K\n. ./.env", "ANTHROPIC_API_KEY=L", Some("L")),
            ("unset ANTHROPIC_API_KEY\n. ./.env", "ANTHROPIC_API_KEY=L", None),
            ("unset ANTHROPIC_API_KEY\n. ./.env", "export ANTHROPIC_API_KEY=L", Some("L")),
            (". ./.env\nexport ANTHROPIC_API_KEY=K", "export ANTHROPIC_API_KEY=L", Some("K")),
        ] {
            let run = document("run.sh", &format!("{script}\nclaude\n"));
            let file = document(".env", &format!("{file}\n"));
            let unit = unit(&[&run, &file]);
            assert_eq!(unit.text("ANTHROPIC_API_KEY"), key, "{script}");
        }
    }

    /// Which files a script reads that names one, and whether it may read others that are not there.
    #[test]
    fn files_are_found_where_a_path_leads() {
        for (path, expected, open) in [
            (".env", &["bin/.env"][..], false),
            ("./.env", &["bin/.env"], false),
            ("../.env", &[".env"], false),
            ("srv/.env", &["srv/.env"], false),
            ("\"$(dirname \"$0\")/.env\"", &["bin/.env"], false),
            ("\"$ROOT/srv/.env\"", &["srv/.env"], false),
            ("/srv/.env", &[], true),
            ("~/.env", &[], true),
            ("$HOME/.env", &[], true),
            ("../../.env", &[], true),
            // Not there, and by their names variables or none.
            ("local.env", &[], true),
            (".dev.vars", &[], true),
            ("secrets.sh", &[], true),
            ("$FILE", &[], true),
            ("functions.sh", &[], false),
            ("lib/colours", &[], false),
        ] {
            let run = document("bin/run.sh", &format!(". {path}\n. {path}\nclaude\n"));
            let files = [".env", "bin/.env", "srv/.env"].map(|path| document(path, "A=1\n"));
            let unit = unit(&[&run, &files[0], &files[1], &files[2]]);
            let read: Vec<&str> = unit.files.iter().skip(1).map(|file| file.path.as_str()).collect();
            assert_eq!((&read[..], unit.open), (expected, open), "{path}");
        }
    }

    #[test]
    fn a_launch_brings_its_helper_along() {
        let run = document("run.sh", r#"claude --settings '{"apiKeyHelper": "./key.sh"}'"#);
        let unit = unit(&[&run]);
        assert_eq!(unit.helper.map(|helper| helper.assignment.decoded.text.expose()), Some("./key.sh"));
        let route = predict(&unit);
        let kinds = [route.x_api_key, route.authorization].map(|source| source.map(|source| source.kind));
        assert_eq!(kinds, [Some(SourceKind::Helper); 2]);
    }
}
