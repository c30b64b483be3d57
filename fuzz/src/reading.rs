//! Reading one file of a family: byte 0 chooses the file, the next four plant a token, the rest is the text.

use keylint::config::Config;
use keylint::credential::Lexicon;
use keylint::path::RepoPath;
use keylint::rules::File;
use keylint::source::{Entry, Mode, State};
use keylint::surface;
use keylint::text::Span;

use crate::family::{Family, Row};
use crate::placed;
use crate::plant::Token;
use crate::sound;

/// How many bytes stand before the text.
pub const HEAD: usize = 5;

/// The bytes for a text in a file of a family, with nothing planted.
pub fn input(row: usize, text: &[u8]) -> Vec<u8> {
    [&[u8::try_from(row).unwrap_or(0), 0, 0, 0, 0], text].concat()
}

/// An input.
struct Input {
    row: &'static Row,
    text: Vec<u8>,
    token: Option<Token>,
}

impl Input {
    fn of(family: &'static Family, bytes: &[u8]) -> Option<Self> {
        let (&[row, shape, seed, high, low], rest) = bytes.split_first_chunk::<HEAD>()?;
        let row = &family.rows[usize::from(row) % family.rows.len()];
        let mut text = rest.to_vec();
        let token = Token::draw(shape, seed);
        if let Some(token) = &token {
            token.plant(&mut text, usize::from(u16::from_be_bytes([high, low])));
        }
        Some(Self { row, text: [row.head.as_bytes(), &text].concat(), token })
    }
}

/// Reads an input, and holds that what is read lies in the text.
pub fn read(family: &'static Family, bytes: &[u8]) {
    let Some(Input { row, text, .. }) = Input::of(family, bytes) else { return };
    placed::document(&surface::read(RepoPath::from(row.path), row.surface(), &text));
}

/// Holds that what is read lies in the text, that the mask hides what was planted, and that the whole pipeline copes.
pub fn check(family: &'static Family, bytes: &[u8]) {
    let Some(Input { row, text, token }) = Input::of(family, bytes) else { return };
    let path = RepoPath::from(row.path);
    let document = surface::read(path.clone(), row.surface(), &text);
    placed::document(&document);
    let entry = Entry { path: path.clone(), state: State::Tracked, mode: Mode::File };
    let file = File::new(entry, document, &Lexicon::default().into());
    for sighting in &file.sightings {
        placed::inside(file.document.text.as_str(), sighting.span);
    }
    let tokens: Vec<Token> = token.into_iter().collect();
    if let Some(excerpt) = file.locate(Span::new(0, 0)).excerpt {
        sound::same_form(file.document.text.as_str(), &excerpt.masked);
        tokens.iter().for_each(|token| token.assert_hidden(file.document.text.as_str(), &excerpt.masked));
    }
    let mut files = vec![(path, text)];
    files.extend(row.beside.iter().map(|(path, text)| (RepoPath::from(*path), text.as_bytes().to_vec())));
    sound::lint(&files, &Config::default(), &tokens);
}
