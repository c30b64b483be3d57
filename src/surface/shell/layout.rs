//! Which bracket closes which, where here-documents stand, and which quote is never closed.
//!
//! One pass over the bytes with an explicit stack, before anything is understood. The parser then works on
//! ranges that are known to be closed, so that it neither looks ahead nor tracks back.

use std::collections::HashMap;
use std::ops::Range;

use super::language::Language;

/// A quote that is not closed within so many lines or bytes (here-documents not counted) is taken for a slip:
/// it ends with its line, and the next line is read afresh.
const QUOTED_LINES: usize = 150;
const QUOTED_BYTES: usize = 64 * 1024;
/// The limit once a text with slip after slip was read several times over, so that time stays linear.
const HURRIED_LINES: usize = 8;

/// Where the content of a bracket ends, and where the text goes on.
#[derive(Clone, Copy, Debug)]
pub(in crate::surface) struct Close {
    pub(in crate::surface) end: usize,
    pub(in crate::surface) next: usize,
}

/// A here-document.
#[derive(Clone, Debug)]
pub(in crate::surface) struct HereDoc {
    /// Where `<<` stands.
    operator: usize,
    /// Behind the delimiter word.
    pub(in crate::surface) next: usize,
    /// The lines in between; empty if the delimiter never comes.
    pub(super) body: Range<usize>,
    /// `<<-`: tabs at the start of lines are dropped.
    pub(super) strips_tabs: bool,
    /// The delimiter was quoted: nothing in the body is expanded.
    pub(super) quoted: bool,
}

/// The brackets and here-documents of a text.
#[derive(Debug, Default)]
pub(in crate::surface) struct Layout {
    closes: Vec<(usize, Close)>,
    heredocs: Vec<HereDoc>,
    /// Lines that here-documents take: from the first body's start to behind the last delimiter.
    skips: Vec<Range<usize>>,
}

impl Layout {
    pub(super) fn new(text: &str, language: Language) -> Self {
        let fish = language == Language::Fish;
        let mut scan = Scan { text, bytes: text.as_bytes(), fish, ..Scan::default() };
        scan.run();
        let mut layout = scan.layout;
        layout.closes.sort_unstable_by_key(|&(open, _)| open);
        layout.heredocs.sort_unstable_by_key(|heredoc| heredoc.operator);
        layout.skips.sort_unstable_by_key(|skip| skip.start);
        layout
    }

    /// The end of what opens at `open`: a quote, or the parenthesis or brace of an expansion.
    pub(super) fn close(&self, open: usize) -> Option<Close> {
        self.closes.binary_search_by_key(&open, |&(at, _)| at).ok().map(|index| self.closes[index].1)
    }

    /// The here-document whose operator stands at `operator`.
    pub(super) fn heredoc(&self, operator: usize) -> Option<&HereDoc> {
        let index = self.heredocs.binary_search_by_key(&operator, |heredoc| heredoc.operator).ok()?;
        Some(&self.heredocs[index])
    }

    /// Where commands go on when a line begins at `start`: behind the here-documents that stand there.
    pub(super) fn after_bodies(&self, start: usize) -> usize {
        match self.skips.binary_search_by_key(&start, |skip| skip.start) {
            Ok(index) => self.skips[index].end,
            Err(_) => start,
        }
    }
}

/// What the scan is inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `(…)`, `$(…)`: commands. `cases` counts open `case`s, whose arms close nothing.
    Paren { cases: usize },
    /// `((…))`: neither comments nor here-documents.
    Arithmetic,
    /// `"…"`.
    Double,
    /// `${…}`, inside double quotes or not.
    Brace { quoted: bool },
}

/// An open bracket, and how much was recorded when it opened.
#[derive(Debug)]
struct Frame {
    kind: Kind,
    open: usize,
    lines: usize,
    cost: usize,
    closes: usize,
    heredocs: usize,
    skips: usize,
}

