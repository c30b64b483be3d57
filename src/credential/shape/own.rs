//! Token shapes that a repository's own configuration names.

use std::ops::Range;

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};

use super::super::mask::mask_text;
use super::{Alphabet, Check, Family, Match, Shape, check, run_length, stands_alone};

/// The shortest beginning that a pattern may have: every place where it stands costs a look.
pub const MIN_PREFIX: usize = 3;

/// The longest token, in bytes. No pattern sees more at once, nor anything behind a blank, so that no pattern takes more
/// than linear time.
const MAX_TOKEN: usize = 1024;

/// The longest beginning that is shown.
const MAX_SHOWN: usize = 12;

/// The most memory that a compiled pattern may take, in bytes.
const MAX_COMPILED: usize = 1 << 18;

/// What is wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is no regular expression.
    Syntax,
    /// Compiled, it takes too much memory.
    TooLarge,
    /// It does not begin with [`MIN_PREFIX`] fixed characters.
    NoPrefix,
    /// An alternative at its top could begin in another way.
    Alternatives,
    /// It is one fixed text: a token, not the form of one.
    Fixed,
    /// It begins with a word and a blank, which no token has.
    Blank,
}

/// A shape and its compiled pattern.
#[derive(Debug)]
pub struct OwnShape {
    shape: &'static Shape,
    prefix: String,
    regex: Regex,
}

impl OwnShape {
    /// A shape from a configuration. `name` and `revoke` are shown as they are.
    ///
    /// # Errors
    /// Says what is wrong with the pattern.
    pub fn new(name: &str, pattern: &str, revoke: &str) -> Result<Self, Flaw> {
        let (prefix, regex) = Self::compile(pattern)?;
        let is_public = prefix.len() <= MAX_SHOWN && mask_text(&prefix) == prefix;
        // A run reads one configuration and needs its shapes to the end, like those of the table.
        let keep = |text: &str| -> &'static str { Box::leak(text.into()) };
        let shape = Box::leak(Box::new(Shape {
            id: "own",
            what: keep(name),
            family: Family::Other,
            needles: &[],
            names: &[],
            pattern: "",
            alphabet: Alphabet::Alnum,
            prefix: if is_public { keep(&prefix) } else { "" },
            revoke: keep(revoke),
            check: Check::Body,
        }));
        Ok(Self { shape, prefix, regex })
    }

    /// What is wrong with a pattern, if anything is.
    pub fn flaw(pattern: &str) -> Option<Flaw> {
        Self::compile(pattern).err()
    }

    /// What every token begins with, and the pattern to try there.
    fn compile(pattern: &str) -> Result<(String, Regex), Flaw> {
        let compile = |pattern: &str| {
            let built = RegexBuilder::new(pattern)
                .unicode(false)
                .size_limit(MAX_COMPILED)
                .dfa_size_limit(MAX_COMPILED)
                .nest_limit(50)
                .build();
            built.map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => Flaw::TooLarge,
                _ => Flaw::Syntax,
            })
        };
        compile(pattern)?;
        let (prefix, rest) = literal_prefix(pattern);
        if rest.is_empty() {
            return Err(Flaw::Fixed);
        }
        if prefix.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(Flaw::Blank);
        }
        if has_alternatives(pattern) {
            return Err(Flaw::Alternatives);
        }
        if prefix.len() < MIN_PREFIX {
            return Err(Flaw::NoPrefix);
        }
        // Only looked for where its beginning stands.
        let regex = compile(&format!(r"\A(?:{pattern})"))?;
        Ok((prefix, regex))
    }
}

/// All shapes of one configuration.
#[derive(Debug, Default)]
pub struct OwnShapes {
    shapes: Vec<OwnShape>,
    automaton: Option<AhoCorasick>,
}

impl OwnShapes {
    /// Shapes that are searched for together.
    pub fn new(shapes: Vec<OwnShape>) -> Self {
        let automaton = AhoCorasick::new(shapes.iter().map(|shape| &shape.prefix)).ok();
        Self { automaton: automaton.filter(|_| !shapes.is_empty()), shapes }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }

    /// Whether the bytes may contain a token: `false` is certain, `true` is not.
    pub(in super::super) fn may_be_in(&self, text: &[u8]) -> bool {
        self.automaton.as_ref().is_some_and(|automaton| automaton.is_match(text))
    }

    /// The length of the longest literal that is searched for, in bytes.
    pub(in super::super) fn longest_prefix(&self) -> usize {
        self.shapes.iter().map(|own| own.prefix.len()).max().unwrap_or_default()
    }

