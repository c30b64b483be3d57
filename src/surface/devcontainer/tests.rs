use crate::surface::{Surface, listing};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    listing::check("devcontainer.json", Surface::DevContainer, text, expected);
}

#[test]
fn variables_of_every_place() {
    check(
        r#"{ // comment
            "containerEnv": {"A": "b", "C": "${localEnv:D:e}",}, "remoteEnv": {"F": null, "G": "${containerEnv:PATH}:/x"},
            "build": {"args": {"H": "i"}, "options": ["--build-arg", "J=k"]},
            "runArgs": ["--rm", "-e", "L=m", "--env=N=o", "-e", "P", "-eQ=r", "--env-file", ".env"],
            "secrets": {"ANTHROPIC_API_KEY": {"description": "a key"}}}"#,
        &[
            "containerEnv.A=b",
            "containerEnv.C=$D:-e",
            "runArgs.L=m",
            "runArgs.N=o",
            "runArgs.P=$P",
            "runArgs.Q=r",
            "remoteEnv.F unset",
            "remoteEnv.G=$PATH",
            "build.args.H=i",
            "build.options.J=k",
        ],
    );
}

#[test]
fn commands_of_the_life_cycle() {
    listing::launches(
        "devcontainer.json",
        Surface::DevContainer,
        r#"{"containerEnv": {"ANTHROPIC_API_KEY": "one", "NODE_A": "b"}, "remoteEnv": {"NODE_A": "c"}, "runArgs": ["--env-file=.env"],
            "initializeCommand": "claude -p ho", "postCreateCommand": ["claude", "-p", "hi"],
            "postStartCommand": {"web": "npm start", "tool": "unset ANTHROPIC_API_KEY; claude"}}"#,
        &[
            ("", false, &["<.env>", "containerEnv.ANTHROPIC_API_KEY=one", "remoteEnv.NODE_A=c"]),
            ("initializeCommand", true, &[]),
            ("postCreateCommand", true, &["<.env>", "containerEnv.ANTHROPIC_API_KEY=one", "remoteEnv.NODE_A=c"]),
            (
                "postStartCommand.tool",
                true,
                &["<.env>", "remoteEnv.NODE_A=c", "postStartCommand.tool.ANTHROPIC_API_KEY unset"],
            ),
        ],
    );
}

#[test]
fn settings_of_the_editor() {
    listing::launches(
        "devcontainer.json",
        Surface::DevContainer,
        r#"{"customizations": {"vscode": {"extensions": ["a.b"], "settings": {
            "claudeCode.environmentVariables": [{"name": "ANTHROPIC_API_KEY", "value": "one"}, {"name": "NODE_A", "value": "${env:B}"}],
            "terminal.integrated.env.linux": {"ANTHROPIC_MODEL": "m", "NODE_C": null}}}}}"#,
        &[
            (
                "customizations.vscode.settings.\"claudeCode.environmentVariables\"",
                false,
                &[
                    "customizations.vscode.settings.\"claudeCode.environmentVariables\".ANTHROPIC_API_KEY=one",
                    "customizations.vscode.settings.\"claudeCode.environmentVariables\".NODE_A=$B",
                ],
            ),
            (
                "customizations.vscode.settings.\"terminal.integrated.env.linux\"",
                false,
                &[
                    "customizations.vscode.settings.\"terminal.integrated.env.linux\".ANTHROPIC_MODEL=m",
                    "customizations.vscode.settings.\"terminal.integrated.env.linux\".NODE_C unset",
                ],
            ),
        ],
    );
}

#[test]
fn reading_goes_on_behind_nonsense() {
    check(
        r#"{"containerEnv": {"A": "b" "C": 'd', "E": "f"#,
        &["containerEnv.A=b", "containerEnv.C=d", "containerEnv.E=f"],
    );
    for text in [
        "[".repeat(10_000),
        "{\"postCreateCommand\":".repeat(10_000),
        format!("{{\"runArgs\": [{}", "\"-e\",".repeat(100_000)),
    ] {
        listing::document("devcontainer.json", Surface::DevContainer, &text);
    }
}
