//! The prediction against the real client: every recorded scenario, field by field.
//!
//! `tests/conformance/` holds scenarios and what the client was seen to send; its README tells how they are recorded.
//! `KEYLINT_OBSERVED=<folder>` compares another folder's `scenarios.jsonl` and `observed.jsonl` instead.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use keylint::path::RepoPath;
use keylint::route::arguments::Arguments;
use keylint::route::machine::Machine;
use keylint::route::session::Person;
use keylint::route::{Outcome, Source, SourceKind, predict};
use keylint::surface::{self, Document, Settings, Surface};
use keylint::text::trimmed;
use serde_json::Value;

const URL: &str = "http://127.0.0.1:8931";

/// What is lost at the end of a header on its way.
const BLANKS: [char; 2] = [' ', '\t'];

fn folder() -> PathBuf {
    std::env::var_os("KEYLINT_OBSERVED").map_or_else(|| common::package().join("tests/conformance"), PathBuf::from)
}

fn lines(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn fill(text: &str) -> String {
    text.replace("$URL", URL).replace("$PROJ", "/proj").replace("$HOME", "/home")
}

/// The files of a scenario, as the client would see them from `/proj`.
#[derive(Debug)]
struct Files {
    texts: BTreeMap<PathBuf, String>,
    /// The credentials that were asked for, by the names of their folders.
    asked: RefCell<BTreeMap<String, PathBuf>>,
}

impl Files {
    fn of(scenario: &Value) -> Self {
        let text = |json: &Value| fill(json.as_str().map_or_else(|| json.to_string(), str::to_owned).as_str());
        let named = [
            ("user", "/home/.claude/settings.json"),
            ("shared", "/proj/.claude/settings.json"),
            ("local", "/proj/.claude/settings.local.json"),
        ];
        let named = named.into_iter().filter(|(name, _)| !scenario[name].is_null());
        let mut texts: BTreeMap<PathBuf, String> =
            named.map(|(name, path)| (PathBuf::from(path), text(&scenario[name]))).collect();
        let others = scenario["files"].as_object().into_iter().flatten();
        texts.extend(others.map(|(path, json)| (PathBuf::from(fill(path)), text(json))));
        Self { texts, asked: RefCell::default() }
    }

    fn get(&self, path: &Path) -> Option<&str> {
        let mut whole = PathBuf::new();
        for part in Path::new("/proj").join(path).components() {
            match part {
                Component::ParentDir => _ = whole.pop(),
                Component::CurDir => {}
                part => whole.push(part),
            }
        }
        self.texts.get(&whole).map(String::as_str)
    }

    fn settings(&self, path: &str, which: Settings) -> Option<Document> {
        let text = self.get(Path::new(path))?;
        let path = path.trim_start_matches("/proj/");
        Some(surface::read(RepoPath::from(path), Some(Surface::Settings(which)), text.as_bytes()))
    }

    /// The file whose credential the client uses.
    fn credential(&self, folder: &str) -> Option<(&Path, &str)> {
        let asked = self.asked.borrow();
        let (path, text) = self.texts.get_key_value(asked.get(folder)?)?;
        Some((path, text))
    }
}

impl Machine for Files {
    fn home(&self) -> Option<&Path> {
        Some(Path::new("/home"))
    }

    fn read(&self, path: &Path) -> Option<Vec<u8>> {
        self.get(path).map(|text| text.as_bytes().to_vec())
    }

    fn has_credential(&self, path: &Path) -> bool {
        let is_login = path.ends_with(".credentials.json");
        let kind = if is_login { "login" } else { "profile" };
        self.asked.borrow_mut().insert(kind.to_owned(), Path::new("/proj").join(path));
        match self.get(path) {
            Some(text) if is_login => saved_login(text).is_some(),
            Some(text) => !text.trim().is_empty(),
            None => false,
        }
    }
}

/// The token of a saved login. keylint only asks whether there is one, so a broken file counts as none here.
fn saved_login(text: &str) -> Option<String> {
    let login: Value = serde_json::from_str(text).ok()?;
    let login = &login["claudeAiOauth"];
    let may_infer = match &login["scopes"] {
        Value::Array(scopes) => scopes.iter().any(|scope| scope == "user:inference"),
        scopes => scopes.as_str().is_some_and(|scopes| scopes.contains("user:inference")),
    };
    let expired = login["expiresAt"].as_u64().is_some_and(|at| at < 1_700_000_000_000);
    let refreshed = expired && login["refreshToken"].is_string();
    let token = match &login["accessToken"] {
        Value::String(_) if refreshed => "login-refreshed".to_owned(),
        Value::String(token) => token.clone(),
        other => other.to_string(),
    };
    let fits = token.chars().all(|c| !"\r\n\0".contains(c) && c <= '\u{FF}');
    // The server grants a refreshed login what it needs.
    Some(token).filter(|token| (may_infer || refreshed) && !token.is_empty() && fits)
}

/// The token of a profile; `None` where its file holds none that can be used, of which keylint knows nothing.
fn profile(files: &Files, url: &str) -> Option<String> {
    let (path, text) = files.credential("profile").unwrap_or((Path::new(""), "{}"));
    let config = path.to_string_lossy().replace("/credentials/", "/configs/");
    let config: Value = serde_json::from_str(files.get(Path::new(&config)).unwrap_or("{}")).unwrap_or_default();
    let federated = files.texts.values().any(|text| text.contains("oidc_federation"));
    let credentials: Value = serde_json::from_str(text).unwrap_or_default();
    let token = credentials["access_token"].as_str().filter(|token| !token.is_empty());
    let expired = credentials["expires_at"].as_u64().is_some_and(|at| at < 1_700_000_000);
    let secure = url.starts_with("https:") || url.starts_with(URL);
    match token {
        Some(token) if !expired => Some(token.to_owned()).filter(|token| !token.contains('\n')),
        _ if federated => Some("federated-token".to_owned()),
        Some(_) if config["authentication"]["client_id"].is_string() && secure => Some("login-refreshed".to_owned()),
        _ => None,
    }
}

/// What the source's value is, where the files hold it.
fn value(source: &Source<'_>, header: &str, scenario: &Value, files: &Files, url: &str) -> Option<String> {
    let text = source.member.map(|member| trimmed(member.assignment.decoded.text.expose()).to_owned());
    Some(match source.kind {
        // What is not one word is no credential to the client, and sent as an empty one.
        SourceKind::Helper => {
            let printed = match &scenario["helper"] {
                Value::Object(printed) => {
                    let scope = match source.member.unwrap().document.path.as_str() {
                        "~/.claude/settings.json" => "user",
                        ".claude/settings.json" => "shared",
                        ".claude/settings.local.json" => "local",
                        _ => "flag",
                    };
                    printed.get(scope).and_then(Value::as_str)
                }
                text => text.as_str(),
            };
            let printed = printed.unwrap_or("").trim();
            if !printed.bytes().all(|byte| byte.is_ascii_graphic()) { String::new() } else { printed.to_owned() }
        }
        SourceKind::Login if header == "x-api-key" => {
            let keys = files.texts.values().filter_map(|text| {
                let file: Value = serde_json::from_str(text).ok()?;
                Some(trimmed(file["primaryApiKey"].as_str()?).to_owned())
            });
            let mut keys = keys;
            keys.next().unwrap()
        }
        SourceKind::Login => saved_login(files.credential("login").unwrap().1).unwrap(),
        SourceKind::Profile => profile(files, url)?,
        SourceKind::CustomHeader => {
            let text = text.unwrap();
            // As JavaScript keeps them: by the first line of a name, with the value of the last one.
            let mut lines: Vec<(&str, &str)> = Vec::new();
            for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
                let (name, value) = (trimmed(name), trimmed(value));
                match lines.iter_mut().find(|(other, _)| *other == name) {
                    Some(line) => line.1 = value,
                    None => lines.push((name, value)),
                }
            }
            let line = |header: &str| {
                let line = lines.iter().rfind(|(name, _)| name.eq_ignore_ascii_case(header));
                line.map(|(_, value)| (*value).to_owned())
            };
            // Claude Platform on AWS repeats a custom bearer in the other header.
            line(header).unwrap_or_else(|| line("authorization").unwrap().replace("Bearer ", ""))
        }
        SourceKind::Federation => "federated-token".to_owned(),
        // Whatever the provider's tools found: the recording shows it.
        SourceKind::Provider if source.member.is_none() => "*".to_owned(),
        SourceKind::Userinfo => {
            let user = keylint::route::url::normalised(&text.unwrap()).unwrap().userinfo.unwrap();
            let user = if user.contains(':') { user } else { user + ":" };
            common::base64(user.replace("%40", "@").replace("%3A", ":").as_bytes())
        }
        _ => text.unwrap(),
    })
}

