//! Which commits are new, as the service says that runs a build: `--range auto`.
//!
//! The page at each function is the service's reference. On 2026-11-21 those of GitLab, Bitbucket, CircleCI, Woodpecker,
//! Drone and Buildkite were read, and what GitHub, Azure and Jenkins call things in copies of theirs and in examples. None
//! is believed further than it has to be: where a commit that it names is not in the clone, the next best is tried, and
//! where there is none, the run fails.

use serde_json::Value;

use crate::source::range::{Ends, Wanted};

/// The environment of a process.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A service that runs builds.
pub struct Service {
    name: &'static str,
    /// The variable by which it is known, and its value, if one value is told from others.
    sign: (&'static str, Option<&'static str>),
    /// How to get a clone with all commits.
    remedy: &'static str,
    /// What brought the build about, and what is new.
    news: fn(&Build<'_>) -> News,
}

/// What a build is told.
struct Build<'a> {
    env: Env<'a>,
    /// The event that brought it about, where a file has it.
    event: &'a Value,
}

/// What a service says is new.
struct News {
    /// What brought the build about.
    event: String,
    ranges: Vec<Ends>,
    if_empty: Vec<Ends>,
}

/// How to get all commits where nobody else fetches them.
const REMEDY: &str = "`git fetch --unshallow` brings the rest";

