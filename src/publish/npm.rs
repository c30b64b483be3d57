//! `npm pack`: `files`, `.npmignore` and `.gitignore`, as `npm-packlist` 10 (npm 11) weighs them.
//!
//! Its walk is repeated for one path: each folder on the way has rules of its own, and may only take away what the folders
//! above let through. `tests/npm_oracle.rs` holds this against the program.

use super::glob::Glob;

/// What is never packed, whatever a package says.
const DEFAULTS: [&str; 22] = [
    ".npmignore",
    ".gitignore",
    "**/.git",
    "**/.svn",
    "**/.hg",
    "**/CVS",
    "**/.git/**",
    "**/.svn/**",
    "**/.hg/**",
    "**/CVS/**",
    "/.lock-wscript",
    "/.wafpickle-*",
    "/build/config.gypi",
    "npm-debug.log",
    "**/.npmrc",
    ".*.swp",
    ".DS_Store",
    "**/.DS_Store/**",
    "._*",
    "**/._*/**",
    "*.orig",
    "/archived-packages/**",
];

/// What is packed or not after all other rules, at the top.
const STRICT: [&str; 13] = [
    "/.git",
    "!/package.json",
    "!/readme{,.*[^~$]}",
    "!/copying{,.*[^~$]}",
    "!/license{,.*[^~$]}",
    "!/licence{,.*[^~$]}",
    "/.git",
    "/node_modules",
    ".npmrc",
    "/package-lock.json",
    "/yarn.lock",
    "/pnpm-lock.yaml",
    "/bun.lockb",
];

/// What a folder holds that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Nothing of this name.
    Nothing,
}

/// A package, and the files that decide about it. Paths are relative to its folder, with `/`.
pub struct Package<'a> {
    /// `files` of `package.json`.
    pub files: Option<Vec<String>>,
    /// `main`, `browser` and the programs of `bin`, which are always packed.
    pub required: Vec<String>,
    /// The text of an ignore file.
    pub text: &'a dyn Fn(&str) -> Option<String>,
    /// What stands at a path.
    pub entry: &'a dyn Fn(&str) -> Entry,
}

impl std::fmt::Debug for Package<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Package").field("files", &self.files).field("required", &self.required).finish_non_exhaustive()
    }
}

/// The rules of one folder on the way, in the order in which they count.
struct Folder {
    name: String,
    rules: Vec<Glob>,
    /// Whether the folder itself is packed as it is, so that rules below may take back what those above left out.
    exact: bool,
}

impl Package<'_> {
    /// Whether `npm pack` takes a file along; `None` where a rule is of a kind that is not understood.
    pub fn ships(&self, path: &str) -> Option<bool> {
        let names: Vec<&str> = path.split('/').collect();
        let (file, folders) = names.split_last()?;
        let (rules, mut required) = self.top()?;
        let mut way = vec![Folder { name: String::new(), rules, exact: false }];
        for (depth, name) in folders.iter().enumerate() {
            let last = way.len() - 1;
            if !allows(&way, last, name, true, None) {
                return Some(false);
            }
            let exact = allows(&way, last, name, false, None) || allows(&way, last, &format!("{name}/"), false, None);
            required = below(&required, name);
            let rules = self.rules_of(&folders[..=depth].join("/"), &required)?;
            way.push(Folder { name: (*name).to_owned(), rules, exact });
        }
        Some(allows(&way, way.len() - 1, file, false, None))
    }

    /// The rules at the top, and the files that `files` names one by one.
    fn top(&self) -> Option<(Vec<Glob>, Vec<String>)> {
        let mut patterns: Vec<String> = DEFAULTS.map(str::to_owned).into();
        let (mut strict, mut required) = (Vec::new(), Vec::new());
        if let Some(files) = &self.files {
            patterns.push("*".to_owned());
            for file in files {
                let mut file = file.strip_prefix('.').filter(|rest| rest.starts_with('/')).unwrap_or(file).to_owned();
                if file.ends_with("/*") {
                    file.push('*');
                }
                let plain = file.trim_start_matches('!').trim_start_matches('/').trim_end_matches('/');
                match (self.entry)(plain) {
                    Entry::File => {
                        strict.insert(0, format!("!{file}"));
                        required.push(file.trim_start_matches('/').to_owned());
                    }
                    Entry::Folder => patterns.extend([format!("!{file}"), format!("!{file}/**")]),
                    Entry::Nothing => patterns.push(format!("!{file}")),
                }
            }
        } else if let Some(text) = (self.text)(".npmignore").or_else(|| (self.text)(".gitignore")) {
            patterns.extend(lines(&text));
        }
        strict.extend(STRICT.map(str::to_owned));
        strict.extend(self.required.iter().map(|file| format!("!/{file}")));
        patterns.extend(strict);
        Some((globs(&patterns)?, required))
    }

    /// The rules of a folder below.
    fn rules_of(&self, folder: &str, required: &[String]) -> Option<Vec<Glob>> {
        let mut patterns: Vec<String> = DEFAULTS.map(str::to_owned).into();
        let text = |name: &str| (self.text)(&format!("{folder}/{name}"));
        if let Some(text) = text(".npmignore").or_else(|| text(".gitignore")) {
            patterns.extend(lines(&text));
        }
        patterns.push("/.git".to_owned());
        patterns.extend(required.iter().map(|file| format!("!{file}")));
        globs(&patterns)
    }
}

/// The lines of an ignore file that are patterns.
fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned)
}

fn globs(patterns: &[String]) -> Option<Vec<Glob>> {
    patterns.iter().map(|pattern| Glob::parse(pattern)).collect()
}

/// Of files that are named one by one those right in a folder.
fn below(files: &[String], folder: &str) -> Vec<String> {
    let inside = files.iter().filter_map(|file| file.strip_prefix(folder)?.strip_prefix('/'));
    inside.filter(|rest| !rest.contains('/')).map(str::to_owned).collect()
}

/// Whether the folder numbered `level` and those above let an entry through. `partial` asks for a folder on the way to
/// something that may be packed; `base` is the entry's own name where a folder above is asked.
fn allows(way: &[Folder], level: usize, entry: &str, partial: bool, base: Option<&str>) -> bool {
    let folder = &way[level];
    let mut included = true;
    if level > 0 {
        let path = format!("{}/{entry}", folder.name);
        included = allows(way, level - 1, &path, partial, Some(base.unwrap_or(entry)));
        if !included && !folder.exact {
            return false;
        }
    }
    for glob in folder.rules.iter() {
        if glob.negated == included {
            continue;
        }
        let both = |text: &str, partial: bool| {
            glob.matches(&format!("/{text}"), partial, true) || glob.matches(text, partial, true)
        };
        let as_folder = |text: &str| both(&format!("{text}/"), false) || glob.negated && both(text, true);
        let fits = both(entry, false) || partial && (as_folder(entry) || glob.is_name() && base.is_some_and(as_folder));
        if fits {
            included = glob.negated;
        }
    }
    included
}
