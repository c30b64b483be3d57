use super::*;

/// What a file declares: `line package version generation`, one a line.
fn read(path: &str, text: &str) -> Vec<String> {
    declarations(&RepoPath::from(path), text)
        .iter()
        .map(|it| {
            let side = match it.consumer {
                Consumer::Sdk { generation: Generation::Early, .. } => "early",
                Consumer::Sdk { generation: Generation::Old, .. } => "old",
                Consumer::Sdk { generation: Generation::New, .. } => "new",
                Consumer::Sdk { generation: Generation::Unknown, .. } => "?",
                Consumer::AgentSdk => "agent",
                Consumer::ClaudeCode => "client",
                Consumer::Unknown => "unknown",
            };
            format!("{} {} {} {side}", it.line, it.package, it.version).replace("  ", " ")
        })
        .collect()
}

fn check(path: &str, text: &str, expected: &[&str]) {
    assert_eq!(read(path, text), expected, "{path}\n{text}");
}

#[test]
fn manifests_by_name() {
    for path in [
        "requirements.txt",
        "a/requirements-dev.txt",
        "requirements.in",
        "requirements/base.txt",
        "constraints.txt",
        "pyproject.toml",
        "uv.lock",
        "poetry.lock",
        "Pipfile",
        "Pipfile.lock",
        "setup.py",
        "setup.cfg",
        "a/b/package.json",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
    ] {
        assert!(speaks_of(&RepoPath::from(path)).is_some(), "{path}");
    }
    for path in
        ["requirements.md", "requirements", "notes.txt", "package.jsonc", "Cargo.lock", "bun.lockb", "x-setup.py"]
    {
        assert!(speaks_of(&RepoPath::from(path)).is_none(), "{path}");
        check(path, "anthropic==1.0\n", &[]);
    }
}

#[test]
fn requirement_lines() {
    for (text, expected) in [
        ("anthropic", "anthropic ?"),
        ("anthropic==0.86.0", "anthropic ==0.86.0 old"),
        ("anthropic==0.49.0", "anthropic ==0.49.0 early"),
        ("anthropic==0.50.0", "anthropic ==0.50.0 old"),
        ("anthropic<0.50", "anthropic <0.50 early"),
        ("anthropic<2", "anthropic <2 old"),
        ("anthropic >= 2", "anthropic >= 2 new"),
        ("anthropic[bedrock]==1.2", "anthropic ==1.2 old"),
        ("anthropic[bedrock, vertex] ~=0.40", "anthropic ~=0.40 old"),
        ("anthropic (>=1,<2)", "anthropic >=1,<2 old"),
        ("anthropic>=2 ; python_version > \"3.9\"", "anthropic >=2 new"),
        ("anthropic==2.11.0 # the SDK", "anthropic ==2.11.0 new"),
        ("anthropic==2.11.0 --hash=sha256:00", "anthropic ==2.11.0 new"),
        ("anthropic==2.11.0 \\", "anthropic ==2.11.0 new"),
        ("Anthropic==2.0.0", "anthropic ==2.0.0 new"),
        ("  anthropic==0.86.*", "anthropic ==0.86.* old"),
        ("anthropic @ git+https://user:secret@h/x@main", "anthropic ?"),
        ("anthropic@https://h/x.whl", "anthropic ?"),
        ("anthropic[vertex] @ file:///x", "anthropic ?"),
        ("-e git+https://h/x#egg=anthropic", "anthropic ?"),
        ("git+https://h/x@main#egg=anthropic[vertex]&subdirectory=a", "anthropic ?"),
        ("anthropic==banana", "anthropic ?"),
        ("claude-agent-sdk>=0.1", "claude-agent-sdk >=0.1 agent"),
        ("Claude_Code.SDK==0.0.25", "claude-code-sdk ==0.0.25 agent"),
        ("claude--agent_.sdk>=0.1", "claude-agent-sdk >=0.1 agent"),
    ] {
        let expected = format!("1 {expected}");
        check("requirements.txt", text, &[&expected]);
    }
    for text in [
        "anthropic-tools==1.0",
        "langchain-anthropic==1.0",
        "langchain_anthropic",
        "anthropic_sdk",
        "anthropic.x",
        "# anthropic==1.0",
        "# git+https://h/x#egg=anthropic",
        "-r anthropic",
        "--index-url https://h/anthropic",
        "https://h/anthropic-1.0.whl",
        "./anthropic",
        "anthropic is a package",
        "#egg=anthropic",
        "-",
        "",
    ] {
        check("requirements.txt", text, &[]);
    }
    check(
        "requirements/dev.txt",
        "a==1\r\nanthropic==1.0 \\\r\n    --hash=sha256:00 \\\r\n",
        &["2 anthropic ==1.0 old"],
    );
    check("requirements.txt", "\u{FEFF}anthropic==1.0\n", &["1 anthropic ==1.0 old"]);
}

