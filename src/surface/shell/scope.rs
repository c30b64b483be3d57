//! fish's scopes around the global variables: the universal ones, and those of functions and blocks
//! (fish documentation, "Variable scope", 3.6; the order is held against the real one).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::state::Variable;

/// Which scope a `set` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::surface) enum Scope {
    /// Where the variable is; if there is none, that of the function, or the global one.
    Nearest,
    Block,
    Function,
    Global,
    Universal,
}

/// What becomes of a variable; the numbers are those of assignments.
#[derive(Clone, Copy, Debug)]
pub(in crate::surface) enum Change {
    /// Without `export`, a variable stays exported or not, as it was. One that is not hides `hidden`: what programs
    /// would get otherwise.
    Set {
        assignment: usize,
        export: Option<bool>,
        hidden: Option<usize>,
    },
    Erase {
        assignment: usize,
    },
}

/// Where a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Frame(usize),
    Global,
    Universal,
}

type Variables = BTreeMap<usize, Variable>;

/// The local variables of a block or of a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Frame {
    /// A function does not see the local variables of what calls it.
    function: bool,
    variables: Variables,
}

/// All scopes but the global one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Scopes {
    universal: Variables,
    frames: Vec<Frame>,
}

impl Scopes {
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// A block or a function begins. Exported local variables are copied into functions.
    pub(super) fn enter(&mut self, function: bool) {
        let mut variables = Variables::new();
        if function {
            for frame in &self.frames[self.outermost()..] {
                variables.extend(&frame.variables);
            }
            variables.retain(|_, variable| variable.exported);
        }
        self.frames.push(Frame { function, variables });
    }

    /// Blocks and functions end, down to that depth.
    pub(super) fn leave(&mut self, depth: usize) {
        self.frames.truncate(depth);
    }

    /// All variables may be gone.
    pub(super) fn clear(&mut self) {
        self.universal.clear();
        for frame in &mut self.frames {
            frame.variables.clear();
        }
    }

    /// The first of the frames that are seen from here.
    fn outermost(&self) -> usize {
        self.frames.iter().rposition(|frame| frame.function).unwrap_or(0)
    }

    /// What a function of fish takes for the value, if that is not the global one's: an exported local variable's, or
    /// that of a universal one which no `global` one hides.
    pub(super) fn seen_by_functions(&self, variable: usize, global: Option<&Variable>) -> Option<usize> {
        let frames = self.frames.get(self.outermost()..).unwrap_or_default();
        let local = frames.iter().rev().filter_map(|frame| frame.variables.get(&variable)).find(|local| local.exported);
        let universal = || self.universal.get(&variable).filter(|_| global.is_none_or(|global| !global.is_known()));
        local.or_else(universal)?.value
    }

    /// What programs get, `global` being the global variables.
    pub(super) fn visible<'a>(&self, global: &'a Variables) -> Cow<'a, Variables> {
        if self.frames.iter().all(|frame| frame.variables.is_empty()) && self.universal.is_empty() {
            return Cow::Borrowed(global);
        }
        let mut visible = global.clone();
        for frame in &self.frames[self.outermost()..] {
            visible.extend(&frame.variables);
        }
        // A universal variable is exported even if one that is not hides it from the script.
        for (&name, &variable) in self.universal.iter().filter(|(_, variable)| variable.exported) {
            let nearer = visible.entry(name).or_insert(variable);
            if !nearer.exported {
                *nearer = variable;
            }
        }
        Cow::Owned(visible)
    }

    /// Changes a variable after so many dotenv files were read.
    pub(super) fn apply(
        &mut self,
        global: &mut Variables,
        scope: Scope,
        variable: usize,
        change: Change,
        files: usize,
    ) {
        let place = self.place(global, scope, variable, matches!(change, Change::Set { .. }));
        let variables = match place {
            Place::Frame(index) => self.frames.get_mut(index).map_or(global, |frame| &mut frame.variables),
            Place::Global => global,
            Place::Universal => &mut self.universal,
        };
        match change {
            Change::Set { assignment, export, hidden } => {
                let entry = variables.entry(variable).or_default();
                entry.value = Some(assignment);
                entry.exported = export.unwrap_or(entry.exported);
                entry.cleared = hidden.or(entry.cleared);
                // A file that is read sets global variables, which local ones hide.
                entry.since = if matches!(place, Place::Frame(_)) { usize::MAX } else { files };
            }
            Change::Erase { assignment } if place == Place::Global => {
                let cleared = Variable { cleared: Some(assignment), since: files, ..Variable::default() };
                variables.insert(variable, cleared);
            }
            Change::Erase { .. } => _ = variables.remove(&variable),
        }
    }

    fn place(&self, global: &Variables, scope: Scope, variable: usize, creates: bool) -> Place {
        let outermost = self.outermost();
        let function = self.frames.get(outermost).filter(|frame| frame.function).map(|_| Place::Frame(outermost));
        let known = |variables: &Variables| variables.get(&variable).is_some_and(Variable::is_known);
        match scope {
            Scope::Block => self.frames.len().checked_sub(1).map_or(Place::Global, Place::Frame),
            Scope::Function => function.unwrap_or(if self.frames.is_empty() { Place::Global } else { Place::Frame(0) }),
            Scope::Global => Place::Global,
            Scope::Universal => Place::Universal,
            Scope::Nearest => {
                let frames = self.frames.get(outermost..).unwrap_or_default();
                match frames.iter().rposition(|frame| frame.variables.contains_key(&variable)) {
                    Some(index) => Place::Frame(outermost + index),
                    None if known(global) => Place::Global,
                    None if known(&self.universal) => Place::Universal,
                    None if creates => function.unwrap_or(Place::Global),
                    None => Place::Global,
                }
            }
        }
    }
}
