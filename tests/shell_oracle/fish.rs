//! Random scripts of fish.

use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;

use keylint::path::RepoPath;
use keylint::surface::{self, Document, Slot, Surface};

use super::{Shell, Writer, check_spans, folder};

pub(super) fn read(script: &str) -> Document {
    surface::read(RepoPath::from("start.fish"), Some(Surface::Fish), script.as_bytes())
}

/// A dotenv file that fish can source: without `export` it would refuse the whole file.
pub(super) fn sourceable(dotenv: &str) -> String {
    let line = |line: &str| match line {
        _ if line.is_empty() || line.starts_with('#') || line.starts_with("export ") => format!("{line}\n"),
        _ => format!("export {line}\n"),
    };
    dotenv.lines().map(line).collect()
}

impl Writer {
    /// A word, by pieces in every kind of quotes.
    fn fish_word(&mut self) -> String {
        let mut word = String::new();
        if self.random.chance(6) {
            return self.random.pick(&["''", "\"\""]).to_owned();
        }
        for _ in 0..=self.random.below(3) {
            let plain = self.text("abcxyz0189-_.,:/@%+=?");
            // Behind a quoted command in the same word, fish from 3.4 to 4.0.2 refuses parentheses with quotes in them
            // (github.com/fish-shell/fish-shell/issues/11688, and 3.6.0 here on 2026-11-23).
            if word.contains("\"$(") {
                word.push_str(&plain);
                break;
            }
            let quoted = self.text("abc #;&|(){}<>~!*?[]=:é\u{1F511}`");
            match self.random.below(13) {
                0..=3 => word.push_str(&plain),
                4 => _ = write!(word, "'{quoted}$X\\n\"{plain}'"),
                5 => _ = write!(word, "'{quoted}\\'{plain}\\\\'"),
                6 => _ = write!(word, "\"{quoted}'\""),
                7 => _ = write!(word, "\"{plain}\\\"\\$X\\\\\\n\\'{quoted}\""),
                8 => _ = write!(word, "\\ {plain}\\$\\'\\\"\\#\\(\\{{\\*"),
                9 => _ = write!(word, "x\\t\\x41\\u00e9\\101\\\\\\U0001F511\\y\\cAz"),
                10 => _ = write!(word, "{plain}\\\n{plain}"),
                11 => word.push_str(self.random.pick(&[
                    "{}",
                    "a{b}c",
                    "a&b",
                    "x#y",
                    "\"a\\\nb\"",
                    "~a",
                    "a~",
                    // Behind a variable brackets are an index, and this one stops fish.
                    if word.contains('$') { "'z[x]'" } else { "z[x]" },
                    "a^b",
                ])),
                _ if self.random.chance(40) => word.push_str(self.random.pick(&[
                    "$K1",
                    "\"$K2\"",
                    "{$K1}x",
                    "\"{$K1}\"",
                    "$K2[1]",
                    "\"$K1[1]\"",
                    "(echo out)",
                    "$(echo out)",
                    "\"$(echo out)\"",
                    "(echo \"in (side)\" ')' | cat)",
                    "x{a,b}",
                    "$$K5",
                    "(math 1 + 2)",
                ])),
                _ => word.push_str(&plain),
            }
        }
        // What begins with a tilde is a folder.
        if word.starts_with('~') || word.starts_with('=') { format!("w{word}") } else { word }
    }

    fn fish_value(&mut self) -> String {
        match self.random.below(12) {
            0 => format!("{} {}", self.fish_word(), self.fish_word()),
            1 => String::new(),
            _ => self.fish_word(),
        }
    }

    fn fish_prefix(&mut self) -> String {
        format!("{}={}", self.name(), self.fish_word())
    }

    fn fish_block(&mut self, most: usize, depth: usize) -> String {
        let mut block = String::new();
        for _ in 0..=self.random.below(most) {
            block += &self.fish_statement(depth);
            block += self.random.pick(&["\n", "; ", "\n\n", " # note '\n"]);
        }
        block
    }

    /// `set` of a global, exported variable.
    fn fish_export(&mut self) -> String {
        let verb = self.random.pick(&["set -gx", "set -xg", "set --export --global", "set -g -x", "set -gx --"]);
        format!("{verb} {} {}", self.name(), self.fish_value())
    }

