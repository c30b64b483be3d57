//! `base-url-lookalike`: a host whose name imitates Anthropic's.

use super::address::{Written, base_urls, written};
use super::{Repository, Rule, in_effect};
use crate::finding::{Finding, Message, Severity};
use crate::message;
use crate::route::gateway::Gateways;
use crate::route::predict;
use crate::route::url::{Host, Reach, Url};
use crate::text::is_one_edit;

pub(super) static RULE: Rule = Rule {
    slug: "base-url-lookalike",
    severity: Severity::Error,
    summary: "a host whose name imitates Anthropic's",
    page: include_str!("../../rules/base-url-lookalike.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for (unit, member) in base_urls(repository) {
        let Some((host, likeness)) =
            written(member.assignment).and_then(|address| likeness(address, &repository.config.gateways))
        else {
            continue;
        };
        let severity = if likeness == Likeness::Named { Severity::Note } else { Severity::Error };
        let (message, label) = likeness.say(&host);
        findings.push(
            Finding::new(
                &RULE,
                in_effect(unit, severity),
                message,
                &member.assignment.key,
                repository.locate(member).labelled(label),
            )
            .request(&predict(unit))
            .help(message![
                "find out who put it there; Anthropic's own API is https://api.anthropic.com. If a session ever ran \
                 like this, revoke the credential that it used"
            ]),
        );
    }
}

/// In what way a host looks like Anthropic's.
#[derive(Clone, Copy, PartialEq)]
enum Likeness {
    /// Somebody registered the name, or one that differs by a letter.
    Registered,
    /// Anthropic's domain stands before the domain proper: `anthropic.com.example.org`.
    Before,
    /// Anthropic's domain stands before an `@`.
    User,
    /// Letters of another script, or their encoded form.
    Script,
    /// `claude` is one of several words of the registered name.
    Named,
}

impl Likeness {
    fn say(self, host: &Host) -> (Message, Message) {
        let label = match self {
            Self::Registered => message!["a name that imitates Anthropic's"],
            Self::Before => message!["Anthropic's domain in front of another one"],
            Self::User => message!["before the `@` stands a user's name, not the host"],
            Self::Script => message!["letters beyond ASCII can look like any others"],
            Self::Named => message!["the name says Claude, the owner is somebody else"],
        };
        let message = match self {
            Self::Named => message!["credential and prompts go to ", *host, ", which is not Anthropic's"],
            Self::Script => message!["credential and prompts go to a host whose name is not what it seems"],
            _ => message!["credential and prompts go to ", *host, ", which passes itself off as Anthropic's"],
        };
        (message, label)
    }
}

fn likeness(address: Written<'_>, gateways: &Gateways) -> Option<(Host, Likeness)> {
    let url = Url::parse(address.text())?;
    let host = url.host;
    if host.is_anthropic() || gateways.find(&host).is_some() || host.reach() != Reach::Public {
        return None;
    }
    let folded = fold(host.name());
    let foreign = !host.name().is_ascii();
    if let Written::Partly(_) = address {
        // A placeholder in another script is one; Anthropic's name in mixed letters is not.
        return (foreign && brands(&folded)).then_some((host, Likeness::Script));
    }
    let labels: Vec<&str> = host.name().split('.').collect();
    let likeness = if foreign && brands(&folded) || labels.iter().any(|label| label.starts_with("xn--")) {
        Likeness::Script
    } else if user(address.text()).is_some_and(|user| user.contains('.') && brands(&fold(user))) {
        Likeness::User
    } else if labels.windows(2).any(|pair| matches!(pair, ["anthropic" | "claude", "com"])) {
        Likeness::Before
    } else {
        registered(&labels).and_then(imitation)?
    };
    Some((host, likeness))
}

/// The user's name in an address.
fn user(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (userinfo, _) = authority.rsplit_once('@')?;
    userinfo.split(':').next()
}

fn brands(folded: &str) -> bool {
    folded.contains(&fold("anthropic")) || folded.contains("claude")
}

/// Letters that pass for one another become the same one.
fn fold(text: &str) -> String {
    let letter = |letter: char| match letter {
        '0' | '\u{43E}' | '\u{3BF}' => 'o',
        '1' | 'i' | '|' | '\u{456}' | '\u{3B9}' | '\u{131}' | '\u{4CF}' | '\u{ED}' | '\u{EC}' => 'l',
        '3' | '\u{435}' | '\u{E9}' | '\u{E8}' => 'e',
        '4' | '\u{430}' | '\u{3B1}' | '\u{E1}' | '\u{E0}' => 'a',
        '\u{441}' => 'c',
        '\u{440}' | '\u{3C1}' => 'p',
        '\u{4BB}' => 'h',
        '\u{501}' => 'd',
        other => other,
    };
    text.chars().map(letter).collect()
}

