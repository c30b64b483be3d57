//! Credentials in addresses.

use std::ops::Range;

use super::judge::{Certainty, Credential, Kind};
use super::name::{Standing, standing};
use super::placeholder::is_placeholder;
use super::random::looks_random;
use super::reference::classify;
use super::{Dialect, judge};
use crate::surface::{Decoded, Slot, Value};
use crate::text::Span;

/// Words that stand as user and password of servers on a developer's own machine.
const DEVELOPMENT: &[&str] = &[
    "postgres",
    "root",
    "admin",
    "password",
    "guest",
    "user",
    "mysql",
    "redis",
    "mongo",
    "minio",
    "minioadmin",
    "test",
    "dev",
];

/// The user, the password and the host of an address in a text.
#[derive(Clone, Debug)]
pub(super) struct Userinfo {
    pub user: Range<usize>,
    pub password: Range<usize>,
    pub host: Range<usize>,
}

/// Every `scheme://user:password@host` in a text.
pub(super) fn userinfo(text: &str) -> Vec<Userinfo> {
    authorities(text)
        .filter_map(|(authority, _)| {
            let part = &text[authority.clone()];
            let (login, host) = part.rsplit_once('@')?;
            let (user, password) = login.split_once(':')?;
            let start = authority.start;
            (!password.is_empty()).then(|| Userinfo {
                user: start..start + user.len(),
                password: start + user.len() + 1..start + login.len(),
                host: authority.end - host.len()..authority.end,
            })
        })
        .collect()
}

/// The ranges of `user:password@host:port` and of the path with its query, for every address in the text.
fn authorities(text: &str) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    let bytes = text.as_bytes();
    let schemes = text.match_indices("://").map(|(at, _)| at);
    schemes.filter(|&at| at > 0 && bytes[at - 1].is_ascii_alphanumeric()).map(|at| {
        let start = at + 3;
        let stop = start + text[start..].bytes().take(MAX_LENGTH).take_while(|byte| !ENDS.contains(byte)).count();
        let stop = (start..=stop).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(start);
        let end = text[start..stop].find(['/', '?', '#']).map_or(stop, |length| start + length);
        (start..end, end..stop)
    })
}

/// Longer addresses are data; a bound keeps the search linear.
const MAX_LENGTH: usize = 4096;

/// Bytes that end an address.
const ENDS: &[u8] = b" \t\r\n\"'`<>\\";

/// Passwords and credential parameters of the addresses in a text.
pub(super) fn credentials(text: &str) -> Vec<Credential> {
    let mut found = Vec::new();
    for Userinfo { user, password, host } in userinfo(text) {
        let (user, value, host) = (&text[user], &text[password.clone()], &text[host]);
        if !is_value(value) || user.contains("${") || text[password.clone()].contains('$') && value.contains('{') {
            continue;
        }
        let weak = user == value || is_near(host) && (DEVELOPMENT.contains(&value) || !looks_random(value));
        let certainty = if weak { Certainty::Weak } else { Certainty::Likely };
        found.push(Credential { kind: Kind::Password, certainty, start: password.start, end: password.end });
    }
    for (_, path) in authorities(text) {
        let query = text[path.clone()].find('?').map(|at| path.start + at + 1);
        if let Some(query) = query {
            found.extend(parameters(text, query..path.end));
        }
        // A token as the last part of the path.
        let end = query.map_or(path.end, |query| query - 1);
        let start = text[path.start..end].rfind('/').map_or(end, |at| path.start + at + 1);
        let segment = &text[start..end];
        if is_secret_segment(segment) && is_value(segment) {
            found.push(Credential { kind: Kind::Opaque, certainty: Certainty::Weak, start, end });
        }
    }
    found
}

/// Whether a part of a path looks like a token. A commit or a UUID is an id more often.
pub(super) fn is_secret_segment(segment: &str) -> bool {
    let is_id = segment.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    segment.len() >= 24 && !is_id && !segment.contains('.') && looks_random(segment)
}

