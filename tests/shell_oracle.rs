//! The shell reader's predictions against what bash, dash, zsh and fish do.
//!
//! Random scripts, some of which read dotenv files, are run with a stub `claude` that notes its environment. Each
//! environment that was observed has to be among the predicted units; a script without branches has to have exactly
//! that one. `KEYLINT_SEED` repeats a run, `KEYLINT_SCRIPTS` says how many scripts each shell gets.

#![cfg(unix)]
// Helpers outside `#[test]` functions count as tests too; what was compared is worth a line of output.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "shell_oracle/fish.rs"]
mod fish;
#[path = "common/machine.rs"]
mod machine;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use keylint::path::RepoPath;
use keylint::route::unit::{Unit, units};
use keylint::surface::{self, Assignment, Document, Slot, Surface, Value, dotenv};
use keylint::text::Text;

const NAMES: [&str; 5] =
    ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_USE_BEDROCK", "ANTHROPIC_MODEL"];
const SCRIPTS: usize = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shell {
    Bash,
    Dash,
    Zsh,
    Fish,
}

impl Shell {
    fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Dash => "dash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    /// Whether it is on this machine; says so if it isn't.
    fn is_there(self) -> bool {
        machine::has(self.name(), &["-c", ":"])
    }

    /// What makes it run a script.
    fn command(self) -> Command {
        let mut command = Command::new(self.name());
        if self == Self::Fish {
            // The default since fish 4.0: a question mark stands for itself.
            command.args(["--features", "qmark-noglob"]);
        }
        command
    }
}

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
    shell: Shell,
    /// A dotenv file was read: whether a later assignment without `export` reaches children depends on it.
    sourced: bool,
    /// fish: the script has universal variables.
    universal: bool,
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

impl Writer {
    fn new(seed: u64, shell: Shell) -> Self {
        let random = Random(seed);
        Self { random, inherited: false, branches: false, functions: 0, shell, sourced: false, universal: false }
    }

