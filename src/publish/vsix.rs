//! `vsce package`: all of the folder but what `.vscodeignore` names (Visual Studio Code documentation, publishing
//! extensions, 2026-08). Without that file the answer depends on more than is read here.

use super::glob::Glob;

/// Whether an extension takes a file along; `None` where a rule is of a kind that is not understood.
pub fn ships(ignore: &str, path: &str) -> Option<bool> {
    let mut patterns = Vec::new();
    for line in ignore.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let folder = if line.ends_with('/') { "**" } else { "" };
        patterns.push(Glob::parse(&format!("{line}{folder}"))?);
    }
    let (back, out): (Vec<Glob>, Vec<Glob>) = patterns.into_iter().partition(|glob| glob.negated);
    let matches = |globs: &[Glob]| globs.iter().any(|glob| glob.matches(path, false, false));
    Some(!matches(&out) || matches(&back))
}

#[cfg(test)]
mod tests {
    use super::ships;

    #[test]
    fn patterns() {
        let local = ".claude/settings.local.json";
        for (ignore, expected) in [
            ("", Some(true)),
            (".vscode/**\nsrc/**\n", Some(true)),
            (".claude/**\n", Some(false)),
            (".claude/\n", Some(false)),
            ("**/.claude/**\n", Some(false)),
            ("**\n!dist/**\n", Some(false)),
            ("**\n!.claude/**\n", Some(true)),
            ("!dist/**\n", Some(true)),
            ("@(a|b)\n", None),
        ] {
            assert_eq!(ships(ignore, local), expected, "{ignore}");
        }
    }
}
