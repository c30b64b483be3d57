//! Too much of everything: each run stays within a bound of memory that is written beside it, with what was seen.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use super::common::repo::Repo;
use super::{Ended, IGNORE, bounded, failures, in_launcher, key, launcher, lint};

/// A repository with room for much, on the disk where the tests are built.
fn large(files: &[(&str, &str)]) -> Repo {
    let repo = Repo::plain_in(Path::new(env!("CARGO_TARGET_TMPDIR")));
    repo.git(&["init", "-q", "-b", "main"]);
    repo.write_all(files);
    repo.commit();
    repo
}

/// One with a key in `run.sh`, and the key.
fn leaky() -> (Repo, String) {
    let key = key();
    (large(&[IGNORE, ("run.sh", &launcher(&key))]), key)
}

/// What is found in `run.sh`, and nothing else.
fn usual() -> Vec<String> {
    vec![in_launcher("run.sh")]
}

#[track_caller]
fn is(ended: &Ended, code: i32) {
    assert_eq!((ended.code, ended.err.as_str()), (Some(code), ""));
}

/// 100 MB: more than is read of one file. Where it counts it is said, and by nobody held in memory but by git.
#[test]
fn a_file_of_100_megabytes() {
    let (repo, key) = leaky();
    File::create(repo.path("big.bin")).unwrap().set_len(100 << 20).unwrap();
    let said = ["big.bin: 104857600 bytes, more than the 67108864 that are read"];
    // Seen: 26.
    let (found, ended) = lint(&repo, &[], &key, 64);
    assert_eq!((found, failures(&ended)), (usual(), said.map(str::to_owned).to_vec()));
    is(&ended, 2);
    repo.git(&["add", "big.bin"]);
    // git holds the whole, and needs more than keylint, of which 26 were seen.
    let (found, ended) = lint(&repo, &["--staged"], &key, 512);
    assert_eq!((found, failures(&ended)), (vec![], said.map(str::to_owned).to_vec()));
    is(&ended, 2);
    repo.commit();
    for arguments in [&["--history"][..], &["--history", "--all-files"]] {
        let (found, ended) = lint(&repo, arguments, &key, 512);
        // A file that is no configuration is read for --all-files alone.
        let is_read = arguments.len() > 1;
        assert_eq!((found, failures(&ended).len()), (usual(), usize::from(is_read)), "{arguments:?}");
        is(&ended, if is_read { 2 } else { 1 });
    }
    repo.write("keylint.toml", "exclude = [\"*.bin\"]\n");
    let (found, ended) = lint(&repo, &[], &key, 64);
    assert_eq!((found, failures(&ended)), (usual(), vec![]));
    is(&ended, 1);
}

/// A million lines of a launcher, and a hundred thousand of a text, with a key in the last.
#[test]
fn a_million_lines() {
    let (repo, key) = leaky();
    let comments = "# a comment\n".repeat(1_000_000);
    repo.write("run.sh", format!("{comments}{}", launcher(&key)));
    repo.write("notes.md", format!("{}{key}\n", "a line of text\n".repeat(100_000)));
    // Seen: 178 for 12 MB, and its lines.
    let (found, ended) = lint(&repo, &[], &key, 400);
    assert_eq!(found, ["notes.md:100001:1 secret-in-text", "run.sh:1000001:26 secret-in-launcher"]);
    is(&ended, 1);
}

/// One line of 50 MB, and shorter ones with a key in the middle, of which little is shown.
#[test]
fn one_line_of_50_megabytes() {
    let (repo, key) = leaky();
    repo.write("notes.txt", "lorem ipsum ".repeat((50 << 20) / 12));
    // Seen: 76.
    let (found, ended) = lint(&repo, &[], &key, 256);
    assert_eq!((found, failures(&ended)), (usual(), vec![]));
    is(&ended, 1);
    let filler = "lorem ipsum ".repeat((1 << 19) / 12);
    let column = filler.len() + 1;
    repo.write("notes.txt", format!("{filler}{key} {filler}\n"));
    repo.write("run.sh", format!("export A_TOKEN={key} B=\"{filler}\"\n"));
    for format in ["human", "github"] {
        // Seen: 60.
        let ended = bounded(&repo.keylint(&["lint", "--format", format]), 256);
        ended.hides(&key);
        is(&ended, 1);
        assert!(ended.out.len() < 5000, "{format}: {} bytes", ended.out.len());
        assert!(ended.out.contains(&column.to_string()), "{format}: {}", ended.out);
    }
}

