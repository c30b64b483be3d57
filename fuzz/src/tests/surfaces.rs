//! Every surface of the path table is read by one target.

use std::collections::BTreeSet;
use std::path::Path;

use keylint::surface::Surface;

use crate::family::FAMILIES;

/// The words by which the path table names surfaces.
const KINDS: [&str; 8] = ["Surface", "Settings", "Mcp", "Editor", "Pipeline", "Tasks", "Service", "Language"];

/// `Pipeline::GitHub` for a surface, and `Surface::Shell` for one that is of one kind only.
fn word(surface: Surface) -> String {
    let shown = format!("{surface:?}");
    match shown.split_once('(') {
        Some((kind, which)) => {
            format!("{}::{}", if kind == "Code" { "Language" } else { kind }, which.trim_end_matches(')'))
        }
        None => format!("Surface::{shown}"),
    }
}

/// What the table names outside of its tests.
fn named() -> BTreeSet<String> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/surface/table.rs");
    let table = std::fs::read_to_string(table).unwrap();
    let (table, _) = table.split_once("#[cfg(test)]").unwrap();
    let mut named = BTreeSet::new();
    for (at, _) in table.match_indices("::") {
        let letter = |c: char| c.is_ascii_alphanumeric();
        let kind = table[..at].rsplit(|c| !letter(c)).next().unwrap();
        let which: String = table[at + 2..].chars().take_while(|&c| letter(c)).collect();
        // A word with others behind it is only the kind.
        if KINDS.contains(&kind) && !table[at + 2 + which.len()..].starts_with('(') && !which.is_empty() {
            named.insert(format!("{kind}::{which}"));
        }
    }
    named
}

#[test]
fn every_surface_has_a_target() {
    let mut read: BTreeSet<String> = ["Surface::Keylint".to_owned()].into();
    for family in FAMILIES {
        let own: BTreeSet<String> =
            family.rows.iter().map(|row| word(row.surface().unwrap_or_else(|| panic!("{}", row.path)))).collect();
        for surface in &own {
            assert!(!read.contains(surface), "{surface} is read by {} and another target", family.name);
        }
        read.extend(own);
    }
    assert_eq!(read, named(), "what the targets read, and what the table names");
}

#[test]
fn every_family_is_a_target() {
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    for family in FAMILIES {
        assert!(manifest.contains(&format!("name = \"{}\"", family.name)), "{}", family.name);
    }
}
