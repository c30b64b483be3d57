//! `shared-redirect`: shared settings that steer every teammate's own credential to another host.

use super::{Repository, Rule, is_read_in_place, local};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::unit::UnitKind;
use crate::route::url::{Reach, Url};
use crate::surface::Value;

pub(super) static RULE: Rule = Rule {
    slug: "shared-redirect",
    severity: Severity::Warning,
    summary: "shared settings that steer every teammate's own credential to another host",
    page: include_str!("../../rules/shared-redirect.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in repository.units.iter().filter(|unit| unit.kind == UnitKind::Settings) {
        for &member in &unit.members {
            let (document, assignment) = (member.document, member.assignment);
            if !is_read_in_place(document) || !repository.is_exposed(document) {
                continue;
            }
            let Some(effect) = effect(&assignment.name) else { continue };
            if !matches!(assignment.value, Value::Literal) {
                continue;
            }
            let host = Url::parse(assignment.decoded.text.expose()).map(|url| url.host);
            let (severity, target) = match &host {
                Some(host) if host.is_anthropic() || repository.may_be_shared(host) => continue,
                Some(host) if host.reach() == Reach::Loopback => (Severity::Note, message![*host]),
                Some(host) => (Severity::Warning, message![*host]),
                // An address that nobody can reach redirects nothing.
                None if effect == Effect::Address => continue,
                None => (Severity::Warning, message!["what this path names"]),
            };
            let message = match effect {
                Effect::Address => message![
                    "everyone who works here sends their own key or login to ",
                    target,
                    ", unless something of theirs outranks it"
                ],
                Effect::Proxy => message!["everyone who works here sends every request through ", target],
                Effect::Trust => message!["everyone who works here trusts the certificates in ", target],
            };
            findings.push(
                Finding::new(
                    &RULE,
                    severity,
                    message,
                    &assignment.key,
                    repository
                        .locate(member)
                        .labelled(message!["`", Name(&assignment.name), "` in shared settings beats the shell's"]),
                )
                .help(message![
                    "let everyone choose it for themselves: in `~/.claude/settings.json` or `.claude/settings.local.json`"
                ])
                .fix(local::moved(repository, document, assignment)),
            );
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Effect {
    Address,
    Proxy,
    Trust,
}

/// What a variable redirects. These are the ones that the vendor itself withholds from settings it does not trust
/// (Claude Code documentation, server-managed settings, 2026-08).
fn effect(name: &str) -> Option<Effect> {
    match name {
        "ANTHROPIC_BASE_URL"
        | "ANTHROPIC_BEDROCK_BASE_URL"
        | "ANTHROPIC_BEDROCK_MANTLE_BASE_URL"
        | "ANTHROPIC_VERTEX_BASE_URL"
        | "ANTHROPIC_FOUNDRY_BASE_URL"
        | "ANTHROPIC_AWS_BASE_URL"
        | "CLAUDE_CODE_API_BASE_URL"
        | "CLAUDE_CODE_CUSTOM_OAUTH_URL" => Some(Effect::Address),
        "HTTPS_PROXY"
        | "HTTP_PROXY"
        | "ALL_PROXY"
        | "https_proxy"
        | "http_proxy"
        | "all_proxy"
        | "CLAUDE_CODE_HTTP_PROXY"
        | "CLAUDE_CODE_HTTPS_PROXY"
        | "CLAUDE_CODE_PROXY_URL" => Some(Effect::Proxy),
        "NODE_EXTRA_CA_CERTS" => Some(Effect::Trust),
        _ => None,
    }
}
