//! Repositories as people have them, each with defects that a fix takes away, in the styles in which people write.

use std::fmt::Write as _;

use crate::common::sample::Rng;
use crate::common::token;

/// A value of JSON whose members keep their order.
#[derive(Clone, Debug)]
pub enum Json {
    Text(String),
    Raw(&'static str),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        Self::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
    }
}

/// How a file is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// One step; nothing means that all stands on one line.
    indent: &'static str,
    crlf: bool,
    mark: bool,
    last: bool,
}

impl Style {
    pub fn draw(rng: &mut Rng) -> Self {
        let indent = ["  ", "    ", "\t", "  ", ""][rng.below(5)];
        let (crlf, mark, last) = (rng.below(4) == 0, rng.below(6) == 0, rng.below(4) != 0);
        Self { indent, crlf, mark, last }
    }

    /// A style for scripts, which can't have every one of them.
    pub fn plain(self) -> Self {
        Self { crlf: false, mark: false, ..self }
    }

    pub fn json(self, json: &Json) -> String {
        let mut text = String::new();
        self.render(json, 0, &mut text);
        self.finish(&format!("{text}\n"))
    }

    /// Lines with `\n` as this style has them.
    pub fn finish(self, text: &str) -> String {
        let text = if self.last { text } else { text.strip_suffix('\n').unwrap_or(text) };
        let text = if self.crlf { text.replace('\n', "\r\n") } else { text.to_owned() };
        if self.mark { format!("\u{FEFF}{text}") } else { text }
    }

    /// Whether a text still has this style.
    pub fn is_kept(self, text: &str) -> bool {
        let bare = text.replace("\r\n", "");
        text.starts_with('\u{FEFF}') == self.mark
            && (text.is_empty() || text.ends_with('\n') == self.last)
            && (!self.crlf || !bare.contains('\n'))
            && (self.crlf || !text.contains('\r'))
    }

    fn render(self, json: &Json, depth: usize, out: &mut String) {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let (open, close, parts): (_, _, Vec<String>) = match json {
            Json::Text(text) => return out.push_str(&quoted(text)),
            Json::Raw(raw) => return out.push_str(raw),
            Json::Array(elements) => {
                ('[', ']', elements.iter().map(|element| self.part(None, element, depth)).collect())
            }
            Json::Object(members) => {
                ('{', '}', members.iter().map(|(name, value)| self.part(Some(quoted(name)), value, depth)).collect())
            }
        };
        out.push(open);
        let line = if self.indent.is_empty() { String::new() } else { format!("\n{}", self.indent.repeat(depth + 1)) };
        for (number, part) in parts.iter().enumerate() {
            let comma = match (number, self.indent) {
                (0, _) => "",
                (_, "") => ", ",
                _ => ",",
            };
            write!(out, "{comma}{line}{part}").unwrap();
        }
        if !parts.is_empty() && !self.indent.is_empty() {
            write!(out, "\n{}", self.indent.repeat(depth)).unwrap();
        }
        out.push(close);
    }

    fn part(self, name: Option<String>, value: &Json, depth: usize) -> String {
        let mut text = name.map(|name| name + ": ").unwrap_or_default();
        self.render(value, depth + 1, &mut text);
        text
    }
}

/// One file.
#[derive(Clone, Debug)]
pub struct Written {
    pub path: String,
    pub text: String,
    pub style: Style,
    pub tracked: bool,
    pub mode: u32,
}

/// A repository, and what becomes of it.
#[derive(Debug)]
pub struct Case {
    /// The kind of defect.
    pub kind: &'static str,
    /// The rules whose findings a fix has to take away.
    pub rules: Vec<&'static str>,
    pub files: Vec<Written>,
    /// What the settings are meant to say: the `env` of the shared and of the local file, as the client is to see them.
    /// `None` where no settings take part.
    pub meant: Option<(Env, Env)>,
    /// Secrets that must still be somewhere.
    pub kept: Vec<String>,
    /// Secrets that no file may hold any more which git has or would take.
    pub hidden: Vec<String>,
    /// A script, and the variables that its `claude` is to get; an empty value means none.
    pub script: Option<(String, Env)>,
}

const SHARED: &str = ".claude/settings.json";
const LOCAL: &str = ".claude/settings.local.json";

/// Gateways that read the `Authorization` header.
const GATEWAYS: [&str; 4] = [
    "https://api.z.ai/api/anthropic",
    "https://ark.cn-beijing.volces.com/api/coding",
    "https://api.deepseek.com/anthropic",
    "https://openrouter.ai/api",
];

