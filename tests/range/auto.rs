//! `--range auto`: what each service says is new.

use std::collections::BTreeMap;
use std::process::Command;

use keylint::ci;
use keylint::source::range::Wanted;

use super::common::repo::Repo;
use super::{SETTINGS, commit, common, id, keylint, quiet, refused, settings};

const ZEROS: &str = "0000000000000000000000000000000000000000";

fn wanted(variables: &str, event: Option<&str>) -> Wanted {
    let variables: BTreeMap<&str, &str> =
        variables.split_whitespace().filter_map(|word| word.split_once('=')).collect();
    let env = |name: &str| variables.get(name).map(|&value| value.to_owned());
    ci::wanted(&env, event)
}

/// The ranges in the order in which they are tried, then those for a range without commits.
fn tried(wanted: &Wanted) -> String {
    let list = |ends: &[keylint::source::range::Ends]| {
        let each = ends.iter().map(|ends| format!("{}..{}", ends.before.as_deref().unwrap_or_default(), ends.after));
        each.collect::<Vec<_>>().join(" ")
    };
    let if_empty = list(&wanted.if_empty);
    list(&wanted.ranges) + &if if_empty.is_empty() { String::new() } else { format!(" | {if_empty}") }
}

#[test]
fn table() {
    let usual = |built: &str| format!("origin/HEAD..{built} origin/main..{built} origin/master..{built}");
    let branch = |main: &str, built: &str| {
        let named = if main.is_empty() { String::new() } else { format!("origin/{main}..{built} ") };
        format!("{named}{} | {built}^1..{built} ..{built}", usual(built))
    };
    let pull =
        r#"{"pull_request": {"base": {"sha": "b"}, "head": {"sha": "h"}}, "repository": {"default_branch": "dev"}}"#;
    let push = |before: &str, name: &str| {
        format!(
            r#"{{"before": "{before}", "after": "n", "ref": "refs/heads/{name}", "repository": {{"default_branch": "dev"}}}}"#
        )
    };
    let group = r#"{"merge_group": {"base_sha": "b", "head_sha": "h"}}"#;
    let github = "GITHUB_ACTIONS=true GITHUB_SHA=s GITHUB_EVENT_NAME=";
    let gitlab = "GITLAB_CI=true CI=true CI_COMMIT_SHA=s CI_DEFAULT_BRANCH=dev ";
    let zeros = ZEROS;
    for (variables, event, by, expected) in [
        ("", None, "the branch", "@{upstream}..HEAD origin/HEAD..HEAD".to_owned()),
        ("CI=true", None, "an unknown CI service", branch("", "HEAD")),
        (
            "CI=false GITHUB_ACTIONS= TF_BUILD=false",
            None,
            "the branch",
            "@{upstream}..HEAD origin/HEAD..HEAD".to_owned(),
        ),
        (
            &format!("{github}pull_request GITHUB_BASE_REF=dev"),
            Some(pull.to_owned()),
            "GitHub Actions, pull_request",
            "b..h s^1..s".to_owned(),
        ),
        (
            &format!("{github}pull_request_target"),
            Some(pull.to_owned()),
            "GitHub Actions, pull_request_target",
            "b..h".to_owned(),
        ),
        (
            &format!("{github}pull_request GITHUB_BASE_REF=dev"),
            None,
            "GitHub Actions, pull_request",
            "origin/dev..s".to_owned(),
        ),
        (
            &format!("{github}pull_request GITHUB_BASE_REF=dev"),
            Some("no JSON".to_owned()),
            "GitHub Actions, pull_request",
            "origin/dev..s".to_owned(),
        ),
        (&format!("{github}merge_group"), Some(group.to_owned()), "GitHub Actions, merge_group", "b..h".to_owned()),
        (&format!("{github}push"), Some(push("b", "dev")), "GitHub Actions, push", "b..n".to_owned()),
        (
            &format!("{github}push"),
            Some(push("b", "topic")),
            "GitHub Actions, push",
            format!("b..n origin/dev..n {}", usual("n")),
        ),
        (
            &format!("{github}push"),
            Some(push(zeros, "topic")),
            "GitHub Actions, push",
            format!("origin/dev..n {}", usual("n")),
        ),
        (&format!("{github}push"), Some(push(zeros, "dev")), "GitHub Actions, push", "..n".to_owned()),
        (&format!("{github}push"), None, "GitHub Actions, push without a readable event", String::new()),
        (&format!("{github}schedule"), Some("{}".to_owned()), "GitHub Actions, schedule", branch("", "s")),
        (
            &format!("{github}workflow_dispatch"),
            Some(push("", "topic")),
            "GitHub Actions, workflow_dispatch",
            branch("dev", "s"),
        ),
        (
            &format!(
                "{gitlab}CI_MERGE_REQUEST_DIFF_BASE_SHA=b CI_MERGE_REQUEST_TARGET_BRANCH_NAME=dev CI_COMMIT_BEFORE_SHA={zeros}"
            ),
            None,
            "GitLab CI, merge request",
            "b..s origin/dev..s".to_owned(),
        ),
        (
            &format!(
                "{gitlab}CI_MERGE_REQUEST_DIFF_BASE_SHA=b CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=h CI_PIPELINE_SOURCE=merge_request_event"
            ),
            None,
            "GitLab CI, merge request",
            "b..h".to_owned(),
        ),
        (
            &format!("{gitlab}CI_COMMIT_BEFORE_SHA=b CI_COMMIT_BRANCH=dev CI_PIPELINE_SOURCE=push"),
            None,
            "GitLab CI, push",
            "b..s".to_owned(),
        ),
        (
            &format!("{gitlab}CI_COMMIT_BEFORE_SHA=b CI_COMMIT_BRANCH=topic"),
            None,
            "GitLab CI, push",
            format!("b..s origin/dev..s {}", usual("s")),
        ),
        (
            &format!("{gitlab}CI_COMMIT_BEFORE_SHA={zeros} CI_COMMIT_BRANCH=topic CI_PIPELINE_SOURCE=push"),
            None,
            "GitLab CI, push",
            format!("origin/dev..s {}", usual("s")),
        ),
        (
            &format!("{gitlab}CI_COMMIT_BEFORE_SHA={zeros} CI_COMMIT_BRANCH=dev CI_PIPELINE_SOURCE=push"),
            None,
            "GitLab CI, push",
            "..s".to_owned(),
        ),
        (
            &format!("{gitlab}CI_COMMIT_BEFORE_SHA={zeros} CI_COMMIT_BRANCH=dev CI_PIPELINE_SOURCE=web"),
            None,
            "GitLab CI, web",
            branch("dev", "s"),
        ),
        (
            "TF_BUILD=True BUILD_SOURCEVERSION=s SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/dev SYSTEM_PULLREQUEST_SOURCECOMMITID=h",
            None,
            "Azure Pipelines, pull request",
            "origin/dev..h origin/dev..s s^1..s".to_owned(),
        ),
        (
            "TF_BUILD=True BUILD_SOURCEVERSION=s SYSTEM_PULLREQUEST_TARGETBRANCH=dev",
            None,
            "Azure Pipelines, pull request",
            "origin/dev..s s^1..s".to_owned(),
        ),
        ("TF_BUILD=True BUILD_SOURCEVERSION=s", None, "Azure Pipelines, branch", branch("", "s")),
        (
            "BITBUCKET_BUILD_NUMBER=7 BITBUCKET_COMMIT=s BITBUCKET_PR_DESTINATION_COMMIT=b BITBUCKET_PR_DESTINATION_BRANCH=dev",
            None,
            "Bitbucket Pipelines, pull request",
            "b..s origin/dev..s".to_owned(),
        ),
        ("BITBUCKET_BUILD_NUMBER=7 BITBUCKET_COMMIT=s", None, "Bitbucket Pipelines, branch", branch("", "s")),
        (
            "JENKINS_URL=http://ci/ GIT_COMMIT=s CHANGE_TARGET=dev GIT_PREVIOUS_SUCCESSFUL_COMMIT=b",
            None,
            "Jenkins, pull request",
            "origin/dev..s".to_owned(),
        ),
        (
            "JENKINS_URL=http://ci/ GIT_COMMIT=s GIT_PREVIOUS_SUCCESSFUL_COMMIT=b",
            None,
            "Jenkins, last successful build",
            "b..s".to_owned(),
        ),
        ("JENKINS_URL=http://ci/", None, "Jenkins, branch", branch("", "HEAD")),
        ("CIRCLECI=true CIRCLE_SHA1=s", None, "CircleCI, branch", branch("", "s")),
        (
            "BUILDKITE=true BUILDKITE_COMMIT=s BUILDKITE_PULL_REQUEST_BASE_BRANCH=dev",
            None,
            "Buildkite, pull request",
            "origin/dev..s".to_owned(),
        ),
        (
            "BUILDKITE=true BUILDKITE_COMMIT=HEAD BUILDKITE_PULL_REQUEST_BASE_BRANCH= BUILDKITE_PIPELINE_DEFAULT_BRANCH=dev",
            None,
            "Buildkite, branch",
            branch("dev", "HEAD"),
        ),
        (
            "DRONE=true CI=true DRONE_COMMIT_SHA=s DRONE_BUILD_EVENT=pull_request DRONE_TARGET_BRANCH=dev DRONE_COMMIT_BEFORE=b",
            None,
            "Drone, pull request",
            "origin/dev..s".to_owned(),
        ),
        (
            "DRONE=true DRONE_COMMIT_SHA=s DRONE_BUILD_EVENT=push DRONE_TARGET_BRANCH=dev DRONE_REPO_BRANCH=dev DRONE_COMMIT_BEFORE=b",
            None,
            "Drone, push",
            "b..s".to_owned(),
        ),
        (
            &format!(
                "DRONE=true DRONE_COMMIT_SHA=s DRONE_BUILD_EVENT=push DRONE_TARGET_BRANCH=topic DRONE_REPO_BRANCH=dev DRONE_COMMIT_BEFORE={zeros}"
            ),
            None,
            "Drone, branch",
            branch("dev", "s"),
        ),
        (
            "CI=woodpecker CI_COMMIT_SHA=s CI_COMMIT_TARGET_BRANCH=dev",
            None,
            "Woodpecker, pull request",
            "origin/dev..s".to_owned(),
        ),
        (
            "CI=woodpecker CI_COMMIT_SHA=s CI_COMMIT_TARGET_BRANCH= CI_REPO_DEFAULT_BRANCH=dev",
            None,
            "Woodpecker, branch",
            branch("dev", "s"),
        ),
    ] {
        let wanted = wanted(variables, event.as_deref());
        assert_eq!((wanted.named_by.as_deref(), tried(&wanted)), (Some(by), expected), "{variables}");
    }
}

