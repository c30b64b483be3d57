//! JSON-RPC 2.0.

use serde_json::{Value, json};

use super::frame::Frame;

/// What a client says.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    /// It wants an answer.
    Request { id: Value, method: String, params: Value },
    /// It wants none.
    Notification { method: String, params: Value },
    /// It answers what it was asked; nothing depends on that here.
    Response,
    /// It can't be understood. The id, where there is one, and why.
    Malformed(Value, Problem),
}

/// Why there is no answer: a code of the protocol, and words that quote nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    code: i64,
    words: &'static str,
}

impl Problem {
    /// The client has changed its mind.
    pub(super) const CANCELLED: Self = Self { code: -32800, words: "cancelled" };
    /// Something was asked before `initialize`.
    pub(super) const NOT_INITIALIZED: Self = Self { code: -32002, words: "`initialize` comes first" };
    /// Nobody knows the method.
    pub(super) const NO_SUCH_METHOD: Self = Self { code: -32601, words: "there is no such method here" };

    /// No JSON.
    fn unreadable(words: &'static str) -> Self {
        Self { code: -32700, words }
    }

    /// A message at the wrong time or of the wrong form.
    pub(super) const fn invalid(words: &'static str) -> Self {
        Self { code: -32600, words }
    }

    /// Parameters that a method can't use.
    pub(super) const fn parameters(words: &'static str) -> Self {
        Self { code: -32602, words }
    }
}

impl Incoming {
    /// Reads a message.
    pub(super) fn parse(frame: Frame) -> Self {
        let content = match frame {
            Frame::Content(content) => content,
            Frame::Malformed(words) => return Self::Malformed(Value::Null, Problem::unreadable(words)),
        };
        let Ok(mut message) = serde_json::from_slice::<Value>(&content) else {
            return Self::Malformed(Value::Null, Problem::unreadable("this is no JSON"));
        };
        let mut part = |name: &str| message.get_mut(name).map(Value::take);
        let (id, method, params) = (part("id"), part("method"), part("params").unwrap_or_default());
        match (id, method) {
            (Some(id @ (Value::Number(_) | Value::String(_))), Some(Value::String(method))) => {
                Self::Request { id, method, params }
            }
            (None, Some(Value::String(method))) => Self::Notification { method, params },
            (Some(_), None) if message.get("result").is_some() || message.get("error").is_some() => Self::Response,
            (id, _) => {
                let id = id.filter(|id| id.is_number() || id.is_string()).unwrap_or_default();
                Self::Malformed(id, Problem::invalid("neither a request nor a notification nor a response"))
            }
        }
    }

    /// The request that this takes back, as text.
    pub(super) fn cancels(&self) -> Option<String> {
        match self {
            Self::Notification { method, params } if method == "$/cancelRequest" => Some(params["id"].to_string()),
            _ => None,
        }
    }
}

/// The answer to a request.
pub(super) fn answer(id: &Value, answer: Result<Value, Problem>) -> Value {
    match answer {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err(problem) => failure(id, &problem),
    }
}

/// That there is no answer.
pub(super) fn failure(id: &Value, problem: &Problem) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": problem.code, "message": problem.words}})
}

/// A notification of the server's.
pub(super) fn notification(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "method": method, "params": params})
}

/// A request of the server's.
pub(super) fn request(id: usize, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": format!("keylint-{id}"), "method": method, "params": params})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Incoming {
        Incoming::parse(Frame::Content(text.as_bytes().to_vec()))
    }

    #[test]
    fn messages() {
        let request = |id: Value| Incoming::Request { id, method: "m".to_owned(), params: json!([1]) };
        assert_eq!(parse(r#"{"id": 1, "method": "m", "params": [1]}"#), request(json!(1)));
        assert_eq!(parse(r#"{"id": "a", "method": "m", "params": [1]}"#), request(json!("a")));
        let notification = Incoming::Notification { method: "m".to_owned(), params: Value::Null };
        assert_eq!(parse(r#"{"method": "m"}"#), notification);
        assert_eq!(parse(r#"{"id": 1, "result": null}"#), Incoming::Response);
        assert_eq!(parse(r#"{"id": 1, "error": {}}"#), Incoming::Response);
        let cancel = parse(r#"{"method": "$/cancelRequest", "params": {"id": 7}}"#);
        assert_eq!(cancel.cancels().as_deref(), Some("7"));
    }

    #[test]
    fn what_is_no_message() {
        let deep = "[".repeat(100_000);
        for (text, id, code) in [
            ("{", Value::Null, -32700),
            ("\u{feff}{}", Value::Null, -32700),
            (&deep, Value::Null, -32700),
            ("[]", Value::Null, -32600),
            ("3", Value::Null, -32600),
            ("{}", Value::Null, -32600),
            (r#"{"id": 3}"#, json!(3), -32600),
            (r#"{"id": 3, "method": 4}"#, json!(3), -32600),
            (r#"{"id": {}, "method": "m"}"#, Value::Null, -32600),
            (r#"[{"id": 1, "method": "m"}]"#, Value::Null, -32600),
        ] {
            match parse(text) {
                Incoming::Malformed(found, problem) => assert_eq!((found, problem.code), (id, code)),
                other => panic!("{other:?}"),
            }
        }
    }
}
