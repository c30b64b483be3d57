//! What is seen of a work tree, with the real git.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, clippy::semicolon_if_nothing_returned)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use keylint::path::RepoPath;
use keylint::source::git::Options;
use keylint::source::worktree::{Worktree, open_with};
use keylint::source::{Entry, Mode, ReadError, Source, SourceError, State};

#[path = "common/machine.rs"]
mod machine;
#[path = "common/repo.rs"]
mod repo;
use repo::Repo;

fn wanted(path: &RepoPath) -> bool {
    matches!(path.name(), ".env" | "settings.local.json" | "CLAUDE.local.md")
}

fn options(repo: &Repo) -> Options {
    Options { env: repo.env(), ..Options::default() }
}

fn open_in(repo: &Repo, cwd: &Path, paths: &[&str]) -> Result<Worktree, SourceError> {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    open_with(&options(repo), &paths, cwd, &wanted)
}

fn open(repo: &Repo) -> Worktree {
    open_in(repo, &repo.root, &[]).unwrap()
}

fn error(result: Result<Worktree, SourceError>) -> SourceError {
    match result {
        Ok(_) => panic!("opened"),
        Err(error) => error,
    }
}

/// A line for each entry: state, deciding rule, path, kind.
fn shown(worktree: &Worktree) -> Vec<String> {
    worktree.snapshot.entries.iter().map(|entry| show(entry, worktree.state(entry).unwrap())).collect()
}

fn show(entry: &Entry, state: State) -> String {
    let state = match state {
        State::Tracked => "tracked".to_owned(),
        State::Staged => "staged".to_owned(),
        State::WouldBeCommitted => "new".to_owned(),
        State::Private { by } => format!("private {}:{}", by.file, by.line),
        State::PrivateOnlyHere { by } => {
            let file = by.file.rsplit(['/', '\\']).next().unwrap();
            format!("here {file}:{}:{}", by.line, by.pattern)
        }
        State::NoGit => "nogit".to_owned(),
    };
    let kind = match entry.mode {
        Mode::File => "",
        Mode::Executable => " *",
        Mode::Symlink => " @",
    };
    format!("{state} {}{kind}", entry.path.as_str())
}

fn get<'a>(worktree: &'a Worktree, path: &str) -> &'a Entry {
    worktree.snapshot.entry(&path.into()).unwrap()
}

fn read(worktree: &Worktree, path: &str) -> Result<String, ReadError> {
    let bytes = worktree.read(get(worktree, path))?;
    Ok(String::from_utf8(bytes).unwrap())
}

fn paths(list: &[RepoPath]) -> Vec<&str> {
    list.iter().map(RepoPath::as_str).collect()
}

#[test]
fn every_state() {
    let repo = Repo::committed(&[(".gitignore", ".env\nbuild/\n.claude/*.local.json\n"), ("a", "1"), ("changed", "1")]);
    repo.write_all(&[
        ("staged", ""),
        ("new", ""),
        (".env", "A=1"),
        ("sub/.env", ""),
        ("changed", "2"),
        ("build/.env", ""),
        ("build/out", ""),
        (".claude/settings.local.json", "{}"),
        ("sub/.claude/settings.local.json", "{}"),
        ("unwanted.local", ""),
    ]);
    repo.git(&["add", "staged", "changed"]);
    let worktree = open(&repo);
    assert_eq!(
        shown(&worktree),
        [
            "private .gitignore:3 .claude/settings.local.json",
            "private .gitignore:1 .env",
            "tracked .gitignore",
            "tracked a",
            "tracked changed",
            "new new",
            "staged staged",
            "new sub/.claude/settings.local.json",
            "private .gitignore:1 sub/.env",
            "new unwanted.local",
        ]
    );
    assert_eq!(read(&worktree, "changed").unwrap(), "2");
    let snapshot = &worktree.snapshot;
    assert!(snapshot.git && snapshot.selects(&"a".into()));
    assert_eq!(snapshot.state_if_created(&"a".into()), State::Tracked);
    assert_eq!(snapshot.state_if_created(&"b/c".into()), State::WouldBeCommitted);
    let below = snapshot.state_if_created(&"build/x/y".into());
    assert!(matches!(below, State::Private { by } if by.pattern == "build/" && by.line == 2));
    assert!(snapshot.is_folder_known(&"sub/.claude".into()));
    assert!(!snapshot.is_folder_known(&"build".into()));
}

