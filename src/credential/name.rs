//! Names that hold a credential.

use std::ops::Range;

use super::name_table::{
    ATTRIBUTES, HARMLESS, HEADERS, OPTIONS, PARTS, PUBLIC, QUALIFIERS, SETTINGS, SWITCHES, VARIABLES,
};
use crate::surface::Slot;

/// What a name says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing.
    No,
    /// It sounds like a credential.
    Likely,
    /// The client, a cloud provider or a gateway reads it as its credential.
    Read,
}

/// What the name of an assignment says about its value.
pub fn standing(slot: Slot, name: &str) -> Standing {
    match slot {
        Slot::Variable => variable(name),
        Slot::Header => {
            let lower = name.to_ascii_lowercase();
            // `Sec-WebSocket-Key` and its kin are drawn by the browser for one handshake.
            match lower.strip_prefix("sec-") {
                Some(_) => Standing::No,
                None if HEADERS.contains(&lower.as_str()) => Standing::Read,
                None => by_parts(name),
            }
        }
        Slot::Option => {
            let lower = name.to_ascii_lowercase();
            if OPTIONS.contains(&lower.as_str()) { Standing::Read } else { by_parts(name) }
        }
        // What a command line holds is judged word by word.
        Slot::Command => Standing::No,
        Slot::Setting => {
            // `oauth.clientSecret`, `env.X`, `permissions.allow[3]`: the last key is the name.
            let last = name.rsplit('.').next().unwrap_or(name);
            if SETTINGS.contains(&last) { Standing::Read } else { variable(last) }
        }
        Slot::Userinfo => Standing::Likely,
        Slot::Url => by_parts(name),
    }
}

fn variable(name: &str) -> Standing {
    if VARIABLES.contains(&name) {
        return Standing::Read;
    }
    let saved = ["_SAVED", "_OLD", "_ORIG", "_PREV", "_BACKUP"].iter().any(|start| name.starts_with(start));
    let is_public = PUBLIC.iter().any(|start| name.starts_with(start));
    if saved || is_public || HARMLESS.contains(&name) || name.starts_with("GIT_CONFIG_KEY_") {
        return Standing::No;
    }
    by_parts(name)
}

/// One whole part of the name has to mean a credential: `MONKEY` and `MAX_TOKENS` contain no such part.
fn by_parts(name: &str) -> Standing {
    let parts = parts(name);
    let Some(at) = parts.iter().rposition(|part| PARTS.contains(&part.as_str())) else {
        return Standing::No;
    };
    let has = |list: &[&str], part: Option<&String>| part.is_some_and(|part| list.contains(&part.as_str()));
    let harmless = has(ATTRIBUTES, parts.last())
        || parts[at..].iter().any(|part| matches!(part.as_str(), "FILE" | "PATH" | "URL" | "TTL" | "TYPE" | "HELPER"))
        || at > 0 && has(QUALIFIERS, parts.get(at - 1))
        || has(SWITCHES, parts.first())
        || parts.iter().any(|part| part == "SKIP");
    if harmless { Standing::No } else { Standing::Likely }
}

