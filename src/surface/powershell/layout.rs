//! Which bracket closes which, and which quote is never closed.
//!
//! One pass over the bytes with an explicit stack, so that the parser works on ranges that are known to be closed.

use crate::surface::shell::layout::Close;

/// A quote that is not closed within so many lines or bytes is taken for a slip: it ends with its line.
const QUOTED_LINES: usize = 150;
const QUOTED_BYTES: usize = 64 * 1024;
/// The limit once a text with slip after slip was read several times over, so that time stays linear.
const HURRIED_LINES: usize = 8;
/// Brackets nested deeper are not told apart.
const MAX_DEPTH: usize = 10_000;

/// The quotes that PowerShell knows: `'`, `"` and their typographic kin (about_Quoting_Rules, 2026-08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    Single,
    Double,
}

/// The quote at a place, and its length in bytes.
pub(super) fn quote(bytes: &[u8], at: usize) -> Option<(Quote, usize)> {
    match bytes.get(at..)? {
        [b'\'', ..] => Some((Quote::Single, 1)),
        [b'"', ..] => Some((Quote::Double, 1)),
        [0xE2, 0x80, 0x98..=0x9B, ..] => Some((Quote::Single, 3)),
        [0xE2, 0x80, 0x9C..=0x9E, ..] => Some((Quote::Double, 3)),
        _ => None,
    }
}

/// The kind of quote and the end of the line on which a here-string opens: `@"`.
pub(super) fn here_string(bytes: &[u8], at: usize) -> Option<(Quote, usize)> {
    let (kind, length) = quote(bytes, at + 1).filter(|_| bytes.get(at) == Some(&b'@'))?;
    let rest = bytes.get(at + 1 + length..)?;
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    (rest.get(blanks) == Some(&b'\n')).then_some((kind, at + 1 + length + blanks + 1))
}

/// Whether a comment may begin behind this byte: `a#b` is a word.
pub(super) fn before_comment(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b";(){}|&,=".contains(&byte)
}

/// The brackets, quotes and here-strings of a text.
#[derive(Debug, Default)]
pub(super) struct Layout {
    closes: Vec<(usize, Close)>,
}

impl Layout {
    pub(super) fn new(text: &str) -> Self {
        let mut scan = Scan { text, bytes: text.as_bytes(), ..Scan::default() };
        scan.run();
        let mut closes = scan.closes;
        closes.sort_unstable_by_key(|&(open, _)| open);
        Self { closes }
    }

    /// The end of what opens at `open`: a quote, a bracket, the `@` of a here-string, a comment `<#`.
    pub(super) fn close(&self, open: usize) -> Option<Close> {
        self.closes.binary_search_by_key(&open, |&(at, _)| at).ok().map(|index| self.closes[index].1)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Paren,
    Brace,
    /// `"…"`
    Double,
    Here,
}

#[derive(Debug)]
struct Frame {
    kind: Kind,
    open: usize,
    lines: usize,
    closes: usize,
}

#[derive(Debug, Default)]
struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    lines: usize,
    /// Bytes that were read again behind slips.
    reread: usize,
    stack: Vec<Frame>,
    /// The lowest frame that has to be closed in time.
    guard: Option<usize>,
    /// The frame of the here-string around, and where its last line begins.
    here: Option<(usize, usize)>,
    closes: Vec<(usize, Close)>,
    /// Where lines begin that end a here-string.
    ends: Option<[Vec<usize>; 2]>,
    /// Behind this no block comment ends.
    uncommented: Option<usize>,
}