#[test]
fn pyproject() {
    let text = r#"[build-system]
requires = ["anthropic"]
[project]
name = "anthropic"
keywords = ["anthropic"]
dependencies = [
    "httpx>=0.2",  # "anthropic==9"
    'anthropic[bedrock]>=0.40,<1; python_version > "3.9"',
    "langchain-anthropic",
]
[project.optional-dependencies]
all = ["anthropic==2.0.0", "claude-agent-sdk"]
[dependency-groups]
dev = [{ include-group = "anthropic" }, "anthropic>=2"]
[tool.uv]
dev-dependencies = ["anthropic"]
[tool.ruff]
dependencies = ["anthropic"]
"#;
    let expected = [
        "8 anthropic >=0.40,<1 old",
        "12 anthropic ==2.0.0 new",
        "12 claude-agent-sdk agent",
        "14 anthropic >=2 new",
        "16 anthropic ?",
    ];
    check("pyproject.toml", text, &expected);
    let poetry = r#"[tool.poetry]
name = "anthropic"
[tool.poetry.dependencies]
python = "^3.11"
# anthropic = "1.0"
anthropic = "^0.40"
anthropic-tools = "^0.40"
[tool.poetry.group.dev.dependencies]
"anthropic" = { extras = ["vertex"], version = ">=2,<3", optional = true }
[tool.poetry.dependencies.Anthropic]
extras = ["bedrock"]
version = "1.17.0"
[tool.poetry.group.git.dependencies]
anthropic = { git = "https://user:secret@h/x", tag = "v1.0" }
[tool.poetry.extras]
anthropic = ["anthropic"]
"#;
    let expected = ["6 anthropic ^0.40 early", "9 anthropic >=2,<3 new", "10 anthropic 1.17.0 old", "14 anthropic ?"];
    check("pyproject.toml", poetry, &expected);
    check(
        "pyproject.toml",
        "[project]\noptional-dependencies = { x = [\"anthropic>=2\"] }\n",
        &["2 anthropic >=2 new"],
    );
    check("pyproject.toml", "[project]\ndependencies = [\"anthropic>=2", &["2 anthropic >=2 new"]);
    for section in ["group.dev", "group.dev.x.dependencies", "group.dev.x", "x.dev.dependencies", "extras"] {
        check("pyproject.toml", &format!("[tool.poetry.{section}]\nanthropic = \"^1.0\"\n"), &[]);
    }
    check(
        "Pipfile",
        "[packages]\nanthropic = \"~=0.40\"\n[dev-packages]\nanthropic = \"*\"\n",
        &["2 anthropic ~=0.40 old", "4 anthropic * ?"],
    );
}

