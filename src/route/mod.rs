//! Which variables meet in one process, and the request that results.
//!
//! The prediction follows what the real client was seen to send (Claude Code 2.1.329 and four older versions,
//! 2026-11-20): key and token travel together, a helper's value goes out in both headers, nothing in a settings
//! file is expanded, empty counts as unset.

pub mod consumer;
pub mod gateway;
pub mod unit;
pub mod url;

use crate::surface::Value;
use unit::{Member, Presence, Unit};
use url::{Host, Url};

/// What the client sends for one unit.
#[derive(Debug)]
pub struct Route<'a> {
    /// Who serves the request.
    pub provider: Provider,
    /// Where it goes.
    pub endpoint: Endpoint,
    /// The assignment that set the address.
    pub base_url: Option<Member<'a>>,
    /// What supplies the `x-api-key` header.
    pub x_api_key: Option<Source<'a>>,
    /// What supplies the `Authorization` header.
    pub authorization: Option<Source<'a>>,
}

/// Who serves the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The Messages API at `ANTHROPIC_BASE_URL`, or at Anthropic.
    Messages,
    /// A cloud provider chosen by its flag, which ignores `ANTHROPIC_BASE_URL`.
    Cloud,
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Anthropic's own API: no base URL is set, or it is Anthropic's.
    Anthropic,
    /// Another host.
    Other(Host),
    /// Something else supplies the address, or may.
    Unknown,
}

/// What supplies a header's value.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What kind of source.
    pub kind: SourceKind,
    /// The assignment; `None` for what the files do not hold, such as a login.
    pub member: Option<Member<'a>>,
}

/// Kinds of [`Source`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// `ANTHROPIC_API_KEY`.
    ApiKey,
    /// `ANTHROPIC_AUTH_TOKEN`.
    AuthToken,
    /// `apiKeyHelper`.
    Helper,
    /// `CLAUDE_CODE_OAUTH_TOKEN`.
    OauthToken,
    /// A line of `ANTHROPIC_CUSTOM_HEADERS`.
    CustomHeader,
    /// `user:password@` in the base URL.
    Userinfo,
    /// Whatever the person who runs the client is logged in with.
    Login,
}

/// Flags that choose a cloud provider (Claude Code documentation, environment variables, 2026-08).
pub const PROVIDER_FLAGS: [&str; 5] = [
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_USE_FOUNDRY",
    "CLAUDE_CODE_USE_MANTLE",
    "CLAUDE_CODE_USE_ANTHROPIC_AWS",
];

/// Predicts the request of the client that is started with this unit's variables and nothing else.
pub fn predict<'a>(unit: &Unit<'a>) -> Route<'a> {
    let source = |kind, name| match unit.presence(name) {
        Presence::Set(member) | Presence::Passed(member) => Some(Source { kind, member: Some(member) }),
        Presence::Absent => None,
    };
    let key = source(SourceKind::ApiKey, "ANTHROPIC_API_KEY");
    let token = source(SourceKind::AuthToken, "ANTHROPIC_AUTH_TOKEN");
    let oauth = source(SourceKind::OauthToken, "CLAUDE_CODE_OAUTH_TOKEN");
    let helper = unit.helper.map(|member| Source { kind: SourceKind::Helper, member: Some(member) });
    let custom = |header| {
        unit.custom_header(header).map(|member| Source { kind: SourceKind::CustomHeader, member: Some(member) })
    };
    let (base_url, endpoint, userinfo) = address(unit);
    let userinfo = userinfo.then_some(Source { kind: SourceKind::Userinfo, member: base_url });

    let mut x_api_key = custom("x-api-key").or(key).or(helper);
    let mut authorization = custom("authorization").or(token).or(helper).or(userinfo);
    if x_api_key.is_none() && authorization.is_none() {
        authorization = oauth.or(Some(Source { kind: SourceKind::Login, member: None }));
    }
    let provider = if PROVIDER_FLAGS.iter().any(|flag| unit.is_on(flag)) {
        // OAuth token and login stay at home; a helper's value goes out as bearer only (Vertex, observed 2026-11-21).
        x_api_key = key;
        authorization = token.or(helper);
        Provider::Cloud
    } else {
        Provider::Messages
    };
    Route { provider, endpoint, base_url, x_api_key, authorization }
}

/// The base URL in effect, where it leads, and whether it carries `user:password@`.
fn address<'a>(unit: &Unit<'a>) -> (Option<Member<'a>>, Endpoint, bool) {
    match unit.presence("ANTHROPIC_BASE_URL") {
        Presence::Absent => (None, Endpoint::Anthropic, false),
        Presence::Passed(member) => (Some(member), Endpoint::Unknown, false),
        Presence::Set(member) => {
            let text = match &member.assignment.value {
                Value::Reference(reference) => match &reference.default {
                    // What is used unless the environment says otherwise.
                    Some(default) => default.text.expose(),
                    None => member.assignment.decoded.text.expose(),
                },
                _ => member.assignment.decoded.text.expose(),
            };
            let Some(url) = Url::parse(text) else { return (Some(member), Endpoint::Unknown, false) };
            if matches!(member.assignment.value, Value::Placeholder) {
                return (Some(member), Endpoint::Unknown, false);
            }
            let endpoint = if url.host.is_anthropic() { Endpoint::Anthropic } else { Endpoint::Other(url.host) };
            (Some(member), endpoint, url.userinfo)
        }
    }
}
