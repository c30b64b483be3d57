//! A process that a file describes: what is in effect around it, and what is started in it.

use super::script::Script;
use super::shell::{self, is_relevant};
use super::{Assignment, Decoded, Document, Include, Launch, Value};
use crate::credential::Dialect;

/// More launches of a document than that are not told apart.
const MAX_LAUNCHES: usize = 1024;
/// More variables of the client than that nobody sets.
const MAX_VARIABLES: usize = 256;

/// A process, its logical place (`services.web`), and what is in effect before its own commands change it.
#[derive(Debug)]
pub(super) struct Process {
    key: String,
    /// One environment for each way in which the file can be read: arms of a conditional never meet.
    environments: Vec<Vec<usize>>,
    /// Dotenv files that are read there; what is set outweighs them.
    includes: Vec<Include>,
    /// The document's launches before this process.
    first: usize,
}

impl Process {
    /// A process with one environment: indices of the document's assignments, one for each name.
    pub(super) fn new(document: &Document, key: &str, environment: &[usize], includes: Vec<Include>) -> Self {
        Self::with_all(document, key, &[environment.to_vec()], includes)
    }

    /// A process with several possible environments.
    pub(super) fn with_all(
        document: &Document,
        key: &str,
        environments: &[Vec<usize>],
        includes: Vec<Include>,
    ) -> Self {
        Self {
            key: key.to_owned(),
            environments: environments.iter().map(|all| relevant(document, all)).collect(),
            includes,
            first: document.launches.len(),
        }
    }

    /// Reads a string that a shell runs in this process; `key` names its place.
    pub(super) fn script(&self, document: &mut Document, script: &Script, key: &str) {
        let (assignment, command, launch) = sizes(document);
        document.note(&script.text, key);
        shell::read_script(document, &script.text, script.language, key, self.environments(document));
        script.settle(document, assignment, command);
        self.claim(document, launch, key);
    }

    /// Reads a command that is started in this process without a shell, as its words.
    pub(super) fn words(&self, document: &mut Document, words: &[Decoded], dialect: Dialect, key: &str) {
        let (_, _, launch) = sizes(document);
        shell::read_words(document, words, dialect, key, self.environments(document));
        self.claim(document, launch, key);
    }

    fn environments(&self, document: &Document) -> &[Vec<usize>] {
        if document.launches.len() < MAX_LAUNCHES { &self.environments } else { &[] }
    }

    /// The launches from `first` on are this process's, unless they are those of files that the text at `key` writes.
    fn claim(&self, document: &mut Document, first: usize, key: &str) {
        for launch in document.launches[first..].iter_mut().filter(|launch| launch.key == key) {
            self.key.clone_into(&mut launch.key);
            if !launch.isolated {
                launch.includes.splice(0..0, self.includes.iter().cloned());
            }
        }
    }

    /// Whether something was found that starts in this process.
    pub(super) fn starts(&self, document: &Document) -> bool {
        let of_this = |launch: &Launch| launch.command.is_some() || launch.key == self.key;
        document.launches[self.first..].iter().any(of_this)
    }

    /// Ends the process. If nothing was found that it starts, its environment is a launch where it can matter.
    pub(super) fn finish(self, document: &mut Document) {
        if self.starts(document) {
            return;
        }
        for environment in self.environments {
            let decides = environment.iter().any(|&index| decides(&document.assignments[index]));
            if (decides || !self.includes.is_empty()) && document.launches.len() < MAX_LAUNCHES {
                let (key, includes) = (self.key.clone(), self.includes.clone());
                document.launches.push(Launch { key, environment, includes, ..Launch::default() });
            }
        }
    }
}

/// What matters of an environment.
pub(super) fn relevant(document: &Document, environment: &[usize]) -> Vec<usize> {
    let matters = |index: &usize| is_relevant(&document.assignments[*index].name);
    environment.iter().copied().filter(matters).take(MAX_VARIABLES).collect()
}

fn sizes(document: &Document) -> (usize, usize, usize) {
    (document.assignments.len(), document.commands.len(), document.launches.len())
}

/// Whether an assignment decides about a session: it sets what nothing but the client reads.
pub(super) fn decides(assignment: &Assignment) -> bool {
    let names = ["ANTHROPIC_", "CLAUDE_", "AWS_BEARER_TOKEN_BEDROCK", "VERTEX_REGION_"];
    !matches!(assignment.value, Value::Unset) && names.iter().any(|start| assignment.name.starts_with(start))
}
