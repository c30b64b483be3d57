//! What is never a finding, points 1 and 2: variables that look like a wrong route and are none.

use super::surfaces::everywhere;
use super::{exactly, nothing};

const URL: (&str, &str) = ("ANTHROPIC_BASE_URL", "https://llm.example.org");
const TOKEN: (&str, &str) = ("ANTHROPIC_AUTH_TOKEN", "$T");
const KEY: (&str, &str) = ("ANTHROPIC_API_KEY", "$K");

/// A file of its own.
fn file(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

#[test]
fn never_01_an_empty_key_beside_a_token() {
    nothing(&everywhere(&[URL, TOKEN, ("ANTHROPIC_API_KEY", "")]));
    nothing(&everywhere(&[URL, ("ANTHROPIC_API_KEY", ""), TOKEN]));
    exactly(
        &everywhere(&[URL, TOKEN, KEY]),
        &[
            ".claude/settings.local.json:5:29 both-credentials error",
            ".env:3:19 both-credentials error",
            ".github/workflows/ai.yml:10:31 both-credentials error",
            "Dockerfile:6:24 both-credentials error",
            "Makefile:3:28 both-credentials error",
            "compose.yml:8:27 both-credentials error",
            "package.json:4:97 both-credentials error",
            "start.bat:3:24 both-credentials error",
            "start.fish:3:27 both-credentials error",
            "start.ps1:3:26 both-credentials error",
            "start.sh:3:27 both-credentials error",
        ],
    );
}

#[test]
fn never_01_no_credential_at_all() {
    nothing(&everywhere(&[("ANTHROPIC_MODEL", "claude-opus-4-5"), ("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "32000")]));
    nothing(&everywhere(&[("ANTHROPIC_API_KEY", ""), ("ANTHROPIC_AUTH_TOKEN", "")]));
}

/// A key that is taken away before the client starts, in the words of each language that has some.
#[test]
fn never_01_a_key_that_is_taken_away() {
    let away = |shell: &str, fish: &str, powershell: &str, batch: &str| {
        let posix = format!(
            "export ANTHROPIC_API_KEY=$K ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org\n{shell}\n"
        );
        [
            file("start.sh", &posix),
            file(
                "start.fish",
                &format!(
                    "set -gx ANTHROPIC_API_KEY $K\nset -gx ANTHROPIC_AUTH_TOKEN $T\nset -gx ANTHROPIC_BASE_URL https://llm.example.org\n{fish}\n"
                ),
            ),
            file(
                "start.ps1",
                &format!(
                    "$env:ANTHROPIC_API_KEY = $k\n$env:ANTHROPIC_AUTH_TOKEN = $t\n$env:ANTHROPIC_BASE_URL = 'https://llm.example.org'\n{powershell}\n"
                ),
            ),
            file(
                "start.bat",
                &format!(
                    "set ANTHROPIC_API_KEY=%K%\nset ANTHROPIC_AUTH_TOKEN=%T%\nset ANTHROPIC_BASE_URL=https://llm.example.org\n{batch}\n"
                ),
            ),
            file(
                "Makefile",
                &format!(
                    "export ANTHROPIC_API_KEY = $(K)\nexport ANTHROPIC_AUTH_TOKEN = $(T)\nexport ANTHROPIC_BASE_URL = https://llm.example.org\nai:\n\t{shell}\n"
                ),
            ),
            file("package.json", &format!("{{\"scripts\": {{\"ai\": {:?}}}}}\n", posix.trim().replace('\n', " && "))),
            file(
                ".github/workflows/ai.yml",
                &format!(
                    "on: push\njobs:\n  ai:\n    runs-on: x\n    env:\n      ANTHROPIC_API_KEY: ${{{{ secrets.K }}}}\n      ANTHROPIC_AUTH_TOKEN: ${{{{ secrets.T }}}}\n      ANTHROPIC_BASE_URL: https://llm.example.org\n    steps:\n      - run: {shell}\n"
                ),
            ),
            file(
                "compose.yml",
                &format!(
                    "services:\n  ai:\n    image: x\n    command: sh -c '{shell}'\n    environment:\n      ANTHROPIC_API_KEY: $K\n      ANTHROPIC_AUTH_TOKEN: $T\n      ANTHROPIC_BASE_URL: https://llm.example.org\n"
                ),
            ),
        ]
    };
    nothing(&away(
        "unset ANTHROPIC_API_KEY; claude -p hi",
        "set -e ANTHROPIC_API_KEY\nclaude",
        "Remove-Item Env:ANTHROPIC_API_KEY\nclaude",
        "set ANTHROPIC_API_KEY=\ncall claude",
    ));
    nothing(&away(
        "env -u ANTHROPIC_API_KEY claude -p hi",
        "env -u ANTHROPIC_API_KEY claude",
        "$env:ANTHROPIC_API_KEY = $null\nclaude",
        "set \"ANTHROPIC_API_KEY=\"\nclaude",
    ));
    nothing(&away(
        "ANTHROPIC_API_KEY= claude -p hi",
        "ANTHROPIC_API_KEY= claude",
        "$env:ANTHROPIC_API_KEY = ''\nclaude",
        "set ANTHROPIC_API_KEY=\nclaude",
    ));
    exactly(
        &away(
            "unset ANTHROPIC_API_KEYS; claude -p hi",
            "set -e ANTHROPIC_API_KEYS\nclaude",
            "Remove-Item Env:ANTHROPIC_API_KEYS\nclaude",
            "set ANTHROPIC_API_KEYS=\ncall claude",
        ),
        &[
            ".github/workflows/ai.yml:6:26 both-credentials error",
            "Makefile:1:28 both-credentials error",
            "compose.yml:6:26 both-credentials error",
            "package.json:1:46 both-credentials error",
            "start.bat:1:23 both-credentials error",
            "start.fish:1:27 both-credentials error",
            "start.ps1:1:26 both-credentials error",
            "start.sh:1:26 both-credentials error",
        ],
    );
}

/// Branches, functions, jobs, services, stages and servers that never share a process.
#[test]
fn never_01_what_never_meets() {
    let files = |meet: bool| {
        let (sh, fish, ps, bat) = match meet {
            true => ("", "", "", ""),
            false => ("else\n", "else\n", "} else {\n", ") else (\n"),
        };
        [
            file(
                "start.sh",
                &format!(
                    "if [ \"$1\" = glm ]; then\nexport ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org ANTHROPIC_API_KEY=\n{sh}export ANTHROPIC_API_KEY=$K\nfi\nclaude\n"
                ),
            ),
            file(
                "start.fish",
                &format!(
                    "if test $argv[1] = glm\nset -gx ANTHROPIC_AUTH_TOKEN $T\nset -gx ANTHROPIC_BASE_URL https://llm.example.org\nset -gx ANTHROPIC_API_KEY ''\n{fish}set -gx ANTHROPIC_API_KEY $K\nend\nclaude\n"
                ),
            ),
            file(
                "start.ps1",
                &format!(
                    "if ($args[0] -eq 'glm') {{\n$env:ANTHROPIC_AUTH_TOKEN = $t\n$env:ANTHROPIC_BASE_URL = 'https://llm.example.org'\n$env:ANTHROPIC_API_KEY = ''\n{ps}$env:ANTHROPIC_API_KEY = $k\n}}\nclaude\n"
                ),
            ),
            file(
                "start.bat",
                &format!(
                    "if \"%1\"==\"glm\" (\nset ANTHROPIC_AUTH_TOKEN=%T%\nset ANTHROPIC_BASE_URL=https://llm.example.org\nset ANTHROPIC_API_KEY=\n{bat}set ANTHROPIC_API_KEY=%K%\n)\ncall claude\n"
                ),
            ),
        ]
    };
    nothing(&files(false));
    exactly(
        &files(true),
        &[
            "start.bat:5:23 both-credentials error",
            "start.fish:5:27 both-credentials error",
            "start.ps1:5:26 both-credentials error",
            "start.sh:3:26 both-credentials error",
        ],
    );
}

#[test]
fn never_01_units_side_by_side() {
    let job = |name: &str, env: &str| {
        format!("  {name}:\n    runs-on: x\n    steps:\n      - run: claude -p hi\n        env: {{{env}}}\n")
    };
    let token = "ANTHROPIC_AUTH_TOKEN: '${{ secrets.T }}', ANTHROPIC_BASE_URL: 'https://llm.example.org', ANTHROPIC_API_KEY: ''";
    let key = "ANTHROPIC_API_KEY: '${{ secrets.K }}'";
    nothing(&[
        file(".github/workflows/ai.yml", &format!("on: push\njobs:\n{}{}", job("a", token), job("b", key))),
        file(
            "compose.yml",
            "services:\n  a:\n    image: x\n    command: claude\n    environment: {ANTHROPIC_AUTH_TOKEN: $T, ANTHROPIC_BASE_URL: 'https://llm.example.org', ANTHROPIC_API_KEY: ''}\n  b:\n    image: x\n    command: claude\n    environment: {ANTHROPIC_API_KEY: $K}\n",
        ),
        file(
            "Dockerfile",
            "FROM node:22 AS a\nENV ANTHROPIC_AUTH_TOKEN=${T} ANTHROPIC_BASE_URL=https://llm.example.org ANTHROPIC_API_KEY=\nRUN claude -p hi\nFROM node:22\nENV ANTHROPIC_API_KEY=${K}\nCMD claude\n",
        ),
        file(
            "package.json",
            "{\"scripts\": {\"a\": \"ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org ANTHROPIC_API_KEY= claude\", \"b\": \"ANTHROPIC_API_KEY=$K claude\"}}\n",
        ),
        file(
            "Makefile",
            "a:\n\tANTHROPIC_AUTH_TOKEN=$$T ANTHROPIC_BASE_URL=https://llm.example.org ANTHROPIC_API_KEY= claude\nb:\n\tANTHROPIC_API_KEY=$$K claude\n",
        ),
        file(".env.glm", "ANTHROPIC_AUTH_TOKEN=${T}\nANTHROPIC_BASE_URL=https://llm.example.org\n"),
        file(".env.api", "ANTHROPIC_API_KEY=${K}\n"),
        file(
            "a/.claude/settings.local.json",
            "{\"env\": {\"ANTHROPIC_AUTH_TOKEN\": \"@@relay-key@@\", \"ANTHROPIC_BASE_URL\": \"https://llm.example.org\"}}\n",
        ),
        file("b/.claude/settings.local.json", "{\"env\": {\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}}\n"),
        file(
            ".mcp.json",
            "{\"mcpServers\": {\"a\": {\"command\": \"a\", \"env\": {\"ANTHROPIC_AUTH_TOKEN\": \"${T}\", \"ANTHROPIC_BASE_URL\": \"https://llm.example.org\"}}, \"b\": {\"command\": \"b\", \"env\": {\"ANTHROPIC_API_KEY\": \"${K}\"}}}}\n",
        ),
        file(
            "start.sh",
            "glm() { ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org ANTHROPIC_API_KEY= claude; }\napi() { export ANTHROPIC_API_KEY=$K; claude; }\n",
        ),
        file(
            "start.fish",
            "function glm\nset -lx ANTHROPIC_AUTH_TOKEN $T\nset -lx ANTHROPIC_BASE_URL https://llm.example.org\nset -lx ANTHROPIC_API_KEY ''\nclaude\nend\nfunction api\nset -lx ANTHROPIC_API_KEY $K\nclaude\nend\n",
        ),
        file(
            "start.ps1",
            "switch ($args[0]) { 'glm' { $env:ANTHROPIC_AUTH_TOKEN = $t; $env:ANTHROPIC_BASE_URL = 'https://llm.example.org'; $env:ANTHROPIC_API_KEY = '' } default { $env:ANTHROPIC_API_KEY = $k } }\nclaude\n",
        ),
        file(
            "start.bat",
            "@echo off\nif %1==api goto api\nset ANTHROPIC_AUTH_TOKEN=%T%\nset ANTHROPIC_BASE_URL=https://llm.example.org\nset ANTHROPIC_API_KEY=\ncall claude\ngoto :eof\n:api\nset ANTHROPIC_API_KEY=%K%\ncall claude\n",
        ),
    ]);
    exactly(
        &[
            file(
                ".github/workflows/ai.yml",
                &format!("on: push\njobs:\n{}", job("a", &token.replace("''", "'${{ secrets.K }}'"))),
            ),
            file(
                "compose.yml",
                "services:\n  a:\n    image: x\n    command: claude\n    environment: {ANTHROPIC_AUTH_TOKEN: $T, ANTHROPIC_BASE_URL: 'https://llm.example.org', ANTHROPIC_API_KEY: $K}\n",
            ),
            file(
                "Dockerfile",
                "FROM node:22 AS a\nENV ANTHROPIC_AUTH_TOKEN=${T} ANTHROPIC_BASE_URL=https://llm.example.org\nFROM a\nENV ANTHROPIC_API_KEY=${K}\nCMD claude\n",
            ),
            file(
                "Makefile",
                "a: export ANTHROPIC_AUTH_TOKEN = $(T)\na: export ANTHROPIC_BASE_URL = https://llm.example.org\na:\n\tANTHROPIC_API_KEY=$$K claude\n",
            ),
            file(
                "a/.claude/settings.local.json",
                "{\"env\": {\"ANTHROPIC_AUTH_TOKEN\": \"@@relay-key@@\", \"ANTHROPIC_BASE_URL\": \"https://llm.example.org\"}}\n",
            ),
            file("a/.claude/settings.json", "{\"env\": {\"ANTHROPIC_API_KEY\": \"@@hex-key@@\"}}\n"),
            file(
                "start.sh",
                "glm() { export ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org; }\nexport ANTHROPIC_API_KEY=$K\nglm\nclaude\n",
            ),
        ],
        &[
            ".github/workflows/ai.yml:7:124 both-credentials error",
            "Dockerfile:4:23 both-credentials error",
            "Makefile:4:20 both-credentials error",
            "a/.claude/settings.json:1:32 both-credentials warning",
            "a/.claude/settings.json:1:32 secret-in-settings error",
            "compose.yml:5:111 both-credentials error",
            "start.sh:2:26 both-credentials error",
        ],
    );
}

#[test]
fn never_01_save_and_restore() {
    let files = |clear: bool| {
        let (sh, fish, ps, bat) = match clear {
            true => (
                "unset ANTHROPIC_API_KEY",
                "set -e ANTHROPIC_API_KEY",
                "Remove-Item Env:ANTHROPIC_API_KEY",
                "set ANTHROPIC_API_KEY=",
            ),
            false => (
                "export ANTHROPIC_API_KEY=$K",
                "set -gx ANTHROPIC_API_KEY $K",
                "$env:ANTHROPIC_API_KEY = $k",
                "set ANTHROPIC_API_KEY=%K%",
            ),
        };
        [
            file(
                "start.sh",
                &format!(
                    "SAVED=$ANTHROPIC_API_KEY\n{sh}\nexport ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org\nclaude\nunset ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL\nexport ANTHROPIC_API_KEY=$SAVED\n"
                ),
            ),
            file(
                "start.fish",
                &format!(
                    "set saved $ANTHROPIC_API_KEY\n{fish}\nset -gx ANTHROPIC_AUTH_TOKEN $T\nset -gx ANTHROPIC_BASE_URL https://llm.example.org\nclaude\nset -e ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL\nset -gx ANTHROPIC_API_KEY $saved\n"
                ),
            ),
            file(
                "start.ps1",
                &format!(
                    "$saved = $env:ANTHROPIC_API_KEY\n{ps}\n$env:ANTHROPIC_AUTH_TOKEN = $t\n$env:ANTHROPIC_BASE_URL = 'https://llm.example.org'\ntry {{ claude }} finally {{ $env:ANTHROPIC_API_KEY = $saved; Remove-Item Env:ANTHROPIC_AUTH_TOKEN }}\n"
                ),
            ),
            file(
                "start.bat",
                &format!(
                    "set SAVED=%ANTHROPIC_API_KEY%\n{bat}\nset ANTHROPIC_AUTH_TOKEN=%T%\nset ANTHROPIC_BASE_URL=https://llm.example.org\ncall claude\nset ANTHROPIC_AUTH_TOKEN=\nset ANTHROPIC_API_KEY=%SAVED%\n"
                ),
            ),
        ]
    };
    nothing(&files(true));
    exactly(
        &files(false),
        &[
            "start.bat:2:23 both-credentials error",
            "start.fish:2:27 both-credentials error",
            "start.ps1:2:26 both-credentials error",
            "start.sh:2:26 both-credentials error",
        ],
    );
}

#[test]
fn never_02_one_secret_as_input_and_token() {
    let action = |key: &str| {
        file(
            ".github/workflows/ai.yml",
            &format!(
                "on: push\njobs:\n  ai:\n    runs-on: x\n    steps:\n      - uses: anthropics/claude-code-action@v1\n        with:\n          anthropic_api_key: ${{{{ secrets.{key} }}}}\n        env:\n          ANTHROPIC_BASE_URL: https://llm.example.org\n          ANTHROPIC_AUTH_TOKEN: ${{{{ secrets.GATEWAY_TOKEN }}}}\n"
            ),
        )
    };
    nothing(&[action("GATEWAY_TOKEN")]);
    exactly(&[action("ANTHROPIC_API_KEY")], &[".github/workflows/ai.yml:8:30 both-credentials error"]);
}

#[test]
fn never_02_one_value_for_hosts_that_document_it() {
    let url = |host| ("ANTHROPIC_BASE_URL", host);
    let both = [TOKEN, ("ANTHROPIC_API_KEY", "$T")];
    nothing(&everywhere(&[&[url("https://agentrouter.org/")][..], &both].concat()));
    nothing(&everywhere(&[
        url("http://localhost:8000"),
        ("ANTHROPIC_AUTH_TOKEN", "dummy"),
        ("ANTHROPIC_API_KEY", "dummy"),
    ]));
    exactly(
        &everywhere(&[&[url("https://llm.example.org")][..], &both].concat()),
        &[
            ".claude/settings.local.json:5:29 both-credentials warning",
            ".env:3:19 both-credentials warning",
            ".github/workflows/ai.yml:10:31 both-credentials warning",
            "Dockerfile:6:24 both-credentials warning",
            "Makefile:3:28 both-credentials warning",
            "compose.yml:8:27 both-credentials warning",
            "package.json:4:97 both-credentials warning",
            "start.bat:3:24 both-credentials warning",
            "start.fish:3:27 both-credentials warning",
            "start.ps1:3:26 both-credentials warning",
            "start.sh:3:27 both-credentials warning",
        ],
    );
    exactly(
        &everywhere(&[url("https://agentrouter.org/"), TOKEN, KEY]),
        &[
            ".claude/settings.local.json:5:29 both-credentials error",
            ".env:3:19 both-credentials error",
            ".github/workflows/ai.yml:10:31 both-credentials error",
            "Dockerfile:6:24 both-credentials error",
            "Makefile:3:28 both-credentials error",
            "compose.yml:8:27 both-credentials error",
            "package.json:4:98 both-credentials error",
            "start.bat:3:24 both-credentials error",
            "start.fish:3:27 both-credentials error",
            "start.ps1:3:26 both-credentials error",
            "start.sh:3:27 both-credentials error",
        ],
    );
}
