//! Values in values: what JSON, YAML and TOML files hold, and where.

use super::{Decoded, Fault};
use crate::text::Span;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// The whole value, quotes and brackets included.
    pub span: Span,
}

/// What a [`Node`] is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Members in order, duplicates included.
    Object(Vec<Member>),
    /// Elements in order.
    Array(Vec<Node>),
    /// A string; in YAML every scalar that isn't null.
    String(Decoded),
    /// A number, `true` or `false`: its text.
    Scalar(String),
    /// `null`, or nothing.
    Null,
}

/// One member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// The name, decoded.
    pub name: String,
    /// Where the name stands, without quotes.
    pub name_span: Span,
    /// The value.
    pub value: Node,
}

/// A tree, as far as the text gave one, and what its reader tripped over.
pub type Parsed = (Option<Node>, Vec<Fault>);

impl Node {
    /// The members of an object; none for anything else.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of an array; none for anything else.
    pub fn elements(&self) -> &[Node] {
        match &self.kind {
            Kind::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The member that counts: of duplicates the last one, as in `JSON.parse`.
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.members().iter().rev().find(|member| member.name == name).map(|member| &member.value)
    }

    /// The text of a string.
    pub fn as_string(&self) -> Option<&Decoded> {
        match &self.kind {
            Kind::String(decoded) => Some(decoded),
            _ => None,
        }
    }
}
