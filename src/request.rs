//! The request of a route as it may be shown: addresses masked, values described, never quoted.

use crate::credential::Lexicon;
use crate::credential::mask::mask_text;
use crate::finding::{Message, Name, Say};
use crate::message;
use crate::path::RepoPath;
use crate::route::session::ENVIRONMENT;
use crate::route::unit::Member;
use crate::route::{Outcome, Provider, Route, Source, SourceKind};
use crate::surface::Value;

/// What the client sends, and where each part of it comes from.
#[derive(Clone, Debug)]
pub struct Request {
    /// What comes of it.
    pub outcome: Outcome,
    /// The address with everything secret masked; `None` where nothing is sent, or it is known only when it runs.
    pub url: Option<String>,
    /// The assignment that set the address.
    pub base_url: Option<Origin>,
    /// The `x-api-key` header.
    pub x_api_key: Option<Header>,
    /// The `Authorization` header.
    pub authorization: Option<Header>,
}

/// A header and where its value comes from.
#[derive(Clone, Debug)]
pub struct Header {
    /// `Bearer`, `Basic` or `AWS4-HMAC-SHA256`, for `Authorization`.
    pub scheme: &'static str,
    /// What supplies the value.
    pub origin: Origin,
    /// The value, described.
    pub value: Message,
}

/// What supplies a value: a variable, a key, an option, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The variable or key; `login` for a saved login, `provider` for what a cloud provider's own tools find.
    pub from: String,
    /// File and 1-based line; `None` for the environment of the process, for a login and for the command line.
    pub at: Option<(String, usize)>,
}

impl Request {
    /// What a route comes to.
    pub fn of(route: &Route<'_>) -> Self {
        let header = |source: Option<Source<'_>>| source.as_ref().map(|source| Header::of(source, route.provider));
        Self {
            outcome: route.outcome,
            url: route.url.as_deref().map(mask_text).filter(|_| route.outcome == Outcome::Sent),
            base_url: route.base_url.map(Origin::of),
            x_api_key: header(route.x_api_key),
            authorization: header(route.authorization),
        }
    }

    /// Hides tokens of a configuration's own shapes.
    pub fn hide(&mut self, lexicon: &Lexicon) {
        self.url = self.url.as_deref().map(|url| lexicon.hide(url));
        self.base_url.iter_mut().for_each(|origin| origin.hide(lexicon));
        self.x_api_key.iter_mut().chain(&mut self.authorization).for_each(|header| header.hide(lexicon));
    }
}

impl Header {
    /// The header that a source supplies.
    pub fn of(source: &Source<'_>, provider: Provider) -> Self {
        let scheme = match (source.kind, source.member) {
            (SourceKind::Userinfo, _) => "Basic",
            // Requests to AWS are signed, unless there is a token.
            (SourceKind::Provider, None) if !matches!(provider, Provider::Vertex | Provider::Foundry) => SIGNATURE,
            _ => "Bearer",
        };
        let (origin, value) = match (source.member, source.kind) {
            (Some(member), _) => (Origin::of(member), value(source, member)),
            (None, SourceKind::Provider) => {
                (Origin::nowhere("provider"), message!["what the provider's own tools find on the machine"])
            }
            (None, SourceKind::Profile) => (Origin::nowhere("login"), message!["the token of the active profile"]),
            (None, _) => (Origin::nowhere("login"), message!["the token of a saved login"]),
        };
        Self { scheme, origin, value }
    }
}

impl Header {
    /// Hides tokens of a configuration's own shapes.
    pub fn hide(&mut self, lexicon: &Lexicon) {
        self.origin.hide(lexicon);
        self.value.hide(lexicon);
    }
}

impl Origin {
    /// Hides tokens of a configuration's own shapes.
    pub fn hide(&mut self, lexicon: &Lexicon) {
        self.from = lexicon.hide(&self.from);
    }

    /// Where an assignment stands.
    pub fn of(member: Member<'_>) -> Self {
        let path = member.document.path.as_str();
        let line = || member.document.text.position(member.assignment.name_span.start).line;
        let at = (path != ENVIRONMENT).then(|| (path.to_owned(), line()));
        Self { from: mask_text(&member.assignment.name), at }
    }

    /// What stands in no file.
    fn nowhere(from: &str) -> Self {
        Self { from: from.to_owned(), at: None }
    }

    /// Where it stands, in words.
    pub fn place(&self) -> Message {
        match (&self.at, self.from.as_str()) {
            (Some((path, line)), _) => message![RepoPath::from(path.as_str()), ":", *line],
            (None, "login" | "provider") => message!["what is saved on the machine"],
            (None, "--model") => message!["the command line"],
            (None, _) => message!["the environment"],
        }
    }

    /// Whether no file and no variable supplies it.
    pub fn is_saved(&self) -> bool {
        self.at.is_none() && matches!(self.from.as_str(), "login" | "provider")
    }
}

impl Say for Origin {
    /// `ANTHROPIC_API_KEY in .env:3`.
    fn say(&self, out: &mut String) {
        match (&self.at, self.from.as_str()) {
            // A word like any other, and a key of settings files.
            (_, "model") => out.push_str("`model` in "),
            (None, "--model") => out.push_str("--model on "),
            (_, from) => out.push_str(&format!("{from} in ")),
        }
        self.place().say(out);
    }
}

const SIGNATURE: &str = "AWS4-HMAC-SHA256";

/// A value in words: its kind and its length, never itself.
fn value(source: &Source<'_>, member: Member<'_>) -> Message {
    let length = member.assignment.decoded.text.expose().trim().chars().count();
    match (&source.kind, &member.assignment.value) {
        (SourceKind::Helper, _) => message!["what the helper prints"],
        (SourceKind::Profile, _) => message!["the token of that profile"],
        (SourceKind::Federation, _) => message!["a token for the identity of the workload"],
        (SourceKind::CustomHeader, _) => message!["the value in that header"],
        (SourceKind::Userinfo, _) => message!["user and password of the address"],
        (_, Value::Reference(reference)) if reference.expanded => match &reference.name {
            Some(name) => message!["the value of ", Name(name)],
            None => message!["a value from elsewhere"],
        },
        (_, Value::Reference(reference)) => match &reference.name {
            Some(name) => message!["the text of a reference to ", Name(name), ": nothing expands it"],
            None => message!["the text of a reference: nothing expands it"],
        },
        (_, Value::Placeholder) => message!["a placeholder, ", length, " characters"],
        (_, Value::Unknown) => message!["a value computed when it runs"],
        _ => message!["********, ", length, " characters"],
    }
}
