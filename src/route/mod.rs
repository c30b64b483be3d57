//! Which variables meet in one process, and the request that results.
//!
//! The prediction follows what the real client was seen to send (Claude Code 2.1.329 and four older versions,
//! 2026-11-20): key and token travel together, a helper's value goes out in both headers, nothing in a settings
//! file is expanded, empty counts as unset.

pub mod arguments;
mod aws;
mod cloud;
pub mod consumer;
mod domain;
pub mod gateway;
mod identity;
mod include;
pub mod machine;
pub mod model;
pub mod session;
pub mod unit;
pub mod url;

use crate::surface::Value;
use crate::text::trimmed;
use identity::Exchange;
use session::{Console, Person};
use unit::{Member, Presence, Unit, fits_a_header};
use url::{Host, Url, normalised};

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
    /// Nothing is sent: the client refuses a credential, a header, an argument or a file.
    Rejected,
}

impl Outcome {
    /// The word in the JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::NotLoggedIn => "not-logged-in",
            Self::InvalidUrl => "invalid-url",
            Self::IncompleteProvider => "incomplete-provider",
            Self::Rejected => "rejected",
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// A token that the client gets for the identity of a workload.
    Federation,
    /// The token of a profile of the `ant` program; its member names the profile.
    Profile,
    /// A cloud provider's own credential; without a member whatever its own tools find on the machine.
    Provider,
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
    let mut route = match cloud::chosen(unit) {
        Some(cloud) => cloud::predict(unit, cloud),
        None => messages(unit),
    };
    if unit.person.is_some_and(Person::is_refused) || unit.arguments.is_refused() {
        route.outcome = Outcome::Rejected;
    }
    if route.outcome != Outcome::Sent {
        (route.x_api_key, route.authorization) = (None, None);
    }
    if unit.person.is_some_and(Person::has_socket) {
        // Whoever listens there says where it goes on.
        (route.endpoint, route.url) = (Endpoint::Unknown, None);
    }
    route
}

/// The request to the Messages API itself.
fn messages<'a>(unit: &Unit<'a>) -> Route<'a> {
    let key = unit.source(SourceKind::ApiKey, "ANTHROPIC_API_KEY");
    let token = unit.source(SourceKind::AuthToken, "ANTHROPIC_AUTH_TOKEN");
    let helper = unit.helper.map(|member| Source::of(SourceKind::Helper, member));
    // `--bare` knows no account (observed 2026-11-20).
    let bare = unit.is_bare();
    let login = |kept: bool| (kept && !bare).then_some(Source { kind: SourceKind::Login, member: None });
    let oauth = unit.source(SourceKind::OauthToken, "CLAUDE_CODE_OAUTH_TOKEN").filter(|source| {
        // Nor does a settings file of the project supply it (observed 2026-11-21).
        !bare && !source.member.is_some_and(|member| member.is_of_the_project())
    });
    let has_own = key.is_some() || token.is_some() || helper.is_some();
    let identity = if has_own || oauth.is_some() { None } else { identity::find(unit) };
    let outranked = identity.as_ref().is_some_and(|identity| identity.outranks_login);
    let personal = oauth.or_else(|| login(unit.login && !outranked)).filter(|_| !has_own);
    // A Console login is a key (observed 2026-11-21).
    let has_console = unit.console && !bare && key.is_none() && helper.is_none() && personal.is_none();
    let saved = unit.person.filter(|_| has_console).map(Person::console);
    let console = login(saved == Some(Console::Key));
    let identity = identity.filter(|_| personal.is_none() && !has_console);

    let own_address = identity.as_ref().and_then(|identity| identity.base_url.as_deref());
    let address = address(unit, own_address);
    let exchange = identity.as_ref().map_or(Exchange::Fine, |identity| identity.exchange(unit));
    let broken = identity.as_ref().is_some_and(|identity| identity.broken);
    let identity = identity.map(|identity| identity.source);

    let custom = |header| unit.custom_header(header).map(|(member, _)| Source::of(SourceKind::CustomHeader, member));
    let userinfo = address.userinfo.then_some(Source { kind: SourceKind::Userinfo, member: address.base_url });
    let x_api_key = custom("x-api-key").or(key).or(helper).or(console);
    let authorization = unit.bearer().or(identity).or_else(|| custom("authorization")).or(personal).or(userinfo);
    let outcome = if address.base_url.is_none() && has_unapproved_service(unit) {
        Outcome::Rejected
    } else if exchange == Exchange::Invalid {
        Outcome::InvalidUrl
    } else if broken {
        // An identity is asked for its token before the request has an address (observed 2026-11-22).
        Outcome::Rejected
    } else if address.broken {
        Outcome::InvalidUrl
    } else if exchange == Exchange::Fails || unit.has_broken_headers(Provider::Messages) {
        Outcome::Rejected
    } else if saved == Some(Console::Broken) {
        Outcome::NotLoggedIn
    } else if !unit.carries(x_api_key, "x-api-key") && !unit.carries(authorization, "authorization") {
        if key.is_some() { Outcome::Rejected } else { Outcome::NotLoggedIn }
    } else if [key, token, personal].into_iter().flatten().any(|source| !source.fits_a_header()) {
        Outcome::Rejected
    } else {
        Outcome::Sent
    };
    Route {
        provider: Provider::Messages,
        endpoint: address.endpoint,
        base_url: address.base_url,
        x_api_key,
        authorization,
        outcome,
        url: address.url,
    }
}

