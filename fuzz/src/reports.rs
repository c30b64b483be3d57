//! Reports in every format, with hostile names and texts. Byte 0 says how to print, the next four plant a token in the
//! first file, the rest are the files of a repository.

use keylint::config::Config;
use keylint::finding::Severity;
use keylint::lint::{Failure, Report};
use keylint::report::{Format, Style, print};
use keylint::source::ReadError;

use crate::plant::Token;
use crate::{parts, sound, xml};

const FORMATS: [Format; 10] = [
    Format::Human,
    Format::Concise,
    Format::Json,
    Format::Github,
    Format::Sarif,
    Format::Gitlab,
    Format::Junit,
    Format::Checkstyle,
    Format::Rdjson,
    Format::Markdown,
];

/// How many annotations of a kind GitHub's runner shows.
const SHOWN: usize = 10;

/// Holds that every format can be read by what reads it, and shows nothing of the token.
pub fn check(bytes: &[u8]) {
    let Some((&[flags, shape, seed, high, low], rest)) = bytes.split_first_chunk::<5>() else { return };
    let mut files = parts::files(rest);
    let token = Token::draw(shape, seed);
    if let (Some(token), Some((_, text))) = (&token, files.first_mut()) {
        token.plant(text, usize::from(u16::from_be_bytes([high, low])));
    }
    let known: Vec<String> = files
        .iter()
        .flat_map(|(path, text)| [path.as_str().to_owned(), keylint::text::Text::decode(text).as_str().to_owned()])
        .collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let tokens: Vec<Token> = token.into_iter().collect();
    let mut report = sound::lint(&files, &Config::default(), &tokens);
    let is_set = |bit: u8| flags >> bit & 1 == 1;
    if is_set(0) {
        // The system's words may quote a name.
        let failures = files.iter().map(|(path, _)| Failure {
            path: path.clone(),
            reason: ReadError::Io(format!("{}: refused", path.as_str())),
        });
        report.coverage.failures.extend(failures);
        report.coverage.skipped.extend(files.iter().map(|(path, _)| path.as_str().to_owned()));
    }
    let style = Style {
        min_severity: if is_set(1) { Severity::Warning } else { Severity::Note },
        color: is_set(2),
        width: is_set(3).then_some(40 + usize::from(flags >> 6) * 80),
        quiet: is_set(4),
        statistics: is_set(5),
    };
    for format in FORMATS {
        let mut out = Vec::new();
        assert!(print(format, &report, &style, &mut out).is_ok());
        let out = String::from_utf8(out).unwrap_or_else(|error| panic!("{format:?} is no UTF-8: {error}"));
        tokens.iter().for_each(|token| token.assert_absent(&known, &out));
        form(format, &report, &style, &out);
    }
}

fn form(format: Format, report: &Report, style: &Style, out: &str) {
    match format {
        Format::Json | Format::Sarif | Format::Gitlab | Format::Rdjson => {
            let parsed = serde_json::from_str::<serde_json::Value>(out);
            assert!(parsed.is_ok(), "{format:?}: {parsed:?}");
        }
        Format::Junit | Format::Checkstyle => assert_eq!(xml::flaw(out), None, "{format:?}: {out}"),
        Format::Github => commands(report, style, out),
        Format::Human | Format::Concise if !style.color => plain(out),
        Format::Human | Format::Concise | Format::Markdown => {}
    }
    if format == Format::Concise && style.quiet && !style.statistics {
        let shown = report.findings.iter().filter(|finding| finding.severity >= style.min_severity).count();
        assert_eq!(out.matches('\n').count(), shown + report.coverage.failures.len(), "{out}");
    }
}

/// One command a line, and nothing else that the runner takes for one.
fn commands(report: &Report, style: &Style, out: &str) {
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let [notes, warnings, errors] = [Severity::Note, Severity::Warning, Severity::Error]
        .map(|severity| if severity >= style.min_severity { count(severity) } else { 0 });
    let failures = report.coverage.failures.len();
    let expected: usize = [notes, warnings, errors + failures].into_iter().map(|count| count.min(SHOWN)).sum();
    let (commands, others): (Vec<&str>, Vec<&str>) = out.split('\n').partition(|line| line.starts_with("::"));
    assert_eq!(commands.len(), expected, "{out}");
    for command in commands {
        let is_known =
            ["::error file=", "::warning file=", "::notice file="].iter().any(|start| command.starts_with(start));
        assert!(is_known && !command.contains('\r'), "{command:?}");
        let properties = command.split("::").nth(1).unwrap_or_default();
        for property in properties.split_once(' ').map_or("", |(_, all)| all).split(',') {
            assert!(
                ["file=", "line=", "endLine=", "col=", "endColumn=", "title="]
                    .iter()
                    .any(|name| property.starts_with(name)),
                "{command:?}"
            );
        }
    }
    for line in others {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{line:?}");
    }
}

/// Nothing that moves a terminal's cursor.
fn plain(out: &str) {
    let bad = out.chars().find(|&c| c.is_control() && !matches!(c, '\n' | '\t'));
    assert_eq!(bad, None, "{out:?}");
}
