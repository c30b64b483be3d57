//! YAML against PyYAML, compose files against `docker-compose config`, Dockerfiles against dockerfile-parse.
//!
//! `KEYLINT_SEED` repeats a run.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use common::machine;
use common::repo::Repo;
use common::sample::Rng;
use keylint::path::RepoPath;
use keylint::surface::tree::{Kind, Node};
use keylint::surface::{Document, Origin, Slot, Surface, Value, read, yaml};
use serde_json::{Value as Json, json};

/// Whether it is of the second generation at least, and not the program that went before.
fn is_second(compose: &str) -> bool {
    let output = Command::new(compose).args(["version", "--short"]).output().unwrap();
    let version = String::from_utf8_lossy(&output.stdout).trim().trim_start_matches('v').to_owned();
    let is_second = !version.starts_with("1.");
    if !is_second {
        machine::lacks(&format!("docker-compose of the second generation (here is {version})"));
    }
    is_second
}

fn rng(test: &str) -> Rng {
    match std::env::var("KEYLINT_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => Rng::new(seed),
        None => {
            let seed = Rng::from_entropy().below(usize::MAX) as u64;
            println!("{test}: KEYLINT_SEED={seed}");
            Rng::new(seed)
        }
    }
}

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.below(from.len())]
}

/// Runs a Python program that reads JSON and writes JSON.
fn python(program: &str, input: &Json) -> Json {
    let mut child = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Every document as a tree of texts; `false` for what PyYAML refuses.
const PYYAML: &str = r"
import json, sys, yaml
def plain(loader, node, depth=0):
    if depth > 50: raise ValueError
    if isinstance(node, yaml.ScalarNode):
        return None if node.tag == 'tag:yaml.org,2002:null' and node.style is None else node.value
    if isinstance(node, yaml.SequenceNode):
        return [plain(loader, one, depth + 1) for one in node.value]
    loader.flatten_mapping(node)
    return {key.value: plain(loader, value, depth + 1) for key, value in node.value}
def tree(text):
    loader = yaml.SafeLoader(text)
    try:
        found = []
        while loader.check_node():
            found.append(plain(loader, loader.get_node()))
        return found
    except Exception:
        return False
print(json.dumps([tree(text) for text in json.load(sys.stdin)]))
";

fn plain(node: &Node) -> Json {
    match &node.kind {
        Kind::Null => Json::Null,
        Kind::Scalar(text) => text.as_str().into(),
        Kind::String(decoded) => decoded.text.expose().into(),
        Kind::Array(elements) => elements.iter().map(plain).collect(),
        Kind::Object(members) => {
            Json::Object(members.iter().map(|member| (member.name.clone(), plain(&member.value))).collect())
        }
    }
}

/// What stands as it is, stands there; what was decoded has its letters there.
fn places(node: &Node, text: &str) {
    if let Kind::String(decoded) = &node.kind {
        let value = decoded.text.expose();
        match decoded.origin {
            Origin::Direct(_) => assert_eq!(&text[decoded.span().range()], value, "{text}"),
            Origin::Mapped(_) => {
                let letters = value.char_indices().filter(|(_, c)| c.is_ascii_alphabetic());
                for (at, letter) in letters {
                    let place = decoded.origin.span(at, at + 1);
                    let there = text[place.start..].chars().next();
                    assert!(
                        there == Some(letter) || there == Some('\\'),
                        "{letter} of {value:?} at {place:?} in\n{text:?}"
                    );
                }
            }
        }
    }
    node.elements().iter().for_each(|element| places(element, text));
    node.members().iter().for_each(|member| places(&member.value, text));
}

/// Writes random YAML.
struct Writer<'r> {
    rng: &'r mut Rng,
    out: String,
    anchors: Vec<(String, bool)>,
}

