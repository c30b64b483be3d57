//! Blocks: conditions, loops, functions.

use std::rc::Rc;

use super::syntax::{Parser, block, exports};
use super::word::name_length;
use crate::surface::shell::includes::is_dotenv;
use crate::surface::shell::meaning::{Reads, Simple};
use crate::surface::shell::tree::{Arm, Node, RawCommand};

impl Parser<'_, '_> {
    pub(super) fn group(&mut self) -> Node {
        let close = if self.take_keyword("{") { "}" } else { "end" };
        self.at += if close == "end" { "begin".len() } else { 0 };
        let body = self.list(&[close]);
        self.take_keyword(close);
        block(body)
    }

    pub(super) fn conditional(&mut self) -> Node {
        self.at += "if".len();
        let (mut arms, mut otherwise) = (Vec::new(), None);
        loop {
            let condition = self.condition();
            arms.push((condition, block(self.list(&["else", "end"]))));
            if !self.take_keyword("else") {
                break;
            }
            self.skip_blanks();
            if !self.take_keyword("if") {
                otherwise = Some(Box::new(block(self.list(&["end"]))));
                break;
            }
        }
        self.take_keyword("end");
        Node::If { arms, otherwise }
    }

    pub(super) fn loop_while(&mut self) -> Node {
        self.at += "while".len();
        let condition = self.condition();
        let body = block(self.list(&["end"]));
        self.take_keyword("end");
        Node::Loop { condition: Some(Box::new(condition)), until: false, at_least_once: false, body: Box::new(body) }
    }

    pub(super) fn loop_over(&mut self) -> Node {
        let start = self.at;
        self.at += "for".len();
        self.skip_blanks();
        let name = self.rest()[..name_length(self.rest())].to_owned();
        self.at += name.len();
        self.collector.lists.remove(&name);
        self.skip_blanks();
        let (mut nodes, mut values, mut known, mut at_least_once) = (Vec::new(), Vec::new(), true, false);
        if self.take_keyword("in") {
            for word in self.words() {
                nodes.extend(self.substitutions(&word));
                let these = self.collector.values(&word);
                at_least_once |= !these.is_empty();
                known &= !these.is_empty();
                values.extend(these);
            }
        }
        if known {
            self.collector.lists.insert(name, values);
        }
        let head = start..self.at;
        let body = Box::new(block(self.list(&["end"])));
        let hands_on = exports(&self.reader.text[head.end..self.at]);
        self.take_keyword("end");
        nodes.push(Node::Loop { condition: None, until: false, at_least_once, body });
        // `for line in (cat .env)`
        if let Some(open) = self.reader.text[head.clone()].find('(').filter(|_| hands_on) {
            nodes.push(self.include(head.start + open + 1..head.end, Reads::Exported));
        }
        Node::Sequence(nodes)
    }

    pub(super) fn switch(&mut self) -> Node {
        self.at += "switch".len();
        let mut nodes = Vec::new();
        for word in self.words() {
            nodes.extend(self.substitutions(&word));
        }
        let (mut arms, mut total) = (Vec::new(), false);
        loop {
            self.skip_space();
            if self.at >= self.end || self.take_keyword("end") {
                break;
            }
            if self.take_keyword("case") {
                for word in self.words() {
                    total |= word.text() == "*";
                    nodes.extend(self.substitutions(&word));
                }
            }
            let body = block(self.list(&["case", "end"]));
            arms.push(Arm { body, falls_through: false });
        }
        nodes.push(Node::Case { arms, total });
        Node::Sequence(nodes)
    }

    /// `function NAME [OPTIONS]`.
    pub(super) fn function(&mut self) -> Node {
        self.at += "function".len();
        let words = self.words();
        let Some(name) = words.first().map(|name| name.text().to_owned()) else { return Node::Opaque };
        let shares = words.iter().any(|word| matches!(word.text(), "-S" | "--no-scope-shadowing"));
        let first = self.collector.commands.len();
        let body = self.list(&["end"]);
        self.take_keyword("end");
        self.collector.bodies.push((name.clone(), first..self.collector.commands.len()));
        self.define(name, Node::Scope { function: !shares, body: Box::new(body) })
    }

    pub(super) fn define(&mut self, name: String, body: Node) -> Node {
        self.collector.functions.push((name, Rc::new(body)));
        Node::Function(self.collector.functions.len() - 1)
    }

    /// Reads the redirections behind a block, whose own commands are those from number `first` on.
    pub(super) fn with_redirections(&mut self, first: usize, start: usize, node: Node) -> Node {
        let mut raw = RawCommand::default();
        let block = start..self.at;
        loop {
            self.skip_blanks();
            if !self.redirection(&mut raw) {
                break;
            }
        }
        self.collector.send(first, raw.output);
        let mut nodes = Vec::new();
        for word in raw.targets.iter().chain(&raw.sources) {
            nodes.extend(self.substitutions(word));
        }
        nodes.push(node);
        // `while read -l line; …; end < .env`
        let file = raw.sources.into_iter().find(|source| is_dotenv(source.text()));
        if let Some(file) = file.filter(|_| exports(&self.reader.text[block])) {
            let mut simple = Simple { keeps_status: true, ..Simple::default() };
            self.collector.include(file.decoded, Reads::Exported, &mut simple.steps);
            nodes.push(Node::Simple(Box::new(simple)));
        }
        if nodes.len() == 1 { nodes.pop().unwrap_or(Node::Opaque) } else { Node::Sequence(nodes) }
    }
}
