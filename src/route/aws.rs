//! The region of a request to AWS.

use std::path::PathBuf;

use super::machine;
use super::unit::Unit;
use crate::text::trimmed;

/// The region: of a variable, else of the files of the AWS tools, else the default. What is no name of a region counts
/// as none (observed with Claude Code 2.1.329 on 2026-11-21).
pub(super) fn region(unit: &Unit<'_>) -> String {
    let variable = |name: &str| unit.text(name).filter(|text| is_region(text)).map(str::to_owned);
    let variables = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let found = variables.or_else(|| in_files(unit).filter(|region| is_region(region)));
    found.unwrap_or_else(|| "us-east-1".to_owned())
}

/// Whether the client takes the text for the name of a region.
pub(super) fn is_region(text: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
    text.len() > 1 && text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.split('-').all(is_word)
}

/// The region of the profile in use: that in the file with the credentials before that of `~/.aws/config`.
fn in_files(unit: &Unit<'_>) -> Option<String> {
    let machine = unit.machine()?;
    let home = unit.home()?;
    let read = |variable: &str, name: &str| {
        let path = match unit.text(variable) {
            Some(path) => path.strip_prefix("~/").map_or_else(|| PathBuf::from(path), |path| home.join(path)),
            None => home.join(".aws").join(name),
        };
        machine::text(machine, &path).unwrap_or_default()
    };
    let profile = unit.raw("AWS_PROFILE").unwrap_or("default");
    let credentials = read("AWS_SHARED_CREDENTIALS_FILE", "credentials");
    let config = read("AWS_CONFIG_FILE", "config");
    setting(&credentials, &|section| section == profile)
        .or_else(|| setting(&config, &|section| is_profile(section, profile)))
        .or_else(|| setting(&config, &|section| section == "default" && profile == "default"))
}

/// `profile work` and `profile 'work'`.
fn is_profile(section: &str, profile: &str) -> bool {
    let name = section.strip_prefix("profile").and_then(|rest| rest.strip_prefix([' ', '\t']));
    name.is_some_and(|name| {
        let quoted = ['\'', '"'].iter().find_map(|&quote| name.strip_prefix(quote)?.strip_suffix(quote));
        quoted.unwrap_or(name) == profile && !profile.contains(char::is_whitespace)
    })
}

/// The region in the sections that are meant.
fn setting(text: &str, is_meant: &dyn Fn(&str) -> bool) -> Option<String> {
    let (mut meant, mut nested, mut region) = (false, false, None);
    for line in text.lines() {
        let line = without_comment(line);
        if let Some(section) = trimmed(line).strip_prefix('[').and_then(|section| section.strip_suffix(']')) {
            (meant, nested) = (is_meant(section), false);
        } else if let Some((name, value)) = line.split_once('=') {
            // Indented lines below a setting without a value belong to it.
            let indented = line.starts_with(|c: char| c.is_whitespace());
            nested = if indented { nested } else { value.trim().is_empty() };
            if meant && !(indented && nested) && name.trim() == "region" {
                region = Some(value.trim().to_owned());
            }
        }
    }
    region.filter(|region| !region.is_empty())
}

/// A comment starts with `#` or `;` at the start of a line or behind a blank.
fn without_comment(line: &str) -> &str {
    let is_start =
        |&(at, c): &(usize, char)| matches!(c, '#' | ';') && line[..at].chars().last().is_none_or(char::is_whitespace);
    line.char_indices().find(is_start).map_or(line, |(at, _)| &line[..at])
}
