//! `oauth-token-shadowed`: CLAUDE_CODE_OAUTH_TOKEN beside a credential that outranks it.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Message, Severity};
use crate::message;
use crate::route::{Provider, Source, SourceKind, predict};

pub(super) static RULE: Rule = Rule {
    slug: "oauth-token-shadowed",
    severity: Severity::Warning,
    summary: "CLAUDE_CODE_OAUTH_TOKEN beside a credential that outranks it",
    page: include_str!("../../rules/oauth-token-shadowed.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let route = predict(unit);
        let Some(token) = unit.set("CLAUDE_CODE_OAUTH_TOKEN") else { continue };
        let Some(winner) = route.authorization.or(route.x_api_key) else { continue };
        if route.provider != Provider::Messages || winner.kind == SourceKind::OauthToken {
            continue;
        }
        let Some(other) = winner.member else { continue };
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, Severity::Warning),
                message!["the OAuth token is never used: ", name(&winner), " outranks it, and is what gets billed"],
                &token.assignment.key,
                repository.locate_name(token).labelled(message!["not sent"]),
            )
            .related(repository.locate_name(other).labelled(message!["sent instead"]))
            .help(message!["keep the one that is meant: remove the OAuth token, or ", name(&winner)]),
        );
    }
}

fn name(source: &Source<'_>) -> Message {
    match source.kind {
        SourceKind::ApiKey => message!["ANTHROPIC_API_KEY"],
        SourceKind::AuthToken => message!["ANTHROPIC_AUTH_TOKEN"],
        SourceKind::Helper => message!["apiKeyHelper"],
        SourceKind::CustomHeader => message!["ANTHROPIC_CUSTOM_HEADERS"],
        SourceKind::Userinfo => message!["the user in the base URL"],
        SourceKind::OauthToken => message!["CLAUDE_CODE_OAUTH_TOKEN"],
        SourceKind::Login => message!["a saved login"],
        SourceKind::Profile => message!["a profile"],
        SourceKind::Federation => message!["the identity of the workload"],
        SourceKind::Provider => message!["the cloud provider's own credential"],
    }
}