    fn fish_statement(&mut self, depth: usize) -> String {
        let (name, other) = (self.name(), self.name());
        let (one, two) = (self.fish_export(), self.fish_export());
        let value = self.fish_value();
        let free = !self.inherited && !self.sourced;
        if self.branches && depth < 2 && self.random.chance(if depth == 0 { 40 } else { 20 }) {
            return self.fish_branch(depth);
        }
        match self.random.below(56) {
            0..=5 => one,
            6 | 7 if free => format!("set -x {name} {value}"),
            8 | 9 if free => format!("set {name} {value}"),
            10 => format!("set -lx {name} {value}"),
            11 => format!("set -l {name} {value}"),
            12 if free && self.universal => format!("set -Ux {name} {value}"),
            13 if free && self.universal => format!("set -U {name} {value}"),
            14 | 15 => format!("set -e {name} {other}"),
            16 => format!("set -{} {name}", self.random.pick(&["eg", "ge"])),
            17 => format!("set -el {name}"),
            18 => format!("set -gu {name} {value}"),
            19 if free => format!("set -u {name} {value}"),
            20 => format!("export {}", self.fish_prefix()),
            21 => format!("export {} {}", self.fish_prefix(), self.fish_prefix()),
            22 if free => format!("export {name}"),
            23 => format!("{} true; env -u {other} {} true", self.fish_prefix(), self.fish_prefix()),
            24 => format!("eval 'set -gx {name} evaluated'"),
            25 => format!("eval \"set -gx {name} 'eval uated'; set -e {other}\""),
            26 => format!("eval set -gx {name} evaluated"),
            27 => format!("set K3 (set -gx {name} sub; set -l {other} no; echo x)"),
            28 => format!("begin; {one}; set -l {other} here\nend"),
            29 => format!("# set -gx {name} no ' \"\n# export {other}=no (\n:"),
            30 => format!("echo 'set -gx {name} no' \"; set -gx {other} no\" > /dev/null"),
            31..=33 => self.fish_function(&one),
            34 => format!("for v in {name} {other}; set -eg $v; end"),
            35 => format!("set list {name} {other}\nfor v in $list; set -eg $v; end"),
            36 => format!("set list {name} {other}; set -e $list"),
            37 => format!("echo read in | read -gx {name}"),
            38 if free => format!("echo read in | read {name}"),
            39 if free => format!("set -a {name} more"),
            40 if free => format!("set -gx {name} a b; set {name}[1] c"),
            41 => format!("begin; {one}; end | cat > /dev/null"),
            42 => format!("{one} | cat"),
            // The outcome of a `set` is that of what ran before it, in its own words too.
            43 | 44 if one.contains('(') || two.contains('(') => one,
            43 => format!("true; {one}; and {two}"),
            44 => format!("true; {one} && {two} && true"),
            45 => format!("false; set -g K6 v; or {one}"),
            46 => format!("true; or {one}; and set -gx {other} done"),
            47 => format!("not true\nor {one}"),
            48 => format!("bash -c 'export {name}=nested'; fish -c 'set -gx {name} nested'"),
            49 => {
                self.functions += 1;
                let alias = format!("a{}", self.functions);
                let body = self.random.pick(&["set -gx NAME aliased", "NAME=aliased true; set -e NAME"]);
                let form = self.random.pick(&["alias A 'B'", "alias A='B'", "alias A \"B\""]);
                format!("{}; {alias}", form.replace('A', &alias).replace('B', body).replace("NAME", name))
                    .replace(&format!("{alias}NTHROPIC"), "ANTHROPIC")
            }
            50 => format!("set -gx {name} \\\n  split"),
            51 => format!("set -gx {name}=no; set -q {other}; set -n > /dev/null"),
            52 if free => format!("set {name} = odd"),
            _ if !self.inherited && !self.universal => self.fish_reading(),
            _ => two,
        }
    }

