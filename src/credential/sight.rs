//! Every credential in a document.

use std::collections::HashSet;

use crate::surface::code::is_test;
use crate::surface::{Assignment, Decoded, Document, Slot, Surface, Value};
use crate::text::Span;

use super::judge::{Certainty, Credential, Kind, Taken, judge, tokens, without_overlaps};
use super::lexicon::Lexicon;
use super::name::header_list;
use super::reference::classify;
use super::shape::{self, Scope};
use super::{Dialect, url};

/// A credential in a document.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Where it stands.
    pub span: Span,
    /// The logical place, for example `env.ANTHROPIC_API_KEY`; empty where the file has none.
    pub key: String,
    /// What was recognised.
    pub kind: Kind,
    /// How sure it is.
    pub certainty: Certainty,
    /// The public beginning of the credential, which may be shown.
    pub shown: &'static str,
    /// Whether it stands in a comment.
    pub commented: bool,
    /// The assignment that it is the value of, or a part of the value.
    pub assignment: Option<usize>,
    /// Its length in characters.
    pub length: usize,
}

impl Sighting {
    /// What it is, in words made of static text and numbers alone:
    /// `an Anthropic API key (sk-ant-api03-…, 108 characters)`.
    pub fn describe(&self) -> String {
        let (what, length) = (self.kind.what(), self.length);
        let article = if begins_with_vowel_sound(what) { "an" } else { "a" };
        if self.shown.is_empty() {
            format!("{article} {what} ({length} characters)")
        } else {
            format!("{article} {what} ({}…, {length} characters)", self.shown)
        }
    }
}

impl Kind {
    /// What it is, without an article.
    pub fn what(self) -> &'static str {
        match self {
            Self::Token(shape) => shape.what,
            Self::Opaque => "literal value",
            Self::Password => "password",
        }
    }
}

fn begins_with_vowel_sound(text: &str) -> bool {
    text.starts_with(['A', 'E', 'I', 'O', 'a', 'e', 'i', 'o'])
        || ["HCP", "NVIDIA", "npm", "xAI"].iter().any(|name| text.starts_with(name))
}

/// Every credential in a document, sorted by place, without overlaps.
///
/// The values of assignments are judged by their names; then every token of known form counts, wherever it
/// stands. Of a document that is no configuration, only tokens of Anthropic and of model providers count, and those of
/// the lexicon's own shapes.
pub fn sightings(document: &Document, lexicon: &Lexicon) -> Vec<Sighting> {
    let mut found = Sightings { document, lexicon, all: Vec::new(), taken: Taken::default() };
    let is_text = matches!(document.surface, None | Some(Surface::Code(_)));
    let scope = lexicon.scope(document.surface);
    if document.surface.is_some() {
        for (index, assignment) in document.assignments.iter().enumerate() {
            found.assignment(index, assignment);
        }
    }
    let text = document.text.as_str();
    let mut loose = tokens(text, scope, lexicon);
    if !is_text {
        // Whether the text is a comment is not known here, so a weak one stays out.
        loose.extend(url::credentials(text).into_iter().filter(|one| one.certainty > Certainty::Weak));
    }
    for credential in without_overlaps(loose) {
        found.loose(&credential, &Decoded::direct(text, 0));
    }
    for decoded in &document.escaped {
        for credential in tokens(decoded.text.expose(), scope, lexicon) {
            found.loose(&credential, decoded);
        }
    }
    let mut all = found.all;
    all.sort_by_key(|sighting| sighting.span);
    unname(&mut all, text);
    all
}

/// Takes away the names that have a piece of a private key: to a grammar that expects none, its lines are names of their
/// own, and beginnings of others; and it has equals signs.
fn unname(sightings: &mut [Sighting], text: &str) {
    // Few files have one, and only those are searched once more.
    if !text.contains(BEGIN) || sightings.iter().all(|sighting| sighting.key.is_empty()) {
        return;
    }
    let bodies: Vec<&str> =
        shape::find_forms(text.as_bytes()).into_iter().filter_map(|found| body(&text[found.range])).collect();
    let named: HashSet<&[u8]> = sightings.iter().flat_map(|sighting| pieces(&sighting.key)).collect();
    let secret: HashSet<&[u8]> = bodies.into_iter().flat_map(pieces).filter(|piece| named.contains(piece)).collect();
    for sighting in sightings {
        if pieces(&sighting.key).any(|piece| secret.contains(piece)) {
            sighting.key.clear();
        }
    }
}

