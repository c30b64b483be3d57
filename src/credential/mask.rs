//! Hides credentials in text that is shown, without moving anything.

use std::ops::Range;

use crate::surface::{Document, Slot, Value};

use super::judge::is_harmless;
use super::lexicon::Lexicon;
use super::name::{Standing, header_list};
use super::random::randomness;
use super::shape;
use super::sight::Sighting;
use super::url;

/// The document's text with everything hidden that is, or may be, a credential: what was sighted, the values of
/// credential names, passwords in addresses, and whatever looks random beside them.
///
/// The result has the bytes, the characters and the lines of the original, so that spans still fit.
pub fn mask(document: &Document, sightings: &[Sighting], lexicon: &Lexicon) -> String {
    let text = document.text.as_str();
    let mut hidden = Hidden::of(text);
    hidden.guess(text);
    hidden.own(text, lexicon);
    for assignment in &document.assignments {
        let decoded = &assignment.decoded;
        let value = decoded.text.expose();
        let named = lexicon.standing(assignment.slot, &assignment.name) != Standing::No || assignment.slot == Slot::Url;
        let headers = header_list(&assignment.name, value);
        match &assignment.value {
            Value::Literal | Value::Unknown if named && !is_harmless(value) => {
                hidden.hide(decoded.span().range());
            }
            Value::Reference(reference) if named => {
                // The default half of a reference is a value like any other.
                let default = reference.default.as_ref().filter(|default| !is_harmless(default.text.expose()));
                default.into_iter().for_each(|default| hidden.hide(default.span().range()));
            }
            _ => {}
        }
        for (header, part) in headers.into_iter().flatten() {
            if lexicon.standing(Slot::Header, &value[header]) != Standing::No && !is_harmless(&value[part.clone()]) {
                hidden.hide(decoded.origin.span(part.start, part.end).range());
            }
        }
    }
    for sighting in sightings {
        hidden.hide(sighting.span.range());
        // An escaped credential does not show its beginning as it is, and stays hidden as a whole.
        if text[clamp(text, sighting.span.range())].starts_with(sighting.shown) {
            hidden.show(sighting.span.start..sighting.span.start + sighting.shown.len());
        }
    }
    hidden.apply(text)
}

/// A short text from a file, such as a key or a name, with everything hidden that may be a credential.
pub fn mask_text(text: &str) -> String {
    let mut hidden = Hidden::of(text);
    hidden.guess(text);
    hidden.between(text);
    hidden.apply(text)
}

/// A text that is masked already, with tokens of the lexicon's own shapes hidden as well.
pub(super) fn hide_own(text: &str, lexicon: &Lexicon) -> String {
    let mut hidden = Hidden::of(text);
    hidden.own(text, lexicon);
    hidden.apply(text)
}

