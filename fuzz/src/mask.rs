//! The mask and what it asks: shapes, names, placeholders, references, addresses.
//!
//! Byte 0 and 1 draw a token, the next two say where it stands, byte 4 chooses a name.

use keylint::credential::judge::judge;
use keylint::credential::mask::{mask, mask_text};
use keylint::credential::name::{header_list, standing};
use keylint::credential::placeholder::is_placeholder;
use keylint::credential::random::looks_random;
use keylint::credential::shape::{Scope, find, may_contain, of_value};
use keylint::credential::sight::sightings;
use keylint::credential::{Dialect, Lexicon, classify};
use keylint::path::RepoPath;
use keylint::route::url::{Url, normalised};
use keylint::surface::{self, Assignment, Decoded, Slot, Value};
use keylint::text::{Span, Text, is_one_edit, nearest, trimmed};

use crate::placed;
use crate::plant::Token;
use crate::sound::same_form;

const NAMES: [&str; 6] =
    ["ANTHROPIC_API_KEY", "ANTHROPIC_CUSTOM_HEADERS", "authorization", "DB_PASSWORD", "X", "AWS_SECRET_ACCESS_KEY"];

const SLOTS: [Slot; 7] =
    [Slot::Variable, Slot::Header, Slot::Setting, Slot::Command, Slot::Option, Slot::Userinfo, Slot::Url];

const DIALECTS: [Dialect; 15] = [
    Dialect::Literal,
    Dialect::Mcp,
    Dialect::Editor,
    Dialect::Posix,
    Dialect::Dotenv,
    Dialect::Braces,
    Dialect::DevContainer,
    Dialect::GitHub,
    Dialect::Azure,
    Dialect::CircleCi,
    Dialect::Make,
    Dialect::Template,
    Dialect::PowerShell,
    Dialect::Batch,
    Dialect::Expression,
];

/// Holds that the mask hides what is planted and changes nothing else of the text's form, whatever surrounds it.
pub fn check(bytes: &[u8]) {
    let Some((&[shape, seed, high, low, name], rest)) = bytes.split_first_chunk::<5>() else { return };
    let mut text = rest.to_vec();
    let token = Token::draw(shape, seed);
    token.iter().for_each(|token| token.plant(&mut text, usize::from(u16::from_be_bytes([high, low]))));
    let text = Text::decode(&text);
    let text = text.as_str();
    let masked = mask_text(text);
    same_form(text, &masked);
    token.iter().for_each(|token| token.assert_hidden(text, &masked));
    found(text);
    let name = NAMES[usize::from(name) % NAMES.len()];
    assigned(name, text, token.as_ref());
    words(name, text);
}

/// Holds that tokens lie in the text, sorted and apart, and that the quick test has announced them.
fn found(text: &str) {
    for scope in [Scope::All, Scope::Ai] {
        let found = find(text.as_bytes(), scope);
        let mut end = 0;
        for one in &found {
            assert!(end <= one.range.start && one.range.start < one.range.end, "{found:?}");
            assert!(text.get(one.range.clone()).is_some(), "{found:?}");
            end = one.range.end;
        }
        assert!(found.is_empty() || may_contain(text.as_bytes(), scope), "{found:?}");
    }
}

/// The same for a text that is the value of a name, as each kind of place reads it.
fn assigned(name: &str, text: &str, token: Option<&Token>) {
    let mut document = surface::read(RepoPath::from("a.txt"), None, text.as_bytes());
    let text = document.text.as_str().to_owned();
    let decoded = Decoded::direct(text.as_str(), 0);
    for dialect in DIALECTS {
        let value = classify(&decoded, dialect);
        if let Value::Reference(reference) = &value
            && let Some(default) = &reference.default
        {
            placed::inside(&text, default.span());
        }
        document.assignments.push(Assignment {
            name: name.to_owned(),
            name_span: Span::new(0, 0),
            slot: SLOTS[document.assignments.len() % SLOTS.len()],
            value,
            decoded: decoded.clone(),
            key: name.to_owned(),
            exported: true,
            commented: false,
        });
    }
    let lexicon = Lexicon::default();
    let sightings = sightings(&document, &lexicon);
    sightings.iter().for_each(|sighting| placed::inside(&text, sighting.span));
    let masked = mask(&document, &sightings, &lexicon);
    same_form(&text, &masked);
    token.iter().for_each(|token| token.assert_hidden(&text, &masked));
}

/// What else is asked of values and names.
fn words(name: &str, text: &str) {
    for slot in SLOTS {
        let _ = standing(slot, text);
        for credential in judge(slot, name, text, &Lexicon::default()) {
            assert!(text.get(credential.start..credential.end).is_some(), "{credential:?} of {text:?}");
        }
    }
    for (header, value) in header_list("ANTHROPIC_CUSTOM_HEADERS", text).into_iter().flatten() {
        assert!(text.get(header).is_some() && text.get(value).is_some());
    }
    let _ = (is_placeholder(text), looks_random(text), of_value(name, text), trimmed(text));
    let _ = (Url::parse(text), normalised(text), nearest(text, NAMES.into_iter()), is_one_edit(name, text));
}
