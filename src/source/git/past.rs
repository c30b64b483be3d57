//! What else is asked about a repository's past: its refs, and whether all of it is here.

use super::{Repository, SourceError, run};
use crate::source::object::ObjectId;

/// A name for a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ref {
    /// The whole name: `refs/heads/main`, or `HEAD`.
    pub name: String,
    /// The object that it leads to, behind all tags.
    pub object: ObjectId,
}

impl Ref {
    /// Whether work goes on there: the current commit, a branch, here or elsewhere.
    pub fn is_tip(&self) -> bool {
        self.name == "HEAD" || self.name.starts_with("refs/heads/") || self.name.starts_with("refs/remotes/")
    }

    /// The name as people say it.
    pub fn short(&self) -> &str {
        let prefixes = ["refs/heads/", "refs/remotes/", "refs/tags/", "refs/"];
        prefixes.iter().find_map(|prefix| self.name.strip_prefix(prefix)).unwrap_or(&self.name)
    }
}

impl Repository {
    /// All refs, branches first, and the current commit at the end of those.
    ///
    /// # Errors
    /// If git fails.
    pub fn refs(&self) -> Result<Vec<Ref>, SourceError> {
        let format = "--format=%(objectname) %(*objectname) %(refname)";
        let listing = self.output("for-each-ref", &[format])?;
        let mut refs: Vec<Ref> = Vec::new();
        for line in listing.split(|&byte| byte == b'\n') {
            let mut words = line.splitn(3, |&byte| byte == b' ');
            let (Some(object), Some(behind), Some(name)) = (words.next(), words.next(), words.next()) else { continue };
            let Some(object) = ObjectId::parse(behind).or_else(|| ObjectId::parse(object)) else { continue };
            refs.push(Ref { name: String::from_utf8_lossy(name).into_owned(), object });
        }
        // Names sort as branches, remotes, tags; those of nobody's work come last.
        refs.sort_by_key(|one| (!one.is_tip(), !one.name.starts_with("refs/tags/")));
        Ok(refs)
    }

    /// Whether the past ends early here, and the current commit, if there is one.
    ///
    /// # Errors
    /// If git can't be started.
    pub fn head(&self) -> Result<(bool, Option<ObjectId>), SourceError> {
        let mut command = self.options.command(&self.root, "rev-parse");
        let output = run(command.args(["--is-shallow-repository", "HEAD"]))
            .map_err(|error| self.failed("rev-parse", error.to_string()))?;
        let mut lines = output.stdout.split(|&byte| byte == b'\n');
        let shallow = lines.next() == Some(b"true");
        Ok((shallow, lines.next().and_then(ObjectId::parse)))
    }

    /// What was put aside with `git stash`, the last included.
    ///
    /// # Errors
    /// If git fails.
    pub fn stashes(&self) -> Result<Vec<ObjectId>, SourceError> {
        let listing = self.output("rev-list", &["--walk-reflogs", "refs/stash", "--"])?;
        Ok(listing.split(|&byte| byte == b'\n').filter_map(ObjectId::parse).collect())
    }

    /// Whether it was cloned without all objects, on purpose.
    ///
    /// # Errors
    /// If git can't be started, or can't read its configuration.
    pub fn is_partial(&self) -> Result<bool, SourceError> {
        let mut command = self.options.command(&self.root, "config");
        let pattern = "^(extensions\\.partialclone|remote\\..*\\.(promisor|partialclonefilter))$";
        let output =
            run(command.args(["--get-regexp", pattern])).map_err(|error| self.failed("config", error.to_string()))?;
        Ok(!output.stdout.is_empty())
    }
}
