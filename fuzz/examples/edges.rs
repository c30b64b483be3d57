//! Reads inputs cut at each place, and with another character at each place, which libFuzzer, that knows bytes alone,
//! seldom tries: `cargo run --release --example edges -- FOLDER [FAMILY]`, where the inputs of a family are below
//! `FOLDER/FAMILY`, as seeds and corpora are. Says which panicked, one for each place in the code, and ends with 1.

use std::collections::BTreeMap;
use std::panic::{catch_unwind, set_hook};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use keylint_fuzz::family::{FAMILIES, Family};
use keylint_fuzz::reading;

/// What is put in front of, and in place of, each character: of two, three and four bytes, the second a blank.
const CHARACTERS: [&str; 3] = ["é", "\u{3000}", "🔑"];

/// Where a panic was, and what it said.
type Said = Arc<Mutex<(String, String)>>;

fn main() -> io::Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else { return Err(io::Error::other("which folder?")) };
    let only = arguments.next();
    let last = Said::default();
    let noted = Arc::clone(&last);
    set_hook(Box::new(move |info| {
        let place = info.location().map_or_else(String::new, ToString::to_string);
        *noted.lock().unwrap_or_else(PoisonError::into_inner) = (place, info.to_string());
    }));
    let mut all_read = true;
    for family in FAMILIES.iter().filter(|family| only.as_ref().is_none_or(|only| only == family.name)) {
        all_read &= read(family, &folder.join(family.name), &last)?;
    }
    Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads the edges of a family's inputs; whether all of them could be read.
fn read(family: &'static Family, folder: &Path, last: &Said) -> io::Result<bool> {
    let mut panics: BTreeMap<String, (String, Vec<u8>)> = BTreeMap::new();
    let mut count = 0_u64;
    for entry in fs::read_dir(folder)? {
        for input in edges(&fs::read(entry?.path())?) {
            count += 1;
            if catch_unwind(|| reading::read(family, &input)).is_err() {
                let (place, said) = last.lock().unwrap_or_else(PoisonError::into_inner).clone();
                panics.entry(place).or_insert((said, input));
            }
        }
    }
    println!("{}: {count} edges, {} panics", family.name, panics.len());
    for (said, input) in panics.values() {
        println!("{said}\n{}", input.escape_ascii());
    }
    Ok(panics.is_empty())
}

/// The input with an edge at each place of its text.
fn edges(input: &[u8]) -> Vec<Vec<u8>> {
    let (head, text) = input.split_at(input.len().min(reading::HEAD));
    let text = String::from_utf8_lossy(text);
    let edge = |pieces: [&str; 3]| [head, pieces.concat().as_bytes()].concat();
    text.char_indices()
        .flat_map(|(at, character)| {
            let (before, behind) = text.split_at(at);
            let rest = &behind[character.len_utf8()..];
            let other = CHARACTERS[at % CHARACTERS.len()];
            [[before, "", ""], [before, other, rest], [before, other, behind]].map(edge)
        })
        .collect()
}
