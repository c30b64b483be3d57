//! The dotenv reader against those who load such files: python-dotenv, Node's dotenv, bash, compose, docker.
//!
//! Where all see the same value, so do we. Where they differ, ours is what one of them sees, or the difference is one
//! of those that are named here. `KEYLINT_SEED` repeats a run, `KEYLINT_FILES` says how many files are written.

#![cfg(unix)]
// Helpers outside `#[test]` functions count as tests too; what was compared is worth a line of output.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::machine;
use common::sample::Rng;
use keylint::path::RepoPath;
use keylint::surface::{Surface, Value, read};
use serde_json::{Value as Json, json};

const FILES: usize = 60;

/// What a loader makes of a file; nothing where it refuses the file.
type Loaded = Option<BTreeMap<String, String>>;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

const PYTHON: &str = "
import io, json, logging, os, sys
from dotenv import dotenv_values
logging.disable()
os.environ.clear()
print(json.dumps([dict(dotenv_values(stream=io.StringIO(text))) for text in json.load(sys.stdin)]))
";

const NODE: &str = "
const { parse } = require('dotenv');
console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map(text => parse(text))));
";

/// Runs a program that reads texts and writes what each of them sets.
fn parsed(program: &str, arguments: &[&str], texts: &[String]) -> Vec<Loaded> {
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = json!(texts).to_string();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let files: Vec<Json> = serde_json::from_slice(&output.stdout).unwrap();
    files.iter().map(|file| Some(variables(file))).collect()
}

/// The members that are texts: a name without a value is set to nothing.
fn variables(object: &Json) -> BTreeMap<String, String> {
    let members = object.as_object().into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

/// `set -a; . FILE`
fn sourced(folder: &Path, text: &str) -> Loaded {
    fs::write(folder.join("f.env"), text).unwrap();
    let script = "set -a; . ./f.env >/dev/null || exit; unset _ PWD OLDPWD SHLVL; /usr/bin/env -0";
    let output = Command::new("bash").args(["-c", script]).current_dir(folder).env_clear().output().unwrap();
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let syntax = String::from_utf8_lossy(&output.stderr).contains("unexpected");
    let pairs = words.split('\0').filter_map(|pair| pair.split_once('='));
    (output.status.success() && !syntax).then(|| {
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).filter(|(name, _)| name != "PATH").collect()
    })
}

/// What services get of an `env_file` in that format; those whose file compose refuses get nothing.
fn composed(folder: &Path, texts: &[String], format: &str) -> Vec<Loaded> {
    let mut compose = "services:\n".to_owned();
    for (index, text) in texts.iter().enumerate() {
        fs::write(folder.join(format!("{index}.env")), text).unwrap();
        _ = writeln!(compose, "  s{index}:\n    image: x\n    env_file:\n      - path: {index}.env\n{format}");
    }
    fs::write(folder.join("compose.yml"), compose).unwrap();
    let output = Command::new("docker-compose")
        .args(["-f", "compose.yml", "config", "--format", "json"])
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .output()
        .unwrap();
    let Ok(shown) = serde_json::from_slice::<Json>(&output.stdout) else {
        // One file spoils it for all.
        return match texts.len() {
            1 => vec![None],
            length => {
                let (one, two) = texts.split_at(length / 2);
                [composed(folder, one, format), composed(folder, two, format)].concat()
            }
        };
    };
    let environment = |index: usize| {
        let found = variables(&shown["services"][format!("s{index}")]["environment"]);
        // `config` writes what compose would read again.
        found.into_iter().map(|(name, value)| (name, value.replace("$$", "$"))).collect()
    };
    (0..texts.len()).map(|index| Some(environment(index))).collect()
}