pub const KINDS: [fn(&mut Draw) -> Case; 15] = [
    Draw::comments,
    Draw::secret_in_env,
    Draw::gateway_in_shared,
    Draw::permission,
    Draw::server,
    Draw::malformed_credential,
    Draw::malformed_address,
    Draw::both_in_settings,
    Draw::key_at_gateway,
    Draw::wrong_variable,
    Draw::misspelled,
    Draw::script_inherits,
    Draw::script_sets_both,
    Draw::helper_without_mode,
    Draw::open_file,
];

/// Draws repositories.
pub struct Draw {
    pub rng: Rng,
}

/// Variables and their values.
pub type Env = Vec<(String, String)>;

fn env(members: &[(&str, &str)]) -> Env {
    members.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

impl Draw {
    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.rng.below(all.len())]
    }

    fn token(&mut self, name: &str) -> String {
        token(name, &mut self.rng).unwrap()
    }

    fn opaque(&mut self) -> String {
        self.token("base62-key")
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.rng.below(last + 1));
        }
    }

    /// A settings file around an `env`, as projects have them.
    fn settings(&mut self, env: &Env) -> Json {
        let mut members = Vec::new();
        if !env.is_empty() {
            let env = env.iter().map(|(name, value)| (name.clone(), Json::text(value))).collect();
            members.push(("env".to_owned(), Json::Object(env)));
        }
        let rules = |list: &[&str]| Json::Array(list.iter().map(|rule| Json::text(*rule)).collect());
        let extras = [
            ("$schema", Json::text("https://json.schemastore.org/claude-code-settings.json")),
            ("model", Json::text("opus")),
            ("cleanupPeriodDays", Json::Raw("30")),
            ("includeCoAuthoredBy", Json::Raw("false")),
            (
                "permissions",
                Json::object([
                    ("allow", rules(&["Bash(npm run test:*)", "Bash(git diff:*)", "WebFetch(domain:docs.rs)"])),
                    ("deny", rules(&["Read(./.env)", "Read(./secrets/**)"])),
                ]),
            ),
            (
                "hooks",
                Json::object([(
                    "PostToolUse",
                    Json::Array(vec![Json::object([
                        ("matcher", Json::text("Edit|Write")),
                        (
                            "hooks",
                            Json::Array(vec![Json::object([
                                ("type", Json::text("command")),
                                ("command", Json::text("jq -r '.tool_input.file_path' | xargs npx prettier --write")),
                            ])]),
                        ),
                    ])]),
                )]),
            ),
        ];
        for (name, value) in extras {
            if self.rng.below(2) == 0 {
                members.push((name.to_owned(), value));
            }
        }
        self.shuffle(&mut members);
        Json::Object(members)
    }

    fn others(&mut self, at_most: usize) -> Env {
        let mut others = env(&[
            ("BASH_DEFAULT_TIMEOUT_MS", "60000"),
            ("DISABLE_TELEMETRY", "1"),
            ("MAX_THINKING_TOKENS", "8000"),
            ("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "16000"),
        ]);
        self.shuffle(&mut others);
        others.truncate(self.rng.below(at_most + 1));
        others
    }

    /// Some variables and some that don't matter, in any order.
    fn mixed(&mut self, members: &[(&str, &str)]) -> Env {
        let mut all = env(members);
        all.extend(self.others(3));
        self.shuffle(&mut all);
        all
    }

    fn file(&mut self, path: &str, text: impl FnOnce(Style) -> String, tracked: bool) -> Written {
        let mut style = Style::draw(&mut self.rng);
        if !path.ends_with(".json") {
            style = style.plain();
        }
        let mode = if path.ends_with(".sh") { 0o755 } else { 0o644 };
        let text = text(style);
        // A file of one line without an end doesn't say how lines end.
        style.crlf &= text.contains('\n');
        Written { path: path.to_owned(), text, style, tracked, mode }
    }

    fn ignore(&mut self) -> Written {
        let text = self.one_of(&[
            ".claude/settings.local.json\n.env\n",
            "node_modules/\n.env\n.env.*\n!.env.example\n**/.claude/settings.local.json\n",
            "# private\n*.local.json\n.env\n",
        ]);
        self.file(".gitignore", |style| style.finish(text), true)
    }

    fn json(&mut self, path: &str, json: &Json, tracked: bool) -> Written {
        self.file(path, |style| style.json(json), tracked)
    }

    fn case(&mut self, kind: &'static str, rules: &[&'static str], files: Vec<Written>) -> Case {
        let mut files = files;
        files.push(self.ignore());
        let (kept, hidden) = (Vec::new(), Vec::new());
        Case { kind, rules: rules.to_vec(), files, meant: None, kept, hidden, script: None }
    }

    /// What is local wherever nothing has to be said about sharing.
    fn gateway(&mut self) -> (&'static str, String) {
        (self.one_of(&GATEWAYS), self.opaque())
    }

    fn comments(&mut self) -> Case {
        let (url, token) = self.gateway();
        let meant = self.mixed(&[("ANTHROPIC_BASE_URL", url), ("ANTHROPIC_AUTH_TOKEN", &token)]);
        let json = self.settings(&meant);
        let style = Style::draw(&mut self.rng);
        let text = self.commented(&style.json(&json));
        let written = Written { path: LOCAL.to_owned(), text, style, tracked: false, mode: 0o600 };
        let mut case = self.case("comments", &["settings-dropped"], vec![written]);
        case.meant = Some((Vec::new(), meant));
        case
    }

    /// Comments and commas where people put them. At least one.
    fn commented(&mut self, text: &str) -> String {
        if !text.contains('\n') || text.matches('\n').count() < 3 {
            let at = text.find('{').unwrap() + 1;
            return format!("{} /* of the team */{}", &text[..at], &text[at..]);
        }
        let mut out = String::new();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let must = 1 + self.rng.below(lines.len() - 2);
        for (number, line) in lines.iter().enumerate() {
            let (body, end) = line.split_at(line.trim_end_matches(['\r', '\n']).len());
            let blanks: String = body.chars().take_while(|letter| letter.is_whitespace()).collect();
            let next = lines.get(number + 1).map_or("", |next| next.trim_start());
            let closes = next.starts_with(['}', ']']) && !body.ends_with(['{', '[', ',']);
            if number > 0 && (number == must || self.rng.below(8) == 0) {
                let comment = self.one_of(&["// why", "/* see the wiki */", "// \"old\": 1,", "//"]);
                write!(out, "{blanks}{comment}{}", if end.is_empty() { "\n" } else { end }).unwrap();
            }
            out.push_str(body);
            if closes && self.rng.below(3) == 0 {
                out.push(',');
            }
            if !end.is_empty() && self.rng.below(8) == 0 {
                out.push_str(self.one_of(&[" // note", "  /* note */", "\t// https://example.com/a"]));
            }
            out.push_str(end);
        }
        out
    }

    fn secret_in_env(&mut self) -> Case {
        let key = self.token("anthropic-api-key");
        let shared = self.mixed(&[("ANTHROPIC_API_KEY", &key)]);
        let json = self.settings(&shared);
        let mut files = vec![self.json(SHARED, &json, true)];
        let mut local = Vec::new();
        if self.rng.below(2) == 0 {
            local = self.others(2);
            let json = self.settings(&local);
            files.push(self.json(LOCAL, &json, false));
        }
        let mut case = self.case("a key in shared settings", &["secret-in-settings"], files);
        if self.rng.below(3) == 0 {
            // The rule that makes the local file private comes first.
            case.files.retain(|file| file.path != ".gitignore");
            let ignore = self.file(".gitignore", |style| style.finish("node_modules/\n"), true);
            case.files.push(ignore);
            case.rules.push("personal-file-not-ignored");
        }
        case.meant = Some((shared, local));
        (case.kept, case.hidden) = (vec![key.clone()], vec![key]);
        case
    }

    fn gateway_in_shared(&mut self) -> Case {
        let (url, token) = self.gateway();
        let shared = self.mixed(&[("ANTHROPIC_BASE_URL", url), ("ANTHROPIC_AUTH_TOKEN", &token)]);
        let json = self.settings(&shared);
        let files = vec![self.json(SHARED, &json, true)];
        let mut case = self.case("a gateway in shared settings", &["secret-in-settings", "shared-redirect"], files);
        case.meant = Some((shared, Vec::new()));
        (case.kept, case.hidden) = (vec![token.clone()], vec![token]);
        case
    }

    fn permission(&mut self) -> Case {
        let (github, key) = (self.token("github-pat"), self.token("anthropic-api-key"));
        let captured = match self.rng.below(3) {
            0 => format!("Bash(GITHUB_TOKEN={github} gh pr list)"),
            1 => format!("Bash(curl -s -H \"Authorization: Bearer {github}\" https://api.github.com/user)"),
            _ => format!("Bash(export ANTHROPIC_API_KEY={key})"),
        };
        let mut rules = vec![captured, "Bash(git status)".to_owned(), "Bash(cargo test:*)".to_owned()];
        rules.truncate(1 + self.rng.below(3));
        self.shuffle(&mut rules);
        let rules = Json::Array(rules.into_iter().map(Json::Text).collect());
        let json = Json::object([("permissions", Json::object([("allow", rules), ("deny", Json::Array(vec![]))]))]);
        let files = vec![self.json(SHARED, &json, true)];
        let mut case = self.case("a key in a permission rule", &["secret-in-permission"], files);
        case.hidden = vec![github, key];
        case
    }

    fn server(&mut self) -> Case {
        let github = self.token("github-pat");
        let name = self.one_of(&["GITHUB_PERSONAL_ACCESS_TOKEN", "GITHUB_TOKEN"]);
        let server = Json::object([
            ("command", Json::text("npx")),
            ("args", Json::Array(vec![Json::text("-y"), Json::text("@modelcontextprotocol/server-github")])),
            ("env", Json::object([("LOG_LEVEL", Json::text("info")), (name, Json::text(&github))])),
        ]);
        let json = Json::object([("mcpServers", Json::object([("github", server)]))]);
        let files = vec![self.json(".mcp.json", &json, true)];
        let mut case = self.case("a token of an MCP server", &["secret-in-mcp"], files);
        (case.kept, case.hidden) = (vec![github.clone()], vec![github]);
        case
    }

    fn malformed_credential(&mut self) -> Case {
        let (url, token) = self.gateway();
        let wrong = match self.rng.below(4) {
            0 => format!("{token} "),
            1 => format!(" {token}"),
            2 => format!("\"{token}\""),
            _ => format!("{token}\n"),
        };
        let broken = self.mixed(&[("ANTHROPIC_BASE_URL", url), ("ANTHROPIC_AUTH_TOKEN", &wrong)]);
        let json = self.settings(&broken);
        let files = vec![self.json(LOCAL, &json, false)];
        let mut case = self.case("a token with blanks or quotes", &["credential-malformed"], files);
        let meant =
            broken.into_iter().map(|(name, value)| if value == wrong { (name, token.clone()) } else { (name, value) });
        case.meant = Some((Vec::new(), meant.collect()));
        case.kept = vec![token];
        case
    }

    fn malformed_address(&mut self) -> Case {
        let (url, token) = self.gateway();
        let wrong = match self.rng.below(3) {
            0 => format!("{url}/v1/messages"),
            1 => format!("\"{url}\""),
            _ => format!("'{url}'"),
        };
        let broken = self.mixed(&[("ANTHROPIC_BASE_URL", &wrong), ("ANTHROPIC_AUTH_TOKEN", &token)]);
        let json = self.settings(&broken);
        let files = vec![self.json(LOCAL, &json, false)];
        let mut case = self.case("an address with too much", &["base-url-malformed"], files);
        let meant =
            broken.into_iter().map(|(name, value)| if value == wrong { (name, url.to_owned()) } else { (name, value) });
        case.meant = Some((Vec::new(), meant.collect()));
        case.kept = vec![token];
        case
    }

    fn both_in_settings(&mut self) -> Case {
        let (url, token) = self.gateway();
        let other = if self.rng.below(2) == 0 { "your-api-key-here".to_owned() } else { self.opaque() };
        let both = [
            ("ANTHROPIC_BASE_URL", url),
            ("ANTHROPIC_AUTH_TOKEN", token.as_str()),
            ("ANTHROPIC_API_KEY", other.as_str()),
        ];
        let both = self.mixed(&both);
        let json = self.settings(&both);
        let files = vec![self.json(LOCAL, &json, false)];
        let mut case = self.case("key and token beside a gateway", &["both-credentials"], files);
        let meant = both.into_iter().map(|(name, value)| match name.as_str() {
            "ANTHROPIC_API_KEY" => (name, String::new()),
            _ => (name, value),
        });
        case.meant = Some((Vec::new(), meant.collect()));
        case.kept = vec![token];
        case
    }

    fn key_at_gateway(&mut self) -> Case {
        let (url, key) = self.gateway();
        let wrong = self.mixed(&[("ANTHROPIC_BASE_URL", url), ("ANTHROPIC_API_KEY", &key)]);
        let json = self.settings(&wrong);
        let files = vec![self.json(LOCAL, &json, false)];
        let mut case = self.case("a key for a gateway that reads a token", &["base-url-with-api-key"], files);
        case.meant = Some((Vec::new(), renamed(wrong, "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")));
        case.kept = vec![key];
        case
    }

    fn wrong_variable(&mut self) -> Case {
        let (wrong, right, kind) = self.one_of(&[
            ("ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "anthropic-oauth-token"),
            ("CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_API_KEY", "anthropic-api-key"),
        ]);
        let secret = self.token(kind);
        let quote = self.one_of(&["", "\""]);
        let text = format!("# for Claude Code\nNODE_ENV=test\n{wrong}={quote}{secret}{quote}\nDEBUG=1\n");
        let files = vec![self.file(".env", |style| style.finish(&text), false)];
        let mut case = self.case("a credential under another's name", &["wrong-variable"], files);
        case.kept = vec![secret, right.to_owned()];
        case
    }

    fn misspelled(&mut self) -> Case {
        let (url, token) = self.gateway();
        let (wrong, right) =
            self.one_of(&[("CLAUDE_AUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"), ("ANTHROPIC_BASEURL", "ANTHROPIC_BASE_URL")]);
        let written = self.mixed(&[("ANTHROPIC_BASE_URL", url), ("ANTHROPIC_AUTH_TOKEN", &token)]);
        let written = renamed(written, right, wrong);
        let json = self.settings(&written);
        let files = vec![self.json(LOCAL, &json, false)];
        let mut case = self.case("a name that is nearly right", &["misspelled-variable"], files);
        case.meant = Some((Vec::new(), renamed(written, wrong, right)));
        case.kept = vec![token];
        case
    }

    /// A launcher around some lines that set variables.
    fn launcher(&mut self, lines: &[String]) -> String {
        let start = self.one_of(&["claude \"$@\"", "exec claude \"$@\"", "claude -p \"$1\" --output-format json"]);
        let before = self.one_of(&["", "set -euo pipefail\n", "# starts Claude Code with our gateway\n\n"]);
        let before = if start.contains("$1") { before.replace("set -euo pipefail\n", "") } else { before.to_owned() };
        format!("#!/usr/bin/env bash\n{before}{}\n{start}\n", lines.join("\n"))
    }

    fn script_inherits(&mut self) -> Case {
        let url = self.one_of(&GATEWAYS);
        let lines = [
            format!("export ANTHROPIC_BASE_URL=\"{url}\""),
            "export ANTHROPIC_AUTH_TOKEN=\"$GATEWAY_TOKEN\"".to_owned(),
        ];
        let text = self.launcher(&lines);
        let files = vec![self.file("claude-glm.sh", |style| style.finish(&text), true)];
        let mut case = self.case("a launcher that inherits a key", &["inherited-credential"], files);
        let meant = [("ANTHROPIC_BASE_URL", url), ("ANTHROPIC_AUTH_TOKEN", "from outside"), ("ANTHROPIC_API_KEY", "")];
        case.script = Some(("claude-glm.sh".to_owned(), env(&meant)));
        case
    }

    fn script_sets_both(&mut self) -> Case {
        let url = self.one_of(&GATEWAYS);
        let mut lines = [
            format!("export ANTHROPIC_BASE_URL=\"{url}\""),
            "export ANTHROPIC_AUTH_TOKEN=\"$GATEWAY_TOKEN\"".to_owned(),
            "export ANTHROPIC_API_KEY=\"$GATEWAY_TOKEN_2\"".to_owned(),
        ];
        self.shuffle(&mut lines);
        let text = self.launcher(&lines);
        let files = vec![self.file("bin/run.sh", |style| style.finish(&text), true)];
        let mut case = self.case("a launcher with key and token", &["both-credentials"], files);
        let meant = [("ANTHROPIC_BASE_URL", url), ("ANTHROPIC_AUTH_TOKEN", "from outside"), ("ANTHROPIC_API_KEY", "")];
        case.script = Some(("bin/run.sh".to_owned(), env(&meant)));
        case
    }

    fn helper_without_mode(&mut self) -> Case {
        let json = Json::object([
            ("apiKeyHelper", Json::text("./.claude/key.sh")),
            ("model", Json::text(self.one_of(&["opus", "sonnet"]))),
        ]);
        let mut helper = self.file(
            ".claude/key.sh",
            |style| style.finish("#!/bin/sh\nsecurity find-generic-password -w -s claude\n"),
            true,
        );
        helper.mode = 0o644;
        let files = vec![self.json(SHARED, &json, true), helper];
        self.case("a helper that can't be run", &["helper-not-runnable"], files)
    }

    fn open_file(&mut self) -> Case {
        let key = self.token("anthropic-api-key");
        let written = self.mixed(&[("ANTHROPIC_API_KEY", &key)]);
        let json = self.settings(&written);
        let files = vec![self.json(LOCAL, &json, false)];
        let mut case = self.case("a private file that all can read", &["secret-readable-by-others"], files);
        case.meant = Some((Vec::new(), written));
        case.kept = vec![key];
        case
    }
}

fn renamed(all: Env, from: &str, to: &str) -> Env {
    all.into_iter().map(|(name, value)| if name == from { (to.to_owned(), value) } else { (name, value) }).collect()
}
