//! Whether the value of a name is a credential, and how sure that is.

use std::collections::BTreeMap;

use super::lexicon::Lexicon;
use super::name::{Standing, header_list};
use super::placeholder::is_placeholder;
use super::random::looks_random;
use super::reference::{after_scheme, is_reference};
use super::shape::{self, Scope, Shape};
use super::{Dialect, url};
use crate::surface::Slot;

/// What was recognised.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A token of a known form.
    Token(&'static Shape),
    /// A value without a form of its own.
    Opaque,
    /// A password.
    Password,
}

/// How sure it is that a text is a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// A credential's name with a word-like or short value, or a password for this machine.
    Weak,
    /// A name that sounds like a credential, with a value that looks random.
    Likely,
    /// A known form, or a random value in a place that is read as a credential.
    Certain,
}

/// A credential in a value.
#[derive(Clone, Debug)]
pub struct Credential {
    /// What was recognised.
    pub kind: Kind,
    /// How sure that is.
    pub certainty: Certainty,
    /// Where it begins in the value; a scheme word such as `Bearer` lies before it.
    pub start: usize,
    /// Where it ends in the value.
    pub end: usize,
}

impl Credential {
    fn new(kind: Kind, certainty: Certainty, start: usize, end: usize) -> Self {
        Self { kind, certainty, start, end }
    }
}

/// The credentials in a value, by the name it was given to: sorted by place, without overlaps.
pub fn judge(slot: Slot, name: &str, text: &str, lexicon: &Lexicon) -> Vec<Credential> {
    let mut found = tokens(text, Scope::All, lexicon);
    if let Some(headers) = header_list(name, text).filter(|_| slot == Slot::Variable) {
        for (header, value) in headers {
            let inner = judge(Slot::Header, &text[header], &text[value.clone()], lexicon);
            found.extend(inner.into_iter().map(|credential| Credential {
                start: credential.start + value.start,
                end: credential.end + value.start,
                ..credential
            }));
        }
    }
    found.extend(url::credentials(text));
    if found.is_empty() {
        found.extend(by_name(slot, name, text, lexicon));
    }
    without_overlaps(found)
}

/// The tokens of known form in a text.
pub(super) fn tokens(text: &str, scope: Scope, lexicon: &Lexicon) -> Vec<Credential> {
    let matches = lexicon.find(text.as_bytes(), scope).into_iter();
    matches
        .map(|found| Credential::new(Kind::Token(found.shape), Certainty::Certain, found.range.start, found.range.end))
        .collect()
}

/// Keeps the surest of those that overlap.
pub(super) fn without_overlaps(mut found: Vec<Credential>) -> Vec<Credential> {
    found.sort_by_key(|credential| (std::cmp::Reverse(credential.certainty), credential.start));
    let mut taken = Taken::default();
    found.retain(|credential| taken.claim(credential.start, credential.end));
    found.sort_by_key(|credential| credential.start);
    found
}

/// Ranges that don't overlap.
#[derive(Default)]
pub(super) struct Taken(BTreeMap<usize, usize>);

impl Taken {
    /// Takes a range unless a part of it is taken.
    pub(super) fn claim(&mut self, start: usize, end: usize) -> bool {
        let before = self.0.range(..end).next_back();
        let free = start < end && before.is_none_or(|(_, &other)| other <= start);
        if free {
            self.0.insert(start, end);
        }
        free
    }
}

