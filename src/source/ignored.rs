//! Which paths git ignores, and by which rule.
//!
//! The text may come from the work tree, the index or history: nothing here touches the disk.

use std::collections::HashMap;
use std::sync::Arc;

use super::wildmatch::{self, Syntax};
use super::{IgnoreRule, State};
use crate::path::RepoPath;

/// The largest ignore file that is read, in bytes: in memory its lines take many times their length, and each path may be
/// compared with all of them.
pub(super) const MAX_IGNORE_BYTES: usize = 1 << 20;

/// What is wrong with an ignore file of so many bytes.
pub(super) fn too_large(bytes: usize) -> Option<String> {
    (bytes > MAX_IGNORE_BYTES).then(|| format!("more than the {MAX_IGNORE_BYTES} bytes that an ignore file may have"))
}

/// What the ignore rules say about a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The deciding rule: the last one that matches the path or, before it, a folder above.
    pub rule: IgnoreRule,
    /// Whether the path is ignored; otherwise a negated pattern takes it back.
    pub ignored: bool,
    /// Whether the rule is on this machine only.
    pub personal: bool,
}

/// All ignore rules of a repository.
#[derive(Clone, Debug, Default)]
pub struct IgnoreRules {
    ignore_case: bool,
    folders: HashMap<Box<[u8]>, Shared>,
    /// Highest precedence first.
    personal: Vec<Arc<IgnoreFile>>,
}

/// A `.gitignore` file, and whether teammates don't have it.
#[derive(Clone, Debug)]
struct Shared {
    file: Arc<IgnoreFile>,
    personal: bool,
}

impl IgnoreRules {
    /// No rules yet; `ignore_case` is `core.ignoreCase`.
    pub fn new(ignore_case: bool) -> Self {
        Self { ignore_case, ..Self::default() }
    }

    /// Adds the `.gitignore` of a folder (the empty path is the root).
    pub fn add(&mut self, folder: &RepoPath, text: &[u8]) {
        let file = IgnoreFile::of_folder(folder.as_bytes(), text, self.ignore_case);
        self.add_file(Arc::new(file));
    }

    /// Adds rules of this machine: the user's excludes file first, then `.git/info/exclude`.
    /// All of them yield to any `.gitignore`; a later one wins over an earlier one.
    pub fn add_personal(&mut self, name: &str, text: &[u8]) {
        let file = IgnoreFile::new(name.to_owned(), b"", text, self.ignore_case);
        self.personal.insert(0, Arc::new(file));
    }

    /// Says that a folder's `.gitignore` is not part of the repository, so that its rules are personal.
    pub fn mark_personal(&mut self, folder: &RepoPath) {
        if let Some(shared) = self.folders.get_mut(folder.as_bytes()) {
            shared.personal = true;
        }
    }

    /// What the rules say about a path, which need not exist; `None` where no pattern matches.
    ///
    /// The repository's own rules come first, on their own; the rules of this machine are asked about
    /// what those leave over.
    pub fn decide(&self, path: &RepoPath, is_dir: bool) -> Option<Decision> {
        let own = self.evaluate(path, is_dir, false);
        if own.as_ref().is_some_and(|decision| decision.ignored) {
            return own;
        }
        self.evaluate(path, is_dir, true)
    }

    /// What git itself says on this machine, as `git check-ignore --no-index` prints it.
    pub fn check_ignore(&self, path: &RepoPath, is_dir: bool) -> Option<Decision> {
        self.evaluate(path, is_dir, true)
    }

    /// The state of a path that is not in the index.
    pub fn state(&self, path: &RepoPath, is_dir: bool) -> State {
        match self.decide(path, is_dir) {
            Some(Decision { rule, ignored: true, personal: false }) => State::Private { by: rule },
            Some(Decision { rule, ignored: true, personal: true }) => State::PrivateOnlyHere { by: rule },
            _ => State::WouldBeCommitted,
        }
    }

    /// Every pattern that the repository carries, in no particular order.
    pub fn shared(&self) -> impl Iterator<Item = IgnoreRule> {
        let own = self.folders.values().filter(|shared| !shared.personal);
        own.flat_map(|shared| shared.file.patterns.iter().map(|pattern| shared.file.rule(pattern)))
    }

    pub(super) fn ignore_case(&self) -> bool {
        self.ignore_case
    }

    pub(super) fn add_file(&mut self, file: Arc<IgnoreFile>) {
        self.folders.insert(file.folder.clone(), Shared { file, personal: false });
    }

    pub(super) fn file(&self, folder: &[u8]) -> Option<&Arc<IgnoreFile>> {
        self.folders.get(folder).map(|shared| &shared.file)
    }

