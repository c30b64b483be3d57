//! `secret-in-mcp`: a literal credential in an MCP server's configuration.

use super::{Repository, Rule, leak};
use crate::finding::{Finding, Severity};
use crate::message;
use crate::surface::{Mcp, Surface};

pub(super) static RULE: Rule = Rule {
    slug: "secret-in-mcp",
    severity: Severity::Error,
    summary: "a literal credential in an MCP server's configuration",
    page: include_str!("../../rules/secret-in-mcp.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    leak::report(
        repository,
        findings,
        &RULE,
        None,
        |file, _| matches!(file.document.surface, Some(Surface::Mcp(_))),
        |file, _| match file.document.surface {
            Some(Surface::Mcp(Mcp::Other)) => {
                message!["then refer to a variable or a prompted input in this client's syntax, such as `${env:NAME}`"]
            }
            _ => {
                message!["then write `${NAME}` in its place and set NAME outside: Claude Code expands it in MCP files"]
            }
        },
    );
}