#[derive(Debug, Default)]
struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// fish: quotes, parentheses and comments are all there is.
    fish: bool,
    at: usize,
    lines: usize,
    /// Bytes taken by here-documents so far: they don't count against a quote around them.
    free: usize,
    /// Bytes that were read again behind slips.
    reread: usize,
    stack: Vec<Frame>,
    /// The lowest frame that has to be closed in time.
    guard: Option<usize>,
    pending: Vec<HereDoc>,
    delimiters: Vec<String>,
    layout: Layout,
    /// Where the lines with a given text begin; of those that begin with tabs also without them.
    line_index: Option<LineIndex<'a>>,
}

#[derive(Debug, Default)]
struct LineIndex<'a> {
    exact: HashMap<&'a str, Vec<usize>>,
    stripped: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Scan<'a> {
    fn run(&mut self) {
        loop {
            if self.overdue() || (self.at >= self.bytes.len() && self.guard.is_some()) {
                self.give_up();
            } else if self.at >= self.bytes.len() {
                break;
            }
            match self.stack.last().map(|frame| frame.kind) {
                None => self.command(None),
                Some(kind @ (Kind::Paren { .. } | Kind::Arithmetic)) => self.command(Some(kind)),
                Some(Kind::Double) => self.double(),
                Some(Kind::Brace { quoted }) => self.brace(quoted),
            }
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.bytes[self.at.min(self.bytes.len())..].starts_with(prefix.as_bytes())
    }

    fn overdue(&self) -> bool {
        self.guard.is_some_and(|guard| {
            let frame = &self.stack[guard];
            let hurried = self.reread > 4 * self.bytes.len();
            let lines = if hurried { HURRIED_LINES } else { QUOTED_LINES };
            self.lines - frame.lines > lines || self.at - self.free - frame.cost > QUOTED_BYTES
        })
    }

    /// Ends the outermost open quote with its line and forgets what was found since.
    fn give_up(&mut self) {
        let Some(guard) = self.guard.take() else { return };
        let frame = self.stack.swap_remove(guard);
        self.stack.truncate(guard);
        let end = self.line_end(frame.open);
        self.layout.closes.truncate(frame.closes);
        self.layout.heredocs.truncate(frame.heredocs);
        self.layout.skips.truncate(frame.skips);
        self.pending.retain(|heredoc| heredoc.operator < frame.open);
        self.delimiters.truncate(self.pending.len());
        self.layout.closes.push((frame.open, Close { end, next: end }));
        self.lines = frame.lines;
        self.free = frame.open - frame.cost;
        self.reread += self.at.saturating_sub(end);
        self.at = end;
    }

    fn line_end(&self, from: usize) -> usize {
        self.text.as_bytes()[from..].iter().position(|&byte| byte == b'\n').map_or(self.text.len(), |n| from + n)
    }

    fn push(&mut self, kind: Kind, open: usize, length: usize) {
        if self.guard.is_none() && matches!(kind, Kind::Double | Kind::Brace { .. }) {
            self.guard = Some(self.stack.len());
        }
        self.stack.push(Frame {
            kind,
            open,
            lines: self.lines,
            cost: open - self.free.min(open),
            closes: self.layout.closes.len(),
            heredocs: self.layout.heredocs.len(),
            skips: self.layout.skips.len(),
        });
        self.at = open + length;
    }

    /// Closes the innermost bracket here.
    fn pop(&mut self) {
        if let Some(frame) = self.stack.pop() {
            self.layout.closes.push((frame.open, Close { end: self.at, next: self.at + 1 }));
        }
        if self.guard == Some(self.stack.len()) {
            self.guard = None;
        }
        self.at += 1;
    }

    fn newline(&mut self) {
        self.lines += 1;
        self.at += 1;
    }

    fn command(&mut self, kind: Option<Kind>) {
        let arithmetic = kind == Some(Kind::Arithmetic);
        match self.byte(self.at) {
            b'\\' => self.escape(),
            b'\'' => self.flat(self.at, 1, self.fish),
            b'`' if !self.fish => self.flat(self.at, 1, true),
            b'"' => self.push(Kind::Double, self.at, 1),
            b'$' if !self.fish && self.starts_with("$'") => self.flat(self.at + 1, 1, true),
            b'$' => self.dollar(false),
            b'(' if !self.fish && (self.byte(self.at + 1) == b'(' || arithmetic) => {
                self.push(Kind::Arithmetic, self.at, 1);
            }
            b'(' => self.push(Kind::Paren { cases: 0 }, self.at, 1),
            b')' => match kind {
                None | Some(Kind::Paren { cases: 1.. }) => self.at += 1,
                _ => self.pop(),
            },
            b'#' if !arithmetic && self.at_word_start() => self.at = self.line_end(self.at),
            b'<' if self.starts_with("<<<") => self.at += 3,
            b'<' if !arithmetic && !self.fish && self.starts_with("<<") => self.heredoc(),
            b'\n' => {
                self.newline();
                self.bodies();
            }
            b'c' if !self.fish && self.is_keyword("case") && self.at_command_start() => self.cases(1),
            b'e' if !self.fish && self.is_keyword("esac") => self.cases(-1),
            _ => self.at += 1,
        }
    }

    fn escape(&mut self) {
        if self.byte(self.at + 1) == b'\n' {
            self.lines += 1;
        }
        self.at += 2;
    }

    fn dollar(&mut self, quoted: bool) {
        if !self.fish && self.starts_with("$((") {
            self.push(Kind::Arithmetic, self.at + 1, 1);
        } else if self.starts_with("$(") {
            self.push(Kind::Paren { cases: 0 }, self.at + 1, 1);
        } else if !self.fish && self.starts_with("${") {
            self.push(Kind::Brace { quoted }, self.at + 1, 1);
        } else {
            self.at += 1;
        }
    }

    /// A quote without structure: `'…'`, `$'…'`, `` `…` ``.
    fn flat(&mut self, open: usize, length: usize, escapes: bool) {
        let quote = self.byte(open);
        let limit = (open + QUOTED_BYTES).min(self.bytes.len());
        let (mut at, mut lines) = (open + length, 0);
        while at < limit && lines <= QUOTED_LINES {
            match self.bytes[at] {
                byte if byte == quote => {
                    self.layout.closes.push((open, Close { end: at, next: at + 1 }));
                    self.lines += lines;
                    self.at = at + 1;
                    return;
                }
                b'\\' if escapes => {
                    lines += usize::from(self.byte(at + 1) == b'\n');
                    at += 1;
                }
                b'\n' => lines += 1,
                _ => {}
            }
            at += 1;
        }
        let end = self.line_end(open);
        self.layout.closes.push((open, Close { end, next: end }));
        self.at = end;
    }

    fn double(&mut self) {
        match self.byte(self.at) {
            b'\\' => self.escape(),
            b'"' => self.pop(),
            b'`' if !self.fish => self.flat(self.at, 1, true),
            b'$' => self.dollar(true),
            b'\n' => self.newline(),
            _ => self.at += 1,
        }
    }

    fn brace(&mut self, quoted: bool) {
        match self.byte(self.at) {
            b'\\' => self.escape(),
            b'}' => self.pop(),
            b'"' => self.push(Kind::Double, self.at, 1),
            b'\'' if !quoted => self.flat(self.at, 1, false),
            b'`' => self.flat(self.at, 1, true),
            b'$' if !quoted && self.starts_with("$'") => self.flat(self.at + 1, 1, true),
            b'$' => self.dollar(quoted),
            b'\n' => self.newline(),
            _ => self.at += 1,
        }
    }

    fn at_word_start(&self) -> bool {
        self.at == 0
            || matches!(self.bytes[self.at - 1], b' ' | b'\t' | b'\n' | b'\r' | b';' | b'&' | b'|' | b'(' | b')')
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        let next = self.byte(self.at + keyword.len());
        self.starts_with(keyword)
            && self.at_word_start()
            && !(next.is_ascii_alphanumeric() || matches!(next, b'_' | b'-' | b'='))
    }

    /// Whether a command may begin here; told from what stands before, within a few bytes.
    fn at_command_start(&self) -> bool {
        let before = &self.bytes[self.at.saturating_sub(256)..self.at];
        let before = before.trim_ascii_end_blanks();
        before.last().is_none_or(|last| matches!(last, b'\n' | b';' | b'&' | b'|' | b'(' | b'{' | b'!' | b')'))
            || [&b"then"[..], b"do", b"else"].iter().any(|word| before.ends_with(word))
    }

    fn cases(&mut self, by: isize) {
        if let Some(Frame { kind: Kind::Paren { cases }, .. }) = self.stack.last_mut() {
            *cases = cases.saturating_add_signed(by);
        }
        self.at += 4;
    }

    /// `<<`, `<<-` and the delimiter behind it.
    fn heredoc(&mut self) {
        let operator = self.at;
        let strips_tabs = self.byte(operator + 2) == b'-';
        let mut at = operator + 2 + usize::from(strips_tabs);
        while matches!(self.byte(at), b' ' | b'\t') {
            at += 1;
        }
        let (start, mut quote, mut quoted) = (at, 0, false);
        let mut delimiter = Vec::new();
        while at < self.bytes.len() {
            match self.bytes[at] {
                b'\n' => break,
                byte if quote != 0 => {
                    if byte == quote {
                        quote = 0;
                    } else {
                        delimiter.push(byte);
                    }
                }
                byte @ (b'\'' | b'"') => (quote, quoted) = (byte, true),
                b'\\' => quoted = true,
                b' ' | b'\t' | b'\r' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => break,
                byte => delimiter.push(byte),
            }
            at += 1;
        }
        if quote != 0 || delimiter.is_empty() {
            // No delimiter to look for, as in `1 << 2` or a stray quote.
            self.at = start;
            return;
        }
        self.pending.push(HereDoc { operator, next: at, body: at..at, strips_tabs, quoted });
        self.delimiters.push(String::from_utf8_lossy(&delimiter).into_owned());
        self.at = at;
    }

    /// Takes the bodies of the line's here-documents.
    fn bodies(&mut self) {
        let start = self.at;
        for (mut heredoc, delimiter) in
            std::mem::take(&mut self.pending).into_iter().zip(std::mem::take(&mut self.delimiters))
        {
            let text = self.text;
            let index = self.line_index.get_or_insert_with(|| LineIndex::new(text));
            let lines = if heredoc.strips_tabs { &index.stripped } else { &index.exact };
            let starts = lines.get(delimiter.as_str()).map_or(&[][..], Vec::as_slice);
            if let Some(&end) = starts.get(starts.partition_point(|&line| line < self.at)) {
                heredoc.body = self.at..end;
                let line_end = self.line_end(end);
                self.at = (line_end + 1).min(self.bytes.len());
            }
            self.layout.heredocs.push(heredoc);
        }
        if self.at > start {
            self.free += self.at - start;
            self.layout.skips.push(start..self.at);
        }
    }
}

impl<'a> LineIndex<'a> {
    fn new(text: &'a str) -> Self {
        let mut index = Self::default();
        let mut at = 0;
        for line in text.split('\n') {
            let content = line.strip_suffix('\r').unwrap_or(line);
            index.exact.entry(content).or_default().push(at);
            index.stripped.entry(content.trim_start_matches('\t')).or_default().push(at);
            at += line.len() + 1;
        }
        index
    }
}

/// Cutting blanks, but no line breaks, from the end.
trait TrimBlanks {
    fn trim_ascii_end_blanks(&self) -> &Self;
}

impl TrimBlanks for [u8] {
    fn trim_ascii_end_blanks(&self) -> &Self {
        let length = self.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(0, |last| last + 1);
        &self[..length]
    }
}
