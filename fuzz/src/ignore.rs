//! Ignore rules, and git's wildcards beside a matcher that is slow and plain.
//!
//! The parts of the input: a pattern, a path, and the text of an ignore file.

use keylint::path::RepoPath;
use keylint::source::ignored::IgnoreRules;
use keylint::source::patterns::Patterns;
use keylint::source::wildcards;

use crate::parts;

/// How long a pattern and a path may be for the plain matcher, and how many stars it may have: it tries everything.
const SHORT: usize = 24;
const STARS: usize = 5;

/// Holds that wildcards mean what the plain matcher says, and that a folder's fate is that of what it holds.
pub fn check(bytes: &[u8]) {
    let parts: Vec<String> = parts::of(bytes).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let [pattern, path, rest @ ..] = parts.as_slice() else { return };
    let stars = pattern.matches('*').count();
    for slashes in [false, true] {
        let fits = wildcards(pattern, path, slashes);
        if pattern.len() <= SHORT && path.len() <= SHORT && stars <= STARS {
            let plain = matches(pattern.as_bytes(), 0, path.as_bytes(), slashes);
            assert_eq!(fits, plain, "{pattern:?} {path:?} slashes: {slashes}");
        }
    }
    let text = rest.first().map_or(pattern.as_str(), String::as_str);
    decided(text, path);
    let _ = Patterns::new(text.lines()).choose(&RepoPath::from(path.as_str()));
}

fn decided(text: &str, path: &str) {
    for ignore_case in [false, true] {
        let mut rules = IgnoreRules::new(ignore_case);
        rules.add(&RepoPath::from(""), text.as_bytes());
        rules.add(&RepoPath::from("a"), text.as_bytes());
        rules.add_personal(".git/info/exclude", text.as_bytes());
        let is_path = path.split('/').all(|name| !name.is_empty());
        if !is_path {
            let _ = rules.decide(&RepoPath::from(path), false);
            continue;
        }
        let path = RepoPath::from(path);
        let (file, folder) = (rules.decide(&path, false), rules.decide(&path, true));
        // Only a pattern with a slash at its end tells a folder from a file.
        if !text.lines().any(|line| line.trim_end().ends_with('/')) {
            assert_eq!(file, folder, "{path:?}");
        }
        // Nothing below an ignored folder can be taken back.
        if let Some(folder) = folder.filter(|folder| folder.ignored && !folder.personal) {
            for below in ["x", ".env", "x/y"] {
                assert_eq!(rules.decide(&path.join(below), false).as_ref(), Some(&folder), "{path:?}/{below}");
            }
        }
        let _ = rules.check_ignore(&path, false);
        let _ = rules.shared().count();
    }
}

/// Whether a text matches the pattern from a place on, by trying everything.
fn matches(pattern: &[u8], at: usize, text: &[u8], slashes: bool) -> bool {
    let Some(&sign) = pattern.get(at) else { return text.is_empty() };
    let is_slash = |byte: u8| slashes && byte == b'/';
    match sign {
        b'*' => {
            let end = at + pattern[at..].iter().take_while(|&&byte| byte == b'*').count();
            let rest = &pattern[end..];
            let begins = at == 0 || pattern[at - 1] == b'/';
            let ends = rest.is_empty() || rest.starts_with(b"/") || rest.starts_with(b"\\/");
            let crosses = !slashes || end - at >= 2 && begins && ends;
            // `**/` is no folder, too.
            if slashes && crosses && rest.starts_with(b"/") && matches(pattern, end + 1, text, slashes) {
                return true;
            }
            let most = text.iter().position(|&byte| !crosses && is_slash(byte)).unwrap_or(text.len());
            (0..=most).any(|skipped| matches(pattern, end, &text[skipped..], slashes))
        }
        b'[' => match (class(&pattern[at..]), text) {
            (Some((length, has)), [byte, rest @ ..]) => {
                has(*byte) && !is_slash(*byte) && matches(pattern, at + length, rest, slashes)
            }
            _ => false,
        },
        b'?' => matches!(text, [byte, rest @ ..] if !is_slash(*byte) && matches(pattern, at + 1, rest, slashes)),
        b'\\' => match (pattern.get(at + 1), text) {
            (Some(wanted), [byte, rest @ ..]) => byte == wanted && matches(pattern, at + 2, rest, slashes),
            _ => false,
        },
        _ => matches!(text, [byte, rest @ ..] if *byte == sign && matches(pattern, at + 1, rest, slashes)),
    }
}

/// What a class at the beginning of a pattern has, and how long it is; `None` if it has no end, or a name in it that
/// nobody knows.
fn class(pattern: &[u8]) -> Option<(usize, impl Fn(u8) -> bool + use<>)> {
    let negated = matches!(pattern.get(1), Some(b'!' | b'^'));
    let first = 1 + usize::from(negated);
    let mut at = first;
    let mut ranges: Vec<(u8, u8)> = Vec::new();
    let mut before: Option<u8> = None;
    loop {
        let sign = *pattern.get(at)?;
        match sign {
            b']' if at > first => break,
            b'-' if before.is_some() && !matches!(pattern.get(at + 1), None | Some(b']')) => {
                at += 1;
                if *pattern.get(at)? == b'\\' {
                    at += 1;
                }
                ranges.push((before.take()?, *pattern.get(at)?));
            }
            b'[' if pattern.get(at + 1) == Some(&b':') => {
                let name = &pattern[at + 2..];
                let end = name.iter().position(|&byte| byte == b']')?;
                if end > 0 && name[end - 1] == b':' {
                    let fits = named(&name[..end - 1])?;
                    ranges.extend((0..=u8::MAX).filter(fits).map(|byte| (byte, byte)));
                    before = None;
                    at += 2 + end;
                } else {
                    ranges.push((b'[', b'['));
                    before = Some(b'[');
                }
            }
            _ => {
                let mut member = sign;
                if sign == b'\\' {
                    at += 1;
                    member = *pattern.get(at)?;
                }
                ranges.push((member, member));
                before = Some(member);
            }
        }
        at += 1;
    }
    Some((at + 1, move |byte| ranges.iter().any(|&(low, high)| low <= byte && byte <= high) != negated))
}

/// The bytes that a name stands for.
fn named(name: &[u8]) -> Option<fn(&u8) -> bool> {
    Some(match name {
        b"alnum" => u8::is_ascii_alphanumeric,
        b"alpha" => u8::is_ascii_alphabetic,
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"cntrl" => u8::is_ascii_control,
        b"digit" => u8::is_ascii_digit,
        b"graph" => u8::is_ascii_graphic,
        b"lower" => u8::is_ascii_lowercase,
        b"print" => |byte| matches!(byte, b' '..=b'~'),
        b"punct" => u8::is_ascii_punctuation,
        b"space" => |byte| matches!(byte, b' ' | b'\t'..=b'\r'),
        b"upper" => u8::is_ascii_uppercase,
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    })
}
