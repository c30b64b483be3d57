use crate::surface::{Editor, Surface, listing};

const VSCODE: Surface = Surface::Editor(Editor::VsCode);
const JETBRAINS: Surface = Surface::Editor(Editor::JetBrains);

#[test]
fn settings_say_little() {
    listing::check(
        ".vscode/settings.json",
        VSCODE,
        r#"{"editor.tabSize": 2, "some.apiKey": "x", "terminal.integrated.env.osx": {"A": "${env:B}", "C": "d"}, // e
            "claudeCode.environmentVariables": [{"name": "F", "value": "g"}, {"name": "H"}, 3]}"#,
        &[
            "\"terminal.integrated.env.osx\".A=$B",
            "\"terminal.integrated.env.osx\".C=d",
            "\"claudeCode.environmentVariables\".F=g",
        ],
    );
}

#[test]
fn launch_configurations() {
    let text = r#"{"configurations": [
        {"type": "node", "env": {"ANTHROPIC_API_KEY": "${env:KEY}"}, "envFile": "${workspaceFolder}/.env", "program": "x.js"},
        {"type": "python", "env": {"NODE_A": "b"}, "program": "x.py"},
        {"type": "node-terminal", "env": {"NODE_A": "b"}, "command": "ANTHROPIC_MODEL=m claude -p hi"},
        {"runtimeExecutable": "claude", "args": ["-p", "hi"]}]}"#;
    let expected: &[listing::Row<'_>] = &[
        ("configurations[0]", false, &["<${workspaceFolder}/.env>", "configurations[0].env.ANTHROPIC_API_KEY=$KEY"]),
        ("configurations[2]", true, &["configurations[2].env.NODE_A=b", "configurations[2].command.ANTHROPIC_MODEL=m"]),
        ("configurations[3]", true, &[]),
    ];
    listing::launches(".vscode/launch.json", VSCODE, text, expected);
}

#[test]
fn tasks_and_workspaces() {
    let tasks = r#"{"options": {"env": {"NODE_A": "b"}}, "tasks": [
        {"type": "shell", "command": "claude -p hi", "options": {"env": {"ANTHROPIC_API_KEY": "one"}}},
        {"type": "process", "command": "claude", "args": ["-p", {"value": "hi", "quoting": "strong"}]},
        {"type": "shell", "command": "make", "args": ["NODE_A=c"], "linux": {"command": "claude", "options": {"env": {"NODE_A": "d"}}}}]}"#;
    listing::launches(
        ".vscode/tasks.json",
        VSCODE,
        tasks,
        &[
            ("tasks[0]", true, &["options.env.NODE_A=b", "tasks[0].options.env.ANTHROPIC_API_KEY=one"]),
            ("tasks[1]", true, &["options.env.NODE_A=b"]),
            ("tasks[2].linux", true, &["tasks[2].linux.options.env.NODE_A=d"]),
        ],
    );
    let workspace = format!(
        r#"{{"folders": [], "settings": {{"terminal.integrated.env.linux": {{"CLAUDE_X": "y"}}}}, "tasks": {tasks}}}"#
    );
    listing::launches(
        "a.code-workspace",
        VSCODE,
        &workspace,
        &[
            (
                "settings.\"terminal.integrated.env.linux\"",
                false,
                &["settings.\"terminal.integrated.env.linux\".CLAUDE_X=y"],
            ),
            (
                "tasks.tasks[0]",
                true,
                &["tasks.options.env.NODE_A=b", "tasks.tasks[0].options.env.ANTHROPIC_API_KEY=one"],
            ),
            ("tasks.tasks[1]", true, &["tasks.options.env.NODE_A=b"]),
            ("tasks.tasks[2].linux", true, &["tasks.tasks[2].linux.options.env.NODE_A=d"]),
        ],
    );
}

#[test]
fn run_configurations() {
    let text = r#"<component name="ProjectRunConfigurationManager">
  <configuration default="false" name="web app" type="NodeJS">
    <envs>
      <env name="ANTHROPIC_API_KEY" value="a&amp;b&#x21;" />
      <!-- <env name="OLD" value="x" /> -->
      <env name='NODE_A' value='$PATH$'/>
    </envs>
    <EXTENSION ID="net.ashald.envfile"><ENTRIES><ENTRY IS_ENABLED="true" PARSER="env" PATH=".env" /></ENTRIES></EXTENSION>
  </configuration>
  <configuration name="sh"><option name="SCRIPT_TEXT" value="claude -p &quot;hi&quot;" /><envs><env name="NODE_B" value="c"/></envs></configuration>
  <configuration name="none"><option name="name" value="C"/><option name="value" value="d"/><env name="unclosed value="x"/></configuration>
  <DockerEnvVarImpl><option name="name" value="E"/><option name="value" value="f"/></DockerEnvVarImpl>
</component>"#;
    listing::check(
        ".idea/workspace.xml",
        JETBRAINS,
        text,
        &["\"web app\".ANTHROPIC_API_KEY=a&b!", "\"web app\".NODE_A=$PATH", "sh.NODE_B=c", "E=f"],
    );
    listing::launches(
        ".idea/workspace.xml",
        JETBRAINS,
        text,
        &[
            ("\"web app\"", false, &["<.env>", "\"web app\".ANTHROPIC_API_KEY=a&b!", "\"web app\".NODE_A=$PATH"]),
            ("sh", true, &["sh.NODE_B=c"]),
        ],
    );
}

#[test]
fn nothing_overflows() {
    for text in [
        "<".repeat(500_000),
        "<env name=\"".repeat(50_000),
        "<env name=\"A\" value=\"&".repeat(30_000),
        format!("<env name=\"A\" value=\"{}", "&amp;é".repeat(50_000)),
        "<!--".repeat(100_000),
        "<a b=".repeat(100_000),
        "<a \u{e9}=\"\u{e9}".repeat(50_000),
        "<a =\"'=".repeat(50_000),
    ] {
        listing::document(".idea/x.xml", JETBRAINS, &text);
    }
}
