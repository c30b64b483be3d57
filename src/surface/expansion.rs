//! Which variables a word shows when it is expanded.

use super::shell::word::name_length;

/// A variable in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion<'t> {
    /// The variable's name.
    pub name: &'t str,
    /// Whether its whole value comes out, and not its length, a part of it, or a word that stands for it.
    pub whole: bool,
    /// Where its mark stands in the word.
    pub at: usize,
}

/// The variables in a word that its shell expands, whichever that is: `$X`, `${X:-none}`, `$env:X`, `%X%`.
pub fn expansions(text: &str) -> Vec<Expansion<'_>> {
    let mut found = dollar(text);
    found.extend(percent(text));
    found
}

fn dollar(text: &str) -> Vec<Expansion<'_>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('$') {
        let rest = &text[at + 1..];
        let (rest, braced) = rest.strip_prefix('{').map_or((rest, false), |rest| (rest, true));
        let rest = match rest.get(..4) {
            Some(head) if head.eq_ignore_ascii_case("env:") => &rest[4..],
            _ => rest,
        };
        let name = &rest[..name_length(rest)];
        if name.is_empty() {
            continue;
        }
        let behind = &rest[name.len()..];
        // `${X:+set}` shows that it is set, `${X:0:8}` and `${X%%-*}` a part.
        let whole = !braced || behind.starts_with(['}', '^', ',', '?', '-', '=']) || {
            behind.strip_prefix(':').is_some_and(|behind| behind.starts_with(['-', '=', '?']))
        };
        // `$($env:X.Substring(0, 8))` shows what PowerShell makes of it.
        let computed = text[..at].ends_with('(') && !behind.trim_start().starts_with([')', '}']) || is_member(behind);
        found.push(Expansion { name, whole: whole && !computed, at });
    }
    found
}

/// Whether a member of an object follows: `.Length`, `.Substring(0, 8)`.
fn is_member(behind: &str) -> bool {
    behind.strip_prefix('.').is_some_and(|rest| {
        let name = &rest[..name_length(rest)];
        name == "Length" || !name.is_empty() && rest[name.len()..].starts_with('(')
    })
}

fn percent(text: &str) -> Vec<Expansion<'_>> {
    let mut found = Vec::new();
    for mark in ['%', '!'] {
        let mut rest = text;
        while let Some(open) = rest.find(mark) {
            let inner = &rest[open + 1..];
            let Some(close) = inner.find(mark) else { break };
            let name = inner[..close].split(':').next().unwrap_or("");
            if name.is_empty() || name_length(name) != name.len() {
                rest = inner;
                continue;
            }
            let at = text.len() - rest.len() + open;
            found.push(Expansion { name, whole: name.len() == close, at });
            rest = &inner[close + 1..];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, bool)]) {
        let found = expansions(text);
        let found: Vec<(&str, bool)> = found.iter().map(|one| (one.name, one.whole)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_comes_out() {
        check("a $X ${Y} ${Z:-none} ${W-}", &[("X", true), ("Y", true), ("Z", true), ("W", true)]);
        check("${#X} ${X:+set} ${Y:0:8} ${Z%%-*} ${V/a/b}", &[("X", false), ("Y", false), ("Z", false), ("V", false)]);
        check("$env:X ${env:Y} $Z", &[("X", true), ("Y", true), ("Z", true)]);
        check("%X% !Y! %Z:~0,8% 100%", &[("X", true), ("Z", false), ("Y", true)]);
        check("$($env:X.Substring(0, 8)) $env:Y.Length $($env:Z)", &[("X", false), ("Y", false), ("Z", true)]);
        check("$ $1 $( ${", &[]);
    }
}
