//! What the server knows, and what it does about each message.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::capability::{Client, watchers};
use super::document::{Document, Place};
use super::message::{self, Problem};
use super::uri;
use crate::config::Config;
use crate::finding::Finding;
use crate::lint::workspace::Workspace;
use crate::lint::{self, Options};
use crate::path::RepoPath;
use crate::rules;
use crate::source::memory::Memory;
use crate::source::{Mode, State, git, real_place};

mod answers;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Running,
    ShutDown,
}

/// A session with one client.
#[derive(Debug)]
pub(super) struct Server {
    options: Options,
    phase: Phase,
    client: Client,
    /// The folders that the client works in, without links.
    folders: Vec<PathBuf>,
    /// By address, as the client writes it.
    documents: BTreeMap<String, Document>,
    /// By root.
    workspaces: BTreeMap<PathBuf, Opened>,
    /// What was last said of each document.
    said: BTreeMap<String, Value>,
    /// Something has changed of which a client that asks for findings knows nothing.
    is_stale: bool,
    requests: usize,
    /// What was last said to the log: it would be said again with every key.
    logged: String,
    outbox: Vec<Value>,
}

/// A repository, and what is found in it now.
#[derive(Debug)]
struct Opened {
    workspace: Workspace,
    findings: Option<Vec<Finding>>,
    /// The disk has changed: it is to be walked again.
    is_stale: bool,
}

impl Server {
    pub(super) fn new(options: Options) -> Self {
        Self {
            options,
            phase: Phase::Fresh,
            client: Client::default(),
            folders: Vec::new(),
            documents: BTreeMap::new(),
            workspaces: BTreeMap::new(),
            said: BTreeMap::new(),
            is_stale: false,
            requests: 0,
            logged: String::new(),
            outbox: Vec::new(),
        }
    }

    /// Whether the client has said `shutdown`.
    pub(super) fn is_shut_down(&self) -> bool {
        self.phase == Phase::ShutDown
    }

    /// Puts a message among those that are to be written.
    pub(super) fn send(&mut self, message: Value) {
        self.outbox.push(message);
    }

