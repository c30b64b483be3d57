//! Writing a file as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes a file. One that is there is replaced in one step and keeps its mode; a symbolic link stays, and what it
/// leads to is replaced.
///
/// # Errors
/// As the operating system says. The file is then as it was.
pub fn replace(path: &Path, text: impl AsRef<[u8]>) -> io::Result<()> {
    let path = match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => path.canonicalize()?,
        _ => path.to_owned(),
    };
    let (temporary, mut file) = beside(&path)?;
    let written = file.write_all(text.as_ref()).and_then(|()| file.sync_all()).and_then(|()| {
        if let Ok(found) = fs::metadata(&path) {
            fs::set_permissions(&temporary, found.permissions())?;
        }
        fs::rename(&temporary, &path)
    });
    if written.is_err() {
        // Nothing more can be done about it than to say what went wrong first.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Writes a file that can be run, where none is.
///
/// # Errors
/// As the operating system says, also if there is one. Nothing is changed then.
pub fn create_program(path: &Path, text: &[u8]) -> io::Result<()> {
    let (temporary, mut file) = beside(path)?;
    let written = file.write_all(text).and_then(|()| {
        make_runnable(&temporary)?;
        file.sync_all()?;
        // A second name takes no other's place, as a rename would.
        match fs::hard_link(&temporary, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => fs::rename(&temporary, path),
            linked => linked,
        }
    });
    let _ = fs::remove_file(&temporary);
    written
}

/// Lets all who can read a file run it, if that is not so already. Says whether it was.
///
/// # Errors
/// As the operating system says.
pub fn make_runnable(path: &Path) -> io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path)?.permissions().mode();
        if mode & 0o100 == 0 {
            fs::set_permissions(path, fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))?;
            return Ok(false);
        }
    }
    let _ = path;
    Ok(true)
}

/// Whether [`make_runnable`] would leave the file as it is.
pub fn is_runnable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o100 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        true
    }
}

/// Takes a file from everybody but its owner.
///
/// # Errors
/// As the operating system says.
pub fn make_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path)?.permissions().mode();
        fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))?;
    }
    let _ = path;
    Ok(())
}

/// A new file in the same folder, so that it can take the other's place in one step.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    temporary(path.parent().unwrap_or(Path::new("")), path, OpenOptions::new().write(true))
}

/// A new file in a folder, named after the one whose place it is to take.
pub(crate) fn temporary(folder: &Path, path: &Path, options: &mut OpenOptions) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    for number in 0..100_u32 {
        let mut temporary = std::ffi::OsString::from(".keylint-");
        temporary.push(name);
        temporary.push(format!(".{}-{number}.tmp", std::process::id()));
        let temporary = folder.join(temporary);
        match options.create_new(true).open(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (temporary, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let folder = std::env::temp_dir().join(format!("keylint-replace-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("x.txt");
        replace(&path, "one").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            let link = folder.join("link");
            std::os::unix::fs::symlink("x.txt", &link).unwrap();
            replace(&link, "two").unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
            assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        }
        assert!(replace(&folder.join("none/x.txt"), "").is_err());
        assert!(replace(&folder, "").is_err());
        let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".tmp")), "{left:?}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
