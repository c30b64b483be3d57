//! What is never a finding, points 3 to 6: values and names that look like a credential and are none.

use super::surfaces::{committed, everywhere, templates};
use super::{Rows, exactly, nothing};

/// Words that stand for a value to come.
const PLACEHOLDERS: [&str; 14] = [
    "your-api-key-here",
    "YOUR_API_KEY",
    "<your-key>",
    "changeme",
    "REDACTED",
    "sk-ant-...",
    concat!(
        "sk-ant-api03-",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
    ),
    concat!(
        "sk-ant-api03-",
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    ),
    "0000000000000000000000000000000000000000000000000000000000000000",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    concat!("ghp_", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    "sk-or-v1-SUA_CHAVE",
    "sk-ant-api03-VOTRE-CLE-API",
    "sk-你的密钥",
];

#[test]
fn never_03_dummy_words_for_this_machine() {
    let mut rows = Rows::default();
    for (word, url) in [
        ("ollama", "http://localhost:11434"),
        ("dummy", "http://127.0.0.1:4000"),
        ("test", "http://[::1]:8080"),
        ("sk-litellm-local", "http://0.0.0.0:4000"),
    ] {
        rows.add(everywhere(&[("ANTHROPIC_BASE_URL", url), ("ANTHROPIC_AUTH_TOKEN", word), ("ANTHROPIC_API_KEY", "")]));
    }
    nothing(&rows.files);
    exactly(
        &everywhere(&[
            ("ANTHROPIC_BASE_URL", "https://llm.example.org"),
            ("ANTHROPIC_AUTH_TOKEN", "dummy"),
            ("ANTHROPIC_API_KEY", ""),
        ]),
        &[
            ".claude/settings.local.json:4:32 placeholder-credential warning",
            ".env:2:22 placeholder-credential note",
            ".github/workflows/ai.yml:9:34 placeholder-credential note",
            "Dockerfile:5:27 placeholder-credential note",
            "Makefile:2:31 placeholder-credential note",
            "compose.yml:7:30 placeholder-credential note",
            "package.json:4:76 placeholder-credential note",
            "start.bat:2:27 placeholder-credential note",
            "start.fish:2:31 placeholder-credential note",
            "start.ps1:2:30 placeholder-credential note",
            "start.sh:2:30 placeholder-credential note",
        ],
    );
}

#[test]
fn never_03_placeholders_of_other_programs() {
    let mut rows = Rows::default();
    for value in PLACEHOLDERS {
        rows.add(committed(&[("OPENAI_API_KEY", value), ("GITHUB_TOKEN", value)]));
    }
    nothing(&rows.files);
    exactly(
        &committed(&[("OPENAI_API_KEY", "@@openai-project-key@@")]),
        &[
            ".claude/settings.json:3:26 secret-in-settings error",
            ".env:1:1 personal-file-tracked error",
            ".env:1:16 secret-in-env-file error",
            ".github/workflows/ai.yml:8:28 secret-in-launcher error",
            ".mcp.json:4:26 secret-in-mcp error",
            "Dockerfile:4:21 secret-in-launcher error",
            "Makefile:1:25 secret-in-launcher error",
            "compose.yml:6:24 secret-in-launcher error",
            "package.json:4:27 secret-in-launcher error",
            "start.bat:1:21 secret-in-launcher error",
            "start.fish:1:25 secret-in-launcher error",
            "start.ps1:1:24 secret-in-launcher error",
            "start.sh:1:24 secret-in-launcher error",
        ],
    );
}

#[test]
fn never_03_placeholders_in_templates() {
    let mut rows = Rows::default();
    for value in PLACEHOLDERS {
        rows.add(templates(&[("ANTHROPIC_API_KEY", value)]));
        rows.add(templates(&[
            ("ANTHROPIC_BASE_URL", "https://api.z.ai/api/anthropic"),
            ("ANTHROPIC_AUTH_TOKEN", value),
            ("ANTHROPIC_API_KEY", ""),
        ]));
    }
    nothing(&rows.files);
    exactly(
        &templates(&[("ANTHROPIC_API_KEY", "@@anthropic-api-key@@")]),
        &[
            ".claude/settings.example.json:3:29 secret-in-settings error",
            ".env.example:1:19 secret-in-env-file error",
            ".github/workflows/ai.yml.example:8:31 secret-in-launcher error",
            ".mcp.json.example:4:29 secret-in-mcp error",
            "Dockerfile.example:4:24 secret-in-launcher error",
            "Makefile.example:1:28 secret-in-launcher error",
            "compose.yml.example:6:27 secret-in-launcher error",
            "package.json.example:4:30 secret-in-launcher error",
            "start.bat.example:1:24 secret-in-launcher error",
            "start.fish.example:1:28 secret-in-launcher error",
            "start.ps1.example:1:27 secret-in-launcher error",
            "start.sh.example:1:27 secret-in-launcher error",
        ],
    );
}

#[test]
fn never_03_placeholders_in_documentation() {
    let page = |value: &str| format!("# Setup\n\n```sh\nexport ANTHROPIC_API_KEY={value}\n```\n");
    let mut rows = Rows::default();
    for value in PLACEHOLDERS {
        rows.add(
            ["README.md", "docs/setup.md", "docs/setup.rst", "CLAUDE.md", "app.py"]
                .map(|path| (path.to_owned(), page(value))),
        );
    }
    nothing(&rows.files);
    exactly(
        &["README.md", "CLAUDE.md"].map(|path| (path.to_owned(), page("@@anthropic-api-key@@"))),
        &["CLAUDE.md:4:26 secret-in-text error", "README.md:4:26 secret-in-text error"],
    );
}

/// A reference in the writing of each surface, and what each of them takes from a manager of secrets.
#[test]
fn never_04_references() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    nothing(&everywhere(&[("ANTHROPIC_API_KEY", "$K"), ("GITHUB_TOKEN", "$T")]));
    let mut rows = Rows::default();
    for value in [
        "op://team/anthropic/key",
        "vault:secret/data/claude#key",
        "aws-sm://team/claude",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:claude-AbCdEf",
        "ref+vault://secret/claude#key",
        "/run/secrets/anthropic_key",
        "ENC[AES256_GCM,data:Zq8xT4mW2nB7vK5cR9yL,iv:Zm9v,tag:YmFy,type:str]",
        "encrypted:BDqDBibm4wsYqMpCjTQ6BsDHmMadg9K3dAt+Z9HPMfLEIRVz50hmLXPXRuDBXaJi",
        "__GITHUB_TOKEN__",
        "{{GITHUB_TOKEN}}",
        "<% secrets.GITHUB_TOKEN %>",
        "{secret:GITHUB_TOKEN}",
    ] {
        rows.add(
            committed(&[("GITHUB_TOKEN", value)])
                .into_iter()
                .filter(|(path, _)| !value.starts_with(['_', '{', '<']) || !path.ends_with(".json")),
        );
    }
    nothing(&rows.files);
    nothing(&[
        file(
            ".claude/settings.json",
            "{\"apiKeyHelper\": \"op read op://team/anthropic/key\", \"awsCredentialExport\": \"aws configure export-credentials\"}\n",
        ),
        file(
            ".mcp.json",
            "{\"mcpServers\": {\"a\": {\"type\": \"http\", \"url\": \"https://mcp.example.org/mcp?key=${K}\", \"headers\": {\"Authorization\": \"Bearer ${T}\", \"X-Api-Key\": \"${K:-}\"}}}}\n",
        ),
        file(".env", "A_TOKEN=$T\nB_TOKEN=${T}\nC_TOKEN=${T:-}\nD_TOKEN=${T:?missing}\nE_TOKEN=$(pass show t)\n"),
        file(
            "start.sh",
            "export A_TOKEN=$T B_TOKEN=${T} C_TOKEN=${T:-} D_TOKEN=${T:?missing} E_TOKEN=\"$(pass show t)\" F_TOKEN=`pass t` G_TOKEN=\"$1\" H_TOKEN=\"$(cat /run/secrets/t)\"\n",
        ),
        file(
            "start.fish",
            "set -gx A_TOKEN $T\nset -gx B_TOKEN (pass show t)\nset -gx C_TOKEN $argv[1]\nset -gx D_TOKEN \"$(pass t)\"\nset -gx E_TOKEN {$T}\n",
        ),
        file(
            "start.ps1",
            "$env:A_TOKEN = $env:T\n$env:B_TOKEN = \"${env:T}\"\n$env:C_TOKEN = (op read op://a/b/c)\n$env:D_TOKEN = $t\n$env:E_TOKEN = \"$($t.Value)\"\n[Environment]::SetEnvironmentVariable('F_TOKEN', $t)\n",
        ),
        file(
            "start.bat",
            "set A_TOKEN=%T%\nset \"B_TOKEN=%T:~0,40%\"\nset C_TOKEN=!T!\nset D_TOKEN=%1\nset /p E_TOKEN=<token.txt\nfor /f %%i in ('pass t') do set F_TOKEN=%%i\n",
        ),
        file(
            "Dockerfile",
            "FROM node:22\nARG T\nENV A_TOKEN=$T B_TOKEN=${T} C_TOKEN=${T:-}\nRUN --mount=type=secret,id=t D_TOKEN=$(cat /run/secrets/t) make\n",
        ),
        file(
            "compose.yml",
            "services:\n  a:\n    image: x\n    environment:\n      A_TOKEN: $T\n      B_TOKEN: ${T}\n      C_TOKEN: ${T:?missing}\n      D_TOKEN: ${T:-}\n      E_TOKEN_FILE: /run/secrets/t\n      F_TOKEN:\n    secrets: [t]\nsecrets:\n  t: {environment: T}\n",
        ),
        file(
            ".github/workflows/ai.yml",
            "on: push\njobs:\n  a:\n    runs-on: x\n    env: {A_TOKEN: '${{ secrets.T }}', B_TOKEN: '${{ github.token }}', C_TOKEN: '${{ steps.x.outputs.token }}', D_TOKEN: '${{ secrets.A || secrets.B }}'}\n    steps: [{run: make}]\n",
        ),
        file(
            "package.json",
            "{\"scripts\": {\"a\": \"A_TOKEN=$T B_TOKEN=${T:?missing} C_TOKEN=$(pass t) make\", \"b\": \"cross-env A_TOKEN=%T% make\"}}\n",
        ),
        file(
            "Makefile",
            "export A_TOKEN = $(T)\nexport B_TOKEN ?= ${T}\nexport C_TOKEN := $(shell pass t)\na:\n\tD_TOKEN=$$T E_TOKEN=$${T:?} F_TOKEN=\"$$(pass t)\" ./a\n",
        ),
    ]);
    exactly(
        &[
            file(
                ".mcp.json",
                "{\"mcpServers\": {\"a\": {\"type\": \"http\", \"url\": \"https://mcp.example.org/mcp\", \"headers\": {\"X-Api-Key\": \"${K:-@@base62-key@@}\"}}}}\n",
            ),
            file(".env", "C_TOKEN=${T:-@@base62-key@@}\n"),
            file("start.sh", "export C_TOKEN=${T:-@@base62-key@@}\n"),
            file("start.fish", "set -q T; or set -gx T_TOKEN @@base62-key@@\n"),
            file("start.ps1", "$env:B_TOKEN = if ($env:T) { $env:T } else { '@@base62-key@@' }\n"),
            file("start.bat", "if not defined T_TOKEN set T_TOKEN=@@base62-key@@\n"),
            file("Dockerfile", "FROM node:22\nENV C_TOKEN=${T:-@@base62-key@@}\n"),
            file(
                "compose.yml",
                "services:\n  a:\n    image: x\n    environment:\n      C_TOKEN: ${T:-@@base62-key@@}\n",
            ),
            file(
                ".github/workflows/ai.yml",
                "on: push\njobs:\n  a:\n    runs-on: x\n    env: {D_TOKEN: \"${{ secrets.A || '@@base62-key@@' }}\"}\n    steps: [{run: make}]\n",
            ),
            file("package.json", "{\"scripts\": {\"a\": \"A_TOKEN=${T:-@@base62-key@@} make\"}}\n"),
            file("Makefile", "export B_TOKEN ?= @@base62-key@@\n"),
        ],
        &[
            ".env:1:1 personal-file-tracked error",
            ".env:1:14 secret-in-env-file error",
            ".github/workflows/ai.yml:5:39 secret-in-launcher error",
            ".mcp.json:1:108 secret-in-mcp error",
            "Dockerfile:2:18 secret-in-launcher error",
            "Makefile:1:19 secret-in-launcher error",
            "compose.yml:5:21 secret-in-launcher error",
            "package.json:1:33 secret-in-launcher error",
            "start.bat:1:36 secret-in-launcher error",
            "start.fish:1:30 secret-in-launcher error",
            "start.sh:1:21 secret-in-launcher error",
        ],
    );
}

