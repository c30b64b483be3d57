//! `secret-published` for every kind of package: what is there, what git ignores of it, and what goes along.
#![allow(clippy::unwrap_used)]

mod common;

use common::expand;
use common::repo::Repo;
use common::sample::Rng;
use keylint::config::Config;
use keylint::lint;
use keylint::source::memory::Memory;

const LOCAL: (&str, &str) = (".claude/settings.local.json", "{\"permissions\": {}}\n");
const ENV: (&str, &str) = (".env", "API_TOKEN=@@base62-key@@\n");
const IGNORE: (&str, &str) = (".gitignore", "**/.claude/settings.local.json\n.env\n");
const HATCH: &str = "[build-system]\nbuild-backend = \"hatchling.build\"\n[project]\nname = \"a\"\n";
const EXTENSION: &str = "{\"name\": \"a\", \"version\": \"1.0.0\", \"engines\": {\"vscode\": \"^1.90.0\"}}";

/// `path:line severity key` of everything that the rule reports.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let mut rng = Rng::new(3);
    let files: Vec<(&str, String)> = files.iter().map(|(path, body)| (*path, expand(body, &mut rng))).collect();
    let memory = Memory::repository(files.iter().map(|(path, body)| (*path, body.as_str())));
    let report = lint::check(&memory.snapshot, &memory, &Config::default());
    let ours = report.findings.iter().filter(|finding| finding.rule.slug == "secret-published");
    ours.map(|finding| {
        let place = &finding.primary;
        format!("{}:{} {} {}", place.path.as_str(), place.start.line, finding.severity, finding.key)
    })
    .collect()
}

#[test]
fn packages_and_images() {
    let local = LOCAL.0;
    for (files, expected) in [
        (vec![LOCAL, ("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}")], vec!["package.json:1 error"]),
        (vec![LOCAL, IGNORE, ("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}")], vec![]),
        (
            vec![
                LOCAL,
                IGNORE,
                ("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\", \"files\": [\".claude\"]}"),
            ],
            vec!["package.json:1 error"],
        ),
        (vec![LOCAL, ("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\", \"files\": [\"!(x)\"]}")], vec![]),
        (vec![LOCAL, ("package.json", "{\"name\": \"a\"}")], vec![]),
        (vec![LOCAL, ("Dockerfile", "FROM x\nADD . /x\n")], vec!["Dockerfile:2 error"]),
        (vec![LOCAL, IGNORE, ("Dockerfile", "FROM x\nCOPY . .\n")], vec!["Dockerfile:2 warning"]),
        (vec![LOCAL, ("Dockerfile", "FROM x\nCOPY . .\n"), ("Dockerfile.dockerignore", ".claude\n")], vec![]),
        (vec![LOCAL, ("Dockerfile", "FROM x\nCOPY . .\n"), (".dockerignore", "**/*.local.json\n")], vec![]),
        (vec![LOCAL, ("Dockerfile", "FROM x\nCOPY src /src\n")], vec![]),
        (vec![LOCAL, ("docker/Dockerfile", "FROM x\nCOPY . .\n")], vec![]),
        (vec![LOCAL, ("Cargo.toml", "[package]\nname = \"a\"\n")], vec!["Cargo.toml:1 error"]),
        (vec![LOCAL, IGNORE, ("Cargo.toml", "[package]\nname = \"a\"\n")], vec![]),
        (vec![LOCAL, ("Cargo.toml", "[package]\nname = \"a\"\ninclude = [\"src\"]\n")], vec![]),
        (vec![LOCAL, ("pyproject.toml", HATCH)], vec!["pyproject.toml:1 error"]),
        (vec![LOCAL, IGNORE, ("pyproject.toml", HATCH)], vec![]),
        (vec![LOCAL, IGNORE, ("MANIFEST.in", "graft .claude\n")], vec!["MANIFEST.in:1 error"]),
        (vec![LOCAL, IGNORE, ("MANIFEST.in", "graft src\n")], vec![]),
        (vec![LOCAL, IGNORE, ("package.json", EXTENSION), (".vscodeignore", "src/**\n")], vec!["package.json:1 error"]),
        (vec![LOCAL, IGNORE, ("package.json", EXTENSION), (".vscodeignore", ".claude/**\n")], vec![]),
        (vec![LOCAL, IGNORE, ("package.json", EXTENSION)], vec![]),
        // Not there yet, in a folder that has something for Claude Code.
        (vec![("CLAUDE.md", "x"), ("Dockerfile", "FROM x\nCOPY . .\n")], vec!["Dockerfile:2 note"]),
        (vec![("README.md", "x"), ("Dockerfile", "FROM x\nCOPY . .\n")], vec![]),
    ] {
        let expected: Vec<String> = expected.iter().map(|place| format!("{place} {local}")).collect();
        assert_eq!(findings(&files), expected, "{files:#?}");
    }
}

#[test]
fn dotenv_files_count_for_what_they_hold() {
    let package = ("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}");
    let npmignore = (".npmignore", "test\n");
    assert_eq!(findings(&[ENV, IGNORE, npmignore, package]), ["package.json:1 error .env"]);
    assert!(findings(&[(".env", "RELEASE=7\n"), IGNORE, npmignore, package]).is_empty());
    assert!(findings(&[(".env.example", "API_TOKEN=@@base62-key@@\n"), package]).is_empty());
    // A folder that is personal as a whole is named once.
    let state = [(".claude/projects/x/1.jsonl", "{}"), (".claude/projects/x/2.jsonl", "{}"), package];
    assert_eq!(findings(&state), ["package.json:1 error .claude/projects"]);
}

/// Of files that are asked for only the findings are fewer; what decides is read all the same, ignored files too.
#[test]
fn a_part_of_the_repository_is_judged_as_the_whole() {
    let mut rng = Rng::new(4);
    for (npmignore, expected) in [("test\n", 1), (".env\n", 0)] {
        let repo = Repo::new();
        repo.write_all(&[
            IGNORE,
            (".npmignore", npmignore),
            ("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}"),
        ]);
        repo.commit();
        repo.write(ENV.0, expand(ENV.1, &mut rng));
        let (found, code) = repo.findings(&["package.json"]);
        assert_eq!((found.len(), code), (expected, i32::from(expected > 0)), "{npmignore} {found:#?}");
    }
}

/// `CLAUDE.local.md` that git ignores is seen too.
#[test]
fn ignored_instructions() {
    let repo = Repo::new();
    repo.write_all(&[
        (".gitignore", "CLAUDE.local.md\n**/.claude/settings.local.json\n"),
        ("Dockerfile", "FROM x\nCOPY . .\n"),
    ]);
    repo.commit();
    repo.write("CLAUDE.local.md", "be brief\n");
    let found: Vec<String> = repo.findings(&["."]).0.iter().map(common::place).collect();
    assert_eq!(found, ["Dockerfile:2:6 secret-published"]);
}
