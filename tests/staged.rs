//! `keylint lint --staged` against the real git: the index as it will be committed, whatever hides it from others.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, clippy::semicolon_if_nothing_returned)]

mod common;

use std::fs;

use common::repo::Repo;
use common::sample::Rng;
use common::{expand, place, put_program, run, text, token};
use serde_json::Value;

/// Rule and place of each finding that blocks, and of each note with `note` in front; then the exit code.
fn staged(repo: &Repo, arguments: &[&str]) -> (Vec<String>, i32) {
    let (findings, code) = repo.findings(&[&["--staged"], arguments].concat());
    (shown(&findings), code)
}

fn shown(findings: &[Value]) -> Vec<String> {
    let show = |finding: &Value| {
        let note = if finding["severity"] == "note" { "note " } else { "" };
        let place =
            place(finding).replace(finding["path"].to_string().trim_matches('"'), finding["path"].as_str().unwrap());
        format!("{note}{place}")
    };
    findings.iter().map(show).collect()
}

/// A random token.
fn secret() -> String {
    token("anthropic-api-key", &mut Rng::from_entropy()).unwrap()
}

/// A script whose second line holds a token, in column 8.
fn script(secret: &str) -> String {
    format!("#!/bin/sh\nexport A={secret}\n").replace("export A", "TOKEN")
}

/// What a script with a secret gives.
fn in_script(path: &str) -> (Vec<String>, i32) {
    (vec![format!("{path}:2:7 secret-in-launcher")], 1)
}

fn nothing() -> (Vec<String>, i32) {
    (Vec::new(), 0)
}

fn note_in_script(path: &str) -> (Vec<String>, i32) {
    (vec![format!("note {path}:2:7 secret-in-launcher")], 0)
}

