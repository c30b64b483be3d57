//! Traps of real configurations in PowerShell scripts and batch files, by number: each must raise nothing, and what
//! differs from it by one thing must.

use crate::common::repo::Repo;
use crate::common::sample::Rng;
use crate::common::{expand, place};

#[track_caller]
fn reported(path: &str, script: &str, expected: &[&str]) {
    let text = expand(script, &mut Rng::new(11));
    let repo = Repo::committed(&[(".gitignore", "**/.claude/settings.local.json\n"), (path, &text)]);
    let (findings, _) = repo.findings(&[]);
    let found = findings.iter().filter(|finding| finding["severity"] != "note").map(place);
    let expected: Vec<String> = expected.iter().map(|place| format!("{path}:{place}")).collect();
    assert_eq!(found.collect::<Vec<_>>(), expected, "{script}");
}

#[track_caller]
fn quiet(scripts: &[&str]) {
    for script in scripts {
        let batch =
            ["set ", "@", "echo ", "setx ", "rem ", "for ", "if "].iter().any(|start| script.starts_with(start));
        reported(if batch && !script.contains('$') { "x.bat" } else { "x.ps1" }, script, &[]);
    }
}

const PS: &str = "$env:ANTHROPIC_AUTH_TOKEN = $t\n$env:ANTHROPIC_BASE_URL = 'https://llm.example.org'\n";
const BAT: &str = "set ANTHROPIC_AUTH_TOKEN=%T%\nset ANTHROPIC_BASE_URL=https://llm.example.org\n";

#[test]
fn trap_01_names_that_only_contain_a_credential_name() {
    for name in [
        "ANTHROPIC_API_KEY_FILE",
        "_SAVED_ANTHROPIC_API_KEY",
        "ANTHROPIC_BASE_URL_GLM",
        "CLAUDE_CODE_API_KEY_HELPER_TTL_MS",
    ] {
        quiet(&[&format!("{PS}$env:{name} = '300000'\nclaude"), &format!("{BAT}set {name}=300000\nclaude")]);
    }
    reported("x.ps1", &format!("{PS}$env:ANTHROPIC_API_KEY = $k\nclaude"), &["3:26 both-credentials"]);
}

#[test]
fn trap_02_an_empty_key_beside_a_token() {
    quiet(&[
        &format!("{PS}$env:ANTHROPIC_API_KEY = \"\"\nclaude"),
        &format!("{PS}$env:ANTHROPIC_API_KEY = $null\nclaude"),
        &format!("{BAT}set ANTHROPIC_API_KEY=\nclaude"),
        &format!("{BAT}set \"ANTHROPIC_API_KEY=\"\nclaude"),
    ]);
    reported("x.bat", &format!("{BAT}set ANTHROPIC_API_KEY=%K%\nclaude"), &["3:23 both-credentials"]);
}

#[test]
fn trap_03_save_and_restore_and_other_branches() {
    quiet(&[
        &format!(
            "$saved = $env:ANTHROPIC_API_KEY\nRemove-Item Env:ANTHROPIC_API_KEY\n{PS}try {{ claude }} finally {{\n\
             if ($saved) {{ $env:ANTHROPIC_API_KEY = $saved }}\nRemove-Item Env:ANTHROPIC_AUTH_TOKEN\n}}"
        ),
        &format!(
            "function glm {{ {PS}claude }}\nfunction api {{ $env:ANTHROPIC_AUTH_TOKEN = ''; $env:ANTHROPIC_API_KEY = $k; claude }}"
        ),
        &format!("switch ($args[0]) {{ 'a' {{ $env:ANTHROPIC_API_KEY = $k }} default {{ {PS} }} }}\nclaude"),
        &format!(
            "set SAVED=%ANTHROPIC_API_KEY%\nset ANTHROPIC_API_KEY=\n{BAT}call claude\nset ANTHROPIC_AUTH_TOKEN=\nset ANTHROPIC_API_KEY=%SAVED%"
        ),
        &format!("if \"%1\"==\"a\" (\nset ANTHROPIC_API_KEY=%K%\n) else (\n{BAT})\nclaude"),
        &format!("@echo off\nif %1==a goto a\n{BAT}claude\ngoto :eof\n:a\nset ANTHROPIC_API_KEY=%K%\nclaude"),
    ]);
    reported("x.bat", &format!("if %1==a (\n{BAT})\nset ANTHROPIC_API_KEY=%K%\nclaude"), &["5:23 both-credentials"]);
}

