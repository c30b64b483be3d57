//! What a repository says about itself, by its `keylint.toml`, its baseline and its comments: it may accept what is found
//! in it, and no more. Whoever does not trust it leaves it out.

use super::common::repo::Repo;
use super::{IGNORE, USUAL, bounded, in_launcher, key, keylint, launcher, leaky, lint};

/// A pull request that brings a key, and a configuration that turns everything off. The configuration of the last commit
/// of a range counts, so that the request decides about itself, which the run says: a build of strangers' requests says
/// `--no-config`, or names a configuration of its own (README, "What a change brings").
#[test]
fn a_request_that_turns_rules_off() {
    let (repo, key) = (Repo::committed(&[IGNORE, ("keylint.toml", "text = \"ai\"\n")]), key());
    repo.git(&["checkout", "-q", "-b", "topic"]);
    repo.write("run.sh", launcher(&key));
    let range = ["--range", "main..HEAD"];
    for off in [
        "[rules]\nall = \"off\"\n",
        "[rules]\nsecret-in-launcher = \"off\"\n",
        "exclude = [\"run.sh\"]\n",
        "exclude = [\"**\"]\n",
        "[[allow]]\nrule = \"secret-in-launcher\"\npath = \"**\"\nreason = \"x\"\n",
        "[[paths]]\nmatch = [\"*.sh\"]\nrules.all = \"off\"\n",
    ] {
        repo.write("keylint.toml", off);
        repo.commit();
        let (found, ended) = lint(&repo, &range, &key, USUAL);
        assert_eq!((found, ended.code), (vec![], Some(0)), "{off}: the request decides");
        let said = "keylint.toml counts as these commits leave it; --config takes one that they can't change";
        assert!(ended.out.contains(said), "{}", ended.out);
        let trusted = repo.home().join("trusted.toml");
        std::fs::write(&trusted, "text = \"ai\"\n").unwrap();
        for without in [&["--no-config"][..], &["--config", trusted.to_str().unwrap()]] {
            let (found, ended) = lint(&repo, &[&range, without].concat(), &key, USUAL);
            assert_eq!((found, ended.code), (vec![in_launcher("run.sh")], Some(1)), "{off} {without:?}");
        }
    }
    // What is wrong in it can't be turned off.
    repo.write("keylint.toml", "exlude = []\n[rules]\nall = \"off\"\nconfiguration-invalid = \"off\"\n");
    repo.commit();
    let (found, _) = lint(&repo, &range, &key, USUAL);
    assert_eq!(found, ["keylint.toml:1:1 configuration-invalid", "keylint.toml:4:1 configuration-invalid"]);
    // Comments and a baseline, too.
    repo.git(&["rm", "-q", "keylint.toml"]);
    repo.write("run.sh", format!("# keylint: ignore-file[secret-in-launcher] x\n{}", launcher(&key)));
    repo.commit();
    assert_eq!(lint(&repo, &range, &key, USUAL).0, [""; 0]);
    let found = ["run.sh:2:26 secret-in-launcher".to_owned()];
    assert_eq!(lint(&repo, &[&range[..], &["--no-inline"]].concat(), &key, USUAL).0, found);
    repo.write("run.sh", format!("\n{}", launcher(&key)));
    assert_eq!(keylint(&repo, &["baseline"], &key).0, Some(0));
    repo.commit();
    assert_eq!(lint(&repo, &range, &key, USUAL).0, [""; 0]);
    assert_eq!(lint(&repo, &[&range[..], &["--no-baseline"]].concat(), &key, USUAL).0, found);
}

/// Words of a configuration that are shown hold no escape sequence and no end of a line, and names stay names.
#[test]
fn words_that_are_shown() {
    let key = key();
    let hostile = "\\u001b[2J\\u009b2J\\u202e\\n::error::x";
    let config = format!(
        "\"{hostile}\" = 1\nexclude = [\"{hostile}\", \"a\\u009b\"]\nbaseline = \"{hostile}\"\n[rules]\n\"{hostile}\" = \"off\"\n\
         secret-in-text = \"{hostile}\"\n[[gateways]]\nhost = \"{hostile}\"\n[[tokens]]\nname = \"{hostile}\"\n\
         pattern = \"tok_{hostile}\"\n[[allow]]\nrule = \"{hostile}\"\npath = \"x\"\nreason = \"{hostile}\"\n\
         expires = \"{hostile}\"\n[variables]\ncredentials = [\"{hostile}\"]\n"
    );
    let repo = Repo::committed(&[IGNORE, ("keylint.toml", &config), ("run.sh", &launcher(&key))]);
    for format in ["human", "concise", "github", "json", "sarif", "junit", "markdown"] {
        let ended = bounded(&repo.keylint(&["lint", "--format", format, "--min-severity", "note"]), USUAL);
        ended.hides(&key);
        ended.is_harmless();
        assert_eq!((ended.code, ended.err.as_str()), (Some(1), ""), "{format}");
        let commands = ended.out.lines().filter(|line| line.starts_with("::")).count();
        assert!(commands == 0 || format == "github", "{}", ended.out);
    }
    // One that is no TOML is quoted by no more than its place.
    repo.write("keylint.toml", "a = \u{9b}2J\n");
    let ended = bounded(&repo.keylint(&["lint"]), USUAL);
    ended.is_harmless();
    assert!(
        ended.code == Some(2) && ended.err.starts_with("error: keylint.toml:1:5: this is no TOML: "),
        "{}",
        ended.err
    );
}

/// A baseline accepts what it names, and nothing for having an odd form.
#[test]
fn baselines() {
    let (repo, key) = leaky();
    assert_eq!(keylint(&repo, &["baseline"], &key).0, Some(0));
    let written = std::fs::read_to_string(repo.path("keylint-baseline.txt")).unwrap();
    let salt = written.lines().find(|line| line.starts_with("salt ")).unwrap();
    for (text, place) in [
        ("\u{1b}[2J\u{9b}\n".to_owned(), "line 1: an entry has four fields with tabs between: rule, path, key, tag"),
        (format!("{salt}\n{salt}\n"), "line 2: a second salt"),
        (format!("{salt}\nsecret-in-launcher\t*\t*\t*\n"), "line 2: a tag has four hexadecimal digits"),
        (format!("{salt}\n<<<<<<< HEAD\n"), "line 2: an entry has four fields with tabs between: rule, path, key, tag"),
        (String::new(), "line 1: there is no salt"),
        ("salt 0\n".to_owned(), "line 1: the salt has to be 16 hexadecimal digits"),
    ] {
        repo.write("keylint-baseline.txt", text);
        let expected = format!(
            "error: keylint-baseline.txt: this is no baseline: {place}; `keylint baseline` writes the file anew\n"
        );
        assert_eq!(keylint(&repo, &["lint"], &key), (Some(2), String::new(), expected));
        assert_eq!(keylint(&repo, &["lint", "--no-baseline"], &key).0, Some(1));
    }
    // Entries by the thousand: accepted is what has the tag of the value.
    let hostile = "\u{1b}[2J\u{9b}\u{202e}";
    let all: String = (0..2000).map(|tag| format!("secret-in-launcher\trun.sh{hostile}\tK\t{tag:04x}\n")).collect();
    repo.write("keylint-baseline.txt", format!("{salt}\n{all}secret-in-launcher\trun.sh\tANTHROPIC_API_KEY\t-\n"));
    let (found, ended) = lint(&repo, &[], &key, USUAL);
    assert_eq!((found, ended.code), (vec![in_launcher("run.sh")], Some(1)));
    ended.is_harmless();
}