impl Writer<'_> {
    fn one_in(&mut self, chance: usize) -> bool {
        self.rng.below(chance) == 0
    }

    fn text(&mut self, alphabet: &[&str], most: usize) -> String {
        (0..=self.rng.below(most)).map(|_| pick(self.rng, alphabet)).collect()
    }

    fn word(&mut self) -> String {
        let first = pick(self.rng, &["a", "B", "x1", "é", "-x", ".5", "$", "\u{1F511}", "?x", ":x", "1", "true", "/"]);
        let rest = self
            .text(&["a", "b", "=", "$", "#", ":x", "é", "-", "\"", "'", "{", "]", "&", "*", "%", "\u{1F511}", "\\"], 4);
        format!("{first}{rest}")
    }

    fn flow_word(&mut self) -> String {
        self.text(&["a", "b", "C", "é", "1", "=", "$"], 3)
    }

    fn scalar(&mut self, indent: usize, flow: bool) {
        let pad = " ".repeat(indent + 1);
        let text = match self.rng.below(if flow { 5 } else { 11 }) {
            0 => format!("'{}'", self.text(&["a", "b ", "''", "\"", ": ", " #", "\\", "$", "é", "{"], 5)),
            1 => format!(
                "\"{}\"",
                self.text(
                    &[
                        "a",
                        "b ",
                        "\\\"",
                        "'",
                        "\\n",
                        "\\t",
                        "\\x41",
                        "\\u00e9",
                        "\\\\",
                        ": ",
                        " #",
                        "é",
                        "\\U0001F511",
                        "\\/"
                    ],
                    5
                )
            ),
            2 => pick(self.rng, &["~", "null", "", "\"\"", "''"]).to_owned(),
            3 if flow => self.flow_word(),
            4 if flow => format!("{} {}", self.flow_word(), self.flow_word()),
            3 => self.word(),
            4 => format!("{} {}", self.word(), self.flow_word()),
            5 => format!("{}\n{pad}{}\n\n{pad}{}", self.flow_word(), self.flow_word(), self.flow_word()),
            6 => format!(
                "\"{} \n{pad}  {}\\\n{pad}{}\n\n{pad}{}\"",
                self.flow_word(),
                self.flow_word(),
                self.flow_word(),
                self.flow_word()
            ),
            7 => format!("'{}\n{pad}{} ''\n\n{pad}{}'", self.flow_word(), self.flow_word(), self.flow_word()),
            _ => {
                let style = pick(self.rng, &["|", ">"]);
                let indicator = pick(self.rng, &["", "", "-", "+"]);
                let mut text = format!("{style}{indicator}{}", pick(self.rng, &["", " # abC"]));
                for _ in 0..=self.rng.below(4) {
                    let line = match self.rng.below(6) {
                        0 => String::new(),
                        1 => format!("{pad}   {}", self.flow_word()),
                        2 => format!("{pad}{} # {}", self.flow_word(), self.word()),
                        _ => format!("{pad}{}", self.flow_word()),
                    };
                    let _ = write!(text, "\n{line}");
                }
                text
            }
        };
        self.out.push_str(&text);
    }

    fn flow(&mut self, depth: usize) {
        match self.rng.below(if depth > 2 { 1 } else { 3 }) {
            0 => self.scalar(0, true),
            1 => {
                self.out.push('[');
                for index in 0..self.rng.below(3) {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.flow(depth + 1);
                }
                self.out.push(']');
            }
            _ => {
                self.out.push('{');
                for index in 0..self.rng.below(3) {
                    let word = self.flow_word();
                    let _ = write!(self.out, "{}{word}{index}: ", if index > 0 { ", " } else { "" });
                    self.flow(depth + 1);
                }
                self.out.push('}');
            }
        }
    }

    fn anchor(&mut self, is_map: bool) {
        if self.one_in(4) {
            let name = format!("n{}", self.anchors.len());
            let _ = write!(self.out, " &{name}");
            self.anchors.push((name, is_map));
        }
    }

    fn alias(&mut self, is_map: bool) -> Option<String> {
        let fitting: Vec<&str> =
            self.anchors.iter().filter(|(_, map)| !is_map || *map).map(|(name, _)| &**name).collect();
        (!fitting.is_empty()).then(|| pick(self.rng, &fitting).to_owned())
    }

    /// What stands behind `name:` or `-`.
    fn value(&mut self, indent: usize, depth: usize) {
        match self.rng.below(if depth > 3 { 5 } else { 9 }) {
            0 => {
                if let Some(alias) = self.alias(false) {
                    let _ = write!(self.out, " *{alias}");
                }
            }
            1 => {
                self.out.push(' ');
                self.flow(0);
            }
            2..=4 => {
                self.anchor(false);
                self.out.push(' ');
                self.scalar(indent, false);
            }
            5 | 6 => {
                // The anchor is known behind its node alone.
                let before = self.anchors.len();
                self.anchor(true);
                let held = self.anchors.split_off(before);
                self.out.push('\n');
                let deeper = indent + 1 + self.rng.below(3);
                self.map(deeper, depth + 1);
                self.anchors.extend(held);
                return;
            }
            _ => {
                self.out.push('\n');
                let deeper = indent + 1 + self.rng.below(2);
                self.list(deeper, depth + 1);
                return;
            }
        }
        self.out.push_str(pick(self.rng, &["\n", "\n", "\n", "\n\n", "\n# note: x\n"]));
    }

    fn map(&mut self, indent: usize, depth: usize) {
        let pad = " ".repeat(indent);
        for index in 0..=self.rng.below(4) {
            if self.one_in(6)
                && let Some(alias) = self.alias(true)
            {
                let merge = if self.one_in(2) { format!("[*{alias}, *{alias}]") } else { format!("*{alias}") };
                if index == 0 {
                    let _ = writeln!(self.out, "{pad}<<: {merge}");
                    continue;
                }
            }
            let name = match self.rng.below(6) {
                0 => format!("\"k {index}\""),
                1 => format!("'k: {index}'"),
                2 => format!("é{index}"),
                _ => format!("{}{index}", pick(self.rng, &["A_", "b-", "c.", "k"])),
            };
            let _ = write!(self.out, "{pad}{name}:");
            self.value(indent, depth);
        }
    }

    fn list(&mut self, indent: usize, depth: usize) {
        for _ in 0..=self.rng.below(3) {
            let _ = write!(self.out, "{}-", " ".repeat(indent));
            self.value(indent, depth);
        }
    }
}

