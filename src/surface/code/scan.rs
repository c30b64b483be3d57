//! What a program sets: constructors with their arguments, environments of processes, variables, headers.
//!
//! One pass over the tokens. A credential is found by its name wherever it stands; brackets only tell what meets in one
//! process.

use std::collections::HashMap;

use super::draft::Draft;
use super::lexer::Kind;
use super::names::{Constructor, argument, constructor, is_environment, runs_shell, runs_the_client, starts};
use super::value::Cursor;
use crate::surface::{Assignment, Client, Decoded};
use crate::text::Span;

/// More open brackets than that are not told apart.
const MAX_DEPTH: usize = 200;
/// A command with more words than that is none.
pub(super) const MAX_WORDS: usize = 64;

/// What a bracket belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Role {
    /// The arguments of a constructor.
    Constructor(&'static Constructor),
    /// An environment, or a call that makes one.
    Environment,
    /// A call that runs a program.
    Start {
        shell: bool,
    },
    /// A call that has the Agent SDK run Claude Code.
    Agent,
    /// A list.
    List,
    Other,
}

/// An open bracket.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) role: Role,
    /// The token that opens it.
    pub(super) open: usize,
    /// What it gives to one process, if it does.
    pub(super) draft: Option<Draft>,
    /// The arguments of a program.
    pub(super) words: Vec<Decoded>,
}

/// A constructor whose calls may go on behind its brackets: `builder().apiKey("…")`, `new X() { … }`.
#[derive(Debug)]
struct Chain {
    constructor: &'static Constructor,
    draft: Draft,
    /// The index behind the last call.
    end: usize,
    depth: usize,
}

/// Statements without anything between them that set variables of the program's own process.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) draft: Draft,
    pub(super) end: usize,
}

/// What was found, in the order of the brackets' ends.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) assignments: Vec<Assignment>,
    pub(super) drafts: Vec<Draft>,
}

/// Reads tokens.
pub(super) fn scan(cursor: Cursor<'_>, commented: bool) -> Found {
    let mut scanner = Scanner {
        cursor,
        commented,
        frames: Vec::new(),
        deeper: 0,
        chain: None,
        group: None,
        found: Found::default(),
        constants: HashMap::new(),
        uses: Vec::new(),
    };
    let mut index = 0;
    while index < cursor.tokens.len() {
        scanner.token(index);
        index += 1;
    }
    scanner.reset();
    scanner.constants();
    scanner.found
}

/// Where the reading of the tokens is.
pub(super) struct Scanner<'t> {
    pub(super) cursor: Cursor<'t>,
    pub(super) commented: bool,
    pub(super) frames: Vec<Frame>,
    /// Brackets beyond the deepest.
    deeper: usize,
    chain: Option<Chain>,
    pub(super) group: Option<Group>,
    pub(super) found: Found,
    /// Strings under names of the program that sound like a credential; nothing where there are several.
    pub(super) constants: HashMap<String, Option<(Span, Decoded)>>,
    /// Such names as arguments of a constructor.
    pub(super) uses: Vec<(String, &'static str)>,
}

