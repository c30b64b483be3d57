//! `secret-printed`: a script or a pipeline step prints a credential in full.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::{File, Repository, Rule};
use crate::credential::Lexicon;
use crate::credential::judge::Certainty;
use crate::credential::name::Standing;
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::unit::UnitKind;
use crate::surface::expansion::expansions;
use crate::surface::{Assignment, Command, Output, Pipeline, Slot, Surface, Value, Word};

pub(super) static RULE: Rule = Rule {
    slug: "secret-printed",
    severity: Severity::Warning,
    summary: "a script or a pipeline step prints a credential in full",
    page: include_str!("../../rules/secret-printed.md"),
    check,
};

/// Programs that print their arguments.
const PRINTS: [&str; 4] = ["echo", "printf", "print", "Write-Output"];

/// Settings whose command is run for what it prints.
const FOR_THEIR_OUTPUT: [&str; 5] =
    ["apiKeyHelper", "awsAuthRefresh", "awsCredentialExport", "gcpAuthRefresh", "otelHeadersHelper"];

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        let Some(surface) = file.document.surface else { continue };
        if is_helper(file, surface) {
            continue;
        }
        let own = Own { file, surface, exported: OnceCell::new(), plain: OnceCell::new() };
        let mut tracing: Option<&Command> = None;
        for (index, command) in file.document.commands.iter().enumerate() {
            if is_for_its_output(command) {
                continue;
            }
            // In fish, `set -x` exports.
            match trace_switch(command).filter(|_| surface != Surface::Fish) {
                Some(true) => tracing = Some(command),
                Some(false) => tracing = None,
                None => {}
            }
            let before = index.checked_sub(1).and_then(|index| file.document.commands.get(index));
            if let Some(printed) = printed(&own, command, before).filter(|printed| !own.is_plain(printed)) {
                findings.push(finding(file, surface, command, &printed));
            } else if let Some(switch) = tracing.filter(|switch| switch.key == command.key)
                && let Some(name) = credential_in(file, command)
            {
                findings.push(
                    Finding::new(
                        &RULE,
                        severity(surface, name, &file.lexicon),
                        message!["`set -x` prints each command as it runs, here with the value of ", Name(name)],
                        &key(switch, "set"),
                        file.locate(switch.span),
                    )
                    .related(file.locate(command.span).labelled(message!["printed with its value"]))
                    .help(message!["turn it off around this command: `{ set +x; } 2>/dev/null`"]),
                );
                // Once for each switch.
                tracing = None;
            }
        }
    }
}

/// What a command prints.
enum Printed<'a> {
    /// A variable.
    Variable(&'a str),
    /// The whole environment, with this variable in it.
    Environment(&'a str),
}

fn finding(file: &File, surface: Surface, command: &Command, printed: &Printed<'_>) -> Finding {
    let (message, name) = match *printed {
        Printed::Variable(name) => (message!["prints the value of ", Name(name)], name),
        Printed::Environment(name) => (message!["prints the whole environment, with the value of ", Name(name)], name),
    };
    let help = if surface == Surface::Pipeline(Pipeline::GitHub) {
        message!["the log hides a value only as long as it is registered as a secret and unchanged"]
    } else {
        message!["to see that it is set, `test -n` is enough"]
    };
    Finding::new(&RULE, severity(surface, name, &file.lexicon), message, &key(command, name), file.locate(command.span))
        .help(help)
}

/// What a file says of variables, gathered once one of its commands asks.
struct Own<'a> {
    file: &'a File,
    surface: Surface,
    /// The credentials that it exports, in order.
    exported: OnceCell<Vec<&'a Assignment>>,
    /// The variables to which it gives values, and whether none of these is a credential.
    plain: OnceCell<HashMap<&'a str, bool>>,
}

impl<'a> Own<'a> {
    /// Whether the file itself gives the variable a value, and none that is a credential: `SECRET=name-of-a-secret`.
    fn is_plain(&self, printed: &Printed<'_>) -> bool {
        let Printed::Variable(name) = *printed else { return false };
        let file = self.file;
        let plain = self.plain.get_or_init(|| {
            let certain = file.sightings.iter().filter(|sighting| sighting.certainty > Certainty::Weak);
            let credentials: HashSet<usize> = certain.filter_map(|sighting| sighting.assignment).collect();
            let mut plain = HashMap::new();
            for (index, one) in file.document.assignments.iter().enumerate() {
                let literal = matches!(one.value, Value::Literal | Value::Empty | Value::Placeholder);
                *plain.entry(one.name.as_str()).or_insert(true) &= literal && !credentials.contains(&index);
            }
            plain
        });
        plain.get(name).copied().unwrap_or(false)
    }

