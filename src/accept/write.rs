//! Accepting findings: `keylint baseline` and `keylint allow` write what takes them out from then on.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::baseline::{self, Baseline, MAX_BASELINE};
use crate::config::date::Date;
use crate::config::is_pattern;
use crate::credential::mask::mask_text;
use crate::finding::{Finding, Severity};
use crate::identity::{Salt, SaltedTag, tag, without_indices};
use crate::lint::{self, Options};
use crate::path::RepoPath;
use crate::replace::replace;
use crate::rules::File;
use crate::source::{MAX_BYTES, SourceError, real_place};
use crate::surface::toml;

/// Writes a baseline that accepts everything at or above a severity, and says where it stands and how many findings it
/// accepts. The salt of a baseline that is there is kept, so that only lines of other findings change.
///
/// # Errors
/// As [`lint::lint`]; also when the file can't be written, which leaves it as it was.
pub fn write_baseline(
    path: &Path,
    cwd: &Path,
    options: &Options,
    least: Severity,
    output: Option<&Path>,
) -> Result<(PathBuf, usize), SourceError> {
    let survey = lint::survey(path, cwd, options)?;
    let failed = |file: &Path, reason: String| SourceError::Io { path: file.to_owned(), reason };
    let file = match output {
        Some(output) => cwd.join(output),
        None => own_file(&survey.snapshot.root, &baseline::path(&survey.config))
            .map_err(|(file, reason)| failed(&file, reason.to_owned()))?,
    };
    // One that can't be read is what this is to replace.
    let known = std::fs::metadata(&file).ok().filter(|found| found.is_file() && found.len() <= MAX_BYTES);
    let known = known.and_then(|_| Baseline::parse(&std::fs::read_to_string(&file).ok()?).ok());
    let salt = known.map_or_else(Salt::random, |known| known.salt());
    let findings: Vec<&Finding> = survey.findings.iter().filter(|finding| finding.severity >= least).collect();
    let new = Baseline::of(&findings, &survey.files, salt);
    let text = new.to_string();
    if text.len() > MAX_BASELINE {
        let reason = format!("{} findings are more than the {MAX_BASELINE} bytes of a baseline hold", new.len());
        return Err(failed(&file, reason));
    }
    replace(&file, text).map_err(|error| failed(&file, error.to_string()))?;
    Ok((file, new.len()))
}

/// The finding that is to be allowed, and why.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The rule's slug.
    pub rule: &'a str,
    /// The file, relative to the root.
    pub path: &'a str,
    /// The logical place; empty for a file as a whole.
    pub key: &'a str,
    /// Why it is fine.
    pub reason: &'a str,
    /// The last day on which it counts.
    pub expires: Option<&'a str>,
}

/// Adds an entry of `[[allow]]` to the configuration at the root, which is made if there is none, and says where that
/// stands.
///
/// # Errors
/// In words: there is no such finding, the configuration can't be read or written, or what was asked for makes no
/// sense. The file is then as it was.
pub fn write_allow(wanted: &Wanted<'_>, cwd: &Path) -> Result<PathBuf, String> {
    if wanted.reason.trim().is_empty() {
        return Err("--reason has to say why the finding is fine".to_owned());
    }
    if mask_text(wanted.reason) != wanted.reason {
        return Err("--reason holds what looks like a credential".to_owned());
    }
    let expires = match wanted.expires {
        Some(day) => Some(Date::parse(day).map(|_| day).ok_or("--expires takes a day as in 2027-01-31")?),
        None => None,
    };
    let survey = lint::survey(Path::new("."), cwd, &Options::default()).map_err(|error| error.to_string())?;
    let is_wanted = |finding: &&Finding| {
        finding.rule.slug == wanted.rule
            && finding.primary.path.as_str() == wanted.path
            && without_indices(&finding.key) == without_indices(wanted.key)
    };
    let mut found = survey.findings.iter().filter(is_wanted);
    let Some(finding) = found.next() else {
        return Err(format!(
            "{} reports nothing at {} in {}: `keylint lint --format json` lists rule, path and key of every finding",
            mask_text(wanted.rule),
            if wanted.key.is_empty() { "the whole".to_owned() } else { mask_text(wanted.key) },
            mask_text(wanted.path),
        ));
    };
    // Several values under one key are all meant.
    let salt = Salt::random();
    let tag = if found.next().is_some() { None } else { tag(finding, &survey.files, salt) };
    let file = survey.config.path().map_or(RepoPath::from("keylint.toml"), Clone::clone);
    let file = own_file(&survey.snapshot.root, &file).map_err(|(file, why)| format!("{}: {why}", file.display()))?;
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{}: {error}", file.display())),
    };
    let written = Entry { finding, reason: wanted.reason.trim(), expires, tag: tag.map(|tag| SaltedTag { salt, tag }) };
    let text = written.behind(text).map_err(|reason| format!("{}: {reason}", file.display()))?;
    replace(&file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(file)
}

