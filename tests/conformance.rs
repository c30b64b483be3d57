//! The prediction against the real client: every recorded scenario, field by field.
//!
//! `tests/conformance/` holds scenarios and what the client was seen to send; its README tells how they are recorded.
//! `KEYLINT_OBSERVED=<folder>` compares another folder's `scenarios.jsonl` and `observed.jsonl` instead.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::path::PathBuf;

use keylint::path::RepoPath;
use keylint::route::arguments::Arguments;
use keylint::route::session::{Person, environment};
use keylint::route::{Outcome, Source, SourceKind, predict};
use keylint::surface::{self, Document, Settings, Surface};
use serde_json::Value;

const URL: &str = "http://127.0.0.1:8931";

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

/// A settings file as the scenario gives it: text, or JSON to be written out.
fn settings(scenario: &Value, name: &str, path: &str, which: Settings) -> Option<Document> {
    let text = match &scenario[name] {
        Value::Null => {
            let file = if name == "user" { "$HOME/" } else { "$PROJ/" };
            scenario["files"][format!("{file}{}", path.trim_start_matches("~/"))].as_str()?.to_owned()
        }
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    Some(surface::read(RepoPath::from(path), Some(Surface::Settings(which)), fill(&text).as_bytes()))
}

/// What the source's value is, where the files hold it.
fn value(source: &Source<'_>, header: &str, scenario: &Value) -> String {
    let text = source.member.map(|member| member.assignment.decoded.text.expose().trim().to_owned());
    match source.kind {
        SourceKind::Helper => scenario["helper"].as_str().unwrap_or("").to_owned(),
        SourceKind::Login => {
            let login = scenario["files"]["$HOME/.claude/.credentials.json"].as_str().unwrap_or("{}");
            let login: Value = serde_json::from_str(login).unwrap();
            login["claudeAiOauth"]["accessToken"].as_str().unwrap_or("").to_owned()
        }
        SourceKind::CustomHeader => {
            let text = text.unwrap();
            let line = text.lines().rev().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.trim().eq_ignore_ascii_case(header).then(|| value.trim().to_owned())
            });
            line.unwrap()
        }
        SourceKind::Userinfo => {
            let text = text.unwrap();
            let user = text.split("://").nth(1).unwrap().split('@').next().unwrap();
            common::base64(user.as_bytes())
        }
        _ => text.unwrap(),
    }
}

/// Outcome, address, `x-api-key` and `Authorization`, as the recording writes them.
fn predicted(scenario: &Value) -> [String; 4] {
    let list = |name: &str| -> Vec<String> {
        let words = scenario[name].as_array().map(Vec::as_slice).unwrap_or_default();
        words.iter().map(|word| fill(word.as_str().unwrap())).collect()
    };
    let variables = scenario["env"].as_object().into_iter().flatten();
    let variables = variables.map(|(name, value)| (name.clone(), fill(value.as_str().unwrap())));
    let user = settings(scenario, "user", "~/.claude/settings.json", Settings::Shared);
    let shared = settings(scenario, "shared", ".claude/settings.json", Settings::Shared);
    let local = settings(scenario, "local", ".claude/settings.local.json", Settings::Local);
    let arguments = Arguments::parse(list("args").iter().map(String::as_str));
    let flag = settings(scenario, "flag", "--settings", Settings::Shared).or_else(|| {
        let inline = arguments.settings.as_ref().filter(|text| text.trim_start().starts_with('{'))?;
        Some(surface::read(RepoPath::from("--settings"), Some(Surface::Settings(Settings::Shared)), inline.as_bytes()))
    });
    let login = scenario["files"]["$HOME/.claude/.credentials.json"].is_string();
    let person = Person { environment: environment(variables), user, flag, login, arguments };
    let none = surface::read(RepoPath::from(".claude/settings.json"), Some(Surface::Settings(Settings::Shared)), b"");
    let project: Vec<&Document> = [&local, &shared].into_iter().flatten().collect();
    let unit = person.settings(project.first().copied().unwrap_or(&none), &project);
    let route = predict(&unit);
    if route.outcome != Outcome::Sent {
        return [route.outcome.as_str().to_owned(), String::new(), String::new(), String::new()];
    }
    let key = route.x_api_key.map(|source| value(&source, "x-api-key", scenario)).unwrap_or_default();
    let authorization = route.authorization.map(|source| {
        let value = value(&source, "authorization", scenario);
        match source.kind {
            SourceKind::CustomHeader => value,
            SourceKind::Userinfo => format!("Basic {value}"),
            _ => format!("Bearer {value}").trim_end().to_owned(),
        }
    });
    ["sent".to_owned(), route.url.unwrap_or_default(), key, authorization.unwrap_or_default()]
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
    let mut wrong = Vec::new();
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
                    ["sent".to_owned(), url, key, authorization.trim_end().to_owned()]
                })
                .collect(),
        };
        let predicted = predicted(&scenarios[name]);
        *outcomes.entry(seen[0][0].clone()).or_default() += 1;
        if !seen.contains(&predicted) {
            wrong.push(format!("{name}\n  predicted {predicted:?}\n  seen      {seen:?}"));
        }
    }
    println!("client {}: {} scenarios, {outcomes:?}, {} wrong", head["client"], observed.len(), wrong.len());
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), observed.len(), wrong.join("\n"));
}
