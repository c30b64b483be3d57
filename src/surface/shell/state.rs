//! What is in effect on the paths through a script.

use std::collections::{BTreeMap, HashSet};

use super::meaning::Step;

/// More states than that are not told apart; the first ones are kept.
pub(super) const MAX_STATES: usize = 64;

/// What a variable is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Variable {
    /// The assignment in effect.
    value: Option<usize>,
    exported: bool,
    /// What took it away from the environment that the script inherited.
    cleared: Option<usize>,
}

/// What is in effect on one path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) variables: BTreeMap<usize, Variable>,
    export_all: bool,
    /// What the ends of functions restore; `None` marks where a function began.
    pub(super) saved: Vec<Option<(usize, Option<Variable>)>>,
}

impl State {
    /// The assignments that a program started here finds.
    pub(super) fn environment(&self) -> Vec<usize> {
        let visible = |variable: &Variable| match variable.value {
            Some(value) if variable.exported => Some(value),
            _ => variable.cleared,
        };
        let mut environment: Vec<usize> = self.variables.values().filter_map(visible).collect();
        environment.sort_unstable();
        environment
    }

    pub(super) fn apply(&mut self, step: Step, in_function: bool) {
        match step {
            Step::Set { variable, assignment, export } => {
                let export = export || self.export_all;
                let entry = self.variables.entry(variable).or_default();
                entry.value = Some(assignment);
                entry.exported |= export;
            }
            Step::Unset { variable, assignment } => {
                let cleared = Variable { cleared: Some(assignment), ..Variable::default() };
                self.variables.insert(variable, cleared);
            }
            Step::Export { variable } => self.variables.entry(variable).or_default().exported = true,
            Step::Withdraw { variable, assignment } => {
                let entry = self.variables.entry(variable).or_default();
                entry.exported = false;
                entry.cleared = Some(assignment);
            }
            Step::ExportAll(on) => self.export_all = on,
            Step::Local { variable } if in_function => {
                let before = self.variables.get(&variable).copied();
                let exported = before.is_some_and(|before| before.exported);
                self.saved.push(Some((variable, before)));
                self.variables.insert(variable, Variable { exported, ..before.unwrap_or_default() }.without_value());
            }
            Step::Local { .. } => {}
            Step::Clear => self.variables.clear(),
        }
    }

    /// Undoes what has to be undone at a function's end.
    pub(super) fn leave(&mut self) {
        while let Some(Some((variable, before))) = self.saved.pop() {
            match before {
                Some(before) => self.variables.insert(variable, before),
                None => self.variables.remove(&variable),
            };
        }
    }

    /// What a child process gets.
    pub(super) fn child(mut self, steps: &[Step]) -> Self {
        for &step in steps {
            self.apply(step, false);
        }
        self.variables.retain(|_, variable| variable.exported || variable.cleared.is_some());
        for variable in self.variables.values_mut().filter(|variable| !variable.exported) {
            variable.value = None;
        }
        Self { variables: self.variables, export_all: false, saved: Vec::new() }
    }
}

impl Variable {
    fn without_value(self) -> Self {
        Self { value: None, ..self }
    }
}

/// The states of all paths that lead to one place.
pub(super) type States = Vec<State>;

/// The states after success and after failure; `Either` if the outcome can't be told.
pub(super) enum Outcome {
    Either(States),
    Split { ok: States, failed: States },
}

impl Outcome {
    pub(super) fn known(states: States, succeeds: Option<bool>) -> Self {
        match succeeds {
            None => Self::Either(states),
            Some(true) => Self::Split { ok: states, failed: Vec::new() },
            Some(false) => Self::Split { ok: Vec::new(), failed: states },
        }
    }

    pub(super) fn split(self) -> (States, States) {
        match self {
            Self::Either(states) => (states.clone(), states),
            Self::Split { ok, failed } => (ok, failed),
        }
    }

    pub(super) fn all(self) -> States {
        match self {
            Self::Either(states) => states,
            Self::Split { ok, failed } if failed.is_empty() => ok,
            Self::Split { mut ok, failed } => {
                ok.extend(failed);
                distinct(ok)
            }
        }
    }

    pub(super) fn joined(self, other: Self) -> Self {
        let ((mut ok, mut failed), (more_ok, more_failed)) = (self.split(), other.split());
        ok.extend(more_ok);
        failed.extend(more_failed);
        Self::Split { ok: distinct(ok), failed: distinct(failed) }
    }

    pub(super) fn none() -> Self {
        Self::Split { ok: Vec::new(), failed: Vec::new() }
    }
}

/// The states without repetition, and not too many.
pub(super) fn distinct(mut states: States) -> States {
    if states.len() > 1 {
        let mut seen = HashSet::new();
        states.retain(|state| seen.insert(state.clone()));
        states.truncate(MAX_STATES);
    }
    states
}

/// Keeps a growing set of states small.
pub(super) fn bound(states: &mut States) {
    if states.len() > 2 * MAX_STATES {
        *states = distinct(std::mem::take(states));
    }
}
