//! `keylint lint --history` against real repositories: what the past holds, exactly, and nothing else.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod common;

#[path = "history/introduced.rs"]
mod introduced;
#[path = "history/random.rs"]
mod random;

use common::repo::Repo;
use common::sample::Rng;
use common::{machine, run, text, token};
use serde_json::Value;

/// `path:line:column rule`, and the commits that brought it and whose version is shown, by their places in `commits`.
fn places(findings: &[Value], commits: &[String]) -> Vec<String> {
    let number = |commit: &Value| {
        let place = commits.iter().position(|known| Some(known.as_str()) == commit.as_str());
        place.map_or_else(|| commit.to_string(), |place| (place + 1).to_string())
    };
    let shown =
        |one: &Value| format!("{} {}-{}", common::place(one), number(&one["commit"]), number(&one["place_commit"]));
    findings.iter().map(shown).collect()
}

fn key(rng: &mut Rng) -> String {
    token("anthropic-api-key", rng).unwrap()
}

fn settings(key: &str) -> String {
    format!("{{\n  \"env\": {{ \"ANTHROPIC_API_KEY\": \"{key}\" }}\n}}\n")
}

#[test]
fn what_is_gone_and_what_is_still_there() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let (one, two) = (key(&mut rng), key(&mut rng));
    let mut commits = Vec::new();
    repo.write(".claude/settings.json", settings(&one));
    repo.write("run.sh", format!("export ANTHROPIC_API_KEY={two}\n"));
    commits.push(repo.commit_on("2026-01-01T12:00:00Z"));
    repo.write(".claude/settings.json", format!("\n{}", settings(&one)));
    commits.push(repo.commit_on("2026-01-02T12:00:00Z"));
    repo.write(".claude/settings.json", "{}\n");
    commits.push(repo.commit_on("2026-01-03T12:00:00Z"));
    let (findings, code) = repo.findings(&["--history"]);
    assert_eq!(code, 1);
    assert_eq!(
        places(&findings, &commits),
        ["run.sh:1:26 secret-in-launcher 1-1", ".claude/settings.json:3:34 secret-in-history 1-2"]
    );
    let short = |place: usize| &commits[place][..12];
    assert_eq!(
        findings.iter().map(|finding| finding["message"].as_str().unwrap()).collect::<Vec<_>>(),
        [
            format!(
                "`ANTHROPIC_API_KEY` holds an Anthropic API key (sk-ant-api03-…, 108 characters); `main` has it, in 1 \
                 version of {} (2026-01-01)",
                short(0)
            ),
            format!(
                "`env.ANTHROPIC_API_KEY` held an Anthropic API key (sk-ant-api03-…, 108 characters), in 2 versions from \
                 {} (2026-01-01) to {} (2026-01-02); no branch has it any more",
                short(0),
                short(1)
            ),
        ]
    );
    let output = run(repo.keylint(&["lint", "--history"]));
    let output = text(&output.stdout);
    assert!(output.contains(&format!("--> {}:.claude/settings.json:3:34\n", short(1))), "{output}");
    let summary = "2 errors\n3 commits walked, 4 versions of 2 files judged, 4 blobs read (436 bytes)\n";
    assert!(output.ends_with(summary), "{output}");
    // Paths say what is reported, also of files that are gone.
    repo.git(&["rm", "-q", "run.sh"]);
    commits.push(repo.commit_on("2026-01-04T12:00:00Z"));
    let (findings, _) = repo.findings(&["--history", "run.sh"]);
    assert_eq!(places(&findings, &commits), ["run.sh:1:26 secret-in-history 1-1"]);
    // The work tree is no commit.
    repo.write(".env", format!("A_TOKEN={}\n", key(&mut rng)));
    repo.git(&["add", "."]);
    assert_eq!(repo.findings(&["--history"]).0.len(), 2);
    assert_eq!(repo.findings(&["--history=HEAD~2..HEAD~1"]).0.len(), 0);
    assert_eq!(repo.findings(&["--history=HEAD~2 ^HEAD~3"]).0.len(), 1);
    // Whatever was asked for counts like a branch.
    repo.git(&["tag", "v1", "HEAD~1"]);
    for asked in ["v1", "HEAD~1"] {
        let (findings, _) = repo.findings(&[&format!("--history={asked}"), "run.sh"]);
        assert_eq!(places(&findings, &commits), ["run.sh:1:26 secret-in-launcher 1-1"]);
        assert!(findings[0]["message"].as_str().unwrap().contains("`v1` has it"), "{}", findings[0]["message"]);
    }
}

