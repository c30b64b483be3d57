//! References: values that something else supplies.

use crate::surface::{Decoded, Reference, Value};

use super::placeholder::is_placeholder;
use super::{Dialect, Syntax};

/// Judges a value by the references that its place expands.
///
/// Every usual syntax is recognised everywhere. Where the place does not expand it, the reference says so: the
/// program then gets the text itself. Addresses in a secret manager and encrypted values count as expanded,
/// since nobody writes them without the tool that resolves them.
pub fn classify(decoded: &Decoded, dialect: Dialect) -> Value {
    let text = decoded.text.expose();
    if text.trim().is_empty() {
        return Value::Empty;
    }
    if let Some(found) = find(text, dialect) {
        let default = found.default.map(|(start, end)| decoded.part(start, end));
        return Value::Reference(Reference { name: found.name, expanded: found.expanded, default });
    }
    if is_placeholder(text) { Value::Placeholder } else { Value::Literal }
}

/// Whether a value is, or has, a reference.
pub(super) fn is_reference(text: &str, dialect: Dialect) -> bool {
    !text.trim().is_empty() && find(text, dialect).is_some()
}

/// The text behind the scheme of an `Authorization` header.
pub(super) fn after_scheme(text: &str) -> &str {
    let text = text.trim_start();
    let scheme = text.split(' ').next().unwrap_or("");
    let known = ["bearer", "basic", "token", "apikey", "api-key", "key", "digest"];
    if known.iter().any(|known| scheme.eq_ignore_ascii_case(known)) && scheme.len() < text.len() {
        text[scheme.len()..].trim_start()
    } else {
        text
    }
}

struct Found {
    name: Option<String>,
    expanded: bool,
    default: Option<(usize, usize)>,
}

impl Found {
    fn new(name: Option<&str>, expanded: bool) -> Option<Self> {
        let name = name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        Some(Self { name, expanded, default: None })
    }
}

/// The first reference in the text.
fn find(text: &str, dialect: Dialect) -> Option<Found> {
    let value = after_scheme(text).trim_end();
    whole(value, dialect).or_else(|| inside(text, text.len() - after_scheme(text).len(), dialect))
}

/// Beginnings of addresses in secret managers.
const MANAGERS: &[&str] = &[
    "op://",
    "vault:",
    "vault://",
    "ref+",
    "aws-sm:",
    "aws-sm://",
    "awssm:",
    "awssm://",
    "gcp-sm:",
    "gcpsm:",
    "gcpsm://",
    "akv:",
    "akv://",
    "sm://",
    "bws://",
    "infisical://",
    "doppler://",
    "doppler:",
    "keychain:",
    "keyring:",
    "secretspec:",
    "secretspec://",
    "secret://",
    "secrets://",
    "ssm:",
    "ssm://",
    "pass://",
    "bitwarden://",
    "bw://",
    "arn:aws:secretsmanager:",
    "arn:aws:ssm:",
    "/run/secrets/",
    "env:",
    "file:",
];

/// Beginnings of encrypted values.
const ENCRYPTED: &[&str] = &[
    "encrypted:",
    "ENC[",
    "ENCRYPTED[",
    "$ANSIBLE_VAULT;",
    "-----BEGIN AGE ENCRYPTED FILE-----",
    "-----BEGIN PGP MESSAGE-----",
    "{cipher}",
    "!vault",
];

