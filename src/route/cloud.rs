//! What is sent to a cloud provider, and where.
//!
//! All of it observed with Claude Code 2.1.329 on 2026-11-20 and 2026-11-21, with each provider's address on a server of
//! the same machine.

use super::unit::{Member, Presence, Unit};
use super::url::normalised;
use super::{Cloud, Endpoint, Outcome, Provider, Route, Source, SourceKind};

/// Predicts the request of a session that has chosen a cloud provider.
pub(super) fn predict<'a>(unit: &Unit<'a>, cloud: &Cloud) -> Route<'a> {
    let (x_api_key, authorization) = credentials(unit, cloud);
    let base_url = unit.set(cloud.base_url);
    let url = address(unit, cloud.provider, base_url);
    let outcome = if is_incomplete(unit, cloud) {
        Outcome::IncompleteProvider
    } else if url.is_none() && base_url.is_some_and(|member| member.is_fixed()) {
        Outcome::InvalidUrl
    } else if [x_api_key, authorization].into_iter().flatten().any(|source| !source.fits_a_header()) {
        Outcome::Rejected
    } else {
        Outcome::Sent
    };
    let sent = |source: Option<Source<'a>>| source.filter(|_| outcome == Outcome::Sent);
    Route {
        provider: cloud.provider,
        endpoint: Endpoint::Unknown,
        base_url,
        x_api_key: sent(x_api_key),
        authorization: sent(authorization),
        outcome,
        url,
    }
}

/// The two headers. Three ways: the provider's own credential; nothing of its own, left to a gateway by
/// `CLAUDE_CODE_SKIP_…_AUTH`; or whatever the provider's own tools find on the machine.
fn credentials<'a>(unit: &Unit<'a>, cloud: &Cloud) -> (Option<Source<'a>>, Option<Source<'a>>) {
    let own = |name| unit.source(SourceKind::Provider, name);
    let custom = |header| unit.custom_header(header).map(|member| Source::of(SourceKind::CustomHeader, member));
    let key = unit.source(SourceKind::ApiKey, "ANTHROPIC_API_KEY");
    let helper = unit.helper.map(|member| Source::of(SourceKind::Helper, member));
    let token = unit.source(SourceKind::AuthToken, "ANTHROPIC_AUTH_TOKEN");
    let bearer = token.or(helper).or(custom("authorization"));
    let found = Some(Source { kind: SourceKind::Provider, member: None });
    let userinfo = || has_userinfo(unit, cloud).map(|member| Source::of(SourceKind::Userinfo, member));
    let skip = unit.is_on(cloud.skip_auth);
    let custom_key = custom("x-api-key");
    match cloud.provider {
        Provider::Bedrock | Provider::Mantle => {
            let own = own("AWS_BEARER_TOKEN_BEDROCK");
            if skip {
                // Bedrock's own token goes first, Mantle's behind what a gateway would read.
                let bearer = match cloud.provider {
                    Provider::Bedrock => own.or(bearer),
                    _ => token.or(helper).or(own).or(custom("authorization")),
                };
                // Bedrock gets the key beside any bearer, Mantle never.
                let key = key.filter(|_| bearer.is_some() && cloud.provider == Provider::Bedrock);
                (custom_key.or(key), bearer.or(userinfo()))
            } else {
                (custom_key, own.or(found))
            }
        }
        Provider::Foundry => {
            let token = own("ANTHROPIC_FOUNDRY_AUTH_TOKEN");
            let key = own("ANTHROPIC_FOUNDRY_API_KEY").filter(|_| token.is_none());
            match (token.or(key), skip) {
                (Some(_), _) => (custom_key.or(key), token.or(userinfo())),
                // Without a bearer of its own it is the words `skip-foundry-auth`.
                (None, true) => (custom_key, bearer.or(found)),
                (None, false) => (custom_key, found),
            }
        }
        Provider::AnthropicAws => match (skip, own("ANTHROPIC_AWS_API_KEY")) {
            // What is the bearer goes out in both headers.
            (true, _) => (custom_key.or(bearer), bearer),
            (false, Some(own)) => (custom_key.or(Some(own)), userinfo()),
            (false, None) => (custom_key, found),
        },
        Provider::Vertex if skip => (custom_key.or(key), bearer.or(userinfo())),
        Provider::Vertex => (custom_key, found),
        Provider::Messages => (None, None),
    }
}

