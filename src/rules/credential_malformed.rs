//! `credential-malformed`: a credential with characters that no credential has.

use super::{File, Repository, Rule};
use crate::credential::{Certainty, Lexicon, judge};
use crate::finding::{Finding, Message, Name, Severity};
use crate::fix::{Fix, Sends, variable};
use crate::message;
use crate::route::unit::fits_a_header;
use crate::surface::{Assignment, Slot, Surface, Value};
use crate::text::trimmed;

pub(super) static RULE: Rule = Rule {
    slug: "credential-malformed",
    severity: Severity::Error,
    summary: "a credential with characters that no credential has",
    page: include_str!("../../rules/credential-malformed.md"),
    check,
};

/// The client's credential variables of one value (Claude Code documentation, environment variables, 2026-08).
const VARIABLES: [&str; 9] = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_AWS_API_KEY",
    "ANTHROPIC_BEDROCK_MANTLE_API_KEY",
    "ANTHROPIC_FOUNDRY_API_KEY",
    "ANTHROPIC_FOUNDRY_AUTH_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
];

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files.iter().filter(|file| file.document.surface.is_some()) {
        for assignment in &file.document.assignments {
            let start = if assignment.commented { None } else { value_start(assignment) };
            if let Some(defect) = start.and_then(|start| defect(assignment, start, &file.lexicon)) {
                findings.push(finding(file, assignment, &defect).fix(trim(file, assignment)));
            }
        }
    }
}

/// Where the credential begins in the value, behind a scheme word; `None` where the place holds none of the client's.
fn value_start(assignment: &Assignment) -> Option<usize> {
    if !matches!(assignment.value, Value::Literal) {
        return None;
    }
    let text = assignment.decoded.text.expose();
    match assignment.slot {
        Slot::Variable if VARIABLES.contains(&assignment.name.as_str()) => Some(0),
        Slot::Header if assignment.name.eq_ignore_ascii_case("x-api-key") => Some(0),
        // Other schemes have blanks of their own.
        Slot::Header if assignment.name.eq_ignore_ascii_case("authorization") => {
            let scheme = "bearer ";
            text.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)).map(str::len)
        }
        _ => None,
    }
}

/// A character that does not belong there.
struct Defect {
    what: What,
    /// Its byte offset in the value.
    at: usize,
    /// Its length in bytes.
    length: usize,
    /// Its place in the value, counted in characters from 1.
    place: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    LineBreak,
    Blank,
    Edge,
    Quote,
    SmartQuote,
    Invisible,
    Control,
    Foreign,
}

fn defect(assignment: &Assignment, start: usize, lexicon: &Lexicon) -> Option<Defect> {
    let text = assignment.decoded.text.expose();
    // A literal of words is no credential that somebody damaged.
    let belongs = |letter: &char| letter.is_ascii_graphic() && !matches!(letter, '"' | '\'' | '`');
    let cleaned: String = text[start..].chars().filter(belongs).collect();
    if !judge(assignment.slot, &assignment.name, &cleaned, lexicon).iter().any(|one| one.certainty > Certainty::Weak) {
        return None;
    }
    let (first, end) = (text.len() - text[start..].trim_start().len(), text.trim_end().len());
    let mut edge = None;
    for (place, (at, letter)) in text.char_indices().enumerate().filter(|(_, (at, _))| *at >= start) {
        let outer = at == first || at + letter.len_utf8() == end;
        let what = match letter {
            _ if letter.is_whitespace() && (at < first || at >= end) => What::Edge,
            '\n' | '\r' => What::LineBreak,
            _ if letter.is_whitespace() => What::Blank,
            _ if is_invisible(letter) => What::Invisible,
            _ if is_smart_quote(letter) => What::SmartQuote,
            _ if letter > '\u{FF}' => What::Foreign,
            _ if letter.is_control() => What::Control,
            '"' | '\'' | '`' if outer => What::Quote,
            _ => continue,
        };
        let defect = Defect { what, at, length: letter.len_utf8(), place: place + 1 };
        if what != What::Edge {
            return Some(defect);
        }
        edge = edge.or(Some(defect));
    }
    edge
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{AD}')
}

fn is_smart_quote(letter: char) -> bool {
    matches!(letter, '\u{2018}'..='\u{201F}')
}

/// Takes away what stands around the credential; where something stands inside nobody knows what is missing.
fn trim(file: &File, assignment: &Assignment) -> Option<Fix> {
    let name = *VARIABLES.iter().find(|name| **name == assignment.name)?;
    if !variable::is_plain(&file.document, assignment) {
        return None;
    }
    let text = assignment.decoded.text.expose();
    let is_quote = |letter: char| matches!(letter, '"' | '\'' | '`') || is_smart_quote(letter);
    let around = |letter: char| letter.is_whitespace() || is_invisible(letter) || is_quote(letter);
    let core = text.trim_matches(around);
    if core.is_empty() || !core.chars().all(|letter| letter.is_ascii_graphic() && !is_quote(letter)) {
        return None;
    }
    let start = text.len() - text.trim_start_matches(around).len();
    let mut fix = Fix::safe(message!["trim the value of `", Name(&assignment.key), "`"]);
    for (start, end) in [(0, start), (start + core.len(), text.len())] {
        if start < end {
            fix = fix.put(&file.document.path, variable::part(&file.document, &assignment.decoded, start, end)?, "");
        }
    }
    // The client refuses what fits no header (observed 2026-11-21).
    Some(if fits_a_header(trimmed(text)) { fix } else { fix.sends(Sends::Also(name)) })
}

fn finding(file: &File, assignment: &Assignment, defect: &Defect) -> Finding {
    let name = Name(&assignment.name);
    let is_client = matches!(file.document.surface, Some(Surface::Settings(_))) && assignment.key.starts_with("env.");
    let (severity, message, help) = match defect.what {
        What::Edge if is_client => (
            Severity::Note,
            message!["`", name, "` begins or ends with white space, which Claude Code trims and other programs send"],
            message!["remove the white space"],
        ),
        What::Edge => (
            Severity::Warning,
            message!["`", name, "` begins or ends with white space: SDKs and curl send it along, or fail"],
            message!["remove the white space"],
        ),
        What::LineBreak | What::Invisible | What::SmartQuote | What::Foreign | What::Control => (
            Severity::Error,
            message!["`", name, "` can't go out in a header: character ", defect.place, " is ", defect.what.describe()],
            message!["copy the credential again, from the page where it was issued"],
        ),
        What::Blank | What::Quote => (
            Severity::Error,
            message![
                "`",
                name,
                "` is no credential as it stands: character ",
                defect.place,
                " is ",
                defect.what.describe()
            ],
            if defect.what == What::Quote {
                message!["remove the inner quotes: they are part of the value"]
            } else {
                message!["copy the credential again, from the page where it was issued"]
            },
        ),
    };
    let severity = if file.is_template() { Severity::Note } else { severity };
    let place = assignment.decoded.origin.span(defect.at, defect.at + defect.length);
    Finding::new(&RULE, severity, message, &assignment.key, file.locate(place).labelled(defect.what.describe()))
        .help(help)
}

impl What {
    fn describe(self) -> Message {
        match self {
            Self::LineBreak => message!["a line break"],
            Self::Blank | Self::Edge => message!["white space"],
            Self::Quote => message!["a quote"],
            Self::SmartQuote => message!["a typographic quote"],
            Self::Invisible => message!["an invisible character"],
            Self::Control => message!["a control character"],
            Self::Foreign => message!["beyond Latin-1"],
        }
    }
}
