//! Repositories to measure with: the same seed makes the same one. Credentials in them are drawn here; where a
//! project has them stands in `.git/keylint-planted`, a line each: `head`, `removed` or `merge`, a tab, the path.

// Each benchmark uses a part of this.
#![allow(dead_code, unreachable_pub, missing_docs)]

mod stream;
mod text;

use std::io;
use std::path::Path;

use crate::common::sample::Rng;
use crate::common::token;
use stream::{Change, Mark, Stream};
use text::Kind;

/// What is planted in a project: where in its life (of 100), where in git, in which file.
const PLANTS: [(usize, &str, &str); 8] = [
    (5, "head", "config/.claude/settings.json"),
    (20, "removed", "old/.claude/settings.json"),
    (35, "removed", "old/.env"),
    (50, "head", "bin/claude-start.sh"),
    (65, "merge", "old/merge.sh"),
    (75, "removed", "src/client.py"),
    (90, "head", "src/request.py"),
    (100, "head", "deploy/.env"),
];

/// A repository as it grows: every commit adds its share of the files and changes a few older ones, every tenth merges
/// a branch. Checked out.
pub fn project(root: &Path, files: usize, commits: usize, seed: u64) -> io::Result<()> {
    let mut rng = Rng::new(seed);
    let mut stream = Stream::open(root)?;
    let born = |number: usize| number * commits / files;
    // Which older files each commit changes.
    let edits: Vec<Vec<usize>> = (0..commits)
        .map(|commit| {
            let older = (commit * files / commits).min(files);
            let count = if older == 0 { 0 } else { 1 + rng.below(3) };
            (0..count).map(|_| rng.below(older)).collect()
        })
        .collect();
    let versions = versions(&mut stream, files, &edits, &mut rng)?;
    let mut seen = vec![0; files];
    let mut write = |number: usize| {
        let mark = versions[number][seen[number]];
        seen[number] += 1;
        Change::Write(Kind::of(number).path(number), mark)
    };
    let mut planted = Planted::default();
    let (mut main, mut side, mut next) = (None, None, 0);
    for (commit, edits) in edits.iter().enumerate() {
        let mut changes = Vec::new();
        while next < files && born(next) <= commit {
            changes.push(write(next));
            next += 1;
        }
        changes.extend(edits.iter().map(|&number| write(number)));
        changes.extend(planted.changes(commit, commits, &mut stream, &mut rng)?);
        // Nine commits, of which the last leaves the trunk, and one that merges it.
        match (commit % 10, main) {
            (8, Some(trunk)) => side = Some((stream.commit("side", &[trunk], &changes)?, changes)),
            _ => {
                let merged = side.take();
                let parents: Vec<Mark> = main.into_iter().chain(merged.iter().map(|(mark, _)| *mark)).collect();
                changes.splice(0..0, merged.map(|(_, changes)| changes).unwrap_or_default());
                main = Some(stream.commit("main", &parents, &changes)?);
            }
        }
    }
    stream.close()?;
    planted.list(root)?;
    stream::git(root, &["reset", "--quiet", "--hard"])
}

/// All versions of every file, each file's one after the other.
fn versions(stream: &mut Stream, files: usize, edits: &[Vec<usize>], rng: &mut Rng) -> io::Result<Vec<Vec<Mark>>> {
    let mut count = vec![1; files];
    for &number in edits.iter().flatten() {
        count[number] += 1;
    }
    (0..files)
        .map(|number| {
            let kind = Kind::of(number);
            let first = kind.text(0, rng);
            (0..count[number])
                .map(|version| match kind {
                    Kind::Source => stream.blob(format!("{first}// version {version} of {number}\n").as_bytes()),
                    _ => stream.blob(kind.text(number / 1000 + version, rng).as_bytes()),
                })
                .collect()
        })
        .collect()
}

#[derive(Debug, Default)]
struct Planted {
    lines: String,
    /// The place in [`PLANTS`] whose file is removed with the next commit.
    goes: Option<usize>,
    next: usize,
}