#[test]
fn never_05_names_that_only_contain_a_credentials_name() {
    let mut rows = Rows::default();
    for (name, value) in [
        ("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "64000"),
        ("MAX_THINKING_TOKENS", "31999"),
        ("ANTHROPIC_API_KEY_FILE", "/run/secrets/key"),
        ("CLAUDE_CODE_API_KEY_HELPER_TTL_MS", "3600000"),
        ("SIGNING_KEY_ID", "@@hex-key@@"),
        ("KEY_TYPE_LINE", "@@hex-key@@"),
        ("ACCESS_TOKEN_FILE", "@@base62-key@@"),
        ("_SAVED_ANTHROPIC_API_KEY", "$K"),
        ("ANTHROPIC_BASE_URL_GLM", "http://llm.example.org/v1"),
        ("MONKEY", "@@base62-key@@"),
    ] {
        let files = committed(&[(name, value)]);
        // A reference is the one value that has no meaning in settings.
        rows.add(files.into_iter().filter(|(path, _)| value != "$K" || !path.contains("settings")));
    }
    nothing(&rows.files);
    exactly(
        &committed(&[("SIGNING_KEY", "@@hex-key@@")]),
        &[
            ".claude/settings.json:3:23 secret-in-settings error",
            ".env:1:1 personal-file-tracked error",
            ".env:1:13 secret-in-env-file error",
            ".github/workflows/ai.yml:8:25 secret-in-launcher error",
            ".mcp.json:4:23 secret-in-mcp error",
            "Dockerfile:4:18 secret-in-launcher error",
            "Makefile:1:22 secret-in-launcher error",
            "compose.yml:6:21 secret-in-launcher error",
            "package.json:4:24 secret-in-launcher error",
            "start.bat:1:18 secret-in-launcher error",
            "start.fish:1:22 secret-in-launcher error",
            "start.ps1:1:21 secret-in-launcher error",
            "start.sh:1:21 secret-in-launcher error",
        ],
    );
}

#[test]
fn never_06_public_by_design() {
    let mut rows = Rows::default();
    for (name, value) in [
        ("STRIPE_KEY", "pk_live_51H8xQ2eZvKYlo2C0aBcDeFgH"),
        ("NEXT_PUBLIC_STRIPE_KEY", "pk_test_51H8xQ2eZvKYlo2C0aBcDeFgH"),
        ("SUPABASE_KEY", "sb_publishable_Zq8xT4mW2nB7vK5cR9yL3p"),
        ("OAUTH_CLIENT_ID", "123456789012-a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6.apps.googleusercontent.com"),
        ("SUPABASE_PROJECT_REF", "qzxkvbnmtrwpldhgfyjc"),
        ("IMAGE_DIGEST", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ("GIT_COMMIT", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"),
        ("SESSION_ID", "0b3c1f9e-6f5d-4c0e-9a51-2f6d1f7a9c33"),
        ("VOICE_ID", "21m00Tcm4TlvDq8ikWAM"),
        ("ANTHROPIC_MODEL", "claude-opus-4-5-20251101"),
    ] {
        rows.add(committed(&[(name, value)]));
    }
    nothing(&rows.files);
    exactly(
        &committed(&[("STRIPE_KEY", "@@stripe-secret-key@@")]),
        &[
            ".claude/settings.json:3:22 secret-in-settings error",
            ".env:1:1 personal-file-tracked error",
            ".env:1:12 secret-in-env-file error",
            ".github/workflows/ai.yml:8:24 secret-in-launcher error",
            ".mcp.json:4:22 secret-in-mcp error",
            "Dockerfile:4:17 secret-in-launcher error",
            "Makefile:1:21 secret-in-launcher error",
            "compose.yml:6:20 secret-in-launcher error",
            "package.json:4:23 secret-in-launcher error",
            "start.bat:1:17 secret-in-launcher error",
            "start.fish:1:21 secret-in-launcher error",
            "start.ps1:1:20 secret-in-launcher error",
            "start.sh:1:20 secret-in-launcher error",
        ],
    );
}
