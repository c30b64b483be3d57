//! Texts that grow, for the test that work grows no faster (`tests/linear.rs`).

use crate::family::{FAMILIES, Family};
use crate::plant::Token;
use crate::{manifests, reading};

/// A text that can be made as long as one likes.
pub struct Case {
    /// What reads it, and what it is.
    pub name: String,
    /// The input of about so many bytes.
    pub make: Box<dyn Fn(usize) -> Vec<u8> + Send>,
}

/// What is repeated, with its number for each `№`: what stands in front of it all, and what behind.
struct Shape {
    before: &'static str,
    unit: &'static str,
    after: &'static str,
}

impl Shape {
    fn text(&self, size: usize) -> String {
        let count = size / self.unit.len();
        let repeated = match self.unit.contains('№') {
            true => (0..count).map(|number| self.unit.replace('№', &number.to_string())).collect(),
            false => self.unit.repeat(count),
        };
        [self.before, &repeated, self.after].concat()
    }

    fn name(&self) -> String {
        format!("{:?} again and again behind {:?}", self.unit, self.before)
    }
}

const fn again(unit: &'static str) -> Shape {
    Shape { before: "", unit, after: "" }
}

const fn within(before: &'static str, unit: &'static str, after: &'static str) -> Shape {
    Shape { before, unit, after }
}

/// For every reader, and for the mask.
static EVERYWHERE: [Shape; 9] = [
    again("a"),
    again("\""),
    again("\\"),
    again("["),
    again("${a:-"),
    again("sk-ant-api03-"),
    again("http://a:b@"),
    again("ANTHROPIC_API_KEY=a\n"),
    within("-----BEGIN PRIVATE KEY-----", " ", ""),
];

static JSON: [Shape; 8] = [
    again("{\"a\":"),
    again("[{}, // a\n"),
    again("/*"),
    within("{", "\"a\":1,", "\"b\":2}"),
    within("{\"env\":{", "\"X№_API_KEY\":\"abcdefgh\",", "\"b\":\"\"}}"),
    within("{\"mcpServers\":{", "\"a№\":{\"env\":{\"X_TOKEN\":\"abcdefgh\"}},", "\"b\":{}}}"),
    within("{\"permissions\":{\"allow\":[", "\"Bash(curl -H 'authorization: abcdefgh' b)\",", "\"b\"]}}"),
    within("{\"hooks\":{\"Stop\":[{\"hooks\":[{\"command\":\"", "a=$(b) c;", "\"}]}]}}"),
];

static DOTENV: [Shape; 6] = [
    again("X№_TOKEN=abcdefgh\n"),
    again("A=\"b\n"),
    again("A='"),
    again("A=$A\n"),
    again("# A=b\n"),
    within("A=", "\\$", "\n"),
];

static POSIX: [Shape; 16] = [
    again("$(("),
    again("$("),
    again("`"),
    again("cat <<A\n"),
    again("if a; then\n"),
    again("case a in b) "),
    again("a(){ "),
    again("a() { a; }\n"),
    again("{ "),
    again("a && "),
    again("a | "),
    again("export X№_TOKEN=$A\n"),
    again("A=b claude\n"),
    again("if a; then A=b; fi\n"),
    again(". ./.env\n"),
    within("a={", "a,", "}"),
];

static FISH: [Shape; 7] = [
    again("begin\n"),
    again("if a\n"),
    again("set -gx X№_TOKEN $A\n"),
    again("(a "),
    again("env A=b claude\n"),
    again("function a\nend\n"),
    within("a {", "a,", "}"),
];

static WINDOWS: [Shape; 12] = [
    again("$env:X№_TOKEN=$env:A\n"),
    again("@{a="),
    again("@\"\n"),
    again("<#"),
    again("if (1) {"),
    again("$(a "),
    again("a | "),
    again("%a%"),
    again("set A=%A%\r\n"),
    again("if 1==1 ("),
    again("a & "),
    again("^\r\n"),
];

static YAML: [Shape; 9] = [
    again("- "),
    again("{a: "),
    again("a: &a\n"),
    within("a: &a [", "*a,", "]"),
    again("? "),
    again("- a: |\n"),
    within("jobs:\n  a:\n    steps:\n", "    - run: A=b claude\n", ""),
    again("a№: a\n"),
    within("a:\n", "  - script: echo $A\n    env:\n      X_TOKEN: abcdefgh\n", ""),
];

static PIPELINES: [Shape; 3] = [again("${{ "), again("environment { "), again("withEnv(['A=b']) { ")];