const TRICKY: &[&str] = &[
    "a: b\n---\nc: d\n...\n---\n- e\n",
    "%YAML 1.1\n---\na: b\n",
    "a: !!str 1\nb: !custom x\nc: !!null ''\nd: !!str\n",
    "? a\n: b\n? [c]\n",
    "a:\n- b\n- - c\n  - d\n-e: f\n",
    "a:\n- b: c\n  d: e\n-   f: g\n    h: i\n",
    "a: 'b\n\n  c'\n",
    "a: |2\n    b\n   c\n",
    "a: |\n\n  b\n\n\n  c\n\n",
    "a: >\n  b\n   c\n  d\n\n\n  e\n",
    "a: >+\n  b\n\n\nc: |-\n  d\n\n",
    "a: b: c\n",
    "a: \"b\n  c\"\n",
    "a: {b: c, d, e: , \"f\":g}\n",
    "a: [b, c, [d], {e: f}, ]\n",
    "a: [\n  b, # note\n  c\n]\n",
    "a: b#c # d\n",
    "a: 'it''s'\n",
    "\u{feff}a: b\n",
    "a: b\r\nc: |\r\n  d\r\n  e\r\nf: g\r\n",
    "a:\tb\n",
    "a: &x b\nc: *x\nd: &x e\nf: *x\n",
    "a: &x {b: &y c}\nd: *y\n<<: *x\n",
    "base: &b {x: 1, y: 2}\na: {<<: *b, x: 3}\nc: {x: 4, <<: *b}\nd:\n  <<: [*b, {x: 5, z: 6}]\n",
    "\"a\": b\n'c': d\n? e\n",
    "a: - b\n",
    "a: http://x:1/#y\nb: ::c\nd: -e\n",
    "- a\n-\n- b:\n- c\n",
    "a: \"\\x41\\u0042\\\n   c\\  d\"\n",
    "a: yes\nb: 0777\nc: 1_000\nd: 1e3\ne: 2001-01-01\nf: .inf\n",
    "a: ${X:-y}\nb: \"${{ z }}\"\nc: $(d)\n",
    "a: @b\n",
    "a: `b`\n",
    "a: %b\n",
    "key with spaces: v\n\"\": e\n",
    "a: |\n  b\n # c\nd: e\n",
    "# only a note\n",
    "",
    "a: b\n c: d\n",
    "é: ü\n\u{1F511}: \u{1F511} x\n",
];

