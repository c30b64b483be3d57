//! The types of Claude Code's settings: which wrong one makes the client drop the whole file.
//!
//! All of it observed with 2.1.329 on 2026-11-21, key by key. Keys that are not here are skipped alone when they are
//! wrong: unknown ones, the items of permission lists, `subagentStatusLine`, the hooks of most events. `null` is wrong
//! everywhere but for the hooks of an event.

use super::json::{Kind, Node};
use super::{Fault, FaultKind};
use crate::text::Span;

/// What a value has to be.
enum Type {
    /// A string.
    String,
    /// `true` or `false`.
    Boolean,
    /// A number between two others.
    Number(Range),
    /// An object.
    Object,
    /// An array.
    Array,
    /// An array whose elements are all of this type.
    Each(&'static Type),
    /// An object whose values are all of this type.
    Values(&'static Type),
    /// One of the two.
    Either(&'static Type, &'static Type),
    /// One of these words.
    Word(&'static [&'static str], &'static str),
    /// An address with a scheme.
    Address,
    /// An object with these members.
    Members(&'static [Member]),
    /// An object whose member `type` says which members it has.
    Tagged(&'static [(&'static str, &'static [Member])], &'static str),
}

/// Which numbers are meant.
#[derive(Clone, Copy, PartialEq)]
enum Range {
    Any,
    AboveZero,
    WholeAboveZero,
    /// From 0 to 1.
    Share,
    /// Above 0 and up to 1.
    ShareAboveZero,
}

/// One member of an object.
struct Member {
    name: &'static str,
    of: Type,
    required: bool,
}

const fn required(name: &'static str, of: Type) -> Member {
    Member { name, of, required: true }
}

const fn optional(name: &'static str, of: Type) -> Member {
    Member { name, of, required: false }
}

static TEXTS: Type = Type::Each(&Type::String);

/// The keys, by type; a dot leads into an object. Of keys that take certain words only it is known that they are
/// strings: a newer client may know more words.
static KEYS: [(Type, &str); 22] = [
    (
        Type::String,
        "$schema advisorModel agent apiKeyHelper attribution.commit attribution.pr autoMemoryDirectory \
         autoUpdatesChannel awsAuthRefresh awsCredentialExport claudeMd defaultShell defaultView disableAutoMode \
         disableDeepLinkRegistration gcpAuthRefresh language minimumVersion model otelHeadersHelper outputStyle \
         parentSettingsBehavior permissions.disableAutoMode permissions.disableBypassPermissionsMode \
         plansDirectory pluginTrustMessage prUrlTemplate processWrapper requiredMaximumVersion \
         requiredMinimumVersion sandbox.network.tlsTerminate.caCertPath \
         sandbox.network.tlsTerminate.caKeyPath tui voice.mode workflowSizeGuideline worktree.baseRef",
    ),
    (
        Type::Boolean,
        "agentPushNotifEnabled allowAllClaudeAiMcps allowManagedHooksOnly allowManagedMcpServersOnly \
         allowManagedPermissionRulesOnly alwaysThinkingEnabled attribution.sessionUrl autoCompactEnabled \
         autoDreamEnabled autoMemoryEnabled autoMode.classifyAllShell autoScrollEnabled awaySummaryEnabled \
         axScreenReader bashEditDiffEnabled channelsEnabled disableAgentView disableAllHooks disableArtifact \
         disableBundledSkills disableClaudeAiConnectors disableRemoteControl disableSideloadFlags \
         disableSkillShellExecution disableWorkflows emojiCompletionEnabled enableAllProjectMcpServers \
         enableArtifact enforceAvailableModels fastMode fastModePerSessionOptIn fileCheckpointingEnabled \
         forceRemoteSettingsRefresh includeCoAuthoredBy includeGitInstructions inputNeededNotifEnabled \
         prefersReducedMotion promptSuggestionEnabled remoteControlAtStartup respectGitignore \
         respondToBashCommands sandbox.allowAppleEvents sandbox.allowUnsandboxedCommands \
         sandbox.autoAllowBashIfSandboxed sandbox.credentials.allowPlaintextInject \
         sandbox.enableWeakerNestedSandbox sandbox.enableWeakerNetworkIsolation sandbox.enabled \
         sandbox.failIfUnavailable sandbox.filesystem.allowManagedReadPathsOnly sandbox.filesystem.disabled \
         sandbox.network.allowAllUnixSockets sandbox.network.allowLocalBinding \
         sandbox.network.allowManagedDomainsOnly sandbox.network.strictAllowlist showClearContextOnPlanAccept \
         showThinkingSummaries showTurnDuration skipAutoPermissionPrompt skipDangerousModePermissionPrompt \
         skipWebFetchPreflight spinnerTipsEnabled syncClaudeAiPlugins syntaxHighlightingDisabled \
         terminalProgressBarEnabled todoFeatureEnabled useAutoModeDuringPlan verbose voice.autoSubmit \
         voice.enabled voiceEnabled wheelScrollAccelerationEnabled workflowKeywordTriggerEnabled \
         wslInheritsWindowsSettings",
    ),
    (
        Type::Each(&Type::String),
        "allowedHttpHookUrls autoMode.allow autoMode.environment autoMode.hard_deny autoMode.soft_deny \
         availableModels claudeMdExcludes companyAnnouncements fallbackModel httpHookAllowedEnvVars permissions.additionalDirectories pluginSuggestionMarketplaces \
         sandbox.excludedCommands sandbox.filesystem.allowRead sandbox.filesystem.allowWrite \
         sandbox.filesystem.denyRead sandbox.filesystem.denyWrite sandbox.network.allowMachLookup \
         sandbox.network.allowUnixSockets sandbox.network.allowedDomains sandbox.network.deniedDomains \
         worktree.sparsePaths worktree.symlinkDirectories",
    ),
    (
        Type::Object,
        "attribution autoMode env permissions sandbox sandbox.credentials sandbox.filesystem \
         sandbox.network sandbox.network.tlsTerminate voice worktree",
    ),
    (Type::Values(&Type::Object), "pluginConfigs"),
    (Type::Values(&Type::String), "modelOverrides skillOverrides"),
    (Type::Values(&Type::Each(&Type::String)), "sandbox.ignoreViolations"),
    (Type::Values(&Type::Either(&Type::Boolean, &Type::Array)), "enabledPlugins"),
    // Rules that are none are skipped one by one.
    (Type::Array, "permissions.allow permissions.ask permissions.deny"),
    (
        Type::Each(&Type::Object),
        "blockedMarketplaces sandbox.credentials.envVars sandbox.credentials.files \
         sshConfigs strictKnownMarketplaces",
    ),
    (Type::Either(&Type::String, &TEXTS), "forceLoginOrgUUID"),
    (Type::Either(&TEXTS, &Type::String), "disabledMcpjsonServers enabledMcpjsonServers"),
    (Type::Number(Range::WholeAboveZero), "cleanupPeriodDays skillListingMaxDescChars"),
    (Type::Number(Range::Any), "sandbox.network.httpProxyPort sandbox.network.socksProxyPort"),
    (Type::Number(Range::Share), "feedbackSurveyRate"),
    (Type::Number(Range::ShareAboveZero), "skillListingBudgetFraction"),
    (Type::Word(&MODES, "a permission mode"), "permissions.defaultMode"),
    (Type::Members(&STATUS_LINE), "statusLine"),
    (Type::Members(&COMMAND), "fileSuggestion"),
    (Type::Members(&RIPGREP), "sandbox.ripgrep"),
    (Type::Members(&SPINNER_VERBS), "spinnerVerbs"),
    (Type::Each(&Type::Members(&CHANNEL_PLUGIN)), "allowedChannelPlugins"),
];

const MODES: [&str; 7] = ["default", "acceptEdits", "plan", "bypassPermissions", "dontAsk", "auto", "manual"];

static COMMAND: [Member; 2] =
    [required("type", Type::Word(&["command"], "the word \"command\"")), required("command", Type::String)];

static RIPGREP: [Member; 2] = [required("command", Type::String), optional("args", Type::Each(&Type::String))];

static SPINNER_VERBS: [Member; 2] = [required("mode", Type::String), required("verbs", Type::Each(&Type::String))];

static CHANNEL_PLUGIN: [Member; 2] = [required("marketplace", Type::String), required("plugin", Type::String)];

static STATUS_LINE: [Member; 4] = [
    required("type", Type::Word(&["command"], "the word \"command\"")),
    required("command", Type::String),
    optional("padding", Type::Number(Range::Any)),
    optional("hideVimModeIndicator", Type::Boolean),
];

/// Events that decide whether a tool runs: a hook of theirs that is not one costs the file. Those of all other events
/// are skipped alone.
const EVENTS: [&str; 2] = ["PreToolUse", "PermissionRequest"];

static ENTRIES: Type = Type::Each(&Type::Members(&[
    optional("matcher", Type::String),
    required("hooks", Type::Each(&Type::Tagged(&HOOKS, "a hook type that the client knows"))),
]));

static HOOKS: [(&str, &[Member]); 5] = [
    (
        "command",
        &[
            required("command", Type::String),
            optional("args", Type::Each(&Type::String)),
            optional("shell", Type::Word(&["bash", "powershell"], "`bash` or `powershell`")),
            optional("async", Type::Boolean),
            optional("asyncRewake", Type::Boolean),
            optional("rewakeMessage", Type::String),
            optional("rewakeSummary", Type::String),
        ],
    ),
    (
        "prompt",
        &[
            required("prompt", Type::String),
            optional("model", Type::String),
            optional("continueOnBlock", Type::Boolean),
        ],
    ),
    ("agent", &[required("prompt", Type::String), optional("model", Type::String)]),
    (
        "http",
        &[
            required("url", Type::Address),
            optional("headers", Type::Values(&Type::String)),
            optional("allowedEnvVars", Type::Each(&Type::String)),
        ],
    ),
    ("mcp_tool", &[required("server", Type::String), required("tool", Type::String), optional("input", Type::Object)]),
];

/// What a hook of any type may have.
static ANY_HOOK: [Member; 4] = [
    optional("timeout", Type::Number(Range::AboveZero)),
    optional("if", Type::String),
    optional("statusMessage", Type::String),
    optional("once", Type::Boolean),
];

/// The values of a wrong type that cost the file.
pub(super) fn wrong(tree: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    check(tree, "the settings", &Type::Object, &mut faults);
    let at = |key: &str| key.split('.').try_fold(tree, |node, part| node.get(part));
    for (of, keys) in &KEYS {
        for key in keys.split_whitespace() {
            if let Some(node) = at(key) {
                check(node, key, of, &mut faults);
            }
        }
    }
    for event in EVENTS {
        let node = tree.get("hooks").and_then(|hooks| hooks.get(event));
        if let Some(node) = node.filter(|node| !matches!(node.kind, Kind::Null)) {
            check(node, event, &ENTRIES, &mut faults);
        }
    }
    faults.sort_by_key(|fault| fault.span);
    faults
}

fn check(node: &Node, key: &'static str, of: &'static Type, faults: &mut Vec<Fault>) {
    match (of, &node.kind) {
        (Type::Each(of), Kind::Array(elements)) => {
            elements.iter().for_each(|element| check(element, key, of, faults));
        }
        (Type::Values(of), Kind::Object(members)) => {
            members.iter().for_each(|member| check(&member.value, key, of, faults));
        }
        (Type::Members(members), Kind::Object(_)) => check_members(node, members, faults),
        (Type::Tagged(kinds, _), Kind::Object(_)) => {
            let word = node.get("type").and_then(Node::as_string);
            match kinds.iter().find(|(kind, _)| word.is_some_and(|word| word.text.expose() == *kind)) {
                Some((_, members)) => {
                    check_members(node, members, faults);
                    check_members(node, &ANY_HOOK, faults);
                }
                None => faults.push(fault("type", of, node.get("type").unwrap_or(node).span)),
            }
        }
        _ if fits(node, of) => {}
        _ => faults.push(fault(key, of, node.span)),
    }
}

fn check_members(node: &Node, members: &'static [Member], faults: &mut Vec<Fault>) {
    for member in members {
        match node.get(member.name) {
            Some(value) => check(value, member.name, &member.of, faults),
            None if member.required => faults.push(fault(member.name, &member.of, node.span)),
            None => {}
        }
    }
}

fn fault(key: &'static str, expected: &Type, span: Span) -> Fault {
    Fault { kind: FaultKind::WrongType { key, expected: expected.name() }, span }
}

fn fits(node: &Node, of: &Type) -> bool {
    match (of, &node.kind) {
        (Type::String, Kind::String(_)) | (Type::Object, Kind::Object(_)) | (Type::Array, Kind::Array(_)) => true,
        (Type::Boolean, Kind::Scalar(text)) => matches!(text.as_str(), "true" | "false"),
        (Type::Number(range), Kind::Scalar(text)) => text.parse().is_ok_and(|number| range.holds(number)),
        (Type::Word(words, _), Kind::String(word)) => words.contains(&word.text.expose()),
        (Type::Address, Kind::String(url)) => has_scheme(url.text.expose()),
        (Type::Either(one, other), _) => fits(node, one) || fits(node, other),
        (Type::Each(of), Kind::Array(elements)) => elements.iter().all(|element| fits(element, of)),
        _ => false,
    }
}

fn has_scheme(url: &str) -> bool {
    url.trim().split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

impl Range {
    fn holds(self, number: f64) -> bool {
        match self {
            Self::Any => true,
            Self::AboveZero => number > 0.0,
            Self::WholeAboveZero => number > 0.0 && number.fract() == 0.0,
            Self::Share => (0.0..=1.0).contains(&number),
            Self::ShareAboveZero => number > 0.0 && number <= 1.0,
        }
    }
}

impl Type {
    /// What it has to be, in words behind "is not".
    fn name(&self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Boolean => "true or false",
            Self::Number(Range::Any) => "a number",
            Self::Number(Range::AboveZero) => "a number above 0",
            Self::Number(Range::WholeAboveZero) => "a whole number above 0",
            Self::Number(Range::Share | Range::ShareAboveZero) => "a number from 0 to 1",
            Self::Object | Self::Members(_) | Self::Values(_) => "an object",
            Self::Array | Self::Each(_) => "an array",
            Self::Either(one, _) => one.name(),
            Self::Address => "an address",
            Self::Word(_, name) => name,
            Self::Tagged(_, name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::json;
    use super::*;

    /// The keys at fault, and the text that is.
    fn faults(text: &str) -> Vec<(&'static str, &str)> {
        let (tree, broken) = json::parse(text);
        assert!(broken.is_empty(), "{text}");
        let key = |fault: &Fault| match fault.kind {
            FaultKind::WrongType { key, .. } => key,
            _ => panic!("{text}: {fault:?}"),
        };
        tree.iter().flat_map(wrong).map(|fault| (key(&fault), &text[fault.span.range()])).collect()
    }

    /// Each row repeats one that was observed with the real client.
    #[test]
    fn wrong_types_drop_the_file() {
        for (text, key, span) in [
            ("[]", "the settings", "[]"),
            ("null", "the settings", "null"),
            (r#"{"env": "x"}"#, "env", "\"x\""),
            (r#"{"env": null}"#, "env", "null"),
            (r#"{"permissions": {"deny": "Read(./x)"}}"#, "permissions.deny", "\"Read(./x)\""),
            (r#"{"permissions": {"defaultMode": "delegate"}}"#, "permissions.defaultMode", "\"delegate\""),
            (r#"{"permissions": {"additionalDirectories": ["a", 3]}}"#, "permissions.additionalDirectories", "3"),
            (r#"{"apiKeyHelper": ["x"]}"#, "apiKeyHelper", "[\"x\"]"),
            (r#"{"model": 5}"#, "model", "5"),
            (r#"{"cleanupPeriodDays": 0}"#, "cleanupPeriodDays", "0"),
            (r#"{"enabledPlugins": {"a@b": "x"}}"#, "enabledPlugins", "\"x\""),
            (r#"{"sandbox": {"network": {"allowedDomains": "x"}}}"#, "sandbox.network.allowedDomains", "\"x\""),
            (r#"{"statusLine": {"command": "x"}}"#, "type", r#"{"command": "x"}"#),
            (r#"{"statusLine": {"type": "command", "command": 3}}"#, "command", "3"),
            (r#"{"hooks": {"PreToolUse": "x"}}"#, "PreToolUse", "\"x\""),
            (r#"{"hooks": {"PreToolUse": [{"matcher": "Bash"}]}}"#, "hooks", r#"{"matcher": "Bash"}"#),
            (r#"{"hooks": {"PermissionRequest": [{"hooks": [{"type": "x"}]}]}}"#, "type", "\"x\""),
            (r#"{"hooks": {"PreToolUse": [{"hooks": [{"type": "http", "url": "/x"}]}]}}"#, "url", "\"/x\""),
            (
                r#"{"hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "x", "timeout": 0}]}]}}"#,
                "timeout",
                "0",
            ),
        ] {
            assert_eq!(faults(text), [(key, span)], "{text}");
        }
    }

    #[test]
    fn what_is_skipped_alone_does_not() {
        for text in [
            "{}",
            r#"{"unknown": null, "effortLevel": 3}"#,
            r#"{"permissions": {"allow": [5]}}"#,
            r#"{"hooks": "x"}"#,
            r#"{"hooks": {"PreToolUse": null, "PostToolUse": "x", "Stop": [{"hooks": [{"type": "command"}]}]}}"#,
            r#"{"hooks": {"PreToolUse": [{"hooks": [{"type": "command", "command": "", "note": 3}]}]}}"#,
            r#"{"statusLine": {"type": "command", "command": "x", "refreshInterval": "x"}, "subagentStatusLine": 3}"#,
            r#"{"permissions": {"defaultMode": "manual"}, "enabledPlugins": {"a@b": [], "c@d": true}}"#,
        ] {
            assert_eq!(faults(text), [], "{text}");
        }
    }
}
