//! The ignore rules against `git check-ignore`, at random.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use keylint::path::RepoPath;
use keylint::source::ignored::IgnoreRules;

#[path = "common/repo.rs"]
mod repo;
use repo::Repo;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

const NAMES: &[&str] = &[
    "a",
    "b",
    "ab",
    "A",
    "x",
    "y",
    ".env",
    ".env.local",
    ".claude",
    "settings.local.json",
    "settings.json",
    "#a",
    "!b",
    "a b",
    " a",
    "b ",
    "a\tb",
    "[a]",
    "a]",
    "a*",
    "a\\b",
    "{a,b}",
    "é",
    "a-b",
    "a1",
    "a\r",
    "^",
    "-",
    "\u{FEFF}a",
];

const REALISTIC: &[&str] = &[
    ".env",
    ".env*",
    "!.env.example",
    ".env.*",
    "*.local",
    "*.local.json",
    ".claude/",
    ".claude",
    ".claude/*",
    "!.claude/settings.json",
    "**/.claude/settings.local.json",
    ".claude/settings.local.json",
    "**/.claude/",
    ".claude/**",
    "/a",
    "/a/",
    "a/*",
    "!a/b",
    "a/**/b",
    "**/a",
    "**/a/**",
    "a/**",
    "**",
    "*",
    "!*/",
    "/*",
    "!/a",
    "a/*/b",
    "/**",
    "**/",
    "*/",
    "!*",
    "a/b/",
    "a/",
    "settings.*.json",
    "/.claude/*.local.json",
];

const PIECES: &[&str] = &[
    "a",
    "b",
    "x",
    "A",
    "*",
    "**",
    "?",
    "/",
    "/",
    "[ab]",
    "[!a]",
    "[^a]",
    "[a-z]",
    "[[:alpha:]]",
    "[]a]",
    "[a",
    "[[:nope:]]",
    "[z-a]",
    "[\\a]",
    "[a-]",
    "[[:digit:][:space:]]",
    "\\",
    "\\a",
    "\\*",
    "\\ ",
    " ",
    ".env",
    "#",
    "!",
    "-",
    "{a,b}",
    "é",
    "\t",
    "[[",
    "[!]a]",
    "]",
    "^",
    "**/",
    "/**",
    "/**/",
    "[a/b]",
    "[:alpha:]",
    "[[:alpha]",
];

fn pattern(random: &mut Random) -> String {
    let mut line = match random.below(3) {
        0 => random.pick(REALISTIC).to_owned(),
        1 => {
            let parts: Vec<_> = (0..=random.below(3)).map(|_| random.pick(NAMES)).collect();
            parts.join("/")
        }
        _ => (0..=random.below(5)).map(|_| random.pick(PIECES)).collect(),
    };
    if random.one_in(5) {
        line.insert(0, '!');
    }
    if random.one_in(8) {
        line.insert(0, '/');
    }
    if random.one_in(8) {
        line.push('/');
    }
    line + random.pick(&["", "", "", "", " ", "  ", "\\ ", "\t", "\r", " \r"])
}

fn ignore_file(random: &mut Random) -> Vec<u8> {
    let mut text = String::from(random.pick(&["", "", "", "", "\u{FEFF}", "\n", "# x\n", "\r\n"]));
    for _ in 0..=random.below(6) {
        text += &pattern(random);
        text.push('\n');
    }
    if random.one_in(4) {
        text.pop();
    }
    text.into_bytes()
}

/// A random tree in a repository, and all its paths, folders with `true`.
fn grow(random: &mut Random, repo: &Repo) -> BTreeMap<String, bool> {
    let mut paths = BTreeMap::new();
    let mut folders = vec![String::new()];
    for _ in 0..150 {
        let folder = &folders[random.below(folders.len())];
        let path = format!("{folder}{}", random.pick(NAMES));
        let is_dir = folder.matches('/').count() < 4 && random.one_in(3);
        if paths.contains_key(&path) || !representable(&path) {
            continue;
        }
        if is_dir {
            std::fs::create_dir(repo.path(&path)).unwrap();
            folders.push(format!("{path}/"));
        } else {
            repo.write(&path, "");
        }
        paths.insert(path, is_dir);
    }
    paths
}

