//! What a repository's configuration adds to the tables of names and shapes.

use std::collections::BTreeSet;

use super::name::{self, Standing};
use super::shape::own::OwnShapes;
use super::shape::{self, Match, Scope};
use crate::surface::{Slot, Surface};

/// The names and shapes of one run: those of the tables and those of a configuration.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// Whether files that are no configuration are searched for every shape of the table.
    pub all_in_text: bool,
    /// Token shapes of one's own, searched for everywhere.
    pub shapes: OwnShapes,
    /// Variables that hold a credential.
    pub credentials: BTreeSet<String>,
    /// Variables that hold none, whatever they sound like.
    pub harmless: BTreeSet<String>,
}

impl Lexicon {
    /// What the name of an assignment says about its value.
    pub fn standing(&self, slot: Slot, name: &str) -> Standing {
        let variable = match slot {
            Slot::Variable => name,
            Slot::Setting => name.rsplit('.').next().unwrap_or(name),
            _ => return name::standing(slot, name),
        };
        if self.credentials.contains(variable) {
            Standing::Read
        } else if self.harmless.contains(variable) {
            Standing::No
        } else {
            name::standing(slot, name)
        }
    }

    /// What a file is searched for.
    pub(super) fn scope(&self, surface: Option<Surface>) -> Scope {
        // Source code is text to everybody but the reader that finds what it sets.
        let is_text = matches!(surface, None | Some(Surface::Code(_)));
        if is_text && !self.all_in_text { Scope::Ai } else { Scope::All }
    }

    /// Whether a file that is no configuration may contain a token: `false` is certain, `true` is not.
    pub fn may_be_in(&self, text: &[u8]) -> bool {
        shape::may_contain(text, self.scope(None)) || self.shapes.may_be_in(text)
    }

    /// Whether a file that is no configuration contains a token.
    pub fn is_in(&self, text: &[u8]) -> bool {
        !self.find(text, self.scope(None)).is_empty()
    }

    /// How far from a byte, in bytes, what it changes for [`may_be_in`](Self::may_be_in) can begin or end.
    pub fn reach(&self) -> usize {
        shape::REACH.max(self.shapes.longest_prefix())
    }

    /// Finds tokens, in no order and perhaps with overlaps.
    pub(super) fn find(&self, text: &[u8], scope: Scope) -> Vec<Match> {
        let mut found = self.shapes.find(text);
        found.extend(shape::find(text, scope));
        found
    }

    /// Hides tokens of the configuration's own shapes in a text that is masked already.
    pub fn hide(&self, text: &str) -> String {
        super::mask::hide_own(text, self)
    }
}

#[cfg(test)]
mod tests {
    use super::super::shape::own::OwnShape;
    use super::*;

    #[test]
    fn own_names_come_before_the_tables() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let lexicon = Lexicon {
            credentials: names(&["CORP_LLM", "NEXT_PUBLIC_X"]),
            harmless: names(&["PASSPORT_KEY"]),
            ..Lexicon::default()
        };
        for (slot, name, expected) in [
            (Slot::Variable, "CORP_LLM", Standing::Read),
            (Slot::Variable, "CORP_LLM_2", Standing::No),
            (Slot::Variable, "corp_llm", Standing::No),
            (Slot::Variable, "NEXT_PUBLIC_X", Standing::Read),
            (Slot::Setting, "env.CORP_LLM", Standing::Read),
            (Slot::Header, "CORP_LLM", Standing::No),
            (Slot::Variable, "PASSPORT_KEY", Standing::No),
            (Slot::Variable, "PASSPORT_KEYS_KEY", Standing::Likely),
            (Slot::Header, "PASSPORT_KEY", Standing::Likely),
        ] {
            assert_eq!(lexicon.standing(slot, name), expected, "{name}");
        }
    }

    /// What is searched first must not miss, nor take everything for a token: that is what makes a search fast.
    #[test]
    fn what_may_hold_a_token_and_what_does() {
        let shape = OwnShape::new("corp token", "corp_[a-z]{12}", "").unwrap();
        let own = Lexicon { shapes: OwnShapes::new(vec![shape]), ..Lexicon::default() };
        for (text, may, is) in [
            ("see corp_kindergarten", true, true),
            ("see corp_garten", true, false),
            ("see corp-kindergarten", false, false),
        ] {
            assert_eq!((own.may_be_in(text.as_bytes()), own.is_in(text.as_bytes())), (may, is), "{text}");
            let none = Lexicon::default();
            assert_eq!((none.may_be_in(text.as_bytes()), none.is_in(text.as_bytes())), (false, false), "{text}");
        }
        assert_eq!(Lexicon::default().reach(), shape::REACH);
        let long = OwnShape::new("corp token", &format!("{}[a-z]{{12}}", "corp_".repeat(40)), "").unwrap();
        assert_eq!(Lexicon { shapes: OwnShapes::new(vec![long]), ..Lexicon::default() }.reach(), 200);
    }
}
