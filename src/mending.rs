//! `keylint lint --fix` and `--diff`, from the arguments to the exit code.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::finding::Finding;
use crate::fix::Applicability;
use crate::lint::framework;
use crate::lint::mend::{Mended, Wanted, mend};
use crate::lint::{self, Options, Report};
use crate::report::{Style, mended};
use crate::source::SourceError;
use crate::source::git;
use crate::source::staged::Staged;
use crate::{cli, fail, print_report};

/// What is asked for.
pub(crate) struct Mending<'a> {
    pub(crate) arguments: &'a cli::Lint,
    pub(crate) cwd: &'a Path,
    pub(crate) options: &'a Options,
    pub(crate) style: Style,
}

/// What the next commit brings, where only that is to be mended.
struct Commit {
    staged: Staged,
    report: Report,
}

impl Mending<'_> {
    /// Mends, and prints what is left. The exit code is 1 if anything was changed or would be: a hook is to stop then.
    pub(crate) fn run(&self, out: &mut dyn Write) -> io::Result<u8> {
        if self.arguments.pre_commit && framework::range(&|name| std::env::var(name).ok(), "").is_some() {
            return fail("--fix and --diff are about the files that lie here, and not about a range of commits");
        }
        let commit = match self.commit() {
            Ok(commit) => commit,
            Err(error) => return fail(&error.to_string()),
        };
        let result = match self.mend(commit.as_ref(), true) {
            Ok(result) => result,
            Err(error) => return fail(&error.to_string()),
        };
        if self.arguments.diff {
            mended::diff(&result, &self.style, &|_| true, out)?;
            mended::refused(&result.refused, out)?;
            let report = match self.lint() {
                Ok(report) => report,
                Err(error) => return fail(&error.to_string()),
            };
            let code = report.exit_code(self.arguments.threshold());
            return Ok(if result.plan.is_empty() { code } else { code.max(1) });
        }
        if let Err(failure) = result.plan.write(&mut |_| {}) {
            return fail(&format!("not written: {}: {}", failure.path.as_str(), failure.reason));
        }
        let is_quiet = self.arguments.format.is_some_and(|format| !format.is_for_people());
        let mut said = Vec::new();
        mended::done(&result, commit.is_some(), &mut said)?;
        mended::refused(&result.refused, &mut said)?;
        if let Some(commit) = &commit
            && result.refused.iter().any(|refused| !commit.staged.is_as_on_disk(&refused.finding.primary.path))
        {
            // Whoever has staged a part of a file sees what would become of it.
            if let Ok(all) = self.mend(Some(commit), false) {
                mended::diff(&all, &self.style, &|path| !commit.staged.is_as_on_disk(path), &mut said)?;
            }
        }
        if is_quiet {
            // What was done is done, and the report follows, whether anybody reads this or not.
            let _ = io::stderr().write_all(&said);
        } else {
            out.write_all(&said)?;
        }
        let report = match commit {
            // The index still has what was mended; it has to be added.
            Some(Commit { mut report, .. }) => {
                report.findings.retain(|finding| !result.done.iter().any(|done| is_same(&done.finding, finding)));
                Ok(report)
            }
            None => self.lint(),
        };
        let mut report = match report {
            Ok(report) => report,
            Err(error) => return fail(&error.to_string()),
        };
        // What was just refused is not offered once more.
        for finding in &mut report.findings {
            if result.refused.iter().any(|refused| is_same(&refused.finding, finding)) {
                finding.fix = None;
            }
        }
        let code = print_report(self.arguments, &report, self.style, self.cwd, out)?;
        Ok(if result.plan.is_empty() { code } else { code.max(1) })
    }

    /// The next commit, where it is what is asked for.
    fn commit(&self) -> Result<Option<Commit>, SourceError> {
        let arguments = self.arguments;
        if !(arguments.staged || arguments.pre_commit) {
            return Ok(None);
        }
        let report = self.lint()?;
        let staged = Staged::open(&git::Options::default(), &arguments.paths, self.cwd)?;
        Ok(Some(Commit { staged, report }))
    }

    fn lint(&self) -> Result<Report, SourceError> {
        let (paths, cwd, options) = (&self.arguments.paths, self.cwd, self.options);
        if self.arguments.pre_commit {
            return framework::lint_named(paths, None, cwd, options);
        }
        if self.arguments.staged {
            return lint::lint_staged(paths, cwd, options);
        }
        lint::lint(paths, cwd, options)
    }

    fn mend(&self, commit: Option<&Commit>, whole: bool) -> Result<Mended, SourceError> {
        let arguments = self.arguments;
        let root: [PathBuf; 1];
        let paths = match commit {
            // What a commit makes wrong elsewhere is its doing.
            Some(commit) => {
                root = [commit.staged.root.clone()];
                &root[..]
            }
            None => &arguments.paths,
        };
        let finding = |finding: &Finding| {
            self.options.rules.has(finding.rule)
                && commit.is_none_or(|commit| commit.report.findings.iter().any(|known| is_same(known, finding)))
        };
        let change = |path: &_| !whole || commit.is_none_or(|commit| commit.staged.is_as_on_disk(path));
        let applicability = if arguments.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        let min_severity = arguments.shown();
        mend(paths, self.cwd, self.options, Wanted { applicability, min_severity, finding: &finding, change: &change })
    }
}

/// Whether it is the same finding, of the index or of the work tree.
fn is_same(one: &Finding, other: &Finding) -> bool {
    one.rule == other.rule
        && one.primary.path == other.primary.path
        && one.key == other.key
        && one.primary.start == other.primary.start
}
