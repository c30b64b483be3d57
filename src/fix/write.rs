//! Writing what was changed, so that a stop at any point loses nothing and exposes nothing.
//!
//! Every file is written beside its place and put there in one step. What makes files private comes first, then the
//! private files that get a credential, and only then the files that lose one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Mode;
use crate::path::RepoPath;
use crate::replace::{make_private, make_runnable, temporary};

/// A file as it was, and as it is to be.
#[derive(Clone, Debug)]
pub struct NewText {
    /// The file.
    pub path: RepoPath,
    /// What it has to hold still; `None` where it must not be there.
    pub before: Option<Vec<u8>>,
    /// What it is to hold.
    pub after: Vec<u8>,
    /// Whether nobody but its owner may have it, not even for a moment.
    pub private: bool,
    /// Whether it gets a credential: others of this machine lose the right to read it, if they had it.
    pub narrowed: bool,
}

/// Everything that is to be written.
#[derive(Debug)]
pub struct Plan {
    /// The top of the repository.
    pub root: PathBuf,
    /// git's own folder, of which it never takes anything; a private text is written there first.
    pub git: Option<PathBuf>,
    /// In the order in which they are written.
    pub texts: Vec<NewText>,
    /// The modes of files, last of all.
    pub modes: Vec<(RepoPath, Mode)>,
}

/// How far the writing of one file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// An empty file is there, for the new text.
    Begun,
    /// It holds the text.
    Filled,
    /// It has taken its place.
    Placed,
}

/// Why a file was not written.
#[derive(Debug)]
pub struct Failure {
    /// The file.
    pub path: RepoPath,
    /// Why.
    pub reason: String,
}

const CHANGED: &str = "it has changed since it was read; run keylint once more";

const BEHIND_LINK: &str = "a folder above it is a symbolic link: change what it leads to";

impl Plan {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.modes.is_empty()
    }

    /// Writes all files, or none if one has changed since it was read. `reached` hears of every stage.
    ///
    /// # Errors
    /// At the first file that can't be written. It and those behind it are as they were.
    pub fn write(&self, reached: &mut dyn FnMut(Stage)) -> Result<(), Failure> {
        let mut paths = self.texts.iter().map(|text| &text.path).chain(self.modes.iter().map(|(path, _)| path));
        if let Some(path) = paths.find(|path| self.is_behind_link(path)) {
            return Err(Failure { path: path.clone(), reason: BEHIND_LINK.to_owned() });
        }
        for text in &self.texts {
            if !text.is_current(&self.place(&text.path)).map_err(|error| text.failed(&error.to_string()))? {
                return Err(text.failed(CHANGED));
            }
        }
        for text in &self.texts {
            self.write_text(text, reached).map_err(|error| text.failed(&error.to_string()))?;
        }
        for (path, mode) in &self.modes {
            let place = self.place(path);
            let done = match mode {
                Mode::Private => make_private(&place),
                Mode::Runnable => make_runnable(&place).map(|_| ()),
            };
            done.map_err(|error| Failure { path: path.clone(), reason: error.to_string() })?;
        }
        Ok(())
    }

    fn place(&self, path: &RepoPath) -> PathBuf {
        self.root.join(path.to_path())
    }

    /// Whether a folder above a file is a link, and may lead anywhere.
    fn is_behind_link(&self, path: &RepoPath) -> bool {
        let path = path.to_path();
        path.ancestors().skip(1).any(|folder| self.root.join(folder).is_symlink() && !folder.as_os_str().is_empty())
    }

    fn write_text(&self, text: &NewText, reached: &mut dyn FnMut(Stage)) -> io::Result<()> {
        let place = self.place(&text.path);
        let beside = place.parent().unwrap_or(&self.root);
        if text.before.is_none() {
            // The folder `.claude` may be as new as the file.
            fs::create_dir_all(beside)?;
        }
        let done = match (&self.git, text.private) {
            (Some(git), _) => text.write(git, &place, reached),
            (None, _) => text.write(beside, &place, reached),
        };
        match done {
            // git's folder is of no use. Whoever gets the file may get a copy of it, too.
            Err(error) if is_about_place(&error) && !text.private => text.write(beside, &place, reached),
            done => done,
        }
    }
}

impl NewText {
    fn failed(&self, reason: &str) -> Failure {
        Failure { path: self.path.clone(), reason: reason.to_owned() }
    }

    fn is_current(&self, place: &Path) -> io::Result<bool> {
        match fs::read(place) {
            Ok(bytes) => Ok(self.before.as_ref() == Some(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.before.is_none()),
            Err(error) => Err(error),
        }
    }

    /// Writes the text into a new file in a folder, and puts that in its place.
    fn write(&self, folder: &Path, place: &Path, reached: &mut dyn FnMut(Stage)) -> io::Result<()> {
        let (temporary, mut file) = self.create(folder, place)?;
        reached(Stage::Begun);
        let done = file.write_all(&self.after).and_then(|()| file.sync_all()).and_then(|()| {
            if self.before.is_some() {
                fs::set_permissions(&temporary, fs::metadata(place)?.permissions())?;
            }
            if self.narrowed {
                make_private(&temporary)?;
            }
            reached(Stage::Filled);
            if !self.is_current(place)? {
                return Err(io::Error::other(CHANGED));
            }
            fs::rename(&temporary, place)?;
            settle(place)
        });
        match done {
            Ok(()) => {
                reached(Stage::Placed);
                Ok(())
            }
            Err(error) => {
                // Nothing more can be done about it than to say what went wrong first.
                let _ = fs::remove_file(&temporary);
                Err(error)
            }
        }
    }

    fn create(&self, folder: &Path, place: &Path) -> io::Result<(PathBuf, File)> {
        let mut options = OpenOptions::new();
        options.write(true);
        // A file that is replaced gets its own mode back; until then it is its owner's alone.
        #[cfg(unix)]
        if self.private || self.before.is_some() {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        temporary(folder, place, &mut options)
    }
}

fn is_about_place(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), CrossesDevices | PermissionDenied | ReadOnlyFilesystem)
}

/// Has the disk keep the new name before anything else is written: after a power cut, too, a credential is in one file at
/// least.
fn settle(place: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = place.parent() {
        File::open(folder)?.sync_all()?;
    }
    let _ = place;
    Ok(())
}