#[test]
fn yaml_is_what_pyyaml_reads() {
    if !machine::has("python3", &["-c", "import yaml"]) {
        return;
    }
    let mut rng = rng("yaml");
    let mut texts: Vec<String> = TRICKY.iter().map(|&text| text.to_owned()).collect();
    for _ in 0..3000 {
        let mut writer = Writer { rng: &mut rng, out: String::new(), anchors: Vec::new() };
        writer.map(0, 0);
        texts.push(writer.out);
    }
    let trees = python(PYYAML, &json!(texts));
    let (mut compared, mut refused, mut different) = (0, 0, Vec::new());
    for (text, expected) in texts.iter().zip(trees.as_array().unwrap()) {
        let (documents, faults) = yaml::parse(text);
        documents.iter().for_each(|document| places(document, text));
        if *expected == json!(false) {
            refused += 1;
            continue;
        }
        compared += 1;
        let found: Json = documents.iter().map(plain).collect();
        if found != *expected {
            different.push(format!("{text}\n  ours {found}\nPyYAML {expected}\n{faults:?}"));
        }
    }
    println!("yaml: {compared} compared, {refused} refused by PyYAML");
    assert!(compared > 2000, "{compared}");
    assert!(
        different.is_empty(),
        "{} different, first:\n{}",
        different.len(),
        different.iter().take(6).cloned().collect::<Vec<_>>().join("\n----\n")
    );
}

/// Writes a random compose file with its dotenv files.
fn compose(rng: &mut Rng) -> (String, Vec<(String, String)>) {
    const NAMES: [&str; 5] = ["ANTHROPIC_API_KEY", "ANTHROPIC_MODEL", "ANTHROPIC_BASE_URL", "CLAUDE_X", "CLAUDE_Y"];
    const VALUES: [&str; 13] = [
        "plain",
        "'single # x'",
        "\"dou ble\"",
        "a=b",
        "",
        "${HOME_X:-fall back}",
        "${NO_X-d}",
        "x$$y",
        "'$$$$z'",
        "http://h:1/p?q=1",
        "\"tab\\tend\"",
        "${NO_X}",
        "é",
    ];
    let block = |rng: &mut Rng, indent: &str, list: bool| {
        let mut text = String::new();
        let mut names = NAMES.to_vec();
        for _ in 0..=rng.below(3) {
            let name = names.remove(rng.below(names.len()));
            let value = pick(rng, &VALUES);
            let bare = value.trim_matches(['"', '\'']).replace("\\t", " ");
            let quote = if bare.contains(['#', ' ']) { "\"" } else { "" };
            let _ = match (list, rng.below(8)) {
                (true, 0) => writeln!(text, "{indent}- {name}"),
                (true, _) => writeln!(text, "{indent}- {quote}{name}={bare}{quote}"),
                (false, _) => writeln!(text, "{indent}{name}: {value}"),
            };
        }
        text
    };
    let mut files = Vec::new();
    for index in 0..3 {
        let mut text = String::new();
        for name in NAMES {
            match rng.below(9) {
                0 => _ = writeln!(text, "{name}=file{index}"),
                1 => _ = writeln!(text, "{name}='single {index} $X'"),
                2 => _ = writeln!(text, "{name}=\"double {index}\\tx\" # note"),
                3 => _ = writeln!(text, "export {name}=exported # note"),
                4 => _ = writeln!(text, "{name}=\n# {name}=no"),
                5 => _ = writeln!(text, "{name}=a#b=c"),
                _ => {}
            }
        }
        files.push((format!("f{index}.env"), text));
    }
    let mut text = format!("x-env: &env\n{}", block(rng, "  ", false));
    let _ = write!(text, "x-service: &service\n  image: x\n  environment:\n{}services:\n", block(rng, "    ", false));
    for index in 0..4 {
        let _ = writeln!(text, "  s{index}:");
        if rng.below(5) == 0 {
            text.push_str("    <<: *service\n");
        } else {
            text.push_str("    image: y\n");
        }
        if index > 0 && rng.below(3) == 0 {
            let base = rng.below(index);
            let _ = if rng.below(2) == 0 {
                writeln!(text, "    extends: {{service: s{base}}}")
            } else {
                writeln!(text, "    extends:\n      service: s{base}")
            };
        }
        match rng.below(4) {
            0 => _ = writeln!(text, "    env_file: f{}.env", rng.below(3)),
            1 => _ = writeln!(text, "    env_file:\n      - f{}.env\n      - ./f{}.env", rng.below(2), 2),
            _ => {}
        }
        match rng.below(5) {
            0 => text.push_str("    environment: *env\n"),
            1 => _ = write!(text, "    environment:\n      <<: *env\n{}", block(rng, "      ", false)),
            2 => _ = write!(text, "    environment:\n{}", block(rng, "      ", true)),
            3 => _ = write!(text, "    environment:\n{}", block(rng, "      ", false)),
            _ => {}
        }
    }
    (text, files)
}