/// The model's name changes with every version of the client, and so do the two ways to ask Vertex AI.
fn without_model(url: &str) -> String {
    let cut = |from: &str, to: &str| {
        let (before, rest) = url.split_once(from)?;
        let (_, after) = rest.split_once(to)?;
        Some(format!("{before}{from}{{model}}{to}{after}"))
    };
    let url = cut("/model/", "/invoke").or_else(|| cut("/models/", ":")).unwrap_or_else(|| url.to_owned());
    url.replace(":rawPredict", ":streamRawPredict")
}

/// Outcome, address, `x-api-key` and `Authorization`, as the recording writes them.
fn predicted(scenario: &Value) -> [String; 4] {
    let list = |name: &str| -> Vec<String> {
        let words = scenario[name].as_array().map(Vec::as_slice).unwrap_or_default();
        words.iter().map(|word| fill(word.as_str().unwrap())).collect()
    };
    let rejected = || ["rejected".to_owned(), String::new(), String::new(), String::new()];
    let variables = scenario["env"].as_object().into_iter().flatten();
    let variables = variables.map(|(name, value)| (name.clone(), fill(value.as_str().unwrap()))).collect();
    let files = Files::of(scenario);
    let shared = files.settings("/proj/.claude/settings.json", Settings::Shared);
    let local = files.settings("/proj/.claude/settings.local.json", Settings::Local);
    let arguments = Arguments::parse(list("args").iter().map(String::as_str));
    let flag = match (&scenario["flag"], arguments.inline_settings(), &arguments.settings) {
        (_, Some(text), _) => Some(text.to_owned()),
        (_, None, Some(path)) => match files.get(Path::new(path)) {
            Some(text) => Some(text.to_owned()),
            // `keylint route` says so and stops, as the client does.
            None => return rejected(),
        },
        (Value::Null, None, None) => None,
        (Value::String(text), None, None) => Some(fill(text)),
        (json, None, None) => Some(fill(&json.to_string())),
    };
    let profile = Some(Surface::Settings(Settings::Profile));
    let flag = flag.map(|text| surface::read(RepoPath::from("--settings"), profile, text.as_bytes()));
    let person = Person::find(variables, arguments, flag, &files);
    let none = surface::read(RepoPath::from(".claude/settings.json"), Some(Surface::Settings(Settings::Shared)), b"");
    let project: Vec<&Document> = [&local, &shared].into_iter().flatten().collect();
    let unit = person.settings(project.first().copied().unwrap_or(&none), &project);
    let route = predict(&unit);
    if route.outcome != Outcome::Sent {
        return [route.outcome.as_str().to_owned(), String::new(), String::new(), String::new()];
    }
    let url = route.url.unwrap_or_default();
    let value = |source: Option<Source<'_>>, header| match source {
        Some(source) => value(&source, header, scenario, &files, &url).map(|value| (Some(source.kind), value)),
        None => Some((None, String::new())),
    };
    let (Some((_, key)), Some((kind, authorization))) =
        (value(route.x_api_key, "x-api-key"), value(route.authorization, "authorization"))
    else {
        return rejected();
    };
    let authorization = match kind {
        None | Some(SourceKind::CustomHeader) => authorization,
        Some(SourceKind::Userinfo) => format!("Basic {authorization}"),
        Some(_) => format!("Bearer {authorization}").trim_end_matches(BLANKS).to_owned(),
    };
    ["sent".to_owned(), url, key, authorization]
}

