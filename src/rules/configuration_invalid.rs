//! `configuration-invalid`: a setting of keylint's own configuration that has no effect.

use super::{CONFIGURATION_INVALID, Repository, Rule};
use crate::finding::{Finding, Location, Name, Severity};
use crate::message;

pub(super) static RULE: Rule = Rule {
    slug: CONFIGURATION_INVALID,
    severity: Severity::Error,
    summary: "a setting of keylint's own configuration that it does not understand",
    page: include_str!("../../rules/configuration-invalid.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let Some(file) = &repository.config.file else { return };
    if let Some(second) = &repository.config.second {
        let message = message!["this file is not read: ", file.entry.path, " is the configuration"];
        findings.push(
            Finding::new(&RULE, Severity::Error, message, "", Location::file(second))
                .help(message!["unite the two in one file"]),
        );
    }
    for complaint in &repository.config.complaints {
        let place = file.locate(complaint.span);
        let message = message!["`", Name(&complaint.key), "` ", complaint.message];
        let finding = Finding::new(&RULE, Severity::Error, message, &complaint.key, place);
        findings.push(match &complaint.help {
            Some(help) => finding.help(help.clone()),
            None => finding,
        });
    }
}
