"""Wall time, processor time and memory of programs, run in turn."""

import json
import mmap
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

# A program has at most so many runs in a row.
RUNS = 15


@dataclass
class Sample:
    """One run. `rss` is the peak of the largest single process, in MB: the program or any child it waited for, not
    their sum. `cpu` is user and system time of all of them."""

    wall: float
    cpu: float
    rss: float
    code: int


@dataclass
class Result:
    """The runs of one program in one row, without the first, which warms the caches."""

    samples: list = field(default_factory=list)
    failure: str = ""
    # Runs that failed at random.
    failed: int = 0
    found: int | None = None

    def wall(self):
        return statistics.median(sample.wall for sample in self.samples)

    def least(self):
        return min(sample.wall for sample in self.samples)

    def cpu(self):
        return statistics.median(sample.cpu for sample in self.samples)

    def rss(self):
        return max(sample.rss for sample in self.samples)


def run(program, folder, environment, limit, output=os.devnull):
    """Runs a program once. Its code is None where it had to be stopped, after `limit` seconds."""
    once = [sys.executable, "-I", "-S", str(Path(__file__).with_name("once.py")), str(limit), str(output)]
    done = subprocess.run([*once, *program.command], cwd=folder, env=environment, check=True, capture_output=True)
    return Sample(**json.loads(done.stdout))


def row(programs, folder, environment, planted, seconds, limit, scratch):
    """Measures all programs of a row in turn: one run each to warm up, whose output is searched for the paths in
    `planted`, then rounds until each has had its runs: as many as fit into `seconds`, but one at least."""
    results = {program.name: Result() for program in programs}
    left = {}
    for program in programs:
        result = results[program.name]
        # Some fail at random: they are tried again, and their rows say so.
        for _ in range(3):
            first = run(program, folder, environment, limit, os.devnull if program.floor else scratch)
            if first.code is None or first.code in program.codes:
                break
            result.failed += 1
        if first.code is None:
            result.failure = f"stopped after {limit:.0f} s"
        elif first.code not in program.codes:
            result.failure = f"failed with exit code {first.code}"
        else:
            left[program.name] = max(1, min(RUNS, int(seconds / max(first.wall, 0.001))))
            if planted and not program.floor:
                result.found = mentioned(planted, scratch)
    while left:
        for program in programs:
            if program.name not in left:
                continue
            result = results[program.name]
            sample = run(program, folder, environment, limit)
            left[program.name] -= 1
            if sample.code in program.codes:
                result.samples.append(sample)
            else:
                result.failed += 1
            if left[program.name] <= 0:
                del left[program.name]
    for result in results.values():
        if result.failed and not result.failure:
            result.failure = f"{result.failed} runs more failed"
    return results


def mentioned(paths, output):
    """How many of the paths a program's output names."""
    with open(output, "rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return 0
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            return sum(text.find(path.encode()) >= 0 for path in paths)
