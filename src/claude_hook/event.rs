//! What Claude Code says on a hook's standard input.
//!
//! Fields as in the hooks reference (2026-10) and as Claude Code 2.1.329 was observed to send them (2026-11-21).

use std::path::PathBuf;

use serde_json::Value;

use super::edit::Change;

/// An event that concerns a file.
#[derive(Debug)]
pub(super) struct Event {
    /// The folder in which the session works.
    pub(super) cwd: PathBuf,
    /// The file, absolute or relative to that folder.
    pub(super) file: PathBuf,
    /// What happens to it.
    pub(super) moment: Moment,
}

/// What happens to a file.
#[derive(Debug)]
pub(super) enum Moment {
    /// A tool is about to change it.
    Before(Change),
    /// A tool has changed it; what it held before, where the tool says that and there was a file.
    After(Option<String>),
    /// It is a settings file that has changed under the session.
    Settings,
}

impl Event {
    /// Reads an event. `None` where it concerns no file that a tool writes.
    pub(super) fn parse(input: &[u8]) -> Result<Option<Self>, String> {
        let event: Value =
            serde_json::from_slice(input).map_err(|_| format!("standard input holds no JSON: {REMEDY}"))?;
        let Some(name) = event["hook_event_name"].as_str() else {
            return Err(format!("the event has no hook_event_name: {REMEDY}"));
        };
        let tool = event["tool_name"].as_str().unwrap_or_default();
        let input = &event["tool_input"];
        let field = if tool == "NotebookEdit" { "notebook_path" } else { "file_path" };
        let (file, moment) = match name {
            "PreToolUse" => {
                let Some(change) = Change::parse(tool, input) else { return Ok(None) };
                (&input[field], Moment::Before(change))
            }
            "PostToolUse" if Change::is_known(tool) => {
                (&input[field], Moment::After(event["tool_response"]["originalFile"].as_str().map(str::to_owned)))
            }
            "PostToolUse" => return Ok(None),
            "ConfigChange" if event["file_path"].is_string() => (&event["file_path"], Moment::Settings),
            "ConfigChange" => return Ok(None),
            _ => {
                return Err("this hook answers PreToolUse, PostToolUse and ConfigChange; take it out of other events"
                    .to_owned());
            }
        };
        let Some(file) = file.as_str().filter(|file| !file.is_empty()) else {
            return Err(format!("the event names no file: {REMEDY}"));
        };
        let cwd = match event["cwd"].as_str() {
            Some(cwd) => PathBuf::from(cwd),
            None => std::env::current_dir().map_err(|error| format!("the current folder can't be entered: {error}"))?,
        };
        Ok(Some(Self { cwd, file: file.into(), moment }))
    }
}

/// What helps against an event that says too little.
const REMEDY: &str = "Claude Code gives a hook its event there; this version of the client and keylint do not fit";