/// How sure a password in an address is at most, by the host behind it.
pub(super) fn password_certainty(text: &str, password: Span) -> Certainty {
    let rest = text.get(password.end..).and_then(|rest| rest.strip_prefix('@')).unwrap_or_default();
    let host = rest
        .split(|char: char| u8::try_from(char).is_ok_and(|byte| ENDS.contains(&byte)) || "/?#".contains(char))
        .next();
    let random = text.get(password.range()).is_some_and(looks_random);
    let near = host.is_some_and(|host| !host.is_empty() && is_near(host));
    if near && !random { Certainty::Weak } else { Certainty::Certain }
}

/// Whether a password is a word that stands on every developer's machine, or the user's name again.
pub(super) fn is_development(user: &str, password: &str) -> bool {
    user == password || DEVELOPMENT.contains(&password)
}

/// `api_key=X&token=Y`
fn parameters(text: &str, query: Range<usize>) -> Vec<Credential> {
    let mut found = Vec::new();
    let mut start = query.start;
    for pair in text[query].split(['&', '#', ';']) {
        if let Some((name, value)) = pair.split_once('=') {
            let value = value.trim_end_matches([')', ']', ',', '}']);
            let at = start + name.len() + 1;
            if standing(Slot::Url, name) != Standing::No && is_value(value) && !judge::is_harmless(value) {
                let certainty = if looks_random(value) { Certainty::Likely } else { Certainty::Weak };
                found.push(Credential { kind: Kind::Opaque, certainty, start: at, end: at + value.len() });
            }
        }
        start += pair.len() + 1;
    }
    found
}

fn is_value(text: &str) -> bool {
    let literal = |dialect| matches!(classify(&Decoded::direct(text, 0), dialect), Value::Literal);
    !is_placeholder(text) && literal(Dialect::Posix) && literal(Dialect::Literal)
}

/// This machine, or a name without a dot: a service of the same compose file.
fn is_near(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or(host);
    name.starts_with("127.")
        || name == "0.0.0.0"
        || host.starts_with("[::1]")
        || !name.contains('.')
        || name == "host.docker.internal"
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Rng, sample};
    use super::*;

    fn found(text: &str) -> Vec<(&str, Certainty)> {
        credentials(text).into_iter().map(|one| (&text[one.start..one.end], one.certainty)).collect()
    }

    #[test]
    fn passwords() {
        let secret = sample("[A-Za-z0-9]{20}", &mut Rng::new(21));
        let text = format!("see redis://u:{secret}@h.example.com:6379/0, not this");
        assert_eq!(found(&text), [(secret.as_str(), Certainty::Likely)]);
        let text = format!("postgres://u:{secret}@localhost/db");
        assert_eq!(found(&text), [(secret.as_str(), Certainty::Likely)]);
        assert_eq!(found("mysql://app:hunter2@db.example.com/x"), [("hunter2", Certainty::Likely)]);
        assert_eq!(found("mysql://homework:homework@10.1.2.3/x"), [("homework", Certainty::Weak)]);
        assert_eq!(found("postgres://postgres:postgres@localhost:5432/x"), []);
        assert_eq!(found("postgres://user:password@localhost:5432/x"), []);
        assert_eq!(found("https://${USER}:${PASSWORD}@proxy:8080"), []);
        assert_eq!(found("https://user:$password@proxy:8080"), []);
        assert_eq!(found("https://api.z.ai/api/anthropic"), []);
        assert_eq!(found("https://***REMOVED-PROXY-DOMAIN***"), []);
    }

    #[test]
    fn parameters_and_paths() {
        let secret = sample("[A-Za-z0-9]{32}", &mut Rng::new(22));
        let text = format!("curl \"https://h.io/sse?project_ref=abc&api_key={secret}&x=1\"");
        assert_eq!(found(&text), [(secret.as_str(), Certainty::Likely)]);
        assert_eq!(found("https://h.io/?api_key=YOUR_KEY&token=${TOKEN}"), []);
        let segment = sample("[A-Za-z0-9_-]{44}", &mut Rng::new(23));
        let text = format!("http://localhost:8880/mcp/{segment}");
        assert_eq!(found(&text), [(segment.as_str(), Certainty::Weak)]);
        let commit = sample("[0-9a-f]{40}", &mut Rng::new(24));
        assert_eq!(found(&format!("https://github.com/o/r/commit/{commit}")), []);
    }
}
