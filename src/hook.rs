//! `keylint hook`: a hook of git's own, for those without a framework. A hook that is there runs first; none is lost.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::credential::mask::mask_text;
use crate::replace::{create_program, replace};
use crate::report::clean;
use crate::source::SourceError;
use crate::source::git::hooks::Hooks;
use crate::source::git::{self, Discovery, Repository};

mod script;

use script::{BEFORE, Origin, origin, script};

/// What the hook runs, and what people add to a hook of their own.
const LINE: &str = "keylint lint --staged --quiet";

/// Writes the hook of the repository around a folder, to run this program, and says so.
///
/// # Errors
/// Says why nothing was written, and what to do instead.
pub fn install(cwd: &Path, program: &Path) -> Result<String, String> {
    let repository = repository(cwd)?;
    let hooks = repository.hooks().map_err(|error| error.to_string())?;
    if !hooks.folder.starts_with(&hooks.common) {
        return Err(elsewhere(&hooks.folder, &repository.root));
    }
    let (hook, before) = (place(&hooks.folder), hooks.folder.join(BEFORE));
    let text = script(program);
    let failed = |error: io::Error| format!("{}: {error}; nothing was changed", shown(&hook));
    let runs = format!("{} runs `{LINE}` at each commit", shown(&hook));
    let known = match fs::symlink_metadata(&hook) {
        Ok(_) => Some(owner(&hook).map_err(failed)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(error)),
    };
    match known {
        None => {
            fs::create_dir_all(&hooks.folder).and_then(|()| create_program(&hook, &text)).map_err(failed)?;
            Ok(format!("installed: {runs}"))
        }
        Some(Origin::Ours) if fs::read(&hook).map_err(failed)? == text => Ok(format!("already installed: {runs}")),
        Some(Origin::Ours) => {
            replace(&hook, &text).map_err(failed)?;
            Ok(format!("installed again: {runs}"))
        }
        Some(Origin::Edited) => Err(edited(&hook, &before)),
        Some(Origin::Foreign) => {
            if fs::symlink_metadata(&before).is_ok() {
                return Err(format!(
                    "{} is there already, and {} is not keylint's: which of them is to run? Move one of them away",
                    shown(&before),
                    shown(&hook)
                ));
            }
            fs::rename(&hook, &before).map_err(failed)?;
            if let Err(error) = create_program(&hook, &text) {
                return match fs::rename(&before, &hook) {
                    Ok(()) => Err(failed(error)),
                    Err(_) => {
                        Err(format!("{}: {error}; the hook that was there is now {}", shown(&hook), shown(&before)))
                    }
                };
            }
            Ok(format!("installed: {runs}, after the hook that was there, now {BEFORE}"))
        }
    }
}

/// Takes the hook away, puts back the one that was there before, and says so.
///
/// # Errors
/// Says why it was left, and what to do instead.
pub fn uninstall(cwd: &Path) -> Result<String, String> {
    let Hooks { folder, common } = repository(cwd)?.hooks().map_err(|error| error.to_string())?;
    // Whoever sets core.hooksPath later leaves the hook where it was.
    let mut folders = vec![common.join("hooks")];
    if !folders.contains(&folder) {
        folders.push(folder);
    }
    for folder in &folders {
        let (hook, before) = (place(folder), folder.join(BEFORE));
        let failed = |error: io::Error| format!("{}: {error}; nothing was changed", shown(&hook));
        match owner(&hook) {
            Ok(Origin::Foreign) => {}
            Ok(Origin::Edited) => return Err(edited(&hook, &before)),
            Ok(Origin::Ours) if fs::symlink_metadata(&before).is_ok() => {
                fs::rename(&before, &hook).map_err(failed)?;
                return Ok(format!("uninstalled: {} is again the hook that was there before", shown(&hook)));
            }
            Ok(Origin::Ours) => {
                fs::remove_file(&hook).map_err(failed)?;
                return Ok(format!("uninstalled: {} is gone", shown(&hook)));
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok("there is no hook that `keylint hook install` wrote; nothing was changed".to_owned())
}

/// The repository around a folder, which must have a work tree.
fn repository(cwd: &Path) -> Result<Repository, String> {
    match git::locate(&git::Options::default(), cwd, cwd) {
        Ok(Discovery::Found(repository)) => Ok(repository),
        Ok(Discovery::Nothing) => Err(format!("{} belongs to no git repository, which could have a hook", shown(cwd))),
        Ok(Discovery::NoGit) => Err(SourceError::NoGit.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// Where the hook of a folder is or belongs. A framework that is installed later moves it, and runs it first all the same.
fn place(folder: &Path) -> PathBuf {
    let (usual, moved) = (folder.join("pre-commit"), folder.join("pre-commit.legacy"));
    let is_theirs = |hook: &Path| owner(hook).is_ok_and(|owner| owner == Origin::Foreign);
    let is_ours = |hook: &Path| owner(hook).is_ok_and(|owner| owner != Origin::Foreign);
    if is_theirs(&usual) && is_ours(&moved) { moved } else { usual }
}

/// Who wrote a hook. A link is somebody else's.
fn owner(hook: &Path) -> io::Result<Origin> {
    let found = fs::symlink_metadata(hook)?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !found.is_file() { Ok(Origin::Foreign) } else { Ok(origin(&fs::read(hook)?)) }
}

fn edited(hook: &Path, before: &Path) -> String {
    let back = match fs::symlink_metadata(before) {
        Ok(_) => format!("rename {} to it, which puts back the hook that was there", shown(before)),
        Err(_) => "delete it by hand".to_owned(),
    };
    format!(
        "{} was written by `keylint hook install` and edited since, and is left as it is. To do without it, {back}",
        shown(hook)
    )
}

/// What to do where hooks are not this clone's own: they are files of the repository, or other repositories have them, too.
fn elsewhere(folder: &Path, root: &Path) -> String {
    // The hooks in `.husky/_` are made by husky (9), and call those in the folder above.
    let file = match folder.parent() {
        Some(above) if folder.ends_with(".husky/_") => above.join("pre-commit"),
        _ => folder.join("pre-commit"),
    };
    let whose =
        if folder.starts_with(root) { "a part of the work tree" } else { "which other repositories may use, too" };
    format!(
        "git takes its hooks from {} (core.hooksPath), {whose}; nothing was written. Add this line to {}: {LINE}",
        shown(folder),
        shown(&file)
    )
}

/// A path as it may be printed.
fn shown(path: &Path) -> String {
    clean(&mask_text(&path.display().to_string()))
}

/// The running program, by the path that a hook can use.
///
/// # Errors
/// Where the system does not tell.
pub fn program() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|error| format!("the path of this program can't be told: {error}"))
}
