//! `cargo package`: what git has, less `exclude`, or what `include` names (Cargo's manifest reference, 2026-08).

use crate::path::RepoPath;
use crate::source::ignored::IgnoreRules;
use crate::surface::toml;
use crate::surface::tree::{Kind, Node};

/// Whether a crate takes along a file that git has; `path` is relative to the manifest's folder. `None` for a manifest that
/// publishes nothing.
pub fn ships(manifest: &str, path: &str) -> Option<bool> {
    let (Some(tree), faults) = toml::parse(manifest) else { return None };
    let package = tree.get("package").filter(|_| faults.is_empty())?;
    let is_private = match package.get("publish").map(|publish| &publish.kind) {
        Some(Kind::Scalar(word)) => word == "false",
        Some(Kind::Array(registries)) => registries.is_empty(),
        // `publish.workspace = true`: it is said elsewhere.
        Some(_) => true,
        None => false,
    };
    if is_private {
        return None;
    }
    let matches = |key: &str| {
        let lines: Vec<&str> =
            package.get(key)?.elements().iter().filter_map(Node::as_string).map(|line| line.text.expose()).collect();
        let mut rules = IgnoreRules::new(false);
        rules.add(&RepoPath::from(""), lines.join("\n").as_bytes());
        Some(rules.decide(&RepoPath::from(path), false).is_some_and(|decision| decision.ignored))
    };
    // An `include` makes cargo pass over the `exclude`.
    Some(matches("include").unwrap_or_else(|| !matches("exclude").unwrap_or(false)))
}

#[cfg(test)]
mod tests {
    use super::ships;

    #[test]
    fn include_and_exclude() {
        let local = ".claude/settings.local.json";
        for (manifest, expected) in [
            ("[package]\nname = \"a\"\n", Some(true)),
            ("[package]\nname = \"a\"\nexclude = [\".claude/\"]\n", Some(false)),
            ("[package]\nname = \"a\"\nexclude = [\"/.claude\", \"x\"]\n", Some(false)),
            ("[package]\nname = \"a\"\nexclude = [\"x\"]\n", Some(true)),
            ("[package]\nname = \"a\"\ninclude = [\"src/**\"]\n", Some(false)),
            ("[package]\nname = \"a\"\ninclude = [\"**/*\"]\nexclude = [\".claude\"]\n", Some(true)),
            ("[package]\nname = \"a\"\npublish = false\n", None),
            ("[package]\nname = \"a\"\npublish = []\n", None),
            ("[workspace]\nmembers = []\n", None),
            ("[package\n", None),
        ] {
            assert_eq!(ships(manifest, local), expected, "{manifest}");
        }
    }
}
