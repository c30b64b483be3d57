//! `.env` files: one `NAME=value` a line, with the union of what the common dotenv loaders accept.
//!
//! Which of them reads a file is not known. A value is what most of them see, and always what one of them does
//! (`tests/dotenv_oracle.rs`). Where they differ (python-dotenv 1.2, Node's dotenv 17 and 18, `bash`'s `source`, compose 2.40,
//! docker's raw `--env-file`):
//!
//! | written | read here as | otherwise |
//! |---|---|---|
//! | `A = b`, `A= b` | `b` | bash and docker refuse or keep the blanks |
//! | `A: b` | `b` | Node and compose alone; compose takes `A:b` too |
//! | `1A=b`, `A.B=c` | as any name | bash refuses |
//! | `A="b"`, `A='b'` | `b` | docker keeps the quotes |
//! | `` A=`b` `` | `b` (Node) | the others keep the backticks, bash runs the command |
//! | `A=b # c` | `b` | docker keeps the comment |
//! | `A=b#c` | `b#c` | Node: `b` |
//! | `A="b\n\t\"\$\\"` | escapes replaced | Node replaces `\n` and `\r` alone, bash all but those |
//! | `A='b\'c'` | `b'c` | Node keeps the backslash, bash sees no end |
//! | `A=b\nc`, `A='b\n'` | as it stands | bash drops a backslash outside quotes |
//! | `A=b c` | `b c` | bash runs `c` |
//! | `A="b"c`, `A="b` | as it stands (docker) | Node replaces `\n` and `\r`, as here; the others refuse, bash joins the pieces |
//! | `A="b⏎c"` | two lines | docker: `"b` |
//! | `A=$X`, `A="${X:-d}"` | reference | Node and docker keep the text, python-dotenv knows `${X}` alone |
//! | `A`, `export A` | nothing | docker hands the variable on |
//! | the same name twice | the last one | – |

use std::collections::HashMap;

use super::shell::decode::Builder;
use super::{Assignment, Decoded, Document, Launch, Origin, Slot, Value};
use crate::credential::{Dialect, classify};
use crate::text::Span;

/// A quote that is not closed within so many lines or bytes is taken for a slip: its value ends with its line.
const QUOTED_LINES: usize = 200;
const QUOTED_BYTES: usize = 64 * 1024;

/// Reads a dotenv file.
pub fn read(document: &mut Document) {
    let found = assignments(document.text.as_str(), &Origin::Direct(0), "");
    let base = document.assignments.len();
    document.launches.extend(launch(&found, base));
    for assignment in &found {
        document.note(&assignment.decoded, &assignment.key);
    }
    document.assignments.extend(found);
}

/// The assignments of a dotenv text that stands at `origin`.
pub(super) fn assignments(text: &str, origin: &Origin, prefix: &str) -> Vec<Assignment> {
    let mut scanner = Scanner { text, origin, prefix, found: Vec::new() };
    let mut at = 0;
    while at < text.len() {
        at = scanner.line(at);
    }
    scanner.found
}

/// The environment that a loader of the file builds: the last assignment of each name.
pub(super) fn launch(found: &[Assignment], base: usize) -> Option<Launch> {
    let mut environment = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (index, assignment) in found.iter().enumerate().filter(|(_, assignment)| !assignment.commented) {
        let place = *places.entry(&assignment.name).or_insert(environment.len());
        if place == environment.len() {
            environment.push(base + index);
        } else {
            environment[place] = base + index;
        }
    }
    (!environment.is_empty()).then_some(Launch { environment, ..Launch::default() })
}

struct Scanner<'a> {
    text: &'a str,
    origin: &'a Origin,
    prefix: &'a str,
    found: Vec<Assignment>,
}

