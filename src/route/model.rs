//! Which model a session asks for.
//!
//! Observed with Claude Code 2.1.329 on 2026-11-21: `--model`, then `ANTHROPIC_MODEL` as settings files and shell set
//! it, then the `model` of the highest settings file that has one. An empty variable leaves it to the next; an empty
//! `model` hides those below and leaves it to the client; blanks and `--model ""` ask for a model without a name.

use super::unit::{Member, Presence, Unit};
use crate::surface::{Assignment, Document, Slot, Surface, Value, Word};

/// The variable that names a model.
pub const VARIABLE: &str = "ANTHROPIC_MODEL";

/// Names that stand for a model which the client's version chooses, and the family whose
/// `ANTHROPIC_DEFAULT_…_MODEL` replaces it. `opusplan` is the other family while it plans.
const ALIASES: [(&str, &str); 6] = [
    ("sonnet", "ANTHROPIC_DEFAULT_SONNET_MODEL"),
    ("opus", "ANTHROPIC_DEFAULT_OPUS_MODEL"),
    ("haiku", "ANTHROPIC_DEFAULT_HAIKU_MODEL"),
    ("fable", "ANTHROPIC_DEFAULT_FABLE_MODEL"),
    ("opusplan", "ANTHROPIC_DEFAULT_SONNET_MODEL"),
    ("best", "ANTHROPIC_DEFAULT_OPUS_MODEL"),
];

/// A place that names a model.
#[derive(Clone, Copy, Debug)]
pub enum Named<'u> {
    /// `--model`.
    Option {
        /// What is behind it.
        text: &'u str,
        /// Where it stands; `None` for words that no file holds.
        word: Option<(&'u Document, &'u Word)>,
    },
    /// `ANTHROPIC_MODEL`.
    Variable(Member<'u>),
    /// `model` of a settings file.
    Setting(Member<'u>),
}

/// What decides about a session's model.
#[derive(Debug)]
pub struct Choice<'u> {
    /// The place that wins.
    pub chosen: Named<'u>,
    /// The places that name another model for nothing, in order of precedence.
    pub shadowed: Vec<Named<'u>>,
    /// The variable that says which model the chosen alias is.
    pub pin: Option<Member<'u>>,
}

/// Finds what names the model; `None` where the client's default is used.
pub fn choose<'u>(unit: &'u Unit<'_>) -> Option<Choice<'u>> {
    let mut places: Vec<Named<'u>> = option(unit).into_iter().chain(variable(unit)).collect();
    places.extend(settings(unit).map(Named::Setting));
    let chosen = *places.first()?;
    if matches!(chosen, Named::Setting(member) if member.assignment.decoded.text.expose().is_empty()) {
        return None;
    }
    let is_default = matches!(chosen, Named::Option { .. }) && chosen.name() == Some("default");
    if is_default {
        return None;
    }
    let pin = chosen.alias().and_then(|(_, variable)| unit.set(variable));
    let shadowed = places.split_off(1);
    Some(Choice { chosen, shadowed, pin })
}

fn option<'u>(unit: &'u Unit<'_>) -> Option<Named<'u>> {
    let text = unit.arguments.model.as_deref()?;
    let word = unit.command.and_then(|command| {
        // The last one counts; what stands behind `--model=` is the end of its word.
        let is_it = |word: &&Word| word.decoded.text.expose().strip_prefix("--model=").is_some_and(|it| it == text);
        let beside =
            |pair: &&[Word]| pair[0].decoded.text.expose() == "--model" && pair[1].decoded.text.expose() == text;
        let words = &command.words;
        words.windows(2).rfind(beside).map(|pair| &pair[1]).or_else(|| words.iter().rfind(is_it))
    });
    Some(Named::Option { text, word: word.map(|word| (unit.document, word)) })
}

fn variable<'u>(unit: &'u Unit<'_>) -> Option<Named<'u>> {
    let &member = unit.members.iter().find(|member| member.assignment.name == VARIABLE)?;
    let blank = matches!(member.assignment.value, Value::Empty) && !member.assignment.decoded.text.expose().is_empty();
    (blank || matches!(unit.presence(VARIABLE), Presence::Set(_))).then_some(Named::Variable(member))
}

/// The `model` of each settings file that has a say in it, highest precedence first.
pub(super) fn settings<'u>(unit: &'u Unit<'_>) -> impl Iterator<Item = Member<'u>> {
    let is_model = |assignment: &&Assignment| assignment.slot == Slot::Setting && assignment.key == "model";
    let is_whole = |document: &Document| !unit.person.is_some_and(|person| person.is_variables_only(document));
    let is_settings = |document: &Document| matches!(document.surface, Some(Surface::Settings(_)));
    let files = unit.files.iter().copied().filter(move |document| is_settings(document) && is_whole(document));
    files.filter_map(move |document| {
        let assignment = document.assignments.iter().rfind(is_model)?;
        Some(Member { document, assignment })
    })
}

