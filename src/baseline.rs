//! Findings that were accepted all at once, so that only new ones are reported.
//!
//! The file has one sorted line for each: rule, path, key, tag, with tabs between. It holds no line number and no
//! time, so that it changes only when what it accepts changes; see [`identity`](crate::identity) for the tag.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::Path;

use crate::config::{Choice, Config};
use crate::finding::Finding;
use crate::identity::{Place, Salt, Tag, tag};
use crate::path::RepoPath;
use crate::rules::File;
use crate::source::{Snapshot, Source, SourceError};
use crate::text::Text;

/// The name under which it is found at the root of a repository.
pub const NAME: &str = "keylint-baseline.txt";

/// The largest baseline, in bytes: an entry takes many times its length in memory, and nobody reviews that many.
pub(crate) const MAX_BASELINE: usize = 4 << 20;

const HEAD: &str = "# Findings that were accepted. `keylint baseline` writes this file; see README, Baseline.";
const SALT: &str = "salt ";

/// Accepted findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    salt: Salt,
    entries: Vec<Entry>,
}

/// One accepted finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Rule, file and key.
    pub place: Place,
    /// `None` for a finding about a file as a whole.
    pub tag: Option<Tag>,
    /// 1-based line of the baseline.
    pub line: usize,
}

/// Why a baseline can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// 1-based.
    pub line: usize,
    /// What is wrong with the line.
    pub reason: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}; `keylint baseline` writes the file anew", self.line, self.reason)
    }
}

/// The path of a repository's baseline, whether it is there or not.
pub fn path(config: &Config) -> RepoPath {
    config.baseline.as_ref().map_or(RepoPath::from(NAME), |path| RepoPath::from(path.value.as_str()))
}

/// Reads the baseline that counts.
///
/// # Errors
/// When it can't be read, or is none. One that is not there accepts nothing.
pub fn load(
    choice: &Choice,
    config: &Config,
    snapshot: &Snapshot,
    source: &dyn Source,
    cwd: &Path,
) -> Result<Option<(RepoPath, Baseline)>, SourceError> {
    let (path, bytes) = match choice {
        Choice::Nothing => return Ok(None),
        Choice::File(file) => {
            let full = cwd.join(file);
            let bytes = std::fs::read(&full)
                .map_err(|error| SourceError::Io { path: full.clone(), reason: error.to_string() })?;
            (RepoPath::from_path(file), bytes)
        }
        Choice::Found => {
            let path = path(config);
            let Some(entry) = snapshot.entry(&path) else { return Ok(None) };
            let full = || snapshot.root.join(path.to_path());
            let bytes = source.read(entry);
            let bytes = bytes.map_err(|error| SourceError::Io { path: full(), reason: error.to_string() })?;
            (path, bytes)
        }
    };
    if bytes.len() > MAX_BASELINE {
        let reason = format!("{} bytes, more than the {MAX_BASELINE} that a baseline may have", bytes.len());
        return Err(SourceError::Io { path: path.to_path(), reason });
    }
    let text = Text::decode(&bytes);
    match Baseline::parse(text.as_str()) {
        Ok(baseline) => Ok(Some((path, baseline))),
        Err(malformed) => {
            Err(SourceError::Io { path: path.to_path(), reason: format!("this is no baseline: {malformed}") })
        }
    }
}

impl Baseline {
    /// A baseline that accepts these findings.
    pub fn of(findings: &[&Finding], files: &[File], salt: Salt) -> Self {
        let entry = |finding: &&Finding| Entry { place: Place::of(finding), tag: tag(finding, files, salt), line: 0 };
        let mut entries: Vec<Entry> = findings.iter().map(entry).collect();
        entries.sort_by(|one, other| (&one.place, one.tag).cmp(&(&other.place, other.tag)));
        Self { salt, entries }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// Names the line that is none of a baseline: also where two versions of the file were merged badly.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut salt = None;
        let mut entries = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let malformed = |reason| Malformed { line: index + 1, reason };
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(value) = line.strip_prefix(SALT) {
                if salt.is_some() {
                    return Err(malformed("a second salt"));
                }
                salt = Some(Salt::parse(value).ok_or(malformed("the salt has to be 16 hexadecimal digits"))?);
                continue;
            }
            let fields: Vec<&str> = line.split('\t').collect();
            let [rule, path, key, tag] = fields[..] else {
                return Err(malformed("an entry has four fields with tabs between: rule, path, key, tag"));
            };
            let tag = match tag {
                "-" => None,
                tag => Some(Tag::parse(tag).ok_or(malformed("a tag has four hexadecimal digits"))?),
            };
            let place = Place { rule: rule.to_owned(), path: plain(path), key: plain(key) };
            entries.push(Entry { place, tag, line: index + 1 });
        }
        match salt {
            Some(salt) => Ok(Self { salt, entries }),
            None => Err(Malformed { line: 1, reason: "there is no salt" }),
        }
    }

    /// The salt, to be kept when the file is written anew.
    pub fn salt(&self) -> Salt {
        self.salt
    }

    /// How many findings it accepts.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it accepts nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes accepted findings out, each entry one. Returns the entries that accepted none.
    pub fn apply(&self, findings: &mut Vec<Finding>, files: &[File], taken: &mut Vec<Finding>) -> Vec<&Entry> {
        let mut open: BTreeMap<(Place, Option<Tag>), Vec<&Entry>> = BTreeMap::new();
        // From the end, so that the first entry is the first to be taken.
        for entry in self.entries.iter().rev() {
            open.entry((entry.place.clone(), entry.tag)).or_default().push(entry);
        }
        taken.extend(findings.extract_if(.., |finding| {
            let wanted = (Place::of(finding), tag(finding, files, self.salt));
            open.get_mut(&wanted).and_then(Vec::pop).is_some()
        }));
        let mut stale: Vec<&Entry> = open.into_values().flatten().collect();
        stale.sort_by_key(|entry| entry.line);
        stale
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}\n{SALT}{}", self.salt)?;
        for Entry { place, tag, .. } in &self.entries {
            write!(f, "{}\t{}\t{}\t", place.rule, escaped(&place.path), escaped(&place.key))?;
            match tag {
                Some(tag) => writeln!(f, "{tag}")?,
                None => writeln!(f, "-")?,
            }
        }
        Ok(())
    }
}

/// The text without the characters that separate fields and lines.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            character if character.is_control() => {
                let _ = write!(escaped, "\\u{{{:x}}}", u32::from(character));
            }
            character => escaped.push(character),
        }
    }
    escaped
}

/// What [`escaped`] made of a text, as it was.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let code = rest.strip_prefix("u{").and_then(|rest| rest.split_once('}'));
        if let Some((character, behind)) =
            code.and_then(|(code, behind)| Some((char::from_u32(u32::from_str_radix(code, 16).ok()?)?, behind)))
        {
            plain.push(character);
            rest = behind;
        } else {
            plain.push('\\');
            rest = rest.strip_prefix('\\').unwrap_or(rest);
        }
    }
    plain + rest
}
