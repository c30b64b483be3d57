//! The shell reader's predictions against what the real bash does.
//!
//! Random scripts are run by bash with a stub `claude` that notes its environment. Each environment that was
//! observed has to be among the predicted launches; a script without branches has to have exactly that one.
//! `KEYLINT_SEED` repeats a run.

#![cfg(unix)]
// Helpers outside `#[test]` functions count as tests too; what was compared is worth a line of output.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keylint::path::RepoPath;
use keylint::surface::{Assignment, Document, Launch, Slot, Surface, Value, dotenv, shell};
use keylint::text::Text;

const NAMES: [&str; 5] =
    ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_USE_BEDROCK", "ANTHROPIC_MODEL"];
const SCRIPTS: usize = 500;

/// A small generator of random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Writes random scripts.
struct Writer {
    random: Random,
    /// The script starts with all names set: then an assignment without `export` reaches children too,
    /// which no reader can know; such assignments are left out.
    inherited: bool,
    branches: bool,
    functions: usize,
}

impl Writer {
    fn name(&mut self) -> &'static str {
        self.random.pick(&NAMES)
    }

    fn text(&mut self, alphabet: &str) -> String {
        let characters: Vec<char> = alphabet.chars().collect();
        (0..=self.random.below(5)).map(|_| characters[self.random.below(characters.len())]).collect()
    }

    /// A word, by pieces in every kind of quotes.
    fn word(&mut self) -> String {
        let mut word = String::new();
        if self.random.chance(8) {
            return self.random.pick(&["", "''", "\"\""]).to_owned();
        }
        for _ in 0..=self.random.below(3) {
            let plain = self.text("abcxyz0189-_.,:/@%+");
            let quoted = self.text("abc #;&|(){}<>~!*?[]=:é\u{1F511}");
            match self.random.below(12) {
                0..=3 => word.push_str(&plain),
                4 => _ = write!(word, "'{quoted}$X`\\\"'"),
                5 => _ = write!(word, "'{quoted}'"),
                6 => _ = write!(word, "\"{quoted}'\""),
                7 => _ = write!(word, "\"{plain}\\\"\\$X\\\\\\`{quoted}\""),
                8 => _ = write!(word, "\\ {plain}\\$\\'\\\""),
                9 => _ = write!(word, "$'{plain}\\t\\x41\\'\\u00e9\\101 \\\\'"),
                10 => _ = write!(word, "{plain}\\\n{plain}"),
                _ if self.random.chance(40) => word.push_str(self.random.pick(&[
                    "$K1",
                    "\"${K2}\"",
                    "${K1:-spare}",
                    "\"${NONE:-'a b'}\"",
                    "$(echo out)",
                    "\"`echo out`\"",
                    "${#K1}",
                    "\"$(echo \"in (side)\" | cat)\"",
                    "$((1 << 2))",
                    "\"$(case a in a) echo b;; esac)\"",
                ])),
                _ => word.push_str(&plain),
            }
        }
        word
    }

    fn assignment(&mut self) -> String {
        format!("{}={}", self.name(), self.word())
    }

    fn block(&mut self, most: usize, depth: usize) -> String {
        let mut block = String::new();
        for _ in 0..=self.random.below(most) {
            block += &self.statement(depth);
            block += if block.ends_with("EOF") { "\n" } else { self.random.pick(&["\n", "; ", "\n\n", " # note\n"]) };
        }
        block
    }

    fn statement(&mut self, depth: usize) -> String {
        let (name, other) = (self.name(), self.name());
        let (one, two) = (self.assignment(), self.assignment());
        if self.branches && depth < 2 && self.random.chance(if depth == 0 { 40 } else { 20 }) {
            return self.branch(depth);
        }
        match self.random.below(30) {
            0..=5 => format!("export {one}"),
            6 => format!("export {one} {two}"),
            7..=9 if !self.inherited => one,
            10 if !self.inherited => format!("{one} {two}"),
            11 if !self.inherited => format!("{name}+=more"),
            12 => format!("export {name}"),
            13 => format!("unset {name} {other}"),
            14 => format!("unset -v {name}"),
            15 => format!("export -n {name}"),
            16 => format!("declare -x {one}"),
            17 if !self.inherited => format!("declare {one}"),
            18 if !self.inherited => {
                self.random.pick(&["set -a", "set +a", "set -o allexport", "set +o allexport"]).to_owned()
            }
            19 if !self.inherited => format!(": \"${{{name}:=spare}}\""),
            20 => format!("eval 'export {name}=evaluated'"),
            21 => format!("(export {one}; unset {other})"),
            22 => format!("K3=$(export {one}; echo \"{name}=x\")"),
            23 => format!("{{ export {one}\n}}"),
            24 => format!("{one} true; env -u {other} {two} true"),
            25 => format!("cat > /dev/null <<'EOF'\nexport {name}=no\n\"'(\nEOF"),
            26 => format!("cat <<-EOF > /dev/null; export {one}\n\texport {other}=no '$K1'\n\tEOF"),
            27 => format!("# export {name}=no \" '\necho \"export {other}=no\" > /dev/null"),
            28 => {
                self.functions += 1;
                let function = format!("f{}", self.functions);
                let local = if self.inherited { format!("local -x {two}") } else { format!("local {two}") };
                let body = if self.random.chance(50) {
                    format!("export {one}; {local}")
                } else {
                    format!("{local}\n export {one}")
                };
                let head = self
                    .random
                    .pick(&["NAME() {", "function NAME {", "function NAME() {", "NAME () {"])
                    .replace("NAME", &function);
                // What bash keeps of a variable both in front of the call and set inside is a matter of its version.
                let free = NAMES.iter().find(|name| !body.contains(*name)).filter(|_| self.random.chance(30));
                let prefix = free.map(|name| format!("{name}=front ")).unwrap_or_default();
                format!("{head} {body}\n}}\n{prefix}{function} arg")
            }
            _ => format!("export {one} && export {two} && true"),
        }
    }

    fn condition(&mut self) -> &'static str {
        self.random.pick(&[
            "true",
            "false",
            "[ 1 = 1 ]",
            "[[ a == b ]]",
            "test -n \"$K1\"",
            "! true",
            "(( 1 > 2 ))",
            "[ -z \"$NONE\" ] && [ 1 = 2 ]",
        ])
    }

    fn branch(&mut self, depth: usize) -> String {
        let condition = self.condition();
        let (one, two) = (self.block(2, depth + 1), self.block(2, depth + 1));
        let launch = if self.random.chance(25) { self.launch() } else { ":".to_owned() };
        match self.random.below(10) {
            0 => format!("if {condition}; then\n{one}{launch}\nfi"),
            1 => format!("if {condition}; then {one}\nelse\n{two}\nfi"),
            2 => {
                let other = self.condition();
                format!("if {condition}\nthen {one}\nelif {other}; then\n{two}\n{launch}\nelse :; fi")
            }
            3 => {
                let subject = self.random.pick(&["a", "b", "\"$K1\""]);
                let end = self.random.pick(&[";;", ";;&", ";&"]);
                format!("case {subject} in\n a|x) {one}\n {launch}\n {end}\n (b) {two}\n ;;\n esac")
            }
            4 => format!("case b in a) {one}\n;; *) {two}\nesac"),
            5 => format!("for i in 1 2; do\n{one}\n{launch}\ndone"),
            6 => format!("{condition} && {{ {one}\n}} || {{ {two}\n}}"),
            7 => format!("while {condition}; do {one}\n break; done"),
            8 => {
                self.functions += 1;
                let name = format!("f{}", self.functions);
                format!("{name}() {{ if {condition}; then {one}\n return 1; fi\n {two}\n}}\n{name} || {launch}")
            }
            _ => format!("until {condition}; do {one}\n{launch}\nbreak\ndone"),
        }
    }

    fn launch(&mut self) -> String {
        let (one, two, name) = (self.assignment(), self.assignment(), self.name());
        match self.random.below(16) {
            0..=2 => "claude --print".to_owned(),
            3 => format!("{one} claude"),
            4 => format!("{one} {two} claude -p 'a b' $K1"),
            5 => format!("env {one} claude"),
            6 => format!("env -u {name} {two} claude"),
            7 => format!("command claude \"$K1\" {one}"),
            8 => format!("bash -c 'export {name}=nested; claude'"),
            9 => format!("{one} sh -c \"unset {name}; claude\""),
            10 => "(claude)".to_owned(),
            11 => "echo prompt | nohup claude 2> /dev/null".to_owned(),
            12 => format!("K4=$({one} claude)"),
            13 => "timeout 20 nice -n 1 claude <<EOF\nexport ANTHROPIC_MODEL=no\nEOF".to_owned(),
            14 if !self.inherited => format!("env -i PATH=\"$PATH\" {one} claude"),
            _ => format!("\"$BIN/claude\" {one}"),
        }
    }

    fn script(&mut self) -> String {
        let mut script = format!(
            "#!/usr/bin/env bash\nK1=one\nexport K2='two words'\n{}",
            self.block(if self.branches { 3 } else { 7 }, 0)
        );
        if !script.ends_with('\n') {
            script.push('\n');
        }
        let last = if self.random.chance(10) { "exec claude env A=b".to_owned() } else { self.launch() };
        script + &last + "\n"
    }
}

