//! SARIF: the schema of the standard, and what code scanning takes of it (docs.github.com, "SARIF support for code
//! scanning", read 2026-11-21).

use std::collections::HashSet;

use super::*;
use crate::common::{machine, run, text, token};

/// Says what is wrong with a list of documents, by the schema of SARIF 2.1.0 in a package of npm's.
const VALIDATE: &str = r#"
import json, os, sys, jsonschema
path = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
schema = json.load(open(os.path.join(os.environ["NODE_PATH"], path)))
jsonschema.Draft4Validator.check_schema(schema)
validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
say = lambda error: "/".join(map(str, error.absolute_path)) + ": " + error.message[:200]
print(json.dumps([[say(error) for error in validator.iter_errors(log)] for log in json.load(sys.stdin)]))
"#;

/// Whether the validator and the schema are here.
fn can_validate() -> bool {
    let schema = "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
    let there =
        std::env::var_os("NODE_PATH").is_some_and(|folder| std::path::Path::new(&folder).join(schema).is_file());
    if !there {
        machine::lacks("the schema of SARIF");
    }
    there && python_has("jsonschema, rfc3986_validator")
}

fn log(report: &Report) -> Value {
    serde_json::from_str(&printed(Format::Sarif, report)).unwrap()
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

/// What code scanning asks for.
#[track_caller]
fn code_scanning_takes(log: &Value) {
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: HashSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());
    for rule in rules {
        for description in ["shortDescription", "fullDescription"] {
            assert!((1..=1024).contains(&rule[description]["text"].as_str().unwrap().len()));
        }
        assert!(!rule["help"]["text"].as_str().unwrap().is_empty());
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 20);
        let score: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!((0.1..=10.0).contains(&score));
    }
    let mut fingerprints = HashSet::new();
    for result in results(log) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let said = result["message"]["text"].as_str().unwrap();
        assert!(!said.is_empty() && !said.contains("]("), "{said}");
        assert_eq!(result["locations"].as_array().unwrap().len(), 1);
        let related = result["relatedLocations"].as_array();
        for location in result["locations"].as_array().unwrap().iter().chain(related.into_iter().flatten()) {
            let place = &location["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(uri.is_ascii() && !uri.starts_with('/') && !uri.contains(':'), "{uri}");
            let at = |name: &str| place["region"].get(name).map(|number| number.as_u64().unwrap());
            let (line, column) = (at("startLine").unwrap(), at("startColumn").unwrap());
            assert!(line >= 1 && column >= 1, "{place}");
            match (at("endLine"), at("endColumn")) {
                (None, None) => {}
                (Some(end), Some(behind)) => assert!((end, behind) > (line, column) && behind >= 1, "{place}"),
                _ => panic!("{place}"),
            }
        }
        let fingerprint = result["partialFingerprints"]["keylint/v1"].as_str().unwrap();
        assert_eq!(fingerprint.len(), 16);
        assert!(fingerprints.insert(fingerprint), "{fingerprint} twice");
    }
}

#[test]
fn the_standard_and_code_scanning_take_every_report() {
    let mut rng = rng("the_standard_and_code_scanning_take_every_report");
    let logs: Vec<Value> = (0..40).map(|_| log(&report(&mut rng, 30))).collect();
    logs.iter().for_each(code_scanning_takes);
    let places: usize = logs.iter().map(|log| results(log).len()).sum();
    assert!(places > 200, "{places}");
    if !can_validate() {
        return;
    }
    let wrong = python(VALIDATE, &json!(logs).to_string());
    assert_eq!(wrong.as_array().unwrap().len(), 40);
    assert!(wrong.as_array().unwrap().iter().all(|errors| errors == &json!([])), "{wrong}");
    // What is wrong is told.
    let broken = |break_it: &dyn Fn(&mut Value)| {
        let mut log = logs.iter().find(|log| !results(log).is_empty()).unwrap().clone();
        break_it(&mut log["runs"][0]["results"][0]);
        log
    };
    let broken = [
        broken(&|result| result["locations"][0]["physicalLocation"]["region"]["startLine"] = json!(0)),
        broken(&|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = json!("a b")),
        broken(&|result| result["level"] = json!("bad")),
        broken(&|result| result["suppressions"] = json!([{"kind": "inComment"}])),
    ];
    let wrong = python(VALIDATE, &json!(broken).to_string());
    for errors in wrong.as_array().unwrap() {
        assert_eq!(errors.as_array().unwrap().len(), 1, "{wrong}");
    }
}

#[test]
fn a_path_comes_back() {
    let mut rng = rng("a_path_comes_back");
    for _ in 0..200 {
        let mut report = many(1);
        let path = name(&mut rng);
        report.findings[0].primary.path = path.clone();
        let log = log(&report);
        let uri = &results(&log)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let mut bytes = Vec::new();
        let mut rest = uri.as_str().unwrap().as_bytes();
        while let Some((&first, behind)) = rest.split_first() {
            if first == b'%' {
                let (digits, behind) = behind.split_at(2);
                bytes.push(u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap());
                rest = behind;
            } else {
                bytes.push(first);
                rest = behind;
            }
        }
        assert_eq!(bytes, path.as_bytes(), "{uri}");
    }
}

#[test]
fn five_thousand_findings_fit() {
    let text = printed(Format::Sarif, &many(5000));
    println!("{} bytes for 5,000 findings", text.len());
    assert!(text.len() < 10_000_000, "{}", text.len());
    code_scanning_takes(&serde_json::from_str(&text).unwrap());
}

