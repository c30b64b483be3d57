//! What is read of PowerShell scripts.

use crate::path::RepoPath;
use crate::surface::{Document, Surface, Value, read, show};

fn script(text: &str) -> Document {
    read(RepoPath::from("x.ps1"), Some(Surface::PowerShell), text.as_bytes())
}

/// The assignments and launches, in short.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(show::show(Surface::PowerShell, text), expected, "{text}");
}

#[track_caller]
fn starts(text: &str, expected: &[&str]) {
    assert_eq!(show::starts(Surface::PowerShell, text), expected, "{text}");
}

#[track_caller]
fn commands(text: &str, expected: &[&str]) {
    assert_eq!(show::commands(Surface::PowerShell, text, " "), expected, "{text}");
}

/// What stands in the parentheses of a loop may be no variable.
#[test]
fn a_loop_without_a_variable() {
    for name in ["a", "éa", "\u{3000}", "🔑 $b", ""] {
        check(&format!("foreach ({name} in 'b') {{ $env:X = 'y' }}"), &["+X=y"]);
    }
}

#[test]
fn forms_of_an_assignment() {
    for text in [
        "$env:X = \"word\"",
        "$env:X='word'",
        "$Env:X = 'word'  # note",
        "${env:X} = \"word\"",
        "[Environment]::SetEnvironmentVariable(\"X\", \"word\")",
        "[System.Environment]::SetEnvironmentVariable('X', 'word', 'Process')",
        "[environment]::setenvironmentvariable('X','word',[EnvironmentVariableTarget]::Process)",
        "Set-Item env:X word",
        "Set-Item -Path Env:\\X -Value 'word'",
        "si Env:X \"word\"",
        "New-Item -Path Env: -Name X -Value 'word'",
        "New-Item Env:X -Value word -Force | Out-Null",
        "Set-Content env:X `\n  'word'",
        "setx X \"word\"",
        "$env:X = (\"word\")",
        "$env:X = @'\nword\n'@",
        "$env:X =\n  'word'",
        "[string]$env:X = 'word'",
        "$env:X = “word”",
    ] {
        check(text, &["+X=word"]);
    }
    check("$env:X = 5; $env:Y = $true\n$env:Z=$false", &["+X=5", "+Y=True", "+Z=False"]);
    check("$env:X = $null; $env:Y = ''; $env:Z = \" \"", &["X=unset", "+Y=", "+Z="]);
    check("Remove-Item Env:X, Env:\\Y -ErrorAction SilentlyContinue; ri env:Z", &["X=unset", "Y=unset", "Z=unset"]);
    check("foreach ($n in 'X', 'Y') { Remove-Item \"Env:$n\" }", &["X=unset", "Y=unset"]);
    check(
        "$all = @('X','Y'); $all | ForEach-Object { $_ }; foreach ($n in $all) { ri \"env:$n\" }",
        &["X=unset", "Y=unset"],
    );
    check("[Environment]::SetEnvironmentVariable('X', $null, 'User')", &["X=unset"]);
    // Windows does not tell cases apart.
    check("$env:anthropic_model = 'word'", &["+ANTHROPIC_MODEL=word", ": - {ANTHROPIC_MODEL}"]);
    // Not of the process.
    check("$x = 'word'; $script:y = \"word\"; Set-Variable z word", &["x=word", "y=word", "z=word"]);
    check("param([Parameter(Mandatory=$true)][string]$Key = 'word', [int]$N = 3)", &["Key=word", "N=3"]);
    check("function F($Key = 'word') { $inner = 'a' }", &["Key=word", "inner=a"]);
}

