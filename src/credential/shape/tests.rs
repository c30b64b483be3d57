use super::super::sample::{Rng, sample};
use super::*;

mod issued;

const SEED: u64 = 42;

/// A token that the shape's check accepts.
fn genuine(shape: &Shape, rng: &mut Rng) -> String {
    match shape.check {
        Check::Encoded => encoded(&format!("ANTHROPIC_API_KEY={}", anthropic_key(rng))),
        Check::Jwt => jwt(r#"{"iss":"supabase","role":"service_role"}"#, rng),
        _ => (0..100)
            .map(|_| sample(shape.pattern, rng))
            .find(|token| passes(shape, token.as_bytes()))
            .unwrap_or_else(|| panic!("no sample of {} passes its check", shape.id)),
    }
}

fn anthropic_key(rng: &mut Rng) -> String {
    sample(SHAPES[0].pattern, rng)
}

fn encoded(text: &str) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits = group.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for at in 0..=group.len() {
            out.push(char::from(digits[(bits >> (18 - 6 * at) & 63) as usize]));
        }
    }
    out
}

fn jwt(payload: &str, rng: &mut Rng) -> String {
    let header = encoded(r#"{"alg":"HS256","typ":"JWT"}"#);
    format!("{header}.{}.{}", encoded(payload), sample("[A-Za-z0-9_-]{43}", rng))
}

fn found(text: &str) -> Vec<(&'static str, &str)> {
    find(text.as_bytes(), Scope::All).into_iter().map(|one| (one.shape.id, &text[one.range])).collect()
}

#[test]
fn the_table_is_in_order() {
    assert!(SHAPES.len() >= 65);
    assert!(SHAPES.is_sorted_by_key(|shape| shape.family));
    for (index, shape) in SHAPES.iter().enumerate() {
        assert!(SHAPES[..index].iter().all(|other| other.id != shape.id), "{} stands twice", shape.id);
        assert!(shape.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        assert!(!shape.what.is_empty() && !shape.revoke.is_empty(), "{}", shape.id);
        assert!(regex(index).is_some(), "{} has a pattern that does not compile", shape.id);
        assert!(
            shape.needles.is_empty() || shape.names.is_empty(),
            "{}: names are for shapes without needles",
            shape.id
        );
        let needles = |shape: &Shape| shape.needles.to_vec();
        for needle in needles(shape) {
            let hidden = SHAPES.iter().flat_map(needles).any(|other| other != needle && needle.starts_with(other));
            assert!(!hidden, "another needle hides {needle}");
        }
    }
}

#[test]
fn every_shape_is_found_exactly_wherever_it_stands() {
    let mut rng = Rng::new(SEED);
    for shape in SHAPES.iter().filter(|shape| !shape.needles.is_empty()) {
        for _ in 0..20 {
            let token = genuine(shape, &mut rng);
            for (before, after) in [
                ("", ""),
                ("\\\"", "\\\""),
                ("KEY=", ""),
                ("Bash(K=", ")"),
                (" ", ", next"),
                ("see ", "."),
                ("?key=", "&x=1"),
                ("'", "'"),
                ("<", ">"),
                ("Bearer%20", "|"),
                ("one\\n", "\n"),
            ] {
                // The digits of `%20` can't be told from the bot's number.
                if shape.id == "telegram-bot-token" && before.ends_with('0') {
                    continue;
                }
                let text = format!("{before}{token}{after}");
                let found = found(&text);
                assert!(
                    matches!(found.as_slice(), [(_, range)] if *range == token
                        // Letters before base64 can't be told from it.
                        || shape.id == "anthropic-encoded" && range.ends_with(&token)
                        // A key file goes on behind a line break.
                        || shape.id == "private-key" && range.starts_with(&token)),
                    "{} in {before:?}…{after:?}: {token} gave {found:?}",
                    shape.id
                );
                let id = found[0].0;
                let specific = SHAPES.iter().position(|shape| shape.id == id)
                    <= SHAPES.iter().position(|other| other.id == shape.id);
                assert!(specific, "{token} of {} was taken for {id}", shape.id);
            }
        }
    }
}

#[test]
fn a_value_of_a_credential_name_has_its_shape() {
    let mut rng = Rng::new(SEED);
    for shape in SHAPES.iter().filter(|shape| shape.needles.is_empty()) {
        let name = shape.names.first().map_or("API_KEY".to_owned(), |part| format!("MY_{part}_KEY"));
        for _ in 0..20 {
            let token = genuine(shape, &mut rng);
            let known = of_value(&name, &token).map(|shape| shape.id);
            let earlier = SHAPES.iter().position(|other| Some(other.id) == known);
            let own = SHAPES.iter().position(|other| other.id == shape.id);
            assert!(earlier.is_some() && earlier <= own, "{}: {token} gave {known:?}", shape.id);
            assert!(found(&token).is_empty(), "{} is found without a name", shape.id);
            if !shape.names.is_empty() {
                let elsewhere = of_value("FOO", &token).map(|shape| shape.id);
                assert_ne!(elsewhere, Some(shape.id), "{} is claimed for any name", shape.id);
            }
        }
    }
}

#[test]
fn near_misses() {
    let mut rng = Rng::new(SEED);
    for shape in SHAPES.iter().filter(|shape| !shape.needles.is_empty()) {
        let token = genuine(shape, &mut rng);
        let is_found = |text: &str| found(text).iter().any(|(id, _)| *id == shape.id);
        // The run of an encoded token begins wherever the base64 does, a key file's before its first dash.
        if !matches!(shape.id, "anthropic-encoded" | "private-key" | "telegram-bot-token" | "azure-client-secret") {
            assert!(!is_found(&format!("a{token}")), "{} inside a word", shape.id);
        }
        let mut cut = token.clone();
        while cut.pop().is_some() {
            // The shortest token cut by one, or any shorter piece: at half the length nothing may be left.
            if cut.len() * 2 <= token.len() {
                break;
            }
        }
        assert!(!is_found(&cut) || shape.id == "anthropic-encoded", "half of {}: {cut}", shape.id);
    }
}

#[test]
fn one_character_less_than_the_shortest() {
    let mut rng = Rng::new(SEED);
    for (id, pattern) in [
        ("anthropic-api-key", "sk-ant-api03-[A-Za-z0-9_-]{92}AA"),
        ("anthropic-oauth-token", "sk-ant-oat01-[A-Za-z0-9_-]{39}"),
        ("anthropic-refresh-token", "sk-ant-ort01-[A-Za-z0-9_-]{39}"),
        ("anthropic-session-key", "sk-ant-sid02-[A-Za-z0-9_-]{39}"),
        ("openrouter-key", "sk-or-v1-[0-9a-f]{63}"),
        ("openrouter-key", "sk-or-v1-[0-9A-F]{64}"),
        ("github-pat", "ghp_[A-Za-z0-9]{35}"),
        ("github-pat", "ghp_[A-Za-z0-9]{37}"),
        ("google-api-key", "AIza[A-Za-z0-9_-]{34}"),
        ("relay-key", "cr_[0-9a-f]{63}"),
        ("aws-access-key-id", "AKIA[A-Z2-7]{15}"),
        ("groq-key", "gsk_[A-Za-z0-9]{51}"),
        ("huggingface-token", "hf_[A-Za-z]{33}"),
        ("npm-token", "npm_[A-Za-z0-9]{35}"),
        ("supabase-token", "sbp_[0-9a-f]{39}"),
    ] {
        for _ in 0..20 {
            let text = sample(pattern, &mut rng);
            assert!(found(&text).iter().all(|(found, _)| *found != id), "{id}: {text}");
        }
    }
}

#[test]
fn the_anthropic_family() {
    let mut rng = Rng::new(SEED);
    for (pattern, id) in [
        ("sk-ant-api03-[A-Za-z0-9_-]{93}AA", "anthropic-api-key"),
        ("sk-ant-api03-[A-Za-z0-9_-]{77}", "anthropic-api-key-other"),
        ("sk-ant-api02-[A-Za-z0-9_-]{60}", "anthropic-api-key-other"),
        ("sk-ant-api01-[A-Za-z0-9_-]{60}", "anthropic-compliance-key"),
        ("sk-ant-admin01-[A-Za-z0-9_-]{93}AA", "anthropic-admin-key"),
        ("sk-ant-oat01-[A-Za-z0-9_-]{93}AA", "anthropic-oauth-token"),
        ("sk-ant-oat01-[A-Za-z0-9_-]{77}", "anthropic-oauth-token"),
        ("sk-ant-ort01-[A-Za-z0-9_-]{95}", "anthropic-refresh-token"),
        ("sk-ant-sid02-[A-Za-z0-9_-]{100}", "anthropic-session-key"),
        ("sk-ant-new7-[A-Za-z0-9]{60}", "anthropic-token"),
        ("sk-ant-api03-[A-Za-z0-9_-]{10}test[A-Za-z0-9_-]{79}AA", "anthropic-api-key"),
    ] {
        for _ in 0..20 {
            let token = sample(pattern, &mut rng);
            assert_eq!(found(&token), [(id, token.as_str())]);
        }
    }
    // A web token inside a longer one is a part of it.
    for kind in ["cc", "si"] {
        let token = format!("sk-ant-{kind}-{}", jwt(r#"{"sub":"session"}"#, &mut rng));
        assert_eq!(found(&token), [("anthropic-cloud-token", token.as_str())]);
    }
}

#[test]
fn encoded_at_every_offset() {
    let mut rng = Rng::new(SEED);
    for padding in ["", "a", "ab", "abc"] {
        let text = encoded(&format!("{padding}{}\n", anthropic_key(&mut rng)));
        assert_eq!(found(&text), [("anthropic-encoded", text.trim_end_matches('='))], "behind {padding:?}");
        let fake = encoded(&format!("{padding}sk-ant-your-key-here-and-some-more-words-behind-it"));
        assert_eq!(found(&fake), []);
    }
}

#[test]
fn what_is_encoded() {
    let mut rng = Rng::new(SEED);
    for (body, secret) in [
        ("sk-ant-[A-Za-z0-9]{24}", true),
        ("sk-ant-[A-Za-z0-9]{23}", false),
        ("sk-ant-[A-Za-z0-9]{23} [A-Za-z0-9]{24}", false),
        ("sk-ant-0123456789abcdefghijklmnop", false),
        ("sk-ant-collection-of-several-historic-documents", false),
        ("sk-other-[A-Za-z0-9]{40}", false),
    ] {
        let text = sample(body, &mut rng);
        assert_eq!(check::encodes_anthropic_token(encoded(&text).as_bytes()), secret, "{body}");
    }
}

#[test]
fn examples_are_no_tokens() {
    let mut rng = Rng::new(SEED);
    let runs = ["x", "X", "0", "*", "ab", "R2D2", "1234567890"];
    for run in runs {
        for prefix in ["sk-ant-api03-", "sk-ant-oat01-", "ghp_", "sk-or-v1-", "hf_", "AIza"] {
            for length in [34, 35, 36, 64, 93, 95] {
                let body: String = run.chars().cycle().take(length).collect();
                assert_eq!(found(&format!("{prefix}{body}")), []);
                assert_eq!(found(&format!("{prefix}{body}AA")), []);
            }
        }
    }
    for text in [
        "sk-ant-dummy",
        "sk-ant-xxx",
        "sk-ant-...",
        "sk-or-v1-SUA_CHAVE",
        "sk-ant-your-key-here",
        "sk-ant-api[a-zA-Z0-9_-]{20,}",
        "grep -E 'sk-ant-(api|oat)[0-9]{2}-[A-Za-z0-9_-]{40,}'",
        "task-history-for-the-production-environment-of-the-customer",
        "disk-free-monitor-with-a-rather-long-name-behind-it",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    let words = "your-anthropic-api-key-goes-here-please-replace-it";
    assert_eq!(found(&format!("sk-ant-api03-{words}")), []);
    assert_eq!(found(&["AKIA", "IOSFODNN7", "EXAMPLE"].concat()), []);
    for (payload, secret) in [
        (r#"{"iss":"supabase","role":"anon"}"#, false),
        (r#"{"iss":"supabase-demo","role":"service_role"}"#, false),
        (r#"{"sub":"1234567890","name":"John Doe"}"#, false),
        (r#"{"iss":"supabase","role":"service_role"}"#, true),
    ] {
        assert_eq!(!found(&jwt(payload, &mut rng)).is_empty(), secret, "{payload}");
    }
}

#[test]
fn what_is_public_or_no_token() {
    let mut rng = Rng::new(SEED);
    for pattern in [
        "pk_(live|test)_[A-Za-z0-9]{24,99}",
        "sb_publishable_[A-Za-z0-9_-]{31}",
        "project_ref=[a-z]{20}",
        "sha256:[0-9a-f]{64}",
        "git\\+https://github\\.com/o/r@[0-9a-f]{40}",
        "[0-9]{12}-[a-z0-9]{32}\\.apps\\.googleusercontent\\.com",
        "sk-[0-9a-f]{32}",
        "session_[A-Za-z0-9]{24}",
        "[A-Za-z0-9+/]{400}",
    ] {
        for _ in 0..20 {
            let text = sample(pattern, &mut rng);
            assert_eq!(found(&text), [], "{text}");
        }
    }
}

#[test]
fn scopes_and_prefilter() {
    let mut rng = Rng::new(SEED);
    for shape in SHAPES.iter().filter(|shape| !shape.needles.is_empty()) {
        let text = format!("a line\nKEY=\"{}\"\n", genuine(shape, &mut rng));
        let ai = shape.family != Family::Other;
        assert_eq!(find(text.as_bytes(), Scope::Ai).len(), usize::from(ai), "{}", shape.id);
        assert!(!ai || may_contain(text.as_bytes(), Scope::Ai), "{}", shape.id);
    }
    assert!(!may_contain(b"hf_hub, gsk_, AIza and sk-ant-api are the beginnings of keys", Scope::Ai));
    assert!(!may_contain(b"", Scope::Ai));
}

#[test]
fn nothing_is_compiled_twice() {
    let mut rng = Rng::new(SEED);
    for shape in [&SHAPES[0], &SHAPES[1]] {
        find(genuine(shape, &mut rng).as_bytes(), Scope::All);
    }
    assert!(compiled_count() > 1);
    assert!(compiled_count() <= SHAPES.len());
}

#[test]
fn neighbours_of_a_token() {
    for (text, alphabet, alone) in [
        ("|token|", Alphabet::Dash, true),
        ("x|token|", Alphabet::Dash, false),
        ("-|token|", Alphabet::Alnum, true),
        ("-|token|", Alphabet::Dash, false),
        ("|token|_", Alphabet::Dash, false),
        ("|token|+", Alphabet::Dash, true),
        ("|token|+", Alphabet::Base64, false),
        ("\\n|token|", Alphabet::Dash, true),
        ("\\x|token|", Alphabet::Dash, false),
        ("%2F|token|", Alphabet::Dash, true),
        ("%2x|token|", Alphabet::Dash, false),
        ("%x2|token|", Alphabet::Dash, false),
        ("%xx|token|", Alphabet::Dash, false),
        ("${A:-|token|}", Alphabet::Dash, true),
        ("${A--|token|}", Alphabet::Dash, false),
        ("|token|.", Alphabet::Dotted, true),
        ("|token|. x", Alphabet::Dotted, true),
        ("|token|.x", Alphabet::Dotted, false),
        ("|token|.x", Alphabet::Dash, true),
        (".|token|", Alphabet::Dotted, false),
    ] {
        let [before, token, after] = text.split('|').collect::<Vec<_>>()[..] else { panic!("{text}") };
        let range = before.len()..before.len() + token.len();
        assert_eq!(stands_alone([before, token, after].concat().as_bytes(), &range, alphabet), alone, "{text}");
    }
}

/// What is hidden may be glued to other text.
#[test]
fn forms_inside_words() {
    let key = anthropic_key(&mut Rng::new(SEED));
    let text = format!("a{key}");
    assert_eq!(found(&text), []);
    let forms = find_forms(text.as_bytes());
    assert!(matches!(&*forms, [one] if one.range == (1..text.len())), "{forms:?}");
}

/// Without its last line a private key has the form to go on in what follows, which says nothing of the key.
#[test]
fn private_keys_in_front_of_other_letters() {
    let mut rng = Rng::new(SEED);
    let openssh = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAA";
    for (kind, body) in [("RSA ", "MIIEpAIBAAKCAQEA"), ("", "MC4CAQAwBQYDK2VwBCIEI"), ("OPENSSH ", openssh)] {
        let begin = format!("-----BEGIN {kind}PRIVATE KEY-----\n{body}");
        let key = format!("{begin}{}", sample("[A-Za-z0-9+/]{64}\\\\n[A-Za-z0-9+/]{64}", &mut rng));
        for after in [String::new(), "m".repeat(400), "x\n".repeat(100), "your key here ".repeat(40)] {
            let text = format!("{key}\n{after}");
            assert_eq!(found(&text), [("private-key", text.as_str())]);
            assert_eq!(find_forms(text.as_bytes()).len(), 1, "{text}");
        }
        let example = format!("{begin}{}\n-----END {kind}PRIVATE KEY-----", "x".repeat(400));
        assert_eq!(found(&example), []);
        assert_eq!(find_forms(example.as_bytes()).len(), 0, "{example}");
    }
}

#[test]
fn known_beginnings() {
    for (value, prefix) in
        [("sk-ant-api03-x", Some("sk-ant-api03-")), ("ghp_x", Some("ghp_")), ("sk-x", None), ("x", None), ("", None)]
    {
        assert_eq!(known_prefix(value), prefix, "{value}");
    }
}

/// A search that is not linear would not come to an end here.
#[test]
fn hostile_repetitions_come_to_an_end() {
    for piece in [
        "sk-ant-api03-",
        "ghp_",
        "eyJ",
        "eyJa.",
        "-----BEGIN PRIVATE KEY-----",
        "c2stYW50L",
        "AKIA",
        "x://a:b@",
        "{{",
        "${",
        "$(",
        "a=",
        "`",
    ] {
        let text = piece.repeat(1 << 16 >> piece.len().ilog2());
        find(text.as_bytes(), Scope::All);
        super::super::judge(crate::surface::Slot::Variable, "X_TOKEN", &text, &crate::credential::Lexicon::default());
        assert_eq!(super::super::mask::mask_text(&text).len(), text.len());
    }
}

#[test]
fn literals_are_within_reach() {
    let longest = SHAPES.iter().flat_map(|shape| shape.needles).map(|needle| needle.len()).max().unwrap();
    assert!(longest + MIN_RUN <= REACH, "{longest}");
}