fn has_userinfo<'a>(unit: &Unit<'a>, cloud: &Cloud) -> Option<Member<'a>> {
    unit.set(cloud.base_url).filter(|member| {
        normalised(member.assignment.decoded.text.expose()).is_some_and(|normal| normal.userinfo.is_some())
    })
}

/// A variable's text where it is known.
fn text<'a>(unit: &Unit<'a>, name: &str) -> Option<&'a str> {
    let member = unit.set(name).filter(Member::is_fixed)?;
    Some(member.assignment.decoded.text.expose().trim())
}

fn address(unit: &Unit<'_>, provider: Provider, base_url: Option<Member<'_>>) -> Option<String> {
    let aws_region = || text(unit, "AWS_REGION").or(text(unit, "AWS_DEFAULT_REGION")).unwrap_or("us-east-1");
    let location = || text(unit, "CLOUD_ML_REGION").unwrap_or("us-east5");
    let project = text(unit, "ANTHROPIC_VERTEX_PROJECT_ID");
    let base = match base_url {
        Some(member) if !member.is_fixed() => return None,
        Some(member) => member.assignment.decoded.text.expose().trim().to_owned(),
        None => match provider {
            Provider::Bedrock => format!("https://bedrock-runtime.{}.amazonaws.com", aws_region()),
            Provider::Mantle => format!("https://bedrock-mantle.{}.api.aws/anthropic", aws_region()),
            Provider::AnthropicAws => format!("https://aws-external-anthropic.{}.api.aws", aws_region()),
            Provider::Foundry => {
                format!("https://{}.services.ai.azure.com/anthropic", text(unit, "ANTHROPIC_FOUNDRY_RESOURCE")?)
            }
            Provider::Vertex => match location() {
                "global" => "https://aiplatform.googleapis.com/v1".to_owned(),
                region @ ("eu" | "us") => format!("https://aiplatform.{region}.rep.googleapis.com/v1"),
                region => format!("https://{region}-aiplatform.googleapis.com/v1"),
            },
            Provider::Messages => return None,
        },
    };
    let base = base.strip_suffix('/').unwrap_or(&base);
    let normal = normalised(base).filter(|normal| !normal.origin.is_empty())?;
    let path = match provider {
        Provider::Bedrock => "/model/{model}/invoke-with-response-stream".to_owned(),
        Provider::Vertex => {
            format!(
                "/projects/{}/locations/{}/publishers/anthropic/models/{{model}}:streamRawPredict",
                project?,
                location()
            )
        }
        _ => "/v1/messages?beta=true".to_owned(),
    };
    let tail = if normal.tail.is_empty() {
        path
    } else {
        // The path becomes a part of the query, and the request makes no sense to anybody.
        format!("{}%2Fv1%2Fmessages%3Fbeta%3Dtrue", normal.tail)
    };
    Some(format!("{}{}{tail}", normal.origin, normal.path))
}

/// Nothing is sent without these.
fn is_incomplete(unit: &Unit<'_>, cloud: &Cloud) -> bool {
    let has = |name: &str| !matches!(unit.presence(name), Presence::Absent);
    match cloud.provider {
        // GOOGLE_CLOUD_PROJECT and its kin do not stand in for it.
        Provider::Vertex => !has("ANTHROPIC_VERTEX_PROJECT_ID"),
        Provider::Foundry => has("ANTHROPIC_FOUNDRY_RESOURCE") == has("ANTHROPIC_FOUNDRY_BASE_URL"),
        Provider::AnthropicAws => {
            !has("ANTHROPIC_AWS_WORKSPACE_ID") && (!unit.is_on(cloud.skip_auth) || has("ANTHROPIC_AWS_API_KEY"))
        }
        Provider::Messages | Provider::Bedrock | Provider::Mantle => false,
    }
}
