//! The forms of manifests and lock files, by name.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;

use super::{API_ANTHROPIC, Declared, LITELLM, Language, node, python};
use crate::path::RepoPath;

/// A form of file that declares dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Requirements,
    Constraints,
    Pyproject,
    Pipfile,
    SetupCfg,
    SetupPy,
    TomlLock,
    PipfileLock,
    PackageJson,
    PackageLock,
    YarnLock,
    PnpmLock,
    BunLock,
}

impl Form {
    pub(super) fn of(path: &RepoPath) -> Option<Self> {
        Some(match path.name() {
            "pyproject.toml" => Self::Pyproject,
            "Pipfile" => Self::Pipfile,
            "Pipfile.lock" => Self::PipfileLock,
            "setup.py" => Self::SetupPy,
            "setup.cfg" => Self::SetupCfg,
            "uv.lock" | "poetry.lock" | "pdm.lock" | "pylock.toml" => Self::TomlLock,
            "package.json" => Self::PackageJson,
            "package-lock.json" | "npm-shrinkwrap.json" => Self::PackageLock,
            "yarn.lock" => Self::YarnLock,
            "pnpm-lock.yaml" => Self::PnpmLock,
            "bun.lock" => Self::BunLock,
            name => {
                let stem = name.strip_suffix(".txt").or(name.strip_suffix(".in"))?;
                if stem.starts_with("constraints") {
                    Self::Constraints
                } else if stem.starts_with("requirements") || in_requirements_folder(path) {
                    Self::Requirements
                } else {
                    return None;
                }
            }
        })
    }

    /// Whether the file says which versions are used, not which packages are wanted.
    pub(super) fn is_lock(self) -> bool {
        matches!(
            self,
            Self::Constraints
                | Self::TomlLock
                | Self::PipfileLock
                | Self::PackageLock
                | Self::YarnLock
                | Self::PnpmLock
                | Self::BunLock
        )
    }

    pub(super) fn language(self) -> Language {
        match self {
            Self::PackageJson | Self::PackageLock | Self::YarnLock | Self::PnpmLock | Self::BunLock => {
                Language::TypeScript
            }
            _ => Language::Python,
        }
    }

    /// Whether one lock file of this form serves folders below it: workspaces.
    pub(super) fn reaches_below(self) -> bool {
        self.is_lock() && !matches!(self, Self::Constraints | Self::PipfileLock)
    }
}

fn in_requirements_folder(path: &RepoPath) -> bool {
    path.folder().rsplit('/').next() == Some("requirements")
}

/// The folder of which a file declares the dependencies; `None` for anything but a manifest or a lock file.
pub fn speaks_of(path: &RepoPath) -> Option<RepoPath> {
    Form::of(path).map(|form| scope(path, form))
}

/// The folder that a manifest speaks of: its own; for `requirements/dev.txt` the one above.
pub(super) fn scope(path: &RepoPath, form: Form) -> RepoPath {
    let folder = |path: &RepoPath| path.parent().unwrap_or(RepoPath::from(""));
    let own = folder(path);
    if form == Form::Requirements && in_requirements_folder(path) { folder(&own) } else { own }
}

/// The clients that a manifest or lock file names, in the order of their lines. Takes time in proportion to the text.
pub fn declarations(path: &RepoPath, text: &str) -> Vec<Declared> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let Some(form) = Form::of(path).filter(|&form| may_name_a_package(form, text)) else { return Vec::new() };
    match form {
        Form::Requirements | Form::Constraints => python::requirements(text),
        Form::Pyproject | Form::Pipfile => python::toml(text),
        Form::SetupCfg => python::setup_cfg(text),
        Form::SetupPy => python::setup_py(text),
        Form::TomlLock => python::toml_lock(text),
        Form::PipfileLock => node::pipfile_lock(text),
        Form::PackageJson => node::package_json(text),
        Form::PackageLock => node::package_lock(text),
        Form::YarnLock => node::yarn_lock(text),
        Form::PnpmLock => node::pnpm_lock(text),
        Form::BunLock => node::bun_lock(text),
    }
}

/// Whether one of the packages may be named: most lock files name none, and are long.
fn may_name_a_package(form: Form, text: &str) -> bool {
    if form.language() == Language::TypeScript {
        return text.contains("@anthropic-ai/") || text.contains(API_ANTHROPIC);
    }
    // Python's names have no case.
    static WORDS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        AhoCorasick::builder().ascii_case_insensitive(true).build(["anthropic", "claude", LITELLM]).ok()
    });
    words.as_ref().is_none_or(|words| words.is_match(text))
}
