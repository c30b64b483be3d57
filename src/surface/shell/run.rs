//! Abstract execution: which assignments may be in effect where the client starts.
//!
//! A script runs with a set of states, one for each path that leads to a place. Nothing is evaluated: a condition
//! whose outcome isn't plain sends its states both ways.

use std::collections::{HashMap, HashSet};

use super::language::Language;
use super::layout::Layout;
use super::meaning::{Action, Collector, INHERITED, Simple, Step};
use super::state::{Environment, MAX_STATES, Outcome, State, States, bound, distinct};
use super::tree::{Arm, Joint, Node, RawCommand};
use super::word::{Reader, ShellWord};
use crate::surface::{Assignment, Command, Decoded, Include, Launch, Origin};

const MAX_CALLS: usize = 8;
/// Each `goto` of a batch file counts as a call.
const MAX_JUMPS: usize = 32;
const MAX_DEPTH: usize = 500;
const MAX_LAUNCHES: usize = 1024;
/// Commands times states; when it is used up, one state goes on and functions are no longer called.
const FUEL: usize = 400_000;

/// What a text holds.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) assignments: Vec<Assignment>,
    pub(super) commands: Vec<Command>,
    pub(super) launches: Vec<Launch>,
    pub(super) escaped: Vec<Decoded>,
}

/// Reads a text and runs it. If it is `sourced` and starts no client, what it exports at its ends is a launch.
pub(super) fn interpret(text: &Decoded, mut collector: Collector, sourced: bool) -> Found {
    let node = collector.language.parse(text.text.expose(), &text.origin, &mut collector);
    execute(&node, collector, sourced)
}

/// Runs a command that is given as its words.
pub(super) fn start(words: Vec<ShellWord>, mut collector: Collector) -> Found {
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return Found::default() };
    let range = first.decoded.span().start..last.decoded.span().end;
    let reader = Reader { text: "", layout: &Layout::default(), origin: &Origin::Direct(0) };
    let (simple, _) = collector.simple(reader, RawCommand { words, range, ..RawCommand::default() });
    execute(&Node::Simple(Box::new(simple)), collector, false)
}

fn execute(node: &Node, mut collector: Collector, sourced: bool) -> Found {
    let mut runner = Runner::new(&collector);
    runner.file(node);
    let starts = std::mem::take(&mut runner.launches);
    let mut launches: Vec<Launch> = starts
        .into_iter()
        .map(|(start, environment)| {
            launch(&collector, start.and_then(|start| collector.starts.get(start).cloned()), environment)
        })
        .collect();
    if launches.iter().all(|launch| launch.command.is_none()) && sourced {
        let assignments = &collector.assignments;
        let sets = |environment: &Environment| {
            let mut found = environment.assignments.iter().filter_map(|&index| assignments.get(index));
            found.any(|assignment| assignment.value.is_set() || assignment.exported)
        };
        let mut environments: Vec<Environment> = Vec::new();
        for state in &runner.ends {
            let environment = state.environment();
            if sets(&environment) && !environments.contains(&environment) {
                environments.push(environment);
            }
        }
        launches.extend(environments.into_iter().map(|environment| launch(&collector, None, environment)));
    }
    launches.extend(std::mem::take(&mut collector.foreign));
    collector.send_bodies();
    let Collector { assignments, mut commands, escaped, .. } = collector;
    commands.sort_by_key(|command| command.span);
    let mut found = Found { assignments, commands, launches, escaped };
    found.sort();
    found
}

fn launch(collector: &Collector, command: Option<Command>, environment: Environment) -> Launch {
    let includes = environment.includes.into_iter().filter_map(|(file, exports, replaces)| {
        Some(Include { path: collector.includes.get(file)?.clone(), exports, replaces })
    });
    let key = collector.prefix.trim_end_matches('.').to_owned();
    Launch {
        key,
        command,
        includes: includes.collect(),
        environment: environment.assignments,
        isolated: environment.isolated,
        client: None,
    }
}

