//! Standard streams that are closed, full, or whose reader goes; and a run that is told to end.

use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::common::machine::{answers, skipped};
use super::common::put_program;
use super::common::repo::Repo;
use super::common::text;
use super::{IGNORE, key, launcher, leaky};

/// A pipe that nobody reads any more.
fn closed() -> Stdio {
    let mut child = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
    let pipe = child.stdin.take().unwrap();
    child.wait().unwrap();
    pipe.into()
}

/// Whoever closes the pipe has seen enough; what was found is found all the same.
#[test]
fn a_reader_that_goes() {
    let (repo, _) = leaky();
    for (arguments, code) in [
        (&["lint"][..], 1),
        (&["lint", "--format", "json"], 1),
        (&["lint", "--staged"], 0),
        (&["lint", "--history"], 1),
        (&["lint", "--fail-on", "never"], 0),
        (&["lint", "nowhere"], 2),
        (&["lint", "--diff", "--unsafe-fixes"], 1),
        (&["lint", "--fix", "--format", "json"], 1),
        (&["lint", "--rule", "no-such-rule"], 2),
        (&["lint", "--no-such-option"], 2),
        (&["route"], 0),
        (&["rules"], 0),
        (&["explain", "both-credentials"], 0),
        (&["man"], 0),
        (&["hook", "install"], 0),
        (&["baseline", "nowhere"], 2),
    ] {
        for (out, err) in [(true, false), (false, true), (true, true)] {
            let mut command = repo.keylint(arguments);
            command.stdout(if out { closed() } else { Stdio::piped() });
            command.stderr(if err { closed() } else { Stdio::piped() });
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{arguments:?} {out} {err}");
            assert!(code == 2 || output.stderr.is_empty(), "{arguments:?}: {}", text(&output.stderr));
        }
    }
    // More than any buffer holds.
    let many: String = (0..300).map(|_| launcher(&key())).collect();
    let repo = Repo::committed(&[IGNORE, ("run.sh", &many)]);
    for arguments in
        [&["lint"][..], &["lint", "--format", "json"], &["lint", "--format", "sarif", "--output", "json=x"]]
    {
        let mut command = repo.keylint(arguments);
        let output = command.stdout(closed()).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(1), ""), "{arguments:?}");
    }
    assert!(fs::read_to_string(repo.path("x")).unwrap().starts_with('{'));
}

/// Streams that are not there at all.
#[test]
fn closed_from_the_start() {
    let (repo, _) = leaky();
    let keylint = env!("CARGO_BIN_EXE_keylint");
    for (words, code) in [
        ("lint >&-", 1),
        ("lint 2>&-", 1),
        ("lint <&- >&- 2>&-", 1),
        ("lint nowhere >&- 2>&-", 2),
        ("lint --staged <&-", 0),
        ("lint --history >&- 2>&-", 1),
        ("lint --stdin-filename x <&-", 0),
        ("lint --output json=x >&-", 1),
        ("claude-hook <&-", 1),
        ("lsp <&- >&-", 1),
        ("route >&-", 0),
    ] {
        let mut command = repo.program("/bin/sh", &["-c", &format!("exec \"$0\" {words}"), keylint]);
        assert_eq!(command.output().unwrap().status.code(), Some(code), "{words}");
    }
    assert!(fs::read_to_string(repo.path("x")).unwrap().starts_with('{'));
}