impl<'u> Named<'u> {
    /// What it is called.
    pub fn by(&self) -> &'static str {
        match self {
            Self::Option { .. } => "--model",
            Self::Variable(_) => VARIABLE,
            Self::Setting(_) => "model",
        }
    }

    /// The name as written, trimmed; `None` where it is known only when the client runs.
    pub fn name(&self) -> Option<&'u str> {
        let text = match *self {
            Self::Option { word: Some((_, word)), .. } if word.dynamic => return None,
            Self::Option { text, .. } => text,
            Self::Variable(member) | Self::Setting(member) => match &member.assignment.value {
                Value::Reference(reference) if reference.expanded => member.assignment.default()?.text.expose(),
                Value::Unknown => return None,
                _ => member.assignment.decoded.text.expose(),
            },
        };
        Some(text.trim())
    }

    /// The alias that it names, and the variable that says what it stands for.
    pub fn alias(&self) -> Option<(&'static str, &'static str)> {
        let name = without_window(self.name()?);
        ALIASES.into_iter().find(|(alias, _)| name.eq_ignore_ascii_case(alias))
    }
}

impl<'u> Choice<'u> {
    /// The model's name in the request; `None` where the client's version decides, or something when it runs.
    pub fn requested(&self) -> Option<&'u str> {
        match (self.pin, self.chosen.alias()) {
            (Some(pin), _) => Named::Variable(pin).name().map(without_window),
            (None, Some(_)) => None,
            (None, None) => self.chosen.name().map(without_window),
        }
    }
}

/// The name without the word for a long context, which goes into a header.
pub(super) fn without_window(name: &str) -> &str {
    let at = name.len().saturating_sub("[1m]".len());
    match name.split_at_checked(at) {
        Some((name, window)) if window.eq_ignore_ascii_case("[1m]") => name.trim_end(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{document, unit};
    use super::*;

    #[test]
    fn an_option_and_its_place() {
        for (line, name, at) in [
            ("claude --model opus -p opus", Some("opus"), 15),
            ("claude -p opus --model opus", Some("opus"), 23),
            ("claude --model=opus -p hi", Some("opus"), 7),
            ("claude --model=sonnet --model=opus", Some("opus"), 22),
            ("claude --model=opus --model sonnet", Some("sonnet"), 28),
            ("claude --model $MODEL", None, 15),
        ] {
            let script = document("run.sh", line);
            let unit = unit(&[&script]);
            let chosen = choose(&unit).unwrap().chosen;
            let Named::Option { word: Some((_, word)), .. } = chosen else { panic!("{line}: {chosen:?}") };
            assert_eq!((chosen.name(), word.decoded.span().start), (name, at), "{line}");
        }
    }

    /// What is chosen, and what the request asks for.
    fn check(path: &str, text: &str, by: &str, name: Option<&str>, requested: Option<&str>) {
        let document = document(path, text);
        let unit = unit(&[&document]);
        let choice = choose(&unit).unwrap();
        assert_eq!((choice.chosen.by(), choice.chosen.name(), choice.requested()), (by, name, requested), "{text}");
    }

    #[test]
    fn a_variable_that_something_else_supplies() {
        for (value, name, requested) in [
            ("claude-x", Some("claude-x"), Some("claude-x")),
            ("${MODEL:-claude-x}", Some("claude-x"), Some("claude-x")),
            ("${MODEL:-opus}", Some("opus"), None),
            ("$MODEL", None, None),
            ("$(model)", None, None),
        ] {
            check("run.sh", &format!("export ANTHROPIC_MODEL={value}\nclaude\n"), VARIABLE, name, requested);
        }
        // A settings file expands nothing.
        let settings = r#"{"env": {"ANTHROPIC_MODEL": "${MODEL}"}}"#;
        check(".claude/settings.json", settings, VARIABLE, Some("${MODEL}"), Some("${MODEL}"));
    }

    #[test]
    fn the_word_for_a_long_context_is_no_part_of_a_name() {
        for (name, requested) in [
            ("claude-x[1m]", Some("claude-x")),
            ("claude-x [1M] ", Some("claude-x")),
            ("[1m]", Some("")),
            ("claude-x[2m]", Some("claude-x[2m]")),
            ("opus[1m]", None),
            ("Opus", None),
        ] {
            let settings = format!(r#"{{"model": "{name}", "outputStyle": "terse"}}"#);
            check(".claude/settings.json", &settings, "model", Some(name.trim()), requested);
        }
    }

    #[test]
    fn only_settings_files_have_a_model() {
        let text = "model: opus\njobs:\n  a:\n    steps:\n      - run: claude -p hi\n";
        let workflow = document(".github/workflows/a.yml", text);
        let unit = unit(&[&workflow]);
        assert!(unit.command.is_some() && workflow.assignments.iter().any(|it| it.key == "model"));
        assert!(choose(&unit).is_none());
    }
}
