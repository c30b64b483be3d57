//! What a service tells a finding by, from one run to the next: rule, file, logical key and, where those are the same,
//! its number. Neither a line nor a value is part of it.

use std::collections::HashMap;
use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;

use super::NOT_READ;
use crate::finding::Finding;
use crate::identity::Place;
use crate::lint::Failure;

/// Gives findings their fingerprints, in the order in which they are asked for.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    seen: HashMap<u64, u64>,
}

impl Fingerprints {
    /// 16 hexadecimal digits.
    pub(super) fn of(&mut self, finding: &Finding) -> String {
        let place = Place::of(finding);
        self.numbered(&[&place.rule, &place.path, &place.key])
    }

    /// The same for a file that could not be read.
    pub(super) fn of_failure(&mut self, failure: &Failure) -> String {
        self.numbered(&[NOT_READ, failure.path.as_str(), ""])
    }

    fn numbered(&mut self, parts: &[&str]) -> String {
        let hash = hash(parts, 0);
        let number = self.seen.entry(hash).or_default();
        *number += 1;
        format!("{:016x}", hash_again(hash, *number))
    }
}

fn hash(parts: &[&str], key: u64) -> u64 {
    let mut hasher = SipHasher24::new_with_keys(key, key);
    for part in parts {
        hasher.write(part.as_bytes());
        hasher.write_u8(0);
    }
    hasher.finish()
}

/// The first of its kind keeps its hash.
fn hash_again(hash: u64, number: u64) -> u64 {
    if number == 1 {
        return hash;
    }
    let mut hasher = SipHasher24::new_with_keys(hash, number);
    hasher.write_u64(hash);
    hasher.finish()
}
