//! What the server says about a document.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::Server;
use crate::finding::{Finding, Location};
use crate::lint::mend;
use crate::lsp::action::{self, Action};
use crate::lsp::diagnostic::{self, Placed};
use crate::lsp::document::{Document, Place};
use crate::lsp::edit::FileEdit;
use crate::lsp::message::Problem;
use crate::lsp::position::{Lines, Position, Range};
use crate::lsp::uri;
use crate::path::RepoPath;
use crate::rules;

/// Addresses and texts of the files that findings point to besides.
type Others<'s> = HashMap<RepoPath, (String, Lines<'s>)>;

/// How many findings are offered actions at once: each is tried.
const MAX_ACTED_ON: usize = 10;

impl Server {
    /// What is found in a document, as the client wants it.
    pub(super) fn diagnostics(&mut self, uri: &str) -> Value {
        let findings = self.findings(uri);
        let Some(document) = self.documents.get(uri) else { return json!([]) };
        let lines = self.lines(&document.text);
        let mut others = Others::new();
        let mut all: Vec<Value> = findings
            .iter()
            .map(|finding| {
                let range = diagnostic::range(&finding.primary, &lines);
                diagnostic::json(&Placed { finding, range }, self.related(document, finding, &mut others))
            })
            .collect();
        all.extend(self.complaint(document));
        Value::Array(all)
    }

    /// The configuration that can't be read, in its own document.
    fn complaint(&self, document: &Document) -> Option<Value> {
        let Place::In { root, path } = &document.place else { return None };
        let opened = self.workspaces.get(root)?;
        let complaint = opened.workspace.complaint()?;
        let is_about = opened.workspace.configuration() == root.join(path.to_path());
        is_about.then(|| {
            let range = self.lines(&document.text).whole(0);
            json!({
                "range": range.json(),
                "severity": 1,
                "code": rules::CONFIGURATION_INVALID,
                "source": "keylint",
                "message": crate::report::clean(&complaint.to_string()),
            })
        })
    }