#[test]
fn setup_files() {
    let cfg = "[metadata]\nname = anthropic\n[options]\ninstall_requires =\n    httpx\n    # anthropic\n    anthropic>=2\n\
               python_requires = >=3.9\n[options.extras_require]\nold = anthropic<2\nall =\n    claude-agent-sdk\n";
    check("setup.cfg", cfg, &["7 anthropic >=2 new", "10 anthropic <2 old", "12 claude-agent-sdk agent"]);
    let py = "REQUIREMENTS = [\n    'anthropic>=1,<2',  # 'anthropic>=2'\n]\nsetup(\n    name='anthropic',\n    \
              keywords=['anthropic'],\n    install_requires=['anthropic'],\n    \
              extras_require={'anthropic': ['anthropic>=2']},\n)\n";
    // The name of an extra can't be told from a requirement, and does no harm.
    let expected = ["2 anthropic >=1,<2 old", "7 anthropic ?", "8 anthropic ?", "8 anthropic >=2 new"];
    check("setup.py", py, &expected);
    for name in ["setup(name='x', install_requires", "REQUIREMENTS_DEV ", "setup(größe_requires"] {
        check("setup.py", &format!("{name}=['anthropic==1.0'])"), &["1 anthropic ==1.0 old"]);
    }
    check("setup.py", "required, keywords = ['anthropic==1.0']", &[]);
}

#[test]
fn python_locks() {
    let text = "version = 1\n[[package]]\nname = \"anthropic\"\nversion = \"0.86.0\"\nsource = { registry = \"x\" }\n\
                dependencies = [\n    { name = \"anthropic\" },\n]\n[[package]]\nname = \"langchain-anthropic\"\n\
                version = \"1.0.0\"\n[package.dependencies]\nanthropic = \">=2\"\n[[package]]\nname = \"x\"\n\
                version = \"2.0.0\"\n";
    check("uv.lock", text, &["3 anthropic 0.86.0 old"]);
    check("poetry.lock", text, &["3 anthropic 0.86.0 old"]);
    check("pylock.toml", "[[packages]]\nname = \"anthropic\"\nversion = \"2.1.0\"\n", &["2 anthropic 2.1.0 new"]);
    let pipfile = r#"{"_meta": {"anthropic": {"version": "==9.0.0"}}, "default": {
        "anthropic": {"hashes": ["sha256:0"], "index": "pypi", "version": "==0.40.0"},
        "langchain-anthropic": {"version": "==1.0.0"}}, "develop": {}}"#;
    check("Pipfile.lock", pipfile, &["2 anthropic ==0.40.0 early"]);
}

#[test]
fn package_json() {
    let text = r#"{
  "name": "@anthropic-ai/sdk",
  "dependencies": {
    "@anthropic-ai/sdk": "^1.2.0",
    "@anthropic-ai/sdk-foo": "^0.2.0",
    "@anthropic-ai/bedrock-sdk": "^0.2.0"
  },
  "devDependencies": { "@anthropic-ai/claude-code": "latest", "@anthropic-ai/claude-agent-sdk": "~0.3.1" },
  "peerDependencies": { "@anthropic-ai/sdk": ">=0.93.0" },
  "optionalDependencies": { "@anthropic-ai/sdk": "workspace:*" },
  "overrides": { "@anthropic-ai/sdk": "0.1.0" },
  "config": { "dependencies": { "@anthropic-ai/sdk": "0.1.0" } },
  "peerDependenciesMeta": { "@anthropic-ai/sdk": { "optional": true } },
  "keywords": ["@anthropic-ai/sdk"]
}"#;
    let expected = [
        "4 @anthropic-ai/sdk ^1.2.0 new",
        "8 @anthropic-ai/claude-code client",
        "8 @anthropic-ai/claude-agent-sdk ~0.3.1 agent",
        "9 @anthropic-ai/sdk >=0.93.0 ?",
        "10 @anthropic-ai/sdk * ?",
    ];
    check("package.json", text, &expected);
    let escaped = r#"{"scripts": {"start": "echo \"hi\" \\"},
  "dependencies": {"@anthropic-ai/sdk": "^1.2.0"}}"#;
    check("package.json", escaped, &["2 @anthropic-ai/sdk ^1.2.0 new"]);
    for (range, expected) in [
        ("workspace:^0.50.0", "^0.50.0 old"),
        ("0.x", "0.x old"),
        ("0.39.0", "0.39.0 early"),
        ("0.40.0", "0.40.0 old"),
        ("", "?"),
        ("next", "?"),
        ("catalog:", "?"),
        ("git+ssh://user:secret@h/x.git#v1.0.0", "?"),
        ("file:../sdk", "?"),
        ("npm:@other/sdk@1.0.0", "?"),
        ("1.0.0-rc.1", "1.0.0-rc.1 new"),
    ] {
        let text = format!(r#"{{"dependencies":{{"@anthropic-ai/sdk":"{range}"}}}}"#);
        let expected = format!("1 @anthropic-ai/sdk {expected}");
        check("package.json", &text, &[&expected]);
    }
}

