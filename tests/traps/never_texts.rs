//! What is never a finding, points 7 to 9: texts about credentials, what only seems to print one, and what is private.

use super::surfaces::{commands, everywhere};
use super::{Rows, exactly, nothing};

/// A file of its own.
fn file(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

/// The same line in the languages that are not the POSIX shell's.
fn others(fish: &str, powershell: &str, batch: &str) -> [(String, String); 3] {
    [
        file("start.bat", &format!("@echo off\n{batch}\ncall claude -p hi\n")),
        file("start.fish", &format!("{fish}\nclaude -p hi\n")),
        file("start.ps1", &format!("{powershell}\nclaude -p hi\n")),
    ]
}

/// A text that all languages take between single quotes (or, in a batch file, between double ones).
fn said(command: &str, text: &str) -> Vec<(String, String)> {
    let quoted = format!("{command} '{text}'");
    let mut files = commands(&quoted);
    files.extend(others(&quoted, &quoted, &format!("{command} \"{text}\"")));
    files
}

#[test]
fn never_07_patterns_of_scanners() {
    let mut rows = Rows::default();
    for pattern in [
        "sk-ant-api[a-zA-Z0-9_-]{20,}",
        "sk-ant-(api03|oat01)-[A-Za-z0-9_-]{93}AA",
        "(ghp|gho)_[A-Za-z0-9]{36}",
        "AKIA[0-9A-Z]{16}",
        "sk-(proj-)?[A-Za-z0-9]{32,}",
    ] {
        rows.add(said("grep -rE", pattern));
        rows.add([
            file(".env", &format!("SECRET_PATTERN={pattern}\n")),
            file("scan.py", &format!("PATTERN = r\"{pattern}\"  # anthropic\n")),
        ]);
    }
    nothing(&rows.files);
    exactly(
        &said("grep -rE", "@@anthropic-api-key@@"),
        &[
            ".claude/settings.json:3:27 secret-in-settings error",
            ".github/workflows/ai.yml:7:21 secret-in-launcher error",
            ".mcp.json:3:16 secret-in-mcp error",
            "Dockerfile:2:15 secret-in-launcher error",
            "Makefile:2:12 secret-in-launcher error",
            "compose.yml:8:21 secret-in-launcher error",
            "package.json:4:21 secret-in-launcher error",
            "start.bat:2:11 secret-in-launcher error",
            "start.fish:1:11 secret-in-launcher error",
            "start.ps1:1:11 secret-in-launcher error",
            "start.sh:2:11 secret-in-launcher error",
        ],
    );
}

#[test]
fn never_07_redactors() {
    let mut rows = Rows::default();
    for expression in
        ["s/TOKEN=[^ ]*/TOKEN=***/g", "s/sk-ant-[A-Za-z0-9_-]*/sk-ant-REDACTED/", "s/(ANTHROPIC_API_KEY=).*/[hidden]/"]
    {
        rows.add(said("sed -E", expression));
    }
    nothing(&rows.files);
    exactly(
        &said("sed -E", "s/@@anthropic-api-key@@/x/"),
        &[
            ".claude/settings.json:3:27 secret-in-settings error",
            ".github/workflows/ai.yml:7:21 secret-in-launcher error",
            ".mcp.json:3:16 secret-in-mcp error",
            "Dockerfile:2:15 secret-in-launcher error",
            "Makefile:2:12 secret-in-launcher error",
            "compose.yml:8:21 secret-in-launcher error",
            "package.json:4:21 secret-in-launcher error",
            "start.bat:2:11 secret-in-launcher error",
            "start.fish:1:11 secret-in-launcher error",
            "start.ps1:1:11 secret-in-launcher error",
            "start.sh:2:11 secret-in-launcher error",
        ],
    );
}

#[test]
fn never_07_help_texts() {
    let mut rows = Rows::default();
    for text in [
        "export ANTHROPIC_API_KEY=your_api_key",
        "usage: ANTHROPIC_API_KEY=sk-ant-... ANTHROPIC_AUTH_TOKEN=... start",
        "set ANTHROPIC_AUTH_TOKEN=<token> and ANTHROPIC_API_KEY=<key>",
        "ANTHROPIC_API_KEY is not set, and neither is ANTHROPIC_AUTH_TOKEN",
    ] {
        rows.add(said("echo", text));
    }
    nothing(&rows.files);
    exactly(
        &said("echo", "export ANTHROPIC_API_KEY=@@anthropic-api-key@@"),
        &[
            ".claude/settings.json:3:48 secret-in-settings error",
            ".github/workflows/ai.yml:7:42 secret-in-launcher error",
            ".mcp.json:3:37 secret-in-mcp error",
            "Dockerfile:2:36 secret-in-launcher error",
            "Makefile:2:33 secret-in-launcher error",
            "compose.yml:8:42 secret-in-launcher error",
            "package.json:4:42 secret-in-launcher error",
            "start.bat:2:32 secret-in-launcher error",
            "start.fish:1:32 secret-in-launcher error",
            "start.ps1:1:32 secret-in-launcher error",
            "start.sh:2:32 secret-in-launcher error",
        ],
    );
}

#[test]
fn never_07_sk_inside_words() {
    let mut rows = Rows::default();
    for word in [
        "task-history-of-the-whole-long-week-in-november-2026.log",
        "disk-free-space-report-of-every-machine-in-the-house",
        "flask-migrate-the-database-to-its-newest-version",
        "risk-0123456789-assessment-of-the-first-quarter",
    ] {
        rows.add(said("cat", word));
        rows.add(everywhere(&[("REPORT", word)]));
    }
    nothing(&rows.files);
    exactly(
        &said("cat", "@@openai-key@@"),
        &[
            ".claude/settings.json:3:22 secret-in-settings error",
            ".github/workflows/ai.yml:7:16 secret-in-launcher error",
            ".mcp.json:3:11 secret-in-mcp error",
            "Dockerfile:2:10 secret-in-launcher error",
            "Makefile:2:7 secret-in-launcher error",
            "compose.yml:8:16 secret-in-launcher error",
            "package.json:4:16 secret-in-launcher error",
            "start.bat:2:6 secret-in-launcher error",
            "start.fish:1:6 secret-in-launcher error",
            "start.ps1:1:6 secret-in-launcher error",
            "start.sh:2:6 secret-in-launcher error",
        ],
    );
}

/// Programs that read a credential from their input, parts of it, and questions whether it is there.
#[test]
fn never_08_what_does_not_print() {
    let mut rows = Rows::default();
    for line in [
        "printf %s \"$GITHUB_TOKEN\" | docker login ghcr.io -u me --password-stdin",
        "echo \"$GITHUB_TOKEN\" | gh auth login --with-token",
        "echo \"key: ${ANTHROPIC_API_KEY:+set}\"",
        "echo \"${#ANTHROPIC_API_KEY} characters\"",
        "test -n \"$ANTHROPIC_API_KEY\" && echo found",
        "[ -z \"$ANTHROPIC_API_KEY\" ] && exit 1",
        "echo \"url: $ANTHROPIC_BASE_URL\"",
        "echo \"$ANTHROPIC_API_KEY\" > /dev/null",
        "echo \"$ANTHROPIC_API_KEY\" | head -c 8",
        "echo \"$ANTHROPIC_API_KEY\" | wc -c",
        "echo \"$ANTHROPIC_API_KEY\" | sha256sum",
    ] {
        rows.add(commands(line));
    }
    nothing(&rows.files);
    // A part of the value is bash, which a Dockerfile's and a package's shell need not be.
    nothing(&[file("start.sh", "#!/bin/bash\necho \"${ANTHROPIC_API_KEY:0:8}…\"\nclaude\n")]);
    let mut rows = Rows::default();
    for (fish, powershell, batch) in [
        (
            "echo $GITHUB_TOKEN | gh auth login --with-token",
            "$env:GITHUB_TOKEN | gh auth login --with-token",
            "echo %GITHUB_TOKEN%| gh auth login --with-token",
        ),
        ("string length $ANTHROPIC_API_KEY", "$env:ANTHROPIC_API_KEY.Length", "echo %ANTHROPIC_API_KEY:~0,8%"),
        (
            "string sub -l 8 $ANTHROPIC_API_KEY",
            "$env:ANTHROPIC_API_KEY.Substring(0, 8)",
            "if defined ANTHROPIC_API_KEY echo set",
        ),
        (
            "set -q ANTHROPIC_API_KEY; and echo set",
            "if ($env:ANTHROPIC_API_KEY) { 'set' }",
            "if \"%ANTHROPIC_API_KEY%\"==\"\" exit /b 1",
        ),
        (
            "test -n \"$ANTHROPIC_API_KEY\"; or exit 1",
            "Write-Host \"url $env:ANTHROPIC_BASE_URL\"",
            "echo %ANTHROPIC_BASE_URL%",
        ),
    ] {
        rows.add(others(fish, powershell, batch));
    }
    nothing(&rows.files);
    let mut printed = commands("echo \"$ANTHROPIC_API_KEY\"");
    printed.extend(others(
        "echo $ANTHROPIC_API_KEY",
        "Write-Output $env:ANTHROPIC_API_KEY",
        "echo %ANTHROPIC_API_KEY%",
    ));
    exactly(
        &printed,
        &[
            ".github/workflows/ai.yml:7:11 secret-printed note",
            "Dockerfile:2:5 secret-printed warning",
            "Makefile:2:2 secret-printed warning",
            "compose.yml:8:11 secret-printed warning",
            "package.json:4:11 secret-printed warning",
            "start.bat:2:1 secret-printed warning",
            "start.fish:1:1 secret-printed warning",
            "start.ps1:1:1 secret-printed warning",
            "start.sh:2:1 secret-printed warning",
        ],
    );
}

/// A helper, and a function, are run for what they print.
#[test]
fn never_08_output_that_somebody_takes() {
    nothing(&[
        file(".claude/settings.json", "{\"apiKeyHelper\": \"sh bin/key.sh\"}\n"),
        file("bin/key.sh", "#!/bin/sh\necho \"$ANTHROPIC_API_KEY\"\n"),
        file("bin/key.fish", "echo $ANTHROPIC_API_KEY\n"),
        file("bin/key.ps1", "Write-Output $env:ANTHROPIC_API_KEY\n"),
        file("bin/key.bat", "@echo %ANTHROPIC_API_KEY%\n"),
        file("start.sh", "key() { echo \"$ANTHROPIC_API_KEY\"; }\nK=$(key)\nclaude\n"),
        file("start.fish", "function key\necho $ANTHROPIC_API_KEY\nend\nset k (key)\nclaude\n"),
        file("start.ps1", "function Get-Key { $env:ANTHROPIC_API_KEY }\n$k = Get-Key\nclaude\n"),
    ]);
    exactly(
        &[
            file("start.sh", "key() { echo \"$ANTHROPIC_API_KEY\"; }\nkey\nclaude\n"),
            file("start.fish", "function key\necho $ANTHROPIC_API_KEY\nend\nkey\nclaude\n"),
            file("start.ps1", "function Get-Key { $env:ANTHROPIC_API_KEY }\nGet-Key\nclaude\n"),
        ],
        &[
            "start.fish:2:1 secret-printed warning",
            "start.ps1:1:20 secret-printed warning",
            "start.sh:1:9 secret-printed warning",
        ],
    );
}

#[test]
fn never_09_deny_rules() {
    let rules = |list: &str, rule: &str| {
        file(".claude/settings.json", &format!("{{\n  \"permissions\": {{ \"{list}\": [{rule:?}] }}\n}}\n"))
    };
    let mut rows = Rows::default();
    for rule in [
        "Read(./.env)",
        "Read(**/credentials.json)",
        "Read(**/passwd)",
        "Read(**/*.key)",
        "Edit(~/.ssh/id_ed25519)",
        "Bash(export ANTHROPIC_API_KEY=*)",
        "Bash(cat /run/secrets/*)",
        "Bash(curl -H \"Authorization: Bearer *\" *)",
        "WebFetch(domain:token.example.org)",
    ] {
        for list in ["deny", "ask"] {
            rows.add([rules(list, rule)]);
        }
    }
    nothing(&rows.files);
    exactly(
        &[rules("deny", "Bash(export ANTHROPIC_API_KEY=@@anthropic-api-key@@)")],
        &[".claude/settings.json:2:60 secret-in-permission error"],
    );
}

#[test]
fn never_09_private_files() {
    let mut files = everywhere(&[("ANTHROPIC_API_KEY", "@@anthropic-api-key@@"), ("GITHUB_TOKEN", "@@github-pat@@")]);
    let names: Vec<String> = files.iter().map(|(path, _)| format!("/{path}\n")).collect();
    files.push((".gitignore".to_owned(), names.concat()));
    nothing(&files);
    files.last_mut().unwrap().1 = "**/.claude/settings.local.json\n".to_owned();
    exactly(
        &files,
        &[
            ".env:1:1 personal-file-tracked error",
            ".env:1:19 secret-in-env-file error",
            ".env:2:14 secret-in-env-file error",
            ".github/workflows/ai.yml:8:31 secret-in-launcher error",
            ".github/workflows/ai.yml:9:26 secret-in-launcher error",
            ".mcp.json:4:29 secret-in-mcp error",
            ".mcp.json:5:24 secret-in-mcp error",
            "Dockerfile:4:24 secret-in-launcher error",
            "Dockerfile:5:19 secret-in-launcher error",
            "Makefile:1:28 secret-in-launcher error",
            "Makefile:2:23 secret-in-launcher error",
            "compose.yml:6:27 secret-in-launcher error",
            "compose.yml:7:22 secret-in-launcher error",
            "package.json:4:30 secret-in-launcher error",
            "package.json:4:152 secret-in-launcher error",
            "start.bat:1:24 secret-in-launcher error",
            "start.bat:2:19 secret-in-launcher error",
            "start.fish:1:28 secret-in-launcher error",
            "start.fish:2:23 secret-in-launcher error",
            "start.ps1:1:27 secret-in-launcher error",
            "start.ps1:2:22 secret-in-launcher error",
            "start.sh:1:27 secret-in-launcher error",
            "start.sh:2:22 secret-in-launcher error",
        ],
    );
}

#[test]
fn never_09_comments() {
    let comments = |text: &str| {
        [
            file(".claude/settings.json", &format!("{{\n  \"_comment\": \"{text}\"\n}}\n")),
            file(".env", &format!("# {text}\nLOG_LEVEL=info\n")),
            file(
                ".github/workflows/ai.yml",
                &format!("# {text}\non: push\njobs:\n  a:\n    runs-on: x\n    steps: [{{run: claude}}]\n"),
            ),
            file(".mcp.json", &format!("{{\n  \"_comment\": \"{text}\",\n  \"mcpServers\": {{}}\n}}\n")),
            file("Dockerfile", &format!("# {text}\nFROM node:22\nCMD [\"claude\"]\n")),
            file("Makefile", &format!("# {text}\nai:\n\tclaude\n")),
            file("compose.yml", &format!("# {text}\nservices:\n  a:\n    image: x\n    command: claude\n")),
            file(
                "package.json",
                &format!(
                    "{{\n  \"//\": \"{text}\",\n  \"private\": true,\n  \"scripts\": {{ \"a\": \"claude\" }}\n}}\n"
                ),
            ),
            file("start.bat", &format!("rem {text}\n:: {text}\ncall claude\n")),
            file("start.fish", &format!("# {text}\nclaude\n")),
            file("start.ps1", &format!("# {text}\n<# {text} #>\nclaude\n")),
            file("start.sh", &format!("# {text}\nclaude\n")),
        ]
    };
    let mut rows = Rows::default();
    for text in [
        "ANTHROPIC_API_KEY=sk-ant-... ANTHROPIC_AUTH_TOKEN=...",
        "ANTHROPIC_API_KEY=$K ANTHROPIC_AUTH_TOKEN=$T",
        "export ANTHROPIC_BASE_URL=http://llm.example.org/v1",
        "echo $ANTHROPIC_API_KEY",
        "curl -k -H 'x-api-key: $K' https://api.anthropic.com/v1/messages",
    ] {
        rows.add(comments(text));
    }
    nothing(&rows.files);
    exactly(
        &comments("ANTHROPIC_API_KEY=@@anthropic-api-key@@"),
        &[
            ".claude/settings.json:2:34 secret-in-settings error",
            ".env:1:21 secret-in-env-file error",
            ".github/workflows/ai.yml:1:21 secret-in-launcher error",
            ".mcp.json:2:34 secret-in-mcp error",
            "Dockerfile:1:21 secret-in-launcher error",
            "Makefile:1:21 secret-in-launcher error",
            "compose.yml:1:21 secret-in-launcher error",
            "package.json:2:28 secret-in-launcher error",
            "start.bat:1:23 secret-in-launcher error",
            "start.bat:2:22 secret-in-launcher error",
            "start.fish:1:21 secret-in-launcher error",
            "start.ps1:1:21 secret-in-launcher error",
            "start.ps1:2:22 secret-in-launcher error",
            "start.sh:1:21 secret-in-launcher error",
        ],
    );
}