#[test]
fn personal_rules_do_not_make_private() {
    let repo = Repo::committed(&[(".gitignore", "CLAUDE.local.md\n")]);
    std::fs::create_dir_all(repo.home().join(".config/git")).unwrap();
    let ignore = repo.home().join(".config/git/ignore");
    std::fs::write(ignore, "# mine\n**/.claude/settings.local.json\nCLAUDE.local.md\n").unwrap();
    repo.write(".git/info/exclude", ".env\n");
    repo.write_all(&[(".env", ""), (".claude/settings.local.json", ""), ("CLAUDE.local.md", "")]);
    let expected = [
        "here ignore:2:**/.claude/settings.local.json .claude/settings.local.json",
        "here exclude:1:.env .env",
        "tracked .gitignore",
        "private .gitignore:1 CLAUDE.local.md",
    ];
    assert_eq!(shown(&open(&repo)), expected);

    // The repository's own configuration names another file, relative to the top.
    repo.git(&["config", "core.excludesFile", "mine"]);
    repo.write("mine", "mine\nsettings.local.json\n");
    repo.write("sub/x", "");
    let worktree = open_in(&repo, &repo.path("sub"), &[".."]).unwrap();
    assert_eq!(
        shown(&worktree),
        [
            "here mine:2:settings.local.json .claude/settings.local.json",
            "here exclude:1:.env .env",
            "tracked .gitignore",
            "private .gitignore:1 CLAUDE.local.md",
            "new sub/x",
        ]
    );
}

#[test]
fn ignored_claude_folders_are_searched_for_wanted_files() {
    let repo = Repo::committed(&[(".gitignore", "sub/.claude\nnode_modules\n")]);
    repo.write(".git/info/exclude", "/.claude/\n");
    repo.write_all(&[
        (".claude/settings.local.json", ""),
        (".claude/settings.json", ""),
        (".claude/1/2/.env", ""),
        (".claude/1/2/3/.env", ""),
        ("sub/.claude/settings.local.json", ""),
        ("node_modules/.claude/settings.local.json", ""),
        ("node_modules/.env", ""),
    ]);
    assert_eq!(
        shown(&open(&repo)),
        [
            "here exclude:1:/.claude/ .claude/1/2/.env",
            "here exclude:1:/.claude/ .claude/settings.local.json",
            "tracked .gitignore",
            "private .gitignore:1 sub/.claude/settings.local.json",
        ]
    );
}

#[test]
fn the_index_wins_over_ignore_rules() {
    let repo = Repo::committed(&[(".gitignore", ".env\nsecrets/\n*.sh\n")]);
    repo.write_all(&[(".env", "A=1"), ("secrets/deep/key", "k"), ("secrets/other", ""), ("run.sh", "")]);
    repo.git(&["add", "-f", ".env", "secrets/deep/key"]);
    let worktree = open(&repo);
    let expected = ["staged .env", "tracked .gitignore", "staged secrets/deep/key"];
    assert_eq!(shown(&worktree), expected);
    assert_eq!(read(&worktree, "secrets/deep/key").unwrap(), "k");
    repo.git(&["commit", "-qm", "x"]);
    let expected = ["tracked .env", "tracked .gitignore", "tracked secrets/deep/key"];
    assert_eq!(shown(&open(&repo)), expected);
}

#[test]
fn deeper_ignore_files_take_back() {
    let repo = Repo::committed(&[(".gitignore", "*.log\n.env\n"), ("sub/.gitignore", "!.env\n!keep.log\n")]);
    repo.write_all(&[(".env", ""), ("sub/.env", ""), ("sub/keep.log", ""), ("sub/x.log", "")]);
    assert_eq!(
        shown(&open(&repo)),
        [
            "private .gitignore:2 .env",
            "tracked .gitignore",
            "new sub/.env",
            "tracked sub/.gitignore",
            "new sub/keep.log",
        ]
    );
}

