//! Changes that a client is asked to make.

use serde_json::{Value, json};

use super::capability::Client;
use super::position::{Position, Range};

/// New texts for places in one file.
#[derive(Debug)]
pub(super) struct FileEdit {
    /// The file's address.
    pub(super) uri: String,
    /// The document's number, where the file is open.
    pub(super) version: Option<i64>,
    /// Whether the file has to be made first.
    pub(super) is_new: bool,
    /// The texts and the places that they replace.
    pub(super) edits: Vec<(Range, String)>,
}

impl FileEdit {
    /// A text at one place.
    pub(super) fn insert(uri: String, version: Option<i64>, at: Position, text: String) -> Self {
        Self { uri, version, is_new: false, edits: vec![(Range { start: at, end: at }, text)] }
    }

    /// The edit in a form that the client understands; `None` where there is none.
    pub(super) fn json(&self, client: Client) -> Option<Value> {
        let edits: Vec<Value> =
            self.edits.iter().map(|(range, text)| json!({"range": range.json(), "newText": text})).collect();
        if !client.versions {
            return (!self.is_new).then(|| json!({"changes": {&self.uri: edits}}));
        }
        let change = json!({"textDocument": {"uri": self.uri, "version": self.version}, "edits": edits});
        match (self.is_new, client.creates) {
            (true, false) => None,
            (true, true) => {
                let create = json!({"kind": "create", "uri": self.uri, "options": {"ignoreIfExists": true}});
                Some(json!({"documentChanges": [create, change]}))
            }
            (false, _) => Some(json!({"documentChanges": [change]})),
        }
    }
}
