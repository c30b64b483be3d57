//! What may stand in a configuration: the one description that the reader checks against, and that the JSON schema for
//! editors is made of.

use serde_json::{Map, Value, json};

use crate::rules::RULES;

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// What it does, in a sentence or two, without a full stop at the end.
    pub(super) what: &'static str,
}

/// What a setting holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// `true` or `false`.
    Flag,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A text.
    Text(Form),
    /// Texts, each once.
    List(Form),
    /// Rules, each with a level.
    Levels,
    /// Settings of their own.
    Table(&'static [Setting]),
    /// A list of tables.
    Tables(&'static Tables),
}

/// A list of tables.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) settings: &'static [Setting],
    /// The settings in which two tables have to differ.
    pub(super) unique: &'static [&'static str],
}

/// What a text has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A pattern for paths.
    Pattern,
    /// A path inside the repository.
    Path,
    /// The name of a rule.
    Rule,
    /// The name of a variable.
    Variable,
    /// The name of a variable that the client does not read itself.
    HarmlessVariable,
    /// A host, perhaps with a port or for all its subdomains.
    Host,
    /// The name of a kind of token.
    Name,
    /// A regular expression for tokens.
    Token,
    /// An `https` address.
    Address,
    /// A day.
    Date,
    /// Four hexadecimal digits.
    Tag,
    /// Any words.
    Words,
}

const fn optional(key: &'static str, kind: Kind, what: &'static str) -> Setting {
    Setting { key, kind, required: false, what }
}

const fn required(key: &'static str, kind: Kind, what: &'static str) -> Setting {
    Setting { key, kind, required: true, what }
}

/// What a level may be.
pub(super) const LEVELS: [&str; 4] = ["off", "note", "warning", "error"];

/// The name that stands for all rules.
pub(super) const ALL: &str = "all";

/// The whole configuration.
pub(super) static CONFIGURATION: [Setting; 11] = [
    optional(
        "exclude",
        Kind::List(Form::Pattern),
        "Files that are neither read nor reported: patterns as in a .gitignore at the root of the repository",
    ),
    optional(
        "launchers",
        Kind::List(Form::Pattern),
        "Further files that start programs. Their ending or first line tells the language, else they are shell scripts",
    ),
    optional("settings", Kind::List(Form::Pattern), "Further files that are read as settings of Claude Code"),
    optional(
        "text",
        Kind::Choice(&["ai", "all"]),
        "What files are searched for that are no configuration: tokens of Anthropic and AI providers, or all known \
         tokens. Default: ai",
    ),
    optional("baseline", Kind::Text(Form::Path), "The file that holds the findings which are known and left for later"),
    optional(
        "rules",
        Kind::Levels,
        "How severe the findings of a rule are. A finding that is milder than its rule stays so: the level is the most \
         that it can be",
    ),
    optional(
        "paths",
        Kind::Tables(&Tables {
            settings: &[
                required("match", Kind::List(Form::Pattern), "The files: patterns as in a .gitignore at the root"),
                required("rules", Kind::Levels, "How severe the findings of a rule are there"),
            ],
            unique: &[],
        }),
        "Levels for some files. The last entry that speaks of a rule wins",
    ),
    optional(
        "gateways",
        Kind::Tables(&Tables {
            settings: &[
                required(
                    "host",
                    Kind::Text(Form::Host),
                    "The host: gw.corp.example, gw.corp.example:8443, or *.corp.example for all below a domain",
                ),
                optional(
                    "header",
                    Kind::Choice(&["bearer", "api-key", "either"]),
                    "Where it expects the credential: in Authorization (ANTHROPIC_AUTH_TOKEN), in x-api-key \
                     (ANTHROPIC_API_KEY), or in either",
                ),
                optional("shared", Kind::Flag, "Its address may stand in shared settings. Default: false"),
                optional(
                    "anthropic-keys",
                    Kind::Flag,
                    "It is meant to get Anthropic's keys and logins. Default: false",
                ),
            ],
            unique: &["host"],
        }),
        "Gateways of one's own",
    ),
    optional(
        "tokens",
        Kind::Tables(&Tables {
            settings: &[
                required("name", Kind::Text(Form::Name), "What it is, for messages: Corp gateway token"),
                required(
                    "pattern",
                    Kind::Text(Form::Token),
                    "A regular expression over bytes that matches a whole token, such as corp_[A-Za-z0-9]{32}. It \
                     begins with at least three fixed characters and has no blanks",
                ),
                optional("revoke", Kind::Text(Form::Address), "The page where such a token is revoked"),
            ],
            unique: &["name"],
        }),
        "Token shapes of one's own: found in every file, masked in all output",
    ),
    optional(
        "variables",
        Kind::Table(&[
            optional("credentials", Kind::List(Form::Variable), "Variables that hold a credential"),
            optional(
                "harmless",
                Kind::List(Form::HarmlessVariable),
                "Variables that hold none, though they sound like it",
            ),
        ]),
        "Names of variables",
    ),
    optional(
        "allow",
        Kind::Tables(&Tables {
            settings: &[
                required("rule", Kind::Text(Form::Rule), "The rule"),
                required("path", Kind::Text(Form::Pattern), "The files: a pattern as in a .gitignore at the root"),
                optional("key", Kind::Text(Form::Words), "The logical place, as in the JSON report: env.X"),
                required("reason", Kind::Text(Form::Words), "Why it is fine"),
                optional("expires", Kind::Text(Form::Date), "The last day on which it counts"),
                optional("tag", Kind::Text(Form::Tag), "Only the value with this tag, which `keylint allow` writes"),
            ],
            unique: &["rule", "path", "key", "tag"],
        }),
        "Findings that are fine",
    ),
];