/// Syntaxes that count only as the whole value.
fn whole(value: &str, dialect: Dialect) -> Option<Found> {
    let begins = |list: &[&str]| list.iter().any(|start| value.starts_with(start) && value.len() > start.len());
    if begins(MANAGERS) || begins(ENCRYPTED) {
        return Found::new(None, true);
    }
    for mark in ["__", "@", "!", "%"] {
        let inner = value.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        if let Some(name) = inner.filter(|name| name.len() >= 2 && is_identifier(name)) {
            return Found::new(Some(name), matches!(mark, "!" | "%") && dialect.expands(Syntax::Percent));
        }
    }
    if let Some(inner) = value.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'))
        && !inner.is_empty()
    {
        return Found::new(None, dialect.expands(Syntax::Backtick));
    }
    // `$X`, `$env:X`, `$1`; a lone `$` is none.
    if let Some(rest) = value.strip_prefix('$') {
        let (is_environment, name) = match rest.get(..4) {
            Some(head) if head.eq_ignore_ascii_case("env:") => (true, &rest[4..]),
            _ => (false, rest),
        };
        if is_identifier(name) {
            let syntax = if is_environment { Syntax::EnvColon } else { Syntax::Dollar };
            return Found::new(Some(name), dialect.expands(syntax));
        }
        if rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit() || b"@*#?!-".contains(&byte)) {
            return Found::new(None, dialect == Dialect::Posix);
        }
    }
    // `secrets.X`, `process.env.X`, `credentials('id')`: an expression of some program, sent as it stands.
    let expressions = ["secrets.", "env.", "vars.", "var.", "params.", "inputs.", "process.env.", "github."];
    if let Some(name) = expressions.iter().find_map(|start| value.strip_prefix(start))
        && name.bytes().all(|byte| is_name_byte(byte) || byte == b'.')
        && !name.is_empty()
    {
        return Found::new(Some(name), dialect.expands(Syntax::Call));
    }
    let calls = ["credentials(", "env(", "env_var(", "getenv(", "os.getenv(", "os.environ[", "secret("];
    if calls.iter().any(|call| value.starts_with(call)) && value.ends_with([')', ']']) {
        return Found::new(None, dialect.expands(Syntax::Call));
    }
    None
}

/// Syntaxes that count anywhere; `start` is where the value begins behind its scheme.
fn inside(text: &str, start: usize, dialect: Dialect) -> Option<Found> {
    let bytes = text.as_bytes();
    (start..bytes.len()).filter(|&at| text.is_char_boundary(at)).find_map(|at| {
        let rest = &text[at..];
        match bytes[at] {
            b'$' => dollar(text, at, start, dialect),
            b'{' if rest.starts_with("{{") => {
                // `${{ … }}` begins one byte earlier and was seen there.
                delimited(rest, "{{", "}}")
                    .and_then(|inner| Found::new(last_name(inner), dialect.expands(Syntax::Mustache)))
            }
            b'{' => {
                let inner = delimited(rest, "{", "}")?;
                let (kind, name) = inner.split_once(':')?;
                let known = ["secret", "env", "file", "input", "vault"];
                known.contains(&kind).then(|| Found::new(Some(name), false)).flatten()
            }
            b'<' if rest.starts_with("<%") => {
                delimited(rest, "<%", "%>").and_then(|inner| Found::new(last_name(inner), false))
            }
            b'<' => delimited(rest, "<<", ">>")
                .and_then(|inner| Found::new(last_name(inner), dialect.expands(Syntax::Angle))),
            b'%' if rest.starts_with("%(") => {
                let name = delimited(rest, "%(", ")s").filter(|name| is_identifier(name))?;
                Found::new(Some(name), false)
            }
            // In the middle of a text only names of variables in capitals: `%20` is a space in a URL.
            mark @ (b'%' | b'!') => {
                let end = bytes[at + 1..].iter().position(|&byte| byte == mark)? + at + 1;
                let name = &text[at + 1..end];
                (name.len() >= 3 && is_capital(name))
                    .then(|| Found::new(Some(name), dialect.expands(Syntax::Percent)))
                    .flatten()
            }
            b'`' if dialect == Dialect::Posix => {
                delimited(rest, "`", "`").filter(|inner| !inner.is_empty()).and_then(|_| Found::new(None, true))
            }
            _ => None,
        }
    })
}

