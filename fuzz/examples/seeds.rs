//! Writes seeds for all targets into a folder, one folder each: `cargo run --example seeds -- FOLDER`.
//!
//! They are made of the rules' pages, of a few lines for what pages don't have, and of the files below `KEYLINT_CORPUS`
//! where that is set. Markers become random tokens. None of this is kept in the repository.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use keylint::path::RepoPath;
use keylint::surface::table::{surface_in, surface_of};
use keylint_fuzz::family::FAMILIES;
use keylint_fuzz::sample::Rng;
use keylint_fuzz::token::expand;
use keylint_fuzz::{fix, manifests, parts, reading};

/// A file of an example.
struct File {
    path: String,
    text: String,
}

fn main() -> io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("which folder?"));
    };
    let mut seeds = Seeds { folder, counts: HashMap::new() };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for page in pages(&root.join("rules"))? {
        for example in page.split("\n## ").skip(1) {
            seeds.example(&files(example))?;
        }
    }
    if let Some(corpus) = std::env::var_os("KEYLINT_CORPUS") {
        seeds.corpus(Path::new(&corpus))?;
    }
    seeds.by_hand()
}

/// Where seeds go, and how many each target has.
struct Seeds {
    folder: PathBuf,
    counts: HashMap<String, usize>,
}

impl Seeds {
    fn write(&mut self, target: &str, bytes: &[u8]) -> io::Result<()> {
        let count = self.counts.entry(target.to_owned()).or_default();
        *count += 1;
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{count:04}")), bytes)
    }

    /// The files of an example, for whoever reads one of them, and all together.
    fn example(&mut self, files: &[File]) -> io::Result<()> {
        let mut all: Vec<Vec<u8>> = Vec::new();
        let mut mended: Vec<Vec<u8>> = Vec::new();
        for File { path, text } in files {
            self.file(path, text.as_bytes())?;
            all.push(parts::part(path, text));
            if let Some(number) = fix::PATHS.iter().position(|known| known == path) {
                mended.push([&[u8::try_from(number).unwrap_or(0)], text.as_bytes()].concat());
            }
            if path == ".gitignore" {
                self.write("ignore", &[b"a/*.b\0.claude/settings.local.json\0", text.as_bytes()].concat())?;
            }
        }
        if all.is_empty() {
            return Ok(());
        }
        self.write("reports", &[&[1, 0, 0, 0, 0], parts::joined(&all).as_slice()].concat())?;
        self.write("configuration", &parts::joined(&all))?;
        if !mended.is_empty() {
            self.write("fix", &[&[3, 0, 0, 0], parts::joined(&mended).as_slice()].concat())?;
        }
        Ok(())
    }

    /// A file for the families that read what it is, for the mask, and as a manifest.
    fn file(&mut self, path: &str, text: &[u8]) -> io::Result<()> {
        let place = RepoPath::from(path);
        let surface = surface_of(&place, &|_| false).or_else(|| surface_in(&place, text));
        for family in FAMILIES {
            for (number, row) in family.rows.iter().enumerate() {
                if surface.is_some()
                    && row.surface() == surface
                    && row.path.ends_with(".ipynb") == path.ends_with(".ipynb")
                {
                    let text = text.strip_prefix(row.head.as_bytes()).unwrap_or(text);
                    self.write(family.name, &reading::input(number, text))?;
                }
            }
        }
        self.write("mask", &[&[0; 5], text].concat())?;
        if let Some(number) = manifests::PATHS.iter().position(|known| *known == path) {
            self.write("manifests", &[&[u8::try_from(number).unwrap_or(0)], text].concat())?;
        }
        Ok(())
    }

    /// Real files, which stay where they are: what is written of them is thrown away with the build.
    fn corpus(&mut self, folder: &Path) -> io::Result<()> {
        for (below, path) in [
            ("settings", ".claude/settings.json"),
            ("settings-local", ".claude/settings.local.json"),
            ("mcp", ".mcp.json"),
            ("env", ".env"),
        ] {
            let Ok(entries) = fs::read_dir(folder.join(below)) else { continue };
            for entry in entries {
                let text = fs::read(entry?.path())?;
                if text.len() < 4096 {
                    self.file(path, &text)?;
                }
            }
        }
        Ok(())
    }