/// Ends of a name below which everyone can have one: there it is a label like any other.
const PLATFORMS: [&str; 24] = [
    "amazonaws.com",
    "api.aws",
    "azure-api.net",
    "azure.com",
    "azurecontainerapps.io",
    "azurewebsites.net",
    "cloudfront.net",
    "deno.dev",
    "fly.dev",
    "github.dev",
    "github.io",
    "herokuapp.com",
    "hf.space",
    "netlify.app",
    "ngrok.app",
    "ngrok.io",
    "ngrok-free.app",
    "onrender.com",
    "pages.dev",
    "railway.app",
    "run.app",
    "trycloudflare.com",
    "vercel.app",
    "workers.dev",
];

/// Second labels below which countries register names.
const SECOND_LEVEL: [&str; 8] = ["ac", "co", "com", "edu", "gov", "ne", "net", "org"];

/// The label that somebody registered.
fn registered<'a>(labels: &[&'a str]) -> Option<&'a str> {
    let name = labels.join(".");
    if PLATFORMS.iter().any(|platform| name.strip_suffix(platform).is_some_and(|rest| rest.ends_with('.'))) {
        return None;
    }
    match labels {
        [.., own, second, country] if country.len() == 2 && SECOND_LEVEL.contains(second) => Some(own),
        [.., own, _] => Some(own),
        _ => None,
    }
}

/// Words that make an imitation look official.
const OFFICIAL: [&str; 27] = [
    "account", "accounts", "ai", "api", "apis", "app", "apps", "auth", "cdn", "chat", "cli", "cloud", "code",
    "console", "desktop", "get", "help", "login", "max", "official", "platform", "pro", "sdk", "secure", "support",
    "web", "www",
];

/// Ordinary words that end like the company's name.
const ORDINARY: [&str; 3] = ["phil", "mis", "lyc"];

fn imitation(label: &str) -> Option<Likeness> {
    let parts: Vec<String> = label.split('-').map(fold).collect();
    let joined = parts.concat();
    let company = fold("anthropic");
    let is_company =
        joined.find(&company).is_some_and(|at| !ORDINARY.iter().any(|word| joined[..at].ends_with(&fold(word))));
    if is_company || parts.iter().any(|part| is_one_edit(part, &company)) || bare(&joined) == "claude" {
        return Some(Likeness::Registered);
    }
    parts.iter().any(|part| bare(part) == "claude").then_some(Likeness::Named)
}

/// A folded name without the words that make it look official.
fn bare(folded: &str) -> &str {
    let mut rest = folded;
    loop {
        let strip = |word: &&str| {
            let word = fold(word);
            rest.strip_prefix(&*word).or_else(|| rest.strip_suffix(&*word)).filter(|rest| !rest.is_empty())
        };
        match OFFICIAL.iter().find_map(strip) {
            Some(shorter) => rest = shorter,
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imitations() {
        for (address, expected) in [
            ("https://api-anthropic.help", Likeness::Registered),
            ("https://api.anthr0pic.com", Likeness::Registered),
            ("https://api.antropic.com", Likeness::Registered),
            ("https://anthro-pic.com", Likeness::Registered),
            ("https://api.anthropic.co", Likeness::Registered),
            ("https://anthropic.org.uk", Likeness::Registered),
            ("https://claude-ai.top/v1", Likeness::Registered),
            ("https://cl4ude.ai", Likeness::Registered),
            ("https://c1aude.com", Likeness::Registered),
            ("https://claudecode.io", Likeness::Registered),
            ("https://anthropic.com.evil.io", Likeness::Before),
            ("https://api.anthropic.com.cn", Likeness::Before),
            ("https://api.anthropic.com@evil.io", Likeness::User),
            ("https://xn--nthropic-77a.com", Likeness::Script),
            ("https://api.\u{430}nthropic.com", Likeness::Script),
            ("https://claude-relay.net", Likeness::Named),
        ] {
            let found = likeness(Written::Whole(address), &Gateways::default()).map(|(_, likeness)| likeness);
            assert!(found == Some(expected), "{address}");
        }
    }

    #[test]
    fn no_imitations() {
        for address in [
            "https://api.anthropic.com",
            "https://api.anthropic.com:443/",
            "https://claude.ai",
            "https://platform.claude.com",
            "https://user:pw@api.anthropic.com",
            "https://claude.gateway.corp.com",
            "https://anthropic-proxy.mycompany.com",
            "https://claude.ai.mycompany.com",
            "https://anthropic.helicone.ai",
            "https://aws-external-anthropic.us-east-1.api.aws",
            "https://me.services.ai.azure.com/anthropic",
            "https://claude-proxy.me.workers.dev",
            "https://bedrock-runtime.us-east-1.amazonaws.com",
            "https://philanthropic.org",
            "https://claudette.example.net",
            "https://api.z.ai/api/anthropic",
            "https://claude:pw@proxy.corp.example.net",
            "http://claude-proxy:3456",
            "http://127.0.0.1:3456",
            "http://203.0.113.9:3456",
        ] {
            assert!(likeness(Written::Whole(address), &Gateways::default()).is_none(), "{address}");
        }
        assert!(likeness(Written::Partly("https://your-claude-api.com"), &Gateways::default()).is_none());
    }
}