/// Whether another service of Anthropic is named that the client does not know (observed 2026-11-21).
fn has_unapproved_service(unit: &Unit<'_>) -> bool {
    let approved = ["https://claude.fedstart.com", "https://claude-staging.fedstart.com"];
    unit.raw("CLAUDE_CODE_CUSTOM_OAUTH_URL").is_some_and(|url| !approved.contains(&url))
}

impl<'a> Source<'a> {
    /// A source that stands in a file or in the environment.
    fn of(kind: SourceKind, member: Member<'a>) -> Self {
        Self { kind, member: Some(member) }
    }

    /// Whether the client takes the value.
    fn fits_a_header(&self) -> bool {
        if matches!(self.kind, SourceKind::Helper | SourceKind::CustomHeader | SourceKind::Userinfo) {
            return true;
        }
        self.member.and_then(|member| member.text()).is_none_or(fits_a_header)
    }
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

/// Reads `ANTHROPIC_BASE_URL`, or where there is none the address of the account's own.
fn address<'a>(unit: &Unit<'a>, own: Option<&str>) -> Address<'a> {
    let unknown = |member| Address {
        base_url: Some(member),
        endpoint: Endpoint::Unknown,
        userinfo: false,
        broken: false,
        url: None,
    };
    let member = match unit.presence("ANTHROPIC_BASE_URL") {
        Presence::Absent => return located(own.unwrap_or("https://api.anthropic.com"), None),
        Presence::Passed(member) => return unknown(member),
        Presence::Set(member) => member,
    };
    let (text, fixed) = match &member.assignment.value {
        Value::Reference(reference) if reference.expanded => match member.assignment.default() {
            // What is used unless the environment says otherwise.
            Some(default) => (default.text.expose(), true),
            None => (member.assignment.decoded.text.expose(), false),
        },
        Value::Unknown => return unknown(member),
        _ => (member.assignment.decoded.text.expose(), true),
    };
    if !fixed {
        // `http://localhost:${PORT}`: where it leads is known, the address is not.
        return match Url::parse(text) {
            Some(url) => Address { endpoint: endpoint(url.host), userinfo: url.userinfo, ..unknown(member) },
            None => unknown(member),
        };
    }
    let address = located(trimmed(text), Some(member));
    if matches!(member.assignment.value, Value::Placeholder) && !address.broken {
        return Address { url: address.url, ..unknown(member) };
    }
    address
}

/// Where the request to a base URL goes.
fn located<'a>(text: &str, base_url: Option<Member<'a>>) -> Address<'a> {
    let text = if text.starts_with("localhost:") { &format!("http://{text}") } else { text };
    let base = without_slash(text);
    // Behind a query the path becomes a part of it, behind a fragment it is lost: the request makes no sense to anybody.
    let joined = match base.split_once('#').map_or((base, false), |(base, _)| (base, true)) {
        (base, true) => base.to_owned(),
        (base, false) if base.ends_with('?') => format!("{base}%2Fv1%2Fmessages%3Fbeta=true"),
        (base, false) if base.contains('?') => format!("{base}%2Fv1%2Fmessages%3Fbeta%3Dtrue"),
        (base, false) => format!("{base}{MESSAGES}"),
    };
    let Some(normal) = normalised(&joined).filter(|normal| !normal.origin.is_empty()) else {
        return Address { base_url, endpoint: Endpoint::Unknown, userinfo: false, broken: true, url: None };
    };
    let path = if normal.path.is_empty() { "/" } else { &normal.path };
    let url = Some(format!("{}{path}{}", normal.origin, normal.tail));
    let endpoint = Url::parse(&normal.origin).map_or(Endpoint::Unknown, |url| endpoint(url.host));
    Address { base_url, endpoint, userinfo: normal.userinfo.is_some(), broken: false, url }
}

/// The client drops the last slash, and all of them where the path is nothing else (observed 2026-11-21).
fn without_slash(base: &str) -> &str {
    let bare = base.trim_end_matches('/');
    let is_root = bare.split_once("://").is_some_and(|(_, rest)| !rest.contains('/'));
    if is_root { bare } else { base.strip_suffix('/').unwrap_or(base) }
}

fn endpoint(host: Host) -> Endpoint {
    if host.is_anthropic() { Endpoint::Anthropic } else { Endpoint::Other(host) }
}

/// What the client appends to the base URL (observed 2026-11-20).
const MESSAGES: &str = "/v1/messages?beta=true";

#[cfg(test)]
mod tests;
