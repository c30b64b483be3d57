//! Compares a configuration with the description of what may stand in it.
//!
//! A complaint quotes no value: whoever pastes a token into the wrong place shall not find it in a log.

use std::collections::{BTreeMap, BTreeSet};

use super::Complaint;
use super::date::Date;
use super::schema::{ALL, Form, Kind, LEVELS, Setting, Tables};
use crate::credential::mask::mask_text;
use crate::credential::name::{Standing, standing};
use crate::credential::shape::own::{Flaw, MIN_PREFIX, OwnShape};
use crate::finding::Message;
use crate::identity::SaltedTag;
use crate::message;
use crate::route::gateway::Hosts;
use crate::rules::{self, RULES};
use crate::surface::Slot;
use crate::surface::tree::{Kind as Holds, Node};
use crate::text::{Span, nearest};

/// More complaints than this help nobody.
const MAX_COMPLAINTS: usize = 100;

/// The longest pattern, and the most of them: each is tried on every path.
const MAX_PATTERN: usize = 256;
const MAX_PATTERNS: usize = 200;

/// The most stars in a pattern: each may stand for much or little, and all ways are tried.
const MAX_STARS: usize = 8;

/// The longest name that is shown.
const MAX_NAME: usize = 60;

/// The most token shapes: each is compiled, and each sees every text with its beginning.
const MAX_TOKENS: usize = 20;

/// Collects complaints.
#[derive(Debug, Default)]
pub(super) struct Checker {
    pub(super) complaints: Vec<Complaint>,
    patterns: usize,
}

/// What is wrong, as a sentence about the setting, and what helps.
type Wrong = (Message, Option<Message>);

impl Checker {
    /// Compares a table with its description. `key` is where it stands; empty at the top.
    pub(super) fn table(&mut self, node: &Node, settings: &[Setting], key: &str) {
        if !matches!(node.kind, Holds::Object(_)) {
            return self.complain(node.span, key, (message!["has to be a table"], None));
        }
        for member in node.members() {
            if self.complaints.len() >= MAX_COMPLAINTS {
                return;
            }
            let inner = below(key, &member.name);
            match settings.iter().find(|setting| setting.key == member.name) {
                Some(setting) => self.value(&member.value, setting.kind, &inner),
                None => {
                    let names = settings.iter().map(|setting| setting.key);
                    let wrong = (message!["is no setting, and is ignored"], Some(suggestion(&member.name, names)));
                    self.complain(member.name_span, &inner, wrong);
                }
            }
        }
        for setting in settings.iter().filter(|setting| setting.required && node.get(setting.key).is_none()) {
            let message = message!["has no `", setting.key, "`: without it the entry is ignored"];
            self.complain(node.span, key, (message, Some(message![setting.what])));
        }
    }

    fn value(&mut self, node: &Node, kind: Kind, key: &str) {
        match kind {
            Kind::Flag => {
                if flag(node).is_none() {
                    self.complain(node.span, key, (message!["has to be `true` or `false`"], None));
                }
            }
            Kind::Choice(words) => self.choice(node, words, key),
            Kind::Text(form) => self.text(node, form, key),
            Kind::List(form) => self.list(node, form, key),
            Kind::Levels => self.levels(node, key),
            Kind::Table(settings) => self.table(node, settings, key),
            Kind::Tables(tables) => self.tables(node, tables, key),
        }
    }

