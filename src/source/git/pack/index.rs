//! The index of a pack: which objects lie where.
//!
//! Form: gitformat-pack(5), "Version 2 pack-*.idx files", git 2.47. Another version is left to git.

use std::fs;
use std::path::Path;

use crate::source::object::ObjectId;

const MAGIC: [u8; 8] = [0xff, b't', b'O', b'c', 0, 0, 0, 2];
/// How many objects have a name with this first byte, or a lower one: one number for each byte.
const FANOUT: usize = 256 * 4;

/// The objects of a pack in the order in which they lie.
#[derive(Debug)]
pub(super) struct Index {
    /// Names of all objects, sorted, one behind the other.
    names: Vec<u8>,
    /// Bytes of a name.
    length: usize,
    /// Offset and number of the name, by offset.
    order: Vec<(u64, u32)>,
    /// The place in the order for the number of a name.
    places: Vec<u32>,
}

impl Index {
    /// Reads the index of a pack in a repository whose names have so many bytes. `None` if it is not understood.
    pub(super) fn read(path: &Path, length: usize) -> Option<Self> {
        let bytes = fs::read(path).ok()?;
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (fanout, rest) = rest.split_at_checked(FANOUT)?;
        let count = number(fanout, 255)?;
        let (names, rest) = rest.split_at_checked(count.checked_mul(length)?)?;
        let (_, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
        let (offsets, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
        // Behind the large offsets stand two checksums.
        let large = rest.get(..rest.len().checked_sub(2 * length)?)?;
        let mut order = Vec::with_capacity(count);
        for name in 0..count {
            let offset = number(offsets, name)?;
            let offset = match offset.checked_sub(1 << 31) {
                None => offset as u64,
                Some(place) => (number(large, 2 * place)? as u64) << 32 | number(large, 2 * place + 1)? as u64,
            };
            order.push((offset, u32::try_from(name).ok()?));
        }
        order.sort_unstable();
        let mut places = vec![0; count];
        for (place, &(_, name)) in order.iter().enumerate() {
            *places.get_mut(name as usize)? = u32::try_from(place).ok()?;
        }
        Some(Self { names: names.to_vec(), length, order, places })
    }

    /// How many objects there are.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Bytes of a name.
    pub(super) fn name_length(&self) -> usize {
        self.length
    }

    /// The offset of the object at a place.
    pub(super) fn offset(&self, place: usize) -> Option<u64> {
        self.order.get(place).map(|&(offset, _)| offset)
    }

    /// The object at a place.
    pub(super) fn object(&self, place: usize) -> Option<ObjectId> {
        let name = self.order.get(place)?.1 as usize;
        ObjectId::from_bytes(self.names.get(name * self.length..(name + 1) * self.length)?)
    }

    /// The place of what begins at an offset.
    pub(super) fn at(&self, offset: u64) -> Option<usize> {
        self.order.binary_search_by_key(&offset, |&(known, _)| known).ok()
    }

    /// The place of an object.
    pub(super) fn find(&self, name: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.names.get(middle * self.length..(middle + 1) * self.length)?.cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return self.places.get(middle).map(|&place| place as usize),
            }
        }
        None
    }
}

/// The number at a place in a list of numbers of four bytes.
fn number(list: &[u8], place: usize) -> Option<usize> {
    let bytes = list.get(place.checked_mul(4)?..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_be_bytes(*bytes)).ok()
}
