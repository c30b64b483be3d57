//! `keylint lint --fix` and `--diff`: what is written, in which order, and what is left alone.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::repo::Repo;
use common::sample::Rng;
use common::{mended, run, text, token};
use keylint::finding::Severity;

const LOCAL: &str = ".claude/settings.local.json";
const SHARED: &str = ".claude/settings.json";
const IGNORED: &str = "**/.claude/settings.local.json\n";

fn secret() -> String {
    token("anthropic-api-key", &mut Rng::from_entropy()).unwrap()
}

/// Settings with a token in them.
fn settings(secret: &str) -> String {
    format!("{{\n  \"env\": {{\n    \"ANTHROPIC_API_KEY\": \"{secret}\"\n  }},\n  \"model\": \"opus\"\n}}\n")
}

const CLEAN: &str = "{\n  \"model\": \"opus\"\n}\n";

const COMMENTED: &str = "{\n  // why\n  \"model\": \"opus\"\n}\n";

fn local(secret: &str) -> String {
    format!("{{\n  \"env\": {{\n    \"ANTHROPIC_API_KEY\": \"{secret}\"\n  }}\n}}\n")
}

fn read(repo: &Repo, path: &str) -> String {
    fs::read_to_string(repo.path(path)).unwrap()
}

/// What is printed on both streams, and the exit code.
fn keylint(repo: &Repo, arguments: &[&str]) -> (String, String, i32) {
    let output = run(repo.keylint(&[&["lint"], arguments].concat()));
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

/// Every file, git's own left out.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().is_some_and(|name| name == ".git") {
            } else if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_credential_moves_behind_a_rule_that_is_written_first() {
    let secret = secret();
    let repo = Repo::committed(&[(SHARED, &settings(&secret)), (".gitignore", "target/\r\n")]);
    let before = files(&repo.root);
    let (out, err, code) = keylint(&repo, &["--diff", "--unsafe-fixes"]);
    assert_eq!((err.as_str(), code), ("", 1));
    assert!(!out.contains(&secret), "masked on both sides");
    for line in
        ["--- /dev/null", "+++ b/.claude/settings.local.json", "-  \"env\": {", "+**/.claude/settings.local.json"]
    {
        assert!(out.lines().any(|found| found == line), "{line}\n{out}");
    }
    assert_eq!(files(&repo.root), before, "a preview changes nothing");

    let (out, err, code) = keylint(&repo, &["--fix", "--unsafe-fixes"]);
    assert_eq!((err.as_str(), code), ("", 1), "{out}");
    assert!(!out.contains(&secret));
    assert_eq!(read(&repo, LOCAL), local(&secret));
    assert_eq!(read(&repo, SHARED), CLEAN);
    assert_eq!(read(&repo, ".gitignore"), format!("target/\r\n{}\r\n", IGNORED.trim()));
    #[cfg(unix)]
    assert_eq!((mode(&repo.path(LOCAL)), mode(&repo.path(SHARED))), (0o600, before_mode()));
    assert!(out.contains("left to do: revoke what `env.ANTHROPIC_API_KEY` held"), "{out}");
    assert!(repo.git_can(&["check-ignore", "-q", LOCAL]));

    let after = files(&repo.root);
    let (out, _, code) = keylint(&repo, &["--fix", "--unsafe-fixes"]);
    assert_eq!((out.contains("fixed"), code), (false, 0), "{out}");
    assert_eq!(files(&repo.root), after, "nothing is left to fix");
}

/// The mode that a new file gets.
#[cfg(unix)]
fn before_mode() -> u32 {
    let repo = Repo::plain();
    repo.write("x", "");
    mode(&repo.path("x"))
}

