//! The same variables in the writing of every surface on which people set them.

/// A surface: the path of its file, and how variables are written there before Claude Code is started.
pub(crate) struct Surface {
    pub(crate) path: &'static str,
    pub(crate) write: fn(&[(&str, &str)]) -> String,
}

/// `.mcp.json` and settings have JSON, and a value may hold a quote.
fn json(variables: &[(&str, &str)]) -> String {
    let entries: Vec<String> = variables.iter().map(|(name, value)| format!("      {name:?}: {value:?}")).collect();
    entries.join(",\n")
}

/// Each variable in a line of its own; `reference` says how a value `$NAME` is written.
fn lines(variables: &[(&str, &str)], reference: fn(&str) -> String, line: fn(&str, &str) -> String) -> String {
    let written = |value: &str| match value.strip_prefix('$') {
        Some(name) if name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') => reference(name),
        _ => value.to_owned(),
    };
    variables.iter().map(|(name, value)| line(name, &written(value))).collect()
}

/// A reference has no meaning in settings; where these are private, a credential may stand in its place.
fn settings(variables: &[(&str, &str)]) -> String {
    let literal = |value: &str| match value {
        "$T" => "@@relay-key@@".to_owned(),
        "$K" => "@@base62-key@@".to_owned(),
        _ => value.to_owned(),
    };
    let variables: Vec<(&str, String)> = variables.iter().map(|(name, value)| (*name, literal(value))).collect();
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    format!("{{\n  \"env\": {{\n{}\n  }}\n}}\n", json(&variables))
}

fn dotenv(variables: &[(&str, &str)]) -> String {
    lines(variables, |name| format!("${{{name}}}"), |name, value| format!("{name}={value}\n"))
}

fn posix(variables: &[(&str, &str)]) -> String {
    let line = |name: &str, value: &str| match value.starts_with('$') {
        true => format!("export {name}=\"{value}\"\n"),
        false => format!("export {name}='{value}'\n"),
    };
    lines(variables, |name| format!("${name}"), line) + "claude -p hi\n"
}

fn fish(variables: &[(&str, &str)]) -> String {
    let line = |name: &str, value: &str| match value.starts_with('$') {
        true => format!("set -gx {name} {value}\n"),
        false => format!("set -gx {name} '{value}'\n"),
    };
    lines(variables, |name| format!("${name}"), line) + "claude -p hi\n"
}

fn powershell(variables: &[(&str, &str)]) -> String {
    let line = |name: &str, value: &str| match value.starts_with("$env:") {
        true => format!("$env:{name} = {value}\n"),
        false => format!("$env:{name} = '{value}'\n"),
    };
    lines(variables, |name| format!("$env:{name}"), line) + "claude -p hi\n"
}

fn batch(variables: &[(&str, &str)]) -> String {
    lines(variables, |name| format!("%{name}%"), |name, value| format!("set \"{name}={value}\"\n"))
        + "call claude -p hi\n"
}

fn dockerfile(variables: &[(&str, &str)]) -> String {
    let set = lines(variables, |name| format!("${{{name}}}"), |name, value| format!("ENV {name}=\"{value}\"\n"));
    format!("FROM node:22\nARG T\nARG K\n{set}CMD [\"claude\", \"-p\", \"hi\"]\n")
}

fn compose(variables: &[(&str, &str)]) -> String {
    let set = lines(variables, |name| format!("${{{name}}}"), |name, value| format!("      {name}: \"{value}\"\n"));
    format!("services:\n  ai:\n    image: node:22\n    command: claude -p hi\n    environment:\n{set}")
}

fn workflow(variables: &[(&str, &str)]) -> String {
    let reference = |name: &str| format!("${{{{ secrets.{name} }}}}");
    let set = lines(variables, reference, |name, value| format!("          {name}: \"{value}\"\n"));
    format!(
        "on: push\njobs:\n  ai:\n    runs-on: ubuntu-latest\n    steps:\n      - run: claude -p hi\n        env:\n{set}"
    )
}

