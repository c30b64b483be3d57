//! Packs, read without git: every content that lies in one, and of each only what its neighbour lacks.
//!
//! git stores most contents as a difference from a similar one. Built in the order of those differences each content
//! costs a copy, and to be searched are only the pieces that are new: on a project with a long past that is a tenth of
//! what `git cat-file` would print. What is not understood here, for whatever reason, is left to git, which either
//! reads it or says what is wrong.
//!
//! Form: gitformat-pack(5), git 2.47.

use std::fs::{self, File};
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_COMPUTE_ADLER32, TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::MAX_BYTES;
use super::blobs::{self, Listed};
use super::walk::workers;
use crate::text::is_wide;
use crate::threads::joined;

mod delta;
mod index;

use delta::Fresh;
use index::Index;

/// What contents are searched for.
pub struct Wanted<'a> {
    /// Whether it may stand in some bytes, or in a part of them. Contents in UTF-16 are not asked about.
    pub may_be_in: &'a (dyn Fn(&[u8]) -> bool + Sync),
    /// How many bytes on each side of a new piece decide whether it is there.
    pub radius: usize,
}

impl Wanted<'_> {
    /// Whether it may stand in a content.
    pub(super) fn may_be_in(&self, content: &[u8]) -> bool {
        is_wide(content) || (self.may_be_in)(content)
    }
}

impl std::fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted").field("radius", &self.radius).finish_non_exhaustive()
    }
}

/// An object that was searched.
#[derive(Clone, Copy, Debug)]
pub struct Searched<'a> {
    /// Its name, and what it is.
    pub listed: Listed,
    /// How many bytes it has.
    pub size: usize,
    /// What it says, if what is wanted may be in it.
    pub content: Option<&'a [u8]>,
}

/// A pack.
#[derive(Debug)]
pub(super) struct Pack {
    file: File,
    index: Index,
    items: Vec<Item>,
    /// The places of all differences, those of one base behind each other.
    children: Vec<u32>,
    /// Where those of each place begin.
    first_child: Vec<u32>,
}

/// What lies at a place.
#[derive(Clone, Copy, Debug)]
struct Item {
    /// The place of what it differs from; its own if it is whole.
    base: u32,
    /// Bytes, of the content or of the difference.
    size: u32,
    /// Bytes in front of what is compressed.
    head: u8,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Whole(blobs::Kind),
    /// A folder.
    Tree,
    Difference,
    /// Too large, or not understood.
    Skipped,
}

/// The most that one thread keeps of contents from which others are still to be built.
const MAX_KEPT: usize = 64 << 20;

/// How many whole contents a thread takes at a time.
const RUN: usize = 16;

impl Pack {
    /// All packs of a folder of objects whose names have so many bytes, those that are understood.
    pub(super) fn all(objects: &Path, name_length: usize) -> Vec<Self> {
        let Ok(folder) = fs::read_dir(objects.join("pack")) else { return Vec::new() };
        let mut paths: Vec<_> = folder.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "idx"));
        paths.sort();
        paths.iter().filter_map(|path| Self::open(path, name_length)).collect()
    }

    /// Opens a pack by its index.
    fn open(path: &Path, name_length: usize) -> Option<Self> {
        let index = Index::read(path, name_length)?;
        let file = File::open(path.with_extension("pack")).ok()?;
        let items = heads(&file, &index)?;
        let mut first_child = vec![0_u32; items.len() + 1];
        let bases = || items.iter().enumerate().filter(|(_, item)| item.kind == Kind::Difference);
        for (_, item) in bases() {
            *first_child.get_mut(item.base as usize + 1)? += 1;
        }
        for place in 1..first_child.len() {
            first_child[place] += first_child[place - 1];
        }
        let mut next = first_child.clone();
        let mut children = vec![0; *first_child.last()? as usize];
        for (place, item) in bases() {
            let slot = next.get_mut(item.base as usize)?;
            *children.get_mut(*slot as usize)? = u32::try_from(place).ok()?;
            *slot += 1;
        }
        Some(Self { file, index, items, children, first_child })
    }

    /// Searches every file, commit and tag. Each thread has a state, made by `start`; `visit` gets it with what was
    /// searched. What could not be read is not visited.
    pub(super) fn search<T: Send>(
        &self,
        wanted: &Wanted<'_>,
        start: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, Searched<'_>) + Sync,
    ) -> Vec<T> {
        let roots: Vec<usize> =
            (0..self.items.len()).filter(|&place| matches!(self.items[place].kind, Kind::Whole(_))).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut state = start();
            let mut search = Search { pack: self, wanted, inflate: Inflate::default(), spare: Vec::new() };
            loop {
                let from = next.fetch_add(RUN, Ordering::Relaxed);
                let Some(run) = roots.get(from..).filter(|rest| !rest.is_empty()) else { break };
                for &root in run.iter().take(RUN) {
                    search.family(root, &mut |searched| visit(&mut state, searched));
                }
            }
            state
        };
        thread::scope(|scope| {
            let count = workers().min(roots.len().div_ceil(RUN)).max(1);
            let handles: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
            handles.into_iter().map(joined).collect()
        })
    }

    fn children(&self, place: usize) -> &[u32] {
        let range = self.first_child[place] as usize..self.first_child[place + 1] as usize;
        &self.children[range]
    }

    /// Where an item's compressed bytes end: where the next one begins, or the pack's checksum.
    fn end(&self, place: usize) -> Option<u64> {
        self.index.offset(place + 1).or_else(|| {
            let length = self.file.metadata().ok()?.len();
            length.checked_sub(self.index.name_length() as u64)
        })
    }
}

