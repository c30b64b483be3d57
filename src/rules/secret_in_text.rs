//! `secret-in-text`: an Anthropic or AI provider's token in any other file.

use super::leak::is_loose;
use super::{Repository, Rule, leak};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::surface::Surface;

pub(super) static RULE: Rule = Rule {
    slug: "secret-in-text",
    severity: Severity::Error,
    summary: "an Anthropic or AI provider's token in any other file",
    page: include_str!("../../rules/secret-in-text.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    leak::report(
        repository,
        findings,
        &RULE,
        None,
        |file, sighting| matches!(file.document.surface, None | Some(Surface::Keylint)) || is_loose(file, sighting),
        |_, _| message!["then take it out; in documentation write a placeholder such as `your-key-here`"],
        |_, _| None,
    );
}
