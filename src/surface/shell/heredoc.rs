//! Files that a script writes and that are scripts, dotenv files or settings themselves.

use super::decode::Builder;
use super::language::Language;
use super::layout::HereDoc;
use super::meaning::{Collector, expand_earlier, live_offsets};
use super::tree::RawCommand;
use super::word::Reader;
use crate::path::RepoPath;
use crate::surface::command::{Unwrapped, basename};
use crate::surface::table::surface_of;
use crate::surface::{Assignment, Decoded, Mcp, Settings, Slot, Surface, Word, dotenv, embedded};

/// Who reads what the here-document holds.
enum Reads {
    Dotenv,
    /// `sourced`: a file that may be sourced, so that what it exports matters even if it starts nothing.
    Shell {
        language: Language,
        sourced: bool,
    },
    /// `in_effect`: the settings of a session, and not a profile to be copied.
    Json {
        surface: Surface,
        in_effect: bool,
    },
}

/// Reads the here-documents of a command; those that it hands on to the next in a pipeline are returned.
pub(super) fn read(
    collector: &mut Collector,
    reader: Reader<'_>,
    raw: &RawCommand,
    words: &[Word],
    at: &Unwrapped,
) -> Vec<HereDoc> {
    if raw.heredocs.is_empty() || words.is_empty() {
        return Vec::new();
    }
    let program = basename(words[at.program].decoded.text.expose());
    let arguments = &raw.words[at.program + 1..];
    let shell = raw.words[at.program..].iter().map(|word| basename(word.text()));
    let mut shell = shell.filter(|name| Language::of(name).is_some() || *name == "ssh");
    let tee = if program == "tee" { arguments.iter().find(|word| !word.text().starts_with('-')) } else { None };
    let Some(target) = raw.targets.last().or(tee) else {
        if let Some(shell) = shell.next() {
            let language = Language::of(shell).unwrap_or_default();
            for heredoc in &raw.heredocs {
                let (body, live) = body(reader, heredoc);
                collector.written(shell, &body, &live, Reads::Shell { language, sourced: false });
            }
        }
        return if program == "cat" { raw.heredocs.clone() } else { Vec::new() };
    };
    for heredoc in &raw.heredocs {
        let (body, live) = body(reader, heredoc);
        if let Some(reads) = reads(target.text(), body.text.expose()) {
            collector.written(target.text(), &body, &live, reads);
        }
    }
    Vec::new()
}

/// `echo '{…}' > .claude/settings.json`: JSON that a command prints into a file.
pub(super) fn printed(collector: &mut Collector, raw: &RawCommand, at: &Unwrapped) {
    if collector.language != Language::Posix {
        return;
    }
    let printers = raw.words.get(at.program).filter(|word| matches!(word.text(), "echo" | "printf"));
    let (Some(_), Some(target)) = (printers, raw.targets.last()) else { return };
    let Some(word) = raw.words[at.program..].iter().find(|word| word.text().trim_start().starts_with('{')) else {
        return;
    };
    if let Some(reads @ Reads::Json { .. }) = reads(target.text(), word.text()) {
        collector.written(target.text(), &word.decoded, &live_offsets(word), reads);
    }
}

impl Collector {
    /// Reads what a command writes to the file at `path`, which may be spelled with backslashes.
    pub(in crate::surface) fn write_file(&mut self, path: &str, body: &Decoded, live: &[usize]) {
        let path = path.replace('\\', "/");
        if let Some(reads) = reads(&path, body.text.expose()) {
            self.written(&path, body, live, reads);
        }
    }

    /// Reads what is written to a file; `live` tells where in the document this script expands it.
    fn written(&mut self, target: &str, body: &Decoded, live: &[usize], reads: Reads) {
        let prefix = format!("{}<<{target}.", self.prefix);
        match reads {
            Reads::Shell { language, sourced } => self.foreign_script(body, live, prefix, language, sourced),
            Reads::Dotenv => {
                let mut found = dotenv::assignments(body.text.expose(), &body.origin, &prefix);
                expand_earlier(&mut found, live);
                let launch = dotenv::launch(&found, 0);
                self.adopt(found, launch);
            }
            Reads::Json { surface, in_effect } => {
                let mut found = embedded::read(body, surface, &prefix);
                expand_earlier(&mut found.assignments, live);
                let mut launches = found.launches;
                if let Some(session) = launches.first_mut().filter(|_| in_effect) {
                    let is_helper = |one: &Assignment| one.slot == Slot::Command && one.name == "apiKeyHelper";
                    session.environment.extend(found.assignments.iter().position(is_helper));
                    prefix.trim_end_matches('.').clone_into(&mut session.key);
                }
                launches.retain(|launch| launch.command.is_some() || in_effect && !launch.environment.is_empty());
                self.adopt(found.assignments, launches);
                self.commands.extend(found.commands);
                self.escaped.extend(found.escaped);
            }
        }
    }
}

