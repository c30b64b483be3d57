use crate::surface::{Surface, listing};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    listing::check("Dockerfile", Surface::Dockerfile, text, expected);
}

#[track_caller]
fn launches(text: &str, expected: &[listing::Row<'_>]) {
    listing::launches("Dockerfile", Surface::Dockerfile, text, expected);
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
        "ARG A=b\nFROM x\nARG A\nENV C=$A D=${A} E=x${A}\n",
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
        "FROM x AS base\nENV NODE_PATH=/bin\nENTRYPOINT [\"claude\"]\nFROM BASE\nENV ANTHROPIC_API_KEY=\nCMD [\"-p\", \"hi\"]\n",
        &[
            ("base.ENTRYPOINT", true, &["base.ENV.NODE_PATH=/bin"]),
            ("ENTRYPOINT", true, &["base.ENV.NODE_PATH=/bin", "ENV.ANTHROPIC_API_KEY empty"]),
        ],
    );
    // Nothing of the client's.
    launches("FROM x\nENV A=b\nCMD [\"node\", \"x.js\"]\n", &[]);
}

#[test]
fn processes_find_their_environment() {
    launches(
        "FROM x\nARG ANTHROPIC_API_KEY=one\nENV ANTHROPIC_MODEL=b\nRUN claude -p hi\nENV NODE_C=d\nRUN unset ANTHROPIC_MODEL && claude\nRUN [\"sh\", \"-c\", \"ANTHROPIC_MODEL=f claude\"]\n",
        &[
            ("RUN", true, &["ARG.ANTHROPIC_API_KEY=one", "ENV.ANTHROPIC_MODEL=b"]),
            ("RUN", true, &["ARG.ANTHROPIC_API_KEY=one", "ENV.NODE_C=d", "RUN.ANTHROPIC_MODEL unset"]),
            ("RUN", true, &["ARG.ANTHROPIC_API_KEY=one", "ENV.NODE_C=d", "RUN.ANTHROPIC_MODEL=f"]),
            ("", false, &["ENV.ANTHROPIC_MODEL=b", "ENV.NODE_C=d"]),
        ],
    );
    launches(
        "FROM x\nENV NODE_A=b\nRUN --mount=type=secret,id=key,env=ANTHROPIC_API_KEY <<EOF\nset -e\nclaude -p hi\nEOF\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"claude\"]\n",
        &[("RUN", true, &["ENV.NODE_A=b"]), ("CMD", true, &["ENV.NODE_A=b"])],
    );
    launches(
        "FROM x\nRUN <<-'EOF'\n\tANTHROPIC_MODEL=b claude\n\tEOF\nCMD claude\n",
        &[("RUN", true, &["RUN.ANTHROPIC_MODEL=b"]), ("CMD", true, &[])],
    );
    launches("FROM x\nHEALTHCHECK --interval=5s CMD claude -p ho\n", &[("HEALTHCHECK", true, &[])]);
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
fn nothing_overflows() {
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
        listing::document("Dockerfile", Surface::Dockerfile, &text);
    }
}