#[test]
fn an_ignore_file_that_ignores_itself_is_personal() {
    let repo = Repo::committed(&[(".gitignore", "*\n!*.md\n!*/\n")]);
    repo.write_all(&[("cache/.gitignore", "*\n"), ("cache/.env", ""), (".env", "")]);
    // The one at the top ignores itself too, and is not tracked.
    let state = |path: &str| open(&repo).snapshot.state_if_created(&path.into());
    assert!(matches!(state(".env"), State::PrivateOnlyHere { .. }));
    repo.git(&["add", "-f", ".gitignore"]);
    assert!(matches!(state(".env"), State::Private { .. }));
    assert!(matches!(state("cache/.env"), State::Private { by } if by.file == ".gitignore"));
    repo.write(".gitignore", "x\n");
    assert!(matches!(state("cache/.env"), State::PrivateOnlyHere { .. }));
}

#[test]
fn no_commits_yet() {
    let repo = Repo::new();
    repo.write_all(&[("a", ""), ("b", ""), ("c", "text")]);
    assert_eq!(shown(&open(&repo)), ["new a", "new b", "new c"]);
    repo.git(&["add", "a"]);
    repo.git(&["add", "-N", "c"]);
    let worktree = open(&repo);
    assert_eq!(shown(&worktree), ["staged a", "new b", "staged c"]);
    assert_eq!(read(&worktree, "c").unwrap(), "text");
}

#[test]
fn linked_worktrees() {
    let repo = Repo::committed(&[("a", ""), (".gitignore", "x\n")]);
    repo.write(".git/info/exclude", ".env\n/.claude/worktrees/\n");
    repo.git(&["worktree", "add", "-q", ".claude/worktrees/w"]);
    repo.write_all(&[(".claude/worktrees/w/.env", ""), (".claude/worktrees/w/b", ""), (".env", "")]);
    assert_eq!(shown(&open(&repo)), ["here exclude:1:.env .env", "tracked .gitignore", "tracked a"]);

    let linked = repo.path(".claude/worktrees/w");
    let worktree = open_in(&repo, &linked, &[]).unwrap();
    let expected = ["here exclude:1:.env .env", "tracked .gitignore", "tracked a", "new b"];
    assert_eq!(shown(&worktree), expected);
    assert_eq!(worktree.snapshot.root, linked);
    // By its path from outside too.
    let worktree = open_in(&repo, &repo.root, &[".claude/worktrees/w"]).unwrap();
    assert_eq!(shown(&worktree), expected);
    assert!(worktree.snapshot.selects(&"a".into()));
}

#[test]
fn other_repositories_are_not_entered() {
    let other = Repo::committed(&[("s", "")]);
    let repo = Repo::committed(&[("a", "")]);
    let url = other.root.to_str().unwrap();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "add", "-q", url, "mod"]);
    repo.commit();
    repo.git(&["init", "-q", "nested"]);
    repo.write_all(&[("nested/.env", ""), ("mod/.env", ""), ("empty/.git/x", ""), ("empty/.env", "")]);
    let worktree = open(&repo);
    // A folder that only looks like a repository is none to git.
    assert_eq!(shown(&worktree), ["tracked .gitmodules", "tracked a", "new empty/.env"]);
    assert_eq!(paths(&worktree.snapshot.coverage.nested), ["mod", "nested"]);

    let worktree = open_in(&repo, &repo.root, &["mod"]).unwrap();
    assert_eq!(shown(&worktree), ["new .env", "tracked s"]);
    repo.git(&["submodule", "deinit", "-q", "-f", "mod"]);
    assert_eq!(paths(&open(&repo).snapshot.coverage.nested), ["mod", "nested"]);

    let failed = error(open_in(&repo, &repo.root, &["a", "nested/.env"]));
    let nested = repo.path("nested/.env");
    assert_eq!(failed, SourceError::TwoRoots { root: repo.root.clone(), other: nested });
}