/// What keylint makes of it, each value with its lines; nothing for a value that is only known when it runs.
fn ours(text: &str) -> BTreeMap<String, Option<(String, String)>> {
    let document = read(RepoPath::from(".env"), Some(Surface::Dotenv), text.as_bytes());
    let environment = document.launches.first().map(|launch| launch.environment.clone()).unwrap_or_default();
    environment
        .into_iter()
        .map(|index| {
            let assignment = &document.assignments[index];
            let known = !matches!(&assignment.value, Value::Reference(reference) if reference.expanded)
                && !matches!(assignment.value, Value::Unknown);
            let text = document.text.as_str();
            let start = text[..assignment.name_span.start].rfind('\n').map_or(0, |at| at + 1);
            let last = assignment.decoded.span().end;
            let end = text[last..].find('\n').map_or(text.len(), |length| last + length + 1);
            let value = assignment.decoded.text.expose().to_owned();
            (assignment.name.clone(), known.then(|| (value, text[start..end].to_owned())))
        })
        .collect()
}

struct Writer {
    rng: Rng,
}

impl Writer {
    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.rng.below(from.len())]
    }

    fn text(&mut self, pieces: &[&str]) -> String {
        (0..=self.rng.below(4)).map(|_| self.pick(pieces)).collect()
    }

    fn value(&mut self) -> String {
        let plain = ["a", "b1", "c_d", "-", ".", "/x", ":", "@", "+", "=", "%", "#", "é", ","];
        let spaced =
            ["a", " b", "c d", " #e", "#", "x", "\t", "=", "'", "\"", "`", "\\n", "\\", "ü", "{", "}", "[", "*"];
        match self.rng.below(16) {
            0..=4 => self.text(&plain),
            5 => self.text(&spaced),
            6 | 7 => {
                format!("'{}'", self.text(&["a", " b", "#", " # c", "\"", "`", "\\n", "x=y", "é", "\\", "${A}", "$B"]))
            }
            8 => format!("'{}'", self.text(&["a", "\\'", " b", "\n", "\nB=c"])),
            9 | 10 => format!("\"{}\"", self.text(&["a", " b", "#", " # c", "'", "\\n", "\\\"", "\\\\", "x=y", "é"])),
            11 => format!("\"{}\"", self.text(&["a", "\\$B", "\\t", "\\x", "\\'", "\\r", "\n", "\nB=c", "`"])),
            12 => format!("`{}`", self.text(&["a", " b", "'", "\"", "#"])),
            13 => format!(
                "{}{}{}",
                self.pick(&["'a'", "\"b\"", "a"]),
                self.pick(&["c", " d", "'e'", "\"f\""]),
                self.text(&plain)
            ),
            14 => format!("{}{}", self.pick(&["'", "\"", "`"]), self.text(&plain)),
            _ => self
                .pick(&["$A", "${A}", "${NONE:-d}", "${NONE-d}", "\"$A b\"", "\"${A}\"", "\\$A", "a$", "$$", "~/x"])
                .to_owned(),
        }
    }

    fn line(&mut self) -> String {
        let name = match self.rng.below(12) {
            0 => self.pick(&["A.B", "A-B", "1A", "_", "é", "", "A B", "a"]),
            _ => self.pick(&["A", "B", "C_1", "KEY"]),
        };
        let head = match self.rng.below(10) {
            0 => "export ",
            1 => self.pick(&[" ", "\t", "export\t", "export  ", "# ", "#"]),
            _ => "",
        };
        let operator = match self.rng.below(10) {
            0 => self.pick(&[" = ", " =", "= ", "\t=\t", ": ", ":", " : "]),
            _ => "=",
        };
        let value = self.value();
        let tail = match self.rng.below(8) {
            0 => self.pick(&[" # c", " #c", "#c", "\t# c", "   ", " # it's", " # \"c"]),
            _ => "",
        };
        match self.rng.below(24) {
            0 => name.to_owned(),
            1 => format!("export {name}"),
            2 => format!("{name}{operator}"),
            _ => format!("{head}{name}{operator}{value}{tail}"),
        }
    }

    fn file(&mut self) -> String {
        let end = if self.rng.below(8) == 0 { "\r\n" } else { "\n" };
        let mut text = if self.rng.below(20) == 0 { "\u{feff}".to_owned() } else { String::new() };
        for _ in 0..=self.rng.below(3) {
            text += &self.line();
            text += end;
        }
        if self.rng.below(6) == 0 {
            text.truncate(text.len() - end.len());
        }
        text
    }
}