/// Searches all packs of a folder of objects that are understood, without a repository around them: fuzzing has none.
#[doc(hidden)]
pub fn search_folder(objects: &Path, wanted: &Wanted<'_>, visit: impl Fn(Searched<'_>) + Sync) {
    const SHA_1: usize = 20;
    for pack in Pack::all(objects, SHA_1) {
        pack.search(wanted, || (), |(), searched| visit(searched));
    }
}

/// Reads what stands in front of every item.
fn heads(file: &File, index: &Index) -> Option<Vec<Item>> {
    let mut reader = BufReader::with_capacity(1 << 16, file.try_clone().ok()?);
    reader.seek(SeekFrom::Start(0)).ok()?;
    let mut magic = [0; 12];
    reader.read_exact(&mut magic).ok()?;
    // Version 3 exists on paper only.
    if !magic.starts_with(b"PACK\0\0\0\x02") {
        return None;
    }
    let mut at = 12_u64;
    let mut items = Vec::with_capacity(index.len());
    for place in 0..index.len() {
        let offset = index.offset(place)?;
        reader.seek_relative(i64::try_from(offset).ok()?.checked_sub(i64::try_from(at).ok()?)?).ok()?;
        let mut head = Head { reader: &mut reader, read: 0 };
        let item = head.item(index, place, offset)?;
        at = offset + u64::from(item.head);
        items.push(item);
    }
    Some(items)
}

/// What stands in front of an item, byte by byte.
struct Head<'r> {
    reader: &'r mut BufReader<File>,
    read: u8,
}

impl Head<'_> {
    fn byte(&mut self) -> Option<u8> {
        let mut byte = [0];
        self.reader.read_exact(&mut byte).ok()?;
        self.read = self.read.checked_add(1)?;
        Some(byte[0])
    }

    fn item(&mut self, index: &Index, place: usize, offset: u64) -> Option<Item> {
        let own = u32::try_from(place).ok()?;
        let first = self.byte()?;
        let mut size = u64::from(first & 0x0f);
        let (mut byte, mut shift) = (first, 4);
        while byte & 0x80 != 0 {
            byte = self.byte()?;
            size |= u64::from(byte & 0x7f).checked_shl(shift)?;
            shift += 7;
        }
        let (kind, base) = match first >> 4 & 7 {
            1 => (Kind::Whole(blobs::Kind::Commit), Some(place)),
            3 => (Kind::Whole(blobs::Kind::Blob), Some(place)),
            4 => (Kind::Whole(blobs::Kind::Tag), Some(place)),
            2 => (Kind::Tree, Some(place)),
            6 => (Kind::Difference, offset.checked_sub(self.distance()?).and_then(|base| index.at(base))),
            7 => {
                let mut name = vec![0; index.name_length()];
                self.reader.read_exact(&mut name).ok()?;
                self.read = self.read.checked_add(u8::try_from(name.len()).ok()?)?;
                (Kind::Difference, index.find(&name))
            }
            _ => (Kind::Skipped, None),
        };
        let base =
            base.and_then(|base| u32::try_from(base).ok()).filter(|base| kind != Kind::Difference || *base != own);
        let size = u32::try_from(size).ok().filter(|&size| u64::from(size) <= MAX_BYTES);
        Some(match (base, size) {
            (Some(base), Some(size)) => Item { base, size, head: self.read, kind },
            _ => Item { base: own, size: 0, head: self.read, kind: Kind::Skipped },
        })
    }

    /// How far before this item its base begins: seven bits a byte, the highest first, each but the last one too few.
    fn distance(&mut self) -> Option<u64> {
        let mut byte = self.byte()?;
        let mut distance = u64::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = self.byte()?;
            distance = distance.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7f);
        }
        Some(distance)
    }
}

