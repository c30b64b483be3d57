//! `tls-verification-off`: certificates are not checked where a credential travels.

use super::{Repository, Rule, in_effect};
use crate::credential::name::{Standing, standing};
use crate::finding::{Finding, Name, Severity};
use crate::message;
use crate::route::unit::Unit;
use crate::route::url::{Reach, Url};
use crate::surface::command::{credentials, is_web_cmdlet};
use crate::surface::{Command, Slot};

pub(super) static RULE: Rule = Rule {
    slug: "tls-verification-off",
    severity: Severity::Warning,
    summary: "certificates are not checked where a credential travels",
    page: include_str!("../../rules/tls-verification-off.md"),
    check,
};

const SWITCH: &str = "NODE_TLS_REJECT_UNAUTHORIZED";

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for unit in &repository.units {
        let off = unit.set(SWITCH).filter(|member| member.assignment.decoded.text.expose().trim() == "0");
        let Some(member) = off.filter(|_| unit.starts_the_client() || carries_a_credential(unit)) else { continue };
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, Severity::Warning),
                message!["Claude Code takes any certificate, so whoever answers gets the credential"],
                &member.assignment.key,
                repository.locate(member),
            )
            .help(message!["NODE_EXTRA_CA_CERTS with the proxy's certificate keeps the check"]),
        );
    }
    for file in repository.files {
        for command in &file.document.commands {
            let Some((program, option, header)) = careless(command) else { continue };
            let key = if command.key.is_empty() { program.to_owned() } else { format!("{}.{program}", command.key) };
            let help = match program {
                "curl" => message!["`--cacert` with the server's certificate keeps the check"],
                _ => message!["the server's certificate in the store of trusted roots keeps the check"],
            };
            findings.push(
                Finding::new(
                    &RULE,
                    Severity::Warning,
                    message![
                        "`",
                        Name(program),
                        "` takes any certificate here, so whoever answers gets the header ",
                        Name(&header)
                    ],
                    &key,
                    file.locate(option),
                )
                .help(help),
            );
        }
    }
}

fn carries_a_credential(unit: &Unit<'_>) -> bool {
    ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"].iter().any(|name| unit.set(name).is_some())
}

/// The option and the header of `curl -k -H 'Authorization: …' https://elsewhere`.
fn careless(command: &Command) -> Option<(&str, crate::text::Span, String)> {
    let (program, words) = command.proper().filter(|(program, _)| *program == "curl" || is_web_cmdlet(program))?;
    let option = words.iter().find(|word| {
        let text = word.decoded.text.expose();
        let flags = text.strip_prefix('-').filter(|flags| !flags.starts_with('-'));
        if program != "curl" {
            return text.eq_ignore_ascii_case("-SkipCertificateCheck");
        }
        text == "--insecure" || flags.is_some_and(is_insecure)
    })?;
    let here = words
        .iter()
        .any(|word| Url::parse(word.decoded.text.expose()).is_some_and(|url| url.host.reach() != Reach::Public));
    let header = credentials(command, "").into_iter().find(|found| {
        found.slot == Slot::Header && found.value.is_set() && standing(Slot::Header, &found.name) == Standing::Read
    })?;
    (!here).then(|| (program, option.decoded.span(), header.name))
}

/// `-sk`: one of several options without a value.
fn is_insecure(flags: &str) -> bool {
    let valueless = |flag: char| "0123468aBfgGiIjJkLlMnNOpqRsSvV#:".contains(flag);
    flags.chars().take_while(|&flag| valueless(flag)).any(|flag| flag == 'k')
}
