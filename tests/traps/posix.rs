//! Traps of real configurations, by number: each must raise nothing, and what differs from it by one thing must.

use super::{reported, silent};

#[track_caller]
fn quiet(script: &str) {
    silent(&[("start.sh", script)]);
}

#[track_caller]
fn loud(script: &str, expected: &[&str]) {
    assert_eq!(reported(&[("start.sh", script)]), expected, "{script}");
}

#[test]
fn trap_01_names_that_only_contain_a_credential_name() {
    for name in [
        "ANTHROPIC_API_KEY_FILE=/run/secrets/key",
        "CLAUDE_CODE_API_KEY_HELPER_TTL_MS=300000",
        "CLAUDE_CODE_MAX_OUTPUT_TOKENS=64000",
        "ANTHROPIC_BASE_URL_GLM=https://api.z.ai/api/anthropic",
    ] {
        quiet(&format!(
            "export {name}\nexport ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org\nclaude\n"
        ));
    }
    quiet(
        "_SAVED_ANTHROPIC_API_KEY=$ANTHROPIC_API_KEY\nexport ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org\nunset ANTHROPIC_API_KEY\nclaude\n",
    );
    loud("export ANTHROPIC_API_KEY=@@anthropic-api-key@@\nclaude\n", &["start.sh:1:26 secret-in-launcher"]);
}

#[test]
fn trap_02_an_empty_key_beside_a_token() {
    let token = "export ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org\n";
    quiet(&format!("{token}export ANTHROPIC_API_KEY=\"\"\nclaude\n"));
    quiet(&format!("{token}ANTHROPIC_API_KEY= claude\n"));
    loud(&format!("{token}ANTHROPIC_API_KEY=$K claude\n"), &["start.sh:2:19 both-credentials"]);
}

#[test]
fn trap_03_paths_that_never_meet() {
    let (key, token) =
        ("export ANTHROPIC_API_KEY=$K", "export ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org");
    for script in [
        format!("if [ \"$1\" = glm ]; then {token}; else {key}; fi\nclaude\n"),
        format!("case $1 in glm) {token};; *) {key};; esac\nexec claude\n"),
        format!("glm() {{ {token}; claude; }}\napi() {{ {key}; claude; }}\n"),
        format!("glm() {{ {token}; claude; }}\napi() {{ {key}; claude; }}\ncase $1 in glm) glm;; *) api;; esac\n"),
        format!("({token}; claude)\n({key}; claude)\n"),
        format!("{token}\nclaude\nunset ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL\n{key}\nclaude\n"),
        format!(
            "SAVED=$ANTHROPIC_API_KEY\ntrap 'export ANTHROPIC_API_KEY=$SAVED' EXIT\nunset ANTHROPIC_API_KEY\n{token}\nclaude\n"
        ),
        format!(
            "if [ -n \"$S\" ]; then {key}; fi\n{token}\nfor v in ANTHROPIC_API_KEY; do unset \"$v\"; done\nclaude\n"
        ),
    ] {
        quiet(&script);
    }
    loud(&format!("if [ \"$1\" = glm ]; then {token}; fi\n{key}\nclaude\n"), &["start.sh:2:26 both-credentials"]);
}

#[test]
fn trap_04_scanners_and_redactors() {
    quiet("grep -rE 'sk-ant-api[a-zA-Z0-9_-]{20,}' . && exit 1\n");
    quiet("PATTERN='(sk-ant-api03-[A-Za-z0-9_-]{93}AA|ghp_[A-Za-z0-9]{36})'\ngit diff | grep -qE \"$PATTERN\"\n");
    quiet("sed -E 's/ANTHROPIC_AUTH_TOKEN=\"[^\"]*\"/ANTHROPIC_AUTH_TOKEN=\"***\"/; s/TOKEN=.*/TOKEN=x/' log\n");
    loud("sed 's/@@anthropic-api-key@@/x/' log\n", &["start.sh:1:8 secret-in-launcher"]);
}

#[test]
fn trap_05_help_texts() {
    quiet("echo \"export ANTHROPIC_API_KEY=your_api_key\"\n");
    quiet("# Usage: ANTHROPIC_API_KEY=sk-ant-... ANTHROPIC_AUTH_TOKEN=... start.sh\nclaude\n");
    quiet("cat <<EOF\n  export ANTHROPIC_API_KEY=sk-ant-...\n  export ANTHROPIC_AUTH_TOKEN=your-token\nEOF\n");
    quiet("usage() { printf '%s\\n' 'ANTHROPIC_AUTH_TOKEN=<token> ANTHROPIC_API_KEY=<key> start.sh'; }\nusage\n");
    loud("echo \"export ANTHROPIC_API_KEY=@@anthropic-api-key@@\"\n", &["start.sh:1:32 secret-in-launcher"]);
}

