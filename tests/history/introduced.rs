//! What a range of commits brings.

use keylint::accept::Accepting;
use keylint::config::Config;
use keylint::lint::{Introduced, introduced};
use keylint::rules::Chosen;
use keylint::source::git::{Discovery, Options, Repository, discover};

use super::common::repo::Repo;
use super::common::sample::Rng;
use super::key;

fn open(repo: &Repo) -> Repository {
    let options = Options { env: repo.env(), ..Options::default() };
    match discover(&options, &repo.root, &repo.root).unwrap() {
        Discovery::Found(repository) => repository,
        other => panic!("{other:?}"),
    }
}

fn brought(repo: &Repo, range: &str) -> Introduced {
    let (config, rules) = (Config::default(), Chosen::default());
    let accepting = Accepting { config: &config, inline: true, baseline: None, rules: &rules, partial: true };
    introduced(&open(repo), &[range.to_owned()], &config, &accepting, None).unwrap()
}

/// `path:line rule commit`, with `-` where the end of the range no longer has it.
fn shown(repo: &Repo, range: &str) -> Vec<String> {
    let end = range.rsplit("..").next().unwrap();
    let show = |brought: &keylint::lint::Brought| {
        let place = &brought.finding.primary;
        let commit = brought.finding.commit.unwrap().to_string();
        let now = repo.command(&["rev-parse", &format!("{end}:{}", place.path.as_str())]).output().unwrap().stdout;
        let now = String::from_utf8_lossy(&now).trim().to_owned();
        let gone = if brought.contents.iter().any(|content| content.to_string() == now) { "" } else { " -" };
        let subject = repo.git(&["log", "-1", "--format=%s", &commit]);
        let subject = String::from_utf8_lossy(&subject).trim().to_owned();
        format!("{}:{} {} {subject}{gone}", place.path.as_str(), place.start.line, brought.finding.rule.slug)
    };
    brought(repo, range).secrets.iter().map(show).collect()
}

struct Past {
    repo: Repo,
    rng: Rng,
    day: usize,
}

impl Past {
    /// A repository whose first commit has a secret in `old.env`, and whose second took one out of `back.env`.
    fn new() -> (Self, String, String) {
        let mut rng = Rng::from_entropy();
        let (old, back) = (key(&mut rng), key(&mut rng));
        let mut past = Self { repo: Repo::new(), rng, day: 0 };
        past.repo.write("old.env", format!("A_TOKEN={old}\n"));
        past.repo.write("back.env", format!("A_TOKEN={back}\n"));
        past.commit("before");
        past.repo.git(&["rm", "-q", "back.env"]);
        past.commit("base");
        past.repo.git(&["tag", "base"]);
        (past, old, back)
    }

    fn commit(&mut self, subject: &str) {
        self.day += 1;
        self.repo.commit_on(&format!("2026-01-{:02}T12:00:00Z", self.day));
        self.repo.git(&["commit", "-q", "--amend", "--allow-empty", "--no-edit", "-m", subject]);
    }

    fn env(&mut self, path: &str) -> String {
        let line = format!("A_TOKEN={}\n", key(&mut self.rng));
        self.repo.write(path, &line);
        line
    }

    fn branch(&mut self, name: &str, from: &str) {
        self.repo.git(&["checkout", "-q", "-b", name, from]);
    }

    fn merge(&mut self, name: &str) {
        self.repo.git(&["merge", "-q", "--no-commit", "--no-ff", name]);
    }
}

#[test]
fn plain_and_taken_back() {
    let (mut past, ..) = Past::new();
    past.env("plain.env");
    past.env("taken.env");
    past.repo.write("notes.md", format!("see {}\n", key(&mut past.rng)));
    past.commit("one");
    past.repo.git(&["rm", "-q", "taken.env"]);
    past.commit("two");
    assert_eq!(
        shown(&past.repo, "base..main"),
        ["notes.md:1 secret-in-text one", "plain.env:1 secret-in-env-file one", "taken.env:1 secret-in-env-file one -"]
    );
    assert_eq!(shown(&past.repo, "main..main"), [""; 0]);
    assert_eq!(brought(&past.repo, "base..main").commits, 2);
}

