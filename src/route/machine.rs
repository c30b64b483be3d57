//! The machine that the client starts on, as far as it decides what is sent.

use std::fmt::Debug;
use std::path::Path;

/// Files outside the repository. A relative path starts in the folder where the client does.
pub trait Machine: Debug + Sync {
    /// The home folder, where it is to count.
    fn home(&self) -> Option<&Path>;

    /// What is in a file; `None` where there is none.
    fn read(&self, path: &Path) -> Option<Vec<u8>>;

    /// Whether a file with a credential is there. Its content is nobody's business.
    fn has_credential(&self, path: &Path) -> bool;
}

/// A machine of which nothing counts.
#[derive(Debug)]
pub struct Nowhere;

impl Machine for Nowhere {
    fn home(&self) -> Option<&Path> {
        None
    }

    fn read(&self, _: &Path) -> Option<Vec<u8>> {
        None
    }

    fn has_credential(&self, _: &Path) -> bool {
        false
    }
}

/// What is in a file, as text.
pub(super) fn text(machine: &dyn Machine, path: &Path) -> Option<String> {
    Some(String::from_utf8_lossy(&machine.read(path)?).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_counts_nowhere() {
        let path = Path::new(".claude/.credentials.json");
        assert_eq!((Nowhere.home(), Nowhere.read(path), Nowhere.has_credential(path)), (None, None, false));
    }
}
