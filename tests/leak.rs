//! No planted secret appears in anything that keylint prints or writes, whatever the format, and whether the run
//! succeeds or fails.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::repo::Repo;
use common::sample::Rng;
use common::{run, text, token};
use keylint::credential::shape::SHAPES;

/// Places for a secret, some of which no reader understands. `@S@` is the secret, `@N@` another one beside it, `@P@` one
/// that can be a part of a path.
const PLACES: &[(&str, &str)] = &[
    (".claude/settings.json", "{\"env\": {\"ANTHROPIC_AUTH_TOKEN\": \"@S@\", \"X_TOKEN\": \"@N@\"}}"),
    ("a/.claude/settings.json", "{\"env\": {\"ANTHROPIC_API_KEY\": \"@S@\",}, \"unknown\": \"@N@\"}"),
    (
        "b/.claude/settings.json",
        "{\"permissions\": {\"allow\": [\"Bash(X_TOKEN=@S@ curl -H \\\"a: @N@\\\")\"], \"deny\": \"@S@\"}}",
    ),
    ("c/.claude/settings.json", "{\"env\": {\"ANTHROPIC_BASE_URL\": \"https://@S@@h.example.net/@N@\"}}"),
    (
        "d/.claude/settings.json",
        "{\"env\": {\"ANTHROPIC_BASE_URL\": \"https://h.example.net\", \"ANTHROPIC_API_KEY\": \"@S@\", \"ANTHROPIC_AUTH_TOKEN\": \"@N@\"}}",
    ),
    ("e/.claude/settings.json", "{\"env\": {\"@S@\": \"${@N@}\", \"ANTHROPIC_API_KEY\": \"${X:-@S@}\"}} trailing @N@"),
    ("f/.claude/settings.json", "{\"env\": \"@S@\", \"apiKeyHelper\": [\"@N@\"]"),
    (
        "g/.claude/settings.json",
        "{\"env\": {\"HTTPS_PROXY\": \"http://user:@S@@proxy.example.net\", \"CLAUDE_CONFIG_DIR\": \"/x/@N@\"}}",
    ),
    (
        "h/.claude/settings.json",
        "{\"hooks\": {\"Stop\": [{\"hooks\": [{\"type\": \"http\", \"headers\": {\"Authorization\": \"Bearer @S@ $X\", \"@N@\": \"$Y\"}}]}]}}",
    ),
    (
        ".mcp.json",
        "{\"mcpServers\": {\"@S@\": {\"command\": \"x\", \"args\": [\"--token\", \"@N@\", \"${env:@S@}\"], \"url\": \"https://h/?k=@S@\"}}}",
    ),
    ("i/.mcp.json", "{\"mcpServers\": {\"x\": {\"headers\": {\"Authorization\": \"Bearer ${env:X} @S@\"}}} // @N@"),
    (".env", "X_TOKEN=@S@ # was @N@\n@S@=1\n#OLD_KEY=@N@\nANTHROPIC_AUTH_TOKEN='@S@\n"),
    (
        "run.sh",
        "export X_TOKEN=\"@S@ # @N@\ncurl -u a:@S@ 'https://h.example.net/@N@'\nclaude --settings '{\"env\":{\"A_KEY\":\"@S@\"}}'\n",
    ),
    ("run2.sh", "ANTHROPIC_BASE_URL=https://@S@.example.net ANTHROPIC_API_KEY=@N@ claude\n"),
    (
        "m/.claude/settings.json",
        "{\"model\": \"@S@\", \"env\": {\"ANTHROPIC_MODEL\": \"x-@N@\"}, \"mcpServers\": {\"@N@\": \"@S@\"}}",
    ),
    (
        "run3.sh",
        "ANTHROPIC_API_KEY=\"$@S@\" ANTHROPIC_DEFAULT_OPUS_MODEL=@N@ claude --model opus\nclaude --model=@S@ --settings @N@\n",
    ),
    (
        "compose.yml",
        "services:\n  @S@:\n    image: x:@N@\n    environment:\n      - ANTHROPIC_API_KEY=@S@\n      - @N@=1\n    command: claude --api-key @S@ \"@N@\n",
    ),
    (
        "Dockerfile",
        "FROM x AS @S@\nENV ANTHROPIC_AUTH_TOKEN=@S@ @N@=1\nRUN echo $ANTHROPIC_AUTH_TOKEN @N@ && claude -p @S@\n",
    ),
    (
        ".github/workflows/a.yml",
        "on: push\nenv: {@S@: x, ANTHROPIC_API_KEY: \"@S@\"}\njobs:\n  @N@:\n    runs-on: x\n    steps:\n      - uses: anthropics/claude-code-action@v1\n        with: {settings: '{\"env\": {\"A_TOKEN\": \"@N@\"}}', claude_args: \"--model @S@\"}\n      - run: |\n          echo @S@ | curl -H 'x-api-key: @N@' https://@S@.example.net\n",
    ),
    (
        "start.ps1",
        "$env:ANTHROPIC_API_KEY = \"@S@\"\n$env:@N@ = '@S@'\n@\"\n{\"env\": {\"ANTHROPIC_AUTH_TOKEN\": \"@N@\"}}\n\"@ | Set-Content .claude/settings.json\nclaude -p @S@ \"@N@\n",
    ),
    ("start.bat", "set \"ANTHROPIC_API_KEY=@S@\"\r\nset @N@=@S@\r\necho %@S@% @N@\r\ncall claude --@N@ @S@\r\n"),
    ("start.fish", "set -gx ANTHROPIC_API_KEY '@S@'\nset -x @N@ @S@\nfunction @N@; claude @S@ \"@N@; end\n"),
    (
        "k8s.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: @S@}\nstringData: {ANTHROPIC_API_KEY: @S@, @N@: x}\n---\nkind: @N@\n",
    ),
    ("main.tf", "variable \"@S@\" {\n  default = \"@N@\"\n}\nlocals { api_key = \"@S@\" }\n"),
    (
        "a.py",
        "from anthropic import Anthropic\nclient = Anthropic(api_key=\"@S@\", base_url=\"https://@N@.example.net\")\nos.environ['@N@'] = '@S@'\n",
    ),
    ("Makefile", "export ANTHROPIC_API_KEY = @S@\n@N@: @S@\n\tclaude -p @N@ $(@S@)\n"),
    (
        "package.json",
        "{\"name\": \"@S@\", \"scripts\": {\"@N@\": \"ANTHROPIC_API_KEY=@S@ claude @N@\"}, \"dependencies\": {\"@S@\": \"@N@\"}}",
    ),
    (
        "keylint.toml",
        "\"@S@\" = 1\nexclude = [\"@N@\"]\n[rules]\n\"@S@\" = \"@N@\"\n[[allow]]\nrule = \"@S@\"\npath = \"@N@\"\nreason = \"@S@\"\nkey = \"@N@\"\n[[tokens]]\nname = \"@S@\"\npattern = '@N@'\n",
    ),
    ("comments.sh", "# keylint: ignore[@S@] @N@\n# keylint: ignore[secret-in-launcher] @S@\n# keylint: ignore @N@\n"),
    ("accepted.sh", "export X_TOKEN=@S@ # keylint: ignore[secret-in-launcher] it was @N@, and @S@\nclaude\n"),
    (
        "n/.claude/settings.json",
        "{\"apiKeyHelper\": \"bin/@P@/key.sh\", \"otelHeadersHelper\": \" \\\"./@P@\\\"\", \"statusLine\": {\"type\": \"command\", \"command\": \"$CLAUDE_PROJECT_DIR/@P@\"}}",
    ),
    (
        "run4.sh",
        ". ./@P@.env\nset -a; . conf/@P@/.env; set +a\nANTHROPIC_BASE_URL=https://h.example.net claude --settings ./@P@.json --mcp-config @P@/x.json\n",
    ),
    (
        "docker/compose.yml",
        "services:\n  x:\n    env_file: [\"@P@.env\", ./@P@]\n    environment: [\"ANTHROPIC_BASE_URL=https://h.example.net\"]\n    command: claude -p x\n",
    ),
    ("notes.md", "key: @S@, and beside it @N@ as @S@|@N@\n"),
    (".gitignore", "# @S@\n/x@N@\n"),
];