/// Who reads a file of that path and content.
fn reads(path: &str, body: &str) -> Option<Reads> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let shebang = body.lines().next().map(str::trim_start).filter(|line| line.starts_with("#!"));
    if let Some(line) = shebang.filter(|line| line.trim_end().ends_with("sh") || line.contains("sh ")) {
        let language = if line.contains("fish") { Language::Fish } else { Language::Posix };
        return Some(Reads::Shell { language, sourced: true });
    }
    // A file of variables for the steps behind this one.
    if matches!(name, "$GITHUB_ENV" | "${GITHUB_ENV}" | "$env:GITHUB_ENV" | "%GITHUB_ENV%") {
        return Some(Reads::Dotenv);
    }
    if name.eq_ignore_ascii_case("$profile") {
        return Some(Reads::Shell { language: Language::PowerShell, sourced: true });
    }
    match surface_of(&RepoPath::from(path), &|_| false) {
        Some(Surface::Shell) => return Some(Reads::Shell { language: Language::Posix, sourced: true }),
        Some(Surface::PowerShell) => return Some(Reads::Shell { language: Language::PowerShell, sourced: true }),
        Some(Surface::Batch) => return Some(Reads::Shell { language: Language::Batch, sourced: true }),
        Some(Surface::Fish) => return Some(Reads::Shell { language: Language::Fish, sourced: true }),
        Some(Surface::Dotenv) => return Some(Reads::Dotenv),
        _ => {}
    }
    if !body.trim_start().starts_with('{') {
        return None;
    }
    let has = |keys: &[&str]| keys.iter().any(|key| body.contains(key));
    let surface = if has(&["\"env\"", "\"apiKeyHelper\"", "\"permissions\"", "\"hooks\""]) && !has(&["\"mcpServers\""])
    {
        Surface::Settings(Settings::Profile)
    } else if has(&["\"mcpServers\""]) {
        Surface::Mcp(Mcp::ClaudeCode)
    } else {
        return None;
    };
    let in_effect = matches!(name, "settings.json" | "settings.local.json") && folder.ends_with(".claude");
    let in_effect = in_effect && matches!(surface, Surface::Settings(_));
    Some(Reads::Json { surface, in_effect })
}

/// The text of a here-document, and where in the document it is expanded.
fn body(reader: Reader<'_>, heredoc: &HereDoc) -> (Decoded, Vec<usize>) {
    let (start, end) = (heredoc.body.start, heredoc.body.end);
    let text = reader.text;
    let mut builder = Builder::new(start);
    let mut live = Vec::new();
    let mut at = start;
    for line in text[start..end].split_inclusive('\n') {
        let mut from = at;
        let next = at + line.len();
        if heredoc.strips_tabs {
            from += line.bytes().take_while(|&byte| byte == b'\t').count();
        }
        while !heredoc.quoted && from < next {
            let rest = &text[from..next];
            let run = rest.find(['\\', '$', '`']).unwrap_or(rest.len());
            builder.push(&rest[..run], from);
            from += run;
            let special = &rest[run..];
            let skipped = match special.as_bytes() {
                [b'\\', b'\n', ..] => {
                    from += 2;
                    continue;
                }
                [b'\\', b'$' | b'`' | b'\\', ..] => 1,
                [b'$', b'{' | b'(' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' | b'*', ..] | [b'`', ..] => {
                    live.push(reader.origin.span(from, from).start);
                    0
                }
                [] => break,
                _ => 0,
            };
            builder.push(&special[skipped..=skipped], from + skipped);
            from += skipped + 1;
        }
        builder.push(&text[from..next], from);
        at = next;
    }
    (builder.finish(reader.origin), live)
}
