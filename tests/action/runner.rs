//! A runner of composite actions, as far as `action.yml` needs one.
//!
//! Rules: <https://docs.github.com/actions/sharing-automations/creating-actions/metadata-syntax-for-github-actions> and
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>, read 2026-11-22.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use keylint::surface::tree::{Kind, Node};
use keylint::surface::yaml;

use crate::common::repo::Repo;
use crate::common::{package, text};

/// A file of YAML as a tree, with the text of each scalar as it stands.
pub struct Yaml {
    text: String,
    tree: Node,
}

impl Yaml {
    pub fn read(path: &str) -> Self {
        let text = fs::read_to_string(package().join(path)).unwrap();
        let (mut documents, faults) = yaml::parse(&text);
        assert!(faults.is_empty() && documents.len() == 1, "{path}: {faults:?}");
        Self { text, tree: documents.remove(0) }
    }

    /// The node at the end of these names.
    pub fn at(&self, names: &[&str]) -> Option<&Node> {
        names.iter().try_fold(&self.tree, |node, name| node.get(name))
    }

    /// A scalar's text; lines of a block lose their indentation.
    pub fn word(&self, node: &Node) -> String {
        match &node.kind {
            Kind::String(_) => {
                let raw = &self.text[node.span.start..node.span.end];
                match raw.lines().next() {
                    Some("|") => block(raw),
                    _ => raw.trim_matches('\'').to_owned(),
                }
            }
            Kind::Scalar(word) => word.clone(),
            other => panic!("{other:?} is no scalar"),
        }
    }
}

fn block(raw: &str) -> String {
    let lines: Vec<&str> = raw.lines().skip(1).collect();
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap();
    lines.iter().map(|line| format!("{}\n", line.get(least..).unwrap_or(""))).collect()
}

/// One run of the action.
pub struct Runner {
    pub repo: Repo,
    /// Inputs of the workflow; the others have their defaults.
    pub inputs: BTreeMap<String, String>,
    /// Words of the `github` context.
    pub github: BTreeMap<&'static str, String>,
    /// More of the environment.
    pub environment: BTreeMap<&'static str, String>,
    /// Outputs of steps: `steps.lint.outputs.errors`.
    outputs: BTreeMap<String, String>,
    action: Yaml,
}

/// What a step did.
pub struct Done {
    pub code: i32,
    pub printed: String,
}

impl Runner {
    pub fn new(repo: Repo) -> Self {
        let github = [
            ("action_path", package().to_str().unwrap()),
            ("action_repository", ""),
            ("event_name", "push"),
            ("server_url", "https://github.invalid"),
            ("token", ""),
        ];
        fs::create_dir_all(repo.home().join("temp")).unwrap();
        Self {
            repo,
            inputs: BTreeMap::new(),
            github: github.into_iter().map(|(name, value)| (name, value.to_owned())).collect(),
            environment: BTreeMap::new(),
            outputs: BTreeMap::new(),
            action: Yaml::read("action.yml"),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        assert!(self.action.at(&["inputs", name]).is_some(), "there is no input {name}");
        self.inputs.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A file that the runner gives to each step.
    fn file(&self, name: &str) -> PathBuf {
        self.repo.home().join(name)
    }

    pub fn temp(&self) -> PathBuf {
        self.file("temp")
    }

    pub fn summary(&self) -> String {
        fs::read_to_string(self.file("summary")).unwrap_or_default()
    }

    /// An output of a step, or `None` if it set none.
    pub fn output(&self, step: &str, name: &str) -> Option<&str> {
        self.outputs.get(&format!("steps.{step}.outputs.{name}")).map(String::as_str)
    }

    /// Says what a step would have given, without running it.
    pub fn pretend(&mut self, step: &str, name: &str, value: &str) {
        self.outputs.insert(format!("steps.{step}.outputs.{name}"), value.to_owned());
    }

    /// Runs a step by its id.
    pub fn step(&mut self, id: &str) -> Done {
        let steps = self.action.at(&["runs", "steps"]).unwrap().elements();
        let is_it = |step: &&Node| step.get("id").map(|node| self.action.word(node)).as_deref() == Some(id);
        let step = steps.iter().find(is_it).unwrap_or_else(|| panic!("there is no step {id}"));
        let word = |name: &str| step.get(name).map(|node| self.action.word(node));
        assert_eq!(word("shell").as_deref(), Some("bash"));
        let script = self.file("script.sh");
        fs::write(&script, word("run").unwrap()).unwrap();
        let mut command = Command::new("bash");
        // As the runner starts `shell: bash`.
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(&script);
        let folder = word("working-directory").map_or(String::new(), |folder| self.evaluate(&folder));
        command.current_dir(self.repo.root.join(folder));
        for (name, value) in self.repo.env() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        for name in std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("GITHUB_")) {
            command.env_remove(name);
        }
        command.envs([
            ("CI", "true"),
            ("GITHUB_ACTIONS", "true"),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
            ("NO_COLOR", "1"),
        ]);
        command.env("RUNNER_TEMP", self.temp());
        for (name, file) in [("GITHUB_OUTPUT", "output"), ("GITHUB_STEP_SUMMARY", "summary")] {
            command.env(name, self.file(file));
        }
        fs::write(self.file("output"), "").unwrap();
        command.env("GITHUB_EVENT_NAME", &self.github["event_name"]);
        command.envs(&self.environment);
        for member in step.get("env").unwrap().members() {
            command.env(&member.name, self.evaluate(&self.action.word(&member.value)));
        }
        let Output { status, stdout, stderr } = command.output().unwrap();
        for line in fs::read_to_string(self.file("output")).unwrap().lines() {
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{line} is no output"));
            self.outputs.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
        }
        Done { code: status.code().unwrap(), printed: text(&stdout) + &text(&stderr) }
    }

    /// A word with its expressions replaced.
    fn evaluate(&self, word: &str) -> String {
        let mut rest = word;
        let mut result = String::new();
        while let Some((before, from)) = rest.split_once("${{") {
            let (expression, behind) = from.split_once("}}").unwrap();
            result += before;
            result += &self.value(expression.trim());
            rest = behind;
        }
        result + rest
    }

    fn value(&self, expression: &str) -> String {
        let (context, name) = expression.split_once('.').unwrap();
        match context {
            "inputs" => match self.inputs.get(name) {
                Some(value) => value.clone(),
                None => {
                    let input = self.action.at(&["inputs", name]);
                    let input = input.unwrap_or_else(|| panic!("there is no input {name}"));
                    self.evaluate(&self.action.word(input.get("default").unwrap()))
                }
            },
            "github" => self.github[name].clone(),
            // What a step did not set is empty.
            "steps" => self.outputs.get(expression).cloned().unwrap_or_default(),
            _ => panic!("{expression} is of no known context"),
        }
    }
}
