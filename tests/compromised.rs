//! `compromised-package` in every kind of manifest, lock file and command.

mod common;

use keylint::config::Config;
use keylint::lint;
use keylint::source::memory::Memory;

/// `line:column` of what is reported.
fn places(path: &str, body: &str) -> Vec<String> {
    let memory = Memory::repository([(path, body)]);
    let report = lint::check(&memory.snapshot, &memory, &Config::default());
    let ours = report.findings.iter().filter(|finding| finding.rule.slug == "compromised-package");
    ours.map(|finding| format!("{}:{}", finding.primary.start.line, finding.primary.start.column)).collect()
}

#[test]
fn manifests_and_locks() {
    for (path, body, expected) in [
        ("requirements.txt", "a\nlitellm==1.82.7\n", &["2:1"][..]),
        ("requirements-dev.txt", "LiteLLM[proxy] == 1.82.8 ; python_version > '3.9'  # pin\n", &["1:1"]),
        ("constraints.txt", "litellm===1.82.8\n", &["1:1"]),
        (
            "requirements.txt",
            "litellm==1.82.6\nlitellm>=1.82.7\nlitellm~=1.82.7\nlitellm!=1.82.7\nmy-litellm==1.82.7\n",
            &[],
        ),
        ("requirements.txt", "# litellm==1.82.7\nlitellm\n", &[]),
        ("pyproject.toml", "[project]\ndependencies = [\n  \"litellm[proxy]==1.82.7\",\n]\n", &["3:4"]),
        ("pyproject.toml", "[tool.poetry.dependencies]\nlitellm = \"1.82.8\"\n", &["2:1"]),
        ("pyproject.toml", "[tool.poetry.dependencies]\nlitellm = \"^1.82.8\"\n", &[]),
        ("pyproject.toml", "[project]\nname = \"litellm\"\nversion = \"1.82.8\"\n", &[]),
        ("Pipfile", "[packages]\nlitellm = \"==1.82.7\"\n", &["2:1"]),
        ("Pipfile.lock", "{\"default\": {\"litellm\": {\n\"version\": \"==1.82.7\"}}}", &["1:15"]),
        ("Pipfile.lock", "{\"default\": {\"litellm\": {\"version\": \"==1.82.7\"}}}", &["1:15"]),
        ("poetry.lock", "[[package]]\nname = \"litellm\"\nversion = \"1.82.7\"\n", &["2:9"]),
        ("uv.lock", "[[package]]\nname = \"litellm\"\nversion = \"1.82.9\"\n", &[]),
        ("setup.cfg", "[options]\ninstall_requires =\n    litellm==1.82.7\n", &["3:5"]),
        ("package.json", "{\"devDependencies\": {\"api-anthropic\": \"*\"}}", &["1:23"]),
        ("package.json", "{\"dependencies\": {\"my-api-anthropic\": \"1\", \"x\": \"api-anthropic\"}}", &[]),
        ("package.json", "{\"keywords\": [\"api-anthropic\"], \"name\": \"api-anthropic\"}", &[]),
        ("package-lock.json", "{\"packages\": {\"node_modules/api-anthropic\": {\"version\": \"1.0.0\"}}}", &["1:29"]),
        (
            "package-lock.json",
            "{\"packages\": {\"node_modules/a/node_modules/api-anthropic\": {\"version\": \"1.0.0\"}}}",
            &["1:44"],
        ),
        ("yarn.lock", "api-anthropic@^1.0.0:\n  version \"1.0.1\"\n", &["1:1"]),
        ("pnpm-lock.yaml", "packages:\n\n  api-anthropic@1.0.0:\n    resolution: {}\n", &["3:3"]),
        ("notes.txt", "litellm==1.82.7\n", &[]),
    ] {
        assert_eq!(places(path, body), expected, "{path}\n{body}");
    }
}

#[test]
fn commands() {
    for (command, column) in [
        ("pip install litellm==1.82.7", Some(13)),
        ("pip3 install -U 'litellm[proxy]==1.82.8' x", Some(18)),
        ("python3 -m pip install litellm==1.82.7", Some(24)),
        ("sudo pip install litellm==1.82.7", Some(18)),
        ("uv pip install litellm==1.82.7", Some(16)),
        ("uv add litellm==1.82.7", Some(8)),
        ("uvx litellm@1.82.8 --port 1", Some(5)),
        ("pipx run litellm==1.82.7", Some(10)),
        ("npm install api-anthropic", Some(13)),
        ("npm i -g api-anthropic@1.0.0", Some(10)),
        ("yarn add api-anthropic", Some(10)),
        ("npx -y api-anthropic@latest", Some(8)),
        ("pip install litellm", None),
        ("pip install 'litellm>=1.82.7'", None),
        ("pip install litellm==1.82.70", None),
        ("pip uninstall litellm==1.82.7", None),
        ("pip download litellm==1.82.7", None),
        ("npm uninstall api-anthropic", None),
        ("npm view api-anthropic", None),
        ("echo npm install api-anthropic", None),
        ("grep 'litellm==1.82.7' requirements.txt", None),
        ("npm install api-anthropic-x", None),
    ] {
        let expected: Vec<String> = column.iter().map(|column| format!("1:{column}")).collect();
        assert_eq!(places("run.sh", &format!("{command}\n")), expected, "{command}");
    }
}
