//! The names that matter in source code: constructors and their arguments, functions of the environment, headers.

use crate::credential::name::{Standing, standing};
use crate::surface::Slot;

/// What makes a client of the API.
#[derive(Debug)]
pub(super) struct Constructor {
    pub(super) name: &'static str,
    /// Whether it is Anthropic's own SDK, of which it is known what it sends (observed with the constructors of Python
    /// 0.49.0, 1.17.0 and 2.11.0 and TypeScript 0.137.0 and 1.11.0, 2026-11-21), or hands everything on to it.
    pub(super) is_sdk: bool,
}

const fn sdk(name: &'static str) -> Constructor {
    Constructor { name, is_sdk: true }
}

const fn other(name: &'static str) -> Constructor {
    Constructor { name, is_sdk: false }
}

/// The cloud providers' constructors have addresses of their own, and the Vercel AI SDK continues its address otherwise.
static CONSTRUCTORS: [Constructor; 24] = [
    sdk("Anthropic"),
    sdk("AsyncAnthropic"),
    sdk("AnthropicClient"),
    sdk("AnthropicOkHttpClient"),
    sdk("AnthropicOkHttpClientAsync"),
    sdk("ChatAnthropic"),
    other("AnthropicBedrock"),
    other("AsyncAnthropicBedrock"),
    other("AnthropicBedrockMantle"),
    other("AsyncAnthropicBedrockMantle"),
    other("AnthropicVertex"),
    other("AsyncAnthropicVertex"),
    other("AnthropicFoundry"),
    other("AsyncAnthropicFoundry"),
    other("AnthropicAWS"),
    other("AsyncAnthropicAWS"),
    other("BedrockClient"),
    other("VertexClient"),
    other("AnthropicProvider"),
    other("AnthropicModel"),
    other("AnthropicLLM"),
    other("APIAuthentication"),
    other("createAnthropic"),
    other("AnthropicChatModel"),
];

/// The constructor of this name; `before` is what stands in front of its dot.
pub(super) fn constructor(before: &str, name: &str) -> Option<&'static Constructor> {
    static GO: Constructor = sdk("NewClient");
    static RUBY: Constructor = sdk("Anthropic::Client");
    match (before, name) {
        ("anthropic", "NewClient") => Some(&GO),
        ("Anthropic", "Client") => Some(&RUBY),
        ("BedrockClient" | "VertexClient", _) => None,
        _ => CONSTRUCTORS.iter().find(|constructor| constructor.name == name),
    }
}

/// What an argument of a constructor gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    ApiKey,
    AuthToken,
    BaseUrl,
    /// A credential of a cloud provider.
    Other,
    /// Something that changes what is sent.
    Headers,
}

impl Argument {
    /// The variable that the argument stands in for.
    pub(super) fn variable(self) -> Option<&'static str> {
        match self {
            Self::ApiKey => Some("ANTHROPIC_API_KEY"),
            Self::AuthToken => Some("ANTHROPIC_AUTH_TOKEN"),
            Self::BaseUrl => Some("ANTHROPIC_BASE_URL"),
            Self::Other | Self::Headers => None,
        }
    }
}

/// The argument of this name, in the spelling of whichever language: `api_key`, `apiKey`, `APIKey`, `WithAPIKey`.
pub(super) fn argument(name: &str) -> Option<Argument> {
    let plain: String =
        name.chars().filter(|&letter| letter != '_').map(|letter| letter.to_ascii_lowercase()).collect();
    Some(match plain.strip_prefix("with").unwrap_or(&plain) {
        "apikey" | "anthropicapikey" => Argument::ApiKey,
        "authtoken" | "accesstoken" => Argument::AuthToken,
        "baseurl" | "anthropicapiurl" | "uribase" => Argument::BaseUrl,
        "awssecretkey" | "awssecretaccesskey" | "awssessiontoken" | "bearertoken" | "secretkey" => Argument::Other,
        "defaultheaders" | "headers" | "header" | "credentials" | "clientoptions" | "environmenturlbackend" => {
            Argument::Headers
        }
        _ => return None,
    })
}