#[test]
fn only_what_is_asked_for_is_changed() {
    let secret = secret();
    let commented = settings(&secret).replace("{\n  \"env\"", "{\n  // why\n  \"env\"");
    let repo = Repo::committed(&[(SHARED, &commented), (".gitignore", IGNORED)]);
    let (out, _, code) = keylint(&repo, &["--fix"]);
    assert_eq!(code, 1);
    assert_eq!(read(&repo, SHARED), settings(&secret), "the comment is gone, the credential needs --unsafe-fixes");
    assert!(out.contains("1 can be fixed with --fix --unsafe-fixes; --diff shows how\n"), "{out}");
    assert!(!repo.path(LOCAL).exists());

    for refused in
        [&["--unsafe-fixes"][..], &["--fix", "--diff"], &["--fix", "--history"], &["--fix", "--range", "a..b"]]
    {
        let (out, err, code) = keylint(&repo, refused);
        assert_eq!((out.as_str(), code), ("", 2), "{refused:?} {err}");
    }

    // A finding that is accepted, of another rule, or below the severity stays.
    repo.write("keylint.toml", "[rules]\nsettings-dropped = \"off\"\n");
    repo.write(SHARED, COMMENTED);
    keylint(&repo, &["--fix"]);
    assert_eq!(read(&repo, SHARED), COMMENTED);
    fs::remove_file(repo.path("keylint.toml")).unwrap();
    keylint(&repo, &["--fix", "--rule", "both-credentials"]);
    keylint(&repo, &["--fix", "--ignore", "settings-dropped"]);
    assert_eq!(read(&repo, SHARED), COMMENTED);
    repo.write("other/x", "");
    keylint(&repo, &["--fix", "other"]);
    assert_eq!(read(&repo, SHARED), COMMENTED, "outside of what is reported on");
    keylint(&repo, &["--fix", ".claude"]);
    assert_eq!(read(&repo, SHARED), CLEAN);
}

#[test]
fn what_stands_in_the_way_is_said() {
    let (one, other) = (secret(), secret());
    let repo = Repo::committed(&[(SHARED, &settings(&one)), (".gitignore", IGNORED)]);
    repo.write(LOCAL, local(&other));
    let before = files(&repo.root);
    let (out, _, code) = keylint(&repo, &["--fix", "--unsafe-fixes"]);
    assert_eq!(code, 1);
    let expected = "not fixed: .claude/settings.json:3:27: `.claude/settings.local.json` has another value for \
                    ANTHROPIC_API_KEY: decide which one is right [secret-in-settings]\n";
    assert!(out.contains(expected) && !out.contains("can be fixed"), "{out}");
    assert!(!out.contains(&one) && !out.contains(&other));
    assert_eq!(files(&repo.root), before);

    // The same value there: only the shared file changes.
    repo.write(LOCAL, local(&one));
    keylint(&repo, &["--fix", "--unsafe-fixes"]);
    assert_eq!((read(&repo, SHARED).as_str(), read(&repo, LOCAL)), (CLEAN, local(&one)));

    // git has the local file already.
    let repo = Repo::committed(&[(SHARED, &settings(&one)), (LOCAL, "{}\n")]);
    let before = files(&repo.root);
    let (out, ..) = keylint(&repo, &["--fix", "--unsafe-fixes", "--rule", "secret-in-settings"]);
    assert!(out.contains("git tracks `.claude/settings.local.json`: take it out first"), "{out}");
    assert_eq!(files(&repo.root), before);

    // Only this machine ignores it.
    let repo = Repo::committed(&[(SHARED, &settings(&one))]);
    fs::write(repo.path(".git/info/exclude"), IGNORED).unwrap();
    let (out, ..) = keylint(&repo, &["--fix", "--unsafe-fixes", "--rule", "secret-in-settings"]);
    assert!(out.contains("only .git/info/exclude:1 on this machine ignores `.claude/settings.local.json`"), "{out}");
    assert_eq!(read(&repo, SHARED), settings(&one));
}

#[cfg(unix)]
#[test]
fn links_are_not_written_through() {
    let repo = Repo::committed(&[("real.json", COMMENTED), (".gitignore", IGNORED)]);
    fs::create_dir_all(repo.path(".claude")).unwrap();
    std::os::unix::fs::symlink("../real.json", repo.path(SHARED)).unwrap();
    repo.commit();
    let (out, _, code) = keylint(&repo, &["--fix"]);
    assert_eq!(code, 1);
    assert!(out.contains("`.claude/settings.json` is a symbolic link: change what it leads to"), "{out}");
    assert_eq!(read(&repo, "real.json"), COMMENTED);
}