    pub(super) fn personal(&self) -> &[Arc<IgnoreFile>] {
        &self.personal
    }

    /// The folders that have a `.gitignore`.
    pub(super) fn folders(&self) -> impl Iterator<Item = RepoPath> {
        self.folders.keys().map(|folder| RepoPath::from_bytes(folder))
    }

    /// Goes down from the root and stops at an ignored folder: nothing below can be taken back.
    fn evaluate(&self, path: &RepoPath, is_dir: bool, with_personal: bool) -> Option<Decision> {
        let path = path.as_bytes();
        let mut files: Vec<&Shared> = self.folders.get(&b""[..]).into_iter().collect();
        let ends = path.iter().enumerate().filter(|&(_, &byte)| byte == b'/').map(|(end, _)| end);
        for end in ends.chain([path.len()]) {
            let (part, is_dir) = (&path[..end], end < path.len() || is_dir);
            let shared = files.iter().rev().filter(|shared| with_personal || !shared.personal);
            let personal = self.personal.iter().filter(|_| with_personal);
            let found = shared
                .map(|shared| (&shared.file, shared.personal))
                .chain(personal.map(|file| (file, true)))
                .find_map(|(file, personal)| Some((file, file.last_match(part, is_dir)?, personal)));
            if let Some((file, pattern, personal)) = found
                && (!pattern.negated || end == path.len())
            {
                return Some(Decision { rule: file.rule(pattern), ignored: !pattern.negated, personal });
            }
            files.extend(self.folders.get(part));
        }
        None
    }
}

/// One ignore file, compiled.
#[derive(Debug)]
pub(super) struct IgnoreFile {
    name: String,
    folder: Box<[u8]>,
    ignore_case: bool,
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
pub(super) struct Pattern {
    line: usize,
    written: Box<[u8]>,
    /// Without the signs that the flags stand for.
    text: Box<[u8]>,
    pub(super) negated: bool,
    only_folders: bool,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// No slash, no wildcard: the name itself.
    Name,
    /// No slash, one star in front: the end of a name.
    Ending,
    /// No slash: wildcards over a name.
    NameGlob,
    /// The path below the folder of the ignore file; so many bytes come before the first wildcard.
    Path(usize),
}

impl IgnoreFile {
    pub(super) fn of_folder(folder: &[u8], text: &[u8], ignore_case: bool) -> Self {
        let name = RepoPath::from_bytes(folder).join(".gitignore").as_str().to_owned();
        Self::new(name, folder, text, ignore_case)
    }

    fn new(name: String, folder: &[u8], text: &[u8], ignore_case: bool) -> Self {
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        let lines = text.split(|&byte| byte == b'\n').enumerate();
        let patterns = lines.filter_map(|(number, line)| Pattern::parse(number + 1, line)).collect();
        Self { name, folder: folder.into(), ignore_case, patterns }
    }

    /// The pattern that decides about a path below this file's folder.
    pub(super) fn last_match(&self, path: &[u8], is_dir: bool) -> Option<&Pattern> {
        let below = if self.folder.is_empty() { path } else { &path[self.folder.len() + 1..] };
        let name = below.rsplit(|&byte| byte == b'/').next().unwrap_or(below);
        let mut patterns = self.patterns.iter().rev();
        patterns.find(|pattern| (is_dir || !pattern.only_folders) && pattern.matches(below, name, self.ignore_case))
    }

    fn rule(&self, pattern: &Pattern) -> IgnoreRule {
        IgnoreRule {
            file: self.name.clone(),
            line: pattern.line,
            pattern: String::from_utf8_lossy(&pattern.written).into_owned(),
        }
    }
}

impl Pattern {
    fn parse(line: usize, text: &[u8]) -> Option<Self> {
        if text.starts_with(b"#") {
            return None;
        }
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let written = without_trailing_spaces(text);
        let (negated, text) = written.strip_prefix(b"!").map_or((false, written), |text| (true, text));
        let (only_folders, text) = text.strip_suffix(b"/").map_or((false, text), |text| (true, text));
        let wildcard = |text: &[u8]| text.iter().position(|&byte| wildmatch::is_special(byte));
        let (text, kind) = if text.contains(&b'/') {
            let text = text.strip_prefix(b"/").unwrap_or(text);
            (text, Kind::Path(wildcard(text).unwrap_or(text.len())))
        } else {
            let kind = match (wildcard(text), text) {
                (None, []) => return None,
                (None, _) => Kind::Name,
                (Some(_), [b'*', ending @ ..]) if wildcard(ending).is_none() => Kind::Ending,
                (Some(_), _) => Kind::NameGlob,
            };
            (text, kind)
        };
        let (written, text) = (written.into(), text.into());
        Some(Self { line, written, text, negated, only_folders, kind })
    }