    /// Finds tokens.
    pub(in super::super) fn find(&self, text: &[u8]) -> Vec<Match> {
        // What does not begin a word needs no closer look.
        let begins = |own: &OwnShape, start| stands_alone(text, &(start..text.len()), own.shape.alphabet);
        let is_token = |own: &OwnShape, range: &Range<usize>| {
            stands_alone(text, range, own.shape.alphabet) && check::is_genuine(&own.prefix, &text[range.clone()])
        };
        self.search(text, begins, is_token)
    }

    /// Finds whatever has the form of a token, glued to other text or not: to hide it, the form is reason enough.
    pub(in super::super) fn find_forms(&self, text: &[u8]) -> Vec<Match> {
        self.search(text, |_, _| true, |_, _| true)
    }

    fn search(
        &self,
        text: &[u8],
        begins: impl Fn(&OwnShape, usize) -> bool,
        accepts: impl Fn(&OwnShape, &Range<usize>) -> bool,
    ) -> Vec<Match> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut ends = vec![0; self.shapes.len()];
        let mut matches = Vec::new();
        for hit in automaton.find_overlapping_iter(text) {
            let (index, start) = (hit.pattern().as_usize(), hit.start());
            // What lies in a token of the same shape was looked at.
            let own = &self.shapes[index];
            if start < ends[index] || run_length(text, hit.range()) < MIN_TOKEN || !begins(own, start) {
                continue;
            }
            let window = &text[start..text.len().min(start + MAX_TOKEN)];
            let blank = window.iter().position(|byte| byte.is_ascii_whitespace() || byte.is_ascii_control());
            let window = &window[..blank.unwrap_or(window.len())];
            let Some(found) = own.regex.find(window) else { continue };
            let range = start..start + found.len();
            ends[index] = range.end;
            if accepts(own, &range) {
                matches.push(Match { shape: own.shape, range });
            }
        }
        matches
    }
}

/// The shortest run of characters that can be a token of one's own.
const MIN_TOKEN: usize = 8;

/// The fixed characters that every match begins with, and what follows them.
fn literal_prefix(pattern: &str) -> (String, &str) {
    let mut prefix = String::new();
    let mut rest = pattern;
    loop {
        let mut chars = rest.chars();
        let (char, after) = match chars.next() {
            Some('\\') => match chars.next() {
                Some(escaped) if escaped.is_ascii_punctuation() => (escaped, chars.as_str()),
                _ => break,
            },
            Some('.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$') | None => break,
            // The pattern matches bytes: others than ASCII would be several.
            Some(char) if char.is_ascii() => (char, chars.as_str()),
            Some(_) => break,
        };
        if after.starts_with(['*', '?', '{']) {
            break;
        }
        prefix.push(char);
        rest = after;
    }
    (prefix, rest)
}