#[test]
fn encodings_are_kept_or_refused() {
    let marked = format!("\u{FEFF}{}", COMMENTED.replace('\n', "\r\n"));
    let repo = Repo::committed(&[(SHARED, &marked), (".gitignore", IGNORED)]);
    keylint(&repo, &["--fix"]);
    assert_eq!(read(&repo, SHARED), format!("\u{FEFF}{}", CLEAN.replace('\n', "\r\n")));

    let wide: Vec<u8> = format!("\u{FEFF}{COMMENTED}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    repo.write(SHARED, &wide);
    let (out, ..) = keylint(&repo, &["--fix"]);
    assert!(out.contains("`.claude/settings.json` is not UTF-8: save it as that first"), "{out}");
    assert_eq!(fs::read(repo.path(SHARED)).unwrap(), wide);
}

#[cfg(unix)]
#[test]
fn modes_are_kept_and_narrowed() {
    use std::os::unix::fs::PermissionsExt as _;
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let secret = secret();
    let repo = Repo::committed(&[(SHARED, COMMENTED), (".gitignore", IGNORED)]);
    repo.open_to_others(true);
    repo.write(LOCAL, local(&secret));
    set(&repo.path(SHARED), 0o640);
    set(&repo.path(LOCAL), 0o644);
    let (out, _, code) = keylint(&repo, &["--diff", "--min-severity", "note"]);
    assert_eq!(code, 1);
    assert!(out.contains("chmod go= .claude/settings.local.json\n"), "{out}");
    keylint(&repo, &["--fix", "--min-severity", "note"]);
    assert_eq!((mode(&repo.path(SHARED)), mode(&repo.path(LOCAL))), (0o640, 0o600));
    assert_eq!((read(&repo, SHARED).as_str(), read(&repo, LOCAL)), (CLEAN, local(&secret)));
    let (out, _, code) = keylint(&repo, &["--fix", "--min-severity", "note"]);
    assert_eq!((out.contains("fixed"), code), (false, 0), "{out}");
}

#[test]
fn programs_get_the_report_alone() {
    let repo = Repo::committed(&[(SHARED, COMMENTED), (".gitignore", IGNORED)]);
    let (out, err, code) = keylint(&repo, &["--fix", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((report["findings"].as_array().unwrap().len(), code), (0, 1));
    assert_eq!(err, "fixed: .claude/settings.json: remove the comment [settings-dropped]\n");
    repo.write(SHARED, COMMENTED);
    let (findings, _) = repo.findings(&[]);
    assert_eq!(findings[0]["fix"], "safe");
    repo.write(SHARED, settings(&secret()));
    let (findings, _) = repo.findings(&[]);
    assert_eq!(findings[0]["fix"], "unsafe");
}

#[test]
fn without_git_a_name_decides() {
    let secret = secret();
    let repo = Repo::plain();
    repo.write(SHARED, settings(&secret));
    keylint(&repo, &["--fix", "--unsafe-fixes"]);
    assert_eq!((read(&repo, SHARED).as_str(), read(&repo, LOCAL)), (CLEAN, local(&secret)));
}

#[test]
fn a_commit_is_mended_in_the_work_tree() {
    let repo = Repo::committed(&[(".gitignore", IGNORED), ("a/.claude/settings.json", COMMENTED)]);
    repo.write(SHARED, COMMENTED);
    repo.git(&["add", "-A"]);
    let (out, err, code) = keylint(&repo, &["--staged", "--fix"]);
    assert_eq!((err.as_str(), code), ("", 1));
    let expected = "fixed: .claude/settings.json: remove the comment [settings-dropped]\n\
                    left to do: the index has what it had: `git add` what was fixed\n\
                    nothing to report\n";
    assert!(out.starts_with(expected), "{out}");
    assert_eq!(read(&repo, SHARED), CLEAN);
    assert_eq!(text(&repo.git(&["show", ":.claude/settings.json"])), COMMENTED, "the index is not touched");
    assert_eq!(read(&repo, "a/.claude/settings.json"), COMMENTED, "not of this commit");
    repo.git(&["add", "-A"]);
    assert_eq!(keylint(&repo, &["--staged", "--fix"]).2, 0);

    // A part of the file is staged: the change is shown, and not made.
    let rest = COMMENTED.replace("opus", "sonnet");
    repo.write(SHARED, COMMENTED);
    repo.git(&["add", "-A"]);
    repo.write(SHARED, &rest);
    let (out, _, code) = keylint(&repo, &["--staged", "--fix"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("not fixed: .claude/settings.json:2:3: `.claude/settings.json` has changes that are not staged")
    );
    assert!(out.contains("--- a/.claude/settings.json\n") && out.contains("\n-  // why\n"), "{out}");
    assert_eq!(read(&repo, SHARED), rest);
}

#[test]
fn as_a_framework_asks() {
    let repo = Repo::committed(&[(".gitignore", IGNORED)]);
    repo.write(SHARED, COMMENTED);
    repo.git(&["add", "-A"]);
    let (out, _, code) = keylint(&repo, &["--pre-commit", "--fix", SHARED]);
    assert_eq!((read(&repo, SHARED).as_str(), code), (CLEAN, 1), "{out}");
    // All files, as nothing of them is staged.
    repo.commit();
    repo.write(SHARED, COMMENTED);
    repo.commit();
    let (out, _, code) = keylint(&repo, &["--pre-commit", "--fix", SHARED, ".gitignore"]);
    assert_eq!((read(&repo, SHARED).as_str(), code), (CLEAN, 1), "{out}");
    let mut range = repo.keylint(&["lint", "--pre-commit", "--fix", SHARED]);
    range.env("PRE_COMMIT_FROM_REF", "HEAD~1").env("PRE_COMMIT_TO_REF", "HEAD");
    let output = run(range);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""), "{}", text(&output.stderr));
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let repo = Repo::committed(&[(SHARED, &settings(&secret())), (".gitignore", "x\n")]);
    let found = mended(&repo.root, Severity::Note);
    repo.write(SHARED, "{}\n");
    let before = files(&repo.root);
    let failure = found.plan.write(&mut |_| {}).unwrap_err();
    assert_eq!(failure.path.as_str(), SHARED);
    assert_eq!(failure.reason, "it has changed since it was read; run keylint once more");
    assert_eq!(files(&repo.root), before, "not even what comes before it is written");

    // The same between the first look and the last.
    let repo = Repo::committed(&[(SHARED, COMMENTED), (".gitignore", IGNORED)]);
    let found = mended(&repo.root, Severity::Note);
    let failure = found.plan.write(&mut |_| repo.write(SHARED, "{}\n")).unwrap_err();
    assert_eq!(failure.path.as_str(), SHARED);
    assert_eq!(read(&repo, SHARED), "{}\n");
    assert!(fs::read_dir(repo.path(".git")).unwrap().all(|entry| !is_temporary(&entry.unwrap().path())));
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().unwrap().to_str().unwrap().starts_with(".keylint-")
}

/// A disk that takes nothing more, as a limit that also holds for whoever may do everything.
#[cfg(unix)]
#[test]
fn what_cannot_be_written_fails_the_run() {
    let repo = Repo::committed(&[(SHARED, COMMENTED), (".gitignore", IGNORED)]);
    let before = files(&repo.root);
    let full = "trap '' XFSZ; ulimit -f 0; exec \"$0\" lint --fix";
    let output = run(repo.program("sh", &["-c", full, env!("CARGO_BIN_EXE_keylint")]));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!((out.as_str(), output.status.code()), ("", Some(2)));
    assert!(err.starts_with("error: not written: .claude/settings.json: File too large"), "{err}");
    assert_eq!(files(&repo.root), before);
    assert!(fs::read_dir(repo.path(".git")).unwrap().all(|entry| !is_temporary(&entry.unwrap().path())));
}

/// The variable that makes this very test program write, and stop dead.
const STOP: &str = "KEYLINT_TEST_STOP";

/// Writes all that there is to mend in the current folder, and stops the process dead at a stage.
fn stop_at(stop: usize) {
    let found = mended(&std::env::current_dir().unwrap(), Severity::Warning);
    let mut stages = 0;
    let written = found.plan.write(&mut |_| {
        stages += 1;
        if stages == stop {
            std::process::abort();
        }
    });
    written.unwrap();
}

#[test]
fn a_stop_at_any_point_loses_and_exposes_nothing() {
    // This very test, in a process of its own.
    if let Ok(stop) = std::env::var(STOP) {
        return stop_at(stop.parse().unwrap());
    }
    let mut stops = 0;
    for has_local in [false, true] {
        for stop in 1.. {
            let secret = secret();
            let repo = Repo::committed(&[(SHARED, &settings(&secret)), (".gitignore", "x\n")]);
            if has_local {
                repo.write(".gitignore", IGNORED);
                repo.write(LOCAL, "{\n  \"model\": \"opus\"\n}\n");
                repo.write(".gitignore", "x\n");
            }
            let before = files(&repo.root);
            let own = "a_stop_at_any_point_loses_and_exposes_nothing";
            let mut child: Command = repo.program(std::env::current_exe().unwrap(), &["--exact", own]);
            let output = child.env(STOP, stop.to_string()).output().unwrap();
            let is_through = output.status.success();
            let now = files(&repo.root);
            // Not lost.
            let holders: Vec<&str> =
                now.iter().filter(|(_, bytes)| text(bytes).contains(&secret)).map(|(path, _)| path.as_str()).collect();
            assert!(!holders.is_empty(), "stop {stop}");
            // Not exposed where it was not: of all that git has or would take, only the shared file may have it.
            let taken = text(&repo.git(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"]));
            let exposed = holders.iter().filter(|path| taken.split('\0').any(|taken| taken == **path));
            assert!(exposed.copied().all(|path| path == SHARED), "stop {stop}: {holders:?}");
            // Every file is as it was or as it is to be.
            for (path, bytes) in &now {
                let is_old = before.get(path) == Some(bytes);
                let new = text(bytes);
                let is_new = match path.as_str() {
                    SHARED => new == CLEAN,
                    LOCAL => serde_json::from_str::<serde_json::Value>(&new).is_ok() && new.contains(&secret),
                    ".gitignore" => new == format!("x\n{IGNORED}"),
                    _ => false,
                };
                assert!(is_old || is_new, "stop {stop}: {path}: {new}");
            }
            // Whoever runs it again gets to the end.
            keylint(&repo, &["--fix", "--unsafe-fixes"]);
            assert_eq!(read(&repo, SHARED), CLEAN, "stop {stop}");
            assert!(read(&repo, LOCAL).contains(&secret));
            if is_through {
                break;
            }
            stops += 1;
        }
    }
    // Three stages each of the ignore file, the private file and the shared one, twice.
    assert_eq!(stops, 18);
}

#[test]
fn what_a_dropped_file_hides_is_mended_next_or_keeps_it_dropped() {
    let token = token("base62-key", &mut Rng::from_entropy()).unwrap();
    let with = |comment: &str, path: &str, key: &str| {
        format!(
            "{{\n  {comment}\"env\": {{\n    \"ANTHROPIC_BASE_URL\": \"https://api.z.ai/api/anthropic{path}\",\n    {key}\
             \"ANTHROPIC_AUTH_TOKEN\": \"{token}\"\n  }}\n}}\n"
        )
    };
    let repo = Repo::committed(&[(".gitignore", IGNORED)]);
    repo.write(LOCAL, with("// ours\n  ", "/v1/messages", ""));
    let (out, _, code) = keylint(&repo, &["--fix"]);
    assert_eq!((read(&repo, LOCAL), code), (with("", "", ""), 1), "{out}");

    let both = "\"ANTHROPIC_API_KEY\": \"another-key-of-mine\",\n    ";
    let dropped = with("// ours\n  ", "", both);
    repo.write(LOCAL, &dropped);
    let (out, ..) = keylint(&repo, &["--fix"]);
    assert!(
        out.contains("not fixed: .claude/settings.local.json:2:3: `both-credentials` would be found then: "),
        "{out}"
    );
    assert_eq!(read(&repo, LOCAL), dropped);
    keylint(&repo, &["--fix", "--unsafe-fixes"]);
    assert_eq!(read(&repo, LOCAL), with("", "", "\"ANTHROPIC_API_KEY\": \"\",\n    "));
}
