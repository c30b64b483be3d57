//! XML as Python reads it; GitLab's and reviewdog's JSON with what their documentation asks for.

use std::collections::HashSet;

use super::*;
use crate::common::run;

/// A document as a tree: name, attributes, text, children.
const XML: &str = r#"
import json, sys, xml.etree.ElementTree as tree
def plain(element):
    return [element.tag, element.attrib, (element.text or "").strip(" \n"), [plain(child) for child in element]]
documents = json.load(sys.stdin)
print(json.dumps([plain(tree.fromstring(document.encode())) for document in documents]))
"#;

struct Element {
    name: String,
    attributes: Value,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn of(tree: &Value) -> Self {
        Self {
            name: tree[0].as_str().unwrap().to_owned(),
            attributes: tree[1].clone(),
            text: tree[2].as_str().unwrap().to_owned(),
            children: tree[3].as_array().unwrap().iter().map(Self::of).collect(),
        }
    }

    #[track_caller]
    fn is(&self, name: &str, attributes: &Value) {
        assert_eq!((self.name.as_str(), &self.attributes), (name, attributes));
    }
}

/// What XML can't hold stands as U+FFFD.
fn holdable(text: &str) -> String {
    let held = |c: char| if c < ' ' && !"\t\n\r".contains(c) { '\u{fffd}' } else { c };
    text.chars().map(held).collect()
}

fn documents(format: Format, reports: &[Report]) -> Vec<Element> {
    let texts: Vec<String> = reports.iter().map(|report| printed(format, report)).collect();
    python(XML, &json!(texts).to_string()).as_array().unwrap().iter().map(Element::of).collect()
}

fn reports(test: &str) -> Vec<Report> {
    let mut rng = rng(test);
    let mut reports: Vec<Report> = (0..60).map(|_| report(&mut rng, 12)).collect();
    reports.push(many(0));
    reports
}

#[test]
fn junit() {
    if !python_has("xml.etree.ElementTree") {
        return;
    }
    let reports = reports("junit");
    for (root, report) in documents(Format::Junit, &reports).iter().zip(&reports) {
        let (failures, errors) = (report.findings.len(), report.coverage.failures.len());
        let tests = (failures + errors).max(1).to_string();
        let counts =
            json!({"name": "keylint", "tests": tests, "failures": failures.to_string(), "errors": errors.to_string()});
        root.is("testsuites", &counts);
        assert_eq!(root.children.len(), 1);
        let suite = &root.children[0];
        suite.is("testsuite", &counts);
        assert_eq!(suite.children.len().to_string(), tests);
        for (case, finding) in suite.children.iter().zip(&report.findings) {
            let place = &finding.primary;
            let path = holdable(place.path.as_str());
            let name = format!("{} at {}:{}", finding.rule.slug, place.start.line, place.start.column);
            let line = place.start.line.to_string();
            case.is("testcase", &json!({"classname": path, "name": name, "file": path, "line": line}));
            let message = finding.message.as_str();
            let failure = &case.children[0];
            failure.is("failure", &json!({"type": finding.severity.as_str(), "message": message}));
            let help: String = finding.help.iter().map(|help| format!("\nhelp: {}", help.as_str())).collect();
            assert_eq!(failure.text, format!("{message}{help}").trim_matches([' ', '\n']));
        }
        for (case, failure) in suite.children[failures..].iter().zip(&report.coverage.failures) {
            let path = holdable(failure.path.as_str());
            case.is("testcase", &json!({"classname": path, "name": "is read", "file": path}));
            case.children[0].is("error", &json!({"message": failure.reason.to_string()}));
        }
        if failures + errors == 0 {
            suite.children[0].is("testcase", &json!({"classname": "keylint", "name": "nothing to report"}));
            assert!(suite.children[0].children.is_empty());
        }
    }
}

#[test]
fn checkstyle() {
    if !python_has("xml.etree.ElementTree") {
        return;
    }
    let reports = reports("checkstyle");
    for (root, report) in documents(Format::Checkstyle, &reports).iter().zip(&reports) {
        root.is("checkstyle", &json!({"version": "4.3"}));
        let mut sorted: Vec<&Finding> = report.findings.iter().collect();
        sorted.sort_by(|one, other| one.primary.path.cmp(&other.primary.path));
        let errors = root.children.iter().flat_map(|file| file.children.iter().map(move |error| (file, error)));
        let errors: Vec<_> = errors.collect();
        assert_eq!(errors.len(), sorted.len() + report.coverage.failures.len());
        for ((file, error), finding) in errors.iter().zip(&sorted) {
            file.is("file", &json!({"name": holdable(finding.primary.path.as_str())}));
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "info",
            };
            let expected = json!({
                "line": finding.primary.start.line.to_string(),
                "column": finding.primary.start.column.to_string(),
                "severity": severity,
                "message": finding.message.as_str(),
                "source": format!("keylint.{}", finding.rule.slug),
            });
            error.is("error", &expected);
        }
        for ((file, error), failure) in errors[sorted.len()..].iter().zip(&report.coverage.failures) {
            file.is("file", &json!({"name": holdable(failure.path.as_str())}));
            assert_eq!(error.attributes["message"], format!("not read: {}", failure.reason));
            assert_eq!(error.attributes["source"], "keylint.not-read");
        }
    }
}

