//! Where what commands print goes.

use std::collections::HashMap;
use std::ops::Range;

use super::meaning::Collector;
use super::word::ShellWord;
use crate::surface::Output;

/// Where a redirection sends standard output: `target` is the word behind `>`, `>>`, `&>` or `>&`.
pub(super) fn redirected(target: &ShellWord, duplicates: bool) -> Option<Output> {
    match target.text() {
        "/dev/stdout" => None,
        "1" if duplicates => None,
        "-" if duplicates => Some(Output::Redirected),
        "/dev/stderr" | "/dev/tty" | "/dev/fd/2" => Some(Output::Shown),
        // Another descriptor is mostly the terminal under another number.
        text if duplicates && text.bytes().all(|byte| byte.is_ascii_digit()) => Some(Output::Shown),
        text if text.starts_with(">(") => Some(Output::Piped),
        _ => Some(Output::Redirected),
    }
}

impl Collector {
    /// Says where the commands from number `first` on print to, as far as none of them says so itself.
    pub(in crate::surface) fn send(&mut self, first: usize, output: Option<Output>) {
        let Some(output) = output else { return };
        for (index, command) in self.commands.iter_mut().enumerate().skip(first) {
            if command.output == Output::Shown && !self.settled.contains(&index) {
                command.output = output;
                if output == Output::Shown {
                    self.settled.insert(index);
                }
            }
        }
    }

    /// What a function prints goes where its calls send it, if none of them shows it.
    pub(super) fn send_bodies(&mut self) {
        let mut bodies: HashMap<&str, Vec<Range<usize>>> = HashMap::new();
        for (name, body) in &self.bodies {
            bodies.entry(name).or_default().push(body.clone());
        }
        let callee = |index: usize| {
            let word = self.commands.get(index)?.words.first().filter(|word| !word.dynamic)?;
            let name = self.language.folded(word.decoded.text.expose());
            bodies.get_key_value(name.as_str()).map(|(name, _)| *name)
        };
        // Of each function: how many calls show what it prints, and where the others send it.
        let mut calls: HashMap<&str, (usize, Vec<Output>)> = HashMap::new();
        let callees: Vec<Option<&str>> = (0..self.commands.len()).map(callee).collect();
        for (command, name) in self.commands.iter().zip(&callees) {
            let Some(name) = name else { continue };
            let entry = calls.entry(name).or_default();
            match command.output {
                Output::Shown => entry.0 += 1,
                output => entry.1.push(output),
            }
        }
        let mut quiet: Vec<&str> = calls.iter().filter(|(_, (shown, _))| *shown == 0).map(|(name, _)| *name).collect();
        let mut outputs: Vec<Output> = self.commands.iter().map(|command| command.output).collect();
        while let Some(name) = quiet.pop() {
            let sent = calls.get(name).map_or(&[][..], |(_, sent)| sent.as_slice());
            let alike = sent.windows(2).all(|pair| pair[0] == pair[1]);
            let output = sent.first().copied().filter(|_| alike).unwrap_or(Output::Captured);
            for index in bodies.get(name).into_iter().flatten().cloned().flatten() {
                if outputs[index] != Output::Shown || self.settled.contains(&index) {
                    continue;
                }
                outputs[index] = output;
                if let Some((shown, sent)) = callees[index].and_then(|inner| calls.get_mut(inner)) {
                    *shown -= 1;
                    sent.push(output);
                    if *shown == 0 {
                        quiet.extend(callees[index]);
                    }
                }
            }
        }
        for (command, output) in self.commands.iter_mut().zip(outputs) {
            command.output = output;
        }
    }
}
