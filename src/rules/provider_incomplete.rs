//! `provider-incomplete`: a cloud provider, or a part of one, without what it needs.

use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Message, Name, Severity};
use crate::message;
use crate::route::unit::{Member, Presence, Unit};
use crate::route::{CLOUDS, Provider, predict};

pub(super) static RULE: Rule = Rule {
    slug: "provider-incomplete",
    severity: Severity::Warning,
    summary: "a cloud provider, or a part of one, without what it needs",
    page: include_str!("../../rules/provider-incomplete.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in repository.units.iter().filter(|unit| !unit.open) {
        let route = predict(unit);
        let mut report = |at: Member<'_>, message: Message, help: Message| {
            findings.push(
                Finding::new(
                    &RULE,
                    in_effect(unit, Severity::Warning),
                    message,
                    &at.assignment.key,
                    repository.locate_name(at),
                )
                .request(&route)
                .help(help),
            );
        };
        let has = |name: &str| !matches!(unit.presence(name), Presence::Absent);
        // The SDKs' own classes for a provider read its address without a flag (sources of anthropic 0.49.0, 1.17.0 and
        // 2.11.0).
        let by_class = repository.readers(unit).sdks().next().is_some();
        for cloud in &CLOUDS {
            let flag = unit.set(cloud.flag).filter(|_| unit.is_on(cloud.flag));
            match (flag, unit.set(cloud.base_url)) {
                (Some(flag), _) if route.provider == cloud.provider => {
                    if let Some((problem, help)) = missing(cloud.provider, &has) {
                        report(flag, problem, help);
                    }
                }
                (None, Some(address)) if !has(cloud.flag) && !by_class => report(
                    address,
                    message!["`", Name(cloud.base_url), "` has no effect: `", Name(cloud.flag), "` is not set"],
                    message!["set ", Name(cloud.flag), " to `1` in the same place"],
                ),
                _ => {}
            }
            let skips = unit.set(cloud.skip_auth).filter(|_| unit.is_on(cloud.skip_auth));
            if let Some(skip) = skips.filter(|_| is_unsigned(unit, cloud.provider) && !has(cloud.base_url)) {
                report(
                    skip,
                    message!["requests go to ", cloud.provider.name(), " itself without a signature, which it refuses"],
                    message!["set ", Name(cloud.base_url), " to the gateway that signs them"],
                );
            }
        }
    }
}

/// What a provider can't do without: nothing is sent (observed 2026-11-21; GOOGLE_CLOUD_PROJECT does not stand in for
/// the project).
fn missing(provider: Provider, has: &dyn Fn(&str) -> bool) -> Option<(Message, Message)> {
    match provider {
        Provider::Vertex => (!has("ANTHROPIC_VERTEX_PROJECT_ID")).then(|| {
            (
                message!["Google Vertex AI has no project here: nothing is sent unless the environment names one"],
                message!["set ANTHROPIC_VERTEX_PROJECT_ID"],
            )
        }),
        Provider::Foundry => match (has("ANTHROPIC_FOUNDRY_RESOURCE"), has("ANTHROPIC_FOUNDRY_BASE_URL")) {
            (false, false) => Some((
                message!["Microsoft Foundry has neither a resource nor an address here"],
                message!["set ANTHROPIC_FOUNDRY_RESOURCE, or ANTHROPIC_FOUNDRY_BASE_URL"],
            )),
            (true, true) => Some((
                message!["Microsoft Foundry has a resource and an address: only one of them may be set"],
                message!["remove ANTHROPIC_FOUNDRY_RESOURCE or ANTHROPIC_FOUNDRY_BASE_URL"],
            )),
            _ => None,
        },
        Provider::AnthropicAws => (!has("ANTHROPIC_AWS_WORKSPACE_ID")).then(|| {
            (message!["Claude Platform on AWS has no workspace here"], message!["set ANTHROPIC_AWS_WORKSPACE_ID"])
        }),
        Provider::Messages | Provider::Bedrock | Provider::Mantle => None,
    }
}

/// Whether leaving out the signature matters: a provider's own key makes it unnecessary.
fn is_unsigned(unit: &Unit<'_>, provider: Provider) -> bool {
    let own = match provider {
        Provider::Bedrock => &["AWS_BEARER_TOKEN_BEDROCK"][..],
        Provider::Foundry => {
            &["ANTHROPIC_FOUNDRY_API_KEY", "ANTHROPIC_FOUNDRY_AUTH_TOKEN", "ANTHROPIC_FOUNDRY_RESOURCE"]
        }
        Provider::AnthropicAws => &["ANTHROPIC_AWS_API_KEY"],
        Provider::Messages | Provider::Mantle | Provider::Vertex => &[],
    };
    own.iter().all(|name| matches!(unit.presence(name), Presence::Absent))
}
