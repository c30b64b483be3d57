//! Task runners against the real programs, which start a stub named `claude` that dumps its environment; units of
//! systemd and property lists against models in Python.
//!
//! `KEYLINT_SEED` repeats a run.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::Command;

use common::repo::Repo;
use common::sample::Rng;
use common::{machine, package, put_program, text};
use keylint::path::RepoPath;
use keylint::route::unit::{Unit, units};
use keylint::surface::{Assignment, Document, Service, Surface, Tasks, Value, read};

type Environment = BTreeMap<String, String>;

const NAMES: [&str; 4] = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_MODEL"];

fn seed() -> u64 {
    let seed = std::env::var("KEYLINT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| Rng::from_entropy().draw() >> 1);
    println!("KEYLINT_SEED={seed}");
    seed
}

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.below(from.len())]
}

/// What a unit gives to the client, an empty variable counting as unset; `None` stands for what is not known.
fn environment(unit: &Unit<'_>) -> BTreeMap<String, Option<String>> {
    let value = |one: &Assignment| match &one.value {
        Value::Unset => Some(String::new()),
        Value::Unknown => None,
        Value::Reference(reference) if reference.expanded => None,
        _ => Some(one.decoded.text.expose().to_owned()),
    };
    let mut found: BTreeMap<_, _> =
        unit.members.iter().map(|member| (member.assignment.name.clone(), value(member.assignment))).collect();
    found.retain(|name, value| name.starts_with("ANTHROPIC_") && value.as_deref() != Some(""));
    found
}

/// Whether a prediction is right: the same names, and the same values where they are known.
fn agrees(predicted: &BTreeMap<String, Option<String>>, observed: &Environment) -> bool {
    let known: BTreeSet<&String> =
        predicted.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name).collect();
    known.iter().all(|name| observed.get(*name) == predicted[*name].as_ref())
        && observed.keys().all(|name| predicted.contains_key(name))
}

/// A folder with the stub.
fn folder() -> Repo {
    let repo = Repo::plain();
    put_program(&repo.path("bin/claude"), "#!/bin/sh\nenv -0 > \"$DUMP\"\n");
    repo
}

