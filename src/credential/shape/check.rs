//! What a token has to pass after its pattern.

use super::super::placeholder::is_fake_body;
use super::super::random::{distinct, looks_random};

/// No filled-in example.
pub(super) fn is_genuine(prefix: &str, token: &[u8]) -> bool {
    std::str::from_utf8(token).is_ok_and(|token| !is_fake_body(body(prefix, token)))
}

/// The body looks random.
pub(super) fn is_random(prefix: &str, token: &[u8]) -> bool {
    std::str::from_utf8(token).is_ok_and(|token| {
        let body = body(prefix, token);
        looks_random(body) && distinct(body.as_bytes()) >= 8
    })
}

/// What follows the prefix; the kind of an Anthropic token, `oat01-`, belongs to the prefix.
fn body<'t>(prefix: &str, token: &'t str) -> &'t str {
    let rest = token.strip_prefix(prefix).unwrap_or(token);
    let has_kind = prefix == "sk-ant-" || prefix.starts_with("sk-ant-") && !prefix.ends_with('-');
    match rest.split_once('-') {
        Some((_, body)) if has_kind => body,
        _ => rest,
    }
}

/// A JSON Web Token with a payload that decodes, and none that is public: Supabase's `anon` role is made for
/// browsers, its `supabase-demo` issuer signs the fixed keys of local development, and `1234567890` is the
/// subject of the example in every tutorial.
pub(super) fn is_secret_jwt(token: &[u8]) -> bool {
    let mut parts = token.split(|&byte| byte == b'.');
    let (Some(header), Some(payload)) = (parts.next(), parts.next()) else { return false };
    if !decode(header).starts_with(b"{\"") {
        return false;
    }
    let payload: Vec<u8> = decode(payload).into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let has = |part: &[u8]| payload.windows(part.len()).any(|window| window == part);
    payload.starts_with(b"{\"")
        && !has(br#""role":"anon""#)
        && !has(br#""iss":"supabase-demo""#)
        && !has(br#""sub":"1234567890""#)
}

/// Base64 text in which `sk-ant-` begins a body that could be a token's, at whatever offset.
pub(super) fn encodes_anthropic_token(token: &[u8]) -> bool {
    // The run may begin in the middle of a group of four when something else was glued to it.
    (0..4).any(|skipped| {
        let decoded = decode(token.get(skipped..).unwrap_or_default());
        let needle = b"sk-ant-";
        let starts = decoded.windows(needle.len()).enumerate().filter(|(_, window)| window == needle);
        starts.map(|(at, _)| &decoded[at + needle.len()..]).any(|rest| {
            let length = rest
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
                .count();
            length >= 24 && is_genuine("sk-ant-", &rest[..length]) && is_random("sk-ant-", &rest[..length])
        })
    })
}

/// Decodes base64 of either alphabet as far as it goes.
fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0);
    for &byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xFF) as u8);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_either_alphabet() {
        assert_eq!(decode(b"Pz8/Pj4+"), b"???>>>");
        assert_eq!(decode(b"Pz8_Pj4-"), b"???>>>");
        assert_eq!(decode(b"azlBWg=="), b"k9AZ");
        assert_eq!(decode(b"a.zlBWg"), b"", "a single digit is no byte");
    }
}
