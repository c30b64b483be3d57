//! A folder for what is only read from a disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// In memory where the system has such a place.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    base.join(format!("keylint-fuzz-{}", std::process::id()))
});

/// The folder with these files and no others.
pub fn folder<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> &'static Path {
    let folder = FOLDER.as_path();
    let _ = fs::remove_dir_all(folder);
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
        fs::write(path, bytes).expect("a writable file");
    }
    folder
}