#[test]
fn node_locks() {
    let npm = r#"{"lockfileVersion": 3, "packages": {
  "": {"version": "9.0.0", "dependencies": {"@anthropic-ai/sdk": "^1.0.0"}},
  "node_modules/@anthropic-ai/sdk": {"version": "1.11.0", "peerDependencies": {"zod": "^3"}},
  "node_modules/foo/node_modules/@anthropic-ai/sdk": {"version": "0.20.0"},
  "node_modules/@anthropic-ai/sdk-foo": {"version": "0.20.0"},
  "packages/a/node_modules/@anthropic-ai/sdk": {"version": "0.137.0"},
  "packages/sdk": {"name": "@anthropic-ai/sdk", "version": "0.1.0"}
}}"#;
    check("package-lock.json", npm, &["3 @anthropic-ai/sdk 1.11.0 new", "6 @anthropic-ai/sdk 0.137.0 old"]);
    let first = r#"{"dependencies": {"@anthropic-ai/sdk": {"version": "0.20.0", "requires": {"@anthropic-ai/sdk": "1.0.0"},
        "dependencies": {"@anthropic-ai/sdk": {"version": "1.0.0"}}}}}"#;
    check("npm-shrinkwrap.json", first, &["1 @anthropic-ai/sdk 0.20.0 early"]);
    let yarn = "# yarn lockfile v1\n\n\"@anthropic-ai/sdk@^0.20.0\", \"@anthropic-ai/sdk@^0.24.0\":\n  version \"0.24.3\"\n  \
                resolved \"https://h\"\n\n\"@anthropic-ai/sdk-foo@^1.0.0\":\n  version \"1.0.0\"\n  dependencies:\n    \
                \"@anthropic-ai/sdk\" \"^1\"\n\nfoo@1:\n  version \"1.0.0\"\n";
    check("yarn.lock", yarn, &["3 @anthropic-ai/sdk 0.24.3 early"]);
    let berry = "__metadata:\n  version: 8\n\n\"@anthropic-ai/sdk@npm:^1.0.0, @anthropic-ai/sdk@npm:^1.1.0\":\n  \
                 version: 1.11.0\n  resolution: \"@anthropic-ai/sdk@npm:1.11.0\"\n\n\
                 \"@anthropic-ai/claude-code@workspace:.\":\n  version: 0.0.0-use.local\n";
    check("yarn.lock", berry, &["4 @anthropic-ai/sdk 1.11.0 new"]);
    let pnpm = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      '@anthropic-ai/sdk':\n        \
                specifier: ^0.24.0\n        version: 0.24.3\n\npackages:\n\n  '@anthropic-ai/sdk@0.24.3':\n    \
                resolution: {integrity: sha512-0}\n\n  '@anthropic-ai/sdk-foo@1.0.0':\n    resolution: {}\n\nsnapshots:\n\n  \
                '@anthropic-ai/sdk@0.24.3(zod@3)': {}\n";
    check("pnpm-lock.yaml", pnpm, &["13 @anthropic-ai/sdk 0.24.3 early"]);
    let older =
        "packages:\n\n  /@anthropic-ai/sdk/1.0.0_zod@3.2.0:\n    dev: false\n  /@anthropic-ai/sdk@0.9.0(zod@3.2.0):\n";
    check("pnpm-lock.yaml", older, &["3 @anthropic-ai/sdk 1.0.0 new", "5 @anthropic-ai/sdk 0.9.0 early"]);
    let bun = r#"{"workspaces": {"": {"dependencies": {"@anthropic-ai/sdk": "^0.52.0",},},},
  "packages": {
    "@anthropic-ai/sdk": ["@anthropic-ai/sdk@0.52.0", "", { "bin": { "x": "y" } }, "sha512-0=="],
    "foo/@anthropic-ai/sdk": ["@anthropic-ai/sdk@1.0.0", "", {}, "sha512-0=="],
    "@anthropic-ai/claude-code": ["@anthropic-ai/claude-code@2.1.0", "", {}, ""],
  }
}"#;
    let expected = ["3 @anthropic-ai/sdk 0.52.0 old", "5 @anthropic-ai/claude-code 2.1.0 client"];
    check("bun.lock", bun, &expected);
}

