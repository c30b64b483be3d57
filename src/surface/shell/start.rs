//! What a command starts: the client, shells with programs of their own, containers, other machines.

use super::language::Language;
use super::meaning::{Action, Collector, Reads, Simple, Step, expand_earlier, live_offsets};
use super::run;
use super::tree::{Node, RawCommand};
use super::word::ShellWord;
use crate::surface::command::{Unwrapped, basename, is_client, unwrap};
use crate::surface::wrapper::{Container, container};
use crate::surface::{Command, Decoded, Mcp, Output, Settings, Slot, Surface, Word, embedded, powershell};
use crate::text::Span;

/// Programs inside the strings of programs are read so deep.
pub(in crate::surface) const MAX_NESTING: usize = 6;

/// Words behind `claude` that start no session (Claude Code documentation, CLI reference, 2026-08).
const NO_SESSION: [&str; 14] = [
    "mcp",
    "config",
    "update",
    "upgrade",
    "doctor",
    "install",
    "setup-token",
    "plugin",
    "plugins",
    "migrate-installer",
    "--version",
    "-v",
    "--help",
    "-h",
];

/// Whether a program is a POSIX shell, by its name.
pub(in crate::surface) fn is_shell(name: &str) -> bool {
    Language::of(name) == Some(Language::Posix)
}

impl Collector {
    /// What the command's program is, and what comes of it. The words that are programs themselves go into `nested`.
    pub(super) fn command(
        &mut self,
        raw: &RawCommand,
        words: &[Word],
        at: &Unwrapped,
        simple: &mut Simple,
        nested: &mut Vec<usize>,
    ) {
        let program = &raw.words[at.program];
        simple.replaces = at.replaces && words.len() > at.program && basename(program.text()) != "exec";
        if let Some(container) = container(words, at.program) {
            self.contained(raw, words, &container, simple, nested);
            return;
        }
        if self.client(raw, words, at, simple) {
            return;
        }
        let Some(name) = program.literal() else { return };
        if !at.outside {
            let name = self.language.folded(name);
            self.called.insert(name.clone());
            simple.call = Some(name);
        }
        if let Some(language) = Language::of(name) {
            if let Some(index) = language.program(raw, at.program + 1) {
                nested.push(index);
                simple.action = self.nested(&raw.words[index], language).map_or(Action::Nothing, Action::Child);
            }
            return;
        }
        if at.outside && raw.words[..at.program].iter().any(|word| !matches!(word.text(), "command" | "exec" | "-p")) {
            self.elsewhere(raw, at.program + 1, simple, nested);
            return;
        }
        let own = match self.language {
            Language::Posix => self.builtin(name, raw, at, simple, nested),
            Language::Fish => self.fish_builtin(name, raw, at, simple, nested),
            Language::PowerShell => powershell::builtin(self, name, raw, at, simple),
            Language::Batch if name.eq_ignore_ascii_case("setx") => {
                super::windows::setx(self, &raw.words[at.program + 1..], simple);
                true
            }
            Language::Batch => false,
        };
        if !own {
            self.elsewhere(raw, at.program + 1, simple, nested);
        }
    }

    /// Notes a start of the client.
    fn client(&mut self, raw: &RawCommand, words: &[Word], at: &Unwrapped, simple: &mut Simple) -> bool {
        let program = &raw.words[at.program];
        let names = match program.literal() {
            Some(text) => is_client(text),
            // `"$HOME/bin/claude"`, `"${CLAUDE:-claude}"`, `"${command[@]}"`
            None => {
                is_client(program.text())
                    || program.sole_default().is_some_and(|name| is_client(name.text.expose()))
                    || self.values(program).first().is_some_and(|name| is_client(name.text.expose()))
            }
        };
        if !names || at.asks {
            return false;
        }
        if program.literal().is_some() && !at.outside {
            let name = self.language.folded(program.text());
            self.called.insert(name.clone());
            simple.call = Some(name);
        }
        let arguments = raw.words.get(at.program + 1..).unwrap_or_default();
        self.inline_json(arguments, simple);
        if arguments.first().is_some_and(|word| NO_SESSION.contains(&word.text())) {
            return true;
        }
        simple.action = Action::Launch(self.starts.len());
        self.starts.push(Command {
            words: words[at.program..].to_vec(),
            span: span_of(words, at.program, words.len()),
            key: self.prefix.trim_end_matches('.').to_owned(),
            output: Output::Shown,
        });
        true
    }

