//! The name of an object of git's.

use std::fmt;

/// The name of an object: 20 bytes in most repositories, 32 in those that use SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    bytes: [u8; 32],
    length: u8,
}

impl ObjectId {
    /// Reads 40 or 64 hexadecimal digits.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if !matches!(text.len(), 40 | 64) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self { bytes, length: if text.len() == 40 { 20 } else { 32 } })
    }

    /// A name of 20 or 32 bytes.
    pub fn from_bytes(name: &[u8]) -> Option<Self> {
        let mut bytes = [0; 32];
        let length = u8::try_from(name.len()).ok().filter(|length| matches!(length, 20 | 32))?;
        bytes[..name.len()].copy_from_slice(name);
        Some(Self { bytes, length })
    }

    /// The name as bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// Whether it is the name that stands for no object.
    pub fn is_none(&self) -> bool {
        self.bytes == [0; 32]
    }

    /// The first twelve digits, for people.
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

fn digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.iter().take(usize::from(self.length)).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lengths() {
        for text in ["0123456789abcdef0123456789abcdef01234567".to_owned(), "fe".repeat(32)] {
            assert_eq!(ObjectId::parse(text.as_bytes()).unwrap().to_string(), text);
        }
        assert_eq!(ObjectId::parse("ab".repeat(20).as_bytes()).unwrap().short(), "abababababab");
        assert!(ObjectId::parse(&[b'0'; 40]).unwrap().is_none());
        for text in [&b"abc"[..], &[b'g'; 40], &[b'a'; 39], b""] {
            assert_eq!(ObjectId::parse(text), None);
        }
    }
}