/// Files under `root` and what they hold.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.display().to_string(), std::fs::read(&path).unwrap_or_default());
            }
        }
    }
    found
}

/// The parts of a secret that must not appear: any eight characters in a row, but for its beginning, which many
/// issuers make the same for all.
fn traces<'a>(secret: &'a str, prefix: &str) -> impl Iterator<Item = &'a str> {
    let body = &secret[prefix.len().max(secret.len() / 3)..];
    (0..body.len().saturating_sub(7)).step_by(3).map(move |at| &body[at..at + 8])
}

#[test]
fn no_secret_leaves() {
    let mut rng = Rng::from_entropy();
    let loose = ["hex-key", "base62-key", "uuid-key"].map(|name| (name, ""));
    // Shapes whose samples are long enough to be told from other text; the two families of opaque keys often.
    let shapes: Vec<(&str, &str)> = SHAPES
        .iter()
        .filter(|shape| !shape.pattern.contains("BEGIN") && !shape.needles.is_empty())
        .map(|shape| (shape.id, shape.prefix))
        .chain(loose.iter().cycle().take(60).copied())
        .collect();
    let formats: [&[&str]; 5] = [
        &["--format", "human", "--min-severity", "note"],
        &["--format", "human", "--color", "always"],
        &["--format", "concise", "--min-severity", "note"],
        &["--format", "json"],
        &["--min-severity", "error"],
    ];
    // For programs: each has in a file what it would print.
    let for_programs = ["github", "sarif", "gitlab", "junit", "checkstyle", "rdjson", "markdown"];
    let rounds = std::env::var("KEYLINT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(6);
    let mut unbroken = 0;
    for round in 0..rounds {
        let repo = Repo::new();
        let mut planted = Vec::new();
        for (path, body) in PLACES {
            let mut draw = |fits: &dyn Fn(&str) -> bool| loop {
                let (id, prefix) = shapes[rng.below(shapes.len())];
                let secret = token(id, &mut rng).unwrap();
                if fits(&secret) {
                    planted.push((secret.clone(), prefix, id, *path));
                    return secret;
                }
            };
            let (secret, neighbour) = (draw(&|_| true), draw(&|_| true));
            // An address in a path is none any more: `//` becomes `/`.
            let part = draw(&|secret| !secret.contains('/'));
            repo.write(path, body.replace("@S@", &secret).replace("@N@", &neighbour).replace("@P@", &part));
        }
        repo.git(&["add", "-A", "-f"]);
        repo.git(&["commit", "-q", "-m", "x"]);
        if round == 0 {
            // Failures are reported, too.
            std::fs::remove_file(repo.path("notes.md")).unwrap();
            std::fs::create_dir(repo.path("notes.md")).unwrap();
        }
        let before = contents(&repo.home());
        let work = contents(&repo.root);
        let (secret, ..) = planted[0].clone();
        let mut outputs: Vec<(String, String)> = Vec::new();
        for format in formats {
            let output = run(repo.keylint(&[&["lint", "."], format].concat()));
            // A secret with a quote in it breaks the configuration, which ends the run.
            let broken = text(&output.stderr).contains("keylint.toml:");
            assert!(broken || !output.stdout.is_empty(), "{}", text(&output.stderr));
            unbroken += u32::from(!broken);
            outputs.push((format.join(" "), text(&output.stdout) + &text(&output.stderr)));
        }
        let folder = repo.home().parent().unwrap().join("files");
        std::fs::create_dir(&folder).unwrap();
        let wanted = for_programs.map(|format| format!("--output={format}={}", folder.join(format).display()));
        let name = token("anthropic-api-key", &mut rng).unwrap();
        let unwritable = format!("--output=human=none/{name}/x");
        planted.push((name, "", "anthropic-api-key", "--output"));
        let arguments: Vec<&str> = wanted.iter().map(String::as_str).chain([&*unwritable]).collect();
        let output = run(repo.keylint(&[&["lint", ".", "--min-severity", "note"], &arguments[..]].concat()));
        assert_eq!(output.status.code(), Some(2));
        outputs.push(("--output".to_owned(), text(&output.stdout) + &text(&output.stderr)));
        let files = contents(&folder);
        assert!(files.len() == wanted.len() || text(&output.stderr).contains("keylint.toml:"), "{files:?}");
        outputs.extend(files.into_iter().map(|(file, bytes)| (file, text(&bytes))));
        for format in ["human", "json"] {
            let output = run(repo.keylint(&["route", ".", "--format", format, "--env", "ANTHROPIC_MODEL=sonnet"]));
            let broken = text(&output.stderr).contains("keylint.toml:");
            assert_eq!(output.status.code(), Some(if broken { 2 } else { 0 }), "{}", text(&output.stderr));
            outputs.push((format!("route {format}"), text(&output.stdout) + &text(&output.stderr)));
        }
        for allow in [
            ["allow", &secret, "x", "y", "--reason", "z"],
            ["allow", "secret-in-mcp", &secret, &secret, "--reason", "z"],
            ["allow", "secret-in-mcp", ".mcp.json", "x", "--reason", &secret],
        ] {
            let output = run(repo.keylint(&allow));
            assert_eq!(output.status.code(), Some(2));
            outputs.push(("allow".to_owned(), text(&output.stdout) + &text(&output.stderr)));
        }
        let baseline = repo.home().parent().unwrap().join("baseline.txt");
        let output = run(repo.keylint(&["baseline", "--min-severity", "note", "--output", baseline.to_str().unwrap()]));
        outputs.push(("baseline".to_owned(), text(&output.stdout) + &text(&output.stderr)));
        match output.status.code() {
            Some(0) => outputs.push(("the baseline".to_owned(), std::fs::read_to_string(&baseline).unwrap())),
            code => {
                assert!(code == Some(2) && text(&output.stderr).contains("keylint.toml:"), "{}", text(&output.stderr));
            }
        }
        // A preview changes nothing; what is mended is looked at last.
        let preview = run(repo.keylint(&["lint", ".", "--diff", "--unsafe-fixes", "--min-severity", "note"]));
        outputs.push(("--diff".to_owned(), text(&preview.stdout) + &text(&preview.stderr)));
        assert!(work == contents(&repo.root), "nothing is written");
        let explained = run(repo.keylint(&["explain", &secret]));
        assert_eq!(explained.status.code(), Some(2));
        outputs.push(("explain".to_owned(), text(&explained.stdout) + &text(&explained.stderr)));
        assert!(work == contents(&repo.root), "nothing is written");
        let mended = run(repo.keylint(&["lint", ".", "--fix", "--unsafe-fixes", "--min-severity", "note"]));
        outputs.push(("--fix".to_owned(), text(&mended.stdout) + &text(&mended.stderr)));
        for (format, output) in &outputs {
            for (secret, prefix, id, path) in &planted {
                for trace in traces(secret, prefix) {
                    assert!(!output.contains(trace), "{id} from {path} in {format}: {trace} of {secret}\n{output}");
                }
            }
        }
        assert!(before == contents(&repo.home()), "nothing is written");
    }
    assert!(unbroken > 0);
}
