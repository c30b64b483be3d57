//! The shells' completions and the man page follow the definition of the command line.
//! `KEYLINT_UPDATE_PAGES=1 cargo test --test assets` writes them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod common;

use std::path::PathBuf;
use std::process::Command;

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;
use common::repo::Repo;
use common::{machine, package, run, text};
use keylint::cli::Cli;
use keylint::rules::{CONFIGURATION_INVALID, RULES};

const SHELLS: [(Shell, &str); 5] = [
    (Shell::Bash, "keylint.bash"),
    (Shell::Zsh, "_keylint"),
    (Shell::Fish, "keylint.fish"),
    (Shell::PowerShell, "_keylint.ps1"),
    (Shell::Elvish, "keylint.elv"),
];

/// A file of `assets/` is what it should be, and the program prints it.
#[track_caller]
fn hold(path: &str, expected: &[u8], arguments: &[&str]) {
    let file = package().join("assets").join(path);
    if std::env::var_os("KEYLINT_UPDATE_PAGES").is_some() {
        std::fs::write(&file, expected).unwrap();
        return;
    }
    let known = std::fs::read(&file).unwrap();
    assert!(known == expected, "assets/{path} is not up to date: KEYLINT_UPDATE_PAGES=1 cargo test --test assets");
    let output = run(Repo::plain().keylint(arguments));
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()), "{arguments:?}");
    assert!(output.stdout == known, "{arguments:?}");
}

#[test]
fn completions_are_up_to_date() {
    for (shell, file) in SHELLS {
        let mut expected = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "keylint", &mut expected);
        hold(&format!("completions/{file}"), &expected, &["completions", &shell.to_string()]);
    }
}

#[test]
fn the_man_page_is_up_to_date() {
    hold("keylint.1", &man(), &["man"]);
}

/// One page for all commands: each has a section with its options.
fn man() -> Vec<u8> {
    let mut cli = Cli::command();
    cli.build();
    let mut page = Vec::new();
    let whole = Man::new(cli.clone());
    whole.render_title(&mut page).unwrap();
    whole.render_name_section(&mut page).unwrap();
    whole.render_synopsis_section(&mut page).unwrap();
    whole.render_description_section(&mut page).unwrap();
    for command in cli.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = command.get_bin_name().unwrap().to_uppercase();
        page.extend(format!(".SH \"{name}\"\n").bytes());
        let part = Man::new(command.clone());
        let mut section = Vec::new();
        part.render_description_section(&mut section).unwrap();
        part.render_synopsis_section(&mut section).unwrap();
        part.render_options_section(&mut section).unwrap();
        // A heading of its own is a part of the command's.
        let section = text(&section).replace(".SH DESCRIPTION\n", "").replace(".SH SYNOPSIS\n", ".PP\n");
        page.extend(section.replace(".SH OPTIONS", ".SS Options").bytes());
        if let Some(help) = command.get_after_help() {
            // As it stands: examples in columns.
            page.extend(
                format!(".PP\n.nf\n{}\n.fi\n", help.to_string().replace('\\', "\\e").replace('-', "\\-")).bytes(),
            );
        }
    }
    whole.render_extra_section(&mut page).unwrap();
    page
}

/// Where rules are named, they are all named and no others: completions of values, the schema, and the help's examples.
#[test]
fn rules_are_named_alike() {
    let slugs: Vec<&str> = RULES.iter().map(|rule| rule.slug).collect();
    let read = |path: &str| std::fs::read_to_string(package().join(path)).unwrap();
    let words = |text: &str| -> Vec<String> {
        text.split(|char: char| !char.is_ascii_alphanumeric() && char != '-').map(str::to_owned).collect()
    };
    for file in ["keylint.bash", "_keylint", "keylint.fish"] {
        let words = words(&read(&format!("assets/completions/{file}")));
        let missing: Vec<&&str> = slugs.iter().filter(|slug| !words.iter().any(|word| word == **slug)).collect();
        assert!(missing.is_empty(), "{file}: {missing:?}");
    }
    let schema: serde_json::Value = serde_json::from_str(&read("keylint.schema.json")).unwrap();
    let levels = schema["properties"]["rules"]["properties"].as_object().unwrap();
    let configurable = slugs.iter().copied().filter(|slug| *slug != CONFIGURATION_INVALID);
    let mut expected: Vec<&str> = configurable.chain(["all"]).collect();
    expected.sort_unstable();
    let mut named: Vec<&str> = levels.keys().map(String::as_str).collect();
    named.sort_unstable();
    assert_eq!(named, expected);
    for rule in RULES.iter().filter(|rule| rule.slug != CONFIGURATION_INVALID) {
        assert_eq!(levels[rule.slug]["description"], rule.summary);
    }
    // What stands behind an option, or in a comment that accepts something, is a rule.
    let help = text(&run(Repo::plain().keylint(&["lint", "--help"])).stdout);
    let man = read("assets/keylint.1").replace("\\-", "-");
    for text in [&help, &man, &read("README.md")] {
        let mut typed = 0;
        for start in ["--rule ", "--ignore ", "ignore[", "explain "] {
            for rest in text.split(start).skip(1) {
                let word = rest.split(|char: char| !char.is_ascii_lowercase() && char != '-').next().unwrap();
                if word.contains('-') {
                    typed += 1;
                    assert!(slugs.contains(&word), "{start}{word}");
                }
            }
        }
        assert!(typed > 0);
    }
}

/// Shells that are here take what is meant for them.
#[test]
fn shells_understand_their_completions() {
    for (shell, arguments, file) in [
        ("bash", &["-n"][..], "keylint.bash"),
        ("zsh", &["-n"], "_keylint"),
        ("fish", &["--no-execute"], "keylint.fish"),
    ] {
        let path: PathBuf = package().join("assets/completions").join(file);
        match Command::new(shell).args(arguments).arg(&path).output() {
            Ok(output) => assert!(output.status.success(), "{shell}: {}", text(&output.stderr)),
            Err(_) => {
                machine::lacks(shell);
            }
        }
    }
}

/// The word that is being typed is completed: options, values and rules.
#[test]
fn bash_completes_rules_and_options() {
    let complete = |words: &[&str]| -> Option<String> {
        let line = format!(
            "source assets/completions/keylint.bash; COMP_WORDS=(keylint {}); COMP_CWORD={}; _keylint keylint \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; echo \"${{COMPREPLY[*]}}\"",
            words.join(" "),
            words.len()
        );
        let output = Command::new("bash").args(["-c", &line]).current_dir(package()).output().ok()?;
        Some(text(&output.stdout).trim().to_owned())
    };
    for (words, expected) in [
        (&["expl"][..], "explain"),
        (&["explain", "secret-in-t"], "secret-in-text"),
        (&["lint", "--fail-on", "n"], "note never"),
        (&["lint", "--rule", "both"], "both-credentials"),
        (&["lint", "--stat"], "--statistics"),
    ] {
        match complete(words) {
            Some(said) => assert_eq!(said, expected, "{words:?}"),
            None => machine::lacks("bash"),
        }
    }
}
