//! A Python source distribution, in the two cases in which files beside the package come along: Hatch takes all that git
//! does not ignore, and setuptools what `MANIFEST.in` names (their documentation, 2026-08).

use crate::source::wildcards;
use crate::surface::toml;
use crate::surface::tree::Node;

/// Whether Hatch takes along a file that no `.gitignore` names. `None` for another builder, and where rules of its own say
/// what is taken.
pub fn hatch_ships(pyproject: &str) -> Option<bool> {
    let (Some(tree), faults) = toml::parse(pyproject) else { return None };
    let at = |keys: &[&str]| keys.iter().try_fold(&tree, |node, key| node.get(key));
    let builder = at(&["build-system", "build-backend"]).and_then(Node::as_string)?;
    if builder.text.expose() != "hatchling.build" || !faults.is_empty() || at(&["project", "name"]).is_none() {
        return None;
    }
    let is_private = at(&["project", "classifiers"]).is_some_and(|classifiers| {
        let mut names = classifiers.elements().iter().filter_map(Node::as_string);
        names.any(|name| name.text.expose().starts_with("Private ::"))
    });
    let has_rules =
        [&["tool", "hatch", "build"][..], &["tool", "hatch", "build", "targets", "sdist"]].iter().any(|place| {
            let rules = ["include", "exclude", "only-include", "packages", "artifacts", "force-include"];
            at(place).is_some_and(|table| rules.iter().any(|key| table.get(key).is_some()))
        });
    (!is_private && !has_rules).then_some(true)
}

/// Whether `MANIFEST.in` names a file. What it leaves out again counts as left out wherever it stands.
pub fn manifest_ships(manifest: &str, path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let below = |folder: &str| {
        let folder = folder.trim_matches('/');
        folder == "." || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    };
    let fits = |pattern: &&str| wildcards(pattern, name, true);
    let mut ships = false;
    for line in manifest.lines() {
        let words: Vec<&str> = line.split('#').next().unwrap_or("").split_whitespace().collect();
        let Some((command, arguments)) = words.split_first() else { continue };
        let named = match *command {
            "include" | "exclude" => arguments.iter().any(|pattern| wildcards(pattern, path, true)),
            "recursive-include" | "recursive-exclude" => match arguments.split_first() {
                Some((folder, patterns)) => below(folder) && patterns.iter().any(fits),
                None => false,
            },
            "global-include" | "global-exclude" => arguments.iter().any(fits),
            "graft" | "prune" => arguments.iter().any(|pattern| below(pattern) || wildcards(pattern, folder, true)),
            _ => false,
        };
        if named && matches!(*command, "exclude" | "recursive-exclude" | "global-exclude" | "prune") {
            return false;
        }
        ships |= named;
    }
    ships
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hatch() {
        let head = "[build-system]\nbuild-backend = \"hatchling.build\"\n[project]\nname = \"a\"\n";
        assert_eq!(hatch_ships(head), Some(true));
        assert_eq!(hatch_ships(&format!("{head}[tool.hatch.build.targets.sdist]\nexclude = [\".claude\"]\n")), None);
        assert_eq!(hatch_ships(&format!("{head}[tool.hatch.build]\ninclude = [\"src\"]\n")), None);
        assert_eq!(hatch_ships(&format!("{head}classifiers = [\"Private :: Do Not Upload\"]\n")), None);
        assert_eq!(hatch_ships(&head.replace("hatchling.build", "setuptools.build_meta")), None);
    }

    #[test]
    fn manifests() {
        for (manifest, path, expected) in [
            ("include README.md\n", ".env", false),
            ("include .env\n", ".env", true),
            ("include *.env .e*\n", ".env", true),
            ("graft .\n", ".claude/settings.local.json", true),
            ("graft .claude\n", ".claude/settings.local.json", true),
            ("graft src\n", ".claude/settings.local.json", false),
            ("recursive-include .claude *.json\n", ".claude/settings.local.json", true),
            ("recursive-include .claude *.md\n", ".claude/settings.local.json", false),
            ("global-include *.local.json\n", ".claude/settings.local.json", true),
            ("graft .\nprune .claude\n", ".claude/settings.local.json", false),
            ("graft .\nglobal-exclude *.local.json\n", ".claude/settings.local.json", false),
            ("# graft .\n", ".env", false),
        ] {
            assert_eq!(manifest_ships(manifest, path), expected, "{manifest}");
        }
    }
}
