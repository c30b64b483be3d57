//! `secret-readable-by-others`: a private file with a credential that other users of the machine can read.

use super::{Repository, Rule};
use crate::credential::Certainty;
use crate::finding::{Finding, Location, Severity};
use crate::fix::{Fix, Mode};
use crate::message;

pub(super) static RULE: Rule = Rule {
    slug: "secret-readable-by-others",
    severity: Severity::Note,
    summary: "a private file with a credential that other users of the machine can read",
    page: include_str!("../../rules/secret-readable-by-others.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files.iter().filter(|file| file.is_readable_by_others) {
        let mut sightings = file.sightings.iter().filter(|sighting| sighting.certainty > Certainty::Weak);
        let Some(sighting) = sightings.next() else { continue };
        let message = message!["every user of this machine can read ", *sighting, " in this file"];
        findings.push(
            Finding::new(&RULE, Severity::Note, message, "", Location::file(&file.entry.path))
                .related(file.locate(sighting.span).labelled(message!["the credential"]))
                .help(message!["take the right from the others: `chmod 600 ", file.entry.path, "`"])
                .fix(Fix::safe(message!["let nobody but its owner read it"]).mode(&file.entry.path, Mode::Private)),
        );
    }
}
