//! Credentials in addresses.

use std::ops::Range;

use super::judge::{Certainty, Credential, Kind};
use super::name::{Standing, standing};
use super::random::looks_random;
use super::reference::classify;
use super::{Dialect, judge};
use crate::surface::{Decoded, Slot, Value};
use crate::text::{Span, floor};

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
    let mut stop = 0;
    schemes.filter(|&at| at > 0 && bytes[at - 1].is_ascii_alphanumeric()).map(move |at| {
        let start = at + 3;
        // An address in the path of another one ends with that.
        if start >= stop {
            let length = bytes[start..].iter().take(MAX_LENGTH).take_while(|byte| !ENDS.contains(byte)).count();
            stop = floor(text, start + length);
        }
        let end = text[start..stop].find(['/', '?', '#']).map_or(stop, |length| start + length);
        (start..end, end..stop)
    })
}

/// Longer addresses are data; a bound keeps the search linear.
const MAX_LENGTH: usize = 4096;

/// So many addresses stand in the query of another one, each with a query of its own; more are data, too.
const MAX_NESTED: usize = 16;

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
    let (mut read, mut stop, mut nested) = (0, 0, 0);
    for (_, path) in authorities(text) {
        // An address in the path of another one, before its query, has the same query and the same end.
        if path.start < read {
            continue;
        }
        nested = if path.end == stop { nested + 1 } else { 0 };
        stop = path.end;
        if nested > MAX_NESTED {
            continue;
        }
        let query = text[path.clone()].find('?').map(|at| path.start + at + 1);
        read = query.unwrap_or(path.end);
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
    // No dialect takes more for a reference.
    matches!(classify(&Decoded::direct(text, 0), Dialect::Posix), Value::Literal)
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
    fn addresses_in_addresses() {
        assert_eq!(found("https://a.io/?next=https://b.io/?token=hunter2&x=1"), [("hunter2", Certainty::Weak)]);
        assert_eq!(found("https://a.io/https://b.io/x?token=hunter2"), [("hunter2", Certainty::Weak)]);
        let [one, two] = ["redis://u:hunter2@a.io/", "https://v:hunter3@b.io/x"];
        let both = [("hunter2", Certainty::Likely), ("hunter3", Certainty::Likely)];
        assert_eq!(found(&format!("{one}{two}")), both);
    }

    /// Each address that has another one in its query costs a look at the whole query.
    #[test]
    fn addresses_in_queries_of_addresses() {
        let nested = |levels: usize| format!("{}https://a.io/?token=hunter2", "https://a.io/?u=".repeat(levels));
        let secret = ("hunter2", Certainty::Weak);
        assert_eq!(found(&nested(MAX_NESTED)), [secret]);
        assert_eq!(found(&nested(MAX_NESTED + 1)), []);
        assert_eq!(found(&nested(MAX_NESTED + 2)), []);
        // What stands beside them is not in them.
        assert_eq!(found(&format!("{0} {0}", nested(MAX_NESTED))), [secret, secret]);
        assert_eq!(found(&"https://a.io/?token=hunter2 ".repeat(MAX_NESTED + 2)), [secret; MAX_NESTED + 2]);
    }

    #[test]
    fn values() {
        for (text, expected) in [
            ("hunter2", true),
            ("changeme", false),
            ("${PASSWORD}", false),
            ("`pw`", false),
            ("home`pw`work", false),
            ("home$PASSWORD", false),
            ("home%PASSWORD%", false),
            ("", false),
            ("$(pw)", false),
            ("{{ password }}", false),
        ] {
            assert_eq!(is_value(text), expected, "{text}");
        }
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

    #[test]
    fn users_passwords_and_hosts() {
        let parts = |text: &str| -> Vec<[String; 3]> {
            let cut = |range: Range<usize>| text[range].to_owned();
            userinfo(text).into_iter().map(|one| [cut(one.user), cut(one.password), cut(one.host)]).collect()
        };
        for (text, expected) in [
            ("see x://u:p@h:1/a?b#c.", ["u", "p", "h:1"]),
            ("x://u:p@q@h", ["u", "p@q", "h"]),
            ("x://u:p:q@h", ["u", "p:q", "h"]),
            ("x://:p@h?a", ["", "p", "h"]),
            ("x2://u:p@h#a", ["u", "p", "h"]),
            ("\"x://u:p@h\"", ["u", "p", "h"]),
            ("é://x://u:p@é", ["u", "p", "é"]),
        ] {
            assert_eq!(parts(text), [expected.map(str::to_owned)], "{text}");
        }
        for text in ["://u:p@h", "-://u:p@h", "x://u:@h", "x://u@h", "x://h/u:p@h", "x://u:p h", "x:/u:p@h"] {
            assert_eq!(parts(text).len(), 0, "{text}");
        }
        assert_eq!(parts("x://u:p@h y://v:q@i").len(), 2);
        let long = |length: usize| parts(&format!("x://u:{}@h", "p".repeat(length))).len();
        assert_eq!((long(MAX_LENGTH - 4), long(MAX_LENGTH - 2)), (1, 0));
        assert_eq!(parts(&format!("x://u:p@{}", "é".repeat(MAX_LENGTH))).len(), 1);
    }

    #[test]
    fn how_sure_a_password_is() {
        let secret = sample("[A-Za-z0-9]{20}", &mut Rng::new(25));
        for (text, expected) in [
            ("x://u:homework@h.acme.dev/", Some(Certainty::Likely)),
            ("x://homework:homework@h.acme.dev/", Some(Certainty::Weak)),
            ("x://u:homework@db/", Some(Certainty::Weak)),
            ("x://u:minioadmin@h.acme.dev/", Some(Certainty::Likely)),
            ("x://u:minioadmin@db/", Some(Certainty::Weak)),
            ("x://${U}:homework@h.acme.dev/", None),
            ("x://u:home$work{@h.acme.dev/", None),
            ("x://u:home{work@h.acme.dev/", Some(Certainty::Likely)),
        ] {
            assert_eq!(found(text).first().map(|one| one.1), expected, "{text}");
        }
        for (host, near) in [
            ("127.0.0.1:80", true),
            ("0.0.0.0", true),
            ("[::1]:80", true),
            ("db:5432", true),
            ("host.docker.internal:80", true),
            ("10.0.0.1", false),
            ("acme.dev", false),
        ] {
            assert_eq!(is_near(host), near, "{host}");
            let text = format!("x://u:homework@{host}/a");
            let expected = if near { Certainty::Weak } else { Certainty::Certain };
            assert_eq!(password_certainty(&text, Span::new(6, 14)), expected, "{host}");
            let text = format!("x://u:{secret}@{host}/a");
            assert_eq!(password_certainty(&text, Span::new(6, 26)), Certainty::Certain, "{host}");
        }
        for rest in ["", "@", "@/a", "!db", "@acme.dev?db"] {
            let text = format!("x://u:homework{rest}");
            assert_eq!(password_certainty(&text, Span::new(6, 14)), Certainty::Certain, "{text}");
        }
        assert!(is_development("q7", "q7") && is_development("q7", "minio") && !is_development("minio", "q7"));
    }

    #[test]
    fn where_parameters_and_segments_stand() {
        let mut rng = Rng::new(26);
        let (one, two) = (sample("[A-Za-z0-9]{32}", &mut rng), sample("[A-Za-z0-9]{32}", &mut rng));
        for text in [
            format!("x://h.io/a?b=1&api_key={one}&c=1;token={two}"),
            format!("(x://h.io/a?api_key={one}&token={two})"),
            format!("x://h.io?token={one}#api_key={two},"),
            format!("x://h.io/?api_key=homework&b={two}&token={one}&api_key={two}"),
        ] {
            let long: Vec<_> = found(&text).into_iter().filter(|one| one.0.len() > 8).collect();
            assert_eq!(long, [(one.as_str(), Certainty::Likely), (two.as_str(), Certainty::Likely)], "{text}");
        }
        assert_eq!(found("x://h.io/?api_key=homework"), [("homework", Certainty::Weak)]);
        assert_eq!(found("x://h.io/?api_key=12"), []);
        assert_eq!(found("x://h.io/?api_key"), []);
        let segment = sample("[g-z]{24}", &mut Rng::new(29));
        assert!(looks_random(&segment));
        for text in
            [format!("x://h.io/{segment}"), format!("x://h.io/a/{segment}?b=1"), format!("x://h.io/{segment} /")]
        {
            assert_eq!(found(&text), [(segment.as_str(), Certainty::Weak)], "{text}");
        }
        for near in [format!("x://h.io/{segment}/"), format!("x://{segment}"), format!("x://h.io/{segment}.js")] {
            assert_eq!(found(&near), [], "{near}");
        }
        for (text, expected) in [
            (segment.as_str(), true),
            (&segment[1..], false),
            ("international-kindergarten", false),
            (&sample("[0-9a-f]{24}", &mut rng), false),
            (&sample("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", &mut rng), false),
        ] {
            assert_eq!(is_secret_segment(text), expected, "{text}");
        }
    }
}