    fn fish_function(&mut self, one: &str) -> String {
        self.functions += 1;
        let function = format!("f{}", self.functions);
        let (name, other, value) = (self.name(), self.name(), self.fish_value());
        let free = !self.inherited && !self.sourced;
        let second = match self.random.below(6) {
            0 => format!("set -lx {name} {value}"),
            1 if free => format!("set -x {name} {value}"),
            2 if free => format!("set {name} {value}"),
            3 => format!("set -e {name}"),
            4 => format!("set -fx {name} {value}"),
            _ => format!("set -l {name} {value}"),
        };
        let heads = ["function NAME", "function NAME --argument-names a b", "function NAME -d 'does things'; "];
        let head = self.random.pick(&heads).replace("NAME", &function);
        let prefix = if self.random.chance(30) { format!("{other}=front ") } else { String::new() };
        format!("{head}\n {second}; {one}\n set -el {other}\nend\n{prefix}{function} arg")
    }

    /// A way to read a dotenv file. Without `psub`: what a program gets that a function starts, fish 3.6 hands by mistake
    /// to the next one outside of it too, also what a local variable there hides.
    pub(super) fn fish_reading(&mut self) -> String {
        self.sourced = true;
        let ways = [
            "source .env",
            "source $BIN/.env",
            ". ./.env",
            "test -f .env; and source .env",
            "if test -f .env; source .env; end",
            "cat .env | source",
            "sed 's/^/export /' plain.env | source",
            "export (cat plain.env)",
            "export (grep -v '^#' plain.env)",
            "for line in (cat plain.env); set -gx (string split -m 1 = -- $line); end",
            "for line in (grep -v '^#' plain.env)\n set item (string split -m 1 = -- $line)\n set -gx $item[1] $item[2]\nend",
            "while read -l line; export $line; end < plain.env",
            "cat plain.env | while read -l line; export $line; end",
            "eval (sed 's/^/export /; s/$/;/' plain.env)",
            "for f in .env; source $f; end",
        ];
        self.random.pick(&ways).to_owned()
    }

    fn fish_condition(&mut self) -> &'static str {
        self.random.pick(&[
            "true",
            "false",
            "test 1 = 1",
            "not true",
            "test -n \"$K1\"; and true",
            "test a = b\n or false",
            "false || test a = a && true",
            "set -q NONE",
            "! string match -q a b",
            "begin; true; end",
            "set -l z (echo a)",
        ])
    }

    fn fish_branch(&mut self, depth: usize) -> String {
        let condition = self.fish_condition();
        let (one, two) = (self.fish_block(2, depth + 1), self.fish_block(2, depth + 1));
        let launch = if self.random.chance(25) { self.fish_launch() } else { ":".to_owned() };
        match self.random.below(11) {
            0 => format!("if {condition}\n{one}{launch}\nend"),
            1 => format!("if {condition}; {one}\nelse\n{two}\nend"),
            2 => {
                let other = self.fish_condition();
                format!("if {condition}\n{one}\nelse if {other}\n{two}\n{launch}\nelse; :; end")
            }
            3 => {
                let subject = self.random.pick(&["a", "b", "\"$K1\""]);
                format!("switch {subject}\n case a 'x*'\n {one}\n {launch}\n case b; {two}\n end")
            }
            4 => format!("switch b\ncase a\n{one}\ncase '*'\n{two}\nend"),
            5 => format!("for i in 1 2\n{one}\n{launch}\nend"),
            6 => format!("{condition}; and begin; {one}\nend; or begin\n{two}\nend"),
            7 => format!("while {condition}; {one}\n break; end"),
            8 => {
                self.functions += 1;
                let name = format!("f{}", self.functions);
                format!("function {name}; if {condition}; {one}\n return 1; end\n {two}\nend\n{name}; or {launch}")
            }
            9 => {
                let (name, value) = (self.name(), self.fish_word());
                format!("set -q {name}; or set -gx {name} {value}")
            }
            _ => format!("for i in a\n{one}\n if {condition}; continue; end\n{launch}\nend"),
        }
    }

    fn fish_launch(&mut self) -> String {
        let (one, two, name) = (self.fish_prefix(), self.fish_prefix(), self.name());
        match self.random.below(28) {
            0..=2 => "claude --print".to_owned(),
            3 => format!("{one} claude"),
            4 => format!("{one} {two} claude -p 'a b' $K1"),
            5 => format!("env {one} claude"),
            6 => format!("env -u {name} {two} claude"),
            7 => format!("command claude \"$K1\" {one}"),
            8 => format!("fish -c 'set -gx {name} nested; claude'"),
            9 => format!("{one} sh -c \"unset {name}; claude\""),
            10 => "begin; claude; end".to_owned(),
            11 => "echo prompt | nohup claude 2> /dev/null".to_owned(),
            12 => format!("set K4 ({one} claude)"),
            13 => "timeout 20 nice -n 1 claude < /dev/null".to_owned(),
            // What a name without a value does to one given before is a matter of docker's version.
            15 | 16 if one.starts_with(name) => "begin; claude -p hi; end".to_owned(),
            15 | 16 if one.contains("$K") || one.contains("{a") => "begin\nclaude -p hi; end".to_owned(),
            15 => format!("docker run --rm -v a:b -e {one} -e {name} image claude -p hi"),
            16 => format!(
                "{two} docker run -it -e {name} --env-file plain.env -e {one} image sh -c 'unset {name}; claude'"
            ),
            17 => format!("ssh -p 22 host '{name}=there claude -p hi'"),
            18 => format!("{one} begin; {two} claude; end"),
            19 if !self.inherited => "env (cat plain.env) claude".to_owned(),
            20 => format!("env --unset={name} -u NONE claude"),
            21 => format!("function f0; {one} claude; end; f0"),
            22 => "set start claude -p hi; $start".to_owned(),
            23 => format!("alias cl '{name}=aliased claude -p'; cl hi"),
            24 => format!("eval '{name}=evaluated claude'"),
            // A function that is there on some paths only would be called on all of them.
            25 if !self.branches => format!("function claude; {one} command claude $argv; end; claude -p hi"),
            26 => format!("not {one} claude; or true"),
            14 if !self.inherited => format!("env -i PATH=\"$PATH\" {one} claude"),
            _ => format!("$BIN/claude {one}"),
        }
    }

    pub(super) fn fish_script(&mut self) -> String {
        // What a file that is read does to universal variables is not told apart.
        self.universal = self.random.chance(20);
        let mut script = format!(
            "#!/usr/bin/env fish\nset K1 one\nset -gx K2 'two words'\nset K5 K1\n{}",
            self.fish_block(if self.branches { 3 } else { 7 }, 0)
        );
        if !script.ends_with('\n') {
            script.push('\n');
        }
        let last = if self.random.chance(10) { "exec claude env A=b".to_owned() } else { self.fish_launch() };
        script + &last + "\n"
    }
}

