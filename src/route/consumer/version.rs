//! Versions and the sets of versions that a requirement admits, as pip, Poetry and npm understand them.

/// Major, minor, patch. A pre-release counts as its release: what changes in a major version changes there first.
pub(super) type Version = [u64; 3];

/// What is above every version.
const TOP: Version = [u64::MAX; 3];

/// The versions that a requirement admits: intervals without their upper end, none of them empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range(Vec<(Version, Version)>);

/// How a requirement is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// PEP 440: `>=1,<2`, `==0.86.*`, `~=0.40`.
    Pip,
    /// As pip, and `^1.2`, `~1.2`, `*`, `||`; a bare version is exact.
    Poetry,
    /// `^1.2.0`, `~1.2`, `1.x`, `>=1 <2`, `1.2 - 2`, `||`.
    Npm,
}

impl Range {
    /// Every version.
    pub(super) fn any() -> Self {
        Self(vec![([0; 3], TOP)])
    }

    /// The version, where there is but one.
    pub(super) fn single(&self) -> Option<Version> {
        match self.0[..] {
            [(low, high)] if next(low, 2) == high => Some(low),
            _ => None,
        }
    }

    /// Whether a version is among them.
    pub(super) fn admits(&self, version: Version) -> bool {
        self.0.iter().any(|&(low, high)| low <= version && version < high)
    }

    /// `Some(false)` where all are below `first`, `Some(true)` where none is.
    pub(super) fn is_from(&self, first: Version) -> Option<bool> {
        if self.0.is_empty() {
            return None;
        }
        if self.0.iter().all(|&(low, _)| low >= first) {
            return Some(true);
        }
        self.0.iter().all(|&(_, high)| high <= first).then_some(false)
    }

    fn intersect(&self, other: &Self) -> Self {
        let pairs = self.0.iter().flat_map(|one| other.0.iter().map(move |two| (one.0.max(two.0), one.1.min(two.1))));
        Self(pairs.filter(|(low, high)| low < high).collect())
    }

    /// Reads a requirement; `None` for anything that is no list of versions, such as a tag or a URL.
    pub(super) fn parse(text: &str, dialect: Dialect) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut union = Vec::new();
        for alternative in text.split("||").flat_map(|part| {
            // Poetry takes a single bar too.
            if dialect == Dialect::Npm { vec![part] } else { part.split('|').collect() }
        }) {
            union.extend(conjunction(alternative.trim(), dialect)?.0);
        }
        Some(Self(union))
    }
}

/// The longest requirement that is read. A list of intersections grows with its length squared.
const LONGEST: usize = 200;

/// Requirements that hold at once, separated by commas or, in npm, spaces.
fn conjunction(text: &str, dialect: Dialect) -> Option<Range> {
    if let Some((low, high)) = text.split_once(" - ").filter(|_| dialect == Dialect::Npm) {
        let low = clause(&format!(">={}", low.trim()), dialect)?;
        return Some(low.intersect(&clause(&format!("<={}", high.trim()), dialect)?));
    }
    let mut range = Range::any();
    let mut operator = "";
    for word in text.split([',', ' ', '\t']).filter(|word| !word.is_empty()) {
        // An operator may stand apart from its version.
        if word.chars().all(|c| "<>=~^!".contains(c)) {
            operator = word;
            continue;
        }
        range = range.intersect(&clause(&format!("{operator}{word}"), dialect)?);
        operator = "";
    }
    operator.is_empty().then_some(range)
}

/// One operator and one version.
fn clause(text: &str, dialect: Dialect) -> Option<Range> {
    let start = text.find(|c: char| !"<>=~^!".contains(c)).unwrap_or(text.len());
    let (operator, rest) = text.split_at(start);
    if rest.is_empty() {
        return None;
    }
    let (low, length, wild) = digits(rest)?;
    // Nothing but `*`.
    if length == 0 {
        return matches!(operator, "" | "=" | "==" | ">=" | "^" | "~").then(Range::any);
    }
    // The last part that was written, counted from 0; npm reads `1.2` as `1.2.x`.
    let last = length.min(3) - 1;
    let after = if wild || dialect == Dialect::Npm { next(low, last) } else { next(low, 2) };
    let (from, to) = match operator {
        "" if dialect == Dialect::Pip => return None,
        "" | "=" | "==" | "===" => (low, after),
        ">=" => (low, TOP),
        ">" => (after, TOP),
        "<" => ([0; 3], low),
        "<=" => ([0; 3], after),
        // Leaves a hole in what the others say: too little to decide anything.
        "!=" => ([0; 3], TOP),
        "~=" => (low, if length < 2 { return None } else { next(low, last - 1) }),
        "~" | "~>" => (low, next(low, last.min(1))),
        "^" => {
            let first = low.iter().take(length.min(3)).position(|&part| part > 0).unwrap_or(last);
            (low, next(low, first))
        }
        _ => return None,
    };
    Some(Range(vec![(from, to)]))
}

