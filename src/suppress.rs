//! Comments that accept a finding where it stands: `keylint: ignore[rule] reason`.
//!
//! Behind something on a line the comment speaks of that line, alone on a line of the one below, and
//! `ignore-file[rule]` of the whole file. Strict JSON has no comments: there `keylint allow` is the way.

use crate::accept::By;
use crate::finding::{Finding, Message, Name, Severity};
use crate::message;
use crate::rules::{self, File, Rule};
use crate::surface::{Editor, Language, Mcp, Pipeline, Service, Surface};
use crate::text::{Span, nearest};

/// What a comment begins with, behind the mark of a comment.
const WORD: &str = "keylint:";

/// A comment that accepts findings.
#[derive(Debug)]
struct Comment {
    /// What it says.
    place: Span,
    /// The line of which it speaks, 1-based; `None` for the whole file.
    line: Option<usize>,
    /// The rules, and where each stands.
    rules: Vec<(&'static str, Span)>,
    /// Which of them accepted something.
    used: Vec<bool>,
    /// Why, as somebody wrote it.
    reason: Message,
}

/// Takes accepted findings out, and adds what is wrong with comments: those that accept nothing, and those that can't
/// be read.
pub fn apply(
    findings: &mut Vec<Finding>,
    files: &[File],
    taken: &mut Vec<(Finding, By)>,
    complaints: &mut Vec<Finding>,
) {
    for file in files.iter().filter(|file| file.document.text.as_str().contains(WORD)) {
        let mut comments = comments(file, complaints);
        let mut reasons = Vec::new();
        let accepted = findings.extract_if(.., |finding| {
            let reason = if finding.primary.path == file.entry.path { reason(finding, &mut comments) } else { None };
            let is_accepted = reason.is_some();
            reasons.extend(reason);
            is_accepted
        });
        let accepted: Vec<Finding> = accepted.collect();
        taken.extend(accepted.into_iter().zip(reasons.into_iter().map(By::Comment)));
        for comment in comments {
            for ((rule, place), used) in comment.rules.iter().zip(&comment.used) {
                if !used {
                    complaints.push(unused(file, rule, *place, comment.line));
                }
            }
        }
    }
}

/// The reason of the first comment that accepts a finding. All that do are used.
fn reason(finding: &Finding, comments: &mut [Comment]) -> Option<Message> {
    let mut reason = None;
    for comment in comments {
        if comment.line.is_some_and(|line| line != finding.primary.start.line) {
            continue;
        }
        for ((rule, _), used) in comment.rules.iter().zip(&mut comment.used) {
            if *rule == finding.rule.slug {
                *used = true;
                reason.get_or_insert_with(|| comment.reason.clone());
            }
        }
    }
    reason
}

fn unused(file: &File, rule: &str, place: Span, line: Option<usize>) -> Finding {
    let what = match line {
        Some(_) => message!["the comment accepts `", Name(rule), "`, which reports nothing here"],
        None => message!["the comment accepts `", Name(rule), "`, which reports nothing in this file"],
    };
    Finding::new(rules::suppression_unused(), Severity::Warning, what, rule, file.locate(place))
        .help(message!["take it out"])
}

/// The comments of a file. What looks like one and is none goes into `complaints`.
fn comments(file: &File, complaints: &mut Vec<Finding>) -> Vec<Comment> {
    let text = file.document.text.as_str();
    let marks = marks(file.document.surface);
    let mut found: Vec<Comment> = Vec::new();
    for (at, _) in text.match_indices(WORD) {
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length);
        let before = text[start..at].trim_end();
        let Some(before) = marks.iter().find_map(|mark| strip_mark(before, mark)) else { continue };
        let said = text[at + WORD.len()..end].trim_end().trim_end_matches("-->").trim_end();
        let first = at + WORD.len() + said.len() - said.trim_start().len();
        let said = said.trim_start();
        let Some(rest) = said.strip_prefix("ignore") else { continue };
        let (whole, rest) = rest.strip_prefix("-file").map_or((false, rest), |rest| (true, rest));
        let place = Span::new(at, first + said.len());
        let mut complain = |what: Message, place: Span, help: Message| {
            let rule = rules::configuration_invalid();
            complaints.push(Finding::new(rule, Severity::Error, what, "keylint", file.locate(place)).help(help));
        };
        let Some((list, reason)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
            let help = message!["write `keylint: ignore[rule] reason`, with the rule of the finding"];
            complain(message!["this comment names no rule, and accepts nothing"], place, help);
            continue;
        };
        if reason.trim_matches([' ', '\t', ':', '-']).is_empty() {
            let help = message!["say behind the bracket why it is fine"];
            complain(message!["this comment gives no reason, and accepts nothing"], place, help);
            continue;
        }
        let mut rules = Vec::new();
        let mut from = first + said.len() - rest.len() + 1;
        for name in list.split(',') {
            let slug = name.trim();
            let begin = from + name.len() - name.trim_start().len();
            let span = Span::new(begin, begin + slug.len());
            from += name.len() + 1;
            match rules::find(slug) {
                Some(rule) => rules.push((rule.slug, span)),
                None => {
                    let help = match nearest(slug, rules::RULES.iter().map(|rule| rule.slug)) {
                        Some(near) => message!["did you mean `", Name(near), "`?"],
                        None => message!["`keylint rules` lists them"],
                    };
                    complain(message!["there is no rule `", Name(slug), "`"], span, help);
                }
            }
        }
        let alone = before.trim().is_empty();
        let own = file.document.text.position(at).line;
        let used = vec![false; rules.len()];
        let line = if whole { None } else { Some(own + usize::from(alone)) };
        let reason = message![Name(reason.trim_matches([' ', '\t', ':', '-']))];
        found.push(Comment { place, line, rules, used, reason });
    }
    // Several above one line all speak of it.
    let lines: Vec<usize> = found.iter().map(|comment| file.document.text.position(comment.place.start).line).collect();
    for index in (0..found.len()).rev() {
        let below = lines.get(index + 1).copied().zip(found.get(index + 1).and_then(|next| next.line));
        if let (Some(line), Some((own, target))) = (found[index].line, below)
            && line == own
            && target > own
            && line > lines[index]
        {
            found[index].line = Some(target);
        }
    }
    found
}

