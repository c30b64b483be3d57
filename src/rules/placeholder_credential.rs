//! `placeholder-credential`: a placeholder that is in effect, and goes out as the credential.

use super::address::destination;
use super::{Repository, Rule};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::unit::{Unit, UnitKind};
use crate::route::url::Reach;
use crate::route::{Endpoint, Provider, Route, predict};
use crate::surface::{Settings, Surface, Value};

pub(super) static RULE: Rule = Rule {
    slug: "placeholder-credential",
    severity: Severity::Warning,
    summary: "a placeholder that is in effect, and goes out as the credential",
    page: include_str!("../../rules/placeholder-credential.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in repository.units.iter().filter(|unit| !unit.template) {
        let route = predict(unit);
        for (name, header) in [
            ("ANTHROPIC_API_KEY", "`x-api-key`"),
            ("ANTHROPIC_AUTH_TOKEN", "`Authorization: Bearer`"),
            ("CLAUDE_CODE_OAUTH_TOKEN", "`Authorization: Bearer`"),
        ] {
            let Some(member) = unit.set(name) else { continue };
            // From a project's settings the OAuth token is not read at all: `no-effect-key`.
            let is_late = name == "CLAUDE_CODE_OAUTH_TOKEN" && member.is_of_the_project();
            if !matches!(member.assignment.value, Value::Placeholder) || is_late {
                continue;
            }
            let Some(severity) = severity(unit, member.document.surface, &route) else { continue };
            let is_sent = [route.x_api_key, route.authorization]
                .into_iter()
                .flatten()
                .any(|source| source.member.is_some_and(|sent| std::ptr::eq(sent.assignment, member.assignment)));
            let what = message!["the placeholder in ", Name(name)];
            let message = match unit.kind {
                _ if !unit.starts_the_client() => {
                    message![what, " counts as a value for whatever is started ", unit.kind.place()]
                }
                _ if !is_sent => message![what, " counts as a value, and is not sent"],
                UnitKind::Settings => {
                    message![
                        what,
                        " goes to ",
                        destination(&route),
                        " as ",
                        header,
                        ", in place of anybody's own value"
                    ]
                }
                _ => message![what, " goes to ", destination(&route), " as ", header],
            };
            let help = match unit.kind {
                UnitKind::Settings => message![
                    "remove the entry, and let everyone set their own in `~/.claude/settings.json`, in \
                     `.claude/settings.local.json` or in the shell"
                ],
                _ => message!["leave it empty until there is a value, or fill it in"],
            };
            findings.push(
                Finding::new(
                    &RULE,
                    severity,
                    message,
                    &member.assignment.key,
                    repository.locate(member).labelled(message!["stands for a value, but is one"]),
                )
                .request(&route)
                .help(help),
            );
        }
    }
}

fn severity(unit: &Unit<'_>, surface: Option<Surface>, route: &Route<'_>) -> Option<Severity> {
    // Servers on this machine want some word or other; one inside the house may.
    let reach = match &route.endpoint {
        Endpoint::Other(host) => host.reach(),
        Endpoint::Anthropic | Endpoint::Unknown => Reach::Public,
    };
    match (reach, surface) {
        (Reach::Loopback, _) => None,
        // Profiles and managed settings are copied to where they are read, and may be filled in then.
        (Reach::Public, Some(Surface::Settings(Settings::Shared | Settings::Local)))
            if unit.kind == UnitKind::Settings && route.provider == Provider::Messages =>
        {
            Some(Severity::Warning)
        }
        _ => Some(Severity::Note),
    }
}