#[cfg(target_os = "linux")]
#[test]
fn any_name() {
    use std::os::unix::ffi::OsStrExt;
    let repo = Repo::committed(&[
        ("a b", "1"),
        ("a\nb", "2"),
        ("a\tb", "3"),
        ("a\"b", "4"),
        ("é", "5"),
        (":(glob)x", "6"),
        ("-x", "7"),
    ]);
    let foreign = |bytes: &[u8]| std::ffi::OsStr::from_bytes(bytes).to_owned();
    repo.write(foreign(b"t\xFF"), "8");
    repo.commit();
    repo.write(foreign(b"u\xFE/.env"), "9");
    let worktree = open(&repo);
    assert_eq!(
        shown(&worktree),
        [
            "tracked -x",
            "tracked :(glob)x",
            "tracked a\tb",
            "tracked a\nb",
            "tracked a b",
            "tracked a\"b",
            "tracked t\u{FFFD}",
            "new u\u{FFFD}/.env",
            "tracked é",
        ]
    );
    let contents = worktree.snapshot.entries.iter().map(|entry| worktree.read(entry).unwrap()[0]);
    assert_eq!(contents.collect::<Vec<_>>(), b"763214895");
    // The same from the index.
    for entry in &worktree.snapshot.entries {
        std::fs::remove_file(repo.path(entry.path.to_path())).unwrap();
    }
    let gone: Vec<_> = worktree.snapshot.entries.iter().map(|entry| worktree.read(entry).ok()).collect();
    assert_eq!(gone.iter().filter(|bytes| bytes.is_some()).count(), 8);
    let named = open_in(&repo, &repo.root, &[":(glob)x", "-x"]).unwrap();
    assert_eq!(paths(named.snapshot.selection.as_deref().unwrap()), ["-x", ":(glob)x"]);
}

#[cfg(unix)]
#[test]
fn symbolic_links() {
    use std::os::unix::fs::symlink;
    let repo = Repo::committed(&[("dir/file", "text")]);
    std::fs::write(repo.home().join("secret"), "s").unwrap();
    let outside = repo.home();
    for (target, link) in [
        (Path::new("dir/file"), "inside"),
        (&repo.path("dir/file"), "absolute"),
        (Path::new("../dir/./file"), "dir/up"),
        (Path::new("inside"), "chain"),
        (Path::new("folder/file"), "through"),
        (Path::new("dir"), "folder"),
        (Path::new("nowhere"), "dangling"),
        (Path::new("loop"), "loop"),
        (&outside.join("secret"), "outside"),
        (Path::new("../home/secret"), "above"),
        (Path::new(".git/config"), "config"),
        (Path::new("dir/file/x"), "beyond"),
        (Path::new("."), "top"),
    ] {
        symlink(target, repo.path(link)).unwrap();
    }
    let check = |state: &str| {
        let worktree = open(&repo);
        let all = shown(&worktree);
        assert_eq!(all.len(), 14);
        for link in ["inside", "absolute", "dir/up", "chain", "through"] {
            assert!(all.contains(&format!("{state} {link} @")), "{link} {all:?}");
            assert_eq!(read(&worktree, link).unwrap(), "text", "{link}");
        }
        let refused = ["above", "beyond", "config", "dangling", "folder", "loop", "outside", "top"];
        for link in refused {
            assert_eq!(read(&worktree, link), Err(ReadError::LinkNotFollowed), "{link}");
        }
        assert_eq!(paths(&worktree.snapshot.coverage.links), refused);
        assert_eq!(worktree.link_text(get(&worktree, "above")).unwrap(), b"../home/secret");
        assert_eq!(worktree.link_text(get(&worktree, "dir/file")), None);
    };
    check("new");
    repo.commit();
    check("tracked");

    // Gone from the disk: the index has the text.
    std::fs::remove_file(repo.path("above")).unwrap();
    let worktree = open(&repo);
    assert_eq!(worktree.link_text(get(&worktree, "above")).unwrap(), b"../home/secret");
    assert_eq!(read(&worktree, "above"), Err(ReadError::LinkNotFollowed));

    // A folder above a tracked file gives way to a link: what is behind it is not read.
    std::fs::remove_dir_all(repo.path("dir")).unwrap();
    std::fs::create_dir(outside.join("dir")).unwrap();
    std::fs::write(outside.join("dir/file"), "foreign").unwrap();
    symlink(outside.join("dir"), repo.path("dir")).unwrap();
    assert_eq!(read(&open(&repo), "dir/file").unwrap(), "text");
}