    /// `--settings '{…}'`, whose `env` outranks the environment (observed 2026-11-20), and the servers of
    /// `--mcp-config '{…}'` and `mcp add-json name '{…}'`.
    fn inline_json(&mut self, arguments: &[ShellWord], simple: &mut Simple) {
        let adds = arguments.iter().take(2).any(|word| word.text() == "add-json");
        for (index, word) in arguments.iter().enumerate() {
            let option = index.checked_sub(1).and_then(|before| arguments.get(before)).map_or("", ShellWord::text);
            let (option, from) = match word.text().split_once('=') {
                Some((option @ ("--settings" | "--mcp-config"), _)) => (option, option.len() + 1),
                _ => (option, 0),
            };
            let json = super::decode::part(&word.decoded, from, word.text().len());
            if !json.text.expose().trim_start().starts_with('{') {
                continue;
            }
            let surface = match option {
                "--settings" => Surface::Settings(Settings::Profile),
                "--mcp-config" => Surface::Mcp(Mcp::ClaudeCode),
                _ if adds => Surface::Mcp(Mcp::ClaudeCode),
                _ => continue,
            };
            let prefix = format!("{}{}.", self.prefix, if adds { "add-json" } else { option });
            let mut found = embedded::read(&json, surface, &prefix);
            expand_earlier(&mut found.assignments, &live_offsets(word));
            let base = self.assignments.len();
            if surface == Surface::Settings(Settings::Profile) {
                for (number, assignment) in found.assignments.iter().enumerate() {
                    let helper = assignment.slot == Slot::Command && assignment.name == "apiKeyHelper";
                    let in_effect = found.launches.first().is_some_and(|first| first.environment.contains(&number));
                    let variable = if helper {
                        Some(self.number(&assignment.name))
                    } else if in_effect {
                        self.variable(&assignment.name)
                    } else {
                        None
                    };
                    let set = |variable| Step::Set { variable, assignment: base + number, export: true };
                    simple.own.extend(variable.map(set));
                }
            }
            self.adopt(found.assignments, std::iter::empty());
            self.commands.extend(found.commands);
            self.escaped.extend(found.escaped);
        }
    }

    /// `docker run -e NAME=value image claude`: a process that gets nothing but what the command names.
    fn contained(
        &mut self,
        raw: &RawCommand,
        words: &[Word],
        container: &Container,
        simple: &mut Simple,
        nested: &mut Vec<usize>,
    ) {
        let mut inside = Vec::new();
        for file in &container.files {
            self.include_named(raw, file, Reads::Behind, &mut inside);
        }
        for &(index, from) in &container.sets {
            let word = &raw.words[index];
            let length = super::word::name_length(word.text().get(from..).unwrap_or(""));
            if word.live.first().is_none_or(|&live| live > from + length) {
                self.assign(&mut inside, word, from..from + length, true);
            }
        }
        for &(index, from) in &container.passes {
            self.pass(&raw.words[index], from, &mut inside);
        }
        let prepares = !inside.is_empty();
        // What the program in there sets for itself comes on top.
        let outer = std::mem::replace(&mut simple.own, inside);
        if let Some(program) = container.program {
            let mut at = unwrap(&words[program..]);
            at.shift(program);
            self.environment(raw, &at, simple);
            if !self.client(raw, words, &at, simple)
                && let Some(language) = Language::of(raw.words[at.program].text())
                && let Some(index) = language.program(raw, at.program + 1)
            {
                nested.push(index);
                simple.action = self.nested(&raw.words[index], language).map_or(Action::Nothing, Action::Child);
            } else if matches!(simple.action, Action::Nothing)
                && matches!(basename(words[0].decoded.text.expose()), "ssh")
            {
                // The rest is the program for the shell over there.
                nested.push(program);
                simple.action =
                    self.nested(&raw.words[program], Language::Posix).map_or(Action::Nothing, Action::Child);
            }
            simple.call = None;
        }
        if matches!(simple.action, Action::Nothing) && prepares {
            simple.action = Action::Prepare;
        }
        simple.inside = Some(std::mem::replace(&mut simple.own, outer));
    }