/// The parts of a version, how many were written, and whether a `*` or `x` stands for the next one.
fn digits(text: &str) -> Option<(Version, usize, bool)> {
    let mut rest = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let (mut parts, mut length) = ([0; 3], 0);
    loop {
        if let Some(tail) = rest.strip_prefix(['*', 'x', 'X']) {
            let tail = tail.trim_start_matches(['.', '*', 'x', 'X']);
            return tail.is_empty().then_some((parts, length, true));
        }
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest[..end].parse().ok().filter(|&number: &u64| number < u64::MAX)?;
        if let Some(part) = parts.get_mut(length) {
            *part = number;
        }
        length += 1;
        rest = &rest[end..];
        match rest.strip_prefix('.') {
            Some(tail) if tail.starts_with(|c: char| c.is_ascii_digit() || "*xX".contains(c)) => rest = tail,
            _ => break,
        }
    }
    // Behind the release: `rc1`, `.post1`, `-beta.1`, `+build`.
    let tail = rest.strip_prefix(['.', '-', '+', '_']).unwrap_or(rest);
    let plain = tail.chars().all(|c| c.is_ascii_alphanumeric() || ".-+_".contains(c));
    let named = rest.is_empty() || tail.starts_with(|c: char| c.is_ascii_alphanumeric());
    (plain && named).then_some((parts, length, false))
}

