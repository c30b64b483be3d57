//! Which commit of a range brought what is found at its end.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::AhoCorasick;

use super::compare::is_old;
use crate::config::date::Date;
use crate::finding::{Finding, Location};
use crate::message;
use crate::rules::File;
use crate::source::history::{Past, Version};
use crate::source::range::Range;
use crate::text::Text;

/// Tells of each finding that is new the commit with which it was complete: the last of those that brought what it
/// points at.
pub(super) fn cite(findings: &mut [Finding], range: &Range, past: &Past, files: &[File]) {
    let paths: HashMap<&[u8], u32> = past.paths.iter().map(|path| path.as_bytes()).zip(0..).collect();
    let asked = |place: &Location| Some((*paths.get(place.path.as_bytes())?, text(place, files)));
    let mut texts: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
    for place in findings.iter().filter(|finding| !is_old(finding)).flat_map(places) {
        if let Some((path, text)) = asked(place) {
            texts.entry(path).or_default().insert(text);
        }
    }
    let mut versions: BTreeMap<u32, Vec<&Version>> = BTreeMap::new();
    for version in past.versions.iter().filter(|version| texts.contains_key(&version.path)) {
        versions.entry(version.path).or_default().push(version);
    }
    let mut firsts: HashMap<(u32, &str), u32> = HashMap::new();
    for (path, texts) in &texts {
        let mut versions = versions.remove(path).unwrap_or_default();
        versions.sort_unstable_by_key(|version| version.first);
        let first = first(&texts.iter().copied().collect::<Vec<_>>(), &versions, range, past);
        firsts.extend(first.into_iter().map(|(text, first)| ((*path, text), first)));
    }
    for finding in findings.iter_mut().filter(|finding| !is_old(finding)) {
        let commits = places(finding).filter_map(asked).filter_map(|asked| firsts.get(&asked));
        if let Some(commit) = commits.max().map(|&commit| past.commit(commit)) {
            finding.commit = Some(commit.id);
            let day = Date::of_time(commit.time);
            finding.message = message![finding.message, "; ", commit.id, " (", day, ") brought it"];
        }
    }
}

fn places(finding: &Finding) -> impl Iterator<Item = &Location> {
    std::iter::once(&finding.primary).chain(&finding.related)
}

/// The first commits that wrote these texts into a file with these versions, the oldest first; none for what was there
/// before.
fn first<'t>(texts: &[&'t str], versions: &[&Version], range: &Range, past: &Past) -> Vec<(&'t str, u32)> {
    let Ok(search) = AhoCorasick::new(texts) else { return Vec::new() };
    let mut open: BTreeSet<usize> = (0..texts.len()).collect();
    let mut firsts = Vec::new();
    let Some(path) = versions.first().map(|version| past.path(version)) else { return firsts };
    let mut close = |object, commit: Option<u32>| {
        let bytes = range.read(object).unwrap_or_default();
        for found in search.find_overlapping_iter(Text::decode(&bytes).as_str()) {
            let text = found.pattern().as_usize();
            if open.remove(&text) {
                firsts.extend(texts.get(text).copied().zip(commit));
            }
        }
        open.is_empty()
    };
    let mut is_done = false;
    for old in range.old(path) {
        is_done |= close(old, None);
    }
    for version in versions {
        is_done = is_done || close(past.objects[version.object as usize], Some(version.first));
    }
    firsts
}

/// A value of so many bytes is no other one by chance.
const LONG: usize = 16;

/// What stands at a place, with its line if it is short; nothing for a file as a whole.
fn text<'f>(place: &Location, files: &'f [File]) -> &'f str {
    let found = || {
        let span = place.excerpt.as_ref()?.span;
        let file = files.binary_search_by(|file| file.entry.path.cmp(&place.path)).ok()?;
        let text = files.get(file)?.document.text.as_str();
        let value = text.get(span.range())?;
        if value.len() >= LONG {
            return Some(value);
        }
        let start = text.get(..span.start)?.rfind('\n').map_or(0, |line| line + 1);
        let end = text.get(span.end..)?.find('\n').map_or(text.len(), |line| span.end + line);
        text.get(start..end).map(|line| line.trim_matches([' ', '\t', '\r', ',']))
    };
    found().unwrap_or_default()
}