impl Scanner<'_> {
    fn token(&mut self, index: usize) {
        match self.cursor.kind(index) {
            Some(Kind::Sign(0)) => self.reset(),
            Some(Kind::Sign(b'(' | b'{' | b'[')) => self.open(index),
            Some(Kind::Sign(b')' | b'}' | b']')) => self.close(index),
            Some(Kind::Word | Kind::Text) => self.name(index),
            _ => {}
        }
    }

    /// Ends everything that is open.
    fn reset(&mut self) {
        self.deeper = 0;
        while !self.frames.is_empty() {
            self.close(self.cursor.tokens.len());
        }
        self.end_chain();
        self.end_group();
    }

    fn end_chain(&mut self) {
        self.found.drafts.extend(self.chain.take().map(|chain| chain.draft));
    }

    pub(super) fn end_group(&mut self) {
        self.found.drafts.extend(self.group.take().map(|group| group.draft));
    }

    fn open(&mut self, index: usize) {
        if self.frames.len() >= MAX_DEPTH {
            self.deeper += 1;
            return;
        }
        let mut frame = Frame { role: Role::Other, open: index, draft: None, words: Vec::new() };
        match self.cursor.kind(index) {
            Some(Kind::Sign(b'(')) => self.open_call(&mut frame, index),
            Some(Kind::Sign(b'[')) => {
                let is_value = !matches!(self.cursor.kind(index.wrapping_sub(1)), Some(Kind::Word | Kind::Text));
                if is_value {
                    frame.role = Role::List;
                }
            }
            _ => self.open_braces(&mut frame, index),
        }
        self.frames.push(frame);
    }

    fn open_call(&mut self, frame: &mut Frame, index: usize) {
        let cursor = self.cursor;
        let Some(callee) = index.checked_sub(1).filter(|&callee| cursor.kind(callee) == Some(Kind::Word)) else {
            return;
        };
        let (before, name) = (cursor.before(callee), cursor.word(callee));
        // A call behind the brackets of a constructor's call.
        let continues = callee >= 2 && cursor.is(callee - 1, b'.');
        if let Some(chain) =
            self.chain.take_if(|chain| continues && chain.end == callee - 1 && chain.depth == self.frames.len())
        {
            frame.role = Role::Constructor(chain.constructor);
            let mut draft = chain.draft;
            self.call_argument(index, &mut draft, chain.constructor);
            frame.draft = Some(draft);
            return;
        }
        let named = match name {
            // Ruby's `Anthropic::Client.new`, Java's `AnthropicOkHttpClient.builder()`
            "new" | "builder" if callee >= 2 => constructor(cursor.before(callee - 2), before),
            "fromEnv" => None,
            _ => constructor(before, name),
        };
        if let Some(constructor) = named {
            frame.role = Role::Constructor(constructor);
            frame.draft = Some(self.constructor_draft(constructor));
            self.positional(index, constructor);
        } else if runs_the_client(before, name) {
            frame.role = Role::Agent;
        } else if starts(before, name) || runs_shell(before, name) {
            frame.role = Role::Start { shell: runs_shell(before, name) };
            frame.draft = Some(Draft::new(name, None));
        } else if name == "update" && is_environment(before)
            || name == "assign" && self.is_process_environment(index + 1)
        {
            frame.role = Role::Environment;
            frame.draft = Some(Draft::new("env", None));
        } else if let Some(draft) = self.environment_draft(cursor.path_start(callee)) {
            // `env=dict(os.environ, X="…")`
            frame.role = Role::Environment;
            frame.draft = Some(draft);
        } else if let Some(argument) = argument(name).filter(|_| before == "option") {
            self.option(index, argument);
        } else {
            self.pair_of_arguments(index, callee, name);
        }
    }

    /// What a constructor is given; of others than the SDK's it is not known what they send.
    fn constructor_draft(&self, constructor: &Constructor) -> Draft {
        let client = Client::Sdk(self.cursor.source.language);
        Draft { is_partial: !constructor.is_sdk, ..Draft::new(constructor.name, Some(client)) }
    }

    fn open_braces(&mut self, frame: &mut Frame, index: usize) {
        let cursor = self.cursor;
        // `new AnthropicClient { … }`, `new AnthropicClient() { … }`, `AnthropicClient x = new() { … }`
        if let Some(chain) = self.chain.take_if(|chain| chain.end == index && chain.depth == self.frames.len()) {
            frame.role = Role::Constructor(chain.constructor);
            frame.draft = Some(chain.draft);
            return;
        }
        let behind_new = index >= 2 && cursor.word(index - 2) == "new";
        let target_typed = index >= 6
            && cursor.is(index - 1, b')')
            && cursor.is(index - 2, b'(')
            && cursor.word(index - 3) == "new"
            && cursor.is(index - 4, b'=');
        let name = match (behind_new, target_typed) {
            (true, _) => cursor.word(index - 1),
            (_, true) => cursor.word(index - 6),
            _ => "",
        };
        if let Some(constructor) = constructor("", name) {
            frame.role = Role::Constructor(constructor);
            frame.draft = Some(self.constructor_draft(constructor));
            return;
        }
        let parent = self.frames.last();
        let is_argument = cursor.is(index.wrapping_sub(1), b'(') || cursor.is(index.wrapping_sub(1), b',');
        match parent.map(|parent| (parent.role, parent.open)) {
            // `new Anthropic({ … })`
            Some((Role::Constructor(constructor), open)) if is_argument && cursor.is(open, b'(') => {
                frame.role = Role::Constructor(constructor);
            }
            Some((Role::Environment, open)) if is_argument && cursor.is(open, b'(') => frame.role = Role::Environment,
            // Ruby's `system({ … }, "claude")`
            Some((Role::Start { .. }, open)) if open + 1 == index => frame.role = Role::Environment,
            _ => {
                if let Some(draft) = self.environment_draft(index) {
                    frame.role = Role::Environment;
                    frame.draft = Some(draft);
                }
            }
        }
    }

    /// Whether what begins at a token is the value of `env`: where its variables go.
    fn environment_draft(&self, index: usize) -> Option<Draft> {
        let cursor = self.cursor;
        let mut at = index.checked_sub(1)?;
        // `os.environ | { … }`
        while at > 2 && (cursor.is(at, b'|') || cursor.is(at, b'=') && cursor.is(at - 1, b'|')) {
            at -= 1;
            if cursor.kind(at) == Some(Kind::Word) {
                if is_environment(cursor.word(at)) && cursor.is(at + 1, b'|') && cursor.is(at + 2, b'=') {
                    return Some(Draft::new("env", None));
                }
                at = cursor.path_start(at).checked_sub(1)?;
            }
        }
        if cursor.is(at, b'=') {
            // `const env: Record<string, string> = {`
            let types = (1..=12).map_while(|back| at.checked_sub(back)).take_while(|&at| {
                matches!(cursor.kind(at), Some(Kind::Word | Kind::Sign(b'.' | b',' | b'<' | b'>' | b'[' | b']' | b':')))
            });
            let colon = types.into_iter().find(|&at| cursor.is(at, b':'));
            at = colon.unwrap_or(at);
        } else if !cursor.is(at, b':') {
            return None;
        }
        let (name, _) = cursor.name(at.checked_sub(1)?)?;
        let within = self.frames.iter().rev().find_map(|frame| match frame.role {
            Role::Agent => Some(true),
            Role::Start { .. } => Some(false),
            _ => None,
        });
        is_environment(&name).then(|| match within {
            Some(true) => Draft::new("env", Some(Client::AgentSdk)),
            // It belongs to the program that is started.
            Some(false) => Draft::inner(),
            None => Draft::new("env", None),
        })
    }

    fn is_process_environment(&self, index: usize) -> bool {
        matches!(self.cursor.word(index), "process" | "Bun") && self.cursor.word(index + 2) == "env"
    }

    fn close(&mut self, index: usize) {
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let Some(mut frame) = self.frames.pop() else { return };
        let Some(mut draft) = frame.draft.take() else {
            // What a list holds is for the program around it.
            if let (Role::List, Some(parent)) = (frame.role, self.frames.last_mut())
                && matches!(parent.role, Role::Start { .. })
            {
                let room = MAX_WORDS.saturating_sub(parent.words.len());
                parent.words.extend(frame.words.into_iter().take(room));
            }
            return;
        };
        match frame.role {
            Role::Constructor(constructor) => {
                self.end_chain();
                self.chain = Some(Chain { constructor, draft, end: index + 1, depth: self.frames.len() });
            }
            Role::Environment if draft.is_inner => {
                let start = self.frames.iter_mut().rev().find(|frame| matches!(frame.role, Role::Start { .. }));
                if let Some(outer) = start.and_then(|frame| frame.draft.as_mut()) {
                    outer.members.append(&mut draft.members);
                }
            }
            Role::Start { shell } => {
                draft.shell = shell;
                draft.words = frame.words;
                self.found.drafts.push(draft);
            }
            _ => self.found.drafts.push(draft),
        }
    }
}