impl Found {
    /// Brings the assignments into the order of the text.
    fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.assignments.len()).collect();
        order.sort_by_key(|&index| self.assignments[index].name_span.start);
        let mut places = vec![0; order.len()];
        for (place, &index) in order.iter().enumerate() {
            places[index] = place;
        }
        let mut sorted: Vec<(usize, Assignment)> = places.iter().copied().zip(self.assignments.drain(..)).collect();
        sorted.sort_by_key(|&(place, _)| place);
        self.assignments.extend(sorted.into_iter().map(|(_, assignment)| assignment));
        for launch in &mut self.launches {
            let place = |index: usize| if index < INHERITED { places[index] } else { index };
            *launch = std::mem::take(launch).renumbered(place);
            launch.environment.sort_unstable();
        }
    }
}

/// What a program gets that a command starts.
fn started(state: &State, simple: &Simple) -> State {
    let child = state.clone().child(&simple.own);
    simple.inside.as_ref().map_or_else(|| child.clone(), |steps| child.contained(steps))
}

/// Where paths go that leave the normal order.
#[derive(Default)]
struct Exits {
    returns: Vec<(State, Option<bool>)>,
    breaks: States,
    continues: States,
    /// Ends of the process, and those of them that report a failure.
    ends: States,
    failures: States,
}

struct Runner<'a> {
    collector: &'a Collector,
    functions: HashMap<&'a str, usize>,
    executed: Vec<bool>,
    calls: Vec<usize>,
    exits: Exits,
    launches: Vec<(Option<usize>, Environment)>,
    seen: HashSet<(Option<usize>, Environment)>,
    ends: States,
    fuel: usize,
    depth: usize,
    /// Whether what runs next runs because something failed: a block of fish begins with that status.
    after_failure: bool,
}

impl<'a> Runner<'a> {
    fn new(collector: &'a Collector) -> Self {
        Self {
            collector,
            functions: HashMap::new(),
            executed: vec![false; collector.functions.len()],
            calls: Vec::new(),
            exits: Exits::default(),
            launches: Vec::new(),
            seen: HashSet::new(),
            ends: Vec::new(),
            fuel: FUEL,
            depth: 0,
            after_failure: false,
        }
    }

    /// Runs the file, then what it only offers: functions that it never calls, and aliases.
    fn file(&mut self, node: &'a Node) {
        let mut starts = vec![State::default(); self.collector.inherited.len().max(1)];
        for (state, steps) in starts.iter_mut().zip(&self.collector.inherited) {
            steps.iter().for_each(|&step| state.apply(step, false));
        }
        let starts = distinct(starts);
        let mut ends = self.run(node, starts.clone()).all();
        let exits = std::mem::take(&mut self.exits);
        let (failed, returned): (Vec<_>, Vec<_>) =
            exits.returns.into_iter().partition(|(_, status)| *status == Some(false));
        ends.extend(returned.into_iter().map(|(state, _)| state));
        ends.extend(exits.breaks);
        ends.extend(exits.continues);
        ends.extend(exits.ends);
        self.ends = distinct(ends);
        let mut base = self.ends.clone();
        if base.is_empty() {
            base = distinct(exits.failures.into_iter().chain(failed.into_iter().map(|(state, _)| state)).collect());
        }
        if base.is_empty() {
            base = starts;
        }
        for alias in &self.collector.aliases {
            self.isolated(alias, base.clone());
        }
        for only_uncalled in [true, false] {
            for (index, (name, body)) in self.collector.functions.iter().enumerate() {
                if self.executed[index] || (only_uncalled && self.collector.called.contains(name)) {
                    continue;
                }
                self.functions.entry(name).or_insert(index);
                let outer = std::mem::take(&mut self.exits);
                let states = self.call(index, body, base.clone(), &[]).all();
                let exits = std::mem::replace(&mut self.exits, outer);
                self.ends.extend(states.into_iter().chain(exits.ends));
            }
        }
        self.ends = distinct(std::mem::take(&mut self.ends));
    }

