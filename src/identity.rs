//! What makes a finding the same one tomorrow: its rule, its file, its logical key, and a tag of the value.
//!
//! Neither a line number, nor a commit, nor the value is part of it, and places in a list don't count: a rule of
//! `permissions.allow` stays the same when another one is inserted above. The tag has 16 bits and depends on a random
//! salt, so that a changed value is a new finding, and the tag can't confirm a guess: one guess in 65,536 fits by chance.

use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use siphasher::sip::SipHasher24;

use crate::finding::Finding;
use crate::rules::File;

/// What stands between a value and its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub u64);

impl Salt {
    /// A random salt.
    pub fn random() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }

    /// Reads 16 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text, 16).map(Self)
    }

    fn tag(self, value: &str) -> Tag {
        // The lowest bits are as good as any.
        Tag(u16::try_from(self.digest(value) & 0xffff).unwrap_or_default())
    }

    fn digest(self, value: &str) -> u64 {
        let mut hasher = SipHasher24::new_with_keys(self.0, self.0.rotate_left(32));
        // A checkout may have either line ending.
        for part in value.split("\r\n").enumerate() {
            let (index, text) = part;
            if index > 0 {
                hasher.write(b"\n");
            }
            hasher.write(text.as_bytes());
        }
        hasher.finish()
    }
}

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// 16 bits that change with the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u16);

impl Tag {
    /// Reads four hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        digits(text, 4).and_then(|tag| u16::try_from(tag).ok()).map(Self)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}", self.0)
    }
}

/// A tag with the salt that it was made with: `0123456789abcdef:9f3c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaltedTag {
    /// The salt.
    pub salt: Salt,
    /// The tag.
    pub tag: Tag,
}

impl SaltedTag {
    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (salt, tag) = text.split_once(':')?;
        Some(Self { salt: Salt::parse(salt)?, tag: Tag::parse(tag)? })
    }
}

impl fmt::Display for SaltedTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.salt, self.tag)
    }
}

/// So many lower-case hexadecimal digits.
fn digits(text: &str, count: usize) -> Option<u64> {
    let fits = text.len() == count && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    fits.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// The rule, the file and the logical key of a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The rule's slug.
    pub rule: String,
    /// The file, relative to the repository's root.
    pub path: String,
    /// The logical key without places in lists: `permissions.allow[]`. Empty for a file as a whole.
    pub key: String,
}

impl Place {
    /// The place of a finding.
    pub fn of(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.slug.to_owned(),
            path: finding.primary.path.as_str().to_owned(),
            key: without_indices(&finding.key),
        }
    }
}

/// The tag of what stands where a finding points; `None` where it is about a file as a whole.
pub fn tag(finding: &Finding, files: &[File], salt: Salt) -> Option<Tag> {
    value(finding, files).map(|value| salt.tag(value))
}

/// 64 bits that tell the value that a finding points to from any other, within one run: they are never written down.
pub fn digest(finding: &Finding, files: &[File], salt: Salt) -> Option<u64> {
    value(finding, files).map(|value| salt.digest(value))
}

fn value<'f>(finding: &Finding, files: &'f [File]) -> Option<&'f str> {
    let span = finding.primary.excerpt.as_ref()?.span;
    let file = files.binary_search_by(|file| file.entry.path.cmp(&finding.primary.path)).ok()?;
    files.get(file)?.document.text.as_str().get(span.range())
}

/// The key with `[]` for `[3]`.
pub fn without_indices(key: &str) -> String {
    let mut plain = String::with_capacity(key.len());
    let mut rest = key;
    while let Some(open) = rest.find('[') {
        let (before, index) = rest.split_at(open);
        plain.push_str(before);
        let digits = index[1..].bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && index[1 + digits..].starts_with(']') {
            plain.push_str("[]");
            rest = &index[digits + 2..];
        } else {
            plain.push('[');
            rest = &index[1..];
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_lists() {
        for (key, plain) in [
            ("", ""),
            ("env.ANTHROPIC_API_KEY", "env.ANTHROPIC_API_KEY"),
            ("permissions.allow[3]", "permissions.allow[]"),
            ("jobs.a.steps[2].env[10].X", "jobs.a.steps[].env[].X"),
            ("\"[x\".a[1", "\"[x\".a[1"),
            ("[]", "[]"),
        ] {
            assert_eq!(without_indices(key), plain);
        }
    }

    #[test]
    fn tags() {
        let salt = Salt(7);
        assert_eq!(salt.tag("a\r\nb"), salt.tag("a\nb"));
        assert_ne!(salt.tag("ab"), salt.tag("a\nb"));
        // With SipHash-2-4 as it is for ever, so that a file stays valid.
        assert_eq!(salt.tag("value").to_string(), "c75a");
        let values: std::collections::HashSet<Tag> = (0..1000).map(|index| salt.tag(&format!("{index}"))).collect();
        assert!(values.len() > 980, "{}", values.len());
        assert_ne!((0..4).map(|index| Salt(index).tag("x")).collect::<std::collections::HashSet<_>>().len(), 1);
    }
}