impl Planted {
    /// What this commit plants, or takes away again.
    fn changes(
        &mut self,
        commit: usize,
        commits: usize,
        stream: &mut Stream,
        rng: &mut Rng,
    ) -> io::Result<Vec<Change>> {
        let mut changes = Vec::new();
        if let Some(plant) = self.goes.take() {
            changes.push(Change::Delete(PLANTS[plant].2.to_owned()));
        }
        let Some(&(share, place, path)) = PLANTS.get(self.next) else { return Ok(changes) };
        // The last commits hold the last plant, for the range of them. A merge is the tenth of ten commits.
        let due = (commits.saturating_sub(21) * share / 100) / 10 * 10 + if place == "merge" { 9 } else { 2 };
        if commit == due.min(commits - 1) {
            let mark = stream.blob(holder(path, &secret(rng)?).as_bytes())?;
            changes.push(Change::Write(path.to_owned(), mark));
            self.lines.push_str(&format!("{place}\t{path}\n"));
            if place != "head" {
                self.goes = Some(self.next);
            }
            self.next += 1;
        }
        Ok(changes)
    }

    fn list(&self, root: &Path) -> io::Result<()> {
        std::fs::write(root.join(".git/keylint-planted"), &self.lines)
    }
}

fn secret(rng: &mut Rng) -> io::Result<String> {
    token("anthropic-api-key", rng).ok_or_else(|| io::Error::other("no such shape"))
}

/// A file of this name that holds a secret.
fn holder(path: &str, secret: &str) -> String {
    match path.rsplit('.').next() {
        Some("json") => format!("{{\"env\": {{\"ANTHROPIC_API_KEY\": \"{secret}\"}}}}\n"),
        Some("sh") => format!("#!/bin/sh\nexport ANTHROPIC_API_KEY={secret}\nexec claude\n"),
        Some("py") => format!("import anthropic\n\nclient = anthropic.Anthropic(api_key=\"{secret}\")\n"),
        _ => format!("ANTHROPIC_API_KEY={secret}\n"),
    }
}

/// A repository of `count` small blobs whose tree stays the same size: 2,000 files, twenty of which every commit writes
/// anew. One of ten commits writes files that keylint reads closely among others. Not checked out.
pub fn blobs(root: &Path, count: usize, seed: u64) -> io::Result<()> {
    let mut rng = Rng::new(seed);
    let mut stream = Stream::open(root)?;
    let mut head = None;
    for commit in 0..count.div_ceil(20) {
        let folder = commit % 100;
        let mut changes = Vec::new();
        for file in 0..20.min(count - commit * 20) {
            let number = commit * 20 + file;
            let path = match (folder % 10, file) {
                (0, 0) => format!("d{folder}/.env.example"),
                (0, 1) => format!("d{folder}/start.sh"),
                (0, 2) => format!("d{folder}/.claude/settings.json"),
                _ => format!("d{folder}/f{file}.rs"),
            };
            let text = match number % 10_000 {
                5_000 => holder(&path, &secret(&mut rng)?),
                _ => small(&path, number, &mut rng),
            };
            changes.push(Change::Write(path, stream.blob(text.as_bytes())?));
        }
        head = Some(stream.commit("main", head.as_slice(), &changes)?);
    }
    stream.close()
}

/// One commit of `files` small files, checked out.
pub fn flat(root: &Path, files: usize, seed: u64) -> io::Result<()> {
    let mut rng = Rng::new(seed);
    let mut stream = Stream::open(root)?;
    let mut changes = Vec::new();
    for number in 0..files {
        let path = Kind::Source.path(number);
        let text = small(&path, number, &mut rng);
        changes.push(Change::Write(path, stream.blob(text.as_bytes())?));
    }
    stream.commit("main", &[], &changes)?;
    stream.close()?;
    stream::git(root, &["reset", "--quiet", "--hard"])
}

fn small(path: &str, number: usize, rng: &mut Rng) -> String {
    match path.rsplit('.').next() {
        Some("example") => format!("ANTHROPIC_API_KEY=\nPORT={number}\n"),
        Some("sh") => format!("#!/bin/sh\nexport PORT={number}\nexec claude \"$@\"\n"),
        Some("json") => format!("{{\"env\": {{\"BASH_MAX_TIMEOUT_MS\": \"{number}\"}}}}\n"),
        _ => format!("{}// {number}\n", text::source(rng, 128, 384)),
    }
}