    fn run(&mut self, node: &'a Node, mut states: States) -> Outcome {
        let after_failure = std::mem::take(&mut self.after_failure);
        if states.is_empty() {
            return Outcome::none();
        }
        if self.depth >= MAX_DEPTH {
            return Outcome::Either(states);
        }
        self.fuel = self.fuel.saturating_sub(states.len());
        if self.fuel == 0 {
            states.truncate(1);
        }
        self.depth += 1;
        let outcome = match node {
            Node::Simple(simple) => self.simple(simple, states),
            Node::Sequence(nodes) => self.sequence(nodes, states, after_failure),
            Node::Joined(_, node) => self.run(node, states),
            Node::AndOr(first, rest) => self.and_or(first, rest, states),
            Node::Not(inner) => {
                let (ok, failed) = self.run(inner, states).split();
                Outcome::Split { ok: failed, failed: ok }
            }
            Node::Isolated(nodes) => {
                for node in nodes {
                    self.isolated(node, states.clone());
                }
                Outcome::Either(states)
            }
            Node::If { arms, otherwise } => self.branches(arms, otherwise.as_deref(), states),
            Node::Case { arms, total } => self.case(arms, *total, states),
            Node::Loop { condition, until, at_least_once, body } => {
                self.repeat(condition.as_deref(), *until, *at_least_once, body, states)
            }
            Node::Scope { function, body } => {
                self.after_failure = after_failure;
                self.scope(*function, body, states)
            }
            Node::Function(index) => {
                if let Some((name, _)) = self.collector.functions.get(*index) {
                    self.functions.insert(name, *index);
                }
                Outcome::known(states, Some(true))
            }
            Node::Exists | Node::Opaque => Outcome::Either(states),
        };
        self.depth -= 1;
        outcome
    }

    /// Runs in a process of its own, of which nothing comes back.
    fn isolated(&mut self, node: &'a Node, states: States) {
        let outer = std::mem::take(&mut self.exits);
        self.run(node, states);
        self.exits = outer;
    }

    fn sequence(&mut self, nodes: &'a [Node], states: States, after_failure: bool) -> Outcome {
        let mut outcome = Outcome::known(states, Some(!after_failure));
        for (index, node) in nodes.iter().enumerate() {
            let is_joined = |index: usize| matches!(nodes.get(index), Some(Node::Joined(..)));
            let asks = index > 0 && nodes[index - 1].asks_for_a_file() && !is_joined(index + 1);
            outcome = match node {
                Node::Joined(Joint::And, node) if asks => self.run(node, outcome.all()),
                Node::Joined(joint, node) => self.joined(*joint, node, outcome),
                node if node.keeps_status() => {
                    let (ok, failed) = outcome.split();
                    Outcome::Split { ok: self.run(node, ok).all(), failed: self.run(node, failed).all() }
                }
                node => self.run(node, outcome.all()),
            };
        }
        outcome
    }

    /// Runs what goes by the outcome so far.
    fn joined(&mut self, joint: Joint, node: &'a Node, before: Outcome) -> Outcome {
        let (ok, failed) = before.split();
        let (goes, stays) = match joint {
            Joint::And => (ok, Outcome::known(failed, Some(false))),
            Joint::Or => (failed, Outcome::known(ok, Some(true))),
        };
        self.after_failure = joint == Joint::Or;
        match self.run(node, goes) {
            went if node.keeps_status() => Outcome::known(went.all(), Some(joint == Joint::And)),
            went => went,
        }
        .joined(stays)
    }

