//! What the client can do, and what is offered to it.

use serde_json::{Value, json};

use super::position::Encoding;

/// What the client said of itself in `initialize`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Client {
    /// What a column counts.
    pub(super) encoding: Encoding,
    /// It asks for findings when it wants them, and can be told to ask again.
    pub(super) pulls: bool,
    /// Findings may point to other places.
    pub(super) related: bool,
    /// It tells of changed files when asked to.
    pub(super) watches: bool,
    /// Edits may name the version of a document.
    pub(super) versions: bool,
    /// Edits may make a file.
    pub(super) creates: bool,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub(super) fn of(parameters: &Value) -> Self {
        let capabilities = &parameters["capabilities"];
        let is = |pointer: &str| capabilities.pointer(pointer).is_some_and(|value| *value == json!(true));
        let edit = &capabilities["workspace"]["workspaceEdit"];
        let creates = edit["resourceOperations"].as_array().is_some_and(|all| all.contains(&json!("create")));
        let asks = capabilities.pointer("/textDocument/diagnostic").is_some_and(Value::is_object);
        Self {
            encoding: Encoding::agreed(&capabilities["general"]["positionEncodings"]),
            // Without a word from here a client would not ask again for what changes by another file.
            pulls: asks && is("/workspace/diagnostics/refreshSupport"),
            related: is("/textDocument/publishDiagnostics/relatedInformation")
                || is("/textDocument/diagnostic/relatedInformation"),
            watches: is("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            versions: is("/workspace/workspaceEdit/documentChanges"),
            creates,
        }
    }

    /// The answer to `initialize`.
    pub(super) fn offer(self) -> Value {
        let mut capabilities = json!({
            "positionEncoding": self.encoding.name(),
            "textDocumentSync": {"openClose": true, "change": 2, "save": {"includeText": false}},
            "hoverProvider": true,
            "codeActionProvider": {"codeActionKinds": ["quickfix"]},
            "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}},
        });
        if self.pulls {
            capabilities["diagnosticProvider"] =
                json!({"identifier": "keylint", "interFileDependencies": true, "workspaceDiagnostics": false});
        }
        json!({
            "capabilities": capabilities,
            "serverInfo": {"name": "keylint", "version": env!("CARGO_PKG_VERSION")},
        })
    }
}

/// Files that decide about others, or that only git writes: editors tell when they change.
const WATCHED: [&str; 8] = [
    "**/.gitignore",
    "**/{keylint.toml,.keylint.toml,keylint-baseline.txt}",
    "**/.claude/**",
    "**/{.mcp.json,CLAUDE.local.md}",
    "**/{.env,.env.*,*.env}",
    "**/{package.json,pyproject.toml,Dockerfile,.npmignore,.dockerignore}",
    "**/.git/{index,HEAD}",
    "**/.git/info/exclude",
];

/// The parameters of `client/registerCapability`.
pub(super) fn watchers() -> Value {
    let watchers: Vec<Value> = WATCHED.iter().map(|pattern| json!({"globPattern": pattern})).collect();
    json!({"registrations": [{
        "id": "keylint-files",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": {"watchers": watchers},
    }]})
}
