//! A text that an editor has open.

use std::path::PathBuf;

use serde_json::Value;

use super::position::{Encoding, Lines, Range};
use crate::path::RepoPath;

/// An open text.
#[derive(Debug)]
pub(super) struct Document {
    /// What the editor has.
    pub(super) text: String,
    /// Its number, which the client counts up.
    pub(super) version: i64,
    /// Where it stands.
    pub(super) place: Place,
    /// Whether it has changed since its findings were said.
    pub(super) is_new: bool,
}

/// Where a document stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a repository, or in a folder that the client works in.
    In { root: PathBuf, path: RepoPath },
    /// By itself: outside of all these, or not saved yet.
    Alone(RepoPath),
    /// Nowhere that keylint could say something about it.
    Nowhere,
}

impl Document {
    /// Takes over what the client changed. `None` where that makes no sense, and the rest is left out.
    pub(super) fn change(&mut self, changes: &Value, version: Option<i64>, encoding: Encoding) -> Option<()> {
        self.is_new = true;
        self.version = version.unwrap_or(self.version);
        for change in changes.as_array()? {
            let text = change["text"].as_str()?;
            match &change["range"] {
                Value::Null => self.text = text.to_owned(),
                range => {
                    let range = Range::parse(range)?;
                    let lines = Lines::new(&self.text, encoding);
                    let (start, end) = (lines.offset(range.start), lines.offset(range.end));
                    self.text.replace_range(start.min(end)..end.max(start), text);
                }
            }
        }
        Some(())
    }

    /// What a file with this text would hold.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.text.clone().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes() {
        let range = |from: (usize, usize), to: (usize, usize)| {
            json!({
                "start": {"line": from.0, "character": from.1},
                "end": {"line": to.0, "character": to.1},
            })
        };
        for (text, changes, expected) in [
            ("a\nb", json!([{"range": range((0, 1), (1, 0)), "text": ""}]), Some("ab")),
            ("𝄞b", json!([{"range": range((0, 2), (0, 3)), "text": "c"}]), Some("𝄞c")),
            ("ab", json!([{"text": "x"}, {"range": range((0, 1), (0, 1)), "text": "y"}]), Some("xy")),
            ("ab", json!([{"range": range((9, 0), (9, 9)), "text": "c"}]), Some("abc")),
            ("ab", json!([{"range": range((0, 2), (0, 0)), "text": "c"}]), Some("c")),
            ("ab", json!([{"range": {}, "text": "c"}]), None),
            ("ab", json!({}), None),
        ] {
            let mut document = Document { text: text.to_owned(), version: 1, place: Place::Nowhere, is_new: false };
            let done = document.change(&changes, Some(2), Encoding::Utf16);
            assert_eq!(done.map(|()| document.text.as_str()), expected, "{text:?} {changes}");
            assert_eq!(document.version, 2);
        }
    }
}