/// A clone as a service makes it, with all commits, in which a branch brings a key.
struct Clone {
    repo: Repo,
    base: String,
    head: String,
}

impl Clone {
    fn new() -> Self {
        let origin = quiet();
        let base = id(&origin, "HEAD");
        origin.git(&["checkout", "-q", "-b", "topic"]);
        commit(&origin, "a", "1\n");
        let head = commit(&origin, SETTINGS, &settings(1));
        origin.git(&["update-ref", "refs/remotes/origin/main", &base]);
        origin.git(&["update-ref", "refs/remotes/origin/topic", &head]);
        Self { repo: origin, base, head }
    }

    fn auto(&self, variables: &str, event: Option<&str>) -> Command {
        let mut command = keylint(&self.repo, &["--range", "auto", "--format", "concise"]);
        for (name, value) in variables.split_whitespace().filter_map(|word| word.split_once('=')) {
            command.env(name, value);
        }
        if let Some(event) = event {
            let file = self.repo.home().join("event.json");
            std::fs::write(&file, event).unwrap();
            command.env("GITHUB_EVENT_PATH", file);
        }
        command
    }

    /// The last line, and the exit code.
    fn said(&self, variables: &str, event: Option<&str>) -> (String, i32) {
        let output = common::run(self.auto(variables, event));
        let stdout = common::text(&output.stdout);
        assert_eq!(common::text(&output.stderr), "");
        (stdout.lines().last().unwrap().to_owned(), output.status.code().unwrap())
    }
}

