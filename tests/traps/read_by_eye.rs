//! What was reported once in public repositories and should not have been: each beside what differs by one thing and
//! is a finding.

use super::findings;
use crate::common::place;

/// Every finding with its severity; markers in the files are filled in.
#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    let found: Vec<String> = findings(&[(path, text)])
        .iter()
        .map(|found| format!("{} {}", place(found), found["severity"].as_str().unwrap()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn the_permission_to_ask_for_a_token() {
    let job = "    runs-on: x\n    permissions:\n      id-token: write\n    steps: [{run: make}]\n";
    check("action.yml", &format!("permissions: {{id-token: write}}\njobs:\n  a:\n{job}"), &[]);
    check(
        ".github/workflows/a.yml",
        &format!("permissions: {{id-token: write}}\njobs:\n  a:\n{job}    env: {{ID_TOKEN: @@anthropic-api-key@@}}\n"),
        &[".github/workflows/a.yml:8:21 secret-in-launcher error"],
    );
}

#[test]
fn an_action_that_hands_its_inputs_on() {
    let action = |bedrock: &str| {
        format!(
            "name: x\nruns:\n  using: composite\n  steps:\n    - run: claude -p hi\n      shell: bash\n      env:\n        ANTHROPIC_API_KEY: ${{{{ inputs.key || env.ANTHROPIC_API_KEY }}}}\n        CLAUDE_CODE_OAUTH_TOKEN: ${{{{ inputs.oauth }}}}\n        CLAUDE_CODE_USE_BEDROCK: {bedrock}\n        CLAUDE_CODE_USE_VERTEX: ${{{{ inputs.use_vertex == 'true' && '1' || '' }}}}\n"
        )
    };
    check("action.yml", &action("${{ inputs.use_bedrock == 'true' && '1' || '' }}"), &[]);
    let both = action("1").replace("${{ inputs.use_vertex == 'true' && '1' || '' }}", "1");
    check("action.yml", &both, &["action.yml:11:9 provider-conflict warning"]);
}

#[test]
fn the_public_half_of_a_signature() {
    let fingerprint = "9FD3B784BC1C6FC31A8A0A1C1655A0AB68576280";
    check("install.sh", &format!("#!/bin/sh\nNODESOURCE_GPG_KEY=\"{fingerprint}\"\n"), &[]);
    check(
        "install.sh",
        &format!("#!/bin/sh\nGPG_PRIVATE_KEY=\"{fingerprint}\"\n"),
        &["install.sh:2:18 secret-in-launcher error"],
    );
}

#[test]
fn a_server_on_the_machine_that_runs_the_container() {
    let service = |host: &str| {
        format!(
            "services:\n  claude:\n    image: x\n    environment:\n      - ANTHROPIC_AUTH_TOKEN=ollama\n      - ANTHROPIC_BASE_URL=http://{host}:11434\n"
        )
    };
    check("compose.yml", &service("host.docker.internal"), &[]);
    check(
        "compose.yml",
        &service("llm.example.org"),
        &["compose.yml:5:30 placeholder-credential note", "compose.yml:6:28 base-url-insecure error"],
    );
}

#[test]
fn a_token_that_somebody_is_asked_for() {
    check(
        "start.sh",
        "#!/bin/bash\nread -rs ANTHROPIC_AUTH_TOKEN\nexport ANTHROPIC_AUTH_TOKEN\nclaude\n",
        &["start.sh:2:10 token-without-base-url note"],
    );
    check(
        "start.sh",
        "#!/bin/bash\nexport ANTHROPIC_AUTH_TOKEN=$T\nclaude\n",
        &["start.sh:2:8 token-without-base-url warning"],
    );
}

#[test]
fn scripts_that_are_run_for_what_they_print() {
    let script = "#!/bin/sh\nif [ -n \"$X\" ]; then\n  CLAUDE_OAUTH_CREDENTIALS=$(security find-generic-password -w)\n  echo \"CLAUDE_OAUTH_CREDENTIALS=$CLAUDE_OAUTH_CREDENTIALS\"\nfi\n";
    check("credentials.sh", script, &[]);
    check("credentials.sh", &format!("{script}echo done\n"), &["credentials.sh:4:3 secret-printed note"]);
    check(
        "login.sh",
        "#!/bin/sh\necho \"key: $ANTHROPIC_API_KEY\"\nclaude\n",
        &["login.sh:2:1 secret-printed warning"],
    );
}

#[test]
fn names_of_counters_and_of_secrets() {
    check(
        "test.sh",
        "#!/bin/sh\nPASS=$((PASS + 1))\nPASS_RATE=$((PASS * 100))\necho \"$PASS passed, $PASS_RATE %\"\n",
        &[],
    );
    check(
        "setup.sh",
        "#!/bin/sh\nCONFIG_SECRET=gateway-config\necho \"made $CONFIG_SECRET\"\n",
        &["setup.sh:2:15 secret-in-launcher note"],
    );
    check(
        "setup.sh",
        "#!/bin/sh\nCONFIG_SECRET=$(openssl rand -hex 9)\necho \"made $CONFIG_SECRET\"\necho done\n",
        &["setup.sh:3:1 secret-printed note"],
    );
    check(
        "check.sh",
        "#!/bin/sh\nAUTH_PATTERNS='Authorization: |Bearer |x-api-key'\nSECRET_GET_CMD=\"pass show it\"\n",
        &[],
    );
}