/// What is read for a file: `consumer place`, one a line.
fn readers(files: &[(&str, &str)], path: &str) -> Vec<String> {
    let manifests = files.iter().map(|(path, text)| {
        let path = RepoPath::from(*path);
        let declared = declarations(&path, text);
        (path, declared)
    });
    let consumers = Consumers::new(manifests.collect());
    let say = |reader: &Reader<'_>| match reader.consumer {
        Consumer::Sdk { generation, .. } => format!("{generation:?} {reader}"),
        other => format!("{other:?} {reader}"),
    };
    consumers.for_file(&RepoPath::from(path)).iter().map(say).collect()
}

const LOCK: &str = "[[package]]\nname = \"anthropic\"\nversion = \"0.86.0\"\n";
const SDK: &str = r#"{"dependencies": {"@anthropic-ai/sdk": "^0.50.0 || ^1.0.0"}}"#;

#[test]
fn a_lock_file_beats_a_range() {
    let range = ("pyproject.toml", "[project]\ndependencies = [\"anthropic\"]\n");
    assert_eq!(readers(&[range], ".env"), ["Unknown anthropic (pyproject.toml:2)"]);
    assert_eq!(readers(&[range, ("uv.lock", LOCK)], ".env"), ["Old anthropic 0.86.0 (uv.lock:2)"]);
    // A lock file that was left behind says nothing.
    let newer = ("pyproject.toml", "[project]\ndependencies = [\"anthropic>=2\"]\n");
    assert_eq!(readers(&[newer, ("uv.lock", LOCK)], ".env"), ["New anthropic >=2 (pyproject.toml:2)"]);
    // An exact version beats a range, wherever it stands.
    let exact = ("requirements.txt", "anthropic==1.0\n");
    assert_eq!(readers(&[range, exact], ".env"), ["Old anthropic 1.0 (requirements.txt:1)"]);
    let constraints = ("constraints.txt", "anthropic==2.0.0\n");
    assert_eq!(readers(&[range, constraints], ".env"), ["New anthropic 2.0.0 (constraints.txt:1)"]);
}

#[test]
fn what_only_a_lock_file_names_is_for_others() {
    let other = ("pyproject.toml", "[project]\ndependencies = [\"langchain-anthropic\"]\n");
    assert!(readers(&[other, ("uv.lock", LOCK)], ".env").is_empty());
    assert_eq!(readers(&[("uv.lock", LOCK)], ".env"), ["Old anthropic 0.86.0 (uv.lock:2)"]);
    assert!(readers(&[("constraints.txt", "anthropic==1.0\n")], ".env").is_empty());
    // What is looked for because it steals credentials is not who they are for.
    let thief = ("requirements.txt", "litellm==1.0\nanthropic<1\n");
    assert_eq!(readers(&[thief], ".env"), ["Old anthropic <1 (requirements.txt:2)"]);
    // Another language's manifest says nothing about it.
    assert_eq!(readers(&[("package.json", "{}"), ("uv.lock", LOCK)], ".env").len(), 1);
}

