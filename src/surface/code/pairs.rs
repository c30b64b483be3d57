//! Names and what they are given: variables, headers, arguments, defaults.

use super::draft::Draft;
use super::lexer::Kind;
use super::names::{
    Argument, Constructor, argument, is_credential, is_environment, is_header, may_matter, reads, sets,
};
use super::scan::{Frame, Group, MAX_WORDS, Role, Scanner};
use super::value::Parsed;
use crate::credential::name::{Standing, standing};
use crate::credential::{Dialect, classify};
use crate::surface::shell::is_relevant;
use crate::surface::{Assignment, Decoded, Reference, Slot, Value};
use crate::text::Span;

impl Scanner<'_> {
    /// A name that may be given a value here, or read with a default.
    pub(super) fn name(&mut self, index: usize) {
        let cursor = self.cursor;
        if cursor.kind(index) == Some(Kind::Word) {
            self.default(index);
        } else {
            self.pair_in_string(index);
            self.subscript(index);
        }
        self.element(index);
        self.partial(index);
        let role = self.frames.last().map_or(Role::Other, |frame| frame.role);
        let Some(value) = cursor.assigned(index) else {
            // `{ apiKey }`
            if let Role::Constructor(_) = role
                && cursor.ends(index + 1)
                && matches!(cursor.kind(index.wrapping_sub(1)), Some(Kind::Sign(b'{' | b',')))
            {
                self.uses(cursor.word(index), argument(cursor.word(index)));
            }
            return;
        };
        let Some((name, place)) = cursor.name(index) else { return };
        if let Role::Constructor(constructor) = role {
            if let Some(argument) = argument(&name) {
                let (parsed, _) = cursor.value(value);
                self.give(constructor, argument, &name, place, value, parsed);
            }
            return;
        }
        let is_text = cursor.kind(index) == Some(Kind::Text);
        if matches!(role, Role::Environment) {
            let (parsed, _) = cursor.value(value);
            self.variable_of_environment(&name, place, value, parsed);
        } else if may_matter(&name) && (cursor.kind(value) == Some(Kind::Text) || cursor.word(value) == "SecretStr") {
            let statement = is_environment(cursor.before(index)).then(|| cursor.path_start(index));
            if !is_text && statement.is_none() {
                self.constant(&name, place, value);
            }
            self.set(&name, place, value, is_text, statement);
        }
    }

    /// Notes a string under a name that a constructor may be given.
    fn constant(&mut self, name: &str, place: Span, value: usize) {
        if standing(Slot::Variable, name) == Standing::No || is_credential(name) {
            return;
        }
        let literal = match self.cursor.value(value).0 {
            Parsed::Literal(decoded) => Some((place, decoded)),
            _ => None,
        };
        self.constants.entry(name.to_owned()).and_modify(|known| *known = None).or_insert(literal);
    }

    /// Notes that a constructor is given a name of the program.
    fn uses(&mut self, name: &str, argument: Option<Argument>) {
        if let Some(variable @ ("ANTHROPIC_API_KEY" | "ANTHROPIC_AUTH_TOKEN")) = argument.and_then(Argument::variable) {
            self.uses.push((name.to_owned(), variable));
        }
    }

    /// The strings that constructors are given by name: `KEY = "…"`, `Anthropic(api_key=KEY)`.
    pub(super) fn constants(&mut self) {
        for (name, variable) in std::mem::take(&mut self.uses) {
            if let Some(Some((place, decoded))) = self.constants.remove(&name) {
                let assignment = self.assignment(variable, place, Slot::Setting, decoded, name);
                self.push(assignment);
            }
        }
    }

    /// A literal under a credential's name.
    fn set(&mut self, name: &str, place: Span, value: usize, is_text: bool, statement: Option<usize>) {
        let is_header = is_header(name) && (is_text || name.eq_ignore_ascii_case("authorization"));
        let is_variable = match statement {
            Some(_) => name.starts_with("ANTHROPIC_") || standing(Slot::Variable, name) != Standing::No,
            None => is_credential(name),
        };
        if !is_header && !is_variable {
            return;
        }
        let (Parsed::Literal(decoded), end) = self.cursor.value(value) else { return };
        let slot = if is_header { Slot::Header } else { Slot::Variable };
        let assignment = self.assignment(name, place, slot, decoded, name.to_owned());
        match statement {
            Some(start) if !is_header => self.sets_variable(start, end, assignment),
            _ => self.push(assignment),
        }
    }

    /// A statement that sets a variable of the program's own environment.
    fn sets_variable(&mut self, start: usize, end: usize, assignment: Assignment) {
        let end = end + usize::from(self.cursor.is(end, b';'));
        if self.group.as_ref().is_none_or(|group| group.end != start) {
            self.end_group();
        }
        let group = self.group.get_or_insert_with(|| Group { draft: Draft::new("env", None), end });
        group.end = end;
        group.draft.members.push(assignment);
    }

    /// `env["X"] = "…"`, `headers["x-api-key"] = "…"`
    fn subscript(&mut self, index: usize) {
        let cursor = self.cursor;
        let is_subscript = index >= 2 && cursor.is(index - 1, b'[') && cursor.is(index + 1, b']');
        if !is_subscript || cursor.kind(index - 2) != Some(Kind::Word) {
            return;
        }
        let Some(value) = cursor.assigned(index + 1) else { return };
        let Some((name, place)) = cursor.name(index) else { return };
        let statement = is_environment(cursor.word(index - 2)).then(|| cursor.path_start(index - 2));
        self.set(&name, place, value, true, statement);
    }

    /// `setenv("X", "…")`, `headers.set("x-api-key", "…")`: two strings in brackets.
    pub(super) fn pair_of_arguments(&mut self, open: usize, callee: usize, function: &str) {
        let cursor = self.cursor;
        if cursor.kind(open + 1) != Some(Kind::Text)
            || !cursor.is(open + 2, b',')
            || reads(cursor.before(callee), function)
        {
            return;
        }
        let Some((name, place)) = cursor.name(open + 1) else { return };
        let lasting = sets(function).then(|| cursor.path_start(callee));
        let (_, end) = cursor.value(open + 3);
        // The statement ends behind the bracket.
        let statement = lasting.filter(|_| cursor.is(end, b')'));
        if let Some(start) = statement {
            let is_variable = name.starts_with("ANTHROPIC_") || standing(Slot::Variable, &name) != Standing::No;
            if let (Parsed::Literal(decoded), true) = (cursor.value(open + 3).0, is_variable) {
                let assignment = self.assignment(&name, place, Slot::Variable, decoded, name.clone());
                self.sets_variable(start, end + 1, assignment);
            }
        } else {
            self.set(&name, place, open + 3, true, None);
        }
    }

    /// `"X=…"` in a list or among arguments.
    fn pair_in_string(&mut self, index: usize) {
        let cursor = self.cursor;
        let alone = index > 0
            && matches!(cursor.kind(index - 1), Some(Kind::Sign(b'[' | b'{' | b'(' | b',')))
            && cursor.ends(index + 1);
        if !alone {
            return;
        }
        let token = cursor.tokens[index];
        let raw = &cursor.source.text[token.start()..token.end()];
        let head = raw.get(..raw.len().min(LONGEST_PAIR)).unwrap_or("");
        let Some(equals) = head.find('=').filter(|_| head.contains('_')) else { return };
        if !head[..equals].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_\"'`@$".contains(&byte)) {
            return;
        }
        let Some(text) = cursor.text(index) else { return };
        let Some(equals) = text.text.expose().find('=') else { return };
        let name = text.text.expose()[..equals].to_owned();
        let in_environment = self.frames.last().is_some_and(|frame| matches!(frame.role, Role::Environment));
        let value = text.part(equals + 1, text.text.expose().len());
        // `X=… program` is for a shell.
        if value.text.expose().contains(char::is_whitespace) {
            return;
        }
        if in_environment || is_credential(&name) {
            let assignment = self.assignment(&name, text.origin.span(0, equals), Slot::Variable, value, name.clone());
            self.in_environment(assignment);
        }
    }

    /// A default that stands in for a credential: `getenv("X", "…")`.
    fn default(&mut self, index: usize) {
        let cursor = self.cursor;
        if cursor.is(index.wrapping_sub(1), b'.') {
            return;
        }
        let Some((read, _)) = cursor.read(index) else { return };
        let Some(default) = read.default.filter(|_| is_credential(&read.name)) else { return };
        let value = Value::Reference(Reference {
            name: Some(read.name.clone()),
            expanded: true,
            default: Some(default.clone()),
        });
        let key = read.name.clone();
        self.push(Assignment { value, ..self.assignment(&read.name, read.place, Slot::Setting, default, key) });
    }

    /// An argument of a program, or of the list of a program's arguments.
    fn element(&mut self, index: usize) {
        let cursor = self.cursor;
        if !matches!(cursor.kind(index.wrapping_sub(1)), Some(Kind::Sign(b'(' | b'[' | b','))) {
            return;
        }
        let depth = self.frames.len();
        let in_start = |frame: Option<&Frame>| frame.is_some_and(|frame| matches!(frame.role, Role::Start { .. }));
        let Some(frame) = self.frames.last() else { return };
        let counts = match frame.role {
            Role::Start { .. } => true,
            Role::List => depth >= 2 && in_start(self.frames.get(depth - 2)),
            _ => false,
        };
        // `cwd=…`, `shell: true`
        if !counts || frame.words.len() >= MAX_WORDS || cursor.assigned(index).is_some() {
            return;
        }
        let word = cursor.text(index).filter(|_| cursor.ends(index + 1));
        let word = word.unwrap_or_else(|| Decoded::direct("", cursor.span(index).start));
        if let Some(frame) = self.frames.last_mut() {
            frame.words.push(word);
        }
    }

    /// `**options`, `...options`: what a constructor is given is not all known.
    fn partial(&mut self, index: usize) {
        let cursor = self.cursor;
        let spread = index >= 2
            && (cursor.is(index - 1, b'*') && cursor.is(index - 2, b'*')
                || cursor.is(index - 1, b'.') && cursor.is(index - 2, b'.'));
        if spread
            && let Some(Frame { role: Role::Constructor(_), .. }) = self.frames.last()
            && let Some(draft) = self.draft()
        {
            draft.is_partial = true;
        }
    }

    /// The draft that is being filled.
    fn draft(&mut self) -> Option<&mut Draft> {
        self.frames.iter_mut().rev().find_map(|frame| frame.draft.as_mut())
    }

    /// `option.WithAPIKey("…")`, inside `anthropic.NewClient(…)` or not.
    pub(super) fn option(&mut self, open: usize, argument: Argument) {
        let cursor = self.cursor;
        let (name, place) = (cursor.word(open - 1).to_owned(), cursor.span(open - 1));
        let (parsed, _) = cursor.value(open + 1);
        match self.frames.last().map(|frame| frame.role) {
            Some(Role::Constructor(constructor)) => self.give(constructor, argument, &name, place, open + 1, parsed),
            // Other vendors' SDKs are made by the same generator.
            _ => self.secret(&name, place, argument, parsed, &format!("option.{name}")),
        }
    }

    /// `.apiKey("…")` of a builder.
    pub(super) fn call_argument(&mut self, open: usize, draft: &mut Draft, constructor: &Constructor) {
        let cursor = self.cursor;
        let name = cursor.word(open - 1);
        let Some(argument) = argument(name) else { return };
        let (parsed, _) = cursor.value(open + 1);
        if let Parsed::Name(name) = &parsed {
            self.uses(name, Some(argument));
        }
        draft.add(argument, self.given(constructor, argument, name, cursor.span(open - 1), open + 1, parsed));
    }

    /// `new AnthropicClient("…")`
    pub(super) fn positional(&mut self, open: usize, constructor: &Constructor) {
        let cursor = self.cursor;
        if !matches!(constructor.name, "AnthropicClient" | "APIAuthentication")
            || cursor.kind(open + 1) != Some(Kind::Text)
        {
            return;
        }
        let (parsed, _) = cursor.value(open + 1);
        self.secret("apiKey", cursor.span(open - 1), Argument::ApiKey, parsed, &format!("{}.apiKey", constructor.name));
    }

    /// A credential that belongs to no launch.
    fn secret(&mut self, name: &str, place: Span, argument: Argument, parsed: Parsed, key: &str) {
        let Parsed::Literal(decoded) = parsed else { return };
        if argument != Argument::BaseUrl && argument != Argument::Headers {
            let name = argument.variable().unwrap_or(name);
            let assignment = self.assignment(name, place, Slot::Setting, decoded, key.to_owned());
            self.push(assignment);
        }
    }

    /// An argument of a constructor.
    fn give(
        &mut self,
        constructor: &'static Constructor,
        argument: Argument,
        name: &str,
        place: Span,
        value: usize,
        parsed: Parsed,
    ) {
        if let Parsed::Name(name) = &parsed {
            self.uses(name, Some(argument));
        }
        let assignment = self.given(constructor, argument, name, place, value, parsed);
        if let Some(draft) = self.draft() {
            draft.add(argument, assignment);
        }
    }

    fn given(
        &self,
        constructor: &Constructor,
        argument: Argument,
        name: &str,
        place: Span,
        value: usize,
        parsed: Parsed,
    ) -> Option<Assignment> {
        let key = format!("{}.{name}", constructor.name);
        let name = argument.variable().unwrap_or(name);
        let empty = || Decoded::direct("", self.cursor.span(value).start);
        let assignment = |decoded| self.assignment(name, place, Slot::Setting, decoded, key.clone());
        match (argument, parsed) {
            (Argument::Headers, _) | (_, Parsed::Nothing) => None,
            (_, Parsed::Literal(decoded)) => Some(assignment(decoded)),
            (_, Parsed::Read(read)) => {
                let value =
                    Value::Reference(Reference { name: Some(read.name), expanded: true, default: read.default });
                Some(Assignment { value, ..assignment(empty()) })
            }
            (_, Parsed::Unknown | Parsed::Name(_)) => Some(Assignment { value: Value::Unknown, ..assignment(empty()) }),
        }
    }

    /// A member of an environment.
    fn variable_of_environment(&mut self, name: &str, place: Span, value: usize, parsed: Parsed) {
        let matters = is_credential(name) || standing(Slot::Variable, name) != Standing::No || is_relevant(name);
        if !matters {
            return;
        }
        let empty = Decoded::direct("", self.cursor.span(value).start);
        let assignment = match parsed {
            Parsed::Literal(decoded) => self.assignment(name, place, Slot::Variable, decoded, format!("env.{name}")),
            Parsed::Nothing => return,
            Parsed::Read(read) => {
                let value =
                    Value::Reference(Reference { name: Some(read.name), expanded: true, default: read.default });
                Assignment { value, ..self.assignment(name, place, Slot::Variable, empty, format!("env.{name}")) }
            }
            Parsed::Unknown | Parsed::Name(_) => Assignment {
                value: Value::Unknown,
                ..self.assignment(name, place, Slot::Variable, empty, format!("env.{name}"))
            },
        };
        self.in_environment(assignment);
    }

    /// Adds a member of the environment that is open, if one is.
    fn in_environment(&mut self, assignment: Assignment) {
        let is_open = self.frames.last().is_some_and(|frame| matches!(frame.role, Role::Environment));
        match self.draft().filter(|_| is_open) {
            Some(draft) => draft.members.push(assignment),
            None => self.push(assignment),
        }
    }

    fn assignment(&self, name: &str, name_span: Span, slot: Slot, decoded: Decoded, key: String) -> Assignment {
        Assignment {
            name: name.to_owned(),
            name_span,
            slot,
            value: classify(&decoded, Dialect::Literal),
            decoded,
            key,
            exported: slot == Slot::Variable,
            commented: self.commented,
        }
    }

    fn push(&mut self, assignment: Assignment) {
        if matches!(assignment.value, Value::Literal | Value::Reference(Reference { expanded: true, .. })) {
            self.found.assignments.push(assignment);
        }
    }
}

/// The part of a string in which the `=` of `NAME=value` is looked for.
const LONGEST_PAIR: usize = 80;
