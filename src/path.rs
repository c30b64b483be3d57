//! Paths inside a repository.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::memrchr;

/// A path relative to the repository's root, parts separated by `/`.
///
/// Names need not be UTF-8: [`as_str`](Self::as_str) shows foreign bytes as U+FFFD, while
/// [`to_path`](Self::to_path) still opens the file.
#[derive(Clone, Debug)]
pub struct RepoPath {
    text: Arc<str>,
    /// Where the last part begins, in bytes of the text: every file's path is asked for it many times.
    name: usize,
    /// The exact bytes, kept only where they are no UTF-8.
    raw: Option<Arc<[u8]>>,
}

impl RepoPath {
    /// A path from the bytes git prints with `-z`.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::from(text),
            Err(_) => Self { raw: Some(bytes.into()), ..Self::from(&*String::from_utf8_lossy(bytes)) },
        }
    }

    /// A path from a relative path of the operating system.
    pub fn from_path(path: &Path) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            Self::from_bytes(path.as_os_str().as_bytes())
        }
        #[cfg(not(unix))]
        {
            Self::from(path.to_string_lossy().replace('\\', "/").as_str())
        }
    }

    /// The path as text, `/` between parts; bytes that are no UTF-8 stand as U+FFFD.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The exact bytes of the path.
    pub fn as_bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// The path for the operating system, still relative.
    pub fn to_path(&self) -> PathBuf {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt;
            PathBuf::from(std::ffi::OsStr::from_bytes(self.as_bytes()))
        }
        #[cfg(not(unix))]
        {
            PathBuf::from(&*self.text)
        }
    }

    /// The last part.
    pub fn name(&self) -> &str {
        &self.text[self.name..]
    }

    /// The folder as text: everything before the last `/`, empty at the root.
    pub fn folder(&self) -> &str {
        &self.text[..self.name.saturating_sub(1)]
    }

    /// The folder that holds this entry; `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        let bytes = self.as_bytes();
        Some(Self::from_bytes(&bytes[..memrchr(b'/', bytes)?]))
    }

    /// This path with one more part.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        if self.as_bytes().is_empty() {
            return Self::from(name);
        }
        Self::from_bytes(&[self.as_bytes(), b"/", name.as_bytes()].concat())
    }

    /// Whether this is `folder` or lies below it; everything lies below the empty path.
    pub fn is_within(&self, folder: &Self) -> bool {
        let (bytes, folder) = (self.as_bytes(), folder.as_bytes());
        folder.is_empty() || bytes.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        let name = memrchr(b'/', text.as_bytes()).map_or(0, |slash| slash + 1);
        Self { text: text.into(), name, raw: None }
    }
}

impl PartialEq for RepoPath {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for RepoPath {}

impl PartialOrd for RepoPath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RepoPath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl std::hash::Hash for RepoPath {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let path = RepoPath::from("a/.claude/settings.json");
        assert_eq!((path.folder(), path.name()), ("a/.claude", "settings.json"));
        assert_eq!(path.parent(), Some(RepoPath::from("a/.claude")));
        assert_eq!(RepoPath::from("a").parent(), None);
        assert_eq!(RepoPath::from("").join("a").join("b"), RepoPath::from("a/b"));
    }

    #[test]
    fn within_compares_whole_parts() {
        let path = RepoPath::from("ab/c");
        assert!(path.is_within(&RepoPath::from("")));
        assert!(path.is_within(&RepoPath::from("ab")));
        assert!(path.is_within(&path));
        assert!(!path.is_within(&RepoPath::from("a")));
    }

    #[test]
    fn foreign_bytes_stay_apart() {
        let (one, two) = (RepoPath::from_bytes(b"a\xFF"), RepoPath::from_bytes(b"a\xFE"));
        assert_eq!(one.as_str(), two.as_str());
        assert_ne!(one, two);
        assert_eq!(one.as_bytes(), b"a\xFF");
    }
}
