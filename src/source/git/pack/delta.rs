//! A content as git stores it beside another one: pieces of that, and what is new.
//!
//! Form: gitformat-pack(5), "Deltified representation", git 2.47.

/// What differs between a content and the one that it is built from, as places in the new one.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    ranges: Vec<(usize, usize)>,
    radius: usize,
}

impl Fresh {
    /// Ranges are widened by `radius` bytes on both sides, so that what begins in an old piece and ends in a new one
    /// is seen whole.
    pub(super) fn new(radius: usize) -> Self {
        Self { ranges: Vec::new(), radius }
    }

    fn add(&mut self, start: usize, end: usize) {
        let (start, end) = (start.saturating_sub(self.radius), end.saturating_add(self.radius));
        match self.ranges.last_mut() {
            Some(last) if start <= last.1 => last.1 = end.max(last.1),
            _ => self.ranges.push((start, end)),
        }
    }

    /// The pieces of the content that may hold something new.
    pub(super) fn pieces<'c>(&self, content: &'c [u8]) -> impl Iterator<Item = &'c [u8]> {
        self.ranges.iter().filter_map(|&(start, end)| content.get(start..end.min(content.len())))
    }
}

/// Builds a content from `base` by a delta, into an emptied buffer. `None` if the delta is malformed.
pub(super) fn apply(base: &[u8], delta: &[u8], content: &mut Vec<u8>, fresh: &mut Fresh, most: usize) -> Option<()> {
    content.clear();
    fresh.ranges.clear();
    let mut at = 0;
    if size(delta, &mut at)? != base.len() {
        return None;
    }
    let whole = size(delta, &mut at).filter(|&whole| whole <= most)?;
    content.reserve(whole);
    while let Some(&instruction) = delta.get(at) {
        at += 1;
        let start = content.len();
        if instruction & 0x80 == 0 {
            // No length is reserved for later versions of git.
            let length = usize::from(instruction);
            content.extend_from_slice(delta.get(at..at + length).filter(|new| !new.is_empty())?);
            at += length;
            fresh.add(start, content.len());
        } else {
            let mut number = |bits: u8, count: u32| {
                (0..count).filter(|bit| bits >> bit & 1 == 1).try_fold(0, |number, bit| {
                    let byte = usize::from(*delta.get(at)?);
                    at += 1;
                    Some(number | byte << (8 * bit))
                })
            };
            let from: usize = number(instruction, 4)?;
            let length = match number(instruction >> 4, 3)? {
                0 => 0x1_0000,
                length => length,
            };
            content.extend_from_slice(base.get(from..from.checked_add(length)?)?);
            // Two old pieces make something new where they meet.
            fresh.add(start, start);
        }
        if content.len() > whole {
            return None;
        }
    }
    // What was cut off at the end leaves an end where none was.
    fresh.add(content.len(), content.len());
    (content.len() == whole).then_some(())
}

/// A size: seven bits a byte, the lowest first.
fn size(delta: &[u8], at: &mut usize) -> Option<usize> {
    let (mut size, mut shift) = (0_usize, 0);
    loop {
        let byte = *delta.get(*at)?;
        *at += 1;
        size |= usize::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(size);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The content, and the ranges that are new.
    type Built = (Vec<u8>, Vec<(usize, usize)>);

    fn build(base: &[u8], delta: &[u8]) -> Option<Built> {
        let (mut content, mut fresh) = (Vec::new(), Fresh::new(2));
        apply(base, delta, &mut content, &mut fresh, 1000)?;
        Some((content, fresh.ranges))
    }

    #[test]
    fn pieces() {
        // Four bytes of the base from its second on, then two new ones, then its first two.
        let delta = [8, 8, 0x91, 1, 4, 2, b'X', b'Y', 0x90, 2];
        let (content, ranges) = build(b"abcdefgh", &delta).unwrap();
        assert_eq!(content, b"bcdeXYab");
        assert_eq!(ranges, [(0, 10)]);
        let far = [20, 18, 0x90, 12, 1, b'X', 0x91, 15, 5];
        let (content, ranges) = build(b"abcdefghijklmnopqrst", &far).unwrap();
        assert_eq!(content, b"abcdefghijklXpqrst");
        assert_eq!(ranges, [(0, 2), (10, 15), (16, 20)]);
    }

    #[test]
    fn malformed() {
        for delta in [
            &[][..],
            &[8],
            &[7, 1, 1, b'X'],
            &[8, 2, 1, b'X'],
            &[8, 1, 2, b'X'],
            &[8, 1, 0],
            &[8, 1, 0x91, 8, 1],
            &[8, 1, 0x91],
            &[8, 1, 0x90, 2],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            &[8, 0xff, 0x7f, 0x90, 1],
        ] {
            assert_eq!(build(b"abcdefgh", delta), None, "{delta:?}");
        }
    }
}
