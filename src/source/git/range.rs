//! What is asked about a range of commits. Commits are named by their objects here.

use super::{Repository, SourceError, run};
use crate::path::RepoPath;
use crate::source::change::{Change, Version};
use crate::source::index::IndexMode;
use crate::source::object::ObjectId;

impl Repository {
    /// The last commits that both have: none of them leads to another one.
    ///
    /// # Errors
    /// If git fails.
    pub fn merge_bases(&self, one: ObjectId, other: ObjectId) -> Result<Vec<ObjectId>, SourceError> {
        let mut command = self.options.command(&self.root, "merge-base");
        let output = run(command.args(["--all", &one.to_string(), &other.to_string()]))
            .map_err(|error| self.failed("merge-base", error.to_string()))?;
        // One means that there is none.
        if !output.success() && output.code != Some(1) {
            return Err(self.failed("merge-base", output.reason));
        }
        Ok(output.stdout.split(|&byte| byte == b'\n').filter_map(ObjectId::parse).collect())
    }

    /// What one commit changes of another.
    ///
    /// # Errors
    /// If git fails.
    pub fn changes_between(&self, before: ObjectId, after: ObjectId) -> Result<Vec<Change>, SourceError> {
        self.changes("diff-tree", &["-r", &before.to_string(), &after.to_string()])
    }

    /// All files of a commit, submodules among them.
    ///
    /// # Errors
    /// If git fails.
    pub fn tree(&self, commit: ObjectId) -> Result<Vec<(RepoPath, Version)>, SourceError> {
        let listing = self.output("ls-tree", &["-r", "-z", "--full-tree", &commit.to_string()])?;
        let mut records: Vec<&[u8]> = listing.split(|&byte| byte == 0).collect();
        // Behind the last end of a record there is nothing, unless it was cut off.
        let is_whole = records.pop().is_some_and(<[u8]>::is_empty);
        let files: Option<Vec<_>> = records.into_iter().map(file).collect();
        let files = files.filter(|_| is_whole);
        files.ok_or_else(|| self.failed("ls-tree", "it printed what is no list of files"))
    }

    /// Whether commits are missing on purpose.
    ///
    /// # Errors
    /// If git fails.
    pub fn is_shallow(&self) -> Result<bool, SourceError> {
        Ok(self.output("rev-parse", &["--is-shallow-repository"])? == b"true\n")
    }

    /// The commits that lead to `after` and not to `before`, and have nothing before them in this clone.
    ///
    /// # Errors
    /// If git fails.
    pub fn roots(&self, before: Option<ObjectId>, after: ObjectId) -> Result<Vec<ObjectId>, SourceError> {
        let not = before.map(|before| format!("^{before}"));
        let after = after.to_string();
        let arguments: Vec<&str> =
            ["--max-parents=0", &after].into_iter().chain(not.as_deref()).chain(["--"]).collect();
        let output = self.output("rev-list", &arguments)?;
        Ok(output.split(|&byte| byte == b'\n').filter_map(ObjectId::parse).collect())
    }

    /// The object that a revision names; a whole name need not be that of one that is here.
    pub fn named(&self, revision: &str) -> Option<ObjectId> {
        // What begins like an option is one, for git.
        if revision.is_empty() || revision.starts_with('-') {
            return None;
        }
        let output = self.output("rev-parse", &["--verify", revision]).ok()?;
        ObjectId::parse(output.strip_suffix(b"\n")?)
    }

    /// Why a revision names no commit, in git's words, if it has some.
    pub fn why_no_commit(&self, revision: &str) -> Option<String> {
        if revision.starts_with('-') {
            return Some("it begins like an option".to_owned());
        }
        let mut command = self.options.command(&self.root, "merge-base");
        let output = run(command.args([revision, revision])).ok()?;
        let words = &output.reason.words;
        (!output.success()).then(|| words.strip_prefix("fatal: ").unwrap_or(words).to_owned())
    }
}

/// `<mode> <type> <object>`, a tab, the path.
fn file(record: &[u8]) -> Option<(RepoPath, Version)> {
    let tab = record.iter().position(|&byte| byte == b'\t')?;
    let (head, path) = (record.get(..tab)?, record.get(tab + 1..)?);
    let mut words = head.split(|&byte| byte == b' ');
    let (mode, object) = (words.next()?, words.nth(1)?);
    Some((RepoPath::from_bytes(path), Version { object: ObjectId::parse(object)?, mode: IndexMode::parse(mode)? }))
}
