"""Writes what was measured: all of it into benches/RESULTS.md, the essence into the README, between its markers."""

import os
import platform
import re
import subprocess
from datetime import date

MODES = {
    "staged": "staged line",
    "tree": "work tree",
    "range": "50 commits",
    "scoped": "history of configuration",
    "full": "all history",
}
MARKERS = ("<!-- bench -->", "<!-- /bench -->")


def seconds(value):
    return f"{value * 1e3:.0f} ms" if value < 1 else f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def machine():
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{os.cpu_count()} cores ({model}), {platform.system()} {platform.release().split('-')[0]}, {git}"


def table(header, rows):
    aligned = ["---"] + ["--:"] * (len(header) - 1)
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in [header, aligned, *rows])


def results(rows, versions, missing, offline):
    """The long form."""
    parts = [
        "# Benchmark results",
        f"Written by `benches/peers/run.py` on {date.today()}; {machine()}. Everything was measured in one run, the programs "
        "of a section in turn, with warm caches. Wall and CPU are medians; CPU is user and system time of the program and its "
        "children; memory is the peak of the largest single process among them, and at least the 10 MB of what measures. × is wall time by that of the section's first "
        "line, × CPU the same of CPU. "
        + ("The network was cut off." if offline else "The network was not cut off, but every program was told not to use it."),
        "Versions: " + ", ".join(f"{name} {version}" for name, version in sorted(versions.items())) + ".",
    ]
    if missing:
        parts.append("\n".join(f"- {name}: {reason}" for name, reason in missing))
    return "\n\n".join([*parts, *map(section, rows)]) + "\n"


def section(row):
    """One row's programs, the floor first."""
    floor = next(iter(row.results.values()))
    lines = []
    for program in row.programs:
        result = row.results[program.name]
        if not result.samples:
            lines.append([program.name, result.failure] + [""] * 7)
            continue
        ratios = [f"{mine / theirs:.2f}" if theirs > 0.001 else "" for mine, theirs in
                  ((result.wall(), floor.wall()), (result.cpu(), floor.cpu()))] if floor.samples else ["", ""]
        found = "" if result.found is None else f"{result.found} of {row.planted}"
        name = f"{program.name} ({result.failure})" if result.failure else program.name
        lines.append([name, seconds(result.wall()), seconds(result.least()), seconds(result.cpu()),
                      f"{result.rss():.0f} MB", *ratios, found, len(result.samples)])
    header = ["", "wall", "least", "CPU", "memory", "×", "× CPU", "planted found", "runs"]
    return f"## {row.title}\n\n{row.repository.size}.\n\n{table(header, lines)}"


def essence(rows, versions, reads):
    """The short form: a table a repository, a line a program."""
    groups = {}
    for row in rows:
        groups.setdefault(row.repository.name, []).append(row)
    head = f"Wall time and peak memory, medians with warm caches, all in one run on {date.today()}: {machine()}."
    return "\n\n".join([head, *(essence_of(group, versions, reads) for group in groups.values())])


def essence_of(rows, versions, reads):
    """The table of one repository."""
    names = sorted({program.name for row in rows for program in row.programs if not program.floor} - {"keylint"})
    lines = []
    for name in ["git, the least that the job needs", "keylint", *names]:
        cells = []
        for row in rows:
            programs = [program for program in row.programs
                        if program.name == name or (program.floor and name.startswith("git, "))]
            cells.append(cell(row.results[programs[0].name]) if programs else "–")
        if any(cell != "–" for cell in cells):
            label = f"**{name}**" if name == "keylint" else f"{name} {versions.get(name, '')}".strip()
            lines.append([label, reads.get(name, ""), *cells])
    repository = rows[0].repository
    ranged = f"; a range of {repository.range_commits} commits" if any(row.mode == "range" for row in rows) else ""
    header = ["", "reads", *(MODES[row.mode] for row in rows)]
    text = f"{repository.name} ({repository.size}{ranged}):"
    return f"{text}\n\n{table(header, lines).replace('| --- | --: |', '| --- | --- |', 1)}"


def cell(result):
    return f"{seconds(result.wall())}, {result.rss():.0f} MB" if result.samples else result.failure


def between_markers(text, new):
    """The README with its table replaced. It has to have the markers."""
    pattern = re.compile(f"({re.escape(MARKERS[0])}\n).*?({re.escape(MARKERS[1])})", re.DOTALL)
    replaced, count = pattern.subn(lambda match: f"{match[1]}{new}\n{match[2]}", text)
    if count != 1:
        raise SystemExit(f"the README does not have {MARKERS[0]} … {MARKERS[1]} once")
    return replaced
