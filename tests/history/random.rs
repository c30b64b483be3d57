//! Random histories, and what they are compared with: every file of every commit, read one by one.

use std::collections::BTreeSet;

use super::common::repo::Repo;
use super::common::sample::Rng;
use super::key;

const PATHS: [&str; 6] = ["a.env", "b/.env", "c/d.sh", "e.sh", "f.fish", "g/h.env"];

/// `git fast-import` of commits with merges, in which lines with tokens come and go.
fn import(rng: &mut Rng, commits: usize) -> (String, Vec<String>) {
    let tokens: Vec<String> = (0..12).map(|_| key(rng)).collect();
    let mut stream = String::new();
    let mut heads: Vec<usize> = Vec::new();
    for mark in 1..=commits {
        let branch = rng.below(heads.len() + usize::from(heads.len() < 4));
        let new = branch == heads.len();
        // Commits of one second, and clocks that go wrong, now and then.
        let time = 1_700_000_000 + mark * 50 - rng.below(120);
        stream.push_str(&format!(
            "commit refs/heads/b{branch}\nmark :{mark}\ncommitter a <a@example.com> {time} +0000\ndata 1\nx\n"
        ));
        if new {
            // A second root, or a branch off somewhere.
            if mark > 1 && rng.below(4) > 0 {
                stream.push_str(&format!("from :{}\n", 1 + rng.below(mark - 1)));
            }
            heads.push(mark);
        } else {
            stream.push_str(&format!("from :{}\n", heads[branch]));
            for (other, &head) in heads.iter().enumerate() {
                if other != branch && rng.below(12) == 0 {
                    stream.push_str(&format!("merge :{head}\n"));
                }
            }
            heads[branch] = mark;
        }
        for path in PATHS {
            match rng.below(20) {
                0..=3 => {
                    let mut text = String::new();
                    for _ in 0..rng.below(4) {
                        text.push_str(&format!("A_TOKEN={}\n", tokens[rng.below(tokens.len())]));
                    }
                    stream.push_str(&format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len()));
                }
                4 => stream.push_str(&format!("D {path}\n")),
                5 => stream.push_str(&format!("M 100644 inline {path}\ndata 0\n\n")),
                _ => {}
            }
        }
        stream.push('\n');
    }
    stream.push_str("done\n");
    (stream, tokens)
}

/// Every token that any commit has, and whether a branch has it at its end.
fn oracle(repo: &Repo, tokens: &[String]) -> (BTreeSet<String>, BTreeSet<String>) {
    let lines = |arguments: &[&str]| {
        let output = String::from_utf8_lossy(&repo.git(arguments)).into_owned();
        output.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let of = |commit: &str| {
        let files = repo.git(&["ls-tree", "-r", "--object-only", commit]);
        let text = String::from_utf8_lossy(&repo.git_with(&["cat-file", "--batch"], &files)).into_owned();
        tokens.iter().filter(|token| text.contains(token.as_str())).cloned().collect::<BTreeSet<String>>()
    };
    let ever = lines(&["rev-list", "--all"]).iter().flat_map(|commit| of(commit)).collect();
    let now = lines(&["for-each-ref", "--format=%(objectname)", "refs/heads"]).iter().flat_map(|tip| of(tip)).collect();
    (ever, now)
}

fn check(seed: u64) {
    let mut rng = Rng::new(seed);
    let repo = Repo::new();
    let commits = 20 + rng.below(100);
    let (stream, tokens) = import(&mut rng, commits);
    repo.git_with(&["fast-import", "--quiet", "--force", "--done"], stream.as_bytes());
    let (ever, now) = oracle(&repo, &tokens);
    // The name of a branch in no other place than where it points: HEAD has none of the work.
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/none"]);
    let (findings, _) = repo.findings(&["--history"]);
    let (mut found, mut present) = (BTreeSet::new(), BTreeSet::new());
    for finding in &findings {
        let of = |place: &serde_json::Value| {
            let commit = place["place_commit"].as_str().or(place["commit"].as_str()).unwrap();
            let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
            let text = repo.git(&["show", &format!("{commit}:{}", place["path"].as_str().unwrap())]);
            let text = String::from_utf8_lossy(&text).into_owned();
            text.lines().nth(line - 1).unwrap().rsplit('=').next().unwrap().to_owned()
        };
        let value = of(finding);
        for related in finding["related"].as_array().unwrap() {
            assert_eq!(of(related), value, "seed {seed}: {finding}");
        }
        if finding["rule"] == "secret-in-history" {
            assert!(found.insert(value), "seed {seed}: told twice: {finding}");
        } else {
            present.insert(value.clone());
            found.insert(value);
        }
    }
    assert_eq!(found, ever, "seed {seed}");
    assert_eq!(present, now, "seed {seed}");
}

#[test]
fn random_histories() {
    // `KEYLINT_SEEDS=300` for more of them.
    let count = std::env::var("KEYLINT_SEEDS").ok().and_then(|count| count.parse().ok()).unwrap_or(20);
    let start = Rng::from_entropy().draw() >> 16;
    (start..start + count).for_each(check);
}
