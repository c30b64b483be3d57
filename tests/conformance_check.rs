//! The check against the real client has to fail when the client does not do what was recorded, hangs or is missing:
//! `conformance/check.sh` and its programs, with stubs in place of the client.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use common::machine;
use common::put_program;
use common::repo::Repo;
use serde_json::Value;

/// A stub that leaves its process id, and a child's, in `pids` beside it and never ends.
const HANGS: &str = "sleep 1000 & echo $$ $! >>\"${0%/*}/pids\"; wait\n";

fn conformance() -> PathBuf {
    common::package().join("tests/conformance")
}

/// Whether the recorder works on this machine. Where tools are required it must.
fn is_observable() -> bool {
    let code = "import sys; sys.path.insert(0, sys.argv[1]); import network; sys.exit(network.leave_network())";
    let mut python = Command::new("python3");
    python.args(["-B", "-c", code]).arg(conformance());
    let missing = if !python.output().is_ok_and(|done| done.status.success()) {
        "python3, or a network namespace"
    } else if Command::new("openssl").arg("version").output().is_err() {
        "openssl"
    } else {
        return true;
    };
    machine::lacks(missing);
    false
}

/// A program named `claude` with this text, in the folder.
fn stub(folder: &Repo, text: &str) -> PathBuf {
    let path = folder.path("claude");
    put_program(&path, format!("#!/bin/sh\n{text}"));
    path
}

/// Exit code, standard output and errors.
fn run(command: &mut Command) -> (i32, String, String) {
    let done = command.output().unwrap();
    (done.status.code().unwrap(), common::text(&done.stdout), common::text(&done.stderr))
}

/// `check.sh` with this client, where tools are required and elsewhere.
fn check(folder: &Repo, client: &Path, is_required: bool) -> Command {
    let mut command = Command::new("bash");
    command.arg(conformance().join("check.sh")).env_remove("CI").env_remove("KEYLINT_REQUIRE_TOOLS");
    command.env("KEYLINT_CLIENT", client).env("KEYLINT_CLIENT_SECONDS", "0.5").env("TMPDIR", &folder.root);
    if is_required {
        command.env("KEYLINT_REQUIRE_TOOLS", "1");
    }
    command
}

/// That nothing runs any more of what the stub started.
fn assert_all_stopped(folder: &Repo) {
    let pids = fs::read_to_string(folder.path("pids")).unwrap();
    for pid in pids.split_whitespace() {
        // What has ended but was not waited for has no command line.
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let command = common::text(&command);
        assert!(!command.contains("sleep") && !command.contains("claude"), "{pid} runs: {command}");
    }
}

#[test]
fn what_is_killed_from_outside_was_not_stopped() {
    let limit = |seconds: &str, script: &str| {
        let mut bash = Command::new("bash");
        bash.args(["-c", "source \"$0\"; limit \"$1\" bash -c \"$2\""]);
        bash.arg(conformance().join("check_common.sh")).args([seconds, script]);
        run(&mut bash)
    };
    let (code, _, errors) = limit("100", "kill -9 $$");
    assert_eq!(
        (code, errors.contains("killed from outside after 0 s"), errors.contains("stopped")),
        (137, true, false)
    );
    let (code, _, errors) = limit("1", "sleep 100");
    assert_eq!((code, errors.contains("error: stopped after 1 s: bash")), (124, true), "{errors}");
    assert_eq!(limit("100", "exit 3").0, 3);
}

#[test]
fn a_hung_client_is_a_failure_after_a_bounded_time() {
    if !is_observable() {
        return;
    }
    let folder = Repo::plain();
    let client = stub(&folder, &format!("[ \"$1\" = --version ] && {{ echo 2.1.329; exit; }}\n{HANGS}"));
    for is_required in [true, false] {
        let started = Instant::now();
        let (code, _, errors) = run(&mut check(&folder, &client, is_required));
        assert_eq!(code, 1, "{errors}");
        assert!(errors.contains(": the client did not end within 0.5 s, try 3 of 3\n"), "{errors}");
        assert!(errors.contains("observe.py: gave up, the client hangs: "), "{errors}");
        assert!(errors.contains("error: the client was not observed to the end\n"), "{errors}");
        assert!(started.elapsed() < Duration::from_secs(120), "{:?}", started.elapsed());
    }
    assert_all_stopped(&folder);
}

#[test]
fn a_client_that_hangs_at_once_is_a_failure_where_it_is_required() {
    if !is_observable() {
        return;
    }
    let folder = Repo::plain();
    let client = stub(&folder, HANGS);
    let (code, _, errors) = run(&mut check(&folder, &client, true));
    let why = "observe.py: the client hangs: --version did not end within 0.5 s\n";
    assert_eq!((code, errors.as_str()), (1, &*format!("{why}error: the client cannot be observed here, see above\n")));
    let (code, output, errors) = run(&mut check(&folder, &client, false));
    assert_eq!((code, errors.as_str()), (0, why));
    assert!(output.ends_with("skipped: the client cannot be observed here, see above\n"), "{output}");
    assert_all_stopped(&folder);
}

