//! What both shells of Windows do to the environment.

use super::meaning::{Collector, Simple, Step, is_relevant};
use super::start::MAX_NESTING;
use super::word::ShellWord;
use crate::surface::{Assignment, Decoded, Origin, Slot, Value};

/// An environment variable's name as the client knows it: Windows does not tell cases apart.
pub(in crate::surface) fn variable_name(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    if is_relevant(&upper) { upper } else { name.to_owned() }
}

/// Sets an environment variable, or takes it away.
pub(in crate::surface) fn set_variable(
    collector: &mut Collector,
    name: &Decoded,
    value: Value,
    decoded: Decoded,
    steps: &mut Vec<Step>,
) {
    let span = name.span();
    let text = variable_name(name.text.expose());
    if matches!(value, Value::Unset) {
        let assignment = collector.add(&text, span, value, Decoded::direct("", span.end), false);
        steps.extend(collector.variable(&text).map(|variable| Step::Unset { variable, assignment }));
        return;
    }
    let assignment = collector.add(&text, span, value, decoded, true);
    collector.set(steps, &text, assignment, true);
}

/// `setx NAME value`: not for this process, but for those that the user starts later.
pub(in crate::surface) fn setx(collector: &mut Collector, words: &[ShellWord], simple: &mut Simple) {
    let is_option = |word: &str| ["/m", "-m", "/s", "/u", "/k"].iter().any(|option| word.eq_ignore_ascii_case(option));
    let mut plain = words.iter().filter(|word| !is_option(word.text()));
    let (Some(name), Some(value)) = (plain.next(), plain.next()) else { return };
    if name.literal().is_none() {
        return;
    }
    let mut steps = Vec::new();
    let (value, decoded) = value.value(0);
    set_variable(collector, &name.decoded, value, decoded, &mut steps);
    simple.steps.extend(steps.into_iter().filter_map(Step::later));
}

/// Notes the assignment that stands in a comment.
pub(in crate::surface) fn commented(collector: &mut Collector, text: &str, origin: &Origin) {
    if collector.nesting >= MAX_NESTING {
        return;
    }
    let prefix = collector.prefix.clone();
    let mut inner = Collector { nesting: collector.nesting + 1, ..Collector::new(prefix) };
    let _ = collector.language.parse(text, origin, &mut inner);
    let found = inner.assignments.into_iter().filter(|found| found.slot == Slot::Variable).take(1);
    collector.assignments.extend(found.map(|found| Assignment { commented: true, exported: false, ..found }));
}
