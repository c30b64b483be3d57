//! The prediction against the real client: every recorded scenario, field by field.
//!
//! `tests/conformance/` holds scenarios and what the client was seen to send; its README tells how they are recorded.
//! `KEYLINT_OBSERVED=<folder>` compares another folder's `scenarios.jsonl` and `observed.jsonl` instead.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

use keylint::path::RepoPath;
use keylint::route::arguments::Arguments;
use keylint::route::machine::Machine;
use keylint::route::model::choose;
use keylint::route::session::Person;
use keylint::route::unit::Unit;
use keylint::route::{Outcome, Source, SourceKind, predict};
use keylint::surface::{self, Document, Settings, Surface};
use keylint::text::trimmed;
use serde_json::Value;

const URL: &str = "http://127.0.0.1:8931";

/// What is lost at the end of a header on its way.
const BLANKS: [char; 2] = [' ', '\t'];

/// The folder of what is recorded.
fn recording() -> PathBuf {
    common::package().join("tests/conformance")
}

fn lines(folder: &Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The recorded scenarios by name.
fn scenarios() -> BTreeMap<String, Value> {
    let scenarios = lines(&recording(), "scenarios.jsonl").into_iter();
    scenarios.map(|scenario| (scenario["name"].as_str().unwrap().to_owned(), scenario)).collect()
}

fn fill(text: &str) -> String {
    text.replace("$URL", URL).replace("$PROJ", "/proj").replace("$HOME", "/home")
}

/// The files of a scenario, as the client would see them from `/proj`.
#[derive(Debug)]
struct Files {
    texts: BTreeMap<PathBuf, String>,
    /// The credentials that were asked for, by the names of their folders.
    asked: Mutex<BTreeMap<String, PathBuf>>,
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
        Self { texts, asked: Mutex::default() }
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
        let asked = self.asked.lock().unwrap();
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
        self.asked.lock().unwrap().insert(kind.to_owned(), Path::new("/proj").join(path));
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

/// The session of a scenario; `None` where the file behind `--settings` is missing.
fn with_unit<T>(scenario: &Value, look: impl FnOnce(&Unit<'_>, &Files) -> T) -> Option<T> {
    let list = |name: &str| -> Vec<String> {
        let words = scenario[name].as_array().map(Vec::as_slice).unwrap_or_default();
        words.iter().map(|word| fill(word.as_str().unwrap())).collect()
    };
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
            None => return None,
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
    Some(look(&person.settings(project.first().copied().unwrap_or(&none), &project), &files))
}

/// Outcome, address, `x-api-key` and `Authorization`, as the recording writes them.
fn predicted(scenario: &Value) -> [String; 4] {
    // `keylint route` says so and stops, as the client does.
    with_unit(scenario, |unit, files| request(scenario, unit, files)).unwrap_or_else(rejected)
}

fn rejected() -> [String; 4] {
    ["rejected".to_owned(), String::new(), String::new(), String::new()]
}

fn request(scenario: &Value, unit: &Unit<'_>, files: &Files) -> [String; 4] {
    let route = predict(unit);
    if route.outcome != Outcome::Sent {
        return [route.outcome.as_str().to_owned(), String::new(), String::new(), String::new()];
    }
    let url = route.url.unwrap_or_default();
    let value = |source: Option<Source<'_>>, header| match source {
        Some(source) => value(&source, header, scenario, files, &url).map(|value| (Some(source.kind), value)),
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
    let text = std::fs::read_to_string(recording().join("limits.tsv")).unwrap();
    let rows = text.lines().filter_map(|line| line.split_once('\t'));
    rows.map(|(name, why)| (name.to_owned(), why.to_owned())).collect()
}

/// What the client did: outcome, address and both headers of each request, as the prediction writes them.
fn seen(observation: &Value) -> Vec<[String; 4]> {
    let outcome = observation["outcome"].as_str().unwrap().to_owned();
    let get = |request: &Value, field: &str| request[field].as_str().unwrap_or("").to_owned();
    match observation["requests"].as_array().map(Vec::as_slice).unwrap_or_default() {
        [] => vec![[outcome, String::new(), String::new(), String::new()]],
        requests => requests
            .iter()
            .map(|request| {
                let [url, key, authorization] = ["url", "x-api-key", "authorization"].map(|field| get(request, field));
                [outcome.clone(), without_model(&url), key, authorization.trim_end_matches(BLANKS).to_owned()]
            })
            .collect(),
    }
}

/// Whether the prediction met what was seen.
fn is_met(predicted: &[String; 4], seen: &[[String; 4]], message: &str) -> bool {
    match seen[0][0].as_str() {
        // Something answered that is no model: the request went out, to an address that makes no sense.
        "other"
            if ["malformed response", "ECONNREFUSED", "Unable to connect"].iter().any(|it| message.contains(it)) =>
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
            seen == predicted || found && seen[..3] == predicted[..3]
        }),
    }
}

/// How the prediction fares against a recording.
#[derive(Debug, Default)]
struct Comparison {
    outcomes: BTreeMap<String, usize>,
    limits: usize,
    wrong: Vec<String>,
}

/// Predicts every scenario, and compares with its observation.
fn compare(scenarios: &[Value], observed: &[Value]) -> Comparison {
    let observed: BTreeMap<&str, &Value> = observed.iter().map(|it| (it["name"].as_str().unwrap(), it)).collect();
    let known = limits();
    let mut comparison = Comparison::default();
    for scenario in scenarios {
        let name = scenario["name"].as_str().unwrap();
        let Some(observation) = observed.get(name) else {
            comparison.wrong.push(format!("{name}\n  was not observed"));
            continue;
        };
        let (predicted, seen) = (predicted(scenario), seen(observation));
        *comparison.outcomes.entry(seen[0][0].clone()).or_default() += 1;
        let met = is_met(&predicted, &seen, observation["message"].as_str().unwrap_or(""));
        if let Some(why) = known.get(name) {
            assert!(!met, "{name} is predicted now: take it out of limits.tsv ({why})");
            comparison.limits += 1;
        } else if !met {
            let wrong = format!("{name}\n  predicted {predicted:?}\n  seen      {seen:?}\n  scenario  {scenario}");
            comparison.wrong.push(wrong);
        }
    }
    comparison
}

#[test]
fn predictions_are_what_the_client_sends() {
    let folder = std::env::var_os("KEYLINT_OBSERVED").map_or_else(recording, PathBuf::from);
    let (scenarios, observed) = (lines(&folder, "scenarios.jsonl"), lines(&folder, "observed.jsonl"));
    let (head, observed) = observed.split_first().unwrap();
    let Comparison { outcomes, limits, wrong } = compare(&scenarios, observed);
    println!(
        "client {}: {} scenarios, {outcomes:?}, {limits} known limits, {} wrong",
        head["client"],
        scenarios.len(),
        wrong.len()
    );
    assert_eq!(observed.len(), scenarios.len(), "one observation for each scenario");
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), scenarios.len(), wrong.join("\n"));
}

