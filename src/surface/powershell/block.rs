//! Statements with blocks: `if`, `switch`, `foreach`, `function`, `try`.

use std::rc::Rc;

use super::syntax::{Parser, cleared, repeated};
use crate::surface::shell::tree::{Arm, Joint, Node};

impl Parser<'_, '_> {
    pub(super) fn conditional(&mut self) -> Node {
        let mut arms = Vec::new();
        loop {
            let condition = self.condition();
            arms.push((condition, self.block()));
            if !self.take_keyword("elseif") {
                break;
            }
        }
        let otherwise = self.take_keyword("else").then(|| Box::new(self.block()));
        Node::If { arms, otherwise }
    }

    pub(super) fn switch(&mut self) -> Node {
        self.skip_blanks();
        while self.byte() == b'-' {
            self.at = self.reader.argument(self.at, self.end).range.end;
            self.skip_blanks();
        }
        let subject = self.condition();
        self.skip_blanks_and_lines();
        let Some(close) = self.reader.close(self.at, self.end).filter(|_| self.byte() == b'{') else {
            return subject;
        };
        let inner = self.at + 1..close.end;
        self.at = close.next;
        let (mut arms, mut total) = (Vec::new(), false);
        self.part(inner, |parser| {
            loop {
                parser.skip_space();
                if parser.at >= parser.end {
                    break;
                }
                let before = parser.at;
                let pattern = parser.reader.argument(parser.at, parser.end);
                total |= pattern.text().eq_ignore_ascii_case("default");
                parser.at = pattern.range.end.max(before + 1);
                while !parser.reader.text.is_char_boundary(parser.at) {
                    parser.at += 1;
                }
                parser.skip_space();
                if parser.byte() == b'{' && pattern.range.end > before {
                    let body = parser.body(false);
                    arms.push(Arm { body, falls_through: false });
                }
            }
        });
        Node::Sequence(vec![subject, Node::Case { arms, total }])
    }

    /// `foreach ($name in …) { … }`
    pub(super) fn for_each(&mut self) -> Node {
        self.skip_blanks();
        let start = self.at;
        let Some(close) = self.reader.close(self.at, self.end).filter(|_| self.byte() == b'(') else {
            // The alias of `ForEach-Object`.
            self.at -= "foreach".len();
            return self.chain();
        };
        let first = self.collector.commands.len();
        let inner = self.at + 1..close.end;
        self.at = close.next;
        let (values, known) = self.part(inner, |parser| {
            parser.skip_space();
            let variable = parser.reader.variable(parser.at, parser.end);
            let name = variable.as_ref().map_or("", |variable| &parser.reader.text[variable.name.clone()]).to_owned();
            parser.at = variable.map_or(parser.at, |variable| variable.next);
            let _ = parser.take_keyword("in");
            parser.skip_space();
            let range = parser.at..parser.end;
            let values = parser.captured(range.clone());
            let listed = parser.elements(range);
            let known = !listed.is_empty();
            if known {
                parser.collector.lists.insert(name, listed);
            } else {
                parser.collector.lists.remove(&name);
            }
            (values, known)
        });
        let clears = self.collector.clears;
        let body = self.body(true);
        let mut nodes = vec![values, repeated(None, known, body)];
        // A loop that takes variables away by computed names is written for the case that there are some.
        nodes.extend((self.collector.clears > clears).then(cleared));
        nodes.extend(self.fed(first, start..self.at));
        Node::Sequence(nodes)
    }

    pub(super) fn function(&mut self) -> Node {
        self.skip_blanks();
        let rest = self.rest();
        let length = rest.find(|end: char| end.is_whitespace() || "({;".contains(end)).unwrap_or(rest.len());
        let name = rest[..length].rsplit(':').next().unwrap_or("").to_ascii_lowercase();
        self.at += length;
        self.skip_blanks_and_lines();
        let mut parameters = Node::Sequence(Vec::new());
        if let Some(close) = self.reader.close(self.at, self.end).filter(|_| self.byte() == b'(') {
            let inner = self.at + 1..close.end;
            self.at = close.next;
            parameters = self.part(inner, |parser| {
                parser.commas = true;
                parser.list()
            });
        }
        let first = self.collector.commands.len();
        let outer = (self.switch, self.each);
        (self.switch, self.each) = (false, false);
        let body = Rc::new(Node::Sequence(vec![parameters, self.block()]));
        (self.switch, self.each) = outer;
        self.collector.bodies.push((name.clone(), first..self.collector.commands.len()));
        self.collector.functions.push((name, body));
        Node::Function(self.collector.functions.len() - 1)
    }

    /// `try`: what it does may have happened when a `catch` runs.
    pub(super) fn attempt(&mut self) -> Node {
        let tried = self.block();
        let mut handlers = Vec::new();
        while self.take_keyword("catch") {
            self.skip_blanks_and_lines();
            // The kinds of errors that it catches.
            while self.byte() == b'[' {
                self.at += self.rest().find([']', '\n']).map_or(self.rest().len(), |length| length + 1);
                self.skip_blanks_and_lines();
                if self.byte() == b',' {
                    self.at += 1;
                    self.skip_blanks_and_lines();
                }
            }
            handlers.push((Joint::Or, self.block()));
        }
        let tried = Node::Sequence(vec![tried, Node::Opaque]);
        let mut nodes = vec![if handlers.is_empty() { tried } else { Node::AndOr(Box::new(tried), handlers) }];
        if self.take_keyword("finally") {
            nodes.push(self.block());
        }
        Node::Sequence(nodes)
    }
}
