//! Which file is what: the path table.

use super::{Editor, Language, Mcp, Pipeline, Service, Settings, Surface, Tasks};
use crate::path::RepoPath;

/// keylint's own configuration at the root of a repository, the one that counts first.
pub const OWN: [&str; 2] = ["keylint.toml", ".keylint.toml"];

/// Endings of copies that people keep beside the real file.
pub(crate) const COPIES: [&str; 6] = [".bak", ".backup", ".old", ".orig", ".save", ".disabled"];

/// Name parts that mark a file as a pattern to be copied and filled in.
pub(crate) const TEMPLATE_PARTS: [&str; 12] = [
    "example",
    "examples",
    "sample",
    "samples",
    "template",
    "templates",
    "tmpl",
    "tpl",
    "dist",
    "defaults",
    "skel",
    "schema",
];

/// Source code whose name merely begins like a dotenv file's.
const CODE: [&str; 16] =
    ["ts", "js", "mjs", "cjs", "py", "rb", "go", "rs", "md", "json", "yaml", "yml", "toml", "php", "html", "vue"];

/// Endings of what else is no shell script.
const OTHER_CODE: [&str; 16] =
    ["pyi", "ipynb", "tsx", "jsx", "mts", "cts", "java", "kt", "kts", "cs", "pl", "lua", "c", "cpp", "h", "swift"];

/// What the file at `path` is, by its path alone. `is_plugin(folder)` tells whether a folder holds a plugin
/// manifest (`.claude-plugin/plugin.json`).
pub fn surface_of(path: &RepoPath, is_plugin: &dyn Fn(&RepoPath) -> bool) -> Option<Surface> {
    if is_own_configuration(path) {
        return Some(Surface::Keylint);
    }
    let name = stem(path.name());
    let folder = path.folder();
    let parent = folder.rsplit('/').next().unwrap_or(folder);
    if name.ends_with(".json")
        && let Some(surface) = json(path, name, folder, parent, is_plugin)
    {
        return Some(surface);
    }
    if is_shell_name(name) {
        return Some(Surface::Shell);
    }
    if is_dotenv_name(name) {
        return Some(Surface::Dotenv);
    }
    launcher(name, folder, parent)
}