/// Woodpecker has names in common with GitLab, and is asked first.
static SERVICES: [Service; 9] = [
    Service {
        name: "GitHub Actions",
        sign: ("GITHUB_ACTIONS", None),
        remedy: "set `fetch-depth: 0` for actions/checkout",
        news: github,
    },
    Service {
        name: "Woodpecker",
        sign: ("CI", Some("woodpecker")),
        remedy: "set `partial: false` and `depth: 0` for the plugin-git of `clone`",
        news: woodpecker,
    },
    Service {
        name: "GitLab CI",
        sign: ("GITLAB_CI", None),
        remedy: "set `GIT_DEPTH: 0` in `variables` of the job",
        news: gitlab,
    },
    Service {
        name: "Azure Pipelines",
        sign: ("TF_BUILD", None),
        remedy: "set `fetchDepth: 0` for `checkout: self`",
        news: azure,
    },
    Service {
        name: "Bitbucket Pipelines",
        sign: ("BITBUCKET_BUILD_NUMBER", None),
        remedy: "set `depth: full` in `clone`",
        news: bitbucket,
    },
    Service { name: "CircleCI", sign: ("CIRCLECI", None), remedy: "set `method: full` for `checkout`", news: circle },
    Service {
        name: "Buildkite",
        sign: ("BUILDKITE", None),
        remedy: "take `--depth` out of the flags of `git clone` and `git fetch`",
        news: buildkite,
    },
    Service { name: "Drone", sign: ("DRONE", None), remedy: "take `depth` out of `clone`", news: drone },
    Service {
        name: "Jenkins",
        sign: ("JENKINS_URL", None),
        remedy: "turn the shallow clone of the checkout off",
        news: jenkins,
    },
];

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The service that runs this build, if one does.
fn service(env: Env<'_>) -> Option<&'static Service> {
    SERVICES.iter().find(|service| {
        let (name, value) = service.sign;
        value.map_or_else(|| is_set(env, name), |value| env(name).is_some_and(|set| set == value))
    })
}

fn is_set(env: Env<'_>, name: &str) -> bool {
    env(name).is_some_and(|set| !matches!(set.as_str(), "" | "false"))
}

/// How to get a clone with all commits, here.
pub fn remedy(env: Env<'_>) -> &'static str {
    service(env).map_or(REMEDY, |service| service.remedy)
}

/// The file that says what brought the build about, if there is one.
pub fn event_file(env: Env<'_>) -> Option<String> {
    service(env).and_then(|service| (service.name == "GitHub Actions").then(|| env("GITHUB_EVENT_PATH"))?)
}

/// Which commits are new: by the service that runs this build, whose event has this text, else by the branch that the
/// current one is to end up in.
pub fn wanted(env: Env<'_>, event: Option<&str>) -> Wanted {
    let Some(service) = service(env) else {
        if is_set(env, "CI") {
            let News { ranges, if_empty, .. } = News::branch("", None, "HEAD");
            return Wanted { ranges, if_empty, named_by: Some("an unknown CI service".to_owned()), remedy: REMEDY };
        }
        let ranges = vec![range("@{upstream}", "HEAD"), range("origin/HEAD", "HEAD")];
        return Wanted { ranges, if_empty: Vec::new(), named_by: Some("the branch".to_owned()), remedy: REMEDY };
    };
    let event = event.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let news = (service.news)(&Build { env, event: &event });
    Wanted {
        ranges: news.ranges,
        if_empty: news.if_empty,
        named_by: Some(format!("{}, {}", service.name, news.event)),
        remedy: service.remedy,
    }
}

fn range(before: &str, after: &str) -> Ends {
    Ends { before: Some(before.to_owned()), after: after.to_owned() }
}

/// Everything that leads to a commit.
fn all(after: &str) -> Ends {
    Ends { before: None, after: after.to_owned() }
}

/// A branch as the clone has it.
fn remote(branch: &str) -> String {
    format!("origin/{}", branch.strip_prefix("refs/heads/").unwrap_or(branch))
}

/// The name of a commit; services write zeros for none.
fn commit(name: String) -> Option<String> {
    (!name.bytes().all(|byte| byte == b'0')).then_some(name)
}

impl Build<'_> {
    /// A variable that says something.
    fn var(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.is_empty())
    }

    /// A text of the event.
    fn text(&self, path: &str) -> Option<String> {
        self.event.pointer(path)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The commit that is built.
    fn built(&self, name: &str) -> String {
        self.var(name).and_then(commit).unwrap_or_else(|| "HEAD".to_owned())
    }
}

impl News {
    /// A change that is to be merged; nothing else stands in for it.
    fn change(event: &str, ranges: Vec<Ends>) -> Self {
        Self { event: event.to_owned(), ranges, if_empty: Vec::new() }
    }

    /// A build of a branch by a service that does not say what it built before: what the main branch does not have,
    /// and on the main branch, what its last commit brought.
    fn branch(event: &str, main: Option<&str>, built: &str) -> Self {
        let last = range(&format!("{built}^1"), built);
        Self { event: event.to_owned(), ranges: since_main(main, built), if_empty: vec![last, all(built)] }
    }

    /// A push that made a branch, or moved it from `before`.
    fn push(before: Option<String>, main: Option<&str>, is_main: bool, built: &str) -> Self {
        let mut ranges: Vec<Ends> = before.iter().map(|before| range(before, built)).collect();
        if !is_main {
            // Somebody wrote the branch anew, and its old commits are not fetched any more.
            ranges.extend(since_main(main, built));
        } else if before.is_none() {
            ranges.push(all(built));
        }
        Self { event: "push".to_owned(), ranges, if_empty: Vec::new() }
    }
}

/// What the main branch does not have.
fn since_main(main: Option<&str>, built: &str) -> Vec<Ends> {
    let usual = ["origin/HEAD", "origin/main", "origin/master"];
    let named = main.map(remote);
    named.iter().map(String::as_str).chain(usual).map(|main| range(main, built)).collect()
}

/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>, and for the events
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.
fn github(build: &Build<'_>) -> News {
    let event = build.var("GITHUB_EVENT_NAME").unwrap_or_default();
    let built = build.built("GITHUB_SHA");
    let main = build.text("/repository/default_branch");
    if let (Some(base), Some(head)) = (build.text("/pull_request/base/sha"), build.text("/pull_request/head/sha")) {
        let mut ranges = vec![range(&base, &head)];
        // Of a `pull_request` a merge is built, of others the base branch.
        if event == "pull_request" {
            ranges.push(range(&format!("{built}^1"), &built));
        }
        return News::change(&event, ranges);
    }
    if let (Some(base), Some(head)) = (build.text("/merge_group/base_sha"), build.text("/merge_group/head_sha")) {
        return News::change(&event, vec![range(&base, &head)]);
    }
    if let Some(base) = build.var("GITHUB_BASE_REF") {
        return News::change(&event, vec![range(&remote(&base), &built)]);
    }
    if event == "push" {
        let Some(after) = build.text("/after") else {
            return News::change("push without a readable event", Vec::new());
        };
        let is_main = main.as_ref().is_some_and(|main| build.text("/ref") == Some(format!("refs/heads/{main}")));
        let after = commit(after).unwrap_or(built);
        return News::push(build.text("/before").and_then(commit), main.as_deref(), is_main, &after);
    }
    News::branch(&event, main.as_deref(), &built)
}

/// <https://docs.gitlab.com/ci/variables/predefined_variables/>.
fn gitlab(build: &Build<'_>) -> News {
    let built = build.built("CI_COMMIT_SHA");
    let base = build.var("CI_MERGE_REQUEST_DIFF_BASE_SHA");
    let target = build.var("CI_MERGE_REQUEST_TARGET_BRANCH_NAME").map(|target| remote(&target));
    let befores: Vec<String> = base.into_iter().chain(target).collect();
    if !befores.is_empty() {
        // A pipeline for merged results builds a merge, and says what it merged.
        let after = build.var("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA").unwrap_or(built);
        return News::change("merge request", befores.iter().map(|before| range(before, &after)).collect());
    }
    let main = build.var("CI_DEFAULT_BRANCH");
    let is_main = main.is_some() && build.var("CI_COMMIT_BRANCH") == main;
    let before = build.var("CI_COMMIT_BEFORE_SHA").and_then(commit);
    let source = build.var("CI_PIPELINE_SOURCE").unwrap_or_else(|| "push".to_owned());
    // Zeros stand for no commit, and in a pipeline that somebody started by hand or a schedule did, for none in particular.
    if source == "push" || before.is_some() {
        return News::push(before, main.as_deref(), is_main, &built);
    }
    News::branch(&source, main.as_deref(), &built)
}

/// <https://learn.microsoft.com/azure/devops/pipelines/build/variables>. Its branches come as `refs/heads/main` and as
/// `main`.
fn azure(build: &Build<'_>) -> News {
    let built = build.built("BUILD_SOURCEVERSION");
    let Some(target) = build.var("SYSTEM_PULLREQUEST_TARGETBRANCH") else {
        return News::branch("branch", None, &built);
    };
    // What is built is a merge of both.
    let source = build.var("SYSTEM_PULLREQUEST_SOURCECOMMITID");
    let mut ranges: Vec<Ends> = source.iter().map(|source| range(&remote(&target), source)).collect();
    ranges.extend([range(&remote(&target), &built), range(&format!("{built}^1"), &built)]);
    News::change("pull request", ranges)
}

/// <https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/>.
fn bitbucket(build: &Build<'_>) -> News {
    let built = build.built("BITBUCKET_COMMIT");
    let target = build.var("BITBUCKET_PR_DESTINATION_BRANCH").map(|target| remote(&target));
    let befores = build.var("BITBUCKET_PR_DESTINATION_COMMIT").into_iter().chain(target);
    let ranges: Vec<Ends> = befores.map(|before| range(&before, &built)).collect();
    if ranges.is_empty() { News::branch("branch", None, &built) } else { News::change("pull request", ranges) }
}

/// <https://circleci.com/docs/reference/variables/>. What was built before is a value of the pipeline
/// (`pipeline.git.base_revision`) and in no variable.
fn circle(build: &Build<'_>) -> News {
    News::branch("branch", None, &build.built("CIRCLE_SHA1"))
}

/// <https://buildkite.com/docs/pipelines/configure/environment-variables>.
fn buildkite(build: &Build<'_>) -> News {
    let built = build.built("BUILDKITE_COMMIT");
    match build.var("BUILDKITE_PULL_REQUEST_BASE_BRANCH") {
        Some(base) => News::change("pull request", vec![range(&remote(&base), &built)]),
        None => News::branch("branch", build.var("BUILDKITE_PIPELINE_DEFAULT_BRANCH").as_deref(), &built),
    }
}

/// <https://woodpecker-ci.org/docs/usage/environment>. The commit that was built before may be one of another branch.
fn woodpecker(build: &Build<'_>) -> News {
    let built = build.built("CI_COMMIT_SHA");
    match build.var("CI_COMMIT_TARGET_BRANCH") {
        Some(target) => News::change("pull request", vec![range(&remote(&target), &built)]),
        None => News::branch("branch", build.var("CI_REPO_DEFAULT_BRANCH").as_deref(), &built),
    }
}

/// <https://docs.drone.io/pipeline/environment/reference/>. The target branch is set for pushes, too.
fn drone(build: &Build<'_>) -> News {
    let built = build.built("DRONE_COMMIT_SHA");
    let main = build.var("DRONE_REPO_BRANCH");
    let target = build.var("DRONE_TARGET_BRANCH");
    match (build.var("DRONE_BUILD_EVENT").as_deref(), target, build.var("DRONE_COMMIT_BEFORE").and_then(commit)) {
        (Some("pull_request"), Some(target), _) => News::change("pull request", vec![range(&remote(&target), &built)]),
        (Some("push"), target, Some(before)) => {
            News::push(Some(before), main.as_deref(), main.is_some() && target == main, &built)
        }
        _ => News::branch("branch", main.as_deref(), &built),
    }
}

/// <https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables> and
/// <https://plugins.jenkins.io/git/#plugin-content-environment-variables>.
fn jenkins(build: &Build<'_>) -> News {
    let built = build.built("GIT_COMMIT");
    if let Some(target) = build.var("CHANGE_TARGET") {
        return News::change("pull request", vec![range(&remote(&target), &built)]);
    }
    match build.var("GIT_PREVIOUS_SUCCESSFUL_COMMIT") {
        Some(before) => News::change("last successful build", vec![range(&before, &built)]),
        None => News::branch("branch", None, &built),
    }
}
