"""Runs one program and prints its wall time, processor time and memory: `once.py LIMIT OUTPUT PROGRAM ARGUMENTS…`.

A process of its own, and a small one: Linux counts what the parent had in memory as the child's peak.
"""

import json
import os
import signal
import sys
import time


def main():
    limit, output, command = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    stopped = []

    def stop(*_):
        stopped.append(True)
        os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=files, setpgroup=0)
    signal.setitimer(signal.ITIMER_REAL, limit)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(json.dumps({
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,
        "rss": usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10),
        "code": None if stopped else os.waitstatus_to_exitcode(status),
    }))


main()
