//! The base protocol: headers, an empty line, so many bytes.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value;

/// What comes between two ends of the wire.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// The bytes of a message.
    Content(Vec<u8>),
    /// Headers that do not say how long the message is, or a message that is too long to be read.
    Malformed(&'static str),
}

/// The longest message: a document of twice the size that is read, escaped.
const MAX_CONTENT: u64 = 256 << 20;

/// The longest header. Real ones have 40 bytes.
const MAX_HEADER: u64 = 4096;

/// The next message; `None` at the end.
///
/// # Errors
/// When reading fails.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Frame>> {
    let (mut length, mut any) = (None, false);
    loop {
        let mut line = Vec::new();
        input.by_ref().take(MAX_HEADER).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let header = line.trim_ascii();
        if header.is_empty() {
            // Blank lines between messages are nobody's.
            if any {
                break;
            }
            continue;
        }
        any = true;
        let colon = header.iter().position(|&byte| byte == b':').unwrap_or(header.len());
        let (name, value) = header.split_at(colon);
        if name.trim_ascii_end().eq_ignore_ascii_case(b"content-length") {
            let value = std::str::from_utf8(value).unwrap_or_default();
            length = value.trim_start_matches(':').trim().parse::<u64>().ok();
        }
    }
    let Some(length) = length else { return Ok(Some(Frame::Malformed("no Content-Length in the header"))) };
    if length > MAX_CONTENT {
        io::copy(&mut input.by_ref().take(length), &mut io::sink())?;
        return Ok(Some(Frame::Malformed("the message is too long")));
    }
    let mut content = Vec::new();
    input.by_ref().take(length).read_to_end(&mut content)?;
    // The other end is gone in the middle of a message.
    if (content.len() as u64) < length { Ok(None) } else { Ok(Some(Frame::Content(content))) }
}

/// Writes a message.
///
/// # Errors
/// When writing fails.
pub(super) fn write(out: &mut dyn Write, message: &Value) -> io::Result<()> {
    let content = message.to_string();
    write!(out, "Content-Length: {}\r\n\r\n{content}", content.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn frames(mut bytes: &[u8]) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = read(&mut bytes).unwrap() {
            frames.push(frame);
        }
        frames
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        for text in ["", "é\r\n\r\n𝄞"] {
            write(&mut bytes, &json!(text)).unwrap();
        }
        let expected: Vec<Frame> =
            ["\"\"", "\"é\\r\\n\\r\\n𝄞\""].iter().map(|text| Frame::Content(text.as_bytes().to_vec())).collect();
        assert_eq!(frames(&bytes), expected);
    }

    #[test]
    fn headers() {
        let content = |text: &str| Frame::Content(text.as_bytes().to_vec());
        let lacks = || Frame::Malformed("no Content-Length in the header");
        for (bytes, expected) in [
            ("Content-Type: x\r\ncontent-length : 2\r\n\r\n{}", vec![content("{}")]),
            ("Content-Length: 2\n\n{}", vec![content("{}")]),
            ("\r\n\r\nContent-Length: 0\r\n\r\n", vec![content("")]),
            ("X: 1\r\n\r\nContent-Length: 2\r\n\r\n{}", vec![lacks(), content("{}")]),
            ("Content-Length: -2\r\n\r\n", vec![lacks()]),
            ("Content-Length: 3\r\n\r\n{}", vec![]),
            ("Content-Length: 2\r\n", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(frames(bytes.as_bytes()), expected, "{bytes:?}");
        }
        let long = format!("{}\r\n\r\nContent-Length: 2\r\n\r\n{{}}", "x".repeat(100_000));
        assert_eq!(frames(long.as_bytes()), [lacks(), content("{}")]);
    }
}
