//! What is sent to a cloud provider, and where.
//!
//! All of it observed with Claude Code 2.1.329 on 2026-11-20 and 2026-11-21, with each provider's address on a server of
//! the same machine.

use super::aws;
use super::model::{settings, without_window};
use super::session::Person;
use super::unit::{Member, Presence, Unit};
use super::url::normalised;
use super::{CLOUDS, Cloud, Endpoint, Outcome, Provider, Route, Source, SourceKind};
use crate::text::trimmed;

/// The provider of a session, where it has chosen one.
pub(super) fn chosen(unit: &Unit<'_>) -> Option<&'static Cloud> {
    let mut on = CLOUDS.iter().filter(|cloud| unit.is_on(cloud.flag));
    let first = on.next()?;
    let mantle = on.find(|cloud| cloud.provider == Provider::Mantle);
    // Beside Bedrock, Mantle serves the models that have its kind of name.
    mantle.filter(|_| first.provider == Provider::Bedrock && is_of_mantle(&model(unit))).or(Some(first))
}

/// `anthropic.claude-opus-5-5`, but not `anthropic.claude-opus-4-6-v1` or `…-v1:0`, which are Bedrock's.
fn is_of_mantle(model: &str) -> bool {
    let name = model.split_once(':').map_or(model, |(name, _)| name);
    let version = name.rsplit_once("-v").map_or("", |(_, version)| version);
    let is_versioned = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    model.starts_with("anthropic.") && !is_versioned
}

/// What the aliases of models stand for on a cloud (observed with 2.1.329 on 2026-11-21); the first is the default.
const ALIASES: [(&str, &str, &str); 7] = [
    ("opus", "claude-opus-5-5", "ANTHROPIC_DEFAULT_OPUS_MODEL"),
    ("default", "claude-opus-5-5", "ANTHROPIC_DEFAULT_OPUS_MODEL"),
    ("best", "claude-opus-5-5", "ANTHROPIC_DEFAULT_OPUS_MODEL"),
    ("sonnet", "claude-sonnet-4-5", "ANTHROPIC_DEFAULT_SONNET_MODEL"),
    ("opusplan", "claude-sonnet-4-5", "ANTHROPIC_DEFAULT_SONNET_MODEL"),
    ("haiku", "claude-haiku-4-5", "ANTHROPIC_DEFAULT_HAIKU_MODEL"),
    ("fable", "claude-fable-5-2", "ANTHROPIC_DEFAULT_FABLE_MODEL"),
];

/// The model of a session.
fn model(unit: &Unit<'_>) -> String {
    let chosen = unit.arguments.model.as_deref().or_else(|| unit.text("ANTHROPIC_MODEL"));
    let setting = settings(unit).next().map(|member| member.assignment.decoded.text.expose());
    let bare = without_window(trimmed(chosen.or(setting).unwrap_or("opus")));
    match ALIASES.iter().find(|(alias, ..)| bare.eq_ignore_ascii_case(alias)) {
        Some((_, model, variable)) => unit.text(variable).unwrap_or(model).to_owned(),
        None => bare.to_owned(),
    }
}

/// Predicts the request of a session that has chosen a cloud provider.
pub(super) fn predict<'a>(unit: &Unit<'a>, cloud: &Cloud) -> Route<'a> {
    let (x_api_key, authorization) = credentials(unit, cloud);
    let base_url = unit.set(cloud.base_url);
    let url = address(unit, cloud.provider, base_url);
    let outcome = if is_incomplete(unit, cloud) {
        Outcome::IncompleteProvider
    } else if url.is_none() && base_url.is_some_and(|member| member.is_fixed()) {
        Outcome::InvalidUrl
    } else if [x_api_key, authorization].into_iter().flatten().any(|source| !source.fits_a_header())
        || unit.has_broken_headers(cloud.provider)
        || !has_resource_name(unit, cloud)
        || lacks_host_credentials(unit, cloud, [x_api_key, authorization])
    {
        Outcome::Rejected
    } else {
        Outcome::Sent
    };
    Route { provider: cloud.provider, endpoint: Endpoint::Unknown, base_url, x_api_key, authorization, outcome, url }
}

