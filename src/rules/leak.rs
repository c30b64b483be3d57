//! What all rules about exposed credentials share: the walk over sightings, and the advice.

use super::{Exposure, File, Repository, Rule, severity_of};
use crate::credential::sight::Sighting;
use crate::credential::{Certainty, Kind};
use crate::finding::{Finding, Message, Name, Severity};
use crate::fix::Fix;
use crate::message;
use crate::surface::Surface;

/// How many credentials of one value bring a fix, which holds the whole value: nobody writes more by hand.
const MENDED: usize = 16;

/// Reports the credentials that `picks` chooses in exposed files; in private ones only with `private` severity.
pub(super) fn report(
    repository: &Repository<'_>,
    findings: &mut Vec<Finding>,
    rule: &'static Rule,
    private: Option<Severity>,
    picks: impl Fn(&File, &Sighting) -> bool,
    remedy: impl Fn(&File, &Sighting) -> Message,
    mend: impl Fn(&File, &Sighting) -> Option<Fix>,
) {
    for file in repository.files {
        let exposure = file.exposure();
        let usual = if exposure.is_exposed() { Some(rule.severity) } else { private };
        let Some(usual) = usual else { continue };
        let (mut value, mut count) = (None, 0);
        for sighting in file.sightings.iter().filter(|sighting| picks(file, sighting)) {
            count = if value.is_some() && value == sighting.assignment { count + 1 } else { 1 };
            value = sighting.assignment;
            let severity = severity_of(sighting, usual).min(usual);
            let found = finding(rule, severity, file, sighting, exposure, remedy(file, sighting));
            let fix = if count <= MENDED { mend(file, sighting) } else { None };
            findings.push(found.fix(fix.map(|fix| left(fix, file, sighting))));
        }
    }
}

/// Whether it stands in source code, and is nothing that the code sets as a credential.
pub(super) fn is_loose(file: &File, sighting: &Sighting) -> bool {
    matches!(file.document.surface, Some(Surface::Code(_))) && sighting.assignment.is_none()
}

fn finding(
    rule: &'static Rule,
    severity: Severity,
    file: &File,
    sighting: &Sighting,
    exposure: Exposure<'_>,
    remedy: Message,
) -> Finding {
    let message = message![holder(sighting), " holds ", *sighting, "; ", exposure];
    let label = match sighting.certainty {
        Certainty::Certain => message!["a literal credential"],
        Certainty::Likely => message!["looks like a credential: a random value under a credential's name"],
        Certainty::Weak => message!["a word or a short value under a credential's name"],
    };
    let location = file.locate(sighting.span).labelled(label);
    let mut finding = Finding::new(rule, severity, message, &sighting.key, location);
    if let Some(revoke) = revocation(sighting, exposure) {
        finding = finding.help(revoke);
    }
    finding.help(remedy)
}

/// What it stands in, as the subject of a sentence.
pub(super) fn holder(sighting: &Sighting) -> Message {
    match (sighting.key.as_str(), sighting.commented) {
        ("", _) => message!["this line"],
        (key, false) => message!["`", Name(key), "`"],
        (key, true) => message!["a comment with `", Name(key), "`"],
    }
}

/// Where it is revoked, in brackets, if that is known.
pub(super) fn issuer(sighting: &Sighting) -> Message {
    match sighting.kind {
        Kind::Token(shape) if !shape.revoke.is_empty() => message![" (", shape.revoke, ")"],
        _ => message![],
    }
}

/// How the past is taken out of git, for those who need that.
pub(super) fn purge() -> Message {
    message![
        "once it is revoked it may stay; to take it out, `git filter-repo --replace-text` or `--path … --invert-paths` writes \
         the history anew, and every clone has to be made again"
    ]
}

/// A fix that takes a credential out of a file, with what only people can do about those who have it.
pub(super) fn left(fix: Fix, file: &File, sighting: &Sighting) -> Fix {
    let line = file.document.text.position(sighting.span.start).line;
    let holder = match sighting.key.as_str() {
        "" => message!["line ", line, " of `", file.entry.path, "`"],
        _ => holder(sighting),
    };
    let at = issuer(sighting);
    match file.exposure() {
        Exposure::Private => fix,
        _ if sighting.certainty == Certainty::Weak => {
            fix.left(message!["if it is a real credential, revoke what ", holder, " held: git keeps what it once had"])
        }
        Exposure::Tracked => {
            let revoke = message![
                "revoke what ",
                holder,
                " held",
                at,
                ": whoever has a clone has it, and git's history keeps it"
            ];
            fix.left(revoke).left(purge())
        }
        _ => fix.left(message!["if it was ever committed or shared, revoke what ", holder, " held", at]),
    }
}

/// A credential that others may have is dead: taking it out of the file comes second.
fn revocation(sighting: &Sighting, exposure: Exposure<'_>) -> Option<Message> {
    if sighting.certainty == Certainty::Weak {
        return Some(message!["if it is a real credential, revoke it first: git keeps what it once had"]);
    }
    let at = issuer(sighting);
    match exposure {
        Exposure::Tracked => Some(message![
            "revoke it first",
            at,
            ": whoever has a clone has it, and removing the line leaves it in git's history"
        ]),
        Exposure::Staged | Exposure::Untracked | Exposure::OnlyHere(_) | Exposure::ByName => {
            Some(message!["if it was ever committed or shared, revoke it first", at])
        }
        Exposure::Private => None,
    }
}