#[test]
fn quotes_escapes_and_references() {
    check("$env:X = \"a`\"b`$c``d`te\"\"f\"", &["+X=a\"b$c`d\te\"f"]);
    check("$env:X = 'a''b$c`d'", &["+X=a'b$c`d"]);
    check("$env:X = \"`u{41}b\"", &["+X=Ab"]);
    check("$env:X = @\"\na \"b\" `$c\nd\n\"@\n$env:Y = 'z'", &["+X=a \"b\" $c\nd", "+Y=z"]);
    check("$env:X = @'\r\na 'b' $c\r\n'@\r\n$env:Y = 'z'\r\n", &["+X=a 'b' $c", "+Y=z"]);
    check("$env:X = $key; $env:Y = $env:OTHER; $env:Z = \"Bearer $($x.y)\"", &["+X=$key", "+Y=$OTHER", "+Z=?"]);
    check("$env:X = \"a ${env:OTHER} b\"; $env:Y = \"${name}\"", &["+X=$OTHER", "+Y=$name"]);
    check("$env:X = '$env:OTHER'", &["+X=dead $OTHER"]);
    check("$env:X = $env:OTHER ?? 'word'", &["+X=$OTHER:word"]);
    check("$env:X ??= 'word'", &["+X=$X:word"]);
    check("$env:X = [Environment]::GetEnvironmentVariable('OTHER', 'User')", &["+X=$OTHER"]);
    check("$env:X = Get-Content key.txt; $env:Y = (pass x).Trim(); $env:Z = 'a' + $b", &["+X=?", "+Y=?", "+Z=?"]);
    // What ends an expression.
    check(
        "[Console]::OutputEncoding = [Text.Encoding]::UTF8\n$env:X = 'a'\n$n++\n$env:Y = 'b'\n$a[0]\n$env:Z = 'c'",
        &["+X=a", "+Y=b", "+Z=c"],
    );
    check("$a, $b = 'x', 'y'\n$all[$i] = pass x\n$f.g()\n$env:X = 'word'", &["+X=word"]);
    check("$env:X = 'a' +\n  'b'\n$env:Y = 'c'", &["+X=?", "+Y=c"]);
    check("$env:X += 'word'; $env:Y = if ($a) { 'b' } else { 'c' }", &["+X=?", "+Y=?"]);
    check("$env:X = ${{ secrets.KEY }}\nif (1) { $env:Y = \"${{ vars.Y }}\" }", &["+X=$?", "+Y=$?"]);
}

/// Found by fuzzing: a quote was taken for two, and the second for one of the same length.
#[test]
fn quotes_of_two_forms() {
    check("$env:X = 'a'\u{2019}b'\n$env:Y = \"a\u{201D}\"b\"\n", &["+X=a'b", "+Y=a\u{201D}b"]);
    script("$a = \"$b$(G $c = \"$d$(e)\"\u{FFFD}\u{FFFD}\nif (-'@\n'\n'@\n");
}

#[test]
fn comments() {
    check(
        "# $env:X = 'word'\n#$env:Y='a' # b\n## [Environment]::SetEnvironmentVariable('Z', 'c')",
        &["#X=word", "#Y=a", "#Z=c"],
    );
    check("<#\n  $env:X = 'word'\n.EXAMPLE text\n#>\n$env:Y = 'a' # $env:Z = 'b'", &["#X=word", "+Y=a"]);
    check("# Note: the variable $env:X = is set\n# X=word\n# see https://h/x", &[]);
    check("echo a#b; $env:X = 'word'", &["+X=word"]);
}

#[test]
fn paths_that_never_meet() {
    let (a, b) = ("$env:ANTHROPIC_API_KEY = 'a'", "$env:ANTHROPIC_AUTH_TOKEN = 'b'");
    let (one, other) = ("claude ANTHROPIC_API_KEY=a", "claude ANTHROPIC_AUTH_TOKEN=b");
    starts(&format!("if ($x -eq 'a') {{ {a} }} else {{ {b} }}\nclaude"), &[one, other]);
    starts(&format!("if ($x) {{ {a} }}\nelseif ($y) {{ {b} }}\nelse {{ exit 1 }}\nclaude @args"), &[one, other]);
    starts(
        &format!(
            "switch ($args[0]) {{\n  'a' {{ {a}; break }}\n  \"b\" {{ {b} }}\n  default {{ throw 'no' }}\n}}\n& claude"
        ),
        &[one, other],
    );
    starts(
        &format!("function A {{ {a}; claude }}\nfunction B {{ {b}; claude }}\nif ($x) {{ a }} else {{ B }}"),
        &[one, other],
    );
    starts(&format!("{a}\nclaude\nRemove-Item Env:ANTHROPIC_API_KEY\n{b}\nclaude"), &[one, other]);
    starts(&format!("{a}\ntry {{ claude }} finally {{ Remove-Item Env:ANTHROPIC_* }}\n{b}; claude"), &[one, other]);
    starts(&format!("{a}; while ($x) {{ claude; break }}"), &[one]);
    starts(&format!("if ($x) {{ {a}; return }}\n{b}\nclaude"), &[other]);
    starts(
        &format!("try {{ {a} }} catch [System.Exception] {{ {b} }}\nclaude"),
        &["claude ANTHROPIC_API_KEY=a ANTHROPIC_AUTH_TOKEN=b", one],
    );
    starts(&format!("Start-Job {{ {a} }}\n{b}\nclaude"), &[other]);
    starts(&format!("& {{ {a} }}; . {{ {b} }}; claude"), &["claude ANTHROPIC_API_KEY=a ANTHROPIC_AUTH_TOKEN=b"]);
}