fn mcp(variables: &[(&str, &str)]) -> String {
    let variables: Vec<(&str, String)> = variables
        .iter()
        .map(|(name, value)| {
            (*name, lines(&[(name, value)], |name| format!("${{{name}}}"), |_, value| value.to_owned()))
        })
        .collect();
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    format!(
        "{{\n  \"mcpServers\": {{\n    \"ai\": {{ \"command\": \"claude\", \"args\": [\"mcp\", \"serve\"], \"env\": {{\n{}\n    }} }}\n  }}\n}}\n",
        json(&variables)
    )
}

fn package(variables: &[(&str, &str)]) -> String {
    let line = |name: &str, value: &str| match value.contains([' ', '(', '<', '*', '|']) {
        true => format!("{name}='{value}' "),
        false => format!("{name}={value} "),
    };
    let set = lines(variables, |name| format!("${name}"), line);
    format!("{{\n  \"private\": true,\n  \"scripts\": {{\n    \"ai\": {:?}\n  }}\n}}\n", format!("{set}claude -p hi"))
}

fn makefile(variables: &[(&str, &str)]) -> String {
    lines(variables, |name| format!("$({name})"), |name, value| format!("export {name} = {value}\n"))
        + "ai:\n\tclaude -p hi\n"
}

const fn surface(path: &'static str, write: fn(&[(&str, &str)]) -> String) -> Surface {
    Surface { path, write }
}

/// All of them; the settings are a person's own.
pub(crate) const SURFACES: [Surface; 12] = [
    surface(".claude/settings.local.json", settings),
    surface(".env", dotenv),
    surface(".github/workflows/ai.yml", workflow),
    surface(".mcp.json", mcp),
    surface("Dockerfile", dockerfile),
    surface("Makefile", makefile),
    surface("compose.yml", compose),
    surface("package.json", package),
    surface("start.bat", batch),
    surface("start.fish", fish),
    surface("start.ps1", powershell),
    surface("start.sh", posix),
];

/// The variables on every surface. A value `$NAME` is a reference in the surface's writing.
pub(crate) fn everywhere(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    SURFACES.iter().map(|surface| (surface.path.to_owned(), (surface.write)(variables))).collect()
}

/// As `everywhere`, but with settings that git tracks.
pub(crate) fn committed(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    let shared = |path: String| path.replace("settings.local.json", "settings.json");
    everywhere(variables).into_iter().map(|(path, text)| (shared(path), text)).collect()
}

/// As `everywhere`, but in files whose names say that they are to be copied and filled in.
pub(crate) fn templates(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    let template = |path: &str| match path {
        ".claude/settings.local.json" => ".claude/settings.example.json".to_owned(),
        _ => format!("{path}.example"),
    };
    everywhere(variables).into_iter().map(|(path, text)| (template(&path), text)).collect()
}

/// A command line on every surface that has some; `$` needs care in what it holds.
pub(crate) fn commands(line: &str) -> Vec<(String, String)> {
    let dollars = line.replace('$', "$$");
    let indented = line.replace('\n', "\n          ");
    let files = [
        (
            ".claude/settings.json",
            format!(
                "{{\n  \"hooks\": {{ \"Stop\": [{{ \"hooks\": [{{ \"type\": \"command\",\n    \"command\": {line:?} }}] }}] }}\n}}\n"
            ),
        ),
        (
            ".github/workflows/ai.yml",
            format!("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          {indented}\n"),
        ),
        (
            ".mcp.json",
            format!(
                "{{\n  \"mcpServers\": {{ \"a\": {{ \"command\": \"sh\", \"args\": [\"-c\",\n    {line:?}] }} }}\n}}\n"
            ),
        ),
        ("Dockerfile", format!("FROM node:22\nRUN {line}\n")),
        ("Makefile", format!("a:\n\t{dollars}\n")),
        (
            "compose.yml",
            format!(
                "services:\n  a:\n    image: x\n    command:\n      - sh\n      - -c\n      - |\n          {}\n",
                indented.replace('$', "$$")
            ),
        ),
        ("package.json", format!("{{\n  \"private\": true,\n  \"scripts\": {{\n    \"a\": {line:?}\n  }}\n}}\n")),
        ("start.sh", format!("#!/bin/sh\n{line}\nclaude -p hi\n")),
    ];
    files.map(|(path, text)| (path.to_owned(), text)).into()
}
