//! What people really write and no linter may stumble over, by the number that each trap has in the survey of public
//! repositories. A file without any finding of weight, for every surface on which people write it.

use super::silent;

/// Names that only contain a credential's name.
#[test]
fn trap_01_tasks_and_services() {
    silent(&[
        ("Makefile", "export ANTHROPIC_API_KEY_FILE = /run/x\nexport CLAUDE_CODE_MAX_OUTPUT_TOKENS = 32000\n"),
        ("x.service", "[Service]\nEnvironment=CLAUDE_CODE_API_KEY_HELPER_TTL_MS=3600000\nExecStart=/bin/x\n"),
        ("chart/values.yaml", "env:\n  ANTHROPIC_BASE_URL_GLM: https://api.z.ai/api/anthropic\n"),
    ]);
}

/// An empty key beside a token is the documented fix.
#[test]
fn trap_02_tasks_and_services() {
    silent(&[
        (
            "Makefile",
            "export ANTHROPIC_BASE_URL = https://gw.example.net\nexport ANTHROPIC_AUTH_TOKEN = $(T)\nexport ANTHROPIC_API_KEY =\nrun:\n\tclaude\n",
        ),
        (
            "package.json",
            "{\"scripts\": {\"ai\": \"cross-env ANTHROPIC_BASE_URL=https://gw.example.net ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_API_KEY= claude\"}}",
        ),
        (
            "x.service",
            "[Service]\nEnvironment=ANTHROPIC_BASE_URL=https://gw.example.net ANTHROPIC_API_KEY=\nPassEnvironment=ANTHROPIC_AUTH_TOKEN\nExecStart=/usr/bin/claude\n",
        ),
    ]);
}

/// Arms of a conditional, targets and recipes' lines never meet.
#[test]
fn trap_03_make() {
    silent(&[(
        "Makefile",
        "ifdef GLM\nexport ANTHROPIC_BASE_URL = https://api.z.ai/api/anthropic\nexport ANTHROPIC_AUTH_TOKEN = $(T)\nelse\nexport ANTHROPIC_API_KEY = $(K)\nendif\nrun:\n\tclaude\na: export ANTHROPIC_AUTH_TOKEN = $(T)\na: export ANTHROPIC_API_KEY =\na: export ANTHROPIC_BASE_URL = https://api.z.ai/api/anthropic\na:\n\tclaude\n",
    )]);
}

/// Help texts.
#[test]
fn trap_05_tasks() {
    silent(&[
        ("Makefile", "help:\n\t@echo \"export ANTHROPIC_API_KEY=your_api_key\"\n\t# usage: sk-ant-...\n"),
        ("justfile", "# ANTHROPIC_API_KEY := \"sk-ant-...\"\nhelp:\n  @echo 'export ANTHROPIC_API_KEY=your_api_key'\n"),
    ]);
}

/// References of each language.
#[test]
fn trap_08_tasks_and_services() {
    silent(&[
        ("Makefile", "run:\n\tAPI_TOKEN='$(T)' OTHER_TOKEN=$${T:?missing} X_TOKEN=\"$$(op read op://a/b/c)\" ./x\n"),
        ("justfile", "export API_TOKEN := env_var('T')\nrun:\n  OTHER_TOKEN='{{ API_TOKEN }}' ./x\n"),
        ("Taskfile.yml", "env:\n  API_TOKEN: '{{.T}}'\ntasks:\n  x: OTHER_TOKEN='{{.T}}' ./x\n"),
        ("mise.toml", "[env]\nAPI_TOKEN = \"{{ get_env(name='T') }}\"\nOTHER_TOKEN = \"op://a/b/c\"\n"),
        (
            "main.tf",
            "locals {\n  environment = {\n    API_TOKEN = var.token\n    OTHER_TOKEN = \"${var.token}\"\n  }\n}\n",
        ),
        ("p.yaml", "apiVersion: v1\nkind: Pod\nspec: {containers: [{env: [{name: API_TOKEN, value: $(T)}]}]}\n"),
        ("chart/values.yaml", "env:\n  API_TOKEN: \"{{ .Values.token }}\"\n  OTHER_TOKEN: __TOKEN__\n"),
    ]);
}

/// Dummy words for local servers.
#[test]
fn trap_09_tasks_and_services() {
    silent(&[
        (
            "Makefile",
            "export ANTHROPIC_BASE_URL = http://localhost:11434\nexport ANTHROPIC_AUTH_TOKEN = ollama\nexport ANTHROPIC_API_KEY =\nrun:\n\tclaude\n",
        ),
        (
            "x.plist",
            "<plist><dict><key>EnvironmentVariables</key><dict><key>ANTHROPIC_BASE_URL</key><string>http://127.0.0.1:4000</string><key>ANTHROPIC_AUTH_TOKEN</key><string>sk-litellm-local</string></dict></dict></plist>",
        ),
    ]);
}

/// Long random strings that are no secrets.
#[test]
fn trap_11_services() {
    silent(&[
        (
            "p.yaml",
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: x@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n      env:\n        - {name: BUILD_SHA, value: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b}\n",
        ),
        ("flake.nix", "{ REV = \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b\"; sha256 = \"sha256-x\"; }\n"),
    ]);
}

/// An empty value followed by the next assignment.
#[test]
fn trap_15_tasks_and_services() {
    silent(&[
        ("Makefile", "export API_TOKEN =\nexport NAME = 9f86d081884c7d659a2feaa0c55ad015\n"),
        ("x.service", "[Service]\nEnvironment=API_TOKEN=\nEnvironment=NAME=9f86d081884c7d659a2feaa0c55ad015\n"),
        ("chart/values.yaml", "env:\n  API_TOKEN:\n  NAME: 9f86d081884c7d659a2feaa0c55ad015\n"),
    ]);
}