/// What starts programs, by its name.
fn launcher(name: &str, folder: &str, parent: &str) -> Option<Surface> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let yaml = matches!(extension, "yml" | "yaml");
    let below = |top: &str| format!("/{folder}/").contains(&format!("/{top}/"));
    let lower = name.to_ascii_lowercase();
    let pipeline = |which| Some(Surface::Pipeline(which));
    match extension {
        "fish" => return Some(Surface::Fish),
        "ps1" | "psm1" => return Some(Surface::PowerShell),
        "bat" | "cmd" => return Some(Surface::Batch),
        "code-workspace" => return Some(Surface::Editor(Editor::VsCode)),
        "service" => return Some(Surface::Service(Service::Systemd)),
        "plist" => return Some(Surface::Service(Service::Launchd)),
        "tf" | "tfvars" => return Some(Surface::Service(Service::Terraform)),
        "nix" => return Some(Surface::Service(Service::Nix)),
        "mk" => return Some(Surface::Tasks(Tasks::Make)),
        "just" => return Some(Surface::Tasks(Tasks::Just)),
        "jenkinsfile" => return pipeline(Pipeline::Jenkins),
        "conf" if parent.ends_with(".service.d") => return Some(Surface::Service(Service::Systemd)),
        "xml" if below(".idea") || below(".run") => return Some(Surface::Editor(Editor::JetBrains)),
        _ => {}
    }
    let is_code = || lower.rsplit_once('.').is_some_and(|(_, extension)| CODE.contains(&extension));
    let docker = ["dockerfile", "containerfile"].iter().any(|name| {
        lower.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
            || lower.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
    });
    if docker && !is_code() {
        return Some(Surface::Dockerfile);
    }
    if name.ends_with("fish_variables") {
        return Some(Surface::Fish);
    }
    let tasks = match name {
        "Makefile" | "makefile" | "GNUmakefile" | "Makefile.local" => Some(Tasks::Make),
        "justfile" | "Justfile" | ".justfile" => Some(Tasks::Just),
        "mise.toml" | ".mise.toml" | "mise.local.toml" | ".mise.local.toml" => Some(Tasks::Mise),
        _ if extension == "toml" && (stem.starts_with("mise.") || stem.starts_with(".mise.")) => Some(Tasks::Mise),
        _ if yaml && (lower.starts_with("taskfile.y") || lower.starts_with("taskfile.dist.y")) => Some(Tasks::Taskfile),
        _ if name == "Procfile" || name.starts_with("Procfile.") => Some(Tasks::Procfile),
        _ if parent == "mise" && matches!(name, "config.toml" | "config.local.toml") => Some(Tasks::Mise),
        _ => None,
    };
    if let Some(tasks) = tasks {
        return Some(Surface::Tasks(tasks));
    }
    match name {
        "package.json" | "deno.json" | "deno.jsonc" | "composer.json" => return Some(Surface::Package),
        "devcontainer.json" | ".devcontainer.json" => return Some(Surface::DevContainer),
        "settings.json" | "launch.json" | "tasks.json" if parent == ".vscode" => {
            return Some(Surface::Editor(Editor::VsCode));
        }
        "Jenkinsfile" => return pipeline(Pipeline::Jenkins),
        _ if name.starts_with("Jenkinsfile.") => return pipeline(Pipeline::Jenkins),
        _ => {}
    }
    if !yaml {
        return None;
    }
    let begins =
        |start: &str| stem == start || stem.starts_with(&format!("{start}.")) || stem.starts_with(&format!("{start}-"));
    match stem {
        ".gitlab-ci" => pipeline(Pipeline::GitLab),
        ".drone" | ".woodpecker" => pipeline(Pipeline::Drone),
        ".travis" => pipeline(Pipeline::Travis),
        "bitbucket-pipelines" => pipeline(Pipeline::Bitbucket),
        "action" => pipeline(Pipeline::GitHub),
        _ if folder.ends_with(".github/workflows") => pipeline(Pipeline::GitHub),
        _ if below(".gitlab/ci") || below(".gitlab-ci") || stem.ends_with(".gitlab-ci") => pipeline(Pipeline::GitLab),
        _ if parent == ".circleci" => pipeline(Pipeline::CircleCi),
        _ if below(".buildkite") => pipeline(Pipeline::Buildkite),
        _ if parent == ".woodpecker" => pipeline(Pipeline::Drone),
        _ if begins("azure-pipelines") || below(".azure-pipelines") => pipeline(Pipeline::Azure),
        _ if begins("docker-compose") || begins("compose") => Some(Surface::Compose),
        _ => None,
    }
}

/// What a file is by what it says, where its name says nothing: scripts by their first line, manifests and source code
/// by words that they can't do without.
pub fn surface_in(path: &RepoPath, bytes: &[u8]) -> Option<Surface> {
    let name = stem(path.name());
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let has = |word: &[u8]| memmem(bytes, word);
    match extension {
        "yml" | "yaml" => {
            let text_kind = has(b"kind:") && has(b"apiVersion:");
            if text_kind {
                return Some(Surface::Service(Service::Kubernetes));
            }
            // Under any name: services are named one level deeper, and come of an image.
            if (bytes.starts_with(b"services:\n  ") || has(b"\nservices:\n  ")) && (has(b"image:") || has(b"build:")) {
                return Some(Surface::Compose);
            }
            let values =
                name.starts_with("values") || path.folder().split('/').any(|part| part == "helm" || part == "charts");
            (values && (name.starts_with("values") || has(b"env:"))).then_some(Surface::Service(Service::Helm))
        }
        _ => {
            let Some(language) = language(extension) else {
                return may_be_script(path).then(|| by_shebang(bytes)).flatten();
            };
            let speaks = has(b"nthropic") || has(b"ANTHROPIC_") || has(b"CLAUDE_CODE_");
            speaks.then_some(Surface::Code(language))
        }
    }
}

/// Whether what a file says can make it something.
pub fn may_be_told_by_content(path: &RepoPath) -> bool {
    let extension = stem(path.name()).rsplit_once('.').map_or("", |(_, extension)| extension);
    matches!(extension, "yml" | "yaml") || language(extension).is_some() || may_be_script(path)
}

