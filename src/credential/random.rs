//! Tells a random key from text that people write: words, paths, versions, model names.
//!
//! Two models compete for the string: one draws every character evenly from the alphabet that the string uses,
//! the other follows the letter pairs and the few class changes of English and of identifiers. The result is
//! the difference of their log-likelihoods in bits.

/// Fewer letters and digits than this carry too little evidence.
const MIN_LENGTH: usize = 12;

/// Evidence in bits from which a string counts as random.
const THRESHOLD: f32 = 3.0;

/// How common a letter is after another one in words and identifiers, as `log2(probability * 26) + 5`, so that
/// 5 is what chance gives. Rows are the first letter, columns the second; counted over technical prose and code.
const PAIRS: [&[u8; 26]; 26] = [
    b"25652352514766151767443342", // a
    b"74546333652733642664611252", // b
    b"72446326516643732546522131", // c
    b"64358432722534632564532231", // d
    b"53664542312557343776243531", // e
    b"63446732711633732655622141", // f
    b"52438346611546531664532122", // g
    b"72338322712443732545522142", // h
    b"54655551212658642566141315", // i
    b"72447312625333753463724131", // j
    b"63458443712535542465425131", // k
    b"73357322713623731255431161", // l
    b"75348322613453671254522131", // m
    b"62666572524424532267442131", // n
    b"34562442424667551755645322", // o
    b"72337324612623652756523151", // p
    b"44332312321534234453943411", // q
    b"73558342714454641565433141", // r
    b"52537335613443552367623241", // s
    b"63437326712433641665523252", // t
    b"56545441512667461666211212", // u
    b"73329332711243531333232232", // v
    b"73457426722436632664223311", // w
    b"54647434611543472457332443", // x
    b"54546443511666572576344243", // y
    b"63439323711343621443313135", // z
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Other,
}

fn class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' => Class::Lower,
        b'A'..=b'Z' => Class::Upper,
        b'0'..=b'9' => Class::Digit,
        _ => Class::Other,
    }
}

/// Whether the text looks like a randomly drawn key.
pub fn looks_random(text: &str) -> bool {
    !text.contains("://") && randomness(text) > THRESHOLD
}

/// The evidence in bits that the text was drawn at random; negative for what people write.
///
/// Text that can't be judged (too short, too few different characters, no letters) has no evidence at all.
pub(super) fn randomness(text: &str) -> f32 {
    let bytes = text.as_bytes();
    let counted = bytes.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let letters = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    // Not ASCII: text in a human language. Mostly punctuation: code or a pattern.
    if counted < MIN_LENGTH || letters == 0 || !text.is_ascii() || counted * 4 < bytes.len() * 3 {
        return f32::NEG_INFINITY;
    }
    if distinct(bytes) < 6 {
        return f32::NEG_INFINITY;
    }
    // The separators of a UUID or of `abcd-efgh-ijkl` are part of the form and say nothing.
    if is_regularly_grouped(text) {
        return evidence(&text.replace(['-', ' ', '_'], "").into_bytes());
    }
    evidence(bytes)
}

fn evidence(bytes: &[u8]) -> f32 {
    let overall = alphabet_bits(bytes);
    let mut evidence = 0.0;
    for piece in bytes.split(|&byte| class(byte) == Class::Other) {
        // A long piece has an alphabet of its own: `32 hexadecimal digits.16 letters and digits`.
        let chance = if piece.len() >= 16 { alphabet_bits(piece) } else { overall };
        evidence += piece.windows(2).map(|pair| written_bits(pair[0], pair[1]) - chance).sum::<f32>();
    }
    // People write more separators than chance does.
    evidence - 1.5 * bytes.iter().filter(|&&byte| class(byte) == Class::Other).count() as f32
}

/// The number of different letters and digits.
pub(super) fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    bytes.iter().filter(|byte| byte.is_ascii_alphanumeric()).for_each(|&byte| seen[usize::from(byte)] = true);
    seen.iter().filter(|&&seen| seen).count()
}

