//! What is read of batch files.

use crate::path::RepoPath;
use crate::surface::{Document, Origin, Surface, read, show};

fn script(text: &str) -> Document {
    read(RepoPath::from("x.bat"), Some(Surface::Batch), text.as_bytes())
}

/// The assignments and launches, in short.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(show::show(Surface::Batch, text), expected, "{text}");
}

#[track_caller]
fn starts(text: &str, expected: &[&str]) {
    assert_eq!(show::starts(Surface::Batch, text), expected, "{text}");
}

#[track_caller]
fn commands(text: &str, expected: &[&str]) {
    assert_eq!(show::commands(Surface::Batch, text, "|"), expected, "{text}");
}

/// Each row but those with references repeats what the cmd.exe of Wine 8.0 did.
#[test]
fn forms_of_an_assignment() {
    check("set X=word", &["+X=word"]);
    check("@SET x=word\r\nset Y=a b  \r\n", &["+x=word", "+Y=a b  "]);
    check("set \"X=word\"", &["+X=word"]);
    check("set \"X=a b&c|d^e)f\" trailing", &["+X=a b&c|d^e)f"]);
    // The quotes are part of the value here.
    check("set X=\"word\"", &["+X=\"word\""]);
    check("set X=a^&b^^c=d & set Y=e", &["+X=a&b^c=d ", "+Y=e"]);
    check("set X=a;b,c'd)e", &["+X=a;b,c'd)e"]);
    check("set X=100%% sure", &["+X=100% sure"]);
    check("set X=& set \"Y=\"", &["X=unset", "Y=unset"]);
    check("set X=a^\r\nb", &["+X=ab"]);
    check("(set X=a)& (\nset Y=b\n)", &["+X=a", "+Y=b"]);
    check("set X=a>nul", &["+X=a"]);
    // Another variable than it seems: its name ends with a blank.
    check("set ANTHROPIC_MODEL = m", &["+ANTHROPIC_MODEL= m"]);
    check("set anthropic_model=m", &["+ANTHROPIC_MODEL=m", ": - {ANTHROPIC_MODEL}"]);
    check("setx X \"word\" /M", &["+X=word"]);
    check("set X=%KEY%& set \"Y=%2\"& set Z=%~dp0a& set V=%KEY:~0,8%", &["+X=$KEY", "+Y=$?", "+Z=$?", "+V=$?"]);
    check("set X=!KEY!", &["+X=dead $KEY"]);
    check("setlocal EnableDelayedExpansion\nset X=!KEY!", &["+X=$KEY"]);
    check("set /p X=Key: \nset /a Y=1+2\nset /p Z=<key.txt", &["+X=?", "+Y=?", "+Z=?"]);
    check("for %%v in (X, Y) do set \"%%v=\"", &["X=unset", "Y=unset"]);
    check("for /f \"delims=\" %%i in ('type key.txt') do set X=%%i", &["+X=$?"]);
    check("set X=${{ secrets.KEY || 'word' }}", &["+X=dead $KEY:word"]);
}

#[test]
fn comments() {
    check("rem set X=word\n:: set \"Y=a\"\nREM @set Z=b\n::setx V c\n", &["#X=word", "#Y=a", "#Z=b", "#V=c"]);
    check("rem set & set X=word\n:: note\nremote set\nif 1==1 (\n  :: set Y=a\n)", &["#X=word", "#Y=a"]);
}

#[test]
fn paths_that_never_meet() {
    let (a, b) = ("set ANTHROPIC_API_KEY=a", "set ANTHROPIC_AUTH_TOKEN=b");
    let (one, other) = ("claude ANTHROPIC_API_KEY=a", "claude ANTHROPIC_AUTH_TOKEN=b");
    starts(&format!("if \"%1\"==\"a\" (\n{a}\n) else (\n{b}\n)\ncall claude"), &[one, other]);
    starts(
        &format!("if /i \"%~1\" == \"a\" ({a}) else if \"%1\" EQU \"b\" ({b}) else exit /b 1\ncall claude"),
        &[one, other],
    );
    starts(&format!("if not defined X goto b\n{a}\ncall claude\ngoto :eof\n:b\n{b}\ncall claude"), &[other, one]);
    starts(
        &format!("if %1==a goto a\nif %1==b goto:b\nexit /b 1\n:a\n{a}\ngoto run\n:b\n{b}\n:run\nclaude"),
        &[one, other],
    );
    starts(&format!("call :a\nclaude\n{b}\nset ANTHROPIC_API_KEY=\nclaude\nexit /b\n:a\n{a}\nexit /b"), &[one, other]);
    starts(&format!("setlocal\n{a}\nclaude\nendlocal\n{b}\nclaude"), &[one, other]);
    starts(&format!("{a}& if exist x {b}& claude"), &["claude ANTHROPIC_API_KEY=a ANTHROPIC_AUTH_TOKEN=b"]);
    starts(&format!("{a} | more\n{b}& claude"), &[other]);
    // A menu that comes back.
    starts(
        ":menu\nset /p c=?\nif %c%==1 goto a\ngoto menu\n:a\nset \"ANTHROPIC_API_KEY=a\"\nclaude\ngoto menu",
        &[one],
    );
    // The label is computed: each of them may be meant.
    starts(&format!("goto case_%1\n:case_a\n{a}\nclaude\nexit /b\n:case_b\n{b}\nclaude\nexit /b"), &[one, other]);
}

