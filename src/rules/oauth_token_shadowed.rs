//! `oauth-token-shadowed`: CLAUDE_CODE_OAUTH_TOKEN beside a credential that outranks it.

use super::address::destination;
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
        let token = unit.set("CLAUDE_CODE_OAUTH_TOKEN");
        // From there it is not read at all: `no-effect-key`.
        let Some(token) = token.filter(|token| !token.is_of_the_project()) else { continue };
        let (winner, header) = match (route.authorization, route.x_api_key) {
            (Some(winner), _) => (winner, "`Authorization`"),
            (None, Some(winner)) => (winner, "`x-api-key`"),
            (None, None) => continue,
        };
        if route.provider != Provider::Messages || winner.kind == SourceKind::OauthToken {
            continue;
        }
        let Some(other) = winner.member else { continue };
        let readers = repository.readers(unit);
        let mut message = message![
            "the OAuth token is never used: ",
            name(&winner),
            " outranks it, goes to ",
            destination(&route),
            " as ",
            header,
            ", and is what gets billed"
        ];
        let mut help = message!["keep the one that is meant: remove the OAuth token, or ", name(&winner)];
        if let Some(sdk) = readers.sdks().next() {
            message = message![message, "; ", sdk.reader, " does not read it at all"];
            help = message![help, "; or give the SDK its credential in a file of its own"];
        }
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, Severity::Warning),
                message,
                &token.assignment.key,
                repository.locate_name(token).labelled(message!["not sent"]),
            )
            .related(repository.locate_name(other).labelled(message!["sent instead"]))
            .request(&route)
            .help(help),
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