/// Functions that set a variable for good: `os.putenv("X", "…")`. Others, such as those of tests, take it back.
pub(super) fn sets(name: &str) -> bool {
    matches!(name, "putenv" | "Setenv" | "SetEnvironmentVariable")
}

/// Functions that run a program with arguments.
pub(super) fn starts(before: &str, name: &str) -> bool {
    match name {
        "spawn"
        | "spawnSync"
        | "execFile"
        | "execFileSync"
        | "execa"
        | "execaSync"
        | "Popen"
        | "check_call"
        | "check_output"
        | "create_subprocess_exec"
        | "ProcessBuilder"
        | "capture3"
        | "capture2"
        | "popen3"
        | "ProcessStartInfo"
        | "CommandContext" => true,
        "run" | "call" => before == "subprocess",
        "Command" => before == "exec",
        "Start" => before == "Process",
        "system" => before != "os",
        _ => false,
    }
}

/// Functions that hand a string to a shell.
pub(super) fn runs_shell(before: &str, name: &str) -> bool {
    match name {
        "execSync" | "getoutput" | "getstatusoutput" | "create_subprocess_shell" => true,
        "system" | "popen" => before == "os" || before.is_empty(),
        "exec" => matches!(before, "" | "child_process" | "cp" | "childProcess"),
        "run" | "call" => before == "subprocess",
        "Popen" | "check_call" | "check_output" => true,
        _ => false,
    }
}

/// Functions and classes of the Agent SDK, which runs Claude Code.
pub(super) fn runs_the_client(before: &str, name: &str) -> bool {
    match name {
        "ClaudeAgentOptions" | "ClaudeCodeOptions" => true,
        "query" => matches!(before, "" | "claude" | "sdk" | "claude_agent_sdk"),
        _ => false,
    }
}

/// Names of a process's environment.
pub(super) fn is_environment(name: &str) -> bool {
    matches!(name, "environ" | "env" | "ENV" | "Env" | "environment" | "Environment" | "EnvironmentVariables")
}

/// Functions that read a variable.
pub(super) fn reads(before: &str, name: &str) -> bool {
    match name {
        "getenv" | "Getenv" | "GetEnvironmentVariable" | "getOrDefault" => true,
        "get" | "fetch" | "pop" => is_environment(before),
        _ => false,
    }
}

/// Whether source code sets a credential by this name wherever it stands: one that clients and gateways read, or one with
/// Anthropic's name in it.
pub(super) fn is_credential(name: &str) -> bool {
    let ours = || {
        let lower = name.to_ascii_lowercase();
        ["key", "token", "secret", "password", "credential"].iter().any(|end| lower.ends_with(end))
            && (lower.contains("anthropic") || lower.contains("claude"))
    };
    match standing(Slot::Variable, name) {
        Standing::Read => true,
        Standing::Likely => ours(),
        Standing::No => false,
    }
}

/// Whether the name is one of a header that carries a credential. Those that are words of their own (`cookie`) stay out.
pub(super) fn is_header(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    (lower.contains('-') && !lower.starts_with('-') || lower == "authorization")
        && standing(Slot::Header, name) == Standing::Read
}

/// Whether the name may be one of a credential or a variable of Anthropic's: a look at the letters alone, since nearly every
/// name of a program is none.
pub(super) fn may_matter(name: &str) -> bool {
    const PARTS: [&[u8]; 10] = [b"key", b"tok", b"sec", b"pas", b"aut", b"pat", b"dsn", b"coo", b"cre", b"ant"];
    name.as_bytes().windows(3).any(|window| PARTS.iter().any(|part| window.eq_ignore_ascii_case(part)))
}

/// Names that are read as nothing.
pub(super) fn is_nothing(word: &str) -> bool {
    matches!(word, "None" | "null" | "nil" | "undefined")
}