#[test]
fn every_place_that_hides_from_a_patch() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let mut env = |name: &str| {
        let line = format!("A_TOKEN={}\n", key(&mut rng));
        repo.write(name, line);
    };
    let mut expected = Vec::new();
    let mut is_gone = |name: &str, rule: &str| expected.push(format!("{name}:1:9 {rule}"));
    repo.write(".gitattributes", "*.env -diff\ntextconv.env diff=x\n");
    for name in ["a.env", "textconv.env", "tab\tquote\"é.env", "line\nbreak.env"] {
        env(name);
        is_gone(name, "secret-in-history");
    }
    repo.commit_on("2026-01-01T12:00:00Z");
    repo.git(&["rm", "-q", "*.env"]);
    let base = repo.commit_on("2026-01-02T12:00:00Z");
    // Only in a merge: neither side has it.
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("s", "1");
    repo.commit_on("2026-01-03T12:00:00Z");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("m", "1");
    repo.commit_on("2026-01-04T12:00:00Z");
    repo.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    env("merge.env");
    is_gone("merge.env", "secret-in-history");
    repo.commit_on("2026-01-05T12:00:00Z");
    repo.git(&["rm", "-q", "merge.env"]);
    repo.commit_on("2026-01-06T12:00:00Z");
    // Two stashes; the first is in no ref, only in the log of one.
    for name in ["stash1.env", "stash2.env"] {
        env(name);
        is_gone(name, "secret-in-history");
        repo.git(&["add", "."]);
        repo.git(&["stash", "-q"]);
    }
    // Untracked files in a stash.
    env("stash3.env");
    is_gone("stash3.env", "secret-in-history");
    repo.git(&["stash", "-q", "--include-untracked"]);
    // On a tag, on a remote's branch, on a commit that HEAD alone leads to.
    for (name, rule, reference) in [
        ("tag.env", "secret-in-history", "refs/tags/v1"),
        ("remote.env", "secret-in-env-file", "refs/remotes/origin/x"),
        ("other.env", "secret-in-history", "refs/pull/1/head"),
        ("detached.env", "secret-in-env-file", "HEAD"),
    ] {
        repo.git(&["checkout", "-q", "--detach", &base]);
        env(name);
        is_gone(name, rule);
        let commit = repo.commit_on("2026-01-07T12:00:00Z");
        if reference.starts_with("refs/tags") {
            repo.git(&["tag", "-a", "-m", "x", "v1", &commit]);
        } else if reference != "HEAD" {
            repo.git(&["update-ref", reference, &commit]);
        }
    }
    // What stands in for a commit hides nothing.
    let head = repo.commit_of("HEAD");
    repo.git(&["replace", &head, &base]);
    for (name, value) in [
        ("diff.x.textconv", "false"),
        ("diff.orderFile", "/nowhere"),
        ("diff.external", "false"),
        ("core.attributesFile", "/nowhere"),
        ("color.ui", "always"),
        ("diff.renames", "copies"),
        ("core.abbrev", "5"),
    ] {
        repo.git(&["config", name, value]);
    }
    let (findings, _) = repo.findings(&["--history"]);
    let mut places: Vec<String> = findings.iter().map(common::place).collect();
    places.sort();
    expected.iter_mut().for_each(|place| *place = place.replace('\n', "\\n").replace('\t', "\\t").replace('"', "\\\""));
    expected.sort();
    assert_eq!(places, expected);
    assert!(findings[0]["message"].as_str().unwrap().contains("`HEAD` has it"), "{}", findings[0]["message"]);
    let of = |path: &str| findings.iter().find(|finding| finding["path"] == path).unwrap()["message"].to_string();
    assert!(of("tag.env").contains("no branch has it any more, `v1` has"), "{}", of("tag.env"));
    assert!(of("remote.env").contains("`origin/x` has it"), "{}", of("remote.env"));
}

