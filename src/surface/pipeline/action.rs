//! The official actions that start the client.
//!
//! Their inputs become its environment. An input that is left out falls back to the step's variable of that name, but for
//! the providers' flags, which the action sets in any case (action.yml of anthropics/claude-code-action, 2026-08-22).

use super::{Kind, Member, Node, Reader, below, strings};
use crate::surface::shell::decode::Builder;
use crate::surface::{Command, Decoded, Launch, Origin, Output, Secret, Slot, Word, command, yaml};

/// Inputs and the variables that they become.
const INPUTS: [(&str, &str); 7] = [
    ("anthropic_api_key", "ANTHROPIC_API_KEY"),
    ("claude_code_oauth_token", "CLAUDE_CODE_OAUTH_TOKEN"),
    ("use_bedrock", "CLAUDE_CODE_USE_BEDROCK"),
    ("use_vertex", "CLAUDE_CODE_USE_VERTEX"),
    ("use_foundry", "CLAUDE_CODE_USE_FOUNDRY"),
    ("model", "ANTHROPIC_MODEL"),
    ("anthropic_model", "ANTHROPIC_MODEL"),
];

/// Variables that only inputs supply.
const ONLY_INPUTS: [&str; 5] = [
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_USE_FOUNDRY",
    "ANTHROPIC_FEDERATION_RULE_ID",
    "ANTHROPIC_ORGANIZATION_ID",
];

/// Whether `uses` names an action that starts the client.
pub(super) fn is_client(uses: &str) -> bool {
    let name = uses.split('@').next().unwrap_or(uses).trim().to_ascii_lowercase();
    matches!(
        name.as_str(),
        "anthropics/claude-code-action"
            | "anthropics/claude-code-base-action"
            | "anthropics/claude-code-action/base-action"
    )
}

/// Reads a step with such an action.
pub(super) fn read(reader: &mut Reader<'_>, uses: &Decoded, with: Option<&Node>, key: &str, outer: &[&[usize]]) {
    let mut environment = reader.environment(outer);
    environment.retain(|&index| !ONLY_INPUTS.contains(&reader.document.assignments[index].name.as_str()));
    let mut words = vec![client(uses)];
    let mut inputs = Vec::new();
    let mut settings = Vec::new();
    for input in with.map_or(&[][..], Node::members) {
        let key = below(&format!("{key}.with"), &input.name);
        if let Some((_, name)) = INPUTS.iter().find(|(known, _)| *known == input.name) {
            let index = reader.document.assignments.len();
            reader.assignment(input, name, Slot::Variable, &key);
            // An empty input falls back to the environment.
            if reader.document.assignments[index].value.is_set() {
                inputs.push(index);
            }
            continue;
        }
        match (input.name.as_str(), input.value.as_string()) {
            ("settings" | "mcp_config" | "claude_env", Some(text)) => {
                strings(reader.document, &input.value, &key);
                settings.extend(inner(reader, text, &key));
            }
            ("claude_args", Some(text)) => {
                strings(reader.document, &input.value, &key);
                let first = words.len();
                words.extend(split(text));
                for at in first..words.len() {
                    let is_settings = words[at - 1].decoded.text.expose() == "--settings";
                    if is_settings && words[at].decoded.text.expose().trim_start().starts_with('{') {
                        let decoded = words[at].decoded.clone();
                        settings.extend(inner(reader, &decoded, &key));
                    }
                }
                let arguments = [&words[..1], &words[first..]].concat();
                let arguments = Command { span: text.span(), ..start(&arguments, uses, &key) };
                reader.document.assignments.extend(command::credentials(&arguments, &key));
            }
            _ => reader.settings(input, &key),
        }
    }
    let environment = reader.environment(&[&environment, &inputs, &settings]);
    let command = start(&words, uses, key);
    reader.document.commands.push(command.clone());
    let launch = Launch { key: key.to_owned(), command: Some(command), environment, ..Launch::default() };
    reader.document.launches.push(launch);
}

