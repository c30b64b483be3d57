//! Words that stand for a value which the reader has to fill in.

use super::placeholder_words::{MARKERS, NAME_PARTS, NOUNS, WORDS};
use super::random::randomness;
use super::reference::after_scheme;
use super::shape::known_prefix;

/// Whether the text stands for a value that somebody else has to fill in, or for none at all.
///
/// A word like `test` does not excuse a value: the words have to make up most of it.
pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim().trim_matches(['"', '\'', '`']);
    let text = after_scheme(text).trim().trim_matches(['"', '\'', '`']);
    let lower = text.to_ascii_lowercase();
    if text.is_empty() || WORDS.binary_search(&lower.as_str()).is_ok() {
        return true;
    }
    if text.contains('…') || text.contains("...") || text.contains("***") || text.contains("•••") {
        return true;
    }
    // Scripts in which nobody writes a key: Cyrillic, Chinese, Korean and all behind the Latin blocks.
    if text.chars().any(|char| char > '\u{24F}' && char.is_alphabetic()) {
        return true;
    }
    if is_bracketed(text) || is_variable_name(text) || is_sentence(text) || is_pattern(text) {
        return true;
    }
    let body = known_prefix(text).map_or(text, |prefix| &text[prefix.len()..]);
    // Behind the prefix of a known service, nothing this short is a token.
    body.len() < 16 && body.len() < text.len()
        || is_few_characters(body)
        || is_worded(without_reserved_domain(body))
        || is_counted(body)
        || has_filler_run(body)
}

/// An address without its scheme and without a domain that is reserved for examples, where other names are left:
/// `https://gateway.example.org` is as much a placeholder as `gateway` is.
fn without_reserved_domain(text: &str) -> &str {
    let Some((_, rest)) = text.split_once("://") else { return text };
    let host = &rest[..rest.find(['/', ':', '?']).unwrap_or(rest.len())];
    let reserved = [".example.com", ".example.org", ".example.net"];
    reserved.iter().find_map(|domain| host.strip_suffix(domain)).unwrap_or(text)
}

/// Whether a token's body was typed to show the form: a run, a repetition, a sequence, or words.
pub(super) fn is_fake_body(body: &str) -> bool {
    let bytes = body.as_bytes();
    let counts = counts(bytes);
    let most = counts.iter().max().copied().unwrap_or(0);
    let distinct = counts.iter().filter(|&&count| count > 0).count();
    distinct <= 3
        || bytes.len() >= 16 && most * 5 > bytes.len() * 2
        || is_counted(body)
        || is_repeated(bytes)
        || has_filler_run(body)
        || body.contains("...")
        || body.contains('…')
        || body.ends_with("EXAMPLE")
        || body.ends_with("EXAMPLEKEY")
        || is_worded(body)
}

fn counts(bytes: &[u8]) -> [usize; 256] {
    let mut counts = [0; 256];
    bytes.iter().for_each(|&byte| counts[usize::from(byte)] += 1);
    counts
}