/// The two headers. Three ways: the provider's own credential; nothing of its own, left to a gateway by
/// `CLAUDE_CODE_SKIP_…_AUTH`; or whatever the provider's own tools find on the machine.
fn credentials<'a>(unit: &Unit<'a>, cloud: &Cloud) -> (Option<Source<'a>>, Option<Source<'a>>) {
    let own = |name| unit.source(SourceKind::Provider, name);
    let custom = |header| unit.custom_header(header).map(|(member, _)| Source::of(SourceKind::CustomHeader, member));
    let key = unit.source(SourceKind::ApiKey, "ANTHROPIC_API_KEY");
    let bearer = unit.bearer().or_else(|| custom("authorization"));
    let found = Some(Source { kind: SourceKind::Provider, member: None });
    let userinfo = || has_userinfo(unit, cloud).map(|member| Source::of(SourceKind::Userinfo, member));
    let skip = unit.is_on(cloud.skip_auth);
    let custom_key = custom("x-api-key");
    match cloud.provider {
        Provider::Bedrock | Provider::Mantle => {
            let own = own("AWS_BEARER_TOKEN_BEDROCK");
            if skip {
                // Bedrock's own token goes first, Mantle's behind what a gateway would read.
                let bearer = bearer.filter(|&bearer| unit.carries(Some(bearer), "authorization"));
                let bearer = match cloud.provider {
                    Provider::Bedrock => own.or(bearer),
                    _ => bearer.or(own),
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
        normalised(trimmed(member.assignment.decoded.text.expose())).is_some_and(|normal| normal.userinfo.is_some())
    })
}

fn address(unit: &Unit<'_>, provider: Provider, base_url: Option<Member<'_>>) -> Option<String> {
    let base = match base_url {
        Some(member) => member.text()?.to_owned(),
        None => match provider {
            Provider::Bedrock => format!("https://bedrock-runtime.{}.amazonaws.com", aws::region(unit)),
            Provider::Mantle => format!("https://bedrock-mantle.{}.api.aws/anthropic", aws::region(unit)),
            Provider::AnthropicAws => format!("https://aws-external-anthropic.{}.api.aws", aws::region(unit)),
            Provider::Foundry => {
                format!("https://{}.services.ai.azure.com/anthropic", unit.text("ANTHROPIC_FOUNDRY_RESOURCE")?)
            }
            Provider::Vertex => match location(unit) {
                "global" => "https://aiplatform.googleapis.com/v1".to_owned(),
                region @ ("eu" | "us") => format!("https://aiplatform.{region}.rep.googleapis.com/v1"),
                region => format!("https://{region}-aiplatform.googleapis.com/v1"),
            },
            Provider::Messages => return None,
        },
    };
    let base = base.strip_suffix('/').unwrap_or(&base);
    let read = |base: &str| normalised(base).filter(|normal| !normal.origin.is_empty());
    let mut normal = read(base)?;
    if !normal.tail.is_empty() {
        // The path becomes a part of the query, and the request makes no sense to anybody.
        return Some(format!("{}{}{}%2Fv1%2Fmessages%3Fbeta%3Dtrue", normal.origin, normal.path, normal.tail));
    }
    let path = match provider {
        Provider::Bedrock => "/model/{model}/invoke-with-response-stream",
        Provider::Vertex => {
            let project = unit.text("ANTHROPIC_VERTEX_PROJECT_ID")?.replace('?', "%3F").replace('#', "%23");
            normal = read(&format!("{base}/projects/{project}/locations/{}", location(unit)))?;
            "/publishers/anthropic/models/{model}:streamRawPredict"
        }
        _ => "/v1/messages?beta=true",
    };
    Some(format!("{}{}{path}", normal.origin, normal.path))
}

/// The region of a Vertex AI request: that of the model, then the one for all.
fn location<'a>(unit: &Unit<'a>) -> &'a str {
    let region = |name: &str| unit.text(name).filter(|text| aws::is_region(text));
    let model = model(unit);
    let of_model = VERTEX_REGIONS.iter().find(|(name, _)| model.starts_with(name));
    let of_model = of_model.and_then(|(_, name)| region(&format!("VERTEX_REGION_CLAUDE_{name}")));
    of_model.or_else(|| region("CLOUD_ML_REGION")).unwrap_or("us-east5")
}

/// Models by the start of their names, and what their `VERTEX_REGION_CLAUDE_…` is called (observed 2026-11-21).
const VERTEX_REGIONS: [(&str, &str); 21] = [
    ("claude-opus-5-5", "5_5_OPUS"),
    ("claude-opus-5", "5_OPUS"),
    ("claude-opus-4-8", "4_8_OPUS"),
    ("claude-opus-4-7", "4_7_OPUS"),
    ("claude-opus-4-6", "4_6_OPUS"),
    ("claude-opus-4-5", "4_5_OPUS"),
    ("claude-opus-4-1", "4_1_OPUS"),
    ("claude-opus-4", "4_0_OPUS"),
    ("claude-sonnet-5-5", "5_5_SONNET"),
    ("claude-sonnet-5", "5_SONNET"),
    ("claude-sonnet-4-6", "4_6_SONNET"),
    ("claude-sonnet-4-5", "4_5_SONNET"),
    ("claude-sonnet-4", "4_0_SONNET"),
    ("claude-3-7-sonnet", "3_7_SONNET"),
    ("claude-3-5-sonnet", "3_5_SONNET"),
    ("claude-3-5-haiku", "3_5_HAIKU"),
    ("claude-haiku-4-5", "HAIKU_4_5"),
    ("claude-haiku-5-5", "HAIKU_5_5"),
    ("claude-fable-5-2", "FABLE_5_2"),
    ("claude-fable-5-1", "FABLE_5_1"),
    ("claude-fable-5", "FABLE_5"),
];