fn start(words: &[Word], uses: &Decoded, key: &str) -> Command {
    // What the action runs goes to its own report.
    Command { words: words.to_vec(), span: uses.span(), key: key.to_owned(), output: Output::Redirected }
}

/// The word `claude`, which stands in the action and not here.
fn client(uses: &Decoded) -> Word {
    let text = "claude";
    let mut map = vec![uses.span().start; text.len()];
    map.push(uses.span().end);
    Word { decoded: Decoded { text: Secret::new(text), origin: Origin::Mapped(map.into()) }, dynamic: false }
}

/// Reads JSON or YAML in an input, and returns the variables that it sets. Anything else is the path of a file.
fn inner(reader: &mut Reader<'_>, text: &Decoded, key: &str) -> Vec<usize> {
    let mut set = Vec::new();
    for tree in yaml::parse(text.text.expose()).0 {
        let tree = placed(tree, &text.origin);
        let is_json = text.text.expose().trim_start().starts_with('{');
        for member in tree.members() {
            let key = below(key, &member.name);
            match (member.name.as_str(), &member.value.kind) {
                ("env", Kind::Object(_)) => set.extend(reader.variables(&member.value, &key)),
                (_, Kind::String(_) | Kind::Null) if !is_json => {
                    set.push(reader.document.assignments.len());
                    reader.variable(member, &key);
                }
                _ => reader.settings(member, &key),
            }
        }
    }
    set
}

/// A tree of a text that stands at `origin`, with its places in the document.
fn placed(node: Node, origin: &Origin) -> Node {
    let kind = match node.kind {
        Kind::String(inner) => {
            let length = inner.text.expose().len();
            let origin = origin.through(&inner.origin, length);
            Kind::String(Decoded { text: inner.text, origin })
        }
        Kind::Object(members) => Kind::Object(
            members
                .into_iter()
                .map(|member| Member {
                    name_span: origin.span(member.name_span.start, member.name_span.end),
                    value: placed(member.value, origin),
                    name: member.name,
                })
                .collect(),
        ),
        Kind::Array(elements) => Kind::Array(elements.into_iter().map(|element| placed(element, origin)).collect()),
        other => other,
    };
    Node { kind, span: origin.span(node.span.start, node.span.end) }
}

/// The words of `claude_args`: quotes and backslashes as in a shell, everything else as it stands. Lines that begin with
/// `#` are comments (parse-sdk-options.ts of the action, 2026-08-22).
fn split(arguments: &Decoded) -> Vec<Word> {
    let text = arguments.text.expose();
    let mut words = Vec::new();
    let mut word: Option<Builder> = None;
    let mut quote = None;
    let mut skips = false;
    let mut line_start = true;
    let mut characters = text.char_indices().peekable();
    let mut finish = |word: &mut Option<Builder>| {
        if let Some(builder) = word.take() {
            let decoded = builder.finish(&arguments.origin);
            let dynamic = decoded.text.expose().contains("${{");
            words.push(Word { decoded, dynamic });
        }
    };
    while let Some((at, character)) = characters.next() {
        let blank = character.is_whitespace();
        if skips {
            skips = character != '\n';
            line_start = !skips;
            continue;
        }
        if quote.is_none() && line_start && character == '#' {
            skips = true;
            continue;
        }
        line_start = character == '\n' || line_start && blank;
        match (quote, character) {
            (None, _) if blank => finish(&mut word),
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_with(|| Builder::new(at + 1)).open_quote(at + 1);
            }
            (Some(open), _) if open == character => quote = None,
            (None | Some('"'), '\\') => {
                let (next, escaped) = characters.next().unwrap_or((at, character));
                let builder = word.get_or_insert_with(|| Builder::new(next));
                builder.push_escaped(escaped, next, next + escaped.len_utf8());
            }
            _ => {
                let end = at + character.len_utf8();
                word.get_or_insert_with(|| Builder::new(at)).push(&text[at..end], at);
            }
        }
    }
    finish(&mut word);
    words
}