#[cfg(unix)]
#[test]
fn links_as_arguments() {
    use std::os::unix::fs::symlink;
    let repo = Repo::committed(&[("dir/file", "")]);
    symlink("dir", repo.path("folder")).unwrap();
    symlink(&repo.root, repo.home().join("project")).unwrap();
    let selection = |paths: &[&str]| open_in(&repo, &repo.root, paths).unwrap().snapshot.selection.unwrap();
    assert_eq!(paths(&selection(&["folder"])), ["dir"]);
    assert_eq!(paths(&selection(&["folder", "dir"])), ["dir", "folder"]);
    assert_eq!(paths(&selection(&["folder/file"])), ["dir/file"]);
    let worktree = open_in(&repo, &repo.home(), &["project"]).unwrap();
    assert_eq!((worktree.snapshot.root, worktree.snapshot.selection), (repo.root.clone(), None));
}

#[cfg(unix)]
#[test]
fn kinds_change() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let repo = Repo::committed(&[("folder", "1"), ("link", "2"), ("pipe", "3"), ("run", "4"), ("gone", "5")]);
    symlink("run", repo.path("was-link")).unwrap();
    std::fs::set_permissions(repo.path("run"), PermissionsExt::from_mode(0o755)).unwrap();
    repo.commit();
    for path in ["folder", "link", "pipe", "gone", "was-link"] {
        std::fs::remove_file(repo.path(path)).unwrap();
    }
    repo.write_all(&[("folder/x", ""), ("was-link", "text"), ("new", "")]);
    std::fs::set_permissions(repo.path("new"), PermissionsExt::from_mode(0o755)).unwrap();
    symlink("run", repo.path("link")).unwrap();
    for pipe in ["pipe", "other-pipe"] {
        let made = std::process::Command::new("mkfifo").arg(repo.path(pipe)).status();
        assert!(made.unwrap().success());
    }
    let worktree = open(&repo);
    assert_eq!(
        shown(&worktree),
        [
            "tracked folder",
            "new folder/x",
            "tracked gone",
            "tracked link @",
            "new new *",
            "tracked pipe",
            "tracked run *",
            "tracked was-link",
        ]
    );
    assert_eq!(paths(&worktree.snapshot.coverage.special), ["other-pipe", "pipe"]);
    assert!(matches!(read(&worktree, "folder"), Err(ReadError::Io(_))));
    assert!(matches!(read(&worktree, "pipe"), Err(ReadError::Io(_))));
    assert_eq!(read(&worktree, "link").unwrap(), "4");
    assert_eq!(read(&worktree, "was-link").unwrap(), "text");
    assert_eq!(read(&worktree, "gone").unwrap(), "5");

    std::fs::remove_file(repo.path("new")).unwrap();
    assert_eq!(read(&worktree, "new"), Err(ReadError::Io("it is gone".into())));
    std::fs::remove_file(repo.path("run")).unwrap();
    assert_eq!(read(&worktree, "run").unwrap(), "4");
}

