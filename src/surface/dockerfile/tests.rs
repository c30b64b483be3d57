use super::*;
use crate::path::RepoPath;
use crate::surface::{Surface, read as read_document};

fn document(text: &str) -> Document {
    let document = read_document(RepoPath::from("Dockerfile"), Some(Surface::Dockerfile), text.as_bytes());
    for assignment in document.assignments.iter().filter(|assignment| assignment.slot == Slot::Variable) {
        assert_eq!(&text[assignment.name_span.range()], assignment.name, "{text}");
        if matches!(assignment.decoded.origin, Origin::Direct(_)) {
            assert_eq!(&text[assignment.decoded.span().range()], assignment.decoded.text.expose(), "{text}");
        }
    }
    document
}

fn shown(document: &Document, index: usize) -> String {
    let assignment = &document.assignments[index];
    let text = assignment.decoded.text.expose();
    match &assignment.value {
        Value::Empty => format!("{} empty", assignment.key),
        Value::Unset => format!("{} unset", assignment.key),
        Value::Reference(reference) => {
            let default = reference.default.as_ref().map(|default| format!(":-{}", default.text.expose()));
            let name = reference.name.as_deref().unwrap_or("?");
            format!(
                "{}=${name}{}{}",
                assignment.key,
                default.unwrap_or_default(),
                if reference.expanded { "" } else { "!" }
            )
        }
        _ => format!("{}={text}{}", assignment.key, if assignment.commented { " #" } else { "" }),
    }
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let document = document(text);
    let found: Vec<String> = (0..document.assignments.len()).map(|index| shown(&document, index)).collect();
    assert_eq!(found, expected, "{text}");
}

