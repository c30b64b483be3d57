//! `secret-in-launcher`: a literal credential in a script or another file that starts programs.

use super::leak::is_loose;
use super::{Repository, Rule, leak};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::surface::Surface;

pub(super) static RULE: Rule = Rule {
    slug: "secret-in-launcher",
    severity: Severity::Error,
    summary: "a literal credential in a script or another file that starts programs",
    page: include_str!("../../rules/secret-in-launcher.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    leak::report(
        repository,
        findings,
        &RULE,
        None,
        |file, sighting| file.document.surface.is_some_and(Surface::is_launcher) && !is_loose(file, sighting),
        |_, _| {
            message![
                "then read it when the script runs: from the environment, from an ignored file, or from a secret manager"
            ]
        },
        |_, _| None,
    );
}
