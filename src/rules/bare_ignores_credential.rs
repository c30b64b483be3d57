//! `bare-ignores-credential`: --bare with a credential that it ignores.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::route::unit::{Presence, UnitKind};
use crate::route::{Outcome, predict};

pub(super) static RULE: Rule = Rule {
    slug: "bare-ignores-credential",
    severity: Severity::Error,
    summary: "--bare with a credential that it ignores",
    page: include_str!("../../rules/bare-ignores-credential.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in repository.units.iter().filter(|unit| unit.is_bare()) {
        let route = predict(unit);
        let ignored = match unit.presence("CLAUDE_CODE_OAUTH_TOKEN") {
            Presence::Set(member) => Some((member, "the OAuth token")),
            _ => unit.helper.filter(|_| unit.kind == UnitKind::Settings).map(|helper| (helper, "the helper")),
        };
        let Some((member, what)) = ignored.filter(|_| route.outcome == Outcome::NotLoggedIn) else { continue };
        let remedy = if what == "the helper" {
            message!["give the helper with `--settings`, or set ANTHROPIC_API_KEY"]
        } else {
            message!["set ANTHROPIC_API_KEY, or start the client without `--bare`"]
        };
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, Severity::Error),
                message!["`--bare` ignores ", what, ": the client is not logged in and sends nothing"],
                &member.assignment.key,
                repository.locate_name(member).labelled(message!["ignored"]),
            )
            .request(&route)
            .help(remedy),
        );
    }
}