/// A range that can be cut out of the text, whatever it was.
fn clamp(text: &str, range: Range<usize>) -> Range<usize> {
    let end = (range.end.min(text.len())..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
    let start = (0..=range.start.min(end)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    start..end
}

/// Which bytes of a text are hidden.
struct Hidden(Vec<bool>);

impl Hidden {
    fn of(text: &str) -> Self {
        Self(vec![false; text.len()])
    }

    fn set(&mut self, range: Range<usize>, hidden: bool) {
        let end = range.end.min(self.0.len());
        self.0[range.start.min(end)..end].fill(hidden);
    }

    fn hide(&mut self, range: Range<usize>) {
        self.set(range, true);
    }

    fn show(&mut self, range: Range<usize>) {
        self.set(range, false);
    }

    /// Hides tokens of the lexicon's own shapes.
    fn own(&mut self, text: &str, lexicon: &Lexicon) {
        for found in lexicon.shapes.find_forms(text.as_bytes()) {
            self.hide(found.range);
        }
    }

    /// Hides what can be told without knowing the file: tokens, passwords in addresses, random runs.
    fn guess(&mut self, text: &str) {
        for found in shape::find_forms(text.as_bytes()) {
            self.hide(found.range);
        }
        for login in url::userinfo(text) {
            if !is_harmless(&text[login.password.clone()]) {
                self.hide(login.password);
            }
        }
        for run in runs(text.as_bytes(), is_run_byte) {
            self.run(text, run);
        }
        // Together with a letter that is glued to them, hexadecimal digits are few of many and look less random.
        for digits in runs(text.as_bytes(), |byte| byte.is_ascii_hexdigit()) {
            if digits.len() >= 32 && randomness(&text[digits.clone()]) > 0.0 {
                self.hide(digits);
            }
        }
    }

    /// Hides what stands between two hidden parts of a dotted key: a token with dots in it is cut there, each piece in
    /// quotes of its own, and the short ones look like nothing.
    fn between(&mut self, text: &str) {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'"');
        for run in runs(text.as_bytes(), is_part) {
            let bytes = &mut self.0[run];
            let ends = bytes.iter().position(|&hidden| hidden).zip(bytes.iter().rposition(|&hidden| hidden));
            if let Some((first, last)) = ends {
                bytes[first..last].fill(true);
            }
        }
    }

    /// Hides a run of key characters, or the parts of it that look random.
    fn run(&mut self, text: &str, mut run: Range<usize>) {
        // `NAME=value`, `--option=value`: what stands before the sign is a name.
        while let Some((name, value)) = text[run.clone()].split_once('=') {
            if value.trim_matches('=').is_empty() || !is_name(name) {
                break;
            }
            run.start += name.len() + 1;
        }
        let part = &text[run.clone()];
        if looks_secret(part) {
            return self.hide(run);
        }
        for separators in ["/=+", "./=+~", "./=+~-_"] {
            let pieces = runs(part.as_bytes(), |byte| !separators.as_bytes().contains(&byte));
            if pieces.iter().any(|piece| looks_secret(&part[piece.clone()])) {
                // Its neighbours may be parts of the same key, but for the words in front.
                let is_word =
                    |piece: &&Range<usize>| part[(*piece).clone()].bytes().all(|byte| byte.is_ascii_alphabetic());
                let words =
                    pieces.iter().take_while(is_word).take_while(|piece| !looks_secret(&part[(*piece).clone()]));
                let start = pieces.get(words.count()).map_or(0, |piece| piece.start);
                return self.hide(run.start + start..run.end);
            }
        }
    }

    fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for (at, char) in text.char_indices() {
            let hidden = self.0[at..at + char.len_utf8()].contains(&true) && !matches!(char, '\n' | '\r');
            out.push(match (hidden, char.len_utf8()) {
                (false, _) => char,
                (true, 1) => '*',
                (true, 2) => '·',
                (true, 3) => '•',
                (true, _) => '𝄪',
            });
        }
        out
    }
}

/// The longest ranges of bytes that all satisfy `wanted`.
fn runs(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    for at in 0..=bytes.len() {
        if at == bytes.len() || !wanted(bytes[at]) {
            if start < at {
                runs.push(start..at);
            }
            start = at + 1;
        }
    }
    runs
}

fn is_run_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'/' | b'=' | b'~' | b'.' | b'-')
}

/// A name in front of an equals sign. Abbreviations make many of them look random, so only strong evidence counts.
fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && randomness(text) < 15.0
}

