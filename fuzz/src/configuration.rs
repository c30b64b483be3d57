//! What a repository says about itself: `keylint.toml`, a baseline, and comments. The files of the input are a repository.

use std::path::Path;

use keylint::accept::with_entry;
use keylint::baseline::{self, Baseline};
use keylint::config::{self, Choice, Config};
use keylint::lint::Report;
use keylint::path::RepoPath;
use keylint::rules::File;
use keylint::source::memory::Memory;
use keylint::source::{Mode, Source as _, State};
use keylint::surface::table::surface_of;
use keylint::surface::{self, toml};

use crate::placed;
use crate::{parts, sound};

/// Holds that a configuration which is read is read again, that its complaints stand in it, and that a baseline survives
/// being written.
pub fn check(bytes: &[u8]) {
    let files = parts::files(bytes);
    let memory = sound::repository(&files);
    for (_, text) in &files {
        baseline_survives(&String::from_utf8_lossy(text));
    }
    let nowhere = Path::new("/");
    let Ok(config) = config::load(&Choice::Found, &memory.snapshot, &memory, nowhere) else { return };
    if let Some(file) = &config.file {
        placed::document(&file.document);
        let text = file.document.text.as_str();
        config.complaints.iter().for_each(|complaint| placed::inside(text, complaint.span));
        config.watched.iter().for_each(|watched| placed::inside(text, watched.span));
    }
    let _ = baseline::load(&Choice::Found, &config, &memory.snapshot, &memory, nowhere);
    let report = sound::lint(&files, &config, &[]);
    entry_fits(&memory, &config, &report);
}

/// Reads a text as a baseline, which has to say the same once written.
fn baseline_survives(text: &str) {
    let Ok(baseline) = Baseline::parse(text) else { return };
    let written = baseline.to_string();
    let Ok(again) = Baseline::parse(&written) else { panic!("{written:?} was written, and is none") };
    assert_eq!(again.to_string(), written);
}

/// Holds that an entry for a finding makes a configuration of a configuration.
fn entry_fits(memory: &Memory, config: &Config, report: &Report) {
    let files: Vec<File> = memory
        .snapshot
        .entries
        .iter()
        .filter_map(|entry| {
            let bytes = memory.read(entry).ok()?;
            let surface = surface_of(&entry.path, &|_| false);
            Some(File::new(entry.clone(), surface::read(entry.path.clone(), surface, &bytes), &config.lexicon))
        })
        .collect();
    let text = config.file.as_ref().map_or("", |file| file.document.text.as_str());
    for finding in report.findings.iter().take(3) {
        let Ok(with_entry) = with_entry(text, finding, &files) else { continue };
        assert!(toml::parse(&with_entry).1.is_empty(), "{with_entry}");
        assert!(with_entry.starts_with(text));
        let path = RepoPath::from("keylint.toml");
        let memory = Memory::new([(path, with_entry.into_bytes(), State::Tracked, Mode::File)]);
        let again = config::load(&Choice::Found, &memory.snapshot, &memory, Path::new("/"));
        assert!(again.is_ok(), "{again:?}");
    }
}