    /// Runs a block of fish, or the body of one of its functions.
    fn scope(&mut self, function: bool, body: &'a Node, mut states: States) -> Outcome {
        let depth = states.first().map_or(0, |state| state.scopes.depth());
        for state in &mut states {
            state.scopes.enter(function);
        }
        let outer = std::mem::take(&mut self.exits);
        let outcome = match self.run(body, states) {
            outcome if function && body.keeps_status() => Outcome::Either(outcome.all()),
            outcome => outcome,
        };
        let inner = std::mem::replace(&mut self.exits, outer);
        let leave = |mut state: State| {
            state.scopes.leave(depth);
            state
        };
        self.exits.returns.extend(inner.returns.into_iter().map(|(state, status)| (leave(state), status)));
        for (all, new) in [
            (&mut self.exits.breaks, inner.breaks),
            (&mut self.exits.continues, inner.continues),
            (&mut self.exits.ends, inner.ends),
            (&mut self.exits.failures, inner.failures),
        ] {
            all.extend(new.into_iter().map(leave));
            bound(all);
        }
        outcome.map(leave)
    }

    fn and_or(&mut self, first: &'a Node, rest: &'a [(Joint, Node)], states: States) -> Outcome {
        if let (true, [(Joint::And, node)]) = (first.asks_for_a_file(), rest) {
            let states = self.run(first, states).all();
            return self.run(node, states);
        }
        let mut outcome = self.run(first, states);
        for (joint, node) in rest {
            outcome = self.joined(*joint, node, outcome);
        }
        outcome
    }

    fn branches(&mut self, arms: &'a [(Node, Node)], otherwise: Option<&'a Node>, states: States) -> Outcome {
        if let ([(condition, body)], None) = (arms, otherwise)
            && condition.asks_for_a_file()
        {
            let states = self.run(condition, states).all();
            return self.run(body, states);
        }
        let mut outcome = Outcome::none();
        let mut untaken = states;
        for (condition, body) in arms {
            let (taken, failed) = self.run(condition, untaken).split();
            outcome = outcome.joined(self.run(body, taken));
            untaken = failed;
        }
        outcome.joined(match otherwise {
            Some(body) if body.keeps_status() => Outcome::known(self.run(body, untaken).all(), Some(false)),
            Some(body) => self.run(body, untaken),
            None => Outcome::known(untaken, Some(true)),
        })
    }

    fn case(&mut self, arms: &'a [Arm], total: bool, states: States) -> Outcome {
        let untouched = if total { Vec::new() } else { states.clone() };
        let mut outcome = Outcome::known(untouched, Some(true));
        let mut falling: States = Vec::new();
        for arm in arms {
            let mut entering = states.clone();
            entering.append(&mut falling);
            let after = self.run(&arm.body, distinct(entering));
            if arm.falls_through {
                falling = after.all();
                outcome = outcome.joined(Outcome::Either(falling.clone()));
            } else {
                outcome = outcome.joined(after);
            }
        }
        outcome
    }

    /// Runs a loop's body at most twice: what a second round adds, a third seldom does.
    fn repeat(
        &mut self,
        condition: Option<&'a Node>,
        until: bool,
        at_least_once: bool,
        body: &'a Node,
        states: States,
    ) -> Outcome {
        let breaks = std::mem::take(&mut self.exits.breaks);
        let continues = std::mem::take(&mut self.exits.continues);
        let mut after: States = Vec::new();
        let mut entering = states;
        for round in 0..3 {
            if round > 0 && self.fuel == 0 {
                after.append(&mut entering);
                break;
            }
            let (goes_on, ends) = match condition {
                Some(condition) => {
                    let (ok, failed) = self.run(condition, entering).split();
                    if until { (failed, ok) } else { (ok, failed) }
                }
                None if round == 0 && at_least_once => (entering, Vec::new()),
                None => (entering.clone(), entering),
            };
            after.extend(ends);
            if round == 2 {
                break;
            }
            entering = self.run(body, goes_on).all();
            entering.append(&mut self.exits.continues);
            entering = distinct(entering);
            if entering.is_empty() {
                break;
            }
        }
        after.append(&mut self.exits.breaks);
        self.exits.breaks = breaks;
        self.exits.continues = continues;
        Outcome::Either(distinct(after))
    }

