//! `compromised-package`: a package that was published to steal credentials is declared, locked or installed.

use super::{File, Repository, Rule};
use crate::finding::{Finding, Message, Severity};
use crate::message;
use crate::path::RepoPath;
use crate::route::consumer::{API_ANTHROPIC, Declared, LITELLM, declarations, speaks_of};
use crate::surface::{Command, Word};
use crate::text::Span;

pub(super) static RULE: Rule = Rule {
    slug: "compromised-package",
    severity: Severity::Error,
    summary: "a package that was published to steal credentials",
    page: include_str!("../../rules/compromised-package.md"),
    check,
};

/// The versions of litellm that hold malware (`PyPI`, 2026-03-24; upstream issue 24518, checked 2026-08).
const VERSIONS: [[u64; 3]; 2] = [[1, 82, 7], [1, 82, 8]];

/// Programs that install packages.
const INSTALLERS: [&str; 17] = [
    "pip", "pip3", "uv", "uvx", "pipx", "poetry", "pdm", "pipenv", "conda", "mamba", "npm", "pnpm", "yarn", "bun",
    "npx", "bunx", "pnpx",
];

/// Whether the file is a manifest or a lock file that names one of the packages.
pub(super) fn needs(path: &RepoPath, bytes: &[u8]) -> bool {
    let names = |name: &str| memchr::memmem::find(bytes, name.as_bytes()).is_some();
    speaks_of(path).is_some() && (names(LITELLM) || names("LiteLLM") || names(API_ANTHROPIC))
}

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        let text = file.document.text.as_str();
        if needs(&file.entry.path, text.as_bytes()) {
            for declared in declarations(&file.entry.path, text) {
                if let Some(package) = compromised(&declared)
                    && let Some(place) = name_on(text, declared.line, declared.package)
                {
                    findings.push(finding(file, place, package, "is declared here"));
                }
            }
        }
        for command in &file.document.commands {
            if let Some((package, place)) = installed(command) {
                findings.push(finding(file, place, package, "is installed here"));
            }
        }
    }
}

/// A package that steals, and what is known of it.
#[derive(Clone, Copy)]
enum Package {
    LiteLlm([u64; 3]),
    ApiAnthropic,
}

fn compromised(declared: &Declared) -> Option<Package> {
    match declared.package {
        // A range that admits the versions installs others: they were taken back within hours.
        LITELLM => declared.exact().filter(|version| VERSIONS.contains(version)).map(Package::LiteLlm),
        API_ANTHROPIC => Some(Package::ApiAnthropic),
        _ => None,
    }
}

/// The place of a package's name: on the line of its version, or the last one above.
fn name_on(text: &str, line: usize, name: &str) -> Option<Span> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').take(line).map(|line| {
        start += line.len();
        (start - line.len(), line)
    });
    let found = lines.filter_map(|(start, line)| Some(start + line.to_ascii_lowercase().find(name)?)).last()?;
    Some(Span::new(found, found + name.len()))
}

/// The package that a command installs.
fn installed(command: &Command) -> Option<(Package, Span)> {
    let (program, arguments) = command.proper()?;
    let text = |word: &Word| word.decoded.text.expose().to_owned();
    // `npx api-anthropic`
    if program.split('@').next() == Some(API_ANTHROPIC) && command.words.len() > 1 + arguments.len() {
        let word = command.words.get(command.words.len() - arguments.len() - 1)?;
        return Some((Package::ApiAnthropic, word.decoded.span()));
    }
    let module = arguments.windows(2).find(|pair| text(&pair[0]) == "-m").map(|pair| text(&pair[1]));
    let is_python = program.starts_with("python");
    let installer = if is_python { module? } else { program.to_owned() };
    let plain = installer.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.');
    if !INSTALLERS.contains(&plain) && !INSTALLERS.contains(&installer.as_str()) {
        return None;
    }
    let is = |names: &[&str]| arguments.iter().any(|word| names.contains(&word.decoded.text.expose()));
    let runs = matches!(plain, "uvx" | "npx" | "bunx" | "pnpx");
    if !runs && !is(&["install", "i", "add", "run", "exec", "dlx", "x", "inject", "global"])
        || is(&["uninstall", "remove", "rm", "download", "view", "info"])
    {
        return None;
    }
    arguments.iter().find_map(|word| Some((named(word.decoded.text.expose())?, word.decoded.span())))
}

/// `litellm==1.82.7`, `litellm[proxy]==1.82.8`, `litellm@1.82.7`, `api-anthropic@latest`
fn named(word: &str) -> Option<Package> {
    let lower = word.to_ascii_lowercase();
    if lower.split('@').next() == Some(API_ANTHROPIC) {
        return Some(Package::ApiAnthropic);
    }
    let rest = lower.strip_prefix(LITELLM)?.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let version = ["===", "==", "@"].iter().find_map(|mark| rest.strip_prefix(mark))?.trim();
    let is = |known: &&[u64; 3]| known.map(|part| part.to_string()).join(".") == version;
    VERSIONS.iter().find(is).copied().map(Package::LiteLlm)
}

fn finding(file: &File, place: Span, package: Package, label: &'static str) -> Finding {
    let (message, help): (Message, Message) = match package {
        Package::LiteLlm([.., patch]) => (
            message!["litellm 1.82.", patch as usize, " sends the credentials of the machine to thieves"],
            message!["take another version: 1.82.7 and 1.82.8 were published with a stolen login"],
        ),
        Package::ApiAnthropic => (
            message![
                "every version of api-anthropic rewrites Claude's settings, so that sessions go to a host of its author"
            ],
            message!["take it out: Anthropic's own package is `@anthropic-ai/sdk`"],
        ),
    };
    Finding::new(&RULE, Severity::Error, message, "", file.locate(place).labelled(message![label]))
        .help(help)
        .help(message!["where it was installed, remove it and revoke every credential that was on the machine"])
}