    /// What no page has.
    fn by_hand(&mut self) -> io::Result<()> {
        for (path, text) in FILES {
            self.file(path, text.as_bytes())?;
        }
        for (pattern, path) in
            [("**/a*/[!b-d]?", "x/ab/cd"), ("[[:alpha:]]\\*", "a*"), ("a/**", "a/b"), ("*a*b", "xaxb")]
        {
            self.write("ignore", format!("{pattern}\0{path}\0/a/\n!a/b\n*.log\n").as_bytes())?;
        }
        for input in [
            "\0{\"env\":{\"A\":\"1\"}}\0B\x002",
            "\0{\n  \"a\": [1, 2]\n}\n\0env\0x",
            "\u{1}{\n  // a\n  \"a\": [1,],\n}\n",
            "\u{2}a\nb\nc\n\0a\nc\nd\n",
        ] {
            self.write("fix", input.as_bytes())?;
        }
        self.write(
            "configuration",
            &parts::joined(&[
                parts::part("keylint.toml", CONFIGURATION),
                parts::part(
                    ".env",
                    "ANTHROPIC_API_KEY=a # keylint: ignore[both-credentials] because\nANTHROPIC_AUTH_TOKEN=b\n",
                ),
                parts::part(
                    "keylint-baseline.txt",
                    "salt 0123456789abcdef\nboth-credentials\t.env\tANTHROPIC_API_KEY\t01ab\n",
                ),
            ]),
        )?;
        // Whole, a difference by its distance, one by its name.
        self.write("wire", b"\0\0\x08contents\x01\x04\x90\x04\x01x\x41\x03\x91\x02\x02")?;
        self.write("wire", format!("\u{2}{SESSION}").as_bytes())?;
        for event in EVENTS {
            self.write("wire", format!("\u{4}{event}\0a b\n").as_bytes())?;
        }
        let build =
            "\u{5}GITHUB_ACTIONS=true\nGITHUB_EVENT_NAME=push\nGITHUB_SHA=a\n\n{\"before\": \"b\", \"after\": \"a\"}";
        self.write("wire", build.as_bytes())?;
        self.write("wire", b"\x05GITLAB_CI=true\nCI_COMMIT_SHA=a\nCI_COMMIT_BEFORE_SHA=b\n\n")
    }
}

/// The texts of all pages.
fn pages(folder: &Path) -> io::Result<Vec<String>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    paths.iter().map(fs::read_to_string).collect()
}

/// The files of one section of a page.
fn files(section: &str) -> Vec<File> {
    let mut files = Vec::new();
    let mut rng = Rng::new(1);
    let mut lines = section.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: String = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        let mut words = info.split(' ');
        if let (Some(kind), Some(path)) = (words.next(), words.next())
            && kind != "fixed"
        {
            files.push(File { path: path.to_owned(), text: expand(&body, &mut rng) });
        }
    }
    files
}

/// Files of kinds that pages have too few of.
const FILES: [(&str, &str); 22] = [
    ("glm.fish", "function glm\n  set -lx ANTHROPIC_BASE_URL https://api.z.ai\n  env A=(cat a) claude $argv\nend\n"),
    (".config/fish/fish_variables", "SETUVAR --export A_TOKEN:abc\\x20def\n"),
    (
        "glm.ps1",
        "$env:A = \"$env:B$(Get-Content a)\"\nif (-not $env:A) { & claude @args }\n@{ 'A' = 'b' }.GetEnumerator() | % { $_ }\n@'\na\n'@\n",
    ),
    (
        "glm.bat",
        "@echo off\r\nsetlocal\r\nset \"A=%B:~0,3%!C!\"\r\nif \"%A%\"==\"\" (call :a) else claude %*\r\n:a\r\n",
    ),
    (
        ".buildkite/pipeline.yml",
        "env:\n  A: b\nsteps:\n  - command: claude\n    plugins:\n      - docker#v5:\n          environment:\n            - A=b\n",
    ),
    (
        "bitbucket-pipelines.yml",
        "pipelines:\n  default:\n    - step:\n        script:\n          - export A=$B\n          - claude -p a\n",
    ),
    (
        ".circleci/config.yml",
        "version: 2.1\ncommands:\n  a:\n    parameters: {b: {type: string}}\n    steps:\n      - run: {command: claude << parameters.b >>, environment: {A: b}}\n",
    ),
    (
        "Jenkinsfile",
        "pipeline {\n  environment { A = credentials('a') }\n  stages { stage('a') { steps { sh '''claude''' } } }\n}\n",
    ),
    (
        "action.yml",
        "runs:\n  using: composite\n  steps:\n    - run: echo \"A=${{ secrets.A }}\" >> $GITHUB_ENV\n      shell: bash\n",
    ),
    (
        "Dockerfile",
        "# syntax=a\nARG A=b\nFROM a AS b\nENV A=${A:-c} B=\"d\"\nRUN <<EOF\nexport A=b\nclaude\nEOF\nCMD [\"claude\", \"-p\"]\nCOPY --from=b . .\n",
    ),
    (
        "compose.yaml",
        "x-a: &a\n  environment: {A: b}\nservices:\n  a:\n    <<: *a\n    image: a\n    env_file: [{path: .env, required: false}]\n    command: claude\n",
    ),
    (
        ".idea/workspace.xml",
        "<project><component><configuration><envs><env name=\"A\" value=\"b&amp;c\" /></envs></configuration></component></project>\n",
    ),
    (
        "Makefile",
        "include a.mk\nexport A := $(shell cat a)\nifeq ($(A),)\nB ?= c\nendif\n.PHONY: a\na: export C = d\na:\n\t@A=$$B claude \\\n\t  -p\ndefine E\na\nendef\n",
    ),
    (
        "justfile",
        "set dotenv-load\nexport A := env('B', 'c')\na b='c' *d:\n    #!/usr/bin/env bash\n    claude {{ b }}\n",
    ),
    ("mise.toml", "[env]\nA = \"b\"\n_.file = \".env\"\n[tasks.a]\nrun = [\"claude\"]\n"),
    ("Procfile", "web: A=b claude\n"),
    (
        "a.service",
        "[Service]\nEnvironment=\"A=b c\" D=e\nEnvironmentFile=-/etc/a\nExecStart=/bin/sh -c 'claude $A' \\\n  b\n",
    ),
    (
        "a.plist",
        "<plist><dict><key>EnvironmentVariables</key><dict><key>A</key><string>b</string></dict><key>ProgramArguments</key><array><string>claude</string></array></dict></plist>\n",
    ),
    (
        "main.tf",
        "resource \"a\" \"b\" {\n  environment = { A = var.b, C = \"${local.d}\" }\n  user_data = <<-EOF\n    export A=b\n  EOF\n}\n",
    ),
    (
        "flake.nix",
        "{ pkgs }: pkgs.mkShell {\n  A = \"b${c}\";\n  shellHook = ''\n    export D=''${E}\n    claude\n  '';\n}\n",
    ),
    (
        "a.ts",
        "import Anthropic from '@anthropic-ai/sdk'\nconst a = new Anthropic({ apiKey: process.env.A ?? `b${c}`, baseURL: 'https://a' })\n",
    ),
    (
        "a.ipynb",
        "{\"metadata\": \"anthropic\",\n\"cells\": [{\"cell_type\": \"code\", \"source\": [\"%env ANTHROPIC_API_KEY=a\\n\", \"client = Anthropic(api_key='b')\"]}]}\n",
    ),
];