    fn simple(&mut self, simple: &'a Simple, mut states: States) -> Outcome {
        let in_function = !self.calls.is_empty();
        let starts = !self.collector.starts.is_empty();
        if !simple.steps.is_empty() {
            for state in &mut states {
                for step in simple.steps.iter().filter_map(|step| step.in_effect(starts)) {
                    state.apply(step, in_function);
                }
            }
            states = distinct(states);
        }
        let function = simple.call.as_deref().and_then(|name| self.functions.get(name).copied());
        if let Some(index) = function.filter(|index| !self.calls.contains(index) && self.fuel > 0)
            && let Some((_, body)) = self.collector.functions.get(index)
        {
            return self.call(index, body, states, &simple.own);
        }
        match &simple.action {
            Action::Nothing => {}
            Action::Launch(_) | Action::Prepare => {
                let start = if let Action::Launch(start) = simple.action { Some(start) } else { None };
                for state in &states {
                    let environment = started(state, simple).environment();
                    let prepares = start.is_some() || !environment.assignments.is_empty();
                    if prepares && self.launches.len() < MAX_LAUNCHES && self.seen.insert((start, environment.clone()))
                    {
                        self.launches.push((start, environment));
                    }
                }
            }
            Action::Eval(node) => return self.run(node, states),
            Action::Child(node) => {
                let inner = states.iter().map(|state| started(state, simple)).collect();
                self.isolated(node, distinct(inner));
            }
            Action::Exit(status) => {
                let exits = if *status == Some(false) { &mut self.exits.failures } else { &mut self.exits.ends };
                exits.extend(states);
                bound(exits);
                return Outcome::none();
            }
            Action::Return(status) => {
                self.exits.returns.extend(states.into_iter().map(|state| (state, *status)));
                if self.exits.returns.len() > 2 * MAX_STATES {
                    let mut seen = HashSet::new();
                    self.exits.returns.retain(|exit| seen.insert(exit.clone()));
                    self.exits.returns.truncate(MAX_STATES);
                }
                return Outcome::none();
            }
            Action::Break => {
                self.exits.breaks.extend(states);
                bound(&mut self.exits.breaks);
                return Outcome::none();
            }
            Action::Continue => {
                self.exits.continues.extend(states);
                bound(&mut self.exits.continues);
                return Outcome::none();
            }
        }
        if simple.replaces {
            let ends = states.into_iter().map(|state| state.child(&simple.own));
            self.exits.ends.extend(ends);
            bound(&mut self.exits.ends);
            return Outcome::none();
        }
        Outcome::known(states, simple.succeeds)
    }

    /// Runs a function's body; `own` are the variables in front of the call.
    fn call(&mut self, index: usize, body: &'a Node, mut states: States, own: &[Step]) -> Outcome {
        let most = if self.collector.language == Language::Batch { MAX_JUMPS } else { MAX_CALLS };
        if self.calls.len() >= most {
            return Outcome::Either(states);
        }
        for state in &mut states {
            state.saved.push(None);
            for &step in own {
                if let Step::Set { variable, .. } = step {
                    state.save(variable);
                }
                state.apply(step, true);
            }
        }
        self.executed[index] = true;
        self.calls.push(index);
        let returns = std::mem::take(&mut self.exits.returns);
        let (mut ok, mut failed) = self.run(body, states).split();
        for (state, status) in std::mem::replace(&mut self.exits.returns, returns) {
            if status != Some(false) {
                ok.push(state.clone());
            }
            if status != Some(true) {
                failed.push(state);
            }
        }
        self.calls.pop();
        for state in ok.iter_mut().chain(&mut failed) {
            state.leave();
        }
        Outcome::Split { ok: distinct(ok), failed: distinct(failed) }
    }
}