#[test]
fn sparse_checkouts() {
    for arguments in [&["--cone"][..], &["--cone", "--sparse-index"], &["--no-cone"]] {
        let repo = Repo::committed(&[("a/x", "1"), ("b/.gitignore", ".env\n"), ("b/c/y", "2"), ("top", "3")]);
        let set = [&["sparse-checkout", "set"], arguments, &["a"]].concat();
        if !repo.git_can(&set) {
            continue;
        }
        assert!(!repo.path("b").exists());
        let worktree = open(&repo);
        let expected = ["tracked a/x", "tracked b/.gitignore", "tracked b/c/y", "tracked top"];
        assert_eq!(shown(&worktree), expected, "{arguments:?}");
        assert_eq!(read(&worktree, "b/c/y").unwrap(), "2");
        // git reads the ignore file from the index.
        repo.write("b/.env", "");
        let worktree = open(&repo);
        assert!(shown(&worktree).contains(&"private b/.gitignore:1 b/.env".to_owned()), "{arguments:?}");
    }
}

#[test]
fn other_formats() {
    for format in ["--object-format=sha256", "--ref-format=reftable"] {
        let repo = Repo::plain();
        if !repo.git_can(&["init", "-q", format]) {
            machine::skipped(&format!("this git has no {format}"));
            continue;
        }
        repo.write_all(&[("a", "1"), ("b", "2")]);
        assert_eq!(shown(&open(&repo)), ["new a", "new b"]);
        repo.commit();
        repo.write("c", "");
        repo.git(&["add", "c"]);
        std::fs::remove_file(repo.path("b")).unwrap();
        let worktree = open(&repo);
        assert_eq!(shown(&worktree), ["tracked a", "tracked b", "staged c"], "{format}");
        assert_eq!(read(&worktree, "b").unwrap(), "2", "{format}");
    }
}

#[test]
fn a_missing_object_is_an_error() {
    let repo = Repo::committed(&[("a", "1")]);
    let object = String::from_utf8(repo.git(&["rev-parse", ":a"])).unwrap();
    let (folder, name) = object.trim().split_at(2);
    std::fs::remove_file(repo.path(format!(".git/objects/{folder}/{name}"))).unwrap();
    std::fs::remove_file(repo.path("a")).unwrap();
    assert_eq!(read(&open(&repo), "a"), Err(ReadError::NotHere));
}

#[test]
fn conflicts() {
    let repo = Repo::committed(&[("a", "1")]);
    repo.git(&["checkout", "-q", "-b", "other"]);
    repo.write("a", "2");
    repo.commit();
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a", "3");
    repo.commit();
    assert!(!repo.git_can(&["merge", "-q", "other"]));
    assert_eq!(shown(&open(&repo)), ["tracked a"]);
}

#[test]
fn without_git() {
    let repo = Repo::plain();
    repo.write_all(&[
        ("a", ""),
        ("sub/.env", ""),
        (".gitignore", ".env\nout/\n"),
        ("out/.claude/.env", ""),
        ("out/x", ""),
    ]);
    let worktree = open(&repo);
    assert_eq!(shown(&worktree), ["nogit .gitignore", "nogit a", "nogit sub/.env"]);
    assert!(!worktree.snapshot.git && !worktree.snapshot.coverage.git_missing);
    assert_eq!(worktree.snapshot.state_if_created(&".env".into()), State::NoGit);
    let worktree = open_in(&repo, &repo.root, &["sub/.env"]).unwrap();
    assert_eq!((shown(&worktree), worktree.snapshot.root), (vec!["nogit .env".into()], repo.path("sub")));

    let repo = Repo::committed(&[("a", "")]);
    let options = Options { program: "no-such-git".into(), env: repo.env() };
    let worktree = open_with(&options, &[], &repo.root, &wanted).unwrap();
    assert_eq!(shown(&worktree), ["nogit a"]);
    assert!(worktree.snapshot.coverage.git_missing);
}