#[test]
fn gone_from_the_work_tree() {
    let repo = Repo::committed(&[("a", "a\n")]);
    repo.write("run.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    fs::remove_file(repo.path("run.sh")).unwrap();
    assert_eq!(staged(&repo, &[]), in_script("run.sh"));
    // Named as a framework for hooks names it.
    assert_eq!(staged(&repo, &["run.sh"]), in_script("run.sh"));
    assert_eq!(staged(&repo, &["a"]), nothing());
}

#[test]
fn only_in_the_work_tree() {
    let repo = Repo::committed(&[("run.sh", "#!/bin/sh\n")]);
    repo.write("run.sh", script(&secret()));
    repo.write("new.sh", script(&secret()));
    assert_eq!(staged(&repo, &[]), nothing());
    repo.git(&["add", "-N", "new.sh"]);
    assert_eq!(staged(&repo, &[]), nothing(), "an intent to add commits nothing");
    repo.write("run.sh", "#!/bin/sh\necho\n");
    repo.git(&["add", "run.sh"]);
    repo.write("run.sh", script(&secret()));
    assert_eq!(staged(&repo, &[]), nothing(), "half of the file is staged");
}

#[test]
fn hidden_by_attributes_and_settings() {
    let attributes: &[(&str, &[(&str, &str)])] = &[
        ("* -diff\n", &[]),
        ("* binary\n", &[]),
        ("* diff=x\n", &[("diff.x.textconv", "true #")]),
        ("* diff=x\n", &[("diff.x.command", "true #")]),
        ("* filter=x\n", &[("filter.x.smudge", "true #")]),
        ("", &[("color.ui", "always"), ("color.diff", "always")]),
        ("", &[("diff.external", "true #")]),
        ("", &[("diff.orderFile", "/missing")]),
        ("", &[("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true")]),
        ("", &[("diff.relative", "true")]),
        ("", &[("diff.renames", "copies"), ("diff.submodule", "log"), ("diff.ignoreSubmodules", "all")]),
        ("", &[("core.quotePath", "true"), ("core.pager", "false")]),
    ];
    for (attributes, settings) in attributes {
        let repo = Repo::committed(&[("a", "a\n"), ("sub/b", "b\n")]);
        for (name, value) in *settings {
            repo.git(&["config", name, value]);
        }
        if !attributes.is_empty() {
            repo.write(".gitattributes", attributes);
        }
        repo.write("run.sh", script(&secret()));
        repo.git(&["add", "-A"]);
        assert_eq!(staged(&repo, &[]), in_script("run.sh"), "{attributes} {settings:?}");
    }
    let repo = Repo::committed(&[("a", "a\n")]);
    repo.write("attributes", "* -diff\n");
    repo.git(&["config", "core.attributesFile", repo.path("attributes").to_str().unwrap()]);
    repo.write("run.sh", script(&secret()));
    repo.git(&["add", "run.sh"]);
    assert_eq!(staged(&repo, &[]), in_script("run.sh"));
}

#[test]
fn hidden_by_encoding() {
    let repo = Repo::committed(&[("a", "a\n")]);
    let wide: Vec<u8> =
        format!("\u{feff}A=1\nTOKEN={}\n", secret()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    repo.write(".env.shared", wide);
    repo.write("data.bin", format!("\0\0\n{}\n\0", secret()));
    repo.git(&["add", "-A"]);
    let (findings, code) = staged(&repo, &[]);
    assert_eq!(
        findings,
        [".env.shared:1:1 personal-file-tracked", ".env.shared:2:7 secret-in-env-file", "data.bin:2:1 secret-in-text"]
    );
    assert_eq!(code, 1);
}

#[test]
fn odd_names() {
    let repo = Repo::new();
    for name in ["a\tb \"é\".sh", "-x.sh", "new\nline.sh", ":(top)x.sh", "*.sh"] {
        repo.write(name, script(&secret()));
        repo.git(&["--literal-pathspecs", "add", "--", name]);
        assert_eq!(staged(&repo, &["--", name]), in_script(name).clone(), "{name}");
        repo.git(&["rm", "-rq", "--cached", "."]);
    }
}

#[cfg(unix)]
#[test]
fn links_and_types() {
    use std::os::unix::fs::symlink;
    let repo = Repo::new();
    symlink("elsewhere", repo.path("run.sh")).unwrap();
    repo.commit();
    fs::remove_file(repo.path("run.sh")).unwrap();
    repo.write("run.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), in_script("run.sh"), "a link becomes a file");
    repo.commit();
    fs::remove_file(repo.path("run.sh")).unwrap();
    symlink(format!("https://example.com/{}", secret()), repo.path("link")).unwrap();
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), (vec!["link:1:21 secret-in-text".to_owned()], 1), "the text of a link");
}

#[test]
fn what_was_there_before() {
    let repo = Repo::new();
    let old = secret();
    repo.write("run.sh", script(&old));
    repo.commit();
    repo.write("run.sh", script(&old) + "echo more\n");
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), note_in_script("run.sh"), "another line is edited");
    repo.git(&["update-index", "--chmod=+x", "run.sh"]);
    repo.commit();
    repo.git(&["update-index", "--chmod=+x", "run.sh"]);
    assert_eq!(staged(&repo, &[]), note_in_script("run.sh"), "only the mode changes");
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["mv", "run.sh", "go.sh"]);
    assert_eq!(staged(&repo, &[]), note_in_script("go.sh"), "a pure rename");
    repo.write("go.sh", script(&old) + "echo renamed and edited\n");
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), note_in_script("go.sh"), "a rename with edits");
    repo.write("run.sh", script(&old));
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]).1, 1, "a copy is new");
    repo.git(&["reset", "-q", "--hard"]);
    repo.write("run.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), in_script("run.sh"), "another value");
    repo.write("run.sh", script(&old) + &format!("OTHER={old}\n"));
    repo.git(&["add", "-A"]);
    let (findings, code) = staged(&repo, &[]);
    assert_eq!(findings, ["note run.sh:2:7 secret-in-launcher", "run.sh:3:7 secret-in-launcher"]);
    assert_eq!(code, 1, "the same value under another key");
    repo.git(&["rm", "-q", "-f", "run.sh"]);
    assert_eq!(staged(&repo, &[]), nothing(), "a secret that goes");
}

