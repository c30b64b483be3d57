//! `secret-published`: a package or an image takes along a file that belongs to one person.

use std::collections::BTreeSet;

use super::personal::{Kind, is_real_dotenv, personal};
use super::{Exposure, File, Repository, Rule};
use crate::finding::{Finding, Location, Message, Severity};
use crate::message;
use crate::path::RepoPath;
use crate::publish::{cargo, docker, npm, python, vsix};
use crate::route::consumer::above;
use crate::source::{Entry, Snapshot, State};
use crate::surface::json::{self, Node};
use crate::surface::tree::Kind as Value;
use crate::surface::{Surface, table::is_template};
use crate::text::Span;

pub(super) static RULE: Rule = Rule {
    slug: "secret-published",
    severity: Severity::Error,
    summary: "a package or an image takes along a file that belongs to one person",
    page: include_str!("../../rules/secret-published.md"),
    check,
};

/// Whether the file says what is published.
pub(super) fn needs(path: &RepoPath) -> bool {
    matches!(
        path.name(),
        ".npmignore" | ".gitignore" | ".vscodeignore" | "Cargo.toml" | "MANIFEST.in" | "pyproject.toml"
    ) || path.name().ends_with(".dockerignore")
}

/// Whether the file says what another one publishes.
pub(super) fn decides(path: &RepoPath, snapshot: &Snapshot) -> bool {
    let is_of_npm = matches!(path.name(), ".npmignore" | ".gitignore" | ".vscodeignore");
    let in_package = || above(path).any(|folder| snapshot.entry(&join(&folder, "package.json")).is_some());
    path.name().ends_with(".dockerignore") || is_of_npm && in_package()
}

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    let files = personal_files(repository);
    for file in repository.files.iter().filter(|file| file.exposure().is_exposed()) {
        let path = &file.entry.path;
        let place = Place { repository, file, folder: path.parent().unwrap_or(RepoPath::from("")), files: &files };
        match path.name() {
            "package.json" => package_json(&place, findings),
            "Cargo.toml" => crate_of(&place, findings),
            "pyproject.toml" | "MANIFEST.in" => sdist(&place, findings),
            _ if file.document.surface == Some(Surface::Dockerfile) && !is_template(path) => image(&place, findings),
            _ => {}
        }
    }
}

/// A personal file that is there.
struct Personal<'a> {
    entry: &'a Entry,
    what: &'static str,
    /// Whether a credential was found in it, or it is nothing but one.
    holds: bool,
}

impl Personal<'_> {
    fn is_in_git(&self) -> bool {
        Exposure::of(self.entry).is_exposed()
    }
}

/// The personal files of a repository, whatever git thinks of them.
fn personal_files<'a>(repository: &Repository<'a>) -> Vec<Personal<'a>> {
    let mut found = Vec::new();
    for entry in &repository.snapshot.entries {
        if let Some(personal) = personal(&entry.path) {
            let holds = matches!(personal.kind, Kind::Login | Kind::State | Kind::DotenvKeys)
                || repository.file(&entry.path).is_some_and(File::holds_credential);
            found.push(Personal { entry, what: personal.kind.what(), holds });
        }
    }
    for file in repository.files {
        let entry = &file.entry;
        if file.holds_credential() && is_real_dotenv(&entry.path) && personal(&entry.path).is_none() {
            found.push(Personal { entry, what: "a dotenv file that holds a credential", holds: true });
        }
    }
    found
}

/// A file that says what is published, and the folder that it speaks of.
struct Place<'r, 'a> {
    repository: &'r Repository<'a>,
    file: &'r File,
    folder: RepoPath,
    files: &'r [Personal<'a>],
}

