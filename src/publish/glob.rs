//! The patterns of npm and vsce, as `minimatch` 10 reads them: braces are alternatives, `**` stands for any folders, a star
//! also for a dot in front, and case makes no difference.

/// More alternatives than that are not looked at.
const MAX_ALTERNATIVES: usize = 64;

/// A pattern, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    /// Whether it takes back what others say.
    pub(super) negated: bool,
    /// Its alternatives, in parts between slashes.
    alternatives: Vec<Vec<String>>,
}

impl Glob {
    /// Reads a pattern; `None` for one of a kind that is not understood here.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let pattern = text.trim_start_matches('!');
        let negated = (text.len() - pattern.len()) % 2 == 1;
        let extended = ["@(", "+(", "!(", "?(", "*(", "[:", "..}"].iter().any(|mark| pattern.contains(mark));
        if extended || pattern.contains('\\') {
            return None;
        }
        let alternatives = braces(pattern)?.iter().map(|pattern| parts(pattern)).collect();
        Some(Self { negated, alternatives })
    }

    /// Whether a path matches. With `partial`, whether something below it may. A pattern without a slash is compared with
    /// the name if `base` says so.
    pub(super) fn matches(&self, path: &str, partial: bool, base: bool) -> bool {
        let path = split(path);
        let name = path.iter().rfind(|part| !part.is_empty()).copied().unwrap_or("");
        self.alternatives.iter().any(|pattern| {
            let path = if base && pattern.len() == 1 { &[name][..] } else { &path[..] };
            matches_parts(path, pattern, partial)
        })
    }

    /// Whether one of the alternatives is a name, with nothing but a slash behind it.
    pub(super) fn is_name(&self) -> bool {
        let is_name =
            |parts: &Vec<String>| parts.len() <= if parts.last().is_some_and(String::is_empty) { 2 } else { 1 };
        self.alternatives.iter().any(is_name)
    }
}

/// Between slashes, of which several count as one.
fn split(path: &str) -> Vec<&str> {
    let last = path.matches('/').count();
    let parts = path.split('/').enumerate();
    parts.filter(|(index, part)| !part.is_empty() || *index == 0 || *index == last).map(|(_, part)| part).collect()
}

/// The parts of a pattern; `**/**` is one, and `a/..` none.
fn parts(pattern: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in split(pattern) {
        match (part, parts.last().map(String::as_str)) {
            ("**", Some("**")) => {}
            ("..", Some(last)) if !matches!(last, "" | ".." | "." | "**") => drop(parts.pop()),
            _ => parts.push(part.to_lowercase()),
        }
    }
    if parts.is_empty() { vec![String::new()] } else { parts }
}

/// The alternatives of `a{b,c}`; braces without a comma stand for themselves.
fn braces(pattern: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(text) = open.pop() {
        if done.len() + open.len() > MAX_ALTERNATIVES {
            return None;
        }
        let Some((start, end, commas)) = first_braces(&text) else {
            done.push(text);
            continue;
        };
        let mut from = start + 1;
        for to in commas.into_iter().chain([end]) {
            open.push(format!("{}{}{}", &text[..start], &text[from..to], &text[end + 1..]));
            from = to + 1;
        }
    }
    Some(done)
}

/// The first braces that have commas: their places.
fn first_braces(text: &str) -> Option<(usize, usize, Vec<usize>)> {
    let mut from = 0;
    while let Some(start) = text[from..].find('{').map(|at| from + at) {
        let (mut depth, mut commas) = (0_usize, Vec::new());
        for (offset, byte) in text.bytes().enumerate().skip(start) {
            match byte {
                b'{' => depth += 1,
                b'}' => {
                    depth -= 1;
                    if depth == 0 && commas.is_empty() {
                        break;
                    }
                    if depth == 0 {
                        return Some((start, offset, commas));
                    }
                }
                b',' if depth == 1 => commas.push(offset),
                _ => {}
            }
        }
        from = start + 1;
    }
    None
}

