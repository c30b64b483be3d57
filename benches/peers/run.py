#!/usr/bin/env python3
"""Measures keylint, secret scanners and git as the floor, in one run: `python3 benches/peers/run.py`.

Installs the peers (install.sh), makes repositories (../repositories.rs), builds keylint, and measures every mode that a
program has. Everything is kept below target/bench. Writes benches/RESULTS.md and the table in the README.

    --clone NAME=PATH   a clone of a public repository, which the README's table is then about; it is copied, not
                        touched (or KEYLINT_BENCH_CLONE); the table is about the generated project without it
    --rows WORDS        only rows whose title has one of these words, with commas between
    --programs WORDS    only these peers, with commas between; `none` for keylint and git alone
    --seconds NUMBER    how long a program may use for its runs of one row (40); it has at least one
    --limit NUMBER      a run of so many seconds is stopped (300)
    --small             repositories of a hundredth of the size, to see that everything works
    --print             write to standard output, not to the files

Needs Linux or macOS, git, cargo, Python 3.11, and what install.sh says. The whole takes about two hours. For steady figures on
a machine with other work: `nice -n -5`. As root on Linux, the programs run without a network.
"""

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import measure
import programs
import report
import repositories

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "target/bench"


@dataclass
class Row:
    title: str
    mode: str
    repository: repositories.Repository
    # Its repository stands in the README.
    main: bool = False
    # Whether the peers are measured, too: how keylint grows is between it and git.
    peers: bool = True
    programs: list = field(default_factory=list)
    results: dict = field(default_factory=dict)
    planted: int = 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clone", default=os.environ.get("KEYLINT_BENCH_CLONE"))
    parser.add_argument("--rows", default="")
    parser.add_argument("--programs")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--limit", type=float, default=300)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--print", action="store_true")
    parser.add_argument("--offline", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def say(text):
    print(text, file=sys.stderr, flush=True)


def installed():
    """The peers that are there, and what is said of the others."""
    there, missing = {}, []
    done = subprocess.run([ROOT / "benches/peers/install.sh"], check=True, stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        name, version, program = line.split("\t")
        if version:
            there[name] = (version, program)
        else:
            missing.append((name, program))
            say(f"{name}: {program}")
    return there, missing


def generate(kind, count, folder):
    say(f"making {folder.name}")
    subprocess.run(["cargo", "bench", "--quiet", "--locked", "--offline", "--bench", "repositories", "--", kind, str(count), folder],
                   check=True, cwd=ROOT)


def rows(options):
    """What is measured, by repository. The first and the largest project are the README's."""
    root, lists = TARGET / "repositories", TARGET / "lists"
    for folder in (root, lists):
        folder.mkdir(parents=True, exist_ok=True)
    scale = 100 if options.small else 1
    # Name, how to get it, whether it is checked out, modes, whether peers are measured.
    plan = []
    if options.clone:
        name, path = options.clone.split("=", 1)
        plan.append((name, lambda: repositories.cloned(root, name, Path(path)), True, tuple(report.MODES), True))
    for kind, count, checked_out, modes, peers in (
        ("project", 100_000 // scale, True, tuple(report.MODES), True),
        ("project", 250_000 // scale, True, ("tree", "scoped", "full"), True),
        ("flat", 100, True, ("staged",), False),
        ("flat", 200_000 // scale, True, ("staged",), False),
        ("blobs", 10_000 // scale, False, ("scoped", "full"), False),
        ("blobs", 1_000_000 // scale, False, ("scoped", "full"), False),
    ):
        make = partial(repositories.generated, root, kind, count, generate)
        plan.append((f"{kind}-{count}", make, checked_out, modes, peers))
    wanted = [word for word in options.rows.split(",") if word]
    shown = (plan[0][0], f"project-{250_000 // scale}")
    found = []
    for name, make, checked_out, modes, peers in plan:
        titles = {f"{mode}, {name}": mode for mode in modes}
        titles = {title: mode for title, mode in titles.items() if not wanted or any(word in title for word in wanted)}
        if titles:
            repository = repositories.prepare(name, make(), lists, checked_out)
            found += [Row(title, mode, repository, name in shown, peers) for title, mode in titles.items()]
    return found


def without_network():
    """Starts this program again where nothing can be reached, if the system lets it: all is installed and built by now."""
    if shutil.which("unshare") and subprocess.run(["unshare", "--net", "true"], capture_output=True).returncode == 0:
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv, "--offline"])


def main():
    options = arguments()
    there, missing = installed()
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], check=True, cwd=ROOT)
    subprocess.run(["cargo", "bench", "--locked", "--quiet", "--no-run", "--bench", "repositories"], check=True, cwd=ROOT)
    if not options.offline:
        without_network()
    keylint = ROOT / "target/release/keylint"
    measured = rows(options)
    chosen = set(there) if options.programs is None else set(options.programs.split(","))
    there = {name: peer for name, peer in there.items() if name in chosen}
    home = TARGET / "home"
    home.mkdir(exist_ok=True)
    environment = programs.environment(home)
    register_patterns(there, environment)
    help_text = subprocess.run([keylint, "lint", "--help"], capture_output=True, text=True, check=True).stdout
    for row in measured:
        row.programs = programs.floors(row.mode, row.repository)
        row.programs += programs.keylint(row.mode, keylint, row.repository, help_text)
        for name, (_, program) in there.items() if row.peers else ():
            if peer := programs.peer(row.mode, name, program, row.repository):
                row.programs.append(peer)
        planted = row.repository.expected(row.mode)
        row.planted = len(planted)
        say(f"measuring {row.title}")
        row.results = measure.row(row.programs, row.repository.folder, environment, planted, options.seconds,
                                  options.limit, TARGET / "output")
        say(report.section(row))
    versions = {name: version for name, (version, _) in there.items()}
    own = subprocess.run([keylint, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    write(options, measured, {**versions, "keylint": own}, missing)


def register_patterns(there, environment):
    """git-secrets knows no pattern until it is told: its own for AWS, and one for the keys that are planted."""
    if "git-secrets" in there:
        program = there["git-secrets"][1]
        Path(environment["HOME"], ".gitconfig").unlink(missing_ok=True)
        for words in (["--register-aws"], ["--add", "sk-ant-api03-[A-Za-z0-9_-]{93}AA"]):
            subprocess.run([program, *words, "--global"], check=True, env=environment, cwd=ROOT, capture_output=True)


def write(options, measured, versions, missing):
    long = report.results(measured, versions, missing, options.offline)
    main_rows = [row for row in measured if row.main]
    short = report.essence(main_rows, versions, programs.READS) if main_rows else ""
    if options.print:
        print(f"{short}\n\n{long}")
        return
    (ROOT / "benches/RESULTS.md").write_text(long)
    if short:
        readme = ROOT / "README.md"
        readme.write_text(report.between_markers(readme.read_text(), short))


if __name__ == "__main__":
    main()