    fn choice(&mut self, node: &Node, words: &'static [&'static str], key: &str) {
        let text = text(node).unwrap_or("");
        if words.contains(&text) {
            return;
        }
        let message = message!["has to be one of ", list(words.iter().copied())];
        let help = nearest(text, words.iter().copied()).map(|word| message!["did you mean `", word, "`?"]);
        self.complain(node.span, key, (message, help));
    }

    fn text(&mut self, node: &Node, form: Form, key: &str) {
        let Some(text) = text(node) else {
            return self.complain(node.span, key, (message!["has to be a text in quotes"], None));
        };
        if let Some(wrong) = form.flaw(text) {
            self.complain(node.span, key, wrong);
        }
    }

    fn list(&mut self, node: &Node, form: Form, key: &str) {
        if !matches!(node.kind, Holds::Array(_)) {
            let help = message!["put it into brackets: `[\"…\"]`"];
            return self.complain(node.span, key, (message!["has to be a list"], Some(help)));
        }
        let mut seen = BTreeSet::new();
        for (index, element) in node.elements().iter().enumerate() {
            let inner = format!("{key}[{index}]");
            if text(element).is_some_and(|text| !seen.insert(text)) {
                self.complain(element.span, &inner, (message!["stands in the list before"], None));
                continue;
            }
            self.patterns += usize::from(form == Form::Pattern);
            if self.patterns == MAX_PATTERNS + 1 {
                let message = message!["is one pattern too many: of all lists together ", MAX_PATTERNS, " are taken"];
                self.complain(element.span, &inner, (message, Some(message!["name folders instead of files"])));
            }
            self.text(element, form, &inner);
        }
    }

    fn levels(&mut self, node: &Node, key: &str) {
        if !matches!(node.kind, Holds::Object(_)) {
            let help = message!["name rules in it, such as `both-credentials = \"warning\"`"];
            return self.complain(node.span, key, (message!["has to be a table"], Some(help)));
        }
        for member in node.members() {
            let inner = below(key, &member.name);
            if member.name != ALL
                && let Some(wrong) = Form::Rule.flaw(&member.name)
            {
                self.complain(member.name_span, &inner, wrong);
            }
            self.choice(&member.value, &LEVELS, &inner);
        }
    }

    fn tables(&mut self, node: &Node, tables: &Tables, key: &str) {
        if !matches!(node.kind, Holds::Array(_)) {
            let help = message!["write it with two brackets: `[[…]]`"];
            return self.complain(node.span, key, (message!["has to be a list of tables"], Some(help)));
        }
        let mut seen: BTreeMap<Vec<Option<&str>>, usize> = BTreeMap::new();
        for (index, element) in node.elements().iter().enumerate() {
            let inner = format!("{key}[{index}]");
            if key == "tokens" && index == MAX_TOKENS {
                let message = message!["and the tokens behind it are ignored: ", MAX_TOKENS, " are enough"];
                let help = message!["unite those with one beginning"];
                return self.complain(element.span, &inner, (message, Some(help)));
            }
            self.table(element, tables.settings, &inner);
            let identity: Vec<_> = tables.unique.iter().map(|name| element.get(name).and_then(text)).collect();
            if identity.iter().any(Option::is_some)
                && let Some(first) = seen.insert(identity, index)
            {
                let message = message!["is about the same as entry ", first + 1, " of the list"];
                self.complain(element.span, &inner, (message, None));
            }
        }
    }

    pub(super) fn complain(&mut self, span: Span, key: &str, (message, help): Wrong) {
        let (message, help) = match self.complaints.len() + 1 {
            MAX_COMPLAINTS => (message!["is not the last: what else is wrong is shown when these are repaired"], None),
            _ => (message, help),
        };
        if self.complaints.len() < MAX_COMPLAINTS {
            self.complaints.push(Complaint { span, key: key.to_owned(), message, help });
        }
    }
}

/// How many patterns, and how many token shapes, are taken.
pub(super) const LIMITS: (usize, usize) = (MAX_PATTERNS, MAX_TOKENS);

fn below(key: &str, name: &str) -> String {
    // A part of a token may not look like one any more: a name is shown as a whole, or not at all.
    let name = if name.chars().count() > MAX_NAME { "…" } else { name };
    if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") }
}

fn suggestion(name: &str, known: impl Iterator<Item = &'static str> + Clone) -> Message {
    match nearest(name, known.clone()) {
        Some(other) => message!["did you mean `", other, "`?"],
        None => message!["here may stand ", list(known)],
    }
}

fn list(words: impl Iterator<Item = &'static str>) -> Message {
    words.fold(message![], |list, word| {
        let comma = if list.is_empty() { "" } else { ", " };
        message![list, comma, "`", word, "`"]
    })
}

/// The text of a string; of a date, too, which TOML writes without quotes.
pub(super) fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Holds::String(decoded) => Some(decoded.text.expose()),
        Holds::Scalar(scalar) => Some(scalar.as_str()).filter(|scalar| Date::parse(scalar).is_some()),
        _ => None,
    }
}

/// The value of `true` and `false`.
pub(super) fn flag(node: &Node) -> Option<bool> {
    match &node.kind {
        Holds::Scalar(scalar) => scalar.parse().ok(),
        _ => None,
    }
}

