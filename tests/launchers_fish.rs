//! fish scripts and configuration in small repositories: exact findings.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, place};

/// `path:line:column rule` of every finding, with the markers in the files filled in.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let mut rng = Rng::new(7);
    let whole: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), expand(text, &mut rng))).collect();
    let files: Vec<(&str, &str)> = whole.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let repo = Repo::committed(&[&[(".gitignore", ".env\n")], &files[..]].concat());
    let (findings, _) = repo.findings(&[]);
    findings.iter().map(place).collect()
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(findings(files), expected, "{files:?}");
}

#[test]
fn a_key_in_every_way_to_write_it() {
    let secret = "secret-in-launcher";
    for (line, column) in [
        ("set -gx ANTHROPIC_API_KEY @@anthropic-api-key@@", 27),
        ("set -x ANTHROPIC_API_KEY '@@anthropic-api-key@@'", 27),
        ("set -Ux ANTHROPIC_API_KEY \"@@anthropic-api-key@@\"", 28),
        ("set --global --export -- ANTHROPIC_API_KEY @@anthropic-api-key@@ # note", 44),
        ("set -l key @@anthropic-api-key@@", 12),
        ("set -gx ANTHROPIC_API_KEY \\\n    @@anthropic-api-key@@", 5),
        ("set keys one @@github-pat@@", 14),
        ("#set -gx GITHUB_TOKEN @@github-pat@@", 23),
        ("# export GITHUB_TOKEN=@@github-pat@@", 23),
        ("ANTHROPIC_API_KEY=@@anthropic-api-key@@ claude -p hi", 19),
        ("env ANTHROPIC_API_KEY=@@anthropic-api-key@@ claude", 23),
        ("export ANTHROPIC_API_KEY=@@anthropic-api-key@@", 26),
        ("set -gx ANTHROPIC_API_KEY=@@anthropic-api-key@@", 27),
        ("set -q GITHUB_TOKEN; or set -gx GITHUB_TOKEN @@github-pat@@", 46),
        ("function f; set -lx GITHUB_TOKEN @@github-pat@@; gh $argv; end", 34),
        ("alias c 'GITHUB_TOKEN=@@github-pat@@ gh'", 23),
        ("abbr -a c GITHUB_TOKEN=@@github-pat@@ gh", 24),
        ("eval \"set -gx GITHUB_TOKEN @@github-pat@@\"", 28),
        ("bash -c 'export GITHUB_TOKEN=@@github-pat@@; gh'", 30),
        ("curl -H 'x-api-key: @@anthropic-api-key@@' https://api.anthropic.com", 21),
        ("echo (curl -H 'x-api-key: @@anthropic-api-key@@' https://api.anthropic.com)", 27),
        ("echo \"$(echo a)\"(echo \")\"); set -gx GITHUB_TOKEN @@github-pat@@", 50),
        ("echo '{\"env\": {\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}}' > .claude/settings.json", 38),
        ("printf '{\"env\": {\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}}' > ~/.claude/settings.json", 40),
    ] {
        let row = if line.contains("\\\n") { 3 } else { 2 };
        let text = format!("#!/usr/bin/env fish\n{line}\n");
        let mut found = findings(&[("start.fish", &text)]);
        // That the arguments of some commands are shown is another matter.
        found.retain(|one| !one.ends_with("secret-on-command-line"));
        assert_eq!(found, [format!("start.fish:{row}:{column} {secret}")], "{line}");
    }
}

#[test]
fn no_key() {
    check(
        &[(
            "config.fish",
            "set -gx ANTHROPIC_API_KEY (pass show anthropic)\n\
             set -gx ANTHROPIC_API_KEY $(op read op://vault/key/credential)\n\
             set -gx GITHUB_TOKEN \"$MY_TOKEN\" {$OTHER_TOKEN}\n\
             set -gx OPENAI_API_KEY (cat ~/.config/openai)[1]\n\
             set -e ANTHROPIC_API_KEY\n\
             set -gx ANTHROPIC_API_KEY ''\n\
             set -g fish_key_bindings fish_vi_key_bindings\n\
             echo 'usage: set -gx ANTHROPIC_API_KEY your_api_key'\n\
             # set -gx ANTHROPIC_API_KEY sk-ant-...\n\
             read -s -P 'Key: ' -gx ANTHROPIC_API_KEY\n",
        )],
        &[],
    );
    // `set -x` traces in other shells; here it exports.
    check(
        &[(
            "config.fish",
            "set -x EDITOR vi\nset -gx ANTHROPIC_API_KEY $OTHER_API_KEY\ngh auth login $OTHER_API_KEY\n",
        )],
        &[],
    );
}