fn read(script: &str) -> Document {
    let path = RepoPath::from("start.sh");
    let mut document = Document::new(path, Some(Surface::Shell), Text::decode(script.as_bytes()));
    shell::read(&mut document);
    document
}

/// The environments that the stub noted: a value for each of the names.
fn observe(folder: &Path, script: &str, inherited: bool) -> Vec<[Option<String>; NAMES.len()]> {
    let (file, output) = (folder.join("script"), folder.join("output"));
    fs::write(&file, script).unwrap();
    let _ = fs::remove_file(&output);
    let mut bash = Command::new("bash");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    bash.arg(&file).env_clear().env("PATH", path).env("BIN", folder).env("LC_ALL", "C.UTF-8");
    if inherited {
        bash.envs(NAMES.map(|name| (name, "inherited")));
    }
    bash.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    let noted = fs::read_to_string(&output).unwrap_or_default();
    let mut launches = Vec::new();
    for launch in noted.split("launch\n").skip(1) {
        launches.push(NAMES.map(|name| {
            let (_, rest) = launch.split_once(&format!("<{name}="))?;
            rest.split_once(">\n").map(|(value, _)| value.to_owned())
        }));
    }
    launches
}

fn value_agrees(assignment: &Assignment, observed: Option<&str>) -> bool {
    match &assignment.value {
        Value::Unset => observed.is_none(),
        Value::Empty => observed.is_some_and(|value| value.trim().is_empty()),
        Value::Unknown => true,
        Value::Reference(reference) if reference.expanded => true,
        _ => observed == Some(assignment.decoded.text.expose()),
    }
}

