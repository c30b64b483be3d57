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
}

/// A gateway.
#[derive(Debug)]
pub struct Gateway {
    /// The domain; subdomains belong to it.
    pub domain: &'static str,
    /// The header it documents.
    pub wants: Wants,
    /// Whether it documents passing one's own Anthropic key through it.
    pub own_key: bool,
}

const fn bearer(domain: &'static str) -> Gateway {
    Gateway { domain, wants: Wants::Bearer, own_key: false }
}

const fn api_key(domain: &'static str) -> Gateway {
    Gateway { domain, wants: Wants::ApiKey, own_key: false }
}

/// Known gateways.
static GATEWAYS: [Gateway; 38] = [
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
    Gateway { domain: "gateway.ai.cloudflare.com", wants: Wants::ApiKey, own_key: true },
    Gateway { domain: "helicone.ai", wants: Wants::ApiKey, own_key: true },
    Gateway { domain: "agentrouter.org", wants: Wants::Both, own_key: false },
    Gateway { domain: "api.portkey.ai", wants: Wants::OwnHeader, own_key: true },
    Gateway { domain: "azure-api.net", wants: Wants::OwnHeader, own_key: true },
];

/// What is known of a host.
pub fn gateway(host: &Host) -> Option<&'static Gateway> {
    GATEWAYS.iter().find(|gateway| host.is_below(gateway.domain))
}

#[cfg(test)]
mod tests {
    use super::super::url::Url;
    use super::*;

    #[test]
    fn subdomains_belong_and_lookalikes_do_not() {
        let wants = |url: &str| gateway(&Url::parse(url).unwrap().host).map(|gateway| gateway.wants);
        assert_eq!(wants("https://api.z.ai/api/anthropic"), Some(Wants::Bearer));
        assert_eq!(wants("https://ark.cn-beijing.volces.com/api/coding"), Some(Wants::Bearer));
        assert_eq!(wants("https://gateway.ai.cloudflare.com/v1/a/b/anthropic"), Some(Wants::ApiKey));
        assert_eq!(wants("https://api.z.ai.example.com"), None);
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