/// One thread's search.
struct Search<'a> {
    pack: &'a Pack,
    wanted: &'a Wanted<'a>,
    inflate: Inflate,
    spare: Vec<Vec<u8>>,
}

/// A content from which others are still to be built.
struct Kept<'a> {
    content: Vec<u8>,
    /// Whether what is wanted may be in it.
    may: bool,
    children: std::slice::Iter<'a, u32>,
}

impl Search<'_> {
    /// Searches a whole content and everything that is built from it.
    fn family(&mut self, root: usize, visit: &mut dyn FnMut(Searched<'_>)) {
        let pack = self.pack;
        let Some(Item { kind: Kind::Whole(kind), .. }) = pack.items.get(root).copied() else { return };
        let mut content = self.spare.pop().unwrap_or_default();
        if self.inflate.item(pack, root, &mut content).is_none() {
            self.spare.push(content);
            return;
        }
        let may = self.wanted.may_be_in(&content);
        self.tell(root, kind, &content, may, visit);
        let mut kept = vec![Kept { content, may, children: pack.children(root).iter() }];
        let mut bytes = kept[0].content.len();
        let mut fresh = Fresh::new(self.wanted.radius);
        let mut difference = Vec::new();
        while let Some(top) = kept.last_mut() {
            let Some(&child) = top.children.next() else {
                let done = kept.pop();
                bytes -= done.as_ref().map_or(0, |done| done.content.len());
                self.spare.extend(done.map(|done| done.content));
                continue;
            };
            let child = child as usize;
            let mut content = self.spare.pop().unwrap_or_default();
            let most = usize::try_from(MAX_BYTES).unwrap_or(usize::MAX);
            let built = self
                .inflate
                .item(pack, child, &mut difference)
                .and_then(|()| delta::apply(&top.content, &difference, &mut content, &mut fresh, most));
            if built.is_none() {
                self.spare.push(content);
                continue;
            }
            let changed = || is_wide(&content) || fresh.pieces(&content).any(self.wanted.may_be_in);
            let may = (top.may || changed()) && self.wanted.may_be_in(&content);
            self.tell(child, kind, &content, may, visit);
            let children = pack.children(child);
            if children.is_empty() || bytes + content.len() > MAX_KEPT {
                self.spare.push(content);
                continue;
            }
            bytes += content.len();
            kept.push(Kept { content, may, children: children.iter() });
        }
    }

    fn tell(&self, place: usize, kind: blobs::Kind, content: &[u8], may: bool, visit: &mut dyn FnMut(Searched<'_>)) {
        if let Some(object) = self.pack.index.object(place) {
            let listed = Listed { object, kind };
            visit(Searched { listed, size: content.len(), content: may.then_some(content) });
        }
    }
}

/// Reads what is compressed.
#[derive(Default)]
struct Inflate {
    state: Box<DecompressorOxide>,
    packed: Vec<u8>,
}

impl Inflate {
    /// Reads the content, or the difference, at a place into a buffer.
    fn item(&mut self, pack: &Pack, place: usize, out: &mut Vec<u8>) -> Option<()> {
        let item = pack.items.get(place)?;
        let start = pack.index.offset(place)? + u64::from(item.head);
        let length = pack.end(place)?.checked_sub(start).filter(|&length| length <= MAX_BYTES)?;
        self.packed.resize(usize::try_from(length).ok()?, 0);
        read_at(&pack.file, start, &mut self.packed)?;
        let size = item.size as usize;
        out.resize(size, 0);
        self.state.init();
        let flags =
            TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF | TINFL_FLAG_COMPUTE_ADLER32;
        let (status, _, written) = decompress(&mut self.state, &self.packed, out, 0, flags);
        (status == TINFLStatus::Done && written == size).then_some(())
    }
}

#[cfg(unix)]
fn read_at(file: &File, offset: u64, bytes: &mut [u8]) -> Option<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset).ok()
}

#[cfg(windows)]
fn read_at(file: &File, mut offset: u64, mut bytes: &mut [u8]) -> Option<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, offset).ok().filter(|&read| read > 0)?;
        bytes = &mut bytes[read..];
        offset += read as u64;
    }
    Some(())
}

#[cfg(not(any(unix, windows)))]
fn read_at(_: &File, _: u64, _: &mut [u8]) -> Option<()> {
    // Left to git.
    None
}
