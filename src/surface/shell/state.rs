//! What is in effect on the paths through a script.

use std::collections::{BTreeMap, HashSet};

use super::meaning::{Reads, Step};
use super::scope::Scopes;

/// More states than that are not told apart; the first ones are kept.
pub(super) const MAX_STATES: usize = 256;

/// cmd.exe keeps no more (documentation of `setlocal`, 2026-08).
const MAX_KEPT: usize = 32;

/// More dotenv files than that are not read on one path.
const MAX_INCLUDES: usize = 16;

/// What a variable is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Variable {
    /// The assignment in effect.
    pub(super) value: Option<usize>,
    pub(super) exported: bool,
    /// What took it away from the environment that the script inherited.
    pub(super) cleared: Option<usize>,
    /// How many dotenv files had been read when it got its value.
    pub(super) since: usize,
    /// Kept from programs by `export -n`, with whatever value it came with.
    pub(super) withdrawn: bool,
    /// What hands on the value that a file gives it later: `export NAME` in front of `. ./.env`.
    pub(super) passed: Option<usize>,
}

/// A dotenv file that was read on a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Inclusion {
    file: usize,
    exports: bool,
    replaces: bool,
}

/// What a program finds where it is started: numbers of assignments, and the dotenv files with what they replace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Environment {
    pub(super) assignments: Vec<usize>,
    pub(super) includes: Vec<(usize, bool, Vec<usize>)>,
    /// Nothing that was inherited is left.
    pub(super) isolated: bool,
}

/// What a function's end restores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Saved {
    variable: usize,
    before: Option<Variable>,
    /// How many dotenv files had been read when the local variable came.
    files: usize,
}

/// What is in effect on one path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) variables: BTreeMap<usize, Variable>,
    /// What fish has besides the global ones.
    pub(super) scopes: Scopes,
    export_all: bool,
    includes: Vec<Inclusion>,
    isolated: bool,
    /// What each `setlocal` found.
    kept: Vec<BTreeMap<usize, Variable>>,
    /// What the ends of functions restore; `None` marks where a function began.
    pub(super) saved: Vec<Option<Saved>>,
}

impl State {
    /// What a program started here finds.
    pub(super) fn environment(&self) -> Environment {
        let visible = |variable: &Variable| {
            let handed = variable.passed.filter(|_| variable.since < self.includes.len());
            let value = variable.value.or(handed).filter(|_| variable.exported).or(variable.cleared);
            value.map(|value| (value, variable.since))
        };
        let mut found: Vec<(usize, usize)> =
            self.scopes.visible(&self.variables).values().filter_map(visible).collect();
        found.sort_unstable();
        let includes = self.includes.iter().enumerate().map(|(place, include)| {
            let replaced = found.iter().filter(|(_, since)| include.replaces && *since <= place);
            (include.file, include.exports, replaced.map(|&(assignment, _)| assignment).collect())
        });
        Environment {
            includes: includes.collect(),
            assignments: found.iter().map(|&(assignment, _)| assignment).collect(),
            isolated: self.isolated,
        }
    }

