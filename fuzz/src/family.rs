//! Which files a target reads: every row of the path table belongs to one family.
//!
//! `tests/surfaces.rs` fails if a surface of `src/surface/table.rs` belongs to none.

use keylint::path::RepoPath;
use keylint::surface::Surface;
use keylint::surface::table::{surface_in, surface_of};

/// A file that an input can be.
#[derive(Debug)]
pub struct Row {
    /// Where it stands.
    pub path: &'static str,
    /// What it begins with, where its name does not say what it is.
    pub head: &'static str,
    /// What stands beside it and says how it is read.
    pub beside: &'static [(&'static str, &'static str)],
}

impl Row {
    const fn new(path: &'static str) -> Self {
        Self { path, head: "", beside: &[] }
    }

    const fn saying(path: &'static str, head: &'static str) -> Self {
        Self { path, head, beside: &[] }
    }

    const fn beside(path: &'static str, beside: &'static [(&'static str, &'static str)]) -> Self {
        Self { path, head: "", beside }
    }

    /// What the table says that it is.
    pub fn surface(&self) -> Option<Surface> {
        let path = RepoPath::from(self.path);
        surface_of(&path, &|folder| folder.as_str() == PLUGIN).or_else(|| surface_in(&path, self.head.as_bytes()))
    }
}

/// Files whose readers have a grammar in common, and the target for them.
#[derive(Debug)]
pub struct Family {
    /// The target's name.
    pub name: &'static str,
    /// The files, of which an input's first byte chooses one.
    pub rows: &'static [Row],
}

/// A folder with a plugin.
const PLUGIN: &str = "plugins/p";
const MANIFEST: &[(&str, &str)] = &[("plugins/p/.claude-plugin/plugin.json", "{}")];

/// Settings and MCP servers.
pub const JSON: Family = Family {
    name: "json",
    rows: &[
        Row::new(".claude/settings.json"),
        Row::new(".claude/settings.local.json"),
        Row::new("claude/settings.glm.json"),
        Row::new("managed-settings.json"),
        Row::beside("plugins/p/settings.json", MANIFEST),
        Row::new(".mcp.json"),
        Row::new(".cursor/mcp.json"),
        Row::new(".claude-plugin/plugin.json"),
        Row::new(".claude/settings.json.example"),
    ],
};

/// Dotenv files, and the manifests that say whose.
pub const DOTENV: Family = Family {
    name: "dotenv",
    rows: &[
        Row::new(".env"),
        Row::new(".env.example"),
        Row::new("env.list"),
        Row::beside(".env", &[("requirements.txt", "anthropic==0.49.0\n")]),
        Row::beside(".env", &[("pyproject.toml", "[project]\ndependencies = [\"anthropic>=2\", \"litellm\"]\n")]),
        Row::beside(".env", &[("package.json", "{\"dependencies\": {\"@anthropic-ai/sdk\": \"0.41.0\"}}")]),
        Row::beside(".env", &[("package.json", "{\"dependencies\": {\"@anthropic-ai/claude-code\": \"^2.0.0\"}}")]),
    ],
};

/// Scripts for POSIX shells.
pub const POSIX: Family = Family {
    name: "posix",
    rows: &[
        Row::new("run.sh"),
        Row::new("dot_bashrc"),
        Row::new(".envrc"),
        Row::saying("bin/glm", "#!/bin/sh\n"),
        Row::beside("run.sh", &[(".env", "ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic\n")]),
    ],
};

/// Scripts for fish, and its universal variables.
pub const FISH: Family = Family {
    name: "fish",
    rows: &[Row::new("glm.fish"), Row::new(".config/fish/fish_variables"), Row::saying("glm", "#!/usr/bin/env fish\n")],
};

/// Scripts for Windows.
pub const WINDOWS: Family = Family {
    name: "windows",
    rows: &[
        Row::new("glm.ps1"),
        Row::new("glm.bat"),
        Row::new("a/glm.psm1"),
        Row::new("glm.cmd"),
        Row::saying("glm", "#!/usr/bin/env pwsh\n"),
    ],
};

/// Services that build.
pub const PIPELINES: Family = Family {
    name: "pipelines",
    rows: &[
        Row::new(".github/workflows/a.yml"),
        Row::new("action.yml"),
        Row::new(".gitlab-ci.yml"),
        Row::new(".circleci/config.yml"),
        Row::new("azure-pipelines.yml"),
        Row::new("bitbucket-pipelines.yml"),
        Row::new(".buildkite/pipeline.yml"),
        Row::new("Jenkinsfile"),
        Row::new(".drone.yml"),
        Row::new(".travis.yml"),
    ],
};

/// Containers and editors.
pub const CONTAINERS: Family = Family {
    name: "containers",
    rows: &[
        Row::new("Dockerfile"),
        Row::new("compose.yaml"),
        Row::new(".devcontainer/devcontainer.json"),
        Row::new(".vscode/settings.json"),
        Row::new(".vscode/launch.json"),
        Row::new("a.code-workspace"),
        Row::new(".idea/workspace.xml"),
        Row::saying("stack.yml", "services:\n  a:\n    image: a\n"),
        Row::beside("compose.yaml", &[(".env", "ANTHROPIC_AUTH_TOKEN=a\n")]),
    ],
};

/// Task runners.
pub const TASKS: Family = Family {
    name: "tasks",
    rows: &[
        Row::new("package.json"),
        Row::new("Makefile"),
        Row::new("justfile"),
        Row::new("Taskfile.yml"),
        Row::new("mise.toml"),
        Row::new("Procfile"),
    ],
};

/// What a machine or a cluster starts.
pub const SERVICES: Family = Family {
    name: "services",
    rows: &[
        Row::new("a.service"),
        Row::new("a.plist"),
        Row::saying("k8s/a.yaml", "apiVersion: v1\nkind: Pod\n"),
        Row::saying("chart/values.yaml", "env:\n"),
        Row::new("main.tf"),
        Row::new("a.tfvars"),
        Row::new("flake.nix"),
    ],
};

/// Source code.
pub const CODE: Family = Family {
    name: "code",
    rows: &[
        Row::saying("a.py", "import anthropic\n"),
        Row::saying("a.ts", "import Anthropic from '@anthropic-ai/sdk'\n"),
        Row::saying("a.go", "// anthropic\n"),
        Row::saying("a.java", "// anthropic\n"),
        Row::saying("a.rb", "# anthropic\n"),
        Row::saying("a.cs", "// anthropic\n"),
        Row::saying("a.ipynb", "{\"metadata\": \"anthropic\",\n"),
        Row::saying("a.kt", "// anthropic\n"),
    ],
};

/// All of them.
pub const FAMILIES: [&Family; 10] =
    [&JSON, &DOTENV, &POSIX, &FISH, &WINDOWS, &PIPELINES, &CONTAINERS, &TASKS, &SERVICES, &CODE];