#[test]
fn what_was_there_before() {
    let (mut past, old, back) = Past::new();
    // Edited around it, moved, taken out and put back as it was, copied while the first one goes.
    past.repo.write("old.env", format!("X=1\nA_TOKEN={old}\n"));
    past.commit("edited");
    past.repo.git(&["mv", "old.env", "moved.env"]);
    past.commit("moved");
    past.repo.write("moved.env", "X=1\n");
    past.commit("out");
    past.repo.write("moved.env", format!("X=1\nA_TOKEN={old}\n"));
    past.commit("in");
    past.repo.git(&["mv", "moved.env", "old.env"]);
    past.repo.write("old.env", format!("A_TOKEN={old}\n"));
    past.commit("as it was");
    assert_eq!(shown(&past.repo, "base..main"), [""; 0]);
    // Gone before the range began, so the range brings it back.
    past.repo.write("back.env", format!("A_TOKEN={back}\n"));
    past.commit("back");
    assert_eq!(shown(&past.repo, "base..main"), ["back.env:1 secret-in-env-file back"]);
    // A second copy of what stays is a second place.
    past.repo.write("copy.env", format!("A_TOKEN={old}\n"));
    past.commit("copied");
    assert_eq!(shown(&past.repo, "main~1..main"), ["copy.env:1 secret-in-env-file copied"]);
}

#[test]
fn merges() {
    let (mut past, ..) = Past::new();
    past.branch("side", "base");
    past.env("side.env");
    past.commit("side");
    past.branch("topic", "base");
    past.repo.write("topic", "1");
    past.commit("topic");
    // Takes one side only: the side is where it was written.
    past.merge("side");
    past.commit("merge");
    assert_eq!(shown(&past.repo, "side..topic"), [""; 0]);
    assert_eq!(shown(&past.repo, "base..topic"), ["side.env:1 secret-in-env-file side"]);
    // Neither side has it.
    past.branch("other", "base");
    past.repo.write("other", "1");
    past.commit("other");
    past.repo.git(&["checkout", "-q", "topic"]);
    past.merge("other");
    past.env("evil.env");
    past.commit("evil");
    assert_eq!(shown(&past.repo, "side..topic"), ["evil.env:1 secret-in-env-file evil"]);
    // An octopus, with something of its own, and a side that deletes what the others had.
    for name in ["a", "b"] {
        past.branch(name, "topic");
        past.repo.write(name, "1");
        past.commit(name);
    }
    past.repo.git(&["checkout", "-q", "topic"]);
    past.repo.git(&["merge", "-q", "--no-commit", "--no-ff", "a", "b"]);
    past.env("octopus.env");
    past.commit("octopus");
    assert_eq!(shown(&past.repo, "topic^1..topic"), ["octopus.env:1 secret-in-env-file octopus"]);
    assert_eq!(brought(&past.repo, "topic^1..topic").commits, 3);
}

#[test]
fn comments_count_and_what_is_not_known_fails() {
    let (mut past, ..) = Past::new();
    let line = past.env("x.env");
    past.repo.write("x.env", format!("{} # keylint: ignore[secret-in-env-file] revoked\n", line.trim()));
    past.commit("accepted");
    let found = brought(&past.repo, "base..main");
    assert_eq!((found.secrets.len(), found.accepted.suppressed), (0, 1));
    let (config, rules) = (Config::default(), Chosen::default());
    let accepting = Accepting { config: &config, inline: true, baseline: None, rules: &rules, partial: true };
    let error = introduced(&open(&past.repo), &["nowhere..main".to_owned()], &config, &accepting, None).unwrap_err();
    assert!(error.to_string().contains("git knows no commits \"nowhere..main\""), "{error}");
}