fn names_of(text: &str) -> Vec<String> {
    let document = read(text);
    check_spans(&document);
    document.assignments.into_iter().filter(|found| found.slot == Slot::Variable).map(|found| found.name).collect()
}

#[test]
fn slips_cost_no_more_than_their_line() {
    let after = "\nset -gx ANTHROPIC_MODEL later\nset -e LAST\n";
    for slip in [
        "echo 'open",
        "echo \"open",
        "echo \"open $(",
        "echo (open",
        "echo $(open \"",
        "echo {open",
        "echo {a,(b",
        "echo $x[1",
        "begin",
        "if true",
        "if",
        "else if x",
        "function f",
        "function",
        "switch x; case",
        "for x in a b",
        "for x",
        "while",
        "end end ) } ;; &&",
        "and or not",
        "X=",
        "X=v",
        "cat <<EOF",
        "export $(cat x) `y`",
        "if [ -f x ]; then y; fi",
        "set -gx",
        "set -gx A[",
        "set -gx A B (",
        "alias",
        "alias x='",
        "> < >( 2>",
        "a\u{0}b",
        "\\",
        "\\x",
        "\\uZ\\c",
        "$",
        "{ x",
    ] {
        let names = names_of(&format!("set -gx ANTHROPIC_BASE_URL first\n{slip}{after}"));
        assert_eq!(names.first().map(String::as_str), Some("ANTHROPIC_BASE_URL"), "{slip}");
        assert!(names.ends_with(&["ANTHROPIC_MODEL".to_owned(), "LAST".to_owned()]), "{slip}: {names:?}");
    }
}