#[test]
fn a_scenario_that_hangs_is_recorded_as_such() {
    if !is_observable() {
        return;
    }
    let folder = Repo::plain();
    let client = stub(&folder, &format!("[ \"$1\" = --version ] && {{ echo 2.1.329; exit; }}\n{HANGS}"));
    folder.write("scenarios.jsonl", "{\"name\": \"one\"}\n");
    let mut command = Command::new("python3");
    command.arg(conformance().join("observe.py")).arg(client).arg(folder.path("scenarios.jsonl"));
    command.args(["--timeout", "0.5", "--isolated"]).env("TMPDIR", &folder.root);
    let (code, output, errors) = run(&mut command);
    assert_eq!(code, 0, "{errors}");
    let observation: Value = serde_json::from_str(output.lines().nth(1).unwrap()).unwrap();
    assert_eq!(observation, serde_json::json!({"name": "one", "outcome": "timeout", "requests": [], "message": ""}));
    for attempt in 1..=3 {
        let said = format!("observe.py: one: the client did not end within 0.5 s, try {attempt} of 3\n");
        assert_eq!(errors.matches(&said).count(), 1, "{errors}");
    }
    assert_all_stopped(&folder);
}

#[test]
fn without_a_network_of_its_own_the_client_is_not_started() {
    if !is_observable() {
        return;
    }
    let folder = Repo::plain();
    let client = stub(&folder, "echo started >>\"${0%/*}/started\"\n");
    // A user namespace that may have no others below it.
    let inner = "echo 0 >/proc/sys/user/max_user_namespaces && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", inner, "sh", "python3"]);
    command.arg(conformance().join("observe.py")).arg(client).arg("--isolated");
    let (code, output, errors) = run(&mut command);
    assert_eq!((code, output.as_str()), (3, ""), "{errors}");
    assert!(errors.starts_with("observe.py: the system gives no network namespace ("), "{errors}");
    assert!(!folder.path("started").exists());
}

/// What is missing is said, and a failure only where it is required: `KEYLINT_REQUIRE_TOOLS=1` or `CI=true`.
#[test]
fn a_missing_client_is_a_failure_where_it_is_required() {
    let folder = Repo::plain();
    let tools = folder.path("bin");
    fs::create_dir(&tools).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let find = |tool: &str| std::env::split_paths(&path).map(|it| it.join(tool)).find(|it| it.exists());
    for tool in ["dirname", "uname", "sed", "date", "python3", "openssl", "git", "cargo"] {
        // Those at the end are only looked for, not started.
        symlink(find(tool).unwrap_or_else(|| "/bin/sh".into()), tools.join(tool)).unwrap();
    }
    let Some(bash) = find("bash") else { return };
    let without = |what: &str, prepare: &dyn Fn(&mut Command)| {
        for (variable, code) in [(None, 0), (Some(("KEYLINT_REQUIRE_TOOLS", "1")), 1), (Some(("CI", "true")), 1)] {
            let mut command = Command::new(&bash);
            command.arg(conformance().join("check.sh")).env_clear().env("PATH", &tools).envs(variable);
            prepare(&mut command);
            let (output, errors) = if code == 0 {
                (format!("skipped: {what}\n"), String::new())
            } else {
                (String::new(), format!("error: {what}\n"))
            };
            assert_eq!(run(&mut command), (code, output, errors), "{variable:?}");
        }
    };
    without("there is no client at /nonexistent", &|it| {
        it.env("KEYLINT_CLIENT", "/nonexistent");
    });
    without("npm is not installed", &|_| ());
    fs::remove_file(tools.join("python3")).unwrap();
    without("python3 is not installed", &|_| ());
}

#[test]
fn drift_names_the_scenario_and_the_field() {
    if !is_observable() {
        return;
    }
    let folder = Repo::plain();
    let (code, ..) = run(Command::new("python3").arg(conformance().join("sample.py")).arg(&folder.root));
    assert_eq!(code, 0);
    let sample = fs::read_to_string(folder.path("observed.jsonl")).unwrap();
    let outcomes = |text: &str| -> BTreeSet<String> {
        let lines = text.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.map(|line| line["outcome"].as_str().unwrap().to_owned()).collect()
    };
    let recorded = fs::read_to_string(conformance().join("observed.jsonl")).unwrap();
    assert_eq!(outcomes(&sample), outcomes(&recorded));
    assert!((50..100).contains(&sample.lines().count()), "{}", sample.lines().count());

    let drift = |text: &str| {
        folder.write("again.jsonl", text);
        let mut command = Command::new("python3");
        run(command
            .arg(conformance().join("drift.py"))
            .args([folder.path("observed.jsonl"), folder.path("again.jsonl")]))
    };
    assert_eq!(drift(&sample).0, 0);
    let first = "{\"name\": \"nothing-set\", \"outcome\": \"not-logged-in\"";
    assert!(sample.contains(first));
    let (code, output, _) = drift(&sample.replace(first, "{\"name\": \"nothing-set\", \"outcome\": \"timeout\""));
    assert_eq!(code, 1);
    assert!(output.starts_with("nothing-set: outcome\n  - \"not-logged-in\"\n  + \"timeout\"\noutcomes: "), "{output}");
    let lost: String = sample.lines().filter(|line| !line.starts_with(first)).map(|line| format!("{line}\n")).collect();
    let (code, output, _) = drift(&lost);
    assert_eq!(code, 1);
    assert!(output.starts_with("nothing-set: no longer recorded\noutcomes: "), "{output}");
}
