//! The token shapes. Within a family the more specific shape stands first: it wins where two match the same text.
//!
//! Lengths and prefixes are facts published by the vendors or visible in the tokens they issue (2026-08).
//! What is public by design has no entry: publishable keys, client ids, project references, digests.

use super::Alphabet::{Alnum, Base64, Dash, Dotted, Tilde};
use super::Check::{Beginning, Body, Encoded, Jwt, Random};
use super::Family::{Ai, Anthropic, Other};
use super::Shape;

/// A shape that a needle announces, with the body test that fits most.
const BASE: Shape = Shape {
    id: "",
    what: "",
    family: Other,
    needles: &[],
    names: &[],
    pattern: "",
    alphabet: Dash,
    prefix: "",
    revoke: "",
    check: Body,
};

const CONSOLE: &str = "https://console.anthropic.com/settings/keys";
const CLAUDE_AI: &str = "claude.ai, Settings, Account: log out of all devices";
const GITHUB: &str = "https://github.com/settings/tokens";
const GITLAB: &str = "GitLab, Preferences, Access tokens";
const SLACK: &str = "https://api.slack.com/apps";
const STRIPE: &str = "https://dashboard.stripe.com/apikeys";
const GRAFANA: &str = "Grafana, Administration, Service accounts";

/// Every shape, sorted by family.
pub static SHAPES: &[Shape] = &[
    Shape {
        id: "anthropic-api-key",
        what: "Anthropic API key",
        family: Anthropic,
        needles: &["sk-ant-"],
        pattern: "sk-ant-api03-[A-Za-z0-9_-]{93}AA",
        prefix: "sk-ant-api03-",
        revoke: CONSOLE,
        ..BASE
    },
    Shape {
        id: "anthropic-admin-key",
        what: "Anthropic Admin API key",
        family: Anthropic,
        needles: &["sk-ant-"],
        pattern: "sk-ant-admin[0-9]{2}-[A-Za-z0-9_-]{40,}",
        prefix: "sk-ant-admin01-",
        revoke: "https://console.anthropic.com/settings/admin-keys",
        ..BASE
    },
    Shape {
        id: "anthropic-oauth-token",
        what: "Claude OAuth access token",
        family: Anthropic,
        needles: &["sk-ant-"],
        pattern: "sk-ant-oat[0-9]{2}-[A-Za-z0-9_-]{40,}",
        prefix: "sk-ant-oat01-",
        revoke: CLAUDE_AI,
        ..BASE
    },
    Shape {
        id: "anthropic-refresh-token",
        what: "Claude OAuth refresh token",
        family: Anthropic,
        needles: &["sk-ant-"],
        pattern: "sk-ant-ort[0-9]{2}-[A-Za-z0-9_-]{40,}",
        prefix: "sk-ant-ort01-",
        revoke: CLAUDE_AI,
        ..BASE
    },
    Shape {
        id: "anthropic-session-key",
        what: "claude.ai session key",
        family: Anthropic,
        needles: &["sk-ant-"],
        pattern: "sk-ant-sid[0-9]{2}-[A-Za-z0-9_-]{40,}",
        prefix: "sk-ant-sid",
        revoke: CLAUDE_AI,
        ..BASE
    },
    Shape {
        id: "anthropic-compliance-key",
        what: "Anthropic Compliance Access Key or older API key",
        family: Anthropic,
        needles: &["sk-ant-"],
        pattern: "sk-ant-api01-[A-Za-z0-9_-]{40,}",
        prefix: "sk-ant-api01-",
        revoke: CONSOLE,
        ..BASE
    },
    Shape {
        id: "anthropic-api-key-other",
        what: "Anthropic API key of unusual length",
        family: Anthropic,
        needles: &["sk-ant-"],
        pattern: "sk-ant-api[0-9]{2}-[A-Za-z0-9_-]{40,}",
        prefix: "sk-ant-api",
        revoke: CONSOLE,
        ..BASE
    },
    Shape {
        id: "anthropic-cloud-token",
        what: "Claude Code cloud session token",
        family: Anthropic,
        needles: &["sk-ant-"],
        pattern: r"sk-ant-(?:cc|si)-eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
        prefix: "sk-ant-",
        revoke: CLAUDE_AI,
        ..BASE
    },
    Shape {
        id: "anthropic-token",
        what: "Anthropic token",
        family: Anthropic,
        needles: &["sk-ant-"],
        pattern: "sk-ant-[a-z]{2,10}[0-9]{0,3}-[A-Za-z0-9_.-]{23,}[A-Za-z0-9_-]",
        prefix: "sk-ant-",
        revoke: CONSOLE,
        check: Random,
        ..BASE
    },
    Shape {
        id: "anthropic-encoded",
        what: "base64-encoded Anthropic token",
        family: Anthropic,
        needles: &["c2stYW50L", "NrLWFudC", "zay1hbnQt"],
        pattern: "[A-Za-z0-9+/_-]*(?:c2stYW50L|NrLWFudC|zay1hbnQt)[A-Za-z0-9+/_-]{32,}={0,2}",
        revoke: CONSOLE,
        check: Encoded,
        ..BASE
    },
    Shape {
        id: "bedrock-api-key",
        what: "Amazon Bedrock API key",
        family: Ai,
        needles: &["ABSK"],
        pattern: "ABSK[A-Za-z0-9+/]{109,}={0,2}",
        alphabet: Base64,
        prefix: "ABSK",
        revoke: "AWS console, IAM, the user, Security credentials",
        ..BASE
    },
    Shape {
        id: "bedrock-short-term-key",
        what: "short-term Amazon Bedrock API key",
        family: Ai,
        needles: &["bedrock-api-key-"],
        pattern: "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/_-]{40,}={0,2}",
        prefix: "bedrock-api-key-",
        revoke: "it expires with the session that made it, within 12 hours",
        ..BASE
    },
    Shape {
        id: "openrouter-key",
        what: "OpenRouter API key",
        family: Ai,
        needles: &["sk-or-v1-"],
        pattern: "sk-or-v1-[0-9a-f]{64}",
        prefix: "sk-or-v1-",
        revoke: "https://openrouter.ai/settings/keys",
        ..BASE
    },
    Shape {
        id: "openai-project-key",
        what: "OpenAI project key",
        family: Ai,
        needles: &["sk-proj-"],
        pattern: "sk-proj-[A-Za-z0-9_-]{40,}",
        prefix: "sk-proj-",
        revoke: "https://platform.openai.com/api-keys",
        ..BASE
    },
    Shape {
        id: "openai-service-account-key",
        what: "OpenAI service account key",
        family: Ai,
        needles: &["sk-svcacct-"],
        pattern: "sk-svcacct-[A-Za-z0-9_-]{40,}",
        prefix: "sk-svcacct-",
        revoke: "https://platform.openai.com/api-keys",
        ..BASE
    },
    Shape {
        id: "openai-admin-key",
        what: "OpenAI admin key",
        family: Ai,
        needles: &["sk-admin-"],
        pattern: "sk-admin-[A-Za-z0-9_-]{40,}",
        prefix: "sk-admin-",
        revoke: "https://platform.openai.com/settings/organization/admin-keys",
        ..BASE
    },
    Shape {
        id: "openai-key",
        what: "OpenAI API key",
        family: Ai,
        needles: &["T3BlbkFJ"],
        pattern: "sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
        prefix: "sk-",
        revoke: "https://platform.openai.com/api-keys",
        ..BASE
    },
    Shape {
        id: "azure-ai-key",
        what: "Azure AI key",
        family: Ai,
        needles: &["JQQJ99"],
        pattern: "[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}",
        alphabet: Alnum,
        revoke: "Azure portal, the resource, Keys and Endpoint",
        ..BASE
    },
    Shape {
        id: "groq-key",
        what: "Groq API key",
        family: Ai,
        needles: &["gsk_"],
        pattern: "gsk_[A-Za-z0-9]{52}",
        prefix: "gsk_",
        revoke: "https://console.groq.com/keys",
        ..BASE
    },
    Shape {
        id: "xai-key",
        what: "xAI API key",
        family: Ai,
        needles: &["xai-"],
        pattern: "xai-[A-Za-z0-9_]{70,}",
        prefix: "xai-",
        revoke: "https://console.x.ai",
        ..BASE
    },
    Shape {
        id: "nvidia-key",
        what: "NVIDIA API key",
        family: Ai,
        needles: &["nvapi-"],
        pattern: "nvapi-[A-Za-z0-9_-]{60,}",
        prefix: "nvapi-",
        revoke: "https://build.nvidia.com/settings/api-keys",
        ..BASE
    },
    Shape {
        id: "huggingface-token",
        what: "Hugging Face access token",
        family: Ai,
        needles: &["hf_"],
        pattern: "hf_[A-Za-z0-9]{34}",
        prefix: "hf_",
        revoke: "https://huggingface.co/settings/tokens",
        ..BASE
    },
    Shape {
        id: "huggingface-org-token",
        what: "Hugging Face organization token",
        family: Ai,
        needles: &["api_org_"],
        pattern: "api_org_[A-Za-z0-9]{34}",
        prefix: "api_org_",
        revoke: "https://huggingface.co/settings/tokens",
        ..BASE
    },
    Shape {
        id: "perplexity-key",
        what: "Perplexity API key",
        family: Ai,
        needles: &["pplx-"],
        pattern: "pplx-[A-Za-z0-9]{48,}",
        prefix: "pplx-",
        revoke: "https://www.perplexity.ai/settings/api",
        ..BASE
    },
    Shape {
        id: "google-api-key",
        what: "Google API key",
        family: Ai,
        needles: &["AIza"],
        pattern: "AIza[A-Za-z0-9_-]{35}",
        prefix: "AIza",
        revoke: "https://console.cloud.google.com/apis/credentials",
        ..BASE
    },
    Shape {
        id: "databricks-token",
        what: "Databricks personal access token",
        family: Ai,
        needles: &["dapi"],
        pattern: "dapi[0-9a-f]{32}(?:-[0-9])?",
        prefix: "dapi",
        revoke: "Databricks, Settings, Developer, Access tokens",
        ..BASE
    },
    Shape {
        id: "replicate-token",
        what: "Replicate API token",
        family: Ai,
        needles: &["r8_"],
        pattern: "r8_[A-Za-z0-9]{37}",
        prefix: "r8_",
        revoke: "https://replicate.com/account/api-tokens",
        ..BASE
    },
    Shape {
        id: "cerebras-key",
        what: "Cerebras API key",
        family: Ai,
        needles: &["csk-"],
        pattern: "csk-[A-Za-z0-9]{48}",
        prefix: "csk-",
        revoke: "https://cloud.cerebras.ai",
        ..BASE
    },
    Shape {
        id: "together-key",
        what: "Together AI API key",
        family: Ai,
        needles: &["tgp_v1_"],
        pattern: "tgp_v1_[A-Za-z0-9_-]{43}",
        prefix: "tgp_v1_",
        revoke: "https://api.together.ai/settings/api-keys",
        ..BASE
    },
    Shape {
        id: "fireworks-key",
        what: "Fireworks AI API key",
        family: Ai,
        needles: &["fw_"],
        pattern: "fw_[A-Za-z0-9]{24}",
        prefix: "fw_",
        revoke: "https://fireworks.ai/account/api-keys",
        check: Random,
        ..BASE
    },
    Shape {
        id: "vercel-ai-gateway-key",
        what: "Vercel AI Gateway key",
        family: Ai,
        needles: &["vck_"],
        pattern: "vck_[A-Za-z0-9]{48,}",
        prefix: "vck_",
        revoke: "Vercel, AI Gateway, API keys",
        ..BASE
    },
    Shape {
        id: "kimi-key",
        what: "Kimi Code API key",
        family: Ai,
        needles: &["sk-kimi-"],
        pattern: "sk-kimi-[A-Za-z0-9_-]{40,}",
        prefix: "sk-kimi-",
        revoke: "https://www.kimi.com/code/console",
        ..BASE
    },
    Shape {
        id: "minimax-coding-key",
        what: "MiniMax coding plan key",
        family: Ai,
        needles: &["sk-cp-"],
        pattern: "sk-cp-[A-Za-z0-9_-]{40,}",
        prefix: "sk-cp-",
        revoke: "https://platform.minimax.io",
        ..BASE
    },
    Shape {
        id: "minimax-key",
        what: "MiniMax API key",
        family: Ai,
        needles: &["sk-api-"],
        pattern: "sk-api-[A-Za-z0-9_-]{60,}",
        prefix: "sk-api-",
        revoke: "https://platform.minimax.io",
        ..BASE
    },
    Shape {
        id: "bifrost-key",
        what: "Bifrost virtual key",
        family: Ai,
        needles: &["sk-bf-"],
        pattern: "sk-bf-[A-Za-z0-9_-]{32,}",
        prefix: "sk-bf-",
        revoke: "the Bifrost gateway, Virtual keys",
        check: Random,
        ..BASE
    },
    Shape {
        id: "helicone-key",
        what: "Helicone API key",
        family: Ai,
        needles: &["sk-helicone-"],
        pattern: "sk-helicone-[a-z0-9-]{24,}",
        prefix: "sk-helicone-",
        revoke: "https://us.helicone.ai/settings/api-keys",
        check: Random,
        ..BASE
    },
    Shape {
        id: "langfuse-secret-key",
        what: "Langfuse secret key",
        family: Ai,
        needles: &["sk-lf-"],
        pattern: "sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        prefix: "sk-lf-",
        revoke: "Langfuse, Project settings, API keys",
        ..BASE
    },
    Shape {
        id: "langsmith-key",
        what: "LangSmith API key",
        family: Ai,
        needles: &["lsv2_"],
        pattern: "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
        prefix: "lsv2_",
        revoke: "https://smith.langchain.com/settings",
        ..BASE
    },
    Shape {
        id: "tavily-key",
        what: "Tavily API key",
        family: Ai,
        needles: &["tvly-"],
        pattern: "tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}",
        prefix: "tvly-",
        revoke: "https://app.tavily.com",
        ..BASE
    },
    Shape {
        id: "jina-key",
        what: "Jina AI API key",
        family: Ai,
        needles: &["jina_"],
        pattern: "jina_[0-9a-f]{32}[A-Za-z0-9_-]{28}",
        prefix: "jina_",
        revoke: "https://jina.ai/api-dashboard",
        ..BASE
    },
    Shape {
        id: "brave-search-key",
        what: "Brave Search API key",
        family: Ai,
        needles: &["BSA"],
        pattern: "BSA[A-Za-z0-9_-]{28}",
        prefix: "BSA",
        revoke: "https://api-dashboard.search.brave.com",
        check: Random,
        ..BASE
    },
    Shape {
        id: "relay-key",
        what: "relay service key",
        family: Ai,
        needles: &["cr_"],
        pattern: "cr_[0-9a-f]{64}",
        prefix: "cr_",
        revoke: "the relay that issued it",
        ..BASE
    },
    Shape {
        id: "zai-key",
        what: "Z.ai API key",
        family: Ai,
        pattern: r"[0-9a-f]{32}\.[A-Za-z0-9]{16}",
        revoke: "https://z.ai/manage-apikey/apikey-list",
        ..BASE
    },
    Shape {
        id: "ollama-key",
        what: "Ollama API key",
        family: Ai,
        pattern: r"[0-9a-f]{32}\.[A-Za-z0-9_-]{24}",
        revoke: "https://ollama.com/settings/keys",
        ..BASE
    },
    Shape {
        id: "deepseek-key",
        what: "DeepSeek API key",
        family: Ai,
        names: &["DEEPSEEK"],
        pattern: "sk-[0-9a-f]{32}",
        prefix: "sk-",
        revoke: "https://platform.deepseek.com/api_keys",
        ..BASE
    },
    Shape {
        id: "moonshot-key",
        what: "Moonshot API key",
        family: Ai,
        names: &["MOONSHOT", "KIMI"],
        pattern: "sk-[A-Za-z0-9]{48}",
        prefix: "sk-",
        revoke: "https://platform.moonshot.ai/console/api-keys",
        ..BASE
    },
    Shape {
        id: "dashscope-key",
        what: "Alibaba Model Studio API key",
        family: Ai,
        names: &["DASHSCOPE", "BAILIAN", "QWEN", "ALIBABA"],
        pattern: "sk-(?:sp-)?[A-Za-z0-9]{32,}",
        prefix: "sk-",
        revoke: "https://bailian.console.aliyun.com",
        ..BASE
    },
    Shape {
        id: "siliconflow-key",
        what: "SiliconFlow API key",
        family: Ai,
        names: &["SILICONFLOW"],
        pattern: "sk-[A-Za-z0-9]{32,}",
        prefix: "sk-",
        revoke: "https://cloud.siliconflow.cn/account/ak",
        ..BASE
    },
    Shape {
        id: "litellm-key",
        what: "LiteLLM virtual key",
        family: Ai,
        pattern: "sk-[A-Za-z0-9_-]{22}",
        prefix: "sk-",
        revoke: "the LiteLLM proxy, Virtual keys",
        check: Random,
        ..BASE
    },
    Shape {
        id: "gateway-key",
        what: "API key of an AI gateway or relay",
        family: Ai,
        pattern: "sk-[A-Za-z0-9_-]{20,}",
        prefix: "sk-",
        revoke: "the service that issued it",
        check: Random,
        ..BASE
    },
    Shape {
        id: "elevenlabs-key",
        what: "ElevenLabs API key",
        family: Ai,
        names: &["ELEVEN", "XI_"],
        pattern: "sk_[0-9a-f]{48}",
        prefix: "sk_",
        revoke: "https://elevenlabs.io/app/settings/api-keys",
        ..BASE
    },
    Shape {
        id: "voyage-key",
        what: "Voyage AI API key",
        family: Ai,
        names: &["VOYAGE"],
        pattern: "pa-[A-Za-z0-9_-]{43}",
        prefix: "pa-",
        revoke: "https://dashboard.voyageai.com",
        ..BASE
    },
    Shape {
        id: "mistral-key",
        what: "Mistral API key",
        family: Ai,
        names: &["MISTRAL", "CODESTRAL"],
        pattern: "[A-Za-z0-9]{32}",
        revoke: "https://console.mistral.ai/api-keys",
        check: Random,
        ..BASE
    },
    Shape {
        id: "cohere-key",
        what: "Cohere API key",
        family: Ai,
        names: &["COHERE", "CO_API"],
        pattern: "[A-Za-z0-9]{40}",
        revoke: "https://dashboard.cohere.com/api-keys",
        check: Random,
        ..BASE
    },
    Shape {
        id: "aws-secret-key",
        what: "AWS secret access key",
        family: Ai,
        names: &["AWS_SECRET", "SECRETACCESSKEY", "SECRET_ACCESS_KEY"],
        pattern: "[A-Za-z0-9/+]{40}",
        revoke: "AWS console, IAM, the user, Security credentials",
        check: Random,
        ..BASE
    },
    Shape {
        id: "uuid-key",
        what: "API key in the form of a UUID",
        family: Ai,
        pattern: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        revoke: "the service that issued it",
        ..BASE
    },
    Shape {
        id: "aws-access-key-id",
        what: "AWS access key id",
        needles: &["AKIA", "ASIA", "ABIA", "ACCA"],
        pattern: "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}",
        alphabet: Alnum,
        revoke: "AWS console, IAM, the user, Security credentials",
        ..BASE
    },
    Shape {
        id: "context7-key",
        what: "Context7 API key",
        needles: &["ctx7sk-"],
        pattern: "ctx7sk-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        prefix: "ctx7sk-",
        revoke: "https://context7.com/dashboard",
        ..BASE
    },
    Shape {
        id: "github-pat",
        what: "GitHub personal access token",
        needles: &["ghp_"],
        pattern: "ghp_[A-Za-z0-9]{36}",
        prefix: "ghp_",
        revoke: GITHUB,
        ..BASE
    },
    Shape {
        id: "github-fine-grained-pat",
        what: "fine-grained GitHub token",
        needles: &["github_pat_"],
        pattern: "github_pat_[A-Za-z0-9_]{82}",
        prefix: "github_pat_",
        revoke: GITHUB,
        ..BASE
    },
    Shape {
        id: "github-oauth-token",
        what: "GitHub OAuth token",
        needles: &["gho_"],
        pattern: "gho_[A-Za-z0-9]{36}",
        prefix: "gho_",
        revoke: "https://github.com/settings/applications",
        ..BASE
    },
    Shape {
        id: "github-user-token",
        what: "GitHub App user token",
        needles: &["ghu_"],
        pattern: "ghu_[A-Za-z0-9]{36}",
        prefix: "ghu_",
        revoke: "https://github.com/settings/apps/authorizations",
        ..BASE
    },
    Shape {
        id: "github-server-token",
        what: "GitHub App installation token",
        needles: &["ghs_"],
        pattern: "ghs_[A-Za-z0-9]{36}",
        prefix: "ghs_",
        revoke: "it expires within an hour",
        ..BASE
    },
    Shape {
        id: "github-refresh-token",
        what: "GitHub App refresh token",
        needles: &["ghr_"],
        pattern: "ghr_[A-Za-z0-9]{36,}",
        prefix: "ghr_",
        revoke: "https://github.com/settings/apps/authorizations",
        ..BASE
    },
    Shape {
        id: "gitlab-routable-pat",
        what: "GitLab personal access token",
        needles: &["glpat-"],
        pattern: r"glpat-[A-Za-z0-9_-]{27,}\.(?:[0-9a-z]{2}\.)?[0-9a-z]{9}",
        alphabet: Dotted,
        prefix: "glpat-",
        revoke: GITLAB,
        ..BASE
    },
    Shape {
        id: "gitlab-pat",
        what: "GitLab personal access token",
        needles: &["glpat-"],
        pattern: "glpat-[A-Za-z0-9_-]{20}",
        prefix: "glpat-",
        revoke: GITLAB,
        ..BASE
    },
    Shape {
        id: "gitlab-deploy-token",
        what: "GitLab deploy token",
        needles: &["gldt-"],
        pattern: "gldt-[A-Za-z0-9_-]{20,}",
        prefix: "gldt-",
        revoke: "GitLab, Settings, Repository, Deploy tokens",
        ..BASE
    },
    Shape {
        id: "gitlab-runner-token",
        what: "GitLab runner token",
        needles: &["glrt-"],
        pattern: "glrt-[A-Za-z0-9_-]{20,}",
        prefix: "glrt-",
        revoke: "GitLab, Settings, CI/CD, Runners",
        ..BASE
    },
    Shape {
        id: "gitlab-other-token",
        what: "GitLab token",
        needles: &["gloas-", "glptt-", "glagent-", "glimt-", "glsoat-", "glcbt-", "glft-", "glffct-"],
        pattern: "gl(?:oas|ptt|agent|imt|soat|cbt|ft|ffct)-[A-Za-z0-9_-]{20,}",
        prefix: "gl",
        revoke: "GitLab, the page of the feature that issued it",
        ..BASE
    },
    Shape {
        id: "npm-token",
        what: "npm access token",
        needles: &["npm_"],
        pattern: "npm_[A-Za-z0-9]{36}",
        prefix: "npm_",
        revoke: "https://www.npmjs.com/settings/~/tokens",
        ..BASE
    },
    Shape {
        id: "pypi-token",
        what: "PyPI API token",
        needles: &["pypi-AgEIcHlwaS5vcmc"],
        pattern: "pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}",
        prefix: "pypi-",
        revoke: "https://pypi.org/manage/account/token/",
        ..BASE
    },
    Shape {
        id: "rubygems-key",
        what: "RubyGems API key",
        needles: &["rubygems_"],
        pattern: "rubygems_[0-9a-f]{48}",
        prefix: "rubygems_",
        revoke: "https://rubygems.org/profile/api_keys",
        ..BASE
    },
    Shape {
        id: "crates-io-token",
        what: "crates.io API token",
        needles: &["cio"],
        pattern: "cio[A-Za-z0-9]{32}",
        prefix: "cio",
        revoke: "https://crates.io/settings/tokens",
        check: Random,
        ..BASE
    },
    Shape {
        id: "docker-hub-token",
        what: "Docker Hub access token",
        needles: &["dckr_pat_", "dckr_oat_"],
        pattern: "dckr_[po]at_[A-Za-z0-9_-]{27,}",
        prefix: "dckr_",
        revoke: "https://app.docker.com/settings/personal-access-tokens",
        ..BASE
    },
    Shape {
        id: "slack-token",
        what: "Slack token",
        needles: &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xoxc-", "xoxd-"],
        pattern: r"xox(?:[bparescd]-|e\.xox[bp]-)[A-Za-z0-9%-]{24,}",
        prefix: "xox",
        revoke: SLACK,
        ..BASE
    },
    Shape {
        id: "slack-app-token",
        what: "Slack app-level token",
        needles: &["xapp-"],
        pattern: "xapp-[0-9]-[A-Za-z0-9]{8,}-[0-9]{8,}-[A-Za-z0-9]{32,}",
        prefix: "xapp-",
        revoke: SLACK,
        ..BASE
    },
    Shape {
        id: "slack-webhook",
        what: "Slack webhook address",
        needles: &["hooks.slack.com/"],
        // Not `triggers`: those addresses start one workflow of the team and post as nobody.
        pattern: r"hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{40,}",
        prefix: "hooks.slack.com/",
        revoke: SLACK,
        ..BASE
    },
    Shape {
        id: "discord-webhook",
        what: "Discord webhook address",
        needles: &["/api/webhooks/"],
        pattern: r"discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,}",
        prefix: "discord",
        revoke: "Discord, Server settings, Integrations",
        ..BASE
    },
    Shape {
        id: "discord-bot-token",
        what: "Discord bot token",
        names: &["DISCORD", "BOT"],
        pattern: r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}",
        revoke: "https://discord.com/developers/applications",
        ..BASE
    },
    Shape {
        id: "telegram-bot-token",
        what: "Telegram bot token",
        needles: &[":AA"],
        pattern: "(?:bot)?[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
        revoke: "BotFather, /revoke",
        ..BASE
    },
    Shape {
        id: "linear-key",
        what: "Linear API key",
        needles: &["lin_api_"],
        pattern: "lin_api_[A-Za-z0-9]{40}",
        prefix: "lin_api_",
        revoke: "https://linear.app/settings/account/security",
        ..BASE
    },
    Shape {
        id: "linear-oauth-token",
        what: "Linear OAuth token",
        needles: &["lin_oauth_"],
        pattern: "lin_oauth_[0-9a-f]{64}",
        prefix: "lin_oauth_",
        revoke: "https://linear.app/settings/account/security",
        ..BASE
    },
    Shape {
        id: "notion-token",
        what: "Notion integration token",
        needles: &["ntn_"],
        pattern: "ntn_[0-9]{11}[A-Za-z0-9]{35}",
        prefix: "ntn_",
        revoke: "https://www.notion.so/my-integrations",
        ..BASE
    },
    Shape {
        id: "notion-old-token",
        what: "Notion integration token",
        pattern: "secret_[A-Za-z0-9]{43}",
        prefix: "secret_",
        revoke: "https://www.notion.so/my-integrations",
        ..BASE
    },
    Shape {
        id: "contentful-token",
        what: "Contentful management token",
        needles: &["CFPAT-"],
        pattern: "CFPAT-[A-Za-z0-9_-]{43}",
        prefix: "CFPAT-",
        revoke: "https://app.contentful.com/account/profile/cma_tokens",
        ..BASE
    },
    Shape {
        id: "sentry-org-token",
        what: "Sentry organization token",
        needles: &["sntrys_eyJ"],
        pattern: "sntrys_eyJ[A-Za-z0-9+/=_-]{80,}",
        prefix: "sntrys_",
        revoke: "Sentry, Settings, Auth tokens",
        ..BASE
    },
    Shape {
        id: "sentry-user-token",
        what: "Sentry user token",
        needles: &["sntryu_"],
        pattern: "sntryu_[0-9a-f]{64}",
        prefix: "sntryu_",
        revoke: "Sentry, Settings, Auth tokens",
        ..BASE
    },
    Shape {
        id: "stripe-secret-key",
        what: "Stripe secret key",
        needles: &["sk_live_", "sk_prod_"],
        pattern: "sk_(?:live|prod)_[A-Za-z0-9]{24,}",
        prefix: "sk_",
        revoke: STRIPE,
        ..BASE
    },
    Shape {
        id: "stripe-test-key",
        what: "Stripe test key",
        needles: &["sk_test_"],
        pattern: "sk_test_[A-Za-z0-9]{24,}",
        prefix: "sk_test_",
        revoke: STRIPE,
        ..BASE
    },
    Shape {
        id: "stripe-restricted-key",
        what: "Stripe restricted key",
        needles: &["rk_live_", "rk_prod_", "rk_test_"],
        pattern: "rk_(?:live|prod|test)_[A-Za-z0-9]{24,}",
        prefix: "rk_",
        revoke: STRIPE,
        ..BASE
    },
    Shape {
        id: "webhook-signing-secret",
        what: "webhook signing secret",
        needles: &["whsec_"],
        pattern: "whsec_[A-Za-z0-9+/]{32,}={0,2}",
        prefix: "whsec_",
        revoke: "the service that sends the webhook",
        ..BASE
    },
    Shape {
        id: "sendgrid-key",
        what: "SendGrid API key",
        needles: &["SG."],
        pattern: r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
        alphabet: Dotted,
        prefix: "SG.",
        revoke: "https://app.sendgrid.com/settings/api_keys",
        ..BASE
    },
    Shape {
        id: "grafana-service-token",
        what: "Grafana service account token",
        needles: &["glsa_"],
        pattern: "glsa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}",
        prefix: "glsa_",
        revoke: GRAFANA,
        ..BASE
    },
    Shape {
        id: "grafana-cloud-token",
        what: "Grafana Cloud token",
        needles: &["glc_"],
        pattern: "glc_[A-Za-z0-9+/]{32,}={0,2}",
        prefix: "glc_",
        revoke: GRAFANA,
        ..BASE
    },
    Shape {
        id: "planetscale-token",
        what: "PlanetScale token",
        needles: &["pscale_"],
        pattern: "pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.-]{31,}[A-Za-z0-9_-]",
        prefix: "pscale_",
        revoke: "PlanetScale, Settings, Service tokens",
        ..BASE
    },
    Shape {
        id: "digitalocean-token",
        what: "DigitalOcean token",
        needles: &["dop_v1_", "doo_v1_", "dor_v1_"],
        pattern: "do[por]_v1_[0-9a-f]{64}",
        prefix: "do",
        revoke: "https://cloud.digitalocean.com/account/api/tokens",
        ..BASE
    },
    Shape {
        id: "postman-key",
        what: "Postman API key",
        needles: &["PMAK-"],
        pattern: "PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
        prefix: "PMAK-",
        revoke: "https://go.postman.co/settings/me/api-keys",
        ..BASE
    },
    Shape {
        id: "pulumi-token",
        what: "Pulumi access token",
        needles: &["pul-"],
        pattern: "pul-[0-9a-f]{40}",
        prefix: "pul-",
        revoke: "https://app.pulumi.com/account/tokens",
        ..BASE
    },
    Shape {
        id: "doppler-token",
        what: "Doppler token",
        needles: &["dp.pt.", "dp.st.", "dp.ct.", "dp.sa."],
        pattern: r"dp\.(?:pt|st|ct|sa)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
        alphabet: Dotted,
        prefix: "dp.",
        revoke: "Doppler, Tokens",
        ..BASE
    },
    Shape {
        id: "airtable-token",
        what: "Airtable personal access token",
        pattern: r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
        prefix: "pat",
        revoke: "https://airtable.com/create/tokens",
        ..BASE
    },
    Shape {
        id: "vault-token",
        what: "HashiCorp Vault token",
        needles: &["hvs.", "hvb."],
        pattern: r"hv[sb]\.[A-Za-z0-9_-]{90,}",
        alphabet: Dotted,
        prefix: "hv",
        revoke: "vault token revoke",
        ..BASE
    },
    Shape {
        id: "terraform-token",
        what: "HCP Terraform token",
        needles: &[".atlasv1."],
        pattern: r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}",
        alphabet: Dotted,
        revoke: "https://app.terraform.io/app/settings/tokens",
        ..BASE
    },
    Shape {
        id: "onepassword-service-token",
        what: "1Password service account token",
        needles: &["ops_eyJ"],
        pattern: "ops_eyJ[A-Za-z0-9_-]{200,}={0,2}",
        prefix: "ops_",
        revoke: "1Password, Developer, Service accounts",
        ..BASE
    },
    Shape {
        id: "age-secret-key",
        what: "age secret key",
        needles: &["AGE-SECRET-KEY-1"],
        pattern: "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
        prefix: "AGE-SECRET-KEY-1",
        revoke: "encrypt everything anew for another key",
        ..BASE
    },
    Shape {
        id: "private-key",
        what: "private key",
        needles: &["PRIVATE KEY-----"],
        pattern: r"-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED) )?PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]|\\[nr]){64,}(?:-----END (?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED) )?PRIVATE KEY-----)?",
        revoke: "replace the key pair",
        check: Beginning,
        ..BASE
    },
    Shape {
        id: "supabase-token",
        what: "Supabase access token",
        needles: &["sbp_"],
        pattern: "sbp_(?:oauth_)?[0-9a-f]{40}",
        prefix: "sbp_",
        revoke: "https://supabase.com/dashboard/account/tokens",
        ..BASE
    },
    Shape {
        id: "supabase-secret-key",
        what: "Supabase secret key",
        needles: &["sb_secret_"],
        pattern: "sb_secret_[A-Za-z0-9_-]{31,}",
        prefix: "sb_secret_",
        revoke: "Supabase, Project settings, API keys",
        ..BASE
    },
    Shape {
        id: "figma-token",
        what: "Figma access token",
        needles: &["figd_"],
        pattern: "figd_[A-Za-z0-9_-]{38,}",
        prefix: "figd_",
        revoke: "Figma, Settings, Security",
        ..BASE
    },
    Shape {
        id: "heroku-key",
        what: "Heroku API key",
        needles: &["HRKU-AA"],
        pattern: "HRKU-AA[A-Za-z0-9_-]{58}",
        prefix: "HRKU-",
        revoke: "https://dashboard.heroku.com/account",
        ..BASE
    },
    Shape {
        id: "shopify-token",
        what: "Shopify access token",
        needles: &["shpat_", "shpca_", "shppa_", "shpss_"],
        pattern: "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
        prefix: "shp",
        revoke: "Shopify admin, Apps",
        ..BASE
    },
    Shape {
        id: "atlassian-token",
        what: "Atlassian API token",
        needles: &["ATATT3", "ATCTT3"],
        pattern: "AT[AC]TT3[A-Za-z0-9_=-]{60,}",
        prefix: "AT",
        revoke: "https://id.atlassian.com/manage-profile/security/api-tokens",
        ..BASE
    },
    Shape {
        id: "dropbox-token",
        what: "Dropbox access token",
        needles: &["sl."],
        pattern: r"sl\.(?:u\.)?[A-Za-z0-9_-]{130,}",
        alphabet: Dotted,
        prefix: "sl.",
        revoke: "https://www.dropbox.com/account/connected_apps",
        ..BASE
    },
    Shape {
        id: "google-oauth-secret",
        what: "Google OAuth client secret",
        needles: &["GOCSPX-"],
        pattern: "GOCSPX-[A-Za-z0-9_-]{28}",
        prefix: "GOCSPX-",
        revoke: "https://console.cloud.google.com/apis/credentials",
        ..BASE
    },
    Shape {
        id: "google-access-token",
        what: "Google access token",
        needles: &["ya29."],
        pattern: r"ya29\.[A-Za-z0-9_-]{60,}",
        alphabet: Dotted,
        prefix: "ya29.",
        revoke: "it expires within an hour",
        ..BASE
    },
    Shape {
        id: "azure-client-secret",
        what: "Azure client secret",
        needles: &["Q~"],
        pattern: "[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{30,33}[A-Za-z0-9_~-]",
        alphabet: Tilde,
        revoke: "Microsoft Entra, App registrations, Certificates and secrets",
        ..BASE
    },
    Shape {
        id: "hubspot-token",
        what: "HubSpot private app token",
        needles: &["pat-na", "pat-eu"],
        pattern: "pat-(?:na|eu)[0-9]-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        prefix: "pat-",
        revoke: "HubSpot, Private apps",
        ..BASE
    },
    Shape {
        id: "new-relic-key",
        what: "New Relic user key",
        needles: &["NRAK-"],
        pattern: "NRAK-[A-Z0-9]{27}",
        prefix: "NRAK-",
        revoke: "New Relic, API keys",
        ..BASE
    },
    Shape {
        id: "netlify-token",
        what: "Netlify access token",
        needles: &["nfp_"],
        pattern: "nfp_[A-Za-z0-9]{36}",
        prefix: "nfp_",
        revoke: "https://app.netlify.com/user/applications",
        ..BASE
    },
    Shape {
        id: "buildkite-token",
        what: "Buildkite token",
        needles: &["bkua_"],
        pattern: "bkua_[0-9a-f]{40}",
        prefix: "bkua_",
        revoke: "https://buildkite.com/user/api-access-tokens",
        ..BASE
    },
    Shape {
        id: "sourcegraph-token",
        what: "Sourcegraph access token",
        needles: &["sgp_"],
        pattern: "sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}",
        prefix: "sgp_",
        revoke: "Sourcegraph, Settings, Access tokens",
        ..BASE
    },
    Shape {
        id: "firecrawl-key",
        what: "Firecrawl API key",
        needles: &["fc-"],
        pattern: "fc-[0-9a-f]{32}",
        prefix: "fc-",
        revoke: "https://www.firecrawl.dev/app/api-keys",
        ..BASE
    },
    Shape {
        id: "apify-token",
        what: "Apify API token",
        needles: &["apify_api_"],
        pattern: "apify_api_[A-Za-z0-9]{36}",
        prefix: "apify_api_",
        revoke: "https://console.apify.com/settings/integrations",
        ..BASE
    },
    Shape {
        id: "posthog-key",
        what: "PostHog personal API key",
        needles: &["phx_"],
        pattern: "phx_[A-Za-z0-9]{40,}",
        prefix: "phx_",
        revoke: "PostHog, Settings, Personal API keys",
        ..BASE
    },
    Shape {
        id: "honeycomb-key",
        what: "Honeycomb API key",
        needles: &["hcaik_", "hcbik_", "hcalk_"],
        pattern: "hc(?:ai|bi|al)k_[A-Za-z0-9]{58}",
        prefix: "hc",
        revoke: "Honeycomb, Environment settings, API keys",
        ..BASE
    },
    Shape {
        id: "mapbox-secret-token",
        what: "Mapbox secret token",
        needles: &["sk.eyJ"],
        pattern: r"sk\.eyJ[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{20,}",
        alphabet: Dotted,
        prefix: "sk.",
        revoke: "https://console.mapbox.com/account/access-tokens",
        ..BASE
    },
    Shape {
        id: "jwt",
        what: "JSON Web Token",
        needles: &["eyJ"],
        pattern: r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
        revoke: "the service that issued it",
        check: Jwt,
        ..BASE
    },
    Shape {
        id: "app-password",
        what: "app password",
        names: &["PASS"],
        pattern: "[a-z0-9]{4}(?:-[a-z0-9]{4}){3}|[a-z]{4}(?: [a-z]{4}){3}",
        revoke: "the account's security settings",
        ..BASE
    },
    Shape {
        id: "twilio-key",
        what: "Twilio API key",
        names: &["TWILIO"],
        pattern: "SK[0-9a-f]{32}",
        prefix: "SK",
        revoke: "https://console.twilio.com",
        ..BASE
    },
    Shape {
        id: "twilio-auth-token",
        what: "Twilio auth token",
        names: &["TWILIO"],
        pattern: "[0-9a-f]{32}",
        revoke: "https://console.twilio.com",
        ..BASE
    },
    Shape {
        id: "mailgun-key",
        what: "Mailgun API key",
        names: &["MAILGUN"],
        pattern: "key-[0-9a-f]{32}",
        prefix: "key-",
        revoke: "https://app.mailgun.com/settings/api_security",
        ..BASE
    },
    Shape {
        id: "resend-key",
        what: "Resend API key",
        pattern: "re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}",
        prefix: "re_",
        revoke: "https://resend.com/api-keys",
        ..BASE
    },
    Shape {
        id: "cloudflare-token",
        what: "Cloudflare API token",
        names: &["CLOUDFLARE", "CF_"],
        pattern: "[A-Za-z0-9_-]{40}",
        revoke: "https://dash.cloudflare.com/profile/api-tokens",
        check: Random,
        ..BASE
    },
    Shape {
        id: "blockchain-private-key",
        what: "blockchain private key",
        names: &["PRIVATE"],
        pattern: "0x[0-9a-f]{64}",
        prefix: "0x",
        revoke: "move the funds to a new account",
        ..BASE
    },
];
