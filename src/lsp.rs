//! x
use std::io::{self, Write};
/// x
pub fn serve(_: impl io::Read, _: &mut dyn Write, _: crate::lint::Options) -> io::Result<u8> { Ok(0) }
