//! `model-shadowed`: a model that another setting outranks, or an alias where it says little.

use super::{File, Repository, Rule};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::CLOUDS;
use crate::route::unit::{Unit, UnitKind};
use crate::surface::{Assignment, Command, Decoded, Settings, Slot, Surface, Value};

pub(super) static RULE: Rule = Rule {
    slug: "model-shadowed",
    severity: Severity::Note,
    summary: "a model that another setting outranks, or an alias where it says little",
    page: include_str!("../../rules/model-shadowed.md"),
    check,
};

const VARIABLE: &str = "ANTHROPIC_MODEL";

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in repository.units.iter().filter(|unit| !unit.template) {
        let variable = unit.set(VARIABLE);
        let setting = model_setting(repository, unit);
        let option = unit.command.and_then(model_option);
        if let (Some(variable), Some((file, setting))) = (variable, setting)
            && differ(variable.assignment, &setting.decoded)
            && matches!(setting.value, Value::Literal)
        {
            findings.push(
                Finding::new(
                    &RULE,
                    Severity::Note,
                    message!["`model` is not in effect: ", VARIABLE, " beats it"],
                    &setting.key,
                    file.locate(setting.decoded.span()).labelled(message!["not in effect"]),
                )
                .related(repository.locate(variable).labelled(message!["in effect"]))
                .help(message!["keep one of the two"]),
            );
        }
        if let (Some(variable), Some(option)) = (variable, &option)
            && differ(variable.assignment, option)
        {
            findings.push(
                Finding::new(
                    &RULE,
                    Severity::Note,
                    message![VARIABLE, " is not in effect: `--model` beats it"],
                    &variable.assignment.key,
                    repository.locate(variable).labelled(message!["not in effect"]),
                )
                .help(message!["keep one of the two"]),
            );
        }
        if let Some(flag) = CLOUDS.iter().map(|cloud| cloud.flag).find(|flag| unit.is_on(flag)) {
            let place = match (variable, setting) {
                (Some(variable), _) => alias(&variable.assignment.decoded)
                    .map(|alias| (alias, repository.locate(variable), &variable.assignment.key)),
                (None, Some((file, setting))) => {
                    alias(&setting.decoded).map(|alias| (alias, file.locate(setting.decoded.span()), &setting.key))
                }
                (None, None) => None,
            };
            let Some((alias, location, key)) = place.filter(|_| option.is_none()) else { continue };
            let pinned = format!("ANTHROPIC_DEFAULT_{}_MODEL", alias.to_ascii_uppercase());
            if unit.set(&pinned).is_some() {
                continue;
            }
            findings.push(
                Finding::new(
                    &RULE,
                    Severity::Note,
                    message!["with ", flag, " the client's version decides which model `", alias, "` is"],
                    key,
                    location.labelled(message!["an alias"]),
                )
                .help(message!["give the provider's full model id, here or in ", Name(&pinned)]),
            );
        }
    }
}

/// Names that stand for the newest model of a family that the client knows.
fn alias(text: &Decoded) -> Option<&'static str> {
    let text = text.text.expose().trim();
    ["sonnet", "opus", "haiku"].into_iter().find(|alias| *alias == text)
}

/// Whether both are written here, and are not the same.
fn differ(variable: &Assignment, other: &Decoded) -> bool {
    matches!(variable.value, Value::Literal) && variable.decoded.text.expose().trim() != other.text.expose().trim()
}

/// The `model` key in effect: of the unit's own file, or of the shared one below a local one.
fn model_setting<'a>(repository: &Repository<'a>, unit: &Unit<'a>) -> Option<(&'a File, &'a Assignment)> {
    if unit.kind != UnitKind::Settings {
        return None;
    }
    let own = repository.file(&unit.document.path);
    let shared = (unit.document.surface == Some(Surface::Settings(Settings::Local)))
        .then(|| unit.document.path.parent().and_then(|folder| repository.file(&folder.join("settings.json"))))
        .flatten();
    [own, shared].into_iter().flatten().filter(|file| file.document.faults.is_empty()).find_map(|file| {
        let is_model = |assignment: &&Assignment| assignment.slot == Slot::Setting && assignment.key == "model";
        file.document.assignments.iter().rev().find(is_model).map(|assignment| (file, assignment))
    })
}

/// The value of the client's `--model`.
fn model_option(command: &Command) -> Option<Decoded> {
    let at = command.words.iter().position(|word| word.decoded.text.expose().starts_with("--model"))?;
    let (option, next) = (&command.words[at], command.words.get(at + 1));
    let text = option.decoded.text.expose();
    match text.strip_prefix("--model")? {
        "" => next.filter(|word| !word.dynamic).map(|word| word.decoded.clone()),
        rest => (rest.starts_with('=') && !option.dynamic).then(|| option.decoded.part("--model=".len(), text.len())),
    }
}
