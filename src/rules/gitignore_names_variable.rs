//! `gitignore-names-variable`: a line of a `.gitignore` is the name of a variable, not of a file.

use super::{Repository, Rule};
use crate::credential::name::Standing;
use crate::finding::{Finding, Location, Name, Severity};
use crate::message;
use crate::path::RepoPath;
use crate::surface::Slot;
use crate::text::Position;

pub(super) static RULE: Rule = Rule {
    slug: "gitignore-names-variable",
    severity: Severity::Note,
    summary: "a line of a .gitignore is the name of a variable, not of a file",
    page: include_str!("../../rules/gitignore-names-variable.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for rule in repository.snapshot.rules.shared() {
        let name = rule.pattern.split('=').next().unwrap_or("").trim();
        let is_variable = name.len() > 3
            && name.contains('_')
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            && repository.config.lexicon.standing(Slot::Variable, name) != Standing::No;
        // A file may bear such a name.
        let is_file = || repository.snapshot.entries.iter().any(|entry| entry.path.name() == name);
        if !is_variable || is_file() {
            continue;
        }
        let path = RepoPath::from(rule.file.as_str());
        let start = Position { line: rule.line, column: 1 };
        let end = Position { line: rule.line, column: 1 + name.chars().count() };
        let place = Location { start, end, ..Location::file(&path) };
        findings.push(
            Finding::new(
                &RULE,
                Severity::Note,
                message!["this line ignores a file of the name ", Name(name), "; the variable stays where it is set"],
                name,
                place,
            )
            .help(message!["ignore the file that holds the value, such as `.env`"]),
        );
    }
}
