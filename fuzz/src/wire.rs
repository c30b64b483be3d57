//! What comes from other programs: git's packs, the Language Server Protocol, the client's events, the events of services.
//! Byte 0 chooses.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Mutex;

use keylint::ci;
use keylint::claude_hook::text_after;
use keylint::lint::Options;
use keylint::lsp::serve;
use keylint::source::git::pack::{Wanted, search_folder};
use serde_json::Value;

use crate::scratch;

/// Holds that what is read is what was sent, and that nothing that is sent does harm.
pub fn check(bytes: &[u8]) {
    let Some((&[kind], rest)) = bytes.split_first_chunk::<1>() else { return };
    match kind % 6 {
        0 => pack(rest),
        1 => {
            // As it comes: an index, and a pack behind the first of these words.
            let end = rest.windows(4).position(|word| word == b"PACK").unwrap_or(rest.len());
            contents(&rest[..end], &rest[end..]);
        }
        2 => session(&frames(rest)),
        3 => session(rest),
        4 => {
            let mut parts = rest.splitn(2, |&byte| byte == 0);
            let event = parts.next().unwrap_or_default();
            let _ = text_after(event, parts.next());
        }
        _ => build(rest),
    }
}

/// The longest object that is built.
const LONGEST: usize = 1 << 16;

/// An object as git stores it.
enum Object {
    Whole(Vec<u8>),
    /// A base by its number, how it is named, and what makes the difference.
    Difference {
        base: usize,
        by_name: bool,
        delta: Vec<u8>,
    },
}

/// Objects: two bytes for the kind and the length, and so many bytes. What comes out is what a plain reader makes of them.
fn pack(mut bytes: &[u8]) {
    let mut objects: Vec<Object> = Vec::new();
    while let Some((&[kind, length], rest)) = bytes.split_first_chunk::<2>() {
        let (content, behind) = rest.split_at(usize::from(length).min(rest.len()));
        bytes = behind;
        let base = usize::from(kind >> 2).checked_rem(objects.len());
        objects.push(match base {
            Some(base) if kind & 1 == 1 => {
                // With the right sizes in front, where the plain reader understands the rest.
                let delta = match (kind & 2, plain(&objects, base)) {
                    (0, Some(of)) => {
                        let length = built(&of, content).map_or(content.len(), |built| built.len());
                        [size(of.len()), size(length), content.to_vec()].concat()
                    }
                    _ => content.to_vec(),
                };
                Object::Difference { base, by_name: kind & 0x40 != 0, delta }
            }
            _ => Object::Whole(content.to_vec()),
        });
        // A difference from a difference could grow without end.
        if plain(&objects, objects.len() - 1).is_some_and(|content| content.len() > LONGEST) {
            objects.pop();
        }
        if objects.len() == 12 {
            break;
        }
    }
    let (index, pack) = written(&objects);
    let expected: BTreeMap<u8, Vec<u8>> =
        (0..objects.len()).filter_map(|place| Some((u8::try_from(place).ok()?, plain(&objects, place)?))).collect();
    assert_eq!(contents(&index, &pack), expected);
}

/// The contents of a pack by the first byte of their names.
fn contents(index: &[u8], pack: &[u8]) -> BTreeMap<u8, Vec<u8>> {
    let folder = scratch::folder([("pack/a.idx", index), ("pack/a.pack", pack)]);
    let found = Mutex::new(BTreeMap::new());
    search_folder(folder, &Wanted { may_be_in: &|_| true, radius: 16 }, |searched| {
        let content = searched.content.unwrap_or_default().to_vec();
        assert_eq!(content.len(), searched.size);
        if let (Ok(mut found), [first, ..]) = (found.lock(), searched.listed.object.as_bytes()) {
            found.insert(*first, content);
        }
    });
    found.into_inner().unwrap_or_default()
}

/// What an object says, without any cleverness; `None` if it is malformed.
fn plain(objects: &[Object], place: usize) -> Option<Vec<u8>> {
    match &objects[place] {
        Object::Whole(content) => Some(content.clone()),
        Object::Difference { base, delta, .. } => {
            let base = plain(objects, *base)?;
            let (from, rest) = read_size(delta)?;
            let (to, rest) = read_size(rest)?;
            built(&base, rest).filter(|built| from == base.len() && to == built.len())
        }
    }
}

/// What instructions build.
fn built(base: &[u8], mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first < 0x80 {
            if first == 0 {
                return None;
            }
            let (new, behind) = rest.split_at_checked(usize::from(first))?;
            out.extend_from_slice(new);
            rest = behind;
            continue;
        }
        let mut number = [0_usize; 7];
        for (bit, slot) in number.iter_mut().enumerate().filter(|(bit, _)| first >> bit & 1 == 1) {
            let (&byte, behind) = rest.split_first()?;
            *slot = usize::from(byte) << (8 * if bit < 4 { bit } else { bit - 4 });
            rest = behind;
        }
        let (from, length): (usize, usize) = (number[..4].iter().sum(), number[4..].iter().sum());
        let length = if length == 0 { 0x1_0000 } else { length };
        out.extend_from_slice(base.get(from..from + length)?);
    }
    Some(out)
}