#[test]
fn one_finding_for_one_value() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let (one, two) = (key(&mut rng), key(&mut rng));
    let mut commits = Vec::new();
    // Moved twice, and gone; another value takes the same place.
    for (day, path) in ["a.env", "b/.env", "c.sh"].iter().enumerate() {
        repo.git(&["rm", "-q", "--ignore-unmatch", "*.env", "*.sh"]);
        repo.write(path, format!("ANTHROPIC_API_KEY={one}\n"));
        commits.push(repo.commit_on(&format!("2026-01-0{}T12:00:00Z", day + 1)));
    }
    repo.write("c.sh", format!("ANTHROPIC_API_KEY={two}\n"));
    commits.push(repo.commit_on("2026-01-04T12:00:00Z"));
    repo.write("c.sh", "");
    commits.push(repo.commit_on("2026-01-05T12:00:00Z"));
    let (findings, _) = repo.findings(&["--history"]);
    assert_eq!(places(&findings, &commits), ["c.sh:1:19 secret-in-history 4-4", "c.sh:1:19 secret-in-history 3-3"]);
    let related = findings[1]["related"].as_array().unwrap();
    let related: Vec<String> = related.iter().map(|place| format!("{} {}", place["path"], place["commit"])).collect();
    assert_eq!(related, [format!("\"b/.env\" \"{}\"", commits[1]), format!("\"a.env\" \"{}\"", commits[0])]);
    // Asked for by any of its places.
    assert_eq!(repo.findings(&["--history", "a.env"]).0.len(), 1);
    // Back on the branch, it is that file's finding, and the past is told with it.
    repo.write("a.env", format!("ANTHROPIC_API_KEY={one}\n"));
    commits.push(repo.commit_on("2026-01-06T12:00:00Z"));
    let (findings, _) = repo.findings(&["--history"]);
    assert_eq!(
        places(&findings, &commits),
        ["a.env:1:19 secret-in-env-file 1-6", "c.sh:1:19 secret-in-history 4-4"],
        "the first commit that wrote it, and the last"
    );
    assert_eq!(findings[0]["related"].as_array().unwrap().len(), 2);
}

#[test]
fn what_was_accepted_stays_accepted() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let secret = key(&mut rng);
    let line = format!("A_TOKEN={secret}\n");
    repo.write_all(&[
        ("excluded.env", &line),
        ("off/.env", &line),
        ("allowed.env", &line),
        ("baseline.env", &format!("A_TOKEN={}\n", key(&mut rng))),
        ("comment.env", &format!("A_TOKEN={secret} # keylint: ignore[secret-in-env-file] revoked\n")),
        ("historic.env", &line),
    ]);
    repo.write(
        "keylint.toml",
        "exclude = [\"excluded.env\"]\n\
         [[paths]]\nmatch = [\"off/**\"]\nrules = { secret-in-env-file = \"off\" }\n\
         [[allow]]\nrule = \"secret-in-env-file\"\npath = \"/allowed.env\"\nreason = \"revoked\"\n\
         [[allow]]\nrule = \"secret-in-history\"\npath = \"/historic.env\"\nreason = \"revoked\"\n",
    );
    run(repo.keylint(&["baseline"]));
    let baseline = std::fs::read_to_string(repo.path("keylint-baseline.txt")).unwrap();
    let kept = baseline.lines().filter(|line| line.starts_with(['#', 's']) && !line.contains("\thistoric.env"));
    repo.write("keylint-baseline.txt", kept.map(|line| format!("{line}\n")).collect::<String>());
    repo.commit();
    let rules = |findings: &[Value]| findings.iter().map(common::place).collect::<Vec<_>>();
    assert_eq!(rules(&repo.findings(&["--history"]).0), ["historic.env:1:9 secret-in-env-file"], "not yet history");
    repo.git(&["rm", "-q", "*.env"]);
    repo.commit();
    assert_eq!(rules(&repo.findings(&["--history"]).0), [""; 0]);
    let output = run(repo.keylint(&["lint", "--history", "--format", "json"]));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["summary"]["suppressed"], &report["summary"]["baselined"]), (&3.into(), &1.into()));
    assert_eq!(report["summary"]["skipped"][0], "1 file is excluded by the configuration");
    // The current commit decides, not the work tree.
    std::fs::remove_file(repo.path("keylint.toml")).unwrap();
    assert_eq!(rules(&repo.findings(&["--history"]).0), [""; 0]);
    assert_eq!(repo.findings(&["--history", "--no-config", "--no-baseline", "--no-inline"]).0.len(), 2);
    assert_eq!(repo.findings(&["--history", "--no-config", "--rule", "secret-in-env-file"]).0.len(), 0);
}