impl Form {
    /// What is wrong with a text.
    pub(super) fn flaw(self, text: &str) -> Option<Wrong> {
        let plain = |message: Message| Some((message, None));
        if text.trim().is_empty() {
            return plain(message!["is empty"]);
        }
        match self {
            Self::Pattern => pattern_flaw(text),
            Self::Path => {
                let leads_out = |part: &str| part == ".." || part.eq_ignore_ascii_case(".git");
                // `C:` is absolute on Windows.
                let inside = !text.starts_with(['/', '\\', '~'])
                    && text.as_bytes().get(1) != Some(&b':')
                    && !text.split(['/', '\\']).any(leads_out);
                let help = message!["name it relative to the root of the repository"];
                (!inside || text.contains(['\n', '\r', '\0']))
                    .then(|| (message!["is no path inside the repository"], Some(help)))
            }
            Self::Rule => rule_flaw(text),
            Self::Variable if is_variable(text) => None,
            Self::HarmlessVariable if is_variable(text) => {
                let read = standing(Slot::Variable, text) == Standing::Read;
                let message =
                    message!["is not harmless: the client, a provider or a gateway reads it as its credential"];
                read.then(|| (message, Some(message!["allow single findings with `[[allow]]`"])))
            }
            Self::Variable | Self::HarmlessVariable => {
                plain(message!["is no name of a variable: letters, digits and `_`"])
            }
            Self::Host => {
                let help = message!["write it as in an address: `gw.corp.example`, with a port, or `*.corp.example`"];
                Hosts::parse(text).is_none().then(|| (message!["is no host"], Some(help)))
            }
            Self::Name => {
                let fits = text.chars().count() <= MAX_NAME && !text.chars().any(char::is_control);
                let fits = fits && mask_text(text) == text;
                (!fits).then(|| (message!["is no name that can be shown"], Some(message!["a few plain words"])))
            }
            Self::Token => OwnShape::flaw(text).map(token_flaw),
            Self::Address => {
                let fits = text.starts_with("https://") && text.len() <= 200 && mask_text(text) == text;
                let fits = fits && !text.contains(|c: char| c.is_whitespace() || c.is_control());
                (!fits).then(|| (message!["is no plain https address"], None))
            }
            Self::Date => {
                let help = Some(message!["write it as in 2027-01-31"]);
                Date::parse(text).is_none().then(|| (message!["is no day"], help))
            }
            Self::Tag => {
                let help = Some(message!["`keylint allow` writes it"]);
                SaltedTag::parse(text).is_none().then(|| (message!["is no tag"], help))
            }
            Self::Words => None,
        }
    }
}

fn is_variable(text: &str) -> bool {
    text.len() <= 100
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn pattern_flaw(text: &str) -> Option<Wrong> {
    let bare = text.strip_prefix('!').unwrap_or(text);
    let parts = || bare.split('/');
    if text.len() > MAX_PATTERN || text.contains(['\n', '\r', '\0']) {
        Some((message!["is no pattern: it has line breaks, or more than ", MAX_PATTERN, " bytes"], None))
    } else if parts().any(|part| part == "." || part == "..") {
        let help = message!["patterns begin at the root of the repository: leave out `./`"];
        Some((message!["matches nothing: no path has a part `.` or `..`"], Some(help)))
    } else if bare.split(|c| c != '*').filter(|stars| !stars.is_empty()).count() > MAX_STARS {
        Some((message!["is no pattern: more than ", MAX_STARS, " times a star"], None))
    } else if text.starts_with('#') || bare.trim_matches('/').trim().is_empty() {
        Some((message!["is no pattern, as in a .gitignore"], None))
    } else {
        None
    }
}

fn rule_flaw(text: &str) -> Option<Wrong> {
    match rules::find(text) {
        Some(rule) if rule.slug == rules::CONFIGURATION_INVALID => {
            Some((message!["is about the configuration itself, where what is wrong is always an error"], None))
        }
        Some(_) => None,
        None => {
            let help = match nearest(text, RULES.iter().map(|rule| rule.slug)) {
                Some(slug) => message!["did you mean `", slug, "`?"],
                None => message!["`keylint rules` lists them"],
            };
            Some((message!["names no rule"], Some(help)))
        }
    }
}

fn token_flaw(flaw: Flaw) -> Wrong {
    let reason = message![
        "every file is searched for what a pattern begins with: begin it with at least ",
        MIN_PREFIX,
        " fixed characters, as in `corp_[A-Za-z0-9]{32}`"
    ];
    match flaw {
        Flaw::Syntax => {
            let help = message!["the syntax is that of Rust's `regex`, without look-around and back-references"];
            (message!["is no regular expression"], Some(help))
        }
        Flaw::TooLarge => {
            let help = message!["smaller or fewer repetitions will do: `{20,}` instead of `{20,5000}`"];
            (message!["takes too much memory when it is compiled"], Some(help))
        }
        Flaw::NoPrefix => (message!["could begin with anything"], Some(reason)),
        Flaw::Alternatives => {
            let help = message!["write them in parentheses, behind the beginning they share, or as two entries"];
            (message!["has an alternative that could begin in another way"], Some(help))
        }
        Flaw::Blank => (message!["begins with more than one word, and no token has a blank"], Some(reason)),
        Flaw::Fixed => (
            message!["is one fixed text, not the form of many"],
            Some(message!["if it is a token, revoke it; describe its form, as in `corp_[A-Za-z0-9]{32}`"]),
        ),
    }
}
