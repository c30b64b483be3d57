"""The command lines of keylint, its peers, and git as the floor, for every mode that they have.

No peer asks an issuer whether a token is valid, none looks for updates. All are started without a wrapper: the program
itself, where a package brings one.
"""

import os
import shlex
from dataclasses import dataclass

# The paths that a history is scoped to, for git and for peers that hand paths on to it.
SURFACES = [
    "*.env", "*.env.*", ".envrc", "*/.envrc", ".claude/*", "*/.claude/*", ".mcp.json", "*/.mcp.json",
    "*.sh", "*.bash", "*.zsh", "*.fish", "*.ps1", "*.bat", "*.cmd", "*Dockerfile*", "*compose*.y*ml",
    ".github/workflows/*", "*.gitlab-ci*.yml", "*Makefile", "*justfile", "*package.json", "*devcontainer.json",
    "*.vscode/*.json", "*.service", "*.plist", "*.tf", "*.nix",
]


@dataclass
class Program:
    name: str
    command: list
    # What else than 0 is no failure.
    codes: tuple = (0,)
    # git, doing the least that the job needs: the first of a row is what ratios are of.
    floor: bool = False


def git(name, *arguments):
    return Program(name, ["git", *arguments], codes=(0, 1), floor=True)


def shell(name, *lines):
    """Several processes at a time; the shell waits for all of them."""
    return Program(name, ["sh", "-c", "\n".join([*lines, "wait"])], floor=True)


def floors(mode, repository):
    halves = [shlex.quote(str(half)) for half in repository.halves]
    commits = [shlex.quote(str(half)) for half in repository.commit_halves]
    both = lambda command, lists: [f"{command} <{half} >/dev/null &" for half in lists]
    paths = shlex.join(SURFACES)
    match mode:
        case "staged":
            return [git("git diff --cached --raw", "diff", "--cached", "--raw")]
        case "tree":
            # Plain `git grep` reads tracked files alone; keylint reads those that `git add .` would take, too.
            return [git("git grep -I -l", "grep", "-I", "-l", "sk-ant-"),
                    git("git grep --untracked", "grep", "--untracked", "-I", "-l", "sk-ant-"),
                    git("git status", "status", "--porcelain")]
        case "range":
            return [git("git log --raw A..B", "log", "--raw", repository.range),
                    git("git log --raw -m A..B", "log", "--raw", "-m", repository.range),
                    git("git log -p -U0 A..B", "log", "-p", "-U0", repository.range)]
        case "scoped":
            log = ["log", "--all", "--raw", "--no-renames"]
            tree = "git diff-tree --stdin -r --root --raw --no-renames -m"
            return [git("git log --raw -c", *log, "-c"),
                    git("git log --raw -m", *log, "-m"),
                    git("git log --raw", *log),
                    shell("git diff-tree --raw -m, 2 processes", *both(tree, commits)),
                    git("git rev-list --objects --all", "rev-list", "--objects", "--all"),
                    git("git log --raw PATHS", *log, "--", *SURFACES),
                    git("git log --raw -c PATHS", *log, "-c", "--", *SURFACES),
                    git("git log --raw -m PATHS", *log, "-m", "--", *SURFACES)]
        case "full":
            batch = "git cat-file --batch --buffer"
            return [shell("git cat-file, 2 processes", *both(batch, halves)),
                    git("git cat-file, 1 process", "cat-file", "--batch-all-objects", "--unordered", "--batch",
                        "--buffer"),
                    git("git cat-file --batch-check", "cat-file", "--batch-all-objects", "--unordered",
                        "--batch-check", "--buffer"),
                    git("git rev-list --objects --all", "rev-list", "--objects", "--all"),
                    git("git log -p -U0 --all", "log", "-p", "-U0", "--all")]


def keylint(mode, program, repository, options):
    """None where this keylint has no such mode yet."""
    arguments = {
        "staged": [["--staged"]],
        "tree": [["."]],
        "range": [["--range", repository.range]],
        "scoped": [["--history"]],
        "full": [["--history", "--all-files"]],
    }[mode]
    return [Program("keylint", [program, "lint", *each, "--format", "concise"], codes=(0, 1))
            for each in arguments if all(word in options for word in each if word.startswith("--"))]


