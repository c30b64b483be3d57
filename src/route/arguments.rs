//! The client's command line, as far as it decides what is sent.

use crate::surface::Command;

/// What the words behind `claude` say (Claude Code documentation, CLI reference, 2026-08).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// `--bare`: no saved login, no OAuth token, and a helper only from `--settings`.
    pub bare: bool,
    /// `--settings`: a file, or JSON.
    pub settings: Option<String>,
    /// `--setting-sources`: which settings files count, where it is given.
    pub sources: Option<Vec<String>>,
    /// `--model`.
    pub model: Option<String>,
}

impl Arguments {
    /// Reads the words behind the program.
    pub fn parse<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut arguments = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            if word == "--" {
                break;
            }
            let (name, mut value) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, None),
            };
            let mut take = || value.take().or_else(|| words.next()).map(str::to_owned);
            match name {
                "--bare" => arguments.bare = true,
                // An empty one counts for nothing (observed 2026-11-21).
                "--settings" => arguments.settings = take().filter(|text| !text.is_empty()),
                "--model" => arguments.model = take(),
                "--setting-sources" => {
                    let list = take().unwrap_or_default();
                    arguments.sources = Some(list.split(',').map(|source| source.trim().to_owned()).collect());
                }
                _ => {}
            }
        }
        arguments
    }

    /// Reads the words of a command that starts the client.
    pub fn of(command: &Command) -> Self {
        Self::parse(command.words.iter().skip(1).map(|word| word.decoded.text.expose()))
    }

    /// The text behind `--settings` where it is JSON itself; anything else is the name of a file.
    pub fn inline_settings(&self) -> Option<&str> {
        self.settings
            .as_deref()
            .filter(|text| serde_json::from_str::<serde_json::Value>(text).is_ok_and(|json| json.is_object()))
    }

    /// Whether the client refuses the words: it knows no such settings source (observed 2026-11-21).
    pub fn is_refused(&self) -> bool {
        let known = |source: &String| matches!(source.as_str(), "" | "user" | "project" | "local");
        self.sources.as_ref().is_some_and(|sources| !sources.iter().all(known))
    }

    /// Whether a settings source counts: `user`, `project` or `local`.
    pub fn reads(&self, source: &str) -> bool {
        self.sources.as_ref().is_none_or(|sources| sources.iter().any(|listed| listed == source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_their_values() {
        let parse = |line: &str| Arguments::parse(line.split(' '));
        assert_eq!(parse("-p hi"), Arguments::default());
        let all = parse("--bare --settings x.json --model=opus --setting-sources user,project -p hi");
        assert!(all.bare && all.reads("user") && all.reads("project") && !all.reads("local"));
        assert_eq!((all.settings.as_deref(), all.model.as_deref()), (Some("x.json"), Some("opus")));
        assert!(!parse("-p -- --bare").bare, "behind the marker everything is a prompt");
        assert_eq!(parse("--settings"), Arguments::default());
        for (sources, refused) in [("user,project,local", false), ("", false), ("user,system", true), ("User", true)] {
            assert_eq!(parse(&format!("--setting-sources {sources}")).is_refused(), refused, "{sources}");
        }
        assert!(!parse("-p hi").is_refused());
    }
}
