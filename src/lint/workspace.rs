//! A repository that is linted again with every change of a text, as an editor asks.
//!
//! The work tree is walked, and its files are read, once. After that a change costs the reading of one file and the
//! rules, which look at configuration alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Options, Report, is_wanted, judged, read_one, read_some};
use crate::accept::Accepting;
use crate::baseline::{self, Baseline};
use crate::config::{self, Config};
use crate::credential::Lexicon;
use crate::finding::Finding;
use crate::path::RepoPath;
use crate::rules::File;
use crate::source::overlay::Overlay;
use crate::source::{ReadError, Snapshot, Source as _, SourceError, worktree};
use crate::surface::table::is_own_configuration;

/// A repository with the texts that an editor has.
#[derive(Debug)]
pub struct Workspace {
    overlay: Overlay,
    options: Options,
    config: Config,
    baseline: Option<(RepoPath, Baseline)>,
    files: Vec<File>,
    /// Why the configuration in effect is not the one that stands there.
    complaint: Option<SourceError>,
}

impl Workspace {
    /// Opens the repository, or without git the folder, at its root.
    ///
    /// # Errors
    /// When the folder is not there, or git can't tell what is tracked.
    pub fn open(root: &Path, options: &Options, texts: Vec<(RepoPath, Vec<u8>)>) -> Result<Self, SourceError> {
        let mut overlay = Overlay::new(worktree::open(&[root.to_owned()], root, &is_wanted)?);
        for (path, text) in texts {
            overlay.put(&path, Some(text));
        }
        Ok(Self::of(overlay, options))
    }

    /// Opens the repository that some paths belong to; they restrict what is reported.
    ///
    /// # Errors
    /// As [`lint`](super::lint), but for the configuration.
    pub fn open_for(paths: &[PathBuf], cwd: &Path, options: &Options) -> Result<Self, SourceError> {
        Ok(Self::of(Overlay::new(worktree::open(paths, cwd, &is_wanted)?), options))
    }

    fn of(overlay: Overlay, options: &Options) -> Self {
        let options = options.clone();
        let mut workspace =
            Self { overlay, options, config: Config::default(), baseline: None, files: Vec::new(), complaint: None };
        workspace.load();
        workspace
    }

    /// The top of the repository.
    pub fn root(&self) -> &Path {
        &self.overlay.snapshot.root
    }

    /// Whether it is a git repository.
    pub fn is_git(&self) -> bool {
        self.overlay.snapshot.git
    }

    /// Gives a file a text, or the one back that the work tree has.
    pub fn put(&mut self, path: &RepoPath, text: Option<Vec<u8>>) {
        self.overlay.put(path, text);
        let is_baseline = *path == baseline::path(&self.config);
        if is_own_configuration(path) || is_baseline || matches!(path.name(), "plugin.json" | ".gitignore") {
            self.load();
            return;
        }
        let place = self.files.binary_search_by(|file| file.entry.path.cmp(path));
        let snapshot = &self.overlay.snapshot;
        let entry = snapshot.entry(path);
        let file = entry.and_then(|entry| read_one(snapshot, &self.overlay, &self.config, entry));
        match (place, file) {
            (Ok(place), Some(file)) => self.files[place] = file,
            (Ok(place), None) => {
                self.files.remove(place);
            }
            (Err(place), Some(file)) => self.files.insert(place, file),
            (Err(_), None) => {}
        }
    }

    /// Reads the configuration, and with it every file. One that can't be read leaves the last one in effect: somebody
    /// is typing.
    fn load(&mut self) {
        let (snapshot, source) = (&self.overlay.snapshot, &self.overlay);
        let root = &snapshot.root;
        self.complaint = None;
        let config = config::load(&self.options.config, snapshot, source, root);
        let baseline = config.and_then(|config| {
            let baseline = baseline::load(&self.options.baseline, &config, snapshot, source, root)?;
            Ok((config, baseline))
        });
        match baseline {
            Ok((config, baseline)) => (self.config, self.baseline) = (config, baseline),
            Err(error) => self.complaint = Some(error),
        }
        let (files, _) = read_some(snapshot, source, &self.config, &|_| true);
        self.files = files;
    }

    /// Why the configuration in effect is not the one that stands there.
    pub fn complaint(&self) -> Option<&SourceError> {
        self.complaint.as_ref()
    }

    /// Everything that is found.
    pub fn report(&self) -> Report {
        let snapshot = &self.overlay.snapshot;
        let mut report = judged(snapshot, &self.overlay, &self.config, &self.files, super::Coverage::default());
        let baseline = self.baseline.as_ref().map(|(path, baseline)| (path, baseline));
        let accepting = Accepting {
            config: &self.config,
            inline: !self.options.no_inline,
            baseline,
            rules: &self.options.rules,
            partial: false,
        };
        report.accepted = accepting.apply(&mut report.findings, &self.files, snapshot);
        report.select(snapshot, &self.options.rules);
        if self.complaint.is_some() {
            // The places would be those of another text.
            report.findings.retain(|finding| !is_own_configuration(&finding.primary.path));
        }
        report
    }

    /// The text of a file that takes part in what is found.
    pub fn text(&self, path: &RepoPath) -> Option<&str> {
        self.file(path).map(|file| file.document.text.as_str())
    }

    /// What the repository holds, with the texts that it was given.
    pub fn snapshot(&self) -> &Snapshot {
        &self.overlay.snapshot
    }

    /// All files that were read.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The bytes of a file; `None` if there is none.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn bytes(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, ReadError> {
        self.snapshot().entry(path).map(|entry| self.overlay.read(entry)).transpose()
    }

    /// The names and shapes by which files are searched.
    pub fn lexicon(&self) -> &Arc<Lexicon> {
        &self.config.lexicon
    }

    /// The folder in which git keeps what it knows; `None` without git.
    pub fn git_folder(&self) -> Option<PathBuf> {
        self.overlay.git_folder()
    }

    /// A file that was read.
    pub fn file(&self, path: &RepoPath) -> Option<&File> {
        let place = self.files.binary_search_by(|file| file.entry.path.cmp(path)).ok()?;
        self.files.get(place)
    }

    /// The configuration's file, or where one would stand.
    pub fn configuration(&self) -> PathBuf {
        let path = self.config.path().map_or(RepoPath::from("keylint.toml"), Clone::clone);
        self.root().join(path.to_path())
    }

    /// The text of the configuration with one more entry of `[[allow]]`, which lacks its reason.
    ///
    /// # Errors
    /// In words, where the entry does not fit in.
    pub fn allowing(&self, finding: &Finding, text: &str) -> Result<String, String> {
        crate::accept::with_entry(text, finding, &self.files)
    }
}