def betterleaks(mode, program, repository):
    common = [program, "--no-banner", "--no-color", "--redact"]
    git = [*common, "git", "."]
    return {
        "staged": [*git, "--staged"],
        "tree": [*common, "fs", str(repository.export)],
        "range": [*git, f"--log-opts={repository.range}"],
        "scoped": [*git, f"--log-opts=--all -- {' '.join(SURFACES)}"],
        "full": git,
    }[mode], (0, 1)


def gitleaks(mode, program, repository):
    common = ["--no-banner", "--no-color", "--redact", "--verbose"]
    git = [program, "git", ".", *common]
    return {
        "staged": [*git, "--pre-commit", "--staged"],
        "tree": [program, "dir", str(repository.export), *common],
        "range": [*git, f"--log-opts={repository.range}"],
        "scoped": [*git, f"--log-opts=--all -- {' '.join(SURFACES)}"],
        "full": git,
    }[mode], (0, 1)


def kingfisher(mode, program, repository):
    common = [program, "scan", "--no-validate", "--no-update-check", "--redact"]
    since, until = repository.range.split("..")
    return {
        "staged": [*common, "--staged", "."],
        "tree": [*common, "--git-history", "none", str(repository.export)],
        "range": [*common, "--since-commit", since, "--branch", until, "."],
        "full": [*common, "."],
    }.get(mode), (0, 200)


def trufflehog(mode, program, repository):
    common = [program, "--no-verification", "--no-update", "--json"]
    git = ["git", "file://."]
    since, until = repository.range.split("..")
    return {
        "staged": [*common, *git, "--since-commit", "HEAD"],
        "tree": [*common, "filesystem", str(repository.export)],
        "range": [*common, *git, "--since-commit", since, "--branch", until],
        "full": [*common, *git],
    }.get(mode), (0, 183)


def detect_secrets(mode, program, repository):
    return {
        "staged": [f"{program}-hook", "--no-verify", repository.changed],
        "tree": [program, "scan", "--no-verify"],
    }.get(mode), (0, 1)


def ripsecrets(mode, program, repository):
    return {
        "staged": [program, "--strict-ignore", repository.changed],
        "tree": [program, str(repository.export)],
    }.get(mode), (0, 1)


def secretlint(mode, program, repository):
    return {
        "staged": [program, "--no-color", repository.changed],
        "tree": [program, "--no-color", f"{repository.export}/**/*"],
    }.get(mode), (0, 1)


def git_secrets(mode, program, repository):
    return {
        "staged": [program, "--pre_commit_hook", "--"],
        "tree": [program, "--scan"],
        "full": [program, "--scan-history"],
    }.get(mode), (0, 1)


PEERS = {
    "betterleaks": betterleaks,
    "detect-secrets": detect_secrets,
    "git-secrets": git_secrets,
    "gitleaks": gitleaks,
    "kingfisher": kingfisher,
    "ripsecrets": ripsecrets,
    "secretlint": secretlint,
    "trufflehog": trufflehog,
}

# What each reads of a repository, for the table: as measured, with staged files, on `-diff`, on merges and on history.
READS = {
    "betterleaks": "added lines of diffs; merges only with `-m`",
    "detect-secrets": "files of the work tree",
    "git-secrets": "diffs and files, for the AWS patterns and one of ours",
    "gitleaks": "added lines of diffs; merges only with `-m`",
    "keylint": "blobs; configuration by key, other files for AI tokens",
    "kingfisher": "blobs, unreachable ones too",
    "ripsecrets": "files of the work tree, without dotfiles",
    "secretlint": "files of the work tree",
    "trufflehog": "added lines of diffs; merges only with `-m`",
}


def peer(mode, name, program, repository):
    """The program of a peer in a mode, or none where it has no such mode."""
    command, codes = PEERS[name](mode, program, repository)
    return Program(name, command, codes) if command else None


def environment(home):
    """A home without anybody's configuration, where the peers keep their caches."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "GIT_CONFIG_NOSYSTEM": "1"}
