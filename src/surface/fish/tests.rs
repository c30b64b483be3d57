//! The reader against scripts whose assignments and launches are known.

use crate::surface::Surface;
use crate::surface::listing::{check, launches};

#[track_caller]
fn assigns(text: &str, expected: &[&str]) {
    check("start.fish", Surface::Fish, text, expected);
}

/// What is in effect where the client starts, for each start.
#[track_caller]
fn starts(text: &str, expected: &[&[&str]]) {
    let rows: Vec<_> = expected.iter().map(|row| ("", true, *row)).collect();
    launches("start.fish", Surface::Fish, text, &rows);
}

#[test]
fn words() {
    assigns("set X a'b\\'c\\n'\"d\\\"e\\n\\$\"f\\ g\\x41\\u00e9", &["X=ab'c\\nd\"e\\n$f gAé"]);
    assigns("set X a\\\nb # c\nset Y c#d; set Z 'e\nf'", &["X=ab", "Y=c#d", "Z=e\nf"]);
    assigns("set X a{}b; set Y {c}", &["X=a{}b", "Y={c}"]);
    assigns("set A $X; set B \"$X[1]\"; set C {$X}y; set D '$X'", &["A=$X", "B=$X", "C=$X", "D=$X!"]);
    assigns("set A (a b); set B \"$(a)\"; set C *.x; set D x(a)[1]", &["A=$(a b)", "B=$(a)", "C=*.x", "D=x$(a)[1]"]);
    assigns("set X one two; set Y; set Z ''", &["X=one two", "Y empty", "Z empty"]);
    // What parts the words need not be the blank that programs see.
    assigns("set X one\ttwo; eval set Y \\\\\tone", &["X=one two", "Y= one"]);
    assigns("set X https://x.org/?a=b&c=d", &["X=https://x.org/?a=b&c=d", "url=https://x.org/?a=b&c=d"]);
}

#[test]
fn assignments_of_every_kind() {
    assigns("set -gx X v; set --export Y w; set -Uxg -- Z u", &["X=v", "Y=w", "Z=u"]);
    assigns("set -e X Y; set -q X; set -n; set --show X; set -l", &["X unset", "Y unset"]);
    assigns("set -a X v; set X[2] v; set -e X[1]", &["X=v", "X=v", "X="]);
    assigns("export X=v Y='a b'; env -u Z X=w true", &["X=v", "Y=a b", "Z unset", "X=w"]);
    assigns("X=v Y=(w) true", &["X=v", "Y=$(w)"]);
    assigns("read -P 'Name: ' -gx X; echo v | read Y Z", &["X=", "Y=", "Z="]);
    assigns("set X-Y v; set X.Y v; set $name v; set -gx A=b", &["A=b"]);
    assigns("for v in X Y; set -gx $v w; end", &["X=w", "Y=w"]);
    // One that is not exported hides what programs would get otherwise.
    assigns("set -l ANTHROPIC_MODEL v", &["ANTHROPIC_MODEL unset", "ANTHROPIC_MODEL=v"]);
    assigns("# set -gx X v\n#export YY=w # x\n# set the NAME to v\n# set x y\n: # set X v", &["X=v #", "YY=w #"]);
}

#[test]
fn launches_along_one_path() {
    starts("set -x ANTHROPIC_MODEL a; set ANTHROPIC_MODEL b; claude", &[&["ANTHROPIC_MODEL=b"]]);
    starts("begin; set -lx ANTHROPIC_MODEL a; claude; end; claude", &[&["ANTHROPIC_MODEL=a"], &[]]);
    starts("set -gx ANTHROPIC_MODEL a\nbegin; set -l ANTHROPIC_MODEL b; claude; end", &[&["ANTHROPIC_MODEL unset"]]);
    starts(
        "set -gx ANTHROPIC_MODEL a\nfunction f; claude; end; begin; set -l ANTHROPIC_MODEL b; f; end",
        &[&["ANTHROPIC_MODEL=a"]],
    );
    starts("function f; set -x ANTHROPIC_MODEL a; end; f; claude", &[&[]]);
    starts("function f; set -gx ANTHROPIC_MODEL a; end; f; claude", &[&["ANTHROPIC_MODEL=a"]]);
    starts(
        "function f -S; set ANTHROPIC_MODEL a; end; set -lx ANTHROPIC_MODEL b; f; claude",
        &[&["ANTHROPIC_MODEL=a"]],
    );
    starts("function f; set ANTHROPIC_MODEL a; end; set -lx ANTHROPIC_MODEL b; f; claude", &[&["ANTHROPIC_MODEL=b"]]);
    starts(
        "set -gx ANTHROPIC_MODEL a | cat; echo (set -gx CLAUDE_CODE_X b); claude",
        &[&["ANTHROPIC_MODEL=a", "CLAUDE_CODE_X=b"]],
    );
    starts("ANTHROPIC_MODEL=a begin; claude; end | cat > x", &[&["ANTHROPIC_MODEL=a"]]);
    starts("set -Ux ANTHROPIC_MODEL a; set -gx ANTHROPIC_MODEL b; claude", &[&["ANTHROPIC_MODEL=b"]]);
    starts("alias c 'ANTHROPIC_MODEL=a claude'; c -p hi", &[&["ANTHROPIC_MODEL=a"]]);
    starts("exec claude; set -gx ANTHROPIC_MODEL a; claude", &[&[]]);
    starts("{ set -gx ANTHROPIC_MODEL a; claude }", &[&["ANTHROPIC_MODEL=a"]]);
}