#[test]
fn findings_across_files() {
    let url = "{\"env\": {\"ANTHROPIC_BASE_URL\": \"https://gateway.example\"}}\n";
    let ignored = ".claude/settings.local.json\n";
    let repo = Repo::committed(&[(".claude/settings.json", url), (".gitignore", ignored), ("x", "x\n")]);
    repo.write("x", "y\n");
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), nothing(), "nothing of what was there concerns this commit");
    repo.write(".gitignore", "");
    repo.git(&["add", "-A"]);
    assert_eq!(
        staged(&repo, &[]),
        (vec![".gitignore:1:1 personal-file-not-ignored".to_owned()], 1),
        "the commit takes the rule away that ignored it"
    );
    // A key in the file that a launcher beside it reads: both headers go out.
    let key = token("anthropic-api-key", &mut Rng::from_entropy()).unwrap();
    let launcher = "#!/bin/bash\nset -a; . ./.env; set +a\nexport ANTHROPIC_AUTH_TOKEN=\"$(cat ~/token)\"\nclaude\n";
    let repo = Repo::committed(&[("run.sh", launcher), (".env", "A=1\n"), (".gitignore", ignored)]);
    repo.write(".env", format!("A=1\nANTHROPIC_API_KEY={key}\n"));
    repo.git(&["add", "-A"]);
    let (findings, _) = staged(&repo, &[]);
    assert!(findings.iter().any(|finding| finding.ends_with("both-credentials")), "{findings:?}");
}

#[test]
fn first_commit_and_no_identity() {
    let repo = Repo::new();
    repo.write("run.sh", script(&secret()));
    assert_eq!(staged(&repo, &[]), nothing());
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), in_script("run.sh"));
}