/// What stands in front of a comment, if the text ends with its mark.
fn strip_mark<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    let from = text.len().checked_sub(mark.len())?;
    let (before, end) = text.split_at_checked(from)?;
    let is_word = mark.starts_with(|c: char| c.is_ascii_alphabetic());
    let apart = !is_word || before.is_empty() || before.ends_with([' ', '\t', '@', '&']);
    (end.eq_ignore_ascii_case(mark) && apart).then_some(before)
}

/// A comment that accepts a rule, for a line of its own; `None` where a file has no comments.
pub(crate) fn comment(surface: Option<Surface>, rule: &Rule, reason: &str) -> Option<String> {
    let mark = *marks(surface).first()?;
    let end = if mark == "<!--" { " -->" } else { "" };
    Some(format!("{mark} {WORD} ignore[{}] {reason}{end}", rule.slug))
}

/// What begins a comment in a file.
fn marks(surface: Option<Surface>) -> &'static [&'static str] {
    match surface {
        // Claude Code drops a settings file that has one.
        Some(Surface::Settings(_) | Surface::Mcp(Mcp::ClaudeCode) | Surface::Package) => &[],
        Some(Surface::Mcp(Mcp::Other) | Surface::DevContainer | Surface::Editor(Editor::VsCode)) => &["//"],
        Some(Surface::Editor(Editor::JetBrains) | Surface::Service(Service::Launchd)) => &["<!--"],
        Some(Surface::Pipeline(Pipeline::Jenkins)) => &["//"],
        Some(Surface::Service(Service::Systemd)) => &["#", ";"],
        Some(Surface::Service(Service::Terraform)) => &["#", "//"],
        Some(Surface::Batch) => &["rem", "::"],
        Some(Surface::Code(Language::Python | Language::Ruby)) => &["#"],
        Some(Surface::Code(_)) => &["//"],
        Some(_) => &["#"],
        None => &["#", "//", "<!--", ";", "--"],
    }
}