    fn matches(&self, path: &[u8], name: &[u8], ignore_case: bool) -> bool {
        let text = &*self.text;
        let same = |a: &[u8], b: &[u8]| {
            if ignore_case { a.eq_ignore_ascii_case(b) } else { a == b }
        };
        match self.kind {
            Kind::Name => same(text, name),
            Kind::Ending => {
                let start = name.len().checked_sub(text.len() - 1);
                start.is_some_and(|start| same(&text[1..], &name[start..]))
            }
            Kind::NameGlob => wildmatch::matches(text, name, Syntax { pathname: false, ignore_case }),
            // As git does, the wildcards are matched on their own: `x**/y` means `x` and any folders.
            Kind::Path(literal) => {
                path.len() >= literal
                    && same(&text[..literal], &path[..literal])
                    && wildmatch::matches(&text[literal..], &path[literal..], Syntax { pathname: true, ignore_case })
            }
        }
    }
}

/// Drops spaces at the end, up to one that a backslash protects.
fn without_trailing_spaces(line: &[u8]) -> &[u8] {
    let mut end = 0;
    let mut bytes = line.iter().enumerate();
    while let Some((place, &byte)) = bytes.next() {
        match byte {
            b' ' => {}
            // git leaves a line alone that ends in a backslash.
            b'\\' if bytes.next().is_none() => return line,
            b'\\' => end = place + 2,
            _ => end = place + 1,
        }
    }
    &line[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> IgnoreRules {
        let mut rules = IgnoreRules::new(false);
        rules.add(&RepoPath::from(""), text.as_bytes());
        rules
    }

    fn line(rules: &IgnoreRules, path: &str) -> Option<(usize, bool)> {
        let decision = rules.decide(&path.into(), false)?;
        Some((decision.rule.line, decision.ignored))
    }

    #[test]
    fn the_last_match_wins_below_folders_that_are_not_ignored() {
        let rules = rules("*.log\n!keep.log\nbuild/\n!build/keep.log\n");
        assert_eq!(line(&rules, "a/x.log"), Some((1, true)));
        assert_eq!(line(&rules, "a/keep.log"), Some((2, false)));
        assert_eq!(line(&rules, "build/keep.log"), Some((3, true)));
        assert_eq!(line(&rules, "build"), None);
    }

    #[test]
    fn marks_blanks_and_escapes() {
        let rules = rules("\u{FEFF}.env\r\n\\#a\n\\!b\nc\\ \nd  \n# x\n\n\\\n");
        for (path, expected) in [
            (".env", Some((1, true))),
            ("#a", Some((2, true))),
            ("!b", Some((3, true))),
            ("c ", Some((4, true))),
            ("d", Some((5, true))),
            ("x", None),
        ] {
            assert_eq!(line(&rules, path), expected, "{path}");
        }
    }

    #[test]
    fn own_rules_come_before_personal_ones() {
        let mut rules = rules(".env\n");
        rules.add_personal("/home/me/ignore", b"*.local\n.claude/\n");
        rules.add_personal(".git/info/exclude", b"!x.local\n.env\n");
        let decide = |path: &str| rules.decide(&path.into(), false).unwrap();
        assert_eq!((decide(".env").rule.file.as_str(), decide(".env").personal), (".gitignore", false));
        assert!(!decide("x.local").ignored);
        let decision = decide(".claude/settings.local.json");
        assert_eq!((decision.rule.pattern.as_str(), decision.personal), (".claude/", true));
        assert!(matches!(rules.state(&"a.local".into(), false), State::PrivateOnlyHere { .. }));
    }

    #[test]
    fn a_file_that_is_not_shared_counts_as_personal() {
        let mut rules = IgnoreRules::new(false);
        rules.add(&"a".into(), b"*\n");
        assert!(matches!(rules.state(&"a/x".into(), false), State::Private { .. }));
        rules.mark_personal(&"a".into());
        assert!(matches!(rules.state(&"a/x".into(), false), State::PrivateOnlyHere { .. }));
    }

    #[test]
    fn case() {
        let mut rules = IgnoreRules::new(true);
        rules.add(&"".into(), b"*.ENV\nBuild/x\n");
        assert!(rules.decide(&"a.env".into(), false).is_some());
        assert!(rules.decide(&"build/X".into(), false).is_some());
    }
}