/// The information of one character of a random string over the smallest usual alphabet.
fn alphabet_bits(bytes: &[u8]) -> f32 {
    let uses = |wanted| bytes.iter().any(|&byte| class(byte) == wanted);
    let hexadecimal = bytes.iter().all(|byte| byte.is_ascii_hexdigit() || !byte.is_ascii_alphanumeric())
        && !(uses(Class::Lower) && uses(Class::Upper));
    if hexadecimal {
        return 4.0;
    }
    let size =
        26 * u8::from(uses(Class::Lower)) + 26 * u8::from(uses(Class::Upper)) + 10 * u8::from(uses(Class::Digit));
    f32::from(size).log2()
}

/// The information that a letter or digit carries after another one in written text.
fn written_bits(first: u8, second: u8) -> f32 {
    use Class::{Digit, Lower, Other, Upper};
    // Chances that one class follows another, estimated from names, paths, versions and dates.
    let (change, paired) = match (class(first), class(second)) {
        (Other, _) | (_, Other) => return 0.0,
        (Lower, Lower) => (0.90, true),
        (Lower, Upper) => (0.05, false),
        (Lower, Digit) => (0.05, false),
        (Upper, Upper) => (0.60, true),
        (Upper, Lower) => (0.35, true),
        (Upper, Digit) => (0.05, false),
        (Digit, Digit) => (0.65, false),
        (Digit, Lower) => (0.25, false),
        (Digit, Upper) => (0.10, false),
    };
    let index = |byte: u8| usize::from(byte.to_ascii_lowercase() - b'a');
    let within = match class(second) {
        _ if paired => f32::from(26u8).log2() + 5.0 - f32::from(PAIRS[index(first)][index(second)] - b'0'),
        Digit => f32::from(10u8).log2(),
        _ => f32::from(26u8).log2(),
    };
    let change: f32 = change;
    within - change.log2()
}