#[test]
fn gitlab() {
    for report in reports("gitlab") {
        let entries: Vec<Value> = serde_json::from_str(&printed(Format::Gitlab, &report)).unwrap();
        assert_eq!(entries.len(), report.findings.len() + report.coverage.failures.len());
        let mut fingerprints = HashSet::new();
        for entry in &entries {
            assert!(fingerprints.insert(entry["fingerprint"].as_str().unwrap()), "{entry}");
            assert!(!entry["description"].as_str().unwrap().is_empty());
        }
        for (entry, finding) in entries.iter().zip(&report.findings) {
            let place = &finding.primary;
            assert_eq!(entry["description"], finding.message.as_str());
            assert_eq!(entry["check_name"], finding.rule.slug);
            let lines = json!({"begin": place.start.line, "end": place.end.line});
            assert_eq!(entry["location"], json!({"path": place.path.as_str(), "lines": lines}));
            let severity = entry["severity"].as_str().unwrap();
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
        }
        for (entry, failure) in entries[report.findings.len()..].iter().zip(&report.coverage.failures) {
            assert_eq!(entry["location"]["path"], failure.path.as_str());
            assert_eq!((&entry["location"]["lines"]["begin"], &entry["severity"]), (&json!(1), &json!("blocker")));
        }
    }
}

#[test]
fn rdjson() {
    for report in reports("rdjson") {
        let object: Value = serde_json::from_str(&printed(Format::Rdjson, &report)).unwrap();
        assert_eq!(object["source"], json!({"name": "keylint"}));
        let diagnostics = object["diagnostics"].as_array().unwrap();
        assert_eq!(diagnostics.len(), report.findings.len() + report.coverage.failures.len());
        for (diagnostic, finding) in diagnostics.iter().zip(&report.findings) {
            let place = &finding.primary;
            assert_eq!(diagnostic["message"], finding.message.as_str());
            assert_eq!(diagnostic["code"], json!({"value": finding.rule.slug}));
            assert_eq!(diagnostic["location"]["path"], place.path.as_str());
            let severity = diagnostic["severity"].as_str().unwrap();
            assert!(["ERROR", "WARNING", "INFO"].contains(&severity));
            let range = &diagnostic["location"]["range"];
            let Some(excerpt) = &place.excerpt else {
                assert_eq!(*range, json!({"start": {"line": 1}}));
                continue;
            };
            // From byte columns back to the place.
            for (end, at) in [("start", excerpt.span.start), ("end", excerpt.span.end)] {
                let number = |name: &str| usize::try_from(range[end][name].as_u64().unwrap()).unwrap();
                let line = excerpt.masked.split_inclusive('\n').take(number("line") - 1).map(str::len).sum::<usize>();
                assert_eq!(line + number("column") - 1, at, "{range}");
            }
        }
        for (diagnostic, failure) in diagnostics[report.findings.len()..].iter().zip(&report.coverage.failures) {
            assert_eq!(diagnostic["location"], json!({"path": failure.path.as_str()}));
            assert_eq!(diagnostic["message"], format!("not read: {}", failure.reason));
        }
    }
}

#[test]
fn reviewdog_counts_bytes() {
    let mut rng = rng("reviewdog_counts_bytes");
    let line = "{\"é\": \"🦀\", \"env\": {\"ANTHROPIC_API_KEY\": \"@@anthropic-api-key@@\"}}\n";
    let repo = repository(&[(".claude/settings.json", line)], &mut rng);
    let (findings, _) = repo.findings(&[]);
    assert_eq!((findings[0]["line"].clone(), findings[0]["column"].clone()), (json!(1), json!(42)));
    let output = run(repo.keylint(&["lint", "--format", "rdjson"]));
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    let range = &object["diagnostics"][0]["location"]["range"];
    // One more for the letter, three more for the crab.
    assert_eq!(range["start"], json!({"line": 1, "column": 46}));
    let length = findings[0]["end_column"].as_u64().unwrap() - 42;
    assert_eq!(range["end"], json!({"line": 1, "column": 46 + length}));
}
