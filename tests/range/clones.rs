//! Clones that lack something, and clones of unusual forms.

use std::path::PathBuf;
use std::process::Command;

use super::common::repo::Repo;
use super::{IN_SETTINGS, SETTINGS, commit, id, keylint, quiet, range, ranged, refused, settings};

/// A branch with a key, and a main branch that went on.
fn grown() -> Repo {
    let repo = quiet();
    repo.git(&["checkout", "-q", "-b", "topic"]);
    commit(&repo, "a", "1\n");
    commit(&repo, SETTINGS, &settings(1));
    commit(&repo, "a", "2\n");
    repo.git(&["checkout", "-q", "main"]);
    commit(&repo, "b", "1\n");
    repo.git(&["checkout", "-q", "topic"]);
    repo
}

/// keylint in a clone of it, made with these options.
fn cloned(repo: &Repo, options: &[&str], arguments: &[&str]) -> Command {
    let clone = repo.home().join("clone");
    let from = format!("file://{}", repo.root.display());
    repo.git(&[&["clone", "-q"], options, &[&from, clone.to_str().unwrap()]].concat());
    inside(repo, clone, arguments)
}

fn inside(repo: &Repo, folder: PathBuf, arguments: &[&str]) -> Command {
    let mut command = keylint(repo, arguments);
    command.current_dir(folder);
    command
}

const JSON: [&str; 2] = ["--format", "json"];

#[test]
fn shallow() {
    let tip = |repo: &Repo| id(repo, "topic")[..12].to_owned();
    let cut = |commit: &str| format!("what came before its commit {commit} is not in this clone, which is shallow");
    let parted = "where its ends parted is not in this clone, which is shallow".to_owned();
    for (depth, arguments, range) in [
        (1, &[][..], "origin/main..HEAD"),
        (1, &["--no-single-branch"], "origin/main..HEAD"),
        (2, &["--no-single-branch"], "origin/main..HEAD"),
        (2, &[], "HEAD~1..HEAD"),
        (1, &[], "HEAD~1..HEAD"),
    ] {
        let repo = grown();
        let depth_option = format!("--depth={depth}");
        let options = [&[depth_option.as_str()], arguments].concat();
        let command = cloned(&repo, &options, &["--range", range]);
        let found = match (depth, arguments.is_empty(), range) {
            (1, true, "origin/main..HEAD") => "`origin/main` is no commit of this clone, which is shallow".to_owned(),
            (1, _, "HEAD~1..HEAD") => "`HEAD~1` is no commit of this clone, which is shallow".to_owned(),
            (2, _, "HEAD~1..HEAD") => {
                let report = super::common::run(command);
                assert_eq!(report.status.code(), Some(0), "all of it is here");
                continue;
            }
            _ => parted.clone(),
        };
        let expected = format!("error: --range {range}: {found}: `git fetch --unshallow` brings the rest\n");
        assert_eq!(refused(command), expected, "{depth} {arguments:?} {range}");
    }
    // A commit in the range is cut off, though its ends and the place where they parted are here.
    let repo = grown();
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "x", "topic"]);
    let command = cloned(&repo, &["--depth=2"], &["--range", "HEAD^1..HEAD"]);
    let expected =
        format!("error: --range HEAD^1..HEAD: {}: `git fetch --unshallow` brings the rest\n", cut(&tip(&repo)));
    assert_eq!(refused(command), expected);
    // A true root is not cut off.
    let repo = Repo::new();
    commit(&repo, "a", "1\n");
    commit(&repo, "a", "2\n");
    let command = cloned(&repo, &["--depth=5"], &["--range", "HEAD~1..HEAD"]);
    assert_eq!(super::common::run(command).status.code(), Some(0));
}

