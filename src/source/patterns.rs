//! Patterns of a configuration, which choose files as a `.gitignore` at the root would.

use super::ignored::IgnoreRules;
use crate::path::RepoPath;

/// Patterns, of which the last one that matches decides; `!` takes back.
#[derive(Debug, Default)]
pub struct Patterns(Option<IgnoreRules>);

impl Patterns {
    /// Patterns in order, one line each.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let text = patterns.into_iter().collect::<Vec<_>>().join("\n");
        if text.is_empty() {
            return Self::default();
        }
        let mut rules = IgnoreRules::new(false);
        rules.add(&RepoPath::from(""), text.as_bytes());
        Self(Some(rules))
    }

    /// Whether they choose a file: by its own path, or by a folder above it.
    pub fn choose(&self, path: &RepoPath) -> bool {
        self.0.as_ref().is_some_and(|rules| rules.decide(path, false).is_some_and(|decision| decision.ignored))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_decides() {
        let patterns = Patterns::new(["vendor/", "*.log", "!keep.log", "/top"]);
        for (path, expected) in [
            ("vendor/a/b", true),
            ("x/vendor/a", true),
            ("vendor", false),
            ("a/x.log", true),
            ("a/keep.log", false),
            ("vendor/keep.log", true),
            ("top", true),
            ("a/top", false),
        ] {
            assert_eq!(patterns.choose(&path.into()), expected, "{path}");
        }
        assert!(!Patterns::new([]).choose(&"a".into()));
    }
}
