//! `sdk_request` and `Language::reads` against what the Anthropic SDKs were seen to send: `conformance/sdk/`.
//! Reads the recording only.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::collections::BTreeMap;

use keylint::path::RepoPath;
use keylint::route::consumer::{Consumer, Generation, Language, Reading, Which, declarations, sdk_request};
use serde_json::Value;

const SCENARIOS: &str = include_str!("conformance/sdk/scenarios.jsonl");
const OBSERVED: &str = include_str!("conformance/sdk/observed.jsonl");
const VERSIONS: &str = include_str!("conformance/sdk/versions.json");

const KEY: &str = "ANTHROPIC_API_KEY";
const TOKEN: &str = "ANTHROPIC_AUTH_TOKEN";

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
    /// Nothing was sent: the base URL leads nowhere, which is not predicted here.
    BadUrl,
}

fn compare(environment: &Value, observation: &Value) -> Result<Outcome, String> {
    let consumer = consumer(observation);
    let Consumer::Sdk { language, generation } = consumer else { return Err("no SDK".to_owned()) };
    let variable = |name: &str| environment[name].as_str();
    let read = |name| variable(name).map_or(Reading::Unset, |value| language.reads(value));
    let (key, token) = (read(KEY), read(TOKEN));
    let request = sdk_request(consumer, key != Reading::Unset, token != Reading::Unset).ok_or("no prediction")?;
    let sent = observation["sent"].as_bool().unwrap();
    let warns = observation["warns"].as_bool().unwrap();
    if warns != (generation == Generation::New && request.dropped.is_some()) {
        return Err("the warning".to_owned());
    }

    let early = generation == Generation::Early;
    // The early ones do not read this variable.
    let custom: Vec<(&str, &str)> = variable("ANTHROPIC_CUSTOM_HEADERS")
        .filter(|_| !early)
        .map(|text| text.lines().filter_map(|line| line.split_once(": ")).collect())
        .unwrap_or_default();
    // And an empty key keeps them from sending a token, as documented.
    let hidden = early && key == Reading::Unset && variable(KEY).is_some();
    if hidden || request.fails && custom.is_empty() {
        return if sent { Err("sent".to_owned()) } else { Ok(Outcome::NoCredential) };
    }
    let value = |which| match which {
        Which::ApiKey => key,
        Which::AuthToken => token,
    };
    let is_bad = |which, in_front: bool| match value(which) {
        Reading::Sent(text) => in_front && text.starts_with([' ', '\t']),
        _ => true,
    };
    if request.x_api_key.is_some_and(|which| is_bad(which, true))
        || request.authorization.is_some_and(|which| is_bad(which, false))
    {
        return if sent { Err("sent".to_owned()) } else { Ok(Outcome::Unsendable) };
    }
    if !sent {
        let is_usual = variable("ANTHROPIC_BASE_URL").is_none_or(|url| url == "{server}");
        return if is_usual { Err("not sent".to_owned()) } else { Ok(Outcome::BadUrl) };
    }

    let text = |which| match value(which) {
        Reading::Sent(text) => text,
        _ => "",
    };
    let custom = |name: &str| {
        custom.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| (*value).to_owned())
    };
    let x_api_key = custom("x-api-key").or(request.x_api_key.map(|which| text(which).to_owned()));
    let mut authorization =
        custom("authorization").or(request.authorization.map(|which| format!("Bearer {}", text(which))));
    if variable("ANTHROPIC_BASE_URL").is_some_and(|url| url.contains("u:p@")) {
        // Userinfo becomes a header of its own; that is the address's doing, not the credential's.
        authorization = observation["authorization"].as_str().map(str::to_owned);
    }
    let observed = |name: &str| observation[name].as_str().map(str::to_owned);
    if (&x_api_key, &authorization) != (&observed("x_api_key"), &observed("authorization")) {
        return Err(format!("{x_api_key:?} and {authorization:?} were predicted"));
    }
    Ok(Outcome::Headers)
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
    assert!(counts[&Outcome::NoCredential] > 0 && counts[&Outcome::Unsendable] > 0);
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
