//! What a file would hold after a tool of Claude Code has written.

use serde_json::{Value, json};

/// What a tool is about to do with a file.
#[derive(Debug)]
pub(super) enum Change {
    /// `Write`: the whole content.
    Content(String),
    /// `Edit` and `MultiEdit`: one replacement behind the other.
    Edits(Vec<Edit>),
    /// `NotebookEdit`: a cell of a Jupyter notebook.
    Cell(Cell),
}

/// One text for another.
#[derive(Debug)]
pub(super) struct Edit {
    old: String,
    new: String,
    all: bool,
}

/// What becomes of a cell.
#[derive(Debug)]
pub(super) struct Cell {
    id: Option<String>,
    source: String,
    kind: String,
    mode: String,
}

impl Change {
    /// Whether a tool writes files in a way that is known here.
    pub(super) fn is_known(tool: &str) -> bool {
        matches!(tool, "Write" | "Edit" | "MultiEdit" | "NotebookEdit")
    }

    /// The change that a tool would make by its arguments; `None` for other tools, and where arguments are missing, as
    /// the tool itself then refuses.
    pub(super) fn parse(tool: &str, input: &Value) -> Option<Self> {
        let text = |name: &str| input[name].as_str().map(str::to_owned);
        match tool {
            "Write" => text("content").map(Self::Content),
            "Edit" => Some(Self::Edits(vec![Edit::parse(input)?])),
            "MultiEdit" => {
                let edits = input["edits"].as_array()?;
                edits.iter().map(Edit::parse).collect::<Option<Vec<_>>>().map(Self::Edits)
            }
            "NotebookEdit" => Some(Self::Cell(Cell {
                id: text("cell_id"),
                source: text("new_source").unwrap_or_default(),
                kind: text("cell_type").unwrap_or_else(|| "code".to_owned()),
                mode: text("edit_mode").unwrap_or_else(|| "replace".to_owned()),
            })),
            _ => None,
        }
    }

    /// The file's new text. `None` where the tool would refuse, and nothing is written.
    pub(super) fn apply(&self, old: Option<&[u8]>) -> Option<String> {
        let before = old.map(String::from_utf8_lossy).unwrap_or_default();
        match self {
            Self::Content(content) => Some(content.clone()),
            Self::Edits(edits) => {
                // The client edits with `\n`, whatever the file has, and a mark at the beginning is kept.
                let mut text = before.replace("\r\n", "\n");
                for edit in edits {
                    text = edit.apply(&text, old.is_some())?;
                }
                Some(text)
            }
            Self::Cell(cell) => Some(cell.apply(&before)),
        }
    }
}

impl Edit {
    fn parse(input: &Value) -> Option<Self> {
        Some(Self {
            old: input["old_string"].as_str()?.to_owned(),
            new: input["new_string"].as_str()?.to_owned(),
            all: input["replace_all"].as_bool().unwrap_or(false),
        })
    }

    fn apply(&self, text: &str, exists: bool) -> Option<String> {
        let old = self.old.replace("\r\n", "\n");
        if old.is_empty() {
            // Makes a file, or fills an empty one.
            return (!exists || text.trim().is_empty()).then(|| self.new.clone());
        }
        match text.matches(&old).take(2).count() {
            // The client also takes a text that differs in quotes or blanks. What it writes is judged by itself then.
            0 => Some(format!("{text}\n{}", self.new)),
            1 => Some(text.replacen(&old, &self.new, 1)),
            _ if self.all => Some(text.replace(&old, &self.new)),
            // It refuses what is not unique.
            _ => None,
        }
    }
}

impl Cell {
    fn apply(&self, text: &str) -> String {
        let edited = serde_json::from_str(text).ok().and_then(|notebook| self.edited(notebook));
        // A notebook that can't be read is judged as what it holds, and what it would get.
        edited.unwrap_or_else(|| format!("{text}\n{}", self.source))
    }

