//! What git lists of its index.

use std::ffi::CStr;

/// The index, in git's order.
#[derive(Debug, Default)]
pub struct Index {
    listing: Vec<u8>,
    records: Vec<Record>,
}

/// One path, as places in the listing.
#[derive(Clone, Copy, Debug)]
struct Record {
    object: usize,
    object_end: usize,
    path: usize,
    end: usize,
    mode: IndexMode,
    skipped: bool,
}

/// What the index says a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexMode {
    /// A regular file.
    File,
    /// A regular file with the executable bit.
    Executable,
    /// A symbolic link.
    Symlink,
    /// Another repository.
    Submodule,
}

impl IndexMode {
    /// Reads git's six digits; `None` where there is nothing.
    pub fn parse(digits: &[u8]) -> Option<Self> {
        match digits {
            b"000000" => None,
            b"120000" => Some(Self::Symlink),
            b"160000" => Some(Self::Submodule),
            b"100755" => Some(Self::Executable),
            _ => Some(Self::File),
        }
    }
}

/// One path of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indexed<'a> {
    /// The path.
    pub path: &'a [u8],
    /// The name of its content, in hexadecimal.
    pub object: &'a [u8],
    /// What it is.
    pub mode: IndexMode,
    /// Whether a sparse checkout leaves it out of the work tree.
    pub skipped: bool,
}

impl Index {
    /// Reads what `git ls-files -t -s -z` prints. A path in conflict counts once. `None` if that is not what it is.
    pub fn parse(listing: Vec<u8>) -> Option<Self> {
        let mut records: Vec<Record> = Vec::with_capacity(listing.len() / 100);
        let (mut start, mut tab) = (0, 0);
        // The fastest search for a zero byte that the standard library has.
        while let Ok(line) = CStr::from_bytes_until_nul(&listing[start..]) {
            let line = line.to_bytes();
            let record = Record::parse(line, start, &mut tab)?;
            let path = &listing[record.path..record.end];
            let again = records.last().is_some_and(|last| listing[last.path..last.end] == *path);
            if !again {
                records.push(record);
            }
            start += line.len() + 1;
        }
        // What lacks its end was cut off.
        (start == listing.len()).then_some(Self { listing, records })
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The path at a position.
    pub fn get(&self, position: usize) -> Option<Indexed<'_>> {
        self.records.get(position).map(|record| self.show(record))
    }

    /// All paths.
    pub fn iter(&self) -> impl Iterator<Item = Indexed<'_>> {
        self.records.iter().map(|record| self.show(record))
    }

    fn show(&self, record: &Record) -> Indexed<'_> {
        Indexed {
            path: &self.listing[record.path..record.end],
            object: &self.listing[record.object..record.object_end],
            mode: record.mode,
            skipped: record.skipped,
        }
    }
}

impl Record {
    /// `<tag> <mode> <object> <stage>\t<path>`; what stands before the path is as long in every line.
    fn parse(line: &[u8], start: usize, tab: &mut usize) -> Option<Self> {
        if line.get(*tab) != Some(&b'\t') {
            *tab = line.iter().position(|&byte| byte == b'\t')?;
        }
        let (mode, object) = (line.get(2..8)?, 9..tab.checked_sub(2)?);
        // A name of an object, and the path, may have any length, but there are some.
        if object.is_empty() || line.len() <= *tab + 1 {
            return None;
        }
        Some(Self {
            object: start + object.start,
            object_end: start + object.end,
            path: start + *tab + 1,
            end: start + line.len(),
            mode: IndexMode::parse(mode).unwrap_or(IndexMode::File),
            skipped: line[0] == b'S',
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        let listing = b"H 100644 abcd 0\ta\tb\0S 120000 ef01 0\tc\0M 100644 2345 1\td\0M 100755 6789 2\td\0";
        let index = Index::parse(listing.to_vec()).unwrap();
        let paths: Vec<_> = index.iter().map(|indexed| indexed.path).collect();
        assert_eq!(paths, [&b"a\tb"[..], b"c", b"d"]);
        let indexed = index.get(1).unwrap();
        assert_eq!((indexed.object, indexed.mode, indexed.skipped), (&b"ef01"[..], IndexMode::Symlink, true));
        assert!(Index::parse(Vec::new()).is_some_and(|index| index.is_empty()));
        let others = [&b"hello\n"[..], b"hello\0", b"\0", b"H 100644 abcd 0\ta", b"H 100644 0\ta\0", b"H\t\0"];
        for other in others {
            assert!(Index::parse(other.to_vec()).is_none());
        }
    }
}
