//! `model-shadowed`: a model that another setting outranks, or an alias where it says little.

use super::{Repository, Rule};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::model::{Choice, Named, VARIABLE, choose};
use crate::route::unit::{Member, Unit};
use crate::route::{CLOUDS, predict};
use crate::surface::Value;

pub(super) static RULE: Rule = Rule {
    slug: "model-shadowed",
    severity: Severity::Note,
    summary: "a model that another setting outranks, or an alias where it says little",
    page: include_str!("../../rules/model-shadowed.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in repository.units.iter().filter(|unit| !unit.template) {
        let Some(choice) = choose(unit) else { continue };
        let found = [shadowed(repository, unit, &choice), alias(repository, unit, &choice)];
        findings.extend(found.into_iter().flatten().map(|finding| finding.request(&predict(unit))));
    }
}

/// The next place, where it names another model: of the option the variable, of the variable the setting.
fn shadowed(repository: &Repository<'_>, unit: &Unit<'_>, choice: &Choice<'_>) -> Option<Finding> {
    let finding = |message, loser: Member<'_>| {
        let place = repository.locate(loser).labelled(message!["not in effect"]);
        Finding::new(&RULE, Severity::Note, message, &loser.assignment.key, place)
    };
    let loser = choice.shadowed.first().filter(|loser| loser.name() != choice.chosen.name())?;
    let found = match (choice.chosen, loser) {
        // A hook that starts a client says nothing about the session that it belongs to.
        (Named::Variable(_), Named::Setting(loser)) if unit.command.is_some() && is_in(unit, loser) => return None,
        (Named::Variable(winner), Named::Setting(loser)) if is_literal(&winner) && is_literal(loser) => {
            finding(message!["`model` is not in effect: ", VARIABLE, " beats it"], *loser)
                .related(repository.locate(winner).labelled(message!["in effect"]))
        }
        (Named::Option { .. }, Named::Variable(loser)) if is_literal(loser) && choice.chosen.name().is_some() => {
            finding(message![VARIABLE, " is not in effect: `--model` beats it"], *loser)
        }
        _ => return None,
    };
    Some(found.help(message!["keep one of the two"]))
}

fn is_in(unit: &Unit<'_>, member: &Member<'_>) -> bool {
    member.document.path == unit.document.path
}

fn is_literal(member: &Member<'_>) -> bool {
    matches!(member.assignment.value, Value::Literal)
}

/// An alias that a cloud provider's account may not have.
fn alias(repository: &Repository<'_>, unit: &Unit<'_>, choice: &Choice<'_>) -> Option<Finding> {
    let flag = CLOUDS.iter().map(|cloud| cloud.flag).find(|flag| unit.is_on(flag))?;
    let (Named::Variable(member) | Named::Setting(member)) = choice.chosen else { return None };
    let (alias, pin) = choice.chosen.alias().filter(|_| choice.pin.is_none())?;
    let message = message!["with ", flag, " the client's version decides which model `", alias, "` is"];
    let place = repository.locate(member).labelled(message!["an alias"]);
    let finding = Finding::new(&RULE, Severity::Note, message, &member.assignment.key, place);
    Some(finding.help(message!["give the provider's full model id, here or in ", Name(pin)]))
}
