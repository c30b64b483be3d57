//! Where output goes, which dotenv files are read, and what is started elsewhere.

use super::*;

#[test]
fn where_output_goes() {
    #[track_caller]
    fn goes(text: &str, expected: &str) {
        let document = script(text);
        let letters = document.commands.iter().map(|command| match command.output {
            Output::Shown => 'S',
            Output::Captured => 'C',
            Output::Piped => 'P',
            Output::Redirected => 'R',
        });
        assert_eq!(letters.collect::<String>(), expected, "{text}");
    }
    goes("echo $X; echo $X >f; echo $X >>f; echo $X >/dev/null; echo $X &>f; echo $X 1>f; >f echo $X", "SRRRRRR");
    goes("echo $X >&2; echo $X 2>f; echo $X 2>&1; echo $X >/dev/stderr; echo $X >/dev/tty; echo $X >&-", "SSSSSR");
    goes("echo $X >f 2>&1; echo $X 2>&1 >f; echo $X >f >&2; echo $X >&f", "RRSR");
    goes("echo $X | docker login --password-stdin | cat; a || b", "PPSSS");
    goes("Y=$(echo $X); Y=`echo $X`; Z=\"$(echo $X | cut -c1)\"; read Y < <(echo $X); read Y <<<\"$(f)\"", "CCPCSCSC");
    goes("{ echo $X; echo $Y >&2; } >f; (echo $X; echo $Y) | cat; if a; then echo $X; fi >f", "RSPPSRR");
    goes("tee >(cat) <f; echo $X > >(cat)", "SSPS");
    goes("bash -c 'echo $X' >f; eval 'echo $X' | cat", "RRPPS");
    goes("cat > f.txt <<E\nX\nE\ncat <<E | tee .env\nX\nE\n", "RPS");
    // A function's return value.
    goes("f() { echo $X; }; Y=$(f); Z=\"$(f | tail -1)\"", "CCPC");
    goes("f() { echo $X; }; Y=$(f); f", "SCS");
    goes("f() { echo $X; }; g() { f; }; Y=$(g)", "CCC");
    goes("f() { echo $X >&2; echo $Y; }; f >f", "SRR");
    goes("f() { echo $X; }", "S");
}

/// `path+name` of a launch's dotenv files: `!` where all in them is exported, then what they replace.
fn includes(text: &str) -> Vec<String> {
    let document = script(text);
    let line = |launch: &Launch| {
        let files: Vec<String> = launch
            .includes
            .iter()
            .map(|include| {
                let replaced: Vec<String> =
                    include.replaces.iter().map(|&index| shown(&document.assignments[index])).collect();
                let mark = if include.exports { "!" } else { "" };
                format!("{}{mark}({})", include.path.text.expose(), replaced.join(","))
            })
            .collect();
        files.join("|")
    };
    document.launches.iter().map(line).collect()
}

#[test]
fn dotenv_files_of_a_launch() {
    #[track_caller]
    fn reads(text: &str, expected: &[&str]) {
        assert_eq!(includes(text), expected, "{text}");
    }
    reads(". ./.env; claude", &["./.env()"]);
    reads("set -a; source a/.env; set +a; claude", &["a/.env!()"]);
    reads("export ANTHROPIC_MODEL=a; set -a; . .env; ANTHROPIC_BASE_URL=b; claude", &[".env!(ANTHROPIC_MODEL=a)"]);
    reads("export ANTHROPIC_MODEL; . ./.env; claude", &["./.env(ANTHROPIC_MODEL=$ANTHROPIC_MODEL)"]);
    reads("export ANTHROPIC_MODEL; export -n ANTHROPIC_MODEL; . ./.env; claude", &["./.env(ANTHROPIC_MODEL unset)"]);
    reads("(. ./.env); f() { local ANTHROPIC_MODEL=a; }; f; export ANTHROPIC_MODEL; claude", &[""]);
    reads("set -a; . \"$DIR/.env\"; claude; . ./x.env; claude", &["$DIR/.env!()", "$DIR/.env!()|./x.env!()"]);
    reads(
        "export ANTHROPIC_MODEL=a; ANTHROPIC_API_KEY=k op run --env-file=.env -- claude",
        &[".env!(ANTHROPIC_MODEL=a,ANTHROPIC_API_KEY=k)"],
    );
    reads("export ANTHROPIC_MODEL=a; dotenv -e .env -e .env.local -- claude", &[".env!()|.env.local!()"]);
    reads("dotenv -v A=b claude; dotenvx run -- claude", &[".env!()", ".env!()"]);
    reads("env -u X $(grep -v '^#' ./.env | xargs) A=b claude", &["./.env!()"]);
    reads("if [ -f .env ]; then . .env; fi; claude", &[".env()"]);
    reads("if [ -f .env ]; then . .env; else export ANTHROPIC_MODEL=a; fi; claude", &[".env()", ""]);
    reads("if x; then . .env; fi; claude", &[".env()", ""]);
    reads("(. .env); claude", &[""]);
    reads("load() { . \"$1\"; }; load .env; claude", &["$1()"]);
    reads("docker run --env-file a.env -e ANTHROPIC_MODEL=b --env-file=b.env i claude", &["a.env!()|b.env!()"]);
    reads("docker compose --env-file .env run -e ANTHROPIC_MODEL=b s claude", &[""]);
    reads("env -i claude; . .env; env -i claude", &["", ""]);
    // Not a dotenv file's content.
    reads("export $(jq -r '.env' f.json); eval \"$(direnv hook bash)\"; claude", &[""]);
}

