//! What a rule reports.
//!
//! A finding holds no text of a file but masked excerpts, and its messages can be built of nothing but static text,
//! numbers and the few shown things that implement [`Say`]: a renderer could not print a secret if it tried.

use std::fmt;
use std::sync::Arc;

use crate::config::date::Date;
use crate::credential::Lexicon;
use crate::credential::mask::mask_text;
use crate::fix::Fix;
use crate::path::RepoPath;
use crate::request::Request;
use crate::route::Route;
use crate::route::consumer::Reader;
use crate::route::url::Host;
use crate::rules::Rule;
use crate::source::object::ObjectId;
use crate::text::{Position, Span};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; never fails a run.
    Note,
    /// Does something else than it seems, or will.
    Warning,
    /// A credential is exposed or goes where it must not, or a file is not in effect.
    Error,
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Text for people. Made with the [`message!`](crate::message) macro.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message(String);

impl Message {
    /// A message of pieces, one behind the other.
    pub fn of(pieces: &[&dyn Say]) -> Self {
        let mut text = String::new();
        for piece in pieces {
            piece.say(&mut text);
        }
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Hides tokens of a configuration's own shapes.
    pub fn hide(&mut self, lexicon: &Lexicon) {
        self.0 = lexicon.hide(&self.0);
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What may stand in a [`Message`].
pub trait Say {
    /// Appends itself.
    fn say(&self, out: &mut String);
}

impl Say for &'static str {
    fn say(&self, out: &mut String) {
        out.push_str(self);
    }
}

impl Say for usize {
    fn say(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }
}

impl Say for Message {
    fn say(&self, out: &mut String) {
        out.push_str(&self.0);
    }
}

impl Say for RepoPath {
    fn say(&self, out: &mut String) {
        // It may be what a file names, and not be there.
        out.push_str(&mask_text(self.as_str()));
    }
}

impl Say for ObjectId {
    fn say(&self, out: &mut String) {
        out.push_str(&self.short());
    }
}

impl Say for Date {
    fn say(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }
}

impl Say for Host {
    fn say(&self, out: &mut String) {
        // A subdomain can be a capability of its own.
        out.push_str(&mask_text(self.name()));
        if let Some(port) = self.port() {
            out.push_str(&format!(":{port}"));
        }
    }
}

impl Say for Reader<'_> {
    fn say(&self, out: &mut String) {
        out.push_str(&mask_text(&self.to_string()));
    }
}

/// A name from a file: a variable, a key, a header. Whatever in it looks like a credential is masked.
#[derive(Clone, Copy, Debug)]
pub struct Name<'a>(pub &'a str);

impl Say for Name<'_> {
    fn say(&self, out: &mut String) {
        out.push_str(&mask_text(self.0));
    }
}

/// Builds a [`Message`] of pieces that implement [`Say`].
#[macro_export]
macro_rules! message {
    ($($piece:expr),* $(,)?) => {
        $crate::finding::Message::of(&[$( &$piece ),*])
    };
}

/// A place in a masked text.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// The whole document, masked; every byte offset and every line is where it was.
    pub masked: Arc<str>,
    /// The place, in byte offsets into `masked`.
    pub span: Span,
}

/// A place that a finding points at.
#[derive(Clone, Debug)]
pub struct Location {
    /// The file.
    pub path: RepoPath,
    /// First character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
    /// What to say at the place; may be empty.
    pub label: Message,
    /// The text; missing where the finding is about the file as a whole.
    pub excerpt: Option<Excerpt>,
    /// The commit in whose version of the file the place is, where that is another one than what was looked at.
    pub commit: Option<ObjectId>,
}

impl Location {
    /// A file as a whole.
    pub fn file(path: &RepoPath) -> Self {
        let start = Position { line: 1, column: 1 };
        Self { path: path.clone(), start, end: start, label: Message::default(), excerpt: None, commit: None }
    }

    /// The same place with something to say there.
    #[must_use]
    pub fn labelled(mut self, label: Message) -> Self {
        self.label = label;
        self
    }
}

/// One thing to report.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it matters here.
    pub severity: Severity,
    /// What happens.
    pub message: Message,
    /// The logical place: `env.ANTHROPIC_API_KEY`, `permissions.allow[3]`; empty for a file as a whole.
    pub key: String,
    /// Where.
    pub primary: Location,
    /// Other places that take part.
    pub related: Vec<Location>,
    /// What to do, in order.
    pub help: Vec<Message>,
    /// What Claude Code sends, where the finding is about that.
    pub request: Option<Request>,
    /// The commit that brought it, where history was asked.
    pub commit: Option<ObjectId>,
    /// What would take it away.
    pub fix: Option<Fix>,
}

impl Finding {
    /// A finding at a place.
    pub fn new(rule: &'static Rule, severity: Severity, message: Message, key: &str, primary: Location) -> Self {
        Self {
            rule,
            severity,
            message,
            key: mask_text(key),
            primary,
            related: Vec::new(),
            help: Vec::new(),
            request: None,
            commit: None,
            fix: None,
        }
    }

    /// Hides tokens of a configuration's own shapes in all texts; the lines of files are masked by themselves.
    pub fn hide(&mut self, lexicon: &Lexicon) {
        self.message.hide(lexicon);
        self.key = lexicon.hide(&self.key);
        self.primary.label.hide(lexicon);
        self.related.iter_mut().for_each(|place| place.label.hide(lexicon));
        self.help.iter_mut().for_each(|help| help.hide(lexicon));
        self.request.iter_mut().for_each(|request| request.hide(lexicon));
        if let Some(fix) = &mut self.fix {
            fix.title.hide(lexicon);
            fix.left.iter_mut().for_each(|left| left.hide(lexicon));
        }
    }

    /// With one more place.
    #[must_use]
    pub fn related(mut self, location: Location) -> Self {
        self.related.push(location);
        self
    }

    /// With the request that it is about.
    #[must_use]
    pub fn request(mut self, route: &Route<'_>) -> Self {
        self.request = Some(Request::of(route));
        self
    }

    /// With what would take it away.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
        self
    }

    /// With one more piece of advice.
    #[must_use]
    pub fn help(mut self, message: Message) -> Self {
        self.help.push(message);
        self
    }
}
