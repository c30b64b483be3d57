//! `secret-in-history`: a literal credential in a commit, gone from every branch.
//!
//! `keylint lint --history` makes these findings: a rule looks at one state of the files, and there they are gone.

use super::{Repository, Rule, leak};
use crate::config::date::Date;
use crate::credential::Certainty;
use crate::credential::sight::Sighting;
use crate::finding::{Finding, Message, Name, Severity};
use crate::message;
use crate::source::git::blobs::Kind;
use crate::source::object::ObjectId;

pub(super) static RULE: Rule = Rule {
    slug: "secret-in-history",
    severity: Severity::Error,
    summary: "a literal credential in the past of the repository, gone from every branch",
    page: include_str!("../../rules/secret-in-history.md"),
    check,
};

fn check(_: &Repository<'_>, _: &mut Vec<Finding>) {}

/// The rule.
pub(crate) fn rule() -> &'static Rule {
    &RULE
}

/// What is said about a credential of the past, whatever its past was.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// What it stands in.
    holder: Message,
    /// What it is.
    what: Message,
    /// What to do once it is gone from the files.
    help: Vec<Message>,
    /// Whether it may be no credential at all.
    pub(crate) weak: bool,
}

impl Words {
    pub(crate) fn of(sighting: &Sighting) -> Self {
        let weak = sighting.certainty == Certainty::Weak;
        let revoke = if weak {
            message!["if it is a real credential, revoke it: whoever has a clone has it"]
        } else {
            message!["revoke it", leak::issuer(sighting), ": whoever has a clone has it, and nothing takes it back"]
        };
        Self { holder: leak::holder(sighting), what: message![*sighting], help: vec![revoke, leak::purge()], weak }
    }

    /// About one that a branch has.
    pub(crate) fn present(&self, past: &Stay, branch: &str) -> Message {
        message![self.holder, " holds ", self.what, "; `", Name(branch), "` has it, ", past.words()]
    }

    /// About one that no branch has any more.
    pub(crate) fn gone(&self, past: &Stay, elsewhere: Option<&str>) -> Message {
        let end = match elsewhere {
            None => message!["; no branch has it any more"],
            Some(name) => message!["; no branch has it any more, `", Name(name), "` has"],
        };
        message![self.holder, " held ", self.what, ", ", past.words(), end]
    }

    /// About one that stands in no file of a commit.
    pub(crate) fn elsewhere(&self, kind: Kind) -> Message {
        let place = match kind {
            Kind::Blob => {
                message!["no commit that was looked at has this object, which git keeps until it is pruned (`git gc`)"]
            }
            Kind::Commit => message!["a commit says it, in its message or about itself"],
            Kind::Tag => message!["an annotated tag says it"],
        };
        message![self.holder, " holds ", self.what, "; ", place]
    }

    /// What to do about one that is gone from the files.
    pub(crate) fn help(&self) -> Vec<Message> {
        self.help.clone()
    }

    /// About one that the commits of a range have, and their end does not.
    pub(crate) fn taken_back(&self, past: &Stay) -> Message {
        message![self.holder, " held ", self.what, ", ", past.words(), "; the end of the range has it no more"]
    }

    /// What to do about one whose commits may still be left out.
    pub(crate) fn help_before_merging(&self) -> Vec<Message> {
        let leave_out = message![
            "as long as these commits are not merged, `git rebase -i` takes it out of them, and a squash merge takes \
             only the end of the range along"
        ];
        self.help.iter().take(1).cloned().chain([leave_out]).collect()
    }
}

/// For how long git's history has had something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stay {
    /// In how many versions of the file.
    pub(crate) versions: usize,
    /// The first commit that wrote it, and when.
    pub(crate) first: (ObjectId, Date),
    /// The last commit that wrote it, and when.
    pub(crate) last: (ObjectId, Date),
}

impl Stay {
    pub(crate) fn words(&self) -> Message {
        let ((first, since), (last, until)) = (self.first, self.last);
        let versions = match self.versions {
            1 => message!["in 1 version"],
            count => message!["in ", count, " versions"],
        };
        if first == last {
            message![versions, " of ", first, " (", since, ")"]
        } else {
            message![versions, " from ", first, " (", since, ") to ", last, " (", until, ")"]
        }
    }
}