    fn seed() -> u64 {
        let now = || std::time::UNIX_EPOCH.elapsed().map_or(1, |time| time.as_nanos() as u64) | 1;
        number("KEYLINT_SEED").unwrap_or_else(now)
    }

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
                9 if self.shell != Shell::Dash => _ = write!(word, "$'{plain}\\t\\x41\\'\\u00e9\\101 \\\\'"),
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
        let (dash, bash) = (self.shell == Shell::Dash, self.shell == Shell::Bash);
        let free = !self.inherited && !self.sourced;
        if self.branches && depth < 2 && self.random.chance(if depth == 0 { 40 } else { 20 }) {
            return self.branch(depth);
        }
        match self.random.below(44) {
            0..=5 => format!("export {one}"),
            6 => format!("export {one} {two}"),
            7..=9 if free => one,
            10 if free => format!("{one} {two}"),
            11 if free && !dash => format!("{name}+=more"),
            12 => format!("export {name}"),
            13 => format!("unset {name} {other}"),
            14 => format!("unset -v {name}"),
            15 if bash => format!("export -n {name}"),
            // In zsh, `declare -x` in a function reaches beyond it, and `typeset +x` makes it a local one.
            16 if bash => format!("declare -x {one}"),
            17 if free && !dash => format!("declare {one}"),
            18 if free => self.random.pick(&["set -a", "set +a", "set -o allexport", "set +o allexport"]).to_owned(),
            19 if free => format!(": \"${{{name}:=spare}}\""),
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
                let local = if self.inherited && !dash { format!("local -x {two}") } else { format!("local {two}") };
                let body = if self.random.chance(50) {
                    format!("export {one}; {local}")
                } else {
                    format!("{local}\n export {one}")
                };
                let heads = ["NAME() {", "NAME () {", "function NAME {", "function NAME() {"];
                let head = self.random.pick(if dash { &heads[..2] } else { &heads }).replace("NAME", &function);
                // What bash keeps of a variable both in front of the call and set inside is a matter of its version.
                let free = NAMES.iter().find(|name| !body.contains(*name)).filter(|_| bash && self.random.chance(30));
                let prefix = free.map(|name| format!("{name}=front ")).unwrap_or_default();
                format!("{head} {body}\n}}\n{prefix}{function} arg")
            }
            29 => format!("for v in {name} {other}; do unset \"$v\"; done"),
            30 if self.shell != Shell::Zsh => format!("LIST=\"{name} {other}\"; for v in $LIST; do unset $v; done"),
            30 => format!("LIST=({name} {other}); for v in \"${{LIST[@]}}\"; do unset $v; done"),
            31 if bash => format!("LIST=({name}\n {other}); unset \"${{LIST[@]}}\""),
            32 if free && !dash => format!("printf -v {name} %s printed"),
            33 if free => format!("read -r {name} <<E\nread in\nE\n:"),
            34 if free && bash => format!("{name}=(a b); unset {name}"),
            35 => format!("eval \"export {name}=evaluated {other}=too\"; unset {other}"),
            36..=40 if !self.inherited => self.reading(),
            _ => format!("export {one} && export {two} && true"),
        }
    }

    /// A way to read a dotenv file.
    fn reading(&mut self) -> String {
        self.sourced = true;
        let name = self.name();
        let ways = [
            "set -a; . ./.env; set +a",
            "set -a\n. \"$BIN/.env\"\nset +a",
            "set -o allexport; . ./plain.env; set +o allexport",
            "[ -f .env ] && { set -a; . ./.env; set +a; }",
            "if [ -f ./.env ]; then set -a; . ./.env; set +a; fi",
            ". ./.env",
            ". ./plain.env; export NAME",
            "(set -a; . ./.env)",
            "eval \"$(cat .env)\"",
            "eval \"$(sed 's/^/export /' plain.env)\"",
            "while IFS= read -r line; do export \"$line\"; done < plain.env",
            "for f in plain.env .env; do set -a; . \"./$f\"; set +a; done",
            "export $(cat plain.env)",
            "export $(grep -v '^#' plain.env | xargs)",
            "set -a; source ./.env; set +a",
            "set -a; source <(grep -v '^#' .env); set +a",
        ];
        let usable = match self.shell {
            Shell::Bash => &ways[..],
            // zsh does not split what a substitution prints, dash has no `source`.
            Shell::Zsh => &ways[..11],
            Shell::Dash => &ways[..14],
            Shell::Fish => return self.fish_reading(),
        };
        self.random.pick(usable).replace("NAME", name)
    }

    /// A dotenv file; `plain` ones hold nothing but names and words.
    fn dotenv(&mut self, plain: bool) -> String {
        let mut text = if plain { String::new() } else { "# a note\n\n".to_owned() };
        for name in NAMES {
            if self.random.chance(40) {
                continue;
            }
            let value = self.text("abcxyz0189-_.,:/@%+");
            match self.random.below(if plain { 2 } else { 6 }) {
                0 | 1 => _ = writeln!(text, "{name}={value}"),
                2 => _ = writeln!(text, "{name}='{value} #;'"),
                3 => _ = writeln!(text, "{name}=\"{value} ü\" # note"),
                4 => _ = writeln!(text, "{name}="),
                _ => _ = writeln!(text, "export {name}={value}"),
            }
        }
        text
    }

    fn condition(&mut self) -> &'static str {
        let conditions = [
            "true",
            "false",
            "[ 1 = 1 ]",
            "test -n \"$K1\"",
            "! true",
            "[ -z \"$NONE\" ] && [ 1 = 2 ]",
            "[[ a == b ]]",
            "(( 1 > 2 ))",
        ];
        self.random.pick(if self.shell == Shell::Dash { &conditions[..6] } else { &conditions })
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
                let end = self.random.pick(match self.shell {
                    Shell::Bash => &[";;", ";&", ";;&"],
                    Shell::Zsh => &[";;", ";&"],
                    Shell::Dash | Shell::Fish => &[";;"],
                });
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
        let shell = self.shell.name();
        match self.random.below(24) {
            0..=2 => "claude --print".to_owned(),
            3 => format!("{one} claude"),
            4 => format!("{one} {two} claude -p 'a b' $K1"),
            5 => format!("env {one} claude"),
            6 => format!("env -u {name} {two} claude"),
            7 => format!("command claude \"$K1\" {one}"),
            8 => format!("{shell} -c 'export {name}=nested; claude'"),
            9 => format!("{one} sh -c \"unset {name}; claude\""),
            10 => "(claude)".to_owned(),
            11 => "echo prompt | nohup claude 2> /dev/null".to_owned(),
            12 => format!("K4=$({one} claude)"),
            13 => "timeout 20 nice -n 1 claude <<EOF\nexport ANTHROPIC_MODEL=no\nEOF".to_owned(),
            // What a name without a value does to one given before is a matter of docker's version.
            15 | 16 if one.starts_with(name) => "(claude -p hi)".to_owned(),
            15 => format!("docker run --rm -v a:b -e {one} -e {name} image claude -p hi"),
            16 => format!(
                "{two} docker run -it -e {name} --env-file plain.env -e {one} image sh -c 'unset {name}; claude'"
            ),
            17 => format!("ssh -p 22 host '{name}=there claude -p hi'"),
            18 => format!("ssh host <<'E'\nexport {name}=there\nclaude\nE\n:"),
            19 if !self.inherited => format!("env {one} $(cat plain.env) claude").replace("$K1", "K"),
            20 => format!("env --unset={name} -u NONE claude"),
            21 => format!("f0() {{ {one} claude; }}; f0"),
            22 if self.shell != Shell::Dash => "start=(claude -p hi); \"${start[@]}\"".to_owned(),
            14 if !self.inherited => format!("env -i PATH=\"$PATH\" {one} claude"),
            _ => format!("\"$BIN/claude\" {one}"),
        }
    }

    fn script(&mut self) -> String {
        if self.shell == Shell::Fish {
            return self.fish_script();
        }
        let mut script = format!(
            "#!/usr/bin/env {}\nK1=one\nexport K2='two words'\n{}",
            self.shell.name(),
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
    surface::read(RepoPath::from("start.sh"), Some(Surface::Shell), script.as_bytes())
}

/// The environments that the stub noted: a value for each of the names.
fn observe(folder: &Path, shell: Shell, script: &str, inherited: bool) -> Vec<[Option<String>; NAMES.len()]> {
    let (file, output) = (folder.join("script"), folder.join("output"));
    fs::write(&file, script).unwrap();
    let _ = fs::remove_file(&output);
    let mut bash = shell.command();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    bash.arg(&file).current_dir(folder).env_clear().env("PATH", path).env("BIN", folder).env("LC_ALL", "C.UTF-8");
    if shell == Shell::Fish {
        // Its universal variables.
        let _ = fs::remove_dir_all(folder.join("home"));
        bash.env("HOME", folder.join("home"));
    }
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

fn agrees(unit: &Unit<'_>, observed: &[Option<String>; NAMES.len()], shell: Shell, inherited: bool) -> bool {
    // zsh and fish give a name that is exported without a value an empty one, which the client takes for none.
    let nothing =
        |value: Option<&str>| value.is_none() || matches!(shell, Shell::Zsh | Shell::Fish) && value == Some("");
    // In a container or on another machine nothing is inherited, which no launch says of names that it does not have.
    let start = unit.document.text.as_str();
    let apart = inherited && (start.contains("docker run") || start.contains("ssh "));
    let expected = |name: &str| unit.members.iter().map(|member| member.assignment).find(|one| one.name == name);
    NAMES.iter().zip(observed).all(|(name, observed)| match expected(name) {
        Some(assignment) if matches!(assignment.value, Value::Unset) => nothing(observed.as_deref()),
        Some(assignment) => value_agrees(assignment, observed.as_deref()),
        None if inherited && !apart => observed.as_deref() == Some("inherited"),
        None => nothing(observed.as_deref()) || inherited && observed.as_deref() == Some("inherited"),
    })
}

fn describe(units: &[Unit<'_>]) -> String {
    let mut text = String::new();
    for unit in units {
        for member in &unit.members {
            let assignment = member.assignment;
            _ = write!(text, "{}={:?} ({:?})|", assignment.name, assignment.decoded.text.expose(), assignment.value);
        }
        text.push('\n');
    }
    text
}

fn folder(shell: Shell) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "shell-oracle-{}-{}",
        shell.name(),
        std::process::id()
    ));
    fs::create_dir_all(&folder).unwrap();
    let mut stub = "#!/bin/sh\n{ echo launch\n".to_owned();
    for name in NAMES {
        _ = writeln!(stub, "[ -n \"${{{name}+x}}\" ] && printf '<{name}=%s>\\n' \"${name}\"");
    }
    stub.push_str("} >> \"${0%/*}/output\"\n");
    for (name, text) in [("claude", stub.as_str()), ("docker", DOCKER), ("ssh", SSH)] {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

/// `docker run` without docker: the command, with nothing but what `-e` and `--env-file` give.
const DOCKER: &str = r#"#!/bin/sh
quoted() { printf "'"; printf %s "$1" | sed "s/'/'\\\\''/g"; printf "'"; }
shift
files= given=
while :; do
    case $1 in
    -e)
        case $2 in
        *=*) given="$given $(quoted "$2")" ;;
        *) eval "[ -n \"\${$2+x}\" ] && given=\"\$given \$(quoted \"$2=\$$2\")\"" ;;
        esac
        shift 2 ;;
    --env-file)
        while IFS= read -r line; do files="$files $(quoted "$line")"; done < "$2"
        shift 2 ;;
    -v) shift 2 ;;
    -*) shift ;;
    *) break ;;
    esac