#[test]
fn what_starts_the_client() {
    let key = "$env:ANTHROPIC_API_KEY = 'a'\n";
    for start in [
        "claude",
        "& claude --model opus @args",
        "& \"$env:USERPROFILE\\.local\\bin\\claude.exe\" -p 'hi'",
        "claude.cmd -p hi | Out-File log.txt",
        "$out = claude -p hi",
        "if (claude -p hi) { 'x' }",
        "npx -y @anthropic-ai/claude-code",
        "npx.cmd @anthropic-ai/claude-code@latest",
        "Start-Process claude -ArgumentList '-p', 'hi' -Wait",
        "Start-Process -FilePath \"claude\" -NoNewWindow -Wait -PassThru",
        "Start-Process powershell -ArgumentList \"-NoExit\", \"-Command\", \"claude\"",
        "Start-Process cmd -ArgumentList '/k claude'",
        "$exe = 'claude'; & $exe",
        "$exe = (Get-Command claude); Start-Process $exe",
        "cmd /c \"claude -p hi\"",
        "pwsh -NoProfile -Command { claude }",
        "pwsh -NoProfile -c 'claude'",
        "bash -c 'claude -p hi'",
        "Invoke-Expression 'claude'",
        "1..3 | ForEach-Object { claude -p $_ }",
        "$false -or (claude)",
    ] {
        let document = script(&format!("{key}{start}"));
        let all = document.launches.iter().all(|launch| launch.command.is_some() && launch.environment == [0]);
        assert!(all && !document.launches.is_empty(), "{start}: {:?}", document.launches);
    }
    for start in
        ["claude --version", "claude mcp list", "Write-Host 'claude'", "Get-Command claude", "echo claude", "'claude'"]
    {
        starts(&format!("{key}{start}"), &["- ANTHROPIC_API_KEY=a"]);
    }
    starts("claude --settings '{\"env\": {\"ANTHROPIC_MODEL\": \"m\"}}'", &["claude ANTHROPIC_MODEL=m"]);
    starts("Start-Process claude -Environment @{ ANTHROPIC_MODEL = 'm' }", &["claude ANTHROPIC_MODEL=m"]);
    starts("cmd /c \"set ANTHROPIC_MODEL=m&& claude\"", &["claude ANTHROPIC_MODEL=m"]);
}

#[test]
fn what_is_left_for_later() {
    // In the user's environment, not in this process.
    starts("setx ANTHROPIC_MODEL m\nclaude", &["claude"]);
    starts("setx ANTHROPIC_MODEL m", &["- ANTHROPIC_MODEL=m"]);
    let later = "[Environment]::SetEnvironmentVariable('ANTHROPIC_MODEL', 'm', 'User')";
    starts(later, &["- ANTHROPIC_MODEL=m"]);
    starts(&format!("{later}\nclaude"), &["claude"]);
    starts(&format!("$env:ANTHROPIC_MODEL = 'm'\n{later}\nclaude"), &["claude ANTHROPIC_MODEL=m"]);
}

#[test]
fn dotenv_files() {
    for text in [
        "Get-Content .env | ForEach-Object { $n, $v = $_ -split '=', 2; Set-Item \"env:$n\" $v }\nclaude",
        "foreach ($line in Get-Content .env) { [Environment]::SetEnvironmentVariable($n, $v) }\nclaude",
        "if (Test-Path .env) { gc .env | % { $env:X = 'y' } }\nclaude",
        "$file = \".env\"\nGet-Content $file | Where-Object { $_ } | ForEach-Object { [Environment]::SetEnvironmentVariable($a, $b, 'Process') }\nclaude",
    ] {
        starts(text, &["claude <.env>"]);
    }
    starts(". .\\conf\\.env.ps1; claude", &["claude <./conf/.env.ps1>"]);
    starts("Get-Content .env | Write-Host; claude", &["claude"]);
}

#[test]
fn files_that_are_written() {
    let json = "{\"env\": {\"ANTHROPIC_MODEL\": \"m\"}}";
    for text in [
        format!("'{json}' | Set-Content .claude/settings.json"),
        format!("@'\n{json}\n'@ | Out-File -FilePath \"$HOME\\.claude\\settings.json\" -Encoding utf8"),
        format!("@'\n{json}\n'@ > .claude\\settings.json"),
        format!("Set-Content -Path .claude/settings.json -Value '{json}'"),
        format!("$s = @'\n{json}\n'@\n$p = Join-Path $HOME '.claude\\settings.json'\n$s | Set-Content $p"),
        format!("$s = '{json}'\n[IO.File]::WriteAllText('.claude/settings.json', $s)"),
        format!("echo '{json}' > .claude/settings.json"),
    ] {
        starts(&text, &["- ANTHROPIC_MODEL=m"]);
    }
    starts("@\"\nANTHROPIC_MODEL=m\n\"@ | Set-Content .env", &["- ANTHROPIC_MODEL=m"]);
    starts("Add-Content $PROFILE '$env:ANTHROPIC_MODEL = \"m\"'", &["- ANTHROPIC_MODEL=m"]);
    // A template for a human to copy.
    starts("Write-Host @\"\n  `$env:ANTHROPIC_MODEL = \"m\"\n\"@", &[]);
    starts(&format!("'{json}' | Set-Content other.json"), &[]);
}

