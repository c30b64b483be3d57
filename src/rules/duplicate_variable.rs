//! `duplicate-variable`: one name with two values in one place, of which one is lost.

use std::collections::HashMap;

use super::{File, Repository, Rule};
use crate::credential::name::Standing;
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::surface::json::{self, Kind, Member, Node};
use crate::surface::{Assignment, FaultKind, Slot, Surface, Value};
use crate::text::Span;

pub(super) static RULE: Rule = Rule {
    slug: "duplicate-variable",
    severity: Severity::Warning,
    summary: "one name with two values in one place, of which one is lost",
    page: include_str!("../../rules/duplicate-variable.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        match file.document.surface {
            Some(Surface::Settings(_) | Surface::Mcp(_)) => json(file, findings),
            Some(Surface::Dotenv) => dotenv(file, findings),
            Some(_) | None => {}
        }
    }
}

fn json(file: &File, findings: &mut Vec<Finding>) {
    // What a repaired text has twice may not be twice in what its author meant.
    if file.document.faults.iter().any(|fault| matches!(fault.kind, FaultKind::Syntax(_))) {
        return;
    }
    if let (Some(tree), _) = json::parse(file.document.text.as_str()) {
        object(file, &tree, "", findings);
    }
}

/// Looks through everything at and below `node`, whose logical place is `key`.
fn object(file: &File, node: &Node, key: &str, findings: &mut Vec<Finding>) {
    for (index, element) in node.elements().iter().enumerate() {
        object(file, element, &format!("{key}[{index}]"), findings);
    }
    let mut last: HashMap<&str, &Member> = HashMap::new();
    for member in node.members().iter().rev() {
        let winner = *last.entry(&member.name).or_insert(member);
        let path = if key.is_empty() { member.name.clone() } else { format!("{key}.{}", member.name) };
        object(file, &member.value, &path, findings);
        let text = |member: &Member| &file.document.text.as_str()[member.value.span.range()];
        if text(member) != text(winner) && !is_empty(&member.value) {
            let severity = if file.is_template() { Severity::Note } else { Severity::Warning };
            findings.push(finding(file, severity, &path, member.name_span, winner.name_span));
        }
    }
}

fn is_empty(node: &Node) -> bool {
    match &node.kind {
        Kind::String(decoded) => decoded.text.expose().trim().is_empty(),
        Kind::Null => true,
        Kind::Object(members) => members.is_empty(),
        Kind::Array(elements) => elements.is_empty(),
        Kind::Scalar(_) => false,
    }
}

fn dotenv(file: &File, findings: &mut Vec<Finding>) {
    let mut last: HashMap<&str, &Assignment> = HashMap::new();
    let live = |assignment: &&Assignment| assignment.slot == Slot::Variable && !assignment.commented;
    for assignment in file.document.assignments.iter().rev().filter(live) {
        let winner = *last.entry(&assignment.name).or_insert(assignment);
        let text = |assignment: &Assignment| assignment.decoded.text.expose().to_owned();
        if text(assignment) == text(winner) || !assignment.value.is_set() || extends(winner) {
            continue;
        }
        let name = assignment.name.as_str();
        let client = ["ANTHROPIC_", "CLAUDE_"].iter().any(|start| name.starts_with(start));
        let matters = client || file.lexicon.standing(Slot::Variable, name) != Standing::No;
        let severity = if matters && !file.is_template() { Severity::Warning } else { Severity::Note };
        findings.push(finding(file, severity, &assignment.key, assignment.name_span, winner.name_span));
    }
}

/// `X=$X:more`
fn extends(assignment: &Assignment) -> bool {
    matches!(&assignment.value, Value::Reference(reference) if reference.name.as_ref() == Some(&assignment.name))
}

fn finding(file: &File, severity: Severity, key: &str, lost: Span, kept: Span) -> Finding {
    let line = file.document.text.position(kept.start).line;
    Finding::new(
        &RULE,
        severity,
        message!["this value of `", Name(key), "` is lost: line ", line, " gives it another one"],
        key,
        file.locate(lost).labelled(message!["not in effect"]),
    )
    .related(file.locate(kept).labelled(message!["the last one is in effect"]))
    .help(message!["remove one of the two"])
}
