//! The hook's text, and how it is known again.

use std::hash::Hasher as _;
use std::path::Path;

use siphasher::sip::SipHasher24;

/// The name of the hook that was there before, beside the one that is written.
pub(super) const BEFORE: &str = "pre-commit.before-keylint";

const FIRST: &[u8] = b"#!/bin/sh\n# Written by `keylint hook install`, which knows it by this number: ";

const HEAD: &str = "# `keylint hook uninstall` takes it away, unless it was edited.
before=\"${0%/*}/pre-commit.before-keylint\"
if [ -x \"$before\" ]; then
    \"$before\" \"$@\" || exit
fi
keylint=";

const TAIL: &str = "
if [ ! -x \"$keylint\" ]; then
    keylint=$(command -v keylint) || {
        echo \"keylint is not installed any more, and nobody looks at what this commit brings.\" >&2
        echo \"To commit all the same: git commit --no-verify\" >&2
        echo \"To do without keylint: delete $0\" >&2
        exit 1
    }
fi
exec \"$keylint\" lint --staged --quiet
";

/// What a file that stands where the hook belongs is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Somebody else's.
    Foreign,
    /// Written by some version of keylint.
    Ours,
    /// Written by keylint, and changed since.
    Edited,
}

/// A hook that runs the program at a path, or, where that is gone, the one that the user's PATH has.
pub(super) fn script(program: &Path) -> Vec<u8> {
    let rest = [HEAD.as_bytes(), &quoted(program), TAIL.as_bytes()].concat();
    [FIRST, number(&rest).as_bytes(), b"\n", &rest].concat()
}

/// Who wrote a hook: the number stands for everything behind it.
pub(super) fn origin(text: &[u8]) -> Origin {
    if memchr::memmem::find(text, b"`keylint hook install`").is_none() {
        return Origin::Foreign;
    }
    let rest = text.strip_prefix(FIRST).and_then(|rest| rest.split_at_checked(17));
    match rest {
        Some((line, rest)) if line == format!("{}\n", number(rest)).as_bytes() => Origin::Ours,
        _ => Origin::Edited,
    }
}

fn number(text: &[u8]) -> String {
    let mut hasher = SipHasher24::new();
    hasher.write(text);
    format!("{:016x}", hasher.finish())
}

/// A path as one word of a shell.
fn quoted(path: &Path) -> Vec<u8> {
    #[cfg(unix)]
    let bytes = std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec();
    // git brings a POSIX shell, to which a backslash is none of a path's.
    #[cfg(not(unix))]
    let bytes = path.to_string_lossy().replace('\\', "/").into_bytes();
    let mut word = vec![b'\''];
    for byte in bytes {
        match byte {
            b'\'' => word.extend(b"'\\''"),
            _ => word.push(byte),
        }
    }
    word.push(b'\'');
    word
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_hook_is_known_again() {
        let text = script(Path::new("/a b/it's\n\"$x\"/keylint"));
        assert_eq!(origin(&text), Origin::Ours);
        assert!(text.ends_with(TAIL.as_bytes()));
        for place in [0, FIRST.len() + 3, text.len() - 2] {
            let mut edited = text.clone();
            edited[place] ^= 1;
            assert_eq!(origin(&edited), Origin::Edited, "{place}");
        }
        assert_eq!(origin(&[text.as_slice(), b"echo\n"].concat()), Origin::Edited);
        assert_eq!(origin(&text[..FIRST.len() + 5]), Origin::Edited);
        assert_eq!(origin(b"#!/bin/sh\nkeylint lint --staged\n"), Origin::Foreign);
        assert!(HEAD.contains(BEFORE));
    }
}
