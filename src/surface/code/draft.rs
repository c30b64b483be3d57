//! What a program gives to one process or one client of the API, before it is known whether that is enough to say what is
//! sent.

use super::names::Argument;
use crate::credential::Dialect;
use crate::credential::name::{Standing, standing};
use crate::surface::entries::merged;
use crate::surface::process::Process;
use crate::surface::script::Script;
use crate::surface::{Assignment, Client, Decoded, Document, Launch, Value};

/// Values that meet.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) key: String,
    /// Who gets them, where the program says so.
    pub(super) client: Option<Client>,
    pub(super) members: Vec<Assignment>,
    /// Whether there are more that can't be seen.
    pub(super) is_partial: bool,
    /// Whether they belong to the program that is started around them.
    pub(super) is_inner: bool,
    /// The program that is started and its arguments; what is computed is empty.
    pub(super) words: Vec<Decoded>,
    /// Whether a shell reads the first word.
    pub(super) shell: bool,
}

impl Draft {
    pub(super) fn new(key: &str, client: Option<Client>) -> Self {
        Self { key: key.to_owned(), client, ..Self::default() }
    }

    pub(super) fn inner() -> Self {
        Self { is_inner: true, ..Self::default() }
    }

    /// Adds an argument of a constructor.
    pub(super) fn add(&mut self, argument: Argument, assignment: Option<Assignment>) {
        self.is_partial |= argument == Argument::Headers;
        self.members.extend(assignment);
    }

    /// Puts its literals into the document, and a launch where it says enough for one.
    pub(super) fn settle(mut self, document: &mut Document, may_launch: bool) {
        let starts = may_launch && !self.is_partial && self.is_command();
        let launches = may_launch && self.words.is_empty() && self.is_enough();
        let mut members = std::mem::take(&mut self.members);
        members.retain(|assignment| {
            matches!(assignment.value, Value::Literal) || !assignment.commented && (launches || starts)
        });
        let first = document.assignments.len();
        document.assignments.extend(members);
        let all: Vec<usize> = (first..document.assignments.len()).collect();
        let environment = merged(document, &[&all]);
        if starts {
            self.start(document, &environment);
        } else if launches {
            document.launches.push(Launch { key: self.key, client: self.client, environment, ..Launch::default() });
        }
    }

    /// Whether the values say what is sent, whatever else the program does. A placeholder is for a test or an example.
    fn is_enough(&self) -> bool {
        let is = |assignment: &Assignment| match &assignment.value {
            Value::Literal | Value::Empty => true,
            Value::Reference(reference) => reference.expanded && self.client.is_some(),
            Value::Unknown => self.client.is_some(),
            Value::Placeholder | Value::Unset => !decides(assignment),
        };
        !self.is_partial
            && self.members.iter().all(is)
            && self.members.iter().any(|assignment| matches!(assignment.value, Value::Literal))
    }

    /// Whether it runs a program that matters: the client, or one that gets a credential.
    fn is_command(&self) -> bool {
        let speaks = |word: &Decoded| {
            let lower = word.text.expose().to_ascii_lowercase();
            ["claude", "anthropic_", "api-key", "authorization"].iter().any(|part| lower.contains(part))
        };
        let is_example =
            |assignment: &Assignment| matches!(assignment.value, Value::Placeholder) && decides(assignment);
        self.words.iter().any(speaks) && !self.members.iter().any(is_example)
    }

    fn start(self, document: &mut Document, environment: &[usize]) {
        let process = Process::new(document, &self.key, environment, Vec::new());
        match self.words.as_slice() {
            [script] if self.shell => process.script(document, &Script::plain(script.clone()), &self.key),
            words => process.words(document, words, Dialect::Literal, &self.key),
        }
    }
}

/// Whether the assignment has a part in what is sent, and where.
fn decides(assignment: &Assignment) -> bool {
    let Assignment { name, slot, .. } = assignment;
    name.ends_with("_URL") || standing(*slot, name) != Standing::No
}