fn by_name(slot: Slot, name: &str, text: &str, lexicon: &Lexicon) -> Option<Credential> {
    let standing = lexicon.standing(slot, name);
    // Most names: what the value is does not matter then.
    if standing == Standing::No && !matches!(slot, Slot::Userinfo | Slot::Url) {
        return None;
    }
    let quotes = ['"', '\'', ' ', '\t', '\r', '\n'];
    let rest = after_scheme(text).trim_start_matches(quotes);
    let (start, value) = (text.len() - rest.len(), rest.trim_end_matches(quotes));
    let credential = |kind, sure| Some(Credential::new(kind, sure, start, start + value.len()));
    if is_harmless(value) {
        return None;
    }
    if slot == Slot::Userinfo {
        let weak = url::is_development(name, value);
        return credential(Kind::Password, if weak { Certainty::Weak } else { Certainty::Likely });
    }
    if standing == Standing::No {
        // A part of an address's path has no name that could tell.
        let secret = slot == Slot::Url && url::is_secret_segment(value);
        return if secret { credential(Kind::Opaque, Certainty::Weak) } else { None };
    }
    let sure = if standing == Standing::Read { Certainty::Certain } else { Certainty::Likely };
    if let Some(shape) = shape::of_value(name, value) {
        return credential(Kind::Token(shape), sure);
    }
    // The hash of a password lets nobody in by itself.
    if ["$2a$", "$2b$", "$2y$", "$apr1$", "$argon2", "$5$", "$6$"].iter().any(|mark| value.contains(mark)) {
        return credential(Kind::Password, Certainty::Likely);
    }
    let is_password = name.to_ascii_uppercase().contains("PASS");
    let kind = if is_password { Kind::Password } else { Kind::Opaque };
    let random = looks_random(value) || has_random_part(value);
    credential(kind, if random { sure } else { Certainty::Weak })
}

/// A long random piece next to words: `prefix-9f86d081884c7d65…`, `name=9f86…; Path=/` of a cookie.
fn has_random_part(value: &str) -> bool {
    value
        .split(['=', ';', ',', ' ', ':'])
        .any(|part| part.len() >= 20 && part.len() < value.len() && looks_random(part))
}

/// Values that are no credential whatever their name says.
pub(super) fn is_harmless(value: &str) -> bool {
    let short_number = value.len() < 6 && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    short_number
        || value.len() < 3
        || is_placeholder(value)
        || is_reference(value, Dialect::Literal)
        || is_path(value)
        || is_plain_url(value)
        || is_email(value)
        || PUBLIC.iter().any(|prefix| value.starts_with(prefix))
        || value.ends_with(".apps.googleusercontent.com")
}

/// Beginnings of values that are public by design.
const PUBLIC: &[&str] =
    &["pk_live_", "pk_test_", "sb_publishable_", "pk-lf-", "phc_", "sha256:", "ssh-rsa ", "ssh-ed25519 ", "age1"];

/// A path that is written as one; base64 may begin with a slash, too.
fn is_path(value: &str) -> bool {
    let bytes = value.as_bytes();
    let drive =
        bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/');
    let relative = ["./", "../", "~/", "file://", "~\\", ".\\"].iter().any(|start| value.starts_with(start));
    drive || relative || value.starts_with('/') && !looks_random(value)
}