    /// A credential that this file exports, so that `env` prints it.
    fn in_the_environment(&self, command: &Command) -> Option<&'a str> {
        let file = self.file;
        let exported = self.exported.get_or_init(|| {
            let is_exported = |assignment: &&Assignment| {
                assignment.slot == Slot::Variable
                    && assignment.exported
                    && !assignment.commented
                    && assignment.value.is_set()
                    && is_credential(&assignment.name, &file.lexicon)
            };
            file.document.assignments.iter().filter(is_exported).collect()
        });
        let step = UnitKind::of(self.surface) == UnitKind::Step;
        let found = exported.iter().find(|assignment| {
            if step {
                // A step knows what its job and the workflow set.
                assignment.key.split(".env.").next().is_some_and(|place| command.key.starts_with(place))
            } else {
                assignment.name_span.start < command.span.start
            }
        })?;
        Some(&found.name)
    }
}

fn key(command: &Command, name: &str) -> String {
    if command.key.is_empty() { name.to_owned() } else { format!("{}.{name}", command.key) }
}

/// GitHub hides the values of secrets in its logs, as long as they are whole. What is no credential of the client or of
/// a provider is often meant to be seen where a script runs: the password of a server that it has just set up.
fn severity(surface: Surface, name: &str, lexicon: &Lexicon) -> Severity {
    match surface {
        Surface::Pipeline(Pipeline::GitHub) => Severity::Note,
        Surface::Pipeline(_) => Severity::Warning,
        _ if lexicon.standing(Slot::Variable, name) == Standing::Read => Severity::Warning,
        _ => Severity::Note,
    }
}

/// A script that is run for what it prints: an `apiKeyHelper`, a program for `GIT_ASKPASS`, and any other that prints
/// nothing but credentials.
fn is_helper(file: &File, surface: Surface) -> bool {
    let name = file.document.path.name().to_ascii_lowercase();
    let document = &file.document;
    if UnitKind::of(surface) == UnitKind::Script && document.launches.iter().all(|launch| launch.command.is_none()) {
        let prints = |command: &&Command| command.output == Output::Shown && PRINTS.contains(&command.program());
        let mut printed = document.commands.iter().filter(prints).peekable();
        if printed.peek().is_some() && printed.all(|command| credential_in(file, command).is_some()) {
            return true;
        }
    }
    ["helper", "askpass", "get-key", "get_key", "getkey", "get-token", "get_token", "print-key", "print_key"]
        .iter()
        .any(|word| name.contains(word))
}

fn is_for_its_output(command: &Command) -> bool {
    FOR_THEIR_OUTPUT.contains(&command.key.split('.').next().unwrap_or("")) || command.key.ends_with("headersHelper")
}