impl<'a> Place<'_, 'a> {
    fn text(&self) -> &str {
        self.file.document.text.as_str()
    }

    /// The text of a file beside this one, or below.
    fn beside(&self, path: &str) -> Option<String> {
        let file = self.repository.file(&join(&self.folder, path))?;
        Some(file.document.text.as_str().to_owned())
    }

    /// A path as it is called from this folder.
    fn relative<'p>(&self, path: &'p RepoPath) -> Option<&'p str> {
        match self.folder.as_str() {
            "" => Some(path.as_str()),
            folder => path.as_str().strip_prefix(folder)?.strip_prefix('/'),
        }
    }

    /// The personal files of the folder, with their paths from here.
    fn below(&self) -> impl Iterator<Item = (&Personal<'a>, &str)> {
        self.files.iter().filter_map(|file| Some((file, self.relative(&file.entry.path)?)))
    }

    /// The local settings that Claude Code will write, where the folder has something for it and they are not there yet.
    fn expected(&self) -> Option<&'static str> {
        const LOCAL: &str = ".claude/settings.local.json";
        let snapshot = self.repository.snapshot;
        let is_there = |path| snapshot.entry(&join(&self.folder, path)).is_some();
        let speaks = || snapshot.is_folder_known(&join(&self.folder, ".claude")) || is_there("CLAUDE.md");
        (!is_there(LOCAL) && speaks()).then_some(LOCAL)
    }

    /// Reports what ships of the files that are there, or will be.
    fn report(
        &self,
        findings: &mut Vec<Finding>,
        span: Span,
        ships: impl Fn(&str) -> bool,
        severity: impl Fn(&Personal<'_>) -> Severity,
        says: impl Fn(Message) -> Message,
        help: &Message,
    ) {
        let shipped: Vec<(&Personal<'_>, &str)> = self.below().filter(|(_, path)| ships(path)).collect();
        let mut seen = BTreeSet::new();
        for (file, _) in &shipped {
            // Of a folder that is personal as a whole one file says enough.
            let unit = personal(&file.entry.path).map_or(file.entry.path.clone(), |personal| personal.path);
            if !seen.insert(unit.clone()) {
                continue;
            }
            let what = message!["`", unit, "`, ", file.what];
            findings.push(
                Finding::new(&RULE, severity(file), says(what), unit.as_str(), self.file.locate(span))
                    .related(Location::file(&unit).labelled(message!["goes along"]))
                    .help(help.clone()),
            );
        }
        if let Some(path) = self.expected().filter(|path| shipped.is_empty() && ships(path)) {
            let what = message!["`", path, "` as soon as somebody saves a permission"];
            findings
                .push(Finding::new(&RULE, Severity::Note, says(what), path, self.file.locate(span)).help(help.clone()));
        }
    }
}

fn join(folder: &RepoPath, path: &str) -> RepoPath {
    if folder.as_bytes().is_empty() { RepoPath::from(path) } else { folder.join(path) }
}

/// An npm package, and an extension of VS Code.
fn package_json(place: &Place<'_, '_>, findings: &mut Vec<Finding>) {
    let (Some(tree), _) = json::parse(place.text()) else { return };
    let text = |node: Option<&Node>| node.and_then(Node::as_string).map(|text| text.text.expose().to_owned());
    let span = tree.members().iter().find(|member| member.name == "name").map_or(tree.span, |member| member.value.span);
    if tree.get("engines").is_some_and(|engines| engines.get("vscode").is_some()) {
        let Some(ignore) = place.beside(".vscodeignore") else { return };
        let help = message!["add the lines `.claude/**` and `CLAUDE.local.md` to `.vscodeignore`"];
        let ships = |path: &str| !path.starts_with(".env") && vsix::ships(&ignore, path) == Some(true);
        let says = |what| message!["`vsce package` puts into the extension ", what];
        place.report(findings, span, ships, |_| Severity::Error, says, &help);
        return;
    }
    let is_private =
        matches!(tree.get("private").map(|private| &private.kind), Some(Value::Scalar(word)) if word == "true");
    // Of a workspace the packages are published, each by itself.
    let publishes = text(tree.get("name")).is_some() && text(tree.get("version")).is_some();
    if is_private || !publishes || tree.get("workspaces").is_some() {
        return;
    }
    let names = |key: &str| -> Vec<String> {
        let node = tree.get(key);
        let below = node.iter().flat_map(|node| node.members()).map(|member| text(Some(&member.value)));
        text(node).into_iter().chain(below.flatten()).collect()
    };
    let files = tree.get("files").filter(|files| matches!(files.kind, Value::Array(_)));
    let package = npm::Package {
        files: files.map(|files| files.elements().iter().filter_map(|file| text(Some(file))).collect()),
        required: [names("main"), names("bin"), text(tree.get("browser")).into_iter().collect()].concat(),
        text: &|path| place.beside(path),
        entry: &|path| {
            let path = join(&place.folder, path);
            match place.repository.snapshot.entry(&path) {
                Some(_) => npm::Entry::File,
                None if place.repository.snapshot.is_folder_known(&path) => npm::Entry::Folder,
                None => npm::Entry::Nothing,
            }
        },
    };
    let help = if package.files.is_some() {
        message!["name in `files` only what the package needs, file by file or folder by folder"]
    } else {
        message!["name in `files` what the package needs: all else then stays at home"]
    };
    let says = |what| message!["`npm publish` puts into the package ", what];
    place.report(findings, span, |path| package.ships(path) == Some(true), |_| Severity::Error, says, &help);
}

/// A crate: only what git has goes along.
fn crate_of(place: &Place<'_, '_>, findings: &mut Vec<Finding>) {
    let text = place.text();
    let Some(at) = text.find("[package]") else { return };
    let tracked = |path: &str| {
        let entry = place.repository.snapshot.entry(&join(&place.folder, path));
        entry.is_some_and(|entry| matches!(entry.state, State::Tracked | State::Staged))
    };
    let ships = |path: &str| tracked(path) && !in_package_below(place, path) && cargo::ships(text, path) == Some(true);
    let help = message!["take it out of git, or list what the crate needs in `package.include`"];
    let says = |what| message!["`cargo publish` puts into the crate ", what];
    place.report(findings, Span::new(at, at + "[package]".len()), ships, |_| Severity::Error, says, &help);
}

/// Whether a file belongs to a crate in a folder below.
fn in_package_below(place: &Place<'_, '_>, path: &str) -> bool {
    let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
    folders
        .any(|folder| place.repository.snapshot.entry(&join(&place.folder, &format!("{folder}/Cargo.toml"))).is_some())
}

/// A Python source distribution.
fn sdist(place: &Place<'_, '_>, findings: &mut Vec<Finding>) {
    let text = place.text();
    let is_manifest = place.file.entry.path.name() == "MANIFEST.in";
    if !is_manifest && python::hatch_ships(text) != Some(true) {
        return;
    }
    let snapshot = place.repository.snapshot;
    let ships = |path: &str| {
        let path_here = join(&place.folder, path);
        let is_ignored = match snapshot.entry(&path_here) {
            Some(entry) => matches!(entry.state, State::Private { .. }),
            None => matches!(snapshot.state_if_created(&path_here), State::Private { .. }),
        };
        if is_manifest { python::manifest_ships(text, path) } else { !is_ignored }
    };
    let help = match is_manifest {
        true => message!["add the lines `prune .claude` and `exclude CLAUDE.local.md .env*` to `MANIFEST.in`"],
        false => {
            message!["ignore it in `.gitignore`, or name in `tool.hatch.build.targets.sdist.include` what is needed"]
        }
    };
    let end = text.find('\n').unwrap_or(text.len());
    let says = |what| message!["the source distribution takes along ", what];
    place.report(findings, Span::new(0, end), ships, |_| Severity::Error, says, &help);
}

/// An image: what its Dockerfile copies from the folder around it.
fn image(place: &Place<'_, '_>, findings: &mut Vec<Finding>) {
    let name = place.file.entry.path.name();
    let ignore = place.beside(&format!("{name}.dockerignore")).or_else(|| place.beside(".dockerignore"));
    let ignore = ignore.unwrap_or_default();
    for copy in docker::copies(place.text()) {
        let ships = |path: &str| copy.takes(path) && !docker::is_excluded(&ignore, path);
        let severity = |file: &Personal<'_>| match copy.is_last_stage {
            false => Severity::Note,
            // Where an image is built of a fresh checkout, a file that git ignores is not there.
            true if file.holds || file.is_in_git() => Severity::Error,
            true => Severity::Warning,
        };
        let (keyword, last) = (copy.keyword, copy.is_last_stage);
        let says = |what| match last {
            true => message!["`", keyword, "` puts into the image ", what],
            false => {
                message!["`", keyword, "` puts into a layer of an earlier stage, and into the build cache, ", what]
            }
        };
        let help = message![
            "add the lines `**/.claude/settings.local.json`, `**/CLAUDE.local.md` and `**/.env*` to `.dockerignore`"
        ];
        place.report(findings, copy.span, ships, severity, says, &help);
    }
}