/// `<…>`, `[…]`, `{…}`, also `prefix<key>`.
fn is_bracketed(text: &str) -> bool {
    [('<', '>'), ('[', ']'), ('{', '}'), ('«', '»')].iter().any(|&(open, close)| {
        text.starts_with(open) && text.ends_with(close)
            || text.find(open).is_some_and(|start| {
                text[start..].find(close).is_some_and(|length| {
                    let inner = &text[start + open.len_utf8()..start + length];
                    open == '<' && !inner.is_empty() && inner.bytes().all(|byte| is_word_byte(byte) || byte == b' ')
                })
            })
    })
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The name of a variable where its value belongs: `GLM_API_KEY`.
fn is_variable_name(text: &str) -> bool {
    text.contains('_')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && text.split('_').any(|part| NAME_PARTS.contains(&part))
}

/// Three words or more: an instruction, not a value.
fn is_sentence(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let written = |word: &&str| word.chars().filter(|char| char.is_alphabetic()).count() * 4 >= word.len() * 3;
    // The groups of an application password have one length; those of a sentence don't.
    words.len() >= 3 && words.iter().all(written) && words.iter().any(|word| word.len() != words[0].len())
}

/// A regular expression of a scanner or a redactor.
fn is_pattern(text: &str) -> bool {
    ["[a-z", "[A-Z", "[0-9", "[^", "[\\w", "\\w+", "\\d{", "\\S+", ".*", ".+"].iter().any(|part| text.contains(part))
}

/// At most two different characters: `xxxx`, `0000-0000`.
fn is_few_characters(text: &str) -> bool {
    let counts = counts(text.as_bytes());
    let used = counts.iter().enumerate().filter(|(byte, count)| **count > 0 && !b"-_.".contains(&(*byte as u8)));
    used.count() <= 2
}

/// A run of at least four `x`, `*`, `0` or other fillers that makes up a third of the text.
fn has_filler_run(text: &str) -> bool {
    let mut longest = (0, b' ');
    let mut run = (0, b' ');
    for byte in text.bytes() {
        run = if byte == run.1 { (run.0 + 1, byte) } else { (1, byte) };
        longest = longest.max(run);
    }
    let length = longest.0;
    length >= 4 && length * 3 >= text.len() || length >= 12
}

/// Counts up or down for the most part: `123456`, `abcdef`, `a1b2c3d4`.
fn is_counted(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 5 {
        return false;
    }
    let is_step = |first: u8, second: u8| {
        first.is_ascii_alphanumeric()
            && second.is_ascii_alphanumeric()
            && matches!(i16::from(second.to_ascii_lowercase()) - i16::from(first.to_ascii_lowercase()), -1..=1)
    };
    let steps = |distance: usize| {
        let pairs = bytes.iter().zip(&bytes[distance..]);
        pairs.filter(|(first, second)| is_step(**first, **second)).count()
    };
    steps(1) * 5 >= (bytes.len() - 1) * 3 || bytes.len() >= 8 && steps(2) * 5 >= (bytes.len() - 2) * 3
}

/// One short piece over and over: `R2D2R2D2`, `deadbeefdeadbeef`.
fn is_repeated(bytes: &[u8]) -> bool {
    (1..=16).filter(|period| period * 2 <= bytes.len()).any(|period| {
        let compared = bytes.len() - period;
        let same = bytes.iter().zip(&bytes[period..]).filter(|(first, second)| first == second).count();
        same * 5 >= compared * 4 && compared >= 6
    })
}

/// Most of it is placeholder words, with a marker among them; or all of it is words that name what is missing.
fn is_worded(text: &str) -> bool {
    let (mut total, mut covered, mut marked) = (0, 0, false);
    let words = split_words(text);
    for word in &words {
        total += word.len();
        let (known, marks) = cover(word);
        covered += known;
        marked |= marks;
    }
    let is = |word: Option<&String>, known| word.is_some_and(|word| word == known);
    let addressed = is(words.first(), "your") || is(words.last(), "here");
    total >= 3 && (covered == total || marked && covered * 5 >= total * 3 || addressed && randomness(text) <= 0.0)
}

/// How many letters of a word are known words, and whether one of them is a marker.
fn cover(word: &str) -> (usize, bool) {
    if MARKERS.contains(&word) {
        return (word.len(), true);
    }
    if NOUNS.contains(&word) {
        return (word.len(), false);
    }
    // `yourapikey`, `changeme1`: known words in a row.
    let mut rest = word;
    let mut marks = false;
    while !rest.is_empty() {
        let longest = |words: &[&str]| {
            // Nearly all differ in their first letter, which takes no call to see.
            let first = |known: &str| known.as_bytes().first() == rest.as_bytes().first();
            let prefixes = words.iter().filter(|known| known.len() >= 2 && first(known) && rest.starts_with(**known));
            prefixes.map(|known| known.len()).max().unwrap_or(0)
        };
        let (marker, noun) = (longest(MARKERS), longest(NOUNS));
        if marker.max(noun) == 0 {
            break;
        }
        marks |= marker >= noun && marker >= 4;
        rest = &rest[marker.max(noun)..];
    }
    let known = word.len() - rest.len();
    // A few letters that happen to begin a random word are no words.
    if rest.is_empty() || known >= 4 && rest.bytes().all(|byte| byte.is_ascii_digit()) {
        (known, marks)
    } else {
        (0, false)
    }
}

/// The words of `yourApiKey`, `your-api-key`, `YOUR_API_KEY`, in lower case.
fn split_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut previous = ' ';
    for char in text.chars() {
        if !char.is_alphanumeric() || previous.is_ascii_lowercase() && char.is_ascii_uppercase() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (char.is_alphanumeric(), words.last_mut()) {
            word.push(char.to_ascii_lowercase());
        }
        previous = char;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Rng, sample};
    use super::*;

    #[test]
    fn words_are_sorted_for_the_binary_search() {
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn what_people_type_for_a_value_to_come() {
        let forms = [
            "",
            " ",
            "-",
            "0",
            "none",
            "NULL",
            "true",
            "undefined",
            "n/a",
            "EMPTY",
            "\"\"",
            "…",
            "xxxx",
            "your-api-token-here",
            "...change-in-production",
            "your-anthropic-api-key",
            "sk-ant-oat01-...",
            "your_anthropic_key_here",
            "sk-....",
            "your-honeycomb-api-key",
            "eyJxxx...",
            "sk-ant-xxx",
            "sk-litellm-local",
            "password",
            "dev-secret-change-in-production",
            "sk-ant-your-anthropic-key-here",
            "super_secret_key_change_me",
            "YOUR_OPENAI_API_KEY",
            "pylf_YOUR_TOKEN",
            "<sample-api-key>",
            "REDACTED",
            "Bearer xxxxxxxxxxxxxxxxxxxx",
            "Bearer YOUR_TOKEN_HERE",
            "YOUR_ZAI_KEY_HERE",
            "KIMI_API_KEY",
            "MINIMAX_API_KEY",
            "GLM_API_KEY",
            "your_db_password",
            "sk-or-v1-SUA_CHAVE",
            "sk-你的密钥",
            "여기에 키를 입력하세요",
            "вставьте ключ",
            "***REMOVED-PROXY-DOMAIN***",
            "ollama",
            "lmstudio",
            "dummy",
            "local",
            "stub",
            "NOT_NEEDED",
            "not-needed",
            "litellm-proxy",
            "router-key",
            "sk-dummy",
            "sk-ant-dummy",
            "sk-1234",
            "sk-gateway-key",
            "PROXY_MANAGED",
            "no-key",
            "change-me",
            "changeme",
            "test",
            "freecc",
            "any",
            "anything",
            "notoken",
            "badtoken",
            "secret",
            "[REDACTED]",
            "{your key}",
            "sk-<your-key>",
            "123456",
            "12345678901234567890",
            "abcdef123456",
            "a1b2c3d4e5f6",
            "00000000-0000-0000-0000-000000000000",
            "get a key from the console",
            "my-api-key",
            "yourApiKey",
            "yourapikey",
            "changeme123",
            "sk-ant-your-key-here",
            "sk-ant-api03-your-key-here",
            "replace_me",
            "insert-token",
            "TODO",
            "fixme",
            "example-key",
            "ghp_xxx",
            "test-token",
            "fake-api-key",
            "mi-clave-api",
            "votre-cle-api",
            "Bearer test",
            "Bearer notoken",
            "badtoken",
            "empty (required)",
            "none-required",
        ];
        let wrong: Vec<&str> = forms.into_iter().filter(|form| !is_placeholder(form)).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_word_inside_a_value_does_not_excuse_it() {
        let mut rng = Rng::new(3);
        for _ in 0..200 {
            for pattern in [
                "[A-Za-z0-9]{12,40}",
                "test_[A-Za-z0-9]{24}",
                "prod-[0-9a-f]{32}-test",
                "my-[A-Za-z0-9]{20}",
                "example[A-Za-z0-9]{32}",
            ] {
                let value = sample(pattern, &mut rng);
                assert!(!is_placeholder(&value), "{value}");
            }
        }
        for value in ["homework", "hunter2", "Tr0ub4dor&3", "pa$$w0rd1", "kas2", "correct-horse-battery"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn full_length_fakes() {
        let mut rng = Rng::new(4);
        for body in [
            "x".repeat(95),
            "X".repeat(36),
            "0".repeat(64),
            "R2D2".repeat(24),
            "deadbeef".repeat(4),
            "1234567890abcdef".repeat(2),
            "abcdefghijklmnopqrstuvwxyz0123456789".to_owned(),
            format!("{}{}", sample("[a-z0-9]{8}", &mut rng), "x".repeat(28)),
            "your-anthropic-api-key-goes-here-please-replace-it".to_owned(),
            ["IOSFODNN7", "EXAMPLE"].concat(),
        ] {
            assert!(is_fake_body(&body), "{body}");
        }
        for _ in 0..500 {
            let body = sample("[A-Za-z0-9]{10}test[A-Za-z0-9_-]{20}example", &mut rng);
            assert!(!is_fake_body(&body), "{body}");
            let body = sample("[0-9a-f]{32}", &mut rng);
            assert!(!is_fake_body(&body), "{body}");
        }
    }

    /// What a predicate says of each text: for a whole value another one may say the same.
    fn assert_each(predicate: impl Fn(&str) -> bool, texts: &[(&str, bool)]) {
        for (text, expected) in texts {
            assert_eq!(predicate(text), *expected, "{text}");
        }
    }

    #[test]
    fn brackets() {
        assert_each(
            is_bracketed,
            &[
                ("<q7wz!>", true),
                ("[q7wz]", true),
                ("{q7wz}", true),
                ("«q7wz»", true),
                ("q7<w-z_1 2>q7", true),
                ("q7<>wz", false),
                ("q7<w!z>wz", false),
                ("q7[wz]wz", false),
                ("<q7wz", false),
                ("q7wz>", false),
                (">q7<", false),
            ],
        );
    }

    #[test]
    fn names_of_variables() {
        assert_each(
            is_variable_name,
            &[
                ("GLM_API_KEY", true),
                ("Q7_KEY_2", true),
                ("KEY", false),
                ("GLM_API_Key", false),
                ("GLM_API-KEY", false),
                ("GLM_QWZX", false),
            ],
        );
    }

    #[test]
    fn sentences() {
        assert_each(
            is_sentence,
            &[
                ("get it there", true),
                ("get it", false),
                ("abcd efgh ijkl", false),
                ("abc1 defg hijkl", true),
                ("ab12 defg hijkl", false),
                ("get 1234 there", false),
            ],
        );
    }

    #[test]
    fn few_characters() {
        assert_each(is_few_characters, &[("ababab", true), ("a-b_a.b", true), ("abcabc", false), ("aa!-b", false)]);
    }

    #[test]
    fn runs_of_fillers() {
        assert_each(
            has_filler_run,
            &[
                ("xxxxabcdefgh", true),
                ("xxxxabcdefghi", false),
                ("xxxabc", false),
                ("abcdefghxxxx", true),
                ("abxxcxxdxx", false),
                (&format!("{}abcdefghijklmnopqrstuvwxyzabcdefghijkl", "x".repeat(12)), true),
                (&format!("{}abcdefghijklmnopqrstuvwxyzabcdefghijkl", "x".repeat(11)), false),
            ],
        );
    }

    #[test]
    fn counting() {
        assert_each(
            is_counted,
            &[
                ("12345", true),
                ("1234", false),
                ("54321", true),
                ("aBcDe", true),
                // Three steps of five, and two.
                ("1234qz", true),
                ("123q7z", false),
                ("-./:;<", false),
                // A step to or from what is neither a letter nor a digit.
                ("9:9:9:9", false),
                // Two counts that take turns, if there is enough of them.
                ("a1b2c3d4", true),
                ("a1b2c3d", false),
                // Four steps of six that skip one.
                ("a1b2c3q7", true),
                ("a1b2cwq7", false),
                ("aqbwcedr", false),
                ("zq7wx2k9", false),
            ],
        );
    }

    #[test]
    fn repetitions() {
        let periods = [
            ("R2D2R2D2R2", true),
            ("R2D2R2D2R", false),
            ("R2D2R2D2R2D9", true),
            ("R2D2R2D9R2DX", false),
            ("q7wz", false),
            ("q7wzk3m9x2b5v8n1q7wzk3m9x2b5v8n1", true),
            ("q7wzk3m9x2b5v8n1cq7wzk3m9x2b5v8n1c", false),
            // The end is like the beginning, and what lies between is not.
            ("q7wzk3m9x2b5v8n1q7wzk3", false),
        ];
        assert_each(|text| is_repeated(text.as_bytes()), &periods);
    }

    #[test]
    fn words() {
        assert_eq!(split_words("yourApiKey2-OF_it"), ["your", "api", "key2", "of", "it"]);
        assert_eq!(split_words("HTTPServer--é"), ["httpserver", "é"]);
        for (word, expected) in [
            ("your", (4, true)),
            ("key", (3, false)),
            ("yourapikey", (10, true)),
            ("apikey", (6, false)),
            ("changeme123", (8, true)),
            ("key123", (0, false)),
            ("yourq", (0, false)),
            // A short marker says too little, and one letter nothing.
            ("mykey", (5, false)),
            ("akey", (0, false)),
            ("q7wz", (0, false)),
        ] {
            assert_eq!(cover(word), expected, "{word}");
        }
        assert_each(
            is_worded,
            &[
                ("api-key", true),
                ("your-qwz-key", true),
                ("your-homework-key", true),
                ("homework-here", true),
                ("homework-key", false),
                ("your-kzqwxvjhqzkwvjxqzjvk", false),
                ("homework", false),
                ("q7wz", false),
            ],
        );
    }

    #[test]
    fn reserved_domains() {
        for (address, expected) in [
            ("https://gateway.example.org", "gateway"),
            ("https://gateway.example.com/v1", "gateway"),
            ("https://gateway.example.net:8080", "gateway"),
            ("https://gateway.acme.dev", "https://gateway.acme.dev"),
            ("gateway.example.org", "gateway.example.org"),
        ] {
            assert_eq!(without_reserved_domain(address), expected);
        }
    }

    #[test]
    fn short_bodies_and_other_scripts() {
        // Behind `sk-ant-api03-` fifteen characters are no token, sixteen may be.
        assert_each(
            is_placeholder,
            &[
                ("sk-ant-api03-q7wzk3m9x2b5v8n", true),
                ("sk-ant-api03-q7wzk3m9x2b5v8n1", false),
                ("q7wzk3m9x2b5v8n", false),
                ("q7wé9x2b5v8n1kmt", false),
                ("q7wɏ9x2b5v8n1kmt", false),
                ("q7wɐ9x2b5v8n1kmt", true),
                ("<q7wz!k3m9x2b5v8>", true),
                ("Q7WK_X9VZB_KEY", true),
                ("qwzk vjhqz kwvjx", true),
                ("q7wzk3.*m9x2b5v8", true),
                ("q7w•9x2b5v8n1kmt", false),
                ("q7w…9x2b5v8n1kmt", true),
                ("q7w...9x2b5v8n1kmt", true),
                ("q7w..9x2b5v8n1kmt", false),
                ("q7w***9x2b5v8n1kmt", true),
                ("q7w•••9x2b5v8n1kmt", true),
            ],
        );
    }

    #[test]
    fn bodies_that_show_a_form() {
        assert_each(
            is_fake_body,
            &[
                ("q7q7wq7w7qwwq77wq7ww", true),
                // Seven of sixteen are one character, and six.
                ("qzqkqmqxqbqvqnaw", true),
                ("qzqkqmqxqbqvdnaw", false),
                ("qzqkqmqxqbqvqn", false),
                // Eight of twenty are, and nine.
                ("qzqkqmqxqbqvqnqawsed", false),
                ("qzqkqmqxqbqvqnqaqsed", true),
                ("q7wzk3m9x2b5v8n1EXAMPLE", true),
                ("q7wzk3m9x2b5v8n1EXAMPLEKEY", true),
                ("EXAMPLEq7wzk3m9x2b5v8n1", false),
                ("q7wzk3m9...x2b5v8n1", true),
                ("q7wzk3m9…x2b5v8n1", true),
                ("q7wzk3m9x2b5v8n1", false),
            ],
        );
        assert_eq!(counts(b"abca")[usize::from(b'a')], 2);
        assert_eq!(counts(b"abca").iter().sum::<usize>(), 4);
    }
}
