//! What a command's words carry: headers, options that take a credential, captured variables, URLs.

use super::shell::decode::part;
use super::shell::word::name_length;
pub(super) use super::wrapper::{Unwrapped, unwrap};
use super::{Assignment, Command, Decoded, Reference, Slot, Value, Word, embedded};
use crate::credential::{Dialect, classify};

/// The credentials that a command's words may carry. Where the command stands goes into `key`; it may be empty.
///
/// Whether a value is one, and whether a URL holds one, is for the judge to say.
pub fn credentials(command: &Command, key: &str) -> Vec<Assignment> {
    let mut reader = Words { words: &command.words, key, found: Vec::new(), stores: false };
    let start = unwrap(&command.words);
    for &index in &start.sets {
        reader.variable(index, 0, true);
    }
    let program = command.words.get(start.program).map_or("", |word| basename(word.decoded.text.expose()));
    let mut index = start.program + 1;
    while index < command.words.len() {
        index += reader.argument(program, start.program, index).max(1);
    }
    for index in 0..command.words.len() {
        reader.urls(index);
        reader.found.extend(embedded::pairs(&command.words[index], key));
    }
    reader.found.sort_by_key(|assignment| assignment.name_span);
    reader.found
}

impl Command {
    /// The program proper and its arguments, behind `exec`, `env`, `sudo` and their kin.
    pub fn proper(&self) -> Option<(&str, &[Word])> {
        let at = unwrap(&self.words).program;
        let program = self.words.get(at)?;
        Some((basename(program.decoded.text.expose()), &self.words[at + 1..]))
    }
}

/// The file name of a program, without what Windows puts behind those of npm's and its own.
pub(super) fn basename(program: &str) -> &str {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let stem = name.len().checked_sub(4).filter(|&stem| stem > 0 && name.is_char_boundary(stem));
    let ends = |ending: &str| stem.is_some_and(|stem| name[stem..].eq_ignore_ascii_case(ending));
    if ends(".exe") || ends(".cmd") { &name[..name.len() - 4] } else { name }
}

/// Whether a command is one of PowerShell's own, or a function named like them, which starts no process:
/// `Invoke-RestMethod`, `irm`.
pub fn is_cmdlet(program: &str) -> bool {
    let aliases = ["irm", "iwr", "sc", "ac", "si", "ni", "gc"];
    let capital = |part: &str| part.starts_with(|first: char| first.is_ascii_uppercase());
    aliases.iter().any(|alias| program.eq_ignore_ascii_case(alias))
        || is_web_cmdlet(program)
        || program.split_once('-').is_some_and(|(verb, noun)| capital(verb) && capital(noun))
}

/// Whether a command asks the web in PowerShell.
pub fn is_web_cmdlet(program: &str) -> bool {
    ["invoke-restmethod", "irm", "invoke-webrequest", "iwr"].iter().any(|name| program.eq_ignore_ascii_case(name))
}

/// Whether a word names the client: `claude`, `/usr/bin/claude`, `@anthropic-ai/claude-code@latest`.
pub(super) fn is_client(program: &str) -> bool {
    let name = basename(program);
    matches!(name.split('@').next().unwrap_or(name), "claude" | "claude-code")
}

/// The length of the name in `NAME=value`.
pub(super) fn variable_name(text: &str) -> Option<usize> {
    let length = name_length(text);
    (length > 0 && text[length..].starts_with('=')).then_some(length)
}