/// Whether parts match, without recursion: of several `**` only the last one tries other places.
fn matches_parts(path: &[&str], pattern: &[String], partial: bool) -> bool {
    let (mut at, mut part) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if partial && at == path.len() {
            return true;
        }
        let next = pattern.get(part).map(String::as_str);
        if next == Some("**") {
            if part + 1 == pattern.len() {
                return path[at..].iter().all(|part| !matches!(*part, "." | ".."));
            }
            retry = Some((at, part));
            part += 1;
            continue;
        }
        // A slash at the end of a path is no part of it.
        if next.is_none() && (at == path.len() || at + 1 == path.len() && path[at].is_empty()) {
            return true;
        }
        if let (Some(pattern), Some(text)) = (next, path.get(at))
            && matches_part(text, pattern)
        {
            at += 1;
            part += 1;
            continue;
        }
        match retry {
            Some((from, stars)) if from < path.len() && !matches!(path[from], "." | "..") => {
                retry = Some((from + 1, stars));
                at = from + 1;
                part = stars + 1;
            }
            _ => return false,
        }
    }
}

/// Whether one part matches; a star alone needs something to stand for.
fn matches_part(text: &str, pattern: &str) -> bool {
    if text.is_empty() || pattern.is_empty() {
        return text.is_empty() && pattern.is_empty();
    }
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    let (mut at, mut place) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(place), text.get(at)) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((at, place));
                place += 1;
                continue;
            }
            (Some('?'), Some(_)) => {
                at += 1;
                place += 1;
                continue;
            }
            (Some('['), Some(&letter)) => {
                if let Some((fits, end)) = class(&pattern, place, letter) {
                    if fits {
                        at += 1;
                        place = end;
                        continue;
                    }
                } else if letter == '[' {
                    at += 1;
                    place += 1;
                    continue;
                }
            }
            (Some(expected), Some(letter)) if expected == letter => {
                at += 1;
                place += 1;
                continue;
            }
            _ => {}
        }
        match retry {
            Some((from, star)) if from < text.len() => {
                retry = Some((from + 1, star));
                at = from + 1;
                place = star + 1;
            }
            _ => return false,
        }
    }
}

/// Whether a class takes a letter, and where it ends; `None` if nothing closes it.
fn class(pattern: &[char], start: usize, letter: char) -> Option<(bool, usize)> {
    let negated = matches!(pattern.get(start + 1), Some('!' | '^'));
    let first = start + 1 + usize::from(negated);
    let (mut at, mut found) = (first, false);
    loop {
        let member = *pattern.get(at)?;
        if member == ']' && at > first {
            return Some((found != negated, at + 1));
        }
        match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some('-'), Some(&last)) if last != ']' => {
                found |= (member..=last).contains(&letter);
                at += 3;
            }
            _ => {
                found |= member == letter;
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    /// What `minimatch` 10 says, with the options of `npm-packlist`.
    #[test]
    fn as_minimatch() {
        for (pattern, path, partial, expected) in [
            ("*", ".claude", false, true),
            (".env", "a/.env", false, true),
            ("/.env", "/.env", false, true),
            ("/.env", "a/.env", false, false),
            ("**/.env", ".env", false, true),
            (".claude/**", ".claude/x/y", false, true),
            (".claude/**", ".claude", false, true),
            (".claude/*", ".claude/x/y", false, false),
            ("dist/", "dist/", false, true),
            ("dist/", "dist", false, false),
            ("a/b/c", "a", true, true),
            ("a/b/c", "b", true, false),
            ("*.{json,md}", "x/CLAUDE.md", false, true),
            ("{a,b}/c", "b/c", false, true),
            ("a{b}", "a{b}", false, true),
            ("[a-c]x", "bx", false, true),
            ("[!a-c]x", "bx", false, false),
            ("*.local.*", "settings.local.json", false, true),
            ("??", "ab", false, true),
            ("A", "a", false, true),
        ] {
            let glob = Glob::parse(pattern).expect(pattern);
            assert_eq!(glob.matches(path, partial, true), expected, "{pattern} {path}");
        }
        assert!(Glob::parse("@(a)").is_none());
        assert!(Glob::parse("!a").is_some_and(|glob| glob.negated));
        assert!(Glob::parse("!!a").is_some_and(|glob| !glob.negated));
    }

    #[test]
    fn hostile_patterns_end() {
        let path = "a/".repeat(3000);
        for pattern in ["**/a/".repeat(2000) + "b", "{a,".repeat(5000), "*a".repeat(5000)] {
            if let Some(glob) = Glob::parse(&pattern) {
                assert!(!glob.matches(&path, false, true));
            }
        }
    }
}