#[test]
fn broken_repositories_are_errors() {
    let repo = Repo::committed(&[("a", "")]);
    let failed = error(open_in(&repo, &repo.path(".git"), &[]));
    assert_eq!(failed, SourceError::InsideGitFolder(repo.path(".git")));
    let failed = error(open_in(&repo, &repo.root, &[".git/config"]));
    assert!(matches!(failed, SourceError::InsideGitFolder(_)), "{failed}");

    repo.write(".git/index", "garbage");
    let failed = error(open_in(&repo, &repo.root, &[]));
    assert!(matches!(failed, SourceError::Git { .. }), "{failed}");
    assert!(failed.to_string().contains("index"), "{failed}");

    let mut foreign = options(&repo);
    foreign.env.push(("GIT_TEST_ASSUME_DIFFERENT_OWNER".into(), Some("1".into())));
    let failed = error(open_with(&foreign, &[], &repo.root, &wanted));
    assert_eq!(failed, SourceError::DubiousOwnership(repo.root.clone()));
    assert!(failed.to_string().contains("--add safe.directory '"), "{failed}");

    repo.write(".git/config", "[core\n");
    let failed = error(open_in(&repo, &repo.root, &[]));
    assert!(matches!(failed, SourceError::Broken { .. }), "{failed}");
    std::fs::remove_file(repo.path(".git/config")).unwrap();
    std::fs::remove_file(repo.path(".git/HEAD")).unwrap();
    let failed = error(open_in(&repo, &repo.root, &[]));
    assert!(matches!(failed, SourceError::Broken { .. }), "{failed}");

    let repo = Repo::plain();
    repo.write(".git", "gitdir: /no/such/folder\n");
    let failed = error(open_in(&repo, &repo.root, &[]));
    assert!(matches!(failed, SourceError::Broken { .. }), "{failed}");

    let repo = Repo::plain();
    repo.git(&["init", "-q", "--bare"]);
    let failed = error(open_in(&repo, &repo.root, &[]));
    assert_eq!(failed, SourceError::Bare(repo.root.clone()));
}

/// What git tells a hook.
fn in_hook(repo: &Repo, cwd: &Path, paths: &[&str], variables: &[(&str, &str)]) -> Vec<String> {
    let mut options = options(repo);
    for (name, value) in variables {
        options.env.push((name.into(), Some(OsString::from(value))));
    }
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    shown(&open_with(&options, &paths, cwd, &wanted).unwrap())
}

#[test]
fn hooks() {
    let repo = Repo::committed(&[("a", ""), ("sub/c", "")]);
    repo.write("b", "");
    // `git commit b` builds an index of its own.
    std::fs::copy(repo.path(".git/index"), repo.path(".git/next-index")).unwrap();
    let mut add = repo.command(&["add", "b"]);
    assert!(add.env("GIT_INDEX_FILE", ".git/next-index").status().unwrap().success());

    let (plain, staged) = (["tracked a", "new b", "tracked sub/c"], ["tracked a", "staged b", "tracked sub/c"]);
    let index = [("GIT_INDEX_FILE", ".git/next-index"), ("GIT_PREFIX", "")];
    assert_eq!(shown(&open(&repo)), plain);
    assert_eq!(in_hook(&repo, &repo.root, &[], &index), staged);
    assert_eq!(in_hook(&repo, &repo.root, &["sub/c"], &index), staged);
    let whole = [("GIT_DIR", ".git"), ("GIT_INDEX_FILE", ".git/next-index")];
    assert_eq!(in_hook(&repo, &repo.root, &["sub", "b"], &whole), staged);

    // The variables are not meant for another repository.
    let other = Repo::committed(&[("x", "")]);
    let path = other.root.to_str().unwrap();
    assert_eq!(in_hook(&repo, &repo.root, &[path], &whole), ["tracked x"]);

    // A work tree that only the variables lead to.
    let bare = Repo::plain();
    std::fs::rename(repo.path(".git"), bare.path("git")).unwrap();
    let led = [("GIT_DIR", bare.path("git").display().to_string()), ("GIT_WORK_TREE", repo.root.display().to_string())];
    let led = led.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(in_hook(&repo, &repo.path("sub"), &[".."], &led), plain);
}