/// A value as compose would see it: `None` where it depends on what is outside of the file.
fn known(value: &Value, text: &str) -> Option<String> {
    match value {
        Value::Reference(reference) if reference.expanded => {
            let whole = text.starts_with("${") && text.ends_with('}');
            let default = reference.default.as_ref().filter(|_| whole)?;
            Some(default.text.expose().to_owned())
        }
        Value::Unknown | Value::Unset => None,
        _ => Some(text.to_owned()),
    }
}

fn variables(document: &Document, indices: &[usize], into: &mut BTreeMap<String, Option<String>>) {
    for &index in indices {
        let assignment = &document.assignments[index];
        into.insert(assignment.name.clone(), known(&assignment.value, assignment.decoded.text.expose()));
    }
}

#[test]
fn services_get_what_compose_gives_them() {
    // The first generation, in Python, merges in other ways.
    if !machine::has("docker-compose", &["version"]) || !is_second("docker-compose") {
        return;
    }
    let mut rng = rng("compose");
    let repo = Repo::plain();
    let (mut files, mut services, mut values, mut unknown, mut refused) = (0, 0, 0, 0, 0);
    while files < 300 {
        let (text, dotenv) = compose(&mut rng);
        repo.write("compose.yml", &text);
        dotenv.iter().for_each(|(name, text)| repo.write(name, text));
        let output = Command::new("docker-compose")
            .args(["-f", "compose.yml", "config"])
            .current_dir(&repo.root)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", repo.home())
            .output()
            .unwrap();
        if !output.status.success() {
            refused += 1;
            assert!(refused < 30, "{text}\n{}", String::from_utf8_lossy(&output.stderr));
            continue;
        }
        files += 1;
        let (merged, _) = yaml::parse(std::str::from_utf8(&output.stdout).unwrap());
        let document = read(RepoPath::from("compose.yml"), Some(Surface::Compose), text.as_bytes());
        for service in merged[0].get("services").unwrap().members() {
            services += 1;
            let key = format!("services.{}", service.name);
            let mut found = BTreeMap::new();
            if let Some(launch) = document.launches.iter().find(|launch| launch.key == key) {
                for include in &launch.includes {
                    let path = include.path.text.expose().trim_start_matches("./");
                    let (_, text) = dotenv.iter().find(|(name, _)| name == path).unwrap();
                    let file = read(RepoPath::from(path), Some(Surface::Dotenv), text.as_bytes());
                    if let Some(launch) = file.launches.first() {
                        variables(&file, &launch.environment, &mut found);
                    }
                }
                variables(&document, &launch.environment, &mut found);
            }
            let mut expected = BTreeMap::new();
            for member in service.value.get("environment").map_or(&[][..], Node::members) {
                let value = member.value.as_string().map(|value| value.text.expose().replace("$$", "$"));
                expected.insert(member.name.clone(), value.unwrap_or_default());
            }
            let names = |found: &BTreeMap<String, Option<String>>| found.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&found), expected.keys().cloned().collect::<Vec<_>>(), "{key}\n{text}\n{dotenv:?}");
            for (name, value) in found {
                match value {
                    Some(value) => {
                        assert_eq!(value, expected[&name], "{key} {name}\n{text}\n{dotenv:?}");
                        values += 1;
                    }
                    None => unknown += 1,
                }
            }
        }
    }
    println!(
        "compose: {files} files, {services} services, {values} values equal, {unknown} unknown, {refused} refused"
    );
    assert!(values > 4 * unknown, "{values} {unknown}");
}