#[test]
fn deep_nesting_and_long_lines() {
    let later = "\nset -gx ANTHROPIC_MODEL later\n";
    for (open, close) in [
        ("(", ")"),
        ("( ", " )"),
        ("echo (", ")"),
        ("$(", ")"),
        ("\"$(", ")\""),
        ("{", "}"),
        ("{a,", "}"),
        ("{ ", "; }"),
        ("begin; ", "; end"),
        ("begin\n", "\nend"),
        ("if ", "; end"),
        ("if true; ", "; else; end"),
        ("while true; ", "; end"),
        ("for v in a; ", "; end"),
        ("switch x; case a; ", "; end"),
        ("function f; ", "; end"),
        ("not ", ""),
        ("and ", ""),
        ("a; and ", ""),
        ("a && ", ""),
        ("a | ", ""),
        ("X=v ", ""),
        ("env ", ""),
        ("eval ", ""),
        ("eval '", "'"),
        ("fish -c '", "'"),
        ("bash -c \"", "\""),
        ("'\"", "\"'"),
        ("$", ""),
        ("$x[", "]"),
        ("set -l X v; begin; ", "; end"),
    ] {
        let text = format!("{}{}{later}", open.repeat(10_000), close.repeat(10_000));
        let names = names_of(&text);
        // Behind a quote that closes by chance, or a chain that no line ends, there is no other statement.
        assert!(names.contains(&"ANTHROPIC_MODEL".to_owned()), "{open}: {names:?}");
        names_of(&text[..open.len() * 10_000]);
        names_of(&format!("{}{later}", open.repeat(10_000)));
    }
    let line =
        "if a; set -lx X \"$(b 'c' \"d\")\"; end; function f; ANTHROPIC_MODEL=e claude -p {$g}h | i; end; f & j > k; ";
    for text in [line.repeat(5_000_000 / line.len()), format!("echo '{}", line.repeat(5_000_000 / line.len()))] {
        let names = names_of(&(text + later));
        assert_eq!(names.last().map(String::as_str), Some("ANTHROPIC_MODEL"));
    }
    for open in ["\"$(\n", "'", "\"", "(", "{", "{$", "echo {a(", "set X ("] {
        names_of(&open.repeat(100_000));
    }
}

#[test]
fn any_bytes() {
    let mut writer = Writer::new(0x5EED, Shell::Fish);
    writer.branches = true;
    let noise =
        ["'", "\"", "`", "(", "$(", "{", ")", "}", "\n", "\\", "\r", "é", "\u{1F511}", "=", "#", "end", "\0", " ", "$"];
    for _ in 0..1_500 {
        let mut script = writer.fish_script();
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
        check_spans(&surface::read(RepoPath::from("fish_variables"), Some(Surface::Fish), script.as_bytes()));
    }
}

/// What fish writes into its file of universal variables, as read here.
#[test]
fn universal_variables_are_read_as_they_were_written() {
    if !Shell::Fish.is_there() {
        return;
    }
    let folder = folder(Shell::Fish);
    let mut writer = Writer::new(Writer::seed(), Shell::Fish);
    let mut script = String::new();
    let mut expected = Vec::new();
    for index in 0..200 {
        let value = writer.text("abcxyz0189-_.,:/@%+ #;&|(){}<>~!*?[]=é\u{1F511}\"`\t\n\r");
        let exported = writer.random.chance(50);
        let list = if writer.random.chance(20) { " more" } else { "" };
        _ = writeln!(script, "set -U{} V{index} '{value}'{list}", if exported { "x" } else { "" });
        expected.push((format!("V{index}"), exported, format!("{value}{list}")));
    }
    fs::write(folder.join("script"), &script).unwrap();
    let home = folder.join("universal");
    let mut fish = Shell::Fish.command();
    fish.arg(folder.join("script"))
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", &home)
        .env("LC_ALL", "C.UTF-8");
    assert!(fish.stdin(Stdio::null()).status().unwrap().success());
    let text = fs::read(home.join(".config/fish/fish_variables")).unwrap();
    let document = surface::read(RepoPath::from("fish_variables"), Some(Surface::Fish), &text);
    check_spans(&document);
    for (name, exported, value) in expected {
        let found = document.assignments.iter().find(|found| found.name == name);
        let found = found.map(|found| (found.exported, found.decoded.text.expose()));
        assert_eq!(found, Some((exported, value.as_str())), "{name}");
    }
    fs::remove_dir_all(&folder).unwrap();
}