/// The language of source code, by its ending.
fn language(extension: &str) -> Option<Language> {
    Some(match extension {
        "py" | "pyi" | "ipynb" => Language::Python,
        "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" => Language::TypeScript,
        "go" => Language::Go,
        "java" | "kt" | "kts" => Language::Java,
        "rb" => Language::Ruby,
        "cs" => Language::CSharp,
        _ => return None,
    })
}

/// What a file is of which a configuration says that it is a launcher: a shell script, unless its first line or its
/// ending says otherwise.
pub fn launcher_in(path: &RepoPath, bytes: &[u8]) -> Option<Surface> {
    let by_content = surface_in(path, bytes).or_else(|| by_shebang(bytes));
    let extension = path.name().rsplit_once('.').map_or("", |(_, extension)| extension);
    let is_foreign = bytes.starts_with(b"#!") || CODE.contains(&extension) || OTHER_CODE.contains(&extension);
    if is_foreign { by_content } else { by_content.or(Some(Surface::Shell)) }
}

/// Whether this is where keylint looks for its own configuration.
pub fn is_own_configuration(path: &RepoPath) -> bool {
    OWN.contains(&path.as_str())
}

/// The shell that a script's first line names.
fn by_shebang(bytes: &[u8]) -> Option<Surface> {
    if has_shell_shebang(bytes) {
        return Some(Surface::Shell);
    }
    let line = first_line(bytes)?;
    if line.contains("fish") {
        return Some(Surface::Fish);
    }
    line.contains("pwsh").then_some(Surface::PowerShell)
}

/// The line behind `#!`.
fn first_line(bytes: &[u8]) -> Option<String> {
    let rest = bytes.strip_prefix(b"#!")?;
    let line = rest.split(|&byte| byte == b'\n').next().unwrap_or(rest);
    Some(String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned())
}

fn memmem(bytes: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(bytes, word).is_some()
}

/// Whether the file is a pattern to be copied and filled in: `.env.example`, `settings.json.template`.
pub fn is_template(path: &RepoPath) -> bool {
    path.name()
        .split(['.', '-', '_', ' '])
        .any(|part| TEMPLATE_PARTS.iter().any(|template| part.eq_ignore_ascii_case(template)))
}

/// Whether the first line starts a POSIX shell (`#!/bin/sh`, `#!/usr/bin/env bash`, `#!/bin/zsh -f`).
pub fn has_shell_shebang(bytes: &[u8]) -> bool {
    let Some(line) = first_line(bytes) else { return false };
    line.split_whitespace()
        .map(|word| word.rsplit('/').next().unwrap_or(word))
        .find(|word| *word != "env" && !word.starts_with('-') && !word.contains('='))
        .is_some_and(|word| matches!(word, "sh" | "bash" | "zsh" | "dash" | "ash" | "ksh"))
}

/// Whether a shebang decides what this file is: it has no extension, and no other row of the table knows it.
pub fn may_be_script(path: &RepoPath) -> bool {
    !stem(path.name()).trim_start_matches('.').contains('.')
}

/// The name without what marks it as a template or a copy at its end.
fn stem(name: &str) -> &str {
    let mut name = name;
    loop {
        let shorter = COPIES
            .iter()
            .find_map(|ending| name.strip_suffix(ending))
            .or_else(|| {
                let (rest, last) = name.rsplit_once('.')?;
                TEMPLATE_PARTS.contains(&last).then_some(rest)
            })
            .filter(|rest| rest.len() > 1);
        match shorter {
            Some(rest) => name = rest,
            None => return name,
        }
    }
}

