//! `secret-in-env-file`: a literal credential in a dotenv file that git has or would take.

use super::{Repository, Rule, leak};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::surface::Surface;

pub(super) static RULE: Rule = Rule {
    slug: "secret-in-env-file",
    severity: Severity::Error,
    summary: "a literal credential in a dotenv file that git has or would take",
    page: include_str!("../../rules/secret-in-env-file.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    leak::report(
        repository,
        findings,
        &RULE,
        None,
        |file, _| file.document.surface == Some(Surface::Dotenv),
        |file, _| {
            if file.is_template() {
                message!["then leave the value empty here: a template is for names"]
            } else {
                message![
                    "then take the file out of git (`git rm --cached`), ignore it in `.gitignore`, and commit a \
                     `.env.example` with empty values"
                ]
            }
        },
        |_, _| None,
    );
}
