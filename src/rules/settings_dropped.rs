//! `settings-dropped`: a settings file that the client drops whole, its deny rules included.

use super::{Exposure, File, Repository, Rule, leak};
use crate::credential::sight::Sighting;
use crate::finding::{Finding, Message, Severity};
use crate::fix::{Fix, Sends, strict};
use crate::message;
use crate::surface::{self, Fault, FaultKind, Mcp, Settings, Surface};
use crate::text::Span;

pub(super) static RULE: Rule = Rule {
    slug: "settings-dropped",
    severity: Severity::Error,
    summary: "a settings file that the client drops whole, its deny rules included",
    page: include_str!("../../rules/settings-dropped.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        let (what, severity) = match file.document.surface {
            // Not read where it stands, but where it is copied to.
            Some(Surface::Settings(Settings::Profile)) => (What::Profile, Severity::Warning),
            Some(Surface::Settings(Settings::Shared | Settings::Local | Settings::Managed)) => {
                (What::Settings, Severity::Error)
            }
            Some(Surface::Mcp(Mcp::ClaudeCode)) => (What::Servers, Severity::Error),
            // A plugin's settings hold no rules, and other clients read comments.
            Some(Surface::Settings(Settings::Plugin) | Surface::Mcp(Mcp::Other)) => continue,
            Some(_) | None => continue,
        };
        let Some(fault) = file.document.faults.first() else { continue };
        if !file.is_template() {
            findings.push(finding(file, fault, what, severity));
        } else if matches!(fault.kind, FaultKind::Comment | FaultKind::TrailingComma) {
            // Copied as it is, it is dropped; anything else may be what has to be filled in.
            findings.push(finding(file, fault, what.template(), Severity::Note));
        }
    }
}

/// What is dropped.
#[derive(Clone, Copy)]
enum What {
    Settings,
    Profile,
    Servers,
    ServersToBe,
}

impl What {
    /// The same, of a file that is copied before it is read.
    fn template(self) -> Self {
        match self {
            Self::Settings | Self::Profile => Self::Profile,
            Self::Servers | Self::ServersToBe => Self::ServersToBe,
        }
    }
}

fn finding(file: &File, fault: &Fault, what: What, severity: Severity) -> Finding {
    let (reason, help) = match &fault.kind {
        FaultKind::Comment => (message!["it has a comment"], message!["remove the comment: the format is strict JSON"]),
        FaultKind::TrailingComma => (
            message!["it has a comma before a closing bracket"],
            message!["remove the comma: the format is strict JSON"],
        ),
        FaultKind::Syntax(_) => (message!["it is not valid JSON"], message!["make it valid JSON"]),
        FaultKind::WrongType { key, expected } => {
            (message!["`", *key, "` is not ", *expected], message!["make `", *key, "` ", *expected])
        }
    };
    let message = match what {
        What::Settings => message!["Claude Code drops the whole file, since ", reason, ": ", lost(file)],
        What::Profile => message!["Claude Code would drop the whole file, since ", reason, ": ", lost(file)],
        What::Servers => message!["Claude Code drops the whole file, since ", reason, ": none of its servers start"],
        What::ServersToBe => {
            message!["Claude Code would drop the whole file, since ", reason, ": none of its servers would start"]
        }
    };
    let label = match &fault.kind {
        FaultKind::Syntax(reason) => message![Reason(reason)],
        _ => message!["not valid here"],
    };
    Finding::new(&RULE, severity, message, "", file.locate(fault.span).labelled(label)).help(help).fix(mend(file))
}

/// Removes all comments and trailing commas, where nothing else is wrong then.
fn mend(file: &File) -> Option<Fix> {
    let (path, text) = (&file.entry.path, file.document.text.as_str());
    let faults = &file.document.faults;
    let places = strict::superfluous(text, faults)?;
    let whole = Span::new(places.first()?.start, places.last()?.end);
    let rest = strict::without(text, &places);
    let new = &rest[whole.start..rest.len() - (text.len() - whole.end)];
    let mended = surface::read(path.clone(), file.document.surface, rest.as_bytes());
    if !mended.faults.is_empty() || rest.trim().is_empty() {
        return None;
    }
    let comments = faults.iter().filter(|fault| fault.kind == FaultKind::Comment).count();
    let title = match (comments, faults.len() - comments) {
        (0, 1) => message!["remove the comma"],
        (0, _) => message!["remove the commas before closing brackets"],
        (1, 0) => message!["remove the comment"],
        (_, 0) => message!["remove the comments"],
        _ => message!["remove comments, and commas before closing brackets"],
    };
    let credentials: Vec<&Sighting> = file.sightings.iter().filter(|sighting| is_in(sighting, faults)).collect();
    // What nobody else has would be gone for good. In a template a comment tells people what to fill in.
    let is_lost =
        !credentials.is_empty() && !matches!(file.exposure(), Exposure::Tracked) || comments > 0 && file.is_template();
    let fix = if is_lost { Fix::risky(title) } else { Fix::safe(title) };
    let fix = fix.put(path, whole, new).sends(Sends::WhatIsWritten);
    Some(credentials.into_iter().fold(fix, |fix, sighting| leak::left(fix, file, sighting)))
}

/// Whether a part of a credential stands in one of the places, which are in order.
fn is_in(sighting: &Sighting, faults: &[Fault]) -> bool {
    let behind = faults.partition_point(|fault| fault.span.end <= sighting.span.start);
    faults.get(behind).is_some_and(|fault| fault.span.overlaps(sighting.span))
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
