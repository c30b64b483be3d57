//! Which variables meet in one process, and the request that results.
//!
//! The prediction follows what the real client was seen to send (Claude Code 2.1.329 and four older versions,
//! 2026-11-20): key and token travel together, a helper's value goes out in both headers, nothing in a settings
//! file is expanded, empty counts as unset.

pub mod arguments;
pub mod gateway;
pub mod session;
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
    /// What comes of it.
    pub outcome: Outcome,
    /// The address of the request, as far as it is known. Made of a file's text: not to be shown unmasked.
    pub url: Option<String>,
}

/// What comes of a session's first request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is sent.
    Sent,
    /// Nothing is sent: there is no credential.
    NotLoggedIn,
    /// Nothing is sent: the base URL is none.
    InvalidUrl,
    /// Nothing is sent: the cloud provider needs more than its flag.
    IncompleteProvider,
}

impl Outcome {
    /// The word in the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::NotLoggedIn => "not-logged-in",
            Self::InvalidUrl => "invalid-url",
            Self::IncompleteProvider => "incomplete-provider",
        }
    }
}

/// Who serves the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The Messages API at `ANTHROPIC_BASE_URL`, or at Anthropic.
    Messages,
    /// Amazon Bedrock.
    Bedrock,
    /// Amazon Bedrock's second interface.
    Mantle,
    /// Microsoft Foundry.
    Foundry,
    /// Google Vertex AI.
    Vertex,
    /// Claude Platform on AWS.
    AnthropicAws,
}

impl Provider {
    /// Whether it is a cloud provider, which ignores `ANTHROPIC_BASE_URL`.
    pub fn is_cloud(self) -> bool {
        self != Self::Messages
    }

    /// Its name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Messages => "the Messages API",
            Self::Bedrock => "Amazon Bedrock",
            Self::Mantle => "Amazon Bedrock (Mantle)",
            Self::Foundry => "Microsoft Foundry",
            Self::Vertex => "Google Vertex AI",
            Self::AnthropicAws => "Claude Platform on AWS",
        }
    }
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

/// What belongs to a cloud provider (Claude Code documentation, environment variables, 2026-08).
#[derive(Debug)]
pub struct Cloud {
    /// Which one.
    pub provider: Provider,
    /// The flag that chooses it.
    pub flag: &'static str,
    /// The variable with its address.
    pub base_url: &'static str,
    /// The flag that leaves signing to a gateway.
    pub skip_auth: &'static str,
}

/// The cloud providers; of two flags the earlier one wins (observed 2026-11-20).
pub static CLOUDS: [Cloud; 5] = [
    Cloud {
        provider: Provider::Bedrock,
        flag: "CLAUDE_CODE_USE_BEDROCK",
        base_url: "ANTHROPIC_BEDROCK_BASE_URL",
        skip_auth: "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
    },
    Cloud {
        provider: Provider::Foundry,
        flag: "CLAUDE_CODE_USE_FOUNDRY",
        base_url: "ANTHROPIC_FOUNDRY_BASE_URL",
        skip_auth: "CLAUDE_CODE_SKIP_FOUNDRY_AUTH",
    },
    Cloud {
        provider: Provider::AnthropicAws,
        flag: "CLAUDE_CODE_USE_ANTHROPIC_AWS",
        base_url: "ANTHROPIC_AWS_BASE_URL",
        skip_auth: "CLAUDE_CODE_SKIP_ANTHROPIC_AWS_AUTH",
    },
    Cloud {
        provider: Provider::Mantle,
        flag: "CLAUDE_CODE_USE_MANTLE",
        base_url: "ANTHROPIC_BEDROCK_MANTLE_BASE_URL",
        skip_auth: "CLAUDE_CODE_SKIP_MANTLE_AUTH",
    },
    Cloud {
        provider: Provider::Vertex,
        flag: "CLAUDE_CODE_USE_VERTEX",
        base_url: "ANTHROPIC_VERTEX_BASE_URL",
        skip_auth: "CLAUDE_CODE_SKIP_VERTEX_AUTH",
    },
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
    let address = address(unit);
    let userinfo = address.userinfo.then_some(Source { kind: SourceKind::Userinfo, member: address.base_url });

    let mut x_api_key = custom("x-api-key").or(key).or(helper);
    let mut authorization = custom("authorization").or(token).or(helper).or(userinfo);
    let mut outcome = if address.broken { Outcome::InvalidUrl } else { Outcome::Sent };
    let cloud = CLOUDS.iter().find(|cloud| unit.is_on(cloud.flag));
    let provider = cloud.map_or(Provider::Messages, |cloud| cloud.provider);
    if provider.is_cloud() {
        // OAuth token and login stay at home; a helper's value goes out as bearer only (Vertex, observed 2026-11-21).
        x_api_key = key;
        authorization = token.or(helper);
    }
    if provider == Provider::Messages && x_api_key.is_none() && authorization.is_none() {
        // `--bare` knows neither of them (observed 2026-11-20).
        let bare = unit.is_bare();
        let login = (unit.login && !bare).then_some(Source { kind: SourceKind::Login, member: None });
        authorization = oauth.filter(|_| !bare).or(login);
        if authorization.is_none() {
            outcome = Outcome::NotLoggedIn;
        }
    }
    let url = if provider == Provider::Messages { address.url } else { None };
    Route { provider, endpoint: address.endpoint, base_url: address.base_url, x_api_key, authorization, outcome, url }
}

/// What `ANTHROPIC_BASE_URL` says.
struct Address<'a> {
    base_url: Option<Member<'a>>,
    endpoint: Endpoint,
    userinfo: bool,
    /// The client refuses it: "Invalid URL".
    broken: bool,
    url: Option<String>,
}

fn address<'a>(unit: &Unit<'a>) -> Address<'a> {
    let unknown = |member| Address {
        base_url: Some(member),
        endpoint: Endpoint::Unknown,
        userinfo: false,
        broken: false,
        url: None,
    };
    let member = match unit.presence("ANTHROPIC_BASE_URL") {
        Presence::Absent => {
            let url = Some(format!("https://api.anthropic.com{MESSAGES}"));
            return Address { base_url: None, endpoint: Endpoint::Anthropic, userinfo: false, broken: false, url };
        }
        Presence::Passed(member) => return unknown(member),
        Presence::Set(member) => member,
    };
    let text = match &member.assignment.value {
        Value::Reference(reference) => match &reference.default {
            // What is used unless the environment says otherwise.
            Some(default) => default.text.expose(),
            None if reference.expanded => return unknown(member),
            None => member.assignment.decoded.text.expose(),
        },
        Value::Unknown => return unknown(member),
        _ => member.assignment.decoded.text.expose(),
    };
    let Some(url) = Url::parse(text) else {
        let computed = matches!(&member.assignment.value, Value::Reference(reference) if reference.expanded);
        return Address { broken: !computed, ..unknown(member) };
    };
    if matches!(member.assignment.value, Value::Placeholder) {
        return unknown(member);
    }
    let endpoint = if url.host.is_anthropic() { Endpoint::Anthropic } else { Endpoint::Other(url.host) };
    let joined = format!("{}{MESSAGES}", text.trim().trim_end_matches('/'));
    Address { base_url: Some(member), endpoint, userinfo: url.userinfo, broken: false, url: Some(joined) }
}

/// What the client appends to the base URL (observed 2026-11-20).
const MESSAGES: &str = "/v1/messages?beta=true";
