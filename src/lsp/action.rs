//! What a client can offer to do about a finding: carry out the rule's own fix, or accept the finding, where it stands or
//! in the configuration.

use serde_json::{Value, json};

use super::capability::Client;
use super::edit::FileEdit;
use crate::finding::Finding;
use crate::lint::workspace::Workspace;
use crate::path::RepoPath;
use crate::suppress;

/// Something that can be done.
#[derive(Debug)]
pub(super) struct Action {
    /// What it does.
    pub(super) title: String,
    /// How.
    pub(super) edit: FileEdit,
}

impl Action {
    /// The action for a client; `None` where the client could not do it.
    pub(super) fn json(&self, diagnostic: &Value, client: Client) -> Option<Value> {
        let edit = self.edit.json(client)?;
        Some(json!({"title": self.title, "kind": "quickfix", "diagnostics": [diagnostic], "edit": edit}))
    }
}

/// A comment that accepts a finding, and where it goes in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Comment {
    /// The byte at which the finding's line begins.
    pub(super) at: usize,
    /// The comment with the end of its line. Its reason is still to be written: until then it is reported, and accepts
    /// nothing.
    pub(super) text: String,
}

/// A comment above the line of a finding. `None` where the file's grammar has no comments, or where one would change
/// what the file says: that is found out by trying.
pub(super) fn comment(workspace: &mut Workspace, path: &RepoPath, finding: &Finding, text: &str) -> Option<Comment> {
    let line = finding.primary.start.line;
    let surface = workspace.file(path)?.document.surface;
    let at = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest: &str = text.get(at..)?;
    let blanks: String = rest.chars().take_while(|character| matches!(character, ' ' | '\t')).collect();
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let written = |reason: &str| {
        suppress::comment(surface, finding.rule, reason).map(|comment| format!("{blanks}{comment}{end}"))
    };
    let comment = Comment { at, text: written("")? };
    let mut tried = text.to_owned();
    tried.insert_str(at, &written("x")?);
    accepts(workspace, path, finding, text, tried).then_some(comment)
}

/// Whether a text lacks this finding, and others of its rule on its line, and says all the same otherwise.
fn accepts(workspace: &mut Workspace, path: &RepoPath, finding: &Finding, text: &str, tried: String) -> bool {
    let (before, said) = (workspace.report().findings, says(workspace, path));
    workspace.put(path, Some(tried.into_bytes()));
    let (after, says) = (workspace.report().findings, says(workspace, path));
    workspace.put(path, Some(text.as_bytes().to_vec()));
    let line = finding.primary.start.line;
    let is_meant = |found: &&Finding| {
        found.rule == finding.rule && found.primary.path == *path && found.primary.start.line == line
    };
    let name = |found: &Finding| (found.rule.slug, found.primary.path.clone(), found.key.clone());
    let kept = before.iter().filter(|found| !is_meant(found)).map(name);
    said == says && kept.eq(after.iter().map(name))
}

/// What a file sets and runs, wherever it stands: a comment in the middle of a command would take the command apart.
fn says(workspace: &Workspace, path: &RepoPath) -> Vec<String> {
    let Some(document) = workspace.file(path).map(|file| &file.document) else { return Vec::new() };
    let assignments = document.assignments.iter();
    let assignments = assignments.map(|one| format!("{}\0{}\0{}", one.key, one.name, one.decoded.text.expose()));
    let words = document.commands.iter().map(|command| {
        let words = command.words.iter().map(|word| word.decoded.text.expose());
        words.collect::<Vec<_>>().join("\0")
    });
    assignments.chain(words).chain([format!("{} {}", document.launches.len(), document.faults.len())]).collect()
}
