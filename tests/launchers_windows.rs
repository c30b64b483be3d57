//! PowerShell scripts and batch files in small repositories: exact findings.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, place};

/// `path:line:column rule` of every finding, with the markers in the files filled in.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let mut rng = Rng::new(7);
    let whole: Vec<(String, String)> =
        files.iter().map(|(path, text)| ((*path).to_owned(), expand(text, &mut rng))).collect();
    let files: Vec<(&str, &str)> = whole.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let repo =
        Repo::committed(&[&[(".gitignore", "**/.claude/settings.local.json\n.env\n.env.*\n")], &files[..]].concat());
    let (findings, _) = repo.findings(&["--min-severity", "note"]);
    assert_eq!(findings.iter().map(place).collect::<Vec<_>>(), expected, "{files:?}");
}

/// One script, in which the findings' places are `line:column rule`.
#[track_caller]
fn script(path: &str, text: &str, expected: &[&str]) {
    let expected: Vec<String> = expected.iter().map(|place| format!("{path}:{place}")).collect();
    check(&[(path, text)], &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

/// A credential in each construct, and what differs from it by one thing.
#[test]
fn literal_credentials_in_powershell() {
    for (text, place) in [
        ("$env:ANTHROPIC_API_KEY = \"@@anthropic-api-key@@\"", "1:27"),
        ("$env:ANTHROPIC_API_KEY='@@anthropic-api-key@@'", "1:25"),
        ("${env:MY_TOKEN} = '@@github-pat@@'", "1:20"),
        ("[Environment]::SetEnvironmentVariable(\"ZAI_API_KEY\", \"@@zai-key@@\", \"User\")", "1:55"),
        ("[System.Environment]::SetEnvironmentVariable('MY_API_KEY', '@@base62-key@@')", "1:61"),
        ("Set-Item -Path Env:MY_API_KEY -Value '@@base62-key@@'", "1:39"),
        ("setx MY_API_KEY \"@@base62-key@@\"", "1:18"),
        ("$apiKey = \"@@base62-key@@\"", "1:12"),
        ("param(\n  [string]$ApiKey = '@@base62-key@@'\n)", "2:22"),
        ("# $env:MY_API_KEY = '@@base62-key@@'", "1:22"),
        ("<#\n$env:MY_API_KEY = '@@base62-key@@'\n#>", "2:20"),
        ("$env:MY_API_KEY = $env:OTHER ?? '@@base62-key@@'", "1:34"),
        ("irm https://h.example -Headers @{ 'x-api-key' = '@@base62-key@@' }", "1:50"),
        ("$headers = @{ Authorization = \"Bearer @@base62-key@@\" }", "1:39"),
        ("curl.exe -H \"x-api-key: @@base62-key@@\" https://h.example", "1:25"),
        ("@'\n{\"env\": {\"MY_API_KEY\": \"@@base62-key@@\"}}\n'@ | Set-Content .claude/settings.json", "2:25"),
        ("cmd /c \"set MY_API_KEY=@@base62-key@@&& dir\"", "1:24"),
    ] {
        script("x.ps1", text, &[&format!("{place} secret-in-launcher")]);
    }
    for text in [
        "$env:ANTHROPIC_API_KEY = $env:MY_KEY",
        "$env:ANTHROPIC_API_KEY = (Get-Content key.txt).Trim()",
        "$env:ANTHROPIC_API_KEY = Read-Host 'Key'",
        "$env:ANTHROPIC_API_KEY = \"\"",
        "$env:ANTHROPIC_API_KEY = $null",
        "Remove-Item Env:ANTHROPIC_API_KEY -ErrorAction Ignore",
        "$env:MY_API_KEY_FILE = 'C:\\keys\\key.txt'",
        "# $env:ANTHROPIC_API_KEY = 'your-api-key-here'",
        "Write-Host '$env:ANTHROPIC_API_KEY = \"sk-ant-...\"'",
        "$apiKey = $settings.apiKey",
        "@{ Key = 'Theme'; Value = 'dark' }",
    ] {
        script("x.ps1", text, &[]);
    }
}

#[test]
fn literal_credentials_in_batch_files() {
    for (text, place) in [
        ("set ANTHROPIC_API_KEY=@@anthropic-api-key@@", "1:23"),
        ("@set \"MY_API_KEY=@@base62-key@@\"\r\n", "1:18"),
        ("SETX MY_API_KEY \"@@base62-key@@\" /M", "1:18"),
        ("rem set MY_API_KEY=@@base62-key@@", "1:20"),
        (":: set \"MY_API_KEY=@@base62-key@@\"", "1:20"),
        ("if \"%1\"==\"\" (\n  set MY_API_KEY=@@base62-key@@\n)", "2:18"),
        ("curl -H \"x-api-key: @@base62-key@@\" https://h.example", "1:21"),
        ("powershell -Command \"$env:MY_API_KEY='@@base62-key@@'\"", "1:39"),
        ("(\necho {\"env\": {\necho \"MY_API_KEY\": \"@@base62-key@@\"}}\n) > .claude\\settings.json", "3:21"),
        ("goto end\n:a\nset MY_API_KEY=@@base62-key@@\n:end", "3:16"),
    ] {
        script("x.bat", text, &[&format!("{place} secret-in-launcher")]);
    }
    for text in [
        "set ANTHROPIC_API_KEY=%MY_KEY%",
        "set /p ANTHROPIC_API_KEY=Your key: ",
        "set \"ANTHROPIC_API_KEY=\"",
        "for /f \"delims=\" %%i in (key.txt) do set ANTHROPIC_API_KEY=%%i",
        "setlocal enabledelayedexpansion\nset ANTHROPIC_API_KEY=!MY_KEY!",
        "rem set ANTHROPIC_API_KEY=your-api-key-here",
        "echo set ANTHROPIC_API_KEY=sk-ant-...",
    ] {
        script("x.cmd", text, &[]);
    }
}

#[test]
fn both_credentials_and_what_never_meets() {
    let key = "$env:ANTHROPIC_API_KEY = $env:K\n";
    let token = "$env:ANTHROPIC_AUTH_TOKEN = $env:T\n$env:ANTHROPIC_BASE_URL = 'https://llm.example.org'\n";
    script("x.ps1", &format!("{token}{key}claude"), &["3:26 both-credentials"]);
    script("x.ps1", &format!("{token}{key}Remove-Item Env:ANTHROPIC_API_KEY\nclaude"), &[]);
    script("x.ps1", &format!("{token}{key}$env:ANTHROPIC_API_KEY = ''\n& claude @args"), &[]);
    script(
        "x.ps1",
        &format!("if ($args[0] -eq 'a') {{\n{key}}} else {{\n{token}$env:ANTHROPIC_API_KEY = ''\n}}\nclaude"),
        &[],
    );
    let (key, token) = (
        "set ANTHROPIC_API_KEY=%K%\n",
        "set ANTHROPIC_AUTH_TOKEN=%T%\nset ANTHROPIC_BASE_URL=https://llm.example.org\n",
    );
    script("x.bat", &format!("{token}{key}claude"), &["3:23 both-credentials"]);
    script("x.bat", &format!("{token}{key}set \"ANTHROPIC_API_KEY=\"\nclaude"), &[]);
    script("x.bat", &format!("if %1==a goto a\n{token}set ANTHROPIC_API_KEY=\nclaude\nexit /b\n:a\n{key}claude"), &[]);
    script("x.bat", &format!("{token}{key}cmd /c claude"), &["3:23 both-credentials"]);
    // In the dotenv file that it reads.
    let reads = "Get-Content .env | ForEach-Object { $n, $v = $_ -split '='; Set-Item env:$n $v }\nclaude\n";
    let token = "$env:ANTHROPIC_AUTH_TOKEN = $env:T\n$env:ANTHROPIC_BASE_URL = 'https://llm.example.org'\n";
    let dotenv = (".env", "ANTHROPIC_API_KEY=$(pass api)\n");
    check(&[("x.ps1", &format!("{token}{reads}")), dotenv], &[".env:1:19 both-credentials"]);
}

#[test]
fn an_inherited_key_stays_in_place() {
    let token = "$env:ANTHROPIC_AUTH_TOKEN = $env:T\n$env:ANTHROPIC_BASE_URL = 'https://api.z.ai/api/anthropic'\n";
    script("x.ps1", &format!("{token}claude @args"), &["3:1 inherited-credential"]);
    script("x.ps1", &format!("{token}Remove-Item Env:ANTHROPIC_API_KEY -ErrorAction Ignore\nclaude @args"), &[]);
    script("x.ps1", &format!("Get-ChildItem Env:ANTHROPIC_* | Remove-Item\n{token}claude @args"), &[]);
    let token = "set ANTHROPIC_AUTH_TOKEN=%T%\nset ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\n";
    script("x.bat", &format!("{token}call claude %*"), &["3:6 inherited-credential"]);
    script("x.bat", &format!("{token}set ANTHROPIC_API_KEY=\ncall claude %*"), &[]);
}

#[test]
fn what_is_printed() {
    for text in [
        "Write-Host $env:ANTHROPIC_API_KEY",
        "Write-Output \"key: $env:ANTHROPIC_API_KEY\"",
        "echo \"key: ${env:ANTHROPIC_API_KEY}\"",
        "$env:ANTHROPIC_API_KEY",
        "Get-Item Env:ANTHROPIC_API_KEY",
        "cmd /c \"echo %ANTHROPIC_API_KEY%\"",
    ] {
        let column = text.find("echo %").map_or(1, |at| at + 1);
        // What prints nothing else is run for what it prints.
        script("x.ps1", &format!("Write-Output hello\n{text}"), &[&format!("2:{column} secret-printed")]);
    }
    for listing in ["Get-ChildItem Env:", "gci env:", "dir env:ANTHROPIC*", "ls Env:\\"] {
        script("x.ps1", &format!("$env:ANTHROPIC_API_KEY = $k\n{listing}"), &["2:1 secret-printed"]);
    }
    for text in [
        "Write-Host '$env:ANTHROPIC_API_KEY'",
        "Write-Host \"`$env:ANTHROPIC_API_KEY = $placeholder\"",
        "Write-Host \"url: $env:ANTHROPIC_BASE_URL\"",
        "if ($env:ANTHROPIC_API_KEY) { Write-Host 'set' }",
        "$env:ANTHROPIC_API_KEY | docker login --password-stdin",
        "$x = $env:ANTHROPIC_API_KEY",
        "Write-Output $env:ANTHROPIC_API_KEY | Out-Null",
        "Write-Host \"key: $($env:ANTHROPIC_API_KEY.Substring(0, 8))\"",
        "$env:ANTHROPIC_API_KEY = $k\nGet-ChildItem Env:PATH",
        "Get-ChildItem Env:",
    ] {
        script("x.ps1", text, &[]);
    }
    script("x.bat", "echo hello\necho %ANTHROPIC_API_KEY%", &["2:1 secret-printed"]);
    let delayed = "setlocal EnableDelayedExpansion\necho hello\necho key: !ANTHROPIC_API_KEY!";
    script("x.bat", delayed, &["3:1 secret-printed"]);
    script("x.bat", "set ANTHROPIC_API_KEY=%K%\nset", &["2:1 secret-printed"]);
    script("x.bat", "set ANTHROPIC_API_KEY=%K%\nset ANTHROPIC", &["2:1 secret-printed"]);
    script("x.bat", "set ANTHROPIC_API_KEY=%K%\nset | findstr ANTHROPIC", &["2:7 secret-printed"]);
    for text in [
        "echo %ANTHROPIC_API_KEY:~0,8%...",
        "echo %%ANTHROPIC_API_KEY%%",
        "echo $ANTHROPIC_API_KEY %1",
        "if defined ANTHROPIC_API_KEY echo set",
        "echo %ANTHROPIC_API_KEY%| clip",
        "echo ANTHROPIC_API_KEY=%KEY%> .env",
        "set ANTHROPIC_API_KEY=%K%\nset PATH",
        "set ANTHROPIC_API_KEY=%K%\nset X=1",
    ] {
        script("x.bat", text, &[]);
    }
}

#[test]
fn requests() {
    let api = "https://api.anthropic.com/v1/messages";
    let post = |headers: &str| format!("Invoke-RestMethod -Uri {api} -Method Post {headers} -Body $body");
    script("x.ps1", &post("-Headers @{ 'x-api-key' = $env:ANTHROPIC_API_KEY }"), &[]);
    script(
        "x.ps1",
        &post("-Headers @{ 'x-api-key' = $env:ANTHROPIC_API_KEY; Authorization = \"Bearer $env:ANTHROPIC_API_KEY\" }"),
        &["1:88 wrong-auth-header"],
    );
    script("x.ps1", &post("-Headers @{ 'x-api-key' = $env:CLAUDE_CODE_OAUTH_TOKEN }"), &["1:88 wrong-auth-header"]);
    script("x.ps1", &post("-Headers @{ Accept = 'a' }"), &["1:1 wrong-auth-header"]);
    for open in ["-Headers $headers", "@parameters", "-Authentication Bearer -Token $t"] {
        script("x.ps1", &post(open), &[]);
    }
    // A cmdlet is no process whose arguments others see; a program is.
    script(
        "x.ps1",
        "curl.exe -H \"x-api-key: $env:ANTHROPIC_API_KEY\" https://h.example",
        &["1:25 secret-on-command-line"],
    );
    script("x.bat", "curl -H \"x-api-key: %ANTHROPIC_API_KEY%\" https://h.example", &["1:21 secret-on-command-line"]);
    script("x.ps1", "function Send-Prompt($Token) { }\nSend-Prompt -Token $env:ANTHROPIC_API_KEY", &[]);
    let skips = "Invoke-RestMethod https://h.example -SkipCertificateCheck -Headers @{ Authorization = \"Bearer $t\" }";
    script("x.ps1", skips, &["1:37 tls-verification-off"]);
    script("x.ps1", &skips.replace("-SkipCertificateCheck", "-UseBasicParsing"), &[]);
    script("x.ps1", "$env:NODE_TLS_REJECT_UNAUTHORIZED = \"0\"\nclaude", &["1:38 tls-verification-off"]);
    script("x.bat", "set NODE_TLS_REJECT_UNAUTHORIZED=0\nclaude", &["1:34 tls-verification-off"]);
    script("x.bat", "set NODE_TLS_REJECT_UNAUTHORIZED=1\nclaude", &[]);
}

/// What a pipeline's step runs is read in its own language.
#[test]
fn steps_of_pipelines() {
    let github = |shell: &str, run: &str| {
        format!(
            "on: push\njobs:\n  a:\n    runs-on: windows-latest\n    steps:\n      - shell: {shell}\n        run: |\n{run}"
        )
    };
    let path = ".github/workflows/a.yml";
    script(path, &github("pwsh", "          $env:MY_API_KEY = '@@base62-key@@'\n"), &["8:30 secret-in-launcher"]);
    script(path, &github("cmd", "          set MY_API_KEY=@@base62-key@@\n"), &["8:26 secret-in-launcher"]);
    script(
        path,
        &github("powershell", "          $env:MY_API_KEY = '${{ secrets.KEY }}'\n          claude -p hi\n"),
        &[],
    );
    script(path, &github("cmd", "          set MY_API_KEY=${{ secrets.KEY }}\n          claude -p hi\n"), &[]);
    let both = "          $env:ANTHROPIC_API_KEY = '${{ secrets.K }}'\n          $env:ANTHROPIC_AUTH_TOKEN = '${{ secrets.T }}'\n          claude -p hi\n";
    script(path, &github("pwsh", both), &["8:37 both-credentials"]);
    let azure = "pool: {vmImage: windows-latest}\nsteps:\n  - script: |\n      set MY_API_KEY=@@base62-key@@\n  - pwsh: |\n      $env:MY_API_KEY = '@@base62-key:2@@'\n";
    script("azure-pipelines.yml", azure, &["4:22 secret-in-launcher", "6:26 secret-in-launcher"]);
    script(
        "Jenkinsfile",
        "pipeline { stages { stage('a') { steps {\n  bat 'set MY_API_KEY=@@base62-key@@'\n} } } }\n",
        &["2:23 secret-in-launcher"],
    );
    // What one step writes for the next.
    let carries = "on: push\njobs:\n  a:\n    runs-on: windows-latest\n    steps:\n      - run: \"'ANTHROPIC_AUTH_TOKEN=x' >> $env:GITHUB_ENV\"\n      - run: claude -p hi\n        env: {ANTHROPIC_API_KEY: '${{ secrets.K }}', ANTHROPIC_BASE_URL: https://llm.example.org}\n";
    let repo = Repo::committed(&[(path, carries)]);
    let (findings, _) = repo.findings(&[]);
    assert!(findings.iter().map(place).any(|place| place.ends_with("both-credentials")), "{findings:?}");
}

/// The client's own settings hand strings to PowerShell too, and a Dockerfile may.
#[test]
fn strings_of_other_files() {
    let settings = "{\"permissions\": {\"allow\": [\"PowerShell($env:MY_API_KEY='@@base62-key@@')\"]},\n\
        \"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"command\", \"shell\": \"powershell\", \"command\": \"[Environment]::SetEnvironmentVariable('MY_API_KEY', '@@base62-key:2@@')\"}]}]}}\n";
    script(".claude/settings.json", settings, &["1:57 secret-in-permission", "2:139 secret-in-settings"]);
    let image = "FROM windows/servercore\nSHELL [\"powershell\", \"-Command\"]\nRUN $env:MY_API_KEY = '@@base62-key@@'; npm ci\n";
    script("Dockerfile", image, &["3:24 secret-in-launcher"]);
    script("Dockerfile", &image.replace("'@@base62-key@@'", "$env:OTHER"), &[]);
    script(
        "start.sh",
        "powershell.exe -Command \"\\$env:MY_API_KEY = '@@base62-key@@'\"\n",
        &["1:46 secret-in-launcher"],
    );
    script("start.sh", "cmd.exe /c 'set MY_API_KEY=@@base62-key@@'\n", &["1:28 secret-in-launcher"]);
}