/// Where a file of the repository's own is, or is to be; otherwise why it is not written. Its configuration and its links
/// may be anybody's, and name files of the user.
fn own_file(root: &Path, path: &RepoPath) -> Result<PathBuf, (PathBuf, &'static str)> {
    let file = root.join(path.to_path());
    let inside = real_place(&file).and_then(|real| real.strip_prefix(root).map(RepoPath::from_path).ok());
    let is_gits = |path: &RepoPath| path.as_str().split('/').any(|part| part.eq_ignore_ascii_case(".git"));
    if inside.is_none_or(|inside| is_gits(&inside)) {
        return Err((file, "this leads out of the repository or into git's own folder; nothing was written"));
    }
    match std::fs::metadata(&file) {
        Ok(found) if !found.is_file() => Err((file, "this is no regular file; nothing was written")),
        _ => Ok(file),
    }
}

/// A configuration with one more entry of `[[allow]]` for a finding, whose reason somebody has still to write: until then
/// the entry is reported, and allows nothing.
///
/// # Errors
/// In words, where the entry does not fit in.
pub fn with_entry(text: &str, finding: &Finding, files: &[File]) -> Result<String, String> {
    let salt = Salt::random();
    let tag = tag(finding, files, salt).map(|tag| SaltedTag { salt, tag });
    Entry { finding, reason: "", expires: None, tag }.behind(text.to_owned())
}

/// An entry of `[[allow]]`.
struct Entry<'a> {
    finding: &'a Finding,
    reason: &'a str,
    expires: Option<&'a str>,
    tag: Option<SaltedTag>,
}

impl Entry<'_> {
    /// The text of a configuration with the entry behind it.
    fn behind(&self, mut text: String) -> Result<String, String> {
        let finding = self.finding;
        let line = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let path = pattern(finding.primary.path.as_str());
        if !is_pattern(&path) {
            return Err(
                "the file's name is too long for a pattern, or has line breaks: `keylint baseline` accepts what is \
                        found in it"
                    .to_owned(),
            );
        }
        if !text.is_empty() {
            let whole = text.ends_with('\n');
            text.push_str(if whole { "" } else { line });
            text.push_str(line);
        }
        let mut add = |name: &str, value: &str| {
            let _ = write!(text, "{name}{value}{line}");
        };
        add("[[allow]]", "");
        add("rule = ", &quoted(finding.rule.slug));
        add("path = ", &quoted(&path));
        if !finding.key.is_empty() {
            add("key = ", &quoted(&finding.key));
        }
        add("reason = ", &quoted(self.reason));
        if let Some(day) = self.expires {
            add("expires = ", day);
        }
        if let Some(tag) = self.tag {
            add("tag = ", &quoted(&tag.to_string()));
        }
        if let Some(fault) = toml::parse(&text).1.first() {
            let line = text[..fault.span.start.min(text.len())].matches('\n').count() + 1;
            return Err(format!(
                "`[[allow]]` does not fit in behind what is there (line {line}); add the entry to the list by hand"
            ));
        }
        Ok(text)
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            character if character.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            character => quoted.push(character),
        }
    }
    quoted + "\""
}

/// The pattern that matches one path and no other.
fn pattern(path: &str) -> String {
    let mut pattern = String::from("/");
    for character in path.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '\\') || pattern == "/" && matches!(character, '!' | '#') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