/// The comparison can fail: each of these is one observation with one thing changed.
#[test]
fn a_changed_observation_is_reported() {
    let find = |file| lines(&recording(), file).into_iter().find(|it| it["name"] == "key-and-base").unwrap();
    let (scenarios, observation) = ([find("scenarios.jsonl")], find("observed.jsonl"));
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut changed = observation.clone();
        change(&mut changed);
        compare(&scenarios, &[changed]).wrong
    };
    assert!(wrong(&|_| ()).is_empty());
    type Change<'c> = &'c dyn Fn(&mut Value);
    let changes: [(&str, Change<'_>); 5] = [
        (r#""x-other""#, &|it| it["requests"][0]["x-api-key"] = "x-other".into()),
        (r#""Bearer x""#, &|it| it["requests"][0]["authorization"] = "Bearer x".into()),
        (r#""http://h.test/""#, &|it| it["requests"][0]["url"] = "http://h.test/".into()),
        (r#""not-logged-in""#, &|it| {
            it["outcome"] = "not-logged-in".into();
            it["requests"] = Value::Array(Vec::new());
        }),
        // It sent what was predicted, and then hung.
        (r#""timeout""#, &|it| it["outcome"] = "timeout".into()),
    ];
    for (seen, change) in changes {
        let wrong = wrong(change);
        assert_eq!(wrong.len(), 1, "{seen}");
        assert!(wrong[0].starts_with("key-and-base\n  predicted [\"sent\", "), "{}", wrong[0]);
        assert!(wrong[0].lines().nth(2).unwrap().contains(seen), "{}", wrong[0]);
    }
    assert_eq!(compare(&scenarios, &[]).wrong, ["key-and-base\n  was not observed"]);
}

/// Models that are not predicted, and why.
const UNKNOWN_MODELS: [(&str, &str); 13] = [
    (
        "config-dir-in-user-moved-bedrock",
        "the client's defaults are chosen before CLAUDE_CONFIG_DIR of a settings file counts",
    ),
    ("config-dir-in-user-oauth", "the client's defaults are chosen before CLAUDE_CONFIG_DIR of a settings file counts"),
    ("login-no-expiry-field", "the content of a saved login is not read"),
    ("login-no-subscription", "the content of a saved login is not read"),
    ("model-bedrock-arn", "the recorder takes the first part of an ARN for the model"),
    ("model-old-opus", "the client replaces names that it knows to be retired"),
    ("pair-model-arn", "the recorder takes the first part of an ARN for the model"),
    ("pair-model-plain", "the client writes a name as its provider does"),
    ("region-bedrock-arn", "the recorder takes the first part of an ARN for the model"),
    ("region-bedrock-upper", "the client knows regions in lower case only when it chooses its default"),
    ("region-config-file-in-shared", "the client's defaults are chosen before the project's settings count"),
    ("use-gateway-token", "undocumented variables"),
    ("vertex-opus-4-dated", "the client writes a name as its provider does"),
];

/// The model of a request.
enum Model {
    /// Its name, where the files say it.
    Named(String),
    /// What the client's version chooses by.
    Left(String),
}

fn model(unit: &Unit<'_>) -> Model {
    let choice = choose(unit);
    if let Some(name) = choice.as_ref().and_then(|choice| choice.requested()) {
        return Model::Named(name.to_owned());
    }
    let text = |name: &str| unit.set(name).map_or("", |member| member.assignment.decoded.text.expose());
    let alias = choice.and_then(|choice| choice.chosen.alias()).map_or("default", |(alias, _)| alias);
    let route = predict(unit);
    // Where AWS's own address is used, it says the region that its files and variables come to.
    let address = route.url.as_deref().and_then(|url| url.split_once("bedrock-runtime.")?.1.split_once(".amazonaws"));
    let region = [address.map_or("", |(region, _)| region), text("AWS_REGION"), text("AWS_DEFAULT_REGION"), "us"];
    let area = |region: &str| if region.starts_with("us-gov-") { 6 } else { region.find('-').unwrap_or(region.len()) };
    let region = region.iter().map(|region| region.trim()).find(|region| !region.is_empty());
    let region = region.map(|region| &region[..area(region)]);
    let pins = ["ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL"].map(text);
    let sent = [route.x_api_key, route.authorization].into_iter().flatten().map(|source| source.kind);
    let keys = [SourceKind::ApiKey, SourceKind::AuthToken, SourceKind::Helper];
    let account = unit.set("CLAUDE_CODE_OAUTH_TOKEN").is_some() && !sent.into_iter().any(|kind| keys.contains(&kind));
    Model::Left(format!("{alias} {:?} {region:?} {pins:?} {account}", route.provider))
}

/// Where the files name the model, the client asks for that one. Where its version decides, one situation always comes
/// to one model, so that the prediction depends on nothing that it leaves out.
#[test]
fn models_are_what_the_client_asks_for() {
    let scenarios = scenarios();
    let (mut named, mut wrong) = (0, Vec::new());
    let mut left: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for observation in lines(&recording(), "observed.jsonl").into_iter().skip(1) {
        let name = observation["name"].as_str().unwrap();
        for request in observation["requests"].as_array().into_iter().flatten() {
            let seen = request["model"].as_str().unwrap_or("").to_owned();
            let why = UNKNOWN_MODELS.iter().find(|(known, _)| *known == name);
            let Some(model) = with_unit(&scenarios[name], |unit, _| model(unit)) else { continue };
            match (model, why) {
                (model, Some(_)) => unknown.push((name.to_owned(), model, seen)),
                (Model::Named(model), None) if model == seen => named += 1,
                (Model::Named(model), None) => wrong.push(format!("{name}: predicted {model}, seen {seen}")),
                (Model::Left(by), None) => left.entry(by).or_default().entry(seen).or_default().push(name.to_owned()),
            }
        }
    }
    for (by, seen) in left.iter().filter(|(_, seen)| seen.len() > 1) {
        let few = seen.iter().map(|(model, names)| (model, &names[..names.len().min(5)]));
        wrong.push(format!("{by}: several models {:?}", few.collect::<Vec<_>>()));
    }
    let by_version: usize = left.values().flat_map(BTreeMap::values).map(Vec::len).sum();
    println!(
        "models: {named} named, {by_version} left to the client's version in {} situations, {} known limits, {} wrong",
        left.len(),
        unknown.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (name, model, seen) in &unknown {
        let met = match model {
            Model::Named(model) => model == seen,
            Model::Left(by) => left.get(by).is_none_or(|models| models.contains_key(seen)),
        };
        assert!(!met, "{name} is predicted now: take it out of UNKNOWN_MODELS");
    }
}
