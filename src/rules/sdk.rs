//! What the rules about routes share on SDKs: which header a credential goes out in.

use crate::finding::{Message, Say};
use crate::message;
use crate::route::SourceKind;
use crate::route::consumer::readers::Readers;
use crate::route::consumer::request::Request;

/// What becomes of a credential in all requests that are possible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fate {
    /// The headers that it goes out in.
    headers: Vec<&'static str>,
    /// Whether it may be set and not sent.
    is_dropped: bool,
}

impl Fate {
    /// The header that an API key is documented for.
    pub(super) const KEY: &'static str = "`x-api-key`";
    /// The header of a bearer token.
    pub(super) const BEARER: &'static str = "`Authorization: Bearer`";

    /// The fate of a kind of credential.
    pub(super) fn of(kind: SourceKind, requests: &[Request<'_>]) -> Self {
        let mut fate = Self::default();
        for request in requests {
            for (source, header) in [(request.x_api_key, Self::KEY), (request.authorization, Self::BEARER)] {
                if source.is_some_and(|source| source.kind == kind) && !fate.headers.contains(&header) {
                    fate.headers.push(header);
                }
            }
            fate.is_dropped |= request.dropped.is_some_and(|source| source.kind == kind);
        }
        fate
    }

    /// Whether it may go out in this header.
    pub(super) fn may_be(&self, header: &str) -> bool {
        self.headers.contains(&header)
    }

    /// Whether it goes out in this header whatever the version.
    pub(super) fn is_only(&self, header: &str) -> bool {
        self.headers == [header]
    }

    /// The headers, in words.
    pub(super) fn headers(&self) -> Message {
        let mut words = message![];
        for (index, header) in self.headers.iter().enumerate() {
            words = message![words, if index > 0 { " or " } else { "" }, *header];
        }
        words
    }
}

impl Say for Fate {
    fn say(&self, out: &mut String) {
        match (self.headers.is_empty(), self.is_dropped) {
            (true, _) => out.push_str("is not sent"),
            (false, false) => out.push_str("goes out as "),
            (false, true) => out.push_str("is dropped, or goes out as "),
        }
        self.headers().say(out);
    }
}

/// The program to name in a sentence: the SDK where it is the only reader, else Claude Code.
pub(super) fn subject(readers: &Readers<'_>) -> Message {
    match readers.sdk_instead() {
        Some(sdk) => message![sdk.reader],
        None if readers.client => message!["Claude Code"],
        None => message!["the SDK"],
    }
}