/// Whether the name of a Foundry resource is one: the client checks it where it makes an address of it.
fn has_resource_name(unit: &Unit<'_>, cloud: &Cloud) -> bool {
    let name = unit.text("ANTHROPIC_FOUNDRY_RESOURCE").filter(|_| cloud.provider == Provider::Foundry);
    name.is_none_or(|name| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (2..=64).contains(&name.len()) && name.bytes().all(fits) && !name.starts_with('-') && !name.ends_with('-')
    })
}

/// A program that hosts the client hands it credentials in the environment; their tools are not asked then (observed
/// 2026-11-21).
fn lacks_host_credentials(unit: &Unit<'_>, cloud: &Cloud, sources: [Option<Source<'_>>; 2]) -> bool {
    let found = sources.iter().flatten().any(|source| source.kind == SourceKind::Provider && source.member.is_none());
    let has_keys = unit.set("AWS_ACCESS_KEY_ID").is_some() && unit.set("AWS_SECRET_ACCESS_KEY").is_some();
    let asks = cloud.provider != Provider::Vertex && !unit.is_on(cloud.skip_auth);
    found && asks && unit.person.is_some_and(Person::is_hosted) && !has_keys
}

/// Nothing is sent without these.
fn is_incomplete(unit: &Unit<'_>, cloud: &Cloud) -> bool {
    let has = |name: &str| !matches!(unit.presence(name), Presence::Absent);
    match cloud.provider {
        // GOOGLE_CLOUD_PROJECT and its kin do not stand in for it.
        Provider::Vertex => !has("ANTHROPIC_VERTEX_PROJECT_ID"),
        Provider::Foundry => has("ANTHROPIC_FOUNDRY_RESOURCE") == has("ANTHROPIC_FOUNDRY_BASE_URL"),
        Provider::AnthropicAws => {
            // Without a credential nobody asks for the workspace.
            let bearer = || unit.carries(credentials(unit, cloud).1, "authorization");
            !has("ANTHROPIC_AWS_WORKSPACE_ID") && (!unit.is_on(cloud.skip_auth) || bearer())
        }
        Provider::Messages | Provider::Bedrock | Provider::Mantle => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::arguments::Arguments;
    use super::super::predict;
    use super::super::tests::{Home, document};
    use super::*;

    /// The provider of a session with both of Bedrock's interfaces.
    fn provider(home: &Home, settings: &str) -> Provider {
        let flags = ["CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_MANTLE"].map(|flag| (flag.to_owned(), "1".to_owned()));
        let person = Person::find(flags.into(), Arguments::default(), None, home);
        let settings = document(".claude/settings.json", settings);
        predict(&person.settings(&settings, &[&settings])).provider
    }

    /// Repeats what was observed with the real client (2026-11-22).
    #[test]
    fn a_model_of_mantle_goes_there_beside_bedrock() {
        for (settings, expected) in [
            (r#"{"model": "anthropic.claude-opus-5-5"}"#, Provider::Mantle),
            (r#"{"model": "anthropic.claude-opus-4-6-v1"}"#, Provider::Bedrock),
            (r#"{"model": "opus"}"#, Provider::Bedrock),
            (r#"{"model": "anthropic.claude-opus-5-5", "outputStyle": "terse"}"#, Provider::Mantle),
            (r#"{"model": "anthropic.claude-opus-5-5[1m]"}"#, Provider::Mantle),
            (r#"{"model": "anthropic.claude-opus-4-6-v1[1M]"}"#, Provider::Bedrock),
            (r#"{"outputStyle": "anthropic.claude-opus-5-5"}"#, Provider::Bedrock),
        ] {
            assert_eq!(provider(&Home(&[]), settings), expected, "{settings}");
        }
    }

    /// As observed (2026-11-22).
    #[test]
    fn a_file_that_only_leads_to_others_chooses_no_model() {
        static MOVED: [(&str, &str); 2] = [
            (
                ".claude/settings.json",
                r#"{"model": "anthropic.claude-opus-5-5", "env": {"CLAUDE_CONFIG_DIR": "/home/u/other"}}"#,
            ),
            ("other/settings.json", "{}"),
        ];
        static USER: [(&str, &str); 1] = [(".claude/settings.json", r#"{"model": "anthropic.claude-opus-5-5"}"#)];
        static GLOBAL: [(&str, &str); 1] = [(".claude.json", r#"{"model": "anthropic.claude-opus-5-5"}"#)];
        assert_eq!(provider(&Home(&USER), "{}"), Provider::Mantle);
        assert_eq!(provider(&Home(&MOVED), "{}"), Provider::Bedrock);
        assert_eq!(provider(&Home(&GLOBAL), "{}"), Provider::Bedrock);
    }
}
