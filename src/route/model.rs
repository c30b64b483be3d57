//! Which model a session asks for.
//!
//! Observed with Claude Code 2.1.329 on 2026-11-21: `--model`, then `ANTHROPIC_MODEL` as settings files and shell set
//! it, then the `model` of the highest settings file that has one. An empty variable leaves it to the next; an empty
//! `model` hides those below and leaves it to the client; blanks and `--model ""` ask for a model without a name.

use super::session::is_global;
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
    let is_whole = |document: &&&Document| !unit.person.is_some_and(|person| person.is_variables_only(document));
    let settings = unit.files.iter().filter(is_whole).filter_map(|&document| setting(document));
    let mut places: Vec<Named<'u>> = option(unit).into_iter().chain(variable(unit)).collect();
    places.extend(settings.map(Named::Setting));
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

/// The `model` of a settings file; `~/.claude.json` has none that counts.
fn setting(document: &Document) -> Option<Member<'_>> {
    let is_model = |assignment: &&Assignment| assignment.slot == Slot::Setting && assignment.key == "model";
    let is_settings = matches!(document.surface, Some(Surface::Settings(_))) && !is_global(document);
    let assignment = document.assignments.iter().rfind(is_model).filter(|_| is_settings)?;
    Some(Member { document, assignment })
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
fn without_window(name: &str) -> &str {
    let at = name.len().saturating_sub("[1m]".len());
    match name.split_at_checked(at) {
        Some((name, window)) if window.eq_ignore_ascii_case("[1m]") => name.trim_end(),
        _ => name,
    }
}
