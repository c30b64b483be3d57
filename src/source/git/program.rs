//! Which program git is.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::replace::is_runnable;

/// The git of the first folder in `PATH` that has one; empty where none has. Folders that are not absolute don't count:
/// they would be looked for below the folder that is linted, whose files may be anybody's.
pub(super) fn git() -> OsString {
    static FOUND: OnceLock<OsString> = OnceLock::new();
    FOUND.get_or_init(|| find(env::var_os("PATH"))).clone()
}

fn find(path: Option<OsString>) -> OsString {
    // Without the variable the system has folders of its own.
    let Some(path) = path else { return "git".into() };
    let name = format!("git{}", env::consts::EXE_SUFFIX);
    let places = env::split_paths(&path).filter(|folder| folder.is_absolute()).map(|folder| folder.join(&name));
    let is_program = |place: &Path| place.is_file() && is_runnable(place);
    places.into_iter().find(|place| is_program(place)).map(PathBuf::into_os_string).unwrap_or_default()
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn only_absolute_folders_count() {
        let folder = env::temp_dir().join(format!("keylint-program-{}", std::process::id()));
        let make = |name: &str, mode: u32| {
            let place = folder.join(name).join("git");
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(&place, "").unwrap();
            fs::set_permissions(&place, fs::Permissions::from_mode(mode)).unwrap();
            folder.join(name)
        };
        let (text, program) = (make("text", 0o644), make("program", 0o755));
        fs::create_dir_all(folder.join("folder/git")).unwrap();
        let found = |folders: &[&Path]| find(Some(env::join_paths(folders).unwrap()));
        let expected = program.join("git").into_os_string();
        assert_eq!(found(&[&folder.join("folder"), &text, &program]), expected);
        // Where tests run, `.` is this package, and has no git either: the names alone decide.
        assert_eq!(found(&[Path::new(""), Path::new("."), Path::new("program"), &program]), expected);
        assert_eq!(found(&[Path::new("."), &text]), "");
        assert_eq!(find(Some(OsString::new())), "");
        assert_eq!(find(None), "git");
        fs::remove_dir_all(&folder).unwrap();
    }
}