#[test]
fn places_that_differ_leave_it_open() {
    let files = [("requirements.txt", "anthropic<1\n"), ("requirements-new.txt", "anthropic>=2\n")];
    assert_eq!(readers(&files, ".env"), ["Unknown anthropic >=2 (requirements-new.txt:1)"]);
    let files = [("requirements.txt", "anthropic\n"), ("requirements-new.txt", "anthropic>=2\n")];
    assert_eq!(readers(&files, ".env"), ["New anthropic >=2 (requirements-new.txt:1)"]);
}

#[test]
fn the_nearest_manifest_decides() {
    let files = [
        ("pyproject.toml", "[project]\ndependencies = [\"anthropic==2.0.0\"]\n"),
        ("web/package.json", SDK),
        ("web/other/package.json", "{}"),
        ("old/requirements/base.txt", "anthropic<1\nclaude-agent-sdk\n"),
    ];
    let root = ["New anthropic 2.0.0 (pyproject.toml:2)"];
    assert_eq!(readers(&files, ".env"), root);
    assert_eq!(readers(&files, "src/deep/.env"), root);
    assert_eq!(readers(&files, "webx/.env"), root);
    assert_eq!(readers(&files, "web/src/.env").len(), 1);
    assert!(readers(&files, "web/other/.env").is_empty());
    let old =
        ["AgentSdk claude-agent-sdk (old/requirements/base.txt:2)", "Old anthropic <1 (old/requirements/base.txt:1)"];
    assert_eq!(readers(&files, "old/.env"), old);
    assert!(readers(&[], ".env").is_empty());
    assert!(readers(&[("a/requirements.txt", "anthropic")], ".env").is_empty());
}

#[test]
fn a_workspace_shares_its_lock_file() {
    let lock = r#"{"packages": {
"node_modules/@anthropic-ai/sdk": {"version": "1.11.0"},
"node_modules/@anthropic-ai/claude-code": {"version": "2.1.0"}}}"#;
    let files = [("package.json", "{}"), ("package-lock.json", lock), ("packages/a/package.json", SDK)];
    assert_eq!(readers(&files, "packages/a/.env"), ["New @anthropic-ai/sdk 1.11.0 (package-lock.json:2)"]);
    assert!(readers(&files, ".env").is_empty());
    // Nothing but the lock file of a workspace is shared.
    let pipenv = r#"{"default": {"anthropic": {"version": "==1.0"}}}"#;
    for (path, text) in
        [("requirements.txt", "anthropic==1.0"), ("constraints.txt", "anthropic==1.0"), ("Pipfile.lock", pipenv)]
    {
        let files = [(path, text), ("a/requirements.txt", "anthropic")];
        assert_eq!(readers(&files, "a/.env"), ["Unknown anthropic (a/requirements.txt:1)"], "{path}");
    }
    // Of several versions only those count that the manifest admits.
    let both = "packages:\n  '@anthropic-ai/sdk@0.20.0':\n  '@anthropic-ai/sdk@0.50.3':\n";
    let files = [("pnpm-lock.yaml", both), ("packages/a/package.json", SDK)];
    assert_eq!(readers(&files, "packages/a/.env"), ["Old @anthropic-ai/sdk 0.50.3 (pnpm-lock.yaml:3)"]);
}

#[test]
fn several_kinds_at_once() {
    let json = r#"{"devDependencies": {"@anthropic-ai/claude-code": "2.1.0", "@anthropic-ai/sdk": "1.0.0"}}"#;
    let files = [("package.json", json), ("requirements.txt", "claude-agent-sdk\nanthropic==1.0\nclaude-code-sdk\n")];
    let expected = [
        "ClaudeCode @anthropic-ai/claude-code 2.1.0 (package.json:1)",
        "AgentSdk claude-agent-sdk (requirements.txt:1)",
        "Old anthropic 1.0 (requirements.txt:2)",
        "New @anthropic-ai/sdk 1.0.0 (package.json:1)",
    ];
    assert_eq!(readers(&files, "x/.env"), expected);
}