impl Scanner<'_> {
    /// Reads the line at `start` and says where the next one begins.
    fn line(&mut self, start: usize) -> usize {
        let end = self.line_end(start);
        let mut at = self.skip_blanks(start, end);
        let commented = self.text[at..end].starts_with('#');
        if commented {
            at += self.text[at..end].bytes().take_while(|&byte| byte == b'#').count();
            at = self.skip_blanks(at, end);
        }
        let Some((name, value)) = self.name(at, end, commented) else { return self.next_line(end) };
        let (decoded, dialect, end) = self.value(value, end, commented);
        let value = if decoded.text.expose().trim().is_empty() { Value::Empty } else { classify(&decoded, dialect) };
        let name_text = &self.text[name.range()];
        self.found.push(Assignment {
            name: name_text.to_owned(),
            name_span: self.origin.span(name.start, name.end),
            slot: Slot::Variable,
            value,
            decoded,
            key: format!("{}{name_text}", self.prefix),
            exported: !commented,
            commented,
        });
        self.next_line(end)
    }

    /// The name that the line assigns to, and where the value begins.
    fn name(&self, start: usize, end: usize, commented: bool) -> Option<(Span, usize)> {
        let line = &self.text[start..end];
        let start = match line.strip_prefix("export") {
            Some(rest) if rest.starts_with([' ', '\t']) => self.skip_blanks(start + "export".len(), end),
            _ => start,
        };
        let line = &self.text[start..end];
        let begins = |first: char| first.is_ascii_alphabetic() || first == '_' || first.is_ascii_digit() && !commented;
        if !line.starts_with(begins) {
            return None;
        }
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let length = line.bytes().take_while(is_name).count();
        let name = Span::new(start, start + length);
        let operator = self.skip_blanks(name.end, end);
        let rest = &self.text[operator..end];
        // In a comment only the tight form is an assignment; all else may be prose.
        if rest.starts_with('=') && !(commented && operator > name.end) {
            return Some((name, operator + 1));
        }
        let yaml_like = operator == name.end && (rest == ":" || rest.starts_with(": ") || rest.starts_with(":\t"));
        (yaml_like && !commented).then_some((name, operator + 1))
    }

    /// The value, how its references are to be read, and the end of its last line.
    fn value(&self, start: usize, end: usize, commented: bool) -> (Decoded, Dialect, usize) {
        let start = self.skip_blanks(start, end);
        let quote = self.text[start..end].bytes().next().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        let Some(quote) = quote else { return (self.unquoted(start, end, false), Dialect::Dotenv, end) };
        let limit = if commented { Some(end) } else { None };
        let close = self.closing(quote, start + 1, limit, quote != b'`');
        // A backslash may also be the last character of a value: `'C:\'`.
        let plain = || if quote == b'\'' { self.closing(quote, start + 1, limit, false) } else { None };
        match close.or_else(plain) {
            Some((close, line_end)) => {
                let (decoded, escaped_only) = self.quoted(quote, start + 1, close);
                let dialect = if quote == b'\'' || escaped_only { Dialect::Literal } else { Dialect::Dotenv };
                (decoded, dialect, line_end)
            }
            // No closing quote, or text behind it: a loader that gets this far takes the line as it stands.
            None => (self.unquoted(start, end, quote == b'"'), Dialect::Dotenv, end),
        }
    }

    /// The rest of a line. Behind a double quote without an end Node replaces `\n` and `\r`, as it does between two.
    fn unquoted(&self, start: usize, end: usize, has_breaks: bool) -> Decoded {
        let bytes = self.text.as_bytes();
        let comment = (start..end).find(|&at| bytes[at] == b'#' && at > 0 && matches!(bytes[at - 1], b' ' | b'\t'));
        let value = self.text[start..comment.unwrap_or(end)].trim_end();
        let mut builder = Builder::new(start);
        let mut from = 0;
        for (at, _) in value.match_indices('\\').filter(|_| has_breaks) {
            let character = match value[at + 1..].chars().next() {
                Some('n') => '\n',
                Some('r') => '\r',
                _ => continue,
            };
            builder.push(&value[from..at], start + from);
            builder.push_escaped(character, start + at, start + at + 2);
            from = at + 2;
        }
        builder.push(&value[from..], start + from);
        builder.finish(self.origin)
    }

    /// Where the quote closes, provided that nothing but a comment follows there, and the end of that line.
    fn closing(&self, quote: u8, start: usize, limit: Option<usize>, escapes: bool) -> Option<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let limit = limit.unwrap_or(bytes.len()).min(start + QUOTED_BYTES);
        let (mut at, mut lines) = (start, 0);
        while at < limit {
            match bytes[at] {
                b'\\' if escapes => at += 1,
                b'\n' => {
                    lines += 1;
                    if lines > QUOTED_LINES {
                        return None;
                    }
                }
                byte if byte == quote => {
                    let end = self.line_end(at);
                    let rest = self.text[at + 1..end].trim_start();
                    return (rest.is_empty() || rest.starts_with('#')).then_some((at, end));
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The text between quotes, and whether it has dollar signs all of which are escaped.
    fn quoted(&self, quote: u8, start: usize, end: usize) -> (Decoded, bool) {
        let mut builder = Builder::new(start);
        let (mut at, mut live, mut escaped) = (start, false, false);
        let is_escaped = |character: char| match quote {
            b'"' => character != '\'',
            b'\'' => character == '\'',
            _ => false,
        };
        while at < end {
            let rest = &self.text[at..end];
            let plain = rest.find(['\\', '$']).unwrap_or(rest.len());
            builder.push(&rest[..plain], at);
            at += plain;
            let Some(special) = rest[plain..].chars().next() else { break };
            let decoded = match rest[plain + 1..].chars().next() {
                Some('n') => Some('\n'),
                Some('r') => Some('\r'),
                Some('t') => Some('\t'),
                Some(character @ ('"' | '\\' | '$' | '\'')) => Some(character),
                _ => None,
            };
            match decoded {
                Some(character)
                    if special == '\\' && is_escaped(rest[plain + 1..].chars().next().unwrap_or(character)) =>
                {
                    escaped |= character == '$';
                    builder.push_escaped(character, at, at + 2);
                    at += 2;
                }
                _ => {
                    live |= special == '$';
                    builder.push(&rest[plain..=plain], at);
                    at += 1;
                }
            }
        }
        (builder.finish(self.origin), escaped && !live)
    }

    fn line_end(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        let line = rest.find('\n').map_or(rest, |length| &rest[..length]);
        start + line.strip_suffix('\r').unwrap_or(line).len()
    }

    fn next_line(&self, end: usize) -> usize {
        self.text[end..].find('\n').map_or(self.text.len(), |length| end + length + 1)
    }

    fn skip_blanks(&self, start: usize, end: usize) -> usize {
        start + self.text[start..end].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::RepoPath;
    use crate::surface::Surface;
    use crate::text::Text;

    fn parse(text: &str) -> Document {
        let mut document = Document::new(RepoPath::from(".env"), Some(Surface::Dotenv), Text::decode(text.as_bytes()));
        read(&mut document);
        for assignment in &document.assignments {
            assert_eq!(&text[assignment.name_span.range()], assignment.name);
            if matches!(assignment.decoded.origin, Origin::Direct(_)) {
                assert_eq!(&text[assignment.decoded.span().range()], assignment.decoded.text.expose());
            }
        }
        document
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let document = parse(text);
        let found: Vec<(String, &str)> = document
            .assignments
            .iter()
            .map(|found| {
                (format!("{}{}", if found.commented { "#" } else { "" }, found.name), found.decoded.text.expose())
            })
            .collect();
        let found: Vec<(&str, &str)> = found.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn forms_of_a_line() {
        check(
            "A=b\nexport C=d\n  E = f g  \nH: i\nJ.K-L=m",
            &[("A", "b"), ("C", "d"), ("E", "f g"), ("H", "i"), ("J.K-L", "m")],
        );
        check("A=b # note\nC=d#e\nF=#g\nH= # note\n", &[("A", "b"), ("C", "d#e"), ("F", "#g"), ("H", "")]);
        check("A='b # c' # note\nD=\"e\" \nF=`g \"h\"`\n", &[("A", "b # c"), ("D", "e"), ("F", "g \"h\"")]);
        check("A=\"b\\nc\\\"d\\$e\\\\\"\nB='c\\n'", &[("A", "b\nc\"d$e\\"), ("B", "c\\n")]);
        check("A=\"one\ntwo\"\nB='three\nfour'\r\nC=d\r\n", &[("A", "one\ntwo"), ("B", "three\nfour"), ("C", "d")]);
        check("A=\nB=c\nD=\r\nE=\"\"\n", &[("A", ""), ("B", "c"), ("D", ""), ("E", "")]);
        check("A\nexport B\n=c\nhttp://x\n- F=g\n#1D=e\n", &[]);
        check("1A=b\n", &[("1A", "b")]);
        check("A='b\\'c'\nD='C:\\'\nE=f\n", &[("A", "b'c"), ("D", "C:\\"), ("E", "f")]);
    }

    #[test]
    fn comments() {
        check("# A=b\n#export C=d\n## E=\n#F='g h' # i\n", &[("#A", "b"), ("#C", "d"), ("#E", ""), ("#F", "g h")]);
        check("# Note: set FOO=bar in x\n# see A = b\n# A: b\n# A = b\n# export the KEY=x\n", &[]);
    }

    #[test]
    fn a_slip_costs_its_line() {
        check("A=\"open\nB=c\nD='open\nE=f\n", &[("A", "\"open"), ("B", "c"), ("D", "'open"), ("E", "f")]);
        check("A=\"open\nB=\"c\"\n", &[("A", "\"open"), ("B", "c")]);
        check("A=\"b\"c\nD=e\n", &[("A", "\"b\"c"), ("D", "e")]);
        check("A=\"b\\n\\\\nc\\r\\d\nB='\\n\nC=b\\n", &[("A", "\"b\n\\\nc\r\\d"), ("B", "'\\n"), ("C", "b\\n")]);
    }

    #[test]
    fn the_last_assignment_is_in_effect() {
        let document = parse("A=first\nB=b\nA=second\n# B=c\n");
        assert_eq!(document.assignments.len(), 4);
        let [launch] = &document.launches[..] else { panic!("one launch") };
        assert!(launch.command.is_none());
        assert_eq!(launch.environment, [2, 1]);
        assert!(parse("# A=b\n").launches.is_empty());
        assert!(document.assignments.iter().all(|found| found.exported != found.commented));
        assert!(matches!(parse("A=\nB=c").assignments[0].value, Value::Empty));
    }
}