/// Not every file system takes every name, or both cases of one.
fn representable(path: &str) -> bool {
    cfg!(target_os = "linux")
        || !path
            .split('/')
            .any(|name| name == "A" || name.ends_with(' ') || name.contains(['*', '\\', '\t', '\r', '\u{FEFF}', 'é']))
}

/// Compares all paths of one random repository; the number of comparisons.
fn compare(seed: u64, ignore_case: bool) -> usize {
    let mut random = Random(seed);
    let repo = Repo::new();
    repo.git(&["config", "core.ignoreCase", if ignore_case { "true" } else { "false" }]);
    let paths = grow(&mut random, &repo);
    let mut rules = IgnoreRules::new(ignore_case);

    let folders: Vec<&str> = paths.iter().filter(|(_, is_dir)| **is_dir).map(|(path, _)| path.as_str()).collect();
    let mut chosen = BTreeSet::from([""]);
    for _ in 0..random.below(5) {
        chosen.insert(random.pick(&folders));
    }
    for folder in chosen {
        let text = ignore_file(&mut random);
        let folder = RepoPath::from(folder);
        repo.write(folder.join(".gitignore").as_str(), &text);
        rules.add(&folder, &text);
    }
    let personal = [repo.home().join(".config/git/ignore"), repo.path(".git/info/exclude")];
    for file in &personal {
        let text = if random.one_in(2) { ignore_file(&mut random) } else { Vec::new() };
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, &text).unwrap();
        let name = file.strip_prefix(&repo.root).unwrap_or(file);
        rules.add_personal(&name.to_string_lossy().replace('\\', "/"), &text);
    }

    let input: Vec<u8> = paths.keys().flat_map(|path| [path.as_bytes(), b"\0"].concat()).collect();
    let output = repo.git_with(&["check-ignore", "-v", "-n", "-z", "--stdin", "--no-index"], &input);
    let fields: Vec<&[u8]> = output.split(|&byte| byte == 0).collect();
    let mut count = 0;
    for record in fields.chunks_exact(4) {
        let text = |index: usize| String::from_utf8_lossy(record[index]).into_owned();
        let path = RepoPath::from_bytes(record[3]);
        let expected = (!record[0].is_empty()).then(|| (text(0).replace('\\', "/"), text(1), text(2)));
        let is_dir = paths[path.as_str()];
        let found = rules.check_ignore(&path, is_dir);
        let found = found.map(|decision| {
            assert_eq!(decision.ignored, !decision.rule.pattern.starts_with('!'));
            (decision.rule.file.replace('\\', "/"), decision.rule.line.to_string(), decision.rule.pattern)
        });
        assert_eq!(found, expected, "seed {seed}, ignore_case {ignore_case}, {path:?}, is_dir {is_dir}");
        count += 1;
    }
    assert_eq!(count, paths.len(), "seed {seed}: git answered about every path");
    count
}

#[test]
fn agrees_with_git() {
    let first = std::env::var("KEYLINT_SEED").map_or(1, |seed| seed.parse().unwrap());
    let repositories = std::env::var("KEYLINT_REPOSITORIES").map_or(240, |count| count.parse().unwrap());
    let halves = [0, 1].map(|half| {
        std::thread::spawn(move || {
            let seeds = (first..first + repositories).filter(|seed| seed % 2 == half);
            seeds.map(|seed| compare(seed, seed % 8 == 0 || seed % 8 == 1)).sum::<usize>()
        })
    });
    let count: usize = halves.into_iter().map(|half| half.join().unwrap()).sum();
    assert!(repositories < 240 || count >= 20_000, "{count}");
}