/// A value in a word with live expansions, as far as its text tells.
pub(super) fn live_value(decoded: &Decoded) -> Value {
    let text = decoded.text.expose();
    if text.contains("$(") || text.contains('`') {
        return Value::Unknown;
    }
    let Some(dollar) = text.find('$') else {
        // `%X%` of cmd.exe.
        return if text.trim().is_empty() { Value::Empty } else { classify(decoded, Dialect::Batch) };
    };
    let rest = &text[dollar + 1..];
    let braced = usize::from(rest.starts_with('{'));
    let is_environment = rest.get(braced..braced + 4).is_some_and(|scope| scope.eq_ignore_ascii_case("env:"));
    let start = braced + if is_environment { 4 } else { 0 };
    let length = name_length(&rest[start..]);
    let name = (length > 0).then(|| rest[start..start + length].to_owned());
    let behind = &rest[start + length..];
    let mut default = None;
    let operator = [":-", ":=", "-", "="].iter().find(|operator| braced == 1 && behind.starts_with(**operator));
    if let (Some(operator), Some(end)) = (operator, behind.rfind('}')) {
        let first = dollar + 1 + start + length + operator.len();
        let last = dollar + 1 + start + length + end;
        default = (first < last).then(|| part(decoded, first, last));
    }
    Value::Reference(Reference { name, expanded: true, default })
}

fn static_value(decoded: &Decoded) -> Value {
    if decoded.text.expose().trim().is_empty() { Value::Empty } else { classify(decoded, Dialect::Literal) }
}

struct Words<'a> {
    words: &'a [Word],
    key: &'a str,
    found: Vec<Assignment>,
    /// A subcommand was seen behind which `NAME=value` words are to be kept: `secrets set`.
    stores: bool,
}