/// How a private key begins.
const BEGIN: &str = "-----BEGIN ";

/// As many bytes in a row as may not be seen of a private key.
fn pieces(text: &str) -> impl Iterator<Item = &[u8]> {
    text.as_bytes().windows(6)
}

/// A private key without its first line and its last, which everybody may know.
fn body(token: &str) -> Option<&str> {
    let (_, body) = token.strip_prefix(BEGIN)?.split_once("-----")?;
    body.split("-----").next()
}

struct Sightings<'d> {
    document: &'d Document,
    lexicon: &'d Lexicon,
    all: Vec<Sighting>,
    taken: Taken,
}

impl Sightings<'_> {
    fn assignment(&mut self, index: usize, assignment: &Assignment) {
        let Assignment { name, slot, value, decoded, key, .. } = assignment;
        match value {
            Value::Unset | Value::Empty | Value::Placeholder => {}
            Value::Literal => self.value(index, *slot, name, key, decoded),
            Value::Unknown => self.tokens_of(index, key, decoded),
            Value::Reference(reference) => {
                let mut default = reference.default.clone();
                // `${A:-${B:-literal}}`
                while let Some(part) = default {
                    default = match classify(&part, Dialect::Posix) {
                        Value::Reference(inner) => inner.default,
                        Value::Literal => {
                            self.value(index, *slot, name, key, &part);
                            None
                        }
                        _ => None,
                    };
                }
                if header_list(name, decoded.text.expose()).is_some() {
                    self.value(index, *slot, name, key, decoded);
                }
                self.tokens_of(index, key, decoded);
            }
        }
    }

    /// Judges a value; each header of a list of headers has a key of its own.
    fn value(&mut self, index: usize, slot: Slot, name: &str, key: &str, decoded: &Decoded) {
        let text = decoded.text.expose();
        let headers = header_list(name, text).filter(|_| slot == Slot::Variable);
        for (header, value) in headers.into_iter().flatten() {
            let part = decoded.part(value.start, value.end);
            if !matches!(classify(&part, Dialect::Literal), Value::Literal) {
                continue;
            }
            let header = &text[header];
            for credential in judge(Slot::Header, header, part.text.expose(), self.lexicon) {
                self.add(&credential, &part, format!("{key}.{header}"), Some(index));
            }
        }
        for credential in judge(slot, name, text, self.lexicon) {
            self.add(&credential, decoded, key.to_owned(), Some(index));
        }
    }

    fn tokens_of(&mut self, index: usize, key: &str, decoded: &Decoded) {
        for credential in tokens(decoded.text.expose(), Scope::All, self.lexicon) {
            self.add(&credential, decoded, key.to_owned(), Some(index));
        }
    }

    fn loose(&mut self, credential: &Credential, decoded: &Decoded) {
        let span = decoded.origin.span(credential.start, credential.end);
        let key = self.key_at(span);
        self.add(credential, decoded, key, None);
    }

    /// The key of the string in which the span lies; empty where it lies in none.
    fn key_at(&self, span: Span) -> String {
        let keys = &self.document.keys;
        let behind = keys.partition_point(|(place, _)| place.start <= span.start);
        // Strings don't nest deeply: the enclosing one is among the last few that begin before the span.
        let enclosing = keys[..behind].iter().rev().take(8).find(|(place, _)| place.contains(span));
        enclosing.map(|(_, key)| key.clone()).unwrap_or_default()
    }

    /// Adds a credential unless something was already found in its place.
    fn add(&mut self, credential: &Credential, decoded: &Decoded, key: String, assignment: Option<usize>) {
        let span = decoded.origin.span(credential.start, credential.end);
        let commented = assignment.is_some_and(|index| self.document.assignments[index].commented);
        let mut certainty = credential.certainty;
        if assignment.is_some_and(|index| self.document.assignments[index].slot == Slot::Userinfo) {
            certainty = certainty.min(url::password_certainty(self.document.text.as_str(), span));
        }
        // In a script `auth=none` is a word of the program, not a credential of anybody.
        let local = self.document.surface == Some(Surface::Shell)
            && assignment.is_some_and(|index| {
                let Assignment { slot, name, .. } = &self.document.assignments[index];
                *slot == Slot::Variable && !name.contains(|c: char| c.is_ascii_uppercase())
            });
        // In source code such a word is one of a test or an example, and so is a value without a form of its own in a test.
        let in_code = matches!(self.document.surface, Some(Surface::Code(_)));
        let has_form = matches!(credential.kind, Kind::Token(shape) if !shape.needles.is_empty());
        let in_test = in_code && !has_form && is_test(&self.document.path);
        let dropped = (commented || local || in_code) && certainty == Certainty::Weak || in_test;
        if dropped || !self.taken.claim(span.start, span.end) {
            return;
        }
        let text = &decoded.text.expose()[credential.start..credential.end];
        let shown = match credential.kind {
            Kind::Token(shape) if text.starts_with(shape.prefix) => shape.prefix,
            _ => "",
        };
        self.all.push(Sighting {
            span,
            key,
            kind: credential.kind,
            certainty,
            shown,
            commented,
            assignment,
            length: text.chars().count(),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::sample::{Rng, sample};
    use super::super::shape::SHAPES;
    use super::*;
    use crate::path::RepoPath;
    use crate::surface::{Language, Origin, Surface};
    use crate::text::Text;

    fn document(text: &str) -> Document {
        Document::new(RepoPath::from(".env"), Some(Surface::Dotenv), Text::decode(text.as_bytes()))
    }

    fn assign(document: &mut Document, name: &str, value: &str, dialect: Dialect) {
        let start = document.text.as_str().find(value).expect(value);
        let decoded = Decoded::direct(value, start);
        document.assignments.push(Assignment {
            name: name.to_owned(),
            name_span: Span::new(start, start),
            slot: Slot::Variable,
            value: classify(&decoded, dialect),
            decoded,
            key: name.to_owned(),
            exported: false,
            commented: false,
        });
    }

    fn shown(document: &Document) -> Vec<(String, String, Certainty)> {
        let text = document.text.as_str();
        sightings(document, &Lexicon::default())
            .into_iter()
            .map(|one| (one.key, text[one.span.range()].to_owned(), one.certainty))
            .collect()
    }

    #[test]
    fn assignments_then_everything_else() {
        let mut rng = Rng::new(31);
        let token = sample(SHAPES[0].pattern, &mut rng);
        let opaque = sample("[A-Za-z0-9]{32}", &mut rng);
        let loose = sample("ghp_[A-Za-z0-9]{36}", &mut rng);
        let mut document = document(&format!("A_TOKEN={opaque}\nB={token}\n# {loose}\n"));
        assign(&mut document, "A_TOKEN", &opaque, Dialect::Literal);
        assign(&mut document, "B", &token, Dialect::Literal);
        document.keys.push((Span::new(0, 2), "elsewhere".to_owned()));
        assert_eq!(
            shown(&document),
            [
                ("A_TOKEN".to_owned(), opaque, Certainty::Likely),
                ("B".to_owned(), token, Certainty::Certain),
                (String::new(), loose, Certainty::Certain),
            ]
        );
    }

    #[test]
    fn defaults_headers_and_comments() {
        let mut rng = Rng::new(32);
        let secret = sample("[A-Za-z0-9]{32}", &mut rng);
        let reference = format!("${{A:-${{B:-{secret}}}}}");
        let mut one = document(&format!("X_TOKEN={reference}\n"));
        assign(&mut one, "X_TOKEN", &reference, Dialect::Posix);
        assert_eq!(shown(&one), [("X_TOKEN".to_owned(), secret.clone(), Certainty::Likely)]);

        let headers = format!("X-Id: 7\nx-api-key: {secret}");
        let mut two = document(&headers);
        assign(&mut two, "ANTHROPIC_CUSTOM_HEADERS", &headers, Dialect::Literal);
        let key = "ANTHROPIC_CUSTOM_HEADERS.x-api-key".to_owned();
        assert_eq!(shown(&two), [(key, secret.clone(), Certainty::Certain)]);

        let mut three = document(&format!("# A_TOKEN={secret}\n# B_TOKEN=homework\n"));
        assign(&mut three, "A_TOKEN", &secret, Dialect::Literal);
        assign(&mut three, "B_TOKEN", "homework", Dialect::Literal);
        assert_eq!(shown(&three).len(), 2);
        three.assignments.iter_mut().for_each(|assignment| assignment.commented = true);
        assert_eq!(shown(&three), [("A_TOKEN".to_owned(), secret, Certainty::Likely)]);
    }

    #[test]
    fn a_password_for_this_machine_is_weak() {
        for (text, certainty) in [
            ("redis://app:hunter2@localhost/0", Certainty::Weak),
            ("redis://app:hunter2@db.example.com/0", Certainty::Likely),
        ] {
            let mut one = document(text);
            assign(&mut one, "app", "hunter2", Dialect::Literal);
            one.assignments[0].slot = Slot::Userinfo;
            assert_eq!(shown(&one), [("app".to_owned(), "hunter2".to_owned(), certainty)]);
        }
    }

    #[test]
    fn a_password_in_an_address_counts_in_configuration() {
        for (surface, count) in [(Some(Surface::Dotenv), 1), (Some(Surface::Shell), 1), (None, 0)] {
            let mut one = document("see redis://app:hunter2@db.example.com/0 or redis://app:hunter2@localhost/0");
            one.surface = surface;
            let found = shown(&one);
            assert_eq!(found.len(), count, "{surface:?}");
            let likely = (String::new(), "hunter2".to_owned(), Certainty::Likely);
            assert!(found.iter().all(|one| *one == likely), "{surface:?}: {found:?}");
        }
    }

    #[test]
    fn a_token_that_no_value_is_has_the_key_of_its_string() {
        let token = sample(SHAPES[0].pattern, &mut Rng::new(35));
        let mut one = document(&format!("[\"a\", \"see {token}\"] {token}"));
        one.keys.push((Span::new(1, 4), "list[0]".to_owned()));
        one.keys.push((Span::new(6, 12 + token.len()), "list[1]".to_owned()));
        let keys: Vec<String> = shown(&one).into_iter().map(|(key, ..)| key).collect();
        assert_eq!(keys, ["list[1]", ""]);
        // It may begin where the string does.
        one.keys[1].0 = Span::new(11, 12 + token.len());
        assert_eq!(shown(&one)[0].0, "list[1]");
    }

    #[test]
    fn a_token_in_a_value_that_is_only_partly_known_belongs_to_it() {
        let token = sample(SHAPES[0].pattern, &mut Rng::new(36));
        for value in [format!("$(echo {token})"), format!("${{A}}{token}")] {
            let mut one = document(&value);
            assign(&mut one, "X", &value, Dialect::Posix);
            let found = sightings(&one, &Lexicon::default());
            assert_eq!(found.iter().map(|one| (one.assignment, &*one.key)).collect::<Vec<_>>(), [(Some(0), "X")]);
        }
    }

    /// `auth=none` is a word of a program where only the program reads it.
    #[test]
    fn weak_values_of_scripts_and_code() {
        let code = Surface::Code(Language::Python);
        for (surface, path, slot, name, count) in [
            (Surface::Dotenv, ".env", Slot::Variable, "password", 1),
            (Surface::Shell, "run.sh", Slot::Variable, "password", 0),
            (Surface::Shell, "run.sh", Slot::Variable, "PASSWORD", 1),
            (Surface::Shell, "run.sh", Slot::Variable, "db_Password", 1),
            (Surface::Shell, "run.sh", Slot::Option, "--password", 1),
            (code, "app.py", Slot::Variable, "PASSWORD", 0),
        ] {
            let mut one = document("homework");
            (one.surface, one.path) = (Some(surface), RepoPath::from(path));
            assign(&mut one, name, "homework", Dialect::Literal);
            one.assignments[0].slot = slot;
            let found = shown(&one);
            assert_eq!(found.len(), count, "{path} {name}: {found:?}");
            assert!(found.iter().all(|(.., certainty)| *certainty == Certainty::Weak), "{path} {name}");
        }
    }

    /// In a test's code a value is an example unless its form says what it is.
    #[test]
    fn values_in_the_code_of_tests() {
        let mut rng = Rng::new(37);
        let opaque = sample("[A-Za-z0-9]{32}", &mut rng);
        let token = sample(SHAPES[0].pattern, &mut rng);
        for (path, value, count) in
            [("app.py", &opaque, 1), ("tests/test_app.py", &opaque, 0), ("tests/test_app.py", &token, 1)]
        {
            let mut one = document(value);
            (one.surface, one.path) = (Some(Surface::Code(Language::Python)), RepoPath::from(path));
            assign(&mut one, "API_KEY", value, Dialect::Literal);
            assert_eq!(shown(&one).len(), count, "{path}");
        }
    }

    #[test]
    fn a_piece_of_a_private_key_is_no_name() {
        let mut rng = Rng::new(38);
        let lines: Vec<String> = (0..3).map(|_| sample("[A-Za-z0-9+/]{40}", &mut rng)).collect();
        let end = &lines[2][30..];
        let (short, shorter) = (&end[4..], &end[5..]);
        for (key, is_name) in [
            ("X_KEY".to_owned(), true),
            ("RSA PRIVATE KEY".to_owned(), true),
            (lines[1].clone(), false),
            (format!("A'-----BEGIN RSA PRIVATE KEY-----{}", &lines[0][..20]), false),
            (format!("{end}_KEY"), false),
            (format!("\"{short}\".KEY"), false),
            (format!("\"{shorter}\".KEY"), true),
        ] {
            for (last, between) in [("", "\n"), ("-----END RSA PRIVATE KEY-----", "\\n"), ("", "")] {
                let body = lines.join(between);
                let mut one = document(&format!("A'-----BEGIN RSA PRIVATE KEY-----{body}{last}'_KEY=homework"));
                assign(&mut one, "X_KEY", "homework", Dialect::Literal);
                one.assignments[0].key.clone_from(&key);
                let found = sightings(&one, &Lexicon::default());
                let keys = found.iter().map(|one| (one.assignment, &*one.key)).collect::<Vec<_>>();
                assert_eq!(keys, [(None, ""), (Some(0), if is_name { &key } else { "" })], "{last} {between}");
            }
        }
    }

    #[test]
    fn escaped_strings_and_plain_text() {
        let mut rng = Rng::new(33);
        let token = sample("sk-ant-oat01-[A-Za-z0-9_-]{95}", &mut rng);
        let github = sample("ghp_[A-Za-z0-9]{36}", &mut rng);
        let raw = format!("\"\\u0073{}\" {github}", &token[1..]);
        let mut one = document(&raw);
        let map: Vec<usize> = std::iter::once(1).chain(7..=7 + token.len() - 1).collect();
        let origin = Origin::Mapped(Arc::from(map));
        one.escaped.push(Decoded { text: crate::surface::Secret::new(token.clone()), origin });
        let found = sightings(&one, &Lexicon::default());
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].span, Span::new(1, 6 + token.len()));
        assert_eq!(found[0].describe(), "a Claude OAuth access token (sk-ant-oat01-…, 108 characters)");
        one.surface = None;
        assert_eq!(sightings(&one, &Lexicon::default()).len(), 1, "plain text is searched for AI tokens alone");
    }

    #[test]
    fn descriptions() {
        let mut rng = Rng::new(34);
        let describe = |name: &str, value: &str| {
            let mut one = document(value);
            assign(&mut one, name, value, Dialect::Literal);
            sightings(&one, &Lexicon::default())[0].describe()
        };
        let key = sample(SHAPES[0].pattern, &mut rng);
        assert_eq!(describe("X", &key), "an Anthropic API key (sk-ant-api03-…, 108 characters)");
        // Only the beginning that is known to be public is shown.
        let next = sample("sk-ant-oat02-[A-Za-z0-9_-]{95}", &mut rng);
        assert_eq!(describe("X", &next), "a Claude OAuth access token (108 characters)");
        let opaque = sample("[A-Za-z0-9]{32}", &mut rng);
        assert_eq!(describe("X_TOKEN", &opaque), "a literal value (32 characters)");
        assert_eq!(describe("X_PASSWORD", "homework"), "a password (8 characters)");
    }
}
