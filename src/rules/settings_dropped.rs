//! `settings-dropped`: a settings file that the client drops whole, its deny rules included.

use super::{File, Repository, Rule};
use crate::finding::{Finding, Message, Severity};
use crate::message;
use crate::surface::{Fault, FaultKind, Mcp, Settings, Surface};

pub(super) static RULE: Rule = Rule {
    slug: "settings-dropped",
    severity: Severity::Error,
    summary: "a settings file that the client drops whole, its deny rules included",
    page: include_str!("../../rules/settings-dropped.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        let what = match file.document.surface {
            Some(Surface::Settings(Settings::Plugin)) | None => continue,
            Some(Surface::Settings(_)) => "settings",
            // Other clients read comments.
            Some(Surface::Mcp(Mcp::ClaudeCode)) => "MCP file",
            Some(_) => continue,
        };
        // A template may hold what is replaced before the client sees it.
        if file.is_template() {
            continue;
        }
        if let Some(fault) = file.document.faults.first() {
            findings.push(finding(file, fault, what));
        }
    }
}

fn finding(file: &File, fault: &Fault, what: &'static str) -> Finding {
    let (reason, help) = match &fault.kind {
        FaultKind::Comment => (message!["a comment"], message!["remove the comment: the format is strict JSON"]),
        FaultKind::TrailingComma => {
            (message!["a comma before a closing bracket"], message!["remove the comma: the format is strict JSON"])
        }
        FaultKind::Syntax(_) => (message!["a syntax error"], message!["make it valid JSON"]),
        FaultKind::WrongType { key, expected } => {
            (message!["`", *key, "` is not ", *expected], message!["make `", *key, "` ", *expected])
        }
    };
    let loss = if what == "settings" { lost(file) } else { message!["none of its servers start"] };
    let message = message!["Claude Code drops these ", what, " because of ", reason, ": ", loss];
    let label = match &fault.kind {
        FaultKind::Syntax(reason) => message![Reason(reason)],
        _ => message!["not valid here"],
    };
    Finding::new(&RULE, Severity::Error, message, "", file.locate(fault.span).labelled(label)).help(help)
}

/// A parser's words, which quote nothing of the file.
struct Reason<'a>(&'a str);

impl crate::finding::Say for Reason<'_> {
    fn say(&self, out: &mut String) {
        out.push_str(self.0);
    }
}

/// What the file says and nobody gets.
fn lost(file: &File) -> Message {
    let has = |prefix: &str| file.document.keys.iter().any(|(_, key)| key.starts_with(prefix));
    let deny = has("permissions.deny");
    let hooks = has("hooks");
    match (deny, hooks) {
        (true, true) => message!["its deny rules and hooks are not in effect either"],
        (true, false) => message!["its deny rules are not in effect either"],
        (false, true) => message!["its hooks are not in effect either"],
        (false, false) => message!["nothing in the file is in effect"],
    }
}