#[test]
fn what_is_not_there_is_said() {
    let skipped = |repo: &Repo, arguments: &[&str]| {
        let output = run(repo.keylint(&[&["lint", "--format", "json", "--history"], arguments].concat()));
        let report: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
        let skipped = report["summary"]["skipped"].as_array().unwrap().clone();
        (
            skipped.iter().map(|words| words.as_str().unwrap().to_owned()).collect::<Vec<_>>(),
            output.status.code().unwrap(),
        )
    };
    assert_eq!(skipped(&Repo::new(), &[]), (vec!["there are no commits".to_owned()], 0));
    let error = |repo: &Repo, arguments: &[&str]| {
        let output = run(repo.keylint(&[&["lint"], arguments].concat()));
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(2), String::new()));
        text(&output.stderr)
    };
    assert!(error(&Repo::plain(), &["--history"]).contains("belongs to no git repository"));
    let repo = Repo::committed(&[(".env", "A=1\n")]);
    assert!(error(&repo, &["--history=nothing"]).contains("git knows no commits \"nothing\""));
    assert!(error(&repo, &["--history=--all"]).contains("takes revisions"));
    repo.write(".env", "A=2\n");
    repo.commit_on("2026-01-02T12:00:00Z");
    let origin = format!("file://{}", repo.root.display());

    let shallow = Repo::plain();
    shallow.git(&["clone", "-q", "--depth", "1", &origin, "."]);
    let (words, code) = skipped(&shallow, &[]);
    assert!(words[0].starts_with("the past before 2026-01-02 is not here"), "{words:?}");
    assert_eq!(code, 0);

    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = Repo::plain();
    partial.git(&["clone", "-q", "--filter=blob:none", "--no-checkout", &origin, "."]);
    let (words, code) = skipped(&partial, &[]);
    assert_eq!(words, ["2 versions were not read: this is a partial clone, and nothing is fetched"]);
    assert_eq!(code, 0);

    // Without being a partial clone, it is damaged.
    let blob = text(&repo.git(&["rev-parse", "HEAD:.env"]));
    let file = repo.path(format!(".git/objects/{}/{}", &blob[..2], blob[2..].trim()));
    std::fs::rename(&file, repo.path("away")).unwrap();
    assert_eq!(repo.findings(&["--history"]).1, 2);
    std::fs::write(&file, b"damaged").unwrap();
    assert_eq!(repo.findings(&["--history"]).1, 2);
    let commit = repo.commit_of("HEAD~1");
    std::fs::remove_file(repo.path(format!(".git/objects/{}/{}", &commit[..2], &commit[2..]))).unwrap();
    assert!(error(&repo, &["--history"]).contains("`git rev-list` failed"));
}

#[test]
fn any_form_of_repository() {
    let mut rng = Rng::from_entropy();
    let line = format!("A_TOKEN={}\n", key(&mut rng));
    for options in [&["--bare"][..], &["--object-format=sha256"], &["--ref-format=reftable"]] {
        let repo = Repo::plain();
        if !repo.git_can(&[&["init", "-q", "-b", "main"], options].concat()) {
            machine::skipped(&format!("this git has no {options:?}"));
            continue;
        }
        let bare = options.contains(&"--bare");
        let work = Repo::plain();
        if bare {
            work.git(&["init", "-q", "-b", "main"]);
        }
        let worked = if bare { &work } else { &repo };
        worked.write(".env", &line);
        worked.write("keylint.toml", "exclude = [\"x.env\"]\n");
        worked.write("x.env", &line);
        worked.commit();
        worked.git(&["rm", "-q", ".env"]);
        worked.commit();
        if bare {
            work.git(&["push", "-q", &repo.root.display().to_string(), "main"]);
        }
        let (findings, code) = repo.findings(&["--history"]);
        assert_eq!(
            findings.iter().map(common::place).collect::<Vec<_>>(),
            [".env:1:9 secret-in-history"],
            "{options:?}"
        );
        assert_eq!(code, 1);
    }
}

#[cfg(unix)]
#[test]
fn links_and_modes() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let secret = key(&mut rng);
    std::os::unix::fs::symlink(&secret, repo.path("link.sh")).unwrap();
    repo.write("run.sh", format!("A_TOKEN={}\n", key(&mut rng)));
    let mut commits = vec![repo.commit_on("2026-01-01T12:00:00Z")];
    repo.git(&["update-index", "--chmod=+x", "run.sh"]);
    repo.git(&["commit", "-q", "-m", "x"]);
    repo.git(&["rm", "-q", "-f", "link.sh"]);
    commits.push(repo.commit_on("2026-01-03T12:00:00Z"));
    let (findings, _) = repo.findings(&["--history"]);
    assert_eq!(
        findings.iter().map(common::place).collect::<Vec<_>>(),
        ["run.sh:1:9 secret-in-launcher", "link.sh:1:1 secret-in-history"]
    );
    assert!(findings[0]["message"].as_str().unwrap().contains("in 1 version from "), "a mode is no version");
}

