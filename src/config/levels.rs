//! How much a repository minds what a rule reports.

use crate::finding::Severity;
use crate::path::RepoPath;
use crate::rules::Rule;
use crate::source::patterns::Patterns;

/// What `[rules]`, or one entry of `[[paths]]`, says.
#[derive(Debug, Default)]
pub(super) struct Levels {
    /// For rules by name.
    pub(super) named: Vec<(&'static Rule, Level)>,
    /// For all others.
    pub(super) all: Option<Level>,
}

/// What a rule's findings are worth; `None` is nothing.
pub(super) type Level = Option<Severity>;

/// Reads `off`, `note`, `warning` or `error`.
pub(super) fn parse(text: &str) -> Option<Level> {
    match text {
        "off" => Some(None),
        "note" => Some(Some(Severity::Note)),
        "warning" => Some(Some(Severity::Warning)),
        "error" => Some(Some(Severity::Error)),
        _ => None,
    }
}

impl Levels {
    fn of(&self, rule: &Rule) -> Option<Level> {
        self.named.iter().find(|(named, _)| *named == rule).map(|(_, level)| *level).or(self.all)
    }
}

/// The levels of a whole repository, and of files in it.
#[derive(Debug, Default)]
pub(super) struct AllLevels {
    pub(super) everywhere: Levels,
    pub(super) paths: Vec<(Patterns, Levels)>,
}

impl AllLevels {
    /// The severity of a finding; `None` if it is not wanted. The last table that speaks of the rule counts.
    ///
    /// A level is the rule's new severity. What is milder than the rule's own stays so: the level is the most that it
    /// can be.
    pub(super) fn adjusted(&self, rule: &Rule, path: &RepoPath, found: Severity) -> Option<Severity> {
        let here = self.paths.iter().rev().filter(|(patterns, _)| patterns.choose(path));
        let level = here.map(|(_, levels)| levels).chain([&self.everywhere]).find_map(|levels| levels.of(rule));
        match level {
            None => Some(found),
            Some(None) => None,
            Some(Some(level)) if found < rule.severity => Some(level.min(found)),
            Some(Some(level)) => Some(level),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::find;
    use Severity::{Error, Note, Warning};

    #[test]
    fn a_level_replaces_the_usual_severity_and_caps_the_milder_ones() {
        let levels = |named: &[(&str, &str)], all: Option<&str>| Levels {
            named: named.iter().map(|(slug, level)| (find(slug).unwrap(), parse(level).unwrap())).collect(),
            all: all.and_then(parse),
        };
        let both = find("both-credentials").unwrap();
        let redirect = find("shared-redirect").unwrap();
        let mut all = AllLevels { everywhere: levels(&[("both-credentials", "warning")], None), paths: Vec::new() };
        let at = |all: &AllLevels, rule, path: &str, found| all.adjusted(rule, &path.into(), found);
        assert_eq!(at(&all, both, "a", Error), Some(Warning));
        assert_eq!(at(&all, both, "a", Warning), Some(Warning));
        assert_eq!(at(&all, both, "a", Note), Some(Note));
        assert_eq!(at(&all, redirect, "a", Warning), Some(Warning));
        all.everywhere = levels(&[("shared-redirect", "error")], Some("note"));
        assert_eq!(at(&all, redirect, "a", Warning), Some(Error));
        assert_eq!(at(&all, redirect, "a", Note), Some(Note));
        assert_eq!(at(&all, redirect, "a", Error), Some(Error));
        assert_eq!(at(&all, both, "a", Error), Some(Note));
        all.paths.push((Patterns::new(["b/"]), levels(&[("shared-redirect", "off")], None)));
        all.paths.push((Patterns::new(["b/c"]), levels(&[], Some("warning"))));
        assert_eq!(at(&all, redirect, "b/x", Warning), None);
        assert_eq!(at(&all, both, "b/x", Error), Some(Note), "the entry says nothing of this rule");
        assert_eq!(at(&all, redirect, "b/c", Warning), Some(Warning), "the later entry wins");
        assert_eq!(at(&all, redirect, "xb/x", Warning), Some(Error));
    }
}
