//! Programs that a repository, or the environment, would have git run: none of them is. Each leaves a trace of itself.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::common::put_program;
use super::common::repo::Repo;
use super::tools::git;
use super::{IGNORE, USUAL, bounded, bounded_with, in_launcher, key, launcher, leaky, places};
use serde_json::json;

/// A program that leaves its name.
struct Trap {
    program: PathBuf,
    trace: PathBuf,
}

impl Trap {
    fn set(repo: &Repo) -> Self {
        let trap = Self { program: repo.home().join("trap"), trace: repo.home().join("trapped") };
        let text = format!("#!/bin/sh\necho \"$0 $*\" >>{}\nexit 1\n", trap.trace.display());
        put_program(&trap.program, &text);
        trap
    }

    fn path(&self) -> &str {
        self.program.to_str().unwrap()
    }

    /// Whether something has run since this was asked last.
    fn has_run(&self) -> bool {
        fs::remove_file(&self.trace).is_ok()
    }

    #[track_caller]
    fn is_quiet(&self, what: &str) {
        let trace = fs::read_to_string(&self.trace).unwrap_or_default();
        assert_eq!(trace, "", "{what}");
    }
}

/// Settings of git that name a program, or a file that does.
const SETTINGS: &str = "
[core] fsmonitor = @ ; hooksPath = @.hooks ; pager = @ ; editor = @ ; sshCommand = @ ; askPass = @ ; gitProxy = @
[core] alternateRefsCommand = @
[diff] external = @ ; tool = x ; guitool = x
[diff \"x\"] textconv = @ ; command = @
[filter \"x\"] clean = @ ; smudge = @ ; process = @ ; required = true
[merge] tool = x
[merge \"x\"] driver = @
[difftool \"x\"] cmd = @ ; path = @
[mergetool \"x\"] cmd = @ ; path = @
[interactive] diffFilter = @
[sequence] editor = @
[pager] diff = @ ; diff-tree = @ ; rev-list = @ ; rev-parse = @ ; ls-files = @ ; ls-tree = @ ; cat-file = @ ; config = @
[pager] for-each-ref = @ ; merge-base = @
[alias] diff = !@ ; diff-tree = !@ ; rev-list = !@ ; rev-parse = !@ ; ls-files = !@ ; ls-tree = !@ ; cat-file = !@
[alias] config = !@ ; for-each-ref = !@ ; merge-base = !@
[credential] helper = !@
[gpg] program = @
[gpg \"ssh\"] program = @ ; defaultKeyCommand = @
[log] showSignature = true
[web] browser = x
[browser \"x\"] cmd = @ ; path = @
[man] viewer = x
[man \"x\"] cmd = @ ; path = @
[help] browser = x
[trailer \"x\"] command = @ ; cmd = @ ; key = x
[hook \"x\"] command = @ ; event = pre-commit
[tar \"x\"] command = @
[uploadpack] packObjectsHook = @
[remote \"origin\"] url = ext::@ ; uploadpack = @ ; receivepack = @ ; vcs = @ ; promisor = true ; proxy = @
[protocol] allow = always
[protocol \"ext\"] allow = always
[protocol \"file\"] allow = always
[submodule] recurse = true
[submodule \"lib\"] update = !@ ; url = ext::@ ; active = true
[fetch] recurseSubmodules = true
[init] templateDir = @.hooks
[trace2] normalTarget = @.trace ; eventTarget = @.trace
[safe] directory = * ; bareRepository = all
[gc] auto = 1
[maintenance] auto = true
";

/// The settings one a line.
fn settings(trap: &Trap) -> String {
    SETTINGS
        .lines()
        .map(|line| line.replacen("] ", "]\n", 1).replace(" ; ", "\n").replace('@', trap.path()) + "\n")
        .collect()
}

/// A repository that would run the trap wherever git lets it, with a file that is staged and one that is changed.
fn repository() -> (Repo, Trap, String) {
    let key = key();
    let repo = Repo::committed(&[
        IGNORE,
        (".gitattributes", "* diff=x filter=x merge=x\n"),
        (".gitmodules", "[submodule \"lib\"]\n\tpath = lib\n\turl = ext::sh\n"),
        ("run.sh", "claude\n"),
        ("x", "x\n"),
    ]);
    repo.write("run.sh", launcher(&key) + "# as a file of its own\n");
    repo.commit();
    repo.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},lib", repo.commit_of("HEAD"))]);
    repo.write("new.sh", launcher(&key));
    repo.git(&["add", "new.sh"]);
    fs::remove_file(repo.path("x")).unwrap();
    let trap = Trap::set(&repo);
    for hook in ["pre-commit", "post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman"] {
        for folder in [repo.path(".git/hooks"), PathBuf::from(format!("{}.hooks", trap.path()))] {
            put_program(&folder.join(hook), fs::read(&trap.program).unwrap());
        }
    }
    // What is included counts like what includes it.
    fs::write(repo.home().join("included"), settings(&trap)).unwrap();
    let config = repo.path(".git/config");
    let includes = format!("[include]\n\tpath = {}\n", repo.home().join("included").display());
    fs::write(&config, fs::read_to_string(&config).unwrap() + &includes).unwrap();
    trap.has_run();
    (repo, trap, key)
}

/// What is asked of keylint, with what it ends with and places that are to be found.
fn commands(repo: &Repo) -> Vec<(Vec<&'static str>, String, i32, Vec<&'static str>)> {
    let event = json!({
        "hook_event_name": "PreToolUse", "tool_name": "Write", "cwd": repo.root,
        "tool_input": {"file_path": "run.sh", "content": "claude\n"},
    });
    let uri = format!("file://{}/run.sh", repo.root.display());
    let messages = [
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}),
        json!({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument":
            {"uri": uri, "languageId": "x", "version": 1, "text": "claude\n"}}}),
        json!({"jsonrpc": "2.0", "id": 2, "method": "shutdown"}),
        json!({"jsonrpc": "2.0", "method": "exit"}),
    ];
    let framed = messages.map(|message| message.to_string());
    let framed = framed.map(|text| format!("Content-Length: {}\r\n\r\n{text}", text.len())).concat();
    let (run, new) = ("run.sh", "new.sh");
    let nothing = String::new;
    vec![
        (vec!["lint", "--format", "json"], nothing(), 1, vec![new, run]),
        (vec!["lint", "--staged", "--format", "json"], nothing(), 1, vec![new]),
        (vec!["lint", "--range", "HEAD~1..HEAD", "--format", "json"], nothing(), 1, vec![run]),
        (vec!["lint", "--history", "--format", "json"], nothing(), 1, vec![run]),
        (vec!["lint", "--history", "--all-files", "--format", "json"], nothing(), 1, vec![run]),
        (vec!["lint", "--pre-commit", "--format", "json", "--", "new.sh"], nothing(), 1, vec![new]),
        (vec!["lint", "--stdin-filename", "y", "--format", "json"], "x\n".to_owned(), 0, vec![]),
        (vec!["lint", "--fix", "--unsafe-fixes", "--format", "json"], nothing(), 1, vec![new, run]),
        (vec!["lint", "--staged", "--fix", "--format", "json"], nothing(), 1, vec![new]),
        (vec!["route", "--format", "json"], nothing(), 0, vec![]),
        (vec!["claude-hook"], event.to_string(), 0, vec![]),
        (vec!["lsp"], framed, 0, vec![]),
        (vec!["baseline"], nothing(), 0, vec![]),
        (vec!["allow", "secret-in-launcher", "run.sh", "ANTHROPIC_API_KEY", "--reason", "x"], nothing(), 0, vec![]),
    ]
}

/// Asks everything, in an environment that `prepare` makes: what is found is the same, and nothing runs.
#[track_caller]
fn nothing_runs(repo: &Repo, trap: &Trap, key: &str, what: &str, prepare: &dyn Fn(&mut Command)) {
    for (arguments, input, code, expected) in commands(repo) {
        let mut command = repo.keylint(&arguments);
        prepare(&mut command);
        let ended = bounded_with(&command, USUAL, input.as_bytes());
        ended.hides(key);
        trap.is_quiet(&format!("{what}: {arguments:?}"));
        assert_eq!(ended.code, Some(code), "{what}: {arguments:?}: {}{}", ended.out, ended.err);
        if arguments.contains(&"lint") {
            let expected: Vec<String> = expected.into_iter().map(in_launcher).collect();
            assert_eq!(places(&ended), expected, "{what}: {arguments:?}");
        }
    }
    for file in ["keylint-baseline.txt", "keylint.toml"] {
        fs::remove_file(repo.path(file)).unwrap();
    }
}

/// Nothing that the repository's own configuration names.
#[test]
fn of_the_configuration() {
    let (repo, trap, key) = repository();
    // The traps work: git itself falls into them.
    assert!(!trap.has_run());
    let _ = repo.command(&["status"]).output().unwrap();
    assert!(trap.has_run(), "core.fsmonitor");
    let _ = repo.command(&["diff"]).output().unwrap();
    assert!(trap.has_run(), "diff.external");
    nothing_runs(&repo, &trap, &key, "configuration", &|_| {});
    // `hook install` asks git for the folder, and says that it is another one.
    let ended = bounded(&repo.keylint(&["hook", "install"]), USUAL);
    assert_eq!(ended.code, Some(2), "{}", ended.out);
    assert!(ended.err.contains("core.hooksPath"), "{}", ended.err);
    trap.is_quiet("hook install");
}

/// A bare repository that lies in a folder of the work tree, with a configuration of its own.
#[test]
fn of_a_repository_in_a_folder() {
    let (repo, key) = leaky();
    let trap = Trap::set(&repo);
    repo.git(&["init", "-q", "--bare", "docs"]);
    let config = format!("[core]\n\tbare = false\n\tworktree = {}\n{}", repo.root.display(), settings(&trap));
    repo.write("docs/config", config);
    repo.write("docs/run.sh", launcher(&key));
    for arguments in [&["lint", "docs"][..], &["lint"], &["lint", "--staged"], &["lint", "--history"], &["route"]] {
        for folder in [repo.root.clone(), repo.path("docs"), repo.path("docs/objects")] {
            let mut command = repo.keylint(arguments);
            command.current_dir(folder);
            let ended = bounded(&command, USUAL);
            ended.hides(&key);
            trap.is_quiet(&format!("{arguments:?}"));
        }
    }
}

/// Nothing that variables name; those say which repository is meant, and have a trace written, as ever.
#[test]
fn of_the_environment() {
    let (repo, trap, key) = repository();
    fs::write(repo.path(".git/config"), "[core]\n\trepositoryformatversion = 0\n").unwrap();
    let configured = repo.home().join("configured");
    fs::write(&configured, settings(&trap)).unwrap();
    // Programs of git's own, by their names.
    let folder = repo.home().join("exec");
    for command in
        ["rev-parse", "ls-files", "diff", "cat-file", "rev-list", "diff-tree", "config", "remote-ext", "fetch"]
    {
        put_program(&folder.join(format!("git-{command}")), fs::read_to_string(&trap.program).unwrap());
    }
    let programs = |command: &mut Command| {
        for name in [
            "GIT_EXTERNAL_DIFF",
            "GIT_PAGER",
            "PAGER",
            "GIT_EDITOR",
            "EDITOR",
            "VISUAL",
            "GIT_SEQUENCE_EDITOR",
            "GIT_ASKPASS",
            "SSH_ASKPASS",
            "GIT_SSH",
            "GIT_SSH_COMMAND",
            "GIT_PROXY_COMMAND",
            "BROWSER",
            "MANPAGER",
        ] {
            command.env(name, trap.path());
        }
        command.env("LESSOPEN", format!("|{} %s", trap.path())).env("GIT_PAGER_IN_USE", "true");
        command.env("GIT_EXEC_PATH", &folder).env("GIT_TEMPLATE_DIR", format!("{}.hooks", trap.path()));
        command.env("GIT_DIFF_OPTS", "--unified=0").env("GIT_NAMESPACE", "x").env("GIT_ALLOW_PROTOCOL", "ext:file");
    };
    nothing_runs(&repo, &trap, &key, "programs", &programs);
    for name in ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] {
        nothing_runs(&repo, &trap, &key, name, &|command| {
            command.env(name, &configured).env_remove("GIT_CONFIG_NOSYSTEM");
        });
    }
    nothing_runs(&repo, &trap, &key, "GIT_CONFIG_COUNT", &|command| {
        command.env("GIT_CONFIG_COUNT", "3").env("GIT_CONFIG_KEY_0", "core.fsmonitor");
        command.env("GIT_CONFIG_KEY_1", "diff.external").env("GIT_CONFIG_KEY_2", "core.hooksPath");
        for number in 0..3 {
            command.env(format!("GIT_CONFIG_VALUE_{number}"), trap.path());
        }
    });
    nothing_runs(&repo, &trap, &key, "GIT_CONFIG_PARAMETERS", &|command| {
        command.env("GIT_CONFIG_PARAMETERS", format!("'core.fsmonitor={0}' 'core.pager'='{0}'", trap.path()));
    });
    // git writes its traces where it is told to, and says what it does: nothing of that is an answer.
    let trace = repo.home().join("trace");
    for value in ["1", "2", trace.to_str().unwrap()] {
        for name in ["GIT_TRACE", "GIT_TRACE_SETUP", "GIT_TRACE2", "GIT_TRACE2_EVENT"] {
            let mut command = repo.keylint(&["lint", "--format", "json"]);
            let ended = bounded(command.env(name, value), USUAL);
            assert_eq!((places(&ended), ended.err.as_str()), (vec![in_launcher("new.sh"), in_launcher("run.sh")], ""));
            for range in ["HEAD~1..HEAD", "HEAD..HEAD"] {
                let mut command = repo.keylint(&["lint", "--range", range, "--format", "json"]);
                let ended = bounded(command.env(name, value), USUAL);
                assert_eq!(
                    (ended.code, ended.err.as_str()),
                    (Some(i32::from(range.contains('~'))), ""),
                    "{name} {value}"
                );
            }
        }
    }
}

/// Variables that lead to another repository hold for the folder where keylint is started, as for git, and what that
/// repository's configuration names is not run either.
#[test]
fn of_a_repository_that_variables_name() {
    let (evil, trap, _) = repository();
    let (repo, key) = leaky();
    let git = evil.path(".git");
    for variables in [
        &[("GIT_DIR", git.clone())][..],
        &[("GIT_DIR", git.clone()), ("GIT_WORK_TREE", repo.root.clone())],
        &[("GIT_COMMON_DIR", git.clone())],
        &[("GIT_INDEX_FILE", git.join("index"))],
        &[("GIT_OBJECT_DIRECTORY", git.join("objects")), ("GIT_ALTERNATE_OBJECT_DIRECTORIES", git.join("objects"))],
    ] {
        for arguments in [&["lint"][..], &["lint", "--staged"], &["lint", "--history"], &["route"], &["baseline"]] {
            let mut command = repo.keylint(arguments);
            let ended = bounded(command.envs(variables.iter().cloned()), USUAL);
            ended.hides(&key);
            trap.is_quiet(&format!("{variables:?} {arguments:?}"));
            assert!(ended.code.is_some_and(|code| code <= 2), "{variables:?} {arguments:?}");
        }
        let _ = fs::remove_file(repo.path("keylint-baseline.txt"));
    }
}

/// A `git` in the repository itself is not run where `PATH` says `.` or nothing: keylint asks git in that folder.
#[test]
fn in_the_repository_itself() {
    let (repo, trap, key) = repository();
    fs::write(repo.path(".git/config"), "[core]\n\trepositoryformatversion = 0\n").unwrap();
    let text = format!("#!/bin/sh\necho \"$0\" >>{}\nexec {} \"$@\"\n", trap.trace.display(), git().display());
    for name in ["git", "bin/git", "git-rev-parse", "sh", "cat"] {
        put_program(&repo.path(name), &text);
    }
    repo.write(".git/info/exclude", "/git*\n/bin\n/sh\n/cat\n");
    let real = git();
    let usual = real.parent().unwrap().display();
    for path in [format!(".:{usual}"), format!(":{usual}"), format!("bin:./bin:{usual}"), format!("../work:{usual}::")]
    {
        nothing_runs(&repo, &trap, &key, &path, &|command| {
            command.env("PATH", &path);
        });
    }
    // No other git is there: that is said.
    for path in [".", "", "bin:."] {
        let mut command = repo.keylint(&["lint", "--staged"]);
        // The shell that sets the limit is found by the path of the test.
        let output = command.env("PATH", path).output().unwrap();
        let said = "error: git is not installed, and nobody else knows what was or will be committed\n";
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(2), said), "{path}");
        trap.is_quiet(path);
    }
    // Whoever names a folder absolutely means it.
    let mut command = repo.keylint(&["lint", "--format", "json"]);
    let ended = bounded(command.env("PATH", format!("{}:{usual}", repo.path("bin").display())), USUAL);
    assert_eq!((ended.code, trap.has_run()), (Some(1), true));
}

/// A clone that lacks objects, whose origin would be a program: nothing is fetched, whichever git this is.
#[test]
fn of_a_promisor() {
    let (repo, trap, key) = repository();
    let object = String::from_utf8(repo.git(&["rev-parse", "HEAD:run.sh"])).unwrap();
    let (folder, name) = object.trim().split_at(2);
    fs::remove_file(repo.path(format!(".git/objects/{folder}/{name}"))).unwrap();
    fs::remove_file(repo.path("run.sh")).unwrap();
    let config = "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tpartialClone = origin\n";
    // A git before 2.45 does not know the variable that forbids to fetch.
    let old = repo.home().join("old/git");
    put_program(&old, format!("#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec {} \"$@\"\n", git().display()));
    let paths = [None, Some(format!("{}:{}", old.parent().unwrap().display(), std::env::var("PATH").unwrap()))];
    let urls = [format!("ext::{}", trap.path()), "../home/origin".to_owned(), "ssh://x/y".to_owned()];
    for (path, url) in paths.iter().flat_map(|path| urls.iter().map(move |url| (path, url))) {
        let remote = format!("url = {url}\npromisor = true\nuploadpack = {0}\n[core]\nsshCommand = {0}\n", trap.path());
        let allowed = "[protocol \"ext\"]\nallow = always\n[protocol \"file\"]\nallow = always\n[protocol \"ssh\"]\nallow = always\n";
        fs::write(repo.path(".git/config"), format!("{config}[remote \"origin\"]\n{remote}{allowed}")).unwrap();
        for arguments in [
            &["lint"][..],
            &["lint", "--staged"],
            &["lint", "--range", "HEAD~1..HEAD"],
            &["lint", "--history"],
            &["lint", "--history", "--all-files"],
        ] {
            let mut command = repo.keylint(arguments);
            if let Some(path) = path {
                command.env("PATH", path);
            }
            let ended = bounded(&command, USUAL);
            ended.hides(&key);
            trap.is_quiet(&format!("{url} {arguments:?}"));
            // A git that would fetch and is not allowed to may also end over it.
            if path.is_some() && ended.err.contains("not allowed. Repair the repository") && ended.code == Some(2) {
                continue;
            }
            let (code, words) = match arguments {
                ["lint"] | [_, "--staged"] => (2, "error: not read: run.sh: "),
                [_, "--range", _] => (2, "error: --range HEAD~1..HEAD: 1 file of its commits are not in this clone"),
                // What is staged is in no commit, and no file of a commit.
                [.., "--all-files"] => (1, "note: what this partial clone has not fetched was not searched\n"),
                _ => (0, "note: 1 version was not read: this is a partial clone, and nothing is fetched\n"),
            };
            assert_eq!(ended.code, Some(code), "{url} {arguments:?}: {}{}", ended.out, ended.err);
            let said = ended.out + &ended.err;
            assert!(said.contains(words), "{arguments:?}: {said}");
        }
    }
    // The trap works: git, asked without keylint's settings, falls into it.
    let url = format!("ext::{}", trap.path());
    repo.git(&["config", "remote.origin.url", &url]);
    let _ = repo.command(&["cat-file", "-p", object.trim()]).output().unwrap();
    assert!(trap.has_run(), "a missing object is fetched");
}