done
shift
eval "exec env -i PATH=\"\$PATH\" $files $given \"\$@\""
"#;

/// `ssh` without another machine.
const SSH: &str = r#"#!/bin/sh
[ "$1" = -p ] && shift 2
shift
if [ $# -eq 0 ]; then exec env -i PATH="$PATH" sh; else exec env -i PATH="$PATH" sh -c "$*"; fi
"#;

#[test]
fn predicted_launches_are_those_of_bash() {
    compare(Shell::Bash);
}

#[test]
fn predicted_launches_are_those_of_dash() {
    compare(Shell::Dash);
}

#[test]
fn predicted_launches_are_those_of_zsh() {
    compare(Shell::Zsh);
}

#[test]
fn predicted_launches_are_those_of_fish() {
    compare(Shell::Fish);
}

fn compare(shell: Shell) {
    if !shell.is_there() {
        return;
    }
    let seed = Writer::seed();
    let scripts = number("KEYLINT_SCRIPTS").map_or(SCRIPTS, |scripts| scripts as usize);
    let folder = folder(shell);
    let mut writer = Writer::new(seed, shell);
    let (mut starts, mut straight, mut values, mut references, mut unknown) = (0, 0, 0, 0, 0);
    for index in 0..scripts {
        (writer.branches, writer.inherited, writer.functions) = (index % 2 == 1, index % 5 == 0, 0);
        writer.sourced = false;
        let mut files = [(".env", writer.dotenv(false)), ("plain.env", writer.dotenv(true))];
        if shell == Shell::Fish {
            files[0].1 = fish::sourceable(&files[0].1);
        }
        let script = writer.script();
        let read_files: Vec<Document> = files
            .iter()
            .map(|(name, text)| {
                fs::write(folder.join(name), text).unwrap();
                keylint::surface::read(RepoPath::from(*name), Some(Surface::Dotenv), text.as_bytes())
            })
            .collect();
        let document = match shell {
            Shell::Fish => fish::read(&script),
            _ => read(&script),
        };
        let documents: Vec<&Document> = std::iter::once(&document).chain(&read_files).collect();
        let mut predicted = units(&documents);
        predicted.retain(|unit| unit.document.path == document.path);
        let observed = observe(&folder, shell, &script, writer.inherited);
        let context = || {
            format!(
                "{shell:?}, seed {seed}, script {index}:\n{script}\n{files:?}\npredicted:\n{}\nobserved: {observed:?}",
                describe(&predicted)
            )
        };
        assert!(!observed.is_empty(), "nothing was started; {}", context());
        for environment in &observed {
            let found = predicted.iter().any(|unit| agrees(unit, environment, shell, writer.inherited));
            assert!(found, "not predicted: {environment:?}\n{}", context());
        }
        if !writer.branches {
            let starts = predicted.iter().filter(|unit| unit.command.is_some()).count();
            assert_eq!((observed.len(), starts), (1, 1), "{}", context());
            straight += 1;
        }
        starts += observed.len();
        for member in predicted.iter().flat_map(|unit| &unit.members) {
            values += 1;
            let value = &member.assignment.value;
            unknown += usize::from(matches!(value, Value::Unknown));
            references += usize::from(matches!(value, Value::Reference(reference) if reference.expanded));
        }
        check_spans(&document);
    }
    fs::remove_dir_all(&folder).unwrap();
    println!(
        "{}: {scripts} scripts ({straight} without branches), {starts} starts; of {values} predicted values {unknown} \
         are unknown and {references} references",
        shell.name()
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
        ("x > f | ", ""),
        ("{ x; } > f ", ""),
        ("A=(", ")"),
        (". $(", ")"),
        ("docker run -e ANTHROPIC_MODEL=a i sh -c '", "'"),
        ("ssh h \"", "\""),
        ("claude --settings '{\"a\": ", "}'"),
        ("for v in ", "; do unset $v; done"),
        ("f() { f; } > f; $(f) ", ""),
        ("set -a; . .env; claude; ", ""),
        ("for v in A B $v; do . $v/$v; done; ", ""),
        ("cat > .claude/settings.json <<A\n{\"env\": {\"A\": ", "}}\nA\n"),
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
    let document = read(&line.repeat(5_000_000 / line.len()));
    assert!(document.assignments.len() > 100_000);
    let open = "\"$(\n".repeat(100_000);
    names_of(&open);
}

#[test]
fn any_bytes() {
    let mut writer = Writer::new(0x5EED, Shell::Bash);
    writer.branches = true;
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
                0 => script.truncate(at),
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
