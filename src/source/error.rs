//! Why files could not be listed.

use std::fmt;
use std::path::PathBuf;

/// Why a source could not be opened: what failed, where, and what helps.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceError {
    /// A path that was asked for does not exist.
    NoSuchPath(PathBuf),
    /// Two paths belong to different repositories (or, without git, folders).
    TwoRoots {
        /// The root that the first path belongs to.
        root: PathBuf,
        /// The path outside of it.
        other: PathBuf,
    },
    /// A path leads into git's own folder.
    InsideGitFolder(PathBuf),
    /// A repository without a work tree.
    Bare(PathBuf),
    /// What is asked needs git's own data, and there is no repository.
    NoRepository(PathBuf),
    /// What is asked needs git, which is not installed.
    NoGit,
    /// A range of commits can't be told, or not all of it is here.
    Range {
        /// What was asked for, fit to be printed.
        range: String,
        /// Why not, and what helps.
        reason: String,
    },
    /// git knows no such commit.
    Revision {
        /// What was asked for.
        revision: String,
        /// git's own words.
        reason: String,
    },
    /// git refuses a repository that belongs to another user.
    DubiousOwnership(PathBuf),
    /// git knows that there is a repository, and can't use it.
    Broken {
        /// The folder it was asked about.
        folder: PathBuf,
        /// git's own words.
        reason: String,
    },
    /// A git command failed.
    Git {
        /// The command, such as `ls-files`.
        command: &'static str,
        /// The repository.
        root: PathBuf,
        /// git's own words.
        reason: String,
    },
    /// git does not understand what it is asked.
    OldGit {
        /// The command, such as `ls-files`.
        command: &'static str,
        /// git's own words.
        reason: String,
    },
    /// The operating system refused.
    Io {
        /// What it refused to open.
        path: PathBuf,
        /// Its own words.
        reason: String,
    },
    /// keylint's own configuration can't be used.
    Configuration {
        /// The file, and the place in it: `keylint.toml:3:5`.
        place: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The first git that knows everything it is asked: `diff --no-relative` is its newest word (its release notes).
const OLDEST: &str = "2.28";

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchPath(path) => write!(f, "{}: no such file or folder", path.display()),
            Self::TwoRoots { root, other } => write!(
                f,
                "{} does not belong to {}: run keylint once for each of them",
                other.display(),
                root.display()
            ),
            Self::InsideGitFolder(path) => {
                write!(f, "{} lies in git's own folder: run keylint in the work tree", path.display())
            }
            Self::Bare(path) => write!(
                f,
                "{} is a bare repository without files: run keylint in a work tree (`git worktree add` makes one)",
                path.display()
            ),
            Self::NoRepository(path) => write!(
                f,
                "{} belongs to no git repository: run keylint in one, or lint the files as they are with `keylint lint .`",
                path.display()
            ),
            Self::NoGit => write!(f, "git is not installed, and nobody else knows what was or will be committed"),
            Self::Revision { revision, reason } => {
                write!(f, "git knows no commits {revision:?}: {reason}. `git fetch` may bring them")
            }
            Self::Range { range, reason } => write!(f, "--range {range}: {reason}"),
            Self::DubiousOwnership(path) => write!(
                f,
                "git refuses {} because it belongs to another user: if you trust it, \
                 run `git config --global --add safe.directory '{}'`",
                path.display(),
                path.display()
            ),
            Self::Broken { folder, reason } => write!(
                f,
                "git can't use the repository at {}: {reason}. Repair it until `git status` works",
                folder.display()
            ),
            Self::Git { command, root, reason } => write!(
                f,
                "`git {command}` failed in {}: {reason}. Repair the repository until `git status` works",
                root.display()
            ),
            Self::OldGit { command, reason } => write!(
                f,
                "`git {command}` does not understand what it is asked ({reason}): keylint needs git {OLDEST} or later, \
                 and `git --version` says which one this is"
            ),
            Self::Io { path, reason } => write!(f, "{}: {reason}", path.display()),
            Self::Configuration { place, reason } => {
                write!(f, "{place}: {reason}. Repair the configuration, or leave it out with `--no-config`")
            }
        }
    }
}

impl std::error::Error for SourceError {}
