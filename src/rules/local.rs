//! What several rules propose: variables move from shared settings into the local ones beside them.

use super::{Repository, is_read_in_place};
use crate::finding::Name;
use crate::fix::Fix;
use crate::message;
use crate::path::RepoPath;
use crate::route::url::Url;
use crate::surface::{Assignment, Document, Settings, Slot, Surface, Value};

/// Moves an `env` entry that is in effect from shared settings to the local ones beside them, with what belongs to it. A
/// duplicate that is lost would come into effect by that: it stays.
pub(super) fn moved(repository: &Repository<'_>, document: &Document, assignment: &Assignment) -> Option<Fix> {
    let is_shared = document.surface == Some(Surface::Settings(Settings::Shared)) && is_read_in_place(document);
    let is_literal = assignment.slot == Slot::Variable && matches!(assignment.value, Value::Literal);
    if !(is_shared && is_literal && document.faults.is_empty()) {
        return None;
    }
    let environment = &document.launches.first()?.environment;
    let place = |&index: &usize| document.assignments[index].name_span;
    environment.binary_search_by_key(&assignment.name_span, place).ok()?;
    let local = beside(&document.path)?;
    let entries = || environment.iter().map(|&index| &document.assignments[index]);
    let is_of_a_gateway = CREDENTIALS.contains(&assignment.name.as_str()) || assignment.name == ADDRESS;
    let gateway = if is_of_a_gateway { gateway(repository, entries().collect()) } else { None };
    let moving = gateway.unwrap_or_else(|| vec![assignment]);
    let key = Name(&assignment.key);
    let others: Vec<&Assignment> = moving.iter().copied().filter(|entry| entry.key != assignment.key).collect();
    let title = match others.as_slice() {
        [] => message!["move `", key, "` to `", local, "`"],
        [other] => message!["move `", key, "` and `", Name(&other.key), "` to `", local, "`"],
        _ => message!["move `", key, "` and ", others.len(), " variables that belong with it to `", local, "`"],
    };
    let fix = Fix::risky(title);
    let fix = moving.iter().fold(fix, |fix, entry| fix.without(&document.path, entry.name_span.start));
    Some(moving.iter().fold(fix, |fix, entry| fix.keep(local.clone(), &entry.name, &entry.decoded.text)))
}

/// The local settings in the folder of the shared ones, which a session that reads the shared ones reads, too (observed
/// with 2.1.329 on 2026-11-22, also in a subfolder). A folder of another name, such as `dot_claude`, is copied to where
/// they may not be read: the home folder has none.
fn beside(shared: &RepoPath) -> Option<RepoPath> {
    let folder = shared.parent().filter(|folder| folder.name() == ".claude")?;
    Some(folder.join("settings.local.json"))
}

const ADDRESS: &str = "ANTHROPIC_BASE_URL";

const CREDENTIALS: [&str; 3] = ["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "ANTHROPIC_CUSTOM_HEADERS"];

/// How many models a gateway may have; the client knows fewer variables.
const MODELS: usize = 32;

/// An address goes together with the credentials for it and the models that it has. Left behind, a credential would go
/// to Anthropic; alone, the address would get everybody's login. `None` where there is none, or it may be shared.
fn gateway<'a>(repository: &Repository<'_>, mut entries: Vec<&'a Assignment>) -> Option<Vec<&'a Assignment>> {
    let address = entries.iter().find(|entry| entry.name == ADDRESS)?;
    let host = Url::parse(address.decoded.text.expose())?.host;
    if host.is_anthropic() || repository.may_be_shared(&host) {
        return None;
    }
    let is_model =
        |name: &str| name.starts_with("ANTHROPIC_") && name.contains("_MODEL") || name == "CLAUDE_CODE_SUBAGENT_MODEL";
    entries
        .retain(|entry| entry.name == ADDRESS || CREDENTIALS.contains(&entry.name.as_str()) || is_model(&entry.name));
    (entries.len() <= CREDENTIALS.len() + 1 + MODELS).then_some(entries)
}
