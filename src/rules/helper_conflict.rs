//! `helper-conflict`: apiKeyHelper beside a static key or token: both are sent.

use super::address::destination;
use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::{SourceKind, predict};

pub(super) static RULE: Rule = Rule {
    slug: "helper-conflict",
    severity: Severity::Warning,
    summary: "apiKeyHelper beside a static key or token: both are sent",
    page: include_str!("../../rules/helper-conflict.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let route = predict(unit);
        let is = |source: Option<crate::route::Source<'_>>, kind| source.is_some_and(|source| source.kind == kind);
        let (rival, header, other) =
            if is(route.authorization, SourceKind::Helper) && is(route.x_api_key, SourceKind::ApiKey) {
                (route.x_api_key, "`Authorization: Bearer`", "`x-api-key`")
            } else if is(route.x_api_key, SourceKind::Helper) && is(route.authorization, SourceKind::AuthToken) {
                (route.authorization, "`x-api-key`", "`Authorization: Bearer`")
            } else {
                continue;
            };
        let (Some(helper), Some(rival)) = (unit.helper, rival.and_then(|source| source.member)) else { continue };
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, Severity::Warning),
                message![
                    "both are sent to ",
                    destination(&route),
                    ": what the helper prints as ",
                    header,
                    ", and ",
                    Name(&rival.assignment.name),
                    " as ",
                    other
                ],
                &helper.assignment.key,
                repository.locate_name(helper).labelled(message!["runs, and is sent as ", header]),
            )
            .related(repository.locate_name(rival).labelled(message!["is sent as ", other]))
            .request(&route)
            .help(message!["keep one: the helper, or ", Name(&rival.assignment.name)]),
        );
    }
}