/// key, whether the client is started, environment
#[track_caller]
fn launches(text: &str, expected: &[(&str, bool, &[&str])]) {
    let document = document(text);
    let found: Vec<(&str, bool, Vec<String>)> = document
        .launches
        .iter()
        .map(|launch| {
            let environment = launch.environment.iter().map(|&index| shown(&document, index)).collect();
            (launch.key.as_str(), launch.command.is_some(), environment)
        })
        .collect();
    let expected: Vec<(&str, bool, Vec<String>)> = expected
        .iter()
        .map(|(key, starts, environment)| (*key, *starts, environment.iter().map(|&one| one.to_owned()).collect()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn pairs_of_every_form() {
    check("FROM x\nENV A=b C=\"d e\" E='f $g' H=i\\ j\n", &["ENV.A=b", "ENV.C=d e", "ENV.E=f $g", "ENV.H=i j"]);
    check("FROM x\nENV A b c\nenv B   \"d\"\n", &["ENV.A=b c", "ENV.B=d"]);
    check(
        "FROM x\nENV A=\"b\\\"c\\d\" E=\\$F G=$H I=${J:-k}\n",
        &["ENV.A=b\"c\\d", "ENV.E=$F!", "ENV.G=$H", "ENV.I=$J:-k"],
    );
    check(
        "FROM x\nENV A=\"\" B= C=''\nARG D\nARG E=f\n",
        &["ENV.A empty", "ENV.B empty", "ENV.C empty", "ARG.D=$D", "ARG.E=f"],
    );
    check("FROM x AS one\nONBUILD ENV A=b\n", &["one.ENV.A=b"]);
}

#[test]
fn lines_go_on() {
    check(
        "FROM x\nENV A=b \\\n\n  # C=d\n    E=f\\\ng \\\n  H=i\nENV J=k",
        &["ENV.C=d #", "ENV.A=b", "ENV.E=fg", "ENV.H=i", "ENV.J=k"],
    );
    check("# escape=`\nFROM x\nENV A=C:\\b `\n  C=d\n", &["ENV.A=C:\\b", "ENV.C=d"]);
    check("# no directive\n# escape=`\nFROM x\nENV A=b \\\n  C=d\n", &["ENV.A=b", "ENV.C=d"]);
    check("FROM x\r\nENV A=b \\\r\n  C=d\r\n", &["ENV.A=b", "ENV.C=d"]);
}

#[test]
fn comments() {
    check(
        "#ENV A=b\nFROM x\n# ENV C=d E=f\n# ARG G_H=i\n#   ENV J_K l\n",
        &["ENV.A=b #", "ENV.C=d #", "ENV.E=f #", "ARG.G_H=i #", "ENV.J_K=l #"],
    );
    check("# ENV variables matter\n# ENV X is set\n# env vars\nFROM x # ENV A=b\n# see ENV A=b\n", &[]);
}

#[test]
fn arguments_supply_defaults() {
    check(
        "ARG A=b\nFROM x\nARG A\nENV C=$A D=${A} E=x$A\n",
        &["ARG.A=b", "ARG.A=$A:-b", "ENV.C=$A:-b", "ENV.D=$A:-b", "ENV.E=$A"],
    );
    check("ARG A=b\nFROM x\nENV C=$A\nENV D=e\nENV F=$D\n", &["ARG.A=b", "ENV.C=$A", "ENV.D=e", "ENV.F=$D:-e"]);
    check("FROM x\nENV A=b\nARG A=c\nENV D=$A\n", &["ENV.A=b", "ARG.A=c", "ENV.D=$A:-b"]);
}

#[test]
fn stages_inherit() {
    launches(
        "FROM x AS base\nENV ANTHROPIC_API_KEY=one\nFROM base AS tool\nENV ANTHROPIC_AUTH_TOKEN=two\nFROM y\nENV ANTHROPIC_BASE_URL=three\n",
        &[
            ("base", false, &["base.ENV.ANTHROPIC_API_KEY=one"]),
            ("tool", false, &["base.ENV.ANTHROPIC_API_KEY=one", "tool.ENV.ANTHROPIC_AUTH_TOKEN=two"]),
            ("", false, &["ENV.ANTHROPIC_BASE_URL=three"]),
        ],
    );
    launches(
        "FROM x AS base\nENV PATH=/bin\nENTRYPOINT [\"claude\"]\nFROM BASE\nENV ANTHROPIC_API_KEY=\nCMD [\"-p\", \"hi\"]\n",
        &[
            ("base.ENTRYPOINT", true, &["base.ENV.PATH=/bin"]),
            ("ENTRYPOINT", true, &["base.ENV.PATH=/bin", "ENV.ANTHROPIC_API_KEY empty"]),
        ],
    );
    // Nothing of the client's.
    launches("FROM x\nENV A=b\nCMD [\"node\", \"x.js\"]\n", &[]);
}

#[test]
fn processes_find_their_environment() {
    launches(
        "FROM x\nARG ANTHROPIC_API_KEY=one\nENV ANTHROPIC_MODEL=b\nRUN claude -p hi\nENV C=d\nRUN unset ANTHROPIC_MODEL && claude\nRUN [\"sh\", \"-c\", \"ANTHROPIC_MODEL=f claude\"]\n",
        &[
            ("RUN", true, &["ARG.ANTHROPIC_API_KEY=one", "ENV.ANTHROPIC_MODEL=b"]),
            ("RUN", true, &["ARG.ANTHROPIC_API_KEY=one", "RUN.ANTHROPIC_MODEL unset", "ENV.C=d"]),
            ("RUN", true, &["ARG.ANTHROPIC_API_KEY=one", "RUN.ANTHROPIC_MODEL=f", "ENV.C=d"]),
            ("", false, &["ENV.ANTHROPIC_MODEL=b", "ENV.C=d"]),
        ],
    );
    launches(
        "FROM x\nENV A=b\nRUN --mount=type=secret,id=key,env=ANTHROPIC_API_KEY <<EOF\nset -e\nclaude -p hi\nEOF\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"claude\"]\n",
        &[("RUN", true, &["ENV.A=b"]), ("CMD", true, &["ENV.A=b"])],
    );
    launches(
        "FROM x\nRUN <<-'EOF'\n\tANTHROPIC_MODEL=b claude\n\tEOF\nCMD claude\n",
        &[("RUN", true, &["RUN.ANTHROPIC_MODEL=b"]), ("CMD", true, &[])],
    );
    launches("FROM x\nHEALTHCHECK --interval=5s CMD claude --version\n", &[("HEALTHCHECK", true, &[])]);
}

#[test]
fn here_documents_are_no_instructions() {
    check("FROM x\nRUN <<EOF\nENV A=b\nEOF\nENV C=d\n", &["ENV.C=d"]);
    check("FROM x\nRUN cat <<EOF > .env\nA=b\nEOF\nENV C=d\n", &["RUN.<<.env.A=b", "ENV.C=d"]);
    check(
        "FROM x\nCOPY <<EOF /app/.env\nA=b\nB=$C\nEOF\nENV C=d\n",
        &["COPY.\".env\".A=b", "COPY.\".env\".B=$C", "ENV.C=d"],
    );
    // One that nobody ends costs nothing.
    check("FROM x\nRUN cat <<EOF\nENV C=d\n", &["ENV.C=d"]);
    check("FROM x\nRUN python3 <<EOF\nimport os\nEOF\nRUN x <<< y\nENV C=d\n", &["ENV.C=d"]);
}

#[test]
fn reading_goes_on_behind_nonsense() {
    check("FROM x\n}}}\n\"\n??? A=b\nENV \"unclosed=x\nENV =x\nENV\nENV A=b\n", &["ENV.A=b"]);
}

#[test]
fn nothing_overflows_and_all_is_linear() {
    let long = 200_000;
    for text in [
        format!("FROM x\nENV A=\"{}", "a".repeat(long)),
        format!("ENV A={}", "'\"\\$`".repeat(long / 5)),
        format!("RUN {}", "<<A ".repeat(long / 4)),
        "RUN x <<A\n".repeat(long / 10),
        (0..10_000).map(|index| format!("RUN x <<A{index}\n")).collect(),
        format!("CMD {}", "[".repeat(10_000)),
        format!("RUN {}", "$(".repeat(10_000)),
        "FROM a AS a\nENV ANTHROPIC_A=$ANTHROPIC_A\n".repeat(5_000),
        "ENV A=b \\\n".repeat(long / 10),
        "\\\n".repeat(long / 2),
        "ONBUILD ".repeat(long / 8),
    ] {
        read_document(RepoPath::from("Dockerfile"), Some(Surface::Dockerfile), text.as_bytes());
    }
}