/// A number with seven bits a byte, the lowest first.
fn size(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        bytes.push(if number > 0 { low | 0x80 } else { low });
        if number == 0 {
            return bytes;
        }
    }
}

fn read_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let length = bytes.iter().position(|byte| byte & 0x80 == 0)? + 1;
    let mut number: usize = 0;
    for (place, byte) in bytes[..length].iter().enumerate() {
        let part = usize::from(byte & 0x7f);
        let shift = u32::try_from(7 * place).ok().filter(|shift| *shift < usize::BITS)?;
        number |= part << shift;
    }
    Some((number, &bytes[length..]))
}

/// The index and the pack of some objects, whose names are their numbers.
fn written(objects: &[Object]) -> (Vec<u8>, Vec<u8>) {
    let count = u32::try_from(objects.len()).unwrap_or_default();
    let mut pack = [b"PACK\0\0\0\x02".as_slice(), &count.to_be_bytes()].concat();
    let mut offsets: Vec<usize> = Vec::new();
    for (place, object) in objects.iter().enumerate() {
        let offset = pack.len();
        offsets.push(offset);
        let (kind, content) = match object {
            Object::Whole(content) => (if place % 2 == 0 { 3 } else { 1 }, content),
            Object::Difference { by_name, delta, .. } => (if *by_name { 7 } else { 6 }, delta),
        };
        let mut length = content.len();
        let mut byte = kind << 4 | (length & 0x0f) as u8;
        length >>= 4;
        while length > 0 {
            pack.push(byte | 0x80);
            byte = (length & 0x7f) as u8;
            length >>= 7;
        }
        pack.push(byte);
        match object {
            Object::Difference { base, by_name: true, .. } => pack.extend(name(*base)),
            Object::Difference { base, by_name: false, .. } => pack.extend(distance(offset - offsets[*base])),
            Object::Whole(_) => {}
        }
        pack.extend(stored(content));
    }
    pack.extend([0; 20]);
    let mut index = vec![0xff, b't', b'O', b'c', 0, 0, 0, 2];
    for first in 0..=u8::MAX {
        index.extend((u32::from(first) + 1).min(count).to_be_bytes());
    }
    index.extend((0..objects.len()).flat_map(name));
    index.extend(vec![0; 4 * objects.len()]);
    index.extend(offsets.iter().flat_map(|&offset| u32::try_from(offset).unwrap_or_default().to_be_bytes()));
    index.extend([0; 40]);
    (index, pack)
}

fn name(place: usize) -> [u8; 20] {
    let mut name = [7; 20];
    name[0] = u8::try_from(place).unwrap_or_default();
    name
}

/// How far back a base begins.
fn distance(mut distance: usize) -> Vec<u8> {
    let mut bytes = vec![(distance & 0x7f) as u8];
    while distance > 0x7f {
        distance = (distance >> 7) - 1;
        bytes.insert(0, (distance & 0x7f) as u8 | 0x80);
    }
    bytes
}

/// Bytes in zlib's form, not compressed.
fn stored(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or_default();
    let (mut low, mut high) = (1_u32, 0_u32);
    for &byte in content {
        low = (low + u32::from(byte)) % 65521;
        high = (high + low) % 65521;
    }
    let head = [0x78, 0x01, 0x01];
    [&head, length.to_le_bytes().as_slice(), &(!length).to_le_bytes(), content, &(high << 16 | low).to_be_bytes()]
        .concat()
}

/// A message a line, framed.
fn frames(bytes: &[u8]) -> Vec<u8> {
    let mut framed = Vec::new();
    for line in bytes.split(|&byte| byte == b'\n').take(24) {
        framed.extend(format!("Content-Length: {}\r\n\r\n", line.len()).bytes());
        framed.extend(line);
    }
    framed
}

/// A session of an editor whose documents are not saved: no file of this machine is looked at.
fn session(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    // The lengths in front have to fit: both words have the same.
    let input = if text.contains("file:") { text.replace("file:", "fill:").into_bytes() } else { bytes.to_vec() };
    let mut out = Vec::new();
    assert!(serve(Cursor::new(input), &mut out, Options::default()).is_ok());
    let mut rest = out.as_slice();
    while !rest.is_empty() {
        let head = b"Content-Length: ";
        assert!(rest.starts_with(head));
        let end = rest.windows(4).position(|end| end == b"\r\n\r\n").expect("an empty line");
        let length: usize = String::from_utf8_lossy(&rest[head.len()..end]).parse().expect("a length");
        let (message, behind) = rest[end + 4..].split_at(length);
        assert!(serde_json::from_slice::<Value>(message).is_ok());
        rest = behind;
    }
}

/// A build: variables, one a line, and the event behind an empty line.
fn build(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (variables, event) = text.split_once("\n\n").unwrap_or((&text, ""));
    let env =
        |name: &str| variables.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned);
    let _ = (ci::wanted(&env, Some(event)), ci::remedy(&env), ci::event_file(&env));
}