#[test]
fn what_starts_the_client() {
    for start in [
        "claude",
        "call claude %*",
        "@claude.cmd -p \"a b\" ^\n  --model opus",
        "\"%USERPROFILE%\\.local\\bin\\claude.exe\" -p hi > log.txt 2>&1",
        "npx -y @anthropic-ai/claude-code",
        "start \"\" claude",
        "start \"Claude Code\" /B /D C:\\x cmd /k claude",
        "cmd /c \"claude -p hi\"",
        "cmd /c claude -p hi",
        "powershell -NoProfile -Command \"claude -p 'hi'\"",
        "start powershell -NoExit -Command \"cls; Write-Host 'x'; claude\"",
        "bash -c \"claude\"",
        "type prompt.txt | claude -p",
        "if exist x (claude) else claude",
        "for /f %%i in ('claude -p hi') do echo %%i",
    ] {
        let document = script(&format!("set ANTHROPIC_API_KEY=a\n{start}\n"));
        let all = document.launches.iter().all(|launch| launch.command.is_some() && launch.environment == [0]);
        assert!(all && !document.launches.is_empty(), "{start}: {:?}", document.launches);
    }
    for start in ["echo claude", "claude --version", "where claude", "rem claude", "title claude"] {
        starts(&format!("set ANTHROPIC_API_KEY=a\n{start}"), &["- ANTHROPIC_API_KEY=a"]);
    }
    starts("powershell -Command \"$env:ANTHROPIC_MODEL='m'; claude\"", &["claude ANTHROPIC_MODEL=m"]);
    starts("cmd /c \"set ANTHROPIC_MODEL=m&& claude\"", &["claude ANTHROPIC_MODEL=m"]);
    starts("claude --settings \"{\\\"env\\\": {\\\"ANTHROPIC_MODEL\\\": \\\"m\\\"}}\"", &["claude ANTHROPIC_MODEL=m"]);
    starts("setx ANTHROPIC_MODEL m\nclaude", &["claude"]);
    starts("setx ANTHROPIC_MODEL m", &["- ANTHROPIC_MODEL=m"]);
}

#[test]
fn files() {
    for text in [
        "for /f \"tokens=1,2 delims==\" %%a in (.env) do set %%a=%%b\nclaude",
        "if exist .env (\n  for /f \"usebackq delims=\" %%i in (\".env\") do set \"%%i\"\n)\nclaude",
        "for /f \"delims=\" %%i in ('type .env ^| findstr /v \"#\"') do set %%i\nclaude",
    ] {
        starts(text, &["claude <.env>"]);
    }
    starts("call .\\env.bat\nclaude", &["claude <./env.bat>"]);
    starts("for /f %%i in (.env) do echo %%i\nclaude", &["claude"]);
    for text in [
        "echo {\"env\": {\"ANTHROPIC_MODEL\": \"m\"}} > .claude\\settings.json",
        "(\necho {\necho   \"env\": {\"ANTHROPIC_MODEL\": \"m\"}\necho }\n) > \"%USERPROFILE%\\.claude\\settings.json\"",
        "echo {> .claude\\settings.json\necho \"env\": {>> .claude\\settings.json\necho \"ANTHROPIC_MODEL\": \"m\"}}>> .claude\\settings.json",
        "(echo ANTHROPIC_MODEL=m) > .env",
        "echo set ANTHROPIC_MODEL=m>run.bat",
    ] {
        starts(text, &["- ANTHROPIC_MODEL=m"]);
    }
    starts("echo set ANTHROPIC_MODEL=m", &[]);
}

