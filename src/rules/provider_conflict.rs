//! `provider-conflict`: two cloud providers are chosen: one flag wins, the other does nothing.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::{CLOUDS, Provider, predict};

pub(super) static RULE: Rule = Rule {
    slug: "provider-conflict",
    severity: Severity::Warning,
    summary: "two cloud providers are chosen: one flag wins, the other does nothing",
    page: include_str!("../../rules/provider-conflict.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let on: Vec<_> = CLOUDS
            .iter()
            .filter(|cloud| unit.is_on(cloud.flag))
            .filter_map(|cloud| Some((cloud, unit.set(cloud.flag)?)))
            // What a pipeline computes may be off.
            .filter(|(_, flag)| flag.is_fixed())
            .collect();
        let [(winner, used), rest @ ..] = on.as_slice() else { continue };
        for (loser, unused) in rest {
            // The second interface of Bedrock is used beside the first.
            if (winner.provider, loser.provider) == (Provider::Bedrock, Provider::Mantle) {
                continue;
            }
            findings.push(
                Finding::new(
                    &RULE,
                    in_effect(unit, Severity::Warning),
                    message![
                        winner.provider.name(),
                        " is used, and ",
                        loser.provider.name(),
                        " is not: of two flags one wins"
                    ],
                    &unused.assignment.key,
                    repository.locate_name(*unused).labelled(message!["no effect"]),
                )
                .related(repository.locate_name(*used).labelled(message!["wins"]))
                .request(&predict(unit))
                .help(message!["remove ", Name(loser.flag), ", or set it to `0`"]),
            );
        }
    }
}
