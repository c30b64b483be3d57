//! The program as a tree.

use std::ops::Range;

use super::layout::HereDoc;
use super::meaning::Simple;
use super::word::ShellWord;
use crate::surface::{Decoded, Output};

/// A piece of a program.
#[derive(Debug)]
pub(in crate::surface) enum Node {
    Simple(Box<Simple>),
    /// One after the other; the last one's status counts.
    Sequence(Vec<Node>),
    /// `a && b || c`.
    AndOr(Box<Node>, Vec<(Joint, Node)>),
    /// fish: behind others in a sequence, runs if they succeeded, or if they failed.
    Joined(Joint, Box<Node>),
    Not(Box<Node>),
    /// Each in a process of its own: subshells, the parts of a pipeline, what runs in the background.
    Isolated(Vec<Node>),
    If {
        arms: Vec<(Node, Node)>,
        otherwise: Option<Box<Node>>,
    },
    /// `total`: one of the patterns matches everything.
    Case {
        arms: Vec<Arm>,
        total: bool,
    },
    Loop {
        condition: Option<Box<Node>>,
        until: bool,
        at_least_once: bool,
        body: Box<Node>,
    },
    /// fish: a block, or the body of a function, with which its local variables end.
    Scope {
        function: bool,
        body: Box<Node>,
    },
    /// The definition of a function, by its number in the collector.
    Function(usize),
    /// `[ -f .env ]`: where nothing is said for the case that it fails, the file is taken to be there.
    Exists,
    /// `[[ … ]]`, `(( … ))` and what can't be read: may succeed or fail.
    Opaque,
}

impl Node {
    /// Whether the exit status stays that of what ran before.
    pub(super) fn keeps_status(&self) -> bool {
        match self {
            Self::Simple(simple) => simple.keeps_status,
            Self::Sequence(nodes) => !nodes.is_empty() && nodes.iter().all(Self::keeps_status),
            Self::Scope { function: false, body } => body.keeps_status(),
            _ => false,
        }
    }

    /// Whether the last thing that runs asks whether a dotenv file is there.
    pub(in crate::surface) fn asks_for_a_file(&self) -> bool {
        match self {
            Self::Exists => true,
            Self::Sequence(nodes) => matches!(nodes.last(), Some(Self::Exists)),
            _ => false,
        }
    }
}

/// One arm of a `case`.
#[derive(Debug)]
pub(in crate::surface) struct Arm {
    pub(in crate::surface) body: Node,
    /// Ended by `;&` or `;;&`: the next arm may run too.
    pub(in crate::surface) falls_through: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::surface) enum Joint {
    And,
    Or,
}

/// `NAME=value` in front of a command.
#[derive(Debug)]
pub(in crate::surface) struct Prefix {
    pub(in crate::surface) name: Range<usize>,
    /// `None` for an array.
    pub(in crate::surface) value: Option<ShellWord>,
    /// The elements of an array, if all are literal.
    pub(in crate::surface) elements: Vec<Decoded>,
    /// The value's place in the text.
    pub(in crate::surface) range: Range<usize>,
    /// `NAME+=value` or `NAME[index]=value`: only part of what the variable holds.
    pub(in crate::surface) partial: bool,
}

/// A simple command as it stands in the text.
#[derive(Debug, Default)]
pub(in crate::surface) struct RawCommand {
    pub(in crate::surface) prefixes: Vec<Prefix>,
    pub(in crate::surface) words: Vec<ShellWord>,
    /// Files to which it writes.
    pub(in crate::surface) targets: Vec<ShellWord>,
    /// Other words of redirections.
    pub(in crate::surface) sources: Vec<ShellWord>,
    pub(in crate::surface) heredocs: Vec<HereDoc>,
    /// Where its redirections send what it prints.
    pub(in crate::surface) output: Option<Output>,
    pub(in crate::surface) range: Range<usize>,
}