fn json(
    path: &RepoPath,
    name: &str,
    folder: &str,
    parent: &str,
    is_plugin: &dyn Fn(&RepoPath) -> bool,
) -> Option<Surface> {
    let is_plugin = || is_plugin(&path.parent().unwrap_or(RepoPath::from("")));
    let settings = |which| Some(Surface::Settings(which));
    let mcp = |who| Some(Surface::Mcp(who));
    let claude_folder = matches!(parent, ".claude" | "dot_claude");

    if name == "managed-settings.json" || parent == "managed-settings.d" {
        return settings(Settings::Managed);
    }
    if name == "managed-mcp.json" || name == ".claude.json" {
        return mcp(Mcp::ClaudeCode);
    }
    if parent == ".claude-plugin" && matches!(name, "plugin.json" | "marketplace.json") {
        return mcp(Mcp::ClaudeCode);
    }
    if let Some(middle) = name.strip_prefix("settings").and_then(|rest| rest.strip_suffix(".json")) {
        // A pattern or a copy is not read where it stands.
        let in_place = claude_folder && path.name() == name;
        match middle {
            "" if in_place => return settings(Settings::Shared),
            ".local" if in_place => return settings(Settings::Local),
            "" if is_plugin() => return settings(Settings::Plugin),
            _ => {}
        }
        // Other tools keep their settings in dot folders of their own, also below a folder named after Claude.
        let foreign = parent.starts_with('.') && !parent.contains("claude");
        let about_claude = folder.split('/').any(|part| part.to_ascii_lowercase().contains("claude"));
        let profile = middle.is_empty() || middle.starts_with(['.', '-', '_']);
        if profile && about_claude && !foreign {
            return settings(Settings::Profile);
        }
    }
    if name.starts_with("claude-settings") || name.starts_with("claude_settings") {
        return settings(Settings::Profile);
    }
    if name == "claude_desktop_config.json" {
        return mcp(Mcp::Other);
    }
    let bare = name.strip_prefix('.').unwrap_or(name);
    let bare = bare.strip_prefix("managed-").unwrap_or(bare);
    if bare.strip_prefix("mcp").is_some_and(|rest| rest.starts_with(['.', '-', '_'])) {
        let ours = name.starts_with(".mcp") || claude_folder || is_plugin();
        return mcp(if ours { Mcp::ClaudeCode } else { Mcp::Other });
    }
    None
}

fn is_shell_name(name: &str) -> bool {
    if matches!(name, ".envrc") {
        return true;
    }
    if let Some((stem, "sh" | "bash" | "zsh" | "ksh" | "ash" | "dash")) = name.rsplit_once('.') {
        return !stem.is_empty();
    }
    let rc = name.strip_prefix("dot_").or(name.strip_prefix('.')).unwrap_or("");
    matches!(
        rc,
        "bashrc"
            | "bash_profile"
            | "bash_aliases"
            | "bash_login"
            | "profile"
            | "zshrc"
            | "zshenv"
            | "zprofile"
            | "zlogin"
            | "kshrc"
            | "aliases"
            | "exports"
    )
}

