#!/usr/bin/env python3
"""Write a sample of the recorded scenarios, with their observations, into a folder.  Usage: sample.py FOLDER

It is the same sample until something new is recorded: of the observations that look alike, by outcome and by what else the
client did, the first and every 60th.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EVERY = 60


def read(name):
    with open(f"{HERE}/{name}", encoding="utf-8") as f:
        return [line for line in f if line.strip()]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    head, *observed = read("observed.jsonl")
    alike = {}
    for line in observed:
        observation = json.loads(line)
        alike.setdefault((observation["outcome"], *sorted(observation)), []).append(observation["name"])
    names = {name for group in alike.values() for name in group[::EVERY]}
    for file, first, rest in (("scenarios.jsonl", [], read("scenarios.jsonl")), ("observed.jsonl", [head], observed)):
        with open(f"{sys.argv[1]}/{file}", "w", encoding="utf-8") as f:
            f.writelines(first + [line for line in rest if json.loads(line)["name"] in names])


if __name__ == "__main__":
    main()
