//! What manifests and lock files declare, and what packages and images take along. Byte 0 chooses the file, the rest is its
//! text.

use keylint::config::Config;
use keylint::path::RepoPath;
use keylint::publish::npm::{Entry, Package};
use keylint::publish::{cargo, docker, python, vsix};
use keylint::route::consumer::{declarations, speaks_of};

use crate::{placed, sound};

/// What a file can be.
pub const PATHS: [&str; 21] = [
    "requirements.txt",
    "constraints.txt",
    "requirements/dev.in",
    "pyproject.toml",
    "Pipfile",
    "setup.cfg",
    "setup.py",
    "uv.lock",
    "poetry.lock",
    "Pipfile.lock",
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "Dockerfile",
    ".dockerignore",
    ".vscodeignore",
    "Cargo.toml",
    "MANIFEST.in",
    ".npmignore",
];

/// What might be taken along.
const LOCAL: &str = ".claude/settings.local.json";

/// What stands beside the file: somebody's settings, and a dotenv file for whoever reads it.
const BESIDE: [(&str, &str); 4] = [
    (LOCAL, "{\"env\": {\"ANTHROPIC_AUTH_TOKEN\": \"abc\"}}"),
    (".env", "ANTHROPIC_API_KEY=a\nANTHROPIC_AUTH_TOKEN=b\nANTHROPIC_BASE_URL=https://api.z.ai\n"),
    (".gitignore", "**/.claude/settings.local.json\n"),
    ("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}"),
];

/// Holds that every line lies in the text, and that the pipeline copes.
pub fn check(bytes: &[u8]) {
    let Some((&[which], rest)) = bytes.split_first_chunk::<1>() else { return };
    let path = RepoPath::from(PATHS[usize::from(which) % PATHS.len()]);
    let text = String::from_utf8_lossy(rest);
    let lines = text.matches('\n').count() + 1;
    let _ = speaks_of(&path);
    for declared in declarations(&path, &text) {
        assert!((1..=lines).contains(&declared.line), "line {} of {lines}: {text:?}", declared.line);
        let _ = (declared.exact(), declared.version_shown());
    }
    for copy in docker::copies(&text) {
        placed::inside(&text, copy.span);
        let _ = copy.takes(LOCAL);
    }
    let _ = (docker::is_excluded(&text, LOCAL), vsix::ships(&text, LOCAL), cargo::ships(&text, LOCAL));
    let _ = (python::hatch_ships(&text), python::manifest_ships(&text, LOCAL));
    let package = Package {
        files: None,
        required: vec!["index.js".to_owned()],
        text: &|name| (name == ".npmignore").then(|| text.clone().into_owned()),
        entry: &|name| if name.contains('.') { Entry::File } else { Entry::Folder },
    };
    let _ = package.ships(LOCAL);
    let listed = Package { files: Some(text.lines().map(str::to_owned).collect()), ..package };
    let _ = listed.ships(LOCAL);
    let mut files = vec![(path.clone(), rest.to_vec())];
    let beside = BESIDE.iter().map(|(path, text)| (RepoPath::from(*path), text.as_bytes().to_vec()));
    files.extend(beside.filter(|(other, _)| *other != path));
    sound::lint(&files, &Config::default(), &[]);
}
