//! What is known of the hosts that people point `ANTHROPIC_BASE_URL` at.
//!
//! Sources: the vendors' own Claude Code pages and a provider switcher's presets, as read in 2026-08. A host that is
//! not listed is not judged by its header.

use super::url::Host;

/// Which credential header a gateway documents for Claude Code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// `Authorization: Bearer`, that is `ANTHROPIC_AUTH_TOKEN`.
    Bearer,
    /// `x-api-key`, that is `ANTHROPIC_API_KEY`.
    ApiKey,
    /// The same value in both headers.
    Both,
    /// Nothing but headers of its own.
    OwnHeader,
    /// Either of the two.
    Either,
    /// Nobody said.
    Unknown,
}

/// What is known of a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// The header it documents.
    pub wants: Wants,
    /// Whether it documents passing one's own Anthropic key through it.
    pub own_key: bool,
    /// Whether its address may stand in shared settings. Only a configuration says so.
    pub shared: bool,
    /// Whether it is meant to get Anthropic's keys and logins. Only a configuration says so.
    pub anthropic_keys: bool,
}

/// A gateway of the table: a domain, and the subdomains that belong to it.
struct Listed {
    domain: &'static str,
    gateway: Gateway,
}

const fn listed(domain: &'static str, wants: Wants, own_key: bool) -> Listed {
    Listed { domain, gateway: Gateway { wants, own_key, shared: false, anthropic_keys: false } }
}

const fn bearer(domain: &'static str) -> Listed {
    listed(domain, Wants::Bearer, false)
}

const fn api_key(domain: &'static str) -> Listed {
    listed(domain, Wants::ApiKey, false)
}

/// Known gateways.
static GATEWAYS: [Listed; 38] = [
    bearer("openrouter.ai"),
    bearer("ai-gateway.vercel.sh"),
    bearer("ollama.com"),
    bearer("api.moonshot.ai"),
    bearer("api.moonshot.cn"),
    bearer("api.z.ai"),
    bearer("open.bigmodel.cn"),
    bearer("api.deepseek.com"),
    bearer("api.minimax.io"),
    bearer("api.minimaxi.com"),
    bearer("dashscope.aliyuncs.com"),
    bearer("volces.com"),
    bearer("bytepluses.com"),
    bearer("api.siliconflow.cn"),
    bearer("api.siliconflow.com"),
    bearer("api-inference.modelscope.cn"),
    bearer("qianfan.baidubce.com"),
    bearer("api.stepfun.com"),
    bearer("api.stepfun.ai"),
    bearer("api.longcat.chat"),
    bearer("api.xiaomimimo.com"),
    bearer("api.novita.ai"),
    bearer("api.ppio.com"),
    bearer("cloud.databricks.com"),
    bearer("azuredatabricks.net"),
    bearer("gcp.databricks.com"),
    // Documents ANTHROPIC_API_KEY on some pages and ANTHROPIC_AUTH_TOKEN on others.
    api_key("api.kimi.com"),
    api_key("dashscope-intl.aliyuncs.com"),
    api_key("opencode.ai"),
    api_key("aihubmix.com"),
    api_key("api.pateway.ai"),
    api_key("apicdn.xycai.us"),
    api_key("generativelanguage.googleapis.com"),
    listed("gateway.ai.cloudflare.com", Wants::ApiKey, true),
    listed("helicone.ai", Wants::ApiKey, true),
    listed("agentrouter.org", Wants::Both, false),
    listed("api.portkey.ai", Wants::OwnHeader, true),
    listed("azure-api.net", Wants::OwnHeader, true),
];

/// A gateway that a configuration names.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its hosts.
    pub hosts: Hosts,
    /// What the configuration says of it.
    pub gateway: Gateway,
}

/// One host, or all below a domain; with or without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    host: Host,
    below: bool,
}

impl Hosts {
    /// Reads `gw.corp.example`, `gw.corp.example:8443` or `*.corp.example`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (below, name) = text.strip_prefix("*.").map_or((false, text), |name| (true, name));
        let host = Host::parse(name)?;
        // What the host does not hold was not understood.
        let port = host.port().map_or(String::new(), |port| format!(":{port}"));
        let whole = format!("{}{port}", host.name()).eq_ignore_ascii_case(name);
        (whole && !host.name().contains(['*', '/', '@', '?', '#', ' '])).then_some(Self { host, below })
    }

    /// Whether the host is one of them. Without a port any will do.
    pub fn contains(&self, host: &Host) -> bool {
        let name = if self.below {
            host.name() != self.host.name() && host.is_below(self.host.name())
        } else {
            host.name() == self.host.name()
        };
        // Addresses leave out the usual port.
        name && self.host.port().is_none_or(|port| host.port().map_or(port == 443 || port == 80, |own| own == port))
    }

    /// The name that stands in every address of them.
    pub fn name(&self) -> &str {
        self.host.name()
    }
}

