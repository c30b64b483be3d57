//! What is in effect when the whole file has been read: one state for each way through its conditionals.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::line::Assign;
use crate::surface::command::is_client;
use crate::surface::shell::is_relevant;
use crate::surface::{Decoded, Include};

/// More ways than that are not told apart.
const MAX_STATES: usize = 16;
/// More target-specific variables of the client, and more included files, than that nobody writes.
const MAX_LIST: usize = 256;

/// One way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    values: BTreeMap<String, usize>,
    exported: BTreeSet<String>,
    withdrawn: BTreeMap<String, usize>,
    all: bool,
    /// Set by `override`, which only another one changes.
    fixed: BTreeSet<String>,
    /// `export X` and `unexport X` define it, so that `X ?= …` behind it changes nothing (observed with GNU make 4.3, 2026-11-21).
    named: BTreeSet<String>,
    specific: Vec<Specific>,
}

/// A variable of one target, or of those that a pattern fits.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Specific {
    target: String,
    name: String,
    index: usize,
    export: bool,
}

/// A conditional that is open.
#[derive(Debug)]
struct Fork {
    before: Vec<State>,
    arms: Vec<State>,
    has_else: bool,
}

/// All ways, and what does not depend on them.
#[derive(Debug)]
pub(super) struct States {
    now: Vec<State>,
    forks: Vec<Fork>,
    /// Variables that hold the client's name.
    clients: HashMap<String, String>,
    files: Vec<Decoded>,
    pub(super) one_shell: bool,
}

impl Default for States {
    fn default() -> Self {
        Self {
            now: vec![State::default()],
            forks: Vec::new(),
            clients: HashMap::new(),
            files: Vec::new(),
            one_shell: false,
        }
    }
}

impl State {
    /// Sets a variable.
    pub(super) fn set(&mut self, assign: &Assign<'_>, index: usize) {
        let name = assign.name;
        if !is_relevant(name) {
            return;
        }
        let keeps = assign.operator == "?=" && (self.values.contains_key(name) || self.named.contains(name));
        if !keeps && (assign.overrides || !self.fixed.contains(name)) {
            self.values.insert(name.to_owned(), index);
            if assign.overrides {
                self.fixed.insert(name.to_owned());
            }
        }
        if assign.export {
            self.export_one(name);
        }
    }

    /// `export NAME…`; without names everything.
    pub(super) fn export(&mut self, names: &[&str]) {
        self.all |= names.is_empty();
        for name in names.iter().filter(|name| is_relevant(name)) {
            self.named.insert((*name).to_owned());
            self.export_one(name);
        }
    }

    fn export_one(&mut self, name: &str) {
        self.withdrawn.remove(name);
        self.exported.insert(name.to_owned());
    }

    /// `unexport NAME`: the assignment at `index` says so.
    pub(super) fn unexport(&mut self, name: &str, index: usize) {
        if is_relevant(name) {
            self.named.insert(name.to_owned());
            self.exported.remove(name);
            self.withdrawn.insert(name.to_owned(), index);
        }
    }

    /// A variable of targets.
    pub(super) fn add(&mut self, targets: &[String], name: &str, index: usize, export: bool) {
        if is_relevant(name) && self.specific.len() < MAX_LIST {
            let one = |target: &String| Specific { target: target.clone(), name: name.to_owned(), index, export };
            self.specific.extend(targets.iter().take(MAX_LIST).map(one));
        }
    }

    /// The assignments that a recipe for these targets finds; of a target's own the later ones win.
    pub(super) fn environment(&self, targets: &[String]) -> Vec<usize> {
        let mut found: BTreeMap<&str, usize> = self.withdrawn.iter().map(|(name, &at)| (name.as_str(), at)).collect();
        let is_exported = |name: &str| !self.withdrawn.contains_key(name) && (self.all || self.exported.contains(name));
        found.extend(self.values.iter().filter(|(name, _)| is_exported(name)).map(|(name, &at)| (name.as_str(), at)));
        for one in self.specific.iter().filter(|one| one.export || is_exported(&one.name)) {
            if one.fits(targets) {
                found.insert(&one.name, one.index);
            }
        }
        found.into_values().collect()
    }
}

impl Specific {
    fn fits(&self, targets: &[String]) -> bool {
        targets.iter().any(|target| match self.target.split_once('%') {
            Some((start, end)) => {
                target.len() >= start.len() + end.len() && target.starts_with(start) && target.ends_with(end)
            }
            None => *target == self.target,
        })
    }
}

impl States {
    /// The states here, to be changed.
    pub(super) fn all(&mut self) -> impl Iterator<Item = &mut State> {
        self.now.iter_mut()
    }

    /// The states here.
    pub(super) fn iter(&self) -> impl Iterator<Item = &State> {
        self.now.iter()
    }

    /// `ifeq` and its kin.
    pub(super) fn fork(&mut self) {
        self.forks.push(Fork { before: self.now.clone(), arms: Vec::new(), has_else: false });
    }

    /// `else`; what follows an `else ifeq` may still not be read.
    pub(super) fn other(&mut self, conditional: bool) {
        if let Some(fork) = self.forks.last_mut() {
            fork.arms.append(&mut self.now);
            fork.has_else |= !conditional;
            self.now.clone_from(&fork.before);
        }
    }

    /// `endif`.
    pub(super) fn join(&mut self) {
        let Some(fork) = self.forks.pop() else { return };
        let mut all = std::mem::take(&mut self.now);
        all.extend(fork.arms);
        if !fork.has_else {
            all.extend(fork.before);
        }
        for state in all {
            if self.now.len() < MAX_STATES && !self.now.contains(&state) {
                self.now.push(state);
            }
        }
    }

    /// The end of the file.
    pub(super) fn close(&mut self) {
        while !self.forks.is_empty() {
            self.join();
        }
    }

    /// Keeps in mind what a variable holds if that starts the client.
    pub(super) fn know(&mut self, name: &str, value: Option<&str>) {
        match value.filter(|value| value.split_whitespace().next().is_some_and(is_client)) {
            Some(value) => self.clients.insert(name.to_owned(), value.to_owned()),
            None => self.clients.remove(name),
        };
    }

    /// What a variable holds that starts the client.
    pub(super) fn client(&self, name: &str) -> Option<&str> {
        self.clients.get(name).map(String::as_str)
    }

    /// `include` of a file.
    pub(super) fn include(&mut self, path: Decoded) {
        if self.files.len() < MAX_LIST {
            self.files.push(path);
        }
    }

    /// The dotenv files among the included ones; what stands in them are variables of make like any other.
    pub(super) fn includes(&self) -> Vec<Include> {
        let exports = self.now.iter().any(|state| state.all);
        let include = |path: &Decoded| Include { path: path.clone(), exports, replaces: Vec::new() };
        self.files.iter().map(include).collect()
    }
}
