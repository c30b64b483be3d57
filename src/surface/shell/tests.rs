//! Readers against texts whose assignments, spans and launches are known.

use super::*;
use crate::surface::{Slot, Surface, Value};
use crate::text::Text;

fn script(text: &str) -> Document {
    let path = crate::path::RepoPath::from("start.sh");
    let mut document = Document::new(path, Some(Surface::Shell), Text::decode(text.as_bytes()));
    read(&mut document);
    check_spans(text, &document.assignments);
    document
}

/// Every span is in bounds, and verbatim values stand where they are said to stand.
fn check_spans(text: &str, assignments: &[Assignment]) {
    for assignment in assignments {
        let (name, value) = (assignment.name_span.range(), assignment.decoded.span().range());
        assert!(text.get(name.clone()).is_some() && text.get(value.clone()).is_some(), "{assignment:?}");
        if assignment.slot == Slot::Variable {
            assert_eq!(&text[name], assignment.name);
        }
        if matches!(assignment.decoded.origin, Origin::Direct(_)) {
            assert_eq!(&text[value], assignment.decoded.text.expose());
        }
    }
    let starts: Vec<usize> = assignments.iter().map(|assignment| assignment.name_span.start).collect();
    assert!(starts.is_sorted());
}

fn shown(assignment: &Assignment) -> String {
    let text = assignment.decoded.text.expose();
    let value = match &assignment.value {
        Value::Unset => return format!("{} unset", assignment.name),
        Value::Empty => String::new(),
        Value::Unknown => "?".to_owned(),
        Value::Reference(reference) if reference.expanded => {
            let name = reference.name.as_deref().unwrap_or("?");
            match &reference.default {
                Some(default) => format!("${name} or {}", default.text.expose()),
                None => format!("${name}"),
            }
        }
        _ => text.to_owned(),
    };
    format!("{}={value}", assignment.name)
}

/// `NAME=value` of all variables; a comment's begin with `#`, those that children get with `+`.
fn variables(assignments: &[Assignment]) -> Vec<String> {
    let variables = assignments.iter().filter(|assignment| assignment.slot == Slot::Variable);
    variables
        .map(|assignment| {
            let mark = if assignment.commented {
                "#"
            } else if assignment.exported {
                "+"
            } else {
                ""
            };
            format!("{mark}{}", shown(assignment))
        })
        .collect()
}

/// A launch as `NAME=value|NAME unset`, one string a launch.
fn launches(assignments: &[Assignment], launches: &[Launch]) -> Vec<String> {
    let line = |launch: &Launch| {
        let values: Vec<String> =
            launch.environment.iter().map(|&index| shown(&assignments[index])).collect();
        values.join("|")
    };
    launches.iter().map(line).collect()
}

#[track_caller]
fn assigns(text: &str, expected: &[&str]) {
    assert_eq!(variables(&script(text).assignments), expected, "{text}");
}

#[track_caller]
fn starts(text: &str, expected: &[&str]) {
    let document = script(text);
    assert_eq!(launches(&document.assignments, &document.launches), expected, "{text}");
}

#[test]
fn assignments_of_every_kind() {
    assigns("X=v", &["X=v"]);
    assigns("export X=v Y='a b' Z=\"c d\"", &["+X=v", "+Y=a b", "+Z=c d"]);
    assigns("declare -x X=v; typeset Y=w; readonly Z=u; local -rx Q=t", &["+X=v", "Y=w", "Z=u", "+Q=t"]);
    assigns("X+=v", &["X=?"]);
    assigns("export X+=v", &["+X=?"]);
    assigns("A=1 B=2 cmd arg", &["+A=1", "+B=2"]);
    assigns("env A=b -u C cmd", &["+A=b"]);
    assigns("env -u C -i A=b cmd D=e", &["C unset", "+A=b"]);
    assigns("unset X Y; unset -v Z; unset -f f", &["X unset", "Y unset", "Z unset"]);
    assigns("X=v; export -n X", &["X=v", "X unset"]);
    assigns("X=v\nexport X\n", &["+X=v"]);
    assigns("set -a\nX=v\nset +a\nY=w\n", &["+X=v", "Y=w"]);
    assigns("set -eo allexport; X=v; set +o allexport; Y=w", &["+X=v", "Y=w"]);
    assigns("alias x='A=b claude'", &["+A=b"]);
    assigns("bash -c 'export A=b; claude'", &["+A=b"]);
    assigns("sh -lc \"export A=b\"; eval 'C=d'; eval export E=f", &["+A=b", "C=d", "+E=f"]);
    assigns(": \"${X:=word}\"", &["X=$X or word"]);
    assigns("X=${Y:-word} Z=${W} Q=pre$V U=${T:-}", &["X=$Y or word", "Z=$W", "Q=$V", "U=$T"]);
    assigns("X=${Y:-${Z:-word}}", &["X=$Y or word"]);
    assigns("read -rsp 'Key: ' X; printf -v Y %s z; read Z", &["X=?", "Y=?", "Z=?"]);
    assigns("X=$(cat f) Y=`cat f` Z=\"$((1 << 2))\"", &["X=?", "Y=?", "Z=?"]);
    assigns("X= Y=\"\" Z='' Q=\"  \"", &["X=", "Y=", "Z=", "Q="]);
    assigns("X=$'a\\tb\\x41\\u00e9\\101' Y=a\\ b Z='it'\\''s'", &["X=a\tbA\u{e9}A", "Y=a b", "Z=it's"]);
    assigns("X=(a b)\ndeclare -a Y=(c d)\nZ[1]=e\nW=f", &["X=?", "Y=?", "Z=?", "W=f"]);
    assigns("X=\"a\\\"b\\$c\\\\\"", &["X=a\"b$c\\"]);
    assigns("X=a\\\nb Y=c", &["X=ab", "Y=c"]);
    assigns(
        "if true; then X=v; fi; case a in a) Y=w;; esac; f() { Z=u; }; (Q=t); { R=s; }",
        &["X=v", "Y=w", "Z=u", "Q=t", "R=s"],
    );
}
