//! Here-documents that are scripts or dotenv files themselves.

use super::decode::Builder;
use super::layout::HereDoc;
use super::meaning::{Collector, expand_earlier};
use super::tree::RawCommand;
use super::word::Reader;
use crate::surface::command::{Unwrapped, basename};
use crate::surface::{Decoded, Word, dotenv};

/// Who reads what the here-document holds.
enum Reads {
    Dotenv,
    /// `sourced`: a file that may be sourced, so that what it exports matters even if it starts nothing.
    Shell {
        sourced: bool,
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
    let tee = if program == "tee" { arguments.iter().find(|word| !word.text().starts_with('-')) } else { None };
    let Some(target) = raw.targets.last().or(tee) else {
        let shell = raw.words[at.program..].iter().map(|word| basename(word.text()));
        let mut shell = shell.filter(|name| matches!(*name, "sh" | "bash" | "zsh" | "dash" | "ksh"));
        if let Some(shell) = shell.next() {
            for heredoc in &raw.heredocs {
                script(collector, reader, heredoc, shell, &Reads::Shell { sourced: false });
            }
        }
        return if program == "cat" { raw.heredocs.clone() } else { Vec::new() };
    };
    for heredoc in &raw.heredocs {
        let body = &reader.text[heredoc.body.clone()];
        if let Some(reads) = reads(basename(target.text()), body) {
            script(collector, reader, heredoc, target.text(), &reads);
        }
    }
    Vec::new()
}

fn script(collector: &mut Collector, reader: Reader<'_>, heredoc: &HereDoc, target: &str, reads: &Reads) {
    let (body, live) = body(reader, heredoc);
    let prefix = format!("{}<<{target}.", collector.prefix);
    match reads {
        Reads::Shell { sourced } => collector.foreign_script(&body, &live, prefix, *sourced),
        Reads::Dotenv => {
            let mut found = dotenv::assignments(body.text.expose(), &body.origin, &prefix);
            expand_earlier(&mut found, &live);
            let launch = dotenv::launch(&found, 0);
            collector.adopt(found, launch);
        }
    }
}

/// Who reads a file of that name and content.
fn reads(name: &str, body: &str) -> Option<Reads> {
    let is_rc = matches!(
        name,
        ".envrc"
            | ".bashrc"
            | ".zshrc"
            | ".kshrc"
            | ".profile"
            | ".bash_profile"
            | ".zprofile"
            | ".zshenv"
            | ".zlogin"
            | ".bash_aliases"
    );
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let shebang = body.lines().next().map(str::trim_start).filter(|line| line.starts_with("#!"));
    if is_rc
        || matches!(extension, "sh" | "bash" | "zsh" | "ksh")
        || shebang.is_some_and(|line| line.trim_end().ends_with("sh") || line.contains("sh "))
    {
        return Some(Reads::Shell { sourced: true });
    }
    // `$GITHUB_ENV` is a file of variables for the steps behind this one.
    let dotenv = matches!(name, ".env" | ".dev.vars" | ".flaskenv" | "$GITHUB_ENV" | "${GITHUB_ENV}")
        || name.starts_with(".env.")
        || extension == "env";
    dotenv.then_some(Reads::Dotenv)
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