#[test]
fn hash_tables() {
    check(
        "Invoke-RestMethod -Uri $u -Headers @{ 'x-api-key' = 'word'; Accept = \"a\" }",
        &["x-api-key=word", "Accept=a"],
    );
    check(
        "$headers = @{\n  'x-api-key' = $env:KEY\n  \"Authorization\" = \"Bearer word\"\n}",
        &["x-api-key=$KEY", "Authorization=Bearer word"],
    );
    check("$headers['x-api-key'] = 'word'; $headers.Add('X-Other', 'a')", &["x-api-key=word", "X-Other=a"]);
    check("$p = @{ Headers = @{ 'x-api-key' = 'word' }; Body = 'b' }", &["Headers.x-api-key=word", "Body=b"]);
    check("$x = @{ Key = 'Theme'; Value = 'v' }", &["Value=v"]);
    let document = script("irm h -Headers @{ Authorization = 'a' }");
    assert_eq!(document.assignments[0].slot, crate::surface::Slot::Header);
}

#[test]
fn commands_and_where_they_print() {
    commands("Write-Host \"a $env:X\" -NoNewline; $y = pass x", &["!Write-Host a $env:X -NoNewline", "pass x"]);
    commands(
        "Write-Output a | Out-Null; echo b > f; (pass x); \"$(pass y)\"",
        &["Write-Output a", "!Out-Null", "echo b", "pass x", "pass y"],
    );
    commands("$env:KEY", &["!Write-Output $env:KEY"]);
    commands(
        "\"key: $env:KEY\"; if ($env:KEY) { a }; $x = $env:KEY",
        &["!Write-Output key: $env:KEY", "Write-Output $env:KEY", "!a", "Write-Output $env:KEY"],
    );
    commands(
        "git commit -m \"x; y\" # z\nfoo `\n  --bar 'baz'; a && b || c",
        &["!git commit -m x; y", "!foo --bar baz", "!a", "!b", "!c"],
    );
    commands("$a[(get i)] = foo; $b[$i] = bar; $n++\nbaz", &["get i", "foo", "bar", "!baz"]);
    commands("cmd --% /c echo %X% | more", &["cmd /c echo %X%", "!more"]);
    assert!(matches!(script("curl -H \"X-Api-Key: $env:KEY\"").assignments[0].value, Value::Reference(_)));
}

#[test]
fn a_slip_costs_its_line() {
    check("$env:X = \"open\n$env:Y = \"word\"\n$env:Z = 'z'", &["+X=open", "+Y=word", "+Z=z"]);
    check("$env:X = 'open\n$env:Y = 'word'", &["+X=open", "+Y=word"]);
    check("$env:X = @\"\nopen\n$env:Y = 'word'", &["+X=?", "+Y=word"]);
    check("if ($x { $env:X = 'a' }\n$env:Y = 'word'", &["+X=a", "+Y=word"]);
    check("foo )}] | ; &\n$env:Y = 'word'", &["+Y=word"]);
    check("<# open\n$env:Y = 'word'", &["+Y=word"]);
}

/// It comes to an end, and nothing panics.
#[test]
fn hostile_input() {
    for part in [
        "(",
        "{",
        "$(",
        "@{",
        "@(",
        "[",
        "\"",
        "'",
        "@\"\n",
        "@'\n",
        "<#",
        "`",
        "$",
        "\"$(",
        "if (",
        "$a=",
        "a|",
        "a,",
        "{(",
        "()",
        "''",
        "\"$(''",
        "@{a=",
        "switch{",
        "# $env:",
        "-",
        "${",
        "“",
        "try{",
        "function f{",
        "a\n",
        "& ",
        ". ",
        "x=@\"\n$('\n\"@\n",
        "a=b;",
        "$a[",
        "$a.b",
        "if(a){}else",
        "foreach($a in b){",
        "Get-Content .env|",
        "\"\n",
        "a`\n",
        "\"$a",
        "[a]::b(",
        "\u{feff}",
        "é`",
    ] {
        drop(script(&part.repeat(10_000 / part.len())));
    }
    let long = "x".repeat(5_000_000);
    for (open, close) in [("$env:X = \"", ""), ("claude -p (", ")")] {
        drop(script(&format!("{open}{long}{close}")));
    }
    for (open, close) in [("(", ")"), ("{", "}"), ("$(", ")"), ("@{a=", "}"), ("\"$(", ")\""), ("$a=", "")] {
        let nested = format!("{}a{}\n$env:X = 'word'", open.repeat(10_000), close.repeat(10_000));
        let found = script(&nested).assignments;
        assert!(found.iter().any(|one| one.name == "X" && one.decoded.text.expose() == "word"), "{open}");
    }
}
