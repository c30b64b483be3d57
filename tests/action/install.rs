//! The first step: a release with its checksum, or a build.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use crate::common::repo::Repo;
use crate::common::{machine, put_program, run, text};
use crate::release::{Server, TARGET, VERSION, archive, archive_name};
use crate::runner::{Done, Runner};

fn runner(server: &str) -> Runner {
    let mut runner = Runner::new(Repo::new());
    runner.github.insert("server_url", server.to_owned());
    runner.github.insert("action_repository", "OWNER/keylint".to_owned());
    runner
}

/// A folder with nothing but the programs of this name, for a `PATH`.
fn only(runner: &Runner, programs: &[&str]) -> PathBuf {
    let folder = runner.repo.home().join("only");
    fs::create_dir_all(&folder).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    for program in programs {
        let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
        symlink(found.unwrap_or_else(|| panic!("{program} is missing")), folder.join(program)).unwrap();
    }
    folder
}

const NEEDED: [&str; 10] = ["bash", "cut", "curl", "git", "gzip", "head", "mkdir", "sed", "sha256sum", "tar"];

fn without_cargo(runner: &mut Runner) -> PathBuf {
    let folder = only(runner, &NEEDED);
    runner.environment.insert("PATH", folder.to_str().unwrap().to_owned());
    folder
}

/// The step failed, and said this in one annotation.
fn fails(done: &Done, says: &str) {
    assert_eq!(done.code, 2, "{}", done.printed);
    let line = done.printed.lines().find(|line| line.starts_with("::error"));
    assert_eq!(line, Some(format!("::error title=keylint::{says}").as_str()), "{}", done.printed);
}

#[test]
fn the_release_of_the_actions_version() {
    let server = Server::with_release(Some(&archive().1));
    for version in ["", VERSION, &format!("v{VERSION}")] {
        let mut runner = runner(&server.url).with("version", version);
        without_cargo(&mut runner);
        let done = runner.step("install");
        assert_eq!(done.code, 0, "{}", done.printed);
        assert_eq!(done.printed, format!("keylint {VERSION}\n"));
        let program = PathBuf::from(runner.output("install", "program").unwrap());
        assert_eq!(text(&run(version_of(&program)).stdout), format!("keylint {VERSION}\n"));
        let files = fs::read_dir(program.parent().unwrap()).unwrap();
        let files: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["keylint"]);
    }
    let asked = server.asked.lock().unwrap();
    let archive = format!("/OWNER/keylint/releases/download/v{VERSION}/{}", archive_name());
    assert_eq!(asked[..2], [archive.clone(), archive + ".sha256"]);
    assert_eq!(asked.len(), 6);
}

fn version_of(program: &PathBuf) -> Command {
    let mut command = Command::new(program);
    command.arg("--version");
    command
}

#[test]
fn what_is_not_what_it_should_be_is_not_run() {
    let archive = archive_name();
    let wrong = format!("{}  {archive}\n", "0".repeat(64));
    for (sum, says) in [
        (Some(wrong.as_str()), format!("{archive} is not what its checksum says")),
        (Some(""), format!("{archive} is not what its checksum says")),
        (None, format!("the release v{VERSION} has no checksum for {archive}")),
    ] {
        let mut runner = runner(&Server::with_release(sum).url);
        fails(&runner.step("install"), &says);
        assert_eq!(runner.output("install", "program"), None);
        assert!(!runner.temp().join(format!("keylint/{VERSION}/bin/keylint")).exists());
    }
}

#[test]
fn a_release_that_is_not_there() {
    let server = Server::start(std::collections::BTreeMap::new());
    let mut asked_for = runner(&server.url).with("version", "9.9.9");
    let says = format!("OWNER/keylint has no release v9.9.9 with keylint-9.9.9-{TARGET}.tar.gz");
    fails(&asked_for.step("install"), &says);
    // Where nobody asked for one, it is built; here nothing builds.
    let mut own = runner(&server.url);
    without_cargo(&mut own);
    let says = "there is no release to use here; install Rust in a step before, to build keylint";
    fails(&own.step("install"), says);
    let mut nowhere = runner("http://127.0.0.1:1");
    nowhere.environment.insert("CURL_HOME", "/nonexistent".to_owned());
    fails(
        &nowhere.step("install"),
        &format!("{} could not be fetched from http://127.0.0.1:1/OWNER/keylint", archive_name()),
    );
    for version in ["../x", "0.1.0;ls", "$(ls)", "0.1.0 "] {
        let done = runner(&server.url).with("version", version).step("install");
        fails(&done, "`version` is a release such as 0.1.0, or `source`");
    }
    let mut local = Runner::new(Repo::new()).with("version", VERSION);
    assert_eq!(local.step("install").code, 2, "an action of the workspace has no releases");
}

/// Programs that answer for github.com, and for its attestations.
fn answering(runner: &mut Runner, attested: bool) {
    let folder = only(runner, &NEEDED.map(|name| if name == "curl" { "cat" } else { name }));
    runner.environment.insert("PATH", folder.to_str().unwrap().to_owned());
    let releases = archive().0.parent().unwrap().to_str().unwrap();
    let curl = format!(
        "#!/bin/bash\nwhile [ $# -gt 1 ]; do [ \"$1\" = --output ] && to=$2; shift; done\ncat '{releases}'/\"${{1##*/}}\" >\"$to\"\necho 200\n"
    );
    let gh = format!("#!/bin/bash\necho \"gh $*\" with \"${{GH_TOKEN:-no token}}\"\nexit {}\n", i32::from(!attested));
    for (name, script) in [("curl", curl), ("gh", gh)] {
        put_program(&folder.join(name), script);
    }
}

#[test]
fn attestations_are_checked() {
    let archive = archive_name();
    for attested in [true, false] {
        let mut runner = runner("https://github.com");
        runner.github.insert("token", "a-token".to_owned());
        answering(&mut runner, attested);
        let done = runner.step("install");
        let path = runner.temp().join(format!("keylint/{VERSION}/{archive}"));
        let asked = format!("gh attestation verify {} --repo OWNER/keylint with a-token\n", path.display());
        assert!(done.printed.starts_with(&asked), "{}", done.printed);
        match attested {
            true => assert_eq!(done.code, 0, "{}", done.printed),
            false => fails(&done, &format!("nothing attests that {archive} was built by OWNER/keylint")),
        }
    }
}

/// Takes a release build, so only where everything is required.
#[test]
fn a_build_of_the_actions_own_source() {
    if !machine::is_complete() {
        return machine::skipped("a release build takes minutes; KEYLINT_REQUIRE_TOOLS=1 runs it");
    }
    let mut runner = Runner::new(Repo::new()).with("version", "source");
    for name in ["CARGO_HOME", "RUSTUP_HOME"] {
        let folder = PathBuf::from(std::env::var_os("HOME").unwrap()).join(if name == "CARGO_HOME" {
            ".cargo"
        } else {
            ".rustup"
        });
        let folder = std::env::var(name).unwrap_or_else(|_| folder.to_str().unwrap().to_owned());
        runner.environment.insert(name, folder);
    }
    let done = runner.step("install");
    assert_eq!(done.code, 0, "{}", done.printed);
    assert!(done.printed.starts_with(&format!("building keylint {VERSION}\n")), "{}", done.printed);
    let program = PathBuf::from(runner.output("install", "program").unwrap());
    assert_eq!(text(&run(version_of(&program)).stdout), format!("keylint {VERSION}\n"));
}