/// The variables of each instruction, as dockerfile-parse reads them.
const DOCKERFILE: &str = r"
import json, sys, io
from dockerfile_parse import DockerfileParser
from dockerfile_parse.util import extract_key_values
def values(text):
    parser = DockerfileParser(fileobj=io.BytesIO())
    parser.content = text
    return [[one['instruction'], extract_key_values(env_replace=False, args={}, envs={}, instruction_value=one['value'])]
            for one in parser.structure if one['instruction'] in ('ENV', 'ARG')]
print(json.dumps([values(text) for text in json.load(sys.stdin)]))
";

#[test]
fn dockerfiles_hold_what_a_parser_finds() {
    if !machine::has("python3", &["-c", "import dockerfile_parse"]) {
        return;
    }
    let mut rng = rng("dockerfile");
    let texts: Vec<String> = (0..500)
        .map(|_| {
            let mut text = "FROM x\n".to_owned();
            for index in 0..=rng.below(5) {
                let value = pick(
                    &mut rng,
                    &["b", "\"c d\"", "'e f'", "g\\ h", "\"i\\\"j\"", "k#l", "\"\"", "http://m:1/?n=o", "é"],
                );
                let join = pick(&mut rng, &[" ", " \\\n  ", " \\\n# note\n  "]);
                let _ = match rng.below(6) {
                    0 => writeln!(text, "ENV A{index} plain{index}"),
                    1 => writeln!(text, "ARG A{index}={value}"),
                    2 => writeln!(text, "# ENV A{index}={value}"),
                    3 => writeln!(text, "RUN echo ENV A{index}={value} \\\n  && x"),
                    _ => writeln!(text, "ENV A{index}={value}{join}B{index}={value}"),
                };
            }
            text
        })
        .collect();
    let all = python(DOCKERFILE, &json!(texts));
    let mut compared = 0;
    for (text, expected) in texts.iter().zip(all.as_array().unwrap()) {
        let document = read(RepoPath::from("Dockerfile"), Some(Surface::Dockerfile), text.as_bytes());
        let live = document.assignments.iter().filter(|one| one.slot == Slot::Variable && !one.commented);
        let found: Vec<(String, String)> = live
            .filter(|one| one.key.starts_with("ENV.") || one.key.starts_with("ARG."))
            .map(|one| (one.name.clone(), one.decoded.text.expose().to_owned()))
            .collect();
        let expected: Vec<(String, String)> = expected
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|one| one[1].as_array().unwrap().clone())
            .map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap_or("").to_owned()))
            .collect();
        assert_eq!(found, expected, "{text}");
        compared += found.len();
    }
    println!("dockerfile: {} files, {compared} assignments", texts.len());
}
