//! Addresses of files (RFC 8089).

use std::path::{Path, PathBuf};

/// The file that an address names; `None` for other addresses, and for files of other machines.
pub(super) fn to_path(uri: &str) -> Option<PathBuf> {
    let rest = strip_scheme(uri, "file")?;
    let rest = rest.strip_prefix("//").map_or(Some(rest), |rest| {
        let (host, path) = rest.split_at(rest.find('/')?);
        (host.is_empty() || host.eq_ignore_ascii_case("localhost")).then_some(path)
    })?;
    local(&decoded(rest))
}

/// The name that a document would have which is not saved yet: that of its file, if the client knows one.
pub(super) fn unsaved(uri: &str) -> Option<String> {
    let bytes = decoded(strip_scheme(uri, "untitled")?);
    String::from_utf8(bytes).ok().map(|name| name.trim_start_matches('/').to_owned())
}

/// The part behind `scheme:`, without query and fragment.
fn strip_scheme<'u>(uri: &'u str, scheme: &str) -> Option<&'u str> {
    let (found, rest) = uri.split_once(':')?;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    found.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let digit = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    while let Some((&first, tail)) = rest.split_first() {
        match (first, digit(tail.first()), digit(tail.get(1))) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    bytes
}

#[cfg(unix)]
fn local(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt as _;
    let is_path = bytes.starts_with(b"/") && !bytes.contains(&0);
    is_path.then(|| Path::new(std::ffi::OsStr::from_bytes(bytes)).to_owned())
}

#[cfg(not(unix))]
fn local(bytes: &[u8]) -> Option<PathBuf> {
    // `/c:/folder/file`
    let text = std::str::from_utf8(bytes).ok()?;
    let drive = text.strip_prefix('/').filter(|rest| rest.as_bytes().get(1) == Some(&b':'))?;
    Some(Path::new(&drive.replace('/', "\\")).to_owned())
}

/// The address of a file.
pub(super) fn of_path(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let mut uri = String::from("file://");
    if !bytes.starts_with(b"/") {
        uri.push('/');
    }
    for &byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (uri, path) in [
            ("file:///a/b.env", Some("/a/b.env")),
            ("FILE://localhost/a%20b/%C3%A9%25%zz", Some("/a b/é%%zz")),
            ("file:/a#x", Some("/a")),
            ("file://host/a", None),
            ("file:a", None),
            ("file:///a%00", None),
            ("untitled:Untitled-1", None),
            ("git:/a?x", None),
            ("/a", None),
        ] {
            assert_eq!(to_path(uri).as_deref(), path.map(Path::new), "{uri}");
        }
        assert_eq!(unsaved("untitled:/a/.env").as_deref(), Some("a/.env"));
        assert_eq!(unsaved("untitled:Untitled-1").as_deref(), Some("Untitled-1"));
        assert_eq!(unsaved("git:/a"), None);
    }

    #[test]
    fn there_and_back() {
        for path in ["/a b/%25é🦀#?.env", "/", "/a/[x](y)"] {
            assert_eq!(to_path(&of_path(Path::new(path))).as_deref(), Some(Path::new(path)));
        }
    }
}
