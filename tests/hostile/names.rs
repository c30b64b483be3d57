//! Names that are more than names: of files, branches, authors, and what people type.

use std::fs;

use super::common::repo::Repo;
use super::{IGNORE, USUAL, bounded, in_launcher, key, keylint, launcher, lint};

/// Escape sequences of both sets of control characters, a turn of direction, ends of lines, and words of two runners.
const HOSTILE: &str = "a\u{1b}[2J\u{9b}31m\u{202e}\r\n::error::%0A##[add-mask]x.sh";

/// The same where people see it.
const SEEN: &str = "a␛[2J�31m�␍␊::error::%0A##[add-mask]x.sh";

const FORMATS: [&str; 10] =
    ["human", "concise", "json", "github", "sarif", "gitlab", "junit", "checkstyle", "rdjson", "markdown"];

/// A key in a file below a folder, both with hostile names.
fn repository() -> (Repo, String) {
    let (repo, key) = (Repo::committed(&[IGNORE]), key());
    // A line of the file is shown, too.
    repo.write(HOSTILE, format!("# {HOSTILE}\u{7f}\n{} # \u{9b}2J\u{202e}\n", launcher(&key).trim_end()));
    repo.commit();
    (repo, key)
}

/// How many lines the runner of GitHub Actions takes for commands. Behind `:::` stands a second place of a finding.
fn commands(output: &str) -> usize {
    let lines = output.lines().map(str::trim_start);
    lines.filter(|line| line.starts_with("::") && !line.starts_with("::: ")).count()
}

#[test]
fn in_all_formats() {
    let (repo, key) = repository();
    for format in FORMATS {
        let ended = bounded(&repo.keylint(&["lint", "--format", format]), USUAL);
        ended.hides(&key);
        ended.is_harmless();
        assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""), "{format}");
        let (name, lines) = match format {
            "human" => (format!(" --> {SEEN}:3:26\n"), 0),
            "concise" => (format!("{SEEN}:3:26: error[secret-in-launcher]: "), 3),
            // A parser reads the name itself.
            "json" | "gitlab" | "rdjson" => {
                (r#""a\u001b[2J\u009b31m\u202e\r\n::error::%0A##[add-mask]x.sh""#.to_owned(), 0)
            }
            "junit" => ("file=\"a�[2J&#155;31m&#8238;&#13;&#10;::error::%0A##[add-mask]x.sh\"".to_owned(), 0),
            "checkstyle" => ("name=\"a�[2J&#155;31m&#8238;&#13;&#10;::error::%0A##[add-mask]x.sh\"".to_owned(), 0),
            "github" => ("::error file=a�[2J�31m�%0D%0A%3A%3Aerror%3A%3A%250A##[add-mask]x.sh,line=3,".to_owned(), 3),
            "sarif" => {
                ("a%1B%5B2J%C2%9B31m%E2%80%AE%0D%0A%3A%3Aerror%3A%3A%250A%23%23%5Badd-mask%5Dx.sh".to_owned(), 0)
            }
            _ => ("<code>a␛&#91;2J�31m�␍␊&#58;&#58;error&#58;&#58;%0A&#35;&#35;&#91;add-mask&#93;x.sh".to_owned(), 0),
        };
        assert!(ended.out.contains(&name), "{format}: {name}\n{:.2000}", ended.out);
        assert!(lines == 0 || ended.out.lines().count() == lines, "{format}: {}", ended.out);
        assert_eq!(commands(&ended.out), usize::from(format == "github"), "{format}: {}", ended.out);
    }
}

