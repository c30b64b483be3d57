use crate::surface::show::show;
use crate::surface::{Surface, Tasks};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(show(Surface::Tasks(Tasks::Make), text), expected, "{text}");
}

#[test]
fn variables_and_exports() {
    check(
        "A := b # note\nC ?= d\\#e\nexport F = g\\\n   h\nexport I\nI = $(A)\n# export JJ = k\noverride L = $$x\n",
        &["A=b ", "C=d#e", "+F=g h", "I=$A", "#JJ=k", "L=dead $x"],
    );
    check(
        "export ANTHROPIC_API_KEY := a\nunexport ANTHROPIC_API_KEY\nexport ANTHROPIC_BASE_URL ?= u\nrun:\n\t@claude -p 'hi'\n",
        &[
            "+ANTHROPIC_API_KEY=a",
            "ANTHROPIC_API_KEY=unset",
            "+ANTHROPIC_BASE_URL=u",
            "run: claude {ANTHROPIC_API_KEY ANTHROPIC_BASE_URL}",
        ],
    );
    check("ANTHROPIC_API_KEY = a\nexport\n", &["+ANTHROPIC_API_KEY=a", ": - {ANTHROPIC_API_KEY}"]);
    check("ANTHROPIC_API_KEY = a\n", &["ANTHROPIC_API_KEY=a"]);
}

#[test]
fn recipes() {
    check(
        "CLAUDE ?= claude\nrun stop: dep\n\t-@ANTHROPIC_AUTH_TOKEN=$$T X='$(Y)' $(CLAUDE) -p \\\n\t  hi\n\techo $(shell op read x)\nnext: ; A=b claude\n",
        &[
            "CLAUDE=claude",
            "+run.ANTHROPIC_AUTH_TOKEN=$T",
            "+run.X=$Y",
            "+next.A=b",
            "run: claude {run.ANTHROPIC_AUTH_TOKEN}",
            "next: claude {}",
        ],
    );
    // Each line is a shell of its own, unless they are one.
    check("run:\n\texport ANTHROPIC_API_KEY=a\n\tclaude\n", &["+run.ANTHROPIC_API_KEY=a", "run: claude {}"]);
    check(
        ".ONESHELL:\nrun:\n\t@export ANTHROPIC_API_KEY=a\n\tclaude\n",
        &["+run.ANTHROPIC_API_KEY=a", "run: claude {run.ANTHROPIC_API_KEY}"],
    );
}

#[test]
fn targets_conditionals_and_files() {
    check(
        "run%: export ANTHROPIC_API_KEY = a\nrunx:\n\tclaude\nother:\n\tclaude\n",
        &["+\"run%\".ANTHROPIC_API_KEY=a", "runx: claude {\"run%\".ANTHROPIC_API_KEY}", "other: claude {}"],
    );
    check(
        "ifdef X\nexport ANTHROPIC_API_KEY = a\nelse\nexport ANTHROPIC_AUTH_TOKEN = b\nendif\nrun:\n\tclaude\n",
        &[
            "+ANTHROPIC_API_KEY=a",
            "+ANTHROPIC_AUTH_TOKEN=b",
            "run: claude {ANTHROPIC_AUTH_TOKEN}",
            "run: claude {ANTHROPIC_API_KEY}",
        ],
    );
    check("-include .env other.mk\nexport\nrun:\n\tclaude\n", &["run: claude {} <.env>"]);
    check(
        "define START\nANTHROPIC_API_KEY=a claude\nendef\nrun:\n\t$(START)\n",
        &["+START.ANTHROPIC_API_KEY=a", "START: claude {START.ANTHROPIC_API_KEY}"],
    );
}

#[test]
fn hostile_input() {
    for text in [
        "a:\n\t$(".to_owned() + &"(".repeat(1_000),
        "$(".repeat(10_000),
        "X = ".to_owned() + &"\\\n".repeat(1_000),
        "export ".repeat(10_000),
        "ifdef X\n".repeat(1_000),
        "ifdef X\nexport ANTHROPIC_API_KEY=a\nelse\n".repeat(1_000),
        "define X\n".repeat(10_000),
        "a:\n\t".to_owned() + &"x".repeat(200_000),
        "a: ".repeat(1_000),
        "a: export ANTHROPIC_A = b\na:\n\tclaude\n".repeat(1_000),
    ] {
        show(Surface::Tasks(Tasks::Make), &text);
    }
}

#[test]
fn reading_goes_on_behind_a_slip() {
    check("a:\n\techo 'open\n\nexport B = c\n", &["+B=c"]);
}
