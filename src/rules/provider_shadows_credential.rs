//! `provider-shadows-credential`: a cloud provider beside Anthropic's own credential: what is really sent.

use super::address::destination;
use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::{CLOUDS, Source, SourceKind, predict};

pub(super) static RULE: Rule = Rule {
    slug: "provider-shadows-credential",
    severity: Severity::Warning,
    summary: "a cloud provider beside Anthropic's own credential: what is really sent",
    page: include_str!("../../rules/provider-shadows-credential.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let route = predict(unit);
        let Some(cloud) = CLOUDS.iter().find(|cloud| cloud.provider == route.provider) else { continue };
        // What a pipeline computes may be off.
        if !unit.set(cloud.flag).is_some_and(|flag| flag.is_fixed()) {
            continue;
        }
        for (name, kind) in [
            ("ANTHROPIC_API_KEY", SourceKind::ApiKey),
            ("ANTHROPIC_AUTH_TOKEN", SourceKind::AuthToken),
            ("CLAUDE_CODE_OAUTH_TOKEN", SourceKind::OauthToken),
        ] {
            let Some(member) = unit.set(name) else { continue };
            // Only for the environment of the client itself (`no-effect-key`).
            if kind == SourceKind::OauthToken && member.is_of_the_project() {
                continue;
            }
            let is = |source: Option<Source<'_>>| source.is_some_and(|source| source.kind == kind);
            let header = match (is(route.x_api_key), is(route.authorization)) {
                (true, true) => Some("both headers"),
                (true, false) => Some("`x-api-key`"),
                (false, true) => Some("`Authorization: Bearer`"),
                (false, false) => None,
            };
            // What Claude Code does not use here is there for an SDK, which knows no such flag.
            if header.is_none() && kind != SourceKind::OauthToken && repository.readers(unit).sdks().next().is_some() {
                continue;
            }
            // The documented way to give a gateway of this provider its token.
            if name == "ANTHROPIC_AUTH_TOKEN" && unit.set(cloud.base_url).is_some() {
                continue;
            }
            let (severity, message, label) = match header {
                Some(header) => (
                    Severity::Warning,
                    message![
                        "`",
                        Name(name),
                        "` goes out as ",
                        header,
                        " to ",
                        destination(&route),
                        ", which did not issue it"
                    ],
                    "sent there",
                ),
                None => (
                    Severity::Note,
                    message!["`", Name(name), "` is not used: ", route.provider.name(), " is chosen"],
                    "no effect",
                ),
            };
            findings.push(
                Finding::new(
                    &RULE,
                    in_effect(unit, severity),
                    message,
                    &member.assignment.key,
                    repository.locate_name(member).labelled(message![label]),
                )
                .request(&route)
                .help(message!["remove it, or `", Name(cloud.flag), "`"]),
            );
        }
    }
}
