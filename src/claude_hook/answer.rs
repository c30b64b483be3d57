//! What a hook says to Claude Code: JSON on standard output.

use serde_json::{Value, json};

use crate::credential::mask::mask_text;
use crate::finding::Finding;
use crate::report::clean;

/// Findings that are told one by one.
const MAX_TOLD: usize = 10;

/// A write that is not made, and what to do instead.
pub(super) fn deny(findings: &[&Finding]) -> Value {
    let reason = format!(
        "keylint: this write would put a credential into a file that git has, or that `git add` takes. Nothing was \
         written.\n{}\nTell the user which variable to set and where. If the value is meant to be public, ask the user, \
         who can accept it.",
        lines(findings)
    );
    json!({"hookSpecificOutput": {
        "hookEventName": "PreToolUse",
        "permissionDecision": "deny",
        "permissionDecisionReason": reason,
    }})
}

/// What a write has brought, for the model.
pub(super) fn tell(findings: &[&Finding]) -> Value {
    let context = format!("keylint, about what this write brought:\n{}", lines(findings));
    json!({"hookSpecificOutput": {"hookEventName": "PostToolUse", "additionalContext": context}})
}

/// What stands in changed settings, for the user.
pub(super) fn warn(findings: &[&Finding]) -> Value {
    json!({"systemMessage": format!("keylint, about the changed settings:\n{}", lines(findings))})
}

/// `path:line: severity[rule] message`, and what helps.
fn lines(findings: &[&Finding]) -> String {
    let mut lines: Vec<String> = findings.iter().take(MAX_TOLD).map(|finding| line(finding)).collect();
    if findings.len() > MAX_TOLD {
        lines.push(format!("and {} more: `keylint lint` shows them", findings.len() - MAX_TOLD));
    }
    lines.join("\n")
}

fn line(finding: &Finding) -> String {
    let place = &finding.primary;
    let mut line = format!(
        "{}:{}: {}[{}] {}",
        clean(&mask_text(place.path.as_str())),
        place.start.line,
        finding.severity,
        finding.rule.slug,
        clean(finding.message.as_str())
    );
    for help in &finding.help {
        line.push_str("\n  help: ");
        line.push_str(&clean(help.as_str()));
    }
    line
}