#[test]
fn repositories_of_every_kind() {
    for options in [&["--object-format=sha256"][..], &["--ref-format=reftable"]] {
        let repo = Repo::plain();
        if !repo.git_can(&[&["init", "-q", "-b", "main"], options].concat()) {
            eprintln!("SKIPPED: this git knows no {options:?}");
            continue;
        }
        repo.write("run.sh", "#!/bin/sh\n");
        repo.commit();
        repo.write("run.sh", script(&secret()));
        repo.git(&["add", "-A"]);
        assert_eq!(staged(&repo, &[]), in_script("run.sh"), "{options:?}");
    }
    // A linked work tree has its own index; here the repository itself is bare.
    let repo = Repo::committed(&[("a", "a\n")]);
    repo.git(&["config", "core.bare", "true"]);
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = repo.path("../linked");
    fs::write(linked.join("run.sh"), script(&secret())).unwrap();
    repo.git(&["-C", "../linked", "add", "-A"]);
    let mut command = repo.keylint(&["lint", "--staged", "--format", "concise", "--quiet"]);
    command.current_dir(&linked);
    let output = run(command);
    assert!(text(&output.stdout).starts_with("run.sh:2:7: error[secret-in-launcher]"), "{}", text(&output.stdout));
    let output = run(repo.keylint(&["lint", "--staged"]));
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

#[test]
fn below_the_root() {
    let repo = Repo::committed(&[("sub/a", "a\n")]);
    repo.write("run.sh", script(&secret()));
    repo.write("sub/in.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    let lint = |arguments: &[&str]| {
        let mut command = repo.keylint(&[&["lint", "--staged", "--format", "concise", "--quiet"], arguments].concat());
        command.current_dir(repo.path("sub"));
        let lines = text(&run(command).stdout);
        lines.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(lint(&[]), ["run.sh:2:7:", "sub/in.sh:2:7:"], "a commit is a whole");
    assert_eq!(lint(&["."]), ["sub/in.sh:2:7:"]);
    assert_eq!(lint(&[".."]), ["run.sh:2:7:", "sub/in.sh:2:7:"]);
}

#[test]
fn what_cannot_be_read() {
    let repo = Repo::plain();
    let output = run(repo.keylint(&["lint", "--staged"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("belongs to no git repository"), "{}", text(&output.stderr));

    let repo = Repo::committed(&[("a", "a\n")]);
    fs::write(repo.path(".git/index"), "DIRC rubbish").unwrap();
    let output = run(repo.keylint(&["lint", "--staged"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("error: `git diff` failed in "), "{}", text(&output.stderr));

    let repo = Repo::new();
    repo.write("run.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    let object = text(&repo.git(&["rev-parse", ":run.sh"]));
    let (folder, file) = object.trim().split_at(2);
    fs::remove_file(repo.path(format!(".git/objects/{folder}/{file}"))).unwrap();
    let output = run(repo.keylint(&["lint", "--staged"]));
    assert_eq!(output.status.code(), Some(2), "a blob that is missing is told");
    assert!(text(&output.stdout).contains("run.sh"), "{}", text(&output.stdout));
}

#[test]
fn submodules_and_replacements() {
    let repo = Repo::committed(&[("a", "a\n")]);
    repo.git(&["init", "-q", "-b", "main", "lib"]);
    repo.write("lib/run.sh", script(&secret()));
    repo.git(&["-C", "lib", "add", "-A"]);
    repo.git(&["-C", "lib", "commit", "-q", "-m", "x"]);
    repo.git(&["-c", "advice.addEmbeddedRepo=false", "add", "lib"]);
    assert_eq!(staged(&repo, &[]), nothing());
    let output = text(&run(repo.keylint(&["lint", "--staged"])).stdout);
    assert!(output.contains("a repository of its own is not entered: lib"), "{output}");

    let repo = Repo::committed(&[("a", "a\n")]);
    repo.write("run.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    repo.git(&[
        "replace",
        text(&repo.git(&["rev-parse", ":run.sh"])).trim(),
        text(&repo.git(&["rev-parse", "HEAD:a"])).trim(),
    ]);
    assert_eq!(staged(&repo, &[]), in_script("run.sh"), "another object in its place hides nothing");
}

#[test]
fn own_configuration() {
    let repo = Repo::committed(&[("a", "a\n")]);
    repo.write("run.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    // Only what is committed counts.
    repo.write("keylint.toml", "exclude = [\"*.sh\"]\n");
    assert_eq!(staged(&repo, &[]), in_script("run.sh"));
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), nothing());
    assert_eq!(staged(&repo, &["--no-config"]), in_script("run.sh"));
    repo.commit();
    repo.write("run.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    fs::remove_file(repo.path("keylint.toml")).unwrap();
    assert_eq!(staged(&repo, &[]), nothing(), "it is still in the index");
    repo.write("keylint.toml", "[[allow]]\nrule = \"secret-in-launcher\"\npath = \"nowhere.sh\"\nreason = \"x\"\n");
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), in_script("run.sh"), "nobody knows whether the entry is used elsewhere");
    repo.write("run.sh", script(&secret()).replace('\n', " # keylint: ignore[secret-in-launcher] a test\n"));
    repo.git(&["add", "-A"]);
    let (findings, code) = staged(&repo, &[]);
    assert_eq!((findings.as_slice(), code), (&["run.sh:1:29 suppression-unused".to_owned()][..], 1));
    assert!(staged(&repo, &["--no-inline"]).0.contains(&"run.sh:2:7 secret-in-launcher".to_owned()));
}

#[test]
fn baseline() {
    let repo = Repo::new();
    let old = secret();
    repo.write("run.sh", script(&old));
    repo.git(&["add", "-A"]);
    assert_eq!(run(repo.keylint(&["baseline"])).status.code(), Some(0));
    assert_eq!(staged(&repo, &[]), in_script("run.sh"), "the baseline is not in the index yet");
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), nothing());
    assert_eq!(staged(&repo, &["--no-baseline"]), in_script("run.sh"));
    repo.commit();
    repo.write("run.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), in_script("run.sh"));
}

/// A merge takes what both sides have; only what it makes itself is new.
#[test]
fn merges() {
    let repo = Repo::committed(&[("a", "a\n"), ("both", "1\n2\n3\n")]);
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("theirs.sh", script(&secret()));
    repo.write("both", "1\nside\n3\n");
    repo.commit();
    repo.git(&["checkout", "-q", "main"]);
    repo.write("both", "1\nmain\n3\n");
    repo.commit();
    assert!(!repo.git_can(&["merge", "-q", "side"]));
    let output = text(&run(repo.keylint(&["lint", "--staged"])).stdout);
    assert!(output.contains("1 file is in conflict"), "{output}");
    repo.write("both", "1\nmain and side\n3\n");
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), nothing());
    repo.write("evil.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    assert_eq!(staged(&repo, &[]), in_script("evil.sh"));
}

/// What git itself gives a hook: its own index, and a folder.
#[cfg(unix)]
#[test]
fn as_a_hook_of_git() {
    let repo = Repo::committed(&[("a.sh", "#!/bin/sh\n"), ("b.sh", "#!/bin/sh\n"), ("sub/c", "c\n")]);
    let hook = repo.path(".git/hooks/pre-commit");
    put_program(&hook, format!("#!/bin/sh\nexec '{}' lint --staged --quiet\n", env!("CARGO_BIN_EXE_keylint")));
    let can = |arguments: &[&str]| repo.git_can(arguments);

    repo.write("a.sh", script(&secret()));
    repo.write("b.sh", "#!/bin/sh\necho\n");
    assert!(!can(&["commit", "-q", "-a", "-m", "x"]), "everything");
    assert!(!can(&["commit", "-q", "-m", "x", "--", "a.sh"]), "this file");
    assert!(!can(&["commit", "-q", "-m", "x", "-i", "a.sh"]), "this file, too");
    assert!(can(&["commit", "-q", "-m", "x", "--", "b.sh"]), "the other one, by an index of its own");
    repo.git(&["add", "a.sh"]);
    assert!(!can(&["commit", "-q", "-m", "x"]), "the index");
    assert!(!can(&["commit", "-q", "--amend", "-m", "x"]), "amended");
    assert!(!can(&["-C", "sub", "commit", "-q", "-m", "x"]), "from a folder");
    repo.git(&["reset", "-q"]);
    repo.write("sub/c", "d\n");
    assert!(can(&["commit", "-q", "-m", "x", "--", "sub/c"]));
    // A work tree of its own, where git sets the repository's folder.
    repo.git(&["worktree", "add", "-q", "../linked"]);
    fs::write(repo.path("../linked/x.sh"), script(&secret())).unwrap();
    repo.git(&["-C", "../linked", "add", "-A"]);
    assert!(!can(&["-C", "../linked", "commit", "-q", "-m", "x"]));
}

/// A project with a past: what it has is accepted, a hook is put in place, and the next secret does not get in.
#[cfg(unix)]
#[test]
fn adopted_in_three_commands() {
    let repo = Repo::new();
    repo.write("deploy.sh", script(&secret()));
    repo.write(".env", format!("A=1\nTOKEN={}\n", secret()));
    repo.commit();
    assert_eq!(run(repo.keylint(&["lint"])).status.code(), Some(1));

    assert_eq!(run(repo.keylint(&["baseline"])).status.code(), Some(0));
    let hook = repo.path(".git/hooks/pre-commit");
    put_program(&hook, format!("#!/bin/sh\nexec '{}' lint --staged\n", env!("CARGO_BIN_EXE_keylint")));
    repo.git(&["add", "-A"]);
    assert!(repo.git_can(&["commit", "-q", "-m", "accept what is there"]));

    assert_eq!(run(repo.keylint(&["lint"])).status.code(), Some(0));
    repo.write("deploy.sh", fs::read_to_string(repo.path("deploy.sh")).unwrap() + "echo more\n");
    repo.git(&["add", "-A"]);
    assert!(repo.git_can(&["commit", "-q", "-m", "work goes on"]));
    repo.write("start.sh", script(&secret()));
    repo.git(&["add", "-A"]);
    let output = repo.command(&["commit", "-m", "x"]).output().unwrap();
    assert!(!output.status.success());
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains("error[secret-in-launcher]") && said.contains("--> start.sh:2:7"), "{said}");
    assert_eq!(staged(&repo, &[]), in_script("start.sh"));
}

/// Random commits: what is reported is what the new state has and the old one hadn't.
#[test]
fn random_commits() {
    for seed in 0..40 {
        let rng = &mut Rng::new(seed);
        let repo = Repo::new();
        let pool: Vec<String> = (0..4).map(|_| token("github-pat", rng).unwrap()).collect();
        let mut write = |repo: &Repo| {
            for name in ["a.sh", "b.sh", "c.sh"] {
                let lines: String = (0..3)
                    .map(|line| match rng.below(3) {
                        0 => format!("GITHUB_TOKEN_{line}={}\n", pool[rng.below(pool.len())]),
                        _ => format!("echo {}\n", rng.below(9)),
                    })
                    .collect();
                repo.write(name, format!("#!/bin/sh\n{lines}"));
            }
        };
        write(&repo);
        repo.commit();
        let old = read(&repo);
        write(&repo);
        repo.git(&["add", "-A"]);
        let new = read(&repo);
        let mut expected: Vec<String> =
            new.iter().filter(|line| !old.contains(line)).map(|line| line.2.clone()).collect();
        expected.sort();
        let (findings, _) = staged(&repo, &[]);
        let mut blocking: Vec<String> = findings.into_iter().filter(|finding| !finding.starts_with("note ")).collect();
        blocking.sort();
        assert_eq!(blocking, expected, "seed {seed}");
    }
}

/// Name, value and place of every assignment of a token; two are equal if name and value are, in the same file.
fn read(repo: &Repo) -> Vec<Assigned> {
    let mut found = Vec::new();
    for file in ["a.sh", "b.sh", "c.sh"] {
        let text = fs::read_to_string(repo.path(file)).unwrap();
        for (line, text) in text.lines().enumerate() {
            if let Some((name, value)) = text.split_once('=') {
                let place = format!("{file}:{}:{} secret-in-launcher", line + 1, name.len() + 2);
                found.push(Assigned(format!("{file} {name}"), value.to_owned(), place));
            }
        }
    }
    found
}

struct Assigned(String, String, String);

impl PartialEq for Assigned {
    fn eq(&self, other: &Self) -> bool {
        (&self.0, &self.1) == (&other.0, &other.1)
    }
}

/// Nothing that is printed holds the secret, old or new.
#[test]
fn nothing_leaks() {
    let repo = Repo::new();
    let (old, new) = (secret(), secret());
    repo.write("run.sh", script(&old));
    repo.commit();
    repo.write("run.sh", script(&new));
    repo.write(".env", expand("ANTHROPIC_AUTH_TOKEN=@@base62-key@@\n", &mut Rng::from_entropy()));
    repo.git(&["add", "-A"]);
    let other = fs::read_to_string(repo.path(".env")).unwrap();
    let other = other.trim().split_once('=').unwrap().1;
    for format in ["human", "concise", "json"] {
        let output = run(repo.keylint(&["lint", "--staged", "--min-severity", "note", "--format", format]));
        let said = text(&output.stdout) + &text(&output.stderr);
        for secret in [old.as_str(), new.as_str(), other] {
            assert!(!said.contains(&secret[secret.len() - 12..]), "{format}");
        }
    }
}

/// git says in another way what it is about to merge when nothing is in conflict.
#[cfg(unix)]
#[test]
fn a_merge_that_is_about_to_be_made() {
    let repo = Repo::committed(&[("a", "a\n")]);
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("run.sh", script(&secret()));
    repo.commit();
    repo.git(&["checkout", "-q", "main"]);
    repo.write("b", "b\n");
    repo.commit();
    let hook = repo.path(".git/hooks/pre-merge-commit");
    let keylint = env!("CARGO_BIN_EXE_keylint");
    put_program(&hook, format!("#!/bin/sh\nexec '{keylint}' lint --staged --quiet\n"));
    let output = run(repo.command(&["merge", "-q", "--no-edit", "side"]));
    assert!(output.status.success(), "{}", text(&output.stdout));
    assert_eq!(text(&output.stdout), "");
    // Taken back, it is a commit like any other.
    repo.git(&["reset", "-q", "--hard", "HEAD^1"]);
    repo.git(&["merge", "-q", "--squash", "side"]);
    assert_eq!(staged(&repo, &[]), in_script("run.sh"));
}
