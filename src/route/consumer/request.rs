//! What an Anthropic SDK sends that runs with a unit's variables.

use super::{Consumer, Generation, Language, Reading, Which, sdk_request};
use crate::route::unit::{Member, Unit};
use crate::route::{Address, Endpoint, Outcome, Source, SourceKind, address};
use crate::surface::Value;

/// One request of an SDK.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The generation of the SDK that makes it.
    pub generation: Generation,
    /// Where it goes.
    pub endpoint: Endpoint,
    /// What supplies the `x-api-key` header.
    pub x_api_key: Option<Source<'a>>,
    /// What supplies the `Authorization` header.
    pub authorization: Option<Source<'a>>,
    /// The credential that is set and not sent.
    pub dropped: Option<Source<'a>>,
    /// What comes of it.
    pub outcome: Outcome,
    /// The address of the request, as far as it is known. Made of a file's text: not to be shown unmasked.
    pub url: Option<String>,
}

impl Request<'_> {
    fn headers(&self) -> (Option<SourceKind>, Option<SourceKind>, Outcome) {
        let kind = |source: Option<Source<'_>>| source.map(|source| source.kind);
        (kind(self.x_api_key), kind(self.authorization), self.outcome)
    }
}

/// The requests that an SDK may make: one, or as many as the generations that are possible differ.
pub fn requests<'a>(unit: &Unit<'a>, language: Language, generation: Generation) -> Vec<Request<'a>> {
    let mut requests: Vec<Request<'a>> = Vec::new();
    for &generation in generation.possible() {
        if let Some(request) = predict(unit, language, generation)
            && requests.iter().all(|other| other.headers() != request.headers())
        {
            requests.push(request);
        }
    }
    requests
}

/// Predicts the request of an SDK of a known generation (observed with both languages and all generations,
/// 2026-11-21). A profile on the machine, and the program itself, can give it another credential.
fn predict<'a>(unit: &Unit<'a>, language: Language, generation: Generation) -> Option<Request<'a>> {
    let credential = |kind, name| {
        let member = mentioned(unit, name)?;
        let reading = reading(&member, language);
        (reading != Reading::Unset).then_some((Source { kind, member: Some(member) }, reading))
    };
    let key = credential(SourceKind::ApiKey, "ANTHROPIC_API_KEY");
    let token = credential(SourceKind::AuthToken, "ANTHROPIC_AUTH_TOKEN");
    let consumer = Consumer::Sdk { language, generation };
    let chosen = sdk_request(consumer, key.is_some(), token.is_some())?;
    let of = |which: Option<Which>| match which? {
        Which::ApiKey => key,
        Which::AuthToken => token,
    };
    let early = generation == Generation::Early;
    let custom = |header| {
        // The early ones do not read this variable.
        let member = unit.custom_header(header).filter(|_| !early);
        member.map(|(member, _)| Source { kind: SourceKind::CustomHeader, member: Some(member) })
    };
    let source = |which| of(which).map(|(source, _)| source);
    let x_api_key = custom("x-api-key").or(source(chosen.x_api_key));
    let mut authorization = custom("authorization").or(source(chosen.authorization));

    let address = address(unit, None);
    let mut outcome = Outcome::Sent;
    if address.userinfo {
        // Python lets the user of the address replace the header; TypeScript first did without a token, now fails.
        match (language, generation) {
            (Language::TypeScript, Generation::Early) if authorization.is_some() => {}
            (Language::TypeScript, Generation::Old | Generation::New | Generation::Unknown) => {
                outcome = Outcome::InvalidUrl;
            }
            _ => authorization = Some(Source { kind: SourceKind::Userinfo, member: address.base_url }),
        }
    }
    // An empty key keeps the early ones from sending a token.
    // Given both, the constructors of the new ones refuse (observed 2026-11-21).
    let refused = unit.is_constructor() && generation == Generation::New && key.and(token).is_some();
    let hidden = early && key.is_none() && mentioned(unit, "ANTHROPIC_API_KEY").is_some();
    if hidden || chosen.fails && custom("x-api-key").or(custom("authorization")).is_none() {
        outcome = Outcome::NotLoggedIn;
    } else if is_refused(unit, language, &address) {
        outcome = Outcome::InvalidUrl;
    } else if refused
        || of(chosen.x_api_key).is_some_and(|(_, reading)| !fits(reading, true))
        || of(chosen.authorization).is_some_and(|(_, reading)| !fits(reading, false))
    {
        outcome = Outcome::Rejected;
    }
    let sent = |source: Option<Source<'a>>| source.filter(|_| outcome == Outcome::Sent);
    Some(Request {
        generation,
        endpoint: address.endpoint,
        x_api_key: sent(x_api_key),
        authorization: sent(authorization),
        dropped: sent(source(chosen.dropped)),
        outcome,
        // Of an address with a query every generation makes something else, and nothing of use.
        url: address.url.as_deref().and_then(|url| url.strip_suffix("?beta=true")).map(str::to_owned),
    })
}

/// The variable's assignment, unless it takes the variable away. To an SDK an empty value is one, of a kind.
fn mentioned<'a>(unit: &Unit<'a>, name: &str) -> Option<Member<'a>> {
    let member = unit.members.iter().copied().find(|member| member.assignment.name == name)?;
    (!matches!(member.assignment.value, Value::Unset)).then_some(member)
}

fn reading<'a>(member: &Member<'a>, language: Language) -> Reading<'a> {
    // What something else supplies is taken to be a value.
    if member.is_fixed() { language.reads(member.assignment.decoded.text.expose()) } else { Reading::Sent("") }
}

/// Whether a value can be sent: with white space in front only as bearer.
fn fits(reading: Reading<'_>, is_bare: bool) -> bool {
    match reading {
        Reading::Sent(text) => !(is_bare && text.starts_with([' ', '\t'])),
        Reading::Unset | Reading::Unsendable => false,
    }
}

/// Whether the SDK finds no address in `ANTHROPIC_BASE_URL`: a connection error. Python takes the text as it is,
/// the empty one too; TypeScript trims it.
fn is_refused(unit: &Unit<'_>, language: Language, address: &Address<'_>) -> bool {
    let Some(member) = mentioned(unit, "ANTHROPIC_BASE_URL") else { return false };
    if !matches!(member.assignment.value, Value::Literal | Value::Empty) {
        return false;
    }
    let text = member.assignment.decoded.text.expose();
    match language {
        Language::TypeScript if text.trim().is_empty() => false,
        Language::Python if text.trim().len() < text.len() => true,
        _ => address.broken || !text.contains("://"),
    }
}