static CONTAINERS: [Shape; 6] = [
    again("FROM a\n"),
    again("RUN a <<A\n"),
    again("ENV A=b\n"),
    again("<a>"),
    again("<env name=\"A_TOKEN\" value=\"abcdefgh\"/>"),
    within("services:\n", "  a:\n    image: a\n    environment:\n      X_TOKEN: abcdefgh\n", ""),
];

static TASKS: [Shape; 9] = [
    again("A := $(A)\n"),
    again("a: a\n\tA=b claude\n"),
    again("ifdef A\n"),
    again("define A\n"),
    again("export A\n"),
    again("{{ "),
    again("a:\n  claude\n"),
    again("[a]\n"),
    within("{\"scripts\":{", "\"a\":\"A=b claude\",", "\"b\":\"\"}}"),
];

static SERVICES: [Shape; 8] = [
    again("Environment=A=b\n"),
    again("Environment=\"A=b\\\n"),
    again("<dict><key>a</key>"),
    again("a {\n"),
    again("a = <<A\n"),
    again("let a = { "),
    again("''"),
    within("spec:\n  containers:\n", "  - env:\n    - name: X_TOKEN\n      value: abcdefgh\n", ""),
];

static CODE: [Shape; 10] = [
    again("Anthropic(api_key="),
    again("\"\"\""),
    again("f\"{"),
    again("`${"),
    again("/*"),
    again("os.environ['A_TOKEN'] = 'abcdefgh'\n"),
    again("new Anthropic({ apiKey: 'abcdefgh' })\n"),
    again("#{"),
    again("R\"("),
    again("//"),
];

static TOML: [Shape; 8] = [
    again("[[allow]]\n"),
    again("a = [\n"),
    again("a = {a = "),
    again("[a]\n"),
    again("a.a."),
    again("\"\"\""),
    within("exclude = [", "\"*a*\",", "]\n"),
    within("", "[[allow]]\nrule = \"both-credentials\"\npath = \"*a*\"\nreason = \"because\"\n", ""),
];

static LOCKS: [Shape; 7] = [
    again("anthropic==1.0.0\n"),
    again("anthropic[a,"),
    within("{\"packages\":{", "\"node_modules/@anthropic-ai/sdk\":{\"version\":\"1.0.0\"},", "\"\":{}}}"),
    again("\"@anthropic-ai/sdk@^1.0.0\":\n  version \"1.0.0\"\n"),
    again("COPY . .\n"),
    again("!a/**\n"),
    within("anthropic>=", "1.", "0\n"),
];

/// What is specific to a family.
fn shapes(family: &Family) -> Vec<&'static Shape> {
    match family.name {
        "json" => JSON.iter().collect(),
        "dotenv" => DOTENV.iter().collect(),
        "posix" => POSIX.iter().collect(),
        "fish" => FISH.iter().collect(),
        "windows" => WINDOWS.iter().collect(),
        "pipelines" => YAML.iter().chain(&PIPELINES).collect(),
        "containers" => CONTAINERS.iter().chain(&YAML[..3]).chain(&JSON[..2]).collect(),
        "tasks" => TASKS.iter().chain(&YAML[..2]).collect(),
        "services" => SERVICES.iter().chain(&YAML[..2]).collect(),
        _ => CODE.iter().collect(),
    }
}

/// The cases for a target.
pub fn cases(target: &str) -> Vec<Case> {
    if let Some(family) = FAMILIES.iter().find(|family| family.name == target) {
        return read(family);
    }
    match target {
        "configuration" => {
            texts(TOML.iter(), |text| [b"keylint.toml\n", text.as_bytes()].concat()).chain(comments()).collect()
        }
        "mask" => texts(EVERYWHERE.iter().chain(&POSIX[..2]), |text| [&[0; 5], text.as_bytes()].concat())
            .chain([tokens("the mask", |text| [&[0; 5], text.as_bytes()].concat())])
            .collect(),
        "ignore" => globs(),
        "fix" => fixes(),
        "reports" => many_findings(),
        "manifests" => (0..manifests::PATHS.len())
            .flat_map(|row| {
                let row = u8::try_from(row).unwrap_or(0);
                let path = manifests::PATHS[usize::from(row)];
                // Two for each: all of them would take minutes.
                let some = LOCKS.iter().cycle().skip(usize::from(row)).take(2);
                texts(some, move |text| [&[row], text.as_bytes()].concat())
                    .map(move |case| Case { name: format!("{path}: {}", case.name), ..case })
            })
            .collect(),
        "wire" => texts([again("{}\n"), again("["), again("a")].iter(), |text| [&[2], text.as_bytes()].concat())
            .chain(texts([again("A=b\n"), again("{\"a\":")].iter(), |text| [&[5], text.as_bytes()].concat()))
            .collect(),
        _ => Vec::new(),
    }
}