#[test]
fn an_unknown_generation_is_predicted_where_all_agree() {
    let of = |generation, key, token| sdk_request(Consumer::Sdk { language: Language::Python, generation }, key, token);
    use Generation::{Early, New, Old, Unknown};
    for (key, token) in [(false, false), (false, true), (true, false), (true, true)] {
        let same = of(Early, key, token) == of(Old, key, token) && of(Old, key, token) == of(New, key, token);
        assert_eq!(same, !key);
        assert_eq!(of(Unknown, key, token), if same { of(Old, key, token) } else { None });
    }
    let (key, token) = (Some(Which::ApiKey), Some(Which::AuthToken));
    for (generation, x_api_key, authorization, dropped) in
        [(Early, key, None, token), (Old, key, token, None), (New, None, key, token)]
    {
        let expected = SdkRequest { x_api_key, authorization, dropped, fails: false };
        assert_eq!(of(generation, true, true), Some(expected));
    }
    assert_eq!(sdk_request(Consumer::ClaudeCode, true, true), None);
    assert_eq!(sdk_request(Consumer::Unknown, true, true), None);
}

#[test]
fn the_version_in_messages_is_the_one_that_decides() {
    for language in [Language::Python, Language::TypeScript] {
        let [_, new] = language.changes();
        let named = Range::parse(language.first_new(), Dialect::Poetry).and_then(|range| range.single());
        assert_eq!(named, Some(new), "{language:?}");
    }
}

const EVERY_FORM: [&str; 13] = [
    "requirements.txt",
    "constraints.txt",
    "pyproject.toml",
    "Pipfile",
    "setup.cfg",
    "setup.py",
    "uv.lock",
    "Pipfile.lock",
    "package.json",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
];

#[test]
fn time_grows_with_the_text_and_no_faster() {
    const SIZE: usize = 1 << 17;
    let line = "anthropic==1.0 \"anthropic\" = [ { \"version\": \"1\" \\\n  ";
    for text in [
        line.repeat(SIZE / line.len()),
        line.replace('\n', " ").repeat(SIZE / line.len()),
        "[".repeat(SIZE),
        "\"".repeat(SIZE),
        "=".repeat(SIZE),
        "version".repeat(SIZE / 7),
        "anthropic".repeat(SIZE / 9),
        "a =".repeat(SIZE / 3),
        format!("[tool.poetry.dependencies]\nanthropic = {{{}", "{ version".repeat(SIZE / 9)),
        format!("[tool.poetry.group.{}.dependencies]\n{}", "x".repeat(SIZE / 2), "a=\n".repeat(SIZE / 6)),
        format!("[project]\ndependencies = [{}", "\"anthropic>=1,<2\",".repeat(SIZE / 18)),
        "[[package]]\nname = \"anthropic\"\nversion = \"1.0.0\"\n".repeat(SIZE / 49),
        "\\".repeat(SIZE),
    ] {
        for path in EVERY_FORM {
            let _ = declarations(&RepoPath::from(path), &text);
        }
    }
}

#[test]
fn nothing_panics() {
    let pieces = [
        "anthropic",
        "@anthropic-ai/sdk",
        "\"",
        "'",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        "=",
        "==",
        "1.2",
        "^",
        "\n",
        "  ",
        "\\",
        "é",
        "@",
        "#",
        "#egg=",
        "://",
        "/",
        "(",
        "packages",
        "node_modules/",
        "version",
        "name",
        "[[package]]",
        "[project]",
        "dependencies",
        "\u{1F511}",
        "*",
        "||",
        "-e ",
        "_",
        "\r",
        "\t",
        "<",
        "~",
    ];
    let mut seed = 1_u64;
    let mut below = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % limit
    };
    for _ in 0..20_000 {
        let text: String = (0..below(24)).map(|_| pieces[below(pieces.len())]).collect();
        for path in EVERY_FORM {
            for declared in declarations(&RepoPath::from(path), &text) {
                assert!(declared.line >= 1 && declared.line <= text.split('\n').count());
            }
        }
    }
}