/// The JSON schema of the configuration, for editors. It stands in `keylint.schema.json`.
pub fn json_schema() -> Value {
    let mut schema = table(&CONFIGURATION);
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("keylint.toml");
    schema["description"] = json!("Configuration of keylint");
    schema
}

fn table(settings: &[Setting]) -> Value {
    let properties: Map<String, Value> = settings
        .iter()
        .map(|setting| {
            let mut property = value(setting.kind);
            property["description"] = json!(setting.what);
            (setting.key.to_owned(), property)
        })
        .collect();
    let required: Vec<&str> = settings.iter().filter(|setting| setting.required).map(|setting| setting.key).collect();
    let mut table = json!({"type": "object", "additionalProperties": false, "properties": properties});
    if !required.is_empty() {
        table["required"] = json!(required);
    }
    table
}

fn value(kind: Kind) -> Value {
    match kind {
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Choice(words) => json!({"enum": words}),
        Kind::Text(form) => text(form),
        Kind::List(form) => json!({"type": "array", "items": text(form), "uniqueItems": true}),
        Kind::Levels => {
            let all = ("all", "Every rule that has no level of its own here");
            let rules = RULES.iter().filter(|rule| rule.slug != "configuration-invalid");
            let rows = rules.map(|rule| (rule.slug, rule.summary)).chain([all]);
            let properties: Map<String, Value> =
                rows.map(|(name, what)| (name.to_owned(), json!({"enum": LEVELS, "description": what}))).collect();
            json!({"type": "object", "additionalProperties": false, "properties": properties})
        }
        Kind::Table(settings) => table(settings),
        Kind::Tables(tables) => json!({"type": "array", "items": table(tables.settings)}),
    }
}

fn text(form: Form) -> Value {
    match form {
        Form::Rule => json!({"enum": RULES.iter().map(|rule| rule.slug).collect::<Vec<_>>()}),
        Form::Variable | Form::HarmlessVariable => json!({"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}),
        Form::Address => json!({"type": "string", "pattern": "^https://"}),
        Form::Date => json!({"type": "string", "format": "date"}),
        Form::Tag => json!({"type": "string", "pattern": "^[0-9a-f]{16}:[0-9a-f]{4}$"}),
        Form::Pattern | Form::Path | Form::Host | Form::Name | Form::Token | Form::Words => {
            json!({"type": "string", "minLength": 1})
        }
    }
}
