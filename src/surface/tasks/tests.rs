use crate::surface::show::show;
use crate::surface::{Surface, Tasks};

#[track_caller]
fn check(surface: Surface, text: &str, expected: &[&str]) {
    assert_eq!(show(surface, text), expected, "{text}");
}

/// A default without quotes may begin with any letter, and may be none.
#[test]
fn defaults_of_just_as_they_are_written() {
    check(
        Surface::Tasks(Tasks::Just),
        "run $A=é $B= $C='é':\n    claude\nlast $D=é",
        &["+run.A=?", "+run.B=?", "+run.C=é", "run: claude {}"],
    );
}

#[test]
fn just() {
    check(
        Surface::Tasks(Tasks::Just),
        "set dotenv-load\nexport ANTHROPIC_BASE_URL := \"https://h\\\\x\" # note\nA := 'b'\nB := env(\"C\", \"d\")\nD := A\nE := `pass x`\n# export OLD := \"k\"\n\n@run arg $ANTHROPIC_API_KEY=\"k\" $F='': dep\n    ANTHROPIC_AUTH_TOKEN='{{ D }}' claude -p \\\n      {{arg}}\n    export ANTHROPIC_MODEL=m\n\nall:\n  #!/usr/bin/env bash\n  export ANTHROPIC_MODEL=n\n\n  claude\npy:\n  #!/usr/bin/env python3\n  claude\n",
        &[
            "+ANTHROPIC_BASE_URL=https://h\\x",
            "A=b",
            "B=$C:d",
            "D=$A",
            "E=?",
            "#OLD=k",
            "+run.ANTHROPIC_API_KEY=k",
            "+run.F=",
            "+run.ANTHROPIC_AUTH_TOKEN=$D",
            "+run.ANTHROPIC_MODEL=m",
            "+all.ANTHROPIC_MODEL=n",
            "run: claude {ANTHROPIC_BASE_URL run.ANTHROPIC_API_KEY run.ANTHROPIC_AUTH_TOKEN} <.env>",
            "all: claude {ANTHROPIC_BASE_URL all.ANTHROPIC_MODEL} <.env>",
        ],
    );
    check(
        Surface::Tasks(Tasks::Just),
        "ANTHROPIC_MODEL := 'm'\nset export\n",
        &["+ANTHROPIC_MODEL=m", ": - {ANTHROPIC_MODEL}"],
    );
    check(Surface::Tasks(Tasks::Just), "a $X=\":\nB := \"open\nexport C := 'd'\n", &["+a.X=?", "B=?", "+C=d"]);
}

#[test]
fn taskfile() {
    check(
        Surface::Tasks(Tasks::Taskfile),
        "version: '3'\ndotenv: ['.env', x.env]\nenv:\n  ANTHROPIC_BASE_URL: https://h\n  ANTHROPIC_API_KEY: {sh: op read x}\ntasks:\n  run:\n    env: {ANTHROPIC_API_KEY: '{{.KEY}}'}\n    cmds:\n      - claude -p {{.CLI_ARGS}}\n      - cmd: A='{{.B}}' claude\n  short: claude\n  prepare:\n    env: {ANTHROPIC_MODEL: m}\n",
        &[
            "+env.ANTHROPIC_BASE_URL=https://h",
            "+env.ANTHROPIC_API_KEY=?",
            "+tasks.run.env.ANTHROPIC_API_KEY=$KEY",
            "+tasks.run.cmds[1].A=$B",
            "+tasks.prepare.env.ANTHROPIC_MODEL=m",
            "tasks.run: claude {env.ANTHROPIC_BASE_URL tasks.run.env.ANTHROPIC_API_KEY} <x.env> <.env>",
            "tasks.run: claude {env.ANTHROPIC_BASE_URL tasks.run.env.ANTHROPIC_API_KEY} <x.env> <.env>",
            "tasks.short: claude {env.ANTHROPIC_BASE_URL env.ANTHROPIC_API_KEY} <x.env> <.env>",
            "tasks.prepare: - {env.ANTHROPIC_BASE_URL env.ANTHROPIC_API_KEY tasks.prepare.env.ANTHROPIC_MODEL} <x.env> <.env>",
        ],
    );
}

#[test]
fn mise() {
    check(
        Surface::Tasks(Tasks::Mise),
        "[env]\nANTHROPIC_BASE_URL = \"https://h\"\nANTHROPIC_API_KEY = false\nANTHROPIC_AUTH_TOKEN = { value = \"t\", redact = true }\nA = \"{{ env.B }}\"\n_.file = [\".env\", { path = \"x.env\" }]\n[tasks]\nshort = \"claude\"\n[tasks.run]\nenv = { ANTHROPIC_MODEL = 'm' }\nrun = [\"echo hi\", '''\nexport ANTHROPIC_API_KEY=\"$K\"\nclaude\n''']\n",
        &[
            "+env.ANTHROPIC_BASE_URL=https://h",
            "+env.ANTHROPIC_API_KEY=unset",
            "+env.ANTHROPIC_AUTH_TOKEN=t",
            "+env.A=$B",
            "+tasks.run.env.ANTHROPIC_MODEL=m",
            "+tasks.run.run.ANTHROPIC_API_KEY=$K",
            "tasks.short: claude {env.ANTHROPIC_BASE_URL env.ANTHROPIC_API_KEY env.ANTHROPIC_AUTH_TOKEN} <.env> <x.env>",
            "tasks.run: claude {env.ANTHROPIC_BASE_URL env.ANTHROPIC_AUTH_TOKEN tasks.run.env.ANTHROPIC_MODEL tasks.run.run.ANTHROPIC_API_KEY} <.env> <x.env>",
        ],
    );
}

#[test]
fn procfile_and_packages() {
    check(
        Surface::Tasks(Tasks::Procfile),
        "web: ANTHROPIC_API_KEY=a exec claude -p x\nworker: env ANTHROPIC_MODEL=m claude\n# x: claude\nnot a line\n",
        &[
            "+web.ANTHROPIC_API_KEY=a",
            "+worker.ANTHROPIC_MODEL=m",
            "web: claude {web.ANTHROPIC_API_KEY}",
            "worker: claude {worker.ANTHROPIC_MODEL}",
        ],
    );
    check(
        Surface::Package,
        r#"{"scripts": {"ai": "cross-env ANTHROPIC_API_KEY=\"a b\" claude", "x:y": ["A=b ./x", "@php y"]},
            "tasks": {"t": {"command": "B=c claude"}}, "config": {"apiKey": "k"}, "other": {"token": "t"}}"#,
        &[
            "+scripts.ai.ANTHROPIC_API_KEY=a b",
            "+scripts.\"x:y\"[0].A=b",
            "+tasks.t.command.B=c",
            "+config.apiKey=k",
            "scripts.ai: claude {scripts.ai.ANTHROPIC_API_KEY}",
            "tasks.t: claude {}",
        ],
    );
}

#[test]
fn hostile_input() {
    let deep = ["[", "{", "{{", "a: ", "- ", "$X=\"", "\"", "\\", "a:\n  ", "export A := '", "set dotenv-path := "];
    for tasks in [Tasks::Just, Tasks::Taskfile, Tasks::Mise, Tasks::Procfile] {
        for piece in deep {
            show(Surface::Tasks(tasks), &piece.repeat(4_000));
            show(Surface::Tasks(tasks), &format!("run:\n  {}", piece.repeat(4_000)));
        }
        show(Surface::Tasks(tasks), &format!("run:\n  x: \"{}", "x".repeat(200_000)));
    }
}