/// Whether a `|` stands outside of all groups.
fn has_alternatives(pattern: &str) -> bool {
    let (mut groups, mut classes) = (0_usize, 0_usize);
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                chars.next();
            }
            '[' => {
                classes += 1;
                chars.next_if_eq(&'^');
                // Right behind the bracket it is a member.
                chars.next_if_eq(&']');
            }
            ']' => classes = classes.saturating_sub(1),
            _ if classes > 0 => {}
            '(' => groups += 1,
            ')' => groups = groups.saturating_sub(1),
            '|' if groups == 0 => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{Rng, sample};
    use super::*;

    fn shapes(patterns: &[&str]) -> OwnShapes {
        OwnShapes::new(patterns.iter().map(|pattern| OwnShape::new("corp token", pattern, "").unwrap()).collect())
    }

    fn found<'t>(shapes: &OwnShapes, text: &'t str) -> Vec<&'t str> {
        shapes.find(text.as_bytes()).into_iter().map(|one| &text[one.range]).collect()
    }

    #[test]
    fn samples_are_found_and_near_misses_are_not() {
        let pattern = r"corp_[A-Za-z0-9]{32}";
        let shapes = shapes(&[pattern, r"corp\.v2-[0-9a-f]{20,40}"]);
        let mut rng = Rng::from_entropy();
        for _ in 0..50 {
            let one = sample(pattern, &mut rng);
            let two = sample("corp\\.v2-[0-9a-f]{20,40}", &mut rng);
            let text = format!("a=\"{one}\" b={two}, x");
            assert_eq!(found(&shapes, &text), [one.as_str(), two.as_str()]);
            for near in [format!("{one}x"), format!("x{one}"), one[..36].to_owned(), one.replace("corp", "Corp")] {
                assert_eq!(found(&shapes, &near), [""; 0], "{near}");
            }
            assert_eq!(shapes.find_forms(format!("x{one}x").as_bytes()).len(), 1);
        }
        assert_eq!(found(&shapes, &format!("corp_{}", "x".repeat(32))), [""; 0], "a filled-in example");
        assert!(shapes.may_be_in(b"a corp_") && !shapes.may_be_in(b"a corp") && !OwnShapes::default().may_be_in(b"a"));
    }

    #[test]
    fn one_beginning_for_two_shapes() {
        let shapes = shapes(&["abc_[a-f0-9]{20}", "abc_live_[a-z0-9]{20}"]);
        let mut rng = Rng::new(5);
        let (one, two) = (sample("abc_[a-f0-9]{20}", &mut rng), sample("abc_live_[a-z0-9]{20}", &mut rng));
        assert_eq!(found(&shapes, &format!("{one} {two}")), [one.as_str(), two.as_str()]);
    }

    #[test]
    fn where_a_token_begins_and_ends() {
        let mut rng = Rng::new(6);
        let [one, two] = [(); 2].map(|()| sample("corp_[A-Za-z0-9]{24}", &mut rng));
        let both = shapes(&["corp_[A-Za-z0-9_-]{20,}"]);
        assert_eq!(found(&both, &format!("{one}-{two}")), [format!("{one}-{two}")], "one token");
        assert_eq!(found(&both, &format!("x{one}-{two}")), [two.as_str()], "the first is a part of a word");
        let short = shapes(&["abc_[0-9]+"]);
        for (text, expected) in [("abc_731", vec![]), ("abc_7316", vec!["abc_7316"]), ("abc_73169", vec!["abc_73169"])]
        {
            assert_eq!(found(&short, text), expected);
        }
        let any = shapes(&["corp_(?s:.){4,}"]);
        for blank in [" ", "\n", "\u{7}"] {
            assert_eq!(found(&any, &format!("{one}{blank}{two}")), [one.as_str(), &two], "{blank:?}");
        }
        assert!(OwnShapes::default().is_empty() && !any.is_empty());
    }

    #[test]
    fn flaws() {
        for (pattern, flaw) in [
            ("corp_[", Flaw::Syntax),
            ("corp_(?=x)x", Flaw::Syntax),
            ("corp_x)(y", Flaw::Syntax),
            (&format!("corp_{}x{}", "(".repeat(100), ")".repeat(100)), Flaw::Syntax),
            ("corp_[a-z]{1000}{1000}", Flaw::TooLarge),
            ("corp_(((x{100}){100}){100}){100}", Flaw::TooLarge),
            ("[A-Z]{20}", Flaw::NoPrefix),
            ("co[a-z]{20}", Flaw::NoPrefix),
            ("cor?p_[a-z]{20}", Flaw::NoPrefix),
            (r"\bcorp_[a-z]{20}", Flaw::NoPrefix),
            ("(?i)corp_[a-z]{20}", Flaw::NoPrefix),
            ("^corp_[a-z]{20}", Flaw::NoPrefix),
            ("corp_[a-z]{20}|[0-9]{20}", Flaw::Alternatives),
            ("corp_[)]|x", Flaw::Alternatives),
            ("corp_(a)|b", Flaw::Alternatives),
            ("corp_abcdef", Flaw::Fixed),
            ("corp [a-z]{20}", Flaw::Blank),
            ("", Flaw::Fixed),
        ] {
            assert_eq!(OwnShape::new("x", pattern, "").err(), Some(flaw), "{pattern}");
            assert_eq!(OwnShape::flaw(pattern), Some(flaw), "{pattern}");
        }
        for (pattern, prefix) in [
            ("corp_[a-z|]{20}", "corp_"),
            ("corp_(a|b)[0-9]{20}", "corp_"),
            (r"corp\.\-[^]|]{20}", "corp.-"),
            (r"corp_\|[0-9]{20}", "corp_|"),
            ("corpé[0-9]{20}", "corp"),
            ("corp_x{3}[0-9]+", "corp_"),
            ("corp-+[0-9]{20}", "corp-"),
        ] {
            assert_eq!(OwnShape::new("x", pattern, "").unwrap().prefix, prefix, "{pattern}");
        }
    }

    #[test]
    fn patterns_that_backtrack_elsewhere_come_to_an_end() {
        let shapes = shapes(&["aaa(?s:.)*b", "aaa[a-z]*(c[a-z]*)*d", "aaa(?:(?s:.)*Z)?"]);
        let text = "a".repeat(1 << 13);
        shapes.find(text.as_bytes());
        shapes.find_forms(text.as_bytes());
    }
}
