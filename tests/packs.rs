//! Packs that are read without git, against what `git cat-file` prints.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::fs;

use keylint::source::ReadError;
use keylint::source::git::blobs::Kind;
use keylint::source::git::pack::Wanted;
use keylint::source::git::{Options, Repository, discover_past};

#[path = "common/repo.rs"]
mod repo;
use repo::Repo;
#[path = "common/sample.rs"]
mod sample;
use sample::Rng;

/// What is looked for: a word with a letter behind it. Both count for what is new.
const RADIUS: usize = 8;

fn may_be_in(bytes: &[u8]) -> bool {
    bytes.windows(7).any(|part| part.starts_with(b"needle") && part[6].is_ascii_alphabetic())
}

fn open(repo: &Repo) -> Repository {
    let options = Options { env: repo.env(), ..Options::default() };
    discover_past(&options, &repo.root, &repo.root).unwrap()
}

/// Name, size and content where it is given, of every object that was searched; or why it could not be read.
type Found = BTreeMap<String, Result<(usize, Option<Vec<u8>>), ReadError>>;

fn search(repo: &Repo) -> Found {
    let repository = open(repo);
    let listed = repository.all_objects().unwrap();
    let count = listed.len();
    let wanted = Wanted { may_be_in: &may_be_in, radius: RADIUS };
    let parts = repository
        .search_objects(listed, &wanted, Vec::new, |part, one, found| {
            let found = found.map(|found| (found.size, found.content.map(<[u8]>::to_vec)));
            part.push((one.object.to_string(), one.kind, found));
        })
        .unwrap();
    let all: Vec<_> = parts.into_iter().flatten().collect();
    assert_eq!(all.len(), count, "each once");
    for (object, kind, _) in &all {
        let name = match kind {
            Kind::Blob => "blob",
            Kind::Commit => "commit",
            Kind::Tag => "tag",
        };
        assert_eq!(String::from_utf8_lossy(&repo.git(&["cat-file", "-t", object])).trim(), name);
    }
    all.into_iter().map(|(object, _, found)| (object, found)).collect()
}

/// The same, asked of git object by object.
fn expected(repo: &Repo) -> Found {
    let listing = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]);
    let listing = String::from_utf8(listing).unwrap();
    let objects = listing.lines().filter_map(|line| line.split_once(' ')).filter(|(_, kind)| *kind != "tree");
    objects
        .map(|(object, kind)| {
            let content = repo.git(&["cat-file", kind, object]);
            let wide = content.starts_with(b"\xff\xfe");
            let said = (wide || may_be_in(&content)).then(|| content.clone());
            (object.to_owned(), Ok((content.len(), said)))
        })
        .collect()
}

/// Commits files that are like what they were, with the word coming, going and being cut in two.
fn grow(repo: &Repo, rng: &mut Rng, commits: usize) {
    let mut files: Vec<Vec<u8>> = (0..3).map(|_| words(rng, 400)).collect();
    for _ in 0..commits {
        for (number, file) in files.iter_mut().enumerate() {
            for _ in 0..rng.below(3) {
                let at = rng.below(file.len() + 1);
                let until = (at + rng.below(30)).min(file.len());
                let new = match rng.below(6) {
                    0 => b"needle".to_vec(),
                    1 => b"needleX".to_vec(),
                    2 => b"need".to_vec(),
                    3 => b"leX".to_vec(),
                    _ => words(rng, 3),
                };
                file.splice(at..until, new);
            }
            repo.write(format!("{number}.txt"), &file);
        }
        repo.commit();
    }
}

fn words(rng: &mut Rng, count: usize) -> Vec<u8> {
    (0..count).map(|_| format!("{} ", rng.below(100_000))).collect::<String>().into_bytes()
}

#[test]
fn random_packs() {
    for seed in 0..8 {
        let rng = &mut Rng::new(seed);
        let repo = Repo::plain();
        let sha256 = seed % 4 == 3 && repo.git_can(&["init", "-q", "-b", "main", "--object-format=sha256"]);
        if !sha256 {
            repo.git(&["init", "-q", "-b", "main"]);
        }
        // Bases are named, or counted back to.
        repo.git(&["config", "repack.useDeltaBaseOffset", if seed % 2 == 0 { "true" } else { "false" }]);
        repo.write("empty", "");
        repo.write("wide", b"\xff\xfen\0e\0");
        grow(&repo, rng, 15);
        repo.git(&["tag", "-a", "-m", "a needleX", "v1"]);
        repo.git(&["gc", "-q", "--aggressive"]);
        assert_eq!(search(&repo), expected(&repo), "one pack, seed {seed}");
        // A second pack, and what is in none.
        grow(&repo, rng, 5);
        repo.git(&["repack", "-q"]);
        grow(&repo, rng, 2);
        let found = search(&repo);
        assert_eq!(found, expected(&repo), "several packs, seed {seed}");
        assert!(found.values().any(|found| matches!(found, Ok((_, Some(_))))), "something is found");
        // What lies in another repository is left to git.
        let other = Repo::plain();
        other.git(&["clone", "-q", "--shared", repo.root.to_str().unwrap(), "."]);
        assert_eq!(search(&other), found, "borrowed objects, seed {seed}");
    }
}

/// Whatever a damaged pack says, nothing is read wrongly: an object is as it was, or git says that it is broken.
#[test]
fn damaged_packs() {
    let rng = &mut Rng::new(7);
    let repo = Repo::new();
    grow(&repo, rng, 20);
    repo.git(&["gc", "-q", "--aggressive"]);
    let known = expected(&repo);
    let folder = repo.path(".git/objects/pack");
    let path = |ending: &str| {
        let mut paths = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        paths.find(|path| path.extension().is_some_and(|found| found == ending)).unwrap()
    };
    for ending in ["pack", "idx"] {
        let path = path(ending);
        let whole = fs::read(&path).unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        #[allow(clippy::permissions_set_readonly_false)]
        permissions.set_readonly(false);
        fs::set_permissions(&path, permissions).unwrap();
        for _ in 0..60 {
            let mut bytes = whole.clone();
            match rng.below(4) {
                0 => bytes.truncate(rng.below(bytes.len())),
                _ => {
                    for _ in 0..=rng.below(3) {
                        let at = rng.below(bytes.len());
                        bytes[at] = bytes[at].wrapping_add(1 + u8::try_from(rng.below(255)).unwrap());
                    }
                }
            }
            fs::write(&path, &bytes).unwrap();
            let repository = open(&repo);
            let Ok(listed) = repository.all_objects() else { continue };
            let wanted = Wanted { may_be_in: &may_be_in, radius: RADIUS };
            let parts = repository.search_objects(listed, &wanted, Vec::new, |part, one, found| {
                part.push((one.object.to_string(), found.map(|found| (found.size, found.content.map(<[u8]>::to_vec)))));
            });
            for (object, found) in parts.into_iter().flatten().flatten() {
                // An index that gives a content another name is git's to notice.
                if ending == "pack"
                    && let Ok(found) = found
                {
                    assert_eq!(Some(&Ok(found)), known.get(&object), "{object}");
                }
            }
        }
        fs::write(&path, &whole).unwrap();
    }
    assert_eq!(search(&repo), known);
}