impl<'a> Words<'a> {
    fn text(&self, index: usize) -> &'a str {
        self.words.get(index).map_or("", |word| word.decoded.text.expose())
    }

    /// Notes `words[value.0][value.1..value.2]` as the value of `words[name.0][name.1..name.2]`.
    fn push(&mut self, slot: Slot, name: (usize, usize, usize), value: (usize, usize, usize)) {
        let (Some(name_word), Some(value_word)) = (self.words.get(name.0), self.words.get(value.0)) else {
            return;
        };
        let name = part(&name_word.decoded, name.1, name.2);
        let decoded = part(&value_word.decoded, value.1, value.2);
        let value = if value_word.dynamic { live_value(&decoded) } else { static_value(&decoded) };
        let name_text = if slot == Slot::Url { "url" } else { name.text.expose() };
        self.found.push(Assignment {
            name: name_text.to_owned(),
            name_span: name.span(),
            slot,
            value,
            decoded,
            key: if self.key.is_empty() { name_text.to_owned() } else { format!("{}.{name_text}", self.key) },
            exported: false,
            commented: false,
        });
    }

    /// Reads the argument at `index` and says how many words it took.
    fn argument(&mut self, program: &str, start: usize, index: usize) -> usize {
        let text = self.text(index);
        if let Some(taken) = self.header(program, index) {
            return taken;
        }
        if let Some(taken) = self.environment(program, index) {
            return taken;
        }
        if let Some(taken) = self.user(program, index) {
            return taken;
        }
        if text.starts_with('-') {
            return self.option(program, index);
        }
        self.stores |=
            matches!(text, "secret" | "secrets" | "config:set" | "variable" | "variables" | "set-environment");
        let stores = matches!(program, "set" | "export" | "declare" | "typeset" | "readonly");
        let stores = stores || self.stores;
        if stores {
            self.variable(index, 0, matches!(program, "export"));
        } else if program == "setx" && index == start + 1 && index + 1 < self.words.len() {
            self.push(Slot::Variable, (index, 0, text.len()), (index + 1, 0, self.text(index + 1).len()));
            return 2;
        } else if program == "op" {
            // `op item create … password=value`, `field[type]=value`.
            let name = text.find(['=', '[']).filter(|&end| end > 0 && is_credential_option(&text[..end]));
            if let (Some(name), Some(equals)) = (name, text.find('=')) {
                self.push(Slot::Option, (index, 0, name), (index, equals + 1, text.len()));
            }
        }
        1
    }

    /// Notes the word at `index` as a variable if it is `NAME=value` from byte `from` on.
    fn variable(&mut self, index: usize, from: usize, exported: bool) -> bool {
        let text = self.text(index);
        let Some(length) = text.get(from..).and_then(variable_name) else { return false };
        let (equals, end) = (from + length, text.len());
        self.push(Slot::Variable, (index, from, equals), (index, equals + 1, end));
        if let Some(last) = self.found.last_mut() {
            last.exported = exported;
        }
        true
    }

    /// `-H 'Name: value'` and its other spellings.
    fn header(&mut self, program: &str, index: usize) -> Option<usize> {
        let text = self.text(index);
        if matches!(program, "http" | "https" | "xh" | "xhs") && !text.starts_with('-') {
            let colon = text.find(':').filter(|_| !text.contains("://") && !text.contains(":="))?;
            return self.named_header(index, 0, colon).then_some(1);
        }
        if matches!(program, "grep" | "egrep" | "rg" | "sudo" | "ls" | "du" | "find" | "chown" | "tree") {
            return None;
        }
        if (text.eq_ignore_ascii_case("-headers") || text.eq_ignore_ascii_case("-header"))
            && self.text(index + 1).starts_with("@{")
        {
            self.table(index + 1);
            return Some(2);
        }
        let (index, from, taken) = match text {
            "-H" | "--header" | "--headers" | "-header" | "--proxy-header" => (index + 1, 0, 2),
            _ => {
                let glued = ["--header=", "--headers=", "--proxy-header=", "-H"];
                let option = glued.iter().find(|option| text.starts_with(**option))?;
                (index, option.len(), 1)
            }
        };
        let text = self.text(index);
        let colon = from + text.get(from..)?.find(':')?;
        self.named_header(index, from, colon).then_some(taken)
    }

    /// The headers in a hash table of PowerShell's.
    fn table(&mut self, index: usize) {
        for (name, value) in super::powershell::entries(self.text(index)) {
            self.push(Slot::Header, (index, name.start, name.end), (index, value.start, value.end));
        }
    }

    fn named_header(&mut self, index: usize, from: usize, colon: usize) -> bool {
        let text = self.text(index);
        let start = from + (text[from..colon].len() - text[from..colon].trim_start().len());
        let end = from + text[from..colon].trim_end().len();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if start >= end || !text[start..end].bytes().all(is_token) {
            return false;
        }
        let value = &text[colon + 1..];
        let first = colon + 1 + (value.len() - value.trim_start().len());
        let last = (colon + 1 + value.trim_end().len()).max(first);
        self.push(Slot::Header, (index, start, end), (index, first, last));
        true
    }

    /// `-e NAME=value` of containers and of `claude mcp add`. A bare `-e NAME` passes the variable on.
    fn environment(&mut self, program: &str, index: usize) -> Option<usize> {
        let text = self.text(index);
        let short = matches!(
            program,
            "docker" | "podman" | "nerdctl" | "docker-compose" | "lxc" | "claude" | "codex" | "gemini"
        );
        let glued = ["--env=", "--build-arg=", "--set-env=", "--from-literal="];
        if let Some(option) = glued.iter().find(|option| text.starts_with(**option)) {
            return self.variable(index, option.len(), false).then_some(1);
        }
        let spaced = matches!(text, "--env" | "--build-arg" | "--set-env" | "--from-literal");
        if !(spaced || short && text == "-e") {
            if short && text.len() > 2 && text.starts_with("-e") {
                return self.variable(index, 2, false).then_some(1);
            }
            return None;
        }
        let mut taken = 1;
        // `claude mcp add` takes any number of variables behind one option.
        while self.variable(index + taken, 0, false) {
            taken += 1;
            if !matches!(program, "claude" | "codex" | "gemini") {
                break;
            }
        }
        Some(taken)
    }

    /// `-u user:password` of curl and wget-like programs.
    fn user(&mut self, program: &str, index: usize) -> Option<usize> {
        if !matches!(program, "curl" | "http" | "https" | "xh" | "xhs") {
            return None;
        }
        let text = self.text(index);
        let short = if program == "curl" { ["-u", "-U"] } else { ["-a", "-a"] };
        let (word, from, name) = if matches!(text, "--user" | "--proxy-user" | "--auth") || short.contains(&text) {
            (index + 1, 0, text.len())
        } else if let Some(option) =
            ["--user=", "--proxy-user=", "--auth="].iter().find(|option| text.starts_with(**option))
        {
            (index, option.len(), option.len() - 1)
        } else if short.iter().any(|option| text.starts_with(option)) {
            (index, 2, 2)
        } else {
            return None;
        };
        let value = self.text(word);
        let password = from + value.get(from..)?.find(':')? + 1;
        self.push(Slot::Userinfo, (index, 0, name), (word, password, value.len()));
        Some(1 + word - index)
    }

    /// Options whose name or program says that a credential follows.
    fn option(&mut self, program: &str, index: usize) -> usize {
        let text = self.text(index);
        let name = text.trim_start_matches('-');
        if let Some(equals) = text.find('=') {
            if is_credential_option(text[..equals].trim_start_matches('-')) {
                self.push(Slot::Option, (index, 0, equals), (index, equals + 1, text.len()));
            }
            return 1;
        }
        let glued = matches!(program, "mysql" | "mysqldump" | "mysqladmin" | "mariadb" | "mariadb-dump" | "sshpass");
        if glued && text.len() > 2 && text.starts_with("-p") {
            self.push(Slot::Option, (index, 0, 2), (index, 2, text.len()));
            return 1;
        }
        let known = match program {
            "sshpass" | "docker" | "podman" | "mongosh" | "mongo" => {
                text == "-p"
                    && (program != "docker" && program != "podman"
                        || self.text(index - 1) != "run" && self.has("login"))
            }
            "redis-cli" => text == "-a",
            "security" => text == "-w",
            _ => false,
        };
        let value = self.text(index + 1);
        let takes_next = index + 1 < self.words.len() && !value.starts_with('-');
        if takes_next && (known || (name.len() > 2 && is_credential_option(name))) {
            self.push(Slot::Option, (index, 0, text.len()), (index + 1, 0, value.len()));
            return 2;
        }
        1
    }

    fn has(&self, text: &str) -> bool {
        self.words.iter().any(|word| word.decoded.text.expose() == text)
    }

    /// Every URL in the word at `index`.
    fn urls(&mut self, index: usize) {
        let text = self.text(index);
        let mut places = Vec::new();
        let mut from = 0;
        while let Some(found) = text[from..].find("://") {
            let middle = from + found;
            let is_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+.-".contains(byte);
            let scheme = text.as_bytes()[from..middle].iter().rev().take_while(|byte| is_scheme(byte)).count();
            let rest = &text[middle..];
            let length = rest.find(|end: char| end.is_whitespace() || "\"'<>`".contains(end)).unwrap_or(rest.len());
            if scheme > 0 {
                places.push((middle - scheme, middle + length));
            }
            from = middle + length.max(3);
        }
        for (start, end) in places {
            self.push(Slot::Url, (index, start, end), (index, start, end));
        }
    }
}

/// Whether an option's name says that its value is a credential: `api-key`, `client_secret`, `githubToken`.
fn is_credential_option(name: &str) -> bool {
    let name: String = name
        .char_indices()
        .flat_map(|(at, character)| {
            let splits = at > 0 && character.is_ascii_uppercase() && name.as_bytes()[at - 1].is_ascii_lowercase();
            splits.then_some('-').into_iter().chain([if character == '_' {
                '-'
            } else {
                character.to_ascii_lowercase()
            }])
        })
        .collect();
    let mut parts = name.rsplit('-');
    let (last, before) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    // `--with-token` reads standard input, `--no-password` has no value.
    if ["with-", "no-", "use-", "skip-", "ask-", "prompt-", "show-"].iter().any(|prefix| name.starts_with(prefix)) {
        return false;
    }
    match last {
        "token" | "password" | "passwd" | "pass" | "secret" | "apikey" | "authtoken" | "passphrase" | "pat" => true,
        "key" => matches!(
            before,
            "api"
                | "secret"
                | "access"
                | "auth"
                | "master"
                | "private"
                | "signing"
                | "encryption"
                | "subscription"
                | "admin"
        ),
        "auth" => name == "auth",
        _ => false,
    }
}