#[test]
fn arguments_restrict_the_report() {
    let repo = Repo::committed(&[(".gitignore", "out/\n*.log\n"), ("a/b", ""), ("a/c/d", ""), ("ab", "")]);
    repo.write_all(&[("out/x/y", ""), ("out/z", ""), ("w.log", ""), ("v.log", "")]);
    let worktree = open_in(&repo, &repo.path("a"), &["c", "../ab"]).unwrap();
    let expected = ["tracked .gitignore", "tracked a/b", "tracked a/c/d", "tracked ab"];
    assert_eq!(shown(&worktree), expected);
    assert_eq!(worktree.snapshot.root, repo.root);
    let selects = |path: &str| worktree.snapshot.selects(&path.into());
    assert!(selects("a/c/d") && selects("a/c") && selects("ab"));
    assert!(!selects("a/b") && !selects("a") && !selects("abc"));

    // Named paths are seen even if they are ignored.
    let extra = |paths: &[&str]| {
        let worktree = open_in(&repo, &repo.root, paths).unwrap();
        let lines = shown(&worktree);
        lines.into_iter().filter(|line| line.starts_with("private")).collect::<Vec<_>>()
    };
    assert_eq!(extra(&["."]), [""; 0]);
    assert_eq!(extra(&["w.log", "out/x/y"]), ["private .gitignore:1 out/x/y", "private .gitignore:2 w.log"]);
    assert_eq!(extra(&["out"]), ["private .gitignore:1 out/x/y", "private .gitignore:1 out/z"]);

    let failed = error(open_in(&repo, &repo.root, &["a", "nothing"]));
    assert_eq!(failed, SourceError::NoSuchPath(repo.path("nothing")));
    let failed = error(open_in(&repo, &repo.root, &["nowhere/at/all"]));
    assert!(matches!(failed, SourceError::NoSuchPath(_)), "{failed}");
    let outside = repo.home().display().to_string();
    let failed = error(open_in(&repo, &repo.root, &["a", &outside]));
    assert!(failed.to_string().contains("run keylint once for each"), "{failed}");
    // Deleted, but git still has it.
    std::fs::remove_dir_all(repo.path("a")).unwrap();
    assert!(open_in(&repo, &repo.root, &["a/b", "a/c", "ab"]).is_ok());
}

#[test]
fn nothing_of_the_configuration_is_run() {
    let repo = Repo::committed(&[("a.txt", "1"), (".gitattributes", "* diff=x filter=x\n")]);
    let trap = format!("touch {}", repo.path("trapped").display().to_string().replace('\\', "/"));
    for key in [
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "diff.x.textconv",
        "diff.x.command",
        "filter.x.smudge",
        "filter.x.clean",
        "alias.ls-files",
        "core.sshCommand",
    ] {
        let value = if key.starts_with("alias") { format!("!{trap}") } else { trap.clone() };
        repo.git(&["config", key, &value]);
    }
    repo.git(&["config", "diff.orderFile", "nowhere"]);
    repo.git(&["config", "color.ui", "always"]);
    repo.write("b", "");
    std::fs::remove_file(repo.path("a.txt")).unwrap();
    let worktree = open(&repo);
    assert_eq!(shown(&worktree), ["tracked .gitattributes", "tracked a.txt", "new b"]);
    assert_eq!(read(&worktree, "a.txt").unwrap(), "1");
    assert!(!repo.path("trapped").exists());
}

#[test]
fn ignoring_case() {
    let repo = Repo::committed(&[(".gitignore", "*.ENV\n")]);
    repo.write("a.env/settings.local.json", "");
    repo.write("b.env", "");
    let count = |value: &str| {
        repo.git(&["config", "core.ignoreCase", value]);
        open(&repo).snapshot.entries.len()
    };
    assert_eq!((count("false"), count("true")), (3, 1));
}

#[cfg(unix)]
#[test]
fn unreadable_folders_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let repo = Repo::committed(&[("a", "")]);
    repo.write("closed/b", "");
    let mode = |mode| std::fs::set_permissions(repo.path("closed"), PermissionsExt::from_mode(mode)).unwrap();
    mode(0o000);
    let readable = std::fs::read_dir(repo.path("closed")).is_ok();
    let worktree = open(&repo);
    mode(0o755);
    // The administrator reads everything.
    if !readable {
        assert_eq!(worktree.snapshot.coverage.unreadable[0].0, RepoPath::from("closed"));
    }
}