    fn lines<'t>(&self, text: &'t str) -> Lines<'t> {
        Lines::new(text, self.client.encoding)
    }

    /// The other places of a finding, if the client wants them.
    fn related<'s>(&'s self, document: &Document, finding: &Finding, others: &mut Others<'s>) -> Vec<Value> {
        let Place::In { root, .. } = &document.place else { return Vec::new() };
        if !self.client.related {
            return Vec::new();
        }
        let mut place = |location: &Location| {
            if !others.contains_key(&location.path) {
                let (uri, text) = match self.at(root, &location.path) {
                    Some((uri, document)) => (uri.clone(), document.text.as_str()),
                    None => {
                        let text = self.workspaces.get(root)?.workspace.text(&location.path)?;
                        (uri::of_path(&root.join(location.path.to_path())), text)
                    }
                };
                others.insert(location.path.clone(), (uri, self.lines(text)));
            }
            let (uri, lines) = others.get(&location.path)?;
            Some(diagnostic::related(location, uri, diagnostic::range(location, lines)))
        };
        finding.related.iter().filter_map(&mut place).collect()
    }

    /// The open document at a path.
    fn at(&self, root: &Path, path: &RepoPath) -> Option<(&String, &Document)> {
        let is_there = |document: &Document| matches!(&document.place, Place::In { root: other, path: at } if other == root && at == path);
        self.documents.iter().find(|(_, document)| is_there(document))
    }

    /// The pages of the rules that report something at a place.
    pub(super) fn hover(&mut self, parameters: &Value) -> Result<Value, Problem> {
        let uri = self.known(parameters)?;
        let at = Position::parse(&parameters["position"]).ok_or(Problem::parameters("`position` is no position"))?;
        let at = Range { start: at, end: at };
        let findings = self.findings(&uri);
        let Some(document) = self.documents.get(&uri) else { return Ok(Value::Null) };
        let lines = self.lines(&document.text);
        let (mut pages, mut shown, mut slugs): (Vec<String>, Option<Range>, Vec<&str>) = (Vec::new(), None, Vec::new());
        for finding in &findings {
            let range = diagnostic::range(&finding.primary, &lines);
            if range.touches(at) && !slugs.contains(&finding.rule.slug) {
                pages.push(diagnostic::page(finding.rule.slug, finding.rule.page));
                slugs.push(finding.rule.slug);
                shown.get_or_insert(range);
            }
        }
        Ok(match shown {
            Some(range) => {
                json!({"contents": {"kind": "markdown", "value": pages.join("\n\n---\n\n")}, "range": range.json()})
            }
            None => Value::Null,
        })
    }

    /// What can be done about the findings in a range.
    pub(super) fn actions(&mut self, parameters: &Value) -> Result<Value, Problem> {
        let uri = self.known(parameters)?;
        let asked = Range::parse(&parameters["range"]).ok_or(Problem::parameters("`range` is no range"))?;
        let only = parameters["context"]["only"].as_array();
        let is_wanted = |kinds: &Vec<Value>| kinds.iter().any(|kind| matches!(kind.as_str(), Some("" | "quickfix")));
        if !only.is_none_or(is_wanted) {
            return Ok(json!([]));
        }
        let findings = self.findings(&uri);
        let Some(document) = self.documents.get(&uri) else { return Ok(json!([])) };
        let lines = self.lines(&document.text);
        let touched = findings.iter().filter(|finding| !rules::is_about_keylint(finding.rule)).filter_map(|finding| {
            let range = diagnostic::range(&finding.primary, &lines);
            let related = || self.related(document, finding, &mut Others::new());
            range.touches(asked).then(|| (finding, diagnostic::json(&Placed { finding, range }, related())))
        });
        let touched: Vec<(&Finding, Value)> = touched.take(MAX_ACTED_ON).collect();
        let mut actions = Vec::new();
        for (finding, diagnostic) in touched {
            let offered = [self.fix(&uri, finding), self.comment(&uri, finding), self.allow(&uri, finding)];
            actions.extend(offered.into_iter().flatten().filter_map(|action| action.json(&diagnostic, self.client)));
        }
        Ok(Value::Array(actions))
    }

    /// What the rule itself would change, if that is this text alone.
    fn fix(&mut self, uri: &str, finding: &Finding) -> Option<Action> {
        let fix = finding.fix.as_ref()?;
        let document = self.documents.get(uri)?;
        let Place::In { root, path } = &document.place else { return None };
        let opened = self.workspaces.get_mut(root)?;
        let edits = fix.edits(path, &document.text)?;
        if !mend::holds(&mut opened.workspace, finding, fix) {
            return None;
        }
        let lines = Lines::new(&document.text, self.client.encoding);
        let edits = edits
            .into_iter()
            .map(|(span, text)| (Range { start: lines.position(span.start), end: lines.position(span.end) }, text));
        let edits = edits.collect();
        let edit = FileEdit { uri: uri.to_owned(), version: Some(document.version), is_new: false, edits };
        Some(Action { title: format!("Fix {}: {}", finding.rule.slug, fix.title.as_str()), edit })
    }

    /// A comment that accepts a finding.
    fn comment(&mut self, uri: &str, finding: &Finding) -> Option<Action> {
        let document = self.documents.get(uri)?;
        let Place::In { root, path } = &document.place else { return None };
        let opened = self.workspaces.get_mut(root)?;
        let comment = action::comment(&mut opened.workspace, path, finding, &document.text)?;
        let at = Lines::new(&document.text, self.client.encoding).position(comment.at);
        Some(Action {
            title: format!("Accept {} here: a comment, whose reason is yours", finding.rule.slug),
            edit: FileEdit::insert(uri.to_owned(), Some(document.version), at, comment.text),
        })
    }

    /// An entry of the configuration that accepts a finding.
    fn allow(&mut self, uri: &str, finding: &Finding) -> Option<Action> {
        let Place::In { root, .. } = &self.documents.get(uri)?.place else { return None };
        let workspace = &self.workspaces.get(root)?.workspace;
        let file = workspace.configuration();
        let path = RepoPath::from_path(file.strip_prefix(root).ok()?);
        let (uri, version, text) = match self.at(root, &path) {
            Some((uri, document)) => (uri.clone(), Some(document.version), document.text.clone()),
            None => (uri::of_path(&file), None, std::fs::read_to_string(&file).unwrap_or_default()),
        };
        let allowing = workspace.allowing(finding, &text).ok()?;
        let at = Lines::new(&text, self.client.encoding).position(text.len());
        let mut edit = FileEdit::insert(uri, version, at, allowing.get(text.len()..)?.to_owned());
        edit.is_new = version.is_none() && !file.exists();
        Some(Action {
            title: format!("Accept {} in {}: an entry, whose reason is yours", finding.rule.slug, name(&file)),
            edit,
        })
    }
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