/// The first version that differs upwards in this part.
fn next(version: Version, part: usize) -> Version {
    let mut next = [0; 3];
    next[..part].copy_from_slice(&version[..part]);
    next[part] = version[part].saturating_add(1);
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (text, expected) in [
            ("1.2.3", Some([1, 2, 3])),
            ("v1.2.3", Some([1, 2, 3])),
            ("2", Some([2, 0, 0])),
            ("0.86", Some([0, 86, 0])),
            ("2.0.0rc1", Some([2, 0, 0])),
            ("2.0.0.post1", Some([2, 0, 0])),
            ("0.34.0-alpha.0", Some([0, 34, 0])),
            ("1.2.3+local", Some([1, 2, 3])),
            ("1.2.3.4", Some([1, 2, 3])),
            ("", None),
            (">=1.2.3", None),
            ("latest", None),
            ("*", None),
            ("1.2.3 x4", None),
            ("1..2", None),
            ("99999999999999999999999.1", None),
            ("18446744073709551615", None),
        ] {
            let version = Range::parse(text, Dialect::Poetry).and_then(|range| range.single());
            assert_eq!(version, expected, "{text}");
        }
    }

    /// Which side of 2.0.0 a requirement is on: `-` below, `+` from there, `?` both or unknown.
    #[test]
    fn sides() {
        use Dialect::{Npm, Pip, Poetry};
        for (dialect, text, expected) in [
            (Pip, "", '?'),
            (Pip, ">=2", '+'),
            (Pip, ">=2.0.0", '+'),
            (Pip, ">= 2.1", '+'),
            (Pip, ">1", '?'),
            (Pip, ">2", '+'),
            (Pip, ">1.17.0", '?'),
            (Pip, ">=1,<2", '-'),
            (Pip, ">=1, <3", '?'),
            (Pip, "<2", '-'),
            (Pip, "<=2", '?'),
            (Pip, "<2.0.1", '?'),
            (Pip, "<=1.17", '-'),
            (Pip, "==0.86.*", '-'),
            (Pip, "==2.*", '+'),
            (Pip, "==1.2", '-'),
            (Pip, "===2.0.0", '+'),
            (Pip, "~=0.40", '-'),
            (Pip, "~=1.4.2", '-'),
            (Pip, "~=2.0", '+'),
            (Pip, "~=2", '?'),
            (Pip, "!=1.5", '?'),
            (Pip, ">=0.3,!=0.5,<1", '-'),
            (Pip, "1.2", '?'),
            (Pip, "==2.0.0rc1", '+'),
            (Pip, "<3,>=2", '+'),
            (Pip, ">=3,<2", '?'),
            (Pip, ">=2,<2", '?'),
            (Pip, "==1.2.3.*", '-'),
            (Pip, "==2.0.0.*", '+'),
            (Pip, "banana", '?'),
            (Pip, ">=", '?'),
            (Poetry, "^0.40", '-'),
            (Poetry, "^1.2.0", '-'),
            (Poetry, "^2.0", '+'),
            (Poetry, "^0", '-'),
            (Poetry, "~1.9", '-'),
            (Poetry, "~1", '-'),
            (Poetry, "*", '?'),
            (Poetry, "1.*", '-'),
            (Poetry, "0.86.0", '-'),
            (Poetry, "2.11.0", '+'),
            (Poetry, "^0.40 || ^1.0", '-'),
            (Poetry, "^1.0 | ^2.0", '?'),
            (Poetry, "^1.0 | ^1.2", '-'),
            (Poetry, ">=2,<3", '+'),
            (Npm, "^1.2.0", '-'),
            (Npm, "^0.0.3", '-'),
            (Npm, "~2.1", '+'),
            (Npm, "2", '+'),
            (Npm, "1", '-'),
            (Npm, "1.x", '-'),
            (Npm, "x", '?'),
            (Npm, ">=2 x", '+'),
            (Npm, ">=2 <x", '?'),
            (Npm, "^1.0 | ^1.2", '?'),
            (Npm, ">1", '+'),
            (Npm, "<=1", '-'),
            (Npm, ">1.17", '?'),
            (Npm, ">=0.93.0", '?'),
            (Npm, ">=1.0.0 <2", '-'),
            (Npm, ">= 2.0.0", '+'),
            (Npm, "1.2 - 1", '-'),
            (Npm, "1.0.0 - 2.0.0", '?'),
            (Npm, "^0.50.0 || ^1.0.0", '-'),
            (Npm, "v1.2.3", '-'),
            (Npm, "=1.2.3", '-'),
            (Npm, "2.0.0-rc.1", '+'),
            (Npm, "latest", '?'),
            (Npm, "", '?'),
            (Npm, "*", '?'),
            (Npm, "https://h/x.tgz", '?'),
        ] {
            let side = match Range::parse(text, dialect).and_then(|range| range.is_from([2, 0, 0])) {
                Some(false) => '-',
                Some(true) => '+',
                None => '?',
            };
            assert_eq!(side, expected, "{dialect:?} {text}");
        }
    }

    #[test]
    fn a_single_version() {
        assert_eq!(Range::parse("==1.2.3", Dialect::Pip).unwrap().single(), Some([1, 2, 3]));
        assert_eq!(Range::parse("1.2.3", Dialect::Npm).unwrap().single(), Some([1, 2, 3]));
        assert_eq!(Range::parse("~1.2.3", Dialect::Npm).unwrap().single(), None);
        assert!(Range::parse(">=1,<2", Dialect::Pip).unwrap().admits([1, 9, 9]));
        assert!(!Range::parse(">=1,<2", Dialect::Pip).unwrap().admits([2, 0, 0]));
    }

    #[test]
    fn a_requirement_is_read_up_to_a_length() {
        let padded = |length: usize| Range::parse(&format!("{:length$}", ">=2"), Dialect::Pip);
        assert_eq!(padded(LONGEST), padded(3));
        assert!(padded(3).is_some() && padded(LONGEST + 1).is_none());
    }

    #[test]
    fn nothing_explodes() {
        for text in
            ["||".repeat(9), ">=1,".repeat(60), "1.".repeat(90), "^".repeat(99), "é".repeat(50), "<".repeat(1 << 20)]
        {
            for dialect in [Dialect::Pip, Dialect::Poetry, Dialect::Npm] {
                let _ = Range::parse(&text, dialect);
            }
        }
    }
}
