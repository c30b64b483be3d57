//! git's wildcards.
//!
//! Works on bytes, as git does, and agrees with it in the corners too: stars glued to a name, POSIX
//! classes, broken classes (which match nothing), escapes. No input takes more than polynomial time.

/// How a pattern is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    /// Whether `/` is special: only `**` between slashes matches it.
    pub(super) pathname: bool,
    /// Whether ASCII case is ignored.
    pub(super) ignore_case: bool,
}

/// Whether `byte` means something other than itself in a pattern.
pub(super) fn is_special(byte: u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b'\\')
}

/// Whether the whole text matches the pattern.
pub(super) fn matches(pattern: &[u8], text: &[u8], syntax: Syntax) -> bool {
    Matcher { pattern, text, syntax }.run(0, 0) == Outcome::Match
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Match,
    /// Not from here; a star to the left may try its luck further on.
    Mismatch,
    /// A slash is in the way: only a star that crosses slashes may go on.
    Slash,
    /// Neither from here nor from any place further on.
    Never,
}

struct Matcher<'a> {
    pattern: &'a [u8],
    text: &'a [u8],
    syntax: Syntax,
}

impl Matcher<'_> {
    fn run(&self, mut p: usize, mut t: usize) -> Outcome {
        while let Some(&expected) = self.pattern.get(p) {
            if expected == b'*' {
                match self.star(&mut p, &mut t) {
                    Some(outcome) => return outcome,
                    None => continue,
                }
            }
            let Some(&byte) = self.text.get(t) else {
                return Outcome::Never;
            };
            let slash = self.syntax.pathname && byte == b'/';
            let fits = match expected {
                b'?' => !slash,
                b'\\' => {
                    p += 1;
                    self.pattern.get(p) == Some(&self.fold(byte))
                }
                b'[' => match self.class(&mut p, self.fold(byte)) {
                    Some(fits) => fits && !slash,
                    None => return Outcome::Never,
                },
                _ => self.fold(expected) == self.fold(byte),
            };
            if !fits {
                return Outcome::Mismatch;
            }
            p += 1;
            t += 1;
        }
        if t == self.text.len() { Outcome::Match } else { Outcome::Mismatch }
    }

    /// Matches from a run of stars on. `None` if only the place moved.
    fn star(&self, p: &mut usize, t: &mut usize) -> Option<Outcome> {
        let first = *p;
        let after = first + count_stars(&self.pattern[first..]);
        *p = after;
        let rest = &self.pattern[after..];
        let crosses = !self.syntax.pathname || self.stands_between_slashes(first, after);
        if rest.is_empty() {
            let blocked = !crosses && self.text[*t..].contains(&b'/');
            return Some(if blocked { Outcome::Slash } else { Outcome::Match });
        }
        if rest[0] == b'/' && self.syntax.pathname {
            if !crosses {
                // It ends at the next slash, whatever follows.
                let Some(slash) = self.text[*t..].iter().position(|&byte| byte == b'/') else {
                    return Some(Outcome::Never);
                };
                *p += 1;
                *t += slash + 1;
                return None;
            }
            // `**/` also stands for no folder at all.
            match self.run(self.skip_repeated(after + 1), *t) {
                outcome @ (Outcome::Match | Outcome::Never) => return Some(outcome),
                Outcome::Mismatch | Outcome::Slash => {}
            }
        }
        let literal = (!is_special(rest[0])).then(|| self.fold(rest[0]));
        for from in *t..self.text.len() {
            let byte = self.text[from];
            let outcome = if literal.is_some_and(|literal| literal != self.fold(byte)) {
                Outcome::Mismatch
            } else {
                self.run(after, from)
            };
            match outcome {
                Outcome::Mismatch if !crosses && byte == b'/' => return Some(Outcome::Slash),
                Outcome::Mismatch => {}
                Outcome::Slash if crosses => {}
                outcome => return Some(outcome),
            }
        }
        Some(Outcome::Never)
    }

    /// Whether the stars from `first` to `after` are a `**` that fills a whole part of the path.
    fn stands_between_slashes(&self, first: usize, after: usize) -> bool {
        after - first >= 2
            && (first == 0 || self.pattern[first - 1] == b'/')
            && matches!(self.pattern[after..], [] | [b'/', ..] | [b'\\', b'/', ..])
    }

    /// Skips more `**/`: they add nothing, and a long row of them shall not nest.
    fn skip_repeated(&self, mut p: usize) -> usize {
        loop {
            let stars = count_stars(&self.pattern[p..]);
            if stars < 2 || self.pattern.get(p + stars) != Some(&b'/') {
                return p;
            }
            p += stars + 1;
        }
    }

    /// Matches a byte with the class that starts at `p`, and moves `p` to its `]`.
    /// `None` if the class is broken.
    fn class(&self, p: &mut usize, byte: u8) -> Option<bool> {
        let at = |place: usize| self.pattern.get(place).copied();
        let mut place = *p + 1;
        let negated = matches!(at(place), Some(b'!' | b'^'));
        place += usize::from(negated);
        let first = place;
        let mut previous = None;
        let mut found = false;
        loop {
            let mut member = at(place)?;
            if member == b']' && place > first {
                break;
            }
            let ranges = member == b'-' && !matches!(at(place + 1), None | Some(b']'));
            if let (true, Some(low)) = (ranges, previous) {
                place += 1;
                if at(place)? == b'\\' {
                    place += 1;
                }
                let range = low..=at(place)?;
                found |= range.contains(&byte) || self.syntax.ignore_case && range.contains(&byte.to_ascii_uppercase());
                previous = None;
            } else if member == b'[' && at(place + 1) == Some(b':') {
                let name = &self.pattern[place + 2..];
                let end = name.iter().position(|&byte| byte == b']')?;
                if let Some(name) = name[..end].strip_suffix(b":") {
                    found |= self.named(name, byte)?;
                    previous = None;
                    place += 2 + end;
                } else {
                    found |= byte == b'[';
                    previous = Some(b'[');
                }
            } else {
                if member == b'\\' {
                    place += 1;
                    member = at(place)?;
                }
                found |= byte == member;
                previous = Some(member);
            }
            place += 1;
        }
        *p = place;
        Some(found != negated)
    }

    fn named(&self, name: &[u8], byte: u8) -> Option<bool> {
        Some(match name {
            b"alnum" => byte.is_ascii_alphanumeric(),
            b"alpha" => byte.is_ascii_alphabetic(),
            b"blank" => matches!(byte, b' ' | b'\t'),
            b"cntrl" => byte.is_ascii_control(),
            b"digit" => byte.is_ascii_digit(),
            b"graph" => byte.is_ascii_graphic(),
            b"lower" => byte.is_ascii_lowercase(),
            b"print" => byte.is_ascii_graphic() || byte == b' ',
            b"punct" => byte.is_ascii_punctuation(),
            b"space" => matches!(byte, b' ' | b'\t'..=b'\r'),
            b"upper" => byte.is_ascii_uppercase() || self.syntax.ignore_case && byte.is_ascii_lowercase(),
            b"xdigit" => byte.is_ascii_hexdigit(),
            _ => return None,
        })
    }

    fn fold(&self, byte: u8) -> u8 {
        if self.syntax.ignore_case { byte.to_ascii_lowercase() } else { byte }
    }
}

fn count_stars(pattern: &[u8]) -> usize {
    pattern.iter().take_while(|&&byte| byte == b'*').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: Syntax = Syntax { pathname: true, ignore_case: false };

    #[test]
    fn stars_and_slashes() {
        for (pattern, text, expected) in [
            ("a/*/b", "a/x/b", true),
            ("a/*/b", "a/x/y/b", false),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true),
            ("**/b", "b", true),
            ("**/b", "x/b", true),
            ("**", "x/b", true),
            ("a*", "ab/c", false),
            ("[!a]b", "/b", false),
            ("[[:digit:]-]x", "-x", true),
            ("[a", "[a", false),
            ("[]-]", "]", true),
            ("a\\", "a\\", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes(), PATH), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn hostile_patterns_end() {
        let text = "a/".repeat(1000);
        for part in ["**/", "**/a/", "*a*", "**/*/"] {
            let pattern = part.repeat(2000) + "b";
            assert!(!matches(pattern.as_bytes(), text.as_bytes(), PATH));
        }
    }
}