impl Scan<'_> {
    fn run(&mut self) {
        loop {
            if self.overdue() || self.at >= self.bytes.len() && self.guard.is_some() {
                self.give_up();
            } else if self.at >= self.bytes.len() {
                break;
            }
            if let Some((frame, end)) = self.here.filter(|&(_, end)| self.at >= end) {
                self.truncate(frame + 1);
                self.here = None;
                self.close(end, quote(self.bytes, end).map_or(1, |(_, length)| length) + 1);
                continue;
            }
            match self.stack.last().map(|frame| frame.kind) {
                None | Some(Kind::Paren | Kind::Brace) => self.code(),
                Some(Kind::Double) => self.double(),
                Some(Kind::Here) => self.live(),
            }
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn overdue(&self) -> bool {
        let Some(frame) = self.guard.and_then(|guard| self.stack.get(guard)) else { return false };
        let lines = if self.reread > 4 * self.bytes.len() { HURRIED_LINES } else { QUOTED_LINES };
        self.lines - frame.lines > lines || self.at - frame.open > QUOTED_BYTES
    }

    /// Ends the outermost open quote with its line and forgets what was found since.
    fn give_up(&mut self) {
        let Some(guard) = self.guard.take() else { return };
        let frame = self.stack.swap_remove(guard);
        self.truncate(guard);
        let end = self.line_end(frame.open);
        self.closes.truncate(frame.closes);
        self.closes.push((frame.open, Close { end, next: end }));
        self.lines = frame.lines;
        self.reread += self.at.saturating_sub(end);
        self.at = end;
    }

    /// Forgets the frames from that one on.
    fn truncate(&mut self, frames: usize) {
        self.stack.truncate(frames);
        self.here = self.here.filter(|&(frame, _)| frame < frames);
        self.guard = self.guard.filter(|&guard| guard < frames);
    }

    fn line_end(&self, from: usize) -> usize {
        memchr::memchr(b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |length| from + length)
    }

    fn push(&mut self, kind: Kind, open: usize, next: usize) {
        if self.stack.len() >= MAX_DEPTH {
            self.at = next;
            return;
        }
        if self.guard.is_none() && kind == Kind::Double {
            self.guard = Some(self.stack.len());
        }
        self.stack.push(Frame { kind, open, lines: self.lines, closes: self.closes.len() });
        self.at = next;
    }

    /// Closes the innermost frame here.
    fn close(&mut self, end: usize, length: usize) {
        if let Some(frame) = self.stack.pop() {
            self.closes.push((frame.open, Close { end, next: end + length }));
        }
        if self.guard == Some(self.stack.len()) {
            self.guard = None;
        }
        self.at = end + length;
    }

    fn newline(&mut self) {
        self.lines += 1;
        self.at += 1;
    }

    /// What a backtick escapes.
    fn escape(&mut self) {
        self.lines += usize::from(self.byte(self.at + 1) == b'\n');
        self.at += 2;
    }

    fn code(&mut self) {
        match self.byte(self.at) {
            b'`' => self.escape(),
            b'\n' => self.newline(),
            b'(' => self.push(Kind::Paren, self.at, self.at + 1),
            b'{' => self.push(Kind::Brace, self.at, self.at + 1),
            b')' if self.stack.last().is_some_and(|frame| frame.kind == Kind::Paren) => self.close(self.at, 1),
            b'}' => self.close_brace(),
            b'$' if self.byte(self.at + 1) == b'{' => self.at = self.braced_name(self.at).unwrap_or(self.at + 1),
            b'#' if self.at == 0 || before_comment(self.byte(self.at - 1)) => self.at = self.line_end(self.at),
            b'<' if self.byte(self.at + 1) == b'#' => self.comment(),
            b'@' if self.here.is_none() && self.here() => {}
            _ => match quote(self.bytes, self.at) {
                Some((Quote::Single, length)) => self.single(length),
                Some((Quote::Double, length)) => self.push(Kind::Double, self.at, self.at + length),
                None => self.at += 1,
            },
        }
    }

    /// A brace closes its block, even around a parenthesis that was left open.
    fn close_brace(&mut self) {
        let braces = self.stack.iter().rev().take_while(|frame| matches!(frame.kind, Kind::Paren | Kind::Brace));
        let open = braces.take(64).position(|frame| frame.kind == Kind::Brace);
        match open {
            Some(parens) => {
                self.truncate(self.stack.len() - parens);
                self.close(self.at, 1);
            }
            None => self.at += 1,
        }
    }

    /// The end of `${name}`.
    fn braced_name(&self, at: usize) -> Option<usize> {
        let window = &self.bytes[at..self.bytes.len().min(at + 512)];
        // What a workflow replaces before PowerShell sees it.
        if window.starts_with(b"${{") {
            return memchr::memmem::find(window, b"}}").map(|length| at + length + 2);
        }
        let window = &window[..window.len().min(128)];
        let length = window.iter().position(|byte| matches!(byte, b'}' | b'\n'))?;
        (window[length] == b'}').then_some(at + length + 1)
    }

    fn comment(&mut self) {
        let open = self.at;
        if self.uncommented.is_some_and(|from| open >= from) {
            self.at += 2;
            return;
        }
        match memchr::memmem::find(&self.bytes[open + 2..], b"#>") {
            Some(length) => {
                let end = open + 2 + length;
                self.lines += memchr::memchr_iter(b'\n', &self.bytes[open..end]).count();
                self.closes.push((open, Close { end, next: end + 2 }));
                self.at = end + 2;
            }
            None => {
                self.uncommented = Some(open);
                self.at += 2;
            }
        }
    }

    /// Opens a here-string, if one stands here and is closed somewhere.
    fn here(&mut self) -> bool {
        let Some((kind, body)) = here_string(self.bytes, self.at) else { return false };
        let text = self.text;
        let ends = self.ends.get_or_insert_with(|| line_starts(text));
        let ends = &ends[usize::from(kind == Quote::Double)];
        let Some(&end) = ends.get(ends.partition_point(|&end| end < body)) else { return false };
        let open = self.at;
        if kind == Quote::Double && self.stack.len() < MAX_DEPTH {
            self.here = Some((self.stack.len(), end));
            self.push(Kind::Here, open, body);
        } else {
            let next = end + 1 + quote(self.bytes, end).map_or(1, |(_, length)| length);
            self.closes.push((open, Close { end, next }));
            self.at = next;
        }
        true
    }

    /// `'…'`, in which a quote stands doubled.
    fn single(&mut self, length: usize) {
        let open = self.at;
        let limit = (open + QUOTED_BYTES).min(self.here.map_or(self.bytes.len(), |(_, end)| end));
        let (mut at, mut lines) = (open + length, 0);
        while at < limit && lines <= QUOTED_LINES {
            if self.bytes[at] == b'\n' {
                lines += 1;
            } else if let Some((Quote::Single, length)) = quote(self.bytes, at) {
                match quote(self.bytes, at + length) {
                    Some((Quote::Single, second)) => {
                        at += length + second;
                        continue;
                    }
                    _ if lines > 0 && self.is_slip(at) => break,
                    _ => {
                        self.closes.push((open, Close { end: at, next: at + length }));
                        self.lines += lines;
                        self.at = at + length;
                        return;
                    }
                }
            }
            at += 1;
        }
        let end = self.line_end(open);
        self.closes.push((open, Close { end, next: end }));
        self.at = end;
    }

    /// Whether a quote that seems to close a text of several lines rather opens a value: `$x = "`.
    fn is_slip(&self, at: usize) -> bool {
        let window = &self.bytes[at.saturating_sub(256)..at];
        let line = memchr::memrchr(b'\n', window).map_or(window, |newline| &window[newline + 1..]).trim_ascii();
        line.starts_with(b"$") && line.ends_with(b"=")
    }

    fn double(&mut self) {
        if let Some((Quote::Double, length)) = quote(self.bytes, self.at) {
            if let Some((Quote::Double, second)) = quote(self.bytes, self.at + length) {
                self.at += length + second;
                return;
            }
            let spans_lines = self.stack.last().is_some_and(|frame| frame.lines < self.lines);
            if spans_lines && self.is_slip(self.at) && self.guard == Some(self.stack.len() - 1) {
                self.give_up();
                return;
            }
            self.close(self.at, length);
            return;
        }
        self.live();
    }

    /// Text in which `$(…)` is live.
    fn live(&mut self) {
        match self.byte(self.at) {
            b'`' => self.escape(),
            b'\n' => self.newline(),
            b'$' if self.byte(self.at + 1) == b'(' => self.push(Kind::Paren, self.at + 1, self.at + 2),
            b'$' if self.byte(self.at + 1) == b'{' => self.at = self.braced_name(self.at).unwrap_or(self.at + 1),
            _ => self.at += 1,
        }
    }
}

/// Where the lines begin that end here-strings: with `'@`, with `"@`.
fn line_starts(text: &str) -> [Vec<usize>; 2] {
    let mut starts = [Vec::new(), Vec::new()];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some((kind, length)) = quote(line.as_bytes(), 0)
            && line.as_bytes().get(length) == Some(&b'@')
        {
            starts[usize::from(kind == Quote::Double)].push(at);
        }
        at += line.len();
    }
    starts
}
