//! `secret-in-permission`: a literal credential captured in a permission rule.

use super::{File, Repository, Rule, leak};
use crate::credential::sight::Sighting;
use crate::finding::{Finding, Severity};
use crate::fix::Fix;
use crate::message;
use crate::surface::{FaultKind, Surface};
use crate::text::Span;

pub(super) static RULE: Rule = Rule {
    slug: "secret-in-permission",
    severity: Severity::Error,
    summary: "a literal credential captured in a permission rule",
    page: include_str!("../../rules/secret-in-permission.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    leak::report(
        repository,
        findings,
        &RULE,
        Some(Severity::Note),
        |file, sighting| matches!(file.document.surface, Some(Surface::Settings(_))) && is_in_rule(sighting),
        |_, _| {
            message![
                "then delete the rule, and allow the command without its credential: let it read a variable that is set \
                 outside"
            ]
        },
        |file, sighting| {
            let rule = allow_rule(file, sighting)?;
            let (path, at) = (&file.entry.path, rule.start);
            Some(Fix::risky(message!["remove the permission rule that holds it"]).without(path, at))
        },
    );
}

/// The rule that a credential stands in, if it allows something: without a rule that denies, or asks, a wider one may
/// allow what it was about.
fn allow_rule(file: &File, sighting: &Sighting) -> Option<Span> {
    let document = &file.document;
    if document.faults.iter().any(|fault| !matches!(fault.kind, FaultKind::WrongType { .. })) {
        return None;
    }
    let behind = document.keys.partition_point(|(place, _)| place.start <= sighting.span.start);
    let (place, key) = document.keys.get(behind.checked_sub(1)?)?;
    let number = key.strip_prefix("permissions.allow[")?.strip_suffix(']')?;
    (place.contains(sighting.span) && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(*place)
}

/// Whether a credential stands in a permission rule.
pub(super) fn is_in_rule(sighting: &Sighting) -> bool {
    sighting.key.starts_with("permissions.")
}
