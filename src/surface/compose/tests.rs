use crate::surface::{Surface, listing};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    listing::check("compose.yml", Surface::Compose, text, expected);
}

#[track_caller]
fn launches(text: &str, expected: &[listing::Row<'_>]) {
    listing::launches("compose.yml", Surface::Compose, text, expected);
}

#[test]
fn maps_and_lists() {
    check(
        "services:\n  web:\n    environment:\n      A: b # c\n      D: \"e\"\n      F:\n      G: ''\n      H: 1\n      I: ${J:-k}\n      L: $$x\n",
        &[
            "services.web.environment.A=b",
            "services.web.environment.D=e",
            "services.web.environment.F=$F",
            "services.web.environment.G empty",
            "services.web.environment.H=1",
            "services.web.environment.I=$J:-k",
            "services.web.environment.L=$x!",
        ],
    );
    check(
        "services:\n  web:\n    environment:\n      - A=b=c\n      - \"D=e f\"\n      - G\n      - H=\n      - I=${J?no}\n      - K: l\n    build:\n      args:\n        - M=n\n",
        &[
            "services.web.build.args.M=n",
            "services.web.environment.A=b=c",
            "services.web.environment.D=e f",
            "services.web.environment.G=$G",
            "services.web.environment.H empty",
            "services.web.environment.I=$J",
            "services.web.environment.K=l",
        ],
    );
}

#[test]
fn comments() {
    check(
        "services:\n  web:\n    environment:\n      # A_B: c\n      #- D_E=f\n      # - \"G_H=i\" \n      # J_K: \"l\" # m\n      # Note: see A_B: c\n      # X: y\n      # Z_Z: two words\n",
        &["A_B=c #", "D_E=f #", "G_H=i #", "J_K=l #"],
    );
}

#[test]
fn services_are_launches() {
    launches(
        "services:\n  web:\n    environment: {ANTHROPIC_API_KEY: one}\n  db:\n    environment: {NODE_A: b}\n  tool:\n    env_file: .env\n    entrypoint: [claude]\n    command: [-p, hi]\n  shell:\n    env_file: [a.env, {path: b.env, required: false}]\n    environment: [NODE_A=b]\n    command: sh -c 'ANTHROPIC_MODEL=c claude -p $$HOME'\n",
        &[
            ("services.web", false, &["services.web.environment.ANTHROPIC_API_KEY=one"]),
            ("services.tool", true, &["<.env>"]),
            (
                "services.shell",
                true,
                &[
                    "<a.env>",
                    "<b.env>",
                    "services.shell.environment.NODE_A=b",
                    "services.shell.command.ANTHROPIC_MODEL=c",
                ],
            ),
        ],
    );
}

#[test]
fn anchors_merges_and_extensions() {
    launches(
        "x-env: &env\n  ANTHROPIC_API_KEY: one\n  NODE_A: b\nservices:\n  base:\n    environment:\n      <<: *env\n      NODE_A: c\n    env_file: base.env\n  web:\n    extends: base\n    environment: [ANTHROPIC_API_KEY=]\n    env_file: web.env\n  loop:\n    extends: {service: loop}\n    environment: *env\n  other:\n    extends: {file: x.yml, service: base}\n    environment: {CLAUDE_CODE_USE_BEDROCK: 1}\n",
        &[
            (
                "services.base",
                false,
                &[
                    "<base.env>",
                    "services.base.environment.ANTHROPIC_API_KEY=one",
                    "services.base.environment.NODE_A=c",
                ],
            ),
            (
                "services.web",
                false,
                &[
                    "<base.env>",
                    "<web.env>",
                    "services.web.environment.ANTHROPIC_API_KEY empty",
                    "services.base.environment.NODE_A=c",
                ],
            ),
            (
                "services.loop",
                false,
                &["services.base.environment.ANTHROPIC_API_KEY=one", "services.base.environment.NODE_A=b"],
            ),
            ("services.other", false, &["services.other.environment.CLAUDE_CODE_USE_BEDROCK=1"]),
        ],
    );
}

#[test]
fn contents_and_old_files() {
    check(
        "configs:\n  env:\n    content: |\n      # note\n      A=b\n      C=$$d\n  json:\n    content: '{\"a\": {\"token\": \"b\"}}'\n",
        &["configs.env.content.A=b", "configs.env.content.C=$d", "configs.json.content.token=b"],
    );
    check("web:\n  image: x\n  environment:\n    A: b\nother:\n  A: b\n", &["web.environment.A=b"]);
    check(
        "services:\n  a: [\n  b:\n  c: {\nservices:\n  web:\n    environment: {A: b}\n",
        &["services.web.environment.A=b"],
    );
}

#[test]
fn nothing_overflows() {
    let many = 100_000;
    for text in [
        format!("services: {{a: {{environment: {}", "[".repeat(10_000)),
        format!("services:\n  a:\n    environment:\n      A: \"{}", "x".repeat(50 * many)),
        format!("services:\n  a:\n    environment:\n{}", "      A: $$b\n".repeat(many / 4)),
        format!(
            "services:\n{}",
            (0..many / 50)
                .map(|n| format!("  a{n}: {{extends: a{}, environment: [ANTHROPIC_{n}=b]}}\n", n + 1))
                .collect::<String>()
        ),
        "# A_B: c\n".repeat(many),
        format!("services:\n  a:\n    command: {}", "$(".repeat(10_000)),
        "\t- : [{\n".repeat(many / 10),
    ] {
        listing::document("compose.yml", Surface::Compose, &text);
    }
}
