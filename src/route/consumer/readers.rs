//! Who reads a unit.

use super::request::{Request, requests};
use super::{Consumer, Consumers, Generation, Language, Reader};
use crate::route::unit::{Unit, UnitKind};
use crate::surface::{Client, Language as Code, Value};

/// The clients that read a unit, as far as the repository says.
#[derive(Debug)]
pub struct Readers<'c> {
    /// Whether Claude Code is among them: always, unless only SDKs are declared for a dotenv file.
    pub client: bool,
    /// The clients that are declared, the SDKs first.
    pub declared: Vec<Reader<'c>>,
}

/// An SDK that reads a unit.
#[derive(Clone, Copy, Debug)]
pub struct Sdk<'c> {
    /// Where it is declared.
    pub reader: Reader<'c>,
    /// Its language.
    pub language: Language,
    /// Its generation.
    pub generation: Generation,
}

impl<'a> Sdk<'a> {
    /// The SDK that a reader is.
    pub fn of(reader: Reader<'a>) -> Option<Self> {
        match reader.consumer {
            Consumer::Sdk { language, generation } => Some(Self { reader, language, generation }),
            _ => None,
        }
    }

    /// What it may send that runs with the unit's variables.
    pub fn requests<'u>(&self, unit: &Unit<'u>) -> Vec<Request<'u>> {
        requests(unit, self.language, self.generation)
    }
}

impl<'c> Readers<'c> {
    /// The readers of a unit.
    pub fn of(unit: &Unit<'_>, consumers: &'c Consumers) -> Self {
        let mut declared = if is_for_anybody(unit) { consumers.for_file(&unit.document.path) } else { Vec::new() };
        declared.sort_by_key(|reader| Sdk::of(*reader).is_none());
        // Where source code says who gets it, what else is declared does not matter.
        declared.retain(|reader| match (unit.client, Sdk::of(*reader)) {
            (Some(Client::Sdk(code)), Some(sdk)) => is_for(sdk.language, code),
            (Some(Client::Sdk(_)), None) => false,
            (Some(Client::AgentSdk), sdk) => sdk.is_none(),
            (None, _) => true,
        });
        let only_sdks = !declared.is_empty() && declared.iter().all(|reader| Sdk::of(*reader).is_some());
        // A shell hands its environment to whatever is started there.
        let client = !only_sdks || unit.kind == UnitKind::Script || names_the_client(unit);
        Self { client: client && !unit.is_constructor(), declared }
    }

    /// The SDKs among them.
    pub fn sdks(&self) -> impl Iterator<Item = Sdk<'c>> + use<'_, 'c> {
        self.declared.iter().filter_map(|reader| Sdk::of(*reader))
    }

    /// What the SDKs among them may send that run with the unit's variables.
    pub fn requests<'u>(&self, unit: &Unit<'u>) -> Vec<Request<'u>> {
        self.sdks().flat_map(|sdk| sdk.requests(unit)).collect()
    }

    /// The SDK that stands for all readers, where Claude Code is none of them.
    pub fn sdk_instead(&self) -> Option<Sdk<'c>> {
        self.sdks().next().filter(|_| !self.client)
    }
}

/// Whether an SDK is the one that code in a language calls.
fn is_for(sdk: Language, code: Code) -> bool {
    matches!((sdk, code), (Language::Python, Code::Python) | (Language::TypeScript, Code::TypeScript))
}

/// Whether the repository does not say itself which program gets the variables: no command starts one here.
pub fn is_for_anybody(unit: &Unit<'_>) -> bool {
    unit.kind != UnitKind::Settings && unit.command.is_none()
}

/// Whether the unit has a variable that no SDK reads.
fn names_the_client(unit: &Unit<'_>) -> bool {
    unit.members.iter().any(|member| {
        member.assignment.name.starts_with("CLAUDE_CODE_") && !matches!(member.assignment.value, Value::Unset)
    })
}

#[cfg(test)]
mod tests {
    use super::super::declarations;
    use super::*;
    use crate::path::RepoPath;
    use crate::route::tests::{document, unit};

    /// Whether the client is a reader of a file, and the SDK that is one in its place, beside a manifest.
    fn readers(path: &str, text: &str, requirements: &str) -> (bool, Option<Language>) {
        let manifest = RepoPath::from("requirements.txt");
        let declared = declarations(&manifest, requirements);
        let consumers = Consumers::new(vec![(manifest, declared)]);
        let document = document(path, text);
        let readers = Readers::of(&unit(&[&document]), &consumers);
        (readers.client, readers.sdk_instead().map(|sdk| sdk.language))
    }

    #[test]
    fn an_sdk_in_the_place_of_the_client() {
        let (sdk, both) = ("anthropic==1.0\n", "anthropic==1.0\nclaude-agent-sdk\n");
        let python = Some(Language::Python);
        let key = "ANTHROPIC_API_KEY=K\n";
        let flag = "ANTHROPIC_API_KEY=K\nCLAUDE_CODE_USE_VERTEX=1\n";
        let script = "export ANTHROPIC_API_KEY=K\n";
        let code = "import anthropic\nclient = anthropic.Anthropic(api_key=key, base_url=\"https://h.example.org\")\n";
        for (path, text, requirements, expected) in [
            (".env", key, sdk, (false, python)),
            (".env", key, "", (true, None)),
            (".env", key, both, (true, None)),
            (".env", flag, sdk, (true, None)),
            ("env.sh", script, sdk, (true, None)),
            // The arguments of a constructor are no variables.
            ("app.py", code, sdk, (false, python)),
            ("app.py", code, "", (false, None)),
        ] {
            assert_eq!(readers(path, text, requirements), expected, "{path} {requirements:?}\n{text}");
        }
    }
}