fn agrees(document: &Document, launch: &Launch, observed: &[Option<String>; NAMES.len()], inherited: bool) -> bool {
    let expected = |name: &str| {
        launch.environment.iter().map(|&index| &document.assignments[index]).find(|assignment| assignment.name == name)
    };
    NAMES.iter().zip(observed).all(|(name, observed)| match expected(name) {
        Some(assignment) => value_agrees(assignment, observed.as_deref()),
        None => observed.as_deref() == inherited.then_some("inherited"),
    })
}

fn describe(document: &Document) -> String {
    let mut text = String::new();
    for launch in &document.launches {
        for &index in &launch.environment {
            let assignment = &document.assignments[index];
            _ = write!(text, "{}={:?} ({:?})|", assignment.name, assignment.decoded.text.expose(), assignment.value);
        }
        text.push('\n');
    }
    text
}

fn folder() -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("shell-oracle-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut stub = "#!/bin/sh\n{ echo launch\n".to_owned();
    for name in NAMES {
        _ = writeln!(stub, "[ -n \"${{{name}+x}}\" ] && printf '<{name}=%s>\\n' \"${name}\"");
    }
    stub.push_str("} >> \"${0%/*}/output\"\n");
    let path = folder.join("claude");
    fs::write(&path, stub).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[test]
fn predicted_launches_are_those_of_bash() {
    if Command::new("bash").arg("--version").stdout(Stdio::null()).status().is_err() {
        assert!(std::env::var_os("KEYLINT_REQUIRE_TOOLS").is_none(), "bash is required here");
        println!("skipped: no bash on this machine");
        return;
    }
    let seed = match std::env::var("KEYLINT_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => std::time::UNIX_EPOCH.elapsed().map_or(1, |time| time.as_nanos() as u64) | 1,
    };
    let folder = folder();
    let mut writer = Writer { random: Random(seed), inherited: false, branches: false, functions: 0 };
    let (mut starts, mut straight, mut values, mut free) = (0, 0, 0, 0);
    for index in 0..SCRIPTS {
        (writer.branches, writer.inherited, writer.functions) = (index % 2 == 1, index % 5 == 0, 0);
        let script = writer.script();
        let document = read(&script);
        let observed = observe(&folder, &script, writer.inherited);
        let context = || {
            format!(
                "seed {seed}, script {index}:\n{script}\npredicted:\n{}\nobserved: {observed:?}",
                describe(&document)
            )
        };
        assert!(!observed.is_empty(), "bash started nothing; {}", context());
        for environment in &observed {
            let found = document.launches.iter().any(|launch| agrees(&document, launch, environment, writer.inherited));
            assert!(found, "not predicted: {environment:?}\n{}", context());
        }
        if !writer.branches {
            assert_eq!((observed.len(), document.launches.len()), (1, 1), "{}", context());
            straight += 1;
        }
        starts += observed.len();
        let environments = document.launches.iter().flat_map(|launch| &launch.environment);
        for &index in environments {
            values += 1;
            let value = &document.assignments[index].value;
            free += usize::from(
                matches!(value, Value::Unknown) || matches!(value, Value::Reference(reference) if reference.expanded),
            );
        }
        check_spans(&document);
    }
    fs::remove_dir_all(&folder).unwrap();
    println!(
        "{SCRIPTS} scripts ({straight} without branches), {starts} starts; {free} of {values} predicted values are not known"
    );
}

/// Every span is in bounds and on character boundaries; verbatim values stand where they are said to.
fn check_spans(document: &Document) {
    let text = document.text.as_str();
    for assignment in &document.assignments {
        let name = text.get(assignment.name_span.range());
        let value = text.get(assignment.decoded.span().range());
        assert!(name.is_some() && value.is_some(), "{:?}", assignment.name);
        if let keylint::surface::Origin::Direct(_) = assignment.decoded.origin {
            assert_eq!(value, Some(assignment.decoded.text.expose()));
        }
    }
    for launch in &document.launches {
        assert!(launch.environment.iter().all(|&index| index < document.assignments.len()));
        if let Some(command) = &launch.command {
            assert!(text.get(command.span.range()).is_some());
        }
    }
}

fn names_of(text: &str) -> Vec<String> {
    let document = read(text);
    check_spans(&document);
    document.assignments.into_iter().filter(|found| found.slot == Slot::Variable).map(|found| found.name).collect()
}

#[test]
fn slips_cost_no_more_than_their_line() {
    let after = "\nexport ANTHROPIC_MODEL=later\nunset LAST\n";
    let slips = [
        "echo 'open",
        "echo \"open",
        "echo `open",
        "echo $'open",
        "echo ${open",
        "echo $(open",
        "echo \"$(open \"",
        "cat <<EOF",
        "cat <<'EOF' > .env",
        "X=(a b",
        "( cd x",
        "{ echo",
        "f() {",
        "if true; then",
        "case x in",
        "case x in a",
        "for x in a; do",
        "[[ a == b",
        "(( 1 + 2",
        "fi done esac } ) ;; &&",
        "print ${(f)\"$(cmd)\"} *(.N) =(cmd) ~/x(N)",
        "for x (a b) { echo $x }",
        "if [[ -n $x ]] { echo }",
        "set -gx X (cmd $y); and echo; or echo",
        "switch $x; case a; echo; end",
        "a\u{0}b",
        "<<<",
        "<<",
        "> < >( <(",
        "A[",
        "\\",
    ];
    let head = "export ANTHROPIC_BASE_URL=first\n";
    // A quote that closes by chance takes what is in between along; here, nothing closes it.
    for slip in slips {
        let names = names_of(&format!("{head}{slip}{after}"));
        assert_eq!(names.first().map(String::as_str), Some("ANTHROPIC_BASE_URL"), "{slip}");
        let ends = names.ends_with(&["ANTHROPIC_MODEL".to_owned(), "LAST".to_owned()]);
        assert!(ends, "{slip}: {names:?}");
    }
}

#[test]
fn deep_nesting_and_long_lines() {
    let deep = |open: &str, close: &str| {
        format!("{}{}\nexport ANTHROPIC_MODEL=later\n", open.repeat(10_000), close.repeat(10_000))
    };
    for (open, close) in [
        ("(", ")"),
        ("( ", " )"),
        ("$(", ")"),
        ("\"$(", ")\""),
        ("`", "`"),
        ("{ ", "; }"),
        ("${X:-", "}"),
        ("\"${X:-", "}\""),
        ("if ", "; fi"),
        ("while ", "; done"),
        ("case x in a) ", ";; esac; "),
        ("f() { ", "; }"),
        ("! ", ""),
        ("((", "))"),
        ("<(", ")"),
        ("f() ", ""),
        ("function f ", ""),
        ("time ", ""),
        ("env ", ""),
        ("eval ", ""),
        ("bash -c '", "'"),
        ("\"$(\n", ")\"\n"),
        ("'\"", "\"'"),
        ("cat <<A\n", "A\n"),
        ("A=", ""),
        ("[[ ", " ]]"),
        ("x && ", ""),
        ("x | ", ""),
    ] {
        let text = deep(open, close);
        names_of(&text);
        names_of(&text[..open.len() * 10_000]);
    }
    // Calls within calls, each deep inside its function.
    let function = |index: usize| {
        let (open, close) = ("if a; then ( while b; do ".repeat(40), "; done ) fi".repeat(40));
        format!("f{index}() {{ {open} f{} {close}\n}}\n", index + 1)
    };
    let calls: String = (0..20).map(function).collect();
    names_of(&(calls + "f0\nclaude\n"));
    let names = names_of(&format!("{}\n\nexport ANTHROPIC_MODEL=later\n", "x'\"y ".repeat(9_999)));
    assert!(names.contains(&"ANTHROPIC_MODEL".to_owned()));
    let line = "if a;then X=\"$(b 'c' \"d\")\";fi;f(){ ANTHROPIC_MODEL=e claude -p \"${g:-h}\"|i;};f&&j>k;";
    let started = std::time::Instant::now();
    let document = read(&line.repeat(5_000_000 / line.len()));
    assert!(document.assignments.len() > 100_000);
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
    let open = "\"$(\n".repeat(100_000);
    let started = std::time::Instant::now();
    names_of(&open);
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

#[test]
fn any_bytes() {
    let mut writer = Writer { random: Random(0x5EED), inherited: false, branches: true, functions: 0 };
    let noise = [
        "'",
        "\"",
        "`",
        "$(",
        "${",
        ")",
        "}",
        "<<E",
        "\n",
        "\\",
        "\r",
        "é",
        "\u{1F511}",
        "=",
        "#",
        "(",
        ";;",
        "case ",
        "\0",
        " ",
    ];
    for _ in 0..1_500 {
        let mut script = writer.script();
        for _ in 0..=writer.random.below(6) {
            let mut at = writer.random.below(script.len());
            while !script.is_char_boundary(at) {
                at -= 1;
            }
            match writer.random.below(3) {
                0 => script.truncate(at.max(1)),
                1 => _ = script.remove(at),
                _ => script.insert_str(at, writer.random.pick(&noise)),
            }
            script.push('\n');
        }
        check_spans(&read(&script));
        let path = RepoPath::from(".env");
        let mut document = Document::new(path, Some(Surface::Dotenv), Text::decode(script.as_bytes()));
        dotenv::read(&mut document);
        check_spans(&document);
    }
}
