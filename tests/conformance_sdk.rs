//! The predicted requests of the SDKs against what the Anthropic SDKs were seen to send: `conformance/sdk/`.
//! Reads the recording only.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;

use keylint::path::RepoPath;
use keylint::route::arguments::Arguments;
use keylint::route::consumer::request::requests;
use keylint::route::consumer::{Consumer, Generation, Language, declarations};
use keylint::route::machine::Nowhere;
use keylint::route::session::Person;
use keylint::route::{self, Source, SourceKind};
use serde_json::Value;

const SCENARIOS: &str = include_str!("conformance/sdk/scenarios.jsonl");
const OBSERVED: &str = include_str!("conformance/sdk/observed.jsonl");
const VERSIONS: &str = include_str!("conformance/sdk/versions.json");

fn rows(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

/// The consumer that a lock file with the observed version stands for.
fn consumer(observation: &Value) -> Consumer {
    let version = observation["version"].as_str().unwrap();
    let (path, text) = match observation["language"].as_str().unwrap() {
        "python" => ("requirements.txt", format!("anthropic=={version}\n")),
        _ => ("package.json", format!(r#"{{"dependencies": {{"@anthropic-ai/sdk": "{version}"}}}}"#)),
    };
    declarations(&RepoPath::from(path), &text)[0].consumer
}

/// How an observation was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The headers are those that were predicted.
    Headers,
    /// Nothing was sent, as predicted: there is no credential.
    NoCredential,
    /// Nothing was sent, as predicted: the value can't go into a header.
    Unsendable,
    /// Nothing was sent, as predicted: the base URL leads nowhere.
    BadUrl,
}

fn compare(variables: &Value, observation: &Value) -> Result<Outcome, String> {
    let Consumer::Sdk { language, generation } = consumer(observation) else { return Err("no SDK".to_owned()) };
    let variables = variables.as_object().unwrap().iter().map(|(name, value)| (name.clone(), fill(value)));
    let person = Person::find(variables.collect(), Arguments::default(), None, &Nowhere);
    let unit = person.settings(person.environment(), &[]);
    let [request] = &requests(&unit, language, generation)[..] else { return Err("not one prediction".to_owned()) };
    if request.generation != generation {
        return Err("the generation".to_owned());
    }
    let warns = observation["warns"].as_bool().unwrap();
    // It warns when it starts; whether it can send the key shows later.
    if warns && generation != Generation::New || !warns && generation == Generation::New && request.dropped.is_some() {
        return Err("the warning".to_owned());
    }
    let sent = observation["sent"].as_bool().unwrap();
    if sent != (request.outcome == route::Outcome::Sent) {
        return Err(format!("{:?} was predicted", request.outcome));
    }
    let class = match request.outcome {
        route::Outcome::Sent => Outcome::Headers,
        route::Outcome::NotLoggedIn => Outcome::NoCredential,
        route::Outcome::Rejected => Outcome::Unsendable,
        _ => Outcome::BadUrl,
    };
    // Where the address is the usual one, only a missing credential is an error of the SDK's own.
    let own = matches!(observation["error"].as_str(), Some("TypeError" | "Error"));
    if !sent && observation["base_url"] == "https://api.anthropic.com" && own != (class == Outcome::NoCredential) {
        return Err(format!("{class:?} was predicted"));
    }

    let text = |source: Source<'_>| {
        let text = source.member.unwrap().assignment.decoded.text.expose();
        let value = if language == Language::TypeScript { text.trim() } else { text };
        match source.kind {
            SourceKind::CustomHeader => text.split_once(": ").unwrap().1.to_owned(),
            SourceKind::AuthToken => format!("Bearer {value}"),
            SourceKind::Userinfo => "Basic dTpw".to_owned(),
            _ => value.to_owned(),
        }
    };
    let x_api_key = request.x_api_key.map(text);
    let authorization = request.authorization.map(|source| match source.kind {
        SourceKind::ApiKey => format!("Bearer {}", text(source)),
        _ => text(source),
    });
    let observed = |name: &str| observation[name].as_str().map(str::to_owned);
    if (&x_api_key, &authorization) != (&observed("x_api_key"), &observed("authorization")) {
        return Err(format!("{x_api_key:?} and {authorization:?} were predicted"));
    }
    let path = request.url.as_deref().and_then(|url| url.splitn(4, '/').nth(3));
    if sent && path.is_some_and(|path| observed("path") != Some(format!("/{path}"))) {
        return Err(format!("{path:?} was predicted"));
    }
    Ok(class)
}

/// A variable's value, with the address of a server for the one that recorded.
fn fill(value: &Value) -> String {
    value.as_str().unwrap().replace("{server}", "http://127.0.0.1:8931").replace("{host}", "127.0.0.1:8931")
}

#[test]
fn predictions_repeat_what_was_observed() {
    let scenarios: BTreeMap<String, Value> =
        rows(SCENARIOS).map(|it| (it["name"].as_str().unwrap().to_owned(), it["env"].clone())).collect();
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut total = 0;
    for observation in rows(OBSERVED) {
        total += 1;
        match compare(&scenarios[observation["scenario"].as_str().unwrap()], &observation) {
            Ok(outcome) => *counts.entry(outcome).or_default() += 1,
            Err(why) => wrong.push(format!("{why}: {observation}")),
        }
    }
    println!("{total} observations: {counts:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(total, scenarios.len() * 6, "every scenario with every version");
    assert!(counts[&Outcome::Headers] > total / 2);
    for outcome in [Outcome::NoCredential, Outcome::Unsendable, Outcome::BadUrl] {
        assert!(counts[&outcome] > 0, "{outcome:?}");
    }
}

#[test]
fn every_pinned_version_has_its_generation() {
    let versions: Value = serde_json::from_str(VERSIONS).unwrap();
    let mut seen = 0;
    for observation in rows(OBSERVED) {
        let language = observation["language"].as_str().unwrap();
        let generation = observation["generation"].as_str().unwrap();
        assert_eq!(observation["version"], versions[language][generation], "record again: {observation}");
        let language = if language == "python" { Language::Python } else { Language::TypeScript };
        let generation = match generation {
            "early" => Generation::Early,
            "old" => Generation::Old,
            "new" => Generation::New,
            other => panic!("{other}"),
        };
        assert_eq!(consumer(&observation), Consumer::Sdk { language, generation });
        seen += 1;
    }
    assert!(seen > 0);
}
