//! What the commands of PowerShell's own do to the environment, and what they start and write.

use super::assign::{set_variable, written};
use super::pipeline::{slashed, sole_variable};
use super::syntax::Parser;
use crate::surface::command::{Unwrapped, basename};
use crate::surface::shell::decode::part;
use crate::surface::shell::language::Language;
use crate::surface::shell::meaning::{Action, Collector, Simple, Step, live_offsets};
use crate::surface::shell::tree::RawCommand;
use crate::surface::shell::windows::{self, setx};
use crate::surface::shell::word::ShellWord;
use crate::surface::{Decoded, Output, Slot, Value};

/// Parameters without a value.
const SWITCHES: [&str; 14] = [
    "-force",
    "-recurse",
    "-verbose",
    "-passthru",
    "-whatif",
    "-confirm",
    "-nonewline",
    "-append",
    "-noclobber",
    "-wait",
    "-nonewwindow",
    "-usenewenvironment",
    "-loaduserprofile",
    "-asjob",
];

/// Parameters of `Start-Process` that end a list of arguments.
const START: [&str; 14] = [
    "-filepath",
    "-argumentlist",
    "-args",
    "-workingdirectory",
    "-nonewwindow",
    "-wait",
    "-passthru",
    "-windowstyle",
    "-verb",
    "-credential",
    "-loaduserprofile",
    "-usenewenvironment",
    "-environment",
    "-erroraction",
];

/// The words behind a command's name: by parameter, and by position.
struct Arguments<'w> {
    named: Vec<(String, &'w ShellWord)>,
    plain: Vec<&'w ShellWord>,
}

impl<'w> Arguments<'w> {
    fn new(words: &'w [ShellWord]) -> Self {
        let mut found = Self { named: Vec::new(), plain: Vec::new() };
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            let text = word.text();
            let is_parameter = text.len() > 1 && text.starts_with('-') && text.as_bytes()[1].is_ascii_alphabetic();
            if !is_parameter {
                found.plain.push(word);
                continue;
            }
            let name = text.to_ascii_lowercase();
            if !SWITCHES.contains(&name.as_str())
                && let Some(value) = words.next_if(|next| !next.text().starts_with('-'))
            {
                found.named.push((name, value));
            }
        }
        found
    }

    fn named(&self, names: &[&str]) -> Option<&'w ShellWord> {
        self.named.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, word)| *word)
    }

    /// What a parameter gets by its name, or else by its place among the others.
    fn get(&self, names: &[&str], position: usize) -> Option<&'w ShellWord> {
        self.named(names).or_else(|| self.plain.get(position).copied())
    }
}

const PATH: [&str; 3] = ["-path", "-literalpath", "-filepath"];

/// A command of PowerShell's own; false if it is none that matters.
pub(in crate::surface) fn builtin(
    collector: &mut Collector,
    name: &str,
    raw: &RawCommand,
    at: &Unwrapped,
    simple: &mut Simple,
) -> bool {
    let words = &raw.words[at.program + 1..];
    let arguments = Arguments::new(words);
    match name.to_ascii_lowercase().as_str() {
        "set-item" | "si" | "new-item" | "ni" | "set-content" | "sc" => {
            let (path, value) = (arguments.get(&PATH, 0), arguments.get(&["-value"], 1));
            let named = arguments.named(&["-name"]).filter(|_| path.is_some_and(|path| is_environment(path.text())));
            let variable = match named {
                Some(name) => Some(name.decoded.clone()),
                None => path.and_then(in_environment),
            };
            if let (Some(variable), Some(value)) = (variable, value) {
                set_variable(collector, &variable, value, "=", &mut simple.steps);
            }
        }
        "remove-item" | "ri" | "rm" | "del" | "erase" | "rd" | "rmdir" | "clear-item" | "cli" | "clear-content"
        | "clc" => {
            let paths = arguments.plain.iter().copied().chain(arguments.named(&PATH));
            let mut paths: Vec<Decoded> = paths.map(|word| word.decoded.clone()).collect();
            if paths.is_empty() {
                // `Get-ChildItem Env:ANTHROPIC_* | Remove-Item`
                let before = collector.commands.last().filter(|before| before.output == Output::Piped);
                paths.extend(
                    before.into_iter().flat_map(|before| before.words[1..].iter().map(|word| word.decoded.clone())),
                );
            }
            for path in paths {
                remove(collector, &path, &mut simple.steps);
            }
        }
        "set-variable" | "sv" | "new-variable" | "nv" => {
            if let (Some(name), Some(value)) = (arguments.get(&["-name"], 0), arguments.get(&["-value"], 1))
                && name.literal().is_some()
            {
                let (value, decoded) = written(value);
                if !matches!(value, Value::Unset | Value::Unknown) {
                    collector.add(name.text(), name.decoded.span(), value, decoded, false);
                }
            }
        }
        "setx" => setx(collector, words, simple),
        "invoke-expression" | "iex" => {
            if let Some(program) = arguments.get(&["-command"], 0) {
                simple.action = collector.nested(program, Language::PowerShell).map_or(Action::Nothing, Action::Eval);
            }
        }
        _ => return false,
    }
    true
}

/// Where the name begins in `Env:NAME`.
fn environment_prefix(path: &str) -> Option<usize> {
    let start = path.to_ascii_lowercase().find("env:").filter(|&start| start == 0)?;
    let rest = &path[start + 4..];
    Some(start + 4 + (rest.len() - rest.trim_start_matches(['\\', '/']).len()))
}

fn is_environment(path: &str) -> bool {
    environment_prefix(path).is_some_and(|start| start == path.len())
}

