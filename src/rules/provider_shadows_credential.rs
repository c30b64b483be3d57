//! `provider-shadows-credential`: a cloud provider beside Anthropic's own credential: what is really sent.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::{CLOUDS, SourceKind, predict};

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
        for (name, kind) in [
            ("ANTHROPIC_API_KEY", SourceKind::ApiKey),
            ("ANTHROPIC_AUTH_TOKEN", SourceKind::AuthToken),
            ("CLAUDE_CODE_OAUTH_TOKEN", SourceKind::OauthToken),
        ] {
            let Some(member) = unit.set(name) else { continue };
            let travels =
                [route.x_api_key, route.authorization].into_iter().flatten().any(|source| source.kind == kind);
            // What Claude Code does not use here is there for an SDK, which knows no such flag.
            if !travels && kind != SourceKind::OauthToken && repository.readers(unit).sdks().next().is_some() {
                continue;
            }
            // The documented way to give a gateway of this provider its token.
            if name == "ANTHROPIC_AUTH_TOKEN" && unit.set(cloud.base_url).is_some() {
                continue;
            }
            let (severity, message) = if travels {
                (
                    Severity::Warning,
                    message!["`", Name(name), "` goes to ", route.provider.name(), ", which did not issue it"],
                )
            } else {
                (Severity::Note, message!["`", Name(name), "` is not used: ", route.provider.name(), " is chosen"])
            };
            findings.push(
                Finding::new(
                    &RULE,
                    in_effect(unit, severity),
                    message,
                    &member.assignment.key,
                    repository.locate_name(member).labelled(message![if travels { "sent there" } else { "no effect" }]),
                )
                .help(message!["remove it, or `", Name(cloud.flag), "`"]),
            );
        }
    }
}