    /// `docker run -e NAME`.
    fn pass(&mut self, word: &ShellWord, from: usize, steps: &mut Vec<Step>) {
        let Some(name) = word.literal().and_then(|text| text.get(from..)) else { return };
        if let Some(variable) = self.variable(name) {
            let assignment = self.add_passed(name, word.decoded.origin.span(from, word.text().len()));
            steps.push(Step::Pass { variable, assignment });
        }
    }

    /// The script behind `-c` of a shell that some other program starts, or that `su` runs: it runs apart from
    /// this one.
    fn elsewhere(&mut self, raw: &RawCommand, from: usize, simple: &mut Simple, nested: &mut Vec<usize>) {
        let program = raw.words.get(from - 1).map_or("", ShellWord::text);
        match basename(program) {
            "su" | "runuser" => {
                let Some(index) = (from..raw.words.len().saturating_sub(1))
                    .find(|&index| matches!(raw.words[index].text(), "-c" | "--command"))
                else {
                    return;
                };
                nested.push(index + 1);
                simple.action =
                    self.nested(&raw.words[index + 1], Language::Posix).map_or(Action::Nothing, Action::Child);
                return;
            }
            "tmux" | "screen" => {
                let is_program =
                    |word: &ShellWord| word.text().contains("claude") || word.text().contains("ANTHROPIC_");
                let Some(index) = (from..raw.words.len()).find(|&index| is_program(&raw.words[index])) else { return };
                nested.push(index);
                simple.action = self.nested(&raw.words[index], Language::Posix).map_or(Action::Nothing, Action::Child);
                return;
            }
            _ => {}
        }
        let mut words = raw.words.iter().enumerate().skip(from);
        let Some((shell, language)) = words.find_map(|(at, word)| Some((at, Language::of(word.text())?))) else {
            return;
        };
        let Some(index) = language.program(raw, shell + 1) else { return };
        nested.push(index);
        let word = &raw.words[index];
        let prefix = self.prefix.clone();
        self.foreign_script(&word.decoded, &live_offsets(word), prefix, language, false);
    }

    /// `alias name='body'`.
    pub(super) fn alias(&mut self, word: &ShellWord, nested: &mut Vec<usize>, raw: &RawCommand) {
        let Some(equals) = word.text().find('=').filter(|&at| at > 0) else { return };
        nested.extend(raw.words.iter().position(|other| std::ptr::eq(other, word)));
        let body = super::decode::part(&word.decoded, equals + 1, word.text().len());
        let live: Vec<usize> = live_offsets(word);
        let program = self.program(&body, &live, Language::Posix);
        self.aliases.extend(program);
    }

    /// The program in a word.
    pub(in crate::surface) fn nested(&mut self, word: &ShellWord, language: Language) -> Option<Node> {
        self.program(&word.decoded, &live_offsets(word), language)
    }

    /// Reads a string that this shell runs; `live` tells where in the document it was expanded before.
    fn program(&mut self, body: &Decoded, live: &[usize], language: Language) -> Option<Node> {
        if self.nesting >= MAX_NESTING {
            return None;
        }
        self.nesting += 1;
        let first = self.assignments.len();
        let node = language.parse(body.text.expose(), &body.origin, self);
        expand_earlier(&mut self.assignments[first..], live);
        self.nesting -= 1;
        Some(node)
    }

    /// Reads a script that runs apart from this one, in an environment of its own.
    pub(super) fn foreign_script(
        &mut self,
        body: &Decoded,
        live: &[usize],
        prefix: String,
        language: Language,
        sourced: bool,
    ) {
        if self.nesting >= MAX_NESTING {
            return;
        }
        let collector = Collector { nesting: self.nesting + 1, depth: self.depth, language, ..Collector::new(prefix) };
        let mut found = run::interpret(body, collector, sourced);
        expand_earlier(&mut found.assignments, live);
        self.adopt(found.assignments, found.launches);
        self.commands.extend(found.commands);
        self.escaped.extend(found.escaped);
    }
}

fn span_of(words: &[Word], first: usize, end: usize) -> Span {
    let start = words.get(first).map_or(0, |word| word.decoded.span().start);
    let end = words.get(end.saturating_sub(1)).map_or(start, |word| word.decoded.span().end);
    Span::new(start, end)
}