    fn edited(&self, mut notebook: Value) -> Option<String> {
        let cells = notebook["cells"].as_array_mut()?;
        let place = match &self.id {
            None => None,
            Some(id) => {
                let by_id = cells.iter().position(|cell| cell["id"].as_str() == Some(id));
                by_id.or_else(|| id.strip_prefix("cell-")?.parse().ok())
            }
        };
        // By lines, as notebooks keep it.
        let source: Vec<&str> = self.source.split_inclusive('\n').collect();
        match (self.mode.as_str(), place) {
            ("delete", Some(place)) if place < cells.len() => {
                cells.remove(place);
            }
            ("insert", place) => {
                let cell = json!({"cell_type": self.kind, "metadata": {}, "source": source});
                cells.insert(place.map_or(0, |place| place + 1).min(cells.len()), cell);
            }
            (_, place) => cells.get_mut(place.unwrap_or(0))?["source"] = json!(source),
        }
        serde_json::to_string_pretty(&notebook).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(tool: &str, input: Value, old: Option<&str>) -> Option<String> {
        Change::parse(tool, &input).unwrap().apply(old.map(str::as_bytes))
    }

    #[test]
    fn edits() {
        let edit = |old: &str, new: &str, all: bool| json!({"old_string": old, "new_string": new, "replace_all": all});
        for (input, old, expected) in [
            (edit("b", "c", false), Some("a b\n"), Some("a c\n")),
            (edit("b", "c", false), Some("b b"), None),
            (edit("b", "c", true), Some("b b"), Some("c c")),
            (edit("a\nb", "x", false), Some("a\r\nb\r\n"), Some("x\n")),
            (edit("a\r\nb", "x", false), Some("a\nb"), Some("x")),
            (edit("", "new", false), None, Some("new")),
            (edit("", "new", false), Some("\n"), Some("new")),
            (edit("", "new", false), Some("a"), None),
            (edit("“a”", "x", false), Some("\"a\""), Some("\"a\"\nx")),
        ] {
            assert_eq!(edited("Edit", input.clone(), old).as_deref(), expected, "{input} {old:?}");
        }
        let both = json!({"edits": [edit("a", "b", false), edit("b", "c", true)]});
        assert_eq!(edited("MultiEdit", both, Some("a b")).as_deref(), Some("c c"));
        assert_eq!(edited("Write", json!({"content": "x"}), Some("y")).as_deref(), Some("x"));
        assert!(Change::parse("Write", &json!({})).is_none());
        assert!(Change::parse("Edit", &json!({"old_string": "a"})).is_none());
        assert!(Change::parse("Bash", &json!({"command": "ls"})).is_none());
    }

    #[test]
    fn cells() {
        let notebook = json!({"cells": [{"id": "a", "source": ["1"]}, {"id": "b", "source": "2"}]}).to_string();
        let sources = |input: Value| -> Vec<Value> {
            let text = edited("NotebookEdit", input, Some(&notebook)).unwrap();
            let edited: Value = serde_json::from_str(&text).unwrap();
            edited["cells"].as_array().unwrap().iter().map(|cell| cell["source"].clone()).collect()
        };
        for (input, expected) in [
            (json!({"cell_id": "b", "new_source": "x\ny"}), json!([["1"], ["x\n", "y"]])),
            (json!({"cell_id": "cell-0", "new_source": "x"}), json!([["x"], "2"])),
            (json!({"cell_id": "a", "edit_mode": "insert", "new_source": "x"}), json!([["1"], ["x"], "2"])),
            (json!({"edit_mode": "insert", "new_source": "x"}), json!([["x"], ["1"], "2"])),
            (json!({"cell_id": "a", "edit_mode": "delete"}), json!(["2"])),
        ] {
            assert_eq!(json!(sources(input.clone())), expected, "{input}");
        }
        let unread = edited("NotebookEdit", json!({"new_source": "x"}), Some("{"));
        assert_eq!(unread.as_deref(), Some("{\nx"));
    }
}