/// What begins with a `$` at `at`.
fn dollar(text: &str, at: usize, start: usize, dialect: Dialect) -> Option<Found> {
    let rest = &text[at..];
    if rest.starts_with("${{") {
        let inner = delimited(rest, "${{", "}}")?;
        let mut found = Found::new(last_name(inner.split("||").next()?), dialect.expands(Syntax::Workflow))?;
        // `${{ secrets.X || 'literal' }}`
        let literal = inner.find("||").and_then(|or| {
            let open = or + inner[or..].find('\'')? + 1;
            let length = inner[open..].find('\'')?;
            (length > 0).then_some((at + 3 + open, at + 3 + open + length))
        });
        found.default = literal;
        return Some(found);
    }
    if rest.starts_with("${") {
        let length = closing_brace(rest)?;
        return brace(&rest[2..length], at + 2, dialect);
    }
    if rest.starts_with("$(") {
        return delimited(rest, "$(", ")").and_then(|inner| {
            // Elsewhere it is a command.
            let variable =
                matches!(dialect, Dialect::Azure | Dialect::Make).then_some(inner).filter(|name| is_identifier(name));
            Found::new(variable, dialect.expands(Syntax::Parentheses))
        });
    }
    if rest.starts_with("$[") {
        return delimited(rest, "$[", "]").and_then(|_| Found::new(None, dialect.expands(Syntax::Bracket)));
    }
    if dialect == Dialect::Literal {
        // In text that nobody expands, `$` is an ordinary character of a password.
        return None;
    }
    if rest.get(1..5).is_some_and(|head| head.eq_ignore_ascii_case("env:")) {
        let name = identifier(&rest[5..]);
        return if name.is_empty() { None } else { Found::new(Some(name), dialect.expands(Syntax::EnvColon)) };
    }
    let name = identifier(&rest[1..]);
    let separated = at == start || !(text.as_bytes()[at - 1].is_ascii_alphanumeric() || text[..at].ends_with('$'));
    let counts = name.len() >= 2 && (is_capital(name) || separated && dialect.expands(Syntax::Dollar));
    counts.then(|| Found::new(Some(name), dialect.expands(Syntax::Dollar))).flatten()
}

/// The inside of `${…}`, which begins at `at`.
fn brace(inner: &str, at: usize, dialect: Dialect) -> Option<Found> {
    let name = identifier(inner);
    let operator = &inner[name.len()..];
    let default_at = |skipped: usize| {
        let start = inner.len() - operator.len() + skipped;
        (start < inner.len()).then_some((at + start, at + inner.len()))
    };
    // `${env:X}`, `${input:x}`, `${localEnv:X:default}`
    let providers =
        ["env", "localEnv", "containerEnv", "input", "config", "command", "secret", "file", "vault", "keychain"];
    if let Some(rest) = operator.strip_prefix(':').filter(|_| providers.contains(&name)) {
        let (variable, default) = rest.split_once(':').unwrap_or((rest, ""));
        let mut found = Found::new(Some(variable), dialect.expands(Syntax::Provider))?;
        found.default = if default.is_empty() { None } else { default_at(variable.len() + 2) };
        return Some(found);
    }
    let (syntax, skipped) = match operator.as_bytes() {
        [] => (Syntax::Brace, None),
        [b':', b'-', ..] => (Syntax::Default, Some(2)),
        [b':', b'=', ..] => (Syntax::Shell, Some(2)),
        [b'-' | b'=', ..] => (Syntax::Shell, Some(1)),
        [b'.', ..] => (Syntax::Path, None),
        _ => (Syntax::Shell, None),
    };
    let expanded = dialect.expands(syntax);
    let whole_name = if operator.starts_with('.') { inner } else { name };
    let mut found = Found::new(Some(whole_name), expanded)?;
    found.default = skipped.and_then(default_at);
    Some(found)
}