fn printed<'a>(own: &Own<'a>, command: &'a Command, before: Option<&'a Command>) -> Option<Printed<'a>> {
    let Own { file, surface, .. } = *own;
    if command.output != Output::Shown {
        return None;
    }
    let (program, arguments) = command.proper()?;
    let lower = program.to_ascii_lowercase();
    match lower.as_str() {
        "echo" | "printf" | "print" | "write" | "write-host" | "write-output" | "write-information"
        | "write-warning" | "write-error" => credential_in(file, command).map(Printed::Variable),
        // `Get-ChildItem Env:`, `dir env:ANTHROPIC*`, `Get-Item Env:ANTHROPIC_API_KEY`
        "get-childitem" | "gci" | "dir" | "ls" | "get-item" | "gi" | "get-content" | "gc" => {
            let paths = arguments.iter().map(|word| word.decoded.text.expose());
            let scope = |path: &&str| path.get(..4).is_some_and(|scope| scope.eq_ignore_ascii_case("env:"));
            let pattern = paths.into_iter().find(scope)?[4..].trim_start_matches(['\\', '/']);
            if is_credential(pattern, &file.lexicon) {
                return Some(Printed::Variable(pattern));
            }
            own.in_the_environment(command).filter(|name| begins(name, pattern)).map(Printed::Environment)
        }
        // cmd.exe prints the variables that begin so.
        "set" if surface == Surface::Batch && !arguments.is_empty() => {
            let [prefix] = arguments else { return None };
            let prefix = prefix.decoded.text.expose();
            own.in_the_environment(command).filter(|name| begins(name, prefix)).map(Printed::Environment)
        }
        // `env NAME=value` without a program behind it still prints.
        "env" | "printenv" | "export" | "set" | "declare" | "typeset" => {
            let plain: Vec<&str> = arguments.iter().map(|word| word.decoded.text.expose()).collect();
            match (lower.as_str(), plain.as_slice()) {
                ("printenv", [name]) if is_credential(name, &file.lexicon) => Some(Printed::Variable(name)),
                ("env" | "printenv" | "set", []) | ("export" | "declare" | "typeset", ["-p"]) => {
                    own.in_the_environment(command).map(Printed::Environment)
                }
                _ => None,
            }
        }
        // `env | grep ANTHROPIC`
        "grep" | "egrep" | "findstr" | "find" | "sort" | "cat" | "tee" => {
            let source = before.filter(|before| before.output == Output::Piped && before.key == command.key)?;
            let is_environment = matches!(source.words.as_slice(), [word]
                if matches!(word.decoded.text.expose(), "env" | "printenv" | "export" | "set"));
            let name = own.in_the_environment(command).filter(|_| is_environment)?;
            let words = arguments.iter().map(|word| word.decoded.text.expose());
            let (options, patterns): (Vec<&str>, Vec<&str>) = words.partition(|word| word.starts_with(['-', '/']));
            let quiet = |option: &&str| !option.starts_with("--") && option.contains(['q', 'c', 'o', 'l', 'v']);
            if lower.ends_with("grep") || lower.starts_with("find") {
                let pattern = patterns.first()?.to_ascii_uppercase();
                let meets = name.to_ascii_uppercase().contains(pattern.trim_matches(['^', '$', '.', '*', '=']));
                return (meets && !options.iter().any(quiet)).then_some(Printed::Environment(name));
            }
            Some(Printed::Environment(name))
        }
        _ => None,
    }
}

/// Whether a name begins as a pattern says, in any case.
fn begins(name: &str, pattern: &str) -> bool {
    let prefix = pattern.trim_end_matches('*');
    name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// A credential whose value a word of the command shows.
fn credential_in<'a>(file: &File, command: &'a Command) -> Option<&'a str> {
    command
        .words
        .iter()
        .filter(|word| word.dynamic)
        .flat_map(|word| expansions(word.decoded.text.expose()).into_iter().map(move |found| (word, found)))
        .find(|(word, found)| {
            found.whole && is_credential(found.name, &file.lexicon) && is_live(file, command, word, found.at)
        })
        .map(|(_, found)| found.name)
}

/// Whether what seems to be a variable is one: neither a backslash nor a backtick stands in front of it, and `$` is
/// nothing to cmd.exe.
fn is_live(file: &File, command: &Command, word: &Word, at: usize) -> bool {
    let text = file.document.text.as_str();
    let place = word.decoded.origin.span(at, at).start;
    let escaped = text.get(..place).is_some_and(|before| before.ends_with(['\\', '`']));
    let batch = file.document.surface == Some(Surface::Batch) && command.program().eq_ignore_ascii_case("echo");
    let nothing = batch && text.get(place..).is_some_and(|rest| rest.starts_with('$'));
    !escaped && !nothing
}

fn is_credential(name: &str, lexicon: &Lexicon) -> bool {
    let capital = !name.bytes().any(|byte| byte.is_ascii_lowercase());
    // `PASS` and `FAIL` count tests.
    capital && name != "PASS" && lexicon.standing(Slot::Variable, name) != Standing::No
}

/// `set -x` and `set +x`.
fn trace_switch(command: &Command) -> Option<bool> {
    let mut words = command.words.iter().map(|word| word.decoded.text.expose());
    if words.next() != Some("set") {
        return None;
    }
    let words: Vec<&str> = words.collect();
    let short = |sign: char| {
        words
            .iter()
            .any(|word| word.strip_prefix(sign).is_some_and(|flags| !flags.starts_with('-') && flags.contains('x')))
    };
    let long = |sign: &str| words.windows(2).any(|pair| pair[0].starts_with(sign) && pair[1] == "xtrace");
    match (short('-') || long("-"), short('+') || long("+")) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    }
}
