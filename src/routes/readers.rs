//! Who reads a file that starts no client itself, and what each of them sends.

use super::Options;
use crate::credential::Lexicon;
use crate::credential::mask::mask_text;
use crate::finding::Message;
use crate::message;
use crate::path::RepoPath;
use crate::request::{Header, Request};
use crate::route::arguments::Arguments;
use crate::route::consumer::readers::{Readers, Sdk};
use crate::route::consumer::{self, Consumer, Consumers, Generation, request};
use crate::route::machine::Nowhere;
use crate::route::session::Person;
use crate::route::unit::Unit;
use crate::route::{Outcome, Provider, Source};
use crate::rules::File;
use crate::source::Snapshot;
use crate::surface::Surface;

/// A client that the repository declares.
#[derive(Debug)]
pub struct Reader {
    /// `claude-code`, `agent-sdk` or `anthropic-sdk`.
    pub kind: &'static str,
    /// `python` or `typescript`.
    pub language: &'static str,
    /// The package's name.
    pub package: &'static str,
    /// The version or range, where one is given.
    pub version: Option<String>,
    /// The file with the deciding line.
    pub path: String,
    /// The deciding line, 1-based.
    pub line: usize,
    /// All of this in words.
    pub words: Message,
    /// What an SDK sends; several where that depends on a version that the repository leaves open.
    pub sends: Vec<Sent>,
}

/// What an SDK sends.
#[derive(Debug)]
pub struct Sent {
    /// The versions that send it, where others send something else: `<2.0.0`, `>=2.0.0`.
    pub versions: Option<String>,
    /// What it sends.
    pub request: Request,
    /// The credential that is set and not sent.
    pub dropped: Option<Header>,
}

/// A program that is no client of Claude Code: it has the environment, and reads no settings and no login.
pub(super) fn program(options: &Options) -> Person<'static> {
    Person::find(options.variables.clone(), Arguments::default(), None, &Nowhere)
}

/// The files of which sessions are shown that name no client.
pub(super) fn asking<'a>(snapshot: &'a Snapshot, files: &'a [File]) -> impl Iterator<Item = &'a RepoPath> {
    let is_open = |file: &&File| {
        let surface = file.document.surface;
        surface.is_some_and(|surface| surface == Surface::Dotenv || surface.is_launcher())
            && file.document.launches.iter().any(|launch| launch.command.is_none())
    };
    files.iter().filter(is_open).map(|file| &file.entry.path).filter(|path| snapshot.selects(path))
}

/// The readers of a session; `process` has what a [`program`] gets.
pub(super) fn of(process: &Unit<'_>, consumers: &Consumers) -> Vec<Reader> {
    Readers::of(process, consumers).declared.into_iter().map(|declared| reader(declared, process)).collect()
}

impl Reader {
    /// Hides tokens of a configuration's own shapes.
    pub(super) fn hide(&mut self, lexicon: &Lexicon) {
        self.version = self.version.as_deref().map(|version| lexicon.hide(version));
        self.words.hide(lexicon);
        for sent in &mut self.sends {
            sent.request.hide(lexicon);
            sent.dropped.iter_mut().for_each(|header| header.hide(lexicon));
        }
    }
}

fn reader(declared: consumer::Reader<'_>, process: &Unit<'_>) -> Reader {
    let kind = match declared.consumer {
        Consumer::AgentSdk => "agent-sdk",
        Consumer::Sdk { .. } => "anthropic-sdk",
        Consumer::ClaudeCode | Consumer::Unknown => "claude-code",
    };
    let version = declared.declared.version_shown();
    let sends = Sdk::of(declared).map_or_else(Vec::new, |sdk| {
        let requests = sdk.requests(process);
        let is_open = requests.len() > 1;
        requests.into_iter().map(|request| sent(&sdk, request, is_open)).collect()
    });
    Reader {
        kind,
        language: declared.declared.language().as_str(),
        package: declared.declared.package,
        version: (!version.is_empty()).then(|| mask_text(version)),
        path: declared.path.as_str().to_owned(),
        line: declared.declared.line,
        words: message![declared],
        sends,
    }
}

fn sent(sdk: &Sdk<'_>, request: request::Request<'_>, is_open: bool) -> Sent {
    let sign = if request.generation == Generation::New { ">=" } else { "<" };
    let header = |source: Option<Source<'_>>| source.as_ref().map(|source| Header::of(source, Provider::Messages));
    Sent {
        versions: is_open.then(|| format!("{sign}{}", sdk.language.first_new())),
        request: Request {
            outcome: request.outcome,
            url: request.url.as_deref().map(mask_text).filter(|_| request.outcome == Outcome::Sent),
            base_url: None,
            x_api_key: header(request.x_api_key),
            authorization: header(request.authorization),
        },
        dropped: header(request.dropped),
    }
}