/// The length of `${…` up to the brace that closes it; defaults may nest.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate().take(MAX_LENGTH) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn delimited<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(open)?;
    let window = &rest.as_bytes()[..rest.len().min(MAX_LENGTH)];
    let end = window.windows(close.len()).position(|part| part == close.as_bytes())?;
    Some(&rest[..end])
}

/// No reference is longer; a bound keeps the search linear.
const MAX_LENGTH: usize = 512;

/// `secrets.X` → `X`; an expression that ends otherwise has no name.
fn last_name(expression: &str) -> Option<&str> {
    let expression = expression.trim().trim_matches(['=', '-']).trim();
    expression.rsplit(['.', ' ', ':']).next().filter(|name| is_identifier(name))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The identifier with which the text begins; empty when it begins with a digit or none.
fn identifier(text: &str) -> &str {
    let length = text.bytes().take_while(|&byte| is_name_byte(byte)).count();
    if text.starts_with(|char: char| char.is_ascii_digit()) { "" } else { &text[..length] }
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && identifier(text).len() == text.len()
}

fn is_capital(text: &str) -> bool {
    is_identifier(text) && !text.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Dotenv, Editor, Literal, Mcp, Posix};
    use super::*;

    fn reference(text: &str, dialect: Dialect) -> Option<(Option<String>, bool, Option<String>)> {
        match classify(&Decoded::direct(text, 0), dialect) {
            Value::Reference(Reference { name, expanded, default }) => {
                Some((name, expanded, default.map(|default| default.text.expose().to_owned())))
            }
            _ => None,
        }
    }

    /// text, name, in which dialects it is expanded
    const TABLE: &[(&str, Option<&str>, &[Dialect])] = &[
        ("$TOKEN", Some("TOKEN"), &[Posix, Dotenv]),
        ("$token", Some("token"), &[Posix, Dotenv]),
        ("${TOKEN}", Some("TOKEN"), &[Mcp, Editor, Posix, Dotenv]),
        ("Bearer ${TOKEN}", Some("TOKEN"), &[Mcp, Editor, Posix, Dotenv]),
        ("Bearer $TOKEN", Some("TOKEN"), &[Posix, Dotenv]),
        ("${TOKEN:?message}", Some("TOKEN"), &[Posix, Dotenv]),
        ("${TOKEN:-}", Some("TOKEN"), &[Mcp, Editor, Posix, Dotenv]),
        ("${TOKEN:+set}", Some("TOKEN"), &[Posix, Dotenv]),
        ("https://${USER_NAME}:${PASS}@host/", Some("USER_NAME"), &[Mcp, Editor, Posix, Dotenv]),
        ("${user_config.api_key}", Some("user_config.api_key"), &[Mcp, Editor]),
        ("${env:TOKEN}", Some("TOKEN"), &[Editor]),
        ("${input:token}", Some("token"), &[Editor]),
        ("${localEnv:TOKEN}", Some("TOKEN"), &[Editor]),
        ("$(gh auth token)", None, &[Posix, Dotenv]),
        ("`gh auth token`", None, &[Posix, Dotenv]),
        ("$1", None, &[Posix]),
        ("%TOKEN%", Some("TOKEN"), &[]),
        ("!TOKEN!", Some("TOKEN"), &[]),
        ("Bearer %TOKEN%", Some("TOKEN"), &[]),
        ("$env:TOKEN", Some("TOKEN"), &[]),
        ("{{TOKEN}}", Some("TOKEN"), &[]),
        ("{{ .Values.token }}", Some("token"), &[]),
        ("${{ secrets.TOKEN }}", Some("TOKEN"), &[]),
        ("<%= token %>", Some("token"), &[]),
        ("<< parameters.token >>", Some("token"), &[]),
        ("__TOKEN__", Some("TOKEN"), &[]),
        ("@TOKEN@", Some("TOKEN"), &[]),
        ("%(token)s", Some("token"), &[]),
        ("{secret:TOKEN}", Some("TOKEN"), &[]),
        ("credentials('id')", None, &[]),
        ("process.env.TOKEN", Some("TOKEN"), &[]),
        ("op://vault/item/field", None, &[Literal, Mcp, Editor, Posix, Dotenv]),
        ("vault:secret/data/x#y", None, &[Literal, Mcp, Editor, Posix, Dotenv]),
        ("encrypted:BJ4cdef", None, &[Literal, Mcp, Editor, Posix, Dotenv]),
        ("ENC[AES256_GCM,data:x]", None, &[Literal, Mcp, Editor, Posix, Dotenv]),
        ("/run/secrets/token", None, &[Literal, Mcp, Editor, Posix, Dotenv]),
    ];

    #[test]
    fn every_syntax_is_a_reference_and_expanded_where_the_place_does() {
        for (text, name, expanding) in TABLE {
            for dialect in [Literal, Mcp, Editor, Posix, Dotenv] {
                let expected = Some((name.map(str::to_owned), expanding.contains(&dialect), None));
                assert_eq!(reference(text, dialect), expected, "{text} in {dialect:?}");
            }
        }
    }

    #[test]
    fn dollars_in_passwords() {
        for dialect in [Literal, Mcp, Editor, Posix, Dotenv] {
            for text in ["pa$$w0rd1", "abc$", "$", "a$b", "100%", "Hi!there!", "50%20off%20now", "{x}", "me@host"] {
                assert_eq!(reference(text, dialect), None, "{text} in {dialect:?}");
            }
        }
        assert_eq!(reference("hunter$TWO!", Literal), None);
        assert!(reference("hunter$TWO!", Posix).is_some());
        assert!(reference("Basic user:$password", Posix).is_some());
    }

    #[test]
    fn defaults_are_kept_with_their_place() {
        for (text, dialect, name, default) in [
            ("${REDIS_URL:-rediss://u:p@host}", Posix, "REDIS_URL", "rediss://u:p@host"),
            ("${X:-literal}", Mcp, "X", "literal"),
            ("${X-literal}", Posix, "X", "literal"),
            ("${X:=literal}", Posix, "X", "literal"),
            ("${A:-${B:-inner}}", Posix, "A", "${B:-inner}"),
            ("${localEnv:X:literal}", Editor, "X", "literal"),
            ("${{ secrets.X || 'literal' }}", Literal, "X", "literal"),
        ] {
            let Value::Reference(found) = classify(&Decoded::direct(text, 100), dialect) else { panic!("{text}") };
            assert_eq!(found.name.as_deref(), Some(name), "{text}");
            let part = found.default.expect(text);
            assert_eq!(part.text.expose(), default, "{text}");
            assert_eq!(part.span().start, 100 + text.find(default).expect(text), "{text}");
        }
    }

    #[test]
    fn the_rest() {
        let value = |text: &str| classify(&Decoded::direct(text, 0), Mcp);
        assert!(matches!(value("  "), Value::Empty));
        assert!(matches!(value("your-key"), Value::Placeholder));
        assert!(matches!(value("GLM_API_KEY"), Value::Placeholder));
        assert!(matches!(value("https://api.z.ai"), Value::Literal));
        assert!(matches!(value("hunter2"), Value::Literal));
    }

    /// In which dialects each way to write a reference is expanded.
    #[test]
    fn who_expands_what() {
        use Dialect::{Azure, Batch, Braces, CircleCi, DevContainer, Expression, GitHub, Make, PowerShell, Template};
        let all = [
            Literal,
            Mcp,
            Editor,
            DevContainer,
            Posix,
            Dotenv,
            Braces,
            GitHub,
            Azure,
            CircleCi,
            Make,
            Template,
            PowerShell,
            Batch,
            Expression,
        ];
        for (text, expanding) in [
            ("$TOKEN", &[Posix, Dotenv, Braces, CircleCi, Make, PowerShell][..]),
            ("${TOKEN}", &[Mcp, Editor, Posix, Dotenv, Braces, CircleCi, Make, PowerShell, Expression]),
            ("${a.token}", &[Mcp, Editor, Expression]),
            ("${TOKEN:-}", &[Mcp, Editor, Posix, Dotenv, Braces]),
            ("${TOKEN?no}", &[Posix, Dotenv, Braces]),
            ("`token`", &[Posix, Dotenv]),
            ("$(token)", &[Posix, Dotenv, Azure, Make, PowerShell]),
            ("$[ token ]", &[Azure]),
            ("${{ token }}", &[GitHub, Azure]),
            ("{{ token }}", &[Template]),
            ("<< token >>", &[CircleCi]),
            ("%TOKEN%", &[Batch]),
            ("!TOKEN!", &[Batch]),
            ("x %TOKEN%", &[Batch]),
            ("$env:TOKEN", &[PowerShell]),
            ("x $env:TOKEN", &[PowerShell]),
            ("${env:TOKEN}", &[Editor, DevContainer]),
            ("var.token", &[Expression]),
            ("credentials('token')", &[Expression]),
            ("@TOKEN@", &[]),
            ("<%= token %>", &[]),
            ("%(token)s", &[]),
            ("{env:TOKEN}", &[]),
        ] {
            for dialect in all {
                let known = dialect != Literal || !text.contains("$env");
                let found = reference(text, dialect).map(|(_, expanded, _)| expanded);
                assert_eq!(found.unwrap_or(false), expanding.contains(&dialect), "{text} in {dialect:?}");
                assert!(found.is_some() || !known, "{text} in {dialect:?}");
            }
        }
    }

    #[test]
    fn near_misses_of_the_whole_value() {
        for text in [
            "op://",
            "ENC[",
            "__a__",
            "@a-b@",
            "@ab",
            "ab@",
            "``",
            "$12",
            "$1a",
            "$%",
            "$",
            "secrets.",
            "secrets.a-b",
            "env(X",
            "X)",
            "os.environ['X'",
            "my.secrets.X",
        ] {
            assert_eq!(reference(text, Dialect::GitHub), None, "{text}");
        }
        for text in ["op://x", "ENC[x", "__ab__", "secrets.a.b_1", "env(X)", "os.environ['X']", "$@", "$?", "$0"] {
            assert!(reference(text, Dialect::GitHub).is_some(), "{text}");
        }
        assert_eq!(reference("$#", Posix), Some((None, true, None)));
        assert_eq!(reference("$#", Dotenv), Some((None, false, None)));
        for start in MANAGERS.iter().chain(ENCRYPTED) {
            assert_eq!(reference(&format!("{start}q7"), Literal), Some((None, true, None)), "{start}");
        }
    }

    #[test]
    fn references_inside_of_text() {
        for (text, dialect, name) in [
            ("a{{ b.c }}d", Dialect::Template, Some("c")),
            ("a{{ b.c }d", Dialect::Template, None),
            ("a{{- .b -}}", Dialect::Template, Some("b")),
            ("a{secret:X}b", Literal, Some("X")),
            ("a{other:X}b", Literal, None),
            ("a{secret}b", Literal, None),
            ("a<% b %>c", Literal, Some("b")),
            ("a<% b >c", Literal, None),
            ("a<< b.c >>d", Dialect::CircleCi, Some("c")),
            ("a%(b)sc", Literal, Some("b")),
            ("a%(b-c)sd", Literal, None),
            ("a%(b)d", Literal, None),
            ("a%ABC%d", Dialect::Batch, Some("ABC")),
            ("a%AB%d", Dialect::Batch, None),
            ("a%ABc%d", Dialect::Batch, None),
            ("a!ABC!d", Dialect::Batch, Some("ABC")),
            ("a!ABC%d", Dialect::Batch, None),
            ("a$(b)c", Dialect::Make, Some("b")),
            ("a$(b)c", Dialect::Azure, Some("b")),
            ("a$(b c)d", Dialect::Azure, None),
            ("a$(b)c", Posix, None),
            ("a$env:BC", Dialect::PowerShell, Some("BC")),
            ("a$ENV:BC-d", Dialect::PowerShell, Some("BC")),
            ("hunter$two", Posix, None),
            ("hunter$$two", Posix, None),
            ("hunter$Two", Posix, None),
            ("hunter$TW", Posix, Some("TW")),
            ("hunter$T", Posix, None),
            ("hunter-$two", Posix, Some("two")),
            ("hunter-$t", Posix, None),
            ("hunter-$two", Dialect::GitHub, None),
            ("Basic $two:x", Posix, Some("two")),
            ("é$two", Posix, Some("two")),
        ] {
            let found = reference(text, dialect).and_then(|(name, ..)| name);
            assert_eq!(found.as_deref(), name, "{text} in {dialect:?}");
        }
        assert_eq!(reference("a`b`c", Posix), Some((None, true, None)));
        assert_eq!(reference("a`b`c", Dotenv), None);
        assert_eq!(reference("a``c", Posix), None);
        assert_eq!(reference("hunter$[two", Posix), None);
    }

    #[test]
    fn defaults_have_their_place_behind_other_text() {
        for (text, default) in [
            ("Bearer ${{ a.b || 'c' }}", Some(("c", 19))),
            ("${{ a.b || '' }}", None),
            ("${{ a.b || c }}", None),
            ("x ${A:-b}", Some(("b", 7))),
            ("x ${A-b}", Some(("b", 6))),
            ("x ${A=b}", Some(("b", 6))),
            ("x ${A:=b}", Some(("b", 7))),
            ("x ${A:?b}", None),
            ("x ${A+b}", None),
            ("x ${A-}", None),
            ("x ${localEnv:A:b}", Some(("b", 15))),
            ("x ${localEnv:A:}", None),
            ("x ${localEnv:A}", None),
            ("x ${remote:A:b}", None),
            ("x ${A:-${B:-c}}d", Some(("${B:-c}", 7))),
        ] {
            let Value::Reference(found) = classify(&Decoded::direct(text, 0), Posix) else { panic!("{text}") };
            let place = found.default.as_ref().map(|part| (part.text.expose(), part.span().start));
            assert_eq!(place, default, "{text}");
        }
    }

    /// What is longer is data, not a reference.
    #[test]
    fn references_have_bounds() {
        let long = |length: usize| "a".repeat(length);
        // The brace that closes is among the first 512 bytes, and what closes the others among those behind what opens.
        assert!(reference(&format!("x ${{{}}}", long(MAX_LENGTH - 3)), Posix).is_some());
        assert!(reference(&format!("x ${{{}}}", long(MAX_LENGTH - 2)), Posix).is_none());
        assert!(reference(&format!("x {{{{{}}}}}", long(MAX_LENGTH - 2)), Posix).is_some());
        assert!(reference(&format!("x {{{{{}}}}}", long(MAX_LENGTH - 1)), Posix).is_none());
    }

    #[test]
    fn schemes_and_identifiers() {
        for (text, expected) in [
            ("Bearer  q7", "q7"),
            ("BASIC q7", "q7"),
            (" token q7", "q7"),
            ("Bearer", "Bearer"),
            ("Bear q7", "Bear q7"),
            ("Bearerq7", "Bearerq7"),
        ] {
            assert_eq!(after_scheme(text), expected, "{text}");
        }
        for (text, expected) in [("a_1-b", "a_1"), ("1a", ""), ("-a", ""), ("", "")] {
            assert_eq!(identifier(text), expected, "{text}");
        }
        assert!(is_identifier("a1") && !is_identifier("a-") && !is_identifier(""));
        assert!(is_capital("A_1") && !is_capital("Aa") && !is_capital("A-"));
    }
}