/// A service's own shallow clone of a pull request.
#[test]
fn shallow_pull_request() {
    let repo = grown();
    let (base, head) = (id(&repo, "main"), id(&repo, "topic"));
    repo.git(&["checkout", "-q", "--detach", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "x", "topic"]);
    let merge = id(&repo, "HEAD");
    repo.git(&["branch", "merge"]);
    let event = repo.home().join("event.json");
    let text = format!(r#"{{"pull_request": {{"base": {{"sha": "{base}"}}, "head": {{"sha": "{head}"}}}}}}"#);
    std::fs::write(&event, text).unwrap();
    for (depth, said) in [
        (
            1,
            format!(
                "auto (GitHub Actions, pull_request): `{}`, `{}`, `{}^1` are no commits of this clone, which is shallow",
                &base[..12],
                &head[..12],
                &merge[..12]
            ),
        ),
        (
            2,
            format!(
                "auto (GitHub Actions, pull_request: {}..{}): where its ends parted is not in this clone, which is shallow",
                &base[..12],
                &head[..12]
            ),
        ),
    ] {
        let depth = format!("--depth={depth}");
        let mut command = cloned(&repo, &[&depth, "--branch=merge"], &["--range", "auto"]);
        command.env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", "pull_request").env("GITHUB_SHA", &merge);
        command.env("GITHUB_EVENT_PATH", &event);
        let said = format!("error: --range {said}: set `fetch-depth: 0` for actions/checkout\n");
        assert_eq!(refused(command), said, "{depth}");
        std::fs::remove_dir_all(repo.home().join("clone")).unwrap();
    }
}

#[test]
fn remedies() {
    for (name, value, remedy) in [
        ("GITHUB_ACTIONS", "true", "set `fetch-depth: 0` for actions/checkout"),
        ("GITLAB_CI", "true", "set `GIT_DEPTH: 0` in `variables` of the job"),
        ("TF_BUILD", "True", "set `fetchDepth: 0` for `checkout: self`"),
        ("BITBUCKET_BUILD_NUMBER", "7", "set `depth: full` in `clone`"),
        ("CIRCLECI", "true", "set `method: full` for `checkout`"),
        ("BUILDKITE", "true", "take `--depth` out of the flags of `git clone` and `git fetch`"),
        ("DRONE", "true", "take `depth` out of `clone`"),
        ("CI", "woodpecker", "set `partial: false` and `depth: 0` for the plugin-git of `clone`"),
        ("JENKINS_URL", "http://ci", "turn the shallow clone of the checkout off"),
        ("GITHUB_ACTIONS", "", "`git fetch --unshallow` brings the rest"),
        ("CI", "true", "`git fetch --unshallow` brings the rest"),
    ] {
        let repo = grown();
        let mut command = cloned(&repo, &["--depth=1"], &["--range", "HEAD~1..HEAD"]);
        command.env(name, value);
        let what = "`HEAD~1` is no commit of this clone, which is shallow";
        assert_eq!(refused(command), format!("error: --range HEAD~1..HEAD: {what}: {remedy}\n"), "{name}");
    }
}

/// Contents that are not here are not fetched, and not passed over.
#[test]
fn partial() {
    let repo = grown();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let command = cloned(&repo, &["--filter=blob:none", "--no-checkout"], &["--range", "origin/main..HEAD"]);
    let output = super::common::run(command);
    let said = super::common::text(&output.stdout) + &super::common::text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(SETTINGS) || said.contains(".gitignore"), "{said}");
}

#[test]
fn bare() {
    let repo = grown();
    let arguments = [&JSON[..], &["--range", "main..topic"]].concat();
    let (found, code) = ranged(cloned(&repo, &["--bare"], &arguments));
    assert_eq!((found.len(), code), (1, 1));
    assert!(found[0].starts_with(IN_SETTINGS), "{found:?}");
    // A path restricts the report there, too.
    for (path, count) in [("a", 0), (".claude", 1)] {
        let arguments = [&arguments[..], &[path]].concat();
        assert_eq!(ranged(inside(&repo, repo.home().join("clone"), &arguments)).0.len(), count, "{path}");
    }
    let git_folder = refused(inside(&repo, repo.path(".git"), &["--range", "main..topic"]));
    assert!(git_folder.contains("lies in git's own folder"), "{git_folder}");
}

#[test]
fn linked_worktree() {
    let repo = grown();
    let other = repo.home().join("linked");
    repo.git(&["worktree", "add", "-q", "--detach", other.to_str().unwrap(), "topic"]);
    let (found, code) = ranged(inside(&repo, other, &[&JSON[..], &["--range", "main..HEAD"]].concat()));
    assert_eq!((found.len(), code), (1, 1));
}

#[test]
fn sha256() {
    let repo = Repo::plain();
    repo.git(&["init", "-q", "-b", "main", "--object-format=sha256"]);
    repo.write(".gitignore", "**/.claude/settings.local.json\n");
    repo.commit();
    commit(&repo, SETTINGS, &settings(1));
    let (found, code) = range(&repo, "HEAD~1..HEAD");
    assert_eq!((found.len(), code), (1, 1));
    assert!(found[0].starts_with(IN_SETTINGS), "{found:?}");
}

/// The work tree and the index have no say.
#[test]
fn objects_alone() {
    let repo = grown();
    repo.write(SETTINGS, "{}\n");
    repo.write(".env", "ANTHROPIC_API_KEY=x\n");
    repo.git(&["rm", "-q", "--cached", "a"]);
    repo.write(".git/info/attributes", "* binary -diff\n");
    repo.git(&["config", "diff.external", "false"]);
    repo.git(&["config", "color.ui", "always"]);
    repo.git(&["config", "diff.orderFile", "nowhere"]);
    repo.git(&["config", "core.quotePath", "true"]);
    let (found, code) = range(&repo, "main..HEAD");
    assert_eq!((found.len(), code), (1, 1), "{found:?}");
    assert!(found[0].starts_with(IN_SETTINGS), "{found:?}");
}

/// What stands in for commits in this clone hides nothing of them.
#[test]
fn replaced_and_grafted() {
    let repo = grown();
    let (main, topic, key) = (id(&repo, "main"), id(&repo, "topic"), id(&repo, "topic~1"));
    let clean = id(&repo, "topic~2");
    for (object, by) in [(&topic, &clean), (&key, &clean)] {
        repo.git(&["replace", "-f", object, by]);
    }
    assert_eq!(range(&repo, "main..topic").0.len(), 1);
    repo.git(&["replace", "-d", &topic, &key]);
    // A graft says that the branch comes from nothing, or from its own end.
    for graft in [topic.clone(), format!("{main} {topic}"), format!("{topic} {main}")] {
        repo.write(".git/info/grafts", format!("{graft}\n"));
        let (found, code) = range(&repo, "main..topic");
        assert_eq!((found.len(), code), (1, 1), "{graft}");
    }
}
