//! `--output FORMAT=FILE`.

use super::*;
use crate::common::{run, text, token};

const LEAK: (&str, &str) = ("start.sh", "export ANTHROPIC_API_KEY=@@anthropic-api-key@@\nclaude\n");

const NAMES: [&str; 10] =
    ["human", "concise", "json", "github", "sarif", "gitlab", "junit", "checkstyle", "rdjson", "markdown"];

/// What is printed, what is said on standard error, and the exit code.
fn lint(repo: &Repo, arguments: &[&str]) -> (String, String, i32) {
    let output = run(repo.keylint(&[&["lint", "start.sh"], arguments].concat()));
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

#[test]
fn each_file_has_what_would_be_printed() {
    let mut rng = rng("each_file_has_what_would_be_printed");
    let repo = repository(&[LEAK], &mut rng);
    let folder = repo.home().join("out");
    std::fs::create_dir(&folder).unwrap();
    for (options, plain) in [
        (&[][..], &[][..]),
        (&["--quiet"], &["--quiet"]),
        (&["--statistics"], &["--statistics"]),
        (&["--min-severity", "error", "--color", "always"], &["--min-severity", "error"]),
    ] {
        let wanted: Vec<String> =
            NAMES.iter().map(|name| format!("--output={name}={}", folder.join(name).display())).collect();
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).chain(options.iter().copied()).collect();
        let printed = lint(&repo, &wanted);
        assert_eq!(printed, lint(&repo, options), "what is printed stays");
        assert_eq!(printed.2, 1);
        for name in NAMES {
            let written = std::fs::read_to_string(folder.join(name)).unwrap();
            // A file is no terminal.
            let (expected, ..) = lint(&repo, &[&["--format", name, "--color", "never"], plain].concat());
            assert_eq!(written, expected, "{name} {options:?}");
        }
    }
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert_eq!(left.len(), NAMES.len(), "{left:?}");
}

/// Whoever reads the file meanwhile has the old one or the new one as a whole.
#[cfg(unix)]
#[test]
fn a_file_is_replaced_in_one_step() {
    use std::io::Read as _;
    use std::os::unix::fs::MetadataExt as _;
    let mut rng = rng("a_file_is_replaced_in_one_step");
    let repo = repository(&[LEAK], &mut rng);
    let file = repo.home().join("x.sarif");
    std::fs::write(&file, "old").unwrap();
    let mut reader = std::fs::File::open(&file).unwrap();
    let before = std::fs::metadata(&file).unwrap().ino();
    let option = format!("sarif={}", file.display());
    assert_eq!(lint(&repo, &["--output", &option]).2, 1);
    assert_ne!(std::fs::metadata(&file).unwrap().ino(), before);
    let mut old = String::new();
    reader.read_to_string(&mut old).unwrap();
    assert_eq!(old, "old");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with('{'));
}

#[test]
fn what_can_not_be_written_is_said_behind_the_findings() {
    let mut rng = rng("what_can_not_be_written_is_said_behind_the_findings");
    let repo = repository(&[LEAK], &mut rng);
    let (printed, ..) = lint(&repo, &[]);
    let place = |path: &str| repo.root.join(path).display().to_string();
    std::fs::create_dir(repo.path("folder")).unwrap();
    // The others are written all the same.
    let arguments = ["--output", "sarif=none/x.sarif", "--output", "junit=folder", "--output", "json=x.json"];
    let (out, err, code) = lint(&repo, &arguments);
    assert_eq!((out, code), (printed, 2));
    let lines: Vec<&str> = err.lines().collect();
    assert_eq!(lines[0], format!("error: --output: there is no folder {}", place("none")));
    assert!(lines[1].starts_with(&format!("error: --output: {}: ", place("folder"))), "{err}");
    assert_eq!(lines.len(), 2);
    assert!(std::fs::read_to_string(repo.path("x.json")).unwrap().starts_with('{'));
    // A name that is a key, and one that would be a command.
    let key = token("anthropic-api-key", &mut rng).unwrap();
    let (_, err, code) = lint(&repo, &["--output", &format!("sarif=none/{key}\n/x")]);
    assert!(code == 2 && !err.contains(&key[20..]) && err.lines().count() == 1, "{err}");
    let (_, err, code) = lint(&repo, &["--output", "sarif=none/##[add-mask]/x"]);
    assert_eq!((err, code), (format!("error: --output: there is no folder {}\n", place("none/## [add-mask]")), 2));
}

#[test]
fn what_is_typed_wrong_is_told_before_the_run() {
    let mut rng = rng("what_is_typed_wrong_is_told_before_the_run");
    let repo = repository(&[LEAK], &mut rng);
    let key = token("anthropic-api-key", &mut rng).unwrap();
    let all = NAMES.join(", ");
    for (typed, expected) in [
        ("sarf=x", "error: --output knows no such format: did you mean sarif?".to_owned()),
        ("JUnit=x", "error: --output knows no such format: did you mean junit?".to_owned()),
        (&*format!("{key}=x"), format!("error: --output knows no such format: it takes one of {all}")),
        ("sarif", "error: --output takes FORMAT=FILE, such as sarif=keylint.sarif".to_owned()),
        ("sarif=", "error: --output takes FORMAT=FILE, such as sarif=keylint.sarif".to_owned()),
        ("sarif=-", "error: --output takes FORMAT=FILE, such as sarif=keylint.sarif".to_owned()),
        (&key, "error: --output takes FORMAT=FILE, such as sarif=keylint.sarif".to_owned()),
    ] {
        let (out, err, code) = lint(&repo, &["--output", typed]);
        assert_eq!((out.as_str(), code), ("", 2), "{typed}");
        assert_eq!(err.lines().next().unwrap(), expected, "{typed}");
        assert!(!err.contains(&key[20..]), "{err}");
    }
    for (one, other) in [("sarif=x", "json=x"), ("json=x", "json=./x")] {
        let (out, err, code) = lint(&repo, &["--output", one, "--output", other]);
        assert_eq!((out.as_str(), code), ("", 2));
        assert!(err.starts_with("error: --output: ") && err.ends_with(" can hold one format only\n"), "{err}");
    }
    let left: Vec<_> = std::fs::read_dir(&repo.root).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

/// A pipe that is closed early does not keep the files from being written.
#[cfg(unix)]
#[test]
fn a_closed_pipe_keeps_no_file() {
    let mut rng = rng("a_closed_pipe_keeps_no_file");
    let repo = repository(&[LEAK], &mut rng);
    let mut command = repo.keylint(&["lint", "--output", "sarif=x.sarif"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert!(std::fs::read_to_string(repo.path("x.sarif")).unwrap().starts_with('{'));
}