/// What a program hands to the client that it starts.
fn observed(repo: &Repo, program: &str, arguments: &[&str]) -> Option<Environment> {
    let path = std::env::var("PATH").unwrap();
    let dump = repo.path("dump");
    let _ = std::fs::remove_file(&dump);
    let output = Command::new(program)
        .args(arguments)
        .current_dir(&repo.root)
        .env_clear()
        .env("PATH", format!("{}:{path}", repo.path("bin").display()))
        .env("HOME", repo.home())
        .env("DUMP", &dump)
        .env("MISE_TRUSTED_CONFIG_PATHS", &repo.root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{program}: {}", text(&output.stderr));
    let dump = std::fs::read(dump).ok()?;
    let pairs = dump.split(|&byte| byte == 0).map(text);
    Some(
        pairs
            .filter_map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
            .filter(|(name, value)| name.starts_with("ANTHROPIC_") && !value.is_empty())
            .collect(),
    )
}

/// Compares what a program does with as many files as asked for; one of the predictions has to be right, and the only
/// one where the file has no conditionals.
fn compare(
    program: &str,
    arguments: &[&str],
    path: &str,
    tasks: Tasks,
    mut write: impl FnMut(&mut Rng) -> (String, Vec<(&'static str, String)>),
) {
    if !machine::has(program, &["--version"]) {
        return;
    }
    let mut rng = Rng::new(seed());
    let repo = folder();
    let (mut values, mut unknown) = (0, 0);
    for _ in 0..FILES {
        let (body, dotenv) = write(&mut rng);
        repo.write(path, &body);
        let files: Vec<Document> = dotenv
            .iter()
            .map(|(name, text)| {
                repo.write(name, text);
                read(RepoPath::from(*name), Some(Surface::Dotenv), text.as_bytes())
            })
            .collect();
        let expected = observed(&repo, program, arguments).unwrap_or_else(|| panic!("nothing was started\n{body}"));
        let document = read(RepoPath::from(path), Some(Surface::Tasks(tasks)), body.as_bytes());
        let documents: Vec<&Document> = std::iter::once(&document).chain(&files).collect();
        let units = units(&documents);
        let starts = units.iter().filter(|unit| unit.document.path == document.path && unit.command.is_some());
        let predicted: Vec<_> = starts.map(environment).collect();
        let right = predicted.iter().find(|predicted| agrees(predicted, &expected));
        let Some(right) = right else { panic!("{body}\n{dotenv:?}\nobserved {expected:?}\npredicted {predicted:?}") };
        unknown += right.values().filter(|value| value.is_none()).count();
        values += right.len();
        assert!(body.contains("ifeq") || predicted.len() == 1, "{body}\n{predicted:?}");
    }
    println!("{FILES} files of {program}: {values} values, {unknown} of them unknown");
}

/// So many files a program reads in a run.
const FILES: usize = 150;

fn makefile(rng: &mut Rng) -> (String, Vec<(&'static str, String)>) {
    let values = ["a", "b c", "d # note", "e\\#f", "$$g", "h\\\n   i", "", "'j'", "\"k\"", "l:m=n", "o ", "p$$$$q"];
    let mut text = String::new();
    let mut open = 0;
    for _ in 0..rng.below(8) + 1 {
        let name = NAMES[rng.below(4)];
        let value = values[rng.below(values.len())];
        let operator = [":=", "=", "?=", "::="][rng.below(4)];
        let start = ["", "export ", "export ", "override export "][rng.below(4)];
        match rng.below(12) {
            0 => writeln!(text, "export {name}"),
            1 => writeln!(text, "unexport {name}"),
            2 if rng.below(3) == 0 => writeln!(text, "export"),
            3 => {
                open += 1;
                writeln!(text, "ifeq (1,{})", rng.below(2) + 1)
            }
            4 if open > 0 => writeln!(text, "else"),
            5 if open > 0 => {
                open -= 1;
                writeln!(text, "endif")
            }
            6 => writeln!(text, "run: export {name} = {value}"),
            7 => writeln!(text, "ot%: {name} := {value}"),
            8 => writeln!(text, "# export {name} := no"),
            _ => writeln!(text, "{start}{name} {operator} {value}"),
        }
        .unwrap();
    }
    for _ in 0..open {
        text.push_str("endif\n");
    }
    let prefix = ["", "ANTHROPIC_MODEL='own $$x' ", "env -u ANTHROPIC_MODEL "][rng.below(3)];
    let mark = ["", "@", "-@ "][rng.below(3)];
    write!(text, "run:\n\techo no\n\t{mark}{prefix}claude -p \\\n\t  hi\n").unwrap();
    // A second `else` of one conditional is an error.
    let mut seen = Vec::new();
    let text = text
        .lines()
        .filter(|line| {
            match *line {
                line if line.starts_with("ifeq") => seen.push(false),
                "endif" => drop(seen.pop()),
                "else" => return !std::mem::replace(seen.last_mut().unwrap(), true),
                _ => {}
            }
            true
        })
        .fold(String::new(), |all, line| all + line + "\n");
    (text, Vec::new())
}

#[test]
fn recipes_of_make() {
    compare("make", &["-s", "run"], "Makefile", Tasks::Make, makefile);
}

/// A dotenv file of plain lines.
fn dotenv(rng: &mut Rng) -> String {
    let mut text = String::new();
    for name in NAMES {
        match rng.below(8) {
            0 => _ = writeln!(text, "{name}=file"),
            1 => _ = writeln!(text, "{name}='in quotes'"),
            2 => _ = writeln!(text, "# {name}=no"),
            _ => {}
        }
    }
    text
}

fn justfile(rng: &mut Rng) -> (String, Vec<(&'static str, String)>) {
    let values = [
        "'a'",
        "\"b c\"",
        "'d \\t'",
        "\"e\\tf\"",
        "'g # h'",
        "''",
        "\"\\\"i\"",
        "`echo j`",
        "\"k\" + \"l\"",
        "env('NONE', 'm')",
        "x'n'",
    ];
    let mut text = String::new();
    for setting in ["set export", "set dotenv-load", "set dotenv-filename := 'other.env'"] {
        if rng.below(4) == 0 {
            let _ = writeln!(text, "{setting}");
        }
    }
    let mut names = NAMES.to_vec();
    for _ in 0..rng.below(4) {
        let name = names.remove(rng.below(names.len()));
        let (start, value) = (pick(rng, &["", "export ", "export "]), pick(rng, &values));
        let _ = writeln!(text, "{start}{name} := {value}{}", pick(rng, &["", " # note"]));
    }
    if rng.below(3) == 0 {
        text.push_str("# export ANTHROPIC_MODEL := 'no'\n");
    }
    if rng.below(3) == 0 {
        text.push_str("other:\n  export ANTHROPIC_MODEL=no; true\n");
    }
    let parameter = match (rng.below(4), names.first()) {
        (0, Some(name)) => format!(" ${name}='p q'"),
        _ => String::new(),
    };
    let command = pick(
        rng,
        &["claude", "ANTHROPIC_MODEL=own claude -p hi", "env -u ANTHROPIC_API_KEY claude", "@claude -p \\\n    hi"],
    );
    if rng.below(4) == 0 {
        let _ = writeln!(
            text,
            "run{parameter}:\n  #!/bin/sh\n  export ANTHROPIC_MODEL=n\n\n  {}",
            command.trim_start_matches('@')
        );
    } else {
        let _ = writeln!(text, "{}run{parameter}:\n  export ANTHROPIC_MODEL=gone\n  {command}", pick(rng, &["", "@"]));
    }
    (text, vec![(".env", dotenv(rng)), ("other.env", dotenv(rng))])
}

#[test]
fn recipes_of_just() {
    compare("just", &["-q", "run"], "justfile", Tasks::Just, justfile);
}

/// A map of variables in YAML.
fn yaml_env(rng: &mut Rng, indent: &str, names: &[&str]) -> String {
    let values =
        ["a", "'b c'", "\"d\\te\"", "f # note", "''", "7", "true", "{sh: echo g}", "'{{.NONE}}'", "\"h{{.SET}}\""];
    let mut text = String::new();
    for name in names.iter().filter(|_| rng.below(2) == 0).collect::<Vec<_>>() {
        let _ = writeln!(text, "{indent}{name}: {}", pick(rng, &values));
    }
    text
}

fn taskfile(rng: &mut Rng) -> (String, Vec<(&'static str, String)>) {
    let mut text = "version: '3'\n".to_owned();
    if rng.below(3) == 0 {
        text.push_str(pick(rng, &["dotenv: ['.env', other.env]\n", "dotenv: ['.env']\n"]));
    }
    let env = yaml_env(rng, "  ", &NAMES);
    if !env.is_empty() {
        let _ = write!(text, "env:\n{env}");
    }
    text.push_str("vars: {SET: set, ANTHROPIC_MODEL: var}\n");
    let command = pick(
        rng,
        &[
            "claude",
            "ANTHROPIC_MODEL=own claude -p hi",
            "export ANTHROPIC_API_KEY=x && claude",
            "env -u ANTHROPIC_API_KEY claude",
        ],
    );
    text.push_str("tasks:\n  other: ANTHROPIC_MODEL=no true\n");
    let env = yaml_env(rng, "      ", &NAMES);
    let mut env = if env.is_empty() { env } else { format!("    env:\n{env}") };
    match rng.below(6) {
        0 => env.push_str("    dotenv: [other.env]\n"),
        1 => env.push_str("    dotenv: [other.env, '.env']\n"),
        _ => {}
    }
    match rng.below(3) {
        0 if env.is_empty() => _ = writeln!(text, "  run: {command}"),
        0 | 1 => {
            _ = writeln!(text, "  run:\n{env}    cmds:\n      - export ANTHROPIC_BASE_URL=gone\n      - {command}");
        }
        _ => _ = writeln!(text, "  run:\n{env}    cmds:\n      - cmd: {command}\n        silent: true"),
    }
    (text, vec![(".env", dotenv(rng)), ("other.env", dotenv(rng))])
}

#[test]
fn commands_of_task() {
    compare("task", &["--silent", "run"], "Taskfile.yml", Tasks::Taskfile, taskfile);
}

fn mise(rng: &mut Rng) -> (String, Vec<(&'static str, String)>) {
    let values = [
        "'a'",
        "\"b c\"",
        "'d \\t'",
        "\"e\\tf\"",
        "'g # h'",
        "''",
        "7",
        "false",
        "\"{{ env.NONE | default(value='h') }}\"",
        "{ value = 'i', redact = true }",
    ];
    let table = |rng: &mut Rng, names: &[&str]| {
        let mut text = String::new();
        for name in names {
            if rng.below(3) == 0 {
                let _ = writeln!(text, "{name} = {}{}", pick(rng, &values), pick(rng, &["", " # note"]));
            }
        }
        text
    };
    let mut text = format!("[env]\n{}", table(rng, &NAMES));
    match rng.below(4) {
        0 => text.push_str("_.file = '.env'\n"),
        1 => text.push_str("_.file = ['.env', { path = 'other.env' }]\n"),
        _ => {}
    }
    let command = pick(rng, &["claude", "ANTHROPIC_MODEL=own claude -p hi", "env -u ANTHROPIC_API_KEY claude"]);
    match rng.below(3) {
        0 => _ = writeln!(text, "[tasks]\nother = 'ANTHROPIC_MODEL=no true'\nrun = '{command}'"),
        1 => _ = writeln!(text, "[tasks.run]\nrun = ['true', '{command}']\n[tasks.run.env]\n{}", table(rng, &NAMES)),
        _ => {
            _ = writeln!(
                text,
                "[tasks.run]\nrun = '''\nexport ANTHROPIC_BASE_URL=own\n{command}\n'''\nenv = {{ ANTHROPIC_API_KEY = 'inline' }}"
            );
        }
    }
    (text, vec![(".env", dotenv(rng)), ("other.env", dotenv(rng))])
}

#[test]
fn tasks_of_mise() {
    compare("mise", &["run", "--quiet", "run"], "mise.toml", Tasks::Mise, mise);
}

fn modelled(kind: &str, surface: Surface) {
    if !machine::has("python3", &["--version"]) {
        return;
    }
    let script = package().join("tests/models/units.py");
    let output = Command::new("python3").arg(script).args([kind, &seed().to_string(), "400"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let cases: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    for case in &cases {
        let text = case["text"].as_str().unwrap();
        let mut expected: Environment = serde_json::from_value(case["env"].clone()).unwrap();
        expected.retain(|_, value| !value.is_empty());
        let document = read(RepoPath::from("x"), Some(surface), text.as_bytes());
        let units = units(&[&document]);
        assert_eq!(units.len(), 1, "{text}");
        let expected: BTreeMap<_, _> = expected.into_iter().map(|(name, value)| (name, Some(value))).collect();
        let mut found = environment(&units[0]);
        // Specifiers of systemd are not known before it runs.
        for (name, value) in &mut found {
            *value = value.take().or_else(|| expected[name].clone());
        }
        assert_eq!(found, expected, "{text}");
    }
    println!("{} files of {kind}", cases.len());
}

#[test]
fn units_of_systemd() {
    modelled("systemd", Surface::Service(Service::Systemd));
}

#[test]
fn property_lists() {
    modelled("plist", Surface::Service(Service::Launchd));
}
