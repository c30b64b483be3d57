//! `secret-in-permission`: a literal credential captured in a permission rule.

use super::{Repository, Rule, leak};
use crate::credential::sight::Sighting;
use crate::finding::{Finding, Severity};
use crate::message;
use crate::surface::Surface;

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
    );
}

/// Whether a credential stands in a permission rule.
pub(super) fn is_in_rule(sighting: &Sighting) -> bool {
    sighting.key.starts_with("permissions.")
}