/// The variable that a path names.
fn in_environment(path: &ShellWord) -> Option<Decoded> {
    let text = path.literal()?;
    let start = environment_prefix(text).filter(|&start| start < text.len())?;
    Some(part(&path.decoded, start, text.len()))
}

/// Takes away what a path names: one variable, those of a list, or those that a pattern meets.
fn remove(collector: &mut Collector, path: &Decoded, steps: &mut Vec<Step>) {
    let text = path.text.expose();
    let Some(start) = environment_prefix(text).filter(|&start| start < text.len()) else { return };
    let name = part(path, start, text.len());
    let names = match name.text.expose().strip_prefix('$') {
        Some(variable) => {
            collector.lists.get(variable.trim_matches(['{', '}', '(', ')', '$'])).cloned().unwrap_or_default()
        }
        None => vec![name.clone()],
    };
    let known = !names.is_empty() && !name.text.expose().contains(['*', '?', '[']);
    if !known {
        // Any of them may be gone: none counts as set.
        steps.push(Step::Clear);
        collector.clears += 1;
        return;
    }
    for name in names {
        let nothing = Decoded::direct("", name.span().end);
        windows::set_variable(collector, &name, Value::Unset, nothing, steps);
    }
}

impl Parser<'_, '_> {
    /// The command that `Start-Process` starts, and what its `-Environment` sets; assignments from number `first` on
    /// are this command's.
    pub(super) fn understood(&mut self, mut raw: RawCommand, first: usize) -> (RawCommand, Vec<Step>) {
        let program = raw.words.first().map_or("", ShellWord::text);
        if !["start-process", "saps", "start"].iter().any(|name| basename(program).eq_ignore_ascii_case(name)) {
            return (raw, Vec::new());
        }
        let mut program = None;
        let mut words = Vec::new();
        let (mut index, mut parameter) = (1, String::new());
        while let Some(word) = raw.words.get(index) {
            index += 1;
            let text = word.text().to_ascii_lowercase();
            if self.reader.byte(word.range.start) == b'-' && START.contains(&text.as_str()) {
                parameter = if SWITCHES.contains(&text.as_str()) { String::new() } else { text };
                continue;
            }
            match parameter.as_str() {
                "-argumentlist" | "-args" => words.extend(self.split(word)),
                "" | "-filepath" if program.is_none() => {
                    program = Some(word.clone());
                    parameter.clear();
                }
                "" => words.extend(self.split(word)),
                _ => parameter.clear(),
            }
        }
        let mut own = Vec::new();
        for index in first..self.collector.assignments.len() {
            let assignment = &self.collector.assignments[index];
            if assignment.slot == Slot::Variable && assignment.exported {
                let name = assignment.name.clone();
                self.collector.set(&mut own, &name, index, true);
            }
        }
        let Some(program) = program else { return (raw, own) };
        words.insert(0, program);
        raw.words = words;
        (raw, own)
    }

    /// The arguments in a text of several, or in a list.
    fn split(&self, word: &ShellWord) -> Vec<ShellWord> {
        if let [inner] = &word.substitutions[..]
            && word.text().starts_with(['@', '('])
        {
            let elements = self.elements(inner.clone());
            return elements.into_iter().map(|decoded| ShellWord::new(word.range.clone(), decoded)).collect();
        }
        let text = word.text();
        let (mut words, mut at) = (Vec::new(), 0);
        while at < text.len() {
            at += text[at..].len() - text[at..].trim_start().len();
            let quoted = text[at..].starts_with('"');
            let start = at + usize::from(quoted);
            let rest = &text[start..];
            let length = if quoted { rest.find('"') } else { rest.find(char::is_whitespace) }.unwrap_or(rest.len());
            let end = start + length;
            if start < text.len() {
                let mut one = ShellWord::new(word.range.clone(), part(&word.decoded, start, end));
                if let Some(&live) = word.live.iter().find(|live| (start..end).contains(*live)) {
                    one.compute(live - start);
                }
                words.push(one);
            }
            at = (end + usize::from(quoted)).min(text.len());
        }
        words
    }

    /// Reads what a command writes to a file: `Set-Content`, `Out-File`, `echo … > file`.
    pub(super) fn writes(&mut self, raw: &RawCommand, handed: Option<&ShellWord>) {
        let Some((program, words)) = raw.words.split_first() else { return };
        let arguments = Arguments::new(words);
        let name = program.text().to_ascii_lowercase();
        let (path, value) = match name.as_str() {
            "set-content" | "sc" | "add-content" | "ac" | "new-item" | "ni" => {
                (arguments.get(&PATH, 0), arguments.get(&["-value"], 1).or(handed))
            }
            "out-file" | "tee-object" | "tee" => (arguments.get(&PATH, 0), handed),
            "echo" | "write-output" | "write" => (raw.targets.last(), arguments.plain.first().copied()),
            _ => return,
        };
        if let (Some(path), Some(value)) = (path, value) {
            self.write(path, value);
        }
    }

    /// Reads what is written to a file.
    pub(super) fn write(&mut self, path: &ShellWord, value: &ShellWord) {
        let value = match sole_variable(value) {
            Some(name) => match self.texts.get(name) {
                Some(text) => text.clone(),
                None => return,
            },
            None => value.clone(),
        };
        let held = sole_variable(path).and_then(|name| self.texts.get(name)).map(|text| slashed(&text.decoded));
        let path = match self.collector.values(path).first() {
            Some(path) => slashed(path),
            None => held.unwrap_or_else(|| slashed(&path.decoded)),
        };
        if value.decoded.text.expose().contains(['{', '=', '\n']) {
            self.collector.write_file(&path, &value.decoded, &live_offsets(&value));
        }
    }
}