/// A disk without room, as standard output.
#[test]
fn full() {
    let Ok(full) = OpenOptions::new().write(true).open("/dev/full") else { return skipped("there is no /dev/full") };
    let (repo, _) = leaky();
    let said = "error: standard output: No space left on device (os error 28)\n";
    for arguments in [
        &["lint"][..],
        &["lint", "--format", "json"],
        &["lint", "--history"],
        &["lint", "--output", "json=x"],
        &["route"],
        &["rules"],
    ] {
        let output = repo.keylint(arguments).stdout(again(&full)).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(2), said), "{arguments:?}");
        let output = repo.keylint(arguments).stderr(again(&full)).output().unwrap();
        let code = if matches!(arguments[0], "lint") { 1 } else { 0 };
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
    assert!(fs::read_to_string(repo.path("x")).unwrap().starts_with('{'));
    let output = repo.keylint(&["lint", "nowhere"]).stderr(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// keylint, told to end in the middle of its work: it does, by that signal, and leaves no process and no file.
#[test]
fn told_to_end() {
    if !answers("/bin/sh", &["-c", "kill -0 $$"]) {
        return skipped("sh has no kill");
    }
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        if is_ignored(number) {
            skipped(&format!("whoever started the tests ignores {signal}, as nohup does, and so does keylint"));
            continue;
        }
        let (repo, _) = leaky();
        // git in the middle of its answer: it has begun, and its reader waits for more.
        let started = repo.home().join("started");
        let real = super::tools::git();
        let script = format!(
            "#!/bin/sh\nfor word; do case $word in diff-tree) echo $$ >>{}; read line; exec sleep 60;; esac; done\n\
             exec {} \"$@\"\n",
            started.display(),
            real.display()
        );
        put_program(&repo.home().join("bin/git"), &script);
        let mut command =
            repo.keylint(&["lint", "--history", "--output", "json=out.json", "--output", "sarif=old.sarif"]);
        command.env("PATH", format!("{}:/usr/bin:/bin", repo.home().join("bin").display()));
        repo.write("old.sarif", "old");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let processes = wait_for(&started);
        assert!(answers("kill", &[&format!("-{signal}"), &child.id().to_string()]));
        let status = child.wait().unwrap();
        assert_eq!((status.code(), status.signal()), (None, Some(number)));
        // A shell makes 128 and the signal of it: 130 after Ctrl-C.
        let mut out = String::new();
        child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        assert_eq!(out, "");
        let left: Vec<_> = fs::read_dir(&repo.root).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 4, "no file was begun: {left:?}");
        assert_eq!(fs::read_to_string(repo.path("old.sarif")).unwrap(), "old");
        // The script sleeps on and minds no pipe; the real git would have ended with its pipes, as is tested below.
        for process in processes.split_whitespace() {
            assert!(answers("kill", &["-9", process]));
        }
    }
}

/// Whether a signal does nothing here, and in what is started from here.
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).unwrap() >> (signal - 1) & 1 == 1)
}

/// The real git ends with keylint, though keylint had no time to say so.
#[test]
fn no_process_is_left() {
    let (repo, _) = leaky();
    for number in 0..40 {
        repo.write("run.sh", format!("{}# {number}\n", launcher(&key())));
        repo.commit();
    }
    let pids = repo.home().join("pids");
    let script = format!("#!/bin/sh\necho $$ >>{}\nexec {} \"$@\"\n", pids.display(), super::tools::git().display());
    put_program(&repo.home().join("bin/git"), &script);
    for arguments in
        [&["lint", "--history"][..], &["lint", "--history", "--all-files"], &["lint"], &["lint", "--staged"]]
    {
        let mut command = repo.keylint(arguments);
        command.env("PATH", format!("{}:/usr/bin:/bin", repo.home().join("bin").display()));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_for(&pids);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let start = Instant::now();
    while fs::read_to_string(&pids).unwrap().split_whitespace().any(is_running) {
        assert!(start.elapsed() < Duration::from_secs(60), "a git goes on");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until a file has a line, and returns what it holds.
fn wait_for(file: &std::path::Path) -> String {
    let start = Instant::now();
    loop {
        match fs::read_to_string(file) {
            Ok(text) if text.ends_with('\n') => return text,
            _ => assert!(start.elapsed() < Duration::from_secs(60), "git is not started"),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process runs. One that has ended may wait for a parent to ask how.
fn is_running(pid: &str) -> bool {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")),
        Err(_) => !cfg!(target_os = "linux") && answers("kill", &["-0", pid]),
    }
}

/// A file for one more stream.
fn again(file: &File) -> Stdio {
    file.try_clone().unwrap().into()
}