/// What is known not to be predicted, and why: `limits.tsv`.
fn limits() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(common::package().join("tests/conformance/limits.tsv")).unwrap();
    let rows = text.lines().filter_map(|line| line.split_once('\t'));
    rows.map(|(name, why)| (name.to_owned(), why.to_owned())).collect()
}

#[test]
fn predictions_are_what_the_client_sends() {
    let scenarios: BTreeMap<String, Value> = lines("scenarios.jsonl")
        .into_iter()
        .map(|scenario| (scenario["name"].as_str().unwrap().to_owned(), scenario))
        .collect();
    let observed = lines("observed.jsonl");
    let (head, observed) = observed.split_first().unwrap();
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    let known = limits();
    let (mut wrong, mut limits) = (Vec::new(), 0);
    for observation in observed {
        let name = observation["name"].as_str().unwrap();
        let get = |request: &Value, field: &str| request[field].as_str().unwrap_or("").to_owned();
        let seen: Vec<[String; 4]> = match observation["requests"].as_array().map(Vec::as_slice).unwrap_or_default() {
            [] => {
                vec![[observation["outcome"].as_str().unwrap().to_owned(), String::new(), String::new(), String::new()]]
            }
            requests => requests
                .iter()
                .map(|request| {
                    let headers = ["url", "x-api-key", "authorization"].map(|field| get(request, field));
                    let [url, key, authorization] = headers;
                    let url = without_model(&url);
                    ["sent".to_owned(), url, key, authorization.trim_end_matches(BLANKS).to_owned()]
                })
                .collect(),
        };
        let predicted = predicted(&scenarios[name]);
        *outcomes.entry(seen[0][0].clone()).or_default() += 1;

        let message = observation["message"].as_str().unwrap_or("");
        let met = match seen[0][0].as_str() {
            // Something answered that is no model: the request went out, to an address that makes no sense.
            "other"
                if ["malformed response", "ECONNREFUSED", "Unable to connect"]
                    .iter()
                    .any(|it| message.contains(it)) =>
            {
                predicted[0] == "sent" || predicted[0] == "invalid-url"
            }
            "other" | "invalid-value" | "bad-argument" => matches!(predicted[0].as_str(), "rejected" | "invalid-url"),
            // Not everybody has what the provider's own tools look for.
            "no-provider-credentials" => {
                predicted[3] == "Bearer *" || matches!(predicted[0].as_str(), "incomplete-provider" | "rejected")
            }
            _ => seen.iter().any(|seen| {
                let found = predicted[3] == "Bearer *" && !seen[3].is_empty();
                *seen == predicted || found && seen[..3] == predicted[..3]
            }),
        };
        if let Some(why) = known.get(name) {
            assert!(!met, "{name} is predicted now: take it out of limits.tsv ({why})");
            limits += 1;
        } else if !met {
            wrong.push(format!("{name}\n  predicted {predicted:?}\n  seen      {seen:?}"));
        }
    }
    println!(
        "client {}: {} scenarios, {outcomes:?}, {limits} known limits, {} wrong",
        head["client"],
        observed.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), observed.len(), wrong.join("\n"));
}