#[test]
fn trap_06_output_that_nobody_sees() {
    quiet("get_key() { echo \"$ANTHROPIC_API_KEY\"; }\nKEY=$(get_key)\n");
    quiet("echo \"$GITHUB_TOKEN\" | gh auth login --with-token\nprintf %s \"$T\" | docker login --password-stdin\n");
    let helper = r#"{"apiKeyHelper": "echo \"$ANTHROPIC_API_KEY\""}"#;
    assert_eq!(reported(&[(".claude/settings.json", helper)]), Vec::<String>::new());
}

#[test]
fn trap_07_status_lines() {
    quiet(
        "echo \"key: ${ANTHROPIC_API_KEY:+set (hidden)}\"\n[ -n \"$ANTHROPIC_API_KEY\" ] && echo found\necho \"$ANTHROPIC_BASE_URL\"\n",
    );
}

#[test]
fn trap_08_references() {
    for value in [
        "${K}",
        "${K:?set K}",
        "${K:-}",
        "$(op read op://v/i/f)",
        "`pass k`",
        "op://vault/item/field",
        "$1",
        "${1:-$K}",
    ] {
        quiet(&format!("export ANTHROPIC_API_KEY={value}\nclaude\n"));
    }
    quiet("export ANTHROPIC_API_KEY=\"$(cat /run/secrets/key)\"\nclaude\n");
    loud("export ANTHROPIC_API_KEY=${K:-@@anthropic-api-key@@}\nclaude\n", &["start.sh:1:31 secret-in-launcher"]);
    loud(": \"${ANTHROPIC_API_KEY:=@@anthropic-api-key@@}\"\n", &["start.sh:1:25 secret-in-launcher"]);
}

#[test]
fn trap_13_deny_rules() {
    let deny = r#"{"permissions": {"deny": ["Read(**/credentials)", "Bash(cat /etc/passwd)", "Read(*.key)"]}}"#;
    assert_eq!(reported(&[(".claude/settings.json", deny)]), Vec::<String>::new());
    quiet("echo 'user ALL=(ALL) NOPASSWD: ALL' | sudo tee /etc/sudoers.d/user\n");
}

#[test]
fn trap_14_plain_http_that_is_not_the_base_url() {
    quiet(
        "export HTTP_PROXY=http://proxy.example.org:3128 OTEL_EXPORTER_OTLP_ENDPOINT=http://otel.example.org:4318\ncurl -f http://health.example.org/live\nclaude\n",
    );
    loud(
        "export ANTHROPIC_BASE_URL=http://llm.example.org ANTHROPIC_AUTH_TOKEN=$T\nclaude\n",
        &["start.sh:1:27 base-url-insecure"],
    );
}

#[test]
fn trap_15_an_empty_value_ends_with_its_line() {
    quiet(
        "ANTHROPIC_API_KEY=\nANTHROPIC_AUTH_TOKEN=$T\nexport ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL=https://llm.example.org\nclaude\n",
    );
    quiet(
        "export ANTHROPIC_API_KEY=\nexport ANTHROPIC_AUTH_TOKEN=$T ANTHROPIC_BASE_URL=https://llm.example.org\nclaude\n",
    );
}

#[test]
fn trap_16_names_without_a_value() {
    quiet("docker run -e ANTHROPIC_API_KEY -e GITHUB_TOKEN image claude\n");
    loud("docker run -e GITHUB_TOKEN=@@github-pat@@ image\n", &["start.sh:1:28 secret-in-launcher"]);
}

#[test]
fn trap_18_heredocs_that_write_settings() {
    let write = |delimiter: &str, token: &str| {
        format!(
            "cat > .claude/settings.json <<{delimiter}\n{{\"env\": {{\"ANTHROPIC_AUTH_TOKEN\": \"{token}\", \"ANTHROPIC_BASE_URL\": \"https://api.z.ai/api/anthropic\"}}}}\nEOF\n"
        )
    };
    quiet(&write("EOF", "$TOKEN"));
    quiet(&write("EOF", "${TOKEN:?}"));
    quiet(&write("EOF", "$(pass token)"));
    loud(&write("'EOF'", "@@zai-key@@"), &["start.sh:2:35 secret-in-launcher"]);
    loud(&write("EOF", "@@zai-key@@"), &["start.sh:2:35 secret-in-launcher"]);
}
