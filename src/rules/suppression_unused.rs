//! `suppression-unused`: a setting of keylint's own that matches nothing.

use super::{Repository, Rule};
use crate::config::Watched;
use crate::finding::{Finding, Message, Severity};
use crate::message;
use crate::path::RepoPath;
use crate::surface::Surface;

pub(super) static RULE: Rule = Rule {
    slug: "suppression-unused",
    severity: Severity::Warning,
    summary: "a setting of keylint's own that matches nothing",
    page: include_str!("../../rules/suppression-unused.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let config = repository.config;
    let Some(file) = &config.file else { return };
    let mut report = |span, key: &str, severity, message: Message, help: Message| {
        findings.push(Finding::new(&RULE, severity, message, key, file.locate(span)).help(help));
    };
    for watched in &config.watched {
        if repository.snapshot.entries.iter().any(|entry| watched.alone.choose(&entry.path)) {
            continue;
        }
        // What excludes nothing does no harm, and may be about files of another machine. What should be read and is
        // not may hold anything.
        let (severity, message, help) = match watched.what {
            Watched::EXCLUDE => (Severity::Note, message!["this pattern excludes nothing"], message!["take it out"]),
            Watched::PATHS => (
                Severity::Note,
                message!["this pattern matches no file, so that the levels hold for nothing"],
                message!["take it out"],
            ),
            _ => (
                Severity::Warning,
                message!["this pattern matches no file, so that nothing more is read"],
                message![
                    "patterns begin at the root of the repository; what git ignores is read only under the names that \
                     Claude Code knows"
                ],
            ),
        };
        report(watched.span, &watched.key, severity, message, help);
    }
    if let Some(baseline) = &config.baseline
        && repository.snapshot.entry(&RepoPath::from(baseline.value.as_str())).is_none()
    {
        let message = message!["there is no such baseline"];
        report(baseline.span, "baseline", Severity::Note, message, message!["`keylint baseline` writes it"]);
    }
    for (hosts, span, key) in &config.hosts {
        let is_named = repository.files.iter().any(|file| {
            file.document.surface != Some(Surface::Keylint) && names(file.document.text.as_str(), hosts.name())
        });
        if !is_named {
            let message = message!["no file that is read names this gateway"];
            let help = message!["take it out, unless files of another machine name it"];
            report(*span, key, Severity::Note, message, help);
        }
    }
}

/// Whether a text has a host's name in it, in any case.
fn names(text: &str, host: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), host.as_bytes()).is_some()
        || memchr::memmem::find(text.to_ascii_lowercase().as_bytes(), host.as_bytes()).is_some()
}