/// What other commands say of such a file, and of a folder that is called so.
#[test]
fn in_all_commands() {
    let (repo, key) = repository();
    let place = format!("{SEEN}:3:26");
    for (arguments, expected) in [
        (&["lint", "--staged"][..], "nothing to report"),
        (&["lint", "--range", "HEAD~1..HEAD", "--format", "concise"], place.as_str()),
        (&["lint", "--history", "--format", "concise"], &place),
        (&["lint", "--fix", "--unsafe-fixes", "--format", "concise"], &place),
        (&["route"], &format!("script {SEEN}:4")),
        (&["route", "--format", "json"], r#""a\u001b[2J\u009b31m\u202e\r\n::error::%0A##[add-mask]x.sh""#),
        (
            &["allow", "secret-in-launcher", HOSTILE, "ANTHROPIC_API_KEY", "--reason", "x"],
            "error: ROOT/keylint.toml: the file's name is too long for a pattern, or has line breaks: `keylint baseline` \
             accepts what is found in it\n",
        ),
        (&["baseline"], "1 finding is accepted in ROOT/keylint-baseline.txt\n"),
        (&["lint"], "nothing to report; 1 in the baseline"),
    ] {
        let ended = bounded(&repo.keylint(arguments), USUAL);
        ended.hides(&key);
        ended.is_harmless();
        let (code, out, err) = ended.told(&repo);
        let said = if code == Some(2) { &err } else { &out };
        assert!(said.contains(expected) && (code == Some(2) || err.is_empty()), "{arguments:?}: {out}{err}");
    }
    // The folder itself.
    let moved = repo.home().join(HOSTILE);
    fs::rename(&repo.root, &moved).unwrap();
    for (arguments, expected) in [
        (&["lint", "nowhere"][..], format!("{SEEN}/nowhere: no such file or folder\n")),
        (&["lint", ".git/x"], format!("{SEEN}/.git lies in git's own folder: run keylint in the work tree\n")),
        (&["baseline"], format!("{SEEN}/keylint-baseline.txt\n")),
        (&["hook", "install"], format!("{SEEN}/.git/hooks/pre-commit runs")),
    ] {
        let mut command = repo.keylint(arguments);
        command.current_dir(&moved).env("GIT_CEILING_DIRECTORIES", repo.home());
        let ended = bounded(&command, USUAL);
        ended.is_harmless();
        let said = ended.out + &ended.err;
        assert!(said.replace("## [", "##[").contains(&expected), "{arguments:?}: {said}");
        assert!(said.lines().count() < 3 && !said.contains("##[add-mask]"), "{said}");
    }
    fs::rename(&moved, &repo.root).unwrap();
}

/// What is typed, or put on the command line by a framework.
#[test]
fn on_the_command_line() {
    let (repo, key) = repository();
    for (arguments, code, expected) in [
        (
            &["lint", "no\u{1b}[31m\u{9b}\n::error::x"][..],
            2,
            "error: ROOT/no␛[31m�␊::error::x: no such file or folder\n",
        ),
        (&["lint", "--history=-x"], 2, "error: --history takes revisions, such as main or v1..HEAD, and no options\n"),
        (&["lint", "--config", "\u{9b}x"], 2, "error: ROOT/�x: No such file or directory (os error 2)\n"),
        (&["lint", "--output", "json=no\u{9b}/x"], 2, "error: --output: there is no folder ROOT/no�\n"),
        (&["explain", "\u{1b}[31m"], 2, "error: there is no rule \"\\u{1b}[31m\": `keylint rules` lists them\n"),
    ] {
        let ended = bounded(&repo.keylint(arguments), USUAL);
        ended.is_harmless();
        let (ended_with, _, err) = ended.told(&repo);
        assert_eq!((ended_with, err.as_str()), (Some(code), expected), "{arguments:?}");
    }
    for revision in ["no\u{9b}\u{1b}[2J\u{202e}", "no\n--output=x", "--output=x"] {
        let ended = bounded(&repo.keylint(&["lint", &format!("--history=HEAD {revision}")]), USUAL);
        ended.hides(&key);
        ended.is_harmless();
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{revision:?}");
        assert!(ended.err.starts_with("error: ") && ended.err.lines().count() == 1, "{}", ended.err);
        assert!(!repo.path("x").exists());
    }
}

/// Branches that begin like options or hold what a terminal acts upon, and commits whose author and message do.
#[test]
fn of_branches_and_people() {
    let (repo, key) = (Repo::committed(&[IGNORE]), key());
    repo.write("run.sh", launcher(&key));
    repo.git(&["add", "-A"]);
    let mut commit = repo.command(&["commit", "-q", "-F", "-"]);
    commit.env("GIT_AUTHOR_NAME", "e\u{1b}[31mvil\u{9b}2J").env("GIT_COMMITTER_NAME", "e\u{202e}vil");
    let message = format!("\u{1b}[2J\u{9b}2J\u{202e} {key}\r\n\n::error::x\n##[add-mask]x\n");
    let message_file = repo.home().join("message");
    fs::write(&message_file, message).unwrap();
    assert!(commit.stdin(fs::File::open(&message_file).unwrap()).status().unwrap().success());
    for name in ["-x", "--output=x", "a\u{9b}2J\u{202e}b"] {
        repo.git(&["update-ref", &format!("refs/heads/{name}"), "HEAD"]);
        repo.git(&["update-ref", &format!("refs/tags/{name}"), "HEAD"]);
    }
    repo.git(&["checkout", "-q", "--detach"]);
    repo.git(&["update-ref", "-d", "refs/heads/main"]);
    for all in [&["--history"][..], &["--history", "--all-files"]] {
        for format in FORMATS {
            let ended = bounded(&repo.keylint(&[&["lint", "--format", format], all].concat()), USUAL);
            ended.hides(&key);
            ended.is_harmless();
            assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""), "{format}");
            assert_eq!(commands(&ended.out), usize::from(format == "github"), "{}", ended.out);
        }
        assert_eq!(lint(&repo, all, &key, USUAL).0, [in_launcher("run.sh")]);
    }
    // Once the file is gone, the message alone has the key.
    repo.git(&["rm", "-q", "run.sh"]);
    let hostile = "a\u{9b}2J\u{202e}b";
    for (range, code) in
        [("HEAD~1..HEAD", 1), (&*format!("{hostile}~1..{hostile}"), 1), (&format!("{hostile}..HEAD"), 0)]
    {
        let ended = bounded(&repo.keylint(&["lint", "--range", range, "--format", "concise"]), USUAL);
        ended.hides(&key);
        ended.is_harmless();
        assert_eq!((ended.code, ended.err.as_str()), (Some(code), ""), "{range:?}: {}", ended.out);
    }
    let (code, out, err) = keylint(&repo, &["lint", "--range=-x..HEAD"], &key);
    let expected = "error: --range -x..HEAD: `-x` is no commit of this clone (it begins like an option)\n";
    assert_eq!((code, out.as_str(), err.as_str()), (Some(2), "", expected));
    assert!(!repo.path("x").exists());
}