const CONFIGURATION: &str = "text = \"all\"
exclude = [\"vendor/\", \"!vendor/a\"]
launchers = [\"bin/*\"]
[rules]
both-credentials = \"note\"
[[paths]]
match = [\"tests/\"]
rules = { all = \"off\" }
[[gateways]]
host = \"*.example.com\"
header = \"bearer\"
shared = true
[[tokens]]
name = \"corp token\"
pattern = \"corp_[a-z]{20}\"
[variables]
credentials = [\"CORP_*\"]
[[allow]]
rule = \"both-credentials\"
path = \"/.env\"
key = \"ANTHROPIC_API_KEY\"
reason = \"because\"
expires = 2030-01-01
";

const SESSION: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{"general":{"positionEncodings":["utf-8"]}},"rootUri":null}}
{"jsonrpc":"2.0","method":"initialized","params":{}}
{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:/.claude/settings.json","languageId":"json","version":1,"text":"{\"env\":{\"ANTHROPIC_API_KEY\":\"a\",\"ANTHROPIC_AUTH_TOKEN\":\"b\"} // c\n}"}}}
{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"untitled:/.claude/settings.json","version":2},"contentChanges":[{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":2}},"text":"é"}]}}
{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":"untitled:/.claude/settings.json"},"position":{"line":0,"character":12}}}
{"jsonrpc":"2.0","id":3,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"untitled:/.claude/settings.json"},"range":{"start":{"line":0,"character":0},"end":{"line":1,"character":0}},"context":{"diagnostics":[]}}}
{"jsonrpc":"2.0","id":4,"method":"shutdown"}
{"jsonrpc":"2.0","method":"exit"}"#;

const EVENTS: [&str; 4] = [
    r#"{"hook_event_name":"PreToolUse","cwd":"/a","tool_name":"Edit","tool_input":{"file_path":"/a/b","old_string":"b","new_string":"c","replace_all":true}}"#,
    r#"{"hook_event_name":"PreToolUse","cwd":"/a","tool_name":"NotebookEdit","tool_input":{"notebook_path":"/a/b.ipynb","cell_id":"cell-0","new_source":"a\nb","edit_mode":"insert"}}"#,
    r#"{"hook_event_name":"PreToolUse","cwd":"/a","tool_name":"MultiEdit","tool_input":{"file_path":"b","edits":[{"old_string":"a","new_string":"b"}]}}"#,
    r#"{"hook_event_name":"PostToolUse","cwd":"/a","tool_name":"Write","tool_input":{"file_path":"b"},"tool_response":{"originalFile":"c"}}"#,
];