#[test]
fn everything_in_the_object_database() {
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let secret: Vec<String> = (0..7).map(|_| key(&mut rng)).collect();
    let mut commits = Vec::new();
    repo.write("doc/notes.txt", format!("see {}\n", secret[0]));
    repo.write("run.sh", format!("export A_TOKEN={}\n", secret[1]));
    repo.write("nul.bin", format!("\0\0{}\0", secret[2]));
    commits.push(repo.commit_on("2026-01-01T12:00:00Z"));
    repo.write("doc/notes.txt", "see above\n");
    commits.push(repo.commit_on("2026-01-02T12:00:00Z"));
    // A commit that nothing leads to, a file that was only staged, and texts that are in no file.
    repo.write("lost.txt", format!("{}\n", secret[3]));
    let lost = repo.commit_on("2026-01-03T12:00:00Z");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    repo.git(&["reflog", "expire", "--expire=now", "--all"]);
    repo.write("staged.txt", format!("{}\n", secret[4]));
    repo.git(&["add", "staged.txt"]);
    let staged = text(&repo.git(&["rev-parse", ":staged.txt"])).trim().to_owned();
    repo.git(&["rm", "-q", "--cached", "staged.txt"]);
    std::fs::remove_file(repo.path("staged.txt")).unwrap();
    repo.git(&["commit", "-q", "--allow-empty", "-m", &format!("uses {}", secret[5])]);
    commits.push(repo.commit_of("HEAD"));
    repo.git(&["tag", "-a", "-m", &format!("uses {}", secret[6]), "v1"]);
    repo.git(&["notes", "add", "-m", &format!("used {} before", secret[0])]);
    let lost_blob = text(&repo.git(&["rev-parse", &format!("{lost}:lost.txt")])).trim().to_owned();
    let tag = text(&repo.git(&["rev-parse", "v1"])).trim().to_owned();
    let note = text(&repo.git(&["ls-tree", "-r", "--name-only", "refs/notes/commits"])).trim().to_owned();

    let places_of = |arguments: &[&str]| {
        let (findings, code) = repo.findings(arguments);
        assert_eq!(code, 1);
        let of = |one: &Value| {
            let related = one["related"].as_array().unwrap().iter().map(|place| place["path"].as_str().unwrap());
            (common::place(one), related.map(str::to_owned).collect::<Vec<_>>())
        };
        findings.iter().map(of).collect::<Vec<_>>()
    };
    let one = |place: &str| (place.to_owned(), Vec::new());
    assert_eq!(places_of(&["--history"]), [one("run.sh:1:16 secret-in-launcher")]);
    let mut found = places_of(&["--history", "--all-files"]);
    let mut expected = vec![
        one("nul.bin:1:3 secret-in-text"),
        one("run.sh:1:16 secret-in-launcher"),
        // The note was written last.
        (format!("{note}:1:6 secret-in-history"), vec!["doc/notes.txt".to_owned()]),
        one(&format!("{lost_blob}:1:1 secret-in-history")),
        one(&format!("{staged}:1:1 secret-in-history")),
        one(&format!("{}:6:6 secret-in-history", commits[2])),
        one(&format!("{tag}:6:6 secret-in-history")),
    ];
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let packed = repo.command(&["gc", "-q", "--prune=now"]).status().unwrap();
    assert!(packed.success());
    let without = |place: &&(String, Vec<String>)| !place.0.starts_with(&lost_blob) && !place.0.starts_with(&staged);
    let mut found = places_of(&["--history", "--all-files"]);
    found.sort();
    assert_eq!(found, expected.iter().filter(without).cloned().collect::<Vec<_>>());
}

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_refs_and_a_name_that_is_no_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut rng = Rng::from_entropy();
    let repo = Repo::new();
    let name = std::ffi::OsStr::from_bytes(b"\xff.env");
    repo.write(name, format!("A_TOKEN={}\n", key(&mut rng)));
    let first = repo.commit_on("2026-01-01T12:00:00Z");
    std::fs::remove_file(repo.path(name)).unwrap();
    let last = repo.commit_on("2026-01-01T12:00:00Z");
    let refs: String = (0..10_000).map(|number| format!("create refs/heads/x{number} {last}\n")).collect();
    repo.git_with(&["update-ref", "--stdin"], refs.as_bytes());
    let (findings, _) = repo.findings(&["--history"]);
    assert_eq!(findings.iter().map(common::place).collect::<Vec<_>>(), ["\u{fffd}.env:1:9 secret-in-history"]);
    repo.git_with(&["update-ref", "--stdin"], format!("update refs/heads/x77 {first}\n").as_bytes());
    let (findings, _) = repo.findings(&["--history"]);
    assert!(findings[0]["message"].as_str().unwrap().contains("`x77` has it"), "{}", findings[0]["message"]);
}
