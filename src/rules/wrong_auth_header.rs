//! `wrong-auth-header`: a call to Anthropic's API with the wrong header, with both, or with none.

use super::{Repository, Rule};
use crate::credential::judge::judge;
use crate::credential::{Kind, Lexicon};
use crate::finding::{Finding, Message, Severity};
use crate::message;
use crate::surface::command::{credentials, is_web_cmdlet};
use crate::surface::{Assignment, Command, Slot, Value, Word};

pub(super) static RULE: Rule = Rule {
    slug: "wrong-auth-header",
    severity: Severity::Warning,
    summary: "a call to Anthropic's API with the wrong header, with both, or with none",
    page: include_str!("../../rules/wrong-auth-header.md"),
    check,
};

fn check(repository: &Repository<'_>, findings: &mut Vec<Finding>) {
    for file in repository.files {
        for command in &file.document.commands {
            let Some(call) = Call::of(command) else { continue };
            let Some((severity, message, help)) = call.verdict() else { continue };
            let at = call.key.as_ref().or(call.bearer.as_ref()).map_or(command.span, |header| header.name_span);
            let key = if command.key.is_empty() { "curl".to_owned() } else { format!("{}.curl", command.key) };
            findings.push(Finding::new(&RULE, severity, message, &key, file.locate(at)).help(help));
        }
    }
}

/// A call to Anthropic's API.
struct Call {
    key: Option<Assignment>,
    bearer: Option<Assignment>,
    /// Something that isn't seen here may add a header: `"${args[@]}"`, `--config`, `-H @file`.
    open: bool,
    /// It asks for an answer of the API, and not whether somebody is there.
    asks: bool,
}

/// What a header carries.
#[derive(PartialEq, Eq)]
enum Carries {
    ApiKey,
    OauthToken,
    Other,
}

impl Call {
    fn of(command: &Command) -> Option<Self> {
        let (program, words) = command.proper()?;
        let cmdlet = is_web_cmdlet(program);
        if !cmdlet && !matches!(program, "curl" | "wget" | "http" | "https" | "xh" | "xhs" | "curlie") {
            return None;
        }
        let text = |index: usize| words.get(index).map_or("", |word: &crate::surface::Word| word.decoded.text.expose());
        let url = words.iter().map(|word| word.decoded.text.expose()).find(|word| is_api(word))?;
        let header = |name: &str| {
            credentials(command, &command.key)
                .into_iter()
                .find(|found| found.slot == Slot::Header && found.name.eq_ignore_ascii_case(name))
        };
        let open = (0..words.len()).any(|index| {
            let word = text(index);
            let array = words[index].dynamic && (word.contains("[@]") || word.contains("[*]") || word.starts_with("$"));
            let file =
                matches!(word, "-K" | "--config" | "-n" | "--netrc" | "--netrc-file" | "--aws-sigv4" | "-u" | "--user");
            let computed = matches!(word, "-H" | "--header") && {
                let header = text(index + 1);
                header.starts_with('@') || header.starts_with('$') || !header.contains(':')
            };
            // The address itself may begin with a variable.
            if cmdlet { adds_headers(words, index) } else { (array && !is_api(word)) || file || computed }
        });
        let asks = url.contains("/v1/messages")
            && (0..words.len()).any(|index| {
                let word = text(index);
                ["-d", "--data", "--json", "--post-data", "--post-file", "--body"]
                    .iter()
                    .any(|option| word.starts_with(option))
                    || word.eq_ignore_ascii_case("-body")
                    || matches!(word, "-X" | "--request") && text(index + 1) == "POST"
                    || word == "POST"
            });
        Some(Self { key: header("x-api-key"), bearer: header("authorization"), open, asks })
    }

    fn verdict(&self) -> Option<(Severity, Message, Message)> {
        let token =
            "an OAuth token goes as `Authorization: Bearer`, with the header `anthropic-beta: oauth-2025-04-20`";
        match (&self.key, &self.bearer) {
            (Some(_), Some(_)) => Some((
                Severity::Warning,
                message!["both headers go to api.anthropic.com: `x-api-key` and `Authorization`"],
                message!["keep `x-api-key` for an API key, `Authorization: Bearer` for an OAuth token"],
            )),
            (Some(key), None) if carries(key) == Carries::OauthToken => Some((
                Severity::Warning,
                message!["an OAuth token goes to api.anthropic.com as `x-api-key`, which answers 401"],
                message![token],
            )),
            (None, Some(bearer)) if carries(bearer) == Carries::ApiKey => Some((
                Severity::Note,
                message!["an API key goes to api.anthropic.com as `Authorization: Bearer`"],
                message!["current SDKs send it so too; the documented header is `x-api-key`"],
            )),
            (None, None) if !self.open && self.asks => Some((
                Severity::Warning,
                message!["nothing authenticates this request to api.anthropic.com, which answers 401"],
                message!["add the header `x-api-key: $ANTHROPIC_API_KEY`"],
            )),
            _ => None,
        }
    }
}

/// Whether a parameter of PowerShell's adds headers that aren't seen here: `-Headers $headers`, `@parameters`.
fn adds_headers(words: &[Word], index: usize) -> bool {
    let text = |index: usize| words.get(index).map_or("", |word| word.decoded.text.expose());
    let word = text(index).to_ascii_lowercase();
    let table = text(index + 1).starts_with("@{");
    word.starts_with("-header") && !table
        || ["-auth", "-credential", "-token", "-websession", "-certificate", "-usedefault"]
            .iter()
            .any(|option| word.starts_with(option))
        || word.starts_with('@') && !word.starts_with("@{") && words[index].dynamic
}

fn is_api(word: &str) -> bool {
    let rest = word.strip_prefix("https://").or(word.strip_prefix("http://")).unwrap_or(word);
    rest.strip_prefix("api.anthropic.com").is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':', '?']))
}

fn carries(header: &Assignment) -> Carries {
    match &header.value {
        Value::Reference(reference) => match reference.name.as_deref() {
            Some("ANTHROPIC_API_KEY") => Carries::ApiKey,
            Some("CLAUDE_CODE_OAUTH_TOKEN") => Carries::OauthToken,
            _ => Carries::Other,
        },
        _ => {
            let found = judge(Slot::Header, &header.name, header.decoded.text.expose(), &Lexicon::default());
            match found.first().map(|credential| credential.kind) {
                Some(Kind::Token(shape)) if shape.prefix.starts_with("sk-ant-api") => Carries::ApiKey,
                Some(Kind::Token(shape)) if shape.prefix.starts_with("sk-ant-oat") => Carries::OauthToken,
                _ => Carries::Other,
            }
        }
    }
}
