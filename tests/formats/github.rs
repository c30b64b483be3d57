//! Workflow commands, read by the rules of the runner (`ActionCommand.cs` of actions/runner, read 2026-11-21).

use std::collections::HashMap;

use super::*;
use crate::common::{run, text};

/// What the runner acts upon.
const REGISTERED: [&str; 16] = [
    "internal-set-repo-path",
    "set-env",
    "set-output",
    "save-state",
    "add-path",
    "add-mask",
    "add-matcher",
    "remove-matcher",
    "warning",
    "error",
    "notice",
    "debug",
    "group",
    "endgroup",
    "echo",
    "stop-commands",
];

#[derive(Debug, PartialEq, Eq)]
struct Parsed {
    command: String,
    properties: HashMap<String, String>,
    data: String,
}

/// A line as the runner reads it: the newer form at its beginning, else the older one anywhere.
fn parse(line: &str) -> Option<Parsed> {
    newer(line).or_else(|| older(line))
}

fn newer(line: &str) -> Option<Parsed> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (info, data) = rest.split_once("::")?;
    let steps = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    let data_steps = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];
    command(info, data, ',', &steps, &data_steps)
}

fn older(line: &str) -> Option<Parsed> {
    let (info, data) = line.split_once("##[")?.1.split_once(']')?;
    let steps = [("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%")];
    command(info, data, ';', &steps, &steps)
}

fn command(
    info: &str,
    data: &str,
    between: char,
    steps: &[(&str, &str)],
    data_steps: &[(&str, &str)],
) -> Option<Parsed> {
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let command = name.to_lowercase();
    if !REGISTERED.contains(&command.as_str()) {
        return None;
    }
    let unescape = |text: &str, steps: &[(&str, &str)]| {
        steps.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
    };
    // .NET leaves out empty parts: those in front, and those behind the first that is none.
    let pairs = properties.trim().split(between).filter_map(|pair| {
        let (name, value) = pair.trim_start_matches('=').split_once('=')?;
        let value = value.trim_start_matches('=');
        (!value.is_empty()).then(|| (name.to_lowercase(), unescape(value, steps)))
    });
    Some(Parsed { command, properties: pairs.collect(), data: unescape(data, data_steps) })
}

/// The lines that the runner gets: it knows three ends of a line.
fn lines(output: &str) -> Vec<String> {
    output.replace("\r\n", "\n").replace('\r', "\n").lines().map(str::to_owned).collect()
}

/// The same text for a runner whose culture compares without these characters.
fn without_ignorable(text: &str) -> String {
    text.replace(['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'], "")
}

#[test]
fn the_runner_is_understood() {
    let parsed = parse("  ::Error file=a%2Cb%3A%2525,line=3,,x==,y===z::a%250A%0A::b").unwrap();
    assert_eq!((parsed.command.as_str(), parsed.data.as_str()), ("error", "a%0A\n::b"));
    let mut properties: Vec<_> = parsed.properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
    properties.sort();
    assert_eq!(properties, ["file=a,b:%25", "line=3", "y=z"]);
    assert_eq!(parse("x ##[add-mask]y").unwrap().command, "add-mask");
    for line in ["x ::error::y", "::unknown::y", "::error:y", "##[unknown]", "##[error", "## [error]"] {
        assert_eq!(parse(line), None, "{line}");
    }
}

/// What the message of an annotation is.
fn message_of(finding: &Finding) -> String {
    let clean = |text: &str| text.replace(['\n', '\r'], "␊");
    let help = finding.help.iter().map(|help| format!("\nhelp: {}", clean(help.as_str())));
    clean(finding.message.as_str()) + &help.collect::<String>()
}

/// A path as far as a command can have it.
fn harmless(path: &str) -> String {
    let is_coded = |character| matches!(character, '\n' | '\r' | '\t');
    path.replace(|character: char| character.is_control() && !is_coded(character), "\u{fffd}")
}

/// Severity, properties and message of an annotation.
type Annotation = (&'static str, Vec<(&'static str, String)>, String);

fn annotation(finding: &Finding) -> Annotation {
    let place = &finding.primary;
    let mut properties = vec![("file", harmless(place.path.as_str())), ("line", place.start.line.to_string())];
    if place.excerpt.is_some() {
        properties.push(("endline", place.end.line.to_string()));
        if place.start.line == place.end.line {
            properties.push(("col", place.start.column.to_string()));
            properties.push(("endcolumn", place.end.column.to_string()));
        }
    }
    properties.push(("title", format!("keylint: {}", finding.rule.slug)));
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    (kind, properties, message_of(finding))
}