#[test]
fn outcomes() {
    let (a, b): (&[&str], &[&str]) = (&["ANTHROPIC_MODEL=a"], &["ANTHROPIC_MODEL=b"]);
    starts("false; or set -gx ANTHROPIC_MODEL a; claude", &[a]);
    starts("true\nor set -gx ANTHROPIC_MODEL a; claude", &[&[]]);
    // What `set` says is what was said before it.
    starts("false; set X y; or set -gx ANTHROPIC_MODEL a; claude", &[a]);
    // What keeps the status keeps that of what failed before, into a block and out of it.
    starts("false; or set X y; or set -gx ANTHROPIC_MODEL a; claude", &[a]);
    starts("false; or begin; set X y; end; or set -gx ANTHROPIC_MODEL a; claude", &[a]);
    starts("false; or begin; set X y; and set -gx ANTHROPIC_MODEL b; end; claude", &[&[]]);
    starts("true; and begin; set X y; and set -gx ANTHROPIC_MODEL a; end; claude", &[a]);
    starts("false; set X y && set -gx ANTHROPIC_MODEL a; claude", &[&[]]);
    starts("set -gx ANTHROPIC_MODEL a; if x; and y; set ANTHROPIC_MODEL b; end; claude", &[b, a]);
    starts("if x\nand false\n set -gx ANTHROPIC_MODEL a\nelse if not true; claude\nelse; claude; end", &[&[]]);
    starts(
        "switch $x\ncase a b\n set -gx ANTHROPIC_MODEL a\ncase '*'\n set -gx ANTHROPIC_MODEL b\nend; claude",
        &[a, b],
    );
    let function = "function f; test -n x; and return 1; set -gx ANTHROPIC_MODEL a; END end; f; or exit; claude";
    starts(&function.replace("END", "true;"), &[a]);
    launches("start.fish", Surface::Fish, &function.replace("END", ""), &[("", false, a)]);
}

/// A block whose condition never comes ends with its text.
#[test]
fn blocks_without_a_condition() {
    for text in
        ["set -gx A b; cat .env|while ", "set -gx A b; for a in (cat .env);while", "set -gx A b; cat .env | if "]
    {
        assigns(text, &["A=b"]);
    }
    assigns("set -gx A b; x|while \u{3000}", &["A=b"]);
}

#[test]
fn what_a_file_leaves() {
    let left = |text: &str, expected: &[&str]| launches("config.fish", Surface::Fish, text, &[("", false, expected)]);
    left("set -gx ANTHROPIC_MODEL a; set -lx CLAUDE_CODE_X b; set ANTHROPIC_BASE_URL c", &["ANTHROPIC_MODEL=a"]);
    left("function f; set -gx ANTHROPIC_MODEL a; set -x CLAUDE_CODE_X b; end", &["ANTHROPIC_MODEL=a"]);
    left("source .env; set -Ux ANTHROPIC_MODEL a", &["<.env>", "ANTHROPIC_MODEL=a"]);
}

#[test]
fn universal_variables() {
    let text = "# VERSION: 3.0\nSETUVAR --export ANTHROPIC_MODEL:a\\x2db\\x1ec\\u00e9\nSETUVAR X:\\x24Y\nSETUVAR Z:\n\
                SET_EXPORT CLAUDE_CODE_X:1\nSETUVAR\nSETUVAR x\n";
    let rows = ["ANTHROPIC_MODEL=a-b cé", "X=$Y!", "Z empty", "CLAUDE_CODE_X=1"];
    check("fish_variables", Surface::Fish, text, &rows);
    launches("fish_variables", Surface::Fish, text, &[("", false, &[rows[0], rows[3]])]);
}
