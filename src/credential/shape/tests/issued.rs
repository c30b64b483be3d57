//! What each service issues, said a second time and apart from the table: a shape that is changed or lost is missed here.
//! Where a shape leaves a length open, it is a usual one.

use super::super::Family::{Ai, Anthropic, Other};
use super::*;

/// Whose it is, the shape, its public beginning, and the forms.
const ISSUED: &[(Family, &str, &str, &[&str])] = &[
    (Anthropic, "anthropic-api-key", "sk-ant-api03-", &["sk-ant-api03-[A-Za-z0-9_-]{93}AA"]),
    (Anthropic, "anthropic-admin-key", "sk-ant-admin01-", &["sk-ant-admin01-[A-Za-z0-9_-]{93}AA"]),
    (Anthropic, "anthropic-oauth-token", "sk-ant-oat01-", &["sk-ant-oat01-[A-Za-z0-9_-]{93}AA"]),
    (Anthropic, "anthropic-refresh-token", "sk-ant-ort01-", &["sk-ant-ort01-[A-Za-z0-9_-]{93}AA"]),
    (
        Anthropic,
        "anthropic-session-key",
        "sk-ant-sid",
        &["sk-ant-sid01-[A-Za-z0-9_-]{86}-[A-Za-z0-9_-]{6}AA", "sk-ant-sid02-[A-Za-z0-9_-]{100}"],
    ),
    (Anthropic, "anthropic-compliance-key", "sk-ant-api01-", &["sk-ant-api01-[A-Za-z0-9_-]{95}"]),
    (
        Anthropic,
        "anthropic-api-key-other",
        "sk-ant-api",
        &["sk-ant-api02-[A-Za-z0-9_-]{86}", "sk-ant-api03-[A-Za-z0-9_-]{80}B"],
    ),
    (
        Anthropic,
        "anthropic-cloud-token",
        "sk-ant-",
        &[
            r"sk-ant-cc-eyJ[A-Za-z0-9_-]{30}\.[A-Za-z0-9_-]{60}\.[A-Za-z0-9_-]{43}",
            r"sk-ant-si-eyJ[A-Za-z0-9_-]{30}\.[A-Za-z0-9_-]{60}\.[A-Za-z0-9_-]{43}",
        ],
    ),
    (Anthropic, "anthropic-token", "sk-ant-", &["sk-ant-new7-[A-Za-z0-9]{60}"]),
    (Ai, "bedrock-api-key", "ABSK", &["ABSK[A-Za-z0-9+/]{128}", "ABSK[A-Za-z0-9+/]{109}=="]),
    (
        Ai,
        "bedrock-short-term-key",
        "bedrock-api-key-",
        &["bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/]{300}="],
    ),
    (Ai, "openrouter-key", "sk-or-v1-", &["sk-or-v1-[0-9a-f]{64}"]),
    (
        Ai,
        "openai-project-key",
        "sk-proj-",
        &["sk-proj-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}", "sk-proj-[A-Za-z0-9_-]{48}"],
    ),
    (Ai, "openai-service-account-key", "sk-svcacct-", &["sk-svcacct-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}"]),
    (Ai, "openai-admin-key", "sk-admin-", &["sk-admin-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}"]),
    (Ai, "openai-key", "sk-", &["sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"]),
    (Ai, "azure-ai-key", "", &["[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}"]),
    (Ai, "groq-key", "gsk_", &["gsk_[A-Za-z0-9]{20}WGdyb3FY[A-Za-z0-9]{24}"]),
    (Ai, "xai-key", "xai-", &["xai-[A-Za-z0-9]{80}"]),
    (Ai, "nvidia-key", "nvapi-", &["nvapi-[A-Za-z0-9_-]{64}"]),
    (Ai, "huggingface-token", "hf_", &["hf_[A-Za-z]{34}"]),
    (Ai, "huggingface-org-token", "api_org_", &["api_org_[A-Za-z]{34}"]),
    (Ai, "perplexity-key", "pplx-", &["pplx-[A-Za-z0-9]{48}"]),
    (Ai, "google-api-key", "AIza", &["AIzaSy[A-Za-z0-9_-]{33}"]),
    (Ai, "databricks-token", "dapi", &["dapi[0-9a-f]{32}", "dapi[0-9a-f]{32}-2"]),
    (Ai, "replicate-token", "r8_", &["r8_[A-Za-z0-9]{37}"]),
    (Ai, "cerebras-key", "csk-", &["csk-[a-z0-9]{48}"]),
    (Ai, "together-key", "tgp_v1_", &["tgp_v1_[A-Za-z0-9_-]{43}"]),
    (Ai, "fireworks-key", "fw_", &["fw_[A-Za-z0-9]{24}"]),
    (Ai, "vercel-ai-gateway-key", "vck_", &["vck_[A-Za-z0-9]{56}"]),
    (Ai, "kimi-key", "sk-kimi-", &["sk-kimi-[A-Za-z0-9]{64}"]),
    (Ai, "minimax-coding-key", "sk-cp-", &["sk-cp-[A-Za-z0-9_-]{100}"]),
    (Ai, "minimax-key", "sk-api-", &["sk-api-[A-Za-z0-9_-]{110}"]),
    (Ai, "bifrost-key", "sk-bf-", &["sk-bf-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"]),
    (Ai, "helicone-key", "sk-helicone-", &["sk-helicone-[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}-[a-z0-9]{7}"]),
    (
        Ai,
        "langfuse-secret-key",
        "sk-lf-",
        &["sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"],
    ),
    (Ai, "langsmith-key", "lsv2_", &["lsv2_pt_[0-9a-f]{32}_[0-9a-f]{10}", "lsv2_sk_[0-9a-f]{32}_[0-9a-f]{10}"]),
    (Ai, "tavily-key", "tvly-", &["tvly-[A-Za-z0-9]{32}", "tvly-dev-[A-Za-z0-9]{32}", "tvly-prod-[A-Za-z0-9]{32}"]),
    (Ai, "jina-key", "jina_", &["jina_[0-9a-f]{32}[A-Za-z0-9_-]{28}"]),
    (Ai, "brave-search-key", "BSA", &["BSA[A-Za-z0-9_-]{28}"]),
    (Ai, "relay-key", "cr_", &["cr_[0-9a-f]{64}"]),
    (Other, "aws-access-key-id", "", &["AKIA[A-Z2-7]{16}", "ASIA[A-Z2-7]{16}", "ABIA[A-Z2-7]{16}", "ACCA[A-Z2-7]{16}"]),
    (Other, "context7-key", "ctx7sk-", &["ctx7sk-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"]),
    (Other, "github-pat", "ghp_", &["ghp_[A-Za-z0-9]{36}"]),
    (Other, "github-fine-grained-pat", "github_pat_", &["github_pat_11[A-Za-z0-9]{20}_[A-Za-z0-9]{59}"]),
    (Other, "github-oauth-token", "gho_", &["gho_[A-Za-z0-9]{36}"]),
    (Other, "github-user-token", "ghu_", &["ghu_[A-Za-z0-9]{36}"]),
    (Other, "github-server-token", "ghs_", &["ghs_[A-Za-z0-9]{36}"]),
    (Other, "github-refresh-token", "ghr_", &["ghr_[A-Za-z0-9]{76}"]),
    (
        Other,
        "gitlab-routable-pat",
        "glpat-",
        &[r"glpat-[A-Za-z0-9_-]{27}\.[0-9a-z]{2}\.[0-9a-z]{9}", r"glpat-[A-Za-z0-9_-]{27}\.[0-9a-z]{9}"],
    ),
    (Other, "gitlab-pat", "glpat-", &["glpat-[A-Za-z0-9_-]{20}"]),
    (Other, "gitlab-deploy-token", "gldt-", &["gldt-[A-Za-z0-9_-]{20}"]),
    (Other, "gitlab-runner-token", "glrt-", &["glrt-[A-Za-z0-9_-]{20}"]),
    (
        Other,
        "gitlab-other-token",
        "gl",
        &[
            "gloas-[A-Za-z0-9_-]{20}",
            "glagent-[A-Za-z0-9_-]{20}",
            "glimt-[A-Za-z0-9_-]{20}",
            "glsoat-[A-Za-z0-9_-]{20}",
            "glcbt-[A-Za-z0-9_-]{20}",
            "glft-[A-Za-z0-9_-]{20}",
            "glffct-[A-Za-z0-9_-]{20}",
            "glptt-[0-9a-f]{40}",
        ],
    ),
    (Other, "npm-token", "npm_", &["npm_[A-Za-z0-9]{36}"]),
    (Other, "pypi-token", "pypi-", &["pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{120}"]),
    (Other, "rubygems-key", "rubygems_", &["rubygems_[0-9a-f]{48}"]),
    (Other, "crates-io-token", "cio", &["cio[A-Za-z0-9]{32}"]),
    (Other, "docker-hub-token", "dckr_", &["dckr_pat_[A-Za-z0-9_-]{27}", "dckr_oat_[A-Za-z0-9_-]{32}"]),
    (
        Other,
        "slack-token",
        "xox",
        &[
            "xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}",
            "xoxp-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}",
            "xoxa-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}",
            "xoxr-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}",
            "xoxs-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}",
            "xoxe-1-[A-Za-z0-9]{60}",
            r"xoxe\.xoxp-1-[A-Za-z0-9]{60}",
            r"xoxe\.xoxb-1-[A-Za-z0-9]{60}",
            "xoxc-[0-9]{12}-[0-9]{12}-[0-9a-f]{64}",
            "xoxd-[A-Za-z0-9]{60}%2B[A-Za-z0-9]{20}%3D",
        ],
    ),
    (Other, "slack-app-token", "xapp-", &["xapp-1-A[A-Z0-9]{10}-[0-9]{13}-[0-9a-f]{64}"]),
    (
        Other,
        "slack-webhook",
        "hooks.slack.com/",
        &[
            r"hooks\.slack\.com/services/T[A-Z0-9]{10}/B[A-Z0-9]{10}/[A-Za-z0-9]{24}",
            r"hooks\.slack\.com/workflows/T[A-Z0-9]{10}/A[A-Z0-9]{10}/[0-9]{18}/[A-Za-z0-9]{24}",
        ],
    ),
    (
        Other,
        "discord-webhook",
        "discord",
        &[
            r"discord\.com/api/webhooks/[1-9][0-9]{18}/[A-Za-z0-9_-]{68}",
            r"discordapp\.com/api/webhooks/[1-9][0-9]{17}/[A-Za-z0-9_-]{68}",
        ],
    ),
    (Other, "telegram-bot-token", "", &["[1-9][0-9]{9}:AA[A-Za-z0-9_-]{33}", "bot[1-9][0-9]{8}:AA[A-Za-z0-9_-]{33}"]),
    (Other, "linear-key", "lin_api_", &["lin_api_[A-Za-z0-9]{40}"]),
    (Other, "linear-oauth-token", "lin_oauth_", &["lin_oauth_[0-9a-f]{64}"]),
    (Other, "notion-token", "ntn_", &["ntn_[0-9]{11}[A-Za-z0-9]{35}"]),
    (Other, "contentful-token", "CFPAT-", &["CFPAT-[A-Za-z0-9_-]{43}"]),
    (Other, "sentry-org-token", "sntrys_", &["sntrys_eyJ[A-Za-z0-9]{120}=_[A-Za-z0-9+/]{43}"]),
    (Other, "sentry-user-token", "sntryu_", &["sntryu_[0-9a-f]{64}"]),
    (
        Other,
        "stripe-secret-key",
        "sk_",
        &["sk_live_[A-Za-z0-9]{24}", "sk_live_51[A-Za-z0-9]{97}", "sk_prod_[A-Za-z0-9]{99}"],
    ),
    (Other, "stripe-test-key", "sk_test_", &["sk_test_[A-Za-z0-9]{24}", "sk_test_51[A-Za-z0-9]{97}"]),
    (
        Other,
        "stripe-restricted-key",
        "rk_",
        &["rk_live_[A-Za-z0-9]{99}", "rk_prod_[A-Za-z0-9]{99}", "rk_test_[A-Za-z0-9]{99}"],
    ),
    (Other, "webhook-signing-secret", "whsec_", &["whsec_[A-Za-z0-9]{32}", "whsec_[A-Za-z0-9+/]{43}="]),
    (Other, "sendgrid-key", "SG.", &[r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"]),
    (Other, "grafana-service-token", "glsa_", &["glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}"]),
    (Other, "grafana-cloud-token", "glc_", &["glc_eyJ[A-Za-z0-9]{100}=="]),
    (
        Other,
        "planetscale-token",
        "pscale_",
        &["pscale_tkn_[A-Za-z0-9_-]{43}", "pscale_oauth_[A-Za-z0-9_-]{43}", "pscale_pw_[A-Za-z0-9_-]{43}"],
    ),
    (Other, "digitalocean-token", "do", &["dop_v1_[0-9a-f]{64}", "doo_v1_[0-9a-f]{64}", "dor_v1_[0-9a-f]{64}"]),
    (Other, "postman-key", "PMAK-", &["PMAK-[0-9a-f]{24}-[0-9a-f]{34}"]),
    (Other, "pulumi-token", "pul-", &["pul-[0-9a-f]{40}"]),
    (
        Other,
        "doppler-token",
        "dp.",
        &[
            r"dp\.pt\.[A-Za-z0-9]{43}",
            r"dp\.st\.dev\.[A-Za-z0-9]{43}",
            r"dp\.ct\.[A-Za-z0-9]{43}",
            r"dp\.sa\.[A-Za-z0-9]{43}",
        ],
    ),
    (Other, "vault-token", "hv", &[r"hvs\.[A-Za-z0-9_-]{95}", r"hvb\.[A-Za-z0-9_-]{150}"]),
    (Other, "terraform-token", "", &[r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{67}"]),
    (Other, "onepassword-service-token", "ops_", &["ops_eyJ[A-Za-z0-9_-]{300}"]),
    (Other, "age-secret-key", "AGE-SECRET-KEY-1", &["AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"]),
    (
        Other,
        "private-key",
        "",
        &[
            r"-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{40}==\n-----END PRIVATE KEY-----",
            r"-----BEGIN RSA PRIVATE KEY-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{40}==\n-----END RSA PRIVATE KEY-----",
            r"-----BEGIN EC PRIVATE KEY-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{40}==\n-----END EC PRIVATE KEY-----",
            r"-----BEGIN DSA PRIVATE KEY-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{40}==\n-----END DSA PRIVATE KEY-----",
            r"-----BEGIN OPENSSH PRIVATE KEY-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{40}==\n-----END OPENSSH PRIVATE KEY-----",
            r"-----BEGIN ENCRYPTED PRIVATE KEY-----\n[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{40}==\n-----END ENCRYPTED PRIVATE KEY-----",
        ],
    ),
    (Other, "supabase-token", "sbp_", &["sbp_[0-9a-f]{40}", "sbp_oauth_[0-9a-f]{40}"]),
    (Other, "supabase-secret-key", "sb_secret_", &["sb_secret_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}"]),
    (Other, "figma-token", "figd_", &["figd_[A-Za-z0-9_-]{40}"]),
    (Other, "heroku-key", "HRKU-", &["HRKU-AA[A-Za-z0-9_-]{58}"]),
    (
        Other,
        "shopify-token",
        "shp",
        &["shpat_[0-9a-f]{32}", "shpca_[0-9a-f]{32}", "shppa_[0-9a-f]{32}", "shpss_[0-9a-f]{32}"],
    ),
    (
        Other,
        "atlassian-token",
        "AT",
        &["ATATT3xFfGF0[A-Za-z0-9_-]{170}=[0-9A-F]{8}", "ATCTT3xFfGN0[A-Za-z0-9_-]{170}=[0-9A-F]{8}"],
    ),
    (Other, "dropbox-token", "sl.", &[r"sl\.[A-Za-z0-9_-]{140}", r"sl\.u\.[A-Za-z0-9_-]{1000}"]),
    (Other, "google-oauth-secret", "GOCSPX-", &["GOCSPX-[A-Za-z0-9_-]{28}"]),
    (Other, "google-access-token", "ya29.", &[r"ya29\.a0[A-Za-z0-9_-]{160}"]),
    (Other, "azure-client-secret", "", &["[A-Za-z0-9]{3}8Q~[A-Za-z0-9_~.-]{33}[A-Za-z0-9]"]),
    (
        Other,
        "hubspot-token",
        "pat-",
        &[
            "pat-na1-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
            "pat-eu1-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        ],
    ),
    (Other, "new-relic-key", "NRAK-", &["NRAK-[A-Z0-9]{27}"]),
    (Other, "netlify-token", "nfp_", &["nfp_[A-Za-z0-9]{36}"]),
    (Other, "buildkite-token", "bkua_", &["bkua_[0-9a-f]{40}"]),
    (
        Other,
        "sourcegraph-token",
        "sgp_",
        &["sgp_[0-9a-f]{40}", "sgp_[0-9a-f]{16}_[0-9a-f]{40}", "sgp_local_[0-9a-f]{40}"],
    ),
    (Other, "firecrawl-key", "fc-", &["fc-[0-9a-f]{32}"]),
    (Other, "apify-token", "apify_api_", &["apify_api_[A-Za-z0-9]{36}"]),
    (Other, "posthog-key", "phx_", &["phx_[A-Za-z0-9]{43}"]),
    (Other, "honeycomb-key", "hc", &["hcaik_[0-9a-z]{58}", "hcbik_[0-9a-z]{58}", "hcalk_[0-9a-z]{58}"]),
    (Other, "mapbox-secret-token", "sk.", &[r"sk\.eyJ[A-Za-z0-9]{60}\.[A-Za-z0-9_-]{22}"]),
];

/// Whose it is, the shape, its public beginning, the name that it is written under, and the forms.
const KEYED: &[(Family, &str, &str, &str, &[&str])] = &[
    (Ai, "zai-key", "", "ZAI_API_KEY", &[r"[0-9a-f]{32}\.[A-Za-z0-9]{16}"]),
    (Ai, "ollama-key", "", "OLLAMA_API_KEY", &[r"[0-9a-f]{32}\.[A-Za-z0-9_-]{24}"]),
    (Ai, "deepseek-key", "sk-", "DEEPSEEK_API_KEY", &["sk-[0-9a-f]{32}"]),
    (Ai, "moonshot-key", "sk-", "MOONSHOT_API_KEY", &["sk-[A-Za-z0-9]{48}"]),
    (Ai, "moonshot-key", "sk-", "KIMI_API_KEY", &["sk-[A-Za-z0-9]{48}"]),
    (Ai, "dashscope-key", "sk-", "DASHSCOPE_API_KEY", &["sk-[0-9a-f]{32}", "sk-sp-[0-9a-f]{32}"]),
    (Ai, "dashscope-key", "sk-", "BAILIAN_API_KEY", &["sk-[0-9a-f]{32}", "sk-sp-[0-9a-f]{32}"]),
    (Ai, "dashscope-key", "sk-", "QWEN_API_KEY", &["sk-[0-9a-f]{32}", "sk-sp-[0-9a-f]{32}"]),
    (Ai, "dashscope-key", "sk-", "ALIBABA_API_KEY", &["sk-[0-9a-f]{32}", "sk-sp-[0-9a-f]{32}"]),
    (Ai, "siliconflow-key", "sk-", "SILICONFLOW_API_KEY", &["sk-[a-z]{48}"]),
    (Ai, "litellm-key", "sk-", "LITELLM_MASTER_KEY", &["sk-[A-Za-z0-9_-]{22}"]),
    (Ai, "gateway-key", "sk-", "ANTHROPIC_AUTH_TOKEN", &["sk-[A-Za-z0-9]{48}"]),
    (Ai, "elevenlabs-key", "sk_", "ELEVENLABS_API_KEY", &["sk_[0-9a-f]{48}"]),
    (Ai, "elevenlabs-key", "sk_", "XI_API_KEY", &["sk_[0-9a-f]{48}"]),
    (Ai, "voyage-key", "pa-", "VOYAGE_API_KEY", &["pa-[A-Za-z0-9_-]{43}"]),
    (Ai, "mistral-key", "", "MISTRAL_API_KEY", &["[A-Za-z0-9]{32}"]),
    (Ai, "mistral-key", "", "CODESTRAL_API_KEY", &["[A-Za-z0-9]{32}"]),
    (Ai, "cohere-key", "", "COHERE_API_KEY", &["[A-Za-z0-9]{40}"]),
    (Ai, "cohere-key", "", "CO_API_KEY", &["[A-Za-z0-9]{40}"]),
    (Ai, "aws-secret-key", "", "AWS_SECRET_ACCESS_KEY", &["[A-Za-z0-9+/]{40}"]),
    (Ai, "aws-secret-key", "", "secretAccessKey", &["[A-Za-z0-9+/]{40}"]),
    (Ai, "aws-secret-key", "", "S3_SECRET_ACCESS_KEY", &["[A-Za-z0-9+/]{40}"]),
    (Ai, "uuid-key", "", "GATEWAY_TOKEN", &["[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"]),
    (Other, "discord-bot-token", "", "DISCORD_TOKEN", &[r"M[A-Za-z0-9_-]{25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{38}"]),
    (Other, "discord-bot-token", "", "BOT_TOKEN", &[r"O[A-Za-z0-9_-]{23}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}"]),
    (Other, "notion-old-token", "secret_", "NOTION_TOKEN", &["secret_[A-Za-z0-9]{43}"]),
    (Other, "airtable-token", "pat", "AIRTABLE_TOKEN", &[r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"]),
    (Other, "app-password", "", "GMAIL_PASSWORD", &["[a-z]{4} [a-z]{4} [a-z]{4} [a-z]{4}"]),
    (Other, "app-password", "", "APP_PASSWORD", &["[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4}"]),
    (Other, "twilio-key", "SK", "TWILIO_API_KEY", &["SK[0-9a-f]{32}"]),
    (Other, "twilio-auth-token", "", "TWILIO_AUTH_TOKEN", &["[0-9a-f]{32}"]),
    (Other, "mailgun-key", "key-", "MAILGUN_API_KEY", &["key-[0-9a-f]{32}"]),
    (Other, "resend-key", "re_", "RESEND_API_KEY", &["re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"]),
    (Other, "cloudflare-token", "", "CLOUDFLARE_API_TOKEN", &["[A-Za-z0-9_-]{40}"]),
    (Other, "cloudflare-token", "", "CF_API_TOKEN", &["[A-Za-z0-9_-]{40}"]),
    (Other, "blockchain-private-key", "0x", "PRIVATE_KEY", &["0x[0-9a-f]{64}"]),
];

/// Some tokens of each form.
fn tokens(forms: &[&str], rng: &mut Rng) -> Vec<String> {
    forms.iter().flat_map(|form| [form; 3]).map(|form| sample(form, rng)).collect()
}

fn assert_shape(shape: &Shape, family: Family, id: &str, prefix: &str) {
    assert_eq!((shape.id, shape.family, shape.prefix), (id, family, prefix));
}

#[test]
fn every_token_is_known_for_what_it_is() {
    let mut rng = Rng::new(7);
    for (family, id, prefix, forms) in ISSUED {
        for token in tokens(forms, &mut rng) {
            assert_eq!(found(&token), [(*id, token.as_str())]);
            assert_shape(find(token.as_bytes(), Scope::All)[0].shape, *family, id, prefix);
            assert_eq!(find(token.as_bytes(), Scope::Ai).len(), usize::from(*family != Other), "{id}");
        }
    }
    let unnamed = ["zai", "ollama", "litellm", "gateway", "uuid", "notion-old", "airtable", "resend"];
    for (family, id, prefix, name, forms) in KEYED {
        let fits_any_name = unnamed.iter().any(|service| id.starts_with(service));
        for token in tokens(forms, &mut rng) {
            let shape = of_value(name, &token).unwrap_or_else(|| panic!("{id} in {name}: {token}"));
            assert_shape(shape, *family, id, prefix);
            let elsewhere = of_value("MY_TOKEN", &token).is_some_and(|shape| shape.id == *id);
            assert_eq!(elsewhere, fits_any_name, "{id}: {token}");
        }
    }
}

/// Every shape but the two whose tokens carry something inside, and everything that announces or names one.
#[test]
fn no_shape_is_left_out() {
    let listed = |id: &str| ISSUED.iter().any(|row| row.1 == id) || KEYED.iter().any(|row| row.1 == id);
    let others: Vec<_> = SHAPES.iter().map(|shape| shape.id).filter(|id| !listed(id)).collect();
    assert_eq!(others, ["anthropic-encoded", "jwt"]);
    let mut rng = Rng::new(7);
    for shape in SHAPES.iter().filter(|shape| listed(shape.id)) {
        for needle in shape.needles {
            let mut rows = ISSUED.iter().filter(|row| row.1 == shape.id);
            assert!(rows.any(|row| tokens(row.3, &mut rng).iter().any(|token| token.contains(needle))), "{needle}");
        }
        for part in shape.names {
            let name = |row: &(_, &str, _, &str, _)| row.1 == shape.id && row.3.to_ascii_uppercase().contains(part);
            assert!(KEYED.iter().any(name), "{}: {part}", shape.id);
        }
    }
}

/// What may stand beside a token, and what makes it a part of something longer.
#[test]
fn words_that_only_hold_a_token() {
    let mut rng = Rng::new(7);
    for (_, id, _, forms) in ISSUED {
        let joins = match *id {
            "bedrock-api-key" => "+/",
            "azure-ai-key" | "aws-access-key-id" => "_",
            "azure-client-secret" => "_-.~",
            "gitlab-routable-pat"
            | "sendgrid-key"
            | "doppler-token"
            | "vault-token"
            | "terraform-token"
            | "dropbox-token"
            | "google-access-token"
            | "mapbox-secret-token" => "_-.",
            _ => "_-",
        };
        for token in tokens(forms, &mut rng) {
            for beside in ['_', '-', '.', '~', '+', '/'] {
                let is_found = found(&format!("{beside}{token}")).contains(&(id, &token));
                assert_eq!(is_found, !joins.contains(beside), "{id} behind {beside}: {token}");
            }
        }
    }
}

/// Where the form alone says little, words are no token.
#[test]
fn words_in_the_form_of_a_token() {
    let long = "internationalconfigurationhelpercollects";
    for (id, name, token) in [
        ("anthropic-token", "", "sk-ant-historic-configuration-of-several-collections"),
        ("fireworks-key", "", "fw_internationalcollections"),
        ("bifrost-key", "", "sk-bf-configuration-of-the-international-collection"),
        ("helicone-key", "", "sk-helicone-configuration-of-the-collection"),
        ("brave-search-key", "", "BSAinternationalcollection-name"),
        ("crates-io-token", "", "ciointernationalconfigurationhelper"),
        ("litellm-key", "LITELLM_MASTER_KEY", "sk-configuration-of-helps"),
        ("gateway-key", "ANTHROPIC_AUTH_TOKEN", "sk-configuration-of-helpers"),
        ("mistral-key", "MISTRAL_API_KEY", "internationalconfigurationhelper"),
        ("cohere-key", "COHERE_API_KEY", long),
        ("aws-secret-key", "AWS_SECRET_ACCESS_KEY", long),
        ("cloudflare-token", "CLOUDFLARE_API_TOKEN", long),
    ] {
        let index = SHAPES.iter().position(|shape| shape.id == id).unwrap();
        let range = regex(index).and_then(|regex| regex.find(token.as_bytes())).map(|found| found.range());
        assert_eq!(range, Some(0..token.len()), "{token} has the form");
        assert!(is_genuine(&SHAPES[index], token.as_bytes()), "{token} is no example");
        assert_eq!(found(token), [], "{token}");
        assert_eq!(of_value(name, token).map(|shape| shape.id), None, "{token}");
    }
}
