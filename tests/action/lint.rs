//! The second step: what is linted, printed, counted and written.

use serde_json::{Value, json};

use crate::common::expand;
use crate::common::repo::Repo;
use crate::common::sample::Rng;
use crate::runner::Runner;

const SETTINGS: &str = "{\"env\": {\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}}\n";

/// A repository whose first commit is clean and whose second brings one error, in a folder with a space.
fn runner() -> Runner {
    let repo = Repo::committed(&[(".gitignore", "**/.claude/settings.local.json\n")]);
    repo.write("a b/.claude/settings.json", expand(SETTINGS, &mut Rng::from_entropy()));
    repo.commit();
    let mut runner = Runner::new(repo);
    runner.pretend("install", "program", env!("CARGO_BIN_EXE_keylint"));
    runner
}

fn counts(runner: &Runner) -> [Option<&str>; 4] {
    ["errors", "warnings", "notes", "exit-code"].map(|name| runner.output("lint", name))
}

#[test]
fn findings_are_annotated_counted_and_summed_up() {
    let mut runner = runner();
    let done = runner.step("lint");
    assert_eq!(done.code, 1, "{}", done.printed);
    let annotations: Vec<&str> = done.printed.lines().filter(|line| line.starts_with("::")).collect();
    let [annotation] = annotations[..] else { panic!("{annotations:?}") };
    for part in ["::error ", "secret-in-settings", "file=a b/.claude/settings.json", "line=1,"] {
        assert!(annotation.contains(part), "{annotation}");
    }
    assert_eq!(counts(&runner), [Some("1"), Some("0"), Some("0"), Some("1")]);
    assert!(runner.summary().contains("secret-in-settings"), "{}", runner.summary());
    assert_eq!(runner.output("lint", "sarif-file"), None);
}

#[test]
fn nothing_is_a_success() {
    let mut runner = runner();
    runner.repo.git(&["rm", "-q", "-r", "a b"]);
    let done = runner.step("lint");
    assert_eq!((done.code, counts(&runner)), (0, [Some("0"), Some("0"), Some("0"), Some("0")]), "{}", done.printed);
}

#[test]
fn inputs_reach_the_program() {
    let mut never = runner().with("fail-on", "never").with("sarif-file", "out/keylint.sarif").with("format", "concise");
    std::fs::create_dir(never.repo.path("out")).unwrap();
    let done = never.step("lint");
    assert_eq!(done.code, 0, "{}", done.printed);
    assert!(done.printed.starts_with("a b/.claude/settings.json:1:"), "{}", done.printed);
    assert_eq!(counts(&never), [Some("1"), Some("0"), Some("0"), Some("0")]);
    assert_eq!(never.output("lint", "sarif-file"), Some("out/keylint.sarif"));
    let sarif: Value = serde_json::from_slice(&std::fs::read(never.repo.path("out/keylint.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "secret-in-settings");

    let mut elsewhere = runner().with("working-directory", "a b").with("sarif-file", "k.sarif");
    assert_eq!(elsewhere.step("lint").code, 1);
    assert_eq!(elsewhere.output("lint", "sarif-file"), Some("a b/k.sarif"));

    let mut ignored = runner().with("args", "--ignore\n  secret-in-settings --quiet");
    assert_eq!(ignored.step("lint").code, 0);
    let mut other = runner().with("paths", ".gitignore\n");
    assert_eq!(other.step("lint").code, 0);
    let mut both = runner().with("paths", ".gitignore\na b\n");
    assert_eq!(both.step("lint").code, 1);
    // What looks like an option, a pattern or a command is a path.
    for path in ["--quiet", "*", "$(touch x)"] {
        let mut odd = runner().with("paths", path);
        let done = odd.step("lint");
        assert_eq!((done.code, odd.output("lint", "exit-code")), (2, Some("2")), "{path}: {}", done.printed);
        assert!(!odd.repo.path("x").exists());
    }
}

/// A pull request whose base is this commit.
fn pull_request(mut runner: Runner, base: &str, head: &str) -> Runner {
    let event = json!({"pull_request": {"base": {"sha": base}, "head": {"sha": head}}});
    let file = runner.repo.home().join("event.json");
    std::fs::write(&file, event.to_string()).unwrap();
    runner.github.insert("event_name", "pull_request".to_owned());
    runner.environment.insert("GITHUB_EVENT_PATH", file.to_str().unwrap().to_owned());
    runner.environment.insert("GITHUB_SHA", head.to_owned());
    runner
}

#[test]
fn a_pull_request_is_a_range() {
    let repository = runner();
    let [first, last] = ["HEAD~1", "HEAD"].map(|commit| repository.repo.commit_of(commit));
    let mut brings = pull_request(repository, &first, &last);
    let done = brings.step("lint");
    assert_eq!(done.code, 1, "{}", done.printed);
    assert!(done.printed.contains("GitHub Actions, pull_request"), "{}", done.printed);

    // What was there before is not its doing.
    let old = runner();
    let before = old.repo.commit_of("HEAD");
    old.repo.write("README.md", "x\n");
    old.repo.commit();
    let after = old.repo.commit_of("HEAD");
    let mut old = pull_request(old, &before, &after);
    assert_eq!(old.step("lint").code, 0);
    let mut whole = old.with("range", "none");
    assert_eq!(whole.step("lint").code, 1, "the whole tree has it");
    let mut named = whole.with("range", "HEAD~1..HEAD");
    assert_eq!(named.step("lint").code, 0);

    // A clone that lacks the history says which depth is needed.
    let (from, clone) = (runner().repo, Repo::plain());
    clone.git(&["clone", "-q", "--depth=1", &format!("file://{}", from.root.display()), "."]);
    let [first, last] = ["HEAD~1", "HEAD"].map(|commit| from.commit_of(commit));
    let mut shallow = Runner::new(clone);
    shallow.pretend("install", "program", env!("CARGO_BIN_EXE_keylint"));
    let mut shallow = pull_request(shallow, &first, &last);
    let done = shallow.step("lint");
    assert_eq!((done.code, shallow.output("lint", "errors")), (2, None));
    assert!(done.printed.contains("fetch-depth: 0"), "{}", done.printed);
}

/// A second use in one job does not tell what the first found.
#[test]
fn an_earlier_run_leaves_nothing() {
    let mut runner = runner();
    assert_eq!(runner.step("lint").code, 1);
    assert_eq!(runner.output("lint", "errors"), Some("1"));
    let mut again = runner.with("args", "--no-such-option");
    again.pretend("lint", "errors", "");
    assert_eq!(again.step("lint").code, 2);
    assert_eq!(again.output("lint", "errors"), Some(""));
}