#[test]
fn containers_get_what_they_are_given() {
    let outer = "export ANTHROPIC_API_KEY=a ANTHROPIC_MODEL=m\n";
    starts(&format!("{outer}docker run -it --rm -v a:b -e ANTHROPIC_MODEL=c image claude"), &["ANTHROPIC_MODEL=c"]);
    starts(
        &format!("{outer}docker run -e ANTHROPIC_MODEL --env=ANTHROPIC_AUTH_TOKEN=t image claude"),
        &["ANTHROPIC_MODEL=m|ANTHROPIC_AUTH_TOKEN=t"],
    );
    starts(
        &format!("{outer}podman exec -eANTHROPIC_AUTH_TOKEN=t box sh -c 'ANTHROPIC_MODEL=x claude'"),
        &["ANTHROPIC_AUTH_TOKEN=t|ANTHROPIC_MODEL=x"],
    );
    starts("docker run -e ANTHROPIC_API_KEY image claude", &["ANTHROPIC_API_KEY=$ANTHROPIC_API_KEY"]);
    starts("docker compose run --rm -e ANTHROPIC_API_KEY=a web python x.py", &["ANTHROPIC_API_KEY=a"]);
    starts("docker run -e OTHER=a image x; docker build --build-arg X=y .", &[]);
    starts(
        &format!("{outer}ssh -p 1 host 'ANTHROPIC_MODEL=there claude'; claude"),
        &["ANTHROPIC_MODEL=there", "ANTHROPIC_API_KEY=a|ANTHROPIC_MODEL=m"],
    );
}

#[test]
fn lists_of_variables() {
    let set = "export ANTHROPIC_API_KEY=a ANTHROPIC_MODEL=m\n";
    let gone = &["ANTHROPIC_API_KEY unset|ANTHROPIC_MODEL unset"];
    for clears in [
        "for v in ANTHROPIC_API_KEY ANTHROPIC_MODEL; do unset \"$v\"; done",
        "for v in ANTHROPIC_API_KEY ANTHROPIC_MODEL\ndo\n  unset ${v}\ndone",
        "VARS=\"ANTHROPIC_API_KEY ANTHROPIC_MODEL\"; for v in $VARS; do unset $v; done",
        "VARS=(ANTHROPIC_API_KEY\n ANTHROPIC_MODEL); for v in \"${VARS[@]}\"; do unset \"$v\"; done",
        "VARS=(ANTHROPIC_API_KEY ANTHROPIC_MODEL); unset \"${VARS[@]}\"",
    ] {
        let document = script(&format!("{set}{clears}; claude"));
        assert_eq!(launches(&document.assignments, &document.launches), gone, "{clears}");
    }
    // By names that nobody knows: none of them counts as set.
    for clears in [
        "for v in $(env | cut -d= -f1 | grep ^ANTHROPIC); do unset \"$v\"; done",
        "unset \"${!ANTHROPIC_@}\"",
        "while read -r v; do unset \"$v\"; done < names",
    ] {
        starts(&format!("{set}{clears}; claude"), &[""]);
    }
    starts("for v in A ANTHROPIC_MODEL; do echo $v; done; export ANTHROPIC_MODEL=m; claude", &["ANTHROPIC_MODEL=m"]);
    starts("run=(claude -p); ANTHROPIC_MODEL=m \"${run[@]}\" hi; BIN=claude; $BIN", &["ANTHROPIC_MODEL=m", ""]);
}

#[test]
fn what_starts_no_session() {
    starts("export ANTHROPIC_MODEL=m; claude mcp add x -e A=b -- npx y; claude --version", &["ANTHROPIC_MODEL=m"]);
    let document = script("export ANTHROPIC_MODEL=m; claude mcp list; claude update; claude doctor");
    assert!(document.launches.iter().all(|launch| launch.command.is_none()));
}

#[test]
fn settings_in_words_and_here_documents() {
    let keys = |text: &str| -> Vec<String> {
        let document = script(text);
        document.assignments.iter().map(|found| format!("{:?} {}", found.slot, found.key)).collect()
    };
    assert_eq!(
        keys("claude --settings '{\"apiKeyHelper\": \"echo x\", \"env\": {\"ANTHROPIC_MODEL\": \"m\"}}'"),
        ["Command --settings.apiKeyHelper", "Variable --settings.env.ANTHROPIC_MODEL"]
    );
    starts(
        "ANTHROPIC_MODEL=a claude --settings '{\"apiKeyHelper\": \"echo x\", \"env\": {\"ANTHROPIC_MODEL\": \"m\"}}'",
        &["apiKeyHelper=echo x|ANTHROPIC_MODEL=m"],
    );
    starts(
        "mkdir -p .claude\ncat > .claude/settings.local.json <<EOF\n{\"env\": {\"ANTHROPIC_MODEL\": \"$M\"}}\nEOF\n",
        &["ANTHROPIC_MODEL=$M"],
    );
    starts("cat > x/settings.json <<EOF\n{\"env\": {\"ANTHROPIC_MODEL\": \"m\"}}\nEOF\n", &[]);
    assert_eq!(
        keys("cat > .mcp.json <<'EOF'\n{\"mcpServers\": {\"x\": {\"env\": {\"A_TOKEN\": \"t\"}}}}\nEOF\n"),
        ["Variable <<.mcp.json.mcpServers.x.env.A_TOKEN"]
    );
}

#[test]
fn locals_and_files() {
    let text =
        "export ANTHROPIC_API_KEY=a\nset -a\n. ./.env\nset +a\nf() { local ANTHROPIC_API_KEY=b; }\nf arg\nclaude\n";
    assert_eq!(includes(text), ["./.env!(ANTHROPIC_API_KEY=a)"]);
    let text = "export ANTHROPIC_API_KEY=a\nf() { local ANTHROPIC_API_KEY=b; set -a; . ./.env; }\nf arg\nclaude\n";
    assert_eq!(includes(text), ["./.env!()"]);
}