fn is_dotenv_name(name: &str) -> bool {
    if matches!(name, ".dev.vars" | ".flaskenv" | "env.list" | "env" | "dot_env") {
        return name != "env";
    }
    if let Some(rest) = name.strip_prefix(".env").or(name.strip_prefix("dot_env.").map(|_| "")) {
        let extension = rest.rsplit('.').next().unwrap_or("");
        return rest.is_empty() || (rest.starts_with(['.', '_', '-']) && !CODE.contains(&extension));
    }
    if let Some(rest) = name.strip_prefix(".dev.vars.") {
        return !rest.is_empty();
    }
    name.strip_suffix(".env").is_some_and(|stem| !stem.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Option<Surface> {
        surface_of(&RepoPath::from(path), &|folder| folder.as_str() == "plugins/p")
    }

    #[test]
    fn settings_under_every_name() {
        let is = |which| Some(Surface::Settings(which));
        for (path, expected) in [
            (".claude/settings.json", is(Settings::Shared)),
            ("a/b/.claude/settings.json", is(Settings::Shared)),
            ("dot_claude/settings.json", is(Settings::Shared)),
            (".claude/settings.local.json", is(Settings::Local)),
            (".claude/settings.json.example", is(Settings::Profile)),
            (".claude/settings.local.json.example", is(Settings::Profile)),
            (".claude/settings.json.bak", is(Settings::Profile)),
            (".claude/settings.glm.json", is(Settings::Profile)),
            (".claude/settings-kimi.json", is(Settings::Profile)),
            ("claude/settings.minimax.json", is(Settings::Profile)),
            ("claude/profiles/mac/settings.json", is(Settings::Profile)),
            ("claude-config/settings.json", is(Settings::Profile)),
            (".claude-backup/settings.json", is(Settings::Profile)),
            ("ops/claude-settings.prod.json", is(Settings::Profile)),
            ("managed-settings.json", is(Settings::Managed)),
            ("etc/claude-code/managed-settings.d/10-env.json", is(Settings::Managed)),
            ("plugins/p/settings.json", is(Settings::Plugin)),
            ("settings.json", None),
            (".vscode/settings.json", Some(Surface::Editor(Editor::VsCode))),
            ("claude-extension/.vscode/settings.json", Some(Surface::Editor(Editor::VsCode))),
            ("claude/settingsPage.json", None),
            (".claude/package.json", Some(Surface::Package)),
        ] {
            assert_eq!(of(path), expected, "{path}");
        }
    }

    #[test]
    fn mcp_under_every_name() {
        for (path, expected) in [
            (".mcp.json", Some(Mcp::ClaudeCode)),
            ("x/.mcp.json.template", Some(Mcp::ClaudeCode)),
            (".mcp.windows.json", Some(Mcp::ClaudeCode)),
            (".mcp-example.json", Some(Mcp::ClaudeCode)),
            (".claude/mcp.json", Some(Mcp::ClaudeCode)),
            ("managed-mcp.json", Some(Mcp::ClaudeCode)),
            (".claude.json", Some(Mcp::ClaudeCode)),
            ("plugins/p/.claude-plugin/plugin.json", Some(Mcp::ClaudeCode)),
            ("plugins/p/mcp.json", Some(Mcp::ClaudeCode)),
            (".vscode/mcp.json", Some(Mcp::Other)),
            (".cursor/mcp.json", Some(Mcp::Other)),
            ("mcp_config.json", Some(Mcp::Other)),
            ("mcp-config-sample.json", Some(Mcp::Other)),
            ("claude_desktop_config.json", Some(Mcp::Other)),
            ("mcpServer.json", None),
            ("plugin.json", None),
        ] {
            assert_eq!(of(path), expected.map(Surface::Mcp), "{path}");
        }
    }

    #[test]
    fn dotenv_and_shell() {
        for path in [
            ".env",
            ".env.local",
            ".env.example",
            ".env_backup",
            ".env-prod",
            "a/.env.gpt-pro",
            "example.env",
            "config.env.example",
            ".dev.vars",
            ".dev.vars.production",
            ".flaskenv",
            "env.list",
            ".env.keys",
        ] {
            assert_eq!(of(path), Some(Surface::Dotenv), "{path}");
        }
        for path in ["run.sh", "bin/x.bash", ".envrc", ".zshrc", "dot_bashrc", ".envrc.example", "a.sh.template"] {
            assert_eq!(of(path), Some(Surface::Shell), "{path}");
        }
        for path in [".environment", "src/.env.d.ts", ".env.js", "env", "env.ts", "README", "sh", ".sh", "x.shtml"] {
            assert_eq!(of(path), None, "{path}");
        }
    }

    #[test]
    fn containers_under_every_name() {
        for path in
            ["Dockerfile", "a/Dockerfile.dev", "dockerfile-ci", "app.Dockerfile", "Containerfile", "x.containerfile"]
        {
            assert_eq!(of(path), Some(Surface::Dockerfile), "{path}");
        }
        for path in ["Dockerfile.md", "dockerfile.ts", "Dockerfiles", "mydockerfile"] {
            assert_eq!(of(path), None, "{path}");
        }
        for path in ["docker-compose.yml", "compose.yaml", "docker-compose.prod.yml", "compose-dev.yaml"] {
            assert_eq!(of(path), Some(Surface::Compose), "{path}");
        }
        let stack = b"version: '3'\nservices:\n  web:\n    image: x\n";
        assert_eq!(surface_in(&RepoPath::from("deploy/stack.yml"), stack), Some(Surface::Compose));
        assert_eq!(surface_in(&RepoPath::from("x.yml"), b"services:\n- docker\nimage: x\n"), None);
    }

    #[test]
    fn fish() {
        for path in [
            ".config/fish/config.fish",
            "fish/conf.d/10-claude.fish",
            "functions/glm.fish.tmpl",
            ".config/fish/fish_variables",
            "dot_config/private_fish/private_fish_variables",
        ] {
            assert_eq!(of(path), Some(Surface::Fish), "{path}");
        }
        assert_eq!(of("fish_variables.md"), None);
        assert_eq!(surface_in(&RepoPath::from("bin/glm"), b"#!/usr/bin/env fish\n"), Some(Surface::Fish));
    }

    #[test]
    fn tasks_and_services() {
        let tasks = |which| Some(Surface::Tasks(which));
        let service = |which| Some(Surface::Service(which));
        for (path, expected) in [
            ("Makefile", tasks(Tasks::Make)),
            ("GNUmakefile", tasks(Tasks::Make)),
            ("Makefile.local", tasks(Tasks::Make)),
            ("mk/claude.mk", tasks(Tasks::Make)),
            ("justfile", tasks(Tasks::Just)),
            (".justfile", tasks(Tasks::Just)),
            ("Taskfile.yml", tasks(Tasks::Taskfile)),
            ("taskfile.dist.yaml", tasks(Tasks::Taskfile)),
            (".mise.toml", tasks(Tasks::Mise)),
            (".config/mise/config.toml", tasks(Tasks::Mise)),
            (".config/mise.toml", tasks(Tasks::Mise)),
            ("mise.production.toml", tasks(Tasks::Mise)),
            ("Procfile.dev", tasks(Tasks::Procfile)),
            ("package.json", Some(Surface::Package)),
            ("deno.jsonc", Some(Surface::Package)),
            ("composer.json", Some(Surface::Package)),
            ("etc/claude.service", service(Service::Systemd)),
            ("etc/claude.service.d/10-env.conf", service(Service::Systemd)),
            ("x.plist", service(Service::Launchd)),
            ("main.tf", service(Service::Terraform)),
            ("prod.auto.tfvars", service(Service::Terraform)),
            ("flake.nix", service(Service::Nix)),
            (".idea/workspace.xml", Some(Surface::Editor(Editor::JetBrains))),
            ("web/.idea/workspace.xml", Some(Surface::Editor(Editor::JetBrains))),
            ("web/idea/workspace.xml", None),
            ("Makefile.am.md", None),
            ("package-lock.json", None),
            ("x.d/10-env.conf", None),
            ("config.toml", None),
        ] {
            assert_eq!(of(path), expected, "{path}");
        }
    }

    #[test]
    fn launchers_of_a_configuration() {
        for (path, text, expected) in [
            ("start", "claude\n", Some(Surface::Shell)),
            ("start.inc", "claude\n", Some(Surface::Shell)),
            ("start.inc", "#!/bin/bash\n", Some(Surface::Shell)),
            ("start.inc", "#!/usr/bin/env fish\n", Some(Surface::Fish)),
            ("start", "#!/usr/bin/pwsh\n", Some(Surface::PowerShell)),
            ("start", "#!/usr/bin/env python3\n", None),
            ("start.py", "print()\n", None),
            ("start.py", "import anthropic\n", Some(Surface::Code(Language::Python))),
            ("start.pl", "claude\n", None),
            ("start.yaml", "services:\n  a:\n    image: x\n", Some(Surface::Compose)),
        ] {
            assert_eq!(launcher_in(&RepoPath::from(path), text.as_bytes()), expected, "{path} {text}");
        }
    }

    #[test]
    fn templates() {
        for path in [".env.example", "example.env", ".mcp-example.json", "mcp-config-sample.json", "a.env.dist"] {
            assert!(is_template(&RepoPath::from(path)), "{path}");
        }
        for path in [".env", "examples/.env", ".env.exemplary", "settings.json", ".env.local"] {
            assert!(!is_template(&RepoPath::from(path)), "{path}");
        }
    }

    #[test]
    fn shebangs() {
        for line in ["#!/bin/sh\n", "#!/usr/bin/env bash", "#!/bin/zsh -f\nx", "#! /usr/bin/env -S bash -e\n"] {
            assert!(has_shell_shebang(line.as_bytes()), "{line}");
        }
        for line in ["#!/usr/bin/env python3\n", "#!/usr/bin/fish\n", "# !/bin/sh", "", "#!"] {
            assert!(!has_shell_shebang(line.as_bytes()), "{line}");
        }
        assert!(may_be_script(&RepoPath::from("bin/claude-glm")));
        assert!(!may_be_script(&RepoPath::from("bin/claude.py")));
    }
}
