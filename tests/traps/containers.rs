//! The traps that real repositories set, by number: each has to stay silent, and its neighbour has to be found.

use super::findings as all;
use crate::common::place;

/// `path:line:column rule` of everything that keylint reports about one file.
fn findings(path: &str, body: &str) -> Vec<String> {
    all(&[(path, body)]).iter().map(place).collect()
}

/// A name without a value is handed on.
#[test]
fn trap_16_compose_names_without_value() {
    for body in [
        "services:\n  web:\n    environment:\n      - ANTHROPIC_API_KEY\n",
        "services:\n  web:\n    environment:\n      ANTHROPIC_API_KEY:\n",
    ] {
        assert_eq!(findings("compose.yml", body), [""; 0], "{body}");
    }
    assert_eq!(
        findings(
            "compose.yml",
            "services:\n  web:\n    environment:\n      - ANTHROPIC_API_KEY=@@anthropic-api-key@@\n"
        ),
        ["compose.yml:4:27 secret-in-launcher"]
    );
}

/// An empty value in a Dockerfile takes the variable away.
#[test]
fn trap_17_dockerfile_empty_token() {
    assert_eq!(findings("Dockerfile", "FROM x\nENV CLAUDE_CODE_OAUTH_TOKEN=\"\"\nCMD [\"claude\"]\n"), [""; 0]);
    assert_eq!(
        findings("Dockerfile", "FROM x\nENV CLAUDE_CODE_OAUTH_TOKEN=\"@@anthropic-oauth-token@@\"\nCMD [\"claude\"]\n"),
        ["Dockerfile:2:30 secret-in-launcher"]
    );
}

/// Surprising shapes: a name handed on beside a literal token, and a default that is the secret.
#[test]
fn surprising_shapes_of_compose() {
    assert_eq!(
        findings(
            "compose.yml",
            "services:\n  web:\n    environment:\n      - ANTHROPIC_API_KEY\n      - ANTHROPIC_AUTH_TOKEN=@@zai-key@@\n      - ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\n",
        )
        .iter()
        .filter(|place| place.contains("secret-"))
        .collect::<Vec<_>>(),
        ["compose.yml:5:30 secret-in-launcher"]
    );
    assert_eq!(
        findings(
            "compose.yml",
            "services:\n  web:\n    environment:\n      REDIS_URL: ${REDIS_URL:-rediss://app:@@base62-key@@@cache.example.org}\n",
        ),
        ["compose.yml:4:44 secret-in-launcher"]
    );
}
