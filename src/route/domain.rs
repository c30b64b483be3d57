//! Host names as the client writes them into a request (the rules of the URL standard, observed 2026-11-21).

use std::net::{Ipv4Addr, Ipv6Addr};

/// The host as it is sent; `None` where it is none. Of Unicode's mapping only lower case, wide forms, full stops and
/// invisible characters are known here.
pub(super) fn ascii(name: &str) -> Option<String> {
    if let Some(address) = name.strip_prefix('[') {
        let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
        return Some(format!("[{address}]"));
    }
    let mapped: String = unescaped(name)?.chars().filter_map(mapped).flat_map(char::to_lowercase).collect();
    let forbidden = |c: char| c.is_control() || " #%/:<>?@\\^|;\"'`\u{200C}\u{200D}".contains(c);
    if mapped.is_empty() || mapped.contains(forbidden) {
        return None;
    }
    let labels: Option<Vec<String>> = mapped.split('.').map(encoded).collect();
    let name = labels?.join(".");
    let bare = name.strip_suffix('.').unwrap_or(&name);
    let last = bare.rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") && number(last).is_some() {
        return address(bare).map(|address| address.to_string());
    }
    Some(name)
}

/// An address in any of its forms: `127.1`, `0x7f000001`, `0177.0.0.1`.
fn address(name: &str) -> Option<Ipv4Addr> {
    let parts: Option<Vec<u32>> = name.split('.').map(number).collect();
    let parts = parts?;
    let (&last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|&part| part > 255) {
        return None;
    }
    let rest = 32 - 8 * u32::try_from(first.len()).ok()?;
    if rest < 32 && last >> rest > 0 {
        return None;
    }
    let high = first.iter().zip([24, 16, 8]).map(|(part, shift)| part << shift).sum::<u32>();
    Some(Ipv4Addr::from(high + last))
}

fn number(part: &str) -> Option<u32> {
    match part.strip_prefix("0x") {
        Some("") => Some(0),
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None if part.starts_with('0') => u32::from_str_radix(part, 8).ok(),
        None => part.parse().ok(),
    }
}

/// `%41` and its kin, decoded.
fn unescaped(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// What a character of a host name stands for; nothing for invisible ones.
fn mapped(c: char) -> Option<char> {
    match c {
        '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' => None,
        '\u{3002}' | '\u{FF61}' => Some('.'),
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0),
        c => Some(c),
    }
}

/// A label as it is sent: one with characters outside ASCII in Punycode (RFC 3492). Its cost grows with the square of
/// the length, so there is an end to what is taken for a label.
fn encoded(label: &str) -> Option<String> {
    if label.is_ascii() {
        return Some(label.to_owned());
    }
    let characters: Vec<u32> = label.chars().map(u32::from).collect();
    let total = u32::try_from(characters.len()).ok().filter(|&total| total < 256)?;
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (128_u32, 0_u32, 72_u32, basic);
    while handled < total {
        let next = characters.iter().copied().filter(|&c| c >= n).min()?;
        delta += (next - n) * (handled + 1);
        n = next;
        for &c in &characters {
            if c < n {
                delta += 1;
            }
            if c == n {
                push_number(&mut out, delta, bias);
                bias = adapted(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    Some(format!("xn--{out}"))
}

/// A number in the digits `a` to `z` and `0` to `9`, the lowest first, with thresholds instead of an end mark.
fn push_number(out: &mut String, mut number: u32, bias: u32) {
    let letters = || ('a'..='z').chain('0'..='9');
    for k in (36..).step_by(36) {
        let threshold = u32::saturating_sub(k, bias).clamp(1, 26);
        let (digit, rest) = match number.checked_sub(threshold) {
            Some(above) => (threshold + above % (36 - threshold), Some(above / (36 - threshold))),
            None => (number, None),
        };
        out.extend(letters().nth(digit as usize));
        let Some(rest) = rest else { return };
        number = rest;
    }
}

fn adapted(delta: u32, handled: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / handled;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row repeats one that was observed with the real client.
    #[test]
    fn hosts_as_they_are_sent() {
        for (name, sent) in [
            ("BÜCHER.test", "xn--bcher-kva.test"),
            ("a-bücher-b.test", "xn--a-bcher-b-s9a.test"),
            ("bücher.köln", "xn--bcher-kva.xn--kln-sna"),
            ("中文.test", "xn--fiq228c.test"),
            ("مثال.test", "xn--mgbh0fb.test"),
            ("🎉.test", "xn--dk8h.test"),
            ("b%C3%BCcher。test", "xn--bcher-kva.test"),
            ("ｇａｔｅ.test", "gate.test"),
            ("a\u{AD}b.test", "ab.test"),
            ("a{b}$&=.test.", "a{b}$&=.test."),
            ("127.1", "127.0.0.1"),
            ("0x7f.1", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("0177.0.0.1.", "127.0.0.1"),
            ("[2001:0db8:0:0:1:0:0:1]", "[2001:db8::1:0:0:1]"),
        ] {
            assert_eq!(ascii(name).as_deref(), Some(sent), "{name}");
        }
        for name in ["", "a b", "a\u{200D}b", "%zz", "1.2.3.4.5", "256.1.1.1", "gate.1", "[::1", "[fe80::1%25eth0]"] {
            assert_eq!(ascii(name), None, "{name}");
        }
    }

    /// As Node's `URL` has them, whose rules the client's runtime follows.
    #[test]
    fn numbers_are_addresses() {
        for (name, sent) in [
            ("0", Some("0.0.0.0")),
            ("0x", Some("0.0.0.0")),
            ("0x.1", Some("0.0.0.1")),
            ("255.1.1.1", Some("255.1.1.1")),
            ("1.16777215", Some("1.255.255.255")),
            ("4294967295", Some("255.255.255.255")),
            ("gate.0xzz", Some("gate.0xzz")),
            ("1.2.3.256", None),
            ("1.16777216", None),
            ("4294967296", None),
            ("08.1", None),
            ("gate.08", None),
        ] {
            assert_eq!(ascii(name).as_deref(), sent, "{name}");
        }
    }

    /// Samples of RFC 3492, section 7.1, in lower case, and two of Python's codec for where the bias changes.
    #[test]
    fn labels_in_punycode() {
        for (label, code) in [
            ("pročprostěnemluvíčesky", "proprostnemluvesky-uyb24dma41a"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
            (
                "세계의모든사람들이한국어를이해한다면얼마나좋을까",
                "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c",
            ),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
            ("abc\u{F960}\u{FA20}", "abc-qb2sd3a"),
            ("ab🎉🎉中ü", "ab-yka7510fyj0xa"),
        ] {
            assert_eq!(encoded(label), Some(format!("xn--{code}")), "{label}");
        }
    }

    #[test]
    fn hostile_labels_end_soon() {
        assert_eq!(ascii(&"ü".repeat(1_000_000)), None);
        assert_eq!(encoded(&"ü".repeat(255)).map(|label| label.len()), Some(4 + 257));
        assert_eq!(encoded(&"ü".repeat(256)), None);
    }
}
