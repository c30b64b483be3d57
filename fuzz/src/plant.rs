//! Tokens that stand in an input, and may stand in no output.

use std::sync::LazyLock;

use keylint::credential::shape::{SHAPES, Scope, Shape, find};

use crate::sample::{Rng, sample};

/// A token.
#[derive(Debug)]
pub struct Token {
    text: String,
    /// How many bytes of it may be shown.
    shown: usize,
}

/// The shapes that are told by their form alone.
static PLANTED: LazyLock<Vec<&'static Shape>> =
    LazyLock::new(|| SHAPES.iter().filter(|shape| !shape.needles.is_empty()).collect());

/// How many bytes in a row of a token may stand in an output: fewer, and words of other texts would count.
const PIECE: usize = 12;

impl Token {
    /// The token of a shape by its number; 0 is none, and so are a few of what a pattern allows.
    pub fn draw(shape: u8, seed: u8) -> Option<Self> {
        let shape = PLANTED.get(usize::from(shape).checked_sub(1)?)?;
        let text = sample(shape.pattern, &mut Rng::new(u64::from(seed)));
        let is_found = matches!(&*find(text.as_bytes(), Scope::All), [found] if found.range == (0..text.len()));
        // What stands behind it can make another shape of it, whose beginning is as public as its own.
        let public = PLANTED.iter().map(|shape| shape.prefix).filter(|prefix| text.starts_with(prefix));
        let shown = public.map(str::len).chain(header(&text)).max().unwrap_or(0);
        is_found.then_some(Self { text, shown })
    }

    /// The token itself.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts the token into a text, with the same sign on both sides, so that it stands for itself.
    pub fn plant(&self, text: &mut Vec<u8>, at: usize) {
        let sign = [b'"', b'\'', b' ', b'\n'][at % 4];
        let at = at % (text.len() + 1);
        let planted = [&[sign], self.text.as_bytes(), &[sign]].concat();
        text.splice(at..at, planted);
    }

    /// Holds that a masked text shows nothing of the token where the text has it.
    pub fn assert_hidden(&self, text: &str, masked: &str) {
        for (at, _) in text.match_indices(&self.text) {
            let mut visible = 0;
            for place in at + self.shown..at + self.text.len() {
                let (before, after) = (text.as_bytes()[place], masked.as_bytes()[place]);
                visible = if before == after && !before.is_ascii_whitespace() { visible + 1 } else { 0 };
                assert!(visible < 6, "{} shows at {place}: {masked}", self.text);
            }
        }
    }

    /// Holds that an output has nothing of the token. What `known` texts have besides may be there.
    pub fn assert_absent(&self, known: &[&str], output: &str) {
        // In front of a colon stands the number of a bot, which everybody may know: to a grammar it is a name of its own.
        let shown = self.text.find(':').map_or(self.shown, |colon| self.shown.max(colon));
        // The last line of a private key has words of the first.
        let body = self.text[shown..].split("-----END ").next().unwrap_or_default();
        for piece in body.as_bytes().windows(PIECE).step_by(4).filter_map(|piece| std::str::from_utf8(piece).ok()) {
            let is_known = || known.iter().any(|text| text.replace(&self.text, "").contains(piece));
            assert!(!output.contains(piece) || is_known(), "{} of {} is in the output: {output}", piece, self.text);
        }
    }
}

/// The length of the line in front of a private key, which says no more than that it is one.
fn header(text: &str) -> Option<usize> {
    let (kind, _) = text.strip_prefix("-----BEGIN ")?.split_once("-----")?;
    Some("-----BEGIN ".len() + kind.len() + "-----".len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens of a shape.
    fn tokens(id: &str) -> impl Iterator<Item = Token> {
        let index = PLANTED.iter().position(|shape| shape.id == id).expect("a shape");
        let shape = u8::try_from(index + 1).expect("a byte");
        (0..=u8::MAX).filter_map(move |seed| Token::draw(shape, seed))
    }

    #[test]
    fn beginnings_of_other_shapes_are_public() {
        for token in tokens("anthropic-refresh-token") {
            let public = if token.text.starts_with("sk-ant-ort01-") { "sk-ant-ort01-" } else { "sk-ant-" };
            assert_eq!(token.shown, public.len(), "{}", token.text);
        }
    }

    #[test]
    fn headers_of_private_keys_are_public() {
        let token = tokens("private-key").next().expect("a token");
        let (header, body) = token.text.split_at(token.shown);
        assert!(header.starts_with("-----BEGIN ") && header.ends_with(" PRIVATE KEY-----"), "{header}");
        token.assert_absent(&[], header);
        assert!(std::panic::catch_unwind(|| token.assert_absent(&[], body)).is_err());
        // Whatever the last line says.
        let text = format!("-----BEGIN PRIVATE KEY-----{}-----END ENCRYPTED PRIVATE KEY-----", "a1".repeat(20));
        let token = Token { shown: header.len(), text };
        token.assert_absent(&[], "-----BEGIN PRIVATE KEY-----");
    }

    #[test]
    fn numbers_of_bots_are_public() {
        let token = tokens("telegram-bot-token").find(|token| token.text.starts_with("bot")).expect("a token");
        let (number, secret) = token.text.split_once(':').expect("a number");
        token.assert_absent(&[], number);
        assert!(std::panic::catch_unwind(|| token.assert_absent(&[], secret)).is_err());
    }
}