/// All gateways of a run: those of the table and those of a configuration.
#[derive(Debug, Default)]
pub struct Gateways {
    named: Vec<Named>,
}

impl Gateways {
    /// The table, and these before it.
    pub fn new(named: Vec<Named>) -> Self {
        Self { named }
    }

    /// What is known of a host. Of a configuration's hosts it is what the first one says, and the header that the
    /// table knows where it says none.
    pub fn find(&self, host: &Host) -> Option<Gateway> {
        let listed = GATEWAYS.iter().find(|listed| host.is_below(listed.domain)).map(|listed| listed.gateway);
        let Some(named) = self.named.iter().find(|named| named.hosts.contains(host)) else { return listed };
        let mut gateway = named.gateway;
        if let (Wants::Unknown, Some(listed)) = (gateway.wants, listed) {
            gateway.wants = listed.wants;
            gateway.own_key |= listed.own_key;
        }
        Some(gateway)
    }
}

#[cfg(test)]
mod tests {
    use super::super::url::Url;
    use super::*;

    #[test]
    fn subdomains_belong_and_lookalikes_do_not() {
        let wants = |url: &str| Gateways::default().find(&Url::parse(url).unwrap().host).map(|gateway| gateway.wants);
        assert_eq!(wants("https://api.z.ai/api/anthropic"), Some(Wants::Bearer));
        assert_eq!(wants("https://ark.cn-beijing.volces.com/api/coding"), Some(Wants::Bearer));
        assert_eq!(wants("https://gateway.ai.cloudflare.com/v1/a/b/anthropic"), Some(Wants::ApiKey));
        assert_eq!(wants("https://api.z.ai.example.com"), None);
    }

    #[test]
    fn a_configuration_adds_hosts_and_what_it_says_of_them() {
        let named = |hosts: &str, wants, shared| Named {
            hosts: Hosts::parse(hosts).unwrap(),
            gateway: Gateway { wants, own_key: false, shared, anthropic_keys: false },
        };
        let gateways = Gateways::new(vec![
            named("gw.corp.example:8443", Wants::ApiKey, true),
            named("*.corp.example", Wants::Bearer, false),
            named("API.z.ai", Wants::Unknown, true),
        ]);
        let find =
            |url: &str| gateways.find(&Url::parse(url).unwrap().host).map(|gateway| (gateway.wants, gateway.shared));
        assert_eq!(find("https://gw.corp.example:8443/x"), Some((Wants::ApiKey, true)));
        assert_eq!(find("https://gw.corp.example/x"), Some((Wants::Bearer, false)));
        assert_eq!(find("https://a.b.corp.example:1"), Some((Wants::Bearer, false)));
        assert_eq!(find("https://corp.example"), None);
        assert_eq!(find("https://xcorp.example"), None);
        assert_eq!(find("https://api.z.ai/x"), Some((Wants::Bearer, true)), "the table's header");
        assert_eq!(find("https://api.deepseek.com"), Some((Wants::Bearer, false)));
        // A gateway that takes a key of its own does so whatever a configuration leaves out.
        for (own, host, expected) in [
            (false, "helicone.ai", true),
            (true, "helicone.ai", true),
            (true, "api.z.ai", true),
            (false, "api.z.ai", false),
        ] {
            let mut one = named(host, Wants::Unknown, true);
            one.gateway.own_key = own;
            let found = Gateways::new(vec![one]).find(&Host::parse(host).unwrap()).unwrap();
            assert_eq!(found.own_key, expected, "{host}");
        }
        assert_eq!(Hosts::parse("*.corp.example").unwrap().name(), "corp.example");
        let exact = Hosts::parse("gw.corp:443").unwrap();
        let contains = |host: &str| exact.contains(&Host::parse(host).unwrap());
        assert!(contains("gw.corp") && contains("gw.corp:443") && !contains("gw.corp:444") && !contains("x.gw.corp"));
        for text in
            ["", "*", "*.", "https://gw.corp", "gw.corp/x", "a b", "u@gw.corp", "gw.*.corp", "gw.corp:x", "${H}"]
        {
            assert_eq!(Hosts::parse(text), None, "{text}");
        }
    }

    #[test]
    fn no_domain_is_listed_below_another() {
        for one in &GATEWAYS {
            let host = Url::parse(&format!("https://{}", one.domain)).unwrap().host;
            let owners = GATEWAYS.iter().filter(|other| host.is_below(other.domain)).count();
            assert_eq!(owners, 1, "{}", one.domain);
        }
    }
}