/// An address without a credential of its own: those were found before.
fn is_plain_url(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, rest)| {
        !rest.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(user, host)| {
        let word = |text: &str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
        };
        word(user)
            && word(host)
            && host.rsplit('.').next().is_some_and(|top| top.len() >= 2 && top.len() < host.len())
            && host.rsplit('.').next().is_some_and(|top| top.bytes().all(|byte| byte.is_ascii_lowercase()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Rng, sample};
    use super::*;
    use Certainty::{Certain, Likely, Weak};

    fn only(slot: Slot, name: &str, text: &str) -> Option<(Certainty, String)> {
        let found = judge(slot, name, text, &Lexicon::default());
        assert!(found.len() <= 1, "{name}={text}: {found:?}");
        found.first().map(|one| (one.certainty, text[one.start..one.end].to_owned()))
    }

    #[test]
    fn random_values_by_their_name() {
        let mut rng = Rng::new(11);
        for pattern in ["[0-9a-f]{32}", "[A-Za-z0-9]{28}", "[0-9a-f]{32}\\.[A-Za-z0-9]{16}", "[A-Za-z0-9_-]{43}"] {
            let value = sample(pattern, &mut rng);
            for (slot, name, certainty) in [
                (Slot::Variable, "ANTHROPIC_AUTH_TOKEN", Some(Certain)),
                (Slot::Variable, "MY_SERVICE_TOKEN", Some(Likely)),
                (Slot::Variable, "NEXT_PUBLIC_TOKEN", None),
                (Slot::Variable, "GIT_SHA", None),
                (Slot::Header, "x-api-key", Some(Certain)),
                (Slot::Header, "X-Request-Id", None),
                (Slot::Option, "--api-key", Some(Certain)),
                (Slot::Setting, "clientSecret", Some(Certain)),
                (Slot::Userinfo, "", Some(Likely)),
            ] {
                let expected = certainty.map(|certainty| (certainty, value.clone()));
                assert_eq!(only(slot, name, &value), expected, "{name}={value}");
            }
            let header = format!("Bearer {value}");
            assert_eq!(only(Slot::Header, "Authorization", &header), Some((Certain, value)));
        }
    }

    #[test]
    fn forms_that_only_a_name_gives_away() {
        let mut rng = Rng::new(12);
        for (name, pattern, id) in [
            ("ANTHROPIC_AUTH_TOKEN", "[0-9a-f]{32}\\.[A-Za-z0-9]{16}", "zai-key"),
            ("ANTHROPIC_AUTH_TOKEN", "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "uuid-key"),
            ("DEEPSEEK_API_KEY", "sk-[0-9a-f]{32}", "deepseek-key"),
            ("OPENAI_API_KEY", "sk-[0-9a-f]{32}", "gateway-key"),
            ("LITELLM_API_KEY", "sk-[A-Za-z0-9_-]{22}", "litellm-key"),
            ("TWILIO_AUTH_TOKEN", "[0-9a-f]{32}", "twilio-auth-token"),
        ] {
            let value = sample(pattern, &mut rng);
            let found = judge(Slot::Variable, name, &value, &Lexicon::default());
            let [Credential { kind: Kind::Token(shape), .. }] = found.as_slice() else { panic!("{name}: {found:?}") };
            assert_eq!(shape.id, id, "{name}");
        }
    }

    #[test]
    fn words_are_weak() {
        for (name, value) in [
            ("DB_PASSWORD", "homework"),
            ("DB_PASSWORD", "hunter2"),
            ("API_KEY", "acme-team-west"),
            ("ANTHROPIC_AUTH_TOKEN", "sk-acme-west"),
        ] {
            assert_eq!(only(Slot::Variable, name, value), Some((Weak, value.to_owned())), "{name}={value}");
        }
    }

    #[test]
    fn what_is_no_credential() {
        for (name, value) in [
            ("ANTHROPIC_API_KEY", ""),
            ("ANTHROPIC_API_KEY", "your-key-here"),
            ("ANTHROPIC_API_KEY", "${OTHER}"),
            ("ANTHROPIC_API_KEY", "$OTHER"),
            ("ANTHROPIC_API_KEY", "op://vault/item/key"),
            ("ANTHROPIC_AUTH_TOKEN", "ollama"),
            ("ANTHROPIC_AUTH_TOKEN", "GLM_API_KEY"),
            ("MY_TOKEN", "true"),
            ("MY_TOKEN", "3600"),
            ("MY_SECRET", "/run/secrets/token"),
            ("PRIVATE_KEY", "/home/me/.ssh/id_ed25519"),
            ("PRIVATE_KEY", "C:\\keys\\server.pem"),
            ("MY_AUTH", "https://auth.example.com/login"),
            ("MY_AUTH", "me@example.com"),
            ("ANTHROPIC_BASE_URL", "https://api.z.ai/api/anthropic"),
            ("IMAGE", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
            ("MY_SECRET", "sk-ant-api[a-zA-Z0-9_-]{20,}"),
        ] {
            assert_eq!(only(Slot::Variable, name, value), None, "{name}={value}");
        }
        let mut rng = Rng::new(15);
        for pattern in ["pk_(live|test)_[A-Za-z0-9]{24}", "sb_publishable_[A-Za-z0-9_-]{31}"] {
            let value = sample(pattern, &mut rng);
            assert_eq!(only(Slot::Variable, "MY_KEY", &value), None, "{value}");
        }
    }

    #[test]
    fn parts_of_addresses() {
        let segment = sample("[A-Za-z0-9_-]{44}", &mut Rng::new(16));
        assert_eq!(only(Slot::Url, "", &segment), Some((Weak, segment.clone())));
        assert_eq!(only(Slot::Url, "api_key", &segment), Some((Likely, segment)));
        assert_eq!(only(Slot::Url, "", "streamable-http-endpoint-of-the-server"), None);
        assert_eq!(only(Slot::Userinfo, "app", "hunter2"), Some((Likely, "hunter2".to_owned())));
        assert_eq!(only(Slot::Userinfo, "homework", "homework"), Some((Weak, "homework".to_owned())));
    }

    #[test]
    fn header_lists_are_judged_header_by_header() {
        let mut rng = Rng::new(13);
        let (key, id) = (sample("[A-Za-z0-9]{32}", &mut rng), sample("[A-Za-z0-9]{32}", &mut rng));
        let text = format!("X-Request-Id: {id}\ncf-aig-authorization: Bearer {key}");
        assert_eq!(only(Slot::Variable, "ANTHROPIC_CUSTOM_HEADERS", &text), Some((Certain, key)));
    }

    #[test]
    fn a_hash_is_likely_at_most() {
        let hash = sample("\\$2y\\$05\\$[A-Za-z0-9./]{53}", &mut Rng::new(14));
        assert_eq!(only(Slot::Variable, "MY_SECRET", &hash).map(|(certainty, _)| certainty), Some(Likely));
    }

    /// Each reason by itself: for a whole value others may do as well.
    #[test]
    fn what_is_harmless_and_what_only_nearly() {
        for (value, expected) in [
            ("73815", true),
            ("7.3.8", true),
            ("738154", false),
            ("7381q", false),
            ("q7", true),
            ("q7w", false),
            ("phc_q7wz", true),
            ("q7wz.apps.googleusercontent.com", true),
            ("q7wz.apps.googleusercontent.net", false),
        ] {
            assert_eq!(is_harmless(value), expected, "{value}");
        }
    }

    #[test]
    fn paths() {
        let random = sample("/[A-Za-z0-9+]{43}", &mut Rng::new(17));
        for (value, expected) in [
            ("k:\\keys", true),
            ("k:/keys", true),
            ("k:", false),
            ("k:q/keys", false),
            ("7:/keys", false),
            ("k;/keys", false),
            ("../keys", true),
            ("keys/..", false),
            ("/run/keys", true),
            ("run/keys", false),
            (&random, false),
        ] {
            assert_eq!(is_path(value), expected, "{value}");
        }
    }

    #[test]
    fn addresses_and_people() {
        for (value, expected) in [
            ("https://auth.acme.dev/login", true),
            ("s3+v4.x-y://bucket", true),
            ("https://", false),
            ("ht tp://auth.acme.dev", false),
            ("auth.acme.dev/login", false),
        ] {
            assert_eq!(is_plain_url(value), expected, "{value}");
        }
        for (value, expected) in [
            ("first.last+q@mail-1.acme.io", true),
            ("@acme.io", false),
            ("me@", false),
            ("m/e@acme.io", false),
            ("me@ac/me.io", false),
            ("me@acme", false),
            ("me@acme.q", false),
            ("me@acme.IO", false),
            ("me@acme.7q", false),
        ] {
            assert_eq!(is_email(value), expected, "{value}");
        }
    }

    #[test]
    fn random_parts_are_long_and_not_alone() {
        let mut rng = Rng::new(18);
        let (part, short) = (sample("[0-9a-f]{20}", &mut rng), sample("[0-9a-f]{19}", &mut rng));
        assert!(looks_random(&part) && looks_random(&short));
        for (value, expected) in [
            (format!("session={part}; Path=/"), true),
            (format!("session={short}; Path=/"), false),
            (part, false),
            ("session=international-words-in-a-row; Path=/".to_owned(), false),
        ] {
            assert_eq!(has_random_part(&value), expected, "{value}");
        }
    }

    #[test]
    fn ranges_touch_but_do_not_overlap() {
        let mut taken = Taken::default();
        for (start, end, free) in [
            (4, 8, true),
            (8, 9, true),
            (2, 4, true),
            (7, 10, false),
            (5, 6, false),
            (1, 3, false),
            (9, 9, false),
            (9, 12, true),
        ] {
            assert_eq!(taken.claim(start, end), free, "{start}..{end}");
        }
    }
}