/// 200,000 files in one folder.
#[test]
fn many_files() {
    let (repo, key) = leaky();
    fs::create_dir(repo.path("many")).unwrap();
    for number in 0..200_000 {
        // A second name is made sooner than a file, and there may be tens of thousands of them.
        match number % 20_000 {
            0 => drop(File::create(repo.path(format!("many/{number}"))).unwrap()),
            rest => {
                let first = repo.path(format!("many/{}", number - rest));
                fs::hard_link(first, repo.path(format!("many/{number}"))).unwrap();
            }
        }
    }
    // Seen: 75.
    let (found, ended) = lint(&repo, &[], &key, 256);
    assert_eq!((found, failures(&ended)), (usual(), vec![]));
    assert!(ended.out.contains("\"files\": 200002"), "{}", ended.out);
    is(&ended, 1);
    // In the index alone, all of one content.
    let empty = String::from_utf8(repo.git(&["hash-object", "-w", "/dev/null"])).unwrap();
    let index: String = (0..200_000).map(|number| format!("100644 {}\tmany/{number}\n", empty.trim())).collect();
    repo.git_with(&["update-index", "--index-info"], index.as_bytes());
    // Seen: 196.
    let (found, ended) = lint(&repo, &["--staged"], &key, 512);
    assert_eq!((found, failures(&ended)), (vec![], vec![]));
    is(&ended, 0);
}

/// 200,000 keys of settings, and 100,000 permissions, the last of which hold the key.
#[test]
fn many_entries() {
    let (repo, key) = leaky();
    let mut text = "{\"env\": {\n".to_owned();
    for number in 0..200_000 {
        writeln!(text, "\"NAME_{number}\": \"x\",").unwrap();
    }
    writeln!(text, "\"ANTHROPIC_API_KEY\": \"{key}\"}}}}").unwrap();
    repo.write(".claude/settings.json", &text);
    // Seen: 234, and 93 for permissions.
    let (found, ended) = lint(&repo, &[], &key, 512);
    assert_eq!(found, [".claude/settings.json:200002:23 secret-in-settings", "run.sh:1:26 secret-in-launcher"]);
    is(&ended, 1);
    let mut text = "{\"permissions\": {\"allow\": [\n".to_owned();
    for number in 0..100_000 {
        writeln!(text, "\"Bash(tool-{number} run:*)\",").unwrap();
    }
    writeln!(text, "\"Bash(TOKEN={key} curl:*)\"]}}}}").unwrap();
    repo.write(".claude/settings.json", &text);
    let (found, ended) = lint(&repo, &[], &key, 256);
    assert_eq!(found, [".claude/settings.json:100002:13 secret-in-permission", "run.sh:1:26 secret-in-launcher"]);
    is(&ended, 1);
}

/// Brackets without an end, in each language that has them.
#[test]
fn deep() {
    let (repo, key) = leaky();
    let deep = |open: &str| open.repeat(20_000);
    let nested = |step: &str, levels: usize| -> String {
        (0..levels).map(|level| format!("{}{step}\n", " ".repeat(level))).collect()
    };
    let files = [
        (".claude/settings.json", deep("{\"env\":")),
        (".mcp.json", deep("[")),
        ("a/.mcp.json", format!("{{\"mcpServers\": {}", deep("{\"a\": {\"env\": "))),
        ("package.json", deep("{\"scripts\":")),
        ("compose.yml", format!("services: {}", deep("["))),
        ("b/compose.yml", format!("services: {}", deep("{a: "))),
        ("c/compose.yml", deep("- ")),
        ("d/compose.yml", nested("a:", 3000)),
        ("e/compose.yml", nested("- a:", 2000)),
        ("f/compose.yml", deep("? ")),
        (".github/workflows/a.yml", format!("jobs: {}", deep("{a: ["))),
        ("Cargo.toml", format!("x = {}", deep("["))),
        ("pyproject.toml", format!("x = {}", deep("{a = "))),
        ("g/pyproject.toml", format!("[{}x]\n", deep("a."))),
        ("a.sh", deep("$(")),
        ("b.sh", deep("( ")),
        ("c.sh", format!("export A={}", deep("${A:-"))),
        ("d.sh", deep("if true; then ")),
        ("e.sh", deep("`\\")),
        ("a.ps1", deep("@{a = ")),
        ("b.ps1", deep("$(")),
        ("a.fish", deep("(")),
        ("b.fish", deep("begin; ")),
        ("a.bat", deep("(")),
        ("Dockerfile", format!("FROM x\nENV A={}", deep("${A:-"))),
        (".env", format!("A={}", deep("${A:-"))),
        ("Makefile", format!("A = {}", deep("$("))),
        ("a.py", deep("(")),
        ("b.py", deep("f\"{")),
        ("a.ts", deep("`${")),
        ("a.tf", deep("a {")),
    ];
    for (name, text) in &files {
        repo.write(name, text);
    }
    // Seen: 56.
    let (found, ended) = lint(&repo, &[], &key, 256);
    let expected = [
        ".claude/settings.json:1:1794 settings-dropped",
        ".mcp.json:1:513 settings-dropped",
        "a/.mcp.json:1:1801 settings-dropped",
        "run.sh:1:26 secret-in-launcher",
    ];
    assert_eq!((found, failures(&ended)), (expected.map(str::to_owned).to_vec(), vec![]));
    is(&ended, 1);
}