/// Rule, place, fingerprint and suppressions of each result.
fn said_of(repo: &Repo, arguments: &[&str]) -> Vec<(String, String, Value)> {
    let output = run(repo.keylint(&[&["lint", ".", "--format", "sarif"], arguments].concat()));
    let log: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    code_scanning_takes(&log);
    let said = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        let at = format!(
            "{}:{} {}",
            place["artifactLocation"]["uri"].as_str().unwrap(),
            place["region"]["startLine"],
            result["ruleId"].as_str().unwrap()
        );
        let fingerprint = result["partialFingerprints"]["keylint/v1"].as_str().unwrap().to_owned();
        (at, fingerprint, result.get("suppressions").cloned().unwrap_or_default())
    };
    results(&log).iter().map(said).collect()
}

#[test]
fn what_is_accepted_is_there_with_its_reason() {
    let mut rng = rng("what_is_accepted_is_there_with_its_reason");
    let repo = repository(
        &[
            (
                "a.sh",
                "export ANTHROPIC_API_KEY=@@anthropic-api-key@@ # keylint: ignore[secret-in-launcher] - revoked in 2026\n",
            ),
            ("b.sh", "export ANTHROPIC_API_KEY=@@anthropic-api-key@@\n"),
            ("c.sh", "export ANTHROPIC_API_KEY=@@anthropic-api-key@@\n"),
        ],
        &mut rng,
    );
    let allow = "[[allow]]\nrule = \"secret-in-launcher\"\npath = \"b.sh\"\nreason = \"a demo\"\n";
    repo.write("keylint.toml", allow);
    assert_eq!(run(repo.keylint(&["baseline"])).status.code(), Some(0));
    repo.write("d.sh", common::expand("export ANTHROPIC_API_KEY=@@anthropic-api-key@@\n", &mut rng));
    let suppressed = |kind: &str, why: &str| json!([{"kind": kind, "justification": why}]);
    let expected = [
        ("a.sh:1 secret-in-launcher", suppressed("inSource", "revoked in 2026")),
        ("b.sh:1 secret-in-launcher", suppressed("external", "a demo")),
        ("c.sh:1 secret-in-launcher", suppressed("external", "it is in the baseline")),
        ("d.sh:1 secret-in-launcher", Value::Null),
    ];
    let found = said_of(&repo, &[]);
    let shown: Vec<(&str, Value)> = found.iter().map(|(at, _, by)| (at.as_str(), by.clone())).collect();
    assert_eq!(shown, expected);
    // Accepting something does not make it another finding.
    let all = said_of(&repo, &["--no-inline", "--no-baseline", "--no-config"]);
    let fingerprints = |found: &[(String, String, Value)]| -> Vec<String> {
        found.iter().map(|(_, fingerprint, _)| fingerprint.clone()).collect()
    };
    assert!(all.iter().all(|(.., by)| by.is_null()));
    assert_eq!(fingerprints(&all), fingerprints(&found));
    // Whatever is written as a reason, no key of it is passed on.
    let key = token("anthropic-api-key", &mut rng).unwrap();
    repo.write("keylint.toml", allow.replace("a demo", &format!("it was {key}")));
    let by = said_of(&repo, &[])[1].2.to_string();
    assert!(by.contains("it was ***") && !by.contains(&key), "{by}");
}

#[test]
fn a_fingerprint_follows_its_finding() {
    let mut rng = rng("a_fingerprint_follows_its_finding");
    let script = "export ANTHROPIC_API_KEY=@@anthropic-api-key@@\nexport GITHUB_TOKEN=@@github-pat@@\nclaude\n";
    let settings = "{\n  \"permissions\": {\n    \"allow\": [\n      \"Bash(X_TOKEN=@@github-pat@@ a)\",\n      \"Bash(X_TOKEN=@@github-pat:2@@ a)\"\n    ]\n  }\n}\n";
    let repo = repository(&[("a.sh", script), ("b.sh", script), (".claude/settings.json", settings)], &mut rng);
    let fingerprints = || -> Vec<String> { said_of(&repo, &[]).into_iter().map(|(_, print, _)| print).collect() };
    let first = fingerprints();
    assert_eq!(first.len(), 6);
    let expand = |text: &str, rng: &mut Rng| common::expand(text, rng);
    // Another value under the same key, lines above, other ends of lines.
    for (script, settings) in [
        (script.to_owned(), settings.to_owned()),
        (format!("# new\n\n{script}"), settings.replace("{\n  \"perm", "{\n\n  \"model\": \"opus\",\n  \"perm")),
        (script.replace('\n', "\r\n"), settings.replace('\n', "\r\n")),
        (script.to_owned(), settings.replace("[\n", "[\n      \"Read(x)\",\n")),
    ] {
        for path in ["a.sh", "b.sh"] {
            repo.write(path, expand(&script, &mut rng));
        }
        repo.write(".claude/settings.json", expand(&settings, &mut rng));
        assert_eq!(fingerprints(), first, "{script:?} {settings:?}");
    }
    // Another key, and another file.
    repo.write("a.sh", expand(&script.replace("GITHUB_TOKEN", "GH_TOKEN"), &mut rng));
    let differ = |now: &[String]| now.iter().filter(|print| !first.contains(print)).count();
    assert_eq!(differ(&fingerprints()), 1);
    std::fs::rename(repo.path("b.sh"), repo.path("c.sh")).unwrap();
    assert_eq!(differ(&fingerprints()), 3);
}
