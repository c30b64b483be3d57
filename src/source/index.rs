//! What git lists of its index.

/// One path of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indexed<'a> {
    /// The path.
    pub path: &'a [u8],
    /// The name of its content, in hexadecimal.
    pub object: &'a [u8],
    /// Where that name starts in the listing.
    pub object_at: usize,
    /// The mode, in octal: `100644`, `100755`, `120000` or `160000`.
    pub mode: &'a [u8],
    /// Whether a sparse checkout leaves it out of the work tree.
    pub skipped: bool,
}

impl<'a> Indexed<'a> {
    /// Reads what `git ls-files -t -s -z` prints. A path in conflict comes once for each side.
    pub fn parse(listing: &'a [u8]) -> impl Iterator<Item = Self> {
        let mut at = 0;
        listing.split(|&byte| byte == 0).filter_map(move |record| {
            let start = at;
            at += record.len() + 1;
            Self::parse_record(record, start)
        })
    }

    /// `<tag> <mode> <object> <stage>\t<path>`
    fn parse_record(record: &'a [u8], start: usize) -> Option<Self> {
        let tab = record.iter().position(|&byte| byte == b'\t')?;
        let mut words = record[..tab].split(|&byte| byte == b' ');
        let (tag, mode, object) = (words.next()?, words.next()?, words.next()?);
        Some(Self {
            path: &record[tab + 1..],
            object,
            object_at: start + tag.len() + mode.len() + 2,
            mode,
            skipped: tag == b"S",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        let listing = b"H 100644 abcd 0\ta\tb\0S 120000 ef01 0\tc\0";
        let found: Vec<_> = Indexed::parse(listing).collect();
        assert_eq!((found[0].path, found[0].skipped), (&b"a\tb"[..], false));
        assert_eq!((found[1].path, found[1].skipped), (&b"c"[..], true));
        assert_eq!(&listing[found[1].object_at..][..4], b"ef01");
    }
}