/// YAML whose aliases stand for each other, ten each: a billion texts.
#[test]
fn aliases() {
    let (repo, key) = leaky();
    let mut text = format!("x0: &x0\n  ANTHROPIC_API_KEY: {key}\n");
    for level in 1..12 {
        let others = vec![format!("*x{}", level - 1); 10].join(", ");
        writeln!(text, "x{level}: &x{level} [{others}]").unwrap();
    }
    text.push_str("services:\n  a:\n    environment:\n      <<: [*x0, *x11]\n      B: *x11\n");
    repo.write("compose.yml", &text);
    // Seen: 32.
    let (found, ended) = lint(&repo, &["compose.yml"], &key, 64);
    assert_eq!((found, failures(&ended)), (vec!["compose.yml:2:22 secret-in-launcher".to_owned()], vec![]));
    is(&ended, 1);
}

/// 5,000 folders, one in the other: more than a path of the system may have.
#[cfg(target_os = "linux")]
#[test]
fn nested_folders() {
    let (repo, key) = leaky();
    let script =
        "import os\nfor _ in range(5000):\n    os.mkdir('d')\n    os.chdir('d')\nopen('run.sh', 'w').write('x')\n";
    let made = repo.program("python3", &["-c", script]).status();
    if !made.is_ok_and(|status| status.success()) {
        return super::common::machine::lacks("python3, which makes paths that the system does not take");
    }
    let (found, ended) = lint(&repo, &[], &key, 64);
    let failed = failures(&ended);
    assert_eq!((found, failed.len()), (usual(), 1));
    assert!(
        failed[0].starts_with("d/d/d/d/") && failed[0].ends_with(": File name too long (os error 36)"),
        "{}",
        failed[0]
    );
    is(&ended, 2);
    assert!(Command::new("rm").args(["-rf", "d"]).current_dir(&repo.root).status().unwrap().success());
    // In the index, where they may be.
    let object = String::from_utf8(repo.git(&["rev-parse", "HEAD:run.sh"])).unwrap();
    let path = format!("{}run.sh", "d/".repeat(1900));
    repo.git_with(&["update-index", "--index-info"], format!("100644 {}\t{path}\n", object.trim()).as_bytes());
    let mut expected = vec![in_launcher(&path), in_launcher("run.sh")];
    let (found, ended) = lint(&repo, &[], &key, 64);
    assert_eq!((&found, failures(&ended)), (&expected, vec![]));
    expected.pop();
    assert_eq!(lint(&repo, &["--staged"], &key, 64).0, expected);
}