    /// What is to be written.
    pub(super) fn take(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.outbox)
    }

    fn ask(&mut self, method: &str, parameters: &Value) {
        self.requests += 1;
        self.send(message::request(self.requests, method, parameters));
    }

    /// Answers a request.
    pub(super) fn request(&mut self, method: &str, parameters: &Value) -> Result<Value, Problem> {
        match (self.phase, method) {
            (Phase::Fresh, "initialize") => Ok(self.initialize(parameters)),
            (Phase::Fresh, _) => Err(Problem::NOT_INITIALIZED),
            (Phase::ShutDown, _) => Err(Problem::invalid("the server is shut down")),
            (_, "initialize") => Err(Problem::invalid("`initialize` comes once")),
            (_, "shutdown") => {
                self.phase = Phase::ShutDown;
                Ok(Value::Null)
            }
            (_, "textDocument/diagnostic") => {
                let uri = self.known(parameters)?;
                Ok(json!({"kind": "full", "items": self.diagnostics(&uri)}))
            }
            (_, "textDocument/hover") => self.hover(parameters),
            (_, "textDocument/codeAction") => self.actions(parameters),
            _ => Err(Problem::NO_SUCH_METHOD),
        }
    }

    /// Takes note of something. What makes no sense is left out: nobody waits for an answer.
    pub(super) fn notification(&mut self, method: &str, parameters: &Value) {
        if self.phase != Phase::Running {
            return;
        }
        match method {
            "initialized" if self.client.watches => self.ask("client/registerCapability", &watchers()),
            "textDocument/didOpen" => self.open(&parameters["textDocument"]),
            "textDocument/didChange" => self.change(parameters),
            "textDocument/didSave" => self.touch(),
            "textDocument/didClose" => self.close(parameters),
            "workspace/didChangeWatchedFiles" => self.touch(),
            "workspace/didChangeWorkspaceFolders" => self.move_folders(&parameters["event"]),
            _ => {}
        }
    }

    /// What there is to say when everything that came in is done.
    pub(super) fn settle(&mut self) {
        if self.phase != Phase::Running {
            return;
        }
        if self.client.pulls {
            if std::mem::take(&mut self.is_stale) {
                self.ask("workspace/diagnostic/refresh", &Value::Null);
            }
            return;
        }
        let addresses: Vec<String> = self.documents.keys().cloned().collect();
        for uri in addresses {
            let diagnostics = self.diagnostics(&uri);
            let Some(document) = self.documents.get_mut(&uri) else { continue };
            let (is_new, version) = (std::mem::take(&mut document.is_new), document.version);
            if is_new || self.said.get(&uri) != Some(&diagnostics) {
                let said = json!({"uri": uri, "version": version, "diagnostics": diagnostics});
                self.send(message::notification("textDocument/publishDiagnostics", &said));
                self.said.insert(uri, diagnostics);
            }
        }
    }

    fn initialize(&mut self, parameters: &Value) -> Value {
        self.client = Client::of(parameters);
        self.phase = Phase::Running;
        let folders = parameters["workspaceFolders"].as_array();
        let folders = folders.into_iter().flatten().map(|folder| &folder["uri"]).chain([&parameters["rootUri"]]);
        self.folders = folders.filter_map(folder).collect();
        self.client.offer()
    }

    fn move_folders(&mut self, event: &Value) {
        let all = |name: &str| event[name].as_array().into_iter().flatten().filter_map(|one| folder(&one["uri"]));
        let removed: Vec<PathBuf> = all("removed").collect();
        self.folders.retain(|folder| !removed.contains(folder));
        self.folders.extend(all("added"));
        let places: Vec<(String, Place)> = self.documents.keys().map(|uri| (uri.clone(), self.locate(uri))).collect();
        for (uri, place) in places {
            if let Some(document) = self.documents.get_mut(&uri) {
                document.place = place;
            }
        }
        self.touch();
    }

    fn open(&mut self, said: &Value) {
        let (Some(uri), Some(text)) = (said["uri"].as_str(), said["text"].as_str()) else { return };
        let place = self.locate(uri);
        let version = said["version"].as_i64().unwrap_or_default();
        let document = Document { text: text.to_owned(), version, place, is_new: true };
        self.documents.insert(uri.to_owned(), document);
        self.put(uri);
    }

    fn change(&mut self, parameters: &Value) {
        let said = &parameters["textDocument"];
        let Some(uri) = said["uri"].as_str() else { return };
        let Some(document) = self.documents.get_mut(uri) else { return };
        let done = document.change(&parameters["contentChanges"], said["version"].as_i64(), self.client.encoding);
        if done.is_none() {
            self.log("a change of a document could not be understood");
        }
        self.put(uri);
    }

    fn close(&mut self, parameters: &Value) {
        let Some(uri) = parameters["textDocument"]["uri"].as_str() else { return };
        let Some(document) = self.documents.remove(uri) else { return };
        if self.said.remove(uri).is_some() {
            let nothing = json!({"uri": uri, "diagnostics": []});
            self.send(message::notification("textDocument/publishDiagnostics", &nothing));
        }
        if let Place::In { root, path } = document.place {
            let is_used =
                |document: &Document| matches!(&document.place, Place::In { root: other, .. } if *other == root);
            if !self.documents.values().any(is_used) {
                self.workspaces.remove(&root);
            } else if let Some(opened) = self.workspaces.get_mut(&root) {
                opened.workspace.put(&path, None);
                opened.findings = None;
                self.is_stale = true;
            }
        }
    }

    /// The disk has changed.
    fn touch(&mut self) {
        self.workspaces.values_mut().for_each(|opened| opened.is_stale = true);
        self.is_stale = true;
    }

    /// Takes the text of a document over.
    fn put(&mut self, uri: &str) {
        let Some(Document { place: Place::In { root, path }, text, .. }) = self.documents.get(uri) else { return };
        if let Some(opened) = self.workspaces.get_mut(root).filter(|opened| !opened.is_stale) {
            opened.workspace.put(path, Some(text.clone().into_bytes()));
            opened.findings = None;
        }
    }

    /// Where a document stands.
    fn locate(&self, uri: &str) -> Place {
        let Some(file) = uri::to_path(uri) else {
            return uri::unsaved(uri).map_or(Place::Nowhere, |name| Place::Alone(RepoPath::from(name.as_str())));
        };
        let Some(file) = real_place(&file) else { return Place::Nowhere };
        if file.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git")) {
            return Place::Nowhere;
        }
        let folder = file.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap_or(&file);
        let root = match git::locate(&git::Options::default(), folder, folder) {
            Ok(git::Discovery::Found(repository)) => Some(repository.root),
            // Without a repository only a folder that somebody works in: another one may be a whole disk.
            _ => self.folders.iter().filter(|folder| file.starts_with(folder)).max().cloned(),
        };
        let inside = root.and_then(|root| {
            let path = RepoPath::from_path(file.strip_prefix(&root).ok()?);
            Some(Place::In { root, path })
        });
        let alone = || RepoPath::from_path(file.strip_prefix("/").unwrap_or(&file));
        inside.unwrap_or_else(|| Place::Alone(alone()))
    }

    /// The repository of a document, with everything that is open, and what is found in it.
    fn opened(&mut self, root: &Path) -> Option<&mut Opened> {
        if self.workspaces.get(root).is_none_or(|opened| opened.is_stale) {
            let texts = self.documents.values().filter_map(|document| match &document.place {
                Place::In { root: other, path } if other == root => Some((path.clone(), document.bytes())),
                _ => None,
            });
            match Workspace::open(root, &self.options, texts.collect()) {
                Ok(workspace) => {
                    let opened = Opened { workspace, findings: None, is_stale: false };
                    self.workspaces.insert(root.to_owned(), opened);
                }
                Err(error) => {
                    self.workspaces.remove(root);
                    self.log(&error.to_string());
                    return None;
                }
            }
        }
        let opened = self.workspaces.get_mut(root)?;
        if opened.findings.is_none() {
            opened.findings = Some(opened.workspace.report().findings);
        }
        Some(opened)
    }

    /// What is found in a document.
    fn findings(&mut self, uri: &str) -> Vec<Finding> {
        let Some(document) = self.documents.get(uri) else { return Vec::new() };
        match document.place.clone() {
            Place::Nowhere => Vec::new(),
            Place::Alone(path) => alone(path, document.bytes()),
            Place::In { root, path } => {
                let Some(opened) = self.opened(&root) else { return Vec::new() };
                let found = opened.findings.iter().flatten();
                found.filter(|finding| finding.primary.path == path).cloned().collect()
            }
        }
    }

    /// The address of an open document that a request is about.
    fn known(&self, parameters: &Value) -> Result<String, Problem> {
        let uri = parameters["textDocument"]["uri"].as_str();
        let known = uri.filter(|uri| self.documents.contains_key(*uri));
        known.map(str::to_owned).ok_or(Problem::parameters("there is no such open document"))
    }

    fn log(&mut self, words: &str) {
        let words = format!("keylint: {}", crate::report::clean(words));
        if words != self.logged {
            self.send(message::notification("window/logMessage", &json!({"type": 2, "message": words})));
            self.logged = words;
        }
    }
}

/// The folder that an address names, without links.
fn folder(uri: &Value) -> Option<PathBuf> {
    real_place(&uri::to_path(uri.as_str()?)?)
}

/// What is found in a text outside of any repository: nothing about who gets to see it.
fn alone(path: RepoPath, bytes: Vec<u8>) -> Vec<Finding> {
    let memory = Memory::new([(path, bytes, State::NoGit, Mode::File)]);
    let mut findings = lint::check(&memory.snapshot, &memory, &Config::default()).findings;
    findings.retain(|finding| !rules::is_about_exposure(finding.rule));
    findings
}
