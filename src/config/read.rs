//! Makes settings of a checked tree. What is wrong was complained about, and is left out.

use super::check::{LIMITS, flag, text};
use super::date::Date;
use super::levels::{self, Levels};
use super::schema::{ALL, Form};
use super::{Allow, Config, Placed, Watched};
use crate::credential::Lexicon;
use crate::credential::shape::own::{OwnShape, OwnShapes};
use crate::identity::SaltedTag;
use crate::route::gateway::{Gateway, Gateways, Hosts, Named, Wants};
use crate::rules;
use crate::source::patterns::Patterns;
use crate::surface::tree::Node;

/// Reads a whole configuration.
pub(super) fn read(root: &Node) -> Config {
    let mut reader = Reader { patterns: 0, watched: Vec::new() };
    let exclude = reader.patterns(root, "exclude", Watched::EXCLUDE);
    let launchers = reader.patterns(root, "launchers", Watched::READ);
    let settings = reader.patterns(root, "settings", Watched::READ);
    let paths = tables(root, "paths").enumerate().filter_map(|(index, entry)| {
        let patterns = reader.patterns_at(entry, "match", &format!("paths[{index}].match"), Watched::PATHS);
        Some((patterns, levels(entry.get("rules")?)))
    });
    let paths = paths.collect();
    let everywhere = root.get("rules").map(levels).unwrap_or_default();
    let (mut named, mut hosts) = (Vec::new(), Vec::new());
    for (index, entry) in tables(root, "gateways").enumerate() {
        let Some(host) = valid(entry, "host", Form::Host) else { continue };
        let Some(own) = Hosts::parse(host.value) else { continue };
        hosts.push((own.clone(), host.span, format!("gateways[{index}].host")));
        named.push(gateway(entry, own));
    }
    Config {
        exclude,
        launchers,
        settings,
        levels: levels::AllLevels { everywhere, paths },
        gateways: Gateways::new(named),
        lexicon: lexicon(root).into(),
        allow: tables(root, "allow").enumerate().filter_map(|(index, entry)| allow(entry, index)).collect(),
        baseline: valid(root, "baseline", Form::Path).map(Placed::owned),
        watched: reader.watched,
        hosts,
        ..Config::default()
    }
}

struct Reader {
    patterns: usize,
    watched: Vec<Watched>,
}

impl Reader {
    fn patterns(&mut self, root: &Node, key: &str, what: &'static str) -> Patterns {
        self.patterns_at(root, key, key, what)
    }

    fn patterns_at(&mut self, table: &Node, name: &str, key: &str, what: &'static str) -> Patterns {
        let mut patterns = Vec::new();
        for (index, pattern) in list(table, name, Form::Pattern) {
            self.patterns += 1;
            if self.patterns <= LIMITS.0 {
                patterns.push(pattern.value);
                let alone = Patterns::new([pattern.value.strip_prefix('!').unwrap_or(pattern.value)]);
                self.watched.push(Watched { span: pattern.span, key: format!("{key}[{index}]"), alone, what });
            }
        }
        Patterns::new(patterns)
    }
}

fn tables<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n Node> {
    node.get(key).map(Node::elements).unwrap_or_default().iter()
}

/// A text that is as it should be.
fn valid<'n>(table: &'n Node, key: &str, form: Form) -> Option<Placed<&'n str>> {
    let node = table.get(key)?;
    let value = text(node).filter(|text| form.flaw(text).is_none())?;
    Some(Placed { value, span: node.span })
}

fn list<'n>(table: &'n Node, key: &str, form: Form) -> impl Iterator<Item = (usize, Placed<&'n str>)> {
    let elements = table.get(key).map(Node::elements).unwrap_or_default().iter().enumerate();
    elements.filter_map(move |(index, node)| {
        let value = text(node).filter(|text| form.flaw(text).is_none())?;
        Some((index, Placed { value, span: node.span }))
    })
}

fn levels(table: &Node) -> Levels {
    let level = |node: &Node| text(node).and_then(levels::parse);
    let named = table.members().iter().filter(|member| Form::Rule.flaw(&member.name).is_none());
    Levels {
        named: named.filter_map(|member| Some((rules::find(&member.name)?, level(&member.value)?))).collect(),
        all: table.get(ALL).and_then(level),
    }
}

fn gateway(entry: &Node, hosts: Hosts) -> Named {
    let is = |key: &str| entry.get(key).and_then(flag).unwrap_or(false);
    let wants = match entry.get("header").and_then(text) {
        Some("bearer") => Wants::Bearer,
        Some("api-key") => Wants::ApiKey,
        Some("either") => Wants::Either,
        _ => Wants::Unknown,
    };
    let gateway = Gateway { wants, own_key: false, shared: is("shared"), anthropic_keys: is("anthropic-keys") };
    Named { hosts, gateway }
}

fn lexicon(root: &Node) -> Lexicon {
    let shapes = tables(root, "tokens").take(LIMITS.1).filter_map(|entry| {
        let name = valid(entry, "name", Form::Name)?.value;
        // Checked by being compiled, which once is enough.
        let pattern = entry.get("pattern").and_then(text)?;
        let revoke = valid(entry, "revoke", Form::Address).map_or("", |revoke| revoke.value);
        OwnShape::new(name, pattern, revoke).ok()
    });
    let names = |key: &str, form| {
        let table = root.get("variables").into_iter();
        table.flat_map(|table| list(table, key, form)).map(|(_, name)| name.value.to_owned()).collect()
    };
    Lexicon {
        all_in_text: root.get("text").and_then(text) == Some("all"),
        shapes: OwnShapes::new(shapes.collect()),
        credentials: names("credentials", Form::Variable),
        harmless: names("harmless", Form::HarmlessVariable),
    }
}

fn allow(entry: &Node, index: usize) -> Option<Allow> {
    let rule = valid(entry, "rule", Form::Rule)?;
    let path = valid(entry, "path", Form::Pattern)?;
    let reason = valid(entry, "reason", Form::Words)?.value.to_owned();
    let expires = valid(entry, "expires", Form::Date);
    let tag = valid(entry, "tag", Form::Tag);
    // An entry that says how far it goes, in a way that can't be understood, goes nowhere.
    if expires.is_none() && entry.get("expires").is_some() || tag.is_none() && entry.get("tag").is_some() {
        return None;
    }
    let key = match entry.get("key") {
        Some(_) => Some(valid(entry, "key", Form::Words)?.owned()),
        None => None,
    };
    Some(Allow {
        rule: rules::find(rule.value)?,
        path: Patterns::new([path.value]),
        key: key.map(|key| key.value),
        reason,
        expires: expires.and_then(|day| Some(Placed { value: Date::parse(day.value)?, span: day.span })),
        tag: tag.and_then(|tag| SaltedTag::parse(tag.value)),
        index,
        span: rule.span,
    })
}