#[test]
fn every_annotation_comes_back_and_nothing_else() {
    let mut rng = rng("every_annotation_comes_back_and_nothing_else");
    let (mut annotated, mut capped) = (0, 0);
    for _ in 0..300 {
        let report = report(&mut rng, 50);
        let mut expected: Vec<Annotation> = Vec::new();
        for failure in &report.coverage.failures {
            let properties = vec![("file", harmless(failure.path.as_str())), ("title", "keylint".to_owned())];
            expected.push(("error", properties, format!("not read: {}", failure.reason)));
        }
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            expected.extend(report.findings.iter().filter(|finding| finding.severity == severity).map(annotation));
        }
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let (shown, more): (Vec<Annotation>, Vec<Annotation>) = expected.into_iter().partition(|(kind, ..)| {
            let count = counts.entry(kind).or_default();
            *count += 1;
            *count <= 10
        });

        let output = printed(Format::Github, &report);
        let lines = lines(&output);
        let commands: Vec<Parsed> = lines.iter().filter_map(|line| parse(line)).collect();
        let lenient = lines.iter().filter(|line| parse(&without_ignorable(line)).is_some()).count();
        assert_eq!((commands.len(), lenient), (shown.len(), shown.len()), "{output}");
        for (command, (kind, properties, message)) in commands.iter().zip(&shown) {
            let mut known: HashMap<String, String> =
                properties.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            if let Some(file) = known.get_mut("file")
                && file.starts_with('=')
            {
                file.insert_str(0, "./");
            }
            assert_eq!(command.properties, known, "{output}");
            assert_eq!((command.command.as_str(), &command.data), (*kind, message), "{output}");
        }
        // The rest is counted, and has a line each.
        let rest: Vec<&String> = lines.iter().skip(shown.len()).collect();
        assert!(lines.iter().take(shown.len()).all(|line| parse(line).is_some()), "annotations first: {output}");
        if !more.is_empty() {
            let what = if more.len() == 1 { "1 more has".to_owned() } else { format!("{} more have", more.len()) };
            assert_eq!(*rest[more.len()], format!("{what} no annotation: a step shows 10 of a kind"), "{output}");
        }
        for (line, (kind, properties, _)) in rest.iter().zip(&more) {
            let kind = if *kind == "notice" { "note" } else { kind };
            let title = properties.last().unwrap().1.strip_prefix("keylint: ");
            let expected = title.map_or("error: not read: ".to_owned(), |slug| format!(": {kind}[{slug}]: "));
            assert!(line.contains(&expected), "{expected} in {line}");
        }
        annotated += shown.len();
        capped += more.len();
    }
    assert!(annotated > 2000 && capped > 200, "{annotated} {capped}");
}

#[test]
fn lines_that_are_no_annotations_are_no_commands() {
    for name in [
        "::stop-commands::t",
        "\u{200b}::error::x",
        "\u{2028} ::error::x",
        "a##[add-mask]t",
        "###[add-mask]t",
        "#\u{200b}#\u{ad}[add-mask]t",
    ] {
        let mut report = many(12);
        for finding in &mut report.findings {
            finding.primary = Location::file(&RepoPath::from(name));
        }
        report.coverage.skipped = vec![name.to_owned()];
        let output = printed(Format::Github, &report);
        let lines = lines(&output);
        assert_eq!(lines.iter().filter(|line| parse(line).is_some()).count(), 10, "{output}");
        assert_eq!(lines.iter().filter(|line| parse(&without_ignorable(line)).is_some()).count(), 10, "{output}");
        let plain: Vec<&String> = lines[10..].iter().collect();
        assert_eq!(plain.len(), 12 - 10 + 1 + 2 + 1, "{output}");
    }
}

const LEAK: (&str, &str) = ("start.sh", "export ANTHROPIC_API_KEY=@@anthropic-api-key@@\nclaude\n");

#[test]
fn a_workflow_gets_annotations() {
    let mut rng = rng("a_workflow_gets_annotations");
    let repo = repository(&[LEAK], &mut rng);
    let lint = |arguments: &[&str], value: Option<&str>| {
        let mut command = repo.keylint(&[&["lint"], arguments].concat());
        value.map(|value| command.env("GITHUB_ACTIONS", value));
        let output = run(command);
        (text(&output.stdout), output.status.code().unwrap())
    };
    let (annotated, code) = lint(&[], Some("true"));
    assert_eq!(code, 1);
    let lines: Vec<&str> = annotated.lines().collect();
    let command = parse(lines[0]).unwrap();
    assert_eq!((command.command.as_str(), command.properties["file"].as_str()), ("error", "start.sh"));
    assert_eq!((command.properties["line"].as_str(), command.properties["col"].as_str()), ("1", "26"));
    assert_eq!(lines[1..], ["1 error", "1 configuration file read, 1 other file searched for tokens"]);
    assert_eq!(lint(&["--format", "github"], None), (annotated.clone(), 1));
    assert_eq!(lint(&["-q"], Some("true")), (format!("{}\n", lines[0]), 1));
    assert!(lint(&[], None).0.starts_with("error[secret-in-launcher]: "));
    assert!(lint(&[], Some("false")).0.starts_with("error[secret-in-launcher]: "));
    assert_eq!(lint(&["--format", "human"], Some("true")), lint(&[], None));
    let nothing = "nothing to report\n1 configuration file read, 1 other file searched for tokens\n".to_owned();
    assert_eq!(lint(&[".gitignore"], Some("true")), (nothing, 0));
}

#[cfg(unix)]
#[test]
fn a_file_that_is_not_read_is_said_once() {
    let mut rng = rng("a_file_that_is_not_read_is_said_once");
    let hostile = "::stop-commands::x ##[add-mask]y,%0A\n::error::z.sh";
    let repo = repository(&[LEAK, (".env.example", "X=1\n"), (hostile, LEAK.1)], &mut rng);
    std::fs::remove_file(repo.path(".env.example")).unwrap();
    std::fs::create_dir(repo.path(".env.example")).unwrap();
    let output = run(repo.keylint(&["lint", "--format", "github"]));
    assert_eq!(output.status.code(), Some(2));
    let output = text(&output.stdout);
    let commands: Vec<Parsed> = lines(&output).iter().filter_map(|line| parse(line)).collect();
    let files: Vec<&str> = commands.iter().map(|command| command.properties["file"].as_str()).collect();
    assert_eq!(files, [".env.example", hostile, "start.sh"], "{output}");
    assert_eq!(commands[0].data, "not read: a folder has taken its place");
    assert_eq!(output.matches("not read").count(), 1, "{output}");
    assert_eq!(output.lines().count(), 5, "{output}");
}