fn push(before: &str, after: &str, name: &str) -> String {
    format!(
        r#"{{"before": "{before}", "after": "{after}", "ref": "refs/heads/{name}", "repository": {{"default_branch": "main"}}}}"#
    )
}

#[test]
fn github() {
    let clone = Clone::new();
    let (base, head) = (&clone.base, &clone.head);
    let sign = "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=";
    let pull =
        |head: &str| format!(r#"{{"pull_request": {{"base": {{"sha": "{base}"}}, "head": {{"sha": "{head}"}}}}}}"#);
    let since = format!("2 commits since {}", &base[..12]);
    let named = format!("{}..{}", &base[..12], &head[..12]);
    let line = format!("range {named} (GitHub Actions, pull_request): {since}");
    assert_eq!(clone.said(&format!("{sign}pull_request"), Some(&pull(head))), (line, 1));

    // The merge that is checked out stands for a head that is not here.
    clone.repo.git(&["checkout", "-q", "--detach", base]);
    clone.repo.git(&["merge", "-q", "--no-ff", "-m", "x", head]);
    let merge = id(&clone.repo, "HEAD");
    let gone = "1".repeat(40);
    let said = clone.said(&format!("{sign}pull_request GITHUB_SHA={merge}"), Some(&pull(&gone)));
    assert_eq!(
        said,
        (format!("range {0}^1..{0} (GitHub Actions, pull_request): 3 commits since {1}", &merge[..12], &base[..12]), 1)
    );

    let line = |event: &str| format!("range {named} (GitHub Actions, {event}): {since}");
    assert_eq!(clone.said(&format!("{sign}push"), Some(&push(base, head, "topic"))), (line("push"), 1));
    let group = format!(r#"{{"merge_group": {{"base_sha": "{base}", "head_sha": "{head}"}}}}"#);
    assert_eq!(clone.said(&format!("{sign}merge_group"), Some(&group)), (line("merge_group"), 1));
    // A new branch, and one that was written anew, whose old commit is gone.
    let line = format!("range origin/main..{} (GitHub Actions, push): {since}", &head[..12]);
    for before in [ZEROS, &gone] {
        assert_eq!(clone.said(&format!("{sign}push"), Some(&push(before, head, "topic"))), (line.clone(), 1));
    }
    // The first push of all.
    let line = format!("range ..{} (GitHub Actions, push): 3 commits", &head[..12]);
    assert_eq!(clone.said(&format!("{sign}push"), Some(&push(ZEROS, head, "main"))), (line, 1));
    // A new branch without commits of its own.
    let line = format!(
        "note: the range origin/main..{} (GitHub Actions, push) has no commits, so that nothing was looked at",
        &base[..12]
    );
    assert_eq!(clone.said(&format!("{sign}push"), Some(&push(ZEROS, base, "new"))), (line, 0));

    for (event, expected) in [
        (
            Some(push(&gone, head, "main")),
            "auto (GitHub Actions, push: 111111111111..{head}): `111111111111` is no commit of this clone: fetch it, or write `--range A..B`",
        ),
        (
            None,
            "auto (GitHub Actions, push without a readable event): nothing says which commits are new: write `--range A..B`",
        ),
    ] {
        let said = refused(clone.auto(&format!("{sign}push"), event.as_deref()));
        assert_eq!(said, format!("error: --range {}\n", expected.replace("{head}", &head[..12])));
    }
}

#[test]
fn others() {
    let clone = Clone::new();
    let (base, head) = (&clone.base, &clone.head);
    let since = format!("2 commits since {}", &base[..12]);
    for (variables, named) in [
        (
            format!("GITLAB_CI=true CI_MERGE_REQUEST_DIFF_BASE_SHA={base} CI_COMMIT_SHA={head}"),
            format!("{}..{} (GitLab CI, merge request)", &base[..12], &head[..12]),
        ),
        (
            format!(
                "GITLAB_CI=true CI_DEFAULT_BRANCH=main CI_COMMIT_BRANCH=topic CI_COMMIT_BEFORE_SHA={ZEROS} CI_COMMIT_SHA={head}"
            ),
            format!("origin/main..{} (GitLab CI, push)", &head[..12]),
        ),
        (
            format!("TF_BUILD=True SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main BUILD_SOURCEVERSION={head}"),
            format!("origin/main..{} (Azure Pipelines, pull request)", &head[..12]),
        ),
        (
            format!("BITBUCKET_BUILD_NUMBER=1 BITBUCKET_PR_DESTINATION_COMMIT={base} BITBUCKET_COMMIT={head}"),
            format!("{}..{} (Bitbucket Pipelines, pull request)", &base[..12], &head[..12]),
        ),
        (format!("CIRCLECI=true CIRCLE_SHA1={head}"), format!("origin/main..{} (CircleCI, branch)", &head[..12])),
    ] {
        assert_eq!(clone.said(&variables, None), (format!("range {named}: {since}"), 1));
    }
    // On the main branch of a service that does not say what it built before: what the last commit brought.
    clone.repo.git(&["update-ref", "refs/remotes/origin/main", head]);
    let line = format!(
        "range {0}^1..{0} (CircleCI, branch): 1 commit since {1}",
        &head[..12],
        &id(&clone.repo, "HEAD~1")[..12]
    );
    assert_eq!(clone.said(&format!("CIRCLECI=true CIRCLE_SHA1={head}"), None), (line, 1));
    // Or, if it is the first, all of it.
    clone.repo.git(&["update-ref", "refs/remotes/origin/main", base]);
    let line = format!("range ..{} (CircleCI, branch): 1 commit", &base[..12]);
    assert_eq!(clone.said(&format!("CIRCLECI=true CIRCLE_SHA1={base}"), None), (line, 0));
}

#[test]
fn by_hand() {
    let clone = Clone::new();
    let expected = "error: --range auto (the branch): `@{upstream}`, `origin/HEAD` are no commits of this clone: fetch it, or \
                    write `--range A..B`\n";
    assert_eq!(refused(clone.auto("", None)), expected);
    let since = format!("2 commits since {}", &clone.base[..12]);
    clone.repo.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    assert_eq!(clone.said("", None), (format!("range origin/HEAD..HEAD (the branch): {since}"), 1));
    clone.repo.git(&["remote", "add", "origin", "nowhere"]);
    clone.repo.git(&["branch", "-q", "--set-upstream-to", "origin/main"]);
    assert_eq!(clone.said("", None), (format!("range @{{upstream}}..HEAD (the branch): {since}"), 1));
    clone.repo.git(&["branch", "-q", "--set-upstream-to", "origin/topic"]);
    let line = "note: the range @{upstream}..HEAD (the branch) has no commits, so that nothing was looked at";
    assert_eq!(clone.said("", None), (line.to_owned(), 0), "all is pushed");
}