#[test]
fn trap_04_05_patterns_and_help_text() {
    quiet(&[
        "$text -replace 'sk-ant-api[a-zA-Z0-9_-]{20,}', '***'",
        "if ($key -match '^sk-ant-[a-z0-9-]+$') { 'ok' }",
        "Write-Host '  $env:ANTHROPIC_API_KEY = \"your_api_key\"'",
        "Write-Host @\"\nNext: `$env:ANTHROPIC_API_KEY = \"sk-ant-...\"\n\"@",
        "echo   set ANTHROPIC_API_KEY=your_api_key",
        "rem usage: set ANTHROPIC_API_KEY=sk-ant-...",
    ]);
    reported("x.ps1", "$env:ANTHROPIC_API_KEY = '@@anthropic-api-key@@'", &["1:27 secret-in-launcher"]);
}

/// `` "`$env:X = $key" `` is a template for another file.
#[test]
fn trap_05_here_strings_with_backtick_dollar() {
    let template = "Write-Host @\"\n`$env:ANTHROPIC_API_KEY = '$Key'\n`$env:ANTHROPIC_AUTH_TOKEN = '$Key'\nclaude\n\"@";
    quiet(&[template]);
    let written = template
        .replace("Write-Host @\"", "Set-Content run.ps1 @\"")
        .replace("claude", "`$env:ANTHROPIC_BASE_URL = 'https://llm.example.org'\nclaude");
    reported("x.ps1", &written, &["2:28 both-credentials"]);
}

#[test]
fn trap_06_07_what_prints_no_secret() {
    quiet(&[
        "$env:GITHUB_TOKEN | gh auth login --with-token",
        "function Get-Key { $env:ANTHROPIC_API_KEY }\n$k = Get-Key",
        "if ($env:ANTHROPIC_API_KEY) { 'set' } else { 'missing' }",
        "Write-Host \"url $env:ANTHROPIC_BASE_URL\"",
        "if defined ANTHROPIC_API_KEY (echo set) else echo missing",
        "echo %ANTHROPIC_BASE_URL% %ANTHROPIC_API_KEY:~0,8%",
    ]);
    reported("x.bat", "echo hello\necho %ANTHROPIC_API_KEY%", &["2:1 secret-printed"]);
    // A helper is run for what it prints.
    reported("get-key.ps1", "Write-Output $env:ANTHROPIC_API_KEY", &[]);
}

#[test]
fn trap_08_09_references_and_dummies() {
    quiet(&[
        "$env:ANTHROPIC_API_KEY = $env:MY_KEY; claude",
        "$env:ANTHROPIC_API_KEY = op read op://a/b/c; claude",
        "$env:ANTHROPIC_API_KEY = \"op://a/b/c\"",
        "$env:ANTHROPIC_AUTH_TOKEN = 'ollama'; $env:ANTHROPIC_BASE_URL = 'http://localhost:11434'; claude",
        "$env:ANTHROPIC_AUTH_TOKEN = '__TOKEN__'; $env:ANTHROPIC_BASE_URL = '__URL__'",
        "set ANTHROPIC_AUTH_TOKEN=%ZAI_KEY%\nset ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic",
        "set \"ANTHROPIC_AUTH_TOKEN=dummy\"\nset ANTHROPIC_BASE_URL=http://127.0.0.1:3456\ncall claude",
    ]);
}

/// A value never reaches into the next line.
#[test]
fn trap_15_an_empty_value_and_the_next_line() {
    quiet(&["set ANTHROPIC_API_KEY=\r\nset SOME_HASH=0123456789abcdef0123456789abcdef01234567\r\n"]);
    quiet(&["$env:ANTHROPIC_API_KEY = ''\r\n$hash = '0123456789abcdef0123456789abcdef01234567'\r\n"]);
}

/// `docker -e NAME` hands a variable on.
#[test]
fn trap_16_variables_without_a_value() {
    quiet(&["docker run -e ANTHROPIC_API_KEY image # $x", "@docker run -e ANTHROPIC_API_KEY image"]);
    reported("x.bat", "docker run -e MY_API_KEY=@@base62-key@@ image", &["1:26 secret-in-launcher"]);
}

/// Here-strings with variables are fine, with literal keys they are not; both write settings.
#[test]
fn trap_18_settings_in_here_strings() {
    let settings = |key: &str| {
        format!(
            "@\"\n{{\"env\": {{\"ANTHROPIC_API_KEY\": \"{key}\"}}}}\n\"@ | Set-Content \"$HOME\\.claude\\settings.json\""
        )
    };
    quiet(&[&settings("$key")]);
    reported("x.ps1", &settings("@@anthropic-api-key@@"), &["2:32 secret-in-launcher"]);
}