    pub(super) fn apply(&mut self, step: Step, in_function: bool) {
        match step {
            Step::Set { variable, assignment, export } => {
                let export = export || self.export_all;
                let since = self.includes.len();
                let entry = self.variables.entry(variable).or_default();
                entry.value = Some(assignment);
                entry.exported |= export;
                entry.since = since;
                entry.withdrawn = false;
            }
            Step::Unset { variable, assignment } => {
                let since = self.includes.len();
                let cleared = Variable { cleared: Some(assignment), since, ..Variable::default() };
                self.variables.insert(variable, cleared);
            }
            Step::Export { variable, passed } => {
                let files = self.includes.len();
                // fish's `export NAME` is a function that sets the global variable to what it sees.
                let seen = self.scopes.seen_by_functions(variable, self.variables.get(&variable));
                let entry = self.variables.entry(variable).or_default();
                if seen.is_some() {
                    (entry.value, entry.since) = (seen, files);
                }
                entry.exported = true;
                if entry.value.is_none() && std::mem::take(&mut entry.withdrawn) {
                    entry.cleared = None;
                }
                match entry.value {
                    None if entry.since < files => entry.value = passed,
                    None => entry.passed = passed,
                    Some(_) => {}
                }
            }
            Step::Include { file, reads } => {
                let exports = reads != Reads::Sourced || self.export_all;
                let include = Inclusion { file, exports, replaces: reads != Reads::Behind };
                if self.includes.len() < MAX_INCLUDES && !self.includes.contains(&include) {
                    self.includes.push(include);
                }
            }
            // Where nothing was set before, whatever the shell itself got is handed on.
            Step::Pass { variable, assignment } => {
                self.apply(Step::Set { variable, assignment, export: true }, in_function);
            }
            Step::Withdraw { variable, assignment } => {
                let since = self.includes.len();
                let entry = self.variables.entry(variable).or_default();
                entry.exported = false;
                entry.withdrawn |= entry.value.is_none() && entry.cleared.is_none();
                entry.cleared = Some(assignment);
                entry.since = since;
            }
            Step::ExportAll(on) => self.export_all = on,
            Step::Local { variable } if in_function => {
                let before = self.variables.get(&variable).copied();
                let exported = before.is_some_and(|before| before.exported);
                self.save(variable);
                self.variables.insert(variable, Variable { exported, ..before.unwrap_or_default() }.without_value());
            }
            Step::Scoped { scope, variable, change } => {
                let files = self.includes.len();
                self.scopes.apply(&mut self.variables, scope, variable, change, files);
            }
            Step::Keep if self.kept.len() < MAX_KEPT => self.kept.push(self.variables.clone()),
            Step::Restore => self.variables = self.kept.pop().unwrap_or(std::mem::take(&mut self.variables)),
            Step::Keep | Step::Local { .. } | Step::Later { .. } => {}
            Step::Clear => {
                self.variables.clear();
                self.scopes.clear();
                self.includes.clear();
                self.isolated = true;
            }
        }
    }

    /// Keeps the variable as it is for the function's end.
    pub(super) fn save(&mut self, variable: usize) {
        let before = self.variables.get(&variable).copied();
        self.saved.push(Some(Saved { variable, before, files: self.includes.len() }));
    }

    /// Undoes what has to be undone at a function's end.
    pub(super) fn leave(&mut self) {
        while let Some(Some(Saved { variable, before, files })) = self.saved.pop() {
            match before {
                // What a file said in between went to the local one.
                Some(before) => {
                    let read = self.includes.len();
                    let since = if read > files { read } else { before.since };
                    self.variables.insert(variable, Variable { since, ..before })
                }
                None => self.variables.remove(&variable),
            };
        }
    }

    /// What a child process gets.
    pub(super) fn child(mut self, steps: &[Step]) -> Self {
        self.variables = self.scopes.visible(&self.variables).into_owned();
        self.scopes = Scopes::default();
        for variable in self.variables.values_mut() {
            variable.since = variable.since.min(self.includes.len());
        }
        for &step in steps {
            self.apply(step, false);
        }
        self.variables.retain(|_, variable| variable.exported || variable.cleared.is_some());
        for variable in self.variables.values_mut().filter(|variable| !variable.exported) {
            variable.value = None;
        }
        Self { variables: self.variables, includes: self.includes, isolated: self.isolated, ..Self::default() }
    }

    /// What a process gets that inherits nothing: in a container, on another machine.
    pub(super) fn contained(&self, steps: &[Step]) -> Self {
        let mut inside = Self { isolated: true, ..Self::default() };
        let outside = self.scopes.visible(&self.variables);
        for &step in steps {
            let handed = match step {
                Step::Pass { variable, .. } => outside.get(&variable).map(|outer| (variable, *outer)),
                _ => None,
            };
            // A file that was read since may have replaced the value: then only the name is known.
            let known = |outer: &Variable| {
                let has = outer.exported && outer.value.is_some() || outer.cleared.is_some();
                has && outer.since >= self.includes.len()
            };
            match handed.filter(|(_, outer)| known(outer)) {
                Some((variable, outer)) => _ = inside.variables.insert(variable, Variable { since: 0, ..outer }),
                None => inside.apply(step, false),
            }
        }
        inside
    }
}

impl Variable {
    /// Whether a shell would say that there is one.
    pub(super) fn is_known(&self) -> bool {
        self.value.is_some() || self.exported
    }

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

    /// The same, each state changed.
    pub(super) fn map(self, change: impl Fn(State) -> State) -> Self {
        let changed = |states: States| distinct(states.into_iter().map(&change).collect());
        match self {
            Self::Either(states) => Self::Either(changed(states)),
            Self::Split { ok, failed } => Self::Split { ok: changed(ok), failed: changed(failed) },
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