/// Whether ours differs from Node's value only in that Node ends a value without closing quote at any `#`, where those
/// that want a blank in front of it refuse the line.
fn is_cut_by_node(ours: Option<&str>, node: Option<&str>) -> bool {
    let before = ours.and_then(|ours| ours.split_once('#')).map(|(before, _)| before.trim_end());
    let bare = |text: &'static str| before.and_then(|before| before.strip_prefix(text)?.strip_suffix(text));
    node.is_some() && [before, bare("'"), bare("\""), bare("`")].contains(&node)
}

/// What each loader makes of each of the texts.
struct Loaders {
    names: [&'static str; 5],
    loaded: [Vec<Loaded>; 5],
}

impl Loaders {
    fn run(folder: &Path, texts: &[String]) -> Self {
        Self {
            names: ["python-dotenv", "dotenv", "bash", "compose", "docker"],
            loaded: [
                parsed("python3", &["-c", PYTHON], texts),
                parsed("node", &["-e", NODE], texts),
                texts.iter().map(|text| sourced(folder, text)).collect(),
                composed(folder, texts, ""),
                composed(folder, texts, "        format: raw"),
            ],
        }
    }

    /// Those that take the text, with what they make of it.
    fn of(&self, index: usize) -> Vec<(&'static str, &BTreeMap<String, String>)> {
        let loaded = self.loaded.iter().map(|files| files[index].as_ref());
        self.names.iter().copied().zip(loaded).filter_map(|(name, loaded)| Some((name, loaded?))).collect()
    }
}

#[test]
fn values_are_those_that_loaders_see() {
    let tools: [(&str, &[&str]); 4] = [
        ("python3", &["-c", "import dotenv"]),
        ("node", &["-e", "require('dotenv')"]),
        // Version 1 has another reader.
        ("sh", &["-c", "docker-compose version --short | grep -q '^v*[2-9]'"]),
        ("bash", &["-c", ":"]),
    ];
    if !tools.iter().all(|(program, arguments)| machine::has(program, arguments)) {
        return;
    }
    let seed = number("KEYLINT_SEED").unwrap_or_else(|| Rng::from_entropy().draw());
    let count = number("KEYLINT_FILES").map_or(FILES, |count| count as usize);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("dotenv-oracle-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut writer = Writer { rng: Rng::new(seed) };
    let texts: Vec<String> = (0..count).map(|_| writer.file()).collect();
    let all = Loaders::run(&folder, &texts);
    let (mut agreed, mut differed, mut unknown, mut cut) = (0, 0, 0, 0);
    for (index, text) in texts.iter().enumerate() {
        let loaded = all.of(index);
        let found = ours(text);
        let names: BTreeSet<&String> = loaded.iter().flat_map(|(_, one)| one.keys()).chain(found.keys()).collect();
        for name in names {
            let values: Vec<Option<&str>> = loaded.iter().map(|(_, one)| one.get(name).map(String::as_str)).collect();
            let value = match found.get(name) {
                Some(None) => {
                    unknown += 1;
                    continue;
                }
                Some(Some((value, _))) => Some(value.as_str()),
                None => None,
            };
            let alike = values.iter().all(|other| *other == value);
            let node = all.loaded[1][index].as_ref().and_then(|node| node.get(name).map(String::as_str));
            if alike {
                agreed += 1;
            } else if values.contains(&value) {
                differed += 1;
            } else if is_cut_by_node(value, node) {
                cut += 1;
            } else {
                // Some refuse the whole file for another line: what they make of this one alone.
                let line = found.get(name).and_then(|found| found.as_ref()).map(|(_, line)| line.clone());
                let alone = Loaders::run(&folder, &[line.unwrap_or_default()]);
                let sees = alone.of(0).iter().any(|(_, one)| one.get(name).map(String::as_str) == value);
                assert!(sees && value.is_some(), "seed {seed}, {name} is {value:?} here in {text:?}\n{loaded:#?}");
                differed += 1;
            }
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    println!(
        "{count} files, seed {seed}: {agreed} values as all loaders see them, {differed} as some do, {cut} that Node \
         cuts, {unknown} known only when it runs"
    );
}
