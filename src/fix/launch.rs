//! A line in front of the client's start.

use super::variable::{STARTS, is_only_set};
use crate::route::unit::{Presence, Unit, UnitKind};
use crate::route::{Endpoint, SourceKind, predict};
use crate::surface::Surface;
use crate::text::Span;

/// The edit that takes a variable away before the client starts, on a line of its own.
///
/// `None` unless the start begins its line, the script does nothing with the variable but to set it, and no other start in
/// it may want it; nor in a function, which would take it for good from the shell that calls it.
pub fn unset(units: &[Unit<'_>], at: usize, name: &'static str) -> Option<(Span, String)> {
    let unit = units.get(at)?;
    let command = unit.command.filter(|command| unit.kind == UnitKind::Script && command.key.is_empty())?;
    let document = unit.document;
    if !document.faults.is_empty() || document.launches.len() > STARTS || !is_only_set(document, name) {
        return None;
    }
    let same = |other: &&Unit<'_>| std::ptr::eq(other.document, document);
    let (before, behind) = (units.get(..at)?, units.get(at + 1..)?);
    let mut others = before.iter().rev().take_while(same).chain(behind.iter().take_while(same));
    let is_inherited = matches!(unit.presence(name), Presence::Absent);
    if !others.all(|other| has_no_use(other, name) || is_inherited && other.set(name).is_some()) {
        return None;
    }
    let text = document.text.as_str();
    let language = Language::of(document.surface?)?;
    let start = language.line_start(text, command.span.start);
    let (before, line) = (&text[..start], &text[start..command.span.start]);
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    if !language.begins(&line[indent.len()..]) || language.continues(before) || language.is_in_function(before) {
        return None;
    }
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    Some((Span::new(start, start), format!("{indent}{}{end}", language.order(name))))
}

/// Whether a start sends another credential to a host that is not Anthropic, so that a key is of no use to it.
fn has_no_use(unit: &Unit<'_>, name: &str) -> bool {
    if unit.command.is_none() {
        return true;
    }
    let route = predict(unit);
    name == "ANTHROPIC_API_KEY"
        && matches!(route.endpoint, Endpoint::Other(_))
        && route.authorization.is_some_and(|source| source.kind == SourceKind::AuthToken)
}

#[derive(Clone, Copy, PartialEq)]
enum Language {
    Posix,
    Fish,
    PowerShell,
    Batch,
}

impl Language {
    fn of(surface: Surface) -> Option<Self> {
        match surface {
            Surface::Shell => Some(Self::Posix),
            Surface::Fish => Some(Self::Fish),
            Surface::PowerShell => Some(Self::PowerShell),
            Surface::Batch => Some(Self::Batch),
            _ => None,
        }
    }

    fn order(self, name: &str) -> String {
        match self {
            Self::Posix => format!("unset {name}"),
            Self::Fish => format!("set -e {name}"),
            Self::PowerShell => format!("Remove-Item Env:{name} -ErrorAction SilentlyContinue"),
            Self::Batch => format!("set \"{name}=\""),
        }
    }

    /// Where the line begins that holds a byte: in a shell it may be written on several.
    fn line_start(self, text: &str, at: usize) -> usize {
        let mut start = at;
        loop {
            start = text[..start].rfind('\n').map_or(0, |end| end + 1);
            let is_shell = matches!(self, Self::Posix | Self::Fish);
            match text[..start].strip_suffix("\\\n") {
                Some(before) if is_shell && !before.ends_with('\\') => start = before.len(),
                _ => return start,
            }
        }
    }

    /// Whether a command that stands behind this on its line is the first one there.
    fn begins(self, text: &str) -> bool {
        match self {
            Self::Posix | Self::Fish => is_prefix(&text.replace("\\\n", " ")),
            Self::PowerShell => matches!(text.trim(), "" | "&"),
            Self::Batch => {
                let text = text.strip_prefix('@').unwrap_or(text).trim();
                text.is_empty() || text.eq_ignore_ascii_case("call")
            }
        }
    }

    /// Whether the command on the line behind this text began on a line before.
    fn continues(self, text: &str) -> bool {
        let is_comment = |line: &&str| match self {
            Self::Posix | Self::Fish | Self::PowerShell => line.starts_with('#'),
            Self::Batch => false,
        };
        let mut lines = text.lines().rev().map(str::trim).filter(|line| !line.is_empty() && !is_comment(line));
        let marks: &[&str] = match self {
            Self::Posix | Self::Fish => &["\\", "|", "&&", "||", "|&"],
            Self::PowerShell => &["`", "|", "&&", "||", "(", ",", "="],
            Self::Batch => &["^", "|", "&&", "||", "&"],
        };
        lines.next().is_some_and(|line| marks.iter().any(|mark| line.ends_with(mark)))
    }

    /// Whether what follows this text is a part of a function, which may run in somebody's own shell.
    fn is_in_function(self, before: &str) -> bool {
        let is_open = || before.matches('{').count() > before.matches('}').count();
        match self {
            Self::Posix => is_open(),
            Self::Fish => {
                let last = before.lines().rfind(|line| line.starts_with("function ") || *line == "end");
                last.is_some_and(|line| line != "end")
            }
            Self::PowerShell => is_open() && before.to_ascii_lowercase().contains("function "),
            Self::Batch => false,
        }
    }
}

/// Words that make another command of the one behind them; a line in between would change which.
const RESERVED: [&str; 20] = [
    "!", "alias", "and", "begin", "case", "do", "elif", "else", "eval", "for", "function", "if", "not", "or", "select",
    "then", "trap", "until", "while", "{",
];

/// Whether the text, in front of a command, belongs to that command: `A=1 B="$C" exec env `.
fn is_prefix(text: &str) -> bool {
    let mut quote = None;
    for letter in text.chars() {
        match (quote, letter) {
            (_, '`' | '\\') | (Some('"'), '(') => return false,
            (None, ';' | '|' | '&' | '(' | ')' | '<' | '>' | '#') => return false,
            (Some(open), letter) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            _ => {}
        }
    }
    let first = text.split_whitespace().next();
    quote.is_none() && first.is_none_or(|first| !RESERVED.contains(&first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_stand_in_front_of_a_command() {
        for text in ["", "exec ", "exec env A=1 B_2=\"$C d\" ", "A='x (y); z' ", "A=  ", "npx -y "] {
            assert!(is_prefix(text), "{text}");
        }
        for text in [
            "if ",
            "! ",
            "then ",
            "and ",
            "x && ",
            "A=$(x) ",
            "A=`x` ",
            "A=\"$(x)\" ",
            "(",
            "glm) ",
            "echo x | ",
            "A='x ",
            "alias x=",
            "x() { ",
        ] {
            assert!(!is_prefix(text), "{text}");
        }
    }

    #[test]
    fn what_a_line_continues() {
        for (language, text, expected) in [
            (Language::Posix, "", false),
            (Language::Posix, "x\n", false),
            (Language::Posix, "x \\\n", true),
            (Language::Posix, "x &&\n\n# y\n", true),
            (Language::Posix, "x | \n", true),
            (Language::Posix, "x &\n", false),
            (Language::Posix, "if x; then\r\n", false),
            (Language::PowerShell, "$x =\r\n", true),
            (Language::Batch, "x ^\r\n", true),
        ] {
            assert_eq!(language.continues(text), expected, "{text}");
        }
    }

    #[test]
    fn where_a_line_begins() {
        for (language, text, expected) in [
            (Language::Posix, "a\nA=1 \\\n  B=2 \\\nclaude", 2),
            (Language::Posix, "a \\\\\nclaude", 5),
            (Language::Posix, "a \\\r\nclaude", 5),
            (Language::Batch, "a \\\nclaude", 4),
            (Language::Fish, "claude", 0),
        ] {
            assert_eq!(language.line_start(text, text.len()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_in_a_function() {
        for (language, text, expected) in [
            (Language::Posix, "f() {\n  x ${y}\n", true),
            (Language::Posix, "f() {\n  x\n}\nif x; then\n", false),
            (Language::Fish, "function f\n    if x\n    end\n", true),
            (Language::Fish, "function f\nend\nif x\n", false),
            (Language::PowerShell, "if ($x) {\n", false),
            (Language::PowerShell, "Function f {\n", true),
        ] {
            assert_eq!(language.is_in_function(text), expected, "{text}");
        }
    }
}