/// Rules by the thousand, and those that would take forever.
#[test]
fn configurations() {
    let (repo, key) = leaky();
    let settings = "exclude = []\n";
    for (config, code) in [
        // More than a megabyte is refused.
        (
            (0..100_000)
                .map(|n| format!("[[allow]]\nrule = \"secret-in-launcher\"\npath = \"a{n}\"\nreason = \"x\"\n"))
                .collect(),
            2,
        ),
        (
            (0..12_000)
                .map(|n| format!("[[allow]]\nrule = \"secret-in-launcher\"\npath = \"a{n}\"\nreason = \"x\"\n"))
                .collect(),
            1,
        ),
        (format!("{settings}x = {}", "[".repeat(900_000)), 2),
        (format!("{settings}{}", "[a]\n".repeat(200_000)), 2),
        (format!("{settings}{}", "a.".repeat(400_000)), 2),
        (format!("{settings}x = \"{}\"", "\\u0041".repeat(150_000)), 1),
        (
            (0..3000)
                .map(|n| format!("[[tokens]]\nname = 'a{n}'\npattern = 'tok_(((x{{{n}}}){{90}}){{90}}){{90}}y'\n"))
                .collect(),
            1,
        ),
        (
            (0..2000)
                .map(|n| format!("[[tokens]]\nname = 'a{n}'\npattern = 'aaa{}{n}'\n", "(a*)*".repeat(40)))
                .collect(),
            1,
        ),
        (format!("[[tokens]]\nname = 'x'\npattern = 'aaa{}'\n", "(".repeat(900_000)), 1),
    ] {
        let config: String = config;
        repo.write("keylint.toml", &config);
        repo.write("notes.md", format!("{}b\n", "a".repeat(1 << 16)));
        // Seen: 32 to 114, and 338 for the brackets of a pattern.
        let ended = bounded(&repo.keylint(&["lint", "--format", "concise"]), 512);
        ended.hides(&key);
        assert_eq!(ended.code, Some(code), "{config:.60}: {:.600}{:.600}", ended.out, ended.err);
        if code == 1 {
            assert!(ended.out.contains("run.sh:1:26: error[secret-in-launcher]"), "{config:.60}");
        } else {
            assert!(
                ended.err.starts_with("error: keylint.toml") && ended.err.contains("`--no-config`"),
                "{}",
                ended.err
            );
        }
    }
}

/// Ignore files and baselines that are no such thing any more.
#[test]
fn ignore_files_and_baselines() {
    let (repo, key) = leaky();
    repo.write(".gitignore", "a\n".repeat(1 << 20));
    let said = "more than the 1048576 bytes that an ignore file may have";
    // Seen: 49.
    let (found, ended) = lint(&repo, &[], &key, 96);
    assert_eq!((found, failures(&ended)), (usual(), vec![format!(".gitignore: {said}")]));
    is(&ended, 2);
    repo.git(&["add", "-A"]);
    repo.commit();
    let ended = bounded(&repo.keylint(&["lint", "--range", "HEAD~1..HEAD"]), 96);
    assert_eq!(ended.told(&repo), (Some(2), String::new(), format!("error: ROOT/.gitignore: {said}\n")));
    fs::remove_file(repo.path(".gitignore")).unwrap();
    // Just small enough. Seen: 104.
    repo.write(".gitignore", "a\n".repeat(1 << 19));
    let (found, ended) = lint(&repo, &[], &key, 256);
    assert_eq!((found, failures(&ended)), (usual(), vec![]));
    is(&ended, 1);
    for exclude in [repo.path(".git/info/exclude"), repo.home().join(".config/git/ignore")] {
        fs::create_dir_all(exclude.parent().unwrap()).unwrap();
        fs::write(&exclude, "run.sh\n".repeat(1 << 20)).unwrap();
    }
    assert_eq!(lint(&repo, &[], &key, 256).0, usual());
    let baseline = |entries: usize| {
        repo.write("keylint-baseline.txt", format!("salt 0123456789abcdef\n{}", "a\tb\tc\t-\n".repeat(entries)));
    };
    baseline(6 << 20);
    let ended = bounded(&repo.keylint(&["lint"]), 256);
    let expected = "error: keylint-baseline.txt: 50331670 bytes, more than the 4194304 that a baseline may have\n";
    assert_eq!(ended.told(&repo), (Some(2), String::new(), expected.to_owned()));
    // Just small enough. Seen: 240.
    baseline((1 << 19) - 100);
    let (found, ended) = lint(&repo, &[], &key, 512);
    assert_eq!(found, usual());
    assert!(ended.out.contains("where this entry and 523188 behind it speak of"), "{:.300}", ended.out);
}

/// A finding in each line.
#[test]
fn many_findings() {
    let key = key();
    let repo = large(&[IGNORE, ("run.sh", "")]);
    let lines: String = (0..400).map(|number| format!("export A{number}_TOKEN={key}\n")).collect();
    repo.write("run.sh", lines + "claude\n");
    // Seen: 26 to 45.
    for (arguments, findings) in [
        (&["lint", "--format", "json"][..], "\"errors\": 400"),
        (&["lint"], "400 errors\n"),
        (&["lint", "--format", "github"], "390 more have no annotation: a step shows 10 of a kind\n"),
        (&["lint", "--format", "markdown"], "### keylint: 400 errors\n"),
        (&["lint", "--fix", "--unsafe-fixes"], "400 errors\n"),
    ] {
        let ended = bounded(&repo.keylint(arguments), 128);
        ended.hides(&key);
        is(&ended, 1);
        assert!(ended.out.contains(findings), "{arguments:?}: {:.300}", ended.out);
    }
}
