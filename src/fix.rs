//! What a rule would change to take a finding away.
//!
//! A rule proposes; whether the proposal is carried out is decided by trying it on the texts in memory
//! ([`lint::mend`](crate::lint::mend)): the finding has to go, nothing may come in its place, and what Claude Code sends
//! has to be what the proposal says.

use crate::finding::Message;
use crate::path::RepoPath;
use crate::surface::Secret;
use crate::text::Span;

pub mod diff;
pub mod json;
pub mod launch;
pub mod strict;
pub mod variable;
pub mod write;

/// How far a change can be trusted to be what its author wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// It changes what is meant, or who gets what: somebody has to want it.
    Unsafe,
    /// It means the same as before, or what can only have been meant.
    Safe,
}

impl Applicability {
    /// `safe` or `unsafe`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Unsafe => "unsafe",
        }
    }
}

/// What would take a finding away.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does, as an order: "remove the comment".
    pub title: Message,
    /// Whether it needs to be asked for.
    pub applicability: Applicability,
    /// What it changes, all of it or nothing.
    pub changes: Vec<Change>,
    /// What becomes of the requests.
    pub sends: Sends,
    /// What it leaves for people to do.
    pub left: Vec<Message>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Puts a text in the place of another.
    Text {
        /// The file.
        path: RepoPath,
        /// The place, in byte offsets into the decoded text.
        span: Span,
        /// The new text.
        text: Secret,
    },
    /// Takes away the member, or the element, of a JSON file that holds a byte of its text, as [`json::without`] does.
    /// Where exactly that cuts is asked when it is tried: a file has many findings, and most are never mended.
    Without {
        /// The file.
        path: RepoPath,
        /// The byte, an offset into the decoded text.
        at: usize,
    },
    /// Gives a variable a value in a settings file that has to be private, and is made if it is not there.
    Keep {
        /// The file.
        path: RepoPath,
        /// The variable.
        name: String,
        /// Its value.
        value: Secret,
    },
    /// Adds a pattern to the `.gitignore` at the root.
    Ignore {
        /// The line.
        pattern: &'static str,
    },
    /// Changes who can read or run a file.
    Mode {
        /// The file.
        path: RepoPath,
        /// Who.
        mode: Mode,
    },
}

/// Who can read or run a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nobody but its owner reads it.
    Private,
    /// Whoever can read it can run it.
    Runnable,
}

/// What becomes of the requests that Claude Code makes with the repository's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sends {
    /// The same credentials go to the same hosts in the same headers.
    Same,
    /// A credential is no longer sent: the one of this variable.
    Without(&'static str),
    /// A credential is sent that was refused, or stood in a variable that is not read: now the one of this variable. A
    /// login may no longer be.
    Also(&'static str),
    /// The same credentials go to the same hosts, one of them in another header.
    InAnotherHeader,
    /// Credentials go to a host that the file names, where the address was none.
    To(String),
    /// A file takes effect that was dropped, with all that it says.
    WhatIsWritten,
}

impl Fix {
    /// A fix that means the same as before, or what can only have been meant.
    pub fn safe(title: Message) -> Self {
        let (changes, left) = (Vec::new(), Vec::new());
        Self { title, applicability: Applicability::Safe, changes, sends: Sends::Same, left }
    }

    /// A fix that somebody has to want.
    pub fn risky(title: Message) -> Self {
        Self { applicability: Applicability::Unsafe, ..Self::safe(title) }
    }

    /// The edits of a file's text, where it changes nothing else.
    pub fn edits(&self, of: &RepoPath, text: &str) -> Option<Vec<(Span, String)>> {
        if let [Change::Without { path, at }] = self.changes.as_slice() {
            return (path == of).then(|| json::without(text, *at).map(|edit| vec![edit])).flatten();
        }
        let edits = self.changes.iter().map(|change| match change {
            Change::Text { path, span, text } if path == of => Some((*span, text.expose().to_owned())),
            _ => None,
        });
        edits.collect()
    }

    /// With a text in the place of another.
    #[must_use]
    pub fn put(mut self, path: &RepoPath, span: Span, text: impl Into<String>) -> Self {
        self.changes.push(Change::Text { path: path.clone(), span, text: Secret::new(text) });
        self
    }

    /// Without the member, or the element, of a JSON file that holds a byte.
    #[must_use]
    pub fn without(mut self, path: &RepoPath, at: usize) -> Self {
        self.changes.push(Change::Without { path: path.clone(), at });
        self
    }

    /// With an edit of [`json`].
    #[must_use]
    pub fn edit(self, path: &RepoPath, (span, text): (Span, String)) -> Self {
        self.put(path, span, text)
    }

    /// With a variable in a private settings file.
    #[must_use]
    pub fn keep(mut self, path: RepoPath, name: &str, value: &Secret) -> Self {
        self.changes.push(Change::Keep { path, name: name.to_owned(), value: value.clone() });
        self
    }

    /// With a pattern in the `.gitignore` at the root.
    #[must_use]
    pub fn ignore(mut self, pattern: &'static str) -> Self {
        self.changes.push(Change::Ignore { pattern });
        self
    }

    /// With another mode for a file.
    #[must_use]
    pub fn mode(mut self, path: &RepoPath, mode: Mode) -> Self {
        self.changes.push(Change::Mode { path: path.clone(), mode });
        self
    }

    /// With another outcome for the requests than the same.
    #[must_use]
    pub fn sends(mut self, sends: Sends) -> Self {
        self.sends = sends;
        self
    }

    /// With something that is left to people.
    #[must_use]
    pub fn left(mut self, message: Message) -> Self {
        self.left.push(message);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message;

    #[test]
    fn edits_of_one_text_alone() {
        let (path, other) = (RepoPath::from("a.json"), RepoPath::from("b.json"));
        let text = "{\"a\": [1, 2]}";
        let fix = Fix::safe(message!["x"]).without(&path, 10);
        assert_eq!(fix.edits(&path, text), Some(vec![(Span::new(8, 11), String::new())]));
        assert_eq!(fix.edits(&other, text), None);
        assert_eq!(fix.edits(&path, "{\"a\": [1, 2] // x\n}"), None);
        let both = fix.clone().put(&path, Span::new(0, 0), "x");
        assert_eq!(both.edits(&path, text), None, "where one is depends on the other");
        assert_eq!(fix.keep(other, "A", &Secret::new("x")).edits(&path, text), None);
        let put = Fix::safe(message!["x"]).put(&path, Span::new(0, 1), "[").put(&path, Span::new(12, 13), "]");
        assert_eq!(put.edits(&path, text).map(|edits| edits.len()), Some(2));
    }
}