fn read(family: &'static Family) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, row) in family.rows.iter().enumerate() {
        let of_row = |case: Case| Case { name: format!("{}: {}", row.path, case.name), ..case };
        let all = EVERYWHERE.iter().chain(shapes(family));
        cases.extend(texts(all, move |text| reading::input(number, text.as_bytes())).map(of_row));
        cases.push(of_row(tokens("a line", move |text| reading::input(number, text.as_bytes()))));
    }
    cases
}

/// A case for each shape.
fn texts<'s>(
    shapes: impl Iterator<Item = &'s Shape>,
    input: impl Fn(String) -> Vec<u8> + Copy + Send + 'static,
) -> impl Iterator<Item = Case> {
    shapes.map(move |&Shape { before, unit, after }| {
        let shape = Shape { before, unit, after };
        Case { name: shape.name(), make: Box::new(move |size| input(shape.text(size))) }
    })
}

/// Many tokens on one line.
fn tokens(place: &str, input: impl Fn(String) -> Vec<u8> + Send + 'static) -> Case {
    let make = move |size: usize| {
        let drawn = (0..=u8::MAX).filter_map(|seed| Token::draw(1, seed));
        let words: Vec<String> = drawn.take(8).map(|token| format!("A_TOKEN={} ", token.text())).collect();
        let mut line = String::new();
        while line.len() < size {
            words.iter().for_each(|word| line.push_str(word));
        }
        line.truncate(size);
        input(line)
    };
    Case { name: format!("tokens in {place}"), make: Box::new(make) }
}

/// Comments that accept, in a file with findings.
fn comments() -> Vec<Case> {
    let make = |size: usize| {
        let lines = "ANTHROPIC_API_KEY=a # keylint: ignore[both-credentials] because\n".repeat(size / 60);
        format!(".env\nANTHROPIC_AUTH_TOKEN=b\n{lines}").into_bytes()
    };
    vec![Case { name: "comments".to_owned(), make: Box::new(make) }]
}

/// Patterns and paths.
fn globs() -> Vec<Case> {
    let case = |name: &str, make: fn(usize) -> (String, String, String)| Case {
        name: name.to_owned(),
        make: Box::new(move |size| {
            let (pattern, path, text) = make(size);
            [pattern.as_bytes(), path.as_bytes(), text.as_bytes()].join(&0)
        }),
    };
    vec![
        case("many patterns", |size| ("a".to_owned(), "b/c".to_owned(), "*a\n!b*c\n/d/**/e\n".repeat(size / 16))),
        case("stars and a long name", |size| ("*a*a*a*b".to_owned(), "a".repeat(64), "*a*a*a*b\n".repeat(size / 9))),
        case("a long class", |size| (format!("[{}]", "a".repeat(size)), "b".to_owned(), String::new())),
        // How deep a path can be is the system's to say.
        case("a long name", |size| ("*a*a*b".to_owned(), "a".repeat(size), "*a*a*b\n/**/*a*a*b\n".to_owned())),
    ]
}

/// Edits of long texts.
fn fixes() -> Vec<Case> {
    let case = |name: &str, make: fn(usize) -> Vec<u8>| Case { name: name.to_owned(), make: Box::new(make) };
    vec![
        case("a variable in a long object", |size| {
            let text = format!("{{\"env\":{{{}\"z\":\"\"}}}}", "\"a\":\"b\",".repeat(size / 8));
            [b"\0".as_slice(), text.as_bytes(), b"\0NAME\0value"].concat()
        }),
        case("comments in JSON", |size| format!("\u{1}[1{}]", ", // a\n2".repeat(size / 8)).into_bytes()),
        case("commas in JSON", |size| format!("\u{1}[{}1]", "[1,],".repeat(size / 5)).into_bytes()),
        case("blanks and comments", |size| format!("\u{1}[1]{}", " /**/".repeat(size / 5)).into_bytes()),
        case("a long preview", |size| {
            let text = "a\n".repeat(size / 4);
            format!("\u{2}{text}\0{text}b\n").into_bytes()
        }),
    ]
}

/// Many findings, in every format.
fn many_findings() -> Vec<Case> {
    let case = |name: &str, unit: &'static str, path: &'static str| Case {
        name: name.to_owned(),
        make: Box::new(move |size| {
            [&[0; 5], format!("{path}\n{}", unit.repeat(size / unit.len())).as_bytes()].concat()
        }),
    };
    vec![
        case("many lines", "X_API_KEY=abcdefgh\n", ".env"),
        case("one line", "curl -H 'x-api-key: abcdefgh12' a; ", "a.sh"),
        case("many starts", "ANTHROPIC_API_KEY=a ANTHROPIC_AUTH_TOKEN=b claude\n", "a.sh"),
    ]
}
