//! Readers against texts whose assignments, spans and launches are known.

mod starts;

use super::*;
use crate::surface::Origin;
use crate::surface::{Output, Slot, Surface, Value};
use crate::text::Text;

fn script(text: &str) -> Document {
    let path = crate::path::RepoPath::from("start.sh");
    let mut document = Document::new(path, Some(Surface::Shell), Text::decode(text.as_bytes()));
    read(&mut document);
    check_spans(text, &document.assignments);
    document
}

/// Every span is in bounds, and verbatim values stand where they are said to stand.
fn check_spans(text: &str, assignments: &[Assignment]) {
    for assignment in assignments {
        let (name, value) = (assignment.name_span.range(), assignment.decoded.span().range());
        assert!(text.get(name.clone()).is_some() && text.get(value.clone()).is_some(), "{assignment:?}");
        if assignment.slot == Slot::Variable {
            assert_eq!(&text[name], assignment.name);
        }
        if matches!(assignment.decoded.origin, Origin::Direct(_)) {
            assert_eq!(&text[value], assignment.decoded.text.expose());
        }
    }
    let starts: Vec<usize> = assignments.iter().map(|assignment| assignment.name_span.start).collect();
    assert!(starts.is_sorted());
}

/// What is taken as it is written stands, inside another language, where that has it.
#[test]
fn text_as_written_inside_json() {
    let text = r#"{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "A=(x \"y\") claude"}]}]}}"#;
    let path = crate::path::RepoPath::from(".claude/settings.json");
    let surface = Surface::Settings(crate::surface::Settings::Shared);
    let document = crate::surface::read(path, Some(surface), text.as_bytes());
    let found = document.assignments.iter().find(|assignment| assignment.name == "A").unwrap();
    assert_eq!(&text[found.decoded.span().range()], r#"(x \"y\")"#);
    check_spans(text, &document.assignments);
}

fn shown(assignment: &Assignment) -> String {
    let text = assignment.decoded.text.expose();
    let value = match &assignment.value {
        Value::Unset => return format!("{} unset", assignment.name),
        Value::Empty => String::new(),
        Value::Unknown => "?".to_owned(),
        Value::Reference(reference) if reference.expanded => {
            let name = reference.name.as_deref().unwrap_or("?");
            match &reference.default {
                Some(default) => format!("${name} or {}", default.text.expose()),
                None => format!("${name}"),
            }
        }
        _ => text.to_owned(),
    };
    format!("{}={value}", assignment.name)
}

/// `NAME=value` of all variables; a comment's begin with `#`, those that children get with `+`.
fn variables(assignments: &[Assignment]) -> Vec<String> {
    let variables = assignments.iter().filter(|assignment| assignment.slot == Slot::Variable);
    variables
        .map(|assignment| {
            let mark = if assignment.commented {
                "#"
            } else if assignment.exported {
                "+"
            } else {
                ""
            };
            format!("{mark}{}", shown(assignment))
        })
        .collect()
}

/// A launch as `NAME=value|NAME unset`, one string a launch.
fn launches(assignments: &[Assignment], launches: &[Launch]) -> Vec<String> {
    let line = |launch: &Launch| {
        let values: Vec<String> = launch.environment.iter().map(|&index| shown(&assignments[index])).collect();
        values.join("|")
    };
    launches.iter().map(line).collect()
}

#[track_caller]
fn assigns(text: &str, expected: &[&str]) {
    assert_eq!(variables(&script(text).assignments), expected, "{text}");
}

#[track_caller]
fn starts(text: &str, expected: &[&str]) {
    let document = script(text);
    assert_eq!(launches(&document.assignments, &document.launches), expected, "{text}");
}

#[test]
fn assignments_of_every_kind() {
    assigns("X=v", &["X=v"]);
    assigns("export X=v Y='a b' Z=\"c d\"", &["+X=v", "+Y=a b", "+Z=c d"]);
    assigns("declare -x X=v; typeset Y=w; readonly Z=u; local -rx Q=t", &["+X=v", "Y=w", "Z=u", "+Q=t"]);
    assigns("X+=v", &["X=?"]);
    assigns("export X+=v", &["+X=?"]);
    assigns("A=1 B=2 cmd arg", &["+A=1", "+B=2"]);
    assigns("env A=b -u C cmd", &["+A=b"]);
    assigns("env -u C -i A=b cmd D=e", &["C unset", "+A=b"]);
    assigns("unset X Y; unset -v Z; unset -f f", &["X unset", "Y unset", "Z unset"]);
    assigns("X=v; export -n X", &["X=v", "X unset"]);
    assigns("X=v\nexport X\n", &["+X=v"]);
    assigns("set -a\nX=v\nset +a\nY=w\n", &["+X=v", "Y=w"]);
    assigns("set -eo allexport; X=v; set +o allexport; Y=w", &["+X=v", "Y=w"]);
    assigns("alias x='A=b claude'", &["+A=b"]);
    assigns("bash -c 'export A=b; claude'", &["+A=b"]);
    assigns("sh -lc \"export A=b\"; eval 'C=d'; eval export E=f", &["+A=b", "C=d", "+E=f"]);
    assigns(": \"${X:=word}\"", &["X=$X or word"]);
    assigns("X=${Y:-word} Z=${W} Q=pre$V U=${T:-}", &["X=$Y or word", "Z=$W", "Q=$V", "U=$T"]);
    assigns("X=${Y:-${Z:-word}}", &["X=$Y or word"]);
    assigns("read -rsp 'Key: ' X; printf -v Y %s z; read Z", &["X=?", "Y=?", "Z=?"]);
    assigns("X=$(cat f) Y=`cat f` Z=\"$((1 << 2))\"", &["X=?", "Y=?", "Z=?"]);
    assigns("X= Y=\"\" Z='' Q=\"  \"", &["X=", "Y=", "Z=", "Q="]);
    assigns("X=$'a\\tb\\x41\\u00e9\\101' Y=a\\ b Z='it'\\''s'", &["X=a\tbA\u{e9}A", "Y=a b", "Z=it's"]);
    assigns("X=(a b)\ndeclare -a Y=(c d)\nZ[1]=e\nW=f", &["X=?", "Y=?", "Z=?", "W=f"]);
    assigns("X=\"a\\\"b\\$c\\\\\"", &["X=a\"b$c\\"]);
    assigns("X=a\\\nb Y=c", &["X=ab", "Y=c"]);
    assigns(
        "if true; then X=v; fi; case a in a) Y=w;; esac; f() { Z=u; }; (Q=t); { R=s; }",
        &["X=v", "Y=w", "Z=u", "Q=t", "R=s"],
    );
}

#[test]
fn launches_along_one_path() {
    starts("export ANTHROPIC_API_KEY=a; ANTHROPIC_MODEL=b; claude", &["ANTHROPIC_API_KEY=a"]);
    starts("ANTHROPIC_API_KEY=a claude; claude", &["ANTHROPIC_API_KEY=a", ""]);
    starts("ANTHROPIC_MODEL=a\nexport ANTHROPIC_MODEL\nclaude", &["ANTHROPIC_MODEL=a"]);
    starts("export ANTHROPIC_MODEL=a; ANTHROPIC_MODEL=b; claude", &["ANTHROPIC_MODEL=b"]);
    starts("set -a; ANTHROPIC_MODEL=a; set +a; CLAUDE_X=b; claude", &["ANTHROPIC_MODEL=a"]);
    starts("export ANTHROPIC_MODEL=a; export -n ANTHROPIC_MODEL; claude", &["ANTHROPIC_MODEL unset"]);
    starts("unset ANTHROPIC_API_KEY; exec claude env ANTHROPIC_MODEL=b", &["ANTHROPIC_API_KEY unset"]);
    starts(
        "env -u ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN=t claude",
        &["ANTHROPIC_API_KEY unset|ANTHROPIC_AUTH_TOKEN=t"],
    );
    starts("export ANTHROPIC_MODEL=a; env -i ANTHROPIC_API_KEY=k claude", &["ANTHROPIC_API_KEY=k"]);
    starts(
        "export ANTHROPIC_MODEL=a\n(unset ANTHROPIC_MODEL; claude)\nclaude",
        &["ANTHROPIC_MODEL unset", "ANTHROPIC_MODEL=a"],
    );
    starts("x=$(export ANTHROPIC_MODEL=a; claude -p hi); claude", &["ANTHROPIC_MODEL=a", ""]);
    starts(
        "eval 'export ANTHROPIC_MODEL=a'; bash -c 'claude; ANTHROPIC_MODEL=b claude'",
        &["ANTHROPIC_MODEL=a", "ANTHROPIC_MODEL=b"],
    );
    starts(
        ": \"${ANTHROPIC_BASE_URL:=word}\"; export ANTHROPIC_BASE_URL; claude",
        &["ANTHROPIC_BASE_URL=$ANTHROPIC_BASE_URL or word"],
    );
    // Empty and unset both clear what was inherited.
    starts(
        "export ANTHROPIC_API_KEY=\"\" ANTHROPIC_AUTH_TOKEN=t; claude",
        &["ANTHROPIC_API_KEY=|ANTHROPIC_AUTH_TOKEN=t"],
    );
}

#[test]
fn programs_that_start_the_client() {
    for start in [
        "claude",
        "/usr/local/bin/claude -p",
        "\"$HOME/bin/claude\"",
        "${CLAUDE_BIN:-claude}",
        "npx -y @anthropic-ai/claude-code@latest",
        "bunx @anthropic-ai/claude-code",
        "pnpm dlx @anthropic-ai/claude-code",
        "exec claude",
        "command claude",
        "nohup claude &",
        "time claude",
        "timeout -k 5 20 claude",
        "sudo -E claude",
        "nice -n 5 claude",
        "env claude",
        "caffeinate -i claude",
        "op run --env-file=x -- claude",
        "dotenv -f .env.glm -- claude",
        "echo x | claude -p",
        "! claude",
        "if claude; then :; fi",
        "claude -p \"$(cat <<'END'\nit's \"here\nEND\n)\"",
    ] {
        starts(&format!("export ANTHROPIC_MODEL=a\n{start}\n"), &["ANTHROPIC_MODEL=a"]);
    }
    for other in
        ["\"$CLAUDE_BIN\"", "echo claude", "command -v claude", "claude-code-router", "which claude", "# claude"]
    {
        let document = script(&format!("export ANTHROPIC_MODEL=a\n{other}\n"));
        assert!(document.launches.iter().all(|launch| launch.command.is_none()), "{other}");
        assert_eq!(document.launches.len(), 1, "what a sourced file exports: {other}");
    }
    let document = script("A=b env C=d claude -p list");
    let command = document.launches[0].command.as_ref().unwrap();
    assert_eq!((command.program(), command.words.len()), ("claude", 3));
    assert_eq!(&document.text.as_str()[command.span.range()], "claude -p list");
}

#[test]
fn sibling_branches_never_meet() {
    let one = "export ANTHROPIC_API_KEY=a";
    let two = "export ANTHROPIC_AUTH_TOKEN=b";
    starts(&format!("if x; then {one}; else {two}; fi; claude"), &["ANTHROPIC_API_KEY=a", "ANTHROPIC_AUTH_TOKEN=b"]);
    starts(
        &format!("if x; then {one}; elif y; then {two}; fi; claude"),
        &["ANTHROPIC_API_KEY=a", "ANTHROPIC_AUTH_TOKEN=b", ""],
    );
    starts(
        &format!("case $1 in a) {one};; b|c) {two};; esac; claude"),
        &["", "ANTHROPIC_API_KEY=a", "ANTHROPIC_AUTH_TOKEN=b"],
    );
    starts(
        &format!("case $1 in (a) {one};; *) {two}; esac; claude"),
        &["ANTHROPIC_API_KEY=a", "ANTHROPIC_AUTH_TOKEN=b"],
    );
    starts(&format!("x && {one} || {two}; claude"), &["ANTHROPIC_AUTH_TOKEN=b", "ANTHROPIC_API_KEY=a"]);
    starts(&format!("if x; then {one}; exit 1; fi; {two}; claude"), &["ANTHROPIC_AUTH_TOKEN=b"]);
    starts(
        &format!("[ -n \"$X\" ] || exit 1; {one} && {two} && claude"),
        &["ANTHROPIC_API_KEY=a|ANTHROPIC_AUTH_TOKEN=b"],
    );
    starts(
        &format!("a() {{ {one}; claude; }}\nb() {{ {two}; claude; }}"),
        &["ANTHROPIC_API_KEY=a", "ANTHROPIC_AUTH_TOKEN=b"],
    );
    starts(
        &format!("a() {{ {one}; }}; b() {{ {two}; }}; if x; then a; else b; fi; claude"),
        &["ANTHROPIC_API_KEY=a", "ANTHROPIC_AUTH_TOKEN=b"],
    );
    starts(
        &format!("{one}; claude; unset ANTHROPIC_API_KEY; {two}; claude"),
        &["ANTHROPIC_API_KEY=a", "ANTHROPIC_API_KEY unset|ANTHROPIC_AUTH_TOKEN=b"],
    );
    starts("f() { local -x ANTHROPIC_MODEL=a; claude; }; f; claude", &["ANTHROPIC_MODEL=a", ""]);
    starts("claude() { ANTHROPIC_MODEL=a command claude \"$@\"; }", &["ANTHROPIC_MODEL=a"]);
    starts(
        "export ANTHROPIC_MODEL=a; alias glm='ANTHROPIC_AUTH_TOKEN=t claude'",
        &["ANTHROPIC_MODEL=a|ANTHROPIC_AUTH_TOKEN=t"],
    );
    starts("for p in a b; do export ANTHROPIC_MODEL=$p; claude; done", &["ANTHROPIC_MODEL=$p"]);
    starts("while true; do claude; export ANTHROPIC_MODEL=a; done", &["", "ANTHROPIC_MODEL=a"]);
    starts("main() { f; }; f() { claude; }; ANTHROPIC_MODEL=a main \"$@\"", &["ANTHROPIC_MODEL=a"]);
}

#[test]
fn saving_and_restoring() {
    let text = "_SAVED=$ANTHROPIC_API_KEY\nunset ANTHROPIC_API_KEY\nclaude\nexport ANTHROPIC_API_KEY=$_SAVED\nclaude\n";
    starts(text, &["ANTHROPIC_API_KEY unset", "ANTHROPIC_API_KEY=$_SAVED"]);
    let trap =
        "trap 'export ANTHROPIC_API_KEY=\"$_SAVED\"' EXIT\nunset ANTHROPIC_API_KEY\nANTHROPIC_AUTH_TOKEN=t claude";
    starts(trap, &["ANTHROPIC_API_KEY unset|ANTHROPIC_AUTH_TOKEN=t"]);
}

#[test]
fn files_that_only_prepare() {
    starts("export ANTHROPIC_API_KEY=a\nexport EDITOR=vi\n", &["ANTHROPIC_API_KEY=a"]);
    starts(
        "if x; then export ANTHROPIC_API_KEY=a; else export ANTHROPIC_MODEL=b; fi",
        &["ANTHROPIC_API_KEY=a", "ANTHROPIC_MODEL=b"],
    );
    starts("use_glm() { export ANTHROPIC_MODEL=glm; }", &["ANTHROPIC_MODEL=glm"]);
    starts("export ANTHROPIC_API_KEY=a; exec \"$@\"", &["ANTHROPIC_API_KEY=a"]);
    starts("ANTHROPIC_API_KEY=a\nexport EDITOR=vi\n", &[]);
    starts("", &[]);
}

#[test]
fn comments_and_help_texts() {
    assigns(
        "# export KEY=word\n#KEY=word\n  ## KEY='two words' and more\n",
        &["#KEY=word", "#KEY=word", "#KEY=two words"],
    );
    assigns("# usage: KEY=word claude\n# Note: set KEY=word\n# key=word\necho # KEY=word\n", &[]);
    assigns("echo \"export ANTHROPIC_API_KEY=your_key\"\nsed 's/TOKEN=\"[^\"]*\"/x/'\ngrep KEY=v f\n", &[]);
    assigns("cat <<EOF\nexport KEY=word\nEOF\nX=a#b Y=c # KEY=d\n", &["X=a#b", "Y=c"]);
}

#[test]
fn references_and_literal_dollars() {
    assigns("X=${Y:+set} Z=${#Y} Q=$1 R=${!Y} S=${Y%x}", &["X=$Y", "Z=?", "Q=$?", "R=$?", "S=$Y"]);
    let document = script("A='${X}' B=\\$X C=\"\\$X\"");
    for assignment in &document.assignments {
        let live = matches!(&assignment.value, Value::Reference(reference) if reference.expanded);
        assert!(!live && assignment.decoded.text.expose().starts_with('$'), "{assignment:?}");
    }
    // The outer shell expands what the inner quotes would shield.
    assigns("bash -c \"export A='$X'; claude\"", &["+A=$X"]);
    assigns("docker exec box bash -c \"export A='word'; echo \\$A\"", &["+A=word"]);
}

#[test]
fn here_documents_that_are_scripts_or_dotenv_files() {
    let text = "export ANTHROPIC_API_KEY=a\ncat > dir/.env <<EOF\nANTHROPIC_AUTH_TOKEN='$TOKEN'\nB=word\nEOF\nclaude\n";
    let document = script(text);
    assert_eq!(variables(&document.assignments), ["+ANTHROPIC_API_KEY=a", "+ANTHROPIC_AUTH_TOKEN=$TOKEN", "+B=word"]);
    assert_eq!(
        launches(&document.assignments, &document.launches),
        ["ANTHROPIC_API_KEY=a", "ANTHROPIC_AUTH_TOKEN=$TOKEN|B=word"]
    );
    assert_eq!(document.assignments[2].key, "<<dir/.env.B");
    let rc = "cat <<'EOF' | sudo tee -a ~/.bashrc\nexport ANTHROPIC_MODEL=a\nEOF\n";
    starts(rc, &["ANTHROPIC_MODEL=a"]);
    let wrapper = "cat <<-\"E\" >bin/glm\n\t#!/bin/sh\n\texport ANTHROPIC_MODEL=a\n\texec claude \"$@\"\n\tE\nclaude\n";
    starts(wrapper, &["", "ANTHROPIC_MODEL=a"]);
    starts("bash -s <<'E'\nexport ANTHROPIC_MODEL=a\nclaude\nE\n", &["ANTHROPIC_MODEL=a"]);
    let nested = "cat > a.sh <<EOF\ncat > .env <<IN\nKEY=\\$X\nIN\nEOF\n";
    assigns(nested, &["+KEY=$X"]);
    assigns("cat > settings.json <<EOF\n{\"env\": {\"KEY\": \"word\"}}\nKEY=word\nEOF\n", &["+KEY=word"]);
    assigns("cat > other.json <<EOF\n{\"a\": {\"KEY\": \"word\"}}\nKEY=word\nEOF\n", &[]);
}

#[test]
fn fragments_map_into_the_outer_document() {
    let outer = r#"{"command": "export A=\"word\" && curl -H \"X-Api-Key: other\" https://u:p@host/x"}"#;
    let mut builder = decode::Builder::new(13);
    let (mut at, bytes) = (13, outer.as_bytes());
    while bytes[at] != b'"' {
        if bytes[at] == b'\\' {
            builder.push_escaped('"', at, at + 2);
            at += 2;
        } else {
            builder.push(&outer[at..=at], at);
            at += 1;
        }
    }
    let text = builder.finish(&Origin::Direct(0));
    let fragment = fragment(&text, language::Language::Posix, "hooks.Stop[0].command");
    check_spans(outer, &fragment.assignments);
    let places: Vec<(&str, &str)> =
        fragment.assignments.iter().map(|a| (a.key.as_str(), &outer[a.decoded.span().range()])).collect();
    assert_eq!(
        places,
        [
            ("hooks.Stop[0].command.A", "word"),
            ("hooks.Stop[0].command.X-Api-Key", "other"),
            ("hooks.Stop[0].command.url", "https://u:p@host/x"),
        ]
    );
    assert_eq!(fragment.commands.len(), 2);
    assert_eq!(fragment.commands[1].program(), "curl");
}

#[test]
fn what_the_words_of_commands_carry() {
    #[track_caller]
    fn carries(text: &str, expected: &[(Slot, &str, &str)]) {
        let found = script(text).assignments;
        let found: Vec<(Slot, &str, &str)> =
            found.iter().map(|a| (a.slot, a.name.as_str(), a.decoded.text.expose())).collect();
        assert_eq!(found, expected, "{text}");
    }
    use Slot::{Header, Option as Opt, Url, Userinfo, Variable};
    carries(
        "curl -H 'X-Api-Key: word' -H \"Accept: a/b\"",
        &[(Header, "X-Api-Key", "word"), (Header, "Accept", "a/b")],
    );
    carries(
        "curl -HX-Api-Key:word --header='Authorization: Bearer word'",
        &[(Header, "X-Api-Key", "word"), (Header, "Authorization", "Bearer word")],
    );
    carries("http POST host X-Api-Key:word", &[(Header, "X-Api-Key", "word")]);
    carries(
        "npx mcp-remote https://h/x --header Authorization:word",
        &[(Url, "url", "https://h/x"), (Header, "Authorization", "word")],
    );
    carries(
        "claude mcp add -e A=b C=d name --header 'X-Key: e'",
        &[(Variable, "A", "b"), (Variable, "C", "d"), (Header, "X-Key", "e")],
    );
    carries(
        "tool --api-key word --token=other --githubToken third",
        &[(Opt, "--api-key", "word"), (Opt, "--token", "other"), (Opt, "--githubToken", "third")],
    );
    carries(
        "curl -u name:word host; curl --user=name:other host",
        &[(Userinfo, "-u", "word"), (Userinfo, "--user", "other")],
    );
    carries("mysql -pword; mysql -p base; sshpass -p word ssh h", &[(Opt, "-p", "word"), (Opt, "-p", "word")]);
    carries("docker run -e A=b -e C --env=D=e img", &[(Variable, "A", "b"), (Variable, "D", "e")]);
    carries("set KEY=word; fly secrets set OTHER=b", &[(Variable, "KEY", "word"), (Variable, "OTHER", "b")]);
    carries("tool --max-tokens 5 --token-file f --password-stdin --with-token x --no-password y --key k", &[]);
    carries("grep -H 'a: b' f; git log --author x; claude --settings '{\"env\": {}}'; task-history sk", &[]);
    carries(
        "bash -c 'curl https://h/x'; x --proxy=http://u:p@h:1",
        &[(Url, "url", "https://h/x"), (Url, "url", "http://u:p@h:1")],
    );
    assert!(matches!(
        &script("curl -H \"X-Api-Key: ${KEY:-word}\"").assignments[0].value,
        Value::Reference(reference) if reference.name.as_deref() == Some("KEY") && reference.default.is_some()
    ));
    assert!(matches!(script("curl -H \"X-Api-Key: $(cat f)\"").assignments[0].value, Value::Unknown));
}