/// Universal variables are on disk, with odd characters escaped.
#[test]
fn universal_variables() {
    let key = |text: &str| text.replace('-', "\\x2d");
    let mut rng = Rng::new(7);
    let api = expand("@@anthropic-api-key@@", &mut rng);
    let text = format!(
        "# This file contains fish universal variable definitions.\n# VERSION: 3.0\n\
         SETUVAR --export ANTHROPIC_API_KEY:{}\nSETUVAR __fish_initialized:3400\n",
        key(&api)
    );
    check(&[("fish/fish_variables", &text)], &["fish/fish_variables:3:36 secret-in-launcher"]);
    check(
        &[("fish/fish_variables", "SETUVAR --export ANTHROPIC_API_KEY:\\x24OTHER\nSETUVAR fish_color_user:brgreen\n")],
        &[],
    );
}

const TOKEN: &str =
    "set -gx ANTHROPIC_AUTH_TOKEN (pass token)\nset -gx ANTHROPIC_BASE_URL https://gateway.example.org\n";
const KEY: &str = "export ANTHROPIC_API_KEY=$OTHER\n";

#[test]
fn a_script_meets_what_it_sets_and_reads() {
    for (rest, place) in [
        ("set -gx ANTHROPIC_API_KEY $K\nclaude\n", "start.fish:3:27"),
        ("ANTHROPIC_API_KEY=$K claude\n", "start.fish:3:19"),
        ("function claude; ANTHROPIC_API_KEY=$K command claude $argv; end\nclaude\n", "start.fish:3:36"),
        ("if test -f .env; source .env; end\nclaude\n", ".env:1:26"),
        ("test -f .env; and source .env\nclaude\n", ".env:1:26"),
        ("source (sed 's/^/export /' .env | psub)\nclaude\n", ".env:1:26"),
        ("cat .env | source\nclaude\n", ".env:1:26"),
        ("export (cat .env | xargs -L 1)\nclaude\n", ".env:1:26"),
        ("for line in (cat .env)\n set -gx (string split -m 1 = -- $line)\nend\nclaude\n", ".env:1:26"),
        ("while read -l line; export $line; end < .env\nclaude\n", ".env:1:26"),
        ("bass source .env\nclaude\n", ".env:1:26"),
        ("env (cat .env) claude\n", ".env:1:26"),
        ("dotenv -f .env run -- claude\n", ".env:1:26"),
        ("begin; set -lx ANTHROPIC_API_KEY $K; claude; end\n", "start.fish:3:34"),
        ("eval \"set -gx ANTHROPIC_API_KEY '$K'\"; claude\n", "start.fish:3:34"),
        ("alias cg 'ANTHROPIC_API_KEY=$K claude'\n", "start.fish:3:29"),
        ("abbr -a cg 'ANTHROPIC_API_KEY=$K claude'\n", "start.fish:3:31"),
    ] {
        let found = findings(&[("start.fish", &format!("{TOKEN}{rest}")), (".env", KEY)]);
        assert_eq!(found, [format!("{place} both-credentials")], "{rest}");
    }
    // What every session of fish gets.
    let both = format!("{TOKEN}set -Ux ANTHROPIC_API_KEY $K\n");
    check(&[("conf.d/keys.fish", &both)], &["conf.d/keys.fish:3:27 both-credentials"]);
}

#[test]
fn what_does_not_meet() {
    for rest in [
        "set -gx ANTHROPIC_API_KEY $K\nset -e ANTHROPIC_API_KEY\nclaude\n",
        "set -gx ANTHROPIC_API_KEY $K\nenv -u ANTHROPIC_API_KEY claude\n",
        "set -gx ANTHROPIC_API_KEY $K\nset -lx ANTHROPIC_API_KEY ''\nclaude\n",
        "set -gx ANTHROPIC_API_KEY $K\nfor v in (set -n | grep ^ANTHROPIC_); set -e $v; end\nclaude\n",
        "set -gx ANTHROPIC_API_KEY $K\nfor v in ANTHROPIC_API_KEY X; set -e $v; end\nclaude\n",
        // A local variable ends with its block, and a function's with the function.
        "begin; set -lx ANTHROPIC_API_KEY $K; end\nclaude\n",
        "function f; set -x ANTHROPIC_API_KEY $K; end\nf\nclaude\n",
        "ANTHROPIC_API_KEY=$K true\nclaude\n",
        // The shell has it, the client does not.
        "set ANTHROPIC_API_KEY $K\nclaude\n",
        "set -gu ANTHROPIC_API_KEY $K\nclaude\n",
        "fish -c 'set -gx ANTHROPIC_API_KEY $K'\nclaude\n",
        // fish reads `-gx X=v` as a name that no variable has.
        "set -gx ANTHROPIC_API_KEY=$K\nclaude\n",
        // One or the other.
        "if test -n \"$K\"\n set -e ANTHROPIC_AUTH_TOKEN\n set -gx ANTHROPIC_API_KEY $K\nend\nclaude\n",
        "switch $K\ncase a\n set -e ANTHROPIC_AUTH_TOKEN; set -gx ANTHROPIC_API_KEY $K\ncase '*'\n :\nend\nclaude\n",
        "source ~/.env\nclaude\n",
    ] {
        check(&[("start.fish", &format!("{TOKEN}{rest}")), (".env", KEY)], &[]);
    }
}