/// Groups of one length, or the groups of a UUID.
fn is_regularly_grouped(text: &str) -> bool {
    let groups: Vec<usize> = text.split(['-', ' ', '_']).map(str::len).collect();
    groups.len() > 1 && (groups == [8, 4, 4, 4, 12] || groups.iter().all(|&length| length == groups[0]))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Rng, sample};
    use super::*;

    #[test]
    fn random_strings_of_every_alphabet() {
        let mut rng = Rng::new(7);
        for alphabet in [
            "[0-9a-f]",
            "[0-9A-F]",
            "[a-z0-9]",
            "[A-Z0-9]",
            "[a-z]",
            "[A-Z]",
            "[A-Za-z]",
            "[A-Za-z0-9]",
            "[A-Za-z0-9_-]",
            "[A-Za-z0-9+/]",
            "[A-Z2-7]",
        ] {
            let (mut random, mut total) = (0, 0);
            for length in 16..=64 {
                for _ in 0..20 {
                    total += 1;
                    random += usize::from(looks_random(&sample(&format!("{alphabet}{{{length}}}"), &mut rng)));
                }
            }
            assert!(random * 100 >= total * 99, "{alphabet}: {random} of {total}");
        }
    }

    #[test]
    fn grouped_random_strings() {
        let mut rng = Rng::new(8);
        for pattern in [
            "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            "[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}",
            "[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4}",
            "[a-z]{4} [a-z]{4} [a-z]{4} [a-z]{4}",
            "[0-9a-f]{32}\\.[A-Za-z0-9]{16}",
        ] {
            let random = (0..1000).filter(|_| looks_random(&sample(pattern, &mut rng))).count();
            assert!(random >= 975, "{pattern}: {random} of 1000");
        }
    }

    #[test]
    fn what_people_write_is_not_random() {
        let written = super::super::written::WRITTEN;
        let lines: Vec<&str> = written.lines().filter(|line| !line.is_empty()).collect();
        assert!(lines.len() >= 100);
        let wrong: Vec<&str> = lines.into_iter().filter(|line| looks_random(line)).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    fn assert_close(one: f32, other: f32, what: &str) {
        assert!((one - other).abs() < 1e-4, "{what}: {one} and {other}");
    }

    #[test]
    fn what_can_be_judged_at_all() {
        for (text, expected) in [
            ("abcdefghijk1", true),
            ("abcdefghij1", false),
            ("123456789012", false),
            ("12345678901a", true),
            ("abcdefghijk1é", false),
            ("abcdefghijk1....", true),
            ("abcdefghijk1.....", false),
            ("abcdeabcdeabcde", false),
            ("abcdefabcdef", true),
        ] {
            assert_eq!(randomness(text) > f32::NEG_INFINITY, expected, "{text}");
        }
        assert_eq!(distinct(b"aAa1-_."), 3);
    }

    #[test]
    fn alphabets() {
        for (text, size) in [
            ("abcdef12", 16.0f32),
            ("ABCDEF12", 16.0),
            ("ab-12_", 16.0),
            ("abCD", 52.0),
            ("xyz", 26.0),
            ("XYZ", 26.0),
            ("xyz1", 36.0),
            ("XYZ1", 36.0),
            ("xYz1", 62.0),
        ] {
            assert_close(alphabet_bits(text.as_bytes()), size.log2(), text);
        }
    }

    #[test]
    fn what_a_letter_says_after_another() {
        for (pair, choices, chance) in [
            // `b` follows `a` as often as by chance, `u` follows `q` sixteen times as often.
            ("ab", 26.0f32, 0.90f32),
            ("qu", 26.0 / 16.0, 0.90),
            ("AB", 26.0, 0.60),
            ("Ab", 26.0, 0.35),
            ("aB", 26.0, 0.05),
            ("a1", 10.0, 0.05),
            ("A1", 10.0, 0.05),
            ("11", 10.0, 0.65),
            ("1a", 26.0, 0.25),
            ("1A", 26.0, 0.10),
        ] {
            let bytes = pair.as_bytes();
            assert_close(written_bits(bytes[0], bytes[1]), choices.log2() - chance.log2(), pair);
        }
        assert_close(written_bits(b'a', b'-'), 0.0, "a-");
        assert_close(written_bits(b'-', b'a'), 0.0, "-a");
    }

    #[test]
    fn separators_and_long_pieces() {
        let sum = |text: &str, chance: f32| -> f32 {
            text.as_bytes().windows(2).map(|pair| written_bits(pair[0], pair[1]) - chance).sum()
        };
        let all = 36.0f32.log2();
        let (one, two) = ("f3a9c41e", "xqzkwvjp");
        assert_close(evidence(format!("{one}.{two}").as_bytes()), sum(one, all) + sum(two, all) - 1.5, "two pieces");
        let long = "f3a9c41e0b7d2865";
        assert_close(
            evidence(format!("{long}.{two}").as_bytes()),
            sum(long, 4.0) + sum(two, all) - 1.5,
            "a long piece",
        );
        let fifteen = &long[1..];
        assert_close(
            evidence(format!("{fifteen}.{two}").as_bytes()),
            sum(fifteen, all) + sum(two, all) - 1.5,
            "a short piece",
        );
        // The form of a UUID says nothing, nor do groups of one length.
        for text in ["f3a9c41e-0b7d-2865-91c4-e07b3d5a8f26", "f3a9-c41e-0b7d", "f3a9 c41e 0b7d", "f3a9_c41e_0b7d"] {
            let plain = text.replace(['-', ' ', '_'], "");
            assert_close(randomness(text), evidence(plain.as_bytes()), text);
        }
        for (text, expected) in
            [("f3a9-c41e", true), ("f3a9", false), ("f3a9-c41", false), ("f3a9c41e-0b7d-2865-91c4-e07b3d5a8f2", false)]
        {
            assert_eq!(is_regularly_grouped(text), expected, "{text}");
        }
    }
}