#[test]
fn commands_and_where_they_print() {
    commands("echo key: %X% \necho.& echo(a>f", &["!echo|key: %X%", "!echo|", "echo|a"]);
    commands("set | findstr X\nset X\nset", &["set", "!findstr|X", "!set|X", "!set"]);
    commands("curl -H \"X-Api-Key: %KEY%\" https://h/x >nul", &["curl|-H|X-Api-Key: %KEY%|https://h/x"]);
    commands(
        "git commit -m \"a & b\" && dir /b || ver & a\\b.exe \"x\"\"y\"",
        &["!git|commit|-m|a & b", "!dir|/b", "!ver", "!a\\b.exe|xy"],
    );
}

#[test]
fn a_slip_costs_its_line() {
    check("set \"X=open\nset Y=word", &["+X=open", "+Y=word"]);
    check("if \"%1\"==\"a (\n  set X=a\nset Y=word", &["+X=a", "+Y=word"]);
    check(") else )\nset Y=word & ) | ( set Z=a", &["+Y=word ", "+Z=a"]);
    check("if 1==1 (\nset X=a\n:label\nset Y=word", &["+X=a", "+Y=word"]);
    check("for\nif\nset\ngoto\ncall\nset Y=word", &["+Y=word"]);
}

/// It comes to an end, and nothing panics.
#[test]
fn hostile_input() {
    for part in [
        "(",
        ")",
        "\"",
        "%",
        "!",
        "^",
        "&",
        "|",
        ">",
        "<",
        "if ",
        "if a ",
        "for %%a in (",
        "set ",
        "set a=",
        "rem ",
        "::",
        ":a\n",
        ":a\ngoto a\n",
        "call :a\n:a\n",
        "a|",
        "a&",
        "a\n",
        "if a==b (",
        "else ",
        "echo a>b\n",
        "setlocal\n",
        "start ",
        "@",
        "cmd /c \"",
        "%%",
        "2>&1",
        "for /f %%a in (.env) do set ",
        "é^",
        "\r",
        "^\r\n",
        "\\\"",
        "if a==b goto c\n:c\n",
    ] {
        drop(script(&part.repeat(10_000 / part.len())));
    }
    let long = "x".repeat(5_000_000);
    for (open, close) in [("set \"X=", ""), ("echo ", "> .env")] {
        drop(script(&format!("{open}{long}{close}")));
    }
    let nested = format!("{}a{}\nset X=word", "(".repeat(10_000), ")".repeat(10_000));
    assert!(script(&nested).assignments.iter().any(|one| one.name == "X" && one.decoded.text.expose() == "word"));
}

/// A label inside parentheses, where cmd.exe has none, ends with its line, and may be no more than its colon.
#[test]
fn labels_inside_parentheses() {
    for label in ["", "\n", "é\n", ":\n", ": set B=1\n", "é:é\r\n"] {
        let text = format!("if a==b (:{label}set A=v\nclaude)");
        let names: Vec<String> = script(&text).assignments.iter().map(|one| one.name.clone()).collect();
        let expected: &[&str] = match label {
            "" => &[],
            ": set B=1\n" => &["B", "A"],
            _ => &["A"],
        };
        assert_eq!(names, expected, "{text}");
    }
    for text in ["if a==b (:", "if a==b (é:", "(::"] {
        script(text);
    }
}

/// A path that is spelled anew keeps its place, and no longer claims to be what stands there.
#[test]
fn paths_with_backslashes() {
    for (line, expected) in [("call a\\b.bat", "a/b.bat"), ("for /f %%i in (a\\.env) do set %%i", "a/.env")] {
        let text = format!("{line}\nclaude");
        let document = script(&text);
        let path = &document.launches[0].includes[0].path;
        assert_eq!(path.text.expose(), expected);
        assert_eq!(text[path.span().range()].replace('\\', "/"), expected);
        assert!(matches!(path.origin, Origin::Mapped(_)), "{line}");
    }
}

/// A caret takes what stands behind it, and the end of the text stays the end.
#[test]
fn a_caret_in_front_of_the_end() {
    for text in ["echo a^", "claude ^", "set \"X=a\"^", "@if a==b (call x) else;claude ^^^", "echo %A%^"] {
        let document = script(text);
        let ends: Vec<usize> = document.commands.iter().map(|command| command.span.end).collect();
        assert!(ends.iter().all(|&end| end <= text.len()), "{ends:?} of {}: {text}", text.len());
    }
}