/// Hiding a word costs less than showing a key: for a long one, any evidence for chance is enough.
fn looks_secret(text: &str) -> bool {
    let capitals = text.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'+' | b'='));
    let threshold = if capitals && text.contains('_') {
        15.0
    } else if text.len() < 20 {
        3.0
    } else {
        0.0
    };
    randomness(text) > threshold
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Rng, sample};
    use super::super::shape::SHAPES;
    use super::super::shape::own::{OwnShape, OwnShapes};
    use super::super::sight::sightings;
    use super::super::{Dialect, classify};
    use super::*;
    use crate::path::RepoPath;
    use crate::surface::{Assignment, Decoded, Surface};
    use crate::text::{Span, Text};

    fn document(text: &str) -> Document {
        Document::new(RepoPath::from(".env"), Some(Surface::Dotenv), Text::decode(text.as_bytes()))
    }

    /// No six characters in a row of the secret's body may be left.
    fn assert_hidden(masked: &str, body: &str) {
        for start in 0..=body.len().saturating_sub(6) {
            let piece = &body[start..start + 6];
            assert!(!masked.contains(piece), "{piece} of {body} survives in {masked}");
        }
    }

    fn assert_same_form(masked: &str, text: &str) {
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked.chars().count(), text.chars().count());
        let breaks = |text: &str| text.match_indices(['\n', '\r']).map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(breaks(masked), breaks(text));
    }

    #[test]
    fn planted_secrets_never_survive() {
        let mut rng = Rng::new(51);
        for pattern in [
            "[0-9a-f]{32}",
            "[0-9A-F]{40}",
            "[a-z0-9]{24}",
            "[A-Za-z]{34}",
            "[A-Za-z0-9]{20}",
            "[A-Za-z0-9_-]{43}",
            "[A-Za-z0-9+/]{86}==",
            "[A-Z2-7]{32}",
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
            "[0-9a-f]{32}\\.[A-Za-z0-9]{16}",
        ] {
            for _ in 0..40 {
                let secret = sample(pattern, &mut rng);
                // Nothing of this was read as an assignment: the mask has to see it by itself.
                for text in [
                    format!("OTHER_NAME={secret}\r\nNEXT=1\n"),
                    format!("    \"é𝄞\": \"{secret}\", \"b\": 1"),
                    format!("curl -H \"X-Thing: {secret}\" https://api.example.com/v1"),
                    format!("--option={secret} --other"),
                ] {
                    let masked = mask(&document(&text), &[], &Lexicon::default());
                    assert_hidden(&masked, &secret);
                    assert_same_form(&masked, &text);
                    assert_hidden(&mask_text(&text), &secret);
                }
            }
        }
    }

    #[test]
    fn sightings_show_their_public_prefix_alone() {
        let mut rng = Rng::new(52);
        for shape in SHAPES.iter().filter(|shape| !shape.needles.is_empty()) {
            let token = sample(shape.pattern, &mut rng);
            let text = format!("KEY={token}\n# ü\n");
            let document = document(&text);
            let masked = mask(&document, &sightings(&document, &Lexicon::default()), &Lexicon::default());
            assert_hidden(
                &masked,
                token.strip_prefix(shape.prefix).unwrap_or(&token).trim_end_matches("PRIVATE KEY-----"),
            );
            assert_same_form(&masked, &text);
        }
        let text = format!("A={}", sample(SHAPES[0].pattern, &mut rng));
        let document = document(&text);
        let masked = mask(&document, &sightings(&document, &Lexicon::default()), &Lexicon::default());
        assert_eq!(masked, format!("A=sk-ant-api03-{}", "*".repeat(95)));
    }

    #[test]
    fn values_of_credential_names_are_hidden_however_wordlike() {
        for (name, value, hidden) in [
            ("DB_PASSWORD", "homework", true),
            ("DB_PASSWORD", "päßwörd-ü𝄞", true),
            ("X_TOKEN", "your-token-here", false),
            ("X_MODEL", "homework", false),
            ("X_TOKEN", "${OTHER:-homework}", true),
        ] {
            let document = variable(name, value);
            let text = document.text.as_str();
            let masked = mask(&document, &[], &Lexicon::default());
            assert_same_form(&masked, text);
            assert_eq!(masked != text, hidden, "{masked}");
            assert!(masked.starts_with(name));
            assert!(!hidden || !masked.contains("homework") && !masked.contains("rd-"), "{masked}");
        }
    }

    #[test]
    fn userinfo_is_hidden() {
        let masked = mask(&document("url: redis://app:hunter2@db.example.com:6379/0"), &[], &Lexicon::default());
        assert_eq!(masked, "url: redis://app:*******@db.example.com:6379/0");
    }

    #[test]
    fn spans_from_anywhere_do_no_harm() {
        let text = "aé𝄞b";
        let mut document = document(text);
        let sighting = |start, end| Sighting {
            span: Span { start, end },
            key: String::new(),
            kind: super::super::Kind::Opaque,
            certainty: super::super::Certainty::Weak,
            shown: "",
            commented: false,
            assignment: None,
            length: 1,
        };
        for start in 0..12 {
            for end in start..12 {
                assert_same_form(&mask(&document, &[sighting(start, end)], &Lexicon::default()), text);
            }
        }
        document.surface = None;
        assert_eq!(mask(&document, &[sighting(0, 99)], &Lexicon::default()), "*·𝄪*");
    }

    #[test]
    fn no_text_is_too_strange() {
        let pieces = [
            "$", "${", "}", "{{", "}}", "$(", ")", "`", "%", "!", "@", "://", "x://", ":", "/", "?key=", "&", "=", "a",
            "A", "1", "é", "密", "𝄞", "\n", "\r", "\"", "'", " ", "Bearer ", "TOKEN", "__", "<", ">", "<%", "%>",
            "sk-ant-", "sk-", "eyJ", "your", "...", "\\", "-", ":-", "env:", "||", "[", "]", "*", "\u{FEFF}",
            "\u{240}",
        ];
        let mut rng = Rng::from_entropy();
        for _ in 0..3000 {
            let text: String = (0..rng.below(24)).map(|_| pieces[rng.below(pieces.len())]).collect();
            let mut document = document(&text);
            let text = document.text.as_str().to_owned();
            for dialect in [Dialect::Literal, Dialect::Mcp, Dialect::Editor, Dialect::Posix, Dialect::Dotenv] {
                let decoded = Decoded::direct(text.as_str(), 0);
                for slot in [Slot::Variable, Slot::Header, Slot::Userinfo, Slot::Url] {
                    let name = ["X_TOKEN", "ANTHROPIC_CUSTOM_HEADERS", "authorization"][rng.below(3)];
                    document.assignments.push(Assignment {
                        name: name.to_owned(),
                        name_span: Span::new(0, 0),
                        slot,
                        value: classify(&decoded, dialect),
                        decoded: decoded.clone(),
                        key: name.to_owned(),
                        exported: false,
                        commented: false,
                    });
                }
            }
            assert_same_form(&mask(&document, &sightings(&document, &Lexicon::default()), &Lexicon::default()), &text);
            assert_same_form(&mask_text(&text), &text);
        }
    }

    #[test]
    fn ordinary_lines_stay_readable() {
        let lines = [
            r#""ANTHROPIC_BASE_URL": "https://api.z.ai/api/anthropic","#,
            "export ANTHROPIC_MODEL=claude-sonnet-4-5-20250929",
            r#""Bash(git log --oneline -20:*)""#,
            r#""CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1","#,
            r#""$schema": "https://json.schemastore.org/claude-code-settings.json","#,
            r#""args": ["-y", "@modelcontextprotocol/server-filesystem", "/home/me/projects"]"#,
            r#"exec claude --dangerously-skip-permissions "$@""#,
            r#"ANTHROPIC_AUTH_TOKEN="${ZAI_API_KEY:?set it first}""#,
            "ANTHROPIC_CUSTOM_HEADERS=cf-aig-authorization: Bearer ${CF_AIG_TOKEN}",
            "image: ghcr.io/anthropics/claude-code:latest",
            "uses: anthropics/claude-code-action@v1",
            r#"if [ -z "$ANTHROPIC_API_KEY" ]; then echo "ANTHROPIC_API_KEY is not set" >&2; fi"#,
        ];
        for line in lines {
            assert_eq!(mask(&document(line), &[], &Lexicon::default()), line);
        }
        for key in [
            "env.ANTHROPIC_API_KEY",
            "permissions.allow[3]",
            "hooks.PreToolUse[0].hooks[0].command",
            "mcpServers.github.env.GITHUB_PERSONAL_ACCESS_TOKEN",
            ".claude/settings.local.json",
        ] {
            assert_eq!(mask_text(key), key);
        }
        let written = super::super::written::WRITTEN;
        let masked = mask_text(written);
        let changed: Vec<_> = written.lines().zip(masked.lines()).filter(|(before, after)| before != after).collect();
        assert!(changed.len() * 50 <= written.lines().count(), "{changed:#?}");
    }

    /// A text whose randomness lies in a range.
    fn with_randomness(pattern: &str, wanted: Range<f32>, rng: &mut Rng) -> String {
        let mut tries = (0..100_000).map(|_| sample(pattern, rng));
        tries.find(|text| wanted.contains(&randomness(text))).unwrap()
    }

    /// One variable, read as bash does.
    fn variable(name: &str, value: &str) -> Document {
        let mut document = document(&format!("{name}={value}\n"));
        let decoded = Decoded::direct(value, name.len() + 1);
        document.assignments.push(Assignment {
            name: name.to_owned(),
            name_span: Span::new(0, name.len()),
            slot: Slot::Variable,
            value: classify(&decoded, Dialect::Posix),
            decoded,
            key: name.to_owned(),
            exported: false,
            commented: false,
        });
        document
    }

    #[test]
    fn defaults_and_headers_are_hidden_by_their_names() {
        let hidden = |name, value| mask(&variable(name, value), &[], &Lexicon::default());
        assert_eq!(hidden("X_MODEL", "${OTHER:-homework}"), "X_MODEL=${OTHER:-homework}\n");
        assert_eq!(hidden("X_TOKEN", "${OTHER:-homework}"), "X_TOKEN=${OTHER:-********}\n");
        assert_eq!(hidden("X_TOKEN", "${OTHER:-your-key}"), "X_TOKEN=${OTHER:-your-key}\n");
        let name = "ANTHROPIC_CUSTOM_HEADERS";
        for (headers, expected) in [
            ("x-api-key: homework", "x-api-key: ********"),
            ("x-api-key: your-key", "x-api-key: your-key"),
            ("x-request-id: homework", "x-request-id: homework"),
            ("x-request-id: homework\nx-api-key: homework", "x-request-id: homework\nx-api-key: ********"),
        ] {
            assert_eq!(hidden(name, headers), format!("{name}={expected}\n"));
        }
    }

    #[test]
    fn shapes_of_a_configuration_are_hidden() {
        let shape = OwnShape::new("corp token", "corp_[a-z]{12}", "").unwrap();
        let lexicon = Lexicon { shapes: OwnShapes::new(vec![shape]), ..Lexicon::default() };
        let text = "see corp_kindergarten\n";
        assert_eq!(mask(&document(text), &[], &Lexicon::default()), text);
        assert_eq!(mask(&document(text), &[], &lexicon), format!("see {}\n", "*".repeat(17)));
        assert_eq!(lexicon.hide(text), format!("see {}\n", "*".repeat(17)));
    }

    /// The pieces of a token that a grammar cut at its dots, one of which is as short as a name.
    #[test]
    fn what_stands_between_pieces_of_a_token() {
        let mut rng = Rng::new(57);
        let piece = |rng: &mut Rng| with_randomness("[A-Za-z0-9]{20}", 12.0..999.0, rng);
        let (first, last) = (piece(&mut rng), piece(&mut rng));
        let cut = format!(r#""A"{first}".short."{last}"B""#);
        let hidden = "*".repeat(cut.len() - 6);
        assert_eq!(mask_text(&format!("env.{cut}.name")), format!(r#"env."A"{hidden}"B".name"#));
        let apart = format!("{first} short {last}");
        assert_eq!(mask_text(&apart).replace('*', ""), " short ");
    }

    /// What stands before an equals sign stays if it is a name, which a key is not, and neither is one that ends in `=`.
    #[test]
    fn names_stay_and_keys_in_their_place_do_not() {
        let mut rng = Rng::new(53);
        let key = with_randomness("[A-Za-z0-9]{32}", 20.0..999.0, &mut rng);
        let all = |text: &str| "*".repeat(text.len());
        assert_eq!(mask_text(&format!("NAME={key}")), format!("NAME={}", all(&key)));
        assert_eq!(mask_text(&format!("a=b.c-d={key}")), format!("a=b.c-d={}", all(&key)));
        assert_eq!(mask_text(&format!("a+b={key}")), all(&format!("a+b={key}")));
        assert_eq!(mask_text(&format!("{key}=NAME")), all(&format!("{key}=NAME")));
        // Little evidence would do for a name, and the signs behind it are no value.
        let padded = with_randomness("[A-Za-z0-9]{14}", 4.0..14.0, &mut rng) + "==";
        assert!(randomness(&padded) > 3.0);
        assert_eq!(mask_text(&padded), all(&padded));
    }

    /// Of a path or a list, words in front stay; what follows the first random piece may belong to it.
    #[test]
    fn words_in_front_of_a_key_stay() {
        let mut rng = Rng::new(54);
        let key = with_randomness("[a-z]{12}", 6.0..999.0, &mut rng);
        let text = format!("international/kindergarten/curriculum/{key}/curriculum");
        assert!(!looks_secret(&text) && looks_secret(&key));
        let hidden = "*".repeat(key.len() + "/curriculum".len());
        assert_eq!(mask_text(&text), format!("international/kindergarten/curriculum/{hidden}"));
        assert_eq!(mask_text(&format!("at {text}")), format!("at international/kindergarten/curriculum/{hidden}"));
        let text = format!("international/v2/kindergarten/curriculum/{key}");
        let hidden = "*".repeat(text.len() - "international/".len());
        assert_eq!(mask_text(&text), format!("international/{hidden}"));
        assert_eq!(mask_text("international/kindergarten/curriculum"), "international/kindergarten/curriculum");
    }

    #[test]
    fn hexadecimal_digits_behind_a_letter() {
        let mut rng = Rng::new(56);
        for length in [32, 40, 64] {
            for _ in 0..500 {
                let key = sample(&format!("[0-9a-f]{{{length}}}"), &mut rng);
                let masked = mask_text(&format!("/x{key}"));
                assert!(masked.ends_with(&"*".repeat(length)), "/x{key} gave {masked}");
            }
        }
        let short = "/international/xdeadbeefcafe/decade";
        assert_eq!(mask_text(short), short);
    }

    #[test]
    fn how_much_evidence_is_enough() {
        let mut rng = Rng::new(55);
        let little = 0.1..2.9;
        assert!(!looks_secret(&with_randomness("[a-z]{19}", little.clone(), &mut rng)));
        assert!(looks_secret(&with_randomness("[a-z]{20}", little.clone(), &mut rng)));
        assert!(looks_secret(&with_randomness("[a-z]{21}", little, &mut rng)));
        assert!(looks_secret(&with_randomness("[a-z]{19}", 3.1..9.0, &mut rng)));
        // Abbreviations in capitals look random, and are none with an underscore between.
        let some = 4.0..14.0;
        assert!(!looks_secret(&with_randomness("[A-Z]{8}_[A-Z]{8}", some.clone(), &mut rng)));
        assert!(!looks_secret(&with_randomness("[A-Z]{8}_[A-Z]{8}=", some.clone(), &mut rng)));
        assert!(looks_secret(&with_randomness("[A-Z]{16}", some.clone(), &mut rng)));
        assert!(looks_secret(&with_randomness("[A-Z]{8}_[a-z]{8}", some.clone(), &mut rng)));
        assert!(looks_secret(&with_randomness("[A-Z]{12}_[A-Z]{12}", 15.1..99.0, &mut rng)));
        for (name, expected) in [
            (with_randomness("[a-z0-9]{20}", some, &mut rng), true),
            (with_randomness("[a-z0-9]{30}", 15.1..99.0, &mut rng), false),
            ("a/b".to_owned(), false),
            ("a_b-c.d".to_owned(), true),
        ] {
            assert_eq!(is_name(&name), expected, "{name}");
        }
    }
}
