//! What the files of a generated repository say.

use crate::common::sample::Rng;

const WORDS: [&str; 20] = [
    "let",
    "value",
    "=",
    "task-list",
    "return",
    "if",
    "(x)",
    "{",
    "}",
    "const",
    "sk",
    "fn",
    "result",
    "=>",
    "token",
    "\"name\",",
    "self.key",
    "// see",
    "index",
    "+",
];

/// A file's place in the mix decides what it is: of a thousand, a dozen are what keylint reads closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Settings,
    DotenvExample,
    Package,
    Lock,
    Script,
    Workflow,
    Mcp,
    Memory,
    Dockerfile,
    Compose,
    Source,
}

impl Kind {
    pub fn of(number: usize) -> Self {
        match number % 1000 {
            0 => Self::Settings,
            1 => Self::DotenvExample,
            2 => Self::Package,
            3 => Self::Lock,
            4 | 504 => Self::Script,
            5 => Self::Workflow,
            6 => Self::Mcp,
            7 => Self::Memory,
            8 => Self::Dockerfile,
            9 => Self::Compose,
            _ => Self::Source,
        }
    }

    /// The path of the file with this number: 25 files in a folder, 20 folders in another.
    pub fn path(self, number: usize) -> String {
        let folder = format!("d{}/s{}", number / 500, number / 25);
        match self {
            Self::Settings => format!("{folder}/.claude/settings.json"),
            Self::DotenvExample => format!("{folder}/.env.example"),
            Self::Package => format!("{folder}/package.json"),
            Self::Lock => format!("{folder}/package-lock.json"),
            Self::Script => format!("{folder}/start.sh"),
            Self::Workflow => format!(".github/workflows/w{number}.yml"),
            Self::Mcp => format!("{folder}/.mcp.json"),
            Self::Memory => format!("{folder}/CLAUDE.md"),
            Self::Dockerfile => format!("{folder}/Dockerfile"),
            Self::Compose => format!("{folder}/compose.yaml"),
            Self::Source => format!("{folder}/f{number}.rs"),
        }
    }

    /// The text of a file of this kind. A later `version` differs in one line.
    pub fn text(self, version: usize, rng: &mut Rng) -> String {
        match self {
            Self::Settings => format!("{{\"permissions\":{{\"allow\":[\"Bash(ls -{version})\"]}}}}\n"),
            Self::DotenvExample => format!("ANTHROPIC_API_KEY=\nPORT={}\n", 8000 + version),
            Self::Package => {
                format!("{{\"version\": \"1.{version}.0\", \"dependencies\": {{\"@anthropic-ai/sdk\": \"^1.0.0\"}}}}\n")
            }
            Self::Lock => lock(version),
            Self::Script => format!(
                "#!/bin/sh\nset -eu\nexport ANTHROPIC_BASE_URL=http://127.0.0.1:{}\nexec claude \"$@\"\n",
                8000 + version
            ),
            Self::Workflow => format!(
                "name: build {version}\non: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - run: \
                 make\n        env:\n          ANTHROPIC_API_KEY: ${{{{ secrets.ANTHROPIC_API_KEY }}}}\n"
            ),
            Self::Mcp => format!(
                "{{\"mcpServers\": {{\"demo\": {{\"command\": \"demo-{version}\", \"env\": {{\"TOKEN\": \
                 \"${{TOKEN}}\"}}}}}}}}\n"
            ),
            Self::Memory => format!("# Notes\n\nRun `make test` {version} times.\n"),
            Self::Dockerfile => format!("FROM debian:{version}\nENV MODE=test\nCMD [\"claude\"]\n"),
            Self::Compose => {
                format!("services:\n  app:\n    image: app:{version}\n    environment:\n      - ANTHROPIC_API_KEY\n")
            }
            Self::Source => source(rng, 512, 8_192),
        }
    }
}

/// Lines that look like source code, of a random length within the bounds.
pub fn source(rng: &mut Rng, least: usize, most: usize) -> String {
    let length = least + rng.below(most - least);
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        text.push_str(WORDS[rng.below(WORDS.len())]);
        // Every eighth word ends a line.
        text.push_str(if rng.below(8) == 0 { "\n    " } else { " " });
    }
    text.push('\n');
    text
}

/// A lock file of 400 KB that names the SDK at its end.
fn lock(version: usize) -> String {
    let mut text = "{\"packages\": {\n".to_owned();
    for number in 0..2_000 {
        text.push_str(&format!(
            "  \"node_modules/package-{number}\": {{\n    \"version\": \"1.{number}.0\",\n    \"resolved\": \
             \"https://registry.example.org/package-{number}/-/package-{number}-1.{number}.0.tgz\",\n    \
             \"integrity\": \"sha512-{number:088}\"\n  }},\n"
        ));
    }
    text.push_str(&format!("  \"node_modules/@anthropic-ai/sdk\": {{ \"version\": \"1.11.{version}\" }}\n}}}}\n"));
    text
}