/// The parts of `API_KEY`, `api-key`, `apiKey` and `APIKey`, in upper case.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let chars: Vec<char> = name.chars().collect();
    for (at, &char) in chars.iter().enumerate() {
        let previous = at.checked_sub(1).map_or(' ', |before| chars[before]);
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let begins_word = char.is_ascii_uppercase()
            && (previous.is_ascii_lowercase() || previous.is_ascii_uppercase() && next.is_ascii_lowercase());
        if !char.is_alphanumeric() || begins_word {
            parts.push(String::new());
        }
        if let (true, Some(part)) = (char.is_alphanumeric(), parts.last_mut()) {
            part.push(char.to_ascii_uppercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The name and the value of each header in a variable that holds several, as byte ranges of `text`; `None` for
/// any other variable.
///
/// `ANTHROPIC_CUSTOM_HEADERS` has one `Name: Value` a line, `OTEL_EXPORTER_OTLP_*HEADERS` has `name=value` pairs
/// with commas between them (Claude Code documentation, env-vars and monitoring-usage pages, 2026-08).
pub fn header_list(name: &str, text: &str) -> Option<Vec<(Range<usize>, Range<usize>)>> {
    let (separator, assign) = match name {
        "ANTHROPIC_CUSTOM_HEADERS" => ('\n', ':'),
        "OTEL_EXPORTER_OTLP_HEADERS"
        | "OTEL_EXPORTER_OTLP_METRICS_HEADERS"
        | "OTEL_EXPORTER_OTLP_LOGS_HEADERS"
        | "OTEL_EXPORTER_OTLP_TRACES_HEADERS" => (',', '='),
        _ => return None,
    };
    let mut headers = Vec::new();
    let mut start = 0;
    for line in text.split(separator) {
        if let Some(at) = line.find(assign) {
            headers.push((trimmed(text, start..start + at), trimmed(text, start + at + 1..start + line.len())));
        }
        start += line.len() + 1;
    }
    Some(headers)
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    start..start + part.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables() {
        for name in VARIABLES {
            assert_eq!(standing(Slot::Variable, name), Standing::Read, "{name}");
        }
        for name in [
            "MY_TOKEN",
            "DB_PASSWORD",
            "BSKY_APP_PASSWORD",
            "AUTH_TOKEN",
            "JWT_SECRET",
            "SMTP_PASS",
            "SENTRY_DSN",
            "anthropic_api_key",
            "STRIPE_SECRET_KEY",
            "AZURE_DEVOPS_PAT",
            "SESSION_COOKIE",
            "APIKEY",
            "myApiKey",
            "clientSecret",
            "access-token",
            "APIKey",
            "GOOGLE_CREDENTIALS",
            "PRIVATE_KEY",
            "SCRAPECREATORS_API_KEY",
            "NPM_AUTH",
            "ANTHROPIC_API_KEY_GLM2",
            "TOKEN_GLM5",
        ] {
            assert_eq!(standing(Slot::Variable, name), Standing::Likely, "{name}");
        }
        for name in [
            "ANTHROPIC_API_KEY_FILE",
            "_SAVED_ANTHROPIC_API_KEY",
            "ANTHROPIC_BASE_URL_GLM",
            "ANTHROPIC_BASE_URL",
            "CLAUDE_CODE_API_KEY_HELPER_TTL_MS",
            "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
            "MAX_THINKING_TOKENS",
            "MONKEY",
            "KEYBOARD_LAYOUT",
            "CLAUDE_CODE_CLIENT_KEY",
            "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
            "AWS_ACCESS_KEY_ID",
            "SSH_AUTH_SOCK",
            "STRIPE_PUBLISHABLE_KEY",
            "VAPID_PUBLIC_KEY",
            "NODESOURCE_GPG_KEY",
            "AUTH_PATTERNS",
            "SECRET_GET_CMD",
            "PASS_RATE",
            "SORT_KEY",
            "PARTITION_KEY",
            "CACHE_KEY",
            "FOREIGN_KEY",
            "PRIMARY_KEY",
            "AUTH_MODE",
            "AUTH_TYPE",
            "KEY_TYPE_LINE",
            "AUTH_METHOD",
            "AUTH_ENABLED",
            "AUTH_DOMAIN",
            "AUTH_URL",
            "TOKEN_URL",
            "TOKEN_EXPIRY",
            "GCP_PROJECT_KEY",
            "GIT_CONFIG_KEY_0",
            "apiKeyHelper",
            "NEXT_PUBLIC_API_KEY",
            "VITE_GOOGLE_API_KEY",
            "SUPABASE_ANON_KEY",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY",
            "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
            "ENABLE_AUTH",
            "MAX_TOKEN",
            "EOS_TOKEN",
            "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
            "PATH",
            "HTTPS_PROXY",
            "PATTERN",
            "CLAUDE_CODE_HOST_AUTH_ENV_VAR",
            "ANTHROPIC_MODEL",
            "COMPASS",
            "PLA_LARK_APP_ID",
            "COOKIE_DOMAIN",
            "CLAUDE_CODE_PROXY_AUTHENTICATE",
            "accessKeyId",
        ] {
            assert_eq!(standing(Slot::Variable, name), Standing::No, "{name}");
        }
    }

    #[test]
    fn headers_options_settings() {
        for name in HEADERS.iter().copied().chain(["Authorization", "X-Api-Key", "CF-Access-Client-Secret"]) {
            assert_eq!(standing(Slot::Header, name), Standing::Read, "{name}");
        }
        assert_eq!(standing(Slot::Header, "X-Custom-Token"), Standing::Likely);
        for name in ["Content-Type", "anthropic-beta", "User-Agent", "CF-Access-Client-Id", "X-Request-Id", "Accept"] {
            assert_eq!(standing(Slot::Header, name), Standing::No, "{name}");
        }
        for name in ["--api-key", "--token", "--password", "--access-token", "--client-secret"] {
            assert_eq!(standing(Slot::Option, name), Standing::Read, "{name}");
        }
        assert_eq!(standing(Slot::Option, "--read-token"), Standing::Likely);
        for name in ["--header", "--max-tokens", "--key-file", "-p", "--tokenizer", "--auth-type"] {
            assert_eq!(standing(Slot::Option, name), Standing::No, "{name}");
        }
        assert_eq!(standing(Slot::Setting, "oauth.clientSecret"), Standing::Read);
        assert_eq!(standing(Slot::Setting, "apiKeyHelper"), Standing::No);
        assert_eq!(standing(Slot::Setting, "env.ANTHROPIC_API_KEY"), Standing::Read);
        assert_eq!(standing(Slot::Url, "api_key"), Standing::Likely);
        assert_eq!(standing(Slot::Url, "project_ref"), Standing::No);
    }

    #[test]
    fn words_of_a_name() {
        for name in ["API_KEY", "api-key", "apiKey", "APIKey", "API..Key_"] {
            assert_eq!(parts(name), ["API", "KEY"], "{name}");
        }
        // What makes a name harmless is another part than the one that makes it a credential's.
        for part in PARTS {
            assert!(!SWITCHES.contains(part) && standing(Slot::Url, part) == Standing::Likely, "{part}");
        }
    }

    #[test]
    fn header_lists() {
        let list = |name: &str, text: &str| {
            header_list(name, text).map(|headers| {
                let part = |range: Range<usize>| text[range].to_owned();
                headers.into_iter().map(|(name, value)| (part(name), part(value))).collect::<Vec<_>>()
            })
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            list("ANTHROPIC_CUSTOM_HEADERS", "x-api-key: abc\n\nX-Team: a: b \n"),
            Some(vec![pair("x-api-key", "abc"), pair("X-Team", "a: b")])
        );
        assert_eq!(
            list("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "Authorization=Bearer x=, k2=v2"),
            Some(vec![pair("Authorization", "Bearer x="), pair("k2", "v2")])
        );
        assert_eq!(list("ANTHROPIC_API_KEY", "a: b"), None);
    }
}
